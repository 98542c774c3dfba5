//! Compares the two records of a pair, field by field, to a comparison vector.

mod comparison;

pub use comparison::{Comparison, Test};
