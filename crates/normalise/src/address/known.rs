//! Reads once more what was read of an address without knowing the streets of its postcode.
//!
//! Words are first read one address at a time, by the kinds of street there are. Where a clerk's
//! slip hides the kind ("12 Cross Sqaure"), the other addresses of the postcode tell the street.

use record::AddressKind;

use super::parse::parse_on;
use super::streets::{OFTENER, is_slip};
use super::{Packed, Parsed, Statement};

/// The most streets of a postcode that are looked for in the words of an address: no postcode has
/// more, but one that stands for "not known" can.
const STREETS_MAX: usize = 8;

/// Reads again, as on a street that their postcode is known for, the words of one full postcode whose
/// own street is hardly known there.
pub(super) fn read_again(statements: &mut [Statement<'_>]) {
    for (at, words, ambiguous) in to_be_read_again(statements) {
        statements[at].say(&words);
        statements[at].ambiguous = ambiguous;
    }
}

fn is_readable(words: &Packed) -> bool {
    !matches!(words.kind(), AddressKind::NoFixedAbode | AddressKind::PoBox)
}

/// The statements of one postcode that are to be read otherwise.
fn to_be_read_again(statements: &[Statement<'_>]) -> Vec<(usize, Parsed, bool)> {
    let mut said: Vec<(&str, usize)> = statements
        .iter()
        .enumerate()
        .filter_map(|(at, statement)| {
            let words = statement.words.as_deref()?;
            is_readable(words).then_some((words.street(), at))
        })
        .collect();
    if said.iter().all(|one| one.0 == said[0].0) {
        return Vec::new();
    }
    said.sort_unstable();
    // A street is known for the doors along it, not for standing behind a name.
    let doors = |at: usize| {
        let statement = &statements[at];
        let tells = statement.words.as_ref().is_some_and(|words| !words.number().is_empty());
        if tells { u64::from(statement.count) } else { 0 }
    };
    let mut streets: Vec<(u64, &[(&str, usize)])> = said
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|one| doors(one.1)).sum(), same))
        .collect();
    streets.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1[0].0.cmp(b.1[0].0)));
    let known: Vec<(u64, &str)> = streets
        .iter()
        .filter(|(count, same)| OFTENER <= *count && !same[0].0.is_empty())
        .take(STREETS_MAX)
        .map(|(count, same)| (*count, same[0].0))
        .collect();
    let mut again = Vec::new();
    for (count, same) in &streets {
        let oftener =
            || known.iter().take_while(|(of_known, _)| OFTENER * (*count).max(1) <= *of_known);
        for &(own, at) in *same {
            let statement = &statements[at];
            let Some(words) = &statement.words else { continue };
            // A number and a street that are no slip of another stay as they are.
            let is_whole = !words.number().is_empty() && !own.is_empty();
            let streets = oftener()
                .filter(|(_, street)| *street != own)
                .filter(|(_, street)| !is_whole || is_slip(street, own) || is_cut(own, street))
                .map(|(_, street)| *street);
            let mut streets = streets.peekable();
            if streets.peek().is_none() {
                continue;
            }
            if let Some((words, ambiguous)) = parse_on(statement.text, streets) {
                again.push((at, words, ambiguous));
            }
        }
    }
    again
}

/// Whether all that was read of a street is its first words, or it and what follows.
fn is_cut(own: &str, street: &str) -> bool {
    let starts = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
    };
    starts(own, street) || starts(street, own) || own.split(' ').next() == street.split(' ').next()
}
