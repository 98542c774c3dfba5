//! Splits the text of an address into words, with its lines kept apart.

use std::borrow::Cow;

use crate::text::ascii;

use super::words::{Meaning, ordinal, unit_word, written_out, written_out_anywhere};

/// A word or number of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// In small plain letters, written out.
    pub(super) text: Cow<'a, str>,
    /// The line it stands on.
    pub(super) line: u32,
    /// What it can mean.
    pub(super) means: Meaning,
}

impl<'a> Token<'a> {
    fn new(text: &'a str, line: u32) -> Token<'a> {
        Token { text: text.into(), line, means: Meaning::of(text) }
    }

    /// Another word in its place.
    fn put(&mut self, text: &'static str) {
        (self.text, self.means) = (text.into(), Meaning::of(text));
    }
}

/// The text in small letters: blanks between words, commas between lines, and nothing else
/// except the strokes within numbers.
pub(super) fn clean(text: &str) -> String {
    let folded = ascii(text);
    let bytes = folded.as_bytes();
    let mut clean = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => clean.push(char::from(byte)),
            b'A'..=b'Z' => clean.push(char::from(byte.to_ascii_lowercase())),
            b'\'' | b'`' => {}
            b',' | b';' | b'\n' | b'\r' | b'|' => clean.push(','),
            b'-' | b'/' if joins_numbers(&clean, &bytes[at + 1..]) => {
                clean.truncate(clean.trim_end_matches(' ').len());
                clean.push(char::from(byte));
            }
            b'&' => clean.push_str(" and "),
            b'#' => clean.push_str(" flat "),
            // The blanks after a stroke within a number.
            _ if matches!(clean.as_bytes().last(), Some(b'-' | b'/')) => {}
            _ => clean.push(' '),
        }
    }
    clean
}

/// Whether a stroke stands between two numbers.
fn joins_numbers(before: &str, after: &[u8]) -> bool {
    let before = before.trim_end_matches(' ');
    let last = before.rsplit([' ', ',']).next().unwrap_or("");
    // "2/12-14": a flat, and a range of numbers.
    let last = last.split_once('/').map_or(last, |(_, last)| last);
    let next = after.iter().find(|&&b| b != b' ');
    is_plain_number(last) && next.is_some_and(u8::is_ascii_digit)
}

/// The words of a clean text, written out.
pub(super) fn tokens(clean: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(12);
    for (line, words) in (0_u32..).zip(clean.split(',')) {
        let start = tokens.len();
        for word in words.split_ascii_whitespace() {
            push(&mut tokens, word, line);
        }
        write_out(&mut tokens[start..]);
    }
    tokens
}

/// Adds a word, or what it stands for.
fn push<'a>(tokens: &mut Vec<Token<'a>>, word: &'a str, line: u32) {
    let token = |text: &'a str| Token::new(text, line);
    let means = Meaning::of(word);
    if means.is_none() && 1 < word.len() && word.bytes().all(|b| b.is_ascii_lowercase()) {
        tokens.push(Token { text: word.into(), line, means });
        return;
    }
    if let Some(floor) = floor_flat(word) {
        tokens.extend([floor, "floor", "flat"].map(token));
        return;
    }
    let digits = word.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    if unit_word(&word[..digits]).is_some() {
        tokens.extend([&word[..digits], &word[digits..]].map(token));
        return;
    }
    // "F2" is flat 2.
    if let Some(label) = word.strip_prefix('f').filter(|label| is_plain_number(label)) {
        tokens.extend(["flat", label].map(token));
        return;
    }
    if let Some(last) = tokens.last_mut().filter(|last| last.line == line) {
        // "Flat no. 2", "Flat no. B".
        if is_word_for_number(word) && unit_word(&last.text).is_some() {
            return;
        }
        if is_word_for_number(&last.text) && is_number(word) {
            *last = token(word);
            return;
        }
        // "12 a" is 12a.
        let letter = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase();
        if letter && last.text.bytes().all(|b| b.is_ascii_digit()) {
            last.text.to_mut().push_str(word);
            return;
        }
        if word == "floor"
            && let Some(ordinal) = ordinal(&last.text)
        {
            last.put(ordinal);
        }
    }
    tokens.push(Token { text: word.into(), line, means });
}

fn is_word_for_number(word: &str) -> bool {
    matches!(word, "no" | "number" | "nr")
}

