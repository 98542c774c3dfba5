//! Assembles the records of all sources from what was gathered of each.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{
    Column, Declared, Dictionary, Field, Kind, Lists, NONE, Origin, RawInvolvement, RawResidence,
    RecordId, Records, Texts, Values,
};

use crate::gather::{Draft, Gathered, Member, gather};
use crate::involvements;
use crate::mapping::parts_of;
use crate::part::{Item, MappedPerson, Part};
use crate::read::source_id;
use crate::unify::{Unified, merged, unify};
use crate::{AbsentColumn, Extracted, Input, Reject, SourceCounts, SourceSpec};

/// The records of the sources gathered so far. Their ids are of the values of their own source.
pub(crate) struct Building {
    fields: Vec<Field>,
    n_records: usize,
    pieces: Vec<Piece>,
    declared: Vec<Declared>,
    counts: Vec<SourceCounts>,
    rejects: Vec<Reject>,
    /// What the ids of each source stand for.
    values: Vec<Unified>,
}

/// Some records of a source.
struct Piece {
    /// The place of the source.
    of: usize,
    /// Of each field, the values of each record; no lists at all if none of them has any.
    lists: Vec<Lists<u32>>,
    residences: Lists<RawResidence>,
    involvements: Lists<RawInvolvement>,
    key: Texts,
    origin: Vec<Origin>,
    is_subject: Vec<bool>,
}

/// Records in a piece.
const PIECE: usize = 4_096;

