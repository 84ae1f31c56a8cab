//! Tail probabilities beyond the reach of counting, by a fitted generalised Pareto law.
//!
//! Knijnenburg, Wessels, Reinders and Shmulevich (2009, Bioinformatics 25:i161, "Fewer permutations,
//! more accurate P-values"): the largest values of the null sample are fitted by a generalised Pareto
//! law, whose tail is then read at the observed value. The result rests on the fit and is to be
//! labelled so. Where 10 or more draws reach the observed value the authors count instead.

/// Exceedances that the fit begins with, Knijnenburg and others' choice.
pub const MOST_EXCEEDANCES: usize = 250;
/// By how many the exceedances fall while the fit is rejected, theirs too.
const STEP: usize = 10;
/// Fewer exceedances than this are not fitted, our choice: with 50 the shape of an exponential tail
/// has a standard error of 0.14.
const LEAST_EXCEEDANCES: usize = 50;
/// Draws to an exceedance, at least, our choice: more than a quarter of a sample is no tail.
const DRAWS_PER_EXCEEDANCE: u64 = 4;
/// Exceedances to one that may share a value, at least.
const EXCEEDANCES_PER_TIE: usize = 20;
/// The level at which a fit is rejected.
const GOODNESS_LEVEL: f64 = 0.05;
/// The 95 % point of chi-squared with one degree of freedom.
const CHI_SQUARED: f64 = 3.841458820694124;

/// A p-value from a fitted tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailFit {
    /// `exceedances/draws (1 - G(observed - threshold))`.
    pub p: f64,
    /// Lower end of the 95 % interval; 0 if a law that ends before the observed value is not ruled
    /// out.
    pub p_low: f64,
    /// Upper end.
    pub p_high: f64,
    /// The fitted law.
    pub law: Pareto,
    /// The value above which the law was fitted.
    pub threshold: f64,
    /// Null values above the threshold.
    pub exceedances: usize,
    /// The Anderson-Darling statistic of the fit.
    pub anderson_darling: f64,
    /// Its p-value, from 0.001 to 0.5: beyond those the table ends.
    pub goodness: f64,
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// A value is not finite, or the values are not in descending order.
    Unordered,
    /// Not enough null values lie in the tail.
    TooFew,
    /// The observed value does not lie above the threshold: counting serves.
    NotInTail,
    /// So many exceedances share one value that no continuous law can be fitted.
    Ties {
        /// How many share it.
        tied: usize,
        /// All exceedances.
        exceedances: usize,
    },
    /// The Anderson-Darling test rejected the fit for every number of exceedances.
    Rejected,
    /// The likelihood of the last fit has no maximum with a shape above -1.
    NoMaximum,
    /// The fitted law ends at or before the observed value: its p would be 0.
    BeyondEnd {
        /// Where the law ends, in units of the statistic.
        end: f64,
    },
    /// The fitted p is too small for a float.
    Vanishing,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Unordered => {
                write!(f, "the null values are not finite and in descending order")
            }
            Refusal::TooFew => write!(
                f,
                "a fitted tail needs at least {LEAST_EXCEEDANCES} values above its threshold and \
                 {DRAWS_PER_EXCEEDANCE} draws to each"
            ),
            Refusal::NotInTail => write!(f, "the observed value does not lie in the tail"),
            Refusal::Ties { tied, exceedances } => {
                write!(
                    f,
                    "{tied} of the {exceedances} values in the tail are equal"
                )
            }
            Refusal::Rejected => write!(f, "the Anderson-Darling test rejects the fit"),
            Refusal::NoMaximum => write!(f, "the likelihood of the fit has no maximum"),
            Refusal::BeyondEnd { end } => {
                write!(f, "the fitted law ends at {end}, before the observed value")
            }
            Refusal::Vanishing => write!(f, "the fitted p-value is too small for a float"),
        }
    }
}

