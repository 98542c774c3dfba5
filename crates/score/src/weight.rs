//! Match weights in fixed point, so that sums do not depend on their order.

use std::fmt;
use std::ops::{Add, Neg, Sub};

/// Evidence in bits: how many doublings of the odds. A multiple of 2^-20 bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchWeight(pub i32);

impl MatchWeight {
    const ONE: f64 = (1 << 20) as f64;
    /// No evidence is stronger than this many bits: less than what the smallest number gives.
    const BITS_MAX: f64 = 1_000.0;

    /// The weight nearest to so many bits, within ±1000.
    #[must_use]
    pub fn from_bits(bits: f64) -> MatchWeight {
        let bits = bits.clamp(-MatchWeight::BITS_MAX, MatchWeight::BITS_MAX);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "1000 bits fit in 32 bits of fixed point"
        )]
        MatchWeight((bits * MatchWeight::ONE).round() as i32)
    }

    /// The weight that a threshold of so many bits asks for; from -1000 down, any.
    #[must_use]
    pub fn threshold(bits: f64) -> MatchWeight {
        if bits <= -MatchWeight::BITS_MAX {
            return MatchWeight(i32::MIN);
        }
        MatchWeight::from_bits(bits)
    }

    /// The weight of a ratio of likelihoods.
    #[must_use]
    pub fn from_ratio(ratio: f64) -> MatchWeight {
        MatchWeight::from_bits(libm::log2(ratio))
    }

    /// In bits.
    #[must_use]
    pub fn bits(self) -> f64 {
        f64::from(self.0) / MatchWeight::ONE
    }

    /// The probability with these log-odds.
    #[must_use]
    pub fn probability(self) -> f64 {
        // The exponent is never positive, so the power cannot overflow.
        let odds = libm::exp2(-self.bits().abs());
        if self.0 < 0 { odds / (1.0 + odds) } else { 1.0 / (1.0 + odds) }
    }

    /// The weight of both alternatives together: log2(2^a + 2^b).
    #[must_use]
    pub fn either(self, other: MatchWeight) -> MatchWeight {
        let (high, low) = (self.max(other), self.min(other));
        let share = libm::log2(1.0 + libm::exp2((low - high).bits()));
        high + MatchWeight::from_bits(share)
    }
}

// Sums stop at ±2048 bits, which only absurd weights of many comparisons together reach.
impl Add for MatchWeight {
    type Output = MatchWeight;
    fn add(self, other: MatchWeight) -> MatchWeight {
        MatchWeight(self.0.saturating_add(other.0))
    }
}

impl Sub for MatchWeight {
    type Output = MatchWeight;
    fn sub(self, other: MatchWeight) -> MatchWeight {
        MatchWeight(self.0.saturating_sub(other.0))
    }
}

impl Neg for MatchWeight {
    type Output = MatchWeight;
    fn neg(self) -> MatchWeight {
        MatchWeight(self.0.saturating_neg())
    }
}

impl std::iter::Sum for MatchWeight {
    fn sum<I: Iterator<Item = MatchWeight>>(weights: I) -> MatchWeight {
        weights.fold(MatchWeight::default(), Add::add)
    }
}

impl fmt::Display for MatchWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.2}", self.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_log_odds() {
        assert!((MatchWeight::from_bits(0.0).probability() - 0.5).abs() < 1e-12);
        assert!((MatchWeight::from_bits(1.0).probability() - 2.0 / 3.0).abs() < 1e-12);
        assert!((MatchWeight::from_ratio(8.0).bits() - 3.0).abs() < 1e-6);
        assert_eq!(MatchWeight::from_ratio(0.0), MatchWeight::from_bits(-1_000.0));
    }

    #[test]
    fn two_alternatives_are_likelier_than_either() {
        let (a, b) = (MatchWeight::from_bits(3.0), MatchWeight::from_bits(3.0));
        assert_eq!(a.either(b), MatchWeight::from_bits(4.0));
        assert_eq!(a.either(MatchWeight::from_bits(-60.0)), a);
    }
}
