//! Permutation tests of tables: published values, those of other programs, and brute force.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::folder::Folder;
use placebo::load::{DataColumn, DataTable, Source};
use placebo::plan::Convention;
use placebo::question::table::{Missing, TableNull, TableSpec, TableStatistic, Ties};
use placebo::report::{ResultRow, TableReport};
use placebo::run::RunOptions;
use placebo::table_test::TableTest;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

pub fn on(device: &str) -> RunOptions {
    RunOptions {
        device: device.parse().expect("a device"),
        ..RunOptions::default()
    }
}

pub fn spec(formula: &str, statistic: &str) -> TableSpec {
    TableSpec {
        statistics: statistic
            .split(',')
            .filter(|name| !name.is_empty())
            .map(|name| TableStatistic::find(name).expect("a statistic"))
            .collect(),
        ..TableSpec::new(formula)
    }
}

pub fn run(file: &str, spec: &TableSpec, device: &str) -> TableReport {
    let source = Source::Folder(folder().join("data/tables"));
    let test = TableTest::read(&source, file, spec.clone()).expect("the table is read");
    test.run(&on(device), &mut |_, _| true)
        .expect("the test runs")
}

pub fn row(file: &str, spec: &TableSpec, device: &str) -> ResultRow {
    let mut report = run(file, spec, device);
    assert_eq!(report.results.len(), 1, "{:#?}", report.results);
    report.results.remove(0)
}

pub fn counts(row: &ResultRow) -> [Option<u64>; 3] {
    [row.below, row.equal, row.above]
}

/// The lines of a reference file, cell by cell.
pub fn reference(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join("reference").join(file)).expect("it is there");
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

const BOTH: [&str; 2] = ["cpu", "gpu"];

/// Fisher's tea, Darwin's maize with its interval, Gerber and Green's table, Ansari's scores with ties, and
/// correlations that floats would not tie.
#[test]
fn known_answers_to_the_integer() {
    for device in BOTH {
        let tea = row("tea.csv", &spec("poured ~ told", ""), device);
        assert_eq!(counts(&tea), [53, 16, 1].map(Some));
        assert_eq!(tea.p_upper, Some(17.0 / 70.0));

        let mut maize = spec("d ~ 1", "");
        maize.interval = Some(0.95);
        let maize = row("maize.csv", &maize, device);
        assert_eq!(maize.p_upper, Some(863.0 / 32768.0));
        assert_eq!(maize.p, Some(1726.0 / 32768.0));
        assert_eq!(maize.draws, Some(32768));
        let ends = [maize.interval_low, maize.interval_high].map(Option::unwrap);
        assert!(
            (ends[0] + 1.0 / 6.0).abs() < 1e-12 && (ends[1] - 41.0).abs() < 1e-12,
            "{ends:?}"
        );

        let mut gerber = spec("y ~ z", "");
        let one = row("gerber_green.csv", &gerber, device);
        assert_eq!(counts(&one), [16, 3, 2].map(Some));
        assert_eq!((one.p_upper, one.p), (Some(5.0 / 21.0), Some(10.0 / 21.0)));
        gerber.convention = Some(Convention::Symmetric);
        assert_eq!(row("gerber_green.csv", &gerber, device).p, Some(8.0 / 21.0));

        let mut ansari = spec("v ~ g", "ansari-bradley");
        ansari.ties = Ties::MidRanks;
        let ansari = row("ansari.csv", &ansari, device);
        assert_eq!(
            (ansari.observed, ansari.p_lower),
            (Some(7.5), Some(7.0 / 35.0))
        );

        let near = row("near_ties.csv", &spec("y ~ x", ""), device);
        assert_eq!(near.p_upper, Some(4.0 / 24.0));
        assert!((near.observed.unwrap() - 0.8).abs() < 1e-12);
    }
}

