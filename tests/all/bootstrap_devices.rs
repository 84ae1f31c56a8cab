//! Sums of resampled rows on a device: the integers of the CPU, draw by draw.

use placebo::bootstrap::Bootstrap;
use placebo::engine::{Adapter, DeviceSums};
use placebo::kernel::Kernel;
use placebo::load::{DataColumn, DataTable};
use placebo::question::resample::{Block, BootstrapSpec, BootstrapStatistic, SchemeName};
use placebo::resample::{IntervalKind, Resampling};

/// Rows with groups and clusters of one to four rows, `n` of them.
fn table(n: usize) -> DataTable {
    // Decimals: their squares and products have sums of few bits.
    let number =
        |row: usize, a: usize, b: usize| (((row * a + row * row * b) % 997) as f64 - 300.0) / 10.0;
    let column = |name: &str, a: usize, b: usize| {
        DataColumn::numbers(name, (0..n).map(|row| number(row, a, b)).collect())
    };
    let texts = |name: &str, of: &dyn Fn(usize) -> String| {
        DataColumn::texts(name, (0..n).map(|row| Some(of(row))))
    };
    DataTable::of([
        column("y", 7, 3),
        column("x", 11, 5),
        texts("arm", &|row| ["a", "b"][(row / 3) % 2].into()),
        texts("site", &|row| format!("s{}", (row * row) % (n / 2))),
    ])
    .expect("a table")
}

fn spec(statistic: &str, columns: &[&str]) -> BootstrapSpec {
    let found = BootstrapStatistic::find(statistic).expect("a statistic");
    BootstrapSpec::new(found, columns.iter().copied())
}

/// What is resampled, each with its name: every scheme, parts, clusters, few units and more than 2^16.
fn resamplings() -> Vec<(String, Resampling)> {
    let mut all = Vec::new();
    let mut add = |name: &str, table: &DataTable, spec: BootstrapSpec| {
        let table = placebo::question::resample::compile(table, &spec);
        for asked in table
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .asked
        {
            all.push((name.to_owned(), asked.resampling));
        }
    };
    let small = table(60);
    add("mean, iid", &small, spec("mean", &["y"]));
    add("pearson, iid", &small, spec("pearson", &["x", "y"]));
    add("sd, iid", &small, spec("sd", &["y"]));
    let schemes = [
        (SchemeName::MovingBlock, Block::Rows(7.0)),
        (SchemeName::CircularBlock, Block::Rows(9.0)),
        (SchemeName::Stationary, Block::Rows(6.5)),
    ];
    for (scheme, block) in schemes {
        let mut asked = spec("sharpe", &["y"]);
        (asked.scheme, asked.block) = (Some(scheme), Some(block));
        add(scheme.name(), &small, asked);
    }
    let mut fewer = spec("sd", &["y"]);
    (fewer.scheme, fewer.size) = (Some(SchemeName::MOutOfN), Some(17));
    add("m-out-of-n", &small, fewer);
    for (name, n) in [("poisson", 60), ("poisson, few rows", 4)] {
        let mut poisson = spec("ratio-of-means", &["y", "x"]);
        poisson.scheme = Some(SchemeName::Poisson);
        poisson.intervals = vec![IntervalKind::Percentile];
        add(name, &table(n), poisson);
    }
    let mut across = spec("difference-of-means", &["y"]);
    (across.group, across.cluster) = (Some("arm".into()), Some("site".into()));
    across.scheme = Some(SchemeName::Poisson);
    add("poisson, clusters with rows of both groups", &small, across);
    for (name, statistic, scheme) in [
        ("median, iid", "median", None),
        ("median, m-out-of-n", "median", Some(SchemeName::MOutOfN)),
        (
            "quantile, blocks",
            "quantile(0.3)",
            Some(SchemeName::CircularBlock),
        ),
        (
            "quantile, stationary",
            "quantile(0.9,type=1)",
            Some(SchemeName::Stationary),
        ),
    ] {
        let mut quantile = spec(statistic, &["y"]);
        quantile.scheme = scheme;
        quantile.size = (scheme == Some(SchemeName::MOutOfN)).then_some(24);
        let blocks = scheme.filter(|of| of.has_blocks());
        quantile.block = blocks.map(|_| Block::Rows(7.0));
        quantile.group = (scheme.is_none() || blocks.is_some()).then(|| "arm".into());
        quantile.intervals = vec![IntervalKind::Percentile];
        add(name, &small, quantile);
    }
    let mut grouped = spec("difference-of-means", &["y"]);
    grouped.group = Some("arm".into());
    add("two parts", &small, grouped);
    let mut clustered = spec("mean", &["y"]);
    clustered.cluster = Some("site".into());
    add("clusters", &small, clustered);
    // Numbers that are no decimals: their squares have more than 64 bits.
    let roots = (0..60).map(|row| f64::from(row).sqrt() - 3.0).collect();
    let roots = DataTable::of([DataColumn::numbers("y", roots)]).expect("a table");
    add("sharpe of roots, iid", &roots, spec("sharpe", &["y"]));
    let mut blocks = spec("variance", &["y"]);
    (blocks.scheme, blocks.block) = (Some(SchemeName::Stationary), Some(Block::Rows(4.0)));
    add("variance of roots, stationary", &roots, blocks);
    // Starts are numbers below more than 2^16, from whole words.
    let long = table(70_000);
    let mut blocks = spec("mean", &["y"]);
    (blocks.scheme, blocks.block) = (Some(SchemeName::CircularBlock), Some(Block::Rows(500.0)));
    add("many units", &long, blocks);
    all
}

