//! Opens a snapshot, checks it and reads it back.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::cells::{Cells, Unknown, column_names, each_row_at, each_row_of};
use crate::folder::CURRENT;
use crate::manifest::{FORMAT, FileEntry, Manifest, Run};
use crate::narrow::Narrow;
use crate::rows::{
    AddressRow, EventRow, HouseholdRow, InvolvementRow, LinkRow, MembershipRow, PersonRow,
    RecordRow, RejectRow, RelationshipRow, ResidencyRow,
};
use crate::sheet::{Column, hex};
use crate::shielded::is_shielded;
use crate::tables::{FILES, Pull, Row, person_columns};
use crate::write::is_name;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const RUN: &str = "run.json";

/// A published snapshot, open for reading.
///
/// A file is checked against its checksum before its first row is given, once for each
/// snapshot opened. So damage is an error, never a wrong row.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    manifest: Manifest,
    run: Run,
    /// Files whose checksum was right.
    checked: Mutex<BTreeSet<String>>,
    /// Whether what is shielded is told.
    pub(crate) tells_shielded: bool,
    /// Of which ids the rows are read, if not of all.
    pub(crate) narrow: Option<Narrow>,
}

/// All persons, and the fields of which they have best values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Persons {
    /// The fields, in the order of each row's `best`.
    pub fields: Vec<String>,
    /// The persons.
    pub rows: Vec<PersonRow>,
}

impl Snapshot {
    /// Opens a snapshot, or the current one of a folder of snapshots.
    ///
    /// Checks that every file is there with its size.
    ///
    /// # Errors
    ///
    /// If there is no snapshot, it is of a newer format, or a file of it is missing or has
    /// changed.
    pub fn open(path: &Path) -> Result<Snapshot, Error> {
        let folder = locate(path)?;
        let manifest = read_manifest(&folder)?;
        let run = parse(&folder.join(RUN), &read(&folder.join(RUN))?)?;
        let snapshot = Snapshot {
            folder,
            manifest,
            run,
            checked: Mutex::default(),
            tells_shielded: false,
            narrow: None,
        };
        for file in FILES {
            let path = snapshot.folder.join(file);
            let entry = snapshot.entry(file).ok_or_else(|| {
                let manifest = snapshot.folder.join(MANIFEST);
                Error::damaged(&manifest, format!("an entry for `{file}`"), "none")
            })?;
            let found = match fs::metadata(&path) {
                Ok(metadata) if metadata.len() == entry.bytes => continue,
                Ok(metadata) => format!("{} bytes", metadata.len()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => "no file".to_owned(),
                Err(source) => return Err(Error::reading(&path, source)),
            };
            return Err(Error::damaged(&path, format!("{} bytes", entry.bytes), found));
        }
        Ok(snapshot)
    }

    /// Reads every file and checks that it is as it was published.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or has changed.
    pub fn verify(&self) -> Result<(), Error> {
        check_sum(&self.folder.join(MANIFEST), &self.run.manifest_sha256)?;
        FILES.iter().try_for_each(|file| match self.entry(file) {
            Some(entry) => check_sum(&self.folder.join(file), &entry.sha256),
            None => Ok(()),
        })?;
        // What is shielded may be kept elsewhere.
        let shielded = self.manifest.files.iter().filter(|(file, _)| is_shielded(file));
        shielded.map(|(file, entry)| (self.folder.join(file), entry)).try_for_each(
            |(path, entry)| if path.exists() { check_sum(&path, &entry.sha256) } else { Ok(()) },
        )
    }

    /// The folder it is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was run on what, and what came out.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The occasion on which it was made.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// All source records.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn records(&self) -> Result<Vec<RecordRow>, Error> {
        self.all()
    }

    /// All persons.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn persons(&self) -> Result<Persons, Error> {
        let fields = self.person_fields()?;
        let mut rows = Vec::new();
        self.each_person(&fields, |cells| {
            rows.push(PersonRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Persons { fields, rows })
    }

    /// All addresses, and what sort of place each is.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn addresses(&self) -> Result<Vec<AddressRow>, Error> {
        self.all()
    }

