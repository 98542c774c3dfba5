//! What a few bits of two values say of the tests that they may pass.
//!
//! Bits may take values for closer than they are, never for further apart: a test that two values
//! pass is among those that their bits allow.

use record::{Address, Column, Kind, NONE, Values};
use xxhash_rust::xxh3::xxh3_64;

use crate::Test;
use crate::side::Side;
use crate::values::{Day, Word, area, head};

/// The bits of a value of which nothing can be told.
pub(crate) const UNTOLD: u64 = u64::MAX;

/// Levels, a bit each: the lowest is that of a missing value.
pub(crate) type Levels = u16;

/// What a level asks of a pair, as far as bits can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Asked<'a> {
    /// That two values pass a test.
    Test(&'a Test),
    /// That a value is a word of the other record's in another field.
    Held,
    /// What is seen to elsewhere.
    Elsewhere,
    /// What bits cannot tell.
    Anything,
}

/// How the bits of two different values of a field are read.
pub(crate) enum Look {
    Text(TextLook),
    Code(CodeLook),
    Postcode(PostcodeLook),
    Date(DateLook),
    Address(AddressLook),
}

impl Look {
    /// What can be told of values of a column, given what is asked at each level; `None` if nothing
    /// can.
    pub(crate) fn new(column: &Column, is_list: bool, levels: &[Asked<'_>]) -> Option<Look> {
        if is_list {
            return None;
        }
        let only = |allowed: fn(&Test) -> bool| {
            levels.iter().all(|asked| matches!(asked, Asked::Test(test) if allowed(test)))
        };
        match &column.values {
            Values::Text(_) if column.field.kind == Kind::Vector => None,
            Values::Text(_) if only(CodeLook::tells) => Some(Look::Code(CodeLook::new(levels))),
            Values::Text(_) if only(PostcodeLook::tells) => {
                Some(Look::Postcode(PostcodeLook::new(levels)))
            }
            Values::Text(_) => Some(Look::Text(TextLook::new(levels))),
            Values::Dates(_) => Some(Look::Date(DateLook::new(levels))),
            Values::Addresses(..) => Some(Look::Address(AddressLook::new(levels))),
            _ => None,
        }
    }

    /// Whether half a word is enough for a value.
    pub(crate) fn is_half(&self) -> bool {
        matches!(self, Look::Code(_) | Look::Postcode(_))
    }

    /// Whether it also looks at [`kin`].
    pub(crate) fn looks_at_kin(&self) -> bool {
        matches!(self, Look::Text(look) if look.asks_of_kin())
    }

    /// The bits of a value.
    pub(crate) fn bits(&self, side: &Side<'_>, id: u32) -> u64 {
        match (self, &side.column.values) {
            (Look::Text(_), _) => text_bits(side.text(id), side.word(id).is_several),
            (Look::Code(_), _) => code_bits(side.text(id)),
            (Look::Postcode(_), _) => postcode_bits(side.text(id)),
            (Look::Date(_), _) => date_bits(side.day(id)),
            (Look::Address(_), Values::Addresses(addresses, _)) => {
                address_bits(&addresses[id as usize])
            }
            (Look::Address(_), _) => UNTOLD,
        }
    }
}

/// The bits that both those of `test` and of all levels like it have.
fn of_levels(levels: &[Asked<'_>], is_such: impl Fn(&Test) -> bool) -> Levels {
    let such = levels.iter().enumerate();
    let such = such.filter(|(_, asked)| matches!(asked, Asked::Test(test) if is_such(test)));
    such.fold(0, |bits, (level, _)| bits | 2 << level)
}

/// The levels that any two values may be at: the last, and those of which bits tell nothing.
fn always(levels: &[Asked<'_>], tells: impl Fn(&Test) -> bool) -> Levels {
    let untold = levels.iter().enumerate().filter(|(_, asked)| match asked {
        Asked::Test(test) => !tells(test),
        Asked::Held | Asked::Elsewhere => false,
        Asked::Anything => true,
    });
    untold.fold(2 << levels.len(), |bits, (level, _)| bits | 2 << level)
}

/// So many bits of a hash, not all nought.
fn hash(bytes: &[u8], bits: u32) -> u64 {
    xxh3_64(bytes) % ((1 << bits) - 1) + 1
}

fn when(is: bool, levels: Levels) -> Levels {
    if is { levels } else { 0 }
}

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

fn text_bits(text: &str, is_several: bool) -> u64 {
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

/// Whether each letter of a text may be one of the other's.
pub(crate) fn may_be_within(few: u64, many: u64) -> bool {
    few & !many & SET == 0
}

const SOUND: u32 = (1 << 10) - 1;
const NICKNAMES: u32 = ((1 << 21) - 1) << 10;
const IS_NAME: u32 = 1 << 31;

/// What else is known of a name: 10 bits of its sound, 21 of its nicknames, and whether it is a
/// name in its own right.
pub(crate) fn kin(word: &Word) -> u32 {
    let groups = (0..64).filter(|group| word.nicknames >> group & 1 == 1);
    let nicknames = groups.fold(0, |bits, group| bits | 1 << (10 + group % 21));
    let sound = if word.sound == NONE { 0 } else { word.sound % SOUND + 1 };
    sound | nicknames | u32::from(word.is_name) << 31
}

impl TextLook {
    fn new(levels: &[Asked<'_>]) -> TextLook {
        let of = |is_such: fn(&Test) -> bool| of_levels(levels, is_such);
        let edits = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
            Asked::Test(
                Test::Osa(most)
                | Test::Levenshtein(most)
                | Test::DamerauLevenshtein(most)
                | Test::Hamming(most),
            ) => Some((u32::from(*most), 2 << level)),
            _ => None,
        });
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
            edits: edits.collect(),
            alike: alike.collect(),
        }
    }

    fn tells(test: &Test) -> bool {
        matches!(
            test,
            Test::Exact
                | Test::Nickname
                | Test::OtherName
                | Test::Initial
                | Test::Subset
                | Test::Phonetic
                | Test::SameUser
                | Test::Osa(_)
                | Test::Levenshtein(_)
                | Test::DamerauLevenshtein(_)
                | Test::Hamming(_)
                | Test::JaroWinkler(_)
                | Test::Jaro(_)
        )
    }

    /// Whether it matters what else is known of a name.
    #[inline]
    pub(crate) fn asks_of_kin(&self) -> bool {
        self.nickname | self.other_name | self.sound != 0
    }

    /// The levels at which two texts may be whose bits differ, with what else is known of them.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u64; 2], [of_x, of_y]: [u32; 2], is_held: bool) -> Levels {
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

/// A code, by what it begins and ends with: an edit of one of at least nine bytes leaves two, four
/// and six bytes of either end as they were, or as many of both as come to six.
///
/// From the lowest bit: 4 each of a hash of its first two, four and six bytes, and of its last; 7 of
/// one of all; 1 for whether it is too short.
pub(crate) struct CodeLook {
    always: Levels,
    edit: Levels,
}

fn code_bits(code: &str) -> u64 {
    let bytes = code.as_bytes();
    let all = hash(bytes, 7) << 24;
    if !code.is_ascii() || bytes.len() < CODE_MIN {
        return all | 1 << 31;
    }
    let ends = [2, 4, 6].map(|n| [&bytes[..n], &bytes[bytes.len() - n..]]);
    let of = |side: usize| ends.iter().rev().fold(0, |bits, end| bits << 4 | hash(end[side], 4));
    all | of(0) | of(1) << 12
}

const CODE_MIN: usize = 9;

impl CodeLook {
    fn tells(test: &Test) -> bool {
        matches!(
            test,
            Test::Exact
                | Test::Osa(1)
                | Test::Levenshtein(1)
                | Test::DamerauLevenshtein(1)
                | Test::Hamming(1)
        )
    }

    fn new(levels: &[Asked<'_>]) -> CodeLook {
        CodeLook {
            always: always(levels, CodeLook::tells),
            edit: of_levels(levels, |test| *test != Test::Exact),
        }
    }

    /// The levels at which two codes may be whose bits differ.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u32; 2]) -> Levels {
        // How many of two, four and six bytes are the same.
        let same = |apart: u32| (apart | 1 << 12).trailing_zeros() / 4;
        let apart = x ^ y;
        let is_near = same(apart) + same(apart >> 12) >= 3 || (x | y) >> 31 == 1;
        self.always | when(is_near, self.edit)
    }
}

/// A postcode, by 8 bits each of a hash of all of it, its sector, its district and its area.
pub(crate) struct PostcodeLook {
    always: Levels,
    parts: [Levels; 4],
}

fn postcode_bits(postcode: &str) -> u64 {
    let part = |text: Option<&str>| text.map_or(0, |text| hash(text.as_bytes(), 8));
    let parts = [Some(postcode), head(postcode, 2), head(postcode, 0), Some(area(postcode))];
    parts.into_iter().rev().fold(0, |bits, text| bits << 8 | part(text))
}

impl PostcodeLook {
    const PARTS: [Test; 4] = [Test::Exact, Test::SameSector, Test::SameDistrict, Test::SameArea];

    fn tells(test: &Test) -> bool {
        PostcodeLook::PARTS.contains(test)
    }

    fn new(levels: &[Asked<'_>]) -> PostcodeLook {
        PostcodeLook {
            always: always(levels, PostcodeLook::tells),
            parts: PostcodeLook::PARTS.map(|part| of_levels(levels, |test| *test == part)),
        }
    }

    /// The levels at which two postcodes may be whose bits differ.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u32; 2]) -> Levels {
        let parts = (x ^ y).to_le_bytes().into_iter().zip(self.parts);
        parts.fold(self.always, |levels, (apart, at)| levels | when(apart == 0, at))
    }
}

/// A date, by all of it.
///
/// From the lowest bit: 32 for its digits, 14 for its year, 10 for the digits there are, 1 for
/// whether it is a whole date, 1 for whether it can be.
pub(crate) struct DateLook {
    always: Levels,
    compatible: Levels,
    slip: Levels,
    swapped: Levels,
    same_year: Levels,
    same_day_month: Levels,
    /// By how many digits differ.
    digits: [Levels; 9],
    /// By how many parts are the same.
    parts: [Levels; 4],
    /// So many years between them at most.
    years: Vec<(u64, Levels)>,
    edits: Vec<(u32, Levels)>,
}

fn date_bits(day: Day) -> u64 {
    let digits = u64::from(day.digits());
    let year = (0..4).rev().fold(0, |year, at| year * 10 + (digits >> (16 + 4 * at) & 15));
    let set = (0..8).fold(0_u64, |set, at| set | 1 << (digits >> (4 * at) & 15));
    let flags = u64::from(digits & 0xFF != 0) | u64::from(day.is_possible()) << 1;
    digits | year << 32 | set << 46 | flags << 56
}

impl DateLook {
    fn tells(test: &Test) -> bool {
        crate::values::is_of_letters(*test)
            || matches!(
                test,
                Test::Exact
                    | Test::Compatible
                    | Test::Slip
                    | Test::DayMonthSwapped
                    | Test::SameYear
                    | Test::SameDayMonth
                    | Test::Digits(_)
                    | Test::Parts(_)
                    | Test::Days(_)
                    | Test::Months(_)
                    | Test::Years(_)
            )
    }

    fn new(levels: &[Asked<'_>]) -> DateLook {
        let of = |is_such: fn(&Test) -> bool| of_levels(levels, is_such);
        let years = levels.iter().enumerate().filter_map(|(level, asked)| {
            let Asked::Test(test) = asked else { return None };
            let years = match test {
                Test::Days(most) => most / 365.0,
                Test::Months(most) => most / 12.0,
                Test::Years(most) => *most,
                _ => return None,
            };
            // A day more or less may be another year.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between nought and ten thousand"
            )]
            let years = years.clamp(0.0, 10_000.0).ceil() as u64;
            Some((years + 1, 2 << level))
        });
        let edits = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
            Asked::Test(
                Test::Osa(most)
                | Test::Levenshtein(most)
                | Test::DamerauLevenshtein(most)
                | Test::Hamming(most),
            ) => Some((u32::from(*most), 2 << level)),
            _ => None,
        });
        DateLook {
            always: always(levels, DateLook::tells),
            compatible: of(|test| *test == Test::Compatible),
            slip: of(|test| *test == Test::Slip),
            swapped: of(|test| *test == Test::DayMonthSwapped),
            same_year: of(|test| *test == Test::SameYear),
            same_day_month: of(|test| *test == Test::SameDayMonth),
            digits: [0_u8, 1, 2, 3, 4, 5, 6, 7, 8].map(|apart| {
                of_levels(levels, |test| matches!(test, Test::Digits(most) if apart <= *most))
            }),
            parts: [0_u8, 1, 2, 3].map(|same| {
                of_levels(levels, |test| matches!(test, Test::Parts(least) if *least <= same))
            }),
            years: years.collect(),
            edits: edits.collect(),
        }
    }

