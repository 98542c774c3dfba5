//! Small and odd towns: one record, no home, names that are code, keys that look like options.

use std::fs;

use snapshot::Snapshot;
use tempfile::TempDir;

use crate::kinfold::{kinfold, snapshot, town};

/// A folder with one source of that name, whose rows are these, linked.
fn linked(name: &str, rows: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plan = format!(
        "run_date = 2026-03-31\n[[source]]\nname = {name:?}\nagency = {name:?}\nfiles = \"people.csv\"\nkey = \"ref\"\n[source.columns]\nforename = \"forename\"\nsurname = \"surname\"\ndate_of_birth = \"born\"\naddress = \"address\"\naddress_from = \"since\"\n"
    );
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    let header = "ref,forename,surname,born,address,since\n";
    fs::write(folder.path().join("people.csv"), format!("{header}{rows}")).unwrap();
    folder
}

const HOME: &str = "\"12 Orchard Road, Quexford QX2 5DD\"";

/// What a run says, and its page.
#[track_caller]
fn run(folder: &TempDir) -> (String, String) {
    let told = kinfold(folder.path(), &["run", "plan.toml", "--progress", "none"]).good();
    let page = fs::read_to_string(folder.path().join("snapshots/2026-03-31.html")).unwrap();
    check_stands_alone(&page);
    (told.stdout, page)
}

/// Beside the library of the charts and the data, a page has nothing that loads or runs.
#[track_caller]
pub(crate) fn check_stands_alone(page: &str) {
    assert!(page.trim_end().ends_with("</html>"));
    assert!(page.contains("default-src 'none'; script-src 'sha256-"), "a policy forbids the rest");
    let mut parts = page.split("<script");
    let mut rest = parts.next().unwrap().to_owned();
    for (part, opens) in
        parts.by_ref().zip([" type=\"application/json\" id=\"data\">", ">/*!", ">'use strict'"])
    {
        assert!(part.starts_with(opens), "a script that is not ours: {}", &part[..20]);
        rest += part.split_once("</script>").unwrap().1;
    }
    assert_eq!(parts.next(), None, "three scripts");
    for load in ["<img", "<link", "src=", "http://", "https://", "url(", "@import"] {
        assert!(!rest.contains(load), "the page has `{load}`");
    }
}

#[test]
fn one_of_anything_is_one() {
    let folder = linked("s", &format!("1,Ann,Other,1980-01-02,{HOME},2020-01-02\n"));
    let (said, page) = run(&folder);
    assert!(said.contains("1 record became 1 person; 0 pairs weighed"), "{said}");
    assert!(said.contains("1 person in 1 household; 0 in none"), "{said}");
    assert!(page.contains("1 record became 1 person.") && page.contains("1 household."));
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    let person = &snapshot.persons().unwrap().rows[0].person_id;
    let household = &snapshot.households().unwrap()[0].household_id;
    let show = |what: &[&str]| {
        kinfold(folder.path(), &[&["show", "snapshots"], what].concat()).good().stdout
    };
    assert!(show(&["person", person]).contains(": 1 record of 1 source"));
    for told in [
        kinfold(folder.path(), &["explain", "plan.toml", "person", person, "--progress", "none"]),
        kinfold(folder.path(), &["explain", "plan.toml", "household", household]),
        kinfold(folder.path(), &["block", "plan.toml"]),
        kinfold(folder.path(), &["run", "plan.toml", "--progress", "json"]),
    ] {
        let text = format!("{}{}", told.stdout, told.stderr);
        for things in ["record", "person", "household", "member", "row", "pair", "thread"] {
            assert!(!text.contains(&format!(" 1 {things}s")), "{text}");
            assert!(!text.contains(&format!("\"1 {things}s")), "{text}");
        }
    }
}

#[test]
fn nothing_at_all_is_a_page() {
    for (rows, says) in [
        ("", "0 records became 0 persons"),
        ("1,Ann,Other,1980-01-02,,\n2,Bob,Else,1975-11-30,,\n", "2 persons"),
    ] {
        let (said, page) = run(&linked("s", rows));
        assert!(said.contains(says), "{said}");
        assert!(page.contains("0 households."));
    }
}

#[test]
fn a_name_that_is_code_is_shown_as_text() {
    let name = "<script>alert(1)</script>";
    let rows = format!("1,Ann,Other,1980-01-02,{HOME},\n2,Ann,Other,1980-01-02,{HOME},\n");
    let (_, page) = run(&linked(name, &rows));
    assert!(page.contains("&lt;script&gt;alert(1)"), "the source is named");
    assert!(page.contains("\\u003cscript\\u003ealert(1)"), "and is in the charts");
}

