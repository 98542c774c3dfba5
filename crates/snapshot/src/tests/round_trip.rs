//! What is written is what is read.

use std::fmt::Debug;
use std::fs;

use proptest::prelude::*;

use super::*;
use crate::Snapshot;

/// Compares rows that borrow with rows of their own.
#[track_caller]
fn check(read: &[impl Debug], written: &[impl Debug]) {
    assert_eq!(format!("{read:#?}"), format!("{written:#?}"));
}

#[test]
fn every_file_is_read_as_it_was_written() {
    let parent = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&publish(parent.path(), "night")).unwrap();
    snapshot.verify().unwrap();
    check(&snapshot.records().unwrap(), &records());
    let read = snapshot.persons().unwrap();
    assert_eq!(read.fields, FIELDS);
    check(&read.rows, &persons());
    check(&snapshot.households().unwrap(), &households());
    check(&snapshot.memberships().unwrap(), &memberships());
    check(&snapshot.relationships().unwrap(), &relationships());
    check(&snapshot.residencies().unwrap(), &residencies());
    check(&snapshot.involvements().unwrap(), &involvements());
    check(&snapshot.links().unwrap(), &links());
    check(&snapshot.rejects().unwrap(), &rejects());
    check(&snapshot.events().unwrap(), &events());
    assert_eq!(snapshot.run().timings, run(1.5).timings);
    assert_eq!(snapshot.manifest().model, manifest().model);
    assert_eq!(snapshot.manifest().sources[0].source, "school", "sources are sorted");
}

#[test]
fn a_snapshot_of_nothing_has_every_file_and_no_row() {
    let parent = tempfile::tempdir().unwrap();
    let writer = Writer::create(parent.path(), "night").unwrap();
    let folder = writer.finish(Manifest::default(), Run::default()).unwrap();
    let snapshot = Snapshot::open(&folder).unwrap();
    snapshot.verify().unwrap();
    assert_eq!(snapshot.records().unwrap(), []);
    assert_eq!(snapshot.persons().unwrap(), crate::Persons::default());
    assert_eq!(snapshot.households().unwrap(), []);
    assert_eq!(snapshot.memberships().unwrap(), []);
    assert_eq!(snapshot.relationships().unwrap(), []);
    assert_eq!(snapshot.residencies().unwrap(), []);
    assert_eq!(snapshot.involvements().unwrap(), []);
    assert_eq!(snapshot.links().unwrap(), []);
    assert_eq!(snapshot.rejects().unwrap(), []);
    assert_eq!(snapshot.events().unwrap(), []);
    assert_eq!(snapshot.find_record("school", "s1").unwrap(), None);
    assert_eq!(snapshot.find_person("P1").unwrap(), None);
}

#[test]
fn the_same_rows_give_the_same_bytes_whatever_the_occasion() {
    let parent = tempfile::tempdir().unwrap();
    let first = publish(parent.path(), "first");
    let writer = Writer::create(parent.path(), "second").unwrap();
    // The files in another order, from several threads, and the lists of the manifest in
    // another order; rejects on other lines.
    std::thread::scope(|scope| {
        scope.spawn(|| writer.open().events(events()).unwrap());
        scope.spawn(|| writer.open().links(links()).unwrap());
        scope.spawn(|| writer.open().records(records()).unwrap());
        scope.spawn(|| writer.open().persons(&FIELDS, persons()).unwrap());
    });
    writer.open().rejects(rejects().map(|row| RejectRow { line: 1, ..row })).unwrap();
    writer.open().involvements(involvements()).unwrap();
    writer.open().residencies(residencies()).unwrap();
    writer.open().relationships(relationships()).unwrap();
    writer.open().memberships(memberships()).unwrap();
    writer.open().households(households()).unwrap();
    let mut manifest = manifest();
    manifest.sources.reverse();
    let second = writer.finish(manifest, run(99.0)).unwrap();
    for file in Snapshot::open(&first).unwrap().manifest().files.keys() {
        assert_eq!(fs::read(first.join(file)).unwrap(), fs::read(second.join(file)).unwrap());
    }
    let manifest = |folder: &std::path::Path| fs::read(folder.join("manifest.json")).unwrap();
    assert_eq!(manifest(&first), manifest(&second));
    assert_ne!(
        fs::read(first.join("run.json")).unwrap(),
        fs::read(second.join("run.json")).unwrap()
    );
}

#[test]
fn rows_beyond_one_row_group_are_read_in_order() {
    let parent = tempfile::tempdir().unwrap();
    let writer = Writer::create(parent.path(), "night").unwrap();
    let n = 300_000_u32;
    writer
        .open()
        .events((0..n).map(|n| EventRow {
            id: format!("P{n}"),
            event: Event::Created,
            other_id: (n % 3 == 0).then(|| format!("P{}", n / 2)),
            run: "first".to_owned(),
        }))
        .unwrap();
    let folder = writer.finish(Manifest::default(), Run::default()).unwrap();
    let read = Snapshot::open(&folder).unwrap().events().unwrap();
    assert_eq!(read.len(), n as usize);
    for (n, row) in read.iter().enumerate() {
        assert_eq!(row.id, format!("P{n}"));
        assert_eq!(row.other_id, (n % 3 == 0).then(|| format!("P{}", n / 2)));
    }
}

