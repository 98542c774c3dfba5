//! Nobody learns where somebody lives who must not be found, unless on an authority.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use snapshot::{Snapshot, WITHHELD};
use tempfile::TempDir;

use crate::kinfold::kinfold;

const PLAN: &str = r#"
run_date = 2026-03-31

[fields]
flag = "statement"
admitted = "statement"

[[indicator]]
name = "admitted"
says = "was admitted"
of = "any_member"
sources = ["gp"]
field = "admitted"
is = ["Y"]

[[indicator]]
name = "seen_in_haven"
says = "is known to the haven"
of = "any_member"
sources = ["haven"]

[[basket]]
name = "all"
says = "all that is asked"
indicators = ["admitted", "seen_in_haven"]
line = 1

[shield]
field = "flag"
is = ["S"]
sources = ["haven"]

[[source]]
name = "gp"
files = "gp.csv"
key = "id"
as_at = 2026-03-20
[source.columns]
forename = "forename"
surname = "surname"
date_of_birth = "born"
address = "address"
postcode = "postcode"
address_from = "since"
address_to = "until"
phone = "phone"
flag = "flag"
admitted = "admitted"
worker = "doctor"
team = "practice"

[[source]]
name = "school"
files = "school.csv"
key = "id"
as_at = 2026-03-20
[source.columns]
forename = "forename"
surname = "surname"
date_of_birth = "born"
address = "address"
postcode = "postcode"
address_from = "since"
[[source.person]]
role = "mother"
relationship = "mother"
[source.person.columns]
name = "mother"

[[source]]
name = "haven"
files = "haven.csv"
key = "id"
as_at = 2026-03-20
[source.columns]
forename = "forename"
surname = "surname"
date_of_birth = "born"
address = "address"
postcode = "postcode"
address_from = "since"
"#;

/// Ben is flagged and lives with Anna, where Tom lived before; a haven has Eve; Mia is in a refuge;
/// and Ola, next door to Ben, is nobody's secret.
const GP: &str = "id,forename,surname,born,address,postcode,since,until,phone,flag,admitted,doctor,practice
1,Ben,Marsh,2017-10-11,\"22 Orchard Close, Marlbury\",QX2 4PB,2021-09-14,,01632 520103,S,,Dr Vane,Marlbury hub
2,Anna,Marsh,1980-02-02,\"22 Orchard Close, Marlbury\",QX2 4PB,2014-09-01,,01632 520103,,Y,Dr Vane,Marlbury hub
3,Tom,Older,1950-02-02,\"22 Orchard Close, Marlbury\",QX2 4PB,2001-09-01,2014-08-01,,,,Dr Tarn,Hill hub
4,Tom,Older,1950-02-02,\"5 Mill Lane, Quexford\",QX1 1AA,2014-08-01,,,,Y,Dr Tarn,Hill hub
5,Mia,Stone,1990-05-05,\"Lark Womens Refuge, 9 Quiet Street, Farham\",QX3 9QR,2025-11-14,,,,Y,Dr Moss,Farham hub
6,Eve,Holt,1985-04-04,\"31 Hidden Row, Oxcombe\",QX7 7EE,2020-01-01,,,,Y,Dr Reed,Oxcombe hub
7,Ola,Open,1975-04-04,\"8 Fair Road, Quexford\",QX1 2AB,2019-01-01,,,,,Dr Tarn,Hill hub
";
const SCHOOL: &str = "id,forename,surname,born,address,postcode,since,mother
1,Ben,Marsh,2017-10-11,\"22 Orchard Close, Marlbury\",QX2 4PB,2021-09-14,Anna Marsh
2,Ola,Open,1975-04-04,\"8 Fair Road, Quexford\",QX1 2AB,2024-01-08,
";
const HAVEN: &str = "id,forename,surname,born,address,postcode,since
1,Eve,Holt,1985-04-04,\"31 Hidden Row, Oxcombe\",QX7 7EE,2020-01-01
";

/// What tells where somebody who is shielded lives, in small letters.
const SECRETS: [&str; 17] = [
    "orchard",
    "marlbury",
    "qx2 4pb",
    "qx24pb",
    "quiet street",
    "farham",
    "qx3 9qr",
    "lark",
    "hidden row",
    "oxcombe",
    "qx7 7ee",
    "dr vane",
    "dr moss",
    "dr reed",
    "520103",
    "2021-09-14",
    "2025-11-14",
];

pub(crate) fn town() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [("plan.toml", PLAN), ("gp.csv", GP), ("school.csv", SCHOOL), ("haven.csv", HAVEN)];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    kinfold(folder.path(), &["run", "plan.toml", "--progress", "none"]).good();
    folder
}

