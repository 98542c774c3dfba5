//! Normalises the columns that say who a person is: names of all sorts, and every other field.

use rayon::prelude::*;
use record::{Column, Field, Kind, Lists, NONE, Point, Refused, Values};

use crate::columns::{Outcome, Part, map_values, rank, refuse, rename, text_column};
use crate::dates::{self, Judged, Lifetime};
use crate::names::{self, FullName, Given};
use crate::{contact, declared, identifiers, postcode};

/// The columns of forenames, middle names and surnames, from all fields that hold any.
pub(crate) fn name_columns(
    columns: &[Column],
    n_records: usize,
    refused: &mut Vec<Refused>,
) -> Vec<Column> {
    let (mut forenames, mut middle_names, mut surnames) = (Vec::new(), Vec::new(), Vec::new());
    // In this order, so that a record's name comes before what else it is known as.
    for name in ["forename", "name", "known_as", "middle_name", "surname", "former_surname"] {
        let Some(column) = columns.iter().find(|column| column.field.name == name) else {
            continue;
        };
        let part = |outcomes| Part { lists: &column.lists, outcomes };
        let reasons = match name {
            "forename" | "known_as" => {
                let given = map_values(words(column), names::forenames);
                let parts = |pick: fn(&[Given]) -> Vec<String>| {
                    part(given.par_iter().map(|given| given_part(given, pick)).collect())
                };
                forenames.push(parts(first));
                middle_names.push(parts(rest));
                given.iter().map(|given| given.as_ref().err().copied()).collect()
            }
            "name" => {
                let whole = map_values(words(column), names::full_name);
                let parts = |pick: fn(&FullName) -> Vec<String>| {
                    part(whole.par_iter().map(|name| full_part(name, pick)).collect())
                };
                forenames.push(parts(|name| first(&name.given)));
                middle_names.push(parts(|name| rest(&name.given)));
                surnames.push(parts(|name| name.surnames.clone()));
                let reason = |name: &Result<FullName, _>| match name {
                    Ok(name) => name.refused,
                    Err(reason) => Some(*reason),
                };
                whole.iter().map(reason).collect()
            }
            _ => {
                let outcomes = if name == "middle_name" {
                    map_values(words(column), |text| Outcome::of(names::middle_names(text)))
                } else {
                    map_values(words(column), |text| Outcome::of_many(names::surnames(text)))
                };
                let reasons: Vec<_> = outcomes.iter().map(Outcome::refusal).collect();
                let target = if name == "middle_name" { &mut middle_names } else { &mut surnames };
                target.push(part(outcomes));
                reasons
            }
        };
        refuse(name, &column.lists, &reasons, refused);
    }
    let targets = [("forename", forenames), ("middle_name", middle_names), ("surname", surnames)];
    targets
        .into_par_iter()
        .filter(|(_, parts)| !parts.is_empty())
        .map(|(name, parts)| {
            text_column(Field::standard(name).expect("a standard field"), n_records, &parts)
        })
        .collect()
}

/// Whether a field is joined with others into a column of names.
pub(crate) fn is_name(field: &Field) -> bool {
    const NAMES: [&str; 6] =
        ["forename", "name", "known_as", "middle_name", "surname", "former_surname"];
    NAMES.contains(&field.name.as_str())
}

fn first(given: &[Given]) -> Vec<String> {
    given.iter().map(|given| given.first.clone()).collect()
}

fn rest(given: &[Given]) -> Vec<String> {
    given.iter().filter(|given| !given.rest.is_empty()).map(|given| given.rest.clone()).collect()
}

fn given_part(
    given: &Result<Vec<Given>, &'static str>,
    pick: fn(&[Given]) -> Vec<String>,
) -> Outcome {
    given.as_ref().map_or(Outcome::Missing, |given| Outcome::of_many(Ok(pick(given))))
}

fn full_part(name: &Result<FullName, &'static str>, pick: fn(&FullName) -> Vec<String>) -> Outcome {
    name.as_ref().map_or(Outcome::Missing, |name| Outcome::of_many(Ok(pick(name))))
}

