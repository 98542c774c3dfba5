//! What digits say of two dates.

use super::{Asked, Halves, Levels, always, edits, halves, of_levels, when};
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
    /// So many digits that differ at most.
    digits: Vec<(u32, Levels)>,
    /// So many parts that are the same at least.
    parts: Vec<(u32, Levels)>,
    /// So many years between them at most.
    years: Vec<(u32, Levels)>,
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
        let numbered = |number: fn(&Test) -> Option<u32>| {
            let numbered = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
                Asked::Test(test) => Some((number(test)?, 2 << level)),
                _ => None,
            });
            numbered.collect()
        };
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
            let years = years.clamp(0.0, 10_000.0).ceil() as u32;
            Some((years + 1, 2 << level))
        });
        DateLook {
            always: always(levels, DateLook::tells),
            compatible: of(|test| *test == Test::Compatible),
            slip: of(|test| *test == Test::Slip),
            swapped: of(|test| *test == Test::DayMonthSwapped),
            same_year: of(|test| *test == Test::SameYear),
            same_day_month: of(|test| *test == Test::SameDayMonth),
            digits: numbered(|test| match test {
                Test::Digits(most) => Some((*most).into()),
                _ => None,
            }),
            parts: numbered(|test| match test {
                Test::Parts(least) => Some((*least).into()),
                _ => None,
            }),
            years: years.collect(),
            edits: edits(levels),
        }
    }

    /// The levels at which a date and others may be whose bits differ.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u64, [ys, rests]: Halves<'_, N>) -> [Levels; N] {
        let DateLook { always, compatible, slip, swapped, same_year, same_day_month, .. } = *self;
        let [x, rest_x] = halves(x);
        let x_swapped = (x & 0xFF) << 8 | (x >> 8 & 0xFF);
        let mut levels = [always; N];
        let (mut digits, mut parts) = ([0; N], [0; N]);
        let lanes = levels.iter_mut().zip(&mut digits).zip(&mut parts).zip(ys).zip(rests);
        for ((((levels, digits), parts), &y), &rest_y) in lanes {
            let apart = x ^ y;
            let is = |part: u32| apart & part == 0;
            let (is_year, is_month, is_day) = (is(0xFFFF_0000), is(0xFF00), is(0xFF));
            let halves = apart | apart >> 1;
            *digits = ((halves | halves >> 2) & 0x1111_1111).count_ones();
            *parts = u32::from(is_year) + u32::from(is_month) + u32::from(is_day);
            // What cannot be may be a slip from the other, or anything.
            let missing = Levels::from(rest_x & rest_y & CAN_BE == 0);
            let is_slip = *digits <= 2 && (rest_x ^ rest_y) & CAN_BE != 0;
            let whole = when(is_slip, slip)
                | when(is_year && x_swapped == y & 0xFFFF, swapped)
                | when(is_month && is_day, same_day_month);
            // Or one of them is a year, or a year and a month.
            let part = when(is_year, compatible);
            let of_either = if are_whole(rest_x, rest_y) { whole } else { part };
            *levels |= missing | when(is_year, same_year) | of_either;
        }
        for &(most, at) in &self.digits {
            for ((levels, &digits), &rest_y) in levels.iter_mut().zip(&digits).zip(rests) {
                *levels |= when(digits <= most && are_whole(rest_x, rest_y), at);
            }
        }
        for &(least, at) in &self.parts {
            for ((levels, &parts), &rest_y) in levels.iter_mut().zip(&parts).zip(rests) {
                *levels |= when(least <= parts && are_whole(rest_x, rest_y), at);
            }
        }
        for &(most, at) in &self.years {
            for (levels, &rest_y) in levels.iter_mut().zip(rests) {
                let [x_year, y_year] = [rest_x, rest_y].map(|rest| rest & 0x3FFF);
                *levels |= when(x_year.abs_diff(y_year) <= most && are_whole(rest_x, rest_y), at);
            }
        }
        for &(most, at) in &self.edits {
            for (levels, &rest_y) in levels.iter_mut().zip(rests) {
                let [of_x, of_y] = [rest_x, rest_y].map(|rest| rest >> 14 & 0x3FF);
                let only = (of_x & !of_y).count_ones().max((of_y & !of_x).count_ones());
                *levels |= when(only <= most && are_whole(rest_x, rest_y), at);
            }
        }
        levels
    }
}

/// Of the upper half of a date's bits, that for whether it is whole.
const WHOLE: u32 = 1 << 24;
/// And that for whether it can be.
const CAN_BE: u32 = 1 << 25;

/// Whether both dates are, by the upper halves of their bits.
#[inline(always)]
fn are_whole(x: u32, y: u32) -> bool {
    x & y & WHOLE != 0
}
