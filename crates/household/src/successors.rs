//! Tells which household another followed.

use rayon::prelude::*;
use record::{Date, NONE};

use crate::{
    Households,
    following::{LAG, days},
};

/// For each household, by its number, the one that it followed.
///
/// More than half of those who were of the earlier one at its end are of the later when that begins,
/// and are more than half of it; and not more than [`LAG`] days lie between. So a household has one
/// before it and one after it at most: of a family that parts, the larger half follows, and where two
/// households become one, neither is it.
pub(crate) fn predecessors(outcome: &Households) -> Vec<Option<u32>> {
    let n = outcome.households.len() + outcome.past_households.len();
    let ends = |household: u32| outcome.household(household as usize).period.to;
    let begins = |household: u32| outcome.household(household as usize).period.from;
    // Who was of a household at its end, and who when it began.
    let mut leaving: Vec<(u32, u32)> = Vec::new();
    let mut coming: Vec<(u32, u32)> = Vec::new();
    let mut first = vec![0_u32; n];
    let mut last = vec![0_u32; n];
    let now = outcome.memberships.iter().map(|m| (m.household, m.person, m.period));
    let past = outcome.past_memberships.iter().map(|m| (m.household, m.person, m.period));
    for (household, person, period) in now.chain(past) {
        if near(period.to, ends(household)) {
            leaving.push((person, household));
            last[household as usize] += 1;
        }
        if near(period.from, begins(household)) {
            coming.push((person, household));
            first[household as usize] += 1;
        }
    }
    leaving.par_sort_unstable();
    leaving.dedup();
    let shared = coming.into_par_iter().flat_map_iter(|(person, later)| {
        let start = leaving.partition_point(|left| left.0 < person);
        let left = leaving[start..].iter().take_while(move |left| left.0 == person);
        let followed = left
            .map(|left| left.1)
            .filter(move |&earlier| earlier != later && near(ends(earlier), begins(later)))
            .filter(move |&earlier| begins(earlier) < begins(later));
        followed.map(move |earlier| (later, earlier))
    });
    let mut shared: Vec<(u32, u32)> = shared.collect();
    shared.par_sort_unstable();
    let mut predecessor = vec![NONE; n];
    for same in shared.chunk_by(|a, b| a == b) {
        let (later, earlier) = same[0];
        let half = |of: u32| (of as usize) < 2 * same.len();
        if half(last[earlier as usize]) && half(first[later as usize]) {
            predecessor[later as usize] = earlier;
        }
    }
    predecessor.into_iter().map(|at| Some(at).filter(|at| *at != NONE)).collect()
}

/// Whether two days are known and hardly apart.
fn near(one: Option<Date>, other: Option<Date>) -> bool {
    one.zip(other).is_some_and(|(one, other)| days(one, other).abs() <= LAG)
}
