//! The values of each record in the fields that comparisons look at, side by side.

use rayon::iter::repeat_n;
use rayon::prelude::*;
use record::{Column, Lists, NONE, Normalised, SourceId};

use crate::{Comparison, ComparisonVector};

/// The values of each record in the fields that comparisons look at: all that comparing needs of a
/// record, so that the lists of those fields' columns may be let go while it goes on.
pub struct Rows {
    /// The fields, the compared ones first.
    fields: Vec<String>,
    n_records: usize,
    /// For each record, one after the other: a bit for each of the compared fields that it has a
    /// value in, below its source; and the id of its value in each field, or [`NONE`], or, from
    /// [`SEVERAL`] up, where its values are. What a pair needs of a record lies side by side.
    ids: Vec<u32>,
    /// For each field the values of records that have several.
    several: Vec<Lists<u32>>,
    /// The comparisons that pairs may be at some level of without it: a bit each.
    anyway: u32,
}

/// Those bits of a row's head that say what is filled.
pub(crate) const FILLED: u32 = (1 << ComparisonVector::LIMIT) - 1;
/// From here up, but for [`NONE`], a row says where several values are.
pub(crate) const SEVERAL: u32 = 1 << 31;

/// Which of [`Rows::several`] what stands in a row is, if it is.
#[inline]
pub(crate) fn list_of(id: u32) -> Option<u32> {
    (SEVERAL..NONE).contains(&id).then(|| id - SEVERAL)
}

impl Rows {
    /// Those of the fields that these comparisons look at.
    ///
    /// # Panics
    ///
    /// Panics if a comparison is of a field that the records do not have, or a field has 2^31
    /// distinct values.
    #[must_use]
    pub fn new(normalised: &Normalised, comparisons: &[Comparison]) -> Rows {
        let own = comparisons.iter().map(|comparison| comparison.field.as_str());
        let others = comparisons.iter().flat_map(|comparison| {
            comparison.others().into_iter().chain(comparison.partner.as_deref())
        });
        let mut columns: Vec<&Column> = own.filter_map(|name| normalised.column(name)).collect();
        assert_eq!(columns.len(), comparisons.len(), "a compared field has a column");
        for name in others {
            if !columns.iter().any(|column| column.field.name == name) {
                columns.extend(normalised.column(name));
            }
        }
        let are_few = columns.iter().all(|column| column.values.len() < SEVERAL as usize);
        assert!(are_few, "a field has fewer than 2^31 distinct values");
        // Cleared by all threads: so much memory takes one of them long.
        let mut ids: Vec<u32> = repeat_n(0, normalised.n_records * (1 + columns.len())).collect();
        ids.par_chunks_mut(1 + columns.len()).enumerate().for_each(|(record, row)| {
            let (mut filled, mut bit) = (0, 1);
            for (id, column) in row[1..].iter_mut().zip(&columns) {
                *id = match column.lists.get(record) {
                    [] => NONE,
                    [one] => *one,
                    _ => SEVERAL,
                };
                filled |= if *id == NONE { 0 } else { bit };
                bit <<= 1;
            }
            let source = u32::from(normalised.source[record].0);
            row[0] = filled & ((1 << comparisons.len()) - 1) | source << ComparisonVector::LIMIT;
        });
        let several = |column: &&Column| {
            let mut several = Lists::default();
            let lists = column.lists.iter().filter(|list| list.len() > 1);
            lists.for_each(|list| several.push(list.iter().copied()));
            several.fitted()
        };
        let several: Vec<Lists<u32>> = columns.par_iter().map(several).collect();
        let mut next = vec![SEVERAL; columns.len()];
        for row in ids.chunks_mut(1 + columns.len()) {
            for (id, next) in row[1..].iter_mut().zip(&mut next) {
                if *id == SEVERAL {
                    *id = *next;
                    *next += 1;
                }
            }
        }
        let fields = columns.iter().map(|column| column.field.name.clone()).collect();
        Rows { fields, n_records: normalised.n_records, ids, several, anyway: 0 }
    }

    /// Lets go of the lists of those columns whose values are here.
    pub fn relieve(&self, columns: &mut [Column]) {
        let held = columns.iter_mut().filter(|column| self.field(&column.field.name).is_some());
        held.for_each(|column| column.lists = Lists::default());
    }

