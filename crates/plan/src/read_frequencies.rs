//! Reads which files tell how common the values of fields are.

use std::path::Path;

use compare::Comparison;

use crate::plan::Frequencies;
use crate::problems::Problem;
use crate::read::existing;
use crate::read_linking::Mapping;
use crate::section::{Section, entries, text, wrong_type};

/// Reads `[frequencies]`: fields, each with a file.
pub(crate) fn read_frequencies(
    root: &Section<'_>,
    base: &Path,
    mapping: &Mapping<'_>,
    comparisons: &[Comparison],
    problems: &mut Vec<Problem>,
) -> Vec<Frequencies> {
    let Some(value) = root.get("frequencies") else { return Vec::new() };
    let Some(table) = value.get_ref().as_table() else {
        problems.push(wrong_type("`frequencies`", "a table", value));
        return Vec::new();
    };
    let mut read = Vec::new();
    for entry in entries(table) {
        let (name, span) = (entry.name(), entry.key.span());
        let field = mapping.field(name, &span, problems);
        let file = text(name, entry.value, problems);
        let place = file.as_ref().map_or(span.clone(), toml::Spanned::span);
        let file = file.and_then(|file| existing(base, &file, problems));
        let (Some(field), Some(file)) = (field, file) else { continue };
        let counts = comparisons.iter().any(|comparison| {
            comparison.field == name && comparison.term_frequency && comparison.exact().is_some()
        });
        if !counts {
            let message = format!("the rarity of values of `{name}` does not count");
            let help = "compare it with the level `exact` and `term_frequency = true`, or leave the \
                        file out";
            problems.push(Problem::error(span, message).help(help));
            continue;
        }
        read.push(Frequencies { field, file, place });
    }
    read.sort_by(|a, b| a.field.cmp(&b.field));
    read
}
