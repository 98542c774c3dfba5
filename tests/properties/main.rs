//! Properties of the stages between normalised records and match weights.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod addresses;
mod blocking;
mod comparing;
mod recalling;
mod scoring;
mod training;
mod worked;
