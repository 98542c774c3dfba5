//! The town while it lives: its state at a moment, and the changes that keep it whole.

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::RelationType;

use crate::ground::Ground;
use crate::identifier::Identifiers;
use crate::naming::{self, Given, Parents};
use crate::random::{Random, Stream, number, whole};
use crate::settings::Settings;
use crate::short::Short;
use crate::town::{
    Community, Household, Person, Relationship, Residency, Sex, Tenure, Town, plus_days,
};
use crate::words::Words;

/// Where somebody is in life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a household of the town.
    Home(u32),
    /// In a communal establishment.
    Communal,
    /// In the town, without a home.
    Nowhere,
    /// Dead, moved away, or another by now.
    Gone,
}

/// What is true of a person at the moment.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) place: Place,
    /// The partner, and the place of the relationship.
    pub(crate) partner: Option<(u32, u32)>,
    pub(crate) married: bool,
    pub(crate) children: Vec<u32>,
    /// The last month in which something happened to this person.
    pub(crate) changed: u32,
    /// The places of the open residencies: the main and the other home.
    main: Option<u32>,
    /// The first day on which the next home can begin.
    earliest: Date,
    pub(crate) second: Option<u32>,
    /// The place of the relationship to the foster carer.
    pub(crate) carer: Option<u32>,
    /// When a stay is to end.
    pub(crate) until: Option<Date>,
}

/// What is settled about a person by birth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    pub(crate) community: Community,
    pub(crate) sex: Sex,
    pub(crate) born: Date,
    /// Mother and father.
    pub(crate) parents: (Option<u32>, Option<u32>),
    pub(crate) need: f64,
}

/// The town while it lives.
pub(crate) struct World<'a> {
    pub(crate) words: &'a Words,
    pub(crate) settings: &'a Settings,
    pub(crate) random: Random,
    pub(crate) issue: Identifiers,
    pub(crate) ground: Ground,
    pub(crate) persons: Vec<Person>,
    pub(crate) states: Vec<State>,
    pub(crate) households: Vec<Household>,
    pub(crate) residencies: Vec<Residency>,
    pub(crate) relationships: Vec<Relationship>,
    /// The last household of sharers in each shared house.
    pub(crate) sharing: BTreeMap<u32, u32>,
    /// Elder couples whose grown children are yet to appear in other households.
    pub(crate) elders: Vec<(Option<u32>, Option<u32>)>,
    /// The months so far.
    pub(crate) month: u32,
    /// The number of living residents.
    pub(crate) residents: u32,
}

