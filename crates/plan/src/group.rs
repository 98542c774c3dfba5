//! Guesses the mapping of files of one shape: which column is which field of which person.

use std::collections::{BTreeMap, BTreeSet};

use record::{Field, Kind, RelationType};

use crate::guess::{
    LOCALITY, Meaning, Role, key_score, meaning, names_a_person, names_a_source, role, words,
};
use crate::plan::kind_name;
use crate::values::{RECOGNISED, count, date_numbers};

/// With fewer values, what they look like is left to the name of the column.
const VALUES_MIN: usize = 5;

/// What a group of files with the same header seems to hold.
#[derive(Debug, Default)]
pub(crate) struct Guessed {
    /// The column that names a record, and whether its values come more than once.
    pub(crate) key: Option<(String, bool)>,
    /// The order of dates, if it is not the default.
    pub(crate) dates: Option<&'static str>,
    /// The first person's fields.
    pub(crate) first: Vec<Mapped>,
    /// The other persons in each row.
    pub(crate) others: Vec<Other>,
    /// The fields to declare.
    pub(crate) declared: Vec<(String, &'static str)>,
    /// Columns left out, and what is known of them.
    pub(crate) left_out: Vec<(String, String)>,
}

/// A field, and its columns: alternatives, each of columns to join.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) field: String,
    pub(crate) columns: Vec<Vec<String>>,
}

/// A further person.
#[derive(Debug)]
pub(crate) struct Other {
    pub(crate) role: String,
    pub(crate) relationship: RelationType,
    pub(crate) key: Option<String>,
    pub(crate) fields: Vec<Mapped>,
}

/// A column and its sampled values that are not blank.
struct Column<'a> {
    name: &'a str,
    words: Vec<String>,
    values: Vec<&'a str>,
    /// Whether a value is blank.
    blank: bool,
    /// Whether a value comes again in the first file.
    repeats: bool,
}

/// A person's columns by what they seem to mean.
#[derive(Default)]
struct Person<'c> {
    role: Option<Role>,
    key: Option<String>,
    fields: BTreeMap<&'static str, Vec<&'c Column<'c>>>,
    address: Vec<(u8, &'c Column<'c>)>,
    birth: BTreeMap<u8, &'c Column<'c>>,
}

/// Guesses from the columns' names and the first rows of one file and of others of its shape.
pub(crate) fn guess(columns: &[String], rows: &[Vec<String>], more: &[Vec<String>]) -> Guessed {
    let n_first = rows.len();
    let rows = || rows.iter().chain(more);
    let columns: Vec<Column<'_>> = columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let all = || rows().map(|row| row.get(at).map_or("", |value| value.trim()));
            let values: Vec<&str> = all().filter(|value| !value.is_empty()).collect();
            // A later file tells of the same people again, so keys repeat within a file only.
            let first: Vec<&str> = all().take(n_first).filter(|value| !value.is_empty()).collect();
            let repeats = first.iter().collect::<BTreeSet<_>>().len() < first.len();
            Column {
                name,
                words: words(name),
                blank: values.len() < all().count(),
                repeats,
                values,
            }
        })
        .collect();
    let mut guessed = Guessed::default();
    let key = find_key(&columns);
    let mut persons: Vec<Person<'_>> = vec![Person::default()];
    for (at, column) in columns.iter().enumerate() {
        if key.is_some_and(|(key, _)| key == at) {
            continue;
        }
        sort_in(column, &mut persons, &mut guessed);
    }
    guessed.key = key.map(|(at, repeats)| (columns[at].name.to_owned(), repeats));
    let mut birth_dates: Vec<&str> = Vec::new();
    for person in persons {
        let mut fields = settle(&person, &mut guessed);
        birth_dates.extend(dates_of(&person));
        let Some(role) = person.role else {
            guessed.first = fields;
            continue;
        };
        let naming = ["name", "forename", "surname", "nhs_number", "date_of_birth"];
        if fields.iter().any(|mapped| naming.contains(&mapped.field.as_str())) {
            let Role { name, relationship } = role;
            guessed.others.push(Other { role: name, relationship, key: person.key, fields });
        } else {
            let columns = fields.drain(..).flat_map(|mapped| mapped.columns).flatten();
            let why = format!("says too little of a {}", role.name.replace('_', " "));
            guessed.left_out.extend(columns.chain(person.key).map(|column| (column, why.clone())));
        }
    }
    if guessed.first.is_empty() && guessed.others.is_empty() {
        declare_rest(&columns, &mut guessed);
    }
    guessed.dates = date_order(&birth_dates);
    guessed
}

