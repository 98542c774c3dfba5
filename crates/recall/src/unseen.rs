//! Pairs of one person that no rule proposes: how many, and what they are like.
//!
//! A pair is thought of as drawn in steps. First the two sources it is between; then a record of
//! each, which decides what is lacking; then whether it was taken down well or badly; then, for
//! each field that both have, which forms they share, as often as pairs taken down so well do. Of
//! pairs so drawn it is known which a rule proposes. Expectation–maximisation finds the shares at
//! which those are as the pairs that rules did propose.

use rayon::prelude::*;
use record::{RecordId, RecordPair, SourceId};
use xxhash_rust::xxh3::xxh3_64;

use block::Rule;

use crate::Judge;
use crate::forms::{Asked, Forms, LACKING, Pattern, meets};

/// What no rule proposes.
pub(crate) struct Unseen {
    /// How many pairs.
    pub(crate) pairs: f64,
    /// Some of them.
    patterns: Vec<Pattern>,
}

impl Unseen {
    /// From pairs of one person that `rules` propose, which stand for `seen` pairs.
    pub(crate) fn of(
        judge: &Judge<'_>,
        forms: &Forms,
        rules: &[Rule],
        drawn: &[RecordPair],
        seen: f64,
    ) -> Unseen {
        if drawn.is_empty() {
            return Unseen { pairs: 0.0, patterns: Vec::new() };
        }
        let town = Town::of(judge, forms, rules, drawn, seen);
        let mut belief = Belief::first(&town);
        for _ in 0..ROUNDS {
            let draws = belief.draws(&town);
            belief = belief.next(&town, &draws);
        }
        let draws = belief.draws(&town);
        let each = town.each(&draws);
        let unseen = draws.iter().filter(|draw| !draw.proposed);
        let patterns: Vec<Pattern> = unseen.map(|draw| town.pattern(&draw.shared)).collect();
        Unseen { pairs: count(patterns.len()) * each, patterns }
    }

    /// As many of them as belong beside `n` pairs that stand for `seen`.
    pub(crate) fn like(&self, n: usize, seen: f64) -> impl Iterator<Item = Pattern> {
        let step = self.pairs / seen.max(f64::MIN_POSITIVE) * count(n) / count(self.patterns.len());
        let upto = move |at: usize| (count(at) * step).round();
        let taken =
            self.patterns.iter().enumerate().filter(move |(at, _)| upto(*at) < upto(at + 1));
        taken.map(|(_, pattern)| pattern.clone())
    }
}

/// Rounds of learning, and pairs drawn in each.
const ROUNDS: usize = 60;
const DRAWS: usize = 16_384;
/// Pairs are taken down well or badly.
const EFFORTS: usize = 2;
/// What each class and each set of shared forms counts for before any pair is seen.
const PAIRS_BELIEVED: f64 = 1.0;
const FORMS_BELIEVED: f64 = 0.1;

/// What the records and the pairs seen say.
struct Town {
    /// By field, the sets of shared forms that occur.
    sets: Vec<Vec<u32>>,
    rules: Vec<Asked>,
    /// The pairs of sources seen.
    between: Vec<[SourceId; 2]>,
    /// By source, the fields that each of its records has, a bit for each.
    has: Vec<Vec<u64>>,
    /// Pairs seen, each kind once, and how many there are.
    seen: Vec<(Kind, f64)>,
    /// How many in all.
    pairs: f64,
}

/// What a pair of one person is like.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// Which sources it is between, by place.
    between: usize,
    /// For each field, the place of the set of forms shared; `None` if it is lacking.
    shared: Vec<Option<usize>>,
}

