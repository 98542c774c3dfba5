//! Where a snapshot is built, and how it is moved into place.
//!
//! A snapshot named `2026-01-31` in the folder `out` is built in `out/.unfinished-1`, then
//! renamed to `out/2026-01-31`; the file `out/CURRENT` names the one published last. Each
//! step is one rename, so a run killed at any moment leaves the last snapshot in place. A file
//! beside a snapshot, such as its report, comes to its place in the same way.
//!
//! A run holds a lock in its unfinished folder as long as it lives, and the system lets go
//! of it when the run dies. So what a killed run left is known by its lock being free. The
//! lock `out/.lock` makes starting, cleaning and publishing one thing at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::shielded::FOLDER as SHIELDED;

/// The file that names the snapshot published last.
pub(crate) const CURRENT: &str = "CURRENT";

const UNFINISHED: &str = ".unfinished-";
const LOCK: &str = ".lock";
/// What is being written to take the place of a file.
const NEXT: &str = ".next";

/// A folder in which a snapshot is built, removed when dropped unless published.
#[derive(Debug)]
pub(crate) struct Unfinished {
    parent: PathBuf,
    path: PathBuf,
    // Held for as long as this lives.
    _lock: File,
    // Moved into place or removed. From then on another run may have a folder at `path`.
    gone: bool,
}

impl Unfinished {
    /// A new folder within `parent`, which is made if need be. What killed runs left there
    /// is removed.
    pub(crate) fn create(parent: &Path) -> Result<Unfinished, Error> {
        let writing = |source| Error::writing(parent, source);
        fs::create_dir_all(parent).map_err(writing)?;
        let lock = parent.join(LOCK);
        // Where there is no lock yet, it is the folder that lets nothing be made in it.
        let _turn =
            if lock.exists() { take_turn(parent)? } else { locked(&lock).map_err(writing)? };
        remove_leftovers(parent)?;
        let mut n = 1_u32;
        let mut path = parent.join(format!("{UNFINISHED}{n}"));
        while path.symlink_metadata().is_ok() {
            n += 1;
            path = parent.join(format!("{UNFINISHED}{n}"));
        }
        fs::create_dir(&path).map_err(writing)?;
        let lock = path.join(LOCK);
        let lock = locked(&lock).map_err(|source| Error::writing(&lock, source))?;
        Ok(Unfinished { parent: parent.to_owned(), path, _lock: lock, gone: false })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The place of a file in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Moves the folder to its place under `name`, or under `name-2`, `name-3`… if that is
    /// taken, and makes it the current snapshot.
    ///
    /// If a folder in its place is the `same`, nothing is moved and that one becomes current.
    pub(crate) fn publish(
        mut self,
        name: &str,
        same: impl Fn(&Path) -> bool,
    ) -> Result<PathBuf, Error> {
        let _turn = take_turn(&self.parent)?;
        let published = self.move_into_place(name, same);
        // Whatever was not moved goes now, while it is this run's turn.
        self.remove();
        published
    }

    fn move_into_place(&self, name: &str, same: impl Fn(&Path) -> bool) -> Result<PathBuf, Error> {
        for n in 1_u32.. {
            let name = if n == 1 { name.to_owned() } else { format!("{name}-{n}") };
            let path = self.parent.join(&name);
            // A link that leads nowhere is in the way as well.
            if path.symlink_metadata().is_ok() {
                if same(&path) {
                    self.make_current(&name)?;
                    return Ok(path);
                }
                continue;
            }
            let writing = |source| Error::writing(&path, source);
            fs::remove_file(self.path.join(LOCK)).map_err(writing)?;
            for folder in [SHIELDED, ""].map(|name| self.path.join(name)) {
                if folder.is_dir() {
                    sync_folder(&folder).map_err(writing)?;
                }
            }
            fs::rename(&self.path, &path).map_err(writing)?;
            sync_folder(&self.parent).map_err(writing)?;
            self.make_current(&name)?;
            return Ok(path);
        }
        unreachable!("fewer than four billion snapshots have one name")
    }

    /// Removes what there is, in this run's turn. What cannot be removed stays for a later
    /// run, which finds its lock free.
    fn remove(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        self.gone = true;
    }

    fn make_current(&self, name: &str) -> Result<(), Error> {
        replace(&self.parent.join(CURRENT), format!("{name}\n").as_bytes())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.gone
            && let Ok(_turn) = take_turn(&self.parent)
        {
            self.remove();
        }
    }
}

/// Writes a file beside a snapshot, such as a report of it: it is there whole or not at all, and
/// one that is there already is replaced.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_beside(snapshot: &Path, extension: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let path = snapshot.with_extension(extension);
    let _turn = take_turn(path.parent().unwrap_or("".as_ref()))?;
    replace(&path, bytes)?;
    Ok(path)
}

