//! Comparison vectors: all levels of a pair in one word.

use record::LANES;

/// A degree of agreement: 0 if a value is missing, 1 for the first test passed, and so on down
/// to the number of tests plus one for none ("else").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// One more than the highest level.
    pub const LIMIT: usize = 16;
    /// No level: a value is missing.
    pub const MISSING: Level = Level(0);

    /// The level numbered `n`.
    ///
    /// # Panics
    ///
    /// Panics if `n` is not below [`Level::LIMIT`].
    #[must_use]
    pub fn new(n: usize) -> Level {
        assert!(n < Level::LIMIT, "a level fits in four bits");
        #[expect(clippy::cast_possible_truncation, reason = "just asserted")]
        Level(n as u8)
    }

    /// The number, to index with.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The levels of a pair under every comparison (γ), four bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComparisonVector(pub u64);

impl ComparisonVector {
    /// How many comparisons a vector can hold.
    pub const LIMIT: usize = 16;

    /// The level under the comparison at this place.
    #[must_use]
    pub fn level(self, comparison: usize) -> Level {
        Level((self.0 >> (4 * comparison) & 15) as u8)
    }

    /// Whether no comparison but those of these places, a bit each, has a level.
    #[must_use]
    pub fn is_only_of(self, places: u16) -> bool {
        (0..Self::LIMIT).all(|at| places >> at & 1 == 1 || self.level(at) == Level::MISSING)
    }

    /// The vector with the level under a comparison, which was missing, set.
    #[must_use]
    pub fn with(self, comparison: usize, level: Level) -> ComparisonVector {
        ComparisonVector(self.0 | u64::from(level.0) << (4 * comparison))
    }
}

/// What is known of a pair before its values are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The comparisons whose level is known, by their places, a bit each.
    places: u32,
    vector: ComparisonVector,
}

impl Settled {
    /// The same, with the level under a comparison of which none was known.
    #[must_use]
    #[inline]
    pub fn with(self, comparison: usize, level: Level) -> Settled {
        let vector = self.vector.with(comparison, level);
        Settled { places: self.places | 1 << comparison, vector }
    }

    #[inline]
    pub(crate) fn places(self) -> u32 {
        self.places
    }

    #[inline]
    pub(crate) fn vector(self) -> ComparisonVector {
        self.vector
    }
}

/// What is known of the pairs of a record and each of [`LANES`] others.
#[derive(Default)]
pub struct SettledBeside {
    /// By comparison, the levels that each may be at, a bit each.
    told: [[u32; LANES]; ComparisonVector::LIMIT],
    places: [u32; LANES],
    /// The lower half of each vector, and the upper.
    vectors: [[u32; LANES]; 2],
}

impl SettledBeside {
    /// Where the levels go that pairs may be at under a comparison, a bit each.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
    pub fn told(&mut self, comparison: usize) -> &mut [u32; LANES] {
        &mut self.told[comparison]
    }

    /// Settles those levels that are the only one left, given what is told of so many comparisons.
    #[inline(always)]
    pub fn settle(&mut self, n_comparisons: usize) {
        const HALF: usize = ComparisonVector::LIMIT / 2;
        (self.places, self.vectors) = Default::default();
        for (comparison, levels) in self.told[..n_comparisons].iter().enumerate() {
            let vectors = &mut self.vectors[comparison / HALF];
            let at = 4 * (comparison % HALF);
            for ((places, vector), &levels) in self.places.iter_mut().zip(vectors).zip(levels) {
                let is_one = levels != 0 && levels & levels.wrapping_sub(1) == 0;
                let level = u32::BITS - 1 - (levels | 1).leading_zeros();
                *places |= u32::from(is_one) << comparison;
                *vector |= if is_one { level << at } else { 0 };
            }
        }
    }

    /// What is known of the pair with one of the others.
    #[must_use]
    #[inline]
    pub fn of(&self, lane: usize) -> Settled {
        let [low, high] = [0, 1].map(|half| u64::from(self.vectors[half][lane]));
        Settled { places: self.places[lane], vector: ComparisonVector(low | high << 32) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_keeps_every_level() {
        let mut vector = ComparisonVector::default();
        for comparison in 0..ComparisonVector::LIMIT {
            vector = vector.with(comparison, Level::new(comparison));
        }
        for comparison in 0..ComparisonVector::LIMIT {
            assert_eq!(vector.level(comparison).index(), comparison);
        }
    }

    #[test]
    fn a_level_is_settled_where_it_is_the_only_one_left() {
        let mut levels = [0b110; LANES];
        (levels[0], levels[1], levels[2]) = (0, 1, 1 << 15);
        let mut settled = SettledBeside::default();
        *settled.told(15) = levels;
        *settled.told(0) = [0b1000; LANES];
        let of_first = Settled::default().with(0, Level::new(3));
        let of_both = |level: usize| of_first.with(15, Level::new(level));
        settled.settle(15);
        assert_eq!(settled.of(1), of_first, "only of so many");
        settled.settle(16);
        let of = [0, 1, 2, LANES - 1].map(|lane| settled.of(lane));
        assert_eq!(of, [of_first, of_both(0), of_both(15), of_first]);
    }

    #[test]
    fn what_has_a_level_elsewhere_is_not_only_of_some_places() {
        let vector = ComparisonVector::default().with(2, Level::new(3));
        assert!(vector.is_only_of(0b100) && vector.is_only_of(0b111));
        assert!(!vector.is_only_of(0b011) && !vector.with(5, Level::new(1)).is_only_of(0b111));
        assert!(ComparisonVector::default().is_only_of(0));
    }
}
