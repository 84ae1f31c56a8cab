//! Which device runs the draws.

use std::str::FromStr;

use super::{Adapter, AdapterKind};
use crate::error::{Cause, Error, Result};
use crate::load::{did_you_mean, quoted_list};

/// What the user asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// A hardware GPU if there is one, else the CPU. Never a software GPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The first hardware GPU, or a software one when there is no other.
    Gpu,
    /// An adapter by its number in `placebo devices`.
    Index(usize),
    /// An adapter by a part of its name, whatever the case.
    Name(String),
}

impl FromStr for DeviceChoice {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(match text.to_lowercase().as_str() {
            "auto" => DeviceChoice::Auto,
            "cpu" => DeviceChoice::Cpu,
            "gpu" => DeviceChoice::Gpu,
            _ => match text.parse() {
                Ok(index) => DeviceChoice::Index(index),
                Err(_) => DeviceChoice::Name(text.to_owned()),
            },
        })
    }
}

impl DeviceChoice {
    /// The adapter chosen; `None`: the CPU.
    ///
    /// # Errors
    ///
    /// No adapter, or more than one, answers to the choice; [`Error::Device`]: a driver fails while it
    /// is asked.
    pub fn adapter(&self) -> Result<Option<Adapter>> {
        if *self == DeviceChoice::Cpu {
            return Ok(None);
        }
        let adapters = Adapter::all()?;
        let best = || adapters.iter().min_by_key(|adapter| adapter.kind());
        match self {
            DeviceChoice::Cpu => Ok(None),
            DeviceChoice::Auto => Ok(best()
                .filter(|adapter| adapter.kind() != AdapterKind::Software)
                .cloned()),
            DeviceChoice::Gpu => match best() {
                Some(adapter) => Ok(Some(adapter.clone())),
                None => Err(Error::input(
                    "device gpu",
                    "no GPU driver offers an adapter",
                    "install one (Debian: mesa-vulkan-drivers has a software one), or take the cpu",
                )
                .because(no_device("gpu"))),
            },
            DeviceChoice::Index(index) => match adapters.get(*index) {
                Some(adapter) => Ok(Some(adapter.clone())),
                None => Err(unknown(
                    &index.to_string(),
                    "no adapter has this number",
                    &adapters,
                )),
            },
            DeviceChoice::Name(name) => {
                let wanted = name.trim().to_lowercase();
                let named: Vec<&Adapter> = adapters
                    .iter()
                    .filter(|adapter| {
                        // An empty name is a part of every name.
                        !wanted.is_empty() && adapter.name().to_lowercase().contains(&wanted)
                    })
                    .collect();
                match named.as_slice() {
                    [adapter] => Ok(Some((*adapter).clone())),
                    [] => Err(unknown(name, "no adapter has this name", &adapters)),
                    _ => Err(unknown(name, "several adapters have this name", &adapters)),
                }
            }
        }
    }
}

fn unknown(asked: &str, problem: &str, adapters: &[Adapter]) -> Error {
    let fixed = ["auto", "cpu", "gpu"];
    let names = || fixed.into_iter().chain(adapters.iter().map(Adapter::name));
    Error::input(
        format!("device {asked}"),
        problem,
        format!(
            "{}Known: {}, or an adapter's number; `placebo devices` lists them.",
            did_you_mean(asked, names()),
            quoted_list(names())
        ),
    )
    .because(no_device(asked))
}

fn no_device(asked: &str) -> Cause {
    Cause::UnknownName {
        kind: "device",
        name: asked.to_owned(),
    }
}
