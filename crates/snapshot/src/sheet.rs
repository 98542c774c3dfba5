//! Rows turned into columns of a Parquet file.
//!
//! A [`Sheet`] takes cells from left to right and, when enough rows are in, encodes its columns at
//! once. How a file is cut into batches, row groups and pages depends on its rows alone, so the same
//! rows give the same bytes.

use std::fs::File;
use std::io::{self, Write};
use std::mem::{replace, take};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Float64Builder, ListBuilder, StringBuilder, UInt32Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use jiff::civil::Date;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::FileEntry;

/// Rows turned into columns at a time: enough to work in bulk, little enough to stay in cache.
const BATCH_ROWS: usize = 8_192;

/// Rows of a row group, the part of a file that a reader can skip: so many batches.
const GROUP_ROWS: usize = 16 * BATCH_ROWS;

/// Rows of a page, the least that can be read: few enough to look up one person at once.
const PAGE_ROWS: usize = 2_048;

/// Who wrote the file, in the form readers parse. It names the format, not the release, so
/// that a new release writes the same bytes.
const CREATED_BY: &str = "kinfold version 1";

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text that rarely repeats, such as an id: stored as it is.
    Id,
    /// Such text, or null.
    MaybeId,
    /// Text that repeats, such as a code: stored once per row group.
    Word,
    /// Such text, or null.
    MaybeWord,
    /// A list of words.
    Words,
    /// A day, or null.
    Day,
    /// How many.
    Count,
    /// A quantity.
    Number,
}

