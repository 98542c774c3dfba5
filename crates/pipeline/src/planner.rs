//! What blocking rules are expected to find, and rules chosen by it.

use block::{Index, Rule};
use compare::{Comparer, Comparison};
use recall::{Expected, Judge};
use record::Normalised;
use resolve::Constraints;
use score::{Model, Scorer};

use crate::candidates::Proposed;
use crate::filter::{Filter, asked};
use crate::learn::training;
use crate::link::{Config, informed};

/// What it takes to expect anything of blocking rules.
pub(crate) struct Planner<'a> {
    pub(crate) normalised: &'a Normalised,
    pub(crate) comparer: &'a Comparer<'a>,
    pub(crate) comparisons: &'a [Comparison],
    pub(crate) constraints: &'a Constraints,
    pub(crate) config: &'a Config,
}

impl Planner<'_> {
    /// What the rules of `index` are expected to find, given the model learned from their pairs;
    /// and, if it is asked for, the rules that would be chosen in their place.
    pub(crate) fn plan(
        &self,
        index: &Index,
        model: Option<&Model>,
        proposes: bool,
    ) -> (Expected, Option<Vec<Rule>>) {
        let wider = self.wider(index);
        let reference = wider.as_ref().unwrap_or(index);
        // Rules that find few pairs, and those alike, do not teach what the others are like. What a
        // model that was given learned from is not known, and it is the one in force.
        let learns = wider.is_some() && self.config.model.is_none();
        let model = if learns { None } else { model.cloned() };
        let asked = asked(self.normalised, &self.config.conditions);
        let filter = Filter::new(self.normalised, reference, &asked);
        let proposed =
            Proposed { index: reference, filter: &filter, constraints: self.constraints };
        let model = model.unwrap_or_else(|| {
            let mut training = training(&proposed, self.comparer, self.comparisons, self.config);
            training.learn(&self.config.train).model
        });
        let model = informed(&model, self.config);
        let scorer = Scorer::new(&model, self.comparer, self.comparisons);
        let judge = Judge {
            normalised: self.normalised,
            comparer: self.comparer,
            scorer: &scorer,
            allowed: &|pair| !self.constraints.excludes(pair),
            meets: &|pair, rule| filter.meets(pair, rule),
        };
        let chosen = proposes.then(|| recall::choose(&judge, reference, &self.config.limits));
        (recall::expected(&judge, reference, index.rules().len()), chosen)
    }

    /// The rules of a plan and, after them, those that would be chosen without them: what a plan's
    /// rules miss is learned from what others find. `None` if the rules are those chosen.
    fn wider(&self, index: &Index) -> Option<Index> {
        self.config.rules.as_ref()?;
        let mut rules = index.rules().to_vec();
        let chosen = block::propose(self.normalised, &self.config.limits);
        rules.extend(chosen.into_iter().filter(|rule| !index.rules().contains(rule)));
        let refinements = block::refinements(self.normalised);
        Some(Index::new(self.normalised, &rules, &refinements, &self.config.limits))
    }
}
