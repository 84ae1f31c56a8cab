//! Ranges of a bootstrap's draws, and rows of several files, in files: merged they are one shot, and what does not belong
//! is refused.

use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use placebo::bootstrap::Bootstrap;
use placebo::load::{DataTable, Source};
use placebo::question::resample::{BootstrapSpec, BootstrapStatistic, SchemeName};
use placebo::resample::{IntervalKind, Weights};
use placebo::run::RunOptions;
use serde_json::Value;

const DATA: [&str; 4] = [
    "nile.csv",
    "tables/states.csv",
    "tables/sleep.csv",
    "tables/asat.csv",
];

/// A folder with the data, for files beside them.
fn with_data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in DATA {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(file);
        let name = from.file_name().expect("a name").to_owned();
        std::fs::copy(from, folder.path().join(name)).expect("it is copied");
    }
    folder
}

fn placebo(folder: &Path, args: &[&str]) -> Output {
    let mut command = cargo_bin_cmd!("placebo");
    command.current_dir(folder).args(args).arg("--quiet");
    command.output().expect("it runs")
}

/// What it prints, as it stands there, and how it came about.
fn results(output: &Output) -> (String, Value) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(report["manifest"]["complete"], true);
    (report["results"].to_string(), report["manifest"].clone())
}

fn part(folder: &Path, asked: &[&str], file: &str, more: &[&str]) {
    let output = placebo(folder, &[asked, &["--tally", file], more].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && output.stdout.is_empty(),
        "{asked:?} {said}"
    );
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let output = placebo(folder, args);
    let said = String::from_utf8(output.stderr).expect("it is text");
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(output.stdout.is_empty());
    said
}

fn words(asked: &str) -> Vec<&str> {
    let parts = asked.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    std::iter::once("bootstrap").chain(words).collect()
}

/// The rows of merged ranges are those of one shot to the last digit, whatever the devices.
#[test]
fn merged_ranges_are_one_shot() {
    let folder = with_data();
    let folder = folder.path();
    for (number, asked) in [
        "nile.csv sharpe flow --interval percentile,basic,normal,bc,bca,percentile-t --draws 5000",
        "nile.csv mean flow --scheme stationary --block 7 --draws 4000",
        "nile.csv median flow --scheme moving-block --block 9 --draws 3000",
        "states.csv ols 'y ~ treated + x' --draws 3000 --cluster state",
        "states.csv ols 'y ~ treated + x' --draws 3000 --scheme wild --weights webb",
        "states.csv ols 'y ~ x' --draws 3000 --scheme wild --cluster state --exact never",
        "asat.csv ratio-of-means asat --group group --scheme bayesian --draws 3000",
        "asat.csv difference-of-means asat --group group --scheme poisson --draws 3000",
        // More than are kept: a normal interval takes sums alone.
        "sleep.csv sd first second --draws 1100000 --interval normal",
    ]
    .into_iter()
    .enumerate()
    {
        let asked = words(asked);
        let (expected, _) = results(&placebo(
            folder,
            &[&asked[..], &["--format", "json"]].concat(),
        ));
        let name = |of: &str| format!("{number}-{of}");
        let (a, b, c) = (name("a"), name("b"), name("c"));
        part(folder, &asked, &a, &["--range", "0..1", "--device", "cpu"]);
        part(
            folder,
            &asked,
            &b,
            &["--range", "1..1700", "--device", "gpu", "--threads", "1"],
        );
        let draws = asked[asked
            .iter()
            .position(|w| *w == "--draws")
            .expect("it is there")
            + 1];
        part(folder, &asked, &c, &["--range", &format!("1700..{draws}")]);
        let merged = placebo(folder, &["merge", &c, &a, &b, "--format", "json"]);
        let (found, manifest) = results(&merged);
        assert_eq!(found, expected, "{asked:?}");
        assert_eq!(manifest["draws"], draws.parse::<u64>().expect("a number"));
        assert_eq!(manifest["data"].as_array().map(Vec::len), Some(1));
    }
    // Shares of an array of tasks, in any form of results.
    let asked = words("nile.csv sharpe flow --draws 3001");
    for shard in ["1/3", "2/3", "3/3"] {
        part(
            folder,
            &asked,
            &shard.replace('/', "of"),
            &["--shard", shard],
        );
    }
    for form in [&["--format", "csv"][..], &["--format", "json"]] {
        let merged = placebo(folder, &[&["merge", "3of3", "1of3", "2of3"], form].concat());
        let one_shot = placebo(folder, &[&asked, form].concat());
        match form[1] {
            "csv" => assert_eq!(merged.stdout, one_shot.stdout),
            _ => assert_eq!(results(&merged).0, results(&one_shot).0),
        }
    }
    // A file of another name with the same bytes.
    std::fs::rename(folder.join("nile.csv"), folder.join("river.csv")).expect("it is moved");
    let merged = [
        "merge",
        "1of3",
        "2of3",
        "3of3",
        "--data",
        "river.csv",
        "--format",
        "json",
    ];
    results(&placebo(folder, &merged));
    let said = refused(
        folder,
        &["merge", "1of3", "2of3", "3of3", "--data", "sleep.csv"],
    );
    assert!(said.contains("there is no column `flow`"), "{said}");
}

