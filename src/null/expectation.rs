//! How often each group of a design stands on each position, known without a draw.

use num_bigint::{BigInt, BigUint};

use super::Segment;
use super::paths::Paths;

/// How often each group stands on each position, on average over all sets of a design.
pub(crate) struct Inclusion {
    /// A group, a position: its number in units of `1 / sets`.
    groups: Vec<Vec<BigUint>>,
    sets: BigUint,
}

impl Inclusion {
    /// By group and position, in so many sets out of `sets`.
    pub(super) fn new(groups: Vec<Vec<BigUint>>, sets: BigUint) -> Self {
        Inclusion { groups, sets }
    }

    /// Where each position is as likely as another.
    pub(super) fn even(segments: &[Segment], positions: usize) -> Self {
        Inclusion {
            groups: segments
                .iter()
                .map(|segment| vec![BigUint::from(segment.len); positions])
                .collect(),
            sets: positions.into(),
        }
    }

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

/// Of the sets that are the paths of a graph: a choice is made by as many sets as there are ways to
/// come to it, times ways to go on.
pub(super) fn along(paths: &Paths, positions: usize, groups: usize) -> Inclusion {
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
