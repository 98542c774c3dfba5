//! Weighing pairs by a model.

use compare::{Comparer, Comparison, ComparisonVector, Level};
use rayon::prelude::*;
use record::{Kind, RecordId, RecordPair, Values};
use rustc_hash::FxHashMap;

use crate::frequencies::{frequencies, others, per_person};
use crate::ruled::Ruled;
use crate::{MatchWeight, Model, Rarity};

/// A model made ready to weigh pairs of the records it was made for.
pub struct Scorer {
    /// By the two records' sources, each place holding both orders.
    pub(crate) priors: Vec<Weights>,
    n_sources: usize,
    pub(crate) fields: Vec<FieldWeights>,
    /// What sets the two sources apart, at each level of each comparison; like `priors`. Empty if
    /// nothing does.
    pub(crate) own: Vec<[Weights; Level::LIMIT]>,
    pub(crate) ruled: Ruled,
}

/// Evidence for the matched class and for the household class, both against the unrelated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weights {
    pub(crate) matched: MatchWeight,
    pub(crate) household: MatchWeight,
}

pub(crate) struct FieldWeights {
    changes: bool,
    pub(crate) levels: [Weights; Level::LIMIT],
    /// A bit for each level at which rarity counts.
    rare: u16,
    /// The level at which the shared value counts, and how many records have each value.
    term: Option<Terms>,
    /// The levels at which rarity counts by a rule of its own, and each rule's place.
    ruled: Vec<(Level, usize)>,
}

struct Terms {
    level: Level,
    /// For each value, what its rarity adds to the level's weights.
    added: Vec<Weights>,
    /// The same where another name is shared too, for each such name.
    beside: Vec<Beside>,
    /// The most it ever adds.
    most: MatchWeight,
}

/// What the rarity of a value adds among those who share another name as well.
struct Beside {
    place: usize,
    level: Level,
    /// By the two values' ids, where it is not that of the value alone.
    added: FxHashMap<(u32, u32), Weights>,
}

/// A pair, weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScoredPair {
    /// The record with the lower id.
    pub lower: RecordId,
    /// The record with the upper id.
    pub upper: RecordId,
    /// Evidence that they are one person, the prior included.
    pub weight: MatchWeight,
    /// The levels behind it.
    pub vector: ComparisonVector,
    /// The rule that proposed it, by its place, if whoever had it weighed says so. It stands here
    /// because there it takes no room.
    pub rule: u16,
}

/// What a pair's weight is made of. The addends sum to the weight exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Evidence before any field was looked at.
    pub prior: MatchWeight,
    /// One for each comparison, in order.
    pub fields: Vec<FieldExplanation>,
    /// What is taken off because the pair may be two persons of one household; never positive.
    pub household: MatchWeight,
    /// The sum.
    pub weight: MatchWeight,
}

/// What a comparison adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldExplanation {
    /// The level.
    pub level: Level,
    /// The weight of the level.
    pub weight: MatchWeight,
    /// What the two records' sources change in it.
    pub sources: MatchWeight,
    /// What the rarity of the shared value adds.
    pub term_frequency: MatchWeight,
}

impl ScoredPair {
    /// The two records.
    #[must_use]
    pub fn pair(&self) -> RecordPair {
        RecordPair::new(self.lower, self.upper)
    }
}

