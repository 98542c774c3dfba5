//! What a pair may weigh at most, by what little its sketches tell.
//!
//! Most pairs that share a block are of two persons, and a few bits of each record tell. Whoever keeps
//! pairs from some weight up need not look at the rest of them.

use compare::{Comparer, Level, Rarity, Settled, Sketch, Sketches};
use record::RecordPair;

use crate::beside::Utmost;
use crate::scorer::{FieldWeights, Weights};
use crate::{MatchWeight, Model, Scorer};

/// Tells of most pairs that weigh too little to be kept that they do.
///
/// In the scorer's fixed point; of weights whose sums stay far from its limit.
pub struct Sieve {
    pub(crate) sketches: Sketches,
    /// By the two records' sources as the scorer has them, how much more is said than is asked for
    /// of records that lack everything.
    pub(crate) starts: Vec<i32>,
    pub(crate) n_sources: usize,
    /// By the two records' sources, if anything sets them apart, and by field.
    most: Vec<Most>,
    /// For each field the level at which the rarity of the shared value counts.
    pub(crate) terms: Vec<Option<usize>>,
    /// By the source of a record, and by field.
    pub(crate) utmost: Vec<Utmost>,
}

/// The most that a field adds to a weight, beyond what it adds where a record lacks the value.
#[derive(Clone, Copy)]
struct Most {
    /// At each level, without the rarity of a shared value.
    levels: [i64; Level::LIMIT],
    /// At any but that where such rarity counts.
    any: i64,
}

/// A pair that may yet weigh enough.
struct Open<'a> {
    at: usize,
    sketches: [Sketch<'a>; 2],
    /// The fields of which something can be told, a bit each.
    told: u32,
    /// The most that each field adds for records of these sources.
    most: &'a [Most],
    /// How much more than is asked for it weighs at most.
    bound: i64,
}

/// The sketches of so many pairs stay near the processor.
const PAIRS: usize = 256;

