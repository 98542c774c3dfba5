//! Tests of answers over small snapshots, and over any.

mod indicators;
mod parted;

use std::collections::BTreeSet;

use proptest::prelude::*;
use record::Date;
use snapshot::{
    Basis as Known, Basket, Best, HouseholdRow, Indicator, InvolvementRow, Lead, Manifest,
    MembershipRow, PersonRow, RecordRow, RelationshipRow, ResidencyRow, Run, Snapshot,
    SourceCounts, Writer,
};

use super::*;

const RUN_DATE: Date = Date::constant(2026, 3, 31);

/// The rows of a snapshot being written down.
#[derive(Default)]
struct Town {
    persons: Vec<PersonRow<String>>,
    memberships: Vec<MembershipRow<String>>,
    residencies: Vec<ResidencyRow<String>>,
    relationships: Vec<RelationshipRow<String>>,
    involvements: Vec<InvolvementRow<String>>,
    /// Further sources, and the day that each is of.
    sources: Vec<(&'static str, &'static str)>,
    indicators: Vec<Indicator>,
    baskets: Vec<Basket>,
    /// Why persons have no household, where it is not that the last address is too old.
    without: Vec<(&'static str, &'static str)>,
}

fn day(text: &str) -> Option<Date> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

impl Town {
    fn person(mut self, id: &str, forename: &str, born: &str) -> Town {
        let best = |value: &str| {
            let value = value.to_owned();
            (!value.is_empty()).then(|| Best { value, source: "gp".to_owned() })
        };
        self.persons.push(PersonRow {
            person_id: id.to_owned(),
            record_count: 1,
            source_count: 1,
            first_seen: None,
            last_seen: None,
            contradictions: Vec::new(),
            shielded: None,
            best: vec![best(born), best(forename), None],
        });
        self
    }

    fn member(mut self, household: &str, person: &str, from: &str, to: &str) -> Town {
        self.memberships.push(MembershipRow {
            household_id: household.to_owned(),
            person_id: person.to_owned(),
            from: day(from),
            to: day(to),
            basis: "stated".to_owned(),
        });
        self
    }

    fn stay(mut self, person: &str, address: &str, from: &str, state: &str) -> Town {
        self.residencies.push(ResidencyRow {
            person_id: person.to_owned(),
            address_id: if address.is_empty() { String::new() } else { format!("A{address}") },
            address: address.to_owned(),
            from: day(from),
            to: None,
            last_seen: day("2026-01-01"),
            state: state.to_owned(),
            sources: vec!["gp".to_owned()],
            withheld: address.is_empty().then(|| "refuge".to_owned()),
        });
        self
    }

    fn tie(mut self, person: &str, relation: &str, other: &str) -> Town {
        let declared = relation != "household_adult" && relation != "co_parent";
        self.relationships.push(RelationshipRow {
            person_id: person.to_owned(),
            other_person_id: other.to_owned(),
            relation: relation.to_owned(),
            basis: if declared { Known::Declared } else { Known::Inferred },
            source: declared.then(|| "school".to_owned()),
            from: None,
            to: None,
            contradictions: Vec::new(),
        });
        self
    }

    /// What the last tie was has ended.
    fn until(mut self, to: &str) -> Town {
        self.relationships.last_mut().unwrap().to = day(to);
        self
    }

    fn known(mut self, person: &str, agency: &str, lead: Lead, to: &str) -> Town {
        self.involvements.push(InvolvementRow {
            person_id: person.to_owned(),
            source: agency.to_lowercase(),
            agency: agency.to_owned(),
            side: "both".to_owned(),
            key: format!("k{}", self.involvements.len()),
            role: "subject".to_owned(),
            worker: Some(format!("{agency} worker")),
            team: None,
            lead,
            from: day("2025-01-01"),
            to: day(to),
            last_contact: None,
            states: Vec::new(),
        });
        self
    }

