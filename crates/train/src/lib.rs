//! Learns the model from unlabelled records.
//!
//! Expectation–maximisation (Dempster, Laird & Rubin 1977) over all pairs, of which candidates
//! are looked at one pattern at a time and the others are taken to be unrelated: what unrelated
//! pairs are like is known from pairs drawn at large, less the candidates' share that is not
//! unrelated. So the unrelated class can never drift into the blocks, which is how plain EM over
//! blocked pairs fails. Shipped priors (Dirichlet) keep rare levels sane.

mod counts;
pub mod priors;

use std::collections::BTreeMap;

use block::Index;
use compare::{Comparer, Comparison, ComparisonVector, Level, Test};
use record::{Kind, RecordPair, Values};
use score::{ComparisonModel, LevelModel, Model};

use counts::{AtLarge, FieldAtLarge, Patterns, Together};

/// How the model is learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Rounds at most.
    pub rounds_max: u32,
    /// The change of any parameter below which learning is done.
    pub change_min: f64,
    /// Candidate pairs looked at, at most.
    pub pairs_max: u64,
    /// How many matched pairs the shipped priors count for.
    pub prior_pairs: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config { rounds_max: 2_000, change_min: 1e-5, pairs_max: 5_000_000, prior_pairs: 50.0 }
    }
}

/// A model, and how learning went.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// How it went.
    pub convergence: Convergence,
}

/// How learning went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Rounds taken.
    pub rounds: u32,
    /// The largest change of any parameter in the last of them.
    pub change: f64,
    /// Whether that was small enough.
    pub converged: bool,
}

/// Learns a model of `comparisons` from the records behind `comparer`.
///
/// `allowed` says which pairs could be one person at all; the others are left out.
#[must_use]
pub fn train(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    index: &Index,
    n_records: usize,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
    config: &Config,
) -> Trained {
    let at_large = counts::at_large(comparer, n_records, comparisons.len(), allowed);
    let patterns = counts::candidates(comparer, index, config.pairs_max, allowed);
    let fields: Vec<FieldPrior> =
        (0..comparisons.len()).map(|place| FieldPrior::of(comparer, comparisons, place)).collect();
    let together = counts::together(comparer, comparisons);
    let mut estimate = Estimate::first(&fields, &at_large, together.as_ref(), n_records);
    let mut convergence = Convergence { rounds: 0, change: f64::INFINITY, converged: false };
    let step = |estimate: &Estimate| {
        let next = estimate.next(&fields, &patterns, &at_large, together.as_ref(), config);
        let change = estimate.change(&next);
        (next, change)
    };
    while convergence.rounds < config.rounds_max && !convergence.converged {
        let (first, before) = step(&estimate);
        let (second, change) = step(&first);
        convergence.rounds += 2;
        convergence.change = change;
        convergence.converged = change < config.change_min;
        if convergence.converged {
            estimate = second;
            continue;
        }
        // A leap that does not come nearer to rest is not taken.
        let leap = Estimate::beyond(&estimate, &first, &second);
        let (after, change) = step(&leap);
        convergence.rounds += 1;
        estimate = if change < before { after } else { second };
    }
    Trained { model: estimate.model(comparisons), convergence }
}

/// What is believed of a comparison beforehand, and known of it for certain.
struct FieldPrior {
    matched: Vec<f64>,
    unrelated: Vec<f64>,
    shared: f64,
    shared_pairs: f64,
    tells_household: bool,
    /// Where the first level is equality of single values: the share of pairs that agree.
    exact: Option<f64>,
}

