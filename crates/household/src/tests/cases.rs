//! Households of hand-made towns.

use super::town::{Town, nobody};
use crate::{Households, Tie};
use record::RelationType;

/// The households expected of a town, in whatever order its people are named.
#[track_caller]
pub(super) fn check(town: &str, expected: &str) {
    assert_eq!(Town::parse(town).show(), expected);
    let reversed: Vec<&str> = town.lines().rev().collect();
    assert_eq!(Town::parse(&reversed.join("\n")).show(), expected, "order mattered");
}

#[test]
fn nobody_has_no_household() {
    assert_eq!(nobody(), Households::default());
}

#[test]
fn twins_live_with_their_parents() {
    check(
        "ann   1985-02-03  smith  12  2024-05-01  tax
         bob   1984-07-01  smith  12  2024-05-01  tax
         max   2015-03-04  smith  12  2024-06-01  school
         moll  2015-03-04  smith  12  2024-06-01  school",
        "12: ann bob max moll",
    );
}

#[test]
fn one_person_is_a_household() {
    check("ann  1985-02-03  smith  12  2024-05-01  tax", "12: ann");
}

#[test]
fn a_newer_address_beats_an_older() {
    check(
        "ann  1985-02-03  smith  12  2022-01-01  gp
         ann  1985-02-03  smith  14  2024-05-01  tax
         bob  1984-07-01  jones  12  2024-05-01  tax",
        "12: bob | 14: ann",
    );
    // One that is merely listed, without a date, is likely to be stale.
    check(
        "ann  1985-02-03  smith  12  -           gp
         ann  1985-02-03  smith  14  2024-05-01  tax",
        "14: ann",
    );
    check(
        "ann  1985-02-03  smith  12  -  gp
         ann  1985-02-03  smith  14  -  tax  from=2024-03-01",
        "14: ann",
    );
    // A source that has her leaving speaks against another that still lists her there.
    check(
        "ann  1985-02-03  smith  12  -  gp
         ann  1985-02-03  smith  12  -  tax  from=2016-01-01 to=2021-03-01
         ann  1985-02-03  smith  14  -  tax  from=2021-03-01",
        "14: ann",
    );
    // But not against one that has seen her there since.
    check(
        "ann  1985-02-03  smith  12  2024-05-01  gp
         ann  1985-02-03  smith  12  -           tax      from=2016-01-01 to=2021-03-01
         ann  1985-02-03  smith  14  2024-03-01  housing",
        "12: ann",
    );
    // So does one that has her somewhere else since.
    check(
        "ann  1985-02-03  smith  12  -  gp  from=2016-01-01
         ann  1985-02-03  smith  14  -  gp  from=2021-03-01",
        "14: ann",
    );
    check(
        "ann  1985-02-03  smith  12  -  gp      from=2016-01-01
         ann  1985-02-03  smith  14  -  gp      from=2021-03-01
         ann  1985-02-03  smith  12  -  tax     from=2016-01-01
         ann  1985-02-03  smith  12  -  school  from=2016-01-01",
        "14: ann",
    );
    // A fresh arrival beats two lists.
    check(
        "ann  1985-02-03  smith  12  -  gp
         ann  1985-02-03  smith  12  -  housing
         ann  1985-02-03  smith  14  -  tax  from=2024-05-01",
        "14: ann",
    );
}

#[test]
fn a_later_arrival_beats_older_lists_but_not_three() {
    let town = "ann  1985-02-03  smith  14  -  tax      from=2021-03-01
         ann  1985-02-03  smith  12  -  gp       from=2015-03-01
         ann  1985-02-03  smith  12  -  housing  from=2016-03-01";
    check(town, "14: ann");
    check(&format!("{town}\n ann 1985-02-03 smith 12 - social from=2016-03-01"), "12: ann");
    // Nor a sighting since.
    check(&format!("{town}\n ann 1985-02-03 smith 12 2024-05-01 social"), "12: ann");
}

#[test]
fn sources_that_agree_beat_one_that_does_not() {
    check(
        "ann  1985-02-03  smith  14  2024-03-01  tax
         ann  1985-02-03  smith  12  2024-02-01  gp
         ann  1985-02-03  smith  12  2024-02-01  housing",
        "12: ann",
    );
    // Saying a thing twice does not make it likelier.
    check(
        "ann  1985-02-03  smith  14  2024-03-01  tax
         ann  1985-02-03  smith  12  2024-02-01  gp
         ann  1985-02-03  smith  12  2024-02-01  gp",
        "14: ann",
    );
}

