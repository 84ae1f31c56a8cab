//! The draws of a plan that stop once its hypotheses have had enough.

use std::ops::Range;

use super::binomial::clopper_pearson;
use super::pvalue::{Counts, Far, LEVEL, counts_of, equal_tailed};
use super::sequential::{BoundaryTable, Spending, Stop, StoppingRule, TailDraws, decision};
use crate::engine::{Block, Schedule, Tally, Visit, Visitor};
use crate::error::{Error, Result};
use crate::plan::Convention;
use crate::plan::{Hypothesis, Plan};
use crate::study::Stopping;

/// Risk of a wrong decision, whatever p, of each hypothesis: Gandy's (2009) choice, half of it spent
/// within 1000 draws.
const RISK: f64 = 1e-3;
const HALF_SPENT: f64 = 1e3;

/// Offsets of replayed draws that are held at a time.
const HELD: usize = 1 << 20;

/// A tail of the null law that a p-value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At or below the observed value.
    Lower,
    /// At or above it.
    Upper,
    /// At least as far from the null's expectation, on either side.
    Far,
}

impl Side {
    /// The tails that a convention counts.
    fn of(convention: Convention) -> &'static [Side] {
        match convention {
            Convention::EqualTailed => &[Side::Lower, Side::Upper],
            Convention::Lower => &[Side::Lower],
            Convention::Upper => &[Side::Upper],
            Convention::Symmetric => &[Side::Far],
        }
    }

    /// Draws in the tail; `far` is that of [`counts_of`].
    pub(super) fn exceedances(self, counts: Counts, far: Far) -> u64 {
        match self {
            Side::Lower => counts.lower(),
            Side::Upper => counts.upper(),
            Side::Far => far.counted,
        }
    }
}

/// One tail of a hypothesis, up to its stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoppedTail {
    /// Which tail.
    pub side: Side,
    /// Its draws and how they stopped.
    pub draws: TailDraws,
    /// Where those draws lie.
    pub counts: Counts,
}

/// The tails of a hypothesis, each up to its stop. A decision for `p <= level` in one tail ends the
/// draws of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Those that its convention counts.
    pub tails: Vec<StoppedTail>,
}

/// p-values of a hypothesis whose draws stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoppedP {
    /// Where the draws lie that `p` rests on: of two tails, those of the tail with the smaller p.
    pub counts: Counts,
    /// p-value of the lower tail, if the convention counts it.
    pub p_lower: Option<f64>,
    /// p-value of the upper tail, if the convention counts it.
    pub p_upper: Option<f64>,
    /// The p-value of the convention.
    pub p: f64,
    /// Its 95 % Monte Carlo interval; none after a decision at a level, as Clopper and Pearson's
    /// does not hold there.
    pub interval: Option<(f64, f64)>,
    /// On which side of the level p lies, where draws stop by one.
    pub decision: Option<&'static str>,
}

impl Stopped {
    fn new(sides: &[Side]) -> Self {
        let tail = |&side| StoppedTail {
            side,
            draws: TailDraws::default(),
            counts: Counts::default(),
        };
        Stopped {
            tails: sides.iter().map(tail).collect(),
        }
    }

    /// Whether no tail needs another draw.
    pub fn is_done(&self) -> bool {
        let stops = self.tails.iter().map(|tail| tail.draws.stop());
        stops.clone().all(|stop| stop.is_some()) || decision(stops).is_some()
    }

    /// Takes in a block of draws, unless a tail may have stopped inside: then nothing changes and
    /// the answer is false.
    fn block(&mut self, rule: &mut StoppingRule, counts: Counts, far: Far) -> bool {
        let before = self.tails.clone();
        for tail in &mut self.tails {
            let exceedances = tail.side.exceedances(counts, far);
            let running = tail.draws.stop().is_none();
            if !tail.draws.block(rule, counts.draws(), exceedances) {
                self.tails = before;
                return false;
            }
            if running {
                tail.counts.add(counts);
            }
        }
        true
    }

    /// Takes in one draw.
    fn draw(&mut self, rule: &mut StoppingRule, counts: Counts, far: Far) {
        for tail in &mut self.tails {
            if tail.draws.stop().is_none() {
                tail.counts.add(counts);
                let exceeds = tail.side.exceedances(counts, far) > 0;
                tail.draws.draw(rule, exceeds);
            }
        }
    }

