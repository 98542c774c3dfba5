//! A snapshot in memory, so that what belongs to a person is found at once.
//!
//! Texts are kept once each, and rows name them by number: a town of a million records takes a few
//! hundred megabytes.

use std::collections::BTreeMap;

use record::{Date, Dictionary, DictionaryBuilder, Lists, PartialDate};
use snapshot::{Basis, Basket, Best, Indicator, Lead, Snapshot};

use crate::Error;
use crate::keys::Keys;
use crate::look::Read;
use crate::words::PROTECTED;

/// A text of the store.
pub(crate) type Word = u32;

/// A published snapshot, ready to be asked.
pub struct Store {
    pub(crate) run_date: Date,
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) baskets: Vec<Basket>,
    words: DictionaryBuilder,
    pub(crate) person_ids: DictionaryBuilder,
    pub(crate) household_ids: Dictionary,
    pub(crate) address_ids: Dictionary,
    persons: Vec<Person>,
    addresses: Vec<Option<Dwelling>>,
    /// Whether what is shielded may be told.
    pub(crate) tells_shielded: bool,
    /// Whether there are records of which nothing is told.
    pub(crate) withholds_records: bool,
    households: Lists<Household>,
    memberships: Lists<Membership>,
    members: Lists<Membership>,
    residencies: Lists<Residency>,
    residents: Lists<(u32, u32)>,
    relationships: Lists<Relationship>,
    involvements: Lists<Involvement>,
    /// What was read, if not all.
    pub(crate) read: Option<Read>,
    /// The keys of records and of involvements.
    pub(crate) keys: Keys,
    /// Source, place of the key and person of every record, sorted by the texts of both.
    records: Vec<(Word, u32, u32)>,
    /// The day that each source is of.
    as_at: BTreeMap<Word, Date>,
}

/// A value that a source gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) value: Word,
    pub(crate) source: Word,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    pub(crate) names: [Option<Given>; 3],
    pub(crate) sex: Option<Given>,
    pub(crate) born: Option<Given>,
    pub(crate) died: Option<Given>,
    pub(crate) first_seen: Option<Date>,
    /// Why there is no household at the run date.
    pub(crate) unhoused: Option<Word>,
    /// Why where the person lives is shielded.
    pub(crate) shielded: Option<Word>,
}

/// What sort of place an address is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dwelling {
    pub(crate) sort: Word,
    pub(crate) reason: Word,
    pub(crate) residents: u32,
    pub(crate) groups: u32,
    pub(crate) known: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Household {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) address: u32,
    pub(crate) text: Word,
    pub(crate) kind: Word,
    /// The household that it followed.
    pub(crate) successor_of: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Membership {
    pub(crate) household: u32,
    pub(crate) person: u32,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) basis: Word,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Residency {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) last_seen: Option<Date>,
    /// [`record::NONE`] if the address is not to be told.
    pub(crate) address: u32,
    pub(crate) text: Word,
    pub(crate) state: Word,
    pub(crate) sources: Vec<Word>,
    /// Why the address is shielded.
    pub(crate) withheld: Option<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Relationship {
    /// The person who is, say, the mother.
    pub(crate) person: u32,
    /// The person whose mother that is.
    pub(crate) other: u32,
    pub(crate) is: Word,
    pub(crate) basis: Basis,
    pub(crate) source: Option<Word>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) contradictions: Vec<Word>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Involvement {
    pub(crate) source: Word,
    pub(crate) agency: Word,
    pub(crate) side: Word,
    /// The place of the key among the store's.
    pub(crate) key: u32,
    pub(crate) role: Word,
    pub(crate) worker: Option<Word>,
    pub(crate) team: Option<Word>,
    pub(crate) lead: Lead,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) last_contact: Option<Date>,
    /// What else is stated, `field=value`, a line each.
    pub(crate) states: Option<Word>,
}

/// The fields of a person that answers show: the parts of the name, and what else.
const NAMES: [&str; 3] = ["forename", "middle_name", "surname"];
const TRAITS: [&str; 3] = ["sex", "date_of_birth", "date_of_death"];

