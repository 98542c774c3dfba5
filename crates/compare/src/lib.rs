//! Compares the two records of a pair, field by field, to a comparison vector.
//!
//! A [`Comparison`] is a field and the [`Condition`]s that define its levels of agreement. A
//! [`Comparer`] holds what can be known of each distinct value beforehand and turns pairs into
//! [`ComparisonVector`]s; its [`Batch`] does so for many of them, and [`Sketches`] tell of most pairs
//! which levels they cannot be at. What a vector is worth is the work of `score`.

mod comparer;
mod comparison;
mod condition;
mod look;
mod rows;
mod side;
mod similarity;
mod test;
mod values;
mod vector;

pub use comparer::{Batch, Comparer, Lanes, Rarity, Sketch, Sketches, Tile};
pub use comparison::Comparison;
pub use condition::{Condition, Literal, Operand, Whose};
pub use rows::Rows;
pub use test::Test;
pub use vector::{ComparisonVector, Level, Settled, SettledBeside};