/// Declares whatever was left out for want of a meaning: a table without any person is of other
/// things, and all of it may tell them apart.
fn declare_rest(columns: &[Column<'_>], guessed: &mut Guessed) {
    for (name, why) in std::mem::take(&mut guessed.left_out) {
        let column = columns.iter().find(|column| column.name == name && !column.values.is_empty());
        match column.filter(|_| why.starts_with(DECLARABLE)) {
            Some(column) => declare(column, guessed),
            None => guessed.left_out.push((name, why)),
        }
    }
}

const DECLARABLE: &str = "could be declared a";

/// The column that names records, and whether its values come more than once.
fn find_key(columns: &[Column<'_>]) -> Option<(usize, bool)> {
    let mut best: Option<(u8, usize, bool)> = None;
    for (at, column) in columns.iter().enumerate() {
        let identifier = matches!(meaning(&column.words), Some(Meaning::Field(_)));
        let score = if identifier { 0 } else { key_score(&column.words) };
        let whole = !column.values.is_empty() && !column.blank;
        if score == 0 || !whole || role(&column.words).is_some() {
            continue;
        }
        let repeats = column.repeats;
        // What comes again must be said to name a person, or it may name a house or a claim.
        if repeats && (score < 2 || !names_a_person(&column.words)) {
            continue;
        }
        let score = if repeats { 1 } else { score * 2 };
        if best.is_none_or(|(other, _, _)| other < score) {
            best = Some((score, at, repeats));
        }
    }
    best.map(|(_, at, repeats)| (at, repeats))
}

/// Puts a column with the person and the field it seems to belong to.
fn sort_in<'c>(column: &'c Column<'c>, persons: &mut Vec<Person<'c>>, guessed: &mut Guessed) {
    let mut meant = meaning(&column.words);
    let mut whose = 0;
    if meant.is_none()
        && let Some((role, rest)) = role(&column.words)
    {
        meant = meaning(&rest);
        let is_key = meant.is_none() && 0 < key_score(&rest);
        if meant.is_some() || is_key {
            whose =
                persons.iter().position(|p| p.role.as_ref() == Some(&role)).unwrap_or_else(|| {
                    persons.push(Person { role: Some(role), ..Person::default() });
                    persons.len() - 1
                });
        }
        if is_key {
            persons[whose].key.get_or_insert_with(|| column.name.to_owned());
            return;
        }
    }
    if meant.is_none() && names_a_source(&column.words) {
        let why = "seems to name a source: files split by it make sources of their own".to_owned();
        guessed.left_out.push((column.name.to_owned(), why));
        return;
    }
    let meant = meant.or_else(|| from_values(column).map(Meaning::Field));
    let person = &mut persons[whose];
    match meant {
        Some(Meaning::Field(name)) if !belies(column, name) => {
            person.fields.entry(name).or_default().push(column);
        }
        Some(Meaning::AddressPart(part)) => person.address.push((part, column)),
        Some(Meaning::BirthPart(part)) if !person.birth.contains_key(&part) => {
            person.birth.insert(part, column);
        }
        Some(_) if whose == 0 => declare(column, guessed),
        _ => {
            let why = match declared_kind(&column.values) {
                _ if column.values.is_empty() => "no value in the sampled rows".to_owned(),
                kind => format!("{DECLARABLE} {kind}"),
            };
            guessed.left_out.push((column.name.to_owned(), why));
        }
    }
}

/// The field that values alone make likely.
fn from_values(column: &Column<'_>) -> Option<&'static str> {
    let telling = [
        ("nhs_number", Kind::NhsNumber),
        ("upn", Kind::Upn),
        ("nino", Kind::Nino),
        ("email", Kind::Email),
        ("postcode", Kind::Postcode),
    ];
    if column.values.len() < VALUES_MIN {
        return None;
    }
    let found = telling.into_iter().find(|(_, kind)| {
        let (like, filled) = count(*kind, column.values.iter().copied());
        filled * 9 <= like * 10
    });
    found.map(|(name, _)| name)
}

/// Whether a column's values are not what its name says.
fn belies(column: &Column<'_>, name: &str) -> bool {
    let Some(field) = Field::standard(name) else { return false };
    let (like, filled) = count(field.kind, column.values.iter().copied());
    RECOGNISED.contains(&field.kind) && VALUES_MIN <= filled && like * 2 < filled
}

fn declare(column: &Column<'_>, guessed: &mut Guessed) {
    let mut name = column.words.join("_");
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "field_");
    }
    name.retain(|c| c.is_ascii_alphanumeric() || c == '_');
    // Known by its name, but its values are of another sort.
    if Field::standard(&name).is_some() {
        name.insert_str(0, "other_");
    }
    if column.values.is_empty() || guessed.declared.iter().any(|(other, _)| *other == name) {
        guessed.left_out.push((column.name.to_owned(), "no value in the sampled rows".to_owned()));
        return;
    }
    guessed.first.push(Mapped { field: name.clone(), columns: vec![vec![column.name.to_owned()]] });
    guessed.declared.push((name, declared_kind(&column.values)));
}