impl Store {
    /// Reads a snapshot.
    ///
    /// # Errors
    ///
    /// If a file of it cannot be read or is damaged.
    pub fn read(snapshot: &Snapshot) -> Result<Store, Error> {
        Store::read_but(snapshot, None)
    }

    /// Reads what a snapshot gives, which is all but for what was `read`.
    pub(crate) fn read_but(snapshot: &Snapshot, read: Option<Read>) -> Result<Store, Error> {
        let mut reading = Reading::of(snapshot);
        let mut persons = reading.persons()?;
        let mut records = reading.records(&mut persons)?;
        let households = reading.households()?;
        let memberships = reading.memberships()?;
        let residencies = reading.residencies()?;
        let addresses = reading.addresses()?;
        let relationships = reading.relationships()?;
        let involvements = reading.involvements()?;
        let as_at = reading.as_at();
        let Reading { mut words, keys, person_ids, household_ids, address_ids, .. } = reading;
        // Which number is lower must not depend on how much was read. Persons are in the order of
        // the file, which is read first; whoever is not of it is not told of.
        let person_ids = person_ids.all;
        let (household_ids, household) = household_ids.finish();
        let (address_ids, address) = address_ids.finish();
        let new = |ranks: &[u32], old: u32| ranks.get(old as usize).copied().unwrap_or(old);

        // A damaged reference is a person of whom nothing is known.
        persons.resize(person_ids.len(), Person::default());
        // Of whom no record is told, why there is no household is not told either.
        if !snapshot.tells_shielded() {
            let protected = words.insert(PROTECTED);
            let shielded = persons.iter_mut().filter(|person| person.shielded.is_some());
            shielded.for_each(|person| person.unhoused = Some(protected));
        }
        let mut dwellings = vec![None; address_ids.len()];
        (0..).zip(addresses).for_each(|(old, row)| dwellings[new(&address, old) as usize] = row);
        // They come sorted, unless somebody else wrote the file.
        records.sort_by_key(|&(source, key, _)| (words.get(source), keys.get(key)));

        let (n_persons, n_households) = (person_ids.len(), household_ids.len());
        let households = households.into_iter().map(|(of, row)| {
            let successor_of = row.successor_of.map(|earlier| new(&household, earlier));
            (new(&household, of), Household { address: new(&address, row.address), successor_of, ..row })
        });
        let memberships: Vec<Membership> = memberships
            .into_iter()
            .map(|row| Membership {
                household: new(&household, row.household),
                ..row
            })
            .collect();
        let of_person = memberships.iter().map(|row| (row.person, *row)).collect();
        let of_household = memberships.iter().map(|row| (row.household, *row)).collect();
        let residencies = residencies
            .into_iter()
            .map(|(of, row)| (of, Residency { address: new(&address, row.address), ..row }));
        let residencies = by_owner(n_persons, residencies.collect(), |row: &Residency| {
            (row.from, row.to, row.last_seen, row.address)
        });
        let mut residents = Vec::new();
        for (person, all) in (0..).zip(residencies.iter()) {
            let all: &[Residency] = all;
            let at = (0..).zip(all).filter(|(_, residency)| residency.address != record::NONE);
            residents.extend(at.map(|(at, residency)| (residency.address, (person, at))));
        }
        let of = |row: &Membership| (row.household, row.person, row.from, row.to);
        Ok(Store {
            run_date: snapshot.manifest().run_date,
            tells_shielded: snapshot.tells_shielded(),
            withholds_records: snapshot.n_withheld_records() > 0,
            indicators: snapshot.manifest().indicators.clone(),
            baskets: snapshot.manifest().baskets.clone(),
            households: by_owner(n_households, households.collect(), |row: &Household| {
                (row.from, row.to, row.address)
            }),
            memberships: by_owner(n_persons, of_person, of),
            members: by_owner(n_households, of_household, of),
            residents: by_owner(address_ids.len(), residents, |row| *row),
            residencies,
            relationships: by_owner(n_persons, relationships, |row: &Relationship| {
                (row.person, row.other)
            }),
            involvements: by_owner_in_order(n_persons, involvements),
            addresses: dwellings,
            words,
            keys,
            person_ids,
            household_ids,
            address_ids,
            persons,
            records,
            as_at,
            read,
        })
    }

