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
mod learn;
mod order;
pub mod priors;

use block::Index;
use compare::{Comparer, Comparison, Level};
use record::{RecordPair, SourceId};
use score::Model;

use learn::{Estimate, FieldPrior, Seen, improve, learn};

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

/// Which pairs there are to learn from.
#[derive(Clone, Copy)]
pub struct Pairs<'a> {
    /// The blocks whose pairs are candidates.
    pub index: &'a Index,
    /// Which pairs could be one person at all; the others are left out.
    pub allowed: &'a (dyn Fn(RecordPair) -> bool + Sync),
    /// Which pairs of the blocks are candidates indeed.
    pub proposed: &'a (dyn Fn(RecordPair) -> bool + Sync),
}

/// All that a model of some comparisons is learned from: what the records say of pairs.
pub struct Training<'a> {
    comparisons: &'a [Comparison],
    sources: &'a [String],
    fields: Vec<FieldPrior>,
    seen: Seen,
    learned: Option<(Estimate, Convergence)>,
}

impl<'a> Training<'a> {
    /// Looks at the records behind `comparer`.
    ///
    /// Of the pairs that `labels` knows, it is not asked what they are: a matched one is matched,
    /// another is of one household or of strangers. They count even if they are not among the
    /// candidates.
    #[must_use]
    pub fn new(
        comparer: &Comparer<'a>,
        comparisons: &'a [Comparison],
        pairs: &Pairs<'_>,
        labels: &Labels,
        config: &Config,
    ) -> Training<'a> {
        let seen = Seen {
            at_large: counts::at_large(comparer, comparisons.len(), pairs.allowed),
            patterns: counts::patterns(comparer, pairs, config.pairs_max, labels),
            together: counts::together(comparer, comparisons),
        };
        let fields = (0..comparisons.len()).map(|it| FieldPrior::of(comparer, comparisons, it));
        let sources = comparer.sources();
        Training { comparisons, sources, fields: fields.collect(), seen, learned: None }
    }

    /// Learns the model; once more, from where it stands, if it was learned before.
    pub fn learn(&mut self, config: &Config) -> Trained {
        let (fields, seen) = (&self.fields, &self.seen);
        let (estimate, convergence) = match self.learned.take() {
            None => learn(Estimate::first(fields, seen), fields, seen, config),
            Some((estimate, rounds)) => improve(estimate, rounds, fields, seen, config),
        };
        let model = estimate.model(self.comparisons, self.sources, fields, seen, config);
        self.learned = Some((estimate, convergence));
        Trained { model, convergence }
    }

    /// Takes it as known at which level of a comparison matched pairs are: two sources, a level and
    /// how many pairs. Missing values tell nothing.
    pub fn know(
        &mut self,
        place: usize,
        matched: impl Iterator<Item = ([SourceId; 2], Level, f64)>,
    ) {
        let n_of_sources = counts::source_pairs(self.sources.len()).count();
        let mut known = vec![[0.0; Level::LIMIT]; n_of_sources];
        for ([a, b], level, pairs) in matched {
            if let Some(level) = level.index().checked_sub(1) {
                known[counts::source_pair(a, b) as usize][level] += pairs;
            }
        }
        self.fields[place].known = Some(known);
    }
}
