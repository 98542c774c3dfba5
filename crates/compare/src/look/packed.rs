//! What the letters of two short texts say, place by place.

use record::{Dictionary, each};

use super::{Asked, Levels, UNTOLD, always, of_levels, when};
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
    /// The bits of a letter.
    width: u32,
    /// The lowest bit of each letter there is room for.
    lowest: u64,
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
                width,
                lowest: (0..BITS / width).fold(0, |bits, place| bits | 1 << (place * width)),
            }
        });
        let left_out =
            |look: &PackedLook| texts.iter().filter(|text| look.bits(text) == UNTOLD).count();
        let best = looks.map(|look| (left_out(&look), look)).min_by_key(|(out, _)| *out);
        best.filter(|(out, _)| out * 10 <= texts.len()).map(|(_, look)| look)
    }

    pub(super) fn bits(&self, text: &str) -> u64 {
        if text.len() > (BITS / self.width) as usize {
            return UNTOLD;
        }
        let mut bits = 0;
        for letter in text.bytes().rev() {
            match self.numbers.get(usize::from(letter)) {
                Some(0) | None => return UNTOLD,
                Some(number) => bits = bits << self.width | u64::from(*number),
            }
        }
        bits
    }

    /// The levels at which a text and others may be.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u64, ys: &[u64; N]) -> [Levels; N] {
        let mut levels = [self.always; N];
        for &(most, swaps, at) in &self.edits {
            match most {
                0 => {}
                1 => {
                    for (levels, &y) in levels.iter_mut().zip(ys) {
                        *levels |= when(self.may_be_one_edit(x, y, swaps), at);
                    }
                }
                _ => {
                    let unmatched = self.unmatched(x, ys, most);
                    let long_x = self.places(x).count_ones();
                    for ((levels, &y), unmatched) in levels.iter_mut().zip(ys).zip(unmatched) {
                        let longer = long_x.abs_diff(self.places(y).count_ones());
                        *levels |= when(longer <= most && unmatched.count_ones() <= most, at);
                    }
                }
            }
        }
        for (levels, &y) in levels.iter_mut().zip(ys) {
            *levels = if x == y { self.equal } else { *levels };
        }
        levels
    }

    /// The lowest bit of each letter that is there.
    #[inline(always)]
    fn places(&self, text: u64) -> u64 {
        let two = text | text >> 1;
        let four = two | two >> 2;
        (four | four >> (self.width - 4)) & self.lowest
    }

    /// Whether an edit may make one text of the other: what is before it stays as it was, and so
    /// does what is after it.
    #[inline(always)]
    fn may_be_one_edit(&self, x: u64, y: u64, swaps: bool) -> bool {
        let apart = self.places(x ^ y);
        let first = apart & apart.wrapping_neg();
        let before = first.wrapping_sub(1);
        let is_without =
            |few: u64, many: u64| (many & before | many >> self.width & !before) == few;
        let is_swap = swaps && apart == first | first << self.width;
        apart == first || is_swap || is_without(x, y) || is_without(y, x)
    }

    /// The letters of a text that are not those of another at the same place nor at one so few places
    /// off: each takes an edit, if edits are so few.
    #[inline(always)]
    fn unmatched<const N: usize>(&self, x: u64, ys: &[u64; N], most: u32) -> [u64; N] {
        let mut unmatched = each(ys, |y| self.places(x) & self.places(x ^ y));
        for off in 1..=most.min(BITS / self.width - 1) {
            let off = off * self.width;
            for (unmatched, &y) in unmatched.iter_mut().zip(ys) {
                *unmatched &= self.places(x ^ y << off) & self.places(x ^ y >> off);
            }
        }
        unmatched
    }
}