/// The file, the formula and the statistic of an answer of SciPy's.
fn asked(name: &str) -> (&'static str, TableSpec) {
    let spec = |formula: &str| {
        let known = TableStatistic::all().any(|statistic| statistic.name() == name);
        spec(formula, if known { name } else { "" })
    };
    match name {
        "pearson" | "spearman" | "kendall" => ("pairs.csv", spec("y ~ x")),
        "f" | "kruskal-wallis" | "jonckheere-terpstra" => ("three.csv", spec("v ~ h")),
        "chi-squared" | "linear-by-linear" => ("categories.csv", spec("c ~ h")),
        "within" => ("design.csv", spec("o ~ t | s")),
        "by cluster" | "within, by cluster" => {
            let mut spec = spec(if name == "by cluster" {
                "o ~ t"
            } else {
                "o ~ t | s"
            });
            spec.cluster = Some("k".into());
            ("design.csv", spec)
        }
        "signs" => ("design.csv", spec("d ~ 1")),
        "signs by cluster" => {
            let mut spec = spec("d ~ 1");
            spec.cluster = Some("k".into());
            ("design.csv", spec)
        }
        "one-sample student-t" => ("design.csv", self::spec("d ~ 1", "student-t")),
        "circular-shift pearson" => {
            let mut spec = self::spec("o ~ d", "pearson");
            spec.null = Some(TableNull::CircularShift);
            ("design.csv", spec)
        }
        _ => ("two.csv", spec("z ~ g")),
    }
}

/// All arrangements made one by one, by `table_scipy.py`.
#[test]
fn enumerations_are_those_of_scipy() {
    let lines = reference("table_scipy.tsv");
    assert!(lines.len() > 20);
    for line in lines {
        let [name, observed, below, equal, above] = &line[..] else {
            panic!("{line:?}");
        };
        let (file, spec) = asked(name);
        for device in BOTH {
            let row = row(file, &spec, device);
            let expected: Vec<Option<u64>> = [below, equal, above]
                .map(|count| count.parse().ok())
                .to_vec();
            assert_eq!(
                counts(&row).to_vec(),
                expected,
                "{name} on {device}: {row:#?}"
            );
            let (found, observed) = (row.observed.unwrap(), observed.parse::<f64>().unwrap());
            let close = (found - observed).abs() <= 1e-9 * observed.abs().max(1.0);
            assert!(close, "{name}: {found} is not {observed}");
            assert_eq!(row.engine, "enumeration");
        }
    }
}

/// Exact p-values of R's coin, by `table_coin.R`.
#[test]
fn exact_p_values_are_those_of_coin() {
    let mut found: HashMap<String, ResultRow> = HashMap::new();
    let lines = reference("table_coin.tsv");
    assert!(lines.len() > 40);
    for line in lines {
        let [name, tail, p] = &line[..] else {
            panic!("{line:?}");
        };
        // By default coin's Savage scores of tied rows are neither the mean of their positions' nor that
        // of their mid-rank.
        if name == "plants savage" {
            continue;
        }
        let parts: Vec<&str> = name.split(' ').collect();
        let row = found.entry(name.clone()).or_insert_with(|| {
            let (file, formula) = match parts[0] {
                "rotarod" => ("rotarod.csv", "time ~ group"),
                "asat" => ("asat.csv", "asat ~ group"),
                "insects" => ("insects.csv", "count ~ spray"),
                "plants" => ("plants.csv", "weight ~ group"),
                "sleep" => ("sleep.csv", "second - first ~ 1"),
                _ => ("breaks.csv", "breaks ~ tension | wool"),
            };
            let statistic = parts
                .iter()
                .find(|part| TableStatistic::all().any(|statistic| statistic.name() == **part));
            let mut spec = spec(formula, statistic.expect("a statistic"));
            spec.convention = Some(Convention::Symmetric);
            // Which coin takes where it is not told.
            if parts.contains(&"mid-ranks") || parts[0] == "plants" {
                spec.ties = Ties::MidRanks;
            }
            self::row(file, &spec, "cpu")
        });
        // Small scores of Ansari's and Bradley's are a large dispersion, which coin asks about.
        let turned = name.contains("ansari");
        let answer = match (tail.as_str(), turned) {
            ("less", false) | ("greater", true) => row.p_lower,
            ("greater", false) | ("less", true) => row.p_upper,
            _ => row.p,
        };
        let (answer, p) = (answer.unwrap(), p.parse::<f64>().unwrap());
        assert!(
            (answer - p).abs() < 1e-9,
            "{name} {tail}: {answer} is not {p}"
        );
    }
    // Of 34 rows nothing was drawn.
    let of_law = &found["asat rank-sum"];
    assert_eq!(
        (of_law.draws, of_law.engine.as_str()),
        (None, "dynamic-programming")
    );
}