    /// The levels at which two dates may be whose bits differ.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u64; 2]) -> Levels {
        let apart = (x ^ y) & 0xFFFF_FFFF;
        let is_year = apart >> 16 == 0;
        // What cannot be may be a slip from the other, or anything.
        let missing = Levels::from((x & y) >> 57 & 1 == 0);
        let both = (x & y) >> 56 & 1 == 1;
        let mut levels = self.always | missing | when(is_year, self.same_year);
        if !both {
            // One of them is a year, or a year and a month.
            return levels | when(is_year, self.compatible);
        }
        let halves = apart | apart >> 1;
        let digits = ((halves | halves >> 2) & 0x1111_1111).count_ones() as usize;
        let [is_day, is_month, ..] = apart.to_le_bytes().map(|part| part == 0);
        let same = usize::from(is_year) + usize::from(is_month) + usize::from(is_day);
        let swapped = (x & 0xFF) << 8 | (x >> 8 & 0xFF);
        levels |= when(digits <= 2 && (x ^ y) >> 57 & 1 == 1, self.slip)
            | when(is_year && swapped == y & 0xFFFF, self.swapped)
            | when(is_month && is_day, self.same_day_month)
            | self.digits[digits]
            | self.parts[same];
        for (most, at) in &self.years {
            let [x, y] = [x, y].map(|date| date >> 32 & 0x3FFF);
            levels |= when(x.abs_diff(y) <= *most, *at);
        }
        for (most, at) in &self.edits {
            let [x, y] = [x, y].map(|date| date >> 46 & 0x3FF);
            let only = (x & !y).count_ones().max((y & !x).count_ones());
            levels |= when(only <= *most, *at);
        }
        levels
    }
}

