//! The regression of one draw in whole numbers modulo a prime: what is zero is told apart from what
//! is small.
//!
//! Its regressors are counts and its outcomes whole numbers, so that coefficients are fractions of
//! whole numbers, and floats cannot tell a fraction that is zero from one that rounding has left
//! over. Modulo a prime there is no rounding: what is zero is zero, and what is not zero comes out as
//! zero only where the prime divides its numerator, one in 2 x 10^18 of them.

use super::solver::Picked;
use super::{Edge, FARTHEST_DAY, Regression};
use crate::statistic::residues::{difference, product, residue, solve, sum};

/// Weights are taken for multiples of one over a whole number up to this: means over spans of days.
const MOST_SHARES: i32 = 2 * FARTHEST_DAY + 1;

/// A combination of coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combination {
    /// An effect of a group, less that of another one; of the group alone where they are the same.
    Effect {
        /// Index of the effect.
        effect: usize,
        /// The group.
        group: usize,
        /// The other one.
        other: usize,
    },
    /// The constant.
    Constant,
}

/// What is asked of a draw: a combination, and the series.
pub(super) type Question = (Combination, usize);

/// Which parts of a ratio are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zeros {
    /// The combination itself.
    pub(super) estimate: bool,
    /// Its long-run variance, whatever the lags: residual times influence is zero on every row.
    pub(super) variance: bool,
}

/// The answers of one draw, in the order of the questions; `None` where its regressors are collinear.
pub(super) fn zeros(
    regression: &Regression,
    picked: &[Picked],
    questions: &[Question],
) -> Option<Vec<Zeros>> {
    let rows = rows(regression, picked);
    let parameters = regression.parameters();
    // Every series and every combination of one group that some question needs, once.
    let mut series: Vec<usize> = questions.iter().map(|&(_, series)| series).collect();
    series.sort_unstable();
    series.dedup();
    let mut sides: Vec<Side> = Vec::new();
    for side in questions.iter().flat_map(|&(of, _)| Side::of(of)) {
        if !sides.contains(&side) {
            sides.push(side);
        }
    }
    let directions: Vec<Vec<u64>> = sides.iter().map(|s| s.direction(regression)).collect();
    let outcome = |row: usize, s: usize| residue(regression.outcomes.get(row, s).into());
    let width = parameters + series.len() + sides.len();
    let mut cells = vec![0; parameters * width];
    for (t, row) in rows.iter().enumerate() {
        for &(i, one) in row {
            for &(j, other) in row.iter().filter(|&&(j, _)| j >= i) {
                let at = i * width + j;
                cells[at] = sum(cells[at], product(one, other));
            }
            for (at, &s) in series.iter().enumerate() {
                let at = i * width + parameters + at;
                cells[at] = sum(cells[at], product(one, outcome(t, s)));
            }
        }
    }
    for (side, direction) in directions.iter().enumerate() {
        for (i, &weight) in direction.iter().enumerate() {
            cells[i * width + parameters + series.len() + side] = weight;
        }
    }
    solve(&mut cells, parameters, width).ok()?;
    let solution = |i: usize, side: usize| cells[i * width + parameters + side];
    let fitted = |row: &[(usize, u64)], side: usize| {
        let terms = row.iter();
        terms.fold(0, |total, &(i, count)| {
            sum(total, product(count, solution(i, side)))
        })
    };
    let residuals: Vec<Vec<u64>> = series
        .iter()
        .enumerate()
        .map(|(side, &s)| {
            let of_rows = rows.iter().enumerate();
            of_rows
                .map(|(t, row)| difference(outcome(t, s), fitted(row, side)))
                .collect()
        })
        .collect();
    let influences: Vec<Vec<u64>> = (0..sides.len())
        .map(|side| {
            let of_rows = rows.iter();
            of_rows
                .map(|row| fitted(row, series.len() + side))
                .collect()
        })
        .collect();
    let answer = |&(of, s): &Question| {
        let side = series.binary_search(&s).expect("it is listed");
        let at: Vec<usize> = Side::of(of)
            .map(|asked| {
                sides
                    .iter()
                    .position(|had| *had == asked)
                    .expect("it is listed")
            })
            .collect();
        let apart = |value: &dyn Fn(usize) -> u64| match at[..] {
            [one, other] => difference(value(one), value(other)),
            _ => value(at[0]),
        };
        let estimate = |one: usize| {
            let weights = directions[one].iter().enumerate();
            weights.fold(0, |total, (i, &weight)| {
                sum(total, product(weight, solution(i, side)))
            })
        };
        Zeros {
            estimate: apart(&estimate) == 0,
            variance: (0..rows.len())
                .all(|t| residuals[side][t] == 0 || apart(&|one| influences[one][t]) == 0),
        }
    };
    Some(questions.iter().map(answer).collect())
}

