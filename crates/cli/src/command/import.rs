//! `kinfold import`: makes a plan and a model of another program's.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::tell;

/// Make a plan and a model of another program's.
#[derive(clap::Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    from: From,
}

#[derive(clap::Subcommand)]
enum From {
    Splink(Splink),
}

/// Make a plan and a model of a saved Splink model.
///
/// The settings are what `linker.misc.save_model_to_json` of Splink 4 or 5 writes. Kinfold then
/// proposes the same pairs and gives each the same match weight, term frequencies included, as
/// `DuckDB` would: values are compared as they stand, without being normalised. What of a model is
/// not understood is refused, with its SQL. Run the plan with the model:
///
///   kinfold import splink settings.json --files people.parquet
///
///   kinfold run plan.toml --model model.json
#[derive(clap::Args)]
pub(crate) struct Splink {
    /// The saved model
    settings: PathBuf,
    /// The records: of a model that dedupes, the files of one source; of one that links, a file
    /// for each source, named after it
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the plan
    #[arg(long, short, value_name = "FILE", default_value = "plan.toml")]
    output: PathBuf,
    /// Where to write the model
    #[arg(long, value_name = "FILE", default_value = "model.json")]
    model: PathBuf,
    /// The match probability from which a pair is a link; the settings do not say
    #[arg(long, value_name = "P", default_value_t = 0.95, value_parser = probability)]
    link_probability: f64,
    /// Publish every pair that is weighed as a possible link, however unlikely
    #[arg(long)]
    every_pair: bool,
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(p) if 0.0 < p && p < 1.0 => Ok(p),
        _ => Err("a probability is above 0 and below 1".to_owned()),
    }
}

impl Import {
    pub(crate) fn execute(&self) -> anyhow::Result<ExitCode> {
        let From::Splink(splink) = &self.from;
        splink.execute()
    }
}

impl Splink {
    fn execute(&self) -> anyhow::Result<ExitCode> {
        for path in [&self.output, &self.model] {
            if path.exists() {
                bail!("`{}` is there already", path.display());
            }
        }
        let shown = self.settings.display();
        let text = std::fs::read_to_string(&self.settings)
            .with_context(|| format!("cannot read `{shown}`"))?;
        let target = splink::Target {
            sources: self.sources(&text)?,
            run_date: jiff::Zoned::now().date().to_string(),
            link_probability: self.link_probability,
            every_pair: self.every_pair,
        };
        let imported = splink::import(&text, &target)
            .with_context(|| format!("`{shown}` cannot be imported"))?;
        let model = serde_json::to_string_pretty(&imported.model)?;
        let write = |path: &Path, text: String| {
            std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
        };
        write(&self.output, imported.plan)?;
        write(&self.model, model + "\n")?;
        for note in &imported.notes {
            tell(&format!("note: {note}"));
        }
        let (plan, model) = (self.output.display(), self.model.display());
        tell(&format!(
            "wrote `{plan}` and `{model}`\n\nhint: try `kinfold run {plan} --model {model}`"
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// The sources and their files, relative to where the plan will lie.
    fn sources(&self, settings: &str) -> anyhow::Result<Vec<(String, Vec<String>)>> {
        let base = self.output.parent().filter(|base| !base.as_os_str().is_empty());
        let file = |path: &PathBuf| -> anyhow::Result<String> {
            let path = match base {
                // A path from elsewhere holds wherever the plan lies.
                Some(base) => match path.strip_prefix(base) {
                    Ok(inside) => inside.to_owned(),
                    Err(_) => std::path::absolute(path)?,
                },
                None => path.clone(),
            };
            Ok(path.to_string_lossy().into_owned())
        };
        let name = |path: &PathBuf| {
            path.file_stem()
                .map_or("records".to_owned(), |stem| stem.to_string_lossy().into_owned())
        };
        let read: serde_json::Value = serde_json::from_str(settings).unwrap_or_default();
        let dedupes = read.get("link_type").is_none_or(|link_type| link_type == "dedupe_only");
        if dedupes {
            let files: anyhow::Result<Vec<String>> = self.files.iter().map(file).collect();
            return Ok(vec![(name(&self.files[0]), files?)]);
        }
        self.files.iter().map(|path| Ok((name(path), vec![file(path)?]))).collect()
    }
}