impl Scorer {
    /// Makes `model` ready for the records behind `comparer`.
    ///
    /// A value's frequency is that among other persons, as far as these records tell and the model
    /// knows.
    ///
    /// # Panics
    ///
    /// Panics if the model is not of the same comparisons.
    #[must_use]
    pub fn new(model: &Model, comparer: &Comparer<'_>, comparisons: &[Comparison]) -> Scorer {
        assert_eq!(model.comparisons.len(), comparisons.len(), "a model of other comparisons");
        let per_person = per_person(model, comparer);
        let together = comparer.together(comparisons);
        let mut rules: Vec<&Rarity> = Vec::new();
        let ruled = model.comparisons.iter().map(|learned| {
            let ruled = learned.levels.iter().enumerate().filter_map(|(level, known)| {
                let rule = known.rarity.as_ref()?;
                comparer.column_of(&rule.of)?;
                rules.push(rule);
                Some((Level::new(level + 1), rules.len() - 1))
            });
            ruled.collect()
        });
        let ruled: Vec<Vec<(Level, usize)>> = ruled.collect();
        let fields = comparisons.par_iter().zip(ruled).enumerate();
        let fields = fields.map(|(place, (comparison, ruled))| {
            let learned = &model.comparisons[place];
            assert_eq!(
                learned.levels.len(),
                comparison.levels.len() + 1,
                "a model of other levels"
            );
            let mut levels = [Weights::default(); Level::LIMIT];
            for (level, known) in learned.levels.iter().enumerate() {
                levels[level + 1] = Weights {
                    matched: MatchWeight::from_ratio(known.m / known.u),
                    household: MatchWeight::from_ratio(
                        known.in_household(learned.shared_in_household) / known.u,
                    ),
                };
            }
            let term = comparison.exact().filter(|_| learned.term_frequency).map(|level| {
                let known = &learned.levels[level.index() - 1];
                let base = levels[level.index()];
                let elsewhere = model.frequencies.get(&comparison.field);
                let frequencies = frequencies(comparer, place, per_person, known.u, elsewhere);
                let adds = |frequency: f64| {
                    // Two unrelated persons agree on this value with its frequency squared, a
                    // person with himself with its frequency times m.
                    let matched = known.m / frequency;
                    let shared = learned.shared_in_household;
                    Weights {
                        matched: MatchWeight::from_ratio(matched) - base.matched,
                        household: MatchWeight::from_ratio(shared * matched + 1.0 - shared)
                            - base.household,
                    }
                };
                let others = together.iter().filter(|[(own, _), _]| *own == place);
                let beside = others.map(|&[_, (other, level)]| {
                    let among = among(comparer, place, other, per_person, &frequencies);
                    let added = among.into_iter().map(|(ids, frequency)| (ids, adds(frequency)));
                    Beside { place: other, level, added: added.collect() }
                });
                let beside: Vec<Beside> = beside.collect();
                let added: Vec<Weights> =
                    frequencies.par_iter().map(|&frequency| adds(frequency)).collect();
                let all = beside.iter().flat_map(|beside| beside.added.values()).chain(&added);
                let most = all.map(|added| added.matched).max().unwrap_or_default();
                Terms { level, added, beside, most: most.max(MatchWeight::default()) }
            });
            let rare = ruled.iter().map(|(level, _)| *level);
            let rare = rare.chain(term.as_ref().map(|terms| terms.level));
            let rare = rare.fold(0, |bits, level| bits | 1 << level.index());
            FieldWeights { changes: comparison.changes, levels, rare, term, ruled }
        });
        let fields: Vec<FieldWeights> = fields.collect();
        Scorer {
            priors: priors(model, comparer.sources()),
            n_sources: comparer.sources().len(),
            own: own(model, comparer.sources(), &fields),
            ruled: Ruled::new(&rules, comparer),
            fields,
        }
    }

    /// Weighs a pair.
    #[must_use]
    pub fn score(&self, comparer: &Comparer<'_>, lower: RecordId, upper: RecordId) -> ScoredPair {
        self.weigh(comparer, RecordPair::new(lower, upper), comparer.vector(lower, upper))
    }

    /// Weighs a pair that was compared before, given its vector.
    #[must_use]
    pub fn weigh(
        &self,
        comparer: &Comparer<'_>,
        pair: RecordPair,
        vector: ComparisonVector,
    ) -> ScoredPair {
        let weighed = self.weigh_from(MatchWeight(i32::MIN), comparer, pair, vector);
        weighed.unwrap_or_else(|| unreachable!("no pair weighs less than the least weight"))
    }

