//! How linked records differ from those that stand alone.

use crate::metrics::share;

/// How many of the linked and of the lone records have something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contrast {
    /// Records linked to another.
    pub linked: u64,
    /// Those among them that have it.
    pub linked_with: u64,
    /// Records that stand alone.
    pub alone: u64,
    /// Those among them that have it.
    pub alone_with: u64,
}

impl Contrast {
    /// Counts rows of whether a record is linked and whether it has it.
    #[must_use]
    pub fn of(records: impl IntoIterator<Item = (bool, bool)>) -> Contrast {
        let mut counts = Contrast::default();
        for (linked, has) in records {
            if linked {
                counts.linked += 1;
                counts.linked_with += u64::from(has);
            } else {
                counts.alone += 1;
                counts.alone_with += u64::from(has);
            }
        }
        counts
    }

    /// The share of linked records that have it; nought if there are none.
    #[must_use]
    pub fn linked_share(&self) -> f64 {
        if self.linked == 0 { 0.0 } else { share(self.linked_with, self.linked) }
    }

    /// The share of lone records that have it; nought if there are none.
    #[must_use]
    pub fn alone_share(&self) -> f64 {
        if self.alone == 0 { 0.0 } else { share(self.alone_with, self.alone) }
    }

    /// The standardised difference of the shares: their difference in standard deviations.
    ///
    /// Unlike a test of significance it does not grow with the number of records; more than 0.1
    /// either way is usually taken for a difference. `None` if neither or either is empty, or
    /// both shares are the same 0 or 1.
    #[must_use]
    pub fn standardised_difference(&self) -> Option<f64> {
        if self.linked == 0 || self.alone == 0 {
            return None;
        }
        let (p, q) = (self.linked_share(), self.alone_share());
        let spread = f64::midpoint(p * (1.0 - p), q * (1.0 - q)).sqrt();
        (spread > 0.0).then(|| (p - q) / spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_their_difference() {
        let rows = [
            (true, true),
            (true, true),
            (true, false),
            (true, true),
            (false, true),
            (false, false),
        ];
        let counts = Contrast::of(rows);
        assert_eq!(counts, Contrast { linked: 4, linked_with: 3, alone: 2, alone_with: 1 });
        // (0.75 - 0.5) / sqrt((0.1875 + 0.25) / 2)
        assert!((counts.standardised_difference().unwrap() - 0.534_522).abs() < 1e-6);
        assert_eq!(Contrast::of([]).standardised_difference(), None);
        assert_eq!(Contrast::of([(true, true), (false, true)]).standardised_difference(), None);
    }

    #[test]
    fn turning_the_question_round_turns_the_sign() {
        let rows = [(true, true), (true, false), (true, true), (false, false), (false, true)];
        let one = Contrast::of(rows).standardised_difference().unwrap();
        let other = Contrast::of(rows.map(|(a, b)| (a, !b))).standardised_difference().unwrap();
        assert!((one + other).abs() < 1e-12 && one > 0.0);
    }
}
