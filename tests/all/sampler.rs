//! The samplers: frozen streams, exact uniformity.

use std::collections::HashMap;

use placebo::null::{Design, NullDesign, Picks, Uniform};

fn uniform(positions: usize, groups: &[usize]) -> NullDesign {
    let design = Uniform::new(positions, groups).unwrap();
    NullDesign::new(Design::Uniform(design)).unwrap()
}

fn draws(design: &NullDesign, seed: u64, first: u64, draws: usize) -> Picks {
    let mut picks = Picks::new(draws, design.picks());
    design.sampler().fill(seed, first, draws, &mut picks);
    picks
}

/// Streams are frozen: the picks of `tests/reference/sampler.py`, an implementation of its own.
#[test]
fn picks_are_those_of_the_specification() {
    let table = include_str!("../reference/sampler.tsv");
    let numbers =
        |cell: &str| -> Vec<u64> { cell.split(',').map(|n| n.parse().unwrap()).collect() };
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let groups: Vec<usize> = numbers(cells[1]).iter().map(|&k| k as usize).collect();
        let design = uniform(cells[0].parse().unwrap(), &groups);
        let picks = draws(
            &design,
            cells[2].parse().unwrap(),
            cells[3].parse().unwrap(),
            1,
        );
        let expected: Vec<u32> = numbers(cells[4]).iter().map(|&p| p as u32).collect();
        assert_eq!(picks.row(0), expected, "{line}");
    }
}

/// Every labelled selection is equally likely: chi-square over all of them, within five standard
/// deviations of its mean.
#[test]
fn labelled_selections_are_equally_likely() {
    let shapes: &[(usize, &[usize], usize)] = &[
        (6, &[2], 15),
        (5, &[2, 1], 30),
        (6, &[1, 2, 1], 180),
        // The largest group is what the others and a drawn remainder leave.
        (6, &[4, 1], 30),
        (4, &[2, 2], 6),
        (5, &[1, 3, 1], 20),
        (7, &[3, 3], 140),
    ];
    const DRAWS: usize = 200_000;
    for &(n, groups, selections) in shapes {
        let design = uniform(n, groups);
        let (log10, exact) = design.admissible_sets();
        assert_eq!(exact, Some(selections as u128));
        assert!((log10 - (selections as f64).log10()).abs() < 1e-12);
        let picks = draws(&design, 42, 0, DRAWS);
        let mut counts: HashMap<Vec<Vec<u32>>, usize> = HashMap::new();
        for draw in 0..DRAWS {
            let selection = design
                .segments()
                .iter()
                .map(|segment| {
                    let mut group = picks.row(draw)[segment.range()].to_vec();
                    group.sort_unstable();
                    group
                })
                .collect();
            *counts.entry(selection).or_default() += 1;
        }
        assert_eq!(counts.len(), selections, "{n} {groups:?}");
        let expected = DRAWS as f64 / selections as f64;
        let chi2: f64 = counts
            .values()
            .map(|&count| (count as f64 - expected).powi(2) / expected)
            .sum();
        let df = selections as f64 - 1.0;
        assert!(
            (chi2 - df).abs() < 5.0 * (2.0 * df).sqrt(),
            "{n} {groups:?}: chi2 {chi2} on {df} degrees of freedom"
        );
    }
}

/// Each position is drawn equally often, by each group, where Lemire's method rejects (760) and
/// where it does not (1024).
#[test]
fn positions_are_uniform_in_every_group() {
    for n in [760usize, 1024] {
        let design = uniform(n, &[16, 31]);
        const DRAWS: usize = 100_000;
        let picks = draws(&design, 7, 1 << 40, DRAWS);
        for segment in design.segments() {
            let mut counts = vec![0u32; n];
            for draw in 0..DRAWS {
                let mut group = picks.row(draw)[segment.range()].to_vec();
                for &position in &group {
                    counts[position as usize] += 1;
                }
                group.sort_unstable();
                group.dedup();
                assert_eq!(group.len(), segment.len, "a draw repeats a position");
            }
            // Inclusion counts are hypergeometric within a draw: variance k/n (1 - k/n).
            let share = segment.len as f64 / n as f64;
            let expected = DRAWS as f64 * share;
            let chi2: f64 = counts
                .iter()
                .map(|&count| (f64::from(count) - expected).powi(2))
                .sum::<f64>()
                / (expected * (1.0 - share));
            assert!(
                (chi2 / n as f64 - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(),
                "n = {n}: chi2/n {}",
                chi2 / n as f64
            );
        }
    }
}

#[test]
fn impossible_designs_are_refused() {
    assert!(Uniform::new(5, &[3, 3]).is_err());
    assert!(Uniform::new(5, &[0, 3]).is_err());
    assert!(Uniform::new(5, &[]).is_err());
    assert!(Uniform::new(Uniform::MAX_POSITIONS + 1, &[3]).is_err());
}

/// A draw does not depend on what was drawn before it.
#[test]
fn draws_are_pure_functions_of_their_index() {
    let design = uniform(470, &[15]);
    let many = draws(&design, 3, 100, 50);
    for draw in 0..50 {
        assert_eq!(
            draws(&design, 3, 100 + draw as u64, 1).row(0),
            many.row(draw)
        );
    }
}