impl Town {
    fn of(
        judge: &Judge<'_>,
        forms: &Forms,
        rules: &[Rule],
        drawn: &[RecordPair],
        seen: f64,
    ) -> Town {
        let source = |pair: RecordPair| {
            let of =
                [pair.lower(), pair.upper()].map(|record| judge.normalised.source[record.index()]);
            [of[0].min(of[1]), of[0].max(of[1])]
        };
        let mut between: Vec<_> = drawn.iter().map(|&pair| source(pair)).collect();
        between.sort_unstable();
        between.dedup();
        let patterns: Vec<Pattern> =
            drawn.par_iter().map(|&pair| forms.pattern(judge.comparer, pair)).collect();
        let sets = (0..forms.fields().len()).map(|field| {
            let bits = patterns.iter().map(|pattern| pattern[field]);
            let mut sets: Vec<u32> = bits.filter(|&bits| bits != LACKING).collect();
            // Agreeing on nothing is always possible, though no rule may propose such a pair.
            sets.push(0);
            sets.sort_unstable();
            sets.dedup();
            sets
        });
        let sets: Vec<Vec<u32>> = sets.collect();
        let mut kinds: Vec<Kind> = drawn
            .iter()
            .zip(&patterns)
            .map(|(&pair, pattern)| Kind {
                between: between.partition_point(|known| *known < source(pair)),
                shared: sets
                    .iter()
                    .zip(pattern)
                    .map(|(s, bits)| s.binary_search(bits).ok())
                    .collect(),
            })
            .collect();
        kinds.par_sort_unstable();
        let each = seen / count(drawn.len());
        let kinds = kinds.chunk_by(|a, b| a == b);
        let seen = kinds.map(|same| (same[0].clone(), count(same.len()) * each)).collect();
        Town {
            rules: rules.iter().map(|rule| forms.asked(rule)).collect(),
            has: held(judge, forms),
            between,
            seen,
            pairs: each * count(drawn.len()),
            sets,
        }
    }

    fn pattern(&self, shared: &[Option<usize>]) -> Pattern {
        let sets = self.sets.iter().zip(shared);
        sets.map(|(sets, set)| set.map_or(LACKING, |set| sets[set])).collect()
    }

    /// How many pairs each draw stands for, given how many there are of those proposed.
    fn each(&self, draws: &[Draw]) -> f64 {
        let proposed = draws.iter().filter(|draw| draw.proposed).count();
        self.pairs / count(proposed.max(1))
    }
}

/// By source, the fields that each of its records has.
fn held(judge: &Judge<'_>, forms: &Forms) -> Vec<Vec<u64>> {
    let fields: Vec<_> = forms.fields().map(|field| judge.comparer.ids_in(field)).collect();
    let has = |record: RecordId| {
        let has = fields.iter().map(|ids| ids.as_ref().is_some_and(|ids| !ids(record).is_empty()));
        has.rev().fold(0, |bits, has| bits << 1 | u64::from(has))
    };
    let mut held = vec![Vec::new(); judge.normalised.sources.len()];
    for (record, source) in (0..).map(RecordId).zip(&judge.normalised.source) {
        held[source.index()].push(has(record));
    }
    held
}

/// The shares as they stand.
struct Belief {
    between: Vec<f64>,
    efforts: [f64; EFFORTS],
    /// By effort and field, of each set of forms.
    shared: [Vec<Vec<f64>>; EFFORTS],
}

/// A pair drawn.
struct Draw {
    between: usize,
    effort: usize,
    shared: Vec<Option<usize>>,
    proposed: bool,
}

impl Belief {
    /// All that is seen, the badly taken rather more even.
    fn first(town: &Town) -> Belief {
        let mut counts = Belief::none(town);
        for (kind, pairs) in &town.seen {
            counts.between[kind.between] += pairs;
            counts.add(0, &kind.shared, *pairs);
        }
        let mut belief = counts.shares();
        belief.efforts = [1.0 / count(EFFORTS); EFFORTS];
        let even = |shares: &Vec<f64>| {
            shares.iter().map(|share| 0.7 * share + 0.3 / count(shares.len())).collect()
        };
        belief.shared[1] = belief.shared[0].iter().map(even).collect();
        belief
    }

