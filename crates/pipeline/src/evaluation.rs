//! A run's result against the truth.

use block::Index;
use compare::Condition;
use evaluate::{
    BlockingMetrics, Fault, HouseholdMetrics, Interval, PartitionMetrics, Proportion, Spread,
    Truth, Unit,
};
use household::Households;
use rayon::prelude::*;
use record::{Date, Lists, NONE, Normalised, Period, RecordId, RecordPair, Records};
use resolve::Persons;
use serde_json::{Value, json};

use crate::filter::{Filter, asked};
use crate::link::{Linked, blocks_under};
use crate::side::{COMMUNAL, KnownTruth};

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
    /// The same, had every record been put to its true person: what is then wrong is wrong of homes
    /// and not of persons. Not known of a snapshot alone.
    pub households_given_persons: Option<HouseholdMetrics>,
    /// Households a year before the run date, if the truth speaks of them.
    pub year_before: Option<HouseholdMetrics>,
    /// The same, had every record been put to its true person. Not known of a snapshot alone.
    pub year_before_given_persons: Option<HouseholdMetrics>,
    /// What the truth calls the sorts of homes.
    pub homes: Vec<String>,
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
        let households = |metrics: &Option<HouseholdMetrics>| {
            metrics.as_ref().map(|metrics| households_json(metrics, &self.homes))
        };
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
            "households": households(&self.households),
            "households_given_persons": households(&self.households_given_persons),
            "households_year_before": households(&self.year_before),
            "households_year_before_given_persons": households(&self.year_before_given_persons),
        })
    }
}

