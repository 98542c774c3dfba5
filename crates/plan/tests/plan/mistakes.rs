//! Plans with mistakes: each is told, with its place, and none hides another.

use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

use super::{folder, lines, messages};

const TEN_MISTAKES: &str = r#"run_date = 2026-02-30
ouput = "snapshots"

[fields]
job = "words"

[[source]]
name = "schools"
files = ["schools/*.tsv"]
side = "children"

[source.columns]
forename = "Forename"
surnmae = "Surname"
dob = "DOB"
sex = 3

[blocking]
rules = ["surname:year", "forename + postcod:sector"]

[[comparison]]
field = "date_of_birth"
levels = ["exact", "jaro_winkler(0.9)"]

[thresholds]
link = -8
possible_link = -6
"#;

#[test]
fn ten_mistakes_are_told_at_once() {
    let folder = folder(&[("schools/a.csv", "")]);
    insta::assert_snapshot!(messages(TEN_MISTAKES, folder.path()).join("\n"));
}

#[test]
fn a_mistake_is_shown_in_the_plans_text() {
    let folder = folder(&[]);
    let text = "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfils = \"a.csv\"\n[source.columns]\nname = \"Name\"\n";
    let problems = plan::parse("plan.toml", text, folder.path()).unwrap_err();
    let mut shown = String::new();
    let theme = GraphicalTheme::unicode_nocolor();
    GraphicalReportHandler::new_themed(theme).render_report(&mut shown, &problems).unwrap();
    insta::assert_snapshot!(shown);
}

