//! Typed tables of every format.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::ipc::writer::{FileWriter, StreamWriter};

use super::*;

fn all(_: &str) -> bool {
    true
}

fn read(bytes: Vec<u8>) -> Result<DataTable> {
    DataTable::from_bytes("t", bytes, &all)
}

fn of_text(text: &str) -> Result<DataTable> {
    read(text.into())
}

fn names(table: &DataTable, column: &str) -> (Vec<u32>, Vec<String>) {
    let levels = table.column(column).unwrap().levels();
    (levels.codes, levels.names)
}

/// The values of floats with NaN as a number that is equal to itself.
fn numbers_of(table: &DataTable, column: &str) -> Vec<Option<f64>> {
    let values = table.column(column).unwrap().as_numbers().unwrap();
    values
        .iter()
        .map(|&v| Some(v).filter(|v| !v.is_nan()))
        .collect()
}

#[test]
fn columns_of_text_get_their_kinds() {
    let table =
        of_text("y,arm,ok,day,b\n1.5,B,TRUE,2024-01-02,1\nNA,A,false,,0\n-2,B,true,2023-05-06,1\n");
    let table = table.unwrap();
    let kinds: Vec<ColumnKind> = table.columns().iter().map(|column| column.kind).collect();
    use ColumnKind::*;
    assert_eq!(kinds, [Number, Text, Boolean, Date, Number]);
    assert_eq!(numbers_of(&table, "y"), [Some(1.5), None, Some(-2.0)]);
    assert_eq!(
        names(&table, "arm"),
        (vec![0, 1, 0], vec!["B".into(), "A".into()])
    );
    assert_eq!(names(&table, "ok").1, ["true", "false"]);
    assert_eq!(names(&table, "day").0, [0, Levels::MISSING, 1]);
    assert_eq!(
        names(&table, "b"),
        (vec![0, 1, 0], vec!["1".into(), "0".into()])
    );
    assert!(table.column("y").unwrap().is_missing(1) && table.column("day").unwrap().is_missing(1));
    assert_eq!(table.place(2), "t, line 4");
    assert_eq!(table.rows(), 3);
}

#[test]
fn what_is_no_number_is_found() {
    let table = of_text("y\n1\n2\nthree\n").unwrap();
    let column = table.column("y").unwrap();
    assert_eq!(column.kind, ColumnKind::Text);
    assert_eq!(column.first_that_is_no_number(), Some((2, "three")));
    let text = of_text("y\n1\n-inf\n").unwrap_err().to_string();
    assert!(
        text.starts_with("t, line 3, column y: `-inf` is not a finite number"),
        "{text}"
    );
    let text = of_text("y,z\n").unwrap_err().to_string();
    assert!(text.contains("no row of data"), "{text}");
}

