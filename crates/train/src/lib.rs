//! Learns the model from unlabelled records.
//!
//! Expectation–maximisation (Dempster, Laird & Rubin 1977) over all pairs, of which candidates
//! are looked at one pattern at a time and the others are taken to be unrelated: what unrelated
//! pairs are like is known from pairs drawn at large, less the candidates' share that is not
//! unrelated. So the unrelated class can never drift into the blocks, which is how plain EM over
//! blocked pairs fails. Shipped priors (Dirichlet) keep rare levels sane.

mod counts;
pub mod priors;

use block::Index;
use compare::{Comparer, Comparison, ComparisonVector, Level, Test};
use record::{Kind, RecordPair, Values};
use score::{ComparisonModel, LevelModel, Model};

use counts::{AtLarge, Patterns};

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
        Config { rounds_max: 200, change_min: 1e-5, pairs_max: 5_000_000, prior_pairs: 10.0 }
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
    let mut estimate = Estimate::first(&fields, &at_large, n_records);
    let mut convergence = Convergence { rounds: 0, change: f64::INFINITY, converged: false };
    while convergence.rounds < config.rounds_max && !convergence.converged {
        let next = estimate.next(&fields, &patterns, &at_large, config);
        convergence.rounds += 1;
        convergence.change = estimate.change(&next);
        convergence.converged = convergence.change < config.change_min;
        estimate = next;
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
        let text = matches!(column.values, Values::Text(_)) && column.field.kind != Kind::List;
        let first_is_exact = comparison.levels.first().is_some_and(|level| *level == Test::Exact);
        let alone = comparison.others().is_empty();
        let exact = (single && text && alone && first_is_exact).then(|| {
            let mut counts = vec![0_u64; column.values.len()];
            for &id in column.lists.items() {
                counts[id as usize] += 1;
            }
            let filled = column.lists.items().len() as u64;
            let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
            counts.iter().map(|&count| pairs(count)).sum::<f64>() / pairs(filled).max(1.0)
        });
        FieldPrior {
            matched: priors::matched(comparison, column.field.kind),
            unrelated: priors::unrelated(comparison, column.field.kind),
            shared,
            shared_pairs,
            tells_household: priors::tells_household(column.field.kind),
            exact,
        }
    }
}

/// The parameters as they stand.
#[derive(Clone, Debug)]
struct Estimate {
    matched: f64,
    household: f64,
    fields: Vec<FieldEstimate>,
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
    fn first(fields: &[FieldPrior], at_large: &AtLarge, n_records: usize) -> Estimate {
        let n = n_records as f64;
        let per_pair = |pairs: f64| (pairs / at_large.pairs.max(1.0)).min(0.2);
        let household = fields.iter().any(|field| field.tells_household);
        let fields = fields.iter().zip(&at_large.levels).map(|(prior, levels)| FieldEstimate {
            m: prior.matched.clone(),
            u: unrelated(prior, levels, &vec![0.0; prior.matched.len()], at_large.scale),
            shared: prior.shared,
            seen: vec![0.0; prior.matched.len()],
        });
        Estimate {
            matched: per_pair(n),
            household: if household { per_pair(n) } else { 0.0 },
            fields: fields.collect(),
        }
    }