/// A table of made-up numbers with groups, strata, clusters and a few ties.
pub fn made_up(rows: usize) -> DataTable {
    let mut state = 12345u64;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64
    };
    let mut numbers = |name: &str| {
        let values = (0..rows).map(|_| (next() % 997.0) / 10.0).collect();
        DataColumn::numbers(name, values)
    };
    let columns = ["y1", "y2", "y3", "x"].map(&mut numbers);
    let texts = |name: &str, of: &dyn Fn(usize) -> String| {
        DataColumn::texts(name, (0..rows).map(|row| Some(of(row))))
    };
    let others = [
        texts("two", &|row| ["a", "b"][(row * 7 + row / 3) % 2].into()),
        texts("three", &|row| {
            ["u", "v", "w"][(row * 5 + row / 4) % 3].into()
        }),
        texts("block", &|row| format!("s{}", row % 4)),
        texts("site", &|row| format!("c{}", row / 3)),
        texts("answer", &|row| {
            ["yes", "no", "maybe"][(row * row + 1) % 3].into()
        }),
    ];
    DataTable::of(columns.into_iter().chain(others)).expect("a table")
}

fn test_of(table: DataTable, spec: TableSpec) -> TableTest {
    TableTest::of(table, spec)
}

pub fn drawn(formula: &str, statistic: &str) -> TableSpec {
    TableSpec {
        exact: false,
        draws: 3000,
        ..spec(formula, statistic)
    }
}

/// Plans that together run every pipeline of tables, each with its name.
pub fn plans_of_devices() -> Vec<(String, placebo::plan::Plan)> {
    let asked = [
        ("y1 + y2 ~ x", "pearson"),
        ("y1 + y2 ~ three", "f"),
        ("y1 + y2 ~ two", "kolmogorov-smirnov"),
        ("y1 + y2 ~ x", "kendall"),
        ("answer ~ three", "chi-squared"),
    ];
    let each = asked.into_iter().flat_map(|(formula, statistic)| {
        let test = test_of(made_up(40), drawn(formula, statistic));
        let plans = test.compile().expect("it is compiled").plans;
        plans
            .into_iter()
            .map(move |plan| (format!("{statistic} of {formula}"), plan.plan))
    });
    each.collect()
}

/// Whatever a device does not do, the CPU does.
#[test]
fn engines_agree_draw_by_draw() {
    let two = "difference-of-means,student-t,welch-t,difference-of-medians,rank-sum,mood,\
               kolmogorov-smirnov,ratio-of-variances,f,kruskal-wallis,jonckheere-terpstra";
    for (formula, statistic) in [
        ("y1 + y2 + y3 ~ two", two),
        ("y1 + y2 + y3 ~ two | block", two),
        ("y* ~ three", "f,kruskal-wallis,difference-of-means"),
        ("y* ~ x", "pearson,spearman,kendall"),
        ("y* ~ x | block", "pearson"),
        ("y1 - y2 ~ 1", "mean,signed-rank,student-t"),
        ("answer ~ three", "chi-squared,linear-by-linear"),
    ] {
        for convention in [Convention::EqualTailed, Convention::Symmetric] {
            let results = BOTH.map(|device| {
                let mut spec = drawn(formula, statistic);
                spec.convention = Some(convention);
                let test = test_of(made_up(40), spec);
                test.run(&on(device), &mut |_, _| true).unwrap().results
            });
            assert_eq!(results[0], results[1], "{formula}");
            for row in &results[0] {
                assert_eq!(row.draws, Some(3000), "{row:#?}");
                assert!(row.p.is_some_and(|p| p > 0.0), "{row:#?}");
            }
        }
    }
}

