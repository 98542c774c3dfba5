//! Decides who has moved with others, though no record of their own says so.
//!
//! A family moves, and the doctor hears of the mother first. Whoever was last seen before those
//! with whom they lived moved on, and has nobody of theirs where they were, is taken to be
//! with them still: a child with those who raise it, a grown person with a partner or with all
//! the rest, but a parent not with a son who left home.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{Date, Lists, RelationType};

use crate::{
    Basis, NoHousehold, Tie,
    homes::{Home, Stay},
    neighbours::{Known, Neighbours},
    people::{People, Stage, carer_rank},
    places::{Place, Places},
    residents::CROWD,
    statements::{Standing, Statement, at, is_residential},
    ties::Ties,
};

/// Parents and children are at least so many days apart in age.
const GENERATION: i32 = 15 * 365;

/// For so many days after somebody moved a list may still have them where they were.
pub(crate) const LAG: i32 = 91;

/// Moves to the homes of their families those who must have moved with them.
pub(crate) fn follow(
    homes: &mut [Home],
    neighbours: &Neighbours,
    places: &Places<'_>,
    ties: Ties<'_>,
) {
    // A child may follow a mother who followed a partner.
    for _ in 0..2 {
        let before = &*homes;
        let moved: Vec<(usize, Stay)> = (0..before.len())
            .into_par_iter()
            .filter_map(|person| Some((person, after(person, before, neighbours, places, ties)?)))
            .collect();
        if moved.is_empty() {
            return;
        }
        for (person, stay) in moved {
            let home = &mut homes[person];
            (home.place, home.door, home.stale) = (Some(stay.place), Ok(stay), false);
        }
    }
}

/// Somebody who left the home of the person in question.
struct Leader {
    person: u32,
    stay: Stay,
    since: Date,
    tie: Tie,
}

/// Where a person has gone with others since last seen at home.
fn after(
    person: usize,
    homes: &[Home],
    neighbours: &Neighbours,
    places: &Places<'_>,
    ties: Ties<'_>,
) -> Option<Stay> {
    let home = &homes[person];
    if home.door == Err(NoHousehold::AddressUncertain) {
        return with_family(person, homes, places, ties);
    }
    let stay = home.stated().filter(|_| home.second.is_none())?;
    let here = neighbours.at(stay.place);
    if CROWD < here.len() {
        return None;
    }
    let said = ties.statements.get(person);
    let known = Known::itself(said, stay.place)?;
    let was_gone_by = |said: &[Statement], since: Date| {
        Known::itself(said, stay.place).is_some_and(|known| known.last <= since)
            && Known::of_own(said, stay.place).is_some_and(|known| days(since, known.last) <= LAG)
    };
    let id = u32::try_from(person).expect("fewer than 2^32 persons");
    let others = || here.iter().copied().filter(|&other| other != id);
    let mut leaders: Vec<Leader> = Vec::new();
    for other in others() {
        let home = &homes[other as usize];
        let Some(there) = home.door.ok().filter(|there| there.place != stay.place) else {
            continue;
        };
        let of_other = ties.statements.get(other as usize);
        let Some(known_here) = Known::itself(of_other, stay.place) else { continue };
        if let Some(since) = arrival(of_other, there, home, ties.statements)
            && known.first < since
            && known_here.first < since
            && was_gone_by(said, since)
            && was_gone_by(of_other, since)
            && let Some(tie) = ties.strongest(id, other, stay.place)
        {
            leaders.push(Leader { person: other, stay: there, since, tie });
        }
    }
    // Who remains matters only where somebody left, which is seldom.
    let mut remaining: Vec<(Date, u32)> = Vec::new();
    for other in others().filter(|_| !leaders.is_empty()) {
        let of_other = ties.statements.get(other as usize);
        if homes[other as usize].door.is_ok_and(|there| there.place == stay.place)
            && let Some(known_here) = Known::itself(of_other, stay.place)
            && ties.are_tied(id, other, stay.place)
        {
            remaining.push((known_here.last, other));
        }
    }
    let settled = |place: Place| leaders.iter().filter(move |l| l.stay.place == place);
    let best = leaders
        .iter()
        // Where some of the family were still there afterwards, it has parted.
        .filter(|leader| {
            remaining.iter().all(|&(last, _)| last <= leader.since)
                || is_raised_by(person, leader.person, &remaining, ties.people)
        })
        .filter(|leader| !stays_behind(person, leader, &remaining, ties))
        .filter(|leader| !is_known_apart(person, stay.place, leader, places, ties))
        .filter_map(|leader| {
            let close = goes_with(person, leader, homes, neighbours, ties)?;
            let others = settled(leader.stay.place).count();
            Some(((close, others, Reverse(leader.person)), leader))
        })
        .max_by_key(|&(rank, _)| rank);
    let Some((_, leader)) = best else {
        let is_child = ties.people.stage[person] == Stage::Child;
        return is_child.then(|| with_carer(person, stay, known, here, homes, ties)).flatten();
    };
    let basis = Basis::Moved { person: leader.person };
    Some(Stay { place: leader.stay.place, address: leader.stay.address, basis })
}

