//! Checks a plan against the files it names: headers first, then whether the first rows look
//! like what they are said to be.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use extract::{DateOrder, FieldSpec, FileKind, Format, Peek, Repeat, SourceSpec};
use record::Kind;

use crate::nearest::nearest;
use crate::plan::{Plan, SourcePlace, Truth, a_kind};
use crate::problems::{Problem, Problems, Span};
use crate::read::{read_text, understand};
use crate::syntax;
use crate::values::{count, date_numbers, looks_like};
use crate::words::{columns_for, counted};

/// The rows of a file to look at.
const ROWS_SAMPLED: usize = 200;
/// With fewer values, nothing is said of what they look like.
const VALUES_MIN: usize = 5;

/// A plan and what was seen of its files.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The plan.
    pub plan: Plan,
    /// Its files, by source and path.
    pub files: Vec<CheckedFile>,
    /// What looks wrong but may be meant, of the plan and of the files.
    pub warnings: Problems,
}

/// What was seen of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedFile {
    /// The name of its source.
    pub source: String,
    /// The file.
    pub path: PathBuf,
    /// The kind of file.
    pub kind: FileKind,
    /// How many of its rows were looked at.
    pub rows_sampled: usize,
    /// The columns that the plan uses, in the file's order.
    pub mapped: Vec<String>,
    /// The columns that it does not.
    pub unmapped: Vec<String>,
}

/// Reads the plan in a file and looks at the files it names.
///
/// # Errors
///
/// Everything that is wrong with the plan or does not go with the files, or that the plan cannot
/// be read. A plan with mistakes is still checked against its files as far as it is understood.
pub fn check(path: &Path) -> Result<Checked, Problems> {
    let (name, text) = read_text(path)?;
    check_text(&name, &text, path.parent().unwrap_or(Path::new("")))
}

/// The same of a plan's text; the files it names are relative to `base`.
///
/// # Errors
///
/// As [`check`].
pub fn check_text(name: &str, text: &str, base: &Path) -> Result<Checked, Problems> {
    let understood = understand(name, text, base);
    let (mut problems, plan) = (understood.problems, understood.plan);
    let mut files = Vec::new();
    for (source, place) in plan.sources.iter().zip(&plan.places) {
        check_source(&plan, source, place, &mut files, &mut problems);
    }
    check_constraints(&plan, &mut problems);
    check_labels(&plan, &mut problems);
    check_frequencies(&plan, &mut problems);
    check_gazetteer(&plan, &mut problems);
    check_truth(&plan, &mut problems);
    let problems = Problems::new(name, text, syntax::merge(text, &understood.errors, problems));
    if problems.has_errors() {
        Err(problems)
    } else {
        Ok(Checked { plan, files, warnings: problems })
    }
}

/// A column that the plan uses.
struct Wanted<'p> {
    name: &'p str,
    span: &'p Span,
}

fn wanted<'p>(source: &'p SourceSpec, place: &'p SourcePlace) -> Vec<Wanted<'p>> {
    let key = source.key.iter().map(|name| Wanted { name, span: &place.key });
    let mut wanted: Vec<Wanted<'p>> = key.collect();
    for (person, place) in source.persons.iter().zip(&place.persons) {
        wanted.extend(person.key.iter().map(|name| Wanted { name, span: &place.key }));
        for (field, spans) in person.fields.iter().zip(&place.columns) {
            wanted
                .extend(field.columns.iter().zip(spans).map(|(name, span)| Wanted { name, span }));
        }
    }
    wanted
}

