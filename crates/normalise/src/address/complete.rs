//! Completes what one statement of an address leaves open with what others say.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::postcode;

use super::lex::is_number;
use super::streets::is_slip;
use super::{Parsed, Statement};

/// Of all that is said, the share that makes it so: a number that a clerk got wrong once must
/// not hide the one that all others give.
const CLEAR_SHARE: f64 = 0.8;

/// The words of a statement and its postcode, if that is a full one.
fn placed<'a, 'b>(statement: &'b Statement<'a>) -> Option<(&'a str, &'b Parsed)> {
    let postcode = statement.postcode.filter(|postcode| postcode::is_full(postcode))?;
    Some((postcode, statement.words.as_deref()?))
}

/// Gives a house known by its name the number that others of its postcode give with the name.
pub(super) fn number_named_houses(statements: &mut [Statement<'_>]) {
    let mut said: Vec<(&str, &str, &str, &str, u32)> = Vec::new();
    for statement in statements.iter() {
        if let Some((postcode, words)) = placed(statement)
            && !words.name.is_empty()
            && !words.number.is_empty()
        {
            said.push((postcode, &words.name, &words.number, &words.street, statement.count));
        }
    }
    if said.is_empty() {
        return;
    }
    said.sort_unstable();
    let mut numbers: FxHashMap<(String, String), (String, String)> = FxHashMap::default();
    for house in said.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let count = |said: &[(&str, &str, &str, &str, u32)]| -> f64 {
            said.iter().map(|one| f64::from(one.4)).sum()
        };
        let all = count(house);
        let clear = house
            .chunk_by(|a, b| a.2 == b.2)
            .find(|of_number| CLEAR_SHARE * all <= count(of_number));
        if let Some(of_number) = clear {
            let street = of_number.iter().max_by_key(|one| (one.4, one.3)).map_or("", |one| one.3);
            let known = (of_number[0].2.to_owned(), street.to_owned());
            numbers.insert((house[0].0.to_owned(), house[0].1.to_owned()), known);
        }
    }
    for statement in statements {
        let (Some(words), Some(postcode)) = (&mut statement.words, statement.postcode) else {
            continue;
        };
        if words.name.is_empty() || !words.number.is_empty() {
            continue;
        }
        let key = (postcode.to_owned(), words.name.clone());
        if let Some((number, street)) = numbers.get(&key) {
            let words = words.to_mut();
            words.number.clone_from(number);
            if words.street.is_empty() {
                words.street.clone_from(street);
            }
        }
    }
}

