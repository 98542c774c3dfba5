//! A few bits of each record, side by side: enough to tell of most pairs which levels they cannot
//! be at, before anything else of them is looked at.
//!
//! [`Comparer::vector`] says what level a pair is at; it is always among those that its sketches
//! allow, and a property test holds them to that.

use rayon::prelude::*;
use record::{Lists, NONE, RecordId};

use super::{Comparer, Ready};
use crate::ComparisonVector;
use crate::look::{Asked, Levels, Look, UNTOLD, kin, may_be_within};
use crate::rows::{FILLED, SEVERAL};

/// Sketches of all records of a comparer.
///
/// Fields are numbered in the order that was asked for.
pub struct Sketches {
    /// Of each record, one after the other: which fields are filled and, above, of which of them
    /// nothing can be told; its source and, above, which fields have several values; and the bits of
    /// its fields, or where those of several are.
    parts: Vec<u32>,
    width: usize,
    fields: Vec<Field>,
    /// For each field the values of records that have several.
    several: Vec<Lists<Value>>,
    /// The fields that pairs are at some level of whatever they lack, a bit each.
    anyway: u32,
    /// Two fields each whose values may have been swapped.
    crossings: Vec<[usize; 2]>,
}

/// A value.
#[derive(Clone, Copy)]
struct Value {
    bits: u64,
    /// Of a name, what else is known of it.
    kin: u32,
    id: u32,
}

/// What rarity adds to a record's values where they are shared, at most.
pub type Rarity<'a> = Box<dyn Fn(RecordId) -> i32 + Sync + 'a>;

/// A field, and where its parts are in a sketch.
struct Field {
    /// The comparison's place.
    place: usize,
    /// How its bits are read; `None` if nothing can be told.
    look: Option<Look>,
    bits: usize,
    /// Whether they are half a word.
    is_half: bool,
    /// What else is known of a name, if its look asks of it.
    kin: usize,
    /// The value itself, where its rarity counts and two that are the same are at the first level.
    id: usize,
    has_id: bool,
    /// The most that rarity adds.
    rarity: usize,
    /// The field that may hold a value of this as a word.
    holder: Option<usize>,
}

/// The sketch of a record.
#[derive(Clone, Copy)]
pub struct Sketch<'a>(&'a [u32]);

const HEAD: usize = 2;

/// The first level alone.
const FIRST: Levels = 2;

impl Sketch<'_> {
    /// The number of the record's source.
    #[must_use]
    #[inline]
    pub fn source(self) -> usize {
        (self.0[1] & FILLED) as usize
    }

    /// The fields of which it has several values.
    #[inline]
    fn several(self) -> u32 {
        self.0[1] >> ComparisonVector::LIMIT
    }

    /// Its first part and its last in one: whoever asks for them has asked for all of it.
    #[must_use]
    #[inline]
    pub fn ends(self) -> u32 {
        self.0[0] ^ self.0[self.0.len() - 1]
    }

    /// The fields that are filled, a bit each.
    #[inline]
    fn filled(self) -> u32 {
        self.0[0] & FILLED
    }

    /// The fields of which nothing can be told.
    #[inline]
    fn untold(self) -> u32 {
        self.0[0] >> ComparisonVector::LIMIT
    }
}

