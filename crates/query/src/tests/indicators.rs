//! Tests of indicators: what sources say, of whom, and what is never concluded from silence.

use super::*;

/// The source that says whether somebody is in work.
const WORK: &str = "work";
/// The service whose list is whole.
const CLINIC: &str = "clinic";

impl Town {
    /// A row of a source: since when, until when, when it last spoke of the person, and what it
    /// states.
    fn row(mut self, person: &str, source: &str, days: [&str; 3], states: &str) -> Town {
        let [from, to, last] = days.map(day);
        self.involvements.push(InvolvementRow {
            person_id: person.to_owned(),
            source: source.to_owned(),
            agency: source.to_owned(),
            side: "adult".to_owned(),
            key: format!("k{}", self.involvements.len()),
            role: "subject".to_owned(),
            worker: None,
            team: None,
            lead: Lead::Unknown,
            from,
            to,
            last_contact: last,
            states: states.split_whitespace().map(str::to_owned).collect(),
        });
        self
    }

    fn works(self, person: &str, is: &str) -> Town {
        self.row(person, WORK, ["", "", "2026-03-01"], &format!("in_work={is}"))
    }

    fn asks(mut self, of: &str, indicator: Indicator) -> Town {
        let name = format!("i{}", self.indicators.len());
        self.indicators.push(Indicator {
            says: name.clone(),
            name,
            of: of.to_owned(),
            ..indicator
        });
        self
    }

    /// What the first indicator says of the family of a person.
    fn answer(&self, id: &str) -> Answer {
        self.answer_on(id, "")
    }

    fn answer_on(&self, id: &str, as_of: &str) -> Answer {
        let store = self.store();
        let ask = store.ask(day(as_of)).unwrap();
        let told = ask.indicators(store.find(id).unwrap()).unwrap();
        told.families[0].indicators[0].answer
    }
}

fn out_of_work() -> Indicator {
    Indicator {
        sources: vec![WORK.to_owned()],
        field: Some("in_work".to_owned()),
        is: vec!["no".to_owned()],
        is_not: vec!["Yes".to_owned()],
        ..Indicator::default()
    }
}

fn at_the_clinic() -> Indicator {
    Indicator {
        sources: vec![CLINIC.to_owned()],
        absence_is_no: vec![CLINIC.to_owned()],
        absence_days_max: 30,
        ..Indicator::default()
    }
}

/// A child of two parents, the father elsewhere; a grown-up brother lives with the mother.
fn family() -> Town {
    let town =
        Town { sources: vec![(WORK, "2026-03-15"), (CLINIC, "2026-03-20")], ..Town::default() };
    town.person("P1", "child", "2015-01-01")
        .person("P2", "mother", "1990-01-01")
        .person("P3", "father", "1989-01-01")
        .person("P4", "brother", "2004-01-01")
        .member("H1", "P1", "2020-01-01", "")
        .member("H1", "P2", "2020-01-01", "")
        .member("H1", "P4", "2020-01-01", "")
        .member("H2", "P3", "2020-01-01", "")
        .tie("P2", "mother", "P1")
        .tie("P3", "father", "P1")
}

#[test]
fn of_all_parents_it_is_so_only_if_each_is_known_and_said_to_be() {
    use Answer::{No, Unknown, Yes};
    for (mother, father, expected) in [
        ("no", "no", Yes),
        ("no", "yes", No),
        ("no", "", Unknown),
        ("", "YES", No),
        ("", "", Unknown),
        ("retired", "no", Unknown),
    ] {
        let mut town = family().asks("all_parents", out_of_work());
        for (person, is) in [("P2", mother), ("P3", father)] {
            if !is.is_empty() {
                town = town.works(person, is);
            }
        }
        // The brother is nobody's parent, whatever is said of him.
        assert_eq!(town.works("P4", "yes").answer("P1"), expected, "{mother} {father}");
    }
}

#[test]
fn a_parent_whom_nobody_names_keeps_all_parents_open_and_any_parent_from_no() {
    let known = |of: &str, is: &str| {
        let mut town = family().asks(of, out_of_work()).works("P2", is);
        town.relationships.retain(|tie| tie.relation != "father");
        town.answer("P1")
    };
    assert_eq!(known("all_parents", "no"), Answer::Unknown);
    assert_eq!(known("all_parents", "yes"), Answer::No);
    assert_eq!(known("any_parent", "no"), Answer::Yes);
    assert_eq!(known("any_parent", "yes"), Answer::Unknown);
    assert_eq!(known("mother", "yes"), Answer::No);
    assert_eq!(known("father", "yes"), Answer::Unknown);
}

