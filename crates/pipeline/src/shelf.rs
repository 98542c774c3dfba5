//! Room on disk for what no stage looks at for a while.
//!
//! A run that is allowed less memory than it would like puts such things away, and takes each back
//! when its turn comes: they are the same as before, so the answer is. What is put away lies in a file
//! without a name, in the folder in which the snapshot is built; the system removes it when the run
//! ends, in whatever way.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compare::ComparisonVector;
use record::{
    Dictionary, Lists, NONE, Origin, PartialDate, RawInvolvement, RawResidence, RecordId,
    Residence, Texts,
};
use score::{MatchWeight, ScoredPair};

use crate::error::Error;

/// Where things are put away.
pub(crate) struct Shelf<'a> {
    folder: Option<&'a Path>,
}

/// A thing that may have been put away.
pub(crate) struct Put<T> {
    place: Place<T>,
}

enum Place<T> {
    /// Where there is memory enough, it stays there.
    Memory(T),
    /// From this byte of the file on.
    File(Arc<Mutex<File>>, u64, PathBuf),
}

/// Several things that are put away together: files are few.
pub(crate) struct Pile<'a>(Option<(Arc<Mutex<File>>, &'a Path)>);

impl<'a> Shelf<'a> {
    /// A shelf in this folder; without one, things stay in memory.
    pub(crate) fn new(folder: Option<&'a Path>) -> Shelf<'a> {
        Shelf { folder }
    }

    /// Whether things stay in memory.
    pub(crate) fn is_memory(&self) -> bool {
        self.folder.is_none()
    }

    /// Begins a pile.
    ///
    /// # Errors
    ///
    /// If there can be no file for it.
    pub(crate) fn pile(&self) -> Result<Pile<'a>, Error> {
        let Some(folder) = self.folder else { return Ok(Pile(None)) };
        let file = tempfile::tempfile_in(folder);
        let file = file.map_err(|source| snapshot::Error::writing(folder, source))?;
        Ok(Pile(Some((Arc::new(Mutex::new(file)), folder))))
    }

    /// Puts a thing away.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn put<T: Cold>(&self, thing: T) -> Result<Put<T>, Error> {
        self.pile()?.put(thing)
    }
}

impl Pile<'_> {
    /// Puts a thing away with the others.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn put<T: Cold>(&self, thing: T) -> Result<Put<T>, Error> {
        let Some((file, folder)) = &self.0 else { return Ok(Put { place: Place::Memory(thing) }) };
        let write = || {
            let mut file = locked(file);
            let start = file.seek(SeekFrom::End(0))?;
            let mut to = BufWriter::with_capacity(BUFFER, &mut *file);
            thing.write(&mut to)?;
            to.flush()?;
            Ok(start)
        };
        let start = write().map_err(|source| snapshot::Error::writing(folder, source))?;
        Ok(Put { place: Place::File(file.clone(), start, folder.to_path_buf()) })
    }
}

impl<T: Cold> Put<T> {
    /// Takes the thing back.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(crate) fn take(self) -> Result<T, Error> {
        match self.place {
            Place::Memory(thing) => Ok(thing),
            Place::File(file, start, folder) => {
                let read = || {
                    let mut file = locked(&file);
                    file.seek(SeekFrom::Start(start))?;
                    T::read(&mut BufReader::with_capacity(BUFFER, &mut *file))
                };
                Ok(read().map_err(|source| snapshot::Error::reading(&folder, source))?)
            }
        }
    }
}

/// A file of which one thing at a time is written or read.
fn locked(file: &Mutex<File>) -> MutexGuard<'_, File> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Enough for the disk to be worked in bulk.
const BUFFER: usize = 1 << 18;

/// What can be put away: it is written as plain numbers, the lowest byte first.
pub(crate) trait Cold: Sized {
    fn write(&self, to: &mut impl Write) -> io::Result<()>;
    fn read(from: &mut impl Read) -> io::Result<Self>;
}

