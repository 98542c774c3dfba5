//! What a snapshot says about itself.
//!
//! [`Manifest`] is the same for the same inputs, plan and run date; [`Run`] is about one
//! occasion. The doc of the crate says which goes where and why.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format this version writes, and the newest it reads.
pub const FORMAT: u32 = 5;

/// What was run on what, and what came out: `manifest.json`.
///
/// The writer fills in `format` and `files`, and sorts `sources` and `inputs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// The version of the format: [`FORMAT`].
    pub format: u32,
    /// The version of Kinfold.
    pub kinfold: String,
    /// The day the result is about.
    pub run_date: Date,
    /// The plan in force, as text.
    pub plan: String,
    /// The model in force.
    pub model: Value,
    /// What became of each source's rows.
    pub sources: Vec<SourceCounts>,
    /// What is learned of each source's addresses; empty if too little is known to learn it.
    pub addresses: Vec<AddressTrust>,
    /// What was read, whatever its order and its files' names.
    pub inputs: Vec<Input>,
    /// The snapshot of an earlier night whose ids were kept, if there was one.
    pub follows: Option<Follows>,
    /// What came out in all.
    pub totals: Totals,
    /// What each blocking rule proposed, in the plan's order.
    pub rules: Vec<RuleCount>,
    /// What the rules are expected to find, if that was reckoned.
    pub expected_blocking: Option<ExpectedBlocking>,
    /// Every limit that bit.
    pub limits: Vec<Limit>,
    /// The thresholds in force.
    pub thresholds: Thresholds,
    /// What the model expects of its links.
    pub expected: Option<Expected>,
    /// The pairs weighed, by match weight.
    pub weights: WeightCounts,
    /// Values found to stand for "not known", by source and field.
    pub defaults: Vec<DefaultCount>,
    /// What else is to be known of how it went, a sentence each.
    pub notes: Vec<String>,
    /// What is asked of families, in the plan's order.
    pub indicators: Vec<Indicator>,
    /// Indicators that are counted together, in the plan's order.
    pub baskets: Vec<Basket>,
    /// How the result compares with the truth, if one was given.
    pub evaluation: Option<Value>,
    /// Every Parquet file but `rejects.parquet`, whose line numbers depend on the occasion.
    pub files: BTreeMap<String, FileEntry>,
}

/// A snapshot whose ids another keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Follows {
    /// Its name.
    pub snapshot: String,
    /// The checksum of its manifest.
    pub manifest_sha256: String,
}

/// What became of one source's rows.
///
/// `rows + further_persons = records + rejected + merged`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceCounts {
    /// The source.
    pub source: String,
    /// Rows read.
    pub rows: u64,
    /// Persons read from rows that name several, beyond the first of each.
    pub further_persons: u64,
    /// Rows, or further persons in them, that were not taken.
    pub rejected: u64,
    /// Rows, or further persons in them, that repeat another's key and became one with it.
    pub merged: u64,
    /// Records made.
    pub records: u64,
    /// Values not taken from rows that were.
    pub rejected_values: u64,
    /// The day that the extract is of, if the plan says.
    #[serde(default)]
    pub as_at: Option<Date>,
    /// The last day, up to the run date, that any of its records speaks of.
    #[serde(default)]
    pub last_seen: Option<Date>,
}

/// How far a source's addresses are to be trusted, as other sources agree with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressTrust {
    /// The source.
    pub source: String,
    /// How often it was compared with another source.
    pub compared: u64,
    /// How likely the door is right on the day for which it is given.
    pub right: f64,
    /// The days after which half of the persons have moved on.
    pub half_life_days: f64,
}

impl SourceCounts {
    /// Rows and further persons read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.rows + self.further_persons
    }

    /// Rows and further persons whose fate is known: all of them, or something was lost.
    #[must_use]
    pub fn accounted_for(&self) -> u64 {
        self.records + self.rejected + self.merged
    }
}

/// What was read from a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    /// The source.
    pub source: String,
    /// Rows read.
    pub rows: u64,
    /// A hash of what the rows say that does not depend on their order.
    pub content_hash: String,
}

/// What came out in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Rows read.
    pub rows: u64,
    /// Rows of `rejects.parquet`.
    pub rejects: u64,
    /// Source records.
    pub records: u64,
    /// Persons.
    pub persons: u64,
    /// Households.
    pub households: u64,
    /// Persons in a household at the run date.
    pub housed_persons: u64,
    /// Pairs of records proposed by a rule.
    pub candidates: u64,
    /// Pairs found to be one person.
    pub links: u64,
    /// Pairs for a human to look at.
    pub possible_links: u64,
    /// Links kept apart by a constraint.
    pub vetoes: u64,
    /// Links not acted on because another was as good and both cannot be right.
    pub many: u64,
    /// Persons who were joined to others by what relatives say.
    pub joined_by_relatives: u64,
    /// Published pairs between the persons that such links would have joined; they are counted
    /// neither among the links nor among the possible links.
    pub many_pairs: u64,
}

/// What a blocking rule proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule, as the plan writes it.
    pub rule: String,
    /// Pairs proposed.
    pub pairs: u64,
    /// Pairs that no earlier rule proposed.
    pub new_pairs: u64,
    /// Records in its largest block.
    pub largest_block: u64,
}

