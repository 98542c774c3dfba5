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

/// A result held against the truth, gone through once for any number of ways to group records.
#[derive(Clone, Debug)]
pub struct Against {
    /// The records whose truth is known, cell by cell.
    records: Vec<u32>,
    /// By person of the result, then by true person.
    cells: Vec<Cell>,
    /// The places of the cells by true person.
    by_truth: Vec<u32>,
    /// All records, known or not.
    n_records: usize,
}

/// The records of one person of the result that are of one true person.
#[derive(Clone, Copy, Debug)]
struct Cell {
    predicted: u32,
    truth: u32,
    /// Where its records begin, and how many there are.
    start: u32,
    together: u32,
    /// Records of its person in the result, and in truth.
    in_result: u32,
    in_truth: u32,
}

impl Against {
    /// Holds `predicted` against `truth`.
    ///
    /// # Panics
    ///
    /// Panics if the lists differ in length, or there are 2^32 records or more.
    #[must_use]
    pub fn new(predicted: &[u32], truth: &[u32]) -> Against {
        assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
        let sizes = [predicted, truth].map(|labels| sizes(labels, truth));
        let mut both: Vec<(u32, u32, u32)> = (0..)
            .zip(predicted.iter().zip(truth))
            .filter(|(_, (_, truth))| **truth != NONE)
            .map(|(record, (&predicted, &truth))| (predicted, truth, record))
            .collect();
        both.sort_unstable();
        let same =
            |a: &(u32, u32, u32), b: &(u32, u32, u32)| a.0 == b.0 && a.1 == b.1 && a.0 != NONE;
        let mut start = 0;
        let mut cells = Vec::new();
        for cell in both.chunk_by(same) {
            let (predicted, truth, _) = cell[0];
            let of = |labels: &[u32], label: u32| labels.get(label as usize).copied().unwrap_or(1);
            let (in_result, in_truth) = (of(&sizes[0], predicted), of(&sizes[1], truth));
            let together = u32::try_from(cell.len()).expect("fewer than 2^32 records");
            cells.push(Cell { predicted, truth, start, together, in_result, in_truth });
            start += together;
        }
        let mut by_truth: Vec<u32> = (0..).zip(&cells).map(|(at, _)| at).collect();
        by_truth.sort_by_key(|&at| cells[at as usize].truth);
        let records = both.into_iter().map(|(_, _, record)| record).collect();
        Against { records, cells, by_truth, n_records: predicted.len() }
    }

    /// The accuracy for each of `n` groups; `group` says which one a record is in.
    ///
    /// Records whose truth or group is [`NONE`] take no part; one whose prediction is stands alone.
    ///
    /// # Panics
    ///
    /// Panics if not every record has a place in `group`, or a group is not below `n`.
    #[must_use]
    pub fn by_group(&self, group: &[u32], n: usize) -> Vec<Subgroup> {
        self.check(group);
        let mut found = vec![Subgroup::default(); n];
        let mut members: Vec<(u32, bool)> = Vec::new();
        let same = |a: &Cell, b: &Cell| a.predicted == b.predicted && a.predicted != NONE;
        for person in self.cells.chunk_by(same) {
            members.clear();
            for cell in person {
                let exact = cell.together == cell.in_result && cell.together == cell.in_truth;
                for group in self.groups_of(cell, group) {
                    let sum = &mut found[group as usize];
                    sum.records += 1;
                    sum.pairs.true_positive += u64::from(cell.together - 1);
                    sum.pairs.false_positive += u64::from(cell.in_result - cell.together);
                    sum.pairs.false_negative += u64::from(cell.in_truth - cell.together);
                    members.push((group, exact));
                }
            }
            members.sort_unstable();
            for own in members.chunk_by(|a, b| a.0 == b.0) {
                let sum = &mut found[own[0].0 as usize];
                sum.persons += 1;
                sum.exact += u64::from(own.iter().all(|member| member.1));
            }
        }
        found
    }

    /// How far chance may have moved what [`Against::by_group`] finds, each pair seen from its
    /// records likewise.
    ///
    /// # Panics
    ///
    /// Panics if not every record has a place in `group`, or a group is not below `n`.
    #[must_use]
    pub fn spread_by_group(&self, group: &[u32], n: usize) -> Vec<Spread> {
        self.check(group);
        let mut found = vec![Spread::default(); n];
        let mut members: Vec<(u32, u32, u32)> = Vec::new();
        let same = |a: &Cell, b: &Cell| a.predicted == b.predicted;
        // Who stands alone has no pair to be right or wrong in.
        let known = self.cells.chunk_by(same).filter(|person| person[0].predicted != NONE);
        for person in known {
            for cell in person {
                let of = |group| (group, cell.together - 1, cell.in_result - 1);
                members.extend(self.groups_of(cell, group).map(of));
            }
            add_each(&mut found, |spread| &mut spread.precision, &mut members);
        }
        let truth = |at: &u32| self.cells[*at as usize].truth;
        for person in self.by_truth.chunk_by(|a, b| truth(a) == truth(b)) {
            for cell in person.iter().map(|&at| &self.cells[at as usize]) {
                let of = |group| (group, cell.together - 1, cell.in_truth - 1);
                members.extend(self.groups_of(cell, group).map(of));
            }
            add_each(&mut found, |spread| &mut spread.recall, &mut members);
        }
        found
    }

    /// The groups of a cell's records that have one.
    fn groups_of<'a>(&'a self, cell: &Cell, group: &'a [u32]) -> impl Iterator<Item = u32> {
        let range = cell.start as usize..(cell.start + cell.together) as usize;
        let groups = self.records[range].iter().map(|&record| group[record as usize]);
        groups.filter(|&group| group != NONE)
    }

    fn check(&self, group: &[u32]) {
        assert_eq!(self.n_records, group.len(), "every record has a place among the groups");
    }
}

/// Counts the members of one person as a cluster of each of their groups, and takes them away.
fn add_each(
    found: &mut [Spread],
    of: fn(&mut Spread) -> &mut Proportion,
    members: &mut Vec<(u32, u32, u32)>,
) {
    members.sort_unstable();
    for own in members.chunk_by(|a, b| a.0 == b.0) {
        let sum =
            |each: fn(&(u32, u32, u32)) -> u32| own.iter().map(|it| u64::from(each(it))).sum();
        of(&mut found[own[0].0 as usize]).add(sum(|it| it.1), sum(|it| it.2));
    }
    members.clear();
}

/// The accuracy of `predicted` for each of `n` groups: see [`Against::by_group`].
///
/// # Panics
///
/// Panics if the lists differ in length, or a group is not below `n`.
#[must_use]
pub fn by_group(predicted: &[u32], truth: &[u32], group: &[u32], n: usize) -> Vec<Subgroup> {
    Against::new(predicted, truth).by_group(group, n)
}

/// How far chance may have moved what [`by_group`] finds: see [`Against::spread_by_group`].
///
/// # Panics
///
/// Panics if the lists differ in length, or a group is not below `n`.
#[must_use]
pub fn spread_by_group(predicted: &[u32], truth: &[u32], group: &[u32], n: usize) -> Vec<Spread> {
    Against::new(predicted, truth).spread_by_group(group, n)
}

/// How many known records have each label.
pub(crate) fn sizes(labels: &[u32], truth: &[u32]) -> Vec<u32> {
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
