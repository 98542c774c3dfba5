//! What parts say of two addresses.

use record::{Address, NONE};

use super::{Asked, Halves, Levels, always, hash, of_levels, when, whole};
use crate::Test;

/// An address, by some bits each of its dwelling, building, postcode, sector and district.
pub(crate) struct AddressLook {
    always: Levels,
    dwelling: Levels,
    building: Levels,
    postcode: Levels,
    sector: Levels,
    district: Levels,
}

const DWELLING: u64 = (1 << 14) - 1;
const BUILDING: u64 = ((1 << 13) - 1) << 14;
const POSTCODE: u64 = ((1 << 13) - 1) << 27;
const SECTOR: u64 = ((1 << 12) - 1) << 40;
const DISTRICT: u64 = ((1 << 12) - 1) << 52;

pub(super) fn address_bits(address: &Address) -> u64 {
    let part = |id: u32, bits: u32, at: u32| match id {
        NONE => 0,
        id => hash(&id.to_le_bytes(), bits) << at,
    };
    part(address.dwelling, 14, 0)
        | part(address.building, 13, 14)
        | part(address.postcode, 13, 27)
        | part(address.sector, 12, 40)
        | part(address.district, 12, 52)
}

impl AddressLook {
    pub(super) fn tells(test: &Test) -> bool {
        matches!(
            test,
            Test::Exact
                | Test::SameDwelling
                | Test::SameBuilding
                | Test::PostcodeAlone
                | Test::SamePostcode
                | Test::SameSector
                | Test::SameDistrict
        )
    }

    pub(super) fn new(levels: &[Asked<'_>]) -> AddressLook {
        let of = |is_such: fn(&Test) -> bool| of_levels(levels, is_such);
        AddressLook {
            always: always(levels, AddressLook::tells),
            dwelling: of(|test| {
                matches!(test, Test::Exact | Test::SameDwelling | Test::SameBuilding)
            }),
            building: of(|test| *test == Test::SameBuilding),
            postcode: of(|test| matches!(test, Test::PostcodeAlone | Test::SamePostcode)),
            sector: of(|test| *test == Test::SameSector),
            district: of(|test| *test == Test::SameDistrict),
        }
    }

    /// The levels at which two addresses may be, whatever their bits.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u64, [low, high]: Halves<'_, N>) -> [Levels; N] {
        let AddressLook { always, dwelling, building, postcode, sector, district } = *self;
        let mut levels = [1; N];
        for ((levels, &low), &high) in levels.iter_mut().zip(low).zip(high) {
            let y = whole(low, high);
            let known = |part: u64| x & part != 0 && y & part != 0;
            let apart = x ^ y;
            let same = |part: u64, levels: Levels| when(apart & part == 0 && x & part != 0, levels);
            let told = always
                | same(DWELLING, dwelling)
                | same(BUILDING, building)
                | same(POSTCODE, postcode)
                | same(SECTOR, sector)
                | same(DISTRICT, district);
            let is_any = known(DWELLING) | known(BUILDING) | known(POSTCODE) | known(DISTRICT);
            *levels = if is_any { told } else { 1 };
        }
        levels
    }
}
