//! `kinfold check`: says all that is wrong with a plan.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::table::table;
use crate::{Global, print, tell};

/// Say all that is wrong with a plan and the files it names.
///
/// Reads the plan, the headers of its files and a few rows of each, and says everything wrong at
/// once, with line and column. Nothing is linked and nothing is written.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The plan
    plan: PathBuf,
    /// Print the plan in force, with every default written out
    #[arg(long)]
    print: bool,
}

impl Check {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let checked = match plan::check(&self.plan) {
            Ok(checked) => checked,
            Err(problems) if global.json => {
                print(&format!("{}\n", json!({ "problems": problems.lines() })))?;
                return Ok(ExitCode::from(2));
            }
            Err(problems) => return Err(problems.into()),
        };
        if self.print {
            print(&plan::print(&checked.plan))?;
            return Ok(ExitCode::SUCCESS);
        }
        if global.json {
            let files = checked.files.iter().map(|file| {
                json!({
                    "source": file.source, "file": file.path, "kind": file.kind.as_str(),
                    "mapped": file.mapped, "unmapped": file.unmapped,
                })
            });
            print(&format!(
                "{}\n",
                json!({ "files": files.collect::<Vec<_>>(), "warnings": checked.warnings.lines() })
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        let files = checked.files.iter().map(|file| {
            vec![
                file.source.clone(),
                file.path.display().to_string(),
                file.kind.as_str().to_owned(),
                file.mapped.len().to_string(),
                file.unmapped.join(", "),
            ]
        });
        print(&table(&["source", "file", "kind", ">columns mapped", "not mapped"], files))?;
        if !checked.warnings.is_empty() {
            tell(&super::rendered(&checked.warnings));
        }
        print("The plan is sound.\n")?;
        Ok(ExitCode::SUCCESS)
    }
}