fn check_source(
    plan: &Plan,
    source: &SourceSpec,
    place: &SourcePlace,
    files: &mut Vec<CheckedFile>,
    problems: &mut Vec<Problem>,
) {
    let wanted = wanted(source, place);
    let mut headers: Vec<(String, Peek)> = Vec::new();
    for (path, span) in source.files.iter().zip(&place.files) {
        let shown = shown(plan, path);
        let header = match look(path, &source.format) {
            Ok(header) => header,
            Err(why) => {
                problems.push(Problem::error(span.clone(), relative(plan, &why)));
                continue;
            }
        };
        if header.columns.is_empty() {
            problems.push(Problem::error(span.clone(), format!("`{shown}` has no header")));
            continue;
        }
        if header.rows.is_empty() {
            let message = format!("`{shown}` has a header but no rows");
            problems.push(Problem::warning(span.clone(), message));
        }
        for name in repeated(&header.columns) {
            // One that the plan uses is told where it does.
            if wanted.iter().all(|column| column.name != name) {
                let message = format!("`{shown}` has more than one column `{name}`");
                problems.push(Problem::error(span.clone(), message).help(APART));
            }
        }
        let (mapped, unmapped) = header
            .columns
            .iter()
            .cloned()
            .partition(|column| wanted.iter().any(|w| w.name == column));
        files.push(CheckedFile {
            source: source.source.name.clone(),
            path: path.clone(),
            kind: header.kind,
            rows_sampled: header.rows.len(),
            mapped,
            unmapped,
        });
        headers.push((shown, header));
    }
    for column in &wanted {
        check_column(column, &headers, problems);
    }
    doubt_key(source, place, &headers, problems);
    for (person, place) in source.persons.iter().zip(&place.persons) {
        for (field, spans) in person.fields.iter().zip(&place.columns) {
            doubt_field(source, field, spans, &headers, problems);
        }
    }
}

const APART: &str = "which is meant cannot be told: have the extract name them apart";

/// The names that come more than once, each once.
fn repeated(columns: &[String]) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    let named = columns.iter().map(String::as_str).filter(|name| !name.is_empty());
    named.filter(|name| !seen.insert(*name)).collect()
}

/// Notes a column that is not in every file exactly once.
fn check_column(column: &Wanted<'_>, headers: &[(String, Peek)], problems: &mut Vec<Problem>) {
    let times = |header: &Peek| header.columns.iter().filter(|name| *name == column.name).count();
    let without: Vec<&(String, Peek)> =
        headers.iter().filter(|(_, header)| times(header) == 0).collect();
    if let [(path, header), others @ ..] = &without[..] {
        let others = match others.len() {
            0 => String::new(),
            1 => ", nor has another file of the source".to_owned(),
            n => format!(", nor have {n} other files of the source"),
        };
        let message = format!("`{path}` has no column `{}`{others}", column.name);
        let names = header.columns.iter().map(String::as_str);
        let help = match nearest(column.name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => columns_for(column.name, &names.collect::<Vec<_>>()),
        };
        let span = column.span.clone();
        problems.push(if header.kind == FileKind::JsonLines {
            // Its objects name what they have, and later ones may have it.
            let message = format!("the first rows of {message}");
            Problem::warning(span, message).help(help)
        } else {
            Problem::error(span, message).help(help)
        });
    }
    if let Some((path, _)) = headers.iter().find(|(_, header)| times(header) > 1) {
        let message = format!("`{path}` has more than one column `{}`", column.name);
        let problem = Problem::error(column.span.clone(), message);
        problems.push(problem.help(APART));
    }
}

/// The sampled values of a column, over all files that have it.
fn sampled<'h>(column: &'h str, headers: &'h [(String, Peek)]) -> impl Iterator<Item = &'h str> {
    headers.iter().flat_map(move |(_, header)| {
        let at = header.columns.iter().position(|name| name == column);
        let rows = header.rows.iter();
        rows.filter_map(move |row| at.and_then(|at| row.get(at)).map(|value| value.trim()))
    })
}

