//! Columns of a Parquet file turned back into rows.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, ListArray, StringArray, UInt32Array,
};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Schema, UInt32Type};
use jiff::SignedDuration;
use jiff::civil::Date;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::file::metadata::PageIndexPolicy;
use rayon::prelude::*;

use crate::Error;
use crate::sheet::{Column, schema};

/// Rows read at a time.
const BATCH_ROWS: usize = 8_192;

/// A cell holds a code that this version does not know, or a day that no calendar has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unknown;

/// The cells of one row, taken from left to right.
pub(crate) struct Cells<'a> {
    columns: &'a [Values<'a>],
    row: usize,
    next: usize,
}

impl<'a> Cells<'a> {
    /// Whether the row has cells yet to be taken.
    pub(crate) fn more(&self) -> bool {
        self.next < self.columns.len()
    }

    pub(crate) fn text(&mut self) -> &'a str {
        match self.take() {
            (Values::Text(cells), row) => cells.value(row),
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    pub(crate) fn maybe_text(&mut self) -> Option<&'a str> {
        match self.take() {
            (Values::Text(cells), row) => cells.is_valid(row).then(|| cells.value(row)),
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    pub(crate) fn words<S: From<&'a str>>(&mut self) -> Vec<S> {
        match self.take() {
            (Values::Texts(lists, words), row) => {
                let offsets = lists.value_offsets();
                let offset = |at: usize| usize::try_from(offsets[at]).unwrap_or_default();
                (offset(row)..offset(row + 1)).map(|at| S::from(words.value(at))).collect()
            }
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    pub(crate) fn day(&mut self) -> Result<Option<Date>, Unknown> {
        match self.take() {
            (Values::Days(cells), row) if cells.is_null(row) => Ok(None),
            (Values::Days(cells), row) => {
                let since_1970 = SignedDuration::from_hours(24 * i64::from(cells.value(row)));
                Date::constant(1970, 1, 1).checked_add(since_1970).map(Some).map_err(|_| Unknown)
            }
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    pub(crate) fn count(&mut self) -> u32 {
        match self.take() {
            (Values::Counts(cells), row) => cells.value(row),
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    pub(crate) fn number(&mut self) -> f64 {
        match self.take() {
            (Values::Numbers(cells), row) => cells.value(row),
            _ => unreachable!("a row takes from each column cells of its kind"),
        }
    }

    /// The text in a column that need not come next, if there is one.
    pub(crate) fn peek(&self, column: usize) -> Option<&'a str> {
        match &self.columns[column] {
            Values::Text(cells) => cells.is_valid(self.row).then(|| cells.value(self.row)),
            _ => None,
        }
    }

    fn take(&mut self) -> (&'a Values<'a>, usize) {
        self.next += 1;
        (&self.columns[self.next - 1], self.row)
    }
}

/// Gives every row of a file to `row`, until it breaks or cannot read a cell; but only the cells of the
/// columns that are `wanted`, by their places.
pub(crate) fn each_row_of(
    path: &Path,
    columns: &[Column],
    wanted: impl Fn(usize) -> bool,
    row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
) -> Result<(), Error> {
    rows_of(path, of_columns(path, open(path)?, columns, wanted)?, row)
}

/// The same of only some rows, by their places in ascending order. No page is read that has none.
pub(crate) fn each_row_at(
    path: &Path,
    columns: &[Column],
    wanted: impl Fn(usize) -> bool,
    rows: &[usize],
    row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let with_pages = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
    let builder = of_columns(path, open_with(path, with_pages)?, columns, wanted)?;
    let n = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let stretches = rows.chunk_by(|row, next| row + 1 == *next);
    let stretches = stretches.map(|rows| rows[0]..rows[rows.len() - 1] + 1);
    let selection = RowSelection::from_consecutive_ranges(stretches, n);
    rows_of(path, builder.with_row_selection(selection), row)
}

/// Gives every text of a column to `see`.
pub(crate) fn each_text(
    path: &Path,
    column: usize,
    mut see: impl FnMut(&str),
) -> Result<(), Error> {
    let builder = open(path)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), [column]);
    rows_of(path, builder.with_projection(mask), |cells| {
        see(cells.text());
        Ok(ControlFlow::Continue(()))
    })
}

/// A file with these columns, of which those are read that are `wanted`.
fn of_columns(
    path: &Path,
    builder: ParquetRecordBatchReaderBuilder<File>,
    columns: &[Column],
    wanted: impl Fn(usize) -> bool,
) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    check(path, builder.schema(), &schema(columns))?;
    let places = (0..columns.len()).filter(|&place| wanted(place));
    let mask = ProjectionMask::roots(builder.parquet_schema(), places);
    Ok(builder.with_projection(mask))
}

/// Gives every row to `row` with what is gathered of the part of the file that it is in. Parts
/// are read at once; what was gathered comes in their order.
pub(crate) fn each_part<T: Default + Send>(
    path: &Path,
    columns: &[Column],
    row: impl Fn(&mut T, &mut Cells<'_>) -> Result<(), Unknown> + Sync,
) -> Result<Vec<T>, Error> {
    let whole = open(path)?;
    check(path, whole.schema(), &schema(columns))?;
    let parts = whole.metadata().num_row_groups();
    (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut gathered = T::default();
            rows_of(path, open(path)?.with_row_groups(vec![part]), |cells| {
                row(&mut gathered, cells)?;
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(gathered)
        })
        .collect()
}

fn rows_of(
    path: &Path,
    builder: ParquetRecordBatchReaderBuilder<File>,
    mut row: impl FnMut(&mut Cells<'_>) -> Result<ControlFlow<()>, Unknown>,
) -> Result<(), Error> {
    let unreadable = |found: String| Error::damaged(path, "a readable Parquet file", found);
    let batches = builder.with_batch_size(BATCH_ROWS).build();
    for batch in batches.map_err(|error| unreadable(error.to_string()))? {
        let batch = batch.map_err(|error| unreadable(error.to_string()))?;
        let values: Vec<Values<'_>> = batch.columns().iter().map(Values::new).collect();
        for at in 0..batch.num_rows() {
            match row(&mut Cells { columns: &values, row: at, next: 0 }) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(()),
                Err(Unknown) => {
                    return Err(Error::damaged(path, "known codes and dates", "another"));
                }
            }
        }
    }
    Ok(())
}

/// The names of a file's columns.
pub(crate) fn column_names(path: &Path) -> Result<Vec<String>, Error> {
    Ok(open(path)?.schema().fields().iter().map(|field| field.name().clone()).collect())
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    open_with(path, ArrowReaderOptions::new())
}

fn open_with(
    path: &Path,
    options: ArrowReaderOptions,
) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(path).map_err(|source| Error::reading(path, source))?;
    ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)
        .map_err(|error| Error::damaged(path, "a readable Parquet file", error.to_string()))
}

/// Refuses a file whose columns are not those of this format.
fn check(path: &Path, found: &Schema, expected: &Schema) -> Result<(), Error> {
    let names = |schema: &Schema| {
        let names = schema.fields().iter().map(|field| field.name().as_str());
        format!("columns {}", names.collect::<Vec<_>>().join(", "))
    };
    let (found_names, expected_names) = (names(found), names(expected));
    if found_names != expected_names {
        return Err(Error::damaged(path, expected_names, found_names));
    }
    for (found, expected) in found.fields().iter().zip(expected.fields()) {
        let alike = match (found.data_type(), expected.data_type()) {
            // A list's item may have any name.
            (DataType::List(found), DataType::List(expected)) => {
                found.data_type() == expected.data_type()
            }
            (found, expected) => found == expected,
        };
        if !alike || (found.is_nullable() && !expected.is_nullable()) {
            let kind = |data_type| format!("column `{}` of type {data_type}", expected.name());
            return Err(Error::damaged(path, kind(expected.data_type()), kind(found.data_type())));
        }
    }
    Ok(())
}

/// The cells of one column.
enum Values<'a> {
    Text(&'a StringArray),
    Texts(&'a ListArray, &'a StringArray),
    Days(&'a Date32Array),
    Counts(&'a UInt32Array),
    Numbers(&'a Float64Array),
}

impl Values<'_> {
    fn new(column: &ArrayRef) -> Values<'_> {
        match column.data_type() {
            DataType::Utf8 => Values::Text(column.as_string()),
            DataType::List(_) => {
                let lists = column.as_list::<i32>();
                Values::Texts(lists, lists.values().as_string())
            }
            DataType::Date32 => Values::Days(column.as_primitive::<Date32Type>()),
            DataType::UInt32 => Values::Counts(column.as_primitive::<UInt32Type>()),
            DataType::Float64 => Values::Numbers(column.as_primitive::<Float64Type>()),
            _ => unreachable!("the types of the columns were checked"),
        }
    }
}
