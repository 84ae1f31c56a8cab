//! A device behind calls that end in our own error, whatever its driver does.

use std::sync::{Arc, Mutex};

use super::adapter::Adapter;
use crate::contained::{Contained, on_one_line, quietly};
use crate::error::{Error, Result};

/// What a device said of itself, outside of the answers to calls: its first error, or that it is lost.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Option<String>>>);

impl Heard {
    fn note(&self, problem: &str) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert_with(|| on_one_line(problem));
        }
    }

    fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

/// A device, and what was made on it.
pub(super) struct Opened<T> {
    pub made: Contained<T>,
    pub queue: Contained<wgpu::Queue>,
    pub device: Contained<wgpu::Device>,
}

/// A device that may fail at any call. wgpu answers a lost device with a panic here and an error there,
/// and can wait for it without end when it is dropped: a device that failed is never used again, and
/// never taken apart.
pub(super) struct Guarded<T> {
    name: String,
    heard: Heard,
    /// `None` once the device failed.
    opened: Option<Opened<T>>,
}

impl<T> Guarded<T> {
    /// Asks an adapter for a device within `limits`, and makes something on it.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: there is no device, or it fails.
    pub fn open(
        adapter: &Adapter,
        limits: wgpu::Limits,
        make: impl FnOnce(&wgpu::Device, &wgpu::Queue) -> std::result::Result<T, String>,
    ) -> Result<Self> {
        let mut guarded = Guarded {
            name: adapter.name().to_owned(),
            heard: Heard::default(),
            opened: None,
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("placebo"),
            required_limits: limits,
            ..Default::default()
        };
        let requested = quietly(|| {
            let request = adapter.wgpu().request_device(&descriptor);
            pollster::block_on(request).map_err(|error| error.to_string())
        });
        let (device, queue) = requested
            .map_err(|panic| panicked(&panic))
            .and_then(|outcome| outcome)
            .map_err(|problem| guarded.error(&format!("it gives no device: {problem}")))?;
        let (device, queue) = (Contained::new(device), Contained::new(queue));
        let outcome = quietly(|| {
            let heard = guarded.heard.clone();
            device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
                heard.note(&error.to_string());
            }));
            let heard = guarded.heard.clone();
            device.set_device_lost_callback(move |_, message| {
                heard.note(&format!("the device is lost: {message}"));
            });
            make(&device, &queue).map(Contained::new)
        });
        match guarded.judged(outcome) {
            Ok(made) => {
                guarded.opened = Some(Opened {
                    made,
                    queue,
                    device,
                });
                Ok(guarded)
            }
            Err(error) => {
                queue.leak();
                device.leak();
                Err(error)
            }
        }
    }

    /// Has the device do something.
    ///
    /// # Errors
    ///
    /// [`Error::Device`]: it fails, or failed before.
    pub fn call<R>(
        &mut self,
        work: impl FnOnce(&Opened<T>) -> std::result::Result<R, String>,
    ) -> Result<R> {
        let Some(opened) = self.opened.take() else {
            return Err(self.error("it failed before"));
        };
        match self.judged(quietly(|| work(&opened))) {
            Ok(answer) => {
                self.opened = Some(opened);
                Ok(answer)
            }
            Err(error) => {
                opened.made.leak();
                opened.queue.leak();
                opened.device.leak();
                Err(error)
            }
        }
    }

    /// A call's outcome, where the device has said nothing against it.
    fn judged<R>(
        &self,
        outcome: std::result::Result<std::result::Result<R, String>, String>,
    ) -> Result<R> {
        let outcome = outcome
            .map_err(|panic| panicked(&panic))
            .and_then(|outcome| outcome);
        match self.heard.take() {
            Some(problem) => Err(self.error(&problem)),
            None => outcome.map_err(|problem| self.error(&problem)),
        }
    }

    fn error(&self, problem: &str) -> Error {
        Error::Device {
            device: self.name.clone(),
            problem: on_one_line(problem),
        }
    }
}

fn panicked(panic: &str) -> String {
    format!("its driver's library panicked: {panic}")
}
