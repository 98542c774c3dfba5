//! Reads a source of the plan: its files, their format, and which columns are which fields.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use extract::{DateOrder, Delivery, FieldSpec, FileKind, Format, PersonSpec, Repeat, SourceSpec};
use record::{Field, Kind, RelationType, Side, Source};
use toml::Spanned;
use toml::de::DeValue;

use crate::files::resolve;
use crate::guess::field_of_header;
use crate::nearest::nearest;
use crate::plan::{PersonPlace, SourcePlace};
use crate::problems::{Problem, Span};
use crate::read::{NAME_HELP, is_name, tables};
use crate::section::{Entry, Section, entries, texts, ticked, unknown_word, wrong_type};

pub(crate) const SOURCE_KEYS: [&str; 19] = [
    "name",
    "agency",
    "system",
    "side",
    "agreement",
    "files",
    "delivery",
    "key",
    "as_at",
    "unique",
    "dates",
    "repeat",
    "kind",
    "encoding",
    "delimiter",
    "sheet",
    "skip",
    "columns",
    "person",
];
pub(crate) const PERSON_KEYS: [&str; 4] = ["role", "relationship", "key", "columns"];
pub(crate) const COLUMN_KEYS: [&str; 4] = ["column", "columns", "split", "codes"];

pub(crate) const SIDES: [(&str, Side); 3] =
    [("child", Side::Child), ("adult", Side::Adult), ("both", Side::Both)];
pub(crate) const DELIVERIES: [(&str, Delivery); 2] =
    [("full", Delivery::Full), ("delta", Delivery::Delta)];
pub(crate) const DATE_ORDERS: [(&str, DateOrder); 3] = [
    ("day_first", DateOrder::DayFirst),
    ("month_first", DateOrder::MonthFirst),
    ("year_first", DateOrder::YearFirst),
];
pub(crate) const REPEATS: [(&str, Repeat); 2] =
    [("reject", Repeat::Reject), ("merge", Repeat::Merge)];
pub(crate) const FILE_KINDS: [(&str, FileKind); 5] = [
    ("delimited", FileKind::Delimited),
    ("workbook", FileKind::Workbook),
    ("json_lines", FileKind::JsonLines),
    ("parquet", FileKind::Parquet),
    ("arrow", FileKind::Arrow),
];
const ENCODINGS: [(&str, &str); 3] =
    [("utf-8", "utf-8"), ("windows-1252", "windows-1252"), ("utf-16", "utf-16")];

/// A source as read, with what is needed to judge it beside the others.
pub(crate) struct ReadSource {
    pub(crate) spec: SourceSpec,
    pub(crate) patterns: Vec<String>,
    pub(crate) place: SourcePlace,
    /// Where its name is, or the source if it has none.
    pub(crate) name: Span,
    /// The fields that misspelt ones were probably meant to be.
    pub(crate) meant: Vec<Field>,
    /// Whether all its columns could be understood.
    pub(crate) complete: bool,
}

impl ReadSource {
    /// A file that is `other`'s too, and where each says so.
    pub(crate) fn shared_file(&self, other: &ReadSource) -> Option<(Span, Span, &Path)> {
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let theirs: BTreeMap<PathBuf, usize> =
            other.spec.files.iter().zip(0..).map(|(path, at)| (real(path), at)).collect();
        self.spec.files.iter().zip(&self.place.files).find_map(|(path, mine)| {
            let at = *theirs.get(&real(path))?;
            Some((mine.clone(), other.place.files[at].clone(), path.as_path()))
        })
    }
}

