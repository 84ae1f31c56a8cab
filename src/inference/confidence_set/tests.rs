use super::*;

const CONVENTIONS: [Convention; 3] = [
    Convention::EqualTailed,
    Convention::Lower,
    Convention::Upper,
];

fn fraction(numerator: i64, denominator: i64) -> Fraction {
    Fraction::new(numerator, denominator).unwrap()
}

fn closed(low: Fraction, high: Fraction) -> Part {
    Part {
        low: Some(low),
        high: Some(high),
    }
}

fn inversion(convention: Convention, added: u64, alpha: f64) -> Inversion {
    Inversion {
        convention,
        added,
        alpha,
    }
}

/// The set from all draws, with every `step`-th one's breakpoint for a cut, `most` of the others kept,
/// and the draws shared out to two tallies; `None` where there are too many.
fn set(
    observed: Numerators,
    draws: &[Numerators],
    test: &Inversion,
    step: usize,
    most: usize,
) -> Option<Vec<Part>> {
    let (left, right) = draws.split_at(draws.len() / 3);
    let empty = Breakpoints::new(observed, draws.iter().copied().step_by(step));
    let tally = |draws: &[Numerators]| {
        let mut tally = empty.clone();
        draws.iter().for_each(|&draw| tally.add(draw));
        tally
    };
    let mut all = tally(right);
    all.merge(&tally(left));
    let cells = all.unclear(test);
    assert_eq!(all.set(test).is_some(), cells.is_empty());
    let keep = |draws: &[Numerators]| {
        let mut kept = Kept::new(cells.clone(), most);
        draws.iter().for_each(|&draw| kept.add(&all, draw));
        kept
    };
    let mut kept = keep(left);
    kept.merge(keep(right));
    all.resolve(kept.finish()?);
    Some(all.set(test).expect("no cell is unclear"))
}

/// A small generator for test statistics (SplitMix64).
struct Random(u64);

impl Random {
    fn within(&mut self, spread: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % (2 * spread as u64 + 1)) as i64 - spread
    }
}

/// Darwin's maize pairs in eighths of an inch (Fisher 1935, "The design of experiments"): all sign
/// flips of the differences, an effect added to each.
#[test]
fn darwins_maize() {
    const DIFFERENCES: [i64; 15] = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    let draws: Vec<Numerators> = (0..1 << 15)
        .map(|flips: u32| {
            let signs = (0..15).map(|i| 1 - 2 * i64::from(flips >> i & 1));
            signs
                .zip(DIFFERENCES)
                .fold((0, 0), |(a, b), (sign, x)| (a + sign * x, b + sign))
        })
        .collect();
    let test = inversion(Convention::EqualTailed, 0, 0.05);
    for step in [1, 40, 1 << 15] {
        let found = set((314, 15), &draws, &test, step, 1 << 15);
        assert_eq!(found, Some(vec![closed(fraction(-1, 6), fraction(41, 1))]));
    }
    // 863 of 32768 draws reach the observed sum: p is 1726/32768 without an effect.
    for (alpha, kept) in [(1726.0 / 32768.0, false), (1725.0 / 32768.0, true)] {
        let test = inversion(Convention::EqualTailed, 0, alpha);
        let parts = set((314, 15), &draws, &test, 9, 1 << 15).unwrap();
        let zero = fraction(0, 1);
        assert_eq!(parts[0].low.unwrap() <= zero, kept, "{parts:?}");
    }
}

/// Whether the test keeps an effect, by counting draws.
fn kept_by_counting(
    draws: &[Numerators],
    (a, b): Numerators,
    tau: Fraction,
    test: &Inversion,
) -> bool {
    let statistic = |a: i64, b: i64| a * tau.denominator() - b * tau.numerator();
    let at = statistic(a, b);
    let count = |holds: fn(&i64, &i64) -> bool| {
        let met = draws.iter().filter(|&&(a, b)| holds(&statistic(a, b), &at));
        met.count() as u64
    };
    test.keeps((count(i64::ge), count(i64::le)), draws.len() as u64)
}

