//! A field's values under a comparison, and what is known of each before any pair is looked at.

use normalise::phonetic;
use rayon::prelude::*;
use record::{Address, Column, Dictionary, Kind, Lists, NONE, Point, Values};

use crate::Test;
use crate::similarity::Signature;
use crate::values::{
    Day, TextPair, Word, Words, addresses_comparable, addresses_far, addresses_pass, dates_far,
    dates_pass, is_of_letters, numbers_pass, points_pass,
};

/// A column, and what its tests need to know of each distinct value.
pub(crate) struct Side<'a> {
    pub(crate) column: &'a Column,
    words: Words<'a>,
    /// Of dates, what is known of each.
    days: Vec<Day>,
    /// The id that stands for a list of nothing.
    nothing: u32,
    /// Whether a record's values are a list, compared as a whole.
    is_list: bool,
}

/// Two values of a column.
pub(crate) enum ValuePair<'a> {
    Text(TextPair<'a>),
    Dates([Day; 2], Option<TextPair<'a>>),
    Numbers([f64; 2]),
    Points([Point; 2]),
    Addresses([&'a Address; 2]),
}

impl ValuePair<'_> {
    pub(crate) fn passes(&self, test: Test) -> bool {
        match self {
            ValuePair::Text(pair) => pair.passes(test),
            ValuePair::Dates([a, b], texts) => {
                dates_pass(test, *a, *b, || texts.as_ref().is_some_and(|texts| texts.passes(test)))
            }
            ValuePair::Numbers([a, b]) => numbers_pass(test, *a, *b),
            ValuePair::Points([a, b]) => points_pass(test, *a, *b),
            ValuePair::Addresses([a, b]) => addresses_pass(test, a, b),
        }
    }
}

impl<'a> Side<'a> {
    /// Works out of each value what `tests` need, given the ids of the values that so many records have.
    pub(crate) fn new(
        column: &'a Column,
        tests: &[Test],
        n_records: usize,
        ids: impl Iterator<Item = u32>,
    ) -> Side<'a> {
        let days = match &column.values {
            Values::Dates(dates) => dates.par_iter().map(|date| Day::of(*date)).collect(),
            _ => Vec::new(),
        };
        let words = words(column, tests, n_records, ids);
        let nothing = match &column.values {
            Values::Text(text) if column.field.kind == Kind::Items => text.find(""),
            _ => None,
        };
        let is_list = matches!(column.field.kind, Kind::List | Kind::Items);
        Side { column, words, days, nothing: nothing.unwrap_or(NONE), is_list }
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
            Values::Dates(_) => [x, y].iter().all(|id| self.days[*id as usize].is_possible()),
            _ => true,
        }
    }

    /// Whether a look at two values is enough to tell that they have nothing in common: most dates
    /// and most homes do not. Every test fails them of which [`Side::fails_if_far`] says so.
    pub(crate) fn are_far(&self, x: u32, y: u32) -> bool {
        let (x, y) = (x as usize, y as usize);
        match &self.column.values {
            Values::Dates(_) => dates_far(self.days[x], self.days[y]),
            Values::Addresses(addresses, _) => addresses_far(&addresses[x], &addresses[y]),
            _ => false,
        }
    }

    /// Whether no two values that are far apart pass the test.
    pub(crate) fn fails_if_far(&self, test: Test) -> bool {
        match (&self.column.values, test) {
            (Values::Dates(_), Test::Digits(most)) => most <= 2,
            (Values::Dates(_), Test::Parts(least)) => least >= 2,
            (Values::Dates(_), test) => matches!(
                test,
                Test::Exact
                    | Test::Compatible
                    | Test::DayMonthSwapped
                    | Test::Slip
                    | Test::SameYear
                    | Test::SameDayMonth
            ),
            (Values::Addresses(..), test) => matches!(
                test,
                Test::Exact
                    | Test::SameDwelling
                    | Test::SameBuilding
                    | Test::PostcodeAlone
                    | Test::SamePostcode
                    | Test::SameSector
                    | Test::SameDistrict
            ),
            // None of these is ever far.
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
            return self.comparable(*x, *y).then(|| self.pair(*x, *y).passes(test));
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
                Some(pairs.any(|(x, y)| self.pair(x, y).passes(test)))
            }
        }
    }

    /// Whether a record's values are a list, compared as a whole.
    pub(crate) fn is_list(&self) -> bool {
        self.is_list
    }

    /// What is compared of a text.
    pub(crate) fn text(&self, id: u32) -> &str {
        self.words.text(id)
    }

    /// What is known of a text.
    pub(crate) fn word(&self, id: u32) -> &Word {
        &self.words.known[id as usize]
    }

    /// What is known of a date.
    pub(crate) fn day(&self, id: u32) -> Day {
        self.days[id as usize]
    }

    /// Whether texts are compared to the last byte.
    pub(crate) fn is_verbatim(&self) -> bool {
        self.words.verbatim
    }

    /// A record's values without what stands for none.
    fn members<'i>(&self, ids: &'i [u32]) -> &'i [u32] {
        if ids == [self.nothing] { &[] } else { ids }
    }

    /// Two of its values.
    pub(crate) fn pair(&self, x: u32, y: u32) -> ValuePair<'_> {
        let (i, j) = (x as usize, y as usize);
        match &self.column.values {
            Values::Text(_) => ValuePair::Text(TextPair::new(&self.words, x, y)),
            Values::Dates(_) => {
                let texts =
                    (!self.words.known.is_empty()).then(|| TextPair::new(&self.words, x, y));
                ValuePair::Dates([self.days[i], self.days[j]], texts)
            }
            Values::Numbers(numbers) => ValuePair::Numbers([numbers[i], numbers[j]]),
            Values::Points(points) => ValuePair::Points([points[i], points[j]]),
            Values::Addresses(addresses, _) => ValuePair::Addresses([&addresses[i], &addresses[j]]),
        }
    }
}

