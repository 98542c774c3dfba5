//! The part of a snapshot that is told on an authority alone: where people live who must not be found.
//!
//! The open files hold nothing of it. For each shielded row they have one that says so, or none; the
//! rows themselves are in the folder `shielded` of the snapshot, which only its owner may enter, and
//! which may be kept elsewhere or left out when a snapshot is handed on.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::read::Snapshot;
use crate::rows::RecordRow;
use crate::tables::Row;

/// The folder within a snapshot.
pub(crate) const FOLDER: &str = "shielded";

/// The place of a shielded file within its snapshot.
pub(crate) fn place(file: &str) -> String {
    format!("{FOLDER}/{file}")
}

/// Whether a file of a snapshot is of what is shielded.
pub(crate) fn is_shielded(file: &str) -> bool {
    file.split_once('/').is_some_and(|(folder, _)| folder == FOLDER)
}

/// Makes the folder, for nobody but its owner.
pub(crate) fn make_folder(snapshot: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(snapshot.join(FOLDER))
}

impl Snapshot {
    /// The same, with what is shielded in place of what stands for it.
    ///
    /// # Errors
    ///
    /// If a file of it is not there, or may not be read.
    pub fn with_shielded(mut self) -> Result<Snapshot, Error> {
        for (file, entry) in &self.manifest().files {
            if !is_shielded(file) {
                continue;
            }
            let path = self.folder().join(file);
            let found = fs::metadata(&path).map_err(|source| Error::reading(&path, source))?;
            if found.len() != entry.bytes {
                let expected = format!("{} bytes", entry.bytes);
                return Err(Error::damaged(&path, expected, format!("{} bytes", found.len())));
            }
        }
        self.tells_shielded = true;
        Ok(self)
    }

    /// How many records are of persons who are shielded, so that where they went is told on an
    /// authority alone.
    #[must_use]
    pub fn n_withheld_records(&self) -> u64 {
        let shielded = self.manifest().files.get(&place(<RecordRow<&str> as Row>::FILE));
        shielded.map_or(0, |entry| if self.tells_shielded { 0 } else { entry.rows })
    }

    /// Whether what is shielded is told.
    #[must_use]
    pub fn tells_shielded(&self) -> bool {
        self.tells_shielded
    }

    /// The shielded rows of a file, if there are any and they may be told.
    pub(crate) fn shielded(&self, file: &str) -> Result<Option<PathBuf>, Error> {
        let file = place(file);
        if !self.tells_shielded || !self.manifest().files.contains_key(&file) {
            return Ok(None);
        }
        self.checked(&file).map(Some)
    }
}
