//! Puts right a door that one source got wrong, by who arrived where on one day.

use rayon::prelude::*;
use record::{Date, Lists, NONE};

use crate::{
    listed::in_parts,
    places::{Place, Places},
    statements::Statement,
};

/// Takes two doors of one district, at which two sources have a person arriving on one day, for the
/// one at which more persons arrived that day.
///
/// Nobody moves into two homes at once: one of the two is a slip, and the family shows which.
pub(crate) fn settle_arrivals(statements: &mut Lists<Statement>, places: &Places<'_>) {
    let of = |person: usize| {
        let id = u32::try_from(person).expect("fewer than 2^32 persons");
        let said = statements.get(person).iter();
        said.filter_map(move |s| Some((s.place, arrival(s)?, id)))
    };
    let mut arrivals: Vec<(Place, Date, u32)> = Vec::new();
    in_parts(
        statements.len(),
        |persons| persons.flat_map(of).collect::<Vec<_>>(),
        |some| arrivals.extend(some),
    );
    arrivals.par_sort_unstable();
    arrivals.dedup();
    let count = &|place: Place, day: Date| {
        let start = arrivals.partition_point(|arrival| (arrival.0, arrival.1) < (place, day));
        arrivals[start..]
            .iter()
            .take_while(|arrival| (arrival.0, arrival.1) == (place, day))
            .count()
    };
    let settled: Vec<(usize, usize, Statement)> = (0..statements.len())
        .into_par_iter()
        .flat_map_iter(|person| {
            let said = statements.get(person);
            let better = move |s: &Statement| {
                let day = arrival(s)?;
                let other = |o: &&Statement| {
                    o.place != s.place
                        && o.source != s.source
                        && arrival(o) == Some(day)
                        && same_district(places, s.address, o.address)
                };
                let other =
                    said.iter().filter(other).max_by_key(|o| (count(o.place, day), o.place))?;
                (count(s.place, day) < count(other.place, day)).then_some(*other)
            };
            let settled = said.iter().enumerate();
            settled.filter_map(move |(at, s)| Some((person, at, better(s)?)))
        })
        .collect();
    let mut settled = settled.into_iter().peekable();
    for (person, said) in statements.iter_mut().enumerate() {
        while let Some((_, at, right)) = settled.next_if(|settled| settled.0 == person) {
            let Statement { place, kind, address, .. } = right;
            said[at] = Statement { place, kind, address, ..said[at] };
        }
    }
}

/// The day on which a statement has its person moving in behind one door.
fn arrival(s: &Statement) -> Option<Date> {
    s.from.filter(|_| s.from_is_exact && s.place.is_one_door())
}

fn same_district(places: &Places<'_>, one: u32, other: u32) -> bool {
    let [one, other] = [one, other].map(|address| places.addresses[address as usize].district);
    one != NONE && one == other
}
