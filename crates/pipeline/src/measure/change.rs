//! What differs between two snapshots, and why.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use evaluate::{PersonChange, WeightChange};
use record::NONE;
use score::{MatchWeight, Model};
use snapshot::{Decision, Manifest};

use super::view::{Kept, View};
use super::{Measure, pairs};

/// Pairs that tell why persons split and merged.
const EXAMPLES: usize = 20;
/// Levels told of those whose weight changed most.
const LEVELS: usize = 8;
/// A change of a weight smaller than this, in bits, is not worth a line.
const NOTABLE_BITS: f64 = 0.1;

/// What differs between an older snapshot and this one.
#[derive(Clone, Debug)]
pub struct Change {
    /// Of persons, counted in records.
    pub persons: PersonChange,
    /// Of the weights of pairs.
    pub weights: WeightChange,
    /// Of households, over the persons of both.
    pub households: HouseholdChange,
    /// Of the ids of persons.
    pub person_ids: IdChange,
    /// Of the ids of households.
    pub household_ids: IdChange,
    /// Why persons split and merged: how many pairs for each reason, the most first.
    pub causes: Vec<(Cause, u64)>,
    /// Some of those pairs, the clearest first.
    pub turns: Vec<Turn>,
    /// The sources of which something differs, and those that are new or gone.
    pub sources: Vec<SourceChange>,
    /// Other things that differ: what, as it was, and as it is.
    pub settings: Vec<[String; 3]>,
}

/// What became of households.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HouseholdChange {
    /// Of those that persons of both snapshots are in, counted in persons.
    pub households: PersonChange,
    /// Persons with records in both snapshots.
    pub persons: u64,
    /// Persons that had a household and have none.
    pub lost: u64,
    /// Persons that had none and have one.
    pub gained: u64,
}

impl HouseholdChange {
    /// Persons who are no longer with those they were with, or no longer have or lack a household.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.households.moved + self.lost + self.gained
    }

    /// The share of persons of both snapshots whose household changed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
    pub fn share(&self) -> f64 {
        self.changed() as f64 / self.persons.max(1) as f64
    }
}

/// What became of ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdChange {
    /// Ids of both snapshots.
    pub kept: u64,
    /// Ids that are new.
    pub created: u64,
    /// Ids that are no more.
    pub retired: u64,
}

/// Why a pair of records that was one person is two, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A link of the one is not proposed, or weighs too little to be kept, in the other.
    Kept,
    /// What the records say agrees otherwise than it did.
    Values,
    /// They agree as they did, and the model weighs it otherwise.
    Model,
    /// The weight is about what it was, and the threshold is another.
    Threshold,
    /// Another person would do as well in one of the two.
    Many,
    /// The pair is decided as it was; other records of its persons made the difference.
    Others,
}

impl Cause {
    /// What it is, in a few words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Kept => "a link of the one was not kept in the other",
            Cause::Values => "what the records say agrees otherwise",
            Cause::Model => "the model weighs the same agreement otherwise",
            Cause::Threshold => "the threshold is another",
            Cause::Many => "another person would do as well in one of the two",
            Cause::Others => "other records of the two persons made the difference",
        }
    }
}

/// A pair of records that was one person and is two, or was two and is one.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Whether they are one person now.
    pub joined: bool,
    /// The source and key of each.
    pub records: [(String, String); 2],
    /// The ids of the persons they are in now.
    pub persons: [String; 2],
    /// The weight as it was, if the pair was kept.
    pub was: Option<f64>,
    /// The weight as it is.
    pub is: Option<f64>,
    /// Why.
    pub cause: Cause,
    /// The fields that agree otherwise: the field, the level as it was and as it is.
    pub fields: Vec<[String; 3]>,
}

/// What differs of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceChange {
    /// The source.
    pub source: String,
    /// Records as there were, if it was there.
    pub was: Option<u64>,
    /// Records as there are.
    pub is: Option<u64>,
    /// Records of this snapshot alone.
    pub new: u64,
    /// Records of the older one alone.
    pub gone: u64,
}

