//! Compares who lives with whom with who truly does.

use crate::{
    BCubed, Fault, PairMetrics, TwoHomes,
    faults::{Fate, fates, size_gap},
    metrics::share,
};

/// What is known of a person, or of a record, beside its households.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Whether the truth says where it lives, be it nowhere; if not, it takes no part.
    pub known: bool,
    /// Whether it truly lives in a communal establishment.
    pub communal: bool,
    /// Whether the result gives a coded reason for its having no household.
    pub reason: bool,
    /// What sort of home it truly has, by a label of the caller's.
    pub home: u32,
}

/// How those fare whose true homes are of one sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeMetrics {
    /// Those with such a home.
    pub units: u64,
    /// Those among them with a household in the result.
    pub housed: u64,
    /// The true households of such homes.
    pub true_households: u64,
    /// Those among them found with exactly their members.
    pub exact: u64,
}

/// How the households of a result agree with the true ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HouseholdMetrics {
    /// Pairs that share a household.
    pub pairs: PairMetrics,
    /// True households found with exactly their members.
    pub exact: u64,
    /// Households of the result.
    pub predicted_households: u64,
    /// Households of the truth.
    pub true_households: u64,
    /// Those whose truth is known.
    pub units: u64,
    /// Those among them with a household in the result.
    pub housed: u64,
    /// Those with no household, but with a coded reason.
    pub reasoned: u64,
    /// Those who truly live in a communal establishment.
    pub communal: u64,
    /// Those among them with a household in the result: wrongly.
    pub communal_housed: u64,
    /// Over units: the mean share of a unit's household that belongs with it, itself among them.
    pub bcubed: BCubed,
    /// How many true households have each fault, in the order of [`Fault::ALL`].
    pub faults: [u64; Fault::ALL.len()],
    /// The share of households that would have to be of another size for sizes to be as in truth.
    pub size_gap: f64,
    /// By the label of homes.
    pub by_home: Vec<HomeMetrics>,
    /// Children with two homes, if the truth tells any.
    pub two_homes: TwoHomes,
}

impl HouseholdMetrics {
    /// The share of true households found with exactly their members.
    #[must_use]
    pub fn exact_share(&self) -> f64 {
        share(self.exact, self.true_households)
    }

    /// The share of units with a household or a coded reason for having none.
    #[must_use]
    pub fn accounted_share(&self) -> f64 {
        share(self.housed + self.reasoned, self.units)
    }

    /// The share of communal residents wrongly put in a household.
    #[must_use]
    pub fn communal_housed_share(&self) -> f64 {
        if self.communal == 0 { 0.0 } else { share(self.communal_housed, self.communal) }
    }
}

/// How the households in `predicted` agree with those in `truth`, both rows of (unit, household).
///
/// A unit is a place in `units`, and may be in several households, as a child with two homes
/// is; two units are co-resident if they share any. Rows may be in any order and may repeat.
///
/// # Panics
///
/// Panics if a row names a unit that is not there.
#[must_use]
pub fn households(
    predicted: &[(u32, u32)],
    truth: &[(u32, u32)],
    units: &[Unit],
) -> HouseholdMetrics {
    let known = |rows: &[(u32, u32)]| -> Vec<(u32, u32)> {
        let mut rows: Vec<(u32, u32)> = rows
            .iter()
            .filter(|&&(unit, _)| units[unit as usize].known)
            .map(|&(unit, household)| (household, unit))
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    };
    let (predicted, truth) = (known(predicted), known(truth));
    let mut housed = vec![false; units.len()];
    for &(_, unit) in &predicted {
        housed[unit as usize] = true;
    }
    let (found, wanted) = (pairs(&predicted), pairs(&truth));
    let mut metrics = HouseholdMetrics {
        pairs: pair_metrics(&found, &wanted),
        bcubed: bcubed(&found, &wanted, &[&predicted, &truth], units.len()),
        size_gap: size_gap(&predicted, &truth),
        predicted_households: members(&predicted).count() as u64,
        true_households: members(&truth).count() as u64,
        ..HouseholdMetrics::default()
    };
    let homes = units.iter().filter(|unit| unit.known).map(|unit| unit.home as usize + 1).max();
    metrics.by_home = vec![HomeMetrics::default(); homes.unwrap_or(0)];
    for Fate { fault, member, is_there } in fates(&predicted, &truth) {
        metrics.exact += u64::from(is_there);
        metrics.faults[fault as usize] += 1;
        let home = &mut metrics.by_home[units[member as usize].home as usize];
        home.true_households += 1;
        home.exact += u64::from(fault == Fault::None);
    }
    for (unit, &housed) in units.iter().zip(&housed).filter(|(unit, _)| unit.known) {
        let home = &mut metrics.by_home[unit.home as usize];
        home.units += 1;
        home.housed += u64::from(housed);
        metrics.units += 1;
        metrics.housed += u64::from(housed);
        metrics.reasoned += u64::from(!housed && unit.reason);
        metrics.communal += u64::from(unit.communal);
        metrics.communal_housed += u64::from(unit.communal && housed);
    }
    metrics
}

