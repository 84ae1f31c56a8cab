//! Size and power: every null design at its level on data that satisfy it, what dependence does, and the
//! same answers on any number of threads.

use std::collections::BTreeMap;

use crate::folder::{Folder, STUDY};
use placebo::campaign::power::{PowerOptions, SeriesLaw, power};
use placebo::report::{PowerReport, PowerRow};
use placebo::study::Study;

const LEVELS: [f64; 2] = [0.05, 0.1];

fn options(law: SeriesLaw, effects: &[f64], sets: u64) -> PowerOptions {
    PowerOptions {
        effects: effects.to_vec(),
        sets,
        draws: 99,
        levels: LEVELS.to_vec(),
        law,
        group: None,
        threads: None,
    }
}

fn run(study: &Study, options: &PowerOptions) -> PowerReport {
    power(study, options, &mut |_, _| true).unwrap()
}

fn calibration() -> Study {
    let mut study = Study::open("benches/calibration.toml").unwrap();
    study.run.enumerate = 0;
    study
}

/// Rates of the rows that `keep` keeps, by test and level.
fn rates(
    report: &PowerReport,
    keep: impl Fn(&PowerRow) -> bool,
) -> BTreeMap<(usize, u64), Vec<f64>> {
    let mut rates: BTreeMap<(usize, u64), Vec<f64>> = BTreeMap::new();
    for row in report.results.iter().filter(|row| keep(row)) {
        let key = (row.test, row.level.to_bits());
        rates.entry(key).or_default().push(row.rate);
    }
    rates
}

/// With events drawn by the design, p is at most a level in at most that share of the data sets: for
/// means, medians and regressions of every design within 3 standard errors on average and 4.5 in each
/// row, for families within 3; p-values with ties split at random are uniform. Without adjustment some
/// member of a family rejects far more often.
#[test]
fn every_design_keeps_its_level() {
    const SETS: u64 = 240;
    let report = run(&calibration(), &options(SeriesLaw::Own, &[0.0], SETS));
    let error = |level: f64| (level * (1.0 - level) / SETS as f64).sqrt();
    for statistic in ["mean-change", "median-change", "overlap-regression"] {
        for ((test, level), rates) in rates(&report, |row| row.statistic == statistic) {
            let level = f64::from_bits(level);
            let mean = rates.iter().sum::<f64>() / rates.len() as f64;
            let name = format!("[[test]] {test}, {statistic} at {level}");
            assert!(mean <= level + 3.0 * error(level), "{name}: {mean}");
            let most = rates.iter().copied().fold(0.0, f64::max);
            assert!(most <= level + 4.5 * error(level), "{name}: {most}");
        }
    }
    for correction in ["p_maxt", "p_maxt_step", "p_minp", "p_minp_step"] {
        let of = rates(&report, |row| row.statistic == correction);
        assert_eq!(of.len(), 12 * LEVELS.len());
        for ((test, level), rates) in of {
            let level = f64::from_bits(level);
            let name = format!("[[test]] {test}, {correction} at {level}: {rates:?}");
            assert!(rates[0] <= level + 3.0 * error(level), "{name}");
        }
    }
    for (_, rates) in rates(&report, |row| row.statistic == "unadjusted") {
        assert!(rates[0] > 0.15, "{rates:?}");
    }
    // 528 tests of uniformity, each counted at two levels.
    let least = report
        .results
        .iter()
        .filter_map(|row| row.uniformity)
        .fold(1.0, f64::min);
    assert!(least > 1e-5, "{least}");
}

