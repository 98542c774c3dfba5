//! Runs the stages in order from a plan, and publishes a snapshot.
