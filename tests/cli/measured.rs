//! Measuring a snapshot: thresholds, groups, wrong pairs, change, and the page that shows it.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::kinfold::{copy_of_town, kinfold, snapshot, town};
use crate::small::check_stands_alone;

fn measured(more: &[&str]) -> Value {
    let arguments = [&["evaluate", "snapshots", "truth.parquet", "--json"], more].concat();
    kinfold(town(), &arguments).good().json()
}

#[test]
fn every_threshold_is_told_in_steps_of_half_a_bit() {
    let thresholds = &measured(&[])["thresholds"];
    let points = thresholds["points"].as_array().unwrap();
    assert!(points.len() > 10);
    let number = |value: &Value| value.as_f64().unwrap();
    for two in points.windows(2) {
        assert!((number(&two[1]["bits"]) - number(&two[0]["bits"]) - 0.5).abs() < 1e-9);
        assert!(number(&two[1]["pairs"]) <= number(&two[0]["pairs"]));
    }
    let f1 = |point: &Value| number(&point["against_truth"]["f1"]);
    assert!(points.iter().all(|point| f1(point) <= f1(&thresholds["best"])));
    let in_force = &thresholds["in_force"];
    let threshold = snapshot().manifest().thresholds.link;
    let above = |pairs: &mut u64, link: snapshot::LinkRow<&str>| {
        *pairs += u64::from(threshold <= link.match_weight);
    };
    let pairs: u64 = snapshot().gather_links(above).unwrap().into_iter().sum();
    assert_eq!(in_force["pairs"].as_u64(), Some(pairs));
    let text = kinfold(town(), &["evaluate", "snapshots", "truth.parquet"]).good().stdout;
    assert!(text.contains("in force") && text.contains("the best F1"), "{text}");
}

