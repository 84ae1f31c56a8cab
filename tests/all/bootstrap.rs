//! Bootstraps: known answers, other programs' answers, frozen streams, the same results however they are
//! made, and bad input.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use placebo::bootstrap::Bootstrap;
use placebo::load::{DataColumn, DataTable, Source};
use placebo::question::resample::{Block, BootstrapSpec, BootstrapStatistic, SchemeName};
use placebo::report::BootstrapRow;
use placebo::resample::{Bayesian, Drawer, IntervalKind, Run, Scheme, Weights};
use placebo::run::RunOptions;
use serde_json::Value;

use crate::folder::Folder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The rows that `placebo bootstrap FILE ASKED` gives; quotes in `asked` are single.
fn rows(file: &str, asked: &str) -> Vec<Value> {
    let parts = asked.split('\'').enumerate();
    let args: Vec<&str> = parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .collect();
    let output = cargo_bin_cmd!("placebo")
        .current_dir(folder().join("data"))
        .args(["bootstrap", file])
        .args(&args)
        .args(["--format", "json", "--quiet"])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{asked}\n{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    report["results"].as_array().expect("it has rows").clone()
}

fn number(row: &Value, name: &str) -> f64 {
    row[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} in {row}"))
}

/// The lines of a reference file, cell by cell.
fn reference(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join("reference").join(file)).expect("it is there");
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

fn bootstrap(table: DataTable, spec: BootstrapSpec, options: &RunOptions) -> Vec<BootstrapRow> {
    let report = Bootstrap::of(table, spec).run(options, &mut |_, _| true);
    report.expect("it runs").results
}

fn nile() -> DataTable {
    let source = Source::Folder(folder().join("data"));
    DataTable::read(&source, "nile.csv", &|_| true).expect("it is there")
}

fn of_nile(statistic: &str) -> BootstrapSpec {
    let statistic = BootstrapStatistic::find(statistic).expect("a statistic");
    BootstrapSpec::new(statistic, ["flow"])
}

/// The intervals that are made of a law.
fn laws() -> Vec<IntervalKind> {
    let all = IntervalKind::ALL.into_iter();
    all.filter(|kind| kind.is_of_a_law() && *kind != IntervalKind::PercentileT)
        .collect()
}

/// The mean of the Nile's flows: standard errors to every digit that is printed, without draws, and the
/// exact ends of the percentile interval.
#[test]
fn the_niles_mean_is_known() {
    for (asked, se, engine) in [
        ("", "16.8379", "convolution"),
        (
            "--scheme circular-block --block 5",
            "26.7181",
            "convolution",
        ),
        (
            "--scheme circular-block --block 10",
            "32.1618",
            "convolution",
        ),
        ("--scheme moving-block --block 5", "27.0637", "convolution"),
        ("--scheme stationary --block 10", "35.2617", "closed-form"),
    ] {
        let rows = rows("nile.csv", &format!("mean flow {asked} --draws 1000"));
        assert_eq!(
            format!("{:.4}", number(&rows[0], "standard_error")),
            se,
            "{asked}"
        );
        assert_eq!(rows[0]["engine"], engine);
        assert_eq!(
            rows[0]["draws"].is_null(),
            engine == "convolution",
            "{asked}"
        );
    }
    let row = &rows("nile.csv", "mean flow --interval percentile")[0];
    assert_eq!(number(row, "interval_low"), 886.61);
    assert_eq!(number(row, "interval_high"), 952.6);
    assert_eq!(number(row, "observed"), 919.35);
    assert_eq!(number(row, "bias"), 0.0);
    assert_eq!(row["block"], Value::Null);
    let row = &rows("nile.csv", "mean flow --scheme circular-block --block auto")[0];
    assert_eq!(
        (&row["block"], &row["columns"][0]),
        (&Value::from(14), &Value::from("flow"))
    );
    assert_eq!(format!("{:.4}", number(row, "block_auto")), "14.1183");
    let row = &rows("nile.csv", "mean flow --scheme stationary --draws 100")[0];
    assert_eq!(format!("{:.4}", number(row, "block_auto")), "12.3335");
    assert_eq!(row["block"], row["block_auto"]);
}

/// A million draws give the exact standard errors and ends within Monte Carlo error, for each scheme.
#[test]
fn draws_agree_with_exact_laws() {
    const DRAWS: u64 = 1_000_000;
    for asked in [
        "mean flow",
        "mean flow --scheme circular-block --block 5",
        "mean flow --scheme circular-block --block 10",
        "mean flow --scheme circular-block --block 7",
        "mean flow --scheme moving-block --block 5",
        "mean flow --scheme moving-block --block 33",
        "mean flow --scheme stationary --block 10",
        "median flow",
        "quantile(0.3) flow",
        "quantile(0.9,type=1) flow",
    ] {
        let exact = &rows(
            "nile.csv",
            &format!("{asked} --interval percentile --draws 1000"),
        )[0];
        let drawn = rows(
            "nile.csv",
            &format!("{asked} --interval percentile --exact never --draws {DRAWS}"),
        );
        let drawn = &drawn[0];
        assert_eq!(drawn["engine"], "monte-carlo");
        assert_eq!(drawn["draws"], DRAWS);
        let se = number(exact, "standard_error");
        let error = |name: &str| (number(exact, name) - number(drawn, name)).abs();
        // The error of a standard deviation of a law that is nearly normal, and of a mean, at 4.5 of
        // their own.
        assert!(
            error("standard_error") < 4.5 * se / (2.0 * DRAWS as f64).sqrt() * 1.3,
            "{asked}"
        );
        assert!(error("bias") < 4.5 * se / (DRAWS as f64).sqrt(), "{asked}");
        if exact["interval_engine"] == "convolution" {
            // sqrt(0.025 0.975 / DRAWS) over the normal density there.
            let end = 4.5 * 0.000_156_1 / 0.058_4 * se;
            assert!(
                error("interval_low") < end && error("interval_high") < end,
                "{asked}"
            );
        }
    }
}

/// Direct convolution in NumPy to every digit; SciPy, arch and R's boot within Monte Carlo error.
#[test]
fn intervals_are_those_of_other_programs() {
    let mut checked = 0;
    let files = [
        "bootstrap.tsv",
        "bootstrap_boot.tsv",
        "bootstrap_weights.tsv",
    ];
    for cells in files.map(reference).concat() {
        let [source, file, asked, kind] = [0, 1, 2, 3].map(|c| cells[c].as_str());
        let [se, low, high] = [4, 5, 6].map(|c| cells[c].parse::<f64>().expect("a number"));
        let flags = format!("{asked} --interval {kind} --draws 400000");
        let row = &rows(file, &flags)[0];
        let found =
            ["standard_error", "interval_low", "interval_high"].map(|name| number(row, name));
        if source == "convolution" {
            assert!(
                (found[0] - se).abs() <= 1e-10 * se,
                "{asked}: {found:?} {se}"
            );
            assert_eq!((found[1], found[2]), (low, high), "{asked}");
            assert_eq!(row["engine"], "convolution");
        } else {
            // 4.5 standard errors of 100,000 resamples: 1 % of a standard deviation, twice that of the ends'
            // distance for laws with heavy tails.
            let width = high - low;
            assert!(
                (found[0] / se - 1.0).abs() < 0.013,
                "{source} {asked}: {found:?} {se}"
            );
            let near = |a: f64, b: f64| (a - b).abs() < 0.013 * width;
            assert!(
                near(found[1], low) && near(found[2], high),
                "{source} {asked} {kind}: {found:?} {low} {high}"
            );
        }
        checked += 1;
    }
    assert!(checked > 90, "{checked}");
}

/// Intervals of 150 series hold their mean as often as NumPy's do, of the same series by the same scheme: the sets on
/// which they differ fall on both sides. `benches/results/` has 2,000 sets of each of eight.
#[test]
fn intervals_cover_as_often_as_those_of_numpy() {
    let sets = reference("bootstrap_sets.tsv");
    let columns = sets.iter().enumerate().map(|(number, cells)| {
        let values = cells[0].split(' ').map(|v| v.parse().expect("a number"));
        DataColumn::numbers(&format!("x{number}"), values.collect())
    });
    let table = DataTable::of(columns).expect("a table");
    let kinds = [
        IntervalKind::Percentile,
        IntervalKind::Basic,
        IntervalKind::Bca,
    ];
    let spec = BootstrapSpec {
        scheme: Some(SchemeName::MovingBlock),
        block: Some(Block::Rows(6.0)),
        intervals: kinds.to_vec(),
        level: 0.9,
        ..BootstrapSpec::new(BootstrapStatistic::Mean, ["x*"])
    };
    let rows = bootstrap(table, spec, &RunOptions::default());
    assert_eq!(rows.len(), 450);
    for (at, kind) in kinds.iter().enumerate() {
        let holds = |[low, high]: [f64; 2]| low <= 0.0 && 0.0 <= high;
        let (mut held, mut more, mut fewer) = (0u32, 0u32, 0u32);
        for (cells, row) in sets.iter().zip(rows.iter().skip(at).step_by(3)) {
            assert_eq!(row.interval_kind, kind.name());
            let ours = [row.interval_low, row.interval_high].map(|end| end.expect("an end"));
            let theirs = [1, 2].map(|end| cells[2 * at + end].parse::<f64>().expect("a number"));
            // 10,000 draws: 4.5 standard errors of an end are 0.03 of the width, of a corrected end far in a tail
            // more: the worst is 0.055, at a share of 0.9997.
            let width = theirs[1] - theirs[0];
            let reach = if *kind == IntervalKind::Bca {
                0.08
            } else {
                0.03
            };
            assert!(
                ours.iter()
                    .zip(theirs)
                    .all(|(a, b)| (a - b).abs() < reach * width),
                "{ours:?} {theirs:?}"
            );
            held += u32::from(holds(theirs));
            more += u32::from(holds(ours) && !holds(theirs));
            fewer += u32::from(!holds(ours) && holds(theirs));
        }
        let differ = f64::from(more + fewer);
        assert!(
            f64::from(more.abs_diff(fewer)) <= (3.0 * differ.sqrt()).max(3.0),
            "{more} {fewer}"
        );
        // Short series with dependence are covered less often than 90 %.
        assert!((100..140).contains(&held), "{held}");
    }
}

/// Streams are frozen: the runs of `tests/reference/resample.py`, an implementation of its own.
#[test]
fn draws_are_those_of_the_specification() {
    for cells in reference("resample.tsv") {
        let [seed, draw] = [3, 4].map(|c| cells[c].parse().expect("a number"));
        let law = Weights::ALL.into_iter().find(|law| law.name() == cells[0]);
        if let Some(law) = law {
            let mut weights = vec![0.0; cells[2].parse().expect("a number")];
            law.fill(seed, draw, &mut weights);
            let expected = cells[5]
                .split(' ')
                .map(|v| v.parse::<f64>().expect("a number"));
            for (found, expected) in weights.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-14, "{cells:?}");
            }
            continue;
        }
        if cells[0] == "bayesian" {
            let parts = cells[5].split(';').map(|part| part.split(' '));
            let expected: Vec<Vec<f64>> = parts
                .map(|part| part.map(|v| v.parse().expect("a number")).collect())
                .collect();
            let mut weights: Vec<Vec<f64>> =
                expected.iter().map(|of| vec![0.0; of.len()]).collect();
            Bayesian::fill(seed, draw, &mut weights);
            for (found, expected) in weights.iter().flatten().zip(expected.iter().flatten()) {
                assert!((found - expected).abs() < 1e-14, "{cells:?}");
            }
            continue;
        }
        let parameter: f64 = cells[1].parse().expect("a number");
        let length = parameter as u32;
        let scheme = match cells[0].as_str() {
            "iid" => Scheme::Iid,
            "m-out-of-n" => Scheme::MOutOfN { size: length },
            "poisson" => Scheme::Poisson { before: 0 },
            "moving-block" => Scheme::MovingBlock { length },
            "circular-block" => Scheme::CircularBlock { length },
            _ => Scheme::Stationary {
                mean_length: parameter,
            },
        };
        assert_eq!(scheme.name(), cells[0]);
        let units: Vec<u32> = cells[2]
            .split(',')
            .map(|n| n.parse().expect("a number"))
            .collect();
        let mut runs = vec![Vec::new(); units.len()];
        Drawer::new(scheme, &units).fill(seed, draw, &mut runs);
        let texts = runs.iter().map(|runs| {
            let texts = runs.iter().map(|run| format!("{}+{}", run.start, run.len));
            texts.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(texts.collect::<Vec<_>>().join(";"), cells[5], "{cells:?}");
    }
}

/// The same bits on any number of threads and with any chunk, where replicates are kept and where they are
/// found by further passes.
#[test]
fn results_do_not_depend_on_threads_or_chunks() {
    for (statistic, draws) in [
        ("sharpe", 30_001),
        ("trimmed-mean(0.2)", 5_000),
        ("sd", (1 << 20) + 77),
    ] {
        let spec = || BootstrapSpec {
            intervals: laws(),
            draws,
            ..of_nile(statistic)
        };
        let on = |threads, chunk| {
            let options = RunOptions {
                threads: Some(threads),
                chunk,
                ..RunOptions::default()
            };
            bootstrap(nile(), spec(), &options)
        };
        let one = on(1, None);
        assert_eq!(one, on(3, Some(1_000)), "{statistic}");
        assert!(
            one.iter()
                .all(|row| row.engine == "monte-carlo" && row.interval_low < row.interval_high)
        );
    }
}

/// Ends found by passes are those of kept replicates: more draws than are kept, and the same asked of a
/// range of them by hand.
#[test]
fn negated_data_exchange_the_ends() {
    let negated = || {
        let table = nile();
        let flow = table
            .column("flow")
            .expect("it is there")
            .as_numbers()
            .expect("numbers");
        DataTable::of([DataColumn::numbers(
            "flow",
            flow.iter().map(|x| -x).collect(),
        )])
        .expect("a table")
    };
    for (statistic, exact) in [
        ("mean", true),
        ("mean", false),
        ("median", true),
        ("trimmed-mean", false),
    ] {
        let spec = || BootstrapSpec {
            intervals: laws(),
            draws: 2_000,
            exact,
            ..of_nile(statistic)
        };
        let options = RunOptions::default();
        let there = bootstrap(nile(), spec(), &options);
        let back = bootstrap(negated(), spec(), &options);
        for (a, b) in there.iter().zip(&back) {
            let [low, high] = [b.interval_high, b.interval_low].map(|end| -end.expect("an end"));
            let near = |x: Option<f64>, y: f64| (x.expect("an end") - y).abs() < 1e-9;
            assert!(
                near(a.interval_low, low) && near(a.interval_high, high),
                "{statistic} {}",
                a.interval_kind
            );
        }
    }
}

/// Studentized intervals: the same bits on any number of threads, where replicates are kept and where they are not,
/// and exchanged by negation.
#[test]
fn studentized_intervals_do_not_depend_on_threads() {
    let spec = |draws| BootstrapSpec {
        intervals: vec![IntervalKind::PercentileT],
        scheme: Some(SchemeName::CircularBlock),
        block: Some(Block::Rows(12.0)),
        draws,
        ..of_nile("mean")
    };
    let on = |draws, threads| {
        let options = RunOptions {
            threads: Some(threads),
            ..RunOptions::default()
        };
        bootstrap(nile(), spec(draws), &options).remove(0)
    };
    let few = on(20_000, 1);
    assert_eq!(few, on(20_000, 3));
    let many = on((1 << 20) + 5, 2);
    let near =
        |a: Option<f64>, b: Option<f64>| (a.expect("an end") - b.expect("an end")).abs() < 1.5;
    assert!(
        near(few.interval_low, many.interval_low) && near(few.interval_high, many.interval_high)
    );
    assert_eq!(
        (few.engine.as_str(), few.interval_engine.as_deref()),
        ("convolution", Some("monte-carlo"))
    );
}

/// A draw by itself is that of a run: its rows give its value.
#[test]
fn draws_can_be_looked_at() {
    let flow = nile();
    let flow = flow
        .column("flow")
        .expect("it is there")
        .as_numbers()
        .expect("numbers");
    let args = [
        "bootstrap",
        "nile.csv",
        "mean",
        "flow",
        "--scheme",
        "stationary",
        "--block",
        "9",
        "--format",
        "json",
    ];
    let draw = |index: &str| -> Value {
        let output = cargo_bin_cmd!("placebo")
            .current_dir(folder().join("data"))
            .args(args)
            .args(["--index", index, "--order", "flow"])
            .output()
            .expect("it runs");
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    };
    for index in ["0", "7", "5000000000"] {
        let draw = &draw(index)[0];
        let rows: Vec<usize> = draw["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row.as_u64().expect("a row") as usize)
            .collect();
        assert_eq!(rows.len(), 100);
        let mean = rows.iter().map(|&row| flow[row - 1]).sum::<f64>() / 100.0;
        assert!((number(&draw["values"][0], "value") - mean).abs() < 1e-9);
    }
    let spec = BootstrapSpec {
        statistic: BootstrapStatistic::Ols,
        columns: vec!["y ~ x".into()],
        scheme: Some(SchemeName::Wild),
        cluster: Some("state".into()),
        ..of_nile("mean")
    };
    let source = Source::Folder(folder().join("data/tables"));
    let states = DataTable::read(&source, "states.csv", &|_| true).expect("it is there");
    let states = Bootstrap::of(states, spec);
    // All signs 1 are the data themselves.
    let report = states
        .run(&RunOptions::default(), &mut |_, _| true)
        .expect("it runs");
    let first = &states.replay(0).expect("a draw")[0];
    for (row, drawn) in report.results.iter().zip(&first.values) {
        let [t, drawn] = [row.t, drawn.value].map(|t| t.expect("a t"));
        assert!((t / drawn - 1.0).abs() < 1e-9, "{t} {drawn}");
    }
    assert!(states.replay(1024).is_err());
    let draws = states.replay(3).expect("a draw");
    assert_eq!((draws[0].weights.len(), draws[0].values.len()), (10, 2));
    assert!(draws[0].weights.iter().all(|weight| weight.abs() == 1.0));
}

/// Clusters are taken whole, within groups: the exact law of a difference of means of equal clusters is that
/// of their sums.
#[test]
fn clusters_are_resampled_whole() {
    // Three villages of two an arm: 27 draws an arm.
    let y = [1.0, 3.0, 2.0, 8.0, 4.0, 4.0, 0.0, 1.0, 5.0, 2.0, 9.0, 4.0];
    let names = |of: fn(usize) -> String| (0..12).map(move |row| Some(of(row)));
    let table = || {
        DataTable::of([
            DataColumn::numbers("y", y.to_vec()),
            DataColumn::texts("arm", names(|row| format!("arm {}", row / 6))),
            DataColumn::texts("village", names(|row| format!("village {}", row / 2))),
        ])
        .expect("a table")
    };
    let spec = |exact| BootstrapSpec {
        group: Some("arm".into()),
        cluster: Some("village".into()),
        intervals: vec![IntervalKind::Percentile],
        exact,
        draws: 200_000,
        ..BootstrapSpec::new(BootstrapStatistic::DifferenceOfMeans, ["y"])
    };
    let sums: Vec<f64> = y.chunks(2).map(|two| two.iter().sum()).collect();
    let mut all = Vec::new();
    for draw in 0..729 {
        let at = |place: u32| draw / 3usize.pow(place) % 3;
        let mean = |arm: usize| {
            (0..3)
                .map(|k| sums[3 * arm + at((3 * arm + k) as u32)])
                .sum::<f64>()
                / 6.0
        };
        all.push(mean(0) - mean(1));
    }
    let mean = all.iter().sum::<f64>() / 729.0;
    let sd = (all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 729.0).sqrt();
    all.sort_by(f64::total_cmp);
    // 0.025 of 729 is 18.2.
    let ends = [all[18], all[729 - 19]];
    let options = RunOptions::default();
    let exact = &bootstrap(table(), spec(true), &options)[0];
    assert_eq!(
        (exact.engine.as_str(), exact.scheme.as_str()),
        ("convolution", "cluster")
    );
    assert!((exact.standard_error.expect("one") - sd).abs() < 1e-12);
    let found = [exact.interval_low, exact.interval_high].map(|end| end.expect("an end"));
    assert!(
        found.iter().zip(ends).all(|(a, b)| (a - b).abs() < 1e-12),
        "{found:?} {ends:?}"
    );
    let drawn = &bootstrap(table(), spec(false), &options)[0];
    assert!((drawn.standard_error.expect("one") / sd - 1.0).abs() < 0.008);
    assert_eq!(
        [drawn.interval_low, drawn.interval_high].map(Option::unwrap),
        found
    );
}

/// A regression on a factor has the means of its levels for coefficients, a row each.
#[test]
fn coefficients_are_those_of_least_squares() {
    let rows = rows("tables/breaks.csv", "ols 'breaks ~ tension' --draws 2000");
    let named: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["coefficient"].as_str())
        .collect();
    assert_eq!(named[0], "(intercept)");
    let means = |level: &str| {
        let text =
            std::fs::read_to_string(folder().join("data/tables/breaks.csv")).expect("it is there");
        let of: Vec<f64> = text
            .lines()
            .filter(|line| line.ends_with(&format!(",{level}")))
            .map(|line| line.split(',').next().unwrap().parse().unwrap())
            .collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    let base = means("L");
    assert!((number(&rows[0], "observed") - base).abs() < 1e-10);
    for (row, name) in rows.iter().zip(&named).skip(1) {
        let level = name.trim_start_matches("tension[").trim_end_matches(']');
        assert!(
            (number(row, "observed") - (means(level) - base)).abs() < 1e-10,
            "{name}"
        );
    }
    assert_eq!(rows.len(), 2);
}

/// Values and standard errors of given rows, or clusters, are those of derivatives by each row's weight.
#[test]
fn standard_errors_of_draws_are_those_of_derivatives() {
    let mut checked = 0;
    for cells in reference("bootstrap_errors.tsv") {
        let [file, asked, runs] = [0, 1, 2].map(|c| cells[c].as_str());
        let [value, error] = [3, 4].map(|c| cells[c].parse::<f64>().expect("a number"));
        let parts = asked.split('\'').enumerate();
        let words: Vec<String> = parts
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect();
        let flags = words.iter().position(|word| word.starts_with("--"));
        let (columns, flags) = words.split_at(flags.unwrap_or(words.len()));
        let flag = |name: &str| {
            let at = flags.iter().position(|flag| flag == name)?;
            flags.get(at + 1).cloned()
        };
        let statistic = BootstrapStatistic::find(&columns[0]).expect("a statistic");
        let spec = BootstrapSpec {
            coefficient: flag("--coefficient"),
            group: flag("--group"),
            groups: flag("--groups").map_or(Vec::new(), |groups| {
                groups.split(',').map(str::to_owned).collect()
            }),
            cluster: flag("--cluster"),
            intervals: vec![IntervalKind::PercentileT],
            ..BootstrapSpec::new(statistic, columns[1..].to_vec())
        };
        let source = Source::Folder(folder().join("data"));
        let table = DataTable::read(&source, file, &|_| true).expect("it is there");
        let compiled = Bootstrap::of(table, spec).compile().expect("it compiles");
        let run = |at: &str| Run {
            start: at.parse().expect("a number"),
            len: 1,
        };
        let runs: Vec<Vec<Run>> = runs
            .split(';')
            .map(|part| part.split(' ').map(run).collect())
            .collect();
        let found = compiled.asked[0].resampling.with_error(0, &runs);
        for (found, known) in found.into_iter().zip([value, error]) {
            assert!(
                (found / known - 1.0).abs() < 1e-9,
                "{asked}: {found} {known}"
            );
        }
        checked += 1;
    }
    assert!(checked >= 14, "{checked}");
}

/// The standard error of a mean under Bayesian weights is known, `sqrt(v/(n + 1))` with the variance over n; so of a
/// sum, of group means, and of clusters of one size.
#[test]
fn bayesian_means_have_known_standard_errors() {
    let source = nile();
    let flow = source.column("flow").expect("it is there");
    let flow = flow.as_numbers().expect("numbers");
    let variance = |x: &[f64]| {
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n
    };
    let of_mean = (variance(flow) / 101.0).sqrt();
    // NumPy 2.4.6: np.sqrt(np.var(flow) / 101).
    assert!((of_mean - 16.754_360_301_393).abs() < 1e-10, "{of_mean}");
    let fives: Vec<f64> = flow
        .chunks(5)
        .map(|five| five.iter().sum::<f64>() / 5.0)
        .collect();
    let halves = [&flow[..40], &flow[40..]].map(|x| variance(x) / (x.len() + 1) as f64);
    let names = |of: fn(usize) -> String| (0..100).map(move |row| Some(of(row)));
    let table = || {
        DataTable::of([
            DataColumn::numbers("flow", flow.to_vec()),
            DataColumn::texts("half", names(|row| format!("{}", usize::from(row >= 40)))),
            DataColumn::texts("five", names(|row| format!("{}", row / 5))),
        ])
        .expect("a table")
    };
    for (statistic, group, cluster, known) in [
        ("mean", None, None, of_mean),
        ("sum", None, None, 100.0 * of_mean),
        (
            "difference-of-means",
            Some("half"),
            None,
            halves.iter().sum::<f64>().sqrt(),
        ),
        ("mean", None, Some("five"), (variance(&fives) / 21.0).sqrt()),
        // Weights within groups sum to the groups' sizes.
        (
            "mean",
            Some("half"),
            None,
            (0.16 * halves[0] + 0.36 * halves[1]).sqrt(),
        ),
    ] {
        let spec = |exact| BootstrapSpec {
            scheme: Some(SchemeName::Bayesian),
            group: group.map(str::to_owned),
            cluster: cluster.map(str::to_owned),
            draws: 200_000,
            exact,
            ..of_nile(statistic)
        };
        let options = RunOptions::default();
        let exact = &bootstrap(table(), spec(true), &options)[0];
        let drawn = &bootstrap(table(), spec(false), &options)[0];
        let errors = [exact, drawn].map(|row| row.standard_error.expect("one"));
        assert!(
            (errors[0] / known - 1.0).abs() < 1e-12,
            "{statistic}: {errors:?} {known}"
        );
        // 4.5 standard errors of a standard deviation of 200,000 draws.
        assert!(
            (errors[1] / known - 1.0).abs() < 0.0075,
            "{statistic}: {errors:?} {known}"
        );
        assert!(drawn.bias.expect("one").abs() < 4.5 * known / 200_000f64.sqrt());
        assert_eq!(
            (exact.engine.as_str(), exact.interval_kind.as_str()),
            ("closed-form", "percentile")
        );
        assert_eq!(exact.interval_engine.as_deref(), Some("monte-carlo"));
        assert_eq!(exact.interval_low, drawn.interval_low);
    }
}

/// A draw of weights is that of a run: the weights of its rows give its values.
#[test]
fn bayesian_draws_can_be_looked_at() {
    let folder = folder().join("data/tables");
    let draw = |asked: &[&str]| -> Value {
        let output = cargo_bin_cmd!("placebo")
            .current_dir(&folder)
            .args(["bootstrap", "sleep.csv"])
            .args(asked)
            .args(["--scheme", "bayesian", "--index", "12", "--format", "json"])
            .output()
            .expect("it runs");
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    };
    let text = std::fs::read_to_string(folder.join("sleep.csv")).expect("it is there");
    let pairs: Vec<[f64; 2]> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',').map(|cell| cell.parse().expect("a number"));
            [0, 1].map(|_| cells.next().expect("a cell"))
        })
        .collect();
    let means = draw(&["mean", "first"]);
    assert_eq!(means[0]["rows"].as_array().map(Vec::len), Some(0));
    let weights: Vec<f64> = means[0]["weights"]
        .as_array()
        .expect("weights")
        .iter()
        .map(|weight| weight.as_f64().expect("a number"))
        .collect();
    assert!((weights.iter().sum::<f64>() - 10.0).abs() < 1e-12);
    let mean = |of: &dyn Fn(&[f64; 2]) -> f64| {
        let terms = weights.iter().zip(&pairs).map(|(w, pair)| w * of(pair));
        terms.sum::<f64>() / 10.0
    };
    let (x, y) = (mean(&|p| p[0]), mean(&|p| p[1]));
    let covariance = mean(&|p| (p[0] - x) * (p[1] - y));
    let [xx, yy] = [(0, x), (1, y)].map(|(c, m)| mean(&|p| (p[c] - m).powi(2)));
    let mut sorted: Vec<(f64, f64)> = pairs.iter().map(|p| p[1]).zip(weights.clone()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let quantile = sorted.iter().find(|(_, weight)| {
        below += weight;
        below >= 4.0
    });
    let slope = covariance / xx;
    for (asked, known) in [
        (&["mean", "first"][..], x),
        (&["sum", "second"], 10.0 * y),
        (&["difference-of-means", "first", "second"], x - y),
        (&["ratio-of-means", "second", "first"], y / x),
        (
            &["pearson", "first", "second"],
            covariance / (xx * yy).sqrt(),
        ),
        (&["ols", "second ~ first", "--coefficient", "first"], slope),
        (
            &["ols", "second ~ first", "--coefficient", "(intercept)"],
            y - slope * x,
        ),
        (
            &["quantile(0.4, type=1)", "second"],
            quantile.expect("one").0,
        ),
    ] {
        let value = number(&draw(asked)[0]["values"][0], "value");
        assert!(
            (value - known).abs() < 1e-12 * (1.0 + known.abs()),
            "{asked:?}: {value} {known}"
        );
    }
}