/// The kernels of these, for the tests of shaders.
pub fn kernels() -> Vec<Kernel> {
    let passes = resamplings().into_iter().map(|(name, resampling)| {
        let pass = resampling.on_device();
        pass.unwrap_or_else(|problem| panic!("{name}: {problem}"))
            .kernel
    });
    passes.collect()
}

#[test]
fn values_are_those_of_the_cpu_bit_for_bit() {
    let adapters = Adapter::all().expect("adapters are listed");
    let adapter = adapters
        .first()
        .expect("tests/run.sh installs a software driver");
    for (name, resampling) in resamplings() {
        let pass = resampling
            .on_device()
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let mut device = DeviceSums::new(&pass, adapter).unwrap();
        let drawer = resampling.drawer();
        let mut scratch = resampling.scratch();
        let statistics = resampling.estimators.len();
        // Draws on both sides of where the low word of an index overflows, too.
        for (seed, first) in [(1u64, 0u64), (u64::MAX - 5, (1 << 32) - 70)] {
            let range = first..first + 150;
            let sums = device
                .run(seed, range.clone())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(sums.len(), pass.sums * 150);
            for (draw, sums) in range.zip(sums.chunks(pass.sums)) {
                let (mut mine, mut theirs) = (vec![0.0; statistics], vec![0.0; statistics]);
                resampling.draw(&drawer, [seed, draw], &mut scratch, &mut mine);
                resampling.of_sums(sums, &mut theirs);
                let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&mine), bits(&theirs), "{name}, draw {draw}");
            }
        }
    }
}

/// What a device's threads cannot hold is the CPU's, and says so.
#[test]
fn what_no_thread_holds_is_left_to_the_cpu() {
    let refused = |table: DataTable, spec: BootstrapSpec| {
        let compiled = Bootstrap::of(table, spec)
            .compile()
            .expect("it is compiled");
        compiled.asked[0].resampling.on_device().unwrap_err()
    };
    assert!(refused(table(60), spec("trimmed-mean", &["y"])).contains("trimmed means"));
    let mut clustered = spec("median", &["y"]);
    clustered.cluster = Some("site".into());
    assert!(refused(table(60), clustered).contains("differ in their number of rows"));
    assert!(refused(table(9_000), spec("median", &["y"])).contains("loop iterations"));
    assert!(refused(table(20_000), spec("mean", &["y"])).contains("loop iterations"));
}

/// From the table to its rows: the same on both engines, with the ends of intervals, whatever the threads.
#[test]
fn rows_are_the_same_on_both_engines() {
    let schemes = [
        None,
        Some(SchemeName::CircularBlock),
        Some(SchemeName::Stationary),
        Some(SchemeName::Poisson),
    ];
    for scheme in schemes {
        for statistic in ["mean", "sharpe", "quantile(0.3)", "trimmed-mean"] {
            let on = |device: &str| {
                let mut asked = spec(statistic, &["y"]);
                (asked.scheme, asked.draws, asked.exact) = (scheme, 5_000, false);
                asked.block = scheme
                    .filter(|of| of.has_blocks())
                    .map(|_| Block::Rows(8.0));
                let bootstrap = Bootstrap::of(table(60), asked);
                let report = bootstrap
                    .run(&crate::tables::on(device), &mut |_, _| true)
                    .unwrap();
                (
                    report.results,
                    report.manifest.device.expect("draws are made").kind,
                )
            };
            let ((cpu, _), (gpu, kind)) = (on("cpu"), on("gpu"));
            assert_eq!(cpu, gpu, "{statistic} {scheme:?}");
            assert_eq!(cpu[0].draws, Some(5_000));
            // Trimmed means are the CPU's, and quantiles of Poisson numbers of rows.
            let counted =
                scheme == Some(SchemeName::Poisson) && statistic != "mean" && statistic != "sharpe";
            assert_eq!(
                kind == "cpu",
                counted || statistic == "trimmed-mean",
                "{kind}"
            );
        }
    }
}
