//! The plan that reads the extracts, as a user would write it.

use std::fmt::Write;

use crate::extract::{Extract, From, Paper, Shape};
use crate::town::Town;

/// The plan as TOML.
pub(crate) fn plan(town: &Town, extracts: &[Extract]) -> String {
    let mut plan = String::from("# Reads the extracts of an invented town.\n");
    line(&mut plan, "run_date", &town.run_date.to_string());
    line(&mut plan, "output", &quoted("snapshots"));
    line(&mut plan, "truth", &quoted("truth.parquet"));
    for (at, extract) in extracts.iter().enumerate() {
        source(&mut plan, at + 1, extract);
    }
    plan
}

fn source(plan: &mut String, number: usize, extract: &Extract) {
    let Paper { agency, system, side, file, shape, key, unique, merge, dates, .. } = extract.paper;
    plan.push_str("\n[[source]]\n");
    line(plan, "name", &quoted(extract.agency.as_str()));
    line(plan, "agency", &quoted(agency));
    line(plan, "system", &quoted(system));
    line(plan, "side", &quoted(side));
    line(plan, "agreement", &quoted(&format!("ISA-{number:02}")));
    line(plan, "files", &format!("[{}]", quoted(file)));
    line(plan, "delivery", &quoted("full"));
    line(plan, "key", &quoted(key));
    line(plan, "as_at", &extract.as_at.to_string());
    if unique {
        line(plan, "unique", "true");
    }
    line(plan, "dates", &quoted(dates.order()));
    match shape {
        Shape::Windows1252 => line(plan, "encoding", &quoted("windows-1252")),
        Shape::Semicolons => line(plan, "delimiter", &quoted(";")),
        _ => {}
    }
    if merge {
        line(plan, "repeat", &quoted("merge"));
    }
    plan.push_str("[source.columns]\n");
    columns(plan, extract.paper.columns);
    for person in extract.paper.persons {
        plan.push_str("[[source.person]]\n");
        line(plan, "role", &quoted(person.role));
        if !person.relationship.is_empty() {
            line(plan, "relationship", &quoted(person.relationship));
        }
        if !person.key.is_empty() {
            line(plan, "key", &quoted(person.key));
        }
        plan.push_str("[source.person.columns]\n");
        columns(plan, person.columns);
    }
}

fn columns(plan: &mut String, columns: &[(&str, From)]) {
    for (field, from) in columns {
        let from = match from {
            From::One(column) => quoted(column),
            From::All(columns) => {
                let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
                format!("[{}]", columns.join(", "))
            }
            From::Split(column, split) => {
                format!("{{ column = {}, split = {} }}", quoted(column), quoted(split))
            }
            From::Codes(column, codes) => {
                let codes: Vec<String> = codes
                    .iter()
                    .map(|(code, meaning)| format!("{} = {}", quoted(code), quoted(meaning)))
                    .collect();
                format!("{{ column = {}, codes = {{ {} }} }}", quoted(column), codes.join(", "))
            }
        };
        line(plan, field, &from);
    }
}

fn line(plan: &mut String, key: &str, value: &str) {
    writeln!(plan, "{key} = {value}").expect("a string takes all that is written to it");
}

/// A string in TOML. The names here are plain, so that quotes are all it takes.
fn quoted(text: &str) -> String {
    debug_assert!(!text.contains(['"', '\\', '\n']), "a name in a plan is plain");
    format!("\"{text}\"")
}
