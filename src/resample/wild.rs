//! `wild` and `wild-cluster`: the residuals of a regression times random weights (Wu 1986; Liu 1988; Cameron,
//! Gelbach and Miller 2008).

use serde::{Deserialize, Serialize};

use super::wild_rows::ManyGroups;
use super::{Below, Numbers};

/// The law of a weight; each has mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weights {
    /// 1 or -1.
    Rademacher,
    /// `-(sqrt 5 - 1)/2` or `(sqrt 5 + 1)/2`, third moment 1 (Mammen 1993).
    Mammen,
    /// Plus or minus `sqrt 1/2`, 1 or `sqrt 3/2` (Webb 2023).
    Webb,
    /// The standard normal law.
    Normal,
}

impl Weights {
    /// All of them.
    pub const ALL: [Weights; 4] = [
        Weights::Rademacher,
        Weights::Mammen,
        Weights::Webb,
        Weights::Normal,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Weights::Rademacher => "rademacher",
            Weights::Mammen => "mammen",
            Weights::Webb => "webb",
            Weights::Normal => "normal",
        }
    }

    /// The weights of a draw.
    ///
    /// # The sampler, once and for all
    ///
    /// Stream 11. Rademacher: group `g` has -1 where bit `g mod 32` of word `g div 32` is set. Mammen: a word a
    /// group, the negative value where it is below `2^32 (sqrt 5 + 1)/(2 sqrt 5)`. Webb: a number below 6 a
    /// group, the values in ascending order. Normal: two words `a`, `b` for two groups (the last may stand
    /// alone), `sqrt(-2 ln((a + 1/2)/2^32))` times cosine, then sine, of `2 pi (b + 1/2)/2^32` (Box and Muller
    /// 1958).
    pub fn fill(self, seed: u64, draw: u64, weights: &mut [f64]) {
        self.fill_next(&mut Numbers::new(seed, draw, Self::STREAM), weights);
    }

    /// The weights of the next groups of a draw; of all but the last ones a multiple of 32.
    pub(super) fn fill_next(self, numbers: &mut Numbers, weights: &mut [f64]) {
        match self {
            Weights::Rademacher => {
                for group in weights.chunks_mut(32) {
                    let word = numbers.word();
                    for (bit, weight) in group.iter_mut().enumerate() {
                        *weight = if word >> bit & 1 == 1 { -1.0 } else { 1.0 };
                    }
                }
            }
            Weights::Mammen => {
                let root = 5f64.sqrt();
                let values = [-(root - 1.0) / 2.0, (root + 1.0) / 2.0];
                let below = (4_294_967_296.0 * (root + 1.0) / (2.0 * root)).round() as u32;
                for weight in weights {
                    *weight = values[usize::from(numbers.word() >= below)];
                }
            }
            Weights::Webb => {
                let [large, small] = [1.5f64.sqrt(), 0.5f64.sqrt()];
                let values = [-large, -1.0, -small, small, 1.0, large];
                let six = Below::new(6);
                for weight in weights {
                    *weight = values[numbers.below(six) as usize];
                }
            }
            Weights::Normal => {
                let share = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0;
                for pair in weights.chunks_mut(2) {
                    let size = (-2.0 * libm::log(share(numbers.word()))).sqrt();
                    let angle = std::f64::consts::TAU * share(numbers.word());
                    let values = [size * libm::cos(angle), size * libm::sin(angle)];
                    pair.copy_from_slice(&values[..pair.len()]);
                }
            }
        }
    }

    /// Stream of these weights in the generator's counter.
    pub(super) const STREAM: u32 = 11;
}

/// What the weights of groups (rows, or clusters of rows) make of a coefficient's t, by products that are
/// made once: a draw takes some `2 G k` multiplications of `G` groups and `k` coefficients, or `G^2` where
/// that is fewer, however many rows there are (MacKinnon 2023; Roodman, MacKinnon, Nielsen and Webb 2019).
///
/// With `x` the regressor less what the other regressors explain, and `u` the residuals of the full
/// regression, the residuals under a null that lies `b` above the estimate are `u - b x`. Of weighted residuals `v u` the numerator of t is `sum of v_g x_g'u_g`,
/// and the cluster scores in its denominator are `x_g' M (v u) = v_g x_g'u_g - L_g' sum of v_h R_h` with `L_g
/// = Q_g' x_g`, `R_h = Q_h' u_h` and an orthonormal basis `Q` of all regressors. Everything is linear in `b`.
#[derive(Debug, Clone)]
pub struct Wild {
    /// The law of the weights.
    pub weights: Weights,
    groups: usize,
    /// The numerator's parts by group: the constant, and what `-b` multiplies.
    scores: [Vec<f64>; 2],
    /// The scores' matrix for both, by columns: what weight `h` adds to the score of each group.
    matrix: Option<[Vec<f64>; 2]>,
    /// `L` by group, and `R` by group for both.
    left: Vec<f64>,
    right: [Vec<f64>; 2],
    k: usize,
    many: Option<ManyGroups>,
}

