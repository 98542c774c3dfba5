//! Runs the stages in order from a plan, and publishes a snapshot.
//!
//! [`link`](link::link) is the whole engine, without files, clock or errors. [`run`] is the
//! edge around it: it reads a plan's extracts, links them, measures the result against the
//! truth if there is one, and publishes. [`measure`] looks at what was published.

mod aside;
mod best;
mod best_name;
mod births;
mod blocking;
pub mod candidates;
mod carry;
mod contradictions;
mod earlier;
mod error;
mod evaluation;
mod explain;
mod filter;
mod ids;
mod indicators;
mod involvements;
mod labels;
mod learn;
pub mod link;
mod manifest;
pub mod measure;
mod memory;
mod planner;
mod progress;
mod publish;
mod relationships;
mod relatives;
mod run;
mod seen;
mod settle;
mod shelf;
mod shield;
mod shielding;
mod side;
mod sources;
mod summary;
mod weighed;

pub use blocking::{Blocking, block};
pub use error::{Error, SideError};
pub use evaluation::Evaluation;
pub use explain::{Explainer, FieldLine, PairExplanation};
pub use measure::Measure;
pub use memory::{Bytes, NotBytes, allowed};
pub use progress::{Progress, Silent, Stage};
pub use run::{Learned, Options, Published, config, constraints, extract, run, train};
pub use summary::{Shown, report};
