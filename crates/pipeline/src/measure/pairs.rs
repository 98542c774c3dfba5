//! Pairs that are wrong, and pairs of two snapshots side by side.

use record::NONE;
use rustc_hash::FxHashMap;
use score::{MatchWeight, Model};

use super::view::Kept;
use super::{Measure, View};

/// Pairs looked at to find the ones to list: a wrong person of ten thousand records has fifty
/// million.
const WRONG_PAIRS: usize = 1_000_000;

/// What is wrong with a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is of one person, and should not be.
    False,
    /// It is of two persons, and should be of one.
    Missed,
}

/// A pair that is wrong. No value of either record is told.
#[derive(Clone, Debug)]
pub struct WrongPair {
    /// What is wrong with it.
    pub wrong: Wrong,
    /// The source and key of the two records.
    pub records: [(String, String); 2],
    /// The persons they were put with.
    pub persons: [String; 2],
    /// Its weight, if it was kept.
    pub bits: Option<f64>,
    /// The rule that proposed it, if it was kept.
    pub rule: Option<String>,
    /// How its fields agree, if it was kept.
    pub fields: Vec<PairField>,
}

/// How a field of a pair agrees.
#[derive(Clone, Debug, PartialEq)]
pub struct PairField {
    /// The field.
    pub field: String,
    /// The level; `None` if one of the two has no value.
    pub level: Option<String>,
    /// The level's weight, in bits.
    pub bits: f64,
}

impl Measure {
    /// Pairs that are wrong, the heaviest first, those that were not kept at the end.
    #[must_use]
    pub fn wrong_pairs(&self, wrong: Wrong, limit: usize) -> Vec<WrongPair> {
        let Some(truth) = &self.truth else { return Vec::new() };
        let (person, labels) = (&self.view.person, &truth.labels.person);
        let pairs = match wrong {
            Wrong::False => evaluate::false_links(person, labels, None, WRONG_PAIRS),
            Wrong::Missed => evaluate::missed_links(person, labels, None, WRONG_PAIRS),
        };
        let bits = |pair| self.view.kept(pair).map(Kept::bits);
        let mut pairs: Vec<(Option<f64>, (u32, u32))> =
            pairs.into_iter().map(|pair| (bits(pair), pair)).collect();
        pairs.sort_by(|a, b| {
            let heavier = |a: f64, b: f64| b.total_cmp(&a);
            match (a.0, b.0) {
                (Some(a), Some(b)) => heavier(a, b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
            .then(a.1.cmp(&b.1))
        });
        pairs.into_iter().take(limit).map(|(_, pair)| self.wrong_pair(wrong, pair)).collect()
    }

    fn wrong_pair(&self, wrong: Wrong, pair: (u32, u32)) -> WrongPair {
        let view = &self.view;
        let records = [pair.0, pair.1];
        let kept = view.kept(pair);
        let person = |record: u32| view.people.id(view.person[record as usize]);
        WrongPair {
            wrong,
            records: records.map(|r| (view.source(r).to_owned(), view.key(r).to_owned())),
            persons: records.map(person),
            bits: kept.map(Kept::bits),
            rule: kept.map(|kept| view.rules[usize::from(kept.rule)].clone()),
            fields: kept.map_or(Vec::new(), |kept| self.pair_fields(kept.vector)),
        }
    }

    /// How the fields agree in a vector of the view.
    pub(crate) fn pair_fields(&self, vector: u32) -> Vec<PairField> {
        self.model
            .as_ref()
            .map_or(Vec::new(), |model| fields(model, &self.view.vectors[vector as usize]))
    }
}

/// What a vector such as `4.2.-.1` says under a model.
fn fields(model: &Model, vector: &str) -> Vec<PairField> {
    let places = vector.split('.').zip(&model.comparisons).map(|(level, comparison)| {
        let place = level.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let level = place.and_then(|place| comparison.levels.get(place));
        PairField {
            field: comparison.field.clone(),
            level: level.map(|level| level.condition.clone()),
            bits: level.map_or(0.0, |level| MatchWeight::from_ratio(level.m / level.u).bits()),
        }
    });
    places.collect()
}

/// The labels at these places; [`NONE`] where there is no place.
pub(super) fn labels(places: &[u32], labels: &[u32]) -> Vec<u32> {
    places.iter().map(|&at| labels.get(at as usize).copied().unwrap_or(NONE)).collect()
}

/// The records of two snapshots side by side.
pub(super) struct Both {
    /// The place of each record in the old view; [`NONE`] if it is not there.
    pub(super) old: Vec<u32>,
    /// And in the new.
    pub(super) new: Vec<u32>,
}

impl Both {
    pub(super) fn of(old: &View, new: &View) -> Both {
        let place: FxHashMap<(&str, &str), u32> = (0..)
            .zip(old.records.key.iter())
            .map(|(at, key)| ((old.source(at), key), at))
            .collect();
        let mut gone = vec![true; old.records.len()];
        let mut both = Both { old: Vec::new(), new: Vec::new() };
        for (at, key) in (0..).zip(new.records.key.iter()) {
            let was = place.get(&(new.source(at), key)).copied();
            if let Some(was) = was {
                gone[was as usize] = false;
            }
            both.old.push(was.unwrap_or(NONE));
            both.new.push(at);
        }
        for (was, _) in (0..).zip(&gone).filter(|(_, gone)| **gone) {
            both.old.push(was);
            both.new.push(NONE);
        }
        both
    }
}