#[test]
fn an_address_not_seen_for_long_is_no_home() {
    check("ann  1985-02-03  smith  12  2017-05-01  gp", "stale: ann");
    check("ann  1985-02-03  smith  12  2024-05-01  gp  to=2024-06-01", "moved_away: ann");
    check(
        "ann  1985-02-03  smith  12  2017-05-01  gp
         ann  1985-02-03  smith  14  2020-01-01  tax  to=2021-01-01",
        "moved_away: ann",
    );
    check("ann  1985-02-03  smith  12  -  gp  from=2024-07-01", "no_address: ann");
}

#[test]
fn a_child_of_parents_apart_has_two_homes() {
    let town = "ann  1985-02-03  smith  12  2024-05-01  tax
         bob  1984-07-01  jones  14  2024-05-01  tax
         max  2015-03-04  jones  12  2024-06-01  school
         max  2015-03-04  jones  14  2024-02-01  gp
         max: mother ann
         max: father bob";
    check(town, "12: ann max | 14: bob max(second home)");
    // Not if one of the addresses is old.
    check(&town.replace("2024-02-01", "2023-02-01"), "12: ann max | 14: bob");
    // Not if nobody says that the other is a parent.
    check(&town.replace("max: father bob", ""), "12: ann max | 14: bob");
    let old = "max 2015-03-04 jones 12 2023-02-01 gp\n max 2015-03-04 jones 12 2023-02-01 social";
    let new = town.replace("2024-06-01  school", "2023-02-01  school");
    let new = new.replace("2024-02-01  gp", "2023-08-01  housing");
    check(&format!("{new}\n{old}"), "12: ann max | 14: bob");
    // Not if only one of the two homes is a parent's.
    check(&town.replace("max: mother ann", "max: grandparent ann"), "12: ann max | 14: bob");
    // Not for an adult.
    check(&town.replace("2015-03-04", "2002-03-04"), "12: ann max | 14: bob");
    // Not for a fostered child.
    check(
        &format!("{town}\n pam 1970-01-02 poole 16 2024-05-01 social\n max: foster_carer pam"),
        "12: ann max | 14: bob | 16: pam",
    );
}

#[test]
fn a_fostered_child_lives_where_it_is_placed() {
    check(
        "ann  1985-02-03  smith  12  2024-06-01  tax
         pam  1970-01-02  poole  16  2024-05-01  social
         max  2015-03-04  smith  12  2024-06-01  gp
         max  2015-03-04  smith  12  2024-06-01  school
         max  2015-03-04  smith  16  2024-03-01  social
         max: mother ann
         max: foster_carer pam",
        "12: ann | 16: max(placed with foster carer) pam",
    );
}

#[test]
fn two_families_at_one_door_are_two_households() {
    let town = "ann  1985-02-03  smith  12  2024-05-01  tax
         max  2015-03-04  smith  12  2024-06-01  school
         eve  1990-02-03  brown  12  2024-05-01  gp
         kim  2017-03-04  brown  12  2024-06-01  school
         lou  2019-03-04  brown  12  2024-06-01  school";
    check(town, "12: ann max | 12: eve kim lou");
    // An adult or a child with no tie to either; the child to the larger.
    check(
        &format!("{town}\n joe 1980-01-02 green 12 2024-05-01 tax"),
        "12: ann max | 12: eve joe kim lou",
    );
    check(
        &format!("{town}\n sam 2018-01-02 green 12 2024-05-01 gp"),
        "12: ann max | 12: eve kim lou sam",
    );
    check(
        &format!(
            "{town}\n joe 1980-01-02 green 12 2024-05-01 tax
             ted 1980-01-02 brown 12 2024-05-01 tax"
        ),
        "12: ann joe max | 12: eve kim lou ted",
    );
    // Anything that ties them makes them one.
    for tie in ["ann: sibling eve", "max: other_relative kim", "kim: guardian ann"] {
        check(&format!("{town}\n{tie}"), "12: ann eve kim lou max");
    }
    // A friend to be told in an emergency is no relative.
    check(&format!("{town}\n ann: contact eve"), "12: ann max | 12: eve kim lou");
}

