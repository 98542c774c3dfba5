//! Reads the sources of a run one after the other, and puts what each says away as soon as all so far are
//! known to be too many for memory; and puts together what all of them say, one thing at a time.

use std::mem::take;
use std::path::Path;

use extract::{Extracted, Ids, OfSource, Said, in_common};
use plan::Plan;
use rayon::prelude::*;
use record::{Dictionary, Lists, RawInvolvement, RawResidence, Records, Texts, Values};

use crate::aside::ColumnsAside;
use crate::error::Error;
use crate::memory::Counted;
use crate::progress::{Progress, Reading};
use crate::shelf::{Cold, Pile, Put, Shelf};

/// What the sources say that were read.
pub(crate) struct Sources {
    /// What there is of it.
    pub(crate) counted: Counted,
    values: Vec<Vec<SaidAside<u32>>>,
    residences: Vec<SaidAside<RawResidence>>,
    involvements: Vec<SaidAside<RawInvolvement>>,
    /// With the bytes of each.
    keys: Vec<(usize, Put<Texts>)>,
}

/// What a source says of something, which may have been put away.
struct SaidAside<T> {
    n_records: usize,
    n_items: usize,
    strings: Put<Dictionary>,
    lists: Put<Lists<T>>,
}

impl Sources {
    /// Reads the sources of a plan after such a night before; `spills` tells whether so much is too much
    /// for memory, in which case what records say is put into the folder.
    ///
    /// # Errors
    ///
    /// Every file that could not be read, or that something could not be put away.
    pub(crate) fn read(
        plan: &Plan,
        earlier: Counted,
        folder: &Path,
        spills: impl Fn(&Counted) -> bool,
        progress: &dyn Progress,
    ) -> Result<(Extracted, Sources), Error> {
        let mut shelf = Shelf::new(None);
        let mut sources = Sources {
            counted: earlier,
            values: Vec::new(),
            residences: Vec::new(),
            involvements: Vec::new(),
            keys: Vec::new(),
        };
        let (mut read, all) = (0, bytes(plan));
        let each = |source: OfSource| {
            sources.count(&source);
            read += source.bytes;
            let so_far = sources.counted;
            let are_too_many =
                || spills(&so_far) || likely(so_far, read, all).is_some_and(|all| spills(&all));
            if shelf.is_memory() && are_too_many() {
                shelf = Shelf::new(Some(folder));
                sources.put_away(&shelf)?;
            }
            sources.add(source, &shelf.pile()?)
        };
        let extracted = extract::read_each(&plan.sources, &Reading(progress), each)?;
        Ok((extracted.map_err(Error::Extract)?, sources))
    }

    fn count(&mut self, source: &OfSource) {
        let items = |said: &Said<u32>| said.lists.items().len();
        self.counted.records += source.n_records;
        self.counted.fields = source.values.len();
        self.counted.values += source.values.iter().map(items).sum::<usize>();
        self.counted.residences += source.residences.lists.items().len();
    }

    fn add(&mut self, source: OfSource, pile: &Pile<'_>) -> Result<(), Error> {
        let OfSource { n_records, values, residences, involvements, key, .. } = source;
        self.values.resize_with(values.len(), Vec::new);
        for (of_field, said) in self.values.iter_mut().zip(values) {
            of_field.push(SaidAside::put(n_records, said, pile)?);
        }
        self.residences.push(SaidAside::put(n_records, residences, pile)?);
        self.involvements.push(SaidAside::put(n_records, involvements, pile)?);
        self.keys.push((key.bytes(), pile.put(key)?));
        Ok(())
    }

    /// Puts away what is in memory yet.
    fn put_away(&mut self, shelf: &Shelf<'_>) -> Result<(), Error> {
        let pile = &shelf.pile()?;
        for of_field in &mut self.values {
            put_again(of_field, pile)?;
        }
        put_again(&mut self.residences, pile)?;
        put_again(&mut self.involvements, pile)?;
        let keys = take(&mut self.keys).into_iter();
        self.keys = keys
            .map(|(bytes, key)| Ok((bytes, pile.put(key.take()?)?)))
            .collect::<Result<_, Error>>()?;
        Ok(())
    }

    /// Makes all but the keys.
    fn all(&mut self, records: &mut Records) -> Result<(), Error> {
        let of_fields = take(&mut self.values);
        let (residences, involvements) = (take(&mut self.residences), take(&mut self.involvements));
        let (made, (residences, involvements)) = rayon::join(
            || of_fields.into_par_iter().map(together).collect::<Result<Vec<_>, Error>>(),
            || rayon::join(|| together(residences), || together(involvements)),
        );
        for (column, Said { strings, lists }) in records.columns.iter_mut().zip(made?) {
            (column.values, column.lists) = (Values::Text(strings), lists);
        }
        let (residences, involvements) = (residences?, involvements?);
        (records.residence_text, records.residences) = (residences.strings, residences.lists);
        (records.involvement_text, records.involvements) =
            (involvements.strings, involvements.lists);
        Ok(())
    }

