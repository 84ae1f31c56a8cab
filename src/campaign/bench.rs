//! Standard shapes on every device: draws a second beside what the machine could do at most, and how many
//! draws a GPU pays from. A time counts only where the device made the CPU's integers.

mod made_up;
mod probe;
mod processor;
mod runner;
mod shapes;

use std::time::Duration;

pub use made_up::{events, walks};
pub use runner::Place;
pub use shapes::{Asked, Shape};

use self::probe::probe;
use self::runner::Measured;
use crate::engine::{Adapter, bounded_threads};
use crate::error::Result;
use crate::report::{
    BenchDevice, BenchManifest, BenchReport, BenchRow, BreakEven, Ceilings, SCHEMA_VERSION, Spread,
};

/// Draws that all devices must agree on.
const CHECKED: u64 = 1 << 12;
/// Repeats of a shape on a device, of which the median counts.
const REPEATS: usize = 7;
/// Series of the break-even map.
const OUTCOMES: &[usize] = &[1, 6, 24, 96, 384];

/// What is measured.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// The shapes.
    pub shapes: Vec<Shape>,
    /// The GPUs beside the CPU.
    pub adapters: Vec<Adapter>,
    /// Threads of the CPU, beside one; `None`: one a processor.
    pub threads: Option<usize>,
    /// How long each shape is timed on each device.
    pub time: Duration,
    /// Whether the draws are found from which a GPU pays, for few and many series.
    pub map: bool,
}

/// Told what is measured next, and which of how many measurements that is. Answers whether to go on.
pub type Told<'a> = dyn FnMut(&str, u64, u64) -> bool + 'a;

/// Measures.
///
/// # Errors
///
/// A CPU that starts no threads. A device that does not take a shape, fails at it, or makes other integers
/// than the CPU is said in its row, which has no time then.
pub fn bench(options: &BenchOptions, told: &mut Told<'_>) -> Result<BenchReport> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = options.threads.map_or(processors, bounded_threads);
    let cpu = Place::Cpu(threads);
    let gpus = options
        .adapters
        .iter()
        .cloned()
        .map(Box::new)
        .map(Place::Gpu);
    let beside: Vec<Place> = std::iter::once(cpu).chain(gpus).collect();
    let one = (threads > 1).then_some(Place::Cpu(1));
    let places: Vec<Place> = one.into_iter().chain(beside.iter().cloned()).collect();
    let map = match options.map && !options.adapters.is_empty() {
        true => OUTCOMES,
        false => &[],
    };
    let all = (1 + options.shapes.len() + map.len()) as u64;

    let mut complete = told("ceilings", 0, all);
    let ceilings = probe();
    let mut results = Vec::new();
    for (done, shape) in (1..).zip(&options.shapes) {
        complete = complete && told(shape.name, done, all);
        if complete {
            let measured = measure(&shape.make()?, &places, options.time)?;
            let rows = measured.into_iter().zip(&places);
            results.extend(rows.map(|(timed, place)| row(shape, &ceilings, place, timed)));
        }
    }
    let mut break_even = Vec::new();
    for (done, &series) in (1 + options.shapes.len() as u64..).zip(map) {
        complete = complete && told("break-even", done, all);
        if complete {
            let measured = measure(&shapes::mean_of(series)?, &beside, options.time)?;
            let (cpu, gpus) = measured.split_first().expect("the CPU is measured");
            break_even.extend(
                gpus.iter()
                    .zip(&options.adapters)
                    .map(|(gpu, adapter)| BreakEven {
                        series: series as u64,
                        device: adapter.name().to_owned(),
                        draws: pays_from(cpu, gpu),
                    }),
            );
        }
    }
    let device = |adapter: &Adapter| BenchDevice {
        name: adapter.name().to_owned(),
        kind: adapter.kind().to_string(),
        backend: adapter.backend(),
        driver: adapter.driver(),
    };
    let build = include_str!(concat!(env!("OUT_DIR"), "/build.txt"));
    Ok(BenchReport {
        schema_version: SCHEMA_VERSION,
        manifest: BenchManifest {
            placebo_version: env!("CARGO_PKG_VERSION").to_owned(),
            build: build.lines().map(str::to_owned).collect(),
            processor: processor::name(),
            processors: processors as u64,
            vectors: processor::vectors().to_owned(),
            threads: threads as u64,
            devices: options.adapters.iter().map(device).collect(),
            ceilings,
            repeats: REPEATS as u64,
            checked_draws: CHECKED,
            complete,
        },
        results,
        break_even,
    })
}

