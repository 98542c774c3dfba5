//! Reads a plan, and finds all that is wrong with it rather than the first thing.
//!
//! The text is parsed to TOML values with their places and walked by hand: whatever is wrong is
//! noted and left out, and the walk goes on. What cannot be judged because of an earlier problem
//! is not noted, so that each problem is one mistake.

use std::fs;
use std::path::{Path, PathBuf};

use record::{Date, Field, Kind};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::nearest::nearest;
use crate::plan::{DECLARABLE, Household, Labels, Limits, Plan, Thresholds, Truth};
use crate::problems::{Problem, Problems, Span, line_of};
use crate::read_derived::{check_derived, read_derived};
use crate::read_frequencies::read_frequencies;
use crate::read_gazetteer::read_gazetteer;
use crate::read_indicators::{Known, read_baskets, read_indicators};
use crate::read_linking::{Mapping, read_blocking, read_comparisons};
use crate::read_shield::read_shield;
use crate::read_source::{ReadSource, SOURCE_KEYS, read_source};
use crate::section::{Entry, Section, entries, text, unknown_word, wrong_type};
use crate::syntax;

pub(crate) const PLAN_KEYS: [&str; 19] = [
    "run_date",
    "output",
    "constraints",
    "relatives",
    "rosters",
    "labels",
    "truth",
    "source",
    "fields",
    "gazetteer",
    "blocking",
    "comparison",
    "frequencies",
    "thresholds",
    "limits",
    "household",
    "shield",
    "indicator",
    "basket",
];
pub(crate) const TRUTH_KEYS: [&str; 5] = ["file", "source", "key", "person", "household"];
pub(crate) const LABEL_KEYS: [&str; 3] = ["file", "field", "weight"];
pub(crate) const THRESHOLD_KEYS: [&str; 2] = ["link", "possible_link"];
pub(crate) const LIMIT_KEYS: [&str; 1] = ["component_records_max"];
pub(crate) const HOUSEHOLD_KEYS: [&str; 1] = ["over_large"];

/// What lies between the thresholds unless the plan says: pairs worth a look.
const REVIEW_BITS: f64 = 6.0;
const OUTPUT: &str = "snapshots";

/// Reads the plan in a file; the files it names are relative to its folder.
///
/// # Errors
///
/// Everything that is wrong with the plan, or that the file cannot be read.
pub fn read(path: &Path) -> Result<Plan, Problems> {
    let (name, text) = read_text(path)?;
    parse(&name, &text, path.parent().unwrap_or(Path::new("")))
}

/// Understands the text of a plan; the files it names are relative to `base`.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the text.
pub fn parse(name: &str, text: &str, base: &Path) -> Result<Plan, Problems> {
    let Understood { plan, errors, problems } = understand(name, text, base);
    let problems = Problems::new(name, text, syntax::merge(text, &errors, problems));
    if problems.has_errors() { Err(problems) } else { Ok(Plan { warnings: problems, ..plan }) }
}

/// The name and the text of a plan in a file.
pub(crate) fn read_text(path: &Path) -> Result<(String, String), Problems> {
    let name = path.display().to_string();
    let cannot = |why: String| {
        Problems::of(&name, Problem::without_place(format!("cannot read the plan: {why}")))
    };
    // An extract given for a plan would be quoted in what is said of it.
    if path.extension().is_none_or(|extension| extension != "toml") {
        let problem = Problem::without_place(format!("`{name}` is not a plan"));
        return Err(Problems::of(&name, problem.help("a plan is a TOML file, named `….toml`")));
    }
    let bytes = fs::read(path).map_err(|error| cannot(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..good]);
        cannot(format!("line {} is not UTF-8", line_of(&text, good)))
    })?;
    Ok((name, text))
}

/// A plan as far as it is understood.
///
/// If there are no errors of TOML and no problem is an error, all of it is.
pub(crate) struct Understood {
    pub(crate) plan: Plan,
    pub(crate) errors: Vec<Error>,
    pub(crate) problems: Vec<Problem>,
}

pub(crate) fn understand(name: &str, text: &str, base: &Path) -> Understood {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems = Vec::new();
    let plan = walk(name, text, base, table.get_ref(), &mut problems);
    Understood { plan, errors, problems }
}