/// With the real, clustered events a changed date is not like another, whatever the series: regressions
/// reject too often under `uniform`, while rotations, which keep the pattern, keep their level.
#[test]
fn clustered_events_break_what_moves_them_apart() {
    let mut study = calibration();
    let (uniform, rotations) = (0, study.tests.len() - 1);
    study.tests = vec![study.tests[uniform].clone(), study.tests[rotations].clone()];
    for test in &mut study.tests {
        test.family = None;
    }
    let report = run(&study, &options(SeriesLaw::Iid, &[0.0], 600));
    let of = rates(&report, |row| {
        row.statistic == "overlap-regression" && row.group == "open"
    });
    let mean = |test: usize| {
        let rates = &of[&(test, LEVELS[1].to_bits())];
        rates.iter().sum::<f64>() / rates.len() as f64
    };
    assert!(mean(1) > 0.115, "{}", mean(1));
    assert!(
        mean(2) < 0.1 + 3.0 * (0.09f64 / 600.0).sqrt(),
        "{}",
        mean(2)
    );
}

/// Power rises with the effect, slower than it would if placebo windows did not meet planted steps, too;
/// a data set does not depend on the threads.
#[test]
fn power_rises_with_the_effect() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.tests.truncate(1);
    let effects = [0.0, 10.0, 30.0, 100.0];
    let mut asked = options(SeriesLaw::Own, &effects, 128);
    let report = run(&study, &asked);
    let of = |effect: f64, statistic: &str| {
        let rows = report
            .results
            .iter()
            .filter(|row| row.effect == effect && row.level == 0.05 && row.statistic == statistic);
        let rates: Vec<f64> = rows.map(|row| row.rate).collect();
        assert_eq!(rates.len(), 7);
        rates.iter().sum::<f64>() / 7.0
    };
    for statistic in ["mean-change", "median-change"] {
        let rates = effects.map(|effect| of(effect, statistic));
        assert!(rates.is_sorted(), "{rates:?}");
        assert!(rates[0] < 0.1 && rates[3] > 0.6, "{rates:?}");
    }
    asked.threads = Some(1);
    assert_eq!(run(&study, &asked).results, report.results);
}

#[test]
fn what_cannot_be_simulated() {
    let folder = Folder::with(&[("study.toml", STUDY)]);
    let refused = |args: &[&str], part: &str| {
        let output = folder.placebo(&[&["power", "study.toml"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(part), "`{part}` is not in {error}");
    };
    refused(&["--series", "ar:1.5"], "ar:PHI");
    refused(&["--series", "garch:0.5,0.6"], "together below 1");
    refused(&["--level", "1.5"], "between 0 and 1");
    refused(&["--group", "speeches"], "no event of a test is of group");
    let signs = STUDY.replace("window", "null = \"signs\"\nwindow");
    let folder = Folder::with(&[("study.toml", &signs)]);
    let output = folder.placebo(&["power", "study.toml", "--effect", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("--series iid")
    );
}

/// Labels dealt anew belong to the events that count, on the rows where they stand: a moved event and one
/// that is dropped change nothing but the dates, and sizes keep their level.
#[test]
fn labels_of_counted_events() {
    let events = "date,kind\n2024-01-01,a\n2024-01-03,a\n2024-01-04,b\n2024-01-05,a\n2024-01-06,b\n\
                  2024-01-07,b\n2024-01-08,a\n";
    let study = |events_keys: &str| {
        let text = STUDY
            .replace(
                "file = \"events.csv\"",
                &format!("file = \"events.csv\"\ngroup = \"kind\"\n{events_keys}"),
            )
            .replace("window", "null = \"labels\"\nwindow");
        let folder = Folder::with(&[("study.toml", &text), ("events.csv", events)]);
        let args = [
            "power",
            "study.toml",
            "--sets",
            "300",
            "--draws",
            "99",
            "--format",
            "csv",
        ];
        let output = folder.placebo(&args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    // The first event has no whole window; moved by a day, the last one has none either.
    let dropped = study("incomplete = \"drop\"");
    let moved = study("incomplete = \"drop\"\nshift = 1");
    for csv in [&dropped, &moved] {
        let mut rows = 0;
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let (level, rate): (f64, f64) =
                (cells[12].parse().unwrap(), cells[15].parse().unwrap());
            assert!(
                rate <= level + 3.0 * (level * (1.0 - level) / 300.0).sqrt(),
                "{line}"
            );
            rows += 1;
        }
        assert_eq!(rows, 4 * 3);
    }
}
