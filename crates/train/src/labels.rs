//! What is known beforehand of some pairs: whether they are of one person.

use record::{NONE, RecordPair};

/// Pairs of which it is known, or known how likely it is, that they are of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    // Ascending, each pair once.
    pairs: Vec<(RecordPair, f64)>,
    // Each record's person where it is known, else `NONE`; or nothing of any.
    persons: Vec<u32>,
}

impl Labels {
    /// A person known to have more records than this is taken for a mark of something else.
    pub const RECORDS_MAX: usize = 500;

    /// Labels of pairs, and of records by their person's number where it is known, else
    /// [`NONE`]. Where both speak of a pair, its own label counts; of several, their mean.
    #[must_use]
    pub fn new(mut pairs: Vec<(RecordPair, f64)>, mut persons: Vec<u32>) -> Labels {
        pairs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        #[expect(clippy::cast_precision_loss, reason = "few labels are of one pair")]
        let mean = |same: &[(RecordPair, f64)]| {
            (same[0].0, same.iter().map(|(_, matched)| matched).sum::<f64>() / same.len() as f64)
        };
        let known = persons.iter().filter(|person| **person != NONE).max();
        let mut counts = vec![0_usize; known.map_or(0, |most| *most as usize + 1)];
        for &person in persons.iter().filter(|person| **person != NONE) {
            counts[person as usize] += 1;
        }
        for person in persons.iter_mut().filter(|person| **person != NONE) {
            if counts[*person as usize] > Labels::RECORDS_MAX {
                *person = NONE;
            }
        }
        if persons.iter().all(|person| *person == NONE) {
            persons.clear();
        }
        Labels { pairs: pairs.chunk_by(|a, b| a.0 == b.0).map(mean).collect(), persons }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.persons.is_empty()
    }

    /// How many records' persons are known.
    #[must_use]
    pub fn known_records(&self) -> usize {
        self.persons.iter().filter(|person| **person != NONE).count()
    }

    /// How likely a pair is of one person, if that is known.
    #[must_use]
    pub fn of(&self, pair: RecordPair) -> Option<f64> {
        if let Ok(at) = self.pairs.binary_search_by(|(known, _)| known.cmp(&pair)) {
            return Some(self.pairs[at].1);
        }
        let [a, b] = [pair.lower(), pair.upper()].map(|record| self.persons.get(record.index()));
        let known = |person: Option<&u32>| person.copied().filter(|person| *person != NONE);
        Some(if known(a)? == known(b)? { 1.0 } else { 0.0 })
    }

    /// The pairs with a label of their own, and those of two records of one known person; each
    /// once, with how likely it is of one person.
    pub(crate) fn listed(&self) -> Vec<(RecordPair, f64)> {
        let mut records: Vec<(u32, u32)> =
            self.persons.iter().copied().zip(0..).filter(|(person, _)| *person != NONE).collect();
        records.sort_unstable();
        let mut listed = self.pairs.clone();
        for person in records.chunk_by(|a, b| a.0 == b.0) {
            for (at, &(_, lower)) in person.iter().enumerate() {
                let pairs = person[at + 1..].iter().map(|&(_, upper)| {
                    RecordPair::new(record::RecordId(lower), record::RecordId(upper))
                });
                listed.extend(pairs.map(|pair| (pair, self.of(pair).unwrap_or(1.0))));
            }
        }
        listed.sort_by_key(|(pair, _)| *pair);
        listed.dedup_by_key(|(pair, _)| *pair);
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::RecordId;

    fn pair(a: u32, b: u32) -> RecordPair {
        RecordPair::new(RecordId(a), RecordId(b))
    }

    #[test]
    fn a_pairs_own_label_counts_before_those_of_its_records() {
        let labels = Labels::new(
            vec![(pair(0, 1), 0.0), (pair(2, 3), 1.0), (pair(2, 3), 0.0), (pair(4, 5), 0.7)],
            vec![7, 7, 7, 8, NONE, 8],
        );
        for (a, b, expected) in [
            (0, 1, Some(0.0)),
            (0, 2, Some(1.0)),
            (3, 5, Some(1.0)),
            (2, 3, Some(0.5)),
            (0, 3, Some(0.0)),
            (0, 4, None),
            (4, 5, Some(0.7)),
            (8, 9, None),
        ] {
            assert_eq!(labels.of(pair(a, b)), expected, "{a} {b}");
        }
        let listed = [(0, 1, 0.0), (0, 2, 1.0), (1, 2, 1.0), (2, 3, 0.5), (3, 5, 1.0), (4, 5, 0.7)];
        assert_eq!(labels.listed(), listed.map(|(a, b, matched)| (pair(a, b), matched)));
    }

    #[test]
    fn a_mark_that_hundreds_of_records_share_is_no_person() {
        assert!(Labels::new(Vec::new(), Vec::new()).is_empty());
        assert!(Labels::new(Vec::new(), vec![NONE; 9]).is_empty());
        assert!(Labels::new(Vec::new(), vec![3; Labels::RECORDS_MAX + 1]).is_empty());
        assert!(!Labels::new(Vec::new(), vec![3; 2]).is_empty());
    }
}
