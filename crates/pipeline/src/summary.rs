//! What a run's report shows.

use std::collections::BTreeMap;
use std::path::Path;

use extract::Extracted;
use plan::Plan;
use record::Records;
use report::{
    Accuracy, Bin, Comparison, DefaultFound, FieldShare, Level, NamedCount, Rule, Score, SizeCount,
    Source, Summary, WeakLink,
};
use score::MatchWeight;
use snapshot::{Manifest, Run};

use crate::evaluation::Evaluation;
use crate::link::{Histogram, Linked};

/// Links shown of those that hold persons together with the least weight.
const WEAKEST: usize = 20;

/// What became of a run once its records were linked.
pub(crate) struct Outcome<'a> {
    /// The name of its snapshot.
    pub(crate) snapshot: &'a str,
    pub(crate) manifest: &'a Manifest,
    pub(crate) run: &'a Run,
    pub(crate) evaluation: Option<&'a Evaluation>,
    pub(crate) notes: &'a [String],
}

/// The page of HTML that shows a run.
pub(crate) fn page(
    plan: &Plan,
    extracted: &Extracted,
    linked: &Linked,
    outcome: &Outcome<'_>,
) -> String {
    let Outcome { snapshot, manifest, run, evaluation, notes } = *outcome;
    let records = &extracted.records;
    let totals = &manifest.totals;
    let summary = Summary {
        title: title(plan),
        run_date: manifest.run_date.to_string(),
        kinfold: manifest.kinfold.clone(),
        snapshot: snapshot.to_owned(),
        totals: report::Totals {
            rows: totals.rows,
            rejects: totals.rejects,
            records: totals.records,
            candidates: totals.candidates,
            links: totals.links,
            possible_links: totals.possible_links,
            vetoes: totals.vetoes,
            persons: totals.persons,
            households: totals.households,
        },
        accuracy: evaluation.map(|evaluation| accuracy(plan, evaluation)),
        sources: sources(extracted, linked, manifest),
        defaults: defaults(records, linked),
        rules: rules(manifest),
        prior_bits: Some(prior(linked)),
        comparisons: comparisons(linked),
        link_bits: Some(manifest.thresholds.link),
        possible_link_bits: Some(manifest.thresholds.possible_link),
        weights: weights(linked, manifest),
        person_sizes: person_sizes(linked),
        household_sizes: household_sizes(linked),
        household_kinds: counted(
            linked.households.households.iter().map(|household| household.kind.as_str()),
        ),
        no_household: counted(
            linked.households.unhoused.iter().flatten().map(|reason| reason.as_str()),
        ),
        weakest_links: weakest(records, linked),
        limits: limits(manifest),
        notes: notes.to_vec(),
        timings: run
            .timings
            .iter()
            .map(|timing| report::Timing { stage: timing.stage.clone(), seconds: timing.seconds })
            .collect(),
        peak_memory_bytes: run.peak_memory_bytes,
        threads: Some(run.threads),
    };
    report::render(&summary)
}

/// The plan's name, without the folders that lead to it.
fn title(plan: &Plan) -> String {
    let name = Path::new(&plan.name).file_name();
    name.map_or_else(|| plan.name.clone(), |name| name.to_string_lossy().into_owned())
}

fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<NamedCount> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts.into_iter().map(|(name, count)| NamedCount { name: name.to_owned(), count }).collect()
}

fn sized(sizes: impl Iterator<Item = u64>) -> Vec<SizeCount> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for size in sizes {
        *counts.entry(size).or_default() += 1;
    }
    counts.into_iter().map(|(size, count)| SizeCount { size, count }).collect()
}

fn person_sizes(linked: &Linked) -> Vec<SizeCount> {
    let persons = &linked.resolved.persons;
    sized((0..persons.len()).map(|person| persons.records(person).len() as u64))
}

fn household_sizes(linked: &Linked) -> Vec<SizeCount> {
    sized(linked.households.households.iter().map(|household| u64::from(household.size)))
}

fn accuracy(plan: &Plan, evaluation: &Evaluation) -> Accuracy {
    let score = |pairs: &evaluate::PairMetrics| Score {
        precision: pairs.precision(),
        recall: pairs.recall(),
        f1: pairs.f1(),
    };
    let persons = &evaluation.persons;
    let bcubed = &persons.bcubed;
    let file = plan.truth.as_ref().and_then(|truth| truth.file.file_name());
    Accuracy {
        truth: file.map_or(String::new(), |name| name.to_string_lossy().into_owned()),
        person_pairs: Some(score(&persons.pairs)),
        b_cubed: Some(Score {
            precision: bcubed.precision,
            recall: bcubed.recall,
            f1: bcubed.f1(),
        }),
        exact_persons: Some(persons.exact_share()),
        household_pairs: evaluation.households.as_ref().map(|households| score(&households.pairs)),
        exact_households: evaluation
            .households
            .as_ref()
            .map(evaluate::HouseholdMetrics::exact_share),
        blocking_recall: evaluation.blocking.as_ref().map(evaluate::BlockingMetrics::recall),
    }
}

