//! Tables for a terminal, and the days in them.

use comfy_table::{CellAlignment, Table, presets};

/// A table with these headings; those that begin with `>` head columns of numbers.
pub(crate) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(headings.iter().map(|heading| heading.trim_start_matches('>')));
    for row in rows {
        table.add_row(row);
    }
    for (place, heading) in headings.iter().enumerate() {
        if let Some(column) = table.column_mut(place) {
            column.set_padding((0, 2));
            if heading.starts_with('>') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The day on which something begins.
pub(crate) fn since(day: Option<snapshot::Date>) -> String {
    day.map_or("not known".to_owned(), |day| day.to_string())
}

/// The day on which something ends, if it does.
pub(crate) fn until(day: Option<snapshot::Date>) -> String {
    day.map_or("-".to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let text = table(
            &["rule", ">pairs"],
            [vec!["a".into(), "5".into()], vec!["b".into(), "1,000".into()]],
        );
        assert_eq!(text, "rule  pairs\na         5\nb     1,000\n");
    }
}
