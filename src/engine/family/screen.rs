//! The largest members of draws in floats, wherever these leave no doubt.

use pulp::{Arch, Simd, WithSimd};

use super::Tail;
use super::law::{Law, Line};
use super::maxima::Maxima;
use crate::engine::Block;
use crate::plan::Plan;
use crate::statistic::{Fold, Offset};

/// The members of a family in the order in which their counts step down, with their distances as lines.
///
/// Distances are compared in whole steps, [`Law::distance`]. A float that is farther from a member's mark
/// than it can be off is on the same side of it; where one is not, the block is counted anew in whole numbers.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    /// The member that is observed to be least extreme first.
    members: Vec<Marked>,
    /// The most that a distance of any member is off.
    error: f64,
    is_both: bool,
    /// By member, in the order of [`Maxima`], the draws of a block that reach it.
    reached: Vec<u64>,
    /// By draw, the largest distance.
    largest: Vec<f64>,
    /// By draw, the place of the member that it is of: a float, which moves as the distances do.
    places: Vec<f64>,
    /// By draw, the member with the largest distance; `None` where no member varies.
    farthest: Vec<Option<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Marked {
    member: usize,
    hypothesis: usize,
    /// `None`: it never varies, and every draw reaches it.
    line: Option<Line>,
    /// Half a step below its observed distance: what rounds to that lies above.
    mark: f64,
}

impl Screen {
    /// `None` where a draw may have no value or an infinite one.
    pub(super) fn new(plan: &Plan, laws: &[Law], tail: Tail, maxima: &Maxima) -> Option<Self> {
        let lattice = |law: &Law| &plan.hypotheses[law.hypothesis].lattice;
        let has_numbers = !plan.folds.iter().any(Fold::may_be_undefined)
            && !laws.iter().any(|law| lattice(law).open);
        if !has_numbers {
            return None;
        }
        let marked = |(member, observed): (usize, i64)| {
            let law = &laws[member];
            Marked {
                member,
                hypothesis: law.hypothesis,
                line: law.line(tail, lattice(law).span),
                mark: observed as f64 - 0.5,
            }
        };
        let members: Vec<Marked> = maxima.ordered().rev().map(marked).collect();
        let errors = members.iter().filter_map(|marked| Some(marked.line?.error));
        Some(Screen {
            error: errors.fold(0.0, f64::max),
            is_both: tail == Tail::Both,
            reached: vec![0; members.len()],
            largest: Vec::new(),
            places: Vec::new(),
            farthest: Vec::new(),
            members,
        })
    }

    /// The draws of a block that reach each member, in the order of [`Maxima`], and the member that is farthest
    /// in each draw; `None` where a float is too near a mark to tell.
    pub(super) fn block<W: Offset>(
        &mut self,
        block: &Block<'_, W>,
    ) -> Option<(&[u64], &[Option<usize>])> {
        let is_clear = match self.is_both {
            true => Arch::new().dispatch(Stepped::<_, true> {
                screen: self,
                block,
            }),
            false => Arch::new().dispatch(Stepped::<_, false> {
                screen: self,
                block,
            }),
        };
        if !is_clear {
            return None;
        }
        self.farthest.clear();
        let members = &self.members;
        let of_draws = self.largest.iter().zip(&self.places);
        self.farthest.extend(of_draws.map(|(&distance, &place)| {
            let varies = distance > f64::NEG_INFINITY;
            varies.then(|| members[place as usize].member)
        }));
        Some((&self.reached, &self.farthest))
    }
}

/// Goes through the members of a block's draws; whether all comparisons were clear.
struct Stepped<'a, 'b, W, const BOTH: bool> {
    screen: &'a mut Screen,
    block: &'a Block<'b, W>,
}

impl<W: Offset, const BOTH: bool> WithSimd for Stepped<'_, '_, W, BOTH> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let Stepped { screen, block } = self;
        let draws = block.draws();
        screen.largest.clear();
        screen.largest.resize(draws, f64::NEG_INFINITY);
        screen.places.clear();
        screen.places.resize(draws, 0.0);
        let error = screen.error;
        let last = screen.members.len() - 1;
        let mut unclear = 0;
        for (place, marked) in screen.members.iter().enumerate() {
            let Some(Line { slope, origin, .. }) = marked.line else {
                screen.reached[last - place] = draws as u64;
                continue;
            };
            let mark = marked.mark;
            let offsets = block.offsets(marked.hypothesis);
            let mut reached = 0;
            let of_draws = screen.largest.iter_mut().zip(&mut screen.places);
            for ((largest, of), &offset) in of_draws.zip(offsets) {
                let distance = Into::<u64>::into(offset) as f64 * slope + origin;
                let distance = if BOTH { distance.abs() } else { distance };
                let is_larger = distance > *largest;
                *largest = if is_larger { distance } else { *largest };
                *of = if is_larger { place as f64 } else { *of };
                reached += u64::from(*largest >= mark);
                unclear += u64::from((*largest - mark).abs() <= error);
            }
            screen.reached[last - place] = reached;
        }
        unclear == 0
    }
}
