//! What every threshold would give, by the model alone and against the truth.

use record::NONE;

use crate::{Below, Expected, PairMetrics, Proportion};

/// A pair that was kept, as far as a curve needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighed {
    /// Its match weight, in bits.
    pub bits: f64,
    /// Its match probability, 0 to 1.
    pub probability: f64,
    /// A label of the two persons that its records were put with: pairs with the same are true or
    /// untrue together.
    pub group: u32,
    /// Whether it is truly of one person; `None` where that is not known.
    pub is_true: Option<bool>,
    /// The true person, if it is of one.
    pub person: u32,
}

/// What there is beside the pairs that were kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The pairs that were weighed and not kept.
    pub below: Below,
    /// How many pairs of records each true person has, by its label.
    pub true_pairs: &'a [u64],
}

/// What a threshold would give: the pairs of at least its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// The threshold, in bits.
    pub bits: f64,
    /// Pairs of at least that weight.
    pub pairs: u64,
    /// What the model expects of them.
    pub expected: Expected,
    /// The share of them that is true, of those whose truth is known.
    pub precision: Proportion,
    /// The share of the true pairs that is among them. A true pair that was never proposed, or
    /// weighed too little to be kept, is missed at every threshold.
    pub recall: Proportion,
}

impl CurvePoint {
    /// Against the truth.
    #[must_use]
    pub fn against(&self) -> PairMetrics {
        PairMetrics {
            true_positive: self.precision.part,
            false_positive: self.precision.whole - self.precision.part,
            false_negative: self.recall.whole - self.recall.part,
        }
    }
}

/// What the thresholds from the lowest weight that was kept to the highest would give, in steps.
///
/// Ascending, each a multiple of `step`; nothing if no pair was kept.
///
/// # Panics
///
/// Panics if the step is not positive, or the pairs of a true person are more than it has.
#[must_use]
pub fn curve(pairs: Vec<Weighed>, beside: &Beside<'_>, step: f64) -> Vec<CurvePoint> {
    curve_and_point(heaviest_first(pairs).iter().copied(), beside, step, f64::NEG_INFINITY).0
}

/// What [`curve`] gives, and what [`at_threshold`] gives at one threshold, of pairs that come in the
/// order of their weights, the heaviest first, each time they are asked for.
///
/// # Panics
///
/// Panics if the step is not positive, or the pairs of a true person are more than it has.
#[must_use]
pub fn curve_and_point(
    sorted: impl Iterator<Item = Weighed> + Clone,
    beside: &Beside<'_>,
    step: f64,
    bits: f64,
) -> (Vec<CurvePoint>, CurvePoint) {
    assert!(step > 0.0, "a curve goes on");
    let mut sum = Sum::new(sorted, beside);
    let (mut points, mut point) = (Vec::new(), None);
    if let Some((highest, lowest)) = sum.extent {
        let mut at = (highest / step).floor();
        let last = (lowest / step).floor();
        while last <= at {
            // In one go with the others, at its place among them.
            if at * step < bits {
                point.get_or_insert_with(|| sum.down_to(bits));
            }
            points.push(sum.down_to(at * step));
            at -= 1.0;
        }
    }
    points.reverse();
    let point = point.unwrap_or_else(|| sum.down_to(bits));
    (points, point)
}

/// What one threshold would give.
///
/// # Panics
///
/// Panics if the pairs of a true person are more than it has.
#[must_use]
pub fn at_threshold(pairs: Vec<Weighed>, beside: &Beside<'_>, bits: f64) -> CurvePoint {
    Sum::new(heaviest_first(pairs).iter().copied(), beside).down_to(bits)
}

