//! Comparing many pairs: field by field, and letters only where they were not just compared.
//!
//! What comes out is what [`Comparer::vector`] says of each pair, and a property test holds it to
//! that. Going field by field, the processor fetches the values of many pairs at once; and of two
//! names that meet again, as those of a block do, the level is remembered.

use record::{RecordPair, Values};

use super::{Comparer, Prepared};
use crate::rows::SEVERAL;
use crate::{ComparisonVector, Level, Settled};

/// Compares many pairs for a comparer.
pub struct Batch<'a> {
    comparer: &'a Comparer<'a>,
    /// One for each comparison, if it pays to remember what its values are to each other.
    memories: Vec<Option<Memory>>,
    vectors: Vec<ComparisonVector>,
    /// For each pair, a bit for each comparison that it is at some level of.
    both: Vec<u32>,
    /// For each pair, the comparison whose values are accounted for by swapped ones.
    counted: Vec<Option<usize>>,
    /// The pairs to compare under a comparison, by their places.
    here: Vec<usize>,
    /// Those of their values of which it is not remembered what they are to each other.
    unknown: Vec<[u32; 2]>,
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
            unknown: Vec::new(),
        }
    }
}

/// The rows of so many pairs stay near the processor.
const PAIRS: usize = 1_024;

impl Batch<'_> {
    /// Puts `pairs` with their vectors, in order, through `each`.
    pub fn compare(
        &mut self,
        pairs: &[RecordPair],
        each: impl FnMut(RecordPair, ComparisonVector),
    ) {
        self.compare_rest(pairs, &[], each);
    }

    /// The same, where of each pair, or of none, something is settled.
    pub fn compare_rest(
        &mut self,
        pairs: &[RecordPair],
        settled: &[Settled],
        mut each: impl FnMut(RecordPair, ComparisonVector),
    ) {
        let chunks = settled.chunks(PAIRS).chain(std::iter::repeat(&[] as &[Settled]));
        for (pairs, settled) in pairs.chunks(PAIRS).zip(chunks) {
            self.fill(pairs, settled);
            pairs.iter().zip(&self.vectors).for_each(|(&pair, &vector)| each(pair, vector));
        }
    }

    /// Puts `pairs` with their levels under the comparison at this place, each looked at alone,
    /// through `each`. Nothing is remembered of values that hardly meet again, as of pairs drawn from
    /// all.
    pub fn levels(
        &mut self,
        place: usize,
        pairs: &[RecordPair],
        mut each: impl FnMut(RecordPair, Level),
    ) {
        for pairs in pairs.chunks(PAIRS) {
            self.look_at(pairs, &[]);
            for (&pair, both) in pairs.iter().zip(&self.both) {
                let level = match both >> place & 1 {
                    0 => Level::MISSING,
                    _ => level(self.comparer, &mut None, place, pair),
                };
                each(pair, level);
            }
        }
    }

    /// Finds out which comparisons each pair is at some level of that is not settled.
    fn look_at(&mut self, pairs: &[RecordPair], settled: &[Settled]) {
        let rows = &self.comparer.rows;
        let all = (1 << self.comparer.fields.len()) - 1;
        let settled = settled.iter().map(|it| it.places()).chain(std::iter::repeat(0));
        self.both.clear();
        self.both.extend(pairs.iter().zip(settled).map(|(pair, settled)| match settled {
            _ if settled == all => 0,
            _ => rows.both(pair.lower().index(), pair.upper().index()) & !settled,
        }));
    }

    /// Finds out the vectors.
    fn fill(&mut self, pairs: &[RecordPair], settled: &[Settled]) {
        self.look_at(pairs, settled);
        self.vectors.clear();
        self.vectors.extend(settled.iter().map(|it| it.vector()));
        self.vectors.resize(pairs.len(), ComparisonVector::default());
        self.counted.clear();
        self.counted.resize(pairs.len(), None);
        self.here.resize(pairs.len(), 0);
        for (place, field) in self.comparer.fields.iter().enumerate() {
            let mut n = 0;
            for (at, both) in self.both.iter().enumerate() {
                self.here[n] = at;
                n += (both >> place & 1) as usize;
            }
            self.fetch(place, pairs, n);
            for &at in &self.here[..n] {
                // Swapped names are one slip: the partner's field must not count it again.
                if self.counted[at] == Some(place) {
                    continue;
                }
                let level = level(self.comparer, &mut self.memories[place], place, pairs[at]);
                self.vectors[at] = self.vectors[at].with(place, level);
                if let Some(crossing) = field.crossing.as_ref().filter(|it| it.level == level) {
                    self.counted[at] = crossing.place;
                }
            }
        }
    }
}

