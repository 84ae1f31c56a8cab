//! The same bits under every instruction set.

use pulp::{Scalar, Simd};

use super::{Each, Solver};
use crate::null::{Picks, Segment, philox4x32_10};
use crate::statistic::ScoreTable;
use crate::statistic::regression::{Column, Edge, Effect, Hac, Model, Regression};

const ROWS: usize = 400;
const DRAWS: usize = 20;

/// A regression with `groups` groups of `events`, eleven series and windows that leave the sample.
fn regression(groups: usize, events: usize, edge: Edge) -> Regression {
    let score = |row: usize, series: usize| {
        let word = philox4x32_10([row as u32, series as u32, 0, 1], [3, 4])[0];
        (word % 41) as i32 - 20
    };
    let columns: Vec<Vec<i32>> = (0..11)
        .map(|series| (0..ROWS).map(|row| score(row, series)).collect())
        .collect();
    let window = [-7, 6];
    let days = 14;
    let until = |day: usize| (0..days).map(|j| f64::from(j <= day)).collect();
    let weights = [
        until(0),
        until(8),
        (0..days).map(|j| j as f64 / 3.0).collect(),
    ];
    Regression::new(Model {
        outcomes: ScoreTable::from_columns(&columns),
        rows: (0..ROWS as u32).collect(),
        negated_from: ROWS,
        window,
        edge,
        groups: (0..groups)
            .map(|g| Segment::new(g * events, events))
            .collect(),
        effects: weights.map(|weights| Effect { weights }).to_vec(),
        columns: (0..2 * 3 * 11)
            .map(|at| Column {
                effect: at / 11 % 3,
                series: at % 11,
                studentised: at < 3 * 11,
            })
            .collect(),
        hac: Hac {
            lags: 13,
            small_sample: true,
        },
    })
    .expect("it has a shape")
}

/// Every value of some draws, as bits.
fn bits<S: Simd>(simd: S, regression: &Regression, picks: &Picks) -> Vec<(usize, usize, u64)> {
    let labels: Vec<String> = (0..regression.groups().len())
        .map(|g| g.to_string())
        .collect();
    let contrasts = Regression::contrasts(&labels);
    let mut solver = Solver::of_draws(regression, &contrasts);
    let mut bits = Vec::new();
    simd.vectorize(Each {
        solver: &mut solver,
        picks,
        draws: DRAWS,
        visit: |solver: &Solver<'_>, draw| {
            solver.evaluate(|value, number| bits.push((draw, value, number.to_bits())));
        },
    });
    bits
}

#[test]
fn every_instruction_set_has_the_same_bits() {
    for groups in 1..=4 {
        for edge in [Edge::Cut, Edge::Wrap] {
            let regression = regression(groups, 8, edge);
            let mut picks = Picks::new(DRAWS, groups * 8);
            for draw in 0..DRAWS {
                for (i, pick) in picks.row_mut(draw)[..groups * 8].iter_mut().enumerate() {
                    let word = philox4x32_10([draw as u32, i as u32, 0, 2], [5, 6])[0];
                    *pick = word % ROWS as u32;
                }
            }
            let scalar = bits(Scalar, &regression, &picks);
            let values = groups * (groups + 1) / 2 * regression.columns().len();
            assert_eq!(scalar.len(), DRAWS * values, "no draw is singular");
            assert!(
                scalar
                    .iter()
                    .all(|&(_, _, number)| f64::from_bits(number).is_finite())
            );
            let mut found = Vec::new();
            let mut visit = |solver: &Solver<'_>, draw| {
                solver.evaluate(|value, number| found.push((draw, value, number.to_bits())));
            };
            let labels: Vec<String> = (0..groups).map(|g| g.to_string()).collect();
            let contrasts = Regression::contrasts(&labels);
            Solver::of_draws(&regression, &contrasts).each_solved(&picks, DRAWS, &mut visit);
            assert!(found == scalar, "what dispatch chooses");
            #[cfg(target_arch = "x86_64")]
            {
                if let Some(simd) = pulp::x86::V3::try_new() {
                    assert!(bits(simd, &regression, &picks) == scalar, "V3");
                }
                if let Some(simd) = pulp::x86::V4::try_new() {
                    assert!(bits(simd, &regression, &picks) == scalar, "V4");
                }
            }
        }
    }
}
