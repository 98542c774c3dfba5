//! What the page shows, as plain data.
//!
//! Nothing here is a personal value, but for the values of sampled pairs where they were asked
//! for: sources, keys, codes, counts and parameters only.
//! Whatever is empty or `None` is left off the page.

use serde::{Deserialize, Serialize};

/// All that the page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The heading, such as the name of the plan.
    pub title: String,
    /// The day the result is about.
    pub run_date: String,
    /// The version of Kinfold.
    pub kinfold: String,
    /// The name of the snapshot.
    pub snapshot: String,
    /// The figures at the top.
    pub totals: Totals,
    /// How the result compares with the truth, if one was given.
    pub accuracy: Option<Accuracy>,
    /// What the model expects of its links.
    pub expected: Option<Expected>,
    /// What was read from each source.
    pub sources: Vec<Source>,
    /// How far each source's addresses are to be trusted, if that was learned.
    pub addresses: Vec<AddressTrust>,
    /// Values found to stand for "not known", by source and field.
    pub defaults: Vec<DefaultFound>,
    /// What each blocking rule proposed, in the plan's order.
    pub rules: Vec<Rule>,
    /// The share of one person's pairs that the rules are expected to propose.
    pub expected_recall: Option<f64>,
    /// The match weight of a pair of which nothing is known, in bits.
    pub prior_bits: Option<f64>,
    /// The comparisons, in the plan's order.
    pub comparisons: Vec<Comparison>,
    /// From this match weight on a pair is a link, in bits.
    pub link_bits: Option<f64>,
    /// From this match weight on a pair is at least a possible link, in bits.
    pub possible_link_bits: Option<f64>,
    /// Scored pairs by match weight.
    pub weights: Histogram,
    /// What each threshold would give, ascending by an equal step.
    pub curve: Vec<CurvePoint>,
    /// How well each group does, if the truth is known.
    pub subgroups: Vec<Subgroups>,
    /// How records that stand alone differ from linked ones.
    pub lone: Vec<Contrast>,
    /// What cannot well be true.
    pub implausible: Vec<Finding>,
    /// Some pairs of all weights, and what each weight is made of.
    pub sampled: Vec<SampledPair>,
    /// What differs from an older snapshot, if one was compared.
    pub change: Option<Change>,
    /// The checksum of the manifest, which holds the plan, the model and what was read.
    pub manifest_checksum: String,
    /// Whether values of persons are shown.
    pub shows_values: bool,
    /// Persons by number of records, ascending.
    pub person_sizes: Vec<SizeCount>,
    /// How well persons hang together.
    pub shape: Option<Shape>,
    /// The persons of most records.
    pub largest: Vec<LargePerson>,
    /// Households by number of persons, ascending.
    pub household_sizes: Vec<SizeCount>,
    /// Households by kind.
    pub household_kinds: Vec<NamedCount>,
    /// Persons without a household, by coded reason.
    pub no_household: Vec<NamedCount>,
    /// The links with the least weight that hold a person together, weakest first.
    pub weakest_links: Vec<WeakLink>,
    /// Every limit that bit.
    pub limits: Vec<Limit>,
    /// What else is to be known of how it went, a sentence each.
    pub notes: Vec<String>,
    /// How long each stage took, in order.
    pub timings: Vec<Timing>,
    /// The most memory used at once, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Threads used.
    pub threads: Option<u64>,
}

/// The figures at the top.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Rows read.
    pub rows: u64,
    /// Rows and values not taken.
    pub rejects: u64,
    /// Source records.
    pub records: u64,
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
    /// The published pairs between the persons that they would have joined.
    pub many_pairs: u64,
    /// Persons.
    pub persons: u64,
    /// Households.
    pub households: u64,
    /// Persons in a household at the run date.
    pub housed_persons: u64,
}

/// What was read from a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The source.
    pub name: String,
    /// Rows read.
    pub rows: u64,
    /// Persons read from rows that name several, beyond the first of each.
    pub further_persons: u64,
    /// Rows not taken.
    pub rejected: u64,
    /// Rows that became one with another of the same key.
    pub merged: u64,
    /// Records made.
    pub records: u64,
    /// Values not taken from rows that were.
    pub rejected_values: u64,
    /// The day that the extract is of, if that is known.
    pub as_at: Option<String>,
    /// The last day, up to the run date, that a record speaks of.
    pub last_seen: Option<String>,
    /// Persons that it has a record of.
    pub persons: u64,
    /// Rows and values not taken, by field and coded reason.
    pub reasons: Vec<Reason>,
    /// For each field that the source has, the share of its records with a value.
    pub completeness: Vec<FieldShare>,
}

