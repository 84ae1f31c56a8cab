//! Every null design of a table with every statistic that it takes, by brute force: arrangements are
//! enumerated and statistics computed here, from their definitions, and the counts are those of both
//! engines.

use std::collections::BTreeSet;

use crate::tables::{counts, on, spec};
use placebo::load::{DataColumn, DataTable};
use placebo::question::table::{TableNull, TableSpec};
use placebo::report::ResultRow;
use placebo::table_test::TableTest;
use statrs::distribution::{ContinuousCDF, Normal};

/// Twelve rows: ties in every column of numbers, but no three rows of one value.
const Y: [f64; 12] = [3.2, 1.5, 4.8, 1.5, 2.9, 6.1, 4.8, 0.7, 5.3, 2.2, 7.4, 3.2];
const X: [f64; 12] = [2.0, 1.0, 3.5, 3.5, 0.5, 4.0, 2.0, 1.5, 6.0, 5.0, 1.0, 2.5];
const TWO: [usize; 12] = [0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1];
const THREE: [usize; 12] = [0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1];
const BLOCK: [usize; 12] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
/// Clusters of two rows, within blocks.
const SITE: [usize; 12] = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
/// Groups that stand on whole clusters.
const OF_SITES: [usize; 12] = [0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0];
const ANSWER: [usize; 12] = [0, 1, 2, 1, 0, 2, 1, 0, 0, 2, 1, 1];
/// What signs are changed of: a zero among them.
const PAIRS: [f64; 12] = [
    0.6, -1.1, 2.3, 0.0, 1.7, -0.6, 2.3, 0.9, -0.2, 1.1, 3.0, 0.4,
];

fn table() -> DataTable {
    table_of(&ROWS, |y| y)
}

/// Its rows in this order, with another scale of the outcome.
fn table_of(rows: &[usize], scale: impl Fn(f64) -> f64) -> DataTable {
    let named = |name: &str, codes: &[usize], names: &[&str]| {
        let cells = rows.iter().map(|&row| Some(names[codes[row]].to_owned()));
        DataColumn::texts(name, cells)
    };
    let numbers = |name: &str, of: &[f64], scale: &dyn Fn(f64) -> f64| {
        DataColumn::numbers(name, rows.iter().map(|&row| scale(of[row])).collect())
    };
    let letters = ["a", "b", "c", "d", "e", "f"];
    DataTable::of([
        numbers("y", &Y, &scale),
        numbers("x", &X, &|x| x),
        numbers("pairs", &PAIRS, &|pair| pair),
        named("two", &TWO, &letters),
        named("three", &THREE, &letters),
        named("block", &BLOCK, &letters),
        named("site", &SITE, &letters),
        named("of_sites", &OF_SITES, &letters),
        named("answer", &ANSWER, &letters),
    ])
    .expect("a table")
}

/// All different orders of `items`.
fn orders(items: &[usize]) -> BTreeSet<Vec<usize>> {
    if items.is_empty() {
        return BTreeSet::from([Vec::new()]);
    }
    let mut all = BTreeSet::new();
    for first in items.iter().copied().collect::<BTreeSet<_>>() {
        let at = items.iter().position(|&item| item == first).unwrap();
        let rest = [&items[..at], &items[at + 1..]].concat();
        all.extend(
            orders(&rest)
                .into_iter()
                .map(|rest| [vec![first], rest].concat()),
        );
    }
    all
}

