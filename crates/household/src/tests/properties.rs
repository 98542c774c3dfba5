//! What is true of every town.

use proptest::prelude::*;
use record::Period;

use super::town::{RUN_DATE, Town};
use crate::{Basis, Config, HouseholdKind, NoHousehold};

/// A town of random records, of few people at few addresses.
fn town() -> impl Strategy<Value = String> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let record = (
        0_usize..9,
        pick(&["smith", "jones", "brown", "-"]),
        pick(&[
            "12",
            "14",
            "40/1",
            "40/2",
            "40/?",
            "@1",
            "@4",
            "-",
            "nfa",
            "care:30",
            "30",
            "refuge:30",
            "care-of:12",
            "12",
            "12",
        ]),
        pick(&["-", "2012", "2022-03-01", "2023-11-05", "2024-05", "2025-01-01"]),
        pick(&["gp", "housing", "school", "social", "tax"]),
        pick(&["", "from=2011", "from=2021-04-01", "from=2023-09-01", "from=2024-09-01"]),
        pick(&["", "", "", "to=2010-01-01", "to=2022-01-01", "to=2024-12-01"]),
    );
    let relation = (
        0_usize..9,
        pick(&["mother", "father", "child", "foster_carer", "partner", "contact"]),
        0_usize..9,
    );
    let parts = (prop::collection::vec(record, 1..25), prop::collection::vec(relation, 0..6));
    parts.prop_map(|(records, relations)| {
        // A person's day of birth is the same wherever it is given.
        let births = [
            "1960-01-02",
            "1984-05",
            "1990",
            "-",
            "2004-02-29",
            "2008-01-01",
            "2015-03-04",
            "2020",
            "2024-08-01",
        ];
        let mut lines: Vec<String> = records
            .iter()
            .map(|(person, surname, address, seen, source, from, to)| {
                let born = births[*person];
                format!("p{person} {born} {surname} {address} {seen} {source} {from} {to}")
            })
            .collect();
        let is_there = |person: usize| records.iter().any(|record| record.0 == person);
        for (subject, relation, other) in relations {
            if is_there(subject) && is_there(other) {
                lines.push(format!("p{subject}: {relation} p{other}"));
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #[test]
    fn everyone_is_housed_once_or_has_a_reason(text in town()) {
        let town = Town::parse(&text);
        let found = town.households();
        let by_person = found.by_person();
        prop_assert_eq!(found.unhoused.len(), town.persons.len());
        for (person, reason) in found.unhoused.iter().enumerate() {
            let memberships = by_person.get(person);
            prop_assert_eq!(memberships.is_empty(), reason.is_some());
            prop_assert!(memberships.len() <= 2);
            let second = |&m: &u32| {
                matches!(found.memberships[m as usize].basis, Basis::SecondHome { .. })
            };
            prop_assert_eq!(memberships.iter().filter(|&m| second(m)).count(),
                memberships.len().saturating_sub(1));
        }
        prop_assert!(found.memberships.is_sorted_by_key(|m| (m.household, m.person)));
        for (number, household) in (0..).zip(&found.households) {
            let members: Vec<_> =
                found.memberships.iter().filter(|m| m.household == number).collect();
            prop_assert_eq!(members.len(), household.size as usize);
            prop_assert!(!members.is_empty());
            prop_assert!(household.kind == HouseholdKind::Private || members.len() >= 3);
            for member in &members {
                let fellow = |person| members.iter().any(|other| other.person == person);
                let to_fellow =
                    member.tie.is_none_or(|to| to.person != member.person && fellow(to.person));
                prop_assert!(to_fellow);
                prop_assert!(member.period.to.is_none_or(|to| RUN_DATE < to));
                prop_assert!(member.period.from.is_none_or(|from| from <= RUN_DATE));
                let undated = member.basis == Basis::StatedUndated;
                prop_assert!(undated <= member.period.from.is_none());
                prop_assert!(member.basis != Basis::Stated || member.period.from.is_some());
            }
        }
    }

    #[test]
    fn the_past_is_over_and_nobody_is_in_two_homes_of_it_at_once(text in town()) {
        let found = Town::parse(&text).households();
        let past = &found.past_memberships;
        prop_assert!(past.is_sorted_by_key(|m| (m.household, m.person, m.period.from)));
        for m in past {
            let household = found.household(m.household as usize);
            let Some(to) = m.period.to else { return Err(TestCaseError::fail("it has no end")) };
            prop_assert!(to <= RUN_DATE && m.period.from < Some(to));
            prop_assert!(household.period.from.is_none_or(|from| Some(from) <= m.period.from));
            prop_assert!(household.period.to.is_none_or(|end| to <= end));
            for other in past.iter().filter(|other| other.person == m.person && *other != m) {
                let before = |a: Period, b: Period| a.to.is_some_and(|to| Some(to) <= b.from);
                prop_assert!(before(m.period, other.period) || before(other.period, m.period));
            }
        }
        for (number, household) in (found.households.len()..).zip(&found.past_households) {
            prop_assert!(household.size > 0);
            prop_assert!(past.iter().any(|m| m.household as usize == number));
            prop_assert!(household.period.to.is_some_and(|to| to <= RUN_DATE));
        }
    }

    #[test]
    fn spells_are_in_order_and_every_statement_supports_one(text in town()) {
        let town = Town::parse(&text);
        let found = town.households();
        prop_assert_eq!(found.spells.items().len(), found.support.len());
        for person in 0..town.persons.len() {
            let spells = found.spells.get(person);
            let dated: Vec<_> = spells.iter().filter_map(|spell| spell.period.from).collect();
            prop_assert!(dated.is_sorted());
            for spell in spells {
                let Period { from, to } = spell.period;
                prop_assert!(from.is_none() || to.is_none() || from <= to);
            }
            let shares: u32 = spells.iter().map(|spell| u32::from(spell.share)).sum();
            prop_assert!(shares == 0 || shares.abs_diff(1000) <= 9, "{}", shares);
            let mut said: Vec<_> = found.spells.range(person)
                .flat_map(|spell| found.support.get(spell).iter().copied())
                .collect();
            said.sort_unstable();
            said.dedup();
            let all: Vec<_> = town.persons.records(person).iter().copied()
                .filter(|record| !town.normalised.residences.get(record.index()).is_empty())
                .collect();
            prop_assert_eq!(said, all);
        }
    }

    #[test]
    fn the_number_of_threads_does_not_matter(text in town()) {
        let town = Town::parse(&text);
        let with = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| town.households())
        };
        prop_assert_eq!(with(1), with(3));
    }

    #[test]
    fn a_smaller_limit_sets_more_apart(text in town()) {
        let town = Town::parse(&text);
        let config = Config { over_large: 1, ..Config::at(RUN_DATE) };
        let found =
            crate::households(&town.records, &town.normalised, &town.persons, &[], &config);
        prop_assert!(found.households.iter().all(|household| household.size == 1
            || found.households.iter().filter(|h| h.address == household.address).count() > 1));
        let apart = found.unhoused.iter().flatten().filter(|&&r| r == NoHousehold::OverLarge);
        let usual = town.households();
        prop_assert!(usual.unhoused.iter().flatten().all(|&r| r != NoHousehold::OverLarge));
        prop_assert!(apart.count() + found.memberships.len() >= usual.memberships.len());
    }
}
