//! Distinct positions within strata, the groups keeping their sizes there. Twin:
//! `shaders/null/strata.wgsl`.

use std::sync::Arc;

use num_bigint::BigUint;
use num_integer::Integer;

use super::ahead::{At, LANES};
use super::distinct::{Candidates, Distinct, HALF_POSITIONS, seen_words, selections};
use super::expectation::{Inclusion, along};
use super::paths::{By, Choice, Choices, Paths};
use super::selection::Lookups;
use super::{DesignError, Picks, PicksPass, Run, Seen, Segment, segments_between};
use crate::kernel::{LOOP_BUDGET, within_budget};

/// What one stratum holds, and how much of it each group takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// Its positions; those of a list keep together, in one group or in none.
    pub items: Vec<Vec<u32>>,
    /// How many of it each group takes, as [`Counted`] says: positions, or items.
    pub sizes: Vec<usize>,
}

impl Stratum {
    /// The groups that take some of it, and how they are drawn where no positions keep together; `None`
    /// where nothing is taken.
    pub(super) fn sampler(&self) -> Option<(Vec<usize>, Distinct)> {
        let groups = 0..self.sizes.len();
        let takes: Vec<usize> = groups.filter(|&g| self.sizes[g] > 0).collect();
        let sizes: Vec<usize> = takes.iter().map(|&g| self.sizes[g]).collect();
        let positions = self.items.iter().map(Vec::len).sum();
        Some((takes, Distinct::new(positions, &sizes).ok()?))
    }
}

/// What the sizes of groups count, where some positions keep together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counted {
    /// Positions: a group has as many of them in every draw.
    #[default]
    Positions,
    /// Items, however many positions they hold: of items of unequal size the number of a group's
    /// positions varies from draw to draw.
    Items,
}

impl Counted {
    /// How much of a size an item takes up.
    fn of(self, item: &[u32]) -> usize {
        match self {
            Counted::Positions => item.len(),
            Counted::Items => 1,
        }
    }
}

/// Groups that take a number of positions, or of items, from each stratum; every such labelled
/// selection is equally likely.
///
/// # The sampler, once and for all
///
/// Where no positions keep together, stratum `s` is drawn by the sampler of `distinct.rs` over the
/// places of its positions in its list, from blocks that count from `s 2^20`, with the groups that
/// take any; strata of which nothing is taken are passed over. Else the draw is a path of
/// a graph (`paths.rs`) with choices item by item: each group that has room, then none.
/// A group's picks stand by stratum; the slots that a draw leaves empty come last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strata {
    positions: u32,
    strata: Vec<Stratum>,
    counted: Counted,
    segments: Vec<Segment>,
}

/// How one stratum is drawn where no positions keep together.
#[derive(Debug)]
struct Part {
    /// Number of the stratum, in the generator's blocks.
    number: u32,
    positions: Vec<u32>,
    sampler: Distinct,
    /// By pick of the stratum's sampler, the pick of the draw.
    slots: Vec<u32>,
}

impl Strata {
    /// Blocks of a stratum count from its number shifted by this; so in `strata.wgsl`.
    const STRATUM_SHIFT: u32 = 20;
    /// The most strata.
    pub const MAX_STRATA: usize = 1 << 12;

    /// Over `positions` positions, of which groups take as many in every draw.
    ///
    /// # Errors
    ///
    /// A group without a member, a position that is outside or in two places, a stratum with less room
    /// than is taken, more positions than 2^16 or strata than [`Strata::MAX_STRATA`].
    pub fn new(positions: usize, strata: Vec<Stratum>) -> Result<Self, DesignError> {
        Self::counted(positions, strata, Counted::Positions)
    }

