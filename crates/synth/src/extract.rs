//! An extract as an agency delivers it, and what a plan has to say of it.

use crate::settings::Agency;

/// One agency's extract: rows of text, and whom each row is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Extract {
    /// Whose it is.
    pub agency: Agency,
    /// The names of the columns.
    pub header: &'static [&'static str],
    /// The rows.
    pub rows: Rows,
    /// The true person behind every record that the rows give.
    pub mentions: Vec<Mention>,
    /// What the plan says of it.
    pub(crate) paper: Paper,
    /// The day it describes.
    pub(crate) as_at: jiff::civil::Date,
}

/// The true person behind a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The record's key in its source.
    pub key: String,
    /// The person, by their place in the town.
    pub person: u32,
}

/// Rows of text of one width, end to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    width: usize,
    text: String,
    // Invariant: the end of each cell in `text`; `width` of them for each row.
    ends: Vec<u32>,
}

impl Rows {
    pub(crate) fn new(width: usize) -> Rows {
        Rows { width, ..Rows::default() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, cells: &[&str]) {
        assert_eq!(cells.len(), self.width, "a row has a cell for each column");
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(crate::random::number(self.text.len()));
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / self.width.max(1)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One cell.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.width + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// The cells of one row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = &str> {
        (0..self.width).map(move |column| self.cell(row, column))
    }
}

/// How an extract is written to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Comma-separated text, with a mark of byte order and the line ends of Windows or without.
    Csv { windows: bool },
    /// Comma-separated text in Windows-1252.
    Windows1252,
    /// Text separated by semicolons.
    Semicolons,
    /// Text separated by tabs.
    Tabs,
    /// Comma-separated text under gzip, in this many files.
    Gzip { files: usize },
    /// Comma-separated text under zstd.
    Zstd,
    /// A JSON object a line; cells with this separator become lists.
    JsonLines { split: &'static str },
    /// Parquet, these columns as dates.
    Parquet { dates: &'static [&'static str] },
    /// Arrow IPC.
    Arrow,
}

/// What the plan says of a source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paper {
    pub(crate) agency: &'static str,
    pub(crate) system: &'static str,
    pub(crate) side: &'static str,
    /// The files' names, or a pattern for them.
    pub(crate) file: &'static str,
    pub(crate) shape: Shape,
    pub(crate) key: &'static str,
    /// The days from the extract to the run date.
    pub(crate) days_old: i32,
    pub(crate) unique: bool,
    pub(crate) merge: bool,
    /// How dates are written.
    pub(crate) dates: DateStyle,
    /// The names of all columns.
    pub(crate) header: &'static [&'static str],
    /// The fields of the first person in a row.
    pub(crate) columns: &'static [(&'static str, From)],
    pub(crate) persons: &'static [Other],
    /// Who works there, if the extract says so in its last four columns: worker, team, lead and
    /// since when.
    pub(crate) staff: Option<Staff>,
}

/// Who works at an agency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Staff {
    pub(crate) teams: &'static [&'static str],
    /// The share of persons for whom the worker leads for the family.
    pub(crate) leads: f64,
    /// The words for whether the worker leads.
    pub(crate) yes_no: [&'static str; 2],
}

/// A further person in the same row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Other {
    pub(crate) role: &'static str,
    pub(crate) relationship: &'static str,
    /// The column of the person's own key; may be empty.
    pub(crate) key: &'static str,
    pub(crate) columns: &'static [(&'static str, From)],
}

/// Where a field comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum From {
    /// One column.
    One(&'static str),
    /// Columns to be joined.
    All(&'static [&'static str]),
    /// A column of several values, and what separates them.
    Split(&'static str, &'static str),
    /// A column of codes, and what they mean.
    Codes(&'static str, &'static [(&'static str, &'static str)]),
}

/// How a source writes dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStyle {
    /// `2015-01-31`
    Iso,
    /// `31/01/2015`
    Slashes,
    /// `31.01.2015`
    Dots,
    /// `31-Jan-2015`
    Words,
    /// `20150131`
    Compact,
}

impl DateStyle {
    /// The word for the order in the plan.
    pub(crate) fn order(self) -> &'static str {
        match self {
            DateStyle::Iso | DateStyle::Compact => "year_first",
            DateStyle::Slashes | DateStyle::Dots | DateStyle::Words => "day_first",
        }
    }

    /// A date in this style.
    pub(crate) fn write(self, (year, month, day): (i16, i8, i8)) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        match self {
            DateStyle::Iso => format!("{year:04}-{month:02}-{day:02}"),
            DateStyle::Slashes => format!("{day:02}/{month:02}/{year:04}"),
            DateStyle::Dots => format!("{day:02}.{month:02}.{year:04}"),
            DateStyle::Words => {
                let at = usize::try_from(month - 1).unwrap_or(0).min(11);
                format!("{day:02}-{}-{year:04}", MONTHS[at])
            }
            DateStyle::Compact => format!("{year:04}{month:02}{day:02}"),
        }
    }
}
