//! What null designs answer by their names, and each design by its file.

use num_bigint::BigUint;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::law::Run;
use super::paths::{By, Paths, RankRun};
use super::selection::IN_PARTS;
use super::{
    Design, DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss,
    Moves, Null, Observed, Picks, PicksPass, Placed, Remake, Running, Segment, facts, placed,
    running,
};
use crate::kernel::Shader;

/// No two designs read the same stream of the generator.
const _: () = {
    let mut taken = [false; 256];
    let mut design = 0;
    while design < Null::ALL.len() {
        let streams = facts(Null::ALL[design]).streams;
        let mut at = 0;
        while at < streams.len() {
            let stream = streams[at] as usize;
            assert!(!taken[stream], "two designs have one stream");
            taken[stream] = true;
            at += 1;
        }
        design += 1;
    }
};

/// Whether a design reads this stream of the generator.
pub(crate) const fn reads(stream: u32) -> bool {
    let mut design = 0;
    while design < Null::ALL.len() {
        let streams = facts(Null::ALL[design]).streams;
        let mut at = 0;
        while at < streams.len() {
            if streams[at] == stream {
                return true;
            }
            at += 1;
        }
        design += 1;
    }
    false
}

/// The first of the list.
impl Default for Null {
    fn default() -> Self {
        Null::ALL[0]
    }
}

impl Null {
    /// What holds of all designs of this name.
    pub fn facts(self) -> Facts {
        facts(self)
    }

    /// The name in the study file.
    pub fn name(self) -> &'static str {
        facts(self).name
    }

    /// What its draws move.
    pub fn moves(self) -> Moves {
        facts(self).moves
    }

    /// Whether it takes a key from the study file.
    pub fn takes(self, key: Key) -> bool {
        facts(self).keys.contains(&key)
    }

    /// The design of this name on a ground.
    ///
    /// # Errors
    ///
    /// It cannot be drawn there.
    pub fn place(self, ground: &Ground) -> Result<Placed<Design>, DesignError> {
        placed(self, ground)
    }
}

impl Serialize for Null {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Null {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NAMES: [&str; Null::ALL.len()] = {
            let mut names = [""; Null::ALL.len()];
            let mut at = 0;
            while at < names.len() {
                names[at] = facts(Null::ALL[at]).name;
                at += 1;
            }
            names
        };
        let name = String::deserialize(deserializer)?;
        let found = Null::ALL.iter().find(|null| null.name() == name);
        found
            .copied()
            .ok_or_else(|| D::Error::unknown_variant(&name, &NAMES))
    }
}

/// The shaders of all designs.
pub fn shaders() -> Vec<Shader> {
    let designs = Null::ALL.iter().flat_map(|&null| facts(null).shaders);
    std::iter::once(&super::paths::SHADER)
        .chain(IN_PARTS)
        .chain(designs)
        .copied()
        .collect()
}

impl Design {
    pub(super) fn positions(&self) -> usize {
        ask!(self, of => Law::positions(of))
    }

    pub(super) fn segments(&self) -> &[Segment] {
        ask!(self, of => Law::segments(of))
    }

    pub(super) fn sets(&self) -> Result<BigUint, DesignError> {
        ask!(self, of => of.sets())
    }

    pub(super) fn each_once(&self) -> Option<u64> {
        ask!(self, of => of.each_once())
    }

    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        ask!(self, of => of.paths(by))
    }

    pub(super) fn remakes(&self) -> Option<&dyn Remake> {
        ask!(self, of => of.remakes())
    }

    pub(super) fn drawn(&self) -> Option<Drawn> {
        ask!(self, of => of.drawn())
    }

    pub(super) fn basis(&self) -> LawBasis {
        ask!(self, of => of.basis())
    }

    pub(super) fn most_on_a_position(&self) -> usize {
        ask!(self, of => of.most_on_a_position())
    }

    pub(super) fn exchanges(&self, a: usize, b: usize) -> bool {
        ask!(self, of => of.exchanges(a, b))
    }

    pub(super) fn inclusion(&self) -> Option<Inclusion> {
        ask!(self, of => of.inclusion())
    }

    pub(super) fn negated_from(&self) -> Option<usize> {
        ask!(self, of => of.negated_from())
    }

    pub(super) fn one_label(&self) -> Option<Vec<&[u32]>> {
        ask!(self, of => of.one_label())
    }

    pub(super) fn misses(&self, observed: &Observed) -> Vec<Miss> {
        ask!(self, of => of.misses(observed))
    }

    pub(super) fn assumption(&self) -> &'static str {
        ask!(self, of => of.assumption())
    }

    pub(super) fn draws_ends(&self) -> bool {
        ask!(self, of => of.draws_ends())
    }

    pub(super) fn ranks_single(&self) -> bool {
        ask!(self, of => of.ranks_single())
    }

    pub(super) fn inflation(&self, groups: &[usize]) -> Option<Inflation> {
        ask!(self, of => of.inflation(groups))
    }
}

/// Makes draws of a design on the CPU.
#[derive(Debug, Clone)]
pub struct Sampler<'d>(Running<'d>);

impl<'d> Sampler<'d> {
    /// Of a design whose sets are made at random or in turn.
    pub(super) fn new(design: &'d Design) -> Result<Self, DesignError> {
        running(design).map(Sampler)
    }

    /// Of a design whose sets are made in the order of their ranks.
    pub(super) fn ranked(design: &'d Design) -> Result<Self, DesignError> {
        let paths = design.paths(By::Rank)?;
        Ok(Sampler(Running::Ranked(RankRun::new(paths))))
    }

    /// The same draws without a group that is what the others leave.
    pub(crate) fn drawn(drawn: &Drawn) -> Self {
        Sampler(Running::Drawn(drawn.run.clone()))
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        go!(&mut self.0, of => of.fill(seed, first, draws, picks));
    }

    /// The kernel that makes the same picks, `picks` a draw, or why no device draws them.
    pub(crate) fn kernel(&self, picks: usize) -> Result<PicksPass, String> {
        let mut pass = go!(&self.0, of => of.kernel())?;
        pass.picks = picks;
        let packed = f64::from(u8::from(pass.packed));
        pass.kernel.constants.push(("PACKED", packed));
        Ok(pass)
    }

    pub(super) fn steps(&self) -> usize {
        go!(&self.0, of => of.steps())
    }
}