    /// The same with sizes that count what `counted` says.
    ///
    /// # Errors
    ///
    /// As for [`Strata::new`].
    pub fn counted(
        positions: usize,
        strata: Vec<Stratum>,
        counted: Counted,
    ) -> Result<Self, DesignError> {
        DesignError::unless_addressable(positions, HALF_POSITIONS)?;
        if strata.len() > Self::MAX_STRATA {
            return Err(DesignError::TooManyStrata {
                strata: strata.len(),
                most: Self::MAX_STRATA,
            });
        }
        let groups = strata.first().map_or(0, |stratum| stratum.sizes.len());
        let mut sizes = vec![0usize; groups];
        let mut seen = vec![false; positions];
        for stratum in &strata {
            if stratum.sizes.len() != groups {
                return Err(DesignError::Malformed("strata have different groups"));
            }
            let room: usize = stratum.items.iter().map(|item| counted.of(item)).sum();
            let takes = stratum.sizes.iter();
            let wanted = takes.fold(0, |sum: usize, &k| sum.saturating_add(k));
            if wanted > room {
                return Err(DesignError::TooFewPositions { wanted, room });
            }
            for (size, k) in sizes.iter_mut().zip(&stratum.sizes) {
                *size += k;
            }
            for item in &stratum.items {
                if item.is_empty() {
                    return Err(DesignError::Malformed("an item has no position"));
                }
                DesignError::unless_inside(item, positions)?;
                for &position in item {
                    if std::mem::replace(&mut seen[position as usize], true) {
                        return Err(DesignError::Malformed("a position is in two places"));
                    }
                }
            }
        }
        DesignError::unless_filled(&sizes)?;
        let numbers: Vec<(usize, usize)> = (0..groups)
            .map(|g| {
                let of_stratum = |stratum| picks_between(stratum, g, counted);
                let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
                strata.iter().map(of_stratum).fold((0, 0), add)
            })
            .collect();
        Ok(Strata {
            positions: positions as u32,
            strata,
            counted,
            segments: segments_between(&numbers),
        })
    }

    /// Number of positions, those in no stratum among them.
    pub fn positions(&self) -> usize {
        self.positions as usize
    }

    /// The strata.
    pub fn strata(&self) -> &[Stratum] {
        &self.strata
    }

    /// What the strata's sizes count.
    pub fn counts(&self) -> Counted {
        self.counted
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// How much a stratum holds, in what the sizes of its groups count.
    pub(super) fn held(&self, stratum: &Stratum) -> usize {
        let items = stratum.items.iter();
        items.map(|item| self.counted.of(item)).sum()
    }

    /// Whether some positions keep together.
    pub fn keeps_together(&self) -> bool {
        let mut items = self.strata.iter().flat_map(|stratum| &stratum.items);
        items.any(|item| item.len() > 1)
    }

    /// Whether the sets are those with as many items a group, of items of any size: groups' sizes count
    /// items, or all items of a stratum are of one size, so that it is the same.
    pub(super) fn keeps_items(&self) -> bool {
        let even = |s: &Stratum| s.items.windows(2).all(|two| two[0].len() == two[1].len());
        self.counted == Counted::Items || self.strata.iter().all(even)
    }

    /// The number of admissible selections.
    ///
    /// # Errors
    ///
    /// Positions that keep together need a graph that is too large, or none of its paths ends.
    pub fn admissible_sets(&self) -> Result<BigUint, DesignError> {
        if self.keeps_together() {
            return Ok(self.paths(By::Chance)?.sets().clone());
        }
        let each = self.strata.iter().map(|stratum| {
            let sizes = stratum.sizes.iter().copied();
            selections(stratum.items.len(), sizes)
        });
        Ok(each.product())
    }

    /// The selections as paths.
    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        Paths::new(&self.clone_items(), &self.segments, by)
    }

