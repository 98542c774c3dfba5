//! Assembles the records of all sources from what was gathered of each.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{
    Column, Declared, Dictionary, Field, Kind, Lists, NONE, RawResidence, RecordId, Records, Values,
};

use crate::gather::{Draft, Gathered, Member, gather};
use crate::involvements;
use crate::mapping::parts_of;
use crate::part::{MappedPerson, Part};
use crate::read::source_id;
use crate::unify::{Unified, merged, unify};
use crate::{AbsentColumn, Extracted, Input, Reject, SourceCounts, SourceSpec};

/// The records of the sources gathered so far. Their ids are of the values of their own source.
pub(crate) struct Building {
    fields: Vec<Field>,
    /// All but the columns, and what is not of single records.
    records: Records,
    /// Of each field, the values of each record.
    lists: Vec<Lists<u32>>,
    counts: Vec<SourceCounts>,
    rejects: Vec<Reject>,
    /// What the ids of each source stand for.
    values: Vec<Unified>,
    /// Where the records of each source end.
    ends: Vec<usize>,
}

impl Building {
    pub(crate) fn new(fields: Vec<Field>) -> Building {
        Building {
            lists: fields.iter().map(|_| Lists::default()).collect(),
            fields,
            records: Records::default(),
            counts: Vec::new(),
            rejects: Vec::new(),
            values: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Adds the source with the next place in the order of names, from all its parts, which are let
    /// go before those of the next are read.
    pub(crate) fn add_source(&mut self, at: usize, spec: &SourceSpec, mut parts: Vec<Part>) {
        self.values.push(unify(self.fields.len(), &mut parts));
        self.reserve(&parts);
        self.add(at, gather(at, spec, &parts), &parts);
        self.ends.push(self.records.len());
    }

    /// All records, of these sources and files, with ids of common values.
    pub(crate) fn finish(
        self,
        specs: &[&SourceSpec],
        files: Vec<String>,
        inputs: Vec<Input>,
        absent: Vec<AbsentColumn>,
    ) -> Extracted {
        let Building { fields, mut records, lists, counts, mut rejects, values, ends } = self;
        rejects.par_sort();
        records.sources = specs.iter().map(|spec| spec.source.clone()).collect();
        records.files = files;
        records.key = std::mem::take(&mut records.key).fitted();
        records.declared.par_sort();
        records.declared.dedup();
        records.declared.shrink_to_fit();
        let (mut places, mut dealings) = (Vec::new(), Vec::new());
        let mut of_fields: Vec<Vec<Dictionary>> = fields.iter().map(|_| Vec::new()).collect();
        for of_source in values {
            places.push(of_source.places);
            dealings.push(of_source.dealings);
            for (of_field, values) in of_fields.iter_mut().zip(of_source.values) {
                of_field.push(values);
            }
        }
        records.columns = fields
            .into_par_iter()
            .zip(of_fields)
            .zip(lists)
            .map(|((field, values), lists)| {
                let (values, lists) =
                    in_common(values, lists, &ends, |id, ranks| *id = ranks[*id as usize]);
                let (values, lists) = without_unused(values, lists);
                Column { field, values: Values::Text(values), lists }
            })
            .collect();
        let homes = std::mem::take(&mut records.residences);
        let (places, homes) = in_common(places, homes, &ends, |home, ranks| {
            let renamed =
                parts_of(home).map(|id| if id == NONE { NONE } else { ranks[id as usize] });
            let [text, postcode, uprn, from, to, seen] = renamed;
            *home = RawResidence { text, postcode, uprn, from, to, seen };
        });
        (records.residence_text, records.residences) = used_places(places, homes);
        let involvements = std::mem::take(&mut records.involvements);
        (records.involvement_text, records.involvements) =
            in_common(dealings, involvements, &ends, involvements::rename);
        Extracted { records, rejects, counts, inputs, absent, gazetteer: None }
    }

    /// Makes room for all that the parts of a source hold.
    fn reserve(&mut self, parts: &[Part]) {
        let all = |count: fn(&Part) -> usize| parts.iter().map(count).sum::<usize>();
        let n = all(|part| part.persons.len());
        let mut items = vec![0; self.fields.len()];
        for item in parts.iter().flat_map(|part| &part.items) {
            items[item.field as usize] += 1;
        }
        for (lists, items) in self.lists.iter_mut().zip(items) {
            lists.reserve(n, items);
        }
        let records = &mut self.records;
        records.source.reserve_exact(n);
        records.key.reserve(n, 2 * all(|part| part.keys.len()));
        records.origin.reserve_exact(n);
        records.is_subject.reserve_exact(n);
        records.residences.reserve(n, all(|part| part.residences.len()));
        records.involvements.reserve(n, all(|part| part.involvements.len()));
    }

    /// Adds the records of the next source, which were gathered from these parts.
    fn add(&mut self, at: usize, source: Gathered, parts: &[Part]) {
        let Gathered { drafts, members, declared, rejects, counts } = source;
        let persons = |draft: &Draft| persons(&members, draft, parts);
        let all: Vec<_> = (0_u32..).zip(&self.fields).zip(&mut self.lists).collect();
        all.into_par_iter().for_each(|((at, field), lists)| {
            let mut ids: Vec<u32> = Vec::new();
            for draft in &drafts {
                ids.clear();
                let items = persons(draft).flat_map(|(part, person)| part.items(person));
                for item in items.filter(|item| item.field == at) {
                    if field.kind == Kind::Items || !ids.contains(&item.id) {
                        ids.push(item.id);
                    }
                }
                lists.push(ids.iter().copied());
            }
        });
        let base = self.records.len();
        let record = |place: usize| {
            RecordId(u32::try_from(base + place).expect("there are fewer than 2^32 records"))
        };
        self.records.declared.extend(declared.into_iter().map(|(subject, is, other, period)| {
            Declared { subject: record(subject), is, other: record(other), period }
        }));
        let mut homes: Vec<RawResidence> = Vec::new();
        for draft in drafts {
            homes.clear();
            homes.extend(persons(&draft).flat_map(|(part, person)| part.residences(person)));
            if draft.members.len() > 1 {
                // The last seen first; no day comes before every day.
                homes.sort_by_key(|home| (Reverse(home.seen.wrapping_add(1)), *home));
            }
            homes.dedup();
            self.records.residences.push(homes.iter().copied());
            let dealings = persons(&draft).flat_map(|(part, person)| part.involvements(person));
            involvements::push_record(&mut self.records.involvements, dealings.copied());
            self.records.source.push(source_id(at));
            self.records.key.push(&draft.key);
            self.records.origin.push(draft.origin);
            self.records.is_subject.push(draft.is_subject);
        }
        self.counts.push(counts);
        self.rejects.extend(rejects);
    }
}

/// The strings of all sources, and the lists with their ids in place of those of each source.
fn in_common<T: Send>(
    strings: Vec<Dictionary>,
    lists: Lists<T>,
    ends: &[usize],
    rename: impl Fn(&mut T, &[u32]) + Sync,
) -> (Dictionary, Lists<T>) {
    let (all, ranks) = merged(&strings);
    drop(strings);
    let mut lists = lists.fitted();
    let mut start = 0;
    for (&end, ranks) in ends.iter().zip(&ranks) {
        let items = lists.items_of_mut(start..end);
        items.par_iter_mut().with_min_len(4_096).for_each(|item| rename(item, ranks));
        start = end;
    }
    (all, lists)
}

/// Drops the strings that only refused rows had.
fn used_places(
    strings: Dictionary,
    lists: Lists<RawResidence>,
) -> (Dictionary, Lists<RawResidence>) {
    let mut used = vec![false; strings.len()];
    for id in lists.items().iter().flat_map(parts_of).filter(|&id| id != NONE) {
        used[id as usize] = true;
    }
    let Some((strings, ranks)) = keep(&strings, &used) else {
        return (strings, lists);
    };
    let rename = |id: u32| if id == NONE { NONE } else { ranks[id as usize] };
    let mut lists = lists;
    for home in lists.iter_mut().flatten() {
        let [text, postcode, uprn, from, to, seen] = parts_of(home).map(rename);
        *home = RawResidence { text, postcode, uprn, from, to, seen };
    }
    (strings, lists)
}

/// Drops the values that only refused rows had.
fn without_unused(values: Dictionary, mut lists: Lists<u32>) -> (Dictionary, Lists<u32>) {
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
    let kept: Vec<&str> =
        strings.iter().zip(used).filter(|(_, used)| **used).map(|(string, _)| string).collect();
    let mut next = 0;
    let ranks = used
        .iter()
        .map(|used| {
            next += u32::from(*used);
            if *used { next - 1 } else { NONE }
        })
        .collect();
    Some((Dictionary::of(kept), ranks))
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
