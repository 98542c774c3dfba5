//! Reads the fields that are made of others.

use normalise::{Derived, Step};
use record::{Field, Kind};
use toml::Spanned;

use crate::plan::{DECLARABLE, a_kind};
use crate::problems::{Problem, Span};
use crate::read_linking::Mapping;
use crate::section::{Entry, Section};

pub(crate) const DERIVED_KEYS: [&str; 4] = ["kind", "from", "join", "apply"];

/// A field made of others, and where the plan says so.
pub(crate) struct ReadDerived {
    pub(crate) derived: Derived,
    name: Span,
    from: Vec<Spanned<String>>,
}

/// Reads the tables under `[fields]`.
pub(crate) fn read_derived(
    tables: Vec<Entry<'_>>,
    problems: &mut Vec<Problem>,
) -> Vec<ReadDerived> {
    let mut read: Vec<ReadDerived> =
        tables.into_iter().filter_map(|entry| one(entry, problems)).collect();
    read.sort_by(|a, b| a.derived.field.cmp(&b.derived.field));
    read
}

fn one(entry: Entry<'_>, problems: &mut Vec<Problem>) -> Option<ReadDerived> {
    let section = Section::of("the field", entry.value, &DERIVED_KEYS, problems)?;
    if section.get("from").is_none() {
        section.missing("from", "name the field it is made of, or several", problems);
    }
    let from = section.texts("from", problems);
    let kinds: Vec<(&str, Kind)> =
        DECLARABLE.into_iter().filter(|(_, kind)| Derived::KINDS.contains(kind)).collect();
    let kind = section.word("kind", &kinds, problems).unwrap_or(Kind::Verbatim);
    let join = section.get("join").map(|_| section.text_or_empty("join", problems));
    if let Some(value) = section.get("join").filter(|_| from.len() == 1) {
        let message = "one field has nothing to `join`";
        problems.push(Problem::error(value.span(), message));
    }
    let mut apply = Vec::new();
    for text in section.texts("apply", problems) {
        match text.get_ref().parse::<Step>() {
            Ok(Step::Item(_)) if !apply.is_empty() => {
                let message = "a member of a list can be taken in the first step only";
                problems.push(Problem::error(text.span(), message));
            }
            Ok(step) => apply.push(step),
            Err(reason) => {
                let message = format!("`{}` is not a step", text.get_ref());
                problems.push(Problem::error(text.span(), message).help(reason));
            }
        }
    }
    Some(ReadDerived {
        derived: Derived {
            field: Field { name: entry.name().to_owned(), kind },
            from: from.iter().map(|name| name.get_ref().clone()).collect(),
            join: join.unwrap_or_else(|| " ".to_owned()),
            apply,
        },
        name: entry.key.span(),
        from,
    })
}

/// Notes what such fields cannot be made of.
pub(crate) fn check_derived(
    read: &[ReadDerived],
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) {
    for one in read {
        for from in &one.from {
            let field = mapping.field(from.get_ref(), &from.span(), problems);
            let Some(field) = field else { continue };
            if read.iter().any(|other| other.derived.field.name == field.name) {
                let message = format!("`{}` is itself made of others", field.name);
                let help = "name the fields it is made of";
                let problem = Problem::error(from.span(), message).help(help);
                problems.push(problem.also(one.name.clone(), "the field"));
            } else if field.kind == Kind::FullName {
                let message = format!("`{}` is {}, which is split", field.name, a_kind(field.kind));
                problems.push(Problem::error(from.span(), message));
            }
        }
    }
}