    fn clone_items(&self) -> Items<'_> {
        Items {
            strata: self
                .strata
                .iter()
                .filter(|s| s.sizes.iter().any(|&k| k > 0))
                .collect(),
            counted: self.counted,
        }
    }

    /// How each stratum of which something is taken is drawn.
    fn parts(&self) -> Vec<Part> {
        let mut next: Vec<u32> = self.segments.iter().map(|s| s.start as u32).collect();
        let parts = (0..).zip(&self.strata).filter_map(|(number, stratum)| {
            let (takes, sampler) = stratum.sampler()?;
            let positions = stratum.items.concat();
            let mut slots = vec![0; sampler.picks()];
            for (&group, segment) in takes.iter().zip(sampler.segments()) {
                for slot in &mut slots[segment.range()] {
                    *slot = next[group];
                    next[group] += 1;
                }
            }
            Some(Part {
                number,
                positions,
                sampler,
                slots,
            })
        });
        parts.collect()
    }

    /// Whether groups `a` and `b` take as much of each stratum.
    pub(super) fn takes_alike(&self, a: usize, b: usize) -> bool {
        self.strata.iter().all(|s| s.sizes[a] == s.sizes[b])
    }

    /// How often each group stands on each position.
    pub(super) fn inclusion(&self) -> Option<Inclusion> {
        let (positions, groups) = (self.positions(), self.segments.len());
        let known = self.inclusion_by_stratum();
        known.or_else(|| Some(along(&self.paths(By::Chance).ok()?, positions, groups)))
    }

    /// The same where all positions of a stratum are as likely: those that keep together are equally
    /// many.
    fn inclusion_by_stratum(&self) -> Option<Inclusion> {
        let even = |stratum: &Stratum| {
            let mut neighbours = stratum.items.windows(2);
            neighbours.all(|two| two[0].len() == two[1].len())
        };
        if !self.strata.iter().all(even) {
            return None;
        }
        let strata = &self.strata;
        let sets = strata.iter().fold(BigUint::from(1u32), |common, stratum| {
            common.lcm(&self.held(stratum).max(1).into())
        });
        let mut groups = vec![vec![BigUint::ZERO; self.positions()]; self.segments.len()];
        for stratum in strata {
            let unit = &sets / self.held(stratum).max(1);
            for (group, &size) in groups.iter_mut().zip(&stratum.sizes) {
                for &position in stratum.items.iter().flatten() {
                    group[position as usize] = &unit * size;
                }
            }
        }
        Some(Inclusion::new(groups, sets))
    }
}

/// Draws distinct positions within strata, none of which keep together.
#[derive(Debug, Clone)]
pub(crate) struct StrataRun {
    parts: Arc<Vec<Part>>,
    stream: u32,
    positions: usize,
    ahead: Candidates,
    seen: Seen,
    /// Picks of one stratum.
    row: Vec<u32>,
    shaders: Lookups,
}

impl StrataRun {
    pub(super) fn new(of: &Strata, stream: u32, shaders: Lookups) -> Self {
        let parts = of.parts();
        let picks: usize = parts.iter().map(|part| part.sampler.picks()).sum();
        StrataRun {
            parts: Arc::new(parts),
            stream,
            positions: of.positions(),
            ahead: Candidates::new(),
            seen: Seen::new(of.positions()),
            row: vec![0; picks + Picks::SLACK],
            shaders,
        }
    }
}

impl Run for StrataRun {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let StrataRun {
            parts,
            ahead,
            seen,
            row,
            ..
        } = self;
        for from in (0..draws).step_by(LANES) {
            for part in parts.iter() {
                let first_block = part.number << Strata::STRATUM_SHIFT;
                let at = At::new(seed, self.stream, first + from as u64).past(first_block);
                part.sampler.look_ahead(at, ahead);
                for draw in from..draws.min(from + LANES) {
                    part.sampler.draw(ahead, draw - from, seen, row);
                    let to = picks.row_mut(draw);
                    for (&slot, &place) in part.slots.iter().zip(row.iter()) {
                        to[slot as usize] = part.positions[place as usize];
                    }
                }
            }
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        const PART_WORDS: usize = 8;
        let parts = &self.parts;
        let loops: usize = parts.iter().map(|part| part.sampler.loops() + 1).sum();
        let loops = loops + seen_words(self.positions);
        let complements = parts.iter().any(|part| part.sampler.makes_complement());
        if complements {
            within_budget(loops, "drawing from these strata")?;
        }
        let mut shape = vec![0; parts.len() * PART_WORDS];
        for (p, part) in parts.iter().enumerate() {
            let sampler = &part.sampler;
            let list = shape.len();
            shape.extend(part.positions.iter().map(|&position| position as i32));
            let slots = shape.len();
            shape.extend(part.slots.iter().map(|&slot| slot as i32));
            shape[p * PART_WORDS..][..PART_WORDS].copy_from_slice(&[
                part.number as i32,
                sampler.positions() as i32,
                sampler.reject_below() as i32,
                sampler.drawn() as i32,
                sampler.stored() as i32,
                sampler.picks() as i32,
                list as i32,
                slots as i32,
            ]);
        }
        let picks: usize = parts.iter().map(|part| part.sampler.picks()).sum();
        let constants = vec![
            ("STREAM", self.stream.into()),
            ("PARTS", parts.len() as f64),
            ("PICKS", picks as f64),
        ];
        let Lookups {
            once,
            parts: in_parts,
        } = self.shaders;
        let pass = PicksPass::new(once[0], constants, shape);
        Ok(match loops <= LOOP_BUDGET {
            true => pass.looking_up(self.positions, once),
            false => {
                let blocks = parts.iter().map(|part| part.sampler.blocks()).sum();
                let a_block = parts.iter().map(|part| part.sampler.loops_a_block()).max();
                let a_dispatch = (LOOP_BUDGET - parts.len()) / a_block.unwrap_or(1);
                pass.in_parts(self.positions, in_parts, blocks, a_dispatch)
            }
        })
    }

