//! `kinfold demo`: links the records of an invented town.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use pipeline::Options;

use crate::{Global, print};

/// Link the records of an invented town, and see how it went.
///
/// The town comes with Kinfold, in `fixtures/demo`: the extracts of its agencies, in the formats
/// and with the errors that real ones have, and the truth beside them. Everyone in it is invented.
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// Where to put the snapshot and the report
    #[arg(long, short, value_name = "FOLDER", default_value = "kinfold-demo")]
    output: PathBuf,
    /// The town's folder; without it, `fixtures/demo` here or in a folder above
    #[arg(long, value_name = "FOLDER")]
    town: Option<PathBuf>,
}

impl Demo {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        crate::allocator::give_back_at_once();
        let town = match &self.town {
            Some(town) => town.clone(),
            None => find_town().context(
                "there is no `fixtures/demo` here or in a folder above; go to where Kinfold's source is, or name the town with `--town`",
            )?,
        };
        let mut plan = plan::read(&town.join("plan.toml"))?;
        plan.output.clone_from(&self.output);
        let options =
            Options { started: Some(jiff::Timestamp::now().to_string()), ..Options::default() };
        let progress = global.progress.teller();
        let published = pipeline::run(&plan, &options, progress.as_ref())?;
        if global.json {
            print(&format!("{}\n", super::run::as_json(&published)))?;
            return Ok(ExitCode::SUCCESS);
        }
        print(&super::run::summary(&published))?;
        print("\nLook at the report in a browser, and try one of these:\n")?;
        let plan = town.join("plan.toml");
        let (plan, snapshot) = (plan.display(), published.folder.display());
        print(&format!("  kinfold block {plan}\n  kinfold check {plan} --print\n"))?;
        if let Some(person) = example(&published.folder)? {
            print(&format!(
                "  kinfold ask family {snapshot} {person} --page family.html\n  kinfold show {snapshot} person {person}\n  kinfold explain {plan} --snapshot {snapshot} person {person}\n"
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn find_town() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join("fixtures/demo"))
        .find(|town| Path::new(town).exists())
}

/// A person worth looking at: the one with most records, the first of several.
fn example(snapshot: &Path) -> anyhow::Result<Option<String>> {
    let persons = snapshot::Snapshot::open(snapshot)?.persons()?;
    let best = persons.rows.iter().rev().max_by_key(|person| person.record_count);
    Ok(best.map(|person| person.person_id.clone()))
}
