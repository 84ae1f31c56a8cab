//! Every draw's statistics in a file, batch by batch.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Prepared, Progress};
use crate::engine::{Block, Schedule, Visit, Visitor};
use crate::error::{Error, Result};
use crate::question::events::EventPlan;
use crate::write::replace_by;

/// Values of a batch, over all of its columns: what is in memory at a time.
const VALUES: usize = 1 << 21;
/// The most draws of a batch.
const MOST_DRAWS: u64 = 1 << 16;

/// The two kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptForm {
    /// Parquet, a row group a batch.
    Parquet,
    /// Arrow IPC.
    Arrow,
}

impl KeptForm {
    /// By the ending of a file.
    ///
    /// # Errors
    ///
    /// Another ending.
    pub fn of(file: &Path, flag: &str) -> Result<Self> {
        let ending = file.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("parquet") => Ok(KeptForm::Parquet),
            Some("arrow" | "feather") => Ok(KeptForm::Arrow),
            _ => Err(Error::input(
                format!("{flag} {}", file.display()),
                "draws are kept in Parquet or Arrow, by the file's ending",
                "name a file that ends in .parquet or .arrow",
            )),
        }
    }
}

/// Makes the draws of all tests on the CPU and writes their statistics to `file`: a row a draw, a column a row of the
/// results, in its unit, empty where the draw has no value or the test makes fewer sets. No more than a batch is in
/// memory. When `progress` says to stop no file is made; the draws written by then are what is answered.
///
/// # Errors
///
/// The file cannot be written, or the system cannot start the threads.
pub fn keep_draws(
    prepared: &Prepared,
    draws: u64,
    file: &Path,
    form: KeptForm,
    threads: Option<usize>,
    progress: &mut Progress<'_>,
) -> Result<u64> {
    let plans = &prepared.compiled.plans;
    let schema = Arc::new(schema(plans));
    let most = plans
        .iter()
        .map(|plan| plan.draws(draws))
        .max()
        .unwrap_or(0);
    let size = (VALUES / schema.fields().len()).max(1) as u64;
    let size = size.min(MOST_DRAWS);
    let mut visitors = Vec::new();
    for plan in plans {
        visitors.push(Visitor::new(&plan.plan, threads)?);
    }
    let mut done = 0;
    let kept = replace_by(file, |to| {
        let mut sink = Sink::new(to, form, &schema).map_err(std::io::Error::other)?;
        while done < most {
            let range = done..most.min(done + size);
            let rows = (range.end - range.start) as usize;
            let mut columns: Vec<ArrayRef> =
                vec![Arc::new(UInt64Array::from_iter_values(range.clone()))];
            for (plan, visitor) in plans.iter().zip(&mut visitors) {
                let last = plan.draws(draws).clamp(range.start, range.end);
                let begin = || Kept(Vec::new());
                let (Kept(blocks), _) =
                    visitor.run(range.start..last, Schedule::default(), begin, &mut |_| true);
                columns.extend(values(plan, range.start, rows, &blocks));
            }
            let batch = RecordBatch::try_new(schema.clone(), columns);
            batch
                .and_then(|batch| sink.write(&batch))
                .map_err(std::io::Error::other)?;
            done = range.end;
            if !progress(done, most) && done < most {
                return Ok(false);
            }
        }
        sink.finish().map_err(std::io::Error::other)?;
        Ok(true)
    });
    kept.map_err(|source| Error::Output {
        place: file.display().to_string(),
        source,
    })?;
    Ok(done)
}

/// Some draws' offsets, hypothesis by hypothesis, and the first of the draws.
struct Kept(Vec<(u64, usize, Vec<u64>)>);

impl Visit for Kept {
    type Word = u64;

    fn block(&mut self, first: u64, block: &Block<'_>) {
        self.0.push((first, block.draws(), block.all().to_vec()));
    }

    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// The values of a plan's hypotheses in `rows` draws from `first` on.
fn values(
    plan: &EventPlan,
    first: u64,
    rows: usize,
    blocks: &[(u64, usize, Vec<u64>)],
) -> Vec<ArrayRef> {
    let column = |h: usize| {
        let hypothesis = &plan.hypotheses[h];
        let mut values = vec![None; rows];
        for (from, draws, offsets) in blocks.iter().filter(|_| hypothesis.void.is_none()) {
            let at = (from - first) as usize;
            for (value, &offset) in values[at..at + draws].iter_mut().zip(&offsets[h * draws..]) {
                let is_there = offset != Block::UNDEFINED;
                *value = is_there.then(|| hypothesis.value(hypothesis.lattice.numerator(offset)));
            }
        }
        Arc::new(Float64Array::from(values)) as ArrayRef
    };
    (0..plan.hypotheses.len()).map(column).collect()
}

/// A column a hypothesis, called by its key; the key's columns, the unit and the observed value stand in its
/// metadata.
fn schema(plans: &[EventPlan]) -> Schema {
    let mut fields = vec![Field::new("draw", DataType::UInt64, false)];
    for plan in plans {
        for (hypothesis, label) in plan.hypotheses.iter().zip(&plan.labels) {
            let headings = label.key.headings().into_iter();
            let mut about: HashMap<String, String> = headings.zip(label.key.cells()).collect();
            about.insert("unit".into(), label.unit.clone());
            if let Some(observed) = hypothesis.observed_value() {
                about.insert("observed".into(), observed.to_string());
            }
            let name = label.key.to_string();
            fields.push(Field::new(name, DataType::Float64, true).with_metadata(about));
        }
    }
    let seed = plans.first().map_or(0, |plan| plan.seed);
    let about: HashMap<String, String> = [
        ("seed".to_owned(), seed.to_string()),
        (
            "placebo_version".to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
    ]
    .into();
    Schema::new_with_metadata(fields, about)
}

/// Where batches go.
enum Sink<W: Write + Send> {
    Parquet(Box<ArrowWriter<W>>),
    Arrow(Box<FileWriter<W>>),
}

impl<W: Write + Send> Sink<W> {
    fn new(to: W, form: KeptForm, schema: &SchemaRef) -> std::result::Result<Self, ArrowError> {
        Ok(match form {
            KeptForm::Parquet => {
                let compression = Compression::ZSTD(ZstdLevel::default());
                let properties = WriterProperties::builder().set_compression(compression);
                let properties = Some(properties.build());
                Sink::Parquet(Box::new(ArrowWriter::try_new(
                    to,
                    schema.clone(),
                    properties,
                )?))
            }
            KeptForm::Arrow => Sink::Arrow(Box::new(FileWriter::try_new(to, schema)?)),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> std::result::Result<(), ArrowError> {
        match self {
            Sink::Parquet(writer) => {
                writer.write(batch)?;
                // A row group is kept in memory until its end.
                Ok(writer.flush()?)
            }
            Sink::Arrow(writer) => writer.write(batch),
        }
    }

    fn finish(self) -> std::result::Result<(), ArrowError> {
        match self {
            Sink::Parquet(writer) => writer.close().map(|_| ()).map_err(ArrowError::from),
            Sink::Arrow(mut writer) => writer.finish(),
        }
    }
}
