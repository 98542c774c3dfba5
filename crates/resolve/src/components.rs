//! Connected components of the links.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;
use record::{Lists, NONE};

/// Disjoint sets of records, each known by its lowest member; several threads may join them, in any
/// order, to the same sets (R. J. Anderson and H. Woll, "Wait-free parallel algorithms for the
/// union-find problem", STOC 1991).
pub(crate) struct Sets {
    /// Another member that is lower; of the lowest itself.
    parent: Vec<AtomicU32>,
}

impl Sets {
    pub(crate) fn new(n: usize) -> Sets {
        let n = u32::try_from(n).expect("fewer than 2^32 records");
        Sets { parent: (0..n).into_par_iter().map(AtomicU32::new).collect() }
    }

    fn parent(&self, record: u32) -> &AtomicU32 {
        &self.parent[record as usize]
    }

    pub(crate) fn find(&self, mut record: u32) -> u32 {
        loop {
            let above = self.parent(record).load(Relaxed);
            if above == record {
                return record;
            }
            let next = self.parent(above).load(Relaxed);
            if next != above {
                // Whichever thread writes last: what was once above stays above.
                self.parent(record).store(next, Relaxed);
            }
            record = next;
        }
    }

    pub(crate) fn join(&self, a: u32, b: u32) {
        loop {
            let (a, b) = (self.find(a), self.find(b));
            // The lowest member leads, so that the answer does not depend on the order of joins.
            let (low, high) = (a.min(b), a.max(b));
            let led = || self.parent(high).compare_exchange(high, low, Relaxed, Relaxed);
            if low == high || led().is_ok() {
                return;
            }
        }
    }

    /// The lowest member of each record's set.
    pub(crate) fn leaders(&self) -> Vec<u32> {
        let n = u32::try_from(self.parent.len()).expect("made of fewer than 2^32 records");
        (0..n).into_par_iter().map(|record| self.find(record)).collect()
    }
}

/// The components of two records or more, in the order of their lowest leaders.
pub(crate) struct Components {
    /// The records of each, ascending.
    pub(crate) records: Lists<u32>,
    /// The places of the links in each, ascending.
    pub(crate) links: Lists<u32>,
}

/// Links that a thread joins at least.
const LINKS: usize = 4_096;

impl Components {
    /// Those that links make between the records that are their `ends`, of which those with one
    /// leader are together already.
    pub(crate) fn of<L: Sync>(
        leaders: &[u32],
        links: &[L],
        ends: impl Fn(&L) -> (u32, u32) + Sync,
    ) -> Components {
        let sets = Sets::new(leaders.len());
        let leader = |record: u32| leaders[record as usize];
        let some = || links.par_iter().with_min_len(LINKS).map(&ends);
        some().for_each(|(a, b)| sets.join(leader(a), leader(b)));
        // A group that must be one person comes with all its records, linked or not.
        let number: Vec<AtomicU32> = leaders.par_iter().map(|_| AtomicU32::new(NONE)).collect();
        some().for_each(|(a, _)| number[sets.find(leader(a)) as usize].store(0, Relaxed));
        let mut number: Vec<u32> = number.into_iter().map(AtomicU32::into_inner).collect();
        let mut n = 0;
        for number in number.iter_mut().filter(|number| **number != NONE) {
            *number = n;
            n += 1;
        }
        let of_record = |&leader: &u32| number[sets.find(leader) as usize];
        let of_records: Vec<u32> = leaders.par_iter().map(of_record).collect();
        drop((sets, number));
        let of_links = || links.iter().map(|link| of_records[ends(link).0 as usize]);
        let n = n as usize;
        let (records, links) =
            rayon::join(|| dealt(n, || of_records.iter().copied()), || dealt(n, of_links));
        Components { records, links }
    }
}

/// The places of those of each number, of `n`; [`NONE`] is none.
fn dealt<I: Iterator<Item = u32>>(n: usize, numbers: impl Fn() -> I) -> Lists<u32> {
    let some = || (0..).zip(numbers()).filter(|(_, number)| *number != NONE);
    let mut sizes = vec![0; n];
    some().for_each(|(_, number)| sizes[number as usize] += 1);
    Lists::dealt(&sizes, |give| some().for_each(|(place, number)| give(number as usize, place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_known_by_their_lowest_member() {
        let sets = Sets::new(5);
        sets.join(4, 2);
        sets.join(2, 1);
        assert_eq!(sets.leaders(), [0, 1, 1, 3, 1]);
    }

    #[test]
    fn sets_are_the_same_in_whatever_order_they_are_joined() {
        const N: u32 = 20_000;
        // Every seventeenth is of one set; long chains, joined from all sides at once.
        let joins = (0..N - 17).map(|at| (at, at + 17));
        let (one_by_one, at_once) = (Sets::new(N as usize), Sets::new(N as usize));
        joins.clone().rev().for_each(|(a, b)| one_by_one.join(a, b));
        joins.collect::<Vec<_>>().par_iter().for_each(|&(a, b)| at_once.join(b, a));
        assert_eq!(at_once.leaders(), (0..N).map(|at| at % 17).collect::<Vec<_>>());
        assert_eq!(at_once.leaders(), one_by_one.leaders());
    }
}
