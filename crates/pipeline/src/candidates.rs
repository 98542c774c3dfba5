//! Weighing candidate pairs, block by block, and the evidence between groups of records.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use block::{Block, Index, Task};
use compare::{Batch, Comparer, ComparisonVector, Condition, Settled, SettledBeside, Tile};
use rayon::prelude::*;
use record::{LANES, NONE, Normalised, RecordId, RecordPair};
use resolve::Constraints;
use score::{MatchWeight, Model, ScoredPair, Scorer, Sieve};

use crate::error::Error;
use crate::filter::{Filter, asked};
use crate::link::RuleOutcome;
use crate::progress::Progress;
use crate::relatives::Relatives;
use crate::shelf::{Put, Shelf};

/// The evidence that groups of records are one person, as the scorer weighs it.
pub(crate) struct Evidence<'a> {
    scorer: &'a Scorer,
    comparer: &'a Comparer<'a>,
    /// Pairs that were compared before, in the order of their records.
    links: &'a [ScoredPair],
    /// Where the pairs of each lower record begin.
    starts: Vec<u32>,
    /// What relatives say beside it.
    relatives: Option<&'a Relatives<'a>>,
}

impl<'a> Evidence<'a> {
    /// Evidence of records of which these pairs, in the order of their records, were weighed by
    /// the same scorer.
    pub(crate) fn new(
        scorer: &'a Scorer,
        comparer: &'a Comparer<'a>,
        links: &'a [ScoredPair],
    ) -> Evidence<'a> {
        let mut starts = vec![0; comparer.n_records() + 1];
        for link in links {
            starts[link.lower.index() + 1] += 1;
        }
        for record in 1..starts.len() {
            starts[record] += starts[record - 1];
        }
        Evidence { scorer, comparer, links, starts, relatives: None }
    }

    /// The same, and beside it what relatives say.
    pub(crate) fn hearing(self, relatives: &'a Relatives<'a>) -> Evidence<'a> {
        Evidence { relatives: Some(relatives), ..self }
    }

    fn vector(&self, lower: RecordId, upper: RecordId) -> ComparisonVector {
        let [start, end] = [0, 1].map(|next| self.starts[lower.index() + next] as usize);
        let own = &self.links[start..end];
        match own.binary_search_by_key(&upper, |link| link.upper) {
            Ok(at) => own[at].vector,
            Err(_) => self.comparer.vector(lower, upper),
        }
    }
}

impl resolve::Weigher for Evidence<'_> {
    type Evidence = score::Evidence;

    fn between(&self, lower: RecordId, upper: RecordId) -> score::Evidence {
        let vector = self.vector(lower, upper);
        let evidence = self.scorer.evidence_of(self.comparer, lower, upper, vector);
        match self.relatives.and_then(|relatives| relatives.of(lower, upper)) {
            Some(related) => evidence.with(related),
            None => evidence,
        }
    }

    fn gather(&self, evidence: &mut score::Evidence, more: &score::Evidence) {
        self.scorer.gather(evidence, more);
    }

    fn weight(&self, evidence: &score::Evidence) -> MatchWeight {
        self.scorer.weight(evidence)
    }

    // A link is of the same scorer, which did not hear relatives.
    fn alone(&self, lower: RecordId, upper: RecordId, link: MatchWeight) -> MatchWeight {
        let related = self.relatives.and_then(|relatives| relatives.of(lower, upper));
        related.map_or(link, |_| self.weight(&self.between(lower, upper)))
    }
}

/// Pairs counted by match weight, a bin for each bit from -40 to 60.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// The bins, the lowest first.
    pub bins: Vec<Bin>,
    /// Pairs too light to be kept were counted among one record in so many, each for so many.
    pub one_in: u64,
}

/// The pairs of a bin. Sums of chances are whole multiples of 2^-32, so that they do not depend
/// on their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// How many they are.
    pub pairs: u64,
    expected: u64,
    variance: u64,
}

