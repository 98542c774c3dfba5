//! Looks at a file without reading it all.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use crate::error::Fault;
use crate::open::{Assume, Batch, open};
use crate::progress::Meter;
use crate::rows::{Row, Rows};
use crate::{Error, FileKind, Format, json_lines};

/// What a look at a file shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Peek {
    /// What kind of file it is.
    pub kind: FileKind,
    /// Of delimited text: the byte between values.
    pub delimiter: Option<u8>,
    /// Of text: the encoding, as far as the look goes.
    pub encoding: Option<&'static str>,
    /// Of a workbook: its sheets.
    pub sheets: Vec<String>,
    /// The names of its columns. Of JSON Lines, those that the rows looked at name.
    pub columns: Vec<String>,
    /// The first rows that are well formed, a value for each column; of a list, its values
    /// divided by `; `.
    pub rows: Vec<Vec<String>>,
    /// The line of the header, from 1; 0 where there is none.
    pub header_line: u32,
}

// Values are personal: a panic or a log that debugs a look must not show them.
impl fmt::Debug for Peek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peek")
            .field("kind", &self.kind)
            .field("columns", &self.columns)
            .field("n_rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

/// Looks at the header and the first `rows` rows of a file.
///
/// # Errors
///
/// The first thing that is wrong with the file as far as the look goes.
pub fn peek(path: &Path, format: &Format, rows: usize) -> Result<Peek, Error> {
    told(|assume| peek_as(assume, path, format, rows))
}

/// What a look says, whatever encoding that takes.
pub(crate) fn told<T>(look: impl Fn(Assume) -> Result<T, Fault>) -> Result<T, Error> {
    match look(Assume::Utf8) {
        Err(Fault::NotUtf8) => look(Assume::Windows1252),
        other => other,
    }
    .map_err(|fault| match fault {
        Fault::Error(error) => error,
        Fault::NotUtf8 => unreachable!("text read as Windows-1252 is not refused for its encoding"),
    })
}

fn peek_as(assume: Assume, path: &Path, format: &Format, n: usize) -> Result<Peek, Fault> {
    let meter = Meter::idle();
    let mut table = open(path, format, assume, &meter)?;
    let mut columns = table.columns.take();
    let mut rows = Vec::new();
    while rows.len() < n || columns.is_none() {
        let Some(batch) = table.batches.next().transpose()? else {
            break;
        };
        if let (None, Batch::Lines(lines)) = (&columns, &batch) {
            columns = Some(json_lines::columns(lines));
        }
        let columns = columns.as_deref().unwrap_or_default();
        let batch = batch.into_rows(columns)?;
        let sound = batch.rows().iter().filter(|row| row.flaw.is_none());
        rows.extend(sound.take(n - rows.len()).map(|row| {
            (0..columns.len()).map(|at| as_text(&batch, row, at).into_owned()).collect()
        }));
    }
    Ok(Peek {
        kind: table.kind,
        delimiter: table.delimiter,
        encoding: table.encoding,
        sheets: table.sheets,
        columns: columns.unwrap_or_default(),
        rows,
        header_line: table.header_line,
    })
}

/// A cell on one line: of a list, its values divided by `; `.
pub(crate) fn as_text<'a>(rows: &'a Rows, row: &Row, column: usize) -> Cow<'a, str> {
    let mut values = rows.cell(row, column).map(str::trim);
    let first = values.next().unwrap_or("");
    values.fold(Cow::Borrowed(first), |text, value| Cow::Owned(format!("{text}; {value}")))
}
