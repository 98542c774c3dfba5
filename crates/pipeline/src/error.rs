//! Why a run could not be made.

use std::path::PathBuf;

use crate::memory::Bytes;

/// Why a run could not be made. Nothing was published, but for a report that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Some extracts could not be read.
    #[error("{}", several(.0))]
    Extract(Vec<extract::Error>),
    /// A file beside the extracts could not be read.
    #[error("cannot use `{}`", path.display())]
    Side {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: SideError,
    },
    /// A model given was learned of other levels.
    #[error("the model's levels of `{field}` are not those of the plan; learn a new one")]
    Model {
        /// The field.
        field: String,
    },
    /// The run would need more memory than it may use, whatever it puts away on disk.
    #[error(
        "{} are reckoned to need {needed} of memory at the least, and {allowed} are allowed; allow \
         more, run on a machine with more, or leave sources out",
        plan::counted(*records, "record")
    )]
    Memory {
        /// The records.
        records: u64,
        /// What they need.
        needed: Bytes,
        /// What the run may use.
        allowed: Bytes,
    },
    /// The snapshot could not be written or read.
    #[error(transparent)]
    Snapshot(#[from] snapshot::Error),
    /// The snapshot of the night before, whose ids are to be kept, could not be read.
    #[error(
        "ids cannot be kept from the night before; put it right, or move it away to have all made anew"
    )]
    Earlier {
        /// Why not.
        source: snapshot::Error,
    },
    /// The report could not be written.
    #[error("the snapshot is published, but its report `{}` cannot be written", path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: snapshot::Error,
    },
}

/// Why a file beside the extracts could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SideError {
    /// It could not be read.
    #[error(transparent)]
    Extract(#[from] extract::Error),
    /// It lacks a column.
    #[error("it has no column `{column}`; {}", plan::columns_for(column, &names(columns)))]
    MissingColumn {
        /// The column.
        column: String,
        /// Those that it has.
        columns: Vec<String>,
    },
    /// A row says what no rule knows.
    #[error("row {row}: `kind` is neither `must_link` nor `cannot_link`")]
    Kind {
        /// The row, from 1, without the header.
        row: usize,
    },
    /// A row's label is no probability.
    #[error("row {row}: `matched` is neither 1 nor 0, nor a probability between them")]
    Matched {
        /// The row, from 1, without the header.
        row: usize,
    },
    /// A row has no amount, or none that can be.
    #[error("row {row}: `{column}` is not a number that it can be")]
    Amount {
        /// The row, from 1, without the header.
        row: usize,
        /// The column.
        column: String,
    },
    /// Shares of a whole are more than it.
    #[error("the shares come to more than 1")]
    Shares,
    /// A row names a source that the plan does not have.
    #[error("row {row}: the plan has no source of that name")]
    Source {
        /// The row, from 1, without the header.
        row: usize,
    },
}

fn names(columns: &[String]) -> Vec<&str> {
    columns.iter().map(String::as_str).collect()
}

fn several(errors: &[extract::Error]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
