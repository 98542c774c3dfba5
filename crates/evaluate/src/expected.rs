//! What a model expects of its own answer, without any truth.

use crate::proportion::{Interval, Z};

/// What a model expects of the pairs from a weight up, and of those below.
///
/// Each pair is true with the chance that its weight says. Pairs between the same two groups of
/// records are taken to be true or untrue together, and all others to be independent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    /// Pairs of at least the weight.
    pub pairs: u64,
    /// How many of them are expected to be true: the sum of their chances.
    pub found: f64,
    /// The variance of that number.
    pub found_variance: f64,
    /// How many of the pairs that weigh less are expected to be true.
    pub missed: f64,
    /// The variance of that number.
    pub missed_variance: f64,
}

/// A number that is expected, and the range that chance keeps it in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// What is expected.
    pub value: f64,
    /// Where it is in 95 cases of 100, if every chance is as the model says.
    pub range: Interval,
}

/// What the model expects of the pairs that were weighed and not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Below {
    /// How many of them are expected to be true.
    pub expected: f64,
    /// The variance of that number, were they independent.
    pub variance: f64,
}

impl Expected {
    /// The share of the pairs that is expected to be true; 1 of no pair.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    pub fn precision(&self) -> Estimate {
        if self.pairs == 0 {
            return around(1.0, 0.0);
        }
        let n = self.pairs as f64;
        // Half a pair more, since pairs are whole.
        around(self.found / n, (Z * self.found_variance.sqrt() + 0.5) / n)
    }

    /// The share of the true pairs among those weighed that is expected to be found; 1 if none is
    /// to be found. What blocking never proposed is not among them.
    #[must_use]
    pub fn recall(&self) -> Estimate {
        let all = self.found + self.missed;
        if all <= 0.0 {
            return around(1.0, 0.0);
        }
        let recall = self.found / all;
        let (by_found, by_missed) = ((1.0 - recall) / all, recall / all);
        let variance = by_found * by_found * self.found_variance
            + by_missed * by_missed * self.missed_variance;
        around(recall, Z * variance.sqrt() + 0.5 * by_found.max(by_missed))
    }
}

impl Estimate {
    /// The same of a whole of which only this share could be found.
    #[must_use]
    pub fn times(self, share: f64) -> Estimate {
        let Interval { low, high } = self.range;
        let range = Interval { low: low * share, high: high * share };
        Estimate { value: self.value * share, range }
    }
}

fn around(value: f64, by: f64) -> Estimate {
    let value = value.clamp(0.0, 1.0);
    let range = Interval { low: (value - by).max(0.0), high: (value + by).min(1.0) };
    Estimate { value, range }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_is_right_and_nothing_to_find_is_found() {
        let nothing = Expected::default();
        for estimate in [nothing.precision(), nothing.recall()] {
            assert_eq!(estimate, around(1.0, 0.0));
        }
    }

    #[test]
    fn shares_and_ranges_by_hand() {
        let expected = Expected {
            pairs: 100,
            found: 90.0,
            found_variance: 4.0,
            missed: 10.0,
            missed_variance: 9.0,
        };
        // 1.96 · 2 + 0.5 pairs of a hundred.
        let precision = expected.precision();
        assert!((precision.value - 0.9).abs() < 1e-12);
        assert!((precision.range.low - 0.855_801).abs() < 1e-6);
        assert!((precision.range.high - 0.944_199).abs() < 1e-6);
        // The root of 0.001² · 4 + 0.009² · 9 is 0.027074.
        let recall = expected.recall();
        assert!((recall.value - 0.9).abs() < 1e-12);
        assert!((recall.range.high - (0.9 + 1.959_964 * 0.027_074 + 0.0045)).abs() < 1e-5);
        assert!((recall.times(0.5).value - 0.45).abs() < 1e-12);
    }
}
