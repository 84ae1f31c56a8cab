//! The names that people know, in the place of those of the files.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CoverageReport, FamilyStatement, Figures, GridReport, NullStatement, PowerReport, Preview,
    Report,
};
use crate::question::Key;
use crate::question::events::{CONSTANT, GROUP, SERIES};
use crate::visible::visible;

/// What stands between the two groups of a difference.
const LESS: &str = " - ";

/// What series and groups are called in what people read. Keys, columns of results and messages keep the
/// names of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// Those of a study.
    pub fn new(labels: &BTreeMap<String, String>) -> Self {
        let shown = |text: &String| visible(text).into_owned();
        let labels = labels.iter();
        Labels(
            labels
                .map(|(name, label)| (shown(name), shown(label)))
                .collect(),
        )
    }

    /// The label of a name, or of both sides of a difference; the name itself without one.
    pub fn of<'a>(&'a self, name: &'a str) -> Cow<'a, str> {
        if let Some(label) = self.0.get(name) {
            return Cow::Borrowed(label);
        }
        let sides = name
            .match_indices(LESS)
            .map(|(at, _)| (&name[..at], &name[at + LESS.len()..]));
        let known = |side: &str| self.0.contains_key(side);
        let mut labelled = sides.filter(|(first, second)| known(first) || known(second));
        match labelled.next() {
            Some((first, second)) => {
                let of = |side| self.0.get(side).map_or(side, String::as_str);
                Cow::Owned(format!("{}{LESS}{}", of(first), of(second)))
            }
            None => Cow::Borrowed(name),
        }
    }

    /// The names that have one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn put(&self, name: &mut String) {
        *name = self.of(name).into_owned();
    }

    fn put_all<'n>(&self, names: impl IntoIterator<Item = &'n mut String>) {
        names.into_iter().for_each(|name| self.put(name));
    }

    fn key(&self, key: &mut Key) {
        let (series, group) = (self.of(key.series()), self.of(key.group()));
        let labelled = key.clone().with(SERIES, &*series);
        // A row is known for the regression's constant by this name.
        *key = match key.group() == CONSTANT {
            true => labelled,
            false => labelled.with(GROUP, &*group),
        };
    }

    fn null(&self, null: &mut NullStatement) {
        self.put_all(null.group_sizes.iter_mut().map(|of| &mut of.group));
        if let Some(clusters) = &mut null.clusters {
            self.put_all(clusters.groups.iter_mut().map(|of| &mut of.group));
        }
    }

    fn family(&self, family: &mut FamilyStatement) {
        self.put_all(&mut family.series);
        self.put_all(&mut family.groups);
        self.put_all([&mut family.sup.series, &mut family.sup.group]);
    }
}

/// A report whose names people read.
pub trait Labelled: Clone {
    /// The labels of its study.
    fn labels(&self) -> &Labels;

    /// Puts labels in the place of names.
    fn put(&mut self, labels: &Labels);

    /// The report with labels in the place of names; itself without any.
    fn labelled(&self) -> Cow<'_, Self> {
        if self.labels().0.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut labelled = self.clone();
        labelled.put(self.labels());
        Cow::Owned(labelled)
    }
}

impl Labelled for Report {
    fn labels(&self) -> &Labels {
        &self.study.labels
    }

    fn put(&mut self, labels: &Labels) {
        self.results
            .iter_mut()
            .for_each(|row| labels.key(&mut row.key));
        let manifest = &mut self.manifest;
        manifest.nulls.iter_mut().for_each(|null| labels.null(null));
        manifest
            .families
            .iter_mut()
            .for_each(|of| labels.family(of));
    }
}

impl Figures {
    /// The figures with labels in the place of names, as the report that they belong to has them.
    pub(super) fn labelled(&self, labels: &Labels) -> Cow<'_, Self> {
        if labels.0.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut figures = self.clone();
        for path in &mut figures.paths {
            labels.put_all([&mut path.series, &mut path.group]);
        }
        for effect in &mut figures.effects {
            labels.put_all([&mut effect.series, &mut effect.group]);
        }
        for calendar in &mut figures.calendars {
            labels.put_all(&mut calendar.groups);
        }
        Cow::Owned(figures)
    }
}

