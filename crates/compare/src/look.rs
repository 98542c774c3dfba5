//! What a few bits of two values say of the tests that they may pass.
//!
//! Bits may take values for closer than they are, never for further apart: a test that two values
//! pass is among those that their bits allow.
//!
//! A value is held beside `N` others at once, all in the same way and without a branch, so that
//! wide instructions can do it: of a pair `N` is one.
#![expect(clippy::inline_always, reason = "what calls it says which instructions there are")]

mod address;
mod code;
mod counts;
mod date;
mod number;
mod packed;
mod text;

use record::{Column, Kind, Values};
use xxhash_rust::xxh3::xxh3_64;

use crate::side::Side;
use crate::{Level, Test};
use address::{AddressLook, address_bits};
use code::{CodeLook, PostcodeLook, code_bits, postcode_bits};
use counts::CountsLook;
use date::{DateLook, date_bits};
use number::NumberLook;
use packed::PackedLook;
pub(crate) use text::may_be_within;
use text::{TextLook, are_long, kin, text_bits};

/// The bits of a value of which nothing can be told.
pub(crate) const UNTOLD: u64 = u64::MAX;

/// Levels, a bit each: the lowest is that of a missing value.
pub(crate) type Levels = u32;

/// All levels: of two values nothing can be told.
pub(crate) const ANY: Levels = (1 << Level::LIMIT) - 1;

/// The bits of `N` values side by side: the lower half of each, and the upper.
pub(crate) type Halves<'a, const N: usize> = [&'a [u32; N]; 2];

/// What a level asks of a pair, as far as bits can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Asked<'a> {
    /// That two values pass a test.
    Test(&'a Test),
    /// That a value is a word of the other record's in another field.
    Held,
    /// What is seen to elsewhere.
    Elsewhere,
    /// Nothing of these values.
    Nothing,
    /// What bits cannot tell.
    Anything,
}

/// How the bits of two values of a field are read.
pub(crate) enum Look {
    Text(TextLook),
    Code(CodeLook),
    Postcode(PostcodeLook),
    Date(DateLook),
    Packed(PackedLook),
    Counts(CountsLook),
    Number(NumberLook),
    Address(AddressLook),
}

