//! Poisson bootstraps of rows that lie in several files: each file's draws by itself, put together by their sums.

use std::ops::Range;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::counts::{Counted, Counts};
use super::draws::Drawn;
use super::laws::Known;
use super::makers::Makers;
use super::part::{BootstrapPart, MOST_HELD};
use super::rows::{Answers, rows as rows_of};
use super::{Bootstrap, Clock, Made, report, statement};
use crate::engine::{Folding, Ranges, Threads, fold_draws};
use crate::error::{Error, Result};
use crate::inference::bootstrap::{MOST_KEPT, Replicates};
use crate::load::FileHash;
use crate::plan::Scale;
use crate::question::resample::{Asked, BootstrapSpec, RowName, SchemeWords};
use crate::report::BootstrapReport;
use crate::resample::{Estimator, Resampling, Scheme, Scratch, Smooth, SmoothKind, SumTable};
use crate::run::{Progress, RunOptions, no_part, together};

/// Sums have at most so many bits, so that products of two of them, or of one and the number of rows, are whole
/// numbers of 128 bits.
const MOST_BITS: u32 = 125;

/// The rows of one of several files: what their draws add up to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FileRows {
    /// Number of the first row among all, from 1.
    first: u64,
    rows: u64,
    /// Those of columns that are resampled together.
    of: Vec<FileSums>,
}

/// Sums over rows, draw by draw.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FileSums {
    columns: Vec<String>,
    names: Vec<RowName>,
    kinds: Vec<SmoothKind>,
    /// Power of ten and step of each column.
    scales: Vec<(i32, f64)>,
    /// Over the rows themselves.
    whole: Vec<i128>,
    /// Over those of each draw, one after another.
    drawn: Vec<i128>,
}

