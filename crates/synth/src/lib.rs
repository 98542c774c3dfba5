//! Invents a town, its families and its agencies' extracts, with the truth beside them.

mod family;
mod founding;
mod ground;
mod identifier;
mod life;
mod moves;
mod naming;
mod random;
mod settings;
mod town;
mod words;
mod world;

pub use settings::{Agency, Settings};
pub use town::{
    Community, Dwelling, HomeKind, Household, Person, Relationship, Residency, Sex, Street, Tenure,
    Town,
};

/// Invents a town as `settings` describe it.
#[must_use]
pub fn invent(settings: &Settings) -> Town {
    life::live(settings)
}
