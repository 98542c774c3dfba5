//! The best value of a field of a person, by itself.

use record::{Kind, NONE, Normalised, Records, Values};
use resolve::Persons;

/// A person's best value of a field, and the source that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Best {
    pub(crate) value: u32,
    pub(crate) source: u16,
}

/// The value of the column at `column` that most sources give for `person`, then most records;
/// of equals a date that is more exact, then the first. A record's present value counts, its
/// former ones do not.
pub(crate) fn best(
    records: &Records,
    normalised: &Normalised,
    persons: &Persons,
    column: usize,
    person: usize,
) -> Option<Best> {
    let column = &normalised.columns[column];
    let mut given: Vec<(u32, u16)> = persons
        .records(person)
        .iter()
        .map(|record| {
            (column.lists.first_or(record.index(), NONE), records.source[record.index()].0)
        })
        .filter(|&(value, _)| value != NONE && is_possible(&column.values, value))
        .collect();
    given.sort_unstable();
    let exactness = |value: u32| match &column.values {
        Values::Dates(dates) => {
            let date = dates[value as usize];
            u8::from(date.month() > 0) + u8::from(date.day() > 0)
        }
        // An initial says less than a name, and is in every source that has no more.
        Values::Text(words) if matches!(column.field.kind, Kind::Forename | Kind::MiddleName) => {
            u8::from(words.get(value).len() > 1)
        }
        _ => 0,
    };
    let ranked = given.chunk_by(|a, b| a.0 == b.0).map(|same| {
        let (value, source) = same[0];
        let sources = same.chunk_by(|a, b| a.1 == b.1).count();
        let rank = (exactness(value).min(1), sources, same.len(), exactness(value));
        (rank, std::cmp::Reverse(value), Best { value, source })
    });
    ranked.max_by_key(|&(rank, first, _)| (rank, first)).map(|(.., best)| best)
}

/// Whether a value can be anybody's: a day that there is not is kept for comparing only.
fn is_possible(values: &Values, value: u32) -> bool {
    match values {
        Values::Dates(dates) => dates[value as usize].is_possible(),
        _ => true,
    }
}
