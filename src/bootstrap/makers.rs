//! What makes a bootstrap's draws: the CPU, and a device where it takes sums.

use std::ops::Range;

use crate::engine::{
    Adapter, DeviceChoice, DeviceSums, Threads, fold_device_replicates, fold_replicates,
};
use crate::error::{Error, Result};
use crate::report::Device;
use crate::resample::Resampling;
use crate::run::{device_of, together};

/// The CPU's threads, and a device where there is one.
pub(super) struct Makers<'t> {
    threads: &'t Threads,
    chunk: Option<u64>,
    adapter: Option<Adapter>,
    /// The resampling that is attended to, by its number, and the device of its sums.
    attended: Option<(usize, Option<DeviceSums>)>,
    made_on: Vec<Device>,
    /// Devices that failed, or that do not make what was asked.
    pub notes: Vec<String>,
}

impl<'t> Makers<'t> {
    /// The threads alone: no device is looked for until draws are to be made.
    pub fn new(threads: &'t Threads, chunk: Option<u64>) -> Self {
        Makers {
            threads,
            chunk,
            adapter: None,
            attended: None,
            made_on: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Looks for the device that is asked for.
    ///
    /// # Errors
    ///
    /// There is none of its name.
    pub fn open(&mut self, device: &DeviceChoice) -> Result<()> {
        match device.adapter() {
            Ok(adapter) => self.adapter = adapter,
            Err(error @ Error::Device { .. }) => self.note(error.to_string()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Threads, and the most draws of a chunk, for draws that the CPU alone makes; `why` is said where a
    /// device was asked for.
    pub fn cpu(&mut self, why: &str) -> (&'t Threads, Option<u64>) {
        if self.adapter.is_some() {
            self.note(why.to_owned());
        }
        self.made_on.push(device_of(None));
        (self.threads, self.chunk)
    }

    /// Where draws were made; `None` where none were.
    pub fn device(&self) -> Option<Device> {
        (!self.made_on.is_empty()).then(|| together(self.made_on.clone()))
    }

    /// Takes up a resampling, with a device for its sums where one makes them.
    pub fn attend(&mut self, number: usize, resampling: &Resampling) {
        if self.attended.as_ref().is_some_and(|(of, _)| *of == number) {
            return;
        }
        let made = match (&self.adapter, resampling.on_device()) {
            (None, _) => None,
            (Some(_), Err(problem)) => {
                self.note(format!("{problem}: these draws are made on the CPU"));
                None
            }
            (Some(adapter), Ok(pass)) => match DeviceSums::new(&pass, adapter) {
                Ok(device) => Some(device),
                Err(error) => {
                    self.note(error.to_string());
                    None
                }
            },
        };
        let adapter = self.adapter.as_ref().filter(|_| made.is_some());
        self.made_on.push(device_of(adapter));
        self.attended = Some((number, made));
    }

    /// Folds draws of the resampling that is attended to, on its device while that does not fail; else and then on the
    /// CPU.
    pub fn fold<S: Send>(
        &mut self,
        (resampling, seed): (&Resampling, u64),
        draws: Range<u64>,
        (make, add, merge): (
            impl Fn() -> S + Sync,
            impl Fn(&mut S, &[f64]) + Sync,
            impl Fn(&mut S, S) + Sync,
        ),
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> (S, u64) {
        let (mut all, mut done) = (make(), 0);
        if let Some((_, attended)) = &mut self.attended
            && let Some(on) = attended
        {
            let folding = (&make, &add, &merge);
            let (state, made, failure) = fold_device_replicates(
                (resampling, on),
                seed,
                draws.clone(),
                self.threads,
                folding,
                progress,
            );
            let Some(error) = failure else {
                return (state, made);
            };
            merge(&mut all, state);
            done = made;
            *attended = None;
            self.note(format!("{error}; the CPU takes over"));
            self.made_on.push(device_of(None));
        }
        let work = (self.threads, self.chunk);
        let mut tell = |more: u64| progress(done + more);
        let folding = (&make, &add, &merge);
        let left = draws.start + done..draws.end;
        let (state, more) = fold_replicates((resampling, seed), left, work, folding, &mut tell);
        merge(&mut all, state);
        (all, done + more)
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
