//! Pairs as far as it matters what the model expects of them.

use evaluate::{Below, Weighed};
use record::NONE;
use rustc_hash::FxHashMap;

/// Labels for pairs of persons, numbered as they come.
#[derive(Default)]
pub(crate) struct Groups(FxHashMap<[u32; 2], u32>);

impl Groups {
    /// A pair of records that were put with these persons, perhaps the same.
    pub(crate) fn weighed(&mut self, persons: [u32; 2], bits: f64, probability: f64) -> Weighed {
        let [a, b] = persons;
        let next = u32::try_from(self.0.len()).unwrap_or(NONE);
        let group = *self.0.entry([a.min(b), a.max(b)]).or_insert(next);
        Weighed { bits, probability, group, is_true: None, person: NONE }
    }
}

/// What the model expects of the pairs that were not kept: of `all` that were weighed, as the
/// number expected to be true and its variance, less those that were, by their probabilities.
pub(crate) fn below(all: (f64, f64), kept: impl Iterator<Item = f64> + Clone) -> Below {
    Below {
        expected: (all.0 - kept.clone().sum::<f64>()).max(0.0),
        variance: (all.1 - kept.map(|p| p * (1.0 - p)).sum::<f64>()).max(0.0),
    }
}
