//! Wild bootstraps of many groups, such as rows: all that a draw takes are weighted sums over the groups.

use std::ops::Range;

use super::{Numbers, Weights, WildT};

/// Columns that are added side by side.
const COLUMNS: usize = 8;
/// Groups that are taken at once, while their products are near.
const TILE: usize = 256;
/// Draws that are made together.
const AT_ONCE: u64 = 64;
/// Signs of so many groups are looked up together.
const TOGETHER: usize = 4;

/// Products by group, side by side.
///
/// With scores `a`, products `L` and `R` as of [`Wild`](super::Wild) and `T = sum of v_g R_g`, the sum of squared cluster
/// scores `sum of (v_g a_g - L_g'T)^2` is `sum of v_g^2 a_g^2 - 2 T' sum of v_g a_g L_g + T' (sum of L_g L_g') T`: one pass
/// over the groups gives `sum of v_g (a_g, R_g, a_g L_g)`, and of signs `v_g^2` is 1. Where groups are many `L_g'T` is small
/// beside `a_g`, so that nothing cancels.
#[derive(Debug, Clone)]
pub(super) struct ManyGroups {
    k: usize,
    groups: usize,
    /// Whether there is what `-b` multiplies.
    has_second: bool,
    /// Block of columns by block, then group by group.
    products: Vec<[f64; COLUMNS]>,
    blocks: usize,
    /// `a0 a0, a0 a1, a1 a1` by group, and their sums.
    squares: Vec<[f64; 3]>,
    whole: [f64; 3],
    /// `sum of L_g L_g'`.
    gram: Vec<f64>,
}

impl ManyGroups {
    /// Of the parts of [`Wild::new`](super::Wild::new).
    pub fn new(scores: &[Vec<f64>; 2], left: &[f64], right: &[Vec<f64>; 2]) -> Self {
        let groups = scores[0].len();
        let k = left.len() / groups.max(1);
        let has_second = scores[1].iter().chain(&right[1]).any(|x| *x != 0.0);
        let of = if has_second { 0..2 } else { 0..1 };
        let row = |g: usize| {
            let left = &left[g * k..][..k];
            of.clone().flat_map(move |of| {
                let score = scores[of][g];
                let right = right[of][g * k..][..k].iter().copied();
                let both = left.iter().map(move |l| score * l);
                std::iter::once(score).chain(right).chain(both)
            })
        };
        let columns = of.len() * (1 + 2 * k);
        let blocks = columns.div_ceil(COLUMNS);
        let mut products = vec![[0.0; COLUMNS]; blocks * groups];
        let mut gram = vec![0.0; k * k];
        for g in 0..groups {
            for (column, product) in row(g).enumerate() {
                products[column / COLUMNS * groups + g][column % COLUMNS] = product;
            }
            let left = &left[g * k..][..k];
            for (i, a) in left.iter().enumerate() {
                left.iter()
                    .zip(&mut gram[i * k..])
                    .for_each(|(b, sum)| *sum += a * b);
            }
        }
        let squares = scores[0].iter().zip(&scores[1]);
        let squares: Vec<[f64; 3]> = squares.map(|(a, b)| [a * a, a * b, b * b]).collect();
        let mut whole = [0.0; 3];
        for of in &squares {
            whole.iter_mut().zip(of).for_each(|(sum, of)| *sum += of);
        }
        ManyGroups {
            k,
            groups,
            has_second,
            products,
            blocks,
            squares,
            whole,
            gram,
        }
    }

    /// Tells the draws of a range; a draw does not depend on those that are made with it.
    pub fn draws(&self, law: Weights, seed: u64, draws: Range<u64>, mut tell: impl FnMut(WildT)) {
        let mut first = draws.start;
        while first < draws.end {
            let last = draws.end.min(first + AT_ONCE);
            self.together(law, seed, first..last, &mut tell);
            first = last;
        }
    }

    fn together(&self, law: Weights, seed: u64, draws: Range<u64>, tell: &mut impl FnMut(WildT)) {
        let numbers = draws.map(|draw| Numbers::new(seed, draw, Weights::STREAM));
        let mut numbers: Vec<Numbers> = numbers.collect();
        let mut sums = vec![[0.0; COLUMNS]; numbers.len() * self.blocks];
        let mut squares = vec![[0.0; 3]; numbers.len()];
        let mut first = 0;
        while first < self.groups {
            let tile = first..self.groups.min(first + TILE);
            match law {
                Weights::Rademacher => self.add_signs(tile.clone(), &mut numbers, &mut sums),
                _ => self.add_weights(law, tile.clone(), &mut numbers, &mut sums, &mut squares),
            }
            first = tile.end;
        }
        for (sums, squares) in sums.chunks(self.blocks).zip(&squares) {
            let squares = if law == Weights::Rademacher {
                &self.whole
            } else {
                squares
            };
            tell(self.folded(sums.as_flattened(), squares));
        }
    }