#[test]
fn each_is_asked_of_those_it_is_about() {
    use Answer::{No, Unknown, Yes};
    // The mother works, the father and the grown-up brother do not, of the child nobody says.
    for (of, expected) in [
        ("all_parents", No),
        ("any_parent", Yes),
        ("mother", No),
        ("father", Yes),
        ("all_adults", No),
        ("any_adult", Yes),
        ("all_children", Unknown),
        ("any_child", Unknown),
        ("any_member", Yes),
        // Two of one household say different things of it.
        ("household", Unknown),
    ] {
        let town = family().asks(of, out_of_work());
        let town = town.works("P2", "yes").works("P3", "no").works("P4", "no");
        assert_eq!(town.answer("P1"), expected, "{of}");
    }
}

#[test]
fn silence_says_no_of_a_resident_alone_and_only_if_the_plan_says_so() {
    let mother = |change: &dyn Fn(&mut Town)| {
        let mut town = family().asks("mother", at_the_clinic());
        change(&mut town);
        town.answer("P1")
    };
    assert_eq!(mother(&|_| {}), Answer::No);
    assert_eq!(mother(&|town| town.indicators[0].absence_is_no.clear()), Answer::Unknown);
    // Without a home she may live where another clinic is.
    assert_eq!(
        mother(&|town| town.memberships.retain(|home| home.person_id != "P2")),
        Answer::Unknown
    );
    // A list of too long ago, and one that the snapshot does not know.
    assert_eq!(mother(&|town| town.sources[1].1 = "2026-01-01"), Answer::Unknown);
    assert_eq!(
        mother(&|town| town.indicators[0].sources.push("another".to_owned())),
        Answer::Unknown
    );
    // Of a past day a list of today does not tell.
    assert_eq!(
        family().asks("mother", at_the_clinic()).answer_on("P1", "2026-03-01"),
        Answer::Unknown
    );
}

#[test]
fn being_known_to_a_service_begins_and_ends() {
    use Answer::{No, Unknown, Yes};
    for (days, as_of, expected) in [
        (["2025-01-01", "", ""], "", Yes),
        (["2025-01-01", "2026-01-01", ""], "", No),
        (["2025-01-01", "2026-01-01", ""], "2025-06-01", Yes),
        (["", "", "2026-03-01"], "", Yes),
        // Since when is not known.
        (["", "", "2026-03-01"], "2024-01-01", Unknown),
        (["2025-01-01", "", ""], "2024-01-01", Unknown),
    ] {
        let town = family().asks("mother", at_the_clinic()).row("P2", CLINIC, days, "");
        assert_eq!(town.answer_on("P1", as_of), expected, "{days:?} {as_of}");
    }
}

#[test]
fn what_happened_counts_for_so_many_days() {
    use Answer::{No, Unknown, Yes};
    for (days, states, expected) in [
        (["2026-03-20", "", ""], "reason=alcohol", Yes),
        (["2026-03-02", "", ""], "reason=alcohol", Yes),
        (["2026-03-01", "", ""], "reason=alcohol", No),
        (["2026-03-20", "", ""], "reason=fracture", No),
        // Nobody says why, or when.
        (["2026-03-20", "", ""], "", Unknown),
        (["", "", ""], "reason=alcohol", Unknown),
    ] {
        let happened = Indicator {
            field: Some("reason".to_owned()),
            is: vec!["alcohol".to_owned()],
            within_days: Some(30),
            ..at_the_clinic()
        };
        let town = family().asks("any_adult", happened).row("P2", CLINIC, days, states);
        let town = town.row("P4", CLINIC, ["2020-01-01", "", ""], "reason=alcohol");
        assert_eq!(town.answer("P1"), expected, "{days:?} {states}");
    }
}

#[test]
fn the_last_word_of_a_source_counts_and_sources_that_differ_say_nothing() {
    let said = |rows: &[(&str, &str, &str)]| {
        let mut town = family().asks("mother", out_of_work());
        town.indicators[0].sources.push("gp".to_owned());
        for (source, last, is) in rows {
            town = town.row("P2", source, ["", "", last], &format!("in_work={is}"));
        }
        town.answer("P1")
    };
    assert_eq!(said(&[(WORK, "2026-01-01", "no"), (WORK, "2026-02-01", "yes")]), Answer::No);
    assert_eq!(said(&[(WORK, "2026-02-01", "no"), (WORK, "2026-02-01", "yes")]), Answer::Unknown);
    assert_eq!(said(&[(WORK, "2026-02-01", "no"), ("gp", "2026-01-01", "yes")]), Answer::Unknown);
    assert_eq!(said(&[(WORK, "2026-02-01", "no"), ("gp", "2026-01-01", "no")]), Answer::Yes);
}

