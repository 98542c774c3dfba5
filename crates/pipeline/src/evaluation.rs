//! A run's result against the truth.

use block::Index;
use compare::Condition;
use evaluate::{
    BlockingMetrics, HouseholdMetrics, Interval, PartitionMetrics, Proportion, Spread, Unit,
};
use rayon::prelude::*;
use record::{NONE, Normalised, RecordId, RecordPair, Records};
use serde_json::{Value, json};

use crate::filter::{Filter, asked};
use crate::link::{Linked, blocks_under};
use crate::side::KnownTruth;

/// How a result compares with the truth.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Persons, over all pairs of records.
    pub persons: PartitionMetrics,
    /// How far chance may have moved that, each pair seen from both its records.
    pub spread: Spread,
    /// True pairs that blocking proposed; not known of a snapshot alone.
    pub blocking: Option<BlockingMetrics>,
    /// The true pairs that it did not propose, as places of records, ascending.
    pub unproposed: Vec<(u32, u32)>,
    /// Households, over the persons of the truth, if the truth speaks of them.
    pub households: Option<HouseholdMetrics>,
}

impl Evaluation {
    /// The share of the true persons that were found exactly.
    #[must_use]
    pub fn exact(&self) -> Proportion {
        Proportion::of(self.persons.exact, self.persons.true_groups)
    }

    /// As it stands in a manifest.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let persons = &self.persons;
        let households = self.households.as_ref().map(|households| {
            json!({
                "pairs": pairs(&households.pairs),
                "exact": households.exact,
                "exact_share": rounded(households.exact_share()),
                "true_households": households.true_households,
                "accounted_share": rounded(households.accounted_share()),
                "communal_housed_share": rounded(households.communal_housed_share()),
            })
        });
        json!({
            "persons": {
                "pairs": pairs(&persons.pairs),
                "precision_interval": interval(self.spread.precision.interval()),
                "recall_interval": interval(self.spread.recall.interval()),
                "exact_interval": interval(self.exact().interval()),
                "bcubed": { "precision": rounded(persons.bcubed.precision), "recall": rounded(persons.bcubed.recall), "f1": rounded(persons.bcubed.f1()) },
                "exact": persons.exact,
                "exact_share": rounded(persons.exact_share()),
                "true_persons": persons.true_groups,
            },
            "blocking": self.blocking.map(|blocking| {
                json!({ "true_pairs": blocking.true_pairs, "recall": rounded(blocking.recall()) })
            }),
            "households": households,
        })
    }
}

fn interval(interval: Interval) -> Value {
    json!([rounded(interval.low), rounded(interval.high)])
}

fn pairs(pairs: &evaluate::PairMetrics) -> Value {
    json!({
        "precision": rounded(pairs.precision()),
        "recall": rounded(pairs.recall()),
        "f1": rounded(pairs.f1()),
    })
}

/// To nine places: a mean summed in another order differs in the sixteenth.
pub(crate) fn rounded(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}

/// Compares what was linked with what is true.
pub(crate) fn evaluate(
    records: &Records,
    linked: &Linked,
    limits: block::Limits,
    truth: &KnownTruth,
) -> Evaluation {
    let homes = linked.households.by_person();
    let person_of = linked.resolved.persons.person_of();
    let result: Vec<Found> = (0..records.len())
        .map(|record| {
            let person = person_of[record];
            // The main home: the truth names one for each person.
            let main = homes.get(person as usize).first();
            let household = main.map(|&at| linked.households.memberships[at as usize].household);
            Found {
                person,
                household,
                reason: linked.households.unhoused[person as usize].is_some(),
            }
        })
        .collect();
    let ((blocking, unproposed), compared) = rayon::join(
        || {
            // The blocks were let go when nothing was proposed any more. They are made again, for
            // those who have a truth, so that nobody else's run has them and its links at once.
            let rules: Vec<block::Rule> =
                linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
            let index = blocks_under(&linked.normalised, &rules, limits);
            recall(&linked.normalised, &index, &linked.conditions, truth)
        },
        || compare(&result, truth),
    );
    Evaluation { blocking: Some(blocking), unproposed, ..compared }
}

/// How many of the true pairs blocking proposes, and those that it does not, ascending.
pub(crate) fn recall(
    normalised: &Normalised,
    index: &Index,
    conditions: &[Option<Condition>],
    truth: &KnownTruth,
) -> (BlockingMetrics, Vec<(u32, u32)>) {
    let asked = asked(normalised, conditions);
    let filter = Filter::new(normalised, index, &asked);
    let pairs: Vec<(u32, u32)> = evaluate::true_pairs(&truth.labels.person, None).collect();
    let is_proposed =
        |&(a, b): &(u32, u32)| filter.rule_of(RecordPair::new(RecordId(a), RecordId(b))).is_some();
    let unproposed = pairs.par_iter().filter(|pair| !is_proposed(pair));
    let mut unproposed: Vec<(u32, u32)> = unproposed.copied().collect();
    unproposed.sort_unstable();
    let metrics = BlockingMetrics {
        true_pairs: pairs.len() as u64,
        proposed: (pairs.len() - unproposed.len()) as u64,
    };
    (metrics, unproposed)
}

/// Where a record went.
pub(crate) struct Found {
    pub(crate) person: u32,
    pub(crate) household: Option<u32>,
    /// Whether there is a coded reason for its having no household.
    pub(crate) reason: bool,
}

/// How right a result is.
pub(crate) fn compare(result: &[Found], truth: &KnownTruth) -> Evaluation {
    let person: Vec<u32> = result.iter().map(|found| found.person).collect();
    let labels = &truth.labels.person;
    let whole = vec![0; person.len()];
    let (persons, (households, spread)) = rayon::join(
        || evaluate::persons(&person, labels, None),
        || {
            rayon::join(
                || truth.households.then(|| households(result, truth)),
                || evaluate::spread_by_group(&person, labels, &whole, 1)[0],
            )
        },
    );
    Evaluation { persons, spread, blocking: None, unproposed: Vec::new(), households }
}

fn households(result: &[Found], truth: &KnownTruth) -> HouseholdMetrics {
    let labels = &truth.labels;
    let persons = labels.person.iter().filter(|&&person| person != NONE).max();
    let nothing = Unit { known: false, communal: false, reason: false };
    let mut units = vec![nothing; persons.map_or(0, |&person| person as usize + 1)];
    let mut predicted = Vec::with_capacity(result.len());
    for (record, found) in result.iter().enumerate() {
        let label = labels.person[record];
        if label == NONE {
            continue;
        }
        let unit = &mut units[label as usize];
        unit.known = true;
        unit.communal |= truth.communal[record];
        unit.reason |= found.reason;
        predicted.extend(found.household.map(|household| (label, household)));
    }
    let true_homes = evaluate::by_true_person(&labels.memberships(), &labels.person);
    predicted.sort_unstable();
    predicted.dedup();
    evaluate::households(&predicted, &true_homes, &units)
}
