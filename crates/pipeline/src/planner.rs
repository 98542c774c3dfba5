//! What blocking rules are expected to find, and rules chosen by it.

use block::{Index, Rule};
use compare::Comparer;
use record::{Normalised, RecordPair, Records};
use recall::{Expected, Judge};
use score::Scorer;

use crate::link::{self, Config};
use crate::progress::Progress;

/// What the rules of `index` are expected to find, and the rules that would be chosen instead if
/// they are asked for. A model is learned unless one is given.
pub(crate) fn plan(
    records: &Records,
    normalised: &Normalised,
    index: &Index,
    config: &Config,
    allowed: &(dyn Fn(RecordPair) -> bool + Sync),
    proposes: bool,
    progress: &dyn Progress,
) -> (Expected, Option<Vec<Rule>>) {
    let wider = wider(normalised, index, config);
    let reference = wider.as_ref().unwrap_or(index);
    let comparisons = link::held(normalised, config);
    let comparer = Comparer::new(normalised, &comparisons);
    let (model, _) =
        link::learn(&comparer, &comparisons, reference, records.len(), allowed, config, progress);
    let scorer = Scorer::new(&model, &comparer, &comparisons);
    let judge = Judge {
        normalised,
        sources: &records.source,
        comparer: &comparer,
        scorer: &scorer,
        allowed,
    };
    let chosen = proposes.then(|| recall::choose(&judge, reference, &config.limits));
    (recall::expected(&judge, reference, index.rules().len()), chosen)
}

/// The rules of a plan and, after them, those that would be chosen without them: what a plan's
/// rules miss is learned from what others find. `None` if the rules are those chosen.
fn wider(normalised: &Normalised, index: &Index, config: &Config) -> Option<Index> {
    config.rules.as_ref()?;
    let mut rules = index.rules().to_vec();
    let chosen = block::propose(normalised, &config.limits);
    rules.extend(chosen.into_iter().filter(|rule| !index.rules().contains(rule)));
    Some(Index::new(normalised, &rules, &block::refinements(normalised), &config.limits))
}
