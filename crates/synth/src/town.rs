//! The town as it truly was: its persons, where they lived, and what they are to each other.

use jiff::ToSpan;
use jiff::civil::Date;
use record::RelationType;

use crate::short::Short;

/// A town and its history, up to the run date.
#[derive(Clone, Debug, PartialEq)]
pub struct Town {
    /// The last day of the history.
    pub run_date: Date,
    /// Everybody who ever lived in it; a person's id is their place.
    pub persons: Vec<Person>,
    /// The streets, in the town and elsewhere.
    pub streets: Vec<Street>,
    /// The dwellings along them.
    pub dwellings: Vec<Dwelling>,
    /// Every household there ever was.
    pub households: Vec<Household>,
    /// Who lived where, by person and then by time.
    pub residencies: Vec<Residency>,
    /// What people are or were to each other, each said once, sorted.
    pub relationships: Vec<Relationship>,
}

/// One person, from the first day to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The first given name.
    pub forename: String,
    /// The other given names; may be empty.
    pub middle_name: String,
    /// What the person is called, if not by the forename; may be empty.
    pub known_as: String,
    /// The surnames and since when, never none; the first since birth.
    pub surnames: Vec<(Date, String)>,
    /// Male or female.
    pub sex: Sex,
    /// The day of birth.
    pub born: Date,
    /// The day of death.
    pub died: Option<Date>,
    /// Whose naming customs the family keeps.
    pub community: Community,
    /// The mother, if she ever lived in the town.
    pub mother: Option<u32>,
    /// The father, likewise.
    pub father: Option<u32>,
    /// The twin who was born first.
    pub twin_of: Option<u32>,
    /// The parent whose forename was given.
    pub named_after: Option<u32>,
    /// For one who was adopted: the identity before, which counts as another person.
    pub formerly: Option<u32>,
    /// For one who was adopted: the identity since, which counts as another person.
    pub became: Option<u32>,
    /// How much the services have to do with the family, from 0 to 1.
    pub need: f64,
    /// The NHS number, of a range that is never issued.
    pub nhs_number: Short<10>,
    /// The National Insurance number, of a prefix that is never issued; used from 16.
    pub nino: Short<9>,
    /// The unique pupil number; empty for those who left school before there were any.
    pub upn: Short<13>,
    /// The unique learner number; likewise.
    pub uln: Short<10>,
    /// The telephone numbers and since when; may be none.
    pub phones: Vec<(Date, Short<12>)>,
    /// The e-mail address; may be empty.
    pub email: String,
}

impl Person {
    /// The surname on a day.
    #[must_use]
    pub fn surname(&self, day: Date) -> &str {
        let known = self.surnames.iter().rev().find(|(since, _)| *since <= day);
        known.or(self.surnames.first()).map_or("", |(_, surname)| surname)
    }

    /// The age in whole years on a day; negative before birth.
    #[must_use]
    pub fn age(&self, day: Date) -> i16 {
        let full = (day.month(), day.day()) >= (self.born.month(), self.born.day());
        day.year() - self.born.year() - i16::from(!full)
    }

    /// Whether the person is alive on a day.
    #[must_use]
    pub fn is_alive(&self, day: Date) -> bool {
        self.born <= day && self.died.is_none_or(|died| day < died)
    }
}

/// Male or female.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    pub(crate) fn other(self) -> Sex {
        match self {
            Sex::Female => Sex::Male,
            Sex::Male => Sex::Female,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }
}

/// Whose naming customs a family keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Community {
    /// One forename and more, one surname; wives often take the husband's.
    English,
    /// As English, with Welsh names.
    Welsh,
    /// As English, with Scottish names.
    Scottish,
    /// As English, with Irish names.
    Irish,
    /// As English, with names usual in the Caribbean.
    Caribbean,
    /// Of Pakistan and Bangladesh: often called by the second name; women's titles as surnames.
    Muslim,
    /// Of the Punjab: Singh and Kaur, before or in place of a surname.
    Sikh,
    /// Of India: the father's forename as middle name.
    Hindu,
    /// Surnames that differ by sex.
    Polish,
    /// The family's name before the given one, and often an English name in use.
    Chinese,
    /// Two given names, of which either is used.
    Nigerian,
    /// The father's and the grandfather's forenames in place of a surname.
    Somali,
    /// Two surnames, of the father and of the mother.
    Iberian,
}

impl Community {
    /// Every community and its share of the people, in hundredths.
    pub(crate) const SHARES: [(Community, f64); 13] = [
        (Community::English, 71.0),
        (Community::Welsh, 2.5),
        (Community::Scottish, 3.0),
        (Community::Irish, 3.5),
        (Community::Caribbean, 1.5),
        (Community::Muslim, 7.0),
        (Community::Sikh, 1.6),
        (Community::Hindu, 2.4),
        (Community::Polish, 2.5),
        (Community::Chinese, 1.2),
        (Community::Nigerian, 1.6),
        (Community::Somali, 1.0),
        (Community::Iberian, 1.2),
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Community::English => "english",
            Community::Welsh => "welsh",
            Community::Scottish => "scottish",
            Community::Irish => "irish",
            Community::Caribbean => "caribbean",
            Community::Muslim => "muslim",
            Community::Sikh => "sikh",
            Community::Hindu => "hindu",
            Community::Polish => "polish",
            Community::Chinese => "chinese",
            Community::Nigerian => "nigerian",
            Community::Somali => "somali",
            Community::Iberian => "iberian",
        }
    }
}

/// A street.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Street {
    /// Its name.
    pub name: String,
    /// The part of the town.
    pub locality: String,
    /// The town.
    pub town: String,
}

