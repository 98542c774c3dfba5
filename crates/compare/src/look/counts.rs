//! What the letters of two long texts say, by how often each is there.

use record::Dictionary;

use super::{Alike, Asked, Halves, Levels, UNTOLD, always, edits, halves, of_levels, when};
use crate::Test;
use crate::values::is_of_letters;

/// Text by whether it has a letter once, twice and so on: of these traits those that tell most
/// texts of a column from each other.
///
/// Of its first word all bits are traits. Of its second, from the lowest bit: 43 are traits, 7 the
/// length, and 7 each of the first two bytes.
pub(crate) struct CountsLook {
    always: Levels,
    exact: Levels,
    /// So many edits at most.
    edits: Vec<(u32, Levels)>,
    alike: Vec<Alike>,
    /// The trait of having a letter so often and once more, if it is one of these.
    traits: Box<[[u8; OFTEN]; 128]>,
}

/// More often than this a letter is not counted.
const OFTEN: usize = 8;
const NO_TRAIT: u8 = u8::MAX;
const TRAITS: usize = 64 + 43;
const LENGTHS: usize = 1 << 7;
/// So many texts tell which traits tell texts from each other.
const LOOKED_AT: usize = 10_000;

impl CountsLook {
    pub(super) fn tells(test: &Test) -> bool {
        is_of_letters(*test) || matches!(test, Test::Exact | Test::JaroWinkler(_) | Test::Jaro(_))
    }

    pub(super) fn new(texts: &Dictionary, levels: &[Asked<'_>]) -> CountsLook {
        let mut having = [[0_u64; OFTEN]; 128];
        let some = texts.iter().step_by(texts.len().div_ceil(LOOKED_AT).max(1));
        let n = some.map(|text| each_letter(text, |letter, before| having[letter][before] += 1));
        let n = n.count() as u64;
        let mut by_worth: Vec<(usize, usize)> =
            (0..128).flat_map(|letter| (0..OFTEN).map(move |before| (letter, before))).collect();
        by_worth.sort_by_key(|&(letter, before)| {
            let having = having[letter][before];
            std::cmp::Reverse(having * (n - having))
        });
        let mut traits = Box::new([[NO_TRAIT; OFTEN]; 128]);
        for (number, (letter, before)) in (0..).zip(by_worth.into_iter().take(TRAITS)) {
            traits[letter][before] = number;
        }
        CountsLook {
            always: always(levels, CountsLook::tells),
            exact: of_levels(levels, |test| *test == Test::Exact),
            edits: edits(levels),
            alike: Alike::of_levels(levels),
            traits,
        }
    }

    /// Both words of a text.
    pub(super) fn bits(&self, text: &str) -> [u64; 2] {
        let mut traits = 0_u128;
        each_letter(text, |letter, before| match self.traits[letter][before] {
            NO_TRAIT => {}
            number => traits |= 1 << number,
        });
        let length = text.chars().count();
        if length == 0 || LENGTHS <= length {
            return [UNTOLD; 2];
        }
        let byte = |at: usize| u64::from(text.as_bytes().get(at).map_or(0, |byte| byte & 0x7F));
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let first = traits as u64;
        let second = u64::try_from(traits >> 64).expect("fewer traits than bits");
        [first, second | (length as u64 | byte(0) << 7 | byte(1) << 14) << 43]
    }

    /// The levels at which a text and others may be, by the first words and the second.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(
        &self,
        [x, more_x]: [u64; 2],
        [lows, highs]: Halves<'_, N>,
        [more_lows, more_highs]: Halves<'_, N>,
    ) -> [Levels; N] {
        let CountsLook { always, exact, .. } = *self;
        let ([low_x, high_x], [more_low_x, more_high_x]) = (halves(x), halves(more_x));
        let of_x = [low_x, high_x, more_low_x, more_high_x];
        let long_x = long(more_high_x);
        // Of letters that are no traits all may be common that either has.
        let others_x = long_x - has(of_x).min(long_x);
        let mut levels = [always; N];
        let mut common = [0; N];
        let lanes = levels.iter_mut().zip(&mut common);
        for (((((levels, common), &low), &high), &more_low), &more_high) in
            lanes.zip(lows).zip(highs).zip(more_lows).zip(more_highs)
        {
            let of_y = [low, high, more_low, more_high];
            let both = [low_x & low, high_x & high, more_low_x & more_low, more_high_x & more_high];
            let long_y = long(more_high);
            *common = has(both) + others_x.min(long_y - has(of_y).min(long_y));
            *levels |= when(of_x == of_y, exact);
        }
        for &(most, at) in &self.edits {
            for ((levels, &common), &more_high) in levels.iter_mut().zip(&common).zip(more_highs) {
                *levels |= when(long_x.max(long(more_high)) <= common + most, at);
            }
        }
        let (mut shares, mut whole) = ([0; N], [0; N]);
        let lanes = shares.iter_mut().zip(&mut whole).zip(&common).zip(more_highs);
        for (((shares, whole), &common), &more_high) in lanes {
            [*shares, *whole] = Alike::common(common, [long_x, long(more_high)]);
        }
        for &Alike { shares: least, at } in &self.alike {
            let lanes = levels.iter_mut().zip(&shares).zip(&whole).zip(more_highs);
            for (((levels, &shares), &whole), &more_high) in lanes {
                let apart = more_high_x ^ more_high;
                let begins = [apart & FIRST == 0, apart & SECOND == 0];
                *levels |= when(Alike::may_be(least, [shares, whole], begins), at);
            }
        }
        levels
    }
}

/// Of the upper half of a text's second word: its traits, and its first two bytes.
const TRAITS_IN_LAST: u32 = (1 << 11) - 1;
const FIRST: u32 = 0x7F << 18;
const SECOND: u32 = 0x7F << 25;

/// The length of a text, by the same.
#[inline(always)]
fn long(last: u32) -> u32 {
    last >> 11 & 0x7F
}

/// How many traits a text has, by all four halves of its words.
#[inline(always)]
fn has([low, high, more_low, more_high]: [u32; 4]) -> u32 {
    let first = low.count_ones() + high.count_ones();
    first + more_low.count_ones() + (more_high & TRAITS_IN_LAST).count_ones()
}

/// Visits each letter of a text that may be a trait, with how often it was there before.
fn each_letter(text: &str, mut visit: impl FnMut(usize, usize)) {
    let mut counts = [0_u8; 128];
    for letter in text.chars().filter(char::is_ascii).map(|letter| letter as usize) {
        let before = usize::from(counts[letter]);
        if before < OFTEN {
            counts[letter] += 1;
            visit(letter, before);
        }
    }
}