impl Sketches {
    /// Sketches of the records behind a comparer, of its comparisons in this order of their places.
    ///
    /// `rare` says for some places what the rarity of a record's values adds at most.
    ///
    /// # Panics
    ///
    /// Panics if the order is not one of all places.
    #[must_use]
    pub fn new(comparer: &Comparer<'_>, order: &[usize], rare: &[Option<Rarity<'_>>]) -> Sketches {
        assert_eq!(order.len(), comparer.fields.len(), "an order of all comparisons");
        let mut sketches = Sketches {
            parts: Vec::new(),
            width: HEAD,
            fields: Vec::with_capacity(order.len()),
            several: Vec::new(),
            anyway: 0,
            crossings: Vec::new(),
        };
        for (at, &place) in order.iter().enumerate() {
            let field = &comparer.fields[place];
            sketches.anyway |= u32::from(!field.needs_both()) << at;
            let asked: Vec<Asked<'_>> = field.levels.iter().map(|level| asked(level)).collect();
            let own = &field.own;
            let look = Look::new(own.column, own.is_list(), &asked).filter(|_| field.needs_both());
            let mut take = |parts: usize| {
                sketches.width += parts;
                sketches.width - parts
            };
            let is_half = look.as_ref().is_some_and(Look::is_half);
            let is_rare = rare[place].is_some();
            let has_id = is_rare && field.equal_is_exact && matches!(look, Some(Look::Text(_)));
            sketches.fields.push(Field {
                place,
                bits: take(look.as_ref().map_or(0, |_| if is_half { 1 } else { 2 })),
                kin: take(look.as_ref().is_some_and(Look::looks_at_kin).into()),
                id: take(has_id.into()),
                rarity: take(is_rare.into()),
                look,
                is_half,
                has_id,
                holder: None,
            });
        }
        sketches.find_holders(comparer);
        sketches.find_crossings(comparer);
        sketches.fill(comparer, rare);
        sketches
    }

    /// The field of a column, if something of its texts can be told.
    fn of_text(&self, comparer: &Comparer<'_>, column: usize) -> Option<usize> {
        let column = comparer.rows.name(column);
        self.fields.iter().position(|field| {
            let own = &comparer.fields[field.place].own;
            matches!(field.look, Some(Look::Text(_)))
                && own.column.field.name == column
                && !own.is_verbatim()
        })
    }

    /// Finds for each field that asks whether another holds its value that other; nothing is told of
    /// one that asks another yet.
    fn find_holders(&mut self, comparer: &Comparer<'_>) {
        for at in 0..self.fields.len() {
            let field = &comparer.fields[self.fields[at].place];
            let asked: Vec<usize> = field.levels.iter().filter_map(Ready::holder).collect();
            let [first, rest @ ..] = &asked[..] else { continue };
            let holder =
                field.others[*first].as_ref().and_then(|it| self.of_text(comparer, it.place));
            let is_text = matches!(self.fields[at].look, Some(Look::Text(_)));
            let one = holder.filter(|_| is_text && rest.is_empty() && !field.own.is_verbatim());
            match one {
                Some(_) => self.fields[at].holder = one,
                None => self.fields[at].look = None,
            }
        }
    }

    /// Finds the fields whose values may be swapped; nothing is told of those that cannot be found.
    fn find_crossings(&mut self, comparer: &Comparer<'_>) {
        for at in 0..self.fields.len() {
            let place = self.fields[at].place;
            let field = &comparer.fields[place];
            let Some(crossing) = &field.crossing else { continue };
            let own = self.of_text(comparer, comparer.rows.place(field.own.column));
            let partner = self.of_text(comparer, crossing.partner);
            if let (Some(own), Some(partner)) = (own, partner) {
                let mut both = [own, partner];
                both.sort_unstable();
                self.crossings.push(both);
                continue;
            }
            // Its values may stand for the partner's.
            for lost in &mut self.fields {
                if lost.place == place || Some(lost.place) == crossing.place {
                    lost.look = None;
                }
            }
        }
        self.crossings.sort_unstable();
        self.crossings.dedup();
    }

    fn fill(&mut self, comparer: &Comparer<'_>, rare: &[Option<Rarity<'_>>]) {
        let known: Vec<Vec<Value>> =
            self.fields.iter().map(|field| field.values(comparer)).collect();
        let rows = &comparer.rows;
        let mut parts = vec![0; comparer.n_records() * self.width];
        parts.par_chunks_mut(self.width).enumerate().for_each(|(row, sketch)| {
            let record = RecordId(u32::try_from(row).expect("ids are 32 bits"));
            let (mut filled, mut untold, mut several) = (0, 0, 0);
            for (at, (field, known)) in self.fields.iter().zip(&known).enumerate() {
                let id = rows.id(field.place, row);
                let is_told = field.look.is_some()
                    && rows
                        .get(field.place, row)
                        .iter()
                        .all(|id| known[*id as usize].bits != UNTOLD);
                filled |= u32::from(id != NONE) << at;
                untold |= u32::from(!is_told) << at;
                several |= u32::from(id != NONE && SEVERAL <= id) << at;
                if let Some(value) = known.get(id as usize).filter(|_| is_told) {
                    field.put(sketch, *value);
                }
                if let Some(rarity) = &rare[field.place] {
                    sketch[field.rarity] = rarity(record).cast_unsigned();
                }
            }
            sketch[0] = filled | untold << ComparisonVector::LIMIT;
            sketch[1] = u32::from(rows.source(row).0) | several << ComparisonVector::LIMIT;
        });
        for (at, (field, known)) in self.fields.iter().zip(&known).enumerate() {
            let mut several = Lists::default();
            for (row, sketch) in parts.chunks_mut(self.width).enumerate() {
                let head = Sketch(sketch);
                if head.several() & !head.untold() & 1 << at != 0 {
                    sketch[field.bits] = u32::try_from(several.len()).expect("fewer than records");
                    several.push(rows.get(field.place, row).iter().map(|id| known[*id as usize]));
                }
            }
            self.several.push(several);
        }
        self.parts = parts;
    }

    /// The sketch of a record.
    #[must_use]
    #[inline]
    pub fn of(&self, record: RecordId) -> Sketch<'_> {
        Sketch(&self.parts[record.index() * self.width..][..self.width])
    }

    /// The fields that two records are at some level of, a bit each.
    #[must_use]
    #[inline]
    pub fn both(&self, a: Sketch<'_>, b: Sketch<'_>) -> u32 {
        a.filled() & b.filled() | self.anyway
    }

    /// Those of them of which something can be told.
    #[must_use]
    #[inline]
    pub fn told(&self, a: Sketch<'_>, b: Sketch<'_>) -> u32 {
        a.filled() & b.filled() & !(a.untold() | b.untold())
    }

    /// What the rarity of a record's value adds at most, of a field for which that was said.
    #[must_use]
    #[inline]
    pub fn rarity(&self, field: usize, sketch: Sketch<'_>) -> i32 {
        sketch.0[self.fields[field].rarity].cast_signed()
    }

    /// The levels that two records may be at under a field of which something can be told of both, a
    /// bit each from that of a missing value up; `None` if that may be any.
    ///
    /// That their values are swapped with those of another field is left to
    /// [`Sketches::may_be_crossed`].
    #[must_use]
    #[inline]
    pub fn levels(&self, field: usize, a: Sketch<'_>, b: Sketch<'_>) -> Option<u16> {
        let known = &self.fields[field];
        if (a.several() | b.several()) >> field & 1 == 0 {
            return self.levels_of_values(
                known,
                [a, b],
                [a, b].map(|it| known.bits_of(it)),
                || [a, b].map(|it| it.0[known.kin]),
                || [a, b].map(|it| it.0[known.id]),
            );
        }
        self.levels_of_several(field, [a, b])
    }

    #[cold]
    fn levels_of_several(&self, field: usize, [a, b]: [Sketch<'_>; 2]) -> Option<Levels> {
        let known = &self.fields[field];
        let mut levels = 0;
        let met_any = self.any(field, a, &mut |x| {
            self.any(field, b, &mut |y| {
                let values = [x, y];
                let of_values = self.levels_of_values(
                    known,
                    [a, b],
                    values.map(|it| it.bits),
                    || values.map(|it| it.kin),
                    || values.map(|it| it.id),
                );
                levels |= of_values.unwrap_or(0);
                of_values.is_none()
            })
        });
        (!met_any).then_some(levels)
    }

    /// The same of two values.
    #[inline]
    fn levels_of_values(
        &self,
        known: &Field,
        records: [Sketch<'_>; 2],
        [x, y]: [u64; 2],
        kin: impl Fn() -> [u32; 2],
        ids: impl Fn() -> [u32; 2],
    ) -> Option<Levels> {
        let look = known.look.as_ref()?;
        if let Look::Address(look) = look {
            return Some(look.levels([x, y]));
        }
        if x == y {
            let is_same = || ids()[0] == ids()[1];
            return (known.has_id && is_same()).then_some(FIRST);
        }
        #[expect(clippy::cast_possible_truncation, reason = "such bits are half a word")]
        let halves = || [x as u32, y as u32];
        Some(match look {
            Look::Text(look) => {
                let [a, b] = records;
                let is_held = known
                    .holder
                    .is_some_and(|other| self.may_hold(other, a, y) || self.may_hold(other, b, x));
                let kin = if look.asks_of_kin() { kin() } else { [0, 0] };
                look.levels([x, y], kin, is_held)
            }
            Look::Code(look) => look.levels(halves()),
            Look::Postcode(look) => look.levels(halves()),
            Look::Date(look) => look.levels([x, y]),
            Look::Address(look) => look.levels([x, y]),
        })
    }

    /// Whether a field of a record may have a value of which this is so, or may have any.
    fn any(&self, field: usize, sketch: Sketch<'_>, is_so: &mut dyn FnMut(&Value) -> bool) -> bool {
        if sketch.untold() >> field & 1 == 1 {
            return true;
        }
        let Field { bits, .. } = self.fields[field];
        if sketch.several() >> field & 1 == 1 {
            let values = self.several[field].get(sketch.0[bits] as usize);
            return values.iter().any(is_so);
        }
        let known = &self.fields[field];
        let part = |is_there: bool, at: usize| if is_there { sketch.0[at] } else { 0 };
        let kin = part(known.has_kin(), known.kin);
        is_so(&Value { bits: known.bits_of(sketch), kin, id: part(known.has_id, known.id) })
    }

    /// Whether a field of a record may hold a text as a word.
    #[inline]
    fn may_hold(&self, field: usize, sketch: Sketch<'_>, text: u64) -> bool {
        if sketch.filled() >> field & 1 == 0 {
            return false;
        }
        if (sketch.several() | sketch.untold()) >> field & 1 == 0 {
            return may_be_within(text, self.fields[field].bits_of(sketch));
        }
        self.any(field, sketch, &mut |it| may_be_within(text, it.bits))
    }

    /// Whether each of two records may have the other's value in the partner field.
    #[must_use]
    pub fn may_be_crossed(&self, a: Sketch<'_>, b: Sketch<'_>) -> bool {
        self.crossings.iter().any(|&[own, partner]| {
            let both = 1 << own | 1 << partner;
            let meets = |one: Sketch<'_>, other: Sketch<'_>| {
                self.any(own, one, &mut |x| self.any(partner, other, &mut |y| x.bits == y.bits))
            };
            a.filled() & b.filled() & both == both && meets(a, b) && meets(b, a)
        })
    }
}

impl Field {
    fn has_kin(&self) -> bool {
        self.look.as_ref().is_some_and(Look::looks_at_kin)
    }

    /// The bits of all values of the field's column.
    fn values(&self, comparer: &Comparer<'_>) -> Vec<Value> {
        let Some(look) = &self.look else { return Vec::new() };
        let own = &comparer.fields[self.place].own;
        let n = u32::try_from(own.column.values.len()).expect("ids are 32 bits");
        let value = |id: u32| Value {
            bits: look.bits(own, id),
            kin: if look.looks_at_kin() { kin(own.word(id)) } else { 0 },
            id,
        };
        (0..n).into_par_iter().map(value).collect()
    }

    fn put(&self, sketch: &mut [u32], Value { bits, kin, id }: Value) {
        #[expect(clippy::cast_possible_truncation, reason = "half after half")]
        let halves = [bits as u32, (bits >> 32) as u32];
        sketch[self.bits] = halves[0];
        if !self.is_half {
            sketch[self.bits + 1] = halves[1];
        }
        if self.has_kin() {
            sketch[self.kin] = kin;
        }
        if self.has_id {
            sketch[self.id] = id;
        }
    }

    /// The bits of a record's only value.
    #[inline]
    fn bits_of(&self, sketch: Sketch<'_>) -> u64 {
        let high = if self.is_half { 0 } else { sketch.0[self.bits + 1] };
        u64::from(sketch.0[self.bits]) | u64::from(high) << 32
    }
}

/// What of a condition bits can tell.
fn asked(condition: &Ready) -> Asked<'_> {
    match condition {
        Ready::Passes(None, test) => Asked::Test(test),
        Ready::Crossed => Asked::Elsewhere,
        Ready::Holds(_) => Asked::Held,
        _ => Asked::Anything,
    }
}

impl Ready {
    /// The other field that is asked whether it holds a value.
    fn holder(&self) -> Option<usize> {
        match self {
            Ready::Holds(other) => Some(*other),
            _ => None,
        }
    }
}