/// What the model expects at one threshold of `pairs`, of which those of one group come one after the
/// other: the same as [`at_threshold`] says of it, with no list of pairs or groups.
#[must_use]
pub fn expected_at(pairs: impl IntoIterator<Item = Weighed>, below: &Below, bits: f64) -> Expected {
    let mut expected = Expected { missed: below.expected, ..Expected::default() };
    let (mut together, mut independent) = (0.0, 0.0);
    let (mut group, mut seen, mut yet) = (NONE, 0.0, 0.0);
    let mut close = |seen: &mut f64, yet: &mut f64, expected: &mut Expected| {
        let [found, missed] = [seen, yet].map(std::mem::take);
        expected.found_variance += found * found;
        expected.missed_variance += missed * missed;
        together += (found + missed) * (found + missed);
    };
    for pair in pairs.into_iter().filter(|pair| pair.bits.is_finite()) {
        if pair.group != group {
            close(&mut seen, &mut yet, &mut expected);
            group = pair.group;
        }
        let deviation = deviation(&pair);
        independent += deviation * deviation;
        if bits <= pair.bits {
            expected.pairs += 1;
            expected.found += pair.probability;
            seen += deviation;
        } else {
            expected.missed += pair.probability;
            yet += deviation;
        }
    }
    close(&mut seen, &mut yet, &mut expected);
    // What was not kept is taken to hang together as much as what was.
    let effect = if independent > 0.0 { (together / independent).max(1.0) } else { 1.0 };
    expected.missed_variance += below.variance * effect;
    expected
}

/// The point with the highest F1; of equals the highest threshold.
#[must_use]
pub fn best_threshold(points: &[CurvePoint]) -> Option<&CurvePoint> {
    points.iter().max_by(|a, b| a.against().f1().total_cmp(&b.against().f1()))
}

// They are given, not lent: of tens of millions of pairs there is no room for a copy.
fn heaviest_first(mut pairs: Vec<Weighed>) -> Vec<Weighed> {
    pairs.retain(|pair| pair.bits.is_finite());
    // Stable, so that the sums are taken in one order.
    pairs.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    pairs
}

/// The pairs of one group, seen and yet to be seen.
#[derive(Clone, Copy, Default)]
struct Group {
    /// The sums of their standard deviations, which is that of their sum if they are true or
    /// untrue together.
    seen: f64,
    yet: f64,
    /// How many of the seen are true, and how many of them are known to be so or not.
    counts: (u32, u32),
}

/// What the pairs seen so far add up to.
struct Sum<'a, I: Iterator> {
    rest: std::iter::Peekable<I>,
    beside: &'a Beside<'a>,
    /// The weights of the first and the last pair.
    extent: Option<(f64, f64)>,
    seen: u64,
    expected: Expected,
    groups: Vec<Group>,
    precision: Proportion,
    recall: Proportion,
    /// How many pairs of each true person were seen.
    of_person: Vec<u64>,
}