fn doubt_key(
    source: &SourceSpec,
    place: &SourcePlace,
    headers: &[(String, Peek)],
    problems: &mut Vec<Problem>,
) {
    let Some(key) = &source.key else { return };
    if sampled(key, headers).any(str::is_empty) {
        let message = format!("some rows have no key in column `{key}`");
        let problem = Problem::warning(place.key.clone(), message);
        problems.push(problem.help("a row without a key is rejected"));
    }
    // Only within a file: a later delivery tells of the same people again.
    let repeats = headers.iter().any(|file| {
        let mut seen = BTreeSet::new();
        sampled(key, std::slice::from_ref(file))
            .any(|value| !value.is_empty() && !seen.insert(value))
    });
    if repeats && source.repeat == Repeat::Reject {
        let message = format!("column `{key}` is the key, but its values come more than once");
        let help = "all rows but one of a key are rejected; with `repeat = \"merge\"` they become one record";
        problems.push(Problem::warning(place.key.clone(), message).help(help));
    }
}

fn doubt_field(
    source: &SourceSpec,
    field: &FieldSpec,
    spans: &[Span],
    headers: &[(String, Peek)],
    problems: &mut Vec<Problem>,
) {
    let ([column], [span, ..]) = (&field.columns[..], spans) else { return };
    if field.split.is_some() {
        return;
    }
    let values = || sampled(column, headers).filter(|value| !value.is_empty());
    let warn = |message: String| Problem::warning(span.clone(), message);
    if !field.codes.is_empty() {
        let strange =
            values().filter(|value| field.codes.iter().all(|(code, _)| code != value)).count();
        if strange > 0 {
            let n = values().count();
            let message = format!(
                "of {} of column `{column}`, {strange} not found among its codes",
                counted(n as u64, "sampled value")
            );
            problems.push(warn(message).help("a value that is not a code is refused"));
        }
        return;
    }
    let kind = field.field.kind;
    let (like, filled) = count(kind, values());
    if filled < VALUES_MIN {
        return;
    }
    let mostly = |kind: Kind| count(kind, values()).0 * 5 >= filled * 4;
    let other = tellable(kind).iter().copied().find(|&other| other != kind && mostly(other));
    if let Some(other) = other.filter(|_| like * 5 < filled || is_free(kind)) {
        let message = format!(
            "column `{column}` is mapped to `{}`, but each of its values looks like {}",
            field.field.name,
            a_kind(other)
        );
        problems.push(warn(message).help("were two columns put in each other's place?"));
    } else if like * 10 < filled {
        let what = a_kind(kind);
        let message =
            format!("of {filled} sampled values of column `{column}`, {like} may be {what}");
        problems.push(warn(message).help("is it the right column?"));
    } else if kind == Kind::Date {
        doubt_order(source.dates, column, values(), &warn, problems);
    }
}

/// The kinds that values of a field of this kind would not look like by chance.
fn tellable(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Forename | Kind::MiddleName | Kind::Surname | Kind::FullName | Kind::Address => {
            &[Kind::Email, Kind::Postcode, Kind::Date, Kind::NhsNumber, Kind::Nino, Kind::Phone]
        }
        Kind::NhsNumber
        | Kind::Uln
        | Kind::Upn
        | Kind::Nino
        | Kind::Email
        | Kind::Postcode
        | Kind::Phone
        | Kind::Date => &[
            Kind::NhsNumber,
            Kind::Uln,
            Kind::Upn,
            Kind::Nino,
            Kind::Email,
            Kind::Postcode,
            Kind::Date,
        ],
        _ => &[],
    }
}

/// Whether values of this kind look like nothing in particular.
fn is_free(kind: Kind) -> bool {
    looks_like(kind, "")
}

fn doubt_order<'v>(
    order: DateOrder,
    column: &str,
    values: impl Iterator<Item = &'v str>,
    warn: &dyn Fn(String) -> Problem,
    problems: &mut Vec<Problem>,
) {
    // A year in front is understood in any order.
    let short = values.filter_map(date_numbers).filter(|numbers| numbers[0] <= 31);
    let (mut first, mut second) = (0_usize, 0_usize);
    for [a, b, _] in short {
        first += usize::from(a > 12);
        second += usize::from(b > 12);
    }
    let other = match order {
        DateOrder::DayFirst if first < second => ("month", "month_first"),
        DateOrder::MonthFirst if second < first => ("day", "day_first"),
        _ => return,
    };
    let message = format!("dates in column `{column}` seem to have the {} first", other.0);
    problems
        .push(warn(message).help(format!("say so of the source with `dates = \"{}\"`", other.1)));
}

