//! What `placebo --version` says about the build.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let mut features: Vec<String> = std::env::vars()
        .filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_lowercase()))
        .collect();
    features.sort();
    let mut lines = vec![
        format!("target: {}", variable("TARGET")),
        format!("profile: {}", variable("PROFILE")),
        format!("features: {}", features.join(", ")),
    ];
    // A package that lies unpacked in somebody else's checkout is not of that checkout's commit.
    if Path::new(".git").exists() {
        if let Some(head) = git(&["rev-parse", "--git-path", "HEAD"]) {
            println!("cargo::rerun-if-changed={head}");
        }
        if let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) {
            // HEAD is a branch's name or a commit; the former stays the same over new commits.
            let later = match git(&["symbolic-ref", "--quiet", "--short", "HEAD"]) {
                Some(branch) => format!(" or later, on {branch}"),
                None => String::new(),
            };
            lines.insert(0, format!("commit: {commit}{later}"));
        }
    }
    let file = Path::new(&variable("OUT_DIR")).join("build.txt");
    std::fs::write(file, lines.join("\n"))
        .expect("cargo's folder for build scripts can be written");
}

/// What git answers, if it is there and knows.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let answer = answer.trim();
    (output.status.success() && !answer.is_empty()).then(|| answer.to_owned())
}
