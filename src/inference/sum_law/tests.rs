use super::*;
use crate::inference::testing::{Random, close};

/// The relative error that is promised.
fn bound(n: usize, k: usize) -> f64 {
    (4 * n + k + 64) as f64 * f64::EPSILON
}

fn tails(scores: &[i32], k: usize, threshold: i64) -> Tails {
    sum_tails(scores, k, threshold, MOST_OPERATIONS).unwrap()
}

/// Sums of all subsets of size `k`.
fn enumerate_sums(scores: &[i32], k: usize) -> Vec<i64> {
    (0u32..1 << scores.len())
        .filter(|set| set.count_ones() as usize == k)
        .map(|set| {
            (0..scores.len())
                .filter(|i| set >> i & 1 == 1)
                .map(|i| i64::from(scores[i]))
                .sum()
        })
        .collect()
}

/// All subsets, every size, at each possible sum, beside it and beyond both ends.
fn check_by_enumeration(scores: &[i32]) {
    for k in 1..=scores.len() {
        let sums = enumerate_sums(scores, k);
        let share = |count: usize| count as f64 / sums.len() as f64;
        let thresholds: std::collections::BTreeSet<i64> =
            sums.iter().flat_map(|&sum| sum - 2..=sum + 2).collect();
        for t in thresholds {
            let got = tails(scores, k, t);
            let lower = share(sums.iter().filter(|&&sum| sum <= t).count());
            let upper = share(sums.iter().filter(|&&sum| sum >= t).count());
            let equal = share(sums.iter().filter(|&&sum| sum == t).count());
            close(got.lower, lower, bound(scores.len(), k));
            close(got.upper, upper, bound(scores.len(), k));
            assert!((got.lower + got.upper - equal - 1.0).abs() < 1e-13);
        }
    }
}

#[test]
fn equals_enumeration() {
    let mut random = Random(4);
    for round in 0..90 {
        let scores = random.scores(1 + round % 10, [0, 1, 3, 40][round % 4]);
        check_by_enumeration(&scores);
        // Sums with a common divisor, off zero; thresholds between them are tried too.
        let stretched: Vec<i32> = scores.iter().map(|x| 6 * x - 5).collect();
        check_by_enumeration(&stretched);
    }
}

#[test]
fn equals_enumeration_with_outliers() {
    for scores in [
        &[1, -2, 3, 3, 90_000, 0, -7][..],
        &[1, -2, 3, 3, -90_000, 0, -7],
        &[50_001, 50_000, 3, -1, -60_000, 2, 2, 49_999],
        &[i32::MIN, i32::MAX, i32::MIN, i32::MAX],
    ] {
        check_by_enumeration(scores);
    }
}

/// Rows of `tests/reference/sum_law.tsv`: exact fractions for reproducible scores.
#[test]
fn equals_the_reference() {
    let table = include_str!("../../../tests/reference/sum_law.tsv");
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [n, k, step, modulus, t] = [0, 1, 2, 3, 4].map(|i| cells[i].parse::<i64>().unwrap());
        let scores: Vec<i32> = (0..n)
            .map(|i| (step * (i * i % modulus) - 40) as i32)
            .collect();
        let got = tails(&scores, k as usize, t);
        for (tail, cell) in [(got.lower, cells[5]), (got.upper, cells[6])] {
            let exact: f64 = cell.parse().unwrap();
            let lost = if exact < 1e-300 { 1e-314 } else { 0.0 };
            assert!(
                (tail - exact).abs() <= bound(n as usize, k as usize) * exact + lost,
                "{line}: {tail}"
            );
        }
    }
}

#[test]
fn shifting_negating_and_complementing() {
    let mut random = Random(5);
    let scores = random.scores(60, 300);
    let total: i64 = scores.iter().map(|&x| i64::from(x)).sum();
    let shifted: Vec<i32> = scores.iter().map(|x| x + 1000).collect();
    let negated: Vec<i32> = scores.iter().map(|x| -x).collect();
    for k in [1, 7, 30, 31, 59] {
        for t in [-700, -123, 0, 250] {
            let got = tails(&scores, k, t);
            assert_eq!(got, tails(&shifted, k, t + 1000 * k as i64));
            let mirrored = tails(&negated, k, -t);
            close(got.lower, mirrored.upper, 2e-13);
            close(got.upper, mirrored.lower, 2e-13);
            let rest = tails(&scores, 60 - k, total - t);
            close(got.lower, rest.upper, 2e-13);
            close(got.upper, rest.lower, 2e-13);
        }
    }
}

/// `E S = least + sum of P(S >= t) over t above the least`, and it is `k` times the mean score.
#[test]
fn the_tails_add_up_to_the_mean() {
    let mut random = Random(6);
    let mut scores = random.scores(50, 12);
    scores.sort_unstable();
    let sum: i32 = scores.iter().sum();
    for k in [3, 20, 44] {
        let least: i64 = scores[..k].iter().map(|&x| i64::from(x)).sum();
        let most: i64 = scores[50 - k..].iter().map(|&x| i64::from(x)).sum();
        let rise: f64 = (least + 1..=most).map(|t| tails(&scores, k, t).upper).sum();
        let mean = k as f64 * f64::from(sum) / 50.0;
        assert!((least as f64 + rise - mean).abs() < 1e-9);
    }
}

#[test]
fn what_is_certain_is_exactly_so() {
    let of = |lower, upper| Tails { lower, upper };
    assert_eq!(tails(&[i32::MIN], 1, i64::from(i32::MIN)), of(1.0, 1.0));
    assert_eq!(tails(&[3, -2, 8], 3, 9), of(1.0, 1.0));
    assert_eq!(tails(&[3, -2, 8], 3, 10), of(1.0, 0.0));
    assert_eq!(tails(&[4; 300], 7, 28), of(1.0, 1.0));
    assert_eq!(tails(&[4; 300], 7, 27), of(0.0, 1.0));
    let scores = Random(7).scores(300, 50);
    let mut ascending = scores.clone();
    ascending.sort_unstable();
    let least: i32 = ascending[..140].iter().sum();
    assert_eq!(tails(&scores, 140, i64::from(least)).upper, 1.0);
    assert_eq!(tails(&scores, 140, i64::from(least) - 1), of(0.0, 1.0));
    for k in [0, 2] {
        assert!(tails(&[3], k, 3).lower.is_nan());
    }
}

#[test]
fn laws_that_cost_too_much_are_refused() {
    let mut random = Random(8);
    let many = random.scores(65_536, 500);
    let refused = |scores: &[i32], k, t| sum_tails(scores, k, t, MOST_OPERATIONS).unwrap_err();
    assert_eq!(
        refused(&many, 30_000, 0),
        "the law of the sum takes more than 10^10 operations, and the ceiling is 10^9"
    );
    assert_eq!(
        refused(&many[..5_000], 100, 0),
        "the law of the sum takes more than 10^9 operations, and the ceiling is 10^9"
    );
    let wide = random.scores(24, 500_000);
    let middle = wide.iter().map(|&x| i64::from(x)).sum::<i64>() / 2;
    let message = refused(&wide, 12, middle);
    assert!(
        message.starts_with("the law of the sum takes ")
            && message.ends_with(" MiB of memory at once, and the limit is 128 MiB"),
        "{message}"
    );
}
