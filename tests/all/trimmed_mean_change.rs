//! `trimmed-mean-change`: set by set, and its key.

use crate::common::named;
use crate::enumerated::{Defined, engines_agree, every_set_counts_as_defined, small_rows};
use crate::folder::STUDY;
use placebo::load::Source;
use placebo::study::Study;

const STATISTIC: &str = "statistic = \"trimmed-mean-change\"";

/// The sum left and its number, `share` tenths of the scores taken away at each end.
fn trimmed(scores: &[i64], share: usize) -> (i64, i64) {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    let out = share * sorted.len() / 10;
    let left = &sorted[out..sorted.len() - out];
    (left.iter().sum(), left.len() as i64)
}

#[test]
fn every_set_counts_as_defined_on_both_engines() {
    let of = |trim: &str, value: fn(&[i64]) -> (i64, i64)| {
        every_set_counts_as_defined(&Defined {
            keys: format!("{STATISTIC}{trim}"),
            value,
        });
    };
    // Groups of two and four: nothing goes, then one of four at each end.
    of("", |scores| trimmed(scores, 1));
    of("\ntrim = 0.3", |scores| trimmed(scores, 3));
    of("\ntrim = 0.4", |scores| trimmed(scores, 4));
}

#[test]
fn larger_studies_have_the_same_integers_on_both_engines() {
    for trim in ["", "\ntrim = 0", "\ntrim = 0.29", "\ntrim = 0.49"] {
        engines_agree(&format!("{STATISTIC}{trim}"), false);
    }
}

/// Both ends lose as many, so that negated changes have its negative, and dealt signs a law that is
/// symmetric about zero.
#[test]
fn negated_changes_mirror_the_counts() {
    for null in ["uniform", "labels", "signs"] {
        for convention in ["equal-tailed", "symmetric"] {
            let keys = format!(
                "{STATISTIC}\ntrim = 0.3\nnull = \"{null}\"\nconvention = \"{convention}\""
            );
            for enumerate in [0, 100_000] {
                let negated = small_rows(&keys, enumerate, -1);
                for (row, other) in small_rows(&keys, enumerate, 1).iter().zip(negated) {
                    assert_eq!(row.observed.map(|value| -value), other.observed, "{keys}");
                    assert_eq!((row.below, row.equal), (other.above, other.equal), "{keys}");
                    assert_eq!(row.p, other.p, "{keys}");
                }
            }
        }
    }
}

/// With nothing trimmed it is the mean.
#[test]
fn without_a_share_it_is_the_mean() {
    let means = small_rows("statistic = \"mean-change\"", 100_000, 1);
    for (row, mean) in small_rows(&format!("{STATISTIC}\ntrim = 0.0"), 100_000, 1)
        .iter()
        .zip(means)
    {
        assert_eq!((row.observed, row.p), (mean.observed, mean.p));
        assert_eq!(
            (row.below, row.equal, row.above),
            (mean.below, mean.equal, mean.above)
        );
    }
}

#[test]
fn its_exact_law_is_said_not_to_be_known() {
    for row in small_rows(STATISTIC, 0, 1) {
        let reason = row.p_exact_reason.as_deref();
        assert_eq!(
            reason,
            Some("the null law of a trimmed mean has no closed form")
        );
    }
}

/// Why a study with this statistic and this key is refused.
fn refused(statistic: &str, trim: &str) -> String {
    let text = STUDY.replace(
        "\"mean-change\"\n",
        &format!("{statistic:?}\ntrim = {trim}\n"),
    );
    let refused = Study::from_toml(&text, "study.toml", Source::Bundled);
    refused.expect_err("it is no share").to_string()
}

#[test]
fn its_key_is_a_share_and_no_other_statistic_takes_it() {
    for trim in ["0.5", "-0.1", "nan", "3"] {
        let error = refused("trimmed-mean-change", trim);
        assert!(error.contains("line 10, key test.trim"), "{error}");
        assert!(error.contains("from 0 to below 0.5"), "{error}");
    }
    let error = refused("trimmed-mean-change", "\"a lot\"");
    assert!(
        error.contains("Allowed: a number from 0 to below 0.5"),
        "{error}"
    );
    let error = refused("mean-change", "0.1");
    assert!(
        error.contains("only trimmed means leave out a share"),
        "{error}"
    );
    assert!(
        error.contains("ask for the statistic \"trimmed-mean-change\""),
        "{error}"
    );
}

/// Rows tell the share, so that two tests of different shares are two questions.
#[test]
fn rows_tell_the_share() {
    for (trim, name) in [
        ("", "trimmed-mean-change"),
        ("trim = 0.2", "trimmed-mean-change(trim 0.2)"),
        (
            "trim = 0.2\nstarts = [0]",
            "trimmed-mean-change(trim 0.2, from 0)",
        ),
    ] {
        let keys = format!("{STATISTIC}\ndays = [0, 5]\n{trim}");
        let plan = crate::common::plan(60, 1, &[5], &keys);
        assert_eq!(named(&plan).last().unwrap().key.statistic(), name);
    }
    let test = |trim: &str| format!("[[test]]\n{STATISTIC}\nwindow = [-1, 1]\ntrim = {trim}\n");
    let study = |trims: [&str; 2]| {
        let (data, _) = STUDY.split_once("[[test]]").unwrap();
        let text = format!("{data}{}{}", test(trims[0]), test(trims[1]));
        Study::from_toml(&text, "study.toml", Source::Bundled)
    };
    study(["0.1", "0.2"]).expect("two questions");
    let twice = study(["0.2", "0.2"]).expect_err("one question").to_string();
    assert!(twice.contains("it repeats a statistic"), "{twice}");
}
