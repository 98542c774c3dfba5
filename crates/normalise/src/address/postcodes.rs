//! Finds the postcode of an address that states none, or a wrong one.

use std::hash::Hasher as _;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::postcode;

use super::entries::Entry;
use super::order::{Ordered, ranks};
use super::streets::OFTENER;

/// A door, whatever its postcode: the street or the block, and the number or the name.
type Door<'a> = (&'a str, &'a str);
/// A door, a postcode it is stated with, and the place of the entry that does.
type Placed<'a> = (Door<'a>, &'a str, u32);

/// A door, a postcode it is stated with, how often, and by which entries.
type Stated<'a, 'b> = (Door<'a>, &'a str, u64, &'b [Placed<'a>]);

/// Corrects postcodes that a clerk got wrong, then finds those that are missing.
pub(super) fn settle_postcodes(entries: &mut [Entry<'_>]) {
    correct(entries);
    find(entries);
}

/// The door of an entry, if its words tell it.
fn door<'a>(entry: &Entry<'a>) -> Option<Door<'a>> {
    let words = entry.words?;
    let door = match (words.number(), words.unit()) {
        // A long block has several postcodes, and so a flat of it is what a number is of a street.
        ("", "") => ("", words.name()),
        ("", unit) => (words.name(), unit),
        (number, _) => (words.street(), number),
    };
    let told = !door.1.is_empty() && (!door.0.is_empty() || words.number().is_empty());
    told.then_some(door)
}

/// The entries that have a full postcode, by door and postcode.
fn placed<'a>(
    entries: &[Entry<'a>],
    door: impl Fn(&Entry<'a>) -> Option<Door<'a>> + Sync,
) -> Vec<Placed<'a>> {
    let placed: Vec<Placed<'a>> = (0..)
        .zip(entries.iter())
        .filter_map(|(at, entry)| Some((door(entry)?, entry.full_postcode()?, at)))
        .collect();
    let rank = |part: fn(&Placed<'a>) -> &'a str| {
        ranks(placed.iter().map(|one| Some(Ordered::of(part(one)))))
    };
    let (streets, (doors, postcodes)) = rayon::join(
        || rank(|one| one.0.0),
        || rayon::join(|| rank(|one| one.0.1), || rank(|one| one.1)),
    );
    let keys = streets.into_iter().zip(doors).zip(postcodes).zip(0_u32..);
    let mut order: Vec<_> = keys.collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, at)| placed[at as usize]).collect()
}

/// Gives a door stated with a postcode that is another's but for a slip the one stated more often, or
/// as often where more of the street is stated, unless the street is at home in both.
///
/// A street that runs through two postcodes has each number in one of them, and two streets of one
/// name have most numbers in both.
fn correct<'a>(entries: &mut [Entry<'a>]) {
    let placed = placed(entries, door);
    // The postcodes of each door, with how often each is stated.
    let mut doors: Vec<Stated<'a, '_>> = Vec::new();
    for same in placed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let count = same.iter().map(|one| u64::from(entries[one.2 as usize].count)).sum();
        doors.push((same[0].0, same[0].1, count, same));
    }
    // How many doors a street has in each postcode, and how many in two at once.
    let mut own: FxHashMap<(&str, &str), (u32, u64)> = FxHashMap::default();
    let mut shared: FxHashMap<(&str, &str, &str), u32> = FxHashMap::default();
    for (door, postcode, count, _) in &doors {
        let known = own.entry((door.0, postcode)).or_default();
        *known = (known.0 + 1, known.1 + count);
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
        let doors = own.get(&(street, weak)).map_or(0, |(n, _)| n - 1);
        let stated = |postcode| own.get(&(street, postcode)).map_or(0, |(_, count)| *count);
        // What a few clerks got wrong in the same way is no second street.
        doors < SHARED_SHARE * both && stated(strong) < HARDLY * stated(weak)
    };
    let mut corrected: Vec<(u32, &'a str)> = Vec::new();
    for of_door in several() {
        let street = of_door[0].0.0;
        let rank = |one: &(Door<'a>, &'a str, u64, _)| {
            (one.2, own.get(&(street, one.1)).map(|known| known.0))
        };
        for weak in of_door {
            let strong = of_door
                .iter()
                .filter(|strong| rank(weak) < rank(strong))
                .filter(|strong| is_slip(weak.1, strong.1))
                .filter(|strong| !at_home_in_both(street, weak.1, strong.1))
                .filter(|strong| may_be_one(entries, weak.3, strong.3))
                .max_by(|a, b| rank(a).cmp(&rank(b)).then(b.1.cmp(a.1)));
            if let Some(strong) = strong {
                corrected.extend(weak.3.iter().map(|one| (one.2, strong.1)));
            }
        }
    }
    corrected.extend(misspelt_and_miscoded(entries, &placed, &doors));
    for (at, postcode) in corrected {
        entries[at as usize].postcode = Some(postcode);
    }
}