impl Measure {
    /// What differs from an older snapshot.
    #[must_use]
    pub fn against(&self, old: &Measure) -> Change {
        let both = pairs::Both::of(&old.view, &self.view);
        let persons = [
            pairs::labels(&both.old, &old.view.person),
            pairs::labels(&both.new, &self.view.person),
        ];
        let (causes, turns) = turns([old, self], &both, &persons);
        Change {
            persons: evaluate::person_change(&persons[0], &persons[1]),
            weights: evaluate::weight_change(
                both.weights(&old.view, &self.view),
                (old.thresholds.link, self.thresholds.link),
            ),
            households: households([old, self], &both, &persons),
            person_ids: ids([old, self].map(|one| one.view.people.ids.strings().iter().collect())),
            household_ids: ids(
                [old, self].map(|one| one.household_ids.iter().map(String::as_str).collect())
            ),
            causes,
            turns,
            sources: sources([old, self], &both),
            settings: settings([&old.manifest, &self.manifest], [&old.model, &self.model]),
        }
    }
}

fn ids(of: [BTreeSet<&str>; 2]) -> IdChange {
    let [old, new] = of;
    let kept = old.intersection(&new).count() as u64;
    IdChange { kept, created: new.len() as u64 - kept, retired: old.len() as u64 - kept }
}

/// Each person that is in both is looked at by its first record there.
fn households(of: [&Measure; 2], both: &pairs::Both, persons: &[Vec<u32>; 2]) -> HouseholdChange {
    let mut seen = vec![false; of[1].view.people.len()];
    let mut homes = [Vec::new(), Vec::new()];
    let (mut lost, mut gained, mut in_both) = (0, 0, 0);
    let places = [&both.old, &both.new];
    for at in 0..both.new.len() {
        let person = persons[1][at];
        if persons[0][at] == NONE || person == NONE || seen[person as usize] {
            continue;
        }
        seen[person as usize] = true;
        in_both += 1;
        let home = [0, 1].map(|side| of[side].view.household[places[side][at] as usize]);
        lost += u64::from(home[0] != NONE && home[1] == NONE);
        gained += u64::from(home[0] == NONE && home[1] != NONE);
        for (homes, home) in homes.iter_mut().zip(home) {
            homes.push(home);
        }
    }
    let households = evaluate::person_change(&homes[0], &homes[1]);
    HouseholdChange { households, persons: in_both, lost, gained }
}

/// A pair as it was kept in the old and in the new snapshot.
type Pair<'a> = ((u32, u32), [Option<&'a Kept>; 2]);

/// The pairs that were one person and are two, or the other way round, and were kept in either.
fn turns(
    of: [&Measure; 2],
    both: &pairs::Both,
    persons: &[Vec<u32>; 2],
) -> (Vec<(Cause, u64)>, Vec<Turn>) {
    let mut turned: Vec<Pair<'_>> = Vec::new();
    both.each(&of[0].view, &of[1].view, |(a, b), kept| {
        let [a_, b_] = [a as usize, b as usize];
        let known = persons.iter().all(|side| side[a_] != NONE && side[b_] != NONE);
        let same = |side: usize| persons[side][a_] == persons[side][b_];
        if known && same(0) != same(1) {
            turned.push(((a, b), kept));
        }
    });
    let mut counts: BTreeMap<Cause, u64> = BTreeMap::new();
    let mut told = Vec::new();
    for (pair, kept) in turned {
        let cause = cause(of, kept);
        *counts.entry(cause).or_default() += 1;
        let bits = |side: usize| kept[side].map(Kept::bits);
        // What changed by most is clearest.
        let by = (bits(0).unwrap_or(0.0) - bits(1).unwrap_or(0.0)).abs();
        told.push((cause == Cause::Others, by, pair, kept, cause));
    }
    told.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    // One pair for each two persons, or a large one would fill the list.
    let mut shown = BTreeSet::new();
    let two = |pair: (u32, u32)| {
        let mut two = persons.each_ref().map(|side| {
            let (a, b) = (side[pair.0 as usize], side[pair.1 as usize]);
            (a.min(b), a.max(b))
        });
        two.sort_unstable();
        two
    };
    told.retain(|one| shown.len() < EXAMPLES && shown.insert(two(one.2)));
    let view = &of[1].view;
    let turns = told.into_iter().map(|(_, _, pair, kept, cause)| {
        let records = [pair.0, pair.1];
        let id = |record: u32| view.people.id(persons[1][record as usize]);
        Turn {
            joined: persons[1][pair.0 as usize] == persons[1][pair.1 as usize],
            records: records.map(|r| (view.source(r).to_owned(), view.key(r).to_owned())),
            persons: records.map(id),
            was: kept[0].map(Kept::bits),
            is: kept[1].map(Kept::bits),
            cause,
            fields: fields(of, kept),
        }
    });
    let turns = turns.collect();
    let mut causes: Vec<(Cause, u64)> = counts.into_iter().collect();
    causes.sort_by_key(|&(cause, count)| (std::cmp::Reverse(count), cause));
    (causes, turns)
}