    /// The day that the snapshot is about.
    #[must_use]
    pub fn run_date(&self) -> Date {
        self.run_date
    }

    pub(crate) fn text(&self, word: Word) -> &str {
        self.words.get(word)
    }

    pub(crate) fn word(&self, text: &str) -> Option<Word> {
        self.words.find(text)
    }

    /// The person of the record with this key of a source.
    pub(crate) fn person_of(&self, source: &str, key: &str) -> Option<u32> {
        let texts = |&(source, key, _): &(Word, u32, u32)| (self.text(source), self.keys.get(key));
        let at = self.records.partition_point(|record| texts(record) < (source, key));
        let found = self.records.get(at)?;
        (texts(found) == (source, key)).then_some(found.2)
    }

    /// The day that a source is of, if anything tells.
    pub(crate) fn as_at(&self, source: Word) -> Option<Date> {
        self.as_at.get(&source).copied()
    }

    /// Every person, by place.
    pub(crate) fn all_persons(&self) -> impl Iterator<Item = u32> + use<> {
        (0..).take(self.persons.len())
    }

    /// Every household, by place.
    pub(crate) fn all_households(&self) -> impl Iterator<Item = u32> + use<> {
        (0..).take(self.households.len())
    }

    pub(crate) fn person(&self, person: u32) -> &Person {
        self.look_at_person(person);
        &self.persons[person as usize]
    }

    /// What sort of place an address is.
    pub(crate) fn dwelling(&self, address: u32) -> Option<Dwelling> {
        self.look_at(&self.address_ids, address);
        self.addresses[address as usize]
    }

    /// The episodes of a household.
    pub(crate) fn episodes(&self, household: u32) -> &[Household] {
        self.look_at(&self.household_ids, household);
        self.households.get(household as usize)
    }

    /// The households that have been at an address.
    pub(crate) fn households_at(&self, address: u32) -> Vec<u32> {
        self.look_at(&self.address_ids, address);
        let all = (0..).zip(self.households.iter());
        let here = all.filter(|(_, episodes)| episodes.iter().any(|it| it.address == address));
        here.map(|(household, _)| household).collect()
    }

    /// A person's memberships.
    pub(crate) fn memberships(&self, person: u32) -> &[Membership] {
        self.look_at_person(person);
        self.memberships.get(person as usize)
    }

    /// The memberships of a household.
    pub(crate) fn members(&self, household: u32) -> &[Membership] {
        self.look_at(&self.household_ids, household);
        let members = self.members.get(household as usize);
        members.iter().for_each(|row| self.look_at_person(row.person));
        members
    }

    /// A person's spells at addresses.
    pub(crate) fn residencies(&self, person: u32) -> &[Residency] {
        self.look_at_person(person);
        self.residencies.get(person as usize)
    }

    /// Who was said to live at an address, and which of that person's residencies says so.
    pub(crate) fn residents(&self, address: u32) -> &[(u32, u32)] {
        self.look_at(&self.address_ids, address);
        let residents = self.residents.get(address as usize);
        residents.iter().for_each(|&(person, _)| self.look_at_person(person));
        residents
    }

    /// The relationships of a person, on either side.
    pub(crate) fn relationships(&self, person: u32) -> &[Relationship] {
        self.look_at_person(person);
        let relationships = self.relationships.get(person as usize);
        for row in relationships {
            self.look_at_person(row.person);
            self.look_at_person(row.other);
        }
        relationships
    }

    /// That services know a person.
    pub(crate) fn involvements(&self, person: u32) -> &[Involvement] {
        self.look_at_person(person);
        self.involvements.get(person as usize)
    }

    /// Notes whom is looked at, if that may not have been read. Whoever stands in a row that is looked
    /// at is too: of which rows come first tells who comes first.
    fn look_at_person(&self, person: u32) {
        if let Some(read) = &self.read {
            read.look_at(self.person_ids.get(person));
        }
    }