/// Reads a `[[source]]`; what is wrong with it is noted and left out.
pub(crate) fn read_source(
    section: &Section<'_>,
    base: &Path,
    declared: &[(Field, Span)],
    problems: &mut Vec<Problem>,
) -> ReadSource {
    if section.get("name").is_none() {
        section.missing("name", "give the source a name of its own", problems);
    }
    let name_text = section.text("name", problems);
    let name_place = name_text.as_ref().map_or_else(|| section.span(), Spanned::span);
    let name = name_text.map(Spanned::into_inner).unwrap_or_default();
    let (patterns, files) = read_files(section, base, problems);
    let (files, file_places) = files.into_iter().unzip();
    let key = section.text("key", problems);

    let mut fields = Fields { declared, meant: Vec::new(), complete: true };
    let (first, first_place) = fields.person(section, "[source.columns]", problems);
    let mut persons =
        vec![PersonSpec { role: String::new(), key: None, relationship: None, fields: first }];
    let key_place = key.as_ref().map_or(0..0, Spanned::span);
    let mut places = vec![PersonPlace { key: key_place.clone(), columns: first_place }];
    let mut roles: Vec<Spanned<String>> = Vec::new();
    for table in tables("person", "[[source.person]]", &PERSON_KEYS, section, problems) {
        let (person, place) = fields.further_person(&table, &mut roles, problems);
        persons.push(person);
        places.push(place);
    }
    for (person, place) in persons.iter().zip(&places) {
        note_undatable(person, place, problems);
    }

    let source = Source {
        agency: match section.text_or_empty("agency", problems) {
            empty if empty.is_empty() => name.clone(),
            agency => agency,
        },
        system: section.text_or_empty("system", problems),
        side: section.word("side", &SIDES, problems).unwrap_or_default(),
        agreement: section.text_or_empty("agreement", problems),
        as_at: section.date("as_at", problems),
        unique: section.yes("unique", problems).unwrap_or(false),
        name,
    };
    let spec = SourceSpec {
        source,
        files,
        delivery: section.word("delivery", &DELIVERIES, problems).unwrap_or_default(),
        format: read_format(section, problems),
        dates: section.word("dates", &DATE_ORDERS, problems).unwrap_or_default(),
        key: key.map(Spanned::into_inner),
        repeat: section.word("repeat", &REPEATS, problems).unwrap_or_default(),
        persons,
    };
    ReadSource {
        spec,
        patterns,
        place: SourcePlace { files: file_places, key: key_place, persons: places },
        name: name_place,
        meant: fields.meant,
        complete: fields.complete,
    }
}

/// The files as written, and each file found with the place that names it, by path.
pub(crate) fn read_files(
    section: &Section<'_>,
    base: &Path,
    problems: &mut Vec<Problem>,
) -> (Vec<String>, BTreeMap<PathBuf, Span>) {
    if section.get("files").is_none() {
        section.missing("files", "name its files, as in `files = [\"schools/*.csv\"]`", problems);
    }
    let patterns = section.texts("files", problems);
    let mut files = BTreeMap::new();
    for pattern in &patterns {
        match resolve(base, pattern.get_ref()) {
            Ok(found) => {
                for path in found {
                    files.entry(path).or_insert_with(|| pattern.span());
                }
            }
            Err(missing) => {
                problems.push(Problem::error(pattern.span(), missing.message).help(missing.help));
            }
        }
    }
    (patterns.into_iter().map(Spanned::into_inner).collect(), files)
}

fn read_format(section: &Section<'_>, problems: &mut Vec<Problem>) -> Format {
    let delimiter = section.text_or_empty("delimiter", problems);
    let delimiter = match delimiter.as_bytes() {
        [] if section.get("delimiter").is_none_or(|value| !value.get_ref().is_str()) => None,
        b"tab" => Some(b'\t'),
        &[byte]
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(&byte) =>
        {
            Some(byte)
        }
        _ => {
            let span = section.get("delimiter").map_or_else(|| section.span(), Spanned::span);
            let problem = Problem::error(span, "`delimiter` is not one character");
            problems.push(problem.help("write one sign such as `,` `;` `|`, or `tab`"));
            None
        }
    };
    let skip = section.count("skip", 0, problems);
    let kind = section.word("kind", &FILE_KINDS, problems);
    let sheet = section.text("sheet", problems);
    let text_only = kind.is_some_and(|kind| kind != FileKind::Delimited) && delimiter.is_some();
    if let Some(value) = section.get("delimiter").filter(|_| text_only) {
        problems.push(Problem::error(value.span(), "only a delimited file has a `delimiter`"));
    }
    if let Some(sheet) =
        sheet.as_ref().filter(|_| kind.is_some_and(|kind| kind != FileKind::Workbook))
    {
        problems.push(Problem::error(sheet.span(), "only a workbook has a `sheet`"));
    }
    Format {
        kind,
        delimiter,
        encoding: section.word("encoding", &ENCODINGS, problems).map(str::to_owned),
        sheet: sheet.map(Spanned::into_inner),
        skip: skip.and_then(|skip| usize::try_from(skip).ok()).unwrap_or(0),
    }
}

/// Reads which columns are which fields.
struct Fields<'d> {
    declared: &'d [(Field, Span)],
    meant: Vec<Field>,
    complete: bool,
}

type Mapped = (Vec<FieldSpec>, Vec<Vec<Span>>);

