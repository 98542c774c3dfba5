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
fn who_was_expected_is_told_as_far_as_anybody_has_heard() {
    for (why, born, as_of, expected, is_awaited) in [
        ("unborn", "2026-06-10", "", Status::Expected, true),
        ("unborn", "2026-03-12", "2026-03-11", Status::Expected, true),
        ("unborn", "2026-03-12", "", Status::NotHeardOf, true),
        ("unborn", "2026-03-01", "", Status::NotHeardOf, true),
        ("unborn", "2026-02-28", "", Status::NotHeardOf, false),
        ("unborn", "2026-02", "", Status::NotHeardOf, false),
        ("unborn", "", "", Status::Expected, true),
        ("delivered", "2026-03-12", "", Status::Delivered, false),
        ("delivered", "2026-03-12", "2026-02-01", Status::Delivered, false),
        ("delivered", "2026-06-10", "", Status::Delivered, false),
        ("stale", "2026-03-12", "", Status::Present, false),
    ] {
        let mut town = Town::default().person("P1", "", born).person("P2", "mother", "1990-01-01");
        town = town.tie("P2", "mother", "P1");
        town.without.push(("P1", why));
        let store = town.store();
        let ask = store.ask(day(as_of)).unwrap();
        let subject = store.find("P1").unwrap();
        let who = ask.household_of(subject).unwrap().who;
        assert_eq!(who.status, expected, "{why} {born} {as_of}");
        assert_eq!(who.age.0.is_some(), expected == Status::Present, "{why} {born} {as_of}");
        assert_eq!(ask.is_awaited(subject.person().unwrap()), is_awaited, "{why} {born} {as_of}");
        // It is the mother's for whoever asks; but what has come true concerns nobody twice.
        let mother = store.find("P2").unwrap();
        assert_eq!(ids(&ask.children_of(mother).unwrap().relatives), ["P1"]);
        let concerned = ask.concerned(mother).unwrap().children;
        let is_delivered = expected == Status::Delivered;
        assert_eq!(concerned.is_empty(), is_delivered, "{why} {born} {as_of}");
        let page = ask.family(mother, 1).unwrap();
        let drawn = page.page().contains("due 20");
        let expects = matches!(expected, Status::Expected | Status::NotHeardOf);
        assert_eq!(drawn, expects && !born.is_empty(), "{why} {born} {as_of}");
    }
}

#[test]
fn that_the_day_has_passed_is_no_birth() {
    for (why, expected) in [("unborn", 0), ("delivered", 0), ("stale", 1)] {
        let mut town = Town::default().person("P1", "", "2026-03-12");
        town.without.push(("P1", why));
        let store = town.store();
        let changes = store.ask(None).unwrap();
        let changes = changes.changes(store.find("P1").unwrap(), day("2026-01-01").unwrap());
        let born = changes.unwrap().changes.into_iter().filter(|change| change.what == What::Born);
        assert_eq!(born.count(), expected, "{why}");
    }
}
