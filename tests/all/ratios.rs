//! Ratios to standard errors that are zero: against fractions, set by set.

use crate::common;
use placebo::engine::DeviceChoice;
use placebo::load::Panel;
use placebo::question::events::compile;
use placebo::report::ResultRow;
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::Study;

/// A whole fraction in lowest terms, its denominator positive.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Fraction(i128, i128);

impl Fraction {
    const ZERO: Fraction = Fraction(0, 1);

    fn new(numerator: i128, denominator: i128) -> Self {
        let (mut a, mut b) = (numerator.abs(), denominator.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = denominator.signum();
        Fraction(sign * numerator / a.max(1), denominator.abs() / a.max(1))
    }

    fn whole(value: i64) -> Self {
        Fraction(value.into(), 1)
    }

    fn less(self, other: Self) -> Self {
        Fraction::new(self.0 * other.1 - other.0 * self.1, self.1 * other.1)
    }

    fn times(self, other: Self) -> Self {
        Fraction::new(self.0 * other.0, self.1 * other.1)
    }

    fn over(self, other: Self) -> Self {
        Fraction::new(self.0 * other.1, self.1 * other.0)
    }

    fn float(self) -> f64 {
        self.0 as f64 / self.1 as f64
    }
}

/// What a ratio is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Ratio {
    Collinear,
    Nought,
    Number(f64),
}

/// The ratio of the summed effect of group 0 less that of group 1 (or of group 0 alone) over days
/// `first..=last`, straight from the definitions, with `lags` lags.
fn ratio(
    changes: &[i64],
    groups: &[Vec<usize>],
    days: [i64; 2],
    lags: usize,
    of: &[(usize, i64)],
) -> Ratio {
    let [first, last] = days;
    let width = (last - first + 1) as usize;
    let (n, parameters) = (changes.len(), groups.len() * width + 1);
    let row = |t: usize| -> Vec<i64> {
        let mut row = vec![0; parameters];
        row[parameters - 1] = 1;
        for (g, events) in groups.iter().enumerate() {
            for &event in events {
                let day = t as i64 - event as i64 - first;
                if (0..width as i64).contains(&day) {
                    row[g * width + day as usize] += 1;
                }
            }
        }
        row
    };
    let rows: Vec<Vec<i64>> = (0..n).map(row).collect();
    let mut weights = vec![0; parameters];
    for &(group, sign) in of {
        weights[group * width..][..width].fill(sign);
    }
    let mut system: Vec<Vec<Fraction>> = (0..parameters)
        .map(|i| {
            let products = (0..parameters).map(|j| rows.iter().map(|row| row[i] * row[j]).sum());
            let outcome = rows.iter().zip(changes).map(|(row, y)| row[i] * y).sum();
            let all = products.chain([outcome, weights[i]]);
            all.map(Fraction::whole).collect()
        })
        .collect();
    for k in 0..parameters {
        let Some(pivot) = (k..parameters).find(|&i| system[i][k] != Fraction::ZERO) else {
            return Ratio::Collinear;
        };
        system.swap(k, pivot);
        let pivot = system[k].clone();
        for (i, row) in system.iter_mut().enumerate() {
            let factor = row[k].over(pivot[k]);
            if i != k && factor != Fraction::ZERO {
                for (cell, &from) in row.iter_mut().zip(&pivot) {
                    *cell = cell.less(factor.times(from));
                }
            }
        }
    }
    let solved = |i: usize, side: usize| system[i][parameters + side].over(system[i][i]);
    let fitted = |row: &[i64], side: usize| {
        let terms = row.iter().enumerate();
        terms.fold(Fraction::ZERO, |sum, (i, &x)| {
            sum.less(Fraction::whole(-x).times(solved(i, side)))
        })
    };
    let effect = fitted(&weights, 0);
    let products: Vec<Fraction> = rows
        .iter()
        .zip(changes)
        .map(|(row, &y)| {
            Fraction::whole(y)
                .less(fitted(row, 0))
                .times(fitted(row, 1))
        })
        .collect();
    if products.iter().all(|&product| product == Fraction::ZERO) {
        return match effect.0.signum() {
            0 => Ratio::Nought,
            sign => Ratio::Number(f64::INFINITY.copysign(sign as f64)),
        };
    }
    let products: Vec<f64> = products.into_iter().map(Fraction::float).collect();
    let lagged = |lag: usize| -> f64 {
        let pairs = products[lag..].iter().zip(&products);
        pairs.map(|(a, b)| a * b).sum()
    };
    let variance = (1..=lags).fold(lagged(0), |sum, lag| {
        sum + 2.0 * (1.0 - lag as f64 / (lags + 1) as f64) * lagged(lag)
    });
    Ratio::Number(effect.float() / variance.sqrt())
}

