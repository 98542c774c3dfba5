//! Puts addresses that are stated with one property reference number at one place.

use rayon::prelude::*;
use record::{Address, AddressKind, NONE};

use super::entries::Entry;
use super::keys::Keys;
use super::streets::OFTENER;

/// Puts addresses with one reference number at one place.
pub(super) fn follow_references(
    entries: &[Entry<'_>],
    keys: &[Keys<'_>],
    addresses: &mut [Address],
) {
    let mut by_uprn: Vec<(u64, u32)> =
        (0..).zip(entries).filter_map(|(at, entry)| Some((entry.uprn?, at))).collect();
    by_uprn.par_sort_unstable();
    let next_building = addresses.iter().map(|a| a.building).filter(|id| *id != NONE).max();
    let next_dwelling = addresses.iter().map(|a| a.dwelling).filter(|id| *id != NONE).max();
    let mut next_building = next_building.map_or(0, |id| id + 1);
    let mut next_dwelling = next_dwelling.map_or(0, |id| id + 1);
    for group in by_uprn.chunk_by(|a, b| a.0 == b.0) {
        let entry = |at: u32| &entries[at as usize];
        let group = &without_strays(group, entries, addresses);
        if is_of_several_houses(group, entries) {
            for (_, at) in group {
                addresses[*at as usize].uprn = None;
            }
            continue;
        }
        // The most telling words stand for all: with a unit, placed, stated most often.
        let (_, leader) = *group
            .iter()
            .max_by_key(|(_, at)| {
                let placed = keys[*at as usize].building.is_some();
                (
                    !entry(*at).unit().is_empty() && placed,
                    placed,
                    entry(*at).count,
                    std::cmp::Reverse(*at),
                )
            })
            .expect("a group has a member");
        let mut place = addresses[leader as usize];
        if 1 < doors(group, entries, Entry::unit).len() {
            // The number is that of the whole building: it says nothing of homes.
            for (_, at) in group {
                let address = &mut addresses[*at as usize];
                address.uprn = None;
                if keys[*at as usize].building.is_none() {
                    let Address { kind, listed, .. } = *address;
                    *address = Address { dwelling: NONE, kind, listed, uprn: None, ..place };
                }
            }
            continue;
        }
        if place.building == NONE && entry(leader).kind != AddressKind::NoFixedAbode {
            place.building = next_building;
            place.dwelling = next_dwelling;
            next_building += 1;
            next_dwelling += 1;
        }
        for (_, at) in group {
            let address = &mut addresses[*at as usize];
            if address.kind != AddressKind::NoFixedAbode {
                let Address { kind, listed, uprn, .. } = *address;
                *address = Address { kind, listed, uprn, ..place };
            }
        }
    }
}

/// How often each door is stated with a reference number, by what `part` tells of it.
fn doors<'a>(
    group: &[(u64, u32)],
    entries: &[Entry<'a>],
    part: impl Fn(&Entry<'a>) -> &'a str,
) -> Vec<(u64, &'a str)> {
    let mut said: Vec<(&str, u64)> = group
        .iter()
        .map(|(_, at)| &entries[*at as usize])
        .map(|entry| (part(entry), u64::from(entry.count)))
        .filter(|said| !said.0.is_empty())
        .collect();
    said.sort_unstable();
    let mut doors: Vec<(u64, &str)> = said
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|one| one.1).sum(), same[0].0))
        .collect();
    doors.sort_unstable_by(|a, b| b.cmp(a));
    doors
}

/// Whether two houses are stated with a reference number about as often: then nobody can tell
/// whose it is. A house stated seldom has a slip in its number.
fn is_of_several_houses(group: &[(u64, u32)], entries: &[Entry<'_>]) -> bool {
    matches!(doors(group, entries, Entry::number)[..], [one, two, ..] if one.0 < OFTENER * two.0)
}

/// The entries with one reference number, without those of another flat than nearly all are of:
/// they have it by mistake, and lose it.
fn without_strays(
    group: &[(u64, u32)],
    entries: &[Entry<'_>],
    addresses: &mut [Address],
) -> Vec<(u64, u32)> {
    let flats = doors(group, entries, Entry::unit);
    let mut kept = group.to_vec();
    let others: u64 = flats.iter().skip(1).map(|flat| flat.0).sum();
    let Some(&(_, usual)) = flats.first().filter(|flat| CLEAR * others <= flat.0) else {
        return kept;
    };
    kept.retain(|(_, at)| {
        let unit = entries[*at as usize].unit();
        let is_usual = unit.is_empty() || unit == usual;
        if !is_usual {
            addresses[*at as usize].uprn = None;
        }
        is_usual
    });
    kept
}

/// How many times as often as all others a flat is stated with a reference number that is its own.
const CLEAR: u64 = 9;
