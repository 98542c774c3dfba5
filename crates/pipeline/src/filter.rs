//! What blocking rules ask of a pair beside sharing their keys.

use block::Index;
use compare::{Comparer, Comparison, Condition};
use record::{Normalised, RecordPair};

/// Tells which of the pairs that share a rule's keys the rule proposes.
pub(crate) struct Filter<'a> {
    index: &'a Index,
    /// For each rule, what it asks; empty if none asks anything.
    asked: Vec<Option<Comparer<'a>>>,
}

/// For each rule, its condition as a comparison of one level; `None` if it asks nothing.
///
/// The condition names the fields of all its tests, so the comparison's own may be any that is
/// there.
pub(crate) fn asked(
    normalised: &Normalised,
    conditions: &[Option<Condition>],
) -> Vec<Option<[Comparison; 1]>> {
    let comparison = |condition: &Condition| {
        let field = normalised.columns.first().map(|column| column.field.name.clone());
        [Comparison {
            field: field.unwrap_or_default(),
            partner: None,
            levels: vec![condition.clone()],
            term_frequency: false,
            changes: false,
        }]
    };
    conditions.iter().map(|condition| condition.as_ref().map(comparison)).collect()
}

impl<'a> Filter<'a> {
    pub(crate) fn new(
        normalised: &'a Normalised,
        index: &'a Index,
        asked: &'a [Option<[Comparison; 1]>],
    ) -> Filter<'a> {
        let any = !normalised.columns.is_empty() && asked.iter().any(Option::is_some);
        let comparer = |asked: &'a Option<[Comparison; 1]>| {
            asked.as_ref().map(|asked| Comparer::new(normalised, asked))
        };
        let asked = if any { asked.iter().map(comparer).collect() } else { Vec::new() };
        Filter { index, asked }
    }

    /// Whether no rule asks anything beside its keys.
    pub(crate) fn asks_nothing(&self) -> bool {
        self.asked.is_empty()
    }

    /// Whether some rule whose keys the pair shares asks nothing more, or is given what it asks.
    pub(crate) fn allows(&self, pair: RecordPair) -> bool {
        self.asked.is_empty() || self.rule_of(pair).is_some()
    }

    /// The same, if `shared` is the first rule whose keys the pair shares.
    pub(crate) fn first(&self, pair: RecordPair, shared: usize) -> Option<usize> {
        if self.asked.is_empty() { Some(shared) } else { self.rule_of(pair) }
    }

    /// The first rule that proposes the pair, if any does.
    pub(crate) fn rule_of(&self, pair: RecordPair) -> Option<usize> {
        self.index.rules_of(pair).find(|&rule| self.meets(pair, rule))
    }

    /// Whether the pair is given what the rule asks beside its keys.
    pub(crate) fn meets(&self, pair: RecordPair, rule: usize) -> bool {
        let asked = self.asked.get(rule).and_then(Option::as_ref);
        asked.is_none_or(|asked| asked.meets(0, pair.lower(), pair.upper()))
    }
}
