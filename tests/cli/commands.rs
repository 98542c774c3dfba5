//! The other commands, on the invented town.

use std::fs;
use std::path::Path;

use serde_json::Value;
use snapshot::Decision;

use crate::kinfold::{copy_of_town, kinfold, snapshot, town};

#[test]
fn every_command_has_help() {
    let here = Path::new(".");
    let help = kinfold(here, &["--help"]).good().stdout;
    for command in [
        "run",
        "demo",
        "init",
        "check",
        "block",
        "explain",
        "ask",
        "show",
        "evaluate",
        "report",
        "synth",
        "completions",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command}");
        let help = kinfold(here, &[command, "--help"]).good().stdout;
        assert!(help.contains("Usage: kinfold"), "{command}");
    }
    for (command, what) in
        [("explain", ["pair", "person", "household"]), ("show", ["person", "household", "record"])]
    {
        for what in what {
            let help = kinfold(here, &[command, "x", what, "--help"]);
            assert!(help.good().stdout.contains("Usage: kinfold"), "{command} {what}");
        }
    }
}

#[test]
fn a_command_that_is_none_is_refused() {
    let here = Path::new(".");
    for (arguments, says) in [
        (&[] as &[&str], "Usage: kinfold"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["run"], "<PLAN>"),
        (&["run", "plan.toml", "--frobnicate"], "unexpected argument '--frobnicate'"),
        (&["run", "plan.toml", "--threads", "0"], "--threads"),
        (&["show", "."], "is not a snapshot"),
        (&["show", ".", "person", "P1"], "is not a snapshot"),
        (&["synth", "x", "--noise", "-1"], "--noise"),
        (&["synth", "x", "--run-date", "1600-01-01"], "takes a day from 1900 to 2200"),
    ] {
        let told = kinfold(here, arguments);
        let known = told.stderr.contains(says) || told.stderr.contains("Usage: kinfold");
        assert!(told.code == 2 && known, "{arguments:?}: {told:?}");
        assert_eq!(told.stdout, "", "{arguments:?}");
    }
}

#[test]
fn the_plan_that_check_prints_is_a_plan() {
    let copy = copy_of_town();
    let printed = kinfold(copy.path(), &["check", "plan.toml", "--print"]).good().stdout;
    fs::write(copy.path().join("printed.toml"), &printed).unwrap();
    let again = kinfold(copy.path(), &["check", "printed.toml", "--print"]).good().stdout;
    assert_eq!(printed, again, "a plan printed twice is the same plan");
    let checked = kinfold(copy.path(), &["check", "plan.toml", "--json"]).good().json();
    assert!(checked["files"].as_array().unwrap().len() >= 17);
}

