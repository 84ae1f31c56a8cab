//! `list`: placebo sets that the user lists. Twin: `shaders/null/listed.wgsl`.

use num_bigint::BigUint;

use super::distinct::HALF_POSITIONS;
use super::paths::{By, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Picks, PicksPass, Placed, Remake, Run, Segment, segments_of,
};
use crate::kernel::{Buffer, PICKS, Shader, within_budget};

/// Sets given one by one: draw `i` is set `i` of the list, and no random number is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    positions: u32,
    /// The picks of a set, groups one after the other, set after set.
    sets: Vec<u32>,
    segments: Vec<Segment>,
}

impl Listed {
    /// The most picks of all sets together: what a binding of every device holds.
    pub const MAX_PICKS: usize = 1 << 24;

    /// Sets of groups of sizes `sizes` over `positions` positions.
    ///
    /// # Errors
    ///
    /// A group without a member, a position outside, no set, a set in part, more than 2^16 positions or
    /// [`Listed::MAX_PICKS`] picks.
    pub fn new(positions: usize, sizes: &[usize], sets: Vec<u32>) -> Result<Self, DesignError> {
        DesignError::unless_addressable(positions, HALF_POSITIONS)?;
        DesignError::unless_filled(sizes)?;
        if sets.is_empty() {
            return Err(DesignError::NoSet);
        }
        if sets.len() > Self::MAX_PICKS {
            return Err(DesignError::TooManyListed {
                picks: sets.len(),
                most: Self::MAX_PICKS,
            });
        }
        let picks = sizes.iter().fold(0, |sum: usize, &k| sum.saturating_add(k));
        if !sets.len().is_multiple_of(picks) {
            return Err(DesignError::Malformed("a set is not whole"));
        }
        DesignError::unless_inside(&sets, positions)?;
        Ok(Listed {
            positions: positions as u32,
            sets,
            segments: segments_of(sizes),
        })
    }

    /// Picks a draw.
    fn picks(&self) -> usize {
        self.segments.iter().map(|segment| segment.len).sum()
    }

    /// Number of sets.
    fn listed(&self) -> u64 {
        (self.sets.len() / self.picks()) as u64
    }

    /// Whether a set is in the list, whatever the order within its groups.
    fn contains(&self, set: &[u32]) -> bool {
        let sorted = |set: &[u32]| {
            let mut set = set.to_vec();
            for segment in &self.segments {
                set[segment.range()].sort_unstable();
            }
            set
        };
        let wanted = sorted(set);
        self.sets
            .chunks(self.picks())
            .any(|set| sorted(set) == wanted)
    }
}

const SHADER: Shader = Shader {
    name: "list",
    entry_point: "listed_picks",
    binds: &[Buffer::Slice, Buffer::Picks, Buffer::Shape, Buffer::Tallies],
    files: &[PICKS, include_str!("../../shaders/null/listed.wgsl")],
};

impl Law for Listed {
    const FACTS: Facts = Facts {
        name: "list",
        file: "listed",
        streams: &[],
        shaders: &[SHADER],
        moves: Moves::Dates,
        positions: "eligible dates",
        keys: &[Key::Sets],
        needs: Some((Key::Sets, "sets = { file = \"sets.csv\" }")),
        clause: |sizes, positions| {
            format!("is one of the listed sets of {sizes} out of {positions} eligible dates")
        },
        overlap: None,
        single_group: None,
        reference: "A reference distribution: p claims no level, unless the observed set could as well have \
                    been any of the listed ones",
    };
    type Running<'d> = &'d Listed;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        ground.over_pool(|positions, _| Self::new(positions, &ground.sizes(), ground.sets.to_vec()))
    }

    fn positions(&self) -> usize {
        self.positions as usize
    }

    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn sets(&self) -> Result<BigUint, DesignError> {
        Ok(self.listed().into())
    }

    fn each_once(&self) -> Option<u64> {
        Some(self.listed())
    }

    fn paths(&self, _by: By) -> Result<Paths, DesignError> {
        Err(DesignError::Malformed("listed sets have no graph"))
    }

    fn running(&self) -> Result<&Listed, DesignError> {
        Ok(self)
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::None("all listed sets are counted instead")
    }

    fn most_on_a_position(&self) -> usize {
        let of_set = |set: &[u32]| {
            let mut set = set.to_vec();
            set.sort_unstable();
            set.chunk_by(|a, b| a == b).map(<[u32]>::len).max()
        };
        let sets = self.sets.chunks(self.picks());
        sets.filter_map(of_set).max().unwrap_or(1)
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

    fn misses(&self, observed: &Observed) -> Vec<Miss> {
        match self.contains(observed.picks) {
            true => Vec::new(),
            false => vec![Miss {
                before: "The list does not hold it".into(),
                at: Vec::new(),
                after: "",
            }],
        }
    }

    fn assumption(&self) -> &'static str {
        "the listed sets are those that could have happened, each as likely as the observed one"
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

/// Round the list's end.
impl Run for &Listed {
    fn fill(&mut self, _seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let k = self.picks();
        for draw in 0..draws {
            let set = ((first + draw as u64) % self.listed()) as usize;
            picks.row_mut(draw)[..k].copy_from_slice(&self.sets[set * k..][..k]);
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        within_budget(self.picks(), "copying this many picks")?;
        let shape = self.sets.iter().map(|&position| position as i32);
        let constants = vec![
            ("PICKS", self.picks() as f64),
            ("SETS", self.listed() as f64),
        ];
        Ok(PicksPass::new(SHADER, constants, shape.collect()))
    }

    fn steps(&self) -> usize {
        0
    }
}
