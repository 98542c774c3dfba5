//! A field's values under a comparison, and what is known of each before any pair is looked at.

use normalise::phonetic;
use rayon::prelude::*;
use record::{Column, Dictionary, Kind, NONE, Values};

use crate::Test;
use crate::similarity::Signature;
use crate::values::{
    TextPair, Word, addresses_comparable, addresses_pass, dates_pass, numbers_pass, points_pass,
};

/// A column, and what its tests need to know of each distinct value.
pub(crate) struct Side<'a> {
    pub(crate) column: &'a Column,
    words: Vec<Word>,
    /// The id that stands for a list of nothing.
    nothing: u32,
}

impl<'a> Side<'a> {
    /// Works out of each value what `tests` need.
    pub(crate) fn new(column: &'a Column, tests: &[Test], n_records: usize) -> Side<'a> {
        let words = match &column.values {
            Values::Text(text) => words(column, text, tests, n_records),
            _ => Vec::new(),
        };
        let nothing = match &column.values {
            Values::Text(text) if column.field.kind == Kind::Items => text.find(""),
            _ => None,
        };
        Side { column, words, nothing: nothing.unwrap_or(NONE) }
    }

    /// The ids of a record's values.
    pub(crate) fn of(&self, record: usize) -> &'a [u32] {
        self.column.lists.get(record)
    }

    /// The id of the value written like this, [`NONE`] if no record has it.
    pub(crate) fn find(&self, value: &str) -> u32 {
        let ids = 0..u32::try_from(self.column.values.len()).expect("ids are 32 bits");
        match &self.column.values {
            Values::Text(text) => text.find(value).unwrap_or(NONE),
            values => ids.into_iter().find(|id| values.display(*id) == value).unwrap_or(NONE),
        }
    }

    /// Whether two values have anything to compare.
    pub(crate) fn comparable(&self, x: u32, y: u32) -> bool {
        match &self.column.values {
            Values::Addresses(addresses, _) => {
                addresses_comparable(&addresses[x as usize], &addresses[y as usize])
            }
            _ => true,
        }
    }

    /// Whether neither of two values is a date that cannot be.
    pub(crate) fn both_can_be(&self, x: u32, y: u32) -> bool {
        match &self.column.values {
            Values::Dates(dates) => {
                dates[x as usize].is_possible() && dates[y as usize].is_possible()
            }
            _ => true,
        }
    }

    /// Whether some value of one record and some of the other pass, or their lists do; `None` if
    /// nothing can be compared.
    pub(crate) fn passes(&self, test: Test, left: &[u32], right: &[u32]) -> Option<bool> {
        if test == Test::Missing {
            return Some(left.is_empty() || right.is_empty());
        }
        if let ([x], [y]) = (left, right)
            && !self.is_list()
        {
            return self.comparable(*x, *y).then(|| self.pair_passes(test, *x, *y));
        }
        if left.is_empty() || right.is_empty() {
            return None;
        }
        if self.column.field.kind == Kind::Items && test == Test::Exact {
            return Some(left == right);
        }
        let (left, right) = (self.members(left), self.members(right));
        let common = || {
            let once = |at: usize, id: &u32| !left[..at].contains(id);
            let mut shared = 0;
            for (at, id) in left.iter().enumerate() {
                shared += usize::from(right.contains(id) && once(at, id));
            }
            shared
        };
        match test {
            Test::Common(least) => Some(common() >= usize::from(least)),
            Test::Contained => Some(common() == left.len().min(right.len())),
            Test::Exact if self.column.field.kind == Kind::List => {
                Some(left.len() == right.len() && common() == left.len())
            }
            _ => {
                let pairs = left.iter().flat_map(|x| right.iter().map(move |y| (*x, *y)));
                let mut pairs = pairs.filter(|(x, y)| self.comparable(*x, *y)).peekable();
                pairs.peek()?;
                Some(pairs.any(|(x, y)| self.pair_passes(test, x, y)))
            }
        }
    }