fn walk<'a>(
    name: &str,
    text: &str,
    base: &Path,
    table: &'a DeTable<'a>,
    problems: &mut Vec<Problem>,
) -> Plan {
    let root = Section::open("the plan", 0..0, table, &PLAN_KEYS, problems);
    let (declared, tables) = read_fields(&root, problems);
    let derived = read_derived(tables, problems);
    let mut sources = read_sources(&root, base, &declared, problems);
    let mapping = Mapping::new(text, &declared, &derived, &sources);
    check_derived(&derived, &mapping, problems);
    mapping.warn_unmapped(&declared, problems);
    let blocking = read_blocking(&root, &mapping, problems);
    let mut comparisons = read_comparisons(&root, &mapping, problems);
    let labels = read_labels(&root, base, &declared, problems);
    let labels_place = root.get("labels").map_or(0..0, Spanned::span);
    let rosters = read_rosters(&root, &declared, problems);
    comparisons.retain(|comparison| {
        Some(&comparison.field) != labels.field.as_ref() && !rosters.contains(&comparison.field)
    });
    let frequencies = read_frequencies(&root, base, &mapping, &comparisons, problems);
    let known = Known { sources: &sources, declared: &declared };
    let indicators = read_indicators(&root, &known, problems);
    let baskets = read_baskets(&root, &indicators, problems);
    let shield = read_shield(&root, &known, problems);
    let constraints = root.text("constraints", problems);
    let constraints_place = constraints.as_ref().map_or(0..0, Spanned::span);
    let output = read_output(&root, base, problems);
    let truth = read_truth(&root, base, sources.len(), problems);
    let truth_place = root.get("truth").map_or(0..0, Spanned::span);
    let run_date = run_date(&root, &sources, problems);

    sources.sort_by(|a, b| a.spec.source.name.cmp(&b.spec.source.name));
    let fields = fields_of(&declared, &sources);
    let (file_patterns, places) =
        sources.iter().map(|read| (read.patterns.clone(), read.place.clone())).unzip();
    Plan {
        run_date,
        output,
        sources: sources.into_iter().map(|read| read.spec).collect(),
        file_patterns,
        fields,
        derived: derived.into_iter().map(|read| read.derived).collect(),
        blocking,
        gazetteer: read_gazetteer(&root, base, problems),
        comparisons,
        frequencies,
        thresholds: read_thresholds(&root, problems),
        limits: read_limits(&root, problems),
        household: read_household(&root, problems),
        shield,
        rosters,
        relatives: root.yes("relatives", problems).unwrap_or(true),
        indicators,
        baskets,
        constraints: constraints.and_then(|file| existing(base, &file, problems)),
        labels,
        truth,
        warnings: Problems::new(name, text, Vec::new()),
        base: base.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
        places,
        constraints_place,
        truth_place,
        labels_place,
    }
}

/// The fields that the plan declares, and where; and the tables of those made of others.
fn read_fields<'a>(
    root: &Section<'a>,
    problems: &mut Vec<Problem>,
) -> (Vec<(Field, Span)>, Vec<Entry<'a>>) {
    let Some(value) = root.get("fields") else { return (Vec::new(), Vec::new()) };
    let Some(table) = value.get_ref().as_table() else {
        problems.push(wrong_type("`fields`", "a table", value));
        return (Vec::new(), Vec::new());
    };
    let (mut fields, mut tables) = (Vec::new(), Vec::new());
    for entry in entries(table) {
        let name = entry.name();
        if Field::standard(name).is_some() {
            let message = format!("`{name}` is a standard field and cannot be declared");
            let help = "map columns to it without declaring it, or declare another name";
            problems.push(Problem::error(entry.key.span(), message).help(help));
            continue;
        }
        if !is_name(name) {
            let message = format!("`{name}` cannot be the name of a field");
            problems.push(Problem::error(entry.key.span(), message).help(NAME_HELP));
        }
        if entry.value.get_ref().is_table() {
            tables.push(entry);
            continue;
        }
        // Whatever is wrong with its kind, the field is declared.
        let declare = |kind| (Field { name: name.to_owned(), kind }, entry.key.span());
        let Some(word) = text(name, entry.value, problems) else {
            fields.push(declare(Kind::Text));
            continue;
        };
        let known = DECLARABLE.iter().map(|(known, _)| *known);
        let near = nearest(word.get_ref(), known.clone());
        let meant = DECLARABLE.iter().find(|(known, _)| Some(*known) == near);
        fields.push(declare(meant.map_or(Kind::Text, |(_, kind)| *kind)));
        if near == Some(word.get_ref()) {
            continue;
        }
        let problem = unknown_word(name, &word, known);
        let is_standard = near.is_none() && Field::standard(word.get_ref()).is_some();
        problems.push(problem.help_if(is_standard.then(|| {
            format!(
                "`{}` is a standard field: map the column to it, or declare one of {}",
                word.get_ref(),
                DECLARABLE.map(|(known, _)| known).join(", ")
            )
        })));
    }
    (fields, tables)
}

