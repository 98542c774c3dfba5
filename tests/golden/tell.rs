//! Tells a snapshot as text that a person can review.

use std::collections::BTreeMap;
use std::fmt::Write;

use snapshot::{HouseholdRow, MembershipRow, PersonRow, RecordRow, Snapshot};

use crate::town::{BACKGROUND, Town};

/// The persons, households, relationships, rejects and explanations of a snapshot.
///
/// Ids are short and in the order of first records, so that they can be read and stay the same.
/// Unrelated residents are left out. `explain` gives the explanation of a pair.
pub(crate) fn tell(
    snapshot: &Snapshot,
    town: &Town,
    explain: &dyn Fn(&[String; 4]) -> String,
) -> String {
    let mut records = snapshot.records().unwrap();
    let of_town = |record: &RecordRow| record.source != BACKGROUND;
    let names = Names::of(snapshot, &records);
    let mut text = String::new();

    text += "persons\n";
    let persons = snapshot.persons().unwrap();
    let rows: BTreeMap<&str, &PersonRow> =
        persons.rows.iter().map(|row| (row.person_id.as_str(), row)).collect();
    for (at, id) in names.persons.iter().enumerate() {
        let of_person: Vec<&RecordRow> = records.iter().filter(|r| r.person_id == *id).collect();
        let row = rows[id.as_str()];
        let best = |field: &str| {
            let place = persons.fields.iter().position(|known| known == field)?;
            row.best[place].as_ref().map(|best| best.value.clone())
        };
        let name: Vec<String> =
            ["forename", "middle_name", "surname"].into_iter().filter_map(best).collect();
        let name = if name.is_empty() { "(no name)".to_owned() } else { name.join(" ") };
        let born = best("date_of_birth").unwrap_or_else(|| "-".to_owned());
        let of_person: Vec<String> =
            of_person.iter().map(|record| format!("{} {}", record.source, record.key)).collect();
        writeln!(text, "  P{}  {name}  {born}  {}", at + 1, of_person.join(", ")).unwrap();
    }

    text += "households\n";
    let households = snapshot.households().unwrap();
    let memberships = snapshot.memberships().unwrap();
    for (at, id) in names.households.iter().enumerate() {
        let HouseholdRow { kind, address, .. } =
            households.iter().find(|row| row.household_id == *id).unwrap();
        writeln!(text, "  H{}  {kind}  {address}", at + 1).unwrap();
        let mut members: Vec<&MembershipRow> =
            memberships.iter().filter(|row| row.household_id == *id).collect();
        members.sort_by_key(|row| names.person(&row.person_id));
        for MembershipRow { person_id, basis, .. } in members {
            writeln!(text, "      P{}  {basis}", names.person(person_id)).unwrap();
        }
    }

    text += "no household\n";
    for (at, id) in names.persons.iter().enumerate() {
        let record = records.iter().find(|record| record.person_id == *id).unwrap();
        if let Some(reason) = &record.no_household {
            writeln!(text, "  P{}  {reason}", at + 1).unwrap();
        }
    }

    text += "relationships\n";
    let relationships = snapshot.relationships().unwrap();
    let mut lines: Vec<_> = relationships
        .iter()
        .map(|row| {
            let pair = (names.person(&row.person_id), names.person(&row.other_person_id));
            (pair, row.relation.as_str(), row.source.as_deref().unwrap_or("inferred"))
        })
        .collect();
    lines.sort_unstable();
    for ((one, other), is, source) in lines {
        writeln!(text, "  P{one} is {is} of P{other}  {source}").unwrap();
    }

    text += "rejects\n";
    for row in snapshot.rejects().unwrap().iter().filter(|row| row.source != BACKGROUND) {
        let field = row.field.as_deref().unwrap_or("row");
        writeln!(text, "  {} line {}  {field}  {}", row.source, row.line, row.reason).unwrap();
    }

    for pair in &town.explain {
        let [source, key, other_source, other_key] = pair;
        writeln!(text, "\n{source} {key} and {other_source} {other_key}").unwrap();
        for line in explain(pair).lines().skip(1) {
            writeln!(text, "  {line}").unwrap();
        }
    }
    records.retain(of_town);
    assert!(town.background || records.len() as u64 == snapshot.manifest().totals.records);
    text
}

/// The persons and households to tell of, in the order of their first records.
struct Names {
    persons: Vec<String>,
    households: Vec<String>,
}

impl Names {
    fn of(snapshot: &Snapshot, records: &[RecordRow]) -> Names {
        let mut names = Names { persons: Vec::new(), households: Vec::new() };
        for record in records.iter().filter(|record| record.source != BACKGROUND) {
            if !names.persons.contains(&record.person_id) {
                names.persons.push(record.person_id.clone());
            }
        }
        for person in &names.persons {
            let mut homes = snapshot.memberships_of(person).unwrap();
            homes.sort_by_key(|row| row.basis == "second home");
            for home in homes {
                if !names.households.contains(&home.household_id) {
                    names.households.push(home.household_id);
                }
            }
        }
        names
    }

    /// The number of a person; 0 is somebody of the background.
    fn person(&self, id: &str) -> usize {
        self.persons.iter().position(|known| known == id).map_or(0, |at| at + 1)
    }
}
