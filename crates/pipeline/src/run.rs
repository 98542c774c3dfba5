//! A run: from a plan to a published snapshot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use extract::Extracted;
use plan::{Plan, counted};
use record::Records;
use resolve::Constraints;
use score::{LevelModel, MatchWeight, Model};
use snapshot::{InputFile, Manifest, Run, Snapshot, Timing, Writer};
use train::{Convergence, Labels};

use crate::aside::DealingsAside;
use crate::births;
use crate::earlier::Earlier;
use crate::error::Error;
use crate::evaluation::{self, Evaluation};
use crate::ids::Ids;
use crate::labels;
use crate::link::{self, Linked, Room, link_with};
use crate::manifest::{GAZETTEER, manifest};
use crate::measure::Measure;
use crate::memory::{self, Bytes, Counted, Reckoned};
use crate::progress::{Progress, Reading, Stage, Timed};
use crate::publish::{self, Told};
use crate::seen;
use crate::shelf::Shelf;
use crate::shield::{self, Shield};
use crate::side::{self, KnownTruth};
use crate::sources::{self, Sources};
use crate::summary::{Shown, report};

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
    /// need more puts things away on disk; one for which that is not enough is not begun, or ends once
    /// its links are counted.
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
    let (earlier, of_earlier) = Earlier::find(&plan.output, plan.run_date)?;
    // Better at once than after hours, by the system's hand.
    let reckon = |counted: &Counted| memory::reckon(counted, plan.truth.is_some(), options.memory);
    let spills = |counted: &Counted| !reckon(counted).is_ok_and(|reckoned| !reckoned.spills);
    begin(plan, &progress);
    let before = earlier.as_ref().map(Earlier::counted).unwrap_or_default();
    let read = Sources::read(plan, before, writer.folder(), spills, &progress)?;
    let (mut extracted, mut sources) = read;
    let n_records = extracted.records.len();
    let too_little = |needed| memory::too_little(n_records as u64, needed, options.memory);
    let mut reckoned = reckon(&sources.counted).map_err(too_little)?;
    let shelf = Shelf::new(reckoned.spills.then(|| writer.folder()));
    let records = &mut extracted.records;
    let mut columns = sources.columns(records, &shelf)?;
    sources.involvements(records)?;
    columns.take_some(&mut records.columns, |name| name == births::BORN)?;
    // Both are said with dealings, which are about to be put away.
    let flagged = shield::flagged(records, &plan.shield);
    let heard = births::heard(records);
    let dealings = DealingsAside::put(records, &shelf)?;
    columns.put(&mut records.columns, &shelf, |_| false)?;
    sources.keys(records)?;
    columns.take_some(&mut records.columns, |name| {
        plan.labels.field.as_ref().is_some_and(|field| field == name)
    })?;
    let (constraints, mut notes) = constraints(plan, records)?;
    let mut config = config(plan, options.model.clone())?;
    config.labels = labels::labels(plan, records, &mut notes)?;
    let keys = shelf.put(std::mem::take(&mut records.key))?;
    columns.put(&mut records.columns, &shelf, |_| false)?;
    sources.residences(records)?;
    listed(plan, &mut extracted, &progress)?;
    let sketches = reckoned.sketches;
    let mut afford = |n_links| {
        let with_links = reckoned.with_links(n_records, n_links, options.memory);
        reckoned = with_links.map_err(too_little)?;
        Ok(())
    };
    let room = Room { shelf, sketches, afford: &mut afford };
    let (mut linked, links) =
        link_with(&mut extracted.records, columns, heard, constraints, &config, room, &progress)?;
    extracted.records.key = keys.take()?;
    let (evaluation, truth) =
        evaluate(plan, &extracted.records, &linked, &config.household, &progress, &mut notes)?
            .unzip();
    notes.extend(remarks(&linked));
    notes.extend(of_earlier);
    notes.extend(remarks_on_sources(plan, &extracted));

    progress.begin(Stage::Publish, None);
    let ids = Ids::of(&extracted.records, &linked, earlier.as_ref())?;
    let shield = Shield::of(&flagged, &linked, &plan.shield);
    let last_seen = seen::last_seen(&extracted.records, &linked, &shield, plan.run_date);
    notes.extend(remarks_on_shield(&shield));
    let write = |linked: &Linked, records: &Records| {
        let told = Told { records, linked, ids: &ids, shield: &shield };
        publish::write(&writer, told, &extracted.rejects, plan.run_date)
    };
    if reckoned.spills {
        write(&linked, &extracted.records)?;
        // What the rest of the files are made of needs the room.
        linked.let_go();
    }
    linked.links = links.take()?;
    dealings.take(&mut extracted.records)?;
    let told = Told { records: &extracted.records, linked: &linked, ids: &ids, shield: &shield };
    let rest = || if reckoned.spills { Ok(()) } else { write(&linked, &extracted.records) };
    let ((pairs, rest), manifest) = rayon::join(
        || rayon::join(|| publish::write_pairs(&writer, told), rest),
        || manifest(plan, &config, &extracted, &linked, &last_seen, evaluation.as_ref()),
    );
    pairs?;
    rest?;
    let follows = earlier.as_ref().map(Earlier::named);
    let manifest = Manifest { notes: notes.clone(), follows, ..manifest };
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
    begin(plan, progress);
    let extracted = extract::read(&plan.sources, &Reading(progress));
    let mut extracted = extracted.map_err(Error::Extract)?;
    listed(plan, &mut extracted, progress)?;
    Ok(extracted)
}

