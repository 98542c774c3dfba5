//! `kinfold report`: one page of HTML that shows a snapshot.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use pipeline::{Measure, Shown};
use serde_json::json;
use snapshot::Snapshot;

use super::evaluate::Columns;
use super::explain::explainer;
use crate::{Global, print};

/// Write one page of HTML that shows a snapshot, to be opened offline.
///
/// The page has charts to move and press, and is made of tables where no script may run. It loads
/// nothing. It shows counts, parameters, ids and the keys of records; what records of sampled
/// pairs say is shown only with `--values`.
#[derive(clap::Args)]
pub(crate) struct Report {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    /// The truth, in any format that extracts may have
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// An older snapshot to compare this one with
    #[arg(long, value_name = "SNAPSHOT")]
    against: Option<PathBuf>,
    /// Show what the records of sampled pairs say, read anew by this plan. The page is then as
    /// personal as the records are
    #[arg(long, value_name = "PLAN")]
    values: Option<PathBuf>,
    /// Where to write the page; without it, beside the snapshot, in place of the run's
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
}

impl Report {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let snapshot = Snapshot::open(&self.snapshot)?;
        let measure = self.columns.measure(&snapshot, self.truth.as_deref())?;
        let change = match &self.against {
            None => None,
            Some(path) => {
                let old = Snapshot::open(path)?;
                let change = measure.against(&Measure::read(&old, None)?);
                Some((name(old.folder()), change))
            }
        };
        let explainer = match &self.values {
            None => None,
            Some(plan) => Some(explainer(&plan::read(plan)?, &snapshot, global)?),
        };
        let shown = Shown {
            truth: self.truth.as_deref().map(name),
            change,
            explainer: explainer.as_ref(),
            ..Shown::default()
        };
        let page = pipeline::report(&snapshot, &measure, &shown)?;
        let path = match &self.output {
            None => snapshot::write_beside(snapshot.folder(), "html", page.as_bytes())?,
            Some(path) => {
                std::fs::write(path, page)
                    .with_context(|| format!("cannot write `{}`", path.display()))?;
                path.clone()
            }
        };
        print(&if global.json {
            format!("{}\n", json!({ "report": path }))
        } else {
            format!("{}\n", path.display())
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
}