fn cause(of: [&Measure; 2], kept: [Option<&Kept>; 2]) -> Cause {
    let link = |side: usize, kept: &Kept| of[side].thresholds.link <= kept.bits();
    let (was, is) = match kept {
        [Some(was), Some(is)] => (was, is),
        // What was no link before is not missed.
        [was, is] => {
            let mattered = was.is_some_and(|was| link(0, was)) || is.is_some_and(|is| link(1, is));
            return if mattered { Cause::Kept } else { Cause::Others };
        }
    };
    let vector = |side: usize, kept: &Kept| of[side].view.vectors[kept.vector as usize].as_str();
    if (was.decision == Decision::Many) != (is.decision == Decision::Many) {
        Cause::Many
    } else if link(0, was) == link(1, is) {
        Cause::Others
    } else if vector(0, was) != vector(1, is) {
        Cause::Values
    } else if NOTABLE_BITS <= (was.bits() - is.bits()).abs() {
        Cause::Model
    } else {
        Cause::Threshold
    }
}

fn fields(of: [&Measure; 2], kept: [Option<&Kept>; 2]) -> Vec<[String; 3]> {
    let [Some(was), Some(is)] = kept else { return Vec::new() };
    let levels = |side: usize, kept: &Kept| -> BTreeMap<String, String> {
        let fields = of[side].pair_fields(kept.vector).into_iter();
        fields
            .map(|field| (field.field, field.level.unwrap_or_else(|| "missing".to_owned())))
            .collect()
    };
    let (was, is) = (levels(0, was), levels(1, is));
    let changed = is.iter().filter_map(|(field, is)| {
        let was = was.get(field)?;
        (was != is).then(|| [field.clone(), was.clone(), is.clone()])
    });
    changed.collect()
}

fn sources(of: [&Measure; 2], both: &pairs::Both) -> Vec<SourceChange> {
    let mut changes: BTreeMap<&str, SourceChange> = BTreeMap::new();
    let mut inputs: [BTreeMap<&str, &str>; 2] = Default::default();
    for (side, one) in of.into_iter().enumerate() {
        for counts in &one.manifest.sources {
            let change = changes.entry(&counts.source).or_insert_with(|| SourceChange {
                source: counts.source.clone(),
                was: None,
                is: None,
                new: 0,
                gone: 0,
            });
            *(if side == 0 { &mut change.was } else { &mut change.is }) = Some(counts.records);
        }
        inputs[side] = one
            .manifest
            .inputs
            .iter()
            .map(|input| (input.source.as_str(), input.content_hash.as_str()))
            .collect();
    }
    for (&was, &is) in both.old.iter().zip(&both.new) {
        if was == NONE
            && let Some(change) = changes.get_mut(of[1].view.source(is))
        {
            change.new += 1;
        }
        if is == NONE
            && let Some(change) = changes.get_mut(of[0].view.source(was))
        {
            change.gone += 1;
        }
    }
    let same = |change: &SourceChange| {
        let [was, is] = inputs.each_ref().map(|inputs| inputs.get(change.source.as_str()));
        change.was == change.is && was == is
    };
    changes.into_values().filter(|change| !same(change)).collect()
}

