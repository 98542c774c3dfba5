//! `kinfold evaluate`: a snapshot against the truth.

use std::path::PathBuf;
use std::process::ExitCode;

use snapshot::Snapshot;

use crate::table::{count, table};
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
    /// The column with the source's name
    #[arg(long, default_value = "source")]
    source: String,
    /// The column with the record's key
    #[arg(long, default_value = "key")]
    key: String,
    /// The column whose values are equal for records of one person
    #[arg(long, default_value = "person")]
    person: String,
    /// The column that names the person's household
    #[arg(long, default_value = "household")]
    household: String,
}

impl Evaluate {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let snapshot = Snapshot::open(&self.snapshot)?;
        let several = snapshot.manifest().sources.len() > 1;
        let spec = plan::Truth {
            file: self.truth.clone(),
            source: several.then(|| self.source.clone()),
            key: self.key.clone(),
            person: self.person.clone(),
            household: Some(self.household.clone()),
        };
        let (evaluation, unknown) = pipeline::evaluate_snapshot(&snapshot, &spec)?;
        if unknown > 0 {
            tell(&format!(
                "{unknown} rows of the truth name a record that the snapshot does not have"
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
                "{} of {} true {what} are exactly right ({:.1} %)\n",
                count(exact),
                count(all),
                100.0 * share
            )
        };
        print(&format!(
            "\n{}",
            exact("persons", persons.exact, persons.true_groups, persons.exact_share())
        ))?;
        if let Some(households) = &evaluation.households {
            print(&exact(
                "households",
                households.exact,
                households.true_households,
                households.exact_share(),
            ))?;
        }
        let false_pairs = count(persons.pairs.false_positive);
        let missed = count(persons.pairs.false_negative);
        print(&format!(
            "{false_pairs} pairs are together and should not be; {missed} should be and are not\n"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
