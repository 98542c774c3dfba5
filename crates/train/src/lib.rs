//! Learns the model from records, labelled or not.
//!
//! Expectation–maximisation (Dempster, Laird & Rubin 1977) over all pairs, of which candidates
//! are looked at one pattern at a time and the others are taken to be unrelated: what unrelated
//! pairs are like is known from pairs drawn at large, less the candidates' share that is not
//! unrelated. So the unrelated class can never drift into the blocks, which is how plain EM over
//! blocked pairs fails. Shipped priors (Dirichlet) keep rare levels sane.

mod counts;
mod labels;
mod leap;
mod order;
pub mod priors;
#[cfg(test)]
mod recovery;

use block::Index;
use compare::{Comparer, Comparison, ComparisonVector, Level, Test};
use record::{Kind, RecordPair, Values};
use score::{ComparisonModel, LevelModel, Model};

use counts::{AtLarge, FieldAtLarge, Labelled, Patterns, Together};
use leap::Rounds;

pub use labels::Labels;

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
    /// How many pairs a labelled one counts for where m is learned. In all else it counts for one:
    /// labels are seldom drawn from all pairs alike, so they cannot say how many are matched.
    pub label_weight: f64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            rounds_max: 2_000,
            change_min: 1e-6,
            pairs_max: 5_000_000,
            prior_pairs: 50.0,
            label_weight: 1.0,
        }
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
/// `allowed` says which pairs could be one person at all; the others are left out. Of the pairs that
/// `labels` knows, it is not asked what they are: a matched one is matched, another is of one
/// household or of strangers. They count even if they are not among the candidates.
#[must_use]
pub fn train(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    index: &Index,
    n_records: usize,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
    labels: &Labels,
    config: &Config,
) -> Trained {
    let (patterns, labelled) =
        counts::candidates(comparer, index, config.pairs_max, allowed, labels);
    let seen = Seen {
        at_large: counts::at_large(comparer, n_records, comparisons.len(), allowed),
        patterns,
        labelled,
        together: counts::together(comparer, comparisons),
    };
    let fields: Vec<FieldPrior> =
        (0..comparisons.len()).map(|place| FieldPrior::of(comparer, comparisons, place)).collect();
    let (estimate, convergence) = learn(Estimate::first(&fields, &seen), &fields, &seen, config);
    Trained { model: estimate.model(comparisons), convergence }
}

/// What the records say of pairs.
struct Seen {
    at_large: AtLarge,
    patterns: Patterns,
    labelled: Labelled,
    together: Option<Together>,
}

/// Improves on an estimate until it is at rest.
///
/// Two things tell the classes apart wherever learning starts, so neither is taken from the start.
/// What the unrelated are like is known from pairs at large. And what a household shares is held
/// to be as believed until the rest is nearly settled: were it free from the first, a household
/// might take the place of the matched, who share everything, or of strangers, who share nothing.
fn learn(
    mut estimate: Estimate,
    fields: &[FieldPrior],
    seen: &Seen,
    config: &Config,
) -> (Estimate, Convergence) {
    for ((field, prior), at_large) in
        estimate.fields.iter_mut().zip(fields).zip(&seen.at_large.fields)
    {
        field.u = unrelated(prior, at_large, &vec![0.0; prior.matched.len()]);
        field.shared = prior.shared;
    }
    let mut convergence = Convergence { rounds: 0, change: f64::INFINITY, converged: false };
    while convergence.rounds < HELD_MAX && NEARLY < convergence.change {
        let (mut next, _) = estimate.next(fields, seen, config);
        for (field, prior) in next.fields.iter_mut().zip(fields) {
            field.shared = prior.shared;
        }
        convergence.rounds += 1;
        convergence.change = estimate.change(&next);
        estimate = next;
    }
    let mut rounds = Rounds::default();
    // Where the last round led to, and how likely its beginning was.
    let mut last: Option<(f64, Estimate)> = None;
    while convergence.rounds < config.rounds_max && !convergence.converged {
        let (next, fit) = estimate.next(fields, seen, config);
        convergence.rounds += 1;
        // A leap that explains less is not taken, and the next is more careful.
        if let Some((_, end)) = last.take_if(|(before, _)| fit < *before - SLACK) {
            rounds.doubt();
            estimate = end;
            continue;
        }
        convergence.change = estimate.change(&next);
        rounds.add(estimate.logs(), &next.logs());
        let leap = next.with_logs(rounds.heading(&next.weights()).into_iter());
        // Rounds may be short far from rest: where they head has to be near as well.
        convergence.converged =
            convergence.change < config.change_min && next.change(&leap) < FAR * config.change_min;
        estimate = if convergence.converged { next.clone() } else { leap };
        last = Some((fit, next));
    }
    (estimate, convergence)
}