/// A draw's t as a function of how far the null lies above the estimate, `b`: `(n0 - b n1)^2 / (d0 - 2 b d1 + b^2 d2)`, but for a factor.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(into = "[u64; 5]", from = "[u64; 5]")]
pub struct WildT {
    /// `n0`, `n1`.
    pub above: [f64; 2],
    /// `d0`, `d1`, `d2`.
    pub below: [f64; 3],
}

/// Files hold the floats' bits, so that they come back as they were.
impl From<WildT> for [u64; 5] {
    fn from(WildT { above, below }: WildT) -> Self {
        let [n0, n1] = above.map(f64::to_bits);
        let [d0, d1, d2] = below.map(f64::to_bits);
        [n0, n1, d0, d1, d2]
    }
}

impl From<[u64; 5]> for WildT {
    fn from(bits: [u64; 5]) -> Self {
        let [n0, n1, d0, d1, d2] = bits.map(f64::from_bits);
        WildT {
            above: [n0, n1],
            below: [d0, d1, d2],
        }
    }
}

impl WildT {
    /// The numerator and the square of the denominator.
    pub fn at(&self, b: f64) -> [f64; 2] {
        let [n0, n1] = self.above;
        let [d0, d1, d2] = self.below;
        let above = n0 - b * n1;
        [above, d0 - b * (2.0 * d1 - b * d2)]
    }
}

/// Room for one draw at a time.
#[derive(Debug, Clone)]
pub struct WildScratch {
    weights: Vec<f64>,
    /// Scores by group, for both.
    scores: [Vec<f64>; 2],
    /// `sum of v_h R_h`.
    sums: Vec<f64>,
}

/// Of so many groups, and of so many times the coefficients, draws are made of sums over all groups.
const MANY: usize = 1024;
const MANY_TIMES: usize = 64;

/// The most groups whose signs are made one by one: 2^20 draws.
pub const MOST_LISTED: usize = 20;

