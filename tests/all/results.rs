//! Results in every form: the same numbers, read back by other means than wrote them.

use std::path::PathBuf;
use std::process::Output;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, UInt64Type};
use assert_cmd::cargo::cargo_bin_cmd;
use placebo::run::prepare;
use placebo::study::Study;
use serde_json::Value;

use crate::folder::{Folder, STUDY, edit};

/// Two groups, two days, labels, a family and intervals.
fn folder() -> Folder {
    let tests = "\
group = \"kind\"

[[test]]
statistic = [\"mean-change\", \"median-change\"]
window = [-1, 1]
days = [0, 1]
family = {}
interval = { level = 0.9 }
";
    let study = edit(
        STUDY,
        &[
            (
                "\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"\n",
                tests,
            ),
            ("enumerate = 0\n", "enumerate = 0\nseed = 9\n"),
            (
                "series = [\"oil\"]",
                "series = [\"oil\", \"gas\"]\nunit = \"EUR\"",
            ),
        ],
    );
    let study = format!("[labels]\noil = \"Crude_oil & more\"\nmeeting = \"Meeting\"\n{study}");
    Folder::with(&[("study.toml", &study)])
}

fn stdout(folder: &Folder, args: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = folder.placebo(args);
    let stderr = String::from_utf8(stderr).expect("UTF-8");
    assert_eq!(status.code(), Some(0), "{args:?}: {stderr}");
    String::from_utf8(stdout).expect("UTF-8")
}

/// Runs the study into a file.
fn run_into(folder: &Folder, file: &str) -> PathBuf {
    stdout(
        folder,
        &["run", "study.toml", "--device", "cpu", "--out", file],
    );
    folder.0.path().join(file)
}

fn json(folder: &Folder) -> Value {
    let text = std::fs::read_to_string(run_into(folder, "r.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The one batch of a file, and its schema: batches of Parquet lose what that says.
fn batch(folder: &Folder, file: &str) -> (RecordBatch, SchemaRef) {
    let bytes = std::fs::File::open(run_into(folder, file)).unwrap();
    let (schema, mut batches): (SchemaRef, Vec<RecordBatch>) = match file.ends_with("parquet") {
        true => {
            use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
            let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
            let schema = builder.schema().clone();
            let reader = builder.build().unwrap();
            (schema, reader.map(Result::unwrap).collect())
        }
        false => {
            let reader = arrow::ipc::reader::FileReader::try_new(bytes, None).unwrap();
            (reader.schema(), reader.map(Result::unwrap).collect())
        }
    };
    assert_eq!(batches.len(), 1);
    (batches.remove(0), schema)
}

/// What JSON has where the flat forms have a column.
fn expected(json: &Value, row: &Value, column: &str) -> Value {
    let manifest = &json["manifest"];
    match column {
        "window_from" => row["window"][0].clone(),
        "window_to" => row["window"][1].clone(),
        "seed" | "placebo_version" => manifest[column].clone(),
        "study_sha256" => manifest["study"]["sha256"].clone(),
        "data_sha256" => {
            let files = manifest["data"].as_array().unwrap().iter().map(|file| {
                let text = |name: &str| file[name].as_str().unwrap().to_owned();
                format!("{} {}", text("sha256"), text("file"))
            });
            files.collect::<Vec<_>>().join("; ").into()
        }
        name => row[name].clone(),
    }
}

#[test]
fn every_form_has_the_same_numbers() {
    let folder = folder();
    let json = json(&folder);
    let rows = json["results"].as_array().unwrap();
    // 2 series x (2 groups, all, a difference) x 2 statistics x 2 days.
    assert_eq!(rows.len(), 32);
    let csv = std::fs::read(run_into(&folder, "r.csv")).unwrap();
    let mut csv = csv::Reader::from_reader(&csv[..]);
    let columns: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let lines: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), rows.len());
    for file in ["r.parquet", "r.arrow"] {
        let (batch, schema) = batch(&folder, file);
        let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
        assert_eq!(names, columns.iter().collect::<Vec<_>>(), "{file}");
        for (at, column) in columns.iter().enumerate() {
            let array = batch.column(at);
            for (row, object) in rows.iter().enumerate() {
                let expected = expected(&json, object, column);
                let in_csv = &lines[row][at];
                if expected.is_null() {
                    assert!(array.is_null(row), "{file} {column}");
                    assert_eq!(in_csv, "", "{column}");
                    continue;
                }
                assert!(!array.is_null(row), "{file} {column}");
                match array.data_type() {
                    DataType::Utf8 => {
                        let text = array.as_string::<i32>().value(row);
                        assert_eq!(text, expected.as_str().unwrap(), "{column}");
                        assert_eq!(in_csv, text, "{column}");
                    }
                    DataType::Float64 => {
                        let number = array.as_primitive::<Float64Type>().value(row);
                        assert_eq!(Some(number), expected.as_f64(), "{column}");
                        assert_eq!(in_csv.parse::<f64>().unwrap(), number, "{column}");
                    }
                    DataType::Int64 => {
                        let number = array.as_primitive::<Int64Type>().value(row);
                        assert_eq!(Some(number), expected.as_i64(), "{column}");
                        assert_eq!(in_csv.parse::<i64>().unwrap(), number, "{column}");
                    }
                    DataType::List(_) => {
                        let items = array.as_list::<i32>().value(row);
                        let items: Vec<f64> = match items.data_type() {
                            DataType::Float64 => {
                                items.as_primitive::<Float64Type>().values().to_vec()
                            }
                            _ => {
                                let whole = items.as_primitive::<UInt64Type>().values();
                                whole.iter().map(|&count| count as f64).collect()
                            }
                        };
                        let expected = expected.as_array().unwrap().iter();
                        let expected: Vec<f64> = expected.map(|of| of.as_f64().unwrap()).collect();
                        assert_eq!(items, expected, "{column}");
                        let in_csv: Vec<f64> = serde_json::from_str(in_csv).unwrap();
                        assert_eq!(items, in_csv, "{column}");
                    }
                    DataType::UInt64 | DataType::Boolean => {
                        assert_eq!(in_csv, expected.to_string(), "{column}");
                    }
                    other => panic!("{column} is {other}"),
                }
            }
        }
        // Counts are whole, p-values are not, and both say what they are in.
        let field = |name: &str| schema.field_with_name(name).unwrap().clone();
        assert_eq!(field("below").data_type(), &DataType::Int64);
        assert_eq!(field("relative_day").data_type(), &DataType::Int64);
        assert_eq!(field("seed").data_type(), &DataType::UInt64);
        assert_eq!(field("complete").data_type(), &DataType::Boolean);
        assert_eq!(field("observed").metadata()["unit"], "EUR");
        assert_eq!(field("p").metadata()["unit"], "probability");
        assert_eq!(field("p").metadata()["convention"], "equal-tailed");
        assert!(field("events").metadata()["description"].contains("Events"));
        assert_eq!(schema.metadata()["seed"], "9");
    }
    assert_eq!(rows[0]["events"], 1);
    // What people read has them, rounded, under the names that people know.
    let shown = stdout(
        &folder,
        &["run", "study.toml", "--device", "cpu", "--details"],
    );
    let latex = std::fs::read_to_string(run_into(&folder, "r.tex")).unwrap();
    let markdown = std::fs::read_to_string(run_into(&folder, "r.md")).unwrap();
    let last_mean = |row: &&Value| row["statistic"] == "mean-change" && row["relative_day"] == 1;
    for row in rows.iter().filter(last_mean) {
        let p = format!("{:.4}", row["p"].as_f64().unwrap());
        let exact = format!("{:.4}", row["p_exact"].as_f64().unwrap_or(1.0));
        let series = row["series"].as_str().unwrap();
        let label = if series == "oil" {
            "Crude_oil & more"
        } else {
            "gas"
        };
        let has = |text: &str, label: &str| {
            let mut lines = text.lines();
            lines.any(|line| line.contains(label) && line.contains(&p) && line.contains(&exact))
        };
        assert!(shown.contains(&p) && shown.contains(label), "{p} {shown}");
        assert!(
            has(&latex, &label.replace('_', "\\_").replace('&', "\\&")),
            "{p} {latex}"
        );
        assert!(
            has(&markdown, &label.replace('_', "\\_").replace('&', "&amp;")),
            "{p} {markdown}"
        );
    }
    for origin in [
        "seed 9",
        "placebo 0.1.0",
        json["manifest"]["study"]["sha256"].as_str().unwrap(),
    ] {
        assert!(
            latex.contains(origin) && markdown.contains(origin),
            "{origin}"
        );
    }
}

#[test]
fn the_manifest_traces_a_result_to_its_study() {
    let folder = folder();
    let json = json(&folder);
    let manifest = &json["manifest"];
    let text = std::fs::read_to_string(folder.0.path().join("study.toml")).unwrap();
    assert_eq!(manifest["study"]["text"].as_str(), Some(&*text));
    use sha2::{Digest, Sha256};
    let hash: String = Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(manifest["study"]["sha256"].as_str(), Some(&*hash));
    assert_eq!(manifest["study"]["transform"], "level-change");
    assert_eq!(manifest["study"]["calendar"]["kind"], "observed");
    assert_eq!(manifest["study"]["off_calendar"], "forward");
    let made = &manifest["made"];
    let command = made["command"].as_str().unwrap();
    assert!(
        command.ends_with("run study.toml --device cpu --out r.json"),
        "{command}"
    );
    let time = |name: &str| {
        made[name]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    assert!(time("started") <= time("finished"));
    assert!(time("finished") <= jiff::Timestamp::now());
}

#[test]
fn a_result_is_shown_again_without_a_draw() {
    let folder = folder();
    let shown = stdout(
        &folder,
        &["run", "study.toml", "--device", "cpu", "--details"],
    );
    let untimed = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains("draws/s"));
        lines.map(str::to_owned).collect()
    };
    let csv = std::fs::read_to_string(run_into(&folder, "r.csv")).unwrap();
    for file in ["r.json", "r.parquet", "r.arrow"] {
        run_into(&folder, file);
        // Neither the study nor its data are needed any more.
        for gone in ["study.toml", "prices.csv"] {
            std::fs::rename(folder.0.path().join(gone), folder.0.path().join("away")).unwrap();
            let again = stdout(&folder, &["show", file, "--details"]);
            assert_eq!(untimed(&again), untimed(&shown), "{file}");
            assert_eq!(
                stdout(&folder, &["show", file, "--format", "csv"]),
                csv,
                "{file}"
            );
            std::fs::rename(folder.0.path().join("away"), folder.0.path().join(gone)).unwrap();
        }
    }
    let refused = folder.placebo(&["show", "r.csv"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("JSON, Parquet or Arrow"), "{said}");
}

#[test]
fn two_results_are_compared() {
    let folder = folder();
    run_into(&folder, "a.json");
    run_into(&folder, "b.parquet");
    let same = stdout(&folder, &["compare", "a.json", "b.parquet"]);
    assert!(same.starts_with("The same results: 32 rows"), "{same}");
    let args = [
        "run",
        "study.toml",
        "--device",
        "cpu",
        "--seed",
        "10",
        "--out",
        "c.arrow",
    ];
    stdout(&folder, &args);
    let other = stdout(&folder, &["compare", "a.json", "c.arrow"]);
    assert!(
        other.contains("32 rows are in both, and their counts differ"),
        "{other}"
    );
    let seeds = other
        .lines()
        .find(|line| line.trim_start().starts_with("seed"))
        .unwrap();
    assert!(seeds.contains('9') && seeds.contains("10"), "{seeds}");
    let json = stdout(
        &folder,
        &["compare", "a.json", "c.arrow", "--format", "json"],
    );
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["rows"], &json["same_counts"]),
        (&32.into(), &false.into())
    );
}

