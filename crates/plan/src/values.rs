//! Recognises what sampled values look like, for guessing and for doubting.
//!
//! These are looks, not checks: whether a value is taken is decided by `normalise`.

use record::Kind;

/// The kinds that can be told from looking at values alone.
pub(crate) const RECOGNISED: [Kind; 9] = [
    Kind::NhsNumber,
    Kind::Uln,
    Kind::Upn,
    Kind::Nino,
    Kind::Email,
    Kind::Postcode,
    Kind::Date,
    Kind::Phone,
    Kind::Sex,
];

/// Whether a value looks like one of this kind; every value may be of a kind not recognised.
pub(crate) fn looks_like(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::NhsNumber => is_nhs_number(value),
        Kind::Uln => is_uln(value),
        Kind::Upn => is_upn(value),
        Kind::Nino => is_nino(value),
        Kind::Email => is_email(value),
        Kind::Postcode => is_postcode(value),
        Kind::Date => is_date(value),
        Kind::Phone => is_phone(value),
        Kind::Sex => is_sex(value),
        _ => true,
    }
}

/// How many of the values that are not blank look like this kind, and how many are not blank.
pub(crate) fn count<'v>(kind: Kind, values: impl Iterator<Item = &'v str>) -> (usize, usize) {
    let (mut like, mut filled) = (0, 0);
    for value in values.map(str::trim).filter(|value| !value.is_empty()) {
        filled += 1;
        like += usize::from(looks_like(kind, value));
    }
    (like, filled)
}

/// The three numbers of a date written with separators, as written; a month's name is 0.
pub(crate) fn date_numbers(value: &str) -> Option<[u32; 3]> {
    // A time of day may follow.
    let date = value.trim().split(['T', ' ']).next().unwrap_or("");
    let mut parts = date.split(['/', '-', '.']).map(|part| {
        let digits =
            !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        if digits { part.parse().ok() } else { is_month(part).then_some(0) }
    });
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

fn is_month(word: &str) -> bool {
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    word.len() >= 3
        && word.get(..3).is_some_and(|start| months.contains(&start.to_lowercase().as_str()))
}

fn is_date(value: &str) -> bool {
    let in_days = |day: u32| (1..=31).contains(&day);
    if let Some([first, second, third]) = date_numbers(value) {
        let short = |n| n <= 12 || in_days(n);
        return (first > 31 && short(second) && in_days(third))
            || (in_days(first) && short(second) && (third > 31 || third < 100))
            || (first == 0 && in_days(second));
    }
    if value.len() == 8 && value.bytes().all(|b| b.is_ascii_digit()) {
        let number = |range: std::ops::Range<usize>| value[range].parse::<u32>().unwrap_or(0);
        return (1..=12).contains(&number(4..6))
            && in_days(number(6..8))
            && (1800..2200).contains(&number(0..4));
    }
    is_year(value) || is_year_and_month(value)
}

fn is_year_and_month(value: &str) -> bool {
    value.split_once('-').is_some_and(|(year, month)| {
        is_year(year) && month.len() == 2 && matches!(month.parse(), Ok(1..=12))
    })
}

pub(crate) fn is_year(value: &str) -> bool {
    value.len() == 4 && matches!(value.parse(), Ok(1850..=2150))
}

fn digits(value: &str) -> Vec<u32> {
    let digits: Option<Vec<u32>> =
        value.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_digit(10)).collect();
    digits.unwrap_or_default()
}

fn weighted(digits: &[u32], from: u32) -> u32 {
    digits.iter().zip((1..=from).rev()).map(|(digit, weight)| digit * weight).sum()
}

fn is_nhs_number(value: &str) -> bool {
    let digits = digits(value);
    let repeated = digits.windows(2).all(|pair| pair[0] == pair[1]);
    digits.len() == 10 && !repeated && (11 - weighted(&digits[..9], 10) % 11) % 11 == digits[9]
}

// Weights 10 down to 1 over all ten digits leave 10, as for an NHS number they leave nothing:
// so no number is both, and columns put in each other's place show themselves.
fn is_uln(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 10 && digits[0] != 0 && weighted(&digits, 10) % 11 == 10
}

