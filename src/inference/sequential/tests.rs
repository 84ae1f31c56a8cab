use super::*;
use crate::inference::testing::Random;

const RISK: Spending = Spending::GANDY;

fn table() -> BoundaryTable {
    BoundaryTable::new(0.05, RISK).unwrap()
}

#[test]
fn inverse_sampling_stops_at_the_target() {
    let rule = &mut StoppingRule::InverseSampling(3);
    let mut tail = TailDraws::default();
    assert_eq!(tail.p(), 1.0);
    assert!(tail.block(rule, 100, 2));
    assert!(!tail.block(rule, 100, 1));
    assert_eq!(tail.p(), 3.0 / 101.0);
    let IntervalCounts { low, high } = tail.interval_counts();
    assert_eq!((low, high), ((2, 100), (2, 100)));
    assert_eq!(tail.draw(rule, false), None);
    assert_eq!(tail.draw(rule, true), Some(Stop::Reached));
    assert_eq!(tail.draw(rule, true), Some(Stop::Reached));
    assert!(tail.block(rule, 7, 7));
    assert_eq!((tail.draws(), tail.p()), (102, 3.0 / 102.0));
    let IntervalCounts { low, high } = tail.interval_counts();
    assert_eq!((low, high), ((3, 102), (2, 101)));
}

/// Under the null the rank of the observed value among `n` draws is uniform, and given the share
/// `u` of the null above it, draws exceed independently: P(p <= x) is a Beta mixture. Here by
/// enumerating all orders of the observed value among up to 12 draws.
#[test]
fn inverse_sampling_is_valid() {
    let (h, n) = (3, 12_u64);
    let mut law = std::collections::BTreeMap::new();
    // P(a given sequence of exceedances with s ones) = integral of u^s (1-u)^(n-s).
    for bits in 0_u32..1 << n {
        let ones = u64::from(bits.count_ones());
        let ways: f64 = (0..ones).map(|i| (n - i) as f64 / (i + 1) as f64).product();
        let probability = 1.0 / (ways * (n + 1) as f64);
        let mut tail = TailDraws::default();
        for i in 0..n {
            tail.draw(&mut StoppingRule::InverseSampling(h), bits >> i & 1 == 1);
        }
        *law.entry((tail.p() * 1e12) as u64).or_insert(0.0) += probability;
    }
    let mut below = 0.0;
    for (p, mass) in law {
        below += mass;
        assert!(
            (below - p as f64 / 1e12).abs() < 1e-11,
            "P(p <= {p}) is {below}"
        );
    }
}

/// Rows of `tests/reference/gandy.tsv`.
#[test]
fn boundaries_equal_the_reference() {
    let rows = include_str!("../../../tests/reference/gandy.tsv");
    let mut table: Option<((f64, f64, f64), BoundaryTable)> = None;
    let mut checked = 0;
    for line in rows.lines().skip(2) {
        let cells: Vec<f64> = line.split('\t').map(|cell| cell.parse().unwrap()).collect();
        let [alpha, risk, half, n, lower, upper] = cells[..] else {
            panic!("{line}");
        };
        let setting = (alpha, risk, half);
        if table.as_ref().is_none_or(|(at, _)| *at != setting) {
            let spending = Spending::new(risk, half).unwrap();
            table = Some((setting, BoundaryTable::new(alpha, spending).unwrap()));
        }
        let found = table.as_mut().unwrap().1.at(n as u64);
        assert_eq!(
            (found.lower, found.upper),
            (lower as i64, upper as i64),
            "{line}"
        );
        checked += 1;
    }
    assert!(checked > 1000);
}

#[test]
fn boundaries_do_not_depend_on_how_they_are_asked_for() {
    let mut boundaries = Boundaries::new(0.05, RISK).unwrap();
    let plain: Vec<Bounds> = (0..6000).map(|_| boundaries.advance()).collect();
    let mut backwards = table();
    for bounds in plain.iter().rev() {
        assert_eq!(backwards.at(bounds.n), *bounds);
    }
    let mut stepwise = table();
    for from in (0..6000_u64).step_by(37) {
        let to = (from + 37).min(6000);
        let block = &plain[from as usize..to as usize];
        let tightest = stepwise.tightest(from, to);
        assert_eq!(
            tightest.lower,
            block.iter().map(|bounds| bounds.lower).max().unwrap()
        );
        assert_eq!(
            tightest.upper,
            block.iter().map(|bounds| bounds.upper).min().unwrap()
        );
    }
    // Kept only where they change.
    assert!(backwards.changes.len() < 700);
}

#[test]
fn spends_no_more_than_allowed() {
    for alpha in [0.001, 0.025, 0.5, 0.9] {
        let mut boundaries = Boundaries::new(alpha, RISK).unwrap();
        for n in 1..=20_000 {
            boundaries.advance();
            let (below, above) = (boundaries.spent_below, boundaries.spent_above);
            let allowed = 1e-3 * n as f64 / (n as f64 + 1e3);
            assert!(below <= allowed && above <= allowed);
            let left: f64 = boundaries.mass.iter().sum();
            assert!((left + below + above - 1.0).abs() < 1e-11);
        }
    }
}