/// What a household shares is held as believed until a round changes nothing by more, for so many
/// rounds at most.
const NEARLY: f64 = 1e-3;
const HELD_MAX: u32 = 200;

/// Learning is done where what is left to go is so many times the change of a round at most.
const FAR: f64 = 100.0;

/// A leap may explain so much less, since what a round makes of u is not quite the likeliest.
const SLACK: f64 = 1.0;

/// What is believed of a comparison beforehand, and known of it for certain.
struct FieldPrior {
    matched: Vec<f64>,
    unrelated: Vec<f64>,
    shared: f64,
    shared_pairs: f64,
    tells_household: bool,
    /// For each level, the one that must not weigh less.
    closer: Vec<Option<usize>>,
    /// Where the first level is equality of single values: the share of pairs that agree.
    exact: Option<f64>,
}

impl FieldPrior {
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    fn of(comparer: &Comparer<'_>, comparisons: &[Comparison], place: usize) -> FieldPrior {
        let comparison = &comparisons[place];
        let column = comparer.column(place);
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
        FieldPrior { exact: exact.flatten(), ..FieldPrior::believed(comparison, column.field.kind) }
    }

    /// What is believed of a comparison of values of a kind.
    fn believed(comparison: &Comparison, kind: Kind) -> FieldPrior {
        let (shared, shared_pairs) = priors::shared_in_household(kind, &comparison.field);
        FieldPrior {
            matched: priors::matched(comparison, kind),
            unrelated: priors::unrelated(comparison, kind),
            shared,
            shared_pairs,
            tells_household: priors::tells_household(kind),
            closer: order::closer(comparison),
            exact: None,
        }
    }

    /// How many pairs at large are at each level.
    fn at_large(&self, at_large: &FieldAtLarge) -> Vec<f64> {
        let mut counts = at_large.levels[1..=self.matched.len()].to_vec();
        if let Some(exact) = self.exact {
            counts[0] = exact * counts.iter().sum::<f64>();
        }
        counts
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
    /// How much likelier the pattern is than if all pairs were unrelated: a logarithm.
    fit: f64,
}

impl Estimate {
    fn first(fields: &[FieldPrior], seen: &Seen) -> Estimate {
        let AtLarge { pairs, records, .. } = seen.at_large;
        let per_pair = (records / pairs.max(1.0)).min(0.2);
        let household = fields.iter().any(|field| field.tells_household);
        let together = seen.together.as_ref();
        let fields =
            fields.iter().zip(&seen.at_large.fields).map(|(prior, at_large)| FieldEstimate {
                m: prior.matched.clone(),
                u: unrelated(prior, at_large, &vec![0.0; prior.matched.len()]),
                shared: prior.shared,
                seen: vec![0.0; prior.matched.len()],
            });
        Estimate {
            matched: per_pair,
            household: if household { per_pair } else { 0.0 },
            fields: fields.collect(),
            together: together.map(|together| Given::of(together, [0.0; 2])),
        }
    }

