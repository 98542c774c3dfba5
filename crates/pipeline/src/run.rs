//! A run: from a plan to a published snapshot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use compare::Comparer;
use evaluate::Weighed;
use extract::Extracted;
use plan::{Plan, counted};
use rayon::prelude::*;
use record::{Lists, NONE, Records};
use resolve::Constraints;
use score::{LevelModel, MatchWeight, Model, ScoredPair};
use snapshot::{
    AddressTrust, Decision, ExpectedBlocking, ExpectedRule, Input, InputFile, Limit, Manifest,
    RuleCount, Run, Snapshot, SourceCounts, Timing, Totals, Writer,
};
use train::{Convergence, Labels};

use crate::aside::DealingsAside;
use crate::candidates::{self, Bin};
use crate::error::Error;
use crate::evaluation::{self, Evaluation, rounded};
use crate::ids::Ids;
use crate::indicators;
use crate::labels;
use crate::link::{self, Linked, link_with};
use crate::measure::Measure;
use crate::memory::{self, Bytes, Reckoned};
use crate::planner::Planner;
use crate::progress::{Progress, Reading, Stage, Timed};
use crate::publish::{self, Told};
use crate::shelf::Shelf;
use crate::shield::{self, Shield};
use crate::side::{self, KnownTruth};
use crate::summary::{Shown, report};
use crate::weighed::below;

/// What may differ between runs of a plan without changing what they find.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A model learned before; without one, one is learned.
    pub model: Option<Model>,
    /// The machine and when the run began, for the record of the run.
    pub machine: Option<String>,
    /// When the run began, likewise.
    pub started: Option<String>,
    /// The memory that the run may use; without it, as much as there is. A run that is reckoned to
    /// need more puts things away on disk; one for which that is not enough is not begun.
    pub memory: Option<Bytes>,
}

/// What a run published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The snapshot's folder.
    pub folder: PathBuf,
    /// The report, a page of HTML beside the snapshot.
    pub report: PathBuf,
    /// What is in the snapshot's manifest.
    pub manifest: Manifest,
    /// What is in its record of the run.
    pub run: Run,
    /// How the result compares with the truth, if the plan names one.
    pub evaluation: Option<Evaluation>,
    /// Values taken for defaults: source, field, records.
    pub defaults: Vec<(String, String, u32)>,
    /// What a person should know of how it went, such as learning that did not converge.
    pub notes: Vec<String>,
}