/// Names of fields and roles stand in rules and keys, where other signs have meanings.
pub(crate) const NAME_HELP: &str =
    "a name begins with a small letter and has small letters, digits and `_`";

pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn read_sources(
    root: &Section<'_>,
    base: &Path,
    declared: &[(Field, Span)],
    problems: &mut Vec<Problem>,
) -> Vec<ReadSource> {
    let tables = tables("source", "[[source]]", &SOURCE_KEYS, root, problems);
    if root.get("source").is_none() {
        let problem = Problem::error(0..0, "the plan has no source");
        problems.push(
            problem.help("add a `[[source]]` with `name`, `files` and `[source.columns]`").absent(),
        );
    }
    let mut sources: Vec<ReadSource> = Vec::new();
    for table in &tables {
        let source = read_source(table, base, declared, problems);
        let name = &source.spec.source.name;
        let twin = sources.iter().find(|other| &other.spec.source.name == name);
        if let Some(twin) = twin.filter(|_| !name.is_empty()) {
            let message = format!("a second source is named `{name}`");
            let problem = Problem::error(source.name.clone(), message);
            problems.push(
                problem.also(twin.name.clone(), "the first").help("give each source its own name"),
            );
        }
        for other in &sources {
            if let Some((mine, theirs, path)) = source.shared_file(other) {
                let shown = path.strip_prefix(base).unwrap_or(path).display();
                let message = format!("`{shown}` is a file of two sources");
                let problem = Problem::error(mine, message).also(theirs, "also here");
                problems
                    .push(problem.help("a file belongs to one source; make the patterns narrower"));
            }
        }
        sources.push(source);
    }
    sources
}

/// The tables of a list of tables, `[[key]]`.
pub(crate) fn tables<'a>(
    key: &str,
    title: &'static str,
    known: &[&str],
    section: &Section<'a>,
    problems: &mut Vec<Problem>,
) -> Vec<Section<'a>> {
    let Some(value) = section.get(key) else { return Vec::new() };
    match value.get_ref() {
        DeValue::Array(list) => {
            list.iter().filter_map(|table| Section::of(title, table, known, problems)).collect()
        }
        DeValue::Table(table) => {
            // One pair of brackets too few is a slip; what is inside is still worth reading.
            let problem = wrong_type(&format!("`{key}`"), "a list of tables", value);
            problems.push(problem.help(format!("write `{title}` with two pairs of brackets")));
            vec![Section::open(title, value.span(), table, known, problems)]
        }
        _ => {
            problems.push(wrong_type(&format!("`{key}`"), "a list of tables", value));
            Vec::new()
        }
    }
}

/// The fields declared and the standard ones mapped, by name.
fn fields_of(declared: &[(Field, Span)], sources: &[ReadSource]) -> Vec<Field> {
    let specs =
        sources.iter().flat_map(|read| &read.spec.persons).flat_map(|person| &person.fields);
    let declared = declared.iter().map(|(field, _)| field.clone());
    let mut fields: Vec<Field> = declared.chain(specs.map(|spec| spec.field.clone())).collect();
    fields.sort();
    fields.dedup();
    fields
}

/// The day that the run describes; any day goes with a problem noted.
fn run_date(root: &Section<'_>, sources: &[ReadSource], problems: &mut Vec<Problem>) -> Date {
    let newest = sources.iter().filter_map(|read| read.spec.source.as_at).max();
    if root.get("run_date").is_some() {
        return root.date("run_date", problems).or(newest).unwrap_or(Date::ZERO);
    }
    if newest.is_none() {
        let problem = Problem::error(0..0, "the plan has no `run_date`");
        let help = "write the day that the run describes, as in `run_date = 2026-03-31`; or say of a \
                    source what day it describes with `as_at`, and the newest is taken";
        problems.push(problem.help(help).absent());
    }
    newest.unwrap_or(Date::ZERO)
}

