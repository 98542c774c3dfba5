//! Checks the numbers by which agencies know people and properties, and puts them into one form.

use crate::text::{alphanumerics, undo_spreadsheet};

const DUMMY: &str = "dummy value";
const DIGITS_LOST: &str = "digits lost to scientific notation in a spreadsheet";
const FAILS_CHECK: &str = "fails its check digit";
const TEST_NUMBER: &str = "test number";

type Checked = Result<Option<String>, &'static str>;

/// An NHS number of England and Wales: ten digits, the last a check modulo 11.
pub(crate) fn nhs_number(text: &str) -> Checked {
    const NOT_ONE: &str = "not an NHS number";
    let Some(number) = ten_digits(text, NOT_ONE)? else { return Ok(None) };
    if is_repeated(&number) {
        return Err(DUMMY);
    }
    if !passes_nhs(&number) {
        return Err(if passes_uln(&number) {
            "fails its check digit; it is a valid learner number: are columns swapped?"
        } else {
            FAILS_CHECK
        });
    }
    // The range kept for tests, and the number of the published sandbox.
    if number.starts_with("999") || number == "9000000009" {
        return Err(TEST_NUMBER);
    }
    Ok(Some(number))
}

/// A unique learner number: ten digits, the last a check of another kind.
pub(crate) fn uln(text: &str) -> Checked {
    const NOT_ONE: &str = "not a learner number";
    let Some(number) = ten_digits(text, NOT_ONE)? else { return Ok(None) };
    if is_repeated(&number) {
        return Err(DUMMY);
    }
    if passes_uln(&number) {
        return Ok(Some(number));
    }
    Err(if passes_nhs(&number) {
        "fails its check digit; it is a valid NHS number: are columns swapped?"
    } else {
        FAILS_CHECK
    })
}

/// A unique pupil number: a check letter and twelve digits, the last a letter if temporary.
pub(crate) fn upn(text: &str) -> Checked {
    const TABLE: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    const NOT_ONE: &str = "not a pupil number";
    let number = alphanumerics(text);
    let bytes = number.as_bytes();
    match bytes {
        [] => return Ok(None),
        [b'U', b'N', b'1'..=b'5'] => return Err("unknown code"),
        _ if bytes.len() != 13 || !bytes[1..12].iter().all(u8::is_ascii_digit) => {
            return Err(NOT_ONE);
        }
        _ => {}
    }
    let value = |byte: u8| {
        if byte.is_ascii_digit() {
            Some(usize::from(byte - b'0'))
        } else {
            TABLE.iter().position(|&letter| letter == byte)
        }
    };
    let sum: Option<usize> = (2..=13).map(|place| Some(place * value(bytes[place - 1])?)).sum();
    let check = TABLE[sum.ok_or(NOT_ONE)? % TABLE.len()];
    if !bytes[0].is_ascii_alphabetic() {
        return Err(NOT_ONE);
    }
    if bytes[1..].iter().all(|&b| b == b'0') {
        return Err(DUMMY);
    }
    if check == bytes[0] { Ok(Some(number)) } else { Err("fails its check letter") }
}

/// A National Insurance number without its suffix, which says nothing of the person.
pub(crate) fn nino(text: &str) -> Checked {
    const NOT_ONE: &str = "not a National Insurance number";
    let number = alphanumerics(text);
    let bytes = number.as_bytes();
    if bytes.is_empty() {
        return Ok(None);
    }
    if number.starts_with("TN") && bytes.len() == 9 && bytes[2..8].iter().all(u8::is_ascii_digit) {
        return Err("temporary number");
    }
    let suffix = matches!(bytes.get(8), None | Some(b'A'..=b'D'));
    if !matches!(bytes.len(), 8 | 9) || !suffix || !bytes[2..8].iter().all(u8::is_ascii_digit) {
        return Err(NOT_ONE);
    }
    let never = |byte: &u8, letters: &[u8]| !byte.is_ascii_uppercase() || letters.contains(byte);
    let unused = ["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].contains(&&number[..2]);
    if never(&bytes[0], b"DFIQUV") || never(&bytes[1], b"DFIOQUV") || unused {
        return Err(NOT_ONE);
    }
    if matches!(&number[2..8], "000000" | "999999") || &number[..8] == "AB123456" {
        return Err(DUMMY);
    }
    Ok(Some(number[..8].to_owned()))
}

/// A unique property reference number: up to twelve digits, without leading zeros.
pub(crate) fn uprn(text: &str) -> Checked {
    const NOT_ONE: &str = "not a property reference number";
    let text = undo_spreadsheet(text).ok_or(DIGITS_LOST)?;
    // A fraction is no part of a number: without its point it would be another home's.
    if text.contains('.') {
        return Err(NOT_ONE);
    }
    let number = alphanumerics(text);
    if number.is_empty() {
        return Ok(None);
    }
    let digits = number.trim_start_matches('0');
    if !number.bytes().all(|b| b.is_ascii_digit()) || digits.len() > 12 {
        return Err(NOT_ONE);
    }
    if digits.is_empty() || (digits.len() > 5 && is_repeated(digits)) {
        return Err(DUMMY);
    }
    Ok(Some(digits.to_owned()))
}

fn ten_digits(text: &str, otherwise: &'static str) -> Checked {
    let number = alphanumerics(undo_spreadsheet(text).ok_or(DIGITS_LOST)?);
    if number.is_empty() {
        return Ok(None);
    }
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(otherwise);
    }
    match number.len() {
        10 => Ok(Some(number)),
        9 => Err("nine digits: a leading zero lost in a spreadsheet?"),
        _ => Err(otherwise),
    }
}