    /// One round of expectation and maximisation.
    fn next(
        &self,
        priors: &[FieldPrior],
        patterns: &Patterns,
        at_large: &AtLarge,
        config: &Config,
    ) -> Estimate {
        let mut matched = vec![[0.0; Level::LIMIT]; self.fields.len()];
        let mut related = matched.clone();
        let mut shared = vec![(0.0, 0.0); self.fields.len()];
        let (mut matched_pairs, mut household_pairs) = (0.0, 0.0);
        for &(vector, count) in patterns {
            let Shares { matched: m, household: h } = self.shares(vector);
            let (m, h) = (m * count, h * count);
            matched_pairs += m;
            household_pairs += h;
            for (place, field) in self.fields.iter().enumerate() {
                let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
                matched[place][level] += m;
                related[place][level] += m + h;
                let share = field.shared * field.m[level]
                    / (field.shared * field.m[level] + (1.0 - field.shared) * field.u[level]);
                shared[place].0 += h * share;
                shared[place].1 += h;
            }
        }
        let fields =
            priors.iter().zip(&at_large.levels).enumerate().map(|(place, (prior, levels))| {
                let seen = matched[place][..prior.matched.len()].to_vec();
                let sum: f64 = seen.iter().sum::<f64>() + config.prior_pairs;
                let m = seen
                    .iter()
                    .zip(&prior.matched)
                    .map(|(seen, prior)| (seen + prior * config.prior_pairs) / sum);
                let (in_common, all) = shared[place];
                FieldEstimate {
                    m: m.collect(),
                    u: unrelated(
                        prior,
                        levels,
                        &related[place][..prior.matched.len()],
                        at_large.scale,
                    ),
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
        }
    }

    fn shares(&self, vector: ComparisonVector) -> Shares {
        let (mut m, mut h) = (self.matched, self.household);
        let mut u = 1.0 - m - h;
        for (place, field) in self.fields.iter().enumerate() {
            let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
            m *= field.m[level];
            h *= field.shared * field.m[level] + (1.0 - field.shared) * field.u[level];
            u *= field.u[level];
        }
        let sum = m + h + u;
        Shares { matched: m / sum, household: h / sum }
    }

    fn change(&self, next: &Estimate) -> f64 {
        let pairs = self.fields.iter().zip(&next.fields);
        let fields = pairs.flat_map(|(old, new)| {
            let m = old.m.iter().zip(&new.m).map(|(a, b)| (a - b).abs());
            m.chain(std::iter::once((old.shared - new.shared).abs()))
        });
        // Shares of pairs are tiny: what matters is their change in proportion.
        let prior = [(self.matched, next.matched), (self.household, next.household)]
            .map(|(a, b)| if a > 0.0 { (a - b).abs() / a } else { 0.0 });
        fields.chain(prior).fold(0.0, f64::max)
    }

    fn model(self, comparisons: &[Comparison]) -> Model {
        let comparisons = comparisons.iter().zip(self.fields).map(|(comparison, field)| {
            let conditions = comparison.levels.iter().map(ToString::to_string);
            let levels = conditions.chain(std::iter::once("else".to_owned())).enumerate();
            ComparisonModel {
                field: comparison.field.clone(),
                shared_in_household: field.shared,
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
            household_caution_bits: score::HOUSEHOLD_CAUTION_BITS,
            comparisons: comparisons.collect(),
        }
    }
}

/// How many pairs the shipped beliefs about unrelated pairs count for: enough to stand in for
/// data where there are a few dozen records, too few to be heard where there are a thousand.
const UNRELATED_PRIOR: f64 = 500.0;

/// How often unrelated pairs are at each level: as pairs at large, less those known to be related.
fn unrelated(
    prior: &FieldPrior,
    at_large: &[f64; Level::LIMIT],
    related: &[f64],
    scale: f64,
) -> Vec<f64> {
    let levels = prior.matched.len();
    let all: f64 = at_large[1..=levels].iter().sum();
    let mut counts: Vec<f64> = at_large[1..=levels].to_vec();
    if let Some(exact) = prior.exact {
        counts[0] = exact * all;
    }
    // A level that no drawn pair is at may yet be that of half a one.
    let unseen = if scale > 1.0 { 0.5 * scale } else { 0.0 };
    for ((count, related), believed) in counts.iter_mut().zip(related).zip(&prior.unrelated) {
        *count = (*count - related).max(0.0) + believed * UNRELATED_PRIOR + unseen;
    }
    let sum: f64 = counts.iter().sum();
    counts.iter().map(|count| count / sum).collect()
}
