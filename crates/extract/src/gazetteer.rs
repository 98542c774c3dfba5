//! Reads a gazetteer: the list of what addresses there are.

use std::path::{Path, PathBuf};

use record::{AddressKind, Property};
use xxhash_rust::xxh3::Xxh3;

use crate::error::Stop;
use crate::mapping::missing;
use crate::open::{Assume, Table, open};
use crate::progress::Meter;
use crate::rows::Rows;
use crate::{Error, Format, Progress, value};

/// The files of a gazetteer and the columns that are read of them, in any case of letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GazetteerSpec {
    /// Its files, in the order of their paths.
    pub files: Vec<PathBuf>,
    /// The column of property reference numbers.
    pub uprn: String,
    /// The columns that make an address, from the flat to the town; none if it tells none.
    pub address: Vec<String>,
    /// The column of postcodes.
    pub postcode: Option<String>,
    /// The column with the number of the property that one is a part of.
    pub parent: Option<String>,
    /// The column with a classification code, such as `RD02`.
    pub classification: Option<String>,
}

impl GazetteerSpec {
    /// The columns that are read.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        let optional = [&self.postcode, &self.parent, &self.classification];
        std::iter::once(&self.uprn).chain(&self.address).chain(optional.into_iter().flatten())
    }
}

/// A gazetteer as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gazetteer {
    /// The properties, sorted, each once.
    pub properties: Vec<Property>,
    /// The files read.
    pub files: Vec<GazetteerFile>,
    /// A hash of all it says, in whatever order and files it says it.
    pub content: u128,
}

/// A file of a gazetteer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GazetteerFile {
    /// The file.
    pub path: PathBuf,
    /// Bytes in it.
    pub bytes: u64,
    /// Rows read from it.
    pub rows: u64,
    /// Its SHA-256 checksum, in hexadecimal digits.
    pub sha256: String,
}

/// Reads every file of a gazetteer.
///
/// # Errors
///
/// All that is wrong with its files: a list that others are judged by must be sound.
pub fn gazetteer(spec: &GazetteerSpec, progress: &dyn Progress) -> Result<Gazetteer, Vec<Error>> {
    let (mut read, mut errors) = (Gazetteer::default(), Vec::new());
    for path in &spec.files {
        let found = match read_file(Assume::Utf8, path, spec, progress) {
            Err(Stop::NotUtf8) => read_file(Assume::Windows1252, path, spec, progress),
            other => other,
        };
        match found {
            Ok((file, properties)) => {
                read.files.push(file);
                read.properties.extend(properties);
            }
            Err(Stop::Errors(more)) => errors.extend(more),
            Err(Stop::NotUtf8) => unreachable!("every text can be read as Windows-1252"),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    read.properties.sort_unstable();
    read.properties.dedup();
    read.content = content(&read.properties);
    Ok(read)
}

/// So many bad rows of a file are told: they will all be bad in the same way.
const ERRORS_MAX: usize = 10;

fn read_file(
    assume: Assume,
    path: &Path,
    spec: &GazetteerSpec,
    progress: &dyn Progress,
) -> Result<(GazetteerFile, Vec<Property>), Stop> {
    let meter = Meter::new(progress);
    let name = path.display().to_string();
    progress.start(&name, path.metadata().map_or(0, |metadata| metadata.len()));
    let Table { columns, batches, .. } = open(path, &Format::default(), assume, &meter)?;
    let wanted: Vec<String> = spec.columns().cloned().collect();
    let columns = columns.unwrap_or_else(|| wanted.clone());
    let places = Places::of(path, &columns, spec).map_err(Stop::Errors)?;
    let (mut properties, mut errors, mut rows) = (Vec::new(), Vec::new(), 0);
    for batch in batches {
        let batch = batch?.into_rows(&wanted)?;
        rows += batch.rows().len() as u64;
        for at in 0..batch.rows().len() {
            match property(&batch, at, &places) {
                Ok(property) => properties.push(property),
                Err((column, reason)) if errors.len() < ERRORS_MAX => {
                    errors.push(Error::BadValue {
                        path: path.to_owned(),
                        line: batch.rows()[at].line,
                        column: column.map_or_else(String::new, |at: usize| columns[at].clone()),
                        reason,
                    });
                }
                Err(_) => {}
            }
        }
    }
    if !errors.is_empty() {
        return Err(Stop::Errors(errors));
    }
    progress.finish(&name, rows);
    let (bytes, sha256) = meter.finish();
    Ok((GazetteerFile { path: path.to_owned(), bytes, rows, sha256 }, properties))
}

/// Where the columns of a file stand.
struct Places {
    uprn: usize,
    address: Vec<usize>,
    postcode: Option<usize>,
    parent: Option<usize>,
    classification: Option<usize>,
}

impl Places {
    fn of(path: &Path, columns: &[String], spec: &GazetteerSpec) -> Result<Places, Vec<Error>> {
        let find = |name: &String| {
            columns.iter().position(|column| column.trim().eq_ignore_ascii_case(name))
        };
        let errors: Vec<Error> = spec
            .columns()
            .filter(|name| find(name).is_none())
            .map(|name| missing(path, name, columns))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let there = |name: &String| find(name).expect("no column is missing");
        Ok(Places {
            uprn: there(&spec.uprn),
            address: spec.address.iter().map(there).collect(),
            postcode: spec.postcode.as_ref().map(there),
            parent: spec.parent.as_ref().map(there),
            classification: spec.classification.as_ref().map(there),
        })
    }
}

/// The property of a row; or the column that is bad, if it is not the whole row, and why.
fn property(rows: &Rows, at: usize, places: &Places) -> Result<Property, (Option<usize>, String)> {
    let row = &rows.rows()[at];
    if let Some(flaw) = &row.flaw {
        return Err((None, flaw.clone().into_owned()));
    }
    let cell = |column: usize| {
        let text = rows.cell(row, column).next().unwrap_or("").trim();
        if value::is_missing(text) { "" } else { text }
    };
    let number = |column: usize| match uprn(cell(column)) {
        Some(number) => Ok(number),
        None => Err((Some(column), "not a property reference number".to_owned())),
    };
    let parts = places.address.iter().map(|&column| cell(column)).filter(|part| !part.is_empty());
    Ok(Property {
        uprn: number(places.uprn)?,
        address: on_one_line(parts),
        postcode: places.postcode.map_or("", cell).to_owned(),
        parent: places.parent.filter(|&column| !cell(column).is_empty()).map(number).transpose()?,
        kind: places.classification.and_then(|column| kind(cell(column))),
    })
}

/// The parts of an address with commas between them, but none after a number that stands before
/// words.
fn on_one_line<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let begins_with_digit = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let mut line = String::new();
    let mut after_number = false;
    for part in parts {
        if !line.is_empty() {
            line.push_str(if after_number && !begins_with_digit(part) { " " } else { ", " });
        }
        line.push_str(part);
        after_number = begins_with_digit(part) && !part.contains(' ');
    }
    line
}

fn uprn(text: &str) -> Option<u64> {
    let text = value::identifier(text).ok()?;
    let is_number = (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number > 0)
}

/// What sort of place a classification code tells of.
fn kind(code: &str) -> Option<AddressKind> {
    let code = code.to_ascii_uppercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| code.starts_with(start));
    Some(if begins(&["RI", "CE", "CC02", "CM03"]) {
        AddressKind::Communal
    } else if begins(&["CH"]) {
        AddressKind::Hostel
    } else if begins(&["R"]) {
        AddressKind::Home
    } else if begins(&["C"]) {
        AddressKind::Office
    } else {
        return None;
    })
}

