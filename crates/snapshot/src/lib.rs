//! The published result on disk: written once, checked, never changed.
//!
//! A snapshot is a folder of Parquet files with a manifest, complete or absent. A
//! [`Writer`] builds it in a hidden folder beside the place it will have and moves it there
//! whole; a [`Snapshot`] opens one, checks it and reads it back. Any tool that reads
//! Parquet can read the files as well.
//!
//! Two files describe a snapshot. `manifest.json` ([`Manifest`]) holds what follows from
//! the inputs, the plan and the run date alone, so it is the same, byte for byte, for any
//! order of rows and files and any number of threads. Whatever depends on the occasion
//! (names of files, timings, memory, the machine, and the line numbers in `rejects.parquet`
//! with its checksum) is in `run.json` ([`Run`]). Two runs gave the same result exactly if
//! their manifests are equal, for the manifest holds the checksum of every other file.
//!
//! The writer keeps rows in the order given. To hold to the promise above, callers give
//! each file's rows in an order that depends on the rows alone.
//!
//! This crate knows its own rows and no other part of Kinfold.

mod cells;
mod earlier;
mod error;
mod find;
mod folder;
mod manifest;
mod narrow;
mod read;
mod rows;
mod scan;
mod sheet;
mod shielded;
mod tables;
#[cfg(test)]
mod tests;
mod write;
mod write_tables;

pub use earlier::earlier;
pub use error::Error;
pub use folder::write_beside;
pub use jiff::civil::Date;
pub use manifest::{
    AddressTrust, Basket, DefaultCount, Estimate, Expected, ExpectedBlocking, ExpectedRule, FORMAT,
    FileEntry, Follows, Indicator, Input, InputFile, Limit, Manifest, RuleCount, Run, SourceCounts,
    Thresholds, Timing, Totals, WeightCounts,
};
pub use read::{Persons, Snapshot};
pub use rows::{
    AddressRow, Basis, Best, Decision, Event, EventRow, HouseholdRow, InvolvementRow, Lead,
    LinkRow, MembershipRow, PersonRow, RecordRow, RejectRow, RelationshipRow, ResidencyRow,
};
pub use tables::WITHHELD;
pub use write::Writer;
pub use write_tables::Tables;