/// The p-value of `observed` in the upper tail of `draws` null values, of which `largest` are the
/// largest, in descending order: [`MOST_EXCEEDANCES`] and one more, or all if there are fewer. For the
/// lower tail negate everything.
///
/// The threshold lies midway between the smallest exceedance and the next value. Where that is equal
/// to it, all values equal to it stay below the threshold, so that the share of exceedances is the
/// sample's own. From 250 exceedances, or a quarter of the draws if that is less, their number falls
/// by 10 until the Anderson-Darling test does not reject the fit at 5 %; with fewer than 50 the fit
/// is given up. Because the test is repeated, its p-value only describes the fit that was kept.
///
/// On a lattice of values the law is read at the observed value itself, half a step further than the
/// threshold's continuity correction would have it. Ties are refused when more than one exceedance in
/// 20 (and more than two) share a value, which keeps that within some 3 % of p.
///
/// The interval is all `p` that a likelihood ratio test with one degree of freedom does not reject
/// at 5 %, the shape, the scale and the share of exceedances being free (profile likelihood, Coles
/// 2001, "An introduction to statistical modeling of extreme values"). It does not cover the choice
/// of the threshold or the law's being an approximation. For shapes below -1/2 the likelihood is
/// irregular (Smith 1985, Biometrika 72:67), and interval and test are rough.
///
/// Refusing fits that end before the observed value leaves the larger estimates: in samples of
/// exponential tails with 250 exceedances, read where 1 - G is 8e-6, one in ten is refused.
///
/// # Errors
///
/// Why there is no fit.
pub fn tail_p(largest: &[f64], draws: u64, observed: f64) -> Result<TailFit, Refusal> {
    let ordered = largest.windows(2).all(|pair| pair[0] >= pair[1]);
    if !ordered || !observed.is_finite() || !largest.iter().all(|value| value.is_finite()) {
        return Err(Refusal::Unordered);
    }
    let quarter = usize::try_from(draws / DRAWS_PER_EXCEEDANCE).unwrap_or(usize::MAX);
    let mut wanted = MOST_EXCEEDANCES
        .min(quarter)
        .min(largest.len().saturating_sub(1));
    let mut refusal = Refusal::TooFew;
    while wanted >= LEAST_EXCEEDANCES {
        let below = largest[wanted];
        let exceedances = largest.partition_point(|&value| value > below);
        if exceedances < LEAST_EXCEEDANCES {
            break;
        }
        let tail = &largest[..exceedances];
        let tied = most_tied(tail);
        if tied > (exceedances / EXCEEDANCES_PER_TIE).max(2) {
            return Err(Refusal::Ties { tied, exceedances });
        }
        // Halves first: the sum of two large values may overflow.
        let threshold = tail[exceedances - 1] / 2.0 + below / 2.0;
        if observed <= threshold {
            return Err(Refusal::NotInTail);
        }
        let excesses: Vec<f64> = tail.iter().rev().map(|value| value - threshold).collect();
        match Sample::new(excesses).and_then(|sample| sample.fit().map(|law| (sample, law))) {
            None => refusal = Refusal::NoMaximum,
            Some((sample, law)) => {
                let anderson_darling = sample.anderson_darling(law);
                let goodness = goodness(anderson_darling, law.shape);
                if goodness > GOODNESS_LEVEL {
                    let excess = observed - threshold;
                    let share = exceedances as f64 / draws as f64;
                    let p = share * law.survival(excess);
                    if law.hazard(excess).is_infinite() {
                        let end = threshold - law.scale / law.shape;
                        return Err(Refusal::BeyondEnd { end });
                    }
                    if p < f64::MIN_POSITIVE {
                        return Err(Refusal::Vanishing);
                    }
                    let (p_low, p_high) = Likelihood::new(&sample, law, draws, excess).interval();
                    return Ok(TailFit {
                        p,
                        p_low,
                        p_high,
                        law,
                        threshold,
                        exceedances,
                        anderson_darling,
                        goodness,
                    });
                }
                refusal = Refusal::Rejected;
            }
        }
        // At least one less, or values tied across the threshold would be met again.
        wanted = (wanted - STEP).min(exceedances - 1);
    }
    Err(refusal)
}

