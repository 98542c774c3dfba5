//! Ids for snapshots: those of the night before as far as they can be kept, others made of what they
//! stand for.

use rayon::prelude::*;
use record::{NONE, Records, Values};
use rustc_hash::FxHashSet;
use snapshot::{Event, EventRow};
use xxhash_rust::xxh3::Xxh3;

use crate::carry::{self, Happened, Shared};
use crate::earlier::{Earlier, Now};
use crate::error::Error;
use crate::link::Linked;

/// An id: a letter and sixteen digits of base 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id([u8; 17]);

impl Id {
    /// An id as it stands in a snapshot.
    pub(crate) fn parse(text: &str) -> Option<Id> {
        text.is_ascii().then(|| text.as_bytes().try_into().ok().map(Id)).flatten()
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("letters and digits are ASCII")
    }
}

/// The ids of a run's persons, households and addresses.
pub(crate) struct Ids {
    pub(crate) persons: Vec<Id>,
    /// The persons in the order of their ids.
    pub(crate) in_order: Vec<u32>,
    pub(crate) households: Vec<Id>,
    /// For each address, that by which its place is known.
    pub(crate) usual: Vec<u32>,
    /// What happened to ids, if there was a night before: until then there are none.
    pub(crate) since: Option<Since>,
}

/// What happened to ids since the night before.
pub(crate) struct Since {
    /// What had become of ids by then.
    pub(crate) before: Vec<EventRow>,
    pub(crate) persons: Vec<Happened>,
    pub(crate) households: Vec<Happened>,
}

impl Ids {
    /// The ids of this night, given the night before if there is one.
    pub(crate) fn of(
        records: &Records,
        linked: &Linked,
        earlier: Option<&Earlier>,
    ) -> Result<Ids, Error> {
        let of_persons = earlier.map(|earlier| earlier.persons(records, linked)).transpose()?;
        let of_persons = of_persons.unwrap_or_default();
        let persons = &linked.resolved.persons;
        let kept = carry::kept(persons.len(), &of_persons);
        let taken = all(&kept);
        let person_ids: Vec<Id> = (0..persons.len())
            .into_par_iter()
            .map(|person| {
                let first = persons.records(person)[0].index();
                let source = records.sources[records.source[first].index()].name.as_str();
                kept[person].unwrap_or_else(|| new('P', &[source, &records.key[first]], &taken))
            })
            .collect();
        let usual = same_dwelling(linked);
        let of_households =
            earlier.map(|earlier| shared_households(linked, &usual, earlier, &of_persons));
        let of_households = of_households.transpose()?.unwrap_or_default();
        let (households, kept_households) = households(linked, &person_ids, &of_households);
        let since = earlier.map(|earlier| {
            let of_homes = carry::events(&households, &kept_households, &of_households);
            Ok::<_, Error>(Since {
                before: earlier.events()?,
                persons: carry::events(&person_ids, &kept, &of_persons),
                households: open_then(of_homes, &of_households),
            })
        });
        let since = since.transpose()?;
        let in_order = in_order(&person_ids);
        Ok(Ids { persons: person_ids, in_order, households, usual, since })
    }

    /// The id of the place that an address names, which all ways of writing it share.
    pub(crate) fn address(&self, linked: &Linked, address: u32) -> Id {
        place_id(linked, &self.usual, address)
    }
}
/// The ids that some keep.
fn all(kept: &[Option<Id>]) -> FxHashSet<Id> {
    kept.iter().flatten().copied().collect()
}

/// An id of these parts that nobody keeps from before.
fn new(letter: char, parts: &[&str], taken: &FxHashSet<Id>) -> Id {
    let mut made = id(letter, parts);
    let mut again = 1_u32;
    while taken.contains(&made) {
        again += 1;
        made = id(letter, &[parts, &[&again.to_string()]].concat());
    }
    made
}

/// What each household of the night before shares with those of this one.
fn shared_households(
    linked: &Linked,
    usual: &[u32],
    earlier: &Earlier,
    persons: &[Shared],
) -> Result<Vec<Shared>, Error> {
    let found = &linked.households;
    let n = found.households.len() + found.past_households.len();
    let address = |number: usize| place_id(linked, usual, found.household(number).address);
    let addresses: Vec<Id> = (0..n).into_par_iter().map(address).collect();
    let of_now = found.memberships.iter().map(|m| (m.person, m.household));
    let past = found.past_memberships.iter().map(|m| (m.person, m.household));
    let mut members: Vec<(u32, u32)> = of_now.chain(past).collect();
    members.par_sort_unstable();
    members.dedup();
    let now = Now { addresses: &addresses, members: &members };
    earlier.households(persons, &now, |number| found.household(number as usize).period)
}

