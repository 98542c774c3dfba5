//! Learning finds the parameters that records were drawn from.

use block::{Index, Limits};
use compare::{Comparer, Comparison};
use tests::records;
use train::{Config, Labels, Pairs, Trained, Training};

/// A small generator of even numbers below `n`: the tests need draws, not good ones.
fn draw(state: &mut u64, n: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % n
}

fn learned(comparer: &Comparer<'_>, comparisons: &[Comparison], index: &Index) -> Trained {
    let pairs = Pairs { index, allowed: &|_| true, proposed: &|_| true };
    let config = Config::default();
    Training::new(comparer, comparisons, &pairs, &Labels::default(), &config).learn(&config)
}

#[test]
fn m_u_and_the_prior_are_recovered() {
    // 600 persons, two records each; a second record has another forename in one case of ten and
    // another birthplace in one of five. None of these fields tells of a household: two classes.
    let mut state = 7;
    let mut rows = Vec::new();
    for _ in 0..600 {
        let (forename, birthplace) = (draw(&mut state, 40), draw(&mut state, 60));
        let born = format!(
            "{}-{:02}-{:02}",
            1950 + draw(&mut state, 50),
            1 + draw(&mut state, 12),
            1 + draw(&mut state, 28)
        );
        rows.push(format!("f{forename}|b{birthplace}|{born}"));
        let forename = if draw(&mut state, 10) == 0 { draw(&mut state, 40) } else { forename };
        let birthplace = if draw(&mut state, 5) == 0 { draw(&mut state, 60) } else { birthplace };
        rows.push(format!("f{forename}|b{birthplace}|{born}"));
    }
    let normalised =
        records(&format!("forename birthplace:text date_of_birth\n{}", rows.join("\n")));
    let comparison = |field: &str| Comparison {
        field: field.to_owned(),
        partner: None,
        levels: vec![compare::Test::Exact.into()],
        term_frequency: false,
        changes: false,
    };
    let comparisons =
        [comparison("forename"), comparison("birthplace"), comparison("date_of_birth")];
    let comparer = Comparer::new(&normalised, &comparisons);
    let index = Index::new(&normalised, &["all".parse().unwrap()], &[], &Limits::default());
    let trained = learned(&comparer, &comparisons, &index);
    assert!(trained.convergence.converged, "{:?}", trained.convergence);
    let model = trained.model;
    let near = |found: f64, expected: f64, share: f64| {
        assert!((found / expected - 1.0).abs() < share, "{found} is not {expected}");
    };
    near(model.matched, 600.0 / (1_200.0 * 1_199.0 / 2.0), 0.05);
    near(model.comparisons[0].levels[0].m, 0.9 + 0.1 / 40.0, 0.05);
    near(model.comparisons[1].levels[0].m, 0.8 + 0.2 / 60.0, 0.05);
    near(model.comparisons[0].levels[0].u, 1.0 / 40.0, 0.05);
    near(model.comparisons[1].levels[0].u, 1.0 / 60.0, 0.05);
}

#[test]
fn nothing_can_be_learned_from_nothing() {
    let normalised = records("forename");
    let comparisons = [];
    let comparer = Comparer::new(&normalised, &comparisons);
    let index = Index::new(&normalised, &[], &[], &Limits::default());
    let trained = learned(&comparer, &comparisons, &index);
    assert!(trained.model.comparisons.is_empty());
}
