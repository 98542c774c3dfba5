//! Reads Parquet and Arrow IPC.

use std::error::Error as StdError;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Float64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Fault, guarded};
use crate::open::{Batch, Table, read_whole};
use crate::progress::Meter;
use crate::rows::{LIST_LIMIT, LONG_LIST, Rows};
use crate::value::write_number;
use crate::{Error, FileKind};

/// Rows that are made text at once.
const ROWS: usize = 4096;

/// Opens a Parquet file.
pub(crate) fn open_parquet<'a>(path: &'a Path, meter: &'a Meter<'a>) -> Result<Table<'a>, Fault> {
    read_whole(path, meter)?;
    let damaged = |error| damaged(path, "Parquet file", 0, error);
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    guarded(path, "Parquet file", 0, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let schema = builder.schema().clone();
        let batches = builder.with_batch_size(ROWS).build().map_err(damaged)?;
        Ok(table(path, FileKind::Parquet, "Parquet file", &schema, batches))
    })
}

/// Opens an Arrow IPC file, or stream.
pub(crate) fn open_arrow<'a>(
    path: &'a Path,
    is_file: bool,
    meter: &'a Meter<'a>,
) -> Result<Table<'a>, Fault> {
    read_whole(path, meter)?;
    let damaged = |error| damaged(path, "Arrow file", 0, error);
    let file = BufReader::new(File::open(path).map_err(|error| Error::io(path, error))?);
    guarded(path, "Arrow file", 0, || {
        Ok(if is_file {
            let batches = FileReader::try_new(file, None).map_err(damaged)?;
            let schema = batches.schema();
            table(path, FileKind::Arrow, "Arrow file", &schema, batches)
        } else {
            let batches = StreamReader::try_new(file, None).map_err(damaged)?;
            let schema = batches.schema();
            table(path, FileKind::Arrow, "Arrow file", &schema, batches)
        })
    })
}

/// Some rows, column by column.
pub(crate) struct Columns {
    path: PathBuf,
    what: &'static str,
    /// The number of the first row, from 1.
    first: u64,
    batch: RecordBatch,
}

/// Every value as text: numbers and dates as they are elsewhere, lists as several values.
pub(crate) fn as_text(columns: &Columns) -> Result<Rows, Fault> {
    guarded(&columns.path, columns.what, columns.first - 1, || rows(columns))
}

fn rows(Columns { path, first, batch, .. }: &Columns) -> Result<Rows, Fault> {
    let columns: Vec<Cells> = batch
        .schema_ref()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| cells(path, field, column))
        .collect::<Result<_, Error>>()?;
    let mut rows = Rows::default();
    let mut number = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            push(column, row, &mut number, &mut rows);
        }
        rows.end_row(u32::try_from(first + row as u64).unwrap_or(u32::MAX), None);
    }
    Ok(rows)
}

fn table<'a>(
    path: &'a Path,
    kind: FileKind,
    what: &'static str,
    schema: &SchemaRef,
    mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'a,
) -> Table<'a> {
    let columns = schema.fields().iter().map(|field| field.name().trim().to_owned()).collect();
    let mut n_rows = 0;
    let mut rest = RecordBatch::new_empty(schema.clone());
    let mut ended = false;
    let batches = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        // A batch may be as large as the file: it is dealt out in slices.
        while rest.num_rows() == 0 {
            let batch = guarded(path, what, n_rows, || {
                let batch = batches.next().transpose();
                let batch = batch.map_err(|error| damaged(path, what, n_rows, error))?;
                Ok(batch.map(|batch| divisible(path, batch)).transpose()?)
            });
            match batch {
                Ok(Some(batch)) => rest = batch,
                Ok(None) => {
                    ended = true;
                    return None;
                }
                Err(fault) => {
                    ended = true;
                    return Some(Err(fault));
                }
            }
        }
        let batch = rest.slice(0, ROWS.min(rest.num_rows()));
        rest = rest.slice(batch.num_rows(), rest.num_rows() - batch.num_rows());
        let first = n_rows + 1;
        n_rows += batch.num_rows() as u64;
        Some(Ok(Batch::Columns(Columns { path: path.to_owned(), what, first, batch })))
    });
    Table {
        kind,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        header_line: 0,
        columns: Some(columns),
        serials: false,
        batches: Box::new(batches),
    }
}

fn damaged(
    path: &Path,
    what: &'static str,
    rows: u64,
    error: impl StdError + Send + Sync + 'static,
) -> Fault {
    Error::Damaged { path: path.to_owned(), what, rows, source: Box::new(error) }.into()
}

