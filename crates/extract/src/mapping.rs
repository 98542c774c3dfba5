//! Maps a row to the persons in it, by what the plan says of its source.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use record::{Kind, NONE, PartialDate, Period, RawResidence};
use xxhash_rust::xxh3::xxh3_128;

use crate::involvements::{self, INVOLVEMENT_FIELDS};
use crate::part::{Item, MappedPerson, MappedRow, Part, Refusal, What, end};
use crate::rows::{Row, Rows};
use crate::value::{self, Codes};
use crate::{Error, FieldSpec, PersonSpec, SourceSpec, dates};

/// The refusal of a row of which the person cannot be told.
const NO_KEY: &str = "no key";
/// The refusal of a row that says nothing of its person.
const NO_VALUE: &str = "no value in any column of the plan";

/// The refusal of a key that a spreadsheet may have made of several.
const DAMAGED_KEY: &str = "key damaged by a spreadsheet (scientific notation)";

/// The names of the fields that together make a residence.
pub(crate) const RESIDENCE_FIELDS: [&str; 6] =
    ["address", "postcode", "uprn", "address_from", "address_to", "seen"];

/// The names of the fields that say from when to when a person is something to the row's first.
pub(crate) const RELATED_FIELDS: [&str; 2] = ["related_from", "related_to"];

/// How the rows of a file become persons.
pub(crate) struct Mapping<'a> {
    spec: &'a SourceSpec,
    key: Option<usize>,
    persons: Vec<PersonMapping>,
    /// The wanted columns, where each row names its own.
    pub(crate) wanted: Vec<String>,
    /// The names of the run's fields that are no part of a residence.
    fields: &'a [&'a str],
    serials: bool,
}

struct PersonMapping {
    key: Option<usize>,
    fields: Vec<FieldMapping>,
}

struct FieldMapping {
    /// The place of the field in the person's spec.
    place: u32,
    target: Target,
    kind: Kind,
    columns: Vec<usize>,
    split: Option<String>,
    codes: Option<Codes>,
}

/// Where the values of a field go. Ordered so that a person's values come in the order of fields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// The column with this place among the run's fields.
    Column(u32),
    /// The part of a residence with this place in [`RESIDENCE_FIELDS`].
    Residence(usize),
    /// The part of an involvement with this place in [`INVOLVEMENT_FIELDS`].
    Involvement(usize),
    /// The beginning or the end of what the person is to the first, by its place in
    /// [`RELATED_FIELDS`].
    Related(usize),
    /// What is stated of the person beside.
    Statement,
}

