//! `kinfold train`: learns a model and writes it to a file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use pipeline::Learned;
use plan::{count, counted};
use serde_json::{Value, json};

use crate::table::table;
use crate::{Global, print, tell};

/// Learn a model from the records of a plan, and link nothing.
///
/// The model is a file of JSON: for every level how often one person's records are at it (m), how
/// often unrelated persons' are (u), and how many matched pairs that was learned from; how often two
/// of one household share a value; and how many of all pairs are of each class. Of fields whose
/// rarity counts it holds how common values are: by name only those that ten persons have at least,
/// so that no one can be found by it. `kinfold run --model` links with it: night after night with
/// the same weights, and the few records of a delta by the rarity of all.
///
/// It ends with 1 if `--strict` is given and the model did not settle.
#[derive(clap::Args)]
pub(crate) struct Train {
    /// The plan
    plan: PathBuf,
    /// Where to write the model; what is there is replaced
    #[arg(short, long, value_name = "FILE", default_value = "model.json")]
    output: PathBuf,
    /// Labelled pairs to learn with, in place of those of the plan: a file with the columns source,
    /// `key`, `other_source`, `other_key` and `matched`, which is 1, 0 or a probability
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// How many pairs a labelled one counts for in learning how one person's records agree
    #[arg(long, value_name = "PAIRS")]
    label_weight: Option<f64>,
    /// The memory that learning may use, such as `8GiB`; without it, three quarters of what the
    /// machine allows
    #[arg(long, value_name = "SIZE")]
    memory: Option<pipeline::Bytes>,
    /// End with 1 if the model did not settle
    #[arg(long)]
    strict: bool,
}

/// The form of the file; another number is another form. Since 2 it says how common values are,
/// since 3 what sets each source apart.
pub(crate) const FORMAT: u64 = 3;

impl Train {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let mut plan = plan::read(&self.plan)?;
        if let Some(file) = &self.labels {
            plan.labels.file = Some(file.clone());
        }
        if let Some(weight) = self.label_weight {
            anyhow::ensure!(weight > 0.0 && weight.is_finite(), "`--label-weight` is not above 0");
            plan.labels.weight = Some(weight);
        }
        let shown = self.output.display();
        // An output that cannot be written to is told before the work, not after it.
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(".".as_ref()))
            .with_context(|| format!("cannot write `{shown}`"))?;
        let memory = self.memory.or_else(pipeline::allowed);
        let progress = global.progress.teller();
        let learned = pipeline::train(&plan, memory, progress.as_ref())?;
        let value = as_json(&learned, &plan.run_date.to_string());
        serde_json::to_writer_pretty(&mut file, &value)
            .with_context(|| format!("cannot write `{shown}`"))?;
        file.persist(&self.output).with_context(|| format!("cannot write `{shown}`"))?;
        if global.json {
            print(&format!("{value}\n"))?;
        } else {
            print(&summary(&learned))?;
            print(&format!("model: {shown}\n"))?;
        }
        if self.strict && !learned.convergence.converged {
            tell("the model did not settle");
            return Ok(ExitCode::from(1));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(learned: &Learned, run_date: &str) -> Value {
    let convergence = learned.convergence;
    json!({
        "format": FORMAT,
        "kinfold": env!("CARGO_PKG_VERSION"),
        "learned": {
            "run_date": run_date,
            "records": learned.records,
            "rounds": convergence.rounds,
            "change": convergence.change,
            "converged": convergence.converged,
            "notes": learned.notes,
        },
        "model": learned.model,
    })
}

fn summary(learned: &Learned) -> String {
    let model = &learned.model;
    let rows = model.comparisons.iter().flat_map(|comparison| {
        let levels = comparison.levels.iter().enumerate();
        levels.map(|(at, level)| {
            let first = |text: String| if at == 0 { text } else { String::new() };
            vec![
                first(comparison.field.clone()),
                level.condition.clone(),
                format!("{:.4}", level.m),
                format!("{:.2e}", level.u),
                format!("{:+.2}", (level.m / level.u).log2()),
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a count"
                )]
                count(level.matched_pairs.round() as u64),
                first(format!("{:.3}", comparison.shared_in_household)),
            ]
        })
    });
    let head = ["field", "level", ">m", ">u", ">bits", ">matched pairs", ">household"];
    let mut text = table(&head, rows);
    let convergence = learned.convergence;
    let how = if convergence.converged { "settled" } else { "had not settled" };
    text += &format!(
        "\nof all pairs {:.3e} are of one person and {:.3e} of two of one household; learned from {}, {how} after {}\n",
        model.matched,
        model.household,
        counted(learned.records, "record"),
        counted(convergence.rounds.into(), "round"),
    );
    let named = model.frequencies.iter().filter(|(_, known)| !known.shares.is_empty());
    let named: Vec<String> = named
        .map(|(field, known)| format!("{} of {field}", count(known.shares.len() as u64)))
        .collect();
    if !named.is_empty() {
        let named = named.join(", ");
        text += &format!("named in the model, being those of ten persons at least: {named}\n");
    }
    for note in &learned.notes {
        text += &format!("Note: {note}.\n");
    }
    text
}
