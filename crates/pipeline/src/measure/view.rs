//! A snapshot as numbers: records, persons and pairs by their places.

use hashbrown::HashTable;
use rayon::prelude::*;
use record::{Dictionary, DictionaryBuilder, NONE, Records, Source, SourceId, Texts};
use score::MatchWeight;
use snapshot::{Decision, Snapshot};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::error::Error;

/// What a snapshot says of records, persons and pairs, each named by its place.
#[derive(Default)]
pub(crate) struct View {
    /// The sources and keys of the records, and nothing more of them.
    pub(crate) records: Records,
    /// Each record's person, as a place in `people`.
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
    pub(crate) people: People,
    /// The size of each household that there is, and its kind, as a place in `kinds`.
    pub(crate) households: Vec<(u32, u32)>,
    /// Kinds of households.
    pub(crate) kinds: Vec<String>,
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
    pub(crate) weight: MatchWeight,
    pub(crate) decision: Decision,
    /// Places in the view's vectors and rules.
    pub(crate) vector: u32,
    pub(crate) rule: u16,
}

impl Kept {
    /// Its match weight, in bits.
    pub(crate) fn bits(&self) -> f64 {
        self.weight.bits()
    }
}

/// What a snapshot says of persons, each known by its place.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) ids: DictionaryBuilder,
    pub(crate) record_count: Vec<u32>,
    /// The fields of which persons have best values.
    pub(crate) fields: Vec<String>,
    /// What their records contradict one another in, person by person.
    pub(crate) contradictions: Vec<(u32, String)>,
    /// The best values of those fields that are measured.
    best: Vec<(String, BestValues)>,
}

/// The best values of a field.
#[derive(Default)]
pub(crate) struct BestValues {
    /// Each person's, as a place in `names`; [`NONE`] if it has none.
    pub(crate) of: Vec<u32>,
    /// Each value once.
    pub(crate) names: Vec<String>,
}

