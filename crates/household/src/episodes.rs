//! Follows the households of each dwelling through time.
//!
//! Who lived behind one door together is known for each day from their stays. Between two days on
//! which somebody came or went the households are divided as at the run date; a household remains
//! what it is while an adult and at least half of its members go on living there.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{AddressKind, Date, NONE, Period};

use crate::{
    Basis, Household, HouseholdKind, Households, PastMembership,
    dwellings::{divide, kind},
    following::{LAG, days},
    past::PastStay,
    people::{Stage, stage_on},
    places::Place,
    residents::CROWD,
    ties::Ties,
};

/// Doors whose chains are made at once.
const DOORS_AT_ONCE: usize = 16_384;

/// A person's time behind a door.
#[derive(Clone, Copy)]
struct Stay {
    place: Place,
    person: u32,
    address: u32,
    from: Option<Date>,
    to: Option<Date>,
    basis: Basis,
    /// The membership at the run date; [`NONE`] if the stay is over.
    now: u32,
}

/// Adds to the households of the run date what was before them at their doors and at others.
pub(crate) fn add_past(
    outcome: &mut Households,
    past: Vec<PastStay>,
    doors: &[Place],
    kinds: &[AddressKind],
    ties: Ties<'_>,
    run_date: Date,
) {
    let mut stays: Vec<Stay> = Vec::with_capacity(past.len() + outcome.memberships.len());
    let before = past.into_iter().map(|PastStay { place, person, address, from, to, basis }| {
        Stay { place, person, address, from: Some(from), to: Some(to), basis, now: NONE }
    });
    stays.extend(before);
    let mut places: Vec<Place> = stays.iter().map(|stay| stay.place).collect();
    places.par_sort_unstable();
    places.dedup();
    for (now, m) in (0..).zip(&outcome.memberships) {
        let place = doors[m.household as usize];
        if places.binary_search(&place).is_ok() {
            let address = outcome.households[m.household as usize].address;
            // An end to come is none yet.
            let (from, to) = (m.period.from, None);
            stays.push(Stay { place, person: m.person, address, from, to, basis: m.basis, now });
        }
    }
    stays.par_sort_unstable_by_key(|s| (s.place, s.person, s.from, s.to));
    let by_door: Vec<&[Stay]> = stays.chunk_by(|a, b| a.place == b.place).collect();
    // All chains at once would take more room than what they become. What is written of one door
    // is not looked at for another.
    for some in by_door.chunks(DOORS_AT_ONCE) {
        let known = &*outcome;
        let chains =
            |stays: &&[Stay]| Door { stays, kinds, ties, outcome: known, run_date }.chains();
        let found: Vec<Vec<Chain>> = some.par_iter().map(chains).collect();
        for chain in found.into_iter().flatten() {
            chain.write(outcome);
        }
    }
    drop(by_door);
    drop(stays);
    one_at_a_time(&mut outcome.past_memberships);
    leave_out_empty(outcome);
    // Whoever was of a household and left was of it before those who are there now came.
    for m in &outcome.past_memberships {
        if let Some(household) = outcome.households.get_mut(m.household as usize) {
            household.period.from = household.period.from.min(m.period.from);
        }
    }
    outcome.past_memberships.par_sort_unstable_by_key(|m| (m.household, m.person, m.period.from));
}

/// Of two past memberships that a person has at one time the later begun stands, and the other ends
/// when it begins.
fn one_at_a_time(past: &mut Vec<PastMembership>) {
    past.par_sort_unstable_by_key(|m| (m.person, m.period.from, m.period.to, m.household));
    for later in (1..past.len()).rev() {
        let (before, after) = past.split_at_mut(later);
        let (m, next) = (&mut before[later - 1], &after[0]);
        if m.person == next.person {
            m.period.to = m.period.to.min(next.period.from);
        }
    }
    past.retain(|m| m.period.from < m.period.to);
}

