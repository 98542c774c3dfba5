//! Groups persons into households, given where each lived and when.
//!
//! Every record that gives an address states where its person lived. At the run date each
//! statement has a weight, which falls as it ages; a person's home is the place for which most
//! weight speaks. Whoever has a home behind one door is one household, unless nothing ties two
//! families that live there. A person without a household has a reason for it.
//!
//! The crate decides who lives together, never who is related: parents of one child who live
//! apart are two households that share a member. Telling persons apart is the work of `resolve`,
//! and telling addresses apart is the work of `normalise`.

mod alike;
mod among;
mod arrivals;
mod config;
mod dwellings;
mod episodes;
mod expected;
mod family_name;
mod following;
mod homes;
mod listed;
mod neighbours;
mod outcome;
mod past;
mod people;
mod places;
mod presence;
mod reliability;
mod residents;
mod slips;
mod spells;
mod statements;
mod succession;
mod successors;
#[cfg(test)]
mod tests;
mod ties;
mod two_homes;
mod types;

pub use config::Config;
pub use outcome::{
    Basis, Birth, Household, HouseholdKind, Households, Membership, NoHousehold, PastMembership,
    ResidencySpell, SpellBasis, Tie, TiedTo,
};
pub use people::FIELDS;
pub use reliability::{Reliabilities, Reliability};
pub use types::{AddressType, Because, Sort};

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{AddressKind, Lists, Normalised, Period, Records};
use resolve::Persons;

use dwellings::{About, Draft, Dwelling, Resident};
use homes::Home;
use neighbours::Neighbours;
use past::Present;
use people::{People, Stage};
use places::{Doors, Place, Places};
use spells::Spells;
use statements::Statement;
use ties::Ties;

/// The spells of `persons` and their households at the run date.
///
/// `births` is what each record tells of whether its person is born; empty, none tells anything.
///
/// # Panics
///
/// Panics if the records, as extracted and as normalised, and the persons are not the same
/// records.
#[must_use]
pub fn households(
    records: &Records,
    normalised: &Normalised,
    persons: &Persons,
    births: &[Birth],
    config: &Config,
) -> Households {
    let gathered = gather(records, normalised, persons, births, config);
    gathered.households(records, normalised, persons, config)
}

/// All that records say of persons and of where they lived, gathered for [`Gathered::households`].
///
/// That looks no more at the statements of residences, at where records stood, or at any column but
/// the values of addresses: they can be elsewhere meanwhile.
pub struct Gathered {
    doors: Doors,
    statements: Lists<Statement>,
    people: People,
}

/// The first step of [`households`].
///
/// # Panics
///
/// As [`households`] does.
#[must_use]
pub fn gather(
    records: &Records,
    normalised: &Normalised,
    persons: &Persons,
    births: &[Birth],
    config: &Config,
) -> Gathered {
    assert_eq!(records.len(), normalised.n_records, "every record is normalised");
    assert_eq!(records.len(), persons.person_of().len(), "every record is in a person");
    let doors = Doors::of(normalised);
    let places = doors.among(normalised);
    let statements = statements::statements(records, normalised, persons, &places, config);
    let people = People::of(records, normalised, persons, births, config.run_date);
    Gathered { doors, statements, people }
}

