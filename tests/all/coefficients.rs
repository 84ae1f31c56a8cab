//! Tests of a coefficient beside nuisance columns: brute force by NumPy and statsmodels, and what moves no
//! count.

use crate::tables::{Numbers, counts, folder, on, reference, refusal, row, run, spec};
use placebo::campaign::table_power::{TablePowerOptions, table_power};
use placebo::load::{DataColumn, DataTable, Source};
use placebo::plan::Convention;
use placebo::question::table::{Method, TableNull, TableSpec, TableStatistic};
use placebo::report::{ResultRow, TableReport};
use placebo::table_test::TableTest;

/// A coefficient of the first variable of a formula.
fn of(formula: &str) -> TableSpec {
    let right = formula.split('~').nth(1).expect("a formula");
    let name = right.split(['+', '|']).next().expect("a variable");
    TableSpec {
        coefficient: Some(name.trim().into()),
        ..TableSpec::new(formula)
    }
}

/// The file and the question of a line: `FILE VARIABLES [| STRATA] [by CLUSTER] [STATISTIC or METHOD]`.
fn asked(name: &str) -> (String, TableSpec) {
    let (file, rest) = name.split_once(' ').expect("a file");
    let outcome = match file {
        "npk" => "yield",
        "seven" => "y",
        "strata" => "u",
        "clusters" => "o",
        _ => "e",
    };
    let (rest, last) = match rest.rsplit_once(' ') {
        Some((rest, last)) if last.contains('-') || last == "manly" => (rest, last),
        _ => (rest, ""),
    };
    let (variables, cluster) = match rest.split_once(" by ") {
        Some((variables, cluster)) => (variables, Some(cluster.into())),
        None => (rest, None),
    };
    let spec = of(&format!("{outcome} ~ {variables}"));
    let method = Method::ALL.into_iter().find(|method| method.name() == last);
    let spec = TableSpec {
        cluster,
        method: method.unwrap_or_default(),
        statistics: match last {
            "coefficient-t" => vec![TableStatistic::CoefficientT],
            _ => Vec::new(),
        },
        ..spec
    };
    (format!("{file}.csv"), spec)
}

/// All arrangements made one by one, by `table_coefficient.py`.
#[test]
fn enumerations_are_those_of_statsmodels() {
    let lines = reference("table_coefficient.tsv");
    assert!(lines.len() > 25);
    let (mut lost, mut singular) = (0, 0);
    for line in lines {
        let (name, numbers) = line.split_first().expect("a name");
        let observed: f64 = numbers[0].parse().expect("a number");
        let expected: Vec<u64> = numbers[1..]
            .iter()
            .map(|n| n.parse().expect("a count"))
            .collect();
        let (file, spec) = asked(name);
        let row = row(&file, &spec, "cpu");
        let found = [row.below, row.equal, row.above, row.singular];
        assert_eq!(
            found.map(Option::unwrap).to_vec(),
            expected[..4].to_vec(),
            "{name}: {row:#?}"
        );
        let value = row.observed.expect("a value");
        let close = (value - observed).abs() <= 1e-9 * observed.abs().max(1.0);
        assert!(close, "{name}: {value} is not {observed}");
        assert_eq!(row.engine, "enumeration");
        assert_eq!(row.draws, Some(expected[..4].iter().sum()), "{name}");
        lost += u32::from(expected[4] != expected[1]);
        singular += expected[3];
    }
    // Of some the ties are lost to whoever compares floats, and some have no value.
    assert!(lost >= 4 && singular >= 8, "{lost} {singular}");
}