/// Leaves out the past households of which nobody was, and numbers the others anew.
fn leave_out_empty(outcome: &mut Households) {
    let now = outcome.households.len();
    let mut number = vec![NONE; outcome.past_households.len()];
    let past = |m: &PastMembership| (m.household as usize).checked_sub(now);
    outcome.past_memberships.iter().filter_map(past).for_each(|at| number[at] = 0);
    let kept = number.iter_mut().filter(|number| **number != NONE);
    for (number, at) in kept.zip(now..) {
        *number = u32::try_from(at).expect("fewer households than persons");
    }
    let mut of = number.iter();
    outcome.past_households.retain(|_| of.next() != Some(&NONE));
    for m in &mut outcome.past_memberships {
        m.household = past(m).map_or(m.household, |at| number[at]);
    }
}

/// A household through time.
struct Chain {
    /// The household at the run date, if it lasts.
    now: Option<u32>,
    household: Household,
    times: Vec<Time>,
}

/// A person's time in a household.
struct Time {
    stay: Stay,
    from: Option<Date>,
    to: Option<Date>,
}

impl Chain {
    fn write(mut self, outcome: &mut Households) {
        // What began on a day that nobody tells is not told for the past.
        self.times.retain(|time| time.to.is_none() || time.from.is_some());
        if self.times.is_empty() {
            return;
        }
        let n = |n: usize| u32::try_from(n).expect("fewer households than persons");
        let household =
            self.now.unwrap_or_else(|| n(outcome.households.len() + outcome.past_households.len()));
        for Time { stay, from, to } in &self.times {
            if let Some(to) = *to {
                outcome.past_memberships.push(PastMembership {
                    household,
                    person: stay.person,
                    period: Period { from: *from, to: Some(to) },
                    basis: stay.basis,
                });
            } else if stay.from.is_some() {
                outcome.memberships[stay.now as usize].period.from = *from;
            }
        }
        match self.now {
            Some(now) => {
                let first = self.times.iter().filter_map(|time| time.from).min();
                outcome.households[now as usize].period.from = first;
            }
            None => outcome.past_households.push(self.household),
        }
    }
}

/// One door, and all who live or lived behind it, by person.
struct Door<'a> {
    stays: &'a [Stay],
    kinds: &'a [AddressKind],
    ties: Ties<'a>,
    outcome: &'a Households,
    run_date: Date,
}

/// Those who lived together from one day to another, by their places among the stays.
struct Group {
    members: Vec<usize>,
    chain: usize,
}

