//! Gives the values of all parts of a source common ids: their rank among all values of a field; and
//! then those of all sources.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use rayon::prelude::*;
use record::{Dictionary, NONE, Texts};

use crate::intern::Interner;
use crate::involvements;
use crate::part::Part;

/// The distinct values of each field, and the distinct strings of residences and of involvements.
pub(crate) struct Unified {
    pub(crate) values: Vec<Dictionary>,
    pub(crate) places: Dictionary,
    pub(crate) dealings: Dictionary,
}

/// Replaces all ids in the parts of a source by common ones, which compare as what they stand for.
pub(crate) fn unify(n_fields: usize, parts: &mut [Part]) -> Unified {
    let mut values = Vec::with_capacity(n_fields);
    let mut ranks: Vec<Vec<Vec<u32>>> = Vec::with_capacity(n_fields);
    // One field at a time, so that the tables to sort are never all there at once.
    for field in 0..n_fields {
        let interners: Vec<Interner> =
            parts.iter_mut().map(|part| std::mem::take(&mut part.values[field])).collect();
        let (dictionary, field_ranks) = rank(&interners);
        values.push(dictionary);
        ranks.push(field_ranks);
    }
    parts.par_iter_mut().enumerate().for_each(|(at, part)| {
        for item in &mut part.items {
            item.id = ranks[item.field as usize][at][item.id as usize];
        }
    });
    let interners: Vec<Interner> =
        parts.iter_mut().map(|part| std::mem::take(&mut part.places)).collect();
    let (places, ranks) = rank(&interners);
    parts.par_iter_mut().zip(ranks).for_each(|(part, ranks)| {
        let rename = |id: &mut u32| {
            if *id != NONE {
                *id = ranks[*id as usize];
            }
        };
        for residence in &mut part.residences {
            rename(&mut residence.text);
            rename(&mut residence.postcode);
            rename(&mut residence.uprn);
            rename(&mut residence.from);
            rename(&mut residence.to);
            rename(&mut residence.seen);
        }
        part.persons.iter_mut().for_each(|person| rename(&mut person.seen));
    });
    let interners: Vec<Interner> =
        parts.iter_mut().map(|part| std::mem::take(&mut part.dealings)).collect();
    let (dealings, ranks) = rank(&interners);
    parts.par_iter_mut().zip(ranks).for_each(|(part, ranks)| {
        part.involvements.iter_mut().for_each(|one| involvements::rename(one, &ranks));
    });
    Unified { values, places, dealings }
}

/// The dictionary of all strings, and for each interner the rank of each of its strings.
fn rank(interners: &[Interner]) -> (Dictionary, Vec<Vec<u32>>) {
    let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 values");
    let mut entries: Vec<Entry<'_>> = interners
        .iter()
        .enumerate()
        .flat_map(|(part, interner)| interner.iter().map(move |(id, text)| (part, id, text)))
        .map(|(part, local, text)| Entry { prefix: prefix(text), text, part: id(part), id: local })
        .collect();
    // Entries of equal text may come in any order: they get the same rank.
    entries.par_sort_unstable_by(|a, b| (a.prefix, a.text).cmp(&(b.prefix, b.text)));
    let mut ranks: Vec<Vec<u32>> =
        interners.iter().map(|interner| vec![NONE; interner.len()]).collect();
    let mut distinct: Vec<&str> = Vec::new();
    for entry in &entries {
        if distinct.last() != Some(&entry.text) {
            distinct.push(entry.text);
        }
        ranks[entry.part as usize][entry.id as usize] = id(distinct.len() - 1);
    }
    (Dictionary::of(distinct), ranks)
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
        Some(Reverse((prefix(text), text, of)))
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

/// A string of a interner.
struct Entry<'a> {
    /// The first bytes, by which most strings are told apart without looking at them.
    prefix: u64,
    text: &'a str,
    part: u32,
    id: u32,
}

/// The first eight bytes as a number, which compares as they do.
pub(crate) fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let n = text.len().min(8);
    bytes[..n].copy_from_slice(&text.as_bytes()[..n]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
