//! Decides where each person lives at the run date.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{AddressKind, Lists, RelationType};

use crate::{
    Basis, Config, NoHousehold,
    people::{People, Stage, carer_rank},
    places::{Place, Places},
    statements::{Standing, Statement, age, at, is_residential},
    two_homes::{is_parent, two_homes},
};

/// Where a person lives at the run date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// The place, private or not, if any statement is open.
    pub(crate) place: Option<Place>,
    /// The private home behind one door, or why there is none.
    pub(crate) door: Result<Stay, NoHousehold>,
    /// A child's second.
    pub(crate) second: Option<Stay>,
    /// Whether all that speaks for it is stale.
    pub(crate) stale: bool,
}

impl Home {
    /// A private home behind one door.
    pub(crate) fn at(stay: Stay) -> Home {
        Home { place: Some(stay.place), door: Ok(stay), second: None, stale: false }
    }

    /// The home, if its person's own records tell the door.
    pub(crate) fn stated(&self) -> Option<Stay> {
        self.door.ok().filter(|stay| matches!(stay.basis, Basis::Stated | Basis::StatedUndated))
    }
}

/// A private home behind one door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) place: Place,
    pub(crate) address: u32,
    pub(crate) basis: Basis,
}

/// Each person's home.
pub(crate) fn homes(
    statements: &Lists<Statement>,
    people: &People,
    places: &Places<'_>,
    config: &Config,
) -> Vec<Home> {
    let mut stated: Vec<Home> = (0..people.stage.len())
        .into_par_iter()
        .map(|person| stated_home(statements.get(person), people.stage[person]))
        .collect();
    let children = (0_u32..).zip(&people.stage).filter(|&(_, &stage)| stage == Stage::Child);
    let children: Vec<u32> = children.map(|(child, _)| child).collect();

    for &person in &people.delivered {
        stated[person as usize].door = Err(NoHousehold::Delivered);
    }
    let mut homes = stated.clone();
    for &child in &children {
        let of_child = &mut homes[child as usize];
        let said = statements.get(child as usize);
        let around = Around { relations: people.relations.get(child as usize), homes: &stated };
        if let Some(stay) = around.placement(said, config) {
            *of_child = Home::at(stay);
        } else if let Some((main, second)) =
            two_homes(of_child, said, around.relations, around.homes, statements)
        {
            *of_child = Home { second: Some(second), ..Home::at(main) };
        } else if let Ok(stay) = of_child.door {
            of_child.second = around.second_home(&stay, said, config);
        }
    }
    // Twice, since the mother of a baby may be a child with her own mother.
    for _ in 0..2 {
        let before = homes.clone();
        for &child in &children {
            let of_child = &mut homes[child as usize];
            let around = Around { relations: people.relations.get(child as usize), homes: &before };
            if let Some(door) = around.with_carer(statements.get(child as usize), of_child, places)
            {
                of_child.door = door;
            }
        }
    }
    homes
}

/// Takes their homes from those who are not likely there any more.
///
/// Where too little is known to tell who is likely gone, that is whoever was not seen for long.
pub(crate) fn leave(homes: &mut [Home], present: Option<&[bool]>) {
    for (person, home) in homes.iter_mut().enumerate() {
        let is_here = present.map_or(!home.stale, |present| present[person]);
        if home.door.is_ok() && !is_here {
            let reason = if home.stale { NoHousehold::Stale } else { NoHousehold::LikelyGone };
            (home.door, home.second) = (Err(reason), None);
        }
    }
}