/// A batch of which any slice is as quick to make text of as it is long: what all its rows share, the
/// words of a dictionary and the items of lists, is made text here.
fn divisible(path: &Path, batch: RecordBatch) -> Result<RecordBatch, Error> {
    let shared = |column: &ArrayRef| {
        matches!(column.data_type(), DataType::Dictionary(..)) || is_list(column.data_type())
    };
    if batch.num_rows() <= ROWS || !batch.columns().iter().any(shared) {
        return Ok(batch);
    }
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let columns: Vec<(&String, ArrayRef)> = columns
        .map(|(field, column)| {
            let made =
                if shared(column) { cells(path, field, column)?.array() } else { column.clone() };
            Ok((field.name(), made))
        })
        .collect::<Result<_, Error>>()?;
    Ok(RecordBatch::try_from_iter(columns).expect("columns of a batch are of one length"))
}

fn is_list(data_type: &DataType) -> bool {
    use DataType::{FixedSizeList, LargeList, LargeListView, List, ListView};
    matches!(data_type, List(_) | LargeList(_) | ListView(_) | LargeListView(_) | FixedSizeList(..))
}

/// A column in the form its values are written from.
enum Cells {
    Text(StringArray),
    Numbers(ArrayRef),
    Lists(ListArray, StringArray),
    /// Whether each is there is known, but not how to write it.
    Nested(ArrayRef),
}

impl Cells {
    /// The column again, whose values are text where they could be.
    fn array(self) -> ArrayRef {
        match self {
            Cells::Text(texts) => Arc::new(texts),
            Cells::Lists(lists, _) => Arc::new(lists),
            Cells::Numbers(column) | Cells::Nested(column) => column,
        }
    }
}

fn cells(path: &Path, field: &Field, column: &ArrayRef) -> Result<Cells, Error> {
    as_cells(column).map_err(|error| Error::ColumnType {
        path: path.to_owned(),
        column: field.name().clone(),
        source: Box::new(error),
    })
}

fn as_cells(column: &ArrayRef) -> Result<Cells, ArrowError> {
    let data_type = column.data_type();
    Ok(match data_type {
        DataType::Float64 => Cells::Numbers(column.clone()),
        DataType::Float16 | DataType::Float32 => {
            // By way of text, so that 0.1 is not 0.10000000149.
            Cells::Numbers(cast(&cast(column, &DataType::Utf8)?, &DataType::Float64)?)
        }
        DataType::Timestamp(unit, Some(_)) => {
            // The hour at Greenwich: what else could be meant is not in the file.
            let ticks = cast(column, &DataType::Int64)?;
            let local = cast(&ticks, &DataType::Timestamp(*unit, None))?;
            Cells::Text(text(&local)?)
        }
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => {
            if item.data_type().is_nested() {
                return Ok(Cells::Nested(column.clone()));
            }
            let item = Field::new(item.name(), DataType::Utf8, true);
            let lists = cast(column, &DataType::List(item.into()))?;
            let lists = lists.as_list::<i32>().clone();
            let values = lists.values().as_string::<i32>().clone();
            Cells::Lists(lists, values)
        }
        _ if data_type.is_nested() && !matches!(data_type, DataType::Dictionary(..)) => {
            Cells::Nested(column.clone())
        }
        _ => Cells::Text(text(column)?),
    })
}

fn text(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

/// Casts, or fails: what cannot be cast must not become missing.
fn cast(column: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    cast_with_options(column, to, &CastOptions { safe: false, ..CastOptions::default() })
}

fn push(cells: &Cells, row: usize, number: &mut String, rows: &mut Rows) {
    match cells {
        Cells::Text(texts) => {
            rows.push_value(if texts.is_null(row) { "" } else { texts.value(row) });
        }
        Cells::Numbers(numbers) => {
            number.clear();
            if numbers.is_valid(row) {
                write_number(numbers.as_primitive::<Float64Type>().value(row), number);
            }
            rows.push_value(number);
        }
        Cells::Lists(lists, values) => {
            if lists.is_valid(row) {
                let offsets = lists.value_offsets();
                // An offset is never negative.
                let at = |row: usize| usize::try_from(offsets[row]).unwrap_or_default();
                if LIST_LIMIT < at(row + 1) - at(row) {
                    return rows.refuse_cell(LONG_LIST);
                }
                for item in at(row)..at(row + 1) {
                    rows.push_value(if values.is_null(item) { "" } else { values.value(item) });
                }
            } else {
                // Unlike a list of nothing.
                rows.push_value("");
            }
        }
        Cells::Nested(nested) => {
            if nested.is_valid(row) {
                return rows.refuse_cell("nested object");
            }
        }
    }
    rows.end_cell();
}
