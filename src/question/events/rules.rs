//! Rules that fired, as sentences.

/// Drops repeats: what two tests state is said once.
pub(super) fn dedup(rules: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    rules.retain(|rule| seen.insert(rule.clone()));
}
