//! Completes what one statement of an address leaves open with what others of its postcode say.

use rustc_hash::FxHashSet;

use super::lex::is_number;
use super::streets::is_slip;
use super::{Packed, Parsed, Statement};

/// Of all that is said, the share that makes it so: a number that a clerk got wrong once must
/// not hide the one that all others give.
const CLEAR_SHARE: f64 = 0.8;

/// What statements are found to say instead, by their place.
type Edits = Vec<(usize, Parsed)>;

/// Settles what the statements of one postcode, in part or in full, or of none, tell of each other.
pub(super) fn complete(statements: &mut [Statement<'_>]) {
    let mut steps: Vec<fn(&[Statement<'_>]) -> Edits> = vec![settle_strokes];
    if statements.first().is_some_and(Statement::has_full_postcode) {
        steps.extend([settle_blocks, widen_to_ranges, number_named_houses]);
    }
    for step in steps {
        for (at, words) in step(statements) {
            statements[at].say(&words);
        }
    }
}

/// The statements of a postcode that have words.
fn worded<'a>(statements: &'a [Statement<'_>]) -> impl Iterator<Item = (usize, &'a Packed, u32)> {
    statements
        .iter()
        .enumerate()
        .filter_map(|(at, statement)| Some((at, statement.words.as_deref()?, statement.count)))
}

/// Gives a house known by its name the number that others of its postcode give with the name.
fn number_named_houses(statements: &[Statement<'_>]) -> Edits {
    let all = || worded(statements);
    let mut said: Vec<(&str, &str, &str, u32)> = all()
        .filter(|(_, words, _)| !words.name().is_empty() && !words.number().is_empty())
        .map(|(_, words, count)| (words.name(), words.number(), words.street(), count))
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
        .filter(|(_, words, _)| words.number().is_empty())
        .filter_map(|(at, words, _)| {
            // "Mill View" may be read as a street.
            let is_named = !words.name().is_empty();
            let name = if is_named { words.name() } else { words.street() };
            let found = known.binary_search_by_key(&name, |house| house.0).ok()?;
            let (name, number, street) = known[found];
            let mut words = words.parsed();
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
fn settle_blocks(statements: &[Statement<'_>]) -> Edits {
    let mut said: Vec<(&str, bool, u32)> = worded(statements)
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
    worded(statements)
        .filter_map(|(at, words, _)| {
            let read = block_or_street(words)?;
            let (_, name) = *other.iter().find(|one| one.0 == read)?;
            Some((at, turned(words, read.1, name)))
        })
        .collect()
}

/// A flat of a block read as a house of a street, or the other way round.
fn turned(words: &Packed, is_block: bool, name: &str) -> Parsed {
    let (nothing, name) = (String::new, name.to_owned());
    if is_block {
        let number = words.unit().trim_start_matches("flat ").to_owned();
        Parsed { unit: nothing(), number, name: nothing(), street: name, ..words.parsed() }
    } else {
        let unit = format!("flat {}", words.number());
        Parsed { unit, number: nothing(), name, street: nothing(), ..words.parsed() }
    }
}

/// What a number stands before, and whether it is taken for a block of flats rather than a street.
fn block_or_street(words: &Packed) -> Option<(&str, bool)> {
    let [unit, number, name, street] = [words.unit(), words.number(), words.name(), words.street()];
    if number.is_empty() {
        let flat = unit.strip_prefix("flat ")?;
        let block = if name.is_empty() { street } else { name };
        return (is_number(flat) && !block.is_empty()).then_some((block, true));
    }
    let plain = unit.is_empty() && name.is_empty() && !street.is_empty();
    plain.then_some((street, false))
}

/// The most names looked at in one postcode, which has fewer.
const NAMES_MAX: usize = 64;

/// Takes the first number of a range for the range, where nothing in the postcode is known by
/// the last: "47 Heron Drive" beside "47-49 Heron Drive".
fn widen_to_ranges(statements: &[Statement<'_>]) -> Edits {
    let numbers = || worded(statements).map(|(at, words, _)| (at, words.number()));
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
    worded(statements)
        .filter(|(_, words, _)| !words.number().is_empty() && !words.number().contains('-'))
        .filter_map(|(at, words, _)| {
            let number = range_of(words.number())?.to_owned();
            Some((at, Parsed { number, ..words.parsed() }))
        })
        .collect()
}

/// Reads "2/16" as flat 2 of 16 where others of its postcode speak plainly of that flat, or of 16
/// and not of 2.
fn settle_strokes(statements: &[Statement<'_>]) -> Edits {
    let is_ambiguous = |at: usize| statements[at].ambiguous;
    if !statements.iter().any(|statement| statement.ambiguous) {
        return Edits::new();
    }
    let plain = || worded(statements).filter(|(at, ..)| !is_ambiguous(*at));
    let known: FxHashSet<&str> = plain().map(|(_, words, _)| words.number()).collect();
    let flats: FxHashSet<(&str, &str)> = plain()
        .filter(|(_, words, _)| !words.unit().is_empty())
        .map(|(_, words, _)| (words.unit(), words.number()))
        .collect();
    worded(statements)
        .filter(|(at, ..)| is_ambiguous(*at))
        .filter_map(|(at, words, _)| {
            let other = words.parsed().other_way_round()?;
            let one_is_flat = flats.contains(&(words.unit(), words.number()));
            let other_is_flat = flats.contains(&(other.unit.as_str(), other.number.as_str()));
            let turned = match (one_is_flat, other_is_flat) {
                (false, true) => true,
                (true, false) => false,
                _ => known.contains(other.number.as_str()) && !known.contains(words.number()),
            };
            turned.then_some((at, other))
        })
        .collect()
}