/// Puts a file in the place of one that may be there, in one step and in this run's turn.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or("".as_ref());
    let next = folder.join(NEXT);
    let write = || {
        write_synced(&next, bytes)?;
        fs::rename(&next, path)?;
        sync_folder(folder)
    };
    write().map_err(|source| {
        let _ = fs::remove_file(&next);
        Error::writing(path, source)
    })
}

/// Writes a file and makes sure it is on the disk.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write;
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until no other run is starting or publishing here. Dropped, it lets the next one.
fn take_turn(parent: &Path) -> Result<File, Error> {
    let lock = parent.join(LOCK);
    locked(&lock).map_err(|source| Error::writing(&lock, source))
}

fn locked(path: &Path) -> io::Result<File> {
    let lock = File::options().create(true).truncate(false).write(true).open(path)?;
    lock.lock()?;
    Ok(lock)
}

/// Removes the unfinished folders whose run is gone.
fn remove_leftovers(parent: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(parent).map_err(|source| Error::reading(parent, source))? {
        let entry = entry.map_err(|source| Error::reading(parent, source))?;
        let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if unfinished && is_abandoned(&entry.path()) {
            // One that cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

fn is_abandoned(folder: &Path) -> bool {
    // Without a lock file, its run died in the moment before the folder had one or after it
    // was taken away for publication: this run's turn says that no other is in that moment.
    let Ok(lock) = File::options().write(true).open(folder.join(LOCK)) else { return true };
    !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

/// Makes sure that the names in a folder are on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened; elsewhere a rename is as safe as it gets.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(parent: &Path) -> Vec<String> {
        let entries = fs::read_dir(parent).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_dropped_folder_is_gone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Unfinished::create(parent.path()).unwrap();
        assert_eq!(names(parent.path()), [".lock", ".unfinished-1"]);
        drop(folder);
        assert_eq!(names(parent.path()), [".lock"]);
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_a_live_one_builds_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let live = Unfinished::create(parent.path()).unwrap();
        // Killed while writing: its lock is there and free.
        fs::create_dir(parent.path().join(".unfinished-7")).unwrap();
        fs::write(parent.path().join(".unfinished-7/.lock"), "").unwrap();
        fs::write(parent.path().join(".unfinished-7/records.parquet"), "half").unwrap();
        // Killed just before publication: its lock was taken away.
        fs::create_dir(parent.path().join(".unfinished-8")).unwrap();
        let next = Unfinished::create(parent.path()).unwrap();
        assert_eq!(names(parent.path()), [".lock", ".unfinished-1", ".unfinished-2"]);
        fs::write(live.join("a"), "still here").unwrap();
        fs::write(next.join("a"), "here as well").unwrap();
    }

    #[test]
    fn two_runs_at_once_publish_under_two_names() {
        let parent = tempfile::tempdir().unwrap();
        let publish = || {
            let folder = Unfinished::create(parent.path()).unwrap();
            folder.publish("night", |_| false).unwrap();
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(publish);
            }
        });
        assert_eq!(
            names(parent.path()),
            [".lock", "CURRENT", "night", "night-2", "night-3", "night-4"]
        );
    }
}
