//! Whom and what a question is about, and who somebody is on the day asked for.

use record::{Date, PartialDate};
use serde::{Serialize, Serializer};

use crate::statement::{Cited, Day, Holds, NOT_KNOWN, Named, Said, holds};
use crate::store::{Given, Store, Word};
use crate::{Error, words};

/// What an id is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A person, by place.
    Person(u32),
    /// A household, by place.
    Household(u32),
    /// An address, by place.
    Address(u32),
}

impl Subject {
    /// The person, if it is one.
    pub(crate) fn person(self) -> Result<u32, Error> {
        match self {
            Subject::Person(person) => Ok(person),
            other => Err(Error::NotAbout { wanted: "a person", given: other.kind() }),
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Subject::Person(_) => "a person",
            Subject::Household(_) => "a household",
            Subject::Address(_) => "an address",
        }
    }
}

/// A snapshot as it is asked about one day.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub(crate) store: &'a Store,
    pub(crate) as_of: Date,
}

/// Whether a person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing says otherwise.
    Present,
    /// Not born by the day asked for.
    Expected,
    /// Expected before that day, and nobody has heard of the birth.
    NotHeardOf,
    /// Expected, and the mother has had a child since: no further child.
    Delivered,
    /// Said to have died by then.
    Died,
}

/// So many days after that on which a child is expected its birth is heard of: two weeks at most until
/// it is born, and as long again until those know of it who had to do with the mother.
const HEARD_OF_WITHIN: i64 = 30;

impl Status {
    /// Whether somebody is or was there.
    pub(crate) fn is_born(self) -> bool {
        matches!(self, Status::Present | Status::Died)
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Present => "present",
            Status::Expected => "expected",
            Status::NotHeardOf => "not_heard_of",
            Status::Delivered => "delivered",
            Status::Died => "died",
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Who {
    /// The person's id.
    pub person_id: String,
    /// The name.
    pub name: Said,
    /// Male or female.
    pub sex: Said,
    /// The date of birth, or of an expected birth, as exactly as it is known.
    pub born: Said,
    /// The date of death.
    pub died: Said,
    /// Completed years on the day asked for, at least.
    pub age: Age,
    /// Whether the person is there.
    pub status: Status,
    /// Whether too little is known to tell who it is.
    pub unresolved: bool,
    /// Why where the person lives is shielded; none if it is not.
    pub shielded: Option<Shielded>,
}

/// That where a person lives is told on an authority alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shielded {
    /// Why, as a code.
    pub reason: String,
    /// The same in words.
    pub because: String,
    /// Whether it is withheld: address, household, who else lives there, and services.
    pub withheld: bool,
}

/// An age in years, or that it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(pub Option<i16>);

impl std::fmt::Display for Age {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(age) => age.fmt(f),
            None => f.pad(NOT_KNOWN),
        }
    }
}

impl Serialize for Age {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(age) => serializer.serialize_i16(age),
            None => serializer.serialize_str(NOT_KNOWN),
        }
    }
}

impl Store {
    /// What an id is of: a person, a household or an address, or the person of a record named as
    /// `source:key`.
    ///
    /// # Errors
    ///
    /// If the snapshot has no such thing.
    pub fn find(&self, id: &str) -> Result<Subject, Error> {
        if let Some((source, key)) = id.split_once(':') {
            let found = self.person_of(source, key).map(Subject::Person);
            return found.ok_or_else(|| Error::no_record(self.withholds_records));
        }
        let (what, found) = match id.chars().next() {
            Some('P') => ("person", self.person_ids.find(id).map(Subject::Person)),
            Some('H') => ("household", self.household_ids.find(id).map(Subject::Household)),
            Some('A') => ("address", self.address_ids.find(id).map(Subject::Address)),
            _ => return Err(Error::NotAnId),
        };
        found.ok_or_else(|| Error::NoSuchId { what, id: id.to_owned() })
    }

    /// The snapshot as it is asked about a day, which without one is the run date.
    ///
    /// # Errors
    ///
    /// If the day is after the run date.
    pub fn ask(&self, as_of: Option<Date>) -> Result<Ask<'_>, Error> {
        let as_of = as_of.unwrap_or(self.run_date);
        if self.run_date < as_of {
            return Err(Error::NotYet { as_of, run_date: self.run_date });
        }
        Ok(Ask { store: self, as_of })
    }
}

