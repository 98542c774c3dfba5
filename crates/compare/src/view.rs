//! What a sketch keeps of a column, as a field's levels ask of it.

use rayon::prelude::*;

use super::sketch::Sketch;
use super::{Comparer, Prepared, Ready};
use crate::Test;
use crate::look::{Asked, Levels, Look, halves};
use crate::side::Side;

/// A column as a field sees it, and where its parts are in a sketch.
pub(super) struct View {
    /// The comparison's place.
    pub(super) place: usize,
    /// Which of the other columns it is, if it is not the field's own.
    pub(super) other: Option<usize>,
    /// How its bits are read; `None` if nothing can be told.
    pub(super) look: Option<Look>,
    /// Where a value's bits begin and how many parts they are; and those of what else is known of it.
    pub(super) bits: usize,
    pub(super) n_bits: usize,
    pub(super) more: usize,
    pub(super) n_more: usize,
    /// The value itself, where its rarity counts and two that are the same are at one level, at which
    /// no others are.
    pub(super) id: usize,
    /// That level as a bit; none where the value itself is not there.
    pub(super) equal: Levels,
    /// The field that may hold a value of this as a word.
    pub(super) holder: Option<usize>,
}

/// A value.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) bits: u64,
    /// What else is known of it.
    pub(super) more: u64,
    pub(super) id: u32,
}

impl View {
    /// The field at this place, as it sees its own column or this one of the others, its parts from
    /// `width` of a sketch on; `None` if nothing can be told of that other.
    pub(super) fn new(
        comparer: &Comparer<'_>,
        place: usize,
        other: Option<usize>,
        is_rare: bool,
        width: &mut usize,
    ) -> Option<View> {
        let field = &comparer.fields[place];
        let levels: Vec<Asked<'_>> = field.levels.iter().map(|level| asked(level, other)).collect();
        let side = field.side(other)?;
        let look =
            Look::new(side.column, side.is_list(), &levels).filter(|_| field.lacking.is_some());
        if other.is_some() && look.is_none() {
            return None;
        }
        let mut take = |parts: usize| {
            *width += parts;
            *width - parts
        };
        let n_bits = look.as_ref().map_or(0, Look::halves);
        let n_more = look.as_ref().map_or(0, Look::more_halves);
        let equal = field.equal.filter(|_| other.is_none());
        let is_text = matches!(look, Some(Look::Text(_) | Look::Counts(_)));
        let equal = equal.filter(|_| is_rare && is_text);
        Some(View {
            place,
            other,
            bits: take(n_bits),
            n_bits,
            more: take(n_more),
            n_more,
            id: take(equal.is_some().into()),
            look,
            equal: equal.map_or(0, |level| 1 << level.index()),
            holder: None,
        })
    }

    /// Its column, and what is known of the values in it.
    pub(super) fn side<'c>(&self, comparer: &'c Comparer<'_>) -> &'c Side<'c> {
        comparer.fields[self.place].side(self.other).expect("a view is of a column that is there")
    }

    /// The bits of all values of the column.
    pub(super) fn values(&self, comparer: &Comparer<'_>) -> Vec<Value> {
        let Some(look) = &self.look else { return Vec::new() };
        let side = self.side(comparer);
        let n = u32::try_from(side.column.values.len()).expect("ids are 32 bits");
        let value = |id: u32| Value { bits: look.bits(side, id), more: look.more(side, id), id };
        (0..n).into_par_iter().map(value).collect()
    }

    /// Whether a value itself is among its parts.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
    pub(super) fn has_id(&self) -> bool {
        self.equal != 0
    }

    pub(super) fn put(&self, sketch: &mut [u32], Value { bits, more, id }: Value) {
        sketch[self.bits..][..self.n_bits].copy_from_slice(&halves(bits)[..self.n_bits]);
        sketch[self.more..][..self.n_more].copy_from_slice(&halves(more)[..self.n_more]);
        if self.has_id() {
            sketch[self.id] = id;
        }
    }

    /// A record's only value.
    #[inline]
    pub(super) fn value_of(&self, sketch: Sketch<'_>) -> Value {
        Value {
            bits: sketch.word(self.bits, self.n_bits),
            more: sketch.word(self.more, self.n_more),
            id: if self.has_id() { sketch.part(self.id) } else { 0 },
        }
    }
}

/// What of a condition the bits of a column can tell: of its own, or of this one of the others.
fn asked(condition: &Ready, of: Option<usize>) -> Asked<'_> {
    match (condition, of) {
        (Ready::Passes(place, test), of) if *place == of => match test {
            // Both have a value.
            Test::Missing => Asked::Nothing,
            test => Asked::Test(test),
        },
        (_, Some(_)) => Asked::Nothing,
        (Ready::Passes(Some(_), test), None) if *test != Test::Missing => Asked::Nothing,
        (Ready::Crossed, None) => Asked::Elsewhere,
        (Ready::Holds(_), None) => Asked::Held,
        (_, None) => Asked::Anything,
    }
}

impl<'a> Prepared<'a> {
    /// The values of its own column, or of this one of the others, if that is there.
    pub(super) fn side(&self, other: Option<usize>) -> Option<&Side<'a>> {
        match other {
            None => Some(&self.own),
            Some(other) => Some(&self.others[other].as_ref()?.side),
        }
    }

    /// Of the other columns that a level asks of and nothing else, the levels that do.
    pub(super) fn asked_of_others(&self) -> impl Iterator<Item = (usize, Levels)> {
        let levels = |other: usize| {
            let levels = self.levels.iter().enumerate().filter(move |(_, level)| {
                matches!(level, Ready::Passes(Some(of), test) if *of == other && *test != Test::Missing)
            });
            levels.fold(0, |bits, (level, _)| bits | 2 << level)
        };
        (0..self.others.len()).map(move |other| (other, levels(other))).filter(|(_, it)| *it != 0)
    }
}

impl Ready {
    /// The other field that is asked whether it holds a value.
    pub(super) fn holder(&self) -> Option<usize> {
        match self {
            Ready::Holds(other) => Some(*other),
            _ => None,
        }
    }
}