#[test]
fn a_basket_tells_the_least_and_the_most_and_what_nobody_can_see() {
    let town = |line| {
        let mut town = family()
            .asks("mother", out_of_work())
            .asks("father", out_of_work())
            .asks("household", Indicator::default())
            .works("P2", "no");
        town.baskets.push(Basket {
            name: "basket".to_owned(),
            says: "three things".to_owned(),
            indicators: vec!["i0".to_owned(), "i1".to_owned(), "i2".to_owned()],
            line,
        });
        town
    };
    for (line, reached) in [(1, Reached::Certain), (2, Reached::Possible), (3, Reached::Possible)] {
        let store = town(line).store();
        let ask = store.ask(None).unwrap();
        let told = ask.indicators(store.find("P1").unwrap()).unwrap();
        let counted = &told.families[0].baskets[0];
        assert_eq!((counted.least, counted.most, counted.reached), (1, 3, reached), "{line}");
        assert_eq!((counted.of, counted.can_be_seen), (3, 2));
        // Of all families: the father's has no child in it.
        let all = ask.basket("basket", None).unwrap();
        assert_eq!(all.families.len(), 1);
        assert_eq!(all.families[0].household_id.as_deref(), Some("H1"));
        assert_eq!((all.families[0].least, all.families[0].most), (1, 3));
        let Counts { certain, possible, no } = all.counts;
        let expected = Reached::ALL.map(|other| usize::from(other == reached));
        assert_eq!([certain, possible, no], expected);
        let none = Reached::ALL.into_iter().filter(|other| *other != reached);
        for other in none {
            assert_eq!(ask.basket("basket", Some(other)).unwrap().families, []);
        }
    }
    let certain = town(1).works("P3", "no").works("P2", "yes");
    assert_eq!(certain.answer("P1"), Answer::Unknown, "two rows of one day");
}

#[test]
fn a_name_that_there_is_not_is_an_error() {
    let store = Town::default().store();
    let ask = store.ask(None).unwrap();
    let told = ask.basket("seven", None).unwrap_err().to_string();
    assert_eq!(told, "the snapshot has no basket `seven`; its plan defines no basket");
    let store = family().asks("mother", out_of_work()).store();
    let told = store.ask(None).unwrap().triggered("i9").unwrap_err().to_string();
    assert_eq!(told, "the snapshot has no indicator `i9`; known: i0");
    assert_eq!(store.ask(None).unwrap().triggered("i0").unwrap().adults.len(), 0);
}

#[test]
fn of_whom_it_is_so_the_children_are_told_and_of_whom_it_may_be_they_are_not() {
    let happened = Indicator {
        field: Some("reason".to_owned()),
        is: vec!["alcohol".to_owned()],
        within_days: Some(30),
        ..at_the_clinic()
    };
    let town = family()
        .asks("any_adult", happened)
        .row("P3", CLINIC, ["2026-03-20", "", ""], "reason=alcohol")
        .row("P2", CLINIC, ["", "", ""], "reason=alcohol")
        // A child is nobody's cause.
        .row("P1", CLINIC, ["2026-03-20", "", ""], "reason=alcohol");
    let store = town.store();
    let told = store.ask(None).unwrap().triggered("i0").unwrap();
    assert_eq!(told.not_known, ["P2"]);
    let [adult] = told.adults.as_slice() else { panic!("the father alone") };
    assert_eq!(adult.concerned.who.person_id, "P3");
    assert_eq!(adult.why[0].says, "reason: alcohol");
    let children = &adult.concerned.children;
    assert_eq!((children.len(), children[0].how), (1, How::Elsewhere));
}

proptest! {
    #[test]
    fn what_says_neither_changes_no_answer(
        of in 0..record::Whom::ALL.len(),
        rows in prop::collection::vec((2..5_u8, prop::bool::ANY), 0..4),
        further in 2..5_u8,
    ) {
        let whom = record::Whom::ALL[of].as_str();
        let mut town = family().asks(whom, out_of_work());
        for (person, is) in rows {
            town = town.works(&format!("P{person}"), if is { "yes" } else { "no" });
        }
        let before = town.answer("P1");
        // What says neither leaves every answer as it is.
        let after = town.works(&format!("P{further}"), "retired").answer("P1");
        prop_assert_eq!(before, after);
    }
}