#[track_caller]
fn check(what: &str, told: &str) {
    let told = told.to_lowercase();
    for secret in SECRETS {
        assert!(!told.contains(secret), "{what} tells `{secret}`:\n{told}");
    }
}

const QUESTIONS: [&[&str]; 10] = [
    &["residents"],
    &["household"],
    &["connected"],
    &["children"],
    &["adults"],
    &["concerned"],
    &["services"],
    &["indicators"],
    &["changes", "--since", "1990-01-01"],
    &["family", "--steps", "3", "--page", "family.html"],
];

/// Those about everybody, with their options.
const OF_ALL: [&[&str]; 6] = [
    &["basket", "snapshots", "all"],
    &["basket", "snapshots", "all", "--reached", "possible"],
    &["triggered", "snapshots", "admitted"],
    &["triggered", "snapshots", "seen_in_haven"],
    &["unled", "snapshots", "--agencies", "1"],
    &["unled", "snapshots", "--agencies", "0"],
];

/// What a question says of somebody, and the page if it writes one.
fn asked(town: &Path, question: &[&str], of: &str, options: &[&str]) -> String {
    let words = [&["ask", question[0], "snapshots", of], &question[1..], options].concat();
    let mut told = kinfold(town, &words).good().stdout;
    if question[0] == "family" {
        told += &fs::read_to_string(town.join("family.html")).unwrap();
    }
    told
}

