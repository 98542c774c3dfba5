//! A batch of rows as text, in a few flat arrays.

use std::borrow::Cow;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_128_with_seed;

/// The longest value taken, in bytes; a row with a longer one is refused.
pub const VALUE_LIMIT: usize = 65_536;

/// The most values taken of a list; a longer one is refused.
pub const LIST_LIMIT: usize = 10_000;

/// The refusal of a longer list.
pub(crate) const LONG_LIST: &str = "list of more than 10,000 values";

/// Why a row is refused.
pub(crate) type Flaw = Cow<'static, str>;

/// Rows of cells. A cell has one value; that of a list has any number.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    text: String,
    // Invariants: `values` holds the end of each value in `text`, `cells` the end of each cell in
    // `values`; neither falls.
    values: Vec<usize>,
    cells: Vec<usize>,
    marks: Vec<Row>,
    /// Cells that cannot be read, and why; ascending.
    refused: Vec<(usize, &'static str)>,
}

/// A row of a batch.
#[derive(Debug)]
pub(crate) struct Row {
    /// Where it began.
    pub(crate) line: u32,
    /// Why it cannot be taken, if it cannot.
    pub(crate) flaw: Option<Flaw>,
    /// A hash of all that is in it, where that is more than its cells.
    content: Option<u128>,
    cells: Range<usize>,
}

impl Rows {
    /// Whether there are enough rows to make a batch.
    pub(crate) fn is_full(&self) -> bool {
        const ROWS: usize = 4096;
        const BYTES: usize = 1 << 20;
        ROWS <= self.marks.len() || BYTES <= self.text.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The rows.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.marks
    }

    /// The values of a cell of a row. A column that the row lacks has none.
    pub(crate) fn cell(&self, row: &Row, column: usize) -> impl ExactSizeIterator<Item = &str> {
        let values = if column < row.cells.len() {
            let cell = row.cells.start + column;
            self.cell_start(cell)..self.cells[cell]
        } else {
            0..0
        };
        values.map(|value| &self.text[self.value_start(value)..self.values[value]])
    }

    /// Why a cell cannot be read, if it cannot.
    pub(crate) fn refusal(&self, row: &Row, column: usize) -> Option<&'static str> {
        let cell = row.cells.start + column;
        let at = self.refused.binary_search_by_key(&cell, |&(cell, _)| cell).ok()?;
        Some(self.refused[at].1)
    }

    /// A hash of all that is in a row.
    pub(crate) fn content(&self, row: &Row) -> u128 {
        row.content.unwrap_or_else(|| {
            let values = self.row_values(row.cells.clone());
            let start = self.value_start(values.start);
            let end = self.value_start(values.end);
            // Where one value ends and the next begins is part of what a row says.
            let shape = self.values[values].iter().fold(0, |shape: u64, value_end| {
                (shape.rotate_left(5) ^ (value_end - start) as u64).wrapping_mul(SPREAD)
            });
            xxh3_128_with_seed(&self.text.as_bytes()[start..end], shape)
        })
    }

    /// Adds a value to the cell being written.
    pub(crate) fn push_value(&mut self, value: &str) {
        self.text.push_str(value);
        self.values.push(self.text.len());
    }

    /// Ends the cell.
    pub(crate) fn end_cell(&mut self) {
        self.cells.push(self.values.len());
    }

    /// Ends the cell as one that cannot be read.
    pub(crate) fn refuse_cell(&mut self, reason: &'static str) {
        self.refused.push((self.cells.len(), reason));
        self.end_cell();
    }

    /// Adds cells of one value each, which stand end to end in `text`. False if an end splits a
    /// character; then the batch is spoilt.
    pub(crate) fn push_cells(&mut self, text: &str, ends: impl Iterator<Item = usize>) -> bool {
        let start = self.text.len();
        self.text.push_str(text);
        let mut whole = true;
        for end in ends {
            // The last cell may have lost the carriage return that ended its line.
            let end = end.min(text.len());
            whole &= text.is_char_boundary(end);
            self.values.push(start + end);
            self.cells.push(self.values.len());
        }
        whole
    }

    /// Ends the row, whose cells are all the file has of it. One without a word, or with too
    /// long a value, is refused.
    pub(crate) fn end_row(&mut self, line: u32, flaw: Option<Flaw>) {
        let cells = self.open_row();
        let start = self.value_start(self.cell_start(cells.start));
        let said = !self.text[start..].trim_start().is_empty();
        let unread = self.refused.last().is_some_and(|&(cell, _)| cells.start <= cell);
        let flaw = if said || unread { flaw } else { Some("empty row".into()) };
        self.end_with(line, flaw, None);
    }

    /// Ends the row, of which the file has more than its cells.
    pub(crate) fn end_object(&mut self, line: u32, flaw: Option<Flaw>, content: u128) {
        self.end_with(line, flaw, Some(content));
    }

    fn end_with(&mut self, line: u32, flaw: Option<Flaw>, content: Option<u128>) {
        let cells = self.open_row();
        let values = self.row_values(cells.clone());
        let start = self.value_start(values.start);
        let long = VALUE_LIMIT < self.text.len() - start
            && values.into_iter().any(|at| VALUE_LIMIT < self.values[at] - self.value_start(at));
        let flaw = if long { Some(too_long()) } else { flaw };
        self.marks.push(Row { line, flaw, content, cells });
    }

    fn open_row(&self) -> Range<usize> {
        self.marks.last().map_or(0, |row| row.cells.end)..self.cells.len()
    }

    fn row_values(&self, cells: Range<usize>) -> Range<usize> {
        self.cell_start(cells.start)..self.cell_start(cells.end)
    }

    fn cell_start(&self, cell: usize) -> usize {
        if cell == 0 { 0 } else { self.cells[cell - 1] }
    }

    fn value_start(&self, value: usize) -> usize {
        if value == 0 { 0 } else { self.values[value - 1] }
    }
}

