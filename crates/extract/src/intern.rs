//! Gathers the values of a field, each once as long as that is worth its while.

use record::{DictionaryBuilder, Texts};

/// Strings, with provisional ids.
///
/// Most fields have few distinct values, and looking each up saves memory. Where nearly every
/// value is new, as with numbers of persons, the look-up costs more than all else: such values
/// are only written down, and one of them may then have several ids.
#[derive(Default)]
pub(crate) struct Interner {
    distinct: DictionaryBuilder,
    /// How many strings were given while they were looked up.
    given: usize,
    /// What came after.
    others: Texts,
}

/// Look-ups are given up only when so many distinct values show that they are seldom repeated.
const MANY: usize = 1 << 16;

impl Interner {
    /// An id of `string`.
    pub(crate) fn insert(&mut self, string: &str) -> u32 {
        let seldom_repeated = self.given < 2 * self.distinct.len();
        if self.others.is_empty() && !(MANY <= self.distinct.len() && seldom_repeated) {
            self.given += 1;
            return self.distinct.insert(string);
        }
        self.others.push(string);
        id(self.len() - 1)
    }

    /// The number of ids.
    pub(crate) fn len(&self) -> usize {
        self.distinct.len() + self.others.len()
    }

    /// The bytes of all strings.
    pub(crate) fn bytes(&self) -> usize {
        self.distinct.strings().bytes() + self.others.bytes()
    }

    /// The string with this id.
    pub(crate) fn get(&self, id: u32) -> &str {
        match (id as usize).checked_sub(self.distinct.len()) {
            None => self.distinct.get(id),
            Some(at) => &self.others[at],
        }
    }

    /// All strings with their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..id(self.len())).map(|id| (id, self.get(id)))
    }
}

fn id(place: usize) -> u32 {
    u32::try_from(place).expect("a part has fewer than 2^32 values")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_values_share_an_id_and_new_ones_are_soon_only_written_down() {
        let mut repeated = Interner::default();
        let mut new = Interner::default();
        for n in 0..200_000 {
            let (again, word) = (format!("{}", n % 70_000), format!("{n}"));
            let id = repeated.insert(&again);
            assert_eq!(repeated.get(id), again);
            let id = new.insert(&word);
            assert_eq!(new.get(id), word);
        }
        assert_eq!(new.len(), 200_000);
        assert_eq!(new.distinct.len(), MANY);
        assert!(new.iter().all(|(id, word)| word == id.to_string()));
        // These come round again too late to be known as repeated.
        assert_eq!(repeated.distinct.len(), MANY);
    }

    #[test]
    fn what_is_often_repeated_is_looked_up_for_ever() {
        let mut often = Interner::default();
        for n in 0..300_000 {
            often.insert(&format!("{}", n / 3));
        }
        assert_eq!(often.len(), 100_000);
    }
}
