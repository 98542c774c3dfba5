//! Accuracy for each group of records, so that a result good on average cannot hide one that is
//! bad for some.

use record::NONE;

use crate::errors::groups;
use crate::{PairMetrics, Proportion};

/// How right a result is for the records of one group.
///
/// A pair is counted once for each of its two records, for the group that the record is in. So
/// groups add up to the whole, and a missed pair across two groups counts half for either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subgroup {
    /// Records whose truth is known.
    pub records: u64,
    /// Pairs, each seen from its records in the group.
    pub pairs: PairMetrics,
    /// Persons of the result with a record in the group.
    pub persons: u64,
    /// Those among them that are a true person, no more and no less.
    pub exact: u64,
}

impl Subgroup {
    /// The share of its persons that are exactly right.
    #[must_use]
    pub fn exact_share(&self) -> f64 {
        crate::metrics::share(self.exact, self.persons)
    }

    /// All but `part`.
    #[must_use]
    pub fn less(&self, part: &Subgroup) -> Subgroup {
        let pairs = PairMetrics {
            true_positive: self.pairs.true_positive - part.pairs.true_positive,
            false_positive: self.pairs.false_positive - part.pairs.false_positive,
            false_negative: self.pairs.false_negative - part.pairs.false_negative,
        };
        Subgroup {
            records: self.records - part.records,
            pairs,
            persons: self.persons - part.persons,
            exact: self.exact - part.exact,
        }
    }
}

/// How far chance may have moved the accuracy of one group of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The share of the result's pairs that are true, by person of the result.
    pub precision: Proportion,
    /// The share of the true pairs that were found, by true person.
    pub recall: Proportion,
}

/// The accuracy of `predicted` for each of `n` groups; `group` says which one a record is in.
///
/// Records whose truth or group is [`NONE`] take no part; one whose prediction is stands alone.
///
/// # Panics
///
/// Panics if the lists differ in length, or a group is not below `n`.
#[must_use]
pub fn by_group(predicted: &[u32], truth: &[u32], group: &[u32], n: usize) -> Vec<Subgroup> {
    let mut found = vec![Subgroup::default(); n];
    let mut members = Vec::new();
    each_record(predicted, truth, group, |group, record, seen| {
        let sum = &mut found[group as usize];
        sum.records += 1;
        sum.pairs.true_positive += seen.together - 1;
        sum.pairs.false_positive += seen.in_result - seen.together;
        sum.pairs.false_negative += seen.in_truth - seen.together;
        let exact = seen.together == seen.in_result && seen.together == seen.in_truth;
        let alone = if seen.predicted == NONE { record } else { NONE };
        members.push((seen.predicted, group, exact, alone));
    });
    members.sort_unstable();
    for person in members.chunk_by(|a, b| (a.0, a.1, a.3) == (b.0, b.1, b.3)) {
        let sum = &mut found[person[0].1 as usize];
        sum.persons += 1;
        sum.exact += u64::from(person.iter().all(|member| member.2));
    }
    found
}

/// How far chance may have moved what [`by_group`] finds, each pair seen from its records likewise.
///
/// # Panics
///
/// Panics if the lists differ in length, or a group is not below `n`.
#[must_use]
pub fn spread_by_group(predicted: &[u32], truth: &[u32], group: &[u32], n: usize) -> Vec<Spread> {
    let (mut results, mut truths) = (Vec::new(), Vec::new());
    each_record(predicted, truth, group, |group, _, seen| {
        // Who stands alone has no pair to be right or wrong in.
        if seen.predicted != NONE {
            results.push((group, seen.predicted, seen.together - 1, seen.in_result - 1));
        }
        truths.push((group, seen.truth, seen.together - 1, seen.in_truth - 1));
    });
    let mut found = vec![Spread::default(); n];
    let mut count = |mut seen: Vec<(u32, u32, u64, u64)>,
                     of: fn(&mut Spread) -> &mut Proportion| {
        seen.sort_unstable();
        for cluster in seen.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let sum = |each: fn(&(u32, u32, u64, u64)) -> u64| cluster.iter().map(each).sum();
            of(&mut found[cluster[0].0 as usize]).add(sum(|one| one.2), sum(|one| one.3));
        }
    };
    count(results, |spread| &mut spread.precision);
    count(truths, |spread| &mut spread.recall);
    found
}

