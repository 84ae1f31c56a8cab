//! The formula of a test: `Y (+ Y)* ~ X [+ nuisance] [| S (+ S)*]`.
//!
//! ```text
//! formula = terms "~" ( "1" | terms ) [ "|" terms ]
//! terms   = term { "+" term }
//! term    = factor [ "-" factor ]
//! factor  = function "(" term ")" | name | "`" any text "`"
//! ```
//!
//! A name has letters, digits, `_` and `.`; with `*` for any characters it is a pattern. What stands in
//! back-ticks is a name as it is.

use std::ops::Range;

use crate::error::{Error, Result};

/// What a test asks, as its words stand in the formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    /// Left of `~`.
    pub outcomes: Vec<Term>,
    /// Right of `~`: the variable, then nuisance columns; empty for `1`.
    pub variables: Vec<Term>,
    /// After `|`, crossed.
    pub strata: Vec<Term>,
}

/// A column, or what is made of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it is.
    pub made: Made,
    /// Its bytes in the formula.
    pub at: Range<usize>,
}

/// How a term is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// A column.
    Column(String),
    /// All columns whose names match, `*` standing for any characters.
    Pattern(String),
    /// The first less the second.
    Difference(Box<Term>, Box<Term>),
    /// A function of a term.
    Applied(Function, Box<Term>),
}

/// What can be done to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Its values are groups.
    Factor,
    /// Its mid-ranks.
    Rank,
    /// Its natural logarithms.
    Log,
    /// What it changes by from row to row.
    Diff,
}

impl Function {
    const ALL: [Function; 4] = [
        Function::Factor,
        Function::Rank,
        Function::Log,
        Function::Diff,
    ];

    /// Its name in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Function::Factor => "factor",
            Function::Rank => "rank",
            Function::Log => "log",
            Function::Diff => "diff",
        }
    }
}

impl Term {
    /// The names that it is made of: columns, and patterns.
    fn names(&self) -> Vec<&Made> {
        match &self.made {
            Made::Column(_) | Made::Pattern(_) => vec![&self.made],
            Made::Difference(a, b) => [a.names(), b.names()].concat(),
            Made::Applied(_, of) => of.names(),
        }
    }

    /// As rows name it.
    pub fn name(&self) -> String {
        match &self.made {
            Made::Column(name) | Made::Pattern(name) => name.clone(),
            Made::Difference(a, b) => format!("{} - {}", a.name(), b.name()),
            Made::Applied(function, of) => format!("{}({})", function.name(), of.name()),
        }
    }

    /// The same with a column in the place of each pattern.
    pub fn with(&self, column: &str) -> Term {
        let made = match &self.made {
            Made::Column(name) => Made::Column(name.clone()),
            Made::Pattern(_) => Made::Column(column.to_owned()),
            Made::Difference(a, b) => {
                Made::Difference(Box::new(a.with(column)), Box::new(b.with(column)))
            }
            Made::Applied(function, of) => Made::Applied(*function, Box::new(of.with(column))),
        };
        Term {
            made,
            at: self.at.clone(),
        }
    }

    /// The pattern that it has, if any.
    pub fn pattern(&self) -> Option<&str> {
        self.names().into_iter().find_map(|made| match made {
            Made::Pattern(pattern) => Some(pattern.as_str()),
            _ => None,
        })
    }
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    ///
    /// [`Error::Formula`], with the place.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader {
            text,
            words: words(text)?,
            next: 0,
        };
        let formula = reader.formula()?;
        for term in formula.variables.iter().chain(&formula.strata) {
            if let Some(pattern) = term.pattern() {
                return Err(formula.refused(
                    &term.at,
                    format!("the pattern `{pattern}` stands for several columns"),
                    "Name one column; patterns list outcomes, on the left of `~`.",
                ));
            }
        }
        for term in &formula.outcomes {
            let patterns = term.names().into_iter();
            let patterns = patterns.filter(|made| matches!(made, Made::Pattern(_)));
            if patterns.count() > 1 {
                return Err(formula.refused(
                    &term.at,
                    "two patterns in one outcome",
                    "Write one pattern an outcome.",
                ));
            }
        }
        Ok(formula)
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a column is named, or matched by a pattern.
    pub fn wants(&self, column: &str) -> bool {
        let terms = [&self.outcomes, &self.variables, &self.strata];
        let mut names = terms.into_iter().flatten().flat_map(Term::names);
        names.any(|made| match made {
            Made::Column(name) => name == column,
            Made::Pattern(pattern) => matches(pattern, column),
            _ => false,
        })
    }

    /// The error for a part of it.
    pub fn refused(
        &self,
        at: &Range<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Error {
        refused(&self.text, at, problem, remedy)
    }
}