/// Entries of a street that nobody else speaks of, whose street and postcode are both a slip from
/// those of the same number; with the postcode of the only such place.
fn misspelt_and_miscoded<'a>(
    entries: &[Entry<'a>],
    placed: &[Placed<'a>],
    doors: &[Stated<'a, '_>],
) -> Vec<(u32, &'a str)> {
    let (mut known, mut lone) = (Vec::new(), Vec::new());
    for of_street in doors.chunk_by(|a, b| a.0.0 == b.0.0) {
        match of_street {
            [(door, postcode, _, [one])] if LETTERS_MIN <= door.0.len() => {
                lone.push((*door, *postcode, one.2));
            }
            _ => known.push(of_street[0].0.0),
        }
    }
    if lone.is_empty() {
        return Vec::new();
    }
    let streets = Spellings::of(known.into_iter());
    let found = lone.par_iter().with_min_len(64).filter_map(|&((street, number), postcode, at)| {
        let mut postcodes: Vec<&'a str> = streets
            .near(street)
            .into_iter()
            .flat_map(|near| of_door(placed, (near, number)))
            .filter(|one| is_slip(one.1, postcode) || one.1 == postcode)
            .filter(|one| entries[at as usize].may_lie_by(&entries[one.2 as usize]))
            .map(|one| one.1)
            .collect();
        postcodes.sort_unstable();
        postcodes.dedup();
        match postcodes[..] {
            [one] if one != postcode => Some((at, one)),
            _ => None,
        }
    });
    found.collect()
}

/// The entries with a postcode that speak of a door.
fn of_door<'a, 'b>(
    placed: &'b [Placed<'a>],
    door: Door<'_>,
) -> impl Iterator<Item = &'b Placed<'a>> {
    let from = placed.partition_point(|(other, ..)| *other < door);
    let same = placed[from..].iter();
    same.take_while(move |(other, ..)| *other == door)
}