#[test]
fn a_key_may_look_like_an_option() {
    let rows = format!("-7,Ann,Other,1980-01-02,{HOME},\n--x,Ann,Other,1980-01-02,{HOME},\n");
    let folder = linked("s", &rows);
    run(&folder);
    for key in ["-7", "--x"] {
        let told = kinfold(folder.path(), &["show", "snapshots", "record", "s", key]).good();
        assert!(told.stdout.contains(&format!("s {key} is of")), "{told:?}");
        let told = kinfold(folder.path(), &["show", "snapshots", "record", "s", key, "--json"]);
        assert_eq!(told.good().json()["key"], key);
    }
    let pair = ["explain", "plan.toml", "pair", "s", "-7", "s", "--x", "--progress", "none"];
    let told = kinfold(folder.path(), &pair).good();
    assert!(told.stdout.contains("s -7") && told.stdout.contains("s --x"), "{told:?}");
}

#[test]
fn who_is_merely_listed_has_no_known_beginning() {
    let folder = linked("s", &format!("1,Ann,Other,1980-01-02,{HOME},\n"));
    run(&folder);
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    let membership = &snapshot.memberships().unwrap()[0];
    assert_eq!((membership.from, membership.basis.as_str()), (None, "stated without a date"));
    let household = &snapshot.households().unwrap()[0];
    assert_eq!(household.from, None);
    assert_eq!(snapshot.residencies().unwrap()[0].from, None);
    let (person, household) = (&membership.person_id, &household.household_id);
    for what in [
        &["show", "snapshots", "person", person] as &[&str],
        &["show", "snapshots", "household", household],
        &["explain", "plan.toml", "household", household],
    ] {
        let text = kinfold(folder.path(), what).good().stdout;
        assert!(text.contains("not known"), "{text}");
        assert!(text.contains("stated without a date"), "{text}");
    }
}

#[test]
fn a_column_that_the_truth_lacks_is_told_with_those_it_has() {
    for (option, column, says) in [
        (
            "--key",
            "no_such_column",
            "it has no column `no_such_column`; its columns: `source`, `key`",
        ),
        ("--key", "kye", "its columns: `key`, `source`"),
        ("--person", "persn", "its columns: `person`, "),
        ("--household", "no_such_column", "its columns: `source`"),
        ("--source", "agency", "its columns: `source`"),
    ] {
        let told = kinfold(town(), &["evaluate", "snapshots", "truth.parquet", option, column]);
        assert!(told.code == 2 && told.stderr.contains(says), "{told:?}");
        assert!(told.stderr.contains(&format!("hint: `{option}` names the column")), "{told:?}");
    }
    // Several sources may have a key each.
    let folder = tempfile::tempdir().unwrap();
    let records = snapshot().records().unwrap();
    let mut truth = "key,person\n".to_owned();
    for record in records.iter().take(9) {
        truth += &format!("{},{}\n", record.key, record.person_id);
    }
    let file = folder.path().join("truth.csv");
    fs::write(&file, truth).unwrap();
    let told = kinfold(town(), &["evaluate", "snapshots", file.to_str().unwrap()]);
    assert!(told.code == 2 && told.stderr.contains("it has no column `source`"), "{told:?}");
    assert!(told.stderr.contains("hint: `--source`"), "{told:?}");
}

#[test]
fn a_column_that_no_row_has_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "run_date = 2026-03-31\n[[source]]\nname = \"s\"\nfiles = \"people.jsonl\"\nkey = \"ref\"\n[source.columns]\nname = \"name\"\ndate_of_birth = \"born\"\nsex = \"sex\"\n";
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    let rows = "{\"ref\": 1, \"name\": \"Ann Other\", \"born\": \"1980-01-02\"}\n{\"ref\": 2, \"name\": \"Bo Other\", \"born\": null}\n";
    fs::write(folder.path().join("people.jsonl"), rows).unwrap();
    let told = kinfold(folder.path(), &["run", "plan.toml", "--progress", "none"]).good().stdout;
    assert!(told.contains("no row of `s` has the column `sex`; it is taken to be empty"), "{told}");
    assert!(!told.contains("has the column `born`"), "{told}");
}

#[test]
fn nothing_is_expected_of_pairs_that_were_never_compared() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "run_date = 2026-03-31\n[[source]]\nname = \"s\"\nfiles = \"people.csv\"\nkey = \"ref\"\n[source.columns]\nforename = \"forename\"\nsurname = \"surname\"\n";
    fs::write(folder.path().join("plan.toml"), plan).unwrap();
    // More pairs alike than any rule may propose.
    let rows: Vec<String> = (0..5_000).map(|n| format!("{n},Ann,Other")).collect();
    let rows = rows.join("\n");
    fs::write(folder.path().join("people.csv"), format!("ref,forename,surname\n{rows}")).unwrap();
    let told = kinfold(folder.path(), &["run", "plan.toml", "--progress", "none"]).good().stdout;
    assert!(told.contains("5,000 records became 5,000 persons; 0 pairs weighed"), "{told}");
    assert!(told.contains("Note: no pair was compared: no blocking rule"), "{told}");
    assert!(!told.contains("expected"), "{told}");
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    let manifest = snapshot.manifest();
    assert!(manifest.expected.is_none() && manifest.expected_blocking.is_none());
    assert!(manifest.notes.iter().any(|note| note.starts_with("no pair was compared")));
}
