//! The same extracts and plan give the same snapshot, whatever the occasion.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::kinfold::{copy_of_town, kinfold, snapshot, town};

/// The files that depend on the occasion: names of files, line numbers, timings.
const OF_THE_OCCASION: [&str; 2] = ["run.json", "rejects.parquet"];

const SNAPSHOT: &str = "snapshots/2026-03-31";

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let one = files(&town().join(SNAPSHOT));
    assert_eq!(one.len(), 13, "a snapshot has eleven tables, a manifest and the record of the run");
    for threads in ["2", "7"] {
        let copy = copy_of_town();
        kinfold(copy.path(), &["run", "plan.toml", "--threads", threads, "--progress", "none"])
            .good();
        let several = files(&copy.path().join(SNAPSHOT));
        for (name, bytes) in one.iter().filter(|(name, _)| *name != "run.json") {
            assert!(several[name] == *bytes, "{name} differs with {threads} threads");
        }
    }
}

#[test]
fn any_order_of_rows_and_files_gives_the_same_bytes() {
    let copy = copy_of_town();
    let mut shuffled = 0;
    for (file, delimiter) in [
        ("adult_care.csv", b','),
        ("charity.csv", b','),
        ("childrens_care.csv", b','),
        ("health_visiting.csv", b','),
        ("housing.csv", b';'),
        ("leisure.csv", b','),
        ("schools.csv", b','),
        ("youth_justice.csv", b';'),
    ] {
        shuffled += shuffle(&copy.path().join(file), delimiter);
    }
    assert!(shuffled > 100, "so few rows show nothing");
    // The last file of a source becomes the first, and the first source the last by name.
    let plan = copy.path().join("plan.toml");
    let mut text = fs::read_to_string(&plan).unwrap();
    for (old, new) in [
        ("police_1.csv.gz", "police_3.csv.gz"),
        ("adult_care.csv", "zz adult care.csv"),
        ("schools.csv", "a.csv"),
    ] {
        fs::rename(copy.path().join(old), copy.path().join(new)).unwrap();
        text = text.replace(&format!("\"{old}\""), &format!("\"{new}\""));
    }
    fs::write(&plan, text).unwrap();
    kinfold(copy.path(), &["run", "plan.toml", "--progress", "none"]).good();

    let (before, after) = (files(&town().join(SNAPSHOT)), files(&copy.path().join(SNAPSHOT)));
    assert!(before.keys().eq(after.keys()));
    let tables = before
        .keys()
        .filter(|name| *name != "manifest.json" && !OF_THE_OCCASION.contains(&name.as_str()));
    for name in tables {
        assert!(before[name] == after[name], "{name} differs");
    }
    assert_eq!(manifest(&before), manifest(&after), "the manifests differ");
}

#[test]
fn every_row_read_is_a_record_or_merged_or_rejected() {
    let snapshot = snapshot();
    let manifest = snapshot.manifest();
    for counts in &manifest.sources {
        let taken = counts.records + counts.merged + counts.rejected;
        assert_eq!(counts.rows + counts.further_persons, taken, "{}", counts.source);
    }
    assert_eq!(manifest.totals.rows, manifest.sources.iter().map(|c| c.rows).sum::<u64>());
    assert_eq!(manifest.totals.records, snapshot.records().unwrap().len() as u64);
    // Counted once more, by another hand.
    for (source, file, delimiter) in
        [("housing", "housing.csv", b';'), ("leisure", "leisure.csv", b',')]
    {
        let rows = reader(delimiter).from_path(town().join(file)).unwrap().byte_records().count();
        let counts = manifest.sources.iter().find(|counts| counts.source == source).unwrap();
        assert_eq!(counts.rows, rows as u64, "{source}");
    }
    let rejects = snapshot.rejects().unwrap();
    assert!(!rejects.is_empty(), "a town has bad values");
    assert_eq!(manifest.totals.rejects, rejects.len() as u64);
    for reject in rejects {
        assert!(reject.line > 0 && !reject.reason.is_empty(), "{reject:?}");
        assert!(town().join(&reject.file).is_file(), "{reject:?}");
    }
}

/// The files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect()
}

/// The manifest without the plan, which names the files.
fn manifest(files: &BTreeMap<String, Vec<u8>>) -> Value {
    let mut manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    manifest.as_object_mut().unwrap().remove("plan").unwrap();
    manifest
}

fn reader(delimiter: u8) -> csv::ReaderBuilder {
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(delimiter).flexible(true);
    reader
}

/// Puts the rows below the header into another order, the same every time. Gives their number.
fn shuffle(path: &Path, delimiter: u8) -> usize {
    let mut reader = reader(delimiter).from_path(path).unwrap();
    let header = reader.byte_headers().unwrap().clone();
    let mut rows: Vec<csv::ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
    let mut state = 20_260_331_u64;
    for last in (1..rows.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(last, usize::try_from(state >> 33).unwrap() % (last + 1));
    }
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_path(path).unwrap();
    writer.write_byte_record(&header).unwrap();
    for row in &rows {
        writer.write_byte_record(row).unwrap();
    }
    writer.flush().unwrap();
    rows.len()
}
