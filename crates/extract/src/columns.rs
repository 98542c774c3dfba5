//! Reads some columns of a file, whole.

use std::path::Path;

use rayon::prelude::*;

use crate::error::Fault;
use crate::intern::Interner;
use crate::open::{Assume, Batch, open};
use crate::peek::{as_text, told};
use crate::progress::Meter;
use crate::rows::Rows;
use crate::{Error, Format, json_lines};

/// Some columns of a file, of the rows that are well formed.
pub struct Columns {
    /// The names of all columns. Of JSON Lines, those that the first rows name.
    pub names: Vec<String>,
    /// For each column asked for its values; `None` if the file has none of that name.
    asked: Vec<Option<Column>>,
    rows: usize,
}

#[derive(Default)]
struct Column {
    values: Interner,
    /// For each row the id of what it says.
    ids: Vec<u32>,
}

impl Columns {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether the file has a column of those asked for, by its place among them.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        self.asked[column].is_some()
    }

    /// What a row says in a column of those asked for, trimmed; of a list, its values divided by
    /// `; `. `None` if it says nothing.
    ///
    /// # Panics
    ///
    /// Panics if there is no such row.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        let Column { values, ids } = self.asked[column].as_ref()?;
        Some(values.get(ids[row])).filter(|text| !text.is_empty())
    }
}

/// Reads the columns of a file that have these names, and nothing else of it.
///
/// # Errors
///
/// The first thing that is wrong with the file.
pub fn columns(path: &Path, format: &Format, wanted: &[&str]) -> Result<Columns, Error> {
    told(|assume| columns_as(assume, path, format, wanted))
}

/// So many batches are worked on at once: enough for many threads, and no more than some megabytes.
const BATCHES: usize = 32;

fn columns_as(
    assume: Assume,
    path: &Path,
    format: &Format,
    wanted: &[&str],
) -> Result<Columns, Fault> {
    let meter = Meter::idle();
    let mut table = open(path, format, assume, &meter)?;
    let mut names = table.columns.take();
    let mut columns: Vec<(usize, usize, Column)> = Vec::new();
    let mut n_rows = 0;
    loop {
        let batches: Vec<Batch> =
            table.batches.by_ref().take(BATCHES).collect::<Result<_, Fault>>()?;
        if let (None, Some(Batch::Lines(lines))) = (&names, batches.first()) {
            names = Some(json_lines::columns(lines));
        }
        let names = names.get_or_insert_default();
        if n_rows == 0 {
            // Of a batch's rows only these columns are kept.
            let place = |name: &&str| names.iter().position(|known| known == name);
            let found = wanted.iter().map(place).enumerate();
            let found = found.filter_map(|(at, place)| Some((at, place?, Column::default())));
            columns = found.collect();
        }
        if batches.is_empty() {
            break;
        }
        let batches: Vec<Rows> = batches
            .into_par_iter()
            .map(|batch| batch.into_rows(names))
            .collect::<Result<_, Fault>>()?;
        let sound = |rows: &Rows| rows.rows().iter().filter(|row| row.flaw.is_none()).count();
        n_rows += batches.iter().map(sound).sum::<usize>();
        columns.par_iter_mut().for_each(|(_, place, Column { values, ids })| {
            for batch in &batches {
                let sound = batch.rows().iter().filter(|row| row.flaw.is_none());
                ids.extend(sound.map(|row| values.insert(&as_text(batch, row, *place))));
            }
        });
    }
    let mut all: Vec<Option<Column>> = wanted.iter().map(|_| None).collect();
    for (at, _, column) in columns {
        all[at] = Some(column);
    }
    Ok(Columns { names: names.unwrap_or_default(), asked: all, rows: n_rows })
}
