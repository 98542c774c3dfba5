//! Takes from the words of an address those that say which home in a building is meant.

use super::lex::{Token, is_number, is_unit_id};
use super::words::{is_block, is_position, is_street, is_unit_noun, unit_word};

/// Takes out what says which home in a building it is.
///
/// Numbered units come first ("flat 2"); without one, words of where it lies ("ground floor
/// flat" is `ground flat`).
pub(super) fn take_units(tokens: &mut Vec<Token<'_>>) -> String {
    if !tokens.iter().any(|token| token.means.tells_unit()) {
        return String::new();
    }
    let mut units: Vec<(&'static str, String)> = Vec::new();
    let mut at = 0;
    while at + 1 < tokens.len() {
        let (word, id) = (&tokens[at], &tokens[at + 1]);
        if !word.means.tells_unit() {
            at += 1;
            continue;
        }
        let same_line = |token: &&Token<'_>| token.line == word.line;
        let before = tokens[..at].last().filter(same_line);
        // "Ground floor flat 16 High Street": the number is the house's.
        let described = before.is_some_and(|b| is_position(&b.text) || is_unit_noun(&b.text))
            && tokens.get(at + 2).filter(same_line).is_some_and(|next| !is_number(&next.text));
        let numbered = id.line == word.line && is_unit_id(&id.text) && !described;
        let Some(noun) = unit_word(&word.text).filter(|_| numbered) else {
            at += 1;
            continue;
        };
        units.push((noun, id.text.clone().into_owned()));
        tokens.drain(at..at + 2);
    }
    let described = take_description(tokens);
    // A room in a flat is part of that home.
    if units.iter().any(|(noun, _)| *noun == "flat") {
        units.retain(|(noun, _)| *noun != "room");
    }
    if units.is_empty() {
        return described;
    }
    let shown: Vec<String> = units.iter().map(|(noun, id)| format!("{noun} {id}")).collect();
    shown.join(" ")
}

/// Takes out words such as "first floor flat", of which one at least must mean a home.
fn take_description(tokens: &mut Vec<Token<'_>>) -> String {
    let part = |word: &str| is_unit_noun(word) || is_position(word);
    let mut start = 0;
    while start < tokens.len() {
        let line = tokens[start].line;
        let length = tokens[start..]
            .iter()
            .take_while(|token| token.line == line && part(&token.text))
            .count();
        let run = &tokens[start..start + length];
        let next = tokens.get(start + length).filter(|next| next.line == line);
        let noun = run.iter().any(|token| is_unit_noun(&token.text));
        let is_unit =
            noun && next.is_none_or(|next| !is_street(&next.text) && !is_block(&next.text));
        if is_unit {
            let words: Vec<&str> = run.iter().map(|token| &*token.text).collect();
            let described = describe(&words);
            let the =
                start > 0 && tokens[start - 1].line == line && tokens[start - 1].text == "the";
            tokens.drain(start - usize::from(the)..start + length);
            return described;
        }
        start += length.max(1);
    }
    String::new()
}

fn describe(words: &[&str]) -> String {
    let place: Vec<&str> = words.iter().copied().filter(|word| is_position(word)).collect();
    if place.is_empty() {
        return match words[0] {
            // That it is a flat does not say which.
            "flat" | "apartment" | "floor" => String::new(),
            "annex" => "annexe".to_owned(),
            noun => noun.to_owned(),
        };
    }
    format!("{} flat", place.join(" "))
}