/// Runs a plan and publishes its snapshot.
///
/// # Errors
///
/// If an extract or a file beside them cannot be read, there is too little memory, or the snapshot
/// cannot be written. Then nothing is published.
pub fn run(plan: &Plan, options: &Options, progress: &dyn Progress) -> Result<Published, Error> {
    let progress = Timed::new(progress);
    // An output that cannot be written to is told before the work, not after it.
    let writer = Writer::create(&plan.output, &plan.run_date.to_string())?;
    let mut extracted = extract(plan, &progress)?;
    let n_records = extracted.records.len();
    // Better at once than after hours, by the system's hand.
    let too_little = |needed| memory::too_little(n_records as u64, needed, options.memory);
    let mut reckoned = memory::reckon(&extracted.records, plan.truth.is_some(), options.memory)
        .map_err(too_little)?;
    let shelf = Shelf::new(reckoned.spills.then(|| writer.folder())).short(!reckoned.sketches);
    let (constraints, mut notes) = constraints(plan, &extracted.records)?;
    let mut config = config(plan, options.model.clone())?;
    config.labels = labels::labels(plan, &extracted.records, &mut notes)?;
    // It is said with dealings, which are about to be put away.
    let flagged = shield::flagged(&extracted.records, &plan.shield);
    let keys = shelf.put(std::mem::take(&mut extracted.records.key))?;
    let dealings = DealingsAside::put(&mut extracted.records, &shelf)?;
    let mut afford = |n_links| {
        let with_links = reckoned.with_links(n_records, n_links, options.memory);
        reckoned = with_links.map_err(too_little)?;
        Ok(())
    };
    let records = &mut extracted.records;
    let (mut linked, links) =
        link_with(records, constraints, &config, &shelf, &mut afford, &progress)?;
    extracted.records.key = keys.take()?;
    let (evaluation, truth) =
        evaluate(plan, &extracted.records, &linked, &config.household, &progress, &mut notes)?
            .unzip();
    notes.extend(remarks(&linked));
    notes.extend(extracted.absent.iter().map(|absent| {
        let source = &extracted.records.sources[absent.source.index()].name;
        format!("no row of `{source}` has the column `{}`; it is taken to be empty", absent.column)
    }));
    let deltas = plan.sources.iter().filter(|spec| spec.delivery == extract::Delivery::Delta);
    notes.extend(deltas.map(|spec| {
        let name = &spec.source.name;
        format!("`{name}` is a delta; it is linked as if its files held all there is")
    }));

    progress.begin(Stage::Publish, None);
    let ids = Ids::of(&extracted.records, &linked);
    let shield = Shield::of(&flagged, &linked, &plan.shield);
    let last_seen = publish::last_seen(&extracted.records, &linked, &shield, plan.run_date);
    let shielded = shield.persons.iter().filter(|why| why.is_some()).count();
    if shielded > 0 {
        let persons = counted(shielded as u64, "person");
        notes.push(format!(
            "where {persons} live is shielded: what would tell it is in the folder `shielded` of the snapshot, for `--authority`"
        ));
    }
    let told = Told { records: &extracted.records, linked: &linked, ids: &ids, shield: &shield };
    publish::write(&writer, told, &extracted.rejects, plan.run_date)?;
    // What the rest of the files are made of needs the room.
    linked.let_go();
    linked.links = links.take()?;
    dealings.take(&mut extracted.records)?;
    let told = Told { records: &extracted.records, linked: &linked, ids: &ids, shield: &shield };
    let (written, manifest) = rayon::join(
        || publish::write_pairs(&writer, told),
        || manifest(plan, &config, &extracted, &linked, &last_seen, evaluation.as_ref()),
    );
    written?;
    let manifest = Manifest { notes: notes.clone(), ..manifest };
    progress.end(Stage::Publish, &counted(manifest.totals.records, "record"));
    let mut record = record_of(options, &extracted, reckoned, &progress);
    let folder = writer.finish(manifest.clone(), record.clone())?;
    let defaults = linked.defaults.iter().map(|found| {
        let source = extracted.records.sources[found.source.index()].name.clone();
        (source, found.field.clone(), found.records)
    });
    let defaults = defaults.collect();
    // The page tells nothing of the records of shielded persons.
    let known = truth.zip(evaluation.as_ref()).map(|(truth, evaluation)| {
        let open: Vec<bool> =
            (0..extracted.records.len()).map(|record| shield.is_open(&linked, record)).collect();
        (truth.of(&open), renumbered(&evaluation.unproposed, &open))
    });
    progress.begin(Stage::Report, None);
    // The report reads what was published, and needs the room.
    drop((linked, extracted, ids, shield));
    let failed = |source| Error::Report { path: folder.with_extension("html"), source };
    let page = page(plan, &folder, &record, known).map_err(|error| match error {
        Error::Snapshot(source) => failed(source),
        other => other,
    })?;
    let report = snapshot::write_beside(&folder, "html", page.as_bytes()).map_err(failed)?;
    progress.end(Stage::Report, "page written");
    // The published record of the run ends before its page is made; the one returned tells all.
    record.timings = timings(&progress);
    Ok(Published { folder, report, manifest, run: record, evaluation, defaults, notes })
}

