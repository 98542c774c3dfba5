//! Weighs a comparison vector under the Fellegi–Sunter model.
//!
//! For level `l` of a comparison, `m` is the chance of seeing `l` when the two records are one
//! person and `u` the chance when they are unrelated. Its weight is `log2(m / u)`. The weight of
//! a pair is the prior's weight, plus that of every level, plus what the rarity of shared values
//! adds, less what the household class can explain as well. Each share can be shown.
//!
//! This crate only adds. Learning `m` and `u` is the work of `train`, and turning weights into
//! persons is the work of `resolve`.

mod beside;
mod evidence;
mod frequencies;
mod model;
mod ruled;
mod scorer;
mod sieve;
mod weight;

pub use evidence::{Evidence, Related};
pub use frequencies::carried;
pub use model::{
    ComparisonModel, Frequencies, LevelModel, Model, Rarity, SourceLevels, SourcesModel,
};
pub use scorer::{Explanation, FieldExplanation, ScoredPair, Scorer};
pub use sieve::Sieve;
pub use weight::MatchWeight;
