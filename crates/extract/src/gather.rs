//! Gathers the rows of one source into records: one for each key.
//!
//! Whatever is chosen among rows is chosen by what they say; only what no record shows, the
//! place where it stood, goes by file and line.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use record::{Origin, Period, RelationType};

use crate::part::{Item, MappedPerson, MappedRow, Part, What, end};
use crate::read::source_id;
use crate::unify::Start;
use crate::{Reject, Repeat, SourceCounts, SourceSpec};

/// The refusal of a row whose key another row has.
const KEY_TAKEN: &str = "key already used by another row";

/// The records of a source, in the order of keys.
pub(crate) struct Gathered {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) members: Vec<Member>,
    /// What is said of one record to another, by their places.
    pub(crate) declared: Vec<(usize, RelationType, usize, Period)>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) counts: SourceCounts,
}

/// A record, and where in the list of members the persons are whose values it has, those that
/// come first first.
pub(crate) struct Draft {
    pub(crate) key: String,
    pub(crate) origin: Origin,
    pub(crate) is_subject: bool,
    pub(crate) members: Range<usize>,
}

/// A person in a row, by the places of its part and of itself in there.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) part: u32,
    pub(crate) person: u32,
}

/// Gathers the rows of the source with this place from all its parts. All ids in them are common
/// ones.
pub(crate) fn gather(at: usize, spec: &SourceSpec, parts: &[Part]) -> Gathered {
    let mut gatherer = Gatherer {
        at,
        spec,
        parts,
        drafts: Vec::new(),
        members: Vec::new(),
        mentions: Vec::new(),
        declared: Vec::new(),
        rejects: Vec::new(),
        counts: SourceCounts::default(),
    };
    gatherer.refused();
    let mut rows = gatherer.rows();
    for group in rows
        .chunk_by_mut(|a, b| a.start.compare(b.start, || (key(parts, a), key(parts, b))).is_eq())
    {
        group.sort_unstable_by(|a, b| gatherer.precedence(a, b));
        gatherer.first_persons(group);
    }
    drop(rows);
    gatherer.further_persons();
    let counts = gatherer.counts;
    assert!(
        counts.rows == counts.rejected + counts.merged + counts.records,
        "every row is a record, part of one, or a reject"
    );
    gatherer.in_order()
}

struct Gatherer<'a> {
    at: usize,
    spec: &'a SourceSpec,
    parts: &'a [Part],
    drafts: Vec<Draft>,
    members: Vec<Member>,
    mentions: Vec<Mention>,
    declared: Vec<(usize, RelationType, usize, Period)>,
    rejects: Vec<Reject>,
    counts: SourceCounts,
}

/// A row, by the places of its part and of itself in there.
struct RowPlace {
    /// How its key starts.
    start: Start,
    part: u32,
    row: u32,
}

/// A further person in a row.
struct Mention {
    /// Whether the key is the person's own, and so names it in other rows too.
    own: bool,
    key: String,
    /// The record of the row.
    subject: usize,
    member: Member,
}

impl<'a> Gatherer<'a> {
    /// Takes note of what the mapping refused.
    fn refused(&mut self) {
        let whole: Arc<str> = "".into();
        let key: Arc<str> = "key".into();
        let names: Vec<Vec<Arc<str>>> = self
            .spec
            .persons
            .iter()
            .map(|person| person.fields.iter().map(|f| f.field.name.as_str().into()).collect())
            .collect();
        for part in self.parts {
            self.counts.rows += part.n_rows;
            self.counts.rejected += part.n_rows_refused;
            for refusal in &part.refused {
                let field = match refusal.what {
                    What::Row => &whole,
                    What::Key => &key,
                    What::Value { person, field } => &names[person as usize][field as usize],
                };
                let row = refusal.what == What::Row;
                self.counts.values_rejected += u64::from(!row);
                self.rejects.push(Reject {
                    source: source_id(self.at),
                    file: part.file,
                    line: refusal.line,
                    field: field.clone(),
                    reason: refusal.reason.clone(),
                    row,
                });
            }
        }
    }

    /// All rows, by key.
    fn rows(&self) -> Vec<RowPlace> {
        let places = (0..).zip(self.parts).flat_map(|(part, of)| {
            (0..end(&of.rows)).map(move |row| RowPlace { start: Start::of(""), part, row })
        });
        let mut rows: Vec<RowPlace> = places.collect();
        let key = |row: &RowPlace| key(self.parts, row);
        rows.par_iter_mut().for_each(|row| row.start = Start::of(key(row)));
        rows.par_sort_unstable_by(|a, b| a.start.compare(b.start, || (key(a), key(b))));
        rows
    }

