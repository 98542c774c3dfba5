//! What letters say of two texts.

use record::{Dictionary, NONE};

use super::counts::CountsLook;
use super::{Alike, Asked, Levels, UNTOLD, always, edits, hash, of_levels, when};
use crate::Test;
use crate::values::Word;

/// Text, by the letters and digits in it.
///
/// From the lowest bit: 36 for the letters and digits there are, 5 for the length, 7 for each of the
/// first two bytes, 1 for whether it is several words, 8 of a hash.
pub(crate) struct TextLook {
    always: Levels,
    nickname: Levels,
    other_name: Levels,
    initial: Levels,
    subset: Levels,
    sound: Levels,
    user: Levels,
    held: Levels,
    /// So many edits at most.
    edits: Vec<(u32, Levels)>,
    alike: Vec<Alike>,
}

const SET: u64 = (1 << 36) - 1;
const LENGTHS: u32 = 32;

pub(super) fn text_bits(text: &str, is_several: bool) -> u64 {
    let mut length = 0;
    let mut set = 0;
    for letter in text.chars() {
        length += 1;
        set |= match letter {
            'a'..='z' => 1 << (letter as u32 - 'a' as u32),
            'A'..='Z' => 1 << (letter as u32 - 'A' as u32),
            '0'..='9' => 1 << (26 + letter as u32 - '0' as u32),
            _ => 0_u64,
        };
    }
    if length == 0 || length >= LENGTHS {
        return UNTOLD;
    }
    let byte = |at: usize| u64::from(text.as_bytes().get(at).map_or(0, |byte| byte & 0x7F));
    let rest = u64::from(length) | byte(0) << 5 | byte(1) << 12 | u64::from(is_several) << 19;
    set | (rest | hash(text.as_bytes(), 8) << 20) << 36
}

/// Whether of more than one text in ten nothing could be told for its length.
pub(super) fn are_long(texts: &Dictionary) -> bool {
    let long = texts.iter().filter(|text| LENGTHS as usize <= text.chars().count());
    texts.len() < long.count() * 10
}

/// Whether each letter of a text may be one of the other's.
#[inline(always)]
pub(crate) fn may_be_within(few: u64, many: u64) -> bool {
    few & !many & SET == 0
}

const SOUND: u32 = (1 << 10) - 1;
const NICKNAMES: u32 = ((1 << 21) - 1) << 10;
const IS_NAME: u32 = 1 << 31;

/// What else is known of a name: 10 bits of its sound, 21 of its nicknames, and whether it is a
/// name in its own right.
pub(super) fn kin(word: &Word) -> u32 {
    let groups = (0..64).filter(|group| word.nicknames >> group & 1 == 1);
    let nicknames = groups.fold(0, |bits, group| bits | 1 << (10 + group % 21));
    let sound = if word.sound == NONE { 0 } else { word.sound % SOUND + 1 };
    sound | nicknames | u32::from(word.is_name) << 31
}

impl TextLook {
    pub(super) fn new(levels: &[Asked<'_>]) -> TextLook {
        let of = |is_such: fn(&Test) -> bool| of_levels(levels, is_such);
        let held = levels.iter().enumerate().filter(|(_, asked)| **asked == Asked::Held);
        TextLook {
            always: always(levels, TextLook::tells),
            nickname: of(|test| *test == Test::Nickname),
            other_name: of(|test| *test == Test::OtherName),
            initial: of(|test| *test == Test::Initial),
            subset: of(|test| *test == Test::Subset),
            sound: of(|test| *test == Test::Phonetic),
            user: of(|test| *test == Test::SameUser),
            held: held.fold(0, |bits, (level, _)| bits | 2 << level),
            edits: edits(levels),
            alike: Alike::of_levels(levels),
        }
    }

    pub(super) fn tells(test: &Test) -> bool {
        CountsLook::tells(test)
            || matches!(
                test,
                Test::Nickname
                    | Test::OtherName
                    | Test::Initial
                    | Test::Subset
                    | Test::Phonetic
                    | Test::SameUser
            )
    }

    /// Whether it matters what else is known of a name.
    #[inline]
    pub(crate) fn asks_of_kin(&self) -> bool {
        self.nickname | self.other_name | self.sound != 0
    }

    /// The levels at which a text and others may be whose bits differ, with what else is known of
    /// them.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(
        &self,
        [x, of_x]: [u64; 2],
        ys: &[u64; N],
        of_ys: &[u64; N],
        held: &[bool; N],
    ) -> [Levels; N] {
        let [of_x, long_x, rest_x] = [of_x, x >> 36 & 31, x >> 36].map(low);
        let mut levels = [self.always; N];
        let (mut least, mut shares, mut whole) = ([0; N], [0; N], [0; N]);
        let lanes = levels.iter_mut().zip(&mut least).zip(&mut shares).zip(&mut whole);
        for ((((((levels, least), shares), whole), &y), &of_y), &is_held) in
            lanes.zip(ys).zip(of_ys).zip(held)
        {
            let (only_x, only_y) = ((x & !y & SET).count_ones(), (y & !x & SET).count_ones());
            let (rest_y, of_y) = (low(y >> 36), low(of_y));
            let long_y = rest_y & 31;
            let apart = rest_x ^ rest_y;
            *least = only_x.max(only_y).max(long_x.abs_diff(long_y));
            let common = (long_x - only_x.min(long_x)).min(long_y - only_y.min(long_y));
            [*shares, *whole] = Alike::common(common, [long_x, long_y]);
            let (begins, user) = (apart & 0xFE0 == 0, apart & 0x7_FFE0 == 0);
            let is_letter = long_x.min(long_y) == 1;
            let is_within = only_x.min(only_y) == 0 && (rest_x | rest_y) >> 19 & 1 == 1;
            let sound = of_x & SOUND;
            *levels |= when(of_x & of_y & NICKNAMES != 0, self.nickname)
                | when(begins && is_letter, self.initial)
                | when(is_within, self.subset)
                | when(sound != 0 && sound == of_y & SOUND, self.sound)
                | when(user, self.user)
                | when(is_held, self.held);
        }
        for alike in &self.alike {
            let lanes = levels.iter_mut().zip(&shares).zip(&whole).zip(ys);
            for (((levels, &shares), &whole), &y) in lanes {
                let rest_y = low(y >> 36);
                let apart = rest_x ^ rest_y;
                let begins = [apart & 0xFE0 == 0, apart & 0x7_F000 == 0];
                *levels |= alike.levels([shares, whole], begins);
            }
        }
        for (most, at) in &self.edits {
            for (levels, least) in levels.iter_mut().zip(&least) {
                *levels |= when(least <= most, *at);
            }
        }
        // Two names are two names, unless they meet what is asked before.
        let names = self.other_name & self.other_name.wrapping_neg();
        if names != 0 && of_x & IS_NAME != 0 {
            for (levels, &of_y) in levels.iter_mut().zip(of_ys) {
                let if_names = (*levels | names) & (names | (names - 1));
                *levels = if low(of_y) & IS_NAME != 0 { if_names } else { *levels };
            }
        }
        levels
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "half a word")]
fn low(word: u64) -> u32 {
    word as u32
}
