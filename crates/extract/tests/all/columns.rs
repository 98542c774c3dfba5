//! Some columns of a file say what a look at all of it shows.

use std::fmt::Write as _;
use std::path::Path;

use extract::{Format, columns, peek};

use crate::support::Folder;

fn check(file: &Path, wanted: &[&str]) {
    let seen = peek(file, &Format::default(), usize::MAX).unwrap();
    let read = columns(file, &Format::default(), wanted).unwrap();
    assert_eq!(read.names, seen.columns);
    assert_eq!(read.rows(), seen.rows.len());
    for (at, name) in wanted.iter().enumerate() {
        let place = seen.columns.iter().position(|column| column == name);
        assert_eq!(read.has(at), place.is_some(), "{name}");
        for (row, cells) in seen.rows.iter().enumerate() {
            let cell = place.map(|place| cells[place].as_str()).filter(|cell| !cell.is_empty());
            assert_eq!(read.cell(row, at), cell, "{name}, row {row}");
        }
    }
}

#[test]
fn columns_say_what_a_look_shows() {
    let folder = Folder::new();
    let mut delimited = String::from("key,person,home,note\n");
    let mut lines = String::new();
    for n in 0..140_000 {
        writeln!(delimited, "k{n}, p{} ,{},x", n / 3, if n % 5 == 0 { "" } else { "h" }).unwrap();
    }
    for n in 0..9_000 {
        writeln!(lines, r#"{{"key":"k{n}","person":["a{}"," b "],"none":null}}"#, n % 7).unwrap();
    }
    // A row that is not well formed is left out.
    delimited.push_str("k,p\nlast,p,h,x\n");
    for (name, text) in [
        ("many.csv", delimited.as_str()),
        ("many.jsonl", &lines),
        ("header.csv", "key,person\n"),
        ("latin.csv", "key,person\n1,Zo\u{00e9}\n"),
    ] {
        check(&folder.write(name, text), &["person", "absent", "key", "person"]);
    }
    let latin = folder.write("windows.csv", b"key,person\n1,Zo\xe9\n");
    check(&latin, &["person"]);
    let lists = folder.write("lists.jsonl", "{\"person\":[\"a\",\" b \"]}\n");
    let lists = columns(&lists, &Format::default(), &["person"]).unwrap();
    assert_eq!(lists.cell(0, 0), Some("a; b"));
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let folder = Folder::new();
    assert!(columns(&folder.path("none.csv"), &Format::default(), &["key"]).is_err());
}