    /// The p-values by the rule. Equal-tailed, `min(1, 2 min(lower, upper))` is valid by Bonferroni's
    /// inequality, each tail having stopped by its own draws.
    pub fn p(&self, stopping: Stopping) -> StoppedP {
        let of = |side| {
            let tail = self.tails.iter().find(|tail| tail.side == side);
            tail.map(|tail| tail.draws.p())
        };
        let together = |value: &dyn Fn(&StoppedTail) -> f64| match &self.tails[..] {
            [lower, upper] => equal_tailed(value(lower), value(upper)),
            tails => tails.iter().map(value).fold(1.0, f64::min),
        };
        let rests_on = self
            .tails
            .iter()
            .min_by(|a, b| a.draws.p().total_cmp(&b.draws.p()));
        let end = |(exceedances, draws)| clopper_pearson(exceedances, draws, LEVEL);
        let stops = self.tails.iter().map(|tail| tail.draws.stop());
        let (interval, decision) = match stopping {
            Stopping::Exceedances(_) => {
                let low = together(&|tail| end(tail.draws.interval_counts().low).0);
                let high = together(&|tail| end(tail.draws.interval_counts().high).1);
                (Some((low, high)), None)
            }
            Stopping::Level(_) => {
                let decided = match decision(stops) {
                    Some(Stop::AtMost) => "below",
                    Some(_) => "above",
                    None => "undecided",
                };
                (None, Some(decided))
            }
        };
        StoppedP {
            counts: rests_on.map_or(Counts::default(), |tail| tail.counts),
            p_lower: of(Side::Lower),
            p_upper: of(Side::Upper),
            p: together(&|tail| tail.draws.p()),
            interval,
            decision,
        }
    }
}

/// Looks at draws as they are counted, and finds where each tail stops *in draw order*: by the counts
/// of a chunk where no tail can have stopped in it, else draw by draw, replayed on the CPU. So stops
/// do not depend on chunks, threads or devices.
pub struct Watcher<'p> {
    plan: &'p Plan,
    rule: StoppingRule,
    visitor: Visitor<'p>,
    hypotheses: Vec<Stopped>,
    /// After the last draw that any stop needed.
    end: u64,
}

impl<'p> Watcher<'p> {
    /// Before the first draw; replays on `threads` threads, `None`: one a processor.
    ///
    /// # Errors
    ///
    /// A level outside of 0 to 1; the system cannot start the threads.
    pub fn new(plan: &'p Plan, stopping: Stopping, threads: Option<usize>) -> Result<Self> {
        let sides = Side::of(plan.convention);
        let rule = rule(sides, stopping)?;
        Ok(Watcher {
            plan,
            rule,
            visitor: Visitor::new(plan, threads)?,
            // Nothing is compared with a void observed value: it needs no draw.
            hypotheses: plan
                .hypotheses
                .iter()
                .map(|h| Stopped::new(if h.void.is_some() { &[] } else { sides }))
                .collect(),
            end: 0,
        })
    }

    /// Takes in the next chunk, the draws `range`, by its counts. Once every hypothesis has stopped:
    /// the draw before which the last of them did; further chunks are passed over.
    pub fn chunk(&mut self, range: &Range<u64>, tally: &Tally) -> Option<u64> {
        let mut open = Vec::new();
        for (h, stopped) in self.hypotheses.iter_mut().enumerate() {
            let counted = &tally.hypotheses[h];
            let (counts, far) = counts_of(
                &self.plan.hypotheses[h],
                &counted.thresholds,
                counted.defined(),
                counted.undefined,
            );
            if !stopped.is_done() && !stopped.block(&mut self.rule, counts, far) {
                open.push(h);
            }
        }
        let mut next = range.start;
        while next < range.end && !open.is_empty() {
            let piece = next..range.end.min(next + (HELD / open.len()).max(1) as u64);
            let begin = || Shown {
                hypotheses: &open,
                blocks: vec![],
            };
            let schedule = Schedule::default();
            let (shown, _) = self
                .visitor
                .run(piece.clone(), schedule, begin, &mut |_| true);
            let mut blocks = shown.blocks;
            blocks.sort_unstable_by_key(|(first, _)| *first);
            for (first, offsets) in &blocks {
                let draws = offsets.len() / open.len();
                for (&h, offsets) in open.iter().zip(offsets.chunks(draws)) {
                    self.look(h, *first, offsets);
                }
            }
            open.retain(|&h| !self.hypotheses[h].is_done());
            next = piece.end;
        }
        self.end()
    }

    /// The draw before which the last hypothesis stopped; `None` while one has not.
    pub fn end(&self) -> Option<u64> {
        let done = self.hypotheses.iter().all(Stopped::is_done);
        done.then_some(self.end)
    }