/// The column of a field that stands for itself.
pub(crate) fn plain_column(
    column: &Column,
    n_records: usize,
    lifetime: Lifetime,
) -> (Column, Vec<Refused>) {
    let mut refused = Vec::new();
    let field = column.field.clone();
    let values = match field.kind {
        Kind::Date => {
            let is_birth = field.name == "date_of_birth";
            let lifetime = if is_birth { lifetime.of(column) } else { lifetime };
            let rule = |text: &str| {
                if is_birth { lifetime.date_of_birth(text) } else { dates::date(text).into() }
            };
            ranked(column, rule, Ord::cmp, &mut refused).map(Values::Dates)
        }
        Kind::Number => {
            ranked(column, |text| declared::number(text).into(), f64::total_cmp, &mut refused)
                .map(Values::Numbers)
        }
        Kind::Point => {
            ranked(column, |text| declared::point(text).into(), compare_points, &mut refused)
                .map(Values::Points)
        }
        // Already in their form, in their order, and as often as they come.
        Kind::Items => return (column.clone(), refused),
        kind => {
            let outcomes = map_values(words(column), |text| text_outcome(kind, text));
            let reasons: Vec<_> = outcomes.iter().map(Outcome::refusal).collect();
            refuse(&field.name, &column.lists, &reasons, &mut refused);
            let part = Part { lists: &column.lists, outcomes };
            return (text_column(field, n_records, &[part]), refused);
        }
    };
    let Ranked { values, lists } = values;
    (Column { field, values, lists }, refused)
}

/// What a value of a kind kept as text becomes.
pub(crate) fn text_outcome(kind: Kind, text: &str) -> Outcome {
    match kind {
        Kind::FullName => Outcome::of_many(names::full_name(text).and_then(|name| {
            let forms = name.forms();
            name.refused.filter(|_| forms.is_empty()).map_or(Ok(forms), Err)
        })),
        Kind::Forename => Outcome::of_many(
            names::forenames(text).map(|given| given.iter().map(Given::whole).collect()),
        ),
        Kind::MiddleName => Outcome::of(names::middle_names(text)),
        Kind::Surname => Outcome::of_many(names::surnames(text)),
        Kind::Sex => Outcome::of(declared::sex(text)),
        Kind::Date => Outcome::of(dates::date(text).map(|date| date.map(|date| date.to_string()))),
        Kind::Address => Outcome::of(crate::address::stable_form(text)),
        Kind::Postcode => Outcome::of(postcode::postcode(text)),
        Kind::Uprn => Outcome::of(identifiers::uprn(text)),
        Kind::Phone => Outcome::of_many(contact::phones(text)),
        Kind::Email => Outcome::of(contact::email(text)),
        Kind::NhsNumber => Outcome::of(identifiers::nhs_number(text)),
        Kind::Upn => Outcome::of(identifiers::upn(text)),
        Kind::Uln => Outcome::of(identifiers::uln(text)),
        Kind::Nino => Outcome::of(identifiers::nino(text)),
        Kind::Text | Kind::Category | Kind::List => Outcome::of(Ok(declared::plain(text))),
        Kind::Code => Outcome::of(Ok(declared::code(text))),
        Kind::Vector => Outcome::of(declared::vector(text)),
        Kind::Verbatim | Kind::Items | Kind::Statement => Outcome::One(text.to_owned()),
        Kind::Number => Outcome::of(
            declared::number(text).map(|number| number.map(|number| number.to_string())),
        ),
        Kind::Point => Outcome::of(declared::point(text).map(|point| {
            point.map(|Point { latitude, longitude }| format!("{latitude},{longitude}"))
        })),
    }
}

/// Sorted values and each record's ids of them.
struct Ranked<T> {
    values: T,
    lists: Lists<u32>,
}

impl<T> Ranked<T> {
    fn map<U>(self, wrap: fn(T) -> U) -> Ranked<U> {
        Ranked { values: wrap(self.values), lists: self.lists }
    }
}

fn ranked<T: Copy + Send>(
    column: &Column,
    rule: impl Fn(&str) -> Judged<T> + Sync,
    order: fn(&T, &T) -> std::cmp::Ordering,
    refused: &mut Vec<Refused>,
) -> Ranked<Vec<T>> {
    let outcomes = map_values(words(column), rule);
    let reasons: Vec<_> = outcomes.iter().map(|outcome| outcome.refused).collect();
    refuse(&column.field.name, &column.lists, &reasons, refused);
    let (values, ids) = rank(outcomes.into_iter().map(|outcome| outcome.value), order);
    debug_assert!(ids.iter().all(|id| *id == NONE || (*id as usize) < values.len()));
    Ranked { values, lists: rename(&column.lists, &ids) }
}

fn compare_points(a: &Point, b: &Point) -> std::cmp::Ordering {
    a.latitude.total_cmp(&b.latitude).then(a.longitude.total_cmp(&b.longitude))
}

/// The values of an extracted column.
///
/// # Panics
///
/// Panics if they are not text.
fn words(column: &Column) -> &record::Dictionary {
    match &column.values {
        Values::Text(words) => words,
        _ => panic!("extracted values are text"),
    }
}