/// The declared fields that name a list on which each person stands once.
fn read_rosters(
    root: &Section<'_>,
    declared: &[(Field, Span)],
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let named = root.texts("rosters", problems).into_iter().filter(|named| {
        let known = declared.iter().any(|(known, _)| known.name == *named.get_ref());
        if !known {
            let message = format!("no field `{}` is declared", named.get_ref());
            let help = "declare the field that names a list under `[fields]`, as in `tenancy = \"verbatim\"`, and map a column to it";
            problems.push(Problem::error(named.span(), message).help(help));
        }
        known
    });
    named.map(Spanned::into_inner).collect()
}

fn read_labels(
    root: &Section<'_>,
    base: &Path,
    declared: &[(Field, Span)],
    problems: &mut Vec<Problem>,
) -> Labels {
    let Some(value) = root.get("labels") else { return Labels::default() };
    if value.get_ref().is_str() {
        let file = text("labels", value, problems);
        let file = file.and_then(|file| existing(base, &file, problems));
        return Labels { file, ..Labels::default() };
    }
    if !value.get_ref().is_table() {
        problems.push(wrong_type("`labels`", "a file or a table", value));
        return Labels::default();
    }
    let Some(section) = Section::of("`labels`", value, &LABEL_KEYS, problems) else {
        return Labels::default();
    };
    let file = section.text("file", problems).and_then(|file| existing(base, &file, problems));
    let field = section.text("field", problems);
    if let Some(field) = &field
        && !declared.iter().any(|(known, _)| known.name == *field.get_ref())
    {
        let message = format!("no field `{}` is declared", field.get_ref());
        let help = "declare the field that names a record's person under `[fields]`, as in `known_person = \"verbatim\"`, and map a column to it";
        problems.push(Problem::error(field.span(), message).help(help));
    }
    let weight = section.number("weight", problems).and_then(|weight| {
        let fits = *weight.get_ref() > 0.0;
        if !fits {
            problems.push(Problem::error(weight.span(), "`weight` is not above 0"));
        }
        fits.then(|| weight.into_inner())
    });
    Labels { file, field: field.map(Spanned::into_inner), weight }
}

fn read_truth(
    root: &Section<'_>,
    base: &Path,
    n_sources: usize,
    problems: &mut Vec<Problem>,
) -> Option<Truth> {
    let value = root.get("truth")?;
    let source = (n_sources > 1).then(|| "source".to_owned());
    let (key, person) = ("key".to_owned(), "person".to_owned());
    if value.get_ref().is_str() {
        let file = existing(base, &text("truth", value, problems)?, problems)?;
        return Some(Truth { file, source, key, person, household: None });
    }
    if !value.get_ref().is_table() {
        problems.push(wrong_type("`truth`", "a file or a table", value));
        return None;
    }
    let section = Section::of("`truth`", value, &TRUTH_KEYS, problems)?;
    if section.get("file").is_none() {
        section.missing("file", "name the file that tells who is who", problems);
    }
    let file = section.text("file", problems).and_then(|file| existing(base, &file, problems));
    let mut column = |name| section.text(name, problems).map(Spanned::into_inner);
    Some(Truth {
        source: column("source").or(source),
        key: column("key").unwrap_or(key),
        person: column("person").unwrap_or(person),
        household: column("household"),
        file: file?,
    })
}

/// The folder for snapshots, which is there or can be made.
fn read_output(root: &Section<'_>, base: &Path, problems: &mut Vec<Problem>) -> PathBuf {
    let written = root.text("output", problems);
    let span = written.as_ref().map_or(0..0, Spanned::span);
    let output = base.join(written.as_ref().map_or(OUTPUT, |output| output.get_ref()));
    // The nearest that is there: the folder itself, or whatever it would be made in.
    let there = output.ancestors().find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = there.filter(|path| !path.is_dir()) {
        let shown = path.strip_prefix(base).unwrap_or(path).display();
        let message = format!("snapshots cannot be put in `{shown}`: it is not a folder");
        problems.push(Problem::error(span, message).help("name another folder with `output`"));
    }
    output
}