    /// The same; `None` if it weighs less than `least`.
    #[must_use]
    pub fn weigh_from(
        &self,
        least: MatchWeight,
        comparer: &Comparer<'_>,
        pair: RecordPair,
        vector: ComparisonVector,
    ) -> Option<ScoredPair> {
        let (lower, upper) = (pair.lower(), pair.upper());
        let mut sum = self.prior(comparer, lower, upper);
        let own = self.own(comparer, lower, upper);
        let mut rare = 0_u16;
        // What is missing adds nothing, and most is missing.
        let mut rest = vector.0;
        while rest != 0 {
            let place = (rest.trailing_zeros() / 4) as usize;
            rest &= !(15 << (4 * place));
            let field = &self.fields[place];
            let level = vector.level(place);
            sum = sum.plus(field.levels[level.index()]);
            if let Some(own) = own {
                sum = sum.plus(own[place][level.index()]);
            }
            rare |= (field.rare >> level.index() & 1) << place;
        }
        // The other record's rarities lie elsewhere in memory, and most pairs weigh too little anyway.
        let most = |most, place: usize| {
            most + self.fields[place].rarity_most(&self.ruled, vector.level(place), lower)
        };
        if places(rare).fold(sum.matched, most) < least {
            return None;
        }
        for place in places(rare) {
            sum = sum.plus(self.fields[place].rarity(
                &self.ruled,
                comparer,
                place,
                vector,
                lower,
                upper,
            ));
        }
        let weight = sum.against_household();
        (least <= weight).then_some(ScoredPair { lower, upper, weight, vector, rule: 0 })
    }

    /// Of each comparison in turn, the level of a pair with this vector, its weights, what its
    /// sources change in them and what rarity adds.
    pub(crate) fn addends(
        &self,
        comparer: &Comparer<'_>,
        lower: RecordId,
        upper: RecordId,
        vector: ComparisonVector,
    ) -> impl Iterator<Item = (Level, [Weights; 3])> {
        let own = self.own(comparer, lower, upper);
        self.fields.iter().enumerate().map(move |(place, field)| {
            let level = vector.level(place);
            let rarity = field.rarity(&self.ruled, comparer, place, vector, lower, upper);
            let own = own.map_or_else(Weights::default, |own| own[place][level.index()]);
            (level, [field.levels[level.index()], own, rarity])
        })
    }

    /// What sets the two records' sources apart, by comparison and level.
    fn own(
        &self,
        comparer: &Comparer<'_>,
        a: RecordId,
        b: RecordId,
    ) -> Option<&[[Weights; Level::LIMIT]]> {
        let [a, b] = [a, b].map(|record| comparer.source(record).index());
        let start = (a * self.n_sources + b) * self.fields.len();
        self.own.get(start..start + self.fields.len())
    }

    /// The evidence before any field was looked at.
    pub(crate) fn prior(&self, comparer: &Comparer<'_>, a: RecordId, b: RecordId) -> Weights {
        let [a, b] = [a, b].map(|record| comparer.source(record).index());
        self.priors[a * self.n_sources + b]
    }

    /// Of each comparison, whether a person's value changes.
    pub(crate) fn changes(&self) -> impl Iterator<Item = bool> {
        self.fields.iter().map(|field| field.changes)
    }

    /// Weighs a pair and says why.
    #[must_use]
    pub fn explain(
        &self,
        comparer: &Comparer<'_>,
        lower: RecordId,
        upper: RecordId,
    ) -> Explanation {
        let prior = self.prior(comparer, lower, upper);
        let mut sum = prior;
        let mut fields = Vec::with_capacity(self.fields.len());
        let mut rarities = Vec::with_capacity(self.fields.len());
        let vector = comparer.vector(lower, upper);
        for (level, [base, own, rarity]) in self.addends(comparer, lower, upper, vector) {
            sum = sum.plus(base).plus(own);
            rarities.push(rarity);
            fields.push(FieldExplanation {
                level,
                weight: base.matched,
                sources: own.matched,
                term_frequency: rarity.matched,
            });
        }
        sum = rarities.into_iter().fold(sum, Weights::plus);
        let household = -sum.competition();
        Explanation { prior: prior.matched, fields, household, weight: sum.matched + household }
    }
}

impl Weights {
    pub(crate) fn plus(self, other: Weights) -> Weights {
        Weights {
            matched: self.matched + other.matched,
            household: self.household + other.household,
        }
    }

    /// The evidence that is left when a household could explain it as well.
    pub(crate) fn against_household(self) -> MatchWeight {
        self.matched - self.competition()
    }

    /// How much likelier the two other classes are together than the unrelated alone.
    fn competition(self) -> MatchWeight {
        MatchWeight::default().either(self.household)
    }
}

