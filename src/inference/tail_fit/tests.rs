use super::*;
use crate::inference::testing::{Random, close};

/// Rows of `tests/reference/tail_fit.tsv`.
#[test]
fn equals_the_reference() {
    let rows = include_str!("../../../tests/reference/tail_fit.tsv");
    let mut checked = 0;
    for line in rows.lines().skip(2) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [draws, observed, n] = [1, 2, 3].map(|i| cells[i].parse::<f64>().unwrap());
        let numbers = [4, 5, 6, 7, 8, 9, 10].map(|i| cells[i].parse::<f64>().unwrap());
        let [threshold, shape, scale, a2, p, p_low, p_high] = numbers;
        let largest: Vec<f64> = cells[11].split(',').map(|x| x.parse().unwrap()).collect();
        let fit = tail_p(&largest, draws as u64, observed).unwrap();
        assert_eq!((fit.exceedances, fit.threshold), (n as usize, threshold));
        assert!((fit.law.shape - shape).abs() < 1e-6, "{fit:?} {line}");
        close(fit.law.scale, scale, 1e-6);
        close(fit.anderson_darling, a2, 1e-5);
        close(fit.p, p, 1e-4);
        if p_low == 0.0 {
            assert_eq!(fit.p_low, 0.0);
        } else {
            close(fit.p_low, p_low, 2e-3);
        }
        close(fit.p_high, p_high, 2e-4);
        checked += 1;
    }
    assert_eq!(checked, 8);
}

/// The 251 largest of a sample of `draws` whose tail probabilities are evenly spaced.
fn even(draws: u64, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..=MOST_EXCEEDANCES)
        .map(|i| quantile((i as f64 + 0.5) / draws as f64))
        .collect()
}

#[test]
fn finds_known_tails() {
    // An exponential tail at 1e-7, a Pareto tail with index 1/4 at 1e-6.
    let exponential = tail_p(&even(10_000, |q| -q.ln()), 10_000, 1e7_f64.ln()).unwrap();
    assert!(exponential.law.shape.abs() < 0.02);
    assert!(exponential.p_low < 1e-7 && exponential.p_high > 1e-7);
    close(exponential.p.ln(), 1e-7_f64.ln(), 0.05);
    let pareto = tail_p(&even(10_000, |q| q.powf(-0.25)), 10_000, 1e6_f64.powf(0.25)).unwrap();
    assert!((pareto.law.shape - 0.25).abs() < 0.03);
    assert!(pareto.p_low < 1e-6 && pareto.p_high > 1e-6);
    close(pareto.p.ln(), 1e-6_f64.ln(), 0.05);
}

#[test]
fn an_ended_law_is_refused_beyond_its_end() {
    // 1 - q^(1/4) has the shape -1/4 and ends at 1.
    let largest = even(10_000, |q| 1.0 - q.powf(0.25));
    let inside = tail_p(&largest, 10_000, 0.95).unwrap();
    assert!(inside.p_low < 0.05_f64.powi(4) && inside.p_high > 0.05_f64.powi(4));
    let Err(Refusal::BeyondEnd { end }) = tail_p(&largest, 10_000, 1.2) else {
        panic!("not refused");
    };
    close(end, 1.0, 0.03);
    // Just inside, a law that ends before is not ruled out.
    let near = tail_p(&largest, 10_000, end - 1e-3).unwrap();
    assert_eq!(near.p_low, 0.0);
}

#[test]
fn does_not_depend_on_place_or_unit() {
    let largest = even(10_000, |q| q.powf(-0.1));
    let fit = tail_p(&largest, 10_000, 3.0).unwrap();
    let moved: Vec<f64> = largest.iter().map(|value| 1024.0 * value).collect();
    let other = tail_p(&moved, 10_000, 3072.0).unwrap();
    assert_eq!(
        (other.p, other.p_low, other.p_high),
        (fit.p, fit.p_low, fit.p_high)
    );
    close(other.law.scale, 1024.0 * fit.law.scale, 1e-12);
}

