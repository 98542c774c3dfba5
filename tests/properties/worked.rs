//! The worked examples of docs/model.md are what the code works out.

use std::collections::BTreeMap;

use compare::{Comparer, Comparison};
use evaluate::{Beside, Proportion, Weighed};
use record::{NONE, RecordId};
use score::{
    ComparisonModel, Frequencies, LevelModel, MatchWeight, Model, Related, Scorer, SourceLevels,
};
use tests::records;

/// The number before a mark in the document.
fn told(mark: &str) -> f64 {
    let page = include_str!("../../docs/model.md");
    let mark = format!("{{{mark}}}");
    let at = page.find(&mark).unwrap_or_else(|| panic!("no {mark}"));
    assert_eq!(page.matches(&mark).count(), 1, "{mark}");
    let number = page[..at].split_whitespace().next_back().unwrap();
    number.replace('−', "-").parse().unwrap()
}

#[track_caller]
fn check(mark: &str, worked: f64) {
    assert!((told(mark) - worked).abs() < 6e-5, "{mark}: the code says {worked}");
}

pub(crate) fn comparison(field: &str, partner: Option<&str>, changes: bool) -> Comparison {
    Comparison {
        field: field.to_owned(),
        partner: partner.map(str::to_owned),
        levels: vec!["exact".parse().unwrap()],
        term_frequency: true,
        changes,
    }
}

pub(crate) fn field(
    field: &str,
    m: f64,
    u: f64,
    shared: f64,
    term_frequency: bool,
) -> ComparisonModel {
    let level = |condition: &str, m, u| LevelModel {
        condition: condition.to_owned(),
        m,
        u,
        matched_pairs: 0.0,
        rarity: None,
    };
    ComparisonModel {
        field: field.to_owned(),
        shared_in_household: shared,
        term_frequency,
        levels: vec![level("exact", m, u), level("else", 1.0 - m, 1.0 - u)],
        sources: Vec::new(),
    }
}

/// The weight of records 0 and 1.
fn bits(table: &str, comparisons: &[Comparison], model: &Model) -> f64 {
    let normalised = records(table);
    let comparer = Comparer::new(&normalised, comparisons);
    let scorer = Scorer::new(model, &comparer, comparisons);
    scorer.score(&comparer, RecordId(0), RecordId(1)).weight.bits()
}

#[test]
fn weights() {
    check("weight", MatchWeight::from_ratio(0.9 / 0.05).bits());
    let surname = [comparison("surname", None, false)];
    let mut model = Model {
        matched: 0.01,
        household: 0.05,
        sources: Vec::new(),
        comparisons: vec![field("surname", 0.9, 0.05, 0.8, false)],
        frequencies: BTreeMap::new(),
    };
    check("pair", bits("surname\n lee\n lee", &surname, &model));
    let level = &model.comparisons[0].levels[0];
    check("household", MatchWeight::from_ratio(level.in_household(0.8) / level.u).bits());
    // Without a value there is the prior and what a household takes off it.
    let unknown = bits("surname\n -\n -", &surname, &model);
    check("prior", unknown + (1.0 + 0.05_f64 / 0.94).log2());
    check("probability", MatchWeight::from_bits(3.0).probability());
    check("sources", 100.0 * train::priors::of_sources(1e-4, 250.0, 1e6, 50.0));
    let mut clerks = model.comparisons[0].clone();
    let slip = SourceLevels { of: "b".to_owned(), m: vec![1.0, 3.0], u: vec![1.0, 1.0] };
    clerks.sources = vec![slip];
    let [m, u] = clerks.between(["a", "b"])[0];
    check("own", MatchWeight::from_ratio(m / u).bits());
    let [m, u] = clerks.between(["b", "b"])[0];
    check("ownboth", MatchWeight::from_ratio(m / u).bits());
    let believed = [3.0, -2.0].map(|bits| MatchWeight::from_bits(bits).probability());
    check("believed", believed.iter().sum());
    model.household = 0.0;
    let model = Model { comparisons: vec![field("surname", 0.9, 0.1, 0.8, true)], ..model };
    let prior = (0.01_f64 / 0.99).log2();
    let three = "surname\n lee\n lee\n lee";
    check("rare", bits(three, &surname, &model) - prior);
    let known = |value: &str| {
        let shares = BTreeMap::from([(value.to_owned(), 0.01)]);
        let known = Frequencies { persons: 1_000.0, shares, other: 0.001 };
        Model { frequencies: BTreeMap::from([("surname".to_owned(), known)]), ..model.clone() }
    };
    check("known", bits(three, &surname, &known("lee")) - prior);
    check("unlisted", bits(three, &surname, &known("may")) - prior);
}

