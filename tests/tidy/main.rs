//! Rules about the source itself: what ARCHITECTURE.md and the style guide promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};

/// What each crate may import of ours. ARCHITECTURE.md explains why.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("extract", &["record"]),
    ("normalise", &["record"]),
    ("block", &["normalise", "record"]),
    ("compare", &["normalise", "record"]),
    ("score", &["compare", "record"]),
    ("train", &["block", "compare", "record", "score"]),
    ("recall", &["block", "compare", "record", "score"]),
    ("resolve", &["record", "score"]),
    ("household", &["record", "resolve"]),
    ("snapshot", &[]),
    ("evaluate", &["record"]),
    ("plan", &["block", "compare", "extract", "normalise", "record"]),
    ("splink", &["block", "compare", "normalise", "plan", "record", "score"]),
    ("report", &[]),
    ("synth", &["record"]),
    (
        "pipeline",
        &[
            "block",
            "compare",
            "evaluate",
            "extract",
            "household",
            "normalise",
            "plan",
            "recall",
            "record",
            "report",
            "resolve",
            "score",
            "snapshot",
            "train",
        ],
    ),
    ("query", &["record", "report", "snapshot"]),
    (
        "cli",
        &[
            "evaluate", "pipeline", "plan", "query", "record", "score", "snapshot", "splink",
            "synth",
        ],
    ),
];

/// The stages: pure functions, without files, clock, randomness or errors.
const STAGES: &[&str] = &[
    "normalise",
    "block",
    "compare",
    "score",
    "train",
    "recall",
    "resolve",
    "household",
    "evaluate",
    "record",
];

/// What no stage's source may hold, and why.
const NOT_IN_STAGES: &[(&str, &str)] = &[
    ("std::fs", "stages read no files"),
    ("std::net", "stages use no network"),
    ("std::env", "what a stage depends on is passed to it"),
    ("Instant::now", "stages read no clock"),
    ("SystemTime", "stages read no clock"),
    ("Timestamp::now", "stages read no clock"),
    ("Zoned::now", "stages read no clock"),
    ("thread_rng", "stages draw no random numbers"),
    ("rand::", "stages draw no random numbers"),
    ("anyhow", "stages cannot fail"),
    ("thiserror", "stages cannot fail"),
];

/// What no source may hold, and what to do instead.
const NOWHERE: &[(&str, &str)] = &[
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
    (concat!("FIX", "ME"), "mend it"),
    (concat!("TO", "DO"), "do it, or open an issue"),
    ("std::collections::Hash", "their order varies from run to run; use BTreeMap or a sorted Vec"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn crates() -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    found.sort();
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn manifest(folder: &Path) -> toml::Table {
    fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap()
}

fn ours(table: &toml::Table, section: &str) -> Vec<String> {
    let names: Vec<String> = crates().into_iter().map(|(name, _)| name).collect();
    let Some(section) = table.get(section).and_then(toml::Value::as_table) else { return vec![] };
    section.keys().filter(|name| names.contains(name)).cloned().collect()
}

#[test]
fn crates_import_only_what_lies_upstream() {
    let found = crates();
    for (name, folder) in &found {
        let (_, allowed) = MAY_IMPORT
            .iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("add `{name}` to MAY_IMPORT and to ARCHITECTURE.md"));
        for import in ours(&manifest(folder), "dependencies") {
            assert!(allowed.contains(&import.as_str()), "`{name}` may not import `{import}`");
        }
    }
    assert_eq!(found.len(), MAY_IMPORT.len(), "MAY_IMPORT names a crate that is not there");
}

#[test]
fn every_crate_says_what_it_is_for_in_the_same_words_everywhere() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (name, folder) in crates() {
        let main = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
        let main = main.iter().find(|path| path.exists()).unwrap();
        let first = fs::read_to_string(main).unwrap().lines().next().unwrap().to_owned();
        let purpose = first.strip_prefix("//! ").unwrap_or_else(|| panic!("`{name}` has no doc"));
        let described = manifest(&folder)["package"]["description"].as_str().unwrap().to_owned();
        assert_eq!(purpose, described, "the description in the manifest of `{name}`");
        let row = architecture.lines().find(|line| line.starts_with(&format!("| **{name}** |")));
        let row = row.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for `{name}`"));
        assert!(row.contains(purpose), "ARCHITECTURE.md says of `{name}`: {row}");
    }
}

#[test]
fn stages_are_pure() {
    let stages: Vec<_> =
        crates().into_iter().filter(|(name, _)| STAGES.contains(&name.as_str())).collect();
    assert_eq!(stages.len(), STAGES.len(), "STAGES names a crate that is not there");
    for (_, folder) in stages {
        for path in sources(&folder.join("src")) {
            let text = fs::read_to_string(&path).unwrap();
            for (word, why) in NOT_IN_STAGES {
                assert!(!text.contains(word), "{}: `{word}`: {why}", path.display());
            }
        }
    }
}

#[test]
fn every_source_file_is_tidy() {
    let mut seen = 0;
    for folder in ["crates", "tests", "benches"] {
        for path in sources(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            let shown = path.display();
            assert!(text.starts_with("//! "), "{shown} does not begin by saying what it does");
            for (word, instead) in NOWHERE {
                // This file has to name what it forbids.
                let own = path.ends_with("tidy/main.rs");
                assert!(own || !text.contains(word), "{shown}: `{word}`: {instead}");
            }
            for (at, line) in text.lines().enumerate() {
                assert!(!line.ends_with(' '), "{shown}:{}: a blank at the end", at + 1);
                assert!(!line.contains('\t'), "{shown}:{}: a tab", at + 1);
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "the sources were not found");
}

#[test]
fn no_source_file_is_orphaned() {
    for (_, folder) in crates() {
        let all = sources(&folder.join("src"));
        for path in &all {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            if matches!(stem, "lib" | "main" | "mod") {
                continue;
            }
            let declared = all.iter().any(|other| {
                let text = fs::read_to_string(other).unwrap();
                text.contains(&format!("mod {stem};"))
            });
            assert!(declared, "nothing refers to {}", path.display());
        }
    }
}

#[test]
fn only_fixtures_are_large() {
    let listed =
        std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    // A source archive has no git, and then nothing to list.
    let Ok(listed) = listed else { return };
    for name in
        String::from_utf8(listed.stdout).unwrap().split('\0').filter(|name| !name.is_empty())
    {
        let Ok(data) = fs::metadata(root().join(name)) else { continue };
        let allowed = name.starts_with("fixtures/") || name == "Cargo.lock";
        assert!(allowed || data.len() <= 256 * 1024, "{name} has {} bytes", data.len());
    }
}