impl FieldPrior {
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    fn of(comparer: &Comparer<'_>, comparisons: &[Comparison], place: usize) -> FieldPrior {
        let comparison = &comparisons[place];
        let column = comparer.column(place);
        let (shared, shared_pairs) =
            priors::shared_in_household(column.field.kind, &comparison.field);
        let single = column.lists.iter().all(|list| list.len() < 2);
        let alone = comparison.compared_others().is_empty();
        let first_is_exact = comparison.levels.first().is_some_and(|level| *level == Test::Exact);
        // Whether equality of this value is exact agreement, if it is known.
        let is_exact = |id: u32| match &column.values {
            Values::Text(_) => Some(column.field.kind != Kind::List),
            // Two dates known only to the month are not known to be one.
            Values::Dates(dates) => Some(dates[id as usize].day() > 0),
            _ => None,
        };
        let exact = (single && alone && first_is_exact).then(|| {
            let mut counts = vec![0_u64; column.values.len()];
            for &id in column.lists.items() {
                counts[id as usize] += 1;
            }
            let filled = column.lists.items().len() as u64;
            let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
            let equal = (0..)
                .zip(&counts)
                .map(|(id, &count)| Some(if is_exact(id)? { pairs(count) } else { 0.0 }));
            Some(equal.sum::<Option<f64>>()? / pairs(filled).max(1.0))
        });
        FieldPrior {
            matched: priors::matched(comparison, column.field.kind),
            unrelated: priors::unrelated(comparison, column.field.kind),
            shared,
            shared_pairs,
            tells_household: priors::tells_household(column.field.kind),
            exact: exact.flatten(),
        }
    }
}

/// The parameters as they stand.
#[derive(Clone, Debug)]
struct Estimate {
    matched: f64,
    household: f64,
    fields: Vec<FieldEstimate>,
    together: Option<Given>,
}

/// How often unrelated persons who share the second of two values share the first as well: more
/// often than all unrelated persons, since names go together. Left out, the many pairs of one full
/// name in a large file are taken for matched.
#[derive(Clone, Copy, Debug)]
struct Given {
    of: [(usize, Level); 2],
    u: f64,
}

#[derive(Clone, Debug)]
struct FieldEstimate {
    m: Vec<f64>,
    u: Vec<f64>,
    shared: f64,
    /// Matched pairs seen at each level.
    seen: Vec<f64>,
}

/// Of a pattern's pairs, how many are matched and how many of one household.
#[derive(Clone, Copy)]
struct Shares {
    matched: f64,
    household: f64,
}

impl Estimate {
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    fn first(
        fields: &[FieldPrior],
        at_large: &AtLarge,
        together: Option<&Together>,
        n_records: usize,
    ) -> Estimate {
        let n = n_records as f64;
        let per_pair = |pairs: f64| (pairs / at_large.pairs.max(1.0)).min(0.2);
        let household = fields.iter().any(|field| field.tells_household);
        let fields = fields.iter().zip(&at_large.fields).map(|(prior, at_large)| FieldEstimate {
            m: prior.matched.clone(),
            u: unrelated(prior, at_large, &vec![0.0; prior.matched.len()]),
            shared: prior.shared,
            seen: vec![0.0; prior.matched.len()],
        });
        Estimate {
            matched: per_pair(n),
            household: if household { per_pair(n) } else { 0.0 },
            fields: fields.collect(),
            together: together.map(|together| Given::of(together, [0.0; 2])),
        }
    }

    /// One round of expectation and maximisation.
    fn next(
        &self,
        priors: &[FieldPrior],
        patterns: &Patterns,
        at_large: &AtLarge,
        together: Option<&Together>,
        config: &Config,
    ) -> Estimate {
        let mut alike = [0.0; 2];
        let mut matched = vec![[0.0; Level::LIMIT]; self.fields.len()];
        let mut related = matched.clone();
        let mut shared = vec![(0.0, 0.0); self.fields.len()];
        let (mut matched_pairs, mut household_pairs) = (0.0, 0.0);
        for &(vector, count) in patterns {
            let Shares { matched: m, household: h } = self.shares(vector);
            let (m, h) = (m * count, h * count);
            matched_pairs += m;
            household_pairs += h;
            if let Some(Together { of: [(first, same), (second, same_second)], .. }) = together
                && vector.level(*second) == *same_second
                && vector.level(*first) != Level::MISSING
            {
                alike[0] += if vector.level(*first) == *same { m + h } else { 0.0 };
                alike[1] += m + h;
            }
            for (place, field) in self.fields.iter().enumerate() {
                let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
                matched[place][level] += m;
                related[place][level] += m + h;
                let by_chance = (1.0 - field.shared) * self.u(place, level, vector);
                let in_common = field.shared * field.m[level];
                let share = in_common / (in_common + by_chance);
                shared[place].0 += h * share;
                shared[place].1 += h;
            }
        }
        let fields =
            priors.iter().zip(&at_large.fields).enumerate().map(|(place, (prior, at_large))| {
                let seen = matched[place][..prior.matched.len()].to_vec();
                let sum: f64 = seen.iter().sum::<f64>() + config.prior_pairs;
                let m = seen
                    .iter()
                    .zip(&prior.matched)
                    .map(|(seen, prior)| (seen + prior * config.prior_pairs) / sum);
                let (in_common, all) = shared[place];
                FieldEstimate {
                    m: m.collect(),
                    u: unrelated(prior, at_large, &related[place][..prior.matched.len()]),
                    shared: (in_common + prior.shared * prior.shared_pairs)
                        / (all + prior.shared_pairs),
                    seen,
                }
            });
        // One pair beside as many unrelated ones as there are records: a file of three must not
        // take its own prior for evidence.
        let believed = at_large.pairs + at_large.records + 2.0;
        let household = if self.household > 0.0 { household_pairs + 1.0 } else { 0.0 };
        Estimate {
            matched: ((matched_pairs + 1.0) / believed).min(0.5),
            household: (household / believed).min(0.4),
            fields: fields.collect(),
            together: together.map(|together| Given::of(together, alike)),
        }
    }