impl<'a> Mapping<'a> {
    /// The mapping for a file with these columns, or every error in it. `fields` are the names
    /// of all fields of the run that are no part of a residence, in order.
    pub(crate) fn new(
        spec: &'a SourceSpec,
        fields: &'a [&'a str],
        path: &Path,
        columns: Option<&[String]>,
        serials: bool,
    ) -> Result<Mapping<'a>, Vec<Error>> {
        assert!(!spec.persons.is_empty(), "a source has a first person");
        let mut errors = Vec::new();
        if let Some(columns) = columns {
            errors.extend(repeated(path, columns));
        }
        let wanted = wanted(spec);
        if let Some(columns) = columns {
            for column in wanted.iter().filter(|column| !columns.contains(column)) {
                errors.push(missing(path, column, columns));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let columns = columns.unwrap_or(&wanted);
        let find = |name: &String| {
            columns.iter().position(|column| column == name).expect("no column is missing")
        };
        let persons = spec
            .persons
            .iter()
            .map(|person| {
                let mut mapped: Vec<FieldMapping> = (0..)
                    .zip(&person.fields)
                    .map(|(place, spec)| FieldMapping {
                        place,
                        target: target(spec, fields),
                        kind: spec.field.kind,
                        columns: spec.columns.iter().map(find).collect(),
                        split: spec.split.clone().filter(|split| !split.is_empty()),
                        codes: Codes::new(&spec.codes),
                    })
                    .collect();
                mapped.sort_by_key(|field| field.target);
                PersonMapping { key: person.key.as_ref().map(find), fields: mapped }
            })
            .collect();
        Ok(Mapping { spec, key: spec.key.as_ref().map(find), persons, wanted, fields, serials })
    }

    /// Maps all rows of a batch into a part.
    pub(crate) fn map(&self, rows: &Rows, part: &mut Part, scratch: &mut Scratch) {
        for row in rows.rows() {
            part.n_rows += 1;
            part.content = part.content.wrapping_add(rows.content(row));
            for (column, present) in part.present.iter_mut().enumerate() {
                *present |= rows.cell(row, column).len() > 0 || rows.refusal(row, column).is_some();
            }
            let taken = match &row.flaw {
                Some(flaw) => Err(flaw.clone()),
                None => self.row(rows, row, part, scratch).map_err(Into::into),
            };
            if let Err(reason) = taken {
                part.n_rows_refused += 1;
                part.refused.push(Refusal { line: row.line, what: What::Row, reason });
            }
        }
    }

    fn row(
        &self,
        rows: &Rows,
        row: &Row,
        part: &mut Part,
        scratch: &mut Scratch,
    ) -> Result<(), &'static str> {
        let first = end(&part.persons);
        let row_key = match self.key {
            None => 0..0,
            Some(column) => push_key(rows, row, column, part)?,
        };
        if self.key.is_some() && row_key.is_empty() {
            return Err(NO_KEY);
        }
        for (spec, person) in (0..).zip(&self.persons) {
            let key = match (spec, person.key) {
                (0, _) => row_key.clone(),
                (_, None) => 0..0,
                (_, Some(column)) => push_key(rows, row, column, part).unwrap_or_else(|reason| {
                    // The person is kept, under a key made from the row's.
                    let reason = reason.into();
                    part.refused.push(Refusal { line: row.line, what: What::Key, reason });
                    0..0
                }),
            };
            let mut person = self.person(spec, person, rows, row, part, scratch);
            person.key = key;
            let unknown = person.items.is_empty() && person.key.is_empty();
            if unknown && spec > 0 {
                // A home alone is nobody: the row's persons often share its columns.
                continue;
            }
            if unknown && person.residences.is_empty() {
                return Err(NO_VALUE);
            }
            if person.seen == NONE && spec > 0 {
                person.seen = part.persons[first as usize].seen;
                let homes = person.residences.start as usize..person.residences.end as usize;
                for home in part.residences[homes].iter_mut().filter(|home| home.seen == NONE) {
                    home.seen = person.seen;
                }
                let seen = part.involvements(&part.persons[first as usize]).first();
                let seen = seen.map_or(NONE, |involvement| involvement.seen);
                let own = person.involvements.start as usize..person.involvements.end as usize;
                part.involvements[own].iter_mut().for_each(|dealing| dealing.seen = seen);
            }
            part.persons.push(person);
        }
        if self.key.is_none() {
            self.key_by_contents(first as usize, part, scratch);
        }
        part.rows.push(MappedRow { line: row.line, persons: first..end(&part.persons) });
        Ok(())
    }

    fn person(
        &self,
        spec: u32,
        person: &PersonMapping,
        rows: &Rows,
        row: &Row,
        part: &mut Part,
        scratch: &mut Scratch,
    ) -> MappedPerson {
        let items = end(&part.items);
        let residences = end(&part.residences);
        let dealt = end(&part.involvements);
        scratch.slots.iter_mut().for_each(Vec::clear);
        scratch.dealings.iter_mut().for_each(Vec::clear);
        scratch.states.clear();
        let mut taker = Taker {
            part,
            slots: &mut scratch.slots,
            dealings: &mut scratch.dealings,
            states: &mut scratch.states,
            related: Period::default(),
            buffer: &mut scratch.buffer,
            spec: self.spec,
            serials: self.serials,
            line: row.line,
            person: spec,
            first_item: items as usize,
        };
        for field in &person.fields {
            taker.field(field, rows, row, &mut scratch.joined);
        }
        let related = taker.related;
        let seen = scratch.slots[5].iter().copied().find(|&id| id != NONE).unwrap_or(NONE);
        push_residences(&scratch.slots, seen, &mut part.residences);
        let role = &self.spec.persons[spec as usize].role;
        involvements::push(&scratch.dealings, &mut scratch.states, role, seen, part);
        MappedPerson {
            spec,
            key: 0..0,
            items: items..end(&part.items),
            residences: residences..end(&part.residences),
            involvements: dealt..end(&part.involvements),
            related,
            seen,
        }
    }

    /// Gives the row of these persons, the last of the part, the hash of what was taken from it
    /// for a key.
    fn key_by_contents(&self, first: usize, part: &mut Part, scratch: &mut Scratch) {
        let text = &mut scratch.joined;
        text.clear();
        let mut write = |name: &str, value: &str| {
            text.push_str(name);
            text.push('\u{1f}');
            text.push_str(value);
            text.push('\u{1e}');
        };
        for person in &part.persons[first..] {
            let spec = &self.spec.persons[person.spec as usize];
            write(&spec.role, part.key(person));
            for item in &part.items[person.items.start as usize..person.items.end as usize] {
                let field = item.field as usize;
                write(self.fields[field], part.values[field].get(item.id));
            }
            let residences = person.residences.start as usize..person.residences.end as usize;
            for residence in &part.residences[residences] {
                for (name, id) in RESIDENCE_FIELDS.iter().zip(parts_of(residence)) {
                    write(name, if id == NONE { "" } else { part.places.get(id) });
                }
            }
            for (name, text) in involvements::said(part, person) {
                write(name, text);
            }
        }
        let start = end(part.keys.as_bytes());
        write!(part.keys, "{:032x}", xxh3_128(text.as_bytes())).expect("a string takes all");
        part.persons[first].key = start..end(part.keys.as_bytes());
    }
}