    /// All household episodes.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn households(&self) -> Result<Vec<HouseholdRow>, Error> {
        self.all()
    }

    /// All memberships.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn memberships(&self) -> Result<Vec<MembershipRow>, Error> {
        self.all()
    }

    /// All relationships.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn relationships(&self) -> Result<Vec<RelationshipRow>, Error> {
        self.all()
    }

    /// All residency spells.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn residencies(&self) -> Result<Vec<ResidencyRow>, Error> {
        self.all()
    }

    /// Every service's dealings with every person.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn involvements(&self) -> Result<Vec<InvolvementRow>, Error> {
        self.all()
    }

    /// The evidence for every pair that was kept.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn links(&self) -> Result<Vec<LinkRow>, Error> {
        self.all()
    }

    /// Every row and value that was not taken.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn rejects(&self) -> Result<Vec<RejectRow>, Error> {
        self.all()
    }

    /// Everything that happened to an id.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn events(&self) -> Result<Vec<EventRow>, Error> {
        self.all()
    }

    fn entry(&self, file: &str) -> Option<&FileEntry> {
        self.manifest.files.get(file).or_else(|| self.run.files.get(file))
    }

    /// The path of a file, whose checksum is right.
    pub(crate) fn checked(&self, file: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(file);
        // Several files are read at once; one that is read twice in one moment may be checked twice.
        let checked = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_checked = checked().contains(file);
        if let Some(entry) = self.entry(file)
            && !is_checked
        {
            check_sum(&path, &entry.sha256)?;
            checked().insert(file.to_owned());
        }
        Ok(path)
    }

    fn all<R: Row + for<'a> Pull<'a>>(&self) -> Result<Vec<R>, Error> {
        self.select(|_| true)
    }

    /// The rows that are `wanted`.
    pub(crate) fn select<R: Row + for<'a> Pull<'a>>(
        &self,
        wanted: impl Fn(&R) -> bool,
    ) -> Result<Vec<R>, Error> {
        let mut rows = Vec::new();
        self.scan::<R>(|cells| {
            let row = R::pull(cells)?;
            if wanted(&row) {
                rows.push(row);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(rows)
    }

    pub(crate) fn scan<R: Row>(
        &self,
        row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
    ) -> Result<(), Error> {
        self.each::<R>(&R::columns(), |_| true, row)
    }

    /// Gives each row of a file with these columns to `row`, and the cells that are `wanted`; what is
    /// shielded in place of what stands for it, if that may be told.
    pub(crate) fn each<R: Row>(
        &self,
        columns: &[Column],
        wanted: impl Fn(usize) -> bool,
        mut row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
    ) -> Result<(), Error> {
        let open = self.checked(R::FILE)?;
        let Some(shielded) = self.shielded(R::FILE)? else {
            return self.each_in::<R>(&open, columns, wanted, row);
        };
        let stands_in = |cells: &Cells<'_>| {
            R::STAND_IN.is_some_and(|(column, code)| {
                cells.peek(column).is_some_and(|found| code.is_none_or(|code| code == found))
            })
        };
        let mut is_over = false;
        self.each_in::<R>(&open, columns, &wanted, |cells| {
            if stands_in(cells) {
                return Ok(ControlFlow::Continue(()));
            }
            let flow = row(cells)?;
            is_over = flow.is_break();
            Ok(flow)
        })?;
        if is_over { Ok(()) } else { self.each_in::<R>(&shielded, columns, wanted, row) }
    }

    /// The rows of one file, or those that are looked at.
    pub(crate) fn each_in<R: Row>(
        &self,
        path: &Path,
        columns: &[Column],
        wanted: impl Fn(usize) -> bool,
        row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
    ) -> Result<(), Error> {
        match &self.narrow {
            Some(narrow) if !R::IDS.is_empty() => {
                each_row_at(path, columns, wanted, &narrow.rows(path), row)
            }
            _ => each_row_of(path, columns, wanted, row),
        }
    }

    pub(crate) fn each_person(
        &self,
        fields: &[String],
        row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
    ) -> Result<(), Error> {
        self.each::<PersonRow<&str>>(&person_columns(fields), |_| true, row)
    }

    /// The fields of which persons have best values.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn person_fields(&self) -> Result<Vec<String>, Error> {
        let names = column_names(&self.checked(PersonRow::<&str>::FILE)?)?;
        Ok(names.into_iter().skip(PersonRow::<&str>::COLUMNS.len()).step_by(2).collect())
    }
}

/// The folder of the snapshot that `path` means.
fn locate(path: &Path) -> Result<PathBuf, Error> {
    if path.join(MANIFEST).exists() {
        return Ok(path.to_owned());
    }
    let not_a_snapshot = || Error::NotASnapshot { path: path.to_owned() };
    let current = path.join(CURRENT);
    let name = match fs::read_to_string(&current) {
        Ok(name) => name,
        Err(error) => {
            return Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => not_a_snapshot(),
                _ => Error::reading(&current, error),
            });
        }
    };
    let name = name.trim_end();
    if !is_name(name) {
        return Err(Error::damaged(&current, "the name of a snapshot", "something else"));
    }
    let folder = path.join(name);
    if folder.join(MANIFEST).exists() {
        return Ok(folder);
    }
    Err(Error::damaged(&current, "the name of a snapshot", format!("`{name}`, which is none")))
}

fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(MANIFEST);
    let text = read(&path)?;
    let value: Value = parse(&path, &text)?;
    // Another manifest need not have the shape of this one, so its format is looked at first.
    match value.get("format").and_then(Value::as_u64) {
        None | Some(0) => Err(Error::damaged(&path, "a format number", "none")),
        Some(found) if u64::from(FORMAT) != found => {
            Err(Error::OtherFormat { path: folder.to_owned(), found, known: FORMAT })
        }
        Some(_) => parse(&path, &text),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::damaged(path, "a file", "none"),
        _ => Error::reading(path, source),
    })
}

fn parse<T: DeserializeOwned>(path: &Path, text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(text).map_err(|error| {
        // What the parser says may quote the plan, so only the place is told.
        let place = format!("something else at line {}", error.line());
        Error::damaged(path, "JSON of this format", place)
    })
}

fn check_sum(path: &Path, expected: &str) -> Result<(), Error> {
    let found = checksum(path).map_err(|source| Error::reading(path, source))?;
    if found == expected {
        return Ok(());
    }
    Err(Error::damaged(path, format!("SHA-256 {expected}"), format!("SHA-256 {found}")))
}

fn checksum(path: &Path) -> io::Result<String> {
    use io::Read;
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            n => digest.update(&buffer[..n]),
        }
    }
}
