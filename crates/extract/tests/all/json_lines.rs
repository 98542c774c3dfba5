//! JSON Lines.

use extract::{Delivery, Extracted, FileKind, Format, peek};

use crate::support::{Folder, check_file, refuse_file, render, source, take};

const MAPPING: &str = "key id
forename: first
aliases(list): aliases
troop(category): troop";

#[test]
fn values_of_every_type_are_text_and_lists_are_several() {
    check_file(
        "a.jsonl",
        concat!(
            r#"{"id": 1, "first": "Ann", "aliases": ["Annie", "", "Nan", "Annie"], "troop": true}"#,
            "\n\n",
            r#"{"id": "2", "first": null, "troop": 12.0, "more": {"x": 1}}"#,
            "\r\n",
            r#"  {"troop": "T", "aliases": [1, 2.5, null], "id": 3}"#,
        ),
        MAPPING,
        "s 1: aliases=Annie;Nan forename=Ann troop=true
         s 2: troop=12.0
         s 3: aliases=1;2.5 troop=T",
        &[],
    );
}

#[test]
fn the_numbers_of_a_vector_are_one_value() {
    check_file(
        "a.jsonl",
        concat!(r#"{"id": 1, "face": [0.5, 0.5, 2]}"#, "\n", r#"{"id": 2, "face": []}"#),
        "key id\nface(vector): face",
        "s 1: face=0.5 0.5 2
         s 2:",
        &[],
    );
}

#[test]
fn what_cannot_be_text_is_refused() {
    check_file(
        "a.jsonl",
        concat!(
            r#"{"id": 1, "first": {"given": "Ann"}, "aliases": [["x"]]}"#,
            "\n[1]\n",
            r#"{"id": 2, "first": "Bo""#,
            "\n{}\n",
            r#"{"id": null, "first": " ", "aliases": [], "other": ""}"#,
            "\n",
            r#"{"first": "Cy"}"#,
            "\n",
            r#"{"id": 3, "troop": "x"}"#,
        ),
        MAPPING,
        "s 1:
         s 3: troop=x",
        &[
            "1 aliases: nested object",
            "1 forename: nested object",
            "2 row: not a JSON object",
            "3 row: not a JSON object",
            "4 row: empty row",
            "5 row: empty row",
            "6 row: no key",
        ],
    );
    let long = "x".repeat(100_000);
    check_file(
        "a.jsonl",
        format!("{{\"id\":1,\"first\":\"{long}\",\"aliases\":0,\"troop\":0}}"),
        MAPPING,
        "",
        &["1 row: value longer than 65,536 bytes"],
    );
}

#[test]
fn a_column_that_no_row_has_is_empty_and_told_unless_little_was_sent() {
    let folder = Folder::new();
    let text = r#"{"id": 1, "first": "Ann"}"#;
    let more = r#"{"id": 2, "aliases": [], "troop": null}"#;
    let files = [folder.write("a.jsonl", text), folder.write("b.jsonl", more)];
    let absent = |extracted: &Extracted| {
        let names = extracted.absent.iter().map(|absent| absent.column.clone());
        names.collect::<Vec<_>>()
    };
    let one = take(&[source("s", &files[..1], MAPPING)]);
    assert_eq!(render(&one), "s 1: forename=Ann\n");
    assert_eq!(absent(&one), ["aliases", "troop"]);
    // What a row says is null is there.
    assert_eq!(absent(&take(&[source("s", &files, MAPPING)])), ["aliases"]);
    let mut spec = source("s", &files[..1], MAPPING);
    spec.delivery = Delivery::Delta;
    let changes = take(&[spec]);
    assert_eq!(render(&changes), "s 1: forename=Ann\n");
    assert_eq!(absent(&changes), [""; 0]);
}

#[test]
fn rows_without_the_key_or_anything_else_of_the_plan_are_an_error() {
    assert_eq!(
        refuse_file("a.jsonl", r#"{"ID": 1, "first": "Ann", "troop": "x"}"#, MAPPING),
        ["`a.jsonl` has no column `aliases`", "`a.jsonl` has no column `id`"]
    );
    assert_eq!(
        refuse_file("a.jsonl", r#"{"id": 1, "First": "Ann"}"#, MAPPING),
        [
            "`a.jsonl` has no column `aliases`",
            "`a.jsonl` has no column `first`",
            "`a.jsonl` has no column `troop`"
        ]
    );
}

#[test]
fn a_list_may_be_long_but_not_too_long() {
    let list = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let row = |n| format!("{{\"id\":1,\"first\":\"Ann\",\"aliases\":[{}],\"troop\":0}}", list(n));
    check_file(
        "a.jsonl",
        row(extract::LIST_LIMIT + 1),
        MAPPING,
        "s 1: forename=Ann troop=0",
        &["1 aliases: list of more than 10,000 values"],
    );
    let folder = Folder::new();
    let file = folder.write("a.jsonl", row(extract::LIST_LIMIT));
    assert_eq!(take(&[source("s", &[file], MAPPING)]).rejects, []);
}

#[test]
fn an_array_is_not_json_lines() {
    assert_eq!(
        refuse_file("a.json", " [{\"id\": 1}]", MAPPING),
        ["`a.json` is one JSON array; JSON Lines has an object on each line"]
    );
}

#[test]
fn content_does_not_depend_on_the_order_of_columns() {
    let folder = Folder::new();
    let files = [
        folder.write("a.jsonl", "{\"id\":1,\"x\":2}\n{\"id\":3}\n"),
        folder.write("b.jsonl", "{\"id\":3}\n{\"x\":2,\"id\":1}\n"),
        folder.write("c.jsonl", "{\"id\":3}\n{\"x\":1,\"id\":2}\n"),
    ];
    let mut spec = source("s", &files, "key id");
    spec.repeat = extract::Repeat::Merge;
    let contents: Vec<u128> = take(&[spec]).inputs.iter().map(|input| input.content).collect();
    assert_eq!(contents[0], contents[1]);
    assert_ne!(contents[0], contents[2]);
}

#[test]
fn a_look_shows_the_columns_that_rows_name() {
    let folder = Folder::new();
    let file = folder.write("a.ndjson", "{\"b\":[1,2]}\n{\"a\":\"x\"}\n");
    let seen = peek(&file, &Format::default(), 9).unwrap();
    assert_eq!(seen.kind, FileKind::JsonLines);
    assert_eq!(seen.columns, ["a", "b"]);
    assert_eq!(seen.rows, [["", "1; 2"], ["x", ""]]);
}