/// Buffers for one row at a time.
#[derive(Default)]
pub(crate) struct Scratch {
    joined: String,
    buffer: String,
    slots: [Vec<u32>; RESIDENCE_FIELDS.len()],
    dealings: [Vec<u32>; INVOLVEMENT_FIELDS.len()],
    states: Vec<String>,
}

/// Takes the values of one person in one row.
struct Taker<'a> {
    part: &'a mut Part,
    slots: &'a mut [Vec<u32>; RESIDENCE_FIELDS.len()],
    dealings: &'a mut [Vec<u32>; INVOLVEMENT_FIELDS.len()],
    states: &'a mut Vec<String>,
    related: Period,
    buffer: &'a mut String,
    spec: &'a SourceSpec,
    serials: bool,
    line: u32,
    person: u32,
    /// Where the person's items begin in the part.
    first_item: usize,
}

impl Taker<'_> {
    fn field(&mut self, field: &FieldMapping, rows: &Rows, row: &Row, joined: &mut String) {
        if let Some(reason) = field.columns.iter().find_map(|&column| rows.refusal(row, column)) {
            self.refuse(field, reason);
            return self.nothing(field);
        }
        match field.columns.as_slice() {
            // The numbers of a vector are one value together.
            [column] if field.kind == Kind::Vector => {
                joined.clear();
                for value in rows.cell(row, *column) {
                    joined.push_str(value);
                    joined.push(' ');
                }
                self.cell(field, joined);
            }
            [column] if field.kind == Kind::Items && field.split.is_none() => {
                let values = rows.cell(row, *column);
                // A list of nothing is something: it says that there is none.
                if values.len() == 0 {
                    self.keep(field, "");
                }
                let lone = values.len() == 1;
                for value in values.filter(|value| !(lone && value.is_empty())) {
                    self.keep(field, value);
                }
            }
            [column] => {
                for value in rows.cell(row, *column) {
                    self.cell(field, value);
                }
            }
            [year, rest @ ..] if field.kind == Kind::Date && rest.len() <= 2 => {
                let text = |column: &usize| {
                    let value = rows.cell(row, *column).next().unwrap_or("").trim();
                    if value::is_missing(value) { "" } else { value }
                };
                let [month, day] = [rest.first(), rest.get(1)].map(|c| c.map_or("", text));
                match dates::parse_parts([text(year), month, day]) {
                    None => self.nothing(field),
                    Some(date) => self.date(field, date),
                }
            }
            columns => {
                join(field.kind, columns, rows, row, joined);
                self.cell(field, joined);
            }
        }
    }

    fn cell(&mut self, field: &FieldMapping, text: &str) {
        match &field.split {
            None => self.value(field, text),
            Some(separator) => {
                text.split(separator.as_str()).for_each(|text| self.value(field, text));
            }
        }
    }

    fn value(&mut self, field: &FieldMapping, text: &str) {
        if matches!(field.kind, Kind::Verbatim | Kind::Items) && field.codes.is_none() {
            return if text.is_empty() { self.nothing(field) } else { self.keep(field, text) };
        }
        let text = text.trim();
        let text = match &field.codes {
            Some(codes) if !text.is_empty() => match codes.meaning(text) {
                Some(meaning) => meaning,
                None if value::is_missing(text) => "",
                None => return self.refuse_value(field, value::UNKNOWN_CODE),
            },
            _ => text,
        };
        if value::is_missing(text) {
            return self.nothing(field);
        }
        if value::is_spreadsheet_error(text) {
            return self.refuse_value(field, value::SPREADSHEET_ERROR);
        }
        if field.kind == Kind::Date {
            return self.date(field, dates::parse(text, self.spec.dates, self.serials));
        }
        if value::is_identifier(field.kind) {
            return match value::identifier(text) {
                Ok(text) => self.keep(field, text),
                Err(reason) => self.refuse_value(field, reason),
            };
        }
        if field.kind == Kind::Address && text.contains(['\n', '\r']) {
            let mut lines = std::mem::take(self.buffer);
            lines.clear();
            text.lines().for_each(|line| append(&mut lines, line, ", "));
            self.keep(field, &lines);
            *self.buffer = lines;
            return;
        }
        self.keep(field, text);
    }

    fn date(&mut self, field: &FieldMapping, date: Result<PartialDate, &'static str>) {
        match date {
            Err(reason) => self.refuse_value(field, reason),
            Ok(date) if !date.is_possible() && !matches!(field.target, Target::Column(_)) => {
                self.refuse_value(field, dates::NOT_A_DATE);
            }
            Ok(date) => {
                if !date.is_possible() {
                    self.refuse(field, dates::NO_SUCH_DAY);
                }
                let mut text = std::mem::take(self.buffer);
                text.clear();
                write!(text, "{date}").expect("a string takes all that is written");
                self.keep(field, &text);
                *self.buffer = text;
            }
        }
    }

    fn keep(&mut self, field: &FieldMapping, text: &str) {
        match field.target {
            Target::Residence(slot) => self.slots[slot].push(self.part.places.insert(text)),
            Target::Related(slot) => {
                let date = PartialDate::parse(text);
                match slot {
                    0 => self.related.from = date.map(PartialDate::first_day),
                    _ => self.related.to = date.map(PartialDate::last_day),
                }
            }
            Target::Involvement(slot) => match involvements::form(slot, text) {
                Ok(text) => self.dealings[slot].push(self.part.dealings.insert(text)),
                Err(reason) => self.refuse_value(field, reason),
            },
            Target::Statement => {
                let person = &self.spec.persons[self.person as usize];
                let name = &person.fields[field.place as usize].field.name;
                self.states.push(format!("{name}={}", text.replace(['\n', '\r'], " ")));
            }
            Target::Column(column) => {
                let values = &mut self.part.values[column as usize];
                let before = &self.part.items[self.first_item..];
                let mut same = before.iter().rev().take_while(|item| item.field == column);
                // The same value twice is one, but in a list.
                if field.kind == Kind::Items || !same.any(|item| values.get(item.id) == text) {
                    let id = values.insert(text);
                    self.part.items.push(Item { field: column, id });
                }
            }
        }
    }

    fn refuse_value(&mut self, field: &FieldMapping, reason: &'static str) {
        self.refuse(field, reason);
        self.nothing(field);
    }

    fn refuse(&mut self, field: &FieldMapping, reason: &'static str) {
        let what = What::Value { person: self.person, field: field.place };
        self.part.refused.push(Refusal { line: self.line, what, reason: reason.into() });
    }

    /// Leaves a gap in a residence or involvement, so that what belongs together stays side by
    /// side.
    fn nothing(&mut self, field: &FieldMapping) {
        match field.target {
            Target::Residence(slot) => self.slots[slot].push(NONE),
            Target::Involvement(slot) => self.dealings[slot].push(NONE),
            Target::Column(_) | Target::Related(_) | Target::Statement => {}
        }
    }
}

