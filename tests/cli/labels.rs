//! Learning with pairs of which it is known whether they are one person.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::kinfold::kinfold;

const PLAN: &str = "run_date = 2026-03-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\nkey = \"id\"\n\
    [source.columns]\nsurname = \"surname\"\nforename = \"forename\"\ndate_of_birth = \"born\"\n";

/// Sixty persons of two records each, of whom twenty are given two birthdays far apart.
fn people(folder: &Path) {
    let surnames = ["Abbot", "Birch", "Crane", "Dunn", "Elms", "Frith"];
    let forenames = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ivy", "joe"];
    let mut rows = "id,surname,forename,born\n".to_owned();
    for n in 0..60 {
        let (surname, forename) = (surnames[n / 10], forenames[n % 10]);
        for twice in 0..2 {
            let year = if n < 20 && twice == 1 { 1930 + n } else { 1960 + n };
            let (month, day) = (1 + (n + 5 * twice * usize::from(n < 20)) % 12, 1 + n % 28);
            writeln!(rows, "{n}-{twice},{surname},{forename},{year}-{month:02}-{day:02}").unwrap();
        }
    }
    fs::write(folder.join("a.csv"), rows).unwrap();
    fs::write(folder.join("plan.toml"), PLAN).unwrap();
}

/// How often one person's birthdays are at the last level, as the model has it.
fn far_birthdays(folder: &Path) -> f64 {
    let model: Value =
        serde_json::from_slice(&fs::read(folder.join("model.json")).unwrap()).unwrap();
    let comparisons = model["model"]["comparisons"].as_array().unwrap();
    let dates = comparisons.iter().find(|it| it["field"] == "date_of_birth").unwrap();
    dates["levels"].as_array().unwrap().last().unwrap()["m"].as_f64().unwrap()
}

#[test]
fn what_labels_say_is_learned() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(folder);
    let train = ["train", "plan.toml", "--progress", "none"];
    kinfold(folder, &train).good();
    let without = far_birthdays(folder);

    let header = "key,other_key,matched\n";
    let mut labels = header.to_owned();
    (0..20).for_each(|n| writeln!(labels, "{n}-0,{n}-1,1").unwrap());
    labels.push_str("0-0,nobody,1\n");
    fs::write(folder.join("labels.csv"), labels).unwrap();
    let told =
        kinfold(folder, &[&train[..], &["--labels", "labels.csv", "--json"]].concat()).good();
    let notes = told.json()["learned"]["notes"].to_string();
    assert!(notes.contains("labels were used of 20 pairs"), "{notes}");
    assert!(notes.contains("1 label"), "{notes}");
    let with = far_birthdays(folder);
    assert!(without + 0.05 < with, "{without} without labels, {with} with");

    // That the same pairs are no match has it the other way about.
    let mut others = header.to_owned();
    (0..20).for_each(|n| writeln!(others, "{n}-0,{n}-1,0").unwrap());
    fs::write(folder.join("labels.csv"), others).unwrap();
    let plan = format!("{PLAN}[labels]\nfile = \"labels.csv\"\n");
    fs::write(folder.join("plan.toml"), plan).unwrap();
    kinfold(folder, &train).good();
    assert!(far_birthdays(folder) < with, "no match is no evidence of two birthdays");
    kinfold(folder, &["run", "plan.toml", "--progress", "none"]).good();
}

#[test]
fn a_bad_label_is_told_by_its_row_and_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(folder);
    fs::write(folder.join("labels.csv"), "key,other_key,matched\n0-0,0-1,1\n1-0,1-1,Zebedee\n")
        .unwrap();
    let train = ["train", "plan.toml", "--labels", "labels.csv", "--progress", "none"];
    let told = kinfold(folder, &train);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.stderr.contains("labels.csv") && told.stderr.contains("row 2"), "{told:?}");
    assert!(!told.stderr.contains("Zebedee"), "{told:?}");
    assert!(!folder.join("model.json").exists(), "nothing is written");
}
