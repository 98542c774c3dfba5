//! Blocks under every rule, and the pairs in them, each proposed once.

use rayon::prelude::*;
use record::{Lists, Normalised, RecordPair};

use crate::block::Block;
use crate::blocks::{Blocks, refine};
use crate::marks::{FIRST_BLOCK, Marks, from};
use crate::{Rule, keys};

/// What blocking may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records in a block, above which it is refined.
    pub block_size_max: u32,
    /// Pairs that the proposal of rules may come to for each record.
    pub pairs_per_record_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { block_size_max: 5_000, pairs_per_record_max: 60 }
    }
}

/// The blocks of all rules.
///
/// A pair belongs to the first rule that proposes it, whatever order the blocks are visited in.
///
/// What is kept of the blocks is which of them each record is in. A rule's blocks are laid out from
/// that when its pairs are asked for: to keep them all would take as much again.
pub struct Index {
    rules: Vec<Rule>,
    costs: Vec<RuleCost>,
    oversized: Vec<Oversized>,
    marks: Marks,
}

/// A block that nothing refines may have so many times the records of others.
pub const WHOLE_MAX: u64 = 8;

/// A block that was over the limit, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oversized {
    /// The rule, by its place.
    pub rule: usize,
    /// Its records.
    pub records: u64,
    /// Its pairs, had it been left whole.
    pub pairs: u64,
    /// Its pairs after refining: those that also share a further key. None of a block far too large
    /// that nothing refines.
    pub pairs_kept: u64,
}

/// Some rules whose blocks are laid out, and the work of proposing their pairs.
pub struct Work<'a> {
    index: &'a Index,
    /// The place of the first of the rules.
    first: usize,
    /// The records of each block of each of the rules.
    blocks: Vec<Lists<u32>>,
    tasks: Vec<Task>,
}

/// A piece of the work of proposing pairs: some blocks of a rule, or some rows of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The rule, by its place.
    pub rule: usize,
    blocks: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    /// The pairs in it, before those of earlier rules are left out.
    pub pairs: u64,
}

/// What a rule costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCost {
    /// The rule.
    pub rule: Rule,
    /// The records that have a key under it.
    pub records: u64,
    /// Its blocks of two records or more.
    pub blocks: u64,
    /// The records in its largest block.
    pub largest: u64,
    /// The pairs in its blocks, those of earlier rules among them.
    pub pairs: u64,
}

impl Index {
    /// Gathers records into blocks under each of `rules`.
    ///
    /// A block above the limit is refined: its pairs must also share the first of the
    /// `refinements` under which they do not all fall together again, and so on. What still is
    /// above the limit after the last is kept whole, and worked off in pieces; but for blocks of
    /// more than [`WHOLE_MAX`] times the limit, whose pairs nobody would live to see, and of which
    /// what their records share says next to nothing.
    #[must_use]
    pub fn new(
        normalised: &Normalised,
        rules: &[Rule],
        refinements: &[Rule],
        limits: &Limits,
    ) -> Index {
        let mut finer: Vec<Option<Lists<u64>>> = refinements.iter().map(|_| None).collect();
        let mut index = Index {
            rules: rules.to_vec(),
            costs: Vec::with_capacity(rules.len()),
            oversized: Vec::new(),
            marks: Marks::none(normalised.n_records, rules.len()),
        };
        let mut entries = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let mut keys = keys(normalised, rule);
            let mut blocks = Blocks::of(&keys, &mut entries);
            let whole: Vec<(u64, u64)> = blocks.above(limits.block_size_max).collect();
            for (refinement, finer) in refinements.iter().zip(&mut finer) {
                let large: Vec<u64> =
                    blocks.above(limits.block_size_max).map(|(key, _)| key).collect();
                if large.is_empty() {
                    break;
                }
                let finer = finer.get_or_insert_with(|| crate::keys(normalised, refinement));
                keys = refine(&keys, &large, finer);
                blocks = Blocks::of(&keys, &mut entries);
            }
            let records = keys.iter().filter(|keys| !keys.is_empty()).count() as u64;
            drop(keys);
            blocks.leave_out(u64::from(limits.block_size_max) * WHOLE_MAX);
            index.account_for_oversized(normalised, at, &whole, &blocks.records);
            index.costs.push(cost(rule, records, &blocks.records));
            index.marks.add(at, &blocks.records);
        }
        index
    }

    // What a refined block kept is known only from the blocks it became: the whole blocks' keys are
    // made again and the refined blocks' pairs summed under them.
    fn account_for_oversized(
        &mut self,
        normalised: &Normalised,
        rule: usize,
        whole: &[(u64, u64)],
        blocks: &Lists<u32>,
    ) {
        if whole.is_empty() {
            return;
        }
        let coarse = keys(normalised, &self.rules[rule]);
        let mut kept = vec![0; whole.len()];
        for records in blocks.iter() {
            // All records of a refined block share its coarse key; find it on the first two.
            let (a, b) = (records[0] as usize, records[1] as usize);
            for key in shared(coarse.get(a), coarse.get(b)) {
                if let Ok(at) = whole.binary_search_by_key(&key, |&(key, _)| key) {
                    kept[at] += pairs_among(records.len() as u64);
                }
            }
        }
        self.oversized.extend(whole.iter().zip(kept).map(|(&(_, records), pairs_kept)| {
            Oversized {
                rule,
                records,
                pairs: pairs_among(records),
                pairs_kept: pairs_kept.min(pairs_among(records)),
            }
        }));
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The blocks that were over the limit.
    #[must_use]
    pub fn oversized(&self) -> &[Oversized] {
        &self.oversized
    }

    /// What each rule costs.
    #[must_use]
    pub fn costs(&self) -> &[RuleCost] {
        &self.costs
    }

    /// All the work, some rules after the other, cut into tasks of about `pairs` pairs, in an order
    /// that is always the same.
    pub fn work(&self, pairs: u64) -> impl Iterator<Item = Work<'_>> {
        (0..self.rules.len()).step_by(RULES_AT_ONCE).map(move |first| {
            let rules = first..self.rules.len().min(first + RULES_AT_ONCE);
            let blocks: Vec<Lists<u32>> =
                rules.into_par_iter().map(|rule| self.laid_out(rule)).collect();
            let tasks = (first..).zip(&blocks).flat_map(|(rule, of)| tasks(rule, of, pairs));
            Work { index: self, first, tasks: tasks.collect(), blocks }
        })
    }

    /// The records of each block of a rule.
    fn laid_out(&self, rule: usize) -> Lists<u32> {
        let n_blocks = usize::try_from(self.costs[rule].blocks).expect("they were there at once");
        self.marks.laid_out(rule, n_blocks)
    }

    /// The first rule that proposes the pair, if any does.
    #[must_use]
    pub fn rule_of(&self, pair: RecordPair) -> Option<usize> {
        self.rules_of(pair).next()
    }

    /// The rules that propose the pair, each by itself, in order.
    pub fn rules_of(&self, pair: RecordPair) -> impl Iterator<Item = usize> {
        let [left, right] = [pair.lower(), pair.upper()].map(|it| self.marks.of_record(it.0));
        let marks = left.iter().zip(right).enumerate();
        marks.filter(|(_, (x, y))| self.marks.meet(**x, **y).is_some()).map(|(rule, _)| rule)
    }
}