impl People {
    fn read(snapshot: &Snapshot) -> Result<People, Error> {
        let mut people = People { fields: snapshot.person_fields()?, ..People::default() };
        let known = people.fields.iter().map(String::as_str);
        let measured: Vec<&str> = known.filter(|field| super::groups::is_measured(field)).collect();
        let mut best: Vec<(Vec<u32>, Labels)> = measured.iter().map(|_| <_>::default()).collect();
        let (ids, record_count) = (&mut people.ids, &mut people.record_count);
        let contradictions = &mut people.contradictions;
        snapshot.each_person_of(&measured, |row| {
            let place = ids.insert(row.person_id);
            record_count.push(row.record_count);
            contradictions.extend(row.contradictions.iter().map(|&what| (place, what.to_owned())));
            for ((of, labels), best) in best.iter_mut().zip(&row.best) {
                of.push(best.as_ref().map_or(NONE, |best| labels.label(best.value)));
            }
        })?;
        let best = measured.iter().zip(best).map(|(&field, (of, labels))| {
            (field.to_owned(), BestValues { of, names: labels.names() })
        });
        people.best = best.collect();
        Ok(people)
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id of the person at this place, if there is one.
    pub(crate) fn id(&self, person: u32) -> String {
        let known = (person as usize) < self.len();
        if known { self.ids.get(person).to_owned() } else { String::new() }
    }

    /// The best values of a measured field, if persons have it.
    pub(crate) fn best(&self, field: &str) -> Option<&BestValues> {
        self.best.iter().find(|(known, _)| known == field).map(|(_, best)| best)
    }
}

impl BestValues {
    /// A person's best value.
    pub(crate) fn get(&self, person: usize) -> Option<&str> {
        let of = self.of.get(person).copied().filter(|&value| value != NONE)?;
        Some(&self.names[of as usize])
    }
}

/// What is gathered of a part of the records.
#[derive(Default)]
struct RecordPart {
    source: Vec<SourceId>,
    key: Texts,
    person_id: Texts,
    household: Vec<u32>,
    home: Vec<u32>,
    filled: Vec<u32>,
    households: Labels,
    homes: Labels,
    fields: Labels,
}

/// What is gathered of a part of the pairs.
#[derive(Default)]
struct PairPart {
    pairs: Vec<Kept>,
    vectors: Labels,
    rules: Labels,
    /// The lower record of the pair before and its place: rows come in its order.
    last: Option<(String, String, u32)>,
}

impl RecordPart {
    /// All parts, after the names of the sources, and with the households that there are.
    fn read(snapshot: &Snapshot) -> Result<(Dictionary, Vec<RecordPart>, Households), Error> {
        let households = Households::read(snapshot)?;
        let sources = &snapshot.manifest().sources;
        let names = Dictionary::of(sources.iter().map(|source| source.source.as_str()).collect());
        let parts = snapshot.gather_records(|part: &mut RecordPart, row| {
            let source = names.find(row.source).and_then(|source| u16::try_from(source).ok());
            part.source.push(SourceId(source.unwrap_or(u16::MAX)));
            part.key.push(row.key);
            part.person_id.push(row.person_id);
            let home = row.household_id.map_or(NONE, |home| part.households.label(home));
            part.household.push(home);
            let kind = row.household_id.and_then(|home| households.kind(home));
            part.home.push(part.homes.label(kind.or(row.no_household).unwrap_or("not known")));
            part.filled.push(part.fields.label(row.fields));
        })?;
        Ok((names, parts, households))
    }
}

/// The pairs kept, and their comparison vectors and rules.
pub(crate) struct Pairs {
    kept: Vec<Kept>,
    vectors: Vec<String>,
    rules: Vec<String>,
}

impl View {
    /// All but the pairs.
    pub(crate) fn read(snapshot: &Snapshot) -> Result<View, Error> {
        let (people, of_records) =
            rayon::join(|| People::read(snapshot), || RecordPart::read(snapshot));
        let (people, (names, parts, households)) = (people?, of_records?);
        // All ids of persons are known only now.
        let persons = parts.par_iter().map(|part| {
            let persons = part.person_id.iter().map(|id| people.ids.find(id).unwrap_or(NONE));
            persons.collect()
        });
        let persons: Vec<Vec<u32>> = persons.collect();
        let Households { of, kinds, .. } = households;
        let mut view = View { people, households: of, kinds: kinds.names(), ..View::default() };
        view.records.sources = names.iter().map(Source::named).collect();
        let (mut homes, mut kinds, mut fields) = <(Labels, Labels, Labels)>::default();
        for (mut part, mut persons) in parts.into_iter().zip(persons) {
            view.records.source.append(&mut part.source);
            view.records.key.extend(part.key.iter());
            view.person.append(&mut persons);
            view.household.extend(homes.take(&part.households, &part.household));
            view.home.extend(kinds.take(&part.homes, &part.home));
            view.filled.extend(fields.take(&part.fields, &part.filled));
        }
        (view.homes, view.fields) = (kinds.names(), fields.names());
        Ok(view)
    }

    /// The same with these pairs.
    pub(crate) fn with_pairs(self, Pairs { kept, vectors, rules }: Pairs) -> View {
        View { pairs: kept, vectors, rules, ..self }
    }

