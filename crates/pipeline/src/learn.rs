//! Learning the model: from pairs first, then once more with what whole persons tell.

use std::borrow::Cow;

use compare::{Comparer, Comparison};
use plan::counted;
use rayon::prelude::*;
use record::{Kind, RecordId, RecordPair};
use score::{Model, Scorer};
use train::{Convergence, Pairs, Training};
use xxhash_rust::xxh3::xxh3_64;

use crate::candidates::{self, Evidence, Proposed, Weighing};
use crate::link::{Config, informed};
use crate::progress::{Progress, Stage};

/// The model of these comparisons: that given, or one learned, and how that went. `room` is whether
/// there is any for more of each record than has to be there.
pub(crate) fn learn(
    proposed: &Proposed<'_>,
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    config: &Config,
    room: bool,
    progress: &dyn Progress,
) -> (Model, Option<Convergence>) {
    let Proposed { index, constraints, .. } = *proposed;
    let pairs: u64 = index.costs().iter().map(|cost| cost.pairs).sum();
    let seeds = Seeds::among(pairs, config.train.pairs_max);
    let dates = dates(comparer, comparisons);
    // Labels tell better what whole persons would.
    let sees_persons = config.model.is_none() && config.labels.is_empty() && !dates.is_empty();
    // Much of it is no going through pairs, and takes as long as it takes.
    progress.begin(Stage::Train, None);
    if let Some(model) = &config.model {
        progress.end(Stage::Train, "given");
        return (model.restricted_to(comparisons), None);
    }
    let how = &config.train;
    let mut training = training(proposed, comparer, comparisons, config);
    let mut trained = training.learn(how);
    if sees_persons {
        // A father and a son of one name and home, and one man with two dates of birth, look the
        // same to whoever sees two records. All records of each tell them apart.
        let model = informed(&trained.model, config);
        let scorer = Scorer::new(&model, comparer, comparisons);
        let weighing = Weighing::new(&model, &scorer, comparer, config.possible_link, room);
        let is_seed = seeds.marks(comparer.n_records());
        let is_seed = |record: RecordId| is_seed[record.index()];
        let seeded = |pair: RecordPair| is_seed(pair.lower()) || is_seed(pair.upper());
        let links = candidates::links(proposed, &weighing, seeded, progress);
        let mut all = Cow::Borrowed(&links);
        if !seeds.are_all() {
            let mut near = vec![false; comparer.n_records()];
            for record in links.iter().flat_map(|link| [link.lower, link.upper]) {
                near[record.index()] = true;
            }
            let near = |pair: RecordPair| near[pair.lower().index()] && near[pair.upper().index()];
            let near = |pair: RecordPair| near(pair) && !seeded(pair);
            let mut more = candidates::links(proposed, &weighing, near, progress);
            more.extend_from_slice(&links);
            more.par_sort_unstable();
            all = Cow::Owned(more);
        }
        let weigher = Evidence::new(&scorer, comparer, &all);
        let n_records = comparer.n_records();
        let persons =
            resolve::resolve(n_records, &all, &weigher, constraints, &config.resolve).persons;
        let beliefs = resolve::beliefs(&persons, &links, &weigher);
        for place in dates {
            let matched = links.iter().zip(&beliefs).map(|(link, belief)| {
                let of = [link.lower, link.upper].map(|record| comparer.source(record));
                (of, link.vector.level(place), belief.probability())
            });
            training.know(place, matched);
        }
        trained = training.learn(how);
    }
    let Convergence { rounds, converged, .. } = trained.convergence;
    let outcome = if converged { "converged in" } else { "not converged after" };
    progress.end(Stage::Train, &format!("{outcome} {}", counted(rounds.into(), "round")));
    (trained.model, Some(trained.convergence))
}

/// All there is to learn from, looked at.
pub(crate) fn training<'a>(
    proposed: &Proposed<'_>,
    comparer: &Comparer<'a>,
    comparisons: &'a [Comparison],
    config: &Config,
) -> Training<'a> {
    let pairs = Pairs {
        index: proposed.index,
        allowed: &|pair| !proposed.constraints.excludes(pair),
        proposed: &|pair| proposed.filter.allows(pair),
    };
    Training::new(comparer, comparisons, &pairs, &config.labels, &config.train)
}

/// The records whose pairs are looked at: where there are many, some of them. A person is seen only
/// with all that is near, so what is near a seed is looked at as well.
#[derive(Clone, Copy)]
struct Seeds {
    one_in: u64,
}

impl Seeds {
    /// All, or so many that they and what is near them have about `pairs_max` pairs.
    fn among(pairs: u64, pairs_max: u64) -> Seeds {
        // A pair has two records, and what is near has as many pairs again.
        let one_in = (4 * pairs).div_ceil(pairs_max.max(1));
        Seeds { one_in: if pairs <= pairs_max { 1 } else { one_in } }
    }

    fn are_all(self) -> bool {
        self.one_in == 1
    }

    /// Of so many records, which are seeds.
    fn marks(self, n_records: usize) -> Vec<bool> {
        let is_seed = |record: u32| xxh3_64(&record.to_le_bytes()).is_multiple_of(self.one_in);
        (0..).take(n_records).map(|record| self.are_all() || is_seed(record)).collect()
    }
}

/// The places of the dates that a person keeps.
fn dates(comparer: &Comparer<'_>, comparisons: &[Comparison]) -> Vec<usize> {
    let lasting = |place: &usize| {
        !comparisons[*place].changes && comparer.column(*place).field.kind == Kind::Date
    };
    (0..comparisons.len()).filter(lasting).collect()
}
