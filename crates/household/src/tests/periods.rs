//! Spells, and periods of households and memberships.

use super::town::Town;

#[track_caller]
fn check_spells(town: &str, name: &str, expected: &str) {
    assert_eq!(Town::parse(town).show_spells(name), expected);
}

#[test]
fn spells_say_from_when_to_when() {
    // Moved twice: one end is told, the other follows from the next beginning.
    check_spells(
        "ann  1985-02-03  smith  12  -           tax  from=2010-04-01 to=2015-06-30
         ann  1985-02-03  smith  14  2018-01-01  gp   from=2015-07-01
         ann  1985-02-03  smith  16  2024-05-01  tax  from=2020-02-01",
        "ann",
        "12 2010-04-01..2015-06-30 ended 0 | 14 2015-07-01..2020-02-01 superseded 0 | \
         16 2020-02-01.. current 1000",
    );
    // Came back.
    check_spells(
        "ann  1985-02-03  smith  12  -  tax  from=2010-04-01 to=2015-06-30
         ann  1985-02-03  smith  14  -  tax  from=2015-07-01 to=2020-01-31
         ann  1985-02-03  smith  12  -  tax  from=2020-02-01",
        "ann",
        "12 2010-04-01..2015-06-30 ended 0 | 14 2015-07-01..2020-01-31 ended 0 | \
         12 2020-02-01.. current 1000",
    );
    // Several sources of one stay; the other address neither ends it nor is ended.
    check_spells(
        "ann  1985-02-03  smith  12  2024-04-01  tax  from=2019-09-01
         ann  1985-02-03  smith  12  -           gp
         ann  1985-02-03  smith  12  2024-06-15  housing  from=2019-10
         ann  1985-02-03  smith  14  2024-06-15  school
         ann  1985-02-03  smith  box  -          social",
        "ann",
        "12 2019-09-01.. current 609 | 14 2024-06-15.. outweighed 290 | \
         box .. notresidential 101",
    );
    // Seen at the old address when the new one had begun: neither ends the other.
    check_spells(
        "ann  1985-02-03  smith  12  2022-01-01  tax  from=2010-04-01
         ann  1985-02-03  smith  14  2024-06-15  gp   from=2020-02-01",
        "ann",
        "12 2010-04-01.. outweighed 32 | 14 2020-02-01.. current 968",
    );
    // A stay to come does not put off one that is known by now.
    check_spells(
        "ann  1985-02-03  smith  12  -           gp   from=2024-09-01
         ann  1985-02-03  smith  12  2024-05-01  tax",
        "ann",
        "12 2024-05-01.. current 1000 | 12 2024-09-01.. expected 0",
    );
    // A baby has not lived there longer than it has lived.
    check_spells(
        "max  2023-02-03  smith  12  2024-04-01  housing  from=2019-09-01",
        "max",
        "12 2023-02-03.. current 1000",
    );
}

#[test]
fn households_begin_with_their_longest_member() {
    let town = Town::parse(
        "ann   1985-02-03  smith  12  2024-05-01  tax  from=2019-09-01
         bob   1984-07-01  smith  12  2024-05-01  tax  from=2021-03-01
         baby  2024-06-01  -      -   -           gp
         baby: mother ann",
    );
    let found = town.households();
    assert_eq!(found.households[0].period.from.unwrap().to_string(), "2019-09-01");
    assert_eq!(found.households[0].period.to, None);
    assert_eq!(found.households[0].size, 3);
    let baby = town.names.iter().position(|name| name == "baby").unwrap();
    let baby = found.by_person().get(baby)[0] as usize;
    assert_eq!(found.memberships[baby].period.from.unwrap().to_string(), "2024-06-01");
}

#[test]
fn a_beginning_that_no_record_tells_is_not_known() {
    // Who is merely listed did not move in on the day of the extract, nor on that of birth.
    let town = Town::parse(
        "ann   1985-02-03  smith  12  -  tax
         ann   1985-02-03  smith  12  -  gp
         baby  2024-06-01  -      -   -  gp
         baby: mother ann
         bob   1984-07-01  jones  14  -           tax
         eve   1986-07-01  jones  14  -           tax  from=2021-03-01
         sue   1990-07-01  green  16  2024-05-01  tax",
    );
    let found = town.households();
    let shown: Vec<String> = found
        .memberships
        .iter()
        .map(|m| {
            let from = m.period.from.map_or("?".to_owned(), |from| from.to_string());
            format!("{} {from} {}", town.names[m.person as usize], m.basis.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "ann ? stated without a date",
            "baby ? with mother",
            "bob ? stated without a date",
            "eve 2021-03-01 stated",
            "sue 2024-05-01 stated",
        ]
    );
    let begins = |at: usize| found.households[at].period.from.map(|from| from.to_string());
    // A household is as old as anyone is known to have been there.
    assert_eq!([0, 1].map(begins), [None, Some("2021-03-01".to_owned())]);
    check_spells("ann  1985-02-03  smith  12  -  tax", "ann", "12 .. current 1000");
    check_spells(
        "ann  1985-02-03  smith  12  -  tax  to=2020-01-31",
        "ann",
        "12 ..2020-01-31 ended 0",
    );
    // A listing tells no beginning, and still that an older stay is over.
    check_spells(
        "ann  1985-02-03  smith  12  2012-03-01  gp   from=2010-04-01
         ann  1985-02-03  smith  14  -           tax",
        "ann",
        "12 2010-04-01..2024-06-15 superseded 0 | 14 .. current 1000",
    );
}

#[test]
fn a_main_home_comes_first() {
    let town = Town::parse(
        "ann  1985-02-03  smith  19  2024-05-01  tax
         bob  1984-07-01  jones  14  2024-05-01  tax
         max  2015-03-04  jones  19  2024-06-01  school
         max  2015-03-04  jones  14  2024-02-01  gp
         max: mother ann
         max: father bob",
    );
    let found = town.households();
    let max = town.names.iter().position(|name| name == "max").unwrap();
    let homes = found.by_person();
    let homes: Vec<&str> =
        homes.get(max).iter().map(|&m| found.memberships[m as usize].basis.as_str()).collect();
    assert_eq!(homes, ["stated", "second home"]);
}
