//! Draws without the group that is what the others leave: its sums are those over all positions that it
//! shares with them, less theirs.

use super::distinct::{Distinct, DistinctRun};
use super::selection::{Selection, SelectionRun, SelectionShaders, parted, whole};
use super::strata::StrataRun;
use super::{Segment, Strata, Stratum};
use crate::kernel::MAX_SEGMENTS;

/// What a design accepts of a draw, where a group takes what that leaves. Draws are the same ones, and so
/// is every sum.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(super) run: SelectionRun,
    /// Where the accepted picks stand that count alike.
    pub segments: Vec<Segment>,
    /// One a group of the design.
    pub groups: Vec<GroupSum>,
}

/// What the sum over a group is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GroupSum {
    /// Sums over segments that are added (1) or taken away (-1).
    pub terms: Vec<(usize, i64)>,
    /// Positions over which is summed whatever the draw.
    pub over: Vec<u32>,
}

/// Positions of which groups take some.
struct Part {
    positions: Vec<u32>,
    /// The group that takes what is left.
    rest: Option<usize>,
    /// How many picks are drawn of each group, then of none.
    drawn: Vec<(Option<usize>, usize)>,
}

impl Part {
    /// As a sampler of the groups `takes` draws them.
    fn new(positions: Vec<u32>, sampler: &Distinct, takes: &[usize]) -> Self {
        let rest = sampler.left_over();
        let groups = takes.iter().zip(sampler.segments()).enumerate();
        let others = groups.filter(|&(at, _)| Some(at) != rest);
        let none = sampler.drawn() - sampler.stored();
        Part {
            positions,
            rest: rest.map(|at| takes[at]),
            drawn: others
                .map(|(_, (&group, segment))| (Some(group), segment.len))
                .chain((none > 0).then_some((None, none)))
                .collect(),
        }
    }

    /// How many of its picks are of a kind.
    fn size(&self, kind: &Kind) -> usize {
        let mut drawn = self.drawn.iter();
        let found = drawn.find(|(group, _)| (*group, self.rest) == (kind.group, kind.rest));
        found.map_or(0, |&(_, size)| size)
    }
}

/// Picks that count alike.
#[derive(PartialEq)]
struct Kind {
    /// The group that they are in, if any.
    group: Option<usize>,
    /// The group that takes what they leave.
    rest: Option<usize>,
}

impl Drawn {
    /// Of a selection with these streams and shaders: see [`Selection::running`]. `None` where no group
    /// takes what others leave, positions keep together, or too many picks count differently.
    pub(super) fn of(
        selection: &Selection,
        streams: [u32; 2],
        shaders: &SelectionShaders,
    ) -> Option<Self> {
        let parts: Vec<Part> = match selection {
            Selection::Whole(of) => {
                let all: Vec<usize> = (0..of.segments().len()).collect();
                vec![Part::new((0..of.positions() as u32).collect(), of, &all)]
            }
            Selection::Strata(of) if of.keeps_together() => return None,
            Selection::Strata(of) => {
                let strata = of.strata().iter();
                let parts = strata.map(|stratum| match stratum.sampler() {
                    Some((takes, sampler)) => Part::new(stratum.items.concat(), &sampler, &takes),
                    None => Part {
                        positions: Vec::new(),
                        rest: None,
                        drawn: Vec::new(),
                    },
                });
                parts.collect()
            }
        };
        let mut kinds: Vec<Kind> = parts
            .iter()
            .flat_map(|part| {
                let rest = part.rest;
                let drawn = part.drawn.iter();
                drawn.map(move |&(group, _)| Kind { group, rest })
            })
            .collect();
        // Groups in their order, then none, as samplers fill them.
        kinds.sort_by_key(|kind| (kind.group.unwrap_or(usize::MAX), kind.rest));
        kinds.dedup();
        let left_over = parts.iter().any(|part| part.rest.is_some());
        if !left_over || !(1..=MAX_SEGMENTS).contains(&kinds.len()) {
            return None;
        }
        let mut groups = vec![GroupSum::default(); selection.segments().len()];
        for (at, kind) in kinds.iter().enumerate() {
            if let Some(group) = kind.group {
                groups[group].terms.push((at, 1));
            }
            if let Some(rest) = kind.rest {
                groups[rest].terms.push((at, -1));
            }
        }
        for part in &parts {
            if let Some(rest) = part.rest {
                groups[rest].over.extend(&part.positions);
            }
        }
        let sizes = |part: &Part| kinds.iter().map(|kind| part.size(kind)).collect();
        // What was the largest group is now what is in none, and is not drawn either.
        let drawn = match selection {
            Selection::Whole(of) => {
                let sizes: Vec<usize> = sizes(&parts[0]);
                Distinct::new(of.positions(), &sizes).map(Selection::Whole)
            }
            Selection::Strata(of) => {
                let strata = of.strata().iter().zip(&parts);
                let strata = strata.map(|(stratum, part)| Stratum {
                    items: stratum.items.clone(),
                    sizes: sizes(part),
                });
                Strata::new(of.positions(), strata.collect()).map(Selection::Strata)
            }
        }
        .ok()?;
        Some(Drawn {
            segments: drawn.segments().to_vec(),
            groups,
            run: match drawn {
                Selection::Whole(of) => {
                    SelectionRun::Whole(DistinctRun::new(of, streams[0], whole(shaders)))
                }
                Selection::Strata(of) => {
                    SelectionRun::Strata(StrataRun::new(&of, streams[1], parted(shaders)))
                }
            },
        })
    }

