//! Which blocks each record is in, under every rule.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;
use record::Lists;

/// Which blocks each record is in.
pub(crate) struct Marks {
    /// How many rules there are.
    rules: usize,
    /// For each record, one after the other, its mark under each rule: what ownership of a pair
    /// needs of a record lies side by side.
    of: Vec<u32>,
    /// The blocks of a record that is in several of a rule, ascending.
    several: Lists<u32>,
}

/// The mark of a record that is in no block.
pub(crate) const NO_BLOCK: u32 = 0;
/// That of a record in the first of the blocks alone, from which the others are counted.
pub(crate) const FIRST_BLOCK: u32 = 1;
/// Marks from here up stand for several blocks: those at the place that the lower bits say.
pub(crate) const SEVERAL: u32 = 1 << 31;

/// Blocks, or records, whose marks are written by one thread at least.
const BLOCKS: usize = 4_096;

impl Marks {
    /// Those of records that are in no block of so many rules.
    pub(crate) fn none(n_records: usize, rules: usize) -> Marks {
        Marks { rules, of: vec![NO_BLOCK; n_records * rules], several: Lists::default() }
    }

    /// Marks the records of each block of a rule, which comes after those marked before.
    pub(crate) fn add(&mut self, rule: usize, blocks: &Lists<u32>) {
        // The marks under this rule lie close together until they are all known: those of one block
        // are all over the records.
        let n_records = self.of.len() / self.rules;
        let marks: Vec<AtomicU32> = (0..n_records).map(|_| AtomicU32::new(NO_BLOCK)).collect();
        let mark = |record: u32| &marks[record as usize];
        let numbered = || (0..blocks.len()).into_par_iter().with_min_len(BLOCKS);
        numbered().for_each(|at| {
            let block = FIRST_BLOCK + from(at);
            for &record in blocks.get(at) {
                // Whichever of its blocks comes first: a record of several is marked so at last.
                let first = mark(record).compare_exchange(NO_BLOCK, block, Relaxed, Relaxed);
                if first.is_err() {
                    mark(record).store(SEVERAL, Relaxed);
                }
            }
        });
        let several = numbered().flat_map_iter(|at| {
            let of = blocks.get(at).iter().filter(|record| mark(**record).load(Relaxed) == SEVERAL);
            of.map(move |&record| (record, FIRST_BLOCK + from(at)))
        });
        let mut several: Vec<(u32, u32)> = several.collect();
        several.par_sort_unstable();
        for blocks in several.chunk_by(|a, b| a.0 == b.0) {
            mark(blocks[0].0).store(SEVERAL | from(self.several.len()), Relaxed);
            self.several.push(blocks.iter().map(|&(_, block)| block));
        }
        let of_records = self.of.par_chunks_exact_mut(self.rules).with_min_len(BLOCKS);
        of_records.zip(marks).for_each(|(of, mark)| of[rule] = mark.into_inner());
    }

    /// The records of each of the blocks of a rule, ascending: what [`Marks::add`] was given.
    pub(crate) fn laid_out(&self, rule: usize, n_blocks: usize) -> Lists<u32> {
        // Of each record's marks one is wanted, twice: to fetch all of them is done once.
        let marks: Vec<u32> = self.of.chunks_exact(self.rules).map(|of| of[rule]).collect();
        let mut sizes = vec![0; n_blocks];
        self.each(&marks, |block, _| sizes[block] += 1);
        Lists::dealt(&sizes, |give| self.each(&marks, give))
    }

    /// Visits each record in each of its blocks of a rule with these marks, in the order of records.
    fn each(&self, marks: &[u32], mut visit: impl FnMut(usize, u32)) {
        let place = |block: u32| (block - FIRST_BLOCK) as usize;
        for (record, &mark) in (0..).zip(marks) {
            match self.several(mark) {
                Some(blocks) => blocks.iter().for_each(|&block| visit(place(block), record)),
                None if mark == NO_BLOCK => {}
                None => visit(place(mark), record),
            }
        }
    }

    /// A record's marks under each rule.
    pub(crate) fn of_record(&self, record: u32) -> &[u32] {
        &self.of[record as usize * self.rules..][..self.rules]
    }

    /// Whether two records of this block of a rule meet in no block before it, given the marks of
    /// both under the rules up to this.
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "no branches, so that several are looked at once"
    )]
    pub(crate) fn is_first(&self, block: u32, left: &[u32], right: &[u32]) -> bool {
        // Every rule is looked at, so that several are at once: that is quicker than to stop at
        // the first.
        let (mut same, mut unsure) = (false, false);
        let last = left.len() - 1;
        for (&x, &y) in left[..last].iter().zip(&right[..last]) {
            let both = (x != NO_BLOCK) & (y != NO_BLOCK);
            same |= (x == y) & both;
            unsure |= ((x | y) >= SEVERAL) & both;
        }
        unsure |= (left[last] | right[last]) >= SEVERAL;
        if unsure & !same {
            let mut rules = left.iter().zip(right).map(|(&x, &y)| self.meet(x, y));
            return rules.nth_back(0) == Some(Some(block)) && rules.all(|met| met.is_none());
        }
        !same
    }

    /// The first block in which records with these marks meet.
    pub(crate) fn meet(&self, x: u32, y: u32) -> Option<u32> {
        match (self.several(x), self.several(y)) {
            (None, None) => (x == y && x != NO_BLOCK).then_some(x),
            (Some(blocks), None) => blocks.contains(&y).then_some(y),
            (None, Some(blocks)) => blocks.contains(&x).then_some(x),
            (Some(left), Some(right)) => left.iter().copied().find(|block| right.contains(block)),
        }
    }

    fn several(&self, mark: u32) -> Option<&[u32]> {
        (SEVERAL <= mark).then(|| self.several.get((mark - SEVERAL) as usize))
    }
}

/// A place, of which there are fewer than 2^31.
pub(crate) fn from(place: usize) -> u32 {
    u32::try_from(place).expect("fewer blocks than 2^31")
}