/// Clusters with rows of both groups are taken whole over all rows, and that is said; of other statistics they are
/// refused.
#[test]
fn clusters_with_rows_of_both_groups_are_said() {
    let output = cargo_bin_cmd!("placebo")
        .current_dir(folder().join("data/tables"))
        .args([
            "bootstrap",
            "states.csv",
            "difference-of-means",
            "y",
            "--group",
            "treated",
        ])
        .args(["--cluster", "five", "--draws", "2000", "--seed", "5"])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("4 clusters have rows of both groups: clusters are resampled over all rows"),
        "{text}"
    );
    let row = &rows(
        "tables/states.csv",
        "difference-of-means y --group treated --cluster five --draws 20000 --interval percentile",
    )[0];
    // A draw of the one cluster without treated rows has no value: 1 of 3,125.
    let undefined = number(row, "undefined");
    assert!((undefined - 6.4).abs() < 4.5 * 6.4f64.sqrt(), "{undefined}");
}

/// Moving blocks have a law of its own centre: what is mirrored, or made symmetric, lies around its mean.
#[test]
fn moving_blocks_are_centred_at_their_own_mean() {
    let rows = rows(
        "nile.csv",
        "mean flow --scheme moving-block --block 7 --interval percentile,basic,normal",
    );
    let [observed, bias, se] =
        ["observed", "bias", "standard_error"].map(|of| number(&rows[0], of));
    let ends = |row: &Value| ["interval_low", "interval_high"].map(|end| number(row, end));
    // The mean of the law is that of the means of blocks, 14 of 7 rows and one of 2.
    let table = nile();
    let flow = table.column("flow").expect("it is there");
    let flow = flow.as_numbers().expect("numbers");
    let mean_of = |length: usize| {
        let blocks = flow.windows(length).map(|block| block.iter().sum::<f64>());
        let (starts, sum) = blocks.fold((0.0, 0.0), |(n, all), sum| (n + 1.0, all + sum));
        sum / starts
    };
    // The last block starts where a full one may.
    let last: f64 = flow
        .windows(7)
        .map(|block| block[0] + block[1])
        .sum::<f64>()
        / 94.0;
    let centre = (14.0 * mean_of(7) + last) / 100.0;
    assert!(
        (observed + bias - centre).abs() < 1e-9 && bias.abs() > 0.5,
        "{bias}"
    );
    let [low, high] = ends(&rows[0]);
    let mirrored = [high, low].map(|end| observed + centre - end);
    let normal = [-1.0, 1.0].map(|side| observed + side * 1.959_963_984_540_054 * se);
    for (row, known) in rows[1..].iter().zip([mirrored, normal]) {
        let found = ends(row);
        assert!(
            found.iter().zip(known).all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?} {known:?}"
        );
    }
}