/// An address, by some bits each of its dwelling, building, postcode, sector and district.
pub(crate) struct AddressLook {
    always: Levels,
    dwelling: Levels,
    building: Levels,
    postcode: Levels,
    sector: Levels,
    district: Levels,
}

const DWELLING: u64 = (1 << 14) - 1;
const BUILDING: u64 = ((1 << 13) - 1) << 14;
const POSTCODE: u64 = ((1 << 13) - 1) << 27;
const SECTOR: u64 = ((1 << 12) - 1) << 40;
const DISTRICT: u64 = ((1 << 12) - 1) << 52;

fn address_bits(address: &Address) -> u64 {
    let part = |id: u32, bits: u32, at: u32| match id {
        NONE => 0,
        id => hash(&id.to_le_bytes(), bits) << at,
    };
    part(address.dwelling, 14, 0)
        | part(address.building, 13, 14)
        | part(address.postcode, 13, 27)
        | part(address.sector, 12, 40)
        | part(address.district, 12, 52)
}

impl AddressLook {
    fn tells(test: &Test) -> bool {
        matches!(
            test,
            Test::Exact
                | Test::SameDwelling
                | Test::SameBuilding
                | Test::PostcodeAlone
                | Test::SamePostcode
                | Test::SameSector
                | Test::SameDistrict
        )
    }

