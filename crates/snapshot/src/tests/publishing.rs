//! A snapshot is complete or absent, and never changes.

use std::fs;
use std::path::Path;

use super::*;
use crate::{Error, Snapshot};

/// Something done to a folder.
type Act<'a> = &'a dyn Fn(&Path);

fn names(parent: &Path) -> Vec<String> {
    let entries = fs::read_dir(parent).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Publishes an empty snapshot whose plan is `plan`.
fn publish_plan(parent: &Path, name: &str, plan: &str) -> std::path::PathBuf {
    let manifest = Manifest { plan: plan.to_owned(), ..Manifest::default() };
    Writer::create(parent, name).unwrap().finish(manifest, Run::default()).unwrap()
}

#[test]
fn a_published_folder_holds_the_files_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let folder = publish(parent.path(), "night");
    assert_eq!(
        names(&folder),
        [
            "addresses.parquet",
            "events.parquet",
            "households.parquet",
            "involvements.parquet",
            "links.parquet",
            "manifest.json",
            "memberships.parquet",
            "persons.parquet",
            "records.parquet",
            "rejects.parquet",
            "relationships.parquet",
            "residencies.parquet",
            "run.json",
        ]
    );
    assert_eq!(names(parent.path()), [".lock", "CURRENT", "night"]);
}

#[test]
fn a_taken_name_is_never_written_over() {
    let parent = tempfile::tempdir().unwrap();
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let publish = |plan| name(publish_plan(parent.path(), "night", plan));
    let current = || Snapshot::open(parent.path()).unwrap().manifest().plan.clone();
    for (plan, expected) in [
        ("a", "night"),
        ("a", "night"),
        ("b", "night-2"),
        ("a", "night"),
        ("c", "night-3"),
        ("b", "night-2"),
    ] {
        assert_eq!(publish(plan), expected, "{plan}");
        assert_eq!(current(), plan);
    }
    // Whatever else has the name is left alone, even an empty folder.
    fs::create_dir(parent.path().join("other")).unwrap();
    assert_eq!(name(publish_plan(parent.path(), "other", "a")), "other-2");
    assert_eq!(names(&parent.path().join("other")), [""; 0]);
}

#[test]
fn the_same_result_keeps_the_first_occasion() {
    let parent = tempfile::tempdir().unwrap();
    let folder = publish(parent.path(), "night");
    let before = fs::read(folder.join("run.json")).unwrap();
    let writer = Writer::create(parent.path(), "night").unwrap();
    fill(&writer);
    assert_eq!(writer.finish(manifest(), run(99.0)).unwrap(), folder);
    assert_eq!(fs::read(folder.join("run.json")).unwrap(), before);
    assert_eq!(names(parent.path()), [".lock", "CURRENT", "night"]);
}

#[test]
fn a_damaged_snapshot_does_not_pass_for_the_same_result() {
    let parent = tempfile::tempdir().unwrap();
    let folder = publish(parent.path(), "night");
    fs::remove_file(folder.join("links.parquet")).unwrap();
    assert_eq!(publish(parent.path(), "night"), parent.path().join("night-2"));
}

#[test]
fn the_last_snapshot_is_readable_while_the_next_is_written() {
    let parent = tempfile::tempdir().unwrap();
    publish_plan(parent.path(), "monday", "a");
    let writer = Writer::create(parent.path(), "tuesday").unwrap();
    let current = || {
        let snapshot = Snapshot::open(parent.path()).unwrap();
        snapshot.verify().unwrap();
        snapshot.folder().file_name().unwrap().to_owned()
    };
    assert_eq!(current(), "monday");
    fill(&writer);
    assert_eq!(current(), "monday");
    writer.finish(manifest(), run(1.0)).unwrap();
    assert_eq!(current(), "tuesday");
    assert!(Snapshot::open(&parent.path().join("monday")).is_ok());
}

#[test]
fn a_dropped_writer_publishes_nothing() {
    let parent = tempfile::tempdir().unwrap();
    publish_plan(parent.path(), "monday", "a");
    let writer = Writer::create(parent.path(), "tuesday").unwrap();
    fill(&writer);
    drop(writer);
    assert_eq!(names(parent.path()), [".lock", "CURRENT", "monday"]);
    assert_eq!(Snapshot::open(parent.path()).unwrap().manifest().plan, "a");
}

/// What a run killed at some moment of its publication leaves, made by hand.
#[test]
fn a_run_killed_at_any_moment_leaves_the_last_snapshot() {
    let elsewhere = tempfile::tempdir().unwrap();
    let whole = publish_plan(elsewhere.path(), "tuesday", "b");
    let copy = |to: &Path, but: &str| {
        fs::create_dir(to).unwrap();
        for name in names(&whole).iter().filter(|name| *name != but) {
            fs::copy(whole.join(name), to.join(name)).unwrap();
        }
    };
    let moments: [(&str, Act<'_>); 5] = [
        ("while writing files", &|parent| {
            copy(&parent.join(".unfinished-1"), "manifest.json");
            fs::write(parent.join(".unfinished-1/.lock"), "").unwrap();
            fs::write(parent.join(".unfinished-1/links.parquet"), "PAR1").unwrap();
        }),
        ("after the manifest", &|parent| {
            copy(&parent.join(".unfinished-1"), "");
            fs::write(parent.join(".unfinished-1/.lock"), "").unwrap();
        }),
        ("before the move", &|parent| copy(&parent.join(".unfinished-1"), "")),
        ("after the move", &|parent| copy(&parent.join("tuesday"), "")),
        ("before it became current", &|parent| {
            copy(&parent.join("tuesday"), "");
            fs::write(parent.join(".next"), "tues").unwrap();
        }),
    ];
    for (moment, leave) in moments {
        let parent = tempfile::tempdir().unwrap();
        let parent = parent.path();
        publish_plan(parent, "monday", "a");
        leave(parent);
        let current = Snapshot::open(parent).unwrap();
        current.verify().unwrap();
        assert_eq!(current.manifest().plan, "a", "{moment}");
        // The next run goes through, and clears away what was left.
        publish_plan(parent, "tuesday", "b");
        assert_eq!(names(parent), [".lock", "CURRENT", "monday", "tuesday"], "{moment}");
        assert_eq!(Snapshot::open(parent).unwrap().manifest().plan, "b", "{moment}");
    }
}

#[test]
fn an_unwritable_place_is_named() {
    let parent = tempfile::tempdir().unwrap();
    fs::write(parent.path().join("file"), "").unwrap();
    let path = parent.path().join("file/out");
    let error = Writer::create(&path, "night").unwrap_err();
    assert!(matches!(&error, Error::Write { path: at, .. } if *at == path), "{error}");
    assert!(error.to_string().starts_with(&format!("cannot write `{}`", path.display())));
}

#[test]
fn a_name_is_a_plain_folder_name() {
    let parent = tempfile::tempdir().unwrap();
    for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "/tmp", "CURRENT", "a\nb", "a b"] {
        let error = Writer::create(parent.path(), name).unwrap_err();
        assert!(matches!(error, Error::Name { .. }), "{name}");
    }
    assert_eq!(names(parent.path()), [""; 0]);
    for name in ["2024-02-29", "nuit_d'été".replace('\'', "").as_str(), "v1.2"] {
        assert!(Writer::create(parent.path(), name).is_ok(), "{name}");
    }
}
