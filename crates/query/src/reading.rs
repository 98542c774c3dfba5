//! Reads the tables of a snapshot, every text and id once.

use std::collections::BTreeMap;

use record::{Date, DictionaryBuilder};
use snapshot::{Best, Snapshot};

use crate::Error;
use crate::keys::Keys;
use crate::store::{
    Dwelling, Given, Household, Involvement, Membership, Person, Relationship, Residency, Word,
};

/// The fields of a person that answers show: the parts of the name, and what else.
const NAMES: [&str; 3] = ["forename", "middle_name", "surname"];
const TRAITS: [&str; 3] = ["sex", "date_of_birth", "date_of_death"];

/// Ids of persons. Most tables have those of one person one below the other.
#[derive(Default)]
pub(crate) struct Ids {
    pub(crate) all: DictionaryBuilder,
    last: Option<u32>,
}

impl Ids {
    fn insert(&mut self, id: &str) -> u32 {
        if let Some(last) = self.last.filter(|&last| self.all.get(last) == id) {
            return last;
        }
        let place = self.all.insert(id);
        self.last = Some(place);
        place
    }
}

/// A snapshot being read: each table in turn, every text and id once.
pub(crate) struct Reading<'a> {
    snapshot: &'a Snapshot,
    pub(crate) words: DictionaryBuilder,
    pub(crate) keys: Keys,
    pub(crate) person_ids: Ids,
    pub(crate) household_ids: DictionaryBuilder,
    pub(crate) address_ids: DictionaryBuilder,
}

