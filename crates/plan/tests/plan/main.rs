//! Plans as users write them, with the files they name in a temporary folder.

mod checks;
mod indicators;
mod keys;
mod mistakes;
mod starts;

use std::fs;
use std::path::Path;

use plan::Plan;

/// A temporary folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    folder
}

/// A workbook of two sheets, the first of which has a header and an invented person.
const WORKBOOK: &[u8] = include_bytes!("data/council-tax.xlsx");

/// The files that the example names.
fn example_folder() -> tempfile::TempDir {
    let schools = "from the school census\n\
        pupil_ref,UPN,Forename,Surname,Birth year,Birth month,Birth day,Sex,Address 1,Address 2,Town,\
        Postcode,E-mails,Home phone,Mobile,Clubs,Mother ref,Mother,Mother's work,SEN coordinator,Team,Known as person,Account,Meals,Address flag\n\
        1,,Ann,Other,2012,3,4,2,1 High Street,,Anytown,ZZ1 1ZZ,,,,chess,9,Mary Other,nurse,Jo Senco,Inclusion,p1,A1,F,\n";
    let folder = folder(&[
        ("schools/a.csv", schools),
        ("schools/b.csv", schools),
        ("constraints.csv", "source,key,other_source,other_key,kind\n"),
        ("labels.csv", "source,key,other_source,other_key,matched\n"),
        ("surnames.csv", "value,count\n"),
        (
            "gazetteer.csv",
            "uprn,parent_uprn,classification_code,sub_building,building_name,building_number,\
             street_name,locality,town_name,postcode\n",
        ),
        ("truth.csv", "source,key,person,household\n"),
    ]);
    let workbook = folder.path().join("council tax.xlsx");
    fs::write(workbook, WORKBOOK).expect("it can be written");
    folder
}

/// Everything that a plan says, but not where it says it.
fn meaning(plan: &Plan) -> String {
    let Plan { run_date, output, sources, file_patterns, fields, blocking, comparisons, .. } = plan;
    let Plan { thresholds, limits, household, constraints, labels, truth, .. } = plan;
    let Plan { indicators, baskets, .. } = plan;
    format!(
        "{:#?}",
        (
            (run_date, output, sources, file_patterns, fields, blocking, comparisons),
            (thresholds, limits, household, constraints, labels, truth),
            (indicators, baskets)
        )
    )
}

/// The messages of a plan that must have some, without the plan's name.
fn messages(text: &str, base: &Path) -> Vec<String> {
    let problems = plan::parse("plan.toml", text, base).expect_err("the plan has mistakes");
    lines(&problems)
}

fn lines(problems: &plan::Problems) -> Vec<String> {
    problems.lines().iter().map(|line| line.replacen("plan.toml:", "", 1)).collect()
}
