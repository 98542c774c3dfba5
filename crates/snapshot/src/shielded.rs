//! The part of a snapshot that is told on an authority alone: where people live who must not be found.
//!
//! The open files hold nothing of it. For each shielded row they have one that says so, or none; the
//! rows themselves are in the folder `shielded` of the snapshot, which only its owner may enter, and
//! which may be kept elsewhere or left out when a snapshot is handed on.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use crate::read::Snapshot;
use crate::rows::{
    AddressRow, HouseholdRow, InvolvementRow, MembershipRow, PersonRow, RecordRow, RelationshipRow,
    ResidencyRow,
};
use crate::tables::{Row, person_columns};
use crate::{Error, Writer};

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

/// Writes the shielded rows of a snapshot; each method may be called once.
#[derive(Clone, Copy, Debug)]
pub struct Shielded<'a>(pub(crate) &'a Writer);

impl Shielded<'_> {
    /// The records of shielded persons.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn records<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = RecordRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(RecordRow::<S>::FILE), &RecordRow::<S>::columns(), rows)
    }

    /// The shielded persons, with two columns for each of `fields`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn persons<F: AsRef<str>, S: AsRef<str>>(
        &self,
        fields: &[F],
        rows: impl IntoIterator<Item = PersonRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(PersonRow::<S>::FILE), &person_columns(fields), rows)
    }

    /// The shielded addresses.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn addresses<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = AddressRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(AddressRow::<S>::FILE), &AddressRow::<S>::columns(), rows)
    }

    /// The households at shielded addresses.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn households<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = HouseholdRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(HouseholdRow::<S>::FILE), &HouseholdRow::<S>::columns(), rows)
    }

    /// Their members.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn memberships<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = MembershipRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(MembershipRow::<S>::FILE), &MembershipRow::<S>::columns(), rows)
    }

    /// The relationships of shielded persons.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn relationships<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = RelationshipRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(RelationshipRow::<S>::FILE), &RelationshipRow::<S>::columns(), rows)
    }

    /// The spells at shielded addresses.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn residencies<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = ResidencyRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(ResidencyRow::<S>::FILE), &ResidencyRow::<S>::columns(), rows)
    }

    /// The services that know shielded persons.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn involvements<S: AsRef<str>>(
        &self,
        rows: impl IntoIterator<Item = InvolvementRow<S>>,
    ) -> Result<(), Error> {
        self.0.write_at(&place(InvolvementRow::<S>::FILE), &InvolvementRow::<S>::columns(), rows)
    }
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
