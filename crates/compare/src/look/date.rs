//! What digits say of two dates.

use super::{Asked, Levels, always, edits, of_levels, when};
use crate::Test;
use crate::values::{Day, is_of_letters};

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

pub(super) fn date_bits(day: Day) -> u64 {
    let digits = u64::from(day.digits());
    let year = (0..4).rev().fold(0, |year, at| year * 10 + (digits >> (16 + 4 * at) & 15));
    let set = (0..8).fold(0_u64, |set, at| set | 1 << (digits >> (4 * at) & 15));
    let flags = u64::from(digits & 0xFF != 0) | u64::from(day.is_possible()) << 1;
    digits | year << 32 | set << 46 | flags << 56
}

impl DateLook {
    pub(super) fn tells(test: &Test) -> bool {
        is_of_letters(*test)
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

    pub(super) fn new(levels: &[Asked<'_>]) -> DateLook {
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
            edits: edits(levels),
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