/// The kind of field that values suit.
fn declared_kind(values: &[&str]) -> &'static str {
    let n = values.len();
    let most = |test: &dyn Fn(&str) -> bool| {
        n * 9 <= values.iter().filter(|value| test(value)).count() * 10
    };
    let distinct = values.iter().collect::<BTreeSet<_>>().len();
    if most(&|value| {
        crate::values::looks_like(Kind::Date, value) && !value.bytes().all(|b| b.is_ascii_digit())
    }) {
        return "date";
    }
    if distinct <= 50 && distinct * 4 <= n {
        return "category";
    }
    let whole = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit());
    let same_length = values.windows(2).all(|pair| pair[0].len() == pair[1].len());
    if most(&|value| value.parse::<f64>().is_ok()) && !(same_length && most(&whole)) {
        return "number";
    }
    let coded = |value: &str| value.bytes().any(|b| b.is_ascii_digit()) && !value.contains(' ');
    if most(&coded) { "code" } else { "text" }
}

/// The fields of a person, each once, in the order people expect.
fn settle(person: &Person<'_>, guessed: &mut Guessed) -> Vec<Mapped> {
    let name = |column: &Column<'_>| column.name.to_owned();
    // The facts declared so far are the first person's.
    let declared =
        if person.role.is_none() { std::mem::take(&mut guessed.first) } else { Vec::new() };
    let mut leave =
        |column: &Column<'_>, why: &str| guessed.left_out.push((name(column), why.to_owned()));
    let mut fields: Vec<Mapped> = Vec::new();
    let split_name =
        person.fields.contains_key("forename") && person.fields.contains_key("surname");
    for (&field, columns) in &person.fields {
        if field == "name" && split_name {
            for column in columns {
                leave(column, "its parts are mapped");
            }
            continue;
        }
        if field == "address" && !person.address.is_empty() {
            continue;
        }
        let kind = Field::standard(field).map_or(Kind::Text, |field| field.kind);
        let once =
            matches!(kind, Kind::Date | Kind::Sex | Kind::FullName | Kind::Address | Kind::Uprn);
        let mut alternatives: Vec<Vec<String>> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            if once && 0 < at {
                leave(column, &format!("a second {}", kind_name(kind)));
                continue;
            }
            let joins = 0 < at && numbered_alike(columns[at - 1], column);
            match alternatives.last_mut().filter(|_| joins) {
                Some(joined) => joined.push(name(column)),
                None => alternatives.push(vec![name(column)]),
            }
        }
        fields.push(Mapped { field: field.to_owned(), columns: alternatives });
    }
    fields.extend(birth_date(person, &mut leave));
    let (address, towns) = address(person);
    fields.extend(address);
    fields.sort_by_key(|mapped| Field::standard_names().position(|name| name == mapped.field));
    fields.extend(declared);
    for town in towns {
        if person.role.is_none() {
            let n_before = guessed.first.len();
            declare(town, guessed);
            fields.extend(guessed.first.drain(n_before..));
        } else {
            guessed.left_out.push((name(town), "says too little of where".to_owned()));
        }
    }
    fields
}

