//! `placebo bench`: what it says, and that no time stands without equal counts.

use assert_cmd::Command;
use serde_json::Value;

fn bench(arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("placebo").expect("the binary is built");
    command.arg("bench").args(arguments).assert()
}

#[test]
fn every_device_is_timed_after_it_made_the_same_counts() {
    let arguments = [
        "--shape",
        "mean,median,bootstrap",
        "--device",
        "gpu",
        "--no-map",
    ];
    let rest = [
        "--threads",
        "2",
        "--seconds",
        "1",
        "--format",
        "json",
        "--quiet",
    ];
    let output = bench(&[arguments.as_slice(), &rest].concat()).success();
    let report: Value = serde_json::from_slice(&output.get_output().stdout).expect("it is JSON");
    let rows = report["results"].as_array().expect("rows");
    let shapes: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["shape"].as_str())
        .collect();
    let three = |name| [name; 3];
    assert_eq!(
        shapes,
        [three("mean"), three("median"), three("bootstrap")].concat()
    );
    for row in rows {
        assert_eq!(row["problem"], Value::Null, "{row}");
        let rates = &row["draws_per_second"];
        let [least, median, most] =
            ["least", "median", "most"].map(|of| rates[of].as_f64().expect("a number"));
        assert!(0.0 < least && least <= median && median <= most, "{row}");
        let is_cpu = row["device"]
            .as_str()
            .is_some_and(|name| name.starts_with("CPU"));
        assert_eq!(row["share"].is_number(), is_cpu, "{row}");
    }
    let manifest = &report["manifest"];
    assert_eq!(manifest["complete"], true);
    assert_eq!(manifest["threads"], 2);
    assert_eq!(manifest["devices"].as_array().map(Vec::len), Some(1));
    for ceiling in ["integer", "f32", "f64", "gathers", "memory"] {
        assert!(
            manifest["ceilings"][ceiling].as_f64() > Some(1e7),
            "{ceiling}"
        );
    }
    assert_eq!(report["break_even"], serde_json::json!([]));
}

#[test]
fn the_table_names_shapes_devices_and_where_a_gpu_pays() {
    let output = bench(&[
        "--shape",
        "two-sample",
        "--device",
        "gpu",
        "--seconds",
        "1",
        "--quiet",
    ])
    .success();
    let text = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    for expected in [
        "Millions of draws a second",
        "two-sample: difference of means, 100 + 120 rows.",
        "is done before the CPU with all of its threads",
        "384 series: ",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_shape_that_is_none_is_refused_with_the_nearest() {
    let output = bench(&["--shape", "medians"]).code(2);
    let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        text.contains("--shape medians") && text.contains("`median`"),
        "{text}"
    );
}