impl Fields<'_> {
    /// A `[[source.person]]`.
    fn further_person(
        &mut self,
        section: &Section<'_>,
        roles: &mut Vec<Spanned<String>>,
        problems: &mut Vec<Problem>,
    ) -> (PersonSpec, PersonPlace) {
        if section.get("role").is_none() {
            section.missing(
                "role",
                "name what the person is in the row, as in `role = \"mother\"`",
                problems,
            );
        }
        let role = section.text("role", problems);
        if let Some(role) = &role {
            if let Some(twin) = roles.iter().find(|other| other.get_ref() == role.get_ref()) {
                let message = format!("a second person has the role `{}`", role.get_ref());
                let problem = Problem::error(role.span(), message).also(twin.span(), "the first");
                problems.push(problem.help("give each person of a row its own role"));
            } else if !is_name(role.get_ref()) {
                let message = format!("`{}` cannot be a role", role.get_ref());
                problems.push(Problem::error(role.span(), message).help(NAME_HELP));
            }
            roles.push(role.clone());
        }
        let relationship = section.text("relationship", problems).and_then(|word| {
            let relation = RelationType::parse(word.get_ref());
            if relation.is_none() {
                let known = RelationType::ALL.into_iter().map(RelationType::as_str);
                problems.push(unknown_word("relationship", &word, known));
            }
            relation
        });
        let key = section.text("key", problems);
        let (fields, columns) = self.person(section, "[source.person.columns]", problems);
        let place = PersonPlace { key: key.as_ref().map_or(0..0, Spanned::span), columns };
        let role = role.map(Spanned::into_inner).unwrap_or_default();
        (PersonSpec { role, key: key.map(Spanned::into_inner), relationship, fields }, place)
    }

    /// The columns of a person.
    fn person(
        &mut self,
        section: &Section<'_>,
        title: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Mapped {
        let Some(value) = section.get("columns") else {
            let help = format!("add `{title}` with lines such as `surname = \"Last name\"`");
            section.missing("columns", &help, problems);
            self.complete = false;
            return (Vec::new(), Vec::new());
        };
        let Some(table) = value.get_ref().as_table() else {
            problems.push(wrong_type("`columns`", "a table", value));
            self.complete = false;
            return (Vec::new(), Vec::new());
        };
        if table.is_empty() {
            problems.push(Problem::error(value.span(), format!("`{title}` maps no column")));
            self.complete = false;
        }
        let mut mapped: Mapped = (Vec::new(), Vec::new());
        for entry in entries(table) {
            let Some(field) = self.field(entry, title, problems) else { continue };
            let before = mapped.0.len();
            map_columns(&field, entry, &mut mapped, problems);
            self.complete &= before < mapped.0.len();
        }
        note_columns_mapped_twice(&mapped, problems);
        mapped
    }

    /// The field that an entry names.
    fn field(
        &mut self,
        entry: Entry<'_>,
        title: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Field> {
        let name = entry.name();
        let all_declared = self.declared;
        let declared = || all_declared.iter().map(|(field, _)| field);
        if let Some(field) =
            Field::standard(name).or_else(|| declared().find(|f| f.name == name).cloned())
        {
            return Some(field);
        }
        let declared_names = declared().map(|field| field.name.as_str());
        let near =
            nearest(name, Field::standard_names().map(|name| name as &str).chain(declared_names));
        let near = near.or_else(|| field_of_header(name));
        let meant = near.and_then(|near| {
            Field::standard(near).or_else(|| declared().find(|field| field.name == near).cloned())
        });
        let help = match near {
            Some(near) => {
                format!("did you mean `{near}`? otherwise declare `{name}` in `[fields]`")
            }
            None => format!(
                "declare it in `[fields]`, as in `{name} = \"text\"`; the standard fields are {}",
                Field::standard_names().collect::<Vec<_>>().join(", ")
            ),
        };
        let message = format!("unknown field `{name}` in {title}");
        problems.push(Problem::error(entry.key.span(), message).help(help));
        self.complete &= meant.is_some();
        self.meant.extend(meant);
        None
    }
}

/// The columns of a field: one, several joined, or alternatives.
fn map_columns(field: &Field, entry: Entry<'_>, mapped: &mut Mapped, problems: &mut Vec<Problem>) {
    let mut add = |columns: Vec<Spanned<String>>, split, codes| {
        if columns.is_empty() {
            return;
        }
        mapped.1.push(columns.iter().map(Spanned::span).collect());
        let columns = columns.into_iter().map(Spanned::into_inner).collect();
        mapped.0.push(FieldSpec { field: field.clone(), columns, split, codes });
    };
    match entry.value.get_ref() {
        DeValue::Table(_) => {
            if let Some((columns, split, codes)) = column_table(field, entry.value, problems) {
                add(columns, split, codes);
            }
        }
        DeValue::Array(list) if list.iter().any(|item| item.get_ref().is_table()) => {
            for item in list {
                if let Some((columns, split, codes)) = column_table(field, item, problems) {
                    add(columns, split, codes);
                }
            }
        }
        DeValue::String(_) | DeValue::Array(_) => {
            let columns = texts(&field.name, entry.value, problems);
            note_bad_join(field, &columns, problems);
            add(columns, None, Vec::new());
        }
        _ => {
            let expected = "a column, a list of columns to join, or a table";
            problems.push(wrong_type(&format!("`{}`", field.name), expected, entry.value));
        }
    }
}

type ColumnTable = (Vec<Spanned<String>>, Option<String>, Vec<(String, String)>);

/// `{ column = …, split = …, codes = … }`.
fn column_table(
    field: &Field,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<ColumnTable> {
    let section = Section::of("a column", value, &COLUMN_KEYS, problems)?;
    let columns = match (section.get("column"), section.get("columns")) {
        (Some(_), Some(both)) => {
            problems.push(Problem::error(both.span(), "`column` and `columns` are both given"));
            Vec::new()
        }
        (Some(_), None) => section.text("column", problems).into_iter().collect(),
        (None, Some(_)) => section.texts("columns", problems),
        (None, None) => {
            section.missing("column", "name the column, or several as `columns`", problems);
            Vec::new()
        }
    };
    note_bad_join(field, &columns, problems);
    let split = section.get("split").and_then(|value| match value.get_ref().as_str() {
        // Several values may be apart by a space alone, so a blank is not empty here.
        Some(split) if !split.is_empty() => Some(split.to_owned()),
        Some(_) => {
            problems.push(Problem::error(value.span(), "`split` is empty"));
            None
        }
        None => {
            problems.push(wrong_type("`split`", "a text", value));
            None
        }
    });
    let mut codes = Vec::new();
    if let Some(value) = section.get("codes") {
        let Some(table) = value.get_ref().as_table() else {
            problems.push(wrong_type("`codes`", "a table of codes and what they mean", value));
            return Some((columns, split, codes));
        };
        if table.is_empty() {
            let problem = Problem::error(value.span(), "`codes` is empty");
            problems.push(problem.help("without codes, leave it out"));
        }
        for entry in entries(table) {
            // A code may well mean that nothing is known.
            match entry.value.get_ref().as_str() {
                Some(meaning) => codes.push((entry.name().to_owned(), meaning.to_owned())),
                None => problems.push(wrong_type(&ticked(entry.name()), "a text", entry.value)),
            }
        }
    }
    Some((columns, split, codes))
}

/// Notes columns that cannot be joined to a value of the field.
fn note_bad_join(field: &Field, columns: &[Spanned<String>], problems: &mut Vec<Problem>) {
    for (at, column) in columns.iter().enumerate() {
        if let Some(first) = columns[..at].iter().find(|other| other.get_ref() == column.get_ref())
        {
            let message = format!("column `{}` is joined to itself", column.get_ref());
            problems.push(Problem::error(column.span(), message).also(first.span(), "the first"));
        }
    }
    if field.kind == Kind::Date && columns.len() > 3 {
        let message = format!("`{}` is a date, joined from more than three columns", field.name);
        let problem = Problem::error(columns[3].span(), message);
        problems.push(problem.help("a date is joined from its year, month and day, in this order"));
    }
}

/// Notes days of a relationship where there is none to date.
fn note_undatable(person: &PersonSpec, place: &PersonPlace, problems: &mut Vec<Problem>) {
    let dates = |field: &Field| matches!(field.name.as_str(), "related_from" | "related_to");
    for (spec, columns) in person.fields.iter().zip(&place.columns) {
        if person.relationship.is_none() && dates(&spec.field) {
            let message = format!("`{}` of a person without a `relationship`", spec.field.name);
            let problem = Problem::error(columns[0].clone(), message);
            problems.push(problem.help("it dates what a further person is to the row's first"));
        }
    }
}

/// Notes a column that is the whole of two fields of one person.
fn note_columns_mapped_twice((specs, places): &Mapped, problems: &mut Vec<Problem>) {
    // Part of a joined value may well be a field of its own: a postcode at the end of an address.
    let whole = || specs.iter().zip(places).filter(|(spec, _)| spec.columns.len() == 1);
    for (at, (spec, place)) in whole().enumerate() {
        let first = whole().take(at).find(|(other, _)| other.columns == spec.columns);
        if let Some((other, first)) = first {
            let message = format!(
                "column `{}` is mapped to `{}` and to `{}`",
                spec.columns[0], other.field.name, spec.field.name
            );
            let problem =
                Problem::error(place[0].clone(), message).also(first[0].clone(), "the first");
            problems.push(problem.help("a column is one field of a person"));
        }
    }
}