impl Batch<'_> {
    /// Has what is needed to compare the first so many pairs here brought near the processor. It lies
    /// all over memory: asked for together, most of it arrives while the rest is.
    fn fetch(&mut self, place: usize, pairs: &[RecordPair], n: usize) {
        let Some(memory) = &self.memories[place] else { return };
        let Comparer { fields, rows, .. } = self.comparer;
        let side = &fields[place].own;
        self.unknown.clear();
        for &at in &self.here[..n] {
            let records = [pairs[at].lower(), pairs[at].upper()];
            let [x, y] = records.map(|record| rows.id(place, record.index()));
            let is_known = x == y || SEVERAL <= x | y || memory.knows(x, y);
            // No branch: whether it is known cannot be guessed.
            self.unknown.push([x, y]);
            self.unknown.truncate(self.unknown.len() - usize::from(is_known));
        }
        let unknown = || self.unknown.iter().flatten();
        let words = unknown().fold(0, |all, &id| all ^ side.word(id).signature.length());
        let first = |id: &u32| side.text(*id).as_bytes().first().copied();
        let letters = unknown().filter_map(first).fold(0, |all, letter| all ^ letter);
        std::hint::black_box((words, letters));
    }
}

/// The level of a pair under a comparison, with what is remembered of its values.
#[inline]
fn level(
    Comparer { fields, rows, .. }: &Comparer<'_>,
    memory: &mut Option<Memory>,
    place: usize,
    pair: RecordPair,
) -> Level {
    let field = &fields[place];
    field.level_by(place, pair.lower().index(), pair.upper().index(), rows, &mut |x, y| {
        let met = || field.first_of_values(x, y, rows);
        match memory {
            Some(memory) => memory.recall(x, y, met),
            None => met(),
        }
    })
}

impl Prepared<'_> {
    /// Whether it takes letters to tell what two values are to each other.
    fn is_dear(&self) -> bool {
        matches!(self.own.column.values, Values::Text(_)) && self.of_values.len() > 2
    }
}

/// What was found of values compared lately: of two that take the place of others, those are
/// forgotten.
#[derive(Default)]
struct Memory {
    /// Two values and what they met, in one number; or nought. Empty until it is needed.
    found: Vec<u64>,
}

impl Memory {
    /// A quarter of a megabyte, which stays near the processor.
    const BITS: u32 = 13;
    /// What is met takes four bits, and each value the half of the rest.
    const VALUES: u32 = 1 << 30;

    /// Two values in one number, and where it is found.
    #[inline]
    fn place(x: u32, y: u32) -> (u64, usize) {
        // One more than each, so that no two are nought.
        let values = u64::from(x + 1) << 34 | u64::from(y + 1) << 4;
        let mixed = values.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (values, (mixed >> (64 - Memory::BITS)) as usize)
    }

    #[inline]
    fn knows(&self, x: u32, y: u32) -> bool {
        let (values, at) = Memory::place(x, y);
        self.found.get(at).is_some_and(|found| *found & !15 == values)
    }

    #[inline]
    fn recall(&mut self, x: u32, y: u32, met: impl FnOnce() -> usize) -> usize {
        if x.max(y) >= Memory::VALUES - 1 {
            return met();
        }
        if self.found.is_empty() {
            self.found.resize(1 << Memory::BITS, 0);
        }
        let (values, at) = Memory::place(x, y);
        let found = &mut self.found[at];
        if *found & !15 != values {
            *found = values | met() as u64;
        }
        (*found & 15) as usize
    }
}

const _: () = assert!(Level::LIMIT <= 16, "what is met takes four bits");