#[test]
fn expected_recall() {
    let found =
        crate::recalling::expected(&crate::recalling::hundred(), &["forename", "surname"], 2);
    check("expected_pairs", found.pairs);
    check("expected_recall", found.recall);
}

#[test]
fn names() {
    let table = format!("forename surname{}{}", "\nann|lee".repeat(10), "\nbob|may".repeat(10));
    let model = Model {
        matched: 0.01,
        household: 0.0,
        sources: Vec::new(),
        comparisons: vec![
            field("forename", 0.9, 0.1, 0.02, true),
            field("surname", 0.9, 0.05, 0.8, false),
        ],
        frequencies: BTreeMap::new(),
    };
    let [forename, surname] = ["forename", "surname"].map(|it| comparison(it, None, false));
    let both = [forename.clone(), surname];
    check("together", bits(&table, &both, &model));
    let forename = [forename];
    let alone = bits(&table, &forename, &model.restricted_to(&forename));
    check("apart", alone + (0.9_f64 / 0.05).log2());
    // The first record's Ann is common among Lees, the last one's rare among Mays.
    let other = format!("{table}\nann|may");
    let normalised = records(&other);
    let comparer = Comparer::new(&normalised, &both);
    let scorer = Scorer::new(&model, &comparer, &both);
    check("near", scorer.score(&comparer, RecordId(0), RecordId(20)).weight.bits());
}

#[test]
fn groups() {
    let surname = [comparison("surname", None, true)];
    let model = Model {
        matched: 0.01,
        household: 0.0,
        sources: Vec::new(),
        comparisons: vec![field("surname", 0.95, 0.05, 0.8, false)],
        frequencies: BTreeMap::new(),
    };
    let normalised = records("surname\n lee\n lee\n may");
    let comparer = Comparer::new(&normalised, &surname);
    let scorer = Scorer::new(&model, &comparer, &surname);
    let between = |b| scorer.evidence(&comparer, RecordId(0), RecordId(b));
    let mut evidence = between(1);
    scorer.gather(&mut evidence, &between(2));
    check("best", scorer.weight(&evidence).bits() - (0.01_f64 / 0.99).log2());
}

#[test]
fn relatives() {
    let surname = [comparison("surname", None, true)];
    let model = Model {
        matched: 0.5 / 1.625,
        household: 0.125 / 1.625,
        sources: Vec::new(),
        comparisons: vec![field("surname", 0.95, 0.05, 0.8, false)],
        frequencies: BTreeMap::new(),
    };
    let normalised = records("surname\n -\n -");
    let comparer = Comparer::new(&normalised, &surname);
    let scorer = Scorer::new(&model, &comparer, &surname);
    let evidence = scorer.evidence(&comparer, RecordId(0), RecordId(1));
    check("unheard", scorer.weight(&evidence).bits());
    let related = Related::from_shares([0.6, 0.4, 0.05]);
    check("heard", scorer.weight(&evidence.with(related)).bits());
}

#[test]
fn learning() {
    let normalised = records("code:code\n a\n a\n a\n b\n b\n c");
    let comparisons = [comparison("code", None, false)];
    let comparer = Comparer::new(&normalised, &comparisons);
    let pairs = (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b)));
    let equal = pairs.filter(|&(a, b)| comparer.level(0, RecordId(a), RecordId(b)).index() == 1);
    let equal = u32::try_from(equal.count()).unwrap();
    check("exact", f64::from(equal) / 15.0);
}

#[test]
fn what_the_model_expects() {
    let pair = |bits: f64, group: u32| Weighed {
        bits,
        probability: MatchWeight::from_bits(bits).probability(),
        group,
        is_true: None,
        person: NONE,
    };
    let pairs: Vec<Weighed> = (0..100)
        .flat_map(|at| {
            [pair(5.0, 3 * at), pair(3.0, 3 * at), pair(1.0, 3 * at + 1), pair(-2.0, 3 * at + 2)]
        })
        .collect();
    let expected = evaluate::at_threshold(pairs, &Beside::default(), 0.0).expected;
    let (precision, recall) = (expected.precision(), expected.recall());
    check("expectedprecision", precision.value);
    check("expectedlow", precision.range.low);
    check("expectedhigh", precision.range.high);
    check("expectedrecall", recall.value);
    check("recalllow", recall.range.low);
}

#[test]
fn intervals_from_labels() {
    let mut share = Proportion::default();
    (0..25).for_each(|person| share.add(if person < 20 { 4 } else { 2 }, 4));
    check("clusteredlow", share.interval().low);
    check("clusteredhigh", share.interval().high);
    check("wilsonlow", Proportion::of(90, 100).interval().low);
}