impl FieldWeights {
    /// The level at which rarity counts; the closest, if there are several by rules of their own.
    pub(crate) fn term_level(&self) -> Option<usize> {
        let ruled = self.ruled.iter().map(|(level, _)| level.index()).min();
        ruled.or(self.term.as_ref().map(|terms| terms.level.index()))
    }

    /// The most that the rarity of a record's value adds at that level, beside the names that the
    /// record has.
    pub(crate) fn rarest(
        &self,
        ruled: &Ruled,
        comparer: &Comparer<'_>,
        place: usize,
        record: RecordId,
    ) -> i32 {
        let closest = self.ruled.iter().min_by_key(|(level, _)| *level);
        if let Some(&(_, rule)) = closest {
            return ruled.most_of(rule, record).0;
        }
        let Some(terms) = &self.term else { return 0 };
        let added = |id: u32| {
            let alone = terms.added[id as usize].matched;
            let beside = terms.beside.iter().filter_map(|beside| {
                let others = comparer.values(beside.place, record);
                let among = |other| beside.added.get(&(id, other)).map_or(alone, |it| it.matched);
                others.map(among).max()
            });
            beside.fold(alone, MatchWeight::min)
        };
        let most = comparer.values(place, record).map(added).max().unwrap_or_default();
        // Of other values than text some may be the same and none be shared.
        let column = comparer.column(place);
        let is_list = matches!(column.field.kind, Kind::List | Kind::Items);
        let is_shared = matches!(column.values, Values::Text(_) | Values::Dates(_)) && !is_list;
        if is_shared { most.0 } else { most.0.max(0) }
    }

    /// The most that the rarity of a shared value adds or takes off.
    pub(crate) fn rarity_extent(&self, ruled: &Ruled) -> u32 {
        let added = self.term.iter().flat_map(|terms| &terms.added);
        let extent = |added: &Weights| added.matched.0.unsigned_abs();
        let ruled = self.ruled.iter().map(|(_, rule)| ruled.extent(*rule)).max();
        let beside = self.term.iter().flat_map(|terms| &terms.beside);
        let beside = beside.flat_map(|beside| beside.added.values());
        added.chain(beside).map(extent).chain(ruled).max().unwrap_or(0)
    }

    /// The most that rarity adds at this level to a pair with this record, as far as that is told
    /// without looking anything up.
    #[inline]
    fn rarity_most(&self, ruled: &Ruled, level: Level, record: RecordId) -> MatchWeight {
        match self.ruled.iter().find(|(ruled, _)| *ruled == level) {
            Some(&(_, rule)) => ruled.most_of(rule, record),
            None => self.term.as_ref().map_or_else(MatchWeight::default, |terms| terms.most),
        }
    }

    /// The most that rarity adds at another level by a rule of its own, or by its terms.
    pub(crate) fn other_most(&self, ruled: &Ruled, level: usize) -> MatchWeight {
        if self.term_level() == Some(level) {
            return MatchWeight::default();
        }
        if let Some(&(_, rule)) = self.ruled.iter().find(|(it, _)| it.index() == level) {
            return ruled.most(rule);
        }
        let terms = self.term.iter().filter(|terms| terms.level.index() == level);
        let most = terms.flat_map(|terms| &terms.added).map(|added| added.matched).max();
        most.unwrap_or_default().max(MatchWeight::default())
    }

    /// What the rarest shared value adds, if the level is the one at which that counts.
    #[inline]
    fn rarity(
        &self,
        ruled: &Ruled,
        comparer: &Comparer<'_>,
        place: usize,
        vector: ComparisonVector,
        lower: RecordId,
        upper: RecordId,
    ) -> Weights {
        let level = vector.level(place);
        if let Some(&(_, rule)) = self.ruled.iter().find(|(ruled, _)| *ruled == level) {
            let matched = ruled.of(rule, lower, upper);
            return Weights { matched, household: MatchWeight::default() };
        }
        let terms = self.term.as_ref().filter(|terms| terms.level == level);
        terms.map_or_else(Weights::default, |terms| terms.of(comparer, place, vector, lower, upper))
    }
}