#[test]
fn equals_counting_on_a_grid_of_effects() {
    let mut random = Random(3);
    // 120 has every small difference of slopes as a divisor: the grid meets all breakpoints.
    let grid: Vec<Fraction> = (-1500..=1500).map(|i| fraction(i, 120)).collect();
    let mut split = 0;
    for round in 0..30 {
        let observed = (random.within(5), 3);
        let draws: Vec<Numerators> = (0..10 + round)
            .map(|_| (random.within(5), random.within(5)))
            .filter(|&(_, b)| 3 - b != 7)
            .collect();
        for convention in CONVENTIONS {
            for added in [0, 1] {
                let test = inversion(convention, added, 0.3);
                let parts = set(observed, &draws, &test, 1 + round, 99).unwrap();
                split += usize::from(parts.len() > 1);
                for &tau in &grid {
                    let holds = |part: &Part| {
                        part.low.is_none_or(|low| low <= tau)
                            && part.high.is_none_or(|high| tau <= high)
                    };
                    let kept = kept_by_counting(&draws, observed, tau, &test);
                    assert_eq!(parts.iter().any(holds), kept, "{tau:?} {parts:?}");
                }
            }
        }
    }
    assert!(split > 10, "the cases are too tame: {split}");
}

#[test]
fn ends_can_be_infinite_and_sets_empty() {
    // Only slopes equal to the observed one: no effect is told from another.
    let flat: Vec<Numerators> = (0..10).map(|a| (a, 2)).collect();
    let upper = |alpha| inversion(Convention::Upper, 0, alpha);
    let line = Part {
        low: None,
        high: None,
    };
    assert_eq!(set((5, 2), &flat, &upper(0.4), 1, 9), Some(vec![line]));
    assert_eq!(set((5, 2), &flat, &upper(0.6), 1, 9), Some(vec![]));
    // One side: the upper tail of draws with smaller slopes grows with the effect. Three of ten
    // draws, 7 to 9, reach 5 - 2 tau from tau = -1 on.
    let half: Vec<Numerators> = (0..10).map(|a| (a, 0)).collect();
    let from = Part {
        low: Some(fraction(-1, 1)),
        high: None,
    };
    assert_eq!(set((5, 2), &half, &upper(0.25), 3, 9), Some(vec![from]));
}

#[test]
fn larger_slopes_split_the_set() {
    // Upper tail: from 4 on (slope below), and up to 4 (slope above).
    let draws = [(-4, 0), (4, 2), (-4, 0), (4, 2)];
    let test = inversion(Convention::Upper, 0, 0.5);
    let point = closed(fraction(4, 1), fraction(4, 1));
    assert_eq!(set((0, 1), &draws, &test, 9, 9), Some(vec![point]));
}

#[test]
fn whether_breakpoints_are_too_many_is_everyones() {
    let mut random = Random(7);
    let draws: Vec<Numerators> = (0..5000)
        .map(|_| (random.within(40), random.within(9)))
        .collect();
    // Without cuts there is one cell, and every breakpoint is kept.
    let mut all = Breakpoints::new((11, 9), std::iter::empty());
    draws.iter().for_each(|&draw| all.add(draw));
    let mut different: Vec<Fraction> = draws.iter().filter_map(|&d| end((11, 9), d)).collect();
    different.sort_unstable();
    different.dedup();
    for most in [different.len(), different.len() - 1] {
        for first in [0, 1, 1700, 5000] {
            let (left, right) = draws.split_at(first);
            for (one, other) in [(left, right), (right, left)] {
                let keep = |draws: &[Numerators]| {
                    let mut kept = Kept::new(vec![0], most);
                    draws.iter().for_each(|&draw| kept.add(&all, draw));
                    kept
                };
                let mut kept = keep(one);
                kept.merge(keep(other));
                let found = kept.finish().map(|kept| kept.sorted.len());
                assert_eq!(found, Some(most).filter(|&most| most == different.len()));
            }
        }
    }
    let test = inversion(Convention::EqualTailed, 1, 0.05);
    let exact = set((11, 9), &draws, &test, 1, 0);
    assert!(exact.is_some());
    assert_eq!(set((11, 9), &draws, &test, 50, 5000), exact);
}

#[test]
fn exact_up_to_the_largest_values() {
    let big = (1_i64 << 62) - 1;
    let draws = [(big, -big), (big, 1 - big), (big - 1, -big)];
    let ends: Vec<(i64, i64)> = draws
        .iter()
        .map(|&draw| end((-big, 1), draw).unwrap())
        .map(|end| (end.numerator(), end.denominator()))
        .collect();
    let sizes = [(2 * big, big + 1), (2 * big, big), (2 * big - 1, big + 1)];
    assert_eq!(ends, sizes.map(|(top, bottom)| (-top, bottom)));
    // Two neighbours differ by 1e-19, relatively.
    let mut sorted: Vec<Fraction> = draws.iter().filter_map(|&d| end((-big, 1), d)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), 3);
    assert!(Fraction::new(1, 0).is_none());
    assert_eq!(fraction(2, -4), fraction(-1, 2));
}
