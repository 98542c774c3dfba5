//! Learns how often each source's addresses are right, and how fast they go stale.
//!
//! Where two sources speak of one person, they agree if both had the door right, each on its own
//! day, and the person did not move between those days. Which of these failed where they disagree
//! nobody knows; expectation–maximisation shares the blame. Sources of which little is known are
//! taken to be like all others.

use rayon::prelude::*;
use record::{Lists, SourceId};

use crate::{
    following::days,
    statements::{Standing, Statement},
};

/// What is learned of a source's addresses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// How often it was compared with another.
    pub compared: u64,
    /// How likely the door is right on the day for which it is given.
    pub right: f64,
    /// The days after which half of the persons have moved on.
    pub half_life_days: f64,
}

/// What is learned of all sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliabilities {
    /// Of each source.
    pub sources: Vec<Reliability>,
    /// Of all together; none if there are too few comparisons to learn from.
    pub general: Option<Reliability>,
}

impl Reliabilities {
    /// By how much longer the addresses of a source last than those of sources in general, and how
    /// much oftener they are right.
    pub(crate) fn relative(&self, source: SourceId) -> (f64, f64) {
        let of = self.sources.get(source.index()).zip(self.general.as_ref());
        of.map_or((1.0, 1.0), |(own, general)| {
            let lasts = own.half_life_days / general.half_life_days;
            (lasts.clamp(1.0 / LIMIT, LIMIT), own.right / general.right)
        })
    }
}

/// So many comparisons there must be before anything is learned.
const FEWEST: u64 = 200;
/// A source counts for what it shows and for so many persons more who are like all others.
const SHRINKAGE: f64 = 20.0;
/// No source is taken to last so many times longer or shorter than sources in general.
const LIMIT: f64 = 4.0;
/// Rounds of learning; more change nothing that matters.
const ROUNDS: usize = 60;
/// Days are counted by months, as nothing turns on a day.
const MONTH: i32 = 30;
/// Months after which nothing is compared any more.
const MONTHS: u8 = 60;

/// Two sources that spoke of a person, so many months apart, and how often they did and agreed.
struct Compared {
    earlier: usize,
    later: usize,
    years: f64,
    n: f64,
    agreed: f64,
}

/// Learns from what is said of each person.
pub(crate) fn learn(statements: &Lists<Statement>, n_sources: usize) -> Reliabilities {
    let compared = compare(statements);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts are whole and not below zero"
    )]
    let count = |of: &dyn Fn(&&Compared) -> bool| -> u64 {
        compared.iter().filter(of).map(|c| c.n).sum::<f64>() as u64
    };
    let all = count(&|_| true);
    if all < FEWEST {
        return Reliabilities::default();
    }
    let one: Vec<Compared> =
        compared.iter().map(|c| Compared { earlier: 0, later: 0, ..*c }).collect();
    let general = fit(&one, 1, None)[0];
    let sources = fit(&compared, n_sources, Some(general));
    let as_told = |(compared, (right, hazard)): (u64, (f64, f64))| Reliability {
        compared,
        right,
        half_life_days: (std::f64::consts::LN_2 / hazard * 365.25).min(36_525.0),
    };
    let sources = sources.into_iter().enumerate().map(|(source, fitted)| {
        as_told((count(&|c| c.earlier == source || c.later == source), fitted))
    });
    Reliabilities { sources: sources.collect(), general: Some(as_told((all, general))) }
}

/// A source, a later one, the months between them, and whether they agree.
type Pair = (SourceId, SourceId, u8, bool);

/// The last thing that each source says of each person, beside that of each other source.
fn compare(statements: &Lists<Statement>) -> Vec<Compared> {
    let mut pairs: Vec<Pair> = (0..statements.len())
        .into_par_iter()
        .flat_map_iter(|person| pairs(statements.get(person)))
        .collect();
    pairs.par_sort_unstable();
    let month = f64::from(MONTH) / 365.25;
    let apart = pairs.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2));
    apart
        .map(|same| {
            let (earlier, later, months, _) = same[0];
            let agreed = same.iter().filter(|pair| pair.3).count();
            let count = |n: usize| u32::try_from(n).map_or(0.0, f64::from);
            Compared {
                earlier: earlier.index(),
                later: later.index(),
                years: (f64::from(months) + 0.5) * month,
                n: count(same.len()),
                agreed: count(agreed),
            }
        })
        .collect()
}