/// Tells that the sources of a plan are about to be read.
fn begin(plan: &Plan, progress: &dyn Progress) {
    progress.begin(Stage::Extract, Some(sources::bytes(plan)));
}

/// Reads the gazetteer of a plan, if there is one, after its sources; and tells that all is read.
fn listed(plan: &Plan, extracted: &mut Extracted, progress: &dyn Progress) -> Result<(), Error> {
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
    Ok(())
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
    let (truth, index) =
        rayon::join(|| truth(spec, records), || evaluation::blocks(linked, plan.blocking.limits));
    let truth = truth?;
    if truth.unknown > 0 {
        let rows = counted(truth.unknown, "row");
        notes.push(format!("records that are not there are named in {rows} of the truth"));
    }
    let evaluation = evaluation::evaluate(records, linked, &truth, index, homes);
    progress.end(Stage::Evaluate, &format!("F1 {:.4}", evaluation.persons.pairs.f1()));
    Ok(Some((evaluation, truth)))
}

/// What is to be said of what only some may see.
fn remarks_on_shield(shield: &Shield) -> Option<String> {
    let shielded = shield.persons.iter().filter(|why| why.is_some()).count();
    let persons = counted(shielded as u64, "person");
    (shielded > 0).then(|| {
        format!(
            "where {persons} live is shielded: what would tell it is in the folder `shielded` of the snapshot, for `--authority`"
        )
    })
}

/// What is to be said of what the sources hold.
fn remarks_on_sources(plan: &Plan, extracted: &Extracted) -> Vec<String> {
    let absent = extracted.absent.iter().map(|absent| {
        let source = &extracted.records.sources[absent.source.index()].name;
        format!("no row of `{source}` has the column `{}`; it is taken to be empty", absent.column)
    });
    let deltas = plan.sources.iter().filter(|spec| spec.delivery == extract::Delivery::Delta);
    let deltas = deltas.map(|spec| {
        let name = &spec.source.name;
        format!("`{name}` is a delta; it is linked as if its files held all there is")
    });
    absent.chain(deltas).collect()
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

/// So many pairs in blocks tell how many there are of every weight, within some per cent.
const PAIRS_COUNTED: u64 = 500_000;

/// Records below which a model is hardly learned from them.
const FEW_RECORDS: usize = 200;

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

/// The truth that a plan names.
pub(crate) fn truth(spec: &plan::Truth, records: &Records) -> Result<KnownTruth, Error> {
    side::truth(spec, records).map_err(|source| Error::Side { path: spec.file.clone(), source })
}