#[test]
fn groups_add_up_to_the_whole() {
    let all = measured(&[]);
    let groupings = all["subgroups"].as_array().unwrap();
    let by: Vec<&str> = groupings.iter().map(|one| one["by"].as_str().unwrap()).collect();
    assert_eq!(by, ["sex", "age", "source", "words in the name", "addresses", "home"]);
    let sum = |grouping: &Value, of: &str| -> u64 {
        let groups = grouping["groups"].as_array().unwrap().iter();
        groups.map(|group| group["own"]["pairs"][of].as_u64().unwrap()).sum()
    };
    for of in ["true_positive", "false_positive", "false_negative"] {
        let pairs = all["source_pairs"].as_array().unwrap().iter();
        let whole: u64 = pairs.map(|pair| pair["pairs"][of].as_u64().unwrap()).sum();
        for grouping in groupings {
            assert_eq!(sum(grouping, of), 2 * whole, "{of} by {}", grouping["by"]);
        }
    }
    let fields = all["lone_records"]["fields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["name"] == "surname"), "{fields:?}");
}

#[test]
fn what_needs_no_truth_is_told_without() {
    let told = kinfold(town(), &["evaluate", "snapshots"]).good().stdout;
    for shown in ["as the model expects", "standardised difference", "What cannot well be true"] {
        assert!(told.contains(shown), "{told}");
    }
    assert!(!told.contains("precision  recall"), "{told}");
    let json = kinfold(town(), &["evaluate", "snapshots", "--json"]).good().json();
    assert_eq!(json.get("persons"), None);
    let found = json["implausible"].as_array().unwrap();
    for finding in found {
        let (count, examples) = (&finding["count"], finding["examples"].as_array().unwrap());
        assert_eq!(count == 0, examples.is_empty(), "{finding}");
        for id in examples {
            let what = finding["of"].as_str().unwrap();
            kinfold(town(), &["show", "snapshots", what, id.as_str().unwrap()]).good();
        }
    }
    assert!(found.len() > 10, "{found:?}");
}

#[test]
fn what_the_model_expects_is_near_what_is_true_and_in_its_range() {
    let expected = snapshot().manifest().expected.unwrap();
    let all = measured(&[]);
    let in_force = &all["thresholds"]["in_force"];
    let found = &in_force["against_truth"];
    for (name, estimate) in [("precision", expected.precision), ("recall", expected.recall)] {
        let told = &in_force[format!("expected_{name}")];
        assert!((told["value"].as_f64().unwrap() - estimate.value).abs() < 1e-6, "{told}");
        assert!((told["interval"][1].as_f64().unwrap() - estimate.high).abs() < 1e-6, "{told}");
        assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
        let (share, interval) = (&found[name], &found[format!("{name}_interval")]);
        let [share, low, high] = [share, &interval[0], &interval[1]].map(|n| n.as_f64().unwrap());
        assert!(low < share && share < high, "{name}: {low} {share} {high}");
        assert!((share - estimate.value).abs() < 0.05, "{name}: {share} {estimate:?}");
    }
    // Every pair weighed is in the sums.
    let weights = snapshot().manifest().weights.clone();
    assert_eq!(weights.expected.len(), weights.pairs.len());
    let sum: f64 = weights.expected.iter().sum();
    let expected = |kept: &mut f64, link: snapshot::LinkRow<&str>| *kept += link.probability;
    let kept: f64 = snapshot().gather_links(expected).unwrap().into_iter().sum();
    assert!(kept < sum && sum < 1.1 * kept, "{kept} {sum}");
    for grouping in all["subgroups"].as_array().unwrap() {
        for group in grouping["groups"].as_array().unwrap() {
            let interval = &group["recall_interval"];
            assert!(interval[0].as_f64() <= group["own"]["pairs"]["recall"].as_f64(), "{group}");
        }
    }
}

#[test]
fn wrong_pairs_are_listed_and_can_be_explained() {
    let told = measured(&["--list", "both", "--limit", "4"]);
    let listed = told["wrong_pairs"].as_array().unwrap();
    assert!(listed.iter().filter(|pair| pair["wrong"] == "missed").count() == 4, "{listed:?}");
    for pair in listed {
        let [a, b] = [0, 1].map(|at| pair["persons"][at].as_str().unwrap());
        assert_eq!(a == b, pair["wrong"] == "false", "{pair}");
    }
    let arguments = ["evaluate", "snapshots", "truth.parquet", "--list", "missed", "--limit", "1"];
    let text = kinfold(town(), &[&arguments[..], &["--plan", "plan.toml"]].concat()).good().stdout;
    let line = text.lines().find(|line| line.trim_start().starts_with("kinfold explain"));
    let words: Vec<&str> = line.expect("a command").split_whitespace().skip(1).collect();
    let explained = kinfold(town(), &[&words[..], &["--progress", "none"]].concat()).good().stdout;
    assert!(explained.contains("match weight"), "{explained}");
    let told = kinfold(town(), &["evaluate", "snapshots", "--list", "both"]);
    assert!(told.code == 2 && told.stderr.contains("<TRUTH>"), "{told:?}");
}

#[test]
fn two_snapshots_are_compared() {
    let same = measured(&["--against", "snapshots"])["change"].clone();
    assert_eq!(same["persons"]["split"], 0);
    assert_eq!(same["persons"]["same"].as_u64(), Some(snapshot().manifest().totals.persons));
    assert_eq!(same["pairs"]["changed"], 0);

    let copy = copy_of_town();
    let plan = fs::read_to_string(copy.path().join("plan.toml")).unwrap();
    fs::write(copy.path().join("plan.toml"), format!("{plan}\n[thresholds]\nlink = 12\n")).unwrap();
    kinfold(copy.path(), &["run", "plan.toml", "--progress", "none"]).good();
    let old = town().join("snapshots");
    let arguments = ["evaluate", "snapshots", "--against", old.to_str().unwrap()];
    let change = kinfold(copy.path(), &[&arguments[..], &["--json"]].concat()).good().json();
    let change = &change["change"];
    assert!(change["persons"]["split"].as_u64() > Some(0), "{change}");
    assert!(change["pairs"]["links_lost"].as_u64() > Some(0), "{change}");
    assert_eq!(change["pairs"]["links_gained"], 0);
    let settings = change["settings"].as_array().unwrap();
    assert!(settings.iter().any(|one| one["what"] == "threshold of a link"), "{settings:?}");
    let causes = change["causes"].as_array().unwrap();
    assert!(causes.iter().any(|one| one["cause"] == "the threshold is another"), "{causes:?}");
    let turns = change["turns"].as_array().unwrap();
    assert!(!turns.is_empty() && turns.iter().all(|turn| turn["joined"] == false), "{turns:?}");
    assert_eq!(change["sources"].as_array().map(Vec::len), Some(0));
    let households = &change["households"];
    assert!(households["persons_changed"].as_u64() > Some(0), "{households}");
    let ids = &change["persons"]["ids"];
    assert_eq!(ids["retired"], 0, "{ids}");
    assert!(ids["created"].as_u64() > Some(0), "{ids}");
    let text = kinfold(copy.path(), &arguments).good().stdout;
    for shown in
        ["Against the older snapshot", "the threshold is another", "two now", "+12.00 bits"]
    {
        assert!(text.contains(shown), "{text}");
    }
    for (alarm, code) in [("1", 0), ("0.0001", 1), ("2", 2)] {
        let told = kinfold(copy.path(), &[&arguments[..], &["--alarm", alarm]].concat());
        assert_eq!(told.code, code, "{told:?}");
    }
    let told = kinfold(copy.path(), &["evaluate", "snapshots", "--alarm", "0.1"]);
    assert!(told.code == 2 && told.stderr.contains("--against"), "{told:?}");
}

#[test]
fn the_page_of_a_snapshot_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let page = |more: &[&str]| {
        let path = folder.path().join("page.html");
        let arguments = ["report", "snapshots", "-o", path.to_str().unwrap(), "--progress", "none"];
        kinfold(town(), &[&arguments[..], more].concat()).good();
        let page = fs::read_to_string(path).unwrap();
        check_stands_alone(&page);
        page
    };
    let plain = page(&[]);
    assert!(plain.contains("The truth is not known") && !plain.contains("precision of pairs"));
    let whole = page(&["--truth", "truth.parquet", "--against", "snapshots"]);
    assert!(plain.contains("precision expected") && plain.contains("Nobody has looked"));
    for shown in [
        "precision of pairs",
        "records moved",
        "persons of both whose household changed",
        "How well each group does",
        "upn",
    ] {
        assert!(whole.contains(shown), "{shown}");
    }
    // Nothing that a person is called stands in either, and something does if asked for.
    let names = surnames();
    let tells = |page: &str| {
        let words: BTreeSet<&str> = page.split(|c: char| !c.is_alphabetic()).collect();
        names.iter().filter(|name| words.contains(name.as_str())).count()
    };
    assert_eq!((tells(&plain), tells(&whole)), (0, 0));
    let values = page(&["--values", "plan.toml"]);
    assert!(tells(&values) > 0 && values.contains("Keep it as you keep the records"));
}

/// Surnames of the town that are no words of the page.
fn surnames() -> BTreeSet<String> {
    let persons = snapshot().persons().unwrap();
    let at = persons.fields.iter().position(|field| field == "surname").unwrap();
    let names = persons.rows.into_iter().filter_map(|mut row| row.best[at].take());
    let mut names: BTreeSet<String> = names.map(|best| best.value).collect();
    let template = include_str!("../../crates/report/templates/report.html");
    let own = include_str!("../../crates/report/assets/chart.umd.min.js");
    let script = include_str!("../../crates/report/assets/page.js");
    let style = include_str!("../../crates/report/assets/page.css");
    for text in [template, own, script, style] {
        for word in text.split(|c: char| !c.is_alphabetic()) {
            names.remove(word);
        }
    }
    names.retain(|name| name.len() > 4);
    assert!(names.len() > 20);
    names
}
