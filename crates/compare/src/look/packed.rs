//! What the letters of two short texts say, place by place.

use record::Dictionary;

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

    /// The levels at which two texts may be.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u64; 2]) -> Levels {
        if x == y {
            return self.equal;
        }
        let mut levels = self.always;
        let [long_x, long_y] = [x, y].map(|bits| (64 - bits.leading_zeros()).div_ceil(self.width));
        let (short, long) = (long_x.min(long_y), long_x.max(long_y));
        let begins = ((x ^ y).trailing_zeros() / self.width).min(short);
        // What they end with stands side by side when both end at the top.
        let [top_x, top_y] = [(x, long_x), (y, long_y)]
            .map(|(bits, long)| if long == 0 { 0 } else { bits << (64 - long * self.width) });
        let ends = ((top_x ^ top_y).leading_zeros() / self.width).min(short - begins);
        // One edit leaves all as it was before it and after it.
        let rest = long - begins - ends;
        for &(most, swaps, at) in &self.edits {
            let may_be = match most {
                0 => false,
                1 => rest <= 1 || swaps && rest == 2 && short == long,
                _ => long - short <= most && self.unmatched(x, y, most) <= most,
            };
            levels |= when(may_be, at);
        }
        levels
    }

    /// How many letters of a text are not that of another at the same place nor at one so few places
    /// off: each takes an edit, if edits are so few.
    fn unmatched(&self, x: u64, y: u64, most: u32) -> u32 {
        let differs = |apart: u64| {
            let two = apart | apart >> 1;
            let four = two | two >> 2;
            four | four >> (self.width - 4)
        };
        let mut unmatched = differs(x) & differs(x ^ y) & self.lowest;
        for off in 1..=most.min(BITS / self.width - 1) {
            unmatched &=
                differs(x ^ y << (off * self.width)) & differs(x ^ y >> (off * self.width));
        }
        unmatched.count_ones()
    }
}
