//! What addresses there are, by a list of them.

use crate::AddressKind;

/// A property of a gazetteer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property {
    /// Its unique property reference number.
    pub uprn: u64,
    /// Its address on one line, without the postcode; empty if the gazetteer tells none.
    pub address: String,
    /// Its postcode; empty likewise.
    pub postcode: String,
    /// The number of the property that it is a part of.
    pub parent: Option<u64>,
    /// What sort of place it is, if the gazetteer says.
    pub kind: Option<AddressKind>,
}
