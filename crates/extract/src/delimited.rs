//! Reads delimited text, row by row.
//!
//! A file ends with the end mark, added here, as a row of its own. If the mark turns up inside a
//! value instead, a quote was never closed.

use std::borrow::Cow;
use std::io::{BufRead, Chain, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Terminator};

use crate::error::Fault;
use crate::open::{Batch, Batches, Table};
use crate::rows::{Flaw, Rows};
use crate::text::{Text, stopped};
use crate::{Error, FileKind, Format};

/// Opens delimited text and reads its header.
pub(crate) fn open<'a>(
    path: &'a Path,
    format: &Format,
    text: Text<'a>,
) -> Result<Table<'a>, Fault> {
    let Text { encoding, assumed, head, mut reader } = text;
    let mut skipped = 0_u64;
    let mut head = head.as_slice();
    let mut skip = |head: &mut &[u8]| -> Result<(), Fault> {
        let line = head.iter().position(|&byte| byte == b'\n').map_or(head.len(), |at| at + 1);
        *head = &head[line..];
        skipped += u64::from(reader.skip_until(b'\n').map_err(|e| stopped(path, 0, e))? > 0);
        Ok(())
    };
    for _ in 0..format.skip {
        skip(&mut head)?;
    }
    let said = separator(head);
    if said.is_some() {
        skip(&mut head)?;
    }
    let delimiter = format.delimiter.or(said).unwrap_or_else(|| delimiter_of(head));
    // Rows that end in a carriage return and a line feed have it trimmed off their last value.
    let terminator = if head.contains(&b'\n') || !head.contains(&b'\r') { b'\n' } else { b'\r' };
    let mut rows = Reader {
        path,
        assumed,
        terminator,
        skipped,
        line: skipped + 1,
        width: 0,
        n_rows: 0,
        record: ByteRecord::new(),
        csv: ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(Terminator::Any(terminator))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 17)
            .from_reader(reader.chain(end_mark(terminator))),
    };
    let (header_line, columns) = rows.header()?;
    Ok(Table {
        kind: FileKind::Delimited,
        encoding: Some(encoding.name()),
        delimiter: Some(delimiter),
        sheets: Vec::new(),
        header_line,
        columns: Some(columns),
        serials: true,
        batches: rows.batches(),
    })
}

const END_MARK: &[u8] = b"\x1e\x03\x1e";

fn end_mark(terminator: u8) -> &'static [u8] {
    if terminator == b'\n' { b"\n\x1e\x03\x1e\n" } else { b"\r\x1e\x03\x1e\r" }
}

type Csv<'a> = csv::Reader<Chain<Box<dyn BufRead + Send + 'a>, &'static [u8]>>;

struct Reader<'a> {
    path: &'a Path,
    assumed: bool,
    terminator: u8,
    /// Lines passed over before the reader began to count.
    skipped: u64,
    /// Where the next row begins, blank lines apart.
    line: u64,
    /// The number of values in the header.
    width: usize,
    /// Rows read so far.
    n_rows: u64,
    record: ByteRecord,
    csv: Csv<'a>,
}

/// What came next in a file.
enum Next {
    /// A row, now in the record, that begins on this line.
    Row(u32),
    /// A row with a quote that is never closed, and so many lines swallowed by it.
    OpenQuote(u32, u64),
    /// Nothing.
    End,
}

impl<'a> Reader<'a> {
    fn header(&mut self) -> Result<(u32, Vec<String>), Fault> {
        let path = || self.path.to_owned();
        let line = match self.next()? {
            Next::Row(line) => line,
            Next::OpenQuote(line, lines) => {
                return Err(Error::OpenQuote { path: path(), line, lines }.into());
            }
            Next::End => return Err(Error::Empty { path: path() }.into()),
        };
        self.width = self.record.len();
        let columns = self.record.iter().map(|name| match std::str::from_utf8(name) {
            Ok(name) => Ok(name.trim().to_owned()),
            Err(_) => Err(self.ill_formed()),
        });
        Ok((line, columns.collect::<Result<_, _>>()?))
    }

