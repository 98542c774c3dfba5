//! What the records say without labels: how often pairs at large, and candidate pairs, are at
//! each level.

use block::Index;
use compare::{Comparer, ComparisonVector, Level};
use rayon::prelude::*;
use record::{RecordId, RecordPair};
use xxhash_rust::xxh3::xxh3_64;

/// What pairs at large are like, known from all of them or from some drawn at random.
pub(crate) struct AtLarge {
    /// How many pairs are at each level of each comparison; missing values first.
    pub(crate) levels: Vec<[f64; Level::LIMIT]>,
    /// How many pairs there are.
    pub(crate) pairs: f64,
    /// How many records there are.
    pub(crate) records: f64,
    /// How many of all pairs each one looked at stands for.
    pub(crate) scale: f64,
}

/// Distinct vectors, ascending, and how many pairs have each.
pub(crate) type Patterns = Vec<(ComparisonVector, f64)>;

/// Pairs drawn from all, when there are too many to look at each.
const DRAWN: u64 = 1_000_000;

/// Counts all pairs that are allowed, or as many as are drawn.
pub(crate) fn at_large(
    comparer: &Comparer<'_>,
    n_records: usize,
    n_comparisons: usize,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
) -> AtLarge {
    let n = n_records as u64;
    let all = n * n.saturating_sub(1) / 2;
    let drawn = all.min(DRAWN);
    let parts: Vec<(Vec<[u64; Level::LIMIT]>, u64)> = (0..drawn.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut counts = vec![[0_u64; Level::LIMIT]; n_comparisons];
            let mut taken = 0;
            for draw in chunk * CHUNK..((chunk + 1) * CHUNK).min(drawn) {
                let pair = if all == drawn { nth_pair(draw, n) } else { drawn_pair(draw, n) };
                if !allowed(pair) {
                    continue;
                }
                taken += 1;
                let vector = comparer.vector(pair.lower(), pair.upper());
                for (place, counts) in counts.iter_mut().enumerate() {
                    counts[vector.level(place).index()] += 1;
                }
            }
            (counts, taken)
        })
        .collect();
    let mut counts = vec![[0_u64; Level::LIMIT]; n_comparisons];
    let mut taken = 0;
    for (part, pairs) in parts {
        taken += pairs;
        for (sum, part) in counts.iter_mut().flatten().zip(part.iter().flatten()) {
            *sum += part;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "shares need not be exact")]
    let of_counts = |count: u64, scale: f64| count as f64 * scale;
    let scale = if drawn == 0 { 1.0 } else { of_counts(all, 1.0) / of_counts(drawn, 1.0) };
    let levels = counts.iter().map(|levels| levels.map(|count| of_counts(count, scale)));
    AtLarge {
        levels: levels.collect(),
        pairs: of_counts(taken, scale),
        records: of_counts(n, 1.0),
        scale,
    }
}

const CHUNK: u64 = 65_536;

/// The pair with this number when all pairs are counted, by upper and then lower record.
fn nth_pair(number: u64, n: u64) -> RecordPair {
    // The upper record is the largest whose pairs with all lower ones begin at or before it.
    let (mut low, mut high) = (1, n);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if middle * (middle - 1) / 2 <= number { low = middle } else { high = middle }
    }
    pair(number - low * (low - 1) / 2, low)
}

/// A pair drawn at random: the same for the same number, everywhere.
fn drawn_pair(draw: u64, n: u64) -> RecordPair {
    let mut bits = xxh3_64(&draw.to_le_bytes());
    loop {
        let scaled = |bits: u64| ((bits & 0xFFFF_FFFF) * n) >> 32;
        let (a, b) = (scaled(bits), scaled(bits >> 32));
        if a != b {
            return pair(a, b);
        }
        bits = xxh3_64(&bits.to_le_bytes());
    }
}

fn pair(a: u64, b: u64) -> RecordPair {
    let id = |n: u64| RecordId(u32::try_from(n).expect("a record number"));
    RecordPair::new(id(a), id(b))
}

/// The vectors of the candidate pairs of every `one_in`-th task, counts scaled to all tasks.
pub(crate) fn candidates(
    comparer: &Comparer<'_>,
    index: &Index,
    pairs_max: u64,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
) -> Patterns {
    let tasks = index.tasks(CHUNK);
    let pairs: u64 = tasks.iter().map(|task| task.pairs).sum();
    let one_in = usize::try_from(pairs.div_ceil(pairs_max.max(1)).max(1)).unwrap_or(usize::MAX);
    let taken: Vec<&block::Task> = tasks.iter().step_by(one_in).collect();
    let parts: Vec<Vec<(u64, u64)>> = taken
        .into_par_iter()
        .map(|task| {
            let (mut pairs, mut vectors) = (Vec::new(), Vec::new());
            index.pairs(task, &mut pairs);
            pairs.retain(|&pair| allowed(pair));
            comparer.compare(&pairs, &mut vectors);
            let mut vectors: Vec<u64> = vectors.into_iter().map(|vector| vector.0).collect();
            vectors.sort_unstable();
            vectors.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
        })
        .collect();
    let mut all: Vec<(u64, u64)> = parts.into_iter().flatten().collect();
    all.par_sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts of pairs")]
    let scaled = |count: u64| count as f64 * one_in as f64;
    let patterns = all.chunk_by(|a, b| a.0 == b.0).map(|same| {
        (ComparisonVector(same[0].0), scaled(same.iter().map(|&(_, count)| count).sum()))
    });
    patterns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_number() {
        let n = 6;
        let pairs: Vec<RecordPair> = (0..15).map(|number| nth_pair(number, n)).collect();
        let mut sorted = pairs.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 15);
        assert!(pairs.iter().all(|pair| u64::from(pair.upper().0) < n));
    }

    #[test]
    fn drawn_pairs_are_spread_evenly() {
        let mut seen = [0_u32; 10];
        for draw in 0..20_000 {
            let pair = drawn_pair(draw, 10);
            seen[pair.lower().index()] += 1;
            seen[pair.upper().index()] += 1;
        }
        assert!(seen.iter().all(|&count| (3_700..4_300).contains(&count)), "{seen:?}");
    }
}