/// Pairs of records by their places among those that are open.
fn renumbered(pairs: &[(u32, u32)], open: &[bool]) -> Vec<(u32, u32)> {
    let mut next = 0;
    let places: Vec<Option<u32>> = open
        .iter()
        .map(|open| {
            open.then(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    let place = |record: u32| places[record as usize];
    pairs.iter().filter_map(|&(a, b)| place(a).zip(place(b))).collect()
}

/// The page that shows what was published.
fn page(
    plan: &Plan,
    folder: &Path,
    run: &Run,
    known: Option<(KnownTruth, Vec<(u32, u32)>)>,
) -> Result<String, Error> {
    let snapshot = Snapshot::open(folder)?;
    // The records of the snapshot are in the order that they have here.
    let (truth, unproposed) = known.unzip();
    let mut measure = Measure::knowing(&snapshot, truth)?;
    measure.unproposed = unproposed;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let shown = Shown {
        title: name(Path::new(&plan.name)).or_else(|| Some(plan.name.clone())),
        run: Some(run),
        truth: plan.truth.as_ref().and_then(|truth| name(&truth.file)),
        ..Shown::default()
    };
    report(&snapshot, &measure, &shown)
}

/// A model learned from the extracts of a plan.
#[derive(Debug)]
pub struct Learned {
    /// The model.
    pub model: Model,
    /// How learning went.
    pub convergence: Convergence,
    /// The records it was learned from.
    pub records: u64,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// Learns a model from the extracts of a plan, in so much memory, and links nothing.
///
/// # Errors
///
/// If an extract or the constraints cannot be read, or there is too little memory.
///
/// # Panics
///
/// Panics if a row is unaccounted for, which would be a fault of ours.
pub fn train(
    plan: &Plan,
    memory: Option<Bytes>,
    progress: &dyn Progress,
) -> Result<Learned, Error> {
    let mut extracted = extract(plan, progress)?;
    let needed = memory::needed(&extracted.records);
    if memory.is_some_and(|allowed| allowed < needed) {
        let records = extracted.records.len() as u64;
        return Err(memory::too_little(records, needed, memory));
    }
    let (constraints, mut notes) = constraints(plan, &extracted.records)?;
    let mut config = config(plan, None)?;
    config.labels = labels::labels(plan, &extracted.records, &mut notes)?;
    let (model, convergence) =
        link::learned(&mut extracted.records, constraints, &config, progress);
    let convergence = convergence.expect("a model that was not given is learned");
    notes.extend(remarks_on_model(extracted.records.len(), &model, convergence));
    Ok(Learned { model, convergence, records: extracted.records.len() as u64, notes })
}

/// Reads the extracts of a plan.
///
/// # Errors
///
/// Every file that could not be read.
///
/// # Panics
///
/// Panics if a row is unaccounted for, which would be a fault of ours.
pub fn extract(plan: &Plan, progress: &dyn Progress) -> Result<Extracted, Error> {
    let files = plan.sources.iter().flat_map(|source| &source.files);
    let bytes = files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    progress.begin(Stage::Extract, Some(bytes));
    let mut extracted = extract::read(&plan.sources, &Reading(progress)).map_err(Error::Extract)?;
    if let Some(gazetteer) = &plan.gazetteer {
        let read = extract::gazetteer(&gazetteer.spec, &Reading(progress));
        let mut read = read.map_err(Error::Extract)?;
        extracted.records.gazetteer = std::mem::take(&mut read.properties);
        extracted.gazetteer = Some(read);
    }
    for counts in &extracted.counts {
        let accounted = counts.rejected + counts.merged + counts.records;
        assert_eq!(counts.rows, accounted, "every row is a record, in one, or rejected");
    }
    let records = counted(extracted.records.len() as u64, "record");
    let rejects = counted(extracted.rejects.len() as u64, "reject");
    progress.end(Stage::Extract, &format!("{records}, {rejects}"));
    Ok(extracted)
}

/// What linking needs of a plan, with a model learned before if there is one.
///
/// # Errors
///
/// If the model was learned of other levels than the plan's, or a file that tells how common values
/// are cannot be read.
pub fn config(plan: &Plan, model: Option<Model>) -> Result<link::Config, Error> {
    if let Some(field) = model.as_ref().and_then(|model| model.differs(&plan.comparisons)) {
        return Err(Error::Model { field: field.to_owned() });
    }
    let known = plan.frequencies.iter().map(|known| {
        let read = side::frequencies(&known.file, known.field.kind);
        let read = read.map_err(|source| Error::Side { path: known.file.clone(), source })?;
        Ok((known.field.name.clone(), read))
    });
    let frequencies = known.collect::<Result<BTreeMap<_, _>, Error>>()?;
    let link = MatchWeight::from_bits(plan.thresholds.link);
    Ok(link::Config {
        normalise: normalise::Config::new(plan.run_date),
        derived: plan.derived.clone(),
        rules: plan.blocking.rules.clone(),
        conditions: plan.blocking.conditions.clone(),
        limits: plan.blocking.limits,
        comparisons: plan.comparisons.clone(),
        model,
        labels: Labels::default(),
        train: train::Config {
            label_weight: plan.labels.weight.unwrap_or(1.0),
            ..train::Config::default()
        },
        person_field: plan.labels.field.clone(),
        rosters: plan.rosters.clone(),
        frequencies,
        possible_link: MatchWeight::threshold(plan.thresholds.possible_link),
        pairs_counted: PAIRS_COUNTED,
        relatives: plan.relatives,
        resolve: resolve::Config {
            component_max: plan.limits.component_records_max as usize,
            ..resolve::Config::new(link)
        },
        household: household::Config {
            over_large: plan.household.over_large,
            ..household::Config::at(plan.run_date)
        },
    })
}

/// The constraints that a plan's file states, and what is to be said of them.
///
/// # Errors
///
/// If the file cannot be read or understood.
pub fn constraints(plan: &Plan, records: &Records) -> Result<(Constraints, Vec<String>), Error> {
    let Some(path) = &plan.constraints else { return Ok(<_>::default()) };
    let (constraints, unknown) = side::constraints(path, records)
        .map_err(|source| Error::Side { path: path.clone(), source })?;
    let note = (unknown > 0).then(|| {
        format!("records that are not there are named in {}", counted(unknown, "constraint"))
    });
    Ok((constraints, note.into_iter().collect()))
}

fn evaluate(
    plan: &Plan,
    records: &Records,
    linked: &Linked,
    homes: &household::Config,
    progress: &dyn Progress,
    notes: &mut Vec<String>,
) -> Result<Option<(Evaluation, KnownTruth)>, Error> {
    let Some(spec) = &plan.truth else { return Ok(None) };
    progress.begin(Stage::Evaluate, None);
    let truth = truth(spec, records)?;
    if truth.unknown > 0 {
        let rows = counted(truth.unknown, "row");
        notes.push(format!("records that are not there are named in {rows} of the truth"));
    }
    let evaluation = evaluation::evaluate(records, linked, &truth, plan.blocking.limits, homes);
    progress.end(Stage::Evaluate, &format!("F1 {:.4}", evaluation.persons.pairs.f1()));
    Ok(Some((evaluation, truth)))
}

fn remarks(linked: &Linked) -> Vec<String> {
    let mut notes = Vec::new();
    let n = linked.normalised.n_records;
    if n > 1 && linked.candidates == 0 {
        notes.push("no pair was compared: no blocking rule that these records allow is affordable; name rules in the plan".to_owned());
    }
    if let Some(convergence) = linked.convergence {
        notes.extend(remarks_on_model(n, &linked.model, convergence));
    }
    let refused = linked.resolved.refused.len();
    if refused > 0 {
        let refused = counted(refused as u64, "must-link");
        notes.push(format!("other constraints forbid {refused}"));
    }
    notes
}

/// What a reader must know of a model learned from so many records.
fn remarks_on_model(n_records: usize, model: &Model, convergence: Convergence) -> Vec<String> {
    let mut notes = Vec::new();
    if (2..FEW_RECORDS).contains(&n_records) {
        notes.push(format!("{n_records} records are too few to learn from; the model rests on shipped beliefs, so look at its links"));
    }
    let Convergence { rounds, change, converged } = convergence;
    if !converged {
        notes.push(format!(
            "the model had not settled after {} (last change {change:.1e})",
            counted(rounds.into(), "round"),
        ));
    }
    let seen = |level: &LevelModel| 0.5 <= level.matched_pairs;
    let (learned, believed): (Vec<_>, Vec<_>) =
        model.comparisons.iter().partition(|known| known.levels.iter().any(seen));
    // Where no pair is taken for matched, that says it all.
    if !learned.is_empty() && !believed.is_empty() {
        let fields: Vec<String> =
            believed.iter().map(|known| format!("`{}`", known.field)).collect();
        notes.push(format!(
            "no two records taken for one person both have {}; how those agree is believed, not learned",
            fields.join(" or "),
        ));
    }
    let unseen = learned.iter().filter_map(|known| {
        let levels = known.levels.iter().filter(|level| !seen(level));
        let levels: Vec<String> = levels.map(|level| format!("`{}`", level.condition)).collect();
        (!levels.is_empty()).then(|| format!("{} of `{}`", levels.join(", "), known.field))
    });
    let unseen: Vec<String> = unseen.collect();
    if !unseen.is_empty() {
        let unseen = unseen.join("; ");
        notes.push(format!("levels hardly seen in any match, which keep their prior: {unseen}"));
    }
    if learned.is_empty() && 1 < n_records && !believed.is_empty() {
        notes.push("no pair was taken for one person, so nothing was learned of how one person's records agree".to_owned());
    }
    notes
}

/// Records below which a model is hardly learned from them.
const FEW_RECORDS: usize = 200;

fn manifest(
    plan: &Plan,
    config: &link::Config,
    extracted: &Extracted,
    linked: &Linked,
    last_seen: &[Option<snapshot::Date>],
    evaluation: Option<&Evaluation>,
) -> Manifest {
    let records = &extracted.records;
    let name = |source: record::SourceId| records.sources[source.index()].name.clone();
    let further = |source: usize| extracted.counts[source].further;
    let mut refused = vec![0_u64; records.sources.len()];
    for value in &linked.normalised.refused {
        refused[records.source[value.record.index()].index()] += 1;
    }
    let learned = linked.households.reliability.sources.iter().zip(&records.sources);
    let addresses =
        learned.filter(|(learned, _)| 0 < learned.compared).map(|(learned, source)| AddressTrust {
            source: source.name.clone(),
            compared: learned.compared,
            right: rounded(learned.right),
            half_life_days: rounded(learned.half_life_days),
        });
    let sources = records.sources.iter().zip(&extracted.counts).enumerate();
    let sources = sources.map(|(at, (source, counts))| SourceCounts {
        source: source.name.clone(),
        rows: counts.rows,
        further_persons: further(at),
        rejected: counts.rejected,
        merged: counts.merged,
        records: counts.records + counts.further,
        rejected_values: counts.values_rejected + refused[at],
        as_at: source.as_at,
        last_seen: last_seen[at],
    });
    let decided = |wanted: Decision| {
        let links = linked.links.par_iter();
        links.filter(|link| linked.decision(link) == wanted).count() as u64
    };
    let rejects = extracted.rejects.len() + linked.normalised.refused.len();
    let totals = Totals {
        rows: extracted.counts.iter().map(|counts| counts.rows).sum(),
        rejects: rejects as u64,
        records: records.len() as u64,
        persons: linked.resolved.persons.len() as u64,
        households: linked.households.households.len() as u64,
        housed_persons: linked.households.unhoused.iter().filter(|why| why.is_none()).count()
            as u64,
        candidates: linked.candidates,
        links: decided(Decision::Link),
        possible_links: decided(Decision::PossibleLink),
        vetoes: linked.resolved.vetoed,
        many: linked.resolved.many,
        joined_by_relatives: linked.joined_by_relatives,
        many_pairs: decided(Decision::Many),
    };
    Manifest {
        kinfold: env!("CARGO_PKG_VERSION").to_owned(),
        run_date: plan.run_date,
        plan: plan::print(plan),
        model: serde_json::to_value(&linked.model).unwrap_or_default(),
        sources: sources.collect(),
        addresses: addresses.collect(),
        inputs: contents(extracted, &name)
            .into_iter()
            .chain(tables(config))
            .chain(listed(extracted))
            .collect(),
        totals,
        rules: rule_counts(linked),
        // Of no rule, and of no pair, there is nothing to expect.
        expected_blocking: linked
            .expected
            .as_ref()
            .filter(|expected| !expected.rules.is_empty())
            .map(expected_blocking),
        limits: limits(plan, linked),
        thresholds: snapshot::Thresholds {
            link: plan.thresholds.link,
            possible_link: plan.thresholds.possible_link,
        },
        expected: (linked.candidates > 0).then(|| expected(linked)),
        weights: weights(&linked.histogram),
        defaults: linked
            .defaults
            .iter()
            .map(|found| snapshot::DefaultCount {
                source: name(found.source),
                field: found.field.clone(),
                records: u64::from(found.records),
            })
            .collect(),
        indicators: indicators::indicators(plan),
        baskets: indicators::baskets(plan),
        evaluation: evaluation.map(Evaluation::to_json),
        ..Manifest::default()
    }
}

/// What the model expects of its own links.
fn expected(linked: &Linked) -> snapshot::Expected {
    let person_of = linked.resolved.persons.person_of();
    let persons = |link: &ScoredPair| {
        let [a, b] = [link.lower, link.upper].map(|record| person_of[record.index()]);
        (a.min(b), a.max(b))
    };
    // The pairs of two persons come one after the other. There are several to a record, so that
    // they are put in order by their places.
    let links = &linked.links;
    let mut sizes = vec![0; linked.resolved.persons.len()];
    for link in links {
        sizes[persons(link).0 as usize] += 1;
    }
    let mut order = Lists::dealt(&sizes, |give| {
        (0..).zip(links).for_each(|(at, link)| give(persons(link).0 as usize, at));
    });
    order.iter_mut().for_each(|of| {
        of.sort_unstable_by_key(|&at: &u32| (persons(&links[at as usize]).1, at));
    });
    let (mut last, mut group) = (None, NONE);
    let weighed = order.items().iter().map(|&at| {
        let link = &links[at as usize];
        let persons = Some(persons(link));
        if last != persons {
            (last, group) = (persons, group.wrapping_add(1));
        }
        let (bits, probability) = (link.weight.bits(), link.weight.probability());
        Weighed { bits, probability, group, is_true: None, person: NONE }
    });
    let bins = &linked.histogram.bins;
    let sums = (bins.iter().map(Bin::expected).sum(), bins.iter().map(Bin::variance).sum());
    let below = below(sums, links.iter().map(|link| link.weight.probability()));
    let found = evaluate::expected_at(weighed, &below, linked.threshold.bits());
    let estimate = |found: evaluate::Estimate| snapshot::Estimate {
        value: rounded(found.value),
        low: rounded(found.range.low),
        high: rounded(found.range.high),
    };
    snapshot::Expected { precision: estimate(found.precision()), recall: estimate(found.recall()) }
}

/// So many pairs in blocks tell how many there are of every weight, within some per cent.
const PAIRS_COUNTED: u64 = 500_000;

/// The histogram, its empty ends left off.
fn weights(histogram: &candidates::Histogram) -> snapshot::WeightCounts {
    let bins = &histogram.bins;
    let filled = |bin: &Bin| bin.pairs > 0;
    let (Some(first), Some(last)) = (bins.iter().position(filled), bins.iter().rposition(filled))
    else {
        return snapshot::WeightCounts::default();
    };
    let first_bits = candidates::Histogram::LEAST + i32::try_from(first).unwrap_or(0);
    let bins = &bins[first..=last];
    snapshot::WeightCounts {
        first_bits,
        pairs: bins.iter().map(|bin| bin.pairs).collect(),
        expected: bins.iter().map(Bin::expected).collect(),
        variance: bins.iter().map(Bin::variance).collect(),
        counted_one_in: histogram.one_in,
    }
}

fn rule_counts(linked: &Linked) -> Vec<RuleCount> {
    let rules: Vec<block::Rule> = linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
    let written = plan::rules_texts(&rules, &linked.conditions);
    let counts = linked.rules.iter().zip(written).map(|(rule, written)| RuleCount {
        rule: written,
        pairs: rule.cost.pairs,
        new_pairs: rule.new_pairs,
        largest_block: rule.cost.largest,
    });
    counts.collect()
}

fn expected_blocking(expected: &recall::Expected) -> ExpectedBlocking {
    // No more places than mean anything.
    let rounded = |share: f64| (share * 1e6).round() / 1e6;
    let rules = expected
        .rules
        .iter()
        .map(|rule| ExpectedRule { alone: rounded(rule.alone), gained: rounded(rule.gained) });
    ExpectedBlocking {
        pairs: expected.pairs.round(),
        recall: rounded(expected.recall),
        rules: rules.collect(),
    }
}

/// What each source's files hold together, whatever they are called and however they are divided.
fn contents(extracted: &Extracted, name: &dyn Fn(record::SourceId) -> String) -> Vec<Input> {
    let mut inputs = extracted.inputs.clone();
    inputs.sort_by_key(|input| input.source);
    let sources = inputs.chunk_by(|a, b| a.source == b.source);
    sources
        .map(|files| Input {
            source: name(files[0].source),
            rows: files.iter().map(|file| file.rows).sum(),
            content_hash: format!(
                "{:032x}",
                files.iter().fold(0_u128, |sum, file| sum.wrapping_add(file.content))
            ),
        })
        .collect()
}

/// The same of the files that tell how common values are: what of them counts.
fn tables(config: &link::Config) -> impl Iterator<Item = Input> {
    config.frequencies.iter().map(|(field, known)| {
        let content = serde_json::to_vec(known).expect("numbers by text are JSON");
        Input {
            source: format!("frequencies.{field}"),
            rows: known.shares.len() as u64,
            content_hash: format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&content)),
        }
    })
}

/// The same of the gazetteer.
fn listed(extracted: &Extracted) -> Option<Input> {
    extracted.gazetteer.as_ref().map(|gazetteer| Input {
        source: GAZETTEER.to_owned(),
        rows: gazetteer.files.iter().map(|file| file.rows).sum(),
        content_hash: format!("{:032x}", gazetteer.content),
    })
}

/// What the gazetteer is called among the inputs.
const GAZETTEER: &str = "gazetteer";

fn limits(plan: &Plan, linked: &Linked) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (at, rule) in linked.rules.iter().enumerate() {
        let blocks = linked.oversized.iter().filter(|block| block.rule == at);
        let (mut times, mut left_out) = (0, 0);
        for block in blocks {
            times += 1;
            left_out += block.pairs - block.pairs_kept;
        }
        if times > 0 {
            limits.push(Limit {
                limit: "blocking.block_size_max".to_owned(),
                value: u64::from(plan.blocking.limits.block_size_max),
                at: rule.cost.rule.to_string(),
                times,
                effect: format!(
                    "refined, with {} not proposed by this rule",
                    counted(left_out, "pair")
                ),
            });
        }
    }
    if !linked.resolved.oversized.is_empty() {
        limits.push(Limit {
            limit: "limits.component_records_max".to_owned(),
            value: u64::from(plan.limits.component_records_max),
            at: "components of links".to_owned(),
            times: linked.resolved.oversized.len() as u64,
            effect: "formed from their stronger links only".to_owned(),
        });
    }
    limits
}

fn record_of(
    options: &Options,
    extracted: &Extracted,
    reckoned: Reckoned,
    progress: &Timed<'_>,
) -> Run {
    let records = &extracted.records;
    let inputs = extracted.inputs.iter().map(|input| InputFile {
        source: records.sources[input.source.index()].name.clone(),
        path: records.files[input.file as usize].clone(),
        bytes: input.bytes,
        rows: input.rows,
        sha256: input.sha256.clone(),
    });
    let listed = extracted.gazetteer.iter().flat_map(|gazetteer| &gazetteer.files);
    let listed = listed.map(|file| InputFile {
        source: GAZETTEER.to_owned(),
        path: file.path.display().to_string(),
        bytes: file.bytes,
        rows: file.rows,
        sha256: file.sha256.clone(),
    });
    Run {
        started: options.started.clone(),
        machine: options.machine.clone(),
        threads: rayon::current_num_threads() as u64,
        memory_allowed_bytes: options.memory.map(|bytes| bytes.0),
        memory_reckoned_bytes: Some(reckoned.needed.0),
        spilled: reckoned.spills,
        peak_memory_bytes: memory::peak(),
        timings: timings(progress),
        inputs: inputs.chain(listed).collect(),
        ..Run::default()
    }
}

fn timings(progress: &Timed<'_>) -> Vec<Timing> {
    let timings = progress.timings().into_iter();
    timings.map(|(stage, seconds)| Timing { stage: stage.as_str().to_owned(), seconds }).collect()
}

/// What blocking would propose.
#[derive(Clone, Debug)]
pub struct Blocking {
    /// The records.
    pub records: u64,
    /// Each rule.
    pub rules: Vec<link::RuleOutcome>,
    /// Blocks over the limit.
    pub oversized: Vec<block::Oversized>,
    /// What the model expects the rules to find.
    pub expected: recall::Expected,
    /// The rules proposed in their place, if they were asked for.
    pub proposal: Option<Vec<block::Rule>>,
    /// True pairs that are proposed, if the plan names a truth.
    pub recall: Option<evaluate::BlockingMetrics>,
}

/// Blocks the records of a plan, says what that is expected to find, and links nothing. With
/// `proposes`, rules are proposed that are expected to find more for as many pairs.
///
/// # Errors
///
/// If an extract or the truth cannot be read.
pub fn block(plan: &Plan, proposes: bool, progress: &dyn Progress) -> Result<Blocking, Error> {
    let mut records = extract(plan, progress)?.records;
    let config = config(plan, None)?;
    progress.begin(Stage::Normalise, None);
    let (normalised, _) = link::normalised(&mut records, &config);
    progress
        .end(Stage::Normalise, &(counted(normalised.refused.len() as u64, "value") + " refused"));
    progress.begin(Stage::Block, None);
    let index = link::blocks(&normalised, &config);
    let rules = candidates::count_pairs(&normalised, &index, &config.conditions, progress);
    progress.end(Stage::Block, &counted(rules.len() as u64, "rule"));
    let (mut constraints, _) = constraints(plan, &records)?;
    link::forbid(&records, &mut constraints);
    progress.begin(Stage::Train, None);
    let comparisons = link::held(&normalised, &config);
    let planner = Planner {
        normalised: &normalised,
        comparer: &Comparer::new(&normalised, &comparisons),
        comparisons: &comparisons,
        constraints: &constraints,
        config: &config,
    };
    let (expected, proposal) = planner.plan(&index, None, proposes);
    progress.end(Stage::Train, &format!("{:.2} % expected", 100.0 * expected.recall));
    let recall = match &plan.truth {
        None => None,
        Some(spec) => {
            let truth = truth(spec, &records)?;
            Some(evaluation::recall(&normalised, &index, &config.conditions, &truth).0)
        }
    };
    Ok(Blocking {
        records: records.len() as u64,
        proposal,
        rules,
        oversized: index.oversized().to_vec(),
        recall,
        expected,
    })
}

fn truth(spec: &plan::Truth, records: &Records) -> Result<KnownTruth, Error> {
    side::truth(spec, records).map_err(|source| Error::Side { path: spec.file.clone(), source })
}