/// Shifting, rescaling by a power of two, other names of groups: no count moves.
#[test]
fn counts_do_not_move_with_units_and_names() {
    let of = |column: &dyn Fn(f64) -> f64, names: [&str; 2]| {
        let source = made_up(40);
        let y = source.column("y1").unwrap().as_numbers().unwrap();
        let y: Vec<f64> = y.iter().map(|&value| column(value)).collect();
        let group = source.column("two").unwrap().levels();
        let groups = group.codes.iter().map(|&code| Some(names[code as usize]));
        let table = DataTable::of([DataColumn::numbers("y", y), DataColumn::texts("g", groups)]);
        let statistics = "difference-of-means,student-t,welch-t,rank-sum,f,kolmogorov-smirnov";
        let test = test_of(table.unwrap(), drawn("y ~ g", statistics));
        let report = test.run(&on("cpu"), &mut |_, _| true).unwrap();
        report.results.iter().map(counts).collect::<Vec<_>>()
    };
    let plain = of(&|y| y, ["a", "b"]);
    assert_eq!(plain, of(&|y| y + 12.5, ["a", "b"]));
    assert_eq!(plain, of(&|y| y * 8.0, ["b", "a"]));
}

/// Monte Carlo draws of a design are near its enumeration.
#[test]
fn draws_are_near_the_enumeration() {
    for name in [
        "within",
        "by cluster",
        "signs by cluster",
        "pearson",
        "f",
        "welch-t",
    ] {
        let (file, spec) = asked(name);
        let exact = row(file, &spec, "cpu");
        let drawn = row(
            file,
            &TableSpec {
                exact: false,
                draws: 100_000,
                ..spec
            },
            "cpu",
        );
        let share = |row: &ResultRow| {
            (row.above.unwrap() + row.equal.unwrap()) as f64 / row.draws.unwrap() as f64
        };
        let (p, found) = (share(&exact), share(&drawn));
        let error = (p * (1.0 - p) / 100_000.0).sqrt();
        assert!(
            (found - p).abs() < 5.0 * error + 1e-9,
            "{name}: {found} is not {p}"
        );
        assert_eq!(drawn.engine, "monte-carlo");
    }
}

/// A family of columns: adjusted p-values against the definition, over all relabelings.
#[test]
fn a_family_is_adjusted_by_its_largest_t() {
    let mut spec = spec("y* ~ two", "welch-t");
    spec.max_t = true;
    let report = test_of(made_up(11), spec)
        .run(&on("cpu"), &mut |_, _| true)
        .unwrap();
    assert_eq!(report.results.len(), 3);
    for row in &report.results {
        assert_eq!(row.key.text("convention"), "symmetric");
        let (p, single, step) = (
            row.p.unwrap(),
            row.p_maxt.unwrap(),
            row.p_maxt_step.unwrap(),
        );
        assert!(p <= step && step <= single, "{row:#?}");
        assert!(row.p_bh.is_some());
    }
    let smallest = report
        .results
        .iter()
        .map(|row| row.p_maxt.unwrap())
        .fold(1.0, f64::min);
    let steps = report.results.iter().map(|row| row.p_maxt_step.unwrap());
    assert_eq!(smallest, steps.fold(1.0, f64::min));
}

