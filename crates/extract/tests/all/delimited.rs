//! Delimited text.

use extract::{FileKind, Format, Silent, peek, read};

use crate::support::{Folder, check_file, refuse_file, rejects, render, source, take};

const MAPPING: &str = "key id
forename: first
surname: last";

#[test]
fn every_delimiter_is_found() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "id,first,last\n1,Ann,Lee\n2,Bo,\n".replace(',', delimiter);
        let expected = "s 1: forename=Ann surname=Lee\ns 2: forename=Bo";
        check_file("a.csv", &text, MAPPING, expected, &[]);
        check_file("a.csv", text.replace('\n', "\r\n"), MAPPING, expected, &[]);
        check_file("a.csv", text.replace('\n', "\r"), MAPPING, expected, &[]);
        check_file("a.csv", text.trim_end_matches('\n'), MAPPING, expected, &[]);
        check_file("a.csv", format!("\u{feff}{text}"), MAPPING, expected, &[]);
        check_file("a.csv", format!("sep={delimiter}\n{text}"), MAPPING, expected, &[]);
    }
}

#[test]
fn a_header_is_trimmed_and_may_be_alone() {
    check_file(
        "a.csv",
        " id , first,last ,\n1,Ann,Lee,\n",
        MAPPING,
        "s 1: forename=Ann surname=Lee",
        &[],
    );
    check_file("a.csv", "id,first,last\n", MAPPING, "", &[]);
    check_file("a.csv", "id,first,last", MAPPING, "", &[]);
}

#[test]
fn a_bad_row_is_refused_and_reading_goes_on() {
    check_file(
        "a.csv",
        "id,first,last\n1,Ann,Lee\n2,Bo\n3,Cy,Day,x\n,,\n4\n , \t,\n,Di,Eve\n\n\r\n5,Fay,Gee\n",
        MAPPING,
        "s 1: forename=Ann surname=Lee
         s 5: forename=Fay surname=Gee",
        &[
            "3 row: row has 2 values where the header has 3",
            "4 row: row has 4 values where the header has 3",
            "5 row: empty row",
            "6 row: row has 1 value where the header has 3",
            "7 row: empty row",
            "8 row: no key",
        ],
    );
}

#[test]
fn rejects_and_records_say_their_lines_past_quoted_and_blank_ones() {
    for newline in ["\n", "\r\n"] {
        let folder = Folder::new();
        let text = "\nid,first,last\n1,\"An\n\nn\",Lee\n2,Bo\n\n\n3,\"Cy\nd\"\n\"4\",x,y\n";
        let file = folder.write("a.csv", text.replace('\n', newline));
        let extracted = take(&[source("s", std::slice::from_ref(&file), MAPPING)]);
        let reason = "row has 2 values where the header has 3";
        let lines = [format!("6 row: {reason}"), format!("9 row: {reason}")];
        assert_eq!(rejects(&extracted), lines);
        let lines: Vec<u32> = extracted.records.origin.iter().map(|origin| origin.line).collect();
        assert_eq!(lines, [3, 11]);
        assert_eq!(peek(&file, &Format::default(), 0).unwrap().header_line, 2);
    }
}

#[test]
fn a_quote_never_closed_is_reported() {
    check_file(
        "a.csv",
        "id,first,last\n1,Ann,Lee\n2,Bo,\"Day\n",
        MAPPING,
        "s 1: forename=Ann surname=Lee",
        &["3 row: quote never closed"],
    );
    for end in ["", "\n"] {
        assert_eq!(
            refuse_file(
                "a.csv",
                format!("id,first,last\n1,Ann,Lee\n2,\"Bo,Day\n3,C,D\n4,E,F{end}"),
                MAPPING
            ),
            [
                "`a.csv` has a quote in the row at line 3 that is never closed, and so swallows the 2 lines after it"
            ]
        );
    }
    assert_eq!(
        refuse_file("a.csv", "id,\"first,last\n1,Ann,Lee\n", MAPPING),
        [
            "`a.csv` has a quote in the row at line 1 that is never closed, and so swallows the 1 lines after it"
        ]
    );
}

#[test]
fn a_value_of_a_megabyte_is_a_row_refused() {
    let long = "x".repeat(1 << 20);
    check_file(
        "a.csv",
        format!("id,first,last\n1,{long},Lee\n2,Bo,Day\n"),
        MAPPING,
        "s 2: forename=Bo surname=Day",
        &["2 row: value longer than 65,536 bytes"],
    );
}