impl Look {
    /// What can be told of values of a column, given what is asked at each level; `None` if nothing
    /// can.
    pub(crate) fn new(column: &Column, is_list: bool, levels: &[Asked<'_>]) -> Option<Look> {
        if is_list {
            return None;
        }
        let only = |allowed: fn(&Test) -> bool| {
            levels.iter().all(|asked| match asked {
                Asked::Test(test) => allowed(test),
                Asked::Nothing => true,
                Asked::Held | Asked::Elsewhere | Asked::Anything => false,
            })
        };
        // What is verbatim may be anything, such as a date, whose ends say little.
        let is_packed = column.field.kind == Kind::Verbatim && only(PackedLook::tells);
        match &column.values {
            Values::Text(_) if column.field.kind == Kind::Vector => None,
            Values::Text(texts) if is_packed && let Some(look) = PackedLook::new(texts, levels) => {
                Some(Look::Packed(look))
            }
            Values::Text(_) if only(CodeLook::tells) => Some(Look::Code(CodeLook::new(levels))),
            Values::Text(_) if only(PostcodeLook::tells) => {
                Some(Look::Postcode(PostcodeLook::new(levels)))
            }
            Values::Text(texts) if only(CountsLook::tells) && are_long(texts) => {
                Some(Look::Counts(CountsLook::new(texts, levels)))
            }
            Values::Text(_) => Some(Look::Text(TextLook::new(levels))),
            Values::Dates(_) => Some(Look::Date(DateLook::new(levels))),
            Values::Numbers(_) => Some(Look::Number(NumberLook::new(levels))),
            Values::Addresses(..) => Some(Look::Address(AddressLook::new(levels))),
            Values::Points(_) => None,
        }
    }

    /// Whether something is told of two values whose bits are the same.
    #[inline(always)]
    pub(crate) fn tells_same(&self) -> bool {
        matches!(self, Look::Packed(_) | Look::Counts(_) | Look::Number(_) | Look::Address(_))
    }

    /// The levels at which a value and each of others may be, given the bits of all, what else is
    /// known of them, and which of them may be words of the other record's.
    #[inline(always)]
    pub(crate) fn levels<const N: usize>(
        &self,
        [x, more]: [u64; 2],
        ys: Halves<'_, N>,
        mores: Halves<'_, N>,
        held: &[bool; N],
    ) -> [Levels; N] {
        match self {
            Look::Text(look) => look.levels([x, more], ys, mores, held),
            Look::Code(look) => look.levels(halves(x)[0], ys[0]),
            Look::Postcode(look) => look.levels(halves(x)[0], ys[0]),
            Look::Date(look) => look.levels(x, ys),
            Look::Packed(look) => look.levels(x, ys),
            Look::Counts(look) => look.levels([x, more], ys, mores),
            Look::Number(look) => look.levels(x, ys),
            Look::Address(look) => look.levels(x, ys),
        }
    }

    /// The same of two values alone.
    #[inline]
    pub(crate) fn levels_of_two(&self, x: [u64; 2], y: [u64; 2], is_held: bool) -> Levels {
        let [[low, high], [more_low, more_high]] = y.map(halves);
        let (ys, mores) = ([&[low], &[high]], [&[more_low], &[more_high]]);
        let [levels] = self.levels(x, ys, mores, &[is_held]);
        levels
    }

    /// How many halves of a word a value takes.
    pub(crate) fn halves(&self) -> usize {
        if matches!(self, Look::Code(_) | Look::Postcode(_)) { 1 } else { 2 }
    }

    /// How many more it takes for what else is known of it.
    pub(crate) fn more_halves(&self) -> usize {
        match self {
            Look::Text(look) => look.asks_of_kin().into(),
            Look::Counts(_) => 2,
            _ => 0,
        }
    }

    /// What else is known of a value.
    pub(crate) fn more(&self, side: &Side<'_>, id: u32) -> u64 {
        match self {
            Look::Text(look) if look.asks_of_kin() => kin(side.word(id)).into(),
            Look::Counts(look) => look.bits(side.text(id))[1],
            _ => 0,
        }
    }

    /// The bits of a value.
    pub(crate) fn bits(&self, side: &Side<'_>, id: u32) -> u64 {
        match (self, &side.column.values) {
            (Look::Text(_), _) => text_bits(side.text(id), side.word(id).is_several),
            (Look::Code(_), _) => code_bits(side.text(id)),
            (Look::Postcode(_), _) => postcode_bits(side.text(id)),
            (Look::Date(_), _) => date_bits(side.day(id)),
            (Look::Packed(look), _) => look.bits(side.text(id)),
            (Look::Counts(look), _) => look.bits(side.text(id))[0],
            (Look::Number(_), Values::Numbers(numbers)) => numbers[id as usize].to_bits(),
            (Look::Address(_), Values::Addresses(addresses, _)) => {
                address_bits(&addresses[id as usize])
            }
            (Look::Number(_) | Look::Address(_), _) => UNTOLD,
        }
    }
}

/// The bits that both those of `test` and of all levels like it have.
fn of_levels(levels: &[Asked<'_>], is_such: impl Fn(&Test) -> bool) -> Levels {
    let such = levels.iter().enumerate();
    let such = such.filter(|(_, asked)| matches!(asked, Asked::Test(test) if is_such(test)));
    such.fold(0, |bits, (level, _)| bits | 2 << level)
}

/// The levels that any two values may be at: the last, and those of which bits tell nothing.
fn always(levels: &[Asked<'_>], tells: impl Fn(&Test) -> bool) -> Levels {
    let untold = levels.iter().enumerate().filter(|(_, asked)| match asked {
        Asked::Test(test) => !tells(test),
        Asked::Held | Asked::Elsewhere | Asked::Nothing => false,
        Asked::Anything => true,
    });
    untold.fold(2 << levels.len(), |bits, (level, _)| bits | 2 << level)
}

/// So many edits at most, and the levels that ask for them.
fn edits(levels: &[Asked<'_>]) -> Vec<(u32, Levels)> {
    let edits = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
        Asked::Test(
            Test::Osa(most)
            | Test::Levenshtein(most)
            | Test::DamerauLevenshtein(most)
            | Test::Hamming(most),
        ) => Some((u32::from(*most), 2 << level)),
        _ => None,
    });
    edits.collect()
}

/// So many bits of a hash, not all nought.
fn hash(bytes: &[u8], bits: u32) -> u64 {
    xxh3_64(bytes) % ((1 << bits) - 1) + 1
}

/// Half a word, and the other.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "half after half")]
pub(crate) fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// The word of two halves.
#[inline(always)]
pub(crate) fn whole(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

#[inline(always)]
fn when(is: bool, levels: Levels) -> Levels {
    if is { levels } else { 0 }
}

/// How similar two texts must be by the letters that they may have in common.
struct Alike {
    /// What the shares of either's letters that are common come to at least, in parts of
    /// [`Alike::ONE`], by whether they begin otherwise, with one same byte or with two.
    shares: [u32; 3],
    at: Levels,
}

impl Alike {
    const ONE: f64 = 16_384.0;

    /// Of each level that asks for so much similarity. (Winkler 1990: Jaro's, and of what is left a
    /// tenth for each of up to four letters that both begin with.)
    fn of_levels(levels: &[Asked<'_>]) -> Vec<Alike> {
        let alike = levels.iter().enumerate().filter_map(|(level, asked)| {
            let Asked::Test(test) = asked else { return None };
            let least = match test {
                Test::JaroWinkler(least) => {
                    [0.0, 0.1, 0.4].map(|added| (least - added) / (1.0 - added))
                }
                Test::Jaro(least) => [*least; 3],
                _ => return None,
            };
            // Jaro's similarity is a third of the two shares that are common and one more. Rounded
            // down; nothing is similar without a common letter.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from nought to two"
            )]
            let shares =
                |least: f64| match ((3.0 * least - 1.0) * Alike::ONE - 0.01).max(0.0) as u32 {
                    _ if least <= 1e-9 => 0,
                    shares => shares.max(1),
                };
            Some(Alike { shares: least.map(shares), at: 2 << level })
        });
        alike.collect()
    }

    /// Whether texts of which this is common may be so similar.
    #[inline(always)]
    fn may_be(least: [u32; 3], [shares, whole]: [u32; 2], begins: [bool; 2]) -> bool {
        let [none, one, two] = least;
        let least = if begins[1] { two } else { one };
        let least = if begins[0] { least } else { none };
        least * whole <= shares
    }

    /// What shares of texts of these lengths their common letters come to, and what the whole of one
    /// would be.
    #[inline(always)]
    fn common(common: u32, [long_x, long_y]: [u32; 2]) -> [u32; 2] {
        [(common * (long_x + long_y)) << 14, long_x * long_y]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::{Address, Dictionary, Field, Lists, NONE, PartialDate};

    use super::*;

    fn levels_of_two(look: &Look, [x, y]: [u64; 2], [more_x, more_y]: [u64; 2]) -> Levels {
        if !look.tells_same() && x == y || [x, y].contains(&UNTOLD) {
            return ANY;
        }
        look.levels_of_two([x, more_x], [y, more_y], false)
    }

    /// Holds the bits of each two values to what the tests say of them.
    #[track_caller]
    fn allows_what_passes(kind: Kind, values: Values, tests: &[&str]) {
        let n = u32::try_from(values.len()).unwrap();
        let field = Field { name: "field".to_owned(), kind };
        let lists = (0..n).map(|id| vec![id]).collect::<Lists<u32>>();
        let column = Column { field, values, lists };
        let tests: Vec<Test> = tests.iter().map(|test| test.parse().unwrap()).collect();
        let side = Side::new(&column, &tests, 0, std::iter::empty());
        for test in &tests {
            let look = Look::new(&column, false, &[Asked::Test(test)]).unwrap();
            for (x, y) in (0..n).flat_map(|x| (0..n).map(move |y| (x, y))) {
                let more = [x, y].map(|id| look.more(&side, id));
                let levels = levels_of_two(&look, [x, y].map(|id| look.bits(&side, id)), more);
                let level = match (side.comparable(x, y), side.pair(x, y).passes(*test)) {
                    (false, _) => 1,
                    (true, true) => 2,
                    (true, false) if !side.both_can_be(x, y) => 1,
                    (true, false) => 4,
                };
                assert!(levels & level != 0, "{test} of {x} and {y}: {level} is not of {levels:b}");
            }
        }
    }

    const OF_TEXT: [&str; 18] = [
        "exact",
        "nickname",
        "other_name",
        "initial",
        "subset",
        "phonetic",
        "same_user",
        "osa(1)",
        "osa(2)",
        "levenshtein(1)",
        "damerau_levenshtein(2)",
        "hamming(2)",
        "jaro(0.6)",
        "jaro(0.9)",
        "jaro_winkler(0.7)",
        "jaro_winkler(0.8)",
        "jaro_winkler(0.92)",
        "jaccard(0.5)",
    ];

    proptest! {
        #[test]
        fn texts_may_pass_what_they_pass(
            kind in prop::sample::select(vec![Kind::Forename, Kind::Email, Kind::Verbatim, Kind::Text]),
            texts in prop::collection::vec("[abcAé1]{0,7}( [ab]{1,3})?|(liz|ann|bill|ba@)[a-c]{0,2}|[ab]{28,34}", 0..12),
        ) {
            allows_what_passes(kind, Values::Text(Dictionary::of(texts)), &OF_TEXT);
        }

        #[test]
        fn codes_may_pass_what_they_pass(
            codes in prop::collection::vec(("[12]{9,11}|[1é]{8,10}", 0..11_usize, 0..4), 0..12),
        ) {
            // Each beside itself with an edit.
            let edited = codes.iter().map(|(code, at, how)| {
                let mut letters: Vec<char> = code.chars().collect();
                let at = at % (letters.len() - 1);
                match how {
                    0 => letters[at] = '7',
                    1 => letters.insert(at, '7'),
                    2 => drop(letters.remove(at)),
                    _ => letters.swap(at, at + 1),
                }
                letters.into_iter().collect::<String>()
            });
            let codes: Vec<String> = codes.iter().map(|it| it.0.clone()).chain(edited).collect();
            let tests = ["exact", "osa(1)", "levenshtein(1)", "damerau_levenshtein(1)", "hamming(1)"];
            allows_what_passes(Kind::Code, Values::Text(Dictionary::of(codes)), &tests);
        }

        #[test]
        fn postcodes_may_pass_what_they_pass(
            postcodes in prop::collection::vec("[AB]{1,2}[12]{1,2}( [1-3][AB]{0,2})?", 0..12),
        ) {
            let values = Values::Text(Dictionary::of(postcodes));
            let tests = ["exact", "same_sector", "same_district", "same_area"];
            allows_what_passes(Kind::Postcode, values, &tests);
        }

        #[test]
        fn dates_may_pass_what_they_pass(
            dates in prop::collection::vec("(19|20)[019][0-3](-[01][12](-[012][123])?)?", 0..12)
        ) {
            let dates = dates.iter().filter_map(|date| PartialDate::parse(date)).collect();
            let tests = [
                "exact", "compatible", "slip", "day_month_swapped", "digits(1)", "digits(3)", "parts(1)",
                "parts(2)", "days(3)", "days(400)", "months(2)", "years(1)", "years(10)", "same_year",
                "same_day_month", "osa(1)", "levenshtein(2)", "hamming(1)",
            ];
            allows_what_passes(Kind::Date, Values::Dates(dates), &tests);
        }

        #[test]
        fn short_texts_may_pass_what_they_pass(
            texts in prop::collection::vec("[abcd-]{0,6}|[0-9]{3}-[01][0-9]|[a-z]{8,10}|[A-Z0-9 ]{2,4}é?", 0..12),
        ) {
            let tests = [
                "exact", "osa(0)", "osa(1)", "osa(2)", "osa(3)", "levenshtein(1)", "levenshtein(2)",
                "levenshtein(9)", "damerau_levenshtein(1)", "damerau_levenshtein(2)", "hamming(1)",
                "hamming(2)",
            ];
            allows_what_passes(Kind::Verbatim, Values::Text(Dictionary::of(texts)), &tests);
        }

        #[test]
        fn long_texts_may_pass_what_they_pass(
            texts in prop::collection::vec("([1-9]{1,2} [a-d]{5,9} (road|lane)( quexforé?d)?, ?){1,3}", 0..12),
        ) {
            let tests = [
                "exact", "osa(2)", "levenshtein(7)", "damerau_levenshtein(1)", "hamming(3)", "jaro(0.5)",
                "jaro(0.9)", "jaro_winkler(0.1)", "jaro_winkler(0.7)", "jaro_winkler(0.88)",
                "jaro_winkler(0.95)",
            ];
            allows_what_passes(Kind::Verbatim, Values::Text(Dictionary::of(texts)), &tests);
        }

        #[test]
        fn numbers_may_pass_what_they_pass(
            numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 0..12),
        ) {
            let tests = ["exact", "within(0)", "within(2.5)", "within_share(0.1)"];
            allows_what_passes(Kind::Number, Values::Numbers(numbers), &tests);
        }

        #[test]
        fn homes_may_pass_what_they_pass(
            ids in prop::collection::vec(prop::array::uniform6(0_u32..4), 0..12)
        ) {
            let id = |id: u32| if id == 0 { NONE } else { id };
            let addresses = ids.into_iter().map(|ids| {
                let [dwelling, building, postcode, sector, district, area] = ids.map(id);
                Address { dwelling, building, postcode, sector, district, area, ..Address::UNKNOWN }
            });
            let values = Values::Addresses(addresses.collect(), Dictionary::default());
            let tests = [
                "exact", "same_dwelling", "same_building", "postcode_alone", "same_postcode",
                "same_sector", "same_district", "same_area",
            ];
            allows_what_passes(Kind::Address, values, &tests);
        }
    }

    #[test]
    fn of_unlike_values_little_is_left() {
        let levels_of = |kind: Kind, texts: [&str; 2], tests: &[&str]| {
            let field = Field { name: "field".to_owned(), kind };
            let values = Values::Text(Dictionary::of(texts.map(str::to_owned).to_vec()));
            let column = Column { field, values, lists: Lists::default() };
            let tests: Vec<Test> = tests.iter().map(|test| test.parse().unwrap()).collect();
            let side = Side::new(&column, &tests, 0, std::iter::empty());
            let asked: Vec<Asked<'_>> = tests.iter().map(Asked::Test).collect();
            let look = Look::new(&column, false, &asked).unwrap();
            levels_of_two(
                &look,
                [0, 1].map(|id| look.bits(&side, id)),
                [0, 1].map(|id| look.more(&side, id)),
            )
        };
        let levels = |texts, tests: &[&str]| levels_of(Kind::Forename, texts, tests);
        let names = ["exact", "nickname", "osa(1)", "jaro_winkler(0.9)", "phonetic"];
        assert_eq!(levels(["margaret", "oliver"], &names), 0b100_0000);
        assert_eq!(levels(["liz", "elizabeth"], &names), 0b100_0100);
        assert_eq!(levels(["oliver", "olivier"], &names), 0b101_1000);
        assert_eq!(levels(["4857773456", "9434765919"], &["exact", "osa(1)"]), 0b1000);
        assert_eq!(levels(["4857773456", "4857773465"], &["exact", "osa(1)"]), 0b1100);
        // Verbatim, by its letters in their places, and by how often each is there.
        let verbatim = |texts, tests: &[&str]| levels_of(Kind::Verbatim, texts, tests);
        let edits = ["exact", "levenshtein(1)", "levenshtein(2)"];
        assert_eq!(verbatim(["1978-03-21", "1978-11-05"], &edits), 0b1_0000);
        assert_eq!(verbatim(["1978-03-21", "1978-03-25"], &edits), 0b1_1100);
        let homes =
            ["26 salisbury lane, quexford, westshire", "118 old mill terrace, bramley moor"];
        assert_eq!(verbatim(homes, &["exact", "jaro_winkler(0.88)"]), 0b1000);
    }
}