impl Bin {
    const ONE: f64 = 4_294_967_296.0;
    /// Odds are known within 10^-12 of themselves, chances of 2^-32ths so within this.
    const UNSURE: f64 = 0.005;

    fn add(&mut self, weight: MatchWeight) {
        let [expected, variance] = Bin::nearly(weight).unwrap_or_else(|| Bin::exactly(weight));
        self.pairs += 1;
        self.expected += expected;
        self.variance += variance;
    }

    /// The chance and the variance of a pair.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a chance of 2^-32ths is from 0 to 2^32"
    )]
    fn exactly(weight: MatchWeight) -> [u64; 2] {
        let chance = weight.probability();
        [chance, chance * (1.0 - chance)].map(|share| (share * Bin::ONE).round() as u64)
    }

    /// The same; `None` where what is known of it quickly is too near to halfway between two
    /// multiples of 2^-32 to tell.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a chance of 2^-32ths is from 0 to 2^32"
    )]
    fn nearly(weight: MatchWeight) -> Option<[u64; 2]> {
        let odds = weight.odds_nearly();
        let less = odds / (1.0 + odds);
        let chance = if weight.0 < 0 { less } else { 1.0 - less };
        let mut nearly = [0; 2];
        for (nearly, share) in nearly.iter_mut().zip([chance, less * (1.0 - less)]) {
            let share = share * Bin::ONE + 0.5;
            *nearly = share as u64;
            let rest = share - *nearly as f64;
            if !(Bin::UNSURE..1.0 - Bin::UNSURE).contains(&rest) {
                return None;
            }
        }
        Some(nearly)
    }

    /// Counts these so many times, being one in so many.
    fn merge(&mut self, more: &Bin, times: u64) {
        self.pairs += more.pairs * times;
        self.expected += more.expected * times;
        // What is drawn varies by the squares of the chances.
        let squares = more.expected.saturating_sub(more.variance);
        self.variance += more.variance * times + squares * times * (times - 1);
    }

    /// How many of the pairs the model expects to be true: the sum of their chances.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "53 bits are enough for a number of pairs")]
    pub fn expected(&self) -> f64 {
        self.expected as f64 / Bin::ONE
    }

    /// The variance of that number, were the pairs independent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "53 bits are enough for a number of pairs")]
    pub fn variance(&self) -> f64 {
        self.variance as f64 / Bin::ONE
    }
}

impl Histogram {
    /// The lowest weight of the first bin, in bits.
    pub const LEAST: i32 = -40;
    const BINS: usize = 100;

    fn bin(weight: MatchWeight) -> usize {
        let bits = (weight.0 >> 20) - Histogram::LEAST;
        usize::try_from(bits.max(0)).unwrap_or(0).min(Histogram::BINS - 1)
    }
}

pub(crate) struct Scored {
    pub(crate) candidates: u64,
    pub(crate) new_pairs: Vec<u64>,
    pub(crate) histogram: Histogram,
    /// Some for some rules after the others'.
    pub(crate) links: Vec<Put<Vec<Vec<ScoredPair>>>>,
    /// How many they are.
    pub(crate) n_links: usize,
}

/// The pairs to weigh.
pub(crate) struct Proposed<'a> {
    pub(crate) index: &'a Index,
    pub(crate) filter: &'a Filter<'a>,
    pub(crate) constraints: &'a Constraints,
}

/// What weighs pairs, and the weight from which they are kept.
pub(crate) struct Weighing<'a> {
    comparer: &'a Comparer<'a>,
    scorer: &'a Scorer,
    least: MatchWeight,
    /// What tells of most others that they weigh less, if anything can and there is room for it.
    sieve: Option<Sieve>,
}

