//! Assembles the records of all sources from what was gathered of each.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{
    Column, Declared, Dictionary, Field, Kind, Lists, NONE, RawResidence, RecordId, Records, Texts,
    Values,
};

use crate::gather::{Draft, Gathered, Member, gather};
use crate::involvements;
use crate::mapping::parts_of;
use crate::part::{MappedPerson, Part};
use crate::read::source_id;
use crate::unify::{Unified, unify};
use crate::{Extracted, Input, Reject, SourceCounts, SourceSpec};

/// The records of all sources, which are in the order of names.
pub(crate) fn assemble(
    specs: &[&SourceSpec],
    fields: Vec<Field>,
    files: Vec<String>,
    mut parts: Vec<Part>,
    inputs: Vec<Input>,
) -> Extracted {
    let Unified { values, places, dealings } = unify(fields.len(), &mut parts);
    let mut building = Building::new(fields.len(), &parts);
    let mut of_sources: Vec<Vec<Part>> = specs.iter().map(|_| Vec::new()).collect();
    for part in parts {
        of_sources[part.spec].push(part);
    }
    // The rows of a source are let go before those of the next are gathered.
    for (at, (spec, parts)) in specs.iter().zip(of_sources).enumerate() {
        building.add(&fields, at, gather(at, spec, &parts), &parts);
    }
    let Building { mut records, lists, counts, mut rejects } = building;
    rejects.par_sort();
    records.sources = specs.iter().map(|spec| spec.source.clone()).collect();
    records.files = files;
    records.key = std::mem::take(&mut records.key).fitted();
    records.declared.par_sort();
    records.declared.dedup();
    records.declared.shrink_to_fit();
    records.columns = fields
        .into_par_iter()
        .zip(values)
        .zip(lists)
        .map(|((field, values), lists)| {
            let (values, lists) = without_unused(values, lists.fitted());
            Column { field, values: Values::Text(values), lists }
        })
        .collect();
    let residences = std::mem::take(&mut records.residences).fitted();
    (records.residence_text, records.residences) = used_places(places, residences);
    records.involvements = std::mem::take(&mut records.involvements).fitted();
    records.involvement_text = dealings;
    Extracted { records, rejects, counts, inputs, absent: Vec::new(), gazetteer: None }
}

/// The records of the sources gathered so far.
struct Building {
    /// All but the columns, and what is not of single records.
    records: Records,
    /// Of each field, the values of each record.
    lists: Vec<Lists<u32>>,
    counts: Vec<SourceCounts>,
    rejects: Vec<Reject>,
}

impl Building {
    /// None yet, with room for all that the parts hold.
    fn new(n_fields: usize, parts: &[Part]) -> Building {
        let all = |count: fn(&Part) -> usize| parts.iter().map(count).sum::<usize>();
        let n = all(|part| part.persons.len());
        let mut items = vec![0; n_fields];
        for item in parts.iter().flat_map(|part| &part.items) {
            items[item.field as usize] += 1;
        }
        let records = Records {
            source: Vec::with_capacity(n),
            key: Texts::with_room(n, 2 * all(|part| part.keys.len())),
            origin: Vec::with_capacity(n),
            is_subject: Vec::with_capacity(n),
            residences: Lists::with_room(n, all(|part| part.residences.len())),
            involvements: Lists::with_room(n, all(|part| part.involvements.len())),
            ..Records::default()
        };
        let lists = items.into_iter().map(|items| Lists::with_room(n, items)).collect();
        Building { records, lists, counts: Vec::new(), rejects: Vec::new() }
    }

    /// Adds the records of the next source, which were gathered from these parts.
    fn add(&mut self, fields: &[Field], at: usize, source: Gathered, parts: &[Part]) {
        let Gathered { drafts, members, declared, rejects, counts } = source;
        let persons = |draft: &Draft| persons(&members, draft, parts);
        let all: Vec<_> = (0_u32..).zip(fields).zip(&mut self.lists).collect();
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
