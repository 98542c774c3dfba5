//! Gathers what ties persons to each other, and tells children from adults and from those not born.

use rayon::prelude::*;
use record::{
    Column, Date, Lists, Normalised, PartialDate, RecordId, Records, RelationType, Side, Values,
};
use resolve::Persons;

use crate::{
    Birth,
    expected::{delivered, expected},
    family_name::family_names,
    listed::listed,
};

/// The fields that are looked at.
pub const FIELDS: [&str; 5] = ["address", "date_of_birth", "email", "phone", "surname"];

/// What is known of each person beside addresses.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) stage: Vec<Stage>,
    /// Those who were expected and whose mother has had a child since, ascending.
    pub(crate) delivered: Vec<u32>,
    /// The first day on which each can have been born.
    pub(crate) born: Vec<Option<Date>>,
    /// What others are to a person, as declared either way round; sorted by the other.
    pub(crate) relations: Lists<(u32, RelationType)>,
    /// Who stood with a person in a row of an extract, one being a child and one an adult.
    pub(crate) row_mates: Lists<u32>,
    /// Telephone numbers, then e-mail addresses, by value.
    pub(crate) contacts: [Lists<u32>; 2],
    /// Family names, as relatives share them.
    pub(crate) surnames: Lists<u32>,
}

/// How old a person is at the run date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not born yet, or nobody has heard of the birth.
    Unborn,
    /// Under eighteen, as far as is known.
    Child,
    /// Eighteen or over, or of unknown age.
    Adult,
}

impl People {
    pub(crate) fn of(
        records: &Records,
        normalised: &Normalised,
        persons: &Persons,
        told: &[Birth],
        run_date: Date,
    ) -> People {
        let (relations, births) =
            rayon::join(|| relations(records, persons, run_date), || births(normalised, persons));
        let in_care = in_care(records, persons);
        let expected = expected(&births, persons, told, run_date);
        let mut stage: Vec<Stage> = births
            .iter()
            .zip(in_care)
            .map(|(birth, in_care)| match birth {
                Some(birth) => stage(*birth, run_date),
                // A child's service may know a child's mother but not its day of birth.
                None if in_care => Stage::Child,
                None => Stage::Adult,
            })
            .collect();
        for &person in &expected {
            stage[person as usize] = Stage::Unborn;
        }
        let values = |name| values_of(normalised.column(name), persons);
        let (row_mates, (contacts, surnames)) = rayon::join(
            || row_mates(records, persons, &stage),
            || {
                (
                    ["phone", "email"].map(values),
                    family_names(normalised.column("surname"), persons),
                )
            },
        );
        People {
            delivered: delivered(&expected, &births, &stage, &relations),
            relations,
            row_mates,
            contacts,
            surnames,
            stage,
            born: births.into_iter().map(|birth| birth.map(PartialDate::first_day)).collect(),
        }
    }
}

fn stage(birth: PartialDate, run_date: Date) -> Stage {
    if run_date < birth.first_day() {
        return Stage::Unborn;
    }
    stage_on(birth.last_day(), run_date)
}

/// Whether somebody born on one day is a child or an adult on another.
pub(crate) fn stage_on(born: Date, day: Date) -> Stage {
    let adult_from = (born.year().saturating_add(18), born.month(), born.day());
    if (day.year(), day.month(), day.day()) < adult_from { Stage::Child } else { Stage::Adult }
}

/// Each person's date of birth: the one most records give, else the most exact, else the first.
fn births(normalised: &Normalised, persons: &Persons) -> Vec<Option<PartialDate>> {
    let Some(column) = normalised.column("date_of_birth") else {
        return vec![None; persons.len()];
    };
    let Values::Dates(dates) = &column.values else {
        return vec![None; persons.len()];
    };
    let birth = |person: usize| {
        let mut ids: Vec<u32> = persons
            .records(person)
            .iter()
            .filter_map(|record| column.lists.get(record.index()).first().copied())
            .filter(|id| dates[*id as usize].is_possible())
            .collect();
        ids.sort_unstable();
        ids.chunk_by(u32::eq)
            .map(|same| (same.len(), dates[same[0] as usize]))
            .max_by_key(|&(n, date)| (n, date.month() > 0, date.day() > 0, std::cmp::Reverse(date)))
            .map(|(_, date)| date)
    };
    (0..persons.len()).into_par_iter().map(birth).collect()
}

