//! What the records say without labels: how often pairs at large, and candidate pairs, are at
//! each level.

use compare::{Batch, Comparer, Comparison, ComparisonVector, Level};
use rayon::prelude::*;
use record::{RecordId, RecordPair, SourceId};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Labels, Pairs};

/// What pairs at large are like, known from all of them or from some drawn at random.
pub(crate) struct AtLarge {
    /// For each comparison, the pairs of records that have the value.
    pub(crate) fields: Vec<FieldAtLarge>,
    /// How many pairs there are.
    pub(crate) pairs: f64,
    /// How many records there are.
    pub(crate) records: f64,
    /// How many pairs there are of each two sources, in the order of their numbers.
    pub(crate) of_sources: Vec<f64>,
}

/// Two sources, in one number: below those of any greater source.
pub(crate) type SourcePair = u32;

pub(crate) fn source_pair(a: SourceId, b: SourceId) -> SourcePair {
    let [low, high] = [a.min(b), a.max(b)].map(|source| u32::from(source.0));
    high * (high + 1) / 2 + low
}

/// All pairs of so many sources, in the order of their numbers.
pub(crate) fn source_pairs(n_sources: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..n_sources).flat_map(|high| (0..=high).map(move |low| [low, high]))
}

/// Pairs at large that have a value.
pub(crate) struct FieldAtLarge {
    /// How many are at each level; missing values first.
    pub(crate) levels: [f64; Level::LIMIT],
    /// Likewise, of each two sources, in the order of their numbers.
    pub(crate) by_sources: Vec<[f64; Level::LIMIT]>,
    /// How many each one looked at stands for.
    pub(crate) scale: f64,
}

impl FieldAtLarge {
    /// From the pairs looked at of each two sources, each of which stands for so many.
    pub(crate) fn of(counts: &[[u64; Level::LIMIT]], scale: f64) -> FieldAtLarge {
        let scaled = |counts: [u64; Level::LIMIT]| counts.map(|count| scaled(count, scale));
        let levels = counts.iter().copied().fold([0; Level::LIMIT], add);
        let by_sources = counts.iter().copied().map(scaled).collect();
        FieldAtLarge { levels: scaled(levels), by_sources, scale }
    }
}

fn add(mut sum: [u64; Level::LIMIT], part: [u64; Level::LIMIT]) -> [u64; Level::LIMIT] {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
    sum
}

/// Pairs of records that share a value each of two comparisons.
pub(crate) struct Together {
    /// The two, and the levels at which values are the same.
    pub(crate) of: [(usize, Level); 2],
    /// Pairs that share both values.
    pub(crate) both: f64,
    /// Pairs that share the second, and have the first, shared or not.
    pub(crate) second: f64,
}

/// Counts, exactly, the pairs at large that share both values of each two comparisons of names.
pub(crate) fn together(comparer: &Comparer<'_>, comparisons: &[Comparison]) -> Vec<Together> {
    comparer.together(comparisons).into_par_iter().map(|of| share_both(comparer, of)).collect()
}

fn share_both(comparer: &Comparer<'_>, of: [(usize, Level); 2]) -> Together {
    let [first, second] = of.map(|(place, _)| place);
    let mut both: Vec<(u32, u32)> = Vec::new();
    let mut counts = vec![0_u64; comparer.column(second).values.len()];
    let lists = comparer.lists(first).zip(comparer.lists(second));
    for (ids, others) in lists.filter(|(ids, _)| !ids.is_empty()) {
        for &other in others {
            counts[other as usize] += 1;
            both.extend(ids.iter().map(|&id| (id, other)));
        }
    }
    both.par_sort_unstable();
    let pairs = |n: u64| scaled(n * n.saturating_sub(1) / 2, 1.0);
    Together {
        of,
        both: both.chunk_by(|a, b| a == b).map(|same| pairs(same.len() as u64)).sum(),
        second: counts.into_iter().map(pairs).sum(),
    }
}

/// Pairs of two sources that have one vector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    pub(crate) vector: ComparisonVector,
    pub(crate) sources: SourcePair,
    /// How many there are of which no label tells.
    pub(crate) unknown: f64,
    /// How many are known to be matched.
    pub(crate) matched: f64,
    /// How many are known not to be.
    pub(crate) others: f64,
}

/// Pairs drawn for a comparison, when there are too many to look at each: fields that few records
/// have are so known from pairs of these few.
const DRAWN: u64 = 1_000_000;