/// The probability of stopping on either side within `most` draws, by the walk under `p`.
fn stops(alpha: f64, p: f64, most: u64) -> (f64, f64) {
    let mut first = 0_i64;
    let mut mass = vec![1.0];
    let (mut low, mut high) = (0.0, 0.0);
    let mut boundaries = Boundaries::new(alpha, RISK).unwrap();
    for _ in 0..most {
        let bounds = boundaries.advance();
        mass.push(0.0);
        for i in (1..mass.len()).rev() {
            mass[i] = (1.0 - p) * mass[i] + p * mass[i - 1];
        }
        mass[0] *= 1.0 - p;
        while first + mass.len() as i64 > bounds.upper {
            high += mass.pop().unwrap();
        }
        while first <= bounds.lower {
            low += mass.remove(0);
            first += 1;
        }
    }
    (low, high)
}

#[test]
fn resampling_risk_is_bounded_whatever_p() {
    for alpha in [0.025, 0.05] {
        for ratio in [0.0, 0.3, 0.8, 0.95, 1.0] {
            let (_, wrong) = stops(alpha, ratio * alpha, 20_000);
            assert!(wrong <= 1e-3, "{wrong} at {ratio}");
        }
        for ratio in [1.0, 1.05, 1.2, 2.0, 10.0] {
            let (wrong, right) = stops(alpha, ratio * alpha, 20_000);
            assert!(wrong <= 1e-3, "{wrong} at {ratio}");
            assert!(ratio < 2.0 || right > 0.998);
        }
    }
    // At the level itself nearly the whole allowance is spent.
    let (low, high) = stops(0.05, 0.05, 20_000);
    let allowed = 1e-3 * 20.0 / 21.0;
    assert!(
        low > 0.98 * allowed && high > 0.98 * allowed,
        "{low} {high}"
    );
}

#[test]
fn blocks_and_single_draws_stop_alike() {
    let mut random = Random(1);
    let gandy = StoppingRule::RiskBounded(table());
    for mut rule in [gandy, StoppingRule::InverseSampling(40)] {
        let mut skipped = 0;
        // In thousandths.
        for p in [0, 20, 40, 50, 60, 100, 600] {
            for size in [1, 7, 64, 500] {
                let draws: Vec<bool> = (0..20_000).map(|_| random.below(1000) < p).collect();
                let mut plain = TailDraws::default();
                for &exceeds in &draws {
                    plain.draw(&mut rule, exceeds);
                }
                let mut blocked = TailDraws::default();
                for block in draws.chunks(size) {
                    let exceedances = block.iter().filter(|&&exceeds| exceeds).count() as u64;
                    if blocked.block(&mut rule, block.len() as u64, exceedances) {
                        skipped += 1;
                        continue;
                    }
                    for &exceeds in block {
                        blocked.draw(&mut rule, exceeds);
                    }
                }
                assert_eq!(plain, blocked);
                match plain.stop() {
                    Some(Stop::AtMost) => assert!(plain.p() <= 0.05),
                    Some(Stop::Above) => assert!(plain.p() > 0.05),
                    Some(Stop::Reached) => assert_eq!(plain.exceedances, 40),
                    None => assert_eq!(plain.draws(), 20_000),
                }
            }
        }
        assert!(skipped > 50_000);
    }
}

/// After every number of draws, the p of a decision lies on the side decided for.
#[test]
fn p_lies_on_the_decided_side() {
    for alpha in [0.0005, 0.025, 0.05, 0.5, 0.9] {
        let mut boundaries = Boundaries::new(alpha, RISK).unwrap();
        for _ in 0..50_000 {
            let Bounds { n, lower, upper } = boundaries.advance();
            let p = |sum: i64| (sum as f64 + 1.0) / (n as f64 + 1.0);
            assert!(lower < 0 || p(lower) <= alpha, "{alpha}, {n}");
            assert!(upper > n as i64 || p(upper) > alpha, "{alpha}, {n}");
        }
    }
}

#[test]
fn refuses_settings_without_meaning() {
    assert!(Boundaries::new(0.0, RISK).is_none());
    assert!(Boundaries::new(f64::NAN, RISK).is_none());
    assert!(BoundaryTable::new(1.0, RISK).is_none());
    assert!(Spending::new(0.3, 1e3).is_none());
    assert!(Spending::new(1e-3, f64::INFINITY).is_none());
    assert_eq!(Spending::new(1e-3, 1e3), Some(RISK));
}

#[test]
fn tails_decide_together() {
    use Stop::{Above, AtMost};
    for (stops, together) in [
        ([Some(AtMost), None], Some(AtMost)),
        ([Some(Above), Some(AtMost)], Some(AtMost)),
        ([Some(Above), Some(Above)], Some(Above)),
        ([Some(Above), None], None),
    ] {
        assert_eq!(decision(stops.into_iter()), together);
    }
}
