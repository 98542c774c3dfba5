//! Evidence that two groups of records are one person, field by field.

use compare::{Comparer, ComparisonVector, Level};
use record::RecordId;

use crate::scorer::Weights;
use crate::{MatchWeight, Scorer};

/// What speaks for two groups of records being one person: for each comparison, the weights of
/// the pairs of records that have the value.
///
/// Of a field that lasts (a date of birth), the groups' evidence is the average over their pairs,
/// so that one lucky pair cannot join two persons. Of a field that changes (an address), it is
/// that of the best pair: a person who has moved has an old address beside the new, and that the
/// old one is not the other's says nothing. A pair that lacks the value says nothing of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    prior: FieldEvidence,
    /// As many as a vector can hold, so that a pair's evidence needs no room of its own.
    fields: [FieldEvidence; ComparisonVector::LIMIT],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct FieldEvidence {
    /// Sums over the pairs, or the weights of the best.
    matched: i64,
    household: i64,
    pairs: i64,
}

impl Scorer {
    /// The evidence of two records alone.
    #[must_use]
    pub fn evidence(&self, comparer: &Comparer<'_>, lower: RecordId, upper: RecordId) -> Evidence {
        self.evidence_of(comparer, lower, upper, comparer.vector(lower, upper))
    }

    /// The evidence of two records alone that were compared before, given their vector.
    #[must_use]
    pub fn evidence_of(
        &self,
        comparer: &Comparer<'_>,
        lower: RecordId,
        upper: RecordId,
        vector: ComparisonVector,
    ) -> Evidence {
        let prior = FieldEvidence::of(self.prior(comparer, lower, upper), true);
        let mut evidence = Evidence { prior, fields: <_>::default() };
        let addends = self.addends(comparer, lower, upper, vector);
        for (field, (level, [base, own, rarity])) in evidence.fields.iter_mut().zip(addends) {
            *field = FieldEvidence::of(base.plus(own).plus(rarity), level != Level::MISSING);
        }
        evidence
    }

    /// Adds to the evidence between two groups that between one of them and what joins the other.
    pub fn gather(&self, evidence: &mut Evidence, more: &Evidence) {
        evidence.prior.add(&more.prior);
        let fields = evidence.fields.iter_mut().zip(&more.fields);
        for ((field, more), changes) in fields.zip(self.changes()) {
            if !changes {
                field.add(more);
            } else if more.pairs > 0 && (field.pairs == 0 || field.worse_than(more)) {
                *field = *more;
            }
        }
    }

    /// The weight of the evidence. Of two records alone, it is that of the pair.
    #[must_use]
    pub fn weight(&self, evidence: &Evidence) -> MatchWeight {
        let fields = evidence.fields.iter().filter(|field| field.pairs > 0);
        let sum = fields.fold(evidence.prior.weights(), |sum, field| sum.plus(field.weights()));
        sum.against_household()
    }
}

impl FieldEvidence {
    fn of(weights: Weights, known: bool) -> FieldEvidence {
        let [matched, household] = [weights.matched, weights.household].map(|it| it.0.into());
        FieldEvidence { matched, household, pairs: known.into() }
    }

    fn add(&mut self, more: &FieldEvidence) {
        self.matched += more.matched;
        self.household += more.household;
        self.pairs += more.pairs;
    }

    fn worse_than(&self, other: &FieldEvidence) -> bool {
        // Of equal weights, the one that a household explains less.
        (self.matched, -self.household) < (other.matched, -other.household)
    }

    fn weights(&self) -> Weights {
        let average = |sum: i64| {
            let average = sum.div_euclid(self.pairs);
            MatchWeight(i32::try_from(average).expect("an average of 32-bit weights"))
        };
        Weights { matched: average(self.matched), household: average(self.household) }
    }
}