    fn steps(&self) -> usize {
        0
    }
}

/// The fewest and the most positions that a group has from a stratum.
fn picks_between(stratum: &Stratum, group: usize, counted: Counted) -> (usize, usize) {
    let size = stratum.sizes[group];
    if counted == Counted::Positions {
        return (size, size);
    }
    let mut lengths: Vec<usize> = stratum.items.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    let sum = |lengths: &[usize]| lengths.iter().sum();
    (sum(&lengths[..size]), sum(&lengths[lengths.len() - size..]))
}

/// Item by item, stratum by stratum.
struct Items<'a> {
    strata: Vec<&'a Stratum>,
    counted: Counted,
}

impl Items<'_> {
    /// At an item of a stratum, or at the beginning of the next one.
    fn at(&self, stratum: usize, item: usize, left: Vec<usize>) -> Option<ItemState> {
        if left.iter().any(|&left| left > 0) {
            return Some(ItemState {
                stratum,
                item,
                left,
            });
        }
        let next = self.strata.get(stratum + 1)?;
        Some(ItemState {
            stratum: stratum + 1,
            item: 0,
            left: next.sizes.clone(),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ItemState {
    stratum: usize,
    item: usize,
    /// How much each group still takes in this stratum.
    left: Vec<usize>,
}

impl Choices for Items<'_> {
    type State = ItemState;

    fn root(&self) -> ItemState {
        ItemState {
            stratum: 0,
            item: 0,
            left: self.strata[0].sizes.clone(),
        }
    }

    fn choices(&self, state: &ItemState) -> Vec<Choice<ItemState>> {
        let items = &self.strata[state.stratum].items;
        let Some(item) = items.get(state.item) else {
            return Vec::new();
        };
        let mut choices = Vec::new();
        for group in 0..state.left.len() {
            if state.left[group] >= self.counted.of(item) {
                let mut left = state.left.clone();
                left[group] -= self.counted.of(item);
                choices.push(Choice {
                    picks: item
                        .iter()
                        .map(|&position| (group as u32, position))
                        .collect(),
                    next: self.at(state.stratum, state.item + 1, left),
                });
            }
        }
        let behind = items[state.item + 1..].iter();
        let behind: usize = behind.map(|item| self.counted.of(item)).sum();
        if state.left.iter().sum::<usize>() <= behind {
            choices.push(Choice {
                picks: Vec::new(),
                next: self.at(state.stratum, state.item + 1, state.left.clone()),
            });
        }
        choices
    }
}

impl Distinct {
    /// The selections as paths.
    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        let whole = Stratum {
            items: (0..self.positions() as u32)
                .map(|position| vec![position])
                .collect(),
            sizes: self.segments().iter().map(|segment| segment.len).collect(),
        };
        let items = Items {
            strata: vec![&whole],
            counted: Counted::Positions,
        };
        Paths::new(&items, self.segments(), by)
    }
}
