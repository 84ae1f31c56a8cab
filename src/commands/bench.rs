//! `placebo bench`.

use std::time::Duration;

use clap::Args;
use placebo::campaign::bench::{BenchOptions, Shape, bench as measure};
use placebo::engine::{Adapter, DeviceChoice};
use placebo::report::bench_table;
use placebo::{Error, Result};

use super::run::{progress_bar, stop_on_ctrl_c, stopped};
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
    args.results.out.check()?;
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
    let bar = progress_bar("bench", args.work.quiet)?;
    let report = measure(&options, &mut |name, done, total| {
        bar.set_length(total);
        bar.set_position(done);
        bar.set_message(name.to_owned());
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    args.results.write(
        |out| bench_table(&report, out.width()),
        || report.to_json(),
        || report.to_csv(),
    )?;
    match report.problem() {
        None => Ok(()),
        Some((device, problem)) => Err(Error::Device {
            device: device.to_owned(),
            problem: problem.to_owned(),
        }),
    }
}
