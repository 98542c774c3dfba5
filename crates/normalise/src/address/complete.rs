//! Completes what one statement of an address leaves open with what others say.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::postcode;

use super::Statement;

/// Gives a house known by its name the number that others of its postcode give with the name.
pub(super) fn number_named_houses(statements: &mut [Statement<'_>]) {
    let mut numbers: FxHashMap<(String, String), Option<(String, String)>> = FxHashMap::default();
    for statement in statements.iter() {
        let (Some(words), Some(postcode)) = (&statement.words, statement.postcode) else {
            continue;
        };
        if words.name.is_empty() || words.number.is_empty() || !postcode::is_full(postcode) {
            continue;
        }
        let known = (words.number.clone(), words.street.clone());
        numbers
            .entry((postcode.to_owned(), words.name.clone()))
            .and_modify(|other| {
                let same = other.take().filter(|(number, _)| *number == known.0);
                *other = same.map(|other| other.max(known.clone()));
            })
            .or_insert(Some(known));
    }
    if numbers.is_empty() {
        return;
    }
    for statement in statements {
        let (Some(words), Some(postcode)) = (&mut statement.words, statement.postcode) else {
            continue;
        };
        if words.name.is_empty() || !words.number.is_empty() {
            continue;
        }
        let key = (postcode.to_owned(), words.name.clone());
        if let Some(Some((number, street))) = numbers.get(&key) {
            let words = words.to_mut();
            words.number.clone_from(number);
            if words.street.is_empty() {
                words.street.clone_from(street);
            }
        }
    }
}

/// Reads "2/16" as flat 2 of 16 where others of its postcode speak of 16 and none of 2.
pub(super) fn settle_strokes(statements: &mut [Statement<'_>]) {
    if !statements.iter().any(|statement| statement.ambiguous) {
        return;
    }
    let plain: FxHashSet<(Option<&str>, String)> = statements
        .iter()
        .filter(|statement| !statement.ambiguous)
        .filter_map(|statement| {
            Some((statement.postcode, statement.words.as_ref()?.number.clone()))
        })
        .collect();
    for statement in statements.iter_mut().filter(|statement| statement.ambiguous) {
        let Some(words) = &statement.words else { continue };
        let Some(other) = words.other_way_round() else { continue };
        let known = |number: &str| plain.contains(&(statement.postcode, number.to_owned()));
        if known(&other.number) && !known(&words.number) {
            statement.words = Some(Cow::Owned(other));
        }
    }
}