/// Whether a name matches a pattern, `*` standing for any characters.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn refused(
    text: &str,
    at: &Range<usize>,
    problem: impl Into<String>,
    remedy: impl Into<String>,
) -> Error {
    Error::Formula {
        text: text.to_owned(),
        at: at.clone(),
        problem: problem.into(),
        remedy: remedy.into(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Name(String),
    /// In back-ticks.
    Quoted(String),
    Sign(char),
    End,
}

/// The words of a formula with their places; the end last.
fn words(text: &str) -> Result<Vec<(Word, Range<usize>)>> {
    const SIGNS: &str = "~+-|()";
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '*');
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        if SIGNS.contains(c) {
            words.push((Word::Sign(c), start..start + c.len_utf8()));
        } else if c == '`' {
            let end = rest.find(|&(_, c)| c == '`').map(|(end, _)| end);
            let name = end.map(|end| &text[start + 1..end]);
            match (end, name) {
                (Some(end), Some(name)) if !name.is_empty() => {
                    words.push((Word::Quoted(name.to_owned()), start..end + 1));
                }
                (None, _) => {
                    return Err(refused(
                        text,
                        &(start..text.len()),
                        "the back-tick is not closed",
                        "Put a back-tick on both sides of the name.",
                    ));
                }
                _ => {
                    return Err(refused(
                        text,
                        &(start..start + 2),
                        "there is no name between the back-ticks",
                        "Write a column's name there.",
                    ));
                }
            }
        } else if is_name(c) {
            let mut end = start + c.len_utf8();
            while let Some((at, c)) = rest.next_if(|&(_, c)| is_name(c)) {
                end = at + c.len_utf8();
            }
            words.push((Word::Name(text[start..end].to_owned()), start..end));
        } else {
            return Err(refused(
                text,
                &(start..start + c.len_utf8()),
                format!("`{c}` is no part of a formula"),
                match c {
                    ':' | '/' | '^' | '%' => "Interactions are not tested; make a column of them.",
                    '=' => "Write `~` between the outcome and the variable.",
                    _ => {
                        "Put names that hold other signs than letters, digits, `_` and `.` in back-ticks."
                    }
                },
            ));
        }
    }
    words.push((Word::End, text.len()..text.len()));
    Ok(words)
}