    /// Reads the pairs.
    pub(crate) fn pairs(&self, snapshot: &Snapshot) -> Result<Pairs, Error> {
        let sources = self.records.sources.iter().map(|source| source.name.as_str());
        let names = Dictionary::of(sources.collect());
        let places = Places::of(&self.records);
        let find = |source: &str, key: &str| {
            let source = names.find(source).and_then(|source| u16::try_from(source).ok())?;
            places.find(SourceId(source), key)
        };
        let parts = snapshot.gather_links(|part: &mut PairPart, row| {
            let known = part.last.as_ref().filter(|(source, key, _)| {
                source.as_str() == row.source && key.as_str() == row.key
            });
            let known = known.map(|(_, _, place)| *place);
            let Some(a) = known.or_else(|| find(row.source, row.key)) else { return };
            if known.is_none() {
                part.last = Some((row.source.to_owned(), row.key.to_owned(), a));
            }
            let Some(b) = find(row.other_source, row.other_key) else { return };
            part.pairs.push(Kept {
                pair: (a.min(b), a.max(b)),
                weight: MatchWeight::from_bits(row.match_weight),
                decision: row.decision,
                vector: part.vectors.label(row.vector),
                rule: short(part.rules.label(row.rule)),
            });
        })?;
        let (mut vectors, mut rules) = (Labels::default(), Labels::default());
        let mut pairs = Vec::with_capacity(parts.iter().map(|part| part.pairs.len()).sum());
        for part in parts {
            let [vector, rule] = [vectors.ranks(&part.vectors), rules.ranks(&part.rules)];
            pairs.extend(part.pairs.into_iter().map(|kept| Kept {
                vector: vector[kept.vector as usize],
                rule: short(rule[usize::from(kept.rule)]),
                ..kept
            }));
        }
        pairs.par_sort_unstable_by_key(|kept| kept.pair);
        Ok(Pairs { kept: pairs, vectors: vectors.names(), rules: rules.names() })
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
            |person: u32| self.people.record_count.get(person as usize).copied().unwrap_or(1);
        self.person.iter().map(|&person| count(person) > 1).collect()
    }
}

/// What the rows of the households that there are say.
#[derive(Default)]
struct Households {
    /// Of each row the size and the kind.
    of: Vec<(u32, u32)>,
    ids: DictionaryBuilder,
    /// The kind of each id.
    kind_of: Vec<u32>,
    kinds: Labels,
}

impl Households {
    fn read(snapshot: &Snapshot) -> Result<Households, Error> {
        let run_date = snapshot.manifest().run_date;
        let mut households = Households::default();
        snapshot.each_household(|row| {
            // Those that are no more are not measured.
            if row.to.is_none_or(|to| run_date < to) {
                let kind = households.kinds.label(row.kind);
                households.of.push((row.size, kind));
                let place = households.ids.insert(row.household_id) as usize;
                households.kind_of.resize(households.ids.len(), kind);
                households.kind_of[place] = kind;
            }
        })?;
        Ok(households)
    }

    fn kind(&self, id: &str) -> Option<&str> {
        let kind = self.kind_of[self.ids.find(id)? as usize];
        Some(self.kinds.0.get(kind))
    }
}

/// Where the record of each source and key is.
struct Places<'a> {
    records: &'a Records,
    table: HashTable<u32>,
}

impl<'a> Places<'a> {
    fn of(records: &'a Records) -> Places<'a> {
        let hash = |at: u32| hash(records.source[at as usize], &records.key[at as usize]);
        let mut table = HashTable::with_capacity(records.len());
        for at in (0..).take(records.len()) {
            table.insert_unique(hash(at), at, |&at| hash(at));
        }
        Places { records, table }
    }

    fn find(&self, source: SourceId, key: &str) -> Option<u32> {
        let is = |&at: &u32| {
            self.records.source[at as usize] == source && self.records.key[at as usize] == *key
        };
        self.table.find(hash(source, key), is).copied()
    }
}

fn hash(source: SourceId, key: &str) -> u64 {
    xxh3_64_with_seed(key.as_bytes(), source.0.into())
}

/// A rule's number.
fn short(rule: u32) -> u16 {
    u16::try_from(rule).expect("fewer than 2^16 rules")
}

/// Names, numbered as they come.
#[derive(Default)]
struct Labels(DictionaryBuilder);

impl Labels {
    fn label(&mut self, name: &str) -> u32 {
        self.0.insert(name)
    }

    fn names(&self) -> Vec<String> {
        self.0.strings().iter().map(str::to_owned).collect()
    }

    /// The label here of each name of another.
    fn ranks(&mut self, other: &Labels) -> Vec<u32> {
        other.0.strings().iter().map(|name| self.label(name)).collect()
    }

    /// The labels here of what another labelled; [`NONE`] stays what it is.
    fn take(&mut self, other: &Labels, labels: &[u32]) -> impl Iterator<Item = u32> {
        let ranks = self.ranks(other);
        labels.iter().map(move |&label| ranks.get(label as usize).copied().unwrap_or(NONE))
    }
}
