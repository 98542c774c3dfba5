//! Measures a result against the truth.
