//! Proposes the pairs worth comparing, each by the first rule that finds it.
//!
//! A rule is a conjunction of keys: forms of fields that both records of a pair must share. A
//! plan's rules are alternatives. [`propose`] chooses rules for records it can look at, and
//! [`Index`] gathers the records into blocks and lists the pairs in them.
//!
//! What a pair is worth is the work of `compare` and `score`.

mod block;
mod blocks;
mod index;
mod keys;
mod marks;
mod propose;
mod rule;

pub use block::{Block, Stretch};
pub use index::{Index, Limits, Oversized, RuleCost, Task, WHOLE_MAX, Work};
pub use keys::{keys, shared};
pub use propose::{Shared, choosable, choose, propose, refinements};
pub use rule::{Form, Key, Rule};
