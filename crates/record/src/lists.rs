//! Many short lists in two flat arrays.

use std::ops::Range;

/// A list of items for each of `len` owners, stored end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists<T> {
    // Invariant: starts at 0, never falls, ends at items.len(); one longer than the owners.
    offsets: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists { offsets: vec![0], items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// No owners yet, with room for `n` of them.
    #[must_use]
    pub fn with_capacity(n: usize) -> Lists<T> {
        Lists::with_room(n, n)
    }

    /// No owners yet, with room for `owners` of them and `items` in all.
    #[must_use]
    pub fn with_room(owners: usize, items: usize) -> Lists<T> {
        let mut offsets = Vec::with_capacity(owners + 1);
        offsets.push(0);
        Lists { offsets, items: Vec::with_capacity(items) }
    }

    /// Makes room for so many owners more and so many items more, and for none beyond.
    pub fn reserve(&mut self, owners: usize, items: usize) {
        self.offsets.reserve_exact(owners);
        self.items.reserve_exact(items);
    }

    /// These lists without the room that was kept for more.
    #[must_use]
    pub fn fitted(mut self) -> Lists<T> {
        self.offsets.shrink_to_fit();
        self.items.shrink_to_fit();
        self
    }

    /// The number of owners.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no owner.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an owner with these items.
    ///
    /// # Panics
    ///
    /// Panics if there would be more than `u32::MAX` items in all.
    pub fn push(&mut self, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        let end = u32::try_from(self.items.len()).expect("fewer than 2^32 values in a column");
        self.offsets.push(end);
    }

    /// Adds so many owners with no items.
    pub fn push_empty(&mut self, owners: usize) {
        let end = self.offsets[self.len()];
        self.offsets.resize(self.offsets.len() + owners, end);
    }

    /// Where the items of `owner` lie in [`Lists::items`].
    #[must_use]
    pub fn range(&self, owner: usize) -> Range<usize> {
        self.offsets[owner] as usize..self.offsets[owner + 1] as usize
    }

    /// The items of `owner`.
    #[must_use]
    pub fn get(&self, owner: usize) -> &[T] {
        &self.items[self.range(owner)]
    }

    /// The items of each owner in turn, to be changed where they are.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        let mut rest = self.items.as_mut_slice();
        self.offsets.windows(2).map(move |ends| {
            let (own, more) = std::mem::take(&mut rest).split_at_mut((ends[1] - ends[0]) as usize);
            rest = more;
            own
        })
    }

    /// All items of all owners, in order.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items of the owners from this to before that, to be changed where they are.
    pub fn items_of_mut(&mut self, owners: Range<usize>) -> &mut [T] {
        let [start, end] = [owners.start, owners.end].map(|owner| self.offsets[owner] as usize);
        &mut self.items[start..end]
    }

    /// The items of each owner in turn.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.len()).map(|owner| self.get(owner))
    }
}

impl<T> FromIterator<Vec<T>> for Lists<T> {
    fn from_iter<I: IntoIterator<Item = Vec<T>>>(lists: I) -> Self {
        let mut all = Lists::default();
        for list in lists {
            all.push(list);
        }
        all
    }
}

impl<T: Copy + Default> Lists<T> {
    /// Lists of these lengths. `deal` gives an item to an owner at a time, to each as many as its
    /// list is long; they are listed in the order in which they are given.
    ///
    /// # Panics
    ///
    /// Panics if there are more than `u32::MAX` items in all, or an owner is given too many.
    #[must_use]
    pub fn dealt(lengths: &[u32], deal: impl FnOnce(&mut dyn FnMut(usize, T))) -> Lists<T> {
        let mut offsets = Vec::with_capacity(lengths.len() + 1);
        offsets.push(0);
        // Where each owner's next item goes, one place on: at the end it is where its list ends.
        let mut sum = 0_u32;
        for &length in lengths {
            offsets.push(sum);
            sum = sum.checked_add(length).expect("fewer than 2^32 values in a column");
        }
        let mut items = vec![T::default(); sum as usize];
        deal(&mut |owner, item| {
            let next = &mut offsets[owner + 1];
            items[*next as usize] = item;
            *next += 1;
        });
        let ends = lengths.iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        assert!(ends.eq(offsets[1..].iter().copied()), "every owner is given its items");
        Lists { offsets, items }
    }
}

impl<T: Copy> Lists<T> {
    /// Adds the owners of other lists, with their items.
    ///
    /// # Panics
    ///
    /// Panics if there would be more than `u32::MAX` items in all.
    pub fn append(&mut self, other: &Lists<T>) {
        let start = self.offsets[self.len()];
        let sum = self.items.len() + other.items.len();
        assert!(u32::try_from(sum).is_ok(), "fewer than 2^32 values in a column");
        self.items.extend_from_slice(&other.items);
        self.offsets.extend(other.offsets[1..].iter().map(|end| start + end));
    }

    /// The first item of `owner`, or `none` if it has none.
    #[must_use]
    pub fn first_or(&self, owner: usize, none: T) -> T {
        self.get(owner).first().copied().unwrap_or(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_their_items_apart() {
        let lists: Lists<u32> = [vec![1, 2], vec![], vec![3]].into_iter().collect();
        assert_eq!(lists.len(), 3);
        assert_eq!(lists.get(0), [1, 2]);
        assert_eq!(lists.get(1), []);
        assert_eq!(lists.first_or(2, 9), 3);
        assert_eq!(lists.first_or(1, 9), 9);
        assert_eq!(lists.iter().map(<[u32]>::len).sum::<usize>(), 3);
    }

    #[test]
    fn lists_are_added_to_lists() {
        let mut lists: Lists<u32> = Lists::default();
        let more: Lists<u32> = [vec![1, 2], vec![], vec![3]].into_iter().collect();
        lists.append(&more);
        lists.push_empty(2);
        lists.append(&Lists::default());
        lists.append(&more);
        let all = [vec![1, 2], vec![], vec![3], vec![], vec![], vec![1, 2], vec![], vec![3]];
        assert_eq!(lists, all.into_iter().collect());
    }

    #[test]
    fn items_are_changed_where_they_are() {
        let mut lists: Lists<u32> = [vec![1, 2], vec![], vec![3]].into_iter().collect();
        for (owner, list) in (0..).zip(lists.iter_mut()) {
            for item in list.iter_mut() {
                *item += 10 * owner;
            }
        }
        assert_eq!(lists, [vec![1, 2], vec![], vec![23]].into_iter().collect());
    }

    #[test]
    fn items_of_some_owners_lie_side_by_side() {
        let mut lists: Lists<u32> = [vec![1, 2], vec![], vec![3], vec![4]].into_iter().collect();
        lists.items_of_mut(1..3).iter_mut().for_each(|item| *item += 10);
        assert_eq!(lists, [vec![1, 2], vec![], vec![13], vec![4]].into_iter().collect());
        assert!(lists.items_of_mut(4..4).is_empty());
    }

    #[test]
    fn what_is_dealt_is_listed_in_the_order_of_dealing() {
        let lists = Lists::dealt(&[2, 0, 1], |give| {
            for (owner, item) in [(2, 7), (0, 9), (0, 8)] {
                give(owner, item);
            }
        });
        assert_eq!(lists, [vec![9, 8], vec![], vec![7]].into_iter().collect());
        assert_eq!(Lists::<u32>::dealt(&[], |_| ()), Lists::default());
    }

    #[test]
    #[should_panic(expected = "every owner is given its items")]
    fn nobody_is_dealt_another_s_item() {
        let _ = Lists::dealt(&[1, 2], |give| (0..2).for_each(|item| give(0, item)));
    }
}
