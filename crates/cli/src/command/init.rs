//! `kinfold init`: writes a first plan by looking at files.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::{print, tell};

/// Write a first plan by looking at files.
///
/// Guesses from the names of columns and from some of their values which field each is. Read the
/// plan before you run it: what could not be guessed is there as a comment.
#[derive(clap::Args)]
pub(crate) struct Init {
    /// The files: delimited text, workbooks, JSON Lines, Parquet or Arrow
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write the plan; without it, to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Init {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        // The plan's files are relative to where it will lie.
        let base = self.output.as_deref().and_then(std::path::Path::parent).unwrap_or("".as_ref());
        let text = plan::init(&self.files, base, Some(jiff::Zoned::now().date()))?;
        match &self.output {
            None => print(&text)?,
            Some(path) if path.exists() => bail!("`{}` is there already", path.display()),
            Some(path) => {
                std::fs::write(path, text)
                    .with_context(|| format!("cannot write `{}`", path.display()))?;
                let shown = path.display();
                tell(&format!(
                    "wrote `{shown}`\n\nhint: read it, then try `kinfold check {shown}`"
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