/// The largest number of equal values in a row.
fn most_tied(ordered: &[f64]) -> usize {
    ordered
        .chunk_by(|a, b| a == b)
        .map(<[f64]>::len)
        .max()
        .unwrap_or(0)
}

/// A generalised Pareto law of excesses: `1 - G(z) = (1 + shape z/scale)^(-1/shape)`, exponential for
/// shape 0 and with the end point `-scale/shape` for negative shapes. Knijnenburg's and Choulakian's
/// `k` is `-shape`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    /// The tail index; positive for heavy tails.
    pub shape: f64,
    /// In units of the statistic, positive.
    pub scale: f64,
}

impl Pareto {
    /// `1 - G(excess)`.
    pub fn survival(self, excess: f64) -> f64 {
        libm::exp(-self.hazard(excess))
    }

    /// `-ln(1 - G(excess))`; infinite from the end point on.
    fn hazard(self, excess: f64) -> f64 {
        let relative = excess / self.scale;
        if self.shape == 0.0 {
            relative
        } else if self.shape * relative <= -1.0 {
            f64::INFINITY
        } else {
            libm::log1p(self.shape * relative) / self.shape
        }
    }
}

/// Excesses over a threshold, in ascending order and as shares of the largest.
struct Sample {
    shares: Vec<f64>,
    largest: f64,
}

impl Sample {
    /// `None` if the excesses, in ascending order, are not positive and finite.
    fn new(mut excesses: Vec<f64>) -> Option<Self> {
        let largest = *excesses.last()?;
        if !largest.is_finite() || excesses[0] <= 0.0 || excesses[0] / largest == 0.0 {
            return None;
        }
        for excess in &mut excesses {
            *excess /= largest;
        }
        Some(Sample {
            shares: excesses,
            largest,
        })
    }

    fn len(&self) -> f64 {
        self.shares.len() as f64
    }

    /// The shape that maximises the likelihood for a given ratio of shape to scale,
    /// `mean ln(1 + t z/max z)` with `t = e^w - 1` (Davison 1984).
    fn shape_at(&self, w: f64) -> f64 {
        let t = libm::expm1(w);
        // The largest share is 1, for which rounding must not leave w.
        let others = &self.shares[..self.shares.len() - 1];
        (others
            .iter()
            .map(|share| libm::log1p(t * share))
            .sum::<f64>()
            + w)
            / self.len()
    }

    /// The likelihood's logarithm per excess there, for excesses as shares.
    fn profile(&self, w: f64) -> f64 {
        let shape = self.shape_at(w);
        let scale = if w == 0.0 {
            self.shares.iter().sum::<f64>() / self.len()
        } else {
            shape / libm::expm1(w)
        };
        -libm::log(scale) - shape - 1.0
    }

    /// The maximum likelihood fit among shapes above -1 (Grimshaw 1993, Technometrics 35:185): the
    /// highest local maximum of the likelihood as a function of the ratio of shape to scale. `None`
    /// if there is none, or if the uniform law up to the largest excess, shape -1, is likelier; below
    /// -1 the likelihood has no bound.
    ///
    /// Relative error of the scale and error of the shape some 1e-8.
    fn fit(&self) -> Option<Pareto> {
        // The shape rises with w and lies between w and w/n for w < 0.
        let low = bisect(-self.len(), 0.0, |w| self.shape_at(w) < -1.0);
        // No maximum lies beyond (Grimshaw 1993).
        let mean = self.shares.iter().sum::<f64>() / self.len();
        let smallest = self.shares[0];
        let high = libm::log1p(2.0 * (mean - smallest) / (smallest * smallest)).clamp(1.0, 1400.0);
        // Finer near 0, where the shapes of most tails lie.
        let cells = 160;
        let node = |i: usize| {
            let at = i as f64 / cells as f64;
            if at <= 0.5 {
                low * (1.0 - 2.0 * at).powi(2)
            } else {
                high * (2.0 * at - 1.0).powi(2)
            }
        };
        let heights: Vec<f64> = (0..=cells).map(|i| self.profile(node(i))).collect();
        let (best, _) = (1..cells)
            .map(|i| (i, heights[i]))
            .filter(|&(i, height)| height >= heights[i - 1] && height >= heights[i + 1])
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let w = golden(node(best - 1), node(best + 1), |w| self.profile(w));
        let shape = self.shape_at(w);
        // The uniform law of shares has the logarithm 0.
        if shape <= -1.0 || self.profile(w) <= 0.0 {
            return None;
        }
        let relative = if w == 0.0 {
            mean
        } else {
            shape / libm::expm1(w)
        };
        let scale = relative * self.largest;
        (scale > 0.0 && scale.is_finite()).then_some(Pareto { shape, scale })
    }

