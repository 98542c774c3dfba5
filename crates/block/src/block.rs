//! The pairs of one block, one after the other or many at once.

use multiversion::multiversion;
use record::{LANES, RecordId, RecordPair, bits_of};

use crate::marks::{Marks, NO_BLOCK, SEVERAL};

/// A block, or some rows of it: records that are held beside those after them.
pub struct Block<'a> {
    pub(crate) marks: &'a Marks,
    pub(crate) rule: usize,
    /// Its mark.
    pub(crate) at: u32,
    /// Its records, from that of the first row on.
    pub(crate) records: &'a [u32],
    pub(crate) n_rows: usize,
}

/// Some records of a block, and the marks of each, laid side by side.
pub struct Stretch<'a> {
    block: &'a Block<'a>,
    /// Where they begin in it.
    first: usize,
    records: &'a [u32],
    /// Of each [`LANES`] of them, one after the other, the marks under each rule.
    marks: Vec<[u32; LANES]>,
}

/// So many records of a block are laid side by side at once: what is known of them stays near the
/// processor.
const STRETCH: usize = 8 * LANES;

impl<'a> Block<'a> {
    /// How many records it has from the first row on.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no block is empty")]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Adds its own pairs to `pairs`, of those that are `taken`. What is in `marks` is written over.
    pub fn pairs(
        &self,
        taken: impl Fn(RecordPair) -> bool,
        marks: &mut Vec<u32>,
        pairs: &mut Vec<RecordPair>,
    ) {
        let width = self.rule + 1;
        marks.clear();
        for row in 0..self.n_rows {
            for other in row + 1..self.records.len() {
                let [lower, upper] = [row, other].map(|at| RecordId(self.records[at]));
                let pair = RecordPair::new(lower, upper);
                if !taken(pair) {
                    continue;
                }
                // From all over memory they are fetched together, and once.
                if marks.is_empty() {
                    let of = self.records.iter().map(|&record| self.marks_of(record));
                    of.for_each(|of| marks.extend_from_slice(of));
                }
                let [left, right] = [row, other].map(|it| &marks[it * width..][..width]);
                // No branch: every other pair is another rule's, and which cannot be guessed.
                let kept = pairs.len() + usize::from(self.marks.is_first(self.at, left, right));
                pairs.push(pair);
                pairs.truncate(kept);
            }
        }
    }

    /// All its records, stretch by stretch.
    pub fn stretches(&'a self) -> impl Iterator<Item = Stretch<'a>> {
        (0..self.records.len()).step_by(STRETCH).map(|first| {
            let records = &self.records[first..];
            let records = &records[..records.len().min(STRETCH)];
            let width = self.rule + 1;
            let mut marks = vec![[NO_BLOCK; LANES]; records.len().div_ceil(LANES) * width];
            for (at, &record) in records.iter().enumerate() {
                let lanes = &mut marks[at / LANES * width..][..width];
                for (lanes, &mark) in lanes.iter_mut().zip(self.marks_of(record)) {
                    lanes[at % LANES] = mark;
                }
            }
            Stretch { block: self, first, records, marks }
        })
    }

    /// A record's marks up to its rule.
    fn marks_of(&self, record: u32) -> &'a [u32] {
        &self.marks.of_record(record)[..=self.rule]
    }
}

impl Stretch<'_> {
    /// The records.
    pub fn records(&self) -> impl Iterator<Item = RecordId> {
        self.records.iter().copied().map(RecordId)
    }

    /// The rows of the block that come before some of them: their places, and their records.
    pub fn rows(&self) -> impl Iterator<Item = (usize, RecordId)> {
        let last = self.first + self.records.len() - 1;
        let rows = self.block.records[..self.block.n_rows.min(last)].iter();
        rows.copied().map(RecordId).enumerate()
    }

    /// One of its records.
    #[must_use]
    pub fn record(&self, at: usize) -> RecordId {
        RecordId(self.records[at])
    }

    /// The places of each [`LANES`] of the records of which some come after a row.
    pub fn after(&self, row: usize) -> impl Iterator<Item = usize> + use<> {
        let first = (row + 1).saturating_sub(self.first) / LANES;
        first..self.records.len().div_ceil(LANES)
    }

    /// Of [`LANES`] of the records a bit for each that comes after a row and whose pair with it is
    /// the block's own: no block before it has both.
    #[must_use]
    pub fn own(&self, row: usize, lanes: usize) -> u32 {
        let width = self.block.rule + 1;
        let left = self.block.marks_of(self.block.records[row]);
        let [same, unsure] = met_before(left, &self.marks[lanes * width..][..width]);
        let records = &self.records[lanes * LANES..];
        let before = (row + 1).saturating_sub(self.first + lanes * LANES);
        let there = u32::MAX >> (LANES - records.len().min(LANES)) & u32::MAX << before;
        let mut own = there & !same;
        let mut rest = own & unsure;
        while rest != 0 {
            let lane = rest.trailing_zeros();
            let right = self.block.marks_of(records[lane as usize]);
            if !self.block.marks.is_first(self.block.at, left, right) {
                own &= !(1 << lane);
            }
            rest &= rest - 1;
        }
        own
    }
}

/// Of each of some records, given the marks of all up to a rule: whether it is with another in a
/// block before that rule's; and whether its marks alone cannot tell.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx512vpopcntdq+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt",
))]
fn met_before(left: &[u32], lanes: &[[u32; LANES]]) -> [u32; 2] {
    let (mut same, mut unsure) = ([false; LANES], [false; LANES]);
    let (last, before) = left.split_last().expect("a rule");
    for (&x, ys) in before.iter().zip(lanes).filter(|(x, _)| **x != NO_BLOCK) {
        for ((same, unsure), &y) in same.iter_mut().zip(&mut unsure).zip(ys) {
            *same |= x == y;
            *unsure |= y != NO_BLOCK && SEVERAL <= x | y;
        }
    }
    for (unsure, &y) in unsure.iter_mut().zip(&lanes[left.len() - 1]) {
        *unsure |= SEVERAL <= last | y;
    }
    [bits_of(&same), bits_of(&unsure)]
}