    fn store(&self) -> Store {
        let parent = tempfile::tempdir().unwrap();
        let writer = Writer::create(parent.path(), "night").unwrap();
        let fields = ["date_of_birth", "forename", "surname"];
        writer.open().persons(&fields, self.persons.iter().cloned()).unwrap();
        let mut records = Vec::new();
        for person in &self.persons {
            let home = self.memberships.iter().find(|m| m.person_id == person.person_id);
            let home = home.map(|m| m.household_id.clone());
            let why = self.without.iter().find(|(id, _)| *id == person.person_id);
            let why = why.map_or("stale", |(_, why)| why);
            records.push(RecordRow {
                source: "gp".to_owned(),
                key: person.person_id.to_lowercase(),
                person_id: person.person_id.clone(),
                no_household: home.is_none().then(|| why.to_owned()),
                household_id: home,
                fields: String::new(),
            });
        }
        let n = records.len() as u64;
        writer.open().records(records).unwrap();
        let households: BTreeSet<&String> =
            self.memberships.iter().map(|m| &m.household_id).collect();
        let households = households.into_iter().map(|id| HouseholdRow {
            household_id: id.clone(),
            address_id: format!("A{id}"),
            address: format!("{id} street"),
            kind: "private".to_owned(),
            from: None,
            to: None,
            size: 1,
            successor_of: None,
        });
        writer.open().households(households).unwrap();
        writer.open().memberships(self.memberships.iter().cloned()).unwrap();
        writer.open().residencies(self.residencies.iter().cloned()).unwrap();
        writer.open().relationships(self.relationships.iter().cloned()).unwrap();
        writer.open().involvements(self.involvements.iter().cloned()).unwrap();
        let counts = SourceCounts {
            source: "gp".to_owned(),
            rows: n,
            records: n,
            as_at: day("2026-03-20"),
            ..SourceCounts::default()
        };
        let further = self.sources.iter().map(|(source, as_at)| SourceCounts {
            source: (*source).to_owned(),
            as_at: day(as_at),
            ..SourceCounts::default()
        });
        let manifest = Manifest {
            run_date: RUN_DATE,
            sources: std::iter::once(counts).chain(further).collect(),
            indicators: self.indicators.clone(),
            baskets: self.baskets.clone(),
            ..Manifest::default()
        };
        let folder = writer.finish(manifest, Run::default()).unwrap();
        Store::read(&Snapshot::open(&folder).unwrap()).unwrap()
    }
}

fn members(answer: &WhoLivesHere) -> Vec<&str> {
    let all = answer.households.iter().flat_map(|home| &home.members);
    all.map(|member| member.who.person_id.as_str()).collect()
}

fn ids(relatives: &[Relative]) -> Vec<&str> {
    relatives.iter().map(|relative| relative.who.person_id.as_str()).collect()
}

#[test]
fn an_empty_snapshot_knows_no_id() {
    let store = Town::default().store();
    for (id, expected) in [
        ("P1", "the snapshot has no person `P1`"),
        ("H1", "the snapshot has no household `H1`"),
        ("A1", "the snapshot has no address `A1`"),
        ("gp:1", "the snapshot has no record of that source and key"),
        ("x", "an id is that of a person"),
    ] {
        assert!(store.find(id).unwrap_err().to_string().starts_with(expected), "{id}");
    }
    assert_eq!(store.ask(None).unwrap().unled(0).persons, []);
    let error = store.ask(day("2026-04-01")).err().unwrap().to_string();
    assert_eq!(error, "the snapshot is of 2026-03-31 and knows nothing of 2026-04-01");
}

#[test]
fn who_lived_here_is_asked_of_a_day() {
    let town = Town::default()
        .person("P1", "ann", "1990-01-01")
        .person("P2", "bob", "2015-06-01")
        .person("P3", "cat", "")
        .member("H1", "P1", "2020-01-01", "")
        .member("H1", "P2", "2020-01-01", "2024-01-01")
        .member("H2", "P2", "2024-01-01", "")
        .member("H1", "P3", "", "");
    let store = town.store();
    let home = store.find("H1").unwrap();
    let asked = |as_of: &str| store.ask(day(as_of)).unwrap().residents(home);
    assert_eq!(members(&asked("")), ["P1", "P3"]);
    assert_eq!(members(&asked("2023-12-31")), ["P1", "P2", "P3"]);
    assert_eq!(members(&asked("2019-12-31")), ["P3"]);
    // Nobody knows since when, so it may not have begun.
    let past = asked("2019-12-31");
    assert_eq!(past.households[0].members[0].why.holds, Holds::Perhaps);
    assert_eq!(asked("").households[0].members[1].why.holds, Holds::Yes);
    let of = store.ask(None).unwrap().household_of(store.find("gp:p2").unwrap()).unwrap();
    assert_eq!(of.homes[0].household.household_id, "H2");
    assert!(of.otherwise.is_none());
}

