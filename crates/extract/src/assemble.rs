//! Assembles the records of each source, and what those of all sources say.

use std::cmp::Reverse;
use std::convert::Infallible;
use std::mem::take;

use rayon::prelude::*;
use record::{
    Declared, Dictionary, Field, Kind, Lists, NONE, RawInvolvement, RawResidence, RecordId,
    Records, Texts,
};

use crate::gather::{Draft, Gathered, Member, gather};
use crate::involvements;
use crate::part::{Item, MappedPerson, Part};
use crate::read::source_id;
use crate::unify::{Unified, merged, unify};
use crate::{Reject, SourceCounts, SourceSpec};

/// What the records of one source say.
pub struct OfSource {
    /// The bytes of its files.
    pub bytes: u64,
    /// How many records it has.
    pub n_records: usize,
    /// The values of each field.
    pub values: Vec<Said<u32>>,
    /// Where they say that persons lived.
    pub residences: Said<RawResidence>,
    /// Who deals with the persons.
    pub involvements: Said<RawInvolvement>,
    /// The keys, in order.
    pub key: Texts,
}

/// What the records of a source say of something, in ids of the source's own strings, or those of all
/// sources in ids of common ones.
#[derive(Default)]
pub struct Said<T> {
    /// The strings.
    pub strings: Dictionary,
    /// A list for each record; of a source, none at all if every one would be empty.
    pub lists: Lists<T>,
}

/// Something said in ids of strings.
pub trait Ids: Copy + Send {
    /// The ids; [`NONE`] where nothing is said.
    fn ids(&mut self) -> impl Iterator<Item = &mut u32>;
}

impl Ids for u32 {
    fn ids(&mut self) -> impl Iterator<Item = &mut u32> {
        std::iter::once(self)
    }
}

impl Ids for RawResidence {
    fn ids(&mut self) -> impl Iterator<Item = &mut u32> {
        let RawResidence { text, postcode, uprn, from, to, seen } = self;
        [text, postcode, uprn, from, to, seen].into_iter()
    }
}

impl Ids for RawInvolvement {
    fn ids(&mut self) -> impl Iterator<Item = &mut u32> {
        let RawInvolvement { role, worker, team, lead, from, to, seen, states } = self;
        [role, worker, team, lead, from, to, seen, states].into_iter()
    }
}

/// Gives ids their new names.
pub(crate) fn rename(items: &mut [impl Ids], ranks: &[u32]) {
    for id in items.iter_mut().flat_map(Ids::ids).filter(|id| **id != NONE) {
        *id = ranks[*id as usize];
    }
}

/// What all sources say of something, given the strings of each, how many records and items it has, and,
/// as each is asked for, its lists. Strings that only refused rows had are dropped.
///
/// # Errors
///
/// If lists cannot be given.
pub fn in_common<T: Ids, E>(
    strings: Vec<Dictionary>,
    sizes: &[(usize, usize)],
    mut lists: impl FnMut(usize) -> Result<Lists<T>, E>,
) -> Result<Said<T>, E> {
    let (all, ranks) = merged(&strings);
    drop(strings);
    let sum = |size: fn(&(usize, usize)) -> usize| sizes.iter().map(size).sum();
    let mut common = Lists::with_room(sum(|size| size.0), sum(|size| size.1));
    let mut used = vec![false; all.len()];
    for (source, (&(n_records, _), ranks)) in sizes.iter().zip(ranks).enumerate() {
        let mut lists = lists(source)?;
        if lists.is_empty() {
            common.push_empty(n_records);
            continue;
        }
        let items = lists.items_of_mut(0..n_records);
        rename(items, &ranks);
        for id in items.iter_mut().flat_map(Ids::ids).filter(|id| **id != NONE) {
            used[*id as usize] = true;
        }
        common.append(&lists);
    }
    let Some((kept, ranks)) = keep(&all, &used) else {
        return Ok(Said { strings: all, lists: common });
    };
    let n_records = common.len();
    rename(common.items_of_mut(0..n_records), &ranks);
    Ok(Said { strings: kept, lists: common })
}

/// What all sources say of something, given how many records each has and what it says.
pub(crate) fn together<T: Ids>(mut sources: Vec<(usize, Said<T>)>) -> Said<T> {
    let sizes: Vec<(usize, usize)> =
        sources.iter().map(|(n_records, said)| (*n_records, said.lists.items().len())).collect();
    let strings = sources.iter_mut().map(|(_, said)| take(&mut said.strings)).collect();
    let lists = |at: usize| Ok::<_, Infallible>(take(&mut sources[at].1.lists));
    in_common(strings, &sizes, lists).unwrap_or_else(|never| match never {})
}

