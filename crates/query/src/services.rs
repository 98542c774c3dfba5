//! Which services know somebody, who works there, and who leads.

use std::collections::{BTreeMap, BTreeSet};

use record::Date;
use serde::Serialize;
use snapshot::Lead;

use crate::Error;
use crate::ask::{Ask, Subject, Who};
use crate::statement::{Day, End, Holds, NOT_KNOWN, Named};

/// The services that know the members of a household or a family.
#[derive(Clone, Debug, Serialize)]
pub struct Services {
    /// The day asked for.
    pub as_of: Date,
    /// Each member.
    pub members: Vec<Served>,
    /// Who leads for their families.
    pub leads: Vec<FamilyLead>,
}

/// Who leads for a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyLead {
    /// The family, as far as it lives together. A child placed with a foster carer is of another
    /// than the carer's, with its brothers and sisters who are placed there too.
    pub of: Vec<Named>,
    /// Who leads.
    pub lead: Leads,
}

/// Somebody, and the services that know the person.
#[derive(Clone, Debug, Serialize)]
pub struct Served {
    /// The person.
    pub who: Who,
    /// The services.
    pub services: Vec<Service>,
}

/// That a service knows somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Service {
    /// The agency.
    pub agency: String,
    /// The source that says so.
    pub source: String,
    /// The day its extract describes.
    pub as_at: Day,
    /// Whom the service is for.
    pub side: String,
    /// The person's role there: `subject`, or such as `mother`.
    pub role: String,
    /// Who works with the person.
    pub worker: String,
    /// That worker's team.
    pub team: String,
    /// Whether that worker leads: `yes`, `no` or not known.
    pub lead: String,
    /// Since when.
    pub from: Day,
    /// Until when.
    pub to: End,
    /// The last contact.
    pub last_contact: Day,
    /// Whether it was so on the day asked for.
    pub holds: Holds,
    /// The keys of the records that say so.
    pub keys: Vec<String>,
}

/// Who leads for a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Leads {
    /// No service says that a worker of its leads.
    NoneKnown,
    /// Who does is withheld, since where one of the family lives is shielded.
    Withheld,
    /// One worker does.
    One {
        /// The worker.
        worker: LeadWorker,
    },
    /// Several are said to.
    Conflict {
        /// The workers.
        workers: Vec<LeadWorker>,
    },
}

/// A worker who is said to lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeadWorker {
    /// The agency.
    pub agency: String,
    /// The worker's name, or that it is not known.
    pub worker: String,
    /// The team.
    pub team: String,
    /// The source.
    pub source: String,
    /// Since when, the earliest known.
    pub from: Day,
    /// For whom, by id.
    pub of: Vec<String>,
}

/// Persons known to many agencies, for whom nobody leads.
#[derive(Clone, Debug, Serialize)]
pub struct Unled {
    /// The day asked for.
    pub as_of: Date,
    /// The number of agencies asked for.
    pub agencies_min: usize,
    /// The persons, those known to most agencies first.
    pub persons: Vec<UnledPerson>,
    /// How many persons are shielded, so that which agencies know them is withheld.
    pub withheld: usize,
}

/// A person for whom nobody leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnledPerson {
    /// The person.
    pub who: Who,
    /// The agencies that know the person.
    pub agencies: Vec<String>,
    /// The person's households.
    pub households: Vec<String>,
}

