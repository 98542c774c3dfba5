//! Gives the values of all parts of a source common ids: their rank among all values of a field; and
//! then those of all sources.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::mem::take;

use rayon::prelude::*;
use record::{Dictionary, NONE, Texts};

use crate::assemble::rename;
use crate::intern::Interner;
use crate::part::Part;

/// The distinct values of each field, and the distinct strings of residences and of involvements.
pub(crate) struct Unified {
    pub(crate) values: Vec<Dictionary>,
    pub(crate) places: Dictionary,
    pub(crate) dealings: Dictionary,
}

/// Replaces all ids in the parts of a source by common ones, which compare as what they stand for.
pub(crate) fn unify(n_fields: usize, parts: &mut [Part]) -> Unified {
    let mut strings: Vec<Vec<Interner>> = (0..n_fields)
        .map(|field| parts.iter_mut().map(|part| take(&mut part.values[field])).collect())
        .collect();
    strings.push(parts.iter_mut().map(|part| take(&mut part.places)).collect());
    strings.push(parts.iter_mut().map(|part| take(&mut part.dealings)).collect());
    let ranked: Vec<(Dictionary, Vec<Vec<u32>>)> =
        strings.into_par_iter().map(|interners| rank(&interners)).collect();
    let (mut values, ranks): (Vec<Dictionary>, Vec<Vec<Vec<u32>>>) = ranked.into_iter().unzip();
    let [of_places, of_dealings] = [n_fields, n_fields + 1];
    parts.par_iter_mut().enumerate().for_each(|(at, part)| {
        part.items.par_iter_mut().with_min_len(SOME).for_each(|item| {
            item.id = ranks[item.field as usize][at][item.id as usize];
        });
        let (of_places, of_dealings) = (&ranks[of_places][at], &ranks[of_dealings][at]);
        let residences = part.residences.par_chunks_mut(SOME);
        residences.for_each(|residences| rename(residences, of_places));
        part.persons
            .par_iter_mut()
            .with_min_len(SOME)
            .for_each(|person| rename(std::slice::from_mut(&mut person.seen), of_places));
        let involvements = part.involvements.par_chunks_mut(SOME);
        involvements.for_each(|involvements| rename(involvements, of_dealings));
    });
    let dealings = values.pop().expect("the last are of involvements");
    let places = values.pop().expect("before them are those of residences");
    Unified { values, places, dealings }
}

/// So many ids are renamed at a time at least.
const SOME: usize = 4_096;

/// The dictionary of all strings, and for each interner the rank of each of its strings.
fn rank(interners: &[Interner]) -> (Dictionary, Vec<Vec<u32>>) {
    let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 values");
    let mut entries: Vec<Entry> = Vec::with_capacity(interners.iter().map(Interner::len).sum());
    for (part, interner) in (0..).zip(interners) {
        let of = interner.iter().map(|(id, text)| Entry { start: Start::of(text), part, id });
        entries.extend(of);
    }
    let text = |entry: &Entry| interners[entry.part as usize].get(entry.id);
    // Entries of equal text may come in any order: they get the same rank.
    entries.par_sort_unstable_by(|a, b| a.start.compare(b.start, || (text(a), text(b))));
    let mut ranks: Vec<Vec<u32>> =
        interners.iter().map(|interner| vec![NONE; interner.len()]).collect();
    let bytes = interners.iter().map(Interner::bytes).sum();
    let mut distinct = Texts::with_room(entries.len(), bytes);
    let mut last: Option<&Entry> = None;
    for entry in &entries {
        let is_new = |last: &Entry| {
            last.start.compare(entry.start, || (text(last), text(entry))) != Ordering::Equal
        };
        if last.is_none_or(is_new) {
            distinct.push(text(entry));
        }
        ranks[entry.part as usize][entry.id as usize] = id(distinct.len() - 1);
        last = Some(entry);
    }
    (Dictionary::of_sorted(distinct.fitted()), ranks)
}

