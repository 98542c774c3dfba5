//! Tells which addresses are one dwelling, one building, one postcode.
//!
//! Words without a postcode have that of the only place they can be, if there is but one. Number
//! and unit must agree exactly; streets of one postcode and number may differ by a slip of
//! the pen. A property reference number outweighs words, unless it is seen with several units:
//! then it is that of the whole building.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Deref;

use rayon::prelude::*;
use record::{Address, AddressKind, Dictionary, NONE};
use rustc_hash::FxHashSet;

use crate::columns::small;
use crate::postcode;

use super::Parsed;
use super::complete::{ByPostcode, complete};
use super::known::read_again;
use super::order::{Ordered, ranks};
use super::postcodes::settle_postcodes;
use super::streets::{OFTENER, alike_names, alike_streets};

/// What a source says of an address: words, postcode, reference number; and how often.
#[derive(Clone, Debug)]
pub(crate) struct Statement<'a> {
    /// The words as they were written.
    pub(crate) text: &'a str,
    pub(crate) words: Option<Words<'a>>,
    /// Whether the words' unit and number may be the other way round.
    pub(crate) ambiguous: bool,
    pub(crate) postcode: Option<&'a str>,
    pub(crate) uprn: Option<u64>,
    pub(crate) count: u32,
}

/// What the words of an address say.
#[derive(Clone, Debug)]
pub(crate) enum Words<'a> {
    /// As all who write them are read.
    Read(&'a Parsed),
    /// Read once more for this statement: few are.
    Again(Box<Parsed>),
}

impl Deref for Words<'_> {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        match self {
            Words::Read(words) => words,
            Words::Again(words) => words,
        }
    }
}

impl PartialEq for Words<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Words<'_> {}

impl PartialOrd for Words<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Words<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

/// The distinct addresses of all statements.
pub(crate) struct Places {
    /// One address for each form.
    pub(crate) addresses: Vec<Address>,
    /// The one-line forms, sorted.
    pub(crate) forms: Dictionary,
    /// For each statement its address, or [`NONE`] if it says nothing.
    pub(crate) of: Vec<u32>,
}

/// The places that the statements speak of.
pub(crate) fn places(mut statements: Vec<Statement<'_>>) -> Places {
    let by_postcode = ByPostcode::of(&statements);
    read_again(&mut statements, &by_postcode);
    complete(&mut statements, &by_postcode);
    drop(by_postcode);
    let (mut entries, forms, of) = entries(&statements);
    settle_postcodes(&mut entries);
    let (streets, names) = rayon::join(|| alike_streets(&entries), || alike_names(&entries));
    let localities: FxHashSet<&str> = statements
        .iter()
        .filter_map(|statement| statement.words.as_ref())
        .flat_map(|words| &words.locality)
        .map(String::as_str)
        .collect();
    let keys: Vec<Keys<'_>> = entries
        .par_iter()
        .with_min_len(256)
        .enumerate()
        .map(|(at, entry)| {
            let known_by = [streets.get(&small(at)).copied(), names.get(&small(at)).copied()];
            Keys::of(entry, known_by, &localities)
        })
        .collect();
    let mut addresses = assign(&entries, &keys);
    follow_references(&entries, &keys, &mut addresses);
    Places { addresses, forms, of }
}

/// An address as one form shows it.
pub(super) struct Entry<'a> {
    pub(super) words: Option<&'a Parsed>,
    pub(super) postcode: Option<&'a str>,
    kind: AddressKind,
    /// Whether only a gazetteer says so.
    listed: bool,
    uprn: Option<u64>,
    pub(super) count: u32,
    /// Whether its words may be of places in several postcodes.
    pub(super) anywhere: bool,
}

