//! Tells of each address what sort of place it is, and why it is taken for one.

use rayon::prelude::*;
use record::AddressKind;

use crate::{
    HouseholdKind, NoHousehold,
    dwellings::Dwelling,
    homes::Home,
    neighbours::Neighbours,
    places::{Place, Places},
};

/// What sort of place an address is, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressType {
    /// The sort of place.
    pub sort: Sort,
    /// Why it is taken for one.
    pub because: Because,
    /// The persons who live there at the run date, whether or not they make a household.
    pub residents: u32,
    /// How many groups they are with nothing known between them; nought where they are too many to
    /// look.
    pub groups: u32,
    /// The persons of whom a record says that they live there or ever did.
    pub known: u32,
}

/// A sort of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A private home.
    Home,
    /// A house that adults share with nothing between them.
    Shared,
    /// A hostel or other temporary place.
    Hostel,
    /// A care home, hall, prison, barracks, hospital or school.
    Communal,
    /// A refuge.
    Refuge,
    /// More persons are said to live there than a home can hold.
    OverLarge,
    /// An office: of a council, a solicitor, an agency.
    Office,
    /// Somebody else's address, for letters.
    CareOf,
    /// A post-office box.
    PoBox,
    /// No fixed abode.
    NoFixedAbode,
    /// The words do not tell the door: the flat is missing, or the number.
    NoDoor,
}

/// Why an address is taken for a sort of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// Its own words say so.
    Words,
    /// A quarter at least of what others state of the same door or building does.
    OthersWords,
    /// A gazetteer does.
    Gazetteer,
    /// Three adults or more live there with nothing between them, and no child.
    UnrelatedAdults,
    /// More live there than a home can hold.
    Number,
    /// Strangers come and go: several groups of adults, as many persons gone as there are.
    Turnover,
    /// What is stated does not tell the door.
    NotTold,
    /// Nothing says otherwise.
    NothingElse,
}

impl Sort {
    /// The code for it in snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::Home => "home",
            Sort::Shared => "shared",
            Sort::Hostel => "hostel",
            Sort::Communal => "communal",
            Sort::Refuge => "refuge",
            Sort::OverLarge => "over_large",
            Sort::Office => "office",
            Sort::CareOf => "care_of",
            Sort::PoBox => "po_box",
            Sort::NoFixedAbode => "no_fixed_abode",
            Sort::NoDoor => "no_door",
        }
    }

    fn of(kind: AddressKind) -> Sort {
        match kind {
            AddressKind::Home => Sort::Home,
            AddressKind::Communal => Sort::Communal,
            AddressKind::Hostel => Sort::Hostel,
            AddressKind::Refuge => Sort::Refuge,
            AddressKind::Office => Sort::Office,
            AddressKind::CareOf => Sort::CareOf,
            AddressKind::PoBox => Sort::PoBox,
            AddressKind::NoFixedAbode => Sort::NoFixedAbode,
        }
    }
}

impl Because {
    /// The code for it in snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Because::Words => "words",
            Because::OthersWords => "words_of_others",
            Because::Gazetteer => "gazetteer",
            Because::UnrelatedAdults => "unrelated_adults",
            Because::Number => "number_of_residents",
            Because::Turnover => "turnover",
            Because::NotTold => "door_not_told",
            Because::NothingElse => "nothing_else_said",
        }
    }
}

/// The type of every address, by its id in the column of addresses.
///
/// `dwellings` are the doors with residents, in the order of their places. It takes what was decided
/// of them, and decides nothing.
pub(crate) fn address_types(
    places: &Places<'_>,
    dwellings: &[Dwelling],
    homes: &[Home],
    neighbours: &Neighbours,
) -> Vec<AddressType> {
    // Where somebody lives without a household, as in an institution.
    let gone =
        [NoHousehold::Stale, NoHousehold::LikelyGone, NoHousehold::Unborn, NoHousehold::Delivered];
    let is_there = |home: &&Home| home.door.err().is_none_or(|why| !gone.contains(&why));
    let mut lived_at: Vec<Place> =
        homes.iter().filter(is_there).filter_map(|home| home.place).collect();
    lived_at.par_sort_unstable();
    let living = |place: Place| {
        lived_at.partition_point(|at| *at <= place) - lived_at.partition_point(|at| *at < place)
    };
    let n = |n: usize| u32::try_from(n).expect("fewer persons than ids");
    let sort = |at: usize| {
        let (address, kind) = (&places.addresses[at], places.kind[at]);
        let place = places.place[at];
        let found = place
            .is_one_door()
            .then(|| dwellings.binary_search_by_key(&Some(place), |dwelling| dwelling.place).ok());
        let dwelling = found.flatten().map(|found| &dwellings[found]);
        let (sort, because) = match kind {
            AddressKind::Home => of_residents(place, dwelling),
            kind if address.kind != kind => (Sort::of(kind), Because::OthersWords),
            kind if address.listed => (Sort::of(kind), Because::Gazetteer),
            kind => (Sort::of(kind), Because::Words),
        };
        // Nobody lives at a box.
        let is_lived_at = !matches!(sort, Sort::Office | Sort::CareOf | Sort::PoBox);
        let alone = || if is_lived_at { living(place) } else { 0 };
        let residents = dwelling.map_or_else(alone, |dwelling| dwelling.residents);
        AddressType {
            sort,
            because,
            residents: n(residents),
            groups: dwelling.map_or(0, |dwelling| n(dwelling.groups)),
            known: n(neighbours.at(place).len().max(residents)),
        }
    };
    (0..places.place.len()).into_par_iter().map(sort).collect()
}

/// What those who live behind a door make of it, where words call it nothing but a home.
fn of_residents(place: Place, dwelling: Option<&Dwelling>) -> (Sort, Because) {
    let Some(dwelling) = dwelling else {
        return if place.is_one_door() {
            (Sort::Home, Because::NothingElse)
        } else {
            (Sort::NoDoor, Because::NotTold)
        };
    };
    let none = |reason| dwelling.unhoused.iter().any(|(_, why)| *why == reason);
    let kind = |kind| dwelling.households.iter().any(|draft| draft.kind == kind);
    if none(NoHousehold::OverLarge) {
        (Sort::OverLarge, Because::Number)
    } else if none(NoHousehold::Communal) {
        (Sort::Communal, Because::Turnover)
    } else if kind(HouseholdKind::Shared) {
        (Sort::Shared, Because::UnrelatedAdults)
    } else {
        (Sort::Home, Because::NothingElse)
    }
}
