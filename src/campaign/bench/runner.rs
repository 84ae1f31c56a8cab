//! A shape on a device: how it is set up, run and timed.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::shapes::Asked;
use crate::engine::{
    Adapter, Cpu, DeviceSums, Engine, Gpu, Threads, fold_device_replicates, fold_replicates,
};
use crate::error::{Error, Result};
use crate::resample::Resampling;

/// Seed of the bootstraps.
const SEED: u64 = 20_240_229;

/// Where draws are made.
#[derive(Debug, Clone)]
pub enum Place {
    /// The CPU with so many threads.
    Cpu(usize),
    /// A GPU, or a program that behaves like one.
    Gpu(Box<Adapter>),
}

impl Place {
    /// Its name, for tables.
    pub fn name(&self) -> String {
        match self {
            Place::Cpu(threads) => format!("CPU, {threads} thread(s)"),
            Place::Gpu(adapter) => adapter.name().to_owned(),
        }
    }
}

/// What draws come to: integers that are the same on every device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts {
    /// Draws (below, equal to) each threshold of each hypothesis.
    Tails(Vec<Vec<(u64, u64)>>),
    /// The bits of all replicates, added up modulo 2^64.
    Bits(u64),
}

/// A shape that is set up on a device.
pub enum Runner<'a> {
    /// Of a plan.
    Engine(Box<dyn Engine + 'a>),
    /// Of a bootstrap, on the CPU.
    Replicates(&'a Resampling, Threads),
    /// Of a bootstrap, its sums on a device.
    DeviceReplicates(&'a Resampling, Box<DeviceSums>, Threads),
}

impl<'a> Runner<'a> {
    /// Sets up what is asked: tables, threads, pipelines, buffers.
    ///
    /// # Errors
    ///
    /// A device that does not take it, with its reason.
    pub fn new(asked: &'a Asked, place: &Place) -> Result<Self> {
        Ok(match (asked, place) {
            (Asked::Plan(plan), Place::Cpu(threads)) => {
                Runner::Engine(Box::new(Cpu::new(plan, Some(*threads))?))
            }
            (Asked::Plan(plan), Place::Gpu(adapter)) => {
                Runner::Engine(Box::new(Gpu::new(plan, adapter)?))
            }
            (Asked::Resampling(of), Place::Cpu(threads)) => {
                Runner::Replicates(of, Threads::new(Some(*threads))?)
            }
            (Asked::Resampling(of), Place::Gpu(adapter)) => {
                let pass = of.on_device().map_err(|problem| Error::Device {
                    device: adapter.name().to_owned(),
                    problem,
                })?;
                let sums = DeviceSums::new(&pass, adapter)?;
                Runner::DeviceReplicates(of, Box::new(sums), Threads::new(None)?)
            }
        })
    }

    /// Makes draws.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn run(&mut self, draws: Range<u64>) -> Result<Counts> {
        let add = |bits: &mut u64, values: &[f64]| {
            for value in values {
                *bits = bits.wrapping_add(value.to_bits());
            }
        };
        let merge = |a: &mut u64, b: u64| *a = a.wrapping_add(b);
        let folding = (|| 0u64, add, merge);
        Ok(match self {
            Runner::Engine(engine) => {
                let tally = engine.run(draws)?;
                let counts = tally.hypotheses.into_iter().map(|of| of.thresholds);
                Counts::Tails(counts.collect())
            }
            Runner::Replicates(of, threads) => {
                let of = (*of, SEED);
                let work = (&*threads, None);
                Counts::Bits(fold_replicates(of, draws, work, folding, &mut |_| true).0)
            }
            Runner::DeviceReplicates(of, sums, threads) => {
                let of = (*of, &mut **sums);
                let (bits, _, failure) =
                    fold_device_replicates(of, SEED, draws, threads, folding, &mut |_| true);
                match failure {
                    Some(error) => return Err(error),
                    None => Counts::Bits(bits),
                }
            }
        })
    }

    /// Draws after which work may be cut without loss.
    pub fn slice(&self) -> u64 {
        match self {
            Runner::Engine(engine) => engine.slice(),
            Runner::Replicates(..) => 1 << 10,
            Runner::DeviceReplicates(_, sums, _) => sums.slice(),
        }
    }
}

/// A device while it is measured.
pub struct Measured<'a> {
    runner: Runner<'a>,
    /// How long it took to set it up and to make its first draws.
    pub first: Duration,
    /// What the first draws came to.
    pub counts: Counts,
    /// Draws of a repeat.
    pub draws: u64,
    next: u64,
    /// Draws a second, one a repeat.
    pub rates: Vec<f64>,
}

impl<'a> Measured<'a> {
    /// Sets a device up, makes the draws `0..checked`, and finds how many of them a repeat of about `a_repeat`
    /// has.
    ///
    /// # Errors
    ///
    /// A device that does not take the shape, or fails.
    pub fn begin(
        asked: &'a Asked,
        place: &Place,
        checked: u64,
        a_repeat: Duration,
    ) -> Result<Self> {
        let started = Instant::now();
        let mut runner = Runner::new(asked, place)?;
        let counts = runner.run(0..checked)?;
        let first = started.elapsed();
        let mut measured = Measured {
            draws: runner.slice(),
            runner,
            first,
            counts,
            next: checked,
            rates: Vec::new(),
        };
        // Warms up while the size grows to that of a repeat.
        loop {
            let took = measured.once()?.as_secs_f64().max(1e-9);
            let times = a_repeat.as_secs_f64() / took;
            if times < 1.5 {
                return Ok(measured);
            }
            let slice = measured.runner.slice();
            let more = (measured.draws as f64 * times.min(8.0)) as u64;
            measured.draws = more.div_ceil(slice).max(1) * slice;
        }
    }

    /// One repeat.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn repeat(&mut self) -> Result<()> {
        let took = self.once()?;
        self.rates.push(self.draws as f64 / took.as_secs_f64());
        Ok(())
    }

    fn once(&mut self) -> Result<Duration> {
        let draws = self.next..self.next + self.draws;
        self.next = draws.end;
        let started = Instant::now();
        self.runner.run(draws)?;
        Ok(started.elapsed())
    }
}
