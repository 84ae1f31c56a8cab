//! A paragraph on methods, to paste into a paper, and what it cites.

use crate::error::thousands;
use crate::inference::distinct;
use crate::report::statement::{design_statement, hac_statement};
use crate::report::{Figures, Report, ResultRow};

/// What was done, in the words of a methods section.
pub(super) fn methods(report: &Report, figures: &Figures) -> String {
    let manifest = &report.manifest;
    let mut text = format!(
        "Observed statistics are compared with those of placebo sets by placebo {} (seed {}, {} draws a test).",
        manifest.head.placebo_version,
        manifest.head.seed,
        thousands(manifest.head.draws)
    );
    text += match manifest.raw {
        true => " p is b/m, with b of m draws at least as extreme, ties counted.",
        false => {
            " p is (b + 1)/(m + 1), with b of m draws at least as extreme and ties counted (Phipson and Smyth 2010), and b/n where all n sets are made."
        }
    };
    let conventions = distinct(manifest.nulls.iter().map(|null| null.convention.clone()));
    text += &format!(" Its convention is {}.", conventions.join(" and "));
    for null in &manifest.nulls {
        let rows: Vec<&ResultRow> = report
            .results
            .iter()
            .filter(|row| null.is_of(row))
            .collect();
        let [from, to] = null.window;
        text += &format!(
            " {} (days {from} to {to}): {}",
            null.null,
            design_statement(null, &rows)
        );
    }
    for hac in distinct(manifest.nulls.iter().filter_map(|null| null.hac)) {
        text += &format!(" {}", hac_statement(hac));
    }
    if !manifest.families.is_empty() {
        text += " p-values of a family are adjusted by step-down maxT (Westfall and Young 1993).";
    }
    if !figures.paths.is_empty() {
        text += " Simultaneous bands of paths are sup-t bands of the same draws (Montiel Olea and Plagborg-Møller 2019).";
    }
    text
}

/// What the paragraph cites, as BibTeX.
pub(super) fn bibliography(report: &Report, figures: &Figures) -> String {
    let manifest = &report.manifest;
    let mut entries = vec![always_cited(&manifest.head.placebo_version)];
    if manifest.nulls.iter().any(|null| null.hac.is_some()) {
        entries.push(NEWEY_WEST.into());
    }
    if !manifest.families.is_empty() {
        entries.push(WESTFALL_YOUNG.into());
    }
    if !figures.paths.is_empty() {
        entries.push(SUP_T.into());
    }
    entries.join("\n\n")
}

/// What every test cites: the program, and the paper that its p-values rest on.
pub(super) fn always_cited(version: &str) -> String {
    let program = format!(
        "@software{{placebo,\n  title = {{placebo: permutation tests and placebo event sets}},\n  author = {{{{The placebo authors}}}},\n  version = {{{version}}}\n}}"
    );
    [program.as_str(), PHIPSON_SMYTH].join("\n\n")
}

const PHIPSON_SMYTH: &str = "@article{phipson2010,
  title = {Permutation {P}-values Should Never Be Zero: Calculating Exact {P}-values When Permutations Are Randomly Drawn},
  author = {Phipson, Belinda and Smyth, Gordon K.},
  journal = {Statistical Applications in Genetics and Molecular Biology},
  volume = {9},
  number = {1},
  year = {2010},
  doi = {10.2202/1544-6115.1585}
}";

const NEWEY_WEST: &str = "@article{newey1987,
  title = {A Simple, Positive Semi-Definite, Heteroskedasticity and Autocorrelation Consistent Covariance Matrix},
  author = {Newey, Whitney K. and West, Kenneth D.},
  journal = {Econometrica},
  volume = {55},
  number = {3},
  pages = {703--708},
  year = {1987},
  doi = {10.2307/1913610}
}";

const WESTFALL_YOUNG: &str = "@book{westfall1993,
  title = {Resampling-Based Multiple Testing: Examples and Methods for p-Value Adjustment},
  author = {Westfall, Peter H. and Young, S. Stanley},
  publisher = {Wiley},
  year = {1993}
}";

const SUP_T: &str = "@article{montielolea2019,
  title = {Simultaneous Confidence Bands: Theory, Implementation, and an Application to {SVAR}s},
  author = {Montiel Olea, Jos{\\'e} Luis and Plagborg-M{\\o}ller, Mikkel},
  journal = {Journal of Applied Econometrics},
  volume = {34},
  number = {1},
  pages = {1--17},
  year = {2019},
  doi = {10.1002/jae.2656}
}";
