//! Expects, without labels, how many of the pairs of one person blocking rules propose.
//!
//! Pairs that rules propose are weighed by the model, so how many of one person's are among them,
//! and which rules find each, is a matter of counting. How many no rule proposes is reckoned from
//! what the others agree on and lack (ADR 12). By the same pairs, [`choose`] chooses rules.

mod forms;
mod unseen;

use block::{Index, Limits, Rule, Shared};
use compare::{Batch, Comparer};
use rayon::prelude::*;
use record::{Lists, Normalised, RecordPair};
use score::Scorer;
use xxhash_rust::xxh3::xxh3_64;

use forms::{Forms, Pattern};
use unseen::Unseen;

/// What rules are expected to find.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// Of each rule in turn.
    pub rules: Vec<RuleRecall>,
    /// How many pairs of records of one person there are thought to be.
    pub pairs: f64,
    /// The share of them that some rule proposes.
    pub recall: f64,
}

/// What a rule is expected to find: shares of all pairs of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RuleRecall {
    /// By itself.
    pub alone: f64,
    /// That no earlier rule finds.
    pub gained: f64,
}

/// The records, and what tells which pairs of them are of one person.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// The records.
    pub normalised: &'a Normalised,
    /// What compares them.
    pub comparer: &'a Comparer<'a>,
    /// What weighs them.
    pub scorer: &'a Scorer,
    /// Which pairs could be one person at all.
    pub allowed: &'a (dyn Fn(RecordPair) -> bool + Sync),
    /// Whether a pair meets what a rule asks beside its keys.
    pub meets: &'a (dyn Fn(RecordPair, usize) -> bool + Sync),
}

/// Expects what the first `in_force` rules of `index` find.
///
/// Further rules of the index serve to find pairs that those do not: the more of one person's
/// pairs all of them find together, the less is left to be reckoned.
#[must_use]
pub fn expected(judge: &Judge<'_>, index: &Index, in_force: usize) -> Expected {
    let Weighed { pairs, each } = Weighed::of(judge, index);
    let mut rules = vec![RuleRecall::default(); index.rules().len()];
    let mut seen = 0.0;
    // Looked up by many threads, and summed in one order.
    let proposing = |some: &[(RecordPair, f64)]| -> Lists<usize> {
        let of = |pair| index.rules_of(pair).filter(move |&rule| (judge.meets)(pair, rule));
        some.iter().map(|&(pair, _)| of(pair).collect()).collect()
    };
    let proposing: Vec<Lists<usize>> = pairs.par_chunks(PAIRS_AT_ONCE).map(proposing).collect();
    for (&(_, probability), proposing) in pairs.iter().zip(proposing.iter().flat_map(Lists::iter)) {
        let mass = probability * each;
        seen += mass;
        for (at, &rule) in proposing.iter().enumerate() {
            rules[rule].alone += mass;
            rules[rule].gained += if at == 0 { mass } else { 0.0 };
        }
    }
    drop(proposing);
    let forms = Forms::of_rules(index.rules());
    let drawn = drawn(&pairs, DRAWN);
    let all = seen + Unseen::of(judge, &forms, index.rules(), &drawn, seen).pairs;
    rules.truncate(in_force);
    for rule in &mut rules {
        rule.alone /= all.max(f64::MIN_POSITIVE);
        rule.gained /= all.max(f64::MIN_POSITIVE);
    }
    // With nothing to find, nothing is missed.
    let recall = if all > 0.0 { rules.iter().map(|rule| rule.gained).sum() } else { 1.0 };
    Expected { rules, pairs: all, recall }
}

