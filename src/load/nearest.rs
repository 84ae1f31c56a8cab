//! The known name that a mistyped one was probably meant to be.

/// Lists longer than this are cut in messages.
const SHOWN: usize = 20;

/// The candidate most like `name`, if any is like it at all.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = name.to_lowercase();
    candidates
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&plain, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// ``Did you mean `x`? `` (with its trailing blank), or nothing.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    match nearest(name, candidates) {
        Some(known) => format!("Did you mean `{known}`? "),
        None => String::new(),
    }
}

/// `` `a`, `b`, `c` ``, cut after twenty names.
pub(crate) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|n| format!("`{n}`")).collect();
    let rest = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_ignores_case_and_needs_some_likeness() {
        let known = ["10 Yr", "20 Yr", "DFII10"];
        assert_eq!(nearest("10 yr", known), Some("10 Yr"));
        assert_eq!(nearest("10Yr", known), Some("10 Yr"));
        assert_eq!(nearest("dfii1", known), Some("DFII10"));
        assert_eq!(nearest("SP500", known), None);
        assert_eq!(did_you_mean("zzz", known), "");
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..22).map(|i| i.to_string()).collect();
        let text = quoted_list(names.iter().map(String::as_str));
        assert!(text.ends_with("`19` and 2 more"), "{text}");
    }
}