/// A plan that is right but for `lines`, put in place of what begins with the same key.
#[track_caller]
fn check(replaced: &str, with: &str, expected: &[&str]) {
    let folder = folder(&[("a.csv", "x\n"), ("b.csv", "x\n")]);
    let right = "\
run_date = 2026-01-31
[fields]
job = \"category\"
pay = \"number\"
[[source]]
name = \"a\"
files = \"a.csv\"
[source.columns]
forename = \"F\"
surname = \"S\"
date_of_birth = \"D\"
job = \"J\"
pay = \"P\"
[[source.person]]
role = \"mother\"
relationship = \"mother\"
[source.person.columns]
name = \"M\"
[blocking]
rules = [\"surname\"]
[[comparison]]
field = \"surname\"
";
    assert!(plan::parse("plan.toml", right, folder.path()).is_ok(), "the plan was not right");
    assert!(right.contains(replaced), "nothing to replace");
    let wrong = right.replacen(replaced, with, 1);
    assert_eq!(messages(&wrong, folder.path()), expected);
}

#[test]
fn only_a_relationship_can_be_dated() {
    let message = |line: u8, column: u8, field: &str| {
        format!("{line}:{column}: `{field}` of a person without a `relationship`")
    };
    check("pay = \"P\"", "pay = \"P\"\nrelated_to = \"R\"", &[&message(14, 14, "related_to")]);
    check(
        "relationship = \"mother\"\n[source.person.columns]\n",
        "[source.person.columns]\nrelated_from = \"P2\"\n",
        &[&message(17, 16, "related_from")],
    );
}

#[test]
fn every_mistake_with_a_source_has_its_message() {
    check("name = \"a\"\n", "", &["5:1: [[source]] has no `name`"]);
    check("name = \"a\"\n", "name = \" \"\n", &["6:8: `name` is empty"]);
    check("name = \"a\"\n", "name = 7\n", &["6:8: `name` is a text, not a whole number"]);
    check("files = \"a.csv\"\n", "", &["5:1: [[source]] has no `files`"]);
    check("files = \"a.csv\"", "files = []", &["7:9: `files` is empty"]);
    check(
        "files = \"a.csv\"",
        "files = [\"a.csv\", 1]",
        &["7:19: `files` is a text, not a whole number"],
    );
    check("files = \"a.csv\"", "files = \"c.csv\"", &["7:9: there is no file `c.csv`"]);
    check("files = \"a.csv\"", "files = \"*.tsv\"", &["7:9: no file matches `*.tsv`"]);
    check("files = \"a.csv\"", "files = \".\"", &["7:9: `.` is a folder"]);
    for (line, message) in [
        ("delivery = \"all\"", "12: `delivery` cannot be `all`"),
        ("dates = \"us\"", "9: `dates` cannot be `us`"),
        ("encoding = \"latin1\"", "12: `encoding` cannot be `latin1`"),
        ("delimiter = \";;\"", "13: `delimiter` is not one character"),
        ("delimiter = \"\"", "13: `delimiter` is not one character"),
        ("delimiter = 1", "13: `delimiter` is a text, not a whole number"),
        ("kind = \"xls\"", "8: `kind` cannot be `xls`"),
        ("skip = -1", "8: `skip` is a whole number from 0 up"),
        ("skip = \"1\"", "8: `skip` is a whole number, not a text"),
        ("unique = \"yes\"", "10: `unique` is true or false, not a text"),
        ("as_at = \"31/01/2026\"", "9: `as_at` is not a date"),
        ("as_at = 2026", "9: `as_at` is a date, not a whole number"),
        ("as_at = 2026-01-01T10:00:00", "9: `as_at` is not a date"),
        ("repeat = \"merged\"", "10: `repeat` cannot be `merged`"),
        ("colour = \"red\"", "1: unknown key `colour` in [[source]]"),
        ("key = [\"a\"]", "7: `key` is a text, not a list"),
    ] {
        check("name = \"a\"", &format!("name = \"a\"\n{line}"), &[&format!("7:{message}")]);
    }
    check(
        "name = \"a\"",
        "name = \"a\"\nkind = \"parquet\"\ndelimiter = \",\"\nsheet = \"x\"",
        &["8:13: only a delimited file has a `delimiter`", "9:9: only a workbook has a `sheet`"],
    );
    check(
        "[blocking]",
        "[[source]]\nname = \"a\"\nfiles = \"*.csv\"\n[source.columns]\nname = \"N\"\n[blocking]",
        &["20:8: a second source is named `a`", "21:9: `a.csv` is a file of two sources"],
    );
    check("[[source]]", "[source]", &["5:1: `source` is a list of tables, not a table"]);
}

#[test]
fn every_mistake_with_columns_has_its_message() {
    check("job = \"J\"", "jib = \"J\"", &["12:1: unknown field `jib` in [source.columns]"]);
    check(
        "date_of_birth = \"D\"",
        "birthday = \"D\"",
        &["11:1: unknown field `birthday` in [source.columns]"],
    );
    check(
        "forename = \"F\"",
        "forename = \"S\"",
        &["10:11: column `S` is mapped to `forename` and to `surname`"],
    );
    check(
        "forename = \"F\"",
        "forename = [\"F\", \"F\"]",
        &["9:18: column `F` is joined to itself"],
    );
    check(
        "date_of_birth = \"D\"",
        "date_of_birth = [\"Y\", \"M\", \"D\", \"H\"]",
        &["11:33: `date_of_birth` is a date, joined from more than three columns"],
    );
    check(
        "forename = \"F\"",
        "forename = true",
        &["9:12: `forename` is a column, a list of columns to join, or a table, not true or false"],
    );
    for (table, message) in [
        ("{ }", "[source.columns]"),
        ("{ colum = \"F\" }", "14: unknown key `colum` in a column"),
        ("{ column = \"F\", columns = [\"G\"] }", "38: `column` and `columns` are both given"),
        ("{ column = \"F\", split = \"\" }", "36: `split` is empty"),
        ("{ column = \"F\", split = 1 }", "36: `split` is a text, not a whole number"),
        ("{ column = \"F\", codes = {} }", "36: `codes` is empty"),
        ("{ column = \"F\", codes = { \"1\" = 2 } }", "44: `1` is a text, not a whole number"),
    ] {
        let with = format!("forename = {table}");
        let expected = match table {
            "{ }" => vec!["9:12: a column has no `column`".to_owned()],
            "{ colum = \"F\" }" => {
                vec!["9:12: a column has no `column`".to_owned(), format!("9:{message}")]
            }
            _ => vec![format!("9:{message}")],
        };
        check("forename = \"F\"", &with, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
    check(
        "[source.person.columns]\nname = \"M\"\n",
        "",
        &["14:1: [[source.person]] has no `columns`"],
    );
    check("name = \"M\"\n", "", &["17:1: `[source.person.columns]` maps no column"]);
    check("role = \"mother\"\n", "", &["14:1: [[source.person]] has no `role`"]);
    check("role = \"mother\"", "role = \"Mother 1\"", &["15:8: `Mother 1` cannot be a role"]);
    check(
        "relationship = \"mother\"",
        "relationship = \"mum\"",
        &["16:16: `relationship` cannot be `mum`"],
    );
    check(
        "[blocking]",
        "[[source.person]]\nrole = \"mother\"\n[source.person.columns]\nname = \"N\"\n[blocking]",
        &["20:8: a second person has the role `mother`"],
    );
}

#[test]
fn every_mistake_with_fields_and_linking_has_its_message() {
    check(
        "pay = \"number\"",
        "sex = \"category\"\npay = \"number\"",
        &["4:1: `sex` is a standard field and cannot be declared"],
    );
    check(
        "pay = \"number\"",
        "Pay = \"number\"\npay = \"number\"",
        &[
            "4:1: `Pay` cannot be the name of a field",
            "4:1: warning: no source maps the declared field `Pay`",
        ],
    );
    check("pay = \"number\"", "pay = \"numbre\"", &["4:7: `pay` cannot be `numbre`"]);
    check("rules = [\"surname\"]", "rules = []", &["20:9: `rules` is empty"]);
    for (rule, messages) in [
        ("surname:loud", &["20:10: `surname:loud` is not a rule"][..]),
        ("surname + surname", &["20:10: the rule asks for `surname` twice"]),
        ("surname:year", &["20:11: `surname` is a surname, which has no `year`"]),
        ("surname + pay:prefix(2)", &["20:21: `pay` is a number, which has no `prefix(2)`"]),
        ("postcode", &["20:11: no source maps the field `postcode`"]),
        ("surnme", &["20:11: unknown field `surnme`"]),
        ("name", &["20:11: `name` is not a field of normalised records"]),
        ("", &["20:10: `rules` is empty"]),
        (
            "surname\", \"job + surname\", \"surname + job",
            &["20:38: the rule `surname + job` comes twice"],
        ),
    ] {
        check("[\"surname\"]", &format!("[\"{rule}\"]"), messages);
    }
    for (line, message) in [
        (
            "levels = [\"exact\", \"osa(2)\", \"osa(1)\"]",
            "30: no pair can reach the level `osa(1)`",
        ),
        ("levels = [\"exactly\"]", "11: `exactly` is not a level"),
        ("levels = [\"same_year\"]", "11: `surname` is a surname, which has no level `same_year`"),
        ("levels = [\"exact\", \"crossed\"]", "20: `crossed` needs a `partner`"),
        ("levels = []", "10: `levels` is empty"),
        ("levels = [\"exact and\"]", "11: `exact and` is not a level"),
        (
            "levels = [\"osa(1)\", \"exact and phonetic\"]",
            "21: no pair can reach the level `exact and phonetic`",
        ),
        ("levels = [\"surnam:exact\"]", "12: unknown field `surnam`"),
        (
            "levels = [\"exact or date_of_birth:phonetic\"]",
            "11: `date_of_birth` is a date, which has no level `phonetic`",
        ),
        ("partner = \"surname\"", "11: a field is not its own `partner`"),
        ("partner = \"pay\"", "11: `pay` is a number, which nothing is swapped with"),
        ("term_frequency = 1", "18: `term_frequency` is true or false, not a whole number"),
    ] {
        let with = format!("field = \"surname\"\n{line}");
        check("field = \"surname\"", &with, &[&format!("23:{message}")]);
    }
    let again = "field = \"surname\"\n[[comparison]]\nfield = \"surname\"";
    check("field = \"surname\"", again, &["24:9: `surname` is compared twice"]);
    check("field = \"surname\"", "", &["21:1: [[comparison]] has no `field`"]);
    for (line, message) in [
        ("[thresholds]\nlink = 1\npossible_link = 2.5", "26:17: `possible_link` is above `link`"),
        ("[thresholds]\nlink = inf", "25:8: `link` is a finite number"),
        ("[thresholds]\nlinks = 1", "25:1: unknown key `links` in [thresholds]"),
        (
            "[limits]\ncomponent_records_max = 0",
            "25:25: `component_records_max` is a whole number from 1 up",
        ),
        ("[household]\nover_large = 1.5", "25:14: `over_large` is a whole number, not a number"),
        ("[households]\n", "24:2: unknown key `households` in the plan"),
        ("[shield]\ntypes = \"castle\"", "25:9: `types` cannot be `castle`"),
        ("[shield]\nsources = \"nobody\"", "25:11: there is no source `nobody`"),
        ("[shield]\nfield = \"flag\"\nis = \"S\"", "25:9: no statement `flag` is declared"),
        ("[shield]\nis = \"S\"", "25:6: `is` says nothing without `field`"),
    ] {
        check("field = \"surname\"\n", &format!("field = \"surname\"\n\n{line}"), &[message]);
    }
    check("run_date = 2026-01-31\n", "", &["1:1: the plan has no `run_date`"]);
    for day in ["1600-01-01", "1899-12-31", "2201-01-01", "9999-12-31"] {
        check("2026-01-31", day, &["1:12: `run_date` is not a day from 1900 to 2200"]);
        let as_at = format!("files = \"a.csv\"\nas_at = {day}");
        check("files = \"a.csv\"", &as_at, &["8:9: `as_at` is not a day from 1900 to 2200"]);
    }
    check(
        "run_date = 2026-01-31",
        "run_date = 2026-01-31\ntruth = \"t.csv\"",
        &["2:9: there is no file `t.csv`"],
    );
    check(
        "run_date = 2026-01-31",
        "run_date = 2026-01-31\ntruth = 1",
        &["2:9: `truth` is a file or a table, not a whole number"],
    );
    check(
        "run_date = 2026-01-31",
        "run_date = 2026-01-31\nconstraints = \"c.csv\"",
        &["2:15: there is no file `c.csv`"],
    );
}

#[test]
fn the_field_meant_is_suggested() {
    let folder = folder(&[("a.csv", "x\n")]);
    let help = |column: &str, rule: &str| {
        let text = format!(
            "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nsex = \"S\"\n{column}\n[blocking]\nrules = [\"{rule}\"]"
        );
        let problems = plan::parse("plan.toml", &text, folder.path()).unwrap_err();
        let helps: Vec<String> = problems
            .iter()
            .filter_map(miette::Diagnostic::help)
            .map(|help| help.to_string())
            .collect();
        assert_eq!(helps.len(), 1, "{:?}", problems.lines());
        helps.concat()
    };
    assert_eq!(
        help("dob = \"D\"", "sex"),
        "did you mean `date_of_birth`? otherwise declare `dob` in `[fields]`"
    );
    // A field misspelt in the columns is not missed in the rules.
    assert_eq!(
        help("surnmae = \"N\"", "surname"),
        "did you mean `surname`? otherwise declare `surnmae` in `[fields]`"
    );
    assert_eq!(help("name = \"N\"", "birth_date"), "did you mean `date_of_birth`?");
    assert_eq!(
        help("name = \"N\"", "name"),
        "it becomes part of `forename`, `middle_name`, `surname`"
    );
}

#[test]
fn what_a_rule_asks_beside_its_keys_is_judged_like_a_level() {
    let folder = folder(&[("a.csv", "x\n"), ("names.csv", "value,count\n")]);
    let told = |rules: &str, more: &str| -> Vec<String> {
        let text = format!(
            "run_date = 2026-01-31\n[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nsex = \"S\"\nsurname = \"N\"\n[blocking]\nrules = [{rules}]\n{more}"
        );
        let read = plan::parse("plan.toml", &text, folder.path());
        read.err().map(|problems| problems.lines()).unwrap_or_default()
    };
    let good = r#""surname", "surname where not sex:exact", "all where surname:osa(1)""#;
    assert_eq!(told(good, ""), [""; 0]);
    assert_eq!(told(good, "[frequencies]\nsurname = \"names.csv\""), [""; 0]);
    for (rule, message) in [
        ("surname where exact", "a condition of a rule is of named fields"),
        ("surname where sex:osa(x)", "`sex:osa(x)` is not a condition"),
        ("surname where sex:osa(1)", "`sex` is a sex, which has no level `osa(1)`"),
        ("surname where born:exact", "unknown field `born`"),
        ("surname where surname:holds", "`holds` is of a comparison, not of a rule"),
        ("surname where sex:exact\", \"surname where sex:exact", "comes twice"),
    ] {
        let told = told(&format!("\"{rule}\""), "");
        assert!(told.len() == 1 && told[0].contains(message), "{rule}: {told:?}");
    }
    for (line, message) in [
        ("surname = \"none.csv\"", "there is no file `none.csv`"),
        ("sex = \"names.csv\"", "the rarity of values of `sex` does not count"),
        ("born = \"names.csv\"", "unknown field `born`"),
        ("surname = 3", "`surname` is a text, not a whole number"),
    ] {
        let told = told("\"surname\"", &format!("[frequencies]\n{line}"));
        assert!(told.len() == 1 && told[0].contains(message), "{line}: {told:?}");
    }
}

#[test]
fn what_is_not_toml_is_told_with_the_rest_before_it() {
    let folder = folder(&[("a.csv", "x\n")]);
    let text = "ouput = \"x\"\nrun_date = 2026-13-01\n[[source]]\nname = schools\nfiles = [\"a.csv\"\n[source.columns]\nsurnmae = \"S\"\n";
    insta::assert_snapshot!(messages(text, folder.path()).join("\n"));
    assert_eq!(
        messages("a = 1\na = 2\n", folder.path()),
        ["1:1: unknown key `a` in the plan", "2:1: duplicate key"]
    );
}

#[test]
fn an_empty_plan_lacks_a_source_and_a_date() {
    let folder = folder(&[]);
    let lacks = ["1:1: the plan has no source", "1:1: the plan has no `run_date`"];
    assert_eq!(messages("", folder.path()), lacks);
    assert_eq!(messages("# nothing\n", folder.path()), lacks);
}

#[test]
fn a_plan_that_cannot_be_read_is_told_without_a_place() {
    let folder = folder(&[("plan.toml", "")]);
    std::fs::write(folder.path().join("plan.toml"), b"a = 1\nb = \"\xe9\"\n").unwrap();
    for (name, message) in [
        ("none.toml", "cannot read the plan: No such file or directory (os error 2)"),
        ("plan.toml", "cannot read the plan: line 2 is not UTF-8"),
    ] {
        let path = folder.path().join(name);
        let expected = [format!("{}: {message}", path.display())];
        assert_eq!(plan::read(&path).unwrap_err().lines(), expected);
        assert_eq!(plan::check(&path).unwrap_err().lines(), expected);
    }
}

proptest! {
    #[test]
    fn any_text_is_a_plan_or_has_problems(text in ".{0,200}") {
        if let Err(problems) = plan::parse("plan.toml", &text, std::path::Path::new("nowhere")) {
            prop_assert!(!lines(&problems).is_empty());
        }
    }

    #[test]
    fn a_damaged_plan_has_problems_at_worst(cut in 0..plan::EXAMPLE.len(), drop in 0_usize..30, put in "[\\[\\]{}=\"'\\n #a1.,-]{0,3}") {
        let mut text: Vec<char> = plan::EXAMPLE.chars().collect();
        let cut = cut.min(text.len());
        let end = (cut + drop).min(text.len());
        text.splice(cut..end, put.chars());
        let text: String = text.into_iter().collect();
        if let Err(problems) = plan::parse("plan.toml", &text, std::path::Path::new("nowhere")) {
            // Rendering walks every label, which must lie in the text.
            let mut shown = String::new();
            let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none());
            prop_assert!(handler.render_report(&mut shown, &problems).is_ok());
            prop_assert!(!shown.contains("Failed to read contents"));
        }
    }
}

#[test]
fn an_output_that_cannot_be_a_folder_is_told_where_it_is_named() {
    let folder = folder(&[("a.csv", "name\nAnn Other\n"), ("there/b.csv", "")]);
    let plan = |output: &str| {
        format!(
            "run_date = 2026-01-31\n{output}[[source]]\nname = \"a\"\nfiles = \"a.csv\"\n[source.columns]\nname = \"name\"\n"
        )
    };
    for (output, expected) in [
        ("a.csv", "2:10: snapshots cannot be put in `a.csv`: it is not a folder"),
        ("a.csv/b", "2:10: snapshots cannot be put in `a.csv`: it is not a folder"),
        ("there/b.csv/c/d", "2:10: snapshots cannot be put in `there/b.csv`: it is not a folder"),
    ] {
        let text = plan(&format!("output = \"{output}\"\n"));
        assert_eq!(messages(&text, folder.path()), [expected], "{output}");
        assert!(plan::check_text("plan.toml", &text, folder.path()).is_err(), "{output}");
    }
    for output in ["", "output = \"there\"\n", "output = \"there/x/y\"\n"] {
        assert!(plan::parse("plan.toml", &plan(output), folder.path()).is_ok(), "{output}");
    }
    // Nor what is there by default.
    std::fs::write(folder.path().join("snapshots"), "").unwrap();
    assert_eq!(
        messages(&plan(""), folder.path()),
        ["1:1: snapshots cannot be put in `snapshots`: it is not a folder"]
    );
}