    /// Anderson and Darling's `A^2` of the fitted law.
    fn anderson_darling(&self, law: Pareto) -> f64 {
        let hazards: Vec<f64> = self
            .shares
            .iter()
            .map(|share| law.hazard(share * self.largest))
            .collect();
        let n = hazards.len();
        let sum: f64 = (0..n)
            .map(|i| {
                (2 * i + 1) as f64 * (libm::log(-libm::expm1(-hazards[i])) - hazards[n - 1 - i])
            })
            .sum();
        -self.len() - sum / self.len()
    }
}

/// Tail probabilities of the columns of [`CRITICAL`].
const LEVELS: [f64; 8] = [0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];

/// Upper tail points of `A^2` for many excesses, shape and scale being estimated, by shape. The
/// limit's law is a sum of weighted chi-squared variables (Choulakian and Stephens 2001,
/// Technometrics 43:478, case 3); computed by `tests/reference/tail_fit_critical.py`, which agrees with the
/// three decimals of their Table 2 for shapes from -0.5 to 0.5.
const CRITICAL: [(f64, [f64; 8]); 15] = [
    (
        -0.5,
        [
            0.4958, 0.7354, 1.0613, 1.3206, 1.5899, 1.9580, 2.2435, 2.9220,
        ],
    ),
    (
        -0.4,
        [
            0.4680, 0.6881, 0.9853, 1.2209, 1.4654, 1.7993, 2.0583, 2.6739,
        ],
    ),
    (
        -0.3,
        [
            0.4452, 0.6494, 0.9236, 1.1404, 1.3650, 1.6716, 1.9094, 2.4747,
        ],
    ),
    (
        -0.2,
        [
            0.4262, 0.6175, 0.8730, 1.0744, 1.2828, 1.5673, 1.7878, 2.3122,
        ],
    ),
    (
        -0.1,
        [
            0.4103, 0.5910, 0.8310, 1.0198, 1.2148, 1.4809, 1.6872, 2.1777,
        ],
    ),
    (
        0.0,
        [
            0.3970, 0.5687, 0.7959, 0.9740, 1.1580, 1.4087, 1.6030, 2.0652,
        ],
    ),
    (
        0.1,
        [
            0.3858, 0.5500, 0.7662, 0.9354, 1.1099, 1.3477, 1.5319, 1.9701,
        ],
    ),
    (
        0.2,
        [
            0.3763, 0.5341, 0.7411, 0.9026, 1.0691, 1.2958, 1.4714, 1.8890,
        ],
    ),
    (
        0.3,
        [
            0.3682, 0.5206, 0.7196, 0.8746, 1.0341, 1.2513, 1.4195, 1.8195,
        ],
    ),
    (
        0.4,
        [
            0.3614, 0.5090, 0.7012, 0.8505, 1.0041, 1.2130, 1.3748, 1.7594,
        ],
    ),
    (
        0.5,
        [
            0.3555, 0.4991, 0.6853, 0.8298, 0.9782, 1.1799, 1.3360, 1.7074,
        ],
    ),
    (
        0.7,
        [
            0.3463, 0.4832, 0.6599, 0.7963, 0.9362, 1.1262, 1.2732, 1.6227,
        ],
    ),
    (
        1.0,
        [
            0.3368, 0.4668, 0.6332, 0.7611, 0.8919, 1.0692, 1.2062, 1.5319,
        ],
    ),
    (
        1.5,
        [
            0.3283, 0.4519, 0.6085, 0.7282, 0.8502, 1.0151, 1.1424, 1.4447,
        ],
    ),
    (
        2.0,
        [
            0.3248, 0.4457, 0.5983, 0.7145, 0.8327, 0.9922, 1.1153, 1.4075,
        ],
    ),
];

