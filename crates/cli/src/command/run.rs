//! `kinfold run`: links the records of a plan and publishes a snapshot.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use pipeline::{Bytes, Evaluation, Options, Published};
use plan::{count, counted};
use serde_json::json;

use crate::command::train::FORMAT;
use crate::table::table;
use crate::{Global, print, tell};

/// Link the records of a plan and publish a snapshot.
///
/// The snapshot is a folder of Parquet files with a manifest, named for the run date, in the
/// plan's output folder; the report is a page of HTML beside it. The same extracts and plan give
/// the same snapshot, byte for byte, for any number of threads and any order of rows and files.
/// A run that fails publishes nothing.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// The plan
    plan: PathBuf,
    /// A model learned before, as it stands in a snapshot's manifest; without it, one is learned
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The memory that the run may use, such as `8GiB`; without it, three quarters of what the
    /// machine allows. A run that is reckoned to need more puts away, in the output folder, what it
    /// does not look at for a while; one for which that is not enough is not begun, or ends once its
    /// links are counted, and says what would be. The result is the same for any amount that is
    /// enough
    #[arg(long, value_name = "SIZE")]
    memory: Option<Bytes>,
    /// End with 1 if any row was rejected
    #[arg(long)]
    strict: bool,
}

impl Run {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        crate::allocator::give_back_at_once();
        let plan = plan::read(&self.plan)?;
        let model = self.model.as_deref().map(read_model).transpose()?;
        let options = Options {
            model,
            machine: None,
            started: Some(jiff::Timestamp::now().to_string()),
            memory: self.memory.or_else(pipeline::allowed),
        };
        let progress = global.progress.teller();
        let published = pipeline::run(&plan, &options, progress.as_ref())?;
        if global.json {
            print(&format!("{}\n", as_json(&published)))?;
        } else {
            print(&summary(&published))?;
        }
        let rejected: u64 = published.manifest.sources.iter().map(|source| source.rejected).sum();
        if self.strict && rejected > 0 {
            tell(&format!("{} rejected: see rejects.parquet", counted(rejected, "row")));
            return Ok(ExitCode::from(1));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads a model: a model's own file, or a manifest that holds one.
pub(crate) fn read_model(path: &std::path::Path) -> anyhow::Result<score::Model> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("`{shown}` is not JSON"))?;
    let format = value.get("learned").and(value.get("format")).and_then(serde_json::Value::as_u64);
    if let Some(newer) = format.filter(|format| FORMAT < *format) {
        anyhow::bail!("`{shown}` has form {newer}; this Kinfold knows models up to form {FORMAT}");
    }
    let model = value.get("model").unwrap_or(&value).clone();
    serde_json::from_value(model).with_context(|| format!("`{shown}` holds no model"))
}

pub(crate) fn as_json(published: &Published) -> serde_json::Value {
    json!({
        "snapshot": published.folder,
        "report": published.report,
        "totals": published.manifest.totals,
        "sources": published.manifest.sources,
        "expected": published.manifest.expected,
        "expected_blocking": published.manifest.expected_blocking,
        "evaluation": published.manifest.evaluation,
        "timings": published.run.timings,
        "memory_allowed_bytes": published.run.memory_allowed_bytes,
        "memory_reckoned_bytes": published.run.memory_reckoned_bytes,
        "spilled": published.run.spilled,
        "peak_memory_bytes": published.run.peak_memory_bytes,
        "notes": published.notes,
    })
}

