//! What is answered from a part of a snapshot is what is answered from the whole.

use query::{Ask, Error, Store, Subject, look};
use serde_json::{Value, to_value};
use snapshot::{Date, Snapshot};

use crate::kinfold::snapshot;
use crate::shielded;

type Question = fn(&Ask<'_>, Subject) -> Result<Value, Error>;

const QUESTIONS: [(&str, Question); 10] = [
    ("residents", |ask, id| Ok(to_value(ask.residents(id)).unwrap())),
    ("household", |ask, id| Ok(to_value(ask.household_of(id)?).unwrap())),
    ("connected", |ask, id| Ok(to_value(ask.connected(id)?).unwrap())),
    ("children", |ask, id| Ok(to_value(ask.children_of(id)?).unwrap())),
    ("adults", |ask, id| Ok(to_value(ask.adults_of(id)?).unwrap())),
    ("concerned", |ask, id| Ok(to_value(ask.concerned(id)?).unwrap())),
    ("services", |ask, id| Ok(to_value(ask.services(id)?).unwrap())),
    ("indicators", |ask, id| Ok(to_value(ask.indicators(id)?).unwrap())),
    ("changes", |ask, id| Ok(to_value(ask.changes(id, Date::constant(2015, 1, 1))?).unwrap())),
    ("family", |ask, id| Ok(to_value(ask.family(id, 3)?).unwrap())),
];

/// Every answer about these ids, from the whole and from a part.
fn compared(whole: &Snapshot, part: &mut Snapshot, ids: &[String]) {
    let store = Store::read(whole).unwrap();
    let mut answered = 0;
    for id in ids {
        for (name, question) in QUESTIONS {
            for as_of in [None, Some(Date::constant(2024, 6, 1))] {
                let all = store
                    .find(id)
                    .and_then(|subject| question(&store.ask(as_of)?, subject))
                    .map_err(|error| error.to_string());
                let little = look(part, id, |store, subject| question(&store.ask(as_of)?, subject))
                    .map_err(|error| error.to_string())
                    .map(|(_, answer)| answer);
                assert_eq!(little, all, "{name} of {id}");
                answered += usize::from(all.is_ok());
            }
        }
    }
    assert!(answered > ids.len(), "most have answers");
}

fn some_of(snapshot: &Snapshot) -> Vec<String> {
    let persons = snapshot.persons().unwrap().rows.into_iter().map(|row| row.person_id);
    let households = snapshot.households().unwrap().into_iter().map(|row| row.household_id);
    let addresses = snapshot.addresses().unwrap().into_iter().map(|row| row.address_id);
    let records = snapshot.records().unwrap().into_iter();
    let records = records.map(|row| format!("{}:{}", row.source, row.key));
    let mut ids: Vec<String> = persons.step_by(31).collect();
    ids.extend(households.step_by(37));
    ids.extend(addresses.step_by(59));
    ids.extend(records.step_by(307));
    ids.extend(["P0", "H0", "A0", "x", "nowhere:1", ""].map(str::to_owned));
    ids
}

#[test]
fn a_part_of_a_snapshot_answers_as_the_whole() {
    let ids = some_of(&snapshot());
    compared(&snapshot(), &mut snapshot(), &ids);
}

#[test]
fn a_part_of_what_is_shielded_answers_as_the_whole() {
    let town = shielded::town();
    let open = || Snapshot::open(&town.path().join("snapshots")).unwrap();
    let told = || open().with_shielded().unwrap();
    let persons = told().persons().unwrap().rows.into_iter().map(|row| row.person_id);
    let homes = told().households().unwrap().into_iter().map(|row| row.household_id);
    let addresses = told().addresses().unwrap().into_iter().map(|row| row.address_id);
    let records = ["gp:1", "gp:4", "haven:1"].map(str::to_owned);
    let ids: Vec<String> = persons.chain(homes).chain(addresses).chain(records).collect();
    compared(&told(), &mut told(), &ids);
    compared(&open(), &mut open(), &ids);
}