impl Work<'_> {
    /// The tasks.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The blocks of `task`.
    pub fn blocks(&self, task: &Task) -> impl Iterator<Item = Block<'_>> {
        let (rule, rows) = (task.rule, task.rows.clone());
        let numbers = task.blocks.clone().zip(FIRST_BLOCK + from(task.blocks.start)..);
        numbers.map(move |(block, at)| {
            let records = self.blocks[rule - self.first].get(block);
            let rows = if rows.is_empty() { 0..records.len() } else { rows.clone() };
            let records = &records[rows.start..];
            Block { marks: &self.index.marks, rule, at, records, n_rows: rows.len() }
        })
    }

    /// Puts the pairs of `task` that are `taken` into `pairs`, which it clears first: those that no
    /// earlier rule proposes and that have not come up in an earlier block of the same rule.
    pub fn pairs(
        &self,
        task: &Task,
        taken: impl Fn(RecordPair) -> bool,
        pairs: &mut Vec<RecordPair>,
    ) {
        pairs.clear();
        let mut marks = Vec::new();
        for block in self.blocks(task) {
            block.pairs(&taken, &mut marks, pairs);
        }
    }
}

/// Rules whose blocks are laid out at once: that is done of each on one thread.
const RULES_AT_ONCE: usize = 4;

/// So many rows of a large block are a task of their own at least.
const ROWS: u64 = 16;

/// What a rule costs under which so many records have a key.
fn cost(rule: &Rule, records: u64, blocks: &Lists<u32>) -> RuleCost {
    RuleCost {
        rule: rule.clone(),
        records,
        blocks: blocks.len() as u64,
        largest: blocks.iter().map(|block| block.len() as u64).max().unwrap_or(0),
        pairs: blocks.iter().map(|block| pairs_among(block.len() as u64)).sum(),
    }
}

/// The work of a rule with these blocks, cut into tasks of about `pairs` pairs.
fn tasks(rule: usize, blocks: &Lists<u32>, pairs: u64) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut open = Task::empty(rule, 0);
    for block in 0..blocks.len() {
        let n = blocks.get(block).len();
        let size = pairs_among(n as u64);
        if size > pairs {
            tasks.extend(std::mem::replace(&mut open, Task::empty(rule, block + 1)).some());
            // To gather its records takes as long as some pairs of each.
            tasks.extend(rows_of(rule, block, n, pairs.max(ROWS * n as u64)));
            continue;
        }
        open.blocks.end = block + 1;
        open.pairs += size;
        if open.pairs >= pairs {
            tasks.extend(std::mem::replace(&mut open, Task::empty(rule, block + 1)).some());
        }
    }
    tasks.extend(open.some());
    tasks
}

impl Task {
    fn empty(rule: usize, block: usize) -> Task {
        Task { rule, blocks: block..block, rows: 0..0, pairs: 0 }
    }

    fn some(self) -> Option<Task> {
        (self.pairs > 0).then_some(self)
    }
}

fn rows_of(rule: usize, block: usize, n: usize, pairs: u64) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut start = 0;
    let mut sum = 0;
    for row in 0..n {
        sum += (n - row - 1) as u64;
        if sum >= pairs || row + 1 == n {
            tasks.extend(
                Task { rule, blocks: block..block + 1, rows: start..row + 1, pairs: sum }.some(),
            );
            (start, sum) = (row + 1, 0);
        }
    }
    tasks
}

fn pairs_among(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn shared<'a>(a: &'a [u64], b: &'a [u64]) -> impl Iterator<Item = u64> + 'a {
    a.iter().copied().filter(|key| b.binary_search(key).is_ok())
}