/// What came of a device: times that count, or why there are none.
struct Timed {
    first_seconds: f64,
    draws: u64,
    rates: std::result::Result<Spread, String>,
}

/// Times one shape on all devices, turn by turn, so that what else the machine does meets all of them.
fn measure(asked: &Asked, places: &[Place], time: Duration) -> Result<Vec<Timed>> {
    let a_repeat = time / REPEATS as u32;
    let begin = |place: &Place| match Measured::begin(asked, place, CHECKED, a_repeat) {
        Ok(measured) => Ok(Ok(measured)),
        Err(error) => match place {
            Place::Cpu(_) => Err(error),
            Place::Gpu(_) => Ok(Err(error.to_string())),
        },
    };
    let mut all = places.iter().map(begin).collect::<Result<Vec<_>>>()?;
    let first = all.iter().flatten().next();
    let counts = first.map(|measured| measured.counts.clone());
    for measured in &mut all {
        if let Ok(of) = measured
            && counts.as_ref() != Some(&of.counts)
        {
            *measured = Err(format!("other counts than the CPU's in {CHECKED} draws"));
        }
    }
    for _ in 0..REPEATS {
        for measured in &mut all {
            if let Ok(of) = measured
                && let Err(error) = of.repeat()
            {
                *measured = Err(error.to_string());
            }
        }
    }
    let timed = all.into_iter().map(|measured| match measured {
        Ok(of) => Timed {
            first_seconds: of.first.as_secs_f64(),
            draws: of.draws,
            rates: Ok(Spread::of(of.rates)),
        },
        Err(problem) => Timed {
            first_seconds: f64::NAN,
            draws: 0,
            rates: Err(problem),
        },
    });
    Ok(timed.collect())
}

fn row(shape: &Shape, ceilings: &Ceilings, place: &Place, timed: Timed) -> BenchRow {
    let (rates, problem) = match timed.rates {
        Ok(rates) => (Some(rates), None),
        Err(problem) => (None, Some(problem)),
    };
    let least = ceilings.seconds(&shape.spends);
    let share = |threads: usize| Some(rates?.median * least / threads as f64);
    BenchRow {
        shape: shape.name.to_owned(),
        about: shape.about.to_owned(),
        device: place.name(),
        draws: timed.draws,
        first_seconds: rates.map(|_| timed.first_seconds),
        draws_per_second: rates,
        problem,
        spends: shape.spends,
        share: match place {
            Place::Cpu(threads) => share(*threads),
            Place::Gpu(_) => None,
        },
    }
}

/// The least draws for which a GPU, set up and all, is done before the CPU; `None`: it never is.
fn pays_from(cpu: &Timed, gpu: &Timed) -> Option<u64> {
    let (of_cpu, of_gpu) = (cpu.rates.as_ref().ok()?, gpu.rates.as_ref().ok()?);
    let a_draw = of_cpu.median.recip() - of_gpu.median.recip();
    let set_up = gpu.first_seconds - cpu.first_seconds;
    (a_draw > 0.0).then(|| (set_up / a_draw).max(0.0).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(first_seconds: f64, rate: f64) -> Timed {
        Timed {
            first_seconds,
            draws: 1,
            rates: Ok(Spread::of(vec![rate])),
        }
    }

    #[test]
    fn a_gpu_pays_once_its_speed_has_made_up_for_its_start() {
        // 0.5 s later, 0.9 us a draw faster.
        let cpu = timed(0.1, 1e6);
        assert_eq!(pays_from(&cpu, &timed(0.6, 1e7)), Some(555_556));
        assert_eq!(pays_from(&cpu, &timed(0.05, 1e7)), Some(0));
        assert_eq!(pays_from(&cpu, &timed(0.05, 9e5)), None);
        let fails = Timed {
            rates: Err("it fails".into()),
            ..timed(0.0, 1.0)
        };
        assert_eq!(pays_from(&cpu, &fails), None);
    }

    #[test]
    fn shapes_are_what_they_say() {
        for (name, values) in [
            ("mean", 24),
            ("median", 9),
            ("labels", 24),
            ("wide", 20_000),
        ] {
            let shapes = Shape::named(&[name.to_owned()]).expect("it is there");
            match shapes[0].make().expect("it can be made") {
                Asked::Plan(plan) => assert_eq!(plan.hypotheses.len(), values, "{name}"),
                Asked::Resampling(_) => panic!("{name} is a plan"),
            }
        }
        assert!(Shape::named(&["means".into()]).is_err());
    }
}