impl<'a, I: Iterator<Item = Weighed> + Clone> Sum<'a, I> {
    fn new(sorted: I, beside: &'a Beside<'a>) -> Sum<'a, I> {
        let groups = sorted.clone().map(|pair| pair.group as usize + 1).max().unwrap_or(0);
        let mut groups = vec![Group::default(); groups];
        let (mut missed, mut independent, mut extent) = (0.0, 0.0, None);
        for pair in sorted.clone() {
            extent = Some((extent.map_or(pair.bits, |(highest, _)| highest), pair.bits));
            let deviation = deviation(&pair);
            groups[pair.group as usize].yet += deviation;
            missed += pair.probability;
            independent += deviation * deviation;
        }
        let together: f64 = groups.iter().map(|group| group.yet * group.yet).sum();
        // What was not kept is taken to hang together as much as what was.
        let effect = if independent > 0.0 { (together / independent).max(1.0) } else { 1.0 };
        let mut recall = Proportion::default();
        for &pairs in beside.true_pairs {
            recall.add(0, pairs);
        }
        Sum {
            expected: Expected {
                missed: missed + beside.below.expected,
                missed_variance: together + beside.below.variance * effect,
                ..Expected::default()
            },
            rest: sorted.peekable(),
            beside,
            extent,
            seen: 0,
            groups,
            precision: Proportion::default(),
            recall,
            of_person: vec![0; beside.true_pairs.len()],
        }
    }

    fn down_to(&mut self, bits: f64) -> CurvePoint {
        while let Some(pair) = self.rest.next_if(|pair| bits <= pair.bits) {
            self.seen += 1;
            self.see(&pair);
        }
        let mut expected = Expected { pairs: self.seen, ..self.expected };
        if self.rest.peek().is_none() {
            // What is left of sums of fractions is not nought by itself.
            let below = &self.beside.below;
            expected.missed = below.expected;
        }
        expected.missed = expected.missed.max(0.0);
        expected.missed_variance = expected.missed_variance.max(0.0);
        CurvePoint {
            bits,
            pairs: self.seen,
            expected,
            precision: self.precision,
            recall: self.recall,
        }
    }

    fn see(&mut self, pair: &Weighed) {
        let (group, expected) = (&mut self.groups[pair.group as usize], &mut self.expected);
        let by = deviation(pair);
        let square = |x: f64| x * x;
        expected.found += pair.probability;
        expected.missed -= pair.probability;
        expected.found_variance += square(group.seen + by) - square(group.seen);
        expected.missed_variance -= square(group.yet) - square(group.yet - by);
        group.seen += by;
        group.yet -= by;
        let Some(is_true) = pair.is_true else { return };
        let after = (group.counts.0 + u32::from(is_true), group.counts.1 + 1);
        let wide = |(part, whole)| (u64::from(part), u64::from(whole));
        self.precision.change(wide(group.counts), wide(after));
        group.counts = after;
        if is_true && pair.person != NONE {
            let (seen, all) = (&mut self.of_person, self.beside.true_pairs);
            let (seen, all) = (&mut seen[pair.person as usize], all[pair.person as usize]);
            self.recall.change((*seen, all), (*seen + 1, all));
            *seen += 1;
        }
    }
}

