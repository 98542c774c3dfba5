//! Writes a first plan by looking at files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, iter};

use extract::{FileKind, Format, Peek};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use record::Date;

use crate::check::look;
use crate::group::{Guessed, Mapped, guess};
use crate::guess::words;
use crate::print::{Toml, list, quoted};
use crate::problems::{Problem, Problems};

/// Writes a first plan for these files, to be kept in `base`.
///
/// Files with the same columns become one source. The run date is `run_date`, or else the day on
/// which the newest file was written. No value of a file is in the plan.
///
/// # Errors
///
/// The files that cannot be read or have no columns.
pub fn init(files: &[PathBuf], base: &Path, run_date: Option<Date>) -> Result<String, Problems> {
    let mut files = files.to_vec();
    files.sort();
    files.dedup();
    let mut problems = Vec::new();
    if files.is_empty() {
        problems
            .push(Problem::without_place("there is no file to look at").help("name some extracts"));
    }
    let mut groups: Vec<Group> = Vec::new();
    for path in files {
        match look(&path, &Format::default()) {
            Ok(header) if header.columns.is_empty() => {
                problems
                    .push(Problem::without_place(format!("`{}` has no header", path.display())));
            }
            Ok(header) => gather(path, header, &mut groups),
            Err(why) => problems.push(Problem::without_place(why)),
        }
    }
    if !problems.is_empty() {
        return Err(Problems::new("init", "", problems));
    }
    Ok(write(&groups, base, run_date))
}

/// Files of one shape.
struct Group {
    paths: Vec<PathBuf>,
    header: Peek,
    /// The first rows of the other files.
    more: Vec<Vec<String>>,
}

fn gather(path: PathBuf, header: Peek, groups: &mut Vec<Group>) {
    let alike = groups
        .iter_mut()
        .find(|group| group.header.columns == header.columns && group.header.kind == header.kind);
    match alike {
        Some(group) => {
            group.paths.push(path);
            group.more.extend(header.rows);
        }
        None => groups.push(Group { paths: vec![path], header, more: Vec::new() }),
    }
}

fn write(groups: &[Group], base: &Path, run_date: Option<Date>) -> String {
    let mut out = Toml::default();
    out.comment(
        "A first plan, written by looking at the files. Read it through: what a column holds",
    );
    out.comment("was guessed from its name and its first values.");
    out.text.push('\n');
    if run_date.is_none() {
        out.comment("The day the run describes: here, that on which the newest file was written.");
    }
    out.line("run_date", run_date.unwrap_or_else(|| newest(groups)));
    let guesses: Vec<Guessed> = groups
        .iter()
        .map(|group| guess(&group.header.columns, &group.header.rows, &group.more))
        .collect();
    let declared = declared(&guesses);
    if !declared.is_empty() {
        out.table("[fields]");
        for (name, kind) in &declared {
            out.text(name, kind);
        }
    }
    let mut names: Vec<String> = Vec::new();
    for (group, guessed) in groups.iter().zip(&guesses) {
        names.push(source_name(&group.paths, &names));
        write_source(&names[names.len() - 1], group, guessed, base, &mut out);
    }
    out.text
}

/// The day on which the newest file was written.
fn newest(groups: &[Group]) -> Date {
    let paths = groups.iter().flat_map(|group| &group.paths);
    let written = paths.filter_map(|path| fs::metadata(path).ok()?.modified().ok());
    let newest = written.max().unwrap_or(SystemTime::UNIX_EPOCH);
    let newest = Timestamp::try_from(newest).unwrap_or(Timestamp::UNIX_EPOCH);
    newest.to_zoned(TimeZone::UTC).date()
}

