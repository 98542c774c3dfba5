//! Gives addresses of one dwelling, one building or one postcode one id of it.

use std::borrow::Cow;

use record::{Address, AddressKind, NONE};
use rustc_hash::FxHashSet;

use crate::postcode;

use super::entries::Entry;
use super::order::{Ordered, ranks};

/// What addresses of one place share; each is part of the next smaller.
#[derive(Default)]
pub(super) struct Keys<'a> {
    pub(super) postcode: Option<Cow<'a, str>>,
    pub(super) building: Option<String>,
}

impl<'a> Keys<'a> {
    /// By the spellings of street and name that most use.
    pub(super) fn of(
        entry: &Entry<'a>,
        [street, name]: [Option<&str>; 2],
        localities: &FxHashSet<&str>,
    ) -> Keys<'a> {
        if entry.kind == AddressKind::NoFixedAbode || entry.anywhere {
            return Keys::default();
        }
        let full = entry.full_postcode();
        let Some(words) = entry.words else {
            return Keys { postcode: full.map(Cow::Borrowed), building: None };
        };
        let street = street.unwrap_or(words.street());
        let name = name.unwrap_or(words.name());
        // Two parts of one key are kept apart by a sign that no word has.
        let postcode = full.map(Cow::Borrowed).or_else(|| {
            let locality = words.locality().next().unwrap_or("");
            let placed = !street.is_empty() || (!locality.is_empty() && !words.name().is_empty());
            let part = entry.postcode.unwrap_or("");
            placed.then(|| ["~", part, "|", street, "|", locality].concat().into())
        });
        let stem = if !words.number().is_empty() {
            (full.is_some() || !street.is_empty()).then_some((words.number(), street))
        } else if !words.name().is_empty() {
            // A town on the first line is no house.
            let town = words.street().is_empty()
                && words.unit().is_empty()
                && localities.contains(words.name());
            (!town).then_some(("name", name))
        } else {
            // "Flat 16 Kestrel Place": the words are all there is, and more likely a block's.
            (!words.unit().is_empty() && !street.is_empty()).then_some(("name", street))
        };
        let building = postcode
            .as_deref()
            .zip(stem)
            .map(|(postcode, (door, of))| [postcode, "|", door, "|", of].concat());
        Keys { postcode, building }
    }
}

/// Gives out ids in the order of keys.
pub(super) fn assign(entries: &[Entry<'_>], keys: &[Keys<'_>]) -> Vec<Address> {
    let ((building, dwelling), (postcode, [sector, district, area])) = rayon::join(
        || doors(entries, keys),
        || {
            let of_keys = || keys.iter().map(|keys| Some(Ordered::of(keys.postcode.as_deref()?)));
            rayon::join(|| ranks(of_keys()), || postcodes(entries))
        },
    );
    (0..entries.len())
        .map(|at| Address {
            dwelling: dwelling[at],
            building: building[at],
            postcode: postcode[at],
            sector: sector[at],
            district: district[at],
            area: area[at],
            uprn: entries[at].uprn,
            kind: entries[at].kind,
            listed: entries[at].listed,
        })
        .collect()
}

/// The building and the dwelling of each.
fn doors(entries: &[Entry<'_>], keys: &[Keys<'_>]) -> (Vec<u32>, Vec<u32>) {
    let building = ranks(keys.iter().map(|keys| Some(Ordered::of(keys.building.as_deref()?))));
    let n_buildings =
        building.iter().filter(|id| **id != NONE).max().map_or(0, |id| *id as usize + 1);
    let mut has_units = vec![false; n_buildings];
    for (entry, &building) in entries.iter().zip(&building) {
        if building != NONE {
            has_units[building as usize] |= !entry.unit().is_empty();
        }
    }
    let homes = entries.iter().zip(&building).map(|(entry, &building)| {
        // Without a unit the home is known only where the building has none.
        let known = building != NONE && !(entry.unit().is_empty() && has_units[building as usize]);
        known.then(|| (building, Ordered::of(entry.unit())))
    });
    let dwelling = ranks(homes);
    (building, dwelling)
}

/// The sector, district and area of each.
fn postcodes(entries: &[Entry<'_>]) -> [Vec<u32>; 3] {
    let part = |part: fn(&str) -> Option<&str>| {
        ranks(entries.iter().map(|entry| Some(Ordered::of(part(entry.placed_postcode()?)?))))
    };
    [
        part(postcode::sector),
        part(|postcode| Some(postcode::district(postcode))),
        part(|postcode| Some(postcode::area(postcode))),
    ]
}
