//! Holds the extracts to the truth beside them, and their errors to those of life.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use arrow::array::{Array, AsArray};
use jiff::civil::Date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use synth::{Agency, Extract, Settings, extracts, invent, write};
use xxhash_rust::xxh3::xxh3_64;

const RUN_DATE: Date = Date::constant(2026, 3, 31);

fn settings(seed: u64, persons: u32) -> Settings {
    Settings::new(seed, persons, RUN_DATE)
}

fn written(settings: &Settings, folder: &Path) -> synth::Written {
    let town = invent(settings);
    write(&town, settings, folder).unwrap()
}

fn hashes(folder: &Path) -> BTreeMap<String, u64> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, xxh3_64(&fs::read(path).unwrap()))
        })
        .collect()
}

/// The columns of a Parquet file of text, empty where null.
fn columns(path: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            rows.push(
                names
                    .iter()
                    .map(|name| {
                        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
                        if column.is_null(row) {
                            String::new()
                        } else {
                            column.value(row).to_owned()
                        }
                    })
                    .collect(),
            );
        }
    }
    rows
}

#[test]
fn the_same_seed_writes_the_same_bytes() {
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let seeds = [5, 5, 6];
    for (folder, seed) in folders.iter().zip(seeds) {
        written(&settings(seed, 400), folder.path());
    }
    let [first, second, other] = [0, 1, 2].map(|at: usize| hashes(folders[at].path()));
    assert_eq!(first, second);
    assert!(first.iter().all(|(name, hash)| other[name] != *hash || name == "plan.toml"));
}

#[test]
fn every_record_has_its_truth() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(7, 1500);
    let town = invent(&settings);
    let extracts = extracts(&town, &settings);
    let written = write(&town, &settings, folder.path()).unwrap();
    assert!(written.files.iter().all(|file| file.is_file()));

    let truth = columns(&written.truth, &["source", "key", "person", "household", "home_kind"]);
    assert_eq!(truth.len(), written.n_records);
    let keys: BTreeSet<(&str, &str)> =
        truth.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(keys.len(), truth.len(), "a key comes once in its source");
    let persons = columns(&folder.path().join("truth_persons.parquet"), &["person"]);
    let persons: BTreeSet<&str> = persons.iter().map(|row| row[0].as_str()).collect();
    for row in &truth {
        assert!(persons.contains(row[2].as_str()));
        let has_none = ["dead", "elsewhere", "communal", "none", "another identity"]
            .contains(&row[4].as_str());
        assert_eq!(row[3].is_empty(), has_none, "{}", row[4]);
    }

    // Every person in a row, as the plan tells them, has a row in the truth, and the other way.
    let plan: toml::Table = fs::read_to_string(&written.plan).unwrap().parse().unwrap();
    let mut mentioned = BTreeSet::new();
    for (source, extract) in plan["source"].as_array().unwrap().iter().zip(&extracts) {
        let name = source["name"].as_str().unwrap();
        let at = |column: &str| {
            let found = extract.header.iter().position(|header| *header == column);
            found.unwrap_or_else(|| panic!("{name} has no column {column}"))
        };
        let key = at(source["key"].as_str().unwrap());
        for columns in mapped(source) {
            at(&columns);
        }
        let none = Vec::new();
        let others = source.get("person").and_then(toml::Value::as_array).unwrap_or(&none);
        for row in 0..extract.rows.len() {
            let key = extract.rows.cell(row, key);
            mentioned.insert((name.to_owned(), key.to_owned()));
            for other in others {
                let role = other["role"].as_str().unwrap();
                let own =
                    other.get("key").map(|own| extract.rows.cell(row, at(own.as_str().unwrap())));
                let filled = mapped(other)
                    .iter()
                    .any(|column| !extract.rows.cell(row, at(column)).is_empty());
                if !filled {
                    continue;
                }
                let key = match own {
                    Some(own) if !own.is_empty() => format!("{role}/{own}"),
                    _ => format!("{key}/{role}"),
                };
                mentioned.insert((name.to_owned(), key));
            }
        }
    }
    let truths: BTreeSet<(String, String)> =
        keys.into_iter().map(|(source, key)| (source.to_owned(), key.to_owned())).collect();
    let lacking: Vec<_> = mentioned.difference(&truths).take(5).collect();
    assert!(lacking.is_empty(), "no truth for {lacking:?}");
    let empty: Vec<_> = truths.difference(&mentioned).collect();
    assert!(empty.is_empty(), "no record for {:?}", &empty[..empty.len().min(5)]);
}

