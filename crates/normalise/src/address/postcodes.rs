//! Finds the postcode of an address that states none, or a wrong one.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::postcode;

use super::places::Entry;

/// A door, whatever its postcode: the street or the block, and the number or the name.
type Door<'a> = (&'a str, &'a str);
/// A door, a postcode it is stated with, and the place of the entry that does.
type Placed<'a> = (Door<'a>, &'a str, u32);

/// Corrects postcodes that a clerk got wrong, then finds those that are missing.
pub(super) fn settle_postcodes(entries: &mut [Entry<'_>]) {
    correct(entries);
    find(entries);
}

/// The door of an entry, if its words tell it.
fn door<'a>(entry: &Entry<'a>) -> Option<Door<'a>> {
    let words = entry.words?;
    let door = match (words.number.as_str(), words.unit.as_str()) {
        // A long block has several postcodes, and so a flat of it is what a number is of a street.
        ("", "") => ("", words.name.as_str()),
        ("", unit) => (words.name.as_str(), unit),
        (number, _) => (words.street.as_str(), number),
    };
    let told = !door.1.is_empty() && (!door.0.is_empty() || words.number.is_empty());
    told.then_some(door)
}

/// The entries that have a full postcode, by door and postcode.
fn placed<'a>(
    entries: &[Entry<'a>],
    door: impl Fn(&Entry<'a>) -> Option<Door<'a>> + Sync,
) -> Vec<Placed<'a>> {
    let mut placed: Vec<Placed<'a>> = (0..)
        .zip(entries.iter())
        .filter_map(|(at, entry)| Some((door(entry)?, entry.full_postcode()?, at)))
        .collect();
    placed.par_sort_unstable();
    placed
}

/// Gives a door stated with a postcode that is another's but for a slip the one stated more often, or
/// as often where more of the street is stated, unless the street is at home in both.
///
/// A street that runs through two postcodes has each number in one of them, and two streets of one
/// name have most numbers in both.
fn correct<'a>(entries: &mut [Entry<'a>]) {
    let placed = placed(entries, door);
    // The postcodes of each door, with how often each is stated.
    let mut doors: Vec<(Door<'a>, &'a str, u64, &[Placed<'a>])> = Vec::new();
    for same in placed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let count = same.iter().map(|one| u64::from(entries[one.2 as usize].count)).sum();
        doors.push((same[0].0, same[0].1, count, same));
    }
    // How many doors a street has in each postcode, and how many in two at once.
    let mut own: FxHashMap<(&str, &str), u32> = FxHashMap::default();
    let mut shared: FxHashMap<(&str, &str, &str), u32> = FxHashMap::default();
    for (door, postcode, ..) in &doors {
        *own.entry((door.0, postcode)).or_default() += 1;
    }
    let several =
        || doors.chunk_by(|a, b| a.0 == b.0).filter(|of| (2..=CODES_MAX).contains(&of.len()));
    for of_door in several() {
        for (at, a) in of_door.iter().enumerate() {
            for b in &of_door[at + 1..] {
                *shared.entry((a.0.0, a.1, b.1)).or_default() += 1;
            }
        }
    }
    let at_home_in_both = |street: &'a str, weak: &'a str, strong: &'a str| {
        let (a, b) = if weak < strong { (weak, strong) } else { (strong, weak) };
        let both = shared.get(&(street, a, b)).map_or(0, |n| n - 1);
        let doors = own.get(&(street, weak)).map_or(0, |n| n - 1);
        doors < SHARED_SHARE * both
    };
    let mut corrected: Vec<(u32, &'a str)> = Vec::new();
    for of_door in several() {
        let street = of_door[0].0.0;
        let rank = |one: &(Door<'a>, &'a str, u64, _)| (one.2, own.get(&(street, one.1)).copied());
        for weak in of_door {
            let strong = of_door
                .iter()
                .filter(|strong| rank(weak) < rank(strong))
                .filter(|strong| is_slip(weak.1, strong.1))
                .filter(|strong| !at_home_in_both(street, weak.1, strong.1))
                .max_by(|a, b| rank(a).cmp(&rank(b)).then(b.1.cmp(a.1)));
            if let Some(strong) = strong {
                corrected.extend(weak.3.iter().map(|one| (one.2, strong.1)));
            }
        }
    }
    for (at, postcode) in corrected {
        entries[at as usize].postcode = Some(postcode);
    }
}

/// A door that is stated with more postcodes than this is no one place.
const CODES_MAX: usize = 16;

/// Of the doors that a street has in a postcode, one in so many may be in another too before these
/// are taken for two streets.
const SHARED_SHARE: u32 = 4;

/// Whether two postcodes of one district differ by a letter or digit, or by the order of two.
fn is_slip(a: &str, b: &str) -> bool {
    postcode::district(a) == postcode::district(b) && strsim::osa_distance(a, b) == 1
}

/// Gives words without a full postcode that of the same door and street elsewhere, if all of these
/// have one postcode; notes where they have several.
fn find<'a>(entries: &mut [Entry<'a>]) {
    fn door<'a>(entry: &Entry<'a>) -> Option<Door<'a>> {
        let words = entry.words.filter(|words| !words.street.is_empty())?;
        let door = if words.number.is_empty() { &words.name } else { &words.number };
        (!door.is_empty()).then_some((words.street.as_str(), door.as_str()))
    }
    let placed = placed(entries, door);
    let found: Vec<(usize, Vec<&'a str>)> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.full_postcode().is_none())
        .filter_map(|(at, entry)| {
            let door = door(entry)?;
            let from = placed.partition_point(|(other, ..)| *other < door);
            let same = placed[from..].iter().take_while(|(other, ..)| *other == door);
            let mut postcodes: Vec<&'a str> = same
                .filter(|(_, postcode, other)| entry.may_be(postcode, &entries[*other as usize]))
                .map(|(_, postcode, other)| entries[*other as usize].postcode.unwrap_or(postcode))
                .collect();
            postcodes.sort_unstable();
            postcodes.dedup();
            Some((at, postcodes))
        })
        .collect();
    for (at, postcodes) in found {
        match postcodes[..] {
            [] => {}
            [one] => entries[at].postcode = Some(one),
            _ => entries[at].anywhere = true,
        }
    }
}
