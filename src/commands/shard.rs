//! Shards: the share of the draws that one task of an array makes.

use std::ops::Range;
use std::str::FromStr;

use crate::{Error, Result};

/// Which share of the draws is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shard {
    /// The share `number`, from 1, of so many.
    Stated { number: u64, of: u64 },
    /// That of the task whose scheduler runs this; of so many, where the scheduler does not say.
    Auto { of: Option<u64> },
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let expected =
            || "expected K/N with K from 1 to N, such as 3/64, auto or auto/64".to_owned();
        let count = |text: &str| text.parse().ok().filter(|&count: &u64| count > 0);
        match text.split_once('/') {
            None if text == "auto" => Ok(Shard::Auto { of: None }),
            Some(("auto", of)) => match count(of) {
                None => Err(expected()),
                of => Ok(Shard::Auto { of }),
            },
            Some((number, of)) => match (count(number), count(of)) {
                (Some(number), Some(of)) if number <= of => Ok(Shard::Stated { number, of }),
                _ => Err(expected()),
            },
            None => Err(expected()),
        }
    }
}

/// The variables by which a scheduler tells a task of an array which one it is.
struct Scheduler {
    name: &'static str,
    index: &'static str,
    first: First,
    /// The distance of neighbouring indices, where it need not be 1.
    step: Option<&'static str>,
    count: Count,
}