/// The home behind one door, or an establishment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dwelling {
    /// The street, by its place.
    pub street: u32,
    /// The number in the street, with its letter if it has one; may be empty.
    pub number: Short<8>,
    /// The name of the house, the block or the establishment; may be empty.
    pub building: String,
    /// The flat or room; may be empty.
    pub unit: String,
    /// The postcode.
    pub postcode: Short<8>,
    /// The unique property reference number.
    pub uprn: u64,
    /// The number of the building as a whole, if this is a part of one.
    pub building_uprn: Option<u64>,
    /// What sort of home it is.
    pub kind: HomeKind,
}

/// What sort of home it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HomeKind {
    /// A home for one household.
    Private,
    /// A house shared by people who were strangers: students, say. One household.
    Shared,
    /// A room with its own door in a house of such rooms. A household for each.
    Bedsit,
    /// A unit for families without a home. One household after another.
    Hostel,
    /// A unit for those who fled. One household after another, and never to be told.
    Refuge,
    /// A care home, a prison, a hall, a children's home. No household.
    Communal,
    /// Any home outside the town.
    Elsewhere,
}

impl HomeKind {
    /// The word for it in the truth.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            HomeKind::Private => "private",
            HomeKind::Shared => "shared",
            HomeKind::Bedsit => "bedsit",
            HomeKind::Hostel => "hostel",
            HomeKind::Refuge => "refuge",
            HomeKind::Communal => "communal",
            HomeKind::Elsewhere => "elsewhere",
        }
    }
}

/// How a household holds its home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tenure {
    /// Owned, or bought with a loan.
    Owned,
    /// Rented from a private landlord.
    Rented,
    /// Rented from the council or a housing association.
    Social,
}

/// People living together, as long as they do; it keeps its id when they move together.
#[derive(Clone, Debug, PartialEq)]
pub struct Household {
    /// Where it lives, or last lived.
    pub dwelling: u32,
    /// Those whose only or main home it is on the run date.
    pub members: Vec<u32>,
    /// How it holds its home.
    pub tenure: Tenure,
    /// The telephone in the home; may be empty.
    pub landline: Short<12>,
    /// Whether it fosters.
    pub fosters: bool,
    /// Since when it has lived there.
    pub since: Date,
}

/// A stay of one person in one dwelling: from the first day, up to but not including the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Residency {
    /// Who.
    pub person: u32,
    /// Where.
    pub dwelling: u32,
    /// Since when.
    pub from: Date,
    /// Until when; none is still.
    pub to: Option<Date>,
    /// In which household; none in communal establishments and elsewhere.
    pub household: Option<u32>,
    /// Whether it is the main home; the other home of a child with two is not.
    pub main: bool,
}

impl Residency {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// What `other` is to `person`, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relationship {
    /// Of whom it is said.
    pub person: u32,
    /// What the other is to that person.
    pub is: RelationType,
    /// The other.
    pub other: u32,
    /// Since when.
    pub from: Date,
    /// Until when; none is still.
    pub to: Option<Date>,
}

impl Town {
    /// The residencies of a person, by time.
    #[must_use]
    pub fn residencies_of(&self, person: u32) -> &[Residency] {
        let start = self.residencies.partition_point(|r| r.person < person);
        let end = start + self.residencies[start..].partition_point(|r| r.person == person);
        &self.residencies[start..end]
    }

    /// Where the person mainly lived on a day.
    #[must_use]
    pub fn home(&self, person: u32, day: Date) -> Option<&Residency> {
        self.residencies_of(person).iter().find(|r| r.main && r.holds(day))
    }

    /// In which household the person mainly lived on a day.
    #[must_use]
    pub fn household_on(&self, person: u32, day: Date) -> Option<u32> {
        let alive = self.persons[person as usize].is_alive(day);
        self.home(person, day).filter(|_| alive)?.household
    }

    /// The household that was a child's other home on a day.
    #[must_use]
    pub fn other_household_on(&self, person: u32, day: Date) -> Option<u32> {
        let mut stays = self.residencies_of(person).iter();
        stays.find(|r| !r.main && r.holds(day))?.household
    }

    /// The address of a dwelling, in full and in one line.
    #[must_use]
    pub fn address(&self, dwelling: u32) -> String {
        let home = &self.dwellings[dwelling as usize];
        let street = &self.streets[home.street as usize];
        let between = if home.number.is_empty() { "" } else { " " };
        let line = format!("{}{between}{}", &*home.number, street.name);
        let parts = [&home.unit, &home.building, &line, &street.locality, &street.town];
        let parts: Vec<&str> =
            parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }

    /// The household and the kind of home on the run date, as the truth tells them.
    #[must_use]
    pub fn home_at_run(&self, person: u32) -> (Option<u32>, &'static str) {
        if !self.persons[person as usize].is_alive(self.run_date) {
            return (None, "dead");
        }
        match self.home(person, self.run_date) {
            Some(home) => (home.household, self.dwellings[home.dwelling as usize].kind.as_str()),
            None if self.persons[person as usize].became.is_some() => (None, "another identity"),
            None => (None, "none"),
        }
    }
}

/// The day so many days later, or earlier if negative.
pub(crate) fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(i64::from(days).days())
}

/// The days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    to.duration_since(from).as_hours().try_into().map_or(i32::MAX, |hours: i32| hours / 24)
}

/// The same day so many years later, the 28th for a 29th of February.
pub(crate) fn plus_years(day: Date, years: i16) -> Date {
    Date::new(day.year() + years, day.month(), day.day().min(28)).unwrap_or(day)
}
