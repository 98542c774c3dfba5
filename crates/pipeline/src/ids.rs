//! Ids for snapshots, made of what they stand for.

use rayon::prelude::*;
use record::{NONE, Records, Values};
use xxhash_rust::xxh3::Xxh3;

use crate::link::Linked;

/// An id: a letter and sixteen digits of base 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id([u8; 17]);

impl Id {
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
}

impl Ids {
    pub(crate) fn of(records: &Records, linked: &Linked) -> Ids {
        let persons = &linked.resolved.persons;
        let person_ids: Vec<Id> = (0..persons.len())
            .into_par_iter()
            .map(|person| {
                let first = persons.records(person)[0].index();
                let source = records.sources[records.source[first].index()].name.as_str();
                id('P', &[source, &records.key[first]])
            })
            .collect();
        // Memberships are in the order of households, so each begins with its lowest member.
        let found = &linked.households;
        let now = found.households.len();
        let mut households = vec![None; now + found.past_households.len()];
        let of_now = found.memberships.iter().map(|m| (m.household, m.person, None));
        let past = found.past_memberships.iter();
        let of_past = past.map(|m| (m.household, m.person, m.period.to));
        for (household, person, to) in of_now.chain(of_past) {
            let household = household as usize;
            if households[household].is_none() {
                let address = found.household(household).address;
                let text = address_text(linked, address);
                let person = person_ids[person as usize].as_str();
                // Somebody may have lived at a door twice, but left it once on a day.
                households[household] = Some(match to {
                    Some(to) => id('H', &[&text, person, &to.to_string()]),
                    None => id('H', &[&text, person]),
                });
            }
        }
        let households = households.into_iter();
        let households = households.map(|id| id.expect("a household has a member")).collect();
        let in_order = in_order(&person_ids);
        Ids { persons: person_ids, in_order, households, usual: same_dwelling(linked) }
    }

    /// The id of the place that an address names, which all ways of writing it share.
    pub(crate) fn address(&self, linked: &Linked, address: u32) -> Id {
        let usual = self.usual.get(address as usize).copied().unwrap_or(address);
        id('A', &[&address_text(linked, usual)])
    }
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
