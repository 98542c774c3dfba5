//! Comparing many pairs: field by field, and letters only where they were not just compared.
//!
//! What comes out is what [`Comparer::vector`] says of each pair, and a property test holds it to
//! that. Going field by field, the processor fetches the values of many pairs at once; and of two
//! names that meet again, as those of a block do, the level is remembered.

use record::{NONE, RecordPair, Values};

use super::{Comparer, Prepared};
use crate::{ComparisonVector, Level};

/// Compares many pairs for a comparer.
pub struct Batch<'a> {
    comparer: &'a Comparer<'a>,
    /// One for each comparison, if it pays to remember what its values are to each other.
    memories: Vec<Option<Memory>>,
    vectors: Vec<ComparisonVector>,
    /// For each pair, a bit for each comparison that it is at some level of.
    both: Vec<u32>,
    /// For each pair, the comparison whose values are accounted for by swapped ones.
    counted: Vec<usize>,
    /// The pairs to compare under a comparison, by their places.
    here: Vec<usize>,
}

impl<'a> Comparer<'a> {
    /// What compares many pairs.
    #[must_use]
    pub fn batch(&'a self) -> Batch<'a> {
        let memories = self.fields.iter().map(|field| field.is_dear().then(Memory::default));
        Batch {
            comparer: self,
            memories: memories.collect(),
            vectors: Vec::new(),
            both: Vec::new(),
            counted: Vec::new(),
            here: Vec::new(),
        }
    }
}

/// The rows of so many pairs stay near the processor.
const PAIRS: usize = 1_024;

impl Batch<'_> {
    /// The vectors of `pairs`.
    pub fn compare(&mut self, pairs: &[RecordPair]) -> &[ComparisonVector] {
        self.vectors.clear();
        pairs.chunks(PAIRS).for_each(|pairs| self.append(pairs));
        &self.vectors
    }

    fn append(&mut self, pairs: &[RecordPair]) {
        let Comparer { fields, rows, .. } = self.comparer;
        let first = self.vectors.len();
        self.vectors.resize(first + pairs.len(), ComparisonVector::default());
        let vectors = &mut self.vectors[first..];
        self.both.clear();
        self.both.extend(pairs.iter().map(|it| rows.both(it.lower().index(), it.upper().index())));
        self.counted.clear();
        self.counted.resize(pairs.len(), usize::MAX);
        self.here.resize(pairs.len(), 0);
        for (place, (field, memory)) in fields.iter().zip(&mut self.memories).enumerate() {
            let mut n = 0;
            for (at, both) in self.both.iter().enumerate() {
                self.here[n] = at;
                n += (both >> place & 1) as usize;
            }
            for &at in &self.here[..n] {
                if self.counted[at] == place {
                    continue;
                }
                let [a, b] = [pairs[at].lower(), pairs[at].upper()].map(|record| record.index());
                let level = field.level_by(place, a, b, rows, &mut |x, y| {
                    let met = || field.first_of_values(x, y, rows);
                    memory.as_mut().map_or_else(met, |memory| memory.recall(x, y, met))
                });
                vectors[at] = vectors[at].with(place, level);
                if let Some(crossing) = field.crossing.as_ref().filter(|it| it.level == level) {
                    self.counted[at] = crossing.place.unwrap_or(usize::MAX);
                }
            }
        }
    }
}

impl Prepared<'_> {
    /// Whether it takes letters to tell what two values are to each other.
    fn is_dear(&self) -> bool {
        matches!(self.own.column.values, Values::Text(_)) && self.of_values.len() > 1
    }
}

/// What was found of values compared lately: of two that take the place of others, those are
/// forgotten.
struct Memory {
    found: Vec<Found>,
}

#[derive(Clone, Copy)]
struct Found {
    values: (u32, u32),
    met: u8,
}

impl Default for Memory {
    fn default() -> Memory {
        // No value has this id.
        Memory { found: vec![Found { values: (NONE, NONE), met: 0 }; 1 << Memory::BITS] }
    }
}

impl Memory {
    /// As much as the names of a few blocks take, and little enough to stay near the processor.
    const BITS: u32 = 12;

    #[inline]
    fn recall(&mut self, x: u32, y: u32, met: impl FnOnce() -> usize) -> usize {
        let mixed = (u64::from(x) << 32 | u64::from(y)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let found = &mut self.found[(mixed >> (64 - Memory::BITS)) as usize];
        if found.values != (x, y) {
            // There are fewer conditions than a vector's place holds levels.
            *found = Found { values: (x, y), met: u8::try_from(met()).expect("a level") };
        }
        usize::from(found.met)
    }
}

const _: () = assert!(Level::LIMIT <= 256);