    /// Makes the records of rows with one key, that which comes first first.
    fn first_persons(&mut self, group: &[RowPlace]) {
        let key = key(self.parts, &group[0]);
        match (&self.spec.key, self.spec.repeat) {
            (None, _) => {
                for (row, n) in group.iter().zip(1_u32..) {
                    let key = if n == 1 { key.to_owned() } else { format!("{key}#{n}") };
                    self.first_person(key, std::slice::from_ref(row));
                }
            }
            (Some(_), Repeat::Reject) => {
                self.first_person(key.to_owned(), &group[..1]);
                self.counts.rejected += group.len() as u64 - 1;
                for row in &group[1..] {
                    let Origin { file, line } = self.origin(row);
                    self.rejects.push(Reject {
                        source: source_id(self.at),
                        file,
                        line,
                        field: "".into(),
                        reason: KEY_TAKEN.into(),
                        row: true,
                    });
                }
            }
            (Some(_), Repeat::Merge) => {
                self.counts.merged += group.len() as u64 - 1;
                self.first_person(key.to_owned(), group);
            }
        }
    }

    /// Makes one record of rows, and takes note of the further persons in them.
    fn first_person(&mut self, key: String, rows: &[RowPlace]) {
        let subject = self.drafts.len();
        let start = self.members.len();
        for place in rows {
            let persons = self.row(place).persons.clone();
            self.members.push(Member { part: place.part, person: persons.start });
            for person in persons.skip(1) {
                let member = Member { part: place.part, person };
                let (mapped, part) = (self.person(member), self.part(place.part));
                let role = &self.spec.persons[mapped.spec as usize].role;
                let own = part.key(mapped);
                let key =
                    if own.is_empty() { format!("{key}/{role}") } else { format!("{role}/{own}") };
                self.mentions.push(Mention { own: !own.is_empty(), key, subject, member });
            }
        }
        let origin = rows.iter().map(|row| self.origin(row)).min().expect("a group has a row");
        self.drafts.push(Draft {
            key,
            origin,
            is_subject: true,
            members: start..self.members.len(),
        });
        self.counts.records += 1;
    }

    /// Makes the records of the further persons.
    fn further_persons(&mut self) {
        let origins = self.member_origins();
        let mut mentions = std::mem::take(&mut self.mentions);
        mentions.par_sort_unstable_by(|a, b| {
            let order = (a.own, &a.key).cmp(&(b.own, &b.key));
            order.then_with(|| self.person_precedence(a.member, b.member)).then_with(|| {
                origins(a.member).cmp(&origins(b.member)).then(a.subject.cmp(&b.subject))
            })
        });
        for group in mentions.chunk_by(|a, b| a.own == b.own && a.key == b.key) {
            if group[0].own {
                let says_something = |mention: &Mention| {
                    let person = self.person(mention.member);
                    !person.items.is_empty() || !person.residences.is_empty()
                };
                // A key alone, nowhere explained, is nobody.
                if group.iter().any(says_something) {
                    let all: Vec<&Mention> = group.iter().collect();
                    self.further_person(group[0].key.clone(), &all, &origins);
                }
                continue;
            }
            // Merged rows may each name somebody else in the same role: who differs in anything
            // but the address is kept apart.
            let mut alike: Vec<Vec<&Mention>> = Vec::new();
            let mut place_of: BTreeMap<&[Item], usize> = BTreeMap::new();
            for mention in group {
                let items = self.part(mention.member.part).items(self.person(mention.member));
                let place = *place_of.entry(items).or_insert(alike.len());
                if place == alike.len() {
                    alike.push(Vec::new());
                }
                alike[place].push(mention);
            }
            for (mentions, n) in alike.iter().zip(1_u32..) {
                let key = &group[0].key;
                let key = if n == 1 { key.clone() } else { format!("{key}#{n}") };
                self.further_person(key, mentions, &origins);
            }
        }
    }

    fn further_person(
        &mut self,
        key: String,
        mentions: &[&Mention],
        origin: &impl Fn(Member) -> Origin,
    ) {
        let draft = self.drafts.len();
        let start = self.members.len();
        self.members.extend(mentions.iter().map(|mention| mention.member));
        for mention in mentions {
            let person = self.person(mention.member);
            if let Some(is) = self.spec.persons[person.spec as usize].relationship {
                self.declared.push((mention.subject, is, draft, person.related));
            }
        }
        let origins = mentions.iter().map(|mention| origin(mention.member));
        let origin = origins.min().expect("a person is mentioned");
        let members = start..self.members.len();
        self.drafts.push(Draft { key, origin, is_subject: false, members });
        self.counts.further += 1;
    }