fn settings(manifests: [&Manifest; 2], models: [&Option<Model>; 2]) -> Vec<[String; 3]> {
    let [old, new] = manifests;
    let mut settings = Vec::new();
    let mut add = |what: &str, was: String, is: String| {
        if was != is {
            settings.push([what.to_owned(), was, is]);
        }
    };
    let bits = |bits: f64| format!("{bits:+.2} bits");
    add("version", old.kinfold.clone(), new.kinfold.clone());
    add("run date", old.run_date.to_string(), new.run_date.to_string());
    add("threshold of a link", bits(old.thresholds.link), bits(new.thresholds.link));
    let possible = manifests.map(|manifest| bits(manifest.thresholds.possible_link));
    let [was, is] = possible;
    add("threshold of a possible link", was, is);
    // Lines are in the order of the plan, and say what they are about only within it.
    let lines = |manifest: &Manifest, other: &Manifest| -> String {
        let other: BTreeSet<&str> = other.plan.lines().collect();
        let own = manifest.plan.lines().filter(|line| {
            let key = line.split('=').next().unwrap_or("").trim();
            !line.is_empty() && key != "run_date" && !THRESHOLDS.contains(&key)
        });
        own.filter(|line| !other.contains(line)).collect::<Vec<_>>().join("; ")
    };
    add("plan", lines(old, new), lines(new, old));
    let rules = |manifest: &Manifest, other: &Manifest| -> String {
        let other: BTreeSet<&str> = other.rules.iter().map(|rule| rule.rule.as_str()).collect();
        let own = manifest.rules.iter().map(|rule| rule.rule.as_str());
        own.filter(|rule| !other.contains(rule)).collect::<Vec<_>>().join("; ")
    };
    add("blocking rules of only one", rules(old, new), rules(new, old));
    if let [Some(old), Some(new)] = models {
        let prior = |model: &Model| {
            let unrelated = (1.0 - model.matched - model.household).max(f64::MIN_POSITIVE);
            bits(MatchWeight::from_ratio(model.matched / unrelated).bits())
        };
        add("prior", prior(old), prior(new));
        for (what, was, is) in levels(old, new) {
            add(&what, bits(was), bits(is));
        }
    }
    settings
}

/// Keys of a plan that are told by themselves.
const THRESHOLDS: [&str; 2] = ["link", "possible_link"];

/// The levels whose weight changed most, and the weights.
fn levels(old: &Model, new: &Model) -> Vec<(String, f64, f64)> {
    let weights = |model: &Model| -> BTreeMap<(String, String), f64> {
        let comparisons = model.comparisons.iter();
        comparisons
            .flat_map(|comparison| {
                comparison.levels.iter().map(|level| {
                    let bits = MatchWeight::from_ratio(level.m / level.u).bits();
                    ((comparison.field.clone(), level.condition.clone()), bits)
                })
            })
            .collect()
    };
    let old = weights(old);
    let mut changed: Vec<(String, f64, f64)> = weights(new)
        .into_iter()
        .filter_map(|(level, is)| {
            let was = *old.get(&level)?;
            let what = format!("weight of {} {}", level.0, level.1);
            (NOTABLE_BITS <= (was - is).abs()).then_some((what, was, is))
        })
        .collect();
    let by = |one: &(String, f64, f64)| (one.1 - one.2).abs();
    changed.sort_by(|a, b| by(b).total_cmp(&by(a)).then(a.0.cmp(&b.0)));
    changed.truncate(LEVELS);
    changed
}

impl pairs::Both {
    /// Goes through the pairs kept in either, in the order of their records, each as it was kept.
    pub(super) fn each<'a>(
        &self,
        old: &'a View,
        new: &'a View,
        mut see: impl FnMut((u32, u32), [Option<&'a Kept>; 2]),
    ) {
        let mut at = vec![NONE; old.records.len()];
        for (place, &was) in (0..).zip(&self.old).filter(|(_, was)| **was != NONE) {
            at[was as usize] = place;
        }
        let ordered = |a: u32, b: u32| (a.min(b), a.max(b));
        let mut before: Vec<((u32, u32), &Kept)> = old
            .pairs
            .iter()
            .map(|kept| (ordered(at[kept.pair.0 as usize], at[kept.pair.1 as usize]), kept))
            .collect();
        before.sort_unstable_by_key(|(pair, _)| *pair);
        // The new view's places are those of both.
        let (mut a, mut b) = (before.iter().peekable(), new.pairs.iter().peekable());
        loop {
            let (pair, order) = match (a.peek(), b.peek()) {
                (None, None) => return,
                (Some((pair, _)), None) => (*pair, Ordering::Less),
                (None, Some(kept)) => (kept.pair, Ordering::Greater),
                (Some((pair, _)), Some(kept)) => ((*pair).min(kept.pair), pair.cmp(&kept.pair)),
            };
            let was = if order.is_le() { a.next().map(|(_, kept)| *kept) } else { None };
            let is = if order.is_ge() { b.next() } else { None };
            see(pair, [was, is]);
        }
    }

    /// The weights of all pairs kept in either, old and new.
    fn weights(&self, old: &View, new: &View) -> Vec<(Option<f64>, Option<f64>)> {
        let mut weights = Vec::new();
        self.each(old, new, |_, kept| {
            let [was, is] = kept.map(|kept| kept.map(Kept::bits));
            weights.push((was, is));
        });
        weights
    }
}