impl<'a> Weighing<'a> {
    /// By a scorer made of this model, with a sieve if there is `room` for one.
    pub(crate) fn new(
        model: &Model,
        scorer: &'a Scorer,
        comparer: &'a Comparer<'a>,
        least: MatchWeight,
        room: bool,
    ) -> Weighing<'a> {
        let sieve = room.then(|| Sieve::new(model, scorer, comparer, least)).flatten();
        Weighing { comparer, scorer, least, sieve }
    }
}

/// What weighing the pairs of one task after the other takes.
struct Work<'a> {
    /// Pairs of which nothing is told yet.
    found: Pairs,
    /// Those that may weigh enough, and what is settled of each; without a sieve, of none.
    open: Pairs,
    settled: Vec<Settled>,
    /// Room for links, for a block's pairs and for marks.
    links: Vec<ScoredPair>,
    of_block: Vec<RecordPair>,
    marks: Vec<u32>,
    tile: Tile,
    batch: Batch<'a>,
}

/// Pairs, and the rule that proposes each.
#[derive(Default)]
struct Pairs {
    pairs: Vec<RecordPair>,
    rules: Vec<u16>,
}

impl Pairs {
    fn clear(&mut self) {
        self.pairs.clear();
        self.rules.clear();
    }

    fn push(&mut self, pair: RecordPair, rule: u16) {
        self.pairs.push(pair);
        self.rules.push(rule);
    }
}

/// A block of so many records is worked off row by row.
const MANY: usize = 8;
/// So many pairs are told at once no dearer than one by one.
const FEW: u32 = 4;