pub fn refusal(table: &str, spec: TableSpec) -> String {
    let table = DataTable::from_bytes("t.csv", table.as_bytes().to_vec(), &|_| true);
    let result = table.and_then(|table| test_of(table, spec).run(&on("cpu"), &mut |_, _| true));
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

/// What cannot mean anything is refused, with its place.
#[test]
fn bad_questions_are_refused() {
    const TABLE: &str = "y,g,one,flat,s,k,x,n\n1,a,a,2,p,c1,1.5,1\n2,b,a,2,p,c1,2,\n4,a,a,2,q,c2,3,3\n\
                         3.5,b,a,2,q,c3,2.5,4\n";
    let with = |formula: &str, change: &dyn Fn(&mut TableSpec)| {
        let mut spec = spec(formula, "");
        change(&mut spec);
        refusal(TABLE, spec)
    };
    let of = |formula: &str| with(formula, &|_| {});
    for (text, problem) in [
        (of("z ~ g"), "there is no column `z`"),
        (of("y ~ gg"), "Did you mean `g`?"),
        (of("y ~ one"), "`one` has one group, `a`"),
        (of("flat ~ g"), "all values of `flat` are equal"),
        (of("y ~ flat"), "all values of `flat` are equal"),
        (of("n ~ g"), "t.csv, line 3: `n` has no value"),
        (of("g ~ x"), "`g` has categories, and `x` is of numbers"),
        (
            of("g ~ 1"),
            "`g` is not a column of numbers: t.csv, line 2 has `a`",
        ),
        (of("log(y - x) ~ g"), "is not positive"),
        (of("y ~ x + g"), "one variable is tested at a time"),
        (of("y ~ 1 | s"), "strata do not restrict the signs"),
        (of("q* ~ g"), "no column matches `q*`"),
        (
            with("y ~ g", &|s| s.cluster = Some("k".into())),
            "the cluster `c1` has rows in two groups",
        ),
        (
            with("y ~ g", &|s| s.cluster = Some("kk".into())),
            "there is no column `kk`",
        ),
        (
            with("y ~ g", &|s| s.groups = vec!["a".into(), "z".into()]),
            "`g` has no group `z`",
        ),
        (
            with("y ~ g", &|s| s.null = Some(TableNull::Signs)),
            "signs are changed of one sample",
        ),
        (
            with("y ~ 1", &|s| s.null = Some(TableNull::Permutation)),
            "one sample has no variable",
        ),
        (
            with("y ~ x", &|s| s.statistics = vec![TableStatistic::RankSum]),
            "rank-sum asks for groups here",
        ),
        (
            with("y ~ g", &|s| {
                s.statistics = vec![TableStatistic::SignedRank]
            }),
            "signed-rank asks for `~ 1` here",
        ),
        (
            with("y ~ x", &|s| s.order = Some("g".into())),
            "holds neither numbers nor dates",
        ),
    ] {
        assert!(text.contains(problem), "{text}\n{problem}");
    }
    assert!(
        of("y ~ gg").contains("  y ~ gg\n      ^^\n"),
        "{}",
        of("y ~ gg")
    );
    let crossed = "y,g,s,k\n1,a,p,c1\n2,a,q,c1\n4,b,p,c2\n3,b,q,c3\n";
    let mut spec = spec("y ~ g | s", "");
    spec.cluster = Some("k".into());
    let text = refusal(crossed, spec);
    assert!(
        text.contains("the cluster `c1` has rows in two strata"),
        "{text}"
    );
    let text = refusal("y,g\n1,a\ninf,b\n", self::spec("y ~ g", ""));
    assert!(text.contains("`inf` is not a finite number"), "{text}");
}

/// Rows without a value are left out where that is asked for, and counted.
#[test]
fn missing_values_are_dropped_by_a_stated_rule() {
    let table = "y,g\n1,a\n,b\n3,b\n2,a\nNA,a\n5,b\n";
    let table = DataTable::from_bytes("t.csv", table.into(), &|_| true).unwrap();
    let mut spec = spec("y ~ g", "");
    spec.missing = Missing::Drop;
    let report = test_of(table, spec)
        .run(&on("cpu"), &mut |_, _| true)
        .unwrap();
    assert_eq!(report.results[0].draws, Some(6));
    let rule = "2 of 6 rows lack a value and are left out";
    assert!(
        report.manifest.head.rules.iter().any(|had| had == rule),
        "{:?}",
        report.manifest.head.rules
    );
}

/// Numbers in [0, 1), the same everywhere.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }

    /// An autoregression of order one, to three decimals.
    fn series(&mut self, phi: f64, rows: usize) -> Vec<f64> {
        let mut value = 0.0;
        let mut all: Vec<f64> = (0..rows + 100)
            .map(|_| {
                value = phi * value + self.normal();
                (value * 1000.0).round() / 1000.0
            })
            .collect();
        all.split_off(100)
    }
}

