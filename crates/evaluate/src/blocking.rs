//! Measures how many true pairs the blocking rules let through.

use record::NONE;

use crate::{
    errors::{groups, pairs},
    metrics::share,
};

/// What blocking proposes, against what there is to find.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockingMetrics {
    /// Pairs of records of one true person.
    pub true_pairs: u64,
    /// Those among them that are candidates.
    pub proposed: u64,
}

impl BlockingMetrics {
    /// The share of true pairs that are candidates: no later stage can find more.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.proposed, self.true_pairs)
    }
}

/// How many true pairs are in `candidates`, whichever way round and however often.
///
/// With `source`, only pairs across sources count.
#[must_use]
pub fn blocking(
    truth: &[u32],
    source: Option<&[u16]>,
    candidates: impl IntoIterator<Item = (u32, u32)>,
) -> BlockingMetrics {
    let label = |record: u32| truth[record as usize];
    let counts = |a: u32, b: u32| {
        a != b
            && label(a) != NONE
            && label(a) == label(b)
            && source.is_none_or(|source| source[a as usize] != source[b as usize])
    };
    // True pairs are few however many candidates there are, so they can be kept.
    let mut proposed: Vec<(u32, u32)> = candidates
        .into_iter()
        .filter(|&(a, b)| counts(a, b))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    proposed.sort_unstable();
    proposed.dedup();
    BlockingMetrics {
        true_pairs: true_pairs(truth, source).count() as u64,
        proposed: proposed.len() as u64,
    }
}

/// How many true pairs `is_candidate` holds for; it is asked with the lower record first.
///
/// For rules that can be asked about one pair without proposing all.
#[must_use]
pub fn blocking_by(
    truth: &[u32],
    source: Option<&[u16]>,
    mut is_candidate: impl FnMut(u32, u32) -> bool,
) -> BlockingMetrics {
    let mut metrics = BlockingMetrics::default();
    for (a, b) in true_pairs(truth, source) {
        metrics.true_pairs += 1;
        metrics.proposed += u64::from(is_candidate(a, b));
    }
    metrics
}

/// The pairs of records that are one person, lower first, person by person in the order of
/// their lowest records.
pub fn true_pairs<'a>(
    truth: &[u32],
    source: Option<&'a [u16]>,
) -> impl Iterator<Item = (u32, u32)> + use<'a> {
    groups(truth).into_iter().flat_map(move |group| pairs(&group, source).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pair_counts_once_however_it_is_proposed() {
        let truth = [1, 1, 1, 2, NONE, NONE];
        let candidates = [(0, 1), (1, 0), (0, 1), (2, 3), (4, 5), (0, 0)];
        let metrics = blocking(&truth, None, candidates);
        assert_eq!(metrics, BlockingMetrics { true_pairs: 3, proposed: 1 });
        assert!((metrics.recall() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_find_is_all_found() {
        let metrics = blocking(&[], None, []);
        assert!(metrics.recall() > 0.99);
        assert_eq!(metrics, blocking_by(&[], None, |_, _| false));
    }

    proptest! {
        #[test]
        fn asking_and_listing_agree_with_trying_all_pairs(
            rows in proptest::collection::vec((0_u32..5, 0_u16..2), 0..30),
            across: bool,
            modulus in 1_u32..4,
        ) {
            let truth: Vec<u32> =
                rows.iter().map(|row| if row.0 == 4 { NONE } else { row.0 }).collect();
            let source: Vec<u16> = rows.iter().map(|row| row.1).collect();
            let is_candidate = |a: u32, b: u32| (a + b).is_multiple_of(modulus);
            let n = u32::try_from(rows.len()).unwrap();
            let all: Vec<(u32, u32)> = (0..n)
                .flat_map(|a| (a + 1..n).map(move |b| (a, b)))
                .collect();
            let is_true = |&&(a, b): &&(u32, u32)| {
                let (a, b) = (a as usize, b as usize);
                truth[a] != NONE && truth[a] == truth[b] && !(across && source[a] == source[b])
            };
            let mut expected: Vec<(u32, u32)> = all.iter().filter(is_true).copied().collect();
            let filter = across.then_some(&source[..]);
            let mut found: Vec<(u32, u32)> = true_pairs(&truth, filter).collect();
            found.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(&found, &expected);

            let proposed = all.iter().copied().filter(|&(a, b)| is_candidate(a, b));
            let listed = blocking(&truth, filter, proposed);
            prop_assert_eq!(listed, blocking_by(&truth, filter, is_candidate));
            let hits = expected.iter().filter(|&&(a, b)| is_candidate(a, b)).count();
            prop_assert_eq!(listed.proposed, hits as u64);
        }
    }
}