impl<'a> Work<'a> {
    fn new(comparer: &'a Comparer<'a>) -> Work<'a> {
        Work {
            found: Pairs::default(),
            open: Pairs::default(),
            settled: Vec::new(),
            links: Vec::new(),
            of_block: Vec::new(),
            marks: Vec::new(),
            tile: Tile::default(),
            batch: comparer.batch(),
        }
    }

    /// Finds the pairs of a task that are `taken`, and tells `new` of the rule that proposes each.
    fn find(
        &mut self,
        proposed: &Proposed<'_>,
        (blocks, task): (&block::Work<'_>, &Task),
        taken: impl Fn(RecordPair) -> bool,
        mut new: impl FnMut(usize),
    ) {
        self.clear();
        for block in blocks.blocks(task) {
            self.find_in(proposed, (&block, task.rule), &taken, &mut new);
        }
    }

    fn clear(&mut self) {
        self.found.clear();
        self.open.clear();
        self.settled.clear();
    }

    fn find_in(
        &mut self,
        proposed: &Proposed<'_>,
        (block, rule): (&Block<'_>, usize),
        taken: impl Fn(RecordPair) -> bool,
        mut new: impl FnMut(usize),
    ) {
        self.of_block.clear();
        block.pairs(taken, &mut self.marks, &mut self.of_block);
        for &pair in &self.of_block {
            let Some(rule) = proposed.filter.first(pair, rule) else { continue };
            new(rule);
            if !proposed.constraints.excludes(pair) {
                self.found.push(pair, number(rule));
            }
        }
    }

    /// Finds the pairs of a task, but for some that weigh too little to be kept and whose lower record
    /// is not `counted`; and returns how many there are with them.
    fn find_most(
        &mut self,
        proposed: &Proposed<'_>,
        sieve: Option<&Sieve>,
        (blocks, task): (&block::Work<'_>, &Task),
        counted: impl Fn(RecordId) -> bool,
        new: &mut [u64],
    ) -> u64 {
        self.clear();
        let sieve = sieve.filter(|_| proposed.filter.asks_nothing());
        let mut left_out = 0;
        for block in blocks.blocks(task) {
            match sieve {
                Some(sieve) if MANY <= block.len() => {
                    let (constraints, new) = (proposed.constraints, &mut new[task.rule]);
                    let block = (&block, number(task.rule));
                    left_out += self.find_by_rows(constraints, sieve, block, &counted, new);
                }
                _ => self.find_in(proposed, (&block, task.rule), |_| true, |rule| new[rule] += 1),
            }
        }
        left_out + (self.found.pairs.len() + self.open.pairs.len()) as u64
    }

    /// The same of a block under whose rule nothing else is asked; returns how many it leaves out.
    fn find_by_rows(
        &mut self,
        constraints: &Constraints,
        sieve: &Sieve,
        (block, rule): (&Block<'_>, u16),
        counted: impl Fn(RecordId) -> bool,
        new: &mut u64,
    ) -> u64 {
        let mut left_out = 0;
        let mut settled = SettledBeside::default();
        for stretch in block.stretches() {
            sieve.lay(stretch.records(), &mut self.tile);
            for (row, record) in stretch.rows() {
                let is_counted = counted(record);
                let group = constraints.group(record);
                for lanes in stretch.after(row) {
                    let own = stretch.own(row, lanes);
                    let other = |lane: u32| stretch.record(lanes * LANES + lane as usize);
                    let is_excluded = |lane: &u32| constraints.group(other(*lane)) == group;
                    let excluded = match group {
                        NONE => 0,
                        _ => bits(own).filter(is_excluded).fold(0, |bits, lane| bits | 1 << lane),
                    };
                    let mut untold = own & !excluded;
                    *new += u64::from(own.count_ones());
                    left_out += u64::from(untold.count_ones());
                    let pair = |lane| RecordPair::new(record, other(lane));
                    if !is_counted && FEW <= untold.count_ones() {
                        let others = (self.tile.lanes(lanes), untold);
                        let [open, crossed] = sieve.may_weigh(record, others, &mut settled);
                        for lane in bits(open) {
                            self.open.push(pair(lane), rule);
                            self.settled.push(settled.of(lane as usize));
                        }
                        left_out -= u64::from(open.count_ones());
                        untold = crossed;
                    }
                    bits(untold).for_each(|lane| self.found.push(pair(lane), rule));
                    left_out -= u64::from(untold.count_ones());
                }
            }
        }
        left_out
    }

    /// The links of a task, in no more room than they take; that in which they grew serves the next.
    fn give(&mut self, mut links: Vec<ScoredPair>) -> Vec<ScoredPair> {
        let given = links.clone();
        links.clear();
        self.links = links;
        given
    }

    /// Weighs the pairs that were found, and puts those through `each` that weigh enough to be kept or
    /// are `counted`.
    fn weigh(
        &mut self,
        weighing: &Weighing<'_>,
        counted: impl Fn(RecordPair) -> bool,
        mut each: impl FnMut(ScoredPair),
    ) {
        let Weighing { comparer, scorer, least, sieve } = weighing;
        match sieve {
            Some(sieve) => sieve.sift(&self.found.pairs, &counted, |at, settled| {
                self.open.push(self.found.pairs[at], self.found.rules[at]);
                self.settled.push(settled);
            }),
            None => std::mem::swap(&mut self.open, &mut self.found),
        }
        let mut rules = self.open.rules.iter();
        self.batch.compare_rest(&self.open.pairs, &self.settled, |pair, vector| {
            let rule = *rules.next().expect("a rule for each pair");
            let least = if counted(pair) { MatchWeight(i32::MIN) } else { *least };
            if let Some(scored) = scorer.weigh_from(least, comparer, pair, vector) {
                each(ScoredPair { rule, ..scored });
            }
        });
    }
}

fn number(rule: usize) -> u16 {
    u16::try_from(rule).expect("fewer than 2^16 rules")
}

/// The places of the bits that are set.
fn bits(mut word: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let next = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (next < u32::BITS).then_some(next)
    })
}

/// Which pairs are counted whatever they weigh: those of one lower record in so many, each for so
/// many pairs.
#[derive(Clone, Copy)]
struct Sample {
    one_in: u64,
}

impl Sample {
    fn has(self, lower: RecordId) -> bool {
        let mixed = lower.0.wrapping_mul(0x9E37_79B1);
        (u64::from(mixed) * self.one_in) >> 32 == 0
    }
}

/// Weighs pairs, counts them, and keeps those that weigh enough and are `wanted`, on the shelf.
///
/// Of many times more than `counted`, most that are not kept are not weighed, and those of some
/// records say how many there are of every weight.
///
/// # Errors
///
/// If they cannot be put away.
pub(crate) fn weigh(
    proposed: &Proposed<'_>,
    weighing: &Weighing<'_>,
    counted: u64,
    wanted: impl Fn(&ScoredPair) -> bool + Sync,
    shelf: &Shelf<'_>,
    progress: &dyn Progress,
) -> Result<Scored, Error> {
    let index = proposed.index;
    let all: u64 = index.costs().iter().map(|cost| cost.pairs).sum();
    // Whether there is a sieve changes nothing of the answer.
    let keeps_all = weighing.least.0 == i32::MIN;
    let one_in = if keeps_all { 1 } else { (all / counted.max(1)).max(1) };
    let sample = Sample { one_in };
    let candidates = AtomicU64::new(0);
    let new_pairs: Vec<AtomicU64> = index.rules().iter().map(|_| AtomicU64::new(0)).collect();
    let bins = Mutex::new(vec![Bin::default(); Histogram::BINS]);
    let of_task = |work: &mut Work<'_>, (blocks, task): (&block::Work<'_>, &Task)| {
        let mut new = vec![0; new_pairs.len()];
        let counted = |lower| sample.has(lower);
        let sieve = weighing.sieve.as_ref();
        let n = work.find_most(proposed, sieve, (blocks, task), counted, &mut new);
        for (all, new) in new_pairs.iter().zip(new).filter(|(_, new)| *new > 0) {
            all.fetch_add(new, Ordering::Relaxed);
        }
        candidates.fetch_add(n, Ordering::Relaxed);
        let mut kept = [Bin::default(); Histogram::BINS];
        let mut light = kept;
        let mut links = std::mem::take(&mut work.links);
        work.weigh(
            weighing,
            |pair| sample.has(pair.lower()),
            |scored| {
                let bin = Histogram::bin(scored.weight);
                if weighing.least <= scored.weight {
                    kept[bin].add(scored.weight);
                    if wanted(&scored) {
                        links.push(scored);
                    }
                } else if sample.has(scored.lower) {
                    light[bin].add(scored.weight);
                }
            },
        );
        let mut bins = bins.lock().unwrap_or_else(PoisonError::into_inner);
        for (bin, (kept, light)) in bins.iter_mut().zip(kept.iter().zip(&light)) {
            bin.merge(kept, 1);
            bin.merge(light, one_in);
        }
        drop(bins);
        progress.advance(task.pairs);
        work.give(links)
    };
    let mut n_links = 0;
    let links = of_every_task(index, weighing.comparer, of_task).map(|links| {
        n_links += links.iter().map(Vec::len).sum::<usize>();
        shelf.put(links)
    });
    let links = links.collect::<Result<Vec<_>, Error>>()?;
    let bins = bins.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Scored {
        candidates: candidates.into_inner(),
        new_pairs: new_pairs.into_iter().map(AtomicU64::into_inner).collect(),
        histogram: Histogram { bins, one_in },
        links,
        n_links,
    })
}