/// The p-value of `A^2`, by interpolation in the shape and, on a logarithmic scale, in the
/// probability; 0.001 and 0.5 beyond the table. Shapes outside the table take its nearest row.
fn goodness(anderson_darling: f64, shape: f64) -> f64 {
    let next = CRITICAL
        .partition_point(|&(row, _)| row < shape)
        .clamp(1, CRITICAL.len() - 1);
    let ((before, low), (after, high)) = (CRITICAL[next - 1], CRITICAL[next]);
    let part = ((shape - before) / (after - before)).clamp(0.0, 1.0);
    let point = |level: usize| low[level] + part * (high[level] - low[level]);
    if anderson_darling <= point(0) {
        return LEVELS[0];
    }
    for level in 1..LEVELS.len() {
        let (left, right) = (point(level - 1), point(level));
        if anderson_darling <= right {
            let part = (anderson_darling - left) / (right - left);
            let ln =
                libm::log(LEVELS[level - 1]) + part * libm::log(LEVELS[level] / LEVELS[level - 1]);
            return libm::exp(ln);
        }
    }
    LEVELS[LEVELS.len() - 1]
}

/// The likelihood of tail probabilities at one excess.
struct Likelihood<'a> {
    sample: &'a Sample,
    law: Pareto,
    draws: f64,
    /// The excess as a share of the largest.
    excess: f64,
    /// The fitted `-ln(1 - G)` there.
    hazard: f64,
    /// The logarithm of the likelihood at the fit.
    top: f64,
}

impl<'a> Likelihood<'a> {
    fn new(sample: &'a Sample, law: Pareto, draws: u64, excess: f64) -> Self {
        let excess_share = excess / sample.largest;
        let hazard = law.hazard(excess);
        let mut likelihood = Likelihood {
            sample,
            law,
            draws: draws as f64,
            excess: excess_share,
            hazard,
            top: 0.0,
        };
        likelihood.top = likelihood.at(law.shape, hazard);
        likelihood
    }

    /// The logarithm of the likelihood of excesses as shares, for a shape and
    /// `-ln(1 - G(excess)) = hazard`; minus infinity if the law ends before the largest.
    fn at(&self, shape: f64, hazard: f64) -> f64 {
        let shares = &self.sample.shares;
        let n = self.sample.len();
        // shape/scale times the excess; the scale follows.
        let reach = libm::expm1(shape * hazard);
        if shape == 0.0 || reach == 0.0 {
            let scale = self.excess / hazard;
            return -n * libm::log(scale) - shares.iter().sum::<f64>() / scale;
        }
        let ratio = reach / self.excess;
        if !ratio.is_finite() || ratio <= -1.0 {
            return f64::NEG_INFINITY;
        }
        let logs: f64 = shares.iter().map(|share| libm::log1p(ratio * share)).sum();
        -n * libm::log(shape / ratio) - (1.0 + 1.0 / shape) * logs
    }

    /// By how much twice the likelihood's logarithm falls short of the fit's if the hazard is given
    /// and the shape is free, from -1 up; and that shape. The search starts at `near` and climbs.
    fn deficit(&self, hazard: f64, near: f64) -> (f64, f64) {
        let height = |shape: f64| self.at(shape.max(-1.0), hazard);
        let (mut low, mut middle, mut high) = (near - 0.05, near, near + 0.05);
        let mut top = height(middle);
        for _ in 0..60 {
            let (left, right) = (height(low), height(high));
            if left > top {
                (middle, high, top) = (low, middle, left);
                low = middle - 2.0 * (high - middle);
            } else if right > top {
                (low, middle, top) = (middle, high, right);
                high = middle + 2.0 * (middle - low);
            } else if top.is_finite() {
                break;
            } else {
                // Towards smaller shapes no law ends later, towards larger ones all do.
                (low, middle) = (middle, high);
                high = middle + 0.1;
                top = height(middle);
            }
        }
        let shape = golden(low, high, height).max(-1.0);
        ((2.0 * (self.top - height(shape))).max(0.0), shape)
    }

