//! Comparing pairs of records, value by value.

use rayon::prelude::*;
use record::{Column, Lists, NONE, Normalised, RecordId, RecordPair, SourceId, Values};

use crate::side::Side;
use crate::{Comparison, ComparisonVector, Condition, Level, Test, Whose};

/// Compares pairs of the records it was made for.
///
/// What can be worked out of a value alone is worked out once, when this is made.
pub struct Comparer<'a> {
    normalised: &'a Normalised,
    fields: Vec<Prepared<'a>>,
    /// For each record, one after the other, the id of its value under each comparison, or
    /// [`NONE`], or [`MANY`]: what a pair needs of a record lies side by side.
    rows: Vec<u32>,
}

/// Stands in a row for several values.
const MANY: u32 = NONE - 1;

/// A comparison made ready: its conditions, and the values that they look at.
struct Prepared<'a> {
    own: Side<'a>,
    /// Those of other fields; of one that no record has, nothing.
    others: Vec<Option<Side<'a>>>,
    /// The places of those that are compared, and not only searched.
    compared: Vec<usize>,
    levels: Vec<Ready>,
    /// For each of the others, if it is asked what it holds, for each of its values the ids that
    /// its words have among the own ones.
    held: Vec<Lists<u32>>,
    crossing: Option<Crossing<'a>>,
    /// Whether two equal values are at the first level, whatever they are.
    equal_is_exact: bool,
    /// Whether a level is of missing values, so that every pair is at some level.
    provides_for_missing: bool,
}

/// A condition, its fields found.
enum Ready {
    Passes(Place, Test),
    Crossed,
    Holds(usize),
    Is { place: Place, value: u32, whose: Whose },
    CrossedWith { place: Place, other: usize, id_there: Vec<u32>, whose: Whose },
    Not(Box<Ready>),
    All(Vec<Ready>),
    Any(Vec<Ready>),
}

/// Where a field's values are: the comparison's own if `None`, else this one of the others.
type Place = Option<usize>;

/// The partner column, and the id there of each value of the column itself.
struct Crossing<'a> {
    partner: &'a Column,
    id_there: Vec<u32>,
    /// The level of swapped values.
    level: Level,
    /// The place of the comparison of the partner's own field.
    place: Option<usize>,
}