#[test]
fn whoever_has_no_household_has_a_last_address_or_none_and_is_told_so() {
    let store = Town::default()
        .person("P1", "ann", "")
        .person("P2", "bob", "")
        .person("P3", "cat", "")
        .stay("P1", "1 mill lane", "2020-01-01", "stale")
        .stay("P2", "", "2020-01-01", "current")
        .store();
    let ask = store.ask(None).unwrap();
    let last = |id: &str| {
        let answer = ask.household_of(store.find(id).unwrap()).unwrap();
        assert!(answer.homes.is_empty());
        let json = serde_json::to_value(&answer).unwrap();
        assert!(!json.to_string().contains("null,\"last_known\""));
        serde_json::to_value(answer.otherwise.unwrap().last_known).unwrap()
    };
    assert_eq!(last("P1")["address"]["address"], "1 mill lane");
    assert_eq!(last("P2"), "not_to_be_told");
    assert_eq!(last("P3"), "no_known_address");
}

#[test]
fn children_and_adults_are_told_by_relationship() {
    let store = Town::default()
        .person("P1", "mum", "1990-01-01")
        .person("P2", "dad", "1988-01-01")
        .person("P3", "child", "2015-01-01")
        .person("P4", "foster", "1970-01-01")
        .person("P5", "lodger", "1985-01-01")
        .person("P6", "stepmother", "1991-01-01")
        .person("P7", "unborn", "2026-06-01")
        .tie("P1", "mother", "P3")
        .tie("P2", "father", "P3")
        .tie("P1", "co_parent", "P2")
        .tie("P4", "foster_carer", "P3")
        .tie("P5", "household_adult", "P3")
        .tie("P6", "partner", "P2")
        .tie("P1", "mother", "P7")
        .store();
    let ask = store.ask(None).unwrap();
    let subject = |id: &str| store.find(id).unwrap();
    let children = |id: &str| ask.children_of(subject(id)).unwrap();
    assert_eq!(ids(&children("P1").relatives), ["P3", "P7"]);
    assert_eq!(ids(&children("P2").relatives), ["P3"]);
    assert_eq!(ids(&children("P3").relatives), [""; 0]);
    let foster = children("P4");
    assert_eq!(foster.relatives[0].why[0].says, "foster child of");
    let lodger = children("P5");
    assert_eq!(lodger.relatives[0].why[0].basis, Basis::Inferred);
    assert_eq!(lodger.relatives[0].why[0].says, "child in one household with the adult");

    let adults = ask.adults_of(subject("P3")).unwrap();
    assert_eq!(ids(&adults.relatives), ["P4", "P2", "P1", "P6", "P5"]);
    for relative in &adults.relatives {
        let parent = relative.why.iter().any(|why| why.says.contains("mother"));
        assert_eq!(parent, relative.who.person_id == "P1", "a carer is no parent");
    }
    let unborn = &children("P1").relatives[1];
    assert_eq!((unborn.who.status, unborn.who.age.0), (Status::Expected, None));
}

#[test]
fn an_event_of_an_adult_concerns_exactly_the_children_it_should() {
    let town = Town::default()
        .person("P1", "adult", "1990-01-01")
        .person("P2", "own, here", "2015-01-01")
        .person("P3", "partners, here", "2016-01-01")
        .person("P4", "own, with the other parent", "2012-01-01")
        .person("P5", "adopted out", "2014-01-01")
        .person("P6", "grown up", "2005-01-01")
        .person("P7", "expected", "2026-06-01")
        .person("P8", "foster child of another", "2014-01-01")
        .person("P9", "partner", "1991-01-01")
        .member("H1", "P1", "2020-01-01", "")
        .member("H1", "P2", "2020-01-01", "")
        .member("H1", "P3", "2020-01-01", "")
        .member("H1", "P9", "2020-01-01", "")
        .member("H2", "P4", "2020-01-01", "")
        .member("H2", "P8", "2020-01-01", "")
        .tie("P1", "mother", "P2")
        .tie("P9", "father", "P3")
        .tie("P1", "mother", "P4")
        .tie("P1", "mother", "P5")
        .until("2018-05-01")
        .tie("P1", "mother", "P6")
        .tie("P1", "mother", "P7");
    let store = town.store();
    let told = |as_of: &str| {
        let ask = store.ask(day(as_of)).unwrap();
        let answer = ask.concerned(store.find("P1").unwrap()).unwrap();
        let children = answer.children.iter();
        let all = children.map(|child| (child.how, child.who.person_id.clone()));
        all.map(|(how, id)| format!("{id} {}", how.as_str())).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        told(""),
        "P2 lives with the adult, P3 lives with the adult, P4 the adult's, elsewhere, P7 expected"
    );
    // Before the order the child was hers, and the eldest had not grown up.
    let before = told("2018-04-30");
    assert!(before.contains("P5") && before.contains("P6"), "{before}");
    let nobody = store.ask(None).unwrap().concerned(store.find("P8").unwrap()).unwrap();
    assert_eq!(nobody.children[0].who.person_id, "P4", "a child of the same household");
}