    /// How often unrelated pairs of these levels are at this level of this comparison.
    fn u(&self, place: usize, level: usize, vector: ComparisonVector) -> f64 {
        let u = self.fields[place].u[level];
        match self.together {
            Some(Given { of: [(first, same), (second, same_second)], u: given })
                if place == first
                    && level + 1 == same.index()
                    && vector.level(second) == same_second =>
            {
                u.max(given)
            }
            _ => u,
        }
    }

    fn shares(&self, vector: ComparisonVector) -> Shares {
        let (mut m, mut h) = (self.matched, self.household);
        let mut u = 1.0 - m - h;
        for (place, field) in self.fields.iter().enumerate() {
            let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
            m *= field.m[level];
            let by_chance = self.u(place, level, vector);
            h *= field.shared * field.m[level] + (1.0 - field.shared) * by_chance;
            u *= by_chance;
        }
        let sum = m + h + u;
        Shares { matched: m / sum, household: h / sum }
    }

    /// Where three estimates, each a round after the one before, are heading: squared
    /// extrapolation (Varadhan & Roland 2008), by logarithms so that shares stay positive.
    fn beyond(old: &Estimate, first: &Estimate, second: &Estimate) -> Estimate {
        let (old, first, logs) = (old.logs(), first.logs(), second.logs());
        let steps = || old.iter().zip(&first).zip(&logs);
        let square = |sum: f64, part: f64| sum + part * part;
        let length = steps().map(|((a, b), _)| b - a).fold(0.0, square).sqrt();
        let bend = steps().map(|((a, b), c)| (c - b) - (b - a)).fold(0.0, square).sqrt();
        let reach = if bend > 0.0 { (length / bend).clamp(1.0, REACH_MAX) } else { 1.0 };
        let leap = steps()
            .map(|((a, b), c)| a + 2.0 * reach * (b - a) + reach * reach * ((c - b) - (b - a)));
        second.with_logs(leap)
    }

    fn logs(&self) -> Vec<f64> {
        let fields = self.fields.iter().flat_map(|field| {
            let shared = libm::log(field.shared / (1.0 - field.shared));
            let levels = field.m.iter().chain(&field.u).map(|share| libm::log(*share));
            levels.chain(std::iter::once(shared))
        });
        // A class that is left out has no logarithm; it stays out.
        let prior = [self.matched, self.household].map(|p| libm::log(p.max(f64::MIN_POSITIVE)));
        prior.into_iter().chain(fields).collect()
    }

    fn with_logs(&self, logs: impl Iterator<Item = f64>) -> Estimate {
        let mut logs = logs.map(|log| log.clamp(LOG_MIN, -LOG_MIN));
        let mut take = || logs.next().expect("as many logarithms as parameters");
        let (matched, household) = (libm::exp(take()).min(0.5), libm::exp(take()).min(0.4));
        let shares = |old: &[f64], take: &mut dyn FnMut() -> f64| -> Vec<f64> {
            let shares: Vec<f64> = old.iter().map(|_| libm::exp(take())).collect();
            let sum: f64 = shares.iter().sum();
            shares.iter().map(|share| share / sum).collect()
        };
        let fields = self.fields.iter().map(|field| FieldEstimate {
            m: shares(&field.m, &mut take),
            u: shares(&field.u, &mut take),
            shared: 1.0 / (1.0 + libm::exp(-take())),
            seen: field.seen.clone(),
        });
        let fields = fields.collect();
        let household = if self.household > 0.0 { household } else { 0.0 };
        Estimate { matched, household, fields, together: self.together }
    }