impl Bootstrap {
    /// The draws of the rows of this file among those of several, whose first one has the number
    /// [`BootstrapSpec::first_row`]: to be put together with the others' by [`merge_files`].
    ///
    /// # Errors
    ///
    /// Those of [`Bootstrap::part`]; a range of draws: each file makes all of them.
    pub(super) fn part_of_file(
        &self,
        first: u64,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<BootstrapPart> {
        let start = Instant::now();
        let draws = self.spec.draws;
        let refuse =
            |problem: String, remedy: String| Err(Error::input("--first-row", problem, remedy));
        if range != (0..draws) {
            return refuse(
                "the files share out the rows, and each makes all draws".into(),
                "leave --range, --shard and --checkpoint out".into(),
            );
        }
        if draws > MOST_KEPT {
            return refuse(
                format!("the sums of {draws} draws would be kept, and {MOST_KEPT} are at most"),
                format!("Take --draws {MOST_KEPT} or fewer."),
            );
        }
        let ready = self.ready()?;
        self.shared_out(&ready, &range, "--tally")?;
        let sums = ready
            .compiled
            .asked
            .iter()
            .flat_map(|asked| &asked.resampling.tables);
        // Of two words each.
        let held = 2 * draws * sums.map(SumTable::features).sum::<usize>() as u64;
        if held > MOST_HELD {
            return refuse(
                format!(
                    "the part would hold {held} words of sums, and {MOST_HELD} are held at most"
                ),
                "Take fewer draws, or fewer columns at once.".into(),
            );
        }
        let threads = Threads::new(options.threads)?;
        let mut makers = Makers::new(&threads, options.chunk);
        makers.open(&options.device)?;
        let mut clock = Clock {
            progress,
            done: 0,
            total: draws * ready.compiled.asked.len() as u64,
        };
        let mut of = Vec::new();
        for asked in &ready.compiled.asked {
            let smooth: Vec<&Smooth> = smooth(asked).collect();
            let table = &asked.resampling.tables[0];
            let scale = |column: usize| smooth[0].scale(column + 1);
            let scales = (0..asked.columns.len()).map(scale);
            of.push(FileSums {
                columns: asked.columns.clone(),
                names: asked.rows.clone(),
                kinds: smooth.iter().map(|of| of.kind()).collect(),
                scales: scales.map(|scale| (scale.exponent, scale.step)).collect(),
                whole: table.whole(0).to_vec(),
                drawn: self.sums_of_draws(&asked.resampling, &mut makers, &mut clock)?,
            });
        }
        let rows = ready
            .compiled
            .asked
            .first()
            .map_or(0, |asked| asked.table_rows.len());
        let counted = Counted {
            ranges: Ranges::of(0..draws),
            of: Counts::File(FileRows {
                first,
                rows: rows as u64,
                of,
            }),
        };
        let made = Made {
            device: makers.device(),
            threads: threads.count(),
            notes: makers.notes,
            elapsed_seconds: start.elapsed().as_secs_f64(),
        };
        Ok(self.part_of(vec![counted], made))
    }

    /// The sums of all draws, one after another.
    fn sums_of_draws(
        &self,
        resampling: &Resampling,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> Result<Vec<i128>> {
        let (draws, seed, drawer) = (self.spec.draws, self.spec.seed, resampling.drawer());
        let features = resampling.tables[0].features();
        type State = (Vec<(u64, Vec<i128>)>, Scratch);
        let folding = Folding {
            make: || (Vec::new(), resampling.scratch()),
            take: |(pieces, scratch): &mut State, draws: Range<u64>| {
                let mut sums = Vec::with_capacity(features * (draws.end - draws.start) as usize);
                let first = draws.start;
                for draw in draws {
                    sums.extend(resampling.sums(&drawer, [seed, draw], scratch));
                }
                pieces.push((first, sums));
            },
            merge: |a: &mut State, b: State| a.0.extend(b.0),
        };
        let units: u64 = resampling
            .sizes()
            .iter()
            .map(|&units| u64::from(units))
            .sum();
        let work = makers
            .cpu("sums that are put together with those of other files are made on the CPU alone");
        let mut tell = |done: u64| clock.tell(done);
        let ((mut pieces, _), done) = fold_draws(0..draws, 8 * units, work, &folding, &mut tell);
        clock.done += done;
        if done < draws {
            return Err(Error::Interrupted { draws: done });
        }
        pieces.sort_unstable_by_key(|(first, _)| *first);
        Ok(pieces.into_iter().flat_map(|(_, sums)| sums).collect())
    }
}

fn smooth(asked: &Asked) -> impl Iterator<Item = &Smooth> {
    asked
        .resampling
        .estimators
        .iter()
        .filter_map(|of| match of {
            Estimator::Smooth { of, .. } => Some(of),
            Estimator::Order(_) => None,
        })
}

/// The report of a Poisson bootstrap of the rows of several files, of their parts, each with its name for messages.
///
/// The numbers of times of a row are a function of the draw and of the row's number among all rows, and a statistic is
/// one of sums, which add up: of decimals the rows are those of one bootstrap of the joined file.
///
/// # Errors
///
/// No part, parts of different bootstraps, rows that are in two parts or in none, or numbers whose sums are no whole
/// numbers of 128 bits together.
pub fn merge_files(parts: Vec<(String, BootstrapPart)>) -> Result<BootstrapReport> {
    let mut of_files = Vec::new();
    for (name, part) in parts {
        of_files.push(FilePart::of(name, part)?);
    }
    of_files.sort_by_key(|of| of.rows.first);
    let Some(first) = of_files.first() else {
        return Err(no_part());
    };
    let spec = first.spec.clone();
    let mut next = 1;
    for (at, of) in of_files.iter().enumerate() {
        of.same_as(first, &spec)?;
        let FileRows {
            first: from, rows, ..
        } = of.rows;
        if from != next {
            let before = at.checked_sub(1).map(|at| of_files[at].name.as_str());
            return Err(match from > next {
                true => Error::input(
                    &of.name,
                    format!("no part has the rows {next} to {}", from - 1),
                    "merge the part of these rows, too, or say --first-row anew",
                ),
                false => Error::input(
                    &of.name,
                    format!(
                        "its rows from {from} are in {} already",
                        before.unwrap_or_default()
                    ),
                    "give each file the number of the rows of those before it, and 1, as --first-row",
                ),
            });
        }
        next = from + rows;
    }
    let rows = next - 1;
    let mut results = Vec::new();
    let mut statements = Vec::new();
    for number in 0..first.rows.of.len() {
        let (asked, observed, drawn) = together_of(&spec, &of_files, number, rows)?;
        let words = &asked.words;
        statements.push(statement(&spec, &asked.rows[0], words));
        for (at, &observed) in observed.iter().enumerate() {
            let answers = Answers {
                known: &Known::Nothing,
                drawn: Some((&drawn[at], true)),
                studentized: None,
                acceleration: None,
            };
            results.extend(rows_of(&spec, &asked, at, observed, &answers));
        }
    }
    let mut made = Made::nothing();
    let mut devices = Vec::new();
    let mut files: Vec<FileHash> = Vec::new();
    for of in of_files {
        devices.extend(of.made.device.clone());
        made.add(of.made);
        files.extend(of.files);
    }
    made.device = Some(together(devices));
    let rules = vec![format!(
        "the rows of {} files are resampled together",
        files.len()
    )];
    Ok(report(&spec, files, rules, statements, results, made))
}

/// A part with its name.
struct FilePart {
    name: String,
    spec: BootstrapSpec,
    rows: FileRows,
    files: Vec<FileHash>,
    made: Made,
}

impl FilePart {
    fn of(name: String, part: BootstrapPart) -> Result<Self> {
        let (spec, files, counted, made) = part.apart(&name)?;
        let draws = spec.draws;
        let mut counted = counted.into_iter();
        let (
            Some(Counted {
                of: Counts::File(rows),
                ..
            }),
            None,
        ) = (counted.next(), counted.next())
        else {
            return Err(Error::input(
                &name,
                "it has a range of the draws of one file, and others have all draws of some rows",
                "merge ranges of draws of one file, or files that were drawn with --first-row",
            ));
        };
        let fits = |of: &FileSums| {
            let fits = |&kind: &SmoothKind| {
                let columns = of.columns.len();
                let smooth = of.smooth(kind);
                let most = smooth.features().iter().flatten().max();
                let of_columns = match kind {
                    SmoothKind::Coefficient(which) => which < columns,
                    _ => true,
                };
                of_columns
                    && most.is_some_and(|most| *most <= columns)
                    && smooth.features().len() == of.whole.len()
            };
            !of.names.is_empty()
                && of.names.len() == of.kinds.len()
                && of.columns.len() == of.scales.len()
                && of.kinds.iter().all(fits)
                && of.drawn.len() as u64 == draws * of.whole.len() as u64
        };
        if rows.first == 0 || !rows.of.iter().all(fits) {
            return Err(Error::input(
                &name,
                "the part is damaged: it has not the sums of every draw",
                "make it again",
            ));
        }
        Ok(FilePart {
            name,
            spec,
            rows,
            files,
            made,
        })
    }

    /// Refuses a part of another bootstrap than `first`.
    fn same_as(&self, first: &FilePart, spec: &BootstrapSpec) -> Result<()> {
        let numbered = BootstrapSpec {
            first_row: spec.first_row,
            ..self.spec.clone()
        };
        let alike = |(mine, theirs): (&FileSums, &FileSums)| {
            mine.columns == theirs.columns
                && mine.names == theirs.names
                && mine.kinds == theirs.kinds
        };
        let pairs = || self.rows.of.iter().zip(&first.rows.of);
        let same = numbered == *spec && self.rows.of.len() == first.rows.of.len();
        match same && pairs().all(alike) {
            true => Ok(()),
            false => Err(Error::input(
                &self.name,
                format!("it is of another bootstrap than {}", first.name),
                "make the parts with the same flags, seed and draws, but for --first-row",
            )),
        }
    }
}

impl FileSums {
    fn smooth(&self, kind: SmoothKind) -> Smooth {
        let scale = |&(exponent, step): &(i32, f64)| Scale { exponent, step };
        Smooth::of(kind, self.scales.iter().map(scale).collect())
    }
}

/// The sums of the files' rows put together: what is asked, its values of all rows, and of their draws.
fn together_of(
    spec: &BootstrapSpec,
    parts: &[FilePart],
    number: usize,
    rows: u64,
) -> Result<(Asked, Vec<f64>, Vec<Drawn>)> {
    let sums = |part: &FilePart| part.rows.of[number].clone();
    let first = sums(&parts[0]);
    let finest = |column: usize| {
        let scales = parts.iter().map(|part| part.rows.of[number].scales[column]);
        scales.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1)))
    };
    let scales: Option<Vec<(i32, f64)>> = (0..first.scales.len()).map(finest).collect();
    let scales = scales.ok_or_else(no_part)?;
    let all = FileSums {
        scales: scales.clone(),
        ..first
    };
    let smooth: Vec<Smooth> = all.kinds.iter().map(|&kind| all.smooth(kind)).collect();
    let features = smooth[0].features().to_vec();
    let has_products = features.iter().any(|[a, _]| *a > 0);
    let mut whole = vec![0i128; features.len()];
    let mut drawn = vec![0i128; all.drawn.len()];
    for part in parts {
        let of = &part.rows.of[number];
        let worth = |column: usize| match column {
            0 => Some(1i128),
            _ => finer(of.scales[column - 1], scales[column - 1]),
        };
        let factor = |&[a, b]: &[usize; 2]| worth(a)?.checked_mul(worth(b)?);
        let factors: Option<Vec<i128>> = features.iter().map(factor).collect();
        let too_large = || {
            Error::input(
                &part.name,
                format!(
                    "the sums of {} have more than {MOST_BITS} bits together with those of the other files",
                    of.columns.join(", ")
                ),
                "Round the numbers to the same number of decimals in all files, or join the files.",
            )
        };
        let factors = factors.ok_or_else(too_large)?;
        let add = |all: &mut [i128], more: &[i128]| {
            for (at, (all, more)) in all.iter_mut().zip(more).enumerate() {
                let more = more.checked_mul(factors[at % factors.len()])?;
                *all = all.checked_add(more)?;
            }
            Some(())
        };
        add(&mut whole, &of.whole).ok_or_else(too_large)?;
        add(&mut drawn, &of.drawn).ok_or_else(too_large)?;
        let bits = |sum: &i128| u128::BITS - sum.unsigned_abs().leading_zeros();
        let is_large = |sums: &[i128]| {
            let rows = bits(&sums[0]);
            let pairs = features.iter().zip(sums);
            let most = pairs.map(|(feature, sum)| match feature {
                [0, _] if has_products => 2 * bits(sum),
                _ => rows + bits(sum),
            });
            most.max().unwrap_or(0) > MOST_BITS
        };
        if drawn.chunks(features.len()).any(is_large) || is_large(&whole) {
            return Err(too_large());
        }
    }
    let value = |of: &Smooth, sums: &[i128]| of.value(sums).unwrap_or(f64::NAN);
    let observed: Vec<f64> = smooth.iter().map(|of| value(of, &whole)).collect();
    if let Some(at) = observed.iter().position(|value| value.is_nan()) {
        return Err(Error::input(
            all.names[at].columns.join(", "),
            format!(
                "`{}` has no value of the rows of all files",
                all.names[at].statistic
            ),
            "Take another statistic, or other columns.",
        ));
    }
    let of_statistic = |(of, &observed): (&Smooth, &f64)| {
        let mut replicates = Replicates::new(observed, true);
        let draws = drawn.chunks(features.len());
        draws.for_each(|sums| replicates.add(value(of, sums)));
        Drawn::of(spec, replicates)
    };
    let drawn = smooth.iter().zip(&observed).map(of_statistic).collect();
    let scheme = Scheme::Poisson { before: 0 };
    let asked = Asked {
        resampling: Resampling {
            scheme,
            units: Vec::new(),
            tables: Vec::new(),
            centred: Vec::new(),
            estimators: Vec::new(),
        },
        table_rows: Vec::new(),
        columns: all.columns,
        rows: all.names,
        words: SchemeWords {
            scheme: scheme.name().into(),
            size: None,
            block: None,
            block_auto: None,
            group: None,
            cluster: None,
            units: "rows",
            rows: rows as usize,
            parts: vec![(String::new(), rows as usize)],
            assumption: scheme.assumption().replace("units", "rows"),
        },
    };
    Ok((asked, observed, drawn))
}

/// What one step of a scale is in steps of another with no larger power of ten and power of two; `None` of more than 127
/// bits.
fn finer((exponent, step): (i32, f64), to: (i32, f64)) -> Option<i128> {
    let steps = step / to.1;
    let tens = 10i128.checked_pow(u32::try_from(exponent - to.0).ok()?)?;
    // Steps are powers of two.
    (steps < 2f64.powi(100))
        .then_some(steps as i128)?
        .checked_mul(tens)
}
