//! Assembles the records of all sources from what was gathered of each.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{
    Column, Declared, Dictionary, Field, Lists, NONE, RawResidence, RecordId, Records, Texts, Values,
};

use crate::gather::{Draft, Gathered, gather};
use crate::involvements;
use crate::mapping::parts_of;
use crate::part::{MappedPerson, Part};
use crate::read::source_id;
use crate::unify::{Unified, unify};
use crate::{Extracted, Input, SourceSpec};

/// The records of all sources, which are in the order of names.
pub(crate) fn assemble(
    specs: &[&SourceSpec],
    fields: Vec<Field>,
    files: Vec<String>,
    mut parts: Vec<Part>,
    inputs: Vec<Input>,
) -> Extracted {
    let Unified { values, places, dealings } = unify(fields.len(), &mut parts);
    let mut sources: Vec<Gathered> =
        specs.par_iter().enumerate().map(|(at, spec)| gather(at, spec, &parts)).collect();
    let counts = sources.iter().map(|source| source.counts).collect();
    let mut rejects: Vec<_> =
        sources.iter_mut().flat_map(|source| std::mem::take(&mut source.rejects)).collect();
    rejects.par_sort();
    let columns = columns(fields, values, &sources, &parts);
    let (residence_text, residences) = residences(places, &sources, &parts);
    let drafts =
        || sources.iter().flat_map(|source| source.drafts.iter().map(move |d| (source, d)));
    let stated = drafts().map(|(source, draft)| {
        persons(source, draft, &parts).flat_map(|(part, person)| part.involvements(person)).copied()
    });
    let involvements = involvements::of_records(stated);
    let declared = declared(&sources);
    drop(parts);
    let n_records = sources.iter().map(|source| source.drafts.len()).sum();
    let bytes_of_keys = drafts().map(|(_, draft)| draft.key.len()).sum();
    let mut records = Records {
        roster: Vec::new(),
        sources: specs.iter().map(|spec| spec.source.clone()).collect(),
        files,
        source: Vec::with_capacity(n_records),
        key: Texts::with_room(n_records, bytes_of_keys),
        origin: Vec::with_capacity(n_records),
        is_subject: Vec::with_capacity(n_records),
        columns,
        residences,
        residence_text,
        gazetteer: Vec::new(),
        declared,
        involvements,
        involvement_text: dealings,
    };
    for (at, source) in sources.into_iter().enumerate() {
        for Draft { key, origin, is_subject, .. } in source.drafts {
            records.source.push(source_id(at));
            records.key.push(&key);
            records.origin.push(origin);
            records.is_subject.push(is_subject);
        }
    }
    Extracted { records, rejects, counts, inputs, absent: Vec::new(), gazetteer: None }
}

fn columns(
    fields: Vec<Field>,
    values: Vec<Dictionary>,
    sources: &[Gathered],
    parts: &[Part],
) -> Vec<Column> {
    let n_records = sources.iter().map(|source| source.drafts.len()).sum();
    (0_u32..)
        .zip(fields)
        .zip(values)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|((at, field), values)| {
            let mut lists = Lists::with_capacity(n_records);
            let mut ids: Vec<u32> = Vec::new();
            for source in sources {
                for draft in &source.drafts {
                    ids.clear();
                    for (part, person) in persons(source, draft, parts) {
                        let items = part.items(person).iter().filter(|item| item.field == at);
                        for item in items {
                            if field.kind == record::Kind::Items || !ids.contains(&item.id) {
                                ids.push(item.id);
                            }
                        }
                    }
                    lists.push(ids.iter().copied());
                }
            }
            let (values, lists) = without_unused(values, lists.fitted());
            Column { field, values: Values::Text(values), lists }
        })
        .collect()
}

fn residences(
    strings: Dictionary,
    sources: &[Gathered],
    parts: &[Part],
) -> (Dictionary, Lists<RawResidence>) {
    let mut lists = Lists::default();
    let mut list: Vec<RawResidence> = Vec::new();
    for source in sources {
        for draft in &source.drafts {
            list.clear();
            for (part, person) in persons(source, draft, parts) {
                list.extend(part.residences(person));
            }
            if draft.members.len() > 1 {
                // The last seen first; no day comes before every day.
                list.sort_by_key(|residence| (Reverse(residence.seen.wrapping_add(1)), *residence));
            }
            list.dedup();
            lists.push(list.iter().copied());
        }
    }
    let lists = lists.fitted();
    let mut used = vec![false; strings.len()];
    for id in lists.items().iter().flat_map(parts_of).filter(|&id| id != NONE) {
        used[id as usize] = true;
    }
    let Some((strings, ranks)) = keep(&strings, &used) else {
        return (strings, lists);
    };
    let rename = |id: u32| if id == NONE { NONE } else { ranks[id as usize] };
    let mut renamed = Lists::with_capacity(lists.len());
    for list in lists.iter() {
        renamed.push(list.iter().map(|residence| {
            let [text, postcode, uprn, from, to, seen] = parts_of(residence).map(rename);
            RawResidence { text, postcode, uprn, from, to, seen }
        }));
    }
    (strings, renamed.fitted())
}

/// Drops the values that only refused rows had.
fn without_unused(values: Dictionary, lists: Lists<u32>) -> (Dictionary, Lists<u32>) {
    let mut used = vec![false; values.len()];
    for &id in lists.items() {
        used[id as usize] = true;
    }
    let Some((values, ranks)) = keep(&values, &used) else {
        return (values, lists);
    };
    let mut renamed = Lists::with_capacity(lists.len());
    for list in lists.iter() {
        renamed.push(list.iter().map(|&id| ranks[id as usize]));
    }
    (values, renamed.fitted())
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
    source: &'a Gathered,
    draft: &Draft,
    parts: &'a [Part],
) -> impl Iterator<Item = (&'a Part, &'a MappedPerson)> {
    source.members[draft.members.clone()].iter().map(|member| {
        let part = &parts[member.part as usize];
        (part, &part.persons[member.person as usize])
    })
}

fn declared(sources: &[Gathered]) -> Vec<Declared> {
    let mut declared = Vec::new();
    let mut base = 0;
    for source in sources {
        let record = |place: usize| {
            RecordId(u32::try_from(base + place).expect("there are fewer than 2^32 records"))
        };
        declared.extend(source.declared.iter().map(|&(subject, is, other, period)| Declared {
            subject: record(subject),
            is,
            other: record(other),
            period,
        }));
        base += source.drafts.len();
    }
    declared.sort();
    declared.dedup();
    declared
}