    fn batches(mut self) -> Batches<'a> {
        let mut ended = false;
        Box::new(std::iter::from_fn(move || {
            if ended {
                return None;
            }
            let mut rows = Rows::default();
            while !rows.is_full() && !ended {
                match self.take(&mut rows) {
                    Ok(more) => ended = !more,
                    Err(fault) => {
                        ended = true;
                        return Some(Err(fault));
                    }
                }
            }
            (!rows.is_empty()).then_some(Ok(Batch::Rows(rows)))
        }))
    }

    /// Reads one more row into the batch; false if there is none.
    fn take(&mut self, rows: &mut Rows) -> Result<bool, Fault> {
        let (line, flaw) = match self.next()? {
            Next::End => return Ok(false),
            Next::OpenQuote(line, 0) => (line, Some("quote never closed".into())),
            Next::OpenQuote(line, lines) => {
                return Err(Error::OpenQuote { path: self.path.to_owned(), line, lines }.into());
            }
            Next::Row(line) => (line, self.ragged()),
        };
        let bytes = self.record.as_slice();
        let bytes = bytes.strip_suffix(end_mark(self.terminator)).unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| self.ill_formed())?;
        // A cell may end in half a character only where two halves of two cells make a whole one.
        if !rows.push_cells(text, (0..self.record.len()).map(|at| self.end(at))) {
            return Err(self.ill_formed());
        }
        rows.end_row(line, flaw);
        self.n_rows += 1;
        Ok(true)
    }

    fn end(&self, cell: usize) -> usize {
        self.record.range(cell).expect("a cell of this record").end
    }

    fn ragged(&self) -> Option<Flaw> {
        let values = self.record.len();
        (values != self.width).then(|| {
            let word = if values == 1 { "value" } else { "values" };
            Cow::Owned(format!("row has {values} {word} where the header has {}", self.width))
        })
    }

    fn ill_formed(&self) -> Fault {
        Text::ill_formed(self.assumed, self.path, self.n_rows)
    }

    /// Reads the next row into the record.
    fn next(&mut self) -> Result<Next, Fault> {
        loop {
            let more = self.csv.read_byte_record(&mut self.record);
            let more = more.map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => stopped(self.path, self.n_rows, error),
                // Rows of any length are taken, and bytes are not decoded.
                _ => unreachable!("only reading can fail"),
            })?;
            let bytes = self.record.as_slice();
            if !more || bytes == END_MARK {
                return Ok(Next::End);
            }
            let inside = count(bytes, self.terminator);
            // The reader passes over blank lines unseen, so a row's first line is counted back
            // from its last.
            self.line = if self.terminator == b'\n' {
                self.skipped + self.csv.position().line()
            } else {
                self.line + inside + 1
            };
            let line_at = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
            if let Some(bytes) = bytes.strip_suffix(end_mark(self.terminator)) {
                let last = self.record.len().checked_sub(2).map_or(0, |before| self.end(before));
                let swallowed = bytes[last..].trim_ascii_end();
                let line = line_at(self.line.saturating_sub(inside));
                return Ok(Next::OpenQuote(line, count(swallowed, self.terminator)));
            }
            let line = line_at(self.line.saturating_sub(inside + 1));
            if bytes.contains(&0) {
                return Err(Error::Binary { path: self.path.to_owned(), line }.into());
            }
            if bytes != b"\r" {
                return Ok(Next::Row(line));
            }
        }
    }
}

fn count(bytes: &[u8], wanted: u8) -> u64 {
    // A sum, which the compiler makes many at a time of.
    bytes.iter().map(|&byte| u64::from(byte == wanted)).sum()
}

/// The delimiter that a first line such as `sep=;`, which spreadsheets write, says there is.
fn separator(head: &[u8]) -> Option<u8> {
    match head.strip_prefix(b"sep=")? {
        [delimiter, b'\r' | b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that stands most often in the header, outside quotes.
fn delimiter_of(head: &[u8]) -> u8 {
    const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0_u32; 4];
    let mut quoted = false;
    for &byte in head.trim_ascii_start() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|&d| d == byte && !quoted) {
                    counts[at] += 1;
                }
            }
        }
    }
    // Of equals the earlier, so from the end.
    let (at, _) = counts
        .iter()
        .enumerate()
        .rev()
        .max_by_key(|&(_, count)| count)
        .expect("there are four delimiters");
    DELIMITERS[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_in_the_header() {
        for (head, expected) in [
            ("a,b;c,d\n1;2;3;4;5", b','),
            ("\"a,b,c\";d\n", b';'),
            ("a\tb c\td, e", b'\t'),
            ("a|b", b'|'),
            ("a", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(head.as_bytes()), expected, "{head}");
        }
        assert_eq!(separator(b"sep=;\r\na;b"), Some(b';'));
        assert_eq!(separator(b"sep=,b"), None);
    }
}
