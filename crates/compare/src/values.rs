//! Which tests two values pass, by what the values are.

use record::{Address, NONE, PartialDate, Point};

use crate::Test;
use crate::similarity::{
    Signature, jaro, jaro_winkler, within_damerau_levenshtein, within_hamming, within_levenshtein,
    within_osa,
};

/// What is known of a distinct word before it is compared.
pub(crate) struct Word {
    pub(crate) signature: Signature,
    /// An id of the sound, the same for words that sound alike.
    pub(crate) sound: u32,
    pub(crate) nicknames: Vec<u16>,
    /// Whether it is a name in its own right.
    pub(crate) is_name: bool,
    /// What it is if it is a vector.
    pub(crate) vector: Vec<f64>,
    /// Of verbatim text that is not ASCII: a letter for each byte.
    pub(crate) bytes: Option<Box<str>>,
}

impl Word {
    /// What is compared of a word written like this.
    pub(crate) fn text<'w>(&'w self, written: &'w str) -> &'w str {
        self.bytes.as_deref().unwrap_or(written)
    }
}

/// Two words, and what is known of each.
pub(crate) struct TextPair<'a> {
    pub(crate) a: &'a str,
    pub(crate) b: &'a str,
    pub(crate) left: &'a Word,
    pub(crate) right: &'a Word,
    /// Whether they are verbatim, and a threshold is met to the last bit or not.
    pub(crate) verbatim: bool,
}

impl TextPair<'_> {
    pub(crate) fn passes(&self, test: Test) -> bool {
        let (a, b) = (self.a, self.b);
        let (left, right) = (self.left.signature, self.right.signature);
        // Databases have it that nothing is like nothing else.
        let alike = |similarity: fn(&str, &str) -> f64, least: f64| {
            if self.verbatim {
                let empty = a.is_empty() || b.is_empty();
                least <= if empty { 0.0 } else { similarity(a, b) }
            } else {
                least - ROUNDING <= similarity(a, b)
            }
        };
        match test {
            Test::Nickname => {
                self.left.nicknames.iter().any(|group| self.right.nicknames.contains(group))
            }
            Test::OtherName => self.left.is_name && self.right.is_name,
            Test::Initial => is_initial(a, b) || is_initial(b, a),
            Test::Subset => is_subset(a, b) || is_subset(b, a),
            Test::Phonetic => self.left.sound != NONE && self.left.sound == self.right.sound,
            Test::Osa(n) => {
                left.distance_at_least(right) <= u32::from(n) && within_osa(a, b, u32::from(n))
            }
            Test::Levenshtein(n) => {
                left.distance_at_least(right) <= u32::from(n)
                    && within_levenshtein(a, b, u32::from(n))
            }
            Test::DamerauLevenshtein(n) => {
                left.distance_at_least(right) <= u32::from(n).saturating_mul(2)
                    && within_damerau_levenshtein(a, b, u32::from(n))
            }
            Test::Hamming(n) => {
                left.distance_at_least(right) <= u32::from(n) && within_hamming(a, b, u32::from(n))
            }
            Test::Jaccard(least) => alike(shared_letters, least),
            Test::Jaro(least) => left.jaro_winkler_at_most(right) >= least && alike(jaro, least),
            Test::JaroWinkler(least) => {
                left.jaro_winkler_at_most(right) >= least && alike(jaro_winkler, least)
            }
            Test::Words(least) => shared_words(a, b) >= least - ROUNDING,
            Test::SameUser => match (a.split_once('@'), b.split_once('@')) {
                (Some((a, _)), Some((b, _))) => a == b,
                _ => false,
            },
            Test::Cosine(least) => cosine(&self.left.vector, &self.right.vector)
                .is_some_and(|cosine| cosine >= least - ROUNDING),
            Test::SameSector => same_up_to(a, b, 2),
            Test::SameDistrict => same_up_to(a, b, 0),
            Test::SameArea => area(a) == area(b),
            _ => false,
        }
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
    fn head(postcode: &str, beyond: usize) -> Option<&str> {
        let blank = postcode.find(' ').unwrap_or(postcode.len());
        postcode.get(..blank + beyond)
    }
    head(a, beyond).is_some_and(|head_a| head(b, beyond) == Some(head_a))
}

fn area(postcode: &str) -> &str {
    let end = postcode.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(postcode.len());
    &postcode[..end]
}

pub(crate) fn dates_pass(test: Test, a: PartialDate, b: PartialDate) -> bool {
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
        Test::Slip => full && a.is_possible() != b.is_possible() && is_slip(a, b),
        Test::Digits(most) => full && digits_apart(a, b) <= u32::from(most),
        Test::Parts(least) => {
            let same = [a.year() == b.year(), a.month() == b.month(), a.day() == b.day()];
            full && same.iter().map(|same| u8::from(*same)).sum::<u8>() >= least
        }
        Test::Days(most) => full && days_apart(a, b).is_some_and(|days| days <= most),
        Test::Months(most) => {
            full && days_apart(a, b).is_some_and(|days| days <= most * DAYS_A_YEAR / 12.0)
        }
        Test::Years(most) => {
            full && days_apart(a, b).is_some_and(|days| days <= most * DAYS_A_YEAR)
        }
        Test::Osa(n) => full && within_osa(&a.to_string(), &b.to_string(), n.into()),
        Test::Levenshtein(n) => {
            full && within_levenshtein(&a.to_string(), &b.to_string(), n.into())
        }
        Test::DamerauLevenshtein(n) => {
            full && within_damerau_levenshtein(&a.to_string(), &b.to_string(), n.into())
        }
        Test::Hamming(n) => full && within_hamming(&a.to_string(), &b.to_string(), n.into()),
        Test::SameYear => a.year() == b.year(),
        Test::SameDayMonth => full && a.day() == b.day() && a.month() == b.month(),
        _ => false,
    }
}

const DAYS_A_YEAR: f64 = 365.25;

fn days_apart(a: PartialDate, b: PartialDate) -> Option<f64> {
    (a.is_possible() && b.is_possible())
        .then(|| f64::from((a.first_day() - b.first_day()).get_days().abs()))
}

fn digits_apart(a: PartialDate, b: PartialDate) -> u32 {
    digits(a).iter().zip(digits(b)).map(|(a, b)| u32::from(*a != b)).sum()
}

fn is_slip(a: PartialDate, b: PartialDate) -> bool {
    let (a, b) = (digits(a), digits(b));
    let mut apart = (0..a.len()).filter(|&at| a[at] != b[at]);
    match (apart.next(), apart.next(), apart.next()) {
        (Some(_), None, _) => true,
        (Some(i), Some(j), None) => i + 1 == j && a[i] == b[j] && a[j] == b[i],
        _ => false,
    }
}

/// Those of day, month and year, the last first.
fn digits(date: PartialDate) -> [u8; 8] {
    let mut number = u64::from(date.year().unsigned_abs()) * 10_000
        + u64::from(date.month()) * 100
        + u64::from(date.day());
    let mut digits = [0_u8; 8];
    for digit in &mut digits {
        *digit = (number % 10) as u8;
        number /= 10;
    }
    digits
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

fn known(a: u32, b: u32) -> bool {
    a != NONE && b != NONE
}
