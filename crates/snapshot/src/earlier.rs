//! Finds the snapshot of the night before among those of a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::read::MANIFEST;
use crate::{Error, Snapshot};

/// The latest snapshot in the folder `parent` that is of an earlier day than `day`, if there is one.
///
/// Snapshots are known by their names: a day, and a number for those after the first of that day. So a
/// run that is repeated finds the one that it found before.
///
/// # Errors
///
/// If the folder or that snapshot cannot be read.
pub fn earlier(parent: &Path, day: Date) -> Result<Option<Snapshot>, Error> {
    let reading = |source| Error::reading(parent, source);
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(reading)?,
    };
    let mut latest: Option<((Date, u32), PathBuf)> = None;
    for entry in entries {
        let entry = entry.map_err(reading)?;
        let named = entry.file_name().to_str().and_then(of_name);
        let Some(named) = named.filter(|(of, _)| *of < day) else { continue };
        let is_later = latest.as_ref().is_none_or(|(other, _)| *other < named);
        if is_later && entry.path().join(MANIFEST).is_file() {
            latest = Some((named, entry.path()));
        }
    }
    latest.map(|(_, path)| Snapshot::open(&path)).transpose()
}

/// The day and the number that a snapshot's name gives.
fn of_name(name: &str) -> Option<(Date, u32)> {
    let (day, number) = name.split_at_checked("2026-01-31".len())?;
    let number = match number.strip_prefix('-') {
        None if number.is_empty() => 1,
        number => number?.parse().ok()?,
    };
    Some((day.parse().ok()?, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Manifest, Run, Writer};

    #[test]
    fn the_night_before_is_the_latest_of_an_earlier_day() {
        let parent = tempfile::tempdir().unwrap();
        let parent = parent.path();
        let publish = |name: &str, notes: &[&str]| {
            let manifest = Manifest {
                notes: notes.iter().map(|&note| note.to_owned()).collect(),
                ..Manifest::default()
            };
            Writer::create(parent, name).unwrap().finish(manifest, Run::default()).unwrap();
        };
        let before = |day: &str| {
            let found = earlier(parent, day.parse().unwrap()).unwrap();
            found.map(|found| found.folder().file_name().unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!(before("2026-02-01"), None);
        publish("2026-01-30", &[]);
        publish("2026-01-31", &[]);
        publish("2026-01-31", &["again"]);
        publish("2025-12-31", &[]);
        publish("trial", &[]);
        fs::write(parent.join("2026-01-31.html"), "a page").unwrap();
        fs::create_dir(parent.join("2026-01-31-7")).unwrap();
        for (day, expected) in [
            ("2026-02-01", Some("2026-01-31-2")),
            ("2026-01-31", Some("2026-01-30")),
            ("2026-01-30", Some("2025-12-31")),
            ("2025-12-31", None),
        ] {
            assert_eq!(before(day).as_deref(), expected, "{day}");
        }
        assert!(earlier(&parent.join("nowhere"), "2026-02-01".parse().unwrap()).unwrap().is_none());
    }
}