    /// The records in the order of keys, each with one of its own.
    fn in_order(mut self) -> Gathered {
        let place = |at: usize| u32::try_from(at).expect("a source has fewer than 2^32 records");
        let mut order: Vec<u32> = (0..place(self.drafts.len())).collect();
        // Those of equal keys were made in an order that goes by what they say.
        order.par_sort_by(|&a, &b| self.key(a).cmp(self.key(b)));
        let repeated: Vec<u32> = order
            .windows(2)
            .filter(|two| self.key(two[0]) == self.key(two[1]))
            .map(|two| two[1])
            .collect();
        if !repeated.is_empty() {
            // A key of a first person may look like one made for a further person. That is rare,
            // so all keys are only listed when it happens.
            let mut taken: BTreeSet<String> =
                self.drafts.iter().map(|draft| draft.key.clone()).collect();
            for draft in repeated {
                let key = &mut self.drafts[draft as usize].key;
                let free =
                    (2..=u32::MAX).map(|n| format!("{key}#{n}")).find(|key| !taken.contains(key));
                *key = free.expect("some number is free");
                taken.insert(key.clone());
            }
            order.sort_by(|&a, &b| self.key(a).cmp(self.key(b)));
        }
        let mut rank = vec![0; order.len()];
        for (at, &draft) in order.iter().enumerate() {
            rank[draft as usize] = place(at);
        }
        drop(order);
        for (subject, _, other, _) in &mut self.declared {
            (*subject, *other) = (rank[*subject] as usize, rank[*other] as usize);
        }
        // Each swap brings one to its place: no list of them is there twice.
        for at in 0..rank.len() {
            while rank[at] as usize != at {
                let to = rank[at] as usize;
                self.drafts.swap(at, to);
                rank.swap(at, to);
            }
        }
        Gathered {
            drafts: self.drafts,
            members: self.members,
            declared: self.declared,
            rejects: self.rejects,
            counts: self.counts,
        }
    }

    fn key(&self, draft: u32) -> &str {
        &self.drafts[draft as usize].key
    }

    /// Which row comes first: that last seen, then that which says the greatest.
    fn precedence(&self, a: &RowPlace, b: &RowPlace) -> std::cmp::Ordering {
        let seen = |row: &RowPlace| {
            // No day comes before every day.
            Reverse(self.part(row.part).persons(self.row(row))[0].seen.wrapping_add(1))
        };
        let says = |row: &RowPlace| {
            let part = self.part(row.part);
            part.persons(self.row(row)).iter().map(move |person| {
                (
                    person.spec,
                    part.key(person),
                    part.items(person),
                    part.residences(person),
                    part.involvements(person),
                    person.related,
                )
            })
        };
        seen(a)
            .cmp(&seen(b))
            .then_with(|| says(b).cmp(says(a)))
            .then_with(|| self.origin(a).cmp(&self.origin(b)))
    }

    /// Which of two statements of one person comes first.
    fn person_precedence(&self, a: Member, b: Member) -> std::cmp::Ordering {
        let says = |member: Member| {
            let (part, person) = (self.part(member.part), self.person(member));
            let (items, residences) = (part.items(person), part.residences(person));
            (person.seen.wrapping_add(1), items, residences, part.involvements(person))
        };
        says(b).cmp(&says(a))
    }

    /// Where the row of a person stood.
    fn member_origins(&self) -> impl Fn(Member) -> Origin + use<'a> {
        let parts = self.parts;
        move |Member { part, person }| {
            let part = &parts[part as usize];
            let row = part.rows.partition_point(|row| row.persons.end <= person);
            Origin { file: part.file, line: part.rows[row].line }
        }
    }

    fn origin(&self, place: &RowPlace) -> Origin {
        Origin { file: self.part(place.part).file, line: self.row(place).line }
    }

    fn part(&self, part: u32) -> &'a Part {
        &self.parts[part as usize]
    }

    fn row(&self, place: &RowPlace) -> &'a MappedRow {
        &self.part(place.part).rows[place.row as usize]
    }

    fn person(&self, member: Member) -> &'a MappedPerson {
        &self.part(member.part).persons[member.person as usize]
    }
}

/// The key of a row: that of its first person.
fn key<'a>(parts: &'a [Part], place: &RowPlace) -> &'a str {
    let part = &parts[place.part as usize];
    part.key(&part.persons(&part.rows[place.row as usize])[0])
}