#[test]
fn what_ties_two_residents_is_told() {
    let tie = |more: &str| {
        let town = format!(
            "ann  1985-02-03  smith  12  2024-05-01  tax     {more}
             max  2015-03-04  brown  12  2024-06-01  tax     {more}"
        );
        let found = Town::parse(&town).households();
        found.memberships.iter().map(|m| m.tie.map(|to| (to.tie, to.person))).collect::<Vec<_>>()
    };
    let both = |tie| vec![Some((tie, 1)), Some((tie, 0))];
    assert_eq!(tie(""), [None, None]);
    assert_eq!(tie("line=7"), both(Tie::SameRow));
    assert_eq!(tie("from=2020-09-01"), both(Tie::MovedInTogether));
    assert_eq!(tie("from=2020-09"), [None, None]);
    assert_eq!(tie("phone=0123"), both(Tie::SharedContact));
    assert_eq!(tie("phone=0123 line=7"), both(Tie::SameRow));
    // A row names those who are elsewhere too, but then says what they are.
    assert_eq!(tie("line=7\n max: contact ann\n"), [None, None]);
    let declared = tie("line=7\n max: mother ann\n");
    assert_eq!(
        declared,
        [
            Some((Tie::Declared(RelationType::Child), 1)),
            Some((Tie::Declared(RelationType::Mother), 0))
        ]
    );
}

#[test]
fn an_unmarried_couple_with_a_child_is_one_household() {
    check(
        "ann  1985-02-03  smith  12  2024-05-01  tax
         bob  1984-07-01  jones  12  2024-05-01  gp
         max  2015-03-04  jones  12  2024-06-01  school",
        "12: ann bob max",
    );
    // So it is where no two of a family share a name.
    check(
        "noor  1985-02-03  begum  12  2024-05-01  tax
         iqb   1984-07-01  ahmed  12  2024-05-01  gp
         zara  2015-03-04  khan   12  2024-06-01  school",
        "12: iqb noor zara",
    );
}

#[test]
fn a_house_of_unrelated_adults_is_one_shared_household() {
    let town = "a  2001-02-03  smith  12  2024-05-01  tax
         b  2002-02-03  jones  12  2024-05-01  gp
         c  2003-02-03  brown  12  2024-05-01  gp
         d  2001-02-03  green  12  2024-05-01  gp";
    check(town, "12 shared: a b c d");
    check(&format!("{town}\n e 2020-01-01 green 12 2024-05-01 gp"), "12: a b c d e");
}

#[test]
fn a_lodger_is_of_the_household() {
    check(
        "ann  1985-02-03  smith  12  2024-05-01  tax
         max  2015-03-04  smith  12  2024-06-01  school
         joe  1960-07-01  jones  12  2024-05-01  gp",
        "12: ann joe max",
    );
}

#[test]
fn what_is_no_home_gives_a_reason() {
    for (address, reason) in [
        ("care:30", "communal"),
        ("hostel:30", "hostel"),
        ("refuge:30", "protected"),
        ("office:30", "not_residential"),
        ("care-of:12", "not_residential"),
        ("box", "not_residential"),
        ("nfa", "no_fixed_abode"),
        ("@3", "address_uncertain"),
        ("-", "no_address"),
    ] {
        check(
            &format!("ann  1985-02-03  smith  {address}  2024-05-01  gp"),
            &format!("{reason}: ann"),
        );
    }
}

#[test]
fn a_care_home_makes_no_household() {
    check(
        "ada  1935-02-03  smith  care:30  2024-05-01  gp
         bea  1931-02-03  jones  care:30  2024-05-01  social
         cis  1931-02-03  jones  30       2024-05-01  tax",
        "communal: ada | communal: bea | communal: cis",
    );
}

#[test]
fn one_slip_does_not_make_a_hostel_but_one_word_makes_a_refuge() {
    let town = "ann  1985-02-03  smith  hostel:40/1  2024-05-01  gp
         ann  1985-02-03  smith  40/1         2024-05-01  tax
         ann  1985-02-03  smith  40/1         2024-05-01  housing
         ann  1985-02-03  smith  40/1         2024-05-01  social
         bob  1984-02-03  smith  40/1         2024-05-01  tax";
    check(town, "40/1: ann bob");
    check(&town.replace("hostel", "refuge"), "40/1: bob | protected: ann");
}

