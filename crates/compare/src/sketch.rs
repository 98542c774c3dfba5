//! A few bits of each record, side by side: enough to tell of most pairs which levels they cannot
//! be at, before anything else of them is looked at.
//!
//! [`Comparer::vector`] says what level a pair is at; it is always among those that its sketches
//! allow, and a property test holds them to that.

use rayon::iter::repeat_n;
use rayon::prelude::*;
use record::{Lists, NONE, RecordId};

use super::view::{Value, View};
use super::{Comparer, Ready};
use crate::look::{ANY, Levels, Look, UNTOLD, halves, may_be_within, whole};
use crate::rows::{FILLED, list_of};
use crate::{ComparisonVector, Level};

/// Sketches of all records of a comparer.
///
/// Fields are numbered in the order that was asked for.
pub struct Sketches {
    /// Of each record, one after the other: which views are filled and, above, of which of them
    /// nothing can be told; its source and, above, which views have several values; and the bits of
    /// its views, or where those of several are.
    parts: Vec<u32>,
    pub(super) width: usize,
    pub(super) fields: Vec<Field>,
    /// Of each field its own values, in the order of fields; and after them those of other columns
    /// that its levels ask of.
    pub(super) views: Vec<View>,
    /// For each view the values of records that have several.
    several: Vec<Lists<Value>>,
    /// The fields that pairs may be at any level of, whatever they lack: a bit each.
    pub(super) anyway: u32,
    /// Two fields each whose values may have been swapped.
    pub(super) crossings: Vec<[usize; 2]>,
}

/// What rarity adds to a record's values where they are shared, at most.
pub type Rarity<'a> = Box<dyn Fn(RecordId) -> i32 + Sync + 'a>;

/// A field, beside its own values.
pub(super) struct Field {
    /// The comparison's place.
    place: usize,
    /// The level of pairs of which a record lacks the value, if that says it all.
    lacking: Option<Level>,
    /// The levels of other columns of which nothing is told.
    pub(super) always: Levels,
    /// The views of other columns, and the levels that ask of each.
    pub(super) others: Vec<(usize, Levels)>,
    /// Where the most is that rarity adds.
    pub(super) rarity: usize,
}

/// The sketch of a record.
#[derive(Clone, Copy)]
pub struct Sketch<'a>(&'a [u32]);

const HEAD: usize = 2;

impl Sketch<'_> {
    /// The number of the record's source.
    #[must_use]
    #[inline]
    pub fn source(self) -> usize {
        (self.0[1] & FILLED) as usize
    }

    /// All its parts.
    #[inline]
    pub(super) fn parts(&self) -> &[u32] {
        self.0
    }

    /// A part.
    #[inline]
    pub(super) fn part(self, at: usize) -> u32 {
        self.0[at]
    }

    /// A word of none, one or two parts.
    #[inline]
    pub(super) fn word(self, at: usize, halves: usize) -> u64 {
        match halves {
            0 => 0,
            1 => self.0[at].into(),
            _ => whole(self.0[at], self.0[at + 1]),
        }
    }

    /// The views of which it has several values.
    #[inline]
    pub(super) fn several(self) -> u32 {
        self.0[1] >> ComparisonVector::LIMIT
    }

    /// Its first part and its last in one: whoever asks for them has asked for all of it.
    #[must_use]
    #[inline]
    pub fn ends(self) -> u32 {
        self.0[0] ^ self.0[self.0.len() - 1]
    }

    /// The views that are filled, a bit each.
    #[inline]
    pub(super) fn filled(self) -> u32 {
        self.0[0] & FILLED
    }

    /// The views of which nothing can be told.
    #[inline]
    pub(super) fn untold(self) -> u32 {
        self.0[0] >> ComparisonVector::LIMIT
    }
}

