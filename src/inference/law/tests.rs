use super::*;
use crate::inference::{exact_p, testing::close};
use crate::run::prepare;
use crate::study::Study;

/// Rows of `tests/reference/bundled_means.tsv`: counted by integers from the bundled files. The
/// published one is 10 Yr over 15 days, -216/15 bp and p = 0.03127 (Andrews and Farboodi).
#[test]
fn means_of_the_bundled_study() {
    let study = Study::open("andrews-farboodi").unwrap();
    let plans = prepare(&study).unwrap().compiled.plans;
    let table = include_str!("../../../tests/reference/bundled_means.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    let mut met = 0;
    for plan in &plans {
        for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
            let row = rows.iter().find(|row| {
                row[0] == hypothesis.relative_day.to_string()
                    && row[1] == hypothesis.series
                    && row[2] == hypothesis.statistic
            });
            let Some(row) = row else {
                assert!(hypothesis.statistic.starts_with("median"));
                continue;
            };
            assert_eq!(row[3], hypothesis.observed.to_string());
            let p = exact_p(exact_law(plan, h).unwrap(), plan.facts.convention);
            close(p, row[4].parse().unwrap(), 1e-12);
            met += 1;
        }
    }
    assert_eq!((met, rows.len()), (28, 28));
    let published: f64 = rows
        .iter()
        .find(|row| row[..4] == ["15", "10 Yr", "mean-change", "-216"])
        .unwrap()[4]
        .parse()
        .unwrap();
    assert_eq!(format!("{published:.5}"), "0.03127");
}
