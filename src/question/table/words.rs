//! What a test of a table says of its null and its values.

use crate::question::Words;

/// How a value is reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// As its numerator says.
    Value,
    /// So much more.
    Shifted(f64),
    /// The observed one is this; draws are compared by what rises with it.
    Instead(f64),
}

/// What a test of a table says of a plan's null.
#[derive(Debug, Clone, PartialEq)]
pub struct TableWords {
    /// Design and parameters, `relabeling(within block)`.
    pub null: String,
    /// What it assumes, as a clause that can follow "assumes that".
    pub assumption: String,
    /// Why p is approximate, if it is.
    pub approximate: Option<String>,
    /// The variable; empty without one.
    pub variable: String,
    /// Statistics, by name.
    pub statistics: Vec<String>,
    /// What each of them is, in a line.
    pub definitions: Vec<String>,
    /// Rows that are tested.
    pub rows: usize,
    /// The table's row of each of them, from 1.
    pub table_rows: Vec<u32>,
    /// Whether the observed arrangement is one of those that are drawn.
    pub admissible: bool,
    /// Groups with their observed numbers of rows; none where the variable is of numbers.
    pub groups: Vec<(String, usize)>,
    /// How the value of each hypothesis is reported.
    pub shown: Vec<Shown>,
}

impl Words for TableWords {
    fn claims_level(&self) -> bool {
        self.admissible
    }
}
