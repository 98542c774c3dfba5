//! The truth as tables: who is behind each record, who they are, and who lived where with whom.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Date32Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use jiff::ToSpan;
use jiff::civil::Date;
use record::Texts;

use crate::extract::Extract;
use crate::random::number;
use crate::settings::Agency;
use crate::town::{Person, Town, days_between};

/// The true persons behind the records of all extracts.
#[derive(Default)]
pub(crate) struct Mentions {
    /// Whose extract, and the number of mentions up to its end.
    ends: Vec<(Agency, usize)>,
    keys: Texts,
    persons: Vec<u32>,
}

impl Mentions {
    pub(crate) fn len(&self) -> usize {
        self.persons.len()
    }

    /// Adds those of an extract.
    pub(crate) fn extend(&mut self, extract: &Extract) {
        self.keys.extend(extract.mentions.iter().map(|mention| &mention.key));
        self.persons.extend(extract.mentions.iter().map(|mention| mention.person));
        self.ends.push((extract.agency, self.len()));
    }

    fn source(&self, at: usize) -> &'static str {
        let extract = self.ends.partition_point(|(_, end)| *end <= at);
        self.ends[extract].0.as_str()
    }
}

/// `truth.parquet`: the person behind every record, their household on the run date, their parents,
/// their other household if they are a child with two homes, and their household a year before.
pub(crate) fn records(town: &Town, mentions: &Mentions, rows: Range<usize>) -> RecordBatch {
    let persons = || mentions.persons[rows.clone()].iter().copied();
    let homes: Vec<_> = persons().map(|person| town.home_at_run(person)).collect();
    let parent = |person: u32, which: fn(&Person) -> Option<u32>| {
        which(&town.persons[person as usize]).map(person_id)
    };
    let other = |person: u32| town.other_household_on(person, town.run_date).map(household_id);
    let year_before = town.run_date.saturating_sub(1.year());
    let before = |person: u32| town.household_on(person, year_before).map(household_id);
    table(vec![
        ("source", text(rows.clone().map(|at| Some(mentions.source(at))))),
        ("key", text(rows.clone().map(|at| Some(&mentions.keys[at])))),
        ("person", text(persons().map(|person| Some(person_id(person))))),
        ("household", text(homes.iter().map(|home| home.0.map(household_id)))),
        ("home_kind", text(homes.iter().map(|home| Some(home.1)))),
        ("mother", text(persons().map(|person| parent(person, |p| p.mother)))),
        ("father", text(persons().map(|person| parent(person, |p| p.father)))),
        ("other_household", text(persons().map(other))),
        ("household_year_before", text(persons().map(before))),
    ])
}

/// `truth_persons.parquet`: everybody who was ever in the town.
pub(crate) fn persons(town: &Town, rows: Range<usize>) -> RecordBatch {
    let all = || town.persons[rows.clone()].iter();
    let other = |id: Option<u32>| id.map(person_id);
    table(vec![
        ("person", text(rows.clone().map(|id| Some(person_id(number(id)))))),
        ("forename", text(all().map(|p| Some(&p.forename)))),
        ("middle_name", text(all().map(|p| Some(&p.middle_name)))),
        ("known_as", text(all().map(|p| Some(&p.known_as)))),
        ("surname", text(all().map(|p| Some(p.surname(town.run_date))))),
        ("surname_at_birth", text(all().map(|p| p.surnames.first().map(|(_, name)| name)))),
        ("sex", text(all().map(|p| Some(p.sex.as_str())))),
        ("born", dates(all().map(|p| Some(p.born)))),
        ("died", dates(all().map(|p| p.died))),
        ("community", text(all().map(|p| Some(p.community.as_str())))),
        ("twin_of", text(all().map(|p| other(p.twin_of)))),
        ("named_after", text(all().map(|p| other(p.named_after)))),
        ("formerly", text(all().map(|p| other(p.formerly)))),
        ("nhs_number", text(all().map(|p| Some(&*p.nhs_number)))),
    ])
}

/// `truth_relationships.parquet`: what `other` is to `person`, each said once.
pub(crate) fn relationships(town: &Town, rows: Range<usize>) -> RecordBatch {
    let all = || town.relationships[rows.clone()].iter();
    table(vec![
        ("person", text(all().map(|r| Some(person_id(r.person))))),
        ("other", text(all().map(|r| Some(person_id(r.other))))),
        ("type", text(all().map(|r| Some(r.is.as_str())))),
        ("from", dates(all().map(|r| Some(r.from)))),
        ("to", dates(all().map(|r| r.to))),
    ])
}

/// `truth_residencies.parquet`: who lived where, from when to when.
pub(crate) fn residencies(town: &Town, rows: Range<usize>) -> RecordBatch {
    let all = || town.residencies[rows.clone()].iter();
    let home = |dwelling: u32| &town.dwellings[dwelling as usize];
    table(vec![
        ("person", text(all().map(|r| Some(person_id(r.person))))),
        ("address", text(all().map(|r| Some(format!("a{}", r.dwelling))))),
        ("address_text", text(all().map(|r| Some(town.address(r.dwelling))))),
        ("postcode", text(all().map(|r| Some(&*home(r.dwelling).postcode)))),
        ("uprn", text(all().map(|r| Some(home(r.dwelling).uprn.to_string())))),
        ("home_kind", text(all().map(|r| Some(home(r.dwelling).kind.as_str())))),
        ("from", dates(all().map(|r| Some(r.from)))),
        ("to", dates(all().map(|r| r.to))),
        ("household", text(all().map(|r| r.household.map(household_id)))),
        ("main", Arc::new(all().map(|r| Some(r.main)).collect::<BooleanArray>())),
    ])
}

/// The id of a person in the truth.
pub(crate) fn person_id(person: u32) -> String {
    format!("p{person}")
}

fn household_id(household: u32) -> String {
    format!("h{household}")
}

fn text<S: AsRef<str>>(values: impl Iterator<Item = Option<S>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// Days since 1970, as Arrow counts them.
pub(crate) fn dates(values: impl Iterator<Item = Option<Date>>) -> ArrayRef {
    let epoch = Date::constant(1970, 1, 1);
    Arc::new(values.map(|day| day.map(|day| days_between(epoch, day))).collect::<Date32Array>())
}

/// A table of these columns, all of one length.
pub(crate) fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, values)| Field::new(*name, values.data_type().clone(), true))
        .collect();
    let columns = columns.into_iter().map(|(_, values)| values).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .expect("every column has a value for each row")
}
