//! Files of prices, and of observations in the columns of SDMX: which of their columns is the series when
//! nobody says.

use super::quoted_list;

/// The names taken when none is asked for: of prices the adjusted close, or else the close; all names
/// elsewhere. Names may begin with what they are of: `NVDA: Close`. And the rule that says so.
pub(super) fn usual(file: &str, names: &[String]) -> (Vec<String>, Option<String>) {
    // The columns beside it describe it, some in numbers.
    if let Some(value) = names.iter().find(|name| *name == "OBS_VALUE")
        && names.len() > 1
    {
        let others = names
            .iter()
            .filter(|name| *name != value)
            .map(String::as_str);
        let rule = format!(
            "{file}: `OBS_VALUE` is taken; {} left out; [data] series (--series) names others",
            quoted_list(others)
        );
        return (vec![value.clone()], Some(rule));
    }
    let mut owners: Vec<&str> = Vec::new();
    for name in names {
        let (owner, _) = parts(name);
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    let mut taken = Vec::new();
    for owner in owners {
        let own: Vec<&String> = names.iter().filter(|name| parts(name).0 == owner).collect();
        match close(&own) {
            Some(name) => taken.push(name.clone()),
            None => return (names.to_vec(), None),
        }
    }
    if taken.len() == names.len() {
        return (taken, None);
    }
    let shown = match taken.as_slice() {
        [one] => format!("`{one}`"),
        [one, ..] => format!("`{}` and such", parts(one).1),
        [] => return (taken, None),
    };
    let mut others: Vec<&str> = Vec::new();
    for name in names.iter().filter(|name| !taken.contains(name)) {
        let (_, price) = parts(name);
        if !others.contains(&price) {
            others.push(price);
        }
    }
    let rule = format!(
        "{file}: of its prices {shown} is taken; {} left out; [data] series (--series) names others",
        quoted_list(others)
    );
    (taken, Some(rule))
}

/// What a price is of, and which one it is.
fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once(": ").unwrap_or(("", name))
}

/// Of the prices of one thing its close, adjusted where there is such a one.
fn close<'a>(names: &[&'a String]) -> Option<&'a String> {
    let plain = |name: &str| -> String {
        let letters = parts(name).1.chars().filter(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let one_of = |wanted: &[&str]| {
        names
            .iter()
            .copied()
            .find(|name| wanted.contains(&plain(name).as_str()))
    };
    let adjusted = one_of(&[
        "adjclose",
        "adjustedclose",
        "closeadj",
        "closeadjusted",
        "adjcloseprice",
    ]);
    let close = one_of(&["close", "closelast", "closeprice", "price", "last"]);
    let has_others = ["open", "high", "low"]
        .iter()
        .all(|price| one_of(&[price]).is_some());
    match close {
        Some(_) if adjusted.is_some() => adjusted,
        Some(_) if has_others => close,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        usual("a.csv", &names).0
    }

    #[test]
    fn of_prices_the_adjusted_close_is_taken() {
        let prices = ["Open", "High", "Low", "Close", "Adj Close", "Volume"];
        assert_eq!(taken(&prices), ["Adj Close"]);
        assert_eq!(
            taken(&["open", "high", "low", "close", "volume"]),
            ["close"]
        );
        assert_eq!(
            taken(&["Close/Last", "Volume", "Open", "High", "Low"]),
            ["Close/Last"]
        );
        // Two prices alone may both be meant.
        assert_eq!(taken(&["OPEN", "CLOSE"]), ["OPEN", "CLOSE"]);
        assert_eq!(taken(&["close"]), ["close"]);
        assert_eq!(
            taken(&["A: Close", "A: Adj Close", "B: Close", "B: Adj Close"]),
            ["A: Adj Close", "B: Adj Close"]
        );
    }

    #[test]
    fn the_rule_names_what_is_left_out() {
        let names = ["Close", "Adj Close", "Volume"].map(String::from);
        let rule = usual("a.csv", &names).1.unwrap();
        assert_eq!(
            rule,
            "a.csv: of its prices `Adj Close` is taken; `Close`, `Volume` left out; [data] series (--series) names others"
        );
    }
}