impl Labelled for CoverageReport {
    fn labels(&self) -> &Labels {
        &self.study.labels
    }

    fn put(&mut self, labels: &Labels) {
        for row in &mut self.results {
            labels.put_all([&mut row.series, &mut row.group]);
        }
        self.manifest
            .nulls
            .iter_mut()
            .for_each(|null| labels.null(null));
    }
}

impl Labelled for PowerReport {
    fn labels(&self) -> &Labels {
        &self.study.labels
    }

    fn put(&mut self, labels: &Labels) {
        for row in &mut self.results {
            labels.put_all([&mut row.series, &mut row.group]);
        }
        labels.put(&mut self.manifest.group);
        self.manifest
            .nulls
            .iter_mut()
            .for_each(|null| labels.null(null));
    }
}

impl Labelled for GridReport {
    fn labels(&self) -> &Labels {
        &self.study.labels
    }

    fn put(&mut self, labels: &Labels) {
        for row in &mut self.results {
            labels.put_all([&mut row.series, &mut row.group]);
        }
        for curve in &mut self.curves {
            labels.put_all([&mut curve.series, &mut curve.group]);
        }
    }
}

impl Labelled for Preview {
    fn labels(&self) -> &Labels {
        &self.study.labels
    }

    /// What a file calls a series stands beside its label: `check` is asked what was found in files.
    fn put(&mut self, labels: &Labels) {
        for test in &mut self.tests {
            labels.null(&mut test.null);
            for of in &mut test.series {
                if let Some(label) = labels.0.get(&of.series) {
                    of.series = format!("{label} ({})", of.series);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example::{effects, report};
    use crate::report::{Detail, to_csv, to_json, to_table};

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        Labels::new(
            &pairs
                .map(|(name, label)| ((*name).into(), (*label).into()))
                .collect(),
        )
    }

    #[test]
    fn names_and_sides_of_differences_have_labels() {
        let of = labels(&[("open", "open weights"), ("a - b", "A-B"), ("b", "B")]);
        for (name, label) in [
            ("open", "open weights"),
            ("closed", "closed"),
            ("open - closed", "open weights - closed"),
            ("a - b", "A-B"),
            ("a - b - open", "A-B - open weights"),
            ("", ""),
        ] {
            assert_eq!(of.of(name), label, "{name}");
        }
    }

    #[test]
    fn labels_are_shown_as_they_can_be() {
        assert_eq!(labels(&[("x", "a\nb\u{202e}")]).of("x"), "a\\nb\\u{202e}");
    }

    /// People read labels, programs names.
    #[test]
    fn tables_have_labels_and_files_have_names() {
        let mut of = report();
        of.study.labels = labels(&[("10 Yr", "Treasury, ten years"), ("open", "free")]);
        let table = to_table(&of, None, false, Detail::All);
        for shown in ["Treasury, ten years", "free - closed", "16 (free)"] {
            assert!(table.contains(shown), "{shown}\n{table}");
        }
        assert!(!table.contains("10 Yr"), "{table}");
        assert_eq!(to_csv(&of), to_csv(&report()));
        let results = |of: &Report| {
            let json: serde_json::Value = serde_json::from_str(&to_json(of)).unwrap();
            json["results"].clone()
        };
        assert_eq!(results(&of), results(&report()));
    }

    #[test]
    fn a_constant_stays_one() {
        let mut of = effects();
        of.study.labels = labels(&[("constant", "drift"), ("30 Yr", "bond")]);
        let constants = |of: &Report| of.results.iter().filter(|row| row.is_constant()).count();
        let labelled = of.labelled().into_owned();
        assert_eq!(constants(&labelled), constants(&of));
        assert_eq!(labelled.results[0].series(), "bond");
    }
}
