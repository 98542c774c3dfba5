//! What is known of each record.

use record::{Dictionary, DictionaryBuilder, NONE};

/// For each record, which person and which household it truly belongs to.
///
/// Labels are dense: equal exactly if the person or household is one. [`NONE`] is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Each record's person.
    pub person: Vec<u32>,
    /// Each record's household.
    pub household: Vec<u32>,
}

impl Truth {
    /// The number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }

    /// The rows (record, household) of the records whose household is known.
    #[must_use]
    pub fn memberships(&self) -> Vec<(u32, u32)> {
        (0..).zip(&self.household).filter(|&(_, &h)| h != NONE).map(|(r, &h)| (r, h)).collect()
    }
}

/// Labels for names: dense, in the order of the names, and equal exactly if the names are. [`NONE`] is
/// none.
#[must_use]
pub fn labels(names: &[Option<&str>]) -> Vec<u32> {
    labels_and_names(names).0
}

/// Labels likewise, and the name that each stands for.
#[must_use]
pub fn labels_and_names(names: &[Option<&str>]) -> (Vec<u32>, Dictionary) {
    let mut builder = DictionaryBuilder::default();
    let mut labels: Vec<u32> =
        names.iter().map(|name| name.map_or(NONE, |name| builder.insert(name))).collect();
    let (dictionary, ranks) = builder.finish();
    labels.iter_mut().filter(|id| **id != NONE).for_each(|id| *id = ranks[*id as usize]);
    (labels, dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_labels_and_a_missing_name_is_unknown() {
        let truth = Truth {
            person: labels(&[Some("p2"), Some("p1"), None, Some("p2")]),
            household: labels(&[None, Some("h"), None, Some("h")]),
        };
        assert_eq!(truth.person, [1, 0, NONE, 1]);
        assert_eq!(truth.memberships(), [(1, 0), (3, 0)]);
        assert_eq!(truth.len(), 4);
        assert!(Truth::default().is_empty());
        assert_eq!(labels(&[]), []);
        let (_, names) = labels_and_names(&[Some("p2"), None, Some("p1")]);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["p1", "p2"]);
    }
}