/// All arrangements of `codes` over whole units within parts.
fn arrangements(codes: &[usize], units: &[usize], parts: &[usize]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![codes.to_vec()];
    for part in parts.iter().collect::<BTreeSet<_>>() {
        let of_part = |row: &usize| parts[*row] == *part;
        let rows: Vec<usize> = (0..codes.len()).filter(of_part).collect();
        let members: Vec<usize> = rows
            .iter()
            .map(|&row| units[row])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let code_of = |unit: &usize| {
            codes[rows
                .iter()
                .copied()
                .find(|&row| units[row] == *unit)
                .unwrap()]
        };
        let had: Vec<usize> = members.iter().map(code_of).collect();
        let mut next = Vec::new();
        for order in orders(&had) {
            for arrangement in &all {
                let mut arrangement = arrangement.clone();
                for &row in &rows {
                    let at = members.iter().position(|&unit| unit == units[row]).unwrap();
                    arrangement[row] = order[at];
                }
                next.push(arrangement);
            }
        }
        all = next;
    }
    all
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

fn squares(of: &[f64]) -> f64 {
    let m = mean(of);
    of.iter().map(|v| (v - m).powi(2)).sum()
}

fn variance(of: &[f64]) -> f64 {
    squares(of) / (of.len() as f64 - 1.0)
}

fn median(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}

/// The mean of the scores of the positions that tied values share.
fn scores(values: &[f64], score: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let n = values.len();
    let of = |value: &f64| {
        let below = values.iter().filter(|v| *v < value).count();
        let equal = values.iter().filter(|v| *v == value).count();
        let all = (below + 1..=below + equal).map(|i| score(i as f64, n as f64));
        all.sum::<f64>() / equal as f64
    };
    values.iter().map(of).collect()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    scores(values, |i, _| i)
}

fn cross(a: &[f64], b: &[f64]) -> f64 {
    let (p, q) = (mean(a), mean(b));
    a.iter().zip(b).map(|(u, v)| (u - p) * (v - q)).sum()
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    cross(a, b) / (squares(a) * squares(b)).sqrt()
}

fn kendall(a: &[f64], b: &[f64]) -> f64 {
    let sign = |v: f64| if v == 0.0 { 0.0 } else { v.signum() };
    let (mut s, mut in_a, mut in_b) = (0.0, 0.0, 0.0);
    for i in 0..a.len() {
        for j in 0..i {
            let (u, v) = (sign(a[i] - a[j]), sign(b[i] - b[j]));
            s += u * v;
            in_a += u * u;
            in_b += v * v;
        }
    }
    s / f64::sqrt(in_a * in_b)
}

/// The values of each group.
fn split(values: &[f64], codes: &[usize]) -> Vec<Vec<f64>> {
    let groups = codes.iter().max().unwrap() + 1;
    let of = |group: usize| {
        let rows = values.iter().zip(codes).filter(|(_, code)| **code == group);
        rows.map(|(value, _)| *value).collect()
    };
    (0..groups).map(of).collect()
}

/// A statistic of numbers by groups, from its definition.
fn by_groups(name: &str, y: &[f64], codes: &[usize]) -> f64 {
    let quantile = |i: f64, n: f64| Normal::standard().inverse_cdf(i / (n + 1.0));
    let first = |scores: Vec<f64>| -> f64 { split(&scores, codes)[0].iter().sum() };
    let groups = split(y, codes);
    let (a, b) = (&groups[0], &groups[1]);
    let (m, n) = (a.len() as f64, b.len() as f64);
    match name {
        "difference-of-means" => mean(a) - mean(b),
        "difference-of-medians" => median(a) - median(b),
        "student-t" => {
            let pooled = (squares(a) + squares(b)) / (m + n - 2.0);
            (mean(a) - mean(b)) / (pooled * (1.0 / m + 1.0 / n)).sqrt()
        }
        "welch-t" => (mean(a) - mean(b)) / (variance(a) / m + variance(b) / n).sqrt(),
        "ratio-of-variances" => (variance(a) / variance(b)).ln(),
        "rank-sum" => first(ranks(y)),
        "ansari-bradley" => first(scores(y, |i, n| i.min(n + 1.0 - i))),
        "mood" => first(scores(y, |i, n| (i - (n + 1.0) / 2.0).powi(2))),
        "klotz" => first(scores(y, |i, n| quantile(i, n).powi(2))),
        "van-der-waerden" => first(scores(y, quantile)),
        "savage" => first(scores(y, |i, n| {
            (1..=i as usize)
                .map(|j| 1.0 / (n - j as f64 + 1.0))
                .sum::<f64>()
                - 1.0
        })),
        "kolmogorov-smirnov" => {
            let share = |of: &[f64], at: f64| {
                of.iter().filter(|v| **v <= at).count() as f64 / of.len() as f64
            };
            y.iter()
                .map(|&at| (share(a, at) - share(b, at)).abs())
                .fold(0.0, f64::max)
        }
        "f" | "kruskal-wallis" => {
            let (values, groups) = match name {
                "f" => (y.to_vec(), groups.clone()),
                _ => (ranks(y), split(&ranks(y), codes)),
            };
            let within: f64 = groups.iter().map(|of| squares(of)).sum();
            let (k, n) = (groups.len() as f64, values.len() as f64);
            let between = squares(&values) - within;
            match name {
                "f" => between / (k - 1.0) / (within / (n - k)),
                // The form that is corrected for ties.
                _ => between / (squares(&values) / (n - 1.0)),
            }
        }
        "jonckheere-terpstra" => {
            let mut sum = 0.0;
            for (g, low) in groups.iter().enumerate() {
                for high in &groups[g + 1..] {
                    for u in low {
                        for v in high {
                            sum += if u < v {
                                1.0
                            } else {
                                0.5 * f64::from(u8::from(u == v))
                            };
                        }
                    }
                }
            }
            sum
        }
        other => panic!("no statistic {other}"),
    }
}

/// A statistic of two columns of numbers.
fn by_numbers(name: &str, y: &[f64], x: &[f64]) -> f64 {
    match name {
        "pearson" => pearson(x, y),
        "spearman" => pearson(&ranks(x), &ranks(y)),
        "kendall" => kendall(x, y),
        "linear-by-linear" => x.iter().zip(y).map(|(u, v)| u * v).sum(),
        other => panic!("no statistic {other}"),
    }
}

/// A statistic of one sample.
fn of_one(name: &str, y: &[f64]) -> f64 {
    match name {
        "mean" => mean(y),
        "student-t" => mean(y) / (variance(y) / y.len() as f64).sqrt(),
        "signed-rank" => {
            let sizes: Vec<f64> = y.iter().map(|v| v.abs()).collect();
            let ranked = ranks(&sizes);
            let up = y.iter().zip(ranked).filter(|(v, _)| **v > 0.0);
            up.map(|(_, rank)| rank).sum()
        }
        other => panic!("no statistic {other}"),
    }
}

/// A statistic of a table of categories by groups.
fn by_cells(name: &str, answers: &[usize], codes: &[usize]) -> f64 {
    if name == "linear-by-linear" {
        let pairs = answers.iter().zip(codes);
        return pairs
            .map(|(&a, &c)| (a as f64 + 1.0) * (c as f64 + 1.0))
            .sum();
    }
    let n = answers.len() as f64;
    let count = |a: usize, c: usize| {
        let pairs = answers.iter().zip(codes);
        pairs.filter(|(x, y)| (**x, **y) == (a, c)).count() as f64
    };
    let share = |of: &[usize], at: usize| of.iter().filter(|v| **v == at).count() as f64;
    let mut sum = 0.0;
    for a in 0..=*answers.iter().max().unwrap() {
        for c in 0..=*codes.iter().max().unwrap() {
            let expected = share(answers, a) * share(codes, c) / n;
            sum += (count(a, c) - expected).powi(2) / expected;
        }
    }
    sum
}

fn row(spec: &TableSpec, device: &str) -> ResultRow {
    let test = TableTest::of(table(), spec.clone());
    let mut report = test.run(&on(device), &mut |_, _| true).expect("it runs");
    assert_eq!(report.results.len(), 1, "{:#?}", report.results);
    report.results.remove(0)
}

/// The row's counts on both engines are those of `values`, and its observed value is `observed`.
fn holds(spec: &TableSpec, values: &[f64], observed: f64) {
    let name = format!(
        "{} {:?} {:?} {:?}",
        spec.formula, spec.statistics, spec.null, spec.cluster
    );
    let near = |v: f64| (v - observed).abs() <= 1e-9 * observed.abs().max(1.0);
    let count = |is: &dyn Fn(f64) -> bool| Some(values.iter().filter(|v| is(**v)).count() as u64);
    let expected = [
        count(&|v| v < observed && !near(v)),
        count(&near),
        count(&|v| v > observed && !near(v)),
    ];
    for device in ["cpu", "gpu"] {
        let row = row(spec, device);
        assert_eq!(row.engine, "enumeration", "{name}");
        assert_eq!(counts(&row), expected, "{name} on {device}");
        assert_eq!(row.draws, Some(values.len() as u64), "{name}");
        let found = row.observed.expect("a value");
        assert!(
            (found - observed).abs() < 1e-6 * observed.abs().max(1.0),
            "{name}: {found} is not {observed}"
        );
        let at_or_above = (expected[1].unwrap() + expected[2].unwrap()) as f64;
        assert_eq!(
            row.p_upper,
            Some(at_or_above / values.len() as f64),
            "{name}"
        );
    }
}

const OF_TWO: [&str; 15] = [
    "difference-of-means",
    "difference-of-medians",
    "student-t",
    "welch-t",
    "ratio-of-variances",
    "rank-sum",
    "ansari-bradley",
    "mood",
    "klotz",
    "van-der-waerden",
    "savage",
    "kolmogorov-smirnov",
    "f",
    "kruskal-wallis",
    "jonckheere-terpstra",
];

const ROWS: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const ALL: [usize; 12] = [0; 12];

#[test]
fn two_groups() {
    for (formula, codes, units, parts, cluster) in [
        ("y ~ two", TWO, ROWS, ALL, None),
        ("y ~ two | block", TWO, ROWS, BLOCK, None),
        ("y ~ of_sites", OF_SITES, SITE, ALL, Some("site")),
        ("y ~ of_sites | block", OF_SITES, SITE, BLOCK, Some("site")),
    ] {
        let all = arrangements(&codes, &units, &parts);
        for statistic in OF_TWO {
            let mut asked = spec(formula, statistic);
            asked.cluster = cluster.map(str::to_owned);
            let values: Vec<f64> = all
                .iter()
                .map(|codes| by_groups(statistic, &Y, codes))
                .collect();
            holds(&asked, &values, by_groups(statistic, &Y, &codes));
        }
    }
}

#[test]
fn three_groups() {
    for (formula, parts) in [("y ~ three", ALL), ("y ~ three | block", BLOCK)] {
        let all = arrangements(&THREE, &ROWS, &parts);
        for statistic in ["f", "kruskal-wallis", "jonckheere-terpstra"] {
            let values: Vec<f64> = all
                .iter()
                .map(|codes| by_groups(statistic, &Y, codes))
                .collect();
            holds(
                &spec(formula, statistic),
                &values,
                by_groups(statistic, &Y, &THREE),
            );
        }
    }
}

#[test]
fn categories() {
    for (formula, codes, units, parts, cluster) in [
        ("answer ~ three", THREE, ROWS, ALL, None),
        ("answer ~ two | block", TWO, ROWS, BLOCK, None),
        ("answer ~ of_sites", OF_SITES, SITE, ALL, Some("site")),
    ] {
        let all = arrangements(&codes, &units, &parts);
        for statistic in ["chi-squared", "linear-by-linear"] {
            let mut asked = spec(formula, statistic);
            asked.cluster = cluster.map(str::to_owned);
            let values: Vec<f64> = all
                .iter()
                .map(|codes| by_cells(statistic, &ANSWER, codes))
                .collect();
            holds(&asked, &values, by_cells(statistic, &ANSWER, &codes));
        }
    }
}

#[test]
fn signs() {
    for (cluster, units) in [(None, ROWS), (Some("site"), SITE)] {
        let count = units.iter().max().unwrap() + 1;
        let signed = |draw: usize| -> Vec<f64> {
            let sign = |unit: usize| if draw >> unit & 1 == 0 { 1.0 } else { -1.0 };
            PAIRS
                .iter()
                .zip(units)
                .map(|(v, unit)| sign(unit) * v)
                .collect()
        };
        for statistic in ["mean", "student-t", "signed-rank"] {
            let mut asked = spec("pairs ~ 1", statistic);
            asked.cluster = cluster.map(str::to_owned);
            let values: Vec<f64> = (0..1 << count)
                .map(|draw| of_one(statistic, &signed(draw)))
                .collect();
            holds(&asked, &values, of_one(statistic, &PAIRS));
        }
    }
}

/// Eight of the rows: all orders of twelve are too many to be made here.
#[test]
fn numbers_by_numbers() {
    let rows = [0, 1, 2, 3, 6, 7, 8, 9];
    let take = |of: &[f64]| -> Vec<f64> { rows.iter().map(|&row| of[row]).collect() };
    let (y, x) = (take(&Y), take(&X));
    // Values by their places in order, so that equal ones have equal codes.
    let codes: Vec<usize> = x.iter().map(|&value| rank_of(&x, value)).collect();
    let value = |code: usize| x.iter().copied().find(|&v| rank_of(&x, v) == code).unwrap();
    let parts: Vec<usize> = rows.iter().map(|&row| BLOCK[row]).collect();
    let units: Vec<usize> = (0..rows.len()).collect();
    for (formula, parts) in [("y ~ x", vec![0; rows.len()]), ("y ~ x | block", parts)] {
        let all = arrangements(&codes, &units, &parts);
        for statistic in ["pearson", "spearman", "kendall", "linear-by-linear"] {
            let of = |codes: &Vec<usize>| {
                let moved: Vec<f64> = codes.iter().map(|&code| value(code)).collect();
                by_numbers(statistic, &y, &moved)
            };
            let values: Vec<f64> = all.iter().map(of).collect();
            let table = || {
                DataTable::of([
                    DataColumn::numbers("y", y.clone()),
                    DataColumn::numbers("x", x.clone()),
                    DataColumn::texts(
                        "block",
                        rows.iter().map(|&row| Some(["a", "b"][BLOCK[row]])),
                    ),
                ])
                .expect("a table")
            };
            let observed = by_numbers(statistic, &y, &x);
            let near = |v: f64| (v - observed).abs() <= 1e-9 * observed.abs().max(1.0);
            for device in ["cpu", "gpu"] {
                let test = TableTest::of(table(), spec(formula, statistic));
                let row = test
                    .run(&on(device), &mut |_, _| true)
                    .unwrap()
                    .results
                    .remove(0);
                let equal = values.iter().filter(|v| near(**v)).count() as u64;
                let above = values
                    .iter()
                    .filter(|v| **v > observed && !near(**v))
                    .count() as u64;
                let below = values.len() as u64 - equal - above;
                assert_eq!(
                    counts(&row),
                    [below, equal, above].map(Some),
                    "{formula} {statistic} {device}"
                );
                assert!(
                    (row.observed.unwrap() - observed).abs() < 1e-6 * observed.abs().max(1.0),
                    "{statistic}"
                );
            }
        }
    }
}

fn rank_of(values: &[f64], value: f64) -> usize {
    values.iter().filter(|v| **v < value).count()
}

#[test]
fn series_by_series() {
    for statistic in ["pearson", "spearman", "kendall"] {
        let mut asked = spec("y ~ x", statistic);
        asked.null = Some(TableNull::CircularShift);
        let moved = |by: usize| -> Vec<f64> { (0..12).map(|row| Y[(row + by) % 12]).collect() };
        let values: Vec<f64> = (0..12)
            .map(|by| by_numbers(statistic, &moved(by), &X))
            .collect();
        holds(&asked, &values, by_numbers(statistic, &Y, &X));
    }
}

/// Every listed assignment counts as often as it is listed.
#[test]
fn listed_assignments() {
    let all = arrangements(&TWO, &ROWS, &BLOCK);
    let observed_too = TWO.to_vec();
    let listed: Vec<&Vec<usize>> = all.iter().step_by(7).chain([&observed_too]).collect();
    for statistic in OF_TWO {
        let columns = listed.iter().enumerate().map(|(i, codes)| {
            DataColumn::texts(
                &format!("s{i}"),
                codes.iter().map(|&code| Some(["a", "b"][code])),
            )
        });
        let sets = DataTable::of(columns).expect("a table");
        let mut asked = spec("y ~ two", statistic);
        asked.null = Some(TableNull::List);
        let test = TableTest::of(table(), asked).over(sets);
        let row = test
            .run(&on("cpu"), &mut |_, _| true)
            .unwrap()
            .results
            .remove(0);
        let observed = by_groups(statistic, &Y, &TWO);
        let values: Vec<f64> = listed
            .iter()
            .map(|codes| by_groups(statistic, &Y, codes))
            .collect();
        let near = |v: f64| (v - observed).abs() <= 1e-9 * observed.abs().max(1.0);
        let equal = values.iter().filter(|v| near(**v)).count() as u64;
        let above = values
            .iter()
            .filter(|v| **v > observed && !near(**v))
            .count() as u64;
        let below = values.len() as u64 - equal - above;
        assert_eq!(counts(&row), [below, equal, above].map(Some), "{statistic}");
    }
}

/// The order of the rows, and the outcome's unit and zero, move no count of an enumeration.
#[test]
fn counts_do_not_move_with_the_order_of_rows_or_the_scale() {
    let shuffled = [7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 4, 6];
    let of = |statistic: &str, table: DataTable| {
        let mut asked = spec("y ~ two | block", statistic);
        asked.groups = vec!["a".into(), "b".into()];
        let test = TableTest::of(table, asked);
        let report = test.run(&on("cpu"), &mut |_, _| true).unwrap();
        counts(&report.results[0])
    };
    for statistic in OF_TWO {
        let plain = of(statistic, table());
        assert_eq!(
            of(statistic, table_of(&shuffled, |y| y)),
            plain,
            "{statistic}"
        );
        assert_eq!(
            of(statistic, table_of(&ROWS, |y| 4.0 * y)),
            plain,
            "{statistic}"
        );
        assert_eq!(
            of(statistic, table_of(&ROWS, |y| y + 1000.5)),
            plain,
            "{statistic}"
        );
    }
}