/// Takes what is a block to some of a postcode and a street to others for what most take it for:
/// "22 Kestrel Place" beside "Flat 22, Kestrel Place", and "Flat 5, Barn Aevnue" beside "5 Barn
/// Avenue".
pub(super) fn settle_blocks(statements: &mut [Statement<'_>]) {
    let mut said: Vec<(&str, &str, bool, u32)> = Vec::new();
    for statement in statements.iter() {
        if let Some((postcode, words)) = placed(statement)
            && let Some((name, is_block)) = block_or_street(words)
        {
            said.push((postcode, name, is_block, statement.count));
        }
    }
    said.sort_unstable();
    // What is to be read otherwise, and as what.
    let mut other: FxHashMap<(String, String, bool), String> = FxHashMap::default();
    for of_postcode in said.chunk_by(|a, b| a.0 == b.0) {
        let mut names: Vec<(u64, bool, &str)> = of_postcode
            .chunk_by(|a, b| (a.1, a.2) == (b.1, b.2))
            .map(|same| (same.iter().map(|one| u64::from(one.3)).sum(), same[0].2, same[0].1))
            .collect();
        if names.iter().all(|name| name.1 == names[0].1) {
            continue;
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        names.truncate(NAMES_MAX);
        for (at, weak) in names.iter().enumerate() {
            let strong =
                names[..at].iter().find(|strong| strong.1 != weak.1 && is_slip(strong.2, weak.2));
            if let Some(strong) = strong {
                let key = (of_postcode[0].0.to_owned(), weak.2.to_owned(), weak.1);
                other.insert(key, strong.2.to_owned());
            }
        }
    }
    if other.is_empty() {
        return;
    }
    for statement in statements.iter_mut() {
        let Some((postcode, words)) = placed(statement) else { continue };
        let Some((name, is_block)) = block_or_street(words) else { continue };
        let key = (postcode.to_owned(), name.to_owned(), is_block);
        let Some(name) = other.get(&key) else { continue };
        let nothing = String::new;
        let parsed = if is_block {
            let number = words.unit.trim_start_matches("flat ").to_owned();
            let street = name.clone();
            Parsed { unit: nothing(), number, name: nothing(), street, ..words.clone() }
        } else {
            let unit = format!("flat {}", words.number);
            Parsed {
                unit,
                number: nothing(),
                name: name.clone(),
                street: nothing(),
                ..words.clone()
            }
        };
        statement.words = Some(Cow::Owned(parsed));
    }
}

/// What a number stands before, and whether it is taken for a block of flats rather than a street.
fn block_or_street(words: &Parsed) -> Option<(&str, bool)> {
    let Parsed { unit, number, name, street, .. } = words;
    if number.is_empty() {
        let flat = unit.strip_prefix("flat ")?;
        let block = match (name.as_str(), street.as_str()) {
            (name, "") => name,
            ("", street) => street,
            _ => return None,
        };
        return (is_number(flat) && !block.is_empty()).then_some((block, true));
    }
    let plain = unit.is_empty() && name.is_empty() && !street.is_empty();
    plain.then_some((street, false))
}

/// The most names looked at in one postcode, which has fewer.
const NAMES_MAX: usize = 64;

/// Takes the first number of a range for the range, where nothing in the postcode is known by
/// the last: "47 Heron Drive" beside "47-49 Heron Drive".
pub(super) fn widen_to_ranges(statements: &mut [Statement<'_>]) {
    type Range = Option<(String, String)>;
    let mut ranges: FxHashMap<(String, String), Range> = FxHashMap::default();
    for statement in statements.iter() {
        let Some((postcode, words)) = placed(statement) else { continue };
        if let Some((first, last)) = words.number.split_once('-') {
            let range = (words.number.clone(), last.to_owned());
            ranges
                .entry((postcode.to_owned(), first.to_owned()))
                .and_modify(|other| *other = other.take().filter(|other| *other == range))
                .or_insert(Some(range));
        }
    }
    if ranges.is_empty() {
        return;
    }
    let numbers: FxHashSet<(&str, &str)> = statements
        .iter()
        .filter_map(placed)
        .map(|(postcode, words)| (postcode, words.number.as_str()))
        .collect();
    ranges.retain(|(postcode, _), range| {
        range.as_ref().is_some_and(|(_, last)| !numbers.contains(&(postcode, last)))
    });
    for statement in statements.iter_mut() {
        let Some((postcode, words)) = placed(statement) else { continue };
        if words.number.is_empty() || words.number.contains('-') {
            continue;
        }
        let key = (postcode.to_owned(), words.number.clone());
        if let Some(Some((range, _))) = ranges.get(&key)
            && let Some(words) = &mut statement.words
        {
            words.to_mut().number.clone_from(range);
        }
    }
}

/// Reads "2/16" as flat 2 of 16 where others of its postcode speak plainly of that flat, or of 16
/// and not of 2.
pub(super) fn settle_strokes(statements: &mut [Statement<'_>]) {
    if !statements.iter().any(|statement| statement.ambiguous) {
        return;
    }
    let plain = || statements.iter().filter(|statement| !statement.ambiguous);
    let known: FxHashSet<(Option<&str>, String)> = plain()
        .filter_map(|statement| {
            Some((statement.postcode, statement.words.as_ref()?.number.clone()))
        })
        .collect();
    let flats: FxHashSet<(Option<&str>, String, String)> = plain()
        .filter_map(|statement| {
            let words = statement.words.as_ref().filter(|words| !words.unit.is_empty())?;
            Some((statement.postcode, words.unit.clone(), words.number.clone()))
        })
        .collect();
    for statement in statements.iter_mut().filter(|statement| statement.ambiguous) {
        let Some(words) = &statement.words else { continue };
        let Some(other) = words.other_way_round() else { continue };
        let is_known = |words: &Parsed| known.contains(&(statement.postcode, words.number.clone()));
        let is_flat = |words: &Parsed| {
            flats.contains(&(statement.postcode, words.unit.clone(), words.number.clone()))
        };
        let turned = match (is_flat(words), is_flat(&other)) {
            (false, true) => true,
            (true, false) => false,
            _ => is_known(&other) && !is_known(words),
        };
        if turned {
            statement.words = Some(Cow::Owned(other));
        }
    }
}
