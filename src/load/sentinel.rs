//! Numbers that stand for a missing value, such as -99.99.

/// A number that is probably no value, and how often it stands in a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Suspect {
    pub value: f64,
    pub times: usize,
}

/// The number of a series that is like a mark for a missing value: nines alone, 0 or less in a series
/// that is positive elsewhere, or absurdly large; and every step to it and from it is larger than all
/// steps of the other values.
pub(super) fn suspect(values: &[Option<f64>]) -> Option<Suspect> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let mut looked_at: Vec<f64> = Vec::new();
    for &value in &known {
        let is_new = !looked_at.contains(&value);
        if !is_new || !is_odd(value, &known) {
            continue;
        }
        looked_at.push(value);
        // As many as that are no mark, or the series is.
        if looked_at.len() > 8 {
            return None;
        }
        let times = known.iter().filter(|&&other| other == value).count();
        let others: Vec<f64> = known.iter().copied().filter(|&v| v != value).collect();
        let largest = others
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f64::max);
        let stands_out = known
            .windows(2)
            .filter(|pair| (pair[0] == value) != (pair[1] == value))
            .all(|pair| (pair[1] - pair[0]).abs() > largest);
        if stands_out && others.len() >= 2 && times < others.len() {
            return Some(Suspect { value, times });
        }
    }
    None
}

fn is_odd(value: f64, all: &[f64]) -> bool {
    is_nines(value)
        || value.abs() >= 1e15
        || (value <= 0.0 && all.iter().all(|&other| other == value || other > 0.0))
}

/// 99, -999, 99.99 and so on: nines alone, two of them at least before the point.
fn is_nines(value: f64) -> bool {
    let text = value.abs().to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let nines = |digits: &str| digits.bytes().all(|digit| digit == b'9');
    whole.len() >= 2 && nines(whole) && nines(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[f64]) -> Option<(f64, usize)> {
        let values: Vec<Option<f64>> = values.iter().map(|&value| Some(value)).collect();
        suspect(&values).map(|suspect| (suspect.value, suspect.times))
    }

    #[test]
    fn marks_stand_out() {
        assert_eq!(
            found(&[0.1, -0.4, -99.99, 0.3, -99.99, 0.2]),
            Some((-99.99, 2))
        );
        assert_eq!(
            found(&[5.0, 5.1, -999.0, -999.0, 5.2, 5.3]),
            Some((-999.0, 2))
        );
        assert_eq!(found(&[300.0, 301.0, 9999.0, 302.0]), Some((9999.0, 1)));
        assert_eq!(found(&[4.1, 4.2, 0.0, 4.2, 0.0, 4.3, 4.4]), Some((0.0, 2)));
        assert_eq!(found(&[1.0, 2.0, -1e30, 3.0]), Some((-1e30, 1)));
    }

    #[test]
    fn values_do_not() {
        assert_eq!(found(&[98.5, 99.0, 99.9, 100.2, 99.99, 99.0]), None);
        assert_eq!(found(&[9000.0, 9500.0, 9999.0, 9990.0]), None);
        assert_eq!(found(&[0.3, 0.2, 0.1, 0.0, 0.1, 0.2]), None);
        assert_eq!(found(&[0.0, 1.0, 0.0, 0.0, 1.0]), None);
        assert_eq!(found(&[9.9, 0.1, 0.2]), None);
        assert_eq!(found(&[]), None);
    }
}
