//! What has changed since a day.

use record::Date;
use serde::Serialize;

use crate::Error;
use crate::ask::{Ask, Subject, Who};
use crate::statement::{Basis, Cited, NOT_KNOWN, Named};
use crate::store::{Membership, Word};
use crate::words;

/// What has changed around a person or household.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// The first day looked at.
    pub since: Date,
    /// The last.
    pub as_of: Date,
    /// What happened, the earliest first.
    pub changes: Vec<Change>,
    /// Statements that give no day: whether they are of this time is not known.
    pub undated: Undated,
    /// Those of whom moves and services are withheld.
    pub withheld: Vec<Who>,
}

/// How many statements give no day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Undated {
    /// Memberships of a household.
    pub memberships: usize,
    /// Relationships.
    pub relationships: usize,
    /// Dealings of services.
    pub services: usize,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The day.
    pub day: Date,
    /// Who it happened to.
    pub who: Named,
    /// What happened.
    pub what: What,
    /// Where, to whom, or by which service.
    pub detail: String,
    /// How it is known.
    pub basis: Basis,
    /// Who says so.
    pub according_to: Vec<Cited>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A birth.
    Born,
    /// The first day of which any record of the person speaks.
    FirstSeen,
    /// The beginning of a membership of a household.
    MovedIn,
    /// Its end.
    MovedOut,
    /// The beginning of a relationship.
    RelationshipBegan,
    /// Its end.
    RelationshipEnded,
    /// The beginning of a service's dealings.
    ServiceBegan,
    /// Their end.
    ServiceEnded,
}

impl What {
    /// The words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            What::Born => "born",
            What::FirstSeen => "first seen",
            What::MovedIn => "moved in",
            What::MovedOut => "moved out",
            What::RelationshipBegan => "relationship began",
            What::RelationshipEnded => "relationship ended",
            What::ServiceBegan => "service began",
            What::ServiceEnded => "service ended",
        }
    }
}

impl Ask<'_> {
    /// What has changed from `since` to the day asked for, both included, for a person and who
    /// lives with the person, or for a household: also for those who have left it in that time.
    ///
    /// # Errors
    ///
    /// If the subject is an address, or `since` is after the day asked for.
    pub fn changes(&self, subject: Subject, since: Date) -> Result<Changes, Error> {
        if self.as_of < since {
            return Err(Error::Backwards { since, as_of: self.as_of });
        }
        let mut group = self.group(subject)?;
        let households: Vec<u32> = match subject {
            Subject::Household(household) => vec![household],
            _ => group
                .iter()
                .flat_map(|&person| {
                    // Who lives where a person parted from others is nothing to that person.
                    let parted = self.parted(person);
                    let all = self.store.memberships(person).iter();
                    all.filter(move |m| m.to.is_none_or(|to| parted.is_none_or(|day| day < to)))
                })
                .map(|membership| membership.household)
                .collect(),
        };
        let within = |day: Option<Date>| day.filter(|day| (since..=self.as_of).contains(day));
        for household in households {
            let all = self.store.members(household).iter();
            let moved = all.filter(|m| within(m.from).is_some() || within(m.to).is_some());
            // Of whom it parted from others, only those who live together are told.
            let moved = moved.map(|membership| membership.person);
            group.extend(moved.filter(|&person| self.parted(person).is_none()));
        }
        let mut changes = Vec::new();
        let mut undated = Undated::default();
        for &person in &group {
            let parted = self.parted(person);
            let within = |day: Option<Date>| {
                within(day).filter(|day| parted.is_none_or(|parted| parted < *day))
            };
            self.of_person(person, within, &mut changes, &mut undated);
        }
        changes.sort_unstable();
        changes.dedup();
        let withheld = group.iter().filter(|&&person| self.is_withheld(person));
        let withheld = withheld.map(|&person| self.who(person)).collect();
        Ok(Changes { since, as_of: self.as_of, changes, undated, withheld })
    }

    fn of_person(
        &self,
        person: u32,
        within: impl Fn(Option<Date>) -> Option<Date>,
        changes: &mut Vec<Change>,
        undated: &mut Undated,
    ) {
        let mut add = |day: Option<Date>, what, detail: &str, basis, sources: &[Word]| {
            if let Some(day) = within(day) {
                changes.push(Change {
                    day,
                    who: self.named(person),
                    what,
                    detail: detail.to_owned(),
                    basis,
                    according_to: self.cite(sources),
                });
            }
        };
        let row = *self.store.person(person);
        let born = self.store.born(person).filter(|_| self.status(person).is_born());
        let day = born.filter(|born| born.day() > 0).map(record::PartialDate::first_day);
        let source: Vec<Word> = row.born.iter().map(|given| given.source).collect();
        add(day, What::Born, "", Basis::Stated, &source);
        add(
            row.first_seen,
            What::FirstSeen,
            "no record speaks of an earlier day",
            Basis::Inferred,
            &[],
        );
        for membership in self.store.memberships(person) {
            let why = self.why_here(membership);
            let sources: Vec<Word> = why
                .according_to
                .iter()
                .filter_map(|cited| self.store.word(&cited.source))
                .collect();
            let household = self.store.household_ids.get(membership.household);
            let detail =
                format!("{household}, {}", self.text(self.episode(membership.household).text));
            // Nobody moves who remains while the household becomes another.
            let address = self.episode(membership.household).address;
            let stays = |day: Option<Date>, other_day: fn(&Membership) -> Option<Date>| {
                let mut others = self.store.memberships(person).iter();
                day.is_some()
                    && others.any(|other| {
                        other_day(other) == day && self.episode(other.household).address == address
                    })
            };
            if !stays(membership.from, |other| other.to) {
                add(membership.from, What::MovedIn, &detail, why.basis, &sources);
            }
            if !stays(membership.to, |other| other.from) {
                add(membership.to, What::MovedOut, &detail, why.basis, &sources);
            }
            undated.memberships += usize::from(membership.from.is_none());
        }
        for row in self.store.relationships(person).iter().filter(|row| row.person == person) {
            if self.is_parent(row) && row.to.is_some_and(|to| to <= self.as_of) {
                continue;
            }
            let is = words::said(self.text(row.is));
            let detail = format!("{is} {}", words::titled(&self.named(row.other).name));
            let basis = match row.basis {
                snapshot::Basis::Declared => Basis::Declared,
                snapshot::Basis::Inferred => Basis::Inferred,
            };
            add(row.from, What::RelationshipBegan, &detail, basis, row.source.as_slice());
            add(row.to, What::RelationshipEnded, &detail, basis, row.source.as_slice());
            undated.relationships += usize::from(row.from.is_none());
        }
        for row in self.store.involvements(person) {
            let worker = row.worker.map_or(NOT_KNOWN, |worker| self.text(worker));
            let detail = format!("{} (worker: {worker})", self.text(row.agency));
            add(row.from, What::ServiceBegan, &detail, Basis::Stated, &[row.source]);
            add(row.to, What::ServiceEnded, &detail, Basis::Stated, &[row.source]);
            undated.services += usize::from(row.from.is_none());
        }
    }
}
