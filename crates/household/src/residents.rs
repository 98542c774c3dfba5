//! Tells who lives behind each door, as far as homes are settled yet.

use rayon::prelude::*;
use record::Lists;

use crate::{homes::Home, neighbours::Known, places::Place, statements::Statement};

/// Nobody looks for families among more persons than this behind one door.
pub(crate) const CROWD: usize = 48;

/// A resident and since when and until when it is known to have been there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inmate {
    pub(crate) place: Place,
    pub(crate) person: u32,
    pub(crate) known: Option<Known>,
}

/// Those with a home behind a door, by place and person.
pub(crate) fn residents(homes: &[Home], statements: &Lists<Statement>) -> Vec<Inmate> {
    let mut rows: Vec<(Place, u32)> = (0..)
        .zip(homes)
        .flat_map(|(person, home)| {
            home.door.ok().into_iter().chain(home.second).map(move |stay| (stay.place, person))
        })
        .collect();
    rows.par_sort_unstable();
    let inmate = |(place, person): (Place, u32)| {
        let known = Known::of(statements.get(person as usize), place);
        Inmate { place, person, known }
    };
    rows.into_par_iter().map(inmate).collect()
}
