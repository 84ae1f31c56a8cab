//! What a run answers, in the forms that Python asks for.

use std::ops::Range;

use placebo::bootstrap::Bootstrap;
use placebo::engine::{Block, Folding, Schedule, Threads, Visit, Visitor, fold_draws};
use placebo::picture::Picture;
use placebo::plan::{Hypothesis, Plan};
use placebo::question::Key;
use placebo::question::events::CONVENTION;
use placebo::question::table::Shown;
use placebo::report::{
    BootstrapReport, Detail, Figures, Flat, Forms, GridReport, PowerReport, Report,
    TablePowerReport, TableReport, pictures, to_html,
};
use placebo::run::{Counted, Inputs, RunOptions, figures};
use placebo::study::Study;
use placebo::table_test::TableTest;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};
use serde_json::Value;

use crate::errors::{Raise, Raised, refused};
use crate::frame::capsule;
use crate::watch::{Told, watched};

/// A run of a study.
pub struct StudyRun {
    pub study: Study,
    pub inputs: Inputs,
    pub counted: Counted,
    pub report: Report,
    pub options: RunOptions,
}

/// A run of a test of a table.
pub struct TableRun {
    pub test: TableTest,
    pub report: TableReport,
    pub threads: Option<usize>,
}

/// A run of a bootstrap.
pub struct BootstrapRun {
    pub bootstrap: Bootstrap,
    pub report: BootstrapReport,
    pub threads: Option<usize>,
}

enum Of {
    Study(Box<StudyRun>),
    Table(Box<TableRun>),
    Bootstrap(Box<BootstrapRun>),
    Grid(Box<GridReport>),
    Power(Box<PowerReport>),
    TablePower(Box<TablePowerReport>),
}

/// What a run answers.
#[pyclass(frozen, module = "pyplacebo._core")]
pub struct Answer {
    of: Of,
    flat: Flat,
}

/// The same of each kind's report.
macro_rules! of_report {
    ($of:expr, $report:ident => $what:expr) => {
        match $of {
            Of::Study(run) => {
                let $report = &run.report;
                $what
            }
            Of::Table(run) => {
                let $report = &run.report;
                $what
            }
            Of::Bootstrap(run) => {
                let $report = &run.report;
                $what
            }
            Of::Grid($report) => $what,
            Of::Power($report) => $what,
            Of::TablePower($report) => $what,
        }
    };
}

impl Answer {
    fn of(of: Of) -> Self {
        let flat = of_report!(&of, report => report.flat());
        Answer { of, flat }
    }

    pub fn of_study(run: StudyRun) -> Self {
        Self::of(Of::Study(Box::new(run)))
    }

    pub fn of_table(run: TableRun) -> Self {
        Self::of(Of::Table(Box::new(run)))
    }

    pub fn of_bootstrap(run: BootstrapRun) -> Self {
        Self::of(Of::Bootstrap(Box::new(run)))
    }

    pub fn of_grid(report: GridReport) -> Self {
        Self::of(Of::Grid(Box::new(report)))
    }

    pub fn of_power(report: PowerReport) -> Self {
        Self::of(Of::Power(Box::new(report)))
    }

    pub fn of_table_power(report: TablePowerReport) -> Self {
        Self::of(Of::TablePower(Box::new(report)))
    }

    fn figures(&self, told: &Told) -> Raised<Figures> {
        match &self.of {
            Of::Study(run) => {
                let StudyRun {
                    study,
                    inputs,
                    counted,
                    options,
                    ..
                } = &**run;
                let mut tell = |_, _| !told.is_stopped();
                Ok(figures(study, inputs, counted, options, &mut tell)?)
            }
            _ => Ok(Figures::default()),
        }
    }
}