    fn change(&self, next: &Estimate) -> f64 {
        let pairs = self.fields.iter().zip(&next.fields);
        let fields = pairs.flat_map(|(old, new)| {
            let m = old.m.iter().zip(&new.m).map(|(a, b)| (a - b).abs());
            m.chain(std::iter::once((old.shared - new.shared).abs()))
        });
        // Shares of pairs are tiny: what matters is their change in proportion to all related ones.
        let related = self.matched + self.household;
        let prior = [(self.matched, next.matched), (self.household, next.household)]
            .map(|(a, b)| (a - b).abs() / related.max(f64::MIN_POSITIVE));
        fields.chain(prior).fold(0.0, f64::max)
    }

    fn model(self, comparisons: &[Comparison]) -> Model {
        let comparisons = comparisons.iter().zip(self.fields).map(|(comparison, field)| {
            let conditions = comparison.levels.iter().map(ToString::to_string);
            let levels = conditions.chain(std::iter::once("else".to_owned())).enumerate();
            ComparisonModel {
                field: comparison.field.clone(),
                shared_in_household: (field.shared * priors::caution(&comparison.field)).min(1.0),
                term_frequency: comparison.term_frequency,
                levels: levels
                    .map(|(level, condition)| LevelModel {
                        condition,
                        m: field.m[level],
                        u: field.u[level],
                        matched_pairs: field.seen[level],
                        rarity: None,
                    })
                    .collect(),
            }
        });
        Model {
            matched: self.matched,
            household: self.household,
            comparisons: comparisons.collect(),
            frequencies: BTreeMap::new(),
        }
    }
}

impl Given {
    /// From the pairs that share both values, or the second, and those related among them.
    fn of(together: &Together, related: [f64; 2]) -> Given {
        let strangers = |all: f64, related: f64| (all - related).max(related * DOUBT);
        let both = strangers(together.both, related[0]);
        let second = strangers(together.second, related[1]);
        Given { of: together.of, u: (both / second.max(1.0)).min(1.0) }
    }
}

/// A leap is at most so many rounds long.
const REACH_MAX: f64 = 64.0;
/// No share is taken to be smaller than this power of e.
const LOG_MIN: f64 = -700.0;

/// How many pairs the shipped beliefs about unrelated pairs count for: enough to stand in for
/// data where there are a few dozen records, too few to be heard where there are a thousand.
const UNRELATED_PRIOR: f64 = 500.0;

/// Of the pairs taken for related at a level, so many may be strangers yet: an identifier that is
/// never shared by chance is still mistyped, or given to the wrong person, now and then.
const DOUBT: f64 = 0.05;

/// How often unrelated pairs are at each level: as pairs at large, less those known to be related.
fn unrelated(prior: &FieldPrior, at_large: &FieldAtLarge, related: &[f64]) -> Vec<f64> {
    let levels = prior.matched.len();
    let mut counts: Vec<f64> = at_large.levels[1..=levels].to_vec();
    let all: f64 = counts.iter().sum();
    // A level that no drawn pair is at may yet be that of half a one.
    let mut unseen = vec![if at_large.scale > 1.0 { 0.5 * at_large.scale } else { 0.0 }; levels];
    if let Some(exact) = prior.exact {
        counts[0] = exact * all;
        unseen[0] = 0.0;
    }
    for (level, count) in counts.iter_mut().enumerate() {
        let believed = prior.unrelated[level] * UNRELATED_PRIOR;
        // How many are related is not known to the last pair, so they do not vanish altogether.
        let strangers = (*count - related[level]).max(related[level] * DOUBT);
        *count = strangers + believed + unseen[level];
    }
    let sum: f64 = counts.iter().sum();
    counts.iter().map(|count| count / sum).collect()
}