/// All `n` links in the order of their records, but those of pairs that are `apart`, in that order.
///
/// # Errors
///
/// If they cannot be taken back.
pub(crate) fn in_order(
    n: usize,
    links: Vec<Put<Vec<Vec<ScoredPair>>>>,
    apart: &[RecordPair],
) -> Result<Vec<ScoredPair>, Error> {
    let mut all = Vec::with_capacity(n);
    for some in links {
        // The room of a task's links is free once they are taken.
        some.take()?.into_iter().for_each(|links| all.extend(links));
    }
    all.par_sort_unstable();
    let mut apart = apart.iter().copied().peekable();
    all.retain(|link: &ScoredPair| {
        while apart.next_if(|it| *it < link.pair()).is_some() {}
        apart.peek() != Some(&link.pair())
    });
    Ok(all)
}

/// Of the pairs that are `taken`, those that weigh enough to be kept.
pub(crate) fn links(
    proposed: &Proposed<'_>,
    weighing: &Weighing<'_>,
    taken: impl Fn(RecordPair) -> bool + Sync,
    progress: &dyn Progress,
) -> Vec<ScoredPair> {
    let of_task = |work: &mut Work<'_>, (blocks, task): (&block::Work<'_>, &Task)| {
        work.find(proposed, (blocks, task), &taken, |_| ());
        let mut links = std::mem::take(&mut work.links);
        work.weigh(weighing, |_| false, |scored| links.push(scored));
        progress.advance(task.pairs);
        work.give(links)
    };
    let found: Vec<Vec<Vec<ScoredPair>>> =
        of_every_task(proposed.index, weighing.comparer, of_task).collect();
    let n = found.iter().flatten().map(Vec::len).sum();
    let mut links = Vec::with_capacity(n);
    found.into_iter().flatten().for_each(|of_task| links.extend(of_task));
    links.par_sort_unstable();
    links
}

