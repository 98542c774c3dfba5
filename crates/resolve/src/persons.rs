//! A partition of the records.

use record::{Lists, NONE, RecordId};

/// Every record in exactly one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persons {
    // Invariant: persons are numbered by their lowest record; `records` is ascending in each.
    person_of: Vec<u32>,
    records: Lists<RecordId>,
}

impl Persons {
    /// The partition in which records with equal labels are one person; labels are not far above the
    /// number of records.
    ///
    /// # Panics
    ///
    /// Panics if there are 2^32 records or more.
    #[must_use]
    pub fn from_labels(labels: &[u32]) -> Persons {
        assert!(u32::try_from(labels.len()).is_ok(), "fewer than 2^32 records");
        let above = labels.iter().max().map_or(0, |&highest| highest as usize + 1);
        // The person of each label, numbered as they come.
        let mut number = vec![NONE; above];
        let mut sizes: Vec<u32> = Vec::new();
        let person = |&label: &u32| {
            let number = &mut number[label as usize];
            if *number == NONE {
                *number = u32::try_from(sizes.len()).expect("no more persons than records");
                sizes.push(0);
            }
            sizes[*number as usize] += 1;
            *number
        };
        let person_of: Vec<u32> = labels.iter().map(person).collect();
        drop(number);
        let dealt = Lists::dealt(&sizes, |give| {
            (0..).zip(&person_of).for_each(|(at, &person)| give(person as usize, at));
        });
        let mut records = Lists::with_room(sizes.len(), labels.len());
        dealt.iter().for_each(|own: &[u32]| records.push(own.iter().map(|&at| RecordId(at))));
        Persons { person_of, records }
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
