//! `max-change`: set by set, and its exact law.

use crate::enumerated::{Defined, engines_agree, every_set_counts_as_defined, small_rows};

const STATISTIC: &str = "statistic = \"max-change\"";

#[test]
fn every_set_counts_as_defined_on_both_engines() {
    every_set_counts_as_defined(&Defined {
        keys: STATISTIC.into(),
        value: |scores| (*scores.iter().max().unwrap(), 1),
    });
}

#[test]
fn larger_studies_have_the_same_integers_on_both_engines() {
    engines_agree(STATISTIC, true);
}

/// Of negated changes it is minus the least one: no mirror image of itself, so that its symmetric p
/// has a centre that the sets gave, also where signs are dealt.
#[test]
fn negated_changes_are_another_question() {
    let keys = format!("{STATISTIC}\nnull = \"signs\"\nconvention = \"symmetric\"");
    for factor in [1, -1] {
        let row = &small_rows(&keys, 100_000, factor)[0];
        // Of -1, -5, 9, 3.
        assert_eq!(row.observed, Some(if factor == 1 { 9.0 } else { 5.0 }));
        assert!(row.null_mean.unwrap() > 3.0, "no centre at zero");
    }
    let drawn = &small_rows(&keys, 0, 1)[0];
    assert_eq!(drawn.p_exact, None);
    assert_eq!(
        drawn.p_exact_reason.as_deref(),
        Some("the centre of a symmetric p is itself simulated")
    );
}

/// Where sets are drawn the exact law has the p of all of them: of distinct dates by counting, of dealt
/// signs along the graph.
#[test]
fn the_exact_law_is_that_of_all_sets() {
    for (null, engine) in [
        ("uniform", "hypergeometric"),
        ("labels", "hypergeometric"),
        ("signs", "dynamic-programming"),
    ] {
        for convention in ["equal-tailed", "lower", "upper"] {
            let keys = format!("{STATISTIC}\nnull = \"{null}\"\nconvention = \"{convention}\"");
            let all = small_rows(&keys, 100_000, 1);
            for (drawn, all) in small_rows(&keys, 0, 1).iter().zip(all) {
                if all.p_reason.is_some() {
                    continue;
                }
                if drawn.group() == "a - b" {
                    let reason = drawn.p_exact_reason.as_deref();
                    assert_eq!(
                        reason,
                        Some("a difference of two largest values has no closed form")
                    );
                    continue;
                }
                let (p, exact) = (all.p.unwrap(), drawn.p_exact.unwrap());
                assert!((p - exact).abs() < 1e-12, "{keys}: {p} {exact}");
                assert_eq!(drawn.p_exact_engine.as_deref(), Some(engine));
            }
        }
    }
}

/// A step at each event raises the largest change as it is: the set of effects is found by trying them.
#[test]
fn effects_that_are_not_rejected_are_tried() {
    for null in ["uniform", "labels"] {
        let keys = format!("{STATISTIC}\nnull = \"{null}\"\ninterval = {{ level = 0.5 }}");
        let row = &small_rows(&keys, 100_000, 1)[3];
        assert_eq!(row.group(), "a - b");
        assert!(row.interval_set.is_some(), "{row:#?}");
        let (low, high) = (row.interval_low.unwrap(), row.interval_high.unwrap());
        assert!(low <= high, "{low} {high}");
    }
}
