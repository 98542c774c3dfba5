//! `kinfold show`: a person, a household or a record of a snapshot.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use plan::counted;
use serde_json::{Map, Value, json};
use snapshot::{Decision, PersonRow, RecordRow, Snapshot, WITHHELD};

use super::authority::Authority;
use crate::table::{since, table, until};
use crate::{Global, print};

/// Show a person, a household or a record of a snapshot.
#[derive(clap::Args)]
pub(crate) struct Show {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    #[command(flatten)]
    authority: Authority,
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A person: best values, records, homes and relationships
    Person {
        /// The person's id
        id: String,
    },
    /// A household and its members
    Household {
        /// The household's id
        id: String,
    },
    /// A source record, and the person it is of
    Record {
        /// The source
        source: String,
        /// The record's key
        #[arg(allow_hyphen_values = true)]
        key: String,
    },
}

impl Show {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let snapshot = self.authority.open(&self.snapshot)?;
        let (question, about, (value, text)) = match &self.what {
            What::Person { id } => ("show person", id.clone(), person(&snapshot, id)?),
            What::Household { id } => ("show household", id.clone(), household(&snapshot, id)?),
            What::Record { source, key } => {
                let Some(row) = snapshot.find_record(source, key)? else {
                    bail!(no_record(&snapshot));
                };
                let (person, text) = person(&snapshot, &row.person_id)?;
                let value = json!({
                    "source": row.source, "key": row.key, "person_id": row.person_id,
                    "household_id": row.household_id, "no_household": row.no_household, "person": person,
                });
                let text = format!("{} {} is of\n\n{text}", row.source, row.key);
                ("show record", row.person_id, (value, text))
            }
        };
        let noted = self.authority.noted(&snapshot, question, &[about])?;
        print(&if global.json {
            format!("{}\n", noted.within(value))
        } else {
            noted.before(text)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn values(fields: &[String], row: &PersonRow) -> Map<String, Value> {
    let known = fields.iter().zip(&row.best).filter_map(|(field, best)| {
        let best = best.as_ref()?;
        Some((field.clone(), json!({ "value": best.value, "source": best.source })))
    });
    known.collect()
}

fn person(snapshot: &Snapshot, id: &str) -> anyhow::Result<(Value, String)> {
    let Some((fields, row)) = snapshot.find_person(id)? else {
        bail!("the snapshot has no person `{id}`");
    };
    let records = snapshot.records_of(id)?;
    let withheld = row.shielded.as_ref().filter(|_| !snapshot.tells_shielded());
    // Of whom no record is told, the reason is not told either.
    let reason = records.first().map(|record| record.no_household.clone());
    let no_household = reason.unwrap_or_else(|| withheld.map(|_| "protected".to_owned()));
    let memberships = snapshot.memberships_of(id)?;
    let residencies = snapshot.residencies_of(id)?;
    let relationships = snapshot.relationships_of(id)?;
    let either = either(snapshot, &records)?;
    let value = json!({
        "person_id": id, "record_count": row.record_count, "source_count": row.source_count,
        "first_seen": row.first_seen, "last_seen": row.last_seen, "shielded": row.shielded,
        "withheld": withheld.is_some(), "values": values(&fields, &row),
        "records": records.iter().map(|record| json!({ "source": record.source, "key": record.key })).collect::<Vec<_>>(),
        "many": either,
        "no_household": no_household,
        "memberships": memberships.iter().map(|m| json!({ "household_id": m.household_id, "from": m.from, "to": m.to, "basis": m.basis })).collect::<Vec<_>>(),
        "residencies": residencies.iter().map(|r| json!({ "address": r.address, "from": r.from, "to": r.to, "last_seen": r.last_seen, "sources": r.sources, "shielded": r.withheld })).collect::<Vec<_>>(),
        "relationships": relationships.iter().map(|r| json!({ "person_id": r.person_id, "is": r.relation, "of": r.other_person_id, "basis": r.basis.code(), "source": r.source })).collect::<Vec<_>>(),
    });

    let records_of = counted(row.record_count.into(), "record");
    let mut text = format!("{id}: {records_of} of {}", counted(row.source_count.into(), "source"));
    if let Some((first, last)) = row.first_seen.zip(row.last_seen) {
        text += &format!(", seen from {first} to {last}");
    }
    text += "\n\n";
    if let Some(why) = withheld {
        text += &format!(
            "Withheld: records, address, household, services and all but who it is (shielded: {why})\n\n"
        );
    }
    let best = fields.iter().zip(&row.best).filter_map(|(field, best)| {
        best.as_ref().map(|best| vec![field.clone(), best.value.clone(), best.source.clone()])
    });
    text += &table(&["field", "best value", "from"], best);
    text += "\n";
    if withheld.is_none() {
        text += &table(
            &["record of", "key"],
            records.iter().map(|record| vec![record.source.clone(), record.key.clone()]),
        );
    }
    if !either.is_empty() {
        text +=
            &format!("\nMay also be, and it cannot be told which (many): {}\n", either.join(", "));
    }
    if let Some(reason) = no_household {
        text += &format!("\nNo household: {reason}\n");
    } else {
        text += "\n";
        text += &table(
            &["household", "from", "to", "basis"],
            memberships
                .iter()
                .map(|m| vec![m.household_id.clone(), since(m.from), until(m.to), m.basis.clone()]),
        );
    }
    if !residencies.is_empty() {
        text += "\n";
        text += &table(
            &["lived at", "from", "to", "last seen", "according to"],
            residencies.iter().map(|r| {
                if let Some(why) = r.withheld.as_ref().filter(|_| r.address.is_empty()) {
                    let mut row = vec![format!("withheld (shielded: {why})")];
                    row.extend([(); 4].map(|()| WITHHELD.to_owned()));
                    return row;
                }
                vec![
                    r.address.clone(),
                    since(r.from),
                    until(r.to),
                    until(r.last_seen),
                    r.sources.join(", "),
                ]
            }),
        );
    }
    if !relationships.is_empty() {
        text += "\n";
        text += &table(
            &["person", "is", "of", "basis", "according to"],
            relationships.iter().map(|r| {
                let source = r.source.clone().unwrap_or_default();
                vec![
                    r.person_id.clone(),
                    r.relation.clone(),
                    r.other_person_id.clone(),
                    r.basis.code().to_owned(),
                    source,
                ]
            }),
        );
    }
    Ok((value, text))
}

/// Why no record is found by its source and key.
pub(super) fn no_record(snapshot: &Snapshot) -> &'static str {
    match snapshot.n_withheld_records() {
        0 => "the snapshot has no record of that source and key",
        _ => {
            "the snapshot tells of no record of that source and key; those of persons who are shielded it tells with `--authority`"
        }
    }
}

/// The other persons that records of a person may be of, where it could not be chosen.
fn either(snapshot: &Snapshot, records: &[RecordRow]) -> anyhow::Result<Vec<String>> {
    let Some(id) = records.first().map(|record| record.person_id.as_str()) else {
        return Ok(Vec::new());
    };
    let mut others: Vec<(String, String)> = Vec::new();
    for link in snapshot.links_of(id)? {
        if link.decision == Decision::Many {
            others.push((link.source, link.key));
            others.push((link.other_source, link.other_key));
        }
    }
    if others.is_empty() {
        return Ok(Vec::new());
    }
    others.sort_unstable();
    let mut persons = Vec::new();
    snapshot.each_record(|row| {
        let place = others.binary_search_by(|(source, key)| {
            (source.as_str(), key.as_str()).cmp(&(row.source, row.key))
        });
        if place.is_ok() {
            persons.push(row.person_id.to_owned());
        }
    })?;
    persons.sort_unstable();
    persons.dedup();
    persons.retain(|person| person != id);
    Ok(persons)
}

fn household(snapshot: &Snapshot, id: &str) -> anyhow::Result<(Value, String)> {
    let Some(row) = snapshot.find_household(id)?.into_iter().next() else {
        bail!("the snapshot has no household `{id}`");
    };
    let mut members = Vec::new();
    let mut lines = Vec::new();
    for membership in snapshot.members_of(id)? {
        let Some((fields, person)) = snapshot.find_person(&membership.person_id)? else { continue };
        let best = |wanted: &str| {
            let place = fields.iter().position(|field| field == wanted)?;
            person.best[place].as_ref().map(|best| best.value.clone())
        };
        let name: Vec<String> =
            ["forename", "surname"].iter().filter_map(|field| best(field)).collect();
        lines.push(vec![
            membership.person_id.clone(),
            name.join(" "),
            best("date_of_birth").unwrap_or_default(),
            since(membership.from),
            membership.basis.clone(),
        ]);
        members.push(json!({
            "person_id": membership.person_id, "from": membership.from, "to": membership.to,
            "basis": membership.basis, "values": values(&fields, &person),
        }));
    }
    let value = json!({
        "household_id": id, "address_id": row.address_id, "address": row.address, "kind": row.kind,
        "from": row.from, "to": row.to, "size": row.size, "successor_of": row.successor_of,
        "members": members,
    });
    let text = format!(
        "{id}: {}\n{} household of {}, since when: {}\n\n{}",
        row.address,
        row.kind,
        row.size,
        since(row.from),
        table(&["member", "name", "born", "since", "basis"], lines),
    );
    Ok((value, text))
}