/// Whether a child is raised by somebody who left, and by nobody who stayed: its grandparents' home is
/// not its own without its mother.
fn is_raised_by(child: usize, leader: u32, remaining: &[(Date, u32)], people: &People) -> bool {
    let raises = |other: u32| {
        let relations = people.relations.get(child).iter();
        relations.filter(|of| of.0 == other).any(|of| carer_rank(of.1).is_some())
    };
    people.stage[child] == Stage::Child
        && raises(leader)
        && !remaining.iter().any(|&(_, other)| raises(other))
}

/// Whether a record has a grown person elsewhere than the leader since that one left, or still at
/// home in a source that knows where the leader went.
///
/// Their child is what ties parents who have parted. Neither is ever brought to the other's door
/// against what is said of them.
fn is_known_apart(
    person: usize,
    home: Place,
    leader: &Leader,
    places: &Places<'_>,
    ties: Ties<'_>,
) -> bool {
    if ties.people.stage[person] == Stage::Child {
        return false;
    }
    let of_leader = at(ties.statements.get(leader.person as usize), leader.stay.place);
    let knows = |source| of_leader.iter().any(|s| s.source == source);
    let is_elsewhere = |s: &Statement| {
        is_residential(s.place)
            && s.place != leader.stay.place
            && (s.place.is_one_door() || !places.may_be(s.address, leader.stay.address))
            && (s.from.is_some() || s.sighted)
    };
    let mut since = ties.statements.get(person).iter().filter(|s| leader.since < s.seen);
    since.any(|s| match s.standing {
        Standing::Open if s.place == home => s.is_subject && knows(s.source),
        Standing::Open | Standing::Superseded => s.place != home && is_elsewhere(s),
        _ => false,
    })
}

/// The home of the partner of somebody of whom records tell no door, or of those who raise a child
/// of whom they do not, if these were seen there since.
fn with_family(person: usize, homes: &[Home], places: &Places<'_>, ties: Ties<'_>) -> Option<Stay> {
    let people = ties.people;
    let (said, vague) = (ties.statements.get(person), homes[person].place?);
    let last = Known::of(said, vague)?.last;
    // Whoever lives where that may be is found later, among all who do.
    let is_there =
        |stay: Stay| at(said, vague).iter().any(|s| places.may_be(s.address, stay.address));
    let is_child = people.stage[person] == Stage::Child;
    let rank = |is: RelationType| match is {
        RelationType::Partner => Some(0),
        is if is_child => carer_rank(is).map(|rank| rank + 1),
        _ => None,
    };
    let seen_since = |&(other, is): &(u32, RelationType)| {
        let (rank, stay) = (rank(is)?, homes[other as usize].door.ok()?);
        let seen = Known::of(ties.statements.get(other as usize), stay.place)?.last;
        (last <= seen && !is_there(stay)).then_some((rank, other, stay))
    };
    let family: Vec<(u8, u32, Stay)> =
        people.relations.get(person).iter().filter_map(seen_since).collect();
    let &(rank, leader, stay) = family.iter().min_by_key(|one| (one.0, one.1))?;
    let mut rivals = family.iter().filter(|one| one.0 == rank);
    let basis = Basis::Moved { person: leader };
    rivals.all(|one| one.2.place == stay.place).then_some(Stay { basis, ..stay })
}

/// Whether somebody is still taken to live there with whom the person rather lives than with the
/// one who left: the parents of a brother who left home, or of the person, or its child.
fn stays_behind(person: usize, leader: &Leader, remaining: &[(Date, u32)], ties: Ties<'_>) -> bool {
    let people = ties.people;
    let leads = leader.person as usize;
    let is_child = people.stage[person] == Stage::Child;
    let leader_is = |what| {
        people.relations.get(person).iter().any(|&(other, is)| other == leader.person && is == what)
    };
    // A small child does not move by itself: whoever raises it went along.
    let own_child = people.stage[leads] == Stage::Child && leader_is(RelationType::Child);
    let with_adult = is_child && people.stage[leads] == Stage::Adult;
    if leader_is(RelationType::Partner) || own_child || with_adult {
        return false;
    }
    remaining.iter().any(|&(_, other)| {
        let other = other as usize;
        let elder = gap(people, person, other).is_some_and(|gap| GENERATION <= gap);
        let child = !is_child && people.stage[other] == Stage::Child;
        (elder && people.stage[other] == Stage::Adult) || child
    })
}