/// Counts all pairs that are allowed, or as many as are drawn.
pub(crate) fn at_large(
    comparer: &Comparer<'_>,
    n_comparisons: usize,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
) -> AtLarge {
    let n_records = comparer.n_records();
    let n_of_sources = source_pairs(comparer.sources().len()).count();
    let fields = (0..n_comparisons).map(|place| {
        let filled = comparer.filled(place);
        let count = |batch: &mut Batch<'_>, draws: &[[usize; 2]], counts: &mut Counts| {
            let pairs = draws.iter().map(|&[a, b]| RecordPair::new(filled[a], filled[b]));
            let pairs: Vec<RecordPair> = pairs.filter(|&pair| allowed(pair)).collect();
            batch.levels(place, &pairs, |pair, level| {
                let of = [pair.lower(), pair.upper()].map(|record| comparer.source(record));
                counts[source_pair(of[0], of[1]) as usize][level.index()] += 1;
            });
        };
        let (counts, scale) =
            counted(filled.len() as u64, n_of_sources, || comparer.batch(), count);
        FieldAtLarge::of(&counts, scale)
    });
    let fields = fields.collect();
    let record = |n: usize| RecordId(u32::try_from(n).expect("a record number"));
    let count = |(): &mut (), draws: &[[usize; 2]], counts: &mut Counts| {
        let pairs = draws.iter().map(|draw| draw.map(record));
        counts[0][0] += pairs.filter(|&[a, b]| allowed(RecordPair::new(a, b))).count() as u64;
    };
    let (pairs, scale) = counted(n_records as u64, 1, || (), count);
    AtLarge {
        fields,
        pairs: scaled(pairs[0][0], scale),
        records: scaled(n_records as u64, 1.0),
        of_sources: of_sources(comparer),
    }
}

fn of_sources(comparer: &Comparer<'_>) -> Vec<f64> {
    let mut records = vec![0_u64; comparer.sources().len()];
    for record in (0..).map(RecordId).take(comparer.n_records()) {
        records[comparer.source(record).index()] += 1;
    }
    let pairs = source_pairs(records.len()).map(|[low, high]| {
        let [few, many] = [low, high].map(|source| records[source]);
        if low == high { few * few.saturating_sub(1) / 2 } else { few * many }
    });
    pairs.map(|pairs| scaled(pairs, 1.0)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "shares need not be exact")]
fn scaled(count: u64, scale: f64) -> f64 {
    count as f64 * scale
}

/// How many pairs are in each of some groups and at each level.
type Counts = Vec<[u64; Level::LIMIT]>;

/// How many pairs of `n` things `count` finds in each of some groups and at each level, of all or
/// of those drawn, and how many each one stands for.
fn counted<Scratch>(
    n: u64,
    n_groups: usize,
    scratch: impl Fn() -> Scratch + Sync + Send,
    count: impl Fn(&mut Scratch, &[[usize; 2]], &mut Counts) + Sync + Send,
) -> (Counts, f64) {
    let all = n * n.saturating_sub(1) / 2;
    let drawn = all.min(DRAWN);
    let draw = |draw: u64| {
        let (lower, upper) = if all == drawn { nth_pair(draw, n) } else { drawn_pair(draw, n) };
        [lower, upper].map(|n| usize::try_from(n).expect("a record number"))
    };
    let zero = || vec![[0_u64; Level::LIMIT]; n_groups];
    let count = |scratch: &mut Scratch, chunk: u64| {
        let draws = chunk * CHUNK..((chunk + 1) * CHUNK).min(drawn);
        let mut counts = zero();
        count(scratch, &draws.map(draw).collect::<Vec<[usize; 2]>>(), &mut counts);
        counts
    };
    let sum = |sum: Counts, part: Counts| {
        sum.into_iter().zip(part).map(|(sum, part)| add(sum, part)).collect()
    };
    let chunks = (0..drawn.div_ceil(CHUNK)).into_par_iter();
    let counts = chunks.map_init(scratch, count).reduce(zero, sum);
    (counts, if drawn == 0 { 1.0 } else { scaled(all, 1.0) / scaled(drawn, 1.0) })
}

const CHUNK: u64 = 16_384;

/// The pair with this number when all pairs are counted, by upper and then lower place.
fn nth_pair(number: u64, n: u64) -> (u64, u64) {
    // The upper place is the largest whose pairs with all lower ones begin at or before it.
    let (mut low, mut high) = (1, n);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if middle * (middle - 1) / 2 <= number { low = middle } else { high = middle }
    }
    (number - low * (low - 1) / 2, low)
}

/// A pair drawn at random: the same for the same number, everywhere.
fn drawn_pair(draw: u64, n: u64) -> (u64, u64) {
    let mut bits = xxh3_64(&draw.to_le_bytes());
    loop {
        let scaled = |bits: u64| ((bits & 0xFFFF_FFFF) * n) >> 32;
        let (a, b) = (scaled(bits), scaled(bits >> 32));
        if a != b {
            return (a.min(b), a.max(b));
        }
        bits = xxh3_64(&bits.to_le_bytes());
    }
}

