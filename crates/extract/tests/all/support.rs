//! Small files, plans in a few words, and what was read as text.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use extract::{Error, Extracted, FieldSpec, PersonSpec, Silent, SourceSpec, read};
use record::{Field, Kind, NONE, RelationType, Side, Source};
use tempfile::TempDir;

/// A folder of extracts that is gone at the end of a test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// An error's message, without the name of the folder.
    pub(crate) fn say(&self, error: &Error) -> String {
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }

    pub(crate) fn say_all(&self, errors: &[Error]) -> Vec<String> {
        errors.iter().map(|error| self.say(error)).collect()
    }
}

/// A source with a mapping such as
///
/// ```text
/// key ID
/// forename: First
/// address: Line 1 + Line 2
/// sex: Gender | codes 1=M 2=F
/// phone: Phones | split ;
/// team(category): Team
/// person mother mother MotherID
/// surname: Mother
/// ```
pub(crate) fn source(name: &str, files: &[PathBuf], mapping: &str) -> SourceSpec {
    let source = Source {
        name: name.to_owned(),
        agency: "council".to_owned(),
        system: "system".to_owned(),
        side: Side::Both,
        agreement: "agreement".to_owned(),
        as_at: None,
        unique: true,
    };
    let person = |role: &str| PersonSpec {
        role: role.to_owned(),
        key: None,
        relationship: None,
        fields: Vec::new(),
    };
    let mut spec = SourceSpec {
        source,
        files: files.to_vec(),
        delivery: extract::Delivery::default(),
        format: extract::Format::default(),
        dates: extract::DateOrder::default(),
        key: None,
        repeat: extract::Repeat::default(),
        persons: vec![person("")],
    };
    for line in mapping.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(key) = line.strip_prefix("key ") {
            spec.key = Some(key.to_owned());
        } else if let Some(words) = line.strip_prefix("person ") {
            let mut words = words.split(' ');
            let mut person = person(words.next().unwrap());
            person.relationship = words.next().and_then(RelationType::parse);
            person.key = words.next().map(str::to_owned);
            spec.persons.push(person);
        } else {
            spec.persons.last_mut().unwrap().fields.push(field(line));
        }
    }
    spec
}

fn field(line: &str) -> FieldSpec {
    let (name, columns) = line.split_once(": ").unwrap();
    let mut parts = columns.split(" | ");
    let columns = parts.next().unwrap().split(" + ").map(str::to_owned).collect();
    let mut spec = FieldSpec { field: kind(name), columns, split: None, codes: Vec::new() };
    for part in parts {
        if let Some(codes) = part.strip_prefix("codes ") {
            let code = |code: &str| {
                let (code, meaning) = code.split_once('=').unwrap();
                (code.to_owned(), meaning.to_owned())
            };
            spec.codes = codes.split(' ').map(code).collect();
        } else if let Some(separator) = part.strip_prefix("split ") {
            spec.split = Some(separator.to_owned());
        }
    }
    spec
}

fn kind(name: &str) -> Field {
    let Some((name, kind)) = name.split_once('(') else {
        return Field::standard(name).unwrap();
    };
    let kind = match kind.trim_end_matches(')') {
        "code" => Kind::Code,
        "category" => Kind::Category,
        "list" => Kind::List,
        "vector" => Kind::Vector,
        "number" => Kind::Number,
        "date" => Kind::Date,
        _ => Kind::Text,
    };
    Field { name: name.to_owned(), kind }
}

/// Reads sources that can be read.
#[track_caller]
pub(crate) fn take(specs: &[SourceSpec]) -> Extracted {
    let extracted = read(specs, &Silent).unwrap();
    check(&extracted);
    extracted
}