impl Cold for u64 {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&self.to_le_bytes())
    }

    fn read(from: &mut impl Read) -> io::Result<u64> {
        let mut bytes = [0; 8];
        from.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

impl Cold for u32 {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&self.to_le_bytes())
    }

    fn read(from: &mut impl Read) -> io::Result<u32> {
        let mut bytes = [0; 4];
        from.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
}

/// A number of things.
fn write_len(len: usize, to: &mut impl Write) -> io::Result<()> {
    (len as u64).write(to)
}

fn read_len(from: &mut impl Read) -> io::Result<usize> {
    usize::try_from(u64::read(from)?).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// A thing of a few numbers, all 32 bits wide on disk.
macro_rules! cold {
    ($($of:ty, |$it:ident| [$($number:expr),+], |$($name:ident),+| $made:expr;)+) => {$(
        impl Cold for $of {
            fn write(&self, to: &mut impl Write) -> io::Result<()> {
                let $it = self;
                $(u32::write(&$number, to)?;)+
                Ok(())
            }

            fn read(from: &mut impl Read) -> io::Result<Self> {
                $(let $name = u32::read(from)?;)+
                Ok($made)
            }
        }
    )+};
}

cold! {
    RecordId, |it| [it.0], |id| RecordId(id);
    Origin, |it| [it.file, it.line], |file, line| Origin { file, line };
    RawInvolvement,
        |it| [it.role, it.worker, it.team, it.lead, it.from, it.to, it.seen, it.states],
        |role, worker, team, lead, from, to, seen, states|
            RawInvolvement { role, worker, team, lead, from, to, seen, states };
    RawResidence,
        |it| [it.text, it.postcode, it.uprn, it.from, it.to, it.seen],
        |text, postcode, uprn, from, to, seen|
            RawResidence { text, postcode, uprn, from, to, seen };
    Residence,
        |it| [it.address, packed(it.from), packed(it.to), packed(it.seen)],
        |address, from, to, seen|
            Residence { address, from: unpacked(from), to: unpacked(to), seen: unpacked(seen) };
    ScoredPair,
        |it| [
            it.lower.0,
            it.upper.0,
            it.weight.0.cast_unsigned(),
            low(it.vector.0),
            low(it.vector.0 >> 32),
            u32::from(it.rule)
        ],
        |lower, upper, weight, low, high, rule| ScoredPair {
            lower: RecordId(lower),
            upper: RecordId(upper),
            weight: MatchWeight(weight.cast_signed()),
            vector: ComparisonVector(u64::from(high) << 32 | u64::from(low)),
            rule: u16::try_from(rule).map_err(|_| io::ErrorKind::InvalidData)?,
        };
}

/// The lower half of a number.
#[expect(clippy::cast_possible_truncation, reason = "that is what is meant")]
fn low(number: u64) -> u32 {
    number as u32
}

/// A date as a number: its year, month and day, and whether it is doubted.
fn packed(date: Option<PartialDate>) -> u32 {
    date.map_or(NONE, |date| {
        let year = u32::try_from(date.year()).expect("a year is not negative");
        let day = (year * 100 + u32::from(date.month())) * 100 + u32::from(date.day());
        2 * day + u32::from(date.is_doubted())
    })
}

fn unpacked(date: u32) -> Option<PartialDate> {
    let part = |number: u32| u8::try_from(number % 100).expect("below a hundred");
    let day = date / 2;
    let year = i16::try_from(day / 10_000).ok().filter(|_| date != NONE)?;
    let date_as_written = PartialDate::as_written(year, part(day / 100), part(day));
    Some(if date % 2 == 1 { date_as_written.doubted() } else { date_as_written })
}

impl<T: Cold> Cold for Vec<T> {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_len(self.len(), to)?;
        self.iter().try_for_each(|item| item.write(to))
    }

    fn read(from: &mut impl Read) -> io::Result<Vec<T>> {
        let len = read_len(from)?;
        let mut items = Vec::with_capacity(len);
        for _ in 0..len {
            items.push(T::read(from)?);
        }
        Ok(items)
    }
}