#[test]
fn what_does_not_belong_is_refused() {
    let folder = with_data();
    let folder = folder.path();
    let asked = words("nile.csv sharpe flow --draws 1000");
    part(folder, &asked, "half", &["--range", "0..500"]);
    part(folder, &asked, "rest", &["--range", "600..1000"]);
    part(folder, &asked, "more", &["--range", "400..600"]);
    part(
        folder,
        &words("nile.csv sd flow --draws 1000"),
        "sd",
        &["--range", "500..1000"],
    );
    part(
        folder,
        &words("nile.csv sharpe flow --draws 2000"),
        "many",
        &["--range", "500..1000"],
    );
    part(
        folder,
        &[&asked[..], &["--seed", "2"]].concat(),
        "seed",
        &["--range", "500..1000"],
    );
    part(
        folder,
        &[&asked[..], &["--level", "0.9"]].concat(),
        "level",
        &["--range", "500..1000"],
    );
    let study = [
        "run",
        "andrews-farboodi",
        "--draws",
        "100",
        "--tally",
        "study",
        "--quiet",
    ];
    assert!(
        cargo_bin_cmd!("placebo")
            .current_dir(folder)
            .args(study)
            .output()
            .expect("it runs")
            .status
            .success()
    );
    let text = std::fs::read_to_string(folder.join("half")).expect("it is there");
    std::fs::write(folder.join("torn"), &text[..text.len() / 2]).expect("it is written");
    std::fs::write(
        folder.join("changed"),
        text.replacen("\"undefined\":0", "\"undefined\":1", 1),
    )
    .expect("it is written");
    for (files, says) in [
        (&["half", "rest"][..], "no file has the draws 500..600"),
        (
            &["half", "more", "rest"],
            "more: draws 0..500 are counted already in half",
        ),
        (
            &["half", "sd"],
            "sd: it answers another question than half: it is sd of flow",
        ),
        (&["half", "many"], "it is part of 2000 draws, not 1000"),
        (&["half", "seed"], "its seed is 2, not 1"),
        (&["half", "level"], "their flags differ"),
        (&["half", "study"], "study: this is no part of a bootstrap"),
        (&["study", "half"], "study: this is no part of a bootstrap"),
        (&["half", "torn"], "torn: this is no part of a bootstrap"),
        (
            &["half", "changed"],
            "the part is damaged: its checksum does not fit",
        ),
        (&["half", "--details"], "--details"),
        (&["half", "--sets", "x"], "--sets"),
    ] {
        let said = refused(folder, &[&["merge"], files].concat());
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(says), "{files:?}: {said}");
    }
    let wide = |of: &dyn Fn(usize) -> String| (0..65).map(of).collect::<Vec<_>>().join(",");
    let rows = [0, 1, 2].map(|row| wide(&|column| format!("{}", column * row)));
    let text = format!(
        "{}\n{}\n",
        wide(&|column| format!("x{column}")),
        rows.join("\n")
    );
    std::fs::write(folder.join("wide.csv"), text).expect("it is written");
    for (asked, more, says) in [
        (
            "nile.csv mean flow",
            &[][..],
            "exact laws answer this bootstrap, and nothing is drawn",
        ),
        (
            "states.csv ols 'y ~ x' --scheme wild --cluster state",
            &[],
            "the 1024 signs of the 10 clusters are all made once",
        ),
        (
            "nile.csv sharpe flow --draws 1048577",
            &[],
            "further passes over all of them",
        ),
        (
            "wide.csv sd x* --draws 1048576",
            &[],
            "a part would hold 68157440 replicates",
        ),
        (
            "nile.csv sharpe flow --draws 100",
            &["--range", "0..101"],
            "the bootstrap has 100 draws",
        ),
        ("nile.csv sharpe flow --index 3", &[], "cannot be used with"),
        (
            "nile.csv sharpe flow --format json",
            &[],
            "cannot be used with",
        ),
    ] {
        let asked = words(asked);
        let said = refused(folder, &[&asked[..], &["--tally", "x"], more].concat());
        assert!(said.contains(says), "{asked:?}: {said}");
    }
    let text = std::fs::read_to_string(folder.join("nile.csv")).expect("it is there");
    std::fs::write(folder.join("nile.csv"), text.replace("1120", "1121")).expect("it is written");
    let said = refused(folder, &["merge", "half"]);
    assert!(said.contains("nile.csv is not what it was"), "{said}");
}

