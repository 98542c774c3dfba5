//! What is told of households and addresses beside who lives there: what followed what, and what sort
//! of place it is and why.

use super::town::Town;

/// Each household that followed another, as `14 2022-05-01 after 12`.
fn followed(town: &str) -> String {
    let town = Town::parse(town);
    let found = town.households();
    assert_eq!(
        found.predecessors.len(),
        found.households.len() + found.past_households.len(),
        "every household has its place"
    );
    let address = |number: usize| &town.addresses[found.household(number).address as usize];
    let mut lines: Vec<String> = found
        .predecessors
        .iter()
        .enumerate()
        .filter_map(|(later, earlier)| {
            let from = found.household(later).period.from.unwrap();
            Some(format!("{} {from} after {}", address(later), address((*earlier)? as usize)))
        })
        .collect();
    lines.sort();
    lines.join(" | ")
}

#[test]
fn a_family_that_moves_follows_itself() {
    assert_eq!(
        followed(
            "ann 1985-02-03 smith 12 - tax from=2019-09-01 to=2022-05-01
             bob 1984-02-03 smith 12 - tax from=2019-09-01 to=2022-05-01
             ann 1985-02-03 smith 14 - tax from=2022-05-01
             bob 1984-02-03 smith 14 - tax from=2022-05-01"
        ),
        "14 2022-05-01 after 12"
    );
    assert_eq!(followed("ann 1985-02-03 smith 12 2024-05-01 gp from=2020-01-01"), "");
}

#[test]
fn of_a_family_that_parts_the_larger_half_follows() {
    let town = "ann 1985-02-03 smith 12 - tax from=2012-09-01 to=2022-05-01
         max 2012-02-03 smith 12 - school from=2012-09-01 to=2022-05-01
         kim 2014-02-03 smith 12 - school from=2014-09-01 to=2022-05-01
         bob 1984-02-03 jones 12 - tax from=2012-09-01 to=2022-05-01
         ann 1985-02-03 smith 14 2024-05-01 tax from=2022-05-01
         max 2012-02-03 smith 14 2024-05-01 school from=2022-05-01
         kim 2014-02-03 smith 14 2024-05-01 school from=2022-05-01
         bob 1984-02-03 jones 16 2024-05-01 tax from=2022-05-01";
    assert_eq!(followed(town), "14 2022-05-01 after 12");
    // Half is not most.
    let halves = town.replace("max 2012-02-03 smith 14", "max 2012-02-03 smith 16");
    assert_eq!(followed(&halves), "");
}

#[test]
fn two_households_that_become_one_are_followed_by_none() {
    assert_eq!(
        followed(
            "ann 1985-02-03 smith 12 - tax from=2019-09-01 to=2022-05-01
             bob 1984-02-03 jones 16 - tax from=2019-09-01 to=2022-05-01
             ann 1985-02-03 smith 14 2024-05-01 tax from=2022-05-01
             bob 1984-02-03 jones 14 2024-05-01 tax from=2022-05-01"
        ),
        ""
    );
}

#[test]
fn who_was_away_for_long_follows_nobody() {
    assert_eq!(
        followed(
            "ann 1985-02-03 smith 12 - tax from=2015-09-01 to=2018-05-01
             ann 1985-02-03 smith 14 2024-05-01 tax from=2022-05-01"
        ),
        ""
    );
}

/// Each address with its type, as `12 home nothing_else_said 2/1/2`: residents, groups, known.
fn types(town: &str) -> String {
    let town = Town::parse(town);
    let found = town.households();
    assert_eq!(found.types.len(), town.addresses.len());
    let lines = town.addresses.iter().zip(&found.types).map(|(address, found)| {
        let (sort, because) = (found.sort.as_str(), found.because.as_str());
        let counts = format!("{}/{}/{}", found.residents, found.groups, found.known);
        format!("{address} {sort} {because} {counts}")
    });
    lines.collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_address_has_a_type_and_a_reason() {
    for (town, expected) in [
        (
            "ann 1985-02-03 smith 12 2024-05-01 gp
             max 2015-02-03 smith 12 2024-05-01 gp",
            "12 home nothing_else_said 2/1/2",
        ),
        ("ann 1985-02-03 smith care:30 2024-05-01 gp", "care:30 communal words 1/0/1"),
        ("ann 1985-02-03 smith refuge:30 2024-05-01 gp", "refuge:30 refuge words 1/0/1"),
        ("ann 1985-02-03 smith @1 2024-05-01 gp", "@1 no_door door_not_told 1/0/1"),
        (
            "ann 1985-02-03 smith hostel:30 2024-05-01 gp
             max 2015-02-03 smith hostel:30 2024-05-01 gp",
            "hostel:30 hostel words 2/1/2",
        ),
        (
            "ann 1985-02-03 smith 12 2024-05-01 gp
             bob 1984-02-03 jones 12 2024-05-01 gp
             cat 1983-02-03 black 12 2024-05-01 gp",
            "12 shared unrelated_adults 3/3/3",
        ),
    ] {
        assert_eq!(types(town), expected, "{town}");
    }
    let crowd: Vec<String> =
        (0..13).map(|n| format!("p{n} 1980-01-{:02} smith 12 2024-05-01 gp", n + 1)).collect();
    assert_eq!(types(&crowd.join("\n")), "12 over_large number_of_residents 13/1/13");
}
