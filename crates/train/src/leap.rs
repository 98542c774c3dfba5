//! Where rounds of learning are heading, from those already taken.
//!
//! Rounds alone come to rest slowly, the more so the more classes overlap. The rounds taken so far
//! tell how a change of the estimate changes what a round does to it; from that the estimate is
//! worked out that a round would leave as it is (Anderson 1965; for expectation–maximisation
//! Henderson & Varadhan 2019).

/// Rounds remembered.
const MEMORY: usize = 8;
/// So much smaller a direction than the largest is not heard, when leaps do well and when they fail.
const FAINT: std::ops::RangeInclusive<f64> = 1e-12..=1.0;

/// The rounds taken, newest last: where each began, and how far it went.
pub(crate) struct Rounds {
    taken: Vec<(Vec<f64>, Vec<f64>)>,
    faint: f64,
}

impl Default for Rounds {
    fn default() -> Self {
        Rounds { taken: Vec::new(), faint: *FAINT.start() }
    }
}

impl Rounds {
    /// Adds a round from `from` to `to`.
    pub(crate) fn add(&mut self, from: Vec<f64>, to: &[f64]) {
        let step = to.iter().zip(&from).map(|(to, from)| to - from).collect();
        self.taken.push((from, step));
        self.faint = (self.faint * 0.5).max(*FAINT.start());
        if self.taken.len() > MEMORY + 1 {
            self.taken.remove(0);
        }
    }

    /// Has leaps go less far from where the last round ended.
    pub(crate) fn doubt(&mut self) {
        self.faint = (self.faint * 100.0).clamp(1e-6, *FAINT.end());
    }

    /// Where they are heading, `weights` saying how much each number matters.
    ///
    /// # Panics
    ///
    /// Panics if no round was added.
    pub(crate) fn heading(&self, weights: &[f64]) -> Vec<f64> {
        let ((from, step), before) = self.taken.split_last().expect("a round");
        let less =
            |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        let changes: Vec<Vec<f64>> = before.iter().map(|(_, other)| less(step, other)).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 {
            a.iter().zip(b).zip(weights).map(|((a, b), weight)| a * b * weight).sum()
        };
        let square = changes.iter().map(|a| changes.iter().map(|b| dot(a, b)).collect()).collect();
        let shares = solved(square, self.faint, changes.iter().map(|a| dot(a, step)).collect());
        let mut heading: Vec<f64> = from.iter().zip(step).map(|(from, step)| from + step).collect();
        for ((share, change), (other, _)) in shares.iter().zip(&changes).zip(before) {
            let moved = less(from, other);
            for ((at, moved), change) in heading.iter_mut().zip(&moved).zip(change) {
                *at -= share * (moved + change);
            }
        }
        heading
    }
}

/// The least `x` of a·x = b, for a square and positive `a`, as far as its rows tell.
fn solved(mut a: Vec<Vec<f64>>, faint: f64, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    let largest = (0..n).map(|at| a[at][at]).fold(0.0, f64::max);
    for (at, row) in a.iter_mut().enumerate() {
        row[at] += largest * faint;
    }
    if largest == 0.0 {
        return vec![0.0; n];
    }
    for at in 0..n {
        let (above, below) = a.split_at_mut(at + 1);
        let pivot = &above[at];
        for (row, place) in below.iter_mut().zip(at + 1..) {
            let share = row[at] / pivot[at];
            for (value, above) in row.iter_mut().zip(pivot).skip(at) {
                *value -= share * above;
            }
            b[place] -= share * b[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|later| a[at][later] * b[later]).sum();
        b[at] = (b[at] - known) / a[at][at];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_is_linear_is_at_rest_after_as_many_as_there_are_numbers() {
        // Each round goes a part of the way to (1, 2, 3): a tenth, a hundredth, a thousandth.
        let round = |at: &[f64]| -> Vec<f64> {
            let parts = [(1.0, 0.1), (2.0, 0.01), (3.0, 0.001)];
            at.iter().zip(parts).map(|(at, (rest, part))| at + part * (rest - at)).collect()
        };
        let (mut rounds, mut at) = (Rounds::default(), vec![0.0; 3]);
        for _ in 0..6 {
            let to = round(&at);
            rounds.add(at, &to);
            at = rounds.heading(&[1.0; 3]);
        }
        assert!(
            at.iter().zip([1.0, 2.0, 3.0]).all(|(at, rest)| (at - rest).abs() < 1e-4),
            "{at:?}"
        );
    }

    #[test]
    fn one_round_leads_to_where_it_ended() {
        let mut rounds = Rounds::default();
        rounds.add(vec![0.0, 1.0], &[2.0, 3.0]);
        assert_eq!(rounds.heading(&[1.0; 2]), [2.0, 3.0]);
    }
}
