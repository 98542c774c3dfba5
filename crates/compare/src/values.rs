//! Which tests two values pass, by what the values are.

use std::cell::Cell;

use record::{Address, Dictionary, Lists, NONE, PartialDate, Point};

use crate::Test;
use crate::similarity::{
    Signature, jaro, jaro_winkler, within_damerau_levenshtein, within_hamming, within_levenshtein,
    within_osa,
};

/// What is known of a distinct word before it is compared.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    pub(crate) signature: Signature,
    /// A bit for each nickname group it is of; groups may share a bit.
    pub(crate) nicknames: u64,
    /// An id of the sound, the same for words that sound alike.
    pub(crate) sound: u32,
    /// Whether it is a name in its own right.
    pub(crate) is_name: bool,
    /// Whether it is several words.
    pub(crate) is_several: bool,
}

/// The words of a column, and what is seldom asked of them.
pub(crate) struct Words<'a> {
    /// As written, unless `written` has it.
    pub(crate) dictionary: Option<&'a Dictionary>,
    pub(crate) known: Vec<Word>,
    /// What is compared in place of a word as written: of verbatim text that is not ASCII a letter
    /// for each byte, of dates their digits. Empty if there is none.
    pub(crate) written: Vec<Option<Box<str>>>,
    /// Empty if it is not asked for.
    pub(crate) nicknames: Lists<u16>,
    /// What they are if they are vectors.
    pub(crate) vectors: Vec<Vec<f64>>,
    /// Whether they are verbatim, and a threshold is met to the last bit or not.
    pub(crate) verbatim: bool,
}

impl Words<'_> {
    /// What is compared of a word.
    pub(crate) fn text(&self, id: u32) -> &str {
        let written = self.written.get(id as usize).and_then(Option::as_deref);
        written.unwrap_or_else(|| self.dictionary.map_or("", |words| words.get(id)))
    }
}

/// Two words, and what is known of each.
pub(crate) struct TextPair<'a> {
    of: &'a Words<'a>,
    x: u32,
    y: u32,
    left: &'a Word,
    right: &'a Word,
    /// Their Jaro–Winkler similarity, once it was asked for: several levels ask.
    similarity: Cell<Option<f64>>,
}

impl<'a> TextPair<'a> {
    pub(crate) fn new(of: &'a Words<'a>, x: u32, y: u32) -> TextPair<'a> {
        let [left, right] = [x, y].map(|id| &of.known[id as usize]);
        TextPair { of, x, y, left, right, similarity: Cell::new(None) }
    }

    pub(crate) fn passes(&self, test: Test) -> bool {
        let (left, right) = (self.left.signature, self.right.signature);
        // Their letters lie elsewhere, and most tests are decided without.
        let texts = || (self.of.text(self.x), self.of.text(self.y));
        // Databases have it that nothing is like nothing else.
        let similarity = |of: fn(&str, &str) -> f64| {
            let (a, b) = texts();
            let is_nothing = self.of.verbatim && (a.is_empty() || b.is_empty());
            if is_nothing { 0.0 } else { of(a, b) }
        };
        let rounding = if self.of.verbatim { 0.0 } else { ROUNDING };
        let alike = |of: fn(&str, &str) -> f64, least: f64| least - rounding <= similarity(of);
        let edited = |within: fn(&str, &str, u32) -> bool, most: u8| {
            let most = u32::from(most);
            left.distance_at_least(right) <= most && {
                let (a, b) = texts();
                within(a, b, most)
            }
        };
        match test {
            Test::Exact => self.x == self.y,
            Test::Nickname => {
                self.left.nicknames & self.right.nicknames != 0 && {
                    let [left, right] =
                        [self.x, self.y].map(|id| self.of.nicknames.get(id as usize));
                    left.iter().any(|group| right.contains(group))
                }
            }
            Test::OtherName => self.left.is_name && self.right.is_name,
            Test::Initial => {
                (left.length() == 1 || right.length() == 1) && {
                    let (a, b) = texts();
                    is_initial(a, b) || is_initial(b, a)
                }
            }
            // Only several words have some among them that are not all.
            Test::Subset => {
                let may = |few: Signature, many: &Word| {
                    many.is_several && few.may_be_within(many.signature)
                };
                (may(left, self.right) || may(right, self.left)) && {
                    let (a, b) = texts();
                    is_subset(a, b) || is_subset(b, a)
                }
            }
            Test::Phonetic => self.left.sound != NONE && self.left.sound == self.right.sound,
            Test::Osa(n) => edited(within_osa, n),
            Test::Levenshtein(n) => edited(within_levenshtein, n),
            Test::DamerauLevenshtein(n) => edited(within_damerau_levenshtein, n),
            Test::Hamming(n) => edited(within_hamming, n),
            Test::Jaccard(least) => alike(shared_letters, least),
            Test::Jaro(least) => left.jaro_winkler_at_most(right) >= least && alike(jaro, least),
            Test::JaroWinkler(least) => {
                left.jaro_winkler_at_most(right) >= least && {
                    let known = self.similarity.get();
                    let similarity = known.unwrap_or_else(|| similarity(jaro_winkler));
                    self.similarity.set(Some(similarity));
                    least - rounding <= similarity
                }
            }
            Test::Cosine(least) => {
                let [a, b] = [self.x, self.y].map(|id| self.of.vectors.get(id as usize));
                let cosine = a.zip(b).and_then(|(a, b)| cosine(a, b));
                cosine.is_some_and(|cosine| cosine >= least - ROUNDING)
            }
            test => {
                let (a, b) = texts();
                texts_pass(test, a, b)
            }
        }
    }
}