impl<'a> Ask<'a> {
    /// The day asked for.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    pub(crate) fn text(&self, word: Word) -> &'a str {
        self.store.text(word)
    }

    pub(crate) fn holds(&self, from: Option<Date>, to: Option<Date>) -> Option<Holds> {
        holds(from, to, self.as_of, self.store.run_date)
    }

    /// Who somebody is.
    pub(crate) fn who(&self, person: u32) -> Who {
        let row = *self.store.person(person);
        let given = row.names.into_iter().flatten();
        let mut according_to: Vec<String> =
            given.clone().map(|given| self.text(given.source).to_owned()).collect();
        according_to.sort_unstable();
        according_to.dedup();
        let words: Vec<&str> = given.map(|given| self.text(given.value)).collect();
        let name = if words.is_empty() {
            Said::nothing()
        } else {
            Said { value: words.join(" "), according_to }
        };
        Who {
            person_id: self.store.person_ids.get(person).to_owned(),
            name,
            sex: self.said(row.sex),
            born: self.said(row.born),
            died: self.said(row.died),
            age: Age(self.age(person)),
            status: self.status(person),
            unresolved: self.is_unresolved(person),
            shielded: row.shielded.map(|why| self.shielded(why)),
        }
    }

    /// Whether it is withheld where a person lives.
    pub(crate) fn is_withheld(&self, person: u32) -> bool {
        self.store.person(person).shielded.is_some() && !self.store.tells_shielded
    }

    pub(crate) fn shielded(&self, why: Word) -> Shielded {
        let reason = self.text(why);
        Shielded {
            reason: reason.to_owned(),
            because: words::shielded(reason).to_owned(),
            withheld: !self.store.tells_shielded,
        }
    }

    /// Whether too little is known to tell who it is.
    pub(crate) fn is_unresolved(&self, person: u32) -> bool {
        let row = self.store.person(person);
        let [forename, _, surname] = row.names;
        row.born.is_none() && (forename.is_none() || surname.is_none())
    }

    fn said(&self, given: Option<Given>) -> Said {
        given.map_or_else(Said::nothing, |given| Said {
            value: self.text(given.value).to_owned(),
            according_to: vec![self.text(given.source).to_owned()],
        })
    }

    pub(crate) fn named(&self, person: u32) -> Named {
        let Who { person_id, name, .. } = self.who(person);
        Named { person_id, name: name.value }
    }

    /// Completed years, at least, on the day asked for; nothing before the birth.
    pub(crate) fn age(&self, person: u32) -> Option<i16> {
        let born = self.store.born(person)?.last_day();
        let birthday_to_come = (self.as_of.month(), self.as_of.day()) < (born.month(), born.day());
        let years = self.as_of.year() - born.year() - i16::from(birthday_to_come);
        // Who was born in this year, nobody knows when, is nought.
        self.status(person).is_born().then_some(years.max(0))
    }

    pub(crate) fn status(&self, person: u32) -> Status {
        let row = self.store.person(person);
        let no_household = row.unhoused.map(|code| self.text(code));
        if no_household == Some(words::DELIVERED) {
            return Status::Delivered;
        }
        let born = self.store.born(person);
        if born.is_some_and(|born| self.as_of < born.first_day()) {
            return Status::Expected;
        }
        let died = row.died.and_then(|died| PartialDate::parse(self.text(died.value)));
        if died.is_some_and(|died| died.is_possible() && died.last_day() <= self.as_of) {
            return Status::Died;
        }
        match no_household {
            Some(words::UNBORN) if born.is_none() => Status::Expected,
            Some(words::UNBORN) => Status::NotHeardOf,
            _ => Status::Present,
        }
    }

    /// Whether a person is expected, or was until so lately that the birth need not be known.
    pub(crate) fn is_awaited(&self, person: u32) -> bool {
        match self.status(person) {
            Status::Expected => true,
            Status::NotHeardOf => {
                let since = |born: PartialDate| self.as_of.duration_since(born.last_day());
                let since = self.store.born(person).map(since);
                since.is_some_and(|since| since.as_hours() / 24 <= HEARD_OF_WITHIN)
            }
            _ => false,
        }
    }

    /// Whether a person is under eighteen, if that is known. Who is expected is.
    pub(crate) fn is_child(&self, person: u32) -> Option<bool> {
        if !self.status(person).is_born() {
            return Some(true);
        }
        self.age(person).map(|age| age < 18)
    }

    pub(crate) fn cite(&self, sources: &[Word]) -> Vec<Cited> {
        let mut cited: Vec<Cited> = sources
            .iter()
            .map(|&source| Cited {
                source: self.text(source).to_owned(),
                as_at: Day(self.store.as_at(source)),
            })
            .collect();
        cited.sort_unstable();
        cited.dedup();
        cited
    }
}