/// Why rows or values of a source were not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The field; empty for whole rows.
    pub field: String,
    /// The coded reason.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// The share of records that have a value of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldShare {
    /// The field.
    pub field: String,
    /// The share, 0 to 1.
    pub share: f64,
}

/// A value so frequent that it must stand for "not known".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultFound {
    /// The source.
    pub source: String,
    /// The field.
    pub field: String,
    /// Records that had it.
    pub records: u64,
}

/// How many of something with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCount {
    /// The name.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// How many of a size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeCount {
    /// The size.
    pub size: u64,
    /// How many.
    pub count: u64,
}

/// What a blocking rule proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The rule, as the plan writes it.
    pub rule: String,
    /// Pairs proposed.
    pub pairs: u64,
    /// Pairs that no earlier rule proposed.
    pub new_pairs: u64,
    /// Records in its largest block.
    pub largest_block: u64,
    /// Whether a limit bit.
    pub limited: bool,
}

/// A comparison and its levels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Its name.
    pub name: String,
    /// Its levels, from full agreement down.
    pub levels: Vec<Level>,
}

/// A degree of agreement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// What is true of the two values.
    pub label: String,
    /// The chance of it when the records are one person; `None` if never seen.
    pub m: Option<f64>,
    /// The chance of it when they are two; `None` if never seen.
    pub u: Option<f64>,
    /// Its weight, in bits.
    pub bits: f64,
}

/// Scored pairs by match weight, in bins of one width.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Histogram {
    /// The weight at which the first bin begins, in bits.
    pub first_bits: f64,
    /// The width of a bin, in bits.
    pub width_bits: f64,
    /// The bins, ascending.
    pub bins: Vec<Bin>,
}

/// Pairs of a bin by decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Links.
    pub links: u64,
    /// Possible links.
    pub possible_links: u64,
    /// Non-links.
    pub non_links: u64,
}

/// How the result compares with the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accuracy {
    /// Where the truth came from.
    pub truth: String,
    /// Pairs of records in one person.
    pub person_pairs: Option<Score>,
    /// The same seen from each record (B-cubed).
    pub b_cubed: Option<Score>,
    /// The share of true persons found exactly.
    pub exact_persons: Option<Estimate>,
    /// Pairs of persons in one household.
    pub household_pairs: Option<Score>,
    /// The share of true households found exactly.
    pub exact_households: Option<Estimate>,
    /// The share of true pairs that a rule proposed, 0 to 1.
    pub blocking_recall: Option<f64>,
}

/// How right and how complete an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The share of what was found that is true, 0 to 1.
    pub precision: f64,
    /// The share of what is true that was found, 0 to 1.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
    /// Where chance keeps the precision, from and to, if that is known.
    pub precision_range: Option<[f64; 2]>,
    /// And the recall.
    pub recall_range: Option<[f64; 2]>,
}

/// A link that holds a person together with little weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WeakLink {
    /// The source of the one record.
    pub source: String,
    /// Its key.
    pub key: String,
    /// The source of the other.
    pub other_source: String,
    /// Its key.
    pub other_key: String,
    /// The match weight, in bits.
    pub bits: f64,
}

/// What a threshold would give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The threshold, in bits.
    pub bits: f64,
    /// Pairs of at least that weight.
    pub pairs: u64,
    /// The precision that the model expects.
    pub expected_precision: Estimate,
    /// The recall that it expects, of the pairs that were weighed.
    pub expected_recall: Estimate,
    /// How right and complete they are, if the truth is known.
    pub score: Option<Score>,
}

/// A share and where chance keeps it in 95 cases of 100, all 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The share.
    pub value: f64,
    /// The lower end of the range.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// How well the groups of one kind do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subgroups {
    /// What the groups are by.
    pub by: String,
    /// The groups.
    pub groups: Vec<Subgroup>,
}

/// How well a group does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subgroup {
    /// Its name.
    pub name: String,
    /// Its records.
    pub records: u64,
    /// How right and complete it is.
    pub score: Score,
    /// The share of its persons that are exactly right.
    pub exact: Estimate,
    /// How much less precise the others are.
    pub precision_gap: f64,
    /// How much less complete the others are.
    pub recall_gap: f64,
    /// How complete it is, as a multiple of the others.
    pub recall_ratio: Option<f64>,
    /// The share of its true pairs that a rule proposed, if that was counted.
    pub proposed: Option<Estimate>,
}

