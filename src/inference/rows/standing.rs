//! What the rows of a null design say together.

use super::{NullStatement, ResultRow, distinct};
use crate::inference::holm;

/// Level at which rows are counted.
pub const COUNTED_AT: f64 = 0.05;

/// How many rows of a null design look small, and how many would by chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The null design with its parameters.
    pub null: String,
    /// Which p-value is reported as p.
    pub convention: String,
    /// Rows with a p.
    pub rows: u64,
    /// Those whose p is below [`COUNTED_AT`].
    pub below: u64,
    /// How many of them are expected if chance alone made them all; at most so many where p moves in steps.
    pub expected: f64,
    /// The smallest p, as one of all these.
    pub family: f64,
    /// How that was adjusted.
    pub adjusted: &'static str,
    /// Whether p claims a level, without which nothing is expected.
    pub claims_level: bool,
}

impl ResultRow {
    /// The exact p-value where there is one, or else that of the draws.
    pub fn best_p(&self) -> Option<f64> {
        self.p_exact.or(self.p)
    }
}

/// Where rows stand, a null design and convention an entry, in their order.
pub fn standings(rows: &[ResultRow], nulls: &[NullStatement]) -> Vec<Standing> {
    let asked = || rows.iter().filter(|row| !row.is_constant());
    let designs = distinct(asked().map(|row| (row.null().to_owned(), row.convention().to_owned())));
    let designs = designs.into_iter();
    let standing = |(null, convention): (String, String)| {
        let of: Vec<&ResultRow> = asked()
            .filter(|row| row.null() == null && row.convention() == convention)
            .filter(|row| row.best_p().is_some())
            .collect();
        let ps: Vec<f64> = of.iter().filter_map(|row| row.best_p()).collect();
        // A family over all of the rows knows how they depend on each other.
        let joint: Option<Vec<f64>> = of.iter().map(|row| row.p_maxt_step).collect();
        let is_one = distinct(of.iter().map(|row| row.window())).len() == 1;
        let (adjusted, how) = match joint.filter(|_| is_one) {
            Some(joint) => (joint, "maxT"),
            None => (holm(&ps), "Holm"),
        };
        let claims_level = of.iter().all(|row| {
            let of_row = nulls.iter().find(|null| null.is_of(row));
            of_row.is_none_or(|null| null.reference.is_none())
        });
        Some(Standing {
            rows: ps.len() as u64,
            below: ps.iter().filter(|&&p| p < COUNTED_AT).count() as u64,
            expected: COUNTED_AT * ps.len() as f64,
            family: adjusted.into_iter().reduce(f64::min)?,
            adjusted: how,
            claims_level,
            null,
            convention,
        })
    };
    designs.filter_map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Key;
    use crate::question::events::{EventKey, NULL};

    fn row(null: &str, p: f64) -> ResultRow {
        let key: Key = EventKey {
            statistic: "mean-change",
            convention: "equal-tailed",
            ..EventKey::default()
        }
        .into();
        ResultRow {
            key: key.with(NULL, null),
            p: Some(p),
            ..ResultRow::default()
        }
    }

    #[test]
    fn rows_are_counted_by_null_design() {
        let mut rows: Vec<ResultRow> = [0.01, 0.2, 0.04, 0.9].map(|p| row("uniform", p)).into();
        rows.push(row("labels", 0.5));
        rows.push(ResultRow {
            p: None,
            ..row("labels", 0.0)
        });
        let found = standings(&rows, &[]);
        let [uniform, labels] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!((uniform.rows, uniform.below, uniform.expected), (4, 2, 0.2));
        // Holm: four times the smallest.
        assert_eq!((uniform.family, uniform.adjusted), (0.04, "Holm"));
        assert_eq!((labels.rows, labels.below, labels.family), (1, 0, 0.5));
        // What a family found of all of them is better, and an exact p than one of draws.
        for row in &mut rows[..4] {
            row.p_maxt_step = Some(0.03);
            row.p_exact = Some(0.06);
        }
        let found = standings(&rows, &[]);
        assert_eq!(
            (found[0].below, found[0].family, found[0].adjusted),
            (0, 0.03, "maxT")
        );
    }
}