/// The home of a carer, for a child at a place where no grown person lives any more and where it
/// was not seen since the carer came to that home.
fn with_carer(
    child: usize,
    stay: Stay,
    known: Known,
    here: &[u32],
    homes: &[Home],
    ties: Ties<'_>,
) -> Option<Stay> {
    let people = ties.people;
    let lives_here = |person: u32| {
        homes[person as usize].door.is_ok_and(|there| there.place == stay.place)
            || homes[person as usize].second.is_some_and(|there| there.place == stay.place)
    };
    let is_grown = |person: u32| people.stage[person as usize] == Stage::Adult;
    if here.iter().any(|&person| is_grown(person) && lives_here(person)) {
        return None;
    }
    let mut carers: Vec<(u8, u32, RelationType)> = people
        .relations
        .get(child)
        .iter()
        .filter_map(|&(person, relation)| Some((carer_rank(relation)?, person, relation)))
        .collect();
    carers.sort_unstable();
    carers.into_iter().find_map(|(_, person, relation)| {
        let home = &homes[person as usize];
        let there = home.door.ok()?;
        let since = arrival(ties.statements.get(person as usize), there, home, ties.statements)?;
        (known.last < since).then_some(Stay { basis: Basis::With { relation, person }, ..there })
    })
}

/// The first day a person is known to have been at its home, or whoever it followed there.
fn arrival(said: &[Statement], stay: Stay, home: &Home, all: &Lists<Statement>) -> Option<Date> {
    let there = at(said, stay.place);
    let dated = there.iter().filter(|s| s.from_is_exact).filter_map(|s| s.from).min();
    let own = dated.or_else(|| Known::itself(said, stay.place).map(|known| known.first));
    own.or_else(|| match home.door.ok()?.basis {
        Basis::Moved { person } | Basis::With { person, .. } => {
            Known::itself(all.get(person as usize), stay.place).map(|known| known.first)
        }
        _ => None,
    })
}

/// Whether the person goes where a tied leader goes, and then whether as a child or a partner.
fn goes_with(
    person: usize,
    leader: &Leader,
    homes: &[Home],
    neighbours: &Neighbours,
    ties: Ties<'_>,
) -> Option<bool> {
    let people = ties.people;
    let stage = |person: usize| people.stage[person];
    let relation = |is: fn(RelationType) -> bool| {
        let relations = people.relations.get(person);
        relations.iter().any(|&(other, relation)| other == leader.person && is(relation))
    };
    let other = leader.person as usize;
    if stage(person) == Stage::Child {
        // A child goes with a grown-up; an elder sister who leaves home takes nobody along.
        let raises = relation(|is| {
            matches!(
                is,
                RelationType::Mother
                    | RelationType::Father
                    | RelationType::Parent
                    | RelationType::Guardian
            )
        });
        let elder = gap(people, person, other).is_none_or(|gap| GENERATION <= gap);
        let child_too = stage(other) == Stage::Child;
        return (raises || child_too || elder).then_some(raises);
    }
    if relation(|is| is == RelationType::FormerPartner) {
        return None;
    }
    if relation(|is| is == RelationType::Partner) {
        return Some(true);
    }
    if stage(other) == Stage::Child {
        // A parent goes with a child of whom nobody else takes care there.
        let there = leader.stay.place;
        let cared_for = neighbours.at(there).iter().any(|&grown| {
            grown as usize != person
                && stage(grown as usize) == Stage::Adult
                && homes[grown as usize].door.is_ok_and(|stay| stay.place == there)
        });
        let is_parent = relation(|is| is == RelationType::Child);
        // Of parents who live apart neither goes after their child: it may be with the other.
        let own = homes[person].door.ok()?.place;
        let is_shared = people.relations.get(other).iter().any(|&(carer, is)| {
            let home = homes[carer as usize].door;
            carer_rank(is).is_some() && home.is_ok_and(|stay| stay.place != own)
        });
        return (is_parent && !cared_for && !is_shared).then_some(false);
    }
    // One of about the same age, or a parent of whom no other family is left behind; not a
    // grown child who left home.
    match gap(people, person, other) {
        Some(gap) => (-GENERATION < gap).then_some(false),
        None => leader.tie.is_close().then_some(false),
    }
}

/// By how many days `other` is older.
fn gap(people: &People, person: usize, other: usize) -> Option<i32> {
    let (own, others) = (people.born[person]?, people.born[other]?);
    Some(days(others, own))
}

/// The days from one day to another.
pub(crate) fn days(from: Date, to: Date) -> i32 {
    let days = to.duration_since(from).as_hours() / 24;
    i32::try_from(days).expect("all dates lie within ten thousand years")
}