impl<'a> Comparer<'a> {
    /// Prepares to make these comparisons of these records.
    ///
    /// # Panics
    ///
    /// Panics if there are more comparisons than a vector holds, more levels than a vector's
    /// place holds, or one of a field that the records do not have.
    #[must_use]
    pub fn new(normalised: &'a Normalised, comparisons: &'a [Comparison]) -> Comparer<'a> {
        assert!(comparisons.len() <= ComparisonVector::LIMIT, "a vector holds sixteen comparisons");
        let fields: Vec<Prepared<'a>> = comparisons
            .iter()
            .map(|comparison| prepare(normalised, comparison, comparisons))
            .collect();
        let mut rows = vec![NONE; normalised.n_records * fields.len()];
        if !fields.is_empty() {
            rows.par_chunks_mut(fields.len()).enumerate().for_each(|(record, row)| {
                for (id, field) in row.iter_mut().zip(&fields) {
                    *id = match field.own.column.lists.get(record) {
                        [] => NONE,
                        [one] => *one,
                        _ => MANY,
                    };
                }
            });
        }
        Comparer { normalised, fields, rows }
    }

    /// The vector of a pair. It does not depend on which record is the first.
    #[must_use]
    pub fn vector(&self, a: RecordId, b: RecordId) -> ComparisonVector {
        let mut vector = ComparisonVector::default();
        let mut counted = None;
        for (place, field) in self.fields.iter().enumerate() {
            // Swapped names are one slip: the partner's field must not count it again.
            if counted == Some(place) {
                continue;
            }
            let (left, right) = (self.values(place, a.index()), self.values(place, b.index()));
            let level = field.level(a.index(), b.index(), left, right);
            vector = vector.with(place, level);
            if let Some(crossing) =
                field.crossing.as_ref().filter(|crossing| crossing.level == level)
            {
                counted = crossing.place;
            }
        }
        vector
    }

    /// The level of a pair under the comparison at this place, looked at alone.
    #[must_use]
    pub fn level(&self, place: usize, a: RecordId, b: RecordId) -> Level {
        let (left, right) = (self.values(place, a.index()), self.values(place, b.index()));
        self.fields[place].level(a.index(), b.index(), left, right)
    }

    /// Whether a pair meets the first condition of the comparison at this place, whichever of its
    /// values the records lack.
    #[must_use]
    pub fn meets(&self, place: usize, a: RecordId, b: RecordId) -> bool {
        let (a, b) = (a.index(), b.index());
        let whole = Pair { a, b, left: self.values(place, a), right: self.values(place, b) };
        let field = &self.fields[place];
        field.levels.first().is_some_and(|level| field.meets(level, whole, whole) == Some(true))
    }

    /// The records that have a value under the comparison at this place.
    #[must_use]
    pub fn filled(&self, place: usize) -> Vec<RecordId> {
        let field = &self.fields[place];
        let has = |side: &Side<'_>, record: usize| !side.of(record).is_empty();
        let others = || field.compared.iter().filter_map(|&other| field.others[other].as_ref());
        let filled = (0..).zip(0..self.n_records()).filter(|&(_, record)| {
            has(&field.own, record) || others().any(|side| has(side, record))
        });
        filled.map(|(id, _)| RecordId(id)).collect()
    }

    /// The vectors of `pairs`, into `vectors`, which it clears first.
    pub fn compare(&self, pairs: &[RecordPair], vectors: &mut Vec<ComparisonVector>) {
        vectors.clear();
        vectors.extend(pairs.iter().map(|pair| self.vector(pair.lower(), pair.upper())));
    }

    /// The values that both records have under the comparison at this place.
    pub fn shared(&self, place: usize, a: RecordId, b: RecordId) -> impl Iterator<Item = u32> {
        let others = self.values(place, b.index());
        self.values(place, a.index()).iter().copied().filter(|id| others.contains(id))
    }

    /// The ids of a record's values under a comparison.
    fn values(&self, place: usize, record: usize) -> &[u32] {
        let at = record * self.fields.len() + place;
        match self.rows[at] {
            NONE => &[],
            MANY => self.column(place).lists.get(record),
            _ => &self.rows[at..=at],
        }
    }

    /// The number of records it was made for.
    #[must_use]
    pub fn n_records(&self) -> usize {
        self.normalised.n_records
    }

    /// The names of the records' sources.
    #[must_use]
    pub fn sources(&self) -> &'a [String] {
        &self.normalised.sources
    }

    /// A record's source.
    #[must_use]
    pub fn source(&self, record: RecordId) -> SourceId {
        self.normalised.source[record.index()]
    }

    /// The column of a field, compared or not.
    #[must_use]
    pub fn column_of(&self, field: &str) -> Option<&'a Column> {
        self.normalised.column(field)
    }

    /// The column compared at this place.
    #[must_use]
    pub fn column(&self, place: usize) -> &'a Column {
        self.fields[place].own.column
    }
}

fn prepare<'a>(
    normalised: &'a Normalised,
    comparison: &'a Comparison,
    comparisons: &[Comparison],
) -> Prepared<'a> {
    assert!(comparison.levels.len() + 1 < Level::LIMIT, "a vector's place holds fifteen levels");
    let side = |name: Option<&str>| {
        let column = normalised.column(name.unwrap_or(&comparison.field))?;
        let leaves = comparison.levels.iter().flat_map(Condition::leaves);
        let tests = leaves.filter(|leaf| leaf.operand() == name).filter_map(|leaf| match leaf {
            Condition::Passes(_, test) => Some(*test),
            _ => None,
        });
        Some(Side::new(column, &tests.collect::<Vec<_>>(), normalised.n_records))
    };
    let names = comparison.others();
    let compared = comparison.compared_others();
    let compared = (0..names.len()).filter(|at| compared.contains(&names[*at])).collect();
    let own = side(None).expect("a compared field has a column");
    let others: Vec<Option<Side<'a>>> = names.iter().map(|name| side(Some(name))).collect();
    let levels = comparison.levels.iter().map(|level| ready(level, &names, &own, &others));
    let levels = levels.collect();
    let held = names.iter().zip(&others).map(|(name, other)| {
        let asked = Condition::Passes(Some((*name).to_owned()), Test::Holds);
        let asks = comparison.levels.iter().flat_map(Condition::leaves).any(|leaf| *leaf == asked);
        other.as_ref().filter(|_| asks).map_or_else(Lists::default, |other| held(&own, other))
    });
    let held = held.collect();
    let partner = comparison.partner.as_deref().and_then(|name| normalised.column(name));
    let crossed = comparison
        .levels
        .iter()
        .position(|level| level.leaves().any(|leaf| *leaf == Test::Crossed));
    let crossing = partner.zip(crossed).map(|(partner, level)| Crossing {
        partner,
        id_there: ids_there(own.column, partner),
        level: Level::new(level + 1),
        place: comparisons.iter().position(|other| other.field == partner.field.name),
    });
    let text = matches!(own.column.values, Values::Text(_));
    let equal_is_exact =
        text && comparison.levels.first().is_some_and(|level| *level == Test::Exact);
    let provides_for_missing = comparison
        .levels
        .iter()
        .flat_map(Condition::leaves)
        .any(|leaf| matches!(leaf, Condition::Passes(_, Test::Missing)));
    Prepared { own, others, compared, levels, held, crossing, equal_is_exact, provides_for_missing }
}

