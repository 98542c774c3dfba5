//! How much memory a run may use is a number the user sets, and changes nothing but whether it runs.

use std::fs;

use serde_json::Value;

use crate::kinfold::{copy_of_town, kinfold, town};

const SNAPSHOT: &str = "snapshots/2026-03-31";

#[test]
fn a_run_that_is_allowed_too_little_is_not_begun() {
    let copy = copy_of_town();
    for command in ["run", "train"] {
        let told = kinfold(
            copy.path(),
            &[command, "plan.toml", "--memory", "20MiB", "--progress", "none"],
        );
        assert_eq!(told.code, 2, "{}", told.stderr);
        let says = |words: &str| assert!(told.stderr.contains(words), "{}", told.stderr);
        says("reckoned to need");
        says("20 MiB are allowed");
    }
    assert!(!copy.path().join(SNAPSHOT).exists(), "nothing is published");
    let told = kinfold(copy.path(), &["run", "plan.toml", "--memory", "20"]);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("such as `8GiB`"), "{}", told.stderr);
}

#[test]
fn any_amount_that_is_enough_gives_the_same_bytes() {
    let copy = copy_of_town();
    let memory = ["run", "plan.toml", "--memory", "1 GB", "--progress", "none"];
    kinfold(copy.path(), &memory).good();
    let of = |folder: &std::path::Path, name: &str| fs::read(folder.join(SNAPSHOT).join(name));
    let mut same = 0;
    for file in fs::read_dir(town().join(SNAPSHOT)).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if name != "run.json" {
            assert!(
                of(town(), &name).unwrap() == of(copy.path(), &name).unwrap(),
                "{name} differs"
            );
            same += 1;
        }
    }
    assert_eq!(same, 11, "ten tables and a manifest");
    let run: Value = serde_json::from_slice(&of(copy.path(), "run.json").unwrap()).unwrap();
    assert_eq!(run["memory_allowed_bytes"], 1_000_000_000);
    let reckoned = run["memory_reckoned_bytes"].as_u64().unwrap();
    assert!((50 << 20..1_000_000_000).contains(&reckoned), "{reckoned}");
}
