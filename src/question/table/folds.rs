//! Statistics of tables as folds over integer scores.

use num_integer::Integer;

use super::data::{Named, Variable};
use super::design::Arranged;
use super::regressors::Regressors;
use super::scores::{self, ONE, Scored, fixed, mid_ranks, scored};
use super::spec::{Ranked, TableSpec, TableStatistic, Ties};
use super::words::Shown;
use crate::error::{Error, Result};
use crate::load::Levels;
use crate::plan::{Centre, SCORE_LIMIT, Scale};
use crate::statistic::{
    Comparison, Concordance, Correlation, Distribution, Fold, Keys, Kind, Product, ScoreTable,
    Source, Squares, Statistic, Variances,
};

/// Products of scores and weights, and their sums, stay below it.
const PRODUCT_LIMIT: i64 = 1 << 60;

/// Where a value's null expectation lies.
pub(super) enum CentreOf {
    /// It follows from how often groups stand on each position.
    Sums,
    /// There.
    At(Centre),
    /// Draws tell.
    Draws,
}

/// What a value of a fold is called, and what it is worth.
pub(super) struct Value {
    /// Which of the outcomes.
    pub outcome: usize,
    /// In the order of the groups, such as `A - B`.
    pub group: String,
    pub scale: Scale,
    pub denominator: u64,
    pub shown: Shown,
    pub centre: CentreOf,
    /// Largest distance between a number and its score.
    pub rounding_error: f64,
}

/// What folds are made from.
pub(super) struct Folding<'a> {
    pub spec: &'a TableSpec,
    pub arranged: &'a Arranged,
    pub outcomes: &'a [Named],
    /// Group names in their order; one that stands for all rows where there are none.
    pub groups: &'a [String],
    /// The strata's codes by row.
    pub strata: Option<&'a [u32]>,
    /// The variable's numbers by row, of statistics of numbers.
    pub variable: Option<&'a [f64]>,
    /// The regressors of a coefficient.
    pub regressors: Option<&'a Regressors<'a>>,
    /// The table's file, for messages.
    pub file: &'a str,
}

/// A fold and what its values are.
pub(super) type Folded = (Fold, Vec<Value>);

