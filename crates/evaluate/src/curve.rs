//! What every threshold would give.

use crate::PairMetrics;

/// A pair that was kept, as far as a curve needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// Its match weight, in bits.
    pub bits: f64,
    /// Its match probability, 0 to 1.
    pub probability: f64,
    /// Whether it is truly of one person; `None` where that is not known.
    pub is_true: Option<bool>,
}

/// What a threshold would give: the pairs of at least its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// The threshold, in bits.
    pub bits: f64,
    /// Pairs of at least that weight.
    pub pairs: u64,
    /// How many of them the model holds to be true: the sum of their probabilities.
    pub expected: f64,
    /// Against the truth. A true pair that was never proposed, or weighed too little to be kept,
    /// is missed at every threshold.
    pub against: PairMetrics,
}

impl CurvePoint {
    /// The share of the pairs that the model holds to be true.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    pub fn expected_precision(&self) -> f64 {
        if self.pairs == 0 { 1.0 } else { self.expected / self.pairs as f64 }
    }
}

/// What the thresholds from the lowest weight that was kept to the highest would give, in steps.
///
/// Ascending, each a multiple of `step`; nothing if no pair was kept. `true_pairs` is the number
/// of pairs there are to find.
///
/// # Panics
///
/// Panics if the step is not positive.
#[must_use]
pub fn curve(pairs: &[Weighed], true_pairs: u64, step: f64) -> Vec<CurvePoint> {
    assert!(step > 0.0, "a curve goes on");
    let sorted = heaviest_first(pairs);
    let (Some(highest), Some(lowest)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let mut at = (highest.bits / step).floor();
    let last = (lowest.bits / step).floor();
    let mut points = Vec::new();
    let mut sum = Sum::default();
    while last <= at {
        points.push(sum.down_to(at * step, &sorted, true_pairs));
        at -= 1.0;
    }
    points.reverse();
    points
}

/// What one threshold would give.
#[must_use]
pub fn at_threshold(pairs: &[Weighed], true_pairs: u64, bits: f64) -> CurvePoint {
    Sum::default().down_to(bits, &heaviest_first(pairs), true_pairs)
}

/// The point with the highest F1; of equals the highest threshold.
#[must_use]
pub fn best_threshold(points: &[CurvePoint]) -> Option<&CurvePoint> {
    points.iter().max_by(|a, b| a.against.f1().total_cmp(&b.against.f1()))
}

fn heaviest_first(pairs: &[Weighed]) -> Vec<Weighed> {
    let mut sorted: Vec<Weighed> =
        pairs.iter().copied().filter(|pair| pair.bits.is_finite()).collect();
    // Stable, so that the sums are taken in one order.
    sorted.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    sorted
}

/// What the pairs seen so far add up to.
#[derive(Default)]
struct Sum {
    seen: usize,
    expected: f64,
    right: u64,
    wrong: u64,
}

impl Sum {
    fn down_to(&mut self, bits: f64, sorted: &[Weighed], true_pairs: u64) -> CurvePoint {
        for pair in sorted[self.seen..].iter().take_while(|pair| bits <= pair.bits) {
            self.seen += 1;
            self.expected += pair.probability;
            self.right += u64::from(pair.is_true == Some(true));
            self.wrong += u64::from(pair.is_true == Some(false));
        }
        CurvePoint {
            bits,
            pairs: self.seen as u64,
            expected: self.expected,
            against: PairMetrics {
                true_positive: self.right,
                false_positive: self.wrong,
                false_negative: true_pairs.saturating_sub(self.right),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weighed(bits: f64, is_true: Option<bool>) -> Weighed {
        Weighed { bits, probability: 0.5, is_true }
    }

    #[test]
    fn a_curve_by_hand() {
        let pairs = [
            weighed(-0.2, Some(false)),
            weighed(1.0, Some(true)),
            weighed(0.7, Some(false)),
            weighed(0.9, None),
        ];
        let found: Vec<String> = curve(&pairs, 4, 0.5)
            .iter()
            .map(|point| {
                let PairMetrics { true_positive, false_positive, false_negative } = point.against;
                let bits = point.bits;
                format!("{bits}:{} {true_positive}/{false_positive}/{false_negative}", point.pairs)
            })
            .collect();
        assert_eq!(found, ["-0.5:4 1/2/3", "0:3 1/1/3", "0.5:3 1/1/3", "1:1 1/0/3"]);
        assert_eq!(best_threshold(&curve(&pairs, 4, 0.5)).unwrap().bits.to_bits(), 1f64.to_bits());
        assert_eq!(at_threshold(&pairs, 4, 0.8).pairs, 2);
    }

    #[test]
    fn no_pair_has_no_curve() {
        assert_eq!(curve(&[], 3, 0.5), []);
        assert_eq!(best_threshold(&[]), None);
        let nothing = at_threshold(&[], 3, 0.0);
        assert_eq!((nothing.pairs, nothing.against.false_negative), (0, 3));
        assert!(nothing.expected_precision() > 0.99);
        assert_eq!(curve(&[weighed(f64::NAN, None)], 0, 0.5), []);
    }

    proptest! {
        #[test]
        fn a_lower_threshold_never_has_fewer_pairs(
            pairs in proptest::collection::vec((-20.0_f64..40.0, proptest::option::of(any::<bool>())), 1..60),
            more in 0_u64..9,
        ) {
            let pairs: Vec<Weighed> = pairs.iter().map(|&(bits, t)| weighed(bits, t)).collect();
            let found = pairs.iter().filter(|pair| pair.is_true == Some(true)).count() as u64;
            let points = curve(&pairs, found + more, 0.5);
            prop_assert_eq!(points[0].pairs, pairs.len() as u64);
            for two in points.windows(2) {
                prop_assert!((two[1].bits - two[0].bits - 0.5).abs() < 1e-9);
                prop_assert!(two[1].pairs <= two[0].pairs);
                prop_assert!(two[1].against.recall() <= two[0].against.recall());
            }
            for point in &points {
                let plain = pairs.iter().filter(|pair| point.bits <= pair.bits);
                prop_assert_eq!(plain.count() as u64, point.pairs);
                prop_assert_eq!(*point, at_threshold(&pairs, found + more, point.bits));
                let all = point.against.true_positive + point.against.false_negative;
                prop_assert_eq!(all, found + more);
            }
        }
    }
}