fn ready(
    condition: &Condition,
    names: &[&str],
    own: &Side<'_>,
    others: &[Option<Side<'_>>],
) -> Ready {
    let all = |parts: &[Condition]| -> Vec<Ready> {
        parts.iter().map(|part| ready(part, names, own, others)).collect()
    };
    let place = names.iter().position(|name| condition.operand() == Some(name));
    match condition {
        Condition::Passes(None, Test::Crossed) => Ready::Crossed,
        Condition::Passes(Some(_), Test::Holds) => {
            Ready::Holds(place.expect("another field is one of the others"))
        }
        Condition::Passes(_, test) => Ready::Passes(place, *test),
        Condition::Is(_, literal) => {
            let side = place.map_or(Some(own), |place| others[place].as_ref());
            let value = side.map_or(NONE, |side| side.find(&literal.value));
            Ready::Is { place, value, whose: literal.whose }
        }
        Condition::Crossed(_, name, whose) => {
            let other = names.iter().position(|known| known == name);
            let other = other.expect("the field that one is crossed with is among the others");
            let side = place.map_or(Some(own), |place| others[place].as_ref());
            let columns = side.zip(others[other].as_ref());
            let id_there =
                columns.map_or_else(Vec::new, |(side, other)| ids_there(side.column, other.column));
            Ready::CrossedWith { place, other, id_there, whose: *whose }
        }
        Condition::Not(inner) => Ready::Not(Box::new(ready(inner, names, own, others))),
        Condition::All(parts) => Ready::All(all(parts)),
        Condition::Any(parts) => Ready::Any(all(parts)),
    }
}

/// For each value of another field, the ids that its words have among the own values.
fn held(own: &Side<'_>, other: &Side<'_>) -> Lists<u32> {
    match (&own.column.values, &other.column.values) {
        (Values::Text(here), Values::Text(there)) => there
            .iter()
            .map(|words| words.split(' ').filter_map(|word| here.find(word)).collect::<Vec<u32>>())
            .collect(),
        _ => Lists::default(),
    }
}

fn ids_there(column: &Column, partner: &Column) -> Vec<u32> {
    match (&column.values, &partner.values) {
        (Values::Text(here), Values::Text(there)) => {
            here.iter().map(|word| there.find(word).unwrap_or(NONE)).collect()
        }
        _ => vec![NONE; column.values.len()],
    }
}

/// Two records, and their values under a comparison: all, or one of each.
#[derive(Clone, Copy)]
struct Pair<'a> {
    a: usize,
    b: usize,
    left: &'a [u32],
    right: &'a [u32],
}