/// The ids of the households, and which of them are from the night before.
fn households(linked: &Linked, persons: &[Id], shared: &[Shared]) -> (Vec<Id>, Vec<Option<Id>>) {
    // Memberships are in the order of households, so each begins with its lowest member.
    let found = &linked.households;
    let kept = carry::kept(found.households.len() + found.past_households.len(), shared);
    let taken = all(&kept);
    let mut households = kept.clone();
    let of_now = found.memberships.iter().map(|m| (m.household, m.person, None));
    let past = found.past_memberships.iter();
    let of_past = past.map(|m| (m.household, m.person, m.period.to));
    for (household, person, to) in of_now.chain(of_past) {
        let made = &mut households[household as usize];
        if made.is_none() {
            let text = address_text(linked, found.household(household as usize).address);
            let person = persons[person as usize].as_str();
            // Somebody may have lived at a door twice, but left it once on a day.
            *made = Some(match to {
                Some(to) => new('H', &[&text, person, &to.to_string()], &taken),
                None => new('H', &[&text, person], &taken),
            });
        }
    }
    let households = households.into_iter();
    (households.map(|id| id.expect("a household has a member")).collect(), kept)
}

/// What happened to ids of households, without those that were shielded the night before: none of
/// these may be told.
fn open_then(mut happened: Vec<Happened>, shared: &[Shared]) -> Vec<Happened> {
    let was_open = |old: Id| shared.binary_search(&Shared { old, new: NONE, much: 1 }).is_ok();
    for happened in &mut happened {
        if happened.event == Event::Split && !happened.other.is_some_and(was_open) {
            (happened.event, happened.other) = (Event::Created, None);
        }
    }
    happened.retain(|happened| {
        matches!(happened.event, Event::Created | Event::Split) || was_open(happened.id)
    });
    happened
}

fn place_id(linked: &Linked, usual: &[u32], address: u32) -> Id {
    let usual = usual.get(address as usize).copied().unwrap_or(address);
    id('A', &[&address_text(linked, usual)])
}

/// The places of these ids in their order.
pub(crate) fn in_order(ids: &[Id]) -> Vec<u32> {
    let n = u32::try_from(ids.len()).expect("fewer persons and households than 2^32");
    let mut order: Vec<u32> = (0..n).collect();
    order.par_sort_unstable_by_key(|&at| ids[at as usize]);
    order
}

/// An address on one line.
pub(crate) fn address_text(linked: &Linked, address: u32) -> String {
    let column = linked.normalised.column("address");
    column.map_or_else(String::new, |column| column.values.display(address))
}

/// For each address, the one stated oftenest of those that name the same dwelling, of equals the
/// first; where the door is not known, itself. A new way of writing it some night changes nothing.
fn same_dwelling(linked: &Linked) -> Vec<u32> {
    let column = linked.normalised.column("address");
    let Some(Values::Addresses(addresses, _)) = column.map(|column| &column.values) else {
        return Vec::new();
    };
    let mut stated = vec![0_u32; addresses.len()];
    for residence in linked.normalised.residences.items() {
        stated[residence.address as usize] += 1;
    }
    let most = addresses.iter().map(|address| address.dwelling).filter(|&d| d != NONE).max();
    let mut usual = vec![NONE; most.map_or(0, |most| most as usize + 1)];
    for (at, address) in (0..).zip(addresses) {
        if let Some(usual) = usual.get_mut(address.dwelling as usize)
            && (*usual == NONE || stated[*usual as usize] < stated[at as usize])
        {
            *usual = at;
        }
    }
    (0..)
        .zip(addresses)
        .map(|(at, address)| usual.get(address.dwelling as usize).copied().unwrap_or(at))
        .collect()
}

/// An id: a letter for what it is of, and eighty bits of a hash of its parts.
///
/// The same parts give the same id on every machine, and nothing can be read from it.
pub(crate) fn id(letter: char, parts: &[&str]) -> Id {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bits = hasher.digest128();
    let mut id = [0; 17];
    let (first, digits) = id.split_first_mut().expect("seventeen");
    *first = u8::try_from(letter).expect("a letter of ASCII");
    for digit in digits {
        *digit = DIGITS[usize::from((bits & 31) as u8)];
        bits >>= 5;
    }
    Id(id)
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn an_id_is_of_its_parts() {
        let text = |parts: &[&str]| id('P', parts).as_str().to_owned();
        assert_eq!(text(&["a", "b"]), text(&["a", "b"]));
        assert_ne!(text(&["a", "b"]), text(&["ab"]));
        assert_eq!(text(&[]).len(), 17);
    }
}
