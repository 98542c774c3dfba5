//! What reading gives: records, rejects, and counts that reconcile.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use record::{Records, SourceId};

use crate::Gazetteer;

/// All that was read.
#[derive(Clone, Default)]
pub struct Extracted {
    /// The records of all sources.
    pub records: Records,
    /// The rows and values not taken, by source, file and line.
    pub rejects: Vec<Reject>,
    /// What became of each source's rows, in the order of `records.sources`.
    pub counts: Vec<SourceCounts>,
    /// The files, in the order of `records.files`.
    pub inputs: Vec<Input>,
    /// The columns of the plan that no row has, by source and name. Only of files whose rows name
    /// their own columns, and of full deliveries: there an absent column is an empty one, or a
    /// slip in the plan.
    pub absent: Vec<AbsentColumn>,
    /// The gazetteer, if there is one, without its properties, which are with the records.
    pub gazetteer: Option<Gazetteer>,
}

/// A column that a plan maps and that no row of its source has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AbsentColumn {
    /// The source.
    pub source: SourceId,
    /// The column.
    pub column: String,
}

// Records are personal: a panic or a log that debugs them must not show them.
impl fmt::Debug for Extracted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extracted")
            .field("n_records", &self.records.len())
            .field("n_rejects", &self.rejects.len())
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

/// A row or a value that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// Whose it was.
    pub source: SourceId,
    /// The file, by its place in `Records::files`.
    pub file: u32,
    /// The line its row began on, from 1, with the header; of a workbook the sheet's row, of
    /// Parquet and Arrow the number of the row.
    pub line: u32,
    /// The field whose value was refused; empty if the whole row was.
    pub field: Arc<str>,
    /// Why, in words that never quote the value.
    pub reason: Cow<'static, str>,
    /// Whether the whole row was refused; if not, the record stands and the value is missing.
    pub row: bool,
}

/// What became of a source's rows: `rows == rejected + merged + records`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Rows read.
    pub rows: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Rows gathered into the record of another row with the same key.
    pub merged: u64,
    /// Records of the rows' first persons.
    pub records: u64,
    /// Records of the rows' further persons.
    pub further: u64,
    /// Single values refused.
    pub values_rejected: u64,
}

/// A file as it was read, for the manifest of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Whose it is.
    pub source: SourceId,
    /// The file, by its place in `Records::files`.
    pub file: u32,
    /// Its length.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Of text: the encoding given or found.
    pub encoding: Option<&'static str>,
    /// The rows in it.
    pub rows: u64,
    /// A hash of its rows that does not depend on their order: two files with the same rows have
    /// the same, whatever they are called and however they are packed.
    pub content: u128,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_does_not_show_itself() {
        let records = Records { key: ["Ann"].into_iter().collect(), ..Records::default() };
        let extracted = Extracted { records, ..Extracted::default() };
        assert!(!format!("{extracted:?}").contains("Ann"));
    }
}
