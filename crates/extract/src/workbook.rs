//! Reads Excel and `OpenDocument` workbooks.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, ExcelDateTime, Range, Reader as _, Sheets, open_workbook_auto};

use crate::error::{Fault, guarded};
use crate::open::{Batch, Batches, Table, read_whole};
use crate::progress::Meter;
use crate::rows::Rows;
use crate::value::write_number;
use crate::{Error, FileKind, Format};

/// Opens a workbook and reads the header of its sheet: the first row with anything in it.
pub(crate) fn open<'a>(
    path: &'a Path,
    format: &Format,
    meter: &'a Meter<'a>,
) -> Result<Table<'a>, Fault> {
    read_whole(path, meter)?;
    guarded(path, "workbook", 0, || open_sheet(path, format))
}

fn open_sheet(path: &Path, format: &Format) -> Result<Table<'static>, Fault> {
    let mut workbook: Sheets<BufReader<File>> =
        open_workbook_auto(path).map_err(|error| damaged(path, error))?;
    let sheets = workbook.sheet_names();
    let sheet = match &format.sheet {
        None => sheets.first().ok_or_else(|| Error::Empty { path: path.to_owned() })?,
        Some(wanted) => {
            sheets.iter().find(|sheet| *sheet == wanted).ok_or_else(|| Error::UnknownSheet {
                path: path.to_owned(),
                sheet: wanted.clone(),
                sheets: sheets.clone(),
            })?
        }
    };
    let range = workbook.worksheet_range(sheet).map_err(|error| damaged(path, error))?;
    let first = range.start().map_or(0, |(row, _)| row as usize);
    let is_written = |row: &[Data]| row.iter().any(|cell| *cell != Data::Empty);
    let header = (format.skip.saturating_sub(first)..range.height())
        .find(|&at| is_written(&range[at]))
        .ok_or_else(|| Error::Empty { path: path.to_owned() })?;
    let columns = range[header].iter().map(|cell| text_of(cell).trim().to_owned()).collect();
    Ok(Table {
        kind: FileKind::Workbook,
        encoding: None,
        delimiter: None,
        sheets,
        header_line: line(first + header),
        columns: Some(columns),
        serials: true,
        batches: batches(range, first, header + 1),
    })
}

fn batches(range: Range<Data>, first: usize, mut next: usize) -> Batches<'static> {
    Box::new(std::iter::from_fn(move || {
        let mut rows = Rows::default();
        let mut text = String::new();
        while next < range.height() && !rows.is_full() {
            for cell in &range[next] {
                text.clear();
                write_cell(cell, &mut text);
                rows.push_value(&text);
                rows.end_cell();
            }
            rows.end_row(line(first + next), None);
            next += 1;
        }
        (!rows.is_empty()).then_some(Ok(Batch::Rows(rows)))
    }))
}

fn line(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

fn damaged(path: &Path, error: calamine::Error) -> Error {
    Error::Damaged { path: path.to_owned(), what: "workbook", rows: 0, source: Box::new(error) }
}

fn text_of(cell: &Data) -> String {
    let mut text = String::new();
    write_cell(cell, &mut text);
    text
}

fn write_cell(cell: &Data, text: &mut String) {
    match cell {
        Data::Empty => {}
        Data::Float(number) => write_number(*number, text),
        Data::DateTime(time) if time.is_datetime() => write_time(*time, text),
        Data::DateTime(_)
        | Data::Int(_)
        | Data::String(_)
        | Data::Bool(_)
        | Data::DateTimeIso(_)
        | Data::DurationIso(_)
        | Data::Error(_) => write!(text, "{cell}").expect("a string takes all that is written"),
    }
}

/// A date as `YYYY-MM-DD`, with its time if it has one.
fn write_time(time: ExcelDateTime, text: &mut String) {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let written = write!(text, "{year:04}-{month:02}-{day:02}").and_then(|()| {
        if (hour, minute, second) == (0, 0, 0) {
            return Ok(());
        }
        write!(text, "T{hour:02}:{minute:02}:{second:02}")
    });
    written.expect("a string takes all that is written");
}
