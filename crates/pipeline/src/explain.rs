//! Why two records are, or are not, one person.

use compare::{Comparer, Comparison, Condition};
use record::{Normalised, RecordId, RecordPair, Records};
use score::{Explanation, MatchWeight, Model, Scorer};

use crate::filter::{Filter, asked};
use crate::link::{self, Config};

/// What must be held to explain pairs: the records as normalised, and the model.
pub struct Explainer {
    /// The records, as extracted.
    pub records: Records,
    normalised: Normalised,
    comparisons: Vec<Comparison>,
    model: Model,
    index: block::Index,
    conditions: Vec<Option<Condition>>,
    /// The rules, as a plan writes them.
    rules: Vec<String>,
}

/// A pair, explained.
#[derive(Clone, Debug, PartialEq)]
pub struct PairExplanation {
    /// The first blocking rule that proposes it, if any does.
    pub rule: Option<String>,
    /// Each comparison in order.
    pub fields: Vec<FieldLine>,
    /// Evidence before any field was looked at, in bits.
    pub prior: MatchWeight,
    /// What is taken off because the two may be of one household.
    pub household: MatchWeight,
    /// What relatives add who were found before.
    pub relatives: MatchWeight,
    /// The sum.
    pub weight: MatchWeight,
}

/// What one comparison adds.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldLine {
    /// The field.
    pub field: String,
    /// The values of the one record and of the other.
    pub values: [String; 2],
    /// The level's test, `else`, or `missing`.
    pub level: String,
    /// The level's weight.
    pub weight: MatchWeight,
    /// What the rarity of the shared value adds.
    pub term_frequency: MatchWeight,
    /// What the two records' sources change in it.
    pub sources: MatchWeight,
}

impl PairExplanation {
    /// The same, with the bits that a run found relatives to add.
    #[must_use]
    pub fn hearing(self, bits: f64) -> PairExplanation {
        let relatives = MatchWeight::from_bits(bits);
        PairExplanation { relatives, weight: self.weight + relatives, ..self }
    }
}

impl Explainer {
    /// Makes ready to explain pairs of `records` under the model of `config`.
    ///
    /// # Panics
    ///
    /// Panics if it has no model.
    #[must_use]
    pub fn new(mut records: Records, config: &Config) -> Explainer {
        let (normalised, _) = link::normalised(&mut records, config);
        let comparisons = link::held(&normalised, config);
        let model = config.model.as_ref().expect("a model to explain").restricted_to(&comparisons);
        let model = link::informed(&model, config);
        let index = link::blocks(&normalised, config);
        let conditions = config.conditions.clone();
        let rules = plan::rules_texts(index.rules(), &conditions);
        Explainer { records, normalised, comparisons, model, index, conditions, rules }
    }

    /// Explains a pair.
    #[must_use]
    pub fn pair(&self, pair: RecordPair) -> PairExplanation {
        self.pairs(&[pair]).remove(0)
    }

    /// Explains pairs.
    #[must_use]
    pub fn pairs(&self, pairs: &[RecordPair]) -> Vec<PairExplanation> {
        let comparer = Comparer::new(&self.normalised, &self.comparisons);
        let scorer = Scorer::new(&self.model, &comparer, &self.comparisons);
        let asked = asked(&self.normalised, &self.conditions);
        let filter = Filter::new(&self.normalised, &self.index, &asked);
        let explained = pairs.iter().map(|&pair| {
            let explanation = scorer.explain(&comparer, pair.lower(), pair.upper());
            self.lines(&comparer, &filter, pair, &explanation)
        });
        explained.collect()
    }

    fn lines(
        &self,
        comparer: &Comparer<'_>,
        filter: &Filter<'_>,
        pair: RecordPair,
        explained: &Explanation,
    ) -> PairExplanation {
        let fields = self.comparisons.iter().zip(&explained.fields).enumerate();
        let fields = fields.map(|(place, (comparison, line))| {
            let column = comparer.column(place);
            let value = |record: RecordId| {
                let ids = column.lists.get(record.index()).iter();
                ids.map(|&id| column.values.display(id)).collect::<Vec<_>>().join("; ")
            };
            let level = match line.level.index() {
                0 => "missing".to_owned(),
                n => comparison.levels.get(n - 1).map_or("else".to_owned(), ToString::to_string),
            };
            FieldLine {
                field: comparison.field.clone(),
                values: [value(pair.lower()), value(pair.upper())],
                level,
                weight: line.weight,
                sources: line.sources,
                term_frequency: line.term_frequency,
            }
        });
        PairExplanation {
            rule: filter.rule_of(pair).map(|rule| self.rules[rule].clone()),
            fields: fields.collect(),
            prior: explained.prior,
            household: explained.household,
            relatives: MatchWeight::default(),
            weight: explained.weight,
        }
    }
}
