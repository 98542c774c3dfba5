//! Tells which addresses are one door, and what sort of place is behind it.

use rayon::prelude::*;
use record::{Address, AddressKind, Dictionary, NONE, Normalised, Values};

use crate::alike::Alike;

/// The smallest place that an address is known to be.
///
/// Statements about one place support each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Behind one door.
    Dwelling(u32),
    /// A building in which nobody has named a unit, and so one door.
    House(u32),
    /// Some unit of a building.
    InBuilding(u32),
    /// Somewhere in a postcode.
    InPostcode(u32),
    /// No fixed abode.
    Nowhere,
    /// An address that says less than a postcode, or is not for living at; by its id.
    Other(u32),
}

impl Place {
    /// Whether it is one door.
    pub(crate) fn is_one_door(self) -> bool {
        matches!(self, Place::Dwelling(_) | Place::House(_))
    }
}

/// For each address: its place, and what sort of place it is.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    alike: Alike,
    place: Vec<Place>,
    kind: Vec<AddressKind>,
}

/// The same, with the addresses.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    pub(crate) addresses: &'a [Address],
    /// How each is written, in its one form.
    words: Option<&'a Dictionary>,
    alike: &'a Alike,
    pub(crate) place: &'a [Place],
    pub(crate) kind: &'a [AddressKind],
}

impl Doors {
    /// Those of the column `address`; none if there is no such column.
    pub(crate) fn of(normalised: &Normalised) -> Doors {
        let Some((addresses, words)) = addresses(normalised) else { return Doors::default() };
        let with_units = with_units(addresses, words);
        let has_units = |building: u32| with_units.binary_search(&building).is_ok();
        let ids = 0..u32::try_from(addresses.len()).expect("fewer than 2^32 addresses");
        let place: Vec<Place> = ids
            .into_par_iter()
            .zip(addresses)
            .map(|(id, address)| place(id, address, has_units))
            .collect();
        let alike = Alike::of(&place, words);
        Doors { alike, place, kind: kinds(normalised, addresses) }
    }

    /// With the addresses that they are of.
    ///
    /// # Panics
    ///
    /// Panics if they are of others.
    pub(crate) fn among<'a>(&'a self, normalised: &'a Normalised) -> Places<'a> {
        let (addresses, words) = addresses(normalised).unzip();
        let addresses = addresses.unwrap_or(&[]);
        assert_eq!(addresses.len(), self.place.len(), "every address is a place");
        let Doors { alike, place, kind } = self;
        Places { addresses, words, alike, place, kind }
    }
}

fn addresses(normalised: &Normalised) -> Option<(&[Address], &Dictionary)> {
    match &normalised.column("address")?.values {
        Values::Addresses(addresses, words) => Some((addresses, words)),
        _ => None,
    }
}

impl Places<'_> {
    /// The doors that are written like an address, each with an address of it.
    pub(crate) fn alike(&self, address: u32) -> impl Iterator<Item = (Place, u32)> {
        self.words.into_iter().flat_map(move |words| self.alike.to(address, words))
    }

    /// Whether address `vague`, which does not tell the door, may mean the door of `exact`.
    pub(crate) fn may_be(&self, vague: u32, exact: u32) -> bool {
        // Whatever became of a postcode, who writes the flat before the same words means that flat.
        let [written, whole] = [vague, exact].map(|at| self.words.map_or("", |w| w.get(at)));
        if !written.is_empty() && whole.strip_suffix(written).is_some_and(|b| b.ends_with(", ")) {
            return true;
        }
        let (vague, exact) = (&self.addresses[vague as usize], &self.addresses[exact as usize]);
        if vague.building == NONE {
            vague.postcode != NONE && vague.postcode == exact.postcode
        } else {
            vague.building == exact.building
        }
    }
}

/// The buildings with flats in them.
///
/// A house with a number of which one flat alone is ever named is mostly a house, and the flat a
/// slip; a building with a name is one of flats.
fn with_units(addresses: &[Address], words: &Dictionary) -> Vec<u32> {
    let has_number = |id: u32| {
        let of_building = words.get(id).split(", ").nth(1);
        of_building.is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut units: Vec<(u32, u32, bool)> = (0..)
        .zip(addresses)
        .filter(|(_, a)| a.dwelling != NONE)
        .map(|(id, a)| (a.building, a.dwelling, has_number(id)))
        .collect();
    units.par_sort_unstable();
    units
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|of| of.iter().any(|unit| unit.1 != of[0].1) || of.iter().all(|unit| !unit.2))
        .map(|of| of[0].0)
        .collect()
}

