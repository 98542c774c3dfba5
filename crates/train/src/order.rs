//! Which levels of a comparison are degrees of one agreement, and learning that keeps to it.
//!
//! Of two tests of a value, of which one lets pass whatever the other does, the closer must not
//! weigh less than the looser: where counts say so, they are too few (ADR 11). What is learned is
//! then the likeliest m among those that keep the order.

use compare::{Comparison, Condition, Test};

/// For each level, the earlier one that must not weigh less, if there is one; "else" last.
///
/// Tests of other things than each other (a pet form, names that are swapped, another field) are
/// of no order, whatever a plan's is: they answer different questions.
pub(crate) fn closer(comparison: &Comparison) -> Vec<Option<usize>> {
    let own = |level: &Condition| match level {
        Condition::Passes(None, Test::OtherName | Test::Missing) => None,
        Condition::Passes(None, test) => Some(*test),
        _ => None,
    };
    let tests: Vec<Option<Test>> = comparison.levels.iter().map(own).collect();
    let closer = |at: usize| {
        let test = tests[at]?;
        tests[..at].iter().rposition(|earlier| earlier.is_some_and(|earlier| test.covers(earlier)))
    };
    let mut parents: Vec<Option<usize>> = (0..tests.len()).map(closer).collect();
    // No agreement is the loosest of the last chain; equality alone is one too.
    let last = (0..tests.len())
        .rfind(|&at| parents[at].is_some() || tests[at].is_some_and(|test| test == Test::Exact));
    parents.push(last);
    parents
}

/// Shares in proportion to `counts`, but moved so that the ratio of share to `u` is nowhere more
/// than at the closer level.
///
/// Levels out of order are pooled, the worst first, until none is (Thompson 1962): the shares are
/// then the likeliest of all that keep the order.
pub(crate) fn ordered(counts: &[f64], u: &[f64], closer: &[Option<usize>]) -> Vec<f64> {
    let all: f64 = counts.iter().sum();
    // Each level's pool, by the earliest level in it.
    let mut pool: Vec<usize> = (0..counts.len()).collect();
    let mut sums: Vec<(f64, f64)> = counts.iter().copied().zip(u.iter().copied()).collect();
    let ratio = |(count, u): (f64, f64)| count / u;
    loop {
        let violating = (0..counts.len()).filter(|&at| pool[at] == at).filter_map(|at| {
            let above = pool[closer[at]?];
            (ratio(sums[above]) < ratio(sums[at])).then_some((at, above))
        });
        let worst = violating.max_by(|(a, _), (b, _)| ratio(sums[*a]).total_cmp(&ratio(sums[*b])));
        let Some((at, above)) = worst else { break };
        sums[above] = (sums[above].0 + sums[at].0, sums[above].1 + sums[at].1);
        pool.iter_mut().filter(|pool| **pool == at).for_each(|pool| *pool = above);
    }
    let share = |(at, u): (usize, &f64)| u * ratio(sums[pool[at]]) / all;
    u.iter().enumerate().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(levels: &str) -> Comparison {
        Comparison {
            field: "forename".to_owned(),
            partner: None,
            levels: levels.split(", ").map(|level| level.parse().unwrap()).collect(),
            term_frequency: false,
            changes: false,
        }
    }

    #[test]
    fn only_degrees_of_one_agreement_are_ordered() {
        for (levels, expected) in [
            ("exact", "- 0"),
            ("exact, osa(1), osa(2)", "- 0 1 2"),
            ("exact, nickname, osa(1), jaro_winkler(0.9), jaro_winkler(0.8)", "- - 0 0 3 4"),
            ("same_dwelling, same_building, same_postcode", "- 0 1 2"),
            ("exact, osa(1), other_name", "- 0 - 1"),
            ("exact, surname:exact, osa(1) and surname:exact", "- - - 0"),
            ("missing, is('a'), exact", "- - - 2"),
            ("crossed, nickname", "- - -"),
            ("osa(2), exact", "- - 1"),
        ] {
            let found = closer(&comparison(levels)).into_iter();
            let found: Vec<String> =
                found.map(|at| at.map_or("-".to_owned(), |at| at.to_string())).collect();
            assert_eq!(found.join(" "), expected, "{levels}");
        }
    }

    #[test]
    fn what_is_in_order_stays_and_what_is_not_is_pooled() {
        let chain = [None, Some(0), Some(1)];
        let u = [0.1, 0.2, 0.7];
        let near = |found: Vec<f64>, expected: [f64; 3]| {
            let far = found.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-12);
            assert!(!far, "{found:?} is not {expected:?}");
        };
        near(ordered(&[90.0, 8.0, 2.0], &u, &chain), [0.9, 0.08, 0.02]);
        near(ordered(&[20.0, 70.0, 10.0], &u, &chain), [0.3, 0.6, 0.1]);
        near(ordered(&[0.0, 0.0, 10.0], &u, &chain), [0.1, 0.2, 0.7]);
        near(ordered(&[20.0, 70.0, 10.0], &u, &[None; 3]), [0.2, 0.7, 0.1]);
    }

    #[test]
    fn no_shares_in_order_are_likelier() {
        // Of shares on a grid that keep the order of a fork, none explains the counts better.
        let (fork, u) = ([None, Some(0), Some(0)], [0.3, 0.3, 0.4]);
        for counts in [[5.0, 1.0, 6.0], [1.0, 5.0, 6.0], [1.0, 9.0, 1.0], [8.0, 1.0, 1.0]] {
            let fit = |m: &[f64]| -> f64 { counts.iter().zip(m).map(|(c, m)| c * m.ln()).sum() };
            let best = fit(&ordered(&counts, &u, &fork));
            for (a, b) in (1..100).flat_map(|a| (1..100 - a).map(move |b| (a, b))) {
                let m = [a, b, 100 - a - b].map(|share| f64::from(share) / 100.0);
                let above = |at: usize| m[at] / u[at] <= m[0] / u[0] + 1e-12;
                assert!(!(above(1) && above(2)) || fit(&m) <= best + 1e-9, "{counts:?} {m:?}");
            }
        }
    }
}
