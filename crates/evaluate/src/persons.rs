//! Compares a partition of the records with the true one.

use record::NONE;

use crate::metrics::share;
use crate::subgroups::sizes;
use crate::{BCubed, PairMetrics, PartitionMetrics};

/// How the persons in `predicted` agree with those in `truth`, both a label per record.
///
/// With `source`, only pairs of records from different sources count as pairs; B-cubed and
/// exact groups are over all records nevertheless. Records whose truth is [`NONE`] take no
/// part; a record whose prediction is [`NONE`] stands alone.
///
/// # Panics
///
/// Panics if the lists differ in length.
#[must_use]
pub fn persons(predicted: &[u32], truth: &[u32], source: Option<&[u16]>) -> PartitionMetrics {
    let rows = rows(predicted, truth, source);
    let of_truth = sizes(truth, truth);
    let mut bcubed = BCubed { precision: 0.0, recall: 0.0 };
    let (mut exact, mut predicted_groups, mut largest) = (0, 0, 0);
    for person in rows.chunk_by(|a, b| a.predicted == b.predicted) {
        let in_result = person.len() as u64;
        for cell in person.chunk_by(|a, b| a.truth == b.truth) {
            let both = cell.len() as u64;
            let in_truth = of_truth[cell[0].truth as usize].into();
            bcubed.precision += share(both * both, in_result);
            bcubed.recall += share(both * both, in_truth);
            exact += u64::from(both == in_result && both == in_truth);
        }
        predicted_groups += 1;
        largest = largest.max(in_result);
    }
    let per_record = 1.0 / share(rows.len() as u64, 1);
    bcubed = if rows.is_empty() {
        BCubed { precision: 1.0, recall: 1.0 }
    } else {
        BCubed { precision: bcubed.precision * per_record, recall: bcubed.recall * per_record }
    };
    PartitionMetrics {
        pairs: pair_metrics(&rows, &of_truth, source.is_some()),
        bcubed,
        exact,
        predicted_groups,
        true_groups: of_truth.iter().filter(|&&size| size > 0).count() as u64,
        largest,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    predicted: u64,
    truth: u32,
    source: u16,
}

/// The records that take part, sorted.
fn rows(predicted: &[u32], truth: &[u32], source: Option<&[u16]>) -> Vec<Row> {
    assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
    assert!(source.is_none_or(|s| s.len() == truth.len()), "every record has a source");
    let mut rows: Vec<Row> = (0..truth.len())
        .filter(|&at| truth[at] != NONE)
        .map(|at| Row {
            // Above all labels there is room for one label per record that stands alone.
            predicted: if predicted[at] == NONE {
                (1 << 32) + at as u64
            } else {
                predicted[at].into()
            },
            truth: truth[at],
            source: source.map_or(0, |source| source[at]),
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Counts pairs by counting members: a group of `n` has `n (n - 1) / 2` pairs, less those
/// within each of its sources if only pairs across sources count.
fn pair_metrics(rows: &[Row], of_truth: &[u32], across: bool) -> PairMetrics {
    let pairs = |n: u64| n * n.saturating_sub(1) / 2;
    let within_sources = |key: fn(&Row) -> (u64, u32)| {
        if !across {
            return 0;
        }
        let keys = rows.iter().map(|row| (key(row), row.source));
        let mut keys: Vec<((u64, u32), u16)> = keys.collect();
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|group| pairs(group.len() as u64)).sum::<u64>()
    };
    let grouped = |same: fn(&Row, &Row) -> bool| -> u64 {
        rows.chunk_by(same).map(|group| pairs(group.len() as u64)).sum()
    };
    let found = grouped(|a, b| a.predicted == b.predicted);
    let found = found - within_sources(|row| (row.predicted, 0));
    let both = grouped(|a, b| (a.predicted, a.truth) == (b.predicted, b.truth));
    let both = both - within_sources(|row| (row.predicted, row.truth));
    let all: u64 = of_truth.iter().map(|&size| pairs(size.into())).sum();
    let all = all - within_sources(|row| (0, row.truth));
    PairMetrics { true_positive: both, false_positive: found - both, false_negative: all - both }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Labels as `aab.c`: a letter per record, a dot for not known.
    fn labels(text: &str) -> Vec<u32> {
        text.bytes().map(|b| if b == b'.' { NONE } else { b.into() }).collect()
    }

    #[track_caller]
    fn check(predicted: &str, truth: &str, source: Option<&str>, expected: &str) {
        let source: Option<Vec<u16>> = source.map(|s| s.bytes().map(u16::from).collect());
        let m = persons(&labels(predicted), &labels(truth), source.as_deref());
        let found = format!(
            "pairs {}/{}/{} bcubed {:.4} {:.4} exact {} of {}, {} found, largest {}",
            m.pairs.true_positive,
            m.pairs.false_positive,
            m.pairs.false_negative,
            m.bcubed.precision,
            m.bcubed.recall,
            m.exact,
            m.true_groups,
            m.predicted_groups,
            m.largest
        );
        assert_eq!(found, expected);
    }

    #[test]
    fn hand_worked_cases() {
        check("", "", None, "pairs 0/0/0 bcubed 1.0000 1.0000 exact 0 of 0, 0 found, largest 0");
        check(
            "abc",
            "xyz",
            None,
            "pairs 0/0/0 bcubed 1.0000 1.0000 exact 3 of 3, 3 found, largest 1",
        );
        // One group of three found as two and one.
        check(
            "aab",
            "xxx",
            None,
            "pairs 1/0/2 bcubed 1.0000 0.5556 exact 0 of 1, 2 found, largest 2",
        );
        // Two persons run together: 2 of 3 right for two records, 1 of 3 for the third.
        check(
            "aaa",
            "xxy",
            None,
            "pairs 1/2/0 bcubed 0.5556 1.0000 exact 0 of 2, 1 found, largest 3",
        );
        // The record that is not known does not count against the result.
        check(
            "aaa",
            "xx.",
            None,
            "pairs 1/0/0 bcubed 1.0000 1.0000 exact 1 of 1, 1 found, largest 2",
        );
        // Records the result left out stand alone.
        check(
            "..",
            "xx",
            None,
            "pairs 0/0/1 bcubed 1.0000 0.5000 exact 0 of 1, 2 found, largest 1",
        );
        // Of six true pairs, four cross from source 1 to source 2.
        check(
            "aaaa",
            "xxxx",
            Some("1122"),
            "pairs 4/0/0 bcubed 1.0000 1.0000 exact 1 of 1, 1 found, largest 4",
        );
        check(
            "abab",
            "xxxx",
            Some("1122"),
            "pairs 2/0/2 bcubed 1.0000 0.5000 exact 0 of 1, 2 found, largest 2",
        );
    }

    #[test]
    fn no_true_pair_means_a_recall_of_one() {
        let metrics = persons(&[0, 0], &[1, 2], None);
        assert!(metrics.pairs.recall() > 0.99 && metrics.pairs.precision() < 0.01);
    }

    proptest! {
        #[test]
        fn counting_members_agrees_with_counting_pairs(
            rows in proptest::collection::vec((0_u32..6, 0_u32..6, 0_u16..3), 0..40),
            across: bool,
        ) {
            let of = |label: u32| if label == 5 { NONE } else { label };
            let predicted: Vec<u32> = rows.iter().map(|row| of(row.0)).collect();
            let truth: Vec<u32> = rows.iter().map(|row| of(row.1)).collect();
            let source: Vec<u16> = rows.iter().map(|row| row.2).collect();
            let metrics = persons(&predicted, &truth, across.then_some(&source[..]));

            let known: Vec<usize> = (0..rows.len()).filter(|&at| truth[at] != NONE).collect();
            let found = |a: usize, b: usize| {
                a == b || (predicted[a] == predicted[b] && predicted[a] != NONE)
            };
            let mut pairs = PairMetrics::default();
            let (mut precision, mut recall, mut exact) = (0.0, 0.0, 0);
            for &a in &known {
                for &b in known.iter().filter(|&&b| a < b && !(across && source[a] == source[b])) {
                    match (found(a, b), truth[a] == truth[b]) {
                        (true, true) => pairs.true_positive += 1,
                        (true, false) => pairs.false_positive += 1,
                        (false, true) => pairs.false_negative += 1,
                        (false, false) => {}
                    }
                }
                let of_result: Vec<_> = known.iter().filter(|&&b| found(a, b)).collect();
                let of_truth: Vec<_> = known.iter().filter(|&&b| truth[a] == truth[b]).collect();
                let both = of_result.iter().filter(|&&&b| truth[a] == truth[b]).count() as u64;
                precision += share(both, of_result.len() as u64) / share(known.len() as u64, 1);
                recall += share(both, of_truth.len() as u64) / share(known.len() as u64, 1);
                exact += u64::from(of_result == of_truth && *of_truth[0] == a);
            }
            prop_assert_eq!(metrics.pairs, pairs);
            prop_assert_eq!(metrics.exact, exact);
            if !known.is_empty() {
                prop_assert!((metrics.bcubed.precision - precision).abs() < 1e-9);
                prop_assert!((metrics.bcubed.recall - recall).abs() < 1e-9);
            }
        }
    }
}
