//! Why a file could not be read at all.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

/// Why a file could not be read.
///
/// A bad row or value is no error: it comes back as a [`crate::Reject`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A folder stands where a file should.
    #[error("`{}` is a folder, not a file; to read the files in it, name them with a pattern", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file may not be read by the user who runs this.
    #[error("no permission to read `{}`", path.display())]
    Forbidden {
        /// The file.
        path: PathBuf,
    },
    /// The system failed to read the file.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has not even a header.
    #[error("`{}` is empty, without even a header", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Neither the name nor the first bytes say what the file is.
    #[error("cannot tell what kind of file `{}` is; say so with `kind` in the plan", path.display())]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// The first bytes belie the name or the plan.
    #[error("`{}` is read as {expected}, but holds {found}; name it for what it is, or say so with `kind` in the plan", path.display())]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// What its name or the plan says.
        expected: &'static str,
        /// What its first bytes say.
        found: &'static str,
    },
    /// The file breaks off, or its bytes are not what was written.
    #[error("`{}` is a truncated or damaged {what}; it broke off after {rows} rows were read, and must be sent again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is damaged: the compression or the kind of file.
        what: &'static str,
        /// The rows read before the damage.
        rows: u64,
        /// What its reader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The plan names an encoding that there is not.
    #[error("there is no encoding `{encoding}` to read `{}` in; there are `utf-8`, `utf-16` and `windows-1252`", path.display())]
    UnknownEncoding {
        /// The file.
        path: PathBuf,
        /// The encoding.
        encoding: String,
    },
    /// The text is not in the encoding it should be in.
    #[error("`{}` is not {encoding}: see the row after row {rows}; give its `encoding` in the plan, or leave it out to have it found", path.display())]
    WrongEncoding {
        /// The file.
        path: PathBuf,
        /// The encoding.
        encoding: &'static str,
        /// The rows read before.
        rows: u64,
    },
    /// The text has NUL bytes.
    #[error("`{}` holds NUL bytes near line {line}: it is no text, or UTF-16 without its mark, for which give `encoding = \"utf-16\"` in the plan", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u32,
    },
    /// A quote swallows the lines after it.
    #[error("`{}` has a quote in the row at line {line} that is never closed, and so swallows the {lines} lines after it", path.display())]
    OpenQuote {
        /// The file.
        path: PathBuf,
        /// Where the row begins.
        line: u32,
        /// The lines swallowed.
        lines: u64,
    },
    /// One JSON array, where there should be an object on each line.
    #[error("`{}` is one JSON array; JSON Lines has an object on each line", path.display())]
    JsonArray {
        /// The file.
        path: PathBuf,
    },
    /// The workbook lacks the sheet that the plan names.
    #[error("`{}` has no sheet `{sheet}`; it has {}", path.display(), listed(sheets))]
    UnknownSheet {
        /// The file.
        path: PathBuf,
        /// The sheet.
        sheet: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// The header lacks a column that the plan maps.
    #[error("`{}` has no column `{column}`{}", path.display(), perhaps(nearest.as_deref()))]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The column there is whose name is most like it, if any is.
        nearest: Option<String>,
    },
    /// The header has several columns of one name.
    #[error("`{}` has more than one column {}", path.display(), listed(columns))]
    RepeatedColumns {
        /// The file.
        path: PathBuf,
        /// The names.
        columns: Vec<String>,
    },
    /// A row or a value that must be sound is not.
    #[error("`{}`, line {line}{}: {reason}", path.display(), in_column(column))]
    BadValue {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u32,
        /// The column; empty if it is the whole row.
        column: String,
        /// Why, in words that do not quote it.
        reason: String,
    },
    /// A column's values cannot be written as text.
    #[error("column `{column}` of `{}` has a type that cannot be read as text", path.display())]
    ColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What the reader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// The file that could not be read.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Error::Missing { path }
            | Error::Folder { path }
            | Error::Forbidden { path }
            | Error::Io { path, .. }
            | Error::Empty { path }
            | Error::UnknownKind { path }
            | Error::WrongKind { path, .. }
            | Error::Damaged { path, .. }
            | Error::UnknownEncoding { path, .. }
            | Error::WrongEncoding { path, .. }
            | Error::Binary { path, .. }
            | Error::OpenQuote { path, .. }
            | Error::JsonArray { path }
            | Error::UnknownSheet { path, .. }
            | Error::MissingColumn { path, .. }
            | Error::RepeatedColumns { path, .. }
            | Error::BadValue { path, .. }
            | Error::ColumnType { path, .. } => path,
        }
    }

    /// The error that `source` is for `path`.
    pub(crate) fn io(path: &Path, source: io::Error) -> Error {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Error::Missing { path },
            io::ErrorKind::PermissionDenied => Error::Forbidden { path },
            io::ErrorKind::IsADirectory => Error::Folder { path },
            _ => Error::Io { path, source },
        }
    }
}

/// Why reading a file stopped.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not UTF-8, which nobody said it was: it is to be read again as Windows-1252.
    NotUtf8,
    /// It cannot be read.
    Error(Error),
}

/// Why a file was not read to its end, with all that is wrong with it.
#[derive(Debug)]
pub(crate) enum Stop {
    /// As [`Fault::NotUtf8`].
    NotUtf8,
    /// It cannot be read.
    Errors(Vec<Error>),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        match fault {
            Fault::NotUtf8 => Stop::NotUtf8,
            Fault::Error(error) => Stop::Errors(vec![error]),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Error(error)
    }
}

/// Runs a reader of a binary format. Where it panics, which some do on bytes that nobody wrote,
/// the file is damaged.
pub(crate) fn guarded<T>(
    path: &Path,
    what: &'static str,
    rows: u64,
    read: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    // What the reader leaves half done is not looked at again: the file ends here.
    panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let source = "its bytes make no sense".into();
        Err(Error::Damaged { path: path.to_owned(), what, rows, source }.into())
    })
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn in_column(column: &str) -> String {
    if column.is_empty() { String::new() } else { format!(", column `{column}`") }
}

fn perhaps(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; is it `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_what_a_person_can_act_upon() {
        for (kind, expected) in [
            (io::ErrorKind::NotFound, "`a.csv` does not exist"),
            (io::ErrorKind::PermissionDenied, "no permission to read `a.csv`"),
            (
                io::ErrorKind::IsADirectory,
                "`a.csv` is a folder, not a file; to read the files in it, name them with a pattern",
            ),
            (io::ErrorKind::Other, "cannot read `a.csv`"),
        ] {
            let error = Error::io(Path::new("a.csv"), kind.into());
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.path(), Path::new("a.csv"));
        }
    }
}
