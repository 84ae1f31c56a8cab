use super::*;

/// A small generator for test scores (SplitMix64's mixing step).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn scores(&mut self, n: usize, spread: u64) -> Vec<i32> {
        (0..n)
            .map(|_| self.below(2 * spread + 1) as i32 - spread as i32)
            .collect()
    }
}

/// Median numerators of all subsets of size `k`.
fn enumerate_medians(scores: &[i32], k: usize) -> Vec<i64> {
    (0u32..1 << scores.len())
        .filter(|set| set.count_ones() as usize == k)
        .map(|set| {
            let mut picked: Vec<i64> = (0..scores.len())
                .filter(|i| set >> i & 1 == 1)
                .map(|i| i64::from(scores[i]))
                .collect();
            picked.sort_unstable();
            if k % 2 == 1 {
                picked[k / 2]
            } else {
                picked[k / 2 - 1] + picked[k / 2]
            }
        })
        .collect()
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!(
        (a - b).abs() <= tolerance * b.abs().max(1e-300),
        "{a} is not {b}"
    );
}

#[test]
fn median_tails_equal_enumeration() {
    let mut random = Random(1);
    for round in 0..60 {
        let n = 1 + round % 11;
        let spread = [0, 1, 3, 50][round % 4];
        let scores = random.scores(n, spread);
        for k in 1..=n {
            let medians = enumerate_medians(&scores, k);
            let all = medians.len() as f64;
            let reach = 2 * spread as i64 + 1;
            for t in -reach..=reach {
                let tails = median_tails(&scores, k, t);
                let lower = medians.iter().filter(|&&m| m <= t).count() as f64 / all;
                let upper = medians.iter().filter(|&&m| m >= t).count() as f64 / all;
                assert!((tails.lower - lower).abs() < 1e-12, "{scores:?} {k} {t}");
                assert!((tails.upper - upper).abs() < 1e-12, "{scores:?} {k} {t}");
                // Tails just beyond t complete them.
                let next = median_tails(&scores, k, t + 1);
                close(tails.lower + next.upper, 1.0, 1e-12);
            }
        }
    }
}

#[test]
fn tails_overlap_in_the_observed_value_only() {
    // Medians of 3 of 1..=5: 2 three times, 3 four times, 4 three times.
    let tails = median_tails(&[5, 1, 4, 2, 3], 3, 3);
    close(tails.lower, 0.7, 1e-13);
    close(tails.upper, 0.7, 1e-13);
    close(tails.lower + tails.upper - 0.4, 1.0, 1e-13);
}

#[test]
fn shifting_and_negating_the_scores() {
    let mut random = Random(2);
    let scores = random.scores(40, 9);
    let shifted: Vec<i32> = scores.iter().map(|x| x + 1000).collect();
    let negated: Vec<i32> = scores.iter().map(|x| -x).collect();
    for (k, shift) in [(7, 1000), (8, 2000)] {
        for t in [-3, 0, 2] {
            let tails = median_tails(&scores, k, t);
            assert_eq!(tails, median_tails(&shifted, k, t + shift));
            let mirrored = median_tails(&negated, k, -t);
            assert_eq!((tails.lower, tails.upper), (mirrored.upper, mirrored.lower));
        }
    }
}

#[test]
fn one_score_all_scores_and_no_draw() {
    let sure = Tails {
        lower: 1.0,
        upper: 1.0,
    };
    assert_eq!(median_tails(&[i32::MIN], 1, i64::from(i32::MIN)), sure);
    assert_eq!(median_tails(&[3, -2, 8], 3, 3), sure);
    assert_eq!(median_tails(&[3, -2, 8, 5], 4, 8), sure);
    assert_eq!(
        median_tails(&[3, -2, 8, 5], 4, 9),
        Tails {
            lower: 1.0,
            upper: 0.0
        }
    );
    for k in [0, 2] {
        assert!(median_tails(&[3], k, 3).lower.is_nan());
    }
}

/// Rows of `tests/reference/median.tsv`: exact fractions for reproducible scores.
#[test]
fn median_tails_equal_the_reference() {
    let table = include_str!("../../../tests/reference/median.tsv");
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [n, k, t] = [0, 1, 2].map(|i| cells[i].parse::<i64>().unwrap());
        let scores: Vec<i32> = (0..n).map(|i| (i * i % 97) as i32 - 40).collect();
        let tails = median_tails(&scores, k as usize, t);
        let tolerance = if n <= 500 { 1e-11 } else { 2e-9 };
        close(tails.lower, cells[3].parse().unwrap(), tolerance);
        close(tails.upper, cells[4].parse().unwrap(), tolerance);
    }
}

#[test]
fn contrast_moments_equal_enumeration() {
    let mut random = Random(3);
    for _ in 0..10 {
        let scores = random.scores(7, 20);
        for (sizes, weights) in [([2, 3], [3, -2]), ([1, 1], [1, -1]), ([4, 3], [-5, 2])] {
            // Every assignment of a group, or none, to the seven positions.
            let mut values = Vec::new();
            for code in 0..3_u32.pow(7) {
                let groups: Vec<u32> = (0..7).map(|i| code / 3_u32.pow(i) % 3).collect();
                if (0..2).all(|g| groups.iter().filter(|&&x| x == g).count() == sizes[g as usize]) {
                    values.push(
                        (0..7)
                            .filter(|&i| groups[i] < 2)
                            .map(|i| weights[groups[i] as usize] as f64 * f64::from(scores[i]))
                            .sum::<f64>(),
                    );
                }
            }
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
            let got = contrast_moments(&scores, &sizes, &weights);
            assert!((got.0 - mean).abs() < 1e-10 && (got.1 - variance.sqrt()).abs() < 1e-9);
        }
    }
}

#[test]
fn sum_moments_by_hand() {
    // Pairs of {1, 2, 3, 6}: sums 3, 4, 7, 5, 8, 9; mean 6, variance 28/6.
    let (mean, sd) = sum_moments(&[1, 2, 3, 6], 2);
    close(mean, 6.0, 1e-15);
    close(sd, (28.0_f64 / 6.0).sqrt(), 1e-15);
    assert_eq!(sum_moments(&[4, -9, 2], 3), (-3.0, 0.0));
    assert_eq!(sum_moments(&[7], 1), (7.0, 0.0));
    assert_eq!(sum_moments(&[i32::MIN; 5], 2).1, 0.0);
}