/// Stopped again and again, and begun anew each time; then with more draws.
#[test]
fn a_bootstrap_goes_on_where_it_was_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let bootstrap = |draws, wild: bool| {
        let source =
            Source::Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tables"));
        let table = DataTable::read(&source, "states.csv", &|_| true).expect("it is there");
        let spec = BootstrapSpec::new(BootstrapStatistic::Ols, ["y ~ treated + x"]);
        let spec = match wild {
            true => BootstrapSpec {
                scheme: Some(SchemeName::Wild),
                weights: Weights::Mammen,
                draws,
                ..spec
            },
            false => BootstrapSpec {
                intervals: vec![IntervalKind::Bca, IntervalKind::PercentileT],
                draws,
                ..spec
            },
        };
        Bootstrap::of(table, spec)
    };
    let options = RunOptions::default();
    for (wild, name) in [(false, "rows"), (true, "wild")] {
        let at = folder.path().join(name);
        let one_shot = |draws| {
            let report = bootstrap(draws, wild).run(&options, &mut |_, _| true);
            report.expect("it runs").results
        };
        let of = bootstrap(9_000, wild);
        let (mut stops, mut done) = (0, 0);
        let report = loop {
            let mut first = None;
            let mut tell = |done: u64, all: u64| done < *first.get_or_insert(done) + all / 7;
            let part = of
                .part_kept(&at, 0..9_000, &options, &mut tell)
                .expect("it runs");
            assert!(part.draws() > done, "it does not go on");
            done = part.draws();
            let report = of.report_of(part).expect("it reports");
            if report.manifest.complete {
                break report;
            }
            stops += 1;
        };
        assert!(stops >= 2, "{stops}");
        assert_eq!(report.results, one_shot(9_000), "{name}");
        let more = bootstrap(12_000, wild);
        let part = more
            .part_kept(&at, 0..12_000, &options, &mut |_, _| true)
            .expect("it runs");
        assert_eq!(
            more.report_of(part).expect("it reports").results,
            one_shot(12_000)
        );
        let other = bootstrap(12_000, !wild).part_kept(&at, 0..12_000, &options, &mut |_, _| true);
        let error = other.expect_err("it is another bootstrap").to_string();
        assert!(
            error.contains("it keeps the draws of another bootstrap"),
            "{error}"
        );
        let few = bootstrap(9_000, wild).part_kept(&at, 0..9_000, &options, &mut |_, _| true);
        assert!(few.is_err(), "it keeps more");
    }
    let folder = with_data();
    let asked = words("nile.csv sharpe flow --draws 2000 --checkpoint kept --format json");
    let once = results(&placebo(folder.path(), &asked));
    assert_eq!(results(&placebo(folder.path(), &asked)).0, once.0);
}

