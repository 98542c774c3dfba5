//! `kinfold synth`: invents a town.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use plan::counted;
use serde_json::json;

use crate::{Global, print};

/// Invent a town and its agencies' extracts, with the truth beside them.
///
/// Writes the extracts, a plan that reads them, and the truth: who each record is of, where each
/// person lived and who is related to whom. Everyone is invented. The same settings give the same
/// files, byte for byte.
#[derive(clap::Args)]
pub(crate) struct Synth {
    /// The folder to write to; it must not exist, or be empty
    folder: PathBuf,
    /// About how many persons live in the town on the run date
    #[arg(long, default_value_t = 6_500, value_parser = clap::value_parser!(u32).range(0..=20_000_000))]
    persons: u32,
    /// Another seed gives another town
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day on which all extracts have arrived
    #[arg(long, default_value = "2026-03-31", value_name = "DATE")]
    run_date: Date,
    /// Years of moves, births, marriages and separations before the run date
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    years: u8,
    /// The share of births that are of twins
    #[arg(long, default_value_t = 0.015, value_name = "SHARE")]
    twins: f64,
    /// The share of sons who are named after their fathers
    #[arg(long, default_value_t = 0.05, value_name = "SHARE")]
    namesakes: f64,
    /// The share of dates of birth that are left out [default: as each agency is used to]
    #[arg(long, value_name = "SHARE")]
    no_birth_date: Option<f64>,
    /// A factor on every rate of error
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    noise: f64,
    /// A factor on the share of people whom the agencies know
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    density: f64,
    /// Write a gazetteer too, the list of the town's addresses, and read it in the plan
    #[arg(long)]
    gazetteer: bool,
}

impl Synth {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        for (name, value, most) in [
            ("--twins", self.twins, 1.0),
            ("--namesakes", self.namesakes, 1.0),
            ("--no-birth-date", self.no_birth_date.unwrap_or(0.0), 1.0),
            ("--noise", self.noise, 10.0),
            ("--density", self.density, 10.0),
        ] {
            if !(0.0..=most).contains(&value) {
                bail!("`{name}` takes a number from 0 to {most}");
            }
        }
        if !plan::YEARS.contains(&self.run_date.year()) {
            let (first, last) = (plan::YEARS.start(), plan::YEARS.end());
            bail!("`--run-date` takes a day from {first} to {last}");
        }
        // Before the town is invented, which may take a while.
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot write `{}`", self.folder.display()))?;
        if self.folder.read_dir().is_ok_and(|mut files| files.next().is_some()) {
            bail!("`{}` is not empty", self.folder.display());
        }
        let settings = synth::Settings {
            years: self.years,
            twin_birth_share: self.twins,
            namesake_share: self.namesakes,
            missing_birth_share: self.no_birth_date,
            noise: self.noise,
            density: self.density,
            ..synth::Settings::new(self.seed, self.persons, self.run_date)
        };
        let town = synth::invent(&settings);
        let mut written = synth::write(&town, &settings, &self.folder)?;
        if self.gazetteer {
            synth::write_gazetteer(&town, &self.folder, &mut written)?;
        }
        if global.json {
            let files: Vec<String> =
                written.files.iter().map(|file| file.display().to_string()).collect();
            let value = json!({ "plan": written.plan, "truth": written.truth, "files": files, "rows": written.n_rows, "records": written.n_records });
            print(&format!("{value}\n"))?;
        } else {
            print(&format!(
                "the town has {} in {}, with {} of persons\nplan:  {}\ntruth: {}\n",
                counted(written.n_rows as u64, "row"),
                counted(written.n_extracts as u64, "extract"),
                counted(written.n_records as u64, "record"),
                written.plan.display(),
                written.truth.display(),
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
