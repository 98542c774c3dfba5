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
    relatives: FieldEvidence,
}

/// What it says of two persons that they are, or are not, something to one and the same other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Related(Weights);

impl Related {
    /// So many bits at most are added to a weight, or taken off, by what relatives say.
    pub const BITS_MAX: f64 = 4.0;

    /// Of a finding that has these shares among pairs of one person, of two persons of one
    /// household, and of strangers.
    #[must_use]
    pub fn from_shares([matched, household, unrelated]: [f64; 3]) -> Related {
        let against = |share: f64| MatchWeight::from_ratio(share / unrelated);
        Related(Weights { matched: against(matched), household: against(household) })
    }

    /// How much more it speaks for one person than for two of one household, and than for strangers.
    #[must_use]
    pub fn least(self) -> (MatchWeight, MatchWeight) {
        let Weights { matched, household } = self.0;
        (matched.min(matched - household), matched)
    }
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
        let mut evidence = Evidence { prior, fields: <_>::default(), relatives: <_>::default() };
        let addends = self.addends(comparer, lower, upper, vector);
        for (field, (level, [base, own, rarity])) in evidence.fields.iter_mut().zip(addends) {
            *field = FieldEvidence::of(base.plus(own).plus(rarity), level != Level::MISSING);
        }
        evidence
    }

    /// Adds to the evidence between two groups that between one of them and what joins the other.
    pub fn gather(&self, evidence: &mut Evidence, more: &Evidence) {
        evidence.prior.add(&more.prior);
        evidence.relatives.add(&more.relatives);
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
        let sum = evidence.sum();
        let alone = sum.against_household();
        if evidence.relatives.pairs == 0 {
            return alone;
        }
        let related = evidence.relatives.weights();
        let added = sum.plus(related).against_household() - alone;
        let most = MatchWeight::from_bits(Related::BITS_MAX);
        // What a brother shares as often tells nothing of who is who.
        let is_barred = related.matched <= related.household || self.is_against(evidence);
        alone + added.clamp(-most, if is_barred { MatchWeight::default() } else { most })
    }

    /// Whether a field that a person keeps speaks against one person: another forename, another
    /// birthday, another number.
    fn is_against(&self, evidence: &Evidence) -> bool {
        let mut fields = evidence.fields.iter().zip(self.changes());
        fields.any(|(field, changes)| !changes && field.pairs > 0 && field.matched < 0)
    }

    /// The chances that the evidence, less what relatives say, is of one person, of two of one
    /// household, and of strangers.
    #[must_use]
    pub fn chances(&self, evidence: &Evidence) -> [f64; 3] {
        let Weights { matched, household } = evidence.sum();
        let likely = [matched, household, MatchWeight::default()];
        let most = likely.into_iter().max().unwrap_or_default();
        let likely = likely.map(|weight| libm::exp2((weight - most).bits()));
        let all: f64 = likely.iter().sum();
        likely.map(|likely| likely / all)
    }
}

impl Evidence {
    /// Adds what the relatives of the two say.
    #[must_use]
    pub fn with(mut self, related: Related) -> Evidence {
        self.relatives = FieldEvidence::of(related.0, true);
        self
    }

    /// All but what relatives say.
    fn sum(&self) -> Weights {
        let fields = self.fields.iter().filter(|field| field.pairs > 0);
        fields.fold(self.prior.weights(), |sum, field| sum.plus(field.weights()))
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