/// The fields to declare over all sources; a name with two kinds is text, which suits both.
fn declared(guesses: &[Guessed]) -> Vec<(String, &'static str)> {
    let mut declared: Vec<(String, &'static str)> =
        guesses.iter().flat_map(|guessed| guessed.declared.iter().cloned()).collect();
    declared.sort();
    declared.dedup();
    let mut once: Vec<(String, &'static str)> = Vec::new();
    for (name, kind) in declared {
        match once.last_mut() {
            Some((last, kind)) if *last == name => *kind = "text",
            _ => once.push((name, kind)),
        }
    }
    once
}

/// Names of files that say nothing of the source.
const GENERIC: [&str; 6] = ["data", "export", "extract", "file", "output", "records"];

/// A name for a source: what its files' names have in common, or else their folder's.
fn source_name(paths: &[PathBuf], taken: &[String]) -> String {
    let stems: Vec<String> = paths.iter().filter_map(|path| stem(path)).collect();
    let common =
        stems.iter().skip(1).fold(stems.first().cloned().unwrap_or_default(), |common, stem| {
            common.chars().zip(stem.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        });
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let says_little = GENERIC.contains(&common.to_lowercase().as_str())
        || (paths.len() > 1 && letters(&common) < 3);
    let folder = paths[0].parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let base = folder.filter(|_| says_little).map_or(common, Cow::into_owned);
    let mut words = words(&base);
    // Files of one source differ in a number or a date, which is no part of its name.
    while paths.len() > 1
        && words.last().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()))
    {
        words.pop();
    }
    let name = if words.is_empty() { "source".to_owned() } else { words.join("_") };
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(name)
}

/// A file's name without its endings, of which there may be two: `extract.csv.gz`.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some(name.split('.').find(|part| !part.is_empty())?.to_owned())
}

fn write_source(name: &str, group: &Group, guessed: &Guessed, base: &Path, out: &mut Toml) {
    out.table("[[source]]");
    out.text("name", name);
    let files: Vec<String> = group
        .paths
        .iter()
        .map(|path| path.strip_prefix(base).unwrap_or(path).to_string_lossy().into_owned())
        .collect();
    match &files[..] {
        [file] => out.text("files", file),
        files => out.line("files", list(files)),
    }
    match &guessed.key {
        Some((key, repeats)) => {
            out.text("key", key);
            if *repeats {
                out.comment("Its values come more than once: all rows of one are one record.");
                out.text("repeat", "merge");
            }
        }
        None => out.comment("No column seems to be a key; if one is, name it: key = \"…\""),
    }
    if let Some(dates) = guessed.dates {
        out.text("dates", dates);
    }
    if group.header.kind == FileKind::Workbook && group.header.sheets.len() > 1 {
        out.comment("The first of several sheets.");
        out.text("sheet", &group.header.sheets[0]);
    }
    out.table("[source.columns]");
    write_columns(&guessed.first, out);
    if guessed.first.is_empty() {
        out.comment("No column was recognised: map at least one.");
    }
    for (column, why) in &guessed.left_out {
        out.comment(&format!("not mapped: {} ({why})", quoted(column).replace('\n', " ")));
    }
    for other in &guessed.others {
        out.table("[[source.person]]");
        out.text("role", &other.role);
        out.text("relationship", other.relationship.as_str());
        if let Some(key) = &other.key {
            out.text("key", key);
        }
        out.table("[source.person.columns]");
        write_columns(&other.fields, out);
    }
}

fn write_columns(fields: &[Mapped], out: &mut Toml) {
    for mapped in fields {
        let joined = |columns: &[String]| match columns {
            [column] => quoted(column),
            columns => list(columns),
        };
        match &mapped.columns[..] {
            [columns] => out.line(&mapped.field, joined(columns)),
            alternatives => {
                let tables = alternatives.iter().map(|columns| match &columns[..] {
                    [column] => format!("{{ column = {} }}", quoted(column)),
                    columns => format!("{{ columns = {} }}", list(columns)),
                });
                out.line(&mapped.field, format!("[{}]", tables.collect::<Vec<_>>().join(", ")));
            }
        }
    }
}
