//! What the report of a snapshot shows.

use std::collections::BTreeMap;

use evaluate::{Interval, PairMetrics, Proportion};
use record::{NONE, RecordPair, SourceId};
use report::{
    Accuracy, Addend, Bin, Contrast, CurvePoint, DefaultFound, Estimate, FieldShare, Finding,
    Level, NamedCount, Reason, Rule, SampledPair, Score, Shape, SizeCount, Source, Subgroup,
    Subgroups, Summary, WeakLink,
};
use score::MatchWeight;
use snapshot::{Decision, Manifest, Run, Snapshot};

use crate::error::Error;
use crate::evaluation::Evaluation;
use crate::explain::Explainer;
use crate::measure::{Change, Curve, Grouping, LoneRecords, Measure, Persons};
use crate::settle::settle;

/// Links shown of those that hold persons together with the least weight.
const WEAKEST: usize = 20;
/// Pairs whose weights are shown in their parts.
const SAMPLED: usize = 16;
/// Persons shown of those with most records.
const LARGEST: usize = 10;
/// Ids shown of each thing that cannot well be true.
const EXAMPLES: usize = 5;

/// What a report shows beside the snapshot itself.
#[derive(Default)]
pub struct Shown<'a> {
    /// The heading; without it, the snapshot's name.
    pub title: Option<String>,
    /// The occasion, if it is not that of the snapshot.
    pub run: Option<&'a Run>,
    /// Where the truth came from, if it was given.
    pub truth: Option<String>,
    /// An older snapshot's name, and what differs from it.
    pub change: Option<(String, Change)>,
    /// What explains pairs by the values of their records, if those are to be shown.
    pub explainer: Option<&'a Explainer>,
}

/// The page of HTML that shows a snapshot.
///
/// # Errors
///
/// If the snapshot cannot be read.
pub fn report(snapshot: &Snapshot, measure: &Measure, shown: &Shown<'_>) -> Result<String, Error> {
    let measured = Measured::of(measure, shown);
    let manifest = snapshot.manifest();
    let run = shown.run.unwrap_or(snapshot.run());
    let totals = &manifest.totals;
    let name = |path: &std::path::Path| {
        path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
    };
    let households = &measure.view.households;
    let kinds = &measure.view.kinds;
    let kinds = households.iter().map(|&(_, kind)| kinds[kind as usize].as_str());
    let Measured { curve, persons, evaluation, subgroups: groupings, lone: of_lone, .. } = measured;
    let point_score = |point: &evaluate::CurvePoint| {
        let truth = measure.truth.is_some();
        truth.then(|| ranged(&point.against(), &point.precision, &point.recall))
    };
    let summary = Summary {
        title: shown
            .title
            .clone()
            .unwrap_or_else(|| format!("Snapshot {}", name(snapshot.folder()))),
        run_date: manifest.run_date.to_string(),
        kinfold: manifest.kinfold.clone(),
        snapshot: name(snapshot.folder()),
        totals: report::Totals {
            rows: totals.rows,
            rejects: totals.rejects,
            records: totals.records,
            candidates: totals.candidates,
            links: totals.links,
            possible_links: totals.possible_links,
            vetoes: totals.vetoes,
            many: totals.many,
            many_pairs: totals.many_pairs,
            persons: totals.persons,
            households: totals.households,
            housed_persons: totals.housed_persons,
        },
        accuracy: evaluation.map(|found| accuracy(&found, manifest, shown)),
        sources: sources(snapshot, measure)?,
        defaults: defaults(manifest),
        rules: rules(manifest),
        expected_recall: manifest.expected_blocking.as_ref().map(|expected| expected.recall),
        prior_bits: measure.model.as_ref().map(prior),
        comparisons: measure.model.as_ref().map_or_else(Vec::new, comparisons),
        link_bits: Some(manifest.thresholds.link),
        possible_link_bits: Some(manifest.thresholds.possible_link),
        weights: weights(manifest),
        curve: curve
            .points
            .iter()
            .map(|point| CurvePoint {
                bits: point.bits,
                pairs: point.pairs,
                expected_precision: estimate(point.expected.precision()),
                expected_recall: estimate(point.expected.recall()),
                score: point_score(point),
            })
            .collect(),
        subgroups: groupings.iter().map(subgroups).collect(),
        lone: lone(&of_lone),
        implausible: measured.findings,
        sampled: measured.sampled,
        change: shown.change.as_ref().map(|(name, change)| changed(name, change)),
        shape: Some(shape(&persons)),
        largest: persons.largest.into_iter().map(large_person).collect(),
        expected: (manifest.expected.is_some() && totals.candidates > 0).then(|| {
            report::Expected {
                precision: estimate(curve.in_force.expected.precision()),
                recall: estimate(curve.in_force.expected.recall()),
            }
        }),
        manifest_checksum: snapshot.run().manifest_sha256.clone(),
        shows_values: shown.explainer.is_some(),
        person_sizes: sized(
            measure.view.people.record_count.iter().map(|&records| u64::from(records)),
        ),
        household_sizes: sized(households.iter().map(|&(size, _)| u64::from(size))),
        household_kinds: counted(kinds),
        no_household: no_household(measure),
        weakest_links: measured.weakest,
        addresses: manifest.addresses.iter().map(trust).collect(),
        limits: limits(manifest),
        notes: manifest.notes.iter().cloned().chain(left_out(snapshot)).collect(),
        timings: run
            .timings
            .iter()
            .map(|timing| report::Timing { stage: timing.stage.clone(), seconds: timing.seconds })
            .collect(),
        peak_memory_bytes: run.peak_memory_bytes,
        threads: Some(run.threads),
    };
    Ok(report::render(&summary))
}