/// A right-hand side: an effect of one group, or the constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Side {
    /// Index of the effect, and the group.
    effect: Option<(usize, usize)>,
}

impl Side {
    /// The sides whose difference a combination is: one, or two.
    fn of(combination: Combination) -> impl Iterator<Item = Side> {
        let (one, other) = match combination {
            Combination::Constant => (None, None),
            Combination::Effect {
                effect,
                group,
                other,
            } => (
                Some((effect, group)),
                (other != group).then_some((effect, other)),
            ),
        };
        let second = other.map(|other| Side {
            effect: Some(other),
        });
        std::iter::once(Side { effect: one }).chain(second)
    }

    /// A weight a parameter, up to a common factor.
    fn direction(self, regression: &Regression) -> Vec<u64> {
        let mut weights = vec![0; regression.parameters()];
        match self.effect {
            Some((effect, group)) => {
                let first = group * regression.days();
                let of_group = residues(&regression.effects[effect].weights);
                weights[first..][..of_group.len()].copy_from_slice(&of_group);
            }
            None => weights[regression.parameters() - 1] = 1,
        }
        weights
    }
}

/// Each row's regressors that are not zero, as (parameter, count); the constant comes last.
fn rows(regression: &Regression, picked: &[Picked]) -> Vec<Vec<(usize, u64)>> {
    let n = regression.outcomes.positions() as i64;
    let days = regression.days();
    let mut rows = vec![Vec::new(); n as usize];
    for pick in picked {
        let sign = residue(pick.sign() as i64);
        for day in 0..days {
            let mut row = pick.row() as i64 + i64::from(regression.window[0]) + day as i64;
            if regression.edge == Edge::Wrap {
                row = row.rem_euclid(n);
            }
            if (0..n).contains(&row) {
                rows[row as usize].push((pick.group() * days + day, sign));
            }
        }
    }
    let constant = regression.parameters() - 1;
    for row in &mut rows {
        row.push((constant, 1));
    }
    rows
}

/// Weights as whole numbers, up to a common factor: the shares that they are of a whole, or else their
/// binary digits.
fn residues(weights: &[f64]) -> Vec<u64> {
    let whole = |shares: i32| {
        weights.iter().all(|weight| {
            let share = weight * f64::from(shares);
            share.abs() < 1e9 && (share - share.round()).abs() < 1e-9
        })
    };
    match (1..=MOST_SHARES).find(|&shares| whole(shares)) {
        Some(shares) => {
            let share = |weight: &f64| residue((weight * f64::from(shares)).round() as i64);
            weights.iter().map(share).collect()
        }
        None => weights.iter().map(|&weight| binary(weight)).collect(),
    }
}

/// A float as a residue: its digits times a power of two.
fn binary(weight: f64) -> u64 {
    let bits = weight.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let digits = if exponent == 0 {
        fraction
    } else {
        fraction | 1 << 52
    };
    // 2^61 is 1: exponents are counted modulo 61.
    let power = (exponent.max(1) - 1075).rem_euclid(61);
    let size = product(residue(digits), 1 << power);
    if weight < 0.0 {
        difference(0, size)
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::residues::PRIME;

    #[test]
    fn weights_keep_their_proportions() {
        // Thirds, which floats round.
        assert_eq!(residues(&[1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]), [3, 2, 1, 0]);
        assert_eq!(residues(&[-1.0, 1.0]), [PRIME - 1, 1]);
        // No share of a whole: binary digits, here of 1/1024 and its double.
        let [a, b] = residues(&[1.0 / 1024.0, -1.0 / 512.0])[..] else {
            panic!("two weights");
        };
        assert_eq!(product(a, 1024), 1);
        assert_eq!(sum(product(a, 2), b), 0);
        assert_eq!(product(binary(0.75), 4), 3);
        assert_eq!(binary(0.0), 0);
    }
}