/// The share of linked and of lone records that have something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// What kind of thing, such as a field filled or the age.
    pub by: String,
    /// What.
    pub name: String,
    /// The share of linked records, 0 to 1.
    pub linked: f64,
    /// The share of lone records, 0 to 1.
    pub alone: f64,
    /// The standardised difference, if there is one.
    pub difference: Option<f64>,
}

/// Something that cannot well be true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub name: String,
    /// Of what: `person` or `household`.
    pub of: String,
    /// How many there are to look through.
    pub among: u64,
    /// How many it is so of.
    pub count: u64,
    /// The ids of some of them.
    pub examples: Vec<String>,
}

/// A pair, and what its weight is made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampledPair {
    /// The source of the one record.
    pub source: String,
    /// Its key.
    pub key: String,
    /// The source of the other.
    pub other_source: String,
    /// Its key.
    pub other_key: String,
    /// The match weight, in bits.
    pub bits: f64,
    /// What it is the sum of.
    pub addends: Vec<Addend>,
}

/// A part of a match weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Addend {
    /// The field, or what else adds to the weight.
    pub name: String,
    /// The level, or nothing.
    pub level: String,
    /// What it adds, in bits.
    pub bits: f64,
    /// The values of the two records, if they are to be shown.
    pub values: Option<[String; 2]>,
}

/// What the model expects of the pairs that are links by their weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The share of them that is true.
    pub precision: Estimate,
    /// The share of the true pairs among those weighed that is among them.
    pub recall: Estimate,
}

/// How well persons hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// Persons with two records or more.
    pub of_several: u64,
    /// The share of the pairs of records of one person that are links.
    pub density: f64,
    /// Persons of more than two records that would be two without one of their links.
    pub bridged: u64,
    /// Persons with records that no link leads to.
    pub unlinked: u64,
    /// The share of links within a person whose forenames differ, if any were compared.
    pub forenames_differ: Option<f64>,
    /// The share of persons who share forename and surname with another, if any have both.
    pub homonyms: Option<f64>,
}

/// A person of many records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LargePerson {
    /// Its id.
    pub person_id: String,
    /// Its records.
    pub records: u64,
    /// The share of their pairs that are links.
    pub density: f64,
    /// The least weight of a link between them, in bits.
    pub weakest: Option<f64>,
    /// Links without which it would be two or more.
    pub bridges: u64,
}

/// What differs from an older snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// The name of that snapshot.
    pub against: String,
    /// What it is and how much.
    pub counts: Vec<NamedCount>,
    /// The share of persons of both whose household changed.
    pub household_share: f64,
    /// Pairs that were one person and are two, or the other way round, by why.
    pub causes: Vec<NamedCount>,
    /// Some of those pairs.
    pub turns: Vec<Turn>,
    /// The sources of which something differs.
    pub sources: Vec<SourceChange>,
    /// Other things that differ: what, as it was, and as it is.
    pub settings: Vec<[String; 3]>,
}

/// A pair of records that was one person and is two, or the other way round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Whether they are one person now.
    pub joined: bool,
    /// The source of the one record.
    pub source: String,
    /// Its key.
    pub key: String,
    /// The source of the other.
    pub other_source: String,
    /// Its key.
    pub other_key: String,
    /// The match weight as it was, in bits, if the pair was kept.
    pub was: Option<f64>,
    /// As it is.
    pub is: Option<f64>,
    /// Why, in words.
    pub why: String,
}

/// What differs of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceChange {
    /// The source.
    pub source: String,
    /// Records as there were, if it was there.
    pub was: Option<u64>,
    /// Records as there are.
    pub is: Option<u64>,
    /// Records that are new.
    pub new: u64,
    /// Records that are gone.
    pub gone: u64,
}

/// How far a source's addresses are to be trusted, as other sources agree with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressTrust {
    /// The source.
    pub source: String,
    /// How often an address of it was compared with one that another source gives of the person.
    pub compared: u64,
    /// How likely the door is right on the day for which it is given.
    pub right: f64,
    /// The years after which half of the persons have moved on.
    pub half_life_years: f64,
}

/// A limit that bit.
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
    /// What was done instead or left out.
    pub effect: String,
}

/// How long a stage took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// The stage.
    pub stage: String,
    /// Seconds from its start to its end.
    pub seconds: f64,
}