fn place(id: u32, address: &Address, has_units: impl Fn(u32) -> bool) -> Place {
    match address.kind {
        AddressKind::NoFixedAbode => Place::Nowhere,
        AddressKind::Office | AddressKind::CareOf | AddressKind::PoBox => Place::Other(id),
        AddressKind::Home | AddressKind::Communal | AddressKind::Hostel | AddressKind::Refuge => {
            let Address { dwelling, building, postcode, .. } = *address;
            if dwelling != NONE {
                Place::Dwelling(dwelling)
            } else if building != NONE && has_units(building) {
                Place::InBuilding(building)
            } else if building != NONE {
                Place::House(building)
            } else if postcode != NONE {
                Place::InPostcode(postcode)
            } else {
                Place::Other(id)
            }
        }
    }
}

/// Of everything said about a door or a building, the share that must call it communal, a
/// hostel or a refuge before it is one for those too who leave the word out.
const TELLING_SHARE: u64 = 4;

/// The kind of each address, by its own words or by those that others use for the same door or
/// building.
fn kinds(normalised: &Normalised, addresses: &[Address]) -> Vec<AddressKind> {
    let mut said = vec![0_u64; addresses.len()];
    for residence in normalised.residences.items() {
        said[residence.address as usize] += 1;
    }
    let told_by_words =
        |kind| matches!(kind, AddressKind::Communal | AddressKind::Hostel | AddressKind::Refuge);
    let table = |key: fn(&Address) -> u32| -> Vec<(u32, AddressKind)> {
        let mut rows: Vec<(u32, AddressKind, u64)> = addresses
            .iter()
            .zip(&said)
            .filter(|(a, _)| {
                key(a) != NONE && (a.kind == AddressKind::Home || told_by_words(a.kind))
            })
            .map(|(a, &n)| (key(a), a.kind, n))
            .collect();
        rows.par_sort_unstable();
        let count = |rows: &[(u32, AddressKind, u64)]| rows.iter().map(|row| row.2).sum::<u64>();
        let kind_of = |rows: &[(u32, AddressKind, u64)]| {
            rows.chunk_by(|a, b| a.1 == b.1)
                .filter(|of_kind| told_by_words(of_kind[0].1))
                .filter(|of_kind| count(rows) <= TELLING_SHARE * count(of_kind))
                .max_by_key(|of_kind| count(of_kind))
                .map(|of_kind| (rows[0].0, of_kind[0].1))
        };
        rows.chunk_by(|a, b| a.0 == b.0).filter_map(kind_of).collect()
    };
    let (of_dwelling, of_building) =
        rayon::join(|| table(|a| a.dwelling), || table(|a| a.building));
    let look_up = |table: &[(u32, AddressKind)], key: u32| {
        table.binary_search_by_key(&key, |row| row.0).ok().map(|at| table[at].1)
    };
    addresses
        .par_iter()
        .map(|address| match address.kind {
            AddressKind::Home => look_up(&of_dwelling, address.dwelling)
                .or_else(|| look_up(&of_building, address.building))
                .unwrap_or(AddressKind::Home),
            kind => kind,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::{Column, Field, Lists, Residence};

    /// Each row: dwelling, building, kind, and how often it is said.
    fn kinds_of(rows: &[(u32, u32, AddressKind, usize)]) -> Vec<AddressKind> {
        let addresses: Vec<Address> = rows
            .iter()
            .map(|&(dwelling, building, kind, _)| Address {
                dwelling,
                building,
                kind,
                ..Address::UNKNOWN
            })
            .collect();
        let residence = |address| Residence { address, from: None, to: None, seen: None };
        let said = (0..).zip(rows).flat_map(|(id, row)| vec![vec![residence(id)]; row.3]);
        let residences: Lists<Residence> = said.collect();
        let words = Dictionary::of((0..rows.len()).map(|id| format!("{id:03}")).collect());
        let normalised = Normalised {
            n_records: residences.len(),
            sources: vec![],
            source: vec![],
            columns: vec![Column {
                field: Field::standard("address").unwrap(),
                values: Values::Addresses(addresses, words),
                lists: Lists::default(),
            }],
            residences,
            refused: vec![],
        };
        Doors::of(&normalised).kind
    }

    #[test]
    fn a_care_home_is_one_for_those_too_who_leave_the_word_out() {
        use AddressKind::{Communal, Home};
        // A quarter of what is said of the door calls it a care home.
        assert_eq!(kinds_of(&[(1, 9, Communal, 1), (1, 9, Home, 3)]), [Communal, Communal]);
        // A single slip does not make a home communal.
        assert_eq!(kinds_of(&[(1, 9, Communal, 1), (1, 9, Home, 4)]), [Communal, Home]);
        // A room in a building that is a care home.
        assert_eq!(kinds_of(&[(NONE, 9, Communal, 2), (1, 9, Home, 1)]), [Communal, Communal]);
        assert_eq!(kinds_of(&[]), []);
    }

    #[test]
    fn one_refuge_flat_does_not_make_the_block_a_refuge() {
        use AddressKind::{Home, Refuge};
        let block = [(1, 9, Refuge, 2), (1, 9, Home, 1), (2, 9, Home, 9)];
        assert_eq!(kinds_of(&block), [Refuge, Refuge, Home]);
    }
}
