//! Connected components of the links.

use record::{Lists, NONE};

/// Disjoint sets of records, each known by its lowest member.
pub(crate) struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    pub(crate) fn new(n: usize) -> Sets {
        Sets { parent: (0..u32::try_from(n).expect("fewer than 2^32 records")).collect() }
    }

    pub(crate) fn find(&mut self, mut record: u32) -> u32 {
        while self.parent[record as usize] != record {
            let above = self.parent[self.parent[record as usize] as usize];
            self.parent[record as usize] = above;
            record = above;
        }
        record
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        // The lowest member leads, so that the answer does not depend on the order of joins.
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The lowest member of each record's set.
    pub(crate) fn leaders(mut self) -> Vec<u32> {
        let n = u32::try_from(self.parent.len()).expect("made of fewer than 2^32 records");
        (0..n).map(|record| self.find(record)).collect()
    }
}

/// The components of two records or more, in the order of their lowest leaders.
pub(crate) struct Components {
    /// The records of each, ascending.
    pub(crate) records: Lists<u32>,
    /// The places of the links in each, ascending.
    pub(crate) links: Lists<u32>,
}

impl Components {
    /// Those that links between these records make, of which those with one leader are together
    /// already.
    pub(crate) fn of<I: Iterator<Item = (u32, u32)>>(
        leaders: &[u32],
        links: impl Fn() -> I + Sync,
    ) -> Components {
        let mut sets = Sets::new(leaders.len());
        let leader = |record: u32| leaders[record as usize];
        links().for_each(|(a, b)| sets.join(leader(a), leader(b)));
        // A group that must be one person comes with all its records, linked or not.
        let mut number = vec![NONE; leaders.len()];
        links().for_each(|(a, _)| number[sets.find(leader(a)) as usize] = 0);
        let mut n = 0;
        for number in number.iter_mut().filter(|number| **number != NONE) {
            *number = n;
            n += 1;
        }
        let of_records: Vec<u32> =
            leaders.iter().map(|&leader| number[sets.find(leader) as usize]).collect();
        drop((sets, number));
        let of_links = || links().map(|(a, _)| of_records[a as usize]);
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
        let mut sets = Sets::new(5);
        sets.join(4, 2);
        sets.join(2, 1);
        assert_eq!(sets.leaders(), [0, 1, 1, 3, 1]);
    }
}