/// The home for which most speaks, by the person's own records.
fn stated_home(statements: &[Statement], stage: Stage) -> Home {
    let none = |reason| Home { place: None, door: Err(reason), second: None, stale: false };
    if stage == Stage::Unborn {
        return none(NoHousehold::Unborn);
    }
    let best = |standing| {
        statements
            .chunk_by(|a, b| a.place == b.place)
            .filter(|said| said.iter().any(|s| s.standing == standing))
            .max_by_key(|said| strength(said))
    };
    let (best, standing) = match best(Standing::Open) {
        Some(best) => (best, Standing::Open),
        None => match (no_open_statement(statements), best(Standing::Stale)) {
            (NoHousehold::Stale, Some(best)) => (best, Standing::Stale),
            (reason, _) => return none(reason),
        },
    };
    home_at(best, standing)
}

/// The home that what is said of one place makes, of which some has this standing.
pub(crate) fn home_at(best: &[Statement], standing: Standing) -> Home {
    let place = best[0].place;
    let open = best.iter().filter(|s| s.standing == standing);
    let door = match usual_kind(open.map(|s| s.kind)) {
        // A family in a hostel keeps house there; who else does is seen when all are known.
        AddressKind::Home | AddressKind::Hostel if place.is_one_door() => {
            Ok(Stay { place, address: usual_address(best), basis: Basis::Stated })
        }
        AddressKind::Home => Err(NoHousehold::AddressUncertain),
        AddressKind::Communal => Err(NoHousehold::Communal),
        AddressKind::Hostel => Err(NoHousehold::Hostel),
        AddressKind::Refuge => Err(NoHousehold::Protected),
        AddressKind::NoFixedAbode => Err(NoHousehold::NoFixedAbode),
        AddressKind::Office | AddressKind::CareOf | AddressKind::PoBox => {
            Err(NoHousehold::NotResidential)
        }
    };
    Home { place: Some(place), door, second: None, stale: standing == Standing::Stale }
}

/// What speaks for a place, comparable: residential before not, then the weight, the latest
/// sighting, the latest arrival and the lowest address.
fn strength(said: &[Statement]) -> impl Ord + use<> {
    let open = || said.iter().filter(|s| matches!(s.standing, Standing::Open | Standing::Stale));
    (
        is_residential(said[0].place),
        weight(said),
        open().map(|s| s.seen).max(),
        open().map(|s| s.from).max(),
        Reverse(said.iter().map(|s| s.address).min()),
    )
}

/// The sum over sources of the most that each says for a place.
///
/// Statements are in the order of their sources. A source that says a thing twice has not made
/// it likelier.
pub(crate) fn weight(said: &[Statement]) -> u64 {
    said.chunk_by(|a, b| a.source == b.source)
        .map(|of_source| of_source.iter().map(|s| s.weight).max().unwrap_or(0))
        .sum()
}

/// The address as most statements about a door put it, in ties the lowest.
pub(crate) fn usual_address(said: &[Statement]) -> u32 {
    let mut addresses: Vec<u32> = said.iter().map(|s| s.address).collect();
    addresses.sort_unstable();
    let usual = addresses.chunk_by(u32::eq).max_by_key(|same| (same.len(), Reverse(same[0])));
    usual.map_or(record::NONE, |same| same[0])
}

/// The kind most statements give, but a refuge if any does.
pub(crate) fn usual_kind(said: impl Iterator<Item = AddressKind>) -> AddressKind {
    let mut kinds: Vec<AddressKind> = said.collect();
    kinds.sort_unstable();
    kinds
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| (same[0] == AddressKind::Refuge, same.len(), same[0]))
        .map_or(AddressKind::Home, |same| same[0])
}

fn no_open_statement(statements: &[Statement]) -> NoHousehold {
    let latest = |standing| {
        statements.iter().filter(|s| s.standing == standing).map(|s| s.to.unwrap_or(s.seen)).max()
    };
    match (latest(Standing::Ended), latest(Standing::Stale)) {
        (None, None) => NoHousehold::NoAddress,
        (ended, stale) if stale <= ended => NoHousehold::MovedAway,
        _ => NoHousehold::Stale,
    }
}

/// A child's relatives, and where they live.
struct Around<'a> {
    relations: &'a [(u32, RelationType)],
    homes: &'a [Home],
}