impl<'a> Entry<'a> {
    fn localities(&self) -> &'a [String] {
        self.words.map_or(&[], |words| &words.locality)
    }

    /// Whether it may be the same as one with this postcode: what it says of its own postcode and
    /// locality does not speak against it.
    pub(super) fn may_be(&self, postcode: &str, other: &Entry<'_>) -> bool {
        self.postcode.is_none_or(|part| begins(postcode, part)) && self.may_lie_by(other)
    }

    /// Whether the localities that two addresses name do not speak against one place.
    pub(super) fn may_lie_by(&self, other: &Entry<'_>) -> bool {
        let (here, there) = (self.localities(), other.localities());
        // Two lines may have been run together.
        let one_names = |one: &str, line: &str| {
            one == line || one.ends_with(line) && one[..one.len() - line.len()].ends_with(' ')
        };
        let both_name = |(a, b): (&String, &String)| one_names(a, b) || one_names(b, a);
        here.is_empty()
            || there.is_empty()
            || here.iter().any(|a| there.iter().any(|b| both_name((a, b))))
    }

    /// The number of the house; of a range, the first.
    fn number(&self) -> &str {
        let number: &str = self.words.map_or("", |words| words.number.as_str());
        number.split('-').next().unwrap_or(number)
    }

    fn unit(&self) -> &str {
        self.words.map_or("", |words| &words.unit)
    }

    pub(super) fn full_postcode(&self) -> Option<&'a str> {
        self.postcode.filter(|postcode| postcode::is_full(postcode))
    }
}

/// Whether a postcode begins with a part of one: "AB11" can be a district, or the sector AB1 1.
fn begins(postcode: &str, part: &str) -> bool {
    let mut letters = postcode.bytes().filter(|b| *b != b' ');
    part.bytes().filter(|b| *b != b' ').all(|letter| letters.next() == Some(letter))
}

/// Gathers the statements that show in one form.
fn entries<'a>(statements: &'a [Statement<'a>]) -> (Vec<Entry<'a>>, Dictionary, Vec<u32>) {
    let shown: Vec<String> = statements.par_iter().with_min_len(256).map(form).collect();
    let mut shown: Vec<(Ordered<'_>, u32)> =
        (0..).zip(&shown).map(|(at, form)| (Ordered::of(form), at)).collect();
    shown.par_sort_unstable();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut forms: Vec<&str> = Vec::new();
    let mut of = vec![NONE; statements.len()];
    for group in shown.chunk_by(|a, b| a.0 == b.0) {
        let form = group[0].0.text;
        if form.is_empty() {
            continue;
        }
        let members = || group.iter().map(|(_, at)| &statements[*at as usize]);
        for (_, at) in group {
            of[*at as usize] = small(entries.len());
        }
        forms.push(form);
        // What the form leaves out may differ: take what does not depend on the order.
        let first = members()
            .min_by_key(|statement| {
                let tells = statement.words.as_ref().is_some_and(|w| !w.locality.is_empty());
                (!tells, &statement.words)
            })
            .expect("a group has a member");
        let kinds = members()
            .filter_map(|statement| Some((statement.words.as_ref()?.kind, statement.count)));
        let kind = kind_of(kinds);
        // What a gazetteer lists has no text of its own.
        let mut told = members()
            .filter(|statement| statement.words.as_ref().is_some_and(|words| words.kind == kind));
        entries.push(Entry {
            words: first.words.as_deref(),
            postcode: first.postcode,
            kind,
            listed: kind != AddressKind::Home && told.all(|statement| statement.text.is_empty()),
            uprn: most_frequent_uprn(members()),
            count: members().fold(0, |sum, statement| sum.saturating_add(statement.count)),
            anywhere: false,
        });
    }
    (entries, Dictionary::of(forms), of)
}

fn form(statement: &Statement<'_>) -> String {
    match (&statement.words, statement.postcode, statement.uprn) {
        (Some(words), postcode, _) => words.form(postcode),
        (None, Some(postcode), Some(uprn)) => format!("uprn {uprn}, {postcode}"),
        (None, None, Some(uprn)) => format!("uprn {uprn}"),
        (None, Some(postcode), None) => postcode.to_owned(),
        (None, None, None) => String::new(),
    }
}

/// The reference number stated most often; of equals the lowest.
fn most_frequent_uprn<'a>(members: impl Iterator<Item = &'a Statement<'a>>) -> Option<u64> {
    let mut uprns: Vec<(u64, u32)> =
        members.filter_map(|statement| Some((statement.uprn?, statement.count))).collect();
    uprns.sort_unstable();
    let best = uprns
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|(_, count)| u64::from(*count)).sum::<u64>(), same[0].0))
        .max_by_key(|&(count, uprn)| (count, std::cmp::Reverse(uprn)))?;
    Some(best.1)
}

/// What addresses of one place share; each is part of the next smaller.
#[derive(Default)]
struct Keys<'a> {
    postcode: Option<Cow<'a, str>>,
    building: Option<String>,
}

