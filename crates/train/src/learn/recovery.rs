//! Learning finds the parameters that pairs were drawn from, wherever it starts.
//!
//! How many pairs have a pattern is drawn for each class and each pattern there can be (a Poisson
//! count: the same as drawing the pairs one by one), from known m, u, shares and priors. Learning
//! then goes by the very code that a run uses.

use compare::{Comparison, ComparisonVector, Level};
use rayon::prelude::*;
use record::Kind;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    AtLarge, Config, Convergence, DOUBT, Estimate, FieldAtLarge, FieldEstimate, FieldPrior,
    Pattern, Seen, learn,
};

/// A comparison of which everything is known.
struct Known {
    comparison: Comparison,
    kind: Kind,
    missing: f64,
    m: Vec<f64>,
    u: Vec<f64>,
    shared: f64,
}

impl Known {
    fn in_household(&self, level: usize) -> f64 {
        self.shared * self.m[level] + (1.0 - self.shared) * self.u[level]
    }
}

fn known(
    field: &str,
    kind: Kind,
    levels: &str,
    missing: f64,
    m: &[f64],
    u: &[f64],
    shared: f64,
) -> Known {
    let comparison = Comparison {
        field: field.to_owned(),
        partner: None,
        levels: levels.split(' ').map(|level| level.parse().unwrap()).collect(),
        term_frequency: false,
        changes: false,
    };
    // The last level has what the others leave.
    let rest = |shares: &[f64]| {
        let rest = 1.0 - shares.iter().sum::<f64>();
        shares.iter().copied().chain([rest]).collect()
    };
    Known { comparison, kind, missing, m: rest(m), u: rest(u), shared }
}

/// Families in a town: m far from the shipped beliefs, a fifth of the names missing, most of the
/// identifiers too.
fn town() -> Vec<Known> {
    let names = "exact osa(1) jaro_winkler(0.8)";
    let (birth, home) = ("exact digits(1) same_year", "same_dwelling same_postcode same_district");
    vec![
        known(
            "forename",
            Kind::Forename,
            names,
            0.1,
            &[0.7, 0.1, 0.08],
            &[0.01, 0.004, 0.03],
            0.03,
        ),
        known(
            "surname",
            Kind::Surname,
            names,
            0.2,
            &[0.75, 0.08, 0.05],
            &[0.003, 0.002, 0.02],
            0.7,
        ),
        known(
            "date_of_birth",
            Kind::Date,
            birth,
            0.05,
            &[0.85, 0.08, 0.03],
            &[4e-5, 4e-4, 0.02],
            0.03,
        ),
        known("address", Kind::Address, home, 0.3, &[0.5, 0.07, 0.2], &[3e-5, 3e-4, 0.1], 0.9),
        known(
            "nhs_number",
            Kind::NhsNumber,
            "exact osa(1)",
            0.6,
            &[0.93, 0.04],
            &[1e-5, 1e-5],
            0.005,
        ),
        known("sex", Kind::Sex, "exact", 0.0, &[0.97], &[0.5], 0.02),
    ]
}

const PAIRS: f64 = 2e10;
const RECORDS: f64 = 200_000.0;
const MATCHED: f64 = 1e-4;
const HOUSEHOLD: f64 = 1.5e-4;

/// A count is within 5 % of what was expected if that is so many, but for one case in a thousand.
/// Of u it takes as well that strangers are more than the share of related pairs that is held to
/// be strangers anyway: of an identifier that strangers never share, learning does not believe it.
const ENOUGH: f64 = 4_500.0;

/// Draws: the same in every test.
struct Draws(u64);

impl Draws {
    /// A number above 0 and up to 1.
    fn uniform(&mut self) -> f64 {
        self.0 += 1;
        let bits = u32::try_from(xxh3_64(&self.0.to_le_bytes()) >> 32).unwrap();
        (f64::from(bits) + 1.0) / 4_294_967_296.0
    }

    /// How often something happens that is expected so often.
    fn poisson(&mut self, expected: f64) -> f64 {
        if expected > 100.0 {
            let turn = std::f64::consts::TAU * self.uniform();
            let normal = (-2.0 * self.uniform().ln()).sqrt() * turn.cos();
            return (expected + expected.sqrt() * normal).round().max(0.0);
        }
        let (mut n, mut left, limit) = (0.0, self.uniform(), (-expected).exp());
        while left > limit {
            n += 1.0;
            left *= self.uniform();
        }
        n
    }
}