impl Folding<'_> {
    /// The folds of a statistic of some outcomes.
    ///
    /// # Errors
    ///
    /// Outcomes that it does not take, or numbers that leave the fixed-point range.
    pub fn folds(&self, statistic: TableStatistic, outcomes: &[usize]) -> Result<Vec<Folded>> {
        use TableStatistic::*;
        Ok(match statistic {
            DifferenceOfMeans => vec![self.pairs(Kind::Mean, outcomes)?],
            DifferenceOfMedians => vec![self.pairs(Kind::Median, outcomes)?],
            StudentT => match self.groups.len() {
                1 => vec![self.one_sample(outcomes, false)?],
                _ if self.arranged.keeps_sizes() && !self.spec.max_t => {
                    vec![self.student(outcomes)?]
                }
                _ => vec![self.variances(Comparison::Student, outcomes)?],
            },
            WelchT => vec![self.variances(Comparison::Welch, outcomes)?],
            RatioOfVariances => vec![self.variances(Comparison::LogRatio, outcomes)?],
            RankSum => vec![self.first_sum(scores::Kind::Rank, statistic, outcomes)?],
            AnsariBradley => {
                vec![self.first_sum(scores::Kind::AnsariBradley, statistic, outcomes)?]
            }
            TableStatistic::Mood => {
                vec![self.first_sum(scores::Kind::Mood, statistic, outcomes)?]
            }
            Klotz => vec![self.first_sum(scores::Kind::Klotz, statistic, outcomes)?],
            VanDerWaerden => {
                vec![self.first_sum(scores::Kind::VanDerWaerden, statistic, outcomes)?]
            }
            Savage => vec![self.first_sum(scores::Kind::Savage, statistic, outcomes)?],
            KolmogorovSmirnov => vec![self.distance(outcomes)?],
            TableStatistic::Mean => vec![self.one_sample(outcomes, true)?],
            SignedRank => vec![self.signed_rank(outcomes)?],
            Pearson => vec![self.products(statistic, outcomes)?],
            Spearman => vec![self.products(statistic, outcomes)?],
            LinearByLinear => vec![self.products(statistic, outcomes)?],
            TableStatistic::Coefficient => vec![self.coefficients(false, outcomes)?],
            CoefficientT => vec![self.coefficients(true, outcomes)?],
            Kendall => vec![self.concordance(statistic, outcomes)?],
            JonckheereTerpstra => vec![self.concordance(statistic, outcomes)?],
            F => vec![self.between(false, outcomes)?],
            KruskalWallis => vec![self.between(true, outcomes)?],
            ChiSquared => {
                let each = outcomes.iter().map(|&outcome| self.cells(outcome));
                each.collect::<Result<_>>()?
            }
        })
    }

    fn numbers(&self, outcome: usize) -> &[f64] {
        match &self.outcomes[outcome].cells {
            Variable::Numbers(values) => values,
            Variable::Levels(_) => &[],
        }
    }

    /// `FILE, OUTCOME`, for messages.
    fn place(&self, outcome: usize) -> String {
        format!("{}, `{}`", self.file, self.outcomes[outcome].name)
    }

    pub(super) fn scores(&self, outcome: usize) -> Result<Scored> {
        fixed(self.numbers(outcome), SCORE_LIMIT, &self.place(outcome))
    }

    /// `A - B`; of more than two groups all of them.
    fn contrast(&self) -> String {
        match self.groups {
            [a, b] => format!("{a} - {b}"),
            groups if groups.len() <= 8 => groups.join(", "),
            groups => format!("{} groups", groups.len()),
        }
    }

    /// A statistic over columns of scores, of the fold's groups.
    fn made(&self, kind: Kind, cells: &[Vec<i32>]) -> Result<Fold> {
        let segments = self.arranged.design.segments();
        let table = ScoreTable::from_columns(cells);
        let made = match kind.source() {
            Source::Scores(make) => make(&table, segments, &Keys::default()).ok(),
            Source::Outcomes | Source::Another => None,
        };
        let statistic = made.ok_or_else(|| {
            Error::input(
                self.file,
                "nothing makes this statistic of scores",
                "Report this as a fault of placebo.",
            )
        })?;
        Ok(Fold::new(statistic, self.groups, segments))
    }

    pub(super) fn of_one(&self, statistic: Statistic) -> Fold {
        Fold::new(statistic, self.groups, self.arranged.design.segments())
    }

    /// The difference of each two groups.
    fn pairs(&self, kind: Kind, outcomes: &[usize]) -> Result<Folded> {
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| self.scores(outcome))
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| of.scores.clone()).collect();
        let fold = self.made(kind, &cells)?;
        let fold = fold.only(|contrast| contrast.difference_of().is_some());
        let centre = |_: &Scored| match kind {
            Kind::Mean => CentreOf::Sums,
            _ => CentreOf::Draws,
        };
        let values = self.values(&fold, outcomes, &scored, centre, |_, _| Shown::Value);
        Ok((fold, values))
    }

    /// Values of a fold with a contrast's own label and denominator.
    pub(super) fn values(
        &self,
        fold: &Fold,
        outcomes: &[usize],
        scored: &[Scored],
        centre: impl Fn(&Scored) -> CentreOf,
        shown: impl Fn(usize, &Scored) -> Shown,
    ) -> Vec<Value> {
        let of_contrast = |contrast: &crate::statistic::Contrast| {
            let columns = outcomes.iter().zip(scored);
            let value = |(&outcome, of): (&usize, &Scored)| Value {
                outcome,
                group: contrast.label.clone(),
                scale: of.scale,
                denominator: contrast.denominator * of.denominator,
                shown: shown(outcome, of),
                centre: centre(of),
                rounding_error: of.rounding_error,
            };
            columns.map(value).collect::<Vec<Value>>()
        };
        fold.contrasts().iter().flat_map(of_contrast).collect()
    }

    /// Student's t in the order of the difference of means: under draws that keep the groups' sizes the
    /// sum of squares is the same in all.
    fn student(&self, outcomes: &[usize]) -> Result<Folded> {
        let (fold, mut values) = self.pairs(Kind::Mean, outcomes)?;
        let observed = self.arranged.observed_groups();
        for value in &mut values {
            let numbers = self.numbers(value.outcome);
            let [a, b] = [0, 1].map(|group: usize| moments(numbers, observed[group]));
            let pooled = (a.squares + b.squares) / (a.n + b.n - 2.0);
            let t = (a.mean - b.mean) / (pooled * (1.0 / a.n + 1.0 / b.n)).sqrt();
            value.shown = Shown::Instead(t);
            value.centre = CentreOf::At(Centre::ZERO);
        }
        Ok((fold, values))
    }

    /// The mean of all rows, or its t.
    fn one_sample(&self, outcomes: &[usize], as_mean: bool) -> Result<Folded> {
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| self.scores(outcome))
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| signed(&of.scores)).collect();
        let fold = self.made(Kind::Mean, &cells)?;
        let shown = |outcome: usize, _: &Scored| match as_mean {
            true => Shown::Value,
            false => {
                let rows: Vec<u32> = (0..self.numbers(outcome).len() as u32).collect();
                let of = moments(self.numbers(outcome), &rows);
                Shown::Instead(of.mean / (of.squares / (of.n - 1.0) / of.n).sqrt())
            }
        };
        let zero = |_: &Scored| CentreOf::At(Centre::ZERO);
        let values = self.values(&fold, outcomes, &scored, zero, shown);
        Ok((fold, values))
    }

    /// Pratt's signed ranks: sizes are ranked, zeros among them, and zeros score 0.
    fn signed_rank(&self, outcomes: &[usize]) -> Result<Folded> {
        let mut all = Vec::new();
        let mut cells = Vec::new();
        let mut ranked = Vec::new();
        for &outcome in outcomes {
            let numbers = self.numbers(outcome);
            let sizes: Vec<f64> = numbers.iter().map(|value| value.abs()).collect();
            let ranks = mid_ranks(&sizes);
            let signs = numbers.iter().zip(&ranks);
            let scores: Vec<i32> = signs
                .map(|(&value, &twice)| match value.partial_cmp(&0.0) {
                    Some(std::cmp::Ordering::Greater) => twice as i32,
                    Some(std::cmp::Ordering::Less) => -twice as i32,
                    _ => 0,
                })
                .collect();
            // The sum of positive ranks is half of the signed sum and of all ranks together.
            all.push(
                scores
                    .iter()
                    .map(|score| i64::from(score.abs()))
                    .sum::<i64>(),
            );
            cells.push(signed(&scores));
            ranked.push(Scored {
                scores,
                scale: ONE,
                denominator: 1,
                rounding_error: 0.0,
            });
        }
        let fold = self.made(Kind::Mean, &cells)?;
        let zero = |_: &Scored| CentreOf::At(Centre::ZERO);
        let mut values = self.values(&fold, outcomes, &ranked, zero, |_, _| Shown::Value);
        for (value, all) in values.iter_mut().zip(all) {
            value.denominator = 4;
            value.shown = Shown::Shifted(all as f64 / 4.0);
        }
        Ok((fold, values))
    }

    /// The sum of the first group's scores.
    fn first_sum(
        &self,
        kind: scores::Kind,
        statistic: TableStatistic,
        outcomes: &[usize],
    ) -> Result<Folded> {
        self.unless_varies(statistic)?;
        let within = match self.spec.ranked {
            Ranked::Over => None,
            Ranked::Within => self.strata,
        };
        let ties = match kind {
            scores::Kind::Rank => Ties::MidRanks,
            _ => self.spec.ties,
        };
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| {
                let numbers = self.numbers(outcome);
                scored(kind, numbers, ties, within, &self.place(outcome))
            })
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| of.scores.clone()).collect();
        let fold = self.made(Kind::Mean, &cells)?;
        let fold = fold.only(|contrast| contrast.terms[..] == [(0, 1)]);
        let sums = |_: &Scored| CentreOf::Sums;
        let mut values = self.values(&fold, outcomes, &scored, sums, |_, _| Shown::Value);
        for (value, of) in values.iter_mut().zip(&scored) {
            value.group = self.contrast();
            value.denominator = of.denominator;
        }
        Ok((fold, values))
    }

    fn unless_varies(&self, statistic: TableStatistic) -> Result<()> {
        match self.arranged.keeps_sizes() {
            true => Ok(()),
            false => Err(Error::input(
                "--cluster",
                format!(
                    "the groups' numbers of rows change from draw to draw, as clusters are of unequal size, and {} needs them fixed",
                    statistic.name()
                ),
                "Ask for difference-of-means (of rank() for ranks), welch-t or student-t.",
            )),
        }
    }

    fn variances(&self, comparison: Comparison, outcomes: &[usize]) -> Result<Folded> {
        // Fractions have five factors as large as the number of rows and two of the scores, in 126 bits.
        let rows = self.arranged.design.positions() as f64;
        let bits = (124 - 5 * rows.log2().ceil() as u32) / 2;
        let limit = SCORE_LIMIT.min(1 << (bits - 1));
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| fixed(self.numbers(outcome), limit, &self.place(outcome)))
            .collect::<Result<_>>()?;
        // From a middle value, so that squares are short; variances do not change.
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| centred(&of.scores)).collect();
        let observed = self.arranged.observed_groups();
        let table = ScoreTable::from_columns(&cells);
        let variances = Variances::new(table, comparison, [observed[0], observed[1]]);
        let fold = self.of_one(Statistic::Variances(variances));
        let centre = |_: &Scored| match comparison {
            Comparison::Student | Comparison::Welch => CentreOf::At(Centre::ZERO),
            Comparison::LogRatio => CentreOf::Draws,
        };
        let mut values = self.values(&fold, outcomes, &scored, centre, |_, _| Shown::Value);
        for value in &mut values {
            value.group = self.contrast();
            value.scale = ONE;
            value.denominator = Variances::STEPS;
        }
        Ok((fold, values))
    }

    fn distance(&self, outcomes: &[usize]) -> Result<Folded> {
        self.unless_varies(TableStatistic::KolmogorovSmirnov)?;
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| Ok(self.ranked(outcome, None)))
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| of.scores.clone()).collect();
        let distribution = Distribution::new(&ScoreTable::from_columns(&cells));
        let fold = self.of_one(Statistic::Distribution(distribution));
        let draws = |_: &Scored| CentreOf::Draws;
        let mut values = self.values(&fold, outcomes, &scored, draws, |_, _| Shown::Value);
        for value in &mut values {
            value.group = self.contrast();
        }
        Ok((fold, values))
    }

    /// Twice the mid-ranks less their mean; of all rows, or within strata.
    fn ranked(&self, outcome: usize, strata: Option<&[u32]>) -> Scored {
        let numbers = self.numbers(outcome);
        let mut scores = vec![0; numbers.len()];
        let parts = strata.map_or(1, |codes| codes.iter().max().map_or(0, |&c| c as usize + 1));
        for part in 0..parts {
            let is_in = |row: &usize| strata.is_none_or(|codes| codes[*row] as usize == part);
            let rows: Vec<usize> = (0..numbers.len()).filter(is_in).collect();
            let values: Vec<f64> = rows.iter().map(|&row| numbers[row]).collect();
            for (&row, twice) in rows.iter().zip(mid_ranks(&values)) {
                scores[row] = (twice - rows.len() as i64 - 1) as i32;
            }
        }
        Scored {
            scores,
            scale: ONE,
            denominator: 1,
            rounding_error: 0.0,
        }
    }

    /// Sums of squares between groups, of numbers or of their mid-ranks.
    fn between(&self, of_ranks: bool, outcomes: &[usize]) -> Result<Folded> {
        let statistic = match of_ranks {
            true => TableStatistic::KruskalWallis,
            false => TableStatistic::F,
        };
        self.unless_varies(statistic)?;
        let within = match self.spec.ranked {
            Ranked::Over => None,
            Ranked::Within => self.strata,
        };
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| match of_ranks {
                true => Ok(self.ranked(outcome, within)),
                false => self.scores(outcome),
            })
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| centred(&of.scores)).collect();
        let observed = self.arranged.observed_groups();
        let sizes: Vec<i64> = observed.iter().map(|rows| rows.len() as i64).collect();
        let common = common_multiple(&sizes).ok_or_else(|| self.too_long(statistic))?;
        let weights: Vec<i64> = sizes.iter().map(|size| common / size).collect();
        let table = ScoreTable::from_columns(&cells);
        let squares = Squares::new(table, 1, vec![weights; cells.len()], &observed);
        let squares = squares.ok_or_else(|| self.too_long(statistic))?;
        let step = squares.step();
        let fold = self.of_one(Statistic::Squares(squares));
        let draws = |_: &Scored| CentreOf::Draws;
        let mut values = self.values(&fold, outcomes, &scored, draws, |_, _| Shown::Value);
        for (value, cells) in values.iter_mut().zip(&cells) {
            let n = cells.len() as f64;
            let sum = cells.iter().map(|&s| f64::from(s)).sum::<f64>();
            let total = cells.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() - sum * sum / n;
            value.group = self.contrast();
            value.denominator = 1;
            let (factor, shift) = match of_ranks {
                // H = (N - 1) SSB / SST.
                true => ((n - 1.0) / total, -(n - 1.0) / total * sum * sum / n),
                false => (1.0, 0.0),
            };
            value.scale = Scale {
                exponent: 0,
                step: factor * step / common as f64,
            };
            value.shown = match of_ranks {
                true => Shown::Shifted(shift),
                false => {
                    let of_group = |rows: &&[u32]| {
                        let sum: f64 = rows.iter().map(|&row| f64::from(cells[row as usize])).sum();
                        sum * sum / rows.len() as f64
                    };
                    let between = observed.iter().map(of_group).sum::<f64>() - sum * sum / n;
                    let groups = sizes.len() as f64;
                    let mean = between / (groups - 1.0);
                    Shown::Instead(mean / ((total - between) / (n - groups)))
                }
            };
        }
        Ok((fold, values))
    }

    fn too_long(&self, statistic: TableStatistic) -> Error {
        Error::input(
            self.file,
            format!(
                "{} of so many rows in groups of these sizes leaves the fixed-point range",
                statistic.name()
            ),
            "Test fewer rows or groups, or take ranks: rank().",
        )
    }

    /// Chi-squared of an outcome's categories by the groups.
    fn cells(&self, outcome: usize) -> Result<Folded> {
        self.unless_varies(TableStatistic::ChiSquared)?;
        let levels = self.outcomes[outcome].cells.levels();
        let categories = levels.names.len();
        let of_category = |category: usize| {
            let codes = levels.codes.iter();
            codes
                .map(|&code| i32::from(code as usize == category))
                .collect()
        };
        let cells: Vec<Vec<i32>> = (0..categories).map(of_category).collect();
        let columns: Vec<i64> = cells
            .iter()
            .map(|cells| cells.iter().map(|&one| i64::from(one)).sum())
            .collect();
        let observed = self.arranged.observed_groups();
        let sizes: Vec<i64> = observed.iter().map(|rows| rows.len() as i64).collect();
        let too_long = || self.too_long(TableStatistic::ChiSquared);
        let by_group = common_multiple(&sizes).ok_or_else(too_long)?;
        let by_column = common_multiple(&columns).ok_or_else(too_long)?;
        let common = by_group.checked_mul(by_column).ok_or_else(too_long)?;
        let weights = columns.iter().map(|column| {
            let of_group = sizes.iter();
            of_group
                .map(|size| (by_group / size) * (by_column / column))
                .collect()
        });
        let table = ScoreTable::from_columns(&cells);
        let squares = Squares::new(table, categories, weights.collect(), &observed);
        let squares = squares.ok_or_else(too_long)?;
        let rows = levels.codes.len() as f64;
        let scale = Scale {
            exponent: 0,
            step: rows * squares.step() / common as f64,
        };
        let fold = self.of_one(Statistic::Squares(squares));
        let value = Value {
            outcome,
            group: self.contrast(),
            scale,
            denominator: 1,
            // X^2 = N (sum O^2 / (R C) - 1).
            shown: Shown::Shifted(-rows),
            centre: CentreOf::Draws,
            rounding_error: 0.0,
        };
        Ok((fold, vec![value]))
    }

    /// The variable's numbers, or the numbers of its groups, by slot of a draw.
    fn by_slot(&self) -> Vec<f64> {
        let groups = self.arranged.groups_of_slots();
        let slots = self.arranged.observed.iter().enumerate();
        slots
            .map(|(slot, &row)| match self.variable {
                Some(numbers) => numbers[row as usize],
                None => groups[slot] as f64 + 1.0,
            })
            .collect()
    }

    /// An outcome as numbers: categories count from 1 in their order.
    fn outcome_numbers(&self, outcome: usize) -> Vec<f64> {
        match &self.outcomes[outcome].cells {
            Variable::Numbers(values) => values.clone(),
            Variable::Levels(Levels { codes, .. }) => {
                codes.iter().map(|&code| f64::from(code) + 1.0).collect()
            }
        }
    }

    /// Whether draws pick some rows only, others in each.
    fn picks_vary(&self) -> bool {
        let design = &self.arranged.design;
        design.picks() < design.positions()
    }

    pub(super) fn unless_picks_vary(&self, statistic: TableStatistic) -> Result<()> {
        match self.picks_vary() {
            false => Ok(()),
            true => Err(Error::input(
                "--max-shift",
                format!("{} compares draws of the same rows alone", statistic.name()),
                "Ask for pearson or spearman, or leave --max-shift out.",
            )),
        }
    }

    /// Correlations, and sums of products.
    fn products(&self, statistic: TableStatistic, outcomes: &[usize]) -> Result<Folded> {
        self.unless_varies(statistic)?;
        if statistic == TableStatistic::LinearByLinear {
            self.unless_picks_vary(statistic)?;
        }
        let of_ranks = statistic == TableStatistic::Spearman;
        let as_numbers = |values: &[f64], limit: i64, place: &str| match of_ranks {
            true => Ok(Scored {
                scores: mid_ranks(values)
                    .iter()
                    .map(|twice| (twice - values.len() as i64 - 1) as i32)
                    .collect(),
                scale: ONE,
                denominator: 2,
                rounding_error: 0.0,
            }),
            false => fixed(values, limit, place),
        };
        let x = self.by_slot();
        let n = x.len();
        let made = |limit: i64| -> Result<(Scored, Vec<Scored>)> {
            let weights = match self.variable {
                // Ranks are over all rows, those of slots among them.
                Some(numbers) => {
                    let all = as_numbers(numbers, limit, self.file)?;
                    let observed = self.arranged.observed.iter();
                    let scores = observed.map(|&row| all.scores[row as usize]).collect();
                    Scored { scores, ..all }
                }
                None => as_numbers(&x, limit, self.file)?,
            };
            let columns = outcomes.iter().map(|&outcome| {
                as_numbers(&self.outcome_numbers(outcome), limit, &self.place(outcome))
            });
            Ok((weights, columns.collect::<Result<_>>()?))
        };
        let fits = |(weights, columns): &(Scored, Vec<Scored>)| {
            let most = |of: &Scored| {
                let sizes = centred(&of.scores).into_iter();
                sizes
                    .map(|score| i128::from(score.abs()))
                    .max()
                    .unwrap_or(0)
            };
            let outcome = columns.iter().map(most).max().unwrap_or(0);
            most(weights) * outcome * (n as i128) < i128::from(PRODUCT_LIMIT)
        };
        let mut scored = made(SCORE_LIMIT)?;
        if !fits(&scored) {
            let bits = (59 - (n as f64).log2().ceil() as u32) / 2;
            scored = made(1 << (bits - 1))?;
        }
        let (weights, columns) = scored;
        let w = centred(&weights.scores);
        let cells: Vec<Vec<i32>> = columns.iter().map(|of| centred(&of.scores)).collect();
        let sum = |of: &[i32]| of.iter().map(|&s| i128::from(s)).sum::<i128>();
        let spread = |of: &[i32]| {
            let squares: i128 = of.iter().map(|&s| i128::from(s).pow(2)).sum();
            (squares as f64 - (sum(of) as f64).powi(2) / n as f64).max(0.0)
        };
        let table = ScoreTable::from_columns(&cells);
        let draws = |_: &Scored| CentreOf::Draws;
        if self.picks_vary() {
            let observed = &self.arranged.observed;
            let correlation = Correlation::new(table, w, observed);
            let fold = self.of_one(Statistic::Correlation(correlation));
            let mut values = self.values(&fold, outcomes, &columns, draws, |_, _| Shown::Value);
            for value in &mut values {
                value.group = String::new();
                value.denominator = Correlation::STEPS;
                value.scale = ONE;
                value.centre = CentreOf::At(Centre::ZERO);
            }
            return Ok((fold, values));
        }
        let product = Product::new(table, w.clone());
        let fold = self.of_one(Statistic::Product(product));
        let mut values = self.values(&fold, outcomes, &columns, draws, |_, _| Shown::Value);
        for (at, value) in values.iter_mut().enumerate() {
            let expected = sum(&w) as f64 * sum(&cells[at]) as f64 / n as f64;
            value.group = String::new();
            value.denominator = 1;
            value.rounding_error = value.rounding_error.max(weights.rounding_error);
            let at_zero = Centre {
                numerator: sum(&w) * sum(&cells[at]),
                denominator: n as i128,
                error: 0,
                from_draws: false,
            };
            if statistic == TableStatistic::LinearByLinear {
                // The scores as they are: middles taken away come back.
                let (of_x, of_y) = (&weights, &columns[at]);
                let [dx, dy] =
                    [(of_x, &w), (of_y, &cells[at])].map(|(of, less): (&Scored, &Vec<i32>)| {
                        f64::from(of.scores.first().unwrap_or(&0) - less.first().unwrap_or(&0))
                    });
                let unit = of_x.scale.value(1.0, of_x.denominator)
                    * of_y.scale.value(1.0, of_y.denominator);
                value.scale = Scale {
                    exponent: 0,
                    step: unit,
                };
                let back = dx * sum(&cells[at]) as f64 + dy * sum(&w) as f64 + n as f64 * dx * dy;
                value.shown = Shown::Shifted(unit * back);
                value.centre = match self.strata {
                    None => CentreOf::At(at_zero),
                    Some(_) => CentreOf::Draws,
                };
                value.group = match self.variable {
                    Some(_) => String::new(),
                    None => self.contrast(),
                };
                continue;
            }
            let factor = 1.0 / (spread(&w).sqrt() * spread(&cells[at]).sqrt());
            value.scale = Scale {
                exponent: 0,
                step: factor,
            };
            value.shown = Shown::Shifted(-expected * factor);
            value.centre = CentreOf::At(at_zero);
        }
        Ok((fold, values))
    }

    /// Kendall's S, as tau or as Jonckheere's and Terpstra's J.
    fn concordance(&self, statistic: TableStatistic, outcomes: &[usize]) -> Result<Folded> {
        self.unless_varies(statistic)?;
        self.unless_picks_vary(statistic)?;
        let x = self.by_slot();
        let mut order: Vec<u32> = (0..x.len() as u32).collect();
        order.sort_by(|&a, &b| x[a as usize].total_cmp(&x[b as usize]));
        let runs = order.chunk_by(|&a, &b| x[a as usize] == x[b as usize]);
        let levels: Vec<Vec<u32>> = runs.map(<[u32]>::to_vec).collect();
        let columns: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| self.ranked(outcome, None))
            .collect();
        let cells: Vec<Vec<i32>> = columns.iter().map(|of| of.scores.clone()).collect();
        let concordance = Concordance::new(&ScoreTable::from_columns(&cells), levels);
        let pairs = concordance.pairs() as f64;
        let fold = self.of_one(Statistic::Concordance(concordance));
        let draws = |_: &Scored| CentreOf::Draws;
        let mut values = self.values(&fold, outcomes, &columns, draws, |_, _| Shown::Value);
        for (value, cells) in values.iter_mut().zip(&cells) {
            value.denominator = 1;
            if statistic == TableStatistic::JonckheereTerpstra {
                value.group = self.contrast();
                value.denominator = 2;
                value.shown = Shown::Shifted(pairs / 2.0);
                if self.strata.is_none() {
                    value.centre = CentreOf::At(Centre::ZERO);
                }
                continue;
            }
            let mut sorted = cells.clone();
            sorted.sort_unstable();
            let choose = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
            let ties: f64 = sorted
                .chunk_by(|a, b| a == b)
                .map(|run| choose(run.len()))
                .sum();
            let untied = choose(cells.len()) - ties;
            value.group = String::new();
            value.scale = Scale {
                exponent: 0,
                step: 1.0 / (untied * pairs).sqrt(),
            };
            value.centre = CentreOf::At(Centre::ZERO);
        }
        Ok((fold, values))
    }
}

/// Scores with those of changed signs after them.
fn signed(scores: &[i32]) -> Vec<i32> {
    let negated = scores.iter().map(|score| -score);
    scores.iter().copied().chain(negated).collect()
}

/// Scores from the whole number nearest to their mean.
fn centred(scores: &[i32]) -> Vec<i32> {
    let sum: i64 = scores.iter().map(|&score| i64::from(score)).sum();
    let n = scores.len().max(1) as i64;
    let middle = (2 * sum + n).div_euclid(2 * n);
    scores.iter().map(|&score| score - middle as i32).collect()
}

fn common_multiple(sizes: &[i64]) -> Option<i64> {
    sizes
        .iter()
        .try_fold(1i64, |all, size| (all / all.gcd(size)).checked_mul(*size))
}

/// Number, mean and sum of squared distances from it.
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
}

fn moments(numbers: &[f64], rows: &[u32]) -> Moments {
    let values = || rows.iter().map(|&row| numbers[row as usize]);
    let n = rows.len() as f64;
    let mean = values().sum::<f64>() / n;
    Moments {
        n,
        mean,
        squares: values().map(|value| (value - mean).powi(2)).sum(),
    }
}
