//! Texts that are put in order quickly.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use record::NONE;
use rustc_hash::FxHashMap;

use crate::columns::small;

/// A text, ordered as texts are; its first letters are at hand, and with most pairs suffice.
#[derive(Clone, Copy)]
pub(super) struct Ordered<'a> {
    first: u128,
    pub(super) text: &'a str,
}

/// The letters that are at hand.
const FIRST: usize = size_of::<u128>();

impl<'a> Ordered<'a> {
    pub(super) fn of(text: &'a str) -> Ordered<'a> {
        let mut first = [0; FIRST];
        let n = text.len().min(FIRST);
        first[..n].copy_from_slice(&text.as_bytes()[..n]);
        Ordered { first: u128::from_be_bytes(first), text }
    }

    fn is_short(self) -> bool {
        self.text.len() <= FIRST
    }
}

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.first.cmp(&other.first) {
            // A text may end with signs that are like what stands behind its end.
            Ordering::Equal if self.is_short() && other.is_short() => {
                self.text.len().cmp(&other.text.len())
            }
            Ordering::Equal => self.text.cmp(other.text),
            unlike => unlike,
        }
    }
}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
            && self.text.len() == other.text.len()
            && (self.is_short() || self.text == other.text)
    }
}

impl Eq for Ordered<'_> {}

impl Hash for Ordered<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.first);
        if !self.is_short() {
            state.write(&self.text.as_bytes()[FIRST..]);
        }
    }
}

/// For each key its place among the distinct ones, or [`NONE`] for none.
pub(super) fn ranks<K: Ord + Copy + Hash>(keys: impl Iterator<Item = Option<K>>) -> Vec<u32> {
    // Most keys come several times: they are numbered as they come, and then by their order.
    let mut found: FxHashMap<K, u32> = FxHashMap::default();
    let mut distinct: Vec<(K, u32)> = Vec::new();
    let mut ids: Vec<u32> = keys
        .map(|key| {
            let Some(key) = key else { return NONE };
            *found.entry(key).or_insert_with(|| {
                distinct.push((key, small(distinct.len())));
                small(distinct.len() - 1)
            })
        })
        .collect();
    distinct.sort_unstable();
    let mut rank = vec![0; distinct.len()];
    for (id, (_, came)) in (0..).zip(&distinct) {
        rank[*came as usize] = id;
    }
    for id in ids.iter_mut().filter(|id| **id != NONE) {
        *id = rank[*id as usize];
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_texts(a in "[\0ab ]{0,20}", b in "[\0ab ]{0,20}") {
            prop_assert_eq!(Ordered::of(&a).cmp(&Ordered::of(&b)), a.cmp(&b));
            prop_assert_eq!(Ordered::of(&a) == Ordered::of(&b), a == b);
        }
    }
}
