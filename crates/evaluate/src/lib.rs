//! Measures a result against the truth.
//!
//! A result and the truth are two ways to group the same records, each given as a label per
//! record; only which labels are equal matters. A record whose truth is not known takes no
//! part. Every count is exact, and every share of nothing is 1: who proposes no pair has
//! proposed no wrong one.
//!
//! Some figures need no truth: what the model expects of its own pairs ([`Expected`]), how linked records differ from lone ones ([`Contrast`]), what
//! cannot well be true ([`implausible`]), and how one result differs from another
//! ([`person_change`]).
//!
//! The crate counts and lists. Reading a truth file is the work of `pipeline`, and showing the
//! figures is the work of `report`.

mod blocking;
mod change;
mod contrast;
mod curve;
mod errors;
mod expected;
mod faults;
mod households;
mod implausible;
mod metrics;
mod persons;
mod proportion;
mod shape;
mod subgroups;
mod truth;
mod two_homes;

pub use blocking::{BlockingMetrics, true_pairs};
pub use change::{PersonChange, WeightChange, person_change, weight_change};
pub use contrast::Contrast;
pub use curve::{
    Beside, CurvePoint, Weighed, at_threshold, best_threshold, curve, curve_and_point, expected_at,
};
pub use errors::{false_links, missed_links};
pub use expected::{Below, Estimate, Expected};
pub use faults::Fault;
pub use households::{HomeMetrics, HouseholdMetrics, Unit, by_true_person, households};
pub use implausible::{Facts, PersonFacts, Scenario, implausible};
pub use metrics::{BCubed, PairMetrics, PartitionMetrics};
pub use persons::persons;
pub use proportion::{Interval, Proportion};
pub use shape::{Shape, shapes};
pub use subgroups::{Against, Spread, Subgroup, by_group, by_source_pair, spread_by_group};
pub use truth::{Truth, labels, labels_and_names};
pub use two_homes::{TwoHomes, two_homes};