#[test]
fn who_is_connected_does_not_live_there() {
    let store = Town::default()
        .person("P1", "mum", "1990-01-01")
        .person("P2", "dad", "1988-01-01")
        .person("P3", "child", "2015-01-01")
        .person("P4", "dads partner", "1991-01-01")
        .person("P5", "once a lodger", "1980-01-01")
        .person("P6", "nobody to them", "1980-01-01")
        .member("H1", "P1", "2020-01-01", "")
        .member("H1", "P3", "2020-01-01", "")
        .member("H2", "P2", "2020-01-01", "")
        .member("H2", "P4", "2022-01-01", "")
        .tie("P1", "mother", "P3")
        .tie("P2", "father", "P3")
        .stay("P1", "1 old road", "2019-01-01", "superseded")
        .stay("P5", "1 old road", "2018-01-01", "superseded")
        .store();
    let ask = store.ask(None).unwrap();
    for id in ["P3", "P1", "H1"] {
        let answer = ask.connected(store.find(id).unwrap()).unwrap();
        assert_eq!(ids(&answer.connected), ["P2", "P4", "P5"], "{id}");
    }
    let family = ask.family(store.find("P3").unwrap(), 1).unwrap();
    assert_eq!(family.households.len(), 2);
    assert!(family.page().contains("Dads Partner"));
}

#[test]
fn a_lead_is_none_or_one_or_in_conflict() {
    let town = Town::default()
        .person("P1", "mum", "")
        .person("P2", "child", "")
        .member("H1", "P1", "", "")
        .member("H1", "P2", "", "");
    let town = town.known("P1", "Probation", Lead::No, "").known("P2", "School", Lead::Unknown, "");
    let leads = |town: &Town, id: &str| {
        let store = town.store();
        let answer = store.ask(None).unwrap().services(store.find(id).unwrap()).unwrap();
        answer.leads[0].lead.clone()
    };
    assert_eq!(leads(&town, "P1"), Leads::NoneKnown);
    let town =
        town.known("P2", "Care", Lead::Yes, "").known("P1", "Health", Lead::Yes, "2025-06-01");
    // Of a family one lead is enough, whose time has not ended.
    assert!(matches!(leads(&town, "P1"), Leads::One { worker } if worker.agency == "Care"));
    let store = town.store();
    let ask = store.ask(day("2025-02-01")).unwrap();
    let leads = ask.services(store.find("H1").unwrap()).unwrap().leads;
    assert!(matches!(&leads[0].lead, Leads::Conflict { workers } if workers.len() == 2));
    assert_eq!(ask.unled(1).persons, []);
    let town = Town::default().person("P1", "mum", "").known("P1", "Probation", Lead::No, "");
    let store = town.store();
    let unled = |n: usize| store.ask(None).unwrap().unled(n).persons.len();
    assert_eq!((unled(1), unled(2)), (1, 0));
}

#[test]
fn children_placed_with_a_carer_have_leads_of_their_own() {
    let mut town = Town::default()
        .person("P1", "carer", "")
        .person("P2", "one", "")
        .person("P3", "ones brother", "")
        .person("P4", "another", "")
        .person("P5", "mother", "")
        .tie("P5", "mother", "P2")
        .tie("P5", "mother", "P3")
        .member("H1", "P1", "", "");
    for child in ["P2", "P3", "P4"] {
        town = town.member("H1", child, "", "");
        "placed with foster carer".clone_into(&mut town.memberships.last_mut().unwrap().basis);
    }
    let store =
        town.known("P2", "Care", Lead::Yes, "").known("P4", "Health", Lead::Yes, "").store();
    let ask = store.ask(None).unwrap();
    let told = |id: &str| {
        let answer = ask.services(store.find(id).unwrap()).unwrap();
        let told = answer.leads.iter().map(|family| {
            let names: Vec<&str> = family.of.iter().map(|of| of.name.as_str()).collect();
            let lead = match &family.lead {
                Leads::NoneKnown | Leads::Withheld => "nobody",
                Leads::One { worker } => &worker.agency,
                Leads::Conflict { .. } => "conflict",
            };
            format!("{}: {lead}", names.join(" and "))
        });
        told.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told("H1"), "carer: nobody; one and ones brother: Care; another: Health");
    assert_eq!(told("P3"), "one and ones brother: Care");
    assert_eq!(told("P1"), "carer: nobody");
}