/// What the blocking rules are expected to find, by the model and without any truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExpectedBlocking {
    /// Pairs of records of one person that there are thought to be.
    pub pairs: f64,
    /// The share of them that some rule proposes.
    pub recall: f64,
    /// The share that each rule does, in the plan's order.
    pub rules: Vec<ExpectedRule>,
}

/// What a blocking rule is expected to find.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExpectedRule {
    /// The share of one person's pairs that it proposes.
    pub alone: f64,
    /// The share that no earlier rule does.
    pub gained: f64,
}

/// A limit that bit, and what it left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The limit's name in the plan.
    pub limit: String,
    /// Its value.
    pub value: u64,
    /// Where it bit, such as a rule.
    pub at: String,
    /// How often.
    pub times: u64,
    /// What was done instead or left out, in words.
    pub effect: String,
}

/// The match weights at which decisions change, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on a pair is a link.
    pub link: f64,
    /// From here on a pair is at least a possible link.
    pub possible_link: f64,
}

/// Pairs by match weight, those in no file among them, in bins of one bit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightCounts {
    /// The weight at which the first bin begins, in bits.
    pub first_bits: i32,
    /// Pairs in each bin; the first and the last hold whatever lies beyond.
    pub pairs: Vec<u64>,
    /// How many pairs of each bin the model expects to be true.
    pub expected: Vec<f64>,
    /// The variance of those numbers, were the pairs independent.
    pub variance: Vec<f64>,
    /// Of pairs that are no possible links, those of one record in so many were counted, each for so
    /// many; at most 1 if all were.
    pub counted_one_in: u64,
}

/// What the model expects of the pairs that are links by their weight, without any truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The share of them that is true.
    pub precision: Estimate,
    /// The share of the true pairs among those weighed that is among them. What blocking never
    /// proposed is not counted.
    pub recall: Estimate,
}

/// What is expected, and the range that chance keeps it in in 95 cases of 100, if every pair is
/// true with the chance that the model says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// What is expected.
    pub value: f64,
    /// The lower end of the range.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A value so frequent in a source that it was taken for "not known".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultCount {
    /// The source.
    pub source: String,
    /// The field.
    pub field: String,
    /// Records that had it.
    pub records: u64,
}

/// A question of fact about a family, and which sources can answer it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Indicator {
    /// Its name, unique among indicators.
    pub name: String,
    /// What it says, in words.
    pub says: String,
    /// Of whom, as a word such as `all_parents`.
    pub of: String,
    /// The sources that can tell; with none, nobody can.
    pub sources: Vec<String>,
    /// The statement that tells; without one, being known to the sources does.
    pub field: Option<String>,
    /// The values of the statement that say that it is so.
    pub is: Vec<String>,
    /// Those that say that it is not.
    pub is_not: Vec<String>,
    /// Only what happened in so many days up to the day asked for counts; without it, what is so.
    pub within_days: Option<u32>,
    /// The sources of which it says no of a resident not to be in them.
    pub absence_is_no: Vec<String>,
    /// For how many days after the day that such a source is of.
    pub absence_days_max: u32,
}

/// Indicators that are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Basket {
    /// Its name, unique among baskets.
    pub name: String,
    /// What it says, in words.
    pub says: String,
    /// The indicators, by name.
    pub indicators: Vec<String>,
    /// The count from which on a family is told of.
    pub line: u32,
}

/// A published file as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Rows in it.
    pub rows: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Its SHA-256 checksum, in hexadecimal digits.
    pub sha256: String,
}

/// The occasion on which a snapshot was made: `run.json`.
///
/// The writer fills in `manifest_sha256` and `files`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// When the run began, if the caller says.
    pub started: Option<String>,
    /// The machine, if the caller says.
    pub machine: Option<String>,
    /// Threads used.
    pub threads: u64,
    /// The memory that the run might use, in bytes, if that was bounded.
    pub memory_allowed_bytes: Option<u64>,
    /// What it was reckoned to need, once its records were known.
    pub memory_reckoned_bytes: Option<u64>,
    /// Whether it put away on disk what no stage looked at for a while.
    pub spilled: bool,
    /// The most memory used at once, in bytes, if known.
    pub peak_memory_bytes: Option<u64>,
    /// How long each stage took, in order.
    pub timings: Vec<Timing>,
    /// The files read.
    pub inputs: Vec<InputFile>,
    /// The checksum of `manifest.json`.
    pub manifest_sha256: String,
    /// `rejects.parquet`.
    pub files: BTreeMap<String, FileEntry>,
}

/// How long a stage took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// The stage.
    pub stage: String,
    /// Seconds from its start to its end.
    pub seconds: f64,
}

/// A file read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputFile {
    /// The source it belongs to.
    pub source: String,
    /// Its path, as found.
    pub path: String,
    /// Bytes in it.
    pub bytes: u64,
    /// Rows read from it.
    pub rows: u64,
    /// Its SHA-256 checksum, in hexadecimal digits; empty if none was taken.
    pub sha256: String,
}
