//! A snapshot in memory, so that what belongs to a person is found at once.
//!
//! Texts are kept once each, and rows name them by number: a town of a million records takes a few
//! hundred megabytes.

use std::collections::BTreeMap;

use record::{Date, Dictionary, DictionaryBuilder, Lists, PartialDate};
use snapshot::{Basis, Basket, Indicator, Lead, Snapshot};

use crate::Error;
use crate::keys::Keys;
use crate::look::Read;
use crate::reading::Reading;
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

impl Store {
    /// Reads a snapshot.
    ///
    /// # Errors
    ///
    /// If a file of it cannot be read or is damaged.
    pub fn read(snapshot: &Snapshot) -> Result<Store, Error> {
        Store::read_but(snapshot, None)
    }

    /// Reads what a snapshot gives: all of it, or the rows of what was `read`.
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
            (
                new(&household, of),
                Household { address: new(&address, row.address), successor_of, ..row },
            )
        });
        let memberships: Vec<Membership> = memberships
            .into_iter()
            .map(|row| Membership { household: new(&household, row.household), ..row })
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
        for row in members {
            self.look_at_person(row.person);
        }
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
        for &(person, _) in residents {
            self.look_at_person(person);
        }
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
