//! Rules that fired, as sentences.

/// Drops repeats: what two tests state is said once.
pub(super) fn dedup(rules: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    rules.retain(|rule| seen.insert(rule.clone()));
}

/// The most events that a rule names.
const NAMED: usize = 5;

/// Places of events, as one clause: what they begin with alike, such as a file's name, once, and the first few of many.
pub(super) fn places(places: &[&str]) -> String {
    let Some((first, others)) = places.split_first() else {
        return String::new();
    };
    let file = first.rfind(", ").map_or("", |at| &first[..at + 2]);
    let mut text = (*first).to_owned();
    for place in others.iter().take(NAMED - 1) {
        text += &format!(", {}", place.strip_prefix(file).unwrap_or(place));
    }
    match places.len().checked_sub(NAMED) {
        None | Some(0) => text,
        Some(more) => format!("{text} and {more} more"),
    }
}

/// One rule for all events that the same is said of, in the order of the first: each with its place and what is said,
/// of which `say` makes a sentence by how many they are.
pub(super) fn gathered(
    events: &[(String, String)],
    say: impl Fn(&[&str], &str) -> String,
) -> Vec<String> {
    let mut said: Vec<&str> = Vec::new();
    for (_, what) in events {
        if !said.contains(&what.as_str()) {
            said.push(what);
        }
    }
    let rule = |what: &&str| {
        let of = events.iter().filter(|(_, said)| said == what);
        let of: Vec<&str> = of.map(|(place, _)| place.as_str()).collect();
        say(&of, what)
    };
    said.iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_reason_are_one_rule() {
        let events: Vec<(String, String)> = (1..=8)
            .map(|line| {
                (
                    format!("a.csv, line {line}"),
                    ["late", "early"][line % 2].to_owned(),
                )
            })
            .collect();
        let rules = gathered(&events, |of, what| {
            format!("{} {what}: {}", of.len(), places(of))
        });
        assert_eq!(
            rules,
            [
                "4 early: a.csv, line 1, line 3, line 5, line 7",
                "4 late: a.csv, line 2, line 4, line 6, line 8",
            ]
        );
        let many: Vec<String> = (1..=9).map(|line| format!("b.csv, line {line}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(
            places(&many),
            "b.csv, line 1, line 2, line 3, line 4, line 5 and 4 more"
        );
    }
}
