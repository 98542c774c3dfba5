//! Lists that many threads put together, in the order of their owners.

use std::ops::Range;

use rayon::prelude::*;
use record::Lists;

/// Lists for `n` owners, with room for so many items: `list` is handed each owner and an empty list
/// for its items.
pub(crate) fn listed<T: Copy + Send + Sync>(
    n: usize,
    room: usize,
    list: impl Fn(usize, &mut Vec<T>) + Sync,
) -> Lists<T> {
    let mut all = Lists::with_room(n, room);
    let of_owners = |owners: Range<usize>| {
        let mut lists = Lists::with_capacity(owners.len());
        let mut items = Vec::new();
        for owner in owners {
            items.clear();
            list(owner, &mut items);
            lists.push(items.iter().copied());
        }
        lists
    };
    in_parts(n, of_owners, |lists| all.append(&lists));
    all
}

/// Hands `take`, in their order, what `make` makes of some owners after the others, until it was made of
/// all `n`. Not much more than what is taken is there at once.
pub(crate) fn in_parts<T: Send>(
    n: usize,
    make: impl Fn(Range<usize>) -> T + Sync,
    mut take: impl FnMut(T),
) {
    for start in (0..n).step_by(OWNERS_AT_ONCE) {
        let end = n.min(start + OWNERS_AT_ONCE);
        let parts: Vec<usize> = (start..end).step_by(PART).collect();
        let made = parts.into_par_iter().map(|from| make(from..end.min(from + PART)));
        made.collect::<Vec<T>>().into_iter().for_each(&mut take);
    }
}

/// Owners whose lists are made at once, and by one thread.
const OWNERS_AT_ONCE: usize = 65_536;
const PART: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_the_order_of_their_owners() {
        for n in [0, 1, PART, OWNERS_AT_ONCE + 2 * PART + 1] {
            let found =
                listed(n, 0, |owner, items| items.extend((0..owner % 3).map(|at| (owner, at))));
            let expected: Lists<(usize, usize)> =
                (0..n).map(|owner| (0..owner % 3).map(|at| (owner, at)).collect()).collect();
            assert!(found == expected, "{n}");
        }
    }
}