/// A series whose changes, in basis points, are these; the first level has none.
fn panel(changes: &[i64]) -> Panel {
    let mut panel = common::walks(changes.len() + 1, 1);
    let mut level = 500;
    let levels = std::iter::once(0).chain(changes.iter().copied());
    panel.series[0].values = levels
        .map(|change| {
            level += change;
            Some(level as f64 / 100.0)
        })
        .collect();
    panel
}

/// The row of group `a`, or of `a - b`, under the device and the `[[test]]` keys.
fn rows(
    panel: &Panel,
    events: &[(usize, &str)],
    test: &str,
    device: DeviceChoice,
) -> Vec<ResultRow> {
    // Rows of the sample begin after the first level.
    let placed: Vec<(usize, &str)> = events
        .iter()
        .map(|&(row, group)| (row + 1, group))
        .collect();
    let events = common::events_on(panel, &placed);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nstatistic = \"overlap-regression-t\"\nwindow = [0, 1]\ndays = [1]\nhac = {{ lags = 2 }}\n{test}\n",
        panel.dates[1]
    ))
    .expect("the study of a test is well-formed");
    let prepared = Prepared {
        compiled: compile(&study, panel, &events, &[]).expect("it compiles"),
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    let options = RunOptions {
        device,
        ..RunOptions::default()
    };
    let draws = study.run.draws;
    let counted = count(&prepared, 0..draws, draws, &options, &mut |_, _| true).expect("it runs");
    assert!(counted.notes.is_empty(), "{:?}", counted.notes);
    report(prepared.context(&study), counted, None, &|| false).results
}

/// All ways to pick groups of these sizes out of some rows, ascending within a group.
fn sets(rows: &[usize], sizes: &[usize]) -> Vec<Vec<Vec<usize>>> {
    let Some((&size, rest)) = sizes.split_first() else {
        return vec![vec![]];
    };
    let mut all = Vec::new();
    for mask in 0u32..1 << rows.len() {
        if mask.count_ones() as usize != size {
            continue;
        }
        let (taken, left): (Vec<_>, Vec<_>) = (0..rows.len()).partition(|i| mask >> i & 1 == 1);
        let of = |places: Vec<usize>| places.into_iter().map(|i| rows[i]).collect::<Vec<_>>();
        let taken = of(taken);
        for mut others in sets(&of(left), rest) {
            others.insert(0, taken.clone());
            all.push(others);
        }
    }
    all
}

/// Where the ratios of all sets of a small study lie, and what its row says, on both engines.
fn compare(changes: &[i64], groups: &[Vec<usize>], of: &[(usize, i64)], name: &str) -> [u64; 5] {
    let days = [0, 1];
    let eligible: Vec<usize> = (0..changes.len() - 1).collect();
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let observed = ratio(changes, groups, days, 2, of);
    // Below, tied, above, without a value, infinite.
    let mut expected = [0; 5];
    for set in sets(&eligible, &sizes) {
        match (ratio(changes, &set, days, 2, of), observed) {
            (Ratio::Number(value), Ratio::Number(observed)) => {
                expected[4] += u64::from(value.is_infinite());
                let near = 1e-9 * observed.abs().clamp(1.0, 1e9);
                let tied = value == observed || (value - observed).abs() <= near;
                expected[if tied {
                    1
                } else {
                    2 * usize::from(value > observed)
                }] += 1;
            }
            _ => expected[3] += 1,
        }
    }
    let panel = panel(changes);
    let placed: Vec<(usize, &str)> = groups
        .iter()
        .zip(["a", "b"])
        .flat_map(|(rows, group)| rows.iter().map(move |&row| (row, group)))
        .collect();
    for device in [DeviceChoice::Cpu, DeviceChoice::Gpu] {
        let rows = rows(&panel, &placed, "null = \"uniform\"", device);
        let row = rows.iter().find(|row| row.group() == name).expect(name);
        assert_eq!(row.engine, "enumeration");
        if observed == Ratio::Nought {
            assert_eq!((row.observed, row.p, row.draws), (None, None, None));
            assert!(row.observed_reason.as_ref().unwrap().contains("0/0"));
            continue;
        }
        let Ratio::Number(value) = observed else {
            panic!("the observed events are collinear");
        };
        match row.observed {
            Some(found) => assert!((found - value).abs() < 1e-9 * value.abs()),
            None => {
                assert!(value.is_infinite());
                let reason = row.observed_reason.as_ref().unwrap();
                assert_eq!(
                    reason.starts_with("minus infinite"),
                    value < 0.0,
                    "{reason}"
                );
            }
        }
        let found = [row.below, row.equal, row.above, row.singular].map(Option::unwrap);
        assert_eq!(found, expected[..4], "{name}");
        assert_eq!(row.null_mean.is_none(), expected[4] > 0);
        assert_eq!(row.null_reason.is_some(), expected[4] > 0);
    }
    expected
}

