//! How common values are: told by a file, or carried by a model.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::kinfold::{copy_of_town, kinfold, snapshot};

const PLAN: &str = "run_date = 2026-03-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\nkey = \"id\"\n\
    [source.columns]\nsurname = \"surname\"\nforename = \"forename\"\ndate_of_birth = \"born\"\n\
    [thresholds]\npossible_link = -60\n";

/// People of two common surnames and of a rare one, each in two records.
fn people(folder: &Path) {
    let forenames = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ivy", "joe"];
    let mut rows = "id,surname,forename,born\n".to_owned();
    for n in 0..60 {
        let surname = match n {
            0 => "Quillfeather",
            n if n % 2 == 0 => "Smith",
            _ => "Jones",
        };
        let (forename, year) = (forenames[n % 10], 1940 + n);
        for twice in 0..2 {
            writeln!(rows, "{n}-{twice},{surname},{forename},{year}-05-{}", 1 + n % 28).unwrap();
        }
    }
    fs::write(folder.join("a.csv"), rows).unwrap();
    fs::write(folder.join("plan.toml"), PLAN).unwrap();
}

/// What the rarity of the surname adds for the two records of a person.
fn rarity(folder: &Path, person: u32) -> f64 {
    let [one, other] = [0, 1].map(|twice| format!("{person}-{twice}"));
    let pair =
        ["explain", "plan.toml", "pair", "a", &one, "a", &other, "--json", "--progress", "none"];
    let told = kinfold(folder, &pair).good().json();
    let fields = told["fields"].as_array().unwrap();
    let surname = fields.iter().find(|field| field["field"] == "surname").unwrap();
    surname["term_frequency_bits"].as_f64().unwrap()
}

#[test]
fn a_file_tells_how_common_values_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(folder);
    fs::write(folder.join("names.csv"), "value,count\nQUILLFEATHER,50000\nsmith,10\n").unwrap();
    let run = || kinfold(folder, &["run", "plan.toml", "--progress", "none"]).good();
    run();
    let alone = [0, 2].map(|person| rarity(folder, person));
    assert!(alone[1] < alone[0], "of these records, the rare is rare: {alone:?}");
    let with_table = format!("{PLAN}[frequencies]\nsurname = \"names.csv\"\n");
    fs::write(folder.join("plan.toml"), with_table).unwrap();
    kinfold(folder, &["check", "plan.toml"]).good();
    run();
    let told = [0, 2].map(|person| rarity(folder, person));
    assert!(told[0] < told[1], "the file has it the other way about: {told:?}");
    // A table is a part of what was asked, and so of what a snapshot says it is of.
    let plan = kinfold(folder, &["check", "plan.toml", "--print"]);
    assert!(plan.code != 0 || plan.stdout.contains("names.csv"), "{}", plan.stdout);
}

#[test]
fn a_bad_row_of_such_a_file_is_told_and_nothing_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    people(folder);
    let with_table = format!("{PLAN}[frequencies]\nsurname = \"names.csv\"\n");
    fs::write(folder.join("plan.toml"), with_table).unwrap();
    for (table, says) in [
        ("value,count\nSmith,3\nJones,many\n", "row 2: `count` is not a number"),
        ("value,count\nSmith,-1\n", "row 1: `count` is not a number"),
        ("value,share\nSmith,30\n", "row 1: `share` is not a number"),
        ("value,share\nSmith,0.6\nJones,0.6\n", "more than 1"),
        ("name,count\nSmith,1\n", "no column `value`"),
        ("value,number\nSmith,1\n", "no column `count`"),
    ] {
        fs::write(folder.join("names.csv"), table).unwrap();
        let told = kinfold(folder, &["run", "plan.toml", "--progress", "none"]);
        assert_eq!(told.code, 2, "{table}");
        let found = told.stderr.contains(says) && told.stderr.contains("names.csv");
        assert!(found && !told.stderr.contains("Smith"), "`{says}` is not in {}", told.stderr);
        assert!(!folder.join("snapshots/CURRENT").exists());
    }
}

#[test]
fn a_model_names_common_values_and_no_rare_one() {
    let town = copy_of_town();
    kinfold(town.path(), &["train", "plan.toml", "--progress", "none"]).good();
    let file = town.path().join("model.json");
    let model: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let persons = snapshot().persons().unwrap();
    let mut named = 0;
    for (field, known) in model["model"]["frequencies"].as_object().unwrap() {
        let at = persons.fields.iter().position(|name| name == field);
        for value in known["shares"].as_object().unwrap().keys() {
            let at = at.expect("a named value is of a field that persons have");
            let best =
                |row: &snapshot::PersonRow| row.best[at].as_ref().map(|best| best.value.clone());
            let holders = persons.rows.iter().filter(|row| best(row).as_ref() == Some(value));
            assert!(holders.count() >= 10, "{field}: {value}");
            named += 1;
        }
    }
    assert!(named > 0, "no value is common in the town");
    let run = ["run", "plan.toml", "--model", "model.json", "--progress", "none"];
    kinfold(town.path(), &run).good();
    // A form that is not known yet is told.
    let mut newer = model;
    newer["format"] = 4.into();
    fs::write(&file, newer.to_string()).unwrap();
    let told = kinfold(town.path(), &run);
    assert!(told.code == 2 && told.stderr.contains("has form 4"), "{told:?}");
}
