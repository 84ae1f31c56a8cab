//! Resampling schemes as plans hold them, and what makes their draws.

use super::{Bayesian, Iid, Numbers, Poisson, Run, Stationary, Weights, WholeBlocks};

/// How a draw resamples the units of each part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Units with replacement, as many as there are.
    Iid,
    /// Units with replacement, another number of them.
    MOutOfN {
        /// Units a draw, of each part.
        size: u32,
    },
    /// Each unit a Poisson number of times.
    Poisson {
        /// Units before these, where they are some of those of several files: a unit's number is that of its place
        /// among all.
        before: u64,
    },
    /// Each unit with a random weight.
    Bayesian,
    /// Blocks of neighbouring units, of which each starts where a full block may.
    MovingBlock {
        /// Units a block.
        length: u32,
    },
    /// Blocks of neighbouring units of a circle, whose end is followed by its start.
    CircularBlock {
        /// Units a block.
        length: u32,
    },
    /// Blocks of a circle whose lengths are geometric.
    Stationary {
        /// The mean of the geometric law of lengths, at least 1.
        mean_length: f64,
    },
}

impl Scheme {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Iid => Iid::NAME,
            Scheme::MOutOfN { .. } => Iid::FEWER,
            Scheme::Poisson { .. } => Poisson::NAME,
            Scheme::Bayesian => Bayesian::NAME,
            Scheme::MovingBlock { .. } => WholeBlocks::MOVING,
            Scheme::CircularBlock { .. } => WholeBlocks::CIRCULAR,
            Scheme::Stationary { .. } => Stationary::NAME,
        }
    }

    /// What it assumes, as a clause that can follow "assumes that".
    pub fn assumption(self) -> &'static str {
        match self {
            Scheme::Iid | Scheme::MOutOfN { .. } | Scheme::Poisson { .. } | Scheme::Bayesian => {
                "units are independent draws from one law"
            }
            Scheme::MovingBlock { .. } | Scheme::CircularBlock { .. } => {
                "the series is stationary, and dependence beyond a block is negligible"
            }
            Scheme::Stationary { .. } => {
                "the series is stationary, and dependence fades within some blocks"
            }
        }
    }

    /// The stream of its draws in the generator's counter.
    pub fn stream(self) -> u32 {
        match self {
            Scheme::Iid | Scheme::MOutOfN { .. } => Iid::STREAM,
            Scheme::Poisson { .. } => Poisson::STREAM,
            Scheme::Bayesian => Bayesian::STREAM,
            Scheme::MovingBlock { .. } | Scheme::CircularBlock { .. } => WholeBlocks::STREAM,
            Scheme::Stationary { .. } => Stationary::STREAM,
        }
    }
}

/// Makes draws of parts of so many units each: part after part from the draw's numbers.
#[derive(Debug, Clone)]
pub struct Drawer {
    stream: u32,
    /// Words of a draw that are passed over.
    before: u64,
    parts: Vec<Running>,
}

/// A scheme on a part.
#[derive(Debug, Clone)]
enum Running {
    Iid(Iid),
    Poisson(Poisson),
    Blocks(WholeBlocks),
    Stationary(Stationary),
    /// Each unit once: what differs are weights.
    Whole(u32),
}

impl Drawer {
    /// Of a scheme on parts of so many units, of which each has one at least and, for whole blocks, a
    /// block.
    pub fn new(scheme: Scheme, parts: &[u32]) -> Self {
        let running = |&units: &u32| match scheme {
            Scheme::Iid => Running::Iid(Iid::new(units, units)),
            Scheme::MOutOfN { size } => Running::Iid(Iid::new(size, units)),
            Scheme::Poisson { .. } => Running::Poisson(Poisson::new(units)),
            Scheme::Bayesian => Running::Whole(units),
            Scheme::MovingBlock { length } => Running::Blocks(WholeBlocks::moving(units, length)),
            Scheme::CircularBlock { length } => {
                Running::Blocks(WholeBlocks::circular(units, length))
            }
            Scheme::Stationary { mean_length } => {
                Running::Stationary(Stationary::new(units, mean_length))
            }
        };
        Drawer {
            stream: scheme.stream(),
            before: match scheme {
                Scheme::Poisson { before } => before,
                _ => 0,
            },
            parts: parts.iter().map(running).collect(),
        }
    }

    /// Number of parts.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Puts the runs of a draw, a list a part.
    pub fn fill(&self, seed: u64, draw: u64, runs: &mut [Vec<Run>]) {
        let mut numbers = Numbers::new(seed, draw, self.stream);
        numbers.pass_over(self.before);
        for (part, runs) in self.parts.iter().zip(runs) {
            runs.clear();
            match part {
                Running::Iid(of) => of.fill(&mut numbers, runs),
                Running::Poisson(of) => of.fill(&mut numbers, runs),
                Running::Blocks(of) => of.fill(&mut numbers, runs),
                Running::Stationary(of) => of.fill(&mut numbers, runs),
                Running::Whole(len) => runs.push(Run {
                    start: 0,
                    len: *len,
                }),
            }
        }
    }
}

/// No two schemes, and no scheme and null design, read the same stream of the generator.
const _: () = {
    let streams = [
        Iid::STREAM,
        WholeBlocks::STREAM,
        Stationary::STREAM,
        Poisson::STREAM,
        Bayesian::STREAM,
        Weights::STREAM,
    ];
    let mut at = 0;
    while at < streams.len() {
        assert!(!crate::null::reads(streams[at]), "a null design has it");
        let mut other = 0;
        while other < at {
            assert!(streams[at] != streams[other], "two schemes have one stream");
            other += 1;
        }
        at += 1;
    }
};
