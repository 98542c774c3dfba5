//! What persons are to each other, and who is connected with a household without living there.

use std::collections::{BTreeMap, BTreeSet};

use record::{Date, NONE, RelationType};
use serde::Serialize;

use crate::Error;
use crate::ask::{Ask, Subject, Who};
use crate::statement::{Basis, Day, End, Holds, Reason};
use crate::store::{Relationship, Residency, Word};
use crate::words;

/// The persons who are something to one person.
#[derive(Clone, Debug, Serialize)]
pub struct Relatives {
    /// The day asked for.
    pub as_of: Date,
    /// The person.
    pub who: Who,
    /// The others, each with all reasons.
    pub relatives: Vec<Relative>,
}

/// The persons who are connected with a household without living there.
#[derive(Clone, Debug, Serialize)]
pub struct Connected {
    /// The day asked for.
    pub as_of: Date,
    /// Those whom it is about: the members of the household, or the person.
    pub of: Vec<Who>,
    /// The others.
    pub connected: Vec<Relative>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// Somebody who is something to somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Relative {
    /// The person.
    pub who: Who,
    /// What the person is to whom, and who says so.
    pub why: Vec<Reason>,
    /// Where the person lives.
    pub lives: Lives,
}

/// Where somebody lives, told beside another person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lives {
    /// Whether in a household of those whom the question is about.
    pub in_the_same_household: bool,
    /// The households; a child can have two.
    pub households: Vec<String>,
    /// What is known if there is none.
    pub otherwise: Option<String>,
}

/// A tie, looked at from one person: what the other is to that person.
pub(crate) struct Tie<'a> {
    pub(crate) other: u32,
    pub(crate) is: Is,
    pub(crate) row: &'a Relationship,
}

/// What one person is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Is {
    /// What a source can declare.
    Declared(RelationType),
    /// A parent of the same child.
    CoParent,
    /// An adult of a child's household.
    HouseholdAdult,
    /// A child of an adult's household.
    HouseholdChild,
    /// What this version does not know.
    Other(Word),
}

/// At an address where more persons are said to have lived at one time, nobody is told to have
/// lived with another: it is a home of many.
const HOME_OF_MANY: usize = 12;

/// What is said of who lived with somebody before.
pub(crate) const AT_ONE_ADDRESS: &str = "said to have been at one address with";
/// What is said of who lives with a relative.
const LIVES_WITH: &str = "lives with";

impl Is {
    /// Whether the other is a parent, by birth or by law.
    pub(crate) fn is_parent(self) -> bool {
        use RelationType as R;
        matches!(self, Is::Declared(R::Mother | R::Father | R::Parent))
    }

    /// Whether the other is a child of the person in any way.
    pub(crate) fn is_child(self) -> bool {
        use RelationType as R;
        let Is::Declared(is) = self else { return self == Is::HouseholdChild };
        matches!(is, R::Child | R::StepChild | R::FosterChild | R::Ward)
    }

    pub(crate) fn is_partner(self) -> bool {
        use RelationType as R;
        matches!(self, Is::CoParent | Is::Declared(R::Partner | R::FormerPartner))
    }

    pub(crate) fn says(self, ask: Ask<'_>) -> String {
        match self {
            Is::Declared(is) => words::said(is.as_str()),
            Is::CoParent => words::said("co_parent"),
            Is::HouseholdAdult => words::said("household_adult"),
            Is::HouseholdChild => "child in one household with the adult".to_owned(),
            Is::Other(word) => words::said(ask.text(word)),
        }
    }
}

impl<'a> Ask<'a> {
    /// The children of an adult, by relationship: own, step-children, foster children and wards;
    /// and children of the same household of whom nothing is declared, as inferred.
    ///
    /// # Errors
    ///
    /// If the subject is no person.
    pub fn children_of(&self, subject: Subject) -> Result<Relatives, Error> {
        let adult = subject.person()?;
        Ok(self.relatives(adult, |tie| tie.is.is_child()))
    }