fn content(properties: &[Property]) -> u128 {
    let mut hasher = Xxh3::new();
    for property in properties {
        hasher.update(&property.uprn.to_le_bytes());
        hasher.update(&property.parent.unwrap_or(0).to_le_bytes());
        for text in [&property.address, &property.postcode] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(&[property.kind.map_or(u8::MAX, |kind| kind as u8)]);
    }
    hasher.digest128()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Silent;

    fn spec(files: Vec<PathBuf>) -> GazetteerSpec {
        let some = |name: &str| Some(name.to_owned());
        GazetteerSpec {
            files,
            uprn: "UPRN".to_owned(),
            address: ["FLAT", "NUMBER", "STREET"].map(str::to_owned).to_vec(),
            postcode: some("POSTCODE"),
            parent: some("PARENT"),
            classification: some("CLASS"),
        }
    }

    const HEADER: &str = "uprn,Flat,Number,Street,Postcode,Parent,Class\n";

    #[test]
    fn a_gazetteer_is_what_its_rows_say_in_any_order_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            fs::write(&path, [HEADER, rows].concat()).unwrap();
            path
        };
        let [house, flat] =
            ["7,,16,High Street,AB1 2CD,,PP\n", "8,Flat 2,16,High Street,AB1 2CD,7,RD06\n"];
        let both = spec(vec![write("a.csv", &[house, flat].concat())]);
        let apart = spec(vec![write("b.csv", flat), write("c.csv", &[house, flat].concat())]);
        let read = gazetteer(&both, &Silent).unwrap();
        let again = gazetteer(&apart, &Silent).unwrap();
        assert_eq!((&read.properties, read.content), (&again.properties, again.content));
        assert_eq!(again.files.iter().map(|file| file.rows).collect::<Vec<_>>(), [1, 2]);
        let [house, flat] = &read.properties[..] else { panic!("two properties") };
        assert_eq!((house.address.as_str(), house.kind), ("16 High Street", None));
        assert_eq!((flat.address.as_str(), flat.parent), ("Flat 2, 16 High Street", Some(7)));
        assert_eq!(flat.kind, Some(AddressKind::Home));
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        for (text, expected) in [
            ("uprn,number\n1,2\n", "has no column `FLAT`"),
            ("", "is empty"),
            (
                "uprn,Flat,Number,Street,Postcode,Parent,Class\nx,,,,,,\n",
                "line 2, column `uprn`: not a property reference number",
            ),
            (
                "uprn,Flat,Number,Street,Postcode,Parent,Class\n1,,,,,,\n2,,,,,1.00012E+11,\n",
                "line 3, column `Parent`: not a property reference number",
            ),
            (
                "uprn,Flat,Number,Street,Postcode,Parent,Class\n1,2\n",
                "line 2: row has 2 values where the header has 7",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let errors = gazetteer(&spec(vec![path.clone()]), &Silent).unwrap_err();
            let told = errors[0].to_string();
            assert!(told.contains("a.csv") && told.contains(expected), "{told}");
        }
        let errors = gazetteer(&spec(vec![folder.path().join("b.csv")]), &Silent).unwrap_err();
        assert!(errors[0].to_string().ends_with("b.csv` does not exist"));
    }

    #[test]
    fn a_classification_tells_the_kind() {
        for (code, expected) in [
            ("RD02", Some(AddressKind::Home)),
            ("rh01", Some(AddressKind::Home)),
            ("RI01", Some(AddressKind::Communal)),
            ("CE03", Some(AddressKind::Communal)),
            ("CM03HP", Some(AddressKind::Communal)),
            ("CM01", Some(AddressKind::Office)),
            ("CH03", Some(AddressKind::Hostel)),
            ("CO01", Some(AddressKind::Office)),
            ("PP", None),
            ("", None),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }
}
