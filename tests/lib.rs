//! What the tests share: records written as text.

use record::{Column, Dictionary, Field, Kind, Lists, Normalised, PartialDate, SourceId, Values};

/// Normalised records from a table: a line of fields, such as `forename surname born:date`, then
/// a line for each record, cells between bars. `-` is a missing value, `a/b` is two values.
///
/// # Panics
///
/// Panics if the table is not well formed.
#[must_use]
pub fn records(table: &str) -> Normalised {
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().expect("a line of fields").split_whitespace().collect();
    let rows: Vec<Vec<Vec<String>>> = lines
        .map(|line| {
            let cells = line.split('|').map(|cell| match cell.trim() {
                "-" => Vec::new(),
                values => values.split('/').map(str::to_owned).collect(),
            });
            cells.collect()
        })
        .collect();
    assert!(rows.iter().all(|row| row.len() == header.len()), "every row has every field");
    let mut columns: Vec<Column> =
        header.iter().enumerate().map(|(place, field)| column(field, place, &rows)).collect();
    columns.sort_by(|a, b| a.field.cmp(&b.field));
    let residences = rows.iter().map(|_| Vec::new()).collect();
    Normalised {
        n_records: rows.len(),
        sources: vec!["a".to_owned()],
        source: vec![SourceId(0); rows.len()],
        columns,
        residences,
        refused: Vec::new(),
    }
}

fn column(field: &str, place: usize, rows: &[Vec<Vec<String>>]) -> Column {
    let field = match field.split_once(':') {
        Some((name, kind)) => Field { name: name.to_owned(), kind: kind_of(kind) },
        None => Field::standard(field).expect("a standard field or a kind"),
    };
    let cells = rows.iter().map(|row| &row[place]);
    if field.kind == Kind::Date {
        let read = |text: &String| PartialDate::parse(text).expect("a date");
        let mut dates: Vec<PartialDate> = cells.clone().flatten().map(read).collect();
        dates.sort_unstable();
        dates.dedup();
        let id = |text: &String| {
            let at = dates.binary_search(&read(text)).expect("every date is there");
            u32::try_from(at).expect("few dates")
        };
        let lists: Lists<u32> =
            cells.map(|cell| cell.iter().map(id).collect::<Vec<u32>>()).collect();
        return Column { field, values: Values::Dates(dates), lists };
    }
    let words = Dictionary::of(cells.clone().flatten().cloned().collect::<Vec<String>>());
    let id = |text: &String| words.find(text).expect("every word is there");
    let lists: Lists<u32> = cells.map(|cell| cell.iter().map(id).collect::<Vec<u32>>()).collect();
    Column { field, values: Values::Text(words), lists }
}

fn kind_of(word: &str) -> Kind {
    match word {
        "date" => Kind::Date,
        "text" => Kind::Text,
        "category" => Kind::Category,
        "code" => Kind::Code,
        "list" => Kind::List,
        "vector" => Kind::Vector,
        other => panic!("no kind `{other}` in tests"),
    }
}
