//! Folds writing systems, accents and case, so that words are compared as plain letters.

use std::borrow::Cow;

use deunicode::{deunicode_char, deunicode_with_tofu};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in ASCII, its case kept; what cannot be transliterated is left out, and symbols
/// become blanks.
pub(crate) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let written: String = text.chars().map(|c| if is_symbol(c) { ' ' } else { c }).collect();
    let decomposed: String = written.nfkd().collect();
    Cow::Owned(deunicode_with_tofu(&decomposed, ""))
}

/// Whether transliteration would make a word of what is no letter: a smile, a trade mark. Only
/// that for "care of" means the letters it is made of.
fn is_symbol(c: char) -> bool {
    let is_word =
        || deunicode_char(c).is_some_and(|name| name.bytes().any(|b| b.is_ascii_alphanumeric()));
    !c.is_ascii() && c != '℅' && !c.is_alphanumeric() && !is_combining_mark(c) && is_word()
}

/// The text in lower-case ASCII.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = ascii(text).into_owned();
    folded.make_ascii_lowercase();
    folded
}

/// Lower-case letters and digits, everything between them one blank; apostrophes close up.
pub(crate) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for byte in fold(text).bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => words.push(char::from(byte)),
            b'\'' | b'`' => {}
            _ if words.ends_with(' ') || words.is_empty() => {}
            _ => words.push(' '),
        }
    }
    words.truncate(words.trim_end().len());
    words
}

/// Upper-case letters and digits, and nothing else.
pub(crate) fn alphanumerics(text: &str) -> String {
    let mut kept: String = ascii(text).chars().filter(char::is_ascii_alphanumeric).collect();
    kept.make_ascii_uppercase();
    kept
}

/// What a spreadsheet made of a whole number: the number again, or nothing if digits were lost.
pub(crate) fn undo_spreadsheet(text: &str) -> Option<&str> {
    let text = text.trim();
    let scientific = || {
        let (mantissa, exponent) = text.split_once(['e', 'E'])?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let whole = mantissa.split_once('.').map_or(mantissa, |(whole, _)| whole);
        (digits(whole) && digits(exponent.strip_prefix('+')?)).then_some(())
    };
    if scientific().is_some() {
        return None;
    }
    let whole = text.trim_end_matches('0').strip_suffix('.').filter(|whole| {
        !whole.is_empty() && text.contains('.') && whole.bytes().all(|b| b.is_ascii_digit())
    });
    Some(whole.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded_to_plain_letters() {
        for (text, expected) in [
            ("Müller", "muller"),
            ("Zoë  O’Neil", "zoe oneil"),
            ("SØREN-ŁUKASZ", "soren lukasz"),
            ("Σωκράτης Ћ", "sokrates tsh"),
            ("Ａｌｉ", "ali"),
            ("नेहा", "nehaa"),
            ("O❜Neil – Smith", "oneil smith"),
            ("Anna 😀", "anna"),
            ("☺Anna❤Marie 👩‍👧", "anna marie"),
            ("🇬🇧 Ann™ ©", "ann"),
            ("😀", ""),
            ("  ", ""),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_did_is_undone_or_seen() {
        assert_eq!(undo_spreadsheet("9434765919.0"), Some("9434765919"));
        assert_eq!(undo_spreadsheet("100"), Some("100"));
        assert_eq!(undo_spreadsheet("943 476 5919"), Some("943 476 5919"));
        assert_eq!(undo_spreadsheet("1.00012E+11"), None);
        assert_eq!(undo_spreadsheet("1E+11"), None);
    }
}
