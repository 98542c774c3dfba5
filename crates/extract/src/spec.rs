//! What a plan says of a source: its files and how their columns become fields.

use std::path::PathBuf;

use record::{Field, RelationType, Source};

/// A source, its files, and how to read them.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// What the source is.
    pub source: Source,
    /// Its files, in the order of their paths; patterns are already resolved.
    pub files: Vec<PathBuf>,
    /// Whether the files hold everything, or only what changed.
    pub delivery: Delivery,
    /// How the files are written.
    pub format: Format,
    /// The order of day, month and year in its dates.
    pub dates: DateOrder,
    /// The column whose value names a person in this source; without one, a hash of what the row
    /// says does, and a row that says the same again is another record.
    pub key: Option<String>,
    /// What to do with a key that comes again.
    pub repeat: Repeat,
    /// The persons in a row: first the one whom the row is about.
    pub persons: Vec<PersonSpec>,
}

/// What a source's files hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// All the source's records.
    #[default]
    Full,
    /// Only those new or changed.
    Delta,
}

/// How files are written. What is `None` is found out from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// The kind of file.
    pub kind: Option<FileKind>,
    /// Of delimited text: the byte between values.
    pub delimiter: Option<u8>,
    /// Of text: `utf-8`, `windows-1252` or `utf-16`.
    pub encoding: Option<String>,
    /// Of a workbook: the sheet; without one, the first.
    pub sheet: Option<String>,
    /// Rows above the header to pass over.
    pub skip: usize,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Values separated by commas, tabs, semicolons or bars.
    Delimited,
    /// An Excel or `OpenDocument` workbook.
    Workbook,
    /// A JSON object on each line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC, file or stream.
    Arrow,
}

impl FileKind {
    /// What it is called in messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Delimited => "delimited text",
            FileKind::Workbook => "workbook",
            FileKind::JsonLines => "JSON Lines",
            FileKind::Parquet => "Parquet",
            FileKind::Arrow => "Arrow",
        }
    }
}

/// How a source writes dates. `YYYY-MM-DD` and `YYYYMMDD` are always understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year, as in the United Kingdom.
    #[default]
    DayFirst,
    /// Month, day, year, as in the United States.
    MonthFirst,
    /// Year, month, day.
    YearFirst,
}

/// What to do with a key that comes again in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// Keep the row last seen, of those that which says the greatest in byte order, and reject
    /// the others.
    #[default]
    Reject,
    /// Gather all its rows into one record: the values of the row last seen first, those of the
    /// others as alternatives, and every row's address.
    Merge,
}

/// One of the persons in a row.
#[derive(Clone, Debug)]
pub struct PersonSpec {
    /// What tells this person's key from those of the row's others; empty for the first.
    ///
    /// The record's key is `role/own key`, or `first person's key/role` without one.
    pub role: String,
    /// A column with this person's own key in the source, if there is one; then the same person
    /// in many rows is one record, gathered as by [`Repeat::Merge`]. The first has none here, but
    /// that of its source.
    pub key: Option<String>,
    /// What this person is to the row's first; the first has none.
    pub relationship: Option<RelationType>,
    /// The fields and the columns they are read from.
    pub fields: Vec<FieldSpec>,
}

/// A field, and where its values come from.
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// The columns, joined in this order: with ", " for an address, "-" for a date (its year,
    /// month and day), " " for the rest.
    pub columns: Vec<String>,
    /// What separates several values in a cell, if it may hold several.
    pub split: Option<String>,
    /// The source's codes and what they mean; with any, a value that is not among them is refused.
    pub codes: Vec<(String, String)>,
}