impl Sieve {
    /// For whoever keeps pairs of `least` and more, under the model that the scorer was made of.
    /// `None` if every pair is kept, or weights are so absurd that sums of them stop short.
    ///
    /// # Panics
    ///
    /// Panics if the model is of other comparisons.
    #[must_use]
    pub fn new<'a>(
        model: &Model,
        scorer: &'a Scorer,
        comparer: &'a Comparer<'_>,
        least: MatchWeight,
    ) -> Option<Sieve> {
        let n_fields = scorer.fields.len();
        assert_eq!(model.comparisons.len(), n_fields, "a model of other comparisons");
        let rare = |(place, field): (usize, &'a FieldWeights)| {
            let rarity = move |record| field.rarest(&scorer.ruled, comparer, place, record);
            field.term_level().map(|_| Box::new(rarity) as Rarity<'_>)
        };
        let rare: Vec<Option<Rarity<'_>>> = scorer.fields.iter().enumerate().map(rare).collect();
        let most = |at: usize| {
            let field = &scorer.fields[at % n_fields];
            let own = scorer.own.get(at);
            let mut most = Most { levels: [0; Level::LIMIT], any: 0 };
            for level in 0..Level::LIMIT {
                let own = own.map_or(0, |own| own[level].matched.0);
                let weight = i64::from(field.levels[level].matched.0) + i64::from(own);
                most.levels[level] = weight + i64::from(field.other_most(&scorer.ruled, level).0);
                if field.term_level() != Some(level) {
                    most.any = most.any.max(most.levels[level]);
                }
            }
            most
        };
        let by_place: Vec<Most> = (0..scorer.own.len().max(n_fields)).map(most).collect();
        // The most that a place ever adds or takes off.
        let extent = |place: usize| {
            let rarity = scorer.fields[place].rarity_extent(&scorer.ruled);
            let levels = by_place.iter().skip(place).step_by(n_fields).flat_map(|most| most.levels);
            levels.map(i64::abs).max().unwrap_or(0) + i64::from(rarity)
        };
        let prior = scorer.priors.iter().map(|prior| i64::from(prior.matched.0).abs()).max();
        let all = (0..n_fields).map(extent).sum::<i64>() + prior.unwrap_or(0);
        let limit = i64::from(i32::MAX) / 4;
        if least.0 == i32::MIN || limit <= all + i64::from(least.0).abs() {
            return None;
        }
        let order = order(model, comparer, &by_place);
        let sketches = Sketches::new(comparer, &order, &rare);
        let in_order = by_place.chunks(n_fields.max(1));
        let mut most: Vec<Most> =
            in_order.flat_map(|most| order.iter().map(|place| most[*place])).collect();
        // What records lack is told of all pairs before any is looked at.
        let lacking = most.iter_mut().enumerate().map(|(at, most)| {
            let lacking = sketches.lacking(at % n_fields).map_or(0, |it| most.levels[it.index()]);
            most.any -= lacking;
            most.levels.iter_mut().for_each(|level| *level -= lacking);
            lacking
        });
        let lacking: Vec<i64> = lacking.collect();
        let lacking = lacking.chunks(n_fields.max(1)).map(|of| of.iter().sum::<i64>());
        let lacking: Vec<i64> = lacking.collect();
        let start = |(sources, prior): (usize, &Weights)| {
            let lacking = lacking.get(if scorer.own.is_empty() { 0 } else { sources });
            i64::from(prior.matched.0) - i64::from(least.0) + lacking.copied().unwrap_or(0)
        };
        let n_sources = comparer.sources().len();
        let n_levels = |at: usize| model.comparisons[order[at]].levels.len() + 1;
        let utmost = |at: usize| {
            let (source, field) = (at / n_fields, at % n_fields);
            let first = if scorer.own.is_empty() { 0 } else { source * n_sources };
            let n = if scorer.own.is_empty() { 1 } else { n_sources };
            let of_pairs = most[first * n_fields..][..n * n_fields].iter();
            let mut levels = [i32::MIN; Level::LIMIT];
            for of_pair in of_pairs.skip(field).step_by(n_fields) {
                for (utmost, level) in levels.iter_mut().zip(of_pair.levels) {
                    *utmost = narrow(level).max(*utmost);
                }
            }
            Utmost::new(levels, n_levels(field), scorer.fields[order[field]].term_level())
        };
        let utmost: Vec<Utmost> = (0..n_sources * n_fields).map(utmost).collect();
        Some(Sieve {
            sketches,
            starts: scorer.priors.iter().enumerate().map(start).map(narrow).collect(),
            n_sources,
            utmost,
            most,
            terms: order.iter().map(|place| scorer.fields[*place].term_level()).collect(),
        })
    }

    /// Puts the places of those pairs that may weigh enough to be kept, or are to be `spared`, through
    /// `each`, in order, with what is settled of each.
    ///
    /// Field after field is looked at, each of those pairs that still may.
    pub fn sift(
        &self,
        pairs: &[RecordPair],
        spared: impl Fn(RecordPair) -> bool,
        mut each: impl FnMut(usize, Settled),
    ) {
        let mut sketches = Vec::with_capacity(PAIRS);
        let mut open: Vec<Open<'_>> = Vec::with_capacity(PAIRS);
        let mut is_kept = [false; PAIRS];
        for (chunk, pairs) in pairs.chunks(PAIRS).enumerate() {
            let of = |pair: &RecordPair| {
                [pair.lower(), pair.upper()].map(|record| self.sketches.of(record))
            };
            sketches.clear();
            sketches.extend(pairs.iter().map(of));
            // Sketches lie all over memory: they are asked for together, and then are there.
            let asked = sketches.iter().flatten().fold(0, |all, sketch| all ^ sketch.ends());
            std::hint::black_box(asked);
            open.clear();
            for (at, pair) in pairs.iter().enumerate() {
                is_kept[at] = spared(*pair);
                if !is_kept[at] {
                    open.push(self.open(at, sketches[at]));
                }
            }
            let mut settled = [Settled::default(); PAIRS];
            for field in 0..self.terms.len() {
                open.retain_mut(|pair| {
                    pair.bound -= self.fall(field, pair, &mut settled[pair.at]);
                    0 <= pair.bound
                });
            }
            for pair in &open {
                is_kept[pair.at] = true;
            }
            for (at, &of) in sketches.iter().enumerate() {
                let is_crossed = self.sketches.may_be_crossed(of);
                if is_kept[at] || is_crossed {
                    // Swapped values stand for each other's.
                    let settled = if is_crossed { Settled::default() } else { settled[at] };
                    each(chunk * PAIRS + at, settled);
                }
            }
        }
    }

    /// A pair of which nothing was looked at but what its records have.
    #[inline]
    fn open<'a>(&'a self, at: usize, sketches: [Sketch<'a>; 2]) -> Open<'a> {
        let [a, b] = sketches;
        let n_fields = self.terms.len();
        let sources = a.source() * self.n_sources + b.source();
        let start = if self.most.len() == n_fields { 0 } else { sources * n_fields };
        let (bound, told) = (self.starts[sources].into(), self.sketches.told(a, b));
        let mut pair =
            Open { at, sketches, told, most: &self.most[start..start + n_fields], bound };
        let mut rest = self.sketches.both(a, b);
        while rest != 0 {
            pair.bound += self.top(rest.trailing_zeros() as usize, &pair);
            rest &= rest - 1;
        }
        pair
    }

    /// What the rarity of a shared value adds at most: what they share both have.
    #[inline]
    fn rarity(&self, field: usize, pair: &Open<'_>) -> i64 {
        let [a, b] = pair.sketches.map(|it| self.sketches.rarity(field, it));
        i64::from(a.min(b))
    }

    /// The most that a field adds to a pair's weight at any level.
    #[inline]
    fn top(&self, field: usize, pair: &Open<'_>) -> i64 {
        let most = &pair.most[field];
        match self.terms[field] {
            None => most.any,
            Some(term) => most.any.max(most.levels[term] + self.rarity(field, pair)),
        }
    }

    /// How much less it adds at those levels that the pair may be at; which is settled if it is one.
    #[inline]
    fn fall(&self, field: usize, pair: &Open<'_>, settled: &mut Settled) -> i64 {
        let [a, b] = pair.sketches;
        if pair.told >> field & 1 == 0 {
            let lacking = self.sketches.lacking(field);
            if let Some(level) = lacking.filter(|_| self.sketches.both(a, b) >> field & 1 == 0) {
                *settled = settled.with(self.sketches.place(field), level);
            }
            return 0;
        }
        let mut levels = self.sketches.levels(field, a, b);
        if levels == Sketches::ANY {
            return 0;
        }
        if levels.is_power_of_two() {
            let level = Level::new(levels.trailing_zeros() as usize);
            *settled = settled.with(self.sketches.place(field), level);
        }
        let most = &pair.most[field];
        let mut here = i64::MIN;
        if let Some(term) = self.terms[field].filter(|term| levels >> term & 1 == 1) {
            here = most.levels[term] + self.rarity(field, pair);
            levels &= !(1 << term);
        }
        while levels != 0 {
            here = here.max(most.levels[levels.trailing_zeros() as usize]);
            levels &= levels - 1;
        }
        self.top(field, pair) - here
    }
}

fn narrow(weight: i64) -> i32 {
    i32::try_from(weight).expect("sums of weights are far from the limit")
}

/// The places of the comparisons, those first that tell most of a pair of two persons.
fn order(model: &Model, comparer: &Comparer<'_>, most: &[Most]) -> Vec<usize> {
    #[expect(clippy::cast_precision_loss, reason = "an order needs no exact figures")]
    let fall = |place: usize| {
        let filled = comparer.share_filled(place);
        let levels = model.comparisons[place].levels.iter().zip(&most[place].levels[1..]);
        let falls = levels.map(|(known, weight)| known.u * (most[place].any - weight) as f64);
        filled * filled * falls.sum::<f64>()
    };
    let falls: Vec<f64> = (0..model.comparisons.len()).map(fall).collect();
    let mut order: Vec<usize> = (0..falls.len()).collect();
    order.sort_by(|&a, &b| falls[b].total_cmp(&falls[a]).then(a.cmp(&b)));
    order
}
