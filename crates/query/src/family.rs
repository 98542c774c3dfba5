//! The family view: a household, who is connected with it, and what is known of them all.

use std::collections::BTreeSet;

use record::{Date, NONE};
use serde::Serialize;

use crate::Error;
use crate::ask::{Ask, Shielded, Subject, Who};
use crate::dwelling::AddressType;
use crate::home::{AlsoStated, Residents};
use crate::indicator::FamilyIndicators;
use crate::kin::Relative;
use crate::services::{FamilyLead, Served};
use crate::statement::{Holds, Named, Reason};

/// What is known of a family on a day.
#[derive(Clone, Debug, Serialize)]
pub struct Family {
    /// The day asked for.
    pub as_of: Date,
    /// The day that the snapshot is of.
    pub run_date: Date,
    /// Whom the view starts from: the person, or the members of the household.
    pub of: Vec<Who>,
    /// Who leads for their families.
    pub leads: Vec<FamilyLead>,
    /// The households, those of whom the view starts from first.
    pub households: Vec<Residents>,
    /// What sort of place each of their addresses is.
    pub addresses: Vec<AddressType>,
    /// Persons whom some record puts at the first households' addresses, but who are not taken to
    /// live there.
    pub also_stated: Vec<AlsoStated>,
    /// The others, with all reasons.
    pub connected: Vec<Relative>,
    /// What all of them are to each other.
    pub relationships: Vec<Link>,
    /// The indicators of each family that the view starts from.
    pub indicators: Vec<FamilyIndicators>,
    /// The services that know each.
    pub services: Vec<Served>,
    /// Where each has lived, as far as records tell.
    pub stays: Vec<Stays>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// What one person is to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Link {
    /// The person who is, say, the mother.
    pub person: Named,
    /// The type, as the snapshot has it.
    pub relation: String,
    /// Why, with the person whose mother that is.
    pub why: Reason,
}

/// Where somebody has lived.
#[derive(Clone, Debug, Serialize)]
pub struct Stays {
    /// The person.
    pub who: Who,
    /// The spells, the earliest first.
    pub stays: Vec<Stay>,
}

/// A spell at an address.
#[derive(Clone, Debug, Serialize)]
pub struct Stay {
    /// The address; empty if it is not to be told.
    pub address_id: String,
    /// The address on one line, or that it is not to be told.
    pub address: String,
    /// Why the address is shielded, if it is. Of a stay that is withheld no day and no source is told.
    pub shielded: Option<Shielded>,
    /// What became of it, as a code.
    pub state: String,
    /// What is said.
    pub why: Reason,
}

impl Ask<'_> {
    /// The family view of a person or a household: the household, relatives within this many steps
    /// and who lives with those, and who has lived with them.
    ///
    /// # Errors
    ///
    /// If the subject is an address.
    pub fn family(&self, subject: Subject, steps: u32) -> Result<Family, Error> {
        let group = self.group(subject)?;
        let mut found = self.related(&group);
        for _ in 1..steps.max(1) {
            let mut all = group.clone();
            all.extend(found.0.keys());
            let further = self.related(&all);
            for (person, why) in further.0 {
                for why in why {
                    found.push(person, why);
                }
            }
        }
        // Whoever is a relative is seen with the household that goes with the relative.
        let relatives: Vec<u32> = found.0.keys().copied().collect();
        for &relative in &relatives {
            self.households_of(relative, &group, &mut found);
        }
        let mut near = group.clone();
        near.extend(found.0.keys());
        let mut left_out = Vec::new();
        for &member in &group {
            self.former_co_residents(member, &group, &mut found, &mut left_out);
        }
        let mut all = group.clone();
        all.extend(found.0.keys());
        left_out.sort_unstable();
        left_out.dedup();

        let first = self.residents(subject);
        let (mut households, mut addresses) = (first.households, first.addresses);
        let mut shown: BTreeSet<String> =
            households.iter().map(|home| home.household.household_id.clone()).collect();
        for &person in group.iter().chain(near.difference(&group)) {
            for home in self.homes(person) {
                let id = self.store.household_ids.get(home.household);
                if shown.insert(id.to_owned()) {
                    let there = self.residents(Subject::Household(home.household));
                    households.extend(there.households);
                    addresses.extend(there.addresses);
                }
            }
        }
        addresses.sort_unstable();
        addresses.dedup();
        let connected = self.ranked(found, &group);
        Ok(Family {
            as_of: self.as_of,
            run_date: self.store.run_date,
            of: match subject {
                Subject::Person(person) => vec![self.who(person)],
                _ => group.iter().map(|&person| self.who(person)).collect(),
            },
            leads: match subject {
                Subject::Person(person) => vec![self.lead(&self.family_of(person))],
                _ => self.families(&group).iter().map(|family| self.lead(family)).collect(),
            },
            households,
            addresses,
            also_stated: first.also_stated,
            connected,
            relationships: self.links(&all),
            indicators: self.indicators(subject)?.families,
            services: all.iter().map(|&person| self.served(person)).collect(),
            stays: all.iter().map(|&person| self.stays(person)).collect(),
            left_out,
        })
    }

    /// What these persons are to each other.
    fn links(&self, persons: &BTreeSet<u32>) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for &person in persons {
            // From the side of whom it is said, so that each is told once.
            let ties = self.ties(person).filter(|tie| tie.row.other == person);
            for tie in ties.filter(|tie| persons.contains(&tie.other)) {
                let why = self.why_tied(person, &tie);
                let relation = self.text(tie.row.is).to_owned();
                let link = Link { person: self.named(tie.other), relation, why };
                let same = links.iter_mut().find(|other| {
                    (&other.person, &other.relation) == (&link.person, &link.relation)
                        && (other.why.from, other.why.to) == (link.why.from, link.why.to)
                        && (other.why.basis, &other.why.of) == (link.why.basis, &link.why.of)
                });
                match same {
                    Some(same) => {
                        same.why.according_to.extend(link.why.according_to);
                        same.why.according_to.sort_unstable();
                        same.why.according_to.dedup();
                    }
                    None => links.push(link),
                }
            }
        }
        links.sort_unstable();
        links
    }

    fn stays(&self, person: u32) -> Stays {
        let all = self.store.residencies(person).iter();
        let begun = all.filter(|spell| spell.from.is_none_or(|from| from <= self.as_of));
        let parted = self.parted(person);
        let told = begun.filter(|spell| {
            let is_home = matches!(self.text(spell.state), "current" | "second_home");
            is_home
                || spell.withheld.is_some()
                || parted.is_none_or(|parted| spell.from.is_some_and(|from| parted <= from))
        });
        let stays = told.map(|spell| {
            let hidden = spell.address == NONE;
            Stay {
                address_id: if hidden {
                    String::new()
                } else {
                    self.store.address_ids.get(spell.address).to_owned()
                },
                address: if hidden {
                    NOT_TO_BE_TOLD.to_owned()
                } else {
                    self.text(spell.text).to_owned()
                },
                shielded: spell.withheld.map(|why| self.shielded(why)),
                state: self.text(spell.state).to_owned(),
                why: Reason { holds: Holds::Yes, ..self.why_stated(spell) },
            }
        });
        let mut stays: Vec<Stay> = stays.collect();
        // What is withheld has no day.
        stays.sort_by_key(|stay| stay.address_id.is_empty());
        Stays { who: self.who(person), stays }
    }
}

/// In place of an address that is not to be told.
pub(crate) const NOT_TO_BE_TOLD: &str = "not to be told";
