//! What the letters of two short texts say, place by place.

use record::Dictionary;

use super::{Asked, Halves, Levels, UNTOLD, always, of_levels, when, whole};
use crate::Test;
use crate::values::is_of_letters;

/// Text whose letters all stand in a word side by side, the first the lowest: bits that are the same
/// are of texts that are the same.
pub(crate) struct PackedLook {
    always: Levels,
    equal: Levels,
    /// So many edits at most; and whether letters that changed places are one.
    edits: Vec<(u32, bool, Levels)>,
    /// The number that stands for each letter; nought for none.
    numbers: [u8; 128],
    letters: Letters,
}

/// How letters stand in a word.
#[derive(Clone, Copy)]
struct Letters {
    /// The bits of a letter.
    width: u32,
    /// The highest bit of each letter there is room for, and the others.
    highest: u64,
    lower: u64,
}

/// No value has the highest bit, which is how one of which nothing can be told is known.
const BITS: u32 = 63;

impl PackedLook {
    pub(super) fn tells(test: &Test) -> bool {
        *test == Test::Exact || is_of_letters(*test)
    }

    /// Packs texts into as few bits a letter as leave the fewest out; `None` if that is more than
    /// one in ten.
    pub(super) fn new(texts: &Dictionary, levels: &[Asked<'_>]) -> Option<PackedLook> {
        let mut counts = [0_u64; 128];
        for letter in texts.iter().flat_map(str::bytes).filter(u8::is_ascii) {
            counts[usize::from(letter)] += 1;
        }
        let mut letters: Vec<u8> = (0..128).collect();
        letters.sort_by_key(|letter| std::cmp::Reverse(counts[usize::from(*letter)]));
        let looks = (4..=7_u32).map(|width| {
            let mut numbers = [0; 128];
            for (number, letter) in (1..(1_u16 << width).min(128)).zip(&letters) {
                numbers[usize::from(*letter)] = u8::try_from(number).expect("below 2^7");
            }
            let edits = levels.iter().enumerate().filter_map(|(level, asked)| {
                let Asked::Test(test) = asked else { return None };
                let (most, swaps) = match test {
                    Test::Levenshtein(most) | Test::Hamming(most) => (*most, false),
                    Test::Osa(most) | Test::DamerauLevenshtein(most) => (*most, true),
                    _ => return None,
                };
                Some((u32::from(most), swaps, 2 << level))
            });
            // Texts that are the same pass any test.
            let passed = of_levels(levels, PackedLook::tells);
            let first = passed & passed.wrapping_neg();
            let always = always(levels, PackedLook::tells);
            PackedLook {
                always,
                equal: if first == 0 { always } else { first | always & (first - 1) },
                edits: edits.collect(),
                numbers,
                letters: Letters::of(width),
            }
        });
        let left_out =
            |look: &PackedLook| texts.iter().filter(|text| look.bits(text) == UNTOLD).count();
        let best = looks.map(|look| (left_out(&look), look)).min_by_key(|(out, _)| *out);
        best.filter(|(out, _)| out * 10 <= texts.len()).map(|(_, look)| look)
    }

    pub(super) fn bits(&self, text: &str) -> u64 {
        let width = self.letters.width;
        if text.len() > (BITS / width) as usize {
            return UNTOLD;
        }
        let mut bits = 0;
        for letter in text.bytes().rev() {
            match self.numbers.get(usize::from(letter)) {
                Some(0) | None => return UNTOLD,
                Some(number) => bits = bits << width | u64::from(*number),
            }
        }
        bits
    }

    /// The levels at which a text and others may be.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u64, [low, high]: Halves<'_, N>) -> [Levels; N] {
        let PackedLook { always, equal, letters, .. } = *self;
        let mut levels = [always; N];
        let most = self.edits.iter().map(|(most, ..)| *most).max().unwrap_or(0);
        let apart = letters.apart(x, [low, high], most);
        // Most texts are too far from any of the others for all that is asked.
        if apart.iter().fold(u32::MAX, |least, &apart| least.min(apart)) > most {
            return levels;
        }
        for &(most, swaps, at) in self.edits.iter().filter(|(most, ..)| *most > 0) {
            let lanes = levels.iter_mut().zip(low).zip(high).zip(&apart);
            if most == 1 {
                lanes.for_each(|(((levels, &low), &high), _)| {
                    let may_be = letters.may_be_one_edit(x, whole(low, high), swaps);
                    *levels |= when(may_be, at);
                });
            } else {
                lanes.for_each(|(((levels, _), _), &apart)| *levels |= when(apart <= most, at));
            }
        }
        for ((levels, &low), &high) in levels.iter_mut().zip(low).zip(high) {
            *levels = if x == whole(low, high) { equal } else { *levels };
        }
        levels
    }
}

impl Letters {
    fn of(width: u32) -> Letters {
        let each = |bits: u64| (0..BITS / width).fold(0, |all, at| all | bits << (at * width));
        let highest = 1 << (width - 1);
        Letters { width, highest: each(highest), lower: each(highest - 1) }
    }

    /// The highest bit of each letter that is there: any lower bit carries up to it.
    #[inline(always)]
    fn places(self, text: u64) -> u64 {
        (((text & self.lower) + self.lower) | text) & self.highest
    }

    /// Whether an edit may make one text of the other: what is before it stays as it was, and so
    /// does what is after it.
    #[inline(always)]
    fn may_be_one_edit(self, x: u64, y: u64, swaps: bool) -> bool {
        let apart = self.places(x ^ y) >> (self.width - 1);
        let first = apart & apart.wrapping_neg();
        let before = first.wrapping_sub(1);
        let is_without =
            |few: u64, many: u64| (many & before | many >> self.width & !before) == few;
        let is_swap = swaps && apart == first | first << self.width;
        apart == first || is_swap || is_without(x, y) || is_without(y, x)
    }

    /// How many edits it takes at least to make one text of each other, where it takes no more than
    /// this: of two texts so many letters are not those of the other at the same place nor at one so
    /// few places off.
    #[inline(always)]
    fn apart<const N: usize>(self, x: u64, [low, high]: Halves<'_, N>, most: u32) -> [u32; N] {
        let of_x = self.places(x);
        let long_x = of_x.count_ones();
        let n_offs = most.min(BITS / self.width - 1);
        let mut unmatched = [0; N];
        for ((unmatched, &low), &high) in unmatched.iter_mut().zip(low).zip(high) {
            *unmatched = of_x & self.places(x ^ whole(low, high));
        }
        for off in 1..=n_offs {
            let off = off * self.width;
            for ((unmatched, &low), &high) in unmatched.iter_mut().zip(low).zip(high) {
                let y = whole(low, high);
                *unmatched &= self.places(x ^ y << off) & self.places(x ^ y >> off);
            }
        }
        let mut apart = [0; N];
        for (((apart, &low), &high), unmatched) in
            apart.iter_mut().zip(low).zip(high).zip(&unmatched)
        {
            let longer = long_x.abs_diff(self.places(whole(low, high)).count_ones());
            *apart = longer.max(unmatched.count_ones());
        }
        apart
    }
}
