//! Comparing pairs of records, value by value.

use normalise::phonetic;
use rayon::prelude::*;
use record::{Column, Kind, NONE, Normalised, RecordId, RecordPair, Values};

use crate::similarity::Signature;
use crate::values::{TextPair, Word, address_level, dates_pass, numbers_pass, points_pass};
use crate::{Comparison, ComparisonVector, Level, Test};

/// Compares pairs of the records it was made for.
///
/// What can be worked out of a value alone is worked out once, when this is made.
pub struct Comparer<'a> {
    fields: Vec<Prepared<'a>>,
    /// For each record, one after the other, the id of its value under each comparison, or
    /// [`NONE`], or [`MANY`]: what a pair needs of a record lies side by side.
    rows: Vec<u32>,
}

/// Stands in a row for several values.
const MANY: u32 = NONE - 1;

/// A comparison, its column, and what is known of each distinct value.
struct Prepared<'a> {
    comparison: &'a Comparison,
    column: &'a Column,
    words: Vec<Word>,
    crossing: Option<Crossing<'a>>,
    /// Whether two equal values are at the first level, whatever they are.
    equal_is_exact: bool,
}

/// The partner column, and the id there of each value of the column itself.
struct Crossing<'a> {
    partner: &'a Column,
    id_there: Vec<u32>,
    /// The level of swapped values.
    level: Level,
    /// The place of the comparison of the partner's own field.
    place: Option<usize>,
}

impl<'a> Comparer<'a> {
    /// Prepares to make these comparisons of these records.
    ///
    /// # Panics
    ///
    /// Panics if there are more comparisons than a vector holds, more levels than a vector's
    /// place holds, or one of a field that the records do not have.
    #[must_use]
    pub fn new(normalised: &'a Normalised, comparisons: &'a [Comparison]) -> Comparer<'a> {
        assert!(comparisons.len() <= ComparisonVector::LIMIT, "a vector holds sixteen comparisons");
        let fields: Vec<Prepared<'a>> = comparisons
            .iter()
            .map(|comparison| prepare(normalised, comparison, comparisons))
            .collect();
        let mut rows = vec![NONE; normalised.n_records * fields.len()];
        if !fields.is_empty() {
            rows.par_chunks_mut(fields.len()).enumerate().for_each(|(record, row)| {
                for (id, field) in row.iter_mut().zip(&fields) {
                    *id = match field.column.lists.get(record) {
                        [] => NONE,
                        [one] => *one,
                        _ => MANY,
                    };
                }
            });
        }
        Comparer { fields, rows }
    }

    /// The vector of a pair. It does not depend on which record is the first.
    #[must_use]
    pub fn vector(&self, a: RecordId, b: RecordId) -> ComparisonVector {
        let mut vector = ComparisonVector::default();
        let mut counted = None;
        for (place, field) in self.fields.iter().enumerate() {
            // Swapped names are one slip: the partner's field must not count it again.
            if counted == Some(place) {
                continue;
            }
            let (left, right) = (self.values(place, a.index()), self.values(place, b.index()));
            let level = field.level(a.index(), b.index(), left, right);
            vector = vector.with(place, level);
            if let Some(crossing) =
                field.crossing.as_ref().filter(|crossing| crossing.level == level)
            {
                counted = crossing.place;
            }
        }
        vector
    }

    /// The vectors of `pairs`, into `vectors`, which it clears first.
    pub fn compare(&self, pairs: &[RecordPair], vectors: &mut Vec<ComparisonVector>) {
        vectors.clear();
        vectors.extend(pairs.iter().map(|pair| self.vector(pair.lower(), pair.upper())));
    }

    /// The values that both records have under the comparison at this place.
    pub fn shared(&self, place: usize, a: RecordId, b: RecordId) -> impl Iterator<Item = u32> {
        let others = self.values(place, b.index());
        self.values(place, a.index()).iter().copied().filter(|id| others.contains(id))
    }

    /// The ids of a record's values under a comparison.
    fn values(&self, place: usize, record: usize) -> &[u32] {
        let at = record * self.fields.len() + place;
        match self.rows[at] {
            NONE => &[],
            MANY => self.fields[place].column.lists.get(record),
            _ => &self.rows[at..=at],
        }
    }

    /// The number of records it was made for.
    #[must_use]
    pub fn n_records(&self) -> usize {
        self.rows.len().checked_div(self.fields.len()).unwrap_or(0)
    }

    /// The column compared at this place.
    #[must_use]
    pub fn column(&self, place: usize) -> &'a Column {
        self.fields[place].column
    }
}