fn trust(learned: &snapshot::AddressTrust) -> report::AddressTrust {
    report::AddressTrust {
        source: learned.source.clone(),
        compared: learned.compared,
        right: learned.right,
        half_life_years: learned.half_life_days / 365.25,
    }
}

/// What takes long to measure.
struct Measured {
    curve: Curve,
    persons: Persons,
    evaluation: Option<Evaluation>,
    subgroups: Vec<Grouping>,
    lone: LoneRecords,
    findings: Vec<Finding>,
    sampled: Vec<SampledPair>,
    weakest: Vec<WeakLink>,
}

impl Measured {
    fn of(measure: &Measure, shown: &Shown<'_>) -> Measured {
        // The curve is a long walk of one thread: all else is measured beside it.
        let (curve, (persons, rest)) = rayon::join(
            || measure.curve(),
            || {
                let persons = measure.persons(LARGEST);
                let known = || rayon::join(|| measure.evaluation(), || measure.subgroups());
                let pairs =
                    || rayon::join(|| sampled(measure, shown.explainer), || weakest(measure));
                let others = || {
                    rayon::join(
                        || measure.lone_records(),
                        || rayon::join(|| findings(measure), pairs),
                    )
                };
                (persons, rayon::join(known, others))
            },
        );
        let ((evaluation, subgroups), (lone, (findings, (sampled, weakest)))) = rest;
        Measured { curve, persons, evaluation, subgroups, lone, findings, sampled, weakest }
    }
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

fn score(pairs: &PairMetrics) -> Score {
    Score {
        precision: pairs.precision(),
        recall: pairs.recall(),
        f1: pairs.f1(),
        ..Score::default()
    }
}

/// A score with the ranges that chance keeps it in.
fn ranged(pairs: &PairMetrics, precision: &Proportion, recall: &Proportion) -> Score {
    let range = |of: &Proportion| {
        let Interval { low, high } = of.interval();
        Some([low, high])
    };
    Score { precision_range: range(precision), recall_range: range(recall), ..score(pairs) }
}

fn proportion(of: &Proportion) -> Estimate {
    let Interval { low, high } = of.interval();
    Estimate { value: of.share(), low, high }
}

fn estimate(of: evaluate::Estimate) -> Estimate {
    let Interval { low, high } = of.range;
    Estimate { value: of.value, low, high }
}

fn accuracy(evaluation: &Evaluation, manifest: &Manifest, shown: &Shown<'_>) -> Accuracy {
    let persons = &evaluation.persons;
    let bcubed = &persons.bcubed;
    let households = evaluation.households.as_ref();
    Accuracy {
        truth: shown.truth.clone().unwrap_or_default(),
        person_pairs: Some(ranged(
            &persons.pairs,
            &evaluation.spread.precision,
            &evaluation.spread.recall,
        )),
        b_cubed: Some(Score {
            precision: bcubed.precision,
            recall: bcubed.recall,
            f1: bcubed.f1(),
            ..Score::default()
        }),
        exact_persons: Some(proportion(&evaluation.exact())),
        household_pairs: households.map(|households| score(&households.pairs)),
        exact_households: households
            .map(|found| proportion(&Proportion::of(found.exact, found.true_households))),
        // Only the run itself could count what was proposed and not kept.
        blocking_recall: manifest
            .evaluation
            .as_ref()
            .and_then(|evaluation| evaluation["blocking"]["recall"].as_f64()),
    }
}

fn sources(snapshot: &Snapshot, measure: &Measure) -> Result<Vec<Source>, Error> {
    let manifest = snapshot.manifest();
    let rejects = snapshot.rejects()?;
    let filled = filled(measure);
    let persons = persons_of_sources(measure);
    let sources = manifest.sources.iter().enumerate().map(|(at, counts)| {
        let of = rejects.iter().filter(|reject| reject.source == counts.source);
        Source {
            name: counts.source.clone(),
            rows: counts.rows,
            further_persons: counts.further_persons,
            rejected: counts.rejected,
            merged: counts.merged,
            records: counts.records,
            rejected_values: counts.rejected_values,
            as_at: counts.as_at.map(|day| day.to_string()),
            last_seen: counts.last_seen.map(|day| day.to_string()),
            persons: persons[at],
            reasons: reasons(of),
            completeness: shares(&filled[at], counts.records),
        }
    });
    Ok(sources.collect())
}

/// How many persons each source has a record of.
fn persons_of_sources(measure: &Measure) -> Vec<u64> {
    let view = &measure.view;
    let mut known: Vec<(u16, u32)> =
        view.sources().into_iter().zip(view.person.iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    let mut persons = vec![0; view.records.sources.len()];
    for (source, _) in known {
        if let Some(persons) = persons.get_mut(usize::from(source)) {
            *persons += 1;
        }
    }
    persons
}

/// Rows and values not taken, by field and reason.
fn reasons<'a>(rejects: impl Iterator<Item = &'a snapshot::RejectRow>) -> Vec<Reason> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for reject in rejects {
        let field = reject.field.as_deref().unwrap_or("");
        *counts.entry((field, &reject.reason)).or_default() += 1;
    }
    let counts = counts.into_iter().map(|((field, reason), count)| Reason {
        field: field.to_owned(),
        reason: reason.to_owned(),
        count,
    });
    counts.collect()
}