/// What is known of each word of a column of text, or of each date as written if it is asked for.
fn words<'a>(
    column: &'a Column,
    tests: &[Test],
    n_records: usize,
    ids: impl Iterator<Item = u32>,
) -> Words<'a> {
    let verbatim = is_verbatim(column);
    let (dictionary, written) = match &column.values {
        Values::Text(text) if verbatim && text.iter().any(|text| !text.is_ascii()) => {
            let of = |text: &str| (!text.is_ascii()).then(|| bytes(text));
            (Some(text), text.iter().map(of).collect())
        }
        Values::Text(text) => (Some(text), Vec::new()),
        Values::Dates(dates) if tests.iter().any(|test| is_of_letters(*test)) => {
            (None, dates.iter().map(|date| Some(date.to_string().into())).collect())
        }
        _ => (None, Vec::new()),
    };
    let mut words = Words {
        dictionary,
        known: Vec::new(),
        written,
        nicknames: Lists::default(),
        vectors: Vec::new(),
        verbatim,
    };
    let n = dictionary.map_or(words.written.len(), Dictionary::len);
    let all = (0..u32::try_from(n).expect("ids are 32 bits")).into_par_iter();
    words.known = all
        .map(|id| words.text(id))
        .map(|text| Word {
            signature: Signature::of(text),
            nicknames: 0,
            sound: NONE,
            is_name: false,
            is_several: text.contains(' '),
        })
        .collect();
    if let Some(text) = dictionary {
        of_names(&mut words, text, tests, n_records, ids);
        if column.field.kind == Kind::Vector {
            words.vectors = text.iter().map(numbers).collect();
        }
    }
    words
}

/// Adds what is known of words as names, as far as `tests` ask for it.
fn of_names(
    words: &mut Words<'_>,
    text: &Dictionary,
    tests: &[Test],
    n_records: usize,
    ids: impl Iterator<Item = u32>,
) {
    let has = |wanted: Test| tests.contains(&wanted);
    if has(Test::Phonetic) {
        let sounds: Vec<String> = text.iter().map(phonetic).collect();
        let all = Dictionary::of(sounds.clone());
        for (word, sound) in words.known.iter_mut().zip(&sounds) {
            word.sound = if sound.is_empty() { NONE } else { all.find(sound).unwrap_or(NONE) };
        }
    }
    if has(Test::Nickname) || has(Test::OtherName) {
        words.nicknames = text
            .iter()
            .map(|text| normalise::nickname_groups(text).collect::<Vec<u16>>())
            .collect();
        for (word, groups) in words.known.iter_mut().zip(words.nicknames.iter()) {
            word.nicknames = groups.iter().fold(0, |bits, group| bits | 1 << (group & 63));
        }
    }
    if has(Test::OtherName) {
        let common = NAME_RECORDS.max(n_records / NAME_SHARE);
        for (word, (text, count)) in
            words.known.iter_mut().zip(text.iter().zip(counts(text.len(), ids)))
        {
            word.is_name = text.len() > 1 && (word.nicknames != 0 || common <= count);
        }
    }
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

/// How often each of so many values is among these.
fn counts(n_values: usize, ids: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut counts = vec![0; n_values];
    ids.for_each(|id| counts[id as usize] += 1);
    counts
}

/// The numbers of a vector as normalised, single blanks between them.
fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::{Field, PartialDate};

    use super::*;

    const TESTS: [&str; 18] = [
        "exact",
        "compatible",
        "slip",
        "day_month_swapped",
        "digits(1)",
        "digits(2)",
        "digits(3)",
        "parts(1)",
        "parts(2)",
        "days(400)",
        "same_year",
        "same_day_month",
        "same_dwelling",
        "same_building",
        "postcode_alone",
        "same_postcode",
        "same_sector",
        "same_district",
    ];

    #[track_caller]
    fn far_values_pass_nothing(kind: Kind, values: Values) {
        let n = u32::try_from(values.len()).unwrap();
        let field = Field { name: "field".to_owned(), kind };
        let column = Column { field, values, lists: Lists::default() };
        let side = Side::new(&column, &[], 0, std::iter::empty());
        for (x, y) in (0..n).flat_map(|x| (0..n).map(move |y| (x, y))) {
            for test in TESTS.map(|test| test.parse().unwrap()) {
                let passes = side.pair(x, y).passes(test);
                let fails = side.fails_if_far(test) && side.are_far(x, y);
                assert!(!(fails && passes), "{test} of {x} and {y}");
            }
        }
    }

    proptest! {
        #[test]
        fn far_dates_pass_nothing(
            dates in prop::collection::vec("(19|20)[019][0-3](-[01][12](-[012][123])?)?", 0..12)
        ) {
            let dates = dates.iter().filter_map(|date| PartialDate::parse(date));
            far_values_pass_nothing(Kind::Date, Values::Dates(dates.collect()));
        }

        #[test]
        fn far_homes_pass_nothing(ids in prop::collection::vec(prop::array::uniform6(0_u32..4), 0..12)) {
            let id = |id: u32| if id == 0 { NONE } else { id };
            let addresses = ids.into_iter().map(|ids| {
                let [dwelling, building, postcode, sector, district, area] = ids.map(id);
                Address { dwelling, building, postcode, sector, district, area, ..Address::UNKNOWN }
            });
            let values = Values::Addresses(addresses.collect(), Dictionary::default());
            far_values_pass_nothing(Kind::Address, values);
        }
    }
}
