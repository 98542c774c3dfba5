//! Puts right a door that one source got wrong, by where in that postcode the family lives.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{Lists, NONE};

use crate::{
    Config,
    neighbours::Neighbours,
    people::People,
    places::{Place, Places},
    reliability::Reliabilities,
    residents::CROWD,
    statements::{Standing, Statement, at, in_order, weigh},
    ties::Ties,
};

/// Takes a door that one source alone gives for a person, and at which nobody is tied to the person,
/// for the one door of that postcode at which somebody is.
///
/// Who moves, seldom moves within a postcode; but a digit is soon wrong. With a day of its own on
/// which the person moved in, and none of the family elsewhere, it is a move for all that.
pub(crate) fn settle_slips(
    statements: &mut Lists<Statement>,
    people: &People,
    places: &Places<'_>,
    config: &Config,
) {
    let neighbours = Neighbours::of(statements);
    let ties = Ties { people, statements };
    let of = |person| Some((person, settled(person, places, &neighbours, ties, config)?));
    let settled: Vec<(usize, Vec<Statement>)> =
        (0..statements.len()).into_par_iter().filter_map(of).collect();
    let mut settled = settled.into_iter().peekable();
    for (person, said) in statements.iter_mut().enumerate() {
        if let Some((_, right)) = settled.next_if(|settled| settled.0 == person) {
            said.copy_from_slice(&right);
        }
    }
}

/// The statements about a person, if any was of a wrong door.
fn settled(
    person: usize,
    places: &Places<'_>,
    neighbours: &Neighbours,
    ties: Ties<'_>,
    config: &Config,
) -> Option<Vec<Statement>> {
    let said = ties.statements.get(person);
    let id = u32::try_from(person).ok()?;
    let mut slips: Vec<(Place, Statement)> = Vec::new();
    for there in said.chunk_by(|a, b| a.place == b.place) {
        let here = neighbours.at(there[0].place);
        if !there[0].place.is_one_door() || CROWD < here.len() {
            continue;
        }
        let right = alike_door(id, there[0], here.len(), places, neighbours, ties)
            .or_else(|| right_door(id, there, here, places, neighbours, ties));
        if let Some(right) = right {
            slips.push((there[0].place, right));
        }
    }
    if slips.is_empty() {
        return None;
    }
    let mut settled = said.to_vec();
    for s in &mut settled {
        if let Some((_, right)) = slips.iter().find(|slip| slip.0 == s.place) {
            (s.place, s.kind, s.address) = (right.place, right.kind, right.address);
        }
    }
    in_order(&mut settled);
    weigh(&mut settled, &Reliabilities::default(), config);
    Some(settled)
}

/// A statement of the door that is meant by one that is written alike, if the person or somebody tied
/// to it is known there too: of the two the one at which more persons are.
fn alike_door(
    person: u32,
    first: Statement,
    here: usize,
    places: &Places<'_>,
    neighbours: &Neighbours,
    ties: Ties<'_>,
) -> Option<Statement> {
    let is_near = |other: u32, place: Place| other == person || ties.are_tied(person, other, place);
    places
        .alike(first.address)
        .map(|(place, address)| (neighbours.at(place), place, address))
        .filter(|&(known, place, _)| {
            (here, place) < (known.len(), first.place)
                && known.len() <= CROWD
                && known.iter().any(|&other| is_near(other, place))
        })
        .max_by_key(|&(known, place, _)| (known.len(), Reverse(place)))
        .map(|(_, place, address)| {
            let kind = places.kind[address as usize];
            Statement { place, kind, address, ..first }
        })
}

/// A statement of the door that is meant, of what one source says of a person and another door.
fn right_door(
    person: u32,
    there: &[Statement],
    here: &[u32],
    places: &Places<'_>,
    neighbours: &Neighbours,
    ties: Ties<'_>,
) -> Option<Statement> {
    let first = there[0];
    let postcode = places.addresses[first.address as usize].postcode;
    if postcode == NONE
        || there.iter().any(|s| s.source != first.source || s.standing == Standing::Expected)
    {
        return None;
    }
    let is_tied = |other: u32, place: Place| other != person && ties.are_tied(person, other, place);
    if here.iter().any(|&other| is_tied(other, first.place)) {
        return None;
    }
    let nearby = |s: &&Statement| {
        s.place != first.place
            && s.place.is_one_door()
            && places.addresses[s.address as usize].postcode == postcode
    };
    let people = ties.people;
    let said = ties.statements.get(person as usize);
    let own = said.iter();
    let of = |other: u32| ties.statements.get(other as usize).iter();
    let relatives = people.relations.get(person as usize).iter().map(|relation| relation.0);
    let mates = people.row_mates.get(person as usize).iter().copied();
    let mut doors: Vec<(Place, u32, Statement)> = own
        .filter(nearby)
        .flat_map(|s| neighbours.at(s.place).iter().take(CROWD).map(move |&other| (other, s)))
        .chain(relatives.chain(mates).flat_map(|o| of(o).filter(nearby).map(move |s| (o, s))))
        .filter(|&(other, s)| is_tied(other, s.place))
        .map(|(other, s)| (s.place, other, *s))
        .collect();
    doors.sort_unstable_by_key(|door| (door.0, door.1, door.2.address));
    let right = doors.first()?.2;
    let arrived = |s: &Statement| {
        // Whoever was born there did not move there.
        let born = people.born[person as usize];
        let Some(day) = s.from.filter(|_| s.from_is_exact && s.from != born) else { return true };
        doors.iter().any(|&(place, other, _)| {
            at(ties.statements.get(other as usize), place).iter().any(|s| s.from == Some(day))
        })
    };
    // It takes two to say so, or each of two could be sent to the other's door.
    let is_sure =
        doors.iter().any(|door| door.1 != doors[0].1) || !at(said, right.place).is_empty();
    let one_door = doors.iter().all(|door| door.0 == right.place);
    (one_door && is_sure && there.iter().all(arrived)).then_some(right)
}
