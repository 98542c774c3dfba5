//! What is wrong with a plan, each with its place in the text.

use std::fmt::{self, Write};
use std::ops::Range;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

use crate::words::counted;

/// A stretch of the plan's text, in bytes.
pub(crate) type Span = Range<usize>;

/// Everything found wrong with a plan, in the order of its text.
///
/// As a diagnostic it is a heading with one related diagnostic for each problem. No message
/// quotes a value of an extract: they name files, columns and what the plan itself says.
#[derive(Clone, Debug)]
pub struct Problems {
    // Invariant: sorted by place, and each once.
    all: Vec<Problem>,
    name: String,
    source: NamedSource<String>,
}

/// One thing that is wrong, or looks wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    message: String,
    help: Option<String>,
    severity: Severity,
    // The first is where the problem is; the others help to see it.
    labels: Vec<(Span, &'static str)>,
    // Whether it is that something is not there, which a syntax error may itself explain.
    absence: bool,
}

impl Problems {
    /// The problems of the plan with this name and text.
    pub(crate) fn new(name: &str, text: &str, mut problems: Vec<Problem>) -> Problems {
        problems.sort_by_key(|problem| (problem.offset(), problem.severity != Severity::Error));
        problems.dedup();
        Problems {
            all: problems,
            name: name.to_owned(),
            source: NamedSource::new(name, text.to_owned()).with_language("toml"),
        }
    }

    /// A problem with something that is not the text of a plan.
    pub(crate) fn of(name: &str, problem: Problem) -> Problems {
        Problems::new(name, "", vec![problem])
    }

    /// The problems, in the order of the plan's text.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.all.iter()
    }

    /// The number of problems.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether one of them keeps the plan from being run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(Problem::is_error)
    }

    /// Each problem on a line of its own, `plan.toml:12:8: message`, for programs to read.
    ///
    /// Line and column count from 1, the column in characters.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let text = self.source.inner();
        let line = |problem: &Problem| {
            let mut out = self.name.clone();
            if let Some((span, _)) = problem.labels.first() {
                let (line, column) = position(text, span.start);
                let _ = write!(out, ":{line}:{column}");
            }
            let warning = if problem.is_error() { "" } else { "warning: " };
            format!("{out}: {warning}{}", problem.message)
        };
        self.all.iter().map(line).collect()
    }
}

/// The line and the column, both from 1, of a byte of `text`.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let line = line_of(text, offset);
    // Every character has one byte that does not continue another.
    let column = before[line_start..].iter().filter(|&&b| b & 0xC0 != 0x80).count() + 1;
    (line, column)
}

/// The line, from 1, of a byte of `text`.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    before.split(|&byte| byte == b'\n').count()
}

impl Problem {
    /// Something that keeps the plan from being run.
    pub(crate) fn error(span: Span, message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            help: None,
            severity: Severity::Error,
            labels: vec![(span, "here")],
            absence: false,
        }
    }

    /// Something that may be meant, but looks wrong.
    pub(crate) fn warning(span: Span, message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(span, message) }
    }

    /// Something without a place in the plan's text.
    pub(crate) fn without_place(message: impl Into<String>) -> Problem {
        Problem { labels: Vec::new(), ..Problem::error(0..0, message) }
    }

    /// What to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    /// The same, if there is anything to say.
    pub(crate) fn help_if(mut self, help: Option<String>) -> Problem {
        self.help = help.or(self.help);
        self
    }

    /// Another place that helps to see it.
    pub(crate) fn also(mut self, span: Span, label: &'static str) -> Problem {
        self.labels.push((span, label));
        self
    }

    /// Says that it is about something not there.
    pub(crate) fn absent(mut self) -> Problem {
        self.absence = true;
        self
    }

    pub(crate) fn is_absence(&self) -> bool {
        self.absence
    }

    /// Where in the text it is; what has no place comes first.
    pub(crate) fn offset(&self) -> usize {
        self.labels.first().map_or(0, |(span, _)| span.start)
    }

    /// Whether it keeps the plan from being run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.all.iter().filter(|problem| problem.is_error()).count();
        let counted = |n: usize, what| counted(n as u64, what);
        match (errors, self.len() - errors) {
            (0, warnings) => write!(f, "{}", counted(warnings, "warning"))?,
            (errors, 0) => write!(f, "{}", counted(errors, "problem"))?,
            (errors, warnings) => {
                write!(f, "{} and {}", counted(errors, "problem"), counted(warnings, "warning"))?;
            }
        }
        write!(f, " in `{}`", self.name)
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn severity(&self) -> Option<Severity> {
        Some(if self.has_errors() { Severity::Error } else { Severity::Warning })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.all.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.labels.is_empty() {
            return None;
        }
        Some(Box::new(self.labels.iter().map(|(span, label)| {
            LabeledSpan::new(Some((*label).to_owned()), span.start, span.len())
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column_in_characters() {
        let text = "a = 1\né = \"é\" # x\n";
        for (offset, expected) in [(0, (1, 1)), (6, (2, 1)), (11, (2, 5)), (99, (3, 1))] {
            assert_eq!(position(text, offset), expected, "{offset}");
        }
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn problems_come_in_the_order_of_the_text_and_each_once() {
        let problems = Problems::new(
            "plan.toml",
            "a = 1\nb = 2\n",
            vec![
                Problem::error(6..7, "second"),
                Problem::warning(0..1, "doubtful"),
                Problem::error(0..1, "first"),
                Problem::error(6..7, "second"),
                Problem::without_place("nowhere"),
            ],
        );
        assert_eq!(
            problems.lines(),
            [
                "plan.toml:1:1: first",
                "plan.toml: nowhere",
                "plan.toml:1:1: warning: doubtful",
                "plan.toml:2:1: second",
            ]
        );
        assert_eq!(problems.to_string(), "3 problems and 1 warning in `plan.toml`");
        assert!(problems.has_errors());
    }

    #[test]
    fn no_problem_is_no_error() {
        let none = Problems::new("plan.toml", "", Vec::new());
        assert!(none.is_empty() && !none.has_errors() && none.lines().is_empty());
    }
}