impl Wild {
    /// Of `groups` groups: their numerator's parts, and `L` and `R`, group by group; the second of each pair
    /// is what `-b` multiplies.
    pub fn new(
        weights: Weights,
        scores: [Vec<f64>; 2],
        left: Vec<f64>,
        right: [Vec<f64>; 2],
    ) -> Self {
        let groups = scores[0].len();
        let k = left.len() / groups.max(1);
        let column = |of: usize, h: usize, g: usize| {
            let product = |(l, r): (&f64, &f64)| l * r;
            let taken: f64 = left[g * k..][..k]
                .iter()
                .zip(&right[of][h * k..][..k])
                .map(product)
                .sum();
            if g == h {
                scores[of][g] - taken
            } else {
                -taken
            }
        };
        let dense = |of: usize| {
            let pairs = (0..groups).flat_map(|h| (0..groups).map(move |g| (h, g)));
            pairs.map(|(h, g)| column(of, h, g)).collect()
        };
        let is_small = groups <= 2 * k || groups <= MOST_LISTED;
        let matrix = is_small.then(|| [dense(0), dense(1)]);
        let are_many = groups >= MANY.max(MANY_TIMES * k);
        Wild {
            many: are_many.then(|| ManyGroups::new(&scores, &left, &right)),
            weights,
            groups,
            matrix,
            scores,
            left,
            right,
            k,
        }
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Room for its draws.
    pub fn scratch(&self) -> WildScratch {
        WildScratch {
            weights: vec![1.0; self.groups],
            scores: [vec![0.0; self.groups], vec![0.0; self.groups]],
            sums: vec![0.0; self.k],
        }
    }

    /// Tells the draws of a range.
    pub fn draws(
        &self,
        seed: u64,
        draws: std::ops::Range<u64>,
        scratch: &mut WildScratch,
        mut tell: impl FnMut(WildT),
    ) {
        match &self.many {
            Some(many) => many.draws(self.weights, seed, draws, tell),
            None => draws.for_each(|draw| tell(self.draw(seed, draw, scratch))),
        }
    }

    /// A draw by the scores of each group.
    fn draw(&self, seed: u64, draw: u64, scratch: &mut WildScratch) -> WildT {
        self.weights.fill(seed, draw, &mut scratch.weights);
        self.of_weights(scratch)
    }

    /// Nanoseconds of a draw, about.
    pub fn cost(&self) -> u64 {
        let groups = self.groups as u64;
        match (&self.many, self.weights) {
            (Some(_), Weights::Rademacher) => groups * (1 + self.k as u64 / 2),
            (Some(_), _) => groups * (8 + self.k as u64),
            (None, _) => 16 * groups,
        }
    }

    /// With all weights 1: the data's own.
    pub fn observed(&self, scratch: &mut WildScratch) -> WildT {
        scratch.weights.fill(1.0);
        self.of_weights(scratch)
    }

    /// The signs of `ranks`, each of which is one of `2^G`, told to `take`: rank `i` has -1 for the groups of
    /// the set bits of `i xor i/2` (Gray 1953), so that neighbours differ in one.
    pub fn signs(
        &self,
        ranks: std::ops::Range<u64>,
        scratch: &mut WildScratch,
        mut take: impl FnMut(WildT),
    ) {
        let Some(matrix) = &self.matrix else {
            return;
        };
        for rank in ranks.clone() {
            if rank == ranks.start {
                scratch.weights = self.signs_of(rank);
                self.put_scores(scratch);
            } else {
                let flipped = rank.trailing_zeros() as usize;
                let weight = &mut scratch.weights[flipped];
                *weight = -*weight;
                let twice = 2.0 * *weight;
                for (scores, matrix) in scratch.scores.iter_mut().zip(matrix) {
                    let column = &matrix[flipped * self.groups..][..self.groups];
                    scores
                        .iter_mut()
                        .zip(column)
                        .for_each(|(s, m)| *s += twice * m);
                }
            }
            take(self.folded(scratch));
        }
    }

    /// The signs of a rank, a group one.
    pub fn signs_of(&self, rank: u64) -> Vec<f64> {
        let code = rank ^ rank >> 1;
        let sign = |bit: usize| if code >> bit & 1 == 1 { -1.0 } else { 1.0 };
        (0..self.groups).map(sign).collect()
    }

    fn of_weights(&self, scratch: &mut WildScratch) -> WildT {
        self.put_scores(scratch);
        self.folded(scratch)
    }

    fn put_scores(&self, scratch: &mut WildScratch) {
        let WildScratch {
            weights,
            scores,
            sums,
        } = scratch;
        for of in 0..2 {
            let scores = &mut scores[of];
            if let Some(matrix) = &self.matrix {
                scores.fill(0.0);
                for (weight, column) in weights.iter().zip(matrix[of].chunks(self.groups)) {
                    scores
                        .iter_mut()
                        .zip(column)
                        .for_each(|(s, m)| *s += weight * m);
                }
                continue;
            }
            sums.fill(0.0);
            for (weight, right) in weights.iter().zip(self.right[of].chunks(self.k)) {
                sums.iter_mut()
                    .zip(right)
                    .for_each(|(sum, r)| *sum += weight * r);
            }
            for (g, left) in self.left.chunks(self.k).enumerate() {
                let taken: f64 = left.iter().zip(sums.iter()).map(|(l, s)| l * s).sum();
                scores[g] = weights[g] * self.scores[of][g] - taken;
            }
        }
    }

    fn folded(&self, scratch: &WildScratch) -> WildT {
        let [a, b] = &scratch.scores;
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        WildT {
            above: [0, 1].map(|of| dot(&scratch.weights, &self.scores[of])),
            below: [dot(a, a), dot(a, b), dot(b, b)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums over all groups give the draws that the scores of each give, of all laws, whatever draws are made together.
    #[test]
    fn many_groups_have_the_draws_of_few() {
        let groups = 1_111;
        for k in [1, 3, 5] {
            let numbers = |salt: usize, n: usize| -> Vec<f64> {
                let number =
                    |i: usize| ((i * i * 7 + i * salt + salt) % 1_009) as f64 / 500.0 - 1.0;
                (0..n).map(number).collect()
            };
            let small = |salt| -> Vec<f64> {
                let of = numbers(salt, groups * k);
                of.iter().map(|x| x / 33.0).collect()
            };
            let scores = [numbers(3, groups), numbers(11, groups)];
            let (left, right) = (small(5), [small(17), small(29)]);
            let none = [scores[0].clone(), vec![0.0; groups]];
            let first = [right[0].clone(), vec![0.0; groups * k]];
            for law in Weights::ALL {
                for (scores, right) in [(&scores, &right), (&none, &first)] {
                    let wild = Wild::new(law, scores.clone(), left.clone(), right.clone());
                    assert!(wild.many.is_some());
                    let mut scratch = wild.scratch();
                    let mut of = |draws: std::ops::Range<u64>| {
                        let mut told = Vec::new();
                        wild.draws(9, draws, &mut scratch, |t| told.push(t));
                        told
                    };
                    let all = of(3..140);
                    assert_eq!(all[90..97], of(93..100));
                    for (draw, found) in (3..).zip(&all) {
                        let known = wild.draw(9, draw, &mut scratch);
                        let [n0, n1] = known.above;
                        let [d0, d1, d2] = known.below;
                        let pairs = found.above.iter().zip([n0, n1]);
                        assert!(
                            pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-9),
                            "{law:?}"
                        );
                        let near = |a: f64, b: f64| (a - b).abs() < 1e-11 * (d0 + d2);
                        let pairs = found.below.into_iter().zip([d0, d1, d2]);
                        assert!(pairs.into_iter().all(|(a, b)| near(a, b)), "{law:?} {k}");
                    }
                }
            }
        }
    }
}