/// What a person wants to know when a run is done.
pub(crate) fn summary(published: &Published) -> String {
    let manifest = &published.manifest;
    let totals = &manifest.totals;
    let mut text = String::from("\n");
    text += &sources(manifest);
    text += &format!(
        "\n{} became {}; {} weighed gave {} and {}.\n",
        counted(totals.records, "record"),
        counted(totals.persons, "person"),
        counted(totals.candidates, "pair"),
        counted(totals.links, "link"),
        counted(totals.possible_links, "possible link"),
    );
    if let Some(expected) = &manifest.expected_blocking {
        text += &format!(
            "Blocking is expected to propose {:.2} % of the pairs of records of one person.\n",
            100.0 * expected.recall,
        );
    }
    text += &format!(
        "{} forbidden by a constraint, and {} left alone because either of two would do ({}, `many`).\n",
        counted(totals.vetoes, "link"),
        count(totals.many),
        counted(totals.many_pairs, "pair"),
    );
    if totals.joined_by_relatives > 0 {
        text += &format!(
            "{} more joined to another by what relatives say.\n",
            counted(totals.joined_by_relatives, "person"),
        );
    }
    text += &format!(
        "{} in {}; {} in none, each for a coded reason.\n",
        counted(totals.housed_persons, "person"),
        counted(totals.households, "household"),
        count(totals.persons - totals.housed_persons),
    );
    if let Some(expected) = manifest.expected.filter(|_| totals.candidates > 0) {
        let shown = |estimate: snapshot::Estimate| {
            format!("{:.4} ({:.4} to {:.4})", estimate.value, estimate.low, estimate.high)
        };
        text += &format!(
            "By the model alone, pair by pair: precision {}, recall of what was weighed {}.\n",
            shown(expected.precision),
            shown(expected.recall),
        );
    }
    if let Some(evaluation) = &published.evaluation {
        text += &accuracy(evaluation);
    }
    if !manifest.limits.is_empty() {
        text += "\nLimits that bit:\n";
        for limit in &manifest.limits {
            text += &format!(
                "  {} = {} at {}, {}: {}\n",
                limit.limit,
                limit.value,
                limit.at,
                counted(limit.times, "time"),
                limit.effect,
            );
        }
    }
    for (source, field, records) in &published.defaults {
        text += &format!(
            "\nA value of `{field}` in `{source}` stands in {}: taken for a default, and for missing.",
            counted(u64::from(*records), "record"),
        );
    }
    for note in &published.notes {
        text += &format!("\nNote: {note}.");
    }
    let seconds: f64 = published.run.timings.iter().map(|timing| timing.seconds).sum();
    let memory = memory(&published.run);
    let threads = counted(published.run.threads, "thread");
    text += &format!("\n{seconds:.1} s on {threads}{memory}\n");
    text += &format!(
        "snapshot: {}\nreport:   {}\n",
        published.folder.display(),
        published.report.display()
    );
    text
}

/// What a run used of memory, was reckoned to need, and might have used, as far as it is known.
fn memory(run: &snapshot::Run) -> String {
    let amounts = [
        (", at most", run.peak_memory_bytes, " of memory"),
        (", reckoned", run.memory_reckoned_bytes, ""),
        (", allowed", run.memory_allowed_bytes, ""),
    ];
    let amounts = amounts
        .into_iter()
        .filter_map(|(before, bytes, after)| Some(format!("{before} {}{after}", Bytes(bytes?))));
    amounts.collect()
}

/// What became of each source's rows.
fn sources(manifest: &snapshot::Manifest) -> String {
    let sources = manifest.sources.iter().map(|source| {
        vec![
            source.source.clone(),
            count(source.rows),
            count(source.further_persons),
            count(source.records),
            count(source.merged),
            count(source.rejected),
            count(source.rejected_values),
        ]
    });
    table(
        &[
            "source",
            ">rows",
            ">further persons",
            ">records",
            ">merged",
            ">rejected",
            ">values rejected",
        ],
        sources,
    )
}

/// How right a result is, as a table.
fn accuracy(evaluation: &Evaluation) -> String {
    let persons = &evaluation.persons;
    let mut rows = vec![vec![
        "persons (pairs of records)".to_owned(),
        format!("{:.4}", persons.pairs.precision()),
        format!("{:.4}", persons.pairs.recall()),
        format!("{:.4}", persons.pairs.f1()),
        format!("{:.1} %", 100.0 * persons.exact_share()),
    ]];
    let households = [
        ("households (pairs of persons)", &evaluation.households),
        ("households, given true persons", &evaluation.households_given_persons),
        ("households a year before", &evaluation.year_before),
        ("a year before, given true persons", &evaluation.year_before_given_persons),
    ];
    for (name, households) in households {
        let Some(households) = households else { continue };
        rows.push(vec![
            name.to_owned(),
            format!("{:.4}", households.pairs.precision()),
            format!("{:.4}", households.pairs.recall()),
            format!("{:.4}", households.pairs.f1()),
            format!("{:.1} %", 100.0 * households.exact_share()),
        ]);
    }
    let mut text = String::from("\nAgainst the truth:\n");
    text += &table(&["", ">precision", ">recall", ">F1", ">exactly right"], rows);
    if let Some(blocking) = &evaluation.blocking {
        text +=
            &format!("Blocking proposed {:.2} % of the true pairs.\n", 100.0 * blocking.recall());
    }
    text
}