/// Every pattern that pairs can have, and how often it is among matched, household and unrelated
/// pairs.
fn patterns_of(town: &[Known]) -> Vec<(ComparisonVector, [f64; 3])> {
    let mut all = vec![(ComparisonVector::default(), [1.0; 3])];
    for (place, field) in town.iter().enumerate() {
        let levels = 0..=field.m.len();
        let extended = all.iter().flat_map(|(vector, shares)| {
            levels.clone().map(move |level| {
                let of = if level == 0 {
                    [field.missing; 3]
                } else {
                    let (m, u) = (field.m[level - 1], field.u[level - 1]);
                    [m, field.in_household(level - 1), u].map(|share| (1.0 - field.missing) * share)
                };
                let shares = [0, 1, 2].map(|class| shares[class] * of[class]);
                (vector.with(place, Level::new(level)), shares)
            })
        });
        all = extended.collect();
    }
    all
}

/// What learning sees of pairs drawn at random, this share of them labelled, all of one source.
fn drawn(town: &[Known], labelled: f64) -> Seen {
    drawn_of(&[[1.0; 3]], town, labelled)
}

/// The same of several sources: for the pairs of each two, their share of all, and how much more
/// often than others they are matched, and of one household.
fn drawn_of(sources: &[[f64; 3]], town: &[Known], labelled: f64) -> Seen {
    let mut draws = Draws(0);
    let mut patterns = Vec::new();
    let mut levels = vec![[0.0; Level::LIMIT]; town.len()];
    for (vector, of) in patterns_of(town) {
        for (number, &[share, matched, household]) in (0..).zip(sources) {
            let among = [MATCHED * matched, HOUSEHOLD * household];
            let among = [among[0], among[1], 1.0 - among[0] - among[1]];
            let mut draw = |class: usize| draws.poisson(PAIRS * share * among[class] * of[class]);
            let counts = [0, 1, 2].map(&mut draw);
            let count: f64 = counts.iter().sum();
            for (place, levels) in levels.iter_mut().enumerate() {
                levels[vector.level(place).index()] += count;
            }
            if count > 0.0 {
                patterns.push(Pattern {
                    vector,
                    sources: number,
                    unknown: count * (1.0 - labelled),
                    matched: counts[0] * labelled,
                    others: (count - counts[0]) * labelled,
                });
            }
        }
    }
    patterns.sort_unstable_by_key(|pattern| (pattern.vector, pattern.sources));
    let fields = levels.into_iter().map(|levels| FieldAtLarge {
        levels,
        by_sources: Vec::new(),
        scale: 1.0,
    });
    let at_large = AtLarge {
        fields: fields.collect(),
        pairs: PAIRS,
        records: RECORDS,
        of_sources: sources.iter().map(|[share, ..]| PAIRS * share).collect(),
    };
    Seen { at_large, patterns, together: Vec::new() }
}

fn priors(town: &[Known]) -> Vec<FieldPrior> {
    town.iter().map(|field| FieldPrior::believed(&field.comparison, field.kind)).collect()
}

#[track_caller]
fn near(what: &str, found: f64, expected: f64) {
    let off = found / expected - 1.0;
    assert!(off.abs() < 0.05, "{what}: {found} is not {expected}");
}

#[test]
fn all_that_pairs_were_drawn_from_is_found() {
    let town = town();
    let (fields, seen) = (priors(&town), drawn(&town, 0.0));
    let (found, convergence) =
        learn(Estimate::first(&fields, &seen), &fields, &seen, &Config::default());
    assert!(convergence.converged, "{convergence:?}");
    near("the share of matched pairs", found.prior.matched, MATCHED);
    near("the share of household pairs", found.prior.household, HOUSEHOLD);
    for (field, found) in town.iter().zip(&found.fields) {
        let name = &field.comparison.field;
        let filled = PAIRS * (1.0 - field.missing);
        for (level, (&m, &u)) in field.m.iter().zip(&field.u).enumerate() {
            // Every level has enough of both, or the test would prove less than it says.
            let related = filled * (MATCHED * m + HOUSEHOLD * field.in_household(level));
            assert!(ENOUGH < filled * MATCHED * m, "m of {name}, level {level}");
            assert!(ENOUGH.max(related * DOUBT) < filled * u, "u of {name}, level {level}");
            near(&format!("m of {name}, level {level}"), found.m[level], m);
            near(&format!("u of {name}, level {level}"), found.u[level], u);
        }
        // Strangers are of one sex as often as brother and sister, so hardly anything is told of
        // how often it is shared at home, and the belief counts for a thousand pairs.
        if name != "sex" {
            near(&format!("how often {name} is shared"), found.shared, field.shared);
        }
    }
}

