//! A partition of the records.

use record::{Lists, RecordId};

/// Every record in exactly one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persons {
    // Invariant: persons are numbered by their lowest record; `records` is ascending in each.
    person_of: Vec<u32>,
    records: Lists<RecordId>,
}

impl Persons {
    /// The partition in which records with equal labels are one person.
    ///
    /// # Panics
    ///
    /// Panics if there are 2^32 records or more.
    #[must_use]
    pub fn from_labels(labels: &[u32]) -> Persons {
        let n = u32::try_from(labels.len()).expect("fewer than 2^32 records");
        let mut order: Vec<u32> = (0..n).collect();
        order.sort_unstable_by_key(|&record| (labels[record as usize], record));
        let mut groups: Vec<&[u32]> =
            order.chunk_by(|&a, &b| labels[a as usize] == labels[b as usize]).collect();
        groups.sort_unstable_by_key(|group| group[0]);
        let mut person_of = vec![0; labels.len()];
        let mut records = Lists::with_capacity(groups.len());
        for (person, group) in (0..n).zip(&groups) {
            for &record in *group {
                person_of[record as usize] = person;
            }
            records.push(group.iter().map(|&record| RecordId(record)));
        }
        Persons { person_of, records: records.fitted() }
    }

    /// The number of persons.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The person of each record.
    #[must_use]
    pub fn person_of(&self) -> &[u32] {
        &self.person_of
    }

    /// The records of a person, ascending.
    #[must_use]
    pub fn records(&self, person: usize) -> &[RecordId] {
        self.records.get(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_numbered_by_their_lowest_record() {
        let persons = Persons::from_labels(&[7, 3, 7, 1]);
        assert_eq!(persons.person_of(), [0, 1, 0, 2]);
        assert_eq!(persons.records(0), [RecordId(0), RecordId(2)]);
        assert!(Persons::from_labels(&[]).is_empty());
    }
}
