//! `block-bootstrap`: the events stay, and the changes of all series are resampled in circular blocks
//! (Politis and Romano 1992). On the CPU alone.

use num_bigint::BigUint;

use super::ahead::At;
use super::distinct::{HALF_POSITIONS, Numbers};
use super::kept::{Kept, KeptRun, NO_LAW};
use super::law::NO_LEVEL;
use super::paths::{By, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Placed, Remake, Segment, Stretch,
};

/// Blocks of one length of neighbouring rows of a circle, whose last row is followed by the first, one after
/// another until the series has its length; the last block is cut. Every row is as likely to begin a block,
/// so that each row of a draw has the mean of all rows for its expectation.
///
/// # The sampler, once and for all
///
/// Stream 20. The start of each block is a number below the number of rows, at most 2^16, from 16-bit halves
/// of the generator's words, the low half of a word first, by Lemire's method as in [`Distinct`](super::Distinct).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockBootstrap {
    kept: Kept,
    rows: u32,
    length: u32,
}

impl BlockBootstrap {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 20;

    /// The most rows.
    pub const MAX_ROWS: usize = HALF_POSITIONS;

    /// Blocks of `length` of `rows` rows, about events in groups, each a list of events.
    ///
    /// # Errors
    ///
    /// A group without a member, an event that is not in exactly one group, no block, a block longer than the
    /// series, more than [`BlockBootstrap::MAX_ROWS`] rows.
    pub fn new(rows: usize, length: u32, groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        DesignError::unless_addressable(rows, Self::MAX_ROWS)?;
        if length == 0 || length as usize > rows {
            return Err(DesignError::Malformed(
                "a block has no row, or more rows than the series",
            ));
        }
        Ok(BlockBootstrap {
            kept: Kept::new(groups)?,
            rows: rows as u32,
            length,
        })
    }

    /// Blocks of a draw.
    pub fn blocks(&self) -> u32 {
        self.rows.div_ceil(self.length)
    }
}

impl Law for BlockBootstrap {
    const FACTS: Facts = Facts {
        name: "block-bootstrap",
        file: "block_bootstrap",
        streams: &[Self::STREAM],
        shaders: &[],
        moves: Moves::Series,
        positions: "events, which keep their dates",
        keys: &[Key::Block, Key::Effect],
        needs: None,
        clause: |sizes, _positions| {
            format!("keeps the events, {sizes}, on their dates and resamples the changes in blocks")
        },
        overlap: None,
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = KeptRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let (rows, events, groups) = Kept::places(ground);
        Ok(Placed {
            design: Self::new(ground.days.len(), ground.block, &groups)?,
            rows,
            events,
        })
    }

    fn positions(&self) -> usize {
        self.kept.positions()
    }

    fn segments(&self) -> &[Segment] {
        self.kept.segments()
    }

    /// The ways to begin its blocks.
    fn sets(&self) -> Result<BigUint, DesignError> {
        Ok(BigUint::from(self.rows).pow(self.blocks()))
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
        Kept::paths(by)
    }

    fn running(&self) -> Result<KeptRun<'_>, DesignError> {
        Ok(self.kept.running(Self::FACTS.name))
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        Some(self)
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::None(NO_LAW)
    }

    fn most_on_a_position(&self) -> usize {
        1
    }

    fn exchanges(&self, _a: usize, _b: usize) -> bool {
        false
    }

    fn inclusion(&self) -> Option<Inclusion> {
        None
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    /// There is no set that the events could fail to be.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        "the changes are stationary apart from the events, and their dependence beyond a block is negligible"
    }

    fn draws_ends(&self) -> bool {
        false
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, _groups: &[usize]) -> Option<Inflation> {
        None
    }
}

impl Remake for BlockBootstrap {
    fn signs(&self) -> bool {
        false
    }

    fn fill(&self, seed: u64, draw: u64, stretches: &mut Vec<Stretch>) {
        stretches.clear();
        let at = At::new(seed, Self::STREAM, draw);
        let mut numbers = Numbers::new(|block| at.past(block).words());
        let mut left = self.rows;
        while left > 0 {
            let len = self.length.min(left);
            let from = numbers.below(self.rows);
            // Around the end in two stretches.
            let first = len.min(self.rows - from);
            for (from, len) in [(from, first), (0, len - first)] {
                if len > 0 {
                    stretches.push(Stretch {
                        from,
                        len,
                        negated: false,
                    });
                }
            }
            left -= len;
        }
    }
}
