//! Studies.

use placebo::campaign::grid::grid;
use placebo::campaign::power::{PowerOptions, SeriesLaw, power};
use placebo::draft::Proposal;
use placebo::engine::Threads;
use placebo::load::{Columns, Source, load_panel};
use placebo::run::{Inputs, count, prepare_on, read, report};
use placebo::study::{DataSpec, EventsSpec, Exact, OffCalendar, Study, TestSpec, Transform};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{Answer, StudyRun};
use crate::errors::{Raised, refused};
use crate::keywords::{table, with_keys};
use crate::watch::{Told, options, watched};

/// The bundled studies: a name and a title each.
#[pyfunction]
pub fn bundled() -> Vec<(String, String)> {
    let studies = Study::bundled().into_iter();
    studies
        .map(|(name, title)| (name.to_owned(), title))
        .collect()
}

/// A study.
#[pyclass(frozen, name = "Study", module = "pyplacebo._core")]
pub struct NativeStudy {
    study: Study,
}

/// Statistics of a quick look.
const STATISTICS: [&str; 2] = ["median-change", "mean-change"];

#[pymethods]
impl NativeStudy {
    /// A bundled study by its name, or a study file by its path.
    #[staticmethod]
    fn open(name: &str) -> PyResult<Self> {
        let opened = || -> Raised<Study> { Ok(Study::open(name)?) };
        Ok(NativeStudy { study: opened()? })
    }

    /// A study from its text; its files are in `folder`.
    #[staticmethod]
    fn parse(text: &str, name: &str, folder: &str) -> PyResult<Self> {
        let parsed = || -> Raised<Study> {
            Ok(Study::from_toml(text, name, Source::Folder(folder.into()))?)
        };
        Ok(NativeStudy { study: parsed()? })
    }

    /// A study from a dict of its tables.
    #[staticmethod]
    fn from_tables(tables: &Bound<'_, PyDict>, folder: &str) -> PyResult<Self> {
        let text = toml::to_string(&table(tables)?)
            .map_err(|error| refused("the study", error.to_string(), "Take other values."))?;
        Self::parse(&text, "study.toml", folder)
    }

    /// A study of files and a window, as `placebo run --data` makes one, with these keys.
    #[staticmethod]
    #[pyo3(signature = (name, files, held, events, dates, window, keys))]
    fn quick(
        name: &str,
        files: Vec<String>,
        held: Vec<(String, Vec<u8>)>,
        events: Option<String>,
        dates: Vec<String>,
        window: [i32; 2],
        keys: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let quick = || -> Raised<Study> {
            let folder = Source::Folder(".".into());
            let source = held
                .into_iter()
                .fold(folder, |source, (name, bytes)| source.holding(name, bytes));
            let mut keys = table(keys)?;
            let events = match events {
                Some(file) => match keys.remove("event_date") {
                    Some(date) => {
                        EventsSpec::lenient(file, date.as_str().unwrap_or_default().to_owned())
                    }
                    None => {
                        let columns = Columns::read(&source, &file)?;
                        let date = columns.names()[columns.date()?].clone();
                        let mut events = EventsSpec::lenient(file, date);
                        events.date_is_found = true;
                        events
                    }
                },
                None => {
                    let parsed = dates.iter().map(|date| {
                        date.parse().map_err(|_| {
                            refused(
                                "events",
                                format!("`{date}` is no date"),
                                "Give dates, or texts such as 2024-01-31.",
                            )
                        })
                    });
                    EventsSpec::on(parsed.collect::<Raised<Vec<_>>>()?)
                }
            };
            let test = TestSpec::new(STATISTICS.map(str::to_owned).to_vec(), window);
            let mut study = Study::on(
                DataSpec::default().files(files),
                events.off_calendar(OffCalendar::Forward),
            )
            .name(name)
            .tests([test]);
            study.source = source;
            let is_said = ["transform", "unit"]
                .iter()
                .any(|key| keys.contains_key(*key));
            let mut study = with_keys(&study, keys)?;
            // Of series with a unit the changes are in it.
            if !is_said {
                let panel = load_panel(&study.source, &study.data.reading())?;
                let proposal = Proposal::of(&panel);
                study.data.transform = proposal.transform;
                let (found, other) = (proposal.transform.name(), Transform::default().name());
                study.choices.extend(proposal.reason.map(|reason| {
                    format!("transform {found}: {reason}; transform=\"{other}\" otherwise")
                }));
            }
            Ok(study)
        };
        Ok(NativeStudy { study: quick()? })
    }

