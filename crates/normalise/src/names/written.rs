//! Takes a name as written apart into words, and sets aside what stands in brackets.

use crate::text::ascii;

use super::words::{LATER_NAME_WORDS, NOTE_WORDS, is_suffix, is_title};

/// The longest text taken for a name; anything longer is some other thing in the wrong column.
const LENGTH_MAX: usize = 200;

pub(super) const NO_LETTERS: &str = "no letters";
pub(super) const TOO_LONG: &str = "too long for a name";

/// A word of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// In small letters.
    pub(super) word: String,
    /// Whether a hyphen ties it to the one before.
    pub(super) tied: bool,
    /// Whether it was written in capitals, and is more than an initial.
    pub(super) capitals: bool,
    /// Whether a comma stood before it.
    pub(super) after_comma: bool,
}

impl Token {
    pub(super) fn is_ornament(&self) -> bool {
        is_title(&self.word) || is_suffix(&self.word)
    }
}

/// A value taken apart.
pub(super) struct Written {
    pub(super) main: Vec<Token>,
    /// What followed "formerly" and the like.
    pub(super) later: Option<Vec<Token>>,
    /// What stood in brackets or double quotes, if it is a name.
    pub(super) asides: Vec<Vec<Token>>,
    /// For each aside, whether it is said to be a former surname.
    pub(super) former: Vec<bool>,
}

impl Written {
    pub(super) fn read(text: &str) -> Result<Written, &'static str> {
        if text.len() > LENGTH_MAX {
            return Err(TOO_LONG);
        }
        let text = ascii(text);
        let text = without_system_mark(&text);
        let (main, bracketed) = split_brackets(text);
        let mut main = tokens(&main);
        if main.is_empty()
            && bracketed.is_empty()
            && text.bytes().any(|b| b.is_ascii_alphanumeric())
        {
            return Err(NO_LETTERS);
        }
        let later = split_later_name(&mut main);
        let mut written = Written { main, later, asides: Vec::new(), former: Vec::new() };
        for aside in bracketed {
            if let Some((former, name)) = read_aside(tokens(&aside)) {
                written.asides.push(name);
                written.former.push(former);
            }
        }
        Ok(written)
    }
}

/// Marks that systems leave before names they could not place.
fn without_system_mark(text: &str) -> &str {
    let mut text = text.trim();
    'again: loop {
        for mark in ["MIG_ERROR_", "NO_SHOW_", "DUPLICATE_"] {
            let start = text.get(..mark.len());
            if start.is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
                text = text[mark.len()..].trim_start();
                continue 'again;
            }
        }
        return text;
    }
}

/// The text outside brackets and double quotes, and what is inside each.
fn split_brackets(text: &str) -> (String, Vec<String>) {
    if !text.contains(['(', '[', '{', '"']) {
        return (text.to_owned(), Vec::new());
    }
    let mut main = String::new();
    let mut inside: Vec<String> = Vec::new();
    let (mut depth, mut quoted) = (0_u32, false);
    for letter in text.chars() {
        let was_outside = depth == 0 && !quoted;
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            _ if was_outside => main.push(letter),
            _ => inside.last_mut().expect("something was opened").push(letter),
        }
        if was_outside && (depth > 0 || quoted) {
            inside.push(String::new());
            main.push(' ');
        }
    }
    (main, inside)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut word, mut capitals) = (String::new(), true);
    let (mut tied, mut after_comma) = (false, false);
    for byte in text.bytes().chain([b' ']) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                capitals &= byte.is_ascii_uppercase();
                word.push(char::from(byte.to_ascii_lowercase()));
                continue;
            }
            // An apostrophe closes up; a digit in a name is a slip.
            b'\'' | b'`' | b'0'..=b'9' => continue,
            _ => {}
        }
        if !word.is_empty() {
            let first = tokens.is_empty();
            tokens.push(Token {
                capitals: capitals && word.len() > 1,
                word: std::mem::take(&mut word),
                tied: tied && !first && !after_comma,
                after_comma,
            });
            (capitals, tied, after_comma) = (true, false, false);
        }
        match byte {
            b'-' => tied = true,
            b',' => after_comma = true,
            _ => {}
        }
    }
    tokens
}

/// Takes "formerly Jones" from the end of a name and returns the later words.
fn split_later_name(tokens: &mut Vec<Token>) -> Option<Vec<Token>> {
    let last = tokens.len().checked_sub(1)?;
    let at = (1..last).find(|&at| LATER_NAME_WORDS.contains(&tokens[at].word.as_str()))?;
    let mut later = tokens.split_off(at + 1);
    tokens.pop();
    // Of several later names the first is enough.
    split_later_name(&mut later);
    Some(later)
}

/// The name in a bracket and whether it is a former surname, unless the bracket holds a note.
fn read_aside(mut tokens: Vec<Token>) -> Option<(bool, Vec<Token>)> {
    let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
    let (lead, former) = match words.as_slice() {
        ["known" | "preferred" | "also", "as" | "name" | "known", "as", ..] => (3, false),
        ["known" | "preferred" | "called", "as" | "name", ..] => (2, false),
        ["aka" | "pref" | "preferred" | "called", ..] => (1, false),
        ["nee" | "formerly" | "previously" | "prev" | "was" | "born", ..] => (1, true),
        _ if words.len() > 3 || words.iter().any(|word| NOTE_WORDS.contains(word)) => return None,
        _ => (0, false),
    };
    tokens.drain(..lead);
    split_later_name(&mut tokens);
    (!tokens.iter().all(Token::is_ornament)).then_some((former, tokens))
}