#[test]
fn init_writes_a_plan_that_is_sound() {
    let copy = copy_of_town();
    let mut files: Vec<String> = fs::read_dir(copy.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert!(files.len() >= 8);
    let mut arguments: Vec<&str> = vec!["init", "-o", "first.toml"];
    arguments.extend(files.iter().map(String::as_str));
    kinfold(copy.path(), &arguments).good();
    kinfold(copy.path(), &["check", "first.toml"]).good();
    let told = kinfold(copy.path(), &arguments);
    assert!(told.code == 2 && told.stderr.contains("is there already"), "{told:?}");
}

#[test]
fn what_blocking_costs_is_shown_before_anything_is_weighed() {
    let text = kinfold(town(), &["block", "plan.toml", "--progress", "none"]).good().stdout;
    assert!(text.contains("of the") && text.contains("true pairs"), "{text}");
    let told = kinfold(town(), &["block", "plan.toml", "--json", "--progress", "none"]).good();
    let json = told.json();
    let rules = json["rules"].as_array().unwrap();
    let new: u64 = rules.iter().map(|rule| rule["new_pairs"].as_u64().unwrap()).sum();
    assert_eq!(Some(new), json["pairs"].as_u64());
    assert!(json["recall"].as_f64().unwrap() > 0.9, "{json}");
}

#[test]
fn the_recall_told_without_the_truth_is_within_two_points_of_the_true_one() {
    let rules = [
        "",
        "[\"forename + surname\"]",
        "[\"date_of_birth\", \"postcode + forename:prefix(1)\"]",
        "[\"postcode + surname:prefix(3)\"]",
        "[\"forename:phonetic + surname:phonetic\", \"forename + surname:prefix(1)\"]",
    ];
    for rules in rules {
        let copy = copy_of_town();
        let path = copy.path().join("plan.toml");
        let mut plan = fs::read_to_string(&path).unwrap();
        if !rules.is_empty() {
            plan += &format!("\n[blocking]\nrules = {rules}\n");
        }
        fs::write(&path, plan).unwrap();
        let arguments = ["block", "plan.toml", "--json", "--progress", "none", "--propose"];
        let json = kinfold(copy.path(), &arguments).good().json();
        let share = |name: &str| json[name].as_f64().unwrap();
        let gap = share("expected_recall") - share("recall");
        assert!(gap.abs() < 0.02, "{rules}: {gap}");
        let gained = json["rules"].as_array().unwrap().iter();
        let gained: f64 = gained.map(|rule| rule["expected_gained"].as_f64().unwrap()).sum();
        assert!((gained - share("expected_recall")).abs() < 1e-9);
        assert!(!json["proposal"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_person_a_household_and_a_record_are_shown() {
    let snapshot = snapshot();
    let persons = snapshot.persons().unwrap().rows;
    let person = &persons.iter().max_by_key(|person| person.record_count).unwrap().person_id;
    let json = show(&["person", person]);
    let records = json["records"].as_array().unwrap();
    assert_eq!(json["record_count"].as_u64(), Some(records.len() as u64));

    let record = &records[0];
    let (source, key) = (record["source"].as_str().unwrap(), record["key"].as_str().unwrap());
    assert_eq!(show(&["record", source, key])["person_id"].as_str(), Some(person.as_str()));

    let household = snapshot.households().unwrap().into_iter().max_by_key(|row| row.size).unwrap();
    let json = show(&["household", &household.household_id]);
    assert_eq!(json["members"].as_array().unwrap().len() as u64, u64::from(household.size));

    for what in [&["person", "P0"] as &[&str], &["household", "H0"], &["record", "schools", "0"]] {
        let told = kinfold(town(), &[&["show", "snapshots"], what].concat());
        assert!(told.code == 2 && told.stderr.contains("the snapshot has no"), "{told:?}");
    }
}

/// Shows it as JSON, once it was shown as text.
#[track_caller]
fn show(what: &[&str]) -> Value {
    let arguments = [&["show", "snapshots"], what].concat();
    let text = kinfold(town(), &arguments).good().stdout;
    assert!(text.lines().count() > 3, "{text}");
    kinfold(town(), &[&arguments[..], &["--json"]].concat()).good().json()
}

#[test]
fn what_could_not_be_chosen_is_said_wherever_it_is_asked() {
    let many = |decision: Decision| decision == Decision::Many;
    let mut links = snapshot().links().unwrap();
    links.retain(|link| many(link.decision));
    assert_eq!(links.len() as u64, snapshot().manifest().totals.many_pairs);
    let link = links.first().expect("somebody of the town may be either of two");
    let ends = [(&link.source, &link.key), (&link.other_source, &link.other_key)];
    let persons = ends.map(|(source, key)| {
        snapshot().find_record(source, key).unwrap().expect("it is a record").person_id
    });
    assert_ne!(persons[0], persons[1]);
    for (one, other) in [(&persons[0], &persons[1]), (&persons[1], &persons[0])] {
        let shown = show(&["person", one]);
        assert!(shown["many"].as_array().unwrap().iter().any(|id| id == other), "{shown}");
        let told = kinfold(town(), &["show", "snapshots", "person", one]).good().stdout;
        assert!(told.contains("May also be") && told.contains(other.as_str()), "{told}");
    }
    let [(a, b), (c, d)] = ends;
    let pair = ["explain", "plan.toml", "pair", a, b, c, d, "--progress", "none"];
    let told = kinfold(town(), &pair).good().stdout;
    assert!(told.contains("many: another person would do as well"), "{told}");
    let json = kinfold(town(), &[&pair[..], &["--json"]].concat()).good().json();
    assert_eq!(json["decision"], "many");
    let person = ["explain", "plan.toml", "person", &persons[0], "--progress", "none"];
    let told = kinfold(town(), &person).good().stdout;
    assert!(told.contains("Set apart") && told.contains(d.as_str()), "{told}");
}

#[test]
fn a_pair_is_explained_by_what_its_weight_is_made_of() {
    let links = snapshot().links().unwrap();
    assert!(links.len() > 100);
    for link in links.iter().step_by(links.len() / 3) {
        let pair = [&link.source, &link.key, &link.other_source, &link.other_key];
        let mut arguments = vec!["explain", "plan.toml", "pair", "--progress", "none"];
        arguments.extend(pair.map(String::as_str));
        let text = kinfold(town(), &arguments).good().stdout;
        let weight = format!("{:+.2}", link.match_weight);
        assert!(text.contains("match weight") && text.contains(&weight), "{weight}: {text}");
        arguments.push("--json");
        let explained = kinfold(town(), &arguments).good().json();
        assert_eq!(bits(&explained["match_weight"]), fixed(link.match_weight));
        assert_eq!(sum(&explained), fixed(link.match_weight), "{explained}");
        assert_eq!(explained["rule"].as_str(), Some(link.rule.as_str()));
    }
}

#[test]
fn a_person_is_explained_by_its_links() {
    let snapshot = snapshot();
    let persons = snapshot.persons().unwrap().rows;
    let person = &persons.iter().max_by_key(|person| person.record_count).unwrap().person_id;
    let arguments = ["explain", "plan.toml", "person", person, "--progress", "none"];
    let text = kinfold(town(), &arguments).good().stdout;
    assert!(text.contains("Its pairs, the weakest first:"), "{text}");
    let told = kinfold(town(), &[&arguments[..], &["--json"]].concat()).good().json();
    let explained = told["links"].as_array().unwrap();
    let records = told["records"].as_array().unwrap().len();
    assert_eq!(explained.len(), records * (records - 1) / 2);
    let weights: Vec<i64> = explained.iter().map(|pair| bits(&pair["match_weight"])).collect();
    assert!(weights.is_sorted(), "the weakest comes first");
    assert!(explained.iter().all(|pair| sum(pair) == bits(&pair["match_weight"])));
    let mut of_links = snapshot.links_of(person).unwrap();
    of_links.retain(|link| {
        let own = |source: &str, key: &str| {
            told["records"]
                .as_array()
                .unwrap()
                .iter()
                .any(|name| *name == format!("{source} {key}"))
        };
        own(&link.source, &link.key) && own(&link.other_source, &link.other_key)
    });
    assert!(!of_links.is_empty());
    for link in of_links {
        let names = [
            format!("{} {}", link.source, link.key),
            format!("{} {}", link.other_source, link.other_key),
        ];
        let pair = explained.iter().find(|pair| pair["records"] == serde_json::json!(names));
        assert_eq!(bits(&pair.unwrap()["match_weight"]), fixed(link.match_weight), "{names:?}");
    }
}

/// Bits as the whole number of fractions that they are kept as.
fn fixed(bits: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "weights are a few hundred bits at most")]
    let whole = (bits * f64::from(1 << 20)).round() as i64;
    whole
}

fn bits(value: &Value) -> i64 {
    fixed(value.as_f64().unwrap())
}

/// The sum of a pair's addends.
fn sum(pair: &Value) -> i64 {
    let fields = pair["fields"].as_array().unwrap().iter();
    let parts = ["bits", "term_frequency_bits", "sources_bits"];
    let fields = fields.map(|field| parts.map(|part| bits(&field[part])).iter().sum::<i64>());
    bits(&pair["prior_bits"]) + fields.sum::<i64>() + bits(&pair["household_bits"])
}

#[test]
fn a_household_is_explained_by_spells() {
    let household =
        snapshot().households().unwrap().into_iter().max_by_key(|row| row.size).unwrap();
    let id = household.household_id.as_str();
    let text = kinfold(town(), &["explain", "plan.toml", "household", id]).good().stdout;
    assert!(text.contains("spell"), "{text}");
    let json = kinfold(town(), &["explain", "plan.toml", "household", id, "--json"]).good().json();
    let members = json["members"].as_array().unwrap();
    assert_eq!(members.len() as u64, u64::from(household.size));
    assert!(members.iter().any(|member| !member["spells"].as_array().unwrap().is_empty()));
}

#[test]
fn what_cannot_be_explained_is_said() {
    for (what, says) in [
        (&["pair", "nobody", "1", "schools", "2"] as &[&str], "the plan has no source `nobody`"),
        (&["pair", "schools", "0", "schools", "2"], "`schools` has no record of that key"),
        (&["person", "P0"], "the snapshot has no person `P0`"),
        (&["household", "H0"], "the snapshot has no household `H0`"),
    ] {
        let arguments = [&["explain", "plan.toml", "--progress", "none"], what].concat();
        let told = kinfold(town(), &arguments);
        assert!(told.code == 2 && told.stderr.contains(says), "{told:?}");
    }
}

#[test]
fn a_snapshot_is_measured_against_the_truth() {
    let arguments = ["evaluate", "snapshots", "truth.parquet"];
    let text = kinfold(town(), &arguments).good().stdout;
    assert!(text.contains("persons, B-cubed") && text.contains("households, pairs"), "{text}");
    let told = kinfold(town(), &[&arguments[..], &["--json"]].concat()).good().json();
    assert!(told["persons"]["pairs"]["f1"].as_f64().unwrap() > 0.8, "{told}");
    // The run measured itself by the same truth, with its records in another order.
    let of_run = snapshot().manifest().evaluation.clone().expect("the plan names the truth");
    for group in ["persons", "households"] {
        assert_eq!(of_run[group]["exact"], told[group]["exact"]);
        for measure in ["precision", "recall", "f1"] {
            let of = |json: &Value| json[group]["pairs"][measure].as_f64().unwrap();
            assert!((of(&of_run) - of(&told)).abs() < 1e-12, "{group} {measure}");
        }
    }
}

#[test]
fn a_model_given_again_gives_the_same_snapshot() {
    let manifest = snapshot().folder().join("manifest.json");
    let given =
        ["run", "plan.toml", "--progress", "none", "--json", "--model", manifest.to_str().unwrap()];
    let told = kinfold(town(), &given).good().json();
    // The same result has been published already, so nothing new is.
    assert_eq!(
        std::path::Path::new(told["snapshot"].as_str().unwrap()).file_name(),
        snapshot().folder().file_name()
    );
}

#[test]
fn a_model_of_other_levels_is_refused() {
    let mut model = snapshot().manifest().model.clone();
    model["comparisons"][0]["levels"][0]["condition"] = "jaro(0.5)".into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.json");
    std::fs::write(&path, model.to_string()).unwrap();
    let told = kinfold(
        town(),
        &["run", "plan.toml", "--progress", "none", "--model", path.to_str().unwrap()],
    );
    assert!(told.code == 2 && told.stderr.contains("are not those of the plan"), "{told:?}");
}

#[test]
fn an_extract_given_for_a_plan_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "name,born\nZainab Qwertyson,2014-03-02\n")
        .unwrap();
    for command in ["run", "check", "block"] {
        let told = kinfold(folder.path(), &[command, "people.csv", "--progress", "none"]);
        assert!(told.code == 2 && told.stderr.contains("is not a plan"), "{told:?}");
        assert!(!told.stderr.contains("Zainab"), "{told:?}");
    }
}

#[test]
fn a_first_row_of_data_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "Zainab,Qwertyson,2014-03-02\n").unwrap();
    let plan = "run_date = 2026-01-01\n[[source]]\nname = \"s\"\nfiles = \"people.csv\"\n[source.columns]\nforename = \"given\"\n";
    std::fs::write(folder.path().join("plan.toml"), plan).unwrap();
    let told = kinfold(folder.path(), &["check", "plan.toml"]);
    assert!(told.code == 2 && told.stderr.contains("is there a header?"), "{told:?}");
    assert!(!told.stderr.contains("Zainab"), "{told:?}");
}