/// Whether a source of children's services declares a parent or carer of the person.
fn in_care(records: &Records, persons: &Persons) -> Vec<bool> {
    let mut in_care = vec![false; persons.len()];
    for declared in &records.declared {
        let source = records.source[declared.subject.index()];
        let side = records.sources[source.index()].side;
        if side == Side::Child && carer_rank(declared.is).is_some() {
            in_care[persons.person_of()[declared.subject.index()] as usize] = true;
        }
    }
    in_care
}

/// In which order to look for those with whom a child lives.
pub(crate) fn carer_rank(relation: RelationType) -> Option<u8> {
    match relation {
        RelationType::FosterCarer => Some(0),
        RelationType::Mother => Some(1),
        RelationType::Parent => Some(2),
        RelationType::Father => Some(3),
        RelationType::Guardian => Some(4),
        _ => None,
    }
}

/// What has ended is nothing any more: a child who was adopted does not live with who bore it.
fn relations(records: &Records, persons: &Persons, run_date: Date) -> Lists<(u32, RelationType)> {
    let person = |record: RecordId| persons.person_of()[record.index()];
    let mut rows: Vec<(u32, (u32, RelationType))> = records
        .declared
        .iter()
        .filter(|declared| declared.period.to.is_none_or(|to| run_date < to))
        .flat_map(|declared| {
            let (subject, other) = (person(declared.subject), person(declared.other));
            [(subject, (other, declared.is)), (other, (subject, declared.is.inverse()))]
        })
        .filter(|&(one, (other, _))| one != other)
        .collect();
    rows.par_sort_unstable();
    rows.dedup();
    by_owner(persons.len(), rows)
}

/// A row with more persons than this is no family's: it is a list, or a file without lines.
const ROW_LIMIT: usize = 12;

fn row_mates(records: &Records, persons: &Persons, stage: &[Stage]) -> Lists<u32> {
    let mut seats: Vec<(u32, u32, u32)> = records
        .origin
        .iter()
        .zip(persons.person_of())
        .map(|(origin, &person)| (origin.file, origin.line, person))
        .collect();
    seats.par_sort_unstable();
    seats.dedup();
    let is_child = |person: u32| stage[person as usize] == Stage::Child;
    let mut rows = Vec::new();
    for row in seats.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if row.len() <= ROW_LIMIT {
            for &(_, _, one) in row {
                let mates = row.iter().map(|seat| seat.2);
                rows.extend(
                    mates.filter(|&other| is_child(one) != is_child(other)).map(|o| (one, o)),
                );
            }
        }
    }
    rows.par_sort_unstable();
    rows.dedup();
    by_owner(persons.len(), rows)
}

/// Each person's values of a column, over all its records, sorted.
fn values_of(column: Option<&Column>, persons: &Persons) -> Lists<u32> {
    listed(persons.len(), persons.len(), |person, values| {
        let records = persons.records(person).iter();
        let lists = column
            .into_iter()
            .flat_map(|column| records.clone().flat_map(|record| column.lists.get(record.index())));
        values.extend(lists);
        values.sort_unstable();
        values.dedup();
    })
}

/// Rows (owner, item), sorted, as a list for each of `n` owners.
pub(crate) fn by_owner<T>(n: usize, rows: Vec<(u32, T)>) -> Lists<T> {
    let mut rows = rows.into_iter().peekable();
    let mut lists = Lists::with_capacity(n);
    for owner in 0..n {
        lists.push(
            std::iter::from_fn(|| rows.next_if(|row| row.0 as usize == owner)).map(|row| row.1),
        );
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_be_under_eighteen_is_a_child() {
        let run_date = Date::constant(2024, 6, 15);
        for (birth, expected) in [
            ("2006-06-15", Stage::Adult),
            ("2006-06-16", Stage::Child),
            ("2006-06", Stage::Child),
            ("2006", Stage::Child),
            ("2005", Stage::Adult),
            ("2024-06-15", Stage::Child),
            ("2024-06-16", Stage::Unborn),
            ("2024", Stage::Child),
            ("2025", Stage::Unborn),
            ("9999", Stage::Unborn),
        ] {
            assert_eq!(stage(PartialDate::parse(birth).unwrap(), run_date), expected, "{birth}");
        }
    }
}