impl Prepared<'_> {
    /// The level of two records, given their values.
    fn level(&self, a: usize, b: usize, left: &[u32], right: &[u32]) -> Level {
        // Most pairs that agree at all agree exactly, and then nothing has to be looked up.
        if let ([x], [y]) = (left, right)
            && x == y
            && self.equal_is_exact
        {
            return Level::new(1);
        }
        let whole = Pair { a, b, left, right };
        if left.is_empty() || right.is_empty() {
            let lacks = |&other: &usize| {
                let side = self.others[other].as_ref();
                let of = |record| side.is_none_or(|side| side.of(record).is_empty());
                of(a) || of(b)
            };
            return if !self.provides_for_missing && self.compared.iter().all(lacks) {
                Level::MISSING
            } else {
                Level::new(self.first_met(whole, whole) + 1)
            };
        }
        if self.own.is_list() {
            return Level::new(self.first_met(whole, whole) + 1);
        }
        let mut best: Option<usize> = None;
        for x in left.chunks(1) {
            for y in right.chunks(1) {
                if !self.own.comparable(x[0], y[0]) {
                    continue;
                }
                let met = self.first_met(Pair { left: x, right: y, ..whole }, whole);
                // What cannot be may be a slip from the other, or anything.
                if met == self.levels.len() && !self.own.both_can_be(x[0], y[0]) {
                    continue;
                }
                best = Some(best.map_or(met, |best| best.min(met)));
                if met == 0 {
                    return Level::new(1);
                }
            }
        }
        // Nothing comparable counts as missing; a condition met by none is the last level.
        best.map_or(Level::MISSING, |best| Level::new(best + 1))
    }

    /// The place of the first condition met, or the number of conditions.
    fn first_met(&self, pair: Pair<'_>, whole: Pair<'_>) -> usize {
        let met = self.levels.iter().position(|level| self.meets(level, pair, whole) == Some(true));
        met.unwrap_or(self.levels.len())
    }

    /// Whether a condition is met; `None` if that hangs on a value that is missing.
    fn meets(&self, condition: &Ready, pair: Pair<'_>, whole: Pair<'_>) -> Option<bool> {
        let values = |place: &Place| match place {
            None => Some((&self.own, pair.left, pair.right)),
            Some(place) => {
                let side = self.others[*place].as_ref()?;
                Some((side, side.of(pair.a), side.of(pair.b)))
            }
        };
        match condition {
            // A field that no record has is missing from both.
            Ready::Passes(place, Test::Missing) if values(place).is_none() => Some(true),
            Ready::Passes(place, test) => {
                let (side, left, right) = values(place)?;
                side.passes(*test, left, right)
            }
            Ready::Crossed => Some(self.is_crossed(whole)),
            Ready::Holds(place) => self.holds(*place, pair),
            Ready::Is { place, value, whose } => {
                let (_, left, right) = values(place)?;
                let (first, second) = if pair.a < pair.b { (left, right) } else { (right, left) };
                let has = |ids: &[u32]| (!ids.is_empty()).then(|| ids.contains(value));
                match whose {
                    Whose::First => has(first),
                    Whose::Second => has(second),
                    Whose::Both => {
                        let (left, right) = (has(left)?, has(right)?);
                        Some(left && right)
                    }
                    Whose::Either => {
                        let (left, right) = (has(left)?, has(right)?);
                        Some(left || right)
                    }
                }
            }
            Ready::CrossedWith { place, other, id_there, whose } => {
                let (_, left, right) = values(place)?;
                let other = self.others[*other].as_ref()?;
                let meets = |mine: &[u32], theirs: &[u32]| {
                    let there = |id: &u32| theirs.contains(&id_there[*id as usize]);
                    (!mine.is_empty() && !theirs.is_empty()).then(|| mine.iter().any(there))
                };
                let halves = [meets(left, other.of(pair.b)), meets(right, other.of(pair.a))];
                if *whose == Whose::First {
                    return halves[usize::from(pair.b < pair.a)];
                }
                match (halves[0], halves[1]) {
                    (Some(one), Some(two)) => Some(one && two),
                    (Some(false), None) | (None, Some(false)) => Some(false),
                    _ => None,
                }
            }
            Ready::Not(inner) => self.meets(inner, pair, whole).map(|met| !met),
            Ready::All(parts) => self.joined(parts, pair, whole, false),
            Ready::Any(parts) => self.joined(parts, pair, whole, true),
        }
    }

    /// `decides` if a part is so, `None` if a part is not known, its opposite otherwise.
    fn joined(
        &self,
        parts: &[Ready],
        pair: Pair<'_>,
        whole: Pair<'_>,
        decides: bool,
    ) -> Option<bool> {
        let mut joint = Some(!decides);
        for part in parts {
            match self.meets(part, pair, whole) {
                Some(met) if met == decides => return Some(decides),
                Some(_) => {}
                None => joint = None,
            }
        }
        joint
    }

    /// Whether a record's value is a word of the other's in another field.
    fn holds(&self, place: usize, Pair { a, b, left, right }: Pair<'_>) -> Option<bool> {
        let (side, held) = (self.others[place].as_ref()?, &self.held[place]);
        let (of_a, of_b) = (side.of(a), side.of(b));
        if of_a.is_empty() && of_b.is_empty() {
            return None;
        }
        let meets = |mine: &[u32], theirs: &[u32]| {
            let mut words = theirs.iter().flat_map(|&id| held.get(id as usize));
            words.any(|word| mine.contains(word))
        };
        Some(meets(left, of_b) || meets(right, of_a))
    }

    /// Whether each record has one of the other's values in the partner field.
    fn is_crossed(&self, Pair { a, b, left, right }: Pair<'_>) -> bool {
        let Some(crossing) = &self.crossing else { return false };
        let meets = |mine: &[u32], other: usize| {
            let theirs = crossing.partner.lists.get(other);
            mine.iter().any(|&id| {
                let id = crossing.id_there[id as usize];
                id != NONE && theirs.contains(&id)
            })
        };
        meets(left, b) && meets(right, a)
    }
}