/// A record among those of its person, in the result and in truth.
struct Seen {
    predicted: u32,
    truth: u32,
    /// Records of its person in both.
    together: u64,
    /// Records of its person in the result, and in truth.
    in_result: u64,
    in_truth: u64,
}

/// Goes through the records whose truth and group are known, with their groups.
fn each_record(
    predicted: &[u32],
    truth: &[u32],
    group: &[u32],
    mut see: impl FnMut(u32, u32, &Seen),
) {
    assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
    assert_eq!(predicted.len(), group.len(), "every record has a place among the groups");
    let sizes = [predicted, truth].map(|labels| sizes(labels, truth));
    let mut both: Vec<(u32, u32, u32)> = (0..)
        .zip(predicted.iter().zip(truth))
        .filter(|(_, (_, truth))| **truth != NONE)
        .map(|(record, (&predicted, &truth))| (predicted, truth, record))
        .collect();
    both.sort_unstable();
    let same = |a: &(u32, u32, u32), b: &(u32, u32, u32)| a.0 == b.0 && a.1 == b.1 && a.0 != NONE;
    for cell in both.chunk_by(same) {
        let (predicted, truth, _) = cell[0];
        let of = |labels: &[u64], label: u32| labels.get(label as usize).copied().unwrap_or(1);
        let (in_result, in_truth) = (of(&sizes[0], predicted), of(&sizes[1], truth));
        let seen = Seen { predicted, truth, together: cell.len() as u64, in_result, in_truth };
        for &(_, _, record) in cell {
            let group = group[record as usize];
            if group != NONE {
                see(group, record, &seen);
            }
        }
    }
}

/// How many known records have each label.
fn sizes(labels: &[u32], truth: &[u32]) -> Vec<u64> {
    let known = || labels.iter().zip(truth).filter(|(label, t)| **label != NONE && **t != NONE);
    let highest = known().map(|(label, _)| *label as usize + 1).max().unwrap_or(0);
    let mut sizes = vec![0; highest];
    for (label, _) in known() {
        sizes[*label as usize] += 1;
    }
    sizes
}

/// Pairs of records by the two sources they are of, lower source first; only those that have any.
///
/// # Panics
///
/// Panics if the lists differ in length.
#[must_use]
pub fn by_source_pair(
    predicted: &[u32],
    truth: &[u32],
    source: &[u16],
) -> Vec<((u16, u16), PairMetrics)> {
    assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
    assert_eq!(predicted.len(), source.len(), "every record has a source");
    let mut counts = std::collections::BTreeMap::<(u16, u16), PairMetrics>::new();
    let mut count = |labels: &[u32], add: &dyn Fn(&mut PairMetrics, u64)| {
        for group in groups(labels) {
            let mut of: Vec<u16> = group
                .iter()
                .filter(|&&record| truth[record as usize] != NONE)
                .map(|&record| source[record as usize])
                .collect();
            of.sort_unstable();
            let parts: Vec<&[u16]> = of.chunk_by(u16::eq).collect();
            for (at, a) in parts.iter().enumerate() {
                let n = a.len() as u64;
                if n > 1 {
                    add(counts.entry((a[0], a[0])).or_default(), n * (n - 1) / 2);
                }
                for b in &parts[at + 1..] {
                    add(counts.entry((a[0], b[0])).or_default(), n * b.len() as u64);
                }
            }
        }
    };
    count(predicted, &|pairs, n| pairs.false_positive += n);
    count(truth, &|pairs, n| pairs.false_negative += n);
    count(&meet(predicted, truth), &|pairs, n| {
        pairs.true_positive += n;
        pairs.false_positive -= n;
        pairs.false_negative -= n;
    });
    counts.into_iter().collect()
}

