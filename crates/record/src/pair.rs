//! Records and pairs of them.

/// A record, by its place in the order of (source, key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

impl RecordId {
    /// The place, to index with.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Two different records, lower id first.
///
/// A pair has no direction: `new(a, b)` and `new(b, a)` are the same pair, which
/// is what lets a sorted list of pairs be free of repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordPair {
    // Invariant: lower < upper.
    lower: RecordId,
    upper: RecordId,
}

impl RecordPair {
    /// The pair of two records.
    ///
    /// # Panics
    ///
    /// Panics if they are the same record.
    #[must_use]
    pub fn new(a: RecordId, b: RecordId) -> RecordPair {
        assert!(a != b, "a pair has two different records");
        RecordPair { lower: a.min(b), upper: a.max(b) }
    }

    /// The record with the lower id.
    #[must_use]
    pub fn lower(self) -> RecordId {
        self.lower
    }

    /// The record with the upper id.
    #[must_use]
    pub fn upper(self) -> RecordId {
        self.upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_no_direction() {
        let (a, b) = (RecordId(3), RecordId(1));
        assert_eq!(RecordPair::new(a, b), RecordPair::new(b, a));
        assert_eq!(RecordPair::new(a, b).lower(), b);
    }

    #[test]
    #[should_panic(expected = "two different records")]
    fn a_record_is_not_a_pair() {
        let _ = RecordPair::new(RecordId(1), RecordId(1));
    }
}