    /// The ends of the 95 % interval for `p`.
    ///
    /// `ln p` is the logarithm of the share of exceedances less the hazard, and the two have
    /// likelihoods of their own: an end is the extreme of `ln p` over all hazards, each with what
    /// the hazard's deficit leaves of the critical value for the share.
    fn interval(&self) -> (f64, f64) {
        let share = self.sample.len() / self.draws;
        let (mut shape_up, mut shape_down) = (self.law.shape, self.law.shape);
        // Upper: smaller hazards.
        let least = bisect(0.0, self.hazard, |hazard| {
            let (deficit, shape) = self.deficit(hazard, shape_up);
            shape_up = shape;
            deficit > CHI_SQUARED
        });
        let upper = |hazard: f64| {
            let left = CHI_SQUARED - self.deficit(hazard, shape_up).0;
            self.share_end(left, true) - hazard
        };
        let p_high = libm::exp(upper(golden(least, self.hazard, upper))).min(1.0);
        // Lower: larger hazards, without end if a law that stops here is likely enough.
        let mut inside = self.hazard;
        let mut outside = 1.5 * self.hazard.max(1.0);
        loop {
            let (deficit, shape) = self.deficit(outside, shape_down);
            shape_down = shape;
            if deficit > CHI_SQUARED {
                break;
            }
            if libm::log(share) - outside < libm::log(f64::MIN_POSITIVE) {
                return (0.0, p_high);
            }
            inside = outside;
            outside *= 1.5;
        }
        let most = bisect(inside, outside, |hazard| {
            let (deficit, shape) = self.deficit(hazard, shape_down);
            shape_down = shape;
            deficit <= CHI_SQUARED
        });
        let lower = |hazard: f64| {
            let left = CHI_SQUARED - self.deficit(hazard, shape_down).0;
            hazard - self.share_end(left, false)
        };
        let p_low = libm::exp(-lower(golden(self.hazard, most, lower)));
        (p_low, p_high)
    }

    /// The logarithm of the largest or smallest share of exceedances whose binomial deviance is at
    /// most `left`.
    fn share_end(&self, left: f64, upper: bool) -> f64 {
        let (n, all) = (self.sample.len(), self.draws);
        let share = n / all;
        let rest = 1.0 - share;
        let within = |ln_ratio: f64| {
            let other = 1.0 - share * libm::exp(ln_ratio);
            other > 0.0 && -2.0 * (n * ln_ratio + (all - n) * libm::log(other / rest)) <= left
        };
        let ln_ratio = if upper {
            bisect(0.0, -libm::log(share), within)
        } else {
            -bisect(0.0, 40.0, |down| within(-down))
        };
        libm::log(share) + ln_ratio
    }
}

/// Where a condition that holds at `low` and below stops to hold, to the last digits.
fn bisect(mut low: f64, mut high: f64, mut holds: impl FnMut(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The maximum of a function with one top between `low` and `high`, by golden sections, to half the
/// digits: flatter it cannot be told from its neighbours.
fn golden(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    let mut left = high - SECTION * (high - low);
    let mut right = low + SECTION * (high - low);
    let (mut f_left, mut f_right) = (f(left), f(right));
    while high - low > 1e-9 * (1.0 + low.abs().max(high.abs())) {
        if f_left >= f_right {
            (high, right, f_right) = (right, left, f_left);
            left = high - SECTION * (high - low);
            f_left = f(left);
        } else {
            (low, left, f_left) = (left, right, f_right);
            right = low + SECTION * (high - low);
            f_right = f(right);
        }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests;