    /// Adds a tile's products with signs: a group of four has sixteen sums, made once for all draws.
    fn add_signs(&self, tile: Range<usize>, numbers: &mut [Numbers], sums: &mut [[f64; COLUMNS]]) {
        let words = tile.len().div_ceil(32);
        let of_draws: Vec<[u32; TILE / 32]> = numbers
            .iter_mut()
            .map(|numbers| {
                let mut of_draw = [0; TILE / 32];
                of_draw[..words].fill_with(|| numbers.word());
                of_draw
            })
            .collect();
        let mut table = [[[0.0; COLUMNS]; 1 << TOGETHER]; TILE / TOGETHER];
        let fours = tile.len().div_ceil(TOGETHER);
        for block in 0..self.blocks {
            let products = &self.products[block * self.groups..][tile.clone()];
            for (table, products) in table.iter_mut().zip(products.chunks(TOGETHER)) {
                table[0] = [0.0; COLUMNS];
                for product in products {
                    add(&mut table[0], product);
                }
                for signs in 1..1 << TOGETHER {
                    let last = signs & (signs - 1);
                    let mut of = table[last];
                    // Past the last group there are no products.
                    if let Some(product) = products.get((signs ^ last).trailing_zeros() as usize) {
                        let twice = product.map(|p| -2.0 * p);
                        add(&mut of, &twice);
                    }
                    table[signs] = of;
                }
            }
            for (draw, words) in of_draws.iter().enumerate() {
                let mut sum = sums[draw * self.blocks + block];
                for (four, table) in table[..fours].iter().enumerate() {
                    let signs = words[four / 8] >> (four % 8 * TOGETHER) & 0xf;
                    add(&mut sum, &table[signs as usize]);
                }
                sums[draw * self.blocks + block] = sum;
            }
        }
    }

    /// Adds a tile's products with weights of any law.
    fn add_weights(
        &self,
        law: Weights,
        tile: Range<usize>,
        numbers: &mut [Numbers],
        sums: &mut [[f64; COLUMNS]],
        squares: &mut [[f64; 3]],
    ) {
        let mut weights = [0.0; TILE];
        let weights = &mut weights[..tile.len()];
        for (draw, (numbers, squares)) in numbers.iter_mut().zip(squares).enumerate() {
            law.fill_next(numbers, weights);
            for block in 0..self.blocks {
                let products = &self.products[block * self.groups..][tile.clone()];
                let mut sum = sums[draw * self.blocks + block];
                for (weight, product) in weights.iter().zip(products) {
                    add(&mut sum, &product.map(|p| weight * p));
                }
                sums[draw * self.blocks + block] = sum;
            }
            for (weight, of) in weights.iter().zip(&self.squares[tile.clone()]) {
                let square = weight * weight;
                squares
                    .iter_mut()
                    .zip(of)
                    .for_each(|(sum, of)| *sum += square * of);
            }
        }
    }

    /// A draw's t of its sums.
    fn folded(&self, sums: &[f64], squares: &[f64; 3]) -> WildT {
        let k = self.k;
        let nothing = vec![0.0; 2 * k];
        // `sum of v R`, and `sum of v a L`, of the constant and of what `-b` multiplies.
        let of = |which: usize| match which == 0 || self.has_second {
            true => sums[which * (1 + 2 * k) + 1..][..2 * k].split_at(k),
            false => nothing.split_at(k),
        };
        let above = [
            sums[0],
            if self.has_second {
                sums[1 + 2 * k]
            } else {
                0.0
            },
        ];
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let below = |a: usize, b: usize, squares: f64| {
            let ((t, al), (u, bl)) = (of(a), of(b));
            let rows = self.gram.chunks(k.max(1));
            let quadratic: f64 = rows.zip(t).map(|(row, t)| t * dot(row, u)).sum();
            squares - dot(u, al) - dot(t, bl) + quadratic
        };
        WildT {
            above,
            below: [
                below(0, 0, squares[0]).max(0.0),
                below(0, 1, squares[1]),
                below(1, 1, squares[2]).max(0.0),
            ],
        }
    }
}

#[inline(always)]
fn add(sum: &mut [f64; COLUMNS], more: &[f64; COLUMNS]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}