/// Poisson draws of the rows of three files, put together, are those of the joined file.
#[test]
fn rows_of_several_files_are_those_of_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rows: Vec<String> = (0..90)
        .map(|i| {
            // Whole numbers in the first file, then one decimal, then three.
            let y = match i / 30 {
                0 => format!("{}", i * i % 23),
                1 => format!("{}.{}", i % 17, i % 10),
                _ => format!("{}.{:03}", i % 13, i * 37 % 1000),
            };
            format!("{y},{}.5,{}", i * 7 % 11, 3 + i % 4)
        })
        .collect();
    let write = |name: &str, rows: &[String]| {
        std::fs::write(folder.join(name), format!("y,x,z\n{}\n", rows.join("\n")))
            .expect("it is written");
    };
    write("all.csv", &rows);
    let files = [
        ("a.csv", 0..30, "1"),
        ("b.csv", 30..43, "31"),
        ("c.csv", 43..90, "44"),
    ];
    for (name, of, _) in &files {
        write(name, &rows[of.clone()]);
    }
    for asked in [
        "mean y x --interval percentile,basic,normal,bc",
        "sharpe x --interval percentile",
        "ratio-of-means y z --interval basic",
        "difference-of-means y z --interval basic",
        "pearson y x --interval percentile",
        "ols 'y ~ x + z' --interval percentile,normal",
    ] {
        let flags = format!("{asked} --scheme poisson --draws 2000 --seed 4");
        let of_file = |file: &str| format!("{file} {flags}");
        let one = of_file("all.csv");
        let one = words(&one);
        let (expected, _) = results(&placebo(
            folder,
            &[&one[..], &["--format", "json"]].concat(),
        ));
        for (file, _, first) in &files {
            let asked = of_file(file);
            part(
                folder,
                &words(&asked),
                &format!("{file}.part"),
                &["--first-row", first],
            );
        }
        let merge = [
            "merge",
            "c.csv.part",
            "a.csv.part",
            "b.csv.part",
            "--format",
            "json",
        ];
        let (found, manifest) = results(&placebo(folder, &merge));
        assert_eq!(found, expected, "{asked}");
        assert_eq!(manifest["data"].as_array().map(Vec::len), Some(3));
        assert_eq!(manifest["schemes"][0]["rows"], 90);
    }
    let gap = refused(folder, &["merge", "a.csv.part", "c.csv.part"]);
    assert!(gap.contains("no part has the rows 31 to 43"), "{gap}");
    let asked = words(
        "b.csv ols 'y ~ x + z' --interval percentile,normal --scheme poisson --draws 2000 --seed 4",
    );
    part(folder, &asked, "twice", &["--first-row", "30"]);
    let twice = refused(folder, &["merge", "a.csv.part", "twice"]);
    assert!(
        twice.contains("its rows from 30 are in a.csv.part already"),
        "{twice}"
    );
    let other = words(
        "b.csv ols 'y ~ x + z' --interval percentile,normal --scheme poisson --draws 2000 --seed 5",
    );
    part(folder, &other, "other", &["--first-row", "31"]);
    let said = refused(folder, &["merge", "a.csv.part", "other"]);
    assert!(
        said.contains("other: it is of another bootstrap than a.csv.part"),
        "{said}"
    );
    // A third is no decimal: steps of both are steps of a finer scale, while sums are no longer than 128 bits.
    let third = format!("y\n{}\n0.25\n", 1.0 / 3.0);
    std::fs::write(folder.join("third.csv"), third).expect("it is written");
    for statistic in ["sd", "mean"] {
        for (file, first) in [("b.csv", "1"), ("third.csv", "14")] {
            let asked =
                format!("{file} {statistic} y --interval basic --scheme poisson --draws 50");
            let file = format!("{first}.of");
            part(folder, &words(&asked), &file, &["--first-row", first]);
        }
        let merge = ["merge", "1.of", "14.of", "--format", "json"];
        if statistic == "sd" {
            let said = refused(folder, &merge);
            assert!(
                said.contains("the sums of y have more than 125 bits"),
                "{said}"
            );
            continue;
        }
        let (found, _) = results(&placebo(folder, &merge));
        let rows: Value = serde_json::from_str(&found).expect("it is JSON");
        let sum: f64 = (30..43)
            .map(|i| f64::from(i % 17) + f64::from(i % 10) / 10.0)
            .sum();
        let mean = (sum + 1.0 / 3.0 + 0.25) / 15.0;
        assert!((rows[0]["observed"].as_f64().expect("a number") - mean).abs() < 1e-14);
    }
    let said = refused(folder, &["merge", "1.of", "14.of", "--data", "a.csv"]);
    assert!(said.contains("no file is read"), "{said}");
    part(
        folder,
        &words("a.csv mean y --interval basic --scheme poisson --draws 50"),
        "range",
        &[],
    );
    let said = refused(folder, &["merge", "1.of", "range"]);
    assert!(
        said.contains("it has a range of the draws of one file"),
        "{said}"
    );
    for (asked, says) in [
        ("mean y --scheme poisson", "`bca` takes the rows themselves"),
        ("mean y", "under `poisson` alone"),
        (
            "median y --scheme poisson --interval basic",
            "takes all values in their order",
        ),
        (
            "mean y --scheme poisson --interval basic --group z",
            "--group may say the same of rows",
        ),
        (
            "mean y --scheme poisson --interval basic --cluster z",
            "--cluster may say the same of rows",
        ),
        (
            "mean y --scheme poisson --interval basic --shard 1/2",
            "each makes all draws",
        ),
        (
            "mean y --scheme poisson --interval basic --draws 2000000",
            "1048576 are at most",
        ),
    ] {
        let asked = format!("a.csv {asked} --first-row 7 --tally x");
        let said = refused(folder, &words(&asked));
        assert!(said.contains(says), "{asked}: {said}");
    }
    let said = refused(
        folder,
        &words("a.csv mean y --scheme poisson --first-row 7"),
    );
    assert!(said.contains("--tally"), "{said}");
}
