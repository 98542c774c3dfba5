//! A comparison's level is the first test passed, whichever record comes first.

use compare::{Comparer, Comparison, ComparisonVector, Condition};
use proptest::prelude::*;
use record::RecordId;
use tests::records;

fn comparison(text: &str) -> Comparison {
    let (field, tests) = text.split_once(": ").unwrap();
    let (field, partner) = match field.split_once('~') {
        Some((field, partner)) => (field, Some(partner.to_owned())),
        None => (field, None),
    };
    Comparison {
        field: field.to_owned(),
        partner,
        levels: tests.split(' ').map(|test| test.parse().unwrap()).collect(),
        term_frequency: true,
        changes: false,
    }
}

/// The level that the two values of `pair`, between bars, are at: a test's words, `else` or `missing`.
#[track_caller]
fn check(kind: &str, tests: &str, pair: &str, expected: &str) {
    let (a, b) = pair.split_once('|').unwrap();
    let normalised = records(&format!("{kind}\n{a}\n{b}"));
    let field = kind.split(':').next().unwrap();
    assert_eq!(level(&normalised, comparison(&format!("{field}: {tests}"))), expected, "{pair}");
}

/// What the level of the two records is called, whichever comes first.
#[track_caller]
fn level(normalised: &record::Normalised, comparison: Comparison) -> String {
    let comparisons = [comparison];
    let comparer = Comparer::new(normalised, &comparisons);
    let (first, second) = (RecordId(0), RecordId(1));
    assert_eq!(comparer.vector(second, first), comparer.vector(first, second));
    match comparer.vector(first, second).level(0).index() {
        0 => "missing".to_owned(),
        n => comparisons[0].levels.get(n - 1).map_or("else".to_owned(), ToString::to_string),
    }
}

#[test]
fn names() {
    let tests = "exact nickname osa(1) initial subset jaro_winkler(0.9) phonetic jaro_winkler(0.8)";
    for (pair, expected) in [
        ("ann|ann", "exact"),
        ("ann|-", "missing"),
        ("elizabeth|liz", "nickname"),
        ("ann|an", "osa(1)"),
        ("marhta|martha", "osa(1)"),
        ("a|ann", "initial"),
        ("a|a", "exact"),
        ("mary jane|jane", "subset"),
        ("katherine|katharyne", "jaro_winkler(0.9)"),
        ("zoe|mark", "else"),
        ("ann/bob|bob", "exact"),
    ] {
        check("forename", tests, pair, expected);
    }
}

#[test]
fn dates() {
    let tests = "exact compatible day_month_swapped digits(1) parts(2) digits(2) same_year";
    for (pair, expected) in [
        ("2001-02-03|2001-02-03", "exact"),
        ("2001-02|2001-02-03", "compatible"),
        ("2001|2001", "compatible"),
        ("2001-03|2001-02-03", "same_year"),
        ("2001-02-03|2001-03-02", "day_month_swapped"),
        ("2001-02-03|2001-02-04", "digits(1)"),
        ("2001-02-03|2001-02-28", "parts(2)"),
        ("2001-02-03|2001-12-13", "digits(2)"),
        ("2001-02-03|2001-12-28", "same_year"),
        ("2001-02-03|1980-12-28", "else"),
        // What is no date is compared as written.
        ("2001-13-03|2001-12-03", "digits(1)"),
        ("2001-13-03|-", "missing"),
    ] {
        check("date_of_birth", tests, pair, expected);
    }
    check("date_of_birth", "days(31)", "2001-02-03|2001-03-01", "days(31)");
    check("date_of_birth", "days(31)", "2001-02-03|2001-03-31", "else");
    for (tests, pair, expected) in [
        ("exact slip digits(2)", "2001-13-03|2001-12-03", "slip"),
        ("exact slip digits(2)", "2001-02-92|2001-02-29", "digits(2)"),
        ("exact slip digits(2)", "2004-02-92|2004-02-29", "slip"),
        ("exact slip digits(2)", "2001-02-03|2001-02-04", "digits(2)"),
        ("exact slip digits(2)", "2001-13-03|2001-22-03", "digits(2)"),
        ("months(1) years(1)", "2001-02-03|2001-03-05", "months(1)"),
        ("months(1) years(1)", "2001-02-03|2001-03-06", "years(1)"),
        ("months(1) years(1)", "2001-02-03|2002-02-03", "years(1)"),
        ("years(1)", "2003-02-03|2004-02-03", "years(1)"),
        ("years(1)", "2003-02-03|2004-02-04", "else"),
        ("years(10)", "2001|2001-02-03", "else"),
        ("damerau_levenshtein(1)", "2001-02-03|2001-02-30", "damerau_levenshtein(1)"),
        ("damerau_levenshtein(1)", "2001-02-03|2001-12-13", "else"),
        ("levenshtein(1)", "2001-02-03|2001-12-03", "levenshtein(1)"),
    ] {
        check("date_of_birth", tests, pair, expected);
    }
}