/// For each source, how many of its records fill each field.
fn filled(measure: &Measure) -> Vec<BTreeMap<&str, u64>> {
    let view = &measure.view;
    let mut sets = vec![vec![0_u64; view.fields.len()]; view.records.sources.len()];
    for (source, &fields) in view.records.source.iter().zip(&view.filled) {
        if let Some(sets) = sets.get_mut(source.index()) {
            sets[fields as usize] += 1;
        }
    }
    let of_source = sets.into_iter().map(|counts| {
        let mut filled = BTreeMap::new();
        for (fields, count) in view.fields.iter().zip(counts).filter(|(_, count)| *count > 0) {
            for field in fields.split_whitespace() {
                *filled.entry(field).or_default() += count;
            }
        }
        filled
    });
    of_source.collect()
}

fn shares(filled: &BTreeMap<&str, u64>, records: u64) -> Vec<FieldShare> {
    #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
    let share = |count: u64| count as f64 / records.max(1) as f64;
    let shares = filled.iter();
    shares.map(|(field, &n)| FieldShare { field: (*field).to_owned(), share: share(n) }).collect()
}

fn defaults(manifest: &Manifest) -> Vec<DefaultFound> {
    let found = manifest.defaults.iter().map(|found| DefaultFound {
        source: found.source.clone(),
        field: found.field.clone(),
        records: found.records,
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

fn prior(model: &score::Model) -> f64 {
    let unrelated = (1.0 - model.matched - model.household).max(f64::MIN_POSITIVE);
    MatchWeight::from_ratio(model.matched / unrelated).bits()
}

fn comparisons(model: &score::Model) -> Vec<report::Comparison> {
    let comparisons = model.comparisons.iter().map(|comparison| report::Comparison {
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

fn weights(manifest: &Manifest) -> report::Histogram {
    let thresholds = &manifest.thresholds;
    let first = f64::from(manifest.weights.first_bits);
    let bin = |(at, &count): (usize, &u64)| {
        let least = first + f64::from(u32::try_from(at).unwrap_or(0));
        if least >= thresholds.link {
            Bin { links: count, ..Bin::default() }
        } else if least >= thresholds.possible_link {
            Bin { possible_links: count, ..Bin::default() }
        } else {
            Bin { non_links: count, ..Bin::default() }
        }
    };
    report::Histogram {
        first_bits: first,
        width_bits: 1.0,
        bins: manifest.weights.pairs.iter().enumerate().map(bin).collect(),
    }
}

fn subgroups(grouping: &Grouping) -> Subgroups {
    let groups = grouping.groups.iter().map(|group| {
        let (own, rest) = (&group.own, &group.rest);
        Subgroup {
            name: group.name.clone(),
            records: own.records,
            score: ranged(&own.pairs, &group.spread.precision, &group.spread.recall),
            exact: proportion(&Proportion::of(own.exact, own.persons)),
            precision_gap: own.pairs.precision() - rest.pairs.precision(),
            recall_gap: own.pairs.recall() - rest.pairs.recall(),
            recall_ratio: (rest.pairs.recall() > 0.0)
                .then(|| own.pairs.recall() / rest.pairs.recall()),
            proposed: group.blocking.as_ref().map(proportion),
        }
    });
    Subgroups { by: grouping.by.as_str().to_owned(), groups: groups.collect() }
}

fn lone(lone: &LoneRecords) -> Vec<Contrast> {
    let fields = lone.fields.iter().map(|field| ("field filled", field));
    let groups = lone
        .groups
        .iter()
        .flat_map(|(by, traits)| traits.iter().map(move |one| (by.as_str(), one)));
    let rows = fields.chain(groups).map(|(by, one)| Contrast {
        by: by.to_owned(),
        name: one.name.clone(),
        linked: one.contrast.linked_share(),
        alone: one.contrast.alone_share(),
        difference: one.contrast.standardised_difference(),
    });
    rows.collect()
}

fn findings(measure: &Measure) -> Vec<Finding> {
    let found = measure.implausible(EXAMPLES).into_iter().map(|finding| Finding {
        name: finding.name,
        of: finding.of.to_owned(),
        among: finding.among,
        count: finding.count,
        examples: finding.examples,
    });
    found.collect()
}

/// Pairs at even steps from the lightest kept to the heaviest, and their parts.
fn sampled(measure: &Measure, explainer: Option<&Explainer>) -> Vec<SampledPair> {
    let view = &measure.view;
    let mut order: Vec<&crate::measure::Kept> = view.pairs.iter().collect();
    let shown = SAMPLED.min(order.len());
    let last = order.len().saturating_sub(1);
    let places: Vec<usize> = (0..shown).map(|at| at * last / (shown - 1).max(1)).collect();
    settle(&mut order, 0, &places, &|a, b| lighter(a, b));
    let pairs = places.into_iter().map(|at| {
        let kept = order[at];
        let (a, b) = kept.pair;
        SampledPair {
            source: view.source(a).to_owned(),
            key: view.key(a).to_owned(),
            other_source: view.source(b).to_owned(),
            other_key: view.key(b).to_owned(),
            bits: kept.bits(),
            addends: explainer
                .filter(|_| !measure.is_withheld(a) && !measure.is_withheld(b))
                .and_then(|explainer| explained(measure, explainer, kept.pair))
                .unwrap_or_else(|| addends(measure, kept)),
        }
    });
    pairs.collect()
}

/// The lighter pair first; of equals, that of the lower records.
fn lighter(a: &crate::measure::Kept, b: &crate::measure::Kept) -> std::cmp::Ordering {
    a.bits().total_cmp(&b.bits()).then(a.pair.cmp(&b.pair))
}

/// The parts of a weight as far as the vector tells; what rarity and households add is the rest.
fn addends(measure: &Measure, kept: &crate::measure::Kept) -> Vec<Addend> {
    let part = |name: &str, level: String, bits: f64| Addend {
        name: name.to_owned(),
        level,
        bits,
        values: None,
    };
    let mut parts = Vec::new();
    parts.extend(measure.model.as_ref().map(|model| part("prior", String::new(), prior(model))));
    for field in measure.pair_fields(kept.vector) {
        parts.extend(field.level.map(|level| part(&field.field, level, field.bits)));
    }
    let rest = kept.bits() - parts.iter().map(|part| part.bits).sum::<f64>();
    parts.push(part("rarity and household", String::new(), rest));
    parts
}

/// The parts of a weight with the values they come from.
fn explained(measure: &Measure, explainer: &Explainer, pair: (u32, u32)) -> Option<Vec<Addend>> {
    let view = &measure.view;
    let find = |record: u32| {
        let known = explainer.records.sources.iter();
        let source = known.into_iter().position(|source| source.name == view.source(record))?;
        explainer.records.find(SourceId(u16::try_from(source).ok()?), view.key(record))
    };
    let explained = explainer.pair(RecordPair::new(find(pair.0)?, find(pair.1)?));
    let plain = |name: &str, weight: MatchWeight| Addend {
        name: name.to_owned(),
        bits: weight.bits(),
        ..Addend::default()
    };
    let mut parts = vec![plain("prior", explained.prior)];
    for field in explained.fields.into_iter().filter(|field| field.level != "missing") {
        let rarity = plain(&format!("rarity of {}", field.field), field.term_frequency);
        parts.push(Addend {
            name: field.field,
            level: field.level,
            bits: (field.weight + field.sources).bits(),
            values: Some(field.values),
        });
        parts.extend((field.term_frequency.0 != 0).then_some(rarity));
    }
    if explained.household.0 != 0 {
        parts.push(plain("what a household explains", explained.household));
    }
    Some(parts)
}

fn shape(persons: &Persons) -> Shape {
    #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    Shape {
        of_several: persons.of_several,
        density: share(persons.linked, persons.pairs).unwrap_or(1.0),
        bridged: persons.bridged,
        unlinked: persons.unlinked,
        forenames_differ: share(persons.forenames_differ, persons.forenames),
        homonyms: share(persons.homonyms, persons.named),
    }
}

fn large_person(person: crate::measure::LargePerson) -> report::LargePerson {
    report::LargePerson {
        person_id: person.person_id,
        records: person.records,
        density: person.density,
        weakest: person.weakest,
        bridges: person.bridges,
    }
}

fn changed(against: &str, change: &Change) -> report::Change {
    let turns = change.turns.iter().map(|turn| {
        let [(source, key), (other_source, other_key)] = turn.records.clone();
        let fields = turn.fields.iter().map(|[field, was, is]| format!("{field}: {was}, now {is}"));
        let why = std::iter::once(turn.cause.as_str().to_owned()).chain(fields);
        report::Turn {
            joined: turn.joined,
            source,
            key,
            other_source,
            other_key,
            was: turn.was,
            is: turn.is,
            why: why.collect::<Vec<_>>().join("; "),
        }
    });
    let sources = change.sources.iter().map(|source| report::SourceChange {
        source: source.source.clone(),
        was: source.was,
        is: source.is,
        new: source.new,
        gone: source.gone,
    });
    let causes = change.causes.iter();
    report::Change {
        against: against.to_owned(),
        counts: changes(change),
        household_share: change.households.share(),
        causes: causes
            .map(|(cause, count)| NamedCount { name: cause.as_str().to_owned(), count: *count })
            .collect(),
        turns: turns.collect(),
        sources: sources.collect(),
        settings: change.settings.clone(),
    }
}

fn changes(change: &Change) -> Vec<NamedCount> {
    let (persons, weights) = (&change.persons, &change.weights);
    let households = &change.households;
    let rows = [
        ("records in both", persons.records),
        ("records new", persons.records_new),
        ("records gone", persons.records_gone),
        ("records moved", persons.moved),
        ("persons the same", persons.same),
        ("persons split", persons.split),
        ("persons merged", persons.merged),
        ("persons new", persons.new),
        ("persons gone", persons.gone),
        ("ids of persons created", change.person_ids.created),
        ("ids of persons retired", change.person_ids.retired),
        ("persons of both whose household changed", households.changed()),
        ("persons of both who had a household and have none", households.lost),
        ("persons of both who had no household and have one", households.gained),
        ("households the same", households.households.same),
        ("households split", households.households.split),
        ("households merged", households.households.merged),
        ("ids of households created", change.household_ids.created),
        ("ids of households retired", change.household_ids.retired),
        ("kept pairs in both", weights.both),
        ("kept pairs whose weight changed by a tenth of a bit or more", weights.changed),
        ("kept pairs new", weights.new),
        ("kept pairs gone", weights.gone),
        ("links lost", weights.links_lost),
        ("links gained", weights.links_gained),
    ];
    rows.into_iter().map(|(name, count)| NamedCount { name: name.to_owned(), count }).collect()
}

/// What the page cannot tell of.
fn left_out(snapshot: &Snapshot) -> Option<String> {
    let records = snapshot.n_withheld_records();
    (records > 0).then(|| {
        let records = plan::counted(records, "record");
        format!("the page leaves out {records} of persons who are shielded, and their pairs")
    })
}

/// Persons without a household, by reason.
fn no_household(measure: &Measure) -> Vec<NamedCount> {
    let view = &measure.view;
    let mut persons: Vec<(u32, u32)> = (view.household.iter().zip(&view.person).zip(&view.home))
        .filter(|((household, _), _)| **household == NONE)
        .map(|((_, &person), &reason)| (person, reason))
        .collect();
    persons.sort_unstable();
    persons.dedup();
    counted(persons.iter().map(|&(_, reason)| view.homes[reason as usize].as_str()))
}

/// The weakest links between records of one person.
fn weakest(measure: &Measure) -> Vec<WeakLink> {
    let view = &measure.view;
    let person = |record: u32| view.person[record as usize];
    let mut held: Vec<_> = view
        .pairs
        .iter()
        .filter(|kept| kept.decision == Decision::Link && person(kept.pair.0) != NONE)
        .filter(|kept| person(kept.pair.0) == person(kept.pair.1))
        .collect();
    if WEAKEST < held.len() {
        held.select_nth_unstable_by(WEAKEST, |a, b| lighter(a, b));
        held.truncate(WEAKEST);
    }
    held.sort_unstable_by(|a, b| lighter(a, b));
    let links = held.into_iter().map(|kept| WeakLink {
        source: view.source(kept.pair.0).to_owned(),
        key: view.key(kept.pair.0).to_owned(),
        other_source: view.source(kept.pair.1).to_owned(),
        other_key: view.key(kept.pair.1).to_owned(),
        bits: kept.bits(),
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
