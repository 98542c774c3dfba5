//! What cannot well be true of a snapshot.

use rayon::prelude::*;
use record::{NONE, PartialDate, Period, RelationType};
use snapshot::Snapshot;

use evaluate::{Facts, PersonFacts};

use super::{Measure, Members, View};
use crate::error::Error;

/// Something that cannot well be true, how often it is so, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is, in a few words.
    pub name: String,
    /// What it is about: `person` or `household`.
    pub of: &'static str,
    /// How many there are to look through.
    pub among: u64,
    /// How many it is so of.
    pub count: u64,
    /// The ids of the first of them.
    pub examples: Vec<String>,
}

impl Measure {
    /// What cannot well be true, with up to so many examples of each.
    #[must_use]
    pub fn implausible(&self, examples: usize) -> Vec<Finding> {
        let findings = evaluate::implausible(&self.facts).into_iter().map(|scenario| {
            let id = |&at: &u32| {
                if scenario.of_households {
                    self.household_ids[at as usize].clone()
                } else {
                    self.view.people.ids.get(at).to_owned()
                }
            };
            Finding {
                of: if scenario.of_households { "household" } else { "person" },
                among: scenario.among,
                count: scenario.found.len() as u64,
                examples: scenario.found.iter().take(examples).map(id).collect(),
                name: scenario.name,
            }
        });
        findings.collect()
    }
}

/// The facts, and the ids of their households.
pub(super) fn read(
    snapshot: &Snapshot,
    view: &View,
    Members { rows, households }: &Members,
) -> Result<(Facts, Vec<String>), Error> {
    let run_date = snapshot.manifest().run_date;
    let person = |id: &str| view.people.ids.find(id);
    let mut facts = Facts { run_date, persons: persons(view), ..Facts::default() };
    facts.checked = checked(&view.people.fields);
    let mut of_source: Vec<(u32, u16)> = view.person.iter().copied().zip(view.sources()).collect();
    of_source.par_sort_unstable();
    for same in of_source.chunk_by(|a, b| a == b) {
        if let Some(person) = facts.persons.get_mut(same[0].0 as usize) {
            let records = u32::try_from(same.len()).unwrap_or(u32::MAX);
            person.most_records = person.most_records.max(records);
        }
    }
    let now = |period: Period| {
        period.from.is_none_or(|from| from <= run_date) && period.to.is_none_or(|to| run_date < to)
    };
    let members = rows.iter().filter(|(_, _, period)| now(*period));
    let mut members: Vec<(u32, u32)> =
        members.map(|&(person, household, _)| (household, person)).collect();
    members.par_sort_unstable();
    members.dedup();
    let mut ids = Vec::new();
    for household in members.chunk_by(|a, b| a.0 == b.0) {
        ids.push(households.get(household[0].0).to_owned());
        facts.households.push(household.iter().map(|member| member.1).collect());
        for (_, person) in household {
            facts.persons[*person as usize].households += 1;
        }
    }
    snapshot.each_relationship(|row| {
        let Some((one, other)) = person(row.person_id).zip(person(row.other_person_id)) else {
            return;
        };
        match RelationType::parse(row.relation) {
            Some(RelationType::Mother) => facts.parents.push((one, other, true)),
            Some(RelationType::Father | RelationType::Parent) => {
                facts.parents.push((one, other, false));
            }
            Some(RelationType::Child) => facts.parents.push((other, one, false)),
            _ => {}
        }
    })?;
    facts.parents.sort_unstable();
    facts.parents.dedup();
    Ok((facts, ids))
}

/// What contradictions can be told by persons of these fields.
fn checked(fields: &[String]) -> Vec<String> {
    let of = [
        ("date_of_birth", "date_of_birth"),
        ("date_of_birth", "seen_before_birth"),
        ("date_of_death", "seen_after_death"),
        ("sex", "sex"),
        ("nhs_number", "nhs_number"),
        ("upn", "upn"),
        ("nino", "nino"),
    ];
    let known = of.into_iter().filter(|(field, _)| fields.iter().any(|known| known == field));
    known.map(|(_, code)| code.to_owned()).collect()
}

fn persons(view: &View) -> Vec<PersonFacts> {
    let people = &view.people;
    let best = people.best("date_of_birth");
    // A day is read once, however many were born on it.
    let days = best.map_or(Vec::new(), |best| {
        let days = best.names.iter().map(|born| PartialDate::parse(born));
        days.map(|born| born.filter(|date| date.is_possible())).collect()
    });
    let mut persons: Vec<PersonFacts> = (0..people.len())
        .map(|person| {
            let value = best.map_or(NONE, |best| best.of[person]);
            let born = days.get(value as usize).copied().flatten();
            PersonFacts {
                born: born.filter(|date| date.day() > 0).map(PartialDate::first_day),
                born_years: born.map(|date| (date.year(), date.year())),
                ..PersonFacts::default()
            }
        })
        .collect();
    for (person, what) in &people.contradictions {
        persons[*person as usize].contradictions.push(what.clone());
    }
    persons
}