/// A table of made-up numbers.
fn table(change: &dyn Fn(&str, usize, f64) -> f64, order: &dyn Fn(usize) -> usize) -> DataTable {
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 40) % 40
    };
    let rows = 16;
    let names = ["y", "y2", "x", "z", "v"];
    let plain: Vec<Vec<f64>> = names
        .iter()
        .map(|_| (0..rows).map(|_| next() as f64 / 4.0).collect())
        .collect();
    let columns = names.iter().enumerate().map(|(at, name)| {
        let cells = (0..rows).map(|row| {
            let row = order(row);
            // What is added to an outcome is told its nuisance.
            let beside = match *name {
                "y" => 2.0 * plain[3][row] - 0.5 * plain[4][row],
                _ => 0.0,
            };
            change(name, row, plain[at][row]) + change("beside", row, beside)
        });
        DataColumn::numbers(name, cells.collect())
    });
    let texts = |name: &str, of: &dyn Fn(usize) -> &'static str| {
        DataColumn::texts(name, (0..rows).map(|row| Some(of(order(row)))))
    };
    let others = [
        texts("g", &|row| ["a", "b"][row * 5 / 3 % 2]),
        texts("s", &|row| ["p", "q"][row % 2]),
    ];
    DataTable::of(columns.chain(others)).expect("a table")
}

fn report(table: DataTable, spec: TableSpec) -> TableReport {
    let test = TableTest::of(table, spec);
    test.run(&on("cpu"), &mut |_, _| true).expect("it runs")
}

/// Units, a shift, rows in another order, combinations of nuisance columns added to the outcome: no count
/// of an enumeration moves.
#[test]
fn counts_do_not_move_with_units_order_and_nuisance() {
    let same = |row: usize| row;
    let of_change = |change: &dyn Fn(&str, usize, f64) -> f64, order: &dyn Fn(usize) -> usize| {
        let mut found = Vec::new();
        for statistic in [TableStatistic::Coefficient, TableStatistic::CoefficientT] {
            for convention in [Convention::EqualTailed, Convention::Symmetric] {
                let spec = TableSpec {
                    statistics: vec![statistic],
                    groups: vec!["a".into(), "b".into()],
                    convention: Some(convention),
                    ..of("y + y2 ~ g + z + v | s")
                };
                let report = report(table(change, order), spec);
                found.extend(report.results.iter().map(|row| (counts(row), row.p)));
            }
        }
        found
    };
    let none = |name: &str, _: usize, value: f64| match name {
        "beside" => 0.0,
        _ => value,
    };
    let plain = of_change(&none, &same);
    for (what, change) in [("y", 8.0), ("z", 0.25), ("shift", 0.0), ("beside", 1.0)] {
        let changed = |name: &str, row: usize, value: f64| match (name, what) {
            ("y", "y") | ("z", "z") => value * change,
            ("y" | "v", "shift") => value + 1000.25,
            ("beside", "beside") => value,
            _ => none(name, row, value),
        };
        assert_eq!(plain, of_change(&changed, &same), "{what}");
    }
    assert_eq!(plain, of_change(&none, &|row| (row * 7 + 3) % 16), "order");
}

/// Draws of each method are near its enumeration, and a chosen seed repeats them.
#[test]
fn draws_are_near_the_enumeration() {
    for name in [
        "npk N + P + K | block",
        "seven x + z coefficient-t",
        "seven g + z freedman-lane",
        "clusters t + a by k coefficient-t",
        "singular r + q",
    ] {
        let (file, spec) = asked(name);
        let exact = row(&file, &spec, "cpu");
        let drawn = TableSpec {
            exact: false,
            draws: 20_000,
            ..spec
        };
        let found = row(&file, &drawn, "cpu");
        assert_eq!(found.engine, "monte-carlo");
        assert_eq!(found, row(&file, &drawn, "cpu"));
        let share =
            |counts: Option<u64>, of: &ResultRow| counts.unwrap() as f64 / of.draws.unwrap() as f64;
        for (all, some) in [
            (exact.above, found.above),
            (exact.equal, found.equal),
            (exact.singular, found.singular),
        ] {
            let (p, estimate) = (share(all, &exact), share(some, &found));
            let error = (p * (1.0 - p) / 20_000.0).sqrt();
            assert!(
                (estimate - p).abs() < 5.0 * error + 1e-9,
                "{name}: {estimate} {p}"
            );
        }
    }
}