fn texts_pass(test: Test, a: &str, b: &str) -> bool {
    match test {
        Test::Words(least) => shared_words(a, b) >= least - ROUNDING,
        Test::SameUser => match (a.split_once('@'), b.split_once('@')) {
            (Some((a, _)), Some((b, _))) => a == b,
            _ => false,
        },
        Test::SameSector => same_up_to(a, b, 2),
        Test::SameDistrict => same_up_to(a, b, 0),
        Test::SameArea => area(a) == area(b),
        _ => false,
    }
}

/// A similarity that is exactly a threshold must pass it, however it was rounded.
const ROUNDING: f64 = 1e-12;

fn is_initial(short: &str, long: &str) -> bool {
    short.len() == 1 && long.len() > 1 && long.starts_with(short)
}

/// Whether the words of `few` are some, not all, of those of `many`; a lone initial is not enough.
fn is_subset(few: &str, many: &str) -> bool {
    few.len() > 1
        && few.len() < many.len()
        && few.split(' ').all(|word| many.split(' ').any(|other| other == word))
}

/// The cosine of the angle between two vectors of the same space, neither of them nought.
fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let lengths = product(a, a).sqrt() * product(b, b).sqrt();
    (a.len() == b.len() && lengths > 0.0).then(|| product(a, b) / lengths)
}

pub(crate) fn shared_letters(a: &str, b: &str) -> f64 {
    if a.is_ascii() && b.is_ascii() {
        let letters = |word: &str| word.bytes().fold(0_u128, |all, byte| all | 1 << (byte & 127));
        let (left, right) = (letters(a), letters(b));
        let [common, all] = [left & right, left | right].map(u128::count_ones);
        return f64::from(common) / f64::from(all.max(1));
    }
    let letters = |word: &str| word.chars().collect::<std::collections::BTreeSet<char>>();
    let (left, right) = (letters(a), letters(b));
    let common = left.intersection(&right).count();
    #[expect(clippy::cast_precision_loss, reason = "a value has few letters")]
    let share = common as f64 / (left.len() + right.len() - common).max(1) as f64;
    share
}

fn shared_words(a: &str, b: &str) -> f64 {
    let mut left: Vec<&str> = a.split(' ').collect();
    let mut right: Vec<&str> = b.split(' ').collect();
    for words in [&mut left, &mut right] {
        words.sort_unstable();
        words.dedup();
    }
    let common = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    #[expect(clippy::cast_precision_loss, reason = "a value has few words")]
    let share = common as f64 / (left.len() + right.len() - common) as f64;
    share
}

/// Whether two postcodes are the same up to this many bytes from their blank on.
fn same_up_to(a: &str, b: &str, beyond: usize) -> bool {
    head(a, beyond).is_some_and(|head_a| head(b, beyond) == Some(head_a))
}

/// A postcode up to so many bytes from its blank on.
pub(crate) fn head(postcode: &str, beyond: usize) -> Option<&str> {
    let blank = postcode.find(' ').unwrap_or(postcode.len());
    postcode.get(..blank + beyond)
}

/// The letters that a postcode begins with.
pub(crate) fn area(postcode: &str) -> &str {
    let end = postcode.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(postcode.len());
    &postcode[..end]
}

/// What is known of a distinct date before it is compared.
#[derive(Clone, Copy)]
pub(crate) struct Day {
    date: PartialDate,
    /// Those of year, month and day, four bits each.
    digits: u32,
    /// Its number among days; `None` of a date that cannot be.
    number: Option<i32>,
}

