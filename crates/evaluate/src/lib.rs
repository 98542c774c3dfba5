//! Measures a result against the truth.
//!
//! A result and the truth are two ways to group the same records, each given as a label per
//! record; only which labels are equal matters. A record whose truth is not known takes no
//! part. Every count is exact, and every share of nothing is 1: who proposes no pair has
//! proposed no wrong one.
//!
//! The crate counts and lists. Reading a truth file is the work of `pipeline`, and showing the
//! figures is the work of `report`.

mod blocking;
mod errors;
mod households;
mod metrics;
mod persons;
mod truth;

pub use blocking::{BlockingMetrics, blocking, blocking_by, true_pairs};
pub use errors::{false_links, missed_links};
pub use households::{HouseholdMetrics, Unit, by_true_person, households};
pub use metrics::{BCubed, PairMetrics, PartitionMetrics};
pub use persons::persons;
pub use truth::Truth;