enum First {
    At(u64),
    In(&'static str),
}

enum Count {
    In(&'static str),
    UpTo(&'static str),
    Unsaid,
}

const SCHEDULERS: [Scheduler; 7] = [
    Scheduler {
        name: "Slurm",
        index: "SLURM_ARRAY_TASK_ID",
        first: First::In("SLURM_ARRAY_TASK_MIN"),
        step: Some("SLURM_ARRAY_TASK_STEP"),
        count: Count::In("SLURM_ARRAY_TASK_COUNT"),
    },
    Scheduler {
        name: "AWS Batch",
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        first: First::At(0),
        step: None,
        count: Count::In("AWS_BATCH_JOB_ARRAY_SIZE"),
    },
    Scheduler {
        name: "Kubernetes",
        index: "JOB_COMPLETION_INDEX",
        first: First::At(0),
        step: None,
        count: Count::Unsaid,
    },
    Scheduler {
        name: "Grid Engine",
        index: "SGE_TASK_ID",
        first: First::In("SGE_TASK_FIRST"),
        step: Some("SGE_TASK_STEPSIZE"),
        count: Count::UpTo("SGE_TASK_LAST"),
    },
    Scheduler {
        name: "PBS",
        index: "PBS_ARRAY_INDEX",
        first: First::At(1),
        step: None,
        count: Count::Unsaid,
    },
    Scheduler {
        name: "Torque",
        index: "PBS_ARRAYID",
        first: First::At(1),
        step: None,
        count: Count::Unsaid,
    },
    Scheduler {
        name: "HyperQueue",
        index: "HQ_TASK_ID",
        first: First::At(1),
        step: None,
        count: Count::Unsaid,
    },
];

impl Shard {
    /// The share's draws out of `draws`.
    ///
    /// # Errors
    ///
    /// No scheduler tells which share it is, or a share without a draw.
    pub fn range(self, draws: u64) -> Result<Range<u64>> {
        let variable = |name: &str| std::env::var(name).ok();
        let (number, of) = self.resolved(&variable)?;
        let at = |number: u64| (u128::from(draws) * u128::from(number) / u128::from(of)) as u64;
        let range = at(number - 1)..at(number);
        match range.is_empty() {
            false => Ok(range),
            true => Err(refused(
                format!("{draws} draws leave none for shard {number} of {of}"),
                "Take fewer shards, or more draws.",
            )),
        }
    }

    /// Its number, from 1, and how many there are.
    fn resolved(self, variable: &dyn Fn(&str) -> Option<String>) -> Result<(u64, u64)> {
        let of = match self {
            Shard::Stated { number, of } => return Ok((number, of)),
            Shard::Auto { of } => of,
        };
        // Grid Engine says "undefined" to what is no task of an array.
        let is_task = |scheduler: &&Scheduler| {
            variable(scheduler.index).is_some_and(|index| index != "undefined")
        };
        match SCHEDULERS.iter().find(is_task) {
            Some(scheduler) => scheduler.task(of, variable),
            None => {
                let names: Vec<&str> = SCHEDULERS.iter().map(|of| of.index).collect();
                Err(refused(
                    format!(
                        "no scheduler says which task this is: none of {} is set",
                        names.join(", ")
                    ),
                    "Run it as a task of an array, or give --shard K/N.",
                ))
            }
        }
    }
}

impl Scheduler {
    fn task(
        &self,
        stated: Option<u64>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(u64, u64)> {
        let number = |name: &str| -> Result<u64> {
            let text = variable(name).unwrap_or_default();
            text.parse().map_err(|_| {
                refused(
                    format!("{} has `{text}` for {name}, which is no number", self.name),
                    "Give --shard K/N.",
                )
            })
        };
        let index = number(self.index)?;
        let first = match self.first {
            First::At(first) => first,
            First::In(name) => number(name)?,
        };
        let step = match self.step {
            Some(name) if variable(name).is_some() => number(name)?.max(1),
            _ => 1,
        };
        let said = match self.count {
            Count::In(name) => Some(number(name)?),
            Count::UpTo(name) => Some(number(name)?.saturating_sub(first) / step + 1),
            Count::Unsaid => None,
        };
        let of = match (stated, said) {
            (Some(stated), Some(said)) if stated != said => {
                return Err(refused(
                    format!("{} runs {said} tasks, not {stated}", self.name),
                    "Give --shard auto, or K/N.",
                ));
            }
            (Some(of), _) | (None, Some(of)) => of,
            (None, None) => {
                return Err(refused(
                    format!("{} does not say how many tasks there are", self.name),
                    "Give their number: --shard auto/N.",
                ));
            }
        };
        let place = index.checked_sub(first).filter(|past| past % step == 0);
        match place.map(|past| past / step).filter(|&place| place < of) {
            Some(place) => Ok((place + 1, of)),
            None => Err(refused(
                format!(
                    "{} has the index {index}, none of the {of} from {first} on in steps of {step}",
                    self.name
                ),
                "Number the tasks so, or give --shard K/N.",
            )),
        }
    }
}

fn refused(problem: String, remedy: &str) -> Error {
    Error::input("--shard", problem, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_stated_or_asked_of_the_scheduler() {
        assert_eq!("3/64".parse(), Ok(Shard::Stated { number: 3, of: 64 }));
        assert_eq!("auto".parse(), Ok(Shard::Auto { of: None }));
        assert_eq!("auto/8".parse(), Ok(Shard::Auto { of: Some(8) }));
        for text in ["0/4", "5/4", "3", "auto/0", "a/b", "3/", "-1/4", "auto/x"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    /// Shares are next to each other, hold all draws, and differ by one at most.
    #[test]
    fn shares_hold_every_draw_once() {
        for (draws, of) in [(10, 3), (64, 64), (1_000_003, 64), (u64::MAX, 7)] {
            let ranges = (1..=of).map(|number| Shard::Stated { number, of }.range(draws).unwrap());
            let mut next = 0;
            for range in ranges {
                assert_eq!(range.start, next);
                let size = range.end - range.start;
                assert!(size == draws / of || size == draws / of + 1);
                next = range.end;
            }
            assert_eq!(next, draws);
        }
        assert!(Shard::Stated { number: 1, of: 4 }.range(3).is_err());
    }

    #[test]
    fn schedulers_count_from_zero_or_one() {
        let of = |shard: &str, set: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let shard: Shard = shard.parse().unwrap();
            shard.resolved(&variable).map_err(|error| error.to_string())
        };
        let slurm = |id: &'static str, min: &'static str, step: &'static str| {
            [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_STEP", step),
                ("SLURM_ARRAY_TASK_COUNT", "4"),
            ]
        };
        assert_eq!(of("auto", &slurm("0", "0", "1")), Ok((1, 4)));
        assert_eq!(of("auto", &slurm("4", "1", "1")), Ok((4, 4)));
        assert_eq!(of("auto", &slurm("7", "1", "2")), Ok((4, 4)));
        assert!(
            of("auto", &slurm("8", "1", "2"))
                .unwrap_err()
                .contains("the index 8")
        );
        assert!(
            of("auto/5", &slurm("1", "1", "1"))
                .unwrap_err()
                .contains("runs 4 tasks")
        );
        let batch = [
            ("AWS_BATCH_JOB_ARRAY_INDEX", "2"),
            ("AWS_BATCH_JOB_ARRAY_SIZE", "3"),
        ];
        assert_eq!(of("auto", &batch), Ok((3, 3)));
        let kubernetes = [("JOB_COMPLETION_INDEX", "0")];
        assert_eq!(of("auto/16", &kubernetes), Ok((1, 16)));
        assert!(of("auto", &kubernetes).unwrap_err().contains("auto/N"));
        let engine = [
            ("SGE_TASK_ID", "5"),
            ("SGE_TASK_FIRST", "1"),
            ("SGE_TASK_LAST", "7"),
            ("SGE_TASK_STEPSIZE", "2"),
        ];
        assert_eq!(of("auto", &engine), Ok((3, 4)));
        assert_eq!(of("auto/9", &[("PBS_ARRAY_INDEX", "9")]), Ok((9, 9)));
        assert!(
            of("auto/9", &[("PBS_ARRAYID", "0")])
                .unwrap_err()
                .contains("the index 0")
        );
        assert_eq!(of("auto/2", &[("HQ_TASK_ID", "2")]), Ok((2, 2)));
        assert!(
            of("auto", &[("SGE_TASK_ID", "undefined")])
                .unwrap_err()
                .contains("none of")
        );
        assert!(
            of("auto", &[("SLURM_ARRAY_TASK_ID", "x")])
                .unwrap_err()
                .contains("no number")
        );
    }
}