impl Around<'_> {
    fn door_of(&self, person: u32) -> Option<Place> {
        self.homes[person as usize].door.ok().map(|stay| stay.place)
    }

    /// The foster carer's home, if the child was lately seen there.
    fn placement(&self, said: &[Statement], config: &Config) -> Option<Stay> {
        self.relations
            .iter()
            .filter(|&&(_, relation)| relation == RelationType::FosterCarer)
            .filter_map(|&(carer, _)| {
                let place = self.door_of(carer)?;
                let there = recent(said, place, config)?;
                let stay =
                    Stay { place, address: usual_address(there), basis: Basis::Placed { carer } };
                Some((weight(there), Reverse(carer), stay))
            })
            .max_by_key(|&(weight, carer, _)| (weight, carer))
            .map(|(_, _, stay)| stay)
    }

    /// The home of one parent beside that of another, if the child was lately seen at both.
    fn second_home(&self, first: &Stay, said: &[Statement], config: &Config) -> Option<Stay> {
        let fostered = |&(_, relation): &(u32, RelationType)| relation == RelationType::FosterCarer;
        if self.relations.iter().any(fostered) {
            return None;
        }
        recent(said, first.place, config)?;
        let parents = || self.relations.iter().filter(|r| is_parent(r.1)).map(|r| r.0);
        if !parents().any(|parent| self.door_of(parent) == Some(first.place)) {
            return None;
        }
        parents()
            .filter_map(|parent| {
                let place = self.door_of(parent).filter(|&place| place != first.place)?;
                let there = recent(said, place, config)?;
                let basis = Basis::SecondHome { parent };
                let stay = Stay { place, address: usual_address(there), basis };
                Some((weight(there), Reverse(parent), stay))
            })
            .max_by_key(|&(weight, parent, _)| (weight, parent))
            .map(|(_, _, stay)| stay)
    }

    /// Where its carer lives, for a child of whom no record tells the door.
    ///
    /// The nearest carer of whom anything is known decides, even if that is a refuge: a baby
    /// lives with its mother, wherever its father's home may be.
    fn with_carer(
        &self,
        said: &[Statement],
        home: &Home,
        places: &Places<'_>,
    ) -> Option<Result<Stay, NoHousehold>> {
        let uncertain = match home.door {
            Err(NoHousehold::NoAddress) if said.is_empty() => None,
            Err(NoHousehold::AddressUncertain) => home.place,
            _ => return None,
        };
        let mut carers: Vec<(u8, u32, RelationType)> = self
            .relations
            .iter()
            .filter_map(|&(person, relation)| Some((carer_rank(relation)?, person, relation)))
            .collect();
        carers.sort_unstable();
        carers.into_iter().find_map(|(_, person, relation)| {
            match (self.homes[person as usize].door, uncertain) {
                (Ok(stay), None) => {
                    Some(Ok(Stay { basis: Basis::With { relation, person }, ..stay }))
                }
                (Ok(stay), Some(place)) => said
                    .iter()
                    .any(|s| s.place == place && places.may_be(s.address, stay.address))
                    .then_some(Ok(Stay { basis: Basis::With { relation, person }, ..stay })),
                (
                    Err(
                        reason @ (NoHousehold::NoFixedAbode
                        | NoHousehold::Communal
                        | NoHousehold::Hostel
                        | NoHousehold::Protected),
                    ),
                    None,
                ) => Some(Err(reason)),
                (Err(_), _) => None,
            }
        })
    }
}

/// What is said of a place, if any of it is recent and does not say that the stay has ended.
fn recent<'a>(said: &'a [Statement], place: Place, config: &Config) -> Option<&'a [Statement]> {
    let there = at(said, place);
    let is_recent = |s: &Statement| {
        matches!(s.standing, Standing::Open | Standing::Superseded)
            && age(s.seen, config) <= config.recent_days
    };
    there.iter().any(is_recent).then_some(there)
}
