//! Comparisons and their levels.

use crate::{Condition, Level, Test};

/// A field to compare, and its degrees of agreement from the closest down.
///
/// A pair is at the first level whose condition it meets, at the last ("else") if it meets none,
/// and at no level if of every field that the conditions look at a record lacks the value: unless
/// some level is of missing values ([`Test::Missing`]), and so provides for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The field's name.
    pub field: String,
    /// The field it may have been swapped with; [`Test::Crossed`] needs one.
    pub partner: Option<String>,
    /// The conditions, from the closest agreement down, without the last level.
    pub levels: Vec<Condition>,
    /// Whether agreement on a rare value weighs more than on a common one.
    pub term_frequency: bool,
    /// Whether a person's value changes, as an address does and a date of birth does not.
    pub changes: bool,
}

impl Comparison {
    /// The other fields that its levels look at, each once.
    #[must_use]
    pub fn others(&self) -> Vec<&str> {
        self.operands(|_| true)
    }

    /// Those of them whose values are compared with each other, and not only searched for its own.
    #[must_use]
    pub fn compared_others(&self) -> Vec<&str> {
        self.operands(|leaf| !matches!(leaf, Condition::Passes(_, Test::Holds)))
    }

    /// The level at which values are the same, if there is one.
    #[must_use]
    pub fn exact(&self) -> Option<Level> {
        let place = self.levels.iter().position(|level| *level == Test::Exact)?;
        Some(Level::new(place + 1))
    }

    fn operands(&self, of: impl Fn(&Condition) -> bool) -> Vec<&str> {
        let leaves = || self.levels.iter().flat_map(Condition::leaves).filter(|leaf| of(leaf));
        let crossed = leaves().filter_map(|leaf| match leaf {
            Condition::Crossed(_, other, _) => Some(other.as_str()),
            _ => None,
        });
        let mut operands: Vec<&str> =
            leaves().filter_map(Condition::operand).chain(crossed).collect();
        operands.sort_unstable();
        operands.dedup();
        operands
    }
}