impl Gathered {
    /// The second step of [`households`].
    ///
    /// # Panics
    ///
    /// Panics if the addresses are not those of before.
    #[must_use]
    pub fn households(
        self,
        records: &Records,
        normalised: &Normalised,
        persons: &Persons,
        config: &Config,
    ) -> Households {
        let Gathered { doors, mut statements, people } = self;
        let places = doors.among(normalised);
        slips::settle_slips(&mut statements, &people, &places, config);
        let reliability = reliability::learn(&statements, records.sources.len());
        statements::weigh_anew(&mut statements, &reliability, config);
        let ties = Ties { people: &people, statements: &statements };
        let neighbours = Neighbours::of(&statements);
        let mut homes = homes::homes(&statements, &people, &places, config);
        succession::move_on(&mut homes, ties);
        following::follow(&mut homes, &neighbours, &places, ties);
        among::settle_among(&mut homes, &places, ties);
        let present = presence::present(records, persons, &homes, ties, config);
        homes::leave(&mut homes, present.as_deref());
        let spells = spells::spells(&statements, &homes, &people, config);
        let dwellings = dwellings(&homes, &places, &neighbours, ties, config);

        let unhoused = homes.iter().map(|home| home.door.err()).collect();
        let types = types::address_types(&places, &dwellings, &homes, &neighbours);
        drop((homes, neighbours));
        let mut outcome = Households { unhoused, reliability, types, ..Households::default() };
        assemble(&mut outcome, &dwellings, &spells, ties);
        let doors: Vec<Place> = dwellings
            .iter()
            .flat_map(|dwelling| &dwelling.households)
            .map(|draft| draft.members[0].0.stay.place)
            .collect();
        drop(dwellings);
        let past = past::past_stays(
            &spells,
            &Present {
                memberships: &outcome.memberships,
                of_person: &outcome.by_person(),
                doors: &doors,
                unhoused: &outcome.unhoused,
                born: &people.born,
                run_date: config.run_date,
            },
        );
        (outcome.spells, outcome.support) = (spells.lists, spells.support);
        episodes::add_past(&mut outcome, past, &doors, places.kind, ties, config.run_date);
        outcome.predecessors = successors::predecessors(&outcome);
        let mut housed = vec![false; persons.len()];
        for membership in &outcome.memberships {
            housed[membership.person as usize] = true;
        }
        for (reason, &housed) in outcome.unhoused.iter().zip(&housed) {
            assert!(
                reason.is_none() == housed,
                "a person has a household or a reason for having none"
            );
        }
        outcome
    }
}

/// Settles the dwellings with any resident, in the order of their places.
fn dwellings(
    homes: &[Home],
    places: &Places<'_>,
    neighbours: &Neighbours,
    ties: Ties<'_>,
    config: &Config,
) -> Vec<Dwelling> {
    let mut residents: Vec<Resident> = (0..)
        .zip(homes)
        .flat_map(|(person, home)| {
            let stays = home.door.ok().into_iter().chain(home.second);
            stays.map(move |stay| Resident { person, stay })
        })
        .collect();
    residents.par_sort_unstable_by_key(|resident| (resident.stay.place, resident.person));
    let by_dwelling: Vec<&[Resident]> =
        residents.chunk_by(|a, b| a.stay.place == b.stay.place).collect();
    by_dwelling
        .into_par_iter()
        .map(|residents| {
            let is_hostel = |resident: &Resident| {
                places.kind[resident.stay.address as usize] == AddressKind::Hostel
            };
            let about = About {
                known: neighbours.at(residents[0].stay.place).len(),
                is_hostel: residents.iter().any(is_hostel),
            };
            let place = Some(residents[0].stay.place);
            Dwelling { place, ..dwellings::households(residents, about, ties, config) }
        })
        .collect()
}

/// Numbers the households and writes down who belongs to them and who to none.
fn assemble(outcome: &mut Households, dwellings: &[Dwelling], spells: &Spells, ties: Ties<'_>) {
    for dwelling in dwellings {
        for &(person, reason) in &dwelling.unhoused {
            outcome.unhoused[person as usize].get_or_insert(reason);
        }
    }
    let drafts = || dwellings.iter().flat_map(|dwelling| &dwelling.households);
    outcome.households.reserve_exact(drafts().count());
    outcome.memberships.reserve_exact(drafts().map(|draft| draft.members.len()).sum());
    let numbered: Vec<(u32, &Draft)> = (0..).zip(drafts()).collect();
    for some in numbered.chunks(HOUSEHOLDS_AT_ONCE) {
        let members = |&(number, draft): &(u32, &Draft)| members(draft, number, spells, ties);
        let found: Vec<(Household, Vec<Membership>)> = some.par_iter().map(members).collect();
        for (household, members) in found {
            outcome.households.push(household);
            outcome.memberships.extend(members);
        }
    }
    for membership in &outcome.memberships {
        outcome.unhoused[membership.person as usize] = None;
    }
}

