//! Finds the door of those whose own records tell only the building or the postcode.

use rayon::prelude::*;
use record::NONE;

use crate::{
    Basis, NoHousehold, Tie,
    homes::{Home, Stay},
    places::{Place, Places},
    ties::Ties,
};

/// Nobody looks for a family among more persons than this in one postcode or building.
const CROWD: usize = 400;

/// Puts whoever is known to live in a building or a postcode behind the door there at which those
/// live to whom they are tied, if it is one door.
pub(crate) fn settle_among(homes: &mut [Home], places: &Places<'_>, ties: Ties<'_>) {
    // Whoever has a door, by what those without one know of it.
    let mut around: Vec<(Place, u32)> = Vec::new();
    for (person, home) in (0_u32..).zip(homes.iter()) {
        if let Ok(stay) = home.door {
            let address = places.addresses[stay.address as usize];
            if address.building != NONE {
                around.push((Place::InBuilding(address.building), person));
            }
            if address.postcode != NONE {
                around.push((Place::InPostcode(address.postcode), person));
            }
        }
    }
    around.par_sort_unstable();
    let before = &*homes;
    let found: Vec<(usize, Stay)> = (0..before.len())
        .into_par_iter()
        .filter_map(|person| Some((person, beside(person, before, &around, ties)?)))
        .collect();
    for (person, stay) in found {
        let home = &mut homes[person];
        (home.place, home.door) = (Some(stay.place), Ok(stay));
    }
}

fn beside(person: usize, homes: &[Home], around: &[(Place, u32)], ties: Ties<'_>) -> Option<Stay> {
    let Home { place: Some(vague), door: Err(NoHousehold::AddressUncertain), .. } = homes[person]
    else {
        return None;
    };
    let start = around.partition_point(|row| row.0 < vague);
    let end = start + around[start..].partition_point(|row| row.0 == vague);
    if CROWD < end - start {
        return None;
    }
    let id = u32::try_from(person).ok()?;
    let mut tied: Vec<(Tie, u32)> = around[start..end]
        .iter()
        .filter_map(|&(_, other)| {
            let stay = homes[other as usize].door.ok()?;
            // What two others share at a door says nothing of one who is not known there.
            let tie = ties.strongest(id, other, stay.place)?;
            Some((tie, other))
        })
        .collect();
    tied.sort_unstable();
    let (best, leader) = *tied.first()?;
    let stay = homes[leader as usize].door.ok()?;
    let rank = |tie: Tie| std::mem::discriminant(&tie);
    let mut rivals = tied.iter().filter(|(tie, _)| rank(*tie) == rank(best));
    let one_door = rivals
        .all(|&(_, other)| homes[other as usize].door.is_ok_and(|other| other.place == stay.place));
    one_door.then_some(Stay { basis: Basis::Among { person: leader }, ..stay })
}