    /// Makes the columns, each of which is put on the shelf before the next is made if that is on
    /// disk; if not, all that can be made at once.
    pub(crate) fn columns(
        &mut self,
        records: &mut Records,
        shelf: &Shelf<'_>,
    ) -> Result<ColumnsAside, Error> {
        if shelf.is_memory() {
            self.all(records)?;
        }
        let mut aside = ColumnsAside::default();
        for (at, of_field) in take(&mut self.values).into_iter().enumerate() {
            let Said { strings, lists } = together(of_field)?;
            let column = &mut records.columns[at];
            (column.values, column.lists) = (Values::Text(strings), lists);
            aside.put(&mut records.columns[..=at], shelf, |_| false)?;
        }
        Ok(aside)
    }

    /// Makes the involvements, if they are not made.
    pub(crate) fn involvements(&mut self, records: &mut Records) -> Result<(), Error> {
        let of_sources = take(&mut self.involvements);
        if !of_sources.is_empty() {
            let Said { strings, lists } = together(of_sources)?;
            (records.involvement_text, records.involvements) = (strings, lists);
        }
        Ok(())
    }

    /// Makes the residences, if they are not made.
    pub(crate) fn residences(&mut self, records: &mut Records) -> Result<(), Error> {
        let of_sources = take(&mut self.residences);
        if !of_sources.is_empty() {
            let Said { strings, lists } = together(of_sources)?;
            (records.residence_text, records.residences) = (strings, lists);
        }
        Ok(())
    }

    /// Makes the list of keys.
    pub(crate) fn keys(&mut self, records: &mut Records) -> Result<(), Error> {
        let bytes = self.keys.iter().map(|(bytes, _)| bytes).sum();
        records.key = Texts::with_room(self.counted.records, bytes);
        for (_, keys) in take(&mut self.keys) {
            records.key.extend(keys.take()?.iter());
        }
        Ok(())
    }
}

/// The bytes of all files of the sources of a plan.
pub(crate) fn bytes(plan: &Plan) -> u64 {
    let files = plan.sources.iter().flat_map(|source| &source.files);
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

/// Twice what there is likely to be in all, given what there is in so many bytes of all, once they are
/// enough to tell: some files say much in few bytes. To put away what need not be costs little time, to
/// begin late much memory.
fn likely(so_far: Counted, bytes: u64, all: u64) -> Option<Counted> {
    let enough = 0 < bytes && all <= 8 * bytes;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "it is a guess"
    )]
    let likely = |n: usize| (n as f64 * (all as f64 / bytes as f64) * 2.0) as usize;
    enough.then(|| Counted {
        records: likely(so_far.records),
        values: likely(so_far.values),
        residences: likely(so_far.residences),
        ..so_far
    })
}

impl<T> SaidAside<T>
where
    Lists<T>: Cold,
{
    fn put(n_records: usize, said: Said<T>, pile: &Pile<'_>) -> Result<SaidAside<T>, Error> {
        let Said { strings, lists } = said;
        let n_items = lists.items().len();
        let (strings, lists) = (pile.put(strings)?, pile.put(lists)?);
        Ok(SaidAside { n_records, n_items, strings, lists })
    }
}

fn put_again<T>(all: &mut Vec<SaidAside<T>>, pile: &Pile<'_>) -> Result<(), Error>
where
    Lists<T>: Cold,
{
    for said in take(all) {
        let (strings, lists) = (said.strings.take()?, said.lists.take()?);
        all.push(SaidAside::put(said.n_records, Said { strings, lists }, pile)?);
    }
    Ok(())
}

/// What all sources say of something.
fn together<T: Ids>(of_sources: Vec<SaidAside<T>>) -> Result<Said<T>, Error>
where
    Lists<T>: Cold,
{
    let (mut sizes, mut all, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    for SaidAside { n_records, n_items, strings, lists: of_source } in of_sources {
        sizes.push((n_records, n_items));
        all.push(strings.take()?);
        lists.push(Some(of_source));
    }
    in_common(all, &sizes, |at| lists[at].take().expect("lists are taken once").take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_likely_in_all_is_told_once_enough_is_read() {
        let so_far = Counted { records: 10, fields: 3, ..Counted::default() };
        let records = |bytes, all| likely(so_far, bytes, all).map(|all| (all.records, all.fields));
        assert_eq!(records(0, 0), None);
        assert_eq!(records(9, 73), None);
        assert_eq!(records(9, 72), Some((160, 3)));
        assert_eq!(records(80, 80), Some((20, 3)));
    }
}
