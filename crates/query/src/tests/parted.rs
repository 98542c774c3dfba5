//! Tests of what an order parted, and of a child who was expected and not seen since.

use super::*;

/// A child who lived with its mother until an order, and lives with another since.
fn adopted() -> Town {
    Town::default()
        .person("P1", "child", "2017-10-11")
        .person("P2", "mother", "1986-01-01")
        .person("P3", "adopter", "1980-01-01")
        .person("P4", "brother", "2015-01-01")
        .stay("P1", "1 bolt street", "2017-10-11", "superseded")
        .stay("P2", "1 bolt street", "2016-01-01", "current")
        .stay("P4", "1 bolt street", "2016-01-01", "current")
        .stay("P1", "2 orchard close", "2021-09-14", "current")
        .stay("P3", "2 orchard close", "2014-01-01", "current")
        .member("H1", "P1", "2017-10-11", "2021-09-14")
        .member("H1", "P2", "2016-01-01", "")
        .member("H1", "P4", "2016-01-01", "")
        .member("H2", "P1", "2021-09-14", "")
        .member("H2", "P3", "2014-01-01", "")
        .tie("P2", "mother", "P4")
        .tie("P3", "mother", "P1")
        .tie("P2", "mother", "P1")
        .until("2021-09-14")
}

#[test]
fn after_an_order_neither_side_is_told_of_the_other() {
    let store = adopted().store();
    let ask = store.ask(None).unwrap();
    for (of, never) in [("P1", ["P2", "P4"]), ("P2", ["P1", "P3"]), ("P4", ["P1", "P3"])] {
        let subject = store.find(of).unwrap();
        let answers = [
            serde_json::to_string(&ask.connected(subject).unwrap()).unwrap(),
            serde_json::to_string(&ask.family(subject, 2).unwrap()).unwrap(),
            serde_json::to_string(&ask.changes(subject, day("2015-01-01").unwrap()).unwrap())
                .unwrap(),
            serde_json::to_string(&ask.adults_of(subject).unwrap()).unwrap(),
        ];
        for (answer, other) in answers.iter().flat_map(|answer| never.map(|id| (answer, id))) {
            assert!(!answer.contains(&format!("\"{other}\"")), "{of} names {other}: {answer}");
        }
    }
    let address = "1 bolt street";
    let family = ask.family(store.find("P1").unwrap(), 1).unwrap();
    assert!(!serde_json::to_string(&family).unwrap().contains(address));
    // Of a day before it, they are what they were.
    let before = store.ask(day("2020-01-01")).unwrap();
    let mother = before.children_of(store.find("P2").unwrap()).unwrap();
    assert_eq!(ids(&mother.relatives), ["P4", "P1"]);
}

#[test]
fn who_was_expected_and_not_seen_since_is_expected_still() {
    for (forename, seen, expected) in [
        ("", "2026-01-14", Status::Expected),
        ("", "2026-03-20", Status::Present),
        ("", "", Status::Present),
        ("ivo", "2026-01-14", Status::Present),
    ] {
        let mut town = Town::default().person("P1", forename, "2026-03-12");
        town = town.known("P1", "Care", Lead::Unknown, "");
        town.involvements[0].last_contact = day(seen);
        let store = town.store();
        let ask = store.ask(None).unwrap();
        let who = ask.household_of(store.find("P1").unwrap()).unwrap().who;
        assert_eq!(who.status, expected, "{forename} {seen}");
    }
}
