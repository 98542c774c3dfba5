//! What blocking rules are expected to find.

use std::collections::BTreeMap;

use block::{Index, Limits, Rule};
use compare::{Comparer, Comparison};
use recall::{Expected, Judge};
use score::{Model, Scorer};
use tests::records;

use crate::worked::{comparison, field};

/// A hundred persons of two records each: the records of sixty agree on both names, those of
/// twenty on the forename only, and those of twenty on the surname only.
pub(crate) fn hundred() -> String {
    let rows = (0..100).flat_map(|n| {
        let slip = |differs: bool| if differs { "z" } else { "" };
        let other = format!("\nf{n}{}|s{n}{}", slip(n >= 80), slip((60..80).contains(&n)));
        [format!("\nf{n}|s{n}"), other]
    });
    format!("forename surname{}", rows.collect::<String>())
}

pub(crate) fn expected(table: &str, rules: &[&str], in_force: usize) -> Expected {
    let normalised = records(table);
    let comparisons: [Comparison; 2] =
        [comparison("forename", None, false), comparison("surname", None, false)];
    let model = Model {
        matched: 0.005,
        household: 0.0,
        sources: Vec::new(),
        frequencies: BTreeMap::new(),
        comparisons: vec![
            field("forename", 0.75, 1e-9, 0.0, false),
            field("surname", 0.75, 1e-9, 0.0, false),
        ],
    };
    let comparer = Comparer::new(&normalised, &comparisons);
    let scorer = Scorer::new(&model, &comparer, &comparisons);
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let index = Index::new(&normalised, &rules, &[], &Limits::default());
    let judge = Judge {
        normalised: &normalised,
        comparer: &comparer,
        scorer: &scorer,
        allowed: &|_| true,
        meets: &|_, _| true,
    };
    recall::expected(&judge, &index, in_force)
}

#[test]
fn without_records_nothing_is_missed() {
    let found = expected("forename surname", &["forename"], 1);
    assert!((found.recall - 1.0).abs() < 1e-12 && found.pairs == 0.0, "{found:?}");
    let nothing = expected("forename surname\n ann|lee\n bob|may", &["forename"], 1);
    assert!(nothing.recall.is_finite(), "{nothing:?}");
}

#[test]
fn a_rule_is_judged_by_what_the_others_find() {
    let both = expected(&hundred(), &["forename", "surname"], 2);
    let one = expected(&hundred(), &["forename", "surname"], 1);
    assert_eq!(one.rules[..], both.rules[..1]);
    assert!((one.pairs - both.pairs).abs() < 1e-9);
    // Eighty are found by the one, as many by the other, sixty by both.
    assert!((both.rules[0].gained / both.rules[1].gained - 4.0).abs() < 0.01, "{both:?}");
    assert!((both.rules[0].alone / both.rules[1].alone - 1.0).abs() < 0.01, "{both:?}");
    let sum: f64 = both.rules.iter().map(|rule| rule.gained).sum();
    assert!((sum - both.recall).abs() < 1e-9, "{both:?}");
}

#[test]
fn it_is_the_same_however_often_it_is_asked() {
    let asked = || expected(&hundred(), &["forename", "surname", "forename:prefix(2)"], 3);
    assert_eq!(asked(), asked());
}