/// The path of a single file, which must be there.
pub(crate) fn existing(
    base: &Path,
    file: &Spanned<String>,
    problems: &mut Vec<Problem>,
) -> Option<PathBuf> {
    let path = base.join(file.get_ref());
    if path.is_file() {
        return Some(path);
    }
    let problem = Problem::error(file.span(), format!("there is no file `{}`", file.get_ref()));
    problems.push(problem.help("paths are relative to the plan"));
    None
}

fn read_thresholds(root: &Section<'_>, problems: &mut Vec<Problem>) -> Thresholds {
    let default = Thresholds { link: 0.0, possible_link: -REVIEW_BITS };
    let Some(section) = sub("thresholds", "[thresholds]", &THRESHOLD_KEYS, root, problems) else {
        return default;
    };
    let link = section.number("link", problems);
    let possible_link = section.number("possible_link", problems);
    if let (Some(possible), link) = (&possible_link, link.as_ref()) {
        let limit = link.map_or(default.link, |link| *link.get_ref());
        if limit < *possible.get_ref() {
            let problem = Problem::error(possible.span(), "`possible_link` is above `link`");
            let help = "a pair from `possible_link` up to `link` is kept for review; from `link` up it is a link";
            let problem = problem.help(help);
            problems.push(match link {
                Some(link) => problem.also(link.span(), "below it"),
                None => problem,
            });
        }
    }
    let link = link.map_or(default.link, Spanned::into_inner);
    Thresholds {
        link,
        possible_link: possible_link.map_or(link - REVIEW_BITS, Spanned::into_inner),
    }
}

fn read_limits(root: &Section<'_>, problems: &mut Vec<Problem>) -> Limits {
    let section = sub("limits", "[limits]", &LIMIT_KEYS, root, problems);
    let max = section.and_then(|section| small(&section, "component_records_max", 1, problems));
    Limits { component_records_max: max.unwrap_or(5_000) }
}

fn read_household(root: &Section<'_>, problems: &mut Vec<Problem>) -> Household {
    let section = sub("household", "[household]", &HOUSEHOLD_KEYS, root, problems);
    let over_large = section.and_then(|section| small(&section, "over_large", 1, problems));
    Household { over_large: over_large.unwrap_or(12) }
}

/// A whole number from `least` up; what is more than any run needs is no limit at all.
pub(crate) fn small(
    section: &Section<'_>,
    key: &str,
    least: u64,
    problems: &mut Vec<Problem>,
) -> Option<u32> {
    let count = section.count(key, least, problems)?;
    Some(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The table `[key]`, if there is one.
pub(crate) fn sub<'a>(
    key: &str,
    title: &'static str,
    known: &[&str],
    root: &Section<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Section<'a>> {
    Section::of(title, root.get(key)?, known, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EXAMPLE;
    use crate::read_derived::DERIVED_KEYS;
    use crate::read_gazetteer::GAZETTEER_KEYS;
    use crate::read_indicators::{BASKET_KEYS, INDICATOR_KEYS};
    use crate::read_linking::{BLOCKING_KEYS, COMPARISON_KEYS};
    use crate::read_shield::SHIELD_KEYS;
    use crate::read_source::{COLUMN_KEYS, PERSON_KEYS};

    #[test]
    fn the_example_has_every_key() {
        let all = [
            &PLAN_KEYS[..],
            &SOURCE_KEYS,
            &PERSON_KEYS,
            &COLUMN_KEYS,
            &BLOCKING_KEYS,
            &COMPARISON_KEYS,
            &TRUTH_KEYS,
            &LABEL_KEYS,
            &THRESHOLD_KEYS,
            &LIMIT_KEYS,
            &HOUSEHOLD_KEYS,
            &INDICATOR_KEYS,
            &BASKET_KEYS,
            &DERIVED_KEYS,
            &GAZETTEER_KEYS,
            &SHIELD_KEYS,
        ];
        for key in all.concat() {
            let written = [format!("{key} = "), format!("{key}]")];
            assert!(written.iter().any(|form| EXAMPLE.contains(form)), "{key}");
        }
    }
}