/// The vector of a pair, its sources, and whether it is known to be of two persons.
type Seen = (u64, SourcePair, bool);

/// The patterns of the candidate pairs of every `one_in`-th task, counts scaled to all tasks, and
/// of labelled pairs, which are not among them; ascending.
pub(crate) fn patterns(
    comparer: &Comparer<'_>,
    Pairs { index, allowed, proposed }: &Pairs<'_>,
    pairs_max: u64,
    labels: &Labels,
) -> Vec<Pattern> {
    let pairs: u64 = index.costs().iter().map(|cost| cost.pairs).sum();
    let one_in = usize::try_from(pairs.div_ceil(pairs_max.max(1)).max(1)).unwrap_or(usize::MAX);
    let listed = labels.listed();
    let is_listed =
        |pair: RecordPair| listed.binary_search_by_key(&pair, |(pair, _)| *pair).is_ok();
    let sources = |pair: RecordPair| {
        source_pair(comparer.source(pair.lower()), comparer.source(pair.upper()))
    };
    let seen = |batch: &mut Batch<'_>, mut pairs: Vec<RecordPair>| -> Vec<(Seen, u64)> {
        pairs.retain(|&pair| {
            allowed(pair) && proposed(pair) && (labels.is_empty() || !is_listed(pair))
        });
        let mut seen: Vec<Seen> = Vec::with_capacity(pairs.len());
        // A pair that is not listed and yet known is of two known persons.
        batch.compare(&pairs, |pair, vector| {
            seen.push((vector.0, sources(pair), labels.of(pair).is_some()));
        });
        seen.sort_unstable();
        seen.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
    };
    let mut all: Vec<(Seen, u64)> = Vec::new();
    // The tasks of the rules that came before.
    let mut before: usize = 0;
    for work in index.work(CHUNK) {
        let skipped = (one_in - before % one_in) % one_in;
        before += work.tasks().len();
        let taken: Vec<&block::Task> = work.tasks().iter().skip(skipped).step_by(one_in).collect();
        let parts: Vec<Vec<(Seen, u64)>> = taken
            .into_par_iter()
            .map_init(
                || comparer.batch(),
                |batch, task| {
                    let mut pairs = Vec::new();
                    work.pairs(task, |_| true, &mut pairs);
                    seen(batch, pairs)
                },
            )
            .collect();
        all.extend(parts.into_iter().flatten());
    }
    all.par_sort_unstable();
    let candidates = all.chunk_by(|a, b| a.0 == b.0).map(|same| {
        let (vector, sources, known) = same[0].0;
        let count = same.iter().map(|&(_, count)| count).sum();
        let pairs = scaled(count, scaled(one_in as u64, 1.0));
        let [unknown, others] = if known { [0.0, pairs] } else { [pairs, 0.0] };
        Pattern { vector: ComparisonVector(vector), sources, unknown, matched: 0.0, others }
    });
    let listed = listed.iter().filter(|(pair, _)| allowed(*pair)).map(|&(pair, matched)| Pattern {
        vector: comparer.vector(pair.lower(), pair.upper()),
        sources: sources(pair),
        unknown: 0.0,
        matched,
        others: 1.0 - matched,
    });
    let mut patterns: Vec<Pattern> = candidates.chain(listed).collect();
    // A stable sort: what is summed below is summed in the order of the pairs.
    patterns.sort_by_key(|pattern| (pattern.vector, pattern.sources));
    let same = patterns.chunk_by(|a, b| (a.vector, a.sources) == (b.vector, b.sources));
    let summed = same.map(|same| Pattern {
        unknown: same.iter().map(|pattern| pattern.unknown).sum(),
        matched: same.iter().map(|pattern| pattern.matched).sum(),
        others: same.iter().map(|pattern| pattern.others).sum(),
        ..same[0]
    });
    summed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_number() {
        let n = 6;
        let pairs: Vec<(u64, u64)> = (0..15).map(|number| nth_pair(number, n)).collect();
        let mut sorted = pairs.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 15);
        assert!(pairs.iter().all(|(lower, upper)| lower < upper && *upper < n));
    }

    #[test]
    fn drawn_pairs_are_spread_evenly() {
        let mut seen = [0_u32; 10];
        for draw in 0..20_000 {
            let (lower, upper) = drawn_pair(draw, 10);
            seen[usize::try_from(lower).unwrap()] += 1;
            seen[usize::try_from(upper).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| (3_700..4_300).contains(&count)), "{seen:?}");
    }
}
