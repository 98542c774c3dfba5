//! A comparison's level is the first test passed, whichever record comes first.

use compare::{Comparer, Comparison, ComparisonVector};
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
        tests: tests.split(' ').map(|test| test.parse().unwrap()).collect(),
        term_frequency: true,
    }
}

/// The level that the two values of `pair`, between bars, are at: a test's words, `else` or `missing`.
#[track_caller]
fn check(kind: &str, tests: &str, pair: &str, expected: &str) {
    let (a, b) = pair.split_once('|').unwrap();
    let normalised = records(&format!("{kind}\n{a}\n{b}"));
    let field = kind.split(':').next().unwrap();
    let comparisons = [comparison(&format!("{field}: {tests}"))];
    let comparer = Comparer::new(&normalised, &comparisons);
    let (first, second) = (RecordId(0), RecordId(1));
    let level = comparer.vector(first, second).level(0).index();
    let name = match level {
        0 => "missing".to_owned(),
        n => comparisons[0].tests.get(n - 1).map_or("else".to_owned(), ToString::to_string),
    };
    assert_eq!(name, expected, "{pair}");
    assert_eq!(comparer.vector(second, first), comparer.vector(first, second));
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