    /// Whether a record's values are a list, compared as a whole.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.column.field.kind, Kind::List | Kind::Items)
    }

    /// A record's values without what stands for none.
    fn members<'i>(&self, ids: &'i [u32]) -> &'i [u32] {
        if ids == [self.nothing] { &[] } else { ids }
    }

    fn pair_passes(&self, test: Test, x: u32, y: u32) -> bool {
        let (i, j) = (x as usize, y as usize);
        match &self.column.values {
            Values::Text(_) if test == Test::Exact => x == y,
            Values::Text(text) => {
                let (left, right) = (&self.words[i], &self.words[j]);
                let verbatim = is_verbatim(self.column);
                let pair = TextPair {
                    a: left.text(text.get(x)),
                    b: right.text(text.get(y)),
                    left,
                    right,
                    verbatim,
                };
                pair.passes(test)
            }
            Values::Dates(dates) => dates_pass(test, dates[i], dates[j]),
            Values::Numbers(numbers) => numbers_pass(test, numbers[i], numbers[j]),
            Values::Points(points) => points_pass(test, points[i], points[j]),
            Values::Addresses(addresses, _) => addresses_pass(test, &addresses[i], &addresses[j]),
        }
    }
}

fn words(column: &Column, text: &Dictionary, tests: &[Test], n_records: usize) -> Vec<Word> {
    let has = |wanted: Test| tests.contains(&wanted);
    let is_vector = column.field.kind == Kind::Vector;
    let is_verbatim = is_verbatim(column);
    let mut words: Vec<Word> = (0..u32::try_from(text.len()).expect("ids are 32 bits"))
        .into_par_iter()
        .map(|id| text.get(id))
        .map(|text| (text, (is_verbatim && !text.is_ascii()).then(|| bytes(text))))
        .map(|(text, bytes)| Word {
            signature: Signature::of(bytes.as_deref().unwrap_or(text)),
            sound: NONE,
            nicknames: Vec::new(),
            is_name: false,
            vector: if is_vector { numbers(text) } else { Vec::new() },
            bytes,
        })
        .collect();
    if has(Test::Phonetic) {
        let sounds: Vec<String> = text.iter().map(phonetic).collect();
        let all = Dictionary::of(sounds.clone());
        for (word, sound) in words.iter_mut().zip(&sounds) {
            word.sound = if sound.is_empty() { NONE } else { all.find(sound).unwrap_or(NONE) };
        }
    }
    if has(Test::Nickname) || has(Test::OtherName) {
        for (word, text) in words.iter_mut().zip(text.iter()) {
            word.nicknames = normalise::nickname_groups(text).collect();
        }
    }
    if has(Test::OtherName) {
        let common = NAME_RECORDS.max(n_records / NAME_SHARE);
        for (word, (text, count)) in words.iter_mut().zip(text.iter().zip(counts(column))) {
            word.is_name = text.len() > 1 && (!word.nicknames.is_empty() || common <= count);
        }
    }
    words
}

/// Whether a column's values are compared to the last byte.
fn is_verbatim(column: &Column) -> bool {
    matches!(column.field.kind, Kind::Verbatim | Kind::Items)
}

/// A letter for each byte, by which texts are compared byte by byte.
pub(crate) fn bytes(text: &str) -> Box<str> {
    text.bytes().map(char::from).collect::<String>().into()
}

/// A given name that so many records have, and one record in so many, is no slip of the pen.
const NAME_RECORDS: usize = 8;
const NAME_SHARE: usize = 50_000;

/// How many records have each value.
fn counts(column: &Column) -> Vec<usize> {
    let mut counts = vec![0; column.values.len()];
    for &id in column.lists.items() {
        counts[id as usize] += 1;
    }
    counts
}

/// The numbers of a vector as normalised, single blanks between them.
fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map_while(|number| number.parse().ok()).collect()
}