struct Reader<'t> {
    text: &'t str,
    words: Vec<(Word, Range<usize>)>,
    next: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &(Word, Range<usize>) {
        &self.words[self.next]
    }

    /// Passes a sign, if it is next.
    fn passes(&mut self, sign: char) -> bool {
        let is = self.peek().0 == Word::Sign(sign);
        self.next += usize::from(is);
        is
    }

    fn unexpected(&self, wanted: &str, remedy: &str) -> Error {
        let (word, at) = self.peek();
        let found = match word {
            Word::Name(name) | Word::Quoted(name) => format!("`{name}`"),
            Word::Sign(sign) => format!("`{sign}`"),
            Word::End => "the end".to_owned(),
        };
        let problem = format!("{found} stands where {wanted} is expected");
        refused(self.text, at, problem, remedy)
    }

    fn formula(&mut self) -> Result<Formula> {
        const REMEDY: &str = "Write a formula such as \"y ~ group\", \"y ~ group | block\" or \"after - before ~ 1\".";
        let outcomes = self.terms(REMEDY)?;
        if !self.passes('~') {
            return Err(self.unexpected("`~`", REMEDY));
        }
        let alone = matches!(&self.peek().0, Word::Name(name) if name == "1");
        let variables = match alone {
            true => {
                self.next += 1;
                if self.peek().0 == Word::Sign('+') {
                    return Err(self.unexpected(
                        "the end or `|`",
                        "The constant is always there: leave `1 +` out.",
                    ));
                }
                Vec::new()
            }
            false => self.terms(REMEDY)?,
        };
        let strata = match self.passes('|') {
            true => self.terms("Name the columns of the strata after `|`, joined by `+`.")?,
            false => Vec::new(),
        };
        match self.peek().0 {
            Word::End => Ok(Formula {
                text: self.text.to_owned(),
                outcomes,
                variables,
                strata,
            }),
            _ => Err(self.unexpected("the end, `+` or `|`", REMEDY)),
        }
    }

    fn terms(&mut self, remedy: &str) -> Result<Vec<Term>> {
        let mut terms = vec![self.term(remedy)?];
        while self.passes('+') {
            terms.push(self.term(remedy)?);
        }
        Ok(terms)
    }

    fn term(&mut self, remedy: &str) -> Result<Term> {
        let first = self.factor(remedy)?;
        if !self.passes('-') {
            return Ok(first);
        }
        let second = self.factor(remedy)?;
        if self.peek().0 == Word::Sign('-') {
            return Err(
                self.unexpected("the end of a difference", "A difference is of two columns.")
            );
        }
        Ok(Term {
            at: first.at.start..second.at.end,
            made: Made::Difference(Box::new(first), Box::new(second)),
        })
    }

    fn factor(&mut self, remedy: &str) -> Result<Term> {
        let (word, at) = self.peek().clone();
        let name = match word {
            Word::Quoted(name) => {
                self.next += 1;
                let made = Made::Column(name);
                return Ok(Term { made, at });
            }
            Word::Name(name) => name,
            Word::Sign(_) | Word::End => return Err(self.unexpected("a column", remedy)),
        };
        self.next += 1;
        if !self.passes('(') {
            if name.parse::<f64>().is_ok() {
                return Err(refused(
                    self.text,
                    &at,
                    format!("the number `{name}` stands where a column is expected"),
                    "Only \"y ~ 1\" has a number; put a column of that name in back-ticks.",
                ));
            }
            let made = match name.contains('*') {
                true => Made::Pattern(name),
                false => Made::Column(name),
            };
            return Ok(Term { made, at });
        }
        let known = Function::ALL.into_iter().find(|of| of.name() == name);
        let Some(function) = known else {
            return Err(refused(
                self.text,
                &at,
                format!("there is no function `{name}`"),
                "The functions are factor(), rank(), log() and diff().",
            ));
        };
        let of = self.term(remedy)?;
        let end = self.peek().1.end;
        if !self.passes(')') {
            return Err(self.unexpected("`)`", "Close the parenthesis after the column."));
        }
        Ok(Term {
            made: Made::Applied(function, Box::new(of)),
            at: at.start..end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of a formula's parts.
    fn parts(text: &str) -> [Vec<String>; 3] {
        let formula = Formula::parse(text).unwrap();
        [formula.outcomes, formula.variables, formula.strata]
            .map(|terms| terms.iter().map(Term::name).collect())
    }

    fn of(names: [&[&str]; 3]) -> [Vec<String>; 3] {
        names.map(|names| names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn formulas_are_read() {
        for (text, names) in [
            ("y~x", [&["y"][..], &["x"], &[]]),
            (
                "yield ~ treatment | block",
                [&["yield"], &["treatment"], &["block"]],
            ),
            ("after - before ~ 1", [&["after - before"], &[], &[]]),
            (
                "diff(vix) ~ diff(agi_years)",
                [&["diff(vix)"], &["diff(agi_years)"], &[]],
            ),
            (
                "y ~ N + P + K | a + factor(b)",
                [&["y"], &["N", "P", "K"], &["a", "factor(b)"]],
            ),
            (
                "gene_* + z ~ tumour | batch",
                [&["gene_*", "z"], &["tumour"], &["batch"]],
            ),
            (
                "`10 Yr` - `a|b*` ~ rank(log(x.1))",
                [&["10 Yr - a|b*"], &["rank(log(x.1))"], &[]],
            ),
            ("log(a - b) ~ 1|é", [&["log(a - b)"], &[], &["é"]]),
        ] {
            assert_eq!(parts(text), of(names), "{text}");
        }
    }

    #[test]
    fn patterns_match() {
        for (pattern, name, is) in [
            ("gene_*", "gene_1", true),
            ("gene_*", "gene_", true),
            ("gene_*", "Gene_1", false),
            ("*_x*z", "a_xyz", true),
            ("*_x*z", "a_xy", false),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), is, "{pattern} {name}");
        }
        let formula = Formula::parse("g* + `h*` ~ x | s").unwrap();
        for (name, wanted) in [
            ("g1", true),
            ("h1", false),
            ("h*", true),
            ("s", true),
            ("t", false),
        ] {
            assert_eq!(formula.wants(name), wanted, "{name}");
        }
        assert_eq!(formula.outcomes[0].with("g7").name(), "g7");
    }

    /// Each with the place that its caret points at.
    #[test]
    fn bad_formulas_are_refused_at_their_place() {
        for (text, place, problem) in [
            ("y", "", "the end stands where `~` is expected"),
            ("", "", "the end stands where a column is expected"),
            ("~ x", "~", "`~` stands where a column"),
            ("y ~", "", "the end stands where a column"),
            ("y ~ x |", "", "the end stands where a column"),
            ("y ~ x + + z", "+", "`+` stands where a column"),
            ("y ~ x ~ z", "~", "`~` stands where the end"),
            ("y z ~ x", "z", "`z` stands where `~`"),
            ("y ~ a:b", ":", "`:` is no part of a formula"),
            ("y = x", "=", "`=` is no part of a formula"),
            ("y ~ `x", "`x", "the back-tick is not closed"),
            ("y ~ ``", "``", "no name between the back-ticks"),
            (
                "a - b - c ~ 1",
                "-",
                "`-` stands where the end of a difference",
            ),
            ("y ~ 2", "2", "the number `2` stands where a column"),
            ("y ~ 1 + x", "+", "`+` stands where the end or `|`"),
            ("y ~ sqrt(x)", "sqrt", "there is no function `sqrt`"),
            ("y ~ log(x", "", "the end stands where `)`"),
            (
                "y ~ g*",
                "g*",
                "the pattern `g*` stands for several columns",
            ),
            (
                "y ~ x | s*",
                "s*",
                "the pattern `s*` stands for several columns",
            ),
            ("a* - b* ~ 1", "a* - b*", "two patterns in one outcome"),
        ] {
            match Formula::parse(text).unwrap_err() {
                Error::Formula {
                    at, problem: found, ..
                } => {
                    assert_eq!(&text[at], place, "{text}");
                    assert!(found.contains(problem), "{text}: {found}");
                }
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let text = Formula::parse("é ~ sqrt(x)").unwrap_err().to_string();
        assert_eq!(
            text,
            "formula: there is no function `sqrt`\n  é ~ sqrt(x)\n      ^^^^\n  \
             The functions are factor(), rank(), log() and diff()."
        );
    }
}