impl<'a> World<'a> {
    /// A town in which nobody lives yet.
    pub(crate) fn new(words: &'a Words, settings: &'a Settings) -> World<'a> {
        World {
            words,
            settings,
            random: Random::of(settings.seed, Stream::History, 0),
            issue: Identifiers::default(),
            ground: Ground::lay(words, settings),
            persons: Vec::new(),
            states: Vec::new(),
            households: Vec::new(),
            residencies: Vec::new(),
            relationships: Vec::new(),
            sharing: BTreeMap::new(),
            elders: Vec::new(),
            month: 1,
            residents: 0,
        }
    }

    /// A person without a home yet.
    fn person(&mut self, birth: Birth, given: Given, surname: String) -> u32 {
        let Birth { community, sex, born, parents, need } = birth;
        let id = number(self.persons.len());
        let Given { forename, middle_name, known_as } = given;
        let phones = self.phones(born);
        let email = if self.random.chance(0.6) {
            let at = ["example.org", "example.com", "example.net"][self.random.place(3)];
            format!("{}.{}{id}@{at}", ascii(&forename), ascii(&surname))
        } else {
            String::new()
        };
        let pupil = born.year() >= 1993;
        self.persons.push(Person {
            forename,
            middle_name,
            known_as,
            surnames: vec![(born, surname)],
            sex,
            born,
            died: None,
            community,
            mother: parents.0,
            father: parents.1,
            twin_of: None,
            named_after: None,
            formerly: None,
            became: None,
            need,
            nhs_number: Short::of(&self.issue.nhs_number()),
            nino: Short::of(&self.issue.nino()),
            upn: Short::of(&if pupil { self.issue.upn(born.year() + 4) } else { String::new() }),
            uln: Short::of(&if pupil { self.issue.uln() } else { String::new() }),
            phones,
            email,
        });
        self.states.push(State {
            place: Place::Nowhere,
            partner: None,
            married: false,
            children: Vec::new(),
            changed: 0,
            main: None,
            earliest: born,
            second: None,
            carer: None,
            until: None,
        });
        for parent in [parents.0, parents.1].into_iter().flatten() {
            self.states[parent as usize].children.push(id);
        }
        self.residents += 1;
        id
    }

    /// The mobiles of somebody born then: the first at about 12, and some another later on.
    fn phones(&mut self, born: Date) -> Vec<(Date, Short<12>)> {
        if !self.random.chance(if born.year() < 1945 { 0.5 } else { 0.93 }) {
            return Vec::new();
        }
        let first = Date::new(born.year() + 12, 6, 1).unwrap_or(born);
        let mut phones = vec![(first, Short::of(&self.issue.mobile()))];
        if self.random.chance(0.3) {
            let back = whole(self.random.exponential(1100.0));
            let changed = plus_days(self.settings.run_date, -back);
            if changed > first {
                phones.push((changed, Short::of(&self.issue.landline())));
            }
        }
        phones
    }

    /// A person without a home yet, named by custom.
    pub(crate) fn newcomer(&mut self, birth: Birth) -> u32 {
        let Birth { community, sex, born, parents, .. } = birth;
        let of = |id: Option<u32>| id.map(|id| &self.persons[id as usize]);
        let known = Parents { mother: of(parents.0), father: of(parents.1) };
        let (words, random) = (self.words, &mut self.random);
        let mut given = naming::given(words, community, sex, born.year(), known, random);
        let surname = naming::surname(words, community, sex, born, known, random);
        // Brothers and sisters have different names.
        let siblings: Vec<u32> = parents
            .0
            .or(parents.1)
            .map_or(Vec::new(), |parent| self.states[parent as usize].children.clone());
        for _ in 0..40 {
            let taken = siblings.iter().any(|&s| {
                let sibling = &self.persons[s as usize];
                sibling.forename == given.forename
                    && (given.known_as.is_empty() || sibling.known_as == given.known_as)
            });
            if !taken {
                break;
            }
            given = naming::given(words, community, sex, born.year(), known, &mut self.random);
        }
        let namesake = match sex {
            Sex::Male => parents.1.filter(|_| self.random.chance(self.settings.namesake_share)),
            Sex::Female => parents.0.filter(|_| self.random.chance(0.02)),
        }
        // Only one child of a family has the parent's name.
        .filter(|&parent| {
            let name = &self.persons[parent as usize].forename;
            siblings.iter().all(|&s| self.persons[s as usize].forename != *name)
        });
        if let Some(parent) = namesake {
            given.forename.clone_from(&self.persons[parent as usize].forename);
            if community != Community::Muslim {
                given.known_as.clear();
            }
        }
        let id = self.person(birth, given, surname);
        self.persons[id as usize].named_after = namesake;
        id
    }

    /// A new household in a dwelling.
    pub(crate) fn household(&mut self, dwelling: u32, tenure: Tenure, since: Date) -> u32 {
        let landline = if self.random.chance(0.4) { self.issue.landline() } else { String::new() };
        let landline = Short::of(&landline);
        let fosters = false;
        self.households.push(Household {
            dwelling,
            members: Vec::new(),
            tenure,
            landline,
            fosters,
            since,
        });
        number(self.households.len() - 1)
    }

    /// Brings a person into a household.
    ///
    /// Children who have their second home with this person keep it, at the new address.
    pub(crate) fn join(&mut self, person: u32, household: u32, day: Date) {
        let visitors = match self.states[person as usize].place {
            Place::Home(before) => self.visitors(before, &[person]),
            _ => Vec::new(),
        };
        self.leave(person, day);
        let dwelling = self.households[household as usize].dwelling;
        self.households[household as usize].members.push(person);
        self.open(person, dwelling, day, Some(household));
        self.states[person as usize].place = Place::Home(household);
        for child in visitors {
            if self.home(child) != Some(household) {
                self.share(child, household, day);
            }
        }
    }

    /// Brings a person into a communal establishment.
    pub(crate) fn admit(&mut self, person: u32, establishment: u32, day: Date) {
        self.leave(person, day);
        self.open(person, establishment, day, None);
        self.states[person as usize].place = Place::Communal;
    }

    /// Takes a person away from the town, to another if one is given.
    pub(crate) fn depart(&mut self, person: u32, to: Option<u32>, day: Date) {
        self.leave(person, day);
        if let Some(dwelling) = to {
            self.open(person, dwelling, day, None);
        }
        self.end_second(person, day);
        self.states[person as usize].place = Place::Gone;
        self.residents -= 1;
    }

    /// Takes a person out of their home; the next is up to the caller.
    pub(crate) fn leave(&mut self, person: u32, day: Date) {
        let state = &mut self.states[person as usize];
        state.changed = self.month;
        let place = std::mem::replace(&mut state.place, Place::Nowhere);
        if let Some(open) = state.main.take() {
            state.earliest = close(&mut self.residencies[open as usize], day);
        }
        if let Place::Home(household) = place {
            for child in self.visitors(household, &[person]) {
                self.end_second(child, day);
            }
            let household = &mut self.households[household as usize];
            household.members.retain(|&member| member != person);
            if household.members.is_empty() {
                self.ground.release(household.dwelling);
            }
        }
    }

    /// Gives a child a second home.
    pub(crate) fn share(&mut self, child: u32, household: u32, day: Date) {
        self.end_second(child, day);
        let dwelling = self.households[household as usize].dwelling;
        self.states[child as usize].second = Some(number(self.residencies.len()));
        self.residencies.push(Residency {
            person: child,
            dwelling,
            from: day,
            to: None,
            household: Some(household),
            main: false,
        });
    }

    /// Ends a child's stays at the second home.
    pub(crate) fn end_second(&mut self, child: u32, day: Date) {
        if let Some(open) = self.states[child as usize].second.take() {
            close(&mut self.residencies[open as usize], day);
        }
    }

    /// Moves a whole household; children who have their second home there follow.
    pub(crate) fn move_household(&mut self, household: u32, dwelling: u32, day: Date) {
        let members = std::mem::take(&mut self.households[household as usize].members);
        for &member in &members {
            let state = &mut self.states[member as usize];
            state.changed = self.month;
            if let Some(open) = state.main.take() {
                state.earliest = close(&mut self.residencies[open as usize], day);
            }
            self.open(member, dwelling, day, Some(household));
        }
        let visitors = self.visitors(household, &members);
        let home = &mut self.households[household as usize];
        let left = std::mem::replace(&mut home.dwelling, dwelling);
        home.members = members;
        home.since = day;
        for child in visitors {
            self.share(child, household, day);
        }
        self.ground.release(left);
    }

    /// The children whose second home this is.
    pub(crate) fn visitors(&self, household: u32, members: &[u32]) -> Vec<u32> {
        let mut visitors = Vec::new();
        for &member in members {
            for &child in &self.states[member as usize].children {
                let second = self.states[child as usize].second;
                let here = second.is_some_and(|open| {
                    self.residencies[open as usize].household == Some(household)
                });
                if here && !visitors.contains(&child) {
                    visitors.push(child);
                }
            }
        }
        visitors
    }

    fn open(&mut self, person: u32, dwelling: u32, day: Date, household: Option<u32>) {
        let state = &mut self.states[person as usize];
        state.main = Some(number(self.residencies.len()));
        self.residencies.push(Residency {
            person,
            dwelling,
            from: day.max(state.earliest),
            to: None,
            household,
            main: true,
        });
    }

    /// Says what `other` is to `person`. Gives the place of the relationship.
    pub(crate) fn relate(&mut self, person: u32, is: RelationType, other: u32, from: Date) -> u32 {
        self.relationships.push(Relationship { person, is, other, from, to: None });
        number(self.relationships.len() - 1)
    }

    /// Makes two persons a couple.
    pub(crate) fn pair(&mut self, one: u32, other: u32, married: bool, day: Date) {
        let edge = self.relate(one.min(other), RelationType::Partner, one.max(other), day);
        for (person, partner) in [(one, other), (other, one)] {
            let state = &mut self.states[person as usize];
            state.partner = Some((partner, edge));
            state.married = married;
        }
    }

    /// Ends a couple, by death or otherwise.
    pub(crate) fn unpair(&mut self, person: u32, day: Date) -> Option<u32> {
        let (partner, edge) = self.states[person as usize].partner.take()?;
        self.states[partner as usize].partner = None;
        self.relationships[edge as usize].to = Some(day);
        for one in [person, partner] {
            self.states[one as usize].married = false;
        }
        Some(partner)
    }

    /// Gives a person another surname from a day on.
    pub(crate) fn rename(&mut self, person: u32, surname: String, day: Date) {
        let surnames = &mut self.persons[person as usize].surnames;
        if surnames.last().is_none_or(|(since, last)| *since < day && *last != surname) {
            surnames.push((day, surname));
        }
    }

    /// The age in whole years.
    pub(crate) fn age(&self, person: u32, day: Date) -> i16 {
        self.persons[person as usize].age(day)
    }

    /// The household somebody lives in.
    pub(crate) fn home(&self, person: u32) -> Option<u32> {
        match self.states[person as usize].place {
            Place::Home(household) => Some(household),
            _ => None,
        }
    }

    /// Whether the person is in the town and nothing happened to them this month.
    pub(crate) fn is_free(&self, person: u32) -> bool {
        let state = &self.states[person as usize];
        state.place != Place::Gone && state.changed != self.month
    }

    /// The members of a household who are under 18, and whether any is older.
    pub(crate) fn minors(&self, household: u32, day: Date) -> (Vec<u32>, bool) {
        let members = &self.households[household as usize].members;
        let minors: Vec<u32> =
            members.iter().copied().filter(|&member| self.age(member, day) < 18).collect();
        let adult = minors.len() < members.len();
        (minors, adult)
    }

    /// The town as history leaves it.
    pub(crate) fn finish(self) -> Town {
        let mut residencies = self.residencies;
        residencies.retain(|r| r.to.is_none_or(|to| r.from < to));
        residencies.sort_by_key(|r| (r.person, r.from, !r.main));
        let mut relationships = self.relationships;
        relationships.sort_unstable();
        Town {
            run_date: self.settings.run_date,
            persons: self.persons,
            streets: self.ground.streets,
            dwellings: self.ground.dwellings,
            households: self.households,
            residencies,
            relationships,
        }
    }
}

/// Ends a stay, though not before it began. Gives the day on which it ended.
fn close(residency: &mut Residency, day: Date) -> Date {
    let to = day.max(residency.from);
    residency.to = Some(to);
    to
}

/// A name as it stands in an e-mail address.
fn ascii(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}