/// Whether two columns differ in a last number only, so that they are parts of one value.
fn numbered_alike(a: &Column<'_>, b: &Column<'_>) -> bool {
    let stem = |words: &[String]| {
        let all = words.join(" ");
        let stem = all.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        (stem.len() < all.len()).then_some(stem)
    };
    stem(&a.words).is_some_and(|stem_a| stem(&b.words).as_ref() == Some(&stem_a))
}

/// The date of birth from its parts, if it is not whole in a column.
fn birth_date(person: &Person<'_>, leave: &mut impl FnMut(&Column<'_>, &str)) -> Option<Mapped> {
    let whole = person.fields.contains_key("date_of_birth");
    // A day is of use only in a month, and a month only in a year.
    let usable = (1..=3).take_while(|part| !whole && person.birth.contains_key(part)).count();
    let mut columns = Vec::new();
    for (&part, column) in &person.birth {
        if usize::from(part) <= usable {
            columns.push(column.name.to_owned());
        } else {
            leave(column, "a part of a date of birth");
        }
    }
    (!columns.is_empty())
        .then(|| Mapped { field: "date_of_birth".to_owned(), columns: vec![columns] })
}

/// The address joined from its parts, and the columns of towns if nothing is nearer the door.
fn address<'c>(person: &Person<'c>) -> (Option<Mapped>, Vec<&'c Column<'c>>) {
    let mut parts = person.address.clone();
    // A column called the address beside others of its parts is its first line.
    let first_lines = person.fields.get("address").into_iter().flatten().map(|&column| (5, column));
    if !parts.is_empty() {
        parts.extend(first_lines);
    }
    parts.sort_by_key(|(part, _)| *part);
    if parts.iter().all(|(part, _)| LOCALITY <= *part) {
        return (None, parts.into_iter().map(|(_, column)| column).collect());
    }
    let columns = parts.into_iter().map(|(_, column)| column.name.to_owned()).collect();
    (Some(Mapped { field: "address".to_owned(), columns: vec![columns] }), Vec::new())
}

fn dates_of<'c>(person: &Person<'c>) -> impl Iterator<Item = &'c str> {
    let dates = person
        .fields
        .iter()
        .filter(|(name, _)| Field::standard(name).is_some_and(|field| field.kind == Kind::Date));
    let columns: Vec<&'c Column<'c>> =
        dates.flat_map(|(_, columns)| columns.iter().copied()).collect();
    columns.into_iter().flat_map(|column| column.values.iter().copied())
}

/// The order that dates show, if it is not the default.
fn date_order(dates: &[&str]) -> Option<&'static str> {
    let numbers: Vec<[u32; 3]> = dates.iter().filter_map(|date| date_numbers(date)).collect();
    let n =
        |test: &dyn Fn(&[u32; 3]) -> bool| numbers.iter().filter(|numbers| test(numbers)).count();
    let first = n(&|[a, _, _]| (13..=31).contains(a));
    let second = n(&|[a, b, _]| *a <= 31 && 12 < *b);
    let slashed = dates.iter().any(|date| date.contains(['/', '.']));
    if first < second {
        Some("month_first")
    } else if slashed && numbers.len() < 2 * n(&|[a, _, _]| 31 < *a) {
        Some("year_first")
    } else {
        None
    }
}
