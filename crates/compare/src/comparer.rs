//! Comparing pairs of records, value by value.

use rayon::prelude::*;
use record::{Column, Kind, Lists, NONE, Normalised, RecordId, SourceId, Values};

use crate::rows::{Rows, SEVERAL};

use crate::side::Side;
use crate::{Comparison, ComparisonVector, Condition, Level, Test, Whose};

/// Compares pairs of the records it was made for.
///
/// What can be worked out of a value alone is worked out once, when this is made.
pub struct Comparer<'a> {
    normalised: &'a Normalised,
    fields: Vec<Prepared<'a>>,
    rows: Rows,
}

/// So many records tell how often a field is filled.
const LOOKED_AT: usize = 10_000;

/// A comparison made ready: its conditions, and the values that they look at.
struct Prepared<'a> {
    own: Side<'a>,
    /// Those of other fields; of one that no record has, nothing.
    others: Vec<Option<Other<'a>>>,
    /// The places of those that are compared, and not only searched.
    compared: Vec<usize>,
    levels: Vec<Ready>,
    /// The levels that hang on nothing but two values, with the test if it is no more than one.
    of_values: Vec<(usize, Option<Test>)>,
    /// The others.
    of_records: Vec<usize>,
    /// For each of the others, if it is asked what it holds, for each of its values the ids that
    /// its words have among the own ones.
    held: Vec<Lists<u32>>,
    crossing: Option<Crossing>,
    /// The level of two equal values, where it is the same whatever they are.
    equal: Option<Level>,
    /// Whether values that are far apart meet no condition of values alone.
    far_is_unlike: bool,
    /// Whether a level is of missing values, so that every pair is at some level.
    provides_for_missing: bool,
    /// The level of a pair of which a record lacks the value, where that says it all.
    lacking: Option<Level>,
}

