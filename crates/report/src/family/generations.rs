//! Which generation each person of a family is of.

use std::collections::VecDeque;

use super::FamilyPage;

/// The generation of each person, the eldest 0. What counts more is looked at first; who is tied
/// to nobody goes by age.
pub(super) fn generations(page: &FamilyPage) -> Vec<usize> {
    let n = page.persons.len();
    let mut ties = page.ties.clone();
    ties.sort_unstable();
    let mut found: Vec<Option<i32>> = vec![None; n];
    let subjects = (0..n).filter(|&at| page.persons[at].is_subject);
    for start in subjects.chain(0..n) {
        if found[start].is_some() {
            continue;
        }
        found[start] = Some(by_age(page, start, &found));
        let mut waiting: VecDeque<usize> = [start].into();
        while let Some(person) = waiting.pop_front() {
            let here = found[person].unwrap_or_default();
            for tie in &ties {
                let step = tie.kind.generations();
                let (next, generation) = match (tie.one == person, tie.other == person) {
                    (true, _) => (tie.other, here + step),
                    (_, true) => (tie.one, here - step),
                    _ => continue,
                };
                if found[next].is_none() {
                    found[next] = Some(generation);
                    waiting.push_back(next);
                }
            }
        }
    }
    let eldest = found.iter().flatten().min().copied().unwrap_or_default();
    found
        .iter()
        .map(|generation| {
            let after = generation.unwrap_or_default() - eldest;
            usize::try_from(after).expect("nobody is before the eldest")
        })
        .collect()
}

/// The generation of whoever is nearest in age, give or take whole generations of thirty years.
#[expect(clippy::cast_possible_truncation, reason = "years between births are few")]
fn by_age(page: &FamilyPage, person: usize, found: &[Option<i32>]) -> i32 {
    let Some(birth) = page.persons[person].birth else { return 0 };
    let placed = page
        .persons
        .iter()
        .zip(found)
        .filter_map(|(other, generation)| Some((birth - other.birth?, (*generation)?)));
    let nearest = placed.min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    nearest.map_or(0, |(years, generation)| generation + (years / 30.0).round() as i32)
}
