//! Text in gzip and zstd.

use std::fmt::Write as _;
use std::io::Write as _;

use extract::{Format, peek};

use crate::support::{Folder, check_file, refuse_file, source, take};

const MAPPING: &str = "key id\nforename: first";
const TEXT: &str = "id,first\n1,Ann\n2,Bo\n";
const EXPECTED: &str = "s 1: forename=Ann\ns 2: forename=Bo";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(text: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Text that does not pack well, so that its middle is in the middle.
fn long() -> String {
    let mut text = String::from("id,first\n");
    let mut state = 1_u64;
    for id in 0..40_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        writeln!(text, "{id},{state:x}").unwrap();
    }
    text
}

#[test]
fn packed_text_is_known_by_its_bytes() {
    for name in ["a.csv.gz", "a.csv", "a.csv.zst"] {
        check_file(name, gzip(TEXT.as_bytes()), MAPPING, EXPECTED, &[]);
        check_file(name, zstandard(TEXT.as_bytes()), MAPPING, EXPECTED, &[]);
    }
    // Several packed files, one after the other, are one.
    let (first, second) = TEXT.split_at(12);
    let two = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    check_file("a.csv.gz", two, MAPPING, EXPECTED, &[]);
}

#[test]
fn what_is_packed_has_the_same_content() {
    let folder = Folder::new();
    let files = [
        folder.write("a.csv", TEXT),
        folder.write("b.csv.gz", gzip(TEXT.as_bytes())),
        folder.write("c.csv.zst", zstandard(TEXT.as_bytes())),
    ];
    let mut spec = source("s", &files, MAPPING);
    spec.repeat = extract::Repeat::Merge;
    let extracted = take(&[spec]);
    let contents: Vec<u128> = extracted.inputs.iter().map(|input| input.content).collect();
    assert_eq!(contents, [contents[0]; 3]);
    for input in &extracted.inputs {
        let file = &files[input.file as usize];
        assert_eq!(input.bytes, std::fs::metadata(file).unwrap().len());
    }
    assert_eq!(extracted.counts[0].merged, 4);
}

#[test]
fn what_broke_off_does_not_pass_for_a_short_file() {
    let text = long();
    for (name, what, packed) in [
        ("a.csv.gz", "gzip", gzip(text.as_bytes())),
        ("a.csv.zst", "zstd", zstandard(text.as_bytes())),
    ] {
        check_length(&packed[..packed.len() - 1], name, what);
        check_length(&packed[..packed.len() - 9], name, what);
        check_length(&packed[..packed.len() / 2], name, what);
        check_length(&packed[..12], name, what);
        let mut changed = packed.clone();
        changed[packed.len() / 2] ^= 0x55;
        let told = refuse_file(name, &changed, MAPPING);
        assert!(told[0].contains(what), "{told:?}");
    }
}

#[track_caller]
fn check_length(packed: &[u8], name: &str, what: &str) {
    let told = refuse_file(name, packed, MAPPING);
    let expected = format!("`{name}` is a truncated or damaged {what}; it broke off after ");
    assert!(told[0].starts_with(&expected), "{told:?}");
}

#[test]
fn the_rows_before_the_damage_are_counted() {
    let packed = gzip(long().as_bytes());
    let told = refuse_file("a.csv.gz", &packed[..packed.len() / 2], MAPPING);
    let rows: u64 = told[0]
        .split_once("after ")
        .and_then(|(_, rest)| rest.split_once(' '))
        .and_then(|(rows, _)| rows.parse().ok())
        .unwrap();
    assert!((15_000..25_000).contains(&rows), "{rows}");
}

#[test]
fn only_text_is_unpacked() {
    assert_eq!(
        refuse_file("a.csv.gz", gzip(b"PAR1...."), MAPPING),
        [
            "`a.csv.gz` is read as delimited text, but holds Parquet; name it for what it is, or say so with `kind` in the plan"
        ]
    );
    assert_eq!(
        refuse_file("a.csv.gz", gzip(b""), MAPPING),
        ["`a.csv.gz` is empty, without even a header"]
    );
}

#[test]
fn a_look_at_a_packed_file_shows_its_beginning() {
    let folder = Folder::new();
    let file = folder.write("a.csv.gz", gzip(long().as_bytes()));
    let seen = peek(&file, &Format::default(), 2).unwrap();
    assert_eq!(seen.columns, ["id", "first"]);
    assert_eq!(seen.rows.len(), 2);
}
