//! The plan as understood: every default filled in, every file found.

use std::path::PathBuf;

use block::Rule;
use compare::{Comparison, Condition};
use extract::SourceSpec;
use normalise::Derived;
use record::{AddressKind, Date, Field, Kind, Whom};

use crate::problems::{Problems, Span};

/// A plan, as understood.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The day the run describes: as written, or the newest `as_at` of the sources.
    pub run_date: Date,
    /// The folder for snapshots.
    pub output: PathBuf,
    /// The sources, by name.
    pub sources: Vec<SourceSpec>,
    /// For each source, its files as written: paths and patterns relative to the plan.
    pub file_patterns: Vec<Vec<String>>,
    /// The fields that the plan declares and the standard ones that it maps, by name.
    pub fields: Vec<Field>,
    /// The fields that are made of others, by name.
    pub derived: Vec<Derived>,
    /// How pairs are proposed.
    pub blocking: Blocking,
    /// The list of what addresses there are, if there is one.
    pub gazetteer: Option<Gazetteer>,
    /// What is compared, as written or by default.
    pub comparisons: Vec<Comparison>,
    /// Files that tell how common values are, by field.
    pub frequencies: Vec<Frequencies>,
    /// What match weights decide.
    pub thresholds: Thresholds,
    /// What no run may exceed.
    pub limits: Limits,
    /// How households are formed.
    pub household: Household,
    /// Whose addresses are told on an authority alone.
    pub shield: Shield,
    /// The declared fields that name a list of one source on which each person stands once: a
    /// tenancy, an account. No pair is compared by them.
    pub rosters: Vec<String>,
    /// Whether records are weighed once more by whose relatives they are said to be.
    pub relatives: bool,
    /// What is asked of families, in the order of the text.
    pub indicators: Vec<Indicator>,
    /// Indicators that are counted together, in the order of the text.
    pub baskets: Vec<Basket>,
    /// A file of must-links and cannot-links, with the columns `source`, `key`, `other_source`,
    /// `other_key` and `kind`.
    pub constraints: Option<PathBuf>,
    /// What is known beforehand of pairs, for learning the model.
    pub labels: Labels,
    /// A file that tells who is who, for evaluation only.
    pub truth: Option<Truth>,
    /// What looks wrong but may be meant.
    pub warnings: Problems,
    /// The folder that files are relative to.
    pub base: PathBuf,
    /// The name of the plan's own file, as messages give it.
    pub name: String,
    /// The plan as written.
    pub text: String,
    /// Where in the text each source is, in the order of `sources`.
    pub(crate) places: Vec<SourcePlace>,
    /// Where in the text the files of `constraints`, `truth` and `labels` are.
    pub(crate) constraints_place: Span,
    pub(crate) truth_place: Span,
    pub(crate) labels_place: Span,
}

/// How pairs are proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocking {
    /// The rules; `None` chooses them from the fields and the data.
    pub rules: Option<Vec<Rule>>,
    /// For each rule, what a pair must meet beside sharing its keys, if anything.
    pub conditions: Vec<Option<Condition>>,
    /// What blocking may cost.
    pub limits: block::Limits,
}

/// What match weights, in bits, decide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// From here up, a link.
    pub link: f64,
    /// From here up to `link`, a possible link, kept for review. Never above `link`.
    pub possible_link: f64,
}

/// What no run may exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The records that links may join into one component, above which only its stronger links
    /// are used.
    pub component_records_max: u32,
}

/// How households are formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    /// A dwelling with more residents than this is set apart.
    pub over_large: u32,
}

/// Whose addresses are told on an authority alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shield {
    /// The sorts of place that are shielded; a refuge always is.
    pub types: Vec<AddressKind>,
    /// The sources of whose persons all are.
    pub sources: Vec<String>,
    /// The statement that tells of a row that its person is.
    pub field: Option<String>,
    /// The values of the statement that say so.
    pub is: Vec<String>,
}

impl Default for Shield {
    fn default() -> Shield {
        Shield {
            types: vec![AddressKind::Refuge],
            sources: Vec::new(),
            field: None,
            is: Vec::new(),
        }
    }
}

