//! Families of hypotheses: draws shown block by block, adjusted p-values by their definitions.

mod common;

use placebo::engine::{Block, Schedule, Visit, Visitor};

/// Every draw with its numerators.
#[derive(Default)]
struct Collected {
    floors: Vec<i64>,
    draws: Vec<(u64, Vec<Option<i64>>)>,
}

impl Visit for Collected {
    fn block(&mut self, first: u64, block: &Block<'_>) {
        for draw in 0..block.draws() {
            let numerator = |(h, floor): (usize, &i64)| {
                let offset = block.offsets(h)[draw];
                (offset != Block::UNDEFINED).then(|| floor + offset as i64)
            };
            let numerators = self.floors.iter().enumerate().map(numerator).collect();
            self.draws.push((first + draw as u64, numerators));
        }
    }

    fn merge(&mut self, other: Self) {
        self.draws.extend(other.draws);
    }
}

/// Each draw is shown once, with the values of its replay, however the draws are cut: narrow and
/// wide folds.
#[test]
fn every_draw_is_shown_once() {
    for keys in [
        "statistic = [\"mean-change\", \"median-change\"]",
        "statistic = [\"overlap-regression\", \"mean-change\", \"overlap-regression-t\"]\n\
         null = \"uniform\"\npool = \"all\"",
    ] {
        let panel = common::walks(110, 2);
        let events = common::events(&panel, &[3, 4], 12, 98);
        let plan = common::compiled_on_changes(&panel, &events, keys);
        let floors: Vec<i64> = plan.hypotheses.iter().map(|h| h.lattice.floor).collect();
        for (threads, chunk) in [(1, None), (2, Some(100)), (3, Some(257))] {
            let mut visitor = Visitor::new(&plan, Some(threads)).unwrap();
            let visit = || Collected {
                floors: floors.clone(),
                draws: vec![],
            };
            let (mut seen, draws) = visitor.run(7..1000, Schedule { chunk }, visit, &mut |_| true);
            assert_eq!(draws, 993);
            seen.draws.sort_unstable();
            assert!((7..1000).eq(seen.draws.iter().map(|(draw, _)| *draw)));
            for (draw, numerators) in seen.draws.iter().step_by(17) {
                assert_eq!(*numerators, plan.draw(*draw).numerators);
            }
            let (seen, draws) = visitor.run(0..1000, Schedule { chunk }, visit, &mut |_| false);
            assert_eq!(draws, seen.draws.len() as u64);
            assert!(draws < 1000);
        }
    }
}
