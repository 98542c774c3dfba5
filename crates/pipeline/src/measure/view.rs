//! A snapshot as numbers: records, persons and pairs by their places.

use record::{Dictionary, NONE, Records, Source, SourceId};
use rustc_hash::FxHashMap;
use snapshot::{Decision, Persons, Snapshot};

use crate::error::Error;

/// What a snapshot says of records, persons and pairs, each named by its place.
pub(crate) struct View {
    /// The sources and keys of the records, and nothing more of them.
    pub(crate) records: Records,
    /// Each record's person, as a place in `persons`.
    pub(crate) person: Vec<u32>,
    /// Each record's household, by label; [`NONE`] if it has none.
    pub(crate) household: Vec<u32>,
    /// The kind of each record's household, or why there is none, as a place in `homes`.
    pub(crate) home: Vec<u32>,
    /// Kinds of households, and reasons for having none.
    pub(crate) homes: Vec<String>,
    /// Which fields each record fills, as a place in `fields`.
    pub(crate) filled: Vec<u32>,
    /// Sets of fields filled.
    pub(crate) fields: Vec<String>,
    pub(crate) persons: Persons,
    /// The pairs kept.
    pub(crate) pairs: Vec<Kept>,
    /// Their comparison vectors and rules, each once.
    pub(crate) vectors: Vec<String>,
    pub(crate) rules: Vec<String>,
}

/// A pair that was kept.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    /// The two records, lower place first.
    pub(crate) pair: (u32, u32),
    pub(crate) bits: f64,
    pub(crate) probability: f64,
    pub(crate) decision: Decision,
    /// Places in the view's vectors and rules.
    pub(crate) vector: u32,
    pub(crate) rule: u32,
}

impl View {
    pub(crate) fn read(snapshot: &Snapshot) -> Result<View, Error> {
        let persons = snapshot.persons()?;
        let mut view = View {
            records: Records::default(),
            person: Vec::new(),
            household: Vec::new(),
            home: Vec::new(),
            homes: Vec::new(),
            filled: Vec::new(),
            fields: Vec::new(),
            persons: Persons::default(),
            pairs: Vec::new(),
            vectors: Vec::new(),
            rules: Vec::new(),
        };
        let sources = &snapshot.manifest().sources;
        let names = Dictionary::of(sources.iter().map(|source| source.source.as_str()).collect());
        view.records.sources = names.iter().map(Source::named).collect();
        let place: FxHashMap<&str, u32> =
            persons.rows.iter().map(|row| row.person_id.as_str()).zip(0..).collect();
        let (mut homes, mut fields) = (Labels::default(), Labels::default());
        let households = snapshot.households()?;
        let kind: FxHashMap<&str, &str> = households
            .iter()
            .map(|household| (household.household_id.as_str(), household.kind.as_str()))
            .collect();
        let mut kinds = Labels::default();
        snapshot.each_record(|row| {
            let source = names.find(row.source).and_then(|source| u16::try_from(source).ok());
            view.records.source.push(SourceId(source.unwrap_or(u16::MAX)));
            view.records.key.push(row.key.to_owned());
            view.person.push(place.get(row.person_id).copied().unwrap_or(NONE));
            view.household.push(row.household_id.map_or(NONE, |home| homes.label(home)));
            let home = row.household_id.and_then(|home| kind.get(home).copied());
            view.home.push(kinds.label(home.or(row.no_household).unwrap_or("not known")));
            view.filled.push(fields.label(row.fields));
        })?;
        view.fields = fields.names;
        view.homes = kinds.names;
        view.persons = persons;
        view.read_pairs(snapshot, &names)?;
        Ok(view)
    }

    fn read_pairs(&mut self, snapshot: &Snapshot, names: &Dictionary) -> Result<(), Error> {
        let place: FxHashMap<(SourceId, &str), u32> = self
            .records
            .source
            .iter()
            .zip(&self.records.key)
            .map(|(source, key)| (*source, key.as_str()))
            .zip(0..)
            .collect();
        let find = |source: &str, key: &str| {
            let source = names.find(source).and_then(|source| u16::try_from(source).ok())?;
            place.get(&(SourceId(source), key)).copied()
        };
        let (mut vectors, mut rules) = (Labels::default(), Labels::default());
        let mut pairs = Vec::new();
        snapshot.each_link(|row| {
            let records = find(row.source, row.key).zip(find(row.other_source, row.other_key));
            let Some((a, b)) = records else { return };
            pairs.push(Kept {
                pair: (a.min(b), a.max(b)),
                bits: row.match_weight,
                probability: row.probability,
                decision: row.decision,
                vector: vectors.label(row.vector),
                rule: rules.label(row.rule),
            });
        })?;
        (self.pairs, self.vectors, self.rules) = (pairs, vectors.names, rules.names);
        self.pairs.sort_unstable_by_key(|kept| kept.pair);
        Ok(())
    }

    /// The pair as it was kept, if it was.
    pub(crate) fn kept(&self, pair: (u32, u32)) -> Option<&Kept> {
        let at = self.pairs.binary_search_by_key(&pair, |kept| kept.pair).ok()?;
        Some(&self.pairs[at])
    }

    pub(crate) fn source(&self, record: u32) -> &str {
        let source = self.records.source[record as usize];
        self.records.sources.get(source.index()).map_or("", |source| source.name.as_str())
    }

    pub(crate) fn key(&self, record: u32) -> &str {
        &self.records.key[record as usize]
    }

    /// The source of each record, as a number.
    pub(crate) fn sources(&self) -> Vec<u16> {
        self.records.source.iter().map(|source| source.0).collect()
    }

    /// Whether each record's person has another record.
    pub(crate) fn linked(&self) -> Vec<bool> {
        let count =
            |person: u32| self.persons.rows.get(person as usize).map_or(1, |row| row.record_count);
        self.person.iter().map(|&person| count(person) > 1).collect()
    }
}

/// Names, numbered as they come.
#[derive(Default)]
struct Labels {
    of: FxHashMap<String, u32>,
    names: Vec<String>,
}

impl Labels {
    fn label(&mut self, name: &str) -> u32 {
        if let Some(&label) = self.of.get(name) {
            return label;
        }
        let label = u32::try_from(self.names.len()).unwrap_or(NONE);
        self.of.insert(name.to_owned(), label);
        self.names.push(name.to_owned());
        label
    }
}
