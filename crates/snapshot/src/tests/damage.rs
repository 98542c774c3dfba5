//! A snapshot that is not as it was published is refused, and says where and why.

use std::fs;
use std::path::Path;

use super::*;
use crate::cells::{Unknown, each_row_of};
use crate::sheet::Kind;
use crate::tables::Row;
use crate::{Error, Snapshot};

/// Something done to a folder.
type Act<'a> = &'a dyn Fn(&Path);

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn damage_is_found_on_opening() {
    let cases: [(&str, Act<'_>); 8] = [
        ("`links.parquet` is damaged: expected N bytes, found no file", &|folder| {
            fs::remove_file(folder.join("links.parquet")).unwrap();
        }),
        ("`records.parquet` is damaged: expected N bytes, found N bytes", &|folder| {
            fs::write(folder.join("records.parquet"), "PAR1").unwrap();
        }),
        ("`rejects.parquet` is damaged: expected N bytes, found N bytes", &|folder| {
            fs::write(folder.join("rejects.parquet"), "").unwrap();
        }),
        ("`run.json` is damaged: expected a file, found none", &|folder| {
            fs::remove_file(folder.join("run.json")).unwrap();
        }),
        (
            "`manifest.json` is damaged: expected JSON of this format, found something else at line N",
            &|folder| {
                fs::write(folder.join("manifest.json"), "{\"plan\": \"secret").unwrap();
            },
        ),
        ("`manifest.json` is damaged: expected a format number, found none", &|folder| {
            edit(&folder.join("manifest.json"), "\"format\"", "\"fromat\"");
        }),
        (
            "`manifest.json` is damaged: expected an entry for `links.parquet`, found none",
            &|folder| {
                edit(&folder.join("manifest.json"), "\"links.parquet\"", "\"lynx.parquet\"");
            },
        ),
        ("`` has format N, and this version reads N: run it again", &|folder| {
            // A later manifest may look quite different.
            let later = format!("{{\"format\": {}, \"files\": []}}", crate::FORMAT + 1);
            fs::write(folder.join("manifest.json"), later).unwrap();
        }),
    ];
    for (expected, damage) in cases {
        let parent = tempfile::tempdir().unwrap();
        let folder = publish(parent.path(), "night");
        damage(&folder);
        let error = Snapshot::open(&folder).unwrap_err().to_string();
        let place = folder.display().to_string();
        let error = error.replace(&format!("{place}/"), "").replace(&place, "");
        assert_eq!(without_numbers(&error), expected);
    }
}

/// Numbers as `N`.
fn without_numbers(text: &str) -> String {
    let parts = text.split(|c: char| c.is_ascii_digit()).collect::<Vec<_>>().join("\0");
    parts.split('\0').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("N")
        + if text.ends_with(|c: char| c.is_ascii_digit()) { "N" } else { "" }
}

#[test]
fn one_changed_bit_is_found_by_verifying() {
    for file in ["records.parquet", "rejects.parquet", "persons.parquet"] {
        let parent = tempfile::tempdir().unwrap();
        let folder = publish(parent.path(), "night");
        flip_a_byte(&folder.join(file));
        let error = Snapshot::open(&folder).unwrap().verify().unwrap_err();
        assert!(matches!(&error, Error::Damaged { file: at, .. } if *at == folder.join(file)));
    }
    let parent = tempfile::tempdir().unwrap();
    let folder = publish(parent.path(), "night");
    edit(&folder.join("manifest.json"), "\"0.1.0\"", "\"0.1.1\"");
    let error = Snapshot::open(&folder).unwrap().verify().unwrap_err().to_string();
    assert!(error.contains("manifest.json` is damaged: expected SHA-256 "), "{error}");
}

#[test]
fn no_row_of_a_damaged_file_is_read() {
    let parent = tempfile::tempdir().unwrap();
    let folder = publish(parent.path(), "night");
    let path = folder.join("links.parquet");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let snapshot = Snapshot::open(&folder).unwrap();
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        assert!(snapshot.links().is_err(), "changed at {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert!(snapshot.links().is_err(), "cut at {at}");
        fs::write(&path, &whole).unwrap();
        assert!(snapshot.links().is_ok());
    }
}

#[test]
fn a_file_with_other_columns_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let path = publish(parent.path(), "night").join("memberships.parquet");
    let error =
        each_row_of(&path, &EventRow::<&str>::columns(), |_| true, |_| unreachable!()).unwrap_err();
    let expected = "is damaged: expected columns id, event, other_id, run, \
                    found columns household_id, person_id, from, to, basis";
    assert!(error.to_string().ends_with(expected), "{error}");
    let mut columns = MembershipRow::<&str>::columns();
    columns[3].kind = Kind::Word;
    let error = each_row_of(&path, &columns, |_| true, |_| unreachable!()).unwrap_err();
    let expected = "expected column `to` of type Utf8, found column `to` of type Date32";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn a_code_of_another_version_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let path = publish(parent.path(), "night").join("events.parquet");
    let columns = EventRow::<&str>::columns();
    let error = each_row_of(&path, &columns, |_| true, |_| Err(Unknown)).unwrap_err().to_string();
    assert!(
        error.ends_with("is damaged: expected known codes and dates, found another"),
        "{error}"
    );
}

#[test]
fn what_is_not_a_snapshot_says_so() {
    let parent = tempfile::tempdir().unwrap();
    fs::write(parent.path().join("file"), "").unwrap();
    for path in ["", "missing", "file"] {
        let error = Snapshot::open(&parent.path().join(path)).unwrap_err();
        assert!(matches!(error, Error::NotASnapshot { .. }), "{path}: {error}");
    }
    for (current, expected) in [
        ("../elsewhere\n", "expected the name of a snapshot, found something else"),
        ("", "expected the name of a snapshot, found something else"),
        ("monday\n", "expected the name of a snapshot, found `monday`, which is none"),
    ] {
        fs::write(parent.path().join("CURRENT"), current).unwrap();
        let error = Snapshot::open(parent.path()).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}
