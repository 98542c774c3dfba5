//! What a person's records cannot all be right in.

use record::{Column, Date, Kind, NONE, PartialDate, RecordId, Values};

use crate::link::Linked;

/// Two days of birth this many years apart are not a slip of the pen.
const FAR_APART: i16 = 2;

/// The columns in which records of one person should agree.
pub(crate) struct Contradictions<'a> {
    born: Option<&'a Column>,
    died: Option<&'a Column>,
    /// Sex, and the identifiers of which a person has one.
    single: Vec<&'a Column>,
}

impl<'a> Contradictions<'a> {
    pub(crate) fn of(linked: &'a Linked) -> Contradictions<'a> {
        let columns = &linked.normalised.columns;
        let is_single = |column: &&Column| {
            matches!(column.field.kind, Kind::Sex | Kind::NhsNumber | Kind::Upn | Kind::Nino)
        };
        Contradictions {
            born: linked.normalised.column("date_of_birth"),
            died: linked.normalised.column("date_of_death"),
            single: columns.iter().filter(is_single).collect(),
        }
    }

    /// What these records contradict one another in, by code, given the last day any speaks of.
    pub(crate) fn between(&self, records: &[RecordId], last_seen: Option<Date>) -> Vec<String> {
        let mut found = Vec::new();
        let born = dates(self.born, records);
        let years = born.iter().map(|date| date.year());
        if years.clone().max().zip(years.min()).is_some_and(|(a, b)| FAR_APART < a - b) {
            found.push("date_of_birth".to_owned());
        }
        if born.iter().min().zip(last_seen).is_some_and(|(born, seen)| seen < born.first_day()) {
            found.push("seen_before_birth".to_owned());
        }
        let died = dates(self.died, records);
        if died.iter().max().zip(last_seen).is_some_and(|(died, seen)| died.last_day() < seen) {
            found.push("seen_after_death".to_owned());
        }
        for column in &self.single {
            let mut values = values(column, records);
            values.dedup();
            if values.len() > 1 {
                found.push(column.field.name.clone());
            }
        }
        found
    }
}

/// The present values of a column, sorted.
fn values(column: &Column, records: &[RecordId]) -> Vec<u32> {
    let values = records.iter().map(|record| column.lists.first_or(record.index(), NONE));
    let mut values: Vec<u32> = values.filter(|value| *value != NONE).collect();
    values.sort_unstable();
    values
}

/// The dates of a column that there are.
fn dates(column: Option<&Column>, records: &[RecordId]) -> Vec<PartialDate> {
    let Some(Column { values: Values::Dates(dates), .. }) = column else { return Vec::new() };
    let given = column.map_or(Vec::new(), |column| values(column, records));
    let given = given.into_iter().map(|value| dates[value as usize]);
    given.filter(|date| date.is_possible()).collect()
}