impl<'a> Keys<'a> {
    /// By the spellings of street and name that most use.
    fn of(
        entry: &Entry<'a>,
        [street, name]: [Option<&str>; 2],
        localities: &FxHashSet<&str>,
    ) -> Keys<'a> {
        if entry.kind == AddressKind::NoFixedAbode || entry.anywhere {
            return Keys::default();
        }
        let full = entry.full_postcode();
        let Some(words) = entry.words else {
            return Keys { postcode: full.map(Cow::Borrowed), building: None };
        };
        let street = street.unwrap_or(&words.street);
        let name = name.unwrap_or(&words.name);
        // Two parts of one key are kept apart by a sign that no word has.
        let postcode = full.map(Cow::Borrowed).or_else(|| {
            let locality = words.locality.first().map_or("", String::as_str);
            let placed = !street.is_empty() || (!locality.is_empty() && !words.name.is_empty());
            let part = entry.postcode.unwrap_or("");
            placed.then(|| ["~", part, "|", street, "|", locality].concat().into())
        });
        let stem = if !words.number.is_empty() {
            (full.is_some() || !street.is_empty()).then_some((words.number.as_str(), street))
        } else if !words.name.is_empty() {
            // A town on the first line is no house.
            let town = words.street.is_empty()
                && words.unit.is_empty()
                && localities.contains(words.name.as_str());
            (!town).then_some(("name", name))
        } else {
            // "Flat 16 Kestrel Place": the words are all there is, and more likely a block's.
            (!words.unit.is_empty() && !street.is_empty()).then_some(("name", street))
        };
        let building = postcode
            .as_deref()
            .zip(stem)
            .map(|(postcode, (door, of))| [postcode, "|", door, "|", of].concat());
        Keys { postcode, building }
    }
}

/// Gives out ids in the order of keys.
fn assign(entries: &[Entry<'_>], keys: &[Keys<'_>]) -> Vec<Address> {
    let building = ranks(keys.iter().map(|keys| Some(Ordered::of(keys.building.as_deref()?))));
    let n_buildings =
        building.iter().filter(|id| **id != NONE).max().map_or(0, |id| *id as usize + 1);
    let mut has_units = vec![false; n_buildings];
    for (entry, &building) in entries.iter().zip(&building) {
        if building != NONE {
            has_units[building as usize] |= !entry.unit().is_empty();
        }
    }
    let homes = entries.iter().zip(&building).map(|(entry, &building)| {
        // Without a unit the home is known only where the building has none.
        let known = building != NONE && !(entry.unit().is_empty() && has_units[building as usize]);
        known.then(|| (building, Ordered::of(entry.unit())))
    });
    let dwelling = ranks(homes);
    let postcode = ranks(keys.iter().map(|keys| Some(Ordered::of(keys.postcode.as_deref()?))));
    let part = |part: fn(&str) -> Option<&str>| {
        ranks(entries.iter().map(|entry| Some(Ordered::of(part(entry.placed_postcode()?)?))))
    };
    let sector = part(postcode::sector);
    let district = part(|postcode| Some(postcode::district(postcode)));
    let area = part(|postcode| Some(postcode::area(postcode)));
    (0..entries.len())
        .map(|at| Address {
            dwelling: dwelling[at],
            building: building[at],
            postcode: postcode[at],
            sector: sector[at],
            district: district[at],
            area: area[at],
            uprn: entries[at].uprn,
            kind: entries[at].kind,
            listed: entries[at].listed,
        })
        .collect()
}

impl Entry<'_> {
    fn placed_postcode(&self) -> Option<&str> {
        self.postcode.filter(|_| self.kind != AddressKind::NoFixedAbode)
    }
}

