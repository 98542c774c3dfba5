//! The words every other crate speaks: sources, records, fields, values, pairs and dates.
//!
//! Every field of every record is a list of ids of distinct values. A [`Column`] holds
//! those lists for all records and, beside them, the distinct values themselves. So a
//! value is parsed, normalised and prepared once however often it occurs, and whatever
//! compares records compares integers.
//!
//! The crate holds shapes only. Reading is the work of `extract`, and putting values into
//! one form is the work of `normalise`.

mod address;
mod column;
mod date;
mod dictionary;
mod field;
mod gazetteer;
mod lanes;
mod lists;
mod pair;
mod records;
mod texts;
mod whom;

pub use address::{Address, AddressKind, Residence};
pub use column::{Column, Point, Values};
pub use date::{Date, PartialDate, Period};
pub use dictionary::{Dictionary, DictionaryBuilder};
pub use field::{Field, Kind};
pub use gazetteer::Property;
pub use lanes::{LANES, bits_of, each};
pub use lists::Lists;
pub use pair::{RecordId, RecordPair};
pub use records::{
    Declared, Normalised, Origin, RawInvolvement, RawResidence, Records, Refused, RelationType,
    Side, Source, SourceId,
};
pub use texts::Texts;
pub use whom::Whom;

/// The id that stands for "no value", in every table of ids.
pub const NONE: u32 = u32::MAX;
