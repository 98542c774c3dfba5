//! Golden towns: small invented towns, run as their user would, compared with the right answer.
//!
//! A town is a text file in `fixtures/towns`: what it shows, its plan and extracts (and what of them a
//! second night brings), the pairs to
//! explain, the questions to ask, and the persons, households, explanations and answers that must
//! come out. `UPDATE=1` rewrites
//! what must come out; the difference is then there to be reviewed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod tell;
mod town;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use snapshot::Snapshot;

use crate::town::Town;

/// A test for each town, and one that no town is forgotten.
macro_rules! towns {
    ($($town:ident)*) => {
        $(#[test]
        fn $town() {
            check(stringify!($town));
        })*

        const TOWNS: &[&str] = &[$(stringify!($town)),*];
    };
}

towns! {
    adoption
    adult_and_child_services
    alcohol_admission
    baby_no_forename
    care_home
    care_home_of_sixty
    child_with_two_homes
    default_birthday
    duplicates_in_one_source
    early_help_assessment
    empty
    family_moves_ahead
    father_and_son
    fled_to_refuge
    hyphens_and_diacritics
    inferred_kin
    known_as_surname
    last_address_known
    listed_children
    looked_after_child
    married_name
    month_of_birth
    moved_twice
    must_and_cannot_link
    naming_conventions
    no_home_of_their_own
    one_account
    one_record
    same_initial_siblings
    seven_disadvantages
    shared_house_and_ghost
    shared_uprn_flats
    swapped_day_and_month
    three_homes_in_ten_months
    twins
    two_families_one_door
    unborn_or_placeholder
    unborn_then_twins
    unseen_man
    vanished_key
    whole_family
    year_slip
    years_ago
}

#[test]
fn every_town_is_tested() {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "txt"))
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, TOWNS, "every file of fixtures/towns is in the list, in order");
}

#[test]
fn the_indicators_of_the_docs_are_those_of_towns() {
    let docs = fs::read_to_string(folder().join("../../docs/indicators.md")).unwrap();
    let blocks = docs.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let examples: Vec<&str> = blocks.filter(|block| block.contains("[[indicator]]")).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let towns = TOWNS.iter().map(|town| folder().join(town).with_extension("txt"));
        let shown = towns.filter(|town| fs::read_to_string(town).unwrap().contains(example));
        assert_eq!(shown.count(), 1, "one town has all of{example}");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/towns")
}

/// Runs a town and compares what comes out with what its file says must.
#[track_caller]
fn check(name: &str) {
    let path = folder().join(name).with_extension("txt");
    let town = Town::parse(&fs::read_to_string(&path).unwrap());
    let place = tempfile::tempdir().unwrap();
    town.lay(place.path(), &fs::read_to_string(folder().join("background.csv")).unwrap());
    let plan = place.path().join("plan.toml");
    kinfold(&["run", "--progress", "none"], &plan, &[]);
    let open = || Snapshot::open(&place.path().join("snapshots")).unwrap();
    let first = open();
    let is_second_night = town.lay_second_night(place.path());
    if is_second_night {
        kinfold(&["run", "--progress", "none"], &plan, &[]);
    }
    let snapshot = open();
    snapshot.verify().unwrap();
    let explain = |pair: &[String; 4]| {
        let [a, b, c, d] = pair.each_ref().map(String::as_str);
        let words = ["explain", "--progress", "none", "--authority", "review"];
        let told = kinfold(&words, &plan, &["pair", a, b, c, d]);
        told.split_once("\n\n").expect("an authority stands before the answer").1.to_owned()
    };
    let told = open().with_shielded().unwrap();
    let ask = |question: &[String]| {
        // Whoever is shielded is found by id alone.
        let word = |word: &String| match word.split_once(':') {
            Some((source, key)) => told.find_record(source, key).unwrap().map(|row| row.person_id),
            None => None,
        };
        let words: Vec<String> =
            question.iter().map(|of| word(of).unwrap_or_else(|| of.clone())).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        kinfold(&["ask", words[0]], snapshot.folder(), &words[1..])
    };
    let before = is_second_night.then_some(&first);
    let told = tell::tell(&snapshot, before, &town, &explain, &ask);
    if updating() {
        fs::write(&path, town.with_expected(&told)).unwrap();
        return;
    }
    let hint = "what comes out differs; if it is right, run the test with UPDATE=1";
    assert!(town.expected == told, "{hint}\n\n{}", difference(&town.expected, &told));
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether to rewrite is asked of a person, not a plan"
)]
fn updating() -> bool {
    std::env::var("UPDATE").is_ok_and(|value| value == "1")
}

/// Runs the binary, which must succeed, and gives what it printed.
#[track_caller]
fn kinfold(before: &[&str], plan: &Path, after: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfold"));
    let output = command.args(before).arg(plan).args(after).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kinfold {before:?} {after:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines that are not the same, those wanted with a minus and those found with a plus.
fn difference(expected: &str, told: &str) -> String {
    let (expected, told): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), told.lines().collect());
    let same_head = expected.iter().zip(&told).take_while(|(a, b)| a == b).count();
    let (expected, told) = (&expected[same_head..], &told[same_head..]);
    let same_tail =
        expected.iter().rev().zip(told.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut text = format!("from line {}:\n", same_head + 1);
    for (sign, lines) in [("-", expected), ("+", told)] {
        for line in &lines[..lines.len() - same_tail] {
            text += &format!("{sign} {line}\n");
        }
    }
    text
}