/// A label for each record that is equal where both of its labels are.
fn meet(predicted: &[u32], truth: &[u32]) -> Vec<u32> {
    let mut cells: Vec<(u32, u32, u32)> = (0..)
        .zip(predicted.iter().zip(truth))
        .filter(|(_, (p, t))| **p != NONE && **t != NONE)
        .map(|(record, (&p, &t))| (p, t, record))
        .collect();
    cells.sort_unstable();
    let mut labels = vec![NONE; truth.len()];
    for (label, cell) in (0..).zip(cells.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))) {
        for &(_, _, record) in cell {
            labels[record as usize] = label;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons;
    use proptest::prelude::*;

    #[test]
    fn a_missed_pair_counts_for_both_its_groups() {
        // One person found as two: records 0 and 1 in group 0, record 2 in group 1.
        let found = by_group(&[0, 0, 1], &[5, 5, 5], &[0, 0, 1], 2);
        let pairs =
            |t, f, m| PairMetrics { true_positive: t, false_positive: f, false_negative: m };
        assert_eq!(found[0].pairs, pairs(2, 0, 2));
        assert_eq!(found[1].pairs, pairs(0, 0, 2));
        assert_eq!((found[0].persons, found[0].exact), (1, 0));
        assert_eq!(by_group(&[], &[], &[], 2), [Subgroup::default(); 2]);
        assert_eq!(by_source_pair(&[], &[], &[]), []);
    }

    proptest! {
        #[test]
        fn groups_and_source_pairs_add_up_to_the_whole(
            rows in proptest::collection::vec((0_u32..6, 0_u32..6, 0_u32..3), 0..40),
        ) {
            let of = |label: u32| if label == 5 { NONE } else { label };
            let predicted: Vec<u32> = rows.iter().map(|row| of(row.0)).collect();
            let truth: Vec<u32> = rows.iter().map(|row| of(row.1)).collect();
            let group: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let source: Vec<u16> = rows.iter().map(|row| u16::try_from(row.2).unwrap()).collect();
            let whole = persons(&predicted, &truth, None);
            let sum = |each: &dyn Fn(&Subgroup) -> u64| -> u64 {
                by_group(&predicted, &truth, &group, 3).iter().map(each).sum()
            };
            prop_assert_eq!(sum(&|g| g.pairs.true_positive), 2 * whole.pairs.true_positive);
            prop_assert_eq!(sum(&|g| g.pairs.false_positive), 2 * whole.pairs.false_positive);
            prop_assert_eq!(sum(&|g| g.pairs.false_negative), 2 * whole.pairs.false_negative);
            let one = by_group(&predicted, &truth, &vec![0; rows.len()], 1)[0];
            prop_assert_eq!(one.exact, whole.exact);
            prop_assert_eq!(one.persons, whole.predicted_groups);
            prop_assert_eq!(one.less(&one), Subgroup::default());
            let spread = spread_by_group(&predicted, &truth, &group, 3);
            for (own, spread) in by_group(&predicted, &truth, &group, 3).iter().zip(&spread) {
                let (right, pairs) = (own.pairs.true_positive, &own.pairs);
                let (precision, recall) = (&spread.precision, &spread.recall);
                let counted = (precision.part, precision.whole - precision.part);
                prop_assert_eq!(counted, (right, pairs.false_positive));
                prop_assert_eq!((recall.part, recall.whole - recall.part), (right, pairs.false_negative));
            }

            let pairs = by_source_pair(&predicted, &truth, &source);
            prop_assert!(pairs.is_sorted_by_key(|(sources, _)| *sources));
            let sum = |each: fn(&PairMetrics) -> u64| -> u64 {
                pairs.iter().map(|(_, pairs)| each(pairs)).sum()
            };
            prop_assert_eq!(sum(|p| p.true_positive), whole.pairs.true_positive);
            prop_assert_eq!(sum(|p| p.false_positive), whole.pairs.false_positive);
            prop_assert_eq!(sum(|p| p.false_negative), whole.pairs.false_negative);
        }
    }
}