/// Sets looked at one by one are the counts of all.
#[test]
fn sets_one_by_one_are_the_counts() {
    let source = Source::Folder(folder().join("data/tables"));
    for name in [
        "singular r + q",
        "clusters t + a by k coefficient-t",
        "seven g + z coefficient-t",
    ] {
        let (file, spec) = asked(name);
        let row = row(&file, &spec, "cpu");
        let test = TableTest::read(&source, &file, spec).expect("it is read");
        let mut found = [0; 4];
        for index in 0..row.draws.unwrap() {
            let drawn = test.draw_at(index).expect("there is such a set");
            let at = drawn[0].values[0]
                .compares
                .map_or(3, |compares| compares + 1);
            found[at as usize] += 1;
        }
        let counted = [row.below, row.equal, row.above, row.singular];
        assert_eq!(found.map(Some), counted, "{name}");
    }
}

/// Planted effects are found, and none is found as often as the level says.
#[test]
fn effects_that_are_planted_are_found() {
    let source = Source::Folder(folder().join("data/tables"));
    let options = TablePowerOptions {
        effects: vec![0.0, 12.0],
        sets: 200,
        draws: 199,
        levels: vec![0.1],
        threads: None,
    };
    let power = |name: &str| {
        let (file, mut spec) = asked(name);
        spec.exact = false;
        let test = TableTest::read(&source, &file, spec).expect("it is read");
        table_power(&test, &options, &mut |_, _| true)
    };
    let report = power("npk N + P + K | block").expect("it runs");
    let [none, some] = [0, 1].map(|at: usize| report.results[at].rate);
    assert!(
        (none - 0.1).abs() < 3.0 * (0.09f64 / 200.0).sqrt(),
        "{none}"
    );
    assert!(some > 0.9, "{some}");
    let refused = power("seven x + z manly").unwrap_err().to_string();
    assert!(refused.contains("Take --method assign."), "{refused}");
}

/// The row of npk, and what the statement says of its null.
#[test]
fn a_statement_says_what_is_assumed() {
    let (file, spec) = asked("npk N + P + K | block");
    let told = |spec: &TableSpec, file: &str| {
        let report = run(file, spec, "cpu");
        (
            report.results[0].clone(),
            report.to_table(None, false).replace('\n', " "),
        )
    };
    let (row, text) = told(&spec, &file);
    let key = |name: &str| row.key.text(name).to_owned();
    assert_eq!(
        ["variable", "statistic", "group", "null"].map(key),
        ["N", "coefficient", "1 - 0", "relabeling(within block)"]
    );
    assert!(
        text.contains(
            "assumes that within each stratum of block `N` was assigned to rows at random"
        ),
        "{text}"
    );
    assert!(!text.contains("approximate"), "{text}");
    for (name, null, said) in [
        (
            "seven x + z freedman-lane",
            "freedman-lane",
            "p is approximate: what is left of the outcomes beside `z`",
        ),
        (
            "seven x + z manly",
            "manly",
            "p is approximate: `z` may move",
        ),
        (
            "seven x + z ter-braak",
            "ter-braak",
            "p is approximate: the residuals",
        ),
        (
            "strata v + w | s freedman-lane",
            "freedman-lane(within s)",
            "p is approximate",
        ),
    ] {
        let (file, spec) = asked(name);
        let (row, text) = told(&spec, &file);
        assert_eq!(row.key.text("null"), null);
        assert_eq!(row.key.text("statistic"), "coefficient-t");
        assert!(text.contains(said), "{text}");
    }
    // A nuisance that is constant within strata is no estimate that moves.
    let (file, spec) = asked("strata v + s | s freedman-lane");
    let (_, text) = told(&spec, &file);
    assert!(!text.contains("approximate"), "{text}");
    // Of no draw is the observed value: it counts as one more.
    let (file, spec) = asked("seven x + z ter-braak");
    let (row, text) = told(&spec, &file);
    assert!(text.contains("counted as one more"), "{text}");
    assert_eq!(row.p_upper, Some((row.above.unwrap() + 1) as f64 / 5041.0));
}