/// The first address goes with the first postcode, the second with the second, and so on. A day
/// last seen, if there is one only, is that of them all.
fn push_residences(
    slots: &[Vec<u32>; RESIDENCE_FIELDS.len()],
    seen: u32,
    residences: &mut Vec<RawResidence>,
) {
    let n = slots[..3].iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..n {
        let part = |slot: usize| slots[slot].get(at).copied().unwrap_or(NONE);
        let residence = RawResidence {
            text: part(0),
            postcode: part(1),
            uprn: part(2),
            from: part(3),
            to: part(4),
            seen: if slots[5].len() == 1 { seen } else { part(5) },
        };
        if [residence.text, residence.postcode, residence.uprn] != [NONE; 3] {
            residences.push(residence);
        }
    }
}

/// The ids of a residence, in the order of [`RESIDENCE_FIELDS`].
pub(crate) fn parts_of(residence: &RawResidence) -> [u32; RESIDENCE_FIELDS.len()] {
    let RawResidence { text, postcode, uprn, from, to, seen } = *residence;
    [text, postcode, uprn, from, to, seen]
}

/// Writes the key in a column; where it stands, empty if it is missing.
fn push_key(
    rows: &Rows,
    row: &Row,
    column: usize,
    part: &mut Part,
) -> Result<Range<u32>, &'static str> {
    let start = end(part.keys.as_bytes());
    let value = rows.cell(row, column).map(str::trim).find(|value| !value::is_missing(value));
    if let Some(value) = value {
        part.keys.push_str(value::identifier(value).map_err(|_| DAMAGED_KEY)?);
    }
    Ok(start..end(part.keys.as_bytes()))
}