/// All signs of clusters: counts and p of brute force, a regression each, and wildboottest's p, which counts
/// strictly larger values, to rounding.
#[test]
fn wild_clusters_are_counted_as_by_brute_force() {
    let mut checked = 0;
    for cells in reference("bootstrap_wild.tsv") {
        let [name, cluster, residuals, null] = [0, 1, 2, 3].map(|c| cells[c].as_str());
        let known = |c: usize| cells[c].parse::<f64>().expect("a number");
        let by = if cluster == "-" {
            String::new()
        } else {
            format!("--cluster {cluster}")
        };
        let asked = format!(
            "ols 'y ~ treated + x' --coefficient {name} --scheme wild {by} --residuals {residuals} --null-value {null} --draws 400000"
        );
        let row = &rows("tables/states.csv", &asked)[0];
        let [above, equal, signs] = [4, 5, 6].map(known);
        assert!((number(row, "t") / known(7) - 1.0).abs() < 1e-9, "{asked}");
        assert!(
            (number(row, "standard_error") / known(8) - 1.0).abs() < 1e-9,
            "{asked}"
        );
        let p = number(row, "p");
        if cluster == "-" {
            assert_eq!(
                (row["engine"].as_str(), row["scheme"].as_str()),
                (Some("monte-carlo"), Some("wild"))
            );
            // Two estimates of 400,000 draws at 4.5 standard errors.
            assert!(
                (p - known(9)).abs() < 4.5 * (2.0 * p * (1.0 - p) / 400_000.0).sqrt(),
                "{p}"
            );
            continue;
        }
        assert_eq!(row["engine"], "enumeration");
        let counts = ["above", "equal", "draws"].map(|name| number(row, name));
        assert_eq!(counts, [above, equal, signs], "{asked}");
        let expected = match residuals {
            "restricted" => (above + equal) / signs,
            _ => (above + equal + 1.0) / (signs + 1.0),
        };
        assert_eq!(p, expected, "{asked}");
        let theirs = known(9);
        assert!(
            theirs.is_nan() || (above / signs..=(above + equal) / signs).contains(&theirs),
            "{asked}"
        );
        checked += 1;
    }
    assert!(checked >= 13);
}

