//! `kinfold evaluate`: how good a snapshot is.

mod json;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use pipeline::Measure;
use pipeline::measure::{Change, Wrong};
use plan::counted;
use serde_json::{Value, json};
use snapshot::Snapshot;

use crate::command::authority::Authority;
use crate::{Global, print, tell};

/// Say how good a snapshot is: against the truth, by itself, and against an older one.
///
/// The truth is a table with a column for the key of each record, one for its source (if there is
/// more than one source) and one whose values are equal for records of one person; one for the
/// person's household may be there too. Pairs count all pairs of records; B-cubed is the mean over
/// records. Without the truth, what can be told by itself is: what each threshold would give, how
/// records that stand alone differ from linked ones, and what cannot well be true.
///
/// Only sources, keys, ids and counts are told, never what a record holds.
#[derive(clap::Args)]
pub(crate) struct Evaluate {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    /// The truth, in any format that extracts may have
    truth: Option<PathBuf>,
    /// An older snapshot to compare this one with
    #[arg(long, value_name = "SNAPSHOT")]
    against: Option<PathBuf>,
    /// End with 1 if more than this share of the persons of both changed household, 0 to 1
    #[arg(long, value_name = "SHARE", requires = "against", value_parser = share)]
    alarm: Option<f64>,
    /// List pairs that are wrong, the heaviest first, with how to look closer
    #[arg(long, value_enum, requires = "truth")]
    list: Option<List>,
    /// Pairs to list of each kind
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// The plan, for the commands that the list gives
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    columns: Columns,
    #[command(flatten)]
    authority: Authority,
}

/// The columns of a file with the truth.
#[derive(clap::Args)]
pub(crate) struct Columns {
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

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum List {
    /// Pairs that are together and should not be
    False,
    /// Pairs that are apart and should not be
    Missed,
    /// Both
    Both,
}

/// Ids told of each thing that cannot well be true.
const EXAMPLES: usize = 3;

impl Evaluate {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let snapshot = self.authority.open(&self.snapshot)?;
        let measure = self.columns.measure(&snapshot, self.truth.as_deref())?;
        let old = match &self.against {
            None => None,
            Some(path) => Some(Measure::read(&self.authority.open(path)?, None)?),
        };
        let change = old.map(|old| measure.against(&old));
        let evaluation = measure.evaluation();
        let truth = evaluation.is_some();
        let curve = measure.curve();
        let (groupings, source_pairs) = (measure.subgroups(), measure.source_pairs());
        let lone = measure.lone_records();
        let findings = measure.implausible(EXAMPLES);
        let mut wrong = Vec::new();
        if let Some(list) = self.list {
            for (kind, asked) in [(Wrong::False, List::False), (Wrong::Missed, List::Missed)] {
                if list == asked || list == List::Both {
                    wrong.extend(measure.wrong_pairs(kind, self.limit));
                }
            }
        }
        let noted = self.authority.noted(&snapshot, "evaluate", &[])?;
        let withheld = snapshot.n_withheld_records();
        if global.json {
            let mut all = evaluation.map_or_else(|| json!({}), |evaluation| evaluation.to_json());
            let mut add = |name: &str, value: Value| all[name] = value;
            add("thresholds", json::curve(&curve, truth));
            if truth {
                add("subgroups", json::groupings(&groupings));
                add("source_pairs", json::source_pairs(&source_pairs));
            }
            add("lone_records", json::lone_records(&lone));
            add("implausible", json::implausible(&findings));
            if self.list.is_some() {
                add("wrong_pairs", json::wrong(&wrong));
            }
            if let Some(change) = &change {
                add("change", json::change(change));
            }
            add("withheld_records", withheld.into());
            print(&format!("{}\n", noted.within(all)))?;
            return Ok(self.alarmed(change.as_ref()));
        }
        let mut all = String::new();
        if let Some(evaluation) = &evaluation {
            all += &text::evaluation(evaluation);
        }
        if self.list.is_some() {
            let plan = self.plan.as_deref().map_or("PLAN".to_owned(), shown);
            all += &text::wrong(&wrong, &plan, &shown(snapshot.folder()));
        } else {
            all += &text::curve(&curve, truth);
            if truth {
                all += &text::groupings(&groupings, &source_pairs);
            }
            all += &text::lone_records(&lone);
            all += &text::implausible(&findings);
        }
        if let Some(change) = &change {
            all += &text::change(change);
        }
        if withheld > 0 {
            all += &format!("\nLeft out: {}\n", left_out(withheld));
        }
        print(&noted.before(all.trim_start_matches('\n').to_owned()))?;
        Ok(self.alarmed(change.as_ref()))
    }

    /// How to end, given what changed.
    fn alarmed(&self, change: Option<&Change>) -> ExitCode {
        let (Some(alarm), Some(change)) = (self.alarm, change) else { return ExitCode::SUCCESS };
        let share = change.households.share();
        if share <= alarm {
            return ExitCode::SUCCESS;
        }
        tell(&format!(
            "the household of {:.1} % of the persons of both changed, which is more than {:.1} %",
            100.0 * share,
            100.0 * alarm,
        ));
        ExitCode::from(1)
    }
}

/// What is not measured without an authority.
fn left_out(records: u64) -> String {
    let records = counted(records, "record");
    format!("{records} of persons who are shielded; `--authority` measures them too")
}

/// A share from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.0..=1.0).contains(&share).then_some(share).ok_or_else(|| "not from 0 to 1".to_owned())
}

/// A path as a shell takes it.
fn shown(path: &std::path::Path) -> String {
    text::quoted(&path.display().to_string())
}

impl Columns {
    /// Reads a snapshot, and the truth if there is a file of it.
    pub(crate) fn measure(
        &self,
        snapshot: &Snapshot,
        truth: Option<&std::path::Path>,
    ) -> anyhow::Result<Measure> {
        let spec = truth.map(|file| self.truth(file, snapshot));
        let measure = Measure::read(snapshot, spec.as_ref()).map_err(|error| self.hinted(error))?;
        if measure.unknown() > 0 {
            let rows = counted(measure.unknown(), "row");
            let does = if snapshot.n_withheld_records() > 0 { "tell of" } else { "have" };
            tell(&format!(
                "records that the snapshot does not {does} are named in {rows} of the truth"
            ));
        }
        Ok(measure)
    }

    /// The truth about a snapshot in a file with these columns.
    pub(crate) fn truth(&self, file: &std::path::Path, snapshot: &Snapshot) -> plan::Truth {
        let several = snapshot.manifest().sources.len() > 1;
        plan::Truth {
            file: file.to_owned(),
            source: self.source.clone().or_else(|| several.then(|| "source".to_owned())),
            key: self.key.clone(),
            person: self.person.clone(),
            household: self.household.clone(),
        }
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