fn join(kind: Kind, columns: &[usize], rows: &Rows, row: &Row, joined: &mut String) {
    let separator = match kind {
        Kind::Address => ", ",
        Kind::Date => "-",
        _ => " ",
    };
    joined.clear();
    for &column in columns {
        for value in rows.cell(row, column) {
            let value = value.trim();
            if !value::is_missing(value) {
                append(joined, value, separator);
            }
        }
    }
}

fn append(joined: &mut String, value: &str, separator: &str) {
    let value = value.trim();
    // A line of an address may bring its own comma.
    let value = if separator == ", " { value.trim_end_matches([',', ' ']) } else { value };
    if !value.is_empty() {
        if !joined.is_empty() {
            joined.push_str(separator);
        }
        joined.push_str(value);
    }
}

fn target(spec: &FieldSpec, fields: &[&str]) -> Target {
    let name = spec.field.name.as_str();
    if spec.field.kind == Kind::Statement {
        return Target::Statement;
    }
    if let Some(slot) = RESIDENCE_FIELDS.iter().position(|field| *field == name) {
        return Target::Residence(slot);
    }
    if let Some(slot) = RELATED_FIELDS.iter().position(|field| *field == name) {
        return Target::Related(slot);
    }
    if let Some(slot) = INVOLVEMENT_FIELDS.iter().position(|field| *field == name) {
        return Target::Involvement(slot);
    }
    let column = fields.binary_search(&name).expect("every field of the run is listed");
    Target::Column(u32::try_from(column).expect("there are few fields"))
}

/// All columns that a source's plan names, in order.
pub(crate) fn wanted(spec: &SourceSpec) -> Vec<String> {
    let mut wanted: Vec<String> = spec.key.iter().cloned().collect();
    for PersonSpec { key, fields, .. } in &spec.persons {
        wanted.extend(key.iter().cloned());
        wanted.extend(fields.iter().flat_map(|field| field.columns.iter().cloned()));
    }
    wanted.sort();
    wanted.dedup();
    wanted
}

fn repeated(path: &Path, columns: &[String]) -> Option<Error> {
    let mut sorted: Vec<&String> = columns.iter().filter(|column| !column.is_empty()).collect();
    sorted.sort();
    let mut names: Vec<String> =
        sorted.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0].clone()).collect();
    names.dedup();
    (!names.is_empty()).then(|| Error::RepeatedColumns { path: path.to_owned(), columns: names })
}

/// The error of a column that a file does not have.
pub(crate) fn missing(path: &Path, column: &str, columns: &[String]) -> Error {
    // Below this, names have little in common but letters.
    const ALIKE: f64 = 0.75;
    let wanted = column.to_lowercase();
    let nearest = columns
        .iter()
        .map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| ALIKE <= *likeness)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, name)| name.clone());
    Error::MissingColumn { path: path.to_owned(), column: column.to_owned(), nearest }
}