impl Day {
    pub(crate) fn of(date: PartialDate) -> Day {
        let mut number = u32::from(date.year().unsigned_abs()) * 10_000
            + u32::from(date.month()) * 100
            + u32::from(date.day());
        let mut digits = 0;
        for place in 0..8 {
            digits |= (number % 10) << (4 * place);
            number /= 10;
        }
        let first = PartialDate::new(2000, 1, 1).filter(|_| date.is_possible());
        let number = first.map(|first| (date.first_day() - first.first_day()).get_days());
        Day { date, digits, number }
    }

    pub(crate) fn is_possible(self) -> bool {
        self.number.is_some()
    }

    /// Those of year, month and day, four bits each.
    pub(crate) fn digits(self) -> u32 {
        self.digits
    }
}

/// `texts` are the two as written, if a test needs them.
pub(crate) fn dates_pass(test: Test, x: Day, y: Day, texts: impl Fn() -> bool) -> bool {
    let (a, b) = (x.date, y.date);
    let full = a.day() > 0 && b.day() > 0;
    match test {
        // Two dates known only to the year are compatible, not the same.
        Test::Exact => full && a == b,
        Test::Compatible => {
            (!full || a == b)
                && a.year() == b.year()
                && (a.month() == 0 || b.month() == 0 || a.month() == b.month())
                && (a.day() == 0 || b.day() == 0 || a.day() == b.day())
        }
        Test::DayMonthSwapped => {
            full && a.year() == b.year() && a.day() == b.month() && a.month() == b.day()
        }
        Test::Slip => full && x.is_possible() != y.is_possible() && is_slip(x, y),
        Test::Digits(most) => full && other_digits(x, y).count_ones() <= u32::from(most),
        Test::Parts(least) => {
            let same = [a.year() == b.year(), a.month() == b.month(), a.day() == b.day()];
            full && same.iter().map(|same| u8::from(*same)).sum::<u8>() >= least
        }
        Test::Days(most) => full && days_apart(x, y).is_some_and(|days| days <= most),
        Test::Months(most) => {
            full && days_apart(x, y).is_some_and(|days| days <= most * DAYS_A_YEAR / 12.0)
        }
        Test::Years(most) => {
            full && days_apart(x, y).is_some_and(|days| days <= most * DAYS_A_YEAR)
        }
        test if is_of_letters(test) => full && texts(),
        Test::SameYear => a.year() == b.year(),
        Test::SameDayMonth => full && a.day() == b.day() && a.month() == b.month(),
        _ => false,
    }
}

/// Whether two dates are of different years, have more than two other digits, and another month or
/// day.
pub(crate) fn dates_far(a: Day, b: Day) -> bool {
    let apart = a.digits ^ b.digits;
    apart >> 16 != 0 && apart & 0xFFFF != 0 && other_digits(a, b).count_ones() > 2
}

const DAYS_A_YEAR: f64 = 365.25;

/// Whether a test counts edits of letters; one of dates then compares them as they are written.
pub(crate) fn is_of_letters(test: Test) -> bool {
    matches!(
        test,
        Test::Osa(_) | Test::Levenshtein(_) | Test::DamerauLevenshtein(_) | Test::Hamming(_)
    )
}

fn days_apart(a: Day, b: Day) -> Option<f64> {
    Some(f64::from((a.number? - b.number?).abs()))
}

/// The lowest bit of each four of the digits that differ.
fn other_digits(a: Day, b: Day) -> u32 {
    let apart = a.digits ^ b.digits;
    let halves = apart | apart >> 1;
    (halves | halves >> 2) & 0x1111_1111
}

fn is_slip(a: Day, b: Day) -> bool {
    let other = other_digits(a, b);
    let at = other.trailing_zeros();
    match other.count_ones() {
        1 => true,
        2 => {
            let [a, b] = [a, b].map(|day| day.digits >> at & 0xFF);
            other >> at == 0x11 && a == (b >> 4 | (b & 15) << 4)
        }
        _ => false,
    }
}

pub(crate) fn numbers_pass(test: Test, a: f64, b: f64) -> bool {
    let apart = (a - b).abs();
    match test {
        Test::Exact => apart == 0.0,
        Test::Within(most) => apart <= most,
        Test::WithinShare(most) => apart == 0.0 || apart / a.abs().max(b.abs()) <= most,
        _ => false,
    }
}

