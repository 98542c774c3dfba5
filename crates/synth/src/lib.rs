//! Invents a town, its families and its agencies' extracts, with the truth beside them.
//!
//! A town is founded, lives through some years of births, deaths, moves, marriages and
//! separations, and then each agency writes down what it knows of its people: as of the last
//! contact, in its own shape, and with the slips of its clerks. What differs between two
//! agencies is so mostly of different age rather than wrong, as in life.
//!
//! Everybody is invented, and all numbers are of ranges that belong to nobody: `identifier`
//! says which. The same settings give the same town and the same bytes.

mod address;
mod addresses;
mod agencies;
mod clerk;
mod desk;
mod extract;
mod family;
mod founding;
mod gazetteer;
mod ground;
mod identifier;
mod life;
mod misspell;
mod moves;
mod naming;
mod plan;
mod random;
mod settings;
mod short;
mod town;
mod truth;
mod view;
mod words;
mod world;
mod write;

pub use addresses::{Slip, WrittenAddress, addresses};
pub use extract::{Extract, Mention, Rows};
pub use gazetteer::write_gazetteer;
pub use settings::{Agency, Settings};
pub use short::Short;
pub use town::{
    Community, Dwelling, HomeKind, Household, Person, Relationship, Residency, Sex, Street, Tenure,
    Town,
};
pub use write::{Error, Written, write};

/// Invents a town as `settings` describe it.
#[must_use]
pub fn invent(settings: &Settings) -> Town {
    life::live(settings)
}

/// What the agencies of a town deliver, in the order of the settings.
#[must_use]
pub fn extracts(town: &Town, settings: &Settings) -> Vec<Extract> {
    let (view, words) = (view::View::new(town), words::Words::read());
    made(desk::Office { view: &view, words: &words, settings }).collect()
}

/// The same, each made when it is its turn.
fn made(office: desk::Office<'_>) -> impl Iterator<Item = Extract> {
    office.settings.agencies.iter().map(move |&agency| agencies::extract(agency, &office))
}
