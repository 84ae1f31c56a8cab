//! p-values adjusted for their number, from the p-values alone.

/// Holm's step-down p-values, in the order given: the family-wise error rate under any dependence
/// (Holm 1979).
pub fn holm(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![0.0; n];
    let mut least = 0.0f64;
    for (rank, i) in ascending(p).into_iter().enumerate() {
        least = least.max((n - rank) as f64 * p[i]).min(1.0);
        adjusted[i] = least;
    }
    adjusted
}

/// Benjamini and Hochberg's step-up p-values, in the order given: the false discovery rate of
/// independent or positively dependent tests (Benjamini and Hochberg 1995).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, 1.0)
}

/// Benjamini and Yekutieli's step-up p-values, in the order given: the false discovery rate under any
/// dependence (Benjamini and Yekutieli 2001, theorem 1.3).
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    step_up(p, (1..=p.len()).map(|i| 1.0 / i as f64).sum())
}

fn step_up(p: &[f64], factor: f64) -> Vec<f64> {
    let n = p.len() as f64;
    let mut adjusted = vec![0.0; p.len()];
    let mut most = 1.0f64;
    for (rank, i) in ascending(p).into_iter().enumerate().rev() {
        most = most.min(factor * n / (rank + 1) as f64 * p[i]);
        adjusted[i] = most;
    }
    adjusted
}

/// Indices, the smallest p-value's first.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `p.adjust` of R 4.2.2: `tests/reference/p_adjust.R`.
    #[test]
    fn equal_to_r() {
        let mut cases = 0;
        for line in include_str!("../../tests/reference/p_adjust.tsv").lines() {
            if line.starts_with('#') || line.starts_with("p\t") {
                continue;
            }
            let lists: Vec<Vec<f64>> = line
                .split('\t')
                .map(|list| list.split(',').map(|p| p.parse().unwrap()).collect())
                .collect();
            let p = &lists[0];
            let ours = [holm(p), benjamini_hochberg(p), benjamini_yekutieli(p)];
            for (ours, theirs) in ours.iter().zip(&lists[1..]) {
                assert_eq!(ours.len(), theirs.len());
                for (a, b) in ours.iter().zip(theirs) {
                    assert!((a - b).abs() <= 1e-14 * b, "{a} is not {b} in {line}");
                }
            }
            cases += 1;
        }
        assert_eq!(cases, 5);
        assert!(holm(&[]).is_empty() && benjamini_yekutieli(&[]).is_empty());
    }
}