pub(crate) fn points_pass(test: Test, a: Point, b: Point) -> bool {
    match test {
        Test::Exact => a == b,
        Test::Kilometres(most) => kilometres(a, b) <= most,
        _ => false,
    }
}

/// Great-circle distance by the haversine formula, on a sphere of the earth's mean radius.
fn kilometres(a: Point, b: Point) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across = a.latitude.to_radians().cos() * b.latitude.to_radians().cos();
    let h = half(a.latitude, b.latitude) + across * half(a.longitude, b.longitude);
    2.0 * 6371.0 * h.clamp(0.0, 1.0).sqrt().asin()
}

/// Whether two addresses have anything that both know.
pub(crate) fn addresses_comparable(a: &Address, b: &Address) -> bool {
    known(a.building, b.building)
        || known(a.dwelling, b.dwelling)
        || known(a.postcode, b.postcode)
        || known(a.district, b.district)
}

pub(crate) fn addresses_pass(test: Test, a: &Address, b: &Address) -> bool {
    let same = |a: u32, b: u32| a != NONE && a == b;
    match test {
        Test::Exact | Test::SameDwelling => same(a.dwelling, b.dwelling),
        Test::SameBuilding => {
            same(a.building, b.building) && !known(a.dwelling, b.dwelling)
                || same(a.dwelling, b.dwelling)
        }
        Test::PostcodeAlone => {
            same(a.postcode, b.postcode) && (a.building == NONE || b.building == NONE)
        }
        Test::SamePostcode => same(a.postcode, b.postcode),
        Test::SameSector => same(a.sector, b.sector),
        Test::SameDistrict => same(a.district, b.district),
        Test::SameArea => same(a.area, b.area),
        _ => false,
    }
}

/// Whether two addresses differ in all that is known of them, down to the district.
#[expect(clippy::needless_bitwise_bool, reason = "no branches: most differ in all")]
pub(crate) fn addresses_far(a: &Address, b: &Address) -> bool {
    (a.dwelling != b.dwelling)
        & (a.building != b.building)
        & (a.postcode != b.postcode)
        & (a.sector != b.sector)
        & (a.district != b.district)
}

fn known(a: u32, b: u32) -> bool {
    a != NONE && b != NONE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a date's digits were before they were packed: the last first.
    fn digits(date: PartialDate) -> Vec<char> {
        format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).chars().rev().collect()
    }

    fn is_slip_of_digits(a: &[char], b: &[char]) -> bool {
        let apart: Vec<usize> = (0..8).filter(|&at| a[at] != b[at]).collect();
        match apart[..] {
            [_] => true,
            [i, j] => i + 1 == j && a[i] == b[j] && a[j] == b[i],
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn packed_digits_are_digits(
            a in "[12][09][0-9]{2}-[0-3][1-4]-[0-3][1-4]", mut edits in prop::collection::vec((0_usize..10, 0..3), 0..3)
        ) {
            let mut letters: Vec<char> = a.chars().collect();
            edits.retain(|(at, _)| letters[*at] != '-');
            for (at, edit) in edits {
                match edit {
                    0 => letters[at] = '1',
                    1 if at > 0 && letters[at - 1] != '-' => letters.swap(at - 1, at),
                    _ => letters[at] = '3',
                }
            }
            let b: String = letters.into_iter().collect();
            let dates = [PartialDate::parse(&a), PartialDate::parse(&b)];
            let [Some(a), Some(b)] = dates else { return Ok(()) };
            let [x, y] = [a, b].map(Day::of);
            let [left, right] = [a, b].map(digits);
            let apart = left.iter().zip(&right).filter(|(a, b)| a != b).count();
            prop_assert_eq!(other_digits(x, y).count_ones() as usize, apart);
            prop_assert_eq!(is_slip(x, y), is_slip_of_digits(&left, &right));
            prop_assert_eq!(x.is_possible(), a.is_possible());
            if a.is_possible() && b.is_possible() {
                let days = (a.first_day() - b.first_day()).get_days().abs();
                prop_assert_eq!(days_apart(x, y), Some(f64::from(days)));
            }
        }

        #[test]
        fn shared_letters_are_those_of_sets(a in "[a-e]{0,8}", b in "[b-f]{0,8}") {
            // One letter more on each side that is not ASCII takes the other way.
            let common = shared_letters(&format!("{a}é"), &format!("{b}é"));
            prop_assert_eq!(shared_letters(&format!("{a}~"), &format!("{b}~")).to_bits(), common.to_bits());
        }
    }
}