/// The standard deviation of whether a pair is true.
fn deviation(pair: &Weighed) -> f64 {
    (pair.probability * (1.0 - pair.probability)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weighed(bits: f64, is_true: Option<bool>) -> Weighed {
        let person = if is_true == Some(true) { 0 } else { NONE };
        Weighed { bits, probability: 0.5, group: 0, is_true, person }
    }

    fn beside(true_pairs: &[u64]) -> Beside<'_> {
        Beside { below: Below::default(), true_pairs }
    }

    #[test]
    fn a_curve_by_hand() {
        let pairs = vec![
            weighed(-0.2, Some(false)),
            weighed(1.0, Some(true)),
            weighed(0.7, Some(false)),
            weighed(0.9, None),
        ];
        let points = curve(pairs.clone(), &beside(&[4]), 0.5);
        let found: Vec<String> = points
            .iter()
            .map(|point| {
                let PairMetrics { true_positive, false_positive, false_negative } = point.against();
                let bits = point.bits;
                format!("{bits}:{} {true_positive}/{false_positive}/{false_negative}", point.pairs)
            })
            .collect();
        assert_eq!(found, ["-0.5:4 1/2/3", "0:3 1/1/3", "0.5:3 1/1/3", "1:1 1/0/3"]);
        assert_eq!(best_threshold(&points).unwrap().bits.to_bits(), 1f64.to_bits());
        let point = at_threshold(pairs.clone(), &beside(&[4]), 0.8);
        assert_eq!(point.pairs, 2);
        let sorted = heaviest_first(pairs);
        for bits in [-9.0, -0.5, -0.1, 0.0, 0.8, 1.0, 1.2, 9.0] {
            let both = curve_and_point(sorted.iter().copied(), &beside(&[4]), 0.5, bits);
            assert_eq!(both.0, points);
            assert_eq!(both.1, at_threshold(sorted.clone(), &beside(&[4]), bits), "{bits}");
        }
    }

    #[test]
    fn what_the_model_expects_by_hand() {
        // Two pairs of the same two persons, one of another two, one lighter.
        let pair = |bits, probability, group| Weighed { probability, group, ..weighed(bits, None) };
        let pairs =
            vec![pair(3.0, 0.9, 0), pair(2.0, 0.8, 0), pair(1.0, 0.5, 1), pair(-1.0, 0.2, 1)];
        let below = Below { expected: 0.1, variance: 0.05 };
        let Expected { pairs: n, found, found_variance, missed, missed_variance } =
            at_threshold(pairs, &Beside { below, true_pairs: &[] }, 0.0).expected;
        assert_eq!(n, 3);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(found, 2.2);
        near(missed, 0.3);
        // 0.3 and 0.4 go together, 0.5 stands alone.
        near(found_variance, 0.7 * 0.7 + 0.25);
        // 0.5 and 0.4 go together too, which makes all kept vary more than if independent.
        let effect = (0.7 * 0.7 + 0.9 * 0.9) / (0.09 + 0.16 + 0.25 + 0.16);
        near(missed_variance, 0.16 + 0.05 * effect);
    }

    proptest! {
        #[test]
        fn what_is_expected_needs_no_list(
            pairs in prop::collection::vec((0_u32..4, -9.0_f64..9.0, 0.0_f64..1.0), 0..30),
            bits in -9.0_f64..9.0,
        ) {
            let of = |&(group, bits, probability): &(u32, f64, f64)| {
                Weighed { probability, group, ..weighed(bits, None) }
            };
            let mut pairs: Vec<Weighed> = pairs.iter().map(of).collect();
            pairs.sort_by_key(|pair| pair.group);
            let below = Below { expected: 0.4, variance: 0.2 };
            let found = expected_at(pairs.iter().copied(), &below, bits);
            let listed = at_threshold(pairs, &Beside { below, true_pairs: &[] }, bits).expected;
            prop_assert_eq!(found.pairs, listed.pairs);
            for (a, b) in [
                (found.found, listed.found),
                (found.found_variance, listed.found_variance),
                (found.missed, listed.missed),
                (found.missed_variance, listed.missed_variance),
            ] {
                prop_assert!((a - b).abs() < 1e-9, "{a} {b}");
            }
        }
    }

    #[test]
    fn no_pair_has_no_curve() {
        assert_eq!(curve(Vec::new(), &beside(&[3]), 0.5), []);
        assert_eq!(best_threshold(&[]), None);
        let nothing = at_threshold(Vec::new(), &beside(&[3]), 0.0);
        assert_eq!((nothing.pairs, nothing.against().false_negative), (0, 3));
        assert!(nothing.expected.precision().value > 0.99);
        assert_eq!(curve(vec![weighed(f64::NAN, None)], &Beside::default(), 0.5), []);
    }

    proptest! {
        #[test]
        fn a_lower_threshold_never_has_fewer_pairs(
            pairs in proptest::collection::vec((-20.0_f64..40.0, proptest::option::of(any::<bool>())), 1..60),
            more in 0_u64..9,
        ) {
            let pairs: Vec<Weighed> = pairs.iter().map(|&(bits, t)| weighed(bits, t)).collect();
            let found = pairs.iter().filter(|pair| pair.is_true == Some(true)).count() as u64;
            let all = [found + more];
            let points = curve(pairs.clone(), &beside(&all), 0.5);
            prop_assert_eq!(points[0].pairs, pairs.len() as u64);
            for two in points.windows(2) {
                prop_assert!((two[1].bits - two[0].bits - 0.5).abs() < 1e-9);
                prop_assert!(two[1].pairs <= two[0].pairs);
                prop_assert!(two[1].against().recall() <= two[0].against().recall());
                let (lower, higher) = (two[0].expected.recall(), two[1].expected.recall());
                prop_assert!(higher.value <= lower.value + 1e-12);
            }
            for point in &points {
                let plain = pairs.iter().filter(|pair| point.bits <= pair.bits);
                prop_assert_eq!(plain.count() as u64, point.pairs);
                prop_assert_eq!(*point, at_threshold(pairs.clone(), &beside(&all), point.bits));
                let against = point.against();
                prop_assert_eq!(against.true_positive + against.false_negative, found + more);
                let expected = point.expected.found + point.expected.missed;
                prop_assert!((expected - 0.5 * f64::from(u32::try_from(pairs.len()).unwrap())).abs() < 1e-9);
            }
        }
    }
}