impl Reading<'_> {
    pub(crate) fn of(snapshot: &Snapshot) -> Reading<'_> {
        Reading {
            snapshot,
            words: DictionaryBuilder::default(),
            keys: Keys::default(),
            person_ids: Ids::default(),
            household_ids: DictionaryBuilder::default(),
            address_ids: DictionaryBuilder::default(),
        }
    }

    pub(crate) fn persons(&mut self) -> Result<Vec<Person>, Error> {
        let Reading { snapshot, words, person_ids, .. } = self;
        let fields = snapshot.person_fields()?;
        let place = |field: &str| fields.iter().position(|known| known == field);
        let mut wanted: Vec<&str> = NAMES.to_vec();
        wanted.extend(TRAITS);
        wanted.retain(|field| place(field).is_some());
        // Only the wanted columns are read, in the order of the file.
        wanted.sort_by_key(|field| place(field));
        let read = |field: &str| wanted.iter().position(|known| *known == field);
        let (names, [sex, born, died]) = (NAMES.map(read), TRAITS.map(read));
        let mut persons = Vec::new();
        snapshot.each_person_of(&wanted, |row| {
            person_ids.insert(row.person_id);
            let mut given = |place: Option<usize>| -> Option<Given> {
                let Best { value, source } = row.best.get(place?)?.as_ref()?;
                Some(Given { value: words.insert(value), source: words.insert(source) })
            };
            persons.push(Person {
                names: names.map(&mut given),
                sex: given(sex),
                born: given(born),
                died: given(died),
                first_seen: row.first_seen,
                unhoused: None,
                shielded: row.shielded.map(|why| words.insert(why)),
            });
        })?;
        Ok(persons)
    }

    /// Source, key and person of each record; and why a person has no household.
    pub(crate) fn records(
        &mut self,
        persons: &mut Vec<Person>,
    ) -> Result<Vec<(Word, u32, u32)>, Error> {
        let Reading { snapshot, words, keys, person_ids, .. } = self;
        let mut records = Vec::new();
        snapshot.each_record(|row| {
            let person = person_ids.insert(row.person_id);
            records.push((words.insert(row.source), keys.push(row.key), person));
            if persons.len() <= person as usize {
                persons.resize(person as usize + 1, Person::default());
            }
            persons[person as usize].unhoused = row.no_household.map(|why| words.insert(why));
        })?;
        Ok(records)
    }

    pub(crate) fn households(&mut self) -> Result<Vec<(u32, Household)>, Error> {
        let Reading { snapshot, words, household_ids, address_ids, .. } = self;
        let mut households = Vec::new();
        snapshot.each_household(|row| {
            let household = Household {
                from: row.from,
                to: row.to,
                address: address_ids.insert(row.address_id),
                text: words.insert(row.address),
                kind: words.insert(row.kind),
                successor_of: row.successor_of.map(|earlier| household_ids.insert(earlier)),
            };
            households.push((household_ids.insert(row.household_id), household));
        })?;
        Ok(households)
    }

    pub(crate) fn memberships(&mut self) -> Result<Vec<Membership>, Error> {
        let Reading { snapshot, words, person_ids, household_ids, .. } = self;
        let mut memberships = Vec::new();
        snapshot.each_membership(|row| {
            memberships.push(Membership {
                household: household_ids.insert(row.household_id),
                person: person_ids.insert(row.person_id),
                from: row.from,
                to: row.to,
                basis: words.insert(row.basis),
            });
        })?;
        Ok(memberships)
    }

    pub(crate) fn residencies(&mut self) -> Result<Vec<(u32, Residency)>, Error> {
        let Reading { snapshot, words, person_ids, address_ids, .. } = self;
        let mut residencies = Vec::new();
        snapshot.each_residency(|row| {
            let hidden = row.address.is_empty();
            let residency = Residency {
                from: row.from,
                to: row.to,
                last_seen: row.last_seen,
                address: if hidden { record::NONE } else { address_ids.insert(row.address_id) },
                text: words.insert(row.address),
                state: words.insert(row.state),
                sources: row.sources.into_iter().map(|source| words.insert(source)).collect(),
                withheld: row.withheld.map(|why| words.insert(why)),
            };
            residencies.push((person_ids.insert(row.person_id), residency));
        })?;
        Ok(residencies)
    }

    /// What sort of place each address is.
    pub(crate) fn addresses(&mut self) -> Result<Vec<Option<Dwelling>>, Error> {
        let Reading { snapshot, words, address_ids, .. } = self;
        let mut addresses = Vec::new();
        snapshot.each_address(|row| {
            let address = address_ids.insert(row.address_id) as usize;
            if addresses.len() <= address {
                addresses.resize(address + 1, None);
            }
            addresses[address] = Some(Dwelling {
                sort: words.insert(row.sort),
                reason: words.insert(row.reason),
                residents: row.residents,
                groups: row.groups,
                known: row.known,
            });
        })?;
        Ok(addresses)
    }

    /// Each relationship, with the person on either side as owner.
    pub(crate) fn relationships(&mut self) -> Result<Vec<(u32, Relationship)>, Error> {
        let Reading { snapshot, words, person_ids, .. } = self;
        let mut relationships = Vec::new();
        snapshot.each_relationship(|row| {
            let (person, other) =
                (person_ids.insert(row.person_id), person_ids.insert(row.other_person_id));
            let relationship = Relationship {
                person,
                other,
                is: words.insert(row.relation),
                basis: row.basis,
                source: row.source.map(|source| words.insert(source)),
                from: row.from,
                to: row.to,
                contradictions: row.contradictions.into_iter().map(|c| words.insert(c)).collect(),
            };
            relationships.push((other, relationship.clone()));
            relationships.push((person, relationship));
        })?;
        Ok(relationships)
    }

    pub(crate) fn involvements(&mut self) -> Result<Vec<(u32, Involvement)>, Error> {
        let Reading { snapshot, words, keys, person_ids, .. } = self;
        let mut involvements = Vec::new();
        snapshot.each_involvement(|row| {
            let involvement = Involvement {
                source: words.insert(row.source),
                agency: words.insert(row.agency),
                side: words.insert(row.side),
                key: keys.push(row.key),
                role: words.insert(row.role),
                worker: row.worker.map(|worker| words.insert(worker)),
                team: row.team.map(|team| words.insert(team)),
                lead: row.lead,
                from: row.from,
                to: row.to,
                last_contact: row.last_contact,
                states: (!row.states.is_empty()).then(|| words.insert(&row.states.join("\n"))),
            };
            involvements.push((person_ids.insert(row.person_id), involvement));
        })?;
        Ok(involvements)
    }

    /// The day that each source is of.
    pub(crate) fn as_at(&mut self) -> BTreeMap<Word, Date> {
        let mut as_at = BTreeMap::new();
        for source in &self.snapshot.manifest().sources {
            if let Some(day) = source.as_at.or(source.last_seen) {
                as_at.insert(self.words.insert(&source.source), day);
            }
        }
        as_at
    }
}