/// Of pairs of independent series the share that a test rejects at 5 %, out of `pairs`.
fn size(phi: f64, null: TableNull, pairs: usize) -> f64 {
    let mut numbers = Numbers(7);
    let rejected = (0..pairs).filter(|_| {
        let [x, y] = [0, 1].map(|_| numbers.series(phi, 120));
        let table = DataTable::of([DataColumn::numbers("x", x), DataColumn::numbers("y", y)]);
        let mut spec = drawn("y ~ x", "");
        spec.null = Some(null);
        spec.draws = 199;
        let report = test_of(table.unwrap(), spec)
            .run(&on("cpu"), &mut |_, _| true)
            .unwrap();
        report.results[0].p.unwrap() <= 0.05
    });
    rejected.count() as f64 / pairs as f64
}

/// Shifts keep their level nearly whatever the autocorrelation; a permutation does not.
#[test]
fn a_series_against_a_series_is_shifted() {
    const PAIRS: usize = 300;
    let error = |p: f64| 3.0 * (p * (1.0 - p) / PAIRS as f64).sqrt();
    for (phi, shifted, permuted) in [(0.5, 0.048, 0.12), (0.9, 0.058, 0.50)] {
        for (null, expected) in [
            (TableNull::CircularShift, shifted),
            (TableNull::Permutation, permuted),
        ] {
            let found = size(phi, null, PAIRS);
            let near = (found - expected).abs() < error(expected) + 0.005;
            assert!(near, "AR({phi}) {}: {found}, not {expected}", null.name());
        }
    }
    // Revisions that move volatility are found.
    let mut numbers = Numbers(11);
    let x = numbers.series(0.9, 160);
    let noise = numbers.series(0.5, 160);
    let y = x.iter().zip(noise).map(|(x, e)| 0.8 * x + e).collect();
    let table = DataTable::of([DataColumn::numbers("x", x), DataColumn::numbers("y", y)]);
    let mut spec = spec("diff(y) ~ diff(x)", "");
    spec.null = Some(TableNull::CircularShift);
    let report = test_of(table.unwrap(), spec)
        .run(&on("cpu"), &mut |_, _| true)
        .unwrap();
    let row = &report.results[0];
    assert_eq!(
        (row.draws, row.p),
        (Some(159), Some(2.0 / 159.0)),
        "{row:#?}"
    );
    assert!(row.effective_draws.is_some_and(|worth| worth > 1.0));
}

