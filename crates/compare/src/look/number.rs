//! What two numbers are to each other.

use super::{Asked, Halves, Levels, always, when, whole};
use crate::Test;
use crate::values::numbers_pass;

/// A number, by itself.
pub(crate) struct NumberLook {
    always: Levels,
    tests: Vec<(Test, Levels)>,
}

impl NumberLook {
    fn tells(test: &Test) -> bool {
        matches!(test, Test::Exact | Test::Within(_) | Test::WithinShare(_))
    }

    pub(super) fn new(levels: &[Asked<'_>]) -> NumberLook {
        let tests = levels.iter().enumerate().filter_map(|(level, asked)| match asked {
            Asked::Test(test) if NumberLook::tells(test) => Some((**test, 2 << level)),
            _ => None,
        });
        NumberLook { always: always(levels, NumberLook::tells), tests: tests.collect() }
    }

    /// The levels at which two numbers may be.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u64, [low, high]: Halves<'_, N>) -> [Levels; N] {
        let mut levels = [self.always; N];
        for &(test, at) in &self.tests {
            for ((levels, &low), &high) in levels.iter_mut().zip(low).zip(high) {
                let [x, y] = [x, whole(low, high)].map(f64::from_bits);
                *levels |= when(numbers_pass(test, x, y), at);
            }
        }
        levels
    }
}
