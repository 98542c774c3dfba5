//! Plans against the files they name.

use super::{folder, lines};

const PLAN: &str = "\
run_date = 2026-01-31
[[source]]
name = \"a\"
files = \"a*.csv\"
key = \"id\"
[source.columns]
forename = \"First\"
surname = \"Last\"
date_of_birth = \"DOB\"
nhs_number = \"NHS\"
uln = \"ULN\"
";
const HEADER: &str = "id,First,Last,DOB,NHS,ULN\n";
const ROWS: [&str; 6] = [
    "1,Ann,Other,31/01/1980,9434765919,9276308686\n",
    "2,Bob,Other,01/02/1981,4010232137,9276308686\n",
    "3,Cat,Other,13/03/1982,9434765919,9276308686\n",
    "4,Dan,Other,14/04/1983,4010232137,9276308686\n",
    "5,Eve,Other,15/05/1984,9434765919,9276308686\n",
    "6,Fay,Other,,,\n",
];

/// What is found when the plan's files hold this, errors or warnings.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    match plan::check_text("plan.toml", PLAN, folder.path()) {
        Ok(checked) => lines(&checked.warnings),
        Err(problems) => lines(&problems),
    }
}

fn file(change: impl Fn(&str) -> String) -> String {
    change(&(HEADER.to_owned() + &ROWS.concat()))
}

#[test]
fn files_as_the_plan_says_are_summed_up() {
    let folder = folder(&[
        ("a1.csv", &file(str::to_owned)),
        ("a2.csv", "x,id,First,Last,DOB,NHS,ULN\n,,Zoe,Other,,,\n"),
    ]);
    let checked = plan::check_text("plan.toml", PLAN, folder.path()).unwrap();
    let files: Vec<String> = checked
        .files
        .iter()
        .map(|file| {
            let name = file.path.file_name().unwrap().to_str().unwrap();
            format!(
                "{} {name} {} {} | {}",
                file.source,
                file.rows_sampled,
                file.mapped.join(" "),
                file.unmapped.join(" ")
            )
        })
        .collect();
    assert_eq!(
        files,
        ["a a1.csv 6 id First Last DOB NHS ULN | ", "a a2.csv 1 id First Last DOB NHS ULN | x"]
    );
    assert_eq!(lines(&checked.warnings), ["5:7: warning: some rows have no key in column `id`"]);
}

#[test]
fn files_that_do_not_go_with_the_plan_are_told() {
    assert_eq!(found(&[("a.csv", &file(str::to_owned))]), [""; 0]);
    assert_eq!(found(&[("a.csv", "")]), ["4:9: `a.csv` is empty, without even a header"]);
    assert_eq!(found(&[("a.csv", HEADER)]), ["4:9: warning: `a.csv` has a header but no rows"]);
    let renamed = file(|text| text.replace("First", "Frist"));
    assert_eq!(found(&[("a.csv", &renamed)]), ["7:12: `a.csv` has no column `First`"]);
    assert_eq!(
        found(&[("a1.csv", &renamed), ("a2.csv", &renamed), ("a3.csv", &file(str::to_owned))]),
        ["7:12: `a1.csv` has no column `First`, nor has another file of the source"]
    );
    assert_eq!(
        found(&[("a.csv", &file(|text| text.replace("First,Last", "Last,Last")))]),
        ["7:12: `a.csv` has no column `First`", "8:11: `a.csv` has more than one column `Last`"]
    );
}

#[test]
fn values_that_belie_their_field_are_doubted() {
    let swapped = file(|text| text.replace("NHS,ULN", "ULN,NHS"));
    assert_eq!(
        found(&[("a.csv", &swapped)]),
        [
            "10:14: warning: column `NHS` is mapped to `nhs_number`, but each of its values looks like a ULN",
            "11:7: warning: column `ULN` is mapped to `uln`, but each of its values looks like an NHS number",
        ]
    );
    let american = file(|text| text.replace("31/01", "01/31").replace("13/03", "03/13"));
    assert_eq!(found(&[("a.csv", &american)]), [""; 0], "days above 12 in both places say nothing");
    let american = file(|text| {
        let days = ["31/01", "13/03", "14/04", "15/05"];
        days.iter().fold(text.to_owned(), |text, day| {
            let (day_of, month) = day.split_once('/').unwrap();
            text.replace(day, &format!("{month}/{day_of}"))
        })
    });
    assert_eq!(
        found(&[("a.csv", &american)]),
        ["9:17: warning: dates in column `DOB` seem to have the month first"]
    );
    let no_dates = file(|text| text.replace('/', "th of "));
    assert_eq!(
        found(&[("a.csv", &no_dates)]),
        ["9:17: warning: of 5 sampled values of column `DOB`, 0 may be a date"]
    );
    let repeated = file(|text| text.replace("\n2,", "\n1,"));
    assert_eq!(
        found(&[("a.csv", &repeated)]),
        ["5:7: warning: column `id` is the key, but its values come more than once"]
    );
}

#[test]
fn a_plan_with_mistakes_is_still_checked_against_its_files() {
    let folder = folder(&[("a.csv", &file(|text| text.replace("ULN", "Learner")))]);
    let wrong = PLAN.replace("surname =", "surnmae =");
    let problems = plan::check_text("plan.toml", &wrong, folder.path()).unwrap_err();
    assert_eq!(
        lines(&problems),
        ["8:1: unknown field `surnmae` in [source.columns]", "11:7: `a.csv` has no column `ULN`"]
    );
}

#[test]
fn codes_and_other_files_are_checked() {
    let folder =
        folder(&[("a.csv", "S\n1\n2\n9\n"), ("c.csv", "source,key\n"), ("t.csv", "id,person\n")]);
    let text = "run_date = 2026-01-31\nconstraints = \"c.csv\"\ntruth = { file = \"t.csv\", key = \"id\" }\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nsex = { column = \"S\", codes = { \"1\" = \"male\" } }\n";
    let problems = plan::check_text("plan.toml", text, folder.path()).unwrap_err();
    assert_eq!(
        lines(&problems),
        [
            "2:15: `c.csv` has no column `other_source`",
            "2:15: `c.csv` has no column `other_key`",
            "2:15: `c.csv` has no column `kind`",
            "8:18: warning: of 3 sampled values of column `S`, 2 not found among its codes",
        ]
    );
}

#[test]
fn no_message_quotes_a_value() {
    let secret = "Zebedee";
    let rows = format!(
        "{HEADER}{}",
        format!("{secret},{secret},{secret},{secret},{secret},{secret}\n").repeat(6)
    );
    let found = found(&[("a.csv", &rows)]);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|message| !message.contains(secret)));
}