#[test]
fn changes_are_told_with_their_days_and_what_has_none_is_counted() {
    let store = Town::default()
        .person("P1", "mum", "1990-01-01")
        .person("P2", "child", "2025-06-01")
        .person("P3", "gone", "1980-01-01")
        .member("H1", "P1", "2020-01-01", "")
        .member("H1", "P2", "2025-06-01", "")
        .member("H1", "P3", "2020-01-01", "2025-09-01")
        .tie("P1", "mother", "P2")
        .known("P2", "School", Lead::Unknown, "2026-01-01")
        .store();
    let ask = store.ask(None).unwrap();
    let home = store.find("H1").unwrap();
    let told = |since: &str| {
        let answer = ask.changes(home, since.parse().unwrap()).unwrap();
        let told = answer.changes.iter();
        let told: Vec<String> =
            told.map(|c| format!("{} {} {}", c.day, c.who.person_id, c.what.as_str())).collect();
        (told.join("\n"), answer.undated)
    };
    let (all, undated) = told("2025-06-01");
    assert_eq!(
        all,
        "2025-06-01 P2 born\n2025-06-01 P2 moved in\n2025-09-01 P3 moved out\n2026-01-01 P2 service ended"
    );
    assert_eq!(undated, Undated { relationships: 1, ..Undated::default() });
    assert_eq!(told("2026-01-02").0, "");
    let error = ask.changes(home, Date::constant(2026, 4, 1)).unwrap_err();
    assert_eq!(error.to_string(), "2026-04-01 is after 2026-03-31");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn residents_are_those_whose_memberships_hold(
        rows in proptest::collection::vec((0..4_u8, 0..6_u8, 0..8_i8, 0..8_i8), 0..20),
        as_of in 1..9_i8,
    ) {
        let date = |n: i8| Date::constant(2026, 3, n);
        let mut town = Town::default();
        for person in 0..6 {
            town = town.person(&format!("P{person}"), "x", "");
        }
        for (household, person, from, to) in &rows {
            // Nought is a day that nobody knows.
            let text = |n: i8| if n == 0 { String::new() } else { date(n).to_string() };
            town = town.member(
                &format!("H{household}"),
                &format!("P{person}"),
                &text(*from),
                &text(*to),
            );
        }
        let store = town.store();
        let ask = store.ask(Some(date(as_of))).unwrap();
        for household in 0..4 {
            let Ok(subject) = store.find(&format!("H{household}")) else { continue };
            let expected: BTreeSet<String> = rows
                .iter()
                .filter(|row| row.0 == household)
                .filter(|row| row.2 <= as_of && (row.3 == 0 || as_of < row.3))
                .map(|row| format!("P{}", row.1))
                .collect();
            let answer = ask.residents(subject);
            let found: BTreeSet<String> =
                members(&answer).into_iter().map(str::to_owned).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn whoever_has_a_child_is_an_adult_of_it(
        ties in proptest::collection::vec((0..6_u8, 0..6_u8, 0..5_usize), 0..20),
    ) {
        let words = ["mother", "father", "step_parent", "foster_carer", "household_adult"];
        let mut town = Town::default();
        for person in 0..6 {
            town = town.person(&format!("P{person}"), "x", "");
        }
        for (one, other, word) in ties.iter().filter(|tie| tie.0 != tie.1) {
            town = town.tie(&format!("P{one}"), words[*word], &format!("P{other}"));
        }
        let store = town.store();
        let ask = store.ask(None).unwrap();
        for adult in 0..6 {
            let of = |n: u8| store.find(&format!("P{n}")).unwrap();
            let children = ask.children_of(of(adult)).unwrap();
            for child in 0..6 {
                let has = ids(&children.relatives).contains(&format!("P{child}").as_str());
                let expected =
                    adult != child && ties.iter().any(|tie| (tie.0, tie.1) == (adult, child));
                prop_assert_eq!(has, expected);
                if has {
                    let adults = ask.adults_of(of(child)).unwrap();
                    let is = ids(&adults.relatives).contains(&format!("P{adult}").as_str());
                    prop_assert!(is);
                }
            }
        }
    }
}
