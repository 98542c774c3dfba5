//! Which id of an earlier night each person, or household, of this one keeps, and what became of the
//! other ids.
//!
//! An id stays with most of what it stood for. Where several come together, the one of which most is
//! there stays, and the others are merged into it; what comes away is split off.

use std::cmp::Reverse;

use record::NONE;
use rustc_hash::FxHashSet;
use snapshot::Event;

use crate::ids::Id;

/// How much of what an id stood for is in one person or household of this night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shared {
    /// The id of the earlier night.
    pub(crate) old: Id,
    /// The place of what it is in now; [`NONE`] for what is not there any more.
    pub(crate) new: u32,
    /// How much it is.
    pub(crate) much: u32,
}

/// Something that happened to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Happened {
    pub(crate) id: Id,
    pub(crate) event: Event,
    /// The place of what it is of, or was merged into; [`NONE`] if it is of nothing any more.
    pub(crate) of: u32,
    /// The id that it was merged into or split from.
    pub(crate) other: Option<Id>,
}

/// The id that each of `n` keeps, given all that they share with ids of the earlier night, sorted.
pub(crate) fn kept(n: usize, shared: &[Shared]) -> Vec<Option<Id>> {
    let mut order: Vec<&Shared> = shared.iter().filter(|shared| shared.new != NONE).collect();
    order.sort_unstable_by_key(|shared| (Reverse(shared.much), shared.old, shared.new));
    let mut kept = vec![None; n];
    let mut given = FxHashSet::default();
    for shared in order {
        let keeps = &mut kept[shared.new as usize];
        if keeps.is_none() && given.insert(shared.old) {
            *keeps = Some(shared.old);
        }
    }
    kept
}

/// What happened to ids since the earlier night, given those of this one; in their order.
pub(crate) fn events(ids: &[Id], kept: &[Option<Id>], shared: &[Shared]) -> Vec<Happened> {
    let given: FxHashSet<Id> = kept.iter().flatten().copied().collect();
    let mut events = Vec::new();
    // Of what is nowhere else, most counts; of equals the lowest.
    let mut from: Vec<Option<(u32, Reverse<Id>)>> = vec![None; ids.len()];
    for of_old in shared.chunk_by(|a, b| a.old == b.old) {
        let old = of_old[0].old;
        let there = || of_old.iter().filter(|shared| shared.new != NONE);
        for shared in there() {
            let from = &mut from[shared.new as usize];
            *from = (*from).max(Some((shared.much, Reverse(old))));
        }
        if given.contains(&old) {
            continue;
        }
        let most = there().max_by_key(|shared| (shared.much, Reverse(ids[shared.new as usize])));
        events.push(match most {
            Some(most) => Happened {
                id: old,
                event: Event::Merged,
                of: most.new,
                other: Some(ids[most.new as usize]),
            },
            None => Happened { id: old, event: Event::Retired, of: NONE, other: None },
        });
    }
    for ((of, &id), from) in (0..).zip(ids).zip(from) {
        if kept.get(of as usize).is_some_and(Option::is_some) {
            continue;
        }
        let other = from.map(|(_, Reverse(old))| old);
        let event = if other.is_some() { Event::Split } else { Event::Created };
        events.push(Happened { id, event, of, other });
    }
    events.sort_unstable();
    events
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::id;

    fn named(name: &str) -> Id {
        id('P', &[name])
    }

    /// What each of `n` keeps, and what happened, given lines such as `a 0 3`: of what `a` stood for,
    /// three are in the first.
    fn told(n: usize, lines: &[(&str, u32, u32)]) -> (Vec<String>, Vec<String>) {
        let names = ["a", "b", "c", "new"];
        let name = |id: Id| names.into_iter().find(|name| named(name) == id).unwrap_or("?");
        let mut shared: Vec<Shared> =
            lines.iter().map(|&(old, new, much)| Shared { old: named(old), new, much }).collect();
        shared.sort_unstable();
        let kept = kept(n, &shared);
        let ids: Vec<Id> = kept.iter().map(|kept| kept.unwrap_or(named("new"))).collect();
        let events = events(&ids, &kept, &shared).into_iter().map(|happened| {
            let other = happened.other.map_or(String::new(), |other| format!(" {}", name(other)));
            format!("{} {}{other}", name(happened.id), happened.event.code())
        });
        let mut events: Vec<String> = events.collect();
        events.sort_unstable();
        (ids.into_iter().map(|id| name(id).to_owned()).collect(), events)
    }

    #[test]
    fn an_id_stays_with_most_of_what_it_stood_for() {
        for (n, lines, ids, events) in [
            (1, &[("a", 0, 1)][..], &["a"][..], &[][..]),
            // Some of it is gone, or all.
            (1, &[("a", 0, 1), ("a", NONE, 3)], &["a"], &[]),
            (0, &[("a", NONE, 3)], &[], &["a retired"]),
            (1, &[], &["new"], &["new created"]),
            // Two come together.
            (1, &[("a", 0, 1), ("b", 0, 2)], &["b"], &["a merged b"]),
            // One comes apart.
            (2, &[("a", 0, 1), ("a", 1, 2)], &["new", "a"], &["new split a"]),
            // One comes apart, and a part of it joins another.
            (2, &[("a", 0, 3), ("a", 1, 1), ("b", 1, 2)], &["a", "b"], &[]),
            (2, &[("a", 0, 3), ("a", 1, 2), ("b", 1, 1)], &["a", "b"], &[]),
            (
                2,
                &[("a", 0, 2), ("b", 0, 3), ("a", 1, 1), ("c", 1, 3)],
                &["b", "c"],
                &["a merged b"],
            ),
        ] {
            let (found, happened) = told(n, lines);
            assert_eq!(
                (found.as_slice(), happened.as_slice()),
                (
                    ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>().as_slice(),
                    events.iter().map(|event| (*event).to_owned()).collect::<Vec<_>>().as_slice(),
                ),
                "{lines:?}"
            );
        }
    }

    proptest! {
        /// Every id of the earlier night is kept by one, or told what became of it; and every one of
        /// this night keeps one, or is told to be new.
        #[test]
        fn nothing_is_lost_without_a_word(
            lines in prop::collection::btree_map((0_u8..9, 0_u32..9), 1_u32..4, 0..40),
        ) {
            let shared: Vec<Shared> = lines
                .iter()
                .map(|(&(old, new), &much)| {
                    let new = if new == 8 { NONE } else { new };
                    Shared { old: named(&old.to_string()), new, much }
                })
                .collect();
            let mut shared = shared;
            shared.sort_unstable();
            let kept = kept(8, &shared);
            let of_place = |at: usize| id('P', &["new", &at.to_string()]);
            let ids: Vec<Id> =
                kept.iter().enumerate().map(|(at, kept)| kept.unwrap_or(of_place(at))).collect();
            let events = events(&ids, &kept, &shared);
            let ended = |id: Id| events.iter().filter(|event| {
                event.id == id && matches!(event.event, Event::Merged | Event::Retired)
            }).count();
            for of_old in shared.chunk_by(|a, b| a.old == b.old) {
                let keepers = kept.iter().filter(|kept| **kept == Some(of_old[0].old)).count();
                prop_assert_eq!(keepers + ended(of_old[0].old), 1);
            }
            for (id, kept) in ids.iter().zip(&kept) {
                let begun = events.iter().filter(|event| {
                    event.id == *id && matches!(event.event, Event::Created | Event::Split)
                }).count();
                prop_assert_eq!(begun + usize::from(kept.is_some()), 1);
            }
        }
    }
}
