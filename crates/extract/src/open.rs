//! Opens a file as a table of rows, whatever its kind.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Fault;
use crate::json_lines::{self, Lines};
use crate::progress::Meter;
use crate::rows::Rows;
use crate::text::Text;
use crate::{Error, FileKind, Format, columnar, delimited, workbook};

/// A file opened: what was found out about it, and its rows to come.
pub(crate) struct Table<'a> {
    pub(crate) kind: FileKind,
    pub(crate) encoding: Option<&'static str>,
    pub(crate) delimiter: Option<u8>,
    /// The sheets of a workbook.
    pub(crate) sheets: Vec<String>,
    /// Where the header stands, if there is one.
    pub(crate) header_line: u32,
    /// The names of its columns, trimmed; `None` if each row names its own.
    pub(crate) columns: Option<Vec<String>>,
    /// Whether a bare number may be a spreadsheet's date.
    pub(crate) serials: bool,
    pub(crate) batches: Batches<'a>,
}

/// The rows of a file, some thousands at a time. Ends after the first fault.
pub(crate) type Batches<'a> = Box<dyn Iterator<Item = Result<Batch, Fault>> + Send + 'a>;

/// Some rows of a file, not yet all as text: what work is left can be done in parallel.
pub(crate) enum Batch {
    Rows(Rows),
    Lines(Lines),
    Columns(columnar::Columns),
}

impl Batch {
    /// The rows. `columns` are those wanted, where each row names its own.
    pub(crate) fn into_rows(self, columns: &[String]) -> Result<Rows, Fault> {
        match self {
            Batch::Rows(rows) => Ok(rows),
            Batch::Lines(lines) => Ok(json_lines::parse(&lines, columns)),
            Batch::Columns(batch) => columnar::as_text(&batch),
        }
    }
}

/// Whether text that is not said to be in any encoding is taken for UTF-8, or was found not to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assume {
    Utf8,
    Windows1252,
}

/// Opens a file and reads its header.
pub(crate) fn open<'a>(
    path: &'a Path,
    format: &Format,
    assume: Assume,
    meter: &'a Meter<'a>,
) -> Result<Table<'a>, Fault> {
    let mut start = Vec::new();
    let io_error = |error| Error::io(path, error);
    if path.metadata().map_err(io_error)?.is_dir() {
        return Err(Error::Folder { path: path.to_owned() }.into());
    }
    let file = File::open(path).map_err(io_error)?;
    file.take(8).read_to_end(&mut start).map_err(io_error)?;
    if start.is_empty() {
        return Err(Error::Empty { path: path.to_owned() }.into());
    }
    let found = Look::at(&start);
    let kind = format.kind.or_else(|| by_name(path)).or_else(|| found.kind());
    if let Some(kind) = kind {
        found.agrees(kind, path)?;
    }
    match kind {
        Some(FileKind::Workbook) => workbook::open(path, format, meter),
        Some(FileKind::Parquet) => columnar::open_parquet(path, meter),
        Some(FileKind::Arrow) => columnar::open_arrow(path, found == Look::Arrow, meter),
        Some(FileKind::Delimited | FileKind::JsonLines) | None => {
            let text = Text::open(path, format, assume, meter)?;
            match kind.or_else(|| text.kind()) {
                Some(FileKind::JsonLines) => json_lines::open(path, format, text),
                Some(_) => delimited::open(path, format, text),
                None => Err(Error::UnknownKind { path: path.to_owned() }.into()),
            }
        }
    }
}

/// Reads a file to its end for the meter, where its reader jumps about in it.
pub(crate) fn read_whole(path: &Path, meter: &Meter<'_>) -> Result<(), Error> {
    if !meter.counts() {
        return Ok(());
    }
    let mut file = File::open(path).map_err(|error| Error::io(path, error))?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => meter.add(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io(path, error)),
        }
    }
}

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Gzip,
    Zstandard,
    Parquet,
    Arrow,
    ArrowStream,
    Zip,
    OldWorkbook,
    Other,
}

impl Look {
    pub(crate) fn at(start: &[u8]) -> Look {
        const LOOKS: [(&[u8], Look); 7] = [
            (b"\x1f\x8b", Look::Gzip),
            (b"\x28\xb5\x2f\xfd", Look::Zstandard),
            (b"PAR1", Look::Parquet),
            (b"ARROW1", Look::Arrow),
            (b"\xff\xff\xff\xff", Look::ArrowStream),
            (b"PK\x03\x04", Look::Zip),
            (b"\xd0\xcf\x11\xe0", Look::OldWorkbook),
        ];
        let found = LOOKS.iter().find(|(magic, _)| start.starts_with(magic));
        found.map_or(Look::Other, |&(_, look)| look)
    }

    fn kind(self) -> Option<FileKind> {
        match self {
            Look::Parquet => Some(FileKind::Parquet),
            Look::Arrow | Look::ArrowStream => Some(FileKind::Arrow),
            Look::Zip | Look::OldWorkbook => Some(FileKind::Workbook),
            Look::Gzip | Look::Zstandard | Look::Other => None,
        }
    }

    /// Says so if a file of this look cannot be of that kind.
    pub(crate) fn agrees(self, kind: FileKind, path: &Path) -> Result<(), Error> {
        let text = matches!(kind, FileKind::Delimited | FileKind::JsonLines);
        if self.kind() == Some(kind) || (text && self.kind().is_none()) {
            return Ok(());
        }
        let expected = match kind {
            FileKind::Delimited => "delimited text",
            FileKind::Workbook => "a workbook",
            FileKind::JsonLines => "JSON Lines",
            FileKind::Parquet => "Parquet",
            FileKind::Arrow => "Arrow",
        };
        let found = match self {
            Look::Gzip | Look::Zstandard => "compressed text",
            Look::Parquet => "Parquet",
            Look::Arrow | Look::ArrowStream => "Arrow",
            Look::Zip | Look::OldWorkbook => "a workbook",
            Look::Other => "something else, perhaps text",
        };
        Err(Error::WrongKind { path: path.to_owned(), expected, found })
    }
}

fn by_name(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let name = [".gz", ".zst", ".zstd"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed))
        .unwrap_or(&name);
    Some(match name.rsplit_once('.')?.1 {
        "csv" | "tsv" | "tab" | "psv" | "txt" => FileKind::Delimited,
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => FileKind::Workbook,
        "jsonl" | "ndjson" | "json" => FileKind::JsonLines,
        "parquet" | "pq" => FileKind::Parquet,
        "arrow" | "arrows" | "ipc" | "feather" => FileKind::Arrow,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_kind() {
        for (name, expected) in [
            ("a.csv", Some(FileKind::Delimited)),
            ("A.TSV.GZ", Some(FileKind::Delimited)),
            ("a.b.jsonl.zst", Some(FileKind::JsonLines)),
            ("a.xlsx", Some(FileKind::Workbook)),
            ("a.parquet", Some(FileKind::Parquet)),
            ("a.feather", Some(FileKind::Arrow)),
            ("a.dat", None),
            ("csv", None),
        ] {
            assert_eq!(by_name(Path::new(name)), expected, "{name}");
        }
    }
}
