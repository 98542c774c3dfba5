//! First plans, written by looking at files.

use std::path::PathBuf;

use super::{WORKBOOK, folder};

/// The plan written for these files; it must be right, and no value of a file be in it.
#[track_caller]
fn start(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    let date = "2026-03-31".parse().ok();
    let text = plan::init(&paths, folder.path(), date).expect("the files can be read");
    let mut reversed = paths.clone();
    reversed.reverse();
    let again = plan::init(&reversed, folder.path(), date).expect("the files can be read");
    assert_eq!(again, text, "order mattered");
    match plan::check_text("plan.toml", &text, folder.path()) {
        Ok(checked) => assert_eq!(checked.warnings.lines(), [""; 0], "{text}"),
        Err(problems) => panic!("{:?}\n{text}", problems.lines()),
    }
    text.lines().skip(4).collect::<Vec<_>>().join("\n")
}

/// A file with this header and rows made of it for each number.
fn rows(header: &str, n: usize, row: impl Fn(usize) -> String) -> String {
    std::iter::once(header.to_owned()).chain((0..n).map(row)).map(|line| line + "\n").collect()
}

const NAMES: [&str; 6] = ["Ann", "Bob", "Cat", "Dan", "Eve", "Fay"];

#[test]
fn a_school_census_with_mothers() {
    let census = rows(
        "PupilRef,UPN,LegalSurname,Forename,Preferred Forename,Gender,DOB,AddressLine1,AddressLine2,Town,\
         Post Code,Ethnicity,MotherForename,MotherSurname,MotherDOB,Home Tel,Mobile,Notes",
        24,
        |n| {
            let name = NAMES[n % 6];
            format!(
                "P{n},B80120000500{},Other,{name},,{},{:02}/03/2012,{n} High Street,,Anytown,ZZ1 {}ZZ,WBRI,\
                 Mary,Other,1980-01-02,01632 9600{n:02},07700 9000{n:02},seen on {n}",
                n % 10,
                if n % 2 == 0 { "M" } else { "F" },
                n + 1,
                n % 10,
            )
        },
    );
    insta::assert_snapshot!(start(&[
        ("census/2026-01.csv", &census),
        ("census/2026-02.csv", &census)
    ]));
}

#[test]
fn records_with_a_date_in_parts() {
    let text = rows("record_id,fname_c1,fname_c2,lname_c1,lname_c2,by,bm,bd", 12, |n| {
        format!("r{n},{},,OTHER,,19{n:02},{},{}", NAMES[n % 6], n % 12 + 1, n % 28 + 1)
    });
    insta::assert_snapshot!(start(&[("people.csv", &text)]));
}

#[test]
fn records_from_elsewhere() {
    let text = rows(
        "record_id,source_dataset,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,\
         date_of_birth,soc_sec_id",
        12,
        |n| {
            format!(
                "r{n},left,{},other,{n},high street,the mill,anytown,20{n:02},nsw,1980{:02}01,{}",
                NAMES[n % 6],
                n % 12 + 1,
                1_234_567 + n
            )
        },
    );
    insta::assert_snapshot!(start(&[("people.csv", &text)]));
}

#[test]
fn records_with_american_dates_and_a_town() {
    let text = rows("unique_id,first_name,surname,dob,city,email", 12, |n| {
        format!(
            "{n},{},other,{}/{}/1980,Anytown,a{n}@example.org",
            NAMES[n % 6],
            n % 12 + 1,
            n + 12
        )
    });
    insta::assert_snapshot!(start(&[("people.csv", &text)]));
}

#[test]
fn columns_are_known_by_their_values() {
    let text = rows("a,b,c,d", 12, |n| {
        format!(
            "a{n}@example.org,ZZ{n} 1ZZ,{},{}",
            if n % 2 == 0 { "9434765919" } else { "4010232137" },
            n % 3
        )
    });
    insta::assert_snapshot!(start(&[("people.csv", &text)]));
}

#[test]
fn a_key_that_comes_again_is_merged() {
    let text = rows("Child ID,Name,DOB,Address", 12, |n| {
        format!("{},{} Other,2012-01-02,1 High Street", n / 2, NAMES[n / 2])
    });
    insta::assert_snapshot!(start(&[("moves.csv", &text)]));
}

#[test]
fn a_table_of_other_things_than_people_tells_by_all_it_has() {
    let text = rows("unique_id,memo,transaction_date,amount", 12, |n| {
        format!("{n},paid to {},2022-03-{:02},{n}.50", NAMES[n % 6], n + 1)
    });
    let plan = start(&[("payments.csv", &text)]);
    for line in ["memo = \"text\"", "transaction_date = \"date\"", "amount = \"number\""] {
        assert!(plan.contains(line), "{plan}");
    }
    assert!(!plan.contains("not mapped"), "{plan}");
}

#[test]
fn odd_names_of_columns_and_files_are_written_so_that_they_are_read() {
    let text = rows("Sur\"name,first\\name,O'Dd [x] #=", 6, |n| format!("other,{},v{n}", NAMES[n]));
    insta::assert_snapshot!(start(&[("a [1] \"x\".csv", &text)]));
}

#[test]
fn a_workbook_of_several_sheets() {
    let folder = folder(&[]);
    let paths = [folder.path().join("Council Tax.xlsx")];
    std::fs::write(&paths[0], WORKBOOK).unwrap();
    let text = plan::init(&paths, folder.path(), "2026-03-31".parse().ok()).unwrap();
    insta::assert_snapshot!(text);
    assert!(plan::check_text("plan.toml", &text, folder.path()).is_ok());
}

#[test]
fn files_that_cannot_be_looked_at_are_told_at_once() {
    let folder = folder(&[("empty.csv", "")]);
    let at = |name: &str| folder.path().join(name);
    let problems = plan::init(&[at("none.csv"), at("empty.csv")], folder.path(), None).unwrap_err();
    let told: Vec<String> = problems
        .lines()
        .iter()
        .map(|line| line.replace(&format!("{}/", folder.path().display()), ""))
        .collect();
    assert_eq!(
        told,
        ["init: `empty.csv` is empty, without even a header", "init: `none.csv` does not exist"]
    );
    assert_eq!(
        plan::init(&[], folder.path(), None).unwrap_err().lines(),
        ["init: there is no file to look at"]
    );
}

#[test]
fn without_a_date_the_newest_file_gives_it() {
    let folder = folder(&[("a.csv", "Name\nAnn Other\n")]);
    let text = plan::init(&[folder.path().join("a.csv")], folder.path(), None).unwrap();
    let plan = plan::parse("plan.toml", &text, folder.path()).unwrap();
    assert!(plan.run_date.year() >= 2024);
}