/// The columns that a person's fields are read from.
fn mapped(person: &toml::Value) -> Vec<String> {
    let mut columns = Vec::new();
    for from in person["columns"].as_table().unwrap().values() {
        match from {
            toml::Value::String(column) => columns.push(column.clone()),
            toml::Value::Array(all) => {
                columns.extend(all.iter().map(|column| column.as_str().unwrap().to_owned()));
            }
            table => columns.push(table["column"].as_str().unwrap().to_owned()),
        }
    }
    columns
}

#[test]
fn tiny_towns_have_extracts_too() {
    for persons in [0, 1, 2, 10] {
        let folder = tempfile::tempdir().unwrap();
        let written = written(&settings(u64::from(persons), persons), folder.path());
        assert!(written.n_records >= written.n_rows.min(1) || persons == 0);
        assert!(written.plan.is_file());
    }
}

#[test]
fn a_town_of_the_demo_has_twenty_thousand_records() {
    let settings = settings(1, 6500);
    let town = invent(&settings);
    let extracts = extracts(&town, &settings);
    let n: usize = extracts.iter().map(|extract| extract.mentions.len()).sum();
    assert!((20_000..32_000).contains(&n), "{n}");
    assert!(extracts.len() >= 10);
    for extract in &extracts {
        assert!(!extract.rows.is_empty(), "{} is empty", extract.agency.as_str());
    }
    // Nobody is told where a refuge is.
    let refuge = extracts.iter().any(|extract| {
        (0..extract.rows.len())
            .any(|row| extract.rows.row(row).any(|cell| cell.to_lowercase().contains("larkrise")))
    });
    assert!(!refuge);
}

#[test]
fn density_and_agencies_are_as_asked_for() {
    let count = |settings: &Settings| {
        let town = invent(settings);
        extracts(&town, settings).iter().map(|extract| extract.rows.len()).collect::<Vec<_>>()
    };
    let agencies = vec![Agency::Police, Agency::Leisure];
    let usual = Settings { agencies, ..settings(3, 1500) };
    let dense = Settings { density: 2.0, ..usual.clone() };
    let (usual, dense) = (count(&usual), count(&dense));
    assert_eq!(usual.len(), 2);
    assert!(usual.iter().zip(&dense).all(|(usual, dense)| usual * 3 / 2 < *dense));
}

/// One person's values in one extract: forename, surname, date of birth, postcode.
type Values = [String; 4];

fn values(extract: &Extract, names: [&str; 4], date: fn(&str) -> String) -> BTreeMap<u32, Values> {
    let at = names.map(|name| extract.header.iter().position(|header| *header == name).unwrap());
    let mut values = BTreeMap::new();
    let keys: BTreeMap<&str, u32> =
        extract.mentions.iter().map(|mention| (mention.key.as_str(), mention.person)).collect();
    for row in 0..extract.rows.len() {
        let Some(&person) = keys.get(extract.rows.cell(row, 0)) else { continue };
        let [forename, surname, born, postcode] = at.map(|at| extract.rows.cell(row, at));
        let plain = |name: &str| -> String {
            name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()
        };
        values.entry(person).or_insert_with(|| {
            [plain(forename), plain(surname), date(born), postcode.replace(' ', "")]
        });
    }
    values
}

/// How often each value differs between two agencies that both have it.
fn differences(one: &BTreeMap<u32, Values>, other: &BTreeMap<u32, Values>) -> [f64; 4] {
    let (mut both, mut differ) = ([0.0; 4], [0.0; 4]);
    for (person, values) in one {
        let Some(others) = other.get(person) else { continue };
        for (at, (value, other)) in values.iter().zip(others).enumerate() {
            if !value.is_empty() && !other.is_empty() {
                both[at] += 1.0;
                differ[at] += f64::from(u8::from(value != other));
            }
        }
    }
    [0, 1, 2, 3].map(|at| differ[at] / f64::max(both[at], 1.0))
}

