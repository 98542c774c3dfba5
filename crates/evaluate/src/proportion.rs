//! Shares of things that come in clusters, and how far chance may have moved them.

use crate::metrics::share;

/// The number of standard deviations that 95 of 100 cases lie within.
pub(crate) const Z: f64 = 1.959_964;

/// A range that is meant to hold the right answer in 95 cases of 100.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A share of things that come in clusters, such as pairs of records in persons.
///
/// Pairs of one person are right or wrong together, so a thousand of them tell less than a
/// thousand pairs of as many persons. How alike the pairs of a person are is told from the
/// counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    /// How many have it.
    pub part: u64,
    /// How many there are.
    pub whole: u64,
    clusters: u64,
    part_squares: u128,
    products: u128,
    whole_squares: u128,
}

impl Proportion {
    /// A share of things that are independent.
    ///
    /// # Panics
    ///
    /// Panics if the part is more than the whole.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Proportion {
        assert!(part <= whole, "a part is of the whole");
        let (p, n) = (u128::from(part), u128::from(whole));
        Proportion { part, whole, clusters: whole, part_squares: p, products: p, whole_squares: n }
    }

    /// Counts a cluster of `whole`, of which `part` have it.
    ///
    /// # Panics
    ///
    /// Panics if the part is more than the whole.
    pub fn add(&mut self, part: u64, whole: u64) {
        self.change((0, 0), (part, whole));
    }

    /// Counts a cluster, of which some was counted before, anew.
    pub(crate) fn change(&mut self, before: (u64, u64), after: (u64, u64)) {
        assert!(after.0 <= after.1, "a part is of the whole");
        self.part = self.part - before.0 + after.0;
        self.whole = self.whole - before.1 + after.1;
        self.clusters += u64::from(before.1 == 0 && after.1 > 0);
        let products = |(part, whole): (u64, u64)| {
            let (part, whole) = (u128::from(part), u128::from(whole));
            [part * part, part * whole, whole * whole]
        };
        let sums = [&mut self.part_squares, &mut self.products, &mut self.whole_squares];
        for ((sum, before), after) in sums.into_iter().zip(products(before)).zip(products(after)) {
            *sum = *sum - before + after;
        }
    }

    /// The share; 1 of nothing.
    #[must_use]
    pub fn share(&self) -> f64 {
        share(self.part, self.whole)
    }

    /// The range that the share may well be in, if the clusters are a sample of many: Wilson's,
    /// for as many independent things as would vary as much as the clusters do.
    #[must_use]
    pub fn interval(&self) -> Interval {
        if self.whole == 0 {
            return Interval { low: 0.0, high: 1.0 };
        }
        let (share, n) = (self.share(), self.independent());
        let z = Z * Z / n;
        let middle = (share + z / 2.0) / (1.0 + z);
        let half = Z / (1.0 + z) * (share * (1.0 - share) / n + z / n / 4.0).sqrt();
        // The ends are exact where all or none have it.
        let low = if self.part == 0 { 0.0 } else { (middle - half).clamp(0.0, share) };
        let high = if self.part == self.whole { 1.0 } else { (middle + half).clamp(share, 1.0) };
        Interval { low, high }
    }

    /// How many independent things would vary as much (Kish's effective size).
    #[expect(clippy::cast_precision_loss, reason = "a variance needs no more than 53 bits")]
    fn independent(&self) -> f64 {
        let (share, whole, clusters) = (self.share(), self.whole as f64, self.clusters as f64);
        if self.clusters == self.whole {
            return whole;
        }
        // What is all or nothing says nothing of how alike the things of a cluster are: wholly.
        if self.part == 0 || self.part == self.whole || self.clusters < 2 {
            return clusters;
        }
        let squares = self.part_squares as f64 - 2.0 * share * self.products as f64
            + share * share * self.whole_squares as f64;
        let variance = squares.max(0.0) / (whole * whole) * clusters / (clusters - 1.0);
        let n = share * (1.0 - share) / variance;
        if n.is_finite() { n.clamp(1.0, whole) } else { whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounded(interval: Interval) -> String {
        format!("{:.4} to {:.4}", interval.low, interval.high)
    }

    #[test]
    fn independent_things_have_the_interval_of_wilson() {
        // The textbook's: 10 of 10, 81 of 263 (Newcombe 1998).
        assert_eq!(rounded(Proportion::of(10, 10).interval()), "0.7225 to 1.0000");
        let newcombe = Proportion::of(81, 263).interval();
        assert!((newcombe.low - 0.2553).abs() < 6e-5 && (newcombe.high - 0.3662).abs() < 6e-5);
        assert_eq!(rounded(Proportion::of(0, 0).interval()), "0.0000 to 1.0000");
        assert_eq!(Proportion::default().interval(), Proportion::of(0, 0).interval());
    }

    #[test]
    fn things_that_stand_and_fall_together_tell_as_much_as_their_clusters() {
        let (mut together, mut each) = (Proportion::default(), Proportion::default());
        for at in 0..100 {
            let right = u64::from(at % 4 > 0);
            together.add(6 * right, 6);
            each.add(right, 1);
        }
        // Of clusters, one is lost to their mean.
        let (wide, narrow) = (together.interval(), each.interval());
        assert!((wide.low - narrow.low).abs() < 1e-3 && wide.low < narrow.low);
        assert!(together.interval().low < Proportion::of(450, 600).interval().low);
    }

    proptest! {
        #[test]
        fn the_share_is_in_its_interval_and_the_order_does_not_matter(
            mut clusters in proptest::collection::vec((0_u64..9, 0_u64..9), 0..30),
        ) {
            let count = |clusters: &[(u64, u64)]| {
                let mut all = Proportion::default();
                for &(part, more) in clusters {
                    all.add(part, part + more);
                }
                all
            };
            let all = count(&clusters);
            let Interval { low, high } = all.interval();
            prop_assert!(0.0 <= low && low <= all.share() && all.share() <= high && high <= 1.0);
            clusters.reverse();
            prop_assert_eq!(count(&clusters), all);
        }

        #[test]
        fn a_cluster_counted_bit_by_bit_is_the_cluster(part in 0_u64..9, more in 0_u64..9) {
            let mut whole = Proportion::default();
            whole.add(part, part + more);
            let mut steps = Proportion::default();
            let mut at = (0, 0);
            for step in 0..part + more {
                let next = (at.0 + u64::from(step < part), at.1 + 1);
                steps.change(at, next);
                at = next;
            }
            prop_assert_eq!(steps, whole);
        }
    }
}