#[test]
fn no_answer_tells_where_somebody_lives_who_is_shielded() {
    let folder = town();
    let town = folder.path();
    let snapshot = Snapshot::open(&town.join("snapshots")).unwrap();
    let ids: Vec<String> = snapshot
        .persons()
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.person_id)
        .chain(snapshot.households().unwrap().into_iter().map(|row| row.household_id))
        .chain(snapshot.addresses().unwrap().into_iter().map(|row| row.address_id))
        .collect();
    for id in &ids {
        for question in QUESTIONS {
            let takes_any = matches!(question[0], "residents") || id.starts_with('P');
            if !takes_any {
                continue;
            }
            for options in [&[][..], &["--json"], &["--as-of", "2022-01-01"]] {
                let of = format!("{} of {id}", question[0]);
                check(&of, &asked(town, question, id, options));
            }
        }
        let what = if id.starts_with('P') { "person" } else { "household" };
        if !id.starts_with('A') {
            for options in [&[][..], &["--json"]] {
                let words = [&["show", "snapshots", what, id], options].concat();
                check(&format!("show {id}"), &kinfold(town, &words).good().stdout);
                let words = [&["explain", "plan.toml", what, id, "--progress", "none"], options];
                let told = kinfold(town, &words.concat());
                check(&format!("explain {id}"), &(told.stdout + &told.stderr));
            }
        }
    }
    // What pairs of records say of who is whom tells which services have somebody.
    for pair in [["gp", "1", "gp", "2"], ["gp", "1", "school", "1"], ["gp", "6", "haven", "1"]] {
        let words = [&["explain", "plan.toml", "--progress", "none", "pair"], &pair[..]].concat();
        let told = kinfold(town, &words);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""));
        check("explain pair", &told.stderr);
    }
    for question in OF_ALL {
        for options in [&[][..], &["--json"], &["--as-of", "2022-01-01"]] {
            let told = kinfold(town, &[&["ask"], question, options].concat()).good().stdout;
            check(question[0], &told);
            assert!(
                told.to_lowercase().contains("withheld"),
                "{question:?} does not say that it leaves out: {told}"
            );
        }
    }
    for options in [&[][..], &["--json"]] {
        let words = [&["evaluate", "snapshots"], options].concat();
        let told = kinfold(town, &words).good().stdout;
        check("evaluate", &told);
        let says =
            if options.is_empty() { "Left out: 7 records" } else { "\"withheld_records\":7" };
        assert!(told.contains(says), "{told}");
    }
    let report = ["report", "snapshots", "--values", "plan.toml", "--output", "page.html"];
    kinfold(town, &report).good();
    for page in fs::read_dir(town).unwrap().chain(fs::read_dir(town.join("snapshots")).unwrap()) {
        let path = page.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            check("a page", &fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_open_files_hold_nothing_of_what_is_shielded() {
    let folder = town();
    let snapshot = Snapshot::open(&folder.path().join("snapshots")).unwrap();
    let mut all = String::new();
    write!(all, "{:?}", snapshot.persons().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.records().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.addresses().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.households().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.memberships().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.residencies().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.relationships().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.involvements().unwrap()).unwrap();
    write!(all, "{:?}", snapshot.links().unwrap()).unwrap();
    check("the snapshot", &all);
    // Neither an id that is made of the address.
    let told = Snapshot::open(&folder.path().join("snapshots")).unwrap().with_shielded().unwrap();
    let open: Vec<String> =
        snapshot.households().unwrap().into_iter().map(|row| row.household_id).collect();
    let shielded =
        told.households().unwrap().into_iter().filter(|row| !open.contains(&row.household_id));
    let events = format!("{:?}", snapshot.events().unwrap());
    let mut n = 0;
    for row in shielded {
        n += 1;
        assert!(!all.contains(&row.household_id) && !events.contains(&row.household_id));
        assert!(!all.contains(&row.address_id));
    }
    assert_eq!(n, 3, "that of Ben and Anna, that of Tom before, and that of Eve");
    let why: Vec<Option<String>> =
        snapshot.persons().unwrap().rows.into_iter().map(|row| row.shielded).collect();
    for (code, count) in [("statement", 1), ("same_door", 1), ("source", 1), ("refuge", 1)] {
        let found = why.iter().filter(|why| why.as_deref() == Some(code)).count();
        assert_eq!(found, count, "{code}");
    }
    let rows = snapshot.residencies().unwrap();
    let withheld: Vec<_> = rows.iter().filter(|row| row.withheld.is_some()).collect();
    assert_eq!(withheld.len(), 5);
    for row in withheld {
        assert_eq!((row.state.as_str(), row.sources.len()), (WITHHELD, 0));
        assert_eq!([row.from, row.to, row.last_seen], [None; 3]);
    }
    // Neither which services have a record of somebody, nor on what days.
    let hidden: Vec<_> = snapshot.persons().unwrap().rows;
    let hidden: Vec<_> = hidden.iter().filter(|row| row.shielded.is_some()).collect();
    assert!(hidden.iter().all(|row| row.first_seen.is_none() && row.last_seen.is_none()));
    let open = snapshot.records().unwrap();
    assert!(open.iter().all(|row| hidden.iter().all(|person| person.person_id != row.person_id)));
    let keys: Vec<_> = open.iter().map(|row| (row.source.as_str(), row.key.as_str())).collect();
    assert_eq!(keys, [("gp", "3"), ("gp", "4"), ("gp", "7"), ("school", "2")]);
    assert!(snapshot.links().unwrap().iter().all(|link| {
        keys.contains(&(&link.source, &link.key))
            && keys.contains(&(&link.other_source, &link.other_key))
    }));
    // With an authority every row is there once.
    assert_eq!(told.records().unwrap().len() as u64, snapshot.manifest().totals.records);
    assert!(snapshot.links().unwrap().len() < told.links().unwrap().len());
    assert_eq!(told.persons().unwrap().rows.len(), snapshot.persons().unwrap().rows.len());
    assert_eq!(told.residencies().unwrap().len(), rows.len());
    assert!(told.residencies().unwrap().iter().all(|row| !row.address.is_empty()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let shielded = fs::metadata(snapshot.folder().join("shielded")).unwrap();
        assert_eq!(shielded.permissions().mode() & 0o777, 0o700, "it is the owner's alone");
    }
}

/// Every file of a snapshot, with those of its folders, but for the record of the run.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            all.extend(files(&path).into_iter().map(|(file, it)| (format!("{name}/{file}"), it)));
        } else if name != "run.json" {
            all.insert(name, fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn what_is_put_away_on_disk_is_shielded_all_the_same() {
    let [town, copy] = [town(), town()];
    let snapshot = |town: &TempDir| town.path().join("snapshots/2026-03-31");
    let run = fs::read(snapshot(&copy).join("run.json")).unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    let memory = format!("{}B", run["memory_reckoned_bytes"].as_u64().unwrap() - 1);
    fs::remove_dir_all(copy.path().join("snapshots")).unwrap();
    let told = kinfold(
        copy.path(),
        &["run", "plan.toml", "--memory", &memory, "--json", "--progress", "none"],
    );
    assert_eq!(told.good().json()["spilled"], true);
    let all = files(&snapshot(&town));
    assert!(all.keys().any(|name| name.starts_with("shielded/")));
    assert!(all == files(&snapshot(&copy)));
}

#[test]
fn what_is_withheld_is_said_to_be_and_told_on_an_authority() {
    let folder = town();
    let town = folder.path();
    let record = Snapshot::open(&town.join("snapshots")).unwrap().with_shielded().unwrap();
    let ben = record.find_record("gp", "1").unwrap().unwrap().person_id;
    let ask = |question: &str, options: &[&str]| {
        let words = [&["ask", question, "snapshots", &ben], options].concat();
        kinfold(town, &words).good().stdout
    };
    // Whose a record is tells which services have somebody.
    for (key, code) in [("gp:1", 2), ("gp:4", 0), ("gp:99", 2)] {
        let told = kinfold(town, &["ask", "residents", "snapshots", key]);
        assert_eq!(told.code, code, "{key}");
        assert_eq!(told.stderr.contains("of persons who are shielded"), code == 2, "{key}");
    }
    for (question, says) in [
        ("residents", "Where, and who else lives there: withheld (statement: "),
        ("household", "Last address known: withheld (statement: "),
        ("services", "Services: withheld (statement: "),
        ("family", "withheld (statement: "),
    ] {
        assert!(ask(question, &[]).contains(says), "{question}: {}", ask(question, &[]));
        let told = ask(question, &["--authority", "order 7, safeguarding"]);
        assert!(
            told.starts_with("Told with what is shielded, on authority: order 7, safeguarding")
        );
        let address = if question == "services" { "Marlbury hub" } else { "22 orchard close" };
        assert!(told.contains(address), "{question}: {told}");
        let json = ask(question, &["--authority", "order 7", "--json"]);
        assert!(json.contains("\"authority\":\"order 7\""), "{json}");
    }
    for reason in [" ", "order 7\n\nOn 2026-03-31", ""] {
        let words = ["ask", "residents", "snapshots", "gp:1", "--authority", reason];
        assert_eq!(kinfold(town, &words).code, 2, "{reason:?}");
    }
    // The folder may be kept elsewhere: all else can be asked, and nothing else is told.
    let kept = fs::read_dir(town.join("snapshots")).unwrap().map(|entry| entry.unwrap().path());
    let snapshot = kept.into_iter().find(|path| path.is_dir()).unwrap();
    fs::remove_dir_all(snapshot.join("shielded")).unwrap();
    assert!(ask("residents", &[]).contains("withheld (statement: "));
    let missing =
        kinfold(town, &["ask", "residents", "snapshots", "gp:1", "--authority", "order 7"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("shielded"), "{}", missing.stderr);
}

/// The lines of the log of disclosures.
fn log(town: &Path) -> Vec<Value> {
    let text = fs::read_to_string(town.join("snapshots/disclosures.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn whoever_looks_on_an_authority_is_written_down_and_nothing_is_told_that_cannot_be() {
    let folder = town();
    let town = folder.path();
    let snapshot = town.join("snapshots/2026-03-31");
    let before = files(&snapshot);
    kinfold(town, &["ask", "residents", "snapshots", "gp:4"]).good();
    assert!(log(town).is_empty(), "nothing shielded was told");
    let told = Snapshot::open(&snapshot).unwrap().with_shielded().unwrap();
    let ben = told.find_record("gp", "1").unwrap().unwrap();
    let id = ben.person_id.as_str();
    let home = ben.household_id.unwrap();
    let why = ["--authority", "order 7", "--progress", "none"];
    let looks: [(&[&str], &str, Value); 8] = [
        (&["ask", "residents", "snapshots", "gp:1"], "ask residents", Value::from(vec![id])),
        (&["ask", "family", "snapshots", id], "ask family", Value::from(vec![id])),
        (&["ask", "unled", "snapshots"], "ask unled", Value::from("everybody")),
        (&["show", "snapshots", "record", "gp", "1"], "show record", Value::from(vec![id])),
        (
            &["explain", "plan.toml", "household", &home],
            "explain household",
            Value::from(vec![home.as_str()]),
        ),
        (&["explain", "plan.toml", "person", id], "explain person", Value::from(vec![id])),
        (
            &["explain", "plan.toml", "pair", "gp", "1", "school", "1"],
            "explain pair",
            Value::from(vec![id]),
        ),
        (&["evaluate", "snapshots"], "evaluate", Value::from("everybody")),
    ];
    for (n, (words, question, about)) in looks.iter().enumerate() {
        let told = kinfold(town, &[words, &why[..]].concat()).good();
        assert!(told.stdout.starts_with("Told with what is shielded"), "{}", told.stdout);
        let lines = log(town);
        assert_eq!(lines.len(), n + 1, "each look adds a line");
        let line = lines.last().unwrap();
        assert_eq!((&line["question"], &line["about"]), (&Value::from(*question), about));
        assert_eq!((&line["reason"], &line["snapshot"]), (&"order 7".into(), &"2026-03-31".into()));
        assert!(line["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    }
    let path = town.join("snapshots/disclosures.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    check("the log", &text);
    assert!(!text.to_lowercase().contains("marsh"), "it holds no value of anybody's");
    assert!(files(&snapshot) == before, "the snapshot is as it was");
    // Where it cannot be written down, nothing is told.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    for (words, ..) in looks {
        let told = kinfold(town, &[words, &why[..]].concat());
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{words:?}");
        assert!(told.stderr.contains("disclosures.jsonl"), "{}", told.stderr);
        check("the refusal", &told.stderr);
    }
    let page = ["ask", "family", "snapshots", id, "--page", "told.html"];
    kinfold(town, &[&page[..], &why[..]].concat());
    assert!(!town.join("told.html").exists());
}