impl<T: Cold> Cold for Lists<T> {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_len(self.len(), to)?;
        write_len(self.items().len(), to)?;
        self.iter().try_for_each(|items| {
            u32::try_from(items.len()).expect("a list of fewer than 2^32").write(to)?;
            items.iter().try_for_each(|item| item.write(to))
        })
    }

    fn read(from: &mut impl Read) -> io::Result<Lists<T>> {
        let (len, n_items) = (read_len(from)?, read_len(from)?);
        let mut lists = Lists::with_room(len, n_items);
        let mut items = Vec::new();
        for _ in 0..len {
            for _ in 0..u32::read(from)? {
                items.push(T::read(from)?);
            }
            lists.push(items.drain(..));
        }
        Ok(lists)
    }
}

impl Cold for Texts {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_len(self.len(), to)?;
        write_len(self.bytes(), to)?;
        self.iter().try_for_each(|text| {
            write_len(text.len(), to)?;
            to.write_all(text.as_bytes())
        })
    }

    fn read(from: &mut impl Read) -> io::Result<Texts> {
        let (len, bytes) = (read_len(from)?, read_len(from)?);
        let mut texts = Texts::with_room(len, bytes);
        let mut text = Vec::new();
        for _ in 0..len {
            text.resize(read_len(from)?, 0);
            from.read_exact(&mut text)?;
            let text = std::str::from_utf8(&text).map_err(|_| io::ErrorKind::InvalidData)?;
            texts.push(text);
        }
        Ok(texts)
    }
}

impl Cold for Dictionary {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        self.strings().write(to)
    }

    fn read(from: &mut impl Read) -> io::Result<Dictionary> {
        Texts::read(from).map(Dictionary::of_sorted)
    }
}

/// A column but for what it is called: its words and each record's ids of them. Values of other kinds
/// are few.
impl Cold for (Dictionary, Lists<u32>) {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        self.0.write(to)?;
        self.1.write(to)
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok((Dictionary::read(from)?, Lists::read(from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comes_back<T: Cold + PartialEq + Clone>(thing: &T) {
        let folder = tempfile::tempdir().unwrap();
        for shelf in [Shelf::new(None), Shelf::new(Some(folder.path()))] {
            assert!(shelf.put(thing.clone()).unwrap().take().unwrap() == *thing);
        }
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "what is put away has no name");
    }

    #[test]
    fn what_is_put_away_comes_back_as_it_was() {
        comes_back(&Texts::default());
        comes_back(&["b", "", "é"].into_iter().collect::<Texts>());
        comes_back(&Dictionary::of(vec!["b", "a", ""]));
        comes_back(&Lists::<u32>::default());
        comes_back(&[vec![1, 2], vec![], vec![u32::MAX]].into_iter().collect::<Lists<u32>>());
        comes_back(&vec![Origin { file: 1, line: 2 }]);
        let date = PartialDate::parse;
        let home = |from, to, seen| Residence { address: 7, from, to, seen };
        comes_back(&vec![
            home(date("2001"), date("2001-02"), date("2001-02-31")),
            home(None, date("0000"), date("9999-99-99").map(PartialDate::doubted)),
        ]);
        let pair = |weight, vector| ScoredPair {
            lower: RecordId(1),
            upper: RecordId(u32::MAX - 1),
            weight: MatchWeight(weight),
            vector: ComparisonVector(vector),
            rule: u16::MAX,
        };
        comes_back(&vec![pair(i32::MIN, u64::MAX), pair(-1, 1), pair(i32::MAX, 1 << 63)]);
    }

    #[test]
    fn things_of_a_pile_come_back_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let pile = Shelf::new(Some(folder.path())).pile().unwrap();
        let things = [vec![1_u32, 2], vec![], vec![3]];
        let mut put: Vec<_> = things.iter().map(|thing| pile.put(thing.clone()).unwrap()).collect();
        drop(pile);
        for thing in things.iter().rev() {
            assert_eq!(put.pop().unwrap().take().unwrap(), *thing);
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("none");
        let failed = Shelf::new(Some(&none)).put(vec![RecordId(1)]);
        assert!(failed.err().unwrap().to_string().starts_with("cannot write"));
    }
}
