//! What letters say of two texts.

use record::{Dictionary, NONE};

use super::counts::CountsLook;
use super::{Asked, Levels, UNTOLD, always, edits, hash, of_levels, when};
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
    /// For two lengths and the bytes that they may begin alike with, how many letters must be
    /// common for a similarity to be enough.
    alike: Vec<(Box<[u8]>, Levels)>,
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
        let alike = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
            Asked::Test(Test::JaroWinkler(least) | Test::Jaro(least)) => {
                Some((common_at_least(*least), 2 << level))
            }
            _ => None,
        });
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
            alike: alike.collect(),
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

    /// The levels at which two texts may be whose bits differ, with what else is known of them.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u64; 2], more: [u64; 2], is_held: bool) -> Levels {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what is known of a name is half a word"
        )]
        let [of_x, of_y] = more.map(|kin| kin as u32);
        let (only_x, only_y) = ((x & !y & SET).count_ones(), (y & !x & SET).count_ones());
        let (rest_x, rest_y) = (x >> 36, y >> 36);
        let (long_x, long_y) = ((rest_x & 31) as u32, (rest_y & 31) as u32);
        let apart = rest_x ^ rest_y;
        let begins = if apart & 0xFE0 != 0 { 0 } else { 1 + u32::from(apart & 0x7_F000 == 0) };
        let least = only_x.max(only_y).max(long_x.abs_diff(long_y));
        let common = (long_x - only_x.min(long_x)).min(long_y - only_y.min(long_y));
        let mut levels = self.always
            | when(of_x & of_y & NICKNAMES != 0, self.nickname)
            | when(begins > 0 && (long_x == 1 || long_y == 1), self.initial)
            | when((rest_x | rest_y) >> 19 & 1 == 1 && (only_x == 0 || only_y == 0), self.subset)
            | when(of_x & SOUND != 0 && of_x & SOUND == of_y & SOUND, self.sound)
            | when(begins > 1, self.user)
            | when(is_held, self.held);
        for (most, at) in &self.edits {
            levels |= when(least <= *most, *at);
        }
        let place = ((long_x * LENGTHS + long_y) * 3 + begins) as usize;
        for (enough, at) in &self.alike {
            levels |= when(u32::from(enough[place]) <= common, *at);
        }
        // Two names are two names, unless they meet what is asked before.
        let first = self.other_name & self.other_name.wrapping_neg();
        let are_names = first != 0 && of_x & of_y & IS_NAME != 0;
        if are_names { (levels | first) & (first | (first - 1)) } else { levels }
    }
}

/// By two lengths, and how they begin (otherwise, with one same byte, with two): how many letters
/// two texts must have in common for so much similarity.
fn common_at_least(least: f64) -> Box<[u8]> {
    let enough = |x: u32, y: u32, begins: u32| {
        let similarity = |common: u32| {
            if common == 0 {
                return 0.0;
            }
            let share = |length: u32| f64::from(common) / f64::from(length.max(1));
            let jaro = (share(x) + share(y) + 1.0) / 3.0;
            // With room for rounding.
            jaro + 0.1 * f64::from([0, 1, 4][begins as usize]) * (1.0 - jaro) + 1e-9
        };
        let enough = (0..=x.min(y)).find(|common| least <= similarity(*common));
        enough.and_then(|common| u8::try_from(common).ok()).unwrap_or(u8::MAX)
    };
    let lengths = (0..LENGTHS).flat_map(|x| (0..LENGTHS).map(move |y| (x, y)));
    lengths.flat_map(|(x, y)| (0..3).map(move |begins| enough(x, y, begins))).collect()
}
