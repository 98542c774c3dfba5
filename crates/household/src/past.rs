//! Tells where each person lived before, one home at a time, as far as the spells tell.

use rayon::prelude::*;
use record::{AddressKind, Date, Lists, RelationType};

use crate::{
    Basis, Membership, NoHousehold, ResidencySpell, SpellBasis, Tie, TiedTo,
    following::{LAG, days},
    listed::listed,
    people::{Stage, stage_on},
    places::Place,
    spells::{KnownSpell, Spells},
};

/// A person's time behind one door, in a private home, that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PastStay {
    pub(crate) place: Place,
    pub(crate) person: u32,
    pub(crate) address: u32,
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) basis: Basis,
}

/// What is known of persons and their homes at the run date.
pub(crate) struct Present<'a> {
    pub(crate) memberships: &'a [Membership],
    /// For each person, the places of its memberships.
    pub(crate) of_person: &'a Lists<u32>,
    /// For each household its door.
    pub(crate) doors: &'a [Place],
    pub(crate) unhoused: &'a [Option<NoHousehold>],
    pub(crate) born: &'a [Option<Date>],
    pub(crate) run_date: Date,
}

impl Present<'_> {
    fn homes(&self, person: u32) -> impl Iterator<Item = &Membership> {
        self.of_person.get(person as usize).iter().map(|&at| &self.memberships[at as usize])
    }

    fn is_at(&self, person: u32, place: Place) -> bool {
        self.homes(person).any(|home| self.doors[home.household as usize] == place)
    }
}

/// Where everybody lived before, by person, the earliest first.
pub(crate) fn past_stays(spells: &Spells, present: &Present<'_>) -> Vec<PastStay> {
    let n = spells.lists.len();
    let of_person = listed(n, 0, |person, stays| {
        let range = spells.lists.range(person);
        let said = spells.lists.get(person);
        let id = u32::try_from(person).expect("fewer than 2^32 persons");
        own(id, said, &spells.known[range], present, stays);
        stays.reverse();
    });
    let tells_none = |person: &usize| {
        let known = &spells.known[spells.lists.range(*person)];
        known.is_empty() || matches!(known, [only] if !only.has_arrival)
    };
    let with_carers: Vec<PastStay> = (0..n)
        .into_par_iter()
        .filter(tells_none)
        .flat_map_iter(|person| with_carer(person, &of_person, present))
        .collect();
    [of_person.items(), &with_carers].concat()
}

/// Lists the homes of one person before the one at the run date, the latest first.
///
/// Of two that records have at one time, the later begun is the home.
fn own(
    person: u32,
    spells: &[ResidencySpell],
    known: &[KnownSpell],
    present: &Present<'_>,
    stays: &mut Vec<PastStay>,
) {
    let main = present.homes(person).find(|m| !matches!(m.basis, Basis::SecondHome { .. }));
    let mut until = main.and_then(|main| main.period.from);
    let gone = matches!(
        present.unhoused[person as usize],
        Some(
            NoHousehold::LikelyGone
                | NoHousehold::Stale
                | NoHousehold::Succeeded
                | NoHousehold::MovedAway
        )
    );
    for (at, (spell, of_spell)) in spells.iter().zip(known).enumerate().rev() {
        let is_now = matches!(spell.basis, SpellBasis::Current | SpellBasis::SecondHome);
        let is_home = is_now && present.is_at(person, of_spell.place);
        let elsewhere = matches!(spell.basis, SpellBasis::Expected | SpellBasis::NotResidential);
        let Some(from) = spell.period.from.filter(|_| !is_home && !elsewhere) else { continue };
        if until.is_some_and(|until| until <= from) || is_passing(at, spells, known) {
            continue;
        }
        // Nobody says when it ended who is gone without a word: as far as is known, when last seen.
        let open = if is_now && !gone { Some(present.run_date) } else { of_spell.sighted };
        let end = match (spell.period.to, until) {
            (Some(to), Some(until)) => Some(to.min(until)),
            (to, until) => to.or(until).or(open),
        };
        let Some(end) = end.map(|end| end.min(present.run_date)).filter(|&end| from < end) else {
            continue;
        };
        until = Some(from);
        // Where somebody lives who has no household now, there was none then.
        let counts = matches!(spell.kind, AddressKind::Home | AddressKind::Hostel)
            && of_spell.place.is_one_door()
            && (!is_now || gone);
        if !counts {
            continue;
        }
        let stay = PastStay {
            place: of_spell.place,
            person,
            address: spell.address,
            from,
            to: end,
            basis: Basis::Stated,
        };
        match stays.last_mut() {
            // A new tenancy of the same home.
            Some(later) if later.place == stay.place && days(end, later.from) <= LAG => {
                later.from = from;
            }
            _ => stays.push(stay),
        }
    }
}

/// Whether somebody was but seen somewhere while, as a record says, living elsewhere.
fn is_passing(at: usize, spells: &[ResidencySpell], known: &[KnownSpell]) -> bool {
    let Some(seen) = spells[at].period.from.filter(|_| !known[at].has_arrival) else {
        return false;
    };
    let others = spells.iter().zip(known).enumerate().filter(|&(other, _)| other != at);
    others.into_iter().any(|(_, (spell, of_spell))| {
        of_spell.has_arrival
            && spell.basis == SpellBasis::Ended
            && spell.period.from.is_some_and(|from| from <= seen)
            && spell.period.to.is_some_and(|to| seen < to)
    })
}

/// The former homes of a child of whom no record tells any: those of the parent or carer with whom it
/// lives, since its birth.
fn with_carer(child: usize, of_person: &Lists<PastStay>, present: &Present<'_>) -> Vec<PastStay> {
    let born = present.born[child];
    let person = u32::try_from(child).expect("fewer than 2^32 persons");
    let is_child = born.is_some_and(|born| stage_on(born, present.run_date) == Stage::Child);
    let with = present.homes(person).find_map(|home| match home.basis {
        Basis::With { person: carer, .. } => Some((carer, home.basis)),
        _ => match home.tie {
            Some(TiedTo {
                tie:
                    Tie::Declared(
                        relation @ (RelationType::Mother
                        | RelationType::Father
                        | RelationType::Parent),
                    ),
                person,
            }) if is_child => Some((person, Basis::With { relation, person })),
            _ => None,
        },
    });
    let Some(((carer, basis), born)) = with.zip(born) else { return Vec::new() };
    let of_carer = of_person.get(carer as usize).iter();
    of_carer
        .filter(|stay| born < stay.to)
        .map(|stay| PastStay { person, from: stay.from.max(born), basis, ..*stay })
        .collect()
}