/// Inside of a confidence set a null is not rejected, outside it is.
#[test]
fn sets_by_inversion_hold_what_is_not_rejected() {
    for (flags, level) in [
        ("--cluster state", 0.95),
        ("--cluster state --residuals unrestricted", 0.9),
        ("--cluster state --weights webb --draws 5000", 0.95),
        ("--draws 3000 --weights mammen", 0.9),
        ("--draws 3000 --weights normal", 0.9),
    ] {
        let asked = |more: &str| {
            format!(
                "ols 'y ~ treated + x' --coefficient x --scheme wild {flags} --level {level} {more}"
            )
        };
        let row = &rows("tables/states.csv", &asked(""))[0];
        assert_eq!(row["interval_kind"], "inversion");
        let ends = ["interval_low", "interval_high"].map(|name| number(row, name));
        let se = number(row, "standard_error");
        for (end, outward) in ends.into_iter().zip([-1.0, 1.0]) {
            let p_at = |by: f64| {
                let null = format!("--null-value {}", end + outward * by * se);
                number(&rows("tables/states.csv", &asked(&null))[0], "p")
            };
            assert!(p_at(1e-7) <= 1.0 - level + 1e-12, "{flags}");
            assert!(p_at(-1e-7) > 1.0 - level, "{flags}");
        }
    }
    // Of five clusters all signs have p of 1/16 and more: nothing is rejected at 5 %.
    let row = &rows(
        "tables/states.csv",
        "ols 'y ~ treated + x' --coefficient x --scheme wild --cluster five",
    )[0];
    assert!(row["interval_low"].is_null() && row["interval_reason"].is_string());
}