fn pairs(said: &[Statement]) -> Vec<Pair> {
    let mut last: Vec<&Statement> = Vec::new();
    for s in said.iter().filter(|s| s.place.is_one_door() && s.standing != Standing::Expected) {
        match last.iter_mut().find(|other| other.source == s.source) {
            Some(other) if (other.seen, other.record) < (s.seen, s.record) => *other = s,
            Some(_) => {}
            None => last.push(s),
        }
    }
    last.sort_unstable_by_key(|s| (s.seen, s.source));
    let mut pairs = Vec::new();
    for (at, earlier) in last.iter().enumerate() {
        for later in &last[at + 1..] {
            let months = days(earlier.seen, later.seen) / MONTH;
            if let Some(months) = u8::try_from(months).ok().filter(|&months| months <= MONTHS) {
                pairs.push((earlier.source, later.source, months, earlier.place == later.place));
            }
        }
    }
    pairs
}

/// For each source how likely it is right, and how many of a person's moves there are a year.
fn fit(compared: &[Compared], n_sources: usize, general: Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let first = general.unwrap_or((0.95, 0.1));
    let (weight, prior) = if general.is_some() { (SHRINKAGE, first) } else { (1.0, first) };
    let mut fitted = vec![first; n_sources];
    for _ in 0..ROUNDS {
        // Right, all, moves, and years without one or until one.
        let mut sums = vec![[weight * prior.0, weight, weight, weight / prior.1]; n_sources];
        for c in compared {
            let ((right, hazard), (other, _)) = (fitted[c.earlier], fitted[c.later]);
            let stays = (-hazard * c.years).exp();
            let differ = (1.0 - right * other * stays).max(f64::MIN_POSITIVE);
            let parted = c.n - c.agreed;
            let moved = parted * (1.0 - stays) / differ;
            // Who moved between two days did so, on average, somewhat before the middle.
            let until = 1.0 / hazard - c.years * stays / (1.0 - stays);
            let [was_right, n, moves, years] = &mut sums[c.earlier];
            *was_right += c.n - parted * (1.0 - right) / differ;
            *n += c.n;
            *moves += moved;
            *years += (c.n - moved) * c.years + moved * until;
            let [was_right, n, ..] = &mut sums[c.later];
            *was_right += c.n - parted * (1.0 - other) / differ;
            *n += c.n;
        }
        for (fitted, [right, n, moves, years]) in fitted.iter_mut().zip(sums) {
            *fitted = (right / n, moves / years);
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sources of which so many in a hundred are right, and of whose persons so many in a hundred
    /// move each year, as they would agree with one another.
    fn planted(sources: &[(f64, f64)], n: f64) -> Vec<Compared> {
        let mut compared = Vec::new();
        for (earlier, &(right, hazard)) in sources.iter().enumerate() {
            for (later, &(other, _)) in sources.iter().enumerate().filter(|s| s.0 != earlier) {
                for month in 0..60 {
                    let years = (f64::from(month) + 0.5) / 12.0;
                    let agreed = n * right * other * (-hazard * years).exp();
                    compared.push(Compared { earlier, later, years, n, agreed });
                }
            }
        }
        compared
    }

    #[test]
    fn what_was_planted_is_learned() {
        let truth = [(0.98, 0.05), (0.90, 0.10), (0.95, 0.40)];
        let found = fit(&planted(&truth, 2000.0), 3, Some((0.94, 0.12)));
        for ((right, hazard), (found_right, found_hazard)) in truth.into_iter().zip(found) {
            assert!((right - found_right).abs() < 0.01, "{right} {found_right}");
            assert!((hazard / found_hazard - 1.0).abs() < 0.05, "{hazard} {found_hazard}");
        }
    }

    #[test]
    fn a_source_of_which_little_is_known_is_like_all_others() {
        let general = (0.94, 0.12);
        let found = fit(&planted(&[(0.50, 1.0), (0.98, 0.05)], 0.01), 2, Some(general));
        for (right, hazard) in found {
            assert!((right - general.0).abs() < 0.02, "{right}");
            assert!((hazard / general.1 - 1.0).abs() < 0.1, "{hazard}");
        }
        let (right, hazard) = fit(&[], 1, Some(general))[0];
        assert!((right - general.0).abs() < 1e-9 && (hazard - general.1).abs() < 1e-9);
        assert_eq!(learn(&Lists::default(), 3), Reliabilities::default());
    }
}