impl Door<'_> {
    fn chains(&self) -> Vec<Chain> {
        let persons = self.stays.chunk_by(|a, b| a.person == b.person).count();
        if CROWD < persons || self.stays.iter().all(|stay| stay.now != NONE) {
            return Vec::new();
        }
        let begins = self.begins();
        let mut days: Vec<Option<Date>> = begins.clone();
        days.extend(self.stays.iter().filter(|stay| stay.to.is_some()).map(|stay| stay.to));
        days.sort_unstable();
        days.dedup();
        let bonds = self.bonds();
        let mut times: Vec<Vec<Time>> = Vec::new();
        let mut last: Vec<Vec<usize>> = Vec::new();
        let mut before: Vec<Group> = Vec::new();
        for (at, &day) in days.iter().enumerate() {
            let until = days.get(at + 1).copied().flatten();
            let here: Vec<usize> = (0..self.stays.len())
                .filter(|&s| begins[s] <= day && self.stays[s].to.is_none_or(|to| day < Some(to)))
                .collect();
            let mut groups: Vec<Group> = self
                .groups(&here, &bonds, day.or(until), until.is_none())
                .into_iter()
                .map(|members| Group { members, chain: usize::MAX })
                .collect();
            self.carry_on(&before, &mut groups, day.or(until));
            for group in &mut groups {
                if group.chain == usize::MAX {
                    group.chain = times.len();
                    times.push(Vec::new());
                    last.push(Vec::new());
                }
                last[group.chain].clone_from(&group.members);
                for &member in &group.members {
                    add(&mut times[group.chain], self.stays[member], day, until);
                }
            }
            before = groups;
        }
        let chains = times.into_iter().zip(last);
        let chains = chains.map(|(times, last)| self.chain(times, &last, &bonds));
        let is_alone = |chain: &Chain| {
            let first = chain.times[0].stay.person;
            chain.times.iter().all(|time| time.stay.person == first)
        };
        // Whoever was alone in a hostel was in no household.
        let counts = |chain: &Chain| {
            chain.now.is_some()
                || ((!is_alone(chain) || !self.is_hostel()) && !self.is_left_behind(chain))
        };
        chains.filter(counts).collect()
    }

    /// Whether it is of children alone, and short: they had gone with the others, as records were
    /// late to tell.
    fn is_left_behind(&self, chain: &Chain) -> bool {
        let people = self.ties.people;
        let Period { from: Some(from), to: Some(to) } = chain.household.period else {
            return false;
        };
        let is_child = |time: &Time| {
            let born = people.born[time.stay.person as usize];
            born.is_some_and(|born| stage_on(born, from) == Stage::Child)
        };
        days(from, to) <= LAG && chain.times.iter().all(is_child)
    }

    fn is_hostel(&self) -> bool {
        let kind = |stay: &Stay| self.kinds[stay.address as usize];
        self.stays.iter().any(|stay| kind(stay) == AddressKind::Hostel)
    }

    /// Since when each is taken to have lived here. Whose beginning nobody tells came with others of
    /// the household.
    fn begins(&self) -> Vec<Option<Date>> {
        let household = |stay: &Stay| {
            (stay.now != NONE).then(|| self.outcome.memberships[stay.now as usize].household)
        };
        let begin = |stay: &Stay| {
            let of = household(stay);
            let others = self.stays.iter().filter(|other| of.is_some() && household(other) == of);
            stay.from.or_else(|| others.filter_map(|other| other.from).min())
        };
        self.stays.iter().map(begin).collect()
    }

    /// Whether each two are tied, and whether they are of one layer: tied, or here together for too
    /// long to be those who came and those who left.
    fn bonds(&self) -> Vec<Vec<Bond>> {
        let is_hostel = self.is_hostel();
        let bond = |a: &Stay, b: &Stay| {
            if a.person == b.person || self.ties.are_tied(a.person, b.person, a.place) {
                return Bond::Tied;
            }
            let from = a.from.max(b.from);
            let to = a.to.unwrap_or(self.run_date).min(b.to.unwrap_or(self.run_date));
            let both_now = a.now != NONE && b.now != NONE;
            let long = from.is_none_or(|from| LAG < days(from, to));
            if (both_now || long) && !is_hostel { Bond::Beside } else { Bond::None }
        };
        self.stays.iter().map(|a| self.stays.iter().map(|b| bond(a, b)).collect()).collect()
    }

    /// The households among those here on a day.
    fn groups(
        &self,
        here: &[usize],
        bonds: &[Vec<Bond>],
        day: Option<Date>,
        is_now: bool,
    ) -> Vec<Vec<usize>> {
        let labels = if is_now {
            let household = |at: &usize| {
                let now = self.stays[*at].now as usize;
                self.outcome.memberships[now].household as usize
            };
            here.iter().map(household).collect()
        } else {
            let layer = joined(here, |a, b| bonds[a][b] != Bond::None);
            let group = joined(here, |a, b| bonds[a][b] == Bond::Tied);
            let stage = |at: usize| self.stage(here[at], day);
            let mut labels = vec![0; here.len()];
            let mut layers: Vec<usize> = layer.clone();
            layers.sort_unstable();
            layers.dedup();
            for of in layers {
                let seats: Vec<usize> = (0..here.len()).filter(|&at| layer[at] == of).collect();
                for (&seat, label) in seats.iter().zip(divide(&seats, &group, stage)) {
                    labels[seat] = of * here.len() + label;
                }
            }
            labels
        };
        let mut seats: Vec<(usize, usize)> = labels.into_iter().zip(here.iter().copied()).collect();
        seats.sort_unstable();
        let groups = seats.chunk_by(|a, b| a.0 == b.0);
        groups.map(|of_one| of_one.iter().map(|seat| seat.1).collect()).collect()
    }

    fn stage(&self, at: usize, day: Option<Date>) -> Stage {
        let person = self.stays[at].person as usize;
        let people = self.ties.people;
        match (people.born[person], day) {
            (Some(born), Some(day)) => stage_on(born, day),
            _ => people.stage[person],
        }
    }

    /// Gives groups the chains of those before that they continue, the best match first.
    fn carry_on(&self, before: &[Group], groups: &mut [Group], day: Option<Date>) {
        let mut matches: Vec<(Reverse<usize>, usize, usize)> = Vec::new();
        for (one, old) in before.iter().enumerate() {
            let is_adult = |at: &usize| self.stage(*at, day) == Stage::Adult;
            for (other, new) in groups.iter().enumerate() {
                let person = |at: &usize| self.stays[*at].person;
                let stay: Vec<usize> = old
                    .members
                    .iter()
                    .copied()
                    .filter(|at| new.members.iter().any(|it| person(it) == person(at)))
                    .collect();
                let has_adult = stay.iter().any(is_adult) || !old.members.iter().any(is_adult);
                if has_adult && old.members.len() <= 2 * stay.len() {
                    matches.push((Reverse(stay.len()), one, other));
                }
            }
        }
        matches.sort_unstable();
        let mut taken = vec![false; before.len()];
        for (_, one, other) in matches {
            if !taken[one] && groups[other].chain == usize::MAX {
                taken[one] = true;
                groups[other].chain = before[one].chain;
            }
        }
    }

    fn chain(&self, times: Vec<Time>, last: &[usize], bonds: &[Vec<Bond>]) -> Chain {
        let now = times.iter().find(|time| time.to.is_none()).map(|time| time.stay.now);
        let to = times.iter().filter_map(|time| time.to).max();
        let mut addresses: Vec<u32> = last.iter().map(|&at| self.stays[at].address).collect();
        addresses.sort_unstable();
        let usual = addresses.chunk_by(u32::eq).max_by_key(|same| (same.len(), Reverse(same[0])));
        let group = joined(last, |a, b| bonds[a][b] == Bond::Tied);
        let seats: Vec<usize> = (0..last.len()).collect();
        Chain {
            now: now.map(|now| self.outcome.memberships[now as usize].household),
            household: Household {
                address: usual.map_or(NONE, |same| same[0]),
                kind: if self.is_hostel() {
                    HouseholdKind::Hostel
                } else {
                    kind(&seats, &group, |at| self.stage(last[at], to))
                },
                period: Period { from: times.iter().filter_map(|time| time.from).min(), to },
                size: u32::try_from(last.len()).expect("fewer members than persons"),
            },
            times,
        }
    }
}

/// What is between two who lived behind one door.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bond {
    /// Nothing.
    None,
    /// They were there together for long.
    Beside,
    /// A tie.
    Tied,
}

/// For each of some, the lowest place of those to whom it is joined, directly or through others.
fn joined(some: &[usize], join: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut label: Vec<usize> = (0..some.len()).collect();
    for a in 0..some.len() {
        for b in 0..a {
            if label[a] != label[b] && join(some[a], some[b]) {
                let (one, other) = (label[a].min(label[b]), label[a].max(label[b]));
                for label in label.iter_mut().filter(|label| **label == other) {
                    *label = one;
                }
            }
        }
    }
    label
}

/// Adds a time to those of a household, or makes the person's last longer.
fn add(times: &mut Vec<Time>, stay: Stay, from: Option<Date>, to: Option<Date>) {
    let before = times.iter_mut().rev().find(|time| time.stay.person == stay.person);
    match before {
        Some(time) if time.to.is_some() && time.to == from => (time.stay, time.to) = (stay, to),
        _ => times.push(Time { stay, from, to }),
    }
}