impl Terms {
    /// What the rarest value that two records share adds.
    // It is long: what asks for a rule's rarity goes where it is called without it.
    #[inline(never)]
    fn of(
        &self,
        comparer: &Comparer<'_>,
        place: usize,
        vector: ComparisonVector,
        lower: RecordId,
        upper: RecordId,
    ) -> Weights {
        let added = |id: u32| {
            let alone = self.added[id as usize];
            let beside = self.beside.iter().filter_map(|beside| {
                let among = |other: u32| *beside.added.get(&(id, other)).unwrap_or(&alone);
                let rarest = |others: &mut dyn Iterator<Item = u32>| {
                    others.map(among).max_by_key(|added| added.matched)
                };
                if vector.level(beside.place) == beside.level {
                    return rarest(&mut comparer.shared(beside.place, lower, upper));
                }
                let each = [lower, upper].map(|it| rarest(&mut comparer.values(beside.place, it)));
                each.into_iter().flatten().min_by_key(|added| added.matched)
            });
            beside.min_by_key(|added| added.matched).unwrap_or(alone)
        };
        let shared = comparer.shared(place, lower, upper).map(added);
        shared.max_by_key(|added| added.matched).unwrap_or_default()
    }
}

/// The places of the bits that are set.
fn places(mut bits: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (next < u16::BITS).then_some(next as usize)
    })
}

/// The evidence of two records' sources alone: that of the two as learned, or of any two.
fn priors(model: &Model, sources: &[String]) -> Vec<Weights> {
    let weights = |matched: f64, household: f64| {
        let unrelated = (1.0 - matched - household).max(f64::MIN_POSITIVE);
        Weights {
            matched: MatchWeight::from_ratio(matched / unrelated),
            household: MatchWeight::from_ratio(household / unrelated),
        }
    };
    let mut priors = vec![weights(model.matched, model.household); sources.len() * sources.len()];
    let place = |name: &String| sources.iter().position(|source| source == name);
    for known in &model.sources {
        if let [Some(a), Some(b)] = [&known.of[0], &known.of[1]].map(place) {
            priors[a * sources.len() + b] = weights(known.matched, known.household);
            priors[b * sources.len() + a] = priors[a * sources.len() + b];
        }
    }
    priors
}

/// What sets each two sources apart: the weights of their own m and u, less those of all.
fn own(model: &Model, sources: &[String], fields: &[FieldWeights]) -> Vec<[Weights; Level::LIMIT]> {
    if model.comparisons.iter().all(|known| known.sources.is_empty()) {
        return Vec::new();
    }
    let pairs = sources.iter().flat_map(|a| sources.iter().map(move |b| [a.as_str(), b.as_str()]));
    let own = pairs.flat_map(|of| {
        model.comparisons.iter().zip(fields).map(move |(known, field)| {
            let mut own = [Weights::default(); Level::LIMIT];
            let shared = known.shared_in_household;
            for (level, [m, u]) in known.between(of).into_iter().enumerate() {
                let of_all = field.levels[level + 1];
                own[level + 1] = Weights {
                    matched: MatchWeight::from_ratio(m / u) - of_all.matched,
                    household: MatchWeight::from_ratio((shared * m + (1.0 - shared) * u) / u)
                        - of_all.household,
                };
            }
            own
        })
    });
    own.collect()
}

/// How often a value is had among the other persons who share the partner's value, where that is
/// more often than among all: names go together, by custom and in families.
///
/// So few others say little, so they are held against the frequency among all, which counts for
/// [`ALIKE`] persons.
fn among(
    comparer: &Comparer<'_>,
    place: usize,
    partner: usize,
    per_person: f64,
    frequencies: &[f64],
) -> Vec<((u32, u32), f64)> {
    let mut together: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let mut alone = vec![0_u32; comparer.column(partner).values.len()];
    for (ids, others) in comparer.lists(place).zip(comparer.lists(partner)) {
        for &other in others {
            alone[other as usize] += u32::from(!ids.is_empty());
            for &id in ids {
                *together.entry((id, other)).or_default() += 1;
            }
        }
    }
    let others = |count: u32| others(count, per_person);
    let among = together.into_iter().map(|((id, other), count)| {
        let frequency = frequencies[id as usize];
        let here = (others(count) + ALIKE * frequency) / (others(alone[other as usize]) + ALIKE);
        ((id, other), here.max(frequency), frequency)
    });
    among.filter(|(_, here, all)| here > all).map(|(ids, here, _)| (ids, here)).collect()
}

const ALIKE: f64 = 20.0;
