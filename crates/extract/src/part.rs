//! What some rows of one file became, in ids of its own.

use std::borrow::Cow;
use std::ops::Range;

use record::{Period, RawInvolvement, RawResidence};

use crate::intern::Interner;

/// Some rows of a file, mapped. Ids are of `values`, `places` and `dealings` until they are unified with
/// those of all other parts, and of the common dictionaries from then on.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) file: u32,
    /// The values of each field of the run.
    pub(crate) values: Vec<Interner>,
    /// The strings of residences.
    pub(crate) places: Interner,
    /// The strings of involvements.
    pub(crate) dealings: Interner,
    /// All keys, end to end.
    pub(crate) keys: String,
    pub(crate) rows: Vec<MappedRow>,
    pub(crate) persons: Vec<MappedPerson>,
    pub(crate) items: Vec<Item>,
    pub(crate) residences: Vec<RawResidence>,
    pub(crate) involvements: Vec<RawInvolvement>,
    pub(crate) refused: Vec<Refusal>,
    /// All rows, refused or not.
    pub(crate) n_rows: u64,
    pub(crate) n_rows_refused: u64,
    /// The sum of the hashes of all rows.
    pub(crate) content: u128,
    /// Which of the wanted columns any row had.
    pub(crate) present: Vec<bool>,
}

/// A row taken.
pub(crate) struct MappedRow {
    pub(crate) line: u32,
    /// The persons in it, the first of whom is whom the row is about.
    pub(crate) persons: Range<u32>,
}

/// A person in a row.
#[derive(Clone)]
pub(crate) struct MappedPerson {
    /// The place of the person among those of the spec.
    pub(crate) spec: u32,
    /// Where its own key stands in `keys`; empty if it has none.
    pub(crate) key: Range<u32>,
    pub(crate) items: Range<u32>,
    pub(crate) residences: Range<u32>,
    pub(crate) involvements: Range<u32>,
    /// From when to when it is to the first person what the spec says.
    pub(crate) related: Period,
    /// When last seen, or [`record::NONE`].
    pub(crate) seen: u32,
}

/// A value of a field. Those of a person are in the order of fields, then of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) field: u32,
    pub(crate) id: u32,
}

/// A row or a value refused.
pub(crate) struct Refusal {
    pub(crate) line: u32,
    pub(crate) what: What,
    pub(crate) reason: Cow<'static, str>,
}

/// What was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The whole row.
    Row,
    /// The key of a further person.
    Key,
    /// A value of a field, by the place of the person and of its field in the spec.
    Value { person: u32, field: u32 },
}

impl Part {
    /// This part without the room that was kept for more.
    pub(crate) fn fitted(mut self) -> Part {
        self.keys.shrink_to_fit();
        self.rows.shrink_to_fit();
        self.persons.shrink_to_fit();
        self.items.shrink_to_fit();
        self.residences.shrink_to_fit();
        self.involvements.shrink_to_fit();
        self
    }

    pub(crate) fn key(&self, person: &MappedPerson) -> &str {
        &self.keys[person.key.start as usize..person.key.end as usize]
    }

    pub(crate) fn items(&self, person: &MappedPerson) -> &[Item] {
        &self.items[person.items.start as usize..person.items.end as usize]
    }

    pub(crate) fn residences(&self, person: &MappedPerson) -> &[RawResidence] {
        &self.residences[person.residences.start as usize..person.residences.end as usize]
    }

    pub(crate) fn involvements(&self, person: &MappedPerson) -> &[RawInvolvement] {
        &self.involvements[person.involvements.start as usize..person.involvements.end as usize]
    }

    pub(crate) fn persons(&self, row: &MappedRow) -> &[MappedPerson] {
        &self.persons[row.persons.start as usize..row.persons.end as usize]
    }
}

/// The length of a list of a part, as an end of a range in it.
pub(crate) fn end<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).expect("a part has fewer than 2^32 of anything")
}