fn sources(extracted: &Extracted, linked: &Linked, manifest: &Manifest) -> Vec<Source> {
    let records = &extracted.records;
    let mut reasons: Vec<Vec<&str>> = vec![Vec::new(); records.sources.len()];
    for reject in &extracted.rejects {
        reasons[reject.source.index()].push(reject.reason.as_ref());
    }
    for refused in &linked.normalised.refused {
        reasons[records.source[refused.record.index()].index()].push(refused.reason);
    }
    let counts = manifest.sources.iter().zip(reasons).enumerate();
    counts
        .map(|(at, (counts, reasons))| Source {
            name: counts.source.clone(),
            rows: counts.rows,
            further_persons: counts.further_persons,
            rejected: counts.rejected,
            merged: counts.merged,
            records: counts.records,
            rejected_values: counts.rejected_values,
            reasons: counted(reasons.into_iter()),
            completeness: completeness(records, linked, at),
        })
        .collect()
}

fn completeness(records: &Records, linked: &Linked, source: usize) -> Vec<FieldShare> {
    let start = records.source.partition_point(|id| id.index() < source);
    let end = records.source.partition_point(|id| id.index() <= source);
    let columns = linked.normalised.columns.iter();
    let filled = columns.map(|column| {
        let filled = (start..end).filter(|&record| !column.lists.get(record).is_empty()).count();
        #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
        let share = filled as f64 / (end - start).max(1) as f64;
        FieldShare { field: column.field.name.clone(), share }
    });
    filled.filter(|field| field.share > 0.0).collect()
}

fn defaults(records: &Records, linked: &Linked) -> Vec<DefaultFound> {
    let found = linked.defaults.iter().map(|found| DefaultFound {
        source: records.sources[found.source.index()].name.clone(),
        field: found.field.clone(),
        records: u64::from(found.records),
    });
    found.collect()
}

fn rules(manifest: &Manifest) -> Vec<Rule> {
    let limited = |rule: &str| manifest.limits.iter().any(|limit| limit.at == rule);
    let rules = manifest.rules.iter().map(|rule| Rule {
        rule: rule.rule.clone(),
        pairs: rule.pairs,
        new_pairs: rule.new_pairs,
        largest_block: rule.largest_block,
        limited: limited(&rule.rule),
    });
    rules.collect()
}

fn prior(linked: &Linked) -> f64 {
    let model = &linked.model;
    let unrelated = (1.0 - model.matched - model.household).max(f64::MIN_POSITIVE);
    MatchWeight::from_ratio(model.matched / unrelated).bits()
}

fn comparisons(linked: &Linked) -> Vec<Comparison> {
    let comparisons = linked.model.comparisons.iter().map(|comparison| Comparison {
        name: comparison.field.clone(),
        levels: comparison
            .levels
            .iter()
            .map(|level| Level {
                label: level.condition.clone(),
                m: Some(level.m),
                u: Some(level.u),
                bits: MatchWeight::from_ratio(level.m / level.u).bits(),
            })
            .collect(),
    });
    comparisons.collect()
}

/// The histogram, its empty ends left off.
fn weights(linked: &Linked, manifest: &Manifest) -> report::Histogram {
    let bins = &linked.histogram.bins;
    let Some(first) = bins.iter().position(|&count| count > 0) else {
        return report::Histogram::default();
    };
    let last = bins.iter().rposition(|&count| count > 0).unwrap_or(first);
    let thresholds = &manifest.thresholds;
    let bin = |(at, &count): (usize, &u64)| {
        let least = f64::from(Histogram::LEAST) + f64::from(u32::try_from(at).unwrap_or(0));
        if least >= thresholds.link {
            Bin { links: count, ..Bin::default() }
        } else if least >= thresholds.possible_link {
            Bin { possible_links: count, ..Bin::default() }
        } else {
            Bin { non_links: count, ..Bin::default() }
        }
    };
    report::Histogram {
        first_bits: f64::from(Histogram::LEAST) + f64::from(u32::try_from(first).unwrap_or(0)),
        width_bits: 1.0,
        bins: bins.iter().enumerate().map(bin).take(last + 1).skip(first).collect(),
    }
}

/// The weakest links between records of one person.
fn weakest(records: &Records, linked: &Linked) -> Vec<WeakLink> {
    let person_of = linked.resolved.persons.person_of();
    let mut held: Vec<_> = linked
        .links
        .iter()
        .map(|(link, _)| (link.weight, link.lower, link.upper))
        .filter(|(weight, a, b)| {
            linked.threshold <= *weight && person_of[a.index()] == person_of[b.index()]
        })
        .collect();
    let shown = WEAKEST.min(held.len());
    if shown < held.len() {
        held.select_nth_unstable(shown);
    }
    held.truncate(shown);
    held.sort_unstable();
    let name = |record: record::RecordId| {
        let source = records.source[record.index()].index();
        (records.sources[source].name.clone(), records.key[record.index()].clone())
    };
    let links = held.into_iter().map(|(weight, lower, upper)| {
        let ((source, key), (other_source, other_key)) = (name(lower), name(upper));
        WeakLink { source, key, other_source, other_key, bits: weight.bits() }
    });
    links.collect()
}

fn limits(manifest: &Manifest) -> Vec<report::Limit> {
    let limits = manifest.limits.iter().map(|limit| report::Limit {
        limit: limit.limit.clone(),
        value: limit.value,
        at: limit.at.clone(),
        times: limit.times,
        effect: limit.effect.clone(),
    });
    limits.collect()
}
