//! Tells which spellings of a street at one postcode and number are one street, and which names of
//! buildings in one postcode are one name.

use rayon::prelude::*;
use record::NONE;
use rustc_hash::FxHashMap;
use strsim::osa_distance;

use super::Packed;
use super::entries::Entry;
use super::order::{Ordered, ranks};
use super::words::is_street;

/// The most streets at one number of one postcode that others are compared with: no such place has
/// more, but a postcode that stands for "not known" can.
const LEADERS_MAX: usize = 64;

/// For each address with a number and street in a postcode, the spelling its street is known by.
///
/// Spellings of one postcode and number are one street if they differ by a slip.
pub(super) fn alike_streets<'a>(entries: &[Entry<'a>]) -> FxHashMap<u32, &'a str> {
    let numbered = |entry: &Entry<'a>| -> Option<(&'a Packed, &'a str)> {
        let words = entry.words.filter(|words| !words.number().is_empty())?;
        Some((words, entry.full_postcode()?))
    };
    let rank = |part: fn((&'a Packed, &'a str)) -> &'a str| {
        ranks(entries.iter().map(|entry| Some(Ordered::of(part(numbered(entry)?)))))
    };
    let (postcodes, (numbers, streets)) = rayon::join(
        || rank(|(_, postcode)| postcode),
        || rayon::join(|| rank(|(words, _)| words.number()), || rank(|(words, _)| words.street())),
    );
    let doors = postcodes.into_iter().zip(numbers);
    let keys = doors.zip(streets).zip(0_u32..).filter(|(key, _)| key.1 != NONE);
    let mut numbered: Vec<_> = keys.collect();
    numbered.par_sort_unstable();
    let street_of = |at: u32| entries[at as usize].words.map_or("", |words| words.street());
    let mut known_by = FxHashMap::default();
    for group in numbered.chunk_by(|a, b| a.0.0 == b.0.0) {
        if group.iter().all(|other| other.0.1 == group[0].0.1) {
            continue;
        }
        // The most frequent spellings lead; a missing street joins the only one there is.
        let mut spellings: Vec<(u64, &'a str)> = group
            .chunk_by(|a, b| a.0.1 == b.0.1)
            .map(|same| {
                let counts = same.iter().map(|one| u64::from(entries[one.1 as usize].count));
                (counts.sum(), street_of(same[0].1))
            })
            .collect();
        spellings.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut leaders: Vec<&'a str> = Vec::new();
        let mut led: FxHashMap<&str, &'a str> = FxHashMap::default();
        for &(_, street) in spellings.iter().filter(|(_, street)| !street.is_empty()) {
            let leader = leaders.iter().copied().find(|leader| is_slip(leader, street));
            if leader.is_none() && leaders.len() < LEADERS_MAX {
                leaders.push(street);
            }
            led.insert(street, leader.unwrap_or(street));
        }
        if let [only] = leaders.as_slice() {
            led.insert("", only);
        }
        for &(_, at) in group {
            if let Some(leader) = led.get(street_of(at)) {
                known_by.insert(at, *leader);
            }
        }
    }
    known_by
}

/// For each address of a building with a name and no number, the spelling of the name most use.
///
/// A name that others of the postcode have in another spelling far oftener is that, misspelt or
/// with the street behind it.
pub(super) fn alike_names<'a>(entries: &[Entry<'a>]) -> FxHashMap<u32, &'a str> {
    let mut named: Vec<([Ordered<'a>; 2], u32)> = (0..)
        .zip(entries)
        .filter_map(|(at, entry)| {
            let words: &'a Packed = entry.words?;
            let told = words.number().is_empty() && !words.name().is_empty();
            let postcode = entry.full_postcode()?;
            told.then(|| ([postcode, words.name()].map(Ordered::of), at))
        })
        .collect();
    named.par_sort_unstable();
    let mut known_by = FxHashMap::default();
    for group in named.chunk_by(|a, b| a.0[0] == b.0[0]) {
        let mut names: Vec<(u64, &'a str)> = group
            .chunk_by(|a, b| a.0[1] == b.0[1])
            .map(|same| {
                let counts = same.iter().map(|one| u64::from(entries[one.1 as usize].count));
                (counts.sum(), same[0].0[1].text)
            })
            .collect();
        if names.len() < 2 {
            continue;
        }
        names.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        names.truncate(LEADERS_MAX);
        for &([_, Ordered { text: name, .. }], at) in group {
            let own = names.iter().find(|other| other.1 == name).map_or(0, |other| other.0);
            let leader = names.iter().find(|(count, other)| {
                own * OFTENER <= *count && (is_misspelt(name, other) || is_lengthened(name, other))
            });
            if let Some(&(_, leader)) = leader {
                known_by.insert(at, leader);
            }
        }
    }
    known_by
}

/// How much oftener a spelling must stand before another is taken for a slip of it.
pub(super) const OFTENER: u64 = 3;

/// Whether two names differ by a slip in a word long enough to bear one: Block A is not Block B.
fn is_misspelt(a: &str, b: &str) -> bool {
    const LETTERS: usize = 5;
    let (mut of_a, mut of_b) = (a.split(' '), b.split(' '));
    loop {
        match (of_a.next(), of_b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if a.len().min(b.len()) >= LETTERS && osa_distance(a, b) == 1 => {}
            _ => return false,
        }
    }
}

/// Whether the long name is the short one with a street behind it.
fn is_lengthened(long: &str, short: &str) -> bool {
    long.strip_prefix(short)
        .and_then(|rest| rest.strip_prefix(' '))
        .and_then(|street| street.rsplit_once(' '))
        .is_some_and(|(_, last)| is_street(last))
}

/// Whether words are a street's name, well spelt or not.
pub(super) fn is_one_street(words: &str, street: &str) -> bool {
    let letters = |text: &str| text.bytes().filter(|b| *b != b' ').count();
    let allowed = if letters(words).min(letters(street)) >= 9 { 2 } else { 1 };
    words == street
        || (words.len().abs_diff(street.len()) <= allowed + 1 && {
            let closed_up =
                words.bytes().filter(|b| *b != b' ').eq(street.bytes().filter(|b| *b != b' '));
            closed_up || osa_distance(words, street) <= allowed
        })
}

/// Whether two streets at one postcode and number are likely one, misspelt or cut short.
pub(super) fn is_slip(a: &str, b: &str) -> bool {
    let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let allowed = if shorter.len() >= 9 { 2 } else { 1 };
    let whole_words = longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(' '));
    let closed_up = || a.chars().filter(|c| *c != ' ').eq(b.chars().filter(|c| *c != ' '));
    whole_words || closed_up() || osa_distance(a, b) <= allowed
}
