//! Match weights in fixed point, so that sums do not depend on their order.

use std::fmt;
use std::ops::{Add, Neg, Sub};
use std::sync::LazyLock;

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
        let apart = high - low;
        high + nearly(&SHARES, apart).unwrap_or_else(|| share_at(apart))
    }

    /// The odds against the likelier side, within 10^-12 of themselves.
    #[must_use]
    pub fn odds_nearly(self) -> f64 {
        let bits = self.0.unsigned_abs();
        if bits >> 20 > 1_000 {
            return libm::exp2(-self.bits().abs());
        }
        // Sixteenths of a bit are looked up, and the rest is small.
        let power = f64::from_bits(u64::from(1023 - (bits >> 20)) << 52);
        let rest = f64::from(bits & 0xFFFF) / MatchWeight::ONE * -std::f64::consts::LN_2;
        let terms = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
        let exponential = terms.iter().fold(0.0, |sum, term| sum * rest + term);
        power * SIXTEENTHS[(bits >> 16 & 15) as usize] * exponential
    }
}

/// What the lesser alternative adds to the greater, so far apart.
fn share_at(apart: MatchWeight) -> MatchWeight {
    MatchWeight::from_bits(libm::log2(1.0 + libm::exp2((-apart).bits())))
}

/// Powers of two from 0 down to -15/16.
static SIXTEENTHS: LazyLock<[f64; 16]> =
    LazyLock::new(|| [0_u8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map(sixteenth));

fn sixteenth(place: u8) -> f64 {
    libm::exp2(-f64::from(place) / 16.0)
}

/// The same as [`share_at`], for each 32nd of a bit as the first terms of its Taylor series about
/// the middle, in units of the fixed point.
static SHARES: LazyLock<Vec<[f64; 4]>> = LazyLock::new(|| {
    let terms = |place: u32| {
        let apart = (f64::from(place) + 0.5) / 32.0;
        let (log, power) = (std::f64::consts::LN_2, libm::exp2(-apart));
        let chance = power / (1.0 + power);
        let both = chance * (1.0 - chance);
        [
            libm::log2(1.0 + power),
            -chance,
            log * both / 2.0,
            -log * log * both * (1.0 - 2.0 * chance) / 6.0,
        ]
        .map(|term| term * MatchWeight::ONE)
    };
    (0..APART_MAX * 32).map(terms).collect()
});

/// So many bits apart, the lesser adds less than half a unit.
const APART_MAX: u32 = 22;
/// The series is off by less than this share of a unit: its next term is at most
/// 0.0018 * (1/64)^4 bits.
const UNSURE: f64 = 0.001;

/// What `share_at` is; `None` if the series is too near to halfway between two units to tell.
fn nearly(shares: &[[f64; 4]], apart: MatchWeight) -> Option<MatchWeight> {
    let apart = apart.0.unsigned_abs();
    let Some([a, b, c, d]) = shares.get((apart >> 15) as usize) else {
        return Some(MatchWeight::default());
    };
    let from_middle = (f64::from(apart & 0x7FFF) - f64::from(1 << 14)) / MatchWeight::ONE;
    let share = a + from_middle * (b + from_middle * (c + from_middle * d)) + 0.5;
    #[expect(clippy::cast_possible_truncation, reason = "at most one bit")]
    let whole = share as i32;
    let rest = share - f64::from(whole);
    (UNSURE < rest && rest < 1.0 - UNSURE).then_some(MatchWeight(whole))
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

    #[test]
    fn quick_shares_are_the_exact_ones() {
        // Every place of the table, its ends and between, and on.
        for bits in (0..26 << 20).step_by(509).chain((0..26 << 15).map(|at| (at << 5) - at % 3)) {
            let apart = MatchWeight(bits.max(0));
            let quick = nearly(&SHARES, apart);
            assert!(quick.is_none_or(|quick| quick == share_at(apart)), "{bits}");
        }
        let far = MatchWeight(i32::MAX);
        assert_eq!(nearly(&SHARES, far), Some(share_at(far)));
    }

    #[test]
    fn quick_odds_are_nearly_exact() {
        for bits in (0..1_010_i32 << 20).step_by(65_521).chain(0..1 << 18) {
            let weight = MatchWeight(-bits);
            let exact = libm::exp2(weight.bits());
            assert!((weight.odds_nearly() - exact).abs() <= exact * 2e-13, "{bits}");
            assert_eq!(weight.odds_nearly().to_bits(), (-weight).odds_nearly().to_bits());
        }
    }
}