    /// One round of expectation and maximisation.
    ///
    /// Beside it, how likely this estimate makes what was seen: a logarithm, up to a constant.
    fn next(&self, priors: &[FieldPrior], seen: &Seen, config: &Config) -> (Estimate, f64) {
        let Seen { at_large, patterns, labelled, together } = seen;
        let together = together.as_ref();
        let mut alike = [0.0; 2];
        let mut matched = vec![[0.0; Level::LIMIT]; self.fields.len()];
        let mut related = matched.clone();
        let mut shared = vec![(0.0, 0.0); self.fields.len()];
        let (mut matched_pairs, mut household_pairs) = (0.0, 0.0);
        let mut fit = self.belief(priors, at_large, config);
        let unknown = patterns.iter().map(|&(vector, count)| {
            let shares = self.shares(vector);
            let pairs = [count * shares.matched, count * shares.household];
            (vector, pairs, pairs[0], count * shares.fit)
        });
        let known = labelled.iter().map(|&(vector, [matched, others])| {
            let Shares { matched: m, household: h, fit } = self.shares(vector);
            // Of those that are not matched, the share of a household.
            let rest = (1.0 - m).max(f64::MIN_POSITIVE);
            let like =
                |pairs: f64, share: f64| if pairs > 0.0 { pairs * libm::log(share) } else { 0.0 };
            let heard = matched * (config.label_weight - 1.0) * self.log_m(vector);
            let fit = (matched + others) * fit + like(matched, m) + like(others, rest) + heard;
            (vector, [matched, others * h / rest], matched * config.label_weight, fit)
        });
        for (vector, [m, h], m_heard, likelihood) in unknown.chain(known) {
            fit += likelihood;
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
                matched[place][level] += m_heard;
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
                let levels = prior.matched.len();
                let seen = matched[place][..levels].to_vec();
                let counts = seen
                    .iter()
                    .zip(&prior.matched)
                    .map(|(seen, prior)| seen + prior * config.prior_pairs);
                let u = unrelated(prior, at_large, &related[place][..levels]);
                let (in_common, all) = shared[place];
                FieldEstimate {
                    m: order::ordered(&counts.collect::<Vec<f64>>(), &u, &prior.closer),
                    u,
                    shared: (in_common + prior.shared * prior.shared_pairs)
                        / (all + prior.shared_pairs),
                    seen,
                }
            });
        // One pair beside as many unrelated ones as there are records: a file of three must not
        // take its own prior for evidence.
        let believed = at_large.pairs + at_large.records + 2.0;
        let household = if self.household > 0.0 { household_pairs + 1.0 } else { 0.0 };
        let next = Estimate {
            matched: ((matched_pairs + 1.0) / believed).min(0.5),
            household: (household / believed).min(0.4),
            fields: fields.collect(),
            together: together.map(|together| Given::of(together, alike)),
        };
        (next, fit)
    }

    /// How likely this estimate is before candidates are looked at, and how likely it makes all
    /// pairs if they are unrelated.
    fn belief(&self, priors: &[FieldPrior], at_large: &AtLarge, config: &Config) -> f64 {
        let unrelated = libm::log(1.0 - self.matched - self.household);
        let mut fit = libm::log(self.matched) + (at_large.pairs + at_large.records) * unrelated;
        if self.household > 0.0 {
            fit += libm::log(self.household);
        }
        for ((field, prior), large) in self.fields.iter().zip(priors).zip(&at_large.fields) {
            let counts = prior.at_large(large);
            for (level, (m, u)) in field.m.iter().zip(&field.u).enumerate() {
                fit += prior.matched[level] * config.prior_pairs * libm::log(*m)
                    + (counts[level] + prior.unrelated[level] * UNRELATED_PRIOR) * libm::log(*u);
            }
            fit += prior.shared_pairs
                * (prior.shared * libm::log(field.shared)
                    + (1.0 - prior.shared) * libm::log(1.0 - field.shared));
        }
        fit
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

    /// How likely a matched pair has this vector: a logarithm.
    fn log_m(&self, vector: ComparisonVector) -> f64 {
        let levels = self.fields.iter().enumerate().map(|(place, field)| {
            let level = vector.level(place).index().checked_sub(1);
            level.map_or(0.0, |level| libm::log(field.m[level]))
        });
        levels.sum()
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
        Shares { matched: m / sum, household: h / sum, fit: libm::log(sum / u) }
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

    /// How much each logarithm matters: as much as pairs hang on it.
    fn weights(&self) -> Vec<f64> {
        let fields = self.fields.iter().flat_map(|field| {
            let shared = field.shared * (1.0 - field.shared);
            field.m.iter().chain(&field.u).copied().chain(std::iter::once(shared))
        });
        [1.0, if self.household > 0.0 { 1.0 } else { 0.0 }].into_iter().chain(fields).collect()
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
    let mut counts = prior.at_large(at_large);
    // A level that no drawn pair is at may yet be that of half a one.
    // Where no pair was drawn at all, there is only what is believed.
    let drawn = at_large.scale > 1.0 && counts.iter().any(|count| *count > 0.0);
    let mut unseen = vec![if drawn { 0.5 * at_large.scale } else { 0.0 }; levels];
    if prior.exact.is_some() {
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