fn is_upn(value: &str) -> bool {
    let value = value.as_bytes();
    value.len() == 13
        && value[0].is_ascii_alphabetic()
        && value[1..12].iter().all(u8::is_ascii_digit)
        && value[12].is_ascii_alphanumeric()
}

fn is_nino(value: &str) -> bool {
    let value: Vec<u8> = value.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    let suffix = value.get(8..).unwrap_or_default();
    (8..=9).contains(&value.len())
        && value[..2].iter().all(u8::is_ascii_alphabetic)
        && value[2..8].iter().all(u8::is_ascii_digit)
        && suffix.iter().all(|byte| matches!(byte.to_ascii_uppercase(), b'A'..=b'D'))
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && host.contains('.')
            && !value.contains(char::is_whitespace)
            && !host.contains('@')
    })
}

fn is_postcode(value: &str) -> bool {
    let value: Vec<u8> = value.bytes().filter(|byte| *byte != b' ').collect();
    let Some((outward, inward)) = value.len().checked_sub(3).map(|at| value.split_at(at)) else {
        return false;
    };
    let letters = outward.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (2..=4).contains(&outward.len())
        && (1..=2).contains(&letters)
        && outward.get(letters).is_some_and(u8::is_ascii_digit)
        && outward[letters..].iter().all(u8::is_ascii_alphanumeric)
        && inward[0].is_ascii_digit()
        && inward[1..].iter().all(u8::is_ascii_alphabetic)
}

fn is_phone(value: &str) -> bool {
    let signs = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '.');
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.chars().all(signs) && (7..=15).contains(&digits)
}

fn is_sex(value: &str) -> bool {
    let plain = value.to_lowercase();
    // Some systems write their list's letter before the word: `a) Male`.
    let plain = plain.split_once(") ").map_or(plain.as_str(), |(_, word)| word);
    let words = [
        "m",
        "f",
        "male",
        "female",
        "man",
        "woman",
        "boy",
        "girl",
        "u",
        "x",
        "i",
        "n",
        "unknown",
        "not known",
        "other",
        "not specified",
        "indeterminate",
        "0",
        "1",
        "2",
        "9",
        "00",
        "01",
        "02",
        "09",
    ];
    words.contains(&plain.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_like_their_kind() {
        for (kind, like, unlike) in [
            (Kind::NhsNumber, "943 476 5919", "1234567890"),
            (Kind::NhsNumber, "4010232137", "1111111111"),
            (Kind::Uln, "9276308686", "9434765919"),
            (Kind::Upn, "B801200005001", "B80120000500"),
            (Kind::Upn, "M80120000500A", "801200005001B"),
            (Kind::Nino, "QQ 12 34 56 C", "Q1234567C"),
            (Kind::Email, "a.b@example.org", "a at example.org"),
            (Kind::Postcode, "ZZ1 1ZZ", "2000"),
            (Kind::Postcode, "zz11zz", "ZZ1"),
            (Kind::Date, "31/12/2010", "2010/2011"),
            (Kind::Date, "2010-12-31", "99/99/2010"),
            (Kind::Date, "20101231", "20101331"),
            (Kind::Date, "31-Dec-10", "31-Foo-10"),
            (Kind::Date, "2010-12-31T00:00:00", "T"),
            (Kind::Date, "1984", "19840"),
            (Kind::Phone, "+44 (0)20 7946 0000", "none"),
            (Kind::Sex, "a) Male", "a) Mail"),
        ] {
            assert!(looks_like(kind, like), "{like} of {kind:?}");
            assert!(!looks_like(kind, unlike), "{unlike} of {kind:?}");
            assert!(!looks_like(kind, ""), "nothing of {kind:?}");
        }
    }

    #[test]
    fn no_number_is_an_nhs_number_and_a_learner_number() {
        for n in (1_000_000_000_u64..9_999_999_999).step_by(77_777_777) {
            for n in n..n + 11 {
                let value = n.to_string();
                assert!(!(is_nhs_number(&value) && is_uln(&value)), "{value}");
            }
        }
    }

    #[test]
    fn blanks_are_not_counted() {
        let values = ["M", " ", "F", "", "7"];
        assert_eq!(count(Kind::Sex, values.into_iter()), (2, 3));
        assert_eq!(count(Kind::Sex, std::iter::empty()), (0, 0));
    }
}