/// Few clusters are warned of, and weights of six values are not.
#[test]
fn few_clusters_with_rademacher_signs_are_warned_of() {
    let said = |weights: &str| {
        let output = cargo_bin_cmd!("placebo")
            .current_dir(folder().join("data/tables"))
            .args([
                "bootstrap",
                "states.csv",
                "ols",
                "y ~ x",
                "--scheme",
                "wild-cluster",
                "--cluster",
                "five",
            ])
            .args(["--weights", weights, "--draws", "1000"])
            .output()
            .expect("it runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said("rademacher").contains("5 clusters have 32 Rademacher signs"));
    assert_eq!(said("webb"), "");
}

fn refused(file: &str, args: &[&str]) -> String {
    let files = [
        ("one.csv", "x,g\n4,a\n"),
        (
            "flat.csv",
            "x,y,c\n2,1,a\n2,5,b\n2,3,a\n2,9,b\n2,4,a\n2,4,b\n",
        ),
        (
            "small.csv",
            "x,y,g,c\n1,2,a,p\n2,3,a,p\n4,1,b,p\n3,3,b,q\n9,5,c,r\n",
        ),
    ];
    let output = Folder::with(&files).placebo(&[&["bootstrap", file], args].concat());
    let said = String::from_utf8(output.stderr).expect("it is text");
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    said
}

#[test]
fn bad_input_is_refused_with_its_reason() {
    for (file, args, says) in [
        ("one.csv", "mean x", "there is one row"),
        (
            "small.csv",
            "mean x --cluster x --group g",
            "there is one cluster of the group `c`",
        ),
        (
            "small.csv",
            "mean x --cluster c --group g",
            "cluster `p` has rows of the groups `a` and `b`",
        ),
        (
            "small.csv",
            "mean x --scheme moving-block --block 6",
            "blocks of 6 rows are longer than the series of 5 rows",
        ),
        (
            "small.csv",
            "mean x --scheme moving-block --block 2.5",
            "whole numbers of rows",
        ),
        (
            "small.csv",
            "mean x --scheme stationary",
            "no block length of its own",
        ),
        ("small.csv", "mean x --block 2", "`iid` has no blocks"),
        ("small.csv", "mean x --scheme cluster", "none are named"),
        (
            "small.csv",
            "mean x --scheme m-out-of-n",
            "from 2 to all 5 rows",
        ),
        (
            "small.csv",
            "mean x --size 3",
            "`iid` draws as many as there are",
        ),
        (
            "small.csv",
            "mean x --scheme m-out-of-n --size 3 --interval bca",
            "no corrected",
        ),
        (
            "small.csv",
            "median x --interval percentile-t",
            "a standard error of each draw",
        ),
        (
            "small.csv",
            "mean x --scheme iid --cluster c",
            "clusters are resampled whole",
        ),
        ("small.csv", "mean z", "there is no column `z`"),
        ("small.csv", "mean g", "not a column of numbers"),
        ("small.csv", "maen x", "Did you mean `mean`?"),
        ("small.csv", "pearson x", "takes two columns"),
        ("small.csv", "ols x", "`~`"),
        (
            "small.csv",
            "difference-of-means x --group g",
            "there are 3",
        ),
        (
            "small.csv",
            "difference-of-means x --group g --groups a,z",
            "there is no group `z`",
        ),
        ("small.csv", "mean x --interval bcaa", "Did you mean `bca`?"),
        (
            "small.csv",
            "mean x --scheme blocks",
            "there is no scheme `blocks`",
        ),
        ("small.csv", "mean x --coefficient y", "has no coefficients"),
        (
            "small.csv",
            "mean x --scheme wild",
            "weight the residuals of a regression",
        ),
        (
            "small.csv",
            "ols y~x --scheme wild-cluster",
            "none are named",
        ),
        (
            "small.csv",
            "ols y~x --scheme wild --group g",
            "keep all rows in their place",
        ),
        (
            "small.csv",
            "ols y~x --scheme wild --interval bca",
            "wild schemes test",
        ),
        (
            "small.csv",
            "ols y~x --interval inversion",
            "inverts the tests of wild schemes",
        ),
        (
            "small.csv",
            "ols y~x --scheme wild --weights web",
            "Did you mean `webb`?",
        ),
        (
            "small.csv",
            "median x --scheme bayesian",
            "lies between two values",
        ),
        ("small.csv", "sd x --scheme bayesian", "divides by n - 1"),
        (
            "small.csv",
            "trimmed-mean x --scheme bayesian",
            "leaves out a number of values",
        ),
        (
            "small.csv",
            "mean x --scheme bayesian --interval bca",
            "a posterior one",
        ),
        (
            "small.csv",
            "mean x --scheme bayesian --block 2",
            "`bayesian` has no blocks",
        ),
        ("flat.csv", "ols y~x --scheme wild", "collinear"),
        ("flat.csv", "sharpe x", "it divides by is zero"),
        ("flat.csv", "pearson x y", "it divides by is zero"),
    ] {
        let args: Vec<&str> = args.split_whitespace().collect();
        let said = refused(file, &args);
        assert!(said.contains(says), "{args:?}: {said}");
    }
    let said = refused("small.csv", &["ols", "y ~ x", "--coefficient", "z"]);
    assert!(said.contains("It has `(intercept)`, `x`."), "{said}");
}

/// Constant data, a jackknife in which nothing differs, and draws without a value have stated rules.
#[test]
fn degenerate_data_have_stated_rules() {
    let of = |values: Vec<f64>, spec: BootstrapSpec| {
        let table = DataTable::of([DataColumn::numbers("flow", values)]).expect("a table");
        bootstrap(table, spec, &RunOptions::default()).remove(0)
    };
    let flat = of(vec![2.5; 8], of_nile("mean"));
    assert_eq!(
        (flat.standard_error, flat.interval_low, flat.interval_high),
        (Some(0.0), Some(2.5), Some(2.5))
    );
    assert!(
        flat.interval_reason
            .expect("a reason")
            .contains("taken as 0")
    );
    let flat = of(vec![2.5; 8], of_nile("variance"));
    assert_eq!((flat.observed, flat.standard_error), (Some(0.0), Some(0.0)));
    // Leaving one out never changes the median.
    let same = of(vec![1.0, 3.0, 3.0, 3.0, 9.0], of_nile("median"));
    assert!(
        same.interval_reason
            .expect("a reason")
            .contains("taken as 0")
    );
    assert_eq!(same.engine, "binomial");
    // A draw of one value alone has no Sharpe ratio: 2 of 4 draws of two rows.
    let pair = BootstrapSpec {
        draws: 4_000,
        ..of_nile("sharpe")
    };
    let pair = of(vec![1.0, 2.0], pair);
    let undefined = pair.undefined.expect("it was drawn") as f64;
    assert!(
        (undefined - 2_000.0).abs() < 4.5 * 1_000f64.sqrt(),
        "{undefined}"
    );
    // A line has no errors to studentize by.
    let line = |name| DataColumn::numbers(name, (0..9).map(|i| f64::from(i * i)).collect());
    let table = DataTable::of([line("x"), line("y")]).expect("a table");
    let pearson = BootstrapStatistic::find("pearson").expect("a statistic");
    let spec = BootstrapSpec {
        intervals: vec![IntervalKind::PercentileT],
        draws: 500,
        ..BootstrapSpec::new(pearson, ["x", "y"])
    };
    let row = bootstrap(table, spec, &RunOptions::default()).remove(0);
    assert_eq!((row.observed, row.interval_low), (Some(1.0), None));
    assert!(row.interval_reason.is_some() && row.undefined == Some(500));
    let block = BootstrapSpec {
        scheme: Some(SchemeName::MovingBlock),
        block: Some(Block::Rows(4.0)),
        ..of_nile("mean")
    };
    // One block is the series itself, every time.
    let whole = of(vec![1.0, 2.0, 5.0, 3.0], block);
    assert_eq!(
        (whole.standard_error, whole.interval_low),
        (Some(0.0), Some(2.75))
    );
}