/// A column's name and what its cells are.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// The columns as Arrow knows them.
pub(crate) fn schema(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| {
        let (data_type, nullable) = match column.kind {
            Kind::Id | Kind::Word => (DataType::Utf8, false),
            Kind::MaybeId | Kind::MaybeWord => (DataType::Utf8, true),
            Kind::Words => (DataType::List(Arc::new(list_item())), false),
            Kind::Day => (DataType::Date32, true),
            Kind::Count => (DataType::UInt32, false),
            Kind::Number => (DataType::Float64, false),
        };
        Field::new(&column.name, data_type, nullable)
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// The days from 1970 to `day`, as Parquet counts them.
pub(crate) fn epoch_days(day: Date) -> i32 {
    let days = day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    i32::try_from(days).expect("a civil date is within four million days of 1970")
}

/// A Parquet file being written row by row.
pub(crate) struct Sheet {
    schema: SchemaRef,
    cells: Vec<Cells>,
    // The column that takes the next cell.
    next: usize,
    // Rows in `cells`, in the row group, and in all.
    held: usize,
    grouped: usize,
    rows: u64,
    /// The columns of the row group.
    group: Vec<ArrowColumnWriter>,
    groups: ArrowRowGroupWriterFactory,
    writer: SerializedFileWriter<Sink>,
}

impl Sheet {
    /// An empty file with these columns.
    pub(crate) fn new(file: File, columns: &[Column]) -> Result<Sheet, ParquetError> {
        let schema = schema(columns);
        // The Parquet types say it all: with the Arrow schema beside them the bytes would be tied to
        // one library's version.
        let types = ArrowSchemaConverter::new().convert(&schema)?.root_schema_ptr();
        let sink = Sink { file, bytes: 0, digest: Sha256::new() };
        let writer = SerializedFileWriter::new(sink, types, Arc::new(properties(columns)))?;
        let groups = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));
        let cells = columns.iter().map(|column| Cells::new(column.kind)).collect();
        let group = Vec::new();
        Ok(Sheet { schema, cells, next: 0, held: 0, grouped: 0, rows: 0, group, groups, writer })
    }

    /// Ends a row, which has given a cell to every column.
    pub(crate) fn end_row(&mut self) -> Result<(), ParquetError> {
        assert_eq!(self.next, self.cells.len(), "a row fills every column");
        self.next = 0;
        self.held += 1;
        self.rows += 1;
        if self.held == BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    /// Ends the file and makes sure it is on the disk.
    pub(crate) fn finish(mut self) -> Result<FileEntry, ParquetError> {
        self.flush()?;
        self.end_group()?;
        let sink = self.writer.into_inner()?;
        sink.file.sync_all()?;
        Ok(FileEntry { rows: self.rows, bytes: sink.bytes, sha256: hex(&sink.digest.finalize()) })
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        if self.held == 0 {
            return Ok(());
        }
        if self.group.is_empty() {
            let number = self.writer.flushed_row_groups().len();
            self.group = self.groups.create_column_writers(number)?;
        }
        // A column has one leaf: of a list its words.
        let columns = self.group.par_iter_mut().zip(&mut self.cells).zip(&self.schema.fields()[..]);
        columns.try_for_each(|((column, cells), field)| {
            let leaves = compute_leaves(field, &cells.take())?;
            leaves.iter().try_for_each(|leaf| column.write(leaf))
        })?;
        self.grouped += self.held;
        self.held = 0;
        if self.grouped == GROUP_ROWS { self.end_group() } else { Ok(()) }
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        if self.grouped == 0 {
            return Ok(());
        }
        self.grouped = 0;
        let group = take(&mut self.group);
        let chunks = group.into_par_iter().map(ArrowColumnWriter::close);
        let chunks: Vec<_> = chunks.collect::<Result<_, _>>()?;
        let mut group = self.writer.next_row_group()?;
        chunks.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
        group.close().map(|_| ())
    }

    pub(crate) fn text(&mut self, text: &str) {
        match self.next_cells() {
            Cells::Text(cells) => cells.append_value(text),
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    pub(crate) fn maybe_text(&mut self, text: Option<&str>) {
        match self.next_cells() {
            Cells::Text(cells) => cells.append_option(text),
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    pub(crate) fn words<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        match self.next_cells() {
            Cells::Texts(cells) => {
                words.for_each(|word| cells.values().append_value(word));
                cells.append(true);
            }
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    pub(crate) fn day(&mut self, day: Option<Date>) {
        match self.next_cells() {
            Cells::Days(cells) => cells.append_option(day.map(epoch_days)),
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    pub(crate) fn count(&mut self, count: u32) {
        match self.next_cells() {
            Cells::Counts(cells) => cells.append_value(count),
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    pub(crate) fn number(&mut self, number: f64) {
        match self.next_cells() {
            Cells::Numbers(cells) => cells.append_value(number),
            _ => unreachable!("a row gives each column cells of its kind"),
        }
    }

    fn next_cells(&mut self) -> &mut Cells {
        self.next += 1;
        &mut self.cells[self.next - 1]
    }
}

fn properties(columns: &[Column]) -> WriterProperties {
    let level = ZstdLevel::try_new(1).expect("zstd has a level 1");
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS);
    for column in columns {
        // A dictionary of ids would be as large as the ids.
        if matches!(column.kind, Kind::Id | Kind::MaybeId | Kind::Number) {
            let path = ColumnPath::from(column.name.as_str());
            properties = properties.set_column_dictionary_enabled(path, false);
        }
    }
    properties.build()
}

fn list_item() -> Field {
    Field::new_list_field(DataType::Utf8, false)
}

/// The cells of one column that are not yet written.
enum Cells {
    Text(StringBuilder),
    Texts(ListBuilder<StringBuilder>),
    Days(Date32Builder),
    Counts(UInt32Builder),
    Numbers(Float64Builder),
}

impl Cells {
    fn new(kind: Kind) -> Cells {
        match kind {
            Kind::Id | Kind::MaybeId | Kind::Word | Kind::MaybeWord => Cells::Text(texts(0)),
            Kind::Words => Cells::Texts(ListBuilder::new(texts(0)).with_field(list_item())),
            Kind::Day => Cells::Days(Date32Builder::with_capacity(BATCH_ROWS)),
            Kind::Count => Cells::Counts(UInt32Builder::with_capacity(BATCH_ROWS)),
            Kind::Number => Cells::Numbers(Float64Builder::with_capacity(BATCH_ROWS)),
        }
    }

    /// The cells of a batch. The next is taken to need as much room.
    fn take(&mut self) -> ArrayRef {
        match self {
            Cells::Text(cells) => {
                let array = cells.finish();
                *cells = texts(array.value_data().len());
                Arc::new(array)
            }
            Cells::Texts(cells) => Arc::new(cells.finish()),
            Cells::Days(cells) => {
                Arc::new(replace(cells, Date32Builder::with_capacity(BATCH_ROWS)).finish())
            }
            Cells::Counts(cells) => {
                Arc::new(replace(cells, UInt32Builder::with_capacity(BATCH_ROWS)).finish())
            }
            Cells::Numbers(cells) => {
                Arc::new(replace(cells, Float64Builder::with_capacity(BATCH_ROWS)).finish())
            }
        }
    }
}

/// Room for the texts of a batch, of so many bytes.
fn texts(bytes: usize) -> StringBuilder {
    StringBuilder::with_capacity(BATCH_ROWS, bytes)
}

/// A file that counts and hashes what is written to it.
struct Sink {
    file: File,
    bytes: u64,
    digest: Sha256,
}

impl Write for Sink {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970() {
        for (day, expected) in [
            (Date::constant(1970, 1, 1), 0),
            (Date::constant(1969, 12, 31), -1),
            (Date::constant(2000, 3, 1), 11_017),
            (Date::constant(1, 1, 1), -719_162),
            (Date::constant(9999, 12, 31), 2_932_896),
        ] {
            assert_eq!(epoch_days(day), expected, "{day}");
        }
    }

    #[test]
    fn bytes_are_written_as_pairs_of_digits() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_to_be_full() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let columns = [Column { name: "key".to_owned(), kind: Kind::Id }];
        let result = Sheet::new(full, &columns).and_then(|mut sheet| {
            for n in 0..500_000_u32 {
                sheet.text(&n.to_string());
                sheet.end_row()?;
            }
            sheet.finish()
        });
        let error = crate::Error::writing_parquet("records.parquet".as_ref(), result.unwrap_err());
        assert_eq!(error.to_string(), "the disk is full: cannot write `records.parquet`");
    }
}
