//! Questions to the snapshot of the invented town.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinfold::{kinfold, snapshot, town};

fn ask(words: &[&str]) -> Value {
    kinfold(town(), &[&["ask", "--json"], words].concat()).good().json()
}

#[test]
fn every_question_has_an_answer_and_help() {
    let record = snapshot().records().unwrap().into_iter().find(|row| row.household_id.is_some());
    let record = record.unwrap();
    let id = format!("{}:{}", record.source, record.key);
    for question in [
        "residents",
        "household",
        "connected",
        "children",
        "adults",
        "concerned",
        "services",
        "indicators",
        "family",
    ] {
        let told = kinfold(town(), &["ask", question, "snapshots", &id]).good();
        assert!(told.stdout.contains("2026-03-31"), "{question}: {}", told.stdout);
        assert_eq!(ask(&[question, "snapshots", &id])["as_of"], "2026-03-31");
        let help = kinfold(town(), &["ask", question, "--help"]).good().stdout;
        assert!(help.contains("--as-of <DATE>"), "{question}");
    }
    let changes = ask(&["changes", "snapshots", &id, "--since", "2020-01-01"]);
    assert_eq!(changes["since"], "2020-01-01");
    let unled = ask(&["unled", "snapshots", "--agencies", "4"]);
    for person in unled["persons"].as_array().unwrap() {
        assert!(4 <= person["agencies"].as_array().unwrap().len());
    }
}

#[test]
fn what_cannot_be_answered_is_an_error_that_names_nobody() {
    for (words, says) in [
        (&["household", "snapshots", "P1"] as &[&str], "the snapshot has no person `P1`"),
        (&["residents", "snapshots", "H1"], "the snapshot has no household `H1`"),
        (&["residents", "snapshots", "A1"], "the snapshot has no address `A1`"),
        (&["family", "snapshots", "schools:Smith"], "no record of that source and key"),
        (&["family", "snapshots", "Smith"], "an id is that of a person"),
        (&["unled", "snapshots", "--as-of", "2030-01-01"], "knows nothing of 2030-01-01"),
        (&["basket", "snapshots", "seven"], "no basket `seven`; its plan defines no basket"),
        (&["triggered", "snapshots", "x"], "no indicator `x`; its plan defines no indicator"),
        (&["unled", "."], "is not a snapshot"),
    ] {
        let told = kinfold(town(), &[&["ask"], words].concat());
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{words:?}");
        assert!(told.stderr.contains(says), "{words:?}: {}", told.stderr);
        assert!(!told.stderr.contains("Smith"), "{}", told.stderr);
    }
}

#[test]
fn the_residents_of_every_household_are_its_members() {
    let snapshot = snapshot();
    let run_date = snapshot.manifest().run_date;
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in snapshot.memberships().unwrap() {
        let now =
            row.from.is_none_or(|from| from <= run_date) && row.to.is_none_or(|to| run_date < to);
        if now {
            members.entry(row.household_id).or_default().insert(row.person_id);
        }
    }
    // A large household, a small one, and one between.
    let mut by_size: Vec<_> = members.into_iter().collect();
    by_size.sort_by_key(|(id, members)| (members.len(), id.clone()));
    for at in [0, by_size.len() / 2, by_size.len() - 1] {
        let (id, expected) = &by_size[at];
        let answer = ask(&["residents", "snapshots", id]);
        let found = answer["households"][0]["members"].as_array().unwrap();
        let found: BTreeSet<String> = found
            .iter()
            .map(|member| member["who"]["person_id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(&found, expected);
    }
}

#[test]
fn every_record_is_an_involvement_of_its_person() {
    let snapshot = snapshot();
    // Which services know somebody who is shielded is not told.
    let is_open = |row: &snapshot::RecordRow| row.no_household.as_deref() != Some("protected");
    let records = snapshot.records().unwrap().into_iter().filter(is_open);
    let records: BTreeSet<_> = records.map(|row| (row.person_id, row.source, row.key)).collect();
    let involvements = snapshot.involvements().unwrap();
    let known: BTreeSet<_> = involvements
        .iter()
        .map(|row| (row.person_id.clone(), row.source.clone(), row.key.clone()))
        .collect();
    assert_eq!(known, records);
    assert!(involvements.iter().any(|row| row.lead == snapshot::Lead::Yes));
}

#[test]
fn a_family_page_is_written_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("family.html");
    let record = snapshot().records().unwrap().remove(0);
    let id = format!("{}:{}", record.source, record.key);
    let shown = path.to_str().unwrap();
    ask(&["family", "snapshots", &id, "--page", shown]);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script"));
    let nowhere = folder.path().join("no/such/folder.html");
    let nowhere = nowhere.to_str().unwrap();
    let told = kinfold(town(), &["ask", "family", "snapshots", &id, "--page", nowhere]);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("cannot write"), "{}", told.stderr);
}
