//! The model: how often each level is seen, in each class of pair.

use std::collections::BTreeMap;

use compare::Comparison;
use serde::{Deserialize, Serialize};

/// What is known of pairs of records, in three classes: of one person (matched), of two persons
/// of one household, and of unrelated persons.
///
/// After Fellegi & Sunter (1969), with the household as a class of its own, as Winkler (1994)
/// and Larsen & Rubin (2001) have it: brothers agree on surname and address as one boy does with
/// himself, so what tells them apart has to be weighed against that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The share of all pairs that are of one person.
    pub matched: f64,
    /// The share of all pairs that are of two persons of one household.
    pub household: f64,
    /// How much of the pairs of two sources is so, where that was learned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourcesModel>,
    /// The comparisons, in the order of the plan.
    pub comparisons: Vec<ComparisonModel>,
    /// How common values are, by field, where more is known of it than the records at hand tell.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub frequencies: BTreeMap<String, Frequencies>,
}

/// How common the values of a field are among persons.
///
/// Before a record at hand is counted, a value listed has its share, and that counts for so many
/// persons; a value that is not has the share `other`, which counts for one person who has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    /// How many persons the shares count for.
    pub persons: f64,
    /// The share of persons who have a value, by the value as normalised.
    pub shares: BTreeMap<String, f64>,
    /// The share of persons who have a value that is not listed.
    pub other: f64,
}

/// What is known of the pairs of records of two sources, or of one: an agency that keeps its own
/// register clean has few records of one person, however many it shares with another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourcesModel {
    /// The names of the two, in the order of letters.
    pub of: [String; 2],
    /// The share of these pairs that are of one person.
    pub matched: f64,
    /// The share of these pairs that are of two persons of one household.
    pub household: f64,
}

impl Model {
    /// The first field of which the model knows other levels than a comparison has.
    #[must_use]
    pub fn differs<'a>(&self, comparisons: &'a [Comparison]) -> Option<&'a str> {
        let differs = comparisons.iter().find(|comparison| {
            self.of(&comparison.field).is_some_and(|known| !known.is_of(comparison))
        });
        differs.map(|comparison| comparison.field.as_str())
    }

    /// What is known of the comparison of a field, if anything.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&ComparisonModel> {
        self.comparisons.iter().find(|known| known.field == field)
    }

    /// The model of these comparisons alone, in their order.
    ///
    /// # Panics
    ///
    /// Panics if the model knows nothing of one of them.
    #[must_use]
    pub fn restricted_to(&self, comparisons: &[Comparison]) -> Model {
        let known = comparisons.iter().map(|comparison| {
            self.of(&comparison.field).expect("the model knows the comparison").clone()
        });
        Model { comparisons: known.collect(), ..self.clone() }
    }
}

impl ComparisonModel {
    /// Whether its levels are those of a comparison.
    fn is_of(&self, comparison: &Comparison) -> bool {
        let conditions = comparison.levels.iter().map(ToString::to_string);
        let levels = self.levels.iter().map(|level| level.condition.clone());
        levels.eq(conditions.chain(std::iter::once("else".to_owned())))
    }
}

/// What is known of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonModel {
    /// The field.
    pub field: String,
    /// Of two persons of one household, how many have the value in common, as one person would
    /// (a surname, an address); the others agree by chance only.
    pub shared_in_household: f64,
    /// Whether agreement on a rare value weighs more than on a common one.
    pub term_frequency: bool,
    /// The levels, the last of them "else".
    pub levels: Vec<LevelModel>,
    /// What sets the records of a source apart, where that was learned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceLevels>,
}

/// How a source's records differ in a comparison: one whose clerks mistype more is less often at
/// the closest levels, and one that has initials only is at that level with many a stranger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceLevels {
    /// The source.
    pub of: String,
    /// For each level, how many times as often one person's records are at it if one of them is of
    /// this source.
    pub m: Vec<f64>,
    /// The same of unrelated persons' records.
    pub u: Vec<f64>,
}

/// What is known of a level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelModel {
    /// Its condition, as written in a plan; "else" for the last.
    pub condition: String,
    /// How often one person's records are at it, if neither lacks the value.
    pub m: f64,
    /// How often unrelated persons' records are at it, likewise.
    pub u: f64,
    /// How many matched pairs, as weighted by their probability, `m` was learned from.
    pub matched_pairs: f64,
    /// What the rarity of the two records' values adds at this level, if a rule of its own says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rarity: Option<Rarity>,
}

/// A rule for what rare values add: `weight * log2(usual / frequency)`.
///
/// The frequency is the share of the records with a value that have this one; where the two
/// records' values differ, the larger share counts. It is of these records as they are, repeats
/// of a person among them, unlike that of [`ComparisonModel::term_frequency`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rarity {
    /// The field whose values count.
    pub of: String,
    /// The frequency at which nothing is added: how often unrelated persons agree on a value.
    pub usual: f64,
    /// The share of it that is added.
    pub weight: f64,
    /// No frequency counts as less.
    pub least: f64,
}

impl ComparisonModel {
    /// How often records of two sources are at each level: one person's, and unrelated persons'.
    #[must_use]
    pub fn between(&self, sources: [&str; 2]) -> Vec<[f64; 2]> {
        let mut shares: Vec<[f64; 2]> =
            self.levels.iter().map(|level| [level.m, level.u]).collect();
        let sums = |shares: &[[f64; 2]]| {
            shares.iter().fold([0.0; 2], |[m, u], share| [m + share[0], u + share[1]])
        };
        let of_all = sums(&shares);
        for source in sources {
            if let Some(own) = self.sources.iter().find(|own| own.of == source) {
                for ([m, u], times) in shares.iter_mut().zip(own.m.iter().zip(&own.u)) {
                    *m *= times.0;
                    *u *= times.1;
                }
            }
        }
        let sum = sums(&shares);
        for [m, u] in &mut shares {
            *m *= of_all[0] / sum[0];
            *u *= of_all[1] / sum[1];
        }
        shares
    }
}

impl LevelModel {
    /// How often records of two persons of one household are at it.
    #[must_use]
    pub fn in_household(&self, shared: f64) -> f64 {
        shared * self.m + (1.0 - shared) * self.u
    }
}