#[test]
fn look_ups_find_what_belongs_to_an_id() {
    let parent = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&publish(parent.path(), "night")).unwrap();
    let keys = |rows: &[RecordRow]| rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>();
    assert_eq!(snapshot.find_record("tax", "t1").unwrap().unwrap().person_id, "P1");
    assert_eq!(snapshot.find_record("tax", "s1").unwrap(), None);
    assert_eq!(keys(&snapshot.records_of("P1").unwrap()), ["s1", "t1"]);
    assert_eq!(keys(&snapshot.records_of("P9").unwrap()), [""; 0]);
    let (fields, person) = snapshot.find_person("P2").unwrap().unwrap();
    assert_eq!((fields.len(), person.best[0].as_ref().unwrap().source.as_str()), (2, "school"));
    assert_eq!(snapshot.links_of("P1").unwrap().len(), 2);
    assert_eq!(snapshot.links_of("P2").unwrap().len(), 2);
    assert_eq!(snapshot.residencies_of("P1").unwrap().len(), 1);
    assert_eq!(snapshot.relationships_of("P2").unwrap().len(), 2);
    assert_eq!(snapshot.memberships_of("P1").unwrap(), snapshot.members_of("H1").unwrap());
    assert_eq!(snapshot.find_household("H1").unwrap()[0].address, "1 Mill Lane");
    let mut seen = (0, 0);
    snapshot.each_record(|_| seen.0 += 1).unwrap();
    let see = |links: &mut usize, row: LinkRow<&str>| {
        *links += usize::from(row.decision == Decision::Link);
    };
    seen.1 = snapshot.gather_links(see).unwrap().into_iter().sum();
    assert_eq!(seen, (3, 1));
    let keep = |keys: &mut Vec<String>, row: RecordRow<&str>| keys.push(row.key.to_owned());
    let gathered = snapshot.gather_records::<Vec<String>>(keep).unwrap().concat();
    assert_eq!(gathered, keys(&snapshot.records().unwrap()));
    let all = snapshot.persons().unwrap();
    for (place, field) in all.fields.iter().enumerate() {
        let mut best = Vec::new();
        snapshot
            .each_person_of(&[field], |row| {
                best.push((
                    row.person_id.to_owned(),
                    row.best[0].as_ref().map(|best| best.value.to_owned()),
                ));
            })
            .unwrap();
        let of = |row: &PersonRow| row.best[place].as_ref().map(|best| best.value.clone());
        let expected = all.rows.iter().map(|row| (row.person_id.clone(), of(row)));
        assert_eq!(best, expected.collect::<Vec<_>>());
    }
}

#[test]
fn a_field_may_not_take_the_name_of_another_column() {
    for (fields, column) in [
        (vec!["last_seen"], "last_seen"),
        (vec!["sex", "sex"], "sex"),
        (vec!["sex", "sex_source"], "sex_source"),
    ] {
        let parent = tempfile::tempdir().unwrap();
        let writer = Writer::create(parent.path(), "night").unwrap();
        let error = writer.open().persons::<_, &str>(&fields, []).unwrap_err();
        let expected = format!("`persons.parquet` would have two columns `{column}`");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
#[should_panic(expected = "either a household or a reason for none")]
fn a_record_without_household_has_a_reason() {
    let parent = tempfile::tempdir().unwrap();
    let writer = Writer::create(parent.path(), "night").unwrap();
    let [row, ..] = records();
    let _ = writer.open().records([RecordRow { household_id: None, ..row }]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_any_day_and_any_list_come_back(
        rows in proptest::collection::vec(
            (any::<String>(), -700_000..2_900_000_i64, proptest::option::of(0..40_000_i64), proptest::collection::vec(any::<String>(), 0..4)),
            0..50,
        )
    ) {
        let day = |days: i64| {
            Date::constant(1970, 1, 1) + jiff::SignedDuration::from_hours(24 * days)
        };
        let written: Vec<ResidencyRow> = rows
            .into_iter()
            .map(|(text, from, to, sources)| ResidencyRow {
                person_id: text.clone(),
                address_id: "A1".to_owned(),
                address: text,
                from: Some(day(from)),
                to: to.map(day),
                last_seen: None,
                state: "ended".to_owned(),
                sources,
                withheld: None,
            })
            .collect();
        let parent = tempfile::tempdir().unwrap();
        let writer = Writer::create(parent.path(), "night").unwrap();
        writer.open().residencies(written.iter().cloned()).unwrap();
        let folder = writer.finish(Manifest::default(), Run::default()).unwrap();
        prop_assert_eq!(Snapshot::open(&folder).unwrap().residencies().unwrap(), written);
    }
}
