//! What cannot well be true, told without knowing the truth.

use std::collections::BTreeMap;

use record::Date;

/// Years by which a parent is older than a child, at the least.
const PARENT_YEARS: i16 = 12;
/// Days within which one mother does not bear twice, beyond those between twins.
const BETWEEN_BIRTHS: std::ops::Range<i32> = 10..170;
/// Members from which on a household is not believed.
const MANY_MEMBERS: usize = 20;
/// Records of one source from which on a person is not believed.
const MANY_RECORDS: u32 = 10;
/// Households at once from which on a person is not believed.
const MANY_HOMES: usize = 3;
/// Years that nobody lives.
const OLDEST_YEARS: i16 = 112;

/// What is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// The day of birth, if known to the day.
    pub born: Option<Date>,
    /// The first and last year in which it may have been born, if known.
    pub born_years: Option<(i16, i16)>,
    /// The most records that one source has of it.
    pub most_records: u32,
    /// What its records contradict one another in, such as `sex`.
    pub contradictions: Vec<String>,
    /// Households it is in at the run date.
    pub households: u32,
}

/// What is known of a result.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The run date.
    pub run_date: Date,
    /// What the persons' records were looked through for contradictions in.
    pub checked: Vec<String>,
    /// The persons.
    pub persons: Vec<PersonFacts>,
    /// The members of each household at the run date.
    pub households: Vec<Vec<u32>>,
    /// Parents and their children by birth: parent, child, and whether she is the mother.
    pub parents: Vec<(u32, u32, bool)>,
}

/// Something that cannot well be true, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is, in a few words.
    pub name: String,
    /// Whether it is about households; if not, it is about persons.
    pub of_households: bool,
    /// How many there are to look through.
    pub among: u64,
    /// Those of which it is true, as places in the facts, ascending.
    pub found: Vec<u32>,
}

/// Every scenario that could be told, found or not.
#[must_use]
pub fn implausible(facts: &Facts) -> Vec<Scenario> {
    let mut scenarios = contradictions(facts);
    let persons = |name: &str, found: Vec<u32>| Scenario {
        name: name.to_owned(),
        of_households: false,
        among: facts.persons.len() as u64,
        found,
    };
    let households = |name: &str, found: Vec<u32>| Scenario {
        of_households: true,
        among: facts.households.len() as u64,
        ..persons(name, found)
    };
    let of_persons = |is: &dyn Fn(&PersonFacts) -> bool| -> Vec<u32> {
        (0..).zip(&facts.persons).filter(|(_, person)| is(person)).map(|(at, _)| at).collect()
    };
    let of_households = |is: &dyn Fn(&[u32]) -> bool| -> Vec<u32> {
        (0..).zip(&facts.households).filter(|(_, members)| is(members)).map(|(at, _)| at).collect()
    };
    let run_year = facts.run_date.year();
    scenarios.push(persons(
        "born after the run date",
        of_persons(&|person| person.born.is_some_and(|born| facts.run_date < born)),
    ));
    scenarios.push(persons(
        &format!("older than {OLDEST_YEARS} years"),
        of_persons(&|person| {
            person.born_years.is_some_and(|(_, last)| OLDEST_YEARS < run_year - last)
        }),
    ));
    scenarios.push(persons(
        &format!("{MANY_RECORDS} records or more in one source"),
        of_persons(&|person| MANY_RECORDS <= person.most_records),
    ));
    scenarios.push(persons(
        &format!("{MANY_HOMES} households or more at once"),
        of_persons(&|person| MANY_HOMES <= person.households as usize),
    ));
    scenarios.push(persons(
        &format!("parent less than {PARENT_YEARS} years older than the child"),
        young_parents(facts),
    ));
    scenarios.push(persons("mother of two births too close to each other", close_births(facts)));
    scenarios.push(households(
        &format!("{MANY_MEMBERS} members or more"),
        of_households(&|members| MANY_MEMBERS <= members.len()),
    ));
    // A member of unknown age may be an adult.
    let is_adult = |person: u32| {
        let years = facts.persons[person as usize].born_years;
        years.is_none_or(|(first, _)| 18 <= run_year - first)
    };
    scenarios.push(households(
        "children and no adult",
        of_households(&|members| !members.is_empty() && !members.iter().any(|&m| is_adult(m))),
    ));
    scenarios
}

/// A scenario for each kind of contradiction.
fn contradictions(facts: &Facts) -> Vec<Scenario> {
    let mut found: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    found.extend(facts.checked.iter().map(|what| (what.as_str(), Vec::new())));
    for (at, person) in (0..).zip(&facts.persons) {
        for what in &person.contradictions {
            found.entry(what).or_default().push(at);
        }
    }
    let scenarios = found.into_iter().map(|(what, found)| Scenario {
        name: format!("records contradict one another: {what}"),
        of_households: false,
        among: facts.persons.len() as u64,
        found,
    });
    scenarios.collect()
}

