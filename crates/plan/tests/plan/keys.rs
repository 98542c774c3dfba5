//! Every key means what the example says, and a plan is printed as it is understood.

use plan::EXAMPLE;

use super::{example_folder, folder, meaning};

#[test]
fn the_example_is_right() {
    let folder = example_folder();
    let plan = plan::parse("plan.toml", EXAMPLE, folder.path()).unwrap();
    assert_eq!(plan.warnings.lines(), [""; 0]);
    let checked = plan::check_text("plan.toml", EXAMPLE, folder.path()).unwrap();
    assert_eq!(checked.warnings.lines(), [""; 0]);
    assert_eq!(checked.files.len(), 3);
}

#[test]
fn the_example_means_what_it_says() {
    let folder = example_folder();
    let plan = plan::parse("plan.toml", EXAMPLE, folder.path()).unwrap();
    insta::assert_snapshot!(meaning(&plan).replace(&folder.path().display().to_string(), "…"));
}

#[test]
fn a_printed_plan_is_the_same_plan() {
    let folder = example_folder();
    let short = "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfiles = \"schools/a.csv\"\n[source.columns]\nname = \"Name\"\nphone = [{ column = \"a\" }, { columns = [\"b\", \"c\"], split = \"\\t\" }]\n";
    for text in [EXAMPLE, short] {
        let plan = plan::parse("plan.toml", text, folder.path()).unwrap();
        let printed = plan::print(&plan);
        let again = plan::parse("printed.toml", &printed, folder.path()).unwrap();
        assert_eq!(meaning(&again), meaning(&plan));
        assert_eq!(plan::print(&again), printed);
    }
}

#[test]
fn a_short_plan_has_its_defaults_written_out() {
    let folder = folder(&[("a.csv", "")]);
    let text = "[[source]]\nname = \"a\"\nfiles = \"a.csv\"\nas_at = 2026-01-31\n[source.columns]\nname = \"Name\"\ndate_of_birth = \"DOB\"\n";
    let plan = plan::parse("plan.toml", text, folder.path()).unwrap();
    insta::assert_snapshot!(plan::print(&plan));
}

#[test]
fn the_run_date_is_that_of_the_newest_source() {
    let folder = folder(&[("a.csv", ""), ("b.csv", "")]);
    let source = |name: &str, as_at: &str| {
        format!(
            "[[source]]\nname = \"{name}\"\nfiles = \"{name}.csv\"\nas_at = {as_at}\n[source.columns]\nname = \"N\"\n"
        )
    };
    let both = source("b", "2026-01-31") + &source("a", "\"2025-12-31\"");
    let plan = plan::parse("plan.toml", &both, folder.path()).unwrap();
    assert_eq!(plan.run_date.to_string(), "2026-01-31");
    // Sources are in the order of their names, whatever the order in the plan.
    assert_eq!(plan.sources[0].source.name, "a");
}

#[test]
fn a_threshold_for_review_follows_that_for_links() {
    let folder = folder(&[("a.csv", "")]);
    let text = "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nname = \"N\"\n[thresholds]\nlink = -8\n";
    let plan = plan::parse("plan.toml", text, folder.path()).unwrap();
    assert_eq!(plan.thresholds, plan::Thresholds { link: -8.0, possible_link: -14.0 });
}

#[test]
fn more_fields_than_can_be_compared_need_comparisons() {
    let folder = folder(&[("a.csv", "")]);
    let mut text = "run_date = 2026-01-31\n[fields]\n".to_owned();
    let lines = |line: fn(usize) -> String| (0..17).map(line).collect::<Vec<_>>().concat();
    text += &lines(|n| format!("field_{n} = \"code\"\n"));
    text += "[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\n";
    text += &lines(|n| format!("field_{n} = \"{n}\"\n"));
    assert_eq!(
        super::messages(&text, folder.path()),
        ["1:1: the sources map 17 fields to compare, and 16 can be compared"]
    );
    let one = format!("{text}[[comparison]]\nfield = \"field_0\"\n");
    assert_eq!(plan::parse("plan.toml", &one, folder.path()).unwrap().comparisons.len(), 1);
}

#[test]
fn a_code_may_mean_that_nothing_is_known() {
    let folder = folder(&[("a.csv", "name,sex\n")]);
    let text = "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nsex = { column = \"sex\", codes = { \"1\" = \"male\", \"9\" = \"\" } }\n";
    let plan = plan::parse("plan.toml", text, folder.path()).unwrap();
    let codes = &plan.sources[0].persons[0].fields[0].codes;
    assert_eq!(codes[1], ("9".to_owned(), String::new()));
    assert!(plan::print(&plan).contains("\"9\" = \"\""));
}