fn iso(date: &str) -> String {
    date.to_owned()
}

fn compact(date: &str) -> String {
    if date.len() == 8 {
        format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])
    } else {
        String::new()
    }
}

fn words(date: &str) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let parts: Vec<&str> = date.split('-').collect();
    let [day, month, year] = parts[..] else { return String::new() };
    format!("{year}-{:02}-{day}", MONTHS.find(month).unwrap() / 3 + 1)
}

fn observed(settings: &Settings) -> [BTreeMap<u32, Values>; 3] {
    let town = invent(settings);
    let extracts = extracts(&town, settings);
    let of = |agency| extracts.iter().find(|extract| extract.agency == agency).unwrap();
    [
        values(
            of(Agency::GeneralPractice),
            ["given_name", "family_name", "date_of_birth", "postcode"],
            iso,
        ),
        values(of(Agency::Hospital), ["first_name", "surname", "birth_date", "pcode"], compact),
        values(of(Agency::Police), ["FORENAME", "SURNAME", "DOB", "POSTCODE"], words),
    ]
}

#[test]
fn agencies_differ_as_often_as_in_life() {
    let [practice, hospital, police] = observed(&settings(9, 8000));
    let bands = [
        ("forename", 0.06, 0.25),
        ("surname", 0.07, 0.20),
        ("date of birth", 0.02, 0.10),
        ("postcode", 0.18, 0.42),
    ];
    for (other, name) in [(&hospital, "hospital"), (&police, "police")] {
        let differences = differences(&practice, other);
        for ((field, low, high), share) in bands.into_iter().zip(differences) {
            assert!(
                (low..=high).contains(&share),
                "{field} differs from {name} in {share:.3}: {differences:.3?}"
            );
        }
    }
}

#[test]
fn without_noise_only_time_makes_a_difference() {
    let noisy = observed(&settings(10, 3000));
    let clean = observed(&Settings { noise: 0.0, ..settings(10, 3000) });
    let (noisy, clean) = (differences(&noisy[0], &noisy[1]), differences(&clean[0], &clean[1]));
    assert!(clean[2] < 1e-9, "dates of birth do not change: {clean:?}");
    assert!(clean.iter().zip(noisy).all(|(clean, noisy)| *clean <= noisy), "{clean:?} {noisy:?}");
    assert!(clean[3] > 0.05, "people still move: {clean:?}");
}

#[test]
fn dates_of_birth_are_missing_as_often_as_is_asked_for() {
    let missing = |missing_birth_share| {
        let agencies = vec![Agency::GeneralPractice];
        let settings = Settings { agencies, missing_birth_share, ..settings(11, 1500) };
        let town = invent(&settings);
        let [practice] = &extracts(&town, &settings)[..] else { panic!("one agency delivers") };
        let at = practice.header.iter().position(|name| *name == "date_of_birth").unwrap();
        let without = |row: &usize| practice.rows.cell(*row, at).is_empty();
        (0..practice.rows.len()).filter(without).count() * 100 / practice.rows.len()
    };
    assert!(missing(None) < 2);
    assert!((25..35).contains(&missing(Some(0.3))));
    assert_eq!((missing(Some(0.0)), missing(Some(1.0))), (0, 100));
}

#[test]
fn an_agency_whose_file_would_have_no_byte_is_not_in_the_plan() {
    for persons in [0, 3] {
        let folder = tempfile::tempdir().unwrap();
        let written = written(&settings(1, persons), folder.path());
        assert!(written.files.iter().all(|file| file.metadata().unwrap().len() > 0));
        let plan = fs::read_to_string(&written.plan).unwrap();
        let delivers = |name| folder.path().join(name).exists();
        assert_eq!(plan.contains("early_help"), delivers("early_help.jsonl"));
        assert!(delivers("schools.csv"));
    }
}