/// The floor of "GFF", a ground floor flat, and the like.
fn floor_flat(word: &str) -> Option<&'static str> {
    match word {
        "gff" => Some("ground"),
        "fff" => Some("first"),
        "sff" => Some("second"),
        "tff" => Some("top"),
        _ => None,
    }
}

/// Writes out the short forms on a line, from its end, since what follows decides.
fn write_out(line: &mut [Token<'_>]) {
    // Where the kind of street nearest to the right stands.
    let mut street_at: Option<usize> = None;
    for at in (0..line.len()).rev() {
        let after_word = at > 0 && !is_number(&line[at - 1].text);
        let Token { text, means, .. } = &line[at];
        let full = match &**text {
            _ if means.is_none() => None,
            // "High St" is a street; "St Johns Road" and "Upper St Martins Lane" name a saint.
            "st" if after_word && street_at.is_none_or(|street| street > at + 3) => Some("street"),
            "st" => Some("saint"),
            word if after_word => written_out(word).or_else(|| written_out_anywhere(word)),
            word => written_out_anywhere(word),
        };
        if let Some(full) = full {
            line[at].put(full);
        }
        if after_word && line[at].means.is_street() {
            street_at = Some(at);
        }
    }
}

/// Whether a word is the number of a house: 16, 16a, 12-14, 16/2, 2/12-14.
pub(super) fn is_number(word: &str) -> bool {
    if !word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let mut parts = word.split('/');
    let first = parts.next().is_some_and(is_range);
    let second = parts.next().is_none_or(is_range);
    first && second && parts.next().is_none()
}

/// One number, or two with a stroke between them.
fn is_range(word: &str) -> bool {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    is_plain_number(first) && is_plain_number(last)
}

/// Digits, with a letter after them or not.
fn is_plain_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let letters = &word.as_bytes()[digits..];
    (1..=6).contains(&digits) && letters.len() <= 1 && letters.iter().all(u8::is_ascii_lowercase)
}

/// Whether a word can number a home in a building: 2, 2b, b2, b, 2/1, 1f2.
pub(super) fn is_unit_id(word: &str) -> bool {
    let single = word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase();
    let lettered = word
        .get(1..)
        .is_some_and(|rest| word.as_bytes()[0].is_ascii_lowercase() && is_plain_number(rest));
    let floor = word.split_once('f').is_some_and(|(floor, flat)| {
        let digits =
            |s: &str| !s.is_empty() && s.len() <= 2 && s.bytes().all(|b| b.is_ascii_digit());
        digits(floor) && digits(flat)
    });
    single || lettered || floor || is_number(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_words_and_numbers_are_told_apart() {
        for (text, expected) in [
            ("Flat 2, 16 High St.", "flat 2 | 16 high street"),
            ("12 - 14 St John's Rd", "12-14 saint johns road"),
            ("12 A High St Flat 2", "12a high street flat 2"),
            ("16/2 Upper St Martins Ln", "16/2 upper saint martins lane"),
            ("Apt4; No. 7 The Dr", "apt 4 | 7 the drive"),
            ("GFF 16 Dr Martin Cl", "ground floor flat 16 dr martin close"),
            ("2nd Floor, 1 Mt Pleasant", "second floor | 1 mount pleasant"),
            ("#3 Gt North Rd", "flat 3 great north road"),
            ("F2, 16 High St", "flat 2 | 16 high street"),
            ("Flat No. B, No 16 High St", "flat b | 16 high street"),
            (",, ,", ""),
        ] {
            let clean = clean(text);
            let tokens = tokens(&clean);
            let lines: Vec<String> = tokens
                .chunk_by(|a, b| a.line == b.line)
                .map(|line| line.iter().map(|t| &*t.text).collect::<Vec<_>>().join(" "))
                .collect();
            assert_eq!(lines.join(" | "), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_of_houses_or_units() {
        for word in ["1", "16a", "12-14", "12a-14b", "16/2"] {
            assert!(is_number(word), "{word}");
        }
        for word in ["", "a", "1st", "16ab", "1-2-3", "-1", "1234567"] {
            assert!(!is_number(word), "{word}");
        }
        for word in ["2", "b", "b2", "2b", "2/1", "1f2"] {
            assert!(is_unit_id(word), "{word}");
        }
        assert!(!is_unit_id("ab") && !is_unit_id(""));
    }
}