    /// The tails of each hypothesis of the plan.
    pub fn finish(self) -> Vec<Stopped> {
        self.hypotheses
    }

    /// Takes in the draws of a block, from draw `first` on.
    fn look(&mut self, h: usize, first: u64, offsets: &[u64]) {
        let stopped = &mut self.hypotheses[h];
        let of = (first, offsets);
        if let Some(end) = follow(stopped, &mut self.rule, &self.plan.hypotheses[h], of) {
            self.end = self.end.max(end);
        }
    }
}

/// When the tails of a convention have had enough.
fn rule(sides: &[Side], stopping: Stopping) -> Result<StoppingRule> {
    Ok(match stopping {
        Stopping::Exceedances(target) => StoppingRule::InverseSampling(target),
        Stopping::Level(level) => {
            let tails = sides.len() as f64;
            let table = Spending::new(RISK / tails, HALF_SPENT)
                .and_then(|spending| BoundaryTable::new(level / tails, spending));
            StoppingRule::RiskBounded(table.ok_or_else(|| {
                Error::input(
                    "until",
                    format!("{level} does not lie between 0 and 1"),
                    "give the level that p is compared with, such as 0.05",
                )
            })?)
        }
    })
}

/// Takes in the draws of a block, from the first on, one by one if need be; the draw before which the
/// hypothesis stopped, if it did.
fn follow(
    stopped: &mut Stopped,
    rule: &mut StoppingRule,
    hypothesis: &Hypothesis,
    (first, offsets): (u64, &[u64]),
) -> Option<u64> {
    if stopped.is_done() {
        return None;
    }
    let (counts, far) = of_offsets(hypothesis, offsets);
    if stopped.block(rule, counts, far) {
        return None;
    }
    for (draw, offset) in (first..).zip(offsets) {
        let (counts, far) = of_offsets(hypothesis, std::slice::from_ref(offset));
        stopped.draw(rule, counts, far);
        if stopped.is_done() {
            return Some(draw + 1);
        }
    }
    None
}

/// One hypothesis, whose draws come in their order and are not replayed.
pub(crate) struct Follower {
    rule: StoppingRule,
    stopped: Stopped,
}

impl Follower {
    /// Before the first draw.
    ///
    /// # Errors
    ///
    /// A level outside of 0 to 1.
    pub fn new(convention: Convention, stopping: Stopping) -> Result<Self> {
        let sides = Side::of(convention);
        Ok(Follower {
            rule: rule(sides, stopping)?,
            stopped: Stopped::new(sides),
        })
    }

    /// Takes in the next draws, from draw `first` on; the draw before which they were enough, once they
    /// are.
    pub fn look(&mut self, hypothesis: &Hypothesis, first: u64, offsets: &[u64]) -> Option<u64> {
        follow(
            &mut self.stopped,
            &mut self.rule,
            hypothesis,
            (first, offsets),
        )
    }

    /// Whether no tail needs another draw.
    pub fn is_done(&self) -> bool {
        self.stopped.is_done()
    }

    /// Its tails.
    pub fn finish(self) -> Stopped {
        self.stopped
    }
}

/// [`counts_of`] draws with these offsets.
fn of_offsets(hypothesis: &Hypothesis, offsets: &[u64]) -> (Counts, Far) {
    let defined = || offsets.iter().filter(|&&offset| offset != Block::UNDEFINED);
    let count = |holds: &dyn Fn(u64) -> bool| defined().filter(|&&x| holds(x)).count() as u64;
    let thresholds: Vec<(u64, u64)> = hypothesis
        .lattice
        .thresholds
        .iter()
        .map(|&threshold| (count(&|x| x < threshold), count(&|x| x == threshold)))
        .collect();
    let defined = defined().count();
    let singular = offsets.len() - defined;
    counts_of(hypothesis, &thresholds, defined as u64, singular as u64)
}

/// Keeps the offsets of some hypotheses, block by block.
struct Shown<'o> {
    hypotheses: &'o [usize],
    /// First draw, and offsets hypothesis by hypothesis.
    blocks: Vec<(u64, Vec<u64>)>,
}

impl Visit for Shown<'_> {
    type Word = u64;

    fn block(&mut self, first: u64, block: &Block<'_>) {
        let offsets = self.hypotheses.iter().map(|&h| block.offsets(h));
        self.blocks
            .push((first, offsets.flatten().copied().collect()));
    }

    fn merge(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }
}
