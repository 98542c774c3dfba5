//! Sketches of many records side by side: one record is held beside [`LANES`] of them at once.
//!
//! Of each of them this tells no less than [`Sketches::levels`] does of the two alone: a level that
//! is among those is among these.
#![expect(clippy::inline_always, reason = "what calls it says which instructions there are")]

use record::{LANES, RecordId, each};

use super::sketch::{Sketch, Sketches};
use crate::ComparisonVector;
use crate::look::{ANY, Halves, Levels, halves, may_be_within};
use crate::rows::FILLED;

/// Sketches of some records, part by part, [`LANES`] records at a time.
#[derive(Default)]
pub struct Tile {
    parts: Vec<[u32; LANES]>,
    width: usize,
}

/// The sketches of [`LANES`] records. Of fewer, those that are not there lack everything.
#[derive(Clone, Copy)]
pub struct Lanes<'a>(&'a [[u32; LANES]]);

impl Tile {
    /// Its records from [`LANES`] times `at` on.
    #[must_use]
    pub fn lanes(&self, at: usize) -> Lanes<'_> {
        Lanes(&self.parts[at * self.width..][..self.width])
    }
}

impl<'a> Lanes<'a> {
    /// The words of none, one or two parts of each.
    #[inline(always)]
    fn words(self, at: usize, halves: usize) -> Halves<'a, LANES> {
        [0, 1].map(|half| if half < halves { &self.0[at + half] } else { &[0; LANES] })
    }

    /// What is filled of each, a bit for each view.
    #[inline(always)]
    fn filled(self) -> &'a [u32; LANES] {
        &self.0[0]
    }

    /// The views of which each has several values, or nothing can be told.
    #[inline(always)]
    fn unsure(self) -> [u32; LANES] {
        let mut unsure = self.0[0];
        for (unsure, several) in unsure.iter_mut().zip(&self.0[1]) {
            *unsure = (*unsure | several) >> ComparisonVector::LIMIT;
        }
        unsure
    }

    /// The number of each one's source.
    #[must_use]
    #[inline(always)]
    pub fn sources(self) -> [u32; LANES] {
        each(&self.0[1], |head| head & FILLED)
    }
}

impl Sketches {
    /// Lays the sketches of records side by side, in place of those that were.
    pub fn lay(&self, records: impl Iterator<Item = RecordId>, tile: &mut Tile) {
        tile.width = self.width;
        tile.parts.clear();
        for (at, record) in records.enumerate() {
            let (chunk, lane) = (at / LANES * tile.width, at % LANES);
            if lane == 0 {
                tile.parts.resize(chunk + tile.width, [0; LANES]);
            }
            let sketch = self.of(record);
            for (lanes, part) in tile.parts[chunk..].iter_mut().zip(sketch.parts()) {
                lanes[lane] = *part;
            }
        }
    }

    /// [`Sketches::levels`] of a record and each of others; all, where nothing can be told.
    #[must_use]
    #[inline(always)]
    pub fn levels_beside(&self, field: usize, a: Sketch<'_>, others: Lanes<'_>) -> [u32; LANES] {
        let known = &self.fields[field];
        let mut levels = self.view_beside((field, known.always), a, others);
        for &(view, asked) in known.others.iter().filter(|(view, _)| a.filled() >> view & 1 == 1) {
            let of_view = self.view_beside((view, 0), a, others);
            for ((levels, of_view), filled) in levels.iter_mut().zip(&of_view).zip(others.filled())
            {
                *levels |= if filled >> view & 1 == 1 { of_view & asked } else { 0 };
            }
        }
        levels
    }