    fn none(town: &Town) -> Belief {
        let sets = || town.sets.iter().map(|sets| vec![FORMS_BELIEVED; sets.len()]).collect();
        Belief {
            between: vec![0.0; town.between.len()],
            efforts: [PAIRS_BELIEVED; EFFORTS],
            shared: std::array::from_fn(|_| sets()),
        }
    }

    fn add(&mut self, effort: usize, shared: &[Option<usize>], pairs: f64) {
        self.efforts[effort] += pairs;
        for (shares, set) in self.shared[effort].iter_mut().zip(shared) {
            if let Some(set) = set {
                shares[*set] += pairs;
            }
        }
    }

    fn shares(mut self) -> Belief {
        normalise(&mut self.between);
        normalise(&mut self.efforts);
        self.shared.iter_mut().flatten().for_each(|shares| normalise(shares));
        self
    }

    /// A round: what was seen, shared out by effort, and what was drawn that no rule proposes.
    fn next(&self, town: &Town, draws: &[Draw]) -> Belief {
        let mut counts = Belief::none(town);
        for (kind, pairs) in &town.seen {
            let mut likely: [f64; EFFORTS] = std::array::from_fn(|effort| {
                let shares = self.shared[effort].iter().zip(&kind.shared);
                let shares = shares.filter_map(|(shares, set)| set.map(|set| shares[set]));
                self.efforts[effort] * shares.product::<f64>()
            });
            normalise(&mut likely);
            counts.between[kind.between] += pairs;
            for (effort, likely) in likely.into_iter().enumerate() {
                counts.add(effort, &kind.shared, pairs * likely);
            }
        }
        let each = town.each(draws);
        for draw in draws.iter().filter(|draw| !draw.proposed) {
            counts.between[draw.between] += each;
            counts.add(draw.effort, &draw.shared, each);
        }
        counts.shares()
    }

    /// Pairs of one person as these shares have them. Draws are numbered, so that the next round
    /// differs from this one by its shares alone.
    fn draws(&self, town: &Town) -> Vec<Draw> {
        let draw = |number: usize| {
            let even = (count(number) + 0.5) / count(DRAWS);
            let between = place(&self.between, even);
            let record = |side: usize| {
                let records = &town.has[town.between[between][side].index()];
                records[whole(share(number, side) * count(records.len())).min(records.len() - 1)]
            };
            let both = record(0) & record(1);
            let effort = place(&self.efforts, share(number, 2));
            let fields = self.shared[effort].iter().enumerate();
            let shared: Vec<Option<usize>> = fields
                .map(|(field, shares)| {
                    let set = || place(shares, share(number, 3 + field));
                    (both & (1 << field) != 0).then(set)
                })
                .collect();
            let pattern = town.pattern(&shared);
            let proposed = town.rules.iter().any(|asked| meets(&pattern, asked));
            Draw { between, effort, shared, proposed }
        };
        (0..DRAWS).into_par_iter().map(draw).collect()
    }
}

fn normalise(shares: &mut [f64]) {
    let sum: f64 = shares.iter().sum();
    let sum = sum.max(f64::MIN_POSITIVE);
    for share in shares {
        *share /= sum;
    }
}

/// Where in a row of shares a part of the whole falls.
fn place(shares: &[f64], mut part: f64) -> usize {
    let last = shares.len() - 1;
    shares[..last]
        .iter()
        .position(|share| {
            part -= share;
            part < 0.0
        })
        .unwrap_or(last)
}

/// A share, the same for the same numbers, everywhere.
fn share(number: usize, what: usize) -> f64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
    bytes[8..].copy_from_slice(&(what as u64).to_le_bytes());
    #[expect(clippy::cast_precision_loss, reason = "53 bits of a hash are kept")]
    let share = (xxh3_64(&bytes) >> 11) as f64 / (1_u64 << 53) as f64;
    share
}

#[expect(clippy::cast_precision_loss, reason = "counts of pairs and records")]
fn count(n: usize) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a count")]
fn whole(n: f64) -> usize {
    n as usize
}
