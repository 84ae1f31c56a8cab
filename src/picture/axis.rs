//! Axes: where values stand, and which of them are named.

use super::number::with_decimals;

/// One direction of a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
    /// Values that are named, ascending, and their names.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From `low` to `high`, with about `wanted` ticks at multiples of 1, 2 or 5 times a power of ten.
    pub fn linear(low: f64, high: f64, wanted: usize) -> Self {
        let (low, high) = apart(low, high);
        let step = nice_step((high - low) / wanted.max(1) as f64);
        Self::stepped(low, high, step)
    }

    /// The same of whole numbers: no tick between two.
    pub fn whole(low: f64, high: f64, wanted: usize) -> Self {
        let (low, high) = apart(low, high);
        let step = nice_step((high - low) / wanted.max(1) as f64).max(1.0);
        Self::stepped(low, high, step)
    }

    fn stepped(low: f64, high: f64, step: f64) -> Self {
        let decimals = (-libm::floor(libm::log10(step) + 1e-9)).max(0.0) as usize;
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let ticks = (first..=last).map(|k| {
            let at = k as f64 * step;
            (at, with_decimals(at, decimals))
        });
        Axis {
            low,
            high,
            is_log: false,
            ticks: ticks.collect(),
        }
    }

    /// Logarithmic, for shares: from `low`, above 0, to 1, named at powers of ten, and between them where these
    /// are few.
    pub fn log_share(low: f64) -> Self {
        let decades = libm::floor(libm::log10(low.clamp(1e-12, 0.5)) + 1e-9) as i32;
        let every = (-decades + 5) / 6;
        let powers = (decades..=0).rev().step_by(every.max(1) as usize);
        let mut ticks: Vec<(f64, String)> = powers
            .map(|power| {
                let at = libm::pow(10.0, f64::from(power));
                let name = match power {
                    -3.. => with_decimals(at, power.unsigned_abs() as usize),
                    _ => format!("1e\u{2212}{}", power.unsigned_abs()),
                };
                (at, name)
            })
            .collect();
        ticks.reverse();
        if low > 0.005 {
            for (after, at) in [(0.01, 0.02), (0.1, 0.2), (0.2, 0.5)] {
                if let Some(place) = ticks
                    .iter()
                    .position(|tick| (tick.0 / after - 1.0).abs() < 1e-9)
                {
                    ticks.insert(place + 1, (at, with_decimals(at, 2)));
                }
            }
        }
        Axis {
            low,
            high: 1.0,
            is_log: true,
            ticks,
        }
    }

    /// How far along the axis a value stands: 0 at its low end, 1 at its high one, and beyond them outside.
    pub fn share(&self, value: f64) -> f64 {
        match self.is_log {
            true => {
                let [low, high, at] =
                    [self.low, self.high, value].map(|x| libm::log10(x.max(1e-300)));
                (at - low) / (high - low)
            }
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// Whether a value lies between the ends.
    pub fn holds(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.share(value))
    }
}

/// Two ends that differ.
fn apart(low: f64, high: f64) -> (f64, f64) {
    match high - low > 0.0 && (high - low).is_finite() {
        true => (low, high),
        false => {
            let around = low.abs().max(1.0) / 2.0;
            (low - around, low + around)
        }
    }
}

/// The least of 1, 2 and 5 times a power of ten that is no smaller.
fn nice_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let times = [1.0, 2.0, 5.0, 10.0].into_iter();
    let mut fitting = times.filter(|times| times * power >= rough * (1.0 - 1e-9));
    fitting.next().unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, name)| name.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(names(&Axis::linear(-17.6, 12.8, 4)), ["−10", "0", "10"]);
        assert_eq!(
            names(&Axis::linear(0.0, 1.0, 5)),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        assert_eq!(
            names(&Axis::linear(0.001, 0.0032, 4)),
            ["0.001", "0.002", "0.003"]
        );
        assert_eq!(
            names(&Axis::whole(-2.0, 2.0, 9)),
            ["−2", "−1", "0", "1", "2"]
        );
        assert_eq!(
            names(&Axis::log_share(0.002)),
            ["0.001", "0.01", "0.1", "1"]
        );
        assert_eq!(
            names(&Axis::log_share(0.015)),
            ["0.01", "0.02", "0.1", "0.2", "0.5", "1"]
        );
        assert_eq!(names(&Axis::log_share(1e-7)).len(), 4);
    }

    #[test]
    fn values_stand_where_they_belong() {
        let axis = Axis::log_share(0.01);
        assert!((axis.share(0.1) - 0.5).abs() < 1e-12);
        assert!(axis.holds(1.0) && !axis.holds(0.001));
        let axis = Axis::linear(-10.0, 30.0, 4);
        assert!((axis.share(0.0) - 0.25).abs() < 1e-12);
        // A single value still has room about it.
        let axis = Axis::linear(3.0, 3.0, 4);
        assert!((axis.share(3.0) - 0.5).abs() < 1e-12);
    }
}
