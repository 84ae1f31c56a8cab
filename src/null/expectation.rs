//! What is known of a design's law without a draw: its symmetries, and how often each group stands on
//! each position.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;

use super::paths::{By, Paths};
use super::{Design, Labels, NullDesign, Strata, Stratum};

/// How often each group stands on each position, on average over all sets of a design.
pub(crate) struct Inclusion {
    /// A group, a position: its number in units of `1 / sets`.
    groups: Vec<Vec<BigUint>>,
    sets: BigUint,
}

impl Inclusion {
    /// The expectation of the sum of `weights[group] score(position)` over a draw's picks, as a
    /// fraction.
    pub(crate) fn expectation(
        &self,
        weights: &[i64],
        score: impl Fn(usize) -> i64,
    ) -> (BigInt, BigUint) {
        let positions = self.groups.first().map_or(0, Vec::len);
        let mut sum = BigInt::ZERO;
        for position in 0..positions {
            let score = score(position);
            if score == 0 {
                continue;
            }
            for (&weight, group) in weights.iter().zip(&self.groups) {
                if weight != 0 {
                    let times = BigInt::from(group[position].clone());
                    sum += times * (i128::from(weight) * i128::from(score));
                }
            }
        }
        (sum, self.sets.clone())
    }
}

impl NullDesign {
    /// Whether groups `a` and `b` are exchangeable: with their picks exchanged, every set is as likely.
    pub(crate) fn exchanges(&self, a: usize, b: usize) -> bool {
        let alike = |strata: &[Stratum]| strata.iter().all(|s| s.sizes[a] == s.sizes[b]);
        match self.design() {
            Design::Uniform(_) | Design::Labels(Labels::Whole(_)) | Design::Spaced(_) => {
                self.segments()[a].len == self.segments()[b].len
            }
            Design::Strata(strata) | Design::Labels(Labels::Strata(strata)) => {
                alike(strata.strata())
            }
            Design::GapShuffle(_)
            | Design::Signs(_)
            | Design::CircularShift(_)
            | Design::Listed(_) => false,
        }
    }

    /// Whether a set with all its signs changed is as likely as the set.
    pub(crate) fn negates(&self) -> bool {
        matches!(self.design(), Design::Signs(_))
    }

    /// How often each group stands on each position; `None` where the design does not tell, or needs a
    /// graph of more than 2^20 nodes for it.
    pub(crate) fn inclusion(&self) -> Option<Inclusion> {
        let sizes: Vec<usize> = self.segments().iter().map(|s| s.len).collect();
        let positions = self.positions();
        match self.design() {
            Design::Uniform(_) | Design::Labels(Labels::Whole(_)) | Design::CircularShift(_) => {
                Some(Inclusion {
                    groups: sizes
                        .iter()
                        .map(|&size| vec![BigUint::from(size); positions])
                        .collect(),
                    sets: positions.into(),
                })
            }
            Design::Strata(strata) | Design::Labels(Labels::Strata(strata)) => {
                match of_strata(strata, positions, sizes.len()) {
                    Some(inclusion) => Some(inclusion),
                    None => Some(along(&self.graph().ok()?, positions, sizes.len())),
                }
            }
            Design::Signs(signs) => {
                let mut groups = vec![vec![BigUint::ZERO; positions]; sizes.len()];
                for (group, segment) in groups.iter_mut().zip(signs.segments()) {
                    for &event in &signs.order()[segment.range()] {
                        group[event as usize] = 1u32.into();
                        group[event as usize + signs.events()] = 1u32.into();
                    }
                }
                Some(Inclusion {
                    groups,
                    sets: 2u32.into(),
                })
            }
            Design::Spaced(_) | Design::GapShuffle(_) => {
                let paths = self.design().paths(By::Chance).ok()?;
                Some(along(&paths, positions, sizes.len()))
            }
            Design::Listed(_) => None,
        }
    }
}

/// Of strata whose positions are all as likely: in each, those that keep together are equally many.
fn of_strata(of: &Strata, positions: usize, groups: usize) -> Option<Inclusion> {
    let strata = of.strata();
    let even = |stratum: &Stratum| {
        stratum
            .items
            .windows(2)
            .all(|two| two[0].len() == two[1].len())
    };
    let held = |stratum: &Stratum| of.held(stratum);
    if !strata.iter().all(even) {
        return None;
    }
    let sets = strata.iter().fold(BigUint::from(1u32), |common, stratum| {
        common.lcm(&held(stratum).max(1).into())
    });
    let mut inclusion = Inclusion {
        groups: vec![vec![BigUint::ZERO; positions]; groups],
        sets,
    };
    for stratum in strata {
        let unit = &inclusion.sets / held(stratum).max(1);
        for (group, &size) in inclusion.groups.iter_mut().zip(&stratum.sizes) {
            for &position in stratum.items.iter().flatten() {
                group[position as usize] = &unit * size;
            }
        }
    }
    Some(inclusion)
}

/// Of the sets that are the paths of a graph: a choice is made by as many sets as there are ways to
/// come to it, times ways to go on.
fn along(paths: &Paths, positions: usize, groups: usize) -> Inclusion {
    // A node follows all that it leads to; the root is the last.
    let nodes = paths.first_choice.len() - 1;
    let mut onward = vec![BigUint::ZERO; nodes + 1];
    onward[nodes] = 1u32.into();
    for node in 0..nodes {
        let ways = paths
            .choices_of(node)
            .map(|choice| &onward[paths.next_of(choice)]);
        onward[node] = ways.sum();
    }
    let mut arrivals = vec![BigUint::ZERO; nodes + 1];
    arrivals[nodes - 1] = 1u32.into();
    let mut inclusion = Inclusion {
        groups: vec![vec![BigUint::ZERO; positions]; groups],
        sets: onward[nodes - 1].clone(),
    };
    for node in (0..nodes).rev() {
        let here = std::mem::take(&mut arrivals[node]);
        for choice in paths.choices_of(node) {
            let next = paths.next_of(choice);
            let step = paths.choices[choice];
            let sets = &here * &onward[next];
            for &[group, position] in
                &paths.picks[step.first_pick as usize..][..step.picks as usize]
            {
                inclusion.groups[group as usize][position as usize] += &sets;
            }
            arrivals[next] += &here;
        }
    }
    inclusion
}