#[test]
fn postcodes_and_other_words() {
    let tests = "exact same_sector same_district same_area";
    for (pair, expected) in [
        ("QX1 2AB|QX1 2AB", "exact"),
        ("QX1 2AB|QX1 2ZZ", "same_sector"),
        ("QX1 2AB|QX1 9ZZ", "same_district"),
        ("QX1 2AB|QX1", "same_district"),
        ("QX1 2AB|QX11 2AB", "same_area"),
        ("QX1 2AB|QY1 2AB", "else"),
    ] {
        check("postcode", tests, pair, expected);
    }
    check("email", "exact same_user", "a.b@x.org|a.b@y.org", "same_user");
    check("note:text", "words(0.5)", "old mill lane|mill lane", "words(0.5)");
    check("note:text", "damerau_levenshtein(2)", "ca|abc", "damerau_levenshtein(2)");
    check("note:text", "osa(2)", "ca|abc", "else");
    check("note:text", "jaccard(0.5)", "abc|bcd", "jaccard(0.5)");
    check("note:text", "jaccard(0.6)", "abc|bcd", "else");
    check("tags:list", "contained", "a/b/c|c/a", "contained");
    check("tags:list", "contained", "a/b|b/c", "else");
    check("tags:list", "common(2) common(1)", "a/b/c|b/c/d", "common(2)");
    check("tags:list", "common(2) common(1)", "a/b|b", "common(1)");
    check("tags:list", "common(2) common(1)", "a|b", "else");
    check("tags:list", "exact", "a/b|b/a", "exact");
    check("tags:list", "exact", "a/b|a", "else");
    check("names:list", "osa(1) jaro_winkler(0.8)", "anna/jon|bob/john", "osa(1)");
    check("names:list", "osa(1) jaro_winkler(0.8)", "anna/jon|bob/johnny", "jaro_winkler(0.8)");
    check("face:vector", "cosine(0.9) cosine(0.7)", "1 0|2 0", "cosine(0.9)");
    check("face:vector", "cosine(0.9) cosine(0.7)", "1 0|1 1", "cosine(0.7)");
    check("face:vector", "cosine(0.9) cosine(0.7)", "1 0|0 1", "else");
    check("face:vector", "cosine(0)", "1 0|1 0 0", "else");
    check("face:vector", "cosine(0)", "1 0|0 0", "else");
}

/// The level that two records, between semicolons, are at under conditions between semicolons.
#[track_caller]
fn check_conditions(conditions: &str, fields: &str, pair: &str, expected: &str) {
    let (a, b) = pair.split_once(';').unwrap();
    let normalised = records(&format!("{fields}\n{a}\n{b}"));
    let levels: Vec<Condition> =
        conditions.split(';').map(|level| level.trim().parse().unwrap()).collect();
    let comparison = Comparison { levels, ..comparison("forename~surname: exact") };
    assert_eq!(level(&normalised, comparison), expected, "{pair}");
}

