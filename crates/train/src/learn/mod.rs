//! Expectation–maximisation: an estimate of all parameters, and how it is improved.

mod own;
#[cfg(test)]
mod recovery;

use std::collections::BTreeMap;

use compare::{Comparer, Comparison, ComparisonVector, Level, Test};
use rayon::prelude::*;
use record::{Kind, Values};
use score::{ComparisonModel, LevelModel, Model, SourcesModel};

use crate::counts::{self, AtLarge, FieldAtLarge, Pattern, Together};
use crate::leap::Rounds;
use crate::{Config, Convergence, order, priors};

/// What the records say of pairs.
pub(crate) struct Seen {
    pub(crate) at_large: AtLarge,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) together: Vec<Together>,
}

/// Learns from an estimate.
///
/// Two things tell the classes apart wherever learning starts, so neither is taken from the start.
/// What the unrelated are like is known from pairs at large. And what a household shares is held
/// to be as believed until the rest is nearly settled: were it free from the first, a household
/// might take the place of the matched, who share everything, or of strangers, who share nothing.
pub(crate) fn learn(
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
    improve(estimate, convergence, fields, seen, config)
}

/// Improves on an estimate until it is at rest, from wherever it stands.
pub(crate) fn improve(
    mut estimate: Estimate,
    mut convergence: Convergence,
    fields: &[FieldPrior],
    seen: &Seen,
    config: &Config,
) -> (Estimate, Convergence) {
    convergence.converged = false;
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
pub(crate) struct FieldPrior {
    matched: Vec<f64>,
    unrelated: Vec<f64>,
    shared: f64,
    shared_pairs: f64,
    shared_at_most: f64,
    tells_household: bool,
    /// How many matched pairs of each two sources are at each level, if that is known from
    /// elsewhere.
    pub(crate) known: Option<Vec<Levels>>,
    /// For each level, the one that must not weigh less.
    closer: Vec<Option<usize>>,
    /// Where the first level is equality of single values: the share of pairs that agree.
    exact: Option<f64>,
}

impl FieldPrior {
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    pub(crate) fn of(
        comparer: &Comparer<'_>,
        comparisons: &[Comparison],
        place: usize,
    ) -> FieldPrior {
        let comparison = &comparisons[place];
        let column = comparer.column(place);
        let single = comparer.lists(place).all(|list| list.len() < 2);
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
            for &id in comparer.lists(place).flatten() {
                counts[id as usize] += 1;
            }
            let filled = counts.iter().sum();
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
            shared_at_most: priors::shared_in_household_at_most(kind, &comparison.field),
            tells_household: priors::tells_household(kind),
            known: None,
            closer: order::closer(comparison),
            exact: None,
        }
    }

    /// How many matched pairs are at each level, if that is known.
    fn matched_pairs(&self) -> Option<Levels> {
        let known = self.known.as_ref()?.iter();
        Some(known.fold([0.0; Level::LIMIT], |mut sum, of_sources| {
            sum.iter_mut().zip(of_sources).for_each(|(sum, pairs)| *sum += pairs);
            sum
        }))
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

/// A number for each level, the closest first.
pub(crate) type Levels = [f64; Level::LIMIT];

/// The parameters as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Estimate {
    prior: Shares,
    /// The same of the pairs of each two sources, in the order of their numbers.
    of_sources: Vec<Shares>,
    fields: Vec<FieldEstimate>,
    together: Vec<Given>,
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

/// Of some pairs, how many are matched and how many of one household.
#[derive(Clone, Copy, Debug, Default)]
struct Shares {
    matched: f64,
    household: f64,
}

impl Estimate {
    pub(crate) fn first(fields: &[FieldPrior], seen: &Seen) -> Estimate {
        let AtLarge { pairs, records, .. } = seen.at_large;
        let per_pair = (records / pairs.max(1.0)).min(0.2);
        let household = fields.iter().any(|field| field.tells_household);
        let fields =
            fields.iter().zip(&seen.at_large.fields).map(|(prior, at_large)| FieldEstimate {
                m: prior.matched.clone(),
                u: unrelated(prior, at_large, &vec![0.0; prior.matched.len()]),
                shared: prior.shared,
                seen: vec![0.0; prior.matched.len()],
            });
        let prior = Shares { matched: per_pair, household: if household { per_pair } else { 0.0 } };
        Estimate {
            prior,
            of_sources: vec![prior; seen.at_large.of_sources.len()],
            fields: fields.collect(),
            together: seen.together.iter().map(|it| Given::of(it, [0.0; 2])).collect(),
        }
    }

    /// One round of expectation and maximisation.
    ///
    /// Beside it, how likely this estimate makes what was seen: a logarithm, up to a constant.
    fn next(&self, priors: &[FieldPrior], seen: &Seen, config: &Config) -> (Estimate, f64) {
        let Seen { at_large, patterns, together } = seen;
        // Parts of one size, whatever the number of threads, and summed in their order.
        let parts: Vec<&[Pattern]> = parts(patterns).collect();
        let zero = || Sums::new(self);
        let parts: Vec<Sums> =
            parts.into_par_iter().map(|part| self.expect(part, together, config, zero())).collect();
        let Sums { alike, matched, related, shared, pairs, fit } =
            parts.iter().fold(zero(), Sums::and);
        let fit = fit + self.belief(priors, at_large, config);
        let fields =
            priors.iter().zip(&at_large.fields).enumerate().map(|(place, (prior, at_large))| {
                let levels = prior.matched.len();
                let seen = prior.matched_pairs().unwrap_or(matched[place])[..levels].to_vec();
                let counts = seen
                    .iter()
                    .zip(&prior.matched)
                    .map(|(seen, prior)| seen + prior * config.prior_pairs);
                let u = unrelated(prior, at_large, &related[place][..levels]);
                let [in_common, all] = shared[place];
                FieldEstimate {
                    m: order::ordered(&counts.collect::<Vec<f64>>(), &u, &prior.closer),
                    u,
                    shared: ((in_common + prior.shared * prior.shared_pairs)
                        / (all + prior.shared_pairs))
                        .min(prior.shared_at_most),
                    seen,
                }
            });
        // One pair beside as many unrelated ones as there are records: a file of three must not
        // take its own prior for evidence.
        let believed = at_large.pairs + at_large.records + 2.0;
        let matched: f64 = pairs.iter().map(|pairs| pairs.matched).sum();
        let at_home: f64 = pairs.iter().map(|pairs| pairs.household).sum();
        let household = if self.prior.household > 0.0 { at_home + 1.0 } else { 0.0 };
        let prior = Shares {
            matched: ((matched + 1.0) / believed).min(MATCHED_MAX),
            household: (household / believed).min(HOUSEHOLD_MAX),
        };
        let of_sources = pairs.iter().zip(&at_large.of_sources);
        let next = Estimate {
            prior,
            of_sources: of_sources.map(|(&found, &all)| prior.of(found, all, config)).collect(),
            fields: fields.collect(),
            together: together.iter().zip(alike).map(|(it, alike)| Given::of(it, alike)).collect(),
        };
        (next, fit)
    }

    /// What some patterns add up to under this estimate.
    fn expect(
        &self,
        patterns: &[Pattern],
        together: &[Together],
        config: &Config,
        mut sums: Sums,
    ) -> Sums {
        for same in patterns.chunk_by(|a, b| a.vector == b.vector) {
            let vector = same[0].vector;
            let likelihoods = self.likelihoods(vector);
            let (mut m, mut h, mut m_heard) = (0.0, 0.0, 0.0);
            for pattern in same {
                let place = pattern.sources as usize;
                let (shares, times) = self.of_sources[place].given(likelihoods);
                let Pattern { unknown, matched, others, .. } = *pattern;
                // Of those that are not matched, the share of a household.
                let rest = (1.0 - shares.matched).max(f64::MIN_POSITIVE);
                let of_one = unknown * shares.matched + matched;
                let at_home = unknown * shares.household + others * shares.household / rest;
                let heard = matched * (config.label_weight - 1.0);
                let like = |pairs: f64, share: f64| {
                    if pairs > 0.0 { pairs * libm::log(share) } else { 0.0 }
                };
                sums.fit += like(unknown + matched + others, times)
                    + like(matched, shares.matched)
                    + like(others, rest)
                    + like(heard, likelihoods[0]);
                sums.pairs[place].matched += of_one;
                sums.pairs[place].household += at_home;
                m += of_one;
                h += at_home;
                m_heard += of_one + heard;
            }
            for (Together { of: [(first, same), (second, same_second)], .. }, alike) in
                together.iter().zip(&mut sums.alike)
            {
                let level = vector.level(*first);
                if vector.level(*second) == *same_second && level != Level::MISSING {
                    alike[0] += if level == *same { m + h } else { 0.0 };
                    alike[1] += m + h;
                }
            }
            for (place, field) in self.fields.iter().enumerate() {
                let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
                sums.matched[place][level] += m_heard;
                sums.related[place][level] += m + h;
                let by_chance = (1.0 - field.shared) * self.u(place, level, vector);
                let in_common = field.shared * field.m[level];
                let share = in_common / (in_common + by_chance);
                sums.shared[place][0] += h * share;
                sums.shared[place][1] += h;
            }
        }
        sums
    }

    /// By two sources, comparison and level, the pairs that are matched by this estimate.
    fn matched_by_sources(&self, seen: &Seen) -> Vec<Vec<Levels>> {
        let mut sums = vec![vec![[0.0; Level::LIMIT]; self.fields.len()]; self.of_sources.len()];
        for same in seen.patterns.chunk_by(|a, b| a.vector == b.vector) {
            let likelihoods = self.likelihoods(same[0].vector);
            for pattern in same {
                let place = pattern.sources as usize;
                let (shares, _) = self.of_sources[place].given(likelihoods);
                let of_one = pattern.unknown * shares.matched + pattern.matched;
                for (field, sums) in sums[place].iter_mut().enumerate() {
                    if let Some(level) = pattern.vector.level(field).index().checked_sub(1) {
                        sums[level] += of_one;
                    }
                }
            }
        }
        sums
    }

    /// How likely this estimate is before candidates are looked at, and how likely it makes all
    /// pairs if they are unrelated.
    fn belief(&self, priors: &[FieldPrior], at_large: &AtLarge, config: &Config) -> f64 {
        let Shares { matched, household } = self.prior;
        let mut fit = libm::log(matched) + at_large.records * libm::log(1.0 - matched - household);
        if household > 0.0 {
            fit += libm::log(household);
        }
        for (own, pairs) in self.of_sources.iter().zip(&at_large.of_sources) {
            fit += pairs * libm::log(1.0 - own.matched - own.household);
            for (own, among_all) in [(own.matched, matched), (own.household, household)] {
                if among_all > 0.0 {
                    fit += config.prior_pairs * (libm::log(own) - own / among_all);
                }
            }
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
        let given = self.together.iter().filter(|Given { of: [own, (other, same)], .. }| {
            *own == (place, Level::new(level + 1)) && vector.level(*other) == *same
        });
        given.map(|given| given.u).fold(self.fields[place].u[level], f64::max)
    }

    /// How likely a vector is among matched pairs those of one household, and the unrelated.
    fn likelihoods(&self, vector: ComparisonVector) -> [f64; 3] {
        let [mut m, mut h, mut u] = [1.0; 3];
        for (place, field) in self.fields.iter().enumerate() {
            let Some(level) = vector.level(place).index().checked_sub(1) else { continue };
            m *= field.m[level];
            let by_chance = self.u(place, level, vector);
            h *= field.shared * field.m[level] + (1.0 - field.shared) * by_chance;
            u *= by_chance;
        }
        [m, h, u]
    }

    fn logs(&self) -> Vec<f64> {
        let fields = self.fields.iter().flat_map(|field| {
            let shared = libm::log(field.shared / (1.0 - field.shared));
            let levels = field.m.iter().chain(&field.u).map(|share| libm::log(*share));
            levels.chain(std::iter::once(shared))
        });
        // A class that is left out has no logarithm; it stays out.
        let prior = [self.prior.matched, self.prior.household];
        let prior = prior.map(|p| libm::log(p.max(f64::MIN_POSITIVE)));
        prior.into_iter().chain(fields).collect()
    }

    /// How much each logarithm matters: as much as pairs hang on it.
    fn weights(&self) -> Vec<f64> {
        let fields = self.fields.iter().flat_map(|field| {
            let shared = field.shared * (1.0 - field.shared);
            field.m.iter().chain(&field.u).copied().chain(std::iter::once(shared))
        });
        [1.0, if self.prior.household > 0.0 { 1.0 } else { 0.0 }]
            .into_iter()
            .chain(fields)
            .collect()
    }

    fn with_logs(&self, logs: impl Iterator<Item = f64>) -> Estimate {
        let mut logs = logs.map(|log| log.clamp(LOG_MIN, -LOG_MIN));
        let mut take = || logs.next().expect("as many logarithms as parameters");
        let matched = libm::exp(take()).min(MATCHED_MAX);
        let household = libm::exp(take()).min(HOUSEHOLD_MAX);
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
        let old = self.prior;
        let prior =
            Shares { matched, household: if old.household > 0.0 { household } else { 0.0 } };
        // Those of two sources go along with those of all.
        let along = |own: f64, old: f64, new: f64| if old > 0.0 { own * new / old } else { own };
        let of_sources = self.of_sources.iter().map(|own| Shares {
            matched: along(own.matched, old.matched, prior.matched).min(MATCHED_MAX),
            household: along(own.household, old.household, prior.household).min(HOUSEHOLD_MAX),
        });
        let of_sources = of_sources.collect();
        Estimate { prior, of_sources, fields, together: self.together.clone() }
    }

    fn change(&self, next: &Estimate) -> f64 {
        let pairs = self.fields.iter().zip(&next.fields);
        let fields = pairs.flat_map(|(old, new)| {
            let m = old.m.iter().zip(&new.m).map(|(a, b)| (a - b).abs());
            m.chain(std::iter::once((old.shared - new.shared).abs()))
        });
        // Shares of pairs are tiny: what matters is their change in proportion to all related ones.
        let (old, new) = (self.prior, next.prior);
        let related = old.matched + old.household;
        let prior = [(old.matched, new.matched), (old.household, new.household)]
            .map(|(a, b)| (a - b).abs() / related.max(f64::MIN_POSITIVE));
        fields.chain(prior).fold(0.0, f64::max)
    }

    pub(crate) fn model(
        &self,
        comparisons: &[Comparison],
        sources: &[String],
        fields: &[FieldPrior],
        seen: &Seen,
        config: &Config,
    ) -> Model {
        // With one source there is nothing to tell apart.
        let own = if sources.len() > 1 {
            own::own(self, fields, seen, sources, config.prior_pairs)
        } else {
            vec![Vec::new(); self.fields.len()]
        };
        let comparisons = comparisons.iter().zip(&self.fields).zip(own);
        let comparisons = comparisons.map(|((comparison, field), own)| {
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
                sources: own,
            }
        });
        let pairs = counts::source_pairs(sources.len()).zip(&self.of_sources);
        let known = pairs.map(|(of, shares)| SourcesModel {
            of: of.map(|source| sources[source].clone()),
            matched: shares.matched,
            household: shares.household,
        });
        Model {
            matched: self.prior.matched,
            household: self.prior.household,
            sources: if sources.len() > 1 { known.collect() } else { Vec::new() },
            comparisons: comparisons.collect(),
            frequencies: BTreeMap::new(),
        }
    }
}

/// What patterns add up to.
struct Sums {
    /// Of each two names that go together, related pairs that share both, and that share the second.
    alike: Vec<[f64; 2]>,
    /// By comparison and level, matched pairs, as often as they are heard.
    matched: Vec<Levels>,
    /// Likewise all related pairs.
    related: Vec<Levels>,
    /// By comparison, pairs of one household that share the value, and all that have it.
    shared: Vec<[f64; 2]>,
    /// By two sources, related pairs.
    pairs: Vec<Shares>,
    /// How likely it all is: a logarithm.
    fit: f64,
}

impl Sums {
    fn new(estimate: &Estimate) -> Sums {
        let n_fields = estimate.fields.len();
        Sums {
            alike: vec![[0.0; 2]; estimate.together.len()],
            matched: vec![[0.0; Level::LIMIT]; n_fields],
            related: vec![[0.0; Level::LIMIT]; n_fields],
            shared: vec![[0.0; 2]; n_fields],
            pairs: vec![Shares::default(); estimate.of_sources.len()],
            fit: 0.0,
        }
    }

    fn and(mut self, other: &Sums) -> Sums {
        let add = |sums: &mut [f64], others: &[f64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        add(self.alike.as_flattened_mut(), other.alike.as_flattened());
        add(self.matched.as_flattened_mut(), other.matched.as_flattened());
        add(self.related.as_flattened_mut(), other.related.as_flattened());
        add(self.shared.as_flattened_mut(), other.shared.as_flattened());
        for (sum, other) in self.pairs.iter_mut().zip(&other.pairs) {
            sum.matched += other.matched;
            sum.household += other.household;
        }
        self.fit += other.fit;
        self
    }
}

/// The patterns in parts of about [`PART`], none of which divides those of one vector.
fn parts(patterns: &[Pattern]) -> impl Iterator<Item = &[Pattern]> {
    let mut rest = patterns;
    std::iter::from_fn(move || {
        let last = rest.get(PART.min(rest.len()).checked_sub(1)?)?.vector;
        let end = rest.partition_point(|pattern| pattern.vector <= last);
        let (part, others) = rest.split_at(end);
        rest = others;
        Some(part)
    })
}

/// Enough to keep a thread busy for some tenths of a millisecond.
const PART: usize = 8_192;

impl Shares {
    /// Those of pairs that have a vector, given how likely it is in each class; and how likely it
    /// is beside being unrelated for certain.
    fn given(self, [m, h, u]: [f64; 3]) -> (Shares, f64) {
        let (m, h) = (self.matched * m, self.household * h);
        let unrelated = (1.0 - self.matched - self.household) * u;
        let sum = m + h + unrelated;
        (Shares { matched: m / sum, household: h / sum }, sum / unrelated)
    }

    /// Those of the pairs of two sources, of which so many were found: what few pairs say is held
    /// against the shares among all.
    fn of(self, found: Shares, all: f64, config: &Config) -> Shares {
        let share =
            |among_all, found| priors::of_sources(among_all, found, all, config.prior_pairs);
        Shares {
            matched: share(self.matched, found.matched).min(MATCHED_MAX),
            household: share(self.household, found.household).min(HOUSEHOLD_MAX),
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

/// No more of any pairs are taken to be of one person, or of one household.
const MATCHED_MAX: f64 = 0.5;
const HOUSEHOLD_MAX: f64 = 0.4;

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