fn young_parents(facts: &Facts) -> Vec<u32> {
    let years = |person: u32| facts.persons[person as usize].born_years;
    let mut found: Vec<u32> = facts
        .parents
        .iter()
        .filter(|&&(parent, child, _)| match (years(parent), years(child)) {
            // The most that the parent can be older.
            (Some((first, _)), Some((_, last))) => last - first < PARENT_YEARS,
            _ => false,
        })
        .map(|&(parent, _, _)| parent)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn close_births(facts: &Facts) -> Vec<u32> {
    let mut births: Vec<(u32, Date)> = facts
        .parents
        .iter()
        .filter(|(.., mother)| *mother)
        .filter_map(|&(mother, child, _)| Some((mother, facts.persons[child as usize].born?)))
        .collect();
    births.sort_unstable();
    let days = |a: Date, b: Date| a.until(b).map_or(0, |span| span.get_days());
    let mut found: Vec<u32> = births
        .windows(2)
        .filter(|two| two[0].0 == two[1].0)
        .filter(|two| BETWEEN_BIRTHS.contains(&days(two[0].1, two[1].1)))
        .map(|two| two[0].0)
        .collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(year: i16, month: i8, day: i8) -> PersonFacts {
        PersonFacts {
            born: Date::new(year, month, day).ok(),
            born_years: Some((year, year)),
            ..PersonFacts::default()
        }
    }

    fn found(facts: &Facts) -> Vec<String> {
        let scenarios = implausible(facts);
        let found = scenarios.iter().filter(|scenario| !scenario.found.is_empty());
        found.map(|scenario| format!("{} {:?}", scenario.name, scenario.found)).collect()
    }

    fn facts(persons: Vec<PersonFacts>) -> Facts {
        Facts { run_date: Date::constant(2026, 3, 31), persons, ..Facts::default() }
    }

    #[test]
    fn nothing_is_implausible_of_nothing_and_of_a_plain_family() {
        assert_eq!(found(&Facts::default()), [""; 0]);
        let mut family = facts(vec![born(1985, 1, 1), born(2014, 5, 6), born(2014, 5, 7)]);
        family.households = vec![vec![0, 1, 2]];
        family.parents = vec![(0, 1, true), (0, 2, true)];
        assert_eq!(found(&family), [""; 0]);
    }

    #[test]
    fn each_scenario_is_told_and_only_that() {
        let cases: [(&str, Facts); 10] = [
            ("born after the run date [0]", facts(vec![born(2026, 4, 1)])),
            ("older than 112 years [0]", facts(vec![born(1913, 4, 1)])),
            (
                "10 records or more in one source [0]",
                facts(vec![PersonFacts { most_records: 10, ..<_>::default() }]),
            ),
            (
                "3 households or more at once [0]",
                facts(vec![PersonFacts { households: 3, ..<_>::default() }]),
            ),
            (
                "records contradict one another: sex [1]",
                facts(vec![
                    PersonFacts::default(),
                    PersonFacts { contradictions: vec!["sex".to_owned()], ..<_>::default() },
                ]),
            ),
            (
                "parent less than 12 years older than the child [0]",
                Facts {
                    parents: vec![(0, 1, false)],
                    ..facts(vec![born(2000, 1, 1), born(2011, 1, 1)])
                },
            ),
            (
                "mother of two births too close to each other [0]",
                Facts {
                    parents: vec![(0, 1, true), (0, 2, true)],
                    ..facts(vec![born(1990, 1, 1), born(2011, 1, 1), born(2011, 4, 1)])
                },
            ),
            (
                "20 members or more [0]",
                Facts { households: vec![vec![0; 20]], ..facts(vec![born(1990, 1, 1)]) },
            ),
            (
                "children and no adult [1]",
                Facts { households: vec![vec![], vec![0]], ..facts(vec![born(2010, 1, 1)]) },
            ),
            // Who may be an adult is taken for one.
            (
                "20 members or more [0]",
                Facts { households: vec![vec![0; 20]], ..facts(vec![PersonFacts::default()]) },
            ),
        ];
        for (expected, facts) in cases {
            assert_eq!(found(&facts), [expected]);
        }
    }

    #[test]
    fn twins_at_midnight_and_a_year_between_are_births_like_any() {
        for (second, expected) in [((2011, 1, 2), 0), ((2011, 3, 1), 1), ((2012, 1, 1), 0)] {
            let (year, month, day) = second;
            let family = Facts {
                parents: vec![(0, 1, true), (0, 2, true)],
                ..facts(vec![born(1985, 1, 1), born(2011, 1, 1), born(year, month, day)])
            };
            assert_eq!(close_births(&family).len(), expected, "{second:?}");
        }
    }
}