#[test]
fn conditions_join_tests_of_several_fields() {
    let levels = "exact and surname:exact; crossed; not surname:exact and osa(1); surname:exact";
    for (pair, expected) in [
        ("ann|lee;ann|lee", "exact and surname:exact"),
        ("ann|lee;lee|ann", "crossed"),
        ("ann|lee;anne|may", "not surname:exact and osa(1)"),
        ("ann|lee;zoe|lee", "surname:exact"),
        ("ann|lee;zoe|may", "else"),
        // What is missing is neither the same nor another.
        ("ann|-;ann|lee", "else"),
        ("-|lee;ann|lee", "surname:exact"),
        ("-|lee;ann|may", "else"),
        ("-|lee;ann|-", "missing"),
        // Any one of several values may be meant.
        ("ann/zoe|lee/may;zoe|may", "exact and surname:exact"),
    ] {
        check_conditions(levels, "forename surname", pair, expected);
    }
}

#[test]
fn conditions_hold_literals_and_alternatives() {
    let levels = "is('ann'); either_is('ann') and surname:exact; sound:is('x') or osa(1)";
    let fields = "forename surname sound:text";
    for (pair, expected) in [
        ("ann|lee|x;ann|may|y", "is('ann')"),
        ("ann|lee|x;zoe|lee|y", "either_is('ann') and surname:exact"),
        ("bob|lee|x;zoe|may|x", "sound:is('x') or osa(1)"),
        ("bob|lee|x;bo|may|y", "sound:is('x') or osa(1)"),
        // One part that is met is enough, whatever is missing of the other.
        ("bob|lee|-;bo|may|y", "sound:is('x') or osa(1)"),
        ("bob|lee|-;zoe|may|x", "else"),
    ] {
        check_conditions(levels, fields, pair, expected);
    }
    for (pair, expected) in [
        ("ann|lee|may ann;may|lee|x", "surname:holds"),
        ("ann|lee|-;may|lee|jo ann", "surname:holds"),
        ("ann|lee|-;may|lee|joann", "else"),
        ("ann|lee|-;may|lee|-", "else"),
    ] {
        let expected = expected.replace("surname", "sound");
        check_conditions("exact; sound:holds", fields, pair, &expected);
    }
    // A field that no record has is missing everywhere.
    check_conditions("absent:exact or osa(1); not absent:exact", fields, "a|b|c;zoe|may|x", "else");
}

#[test]
fn swapped_names_are_counted_once() {
    let normalised = records("forename surname\n lee | ann\n ann | lee\n ann | ann");
    let comparisons = [comparison("forename~surname: exact crossed"), comparison("surname: exact")];
    let comparer = Comparer::new(&normalised, &comparisons);
    let levels = |vector: ComparisonVector| (vector.level(0).index(), vector.level(1).index());
    assert_eq!(levels(comparer.vector(RecordId(0), RecordId(1))), (2, 0));
    assert_eq!(levels(comparer.vector(RecordId(1), RecordId(2))), (1, 2));
}

proptest! {
    #[test]
    fn a_vector_has_no_direction(
        rows in proptest::collection::vec(("[a-c]{1,4}|-", "[a-c]{1,3}|[ab] [bc]|a/b|-", "20[01][0-9]-[01][1-9]-[0-3][1-9]|2001|-"), 2..8),
    ) {
        let lines: Vec<String> = rows.iter().map(|(a, b, c)| format!("{a}|{b}|{c}")).collect();
        let normalised = records(&format!("forename surname date_of_birth\n{}", lines.join("\n")));
        let comparisons = [
            comparison("forename~surname: exact crossed nickname osa(1) initial jaro_winkler(0.9)"),
            comparison("surname: exact subset levenshtein(2) jaro(0.8) phonetic words(0.5)"),
            comparison("date_of_birth: exact compatible day_month_swapped digits(1) parts(2) days(31) same_year"),
        ];
        let comparer = Comparer::new(&normalised, &comparisons);
        for a in 0..rows.len() {
            for b in 0..rows.len() {
                let (x, y) = (RecordId(u32::try_from(a).unwrap()), RecordId(u32::try_from(b).unwrap()));
                prop_assert_eq!(comparer.vector(x, y), comparer.vector(y, x));
                for (place, missing) in [rows[a].0 == "-", rows[a].1 == "-", rows[a].2 == "-"].iter().enumerate() {
                    if *missing {
                        prop_assert_eq!(comparer.vector(x, y).level(place).index(), 0);
                    }
                }
            }
        }
    }
}
