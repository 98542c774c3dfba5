//! Tells children who are expected, as far as anybody has heard, from those who are born.
//!
//! An unborn child is written down with the day on which it is expected. That the day has passed is no
//! news of a birth. Which of her children it became is not guessed, nor whether it lives: but a mother
//! who has had a child about that time expects no further one.

use record::{Date, Lists, PartialDate, RelationType};
use resolve::Persons;

use crate::{Birth, following::days, people::Stage};

/// So many days before the day on which it is expected a child can be born and live: eighteen of the
/// forty weeks that its mother carries it.
const EARLY: i32 = 18 * 7;
/// So many days after that day it can be born, some of them for a day that was reckoned wrong.
const LATE: i32 = 30;

/// Those of whom some record says that they are expected, or whose day of birth is to come, and none
/// that they are born; ascending.
pub(crate) fn expected(
    births: &[Option<PartialDate>],
    persons: &Persons,
    told: &[Birth],
    run_date: Date,
) -> Vec<u32> {
    let is_expected = |person: usize, born: PartialDate| {
        let records = persons.records(person).iter();
        let told = records.filter_map(|record| told.get(record.index()));
        let is_to_come = run_date < born.first_day();
        (is_to_come || told.clone().any(|told| *told == Birth::Expected))
            && told.clone().all(|told| *told != Birth::Told)
    };
    let with_days = (0..).zip(births).filter_map(|(person, born)| Some((person, (*born)?)));
    let expected = with_days.filter(|&(person, born)| is_expected(person as usize, born));
    expected.map(|(person, _)| person).collect()
}

/// Those of the expected whose mother has had a child since who was born about the day.
pub(crate) fn delivered(
    expected: &[u32],
    births: &[Option<PartialDate>],
    stage: &[Stage],
    relations: &Lists<(u32, RelationType)>,
) -> Vec<u32> {
    let of = |person: u32, is: RelationType| {
        let all = relations.get(person as usize).iter();
        all.filter(move |relation| relation.1 == is).map(|relation| relation.0)
    };
    let is_delivered = |person: u32| {
        let due = births[person as usize]?;
        // A year alone says too little.
        let about_then = |born: PartialDate| {
            born.month() > 0
                && days(born.last_day(), due.first_day()) <= EARLY
                && days(due.last_day(), born.first_day()) <= LATE
        };
        let children = of(person, RelationType::Mother).flat_map(|m| of(m, RelationType::Child));
        let born = children.filter(|&child| stage[child as usize] != Stage::Unborn);
        born.filter_map(|child| births[child as usize]).any(about_then).then_some(person)
    };
    expected.iter().filter_map(|&person| is_delivered(person)).collect()
}
