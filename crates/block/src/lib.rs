//! Proposes the pairs worth comparing, each by the first rule that finds it.

mod rule;

pub use rule::{Form, Key, Rule};