#[test]
fn endings_speak_for_a_form_and_contradictions_are_refused() {
    let folder = Folder::with(&[]);
    let run = |format: &str, file: &str| {
        folder.placebo(&["run", "study.toml", "--format", format, "--out", file])
    };
    let refused = run("csv", "r.parquet");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("speaks for parquet") && said.contains("--format csv"),
        "{said}"
    );
    assert!(!folder.0.path().join("r.parquet").exists());
    assert_eq!(run("csv", "r.csv").status.code(), Some(0));
    assert_eq!(run("latex", "r.txt").status.code(), Some(0));
    let text = std::fs::read_to_string(folder.0.path().join("r.txt")).unwrap();
    assert!(text.contains("\\toprule"), "{text}");
    let refused = folder.placebo(&["run", "study.toml", "--out", "r.html"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("--report r.html"), "{said}");
}

#[test]
fn kept_draws_are_the_draws() {
    let folder = folder();
    for file in ["d.parquet", "d.arrow"] {
        let args = ["run", "study.toml", "--device", "cpu", "--keep-draws", file];
        let shown = stdout(&folder, &args);
        assert!(shown.contains("Null designs"), "{shown}");
        let path = folder.0.path().join(file);
        let bytes = std::fs::File::open(&path).unwrap();
        let batches: Vec<RecordBatch> = match file.ends_with("parquet") {
            true => {
                use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
                let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
                reader.build().unwrap().map(Result::unwrap).collect()
            }
            false => {
                let reader = arrow::ipc::reader::FileReader::try_new(bytes, None).unwrap();
                reader.map(Result::unwrap).collect()
            }
        };
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(rows, 100);
        let study = Study::open(folder.0.path().join("study.toml").to_str().unwrap()).unwrap();
        let plans = prepare(&study).unwrap().compiled.plans;
        assert_eq!(batches[0].num_columns(), 1 + plans[0].hypotheses.len());
        let mut draw = 0;
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let replayed = plans[0].draw(draw).numerators;
                for (h, numerator) in replayed.into_iter().enumerate() {
                    let column = batch.column(1 + h).as_primitive::<Float64Type>();
                    let value = column.is_valid(row).then(|| column.value(row));
                    assert_eq!(value, numerator.map(|n| plans[0].hypotheses[h].value(n)));
                }
                draw += 1;
            }
        }
        let schema = batches[0].schema();
        assert_eq!(schema.field(1).metadata()["unit"], "EUR");
        assert_eq!(schema.field(1).metadata()["series"], "oil");
    }
    let refused = folder.placebo(&["run", "study.toml", "--keep-draws", "d.csv"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// A p-value is no column that a narrow terminal loses, and `COLUMNS` says how wide it is.
#[test]
fn narrow_terminals_show_every_p() {
    let folder = Folder::with(&[]);
    let run = |columns: &str, args: &[&str]| {
        let output = cargo_bin_cmd!("placebo")
            .current_dir(folder.0.path())
            .env("COLUMNS", columns)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let args = [
        "run",
        "bjorkegren",
        "--draws",
        "200",
        "--device",
        "cpu",
        "--exact",
        "never",
    ];
    let wide = run("200", &args);
    let narrow = run("80", &args);
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 80),
        "{narrow}"
    );
    let table = |text: &str| {
        let lines = text
            .lines()
            .skip_while(|line| !line.starts_with("overlap-regression:"));
        let lines = lines.take_while(|line| !line.starts_with("Null designs"));
        lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    let ps = |text: &str| {
        let table = table(text);
        let cells = table.split_whitespace().filter(|cell| {
            let digits = cell.strip_prefix("0.").or(cell.strip_prefix("1."));
            digits.is_some_and(|digits| digits.len() == 4)
        });
        let mut cells: Vec<String> = cells.map(str::to_owned).collect();
        cells.sort();
        cells
    };
    assert!(ps(&wide).len() >= 7 * 21, "{wide}");
    assert_eq!(ps(&wide), ps(&narrow), "{narrow}");
}

/// `placebo` alone fits two screens, says both findings in words, and the answer comes first.
#[test]
fn the_bare_command_fits_two_screens() {
    let folder = Folder::with(&[]);
    let text = stdout(&folder, &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= 100, "{} lines\n{text}", lines.len());
    let findings = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.contains(" bp, "));
    let places: Vec<usize> = findings.map(|(at, _)| at).collect();
    assert_eq!(places.len(), 2, "{text}");
    assert!(places[0] < 25, "{text}");
    for said in ["have p below 0.05", "10-year TIPS", "open - closed"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn manual_pages_and_completions_know_the_commands() {
    let folder = Folder::with(&[]);
    let listed = stdout(&folder, &["man", "pages"]);
    assert!(listed.lines().count() >= 15, "{listed}");
    let page = std::fs::read_to_string(folder.0.path().join("pages/placebo-run.1")).unwrap();
    assert!(
        page.contains(".TH placebo-run 1") && page.contains("andrews"),
        "{page}"
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&folder, &["completions", shell]);
        assert!(script.contains("andrews-farboodi"), "{shell}");
    }
}

#[test]
fn labels_that_name_nothing_are_said_and_two_names_have_two_labels() {
    let of =
        |labels: &str| Folder::with(&[("study.toml", &format!("[labels]\n{labels}\n{STUDY}"))]);
    let args = ["run", "study.toml", "--device", "cpu"];
    let shown = stdout(&of("oyl = \"Crude\""), &args);
    assert!(
        shown.contains("no series and no group here has the name `oyl`"),
        "{shown}"
    );
    let folder = of("oil = \"Crude\"\ngas = \"Crude\"");
    let refused = folder.placebo(&args);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("have one label"), "{said}");
}
