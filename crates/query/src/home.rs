//! Who lives somewhere, and where somebody lives.

use std::collections::BTreeSet;

use record::{Date, NONE};
use serde::Serialize;

use crate::ask::{Ask, Shielded, Subject, Who};
use crate::dwelling::AddressType;
use crate::statement::{Basis, Day, End, Holds, Reason};
use crate::store::{Household, Membership, Residency, Word};
use crate::{Error, words};

/// A household as it was on the day asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The household.
    pub household_id: String,
    /// Its address.
    pub address_id: String,
    /// The address on one line.
    pub address: String,
    /// What sort of household it is.
    pub kind: String,
    /// Since when it is known.
    pub from: Day,
    /// Until when.
    pub to: End,
    /// The household that it followed, if there is one.
    pub successor_of: Option<Followed>,
}

/// A household that another followed: most of either were of both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Followed {
    /// The earlier household.
    pub household_id: String,
    /// Until when it was.
    pub to: End,
}

/// Who lives in a household.
#[derive(Clone, Debug, Serialize)]
pub struct Residents {
    /// The household.
    pub household: Place,
    /// Its members.
    pub members: Vec<Resident>,
}

/// A member of a household.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Resident {
    /// The person.
    pub who: Who,
    /// Why the person is taken to live there.
    pub why: Reason,
}

/// Who lives in a household or at an address.
#[derive(Clone, Debug, Serialize)]
pub struct WhoLivesHere {
    /// The day asked for.
    pub as_of: Date,
    /// The households; none if nobody is known to live there that day.
    pub households: Vec<Residents>,
    /// What sort of place each of the addresses is.
    pub addresses: Vec<AddressType>,
    /// Persons whom some record puts there, but who are not taken to live there.
    pub also_stated: Vec<AlsoStated>,
    /// Of whom where they live is shielded: the person asked about.
    pub shielded: Option<Shielded>,
}

/// Somebody whom a record puts at an address, but who is not taken to live there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AlsoStated {
    /// The person.
    pub who: Who,
    /// What is said.
    pub why: Reason,
    /// Why the person is not taken to live there.
    pub but: String,
}

/// Where somebody lives: an index entry.
#[derive(Clone, Debug, Serialize)]
pub struct HouseholdOf {
    /// The day asked for.
    pub as_of: Date,
    /// The person.
    pub who: Who,
    /// The person's households, the main one first; a child can have two.
    pub homes: Vec<Home>,
    /// What is known instead, if there is none.
    pub otherwise: Option<Otherwise>,
}

/// A person's home.
#[derive(Clone, Debug, Serialize)]
pub struct Home {
    /// The household.
    pub household: Place,
    /// Why the person is taken to live there.
    pub why: Reason,
}

/// What is known of somebody without a household.
#[derive(Clone, Debug, Serialize)]
pub struct Otherwise {
    /// Why there is none, as a code.
    pub no_household: String,
    /// The same in words.
    pub because: String,
    /// The last address known.
    pub last_known: LastKnown,
}

/// The last address known.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LastKnown {
    /// No record gives one.
    NoKnownAddress,
    /// There is one, and it is not to be told.
    NotToBeTold,
    /// An address.
    Address {
        /// Its id.
        address_id: String,
        /// The address on one line.
        address: String,
        /// What is said of it.
        why: Reason,
    },
}

