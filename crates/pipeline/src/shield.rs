//! Tells whose addresses are shielded, and why.
//!
//! What is shielded is a door, with all who live behind it and all that ever happened there: an
//! address that one person must not be found at is given away by a brother's as well.

use household::SpellBasis;
use plan::Shield as Setting;
use record::{Address, AddressKind, NONE, Records, Values};
use rustc_hash::FxHashMap;

use crate::link::Linked;

/// Why an address is shielded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// It is of a sort that is.
    Type(AddressKind),
    /// A source of whose persons all are shielded says that somebody lives there, or has somebody
    /// who does.
    Source,
    /// A source's row says so of somebody who lives there.
    Statement,
    /// Somebody else lives there who is shielded.
    SameDoor,
}

impl Why {
    /// The code for it in snapshots.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Why::Type(AddressKind::Hostel) => "hostel",
            Why::Type(AddressKind::Communal) => "communal",
            Why::Type(_) => "refuge",
            Why::Source => "source",
            Why::Statement => "statement",
            Why::SameDoor => "same_door",
        }
    }
}

/// What is shielded.
pub(crate) struct Shield {
    /// For each address, by its id in the column of addresses, why it is.
    pub(crate) addresses: Vec<Option<Why>>,
    /// For each person, why where it lives is.
    pub(crate) persons: Vec<Option<Why>>,
}

impl Shield {
    /// Given what of each record is [`flagged`].
    pub(crate) fn of(stated: &[Option<Why>], linked: &Linked, setting: &Setting) -> Shield {
        let found = &linked.households;
        let persons = &linked.resolved.persons;
        let column = linked.normalised.column("address");
        let addresses: &[Address] = match column.map(|column| &column.values) {
            Some(Values::Addresses(addresses, _)) => addresses,
            _ => &[],
        };
        let mut why: Vec<Option<Why>> = vec![None; persons.len()];
        for (record, flag) in stated.iter().enumerate() {
            let person = &mut why[persons.person_of()[record] as usize];
            *person = first(*person, *flag);
        }
        let mut doors: FxHashMap<Door, Why> = FxHashMap::default();
        let mut add = |address: u32, reason: Why| {
            let known = doors.entry(Door::of(addresses, address)).or_insert(reason);
            *known = reason.min(*known);
        };
        for (at, address) in (0..).zip(addresses) {
            if setting.types.contains(&address.kind) {
                add(at, Why::Type(address.kind));
            }
        }
        for (person, why) in why.iter().enumerate() {
            for at in found.spells.range(person) {
                let spell = found.spells.items()[at];
                if setting.types.contains(&spell.kind) {
                    add(spell.address, Why::Type(spell.kind));
                }
                // Where a shielded person is said to live, or may, now or soon; and where a record
                // that shields says so, unless it says that this is over.
                let may_be_home =
                    !matches!(spell.basis, SpellBasis::Ended | SpellBasis::Superseded);
                if let Some(why) = why.filter(|_| may_be_home) {
                    add(spell.address, why);
                }
                let supporters = found.support.get(at).iter();
                let flags = supporters.filter_map(|record| *stated.get(record.index())?);
                if let Some(flag) = flags.min().filter(|_| spell.basis != SpellBasis::Ended) {
                    add(spell.address, flag);
                }
            }
        }
        let homes = found.by_person();
        let home = |person: usize| {
            let of_person = homes.get(person).iter().map(|&at| &found.memberships[at as usize]);
            of_person.map(|m| found.household(m.household as usize).address)
        };
        for (person, why) in why.iter().enumerate() {
            if let Some(why) = *why {
                home(person).for_each(|address| add(address, why));
            }
        }
        let of_address: Vec<Option<Why>> = (0..addresses.len())
            .map(|at| doors.get(&Door::of(addresses, id(at))).copied())
            .collect();
        let shielded = |address: u32| of_address.get(address as usize).copied().flatten();
        for (person, why) in why.iter_mut().enumerate() {
            let spells = found.spells.get(person).iter();
            let current = spells.filter(|spell| {
                matches!(spell.basis, SpellBasis::Current | SpellBasis::SecondHome)
            });
            let here = current.map(|spell| spell.address).chain(home(person));
            let of_door = here.filter_map(shielded).min().map(|why| match why {
                Why::Type(_) => why,
                _ => Why::SameDoor,
            });
            *why = first(*why, of_door);
            if found.unhoused[person] == Some(household::NoHousehold::Protected) {
                *why = first(*why, Some(Why::Type(AddressKind::Refuge)));
            }
        }
        Shield { addresses: of_address, persons: why }
    }

    /// Why an address is shielded, if it is.
    pub(crate) fn address(&self, address: u32) -> Option<Why> {
        self.addresses.get(address as usize).copied().flatten()
    }

    /// Whether anybody may be told where a record went: which services have records of somebody
    /// tells where they are.
    pub(crate) fn is_open(&self, linked: &Linked, record: usize) -> bool {
        let person = linked.resolved.persons.person_of()[record];
        self.persons[person as usize].is_none()
    }

    /// Whether anything is shielded.
    pub(crate) fn is_any(&self) -> bool {
        self.persons.iter().chain(&self.addresses).any(Option::is_some)
    }
}

/// The earlier of two reasons, if there is one.
fn first(one: Option<Why>, other: Option<Why>) -> Option<Why> {
    one.into_iter().chain(other).min()
}

fn id(at: usize) -> u32 {
    u32::try_from(at).expect("fewer addresses than ids")
}

/// The smallest place that an address is known to be.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Door {
    Dwelling(u32),
    /// A building of which the flat is missing: no flat of it, but what is said of it alike.
    Building(u32),
    /// What says less, as it is written.
    Address(u32),
}

impl Door {
    fn of(addresses: &[Address], at: u32) -> Door {
        match addresses.get(at as usize) {
            Some(Address { dwelling, .. }) if *dwelling != NONE => Door::Dwelling(*dwelling),
            Some(Address { building, .. }) if *building != NONE => Door::Building(*building),
            _ => Door::Address(at),
        }
    }
}

/// For each record why its person is shielded by what the record is or says; none at all if the plan
/// names nothing that could.
pub(crate) fn flagged(records: &Records, setting: &Setting) -> Vec<Option<Why>> {
    if setting.sources.is_empty() && setting.field.is_none() {
        return Vec::new();
    }
    let of_source: Vec<bool> =
        records.sources.iter().map(|source| setting.sources.contains(&source.name)).collect();
    let says = |states: u32| {
        states != NONE
            && records.involvement_text.get(states).lines().any(|line| {
                line.split_once('=').is_some_and(|(field, value)| {
                    setting.field.as_deref() == Some(field)
                        && setting.is.iter().any(|is| is.to_lowercase() == value.to_lowercase())
                })
            })
    };
    let flag = |record: usize| {
        let stated = records.involvements.get(record).iter().any(|stated| says(stated.states));
        match (of_source[records.source[record].index()], stated) {
            (true, _) => Some(Why::Source),
            (false, true) => Some(Why::Statement),
            (false, false) => None,
        }
    };
    (0..records.len()).map(flag).collect()
}