fn is_repeated(number: &str) -> bool {
    number.bytes().all(|b| b == number.as_bytes()[0])
}

/// The digits, each times its weight: 10 for the first, 1 for the last.
fn weighted_sum(number: &str) -> u32 {
    number.bytes().zip((1..=10).rev()).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum()
}

fn passes_nhs(number: &str) -> bool {
    // The check digit makes the sum a multiple of 11; where ten would be needed, none is issued.
    weighted_sum(number).is_multiple_of(11)
}

fn passes_uln(number: &str) -> bool {
    !number.starts_with('0') && weighted_sum(number) % 11 == 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(rule: fn(&str) -> Checked, cases: &[(&str, Result<&str, &str>)]) {
        for (text, expected) in cases {
            let expected = expected.map(|form| (!form.is_empty()).then(|| form.to_owned()));
            assert_eq!(rule(text), expected, "{text}");
        }
    }

    #[test]
    fn nhs_numbers_are_checked() {
        check(
            nhs_number,
            &[
                ("9434765919", Ok("9434765919")),
                ("943 476 5919", Ok("9434765919")),
                ("401-023-2137", Ok("4010232137")),
                ("9434765919.0", Ok("9434765919")),
                ("", Ok("")),
                ("1234567890", Err(FAILS_CHECK)),
                ("0000000000", Err(DUMMY)),
                ("9999999999", Err(DUMMY)),
                ("1111111111", Err(DUMMY)),
                ("9990548609", Err(TEST_NUMBER)),
                ("9000000009", Err(TEST_NUMBER)),
                ("943476591", Err("nine digits: a leading zero lost in a spreadsheet?")),
                ("9.43477E+09", Err(DIGITS_LOST)),
                ("94347659190", Err("not an NHS number")),
                ("unknown", Err("not an NHS number")),
                (
                    "9276308686",
                    Err(
                        "fails its check digit; it is a valid learner number: are columns swapped?",
                    ),
                ),
            ],
        );
    }

    #[test]
    fn learner_numbers_are_checked() {
        check(
            uln,
            &[
                ("9276308686", Ok("9276308686")),
                ("9999999999", Err(DUMMY)),
                ("1234567890", Err(FAILS_CHECK)),
                (
                    "9434765919",
                    Err("fails its check digit; it is a valid NHS number: are columns swapped?"),
                ),
            ],
        );
    }

    #[test]
    fn pupil_numbers_are_checked() {
        check(
            upn,
            &[
                ("B801200005001", Ok("B801200005001")),
                ("h801200001001", Ok("H801200001001")),
                ("M80120000500A", Ok("M80120000500A")),
                ("P207000016049", Ok("P207000016049")),
                ("A801200005001", Err("fails its check letter")),
                ("UN3", Err("unknown code")),
                ("M80120000500S", Err("not a pupil number")),
                ("12345", Err("not a pupil number")),
            ],
        );
    }

    #[test]
    fn national_insurance_numbers_are_checked() {
        check(
            nino,
            &[
                ("AA 01 23 44 B", Ok("AA012344")),
                ("AA012344", Ok("AA012344")),
                ("AB123456C", Err(DUMMY)),
                ("QQ123456C", Err("not a National Insurance number")),
                ("TN010180M", Err("temporary number")),
                ("GB123456A", Err("not a National Insurance number")),
                ("AO123456A", Err("not a National Insurance number")),
                ("AA123456E", Err("not a National Insurance number")),
                ("AA000000A", Err(DUMMY)),
            ],
        );
    }

    #[test]
    fn property_numbers_lose_their_leading_zeros() {
        check(
            uprn,
            &[
                ("100012345678", Ok("100012345678")),
                ("000012345678", Ok("12345678")),
                ("100012345678.0", Ok("100012345678")),
                ("1.00012E+11", Err(DIGITS_LOST)),
                ("1000123456789", Err("not a property reference number")),
                ("100012345.5", Err("not a property reference number")),
                ("0", Err(DUMMY)),
                ("999999999999", Err(DUMMY)),
                ("", Ok("")),
            ],
        );
    }

    proptest! {
        #[test]
        fn an_identifier_in_its_form_stays(
            text in prop_oneof![any::<String>(), "[A-Z]{0,2}[0-9]{5,13}[A-Z]?", "0{0,3}[0-9]{1,10}(\\.0)?"]
        ) {
            for rule in [nhs_number, uln, upn, nino, uprn] {
                if let Ok(Some(form)) = rule(&text) {
                    prop_assert_eq!(rule(&form), Ok(Some(form)));
                }
            }
        }

        #[test]
        fn no_number_is_both_of_a_patient_and_of_a_learner(number in "[1-9][0-9]{9}") {
            prop_assert!(!(passes_nhs(&number) && passes_uln(&number)));
        }
    }
}