fn prepare<'a>(
    normalised: &'a Normalised,
    comparison: &'a Comparison,
    comparisons: &[Comparison],
) -> Prepared<'a> {
    assert!(comparison.tests.len() + 1 < Level::LIMIT, "a vector's place holds fifteen levels");
    let column = normalised.column(&comparison.field).expect("a compared field has a column");
    let has = |wanted: Test| comparison.tests.contains(&wanted);
    let mut words: Vec<Word> = match &column.values {
        Values::Text(text) => (0..u32::try_from(text.len()).expect("ids are 32 bits"))
            .into_par_iter()
            .map(|id| Word {
                signature: Signature::of(text.get(id)),
                sound: NONE,
                nicknames: Vec::new(),
                is_name: false,
            })
            .collect(),
        _ => Vec::new(),
    };
    if let Values::Text(text) = &column.values {
        if has(Test::Phonetic) {
            let sounds: Vec<String> = text.iter().map(phonetic).collect();
            let all = record::Dictionary::of(sounds.clone());
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
            let common = NAME_RECORDS.max(normalised.n_records / NAME_SHARE);
            for (word, (text, count)) in words.iter_mut().zip(text.iter().zip(counts(column))) {
                word.is_name = text.len() > 1 && (!word.nicknames.is_empty() || common <= count);
            }
        }
    }
    let partner = comparison.partner.as_deref().and_then(|name| normalised.column(name));
    let crossed = comparison.tests.iter().position(|test| *test == Test::Crossed);
    let crossing = partner.zip(crossed).map(|(partner, test)| Crossing {
        partner,
        id_there: ids_there(column, partner),
        level: Level::new(test + 1),
        place: comparisons.iter().position(|other| other.field == partner.field.name),
    });
    let text = matches!(column.values, Values::Text(_));
    let equal_is_exact = text && comparison.tests.first() == Some(&Test::Exact);
    Prepared { comparison, column, words, crossing, equal_is_exact }
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

fn ids_there(column: &Column, partner: &Column) -> Vec<u32> {
    match (&column.values, &partner.values) {
        (Values::Text(here), Values::Text(there)) => {
            here.iter().map(|word| there.find(word).unwrap_or(NONE)).collect()
        }
        _ => vec![NONE; column.values.len()],
    }
}

impl Prepared<'_> {
    /// The level of two records, given their values.
    fn level(&self, a: usize, b: usize, left: &[u32], right: &[u32]) -> Level {
        if left.is_empty() || right.is_empty() {
            return Level::MISSING;
        }
        if self.column.field.kind == Kind::List {
            return self.common_level(left, right);
        }
        // Most pairs that agree at all agree exactly, and then nothing has to be looked up.
        if let ([x], [y]) = (left, right)
            && x == y
            && self.equal_is_exact
        {
            return Level::new(1);
        }
        let tests = self.comparison.tests.len();
        let mut best = None;
        let crossed = || self.is_crossed(a, b, left, right);
        for &x in left {
            for &y in right {
                let passed = match &self.column.values {
                    Values::Addresses(addresses, _) => {
                        match address_level(
                            &self.comparison.tests,
                            &addresses[x as usize],
                            &addresses[y as usize],
                        ) {
                            Some(level) => level,
                            None => continue,
                        }
                    }
                    _ => self.first_passed(x, y, &crossed),
                };
                best = Some(best.map_or(passed, |best: usize| best.min(passed)));
                if passed == 0 {
                    return Level::new(1);
                }
            }
        }
        // Nothing comparable counts as missing; a test passed by none is the last level.
        best.map_or(Level::MISSING, |best| Level::new(best.min(tests) + 1))
    }

    /// The place of the first test that two values pass, or the number of tests.
    fn first_passed(&self, x: u32, y: u32, crossed: &impl Fn() -> bool) -> usize {
        let tests = &self.comparison.tests;
        let passes: &dyn Fn(Test) -> bool = match &self.column.values {
            Values::Text(text) => {
                let pair = TextPair {
                    a: text.get(x),
                    b: text.get(y),
                    left: &self.words[x as usize],
                    right: &self.words[y as usize],
                };
                let place = tests.iter().position(|&test| match test {
                    Test::Exact => x == y,
                    Test::Crossed => crossed(),
                    other => pair.passes(other),
                });
                return place.unwrap_or(tests.len());
            }
            Values::Dates(dates) => {
                &move |test| dates_pass(test, dates[x as usize], dates[y as usize])
            }
            Values::Numbers(numbers) => {
                &move |test| numbers_pass(test, numbers[x as usize], numbers[y as usize])
            }
            Values::Points(points) => {
                &move |test| points_pass(test, points[x as usize], points[y as usize])
            }
            Values::Addresses(..) => &|_| false,
        };
        tests.iter().position(|&test| passes(test)).unwrap_or(tests.len())
    }

    fn common_level(&self, left: &[u32], right: &[u32]) -> Level {
        let common = left.iter().filter(|id| right.contains(id)).count();
        let tests = &self.comparison.tests;
        let place = tests.iter().position(|test| match test {
            Test::Common(least) => common >= usize::from(*least),
            Test::Contained => common == left.len().min(right.len()),
            Test::Exact => common == left.len() && common == right.len(),
            _ => false,
        });
        Level::new(place.unwrap_or(tests.len()) + 1)
    }

    /// Whether each record has one of the other's values in the partner field.
    fn is_crossed(&self, a: usize, b: usize, left: &[u32], right: &[u32]) -> bool {
        let Some(crossing) = &self.crossing else { return false };
        let meets = |mine: &[u32], other: usize| {
            let theirs = crossing.partner.lists.get(other);
            mine.iter().any(|&id| {
                let id = crossing.id_there[id as usize];
                id != NONE && theirs.contains(&id)
            })
        };
        meets(left, b) && meets(right, a)
    }
}