/// What is always true of what was read.
#[track_caller]
fn check(extracted: &Extracted) {
    let records = &extracted.records;
    let mut rows = 0;
    let mut n_records = 0;
    for counts in &extracted.counts {
        assert_eq!(counts.rows, counts.rejected + counts.merged + counts.records);
        rows += counts.rows;
        n_records += counts.records + counts.further;
    }
    assert_eq!(rows, extracted.inputs.iter().map(|input| input.rows).sum::<u64>());
    assert_eq!(n_records, records.len() as u64);
    let (whole, single): (Vec<_>, Vec<_>) = extracted.rejects.iter().partition(|r| r.row);
    let sum = |count: fn(&extract::SourceCounts) -> u64| -> u64 {
        extracted.counts.iter().map(count).sum()
    };
    assert_eq!(whole.len() as u64, sum(|counts| counts.rejected));
    assert_eq!(single.len() as u64, sum(|counts| counts.values_rejected));
    let keys: Vec<_> = records.source.iter().zip(records.key.iter()).collect();
    assert!(keys.windows(2).all(|two| two[0] < two[1]), "keys ascend");
    for column in &records.columns {
        assert_eq!(column.lists.len(), records.len());
        let mut used: Vec<u32> = column.lists.items().to_vec();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), column.values.len(), "every value is somebody's");
    }
    assert_eq!(records.residences.len(), records.len());
    assert_eq!(records.involvements.len(), records.len());
    assert_eq!(extracted.inputs.len(), records.files.len());
}

/// The records, a line each: key, values by field, residences, what they are to others.
pub(crate) fn render(extracted: &Extracted) -> String {
    let records = &extracted.records;
    let mut text = String::new();
    for at in 0..records.len() {
        let source = &records.sources[records.source[at].index()].name;
        write!(text, "{source} {}:", &records.key[at]).unwrap();
        for column in &records.columns {
            let values: Vec<String> =
                column.lists.get(at).iter().map(|&id| column.values.display(id)).collect();
            if !values.is_empty() {
                write!(text, " {}={}", column.field.name, values.join(";")).unwrap();
            }
        }
        for residence in records.residences.get(at) {
            let say = |id: u32| if id == NONE { "" } else { records.residence_text.get(id) };
            let parts = [residence.text, residence.postcode, residence.uprn];
            let days = [residence.from, residence.to, residence.seen];
            let parts: Vec<&str> = parts.iter().chain(&days).map(|&id| say(id)).collect();
            write!(text, " @{}", parts.join("|")).unwrap();
        }
        for dealing in records.involvements.get(at) {
            let say = |id: u32| if id == NONE { "" } else { records.involvement_text.get(id) };
            let said = [dealing.worker, dealing.team, dealing.lead, dealing.from, dealing.to];
            if said != [NONE; 5] {
                let all = said.map(say).join("|");
                write!(text, " ~{}|{all}|{}", say(dealing.role), say(dealing.seen)).unwrap();
            }
        }
        for said in records.declared.iter().filter(|said| said.subject.index() == at) {
            let other = &records.key[said.other.index()];
            write!(text, " {}={other}", said.is.as_str()).unwrap();
        }
        text.push('\n');
    }
    text
}

/// The rejects, a line each: line of the file, field if it was a value, reason.
pub(crate) fn rejects(extracted: &Extracted) -> Vec<String> {
    let say = |reject: &extract::Reject| {
        assert_eq!(reject.row, reject.field.is_empty());
        let field = if reject.row { "row" } else { &reject.field };
        format!("{} {field}: {}", reject.line, reject.reason)
    };
    extracted.rejects.iter().map(say).collect()
}

/// Reads one file by a mapping, and holds it against the records and rejects expected.
#[track_caller]
pub(crate) fn check_file(
    name: &str,
    bytes: impl AsRef<[u8]>,
    mapping: &str,
    expected: &str,
    refused: &[&str],
) {
    let folder = Folder::new();
    let file = folder.write(name, bytes);
    let extracted = take(&[source("s", &[file], mapping)]);
    let expected: String = expected.lines().map(|line| line.trim().to_owned() + "\n").collect();
    assert_eq!(render(&extracted), expected);
    assert_eq!(rejects(&extracted), refused);
}

/// Reads one file that cannot be read.
#[track_caller]
pub(crate) fn refuse_file(name: &str, bytes: impl AsRef<[u8]>, mapping: &str) -> Vec<String> {
    let folder = Folder::new();
    let file = folder.write(name, bytes);
    folder.say_all(&read(&[source("s", &[file], mapping)], &Silent).unwrap_err())
}
