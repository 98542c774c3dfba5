//! Completes what one statement of an address leaves open with what others of its postcode say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lex::is_number;
use super::streets::is_slip;
use super::{Parsed, Statement, Words};
use crate::postcode;

/// Of all that is said, the share that makes it so: a number that a clerk got wrong once must
/// not hide the one that all others give.
const CLEAR_SHARE: f64 = 0.8;

/// Statements by their postcode: their places, those of one postcode together.
pub(super) struct ByPostcode {
    order: Vec<u32>,
    /// Where the statements of each postcode end in the order.
    ends: Vec<usize>,
}

impl ByPostcode {
    pub(super) fn of(statements: &[Statement<'_>]) -> ByPostcode {
        let mut ids: FxHashMap<Option<&str>, u32> = FxHashMap::default();
        let mut sorted: Vec<(u32, u32)> = Vec::with_capacity(statements.len());
        for (at, statement) in (0..).zip(statements) {
            let next = crate::columns::small(ids.len());
            sorted.push((*ids.entry(statement.postcode).or_insert(next), at));
        }
        sorted.sort_unstable();
        let mut ends = Vec::with_capacity(ids.len());
        for same in sorted.chunk_by(|a, b| a.0 == b.0) {
            ends.push(ends.last().map_or(0, |end| *end) + same.len());
        }
        ByPostcode { order: sorted.into_iter().map(|(_, at)| at).collect(), ends }
    }

    /// The statements of each postcode, in part or in full, and of none.
    pub(super) fn all(&self) -> Vec<&[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.order[start..*end]).collect()
    }

    /// The statements of each full postcode.
    pub(super) fn full(&self, statements: &[Statement<'_>]) -> Vec<&[u32]> {
        let mut all = self.all();
        all.retain(|of| statements[of[0] as usize].postcode.is_some_and(postcode::is_full));
        all
    }
}

/// What statements are found to say instead, by their place.
type Edits = Vec<(u32, Parsed)>;

/// Settles what the statements of each postcode tell of each other.
pub(super) fn complete(statements: &mut [Statement<'_>], by_postcode: &ByPostcode) {
    let apply = |edits: Edits, statements: &mut [Statement<'_>]| {
        for (at, words) in edits {
            statements[at as usize].words = Some(Words::Again(Box::new(words)));
        }
    };
    for of_postcode in by_postcode.all() {
        apply(settle_strokes(of_postcode, statements), statements);
    }
    for of_postcode in by_postcode.full(statements) {
        apply(settle_blocks(of_postcode, statements), statements);
        apply(widen_to_ranges(of_postcode, statements), statements);
        apply(number_named_houses(of_postcode, statements), statements);
    }
}

/// The statements of a postcode that have words.
fn worded<'a>(
    of_postcode: &'a [u32],
    statements: &'a [Statement<'_>],
) -> impl Iterator<Item = (u32, &'a Parsed, u32)> {
    of_postcode.iter().filter_map(|&at| {
        let statement = &statements[at as usize];
        Some((at, statement.words.as_deref()?, statement.count))
    })
}