/// Puts addresses with one reference number at one place.
fn follow_references(entries: &[Entry<'_>], keys: &[Keys<'_>], addresses: &mut [Address]) {
    let mut by_uprn: Vec<(u64, u32)> =
        (0..).zip(entries).filter_map(|(at, entry)| Some((entry.uprn?, at))).collect();
    by_uprn.par_sort_unstable();
    let next_building = addresses.iter().map(|a| a.building).filter(|id| *id != NONE).max();
    let next_dwelling = addresses.iter().map(|a| a.dwelling).filter(|id| *id != NONE).max();
    let mut next_building = next_building.map_or(0, |id| id + 1);
    let mut next_dwelling = next_dwelling.map_or(0, |id| id + 1);
    for group in by_uprn.chunk_by(|a, b| a.0 == b.0) {
        let entry = |at: u32| &entries[at as usize];
        let group = &without_strays(group, entries, addresses);
        if is_of_several_houses(group, entries) {
            for (_, at) in group {
                addresses[*at as usize].uprn = None;
            }
            continue;
        }
        // The most telling words stand for all: with a unit, placed, stated most often.
        let (_, leader) = *group
            .iter()
            .max_by_key(|(_, at)| {
                let placed = keys[*at as usize].building.is_some();
                (
                    !entry(*at).unit().is_empty() && placed,
                    placed,
                    entry(*at).count,
                    std::cmp::Reverse(*at),
                )
            })
            .expect("a group has a member");
        let mut place = addresses[leader as usize];
        if 1 < doors(group, entries, Entry::unit).len() {
            // The number is that of the whole building: it says nothing of homes.
            for (_, at) in group {
                let address = &mut addresses[*at as usize];
                address.uprn = None;
                if keys[*at as usize].building.is_none() {
                    let Address { kind, listed, .. } = *address;
                    *address = Address { dwelling: NONE, kind, listed, uprn: None, ..place };
                }
            }
            continue;
        }
        if place.building == NONE && entry(leader).kind != AddressKind::NoFixedAbode {
            place.building = next_building;
            place.dwelling = next_dwelling;
            next_building += 1;
            next_dwelling += 1;
        }
        for (_, at) in group {
            let address = &mut addresses[*at as usize];
            if address.kind != AddressKind::NoFixedAbode {
                let Address { kind, listed, uprn, .. } = *address;
                *address = Address { kind, listed, uprn, ..place };
            }
        }
    }
}

/// How often each door is stated with a reference number, by what `part` tells of it.
fn doors<'a>(
    group: &[(u64, u32)],
    entries: &'a [Entry<'a>],
    part: impl Fn(&'a Entry<'a>) -> &'a str,
) -> Vec<(u64, &'a str)> {
    let mut said: Vec<(&str, u64)> = group
        .iter()
        .map(|(_, at)| &entries[*at as usize])
        .map(|entry| (part(entry), u64::from(entry.count)))
        .filter(|said| !said.0.is_empty())
        .collect();
    said.sort_unstable();
    let mut doors: Vec<(u64, &str)> = said
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|one| one.1).sum(), same[0].0))
        .collect();
    doors.sort_unstable_by(|a, b| b.cmp(a));
    doors
}

