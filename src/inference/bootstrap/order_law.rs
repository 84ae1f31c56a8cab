//! The law of a quantile of draws with replacement.

use super::Atoms;
use crate::inference::binomial::{at_least, exactly};
use crate::resample::{OrderStatistic, Ranked, quantile_place};

/// The most atoms of a law, and the most pairs of values that are looked at for it.
const MOST_ATOMS: usize = 1 << 21;
/// Chances below this are nothing.
const NOTHING: f64 = 1e-18;

/// The law of a quantile of `n` values drawn with replacement from the `n` rows of a column; `None` of
/// other statistics, and where it has more than 2^21 atoms.
///
/// With `F` the share of rows at or below a value, the `k`-th smallest of a draw is at most `v` when at least
/// `k` of `n` draws are: a binomial chance. A quantile between the `j`-th and the next takes their joint
/// law, for `u < v`
///
/// `P(X_j = u, X_(j+1) = v) = C(n, j) [F(u)^j - F(u-)^j] [(1 - F(v-))^(n-j) - (1 - F(v))^(n-j)]`,
///
/// the counterpart with replacement of the law of medians under placebo dates; the rest of `P(X_j = u)` is
/// on `u = v`.
pub fn quantile_law(ranked: &Ranked) -> Option<Atoms> {
    let OrderStatistic::Quantile { q, rule } = ranked.statistic() else {
        return None;
    };
    let counts = ranked.counts();
    let n: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let (at, weight) = quantile_place(q, rule, n);
    let mut cumulated = vec![0u64];
    for &count in &counts {
        cumulated.push(cumulated[cumulated.len() - 1] + u64::from(count));
    }
    // Shares of rows before and after the first `r` distinct values.
    let below = |r: usize| cumulated[r] as f64 / n as f64;
    let above = |r: usize| (n - cumulated[r]) as f64 / n as f64;
    let j = at + 1;
    let reached = |r: usize| at_least(j, n, below(r), above(r));
    let mut atoms = Vec::new();
    let mut pairs = 0;
    for u in 0..counts.len() {
        let here = reached(u + 1) - reached(u);
        if here < NOTHING {
            continue;
        }
        if weight == 0.0 {
            atoms.push((ranked.worth(u), here));
            continue;
        }
        // All of the first j at or below u, one of them at u, and none of the others there.
        let passed = below(u) / below(u + 1);
        let parted =
            exactly(j, n, below(u + 1), above(u + 1)) * -libm::expm1(j as f64 * libm::log(passed));
        let parted = if above(u + 1) > 0.0 { parted } else { 0.0 };
        atoms.push((ranked.worth(u), (here - parted).max(0.0)));
        // The chance that the n - j others are all from v on, given that all are above u.
        let from = |v: usize| match (above(v), above(u + 1)) {
            (0.0, _) => 0.0,
            (left, all) => libm::exp((n - j) as f64 * libm::log(left / all)),
        };
        let mut rest = 1.0;
        for v in u + 1..counts.len() {
            let next = from(v + 1);
            atoms.push((ranked.between(u, v, weight), parted * (rest - next)));
            pairs += 1;
            rest = next;
            if parted * rest < NOTHING {
                break;
            }
        }
        if pairs > MOST_ATOMS {
            return None;
        }
    }
    Some(Atoms::new(atoms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resample::{QuantileRule, Run, Scored};

    /// Against all n^n draws.
    #[test]
    fn laws_are_those_of_all_draws() {
        for values in [
            vec![1.0, 2.0, 2.0, 7.0, 9.0],
            vec![3.0, 1.0, 4.0, 1.5, 5.0, 9.0],
            vec![2.0, 4.0],
        ] {
            for (q, rule) in [
                (0.5, QuantileRule::Linear),
                (0.3, QuantileRule::Linear),
                (0.9, QuantileRule::Inverted),
                (0.5, QuantileRule::Inverted),
                (1.0, QuantileRule::Linear),
                (0.0, QuantileRule::Linear),
            ] {
                let n = values.len();
                let column = Scored::new(&values, n);
                let units = vec![(0..n).map(|row| row..row + 1).collect()];
                let ranked = Ranked::new(OrderStatistic::Quantile { q, rule }, &column, &units);
                let all = n.pow(n as u32);
                let draws = (0..all).map(|number| {
                    let mut counts = vec![0; ranked.distinct()];
                    let mut left = number;
                    for _ in 0..n {
                        let start = (left % n) as u32;
                        ranked.count(0, &[Run { start, len: 1 }], &mut counts);
                        left /= n;
                    }
                    (ranked.value(&counts).unwrap(), 1.0 / all as f64)
                });
                let expected = Atoms::new(draws.collect());
                let law = quantile_law(&ranked).unwrap();
                for share in [0.001, 0.01, 0.026, 0.1, 0.3, 0.51, 0.77, 0.951, 0.999] {
                    assert_eq!(
                        law.low(share),
                        expected.low(share),
                        "{values:?} {q} {share}"
                    );
                    assert_eq!(
                        law.high(share),
                        expected.high(share),
                        "{values:?} {q} {share}"
                    );
                }
                let [found, known] = [&law, &expected].map(|law| law.moments(2.0));
                assert!(
                    (found.mean - known.mean).abs() < 1e-10,
                    "{values:?} {q}: {found:?} {known:?}"
                );
                assert!((found.sd - known.sd).abs() < 1e-10);
            }
        }
    }
}