/// The rules that find most of the pairs of one person, going by those that `index` proposes and
/// by what those that it does not are thought to be like.
#[must_use]
pub fn choose(judge: &Judge<'_>, index: &Index, limits: &Limits) -> Vec<Rule> {
    let Weighed { pairs, each } = Weighed::of(judge, index);
    let seen = pairs.iter().map(|(_, probability)| probability).sum::<f64>() * each;
    let drawn = drawn(&pairs, CHOSEN_BY);
    if drawn.is_empty() {
        return block::propose(judge.normalised, limits);
    }
    let keys: Vec<block::Key> = block::choosable(judge.normalised).collect();
    let further = keys.iter().map(|key| Rule { keys: vec![key.clone()] });
    let all: Vec<Rule> = index.rules().iter().cloned().chain(further).collect();
    let forms = Forms::of_rules(&all);
    let unseen = Unseen::of(judge, &forms, index.rules(), &drawn, seen);
    let mut patterns: Vec<Pattern> =
        drawn.par_iter().map(|&pair| forms.pattern(judge.comparer, pair)).collect();
    patterns.extend(unseen.like(patterns.len(), seen));
    let shared = keys.into_iter().map(|key| Shared {
        pairs: patterns.iter().map(|pattern| forms.shares(pattern, &key)).collect(),
        key,
    });
    block::choose(judge.normalised, limits, &shared.collect::<Vec<Shared>>())
}

/// Pairs weighed, about; of more, some are taken. The tens of thousands among them that are of one
/// person tell a share to a twentieth of a point, which is less than what is wrong with it.
const PAIRS_MAX: u64 = 1_000_000;
/// Enough to keep a thread busy for some milliseconds.
const PAIRS_PER_TASK: u64 = 65_536;
/// Pairs of which the rules are looked up by one thread.
const PAIRS_AT_ONCE: usize = 4_096;
/// Pairs of one person whose agreement is looked at, at most.
const DRAWN: usize = 20_000;
/// The same, to choose rules by.
const CHOSEN_BY: usize = 8_192;
/// Below this probability a pair is left out: a million of them are one of one person.
const PROBABILITY_MIN: f64 = 1e-6;

/// Proposed pairs, the probability that each is of one person, and how many each stands for.
struct Weighed {
    pairs: Vec<(RecordPair, f64)>,
    each: f64,
}

impl Weighed {
    #[expect(clippy::cast_precision_loss, reason = "a whole number, and small")]
    fn of(judge: &Judge<'_>, index: &Index) -> Weighed {
        let pairs: u64 = index.costs().iter().map(|cost| cost.pairs).sum();
        let one_in = pairs.div_ceil(PAIRS_MAX).max(1);
        // Pairs are taken by number, not by task: one block's pairs are much alike.
        let is_taken = |pair: RecordPair| {
            let number = u64::from(pair.lower().0) << 32 | u64::from(pair.upper().0);
            one_in == 1 || xxh3_64(&number.to_le_bytes()).is_multiple_of(one_in)
        };
        let weighed = |batch: &mut Batch<'_>, mut pairs: Vec<RecordPair>| {
            pairs.retain(|&pair| (judge.allowed)(pair));
            let mut weighed = Vec::new();
            batch.compare(&pairs, |pair, vector| {
                let scored = judge.scorer.weigh(judge.comparer, pair, vector);
                weighed.push((pair, scored.weight.probability()));
            });
            weighed.retain(|(_, probability)| *probability >= PROBABILITY_MIN);
            weighed
        };
        let mut all = Vec::new();
        for work in index.work(PAIRS_PER_TASK) {
            let parts: Vec<Vec<(RecordPair, f64)>> = work
                .tasks()
                .par_iter()
                .map_init(
                    || judge.comparer.batch(),
                    |batch, task| {
                        let mut pairs = Vec::new();
                        work.pairs(task, is_taken, &mut pairs);
                        weighed(batch, pairs)
                    },
                )
                .collect();
            all.extend(parts.into_iter().flatten());
        }
        Weighed { pairs: all, each: one_in as f64 }
    }
}

/// Pairs drawn as often as they are of one person: at even steps of the sum of probabilities.
#[expect(clippy::cast_precision_loss, reason = "thousands of pairs")]
fn drawn(pairs: &[(RecordPair, f64)], at_most: usize) -> Vec<RecordPair> {
    let all: f64 = pairs.iter().map(|(_, probability)| probability).sum();
    let step = (all / at_most as f64).max(STEP_MIN);
    let mut drawn = Vec::new();
    let (mut sum, mut next) = (0.0, step / 2.0);
    for &(pair, probability) in pairs {
        sum += probability;
        while next < sum {
            drawn.push(pair);
            next += step;
        }
    }
    drawn
}

/// Of few pairs each is drawn several times, so that the doubtful among them are heard.
const STEP_MIN: f64 = 0.125;
