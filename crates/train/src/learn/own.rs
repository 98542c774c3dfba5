//! What the records of each source are like: how often pairs with them are at each level.

use score::SourceLevels;

use super::{Estimate, FieldPrior, Seen};
use crate::counts::source_pairs;

/// For each comparison, what sets each source apart.
///
/// The factors are the likeliest, given the pairs of each two sources that this estimate takes for
/// matched, and those at large that it does not, held against there being no difference with the
/// weight of `belief` pairs at each level.
pub(super) fn own(
    estimate: &Estimate,
    priors: &[FieldPrior],
    seen: &Seen,
    sources: &[String],
    belief: f64,
) -> Vec<Vec<SourceLevels>> {
    let of: Vec<[usize; 2]> = source_pairs(sources.len()).collect();
    let matched = estimate.matched_by_sources(seen);
    let fields = estimate.fields.iter().zip(&seen.at_large.fields).enumerate();
    let fields = fields.map(|(place, (field, at_large))| {
        let levels = 1..=field.m.len();
        let seen = || matched.iter().map(|fields| fields[place]).collect();
        let matched = priors[place].known.clone().unwrap_or_else(seen);
        let matched: Vec<&[f64]> = matched.iter().map(|it| &it[..field.m.len()]).collect();
        // In pairs that were looked at, since that is what there is to go by.
        let strangers = at_large.by_sources.iter().zip(&matched).map(|(all, matched)| {
            let others = all[levels.clone()].iter().zip(*matched);
            others.map(|(all, matched)| (all - matched).max(0.0) / at_large.scale).collect()
        });
        let strangers: Vec<Vec<f64>> = strangers.collect();
        let strangers: Vec<&[f64]> = strangers.iter().map(Vec::as_slice).collect();
        let m = fit(&of, &matched, sources.len(), belief);
        let u = fit(&of, &strangers, sources.len(), belief);
        let own = sources.iter().zip(m).zip(u);
        own.map(|((source, m), u)| SourceLevels { of: source.clone(), m, u }).collect()
    });
    fields.collect()
}

/// The factors of each source that make `counts`, by two sources and by level, likeliest: the share
/// of a level among the pairs of two sources is that among all, times the factors of the two
/// (iterative proportional fitting, Deming & Stephan 1940).
fn fit(of: &[[usize; 2]], counts: &[&[f64]], n_sources: usize, belief: f64) -> Vec<Vec<f64>> {
    let levels = counts.first().map_or(0, |counts| counts.len());
    let pooled: Vec<f64> =
        (0..levels).map(|level| counts.iter().map(|counts| counts[level]).sum()).collect();
    let all: f64 = pooled.iter().sum();
    let mut own = vec![vec![1.0; levels]; n_sources];
    if all <= 0.0 {
        return own;
    }
    // What is seen of each source; both sides of a pair are seen where they are of one source.
    let mut found = vec![vec![belief; levels]; n_sources];
    for (of, counts) in of.iter().zip(counts) {
        for source in of {
            for (found, count) in found[*source].iter_mut().zip(*counts) {
                *found += count;
            }
        }
    }
    for _ in 0..ROUNDS {
        let expected = own.iter().map(|own| own.iter().map(|it| belief * it).collect());
        let mut expected: Vec<Vec<f64>> = expected.collect();
        for (of, counts) in of.iter().zip(counts) {
            let n: f64 = counts.iter().sum();
            let share = |level: usize| pooled[level] * own[of[0]][level] * own[of[1]][level];
            let sum: f64 = (0..levels).map(share).sum();
            for source in of {
                for (level, expected) in expected[*source].iter_mut().enumerate() {
                    *expected += n * share(level) / sum;
                }
            }
        }
        for (own, (found, expected)) in own.iter_mut().zip(found.iter().zip(&expected)) {
            for (own, (found, expected)) in own.iter_mut().zip(found.iter().zip(expected)) {
                // Half the way, since the other source of a pair goes along.
                *own *= libm::sqrt(found / expected);
            }
        }
    }
    own
}

/// Enough for each factor to settle to a thousandth.
const ROUNDS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of each level among the pairs of two sources under these factors.
    fn shares(pooled: &[f64], a: &[f64], b: &[f64]) -> Vec<f64> {
        let shares: Vec<f64> =
            pooled.iter().zip(a.iter().zip(b)).map(|(all, (a, b))| all * a * b).collect();
        let sum: f64 = shares.iter().sum();
        shares.iter().map(|share| share / sum).collect()
    }

    #[test]
    fn what_sets_sources_apart_is_found_again() {
        let of: Vec<[usize; 2]> = source_pairs(3).collect();
        let pooled = [0.9, 0.07, 0.03];
        let planted = [[1.0, 1.0, 1.0], [0.8, 4.0, 1.0], [1.1, 0.5, 2.0]];
        let counts: Vec<Vec<f64>> = of
            .iter()
            .zip([9e5, 4e5, 2e5, 3e5, 5e5, 1e5])
            .map(|(&[a, b], n)| {
                shares(&pooled, &planted[a], &planted[b]).iter().map(|share| n * share).collect()
            })
            .collect();
        let counts: Vec<&[f64]> = counts.iter().map(Vec::as_slice).collect();
        let own = fit(&of, &counts, 3, 50.0);
        let all: Vec<f64> = (0..3).map(|level| counts.iter().map(|it| it[level]).sum()).collect();
        for (&[a, b], counts) in of.iter().zip(&counts) {
            let n: f64 = counts.iter().sum();
            for (found, count) in shares(&all, &own[a], &own[b]).iter().zip(*counts) {
                assert!((found * n / count - 1.0).abs() < 0.05, "{a} {b}: {found} of {count}");
            }
        }
    }

    #[test]
    fn few_pairs_set_no_source_apart() {
        let of: Vec<[usize; 2]> = source_pairs(2).collect();
        let counts: [&[f64]; 3] = [&[9e5, 1e5], &[0.0, 2.0], &[0.0, 0.0]];
        let own = fit(&of, &counts, 2, 50.0);
        assert!(own[1].iter().all(|times| (times - 1.0).abs() < 0.1), "{own:?}");
        assert_eq!(fit(&of, &[[0.0, 0.0].as_slice(); 3], 2, 50.0), vec![vec![1.0; 2]; 2]);
        assert!(fit(&[], &[], 0, 50.0).is_empty());
    }
}