    /// The adults of a child, by relationship, whether they live with it or not; with the
    /// partners of its parents.
    ///
    /// # Errors
    ///
    /// If the subject is no person.
    pub fn adults_of(&self, subject: Subject) -> Result<Relatives, Error> {
        let child = subject.person()?;
        let mut found = self
            .relatives(child, |tie| self.is_child(tie.other) != Some(true) && !tie.is.is_child());
        let mut further = Gathered::default();
        for parent in self.ties(child).filter(|tie| tie.is.is_parent()) {
            let theirs = self.ties(parent.other).filter(|tie| tie.is.is_partner());
            for tie in theirs.filter(|tie| tie.other != child && tie.is != Is::CoParent) {
                self.add(&mut further, parent.other, &tie);
            }
        }
        for (other, why) in further.0 {
            match found.relatives.iter_mut().find(|r| self.is(&r.who, other)) {
                Some(relative) => relative.why.extend(why),
                None => found.relatives.push(self.relative(other, why, &[child].into())),
            }
        }
        found.relatives.sort_by_key(rank);
        Ok(found)
    }

    fn is(&self, who: &Who, person: u32) -> bool {
        who.person_id == self.store.person_ids.get(person)
    }

    fn relatives(&self, person: u32, wanted: impl Fn(&Tie<'_>) -> bool) -> Relatives {
        let mut found = Gathered::default();
        for tie in self.ties(person).filter(wanted) {
            self.add(&mut found, person, &tie);
        }
        let relatives = self.ranked(found, &[person].into());
        Relatives { as_of: self.as_of, who: self.who(person), relatives }
    }

    /// Who is connected with a person's households, or with a household, without living there:
    /// relatives, partners of its children's parents and who lives with those, and persons who
    /// have lived with a member before.
    ///
    /// # Errors
    ///
    /// If the subject is an address.
    pub fn connected(&self, subject: Subject) -> Result<Connected, Error> {
        let of = self.group(subject)?;
        let mut found = self.related(&of);
        let mut left_out = Vec::new();
        for &member in &of {
            self.former_co_residents(member, &of, &mut found, &mut left_out);
        }
        left_out.sort_unstable();
        left_out.dedup();
        Ok(Connected {
            as_of: self.as_of,
            of: of.iter().map(|&person| self.who(person)).collect(),
            connected: self.ranked(found, &of),
            left_out,
        })
    }

    /// Who is something to a member of a group without belonging to it. A child's parent
    /// elsewhere brings a further home, and perhaps a further adult and further children.
    pub(crate) fn related(&self, of: &BTreeSet<u32>) -> Gathered {
        let mut found = Gathered::default();
        for &member in of {
            for tie in self.ties(member).filter(|tie| !of.contains(&tie.other)) {
                self.add(&mut found, member, &tie);
                if !tie.is.is_parent() || self.is_child(member) != Some(true) {
                    continue;
                }
                let brings = |is: Is| is.is_partner() || is.is_child();
                for theirs in self.ties(tie.other).filter(|theirs| brings(theirs.is)) {
                    if !of.contains(&theirs.other) {
                        self.add(&mut found, tie.other, &theirs);
                    }
                }
                self.households_of(tie.other, of, &mut found);
            }
        }
        found
    }

    /// Adds who lives with a person and does not belong to the group.
    pub(crate) fn households_of(&self, person: u32, of: &BTreeSet<u32>, found: &mut Gathered) {
        for other in self.co_residents(person) {
            if !of.contains(&other) {
                found.push(other, self.lives_with(other, person));
            }
        }
    }

    pub(crate) fn ranked(&self, found: Gathered, of: &BTreeSet<u32>) -> Vec<Relative> {
        let found = found.0.into_iter().map(|(other, mut why)| {
            // That a relative lives with a relative is seen from their household.
            if why.iter().any(|why| why.says != LIVES_WITH) {
                why.retain(|why| why.says != LIVES_WITH);
            }
            self.relative(other, why, of)
        });
        let mut all: Vec<Relative> = found.collect();
        all.sort_by_key(rank);
        all
    }

    /// Those whom a question about a subject is about: a person and who lives with the person, or
    /// the members of a household.
    pub(crate) fn group(&self, subject: Subject) -> Result<BTreeSet<u32>, Error> {
        match subject {
            Subject::Person(person) => {
                let mut group = self.co_residents(person);
                group.insert(person);
                Ok(group)
            }
            Subject::Household(household) => {
                Ok(self.members(household).iter().map(|member| member.person).collect())
            }
            Subject::Address(_) => {
                Err(Error::NotAbout { wanted: "a person or a household", given: subject.kind() })
            }
        }
    }

    /// What others are to a person on the day. What has ended is nothing any more, but that a
    /// partner is a former one.
    pub(crate) fn ties(&self, person: u32) -> impl Iterator<Item = Tie<'a>> + use<'a> {
        let ask = *self;
        let all = ask.store.relationships(person).iter();
        all.filter_map(move |row| {
            let code = ask.text(row.is);
            let is = match (RelationType::parse(code), code) {
                (Some(is), _) if row.other == person => Is::Declared(is),
                (Some(is), _) => Is::Declared(is.inverse()),
                (None, "co_parent") => Is::CoParent,
                (None, "household_adult") if row.other == person => Is::HouseholdAdult,
                (None, "household_adult") => Is::HouseholdChild,
                (None, _) => Is::Other(row.is),
            };
            let ended = row.to.is_some_and(|to| to <= ask.as_of);
            let is = match is {
                // Of all that ends, only this leaves something behind.
                Is::Declared(RelationType::Partner) if ended => {
                    Is::Declared(RelationType::FormerPartner)
                }
                is => ask.holds(row.from, row.to).map(|_| is)?,
            };
            Some(Tie { other: if row.other == person { row.person } else { row.other }, is, row })
        })
    }

    pub(crate) fn why_tied(&self, person: u32, tie: &Tie<'_>) -> Reason {
        let row = tie.row;
        // Births have no beginning that a source need say; partners have.
        let lasting = tie.is.is_parent() || matches!(tie.is, Is::Declared(RelationType::Child));
        let holds = if lasting { Some(Holds::Yes) } else { self.holds(row.from, row.to) };
        let codes = row.contradictions.iter();
        Reason {
            basis: match row.basis {
                snapshot::Basis::Declared => Basis::Declared,
                snapshot::Basis::Inferred => Basis::Inferred,
            },
            says: tie.is.says(*self),
            of: Some(self.named(person)),
            according_to: self.cite(row.source.as_slice()),
            from: Day(row.from),
            to: End(row.to),
            last_seen: Day(None),
            holds: holds.unwrap_or(Holds::Yes),
            contradictions: codes.map(|&code| words::contradiction(self.text(code))).collect(),
        }
    }

    fn add(&self, found: &mut Gathered, person: u32, tie: &Tie<'_>) {
        found.push(tie.other, self.why_tied(person, tie));
    }

    fn relative(&self, other: u32, why: Vec<Reason>, of: &BTreeSet<u32>) -> Relative {
        Relative { who: self.who(other), why, lives: self.lives(other, of) }
    }

    pub(crate) fn lives(&self, person: u32, of: &BTreeSet<u32>) -> Lives {
        let homes = self.homes(person);
        let with = self.co_residents(person);
        let id = |household: u32| self.store.household_ids.get(household).to_owned();
        Lives {
            in_the_same_household: of.iter().any(|other| with.contains(other)),
            households: homes.iter().map(|home| id(home.household)).collect(),
            otherwise: homes.is_empty().then(|| self.because(person)),
        }
    }

    /// Why one person is said to live with another.
    pub(crate) fn lives_with(&self, person: u32, other: u32) -> Reason {
        let theirs: Vec<u32> = self.homes(other).iter().map(|home| home.household).collect();
        let own = self.homes(person);
        let home = own.iter().find(|home| theirs.contains(&home.household));
        let mut why = self.why_here(home.expect("they live in one household"));
        LIVES_WITH.clone_into(&mut why.says);
        why.of = Some(self.named(other));
        why
    }

    /// Those who were at the same address as a person at one time, and no longer live together.
    pub(crate) fn former_co_residents(
        &self,
        person: u32,
        of: &BTreeSet<u32>,
        found: &mut Gathered,
        left_out: &mut Vec<String>,
    ) {
        let parted = self.parted(person);
        for own in self.store.residencies(person) {
            if own.address == NONE {
                continue;
            }
            let all = self.store.residents(own.address).iter();
            let others: Vec<(u32, Reason)> = all
                .filter(|(other, _)| *other != person)
                .filter_map(|&(other, at)| {
                    let theirs = &self.store.residencies(other)[at as usize];
                    let parted = parted.max(self.parted(other));
                    Some((other, self.lived_with(person, own, theirs, parted)?))
                })
                .collect();
            if HOME_OF_MANY <= others.len() {
                left_out.push(format!(
                    "{} persons said to have been at address {} at the same time as {}: a home of many",
                    others.len(),
                    self.store.address_ids.get(own.address),
                    self.store.person_ids.get(person)
                ));
                continue;
            }
            for (other, why) in others.into_iter().filter(|(other, _)| !of.contains(other)) {
                found.push(other, why);
            }
        }
    }

    /// The day on which a parent became nothing to the person, as by an adoption order: nothing of
    /// the time before it is told beside anybody else.
    pub(crate) fn parted(&self, person: u32) -> Option<Date> {
        let all = self.store.relationships(person).iter();
        let own = all.filter(|row| row.other == person && self.is_parent(row));
        own.filter_map(|row| row.to).filter(|to| *to <= self.as_of).max()
    }

    /// Whether a relationship says that its person is a parent, by birth or by law, of the other.
    pub(crate) fn is_parent(&self, row: &Relationship) -> bool {
        RelationType::parse(self.text(row.is)).is_some_and(|is| Is::Declared(is).is_parent())
    }

    fn lived_with(
        &self,
        person: u32,
        own: &Residency,
        theirs: &Residency,
        parted: Option<Date>,
    ) -> Option<Reason> {
        let (own_from, own_to) = self.stretch(own)?;
        let (their_from, their_to) = self.stretch(theirs)?;
        let (from, to) = (own_from.max(their_from), own_to.min(their_to));
        if to < from || self.as_of < from || parted.is_some_and(|parted| from < parted) {
            return None;
        }
        let mut sources = own.sources.clone();
        sources.extend(&theirs.sources);
        let known = own.from.is_some() && theirs.from.is_some();
        Some(Reason {
            basis: Basis::Inferred,
            says: AT_ONE_ADDRESS.to_owned(),
            of: Some(self.named(person)),
            according_to: self.cite(&sources),
            from: Day(known.then_some(from)),
            to: End([own.to, theirs.to].into_iter().flatten().min()),
            last_seen: Day(own.last_seen.min(theirs.last_seen)),
            holds: Holds::Yes,
            contradictions: Vec::new(),
        })
    }

    /// The days of a spell that are known: where a beginning or an end is not, the last day seen.
    fn stretch(&self, spell: &Residency) -> Option<(Date, Date)> {
        let current = self.text(spell.state) == "current";
        let last = spell.last_seen.or(current.then_some(self.store.run_date));
        let to = spell.to.or(if current { Some(self.store.run_date) } else { last });
        Some((spell.from.or(last)?, to.or(spell.from)?))
    }
}

/// Reasons by person, equal ones of several sources as one.
#[derive(Default)]
pub(crate) struct Gathered(pub(crate) BTreeMap<u32, Vec<Reason>>);

impl Gathered {
    pub(crate) fn push(&mut self, person: u32, reason: Reason) {
        let all = self.0.entry(person).or_default();
        let same = all.iter_mut().find(|other| {
            (other.basis, &other.says, &other.of) == (reason.basis, &reason.says, &reason.of)
                && (other.from, other.to, other.holds) == (reason.from, reason.to, reason.holds)
        });
        let Some(same) = same else {
            all.push(reason);
            return;
        };
        same.according_to.extend(reason.according_to);
        same.according_to.sort_unstable();
        same.according_to.dedup();
        same.last_seen = same.last_seen.max(reason.last_seen);
        same.contradictions.extend(reason.contradictions);
        same.contradictions.sort_unstable();
        same.contradictions.dedup();
    }
}

/// Declared before inferred, and then by birth.
fn rank(relative: &Relative) -> (Basis, bool, String, String) {
    let best = relative.why.iter().map(|why| why.basis).min().unwrap_or(Basis::Inferred);
    let born = &relative.who.born;
    (best, !born.is_known(), born.value.clone(), relative.who.person_id.clone())
}