#[test]
fn the_number_of_exceedances_falls_until_the_fit_is_good() {
    // A heavier tail begins at the 120th value.
    let mut largest = even(100_000, |q| -q.ln());
    for value in &mut largest[130..] {
        *value = largest_gap(*value);
    }
    let fit = tail_p(&largest, 100_000, 15.0).unwrap();
    assert!(fit.exceedances < 170 && fit.goodness > 0.05, "{fit:?}");
    assert_eq!(fit.exceedances % 10, 0);
}

/// Values drawn together far below.
fn largest_gap(value: f64) -> f64 {
    value / 10.0 - 5.0
}

#[test]
fn refuses_with_a_reason() {
    let exponential = even(10_000, |q| -q.ln());
    let refusal = |largest: &[f64], draws, observed| tail_p(largest, draws, observed).unwrap_err();
    assert_eq!(refusal(&exponential, 10_000, 2.0), Refusal::NotInTail);
    assert_eq!(refusal(&exponential[..50], 10_000, 20.0), Refusal::TooFew);
    assert_eq!(refusal(&exponential, 196, 20.0), Refusal::TooFew);
    assert_eq!(refusal(&[], 0, 20.0), Refusal::TooFew);
    assert_eq!(refusal(&[1.0; 251], 9999, 20.0), Refusal::TooFew);
    assert_eq!(refusal(&[1.0, 2.0], 9999, 20.0), Refusal::Unordered);
    assert_eq!(refusal(&[f64::NAN; 251], 9999, 20.0), Refusal::Unordered);
    assert_eq!(refusal(&exponential, 10_000, f64::NAN), Refusal::Unordered);
    let coarse: Vec<f64> = exponential.iter().map(|value| value.floor()).collect();
    assert!(matches!(
        refusal(&coarse, 10_000, 20.0),
        Refusal::Ties { .. }
    ));
    // Two clumps with nothing between.
    let clumps = even(10_000, |q| if q < 0.005 { 9.0 - q } else { 1.0 - q });
    assert!(matches!(
        refusal(&clumps, 10_000, 20.0),
        Refusal::Rejected | Refusal::NoMaximum | Refusal::BeyondEnd { .. }
    ));
    let heavy = even(10_000, |q| q.powf(-0.1));
    assert_eq!(refusal(&heavy, 10_000, 1e300), Refusal::Vanishing);
    assert!(refusal(&coarse, 10_000, 20.0).to_string().contains("equal"));
}

/// The limit's points serve from 50 exceedances on: samples of the law itself are rejected as
/// often as the level says.
#[test]
fn the_goodness_test_keeps_its_level() {
    let mut random = Random(1);
    let mut uniform = || (random.below(1 << 52) as f64 + 0.5) / (1_u64 << 52) as f64;
    for (n, shape) in [(250, -0.3), (250, 0.5), (50, 0.3)] {
        let rejected = (0..300).filter(|_| {
            let mut excesses: Vec<f64> = (0..n)
                .map(|_| (uniform().powf(-shape) - 1.0) / shape)
                .collect();
            excesses.sort_by(f64::total_cmp);
            let sample = Sample::new(excesses).unwrap();
            let law = sample.fit().unwrap();
            goodness(sample.anderson_darling(law), law.shape) <= GOODNESS_LEVEL
        });
        let rejected = rejected.count();
        // 15 expected, with a standard error of 3.8.
        assert!((3..=28).contains(&rejected), "{rejected} of {n}, {shape}");
    }
}

#[test]
fn goodness_interpolates_the_table() {
    close(goodness(0.9740, 0.0), 0.05, 1e-12);
    close(goodness(0.9354, 0.1), 0.05, 1e-12);
    assert!(goodness(0.95, 0.05) < 0.052 && goodness(0.95, 0.05) > 0.048);
    assert_eq!(goodness(0.1, 0.0), 0.5);
    assert_eq!(goodness(9.0, 0.0), 0.001);
    // Choulakian and Stephens's own points.
    close(goodness(1.321, -0.5), 0.05, 0.01);
    close(goodness(1.321, -0.9), 0.05, 0.01);
    close(goodness(1.180, 0.5), 0.01, 0.01);
}
