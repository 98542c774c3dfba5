//! Groups records into persons, given the weight of each pair.

mod persons;

pub use persons::Persons;
