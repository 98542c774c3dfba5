//! What a cell says, whatever its field: nothing, something, or what a spreadsheet left of it.

use record::Kind;

/// The refusal of a number that a spreadsheet rounded.
pub(crate) const SCIENTIFIC: &str = "damaged by a spreadsheet (scientific notation)";
/// The refusal of what a spreadsheet writes where it has no value.
pub(crate) const SPREADSHEET_ERROR: &str = "damaged by a spreadsheet (error instead of a value)";
/// The refusal of a value without a meaning in the plan.
pub(crate) const UNKNOWN_CODE: &str = "not among the codes of the plan";

/// Whether a whole cell is one of the words that programs write for "nothing".
///
/// In the spelling of those programs only: there are people called Nan and Null. One who is called
/// None is not told from the "None" of a program.
pub(crate) fn is_missing(text: &str) -> bool {
    const WORDS: [&str; 8] = ["", "-", "NULL", "null", "N/A", "n/a", "#N/A", "nan"];
    text.len() <= 4 && (WORDS.contains(&text) || ["NaN", "None"].contains(&text))
}

/// Whether a whole cell is what a spreadsheet writes where a formula failed or a cell was narrow.
pub(crate) fn is_spreadsheet_error(text: &str) -> bool {
    const ERRORS: [&str; 6] = ["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"];
    text.starts_with('#')
        && (ERRORS.contains(&text) || (3 < text.len() && text.bytes().all(|byte| byte == b'#')))
}

/// Whether values of a kind are figures and letters that mean nothing as a quantity, and so are
/// destroyed by a spreadsheet that takes them for one.
pub(crate) fn is_identifier(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NhsNumber
            | Kind::Upn
            | Kind::Uln
            | Kind::Nino
            | Kind::Uprn
            | Kind::Phone
            | Kind::Code
    )
}

/// An identifier as it was before a program took it for a quantity, as far as that can be undone.
pub(crate) fn identifier(text: &str) -> Result<&str, &'static str> {
    if is_scientific(text) { Err(SCIENTIFIC) } else { Ok(whole_number(text).unwrap_or(text)) }
}

/// The whole number in `1234.0`.
pub(crate) fn whole_number(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && matches!(fraction, "0" | "00")).then_some(whole)
}

/// Whether a text is a number as spreadsheets shorten it, such as `1.00012E+11`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    // The sign is always there; without it, `12E4` may well be somebody's reference.
    let exponent = exponent.strip_prefix('+').or_else(|| exponent.strip_prefix('-'));
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.is_some_and(digits)
}

/// Writes a number as a person would: a whole one without a fraction.
pub(crate) fn write_number(number: f64, text: &mut String) {
    use std::fmt::Write as _;
    // Writing a whole number as a float gives no fraction either; the sign of zero is all that
    // is lost.
    let number = if number == 0.0 { 0.0 } else { number };
    write!(text, "{number}").expect("a string takes all that is written");
}

/// A source's codes and their meanings.
#[derive(Debug)]
pub(crate) struct Codes {
    // Invariant: ascending by code, which is in lower case and trimmed.
    meanings: Vec<(String, String)>,
}

impl Codes {
    /// The codes of a plan; `None` if there are none, and every value means itself.
    pub(crate) fn new(codes: &[(String, String)]) -> Option<Codes> {
        let mut meanings: Vec<(String, String)> = codes
            .iter()
            .map(|(code, meaning)| (code.trim().to_lowercase(), meaning.trim().to_owned()))
            .collect();
        meanings.sort();
        (!meanings.is_empty()).then_some(Codes { meanings })
    }

    /// What a code means.
    pub(crate) fn meaning(&self, code: &str) -> Option<&str> {
        let code = code.to_lowercase();
        let at = self.meanings.partition_point(|(known, _)| *known < code);
        let (known, meaning) = self.meanings.get(at)?;
        (*known == code).then_some(meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_programs_write_for_nothing_is_missing() {
        for word in ["", "-", "NULL", "N/A", "#N/A", "nan", "None"] {
            assert!(is_missing(word), "{word}");
        }
        for word in ["Null", "Nan", "NONE", "none", "Unknown", "NA", "x", "--1"] {
            assert!(!is_missing(word), "{word}");
        }
    }

    #[test]
    fn what_a_spreadsheet_leaves_of_an_identifier_is_told() {
        for (text, expected) in [
            ("1.00012E+11", Err(SCIENTIFIC)),
            ("1E+11", Err(SCIENTIFIC)),
            ("9.434765919e+09", Err(SCIENTIFIC)),
            ("1234567890.0", Ok("1234567890")),
            ("1234567890.00", Ok("1234567890")),
            ("1234567890", Ok("1234567890")),
            ("12E4", Ok("12E4")),
            ("12.0E+11", Ok("12.0E+11")),
            ("A1.0", Ok("A1.0")),
            ("07700 900123", Ok("07700 900123")),
            ("", Ok("")),
        ] {
            assert_eq!(identifier(text), expected, "{text}");
        }
        for (text, expected) in
            [("#REF!", true), ("########", true), ("#N/A", false), ("#1", false), ("###", false)]
        {
            assert_eq!(is_spreadsheet_error(text), expected, "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_written_without_a_fraction() {
        for (number, expected) in
            [(12.0, "12"), (-0.0, "0"), (1.5, "1.5"), (100_012_345_678.0, "100012345678")]
        {
            let mut text = String::new();
            write_number(number, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn codes_are_found_in_any_case() {
        let codes =
            Codes::new(&[(" UN1".into(), String::new()), ("a) Male".into(), "M".into())]).unwrap();
        assert_eq!(codes.meaning("A) MALE"), Some("M"));
        assert_eq!(codes.meaning("un1"), Some(""));
        assert_eq!(codes.meaning("a"), None);
        assert_eq!(codes.meaning("z"), None);
        assert!(Codes::new(&[]).is_none());
    }
}