fn households_json(households: &HouseholdMetrics, homes: &[String]) -> Value {
    let faults = Fault::ALL.iter().zip(households.faults);
    let by_home = homes.iter().zip(&households.by_home).map(|(name, home)| {
        json!({
            "home": name, "persons": home.units, "housed": home.housed,
            "true_households": home.true_households, "exact": home.exact,
        })
    });
    let bcubed = &households.bcubed;
    json!({
        "pairs": pairs(&households.pairs),
        "bcubed": { "precision": rounded(bcubed.precision), "recall": rounded(bcubed.recall), "f1": rounded(bcubed.f1()) },
        "exact": households.exact,
        "exact_share": rounded(households.exact_share()),
        "true_households": households.true_households,
        "accounted_share": rounded(households.accounted_share()),
        "communal_housed_share": rounded(households.communal_housed_share()),
        "size_gap": rounded(households.size_gap),
        "two_homes": {
            "children": households.two_homes.children,
            "found": households.two_homes.found,
            "merged": households.two_homes.merged,
        },
        "faults": faults.map(|(fault, n)| (fault.as_str().to_owned(), json!(n))).collect::<serde_json::Map<_, _>>(),
        "by_home": by_home.collect::<Vec<_>>(),
    })
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

/// The blocks that pairs were proposed from. They were let go when nothing was proposed any more, and
/// are made again for those who have a truth, so that nobody else's run has them and its persons at once.
pub(crate) fn blocks(linked: &Linked, limits: block::Limits) -> Index {
    let rules: Vec<block::Rule> = linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
    blocks_under(&linked.normalised, &rules, limits)
}

/// Compares what was linked, from these blocks, with what is true.
pub(crate) fn evaluate(
    records: &Records,
    linked: &Linked,
    truth: &KnownTruth,
    index: Index,
    config: &household::Config,
) -> Evaluation {
    let ((blocking, unproposed), compared) = rayon::join(
        // Which are let go with what is asked of them.
        move || recall(&linked.normalised, &index, &linked.conditions, truth),
        || {
            let result = found(&linked.resolved.persons, &linked.households);
            let lived = Lived::of(&linked.households, config.run_date);
            compare(&result, &lived, truth)
        },
    );
    // After the blocks: both at once would take more room than anything else does.
    let given = truth.households.then(|| {
        let persons = true_persons(&linked.resolved.persons, truth);
        let births = &linked.births;
        let formed = household::households(records, &linked.normalised, &persons, births, config);
        let result = found(&persons, &formed);
        let lived = Lived::of(&formed, config.run_date);
        rayon::join(|| households(&result, &lived, truth), || year_before(&result, &lived, truth))
    });
    let blocking = Some(blocking);
    let (given, given_before) = given.unzip();
    Evaluation {
        blocking,
        unproposed,
        households_given_persons: given,
        year_before_given_persons: given_before.flatten(),
        ..compared
    }
}

/// The households in which each person lives, and lived a year before the run date.
pub(crate) struct Lived {
    now: Lists<u32>,
    before: Lists<u32>,
}

impl Lived {
    fn of(found: &Households, run_date: Date) -> Lived {
        let now = found.memberships.iter().map(|m| (m.person, m.household, m.period));
        let past = found.past_memberships.iter().map(|m| (m.person, m.household, m.period));
        Lived::by_rows(found.unhoused.len(), now.chain(past), run_date)
    }

    /// From rows of (person, household, period).
    pub(crate) fn by_rows(
        n_persons: usize,
        rows: impl Iterator<Item = (u32, u32, Period)>,
        run_date: Date,
    ) -> Lived {
        let a_year_before = year_before_day(run_date);
        let holds = |period: Period, day: Date| {
            period.from.is_none_or(|from| from <= day) && period.to.is_none_or(|to| day < to)
        };
        let (mut now, mut before) = (Vec::new(), Vec::new());
        for (person, household, period) in rows {
            if period.to.is_none_or(|to| run_date < to) {
                now.push((person, household));
            }
            if holds(period, a_year_before) {
                before.push((person, household));
            }
        }
        let lists = |mut rows: Vec<(u32, u32)>| {
            rows.par_sort_unstable();
            let mut rows = rows.into_iter().peekable();
            let mut lists = Lists::with_capacity(n_persons);
            for person in 0..n_persons {
                let own = std::iter::from_fn(|| rows.next_if(|row| row.0 as usize == person));
                lists.push(own.map(|row| row.1));
            }
            lists
        };
        let (now, before) = rayon::join(|| lists(now), || lists(before));
        Lived { now, before }
    }
}

/// The same day a year before; of the 29th of February the 28th.
fn year_before_day(day: Date) -> Date {
    let year = day.year().saturating_sub(1);
    Date::new(year, day.month(), day.day())
        .or_else(|_| Date::new(year, day.month(), 28))
        .unwrap_or(day)
}

/// Where each record went.
fn found(persons: &Persons, households: &Households) -> Vec<Found> {
    let homes = households.by_person();
    let person_of = persons.person_of().iter();
    person_of
        .map(|&person| {
            // The main home: the truth names one for each person.
            let main = homes.get(person as usize).first();
            let household = main.map(|&at| households.memberships[at as usize].household);
            Found { person, household, reason: households.unhoused[person as usize].is_some() }
        })
        .collect()
}

/// The persons of the truth; those records stay together of which it says nothing.
fn true_persons(resolved: &Persons, truth: &KnownTruth) -> Persons {
    let labels = &truth.labels.person;
    let above = labels.iter().filter(|&&label| label != NONE).max().map_or(0, |&most| most + 1);
    let label =
        |(&label, &person): (&u32, &u32)| if label == NONE { above + person } else { label };
    Persons::from_labels(&labels.iter().zip(resolved.person_of()).map(label).collect::<Vec<_>>())
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
    unproposed.par_sort_unstable();
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
pub(crate) fn compare(result: &[Found], lived: &Lived, truth: &KnownTruth) -> Evaluation {
    let person: Vec<u32> = result.iter().map(|found| found.person).collect();
    let labels = &truth.labels.person;
    let whole = vec![0; person.len()];
    let ((persons, spread), (households, year_before)) = rayon::join(
        || {
            rayon::join(
                || evaluate::persons(&person, labels, None),
                || evaluate::spread_by_group(&person, labels, &whole, 1)[0],
            )
        },
        || {
            rayon::join(
                || truth.households.then(|| households(result, lived, truth)),
                || year_before(result, lived, truth),
            )
        },
    );
    Evaluation {
        persons,
        spread,
        blocking: None,
        unproposed: Vec::new(),
        households,
        households_given_persons: None,
        year_before,
        year_before_given_persons: None,
        homes: truth.homes.clone(),
    }
}

fn households(result: &[Found], lived: &Lived, truth: &KnownTruth) -> HouseholdMetrics {
    let labels = &truth.labels;
    let predicted = rows(result, labels, |found| found.household.as_slice());
    let homes = rows(result, labels, |found| lived.now.get(found.person as usize));
    let true_homes = evaluate::by_true_person(&labels.memberships(), &labels.person);
    let other = evaluate::by_true_person(&named(&truth.other), &labels.person);
    let parents = labels.person.iter().zip(&truth.parents);
    let parents: Vec<(u32, u32)> = parents
        .filter(|(child, _)| **child != NONE)
        .flat_map(|(&child, of)| of.iter().map(move |&parent| (child, parent)))
        .filter(|&(_, parent)| parent != NONE)
        .collect();
    let (two_homes, metrics) = rayon::join(
        || evaluate::two_homes(&homes, &true_homes, &other, &parents),
        || evaluate::households(&predicted, &true_homes, &units(result, truth)),
    );
    HouseholdMetrics { two_homes, ..metrics }
}

/// How right households were a year before the run date.
fn year_before(result: &[Found], lived: &Lived, truth: &KnownTruth) -> Option<HouseholdMetrics> {
    if truth.year_before.is_empty() {
        return None;
    }
    let labels = &truth.labels;
    let predicted = rows(result, labels, |found| lived.before.get(found.person as usize));
    let true_homes = evaluate::by_true_person(&named(&truth.year_before), &labels.person);
    Some(evaluate::households(&predicted, &true_homes, &units(result, truth)))
}

/// The rows (record, household) of the records that have one.
fn named(households: &[u32]) -> Vec<(u32, u32)> {
    (0..).zip(households).filter(|&(_, &h)| h != NONE).map(|(record, &h)| (record, h)).collect()
}

/// Rows (true person, household of the result), given the households of each record.
fn rows<'a>(
    result: &'a [Found],
    labels: &Truth,
    homes: impl Fn(&'a Found) -> &'a [u32],
) -> Vec<(u32, u32)> {
    let known = result.iter().zip(&labels.person).filter(|(_, label)| **label != NONE);
    let mut rows: Vec<(u32, u32)> = known
        .flat_map(|(found, &label)| homes(found).iter().map(move |&household| (label, household)))
        .collect();
    rows.par_sort_unstable();
    rows.dedup();
    rows
}

/// What is known of each true person.
fn units(result: &[Found], truth: &KnownTruth) -> Vec<Unit> {
    let labels = &truth.labels;
    let persons = labels.person.iter().filter(|&&person| person != NONE).max();
    let nothing = Unit { known: false, communal: false, reason: false, home: 0 };
    let communal = truth.homes.iter().position(|home| home == COMMUNAL);
    let mut units = vec![nothing; persons.map_or(0, |&person| person as usize + 1)];
    for (record, found) in result.iter().enumerate() {
        let Some(unit) = units.get_mut(labels.person[record] as usize) else { continue };
        unit.known = true;
        unit.home = truth.home[record];
        unit.communal |= communal == Some(unit.home as usize);
        unit.reason |= found.reason;
    }
    units
}
