//! Questions: what turns a study and its data into plans, and names what it asked. Each kind of question
//! is a room of its own: [`events`].

pub mod events;
mod key;
pub mod resample;
pub mod table;

use std::ops::{Deref, DerefMut};

pub use key::{KEY_COLUMNS, Key, Value};

use crate::plan::Plan;

/// A plan, and beside its numbers what its rows are called.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled<W> {
    /// The plan.
    pub plan: Plan,
    /// What each of its hypotheses is called.
    pub labels: Vec<Label>,
    /// What the report says of its null, in the question's words.
    pub words: W,
}

/// What a hypothesis is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Tells it from every other one of the question.
    pub key: Key,
    /// Unit of its values.
    pub unit: String,
    /// Where its statistic stands among those asked for: rows come in this order.
    pub place: usize,
}

/// What a question says of its nulls.
pub trait Words {
    /// Whether p-values claim a level: the observed set is one that could have been drawn.
    fn claims_level(&self) -> bool;
}

impl<W> Deref for Labelled<W> {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

impl<W> DerefMut for Labelled<W> {
    fn deref_mut(&mut self) -> &mut Plan {
        &mut self.plan
    }
}

/// The plans alone.
pub fn numbers<W>(plans: &[Labelled<W>]) -> Vec<&Plan> {
    plans.iter().map(|labelled| &labelled.plan).collect()
}
