//! Connected components of the links.

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
