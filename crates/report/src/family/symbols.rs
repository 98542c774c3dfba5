//! The symbol of a person in a genogram, and the words beneath it.

use serde::Serialize;

use super::{FamilyPage, FamilySex};

/// A person's symbol: a square, circle or diamond around its middle.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Symbol {
    pub(super) person: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) shape: &'static str,
    pub(super) classes: String,
    pub(super) has_died: bool,
    pub(super) is_unresolved: bool,
    pub(super) labels: Vec<String>,
    pub(super) title: String,
}

/// The letters that fit beneath a symbol.
const LETTERS: usize = 14;

/// The symbol of a person whose middle is here; of a second home, one that refers to the first.
pub(super) fn symbol(page: &FamilyPage, person: usize, is_first: bool, x: f64, y: f64) -> Symbol {
    let who = &page.persons[person];
    let shape = match who.sex {
        Some(FamilySex::Male) => "square",
        Some(FamilySex::Female) => "circle",
        None => "diamond",
    };
    let mut classes = Vec::new();
    let all = [
        (who.is_subject, "subject"),
        (who.is_expected, "expected"),
        (who.is_unresolved, "unresolved"),
        (who.has_died, "died"),
        (who.has_left, "left"),
        (!is_first, "also"),
    ];
    classes.extend(all.into_iter().filter(|(is, _)| *is).map(|(_, class)| class));
    let mut labels = wrapped(&who.name, LETTERS, 3);
    if is_first {
        labels.extend([who.born.clone(), who.note.clone()]);
    } else {
        labels.push("lives here too".to_owned());
    }
    labels.retain(|label| !label.is_empty());
    Symbol {
        person,
        x,
        y,
        shape,
        classes: classes.join(" "),
        has_died: who.has_died,
        is_unresolved: who.is_unresolved,
        labels,
        title: [who.name.as_str(), &who.born, &who.note, &who.id]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// An address whose postcode, at its end, stays on one line.
pub(super) fn with_whole_postcode(address: &str) -> String {
    let is_inward = |text: &str| matches!(text.as_bytes(), [digit, a, b] if digit.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
    match address.rsplit_once(' ') {
        Some((before, inward)) if is_inward(inward) => format!("{before}\u{a0}{inward}"),
        _ => address.to_owned(),
    }
}

/// Words on so many lines at most of so many letters.
pub(super) fn wrapped(text: &str, letters: usize, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let is_last = lines.len() == lines_max;
        match lines.last_mut() {
            Some(line) if is_last || line.chars().count() + word.chars().count() < letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    for line in &mut lines {
        if letters < line.chars().count() {
            *line = line.chars().take(letters.saturating_sub(1)).collect::<String>() + "…";
        }
    }
    lines
}
