//! What the records say without labels: how often pairs at large, and candidate pairs, are at
//! each level.

use block::Index;
use compare::{Comparer, Comparison, ComparisonVector, Level};
use rayon::prelude::*;
use record::{RecordId, RecordPair};
use xxhash_rust::xxh3::xxh3_64;

use crate::Labels;

/// What pairs at large are like, known from all of them or from some drawn at random.
pub(crate) struct AtLarge {
    /// For each comparison, the pairs of records that have the value.
    pub(crate) fields: Vec<FieldAtLarge>,
    /// How many pairs there are.
    pub(crate) pairs: f64,
    /// How many records there are.
    pub(crate) records: f64,
}

/// Pairs at large that have a value.
pub(crate) struct FieldAtLarge {
    /// How many are at each level; missing values first.
    pub(crate) levels: [f64; Level::LIMIT],
    /// How many each one looked at stands for.
    pub(crate) scale: f64,
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

/// Counts, exactly, the pairs at large that share both values of two comparisons.
pub(crate) fn together(comparer: &Comparer<'_>, comparisons: &[Comparison]) -> Option<Together> {
    let of = Comparison::together(comparisons)?;
    let [first, second] = of.map(|(place, _)| comparer.column(place));
    let mut both: Vec<(u32, u32)> = Vec::new();
    let mut counts = vec![0_u64; second.values.len()];
    for (ids, others) in
        first.lists.iter().zip(second.lists.iter()).filter(|(ids, _)| !ids.is_empty())
    {
        for &other in others {
            counts[other as usize] += 1;
            both.extend(ids.iter().map(|&id| (id, other)));
        }
    }
    both.par_sort_unstable();
    let pairs = |n: u64| scaled(n * n.saturating_sub(1) / 2, 1.0);
    Some(Together {
        of,
        both: both.chunk_by(|a, b| a == b).map(|same| pairs(same.len() as u64)).sum(),
        second: counts.into_iter().map(pairs).sum(),
    })
}

/// Distinct vectors, ascending, and how many pairs have each.
pub(crate) type Patterns = Vec<(ComparisonVector, f64)>;

/// Pairs drawn for a comparison, when there are too many to look at each: fields that few records
/// have are so known from pairs of these few.
const DRAWN: u64 = 1_000_000;

/// Counts all pairs that are allowed, or as many as are drawn.
pub(crate) fn at_large(
    comparer: &Comparer<'_>,
    n_records: usize,
    n_comparisons: usize,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
) -> AtLarge {
    let fields = (0..n_comparisons).map(|place| {
        let filled = comparer.filled(place);
        let (levels, scale) = counted(filled.len() as u64, |lower, upper| {
            let pair = RecordPair::new(filled[lower], filled[upper]);
            allowed(pair).then(|| comparer.level(place, pair.lower(), pair.upper()).index())
        });
        FieldAtLarge { levels: levels.map(|count| scaled(count, scale)), scale }
    });
    let fields = fields.collect();
    let record = |n: usize| RecordId(u32::try_from(n).expect("a record number"));
    let (pairs, scale) = counted(n_records as u64, |lower, upper| {
        allowed(RecordPair::new(record(lower), record(upper))).then_some(0)
    });
    AtLarge { fields, pairs: scaled(pairs[0], scale), records: scaled(n_records as u64, 1.0) }
}

#[expect(clippy::cast_precision_loss, reason = "shares need not be exact")]
fn scaled(count: u64, scale: f64) -> f64 {
    count as f64 * scale
}

/// How many pairs of `n` things are at each level, of all or of those drawn, and how many each one
/// stands for.
fn counted(
    n: u64,
    level: impl Fn(usize, usize) -> Option<usize> + Sync,
) -> ([u64; Level::LIMIT], f64) {
    let all = n * n.saturating_sub(1) / 2;
    let drawn = all.min(DRAWN);
    let count = |chunk: u64| {
        let mut counts = [0_u64; Level::LIMIT];
        for draw in chunk * CHUNK..((chunk + 1) * CHUNK).min(drawn) {
            let (lower, upper) = if all == drawn { nth_pair(draw, n) } else { drawn_pair(draw, n) };
            let place = |n: u64| usize::try_from(n).expect("a record number");
            if let Some(level) = level(place(lower), place(upper)) {
                counts[level] += 1;
            }
        }
        counts
    };
    let sum = |mut sum: [u64; Level::LIMIT], part: [u64; Level::LIMIT]| {
        sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        sum
    };
    let zero = || [0_u64; Level::LIMIT];
    let counts = (0..drawn.div_ceil(CHUNK)).into_par_iter().map(count).reduce(zero, sum);
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

/// Distinct vectors, ascending, and how many pairs known to be matched, and known not to be, have
/// each.
pub(crate) type Labelled = Vec<(ComparisonVector, [f64; 2])>;

/// The vectors of the candidate pairs of every `one_in`-th task, counts scaled to all tasks; and
/// those of labelled pairs, which are not among them.
pub(crate) fn candidates(
    comparer: &Comparer<'_>,
    index: &Index,
    pairs_max: u64,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
    labels: &Labels,
) -> (Patterns, Labelled) {
    let tasks = index.tasks(CHUNK);
    let pairs: u64 = tasks.iter().map(|task| task.pairs).sum();
    let one_in = usize::try_from(pairs.div_ceil(pairs_max.max(1)).max(1)).unwrap_or(usize::MAX);
    let taken: Vec<&block::Task> = tasks.iter().step_by(one_in).collect();
    let listed = labels.listed();
    let is_listed =
        |pair: RecordPair| listed.binary_search_by_key(&pair, |(pair, _)| *pair).is_ok();
    // Of each vector, the pairs that no label knows, and those of two known persons.
    let parts: Vec<Vec<(u64, [u64; 2])>> = taken
        .into_par_iter()
        .map(|task| {
            let (mut pairs, mut vectors) = (Vec::new(), Vec::new());
            index.pairs(task, &mut pairs);
            pairs.retain(|&pair| allowed(pair));
            if labels.is_empty() {
                comparer.compare(&pairs, &mut vectors);
                let counted = counted_up(vectors.into_iter().map(|vector| vector.0).collect());
                return counted.into_iter().map(|(vector, count)| (vector, [count, 0])).collect();
            }
            pairs.retain(|&pair| !is_listed(pair));
            let (known, unknown): (Vec<RecordPair>, Vec<RecordPair>) =
                pairs.iter().partition(|&&pair| labels.of(pair).is_some());
            let mut all = Vec::new();
            for (at, pairs) in [unknown, known].iter().enumerate() {
                comparer.compare(pairs, &mut vectors);
                let counted = counted_up(vectors.iter().map(|vector| vector.0).collect());
                all.extend(counted.into_iter().map(|(vector, count)| {
                    let mut counts = [0; 2];
                    counts[at] = count;
                    (vector, counts)
                }));
            }
            all
        })
        .collect();
    let mut all: Vec<(u64, [u64; 2])> = parts.into_iter().flatten().collect();
    all.par_sort_unstable();
    let sum = |same: &[(u64, [u64; 2])], of: usize| -> f64 {
        let count = same.iter().map(|(_, counts)| counts[of]).sum();
        scaled(count, scaled(one_in as u64, 1.0))
    };
    let same = |of: usize| {
        let same = all.chunk_by(|a, b| a.0 == b.0);
        same.map(move |same| (ComparisonVector(same[0].0), sum(same, of)))
            .filter(|(_, count)| *count > 0.0)
    };
    let of_two = same(1).map(|(vector, others)| (vector, [0.0, others]));
    let listed = listed.iter().filter(|(pair, _)| allowed(*pair)).map(|(pair, matched)| {
        (comparer.vector(pair.lower(), pair.upper()), [*matched, 1.0 - matched])
    });
    let mut labelled: Labelled = of_two.chain(listed).collect();
    // A stable sort: what is summed below is summed in the order of the pairs.
    labelled.sort_by_key(|(vector, _)| *vector);
    let labelled = labelled.chunk_by(|a, b| a.0 == b.0).map(|same| {
        let sum = |at: usize| same.iter().map(|(_, counts)| counts[at]).sum();
        (same[0].0, [sum(0), sum(1)])
    });
    (same(0).collect(), labelled.collect())
}

fn counted_up(mut vectors: Vec<u64>) -> Vec<(u64, u64)> {
    vectors.sort_unstable();
    vectors.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
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