impl Ask<'_> {
    /// The services that know a person, or each member of a household, with who leads for their
    /// families.
    ///
    /// # Errors
    ///
    /// If the subject is an address.
    pub fn services(&self, subject: Subject) -> Result<Services, Error> {
        let group = self.group(subject)?;
        let shown = match subject {
            Subject::Person(person) => [person].into(),
            _ => group.clone(),
        };
        let members = shown.iter().map(|&person| self.served(person)).collect();
        let leads = match subject {
            Subject::Person(person) => vec![self.lead(&self.family_of(person))],
            _ => self.families(&group).iter().map(|family| self.lead(family)).collect(),
        };
        Ok(Services { as_of: self.as_of, members, leads })
    }

    /// A person and those of the same family with whom the person lives.
    pub(crate) fn family_of(&self, person: u32) -> BTreeSet<u32> {
        let mut group = self.co_residents(person);
        group.insert(person);
        let mut families = self.families(&group).into_iter();
        families.find(|family| family.contains(&person)).expect("each is of a family")
    }

    /// The families among those who live together.
    pub(crate) fn families(&self, group: &BTreeSet<u32>) -> Vec<BTreeSet<u32>> {
        let is_placed = |person: u32| {
            self.homes(person).iter().any(|home| self.text(home.basis).ends_with("foster carer"))
        };
        let parents = |person: u32| -> BTreeSet<u32> {
            let ties = self.ties(person).filter(|tie| tie.is.is_parent());
            ties.map(|tie| tie.other).collect()
        };
        let (placed, own): (BTreeSet<u32>, BTreeSet<u32>) =
            group.iter().partition(|&&person| is_placed(person));
        let mut families: Vec<BTreeSet<u32>> = Vec::new();
        for person in placed {
            let theirs = parents(person);
            let siblings = families
                .iter_mut()
                .find(|family| family.iter().any(|&other| !parents(other).is_disjoint(&theirs)));
            match siblings {
                Some(family) => {
                    family.insert(person);
                }
                None => families.push([person].into()),
            }
        }
        if !own.is_empty() {
            families.insert(0, own);
        }
        families
    }

    pub(crate) fn lead(&self, family: &BTreeSet<u32>) -> FamilyLead {
        FamilyLead {
            of: family.iter().map(|&person| self.named(person)).collect(),
            lead: self.leads(family),
        }
    }

    /// Who leads for these persons.
    fn leads(&self, persons: &BTreeSet<u32>) -> Leads {
        let mut found: BTreeMap<(&str, Option<&str>), LeadWorker> = BTreeMap::new();
        for &person in persons {
            for row in self.store.involvements(person) {
                if row.lead != Lead::Yes || self.holds(row.from, row.to).is_none() {
                    continue;
                }
                let worker = row.worker.map(|worker| self.text(worker));
                let text = |word: Option<&str>| word.unwrap_or(NOT_KNOWN).to_owned();
                let lead = found.entry((self.text(row.agency), worker)).or_insert(LeadWorker {
                    agency: self.text(row.agency).to_owned(),
                    worker: text(worker),
                    team: text(row.team.map(|team| self.text(team))),
                    source: self.text(row.source).to_owned(),
                    from: Day(row.from),
                    of: Vec::new(),
                });
                if row.from.is_some() && (lead.from.0.is_none() || row.from < lead.from.0) {
                    lead.from = Day(row.from);
                }
                lead.of.push(self.store.person_ids.get(person).to_owned());
                lead.of.dedup();
            }
        }
        let mut workers: Vec<LeadWorker> = found.into_values().collect();
        match workers.len() {
            0 if persons.iter().any(|&person| self.is_withheld(person)) => Leads::Withheld,
            0 => Leads::NoneKnown,
            1 => Leads::One { worker: workers.remove(0) },
            _ => Leads::Conflict { workers },
        }
    }

    /// A person with all services, those that have ended left out.
    pub(crate) fn served(&self, person: u32) -> Served {
        let mut services: Vec<Service> = Vec::new();
        for row in self.store.involvements(person) {
            let Some(holds) = self.holds(row.from, row.to) else { continue };
            let text =
                |word: Option<u32>| word.map_or(NOT_KNOWN, |word| self.text(word)).to_owned();
            let service = Service {
                agency: self.text(row.agency).to_owned(),
                source: self.text(row.source).to_owned(),
                as_at: Day(self.store.as_at(row.source)),
                side: self.text(row.side).to_owned(),
                role: self.text(row.role).replace('_', " "),
                worker: text(row.worker),
                team: text(row.team),
                lead: match row.lead {
                    Lead::Unknown => NOT_KNOWN.to_owned(),
                    said => said.code().to_owned(),
                },
                from: Day(row.from),
                to: End(row.to),
                // What came after the day asked for was not known then.
                last_contact: Day(row.last_contact.filter(|day| *day <= self.as_of)),
                holds,
                keys: vec![self.store.keys.get(row.key).to_owned()],
            };
            let same = services.iter_mut().find(|other| {
                (&other.source, &other.role, &other.worker, &other.team, &other.lead)
                    == (
                        &service.source,
                        &service.role,
                        &service.worker,
                        &service.team,
                        &service.lead,
                    )
                    && (other.from, other.to) == (service.from, service.to)
            });
            match same {
                Some(same) => {
                    same.last_contact = same.last_contact.max(service.last_contact);
                    same.keys.extend(service.keys);
                }
                None => services.push(service),
            }
        }
        for service in &mut services {
            service.keys.sort_unstable();
        }
        services.sort_unstable();
        Served { who: self.who(person), services }
    }

    /// The agencies that know a person on the day.
    pub(crate) fn agencies(&self, person: u32) -> BTreeSet<&str> {
        let all = self.store.involvements(person).iter();
        let known = all.filter(|row| self.holds(row.from, row.to).is_some());
        known.map(|row| self.text(row.agency)).collect()
    }

    /// Persons known to this many agencies or more, neither they nor anyone who lives with them
    /// having a lead.
    #[must_use]
    pub fn unled(&self, agencies_min: usize) -> Unled {
        let all = self.store.all_persons();
        let many = all.filter(|&person| agencies_min <= self.agencies(person).len());
        let unled = many.filter(|&person| self.leads(&self.family_of(person)) == Leads::NoneKnown);
        let mut persons: Vec<UnledPerson> = unled
            .map(|person| UnledPerson {
                who: self.who(person),
                agencies: self.agencies(person).into_iter().map(str::to_owned).collect(),
                households: self.lives(person, &BTreeSet::new()).households,
            })
            .collect();
        persons.sort_by_key(|person| {
            (std::cmp::Reverse(person.agencies.len()), person.who.person_id.clone())
        });
        Unled { as_of: self.as_of, agencies_min, persons, withheld: self.store.n_withheld() }
    }
}