    fn new(levels: &[Asked<'_>]) -> AddressLook {
        let of = |is_such: fn(&Test) -> bool| of_levels(levels, is_such);
        AddressLook {
            always: always(levels, AddressLook::tells),
            dwelling: of(|test| {
                matches!(test, Test::Exact | Test::SameDwelling | Test::SameBuilding)
            }),
            building: of(|test| *test == Test::SameBuilding),
            postcode: of(|test| matches!(test, Test::PostcodeAlone | Test::SamePostcode)),
            sector: of(|test| *test == Test::SameSector),
            district: of(|test| *test == Test::SameDistrict),
        }
    }

    /// The levels at which two addresses may be, whatever their bits.
    #[inline]
    pub(crate) fn levels(&self, [x, y]: [u64; 2]) -> Levels {
        let known = |part: u64| x & part != 0 && y & part != 0;
        if !(known(DWELLING) || known(BUILDING) || known(POSTCODE) || known(DISTRICT)) {
            return 1;
        }
        let apart = x ^ y;
        let same = |part: u64, levels: Levels| when(apart & part == 0 && x & part != 0, levels);
        self.always
            | same(DWELLING, self.dwelling)
            | same(BUILDING, self.building)
            | same(POSTCODE, self.postcode)
            | same(SECTOR, self.sector)
            | same(DISTRICT, self.district)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use record::{Dictionary, Field, Lists, PartialDate};

    use super::*;

    impl Look {
        fn levels(&self, [x, y]: [u64; 2], kin: [u32; 2]) -> Levels {
            let halves = [x, y].map(|bits| u32::try_from(bits).unwrap_or_default());
            if !matches!(self, Look::Address(_)) && (x == y || [x, y].contains(&UNTOLD)) {
                return Levels::MAX;
            }
            match self {
                Look::Text(look) => look.levels([x, y], kin, false),
                Look::Code(look) => look.levels(halves),
                Look::Postcode(look) => look.levels(halves),
                Look::Date(look) => look.levels([x, y]),
                Look::Address(look) => look.levels([x, y]),
            }
        }
    }

    /// Holds the bits of each two values to what the tests say of them.
    #[track_caller]
    fn allows_what_passes(kind: Kind, values: Values, tests: &[&str]) {
        let n = u32::try_from(values.len()).unwrap();
        let field = Field { name: "field".to_owned(), kind };
        let lists = (0..n).map(|id| vec![id]).collect::<Lists<u32>>();
        let column = Column { field, values, lists };
        let tests: Vec<Test> = tests.iter().map(|test| test.parse().unwrap()).collect();
        let side = Side::new(&column, &tests, 0);
        for test in &tests {
            let look = Look::new(&column, false, &[Asked::Test(test)]).unwrap();
            for (x, y) in (0..n).flat_map(|x| (0..n).map(move |y| (x, y))) {
                let kin = [x, y].map(|id| if look.looks_at_kin() { kin(side.word(id)) } else { 0 });
                let levels = look.levels([x, y].map(|id| look.bits(&side, id)), kin);
                let level = match (side.comparable(x, y), side.pair(x, y).passes(*test)) {
                    (false, _) => 1,
                    (true, true) => 2,
                    (true, false) if !side.both_can_be(x, y) => 1,
                    (true, false) => 4,
                };
                assert!(levels & level != 0, "{test} of {x} and {y}: {level} is not of {levels:b}");
            }
        }
    }

    const OF_TEXT: [&str; 18] = [
        "exact",
        "nickname",
        "other_name",
        "initial",
        "subset",
        "phonetic",
        "same_user",
        "osa(1)",
        "osa(2)",
        "levenshtein(1)",
        "damerau_levenshtein(2)",
        "hamming(2)",
        "jaro(0.6)",
        "jaro(0.9)",
        "jaro_winkler(0.7)",
        "jaro_winkler(0.8)",
        "jaro_winkler(0.92)",
        "jaccard(0.5)",
    ];

    proptest! {
        #[test]
        fn texts_may_pass_what_they_pass(
            kind in prop::sample::select(vec![Kind::Forename, Kind::Email, Kind::Verbatim, Kind::Text]),
            texts in prop::collection::vec("[abcAé1]{0,7}( [ab]{1,3})?|(liz|ann|bill|ba@)[a-c]{0,2}|[ab]{28,34}", 0..12),
        ) {
            allows_what_passes(kind, Values::Text(Dictionary::of(texts)), &OF_TEXT);
        }

        #[test]
        fn codes_may_pass_what_they_pass(
            codes in prop::collection::vec(("[12]{9,11}|[1é]{8,10}", 0..11_usize, 0..4), 0..12),
        ) {
            // Each beside itself with an edit.
            let edited = codes.iter().map(|(code, at, how)| {
                let mut letters: Vec<char> = code.chars().collect();
                let at = at % (letters.len() - 1);
                match how {
                    0 => letters[at] = '7',
                    1 => letters.insert(at, '7'),
                    2 => drop(letters.remove(at)),
                    _ => letters.swap(at, at + 1),
                }
                letters.into_iter().collect::<String>()
            });
            let codes: Vec<String> = codes.iter().map(|it| it.0.clone()).chain(edited).collect();
            let tests = ["exact", "osa(1)", "levenshtein(1)", "damerau_levenshtein(1)", "hamming(1)"];
            allows_what_passes(Kind::Code, Values::Text(Dictionary::of(codes)), &tests);
        }

        #[test]
        fn postcodes_may_pass_what_they_pass(
            postcodes in prop::collection::vec("[AB]{1,2}[12]{1,2}( [1-3][AB]{0,2})?", 0..12),
        ) {
            let values = Values::Text(Dictionary::of(postcodes));
            let tests = ["exact", "same_sector", "same_district", "same_area"];
            allows_what_passes(Kind::Postcode, values, &tests);
        }

        #[test]
        fn dates_may_pass_what_they_pass(
            dates in prop::collection::vec("(19|20)[019][0-3](-[01][12](-[012][123])?)?", 0..12)
        ) {
            let dates = dates.iter().filter_map(|date| PartialDate::parse(date)).collect();
            let tests = [
                "exact", "compatible", "slip", "day_month_swapped", "digits(1)", "digits(3)", "parts(1)",
                "parts(2)", "days(3)", "days(400)", "months(2)", "years(1)", "years(10)", "same_year",
                "same_day_month", "osa(1)", "levenshtein(2)", "hamming(1)",
            ];
            allows_what_passes(Kind::Date, Values::Dates(dates), &tests);
        }

        #[test]
        fn homes_may_pass_what_they_pass(
            ids in prop::collection::vec(prop::array::uniform6(0_u32..4), 0..12)
        ) {
            let id = |id: u32| if id == 0 { NONE } else { id };
            let addresses = ids.into_iter().map(|ids| {
                let [dwelling, building, postcode, sector, district, area] = ids.map(id);
                Address { dwelling, building, postcode, sector, district, area, ..Address::UNKNOWN }
            });
            let values = Values::Addresses(addresses.collect(), Dictionary::default());
            let tests = [
                "exact", "same_dwelling", "same_building", "postcode_alone", "same_postcode",
                "same_sector", "same_district", "same_area",
            ];
            allows_what_passes(Kind::Address, values, &tests);
        }
    }

    #[test]
    fn of_unlike_values_little_is_left() {
        let levels = |texts: [&str; 2], tests: &[&str]| {
            let field = Field { name: "field".to_owned(), kind: Kind::Forename };
            let values = Values::Text(Dictionary::of(texts.map(str::to_owned).to_vec()));
            let column = Column { field, values, lists: Lists::default() };
            let tests: Vec<Test> = tests.iter().map(|test| test.parse().unwrap()).collect();
            let side = Side::new(&column, &tests, 0);
            let asked: Vec<Asked<'_>> = tests.iter().map(Asked::Test).collect();
            let look = Look::new(&column, false, &asked).unwrap();
            look.levels([0, 1].map(|id| look.bits(&side, id)), [0, 1].map(|id| kin(side.word(id))))
        };
        let names = ["exact", "nickname", "osa(1)", "jaro_winkler(0.9)", "phonetic"];
        assert_eq!(levels(["margaret", "oliver"], &names), 0b100_0000);
        assert_eq!(levels(["liz", "elizabeth"], &names), 0b100_0100);
        assert_eq!(levels(["oliver", "olivier"], &names), 0b101_1000);
        assert_eq!(levels(["4857773456", "9434765919"], &["exact", "osa(1)"]), 0b1000);
        assert_eq!(levels(["4857773456", "4857773465"], &["exact", "osa(1)"]), 0b1100);
    }
}
