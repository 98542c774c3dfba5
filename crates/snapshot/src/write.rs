//! Writes a snapshot: each file once, the manifest last, then all of it into place.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::folder::{CURRENT, Unfinished, write_synced};
use crate::manifest::{FORMAT, FileEntry, Manifest, Run};
use crate::read::{MANIFEST, RUN, Snapshot};
use crate::rows::{
    AddressRow, EventRow, HouseholdRow, InvolvementRow, LinkRow, MembershipRow, PersonRow,
    RecordRow, RejectRow, RelationshipRow, ResidencyRow,
};
use crate::sheet::{Column, Sheet, hex};
use crate::tables::{FILES, Row};
use crate::write_tables::Tables;
use crate::{Error, shielded};

/// Writes one snapshot.
///
/// Each of its [`Tables`] may be written once, from any thread, and several at the same time.
/// Rows are written as they come and not kept. A table that is not written is published empty. A writer that is dropped, or whose process dies, publishes nothing.
#[derive(Debug)]
pub struct Writer {
    folder: Unfinished,
    name: String,
    files: Mutex<BTreeMap<String, FileEntry>>,
}

impl Writer {
    /// A writer of the snapshot `name` within the folder `parent`, which is made if need be.
    ///
    /// Removes what killed runs have left in `parent`, and nothing of a run still going.
    ///
    /// # Errors
    ///
    /// If `name` is not a plain folder name, or `parent` cannot be written to.
    pub fn create(parent: &Path, name: &str) -> Result<Writer, Error> {
        if !is_name(name) {
            return Err(Error::Name { name: name.to_owned() });
        }
        let folder = Unfinished::create(parent)?;
        Ok(Writer { folder, name: name.to_owned(), files: Mutex::default() })
    }

    /// The folder in which the snapshot is built: for what else a run must write for a while, in files
    /// without a name.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The tables that anybody may read.
    #[must_use]
    pub fn open(&self) -> Tables<'_> {
        Tables { writer: self, place: str::to_owned }
    }

    /// Writes what is told on an authority alone, into a folder of its own.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made.
    pub fn shielded(&self) -> Result<Tables<'_>, Error> {
        let folder = self.folder.join("");
        shielded::make_folder(&folder).map_err(|source| Error::writing(&folder, source))?;
        Ok(Tables { writer: self, place: shielded::place })
    }

    /// Publishes the snapshot and gives its folder.
    ///
    /// If the name is taken by a snapshot with the same manifest, the result is published
    /// already: nothing is replaced, and that folder is given. If it is taken by another, the
    /// snapshot gets the next free name of `name-2`, `name-3`… Either way it is the current
    /// one from now on.
    ///
    /// # Errors
    ///
    /// If something cannot be written, or the manifest's counts do not reconcile. Then
    /// nothing is published.
    ///
    /// # Panics
    ///
    /// Never: a manifest can always be written as JSON.
    pub fn finish(self, mut manifest: Manifest, mut run: Run) -> Result<PathBuf, Error> {
        self.write_missing()?;
        let mut files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        reconcile(&manifest, &files)?;

        let rejects = files.remove_entry(RejectRow::<&str>::FILE);
        run.files = rejects.into_iter().collect();
        manifest.format = FORMAT;
        manifest.files = files;
        manifest.sources.sort();
        manifest.inputs.sort();
        let manifest = json(&manifest);
        run.manifest_sha256 = hex(&Sha256::digest(&manifest));

        for (name, bytes) in [(RUN, &json(&run)), (MANIFEST, &manifest)] {
            let path = self.folder.join(name);
            write_synced(&path, bytes).map_err(|source| Error::writing(&path, source))?;
        }
        self.folder.publish(&self.name, |other| is_same(other, &manifest))
    }

    /// Writes an empty file for each that was not written.
    fn write_missing(&self) -> Result<(), Error> {
        for file in FILES {
            if self.entries().contains_key(file) {
                continue;
            }
            let tables = self.open();
            match file {
                RecordRow::<&str>::FILE => tables.records::<&str>([]),
                PersonRow::<&str>::FILE => tables.persons::<&str, &str>(&[], []),
                AddressRow::<&str>::FILE => tables.addresses::<&str>([]),
                HouseholdRow::<&str>::FILE => tables.households::<&str>([]),
                MembershipRow::<&str>::FILE => tables.memberships::<&str>([]),
                RelationshipRow::<&str>::FILE => tables.relationships::<&str>([]),
                ResidencyRow::<&str>::FILE => tables.residencies::<&str>([]),
                InvolvementRow::<&str>::FILE => tables.involvements::<&str>([]),
                LinkRow::<&str>::FILE => tables.links::<&str>([]),
                RejectRow::<&str>::FILE => tables.rejects::<&str>([]),
                EventRow::<&str>::FILE => tables.events::<&str>([]),
                _ => unreachable!("every file has a writer"),
            }?;
        }
        Ok(())
    }

    /// Writes the file of this name.
    pub(crate) fn write_at<R: Row>(
        &self,
        name: &str,
        columns: &[Column],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), Error> {
        let path = self.folder.join(name);
        let file = File::options().write(true).create_new(true).open(&path);
        let file = file.map_err(|source| Error::writing(&path, source))?;
        let write = || {
            let mut sheet = Sheet::new(file, columns)?;
            for row in rows {
                row.push(&mut sheet);
                sheet.end_row()?;
            }
            sheet.finish()
        };
        let entry = write().map_err(|error| Error::writing_parquet(&path, error))?;
        self.entries().insert(name.to_owned(), entry);
        Ok(())
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, FileEntry>> {
        // Nothing that holds the lock can panic halfway through a change.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a snapshot can have this name, now or as `CURRENT` gives it.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain) && name != CURRENT
}

/// Checks that no row was lost or counted twice.
fn reconcile(manifest: &Manifest, files: &BTreeMap<String, FileEntry>) -> Result<(), Error> {
    let check = |name: &str, expected: u64, found: u64| {
        if expected == found {
            return Ok(());
        }
        Err(Error::Unreconciled { name: name.to_owned(), expected, found })
    };
    for counts in &manifest.sources {
        check(&counts.source, counts.read(), counts.accounted_for())?;
    }
    let file = RecordRow::<&str>::FILE;
    let records = manifest.sources.iter().map(|counts| counts.records).sum();
    let rows = |file: &str| files.get(file).map_or(0, |entry| entry.rows);
    check(file, records, rows(file) + rows(&shielded::place(file)))
}

/// Whether `folder` holds a whole snapshot with this manifest.
fn is_same(folder: &Path, manifest: &[u8]) -> bool {
    Snapshot::open(folder).is_ok()
        && fs::read(folder.join(MANIFEST)).is_ok_and(|found| found == manifest)
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("its keys are all text");
    bytes.push(b'\n');
    bytes
}