/// Without other columns it is the difference of means, or the slope that a correlation measures; and
/// Student's t is what its methods for observed variables compare.
#[test]
fn alone_it_is_a_difference_of_means_or_a_slope() {
    for (file, formula, statistic) in [
        ("gerber_green.csv", "y ~ z", ""),
        ("near_ties.csv", "y ~ x", ""),
        ("two.csv", "z ~ g", "student-t"),
        ("pairs.csv", "y ~ x", "pearson"),
    ] {
        let plain = row(file, &spec(formula, statistic), "cpu");
        let found = row(file, &of(formula), "cpu");
        assert_eq!(counts(&found), counts(&plain), "{formula}");
    }
    let gerber = row("gerber_green.csv", &of("y ~ z"), "cpu");
    assert_eq!(gerber.p_upper, Some(5.0 / 21.0));
    let near = row("near_ties.csv", &of("y ~ x"), "cpu");
    assert_eq!(near.p_upper, Some(4.0 / 24.0));
    // Of as many permutations as there are orders of rows, each arrangement is as many times there.
    for (file, formula, statistic) in [
        ("two.csv", "z ~ g", "student-t"),
        ("pairs.csv", "y ~ x", "pearson"),
    ] {
        let share = |row: &ResultRow| {
            let of = |count: Option<u64>| count.unwrap() as f64 / row.draws.unwrap() as f64;
            [of(row.below), of(row.equal), of(row.above)]
        };
        let plain = share(&row(file, &spec(formula, statistic), "cpu"));
        for method in [Method::FreedmanLane, Method::Manly] {
            let found = share(&row(
                file,
                &TableSpec {
                    method,
                    ..of(formula)
                },
                "cpu",
            ));
            assert_eq!(found, plain, "{} {formula}", method.name());
        }
    }
}

/// What the other columns explain wholly has a coefficient of zero in every draw, and no t; what they
/// explain but for a millionth is still told apart.
#[test]
fn outcomes_that_others_explain() {
    let table = |wholly: bool| {
        let z = [3, 1, 2, 5, 4, 7, 6];
        let x = [1, 2, 4, 3, 7, 6, 8];
        let small = [0, 1, 0, 0, 1, 1, 0];
        let lines = (0..7).map(|i| {
            let y = 1_000_000 * z[i] + if wholly { 0 } else { small[i] };
            format!("{y},{},{},{}\n", small[i], x[i], z[i])
        });
        let text = "y,e,x,z\n".to_owned() + &lines.collect::<String>();
        DataTable::from_bytes("t.csv", text.into(), &|_| true).expect("a table")
    };
    let wholly = report(table(true), of("y ~ x + z"));
    assert_eq!(wholly.results[0].equal, Some(5040));
    let text = wholly.results[0].p_reason.clone().expect("a reason");
    assert!(text.contains("gives the observed value"), "{text}");
    let both = report(table(false), of("y + e ~ x + z"));
    assert_eq!(counts(&both.results[0]), counts(&both.results[1]));
    let t = TableSpec {
        statistics: vec![TableStatistic::CoefficientT],
        ..of("y ~ x + z")
    };
    let none = report(table(true), t.clone());
    let text = none.results[0].p_reason.clone().expect("a reason");
    assert!(text.contains("leaves no residuals"), "{text}");
    let both = TableSpec {
        formula: "y + e ~ x + z".into(),
        ..t
    };
    let both = report(table(false), both);
    assert_eq!(counts(&both.results[0]), counts(&both.results[1]));
}

