//! The gazetteer of a town: what addresses there are, as the council would know them.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use crate::town::{Dwelling, HomeKind, Town};
use crate::write::{Error, Written};

const FILE: &str = "gazetteer.csv";
const HEADER: [&str; 10] = [
    "UPRN",
    "PARENT_UPRN",
    "CLASSIFICATION_CODE",
    "SUB_BUILDING",
    "BUILDING_NAME",
    "BUILDING_NUMBER",
    "STREET_NAME",
    "LOCALITY",
    "TOWN_NAME",
    "POSTCODE",
];

/// Writes the gazetteer of a town beside its extracts, and a section of the plan that reads it.
///
/// It lists the council's own area: homes in other towns are not in it, nor are refuges.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write_gazetteer(town: &Town, folder: &Path, written: &mut Written) -> Result<(), Error> {
    let path = folder.join(FILE);
    rows(town, &path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let section = format!("\n[gazetteer]\nfiles = [\"{FILE}\"]\nlayout = \"addressbase\"\n");
    let append =
        |path: &Path| OpenOptions::new().append(true).open(path)?.write_all(section.as_bytes());
    append(&written.plan).map_err(|source| Error::Io { path: written.plan.clone(), source })?;
    written.files.push(path);
    Ok(())
}

fn rows(town: &Town, path: &Path) -> io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(HEADER)?;
    let mut rows: BTreeMap<u64, [String; HEADER.len()]> = BTreeMap::new();
    let is_listed = |home: &&Dwelling| !matches!(home.kind, HomeKind::Elsewhere | HomeKind::Refuge);
    for home in town.dwellings.iter().filter(is_listed) {
        if let Some(parent) = home.building_uprn {
            let shell = Dwelling { unit: String::new(), building_uprn: None, ..home.clone() };
            rows.entry(parent).or_insert_with(|| row(town, &shell, parent, "PP"));
        }
        rows.insert(home.uprn, row(town, home, home.uprn, classification(home)));
    }
    for row in rows.values() {
        writer.write_record(row)?;
    }
    writer.flush()
}

fn row(town: &Town, home: &Dwelling, uprn: u64, code: &str) -> [String; HEADER.len()] {
    let street = &town.streets[home.street as usize];
    [
        uprn.to_string(),
        home.building_uprn.map(|parent| parent.to_string()).unwrap_or_default(),
        code.to_owned(),
        home.unit.clone(),
        home.building.clone(),
        home.number.to_string(),
        street.name.clone(),
        street.locality.clone(),
        street.town.clone(),
        home.postcode.to_string(),
    ]
}

fn classification(home: &Dwelling) -> &'static str {
    match home.kind {
        HomeKind::Communal => "RI01",
        HomeKind::Hostel => "CH01",
        HomeKind::Bedsit | HomeKind::Shared => "RH01",
        _ if home.unit.is_empty() => "RD04",
        _ => "RD06",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{Settings, invent, write};
    use jiff::civil::date;

    #[test]
    fn a_gazetteer_lists_every_home_of_the_town_once() {
        let settings = Settings::new(2, 300, date(2026, 3, 31));
        let town = invent(&settings);
        let folder = tempfile::tempdir().unwrap();
        let mut written = write(&town, &settings, folder.path()).unwrap();
        super::write_gazetteer(&town, folder.path(), &mut written).unwrap();
        let text = fs::read_to_string(folder.path().join("gazetteer.csv")).unwrap();
        let mut uprns: Vec<&str> =
            text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        let rows = uprns.len();
        uprns.sort_unstable();
        uprns.dedup();
        assert!(rows == uprns.len() && 100 < rows, "{rows}");
        assert!(fs::read_to_string(&written.plan).unwrap().contains("[gazetteer]"));
        assert!(written.files.iter().any(|file| file.ends_with("gazetteer.csv")));
    }
}
