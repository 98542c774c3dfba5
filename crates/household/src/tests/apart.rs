//! Households of hand-made towns in which families part, move and have two homes.

use super::{cases::check, town::Town};

/// A couple with a child, of whom the mother has moved.
const PARTED: &str = "ann  1985-02-03  smith  12  2024-03-01  gp   from=2015-01-01
    ann  1985-02-03  smith  14  -           tax  from=2024-04-01
    max  2016-03-04  smith  12  2024-03-01  gp   from=2016-03-04
    max: mother ann
    max: father bob";

#[test]
fn parents_who_parted_are_not_brought_together_by_their_child() {
    // Nothing says that he stayed.
    let with = "bob  1984-07-01  jones  12  2024-02-01  gp  from=2015-01-01";
    let together = "14: ann bob(moved with others) max(moved with others)";
    check(&format!("{with}\n{PARTED}"), together);
    let apart = "12: bob | 14: ann max(moved with others)";
    // The source that knows of her move still has him at home.
    let listed = "bob  1984-07-01  jones  12  -  tax  from=2015-01-01";
    check(&format!("{with}\n{listed}\n{PARTED}"), apart);
    // One who was but named in a row of hers is not known to be there.
    check(&format!("{with}\n{listed} named=yes\n{PARTED}"), together);
    // Somebody saw him in a third place since.
    let seen = "bob  1984-07-01  jones  30  2024-05-01  social
        bob  1984-07-01  jones  12  2024-02-01  housing
        bob  1984-07-01  jones  12  2024-02-01  tax";
    check(&format!("{with}\n{seen}\n{PARTED}"), apart);
    // They were partners once.
    check(&format!("{with}\n{PARTED}\nann: former_partner bob"), apart);
}

#[test]
fn a_row_that_names_a_mother_does_not_show_her_at_an_old_address() {
    let town = "ann  1985-02-03  smith  12  2023-12-01  gp   from=2019-01-01
         bob  1984-07-01  smith  12  2023-11-01  gp   from=2019-01-01
         bob  1984-07-01  smith  14  2024-05-01  tax  from=2024-02-01
         ann: partner bob";
    let named = "ann  1985-02-03  smith  12  2024-05-20  school";
    check(&format!("{town}\n{named} named=yes"), "14: ann(moved with others) bob");
    check(&format!("{town}\n{named}"), "12: ann | 14: bob");
}

#[test]
fn of_two_accounts_of_one_source_the_later_is_the_home() {
    let bill = |name: &str, door: u32, from: &str| {
        format!("{name}  1985-02-03  {name}  {door}  2024-06-01  tax  from={from}\n")
    };
    let others = (20..30).map(|door| bill(&format!("n{door}"), door, "2015-01-01"));
    // All bills are written on one day, so that neither account is newer by its bill.
    let accounts = bill("ann", 12, "2015-01-01") + &bill("ann", 14, "2024-03-01");
    let school = "ann  1985-02-03  ann  12  2024-01-01  school\n";
    let gp = "ann  1985-02-03  ann  12  2024-01-01  gp  from=2015-01-01\n";
    let town = others.collect::<String>() + &accounts + school + gp;
    assert!(Town::parse(&town).show().contains("14: ann"), "{}", Town::parse(&town).show());
}

#[test]
fn the_main_of_two_homes_is_the_mothers_whichever_was_seen_later() {
    let town = "ann  1985-02-03  smith  12  2024-05-01  tax  from=2018-01-01
         bob  1984-07-01  jones  14  2024-05-01  tax  from=2021-05-01
         max  2015-03-04  jones  12  2022-06-01  gp   from=2018-01-01
         max  2015-03-04  jones  14  2024-05-01  school
         max  2015-03-04  jones  14  2024-06-01  social
         max: mother ann
         max: father bob";
    check(town, "12: ann max | 14: bob max(second home)");
    // What was known of it before its parents parted tells no home of now.
    check(&town.replace("2022-06-01", "2021-02-01"), "12: ann | 14: bob max");
    // Who is with a grandmother now is with neither.
    let elsewhere = "max  2015-03-04  jones  30  2024-06-10  housing  from=2024-06-10";
    check(&format!("{town}\n{elsewhere}"), "12: ann | 14: bob | 30: max");
}

#[test]
fn a_mother_goes_with_a_child_that_cannot_have_moved_alone() {
    let town = "ann  1985-02-03  smith  12  2024-01-01  gp   from=2015-01-01
         max  2019-03-04  smith  12  2024-01-01  gp   from=2019-03-04 to=2024-02-01
         max  2019-03-04  smith  14  2024-05-01  gp   from=2024-02-01
         moll 2014-03-04  smith  12  2024-01-01  school
         max: mother ann
         moll: mother ann";
    check(town, "14: ann(moved with others) max moll(moved with others)");
    // Not if her other child was seen at home since.
    check(&town.replace("2024-01-01  school", "2024-03-01  school"), "12: ann moll | 14: max");
}

#[test]
fn a_child_goes_with_its_mother_though_its_grandmother_stays() {
    let town = "eve  1955-07-01  smith  12  2024-05-01  gp   from=2010-01-01
         ann  1985-02-03  smith  12  2023-12-01  gp   from=2010-01-01
         ann  1985-02-03  smith  14  2024-05-01  tax  from=2024-02-01
         max  2019-03-04  smith  12  2023-12-01  gp   from=2019-03-04
         max: mother ann
         ann: mother eve";
    check(town, "12: eve | 14: ann max(moved with others)");
    // A father who stays keeps it there.
    let father = "bob  1984-07-01  smith  12  2024-05-01  tax  from=2015-01-01\nmax: father bob";
    check(&format!("{town}\n{father}"), "12: bob eve max | 14: ann");
}

#[test]
fn a_partner_of_whom_no_record_tells_the_door_is_with_the_other() {
    let town = "ann  1985-02-03  smith  30  2024-04-01  gp
         bob  1984-07-01  jones  @1  2024-01-01  school
         bob: partner ann";
    check(town, "30: ann bob(moved with others)");
    // Not if she was not seen at home since.
    check(&town.replace("2024-04-01", "2023-04-01"), "30: ann | address_uncertain: bob");
}