#[test]
fn an_address_for_letters_does_not_displace_a_home() {
    check(
        "ann  1985-02-03  smith  office:30  2024-06-01  social
         ann  1985-02-03  smith  12         2021-05-01  gp",
        "12: ann",
    );
}

#[test]
fn families_that_follow_each_other_do_not_live_together() {
    check(
        "ann  1985-02-03  smith  hostel:30/4  -  housing  from=2022-01-01 to=2022-09-01
         max  2015-03-04  smith  hostel:30/4  -  housing  from=2022-01-01 to=2022-09-01
         eve  1990-02-03  brown  hostel:30/4  -  housing  from=2022-09-01",
        "hostel: eve | moved_away: ann | moved_away: max",
    );
    check(
        "ann  1985-02-03  smith  12  -  housing  from=2022-01-01 to=2022-09-01
         max  2015-03-04  smith  12  -  housing  from=2022-01-01 to=2022-09-01
         eve  1990-02-03  brown  12  -  housing  from=2022-09-01
         kim  2019-02-03  brown  12  -  housing  from=2022-09-01",
        "12: eve kim | moved_away: ann | moved_away: max",
    );
    // Those who left without a word are gone once others have moved in.
    let town = "ann  1985-02-03  smith  12  2022-03-01  gp
         max  2015-03-04  smith  12  2021-03-01  school
         eve  1990-02-03  brown  12  2024-05-01  housing  from=2022-09-01
         kim  2019-02-03  brown  12  2024-05-01  gp";
    check(town, "12: eve kim | succeeded: ann | succeeded: max");
    // Not if they were seen within the year, or if something ties them.
    let lately = town.replace("2022-03-01", "2024-01-01").replace("2022-09-01", "2024-02-01");
    check(&lately, "12: ann max | 12: eve kim");
    check(&town.replace("2021-03-01", "2024-03-01"), "12: ann max | 12: eve kim");
    check(&format!("{town}\n eve: parent ann"), "12: ann eve kim max");
}

#[test]
fn a_dwelling_with_too_many_residents_is_set_apart() {
    let person = |i: usize| format!("p{i:03} 1980-01-02 s{i} 12 2024-05-01 gp");
    let people = |n: usize| (0..n).map(person).collect::<Vec<_>>().join("\n");
    assert!(Town::parse(&people(12)).show().starts_with("12 shared: p000 p001"));
    for n in [13, 200] {
        let shown = Town::parse(&people(n)).show();
        assert_eq!(shown.matches("over_large").count(), n);
    }
}

#[test]
fn a_missing_flat_is_found_where_the_person_has_only_one() {
    let town = "ann  1985-02-03  smith  40/1  2023-05-01  gp
         ann  1985-02-03  smith  40/?  2024-05-01  tax
         bob  1985-02-03  jones  40/?  2024-05-01  tax
         cat  1985-02-03  brown  40/2  2024-05-01  tax
         cat  1985-02-03  brown  40/3  2024-05-01  gp
         cat  1985-02-03  brown  40/?  2024-06-01  housing";
    check(town, "40/1: ann | address_uncertain: bob | address_uncertain: cat");
    // So is a postcode.
    check(
        "ann  1985-02-03  smith  12  2023-05-01  gp
         ann  1985-02-03  smith  @1  2024-05-01  tax",
        "12: ann",
    );
}

#[test]
fn a_building_in_which_nobody_names_a_flat_is_a_house() {
    check(
        "ann  1985-02-03  smith  40/?  2023-05-01  gp
         bob  1985-02-03  smith  40/?  2024-05-01  tax",
        "40/?: ann bob",
    );
}

