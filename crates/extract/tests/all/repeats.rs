//! Keys that come again, and rows without keys.

use extract::Repeat;

use crate::support::{Folder, check_file, rejects, render, source, take};

const MAPPING: &str = "key id
forename: first
address: home
seen: seen";

const TEXT: &str = "id,first,home,seen\n\
    1,Ann,1 High St,2019\n\
    1,Anna,2 Low St,2021-03-01\n\
    2,Bo,3 Mid St,\n\
    1,Ann,1 High St,2020\n\
    2,Bob,,\n\
    1,Annie,2 Low St,2021-03\n\
    2,Bo,3 Mid St,\n";

#[test]
fn the_row_last_seen_is_kept_and_the_others_refused() {
    check_file(
        "a.csv",
        TEXT,
        MAPPING,
        "s 1: forename=Anna @2 Low St|||||2021-03-01
         s 2: forename=Bob",
        &[
            "2 row: key already used by another row",
            "4 row: key already used by another row",
            "5 row: key already used by another row",
            "7 row: key already used by another row",
            "8 row: key already used by another row",
        ],
    );
}

#[test]
fn merged_rows_give_their_values_the_last_seen_first() {
    let folder = Folder::new();
    let file = folder.write("a.csv", TEXT);
    let mut spec = source("s", &[file], MAPPING);
    spec.repeat = Repeat::Merge;
    let extracted = take(&[spec]);
    assert_eq!(
        render(&extracted),
        "s 1: forename=Anna;Annie;Ann @2 Low St|||||2021-03-01 @2 Low St|||||2021-03 @1 High St|||||2020 @1 High St|||||2019\n\
         s 2: forename=Bob;Bo @3 Mid St|||||\n"
    );
    assert!(rejects(&extracted).is_empty());
    let lines: Vec<u32> = extracted.records.origin.iter().map(|origin| origin.line).collect();
    assert_eq!(lines, [2, 4]);
    let counts = extracted.counts[0];
    assert_eq!((counts.rows, counts.merged, counts.records), (7, 5, 2));
}

#[test]
fn merged_rows_keep_different_people_in_one_role_apart() {
    let folder = Folder::new();
    let text = "id,first,kin,home\n1,Ann,Eve,A\n1,Ann,Fay,B\n1,Ann,Eve,C\n";
    let file = folder.write("a.csv", text);
    let mapping = "key id\nforename: first\nperson kin contact\nforename: kin\naddress: home";
    let mut spec = source("s", &[file], mapping);
    spec.repeat = Repeat::Merge;
    assert_eq!(
        render(&take(&[spec.clone()])),
        "s 1: forename=Ann contact=1/kin contact=1/kin#2\n\
         s 1/kin: forename=Eve @A||||| @C|||||\n\
         s 1/kin#2: forename=Fay @B|||||\n"
            .replace("Eve @A||||| @C|||||\n", "Fay @B|||||\n")
            .replacen("#2: forename=Fay @B|||||", "#2: forename=Eve @A||||| @C|||||", 1)
    );
    // Refused rows take their further persons with them.
    spec.repeat = Repeat::Reject;
    let extracted = take(&[spec]);
    assert_eq!(
        render(&extracted),
        "s 1: forename=Ann contact=1/kin\ns 1/kin: forename=Fay @B|||||\n"
    );
    assert_eq!(extracted.counts[0].rejected, 2);
    assert_eq!(extracted.records.residence_text.len(), 1);
}

#[test]
fn rows_without_keys_are_known_by_what_they_say() {
    let folder = Folder::new();
    let one = folder.write("a.csv", "x,first\nq,Ann\nr,Bo\ns,Ann\n,\nt,\n");
    let other = folder.write("b.csv", "x,first\nz,Cy\nz,Ann\n");
    let spec = |files: &[_]| source("s", files, "forename: first");
    let extracted = take(&[spec(&[one, other])]);
    let keys = &extracted.records.key;
    assert_eq!(keys.len(), 5);
    let (ann, _) = keys.iter().find_map(|key| key.split_once('#')).unwrap();
    assert_eq!(ann.len(), 32);
    let anns: Vec<&str> = keys.iter().filter_map(|key| key.strip_prefix(ann)).collect();
    assert_eq!(anns, ["", "#2", "#3"]);
    assert_eq!(
        rejects(&extracted),
        ["5 row: empty row", "6 row: no value in any column of the plan"]
    );
    // The same row has the same key, whatever else is in its source.
    let alone = take(&[spec(&[folder.write("c.csv", "first\nAnn\n")])]);
    assert_eq!(alone.records.key.iter().collect::<Vec<_>>(), [ann]);
}

#[test]
fn keys_that_look_like_those_made_here_stay_apart() {
    check_file(
        "a.csv",
        "id,first,mum,mid\nmother/1,Ann,Eve,\n2,Bo,Fay,1\n2/mother,Cy,,\n",
        "key id\nforename: first\nperson mother mother mid\nforename: mum",
        "s 2: forename=Bo mother=mother/1#2
         s 2/mother: forename=Cy
         s mother/1: forename=Ann mother=mother/1/mother
         s mother/1#2: forename=Fay
         s mother/1/mother: forename=Eve",
        &[],
    );
}

#[test]
fn one_key_in_two_sources_is_two_records() {
    let folder = Folder::new();
    let file = folder.write("a.csv", "id,first,last\n1,Ann,Lee\n");
    let specs = [
        source("tax", std::slice::from_ref(&file), "key id\nsurname: last"),
        source("school", &[file], "key id\nforename: first"),
    ];
    let extracted = take(&specs);
    assert_eq!(render(&extracted), "school 1: forename=Ann\ntax 1: surname=Lee\n");
    assert_eq!(extracted.records.files.len(), 2);
}
