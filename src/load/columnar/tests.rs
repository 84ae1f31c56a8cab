use std::sync::Arc;

use super::*;
use crate::load::Reading;
use crate::load::{Panel, Source, load_panel};
use crate::study::Study;
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Float64Array, Int32Array,
    StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use proptest::prelude::*;

fn parquet(batches: &[RecordBatch], compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(300))
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    bytes
}

fn options(compression: Option<CompressionType>) -> IpcWriteOptions {
    IpcWriteOptions::default()
        .try_with_compression(compression)
        .unwrap()
}

fn ipc_file(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut writer =
        FileWriter::try_new_with_options(Vec::new(), &schema, options(compression)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn ipc_stream(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut writer =
        StreamWriter::try_new_with_options(Vec::new(), &schema, options(compression)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The same batches in every format.
fn every_format(batches: &[RecordBatch]) -> [(&'static str, Vec<u8>); 3] {
    [
        ("a.parquet", parquet(batches, Compression::SNAPPY)),
        (
            "a.arrow",
            ipc_file(batches, Some(CompressionType::LZ4_FRAME)),
        ),
        ("a.arrows", ipc_stream(batches, None)),
    ]
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

fn days(days: &[i32]) -> ArrayRef {
    Arc::new(Date32Array::from(days.to_vec()))
}

fn values(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// Reads one batch through every format, which must agree.
fn load(columns: Vec<(&str, ArrayRef)>, series: &[&str]) -> Result<Panel> {
    let series: Vec<String> = series.iter().map(|name| name.to_string()).collect();
    let batch = batch(columns);
    let mut results =
        every_format(&[batch]).map(|(_, bytes)| Panel::from_bytes(&[("a.bin", &bytes)], &series));
    let shown = |result: &Result<Panel>| match result {
        Ok(panel) => format!("{:?} {:?} {:?}", panel.dates, panel.series, panel.rules),
        Err(error) => error.to_string(),
    };
    assert_eq!(shown(&results[0]), shown(&results[1]));
    assert_eq!(shown(&results[0]), shown(&results[2]));
    std::mem::replace(&mut results[0], Err(Error::input("", "", "")))
}

fn message(result: Result<Panel>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

/// The seven series of the bundled study.
fn bundled() -> (Reading, Panel) {
    let study = Study::open("andrews-farboodi").unwrap();
    let panel = load_panel(&study.source, &study.data.reading()).unwrap();
    assert_eq!(panel.series.len(), 7);
    (study.data.reading(), panel)
}

/// A panel's rows `from..to` as a batch.
fn rows_of(panel: &Panel, from: usize, to: usize) -> RecordBatch {
    let dates: Vec<i32> = panel
        .dates
        .iter()
        .map(|&date| crate::load::table::to_days(date))
        .collect();
    let mut columns = vec![("when", days(&dates[from..to]))];
    for series in &panel.series {
        let array = Float64Array::from(series.values[from..to].to_vec());
        columns.push((series.name.as_str(), Arc::new(array)));
    }
    batch(columns)
}

fn bits(panel: &Panel) -> Vec<Vec<Option<u64>>> {
    let bits = |series: &crate::load::Series| {
        series
            .values
            .iter()
            .map(|value| value.map(f64::to_bits))
            .collect()
    };
    panel.series.iter().map(bits).collect()
}

#[test]
fn bundled_yields_are_the_same_in_every_format() {
    let (mut data, csv) = bundled();
    let rows = csv.dates.len();
    let batches = [rows_of(&csv, 0, 400), rows_of(&csv, 400, rows)];
    let zstd = Compression::ZSTD(Default::default());
    let gzip = Compression::GZIP(Default::default());
    let files = [
        (
            "plain.parquet",
            parquet(&batches, Compression::UNCOMPRESSED),
        ),
        ("snappy.parquet", parquet(&batches, Compression::SNAPPY)),
        ("zstd.parquet", parquet(&batches, zstd)),
        ("gzip.parquet", parquet(&batches, gzip)),
        ("lz4.parquet", parquet(&batches, Compression::LZ4_RAW)),
        ("plain.arrow", ipc_file(&batches, None)),
        (
            "lz4.feather",
            ipc_file(&batches, Some(CompressionType::LZ4_FRAME)),
        ),
        (
            "zstd.feather",
            ipc_file(&batches, Some(CompressionType::ZSTD)),
        ),
        ("plain.arrows", ipc_stream(&batches, None)),
        (
            "zstd.arrows",
            ipc_stream(&batches, Some(CompressionType::ZSTD)),
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let source = Source::Folder(folder.path().to_owned());
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), &bytes).unwrap();
        data.files = vec![name.to_owned()];
        let panel = load_panel(&source, &data).unwrap();
        assert_eq!(panel.dates, csv.dates, "{name}");
        assert_eq!(bits(&panel), bits(&csv), "{name}");
        assert_eq!(panel.files, [FileHash::of(name, &bytes)]);
        assert!(panel.rules.is_empty());
    }
}

#[test]
fn files_of_other_programs_agree_with_their_csv() {
    let source = Source::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data").into());
    let (mut data, _) = bundled();
    data.series.clear();
    let mut load = |file: &str| {
        data.files = vec![file.to_owned()];
        load_panel(&source, &data).unwrap()
    };
    let csv = load("pandas.csv");
    // An index of midnights in New York; a file of dates, compressed with LZ4.
    for file in ["pandas_new_york.parquet", "polars.arrow"] {
        let panel = load(file);
        assert_eq!(
            (panel.dates, panel.series),
            (csv.dates.clone(), csv.series.clone())
        );
    }
}

#[test]
fn formats_mix_in_one_panel() {
    let (mut data, csv) = bundled();
    let folder = tempfile::tempdir().unwrap();
    crate::load::export_bundled(folder.path()).unwrap();
    // 2024 as Parquet and 2025 as Arrow IPC, the earlier years as CSV.
    for (year, parquet_file) in [(2024, true), (2025, false)] {
        let csv_name = format!("treasury_par_yields_{year}.csv");
        let wanted = ["1 Yr", "5 Yr", "10 Yr", "20 Yr", "30 Yr"].map(str::to_owned);
        let bytes = std::fs::read(folder.path().join(&csv_name)).unwrap();
        let panel = Panel::from_bytes(&[(&csv_name, &bytes)], &wanted).unwrap();
        let batches = [rows_of(&panel, 0, panel.dates.len())];
        let (name, bytes) = match parquet_file {
            true => ("parquet", parquet(&batches, Compression::SNAPPY)),
            false => ("arrow", ipc_file(&batches, None)),
        };
        let name = folder
            .path()
            .join(format!("treasury_par_yields_{year}.{name}"));
        std::fs::write(name, bytes).unwrap();
        std::fs::remove_file(folder.path().join(csv_name)).unwrap();
    }
    data.files = vec!["treasury_par_yields_*".to_owned(), "fred_*.csv".to_owned()];
    let mixed = load_panel(&Source::Folder(folder.path().to_owned()), &data).unwrap();
    assert_eq!(mixed.dates, csv.dates);
    assert_eq!(bits(&mixed), bits(&csv));
    assert_eq!(mixed.files.len(), 5);
    assert!(mixed.files[2].file.ends_with("2024.parquet"));
}

#[test]
fn columns_are_chosen_by_type() {
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let columns = || {
        vec![
            ("ticker", text.clone()),
            ("x", values(&[1.0, 2.0])),
            ("day", days(&[1, 2])),
            (
                "flag",
                Arc::new(BooleanArray::from(vec![true, false])) as ArrayRef,
            ),
            ("settled", days(&[3, 4])),
            (
                "n",
                Arc::new(Int32Array::from(vec![Some(7), None])) as ArrayRef,
            ),
            (
                "f",
                Arc::new(Float32Array::from(vec![4.03, 4.05])) as ArrayRef,
            ),
        ]
    };
    let panel = load(columns(), &[]).unwrap();
    assert_eq!(panel.dates[0], jiff::civil::date(1970, 1, 2));
    let names: Vec<_> = panel.series.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["x", "n", "f"]);
    assert_eq!(panel.series[1].values, [Some(7.0), None]);
    assert_eq!(panel.series[2].values, [Some(4.03), Some(4.05)]);
    assert_eq!(
        panel.rules,
        [
            "a.bin: the dates are those of column `day`, the first such one; `settled` left out; [data] date_column (--date-column) names another",
            "a.bin: columns that hold no numbers are left out: `ticker`, `flag`",
        ]
    );
    let panel = load(columns(), &["f", "x"]).unwrap();
    assert_eq!(panel.series[0].name, "f");
    assert_eq!(panel.rules.len(), 1);
    let text = message(load(columns(), &["flag"]));
    assert!(
        text.starts_with("a.bin, column flag: its type is Boolean, which is no number\n"),
        "{text}"
    );
    let text = message(load(columns(), &["day"]));
    assert!(text.contains("this is the column of dates"), "{text}");
    let text = message(load(columns(), &["y"]));
    assert!(text.contains("no file has a series `y`"), "{text}");
}

#[test]
fn a_first_column_of_text_may_hold_the_dates() {
    let dates: DictionaryArray<Int32Type> = ["2024-01-03", "2024-01-02"].into_iter().collect();
    let panel = load(
        vec![
            ("when", Arc::new(dates) as ArrayRef),
            ("x", values(&[1.0, 2.0])),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(
        panel.dates,
        [2, 3].map(|day| jiff::civil::date(2024, 1, day))
    );
    assert_eq!(panel.series[0].values, [Some(2.0), Some(1.0)]);
    let text: ArrayRef = Arc::new(StringArray::from(vec![Some("2024-01-02"), Some("x")]));
    let text = message(load(vec![("when", text), ("x", values(&[1.0, 2.0]))], &[]));
    assert!(
        text.starts_with("a.bin, row 2, column when: `x` is not a date"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let x = || ("x", values(&[1.0, 2.0]));
    let times = |times: Vec<i64>| -> ArrayRef { Arc::new(TimestampMicrosecondArray::from(times)) };
    for (columns, expected) in [
        (
            vec![("d", days(&[1, 2])), ("x", values(&[1.0, f64::INFINITY]))],
            "a.bin, row 2, column x: `inf` is not a finite number",
        ),
        (
            vec![("d", days(&[1, i32::MAX])), x()],
            "a.bin, row 2, column d: day 2147483647 since 1970 is no date",
        ),
        (
            vec![("d", times(vec![0, -1])), x()],
            "a.bin, row 2, column d: the timestamp 1969-12-31 23:59:59 is not midnight",
        ),
        (
            vec![("d", times(vec![0, i64::MIN])), x()],
            "a.bin, row 2, column d: day -106751992 since 1970 is no date",
        ),
        (
            vec![("d", days(&[1, 1])), x()],
            "a.bin, row 2: the date 1970-01-02 is on row 1 already",
        ),
        (
            vec![("d", days(&[2, 1, 3])), ("x", values(&[1.0, 2.0, 3.0]))],
            "a.bin, row 3: the date 1970-01-04 stands after 1970-01-02 (row 2), but dates must run one way",
        ),
        (
            vec![("d", days(&[])), ("x", values(&[]))],
            "a.bin: there are columns but no row of data",
        ),
        (
            vec![x(), ("y", values(&[1.0, 2.0]))],
            "a.bin: there is no column of dates: the columns are `x (Float64)`, `y (Float64)`",
        ),
        (
            vec![("d", days(&[1, 2]))],
            "a.bin: there is no column of numbers: the columns are `d (Date32)`",
        ),
        (
            vec![("d", days(&[1, 2])), x(), x()],
            "a.bin, columns: columns 2 and 3 are both named `x`",
        ),
        (
            vec![("d", days(&[1, 2])), ("", values(&[1.0, 2.0]))],
            "a.bin, columns: column 2 has no name",
        ),
    ] {
        let text = message(load(columns, &[]));
        assert!(text.starts_with(expected), "{text}");
    }
}

/// Decimals of 128 and 256 bits and integers beyond 2^53 are the numbers that their text gives.
#[test]
fn wide_numbers_are_those_of_their_text() {
    let texts = [
        ["12345678901234567890.0123456789", "-0.9700000000"],
        [
            "123456789012345678901234567890.01234567890123456789",
            "4.98000000000000000000",
        ],
        ["9007199254740993", "-9007199254740993"],
        ["18446744073709551615", "9007199254740993"],
    ];
    let types = [
        DataType::Decimal128(38, 10),
        DataType::Decimal256(76, 20),
        DataType::Int64,
        DataType::UInt64,
    ];
    let names = ["a", "b", "c", "d"];
    let mut columns = vec![("date", days(&[1, 2]))];
    for ((name, texts), kind) in names.into_iter().zip(texts).zip(&types) {
        let text = StringArray::from(texts.to_vec());
        columns.push((name, arrow::compute::cast(&text, kind).unwrap()));
    }
    let read = load(columns, &[]).unwrap();
    for (series, texts) in read.series.iter().zip(texts) {
        let expected = texts.map(|text| Some(text.parse::<f64>().unwrap()));
        assert_eq!(series.values, expected, "{}", series.name);
    }
    let [first, second] = [0, 1].map(|row| texts.map(|texts| texts[row]).join(","));
    let csv = format!("date,a,b,c,d\n1970-01-02,{first}\n1970-01-03,{second}\n");
    let csv = Panel::from_bytes(&[("a.csv", csv.as_bytes())], &[]).unwrap();
    assert_eq!(bits(&csv), bits(&read));
}

/// Files of folders, each with two days from `day` on.
fn parted(files: &[(&str, i32)]) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    for (i, &(file, day)) in files.iter().enumerate() {
        let number = 10.0 * (1 + i) as f64;
        let close = values(&[number, number + 1.0]);
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let batches = [batch(vec![
            ("date", days(&[day, day + 1])),
            ("close", close),
        ])];
        let bytes = match file.ends_with("parquet") {
            true => parquet(&batches, Compression::SNAPPY),
            false => ipc_file(&batches, None),
        };
        std::fs::write(path, bytes).unwrap();
    }
    let source = Source::Folder(folder.path().to_owned());
    (folder, source)
}

/// A table that is parted by a column has it in the names of its folders.
#[test]
fn folders_name_the_series_of_a_table() {
    let (folder, source) = parted(&[
        ("p/ticker=AMD/year=1970/0.parquet", 1),
        ("p/ticker=AMD/year=1971/0.parquet", 366),
        ("p/ticker=BRK%2FB/year=1970/0.parquet", 1),
        ("p/ticker=NVDA/year=1970/0.arrow", 2),
    ]);
    let mut data = Reading {
        files: vec!["p/ticker=*/*/*".into()],
        series_column: Some("ticker".into()),
        ..Reading::default()
    };
    let panel = load_panel(&source, &data).unwrap();
    let names: Vec<&str> = panel
        .series
        .iter()
        .map(|series| series.name.as_str())
        .collect();
    assert_eq!(names, ["AMD", "BRK/B", "NVDA"]);
    assert_eq!(panel.dates.len(), 5);
    let read: Vec<_> = panel
        .series
        .iter()
        .map(|series| series.values.clone())
        .collect();
    assert_eq!(
        read[0],
        [Some(10.0), Some(11.0), None, Some(20.0), Some(21.0)]
    );
    assert_eq!(read[1], [Some(30.0), Some(31.0), None, None, None]);
    assert_eq!(read[2], [None, Some(40.0), Some(41.0), None, None]);
    // In the order of paths, each with its hash.
    let files: Vec<&str> = panel.files.iter().map(|file| file.file.as_str()).collect();
    assert!(files.is_sorted() && files.len() == 4, "{files:?}");
    data.series = vec!["NVDA".into()];
    assert_eq!(
        load_panel(&source, &data).unwrap().series[0].values,
        read[2]
    );

    // Without the key two values meet on one date, and the key is named.
    data.series.clear();
    data.series_column = None;
    let text = message(load_panel(&source, &data));
    assert!(
        text.contains("`close` is 30 on 1970-01-02, but 10 in p/ticker=AMD/"),
        "{text}"
    );
    assert!(text.contains("[data] series_column = \"ticker\""), "{text}");
    // A folder of another kind is refused by its file.
    data.series_column = Some("ticker".into());
    data.files.push("q/*".into());
    std::fs::create_dir(folder.path().join("q")).unwrap();
    std::fs::copy(
        folder.path().join("p/ticker=NVDA/year=1970/0.arrow"),
        folder.path().join("q/0.arrow"),
    )
    .unwrap();
    let text = message(load_panel(&source, &data));
    assert!(
        text.starts_with("q/0.arrow") && text.contains("`ticker`"),
        "{text}"
    );
    // A null has no name.
    data.files.truncate(1);
    std::fs::create_dir_all(
        folder
            .path()
            .join("p/ticker=__HIVE_DEFAULT_PARTITION__/y=1"),
    )
    .unwrap();
    std::fs::copy(
        folder.path().join("q/0.arrow"),
        folder
            .path()
            .join("p/ticker=__HIVE_DEFAULT_PARTITION__/y=1/0.arrow"),
    )
    .unwrap();
    let text = message(load_panel(&source, &data));
    assert!(
        text.contains("row 1, column ticker: there is no name of a series"),
        "{text}"
    );
}

/// Folders by year need no key: their files have other dates.
#[test]
fn folders_by_year_are_one_table() {
    let (_folder, source) = parted(&[("p/year=1970/0.parquet", 1), ("p/year=1971/0.parquet", 366)]);
    let data = Reading {
        files: vec!["p/**/*.parquet".into()],
        ..Reading::default()
    };
    let panel = load_panel(&source, &data).unwrap();
    let names: Vec<&str> = panel
        .series
        .iter()
        .map(|series| series.name.as_str())
        .collect();
    assert_eq!(names, ["close"]);
    assert_eq!(panel.series[0].values, [10.0, 11.0, 20.0, 21.0].map(Some));
}

#[test]
fn rows_are_counted_across_batches() {
    let first = batch(vec![("d", days(&[1, 2])), ("x", values(&[1.0, 2.0]))]);
    let second = batch(vec![
        ("d", days(&[3, 4])),
        ("x", values(&[1.0, f64::INFINITY])),
    ]);
    for (name, bytes) in every_format(&[first, second]) {
        let text = message(Panel::from_bytes(&[(name, &bytes)], &[]));
        let expected = format!("{name}, row 4, column x: `inf` is not a finite number");
        assert!(text.starts_with(&expected), "{text}");
    }
}

#[test]
fn cut_files_are_refused_wherever_they_are_cut() {
    let (_, csv) = bundled();
    let batches = [rows_of(&csv, 0, 10), rows_of(&csv, 10, 20)];
    for (name, bytes) in every_format(&batches) {
        for length in 1..bytes.len() {
            let text = message(Panel::from_bytes(&[(name, &bytes[..length])], &[]));
            let cut_late = length > 16;
            assert!(
                !cut_late || text.contains("is cut off"),
                "{name} {length}: {text}"
            );
        }
        let twice = [bytes.as_slice(), b"more"].concat();
        assert!(Panel::from_bytes(&[(name, &twice)], &[]).is_err(), "{name}");
    }
}

#[test]
fn a_compressed_buffer_that_claims_terabytes_is_refused() {
    let rows: Vec<i32> = (0..1000).collect();
    let batches = [batch(vec![("d", days(&rows)), ("x", values(&[1.0; 1000]))])];
    for compression in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        for mut bytes in [
            ipc_file(&batches, Some(compression)),
            ipc_stream(&batches, Some(compression)),
        ] {
            // The size that stands before the buffer of values.
            let size = 8000u64.to_le_bytes();
            let at = bytes.windows(8).rposition(|window| window == size).unwrap();
            bytes[at..at + 8].copy_from_slice(&(1u64 << 50).to_le_bytes());
            let text = message(Panel::from_bytes(&[("a.arrow", &bytes)], &[]));
            assert!(text.contains("claims to unfold to"), "{text}");
        }
    }
}

/// Valid files with some bytes replaced, cut or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let (_, csv) = bundled();
    let batches = [rows_of(&csv, 0, 12), rows_of(&csv, 12, 24)];
    let mut files = every_format(&batches).map(|(_, bytes)| bytes).to_vec();
    files.push(parquet(&batches, Compression::UNCOMPRESSED));
    files.push(ipc_file(&batches, None));
    files.push(ipc_stream(&batches, Some(CompressionType::ZSTD)));
    let change = (any::<prop::sample::Index>(), any::<u8>());
    (
        prop::sample::select(files),
        prop::collection::vec(change, 0..8),
        prop::option::of(any::<prop::sample::Index>()),
    )
        .prop_map(|(mut bytes, changes, cut)| {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                let kept = bytes.len() - cut.index(bytes.len().min(64));
                bytes.truncate(kept);
            }
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop_oneof![
        3 => mutated(),
        1 => (
            prop::sample::select(vec![&b"PAR1"[..], b"ARROW1\0\0", b"\xff\xff\xff\xff", b""]),
            prop::collection::vec(any::<u8>(), 0..200),
        ).prop_map(|(start, rest)| [start, &rest].concat()),
    ]) {
        if let Ok(panel) = Panel::from_bytes(&[("a", &bytes)], &[]) {
            prop_assert!(panel.dates.is_sorted());
            for series in &panel.series {
                prop_assert_eq!(series.values.len(), panel.dates.len());
                prop_assert!(series.values.iter().flatten().all(|value| value.is_finite()));
            }
        }
    }
}