/// Whether two houses are stated with a reference number about as often: then nobody can tell
/// whose it is. A house stated seldom has a slip in its number.
fn is_of_several_houses(group: &[(u64, u32)], entries: &[Entry<'_>]) -> bool {
    matches!(doors(group, entries, Entry::number)[..], [one, two, ..] if one.0 < OFTENER * two.0)
}

/// The entries with one reference number, without those of another flat than nearly all are of:
/// they have it by mistake, and lose it.
fn without_strays(
    group: &[(u64, u32)],
    entries: &[Entry<'_>],
    addresses: &mut [Address],
) -> Vec<(u64, u32)> {
    let flats = doors(group, entries, Entry::unit);
    let mut kept = group.to_vec();
    let others: u64 = flats.iter().skip(1).map(|flat| flat.0).sum();
    let Some(&(_, usual)) = flats.first().filter(|flat| CLEAR * others <= flat.0) else {
        return kept;
    };
    kept.retain(|(_, at)| {
        let unit = entries[*at as usize].unit();
        let is_usual = unit.is_empty() || unit == usual;
        if !is_usual {
            addresses[*at as usize].uprn = None;
        }
        is_usual
    });
    kept
}

/// How many times as often as all others a flat is stated with a reference number that is its own.
const CLEAR: u64 = 9;

/// Of all that is said of one form, the share that must call it a hostel, say, before it is one
/// for those too who leave the word out: one person's slip does not make it one.
const TELLING_SHARE: u64 = 4;

/// What sort of place a form is, by how often each is said of it.
///
/// A refuge is one if anybody says so, since it must not be told. Whether that goes for the other
/// addresses of a building is not settled here: who lives there has a say in it.
fn kind_of(said: impl Iterator<Item = (AddressKind, u32)>) -> AddressKind {
    let mut said: Vec<(AddressKind, u64)> =
        said.map(|(kind, count)| (kind, u64::from(count))).collect();
    said.sort_unstable_by_key(|(kind, _)| *kind);
    let total: u64 = said.iter().map(|(_, count)| count).sum();
    let told = said.chunk_by(|a, b| a.0 == b.0).filter_map(|same| {
        let (kind, count) = (same[0].0, same.iter().map(|(_, count)| count).sum::<u64>());
        let enough = kind == AddressKind::Refuge || total <= TELLING_SHARE * count;
        enough.then_some((precedence(kind), count, kind))
    });
    told.max().map_or(AddressKind::Home, |(_, _, kind)| kind)
}

/// Of two kinds said of one place, the one that must be heeded more.
fn precedence(kind: AddressKind) -> u8 {
    match kind {
        AddressKind::Home => 0,
        AddressKind::Office => 1,
        AddressKind::CareOf => 2,
        AddressKind::PoBox => 3,
        AddressKind::NoFixedAbode => 4,
        AddressKind::Hostel => 5,
        AddressKind::Communal => 6,
        AddressKind::Refuge => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::read;
    use proptest::prelude::*;

    /// Each of the addresses, written `words @ postcode # uprn`, in the same order.
    fn addresses(texts: &[&str]) -> Vec<Address> {
        let readings: Vec<_> = texts.iter().map(|text| split(text)).collect();
        let statements = readings
            .iter()
            .zip(texts)
            .map(|((reading, postcode, uprn), text)| Statement {
                text: text.split(['@', '#']).next().unwrap(),
                words: reading.as_ref().map(|(parsed, _)| Words::Read(parsed)),
                ambiguous: reading.as_ref().is_some_and(|(_, ambiguous)| *ambiguous),
                postcode: postcode.as_deref().or_else(|| reading.as_ref()?.0.postcode.as_deref()),
                uprn: *uprn,
                count: 1,
            })
            .collect();
        let places = places(statements);
        assert_eq!(places.addresses.len(), places.forms.len());
        let unknown = Address::UNKNOWN;
        places
            .of
            .iter()
            .map(|&id| if id == NONE { unknown } else { places.addresses[id as usize] })
            .collect()
    }

    fn split(text: &str) -> (Option<crate::address::Reading>, Option<String>, Option<u64>) {
        let (text, uprn) =
            text.split_once('#').map_or((text, None), |(t, u)| (t, u.trim().parse().ok()));
        let (words, postcode) = text.split_once('@').unwrap_or((text, ""));
        (read(words).unwrap(), postcode::postcode(postcode).unwrap(), uprn)
    }

    #[track_caller]
    fn same_dwelling(texts: &[&str]) {
        let found = addresses(texts);
        for address in &found {
            assert_ne!(address.dwelling, NONE, "{texts:?}");
            assert_eq!(address.dwelling, found[0].dwelling, "{texts:?}");
            assert_eq!(address.building, found[0].building, "{texts:?}");
        }
    }

    #[test]
    fn words_without_a_postcode_are_where_they_can_be() {
        let placed = ["16 High Street, Anytown @ AB1 2CD", "16 High St"];
        same_dwelling(&placed);
        same_dwelling(&["16 High Street @ AB1 2CD", "16 High St @ AB1"]);
        same_dwelling(&["Flat 2, 16 High Street @ AB1 2CD", "Flat 2, 16 High St, Anytown"]);
        // Of two that it can be it is neither, and no third.
        let two = addresses(&["16 High St @ AB1 2CD", "16 High St @ AB9 8YZ", "16 High St"]);
        assert!(two[2].building == NONE && two[2].dwelling == NONE && two[2].postcode == NONE);
        // What it says of its place must not speak against it.
        for other in ["16 High St, Othertown", "16 High St @ XY1", "17 High St", "16 Low St"] {
            let found = addresses(&["16 High Street, Anytown @ AB1 2CD", other]);
            assert_ne!(found[0].dwelling, found[1].dwelling, "{other}");
        }
    }

    #[test]
    fn one_home_in_many_spellings() {
        same_dwelling(&[
            "Flat 2, 16 High St @ AB1 2CD",
            "16 High Street Flat 2 @ AB1 2CD",
            "FLAT 2 16 HIGH STREET., ANYTOWN, AB1 2CD",
            "2/16 High St @ AB1 2CD",
            "apt 2, 16 Hihg Street @ AB1 2CD",
            "2, 16 High Street, Anytown @ ab12cd",
        ]);
        same_dwelling(&["16 High St, Anytown", "16 HIGH STREET, ANYTOWN"]);
        same_dwelling(&["Rose Cottage, High St @ AB1 2CD", "Rose Cottage @ AB1 2CD"]);
        same_dwelling(&[
            "Rose Cottage, 5 High St @ AB1 2CD",
            "Rose Cottage @ AB1 2CD",
            "5 High St @ AB1 2CD",
        ]);
    }

    #[test]
    fn the_first_number_of_a_range_is_the_range() {
        same_dwelling(&["12-14 High St @ AB1 2CD", "12 High St @ AB1 2CD"]);
        same_dwelling(&["Flat 2, 12-14 High St @ AB1 2CD", "2/12-14 High St @ AB1 2CD"]);
        // Not where the last of its numbers is a house of its own.
        let texts = ["12-14 High St @ AB1 2CD", "12 High St @ AB1 2CD", "14 High St @ AB1 2CD"];
        let found = addresses(&texts);
        assert_ne!(found[0].dwelling, found[1].dwelling);
    }

    #[test]
    fn a_postcode_that_a_clerk_got_wrong_is_put_right() {
        let often = "16 High St @ AB1 2CD";
        for slip in ["AB1 2DC", "AB1 2CB", "AB1 2ED", "AB1 3CD"] {
            same_dwelling(&[often, often, &format!("16 High St @ {slip}")]);
        }
        let flat = "Flat 3, Elm Court @ AB1 2CD";
        same_dwelling(&[flat, flat, "Flat 3, Elm Court @ AB1 2DC"]);
        // Not where it is another district's, or two letters are others.
        for other in ["AB2 2CD", "AB1 2EF"] {
            let found = addresses(&[often, often, &format!("16 High St @ {other}")]);
            assert_ne!(found[0].dwelling, found[2].dwelling, "{other}");
        }
        // A street that runs through two postcodes keeps them.
        let street = ["16 High St @ AB1 2CD", "18 High St @ AB1 2CD", "20 High St @ AB1 2CE"];
        let found = addresses(&street);
        assert_ne!(found[0].postcode, found[2].postcode);
        // And so do two streets of one name.
        let two: Vec<String> = ["AB1 2CD", "AB1 2CE"]
            .iter()
            .flat_map(|postcode| (1..9).map(move |n| format!("{n} High St @ {postcode}")))
            .collect();
        let two: Vec<&str> =
            two.iter().map(String::as_str).chain(["1 High St @ AB1 2CD"]).collect();
        let found = addresses(&two);
        assert_ne!(found[0].dwelling, found[8].dwelling);
    }

    #[test]
    fn a_block_is_one_for_those_too_who_take_it_for_a_street() {
        let flat = "Flat 22, Kestrel Place @ AB1 2CD";
        same_dwelling(&[flat, flat, "22 Kestrel Place @ AB1 2CD"]);
        same_dwelling(&["5 Elm Court @ AB1 2CD", "Flat 5 Elm Court @ AB1 2CD"]);
        same_dwelling(&["Flat 5, Elm Court @ AB1 2CD", "5 Elm Cuort @ AB1 2CD"]);
        // And a street is one for those who take it for a block.
        let house = "5 Barn Avenue @ AB1 2CD";
        same_dwelling(&[house, house, "Flat 5, Barn Aevnue @ AB1 2CD"]);
    }

    #[test]
    fn a_number_got_wrong_once_does_not_hide_that_of_a_house_with_a_name() {
        let texts = ["Flat 3, Elm House, 25 High St @ AB1 2CD"; 5];
        let texts = [&texts[..], &["Flat 3, Elm House, 27 High St @ AB1 2CD"]].concat();
        let found = addresses(&[&texts[..], &["Flat 3, Elm House @ AB1 2CD"]].concat());
        assert_eq!(found[6].dwelling, found[0].dwelling);
    }

    #[test]
    fn names_that_differ_by_a_slip_are_one_where_one_is_far_oftener() {
        let often = ["Flat 3, Harbour House @ AB1 2CD"; 3];
        for slip in ["Flat 3, Harbuor House @ AB1 2CD", "Flat 3, Harbour House Mill Lane @ AB1 2CD"]
        {
            same_dwelling(&[&often[..], &[slip]].concat());
        }
        for other in ["Flat 3, Arbour House @ AB1 2CE", "Flat 3, Block B @ AB1 2CD"] {
            let found = addresses(&[&often[..], &[other]].concat());
            assert_ne!(found[0].dwelling, found[3].dwelling, "{other}");
        }
        let blocks = ["Flat 3, Block A @ AB1 2CD"; 3];
        let found = addresses(&[&blocks[..], &["Flat 3, Block B @ AB1 2CD"]].concat());
        assert_ne!(found[0].dwelling, found[3].dwelling);
    }

    #[test]
    fn that_it_is_a_flat_does_not_say_which() {
        let found = addresses(&["Flat 2, 16 High St @ AB1 2CD", "Flat, 16 High St @ AB1 2CD"]);
        assert_eq!(found[0].building, found[1].building);
        assert_eq!(found[1].dwelling, NONE);
    }

    #[test]
    fn other_homes_are_other_dwellings() {
        for (a, b, one_building) in [
            ("Flat 2, 16 High St @ AB1 2CD", "Flat 3, 16 High St @ AB1 2CD", true),
            ("12-14 High St @ AB1 2CD", "14 High St @ AB1 2CD", false),
            ("16 High St @ AB1 2CD", "16a High St @ AB1 2CD", false),
            ("16 High St @ AB1 2CD", "16 High St @ AB1 2CE", false),
            ("16 High St @ AB1 2CD", "16 Mill Lane @ AB1 2CD", false),
            ("16 High St, Anytown", "16 High St, Othertown", false),
            ("Ground Floor Flat, 16 High St @ AB1 2CD", "Top Flat, 16 High St @ AB1 2CD", true),
        ] {
            let found = addresses(&[a, b]);
            assert_ne!(found[0].dwelling, found[1].dwelling, "{a} / {b}");
            assert_eq!(found[0].building == found[1].building, one_building, "{a} / {b}");
        }
    }

    #[test]
    fn a_missing_flat_leaves_the_home_unknown() {
        let found = addresses(&["Flat 2, 16 High St @ AB1 2CD", "16 High St @ AB1 2CD"]);
        assert_eq!(found[0].building, found[1].building);
        assert_eq!(found[1].dwelling, NONE);
        assert_ne!(addresses(&["16 High St @ AB1 2CD"])[0].dwelling, NONE);
    }

    #[test]
    fn a_reference_number_outweighs_words() {
        same_dwelling(&[
            "16 High St @ AB1 2CD # 7",
            "The Gables @ AB1 2CD # 7",
            "# 7",
            "16 High St @ AB1 2CD",
        ]);
        // Known with one flat: the words without a flat mean that one.
        same_dwelling(&["Flat 2, 16 High St @ AB1 2CD # 7", "16 High St @ AB1 2CD # 7"]);
        assert_ne!(addresses(&["# 7"])[0].dwelling, NONE);
    }

    #[test]
    fn the_number_of_a_whole_building_joins_no_homes() {
        let found = addresses(&[
            "Flat 1, 16 High St @ AB1 2CD # 7",
            "Flat 2, 16 High St @ AB1 2CD # 7",
            "16 High St @ AB1 2CD # 7",
            "# 7",
        ]);
        assert_ne!(found[0].dwelling, found[1].dwelling);
        assert!(found.iter().all(|address| address.uprn.is_none()));
        assert!(found.iter().all(|address| address.building == found[0].building));
        assert_eq!((found[2].dwelling, found[3].dwelling), (NONE, NONE));
    }

    #[test]
    fn a_number_given_to_another_door_by_mistake_joins_no_homes() {
        let often = ["Flat 2, 16 High St @ AB1 2CD # 7"; 9];
        let found = addresses(&[&often[..], &["Flat 1, 16 High St @ AB1 2CD # 7", "# 7"]].concat());
        assert_eq!((found[0].uprn, found[9].uprn), (Some(7), None));
        assert_ne!(found[0].dwelling, found[9].dwelling);
        assert_eq!(found[0].dwelling, found[10].dwelling);
        // A slip in the number of a house.
        let houses = ["16 High St @ AB1 2CD # 7"; 4];
        same_dwelling(&[&houses[..], &["160 High St @ AB1 2CD # 7"]].concat());
        // Of two houses as often as each other it is neither's.
        let found = addresses(&["16 High St @ AB1 2CD # 7", "18 High St @ AB1 2CD # 7"]);
        assert!(found.iter().all(|address| address.uprn.is_none()));
        assert_ne!(found[0].dwelling, found[1].dwelling);
        // What is said once with a number and once without is one, and has it.
        let found = addresses(&["16 High St @ AB1 2CD # 7", "16 HIGH ST, ab12cd"]);
        assert_eq!(found[1].uprn, Some(7));
    }

    #[test]
    fn a_place_is_what_a_quarter_of_its_statements_call_it() {
        let home = "16 High St @ AB1 2CD";
        let kind = |called: &str, others: usize| {
            let mut texts = vec![home; others];
            texts.push(called);
            let found = addresses(&texts);
            assert!(
                found.iter().all(|address| address.kind == found[0].kind),
                "one form: {called}"
            );
            found[0].kind
        };
        for (called, others, expected) in [
            ("Sunny Care Home, 16 High St @ AB1 2CD", 1, AddressKind::Communal),
            ("Sunny Care Home, 16 High St @ AB1 2CD", 3, AddressKind::Communal),
            ("Sunny Care Home, 16 High St @ AB1 2CD", 4, AddressKind::Home),
            ("Hope Hostel, 16 High St @ AB1 2CD", 1, AddressKind::Hostel),
            ("Hope Hostel, 16 High St @ AB1 2CD", 9, AddressKind::Home),
            ("Civic Centre, 16 High St @ AB1 2CD", 9, AddressKind::Home),
            // What must not be told is heeded from one.
            ("Lark Refuge, 16 High St @ AB1 2CD", 9, AddressKind::Refuge),
            (home, 9, AddressKind::Home),
        ] {
            assert_eq!(kind(called, others), expected, "{called} among {others}");
        }
        let found = addresses(&["c/o Example, 16 High St @ AB1 2CD", "16 High St @ AB1 2CD"]);
        assert_eq!(found[0].kind, AddressKind::CareOf);
        assert_eq!(found[1].kind, AddressKind::Home);
    }

    #[test]
    fn the_word_of_one_flat_says_nothing_of_the_others() {
        let found = addresses(&[
            "Flat 1, Hope Hostel, 16 High St @ AB1 2CD",
            "Flat 2, 16 High St @ AB1 2CD",
            "Flat 3, 16 High St @ AB1 2CD",
        ]);
        let kinds: Vec<AddressKind> = found.iter().map(|address| address.kind).collect();
        assert_eq!(kinds, [AddressKind::Hostel, AddressKind::Home, AddressKind::Home]);
    }

    #[test]
    fn a_town_or_nothing_is_no_home() {
        for texts in [
            &["Anytown @ AB1 2CD"][..],
            &["Anytown, Anyshire @ AB1 2CD", "16 High St, Anytown @ AB1 2CD"],
            &["High Street @ AB1 2CD"],
            &["@ AB1 2CD"],
            &["No fixed abode"],
            &["Rose Cottage"],
        ] {
            assert_eq!(addresses(texts)[0].dwelling, NONE, "{texts:?}");
        }
        assert!(addresses(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn a_smaller_place_lies_in_one_larger(
            picks in proptest::collection::vec((0..6_usize, 0..5_usize, 0..4_usize, 0..6_usize), 0..40)
        ) {
            let units = ["", "Flat 1, ", "Flat 2, ", "Ground floor flat, ", "c/o A, ", "1/"];
            let streets = ["16 High St", "16 Hihg Street", "2 Mill Lane", "Rose Cottage", ""];
            let postcodes = ["", "@ AB1 2CD", "@ AB1 2CE", "@ AB1 2"];
            let uprns = ["", "", "", "# 1", "# 2", "# 3"];
            let texts: Vec<String> = picks
                .iter()
                .map(|&(u, s, p, n)| format!("{}{} {} {}", units[u], streets[s], postcodes[p], uprns[n]))
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = addresses(&texts);
            for a in &found {
                for b in &found {
                    let nest = |x: &Address| [x.dwelling, x.building, x.postcode, x.sector, x.district, x.area];
                    for (inner, outer) in nest(a).iter().zip(nest(b)).zip(nest(a).iter().skip(1).zip(nest(b).into_iter().skip(1))) {
                        prop_assert!(*inner.0 == NONE || *inner.0 != inner.1 || *outer.0 == outer.1);
                    }
                }
            }
            // The order of statements means nothing.
            let mut turned: Vec<&str> = texts.clone();
            turned.reverse();
            let mut again = addresses(&turned);
            again.reverse();
            prop_assert_eq!(found, again);
        }
    }
}
