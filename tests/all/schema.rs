//! The JSON Schema of study files: studies that there are are valid under it, wrong ones are not, and every
//! key of the reference page is in it.
//!
//! It was also looked at from outside: `Draft202012Validator` of Python's jsonschema 4.26.0 takes it for a
//! schema and gives these answers, and so does taplo 0.9.3, which editors use.

use std::path::Path;

use placebo::load::Source;
use placebo::study::{Study, reference};
use serde_json::{Value, json};

use crate::folder::{Folder, STUDY};

fn schema() -> Value {
    serde_json::from_str(&placebo::study::schema()).expect("it is JSON")
}

/// Where a value breaks a schema, and by which word of it; every word must be known here.
fn broken(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let is_of = |of: &str| match of {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("unknown type {other}"),
    };
    let list = |of: &Value| of.as_array().expect("a list").clone();
    let length = |of: &Value| of.as_u64().expect("a number") as usize;
    let of = schema.as_object().expect("a schema is an object");
    let known = of.get("properties").and_then(Value::as_object);
    for (word, of) in of {
        let inner = match word.as_str() {
            "$schema" | "title" | "description" | "default" => continue,
            "type" => is_of(of.as_str().expect("a name")),
            "enum" => list(of).contains(value),
            "anyOf" => list(of).iter().any(|of| broken(of, value, at).is_none()),
            "required" => value.as_object().is_none_or(|table| {
                let mut names = list(of).into_iter();
                names.all(|name| table.contains_key(name.as_str().expect("a name")))
            }),
            "minimum" => value
                .as_f64()
                .is_none_or(|value| value >= of.as_f64().expect("a number")),
            "minItems" => value
                .as_array()
                .is_none_or(|items| items.len() >= length(of)),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() <= length(of)),
            "pattern" => {
                assert_eq!(of, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
                value.as_str().is_none_or(|text| {
                    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
                    text.chars().map(shape).eq("0000-00-00".chars())
                })
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                let mut inside = items.map(|(i, item)| broken(of, item, &format!("{at}/{i}")));
                match inside.find_map(|found| found) {
                    Some(found) => return Some(found),
                    None => true,
                }
            }
            "properties" => {
                let known = of.as_object().expect("keys").iter();
                let mut inside = known.filter_map(|(name, of)| {
                    Some(broken(of, value.get(name)?, &format!("{at}/{name}")))
                });
                match inside.find_map(|found| found) {
                    Some(found) => return Some(found),
                    None => true,
                }
            }
            "additionalProperties" => value.as_object().is_none_or(|table| {
                let mut others = table
                    .iter()
                    .filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
                others.all(|(_, value)| of != &json!(false) && broken(of, value, at).is_none())
            }),
            other => panic!("unknown word {other}"),
        };
        if !inner {
            return Some(format!("{at} {word}"));
        }
    }
    None
}

/// TOML as editors hand it to a schema: dates are text.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(name, value)| (name, as_json(value)))
            .collect(),
        other => json!(other),
    }
}

fn verdict(study: &str) -> Option<String> {
    let study: toml::Table = toml::from_str(study).expect("it is TOML");
    broken(&schema(), &as_json(study.into()), "")
}

#[test]
fn studies_that_there_are_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut read = 0;
    for folder in ["data", "benches", "tests/data"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let text = std::fs::read_to_string(&path).expect("a study");
                assert_eq!(verdict(&text), None, "{}", path.display());
                // So is the study with all that it leaves out.
                let full =
                    Study::from_toml(&text, "study.toml", Source::Bundled).expect("it is one");
                assert_eq!(
                    verdict(&full.to_toml().expect("a text")),
                    None,
                    "{}",
                    path.display()
                );
                read += 1;
            }
        }
    }
    assert!(read >= 6, "{read}");
    // What `init` drafts.
    let drafted = Folder::with(&[]).placebo(&["init", "prices.csv", "--events", "events.csv"]);
    let drafted = String::from_utf8(drafted.stdout).expect("text");
    assert!(drafted.contains("[[test]]"), "{drafted}");
    assert_eq!(verdict(&drafted), None, "{drafted}");
}

