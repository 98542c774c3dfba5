//! What the stages put away while none of them looks at it.

use std::mem::take;

use compare::{Comparison, Condition};
use record::{
    Column, Dictionary, Lists, Normalised, Origin, RawInvolvement, Records, Residence, Values,
};

use crate::error::Error;
use crate::shelf::{Put, Shelf};

/// Who deals with the records' persons, which only publishing looks at.
pub(crate) struct DealingsAside {
    involvements: Put<Lists<RawInvolvement>>,
    text: Put<Dictionary>,
}

impl DealingsAside {
    pub(crate) fn put(records: &mut Records, shelf: &Shelf<'_>) -> Result<DealingsAside, Error> {
        Ok(DealingsAside {
            involvements: shelf.put(take(&mut records.involvements))?,
            text: shelf.put(take(&mut records.involvement_text))?,
        })
    }

    pub(crate) fn take(self, records: &mut Records) -> Result<(), Error> {
        records.involvements = self.involvements.take()?;
        records.involvement_text = self.text.take()?;
        Ok(())
    }
}

/// What only households are made of: where each record stood, and each statement of a residence.
pub(crate) struct HomesAside {
    origin: Put<Vec<Origin>>,
    residences: Put<Lists<Residence>>,
}

impl HomesAside {
    pub(crate) fn put(
        records: &mut Records,
        normalised: &mut Normalised,
        shelf: &Shelf<'_>,
    ) -> Result<HomesAside, Error> {
        Ok(HomesAside {
            origin: shelf.put(take(&mut records.origin))?,
            residences: shelf.put(take(&mut normalised.residences))?,
        })
    }

    pub(crate) fn take(
        self,
        records: &mut Records,
        normalised: &mut Normalised,
    ) -> Result<(), Error> {
        records.origin = self.origin.take()?;
        normalised.residences = self.residences.take()?;
        Ok(())
    }
}

/// What columns hold that nothing looks at: words, and the values of each record, by the places of the
/// columns.
#[derive(Default)]
pub(crate) struct ColumnsAside(Vec<(usize, Put<Contents>)>);

/// The words of a column, if it has any, and the ids of each record's values.
type Contents = (Dictionary, Lists<u32>);

impl ColumnsAside {
    /// Puts the columns away that are not wanted and not away.
    pub(crate) fn put(
        &mut self,
        columns: &mut [Column],
        shelf: &Shelf<'_>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        for (at, column) in columns.iter_mut().enumerate() {
            if self.0.iter().all(|(other, _)| *other != at) && !is_wanted(&column.field.name) {
                let words = words(column).map(take).unwrap_or_default();
                self.0.push((at, shelf.put((words, take(&mut column.lists)))?));
            }
        }
        Ok(())
    }

    /// Takes those back that are wanted, and leaves the others.
    pub(crate) fn take_some(
        &mut self,
        columns: &mut [Column],
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let of_place = |(at, _): &(usize, Put<Contents>)| is_wanted(&columns[*at].field.name);
        let (wanted, others) = take(&mut self.0).into_iter().partition(of_place);
        self.0 = others;
        ColumnsAside(wanted).take(columns)
    }

    /// Takes all back.
    pub(crate) fn take(self, columns: &mut [Column]) -> Result<(), Error> {
        for (at, put) in self.0 {
            let column = &mut columns[at];
            let (dictionary, lists) = put.take()?;
            column.lists = lists;
            if let Some(words) = words(column) {
                *words = dictionary;
            }
        }
        Ok(())
    }
}

/// The words of a column, if it has any.
fn words(column: &mut Column) -> Option<&mut Dictionary> {
    match &mut column.values {
        Values::Text(words) | Values::Addresses(_, words) => Some(words),
        Values::Dates(_) | Values::Numbers(_) | Values::Points(_) => None,
    }
}

/// Whether households are made of the column of this name.
pub(crate) fn is_of_homes(name: &str) -> bool {
    household::FIELDS.contains(&name)
}

/// How addresses are written, which nothing compares; households look at it again.
pub(crate) struct FormsAside(Option<Put<Dictionary>>);

impl FormsAside {
    /// Puts them away, unless a condition is of one way of writing something.
    pub(crate) fn put<'a>(
        normalised: &mut Normalised,
        shelf: &Shelf<'_>,
        mut conditions: impl Iterator<Item = &'a Condition>,
    ) -> Result<FormsAside, Error> {
        if conditions.any(|condition| matches!(condition, Condition::Is(..))) {
            return Ok(FormsAside(None));
        }
        let forms = addresses(normalised).map(|forms| shelf.put(take(forms)));
        forms.transpose().map(FormsAside)
    }

    pub(crate) fn take(self, normalised: &mut Normalised) -> Result<(), Error> {
        if let Some((forms, put)) = addresses(normalised).zip(self.0) {
            *forms = put.take()?;
        }
        Ok(())
    }
}

fn addresses(normalised: &mut Normalised) -> Option<&mut Dictionary> {
    normalised.columns.iter_mut().find_map(|column| match &mut column.values {
        Values::Addresses(_, forms) => Some(forms),
        _ => None,
    })
}

/// Whether a field is looked at when pairs are proposed by these rules and compared.
pub(crate) fn is_linked_by<'a>(
    rules: &'a [block::Rule],
    comparisons: &'a [Comparison],
) -> impl Fn(&str) -> bool + use<'a> {
    let of_rules = rules.iter().flat_map(|rule| &rule.keys).map(|key| key.field.as_str());
    let of_comparisons = comparisons.iter().flat_map(|comparison| {
        let others = comparison.others().into_iter();
        others.chain(comparison.partner.as_deref()).chain([comparison.field.as_str()])
    });
    let names: Vec<&str> = of_rules.chain(of_comparisons).collect();
    move |name| names.contains(&name)
}

#[cfg(test)]
mod tests {
    use record::{Field, Kind};

    use super::*;

    #[test]
    fn what_is_wanted_comes_back_and_the_rest_stays_away() {
        let column = |name: &str| Column {
            field: Field { name: name.to_owned(), kind: Kind::Text },
            values: Values::Text(Dictionary::of(vec![name.to_owned()])),
            lists: [vec![0], vec![]].into_iter().collect(),
        };
        let whole = ["compared", "of_homes", "of_neither"].map(column);
        let folder = tempfile::tempdir().unwrap();
        for shelf in [Shelf::new(None), Shelf::new(Some(folder.path()))] {
            let mut columns = whole.to_vec();
            let mut aside = ColumnsAside::default();
            let here = |columns: &[Column]| -> Vec<bool> {
                columns.iter().zip(&whole).map(|(one, all)| one.lists == all.lists).collect()
            };
            aside.put(&mut columns, &shelf, |name| name == "compared").unwrap();
            assert_eq!(here(&columns), [true, false, false]);
            // Homes look at what nothing compared.
            aside.put(&mut columns, &shelf, |name| name == "of_homes").unwrap();
            aside.take_some(&mut columns, |name| name == "of_homes").unwrap();
            assert_eq!(here(&columns), [false, true, false]);
            aside.take(&mut columns).unwrap();
            assert_eq!(here(&columns), [true, true, true]);
            let words = |column: &mut Column| words(column).cloned();
            assert!(columns.iter_mut().map(words).eq(whole.clone().iter_mut().map(words)));
        }
    }
}
