//! Numbers as people read them.

pub(super) use crate::error::thousands;

/// A p-value to four decimals, small ones as a power of ten so that none looks like 0.
pub fn p_value(p: f64) -> String {
    if p == 0.0 {
        "0".into()
    } else if p < 0.001 {
        format!("{p:.2e}")
    } else {
        format!("{p:.4}")
    }
}

/// Values to be read side by side: as many decimals as any of them needs, at most two, or three
/// digits of the largest where all are below 1.
pub struct Decimals {
    scientific: bool,
    decimals: usize,
}

impl Decimals {
    /// The decimals for these values.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let largest = values.clone().map(f64::abs).fold(0.0, f64::max);
        if largest >= 1e9 || (largest > 0.0 && largest < 1e-6) {
            return Decimals {
                scientific: true,
                decimals: 2,
            };
        }
        let most = if largest >= 1.0 || largest == 0.0 {
            2
        } else {
            2 + (-largest.log10()).ceil() as usize
        };
        let needed = |x: f64| {
            let text = format!("{x:.most$}");
            let digits = text.trim_end_matches('0').len();
            most.saturating_sub(text.len() - digits)
        };
        Decimals {
            scientific: false,
            decimals: values.map(needed).max().unwrap_or(0),
        }
    }

    /// The value as text.
    pub fn text(&self, x: f64) -> String {
        let decimals = self.decimals;
        if self.scientific {
            return format!("{x:.decimals$e}");
        }
        let text = format!("{x:.decimals$}");
        // No "-0.00".
        match text.strip_prefix('-') {
            Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.into(),
            _ => text,
        }
    }
}

/// A count by its exact decimal digits while they can be read, else from its logarithm.
pub fn large_count(exact: Option<&str>, log10: f64) -> String {
    match exact {
        Some(digits) if digits.len() <= 15 => thousands(digits),
        _ => {
            let exponent = log10.floor();
            let lead = format!("{:.2}", libm::pow(10_f64, log10 - exponent));
            // 9.999 rounds up to 10.00.
            if lead == "10.00" {
                format!("about 1.00e{}", exponent + 1.0)
            } else {
                format!("about {lead}e{exponent}")
            }
        }
    }
}

/// A rate of draws with its order of magnitude in words, in the two digits that a rate deserves.
pub fn rate(per_second: f64) -> String {
    let two = |x: f64| {
        let text = format!("{x:.1e}");
        text.parse::<f64>().unwrap_or(x)
    };
    let short = |x: f64| match two(x) {
        x if x < 10.0 => format!("{x:.1}"),
        x => thousands(x as u64),
    };
    match per_second {
        r if two(r) >= 1e9 => format!("{} billion", short(r / 1e9)),
        r if two(r) >= 1e6 => format!("{} million", short(r / 1e6)),
        r if r >= 0.0 => short(r),
        _ => "-".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_never_look_like_zero() {
        for (p, text) in [
            (0.149_201, "0.1492"),
            (1.0, "1.0000"),
            (0.001, "0.0010"),
            (0.000_52, "5.20e-4"),
            (1e-9, "1.00e-9"),
            (0.0, "0"),
        ] {
            assert_eq!(p_value(p), text);
        }
    }

    #[test]
    fn decimals_are_those_that_the_column_needs() {
        let texts = |values: &[f64]| -> Vec<String> {
            let decimals = Decimals::of(values.iter().copied());
            values.iter().map(|&x| decimals.text(x)).collect()
        };
        assert_eq!(texts(&[-9.0, 120.0]), ["-9", "120"]);
        assert_eq!(texts(&[-14.400_000_000_1, 3.0]), ["-14.4", "3.0"]);
        assert_eq!(texts(&[8.031_25, -0.001]), ["8.03", "0.00"]);
        assert_eq!(texts(&[0.012_345, 0.001]), ["0.0123", "0.0010"]);
        assert_eq!(texts(&[0.0]), ["0"]);
        assert_eq!(texts(&[100.0]), ["100"]);
        assert_eq!(texts(&[1.5e12]), ["1.50e12"]);
        assert_eq!(texts(&[2e-9]), ["2.00e-9"]);
    }

    #[test]
    fn counts_and_rates() {
        assert_eq!(thousands(0u64), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(large_count(Some("8568"), 3.9), "8,568");
        assert_eq!(
            large_count(Some("1234567890123456"), 15.0915),
            "about 1.23e15"
        );
        assert_eq!(large_count(None, 27.999_99), "about 1.00e28");
        assert_eq!(rate(426_439.2), "430,000");
        assert_eq!(rate(999_600.0), "1.0 million");
        assert_eq!(rate(17.4), "17");
        assert_eq!(rate(1.23), "1.2");
        assert_eq!(rate(0.0), "0.0");
        assert_eq!(rate(2.56e6), "2.6 million");
        assert_eq!(rate(3.24e9), "3.2 billion");
        assert_eq!(rate(324e6), "320 million");
    }
}