#[pymethods]
impl Answer {
    /// `study`, `table`, `bootstrap`, `grid`, `power` or `table-power`.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.of {
            Of::Study(_) => "study",
            Of::Table(_) => "table",
            Of::Bootstrap(_) => "bootstrap",
            Of::Grid(_) => "grid",
            Of::Power(_) => "power",
            Of::TablePower(_) => "table-power",
        }
    }

    /// Whether all draws were made, or as many as a rule needed.
    #[getter]
    fn complete(&self) -> bool {
        match &self.of {
            Of::Study(run) => run.report.manifest.complete,
            Of::Table(run) => run.report.manifest.complete,
            Of::Bootstrap(run) => run.report.manifest.complete,
            // These are whole, or an error.
            Of::Grid(_) | Of::Power(_) | Of::TablePower(_) => true,
        }
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        let columns = self.flat.columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    }

    /// What the columns hold, in their order.
    #[getter]
    fn definitions(&self) -> Vec<&str> {
        let columns = self.flat.columns.iter();
        columns.map(|column| column.about.as_str()).collect()
    }

    /// The number of rows.
    fn __len__(&self) -> usize {
        self.flat.rows.len()
    }

    /// The cells of a column; None of a name that no column has.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyList>>> {
        let at = self
            .flat
            .columns
            .iter()
            .position(|column| column.name == name);
        let cells = at.map(|at| {
            let cells = self.flat.rows.iter().map(|row| to_python(py, &row[at]));
            PyList::new(py, cells.collect::<PyResult<Vec<_>>>()?)
        });
        cells.transpose()
    }

    /// All else that the answer says.
    fn about<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.flat.about)
    }

    /// What people read, in lines of at most `width`.
    #[pyo3(signature = (details, width))]
    fn text(&self, details: bool, width: Option<u16>) -> String {
        let detail = match details {
            true => Detail::All,
            false => Detail::Usual,
        };
        of_report!(&self.of, report => report.text(width, false, detail))
    }

    /// The answer as `json`, `csv`, `latex`, `markdown`, `parquet` or `arrow`; None of another form.
    fn form<'py>(&self, py: Python<'py>, form: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let bytes = match form {
            "json" => of_report!(&self.of, report => report.to_json()).into_bytes(),
            "csv" => self.flat.to_csv().into_bytes(),
            "latex" => of_report!(&self.of, report => report.to_latex()).into_bytes(),
            "markdown" => of_report!(&self.of, report => report.to_markdown()).into_bytes(),
            "parquet" => self.flat.to_parquet().map_err(no_form)?,
            "arrow" => self.flat.to_arrow().map_err(no_form)?,
            _ => return Ok(None),
        };
        Ok(Some(PyBytes::new(py, &bytes)))
    }

    /// The rows as an Arrow stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A wish, which a producer may leave to whoever reads.
        let _ = requested_schema;
        capsule(py, self.flat.to_batch().map_err(no_form)?)
    }

    /// A page with pictures, tables and methods; None of what has none.
    fn page(&self, py: Python<'_>) -> PyResult<Option<String>> {
        watched(py, None, |told| {
            Ok(match &self.of {
                Of::Study(run) => Some(to_html(&run.report, &self.figures(told)?)),
                Of::Grid(report) => Some(report.to_html()),
                Of::Power(report) => Some(report.to_html()),
                Of::Table(run) => Some(run.report.to_html()),
                Of::Bootstrap(run) => Some(run.report.to_html()),
                Of::TablePower(_) => None,
            })
        })
    }

    /// The pictures: a name, an SVG and its numbers as CSV each.
    fn pictures(&self, py: Python<'_>) -> PyResult<Vec<(String, String, String)>> {
        watched(py, None, |told| {
            let drawn: Vec<Picture> = match &self.of {
                Of::Study(run) => pictures(&run.report, &self.figures(told)?),
                Of::Grid(report) => report.pictures(),
                Of::Power(report) => report.pictures(),
                Of::Table(run) => run.report.pictures(),
                Of::Bootstrap(run) => run.report.pictures(),
                Of::TablePower(_) => Vec::new(),
            };
            let forms = drawn.iter();
            let forms = forms.map(|of| (of.id.clone(), of.to_svg(), of.numbers.to_csv()));
            Ok(forms.collect())
        })
    }

    /// The values of the first draws of a row's null design, or of its replicates, made again on the CPU: 64-bit
    /// floats, NaN where a draw has none. `draws`: how many, or as many as were asked for.
    #[pyo3(signature = (row, draws=None))]
    fn draws<'py>(
        &self,
        py: Python<'py>,
        row: usize,
        draws: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let values = watched(py, None, |told| match &self.of {
            Of::Study(run) => of_study(run, row, draws, told),
            Of::Table(run) => of_table(run, row, draws, told),
            Of::Bootstrap(run) => of_bootstrap(run, row, draws, told),
            Of::Grid(_) | Of::Power(_) | Of::TablePower(_) => {
                Err(none_of("a row of a campaign is of many tests"))
            }
        })?;
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        Ok(PyBytes::new(py, &bytes))
    }
}

fn of_study(run: &StudyRun, row: usize, draws: Option<u64>, told: &Told) -> Raised<Vec<f64>> {
    let key = &run.report.results[row].key;
    for answer in &run.counted.answers {
        if let Some(h) = answer
            .plan
            .labels
            .iter()
            .position(|label| is_of(&label.key, key))
        {
            let asked = answer.plan.draws(draws.unwrap_or(run.study.run.draws));
            return drawn(&answer.plan.plan, h, asked, run.options.threads, told);
        }
    }
    Err(none_of("the row has none"))
}

fn of_table(run: &TableRun, row: usize, draws: Option<u64>, told: &Told) -> Raised<Vec<f64>> {
    let key = &run.report.results[row].key;
    for plan in &run.test.compile()?.plans {
        if let Some(h) = plan.labels.iter().position(|label| is_of(&label.key, key)) {
            let more = match plan.words.shown[h] {
                Shown::Value => 0.0,
                Shown::Shifted(by) => by,
                Shown::Instead(_) => {
                    return Err(none_of(
                        "draws are compared by what rises with the statistic",
                    ));
                }
            };
            let asked = plan.draws(draws.unwrap_or(run.test.spec.draws));
            let mut values = drawn(&plan.plan, h, asked, run.threads, told)?;
            values.iter_mut().for_each(|value| *value += more);
            return Ok(values);
        }
    }
    Err(none_of("the row has none"))
}

