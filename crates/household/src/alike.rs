//! Finds the doors that are written alike, so that a family can show them to be one.
//!
//! A postcode with two letters swapped, or none at all, and `31` for `31-33` make another door of one
//! that is written the same otherwise. That the words agree proves nothing by itself: there is a
//! High Street in every village.

use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;
use record::Dictionary;

use crate::places::Place;

/// The doors, by how they are written.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// A number for what is written before the postcode or town, a door written so, and the lowest
    /// address of it.
    doors: Vec<(u64, Place, u32)>,
}

impl Alike {
    /// Of all addresses, each with its place and its words.
    pub(crate) fn of(places: &[Place], words: &Dictionary) -> Alike {
        let mut doors: Vec<(u64, Place, u32)> = places
            .par_iter()
            .enumerate()
            .filter(|(_, place)| place.is_one_door())
            .filter_map(|(at, &place)| {
                let address = u32::try_from(at).ok()?;
                Some((number(&before(words.get(address))?), place, address))
            })
            .collect();
        doors.par_sort_unstable();
        doors.dedup_by_key(|door| (door.0, door.1));
        Alike { doors }
    }

    /// The doors written like an address but for a slip in the postcode, or without one, or but for
    /// the end of a range of numbers; each with an address of it.
    pub(crate) fn to<'a>(
        &'a self,
        address: u32,
        words: &'a Dictionary,
    ) -> impl Iterator<Item = (Place, u32)> + 'a {
        let text = words.get(address);
        let key = before(text);
        let wanted = key.as_deref().map(number);
        let start = self.doors.partition_point(|door| Some(door.0) < wanted);
        self.doors[start..]
            .iter()
            .take_while(move |door| Some(door.0) == wanted)
            .filter(move |door| {
                let other = words.get(door.2);
                may_be_one(last(text), last(other)) && before(other) == key
            })
            .map(|door| (door.1, door.2))
    }
}

/// A number for a text, so that texts need not be kept; two that share one are told apart later.
fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What is written before the postcode or town, of a range of numbers the first; none without a
/// number.
fn before(text: &str) -> Option<String> {
    let (before, _) = text.rsplit_once(", ")?;
    let parts = before.split(", ").map(|part| match part.split_once(' ') {
        Some((number, rest)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            let first = number.split_once('-').map_or(number, |(first, _)| first);
            format!("{first} {rest}")
        }
        _ => part.to_owned(),
    });
    let key = parts.collect::<Vec<_>>().join(", ");
    has_digit(&key).then_some(key)
}

fn last(text: &str) -> &str {
    text.rsplit(", ").next().unwrap_or_default()
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether two postcodes may be one, which any may be with what is none.
fn may_be_one(one: &str, other: &str) -> bool {
    if one == other || !has_digit(one) || !has_digit(other) {
        return true;
    }
    let apart: Vec<(u8, u8)> = one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).collect();
    one.len() == other.len()
        && match apart[..] {
            [_] => true,
            [(a, b), (c, d)] => (a, b) == (d, c),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the door of the second is written like that of the first.
    fn are_alike(one: &str, other: &str) -> bool {
        let words = Dictionary::of(vec![one, other]);
        let [one, other] = [one, other].map(|text| words.find(text).unwrap());
        let places: Vec<Place> = (0..2).map(Place::House).collect();
        Alike::of(&places, &words).to(one, &words).any(|door| door.1 == other)
    }

    #[test]
    fn a_slip_in_the_postcode_or_none_leaves_a_door_alike() {
        for (one, other, expected) in [
            ("11 fairfield grove, QX4 2PX", "11 fairfield grove, QX4 2XP", true),
            ("11 fairfield grove, QX4 2PX", "11 fairfield grove, QX4 2PY", true),
            ("11 fairfield grove, QX4 2PX", "11 fairfield grove, quexford", true),
            ("flat 2, 31 balmoral view, QX3 3PL", "flat 2, 31-33 balmoral view, QX3 3PL", true),
            ("flat 2, 31 balmoral view, QX3 3PL", "flat 3, 31-33 balmoral view, QX3 3PL", false),
            ("flat 2, 31 balmoral view, QX3 3PL", "31 balmoral view, QX3 3PL", false),
            ("11 fairfield grove, QX4 2PX", "13 fairfield grove, QX4 2PX", false),
            ("11 fairfield grove, QX4 2PX", "11 fairfield grove, QX7 1AB", false),
            ("the willows, QX4 2PX", "the willows, QX4 2XP", false),
        ] {
            assert_eq!(are_alike(one, other), expected, "{one} {other}");
            assert_eq!(are_alike(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn nothing_is_like_an_address_where_there_is_none() {
        let words = Dictionary::of(vec!["", "QX4 2PX"]);
        let alike = Alike::of(&[Place::Other(0), Place::InPostcode(0)], &words);
        assert_eq!((0..2).flat_map(|address| alike.to(address, &words)).count(), 0);
    }
}
