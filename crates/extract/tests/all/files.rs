//! Files that cannot be read, and what is known of those that can.

use std::sync::atomic::{AtomicU64, Ordering};

use extract::{Error, Format, Progress, Silent, peek, read};

use crate::support::{Folder, refuse_file, source, take};

const MAPPING: &str = "key id\nforename: first";

#[test]
fn nothing_at_all_is_fine() {
    let extracted = take(&[]);
    assert!(extracted.records.is_empty());
    assert!(take(&[source("s", &[], MAPPING)]).records.is_empty());
}

#[test]
fn all_that_is_wrong_with_files_is_told_at_once() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder.csv")).unwrap();
    let files = [
        folder.write("empty.csv", ""),
        folder.path("folder.csv"),
        folder.path("gone.csv"),
        folder.write("sound.csv", "id,first\n1,Ann\n"),
        folder.write("what.bin", b"\0\x01\x02"),
        folder.write("mark.csv", b"\xef\xbb\xbf"),
        folder.write("blank.csv", b"\n\n"),
    ];
    let errors = read(&[source("s", &files, MAPPING)], &Silent).unwrap_err();
    let mut told = folder.say_all(&errors);
    told.sort();
    assert_eq!(
        told,
        [
            "`blank.csv` is empty, without even a header",
            "`empty.csv` is empty, without even a header",
            "`folder.csv` is a folder, not a file; to read the files in it, name them with a pattern",
            "`gone.csv` does not exist",
            "`mark.csv` is empty, without even a header",
            "cannot tell what kind of file `what.bin` is; say so with `kind` in the plan",
        ]
    );
    assert!(matches!(peek(&files[2], &Format::default(), 1), Err(Error::Missing { .. })));
}

#[test]
fn a_file_is_not_read_as_what_it_is_not() {
    for (name, bytes, expected) in [
        ("a.csv", "PAR1....", "delimited text, but holds Parquet"),
        ("a.csv", "PK\x03\x04....", "delimited text, but holds a workbook"),
        ("a.parquet", "id,first\n", "Parquet, but holds something else, perhaps text"),
        ("a.xls", "id\tfirst\n", "a workbook, but holds something else, perhaps text"),
        ("a.arrow", "PAR1....", "Arrow, but holds Parquet"),
    ] {
        assert_eq!(
            refuse_file(name, bytes, MAPPING),
            [format!(
                "`{name}` is read as {expected}; name it for what it is, or say so with `kind` in the plan"
            )]
        );
    }
}

#[test]
fn a_name_that_says_nothing_leaves_it_to_the_contents() {
    let folder = Folder::new();
    for (name, text) in [("a", "id,first\n1,Ann\n"), ("b.dat", "{\"id\":1,\"first\":\"Ann\"}\n")] {
        let file = folder.write(name, text);
        assert_eq!(
            take(&[source("s", &[file], MAPPING)]).records.key.iter().collect::<Vec<_>>(),
            ["1"]
        );
    }
}

#[test]
fn inputs_are_summed_and_hashed() {
    let folder = Folder::new();
    let files = [
        folder.write("a.csv", "id,first\n1,Ann\n2,Bo\n3,\n"),
        folder.write("b.csv", "id,first\r\n3,\r\n1,Ann\r\n2,Bo"),
        folder.write("c.csv", "id,first\n1,Ann\n2,Bo\n3,x\n"),
    ];
    let extracted = take(&[source("s", &files, MAPPING)]);
    let [a, b, c] = extracted.inputs.as_slice() else { panic!("three files") };
    assert_eq!((a.bytes, a.rows, a.file), (23, 3, 0));
    assert_eq!(a.sha256, "5f998d2b8f4ee5b1f18ef429796c52e504a4f8e72599c255304a95576b0d9a9d");
    assert_eq!(a.content, b.content);
    assert_ne!(a.sha256, b.sha256);
    assert_ne!(a.content, c.content);
    assert!(extracted.records.files[0].ends_with("a.csv"));
}

#[derive(Default)]
struct Heard {
    promised: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
}

impl Progress for Heard {
    fn start(&self, _file: &str, bytes: u64) {
        self.promised.fetch_add(bytes, Ordering::Relaxed);
    }

    fn advance(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn finish(&self, _file: &str, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

#[test]
fn progress_adds_up_even_for_a_file_begun_again() {
    let folder = Folder::new();
    let mut bytes = b"id,first\n".to_vec();
    for id in 0..20_000 {
        bytes.extend(format!("{id},Ann\n").bytes());
    }
    bytes.extend(b"x,Si\xe2n\n");
    let files = [folder.write("a.csv", &bytes), folder.write("b.csv", "id,first\n")];
    let heard = Heard::default();
    read(&[source("s", &files, MAPPING)], &heard).unwrap();
    let all = bytes.len() as u64 + 9;
    assert_eq!(heard.promised.into_inner(), all);
    assert_eq!(heard.bytes.into_inner(), all);
    assert_eq!(heard.rows.into_inner(), 20_001);
}
