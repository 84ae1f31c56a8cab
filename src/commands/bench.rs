//! `placebo bench`.

use std::time::Duration;

use crate::campaign::bench::{BenchOptions, Shape, bench as measure};
use crate::engine::{Adapter, DeviceChoice};
use crate::report::bench_table;
use crate::{Error, Result};
use clap::Args;

use super::bar::Bar;
use super::format::Format;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Results, Work};

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Shapes to measure [default: all]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    shape: Vec<String>,
    /// Devices beside the CPU: cpu (none), gpu, or an adapter's number or name [default: all adapters]
    #[arg(long, value_name = "DEVICE")]
    device: Option<DeviceChoice>,
    /// Seconds that each shape takes on each device
    #[arg(long, value_name = "S", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Leave out from how many draws a GPU pays
    #[arg(long)]
    no_map: bool,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
}

/// Measures the standard shapes on the CPU and on every GPU.
pub fn bench(args: &BenchArgs) -> Result<()> {
    args.results.check()?;
    let threads = args.work.threads();
    let adapters = match &args.device {
        None => Adapter::all()?,
        Some(choice) => choice.adapter()?.into_iter().collect(),
    };
    let options = BenchOptions {
        shapes: Shape::named(&args.shape)?,
        adapters,
        threads,
        time: Duration::from_secs(args.seconds),
        map: !args.no_map,
    };
    stop_on_ctrl_c();
    let bar = Bar::new("bench", args.work.quiet)?;
    let report = measure(&options, &mut |name, done, total| {
        bar.tell(done, total);
        bar.name(name);
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    let out = &args.results.out;
    out.write(&match args.results.form()? {
        Format::Table => bench_table(&report, out.width()),
        Format::Json => report.to_json(),
        Format::Csv => report.to_csv(),
        _ => {
            return Err(Error::input(
                "--format",
                "measurements are no results of a test",
                "take table, json or csv",
            ));
        }
    })?;
    match report.problem() {
        None => Ok(()),
        Some((device, problem)) => Err(Error::Device {
            device: device.to_owned(),
            problem: problem.to_owned(),
        }),
    }
}