impl Sketches {
    /// What [`Sketches::levels`] are if they may be any.
    pub const ANY: u32 = ANY;

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
            views: Vec::new(),
            several: Vec::new(),
            anyway: 0,
            crossings: Vec::new(),
        };
        for (at, &place) in order.iter().enumerate() {
            let field = &comparer.fields[place];
            let lacking = field.lacking;
            sketches.anyway |= u32::from(lacking.is_none()) << at;
            sketches.look_at(comparer, place, None, rare[place].is_some());
            let rarity = sketches.width;
            sketches.width += usize::from(rare[place].is_some());
            sketches.fields.push(Field { place, lacking, always: 0, others: Vec::new(), rarity });
        }
        for (at, &place) in order.iter().enumerate() {
            let field = &comparer.fields[place];
            for (other, levels) in field.asked_of_others() {
                if field.others[other].is_none() {
                    // What no record has passes nothing.
                } else if sketches.views.len() < ComparisonVector::LIMIT
                    && sketches.look_at(comparer, place, Some(other), false)
                {
                    let view = sketches.views.len() - 1;
                    sketches.fields[at].others.push((view, levels));
                } else {
                    sketches.fields[at].always |= levels;
                }
            }
        }
        sketches.find_holders(comparer);
        sketches.find_crossings(comparer);
        sketches.fill(comparer, rare);
        sketches
    }

    /// Adds a view of the field at this place, of its own column or another; says whether anything
    /// can be told of it.
    fn look_at(
        &mut self,
        comparer: &Comparer<'_>,
        place: usize,
        other: Option<usize>,
        is_rare: bool,
    ) -> bool {
        let Some(view) = View::new(comparer, place, other, is_rare, &mut self.width) else {
            return false;
        };
        let is_told = view.look.is_some();
        self.views.push(view);
        is_told
    }

    /// The field of a column, if something of its texts can be told.
    fn of_text(&self, comparer: &Comparer<'_>, column: usize) -> Option<usize> {
        let column = comparer.rows.name(column);
        self.views[..self.fields.len()].iter().position(|view| {
            let own = &comparer.fields[view.place].own;
            matches!(view.look, Some(Look::Text(_)))
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
            let is_text = matches!(self.views[at].look, Some(Look::Text(_)));
            let one = holder.filter(|_| is_text && rest.is_empty() && !field.own.is_verbatim());
            match one {
                Some(_) => self.views[at].holder = one,
                None => self.views[at].look = None,
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
            for lost in &mut self.views {
                if lost.place == place || Some(lost.place) == crossing.place {
                    lost.look = None;
                }
            }
        }
        self.crossings.sort_unstable();
        self.crossings.dedup();
    }

    fn fill(&mut self, comparer: &Comparer<'_>, rare: &[Option<Rarity<'_>>]) {
        let known: Vec<Vec<Value>> = self.views.iter().map(|view| view.values(comparer)).collect();
        let rows = &comparer.rows;
        let place = |view: &View| match view.other {
            None => view.place,
            Some(_) => rows.place(view.side(comparer).column),
        };
        let places: Vec<usize> = self.views.iter().map(place).collect();
        let views = || self.views.iter().zip(&places).zip(&known).enumerate();
        // Cleared by all threads: so much memory takes one of them long.
        let mut parts: Vec<u32> = repeat_n(0, comparer.n_records() * self.width).collect();
        parts.par_chunks_mut(self.width).enumerate().for_each(|(row, sketch)| {
            let record = RecordId(u32::try_from(row).expect("ids are 32 bits"));
            let (mut filled, mut untold, mut several) = (0, 0, 0);
            for (at, ((view, &place), known)) in views() {
                let id = rows.id(place, row);
                let is_told = view.look.is_some()
                    && rows.get(place, row).iter().all(|id| known[*id as usize].bits != UNTOLD);
                filled |= u32::from(id != NONE) << at;
                untold |= u32::from(!is_told) << at;
                let list = list_of(id);
                several |= u32::from(list.is_some()) << at;
                match (list, known.get(id as usize)) {
                    (Some(list), _) if is_told => sketch[view.bits] = list,
                    (None, Some(value)) if is_told => view.put(sketch, *value),
                    _ => (),
                }
            }
            for field in &self.fields {
                if let Some(rarity) = &rare[field.place] {
                    sketch[field.rarity] = rarity(record).cast_unsigned();
                }
            }
            sketch[0] = filled | untold << ComparisonVector::LIMIT;
            sketch[1] = u32::from(rows.source(row).0) | several << ComparisonVector::LIMIT;
        });
        let several = |(&place, known): (&usize, &Vec<Value>)| {
            let lists = rows.several(place);
            let mut several = Lists::with_room(lists.len(), lists.items().len());
            for list in lists.iter().filter(|_| !known.is_empty()) {
                several.push(list.iter().map(|id| known[*id as usize]));
            }
            several
        };
        self.several = places.par_iter().zip(&known).map(several).collect();
        self.parts = parts;
    }

    /// The sketch of a record.
    #[must_use]
    #[inline]
    pub fn of(&self, record: RecordId) -> Sketch<'_> {
        Sketch(&self.parts[record.index() * self.width..][..self.width])
    }

    /// The fields that are not at [`Sketches::lacking`] for want of a value, a bit each.
    #[must_use]
    #[inline]
    pub fn both(&self, a: Sketch<'_>, b: Sketch<'_>) -> u32 {
        a.filled() & b.filled() & self.own() | self.anyway
    }

    /// Those of them of which something can be told.
    #[must_use]
    #[inline]
    pub fn told(&self, a: Sketch<'_>, b: Sketch<'_>) -> u32 {
        a.filled() & b.filled() & !(a.untold() | b.untold()) & self.own()
    }

    /// The views that are fields' own.
    #[inline]
    pub(super) fn own(&self) -> u32 {
        (1 << self.fields.len()) - 1
    }

    /// The place of a field's comparison.
    #[must_use]
    #[inline]
    pub fn place(&self, field: usize) -> usize {
        self.fields[field].place
    }

    /// The level of pairs of which a record lacks the value of a field, if that says it all.
    #[must_use]
    pub fn lacking(&self, field: usize) -> Option<Level> {
        self.fields[field].lacking
    }

    /// What the rarity of a record's value adds at most, of a field for which that was said.
    #[must_use]
    #[inline]
    pub fn rarity(&self, field: usize, sketch: Sketch<'_>) -> i32 {
        sketch.0[self.fields[field].rarity].cast_signed()
    }

    /// The levels that two records may be at under a field of which something can be told of both, a
    /// bit each from that of a missing value up.
    ///
    /// That their values are swapped with those of another field is left to
    /// [`Sketches::may_be_crossed`].
    #[must_use]
    #[inline]
    pub fn levels(&self, field: usize, a: Sketch<'_>, b: Sketch<'_>) -> u32 {
        let known = &self.fields[field];
        let mut levels = self.levels_of_view(field, a, b) | known.always;
        for &(view, asked) in &known.others {
            let is = |bits: u32| bits >> view & 1 == 1;
            if is(a.filled() & b.filled()) {
                let is_told = !is(a.untold() | b.untold());
                levels |= asked & if is_told { self.levels_of_view(view, a, b) } else { ANY };
            }
        }
        levels
    }

    /// The same of a view alone.
    #[inline]
    fn levels_of_view(&self, view: usize, a: Sketch<'_>, b: Sketch<'_>) -> Levels {
        let known = &self.views[view];
        if (a.several() | b.several()) >> view & 1 == 0 {
            return self.levels_of_values(known, [a, b], [known.value_of(a), known.value_of(b)]);
        }
        self.levels_of_several(view, [a, b])
    }

    #[cold]
    fn levels_of_several(&self, view: usize, [a, b]: [Sketch<'_>; 2]) -> Levels {
        let known = &self.views[view];
        let mut levels = 0;
        let met_any = self.any(view, a, &mut |x| {
            self.any(view, b, &mut |y| {
                levels |= self.levels_of_values(known, [a, b], [*x, *y]);
                levels == ANY
            })
        });
        if met_any { ANY } else { levels }
    }

    /// The same of two values.
    #[inline]
    fn levels_of_values(
        &self,
        known: &View,
        [a, b]: [Sketch<'_>; 2],
        [x, y]: [Value; 2],
    ) -> Levels {
        let Some(look) = &known.look else { return ANY };
        if known.has_id() && x.id == y.id {
            return known.equal;
        }
        if x.bits == y.bits && !look.tells_same() {
            return ANY & !known.equal;
        }
        let [few_x, few_y] = [x, y].map(|value| halves(value.bits)[0]);
        let holds = |other| self.may_hold(other, a, few_y) || self.may_hold(other, b, few_x);
        let is_held = known.holder.is_some_and(holds);
        look.levels_of_two([x.bits, x.more], [y.bits, y.more], is_held)
    }

    /// Whether a view of a record may have a value of which this is so, or may have any.
    fn any(&self, view: usize, sketch: Sketch<'_>, is_so: &mut dyn FnMut(&Value) -> bool) -> bool {
        if sketch.untold() >> view & 1 == 1 {
            return true;
        }
        let known = &self.views[view];
        if sketch.several() >> view & 1 == 1 {
            let values = self.several[view].get(sketch.0[known.bits] as usize);
            return values.iter().any(is_so);
        }
        is_so(&known.value_of(sketch))
    }

    /// Whether a field of a record may hold a text as a word.
    #[inline]
    fn may_hold(&self, field: usize, sketch: Sketch<'_>, text: u32) -> bool {
        if sketch.filled() >> field & 1 == 0 {
            return false;
        }
        if (sketch.several() | sketch.untold()) >> field & 1 == 0 {
            return may_be_within(text, halves(self.views[field].value_of(sketch).bits)[0]);
        }
        self.any(field, sketch, &mut |it| may_be_within(text, halves(it.bits)[0]))
    }

    /// Whether each of two records may have the other's value in the partner field.
    #[must_use]
    pub fn may_be_crossed(&self, [a, b]: [Sketch<'_>; 2]) -> bool {
        self.crossings.iter().any(|&[own, partner]| {
            let both = 1 << own | 1 << partner;
            let meets = |one: Sketch<'_>, other: Sketch<'_>| {
                self.any(own, one, &mut |x| self.any(partner, other, &mut |y| x.bits == y.bits))
            };
            a.filled() & b.filled() & both == both && meets(a, b) && meets(b, a)
        })
    }
}
