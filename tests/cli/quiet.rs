//! Nobody's name is in a message.

use std::collections::BTreeSet;

use crate::kinfold::{copy_of_town, kinfold, snapshot};

#[test]
fn a_run_tells_of_nobody() {
    let copy = copy_of_town();
    let told = kinfold(copy.path(), &["run", "plan.toml", "--progress", "json"]).good();
    let lines: Vec<serde_json::Value> =
        told.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 16, "every stage begins and ends: {}", told.stderr);

    let persons = snapshot().persons().unwrap();
    let mut values = BTreeSet::new();
    for field in ["surname", "forename", "date_of_birth", "nhs_number", "phone", "postcode"] {
        let place = persons.fields.iter().position(|known| known == field).unwrap();
        values.extend(
            persons
                .rows
                .iter()
                .filter_map(|row| row.best[place].as_ref())
                .map(|best| best.value.to_lowercase()),
        );
    }
    assert!(values.len() > 1_000);
    let said = format!("{}\n{}", told.stderr, told.stdout).to_lowercase();
    let words: BTreeSet<&str> = said.split(|c: char| !c.is_alphanumeric()).collect();
    // A name is looked for as a word, for "Ali" is in "signalised"; a number wherever it stands.
    let is_name = |value: &str| value.chars().all(char::is_alphabetic);
    let told_of: Vec<&String> = values
        .iter()
        .filter(|value| value.len() > 2)
        .filter(|value| {
            if is_name(value) {
                words.contains(value.as_str())
            } else {
                said.contains(value.as_str())
            }
        })
        .collect();
    assert!(told_of.is_empty(), "{told_of:?}");
}