/// Every form of a value that keys take: a line in place of another in a study that is read.
#[test]
fn lines_are_valid_or_broken_where_they_are_wrong() {
    let test = "measure = \"endpoints\"";
    let data = "series = [\"oil\"]";
    let events = "file = \"events.csv\"";
    let rows = [
        (test, "measure = \"cumulative\"", None),
        (
            test,
            "meazure = \"cumulative\"",
            Some("/test/0 additionalProperties"),
        ),
        (test, "measure = \"endpoint\"", Some("/test/0/measure enum")),
        (test, "measure = 1", Some("/test/0/measure enum")),
        (test, "null = \"spaced\"\nmin_gap = 2", None),
        (
            test,
            "null = \"spaced\"\nmin_gap = \"2\"",
            Some("/test/0/min_gap type"),
        ),
        (test, "null = \"space\"", Some("/test/0/null enum")),
        (
            test,
            "avoid_events = -1",
            Some("/test/0/avoid_events minimum"),
        ),
        (test, "within = \"month\"", None),
        (
            test,
            "within = { column = \"kind\", file = \"kinds.csv\" }",
            None,
        ),
        (
            test,
            "within = { file = \"kinds.csv\" }",
            Some("/test/0/within anyOf"),
        ),
        (test, "within = \"decade\"", Some("/test/0/within anyOf")),
        (test, "null = \"block-bootstrap\"\nblock = \"auto\"", None),
        (
            test,
            "null = \"block-bootstrap\"\nblock = \"some\"",
            Some("/test/0/block anyOf"),
        ),
        (test, "two_sided = \"symmetric\"", None),
        (test, "family = {}\ninterval = { path = [0.5, 1, 1] }", None),
        (
            test,
            "interval = { path = \"stair\" }",
            Some("/test/0/interval/path anyOf"),
        ),
        (
            test,
            "hac = { lag = 1 }",
            Some("/test/0/hac additionalProperties"),
        ),
        (
            test,
            "pool = \"list\"\ndates = { file = \"dates.csv\" }",
            None,
        ),
        (
            test,
            "pool = \"list\"\ndates = { date = \"day\" }",
            Some("/test/0/dates required"),
        ),
        (
            "statistic = \"mean-change\"",
            "statistic = [\"mean-change\", \"median-change\"]",
            None,
        ),
        (
            "statistic = \"mean-change\"",
            "statistic = \"mean-chang\"",
            Some("/test/0/statistic anyOf"),
        ),
        (
            "statistic = \"mean-change\"",
            "statistic = \"trimmed-mean-change\"\ntrim = 0.2",
            None,
        ),
        ("statistic = \"mean-change\"", "", Some("/test/0 required")),
        (
            "window = [-1, 1]",
            "window = [-1, 1, 2]",
            Some("/test/0/window maxItems"),
        ),
        (
            "window = [-1, 1]",
            "window = [-1]",
            Some("/test/0/window minItems"),
        ),
        (
            "window = [-1, 1]",
            "window = [-1, 1.5]",
            Some("/test/0/window/1 type"),
        ),
        (
            data,
            "missing = [-99.99, \"n.v.\"]\ndecimal = \".\"\ndelimiter = \"tab\"",
            None,
        ),
        (data, "missing = [true]", Some("/data/missing/0 anyOf")),
        (data, "series = \"oil\"", Some("/data/series type")),
        (
            data,
            "[sample]\nfrom = 2024-01-01\nto = \"2024-01-10\"",
            None,
        ),
        (
            data,
            "[sample]\nfrom = \"2024-1-1\"",
            Some("/sample/from pattern"),
        ),
        (
            data,
            "[sample]\nfrom = 2024-01-01T12:00:00",
            Some("/sample/from pattern"),
        ),
        (events, "dates = [2024-01-03, \"2024-01-06\"]", None),
        (events, "dates = [20240103]", Some("/events/dates/0 type")),
        (
            events,
            "file = \"events.csv\"\nfilter = { weight = 1, kind = [\"meeting\", \"speech\"] }",
            None,
        ),
        (
            events,
            "file = \"events.csv\"\nfilter = { weight = 1.5, kind = [true, \"meeting\"] }",
            None,
        ),
        (
            events,
            "file = \"events.csv\"\nfilter = { weight = { least = 1 } }",
            Some("/events/filter additionalProperties"),
        ),
        ("files = [\"prices.csv\"]\n", "", Some("/data required")),
        ("draws = 100", "draws = -100", Some("/run/draws minimum")),
        ("draws = 100", "until = 0.05\nraw = false", None),
        ("draws = 100", "raw = \"no\"", Some("/run/raw type")),
        ("[events]\nfile = \"events.csv\"\n", "", Some(" required")),
        ("[run]", "[runs]", Some(" additionalProperties")),
        ("[[test]]", "[test]", Some("/test type")),
        (
            "[run]",
            "[grid]\nleave_out_by = [\"year\", { column = \"kind\" }]\nwindows = [[-1, 2]]\n[run]",
            None,
        ),
        (
            "[run]",
            "[grid]\ncontrols = [{ lags = 1 }]\n[run]",
            Some("/grid/controls/0 required"),
        ),
    ];
    for (line, other, expected) in rows {
        assert!(STUDY.contains(line), "{line}");
        let study = STUDY.replacen(line, other, 1);
        assert_eq!(verdict(&study).as_deref(), expected, "{study}");
        // The program is of the same mind.
        let read = Study::from_toml(&study, "study.toml", Source::Bundled);
        assert_eq!(
            read.is_err(),
            expected.is_some(),
            "{study}\n{:?}",
            read.err()
        );
    }
}