    /// The same of a household or an address.
    fn look_at(&self, ids: &Dictionary, place: u32) {
        if let Some(read) = &self.read {
            read.look_at(ids.get(place));
        }
    }

    /// Looks at the households of whoever was read, and says whether one was not: without it nothing
    /// can be said of where somebody lives.
    pub(crate) fn looks_at_homes(&self) -> bool {
        let Some(read) = &self.read else { return false };
        let of_read = |row: &&Membership| read.has(self.person_ids.get(row.person));
        let homes = self.memberships.items().iter().filter(of_read).map(|row| row.household);
        let mut missed = false;
        for id in homes.map(|home| self.household_ids.get(home)) {
            missed |= !read.has(id);
            read.look_at(id);
        }
        missed
    }

    /// Of how many persons it is withheld where they live.
    pub(crate) fn n_withheld(&self) -> usize {
        let shielded = self.persons.iter().filter(|person| person.shielded.is_some()).count();
        if self.tells_shielded { 0 } else { shielded }
    }

    /// The best date of birth of a person, if there is one.
    pub(crate) fn born(&self, person: u32) -> Option<PartialDate> {
        let born = self.person(person).born?;
        PartialDate::parse(self.text(born.value)).filter(|date| date.is_possible())
    }
}

/// Ids of persons. Most tables have those of one person one below the other.
#[derive(Default)]
struct Ids {
    all: DictionaryBuilder,
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
struct Reading<'a> {
    snapshot: &'a Snapshot,
    words: DictionaryBuilder,
    keys: Keys,
    person_ids: Ids,
    household_ids: DictionaryBuilder,
    address_ids: DictionaryBuilder,
}

impl Reading<'_> {
    fn of(snapshot: &Snapshot) -> Reading<'_> {
        Reading {
            snapshot,
            words: DictionaryBuilder::default(),
            keys: Keys::default(),
            person_ids: Ids::default(),
            household_ids: DictionaryBuilder::default(),
            address_ids: DictionaryBuilder::default(),
        }
    }

    fn persons(&mut self) -> Result<Vec<Person>, Error> {
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
    fn records(&mut self, persons: &mut Vec<Person>) -> Result<Vec<(Word, u32, u32)>, Error> {
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

    fn households(&mut self) -> Result<Vec<(u32, Household)>, Error> {
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

    fn memberships(&mut self) -> Result<Vec<Membership>, Error> {
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

    fn residencies(&mut self) -> Result<Vec<(u32, Residency)>, Error> {
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
    fn addresses(&mut self) -> Result<Vec<Option<Dwelling>>, Error> {
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
    fn relationships(&mut self) -> Result<Vec<(u32, Relationship)>, Error> {
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

    fn involvements(&mut self) -> Result<Vec<(u32, Involvement)>, Error> {
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
    fn as_at(&mut self) -> BTreeMap<Word, Date> {
        let mut as_at = BTreeMap::new();
        for source in &self.snapshot.manifest().sources {
            if let Some(day) = source.as_at.or(source.last_seen) {
                as_at.insert(self.words.insert(&source.source), day);
            }
        }
        as_at
    }
}

/// Rows with their owners as lists, each by `order` and free of repeats. Equals stay in the order of
/// the file, which does not depend on how much of it was read.
fn by_owner<T: PartialEq, K: Ord>(
    n: usize,
    mut rows: Vec<(u32, T)>,
    order: impl Fn(&T) -> K,
) -> Lists<T> {
    rows.sort_by_key(|(owner, row)| (*owner, order(row)));
    rows.dedup();
    by_owner_in_order(n, rows)
}

/// The same in the order given.
fn by_owner_in_order<T>(n: usize, mut rows: Vec<(u32, T)>) -> Lists<T> {
    rows.sort_by_key(|(owner, _)| *owner);
    let mut rows = rows.into_iter().peekable();
    let mut lists = Lists::with_capacity(n);
    for owner in 0..n {
        let own = std::iter::from_fn(|| rows.next_if(|(other, _)| *other as usize == owner));
        lists.push(own.map(|(_, row)| row));
    }
    lists
}
