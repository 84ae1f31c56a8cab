//! The same in Parquet and Arrow: encodings, and lists of events.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::Encoding;
use parquet::file::properties::WriterProperties;

use super::*;

fn days() -> ArrayRef {
    let epoch = date(1970, 1, 1);
    let days = rows().into_iter().map(|(day, _)| (day - epoch).get_days());
    Arc::new(Date32Array::from(days.collect::<Vec<_>>()))
}

fn values() -> ArrayRef {
    Arc::new(Float64Array::from(
        rows().into_iter().map(|(_, v)| v).collect::<Vec<_>>(),
    ))
}

fn texts(format: &str) -> ArrayRef {
    let texts = rows()
        .into_iter()
        .map(|(day, _)| day.strftime(format).to_string());
    Arc::new(StringArray::from(texts.collect::<Vec<_>>()))
}

fn parquet(columns: Vec<(&str, ArrayRef)>, properties: Option<WriterProperties>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), properties).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn ipc(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = arrow::ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn dictionary(of: DataType) -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(of))
}

fn runs(of: DataType) -> DataType {
    let ends = Arc::new(Field::new("run_ends", DataType::Int32, false));
    DataType::RunEndEncoded(ends, Arc::new(Field::new("values", of, true)))
}

#[test]
fn every_encoding_gives_the_numbers_of_the_text() {
    let expected = json(&folder(&[]).placebo(&quick(&["plain.csv"], "e.csv", &[])));
    let as_kind = |array: ArrayRef, kind: DataType| cast(&array, &kind).unwrap();
    let views = as_kind(texts("%Y-%m-%d"), DataType::Utf8View);
    let files = [
        (
            "plain",
            parquet(vec![("date", days()), ("x", values())], None),
            "",
        ),
        (
            "dictionary",
            parquet(
                vec![
                    ("date", days()),
                    ("x", as_kind(values(), dictionary(DataType::Float64))),
                ],
                None,
            ),
            "",
        ),
        (
            "dictionary in IPC",
            ipc(vec![
                ("date", as_kind(days(), dictionary(DataType::Date32))),
                ("x", as_kind(values(), dictionary(DataType::Float64))),
            ]),
            "",
        ),
        (
            "runs",
            ipc(vec![
                ("date", as_kind(days(), runs(DataType::Date32))),
                ("x", as_kind(values(), runs(DataType::Float64))),
            ]),
            "",
        ),
        ("views", ipc(vec![("date", views), ("x", values())]), ""),
        (
            "bytes",
            parquet(
                vec![
                    ("date", as_kind(texts("%Y-%m-%d"), DataType::Binary)),
                    ("x", values()),
                ],
                None,
            ),
            "",
        ),
        (
            "day first",
            parquet(vec![("date", texts("%d.%m.%Y")), ("x", values())], None),
            "dates are day.month.year: `13.01.2023` in row 10 can be nothing else",
        ),
        (
            "text after others",
            parquet(vec![("x", values()), ("date", texts("%Y-%m-%d"))], None),
            "the dates are those of column `date`, number 2",
        ),
    ];
    for (what, bytes, rule) in files {
        let folder = folder(&[("d.bin", &bytes)]);
        let report = json(&folder.placebo(&quick(&["d.bin"], "e.csv", &[])));
        assert_eq!(counts(&report), counts(&expected), "{what}");
        assert!(rules(&report).contains(rule), "{what}: {}", rules(&report));
    }
}

#[test]
fn nan_is_missing_and_it_is_said() {
    let mut with_nan: Vec<f64> = rows().into_iter().map(|(_, v)| v).collect();
    with_nan[7] = f64::NAN;
    let text = rows().into_iter().enumerate().map(|(n, (day, v))| match n {
        7 => format!("{day},\n"),
        _ => format!("{day},{v:.2}\n"),
    });
    let text = format!("date,x\n{}", text.collect::<String>());
    let bytes = parquet(
        vec![
            ("date", days()),
            ("x", Arc::new(Float64Array::from(with_nan))),
        ],
        None,
    );
    let folder = folder(&[("d.parquet", &bytes), ("b.csv", text.as_bytes())]);
    let report = json(&folder.placebo(&quick(&["d.parquet"], "e.csv", &["--gap", "drop"])));
    let expected = json(&folder.placebo(&quick(&["b.csv"], "e.csv", &["--gap", "drop"])));
    assert_eq!(counts(&report), counts(&expected));
    assert!(rules(&report).contains("d.parquet: NaN counts as missing: 1 in `x`"));
}

