//! Learning the model: from pairs first, then once more with what whole persons tell.

use compare::{Comparer, Comparison};
use plan::counted;
use record::Kind;
use score::{Model, ScoredPair, Scorer};
use train::{Convergence, Pairs, Training};

use crate::link::{Config, Evidence, Proposed, informed, weigh};
use crate::progress::{Progress, Stage};

/// The model of these comparisons: that given, or one learned, and how that went.
pub(crate) fn learn(
    proposed: &Proposed<'_>,
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    config: &Config,
    progress: &dyn Progress,
) -> (Model, Option<Convergence>) {
    let Proposed { index, constraints, .. } = *proposed;
    progress.begin(Stage::Train, Some(index.costs().iter().map(|cost| cost.pairs).sum()));
    if let Some(model) = &config.model {
        progress.end(Stage::Train, "given");
        return (model.restricted_to(comparisons), None);
    }
    let how = &config.train;
    let mut training = training(proposed, comparer, comparisons, config);
    let mut trained = training.learn(how);
    let dates = dates(comparer, comparisons);
    if !dates.is_empty() && config.labels.is_empty() {
        // A father and a son of one name and home, and one man with two dates of birth, look the
        // same to whoever sees two records. All records of each tell them apart.
        let scorer = Scorer::new(&informed(&trained.model, config), comparer, comparisons);
        let scored = weigh(proposed, comparer, &scorer, config.possible_link, progress);
        let links: Vec<ScoredPair> = scored.links.into_iter().map(|(link, _)| link).collect();
        let weigher = Evidence::new(&scorer, comparer, &links);
        let beliefs = resolve::beliefs(
            &resolve::resolve(comparer.n_records(), &links, &weigher, constraints, &config.resolve)
                .persons,
            &links,
            &weigher,
        );
        for place in dates {
            let mut matched = vec![0.0; comparisons[place].levels.len() + 1];
            for (link, belief) in links.iter().zip(&beliefs) {
                if let Some(level) = link.vector.level(place).index().checked_sub(1) {
                    matched[level] += belief.probability();
                }
            }
            training.know(place, matched);
        }
        let rounds = trained.convergence.rounds;
        trained = training.learn(how);
        trained.convergence.rounds += rounds;
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

/// The places of the dates that a person keeps.
fn dates(comparer: &Comparer<'_>, comparisons: &[Comparison]) -> Vec<usize> {
    let lasting = |place: &usize| {
        !comparisons[*place].changes && comparer.column(*place).field.kind == Kind::Date
    };
    (0..comparisons.len()).filter(lasting).collect()
}
