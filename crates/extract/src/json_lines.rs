//! Reads JSON Lines: an object on each line, each naming its own columns.

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::error::Fault;
use crate::open::{Batch, Table};
use crate::rows::{LIST_LIMIT, LONG_LIST, Rows, VALUE_LIMIT, too_long};
use crate::text::{Text, stopped};
use crate::{Error, FileKind, Format};

/// Opens JSON Lines.
pub(crate) fn open<'a>(
    path: &'a Path,
    format: &Format,
    text: Text<'a>,
) -> Result<Table<'a>, Fault> {
    let Text { encoding, assumed, head, reader } = text;
    if head.trim_ascii_start().starts_with(b"[") {
        return Err(Error::JsonArray { path: path.to_owned() }.into());
    }
    let mut reader = Reader { path, assumed, line: 0, n_rows: 0, bytes: Vec::new(), text: reader };
    let mut skip = format.skip;
    let mut ended = false;
    let batches = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let mut lines = Lines::default();
        while !lines.is_full() && !ended {
            match reader.take(&mut skip, &mut lines) {
                Ok(more) => ended = !more,
                Err(fault) => {
                    ended = true;
                    return Some(Err(fault));
                }
            }
        }
        (!lines.lines.is_empty()).then_some(Ok(Batch::Lines(lines)))
    });
    Ok(Table {
        kind: FileKind::JsonLines,
        encoding: Some(encoding.name()),
        delimiter: None,
        sheets: Vec::new(),
        header_line: 0,
        columns: None,
        serials: false,
        batches: Box::new(batches),
    })
}

/// Some lines of a file.
#[derive(Default)]
pub(crate) struct Lines {
    text: String,
    /// The number of each line that is not blank, and its end in `text`.
    lines: Vec<(u32, usize)>,
}

impl Lines {
    fn is_full(&self) -> bool {
        const LINES: usize = 2048;
        const BYTES: usize = 1 << 20;
        LINES <= self.lines.len() || BYTES <= self.text.len()
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut start = 0;
        self.lines.iter().map(move |&(line, end)| {
            let text = &self.text[start..end];
            start = end;
            (line, text)
        })
    }
}

/// The values of these columns in each line, and a hash of all that is in it.
pub(crate) fn parse(lines: &Lines, columns: &[String]) -> Rows {
    let mut rows = Rows::default();
    for (line, text) in lines.iter() {
        let Ok(object) = serde_json::from_str::<Map<String, Value>>(text) else {
            for _ in columns {
                rows.end_cell();
            }
            rows.end_object(line, Some("not a JSON object".into()), xxh3_128(text.as_bytes()));
            continue;
        };
        let mut flaw = object.values().all(is_blank).then(|| "empty row".into());
        for column in columns {
            match object.get(column) {
                None => rows.end_cell(),
                Some(value) => push(value, &mut rows),
            }
        }
        if VALUE_LIMIT < text.len() && object.values().any(is_long) {
            flaw = Some(too_long());
        }
        rows.end_object(line, flaw, content(&object));
    }
    rows
}

/// The columns that the lines name, in the order of names.
pub(crate) fn columns(lines: &Lines) -> Vec<String> {
    let mut columns: Vec<String> = lines
        .iter()
        .filter_map(|(_, text)| serde_json::from_str::<Map<String, Value>>(text).ok())
        .flat_map(|object| object.into_iter().map(|(name, _)| name))
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

struct Reader<'a> {
    path: &'a Path,
    assumed: bool,
    line: u32,
    n_rows: u64,
    bytes: Vec<u8>,
    text: Box<dyn BufRead + Send + 'a>,
}

impl Reader<'_> {
    /// Reads one more line; false if there is none.
    fn take(&mut self, skip: &mut usize, lines: &mut Lines) -> Result<bool, Fault> {
        self.bytes.clear();
        let n = self.text.read_until(b'\n', &mut self.bytes);
        if n.map_err(|error| stopped(self.path, self.n_rows, error))? == 0 {
            return Ok(false);
        }
        self.line = self.line.saturating_add(1);
        if *skip > 0 {
            *skip -= 1;
            return Ok(true);
        }
        let line = self.bytes.trim_ascii();
        if line.contains(&0) {
            return Err(Error::Binary { path: self.path.to_owned(), line: self.line }.into());
        }
        let text = std::str::from_utf8(line)
            .map_err(|_| Text::ill_formed(self.assumed, self.path, self.n_rows))?;
        if !text.is_empty() {
            lines.text.push_str(text);
            lines.lines.push((self.line, lines.text.len()));
            self.n_rows += 1;
        }
        Ok(true)
    }
}

/// Writes a cell: of a list, as several values.
fn push(value: &Value, rows: &mut Rows) {
    let several = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    if several.iter().any(|value| value.is_object() || value.is_array()) {
        return rows.refuse_cell("nested object");
    }
    if LIST_LIMIT < several.len() {
        return rows.refuse_cell(LONG_LIST);
    }
    for value in several {
        match value {
            Value::String(text) => rows.push_value(text),
            Value::Bool(value) => rows.push_value(if *value { "true" } else { "false" }),
            Value::Number(number) => rows.push_value(&number.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => rows.push_value(""),
        }
    }
    rows.end_cell();
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn is_long(value: &Value) -> bool {
    match value {
        Value::String(text) => VALUE_LIMIT < text.len(),
        Value::Array(values) => values.iter().any(is_long),
        Value::Object(object) => object.values().any(is_long),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A hash that does not depend on the order in which an object names its columns.
fn content(object: &Map<String, Value>) -> u128 {
    object.iter().fold(0, |sum: u128, (name, value)| {
        sum.wrapping_add(xxh3_128(format!("{name}\u{1f}{value}").as_bytes()))
    })
}
