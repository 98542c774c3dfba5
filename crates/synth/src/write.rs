//! Writes the extracts, the plan that reads them and the truth into a folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;
use encoding_rs::WINDOWS_1252;
use flate2::{Compression, GzBuilder};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Packing, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::desk::Office;
use crate::extract::{Extract, Rows, Shape};
use crate::plan;
use crate::settings::Settings;
use crate::town::Town;
use crate::truth::{self, Mentions};
use crate::view::View;
use crate::words::Words;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The plan that reads the extracts.
    pub plan: PathBuf,
    /// The true person and household behind every record.
    pub truth: PathBuf,
    /// Every file, in the order of writing.
    pub files: Vec<PathBuf>,
    /// The number of extracts.
    pub n_extracts: usize,
    /// The number of rows in them.
    pub n_rows: usize,
    /// The number of records those rows give, further persons in a row included.
    pub n_records: usize,
}

/// Why a town could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be written.
    #[error("cannot write `{path}`")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A table could not be written.
    #[error("cannot write the table `{path}`")]
    Table {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Writes what the agencies of a town deliver, `plan.toml` and the truth into `folder`, which is made
/// if it is not there.
///
/// An agency without a row, whose file would be without a byte, delivers nothing and is not in
/// the plan. Each extract is let go before the next is made: of a large town they take more room
/// than the town.
///
/// # Errors
///
/// If the folder or a file in it cannot be written.
pub fn write(town: &Town, settings: &Settings, folder: &Path) -> Result<Written, Error> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    fs::create_dir_all(folder).map_err(io(folder))?;
    let mut written = Written {
        plan: folder.join("plan.toml"),
        truth: folder.join("truth.parquet"),
        files: Vec::new(),
        n_extracts: 0,
        n_rows: 0,
        n_records: 0,
    };
    let (delivered, mentions) = deliver_all(town, settings, folder, &mut written)?;
    fs::write(&written.plan, plan::plan(town, &delivered)).map_err(io(&written.plan))?;
    written.files.push(written.plan.clone());
    let tables: [(_, usize, Table<'_>); 4] = [
        ("truth.parquet", mentions.len(), &|rows| truth::records(town, &mentions, rows)),
        ("truth_persons.parquet", town.persons.len(), &|rows| truth::persons(town, rows)),
        ("truth_relationships.parquet", town.relationships.len(), &|rows| {
            truth::relationships(town, rows)
        }),
        ("truth_residencies.parquet", town.residencies.len(), &|rows| {
            truth::residencies(town, rows)
        }),
    ];
    for (name, n, table) in tables {
        let path = folder.join(name);
        parquet(n, table, &path)?;
        written.files.push(path);
    }
    Ok(written)
}

/// Writes all extracts, one after the other. What is left of those that are there is what the plan says
/// of them.
fn deliver_all(
    town: &Town,
    settings: &Settings,
    folder: &Path,
    written: &mut Written,
) -> Result<(Vec<Extract>, Mentions), Error> {
    let (view, words) = (View::new(town), Words::read());
    let (mut delivered, mut mentions) = (Vec::new(), Mentions::default());
    for extract in crate::made(Office { view: &view, words: &words, settings }) {
        written.n_extracts += 1;
        written.n_rows += extract.rows.len();
        written.n_records += extract.mentions.len();
        mentions.extend(&extract);
        if !extract.rows.is_empty() || !matches!(extract.paper.shape, Shape::JsonLines { .. }) {
            deliver(&extract, folder, &mut written.files)?;
            delivered.push(Extract { rows: Rows::default(), mentions: Vec::new(), ..extract });
        }
    }
    Ok((delivered, mentions))
}

/// Writes one extract in its own shape.
fn deliver(extract: &Extract, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let path = folder.join(extract.paper.file);
    let n = extract.rows.len();
    match extract.paper.shape {
        Shape::Parquet { dates } => parquet(n, &|rows| typed(extract, dates, rows), &path)?,
        Shape::Arrow => arrow(&typed(extract, &[], 0..n), &path)?,
        Shape::Gzip { files: parts } if parts > 1 => {
            for part in 0..parts {
                let name = extract.paper.file.replace('*', &(part + 1).to_string());
                let path = folder.join(name);
                let rows = n * part / parts..n * (part + 1) / parts;
                text(extract, rows, &path)
                    .map_err(|source| Error::Io { path: path.clone(), source })?;
                files.push(path);
            }
            return Ok(());
        }
        _ => {
            text(extract, 0..n, &path)
                .map_err(|source| Error::Io { path: path.clone(), source })?;
        }
    }
    files.push(path);
    Ok(())
}

/// Writes rows as text.
fn text(extract: &Extract, rows: Range<usize>, path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    match extract.paper.shape {
        Shape::JsonLines { split } => json_lines(extract, rows, split, &mut file)?,
        Shape::Csv { windows: true } => {
            file.write_all("\u{feff}".as_bytes())?;
            delimited(extract, rows, b',', csv::Terminator::CRLF, &mut file)?;
        }
        Shape::Windows1252 => {
            let mut utf8 = Vec::new();
            delimited(extract, rows, b',', csv::Terminator::CRLF, &mut utf8)?;
            // What the encoding lacks is written as the nearest plain letter.
            let plain: String = String::from_utf8_lossy(&utf8)
                .chars()
                .map(|c| {
                    let mut letter = [0; 4];
                    let (_, _, lost) = WINDOWS_1252.encode(c.encode_utf8(&mut letter));
                    if lost { crate::misspell::plain(&c.to_string()) } else { c.to_string() }
                })
                .collect();
            file.write_all(&WINDOWS_1252.encode(&plain).0)?;
        }
        Shape::Semicolons => delimited(extract, rows, b';', csv::Terminator::CRLF, &mut file)?,
        Shape::Tabs => delimited(extract, rows, b'\t', csv::Terminator::Any(b'\n'), &mut file)?,
        Shape::Gzip { .. } => {
            // No time and no name in the header: the same bytes every time.
            let mut packed = GzBuilder::new().mtime(0).write(file, Compression::new(6));
            delimited(extract, rows, b',', csv::Terminator::Any(b'\n'), &mut packed)?;
            file = packed.finish()?;
        }
        Shape::Zstd => {
            let mut packed = zstd::Encoder::new(file, 3)?;
            delimited(extract, rows, b',', csv::Terminator::Any(b'\n'), &mut packed)?;
            file = packed.finish()?;
        }
        _ => delimited(extract, rows, b',', csv::Terminator::Any(b'\n'), &mut file)?,
    }
    file.flush()
}

fn delimited(
    extract: &Extract,
    rows: Range<usize>,
    delimiter: u8,
    terminator: csv::Terminator,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(to);
    writer.write_record(extract.header)?;
    for row in rows {
        writer.write_record(extract.rows.row(row))?;
    }
    writer.flush()
}

/// An object a line: what is empty is left out, and what holds several is a list.
///
/// A column that nobody fills stands as null in the first line: it is there, and empty.
fn json_lines(
    extract: &Extract,
    rows: Range<usize>,
    split: &str,
    to: &mut impl Write,
) -> io::Result<()> {
    let lists: Vec<&str> = extract
        .paper
        .columns
        .iter()
        .filter_map(|(_, from)| match from {
            crate::extract::From::Split(column, _) => Some(*column),
            _ => None,
        })
        .collect();
    let first = rows.start;
    let nobody_fills = |at: usize| rows.clone().all(|row| extract.rows.cell(row, at).is_empty());
    for row in rows.clone() {
        let mut object = serde_json::Map::new();
        for (at, (column, cell)) in extract.header.iter().zip(extract.rows.row(row)).enumerate() {
            if cell.is_empty() {
                if row == first && nobody_fills(at) {
                    object.insert((*column).to_owned(), serde_json::Value::Null);
                }
                continue;
            }
            let value = if lists.contains(column) {
                cell.split(split).map(serde_json::Value::from).collect()
            } else {
                serde_json::Value::from(cell)
            };
            object.insert((*column).to_owned(), value);
        }
        serde_json::to_writer(&mut *to, &object)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}

/// The rows as a table: text, and dates where they are to be dates.
fn typed(extract: &Extract, dates: &[&str], rows: Range<usize>) -> RecordBatch {
    let columns = extract
        .header
        .iter()
        .enumerate()
        .map(|(at, &column)| {
            let cells = rows.clone().map(|row| extract.rows.cell(row, at));
            let values: ArrayRef = if dates.contains(&column) {
                truth::dates(cells.map(|cell| cell.parse().ok()))
            } else {
                let filled = cells.map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
                Arc::new(filled.collect::<StringArray>())
            };
            (column, values)
        })
        .collect();
    truth::table(columns)
}

/// Some rows of a table.
type Table<'a> = &'a dyn Fn(Range<usize>) -> RecordBatch;

/// Writes a table of so many rows, a group of them at a time: any more would be held until they fill one.
fn parquet(n: usize, table: Table<'_>, path: &Path) -> Result<(), Error> {
    let failed =
        |source: ParquetError| Error::Table { path: path.to_owned(), source: source.into() };
    let file = create(path)?;
    let properties = WriterProperties::builder()
        .set_compression(Packing::ZSTD(ZstdLevel::default()))
        .set_created_by("kinfold".to_owned())
        .build();
    let schema = table(0..0).schema();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(failed)?;
    for start in (0..n).step_by(GROUP) {
        writer.write(&table(start..n.min(start + GROUP))).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

/// The rows of a group, as many as the writer puts into one anyway.
const GROUP: usize = 1 << 20;

fn arrow(batch: &RecordBatch, path: &Path) -> Result<(), Error> {
    let table = |source: ArrowError| Error::Table { path: path.to_owned(), source: source.into() };
    let file = create(path)?;
    let mut writer = FileWriter::try_new(file, &batch.schema()).map_err(table)?;
    writer.write(batch).map_err(table)?;
    writer.finish().map_err(table)?;
    Ok(())
}

fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    let file = File::create(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    Ok(BufWriter::new(file))
}