    /// Picks a draw.
    pub(crate) fn picks(&self) -> usize {
        self.segments.iter().map(|segment| segment.len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::{Null, Picks, Run};

    /// Scores of positions whose sums tell sets apart.
    fn score(position: u32) -> i64 {
        i64::from(position).pow(3) - 40 * i64::from(position)
    }

    fn sum(picks: &[u32]) -> i64 {
        picks.iter().map(|&position| score(position)).sum()
    }

    fn drawn(selection: &Selection) -> Option<Drawn> {
        let shaders = Null::Uniform.facts().shaders.first_chunk();
        Drawn::of(selection, [1, 4], shaders.expect("as many"))
    }

    /// Draws of a design, and the sums over its groups.
    fn agree(selection: Selection, kinds: usize) {
        let shaders = Null::Uniform.facts().shaders.first_chunk();
        let drawn = drawn(&selection).expect("a group is left over");
        assert_eq!(drawn.segments.len(), kinds);
        let groups = selection.segments();
        let all: usize = groups.iter().map(|segment| segment.len).sum();
        let mut whole = selection.running([1, 4], shaders.unwrap()).unwrap();
        let mut short = drawn.run.clone();
        for index in [0, 1, 77, 1 << 40] {
            let (mut full, mut fewer) = (Picks::new(1, all), Picks::new(1, drawn.picks()));
            whole.fill(9, index, 1, &mut full);
            short.fill(9, index, 1, &mut fewer);
            for (segment, of) in groups.iter().zip(&drawn.groups) {
                let terms = of.terms.iter();
                let terms = terms.map(|&(at, sign)| {
                    let segment = drawn.segments[at];
                    sign * sum(&fewer.row(0)[segment.range()])
                });
                let made = sum(&of.over) + terms.sum::<i64>();
                assert_eq!(made, sum(&full.row(0)[segment.range()]));
            }
        }
    }

    #[test]
    fn sums_are_those_of_whole_draws() {
        for (positions, sizes, kinds) in [
            (20, vec![10, 10], 1),
            (20, vec![11, 9], 1),
            (40, vec![6, 22], 2),
            (40, vec![25], 1),
            (60, vec![9, 30, 4, 5], 4),
            (70_000, vec![40_000, 20_000], 2),
        ] {
            let of = Distinct::new(positions, &sizes).unwrap();
            agree(Selection::Whole(of), kinds);
        }
        let stratum = |from: u32, to: u32, sizes: &[usize]| Stratum {
            items: (from..to).map(|position| vec![position]).collect(),
            sizes: sizes.to_vec(),
        };
        // One of each: the first is left over, the second, the remainder, all of one, nothing taken.
        let strata = vec![
            stratum(0, 12, &[6, 6, 0]),
            stratum(12, 30, &[4, 12, 1]),
            stratum(30, 60, &[3, 1, 2]),
            stratum(60, 64, &[0, 0, 4]),
            stratum(64, 70, &[0, 0, 0]),
        ];
        agree(
            Selection::Strata(Strata::new(70, strata).unwrap()),
            1 + 3 + 3,
        );
    }

    #[test]
    fn nothing_is_left_over_of_a_small_part() {
        for (positions, sizes) in [(20, vec![6, 6]), (20, vec![10]), (4, vec![4])] {
            let of = Selection::Whole(Distinct::new(positions, &sizes).unwrap());
            assert!(drawn(&of).is_none(), "{sizes:?}");
        }
    }
}