impl Building {
    pub(crate) fn new(fields: Vec<Field>) -> Building {
        Building {
            fields,
            n_records: 0,
            pieces: Vec::new(),
            declared: Vec::new(),
            counts: Vec::new(),
            rejects: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds the source with the next place in the order of names, from all its parts, which are let
    /// go before those of the next are read.
    pub(crate) fn add_source(&mut self, at: usize, spec: &SourceSpec, mut parts: Vec<Part>) {
        self.values.push(unify(self.fields.len(), &mut parts));
        let Gathered { drafts, members, declared, rejects, counts } = gather(at, spec, &parts);
        let piece = |drafts: &[Draft]| Piece::of(at, &self.fields, drafts, &members, &parts);
        self.pieces.par_extend(drafts.par_chunks(PIECE).map(piece));
        let record = |place: usize| {
            let place = u32::try_from(self.n_records + place);
            RecordId(place.expect("there are fewer than 2^32 records"))
        };
        self.declared.extend(declared.into_iter().map(|(subject, is, other, period)| Declared {
            subject: record(subject),
            is,
            other: record(other),
            period,
        }));
        self.n_records += drafts.len();
        self.counts.push(counts);
        self.rejects.extend(rejects);
    }

    /// All records, of these sources and files, with ids of common values.
    pub(crate) fn finish(
        self,
        specs: &[&SourceSpec],
        files: Vec<String>,
        inputs: Vec<Input>,
        absent: Vec<AbsentColumn>,
    ) -> Extracted {
        let Building { fields, n_records, pieces, mut declared, counts, mut rejects, values } =
            self;
        let mut records = Records {
            sources: specs.iter().map(|spec| spec.source.clone()).collect(),
            files,
            source: Vec::with_capacity(n_records),
            origin: Vec::with_capacity(n_records),
            is_subject: Vec::with_capacity(n_records),
            ..Records::default()
        };
        let (mut places, mut dealings) = (Vec::new(), Vec::new());
        let mut of_fields: Vec<Vec<Dictionary>> = fields.iter().map(|_| Vec::new()).collect();
        for of_source in values {
            places.push(of_source.places);
            dealings.push(of_source.dealings);
            for (of_field, values) in of_fields.iter_mut().zip(of_source.values) {
                of_field.push(values);
            }
        }
        let (mut keys, mut homes, mut involvements) = (Vec::new(), Vec::new(), Vec::new());
        let mut lists: Vec<Vec<Of<u32>>> = fields.iter().map(|_| Vec::new()).collect();
        for mut piece in pieces {
            let (of, n) = (piece.of, piece.origin.len());
            records.source.extend(std::iter::repeat_n(source_id(of), n));
            records.origin.append(&mut piece.origin);
            records.is_subject.append(&mut piece.is_subject);
            keys.push(piece.key);
            homes.push(Of { source: of, n, lists: piece.residences });
            involvements.push(Of { source: of, n, lists: piece.involvements });
            for (all, lists) in lists.iter_mut().zip(piece.lists) {
                all.push(Of { source: of, n, lists });
            }
        }
        rejects.par_sort();
        declared.par_sort();
        declared.dedup();
        declared.shrink_to_fit();
        let ((homes, dealings), (columns, key)) = rayon::join(
            || {
                let homes = used_places(in_common(places, homes, rename_residence));
                (homes, in_common(dealings, involvements, involvements::rename))
            },
            || (columns(fields, of_fields, lists), in_one(keys)),
        );
        (records.residence_text, records.residences) = homes;
        (records.involvement_text, records.involvements) = dealings;
        (records.columns, records.key, records.declared) = (columns, key, declared);
        Extracted { records, rejects, counts, inputs, absent, gazetteer: None }
    }
}

impl Piece {
    /// The records of the source with this place that these drafts are of.
    fn of(
        at: usize,
        fields: &[Field],
        drafts: &[Draft],
        members: &[Member],
        parts: &[Part],
    ) -> Piece {
        let n = drafts.len();
        let mut lists: Vec<Lists<u32>> = fields.iter().map(|_| Lists::with_capacity(n)).collect();
        let (mut residences, mut involvements) = (Lists::with_capacity(n), Lists::with_capacity(n));
        let mut items: Vec<Item> = Vec::new();
        let mut homes: Vec<RawResidence> = Vec::new();
        for draft in drafts {
            let persons = || persons(members, draft, parts);
            items.clear();
            items.extend(persons().flat_map(|(part, person)| part.items(person)));
            if draft.members.len() > 1 {
                // Of a field, those of the person that comes first come first.
                items.sort_by_key(|item| item.field);
            }
            let mut rest = items.as_slice();
            for ((at, field), lists) in (0_u32..).zip(fields).zip(&mut lists) {
                let n = rest.iter().take_while(|item| item.field == at).count();
                let (own, others) = rest.split_at(n);
                let is_new = |&(n, item): &(usize, &Item)| {
                    field.kind == Kind::Items || !own[..n].contains(item)
                };
                lists.push(own.iter().enumerate().filter(is_new).map(|(_, item)| item.id));
                rest = others;
            }
            homes.clear();
            homes.extend(persons().flat_map(|(part, person)| part.residences(person)));
            if draft.members.len() > 1 {
                // The last seen first; no day comes before every day.
                homes.sort_by_key(|home| (Reverse(home.seen.wrapping_add(1)), *home));
            }
            homes.dedup();
            residences.push(homes.iter().copied());
            let dealings = persons().flat_map(|(part, person)| part.involvements(person));
            involvements::push_record(&mut involvements, dealings.copied());
        }
        let kept = |lists: Lists<u32>| {
            if lists.items().is_empty() { Lists::default() } else { lists.fitted() }
        };
        let mut key = Texts::with_room(n, drafts.iter().map(|draft| draft.key.len()).sum());
        key.extend(drafts.iter().map(|draft| &draft.key));
        Piece {
            of: at,
            lists: lists.into_iter().map(kept).collect(),
            residences: residences.fitted(),
            involvements: involvements.fitted(),
            key,
            origin: drafts.iter().map(|draft| draft.origin).collect(),
            is_subject: drafts.iter().map(|draft| draft.is_subject).collect(),
        }
    }
}

/// What some records of a source have of something.
struct Of<T> {
    /// The place of the source.
    source: usize,
    /// How many records they are.
    n: usize,
    /// A list for each of them, or none at all.
    lists: Lists<T>,
}

/// The columns of these fields, given of each the values of each source and what records have.
fn columns(
    fields: Vec<Field>,
    values: Vec<Vec<Dictionary>>,
    lists: Vec<Vec<Of<u32>>>,
) -> Vec<Column> {
    let all = fields.into_par_iter().zip(values).zip(lists);
    let columns = all.map(|((field, values), lists)| {
        let common = in_common(values, lists, |id, ranks| *id = ranks[*id as usize]);
        let (values, lists) = without_unused(common);
        Column { field, values: Values::Text(values), lists }
    });
    columns.collect()
}

/// All strings in one list.
fn in_one(strings: Vec<Texts>) -> Texts {
    let all = |count: fn(&Texts) -> usize| strings.iter().map(count).sum();
    let mut one = Texts::with_room(all(Texts::len), all(Texts::bytes));
    for some in strings {
        one.extend(some.iter());
    }
    one
}

/// The strings of all sources, and the lists with their ids in place of those of each source.
fn in_common<T: Copy>(
    strings: Vec<Dictionary>,
    lists: Vec<Of<T>>,
    rename: impl Fn(&mut T, &[u32]),
) -> (Dictionary, Lists<T>) {
    let (all, ranks) = merged(&strings);
    drop(strings);
    let owners = lists.iter().map(|of| of.n).sum();
    let items = lists.iter().map(|of| of.lists.items().len()).sum();
    let mut common = Lists::with_room(owners, items);
    for Of { source, n, mut lists } in lists {
        if lists.is_empty() {
            common.push_empty(n);
            continue;
        }
        lists.items_of_mut(0..n).iter_mut().for_each(|item| rename(item, &ranks[source]));
        common.append(&lists);
    }
    (all, common)
}

fn rename_residence(residence: &mut RawResidence, ranks: &[u32]) {
    let RawResidence { text, postcode, uprn, from, to, seen } = residence;
    for id in [text, postcode, uprn, from, to, seen] {
        if *id != NONE {
            *id = ranks[*id as usize];
        }
    }
}

/// Drops the strings that only refused rows had.
fn used_places(
    (strings, mut lists): (Dictionary, Lists<RawResidence>),
) -> (Dictionary, Lists<RawResidence>) {
    let mut used = vec![false; strings.len()];
    for id in lists.items().iter().flat_map(parts_of).filter(|&id| id != NONE) {
        used[id as usize] = true;
    }
    let Some((strings, ranks)) = keep(&strings, &used) else {
        return (strings, lists);
    };
    lists.iter_mut().flatten().for_each(|home| rename_residence(home, &ranks));
    (strings, lists)
}

/// Drops the values that only refused rows had.
fn without_unused((values, mut lists): (Dictionary, Lists<u32>)) -> (Dictionary, Lists<u32>) {
    let mut used = vec![false; values.len()];
    for &id in lists.items() {
        used[id as usize] = true;
    }
    let Some((values, ranks)) = keep(&values, &used) else {
        return (values, lists);
    };
    lists.iter_mut().flatten().for_each(|id| *id = ranks[*id as usize]);
    (values, lists)
}

/// The strings that are used, and the new id of each; `None` if all are.
fn keep(strings: &Dictionary, used: &[bool]) -> Option<(Dictionary, Vec<u32>)> {
    if used.iter().all(|used| *used) {
        return None;
    }
    let kept: Texts =
        strings.iter().zip(used).filter(|(_, used)| **used).map(|(string, _)| string).collect();
    let mut next = 0;
    let ranks = used
        .iter()
        .map(|used| {
            next += u32::from(*used);
            if *used { next - 1 } else { NONE }
        })
        .collect();
    Some((Dictionary::of_sorted(kept.fitted()), ranks))
}

fn persons<'a>(
    members: &'a [Member],
    draft: &Draft,
    parts: &'a [Part],
) -> impl Iterator<Item = (&'a Part, &'a MappedPerson)> + use<'a> {
    members[draft.members.clone()].iter().map(|member| {
        let part = &parts[member.part as usize];
        (part, &part.persons[member.person as usize])
    })
}
