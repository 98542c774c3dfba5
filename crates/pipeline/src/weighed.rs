//! Pairs as far as it matters what the model expects of them.

use evaluate::Below;

/// What the model expects of the pairs that were not kept: of `all` that were weighed, as the
/// number expected to be true and its variance, less those that were, by their probabilities.
pub(crate) fn below(all: (f64, f64), kept: impl Iterator<Item = f64> + Clone) -> Below {
    Below {
        expected: (all.0 - kept.clone().sum::<f64>()).max(0.0),
        variance: (all.1 - kept.map(|p| p * (1.0 - p)).sum::<f64>()).max(0.0),
    }
}