/// Whether the localities stated with two postcodes of one door do not speak against one place.
fn may_be_one(entries: &[Entry<'_>], weak: &[Placed<'_>], strong: &[Placed<'_>]) -> bool {
    weak.iter().all(|weak| {
        let (weak, mut strong) = (&entries[weak.2 as usize], strong.iter());
        let agrees = |one: &Placed<'_>| weak.may_lie_by(&entries[one.2 as usize]);
        strong.any(agrees)
    })
}

/// How many times as often a street must be stated in one postcode before it is not at home in the
/// other at all.
const HARDLY: u64 = 12;

/// A door that is stated with more postcodes than this is no one place.
const CODES_MAX: usize = 16;

/// Of the doors that a street has in a postcode, one in so many may be in another too before these
/// are taken for two streets.
const SHARED_SHARE: u32 = 4;

/// Whether two postcodes of one district differ by a letter or digit, or by the order of two.
fn is_slip(a: &str, b: &str) -> bool {
    postcode::district(a) == postcode::district(b) && strsim::osa_distance(a, b) == 1
}

/// Gives words without a full postcode that of the same door elsewhere, if all of these have one
/// postcode; notes where they have several.
///
/// The street may be misspelt if no door is known on one of its name.
fn find<'a>(entries: &mut [Entry<'a>]) {
    // A name alone is that of many a house.
    let door = |entry: &Entry<'a>| match door(entry)? {
        ("", name) => {
            let street = entry.words.map_or("", |words| words.street());
            (!street.is_empty()).then_some((street, name))
        }
        door => Some(door),
    };
    let placed = placed(entries, door);
    let lost = |entry: &&Entry<'a>| entry.full_postcode().is_none() && door(entry).is_some();
    if placed.is_empty() || !entries.iter().any(|entry| lost(&entry)) {
        return;
    }
    let by_street = placed.chunk_by(|a, b| a.0.0 == b.0.0);
    let streets = Spellings::of(by_street.map(|of_street| of_street[0].0.0));
    let found: Vec<(usize, Vec<&'a str>)> = entries
        .par_iter()
        .with_min_len(64)
        .enumerate()
        .filter(|(_, entry)| lost(entry))
        .filter_map(|(at, entry)| {
            let (street, number) = door(entry)?;
            let mut postcodes = stated(entries, &placed, entry, (street, number));
            if postcodes.is_empty() && !street.is_empty() {
                for near in streets.near(street) {
                    postcodes.extend(stated(entries, &placed, entry, (near, number)));
                }
            }
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

/// The postcodes that a door is stated with where an entry may be; those that are a slip of one
/// stated oftener are not another place.
fn stated<'a>(
    entries: &[Entry<'a>],
    placed: &[Placed<'a>],
    entry: &Entry<'a>,
    door: Door<'_>,
) -> Vec<&'a str> {
    let mut found: Vec<(&'a str, u64)> = Vec::new();
    for &(_, postcode, at) in of_door(placed, door) {
        let other = &entries[at as usize];
        let postcode = other.postcode.unwrap_or(postcode);
        if entry.may_be(postcode, other) {
            match found.iter_mut().find(|known| known.0 == postcode) {
                Some(known) => known.1 += u64::from(other.count),
                None => found.push((postcode, u64::from(other.count))),
            }
        }
    }
    let slip_of_another = |one: &(&str, u64)| {
        found.iter().any(|other| one.1 * OFTENER <= other.1 && is_slip(one.0, other.0))
    };
    found.iter().filter(|one| !slip_of_another(one)).map(|one| one.0).collect()
}

/// Names, to be found by what a slip of the pen makes of them.
struct Spellings<'a> {
    /// Each name and what is left of it without one of its letters, by a hash of that.
    without: FxHashMap<u64, Vec<&'a str>>,
}

impl<'a> Spellings<'a> {
    /// Of names that come sorted or not, empty ones left out.
    fn of(names: impl Iterator<Item = &'a str>) -> Spellings<'a> {
        let mut names: Vec<&str> = names.filter(|name| LETTERS_MIN <= name.len()).collect();
        names.sort_unstable();
        names.dedup();
        let mut without: FxHashMap<u64, Vec<&str>> = FxHashMap::default();
        for name in names {
            for key in keys(name) {
                without.entry(key).or_default().push(name);
            }
        }
        Spellings { without }
    }

    /// The names that are one slip away, sorted.
    fn near(&self, name: &str) -> Vec<&'a str> {
        if name.len() < LETTERS_MIN {
            return Vec::new();
        }
        let mut near: Vec<&'a str> =
            keys(name).filter_map(|key| self.without.get(&key)).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|other| strsim::osa_distance(name, other) == 1);
        near
    }
}

/// Shorter names differ by a letter without a slip.
const LETTERS_MIN: usize = 6;

/// Hashes of a name and of it without each of its letters: two names that are a slip apart share
/// one of them.
fn keys(name: &str) -> impl Iterator<Item = u64> {
    let hash = |head: &str, tail: &str| {
        let mut hasher = FxHasher::default();
        head.bytes().chain(tail.bytes()).for_each(|byte| hasher.write_u8(byte));
        hasher.finish()
    };
    (0..name.len()).map(move |at| hash(&name[..at], &name[at + 1..])).chain([hash(name, "")])
}
