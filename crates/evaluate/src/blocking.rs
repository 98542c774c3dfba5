//! Measures how many true pairs the blocking rules let through.

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
    use record::NONE;

    #[test]
    fn nothing_to_find_is_all_found() {
        assert!(BlockingMetrics::default().recall() > 0.99);
        assert!((BlockingMetrics { true_pairs: 4, proposed: 1 }.recall() - 0.25).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn true_pairs_are_those_found_by_trying_all(
            rows in proptest::collection::vec((0_u32..5, 0_u16..2), 0..30),
            across: bool,
        ) {
            let truth: Vec<u32> =
                rows.iter().map(|row| if row.0 == 4 { NONE } else { row.0 }).collect();
            let source: Vec<u16> = rows.iter().map(|row| row.1).collect();
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
            prop_assert_eq!(found, expected);
        }
    }
}