/// Regressors that are far from zero lose no digits: the constant takes their mean.
#[test]
fn regressors_far_from_zero_keep_their_digits() {
    let small = [0.123_456_789_1, 1.3, 0.7, 2.9, 1.1, 3.3, 2.2];
    let table = |far: f64| {
        let [y, x, z] = [
            [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0],
            [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0],
            small,
        ];
        let z = z.map(|value| value + far).to_vec();
        let columns = [("y", y.to_vec()), ("x", x.to_vec()), ("z", z)];
        DataTable::of(columns.map(|(name, values)| DataColumn::numbers(name, values)))
    };
    let [near, far] = [0.0, 1e7].map(|far| {
        report(table(far).expect("a table"), of("y ~ x + z"))
            .results
            .remove(0)
    });
    assert_eq!(counts(&near), counts(&far));
    let [near, far] = [near, far].map(|row| row.observed.expect("a value"));
    assert!((near - far).abs() < 1e-8, "{near} {far}");
}

/// Where the variable moves the outcome's spread and not its mean, the coefficient alone rejects far too
/// often, and its ratio to the robust standard error nearly as often as it should: as in `weak_null.py`.
#[test]
fn a_weak_null_is_for_the_ratio() {
    const SETS: usize = 600;
    let mut numbers = Numbers(5);
    let mut rejected = [0; 2];
    for _ in 0..SETS {
        let mut order: Vec<(f64, usize)> = (0..60).map(|row| (numbers.next(), row)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut x = vec![0.0; 60];
        order[..12].iter().for_each(|&(_, row)| x[row] = 1.0);
        let thousandths = |value: f64| (value * 1000.0).round() / 1000.0;
        let z: Vec<f64> = (0..60).map(|_| thousandths(numbers.normal())).collect();
        let spread = x.iter().map(|&x| 1.0 + 2.0 * x);
        let y = z
            .iter()
            .zip(spread)
            .map(|(z, s)| thousandths(z + s * numbers.normal()));
        let columns = [("y", y.collect()), ("x", x.clone()), ("z", z.clone())];
        let table = DataTable::of(columns.map(|(name, values)| DataColumn::numbers(name, values)));
        let spec = TableSpec {
            statistics: vec![TableStatistic::Coefficient, TableStatistic::CoefficientT],
            draws: 199,
            ..of("y ~ x + z")
        };
        let report = report(table.expect("a table"), spec);
        for (count, row) in rejected.iter_mut().zip(&report.results) {
            *count += usize::from(row.p.unwrap() <= 0.05);
        }
    }
    for (count, line) in rejected.into_iter().zip(reference("weak_null.tsv")) {
        assert_eq!(line[0], "60");
        let (found, size) = (count as f64 / SETS as f64, line[2].parse::<f64>().unwrap());
        let error = 3.0 * (size * (1.0 - size) / SETS as f64).sqrt();
        assert!(
            (found - size).abs() < error,
            "{}: {found}, not {size}",
            line[1]
        );
    }
}

/// Several outcomes as a family, by the largest ratio.
#[test]
fn a_family_is_adjusted_by_its_largest_t() {
    let spec = TableSpec {
        statistics: vec![TableStatistic::CoefficientT],
        max_t: true,
        ..of("y + y2 ~ g + z + v | s")
    };
    let report = report(table(&|_, _, value| value, &|row| row), spec);
    assert_eq!(report.results.len(), 2);
    for row in &report.results {
        let (p, step, single) = (
            row.p.unwrap(),
            row.p_maxt_step.unwrap(),
            row.p_maxt.unwrap(),
        );
        assert!(p <= step && step <= single, "{row:#?}");
    }
    let largest = |of: fn(&ResultRow) -> f64| report.results.iter().map(of).fold(0.0, f64::max);
    // Of the smallest p both are the same, and it has the largest ratio.
    let top = largest(|row| row.observed.unwrap().abs());
    let first = report
        .results
        .iter()
        .find(|row| row.observed.unwrap().abs() == top)
        .unwrap();
    assert_eq!(first.p_maxt, first.p_maxt_step);
}

/// What cannot mean anything is refused, with its place.
#[test]
fn bad_questions_are_refused() {
    const TABLE: &str = "y,x,z,two,twice,near,flat,t,three,k\n1,1,3,a,6,3000001,5,p,u,c1\n\
                         2,4,1,b,2,1000000,5,q,v,c1\n4,2,2,a,4,2000000,5,p,w,c2\n\
                         3,3,5,b,10,5000001,5,p,u,c2\n5,6,4,a,8,4000000,5,q,v,c3\n\
                         7,5,7,b,14,7000001,5,p,w,c3\n";
    let with = |formula: &str, change: &dyn Fn(&mut TableSpec)| {
        let mut spec = of(formula);
        change(&mut spec);
        refusal(TABLE, spec)
    };
    let plain = |formula: &str| with(formula, &|_| {});
    for (text, problem) in [
        (
            with("y ~ x + z", &|s| s.coefficient = None),
            "Name the one whose coefficient is tested with --coefficient",
        ),
        (
            with("y ~ x + z", &|s| s.coefficient = Some("zz".into())),
            "the formula has no variable `zz`\n  Did you mean `z`?",
        ),
        (
            with("y ~ x + z", &|s| {
                s.statistics = vec![TableStatistic::Pearson]
            }),
            "pearson is no statistic of a coefficient",
        ),
        (
            refusal(TABLE, spec("y ~ x", "coefficient-t")),
            "coefficient-t is of the variable that --coefficient names",
        ),
        (
            with("y ~ x + z", &|s| {
                s.method = Method::Manly;
                s.statistics = vec![TableStatistic::Coefficient];
            }),
            "manly compares ratios",
        ),
        (
            with("y ~ x + z", &|s| {
                s.method = Method::FreedmanLane;
                s.cluster = Some("k".into());
            }),
            "freedman-lane exchanges rows one by one",
        ),
        (
            with("y ~ x + z", &|s| {
                s.method = Method::TerBraak;
                s.null = Some(TableNull::Permutation);
            }),
            "ter-braak is a null design by itself",
        ),
        (plain("y ~ x + z + twice"), "`twice` is collinear"),
        (
            plain("y ~ z + x + twice"),
            "`z` is a combination of the other columns",
        ),
        (plain("y ~ x + z + near"), "`near` is nearly collinear"),
        (plain("y ~ x + flat"), "all values of `flat` are equal"),
        (plain("y ~ flat + x"), "all values of `flat` are equal"),
        (plain("flat ~ x + z"), "all values of `flat` are equal"),
        (
            plain("y ~ three + z"),
            "a column of numbers or two groups, not 3",
        ),
        (
            plain("y ~ x + z + three + t + two"),
            "6 rows are too few for 7 coefficients",
        ),
        (
            with("y ~ two + z", &|s| s.groups = vec!["a".into()]),
            "`two` has one group, `a`",
        ),
        (plain("two ~ x + z"), "`two` is not a column of numbers"),
        (
            with("y ~ x + z", &|s| s.interval = Some(0.95)),
            "none of the statistics is a mean",
        ),
        (
            with("y ~ x + z", &|s| {
                s.null = Some(TableNull::CircularShift);
                s.max_shift = Some(1);
            }),
            "coefficient compares draws of the same rows alone",
        ),
        (
            with("y ~ two + z", &|s| s.cluster = Some("k".into())),
            "the cluster `c1` has rows in two groups",
        ),
    ] {
        assert!(text.contains(problem), "{text}\n{problem}");
    }
    let text = plain("y ~ x + z + twice");
    assert!(
        text.contains("  y ~ x + z + twice\n              ^^^^^\n"),
        "{text}"
    );
}
