//! Ids are kept from night to night, and what becomes of the others is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use snapshot::{Event, EventRow, RecordRow, Snapshot};

use crate::kinfold::{copy_of_town, kinfold};

/// Runs the plan of a folder on another day, and gives what it published.
fn night(folder: &Path, day: &str) -> Snapshot {
    let plan = folder.join("plan.toml");
    let text = fs::read_to_string(&plan).unwrap();
    let (before, after) = text.split_once("run_date = ").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    fs::write(plan, format!("{before}run_date = {day}\n{after}")).unwrap();
    kinfold(folder, &["run", "plan.toml", "--progress", "none"]).good();
    Snapshot::open(&folder.join("snapshots")).unwrap()
}

/// Leaves two of three rows of an extract out.
fn thin_out(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().enumerate().filter(|(at, _)| at % 3 == 0);
    let rows: Vec<&str> = rows.map(|(_, row)| row).collect();
    assert!(rows.len() > 2, "so few rows show nothing");
    fs::write(path, rows.join("\n") + "\n").unwrap();
}

fn all_records(snapshot: Snapshot) -> Vec<RecordRow> {
    snapshot.with_shielded().unwrap().records().unwrap()
}

/// What happened on a day, without what was created.
fn happened(snapshot: &Snapshot, day: &str) -> Vec<EventRow> {
    let mut events = snapshot.events().unwrap();
    events.retain(|event| event.run == day && event.event != Event::Created);
    events
}

#[test]
fn ids_are_kept_and_what_became_of_the_others_is_told() {
    let town = copy_of_town();
    let folder = town.path();
    let first = night(folder, "2026-03-31");
    assert_eq!(first.manifest().follows, None);
    for file in ["housing.csv", "schools.csv", "adult_care.csv", "health_visiting.csv"] {
        thin_out(&folder.join(file));
    }
    let second = night(folder, "2026-04-01");
    let follows = second.manifest().follows.clone().unwrap();
    assert_eq!(follows.snapshot, "2026-03-31");
    assert_eq!(follows.manifest_sha256, first.run().manifest_sha256);

    let events = happened(&second, "2026-04-01");
    let told: BTreeSet<(&str, Event)> =
        events.iter().map(|event| (event.id.as_str(), event.event)).collect();
    let homes = |snapshot: &Snapshot| -> BTreeSet<String> {
        snapshot.households().unwrap().into_iter().map(|row| row.household_id).collect()
    };
    // What may be read now may be shielded on the next night, and is there still.
    let homes_then = homes(&first);
    let second = second.with_shielded().unwrap();
    let homes_now = homes(&second);
    let (then, now) = (all_records(first), all_records(second));
    let ids = |records: &[RecordRow]| -> BTreeSet<String> {
        records.iter().map(|record| record.person_id.clone()).collect()
    };
    let (persons_then, persons_now) = (ids(&then), ids(&now));
    // Whoever is gone is told to be.
    let mut gone = 0;
    for id in persons_then.union(&homes_then) {
        let is_there = persons_now.contains(id) || homes_now.contains(id);
        let ended = [Event::Merged, Event::Retired].map(|event| told.contains(&(id, event)));
        assert_eq!(u8::from(is_there) + ended.map(u8::from).iter().sum::<u8>(), 1, "{id}");
        gone += u32::from(!is_there);
    }
    assert!(gone > 0, "nobody shows nothing");
    // Whoever asks by an old id is told so.
    let one = |is: Event| events.iter().find(|event| event.event == is);
    for event in [Event::Merged, Event::Retired].into_iter().filter_map(one) {
        let question = if event.id.starts_with('P') { "household" } else { "residents" };
        let told = kinfold(folder, &["ask", question, "snapshots", &event.id]);
        let became = match &event.other_id {
            Some(other) => format!("merged into `{other}` on 2026-04-01"),
            None => "retired on 2026-04-01".to_owned(),
        };
        assert_ne!(told.code, 0, "{}", event.id);
        assert!(told.stderr.contains(&became), "{}: {}", event.id, told.stderr);
    }
    // Whoever has a record of before has an id that one of its records had, or is split from one.
    let before: BTreeMap<(&str, &str), &str> = then
        .iter()
        .map(|row| ((row.source.as_str(), row.key.as_str()), row.person_id.as_str()))
        .collect();
    let mut had: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &now {
        let id = before.get(&(row.source.as_str(), row.key.as_str()));
        had.entry(&row.person_id).or_default().extend(id);
    }
    for (id, had) in had.iter().filter(|(_, had)| !had.is_empty()) {
        assert!(had.contains(id) || told.contains(&(id, Event::Split)), "{id}");
    }
}

#[test]
fn a_night_that_is_repeated_is_the_same_and_one_in_which_nothing_happens_tells_nothing() {
    let town = copy_of_town();
    let folder = town.path();
    night(folder, "2026-03-30");
    thin_out(&folder.join("housing.csv"));
    let second = night(folder, "2026-03-31");
    let tonight = happened(&second, "2026-03-31");
    assert!(!tonight.is_empty());
    // It follows the night before, not itself.
    let again = night(folder, "2026-03-31");
    assert_eq!(again.folder(), second.folder());
    assert_eq!(again.manifest(), second.manifest());
    let third = night(folder, "2026-04-01");
    // A night before that is damaged would cost everybody their ids: nothing is published.
    fs::write(third.folder().join("records.parquet"), "x").unwrap();
    let plan = fs::read_to_string(folder.join("plan.toml")).unwrap();
    fs::write(folder.join("next.toml"), plan.replace("2026-04-01", "2026-04-02")).unwrap();
    let failed = kinfold(folder, &["run", "next.toml", "--progress", "none"]);
    assert_eq!(failed.code, 2, "{}", failed.stderr);
    assert!(failed.stderr.contains("ids cannot be kept"), "{}", failed.stderr);
    assert!(failed.stderr.contains("records.parquet` is damaged"), "{}", failed.stderr);
    assert!(!folder.join("snapshots/2026-04-02").exists());
    let third = night(folder, "2026-04-01");
    let ids = |snapshot: Snapshot| -> BTreeSet<String> {
        all_records(snapshot).into_iter().map(|row| row.person_id).collect()
    };
    // What was told is told still.
    let events = third.events().unwrap();
    assert!(tonight.iter().all(|event| events.contains(event)));
    let is_person = |event: &&EventRow| event.id.starts_with('P') && event.run == "2026-04-01";
    assert_eq!(events.iter().filter(is_person).count(), 0);
    assert_eq!(ids(second), ids(third));
}
