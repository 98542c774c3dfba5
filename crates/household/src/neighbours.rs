//! Tells who was ever known at each door.

use rayon::prelude::*;
use record::{Date, Lists};

use crate::{
    listed::in_parts,
    places::Place,
    statements::{Standing, Statement, at},
};

/// The persons known at each place behind one door, at any time.
pub(crate) struct Neighbours {
    places: Vec<Place>,
    persons: Lists<u32>,
}

impl Neighbours {
    pub(crate) fn of(statements: &Lists<Statement>) -> Neighbours {
        let known_at = |person: usize| {
            let there = statements.get(person).chunk_by(|a, b| a.place == b.place);
            let is_known = |there: &&[Statement]| {
                there[0].place.is_one_door()
                    && there.iter().any(|s| s.standing != Standing::Expected)
            };
            let id = u32::try_from(person).expect("fewer than 2^32 persons");
            there.filter(is_known).map(move |there| (there[0].place, id))
        };
        let mut rows: Vec<(Place, u32)> = Vec::new();
        in_parts(
            statements.len(),
            |persons| persons.flat_map(known_at).collect::<Vec<_>>(),
            |some| rows.extend(some),
        );
        rows.par_sort_unstable();
        let mut neighbours = Neighbours { places: Vec::new(), persons: Lists::default() };
        for there in rows.chunk_by(|a, b| a.0 == b.0) {
            neighbours.places.push(there[0].0);
            neighbours.persons.push(there.iter().map(|row| row.1));
        }
        neighbours
    }

    /// Those known at a place, ascending.
    pub(crate) fn at(&self, place: Place) -> &[u32] {
        self.places.binary_search(&place).map_or(&[], |found| self.persons.get(found))
    }
}

/// From when to when a person is known to have been at a place.
///
/// That an extract lists somebody is no such day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Known {
    /// What one person's statements say of a place.
    pub(crate) fn of(said: &[Statement], place: Place) -> Option<Known> {
        Known::by(said, place, |s| s.sighted)
    }

    /// The same, by what is of the person itself, be it a bill.
    pub(crate) fn of_own(said: &[Statement], place: Place) -> Option<Known> {
        Known::by(said, place, |s| s.sighted && s.is_subject).or_else(|| Known::of(said, place))
    }

    /// The same, by sightings alone; of somebody whom nobody saw there, by rows that name the person.
    pub(crate) fn itself(said: &[Statement], place: Place) -> Option<Known> {
        Known::by(said, place, Statement::is_sighting)
            .or_else(|| Known::by(said, place, |s| s.seen_itself))
    }

    fn by(said: &[Statement], place: Place, is_seen: fn(&Statement) -> bool) -> Option<Known> {
        let there = at(said, place).iter().filter(|s| s.standing != Standing::Expected);
        let days = there.flat_map(|s| [s.from, is_seen(s).then_some(s.seen)]).flatten();
        days.fold(None, |known: Option<Known>, day| {
            let known = known.unwrap_or(Known { first: day, last: day });
            Some(Known { first: known.first.min(day), last: known.last.max(day) })
        })
    }
}
