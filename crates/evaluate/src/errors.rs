//! Lists the pairs that a result has wrong.

use record::NONE;

/// Pairs of records together in `predicted` but not in `truth`, lower record first.
///
/// Group by group in the order of their lowest records, and at most `limit` in all: a wrong
/// group of a thousand records has half a million pairs, and a reader wants a few. With
/// `source`, only pairs across sources; a record unknown to either side is in no pair.
///
/// # Panics
///
/// Panics if the lists differ in length.
#[must_use]
pub fn false_links(
    predicted: &[u32],
    truth: &[u32],
    source: Option<&[u16]>,
    limit: usize,
) -> Vec<(u32, u32)> {
    assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
    let known = |record: u32| truth[record as usize] != NONE;
    let mut wrong = Vec::new();
    for group in groups(predicted) {
        let group: Vec<u32> = group.into_iter().filter(|&record| known(record)).collect();
        let right = |a: u32, b: u32| truth[a as usize] == truth[b as usize];
        wrong
            .extend(pairs(&group, source).filter(|&(a, b)| !right(a, b)).take(limit - wrong.len()));
        if wrong.len() == limit {
            break;
        }
    }
    wrong
}

/// Pairs of records together in `truth` but not in `predicted`, likewise.
///
/// A record that the result left out ([`NONE`]) is missed by all its fellows.
///
/// # Panics
///
/// Panics if the lists differ in length.
#[must_use]
pub fn missed_links(
    predicted: &[u32],
    truth: &[u32],
    source: Option<&[u16]>,
    limit: usize,
) -> Vec<(u32, u32)> {
    assert_eq!(predicted.len(), truth.len(), "result and truth are about the same records");
    let found = |a: u32, b: u32| {
        predicted[a as usize] == predicted[b as usize] && predicted[a as usize] != NONE
    };
    let mut missed = Vec::new();
    for group in groups(truth) {
        missed.extend(
            pairs(&group, source).filter(|&(a, b)| !found(a, b)).take(limit - missed.len()),
        );
        if missed.len() == limit {
            break;
        }
    }
    missed
}

/// The records under each label, ascending; groups in the order of their lowest records.
pub(crate) fn groups(labels: &[u32]) -> Vec<Vec<u32>> {
    let mut order: Vec<(u32, u32)> =
        labels.iter().copied().zip(0..).filter(|&(label, _)| label != NONE).collect();
    order.sort_unstable();
    let mut groups: Vec<Vec<u32>> = order
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() > 1)
        .map(|group| group.iter().map(|&(_, record)| record).collect())
        .collect();
    groups.sort_unstable_by_key(|group| group[0]);
    groups
}

/// The pairs within a group, in order.
pub(crate) fn pairs<'a>(
    group: &'a [u32],
    source: Option<&'a [u16]>,
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let counts =
        move |a: u32, b: u32| source.is_none_or(|source| source[a as usize] != source[b as usize]);
    group.iter().enumerate().flat_map(move |(at, &a)| {
        group[at + 1..].iter().map(move |&b| (a, b)).filter(move |&(a, b)| counts(a, b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons;
    use proptest::prelude::*;

    #[test]
    fn wrong_pairs_are_listed_group_by_group() {
        let (predicted, truth) = ([0, 1, 0, 1, 1], [5, 6, 7, 6, NONE]);
        assert_eq!(false_links(&predicted, &truth, None, 9), [(0, 2)]);
        assert_eq!(missed_links(&predicted, &[5, 6, 7, 8, 6], None, 9), []);
        assert_eq!(
            missed_links(&[0, 1, 2, NONE, NONE], &[5, 5, 6, 7, 7], None, 9),
            [(0, 1), (3, 4)]
        );
        assert_eq!(missed_links(&[0, 1, 2], &[5, 5, 5], None, 2), [(0, 1), (0, 2)]);
        assert_eq!(missed_links(&[0, 1, 2], &[5, 5, 5], None, 0), []);
        assert_eq!(false_links(&[], &[], None, 9), []);
    }

    #[test]
    fn pairs_within_a_source_are_not_listed_when_they_do_not_count() {
        assert_eq!(false_links(&[0, 0, 0], &[1, 2, 3], Some(&[7, 7, 8]), 9), [(0, 2), (1, 2)]);
    }

    proptest! {
        #[test]
        fn as_many_pairs_are_listed_as_counted(
            rows in proptest::collection::vec((0_u32..5, 0_u32..5, 0_u16..2), 0..30),
            across: bool,
        ) {
            let predicted: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let truth: Vec<u32> =
                rows.iter().map(|row| if row.1 == 4 { NONE } else { row.1 }).collect();
            let source: Vec<u16> = rows.iter().map(|row| row.2).collect();
            let source = across.then_some(&source[..]);
            let counted = persons(&predicted, &truth, source).pairs;
            let listed = |list: Vec<_>| list.len() as u64;
            let all = usize::MAX;
            prop_assert_eq!(
                listed(false_links(&predicted, &truth, source, all)),
                counted.false_positive
            );
            prop_assert_eq!(
                listed(missed_links(&predicted, &truth, source, all)),
                counted.false_negative
            );
        }
    }
}