#[test]
fn what_each_two_sources_have_in_common_is_found() {
    let town = town();
    // One keeps its register clean, the other does not; and they share many persons.
    let sources = [[0.25, 0.1, 0.5], [0.5, 1.35, 1.0], [0.25, 1.2, 1.5]];
    let (found, convergence) = learned(&town, &drawn_of(&sources, &town, 0.0), &Config::default());
    assert!(convergence.converged, "{convergence:?}");
    near("the share of matched pairs", found.prior.matched, MATCHED);
    for ([_, matched, household], own) in sources.iter().zip(&found.of_sources) {
        near("the matched of two sources", own.matched, MATCHED * matched);
        near("the households of two sources", own.household, HOUSEHOLD * household);
    }
}

/// Starts as bad as can be, each with how it differs from the usual one.
///
/// Learning takes m and both priors from a start; u and the shares it does not, and these starts
/// show that it need not.
fn starts(first: &Estimate) -> Vec<(String, Estimate)> {
    type Change = (&'static str, fn(&mut FieldEstimate));
    let changes: [Change; 9] = [
        ("as believed", |_| ()),
        ("m and u exchanged", |field| std::mem::swap(&mut field.m, &mut field.u)),
        ("uniform m", |field| field.m = uniform(field.m.len())),
        ("uniform m and u", |field| {
            field.m = uniform(field.m.len());
            field.u = uniform(field.m.len());
        }),
        ("m reversed", |field| field.m.reverse()),
        ("both reversed", |field| {
            field.m.reverse();
            field.u.reverse();
        }),
        ("m is u", |field| field.m = field.u.clone()),
        ("nobody agrees", |field| {
            let levels = field.m.len();
            field.m = vec![0.02 / f64::from(u32::try_from(levels - 1).unwrap()); levels];
            field.m[levels - 1] = 0.98;
        }),
        ("the matched are as a household is", |field| {
            let (m, u) = (field.m.clone(), field.u.clone());
            let parts = m.iter().zip(&u);
            field.m = parts.map(|(m, u)| field.shared * m + (1.0 - field.shared) * u).collect();
            field.shared = 1.0 - field.shared;
        }),
    ];
    let priors = [
        (1.0, 1.0),
        (100.0, 1.0),
        (1.0, 100.0),
        (0.01, 1.0),
        (1.0, 0.01),
        (100.0, 0.01),
        (0.01, 100.0),
        (0.01, 0.01),
        (100.0, 100.0),
    ];
    let shares = [None, Some(0.02), Some(0.98)];
    let mut starts = Vec::new();
    // Every change with every share, and every change with every third of the priors.
    for (at, (name, change)) in changes.into_iter().enumerate() {
        for (nth, shared) in shares.into_iter().enumerate() {
            let (matched, household) = priors[(at + 3 * nth) % priors.len()];
            let mut start = first.clone();
            for prior in std::iter::once(&mut start.prior).chain(&mut start.of_sources) {
                prior.matched *= matched;
                prior.household *= household;
            }
            for field in &mut start.fields {
                change(field);
                field.shared = shared.unwrap_or(field.shared);
            }
            starts.push((format!("{name}, {matched}, {household}, {shared:?}"), start));
        }
    }
    let mut draws = Draws(1 << 32);
    for n in 0..9 {
        let mut start = first.clone();
        for field in &mut start.fields {
            for shares in [&mut field.m, &mut field.u] {
                *shares = shares.iter().map(|_| -draws.uniform().ln()).collect();
                let sum: f64 = shares.iter().sum();
                *shares = shares.iter().map(|share| share / sum).collect();
            }
            field.shared = draws.uniform().min(0.99);
        }
        starts.push((format!("draw {n}"), start));
    }
    starts
}

fn uniform(levels: usize) -> Vec<f64> {
    vec![1.0 / f64::from(u32::try_from(levels).unwrap()); levels]
}

#[test]
fn wherever_it_starts_learning_ends_at_the_same_model() {
    let town = town();
    let (fields, seen) = (priors(&town), drawn(&town, 0.0));
    let first = Estimate::first(&fields, &seen);
    let (usual, _) = learn(first.clone(), &fields, &seen, &Config::default());
    let starts = starts(&first);
    assert_eq!(starts.len(), 36);
    starts.into_par_iter().for_each(|(name, start)| {
        let (found, convergence) = learn(start, &fields, &seen, &Config::default());
        assert!(convergence.converged, "{name}: {convergence:?}");
        let away = usual.change(&found);
        assert!(away < 1e-3, "{name}: {away}");
    });
}

/// The model learned of what is seen, and how it went.
fn learned(town: &[Known], seen: &Seen, config: &Config) -> (Estimate, Convergence) {
    let fields = priors(town);
    learn(Estimate::first(&fields, seen), &fields, seen, config)
}

#[test]
fn right_labels_of_pairs_drawn_alike_change_nothing() {
    let town = town();
    let (without, _) = learned(&town, &drawn(&town, 0.0), &Config::default());
    for share in [0.01, 0.5] {
        let (with, convergence) = learned(&town, &drawn(&town, share), &Config::default());
        assert!(convergence.converged, "{share}: {convergence:?}");
        for (a, b) in without.fields.iter().zip(&with.fields) {
            assert!(a.m.iter().zip(&b.m).all(|(a, b)| (a - b).abs() < 1e-3), "{a:?} {b:?}");
        }
        near("the share of matched pairs", with.prior.matched, without.prior.matched);
        near("the share of household pairs", with.prior.household, without.prior.household);
    }
}

/// Adds pairs known to be matched, and known not to be.
fn label(seen: &mut Seen, vector: ComparisonVector, [matched, others]: [f64; 2]) {
    seen.patterns.push(Pattern { vector, sources: 0, unknown: 0.0, matched, others });
    seen.patterns.sort_by_key(|pattern| pattern.vector);
}

#[test]
fn labels_draw_m_to_themselves_the_more_the_more_they_weigh() {
    let town = town();
    let mut seen = drawn(&town, 0.0);
    let sure = Config::default();
    let (without, _) = learned(&town, &seen, &sure);
    // The same person each time, with another forename and all else equal: a rare thing else.
    let others = (1..town.len())
        .fold(ComparisonVector::default(), |vector, place| vector.with(place, Level::new(1)));
    label(&mut seen, others.with(0, Level::new(4)), [20_000.0, 0.0]);
    let [once, often] = [1.0, 20.0].map(|label_weight| {
        let (with, convergence) = learned(&town, &seen, &Config { label_weight, ..sure });
        assert!(convergence.converged, "{convergence:?}");
        with
    });
    let otherwise = |estimate: &Estimate| estimate.fields[0].m[3];
    // Of 1.8 million matched pairs with a forename these are 20,000 more, or 400,000.
    near("m, once", otherwise(&once), (216_000.0 + 20_000.0) / 1_820_000.0);
    assert!(otherwise(&without) < otherwise(&once));
    assert!((216_000.0 + 400_000.0) / 2_200_000.0 < otherwise(&often));
    near("the share of matched pairs", often.prior.matched, without.prior.matched);
}

#[test]
fn labels_that_are_few_or_contradict_do_no_harm() {
    let town = town();
    let (without, _) = learned(&town, &drawn(&town, 0.0), &Config::default());
    let alike = (0..town.len())
        .fold(ComparisonVector::default(), |vector, place| vector.with(place, Level::new(1)));
    let unlike = ComparisonVector::default().with(0, Level::new(4)).with(1, Level::new(4));
    for labelled in [
        vec![(alike, [1.0, 0.0])],
        vec![(alike, [0.0, 1.0])],
        vec![(ComparisonVector::default(), [1.0, 0.0])],
        vec![(unlike, [500.0, 500.0]), (alike, [500.0, 500.0])],
    ] {
        let mut seen = drawn(&town, 0.0);
        for (vector, known) in labelled {
            label(&mut seen, vector, known);
        }
        let (with, convergence) = learned(&town, &seen, &Config::default());
        assert!(convergence.converged, "{convergence:?}");
        for (a, b) in without.fields.iter().zip(&with.fields) {
            assert!(a.m.iter().zip(&b.m).all(|(a, b)| (a - b).abs() < 5e-3), "{a:?} {b:?}");
        }
        near("the share of matched pairs", with.prior.matched, without.prior.matched);
        near("the share of household pairs", with.prior.household, without.prior.household);
    }
}