/// Nothing moves but on two events, both times by the same: the effect is there, and no residual.
#[test]
fn an_effect_without_any_residual_is_infinite() {
    let mut changes = [0; 13];
    (changes[3], changes[9]) = (25, 25);
    let one = [(0, 1)];
    let found = compare(&changes, &[vec![3, 9]], &one, "a");
    // Two sets have both changes on one relative day: the events themselves, and the days before them.
    assert_eq!((found[0] + found[2] > 60, found[1], found[4]), (true, 2, 2));
    // Its mirror image: all counts trade sides.
    let negated: Vec<i64> = changes.iter().map(|change| -change).collect();
    let mirrored = compare(&negated, &[vec![3, 9]], &one, "a");
    assert_eq!(mirrored, [found[2], found[1], found[0], found[3], found[4]]);
    // A finite observed value beside infinite ones.
    let finite = compare(&changes, &[vec![3, 6]], &one, "a");
    assert!(finite[2] >= 2 && finite[4] == 2, "{finite:?}");
}

#[test]
fn a_difference_of_nothing_over_nothing_has_no_value() {
    // Coarse: few changes, whole quarters of a percent.
    let mut changes = [0; 11];
    (changes[2], changes[4], changes[7]) = (-25, 25, -25);
    let groups = [vec![2, 7], vec![4]];
    let difference = [(0, 1), (1, -1)];
    let found = compare(&changes, &groups, &difference, "a - b");
    assert!(found[3] > 0 && found[4] > 0, "{found:?}");
    // Windows in which nothing happens.
    let void = compare(&changes, &[vec![5, 8], vec![0]], &difference, "a - b");
    assert_eq!(void[..3], [0, 0, 0]);
}

#[test]
fn a_series_that_never_changes_has_rows_with_a_reason() {
    let mut panel = common::walks(40, 2);
    for (step, row) in (0..40).zip(0..) {
        // The same change every day is no event's effect either.
        panel.series[1].values[row] = Some(5.0 + f64::from(step) / 100.0);
    }
    let events = [(8, "a"), (15, "a"), (24, "a"), (31, "a")];
    let test = "[run]\ndraws = 300\nenumerate = 0";
    for device in [DeviceChoice::Cpu, DeviceChoice::Gpu] {
        let rows = rows(&panel, &events, test, device);
        let [walk, flat] = &rows[..] else {
            panic!("one row a series");
        };
        assert_eq!(walk.draws, Some(300));
        assert!(walk.p.is_some() && walk.observed.is_some() && walk.null_mean.is_some());
        assert_eq!((flat.observed, flat.p, flat.draws), (None, None, None));
        let reason = flat.observed_reason.as_ref().unwrap();
        assert!(reason.contains("the same change on every row"), "{reason}");
        assert_eq!(flat.p_reason.as_ref(), Some(reason));
    }
    let studied = panel.series.remove(1);
    panel.series[0] = studied;
    let error = compile_error(&panel, &events);
    assert!(
        error.contains("no row of the study can be computed"),
        "{error}"
    );
}

fn compile_error(panel: &Panel, events: &[(usize, &str)]) -> String {
    let events = common::events_on(panel, events);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nstatistic = \"overlap-regression-t\"\nwindow = [0, 1]\n",
        panel.dates[1]
    ))
    .unwrap();
    let compiled = compile(&study, panel, &events, &[]);
    compiled.expect_err("nothing can be computed").to_string()
}