/// A question of fact about a family, and which sources can answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its name, unique among indicators.
    pub name: String,
    /// What it says, in words.
    pub says: String,
    /// Of whom.
    pub of: Whom,
    /// The sources that can tell; with none, nobody can.
    pub sources: Vec<String>,
    /// The statement that tells; without one, being known to the sources does.
    pub field: Option<String>,
    /// The values of the statement that say that it is so.
    pub is: Vec<String>,
    /// Those that say that it is not.
    pub is_not: Vec<String>,
    /// Only what happened in so many days up to the day asked for counts.
    pub within_days: Option<u32>,
    /// The sources of which it says no of a resident not to be in them.
    pub absence_is_no: Vec<String>,
    /// For how many days after the day that such a source is of.
    pub absence_days_max: u32,
}

/// Indicators that are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What is known beforehand of pairs of records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// A file of labelled pairs, with the columns `source`, `key`, `other_source`, `other_key` and
    /// `matched`.
    pub file: Option<PathBuf>,
    /// A field of the plan's own whose values are equal for records that are known to be of one
    /// person. It is for labels alone: no pair is compared by it.
    pub field: Option<String>,
    /// How many pairs a labelled one counts for where m is learned; 1 unless said.
    pub weight: Option<f64>,
}

/// A file that tells how common the values of a field are: with the column `value`, and either
/// `count` or `share`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frequencies {
    /// The field, after normalisation.
    pub field: Field,
    /// The file.
    pub file: PathBuf,
    /// Where in the text the file is named.
    pub(crate) place: Span,
}

/// A gazetteer: the list of what addresses there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gazetteer {
    /// Its files and columns.
    pub spec: extract::GazetteerSpec,
    /// Its files as written: paths and patterns relative to the plan.
    pub(crate) patterns: Vec<String>,
    /// Where in the text it is.
    pub(crate) place: Span,
}

/// A file that tells who is who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The file.
    pub file: PathBuf,
    /// The column with the source's name; a plan with one source needs none.
    pub source: Option<String>,
    /// The column with the record's key in its source.
    pub key: String,
    /// The column whose values are equal for records of one person.
    pub person: String,
    /// The column that names the person's household, if there is one.
    pub household: Option<String>,
}

/// Where in the text a source is.
#[derive(Clone, Debug)]
pub(crate) struct SourcePlace {
    /// For each file, what names it.
    pub(crate) files: Vec<Span>,
    pub(crate) key: Span,
    pub(crate) persons: Vec<PersonPlace>,
}

/// Where in the text a person of a source is.
#[derive(Clone, Debug)]
pub(crate) struct PersonPlace {
    pub(crate) key: Span,
    /// For each field, its columns.
    pub(crate) columns: Vec<Vec<Span>>,
}

/// The words for kinds of field that a user may declare.
pub(crate) const DECLARABLE: [(&str, Kind); 11] = [
    ("text", Kind::Text),
    ("category", Kind::Category),
    ("date", Kind::Date),
    ("number", Kind::Number),
    ("code", Kind::Code),
    ("point", Kind::Point),
    ("list", Kind::List),
    ("vector", Kind::Vector),
    ("verbatim", Kind::Verbatim),
    ("items", Kind::Items),
    ("statement", Kind::Statement),
];

/// What a kind of field is called in messages.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::FullName => "whole name",
        Kind::Forename => "forename",
        Kind::MiddleName => "middle name",
        Kind::Surname => "surname",
        Kind::Sex => "sex",
        Kind::Date => "date",
        Kind::Address => "address",
        Kind::Postcode => "postcode",
        Kind::Uprn => "UPRN",
        Kind::Phone => "telephone number",
        Kind::Email => "e-mail address",
        Kind::NhsNumber => "NHS number",
        Kind::Upn => "UPN",
        Kind::Uln => "ULN",
        Kind::Nino => "National Insurance number",
        Kind::Text => "text",
        Kind::Category => "category",
        Kind::Code => "code",
        Kind::Number => "number",
        Kind::Point => "point",
        Kind::List => "list",
        Kind::Vector => "vector",
        Kind::Verbatim => "verbatim text",
        Kind::Items => "items",
        Kind::Statement => "statement",
    }
}

/// The same with its article.
pub(crate) fn a_kind(kind: Kind) -> String {
    let article = match kind {
        Kind::NhsNumber | Kind::Email | Kind::Address => "an",
        Kind::Verbatim | Kind::Items => return kind_name(kind).to_owned(),
        _ => "a",
    };
    format!("{article} {}", kind_name(kind))
}
