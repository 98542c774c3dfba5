//! Who deals with a person, and that it is kept apart from what says who the person is.

use extract::Repeat;
use record::NONE;

use crate::support::{Folder, check_file, rejects, render, source, take};

const MAPPING: &str = "key id
forename: first
seen: seen
worker: worker
team: team
lead: lead
involved_from: since
involved_to: until
person mother mother
forename: mum";

const HEADER: &str = "id,first,seen,worker,team,lead,since,until,mum\n";

#[test]
fn dealings_go_beside_the_record_and_are_no_field_of_it() {
    let folder = Folder::new();
    let text =
        format!("{HEADER}1,Ann,2026-01-02,A. Worker,North,Y,01/05/2025,,Mary\n2,Bo,,,,,,,\n");
    let extracted = take(&[source("s", &[folder.write("a.csv", text)], MAPPING)]);
    assert_eq!(
        render(&extracted),
        "s 1: forename=Ann ~|A. Worker|North|yes|2025-05-01||2026-01-02 mother=1/mother\n\
         s 1/mother: forename=Mary\n\
         s 2: forename=Bo\n"
    );
    let names: Vec<&str> =
        extracted.records.columns.iter().map(|column| column.field.name.as_str()).collect();
    assert_eq!(names, ["forename"]);
    // A mother is known by her role, and was seen with her child; of Bo nothing is said.
    let of = |at: usize| extracted.records.involvements.get(at);
    let mother = of(1)[0];
    assert_eq!(extracted.records.involvement_text.get(mother.role), "mother");
    assert_eq!(extracted.records.involvement_text.get(mother.seen), "2026-01-02");
    assert_eq!((mother.worker, of(2).len()), (NONE, 0));
}

#[test]
fn merged_rows_keep_each_worker_with_the_days_of_the_row() {
    let folder = Folder::new();
    let text = format!(
        "{HEADER}1,Ann,2025-01-01,A. Worker,,no,2024-01-01,2025-02-01,\n\
         1,Ann,2026-01-01,B. Worker,,yes,2025-02-01,,\n\
         1,Ann,2025-06-01,B. Worker,,yes,2025-02-01,,\n"
    );
    let mut spec = source("s", &[folder.write("a.csv", text)], MAPPING);
    spec.repeat = Repeat::Merge;
    assert_eq!(
        render(&take(&[spec])),
        "s 1: forename=Ann ~|B. Worker||yes|2025-02-01||2026-01-01 \
         ~|A. Worker||no|2024-01-01|2025-02-01|2025-01-01\n"
    );
}

#[test]
fn what_is_no_answer_and_no_day_is_refused_and_the_record_kept() {
    check_file(
        "a.csv",
        format!("{HEADER}1,Ann,,A. Worker,,perhaps,31/02/2025,never,\n"),
        MAPPING,
        "s 1: forename=Ann ~|A. Worker|||||",
        &["2 involved_from: not a date", "2 involved_to: not a date", "2 lead: not yes or no"],
    );
}

#[test]
fn a_worker_alone_is_nobody() {
    let folder = Folder::new();
    let mapping = MAPPING.replace("key id\n", "");
    let text = format!("{HEADER}1,,,A. Worker,,,,,\n");
    let extracted = take(&[source("s", &[folder.write("a.csv", text)], &mapping)]);
    assert!(extracted.records.is_empty());
    assert_eq!(rejects(&extracted), ["2 row: no value in any column of the plan"]);
}

#[test]
fn what_a_further_person_is_has_the_days_of_its_row() {
    let folder = Folder::new();
    let mapping = "key id
forename: first
person mother mother mid
forename: mum
related_from: since
related_to: until";
    let text = "id,first,mid,mum,since,until\n\
        1,Ann,m,Mary,,2018-05-01\n\
        2,Bo,m,Mary,2015-02,\n\
        3,Cy,m,Mary,,31/02/2018\n";
    let extracted = take(&[source("s", &[folder.write("a.csv", text)], mapping)]);
    let records = &extracted.records;
    let dated: Vec<String> = records
        .declared
        .iter()
        .map(|said| {
            let day = |day: Option<record::Date>| day.map_or("-".to_owned(), |day| day.to_string());
            let key = &records.key[said.subject.index()];
            format!("{key} {} {}", day(said.period.from), day(said.period.to))
        })
        .collect();
    assert_eq!(dated, ["1 - 2018-05-01", "2 2015-02-01 -", "3 - -"]);
    assert_eq!(rejects(&extracted), ["4 related_to: not a date"]);
}