/// The columns of a file of must-links and cannot-links.
const CONSTRAINT_COLUMNS: [&str; 5] = ["source", "key", "other_source", "other_key", "kind"];

fn check_constraints(plan: &Plan, problems: &mut Vec<Problem>) {
    if let Some(path) = &plan.constraints {
        check_columns(plan, path, &plan.constraints_place, &CONSTRAINT_COLUMNS, problems);
    }
}

/// The columns of a file of labelled pairs.
const LABEL_COLUMNS: [&str; 5] = ["source", "key", "other_source", "other_key", "matched"];

fn check_labels(plan: &Plan, problems: &mut Vec<Problem>) {
    if let Some(path) = &plan.labels.file {
        check_columns(plan, path, &plan.labels_place, &LABEL_COLUMNS, problems);
    }
}

fn check_frequencies(plan: &Plan, problems: &mut Vec<Problem>) {
    for known in &plan.frequencies {
        let header = look(&known.file, &Format::default());
        let shares = header.is_ok_and(|header| header.columns.iter().any(|name| name == "share"));
        let amount = if shares { "share" } else { "count" };
        check_columns(plan, &known.file, &known.place, &["value", amount], problems);
    }
}

fn check_gazetteer(plan: &Plan, problems: &mut Vec<Problem>) {
    let Some(gazetteer) = &plan.gazetteer else { return };
    for path in &gazetteer.spec.files {
        let header = match look(path, &Format::default()) {
            Ok(header) => header,
            Err(why) => {
                problems.push(Problem::error(gazetteer.place.clone(), relative(plan, &why)));
                continue;
            }
        };
        let is_there =
            |name: &&String| header.columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        for name in gazetteer.spec.columns().filter(|name| !is_there(name)) {
            let message = format!("`{}` has no column `{name}`", shown(plan, path));
            let help = "name the columns of the gazetteer in the plan";
            problems.push(Problem::error(gazetteer.place.clone(), message).help(help));
        }
    }
}

fn check_truth(plan: &Plan, problems: &mut Vec<Problem>) {
    let Some(Truth { file, source, key, person, household }) = &plan.truth else { return };
    let optional = source.iter().chain(household).map(String::as_str);
    let columns: Vec<&str> = [key.as_str(), person].into_iter().chain(optional).collect();
    check_columns(plan, file, &plan.truth_place, &columns, problems);
}

fn check_columns(
    plan: &Plan,
    path: &Path,
    span: &Span,
    columns: &[&str],
    problems: &mut Vec<Problem>,
) {
    let shown = shown(plan, path);
    match look(path, &Format::default()) {
        Ok(header) => {
            let headers = [(shown, header)];
            for name in columns {
                check_column(&Wanted { name, span }, &headers, problems);
            }
        }
        Err(why) => problems.push(Problem::error(span.clone(), relative(plan, &why))),
    }
}

/// Looks at a file, or says why it cannot be.
pub(crate) fn look(path: &Path, format: &Format) -> Result<Peek, String> {
    extract::peek(path, format, ROWS_SAMPLED).map_err(|error| {
        let cause = std::error::Error::source(&error);
        cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
    })
}

/// A message that names files as the plan would.
fn relative(plan: &Plan, message: &str) -> String {
    let base = plan.base.display().to_string();
    if base.is_empty() {
        return message.to_owned();
    }
    message.replace(&format!("`{}{}", base.trim_end_matches(MAIN_SEPARATOR), MAIN_SEPARATOR), "`")
}

/// A path as the plan would name it.
fn shown(plan: &Plan, path: &Path) -> String {
    path.strip_prefix(&plan.base).unwrap_or(path).display().to_string()
}