/// An odd number without pattern, to spread the bits of a hash.
pub(crate) const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The flaw of a row with too long a value.
pub(crate) fn too_long() -> Flaw {
    "value longer than 65,536 bytes".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &[&[&str]]) -> Rows {
        let mut rows = Rows::default();
        for (row, line) in table.iter().zip(1..) {
            for value in *row {
                rows.push_value(value);
                rows.end_cell();
            }
            rows.end_row(line, None);
        }
        rows
    }

    #[test]
    fn a_cell_has_the_values_it_was_given() {
        let mut rows = Rows::default();
        assert!(rows.push_cells("annbo", [3, 3, 5].into_iter()));
        rows.end_row(2, None);
        rows.push_value("x");
        rows.push_value("y");
        rows.end_cell();
        rows.refuse_cell("nested object");
        rows.end_row(3, None);
        let cell = |row: usize, column| {
            rows.cell(&rows.rows()[row], column).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(cell(0, 0), ["ann"]);
        assert_eq!(cell(0, 1), [""]);
        assert_eq!(cell(0, 2), ["bo"]);
        assert_eq!(cell(1, 0), ["x", "y"]);
        assert_eq!(cell(1, 1).len(), 0);
        assert_eq!(cell(1, 7).len(), 0);
        assert_eq!(rows.refusal(&rows.rows()[1], 1), Some("nested object"));
        assert_eq!(rows.refusal(&rows.rows()[1], 0), None);
    }

    #[test]
    fn a_cell_that_ends_within_a_character_is_told() {
        assert!(!Rows::default().push_cells("é", [1, 2].into_iter()));
    }

    #[test]
    fn a_row_without_a_word_is_refused() {
        let rows = rows(&[&["", " \t", ""], &["", "a"], &[]]);
        let flaws: Vec<_> = rows.rows().iter().map(|row| row.flaw.as_deref()).collect();
        assert_eq!(flaws, [Some("empty row"), None, Some("empty row")]);
    }

    #[test]
    fn a_value_may_be_long_but_not_too_long() {
        let (long, longer) = ("x".repeat(VALUE_LIMIT), "x".repeat(VALUE_LIMIT + 1));
        let rows = rows(&[&[&long, &long], &["a", &longer]]);
        assert_eq!(rows.rows()[0].flaw, None);
        assert_eq!(rows.rows()[1].flaw, Some(too_long()));
    }

    #[test]
    fn contents_tell_apart_what_is_divided_differently() {
        let rows = rows(&[&["ab", "c"], &["a", "bc"], &["abc"], &["ab", "c", ""], &["ab", "c"]]);
        let of: Vec<u128> = rows.rows().iter().map(|row| rows.content(row)).collect();
        assert_eq!(of[0], of[4]);
        for (at, other) in [(0, 1), (0, 2), (1, 2), (0, 3)] {
            assert_ne!(of[at], of[other]);
        }
    }
}
