//! Answers questions from a published snapshot, each statement with its basis, source and date.
//!
//! A [`Store`] reads a snapshot once; [`Store::ask`] asks it about a day, by default the run date.
//! [`look`] reads only what the answer to one question needs.
//! Every statement says how it is known ([`Basis`]), who says so and of which days. What is not
//! known is said as such. Nothing is judged: there are facts, and how certain they are.
//!
//! This crate knows a snapshot and nothing of how it was made.

mod answer;
mod ask;
mod basket;
mod changes;
mod dwelling;
mod error;
mod family;
mod hear;
mod home;
mod indicator;
mod keys;
mod kin;
mod look;
mod page;
mod reading;
mod services;
mod statement;
mod store;
mod tell;
mod tell_indicators;
mod trigger;
mod triggered;
mod words;

pub use answer::Answer;
pub use ask::{Age, Ask, Shielded, Status, Subject, Who};
pub use basket::{Baskets, Counts, FamilyCount};
pub use changes::{Change, Changes, Undated, What};
pub use dwelling::AddressType;
pub use error::Error;
pub use family::{Family, Link, Stay, Stays};
pub use home::{
    AlsoStated, Followed, Home, HouseholdOf, LastKnown, Otherwise, Place, Resident, Residents,
    WhoLivesHere,
};
pub use indicator::{Because, Counted, FamilyIndicators, Indicated, Indicators, Reached};
pub use kin::{Connected, Lives, Relative, Relatives};
pub use look::look;
pub use services::{FamilyLead, LeadWorker, Leads, Served, Service, Services, Unled, UnledPerson};
pub use statement::{Basis, Cited, Day, End, Holds, NO_END_KNOWN, NOT_KNOWN, Named, Reason, Said};
pub use store::Store;
pub use tell::{Part, Tell};
pub use trigger::{Concerned, ConcernedChild, How};
pub use triggered::{Triggered, TriggeredAdult};
pub use words::{contradiction, relation, titled};

#[cfg(test)]
mod tests;