/// A list of all relabelings is the enumeration; without the observed one it counts as one more.
#[test]
fn listed_assignments_are_all_that_is_drawn() {
    let source = Source::Folder(folder().join("data/tables"));
    let run = |sets: &str| {
        let mut spec = spec("y ~ z", "");
        spec.null = Some(TableNull::List);
        let test = TableTest::read(&source, "gerber_green.csv", spec).expect("it is read");
        let sets = DataTable::from_bytes("sets.csv", sets.into(), &|_| true).expect("a table");
        test.over(sets).run(&on("cpu"), &mut |_, _| true)
    };
    // All pairs of seven rows.
    let pairs: Vec<(usize, usize)> = (0..7).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    let table = |pairs: &[(usize, usize)]| {
        let line = |cell: &dyn Fn(usize) -> String| {
            (0..pairs.len())
                .map(cell)
                .collect::<Vec<String>>()
                .join(",")
        };
        let rows = (0..7).map(|row| {
            line(&|set| u8::from(pairs[set].0 == row || pairs[set].1 == row).to_string())
        });
        let lines: Vec<String> = std::iter::once(line(&|set| format!("s{set}")))
            .chain(rows)
            .collect();
        lines.join("\n")
    };
    let all = run(&table(&pairs)).unwrap();
    assert_eq!(counts(&all.results[0]), [16, 3, 2].map(Some));
    assert!(all.manifest.nulls[0].observed_admissible);
    assert!(all.to_table(None, false).contains("The test assumes that"));
    let files: Vec<&str> = all
        .manifest
        .head
        .data
        .iter()
        .map(|of| of.file.as_str())
        .collect();
    assert_eq!(files, ["gerber_green.csv", "sets.csv"]);
    let others: Vec<(usize, usize)> = pairs.into_iter().filter(|&pair| pair != (0, 6)).collect();
    let without = run(&table(&others)).unwrap();
    assert!(!without.manifest.nulls[0].observed_admissible);
    // What no draw can be like is compared, and nothing is assumed of it.
    let told = without.to_table(None, false).replace('\n', " ");
    assert!(
        told.contains("p claims no level") && !told.contains("assumes"),
        "{told}"
    );
    assert_eq!(without.results[0].draws, Some(20));
    assert_eq!(without.results[0].p_upper, Some(5.0 / 21.0));
    let text = run("s\n1\n0\n0\n0\n0\n0\n0\n").unwrap_err().to_string();
    assert!(
        text.contains("other numbers of rows than the observed ones"),
        "{text}"
    );
}

/// The shifts of an outcome have a set under tests of its means alone: ranks do not move with it.
#[test]
fn ranks_have_no_set_of_shifts() {
    let source = Source::Folder(folder().join("data/tables"));
    let run = |statistic: &str| {
        let mut spec = spec("d ~ 1", statistic);
        spec.interval = Some(0.95);
        let test = TableTest::read(&source, "maize.csv", spec).expect("it is read");
        test.run(&on("cpu"), &mut |_, _| true)
    };
    let both = run("mean,signed-rank,student-t").expect("the mean has a set");
    let sets = both.results.iter().map(|row| row.interval_set.as_deref());
    let sets: Vec<Option<&str>> = sets.collect();
    assert_eq!(sets[1], None);
    // Student's t rises with the mean, so that both keep the same shifts.
    assert_eq!(sets[0], Some("[-0.166667, 41]"));
    assert_eq!(sets[2], sets[0]);
    let refused = run("signed-rank").unwrap_err().to_string();
    assert!(
        refused.contains("none of the statistics is a mean"),
        "{refused}"
    );
}

/// Results never replace what the command reads.
#[test]
fn files_that_are_read_are_spared() {
    let table = "y,z\n1,a\n2,b\n3,a\n5,b\n";
    let sets = "s,t\na,b\nb,a\na,b\nb,a\n";
    let folder = Folder::with(&[("table.csv", table), ("sets.csv", sets)]);
    let run = |out: &str| {
        let args = [
            "test",
            "table.csv",
            "y ~ z",
            "--sets",
            "sets.csv",
            "--out",
            out,
        ];
        let output = folder.placebo(&args);
        (
            output.status.code(),
            String::from_utf8(output.stderr).expect("it is text"),
        )
    };
    for file in ["table.csv", "sets.csv"] {
        let (code, said) = run(file);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(&format!("it would replace {file}")), "{said}");
    }
    assert_eq!(run("results.txt").0, Some(0));
    assert_eq!(
        std::fs::read_to_string(folder.0.path().join("sets.csv")).expect("it is there"),
        sets
    );
}

/// Statistics and designs each have a row in the page of tables.
#[test]
fn each_is_in_the_page() {
    let page = std::fs::read_to_string(folder().join("../docs/tables.md")).expect("there is one");
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.split('|').nth(1).unwrap_or_default())
        .collect();
    let names = TableStatistic::all().map(|statistic| statistic.name());
    for name in names.chain(TableNull::ALL.map(TableNull::name)) {
        let quoted = format!("`{name}`");
        assert!(
            rows.iter().any(|row| row.contains(&quoted)),
            "no row for {quoted}"
        );
    }
}