/// Turns rows of (record, household) into rows of (true person, household).
///
/// This is how a result is measured end to end: a true person lives wherever any of its
/// records was put, so that a wrong link or a missed one shows as a wrong neighbour. Records
/// whose person is [`record::NONE`] are left out.
///
/// # Panics
///
/// Panics if a row names a record that is not there.
#[must_use]
pub fn by_true_person(memberships: &[(u32, u32)], person: &[u32]) -> Vec<(u32, u32)> {
    let mut rows: Vec<(u32, u32)> = memberships
        .iter()
        .map(|&(record, household)| (person[record as usize], household))
        .filter(|&(person, _)| person != record::NONE)
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The rows of each household.
fn members(rows: &[(u32, u32)]) -> impl Iterator<Item = &[(u32, u32)]> {
    rows.chunk_by(|a, b| a.0 == b.0)
}

/// The pairs of units that share a household, sorted, each once.
fn pairs(rows: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for household in members(rows) {
        for (at, &(_, a)) in household.iter().enumerate() {
            pairs.extend(household[at + 1..].iter().map(|&(_, b)| (a, b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The pairs that are in both of two lists, each sorted.
fn both<'a>(
    predicted: &'a [(u32, u32)],
    truth: &'a [(u32, u32)],
) -> impl Iterator<Item = &'a (u32, u32)> {
    let mut rest = truth.iter().peekable();
    predicted.iter().filter(move |pair| {
        while rest.next_if(|other| other < pair).is_some() {}
        rest.peek() == Some(pair)
    })
}

fn pair_metrics(predicted: &[(u32, u32)], truth: &[(u32, u32)]) -> PairMetrics {
    let both = both(predicted, truth).count();
    PairMetrics {
        true_positive: both as u64,
        false_positive: (predicted.len() - both) as u64,
        false_negative: (truth.len() - both) as u64,
    }
}

/// The mean over those who are in any household of how well theirs agree.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer units than 2^52")]
fn bcubed(
    predicted: &[(u32, u32)],
    truth: &[(u32, u32)],
    rows: &[&[(u32, u32)]; 2],
    n: usize,
) -> BCubed {
    let mut is_in = vec![[false; 2]; n];
    for (side, rows) in rows.iter().enumerate() {
        for &(_, unit) in *rows {
            is_in[unit as usize][side] = true;
        }
    }
    // How many each is with in the result, in truth, and in both.
    let mut with = vec![[0_u32; 3]; n];
    let mut count = |pairs: &mut dyn Iterator<Item = &(u32, u32)>, at: usize| {
        for &(a, b) in pairs {
            with[a as usize][at] += 1;
            with[b as usize][at] += 1;
        }
    };
    count(&mut predicted.iter(), 0);
    count(&mut truth.iter(), 1);
    count(&mut both(predicted, truth), 2);
    let mean = |side: usize| {
        let units = is_in.iter().zip(&with).filter(|(is_in, _)| is_in[side]);
        let (sum, all) = units.fold((0.0, 0_u64), |(sum, all), (is_in, with)| {
            let both = with[2] + u32::from(is_in[0] && is_in[1]);
            (sum + f64::from(both) / f64::from(with[side] + 1), all + 1)
        });
        if all == 0 { 1.0 } else { sum / all as f64 }
    };
    BCubed { precision: mean(0), recall: mean(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: Unit = Unit { known: true, communal: false, reason: false, home: 0 };

    /// Households as `012 34`: a digit per member.
    fn rows(text: &str) -> Vec<(u32, u32)> {
        let household = |(label, word): (u32, &str)| -> Vec<(u32, u32)> {
            word.bytes().map(|b| (u32::from(b - b'0'), label)).collect()
        };
        (0..).zip(text.split_whitespace()).flat_map(household).collect()
    }

    #[track_caller]
    fn check(predicted: &str, truth: &str, expected: &str) {
        let m = households(&rows(predicted), &rows(truth), &[KNOWN; 10]);
        let PairMetrics { true_positive, false_positive, false_negative } = m.pairs;
        let found = format!(
            "{true_positive}/{false_positive}/{false_negative} exact {} of {}",
            m.exact, m.true_households
        );
        assert_eq!(found, expected);
    }

    #[test]
    fn hand_worked_cases() {
        check("", "", "0/0/0 exact 0 of 0");
        check("012 3", "012 3", "3/0/0 exact 2 of 2");
        check("0123", "01 23", "2/4/0 exact 0 of 2");
        check("01 2", "012", "1/0/2 exact 0 of 1");
        // A child, 2, with two homes, of which one was missed.
        check("012 3", "012 32", "3/0/1 exact 1 of 2");
        check("012 32", "012 32", "4/0/0 exact 2 of 2");
        // A couple counted in two households is one pair.
        check("01 01", "01", "1/0/0 exact 1 of 1");
    }

    #[test]
    fn whoever_is_not_known_takes_no_part() {
        let mut units = [KNOWN; 3];
        units[2].known = false;
        let metrics = households(&rows("012"), &rows("01"), &units);
        assert_eq!((metrics.exact, metrics.pairs.false_positive, metrics.units), (1, 0, 2));
    }

    #[test]
    fn everyone_is_housed_or_has_a_reason_or_is_unaccounted_for() {
        let communal = Unit { communal: true, ..KNOWN };
        let units = [KNOWN, Unit { reason: true, ..communal }, communal, KNOWN];
        let metrics = households(&rows("02"), &rows("0"), &units);
        assert_eq!((metrics.housed, metrics.reasoned, metrics.units), (2, 1, 4));
        assert_eq!((metrics.communal_housed, metrics.communal), (1, 2));
        assert!((metrics.accounted_share() - 0.75).abs() < 1e-12);
        assert!((metrics.communal_housed_share() - 0.5).abs() < 1e-12);
        assert!(households(&[], &[], &[]).communal_housed_share() < 0.01);
        assert!(households(&[], &[], &[]).accounted_share() > 0.99);
    }

    #[test]
    fn a_person_lives_wherever_its_records_do() {
        let person = [7, 7, 8, record::NONE];
        let memberships = [(0, 1), (1, 1), (2, 1), (3, 1), (1, 0)];
        assert_eq!(by_true_person(&memberships, &person), [(7, 0), (7, 1), (8, 1)]);
    }

    proptest! {
        #[test]
        fn counts_agree_with_trying_all_pairs(
            predicted in proptest::collection::vec((0_u32..8, 0_u32..4), 0..16),
            truth in proptest::collection::vec((0_u32..8, 0_u32..4), 0..16),
        ) {
            let together = |rows: &[(u32, u32)], a: u32, b: u32| {
                (0..4).any(|h| rows.contains(&(a, h)) && rows.contains(&(b, h)))
            };
            let mut pairs = PairMetrics::default();
            for (a, b) in (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b))) {
                match (together(&predicted, a, b), together(&truth, a, b)) {
                    (true, true) => pairs.true_positive += 1,
                    (true, false) => pairs.false_positive += 1,
                    (false, true) => pairs.false_negative += 1,
                    (false, false) => {}
                }
            }
            let of = |rows: &[(u32, u32)], h: u32| -> Vec<u32> {
                (0..8).filter(|&unit| rows.contains(&(unit, h))).collect()
            };
            let exact = (0..4)
                .filter(|&h| !of(&truth, h).is_empty())
                .filter(|&h| (0..4).any(|g| of(&predicted, g) == of(&truth, h)))
                .count() as u64;
            let metrics = households(&predicted, &truth, &[KNOWN; 8]);
            prop_assert_eq!((metrics.pairs, metrics.exact), (pairs, exact));
        }
    }
}