/// Gives a house known by its name the number that others of its postcode give with the name.
fn number_named_houses(of_postcode: &[u32], statements: &[Statement<'_>]) -> Edits {
    let all = || worded(of_postcode, statements);
    let mut said: Vec<(&str, &str, &str, u32)> = all()
        .filter(|(_, words, _)| !words.name.is_empty() && !words.number.is_empty())
        .map(|(_, words, count)| {
            (words.name.as_str(), words.number.as_str(), words.street.as_str(), count)
        })
        .collect();
    if said.is_empty() {
        return Edits::new();
    }
    said.sort_unstable();
    let mut known: Vec<(&str, &str, &str)> = Vec::new();
    for house in said.chunk_by(|a, b| a.0 == b.0) {
        let count = |said: &[(&str, &str, &str, u32)]| -> f64 {
            said.iter().map(|one| f64::from(one.3)).sum()
        };
        let all = count(house);
        let clear = house
            .chunk_by(|a, b| a.1 == b.1)
            .find(|of_number| CLEAR_SHARE * all <= count(of_number));
        if let Some(of_number) = clear {
            let street = of_number.iter().max_by_key(|one| (one.3, one.2)).map_or("", |one| one.2);
            known.push((house[0].0, of_number[0].1, street));
        }
    }
    all()
        .filter(|(_, words, _)| words.number.is_empty())
        .filter_map(|(at, words, _)| {
            // "Mill View" may be read as a street.
            let is_named = !words.name.is_empty();
            let name = if is_named { &words.name } else { &words.street };
            let found = known.binary_search_by_key(&name.as_str(), |house| house.0).ok()?;
            let (name, number, street) = known[found];
            let mut words = words.clone();
            if !is_named {
                name.clone_into(&mut words.name);
                words.street.clear();
            }
            number.clone_into(&mut words.number);
            if words.street.is_empty() {
                street.clone_into(&mut words.street);
            }
            Some((at, words))
        })
        .collect()
}

/// Takes what is a block to some of a postcode and a street to others for what most take it for:
/// "22 Kestrel Place" beside "Flat 22, Kestrel Place", and "Flat 5, Barn Aevnue" beside "5 Barn
/// Avenue".
fn settle_blocks(of_postcode: &[u32], statements: &[Statement<'_>]) -> Edits {
    let mut said: Vec<(&str, bool, u32)> = worded(of_postcode, statements)
        .filter_map(|(_, words, count)| {
            let (name, is_block) = block_or_street(words)?;
            Some((name, is_block, count))
        })
        .collect();
    if said.iter().all(|one| one.1 == said[0].1) {
        return Edits::new();
    }
    said.sort_unstable();
    let mut names: Vec<(u64, bool, &str)> = said
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|same| (same.iter().map(|one| u64::from(one.2)).sum(), same[0].1, same[0].0))
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names.truncate(NAMES_MAX);
    // What is to be read otherwise, and as what.
    let mut other: Vec<((&str, bool), &str)> = Vec::new();
    for (at, weak) in names.iter().enumerate() {
        let strong =
            names[..at].iter().find(|strong| strong.1 != weak.1 && is_slip(strong.2, weak.2));
        other.extend(strong.map(|strong| ((weak.2, weak.1), strong.2)));
    }
    worded(of_postcode, statements)
        .filter_map(|(at, words, _)| {
            let read = block_or_street(words)?;
            let (_, name) = *other.iter().find(|one| one.0 == read)?;
            Some((at, turned(words, read.1, name)))
        })
        .collect()
}

/// A flat of a block read as a house of a street, or the other way round.
fn turned(words: &Parsed, is_block: bool, name: &str) -> Parsed {
    let (nothing, name) = (String::new, name.to_owned());
    if is_block {
        let number = words.unit.trim_start_matches("flat ").to_owned();
        Parsed { unit: nothing(), number, name: nothing(), street: name, ..words.clone() }
    } else {
        let unit = format!("flat {}", words.number);
        Parsed { unit, number: nothing(), name, street: nothing(), ..words.clone() }
    }
}

/// What a number stands before, and whether it is taken for a block of flats rather than a street.
fn block_or_street(words: &Parsed) -> Option<(&str, bool)> {
    let Parsed { unit, number, name, street, .. } = words;
    if number.is_empty() {
        let flat = unit.strip_prefix("flat ")?;
        let block = if name.is_empty() { street } else { name };
        return (is_number(flat) && !block.is_empty()).then_some((block.as_str(), true));
    }
    let plain = unit.is_empty() && name.is_empty() && !street.is_empty();
    plain.then_some((street, false))
}

/// The most names looked at in one postcode, which has fewer.
const NAMES_MAX: usize = 64;

/// Takes the first number of a range for the range, where nothing in the postcode is known by
/// the last: "47 Heron Drive" beside "47-49 Heron Drive".
fn widen_to_ranges(of_postcode: &[u32], statements: &[Statement<'_>]) -> Edits {
    let numbers =
        || worded(of_postcode, statements).map(|(at, words, _)| (at, words.number.as_str()));
    let mut ranges: Vec<(&str, &str, &str)> = numbers()
        .filter_map(|(_, range)| {
            let (first, last) = range.split_once('-')?;
            Some((first, range, last))
        })
        .collect();
    if ranges.is_empty() {
        return Edits::new();
    }
    ranges.sort_unstable();
    ranges.dedup();
    let houses: FxHashSet<&str> = numbers().map(|(_, number)| number).collect();
    let range_of = |number: &str| {
        let start = ranges.partition_point(|range| range.0 < number);
        match &ranges[start..] {
            [one, two, ..] if one.0 == number && two.0 == number => None,
            [one, ..] if one.0 == number && !houses.contains(one.2) => Some(one.1),
            _ => None,
        }
    };
    worded(of_postcode, statements)
        .filter(|(_, words, _)| !words.number.is_empty() && !words.number.contains('-'))
        .filter_map(|(at, words, _)| {
            let number = range_of(&words.number)?.to_owned();
            Some((at, Parsed { number, ..words.clone() }))
        })
        .collect()
}

/// Reads "2/16" as flat 2 of 16 where others of its postcode speak plainly of that flat, or of 16
/// and not of 2.
fn settle_strokes(of_postcode: &[u32], statements: &[Statement<'_>]) -> Edits {
    let is_ambiguous = |at: u32| statements[at as usize].ambiguous;
    if !of_postcode.iter().any(|at| is_ambiguous(*at)) {
        return Edits::new();
    }
    let plain = || worded(of_postcode, statements).filter(|(at, ..)| !is_ambiguous(*at));
    let known: FxHashSet<&str> = plain().map(|(_, words, _)| words.number.as_str()).collect();
    let flats: FxHashSet<(&str, &str)> = plain()
        .filter(|(_, words, _)| !words.unit.is_empty())
        .map(|(_, words, _)| (words.unit.as_str(), words.number.as_str()))
        .collect();
    worded(of_postcode, statements)
        .filter(|(at, ..)| is_ambiguous(*at))
        .filter_map(|(at, words, _)| {
            let other = words.other_way_round()?;
            let is_known = |words: &Parsed| known.contains(words.number.as_str());
            let is_flat =
                |words: &Parsed| flats.contains(&(words.unit.as_str(), words.number.as_str()));
            let turned = match (is_flat(words), is_flat(&other)) {
                (false, true) => true,
                (true, false) => false,
                _ => is_known(&other) && !is_known(words),
            };
            turned.then_some((at, other))
        })
        .collect()
}