#[test]
fn a_baby_with_no_address_lives_with_its_mother() {
    let town = "ann  1985-02-03  smith  12  2024-05-01  tax
         bob  1984-07-01  jones  14  2024-05-01  tax
         baby 2024-06-01  -      -   -           gp
         baby: mother ann
         baby: father bob";
    check(town, "12: ann baby(with mother) | 14: bob");
    check(&town.replace("baby: mother ann", ""), "12: ann | 14: baby(with father) bob");
    // Wherever she is, and not at the father's home.
    check(&town.replace(" 12 ", " refuge:30 "), "14: bob | protected: ann | protected: baby");
    check(&town.replace(" 12 ", " hostel:30 "), "14: bob | hostel:30: ann baby(with mother)");
    // The child of a child lives with its grandmother.
    check(
        "ann   1985-02-03  smith  12  2024-05-01  tax
         kim   2008-03-04  smith  -   -           school
         baby  2024-06-01  -      -   -           gp
         kim: mother ann
         kim: child baby",
        "12: ann baby(with parent) kim(with mother)",
    );
    // An adult does not.
    check(&town.replace("2024-06-01", "2004-06-01"), "12: ann | 14: bob | no_address: baby");
    // A child is not born before its day.
    check(&town.replace("2024-06-01", "2024-07-01"), "12: ann | 14: bob | unborn: baby");
}

#[test]
fn a_child_whose_flat_is_missing_lives_with_its_mother_in_that_building() {
    let town = "ann  1985-02-03  smith  40/1  2024-05-01  tax
         max  2015-03-04  jones  40/?  2024-05-01  school
         max: mother ann";
    check(town, "40/1: ann max(with mother)");
    check(&town.replace("40/1", "41/1"), "40/?: max | 41/1: ann");
    check(&town.replace("40/1", "41/1").replace("40/?", "@4"), "41/1: ann max(with mother)");
}

#[test]
fn a_child_of_a_childrens_service_is_a_child_without_a_day_of_birth() {
    check(
        "ann  1985-02-03  smith  12  2024-05-01  tax
         max  -           -      -   -           social
         max: mother ann",
        "12: ann max(with mother)",
    );
}

#[test]
fn children_alone_stay_together() {
    check(
        "max  2015-03-04  smith  12  2024-06-01  school
         kim  2017-03-04  jones  12  2024-06-01  school",
        "12: kim max",
    );
}

#[test]
fn whoever_was_not_seen_since_the_family_moved_has_moved_with_it() {
    let town = "ann  1985-02-03  smith  14  2024-05-01  tax  from=2024-02-01
         ann  1985-02-03  smith  12  2023-12-01  gp   from=2019-01-01 to=2024-02-01
         max  2015-03-04  smith  12  2023-11-01  gp   from=2019-01-01
         max: mother ann";
    check(town, "14: ann max(moved with others)");
    // Not if it was seen there since.
    check(&town.replace("2023-11-01", "2024-03-01"), "12: max | 14: ann");
    // Nor if another of the family was.
    let father = "bob  1984-07-01  smith  12  2024-04-01  gp  from=2019-01-01";
    check(&format!("{town}\n{father}\nmax: father bob"), "12: bob max | 14: ann");
    // Her husband goes with her as well, but her mother does not go with a daughter who leaves.
    check(
        &format!("{town}\n{}\nann: partner bob", father.replace("2024-04-01", "2023-10-01")),
        "14: ann bob(moved with others) max(moved with others)",
    );
    let grandmother = "eve  1955-07-01  smith  12  2023-10-01  gp  from=2010-01-01";
    check(&format!("{town}\n{grandmother}"), "12: eve | 14: ann max(moved with others)");
}

#[test]
fn whoever_was_seen_elsewhere_since_strangers_moved_in_lives_elsewhere() {
    let town = "ann  1985-02-03  smith  12  2024-01-01  gp
         ann  1985-02-03  smith  12  2024-01-01  housing
         ann  1985-02-03  smith  12  2024-01-01  tax
         ann  1985-02-03  smith  14  2024-03-01  social";
    check(town, "12: ann");
    check(&format!("{town}\n bob 1984-07-01 jones 12 - tax from=2024-02-01"), "12: bob | 14: ann");
    // Not if they are no strangers.
    check(&format!("{town}\n bob 1984-07-01 smith 12 - tax from=2024-02-01"), "12: ann bob");
}

#[test]
fn one_of_two_numbers_at_which_somebody_arrived_on_one_day_is_a_slip() {
    check(
        "ann  1985-02-03  smith  14  2024-05-01  tax  from=2021-02-01
         ann  1985-02-03  smith  12  2023-12-01  gp   from=2021-02-01
         max  2015-03-04  smith  12  2023-11-01  gp   from=2021-02-01",
        "12: ann max",
    );
    // Two days are two moves.
    check(
        "ann  1985-02-03  smith  14  2024-05-01  tax  from=2023-12-05
         ann  1985-02-03  smith  12  2023-12-01  gp   from=2021-02-01",
        "14: ann",
    );
}

