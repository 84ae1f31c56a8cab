//! Why a null design cannot be made.

/// What a null design cannot be made of, with the numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// More positions than its draws can address.
    #[error("{positions} positions, and at most {most} fit")]
    TooManyPositions {
        /// Positions given.
        positions: usize,
        /// The limit.
        most: usize,
    },
    /// More events than signs can be drawn for.
    #[error("{events} events, and at most {most} fit")]
    TooManyEvents {
        /// Events given.
        events: usize,
        /// The limit.
        most: usize,
    },
    /// More strata than the generator's blocks are parted into.
    #[error("{strata} strata, and at most {most} fit")]
    TooManyStrata {
        /// Strata given.
        strata: usize,
        /// The limit.
        most: usize,
    },
    /// Listed sets with more positions, all together, than a device's binding holds.
    #[error("the listed sets hold {picks} positions, and at most {most} fit")]
    TooManyListed {
        /// Positions of all sets together.
        picks: usize,
        /// The limit.
        most: usize,
    },
    /// A graph of sets with more nodes than fit.
    #[error("the graph of the sets has more than {most} nodes")]
    GraphTooLarge {
        /// The limit.
        most: usize,
    },
    /// More sets than ranks.
    #[error("there are more sets than {most} ranks")]
    TooManyRanks {
        /// The limit.
        most: u64,
    },
    /// Fewer positions than a set takes.
    #[error("a set takes {wanted} positions, and there is room for {room}")]
    TooFewPositions {
        /// Positions of a set.
        wanted: usize,
        /// The most that a set can take.
        room: usize,
    },
    /// A stratum with fewer positions than its events take.
    #[error("stratum {stratum} takes {wanted} positions, and there is room for {room}")]
    StratumTooSmall {
        /// Number of the stratum.
        stratum: usize,
        /// Positions taken.
        wanted: usize,
        /// Positions it has.
        room: usize,
    },
    /// Fewer positions that keep a gap than a set takes.
    #[error("a set takes {wanted} positions, and at most {room} are {gap} rows apart")]
    TooNear {
        /// Positions of a set.
        wanted: usize,
        /// The most that keep the gap.
        room: usize,
        /// The gap.
        gap: u32,
    },
    /// Labels, and one group only.
    #[error("there is one group, and no labels to deal")]
    OneGroup,
    /// Events that keep one label, of two groups.
    #[error("events {events:?} keep one label, and have two")]
    TwoLabels {
        /// Their numbers.
        events: [u32; 2],
    },
    /// Events that keep together, in two strata.
    #[error("events {events:?} keep together, and lie in the strata {strata:?}")]
    TwoStrata {
        /// Their numbers.
        events: [u32; 2],
        /// Those of their strata.
        strata: [usize; 2],
    },
    /// A position beyond the last.
    #[error("position {position} lies outside the {positions} positions")]
    Outside {
        /// The position.
        position: u32,
        /// Number of positions.
        positions: usize,
    },
    /// A group without a member, or no group.
    #[error("a group has no member")]
    EmptyGroup,
    /// A single event.
    #[error("there is one event only, without a gap to another")]
    NoGap,
    /// No set meets all conditions.
    #[error("no set is admissible")]
    NoSet,
    /// Parts that do not fit together.
    #[error("{0}")]
    Malformed(&'static str),
}

impl DesignError {
    /// Unless there are at most `most` positions.
    pub(super) fn unless_addressable(positions: usize, most: usize) -> Result<(), Self> {
        match positions <= most {
            true => Ok(()),
            false => Err(DesignError::TooManyPositions { positions, most }),
        }
    }

    /// Unless there are groups, and each has a member.
    pub(super) fn unless_filled(sizes: &[usize]) -> Result<(), Self> {
        match sizes.is_empty() || sizes.contains(&0) {
            true => Err(DesignError::EmptyGroup),
            false => Ok(()),
        }
    }

    /// Unless all lie inside.
    pub(super) fn unless_inside(at: &[u32], positions: usize) -> Result<(), Self> {
        match at.iter().find(|&&position| position as usize >= positions) {
            Some(&position) => Err(DesignError::Outside {
                position,
                positions,
            }),
            None => Ok(()),
        }
    }
}
