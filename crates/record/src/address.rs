//! Addresses as places, and who was seen at them.

use crate::{NONE, PartialDate};

/// An address as a nest of places, each an id within its kind.
///
/// Two addresses share a place exactly if they have the same id for it; [`NONE`] is unknown
/// and shared with nothing. A smaller place lies in one larger place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The home behind one door: a house, or a flat in a building.
    pub dwelling: u32,
    /// The building; for a house, the house. Known where the flat is not.
    pub building: u32,
    /// The postcode, or what an address without one shares with its neighbours.
    pub postcode: u32,
    /// The postcode without its last two letters.
    pub sector: u32,
    /// The outward part of the postcode.
    pub district: u32,
    /// The letters that begin the postcode.
    pub area: u32,
    /// The unique property reference number, where given.
    pub uprn: Option<u64>,
    /// What sort of place it is, as far as its words tell.
    pub kind: AddressKind,
    /// Whether a gazetteer tells that, and no words do.
    pub listed: bool,
}

impl Address {
    /// An address of which nothing is known.
    pub const UNKNOWN: Address = Address {
        dwelling: NONE,
        building: NONE,
        postcode: NONE,
        sector: NONE,
        district: NONE,
        area: NONE,
        uprn: None,
        kind: AddressKind::Home,
        listed: false,
    };
}

/// What sort of place an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// A private home, for all that its words say.
    Home,
    /// A care home, hall, prison, barracks, hospital or school.
    Communal,
    /// A hostel or other temporary place.
    Hostel,
    /// A refuge: never to be told.
    Refuge,
    /// An office: of a council, a solicitor, an agency.
    Office,
    /// Somebody else's address, given for letters ("c/o").
    CareOf,
    /// A post-office box.
    PoBox,
    /// A statement that there is no fixed abode.
    NoFixedAbode,
}

/// A record's statement that its person lived at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Residence {
    /// The id of the address in the column of addresses.
    pub address: u32,
    /// Since when, if said.
    pub from: Option<PartialDate>,
    /// Until when, if said.
    pub to: Option<PartialDate>,
    /// When the source last had reason to believe it, if said; otherwise the extract's day.
    pub seen: Option<PartialDate>,
}
