//! Moves on those in whose place strangers live, if they were seen elsewhere since.

use rayon::prelude::*;

use crate::{
    homes::{Home, home_at},
    neighbours::Known,
    residents::{CROWD, Inmate, residents},
    statements::{Standing, at},
    ties::Ties,
};

/// Gives another home to whoever was seen there after being seen at the one for which most speaks,
/// if strangers have moved into that since.
///
/// Three lists outweigh one sighting, but not when others have the house.
pub(crate) fn move_on(homes: &mut [Home], ties: Ties<'_>) {
    let residents = residents(homes, ties.statements);
    let by_door: Vec<&[Inmate]> = residents.chunk_by(|a, b| a.place == b.place).collect();
    let moved: Vec<Vec<(u32, Home)>> = by_door
        .into_par_iter()
        .filter(|door| (2..=CROWD).contains(&door.len()))
        .map(|door| {
            let moved =
                |inmate: &Inmate| Some((inmate.person, elsewhere(inmate, door, homes, ties)?));
            door.iter().filter_map(moved).collect()
        })
        .collect();
    for (person, home) in moved.into_iter().flatten() {
        homes[person as usize] = home;
    }
}

fn elsewhere(inmate: &Inmate, door: &[Inmate], homes: &[Home], ties: Ties<'_>) -> Option<Home> {
    let home = &homes[inmate.person as usize];
    if home.place != Some(inmate.place) || home.second.is_some() {
        return None;
    }
    let last = inmate.known?.last;
    let others = || door.iter().filter(|other| other.person != inmate.person);
    let is_tied = |other: &Inmate| ties.are_tied(inmate.person, other.person, inmate.place);
    let arrival = others()
        .filter_map(|other| Some((other.known?.first, other)))
        .filter(|&(first, other)| last < first && !is_tied(other))
        .map(|(first, _)| first)
        .min()?;
    if others().any(|other| other.known.is_some_and(|k| arrival <= k.last) && is_tied(other)) {
        return None;
    }
    let said = ties.statements.get(inmate.person as usize);
    said.chunk_by(|a, b| a.place == b.place)
        .filter(|there| there[0].place != inmate.place)
        .filter(|there| there.iter().any(|s| s.standing == Standing::Open))
        .filter_map(|there| Some((Known::of(said, there[0].place)?.last, there[0].place)))
        .filter(|&(seen, _)| last < seen)
        .max()
        .map(|(_, place)| home_at(at(said, place), Standing::Open))
}