/// Households that are written down at once: all would take more room than what they become.
const HOUSEHOLDS_AT_ONCE: usize = 16_384;

/// The household of this number, and who belongs to it.
fn members(
    draft: &Draft,
    number: u32,
    spells: &Spells,
    ties: Ties<'_>,
) -> (Household, Vec<Membership>) {
    let member = |&(resident, tie): &(Resident, _)| {
        let period = period(resident, &spells.lists, ties.people);
        let basis = match resident.stay.basis {
            Basis::Stated if period.from.is_none() => Basis::StatedUndated,
            basis => basis,
        };
        Membership { household: number, person: resident.person, period, basis, tie }
    };
    let mut members: Vec<Membership> = draft.members.iter().map(member).collect();
    since_carer(&mut members, draft.members[0].0.stay.place, spells, ties);
    (household(draft, &members), members)
}

/// Since when a member has lived there, if it is known: as long as its own spell, or its carer.
fn period(resident: Resident, spells: &Lists<ResidencySpell>, people: &People) -> Period {
    let (whose, basis) = match resident.stay.basis {
        Basis::Stated | Basis::StatedUndated | Basis::Placed { .. } => {
            (resident.person, SpellBasis::Current)
        }
        Basis::SecondHome { .. } => (resident.person, SpellBasis::SecondHome),
        Basis::With { person, .. } | Basis::Moved { person } | Basis::Among { person } => {
            (person, SpellBasis::Current)
        }
    };
    let spell = spells.get(whose as usize).iter().rev().find(|spell| spell.basis == basis);
    let period = spell.map_or(Period::default(), |spell| spell.period);
    // Nobody has lived there longer than it has lived, but a beginning that nobody tells is not
    // that of a life.
    let from = period.from.map(|from| Some(from).max(people.born[resident.person as usize]));
    Period { from: from.flatten(), ..period }
}

/// Takes a child to have come with its family, or to have been born into it, if no record says when
/// it came, nor that it ever lived elsewhere: that it was first seen there on a day tells little.
fn since_carer(members: &mut [Membership], place: Place, spells: &Spells, ties: Ties<'_>) {
    let people = ties.people;
    for at in 0..members.len() {
        let Membership { person, basis, .. } = members[at];
        let child = person as usize;
        let known = &spells.known[spells.lists.range(child)];
        let born = people.born[child].filter(|_| people.stage[child] == Stage::Child);
        if !matches!(basis, Basis::Stated | Basis::StatedUndated)
            || !matches!(known, [only] if !only.has_arrival)
        {
            continue;
        }
        let grown = |m: &&Membership| people.stage[m.person as usize] == Stage::Adult;
        let carers = members.iter().filter(grown).filter_map(|m| {
            let tie = ties.strongest(person, m.person, place)?;
            Some((tie, m.period.from?))
        });
        let nearest = carers.min();
        if let Some(((_, since), born)) = nearest.zip(born) {
            let first = since.max(born);
            if members[at].period.from.is_none_or(|from| first < from) {
                members[at].period.from = Some(first);
                members[at].basis = Basis::Stated;
            }
        }
    }
}

fn household(draft: &Draft, members: &[Membership]) -> Household {
    let mut addresses: Vec<u32> = draft.members.iter().map(|(r, _)| r.stay.address).collect();
    addresses.sort_unstable();
    let usual = addresses
        .chunk_by(u32::eq)
        .max_by_key(|same| (same.len(), Reverse(same[0])))
        .expect("a household has a member");
    // It is as old as any member is known to be there, and lasts as long as anyone.
    let from = members.iter().filter_map(|m| m.period.from).min();
    let to = members.iter().map(|m| m.period.to).collect::<Option<Vec<_>>>();
    Household {
        address: usual[0],
        kind: draft.kind,
        period: Period { from, to: to.and_then(|to| to.into_iter().max()) },
        size: u32::try_from(members.len()).expect("fewer members than persons"),
    }
}