impl Ask<'_> {
    /// Who lives in a household, at an address, or with a person.
    #[must_use]
    pub fn residents(&self, subject: Subject) -> WhoLivesHere {
        let mut households: Vec<u32> = match subject {
            Subject::Household(household) => vec![household],
            Subject::Person(person) => self.homes(person).iter().map(|m| m.household).collect(),
            Subject::Address(address) => self.households_at(address),
        };
        households.dedup();
        let mut addresses: BTreeSet<u32> =
            households.iter().map(|&household| self.episode(household).address).collect();
        if let Subject::Address(address) = subject {
            addresses.insert(address);
        }
        let mut members: BTreeSet<u32> = BTreeSet::new();
        let households = households.into_iter().map(|household| {
            let here = self.members(household);
            members.extend(here.iter().map(|membership| membership.person));
            let mut residents: Vec<Resident> = here
                .iter()
                .map(|m| Resident { who: self.who(m.person), why: self.why_here(m) })
                .collect();
            // The eldest first; whose age is not known after all others.
            residents.sort_by_key(|resident| {
                (!resident.who.born.is_known(), resident.who.born.value.clone(), resident.clone())
            });
            Residents { household: self.place(household), members: residents }
        });
        let households: Vec<Residents> = households.collect();
        let mut also_stated = Vec::new();
        let types = addresses.iter().filter_map(|&address| self.address_type(address)).collect();
        for address in addresses {
            also_stated.extend(self.also_stated(address, &members));
        }
        also_stated.sort_unstable();
        also_stated.dedup();
        let shielded = match subject {
            Subject::Person(person) => self.store.person(person).shielded,
            _ => None,
        };
        WhoLivesHere {
            as_of: self.as_of,
            households,
            addresses: types,
            also_stated,
            shielded: shielded.map(|why| self.shielded(why)),
        }
    }

    /// Where a person lives, or the last that is known of it.
    ///
    /// # Errors
    ///
    /// If the subject is no person.
    pub fn household_of(&self, subject: Subject) -> Result<HouseholdOf, Error> {
        let person = subject.person()?;
        let homes: Vec<Home> = self
            .homes(person)
            .iter()
            .map(|m| Home { household: self.place(m.household), why: self.why_here(m) })
            .collect();
        let otherwise = homes.is_empty().then(|| self.otherwise(person));
        Ok(HouseholdOf { as_of: self.as_of, who: self.who(person), homes, otherwise })
    }

    /// A person's memberships on the day, the main home first.
    pub(crate) fn homes(&self, person: u32) -> Vec<Membership> {
        let all = self.store.memberships(person).iter();
        let mut homes: Vec<Membership> =
            all.filter(|m| self.holds(m.from, m.to).is_some()).copied().collect();
        homes.sort_by_key(|m| self.text(m.basis) == SECOND_HOME);
        homes
    }

    /// The memberships of a household on the day.
    pub(crate) fn members(&self, household: u32) -> Vec<Membership> {
        let all = self.store.members(household).iter();
        let mut members: Vec<Membership> =
            all.filter(|m| self.holds(m.from, m.to).is_some()).copied().collect();
        members.dedup_by_key(|m| m.person);
        members
    }

    /// The persons with whom a person lives on the day.
    pub(crate) fn co_residents(&self, person: u32) -> BTreeSet<u32> {
        let homes = self.homes(person);
        let members = homes.iter().flat_map(|home| self.members(home.household));
        members.map(|member| member.person).filter(|&other| other != person).collect()
    }

    fn households_at(&self, address: u32) -> Vec<u32> {
        let all = self.store.households_at(address).into_iter();
        let here = |episode: &Household| {
            episode.address == address && self.holds(episode.from, episode.to).is_some()
        };
        all.filter(|&household| self.store.episodes(household).iter().any(here)).collect()
    }

    /// What a household was on the day, or if it was none, at the last.
    pub(crate) fn episode(&self, household: u32) -> Household {
        let all = self.store.episodes(household);
        let then = all.iter().rev().find(|e| self.holds(e.from, e.to).is_some());
        *then.or(all.last()).expect("a household has an episode")
    }

    pub(crate) fn place(&self, household: u32) -> Place {
        let episode = self.episode(household);
        Place {
            household_id: self.store.household_ids.get(household).to_owned(),
            address_id: self.store.address_ids.get(episode.address).to_owned(),
            address: self.text(episode.text).to_owned(),
            kind: self.text(episode.kind).to_owned(),
            from: Day(episode.from),
            to: End(episode.to),
            successor_of: episode.successor_of.map(|earlier| Followed {
                household_id: self.store.household_ids.get(earlier).to_owned(),
                to: End(self.store.episodes(earlier).last().and_then(|e| e.to)),
            }),
        }
    }

    /// Why a member is taken to live in a household.
    pub(crate) fn why_here(&self, membership: &Membership) -> Reason {
        let basis = self.text(membership.basis);
        let spell = self.spell_at(membership.person, self.episode(membership.household).address);
        let (sources, last_seen) = match spell {
            Some(spell) => (spell.sources.clone(), spell.last_seen),
            // Who has no spell there lives with somebody who has: who that is, is declared.
            None => (self.declared_by(membership.person, basis), None),
        };
        Reason {
            basis: if SAID_BY_RECORDS.contains(&basis) { Basis::Stated } else { Basis::Inferred },
            says: match basis {
                "stated" => "lives here".to_owned(),
                "stated without a date" => "listed here".to_owned(),
                other => format!("lives here, {other}"),
            },
            of: None,
            according_to: self.cite(&sources),
            from: Day(membership.from),
            to: End(membership.to),
            last_seen: Day(last_seen),
            holds: self.holds(membership.from, membership.to).unwrap_or(Holds::Perhaps),
            contradictions: Vec::new(),
        }
    }

    /// The sources that declare whom a child lives with, given the basis `with mother` or the like.
    fn declared_by(&self, child: u32, basis: &str) -> Vec<Word> {
        let relation = basis.strip_prefix("with ").unwrap_or_default().replace(' ', "_");
        let all = self.store.relationships(child).iter();
        let said = all.filter(|row| row.other == child && self.text(row.is) == relation);
        said.filter_map(|row| row.source).collect()
    }

    /// The spell of a person at an address that counts for the day: the one that holds, of several
    /// the one last seen.
    fn spell_at(&self, person: u32, address: u32) -> Option<&Residency> {
        let all = self.store.residencies(person).iter();
        let here = all.filter(|spell| spell.address == address);
        here.max_by_key(|spell| (self.holds(spell.from, spell.to).is_some(), spell.last_seen))
    }

    fn also_stated(&self, address: u32, members: &BTreeSet<u32>) -> Vec<AlsoStated> {
        let mut found = Vec::new();
        for &(person, at) in self.store.residents(address) {
            let spell = &self.store.residencies(person)[at as usize];
            let state = self.text(spell.state);
            let stands = !matches!(state, "ended" | "superseded" | "stale");
            let Some(_) = self.holds(spell.from, spell.to).filter(|_| stands || self.is_past())
            else {
                continue;
            };
            if members.contains(&person) || (!stands && spell.last_seen < Some(self.as_of)) {
                continue;
            }
            let but = match self.homes(person).first() {
                Some(home) => {
                    format!("lives in household {}", self.place(home.household).household_id)
                }
                None => self.because(person),
            };
            let why = self.why_stated(spell);
            found.push(AlsoStated { who: self.who(person), why, but });
        }
        found
    }

    fn is_past(&self) -> bool {
        self.as_of < self.store.run_date
    }

    pub(crate) fn why_stated(&self, spell: &Residency) -> Reason {
        Reason {
            basis: Basis::Stated,
            says: format!("at this address: {}", words::state(self.text(spell.state))),
            of: None,
            according_to: self.cite(&spell.sources),
            from: Day(spell.from),
            to: End(spell.to),
            last_seen: Day(spell.last_seen),
            holds: self.holds(spell.from, spell.to).unwrap_or(Holds::Perhaps),
            contradictions: Vec::new(),
        }
    }

    /// Why a person has no household, in words.
    pub(crate) fn because(&self, person: u32) -> String {
        match self.store.person(person).unhoused {
            Some(code) => words::no_household(self.text(code)).to_owned(),
            None => format!("no household is known on {}", self.as_of),
        }
    }

    fn otherwise(&self, person: u32) -> Otherwise {
        let code = self.store.person(person).unhoused;
        let spells = self.store.residencies(person).iter();
        let begun = spells.filter(|spell| spell.from.is_none_or(|from| from <= self.as_of));
        let last = begun.max_by_key(|spell| (spell.last_seen, spell.to.is_none(), spell.from));
        let is_shielded = self.store.person(person).shielded.is_some();
        let last_known = match last {
            // What came before is not the last.
            _ if is_shielded && !self.store.tells_shielded => LastKnown::NotToBeTold,
            None => LastKnown::NoKnownAddress,
            Some(spell) if spell.address == NONE => LastKnown::NotToBeTold,
            Some(spell) => LastKnown::Address {
                address_id: self.store.address_ids.get(spell.address).to_owned(),
                address: self.text(spell.text).to_owned(),
                why: Reason { holds: Holds::Yes, ..self.why_stated(spell) },
            },
        };
        Otherwise {
            no_household: code.map_or("not_known_then", |code| self.text(code)).to_owned(),
            because: self.because(person),
            last_known,
        }
    }
}

/// The bases of memberships for which the person's own records speak; all others were worked out.
const SAID_BY_RECORDS: [&str; 4] =
    ["stated", "stated without a date", "placed with foster carer", SECOND_HOME];

/// The basis of a child's second home.
const SECOND_HOME: &str = "second home";
