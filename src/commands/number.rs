//! Numbers as people type them.

/// A whole number, which may be written `10_000_000` or `1e7`.
pub fn whole(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    if let Ok(number) = plain.parse() {
        return Ok(number);
    }
    // Powers of ten up to where every whole number is exact.
    match plain.parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && (0.0..=9e15).contains(&number) => Ok(number as u64),
        _ => Err("expected a whole number such as 1000000, 1_000_000 or 1e6".into()),
    }
}

/// A whole number of at least 1.
pub fn positive(text: &str) -> Result<u64, String> {
    match whole(text)? {
        0 => Err("expected at least 1".into()),
        number => Ok(number),
    }
}

/// A number between 0 and 1.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && number < 1.0 => Ok(number),
        _ => Err("expected a number between 0 and 1 such as 0.05".into()),
    }
}

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("expected a number such as 0.5".into()),
    }
}

/// Draws `A..B`.
pub fn range(text: &str) -> Result<std::ops::Range<u64>, String> {
    let (start, end) = text
        .split_once("..")
        .ok_or("expected two numbers such as 0..500_000")?;
    let range = whole(start)?..whole(end)?;
    if range.is_empty() {
        return Err("the range is empty".into());
    }
    Ok(range)
}

/// The two days of a window, `-5..5` or `-5,5`.
pub fn window(text: &str) -> Result<[i32; 2], String> {
    let days = text.split_once("..").or_else(|| text.split_once(','));
    let day = |text: &str| text.trim().parse().ok();
    days.and_then(|(first, last)| Some([day(first)?, day(last)?]))
        .ok_or_else(|| "expected two days such as -5..5".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_type_them() {
        assert_eq!(whole("10_000_000"), Ok(10_000_000));
        assert_eq!(whole("1e7"), Ok(10_000_000));
        assert_eq!(whole("18446744073709551615"), Ok(u64::MAX));
        assert!(whole("1.5").is_err() && whole("-1").is_err() && whole("1e30").is_err());
        assert!(positive("0").is_err());
        assert_eq!(share("0.05"), Ok(0.05));
        assert!(
            ["0", "1", "-0.1", "nan", "5 %"]
                .iter()
                .all(|text| share(text).is_err())
        );
        assert_eq!(range("5..1e3"), Ok(5..1000));
        assert!(range("5..5").is_err() && range("5").is_err());
        assert_eq!(window("-5..5"), Ok([-5, 5]));
        assert_eq!(window("-5,5"), Ok([-5, 5]));
        assert_eq!(window("0..+3"), Ok([0, 3]));
        assert!(window("5").is_err() && window("-5..").is_err() && window("a..b").is_err());
    }
}
