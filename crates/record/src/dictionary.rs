//! Distinct strings, sorted, so that ids do not depend on the order of arrival.

use std::fmt;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use hashbrown::HashTable;

use crate::Texts;

/// Distinct strings in byte order. The id of a string is its rank.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    // Invariant: strictly ascending.
    strings: Texts,
}

impl Dictionary {
    /// The number of strings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.strings.is_empty()
    }

    /// The string with this id.
    ///
    /// # Panics
    ///
    /// Panics if there is no such id.
    #[must_use]
    #[inline]
    pub fn get(&self, id: u32) -> &str {
        &self.strings[id as usize]
    }

    /// The id of a string, if it is here.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.get(id_of(middle)).cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(id_of(middle)),
            }
        }
        None
    }

    /// The strings in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.strings.iter()
    }

    /// The dictionary of these strings, each of which comes after the one before.
    ///
    /// # Panics
    ///
    /// Panics if one does not.
    #[must_use]
    pub fn of_sorted(strings: Texts) -> Dictionary {
        let is_sorted = (1..strings.len()).all(|at| strings[at - 1] < strings[at]);
        assert!(is_sorted, "the strings of a dictionary ascend");
        Dictionary { strings }
    }

    /// Its strings.
    #[must_use]
    pub fn strings(&self) -> &Texts {
        &self.strings
    }

    /// The dictionary of these strings, which need be neither sorted nor distinct.
    #[must_use]
    pub fn of<S: AsRef<str>>(mut strings: Vec<S>) -> Dictionary {
        strings.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        strings.dedup_by(|a, b| a.as_ref() == b.as_ref());
        let bytes = strings.iter().map(|string| string.as_ref().len()).sum();
        let mut texts = Texts::with_room(strings.len(), bytes);
        texts.extend(strings.iter().map(AsRef::as_ref));
        Dictionary { strings: texts }
    }
}

// The strings are people's: a panic or a log that debugs a dictionary must not show them.
impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary({} strings)", self.len())
    }
}

/// Gathers strings in any order and hands out provisional ids.
///
/// [`DictionaryBuilder::finish`] sorts them and says which final id each provisional id became.
#[derive(Clone, Default)]
pub struct DictionaryBuilder {
    strings: Texts,
    table: HashTable<u32>,
}

impl DictionaryBuilder {
    /// The provisional id of `string`: that of the first equal string, or the next free one.
    pub fn insert(&mut self, string: &str) -> u32 {
        let DictionaryBuilder { strings, table } = self;
        let slot = table.entry(
            hash(string),
            |&id| strings[id as usize] == *string,
            |&id| hash(&strings[id as usize]),
        );
        match slot {
            hashbrown::hash_table::Entry::Occupied(found) => *found.get(),
            hashbrown::hash_table::Entry::Vacant(free) => {
                let id = id_of(strings.len());
                free.insert(id);
                strings.push(string);
                id
            }
        }
    }

    /// The provisional id of `string`, if it was given.
    #[must_use]
    pub fn find(&self, string: &str) -> Option<u32> {
        let is = |&id: &u32| self.get(id) == string;
        self.table.find(hash(string), is).copied()
    }

    /// The number of distinct strings so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.strings.is_empty()
    }

    /// The string behind a provisional id.
    #[must_use]
    pub fn get(&self, id: u32) -> &str {
        &self.strings[id as usize]
    }

    /// The strings by their provisional ids.
    #[must_use]
    pub fn strings(&self) -> &Texts {
        &self.strings
    }

    /// The sorted dictionary, and for each provisional id its final one.
    #[must_use]
    pub fn finish(self) -> (Dictionary, Vec<u32>) {
        let mut order: Vec<u32> = (0..id_of(self.len())).collect();
        order.sort_unstable_by(|&a, &b| self.get(a).cmp(self.get(b)));
        let mut strings = Texts::with_room(self.len(), self.strings.bytes());
        let mut renamed = vec![0; order.len()];
        for (rank, &id) in order.iter().enumerate() {
            strings.push(self.get(id));
            renamed[id as usize] = id_of(rank);
        }
        (Dictionary { strings }, renamed)
    }
}

fn hash(string: &str) -> u64 {
    let mut hasher = FxHasher::default();
    string.hash(&mut hasher);
    hasher.finish()
}

fn id_of(rank: usize) -> u32 {
    let id = u32::try_from(rank).expect("fewer than 2^32 distinct values");
    assert!(id != crate::NONE, "the last id stands for no value");
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_do_not_depend_on_the_order_of_arrival() {
        let mut first = DictionaryBuilder::default();
        let mut second = DictionaryBuilder::default();
        for word in ["b", "", "a", "b", "é"] {
            first.insert(word);
        }
        for word in ["é", "a", "b", ""] {
            second.insert(word);
        }
        let (first, renamed) = first.finish();
        assert_eq!(first, second.finish().0);
        assert_eq!(renamed, [2, 0, 1, 3]);
        assert_eq!(first.iter().collect::<Vec<_>>(), ["", "a", "b", "é"]);
        assert_eq!(first, Dictionary::of(vec!["é", "b", "a", "", "a"]));
    }

    #[test]
    fn a_string_is_found_by_its_text() {
        let dictionary = Dictionary::of(vec!["x", "ann", "joe"]);
        assert_eq!(dictionary.find("joe"), Some(1));
        assert_eq!(dictionary.find("jo"), None);
        assert_eq!(Dictionary::default().find("a"), None);
    }
}