#[test]
fn the_door_of_a_vague_address_is_that_of_the_family_there() {
    let town = "ann  1985-02-03  smith  40/1  2024-05-01  tax
         bob  1984-07-01  jones  40/?  2024-05-01  gp
         eve  1961-07-01  brown  40/2  2024-05-01  gp
         bob: partner ann";
    check(town, "40/1: ann bob(door of others) | 40/2: eve");
    // Two doors at which a namesake lives are no door.
    check(
        &town.replace("brown", "jones").replace("smith", "jones").replace("bob: partner ann", ""),
        "40/1: ann | 40/2: eve | address_uncertain: bob",
    );
}

#[test]
fn many_strangers_who_come_and_go_are_no_household() {
    let strangers = |n: usize, gone: usize| {
        let one = |at: usize| {
            let end = if at < gone { "to=2022-01-01" } else { "" };
            format!(
                "p{at:02} 1990-02-0{} s{at} 12 2024-05-0{} gp from=2021-0{}-01 {end}\n",
                at % 9 + 1,
                at % 9 + 1,
                at % 9 + 1
            )
        };
        (0..n + gone).map(one).collect::<String>()
    };
    let found = Town::parse(&strangers(8, 8)).households();
    assert!(found.households.is_empty());
    assert!(found.unhoused.iter().flatten().any(|&why| why == crate::NoHousehold::Communal));
    // Where nobody ever left they share a house.
    assert_eq!(Town::parse(&strangers(8, 0)).households().households.len(), 1);
    assert_eq!(Town::parse(&strangers(5, 8)).households().households.len(), 1);
}

#[test]
fn a_child_of_whose_birth_nobody_has_heard_lives_nowhere() {
    let town = "ann   1985-02-03  smith  12  2024-05-01  tax
         baby  2024-06-01  smith  -   -           social  birth=expected
         baby: mother ann";
    check(town, "12: ann | unborn: baby");
    check(&town.replace("birth=expected", "birth=told"), "12: ann baby(with mother)");
    check(&town.replace("birth=expected", ""), "12: ann baby(with mother)");
    let also = |told: &str| format!("{town}\nbaby  2024-06-01  smith  -  -  gp  birth={told}");
    check(&also("told"), "12: ann baby(with mother)");
    check(&also("untold"), "12: ann | unborn: baby");
    // What is said of an address is of one that is yet to be a home.
    let stated = town.replace("-   -           social", "12  2024-03-01  social");
    check(&stated, "12: ann | unborn: baby");
    let spells = Town::parse(&stated).show_spells("baby");
    assert_eq!(spells, "12 2024-06-01.. expected 1000");
}

#[test]
fn a_mother_who_has_had_a_child_about_then_expects_no_further_one() {
    let town = |due: &str, born: &str, mother: &str| {
        format!(
            "ann   1985-02-03  smith  12  2024-05-01  tax
             eve   1987-02-03  brown  14  2024-05-01  tax
             baby  {due}  smith  -   -           social  birth=expected
             max   {born}  smith  12  2024-06-12  gp      birth=told
             baby: mother ann
             max: mother {mother}"
        )
    };
    for (due, born, mother, expected) in [
        ("2024-06-01", "2024-05-20", "ann", "delivered"),
        // Before its day.
        ("2024-08-01", "2024-05-20", "ann", "delivered"),
        ("2024-06-01", "2024-01-27", "ann", "delivered"),
        ("2024-06-01", "2024-01-26", "ann", "unborn"),
        ("2024-05-01", "2024-05-31", "ann", "delivered"),
        ("2024-05-01", "2024-06-01", "ann", "unborn"),
        ("2024-05-01", "2024-05", "ann", "delivered"),
        ("2024-05-01", "2024", "ann", "unborn"),
        ("2024-06-01", "2024-05-20", "eve", "unborn"),
    ] {
        let expected = format!("12: ann max | 14: eve | {expected}: baby");
        check(&town(due, born, mother), &expected);
    }
}
