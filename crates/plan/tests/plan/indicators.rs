//! Indicators and baskets as plans write them, and what is wrong with some.

use record::Whom;

use super::{folder, messages};

/// A plan of two sources, whose line 21 is the first after it.
const HEAD: &str = r#"run_date = 2026-01-31
[fields]
work = "statement"
note = "category"
[[source]]
name = "a"
files = "a.csv"
[source.columns]
forename = "F"
surname = "S"
note = "N"
work = { column = "W", codes = { "1" = "yes", "0" = "no", "" = "" } }
[[source]]
name = "b"
files = "b.csv"
delivery = "delta"
[source.columns]
forename = "F"
surname = "S"
date_of_birth = "D"
"#;

fn parsed(rest: &str) -> Result<plan::Plan, Vec<String>> {
    let folder = folder(&[("a.csv", "x\n"), ("b.csv", "x\n")]);
    let text = format!("{HEAD}{rest}");
    match plan::parse("plan.toml", &text, folder.path()) {
        Ok(plan) => Ok(plan),
        Err(_) => Err(messages(&text, folder.path())),
    }
}

#[test]
fn an_indicator_has_its_defaults_written_out() {
    let rest = "[[indicator]]\nname = \"no_work\"\nof = \"all_parents\"\nfield = \"work\"\nis = \"no\"\n\
                [[indicator]]\nname = \"unseen\"\nof = \"household\"\n\
                [[basket]]\nname = \"both\"\nindicators = [\"no_work\", \"unseen\"]\nline = 2\n";
    let plan = parsed(rest).unwrap();
    let [no_work, unseen] = plan.indicators.as_slice() else { panic!("two indicators") };
    assert_eq!((no_work.says.as_str(), no_work.of), ("no work", Whom::AllParents));
    assert_eq!(no_work.sources, ["a"], "the source that maps it");
    assert_eq!((no_work.within_days, no_work.absence_days_max), (None, 92));
    assert_eq!(unseen.sources, [""; 0]);
    assert_eq!(plan.baskets[0].line, 2);
    let folder = folder(&[("a.csv", "x\n"), ("b.csv", "x\n")]);
    let again = plan::parse("plan.toml", &plan::print(&plan), folder.path()).unwrap();
    assert_eq!((again.indicators, again.baskets), (plan.indicators, plan.baskets));
}

#[test]
fn no_indicator_is_no_mistake() {
    let plan = parsed("").unwrap();
    assert!(plan.indicators.is_empty() && plan.baskets.is_empty());
}

/// The lines of an indicator called `x`, and what is said of them.
#[track_caller]
fn check(lines: &str, expected: &[&str]) {
    let rest = format!("[[indicator]]\nname = \"x\"\n{lines}");
    assert_eq!(parsed(&rest).expect_err("it has mistakes"), expected, "{lines}");
}

#[test]
fn what_is_wrong_with_an_indicator_is_told_with_its_place() {
    check("", &["21:1: [[indicator]] has no `of`"]);
    check("of = \"all_parent\"\n", &["23:6: `of` cannot be `all_parent`"]);
    check("of = \"mother\"\nsauces = [\"a\"]\n", &["24:1: unknown key `sauces` in [[indicator]]"]);
    check("of = \"mother\"\nsources = [\"c\"]\n", &["24:12: there is no source `c`"]);
    check(
        "of = \"mother\"\nfield = \"wrok\"\nis = \"no\"\n",
        &["24:9: no statement `wrok` is declared"],
    );
    check(
        "of = \"mother\"\nfield = \"note\"\nis = \"no\"\n",
        &["24:9: `note` is not declared as a statement"],
    );
    check(
        "of = \"mother\"\nfield = \"work\"\n",
        &["24:9: nothing says which values of `work` mean that it is so"],
    );
    check(
        "of = \"mother\"\nfield = \"work\"\nis = \"none\"\n",
        &["25:6: no source says `none` of `work`"],
    );
    check(
        "of = \"mother\"\nfield = \"work\"\nis = \"no\"\nis_not = [\"yes\", \"No\"]\n",
        &["26:18: `No` cannot mean both that it is so and that it is not"],
    );
    check(
        "of = \"mother\"\nfield = \"work\"\nsources = [\"a\", \"b\"]\nis = \"no\"\n",
        &["25:17: `b` does not map `work`"],
    );
    check("of = \"mother\"\nis = \"no\"\n", &["24:6: `is` says nothing without `field`"]);
    check(
        "of = \"mother\"\nwithin_days = 30\n",
        &["24:15: `within_days` says nothing without `sources`"],
    );
    check(
        "of = \"mother\"\nsources = \"a\"\nabsence_is_no = [\"b\"]\n",
        &[
            "25:18: `b` is not one of the indicator's sources",
            "25:18: `b` delivers changes only, so that who is absent may be known to it",
        ],
    );
    check(
        "of = \"mother\"\nsources = \"a\"\nabsence_days_max = 3\n",
        &["25:20: `absence_days_max` says nothing without `absence_is_no`"],
    );
    check(
        "of = \"mother\"\n[[indicator]]\nname = \"x\"\nof = \"father\"\n",
        &["25:8: a second one is named `x`"],
    );
}

#[test]
fn what_is_wrong_with_a_basket_is_told_with_its_place() {
    for (lines, expected) in [
        (
            "name = \"b\"\n",
            &["24:1: [[basket]] has no `indicators`", "24:1: [[basket]] has no `line`"]
                as &[&str],
        ),
        ("name = \"b\"\nindicators = [\"y\"]\nline = 1\n", &["26:15: there is no indicator `y`"]),
        ("name = \"b\"\nindicators = [\"x\", \"x\"]\nline = 1\n", &["26:20: `x` is counted twice"]),
        ("name = \"b\"\nindicators = \"x\"\nline = 2\n", &["27:8: no family can reach 2 of 1"]),
        ("name = \"B\"\nindicators = \"x\"\nline = 1\n", &["25:8: `B` cannot be a name"]),
    ] {
        let rest = format!("[[indicator]]\nname = \"x\"\nof = \"mother\"\n[[basket]]\n{lines}");
        assert_eq!(parsed(&rest).unwrap_err(), expected, "{lines}");
    }
}

#[test]
fn a_statement_is_never_compared_nor_proposes_a_pair() {
    for (rest, expected) in [
        (
            "[[comparison]]\nfield = \"work\"\n",
            "22:9: `work` is a statement, which goes into the snapshot as it is",
        ),
        (
            "[blocking]\nrules = [\"work\"]\n",
            "22:11: `work` is a statement, which goes into the snapshot as it is",
        ),
    ] {
        assert_eq!(parsed(rest).unwrap_err(), [expected]);
    }
    let plan = parsed("").unwrap();
    assert!(plan::effective_fields(&plan).iter().all(|field| field.name != "work"));
    assert!(plan.comparisons.iter().all(|comparison| comparison.field != "work"));
}