/// Columns of every kind, as a batch.
fn batch() -> RecordBatch {
    let arms: ArrayRef = Arc::new(StringArray::from(vec![
        Some("b"),
        None,
        Some("a"),
        Some("b"),
    ]));
    let coded = cast(
        &arms,
        &DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
    );
    let columns: [(&str, ArrayRef); 6] = [
        (
            "n",
            Arc::new(Int64Array::from(vec![Some(3), Some(-1), None, Some(7)])),
        ),
        ("x", Arc::new(Float64Array::from(vec![0.5, 1.5, 2.5, 3.5]))),
        (
            "ok",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(false),
                Some(true),
                None,
            ])),
        ),
        ("arm", arms),
        ("coded", coded.unwrap()),
        ("day", Arc::new(Date32Array::from(vec![0, 19_723, 1, 2]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn check(table: &DataTable) {
    assert_eq!(table.names(), ["n", "x", "ok", "arm", "coded", "day"]);
    assert_eq!(
        numbers_of(table, "n"),
        [Some(3.0), Some(-1.0), None, Some(7.0)]
    );
    assert_eq!(numbers_of(table, "x"), [0.5, 1.5, 2.5, 3.5].map(Some));
    let missing = Levels::MISSING;
    assert_eq!(
        names(table, "ok"),
        (vec![0, 1, 0, missing], vec!["true".into(), "false".into()])
    );
    for column in ["arm", "coded"] {
        assert_eq!(
            names(table, column),
            (vec![0, missing, 1, 0], vec!["b".into(), "a".into()])
        );
    }
    assert_eq!(table.column("coded").unwrap().kind, ColumnKind::Categorical);
    assert_eq!(names(table, "day").1[1], "2024-01-01");
    assert_eq!(table.place(1), format!("{}, row 2", table.file.file));
}

fn parquet_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn arrow_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, batch.schema_ref()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn every_format_gives_one_table() {
    let batch = batch();
    check(&read(parquet_of(&batch)).unwrap());
    check(&read(arrow_of(&batch)).unwrap());
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, batch.schema_ref()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    check(&read(bytes).unwrap());
    let halves = [batch.slice(0, 1), batch.slice(1, 3)];
    let table = DataTable::from_batches(&halves).unwrap();
    check(&table);
    assert_eq!(table.file.sha256, "");
}

#[test]
fn only_wanted_columns_are_held() {
    let batch = batch();
    for bytes in [
        parquet_of(&batch),
        arrow_of(&batch),
        b"n,x,arm\n3,0.5,b\n".to_vec(),
    ] {
        let wanted = |name: &str| name == "arm" || name == "n";
        let table = DataTable::from_bytes("t", bytes, &wanted).unwrap();
        let held: Vec<&str> = table.columns().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(held, ["n", "arm"]);
        assert!(table.names().contains(&"x".to_owned()) && table.column("x").is_none());
        assert_eq!(names(&table, "arm").1[0], "b");
    }
}

/// The footers of such files are larger than those of any panel of series.
#[test]
fn fifty_thousand_columns_are_read() {
    let columns = 50_000;
    let column = |c: usize| -> ArrayRef { Arc::new(Float64Array::from(vec![c as f64, -0.5])) };
    let named = (0..columns).map(|c| (format!("gene_{c}"), column(c)));
    let batch = RecordBatch::try_from_iter(named).unwrap();
    let names: Vec<String> = (0..columns).map(|c| format!("gene_{c}")).collect();
    let row = |value: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = (0..columns).map(value).collect();
        cells.join(",")
    };
    let text = [
        names.join(","),
        row(&|c| c.to_string()),
        row(&|_| "-0.5".to_owned()),
    ];
    for bytes in [
        parquet_of(&batch),
        arrow_of(&batch),
        text.join("\n").into_bytes(),
    ] {
        let table = read(bytes).unwrap();
        assert_eq!((table.rows(), table.columns().len()), (2, columns));
        let last = table.columns().last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.as_numbers().unwrap()),
            ("gene_49999", &[49_999.0, -0.5][..])
        );
    }
}

#[test]
fn columns_in_memory_are_checked() {
    let numbers = |values: &[f64]| DataColumn::numbers("y", values.to_vec());
    let arms = || DataColumn::texts("arm", ["a", "b"].map(Some));
    let table = DataTable::of([numbers(&[1.0, f64::NAN]), arms()]).unwrap();
    assert_eq!(numbers_of(&table, "y"), [Some(1.0), None]);
    for (columns, problem) in [
        (vec![], "there is no column"),
        (vec![numbers(&[]), arms()], "it has 0 rows"),
        (
            vec![numbers(&[1.0]), arms()],
            "it has 2 rows, the first column 1",
        ),
        (
            vec![numbers(&[1.0, 2.0]), numbers(&[1.0, 2.0])],
            "both named `y`",
        ),
        (
            vec![numbers(&[1.0, f64::INFINITY])],
            "row 2 is not a finite number",
        ),
    ] {
        let text = DataTable::of(columns).unwrap_err().to_string();
        assert!(text.contains(problem), "{text}");
    }
    assert!(DataTable::from_batches(&[]).is_err());
}