/// The pairs that each task gives, some tasks after the others.
fn of_every_task<'a>(
    index: &'a Index,
    comparer: &'a Comparer<'a>,
    of_task: impl Fn(&mut Work<'a>, (&block::Work<'_>, &Task)) -> Vec<ScoredPair> + Sync + Copy,
) -> impl Iterator<Item = Vec<Vec<ScoredPair>>> {
    index.work(PAIRS_PER_TASK).flat_map(move |blocks| {
        (0..blocks.tasks().len()).step_by(TASKS_AT_ONCE).map(move |start| {
            let tasks = &blocks.tasks()[start..];
            let some = &tasks[..tasks.len().min(TASKS_AT_ONCE)];
            let of_task = |work: &mut Work<'a>, task| of_task(work, (&blocks, task));
            some.par_iter().map_init(|| Work::new(comparer), of_task).collect()
        })
    })
}

/// What each rule costs and adds, found by going through all pairs and weighing none.
#[must_use]
pub fn count_pairs(
    normalised: &Normalised,
    index: &Index,
    conditions: &[Option<Condition>],
    progress: &dyn Progress,
) -> Vec<RuleOutcome> {
    let asked = asked(normalised, conditions);
    let filter = Filter::new(normalised, index, &asked);
    let new_pairs: Vec<AtomicU64> = index.rules().iter().map(|_| AtomicU64::new(0)).collect();
    for work in index.work(PAIRS_PER_TASK) {
        work.tasks().par_iter().for_each_init(Vec::new, |pairs, task| {
            work.pairs(task, |_| true, pairs);
            for rule in pairs.iter().filter_map(|pair| filter.first(*pair, task.rule)) {
                new_pairs[rule].fetch_add(1, Ordering::Relaxed);
            }
            progress.advance(task.pairs);
        });
    }
    let new_pairs = new_pairs.into_iter().map(AtomicU64::into_inner);
    index
        .costs()
        .iter()
        .zip(new_pairs)
        .map(|(cost, new_pairs)| RuleOutcome { cost: cost.clone(), new_pairs })
        .collect()
}

/// Enough to keep a thread busy for some milliseconds, few enough to share out evenly.
const PAIRS_PER_TASK: u64 = 65_536;
/// So many tasks that what they give can be there at once.
const TASKS_AT_ONCE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_chances_are_the_exact_ones() {
        let mut sure = 0;
        let weights = (-70 << 20..70 << 20).step_by(1_021).map(MatchWeight);
        let all = weights.len();
        for weight in weights {
            if let Some(nearly) = Bin::nearly(weight) {
                assert_eq!(nearly, Bin::exactly(weight), "{weight}");
                sure += 1;
            }
        }
        assert!(all * 9 / 10 < sure);
    }
}