/// The dictionary of all strings of some, and for each of those the new id of each of its strings.
pub(crate) fn merged(dictionaries: &[Dictionary]) -> (Dictionary, Vec<Vec<u32>>) {
    let all = |count: fn(&Dictionary) -> usize| dictionaries.iter().map(count).sum();
    let mut strings = Texts::with_room(all(Dictionary::len), all(|it| it.strings().bytes()));
    let mut ranks: Vec<Vec<u32>> =
        dictionaries.iter().map(|dictionary| Vec::with_capacity(dictionary.len())).collect();
    // The next string of each: they are in order, so that none has to be sorted.
    let next = |of: usize, at: usize| {
        let text = (at < dictionaries[of].len()).then(|| &dictionaries[of].strings()[at])?;
        Some(Reverse((Start::of(text), text, of)))
    };
    let mut nexts: BinaryHeap<_> = (0..dictionaries.len()).filter_map(|of| next(of, 0)).collect();
    while let Some(mut top) = nexts.peek_mut() {
        let Reverse((_, text, of)) = *top;
        if strings.is_empty() || strings[strings.len() - 1] != *text {
            strings.push(text);
        }
        ranks[of].push(u32::try_from(strings.len() - 1).expect("fewer than 2^32 values"));
        match next(of, ranks[of].len()) {
            Some(next) => *top = next,
            None => drop(PeekMut::pop(top)),
        }
    }
    (Dictionary::of_sorted(strings.fitted()), ranks)
}

/// A string of an interner.
struct Entry {
    start: Start,
    part: u32,
    id: u32,
}

/// How a string starts, by which most are told apart without looking at them: its first fifteen
/// bytes and how many it has, of which sixteen are as many as any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Start(u128);

impl Start {
    pub(crate) fn of(text: &str) -> Start {
        let mut bytes = [0; 16];
        let n = text.len().min(15);
        bytes[..n].copy_from_slice(&text.as_bytes()[..n]);
        bytes[15] = if text.len() > 15 { 16 } else { text.len().to_le_bytes()[0] };
        Start(u128::from_be_bytes(bytes))
    }

    /// How two strings with these starts compare, given the strings if that takes them.
    pub(crate) fn compare<'a>(
        self,
        other: Start,
        texts: impl FnOnce() -> (&'a str, &'a str),
    ) -> Ordering {
        self.cmp(&other).then_with(|| {
            if self.0 & 16 == 0 {
                return Ordering::Equal;
            }
            let (text, other) = texts();
            text.cmp(other)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_compare_by_their_starts_as_they_do(a in "[a\0é]{0,18}", b in "[a\0é]{0,18}") {
            let short = |text: &str| text.len() <= 15;
            for (a, b) in [(&a, &b), (&a, &a)] {
                let by_start = Start::of(a).compare(Start::of(b), || {
                    assert!(!short(a) && !short(b), "what is short is told by its start");
                    (a, b)
                });
                prop_assert_eq!(by_start, a.cmp(b));
            }
        }
    }

    #[test]
    fn ranks_do_not_depend_on_which_part_a_value_came_with() {
        let build = |words: &[&str]| {
            let mut interner = Interner::default();
            for word in words {
                interner.insert(word);
            }
            interner
        };
        let words = ["", "a", "a\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "b", "é"];
        let (dictionary, ranks) = rank(&[
            build(&["é", "abcdefghi", "a"]),
            build(&[]),
            build(&["abcdefgh\0", "b", "a\0", "a", "", "abcdefgh"]),
        ]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), words);
        assert_eq!(ranks, [vec![7, 5, 1], vec![], vec![4, 6, 2, 1, 0, 3]]);
        assert!(rank(&[]).0.is_empty());
    }

    #[test]
    fn dictionaries_are_merged_in_order() {
        let of = |words: &[&str]| Dictionary::of(words.to_vec());
        let (all, ranks) = merged(&[
            of(&["a", "abcdefghi", "é"]),
            of(&[]),
            of(&["", "a", "a\0", "abcdefgh", "b"]),
        ]);
        let words = ["", "a", "a\0", "abcdefgh", "abcdefghi", "b", "é"];
        assert_eq!(all.iter().collect::<Vec<_>>(), words);
        assert_eq!(ranks, [vec![1, 4, 6], vec![], vec![0, 1, 2, 3, 5]]);
        assert!(merged(&[]).0.is_empty());
    }
}
