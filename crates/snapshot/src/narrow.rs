//! Reads of a snapshot only the rows in which some ids stand.
//!
//! The columns of ids are read once, and kept as numbers: where an id stands is then seen at once, and
//! of the rest only those pages are read that hold such a row. A number may be that of another id too,
//! so that a row more may come, and never one too few.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

use crate::cells::each_text;
use crate::rows::{
    AddressRow, HouseholdRow, InvolvementRow, MembershipRow, PersonRow, RecordRow, RelationshipRow,
    ResidencyRow,
};
use crate::tables::Row;
use crate::{Error, Snapshot};

/// Where the ids of a snapshot stand, and of which the rows are wanted.
#[derive(Debug, Default)]
pub(crate) struct Narrow {
    files: BTreeMap<PathBuf, Vec<Keys>>,
    wanted: FxHashSet<u32>,
}

/// A column of ids, as a number for each row.
type Keys = Vec<u32>;

impl Narrow {
    /// The rows of a file that are wanted, ascending.
    pub(crate) fn rows(&self, path: &Path) -> Vec<usize> {
        let Some(columns) = self.files.get(path) else { return Vec::new() };
        let n = columns.iter().map(Vec::len).max().unwrap_or(0);
        let is_wanted = |row: &usize| columns.iter().any(|keys| self.wanted.contains(&keys[*row]));
        (0..n).filter(is_wanted).collect()
    }
}

impl Snapshot {
    /// From now on `each_…` gives only the rows of persons, records, households, addresses,
    /// memberships, relationships, residencies and involvements in which one of these ids stands,
    /// and hardly any other.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or is damaged.
    pub fn narrow<S: AsRef<str>>(&mut self, ids: impl IntoIterator<Item = S>) -> Result<(), Error> {
        let mut narrow = match self.narrow.take() {
            Some(narrow) => narrow,
            None => Narrow { files: self.keys()?, wanted: FxHashSet::default() },
        };
        narrow.wanted = ids.into_iter().map(|id| number(id.as_ref())).collect();
        self.narrow = Some(narrow);
        Ok(())
    }

    fn keys(&self) -> Result<BTreeMap<PathBuf, Vec<Keys>>, Error> {
        let tables = [
            Snapshot::keys_of::<PersonRow<&str>>,
            Snapshot::keys_of::<RecordRow<&str>>,
            Snapshot::keys_of::<HouseholdRow<&str>>,
            Snapshot::keys_of::<AddressRow<&str>>,
            Snapshot::keys_of::<MembershipRow<&str>>,
            Snapshot::keys_of::<RelationshipRow<&str>>,
            Snapshot::keys_of::<ResidencyRow<&str>>,
            Snapshot::keys_of::<InvolvementRow<&str>>,
        ];
        let keys = tables.par_iter().with_max_len(1).map(|keys| keys(self));
        let keys: Vec<Vec<(PathBuf, Vec<Keys>)>> = keys.collect::<Result<_, _>>()?;
        Ok(keys.into_iter().flatten().collect())
    }

    /// The columns of ids of a table, of its open file and of the shielded one if that is told.
    fn keys_of<R: Row>(&self) -> Result<Vec<(PathBuf, Vec<Keys>)>, Error> {
        let mut paths = vec![self.checked(R::FILE)?];
        paths.extend(self.shielded(R::FILE)?);
        let mut files = Vec::new();
        for path in paths {
            let mut columns = Vec::new();
            for &column in R::IDS {
                let mut keys = Vec::new();
                each_text(&path, column, |id| keys.push(number(id)))?;
                columns.push(keys);
            }
            files.push((path, columns));
        }
        Ok(files)
    }
}

/// A number for an id, which few others have.
fn number(id: &str) -> u32 {
    let hash = BuildHasherDefault::<FxHasher>::default().hash_one(id);
    // The higher half is the better mixed.
    (hash >> 32) as u32
}
