//! Holds the invented town to what a town is like.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use proptest::prelude::*;
use synth::{HomeKind, Settings, Sex, Town, invent};

const RUN_DATE: Date = Date::constant(2026, 3, 31);

fn town(seed: u64, persons: u32) -> Town {
    invent(&Settings::new(seed, persons, RUN_DATE))
}

fn ids(town: &Town) -> impl Iterator<Item = u32> {
    0..u32::try_from(town.persons.len()).unwrap()
}

/// The living in the town on the run date.
fn residents(town: &Town) -> Vec<u32> {
    let away = ["dead", "elsewhere", "another identity"];
    ids(town).filter(|&id| !away.contains(&town.home_at_run(id).1)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a small town")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[track_caller]
fn check(value: f64, low: f64, high: f64, what: &str) {
    assert!((low..=high).contains(&value), "{what} is {value:.4}, not {low} to {high}");
}

#[test]
fn a_town_has_the_ages_and_households_of_a_town() {
    let town = town(11, 6000);
    let residents = residents(&town);
    let n = residents.len();
    check(share(n, 6000), 0.99, 1.01, "the size of the town");
    let aged = |low, high| {
        let age = |id: &&u32| (low..high).contains(&town.persons[**id as usize].age(RUN_DATE));
        share(residents.iter().filter(age).count(), n)
    };
    check(aged(0, 18), 0.17, 0.28, "the share of children");
    check(aged(18, 65), 0.52, 0.66, "the share of adults");
    check(aged(65, 120), 0.13, 0.23, "the share of elders");
    check(aged(85, 120), 0.005, 0.04, "the share of the very old");
    let men = residents.iter().filter(|&&id| town.persons[id as usize].sex == Sex::Male).count();
    check(share(men, n), 0.46, 0.54, "the share of men");

    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for &id in &residents {
        if let Some(household) = town.home_at_run(id).0 {
            *sizes.entry(household).or_default() += 1;
        }
    }
    check(share(sizes.values().sum(), sizes.len()), 2.2, 2.5, "the mean size of households");
    let alone = sizes.values().filter(|&&size| size == 1).count();
    check(share(alone, sizes.len()), 0.25, 0.38, "the share of those who live alone");
    for (household, size) in sizes {
        assert_eq!(town.households[household as usize].members.len(), size);
    }
}

#[test]
fn families_come_together_and_apart() {
    let town = town(12, 6000);
    let count = |is: &str, open: bool| {
        town.relationships.iter().filter(|r| r.is.as_str() == is && r.to.is_none() == open).count()
    };
    for (is, open) in [
        ("partner", true),
        ("partner", false),
        ("former_partner", true),
        ("foster_carer", true),
        ("step_parent", true),
        ("grandparent", true),
        ("twin", true),
    ] {
        assert!(count(is, open) > 5, "{is}: {}", count(is, open));
    }
    let two_homes = town.residencies.iter().filter(|r| !r.main && r.holds(RUN_DATE)).count();
    let children = residents(&town)
        .into_iter()
        .filter(|&id| town.persons[id as usize].age(RUN_DATE) < 18)
        .count();
    check(share(two_homes, children), 0.02, 0.1, "the share of children with two homes");
    let renamed = town.persons.iter().filter(|person| person.surnames.len() > 1).count();
    check(share(renamed, town.persons.len()), 0.08, 0.25, "the share with another surname");
    let namesakes = town.persons.iter().filter(|person| person.named_after.is_some());
    for person in namesakes.clone() {
        let elder = &town.persons[person.named_after.unwrap() as usize];
        assert!(elder.born < person.born);
    }
    assert!(namesakes.count() > 30);
    // A hostel stands empty on many a day.
    let towns = [town, self::town(22, 6000), self::town(32, 6000)];
    let kinds: BTreeSet<&str> =
        towns.iter().flat_map(|town| ids(town).map(|id| town.home_at_run(id).1)).collect();
    for kind in ["private", "shared", "bedsit", "communal", "hostel", "dead", "elsewhere"] {
        assert!(kinds.contains(kind), "nobody is {kind}");
    }
}

#[test]
fn twins_come_as_often_as_they_are_asked_for() {
    for twin_birth_share in [0.0, 0.015, 0.05, 0.5] {
        let town = invent(&Settings { twin_birth_share, ..Settings::new(13, 6000, RUN_DATE) });
        let twins = town.persons.iter().filter(|person| person.twin_of.is_some()).count();
        let births = town.persons.iter().filter(|person| {
            person.born.year() > 2008 && person.mother.is_some() && person.formerly.is_none()
        });
        let late = births.clone().filter(|person| person.twin_of.is_some()).count();
        let of_births = share(late, births.count() - late);
        check(of_births, twin_birth_share * 0.6, twin_birth_share * 1.4 + 1e-9, "twin births");
        for person in town.persons.iter().filter(|person| person.twin_of.is_some()) {
            let twin = &town.persons[person.twin_of.unwrap() as usize];
            assert_eq!((person.born, person.mother), (twin.born, twin.mother));
            let names = |person: &synth::Person| (person.forename.clone(), person.known_as.clone());
            assert_ne!(names(person), names(twin), "twins are told apart by name");
            assert_eq!(person.surnames[0].1, twin.surnames[0].1);
        }
        assert_eq!(twins == 0, twin_birth_share == 0.0);
    }
}

#[test]
fn two_thirds_of_twins_are_of_one_sex() {
    let town = invent(&Settings { twin_birth_share: 0.5, ..Settings::new(14, 4000, RUN_DATE) });
    let twins = town.persons.iter().filter(|person| person.twin_of.is_some());
    let of_one_sex = twins
        .clone()
        .filter(|person| person.sex == town.persons[person.twin_of.unwrap() as usize].sex)
        .count();
    check(share(of_one_sex, twins.count()), 0.6, 0.74, "the share of twins of one sex");
}

#[test]
fn sons_are_named_after_their_fathers_as_often_as_is_asked_for() {
    for (namesake_share, low, high) in [(0.0, 0.0, 0.0), (0.05, 0.02, 0.06), (1.0, 0.5, 1.0)] {
        let town = invent(&Settings { namesake_share, ..Settings::new(18, 3000, RUN_DATE) });
        let sons = town.persons.iter().filter(|person| {
            person.sex == Sex::Male && person.father.is_some() && person.formerly.is_none()
        });
        let named = sons.clone().filter(|person| person.named_after.is_some()).count();
        check(share(named, sons.count()), low, high, "the share of sons with the father's name");
    }
}

#[test]
fn nobody_couples_with_kin_or_as_a_child_and_births_are_apart() {
    for seed in [11, 21] {
        let town = town(seed, 6000);
        let of = |id: u32| &town.persons[id as usize];
        let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for id in ids(&town).filter(|&id| of(id).formerly.is_none()) {
            if let Some(mother) = of(id).mother {
                children.entry(mother).or_default().push(id);
                let age = of(mother).age(of(id).born);
                assert!((16..=46).contains(&age), "a mother of {age}");
            }
        }
        for couple in town.relationships.iter().filter(|r| r.is.as_str() == "partner") {
            let (one, other) = (of(couple.person), of(couple.other));
            let shared = |a: Option<u32>, b: Option<u32>| a.is_some() && a == b;
            assert!(!shared(one.mother, other.mother) && !shared(one.father, other.father));
            assert!(one.age(couple.from) >= 15 && other.age(couple.from) >= 15);
        }
        for family in children.values_mut() {
            family.sort_by_key(|&id| of(id).born);
            for pair in family.windows(2) {
                let days = (of(pair[1]).born - of(pair[0]).born).get_days();
                let twins =
                    of(pair[1]).twin_of == Some(pair[0]) || of(pair[0]).twin_of == Some(pair[1]);
                assert!(twins || days > 270, "born {days} days apart");
            }
        }
    }
}

#[test]
fn some_twins_have_alike_names() {
    let town = invent(&Settings { twin_birth_share: 0.5, ..Settings::new(14, 4000, RUN_DATE) });
    let initial = |id: u32| town.persons[id as usize].forename.chars().next();
    let twins: Vec<u32> =
        ids(&town).filter(|&id| town.persons[id as usize].twin_of.is_some()).collect();
    let alike = twins
        .iter()
        .filter(|&&id| initial(id) == initial(town.persons[id as usize].twin_of.unwrap()))
        .count();
    check(share(alike, twins.len()), 0.25, 0.5, "the share of twins with one initial");
}

#[test]
fn no_two_persons_share_a_number() {
    let town = town(15, 5000);
    for number in [
        |person: &synth::Person| person.nhs_number.to_string(),
        |person: &synth::Person| person.nino.to_string(),
        |person: &synth::Person| person.upn.to_string(),
        |person: &synth::Person| person.uln.to_string(),
    ] {
        let mut numbers: Vec<String> =
            town.persons.iter().map(number).filter(|number| !number.is_empty()).collect();
        let n = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), n);
    }
    let uprns: BTreeSet<u64> = town.dwellings.iter().map(|dwelling| dwelling.uprn).collect();
    assert_eq!(uprns.len(), town.dwellings.len());
    assert!(uprns.iter().all(|uprn| uprn / 1_000_000_000 == 999));
}