    /// The levels of a view, and `always` these.
    #[inline(always)]
    fn view_beside(
        &self,
        (view, always): (usize, Levels),
        a: Sketch<'_>,
        others: Lanes<'_>,
    ) -> [Levels; LANES] {
        let known = &self.views[view];
        let is_sure = (a.several() | a.untold()) >> view & 1 == 0;
        let Some(look) = known.look.as_ref().filter(|_| is_sure) else { return [ANY; LANES] };
        let x = known.value_of(a);
        let ys = others.words(known.bits, known.n_bits);
        let mores = others.words(known.more, known.n_more);
        let held = match known.holder {
            Some(holder) => self.may_hold_beside(holder, (a, halves(x.bits)[0]), (others, ys[0])),
            None => [false; LANES],
        };
        let mut levels = look.levels([x.bits, x.more], ys, mores, &held);
        if !look.tells_same() {
            let [low_x, high_x] = halves(x.bits);
            for ((levels, &low), &high) in levels.iter_mut().zip(ys[0]).zip(ys[1]) {
                *levels = if low_x == low && high_x == high { ANY } else { *levels };
            }
        }
        if known.has_id() {
            let equal = known.equal;
            for (levels, &id) in levels.iter_mut().zip(&others.0[known.id]) {
                *levels = if x.id == id { equal } else { *levels & !equal };
            }
        }
        for (levels, unsure) in levels.iter_mut().zip(others.unsure()) {
            *levels = if unsure >> view & 1 == 1 { ANY } else { *levels | always };
        }
        levels
    }

    /// Whether a field of either may hold the text of the other as a word.
    #[inline(always)]
    fn may_hold_beside(
        &self,
        field: usize,
        (a, x): (Sketch<'_>, u32),
        (others, ys): (Lanes<'_>, &[u32; LANES]),
    ) -> [bool; LANES] {
        let known = &self.views[field];
        let is = |bits: u32| bits >> field & 1 == 1;
        let mut held = [is(a.filled()) && is(a.several() | a.untold()); LANES];
        if is(a.filled()) && !is(a.several() | a.untold()) {
            let [many, _] = halves(known.value_of(a).bits);
            held.iter_mut().zip(ys).for_each(|(held, &few)| *held = may_be_within(few, many));
        }
        let [texts, _] = others.words(known.bits, known.n_bits);
        let unsure = others.unsure();
        for (((held, &many), &filled), &unsure) in
            held.iter_mut().zip(texts).zip(others.filled()).zip(&unsure)
        {
            *held |= is(filled) & (is(unsure) | may_be_within(x, many));
        }
        held
    }

    /// [`Sketches::both`] of a record and each of others.
    #[must_use]
    #[inline(always)]
    pub fn both_beside(&self, a: Sketch<'_>, others: Lanes<'_>) -> [u32; LANES] {
        let filled = a.filled() & self.own();
        each(others.filled(), |of| of & filled | self.anyway)
    }

    /// [`Sketches::rarity`] of others.
    #[must_use]
    #[inline(always)]
    pub fn rarity_beside(&self, field: usize, others: Lanes<'_>) -> [i32; LANES] {
        each(&others.0[self.fields[field].rarity], u32::cast_signed)
    }

    /// [`Sketches::may_be_crossed`] of a record and each of others.
    #[must_use]
    #[inline(always)]
    pub fn may_be_crossed_beside(&self, a: Sketch<'_>, others: Lanes<'_>) -> [bool; LANES] {
        let mut crossed = [false; LANES];
        let unsure = others.unsure();
        for &[own, partner] in &self.crossings {
            let both = 1 << own | 1 << partner;
            if a.filled() & both != both {
                continue;
            }
            let is_unsure = (a.several() | a.untold()) & both != 0;
            let [own, partner] = [own, partner].map(|view| &self.views[view]);
            let [x_own, x_partner] = [own, partner].map(|view| view.value_of(a).bits);
            let [ys_own, ys_partner] =
                [own, partner].map(|view| others.words(view.bits, view.n_bits));
            let mut meets = [true; LANES];
            for (x, ys) in [(x_own, ys_partner), (x_partner, ys_own)] {
                let [low_x, high_x] = halves(x);
                for ((meets, &low), &high) in meets.iter_mut().zip(ys[0]).zip(ys[1]) {
                    *meets &= low_x == low && high_x == high;
                }
            }
            for (((crossed, meets), &filled), &unsure) in
                crossed.iter_mut().zip(meets).zip(others.filled()).zip(&unsure)
            {
                *crossed |= filled & both == both && (meets || is_unsure || unsure & both != 0);
            }
        }
        crossed
    }
}
