//! Reads a saved Splink model as a plan and a model of Kinfold's.
//!
//! A model is comparisons of levels, each a condition in SQL with its m and u, and blocking rules
//! in SQL. Conditions become those of a plan, expressions of columns become derived fields, and
//! the weights stay what they are. What is not understood is refused, by name and with its SQL:
//! a model that is nearly the same would be another.

mod fields;
mod level;
mod model;
mod rules;
mod settings;
mod sql;
mod value;
mod write;

use std::collections::BTreeMap;

use score::Model;

use fields::Fields;
use settings::Settings;

/// Where the records are that a model is imported for.
#[derive(Clone, Debug)]
pub struct Target {
    /// The files of each source, relative to the plan; of a model that dedupes, of one source.
    pub sources: Vec<(String, Vec<String>)>,
    /// The day of the run, `YYYY-MM-DD`.
    pub run_date: String,
    /// The match probability from which a pair is a link; Splink's settings do not say.
    pub link_probability: f64,
    /// Whether every pair that is weighed is published as a possible link, however unlikely.
    pub every_pair: bool,
}

/// A model, imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The plan, as TOML.
    pub plan: String,
    /// The model.
    pub model: Model,
    /// What a person should know of it.
    pub notes: Vec<String>,
}

/// Why a model cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no saved model.
    #[error("the settings are not those of a Splink model")]
    NotSettings(#[source] serde_json::Error),
    /// It has something in it that is not understood.
    #[error("the model has parts that cannot be imported:{}", listed(.0))]
    Refused(Vec<Refusal>),
}

/// A part of a model that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it is, by the name that the model gives it.
    pub part: String,
    /// Why it is refused.
    pub reason: String,
    /// Its SQL, if it has any.
    pub sql: Option<String>,
}

fn listed(refusals: &[Refusal]) -> String {
    let lines = refusals.iter().map(|Refusal { part, reason, sql }| {
        let sql = sql.as_ref().map_or(String::new(), |sql| {
            let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("\n      {flat}")
        });
        format!("\n  - {part}: {reason}{sql}")
    });
    lines.collect()
}

/// Reads the text of a saved model.
///
/// # Errors
///
/// If it is none, or something in it is not understood; all that is not is told.
pub fn import(settings: &str, target: &Target) -> Result<Imported, Error> {
    let settings: Settings = serde_json::from_str(settings).map_err(Error::NotSettings)?;
    let mut refused = Vec::new();
    let mut notes = Vec::new();
    let mut fields = Fields::default();
    model::note_kinds(&settings, &mut fields);
    let link_type = settings.link_type.as_deref().unwrap_or("dedupe_only");
    let fits = match link_type {
        "dedupe_only" => target.sources.len() == 1,
        "link_only" => target.sources.len() > 1,
        _ => true,
    };
    let refuse = |part: &str, reason: &str| Refusal {
        part: part.to_owned(),
        reason: reason.to_owned(),
        sql: None,
    };
    if !["dedupe_only", "link_only", "link_and_dedupe"].contains(&link_type) {
        refused.push(refuse(
            "`link_type`",
            "only dedupe_only, link_only and link_and_dedupe are known",
        ));
    } else if !fits {
        refused.push(refuse(
            "`link_type`",
            "link_only links the records of several files, dedupe_only those of one source",
        ));
    }
    if settings.sql_dialect.as_deref().is_some_and(|dialect| dialect != "duckdb") {
        refused.push(refuse("`sql_dialect`", "only models of DuckDB's dialect are understood"));
    }
    let compared = model::comparisons(&settings, &mut fields, &mut refused, &mut notes);
    let rules = rules::rules(&settings, &mut fields, &mut refused, &mut notes);
    if !refused.is_empty() {
        return Err(Error::Refused(refused));
    }
    let model = Model {
        matched: settings.probability_two_random_records_match,
        household: 0.0,
        sources: Vec::new(),
        comparisons: compared.iter().map(|(_, known)| known.clone()).collect(),
        frequencies: BTreeMap::new(),
    };
    let comparisons: Vec<_> = compared.into_iter().map(|(comparison, _)| comparison).collect();
    let plan = write::plan(&settings, target, &fields, &rules, &comparisons);
    Ok(Imported { plan, model, notes })
}