#[test]
fn a_postcode_holds_some_fifteen_homes() {
    let town = town(16, 5000);
    let mut homes: BTreeMap<&str, usize> = BTreeMap::new();
    for dwelling in town.dwellings.iter().filter(|d| d.kind == HomeKind::Private) {
        *homes.entry(&dwelling.postcode).or_default() += 1;
    }
    check(share(homes.values().sum(), homes.len()), 9.0, 22.0, "homes in a postcode");
}

/// What is true of every town, however small.
fn assert_possible(town: &Town) {
    for id in ids(town) {
        let person = &town.persons[id as usize];
        assert!(person.died.is_none_or(|died| person.born <= died));
        for parent in [person.mother, person.father].into_iter().flatten() {
            assert!(town.persons[parent as usize].age(person.born) >= 14, "a child bore a child");
        }
        let stays: Vec<_> = town.residencies_of(id).iter().filter(|stay| stay.main).collect();
        for stay in &stays {
            assert!(stay.from >= person.born, "somebody lived here before birth");
            assert!(stay.to.is_none_or(|to| stay.from < to));
        }
        for pair in stays.windows(2) {
            let to = pair[0].to.expect("a stay ends before the next begins");
            assert!(to <= pair[1].from, "somebody lived in two places");
        }
    }
    let mut at: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for stay in town.residencies.iter().filter(|stay| stay.holds(town.run_date)) {
        if let Some(household) = stay.household {
            at.entry(stay.dwelling).or_default().insert(household);
        }
    }
    for (dwelling, households) in at {
        assert_eq!(
            households.len(),
            1,
            "{:?} has two households",
            town.dwellings[dwelling as usize].kind
        );
    }
    let minors_alone = town.households.iter().filter(|household| {
        !household.members.is_empty()
            && household.members.iter().all(|&m| town.persons[m as usize].age(town.run_date) < 16)
    });
    assert_eq!(minors_alone.count(), 0, "children live alone");
}

#[test]
fn a_town_is_possible() {
    assert_possible(&town(17, 4000));
}

#[test]
fn an_empty_town_has_nobody() {
    let town = town(1, 0);
    assert_eq!(residents(&town).len(), 0);
    assert_possible(&town);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_small_town_is_possible(seed: u64, persons in 1_u32..120, twins in 0.0..1.0_f64, years in 0_u8..5) {
        let settings = Settings { twin_birth_share: twins, years, ..Settings::new(seed, persons, RUN_DATE) };
        let town = invent(&settings);
        prop_assert!(residents(&town).len() >= persons as usize);
        assert_possible(&town);
        prop_assert_eq!(&town, &invent(&settings));
    }
}