/// The properties of a schema, or of those that it stands for.
fn property<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    let parts = schema["anyOf"].as_array().into_iter().flatten();
    let mut inner = parts.chain(schema.get("items"));
    let own = schema["properties"].get(name);
    own.or_else(|| inner.find_map(|schema| property(schema, name)))
}

#[test]
fn every_key_is_there_with_its_line() {
    let schema = schema();
    let (mut table, mut found) = (None, 0);
    for line in reference().lines().map(|line| line.replace("\\|", "|")) {
        if let Some(heading) = line.strip_prefix("## ") {
            table = heading
                .strip_prefix('`')
                .map(|name| name.trim_matches(['`', '[', ']']).to_owned());
        }
        let (Some(row), false) = (line.strip_prefix("| `"), line.contains("with the keys")) else {
            continue;
        };
        let (path, rest) = row.split_once('`').expect("a key");
        let (_, help) = rest.rsplit_once(" | ").expect("its line");
        let top = match &table {
            Some(table) => property(&schema, table).expect("a table"),
            None => &schema,
        };
        let key = path.split('.').try_fold(top, property);
        // A design may have the name of a key.
        let Some(key) = key.filter(|_| line.matches(" | ").count() > 1) else {
            // Designs and statistics stand below the keys.
            assert!(line.matches(" | ").count() == 1, "{line}");
            continue;
        };
        assert_eq!(key["description"], help.trim_end_matches(" |"), "{path}");
        found += 1;
    }
    assert!(found >= 100, "{found}");
    // What the program takes where nothing is said.
    for (path, default) in [
        ("test.null", json!("uniform")),
        ("test.family.level", json!(0.05)),
        ("run.draws", json!(1_000_000)),
        ("events.date", json!("date")),
        ("events.shift", json!(0)),
        ("data.series", json!(null)),
        ("name", json!(null)),
    ] {
        let key = path.split('.').try_fold(&schema, property).expect("a key");
        assert_eq!(key["default"], default, "{path}");
    }
}

#[test]
fn the_command_prints_it() {
    let printed = Folder::with(&[]).placebo(&["schema"]);
    assert_eq!(
        String::from_utf8(printed.stdout).expect("text"),
        placebo::study::schema()
    );
    let first = schema();
    assert_eq!(
        first["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}
