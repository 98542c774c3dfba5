//! What must and must not be one person, whatever the weights say.

use record::{Lists, NONE, RecordId, RecordPair};

use crate::components::Sets;

/// What is known beforehand.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Pairs known to be one person.
    pub must_link: Vec<RecordPair>,
    /// Pairs known to be two; sorted, if it is asked whether a pair is among them.
    pub cannot_link: Vec<RecordPair>,
    /// For each record a group whose members are all different persons, such as a source that
    /// has each person once; [`NONE`] is no group. Empty if no record has one.
    pub exclusive: Vec<u32>,
}

impl Constraints {
    /// Whether the two records are of one exclusive group.
    #[must_use]
    pub fn excludes(&self, pair: RecordPair) -> bool {
        let group = self.group(pair.lower());
        group != NONE && group == self.group(pair.upper())
    }

    /// The exclusive group of a record, or [`NONE`].
    #[must_use]
    pub fn group(&self, record: RecordId) -> u32 {
        self.exclusive.get(record.index()).copied().unwrap_or(NONE)
    }

    pub(crate) fn vetoes(&self, n_records: usize) -> Vetoes<'_> {
        let both = || {
            self.cannot_link
                .iter()
                .flat_map(|pair| [(pair.lower(), pair.upper()), (pair.upper(), pair.lower())])
        };
        let mut sizes = vec![0; n_records];
        both().for_each(|(one, _)| sizes[one.index()] += 1);
        let mut apart =
            Lists::dealt(&sizes, |give| both().for_each(|(one, other)| give(one.index(), other.0)));
        apart.iter_mut().for_each(<[u32]>::sort_unstable);
        Vetoes { apart, exclusive: &self.exclusive }
    }
}

/// The constraints by record.
pub(crate) struct Vetoes<'a> {
    /// For each record those that are not it, ascending.
    apart: Lists<u32>,
    exclusive: &'a [u32],
}

impl Vetoes<'_> {
    fn group(&self, record: u32) -> u32 {
        self.exclusive.get(record as usize).copied().unwrap_or(NONE)
    }

    fn forbids(&self, a: u32, b: u32) -> bool {
        let group = self.group(a);
        (group != NONE && group == self.group(b))
            || self.apart.get(a as usize).binary_search(&b).is_ok()
    }

    /// Whether any record of one group may not be with one of the other.
    pub(crate) fn forbid(&self, left: &[u32], right: &[u32]) -> bool {
        left.iter().any(|&a| right.iter().any(|&b| self.forbids(a, b)))
    }

    /// The groups that must-link pairs make, by their lowest record, and the pairs that cannot
    /// be granted because they would bring together what must be apart.
    pub(crate) fn grant(
        &self,
        n_records: usize,
        must_link: &[RecordPair],
    ) -> (Vec<u32>, Vec<RecordPair>) {
        let mut pairs = must_link.to_vec();
        pairs.sort_unstable();
        pairs.dedup();
        let sets = Sets::new(n_records);
        let mut members: std::collections::BTreeMap<u32, Vec<u32>> =
            std::collections::BTreeMap::new();
        let mut refused = Vec::new();
        for pair in pairs {
            let (a, b) = (sets.find(pair.lower().0), sets.find(pair.upper().0));
            if a == b {
                continue;
            }
            let left = members.remove(&a).unwrap_or_else(|| vec![a]);
            let right = members.remove(&b).unwrap_or_else(|| vec![b]);
            if self.forbid(&left, &right) {
                refused.push(pair);
                members.insert(a, left);
                members.insert(b, right);
            } else {
                sets.join(a, b);
                members.insert(a.min(b), [left, right].concat());
            }
        }
        (sets.leaders(), refused)
    }
}