#[test]
fn windows_1252_is_found_wherever_it_begins() {
    let folder = Folder::new();
    // Past what is looked at first, so that the file is begun again.
    for n in [0, 30_000] {
        let mut bytes = b"id,first,last\n".to_vec();
        for id in 0..n {
            bytes.extend(format!("a{id},Ann,Lee\n").bytes());
        }
        bytes.extend(b"z,Si\xe2n,O\x92Neill\n");
        let file = folder.write("a.csv", &bytes);
        let extracted = take(&[source("s", &[file], MAPPING)]);
        assert!(render(&extracted).ends_with("s z: forename=Siân surname=O\u{2019}Neill\n"));
        let input = &extracted.inputs[0];
        assert_eq!(input.encoding, Some("windows-1252"));
        assert_eq!((input.bytes, input.rows), (bytes.len() as u64, n + 1));
    }
}

#[test]
fn half_a_character_at_the_end_of_a_value_is_not_utf_8() {
    let expected = "s 1: forename=AnÃ surname=©b";
    check_file("a.csv", b"id,first,last\n1,An\xc3,\xa9b\n", MAPPING, expected, &[]);
}

#[test]
fn utf_16_is_known_by_its_mark() {
    let text = "id,first,last\n1,Siân,Lee\n";
    for (mark, swap) in [([0xff, 0xfe], false), ([0xfe, 0xff], true)] {
        let mut bytes = mark.to_vec();
        for unit in text.encode_utf16() {
            bytes.extend(if swap { unit.to_be_bytes() } else { unit.to_le_bytes() });
        }
        check_file("a.csv", &bytes, MAPPING, "s 1: forename=Siân surname=Lee", &[]);
        bytes.pop();
        assert_eq!(
            refuse_file("a.csv", &bytes, MAPPING).len(),
            1,
            "half a character at the end is an error"
        );
    }
}

#[test]
fn text_in_another_encoding_than_the_plan_says_is_an_error() {
    let folder = Folder::new();
    let file = folder.write("a.csv", b"id,first,last\n1,Ann,Lee\n2,Si\xe2n,Lee\n");
    let mut spec = source("s", &[file], MAPPING);
    spec.format.encoding = Some("utf-8".to_owned());
    assert_eq!(
        folder.say_all(&read(&[spec.clone()], &Silent).unwrap_err()),
        [
            "`a.csv` is not UTF-8: see the row after row 1; give its `encoding` in the plan, or leave it out to have it found"
        ]
    );
    spec.format.encoding = Some("latin-9000".to_owned());
    assert_eq!(
        folder.say_all(&read(&[spec], &Silent).unwrap_err()),
        [
            "there is no encoding `latin-9000` to read `a.csv` in; there are `utf-8`, `utf-16` and `windows-1252`"
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    assert_eq!(
        refuse_file("a.csv", b"id,first,last\n1,Ann,Lee\n2,\0\0,\n", MAPPING),
        [
            "`a.csv` holds NUL bytes near line 3: it is no text, or UTF-16 without its mark, for which give `encoding = \"utf-16\"` in the plan"
        ]
    );
}

#[test]
fn all_columns_amiss_are_named_at_once() {
    assert_eq!(
        refuse_file(
            "a.csv",
            "ID,First Name,first,last,last,last,first,,\n",
            "key id\nforename: frist\nsurname: Zz"
        ),
        [
            "`a.csv` has more than one column `first`, `last`",
            "`a.csv` has no column `Zz`",
            "`a.csv` has no column `frist`; is it `first`?",
            "`a.csv` has no column `id`; is it `ID`?",
        ]
    );
}

#[test]
fn rows_above_the_header_are_passed_over() {
    let folder = Folder::new();
    let file = folder.write("a.csv", "Report, of \"today\n\nid;first;last\n1;Ann;Lee\n2;Bo\n");
    let mut spec = source("s", std::slice::from_ref(&file), MAPPING);
    spec.format.skip = 2;
    let extracted = take(&[spec.clone()]);
    assert_eq!(render(&extracted), "s 1: forename=Ann surname=Lee\n");
    assert_eq!(rejects(&extracted), ["5 row: row has 2 values where the header has 3"]);
    let seen = peek(&file, &spec.format, 5).unwrap();
    assert_eq!(seen.kind, FileKind::Delimited);
    assert_eq!(seen.delimiter, Some(b';'));
    assert_eq!(seen.encoding, Some("UTF-8"));
    assert_eq!(seen.columns, ["id", "first", "last"]);
    assert_eq!(seen.rows, [["1", "Ann", "Lee"]]);
    assert_eq!(seen.header_line, 3);
}