/// The records of the sources read so far, but for what they say.
#[derive(Default)]
pub(crate) struct Building {
    pub(crate) records: Records,
    pub(crate) counts: Vec<SourceCounts>,
    pub(crate) rejects: Vec<Reject>,
}

/// The rows of a source that become records at a time.
const PIECE: usize = 4_096;

impl Building {
    /// Adds the source with the next place in the order of names, from all its parts, which are let
    /// go before those of the next are read.
    pub(crate) fn add_source(
        &mut self,
        at: usize,
        spec: &SourceSpec,
        fields: &[Field],
        mut parts: Vec<Part>,
    ) -> OfSource {
        let Unified { values, places, dealings } = unify(fields.len(), &mut parts);
        let Gathered { drafts, members, declared, rejects, counts } = gather(at, spec, &parts);
        let piece = |drafts: &[Draft]| Piece::of(fields, drafts, &members, &parts);
        let pieces: Vec<Piece> = drafts.par_chunks(PIECE).map(piece).collect();
        let records = &mut self.records;
        let n_before = records.source.len();
        let record = |place: usize| {
            let place = u32::try_from(n_before + place);
            RecordId(place.expect("there are fewer than 2^32 records"))
        };
        records.declared.extend(declared.into_iter().map(|(subject, is, other, period)| {
            Declared { subject: record(subject), is, other: record(other), period }
        }));
        records.source.extend(std::iter::repeat_n(source_id(at), drafts.len()));
        records.origin.extend(drafts.iter().map(|draft| draft.origin));
        records.is_subject.extend(drafts.iter().map(|draft| draft.is_subject));
        self.counts.push(counts);
        self.rejects.extend(rejects);
        drop((parts, members));
        let bytes = drafts.iter().map(|draft| draft.key.len()).sum();
        let mut key = Texts::with_room(drafts.len(), bytes);
        key.extend(drafts.iter().map(|draft| &draft.key));
        let n_records = drafts.len();
        drop(drafts);
        in_one(n_records, pieces, values, [places, dealings], key)
    }

    /// In the order in which they are kept.
    pub(crate) fn finish(&mut self) {
        self.rejects.par_sort();
        let Records { source, origin, is_subject, declared, .. } = &mut self.records;
        declared.par_sort();
        declared.dedup();
        declared.shrink_to_fit();
        source.shrink_to_fit();
        origin.shrink_to_fit();
        is_subject.shrink_to_fit();
    }
}

/// What some records of a source say.
struct Piece {
    /// Of each field, the values of each record; no lists at all if none of them has any.
    lists: Vec<Lists<u32>>,
    residences: Lists<RawResidence>,
    involvements: Lists<RawInvolvement>,
}

impl Piece {
    /// What the records say that these drafts are of.
    fn of(fields: &[Field], drafts: &[Draft], members: &[Member], parts: &[Part]) -> Piece {
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
        Piece {
            lists: lists.into_iter().map(kept).collect(),
            residences: residences.fitted(),
            involvements: involvements.fitted(),
        }
    }
}

/// What all records of a source say, given the pieces of them in order.
fn in_one(
    n_records: usize,
    pieces: Vec<Piece>,
    values: Vec<Dictionary>,
    [places, dealings]: [Dictionary; 2],
    key: Texts,
) -> OfSource {
    let mut of_fields: Vec<Vec<Lists<u32>>> =
        values.iter().map(|_| Vec::with_capacity(pieces.len())).collect();
    let (mut residences, mut involvements) = (Vec::new(), Vec::new());
    for piece in pieces {
        for (all, lists) in of_fields.iter_mut().zip(piece.lists) {
            all.push(lists);
        }
        residences.push(piece.residences);
        involvements.push(piece.involvements);
    }
    let ((residences, involvements), values) = rayon::join(
        || (end_to_end(n_records, residences), end_to_end(n_records, involvements)),
        || {
            let of_fields = values.into_par_iter().zip(of_fields);
            let said = of_fields
                .map(|(strings, lists)| Said { strings, lists: end_to_end(n_records, lists) });
            said.collect()
        },
    );
    OfSource {
        bytes: 0,
        n_records,
        values,
        residences: Said { strings: places, lists: residences },
        involvements: Said { strings: dealings, lists: involvements },
        key,
    }
}

/// The lists of so many records, given those of pieces of them.
fn end_to_end<T: Copy>(n_records: usize, pieces: Vec<Lists<T>>) -> Lists<T> {
    let n_items = pieces.iter().map(|lists| lists.items().len()).sum();
    if n_items == 0 {
        return Lists::default();
    }
    let mut all = Lists::with_room(n_records, n_items);
    for (at, lists) in pieces.into_iter().enumerate() {
        if lists.is_empty() {
            all.push_empty(PIECE.min(n_records - at * PIECE));
        } else {
            all.append(&lists);
        }
    }
    all
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