    /// Gives the columns that were relieved of their lists those lists again.
    pub fn restore(self, columns: &mut [Column]) {
        columns.par_iter_mut().filter(|column| column.lists.is_empty()).for_each(|column| {
            let Some(place) = self.field(&column.field.name) else { return };
            let n_values = (0..self.n_records).map(|record| self.get(place, record).len()).sum();
            let mut lists = Lists::with_room(self.n_records, n_values);
            self.lists(place).for_each(|list| lists.push(list.iter().copied()));
            column.lists = lists;
        });
    }

    /// The same, and the comparisons that pairs may be at some level of without it.
    pub(crate) fn with_anyway(self, anyway: u32) -> Rows {
        Rows { anyway, ..self }
    }

    /// The place of a field, if its values are here.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field == name)
    }

    /// The place of a column.
    pub(crate) fn place(&self, column: &Column) -> usize {
        self.field(&column.field.name).expect("every column that is looked at is in the rows")
    }

    /// The name of the field at this place.
    pub(crate) fn name(&self, place: usize) -> &str {
        &self.fields[place]
    }

    /// The comparisons that a pair is at some level of, a bit each.
    #[inline]
    pub(crate) fn both(&self, a: usize, b: usize) -> u32 {
        let filled = |record: usize| self.ids[record * (1 + self.fields.len())] & FILLED;
        filled(a) & filled(b) | self.anyway
    }

    /// A record's source.
    #[inline]
    pub(crate) fn source(&self, record: usize) -> SourceId {
        let head = self.ids[record * (1 + self.fields.len())];
        SourceId(u16::try_from(head >> ComparisonVector::LIMIT).expect("half of the bits"))
    }

    /// What stands in a record's row.
    #[inline]
    pub(crate) fn id(&self, place: usize, record: usize) -> u32 {
        self.ids[record * (1 + self.fields.len()) + 1 + place]
    }

    /// The ids of a record's values.
    #[inline]
    pub(crate) fn get(&self, place: usize, record: usize) -> &[u32] {
        let at = record * (1 + self.fields.len()) + 1 + place;
        match (self.ids[at], list_of(self.ids[at])) {
            (NONE, _) => &[],
            (_, Some(list)) => self.several[place].get(list as usize),
            _ => &self.ids[at..=at],
        }
    }

    /// The values of the records that have several, in the order of records.
    pub(crate) fn several(&self, place: usize) -> &Lists<u32> {
        &self.several[place]
    }

    /// The ids of each record's values in turn.
    pub(crate) fn lists(&self, place: usize) -> impl Iterator<Item = &[u32]> + Clone {
        (0..self.n_records).map(move |record| self.get(place, record))
    }
}

#[cfg(test)]
mod tests {
    use record::{Dictionary, Field, Kind, Values};

    use super::*;

    #[test]
    fn columns_get_back_the_lists_that_they_were_relieved_of() {
        let column = |name: &str, lists: [Vec<u32>; 4]| Column {
            field: Field { name: name.to_owned(), kind: Kind::Text },
            values: Values::Text(Dictionary::of(vec!["a", "b", "c"])),
            lists: lists.into_iter().collect(),
        };
        let whole = [
            column("a", [vec![2], vec![], vec![1, 0, 1], vec![0, 2]]),
            column("b", [vec![], vec![0, 1], vec![], vec![2]]),
            column("c", [vec![0], vec![1], vec![2], vec![]]),
        ];
        let mut normalised = Normalised {
            n_records: 4,
            sources: vec!["s".to_owned()],
            source: vec![SourceId(0); 4],
            columns: whole.to_vec(),
            residences: Lists::default(),
            refused: Vec::new(),
        };
        let compared = |field: &str| Comparison {
            field: field.to_owned(),
            partner: None,
            levels: vec!["exact".parse().unwrap()],
            term_frequency: false,
            changes: false,
        };
        let rows = Rows::new(&normalised, &[compared("b"), compared("a")]);
        rows.relieve(&mut normalised.columns);
        let lengths: Vec<usize> =
            normalised.columns.iter().map(|column| column.lists.items().len()).collect();
        assert_eq!(lengths, [0, 0, 3], "only what is compared is in the rows");
        assert!(rows.lists(1).eq(whole[0].lists.iter()));
        rows.restore(&mut normalised.columns);
        for (column, whole) in normalised.columns.iter().zip(&whole) {
            assert!(column.lists == whole.lists, "{}", column.field.name);
        }
    }
}
