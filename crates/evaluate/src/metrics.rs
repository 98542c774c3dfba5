//! The figures, and the shares made from them.

/// How two ways to group the same records agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionMetrics {
    /// Over pairs of records.
    pub pairs: PairMetrics,
    /// Over records.
    pub bcubed: BCubed,
    /// True groups found with exactly their members.
    pub exact: u64,
    /// Groups of the result.
    pub predicted_groups: u64,
    /// Groups of the truth.
    pub true_groups: u64,
    /// The size of the largest group of the result.
    pub largest: u64,
}

impl PartitionMetrics {
    /// The share of true groups found with exactly their members.
    #[must_use]
    pub fn exact_share(&self) -> f64 {
        share(self.exact, self.true_groups)
    }
}

/// Pairs that are together in the result, in the truth, or in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairMetrics {
    /// Together in both.
    pub true_positive: u64,
    /// Together in the result alone.
    pub false_positive: u64,
    /// Together in the truth alone.
    pub false_negative: u64,
}

impl PairMetrics {
    /// The share of the result's pairs that are true.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.true_positive, self.true_positive + self.false_positive)
    }

    /// The share of the true pairs that were found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.true_positive, self.true_positive + self.false_negative)
    }

    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        harmonic_mean(self.precision(), self.recall())
    }
}

/// B-cubed: the mean over records of how well each record's group is made.
///
/// Unlike pairs, it gives a large group no more say than its records have.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BCubed {
    /// The mean share of a record's group that belongs with it.
    pub precision: f64,
    /// The mean share of what belongs with a record that is in its group.
    pub recall: f64,
}

impl BCubed {
    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        harmonic_mean(self.precision, self.recall)
    }
}

/// `part / whole`, or 1 if there is no whole.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn harmonic_mean(precision: f64, recall: f64) -> f64 {
    let sum = precision + recall;
    if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_proposed_and_nothing_to_find_is_perfect() {
        let nothing = PairMetrics::default();
        assert_eq!(
            [nothing.precision(), nothing.recall(), nothing.f1()].map(f64::to_bits),
            [1.0_f64.to_bits(); 3]
        );
    }

    #[test]
    fn nothing_right_is_zero_and_not_a_division_by_zero() {
        let wrong = PairMetrics { true_positive: 0, false_positive: 2, false_negative: 3 };
        assert_eq!([wrong.precision(), wrong.recall(), wrong.f1()].map(f64::to_bits), [0; 3]);
    }
}
