//! Who lived with whom before the run date.

use super::town::Town;

#[track_caller]
fn check(town: &str, expected: &str) {
    assert_eq!(Town::parse(town).show_past(), expected);
}

#[test]
fn nobody_has_no_past() {
    assert_eq!(super::town::nobody().past_households, []);
    check(
        "ann 1985-02-03 smith 12 2024-05-01 gp from=2020-01-01",
        "12 2020-01-01..: ann 2020-01-01..",
    );
}

#[test]
fn a_family_that_moves_is_another_household() {
    check(
        "ann 1985-02-03 smith 12 - tax from=2019-09-01 to=2022-05-01
         bob 1984-02-03 smith 12 - tax from=2019-09-01 to=2022-05-01
         ann 1985-02-03 smith 14 - tax from=2022-05-01
         bob 1984-02-03 smith 14 - tax from=2022-05-01",
        "12 2019-09-01..2022-05-01: ann 2019-09-01..2022-05-01 bob 2019-09-01..2022-05-01 | \
         14 2022-05-01..: ann 2022-05-01.. bob 2022-05-01..",
    );
}

#[test]
fn a_household_outlives_who_leaves_it_and_takes_in_who_comes() {
    // A partner came and left, and a child was born.
    check(
        "ann 1985-02-03 smith 12 2024-05-01 tax from=2015-04-01
         rob 1983-02-03 black 12 2020-03-01 housing from=2018-06-01 to=2021-02-01
         rob 1983-02-03 black 30 2024-04-01 housing from=2021-02-01
         max 2019-10-20 smith 12 2024-04-01 gp",
        "12 2015-04-01..: ann 2015-04-01.. max 2019-10-20.. rob 2018-06-01..2021-02-01 | \
         30 2021-02-01..: rob 2021-02-01..",
    );
}

#[test]
fn those_who_follow_at_a_door_are_another_household() {
    let town = "ann 1985-02-03 smith 12 - tax from=2015-04-01 to=2020-06-11
         bob 1985-02-03 smith 12 - tax from=2015-04-01 to=2020-06-11
         eve 1990-02-03 jones 12 2024-05-01 tax from=2020-06-01
         kim 2012-02-03 jones 12 2024-05-01 school";
    // Ten days of both are those in which a record was late.
    check(
        town,
        "12 2015-04-01..2020-06-11: ann 2015-04-01..2020-06-11 bob 2015-04-01..2020-06-11 | \
         12 2020-06-01..: eve 2020-06-01.. kim 2020-06-01..",
    );
    // Of one name they may be a family, and the house handed down in it.
    check(
        &town.replace("jones", "smith"),
        "12 2015-04-01..: ann 2015-04-01..2020-06-11 bob 2015-04-01..2020-06-11 \
         eve 2020-06-01.. kim 2020-06-01..",
    );
}

#[test]
fn the_child_who_grew_up_keeps_no_household_that_all_others_left() {
    check(
        "ann 1965-02-03 smith 12 - tax from=1999-04-01 to=2020-06-11
         bob 1965-02-03 smith 12 - tax from=1999-04-01 to=2020-06-11
         joe 1998-02-03 smith 12 2024-05-01 tax from=1999-04-01",
        "12 1999-04-01..2020-06-11: ann 1999-04-01..2020-06-11 bob 1999-04-01..2020-06-11 \
         joe 1999-04-01..2020-06-11 | 12 2020-06-11..: joe 2020-06-11..",
    );
}

#[test]
fn whoever_is_gone_without_a_word_was_there_until_last_seen() {
    check(
        "ann 1985-02-03 smith 12 2018-05-01 gp from=2015-04-01",
        "12 2015-04-01..2018-05-01: ann 2015-04-01..2018-05-01",
    );
}

#[test]
fn one_sighting_elsewhere_is_no_move() {
    check(
        "ann 1985-02-03 smith 12 - tax from=2015-04-01 to=2022-06-11
         ann 1985-02-03 smith 30 2018-05-01 gp
         ann 1985-02-03 smith 14 2024-05-01 tax from=2022-06-11",
        "12 2015-04-01..2022-06-11: ann 2015-04-01..2022-06-11 | 14 2022-06-11..: ann 2022-06-11..",
    );
}
