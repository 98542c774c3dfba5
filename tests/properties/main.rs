//! Properties of the stages between normalised records and match weights.

mod blocking;
mod comparing;
mod scoring;
mod training;
