//! Why a snapshot could not be written or read.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// Why a snapshot could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be made, written or moved.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No room is left.
    #[error("the disk is full: cannot write `{}`", path.display())]
    DiskFull {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system does not let this user write here.
    #[error("no permission to write `{}`", path.display())]
    Permission {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A snapshot cannot have this name.
    #[error("a snapshot cannot be named `{name}`: give a plain folder name without a leading dot")]
    Name {
        /// The name asked for.
        name: String,
    },
    /// A field would give a column that is there already.
    #[error("`persons.parquet` would have two columns `{column}`")]
    Column {
        /// The name of the column.
        column: String,
    },
    /// Counts do not add up, so something was lost or counted twice.
    #[error("the counts of `{name}` do not reconcile: expected {expected}, found {found}")]
    Unreconciled {
        /// The source, or the file whose rows were counted.
        name: String,
        /// Rows and further persons read.
        expected: u64,
        /// Rows and further persons accounted for.
        found: u64,
    },
    /// A file could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no snapshot here.
    #[error("`{}` is not a snapshot: it has neither `manifest.json` nor `CURRENT`", path.display())]
    NotASnapshot {
        /// The path given.
        path: PathBuf,
    },
    /// Another version wrote the snapshot, in another format.
    #[error("`{}` has format {found}, and this version reads {known}: run it again", path.display())]
    OtherFormat {
        /// The snapshot's folder.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The format this version reads.
        known: u32,
    },
    /// A file is not as it was published.
    #[error("`{}` is damaged: expected {expected}, found {found}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl Error {
    /// What `source` means for someone who was writing `path`.
    #[must_use]
    pub fn writing(path: &Path, source: io::Error) -> Error {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DiskFull { path, source },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Error::Permission { path, source }
            }
            _ => Error::Write { path, source },
        }
    }

    /// The same for a Parquet file, which wraps what the system said.
    pub(crate) fn writing_parquet(path: &Path, error: ParquetError) -> Error {
        Error::writing(path, unwrap(error))
    }

    /// What `source` means for someone who was reading `path`.
    #[must_use]
    pub fn reading(path: &Path, source: io::Error) -> Error {
        Error::Read { path: path.to_owned(), source }
    }

    /// A published file that is not what it was.
    pub(crate) fn damaged(
        file: &Path,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Error {
        Error::Damaged { file: file.to_owned(), expected: expected.into(), found: found.into() }
    }
}

/// The system's own error, if that is what went wrong.
fn unwrap(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_said_becomes_what_it_means() {
        for (kind, expected) in [
            (ErrorKind::StorageFull, "the disk is full: cannot write `/out/a.parquet`"),
            (ErrorKind::QuotaExceeded, "the disk is full: cannot write `/out/a.parquet`"),
            (ErrorKind::PermissionDenied, "no permission to write `/out/a.parquet`"),
            (ErrorKind::NotFound, "cannot write `/out/a.parquet`: entity not found"),
        ] {
            let path = Path::new("/out/a.parquet");
            assert_eq!(Error::writing(path, kind.into()).to_string(), expected);
            let wrapped = ParquetError::from(io::Error::from(kind));
            assert_eq!(Error::writing_parquet(path, wrapped).to_string(), expected);
        }
    }
}