#[test]
fn a_long_file_is_pivoted() {
    let twice = |array: ArrayRef| {
        let parts: [&dyn Array; 2] = [&array, &array];
        arrow::compute::concat(&parts).unwrap()
    };
    let names = [vec!["A"; 60], vec!["B"; 60]].concat();
    let more: Vec<f64> = rows()
        .iter()
        .map(|(_, v)| *v)
        .chain((0..60).map(|n| f64::from(n % 7)))
        .collect();
    let columns = vec![
        ("date", twice(days())),
        ("ticker", Arc::new(StringArray::from(names)) as ArrayRef),
        ("close", Arc::new(Float64Array::from(more)) as ArrayRef),
    ];
    let expected = json(&folder(&[]).placebo(&quick(&["plain.csv"], "e.csv", &[])));
    for bytes in [parquet(columns.clone(), None), ipc(columns)] {
        let folder = folder(&[("d.bin", &bytes)]);
        let report = json(&folder.placebo(&quick(&["d.bin"], "e.csv", &["--series", "A"])));
        assert_eq!(counts(&report), counts(&expected));
        assert!(
            rules(&report)
                .contains("d.bin: a long table: 2 series named by `ticker`, values in `close`")
        );
    }
}

#[test]
fn events_are_read_from_every_format() {
    let expected = json(&folder(&[]).placebo(&quick(&["plain.csv"], "e.csv", &[])));
    let list = || {
        let texts: Vec<&str> = EVENTS.lines().skip(1).collect();
        Arc::new(StringArray::from(texts)) as ArrayRef
    };
    let kinds = [
        DataType::Date32,
        DataType::Utf8,
        DataType::Timestamp(arrow::datatypes::TimeUnit::Nanosecond, None),
        DataType::Timestamp(
            arrow::datatypes::TimeUnit::Microsecond,
            Some("+00:00".into()),
        ),
    ];
    for kind in kinds {
        let dates = cast(&list(), &kind).unwrap();
        let columns = vec![
            (
                "kind",
                Arc::new(StringArray::from(vec!["a"; 4])) as ArrayRef,
            ),
            ("date", dates),
        ];
        for bytes in [parquet(columns.clone(), None), ipc(columns)] {
            let folder = folder(&[("v.bin", &bytes)]);
            let report = json(&folder.placebo(&quick(&["plain.csv"], "v.bin", &[])));
            assert_eq!(counts(&report), counts(&expected), "{kind}");
        }
    }
    let bad = parquet(
        vec![(
            "date",
            Arc::new(StringArray::from(vec!["2023-01-17", "soon"])) as ArrayRef,
        )],
        None,
    );
    let folder = folder(&[("v.bin", &bad)]);
    let text = refusal(&folder.placebo(&quick(&["plain.csv"], "v.bin", &[])));
    assert!(
        text.contains("v.bin, row 2, column date: `soon` is not a date"),
        "{text}"
    );
}

/// A file of pyarrow's whose last timestamp, 9999-12-31, nanoseconds cannot hold.
#[test]
fn dates_beyond_int96_are_not_wrapped() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/forms/int96.parquet");
    let folder = folder(&[("d.parquet", &std::fs::read(path).unwrap())]);
    let text = refusal(&folder.placebo(&quick(&["d.parquet"], "e.csv", &[])));
    assert!(text.contains("d.parquet, row 120, column date: the date 9999-12-31 is out of the range of int96 timestamps"), "{text}");
}

#[test]
fn texts_in_deltas_are_read() {
    for encoding in [
        Encoding::DELTA_BYTE_ARRAY,
        Encoding::DELTA_LENGTH_BYTE_ARRAY,
    ] {
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_column_encoding("date".into(), encoding)
            .build();
        let bytes = parquet(
            vec![("date", texts("%Y-%m-%d")), ("x", values())],
            Some(properties),
        );
        let folder = folder(&[("d.parquet", &bytes)]);
        let report = json(&folder.placebo(&quick(&["d.parquet"], "e.csv", &[])));
        let expected = json(&folder.placebo(&quick(&["plain.csv"], "e.csv", &[])));
        assert_eq!(counts(&report), counts(&expected), "{encoding}");
    }
}