/// Whether a row, which tells its convention, too, is that of a hypothesis.
fn is_of(hypothesis: &Key, row: &Key) -> bool {
    let plain = |key: &Key| key.clone().with(CONVENTION, "");
    plain(hypothesis) == plain(row)
}

/// One hypothesis' values in blocks of draws, each with its first draw.
struct Values<'p> {
    of: &'p Hypothesis,
    number: usize,
    blocks: Vec<(u64, Vec<f64>)>,
}

impl Visit for Values<'_> {
    type Word = u64;

    fn block(&mut self, first: u64, block: &Block<'_>) {
        let values = block
            .offsets(self.number)
            .iter()
            .map(|&offset| match offset {
                Block::UNDEFINED => f64::NAN,
                offset => self.of.value(self.of.lattice.numerator(offset)),
            });
        self.blocks.push((first, values.collect()));
    }

    fn merge(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }
}

/// The values of a hypothesis in the first draws.
fn drawn(
    plan: &Plan,
    number: usize,
    draws: u64,
    threads: Option<usize>,
    told: &Told,
) -> Raised<Vec<f64>> {
    let of = &plan.hypotheses[number];
    if let Some(why) = &of.void {
        return Err(none_of(why));
    }
    let begin = || Values {
        of,
        number,
        blocks: Vec::new(),
    };
    let mut go_on = |_| !told.is_stopped();
    let mut visitor = Visitor::new(plan, threads)?;
    let (made, _) = visitor.run(0..draws, Schedule::default(), begin, &mut go_on);
    Ok(in_order(made.blocks))
}

/// Values of draws one after another.
fn in_order(mut blocks: Vec<(u64, Vec<f64>)>) -> Vec<f64> {
    blocks.sort_by_key(|(first, _)| *first);
    blocks.into_iter().flat_map(|(_, values)| values).collect()
}

/// Nanoseconds of a draw's row, about.
const COST_A_ROW: u64 = 8;

fn of_bootstrap(
    run: &BootstrapRun,
    row: usize,
    draws: Option<u64>,
    told: &Told,
) -> Raised<Vec<f64>> {
    let row = &run.report.results[row];
    let compiled = run.bootstrap.compile()?;
    let spec = &run.bootstrap.spec;
    for asked in &compiled.asked {
        let found = asked.rows.iter().position(|name| {
            (&name.statistic, &name.columns, &name.coefficient)
                == (&row.statistic, &row.columns, &row.coefficient)
        });
        let Some(at) = found else { continue };
        let resampling = &asked.resampling;
        let drawer = resampling.drawer();
        let folding = Folding {
            make: || {
                let values = vec![0.0; resampling.estimators.len()];
                (Vec::new(), resampling.scratch(), values)
            },
            take: |(blocks, scratch, values): &mut (Vec<_>, _, Vec<f64>), range: Range<u64>| {
                let first = range.start;
                let made = range.map(|draw| {
                    resampling.draw(&drawer, [spec.seed, draw], scratch, values);
                    values[at]
                });
                blocks.push((first, made.collect::<Vec<f64>>()));
            },
            merge: |all: &mut (Vec<_>, _, _), more: (Vec<_>, _, _)| all.0.extend(more.0),
        };
        let threads = Threads::new(run.threads)?;
        let asked = 0..draws.unwrap_or(spec.draws);
        let cost = COST_A_ROW * resampling.rows() as u64;
        let mut go_on = |_| !told.is_stopped();
        let ((blocks, ..), _) = fold_draws(asked, cost, (&threads, None), &folding, &mut go_on);
        return Ok(in_order(blocks));
    }
    Err(none_of(
        "wild schemes weight residuals, and keep no replicates",
    ))
}

fn none_of(why: &str) -> Raise {
    refused(
        "null_distribution",
        format!("there are no values of draws: {why}"),
        "Read the columns of the answer.",
    )
}

fn no_form(error: placebo::report::ArrowError) -> PyErr {
    refused("the answer", error.to_string(), "Take another form.").into()
}

/// JSON as Python's objects.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(truth) => truth.into_bound_py_any(py),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => whole.into_bound_py_any(py),
            (None, Some(whole), _) => whole.into_bound_py_any(py),
            (None, None, float) => float.into_bound_py_any(py),
        },
        Value::String(text) => text.into_bound_py_any(py),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_bound_py_any(py)
        }
        Value::Object(entries) => {
            let object = PyDict::new(py);
            for (key, value) in entries {
                object.set_item(key, to_python(py, value)?)?;
            }
            object.into_bound_py_any(py)
        }
    }
}
