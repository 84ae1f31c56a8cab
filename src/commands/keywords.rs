//! What is asked of a table by keywords, as a program passes them on: the flags of `test` and `bootstrap`.

use clap::{Args, Command};

use super::bootstrap::BootstrapArgs;
use super::page::Pages;
use super::shared::{Device, Part, Results, Work};
use super::test::TestArgs;
use crate::load::{did_you_mean, quoted_list};
use crate::question::resample::BootstrapSpec;
use crate::question::table::TableSpec;
use crate::{Error, Result};

/// A flag by its name with `_` for `-`, and its values; a switch that is on has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// The name.
    pub name: String,
    /// The values.
    pub values: Vec<String>,
}

/// Stands where the table's file does.
const TABLE: &str = "table";

/// Flags that say where draws are looked at, and not what is asked.
const ELSEWHERE: [&str; 4] = ["explain", "index", "first_row", "sets"];

/// What `placebo test` asks of a table by these flags.
///
/// # Errors
///
/// A flag that there is none of, or a value that it does not take.
pub fn table_spec(formula: &str, keywords: &[Keyword]) -> Result<TableSpec> {
    parsed::<TestArgs>("test", &[formula.to_owned()], keywords)?.spec()
}

/// What `placebo bootstrap` asks of a table by these flags.
///
/// # Errors
///
/// A flag that there is none of, or a value that it does not take.
pub fn bootstrap_spec(
    statistic: &str,
    columns: &[String],
    keywords: &[Keyword],
) -> Result<BootstrapSpec> {
    let words: Vec<String> = [statistic.to_owned()]
        .into_iter()
        .chain(columns.iter().cloned())
        .collect();
    parsed::<BootstrapArgs>("bootstrap", &words, keywords)?.spec()
}

fn parsed<A: Args>(command: &'static str, words: &[String], keywords: &[Keyword]) -> Result<A> {
    let of = A::augment_args(
        Command::new(command)
            .no_binary_name(true)
            .disable_help_flag(true),
    )
    // A name with a comma is one name.
    .mut_args(|arg| arg.value_delimiter(None));
    let elsewhere = [
        Part::augment_args,
        Device::augment_args,
        Work::augment_args,
        Results::augment_args,
        Pages::augment_args,
    ]
    .into_iter()
    .fold(Command::new(command), |all, more| more(all));
    let is_elsewhere = |name: &str| {
        ELSEWHERE.contains(&name) || elsewhere.get_arguments().any(|arg| arg.get_id() == name)
    };
    let flags = of.get_arguments().filter_map(|arg| {
        let name = arg.get_id().as_str();
        Some((name, arg.get_long()?)).filter(|_| !is_elsewhere(name))
    });
    let flags: Vec<(&str, &str)> = flags.collect();
    let mut line = Vec::new();
    for Keyword { name, values } in keywords {
        let known = || flags.iter().map(|(known, _)| *known);
        let Some((_, long)) = flags.iter().find(|(known, _)| known == name) else {
            return Err(Error::input(
                format!("keyword `{name}` of {command}"),
                "there is no such keyword",
                format!(
                    "{}The keywords are {}.",
                    did_you_mean(name, known()),
                    quoted_list(known())
                ),
            ));
        };
        match values.as_slice() {
            [] => line.push(format!("--{long}")),
            values => line.extend(values.iter().map(|value| format!("--{long}={value}"))),
        }
    }
    line.extend(["--".to_owned(), TABLE.to_owned()]);
    line.extend_from_slice(words);
    let matches = of.try_get_matches_from(line);
    let args = matches.and_then(|matches| A::from_arg_matches(&matches));
    args.map_err(|error| refused(command, &error))
}

/// What the parser of the command line says, as an error of an input.
fn refused(command: &str, error: &clap::Error) -> Error {
    let said = error.to_string();
    let said = said.split("\n\n").next().unwrap_or_default();
    let said = said.strip_prefix("error: ").unwrap_or(said);
    let (problem, more) = said.split_once('\n').unwrap_or((said, ""));
    let remedy = match more.trim().trim_matches(['[', ']']) {
        "" => format!("`placebo {command} --help` says what each takes."),
        more => format!(
            "Take one of: {}.",
            more.trim_start_matches("possible values: ")
        ),
    };
    Error::input(format!("keywords of {command}"), problem, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::table::{TableNull, TableStatistic};

    fn keyword(name: &str, values: &[&str]) -> Keyword {
        Keyword {
            name: name.into(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }
    }

    #[test]
    fn keywords_are_the_flags() {
        let keywords = [
            keyword("statistic", &["student-t", "difference-of-medians"]),
            keyword("groups", &["b, too", "a"]),
            keyword("null", &["relabeling"]),
            keyword("draws", &["500"]),
            keyword("tail_fit", &[]),
            keyword("exact", &["never"]),
        ];
        let spec = table_spec("y ~ arm", &keywords).unwrap();
        assert_eq!(
            spec.statistics,
            [
                TableStatistic::StudentT,
                TableStatistic::DifferenceOfMedians
            ]
        );
        assert_eq!(spec.groups, ["b, too", "a"]);
        assert_eq!(spec.null, Some(TableNull::Relabeling));
        assert_eq!((spec.draws, spec.tail_fit, spec.exact), (500, true, false));
        let keywords = [
            keyword("scheme", &["stationary"]),
            keyword("block", &["7"]),
            keyword("null_value", &["-2"]),
        ];
        let spec = bootstrap_spec("mean", &["x".into()], &keywords).unwrap();
        assert_eq!(spec.scheme.map(|scheme| scheme.name()), Some("stationary"));
        assert_eq!(
            (spec.columns, spec.null_value),
            (vec!["x".to_owned()], -2.0)
        );
    }

    #[test]
    fn other_words_are_refused() {
        let refused = |keyword: Keyword, part: &str| {
            let text = table_spec("y ~ arm", &[keyword]).unwrap_err().to_string();
            assert!(text.contains(part), "{text}");
        };
        refused(keyword("statistics", &["f"]), "Did you mean `statistic`?");
        refused(keyword("draws", &["few"]), "'few'");
        refused(keyword("alternative", &["more"]), "two-sided");
        refused(keyword("statistic", &["t"]), "there is no statistic `t`");
        // What says where results go is no keyword.
        for name in ["out", "tally", "device", "threads", "explain", "sets"] {
            refused(keyword(name, &["x"]), "there is no such keyword");
        }
    }
}