    /// The same with other values of keys.
    fn with_keys(&self, keys: &Bound<'_, PyDict>) -> PyResult<Self> {
        Ok(NativeStudy {
            study: with_keys(&self.study, table(keys)?)?,
        })
    }

    /// The same on data that Python holds: its series, or its events, under a name.
    fn holding(&self, of: &str, name: &str, bytes: Vec<u8>) -> Self {
        let mut study = self.study.clone();
        study.source = study.source.holding(name, bytes);
        match of {
            "data" => study.data.files = vec![name.to_owned()],
            _ => {
                study.events.file = name.to_owned();
                study.events.dates.clear();
            }
        }
        NativeStudy { study }
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.study.name
    }

    /// Its title.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.study.title.as_deref()
    }

    /// Draws a test.
    #[getter]
    fn draws(&self) -> u64 {
        self.study.run.draws
    }

    /// The text of a study file that says the same.
    fn to_toml(&self) -> PyResult<String> {
        let text = || -> Raised<String> { Ok(self.study.to_toml()?) };
        Ok(text()?)
    }

    /// Runs it.
    #[pyo3(signature = (device, threads, chunk, progress))]
    fn run(
        &self,
        py: Python<'_>,
        device: &str,
        threads: Option<usize>,
        chunk: Option<u64>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Answer> {
        let options = options(device, threads, chunk)?;
        let run = watched(py, progress.as_ref(), |told| {
            let inputs = read(&self.study)?;
            ran(&self.study, inputs, options, told)
        })?;
        Ok(Answer::of_study(run))
    }

    /// Runs the specifications of its grid.
    #[pyo3(signature = (device, threads, progress))]
    fn grid(
        &self,
        py: Python<'_>,
        device: &str,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Answer> {
        let options = options(device, threads, None)?;
        let report = watched(py, progress.as_ref(), |told| {
            Ok(grid(&self.study, &options, &mut |done, total| {
                told.go_on(done, total)
            })?)
        })?;
        Ok(Answer::of_grid(report))
    }

    /// Counts how often its tests reject.
    #[pyo3(signature = (effects, sets, levels, series, group, threads, progress))]
    #[expect(clippy::too_many_arguments, reason = "Python's keywords, one by one")]
    fn power(
        &self,
        py: Python<'_>,
        effects: Vec<f64>,
        sets: u64,
        levels: Vec<f64>,
        series: &str,
        group: Option<String>,
        threads: Option<usize>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Answer> {
        let law = series.parse::<SeriesLaw>();
        let law = law.map_err(|problem| {
            refused(
                "series",
                problem.to_string(),
                "Take own, iid, ar:PHI or garch:ALPHA,BETA.",
            )
        })?;
        let options = PowerOptions {
            effects,
            sets,
            draws: self.study.run.draws,
            levels,
            law,
            group,
            threads: options("cpu", threads, None)?.threads,
        };
        let mut study = self.study.clone();
        study.run.exact = Exact::Never;
        let report = watched(py, progress.as_ref(), |told| {
            Ok(power(&study, &options, &mut |done, total| {
                told.go_on(done, total)
            })?)
        })?;
        Ok(Answer::of_power(report))
    }
}

/// Runs a study on its inputs, as `placebo run` does.
fn ran(
    study: &Study,
    inputs: Inputs,
    options: placebo::run::RunOptions,
    told: &Told,
) -> Raised<StudyRun> {
    let prepared = prepare_on(study, &inputs)?;
    let draws = study.run.draws;
    let mut tell = |done, total| told.go_on(done, total);
    let counted = count(&prepared, 0..draws, draws, &options, &mut tell)?;
    let context = prepared.context(study);
    let on = Threads::new(options.threads)?;
    let stopped = || told.is_stopped();
    let made = on.run(|| report(context, counted.clone(), options.chunk, &stopped));
    Ok(StudyRun {
        study: study.clone(),
        inputs,
        counted,
        report: made,
        options,
    })
}