/// Another field that conditions look at, and the place of its column in a row.
struct Other<'a> {
    side: Side<'a>,
    place: usize,
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
struct Crossing {
    /// Where the partner's column is in a row.
    partner: usize,
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
        Comparer::over(normalised, comparisons, Rows::new(normalised, comparisons))
    }

    /// The same, with the rows of these records for these comparisons, whose columns may have been
    /// relieved of their lists.
    ///
    /// # Panics
    ///
    /// As [`Comparer::new`].
    #[must_use]
    pub fn over(
        normalised: &'a Normalised,
        comparisons: &'a [Comparison],
        rows: Rows,
    ) -> Comparer<'a> {
        assert!(comparisons.len() <= ComparisonVector::LIMIT, "a vector holds sixteen comparisons");
        let prepared = |comparison| prepare(normalised, comparison, comparisons, &rows);
        let fields: Vec<Prepared<'a>> = comparisons.iter().map(prepared).collect();
        let anyway = fields.iter().enumerate().filter(|(_, field)| !field.needs_both());
        let anyway = anyway.fold(0, |bits, (place, _)| bits | 1 << place);
        Comparer { normalised, fields, rows: rows.with_anyway(anyway) }
    }

    /// The vector of a pair. It does not depend on which record is the first.
    #[must_use]
    pub fn vector(&self, a: RecordId, b: RecordId) -> ComparisonVector {
        let mut vector = ComparisonVector::default();
        let (a, b) = (a.index(), b.index());
        // Of most fields one of two records lacks the value.
        let mut rest = self.rows.both(a, b);
        let mut counted = None;
        while rest != 0 {
            let place = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            // Swapped names are one slip: the partner's field must not count it again.
            if counted == Some(place) {
                continue;
            }
            let field = &self.fields[place];
            let level = field.level(place, a, b, &self.rows);
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
        self.fields[place].level(place, a.index(), b.index(), &self.rows)
    }

    /// Whether a pair meets the first condition of the comparison at this place, whichever of its
    /// values the records lack.
    #[must_use]
    pub fn meets(&self, place: usize, a: RecordId, b: RecordId) -> bool {
        let (a, b) = (a.index(), b.index());
        let whole = Pair { a, b, left: self.ids(place, a), right: self.ids(place, b) };
        let field = &self.fields[place];
        let level = field.levels.first();
        level.is_some_and(|level| field.meets(level, whole, whole, &self.rows) == Some(true))
    }

    /// The records that have a value under the comparison at this place.
    #[must_use]
    pub fn filled(&self, place: usize) -> Vec<RecordId> {
        let field = &self.fields[place];
        let has = |place: usize, record: usize| self.rows.id(place, record) != NONE;
        let others = || field.compared.iter().filter_map(|&other| field.others[other].as_ref());
        let filled = (0..self.n_records())
            .into_par_iter()
            .filter(|&record| has(place, record) || others().any(|other| has(other.place, record)));
        filled.filter_map(|record| u32::try_from(record).ok().map(RecordId)).collect()
    }

    /// The share of some thousands of the records that have a value in the field compared at this
    /// place.
    #[must_use]
    pub fn share_filled(&self, place: usize) -> f64 {
        let step = self.n_records().div_ceil(LOOKED_AT).max(1);
        let records = (0..self.n_records()).step_by(step);
        let all = records.len().max(1);
        let filled = records.filter(|record| self.rows.id(place, *record) != NONE).count();
        #[expect(clippy::cast_precision_loss, reason = "a share of some thousands")]
        let share = filled as f64 / all as f64;
        share
    }

    /// The values that both records have under the comparison at this place.
    pub fn shared(&self, place: usize, a: RecordId, b: RecordId) -> impl Iterator<Item = u32> {
        let others = self.ids(place, b.index());
        self.values(place, a).filter(|id| others.contains(id))
    }

    /// The values of a record under the comparison at this place.
    pub fn values(&self, place: usize, record: RecordId) -> impl Iterator<Item = u32> {
        self.ids(place, record.index()).iter().copied()
    }

    /// The ids of each record's values under the comparison at this place, in turn.
    pub fn lists(&self, place: usize) -> impl Iterator<Item = &[u32]> + Clone {
        self.rows.lists(place)
    }

    /// The ids of records' values in a field, compared or not; `None` if no record has it.
    #[must_use]
    pub fn ids_in<'s>(&'s self, field: &str) -> Option<impl Fn(RecordId) -> &'s [u32]> {
        let column = self.normalised.column(field)?;
        let place = self.rows.field(field);
        Some(move |record: RecordId| match place {
            Some(place) => self.rows.get(place, record.index()),
            None => column.lists.get(record.index()),
        })
    }

    fn ids(&self, place: usize, record: usize) -> &[u32] {
        self.rows.get(place, record)
    }

    /// The rows, when nothing more is to be compared.
    #[must_use]
    pub fn into_rows(self) -> Rows {
        self.rows
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
    #[inline]
    pub fn source(&self, record: RecordId) -> SourceId {
        self.rows.source(record.index())
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

    /// The comparisons of names that go together by custom and in families, each two with the
    /// level at which values are the same: what people are called goes with their surname, and a
    /// middle name with both.
    #[must_use]
    pub fn together(&self, comparisons: &[Comparison]) -> Vec<[(usize, Level); 2]> {
        let rank = |kind| match kind {
            Kind::Surname => Some(0),
            Kind::Forename => Some(1),
            Kind::MiddleName => Some(2),
            _ => None,
        };
        let names = comparisons.iter().enumerate().filter_map(|(place, comparison)| {
            Some((rank(self.column(place).field.kind)?, (place, comparison.exact()?)))
        });
        let names: Vec<(u8, (usize, Level))> = names.collect();
        let beside = |&(rank, own): &(u8, (usize, Level))| {
            let others = names.iter().filter(move |(other, _)| *other < rank);
            others.map(move |&(_, other)| [own, other])
        };
        names.iter().flat_map(beside).collect()
    }
}

fn prepare<'a>(
    normalised: &'a Normalised,
    comparison: &'a Comparison,
    comparisons: &[Comparison],
    rows: &Rows,
) -> Prepared<'a> {
    assert!(comparison.levels.len() + 1 < Level::LIMIT, "a vector's place holds fifteen levels");
    let side = |name: Option<&str>| {
        let column = normalised.column(name.unwrap_or(&comparison.field))?;
        let leaves = comparison.levels.iter().flat_map(Condition::leaves);
        let tests = leaves.filter(|leaf| leaf.operand() == name).filter_map(|leaf| match leaf {
            Condition::Passes(_, test) => Some(*test),
            _ => None,
        });
        let ids = rows.lists(rows.place(column)).flatten().copied();
        Some(Side::new(column, &tests.collect::<Vec<_>>(), normalised.n_records, ids))
    };
    let names = comparison.others();
    let compared = comparison.compared_others();
    let compared: Vec<usize> =
        (0..names.len()).filter(|at| compared.contains(&names[*at])).collect();
    let own = side(None).expect("a compared field has a column");
    let other = |name: &&str| {
        let side = side(Some(name))?;
        Some(Other { place: rows.place(side.column), side })
    };
    let others: Vec<Option<Other<'a>>> = names.iter().map(other).collect();
    let levels: Vec<Ready> =
        comparison.levels.iter().map(|level| ready(level, &names, &own, &others)).collect();
    let (of_values, of_records): (Vec<usize>, Vec<usize>) =
        (0..levels.len()).partition(|level| levels[*level].is_of_values());
    let simple = |level: usize| match levels[level] {
        Ready::Passes(None, test) => (level, Some(test)),
        _ => (level, None),
    };
    let of_values: Vec<(usize, Option<Test>)> = of_values.into_iter().map(simple).collect();
    let far_is_unlike =
        of_values.iter().all(|(_, test)| test.is_some_and(|test| own.fails_if_far(test)));
    let held = names.iter().zip(&others).map(|(name, other)| {
        let asked = Condition::Passes(Some((*name).to_owned()), Test::Holds);
        let asks = comparison.levels.iter().flat_map(Condition::leaves).any(|leaf| *leaf == asked);
        let held = |other: &Other<'_>| held(&own, &other.side);
        other.as_ref().filter(|_| asks).map_or_else(Lists::default, held)
    });
    let held = held.collect();
    let partner = comparison.partner.as_deref().and_then(|name| normalised.column(name));
    let crossed = comparison
        .levels
        .iter()
        .position(|level| level.leaves().any(|leaf| *leaf == Test::Crossed));
    let crossing = partner.zip(crossed).map(|(partner, level)| Crossing {
        partner: rows.place(partner),
        id_there: ids_there(own.column, partner),
        level: Level::new(level + 1),
        place: comparisons.iter().position(|other| other.field == partner.field.name),
    });
    let text = matches!(own.column.values, Values::Text(_));
    let missing_first = comparison.levels.first().is_some_and(|level| *level == Test::Missing);
    let first_of_filled = usize::from(missing_first);
    let exact = comparison.levels.get(first_of_filled).is_some_and(|it| *it == Test::Exact);
    let equal = (text && exact).then(|| Level::new(first_of_filled + 1));
    let provides_for_missing = comparison
        .levels
        .iter()
        .flat_map(Condition::leaves)
        .any(|leaf| matches!(leaf, Condition::Passes(_, Test::Missing)));
    let lacking = match (missing_first, provides_for_missing) {
        (true, _) => Some(Level::new(1)),
        (false, false) => compared.is_empty().then_some(Level::MISSING),
        (false, true) => None,
    };
    Prepared {
        own,
        others,
        compared,
        levels,
        of_values,
        of_records,
        held,
        crossing,
        equal,
        far_is_unlike,
        provides_for_missing,
        lacking,
    }
}

