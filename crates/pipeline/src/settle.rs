//! Finds what would be at some places of a list if it were sorted, without sorting it.

use std::cmp::Ordering;

/// Puts those items where they would be if all were sorted that belong at these places, which ascend
/// and of which the first item's is `start`. Of the others nothing is known after.
pub(crate) fn settle<T: Send>(
    items: &mut [T],
    start: usize,
    places: &[usize],
    compare: &(impl Fn(&T, &T) -> Ordering + Sync),
) {
    let (before, after) = places.split_at(places.len() / 2);
    let Some((&place, after)) = after.split_first() else { return };
    let (lower, _, upper) = items.select_nth_unstable_by(place - start, compare);
    rayon::join(
        || settle(lower, start, before, compare),
        || settle(upper, place + 1, after, compare),
    );
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_settled_is_where_sorting_puts_it(
            items in vec(0_u32..50, 1..200),
            places in btree_set(0_usize..200, 0..20),
        ) {
            let places: Vec<usize> = places.into_iter().filter(|&at| at < items.len()).collect();
            let mut settled = items.clone();
            settle(&mut settled, 0, &places, &u32::cmp);
            let mut sorted = items;
            sorted.sort_unstable();
            for place in places {
                prop_assert_eq!(settled[place], sorted[place]);
            }
        }
    }
}
