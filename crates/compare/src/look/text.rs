//! What letters say of two texts.

use record::{Dictionary, NONE};

use super::counts::CountsLook;
use super::{
    Alike, Asked, Halves, Levels, UNTOLD, always, edits, halves, hash, of_levels, when, whole,
};
use crate::Test;
use crate::values::Word;

/// Text, by the letters and digits in it.
///
/// In the lower half, 26 bits for the letters there are and 6 for the digits, some of which share
/// one. In the upper, from the lowest bit: 5 for the length, 7 for each of the first two bytes, 1 for
/// whether it is several words, 12 of a hash.
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

const LENGTHS: u32 = 32;

pub(super) fn text_bits(text: &str, is_several: bool) -> u64 {
    let mut length = 0;
    let mut set = 0;
    for letter in text.chars() {
        length += 1;
        set |= match letter {
            'a'..='z' => 1 << (letter as u32 - 'a' as u32),
            'A'..='Z' => 1 << (letter as u32 - 'A' as u32),
            '0'..='9' => 1 << (26 + (letter as u32 - '0' as u32) % 6),
            _ => 0_u32,
        };
    }
    if length == 0 || length >= LENGTHS {
        return UNTOLD;
    }
    let byte = |at: usize| u32::from(text.as_bytes().get(at).map_or(0, |byte| byte & 0x7F));
    let rest = length | byte(0) << 5 | byte(1) << 12 | u32::from(is_several) << 19;
    let [hash, _] = halves(hash(text.as_bytes(), 12));
    whole(set, rest | hash << 20)
}

/// Whether of more than one text in ten nothing could be told for its length.
pub(super) fn are_long(texts: &Dictionary) -> bool {
    let long = texts.iter().filter(|text| LENGTHS as usize <= text.chars().count());
    texts.len() < long.count() * 10
}

/// Whether each letter of a text may be one of the other's, by the lower halves of their bits.
#[inline(always)]
pub(crate) fn may_be_within(few: u32, many: u32) -> bool {
    few & !many == 0
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
        [sets, rests]: Halves<'_, N>,
        [of_ys, _]: Halves<'_, N>,
        held: &[bool; N],
    ) -> [Levels; N] {
        let TextLook {
            always,
            nickname,
            other_name,
            initial,
            subset,
            sound,
            user,
            held: of_held,
            ..
        } = *self;
        let ([set_x, rest_x], [of_x, _]) = (halves(x), halves(of_x));
        let long_x = long(rest_x);
        let mut levels = [always; N];
        let (mut least, mut shares, mut whole) = ([0; N], [0; N], [0; N]);
        let lanes = least.iter_mut().zip(&mut shares).zip(&mut whole).zip(sets).zip(rests);
        for ((((least, shares), whole), &set), &rest) in lanes {
            let (only_x, only_y) = ((set_x & !set).count_ones(), (set & !set_x).count_ones());
            let long_y = long(rest);
            *least = only_x.max(only_y).max(long_x.abs_diff(long_y));
            let common = (long_x - only_x.min(long_x)).min(long_y - only_y.min(long_y));
            [*shares, *whole] = Alike::common(common, [long_x, long_y]);
        }
        for &Alike { shares: asked, at } in &self.alike {
            let lanes = levels.iter_mut().zip(&shares).zip(&whole).zip(rests);
            for (((levels, &shares), &whole), &rest) in lanes {
                let apart = rest_x ^ rest;
                let begins = [apart & FIRST == 0, apart & SECOND == 0];
                *levels |= when(Alike::may_be(asked, [shares, whole], begins), at);
            }
        }
        for &(most, at) in &self.edits {
            for (levels, &least) in levels.iter_mut().zip(&least) {
                *levels |= when(least <= most, at);
            }
        }
        if subset != 0 {
            for ((levels, &set), &rest) in levels.iter_mut().zip(sets).zip(rests) {
                let is_within = set_x & !set == 0 || set & !set_x == 0;
                *levels |= when(is_within && (rest_x | rest) & SEVERAL != 0, subset);
            }
        }
        if initial | user != 0 {
            for (levels, &rest) in levels.iter_mut().zip(rests) {
                let apart = rest_x ^ rest;
                let is_letter = long_x.min(long(rest)) == 1;
                *levels |= when(apart & FIRST == 0 && is_letter, initial)
                    | when(apart & (FIRST | SECOND) == 0, user);
            }
        }
        if nickname | sound != 0 {
            let sound_x = of_x & SOUND;
            for (levels, &of_y) in levels.iter_mut().zip(of_ys) {
                *levels |= when(of_x & of_y & NICKNAMES != 0, nickname)
                    | when(sound_x != 0 && sound_x == of_y & SOUND, sound);
            }
        }
        if of_held != 0 {
            let lanes = levels.iter_mut().zip(held);
            lanes.for_each(|(levels, &is_held)| *levels |= when(is_held, of_held));
        }
        // Two names are two names, unless they meet what is asked before.
        let names = other_name & other_name.wrapping_neg();
        if names != 0 && of_x & IS_NAME != 0 {
            for (levels, &of_y) in levels.iter_mut().zip(of_ys) {
                let if_names = (*levels | names) & (names | (names - 1));
                *levels = if of_y & IS_NAME != 0 { if_names } else { *levels };
            }
        }
        levels
    }
}

/// Of the upper half of a text's bits: its first two bytes, and whether it is several words.
const FIRST: u32 = 0x7F << 5;
const SECOND: u32 = 0x7F << 12;
const SEVERAL: u32 = 1 << 19;

/// The length of a text, by the same.
#[inline(always)]
fn long(rest: u32) -> u32 {
    rest & 31
}