impl Ready {
    /// Whether it hangs on nothing but two values of the comparison's own.
    fn is_of_values(&self) -> bool {
        match self {
            Ready::Passes(place, _) => place.is_none(),
            Ready::Is { place, whose, .. } => {
                place.is_none() && matches!(whose, Whose::Both | Whose::Either)
            }
            Ready::Not(inner) => inner.is_of_values(),
            Ready::All(parts) | Ready::Any(parts) => parts.iter().all(Ready::is_of_values),
            Ready::Crossed | Ready::Holds(_) | Ready::CrossedWith { .. } => false,
        }
    }
}

fn ready(
    condition: &Condition,
    names: &[&str],
    own: &Side<'_>,
    others: &[Option<Other<'_>>],
) -> Ready {
    let all = |parts: &[Condition]| -> Vec<Ready> {
        parts.iter().map(|part| ready(part, names, own, others)).collect()
    };
    let place = names.iter().position(|name| condition.operand() == Some(name));
    let side = |place: Place| match place {
        None => Some(own),
        Some(place) => others[place].as_ref().map(|other| &other.side),
    };
    match condition {
        Condition::Passes(None, Test::Crossed) => Ready::Crossed,
        Condition::Passes(Some(_), Test::Holds) => {
            Ready::Holds(place.expect("another field is one of the others"))
        }
        Condition::Passes(_, test) => Ready::Passes(place, *test),
        Condition::Is(_, literal) => {
            let value = side(place).map_or(NONE, |side| side.find(&literal.value));
            Ready::Is { place, value, whose: literal.whose }
        }
        Condition::Crossed(_, name, whose) => {
            let other = names.iter().position(|known| known == name);
            let other = other.expect("the field that one is crossed with is among the others");
            let columns = side(place).zip(side(Some(other)));
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
    /// Whether pairs are at a level only if both records have a value.
    fn needs_both(&self) -> bool {
        self.lacking == Some(Level::MISSING)
    }

    /// The level of two records. The comparison is at this place of the rows.
    #[inline]
    fn level(&self, place: usize, a: usize, b: usize, rows: &Rows) -> Level {
        self.level_by(place, a, b, rows, &mut |x, y| self.first_of_values(x, y, rows))
    }

    /// The same, if `of_values` says what [`Prepared::first_of_values`] would.
    #[inline]
    fn level_by(
        &self,
        place: usize,
        a: usize,
        b: usize,
        rows: &Rows,
        of_values: &mut impl FnMut(u32, u32) -> usize,
    ) -> Level {
        let (x, y) = (rows.id(place, a), rows.id(place, b));
        // Nearly all records have one value or none.
        if x < SEVERAL && y < SEVERAL {
            // Most pairs that agree at all agree exactly, and then nothing has to be looked up.
            if x == y
                && let Some(equal) = self.equal
            {
                return equal;
            }
            if !self.own.is_list() {
                let (left, right) = (rows.get(place, a), rows.get(place, b));
                let met = self.first_met_of(x, y, Pair { a, b, left, right }, rows, of_values);
                return met.map_or(Level::MISSING, |met| Level::new(met + 1));
            }
        } else if (x == NONE || y == NONE)
            && let Some(lacking) = self.lacking
        {
            return lacking;
        }
        self.level_of_lists(
            Pair { a, b, left: rows.get(place, a), right: rows.get(place, b) },
            rows,
            of_values,
        )
    }

    /// The level of two records, however many values they have.
    fn level_of_lists(
        &self,
        whole: Pair<'_>,
        rows: &Rows,
        of_values: &mut impl FnMut(u32, u32) -> usize,
    ) -> Level {
        let Pair { a, b, left, right } = whole;
        if left.is_empty() || right.is_empty() {
            let lacks = |&other: &usize| {
                let other = self.others[other].as_ref();
                let of =
                    |record| other.is_none_or(|other| rows.get(other.place, record).is_empty());
                of(a) || of(b)
            };
            return if !self.provides_for_missing && self.compared.iter().all(lacks) {
                Level::MISSING
            } else {
                Level::new(self.first_met(whole, rows) + 1)
            };
        }
        if self.own.is_list() {
            return Level::new(self.first_met(whole, rows) + 1);
        }
        let mut best: Option<usize> = None;
        for &x in left {
            for &y in right {
                let Some(met) = self.first_met_of(x, y, whole, rows, of_values) else { continue };
                best = Some(best.map_or(met, |best| best.min(met)));
                if met == 0 {
                    return Level::new(1);
                }
            }
        }
        // Nothing comparable counts as missing; a condition met by none is the last level.
        best.map_or(Level::MISSING, |best| Level::new(best + 1))
    }

    /// The place of the first condition that two records meet, or the number of conditions.
    fn first_met(&self, whole: Pair<'_>, rows: &Rows) -> usize {
        let mut levels = self.levels.iter();
        let met = levels.position(|level| self.meets(level, whole, whole, rows) == Some(true));
        met.unwrap_or(self.levels.len())
    }

    /// The same of a value of each; `None` if there is nothing to compare.
    #[inline]
    fn first_met_of(
        &self,
        x: u32,
        y: u32,
        whole: Pair<'_>,
        rows: &Rows,
        of_values: &mut impl FnMut(u32, u32) -> usize,
    ) -> Option<usize> {
        if !self.own.comparable(x, y) {
            return None;
        }
        let of_values = of_values(x, y);
        let (left, right) = ([x], [y]);
        let pair = Pair { left: &left, right: &right, ..whole };
        let closer = self.of_records.iter().copied().take_while(|level| *level < of_values);
        let of_records = closer
            .into_iter()
            .find(|level| self.meets(&self.levels[*level], pair, whole, rows) == Some(true));
        let met = of_records.unwrap_or(of_values);
        // What cannot be may be a slip from the other, or anything.
        (met < self.levels.len() || self.own.both_can_be(x, y)).then_some(met)
    }

    /// The place of the first condition of values alone that two values meet, or the number of
    /// conditions.
    fn first_of_values(&self, x: u32, y: u32, rows: &Rows) -> usize {
        if self.far_is_unlike && self.own.are_far(x, y) {
            return self.levels.len();
        }
        // Such conditions look at no record.
        let alone = Pair { a: 0, b: 0, left: &[x], right: &[y] };
        let values = self.own.pair(x, y);
        let is_met = |(level, test): &&(usize, Option<Test>)| match test {
            Some(test) => values.passes(*test),
            None => self.meets(&self.levels[*level], alone, alone, rows) == Some(true),
        };
        self.of_values.iter().find(is_met).map_or(self.levels.len(), |(level, _)| *level)
    }

    /// Whether a condition is met; `None` if that hangs on a value that is missing.
    fn meets(
        &self,
        condition: &Ready,
        pair: Pair<'_>,
        whole: Pair<'_>,
        rows: &Rows,
    ) -> Option<bool> {
        let values = |place: &Place| match place {
            None => Some((&self.own, pair.left, pair.right)),
            Some(place) => {
                let Other { side, place } = self.others[*place].as_ref()?;
                Some((side, rows.get(*place, pair.a), rows.get(*place, pair.b)))
            }
        };
        match condition {
            // A field that no record has is missing from both.
            Ready::Passes(place, Test::Missing) if values(place).is_none() => Some(true),
            Ready::Passes(place, test) => {
                let (side, left, right) = values(place)?;
                side.passes(*test, left, right)
            }
            Ready::Crossed => Some(self.is_crossed(whole, rows)),
            Ready::Holds(place) => self.holds(*place, pair, rows),
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
                let of = |record| rows.get(other.place, record);
                let halves = [meets(left, of(pair.b)), meets(right, of(pair.a))];
                if *whose == Whose::First {
                    return halves[usize::from(pair.b < pair.a)];
                }
                match (halves[0], halves[1]) {
                    (Some(one), Some(two)) => Some(one && two),
                    (Some(false), None) | (None, Some(false)) => Some(false),
                    _ => None,
                }
            }
            Ready::Not(inner) => self.meets(inner, pair, whole, rows).map(|met| !met),
            Ready::All(parts) => self.joined(parts, pair, whole, rows, false),
            Ready::Any(parts) => self.joined(parts, pair, whole, rows, true),
        }
    }

    /// `decides` if a part is so, `None` if a part is not known, its opposite otherwise.
    fn joined(
        &self,
        parts: &[Ready],
        pair: Pair<'_>,
        whole: Pair<'_>,
        rows: &Rows,
        decides: bool,
    ) -> Option<bool> {
        let mut joint = Some(!decides);
        for part in parts {
            match self.meets(part, pair, whole, rows) {
                Some(met) if met == decides => return Some(decides),
                Some(_) => {}
                None => joint = None,
            }
        }
        joint
    }

    /// Whether a record's value is a word of the other's in another field.
    fn holds(
        &self,
        place: usize,
        Pair { a, b, left, right }: Pair<'_>,
        rows: &Rows,
    ) -> Option<bool> {
        let (other, held) = (self.others[place].as_ref()?.place, &self.held[place]);
        let (of_a, of_b) = (rows.get(other, a), rows.get(other, b));
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
    fn is_crossed(&self, Pair { a, b, left, right }: Pair<'_>, rows: &Rows) -> bool {
        let Some(crossing) = &self.crossing else { return false };
        let meets = |mine: &[u32], other: usize| {
            let theirs = rows.get(crossing.partner, other);
            mine.iter().any(|&id| {
                let id = crossing.id_there[id as usize];
                id != NONE && theirs.contains(&id)
            })
        };
        meets(left, b) && meets(right, a)
    }
}

#[path = "batch.rs"]
mod batch;
pub use batch::Batch;

#[path = "view.rs"]
mod view;

#[path = "sketch.rs"]
mod sketch;
pub use sketch::{Rarity, Sketch, Sketches};
#[path = "tile.rs"]
mod tile;
pub use tile::{Lanes, Tile};

#[cfg(test)]
#[path = "plain.rs"]
mod plain;
