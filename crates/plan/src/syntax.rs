//! What is wrong with a plan as TOML, and what that leaves worth saying about the rest.

use toml::de::Error;

use crate::problems::{Problem, Span, line_of};

/// The problems of the text as TOML, and those others that they cannot have caused.
///
/// A bad value is a problem of its line. A bad structure (a bracket left open) makes all that
/// follows doubtful, so nothing is said of it.
pub(crate) fn merge(text: &str, errors: &[Error], problems: Vec<Problem>) -> Vec<Problem> {
    if errors.is_empty() {
        return problems;
    }
    let mut errors: Vec<(Span, &str)> =
        errors.iter().map(|error| (place(text, error), error.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    let structural = |message: &str| {
        ["missing comma", "unclosed", "unexpected"].iter().any(|start| message.starts_with(start))
    };
    let horizon = errors
        .iter()
        .find(|(_, message)| structural(message))
        .map_or(text.len(), |(span, _)| span.start);
    errors.retain(|(span, _)| span.start <= horizon);
    // One slip often gives several errors on its line: the first says it best.
    errors.dedup_by_key(|(span, _)| line_of(text, span.start));

    let spoilt: Vec<usize> = errors.iter().map(|(span, _)| line_of(text, span.start)).collect();
    let mut all: Vec<Problem> = problems
        .into_iter()
        .filter(|problem| {
            !problem.is_absence()
                && problem.offset() < horizon
                && !spoilt.contains(&line_of(text, problem.offset()))
        })
        .collect();
    all.extend(errors.into_iter().map(|(span, message)| {
        let help = if message.starts_with("duplicate key") {
            Some("each key and each table comes once".to_owned())
        } else if message.starts_with("string values must be quoted") {
            Some("put quotes round a text".to_owned())
        } else if structural(message) {
            Some("is a bracket, brace or quote left open before this?".to_owned())
        } else {
            None
        };
        Problem::error(span, message).help_if(help)
    }));
    all
}

fn place(text: &str, error: &Error) -> Span {
    let span = error.span().unwrap_or(0..0);
    // An error at the end of a line is shown on that line, not on the next.
    let start = span.start.min(text.len());
    start..span.end.clamp(start, text.len())
}
