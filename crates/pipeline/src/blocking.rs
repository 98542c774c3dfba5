//! Blocking by itself, for those who tune its rules.

use compare::Comparer;
use plan::{Plan, counted};

use crate::error::Error;
use crate::planner::Planner;
use crate::progress::{Progress, Stage};
use crate::run::{config, constraints, extract, truth};
use crate::{candidates, evaluation, link};

/// What blocking would propose.
#[derive(Clone, Debug)]
pub struct Blocking {
    /// The records.
    pub records: u64,
    /// Each rule.
    pub rules: Vec<link::RuleOutcome>,
    /// Blocks over the limit.
    pub oversized: Vec<block::Oversized>,
    /// What the model expects the rules to find.
    pub expected: recall::Expected,
    /// The rules proposed in their place, if they were asked for.
    pub proposal: Option<Vec<block::Rule>>,
    /// True pairs that are proposed, if the plan names a truth.
    pub recall: Option<evaluate::BlockingMetrics>,
}

/// Blocks the records of a plan, says what that is expected to find, and links nothing. With
/// `proposes`, rules are proposed that are expected to find more for as many pairs.
///
/// # Errors
///
/// If an extract or the truth cannot be read.
pub fn block(plan: &Plan, proposes: bool, progress: &dyn Progress) -> Result<Blocking, Error> {
    let mut records = extract(plan, progress)?.records;
    let config = config(plan, None)?;
    progress.begin(Stage::Normalise, None);
    let (normalised, _) = link::normalised(&mut records, &config);
    progress
        .end(Stage::Normalise, &(counted(normalised.refused.len() as u64, "value") + " refused"));
    progress.begin(Stage::Block, None);
    let index = link::blocks(&normalised, &config);
    let rules = candidates::count_pairs(&normalised, &index, &config.conditions, progress);
    progress.end(Stage::Block, &counted(rules.len() as u64, "rule"));
    let (mut constraints, _) = constraints(plan, &records)?;
    link::forbid(&records, &mut constraints);
    progress.begin(Stage::Train, None);
    let comparisons = link::held(&normalised, &config);
    let planner = Planner {
        normalised: &normalised,
        comparer: &Comparer::new(&normalised, &comparisons),
        comparisons: &comparisons,
        constraints: &constraints,
        config: &config,
    };
    let (expected, proposal) = planner.plan(&index, None, proposes);
    progress.end(Stage::Train, &format!("{:.2} % expected", 100.0 * expected.recall));
    let recall = match &plan.truth {
        None => None,
        Some(spec) => {
            let truth = truth(spec, &records)?;
            Some(evaluation::recall(&normalised, &index, &config.conditions, &truth).0)
        }
    };
    Ok(Blocking {
        records: records.len() as u64,
        proposal,
        rules,
        oversized: index.oversized().to_vec(),
        recall,
        expected,
    })
}
