//! `kinfold evaluate`: a snapshot against the truth.

use std::path::PathBuf;
use std::process::ExitCode;

use plan::{count, counted};
use snapshot::Snapshot;

use crate::table::table;
use crate::{Global, print, tell};

/// Measure a snapshot against the truth.
///
/// The truth is a table with a column for the key of each record, one for its source (if there is
/// more than one source) and one whose values are equal for records of one person; one for the
/// person's household may be there too. Pairs count all pairs of records; B-cubed is the mean over
/// records. How many true pairs blocking proposed is known when the truth stands in the plan.
#[derive(clap::Args)]
pub(crate) struct Evaluate {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    /// The truth, in any format that extracts may have
    truth: PathBuf,
    /// The column with the source's name; without it `source`, if the snapshot has several
    #[arg(long)]
    source: Option<String>,
    /// The column with the record's key
    #[arg(long, default_value = "key")]
    key: String,
    /// The column whose values are equal for records of one person
    #[arg(long, default_value = "person")]
    person: String,
    /// The column that names the person's household; without it `household`, if there is one
    #[arg(long)]
    household: Option<String>,
}

impl Evaluate {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let snapshot = Snapshot::open(&self.snapshot)?;
        let several = snapshot.manifest().sources.len() > 1;
        let spec = plan::Truth {
            file: self.truth.clone(),
            source: self.source.clone().or_else(|| several.then(|| "source".to_owned())),
            key: self.key.clone(),
            person: self.person.clone(),
            household: self.household.clone(),
        };
        let (evaluation, unknown) = match pipeline::evaluate_snapshot(&snapshot, &spec) {
            Ok(evaluated) => evaluated,
            Err(error) => return Err(self.hinted(error)),
        };
        if unknown > 0 {
            let rows = counted(unknown, "row");
            tell(&format!(
                "records that the snapshot does not have are named in {rows} of the truth"
            ));
        }
        if global.json {
            print(&format!("{}\n", evaluation.to_json()))?;
            return Ok(ExitCode::SUCCESS);
        }
        let line = |what: &str, precision: f64, recall: f64, f1: f64| {
            vec![
                what.to_owned(),
                format!("{precision:.4}"),
                format!("{recall:.4}"),
                format!("{f1:.4}"),
            ]
        };
        let persons = &evaluation.persons;
        let bcubed = &persons.bcubed;
        let mut rows = vec![
            line(
                "persons, pairs",
                persons.pairs.precision(),
                persons.pairs.recall(),
                persons.pairs.f1(),
            ),
            line("persons, B-cubed", bcubed.precision, bcubed.recall, bcubed.f1()),
        ];
        if let Some(households) = &evaluation.households {
            let pairs = &households.pairs;
            rows.push(line("households, pairs", pairs.precision(), pairs.recall(), pairs.f1()));
        }
        print(&table(&["", ">precision", ">recall", ">F1"], rows))?;
        let exact = |what: &str, exact: u64, all: u64, share: f64| {
            format!(
                "exactly right: {} of {} ({:.1} %)\n",
                count(exact),
                counted(all, what),
                100.0 * share
            )
        };
        print(&format!(
            "\n{}",
            exact("true person", persons.exact, persons.true_groups, persons.exact_share())
        ))?;
        if let Some(households) = &evaluation.households {
            print(&exact(
                "true household",
                households.exact,
                households.true_households,
                households.exact_share(),
            ))?;
        }
        print(&format!(
            "{} together that should not be, and {} apart that should not be\n",
            counted(persons.pairs.false_positive, "pair"),
            count(persons.pairs.false_negative),
        ))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The error, with the option that names another column if one was not there.
    fn hinted(&self, error: pipeline::Error) -> anyhow::Error {
        let pipeline::Error::Side {
            source: pipeline::SideError::MissingColumn { column, .. }, ..
        } = &error
        else {
            return error.into();
        };
        let (option, what) = match column {
            column if *column == self.key => ("key", "the records' keys"),
            column if *column == self.person => ("person", "what tells the persons apart"),
            column if Some(column) == self.household.as_ref() => ("household", "the households"),
            _ => ("source", "the source of each key, which may be in several"),
        };
        let why = std::error::Error::source(&error).map_or(String::new(), ToString::to_string);
        anyhow::anyhow!("{error}: {why}\n\nhint: `--{option}` names the column with {what}")
    }
}
