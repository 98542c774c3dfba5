//! Takes the keys of a table of the plan one by one, and notes what is not as it should be.

use std::ops::RangeInclusive;

use record::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;
use crate::problems::{Problem, Span};

/// The years that a run or an extract can describe; any other is a slip of the pen.
pub const YEARS: RangeInclusive<i16> = 1900..=2200;

/// A table of the plan, whose keys are all known.
pub(crate) struct Section<'a> {
    title: &'static str,
    span: Span,
    entries: Vec<Entry<'a>>,
}

/// A key and its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a Spanned<std::borrow::Cow<'a, str>>,
    pub(crate) value: &'a Spanned<DeValue<'a>>,
}

impl Entry<'_> {
    pub(crate) fn name(&self) -> &str {
        self.key.get_ref()
    }
}

impl<'a> Section<'a> {
    /// The entries of `table` with a known key; the others are noted as problems.
    pub(crate) fn open(
        title: &'static str,
        span: Span,
        table: &'a DeTable<'a>,
        known: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Section<'a> {
        let (entries, unknown): (Vec<Entry<'a>>, Vec<Entry<'a>>) =
            entries(table).into_iter().partition(|entry| known.contains(&entry.name()));
        for entry in unknown {
            let help = match nearest(entry.name(), known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known: {}", known.join(", ")),
            };
            let message = format!("unknown key `{}` in {title}", entry.name());
            problems.push(Problem::error(entry.key.span(), message).help(help));
        }
        Section { title, span, entries }
    }

    /// The same of a value, which must be a table.
    pub(crate) fn of(
        title: &'static str,
        value: &'a Spanned<DeValue<'a>>,
        known: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Option<Section<'a>> {
        if let Some(table) = value.get_ref().as_table() {
            return Some(Section::open(title, value.span(), table, known, problems));
        }
        problems.push(wrong_type(title, "a table", value));
        None
    }

    /// Where the table begins.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.iter().find(|entry| entry.name() == key).map(|entry| entry.value)
    }

    /// Notes that a key that must be there is not.
    pub(crate) fn missing(&self, key: &str, help: &str, problems: &mut Vec<Problem>) {
        let message = format!("{} has no `{key}`", self.title);
        problems.push(Problem::error(self.span(), message).help(help).absent());
    }

    /// The text of a key, which must not be blank.
    pub(crate) fn text(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Spanned<String>> {
        text(key, self.get(key)?, problems)
    }

    /// The same, or nothing if it is not there or not a text.
    pub(crate) fn text_or_empty(&self, key: &str, problems: &mut Vec<Problem>) -> String {
        let Some(value) = self.get(key) else { return String::new() };
        if let Some(text) = value.get_ref().as_str() {
            return text.to_owned();
        }
        problems.push(wrong_type(&ticked(key), "a text", value));
        String::new()
    }

    /// One text or a list of them, at least one.
    pub(crate) fn texts(&self, key: &str, problems: &mut Vec<Problem>) -> Vec<Spanned<String>> {
        self.get(key).map_or_else(Vec::new, |value| texts(key, value, problems))
    }

    /// Yes or no.
    pub(crate) fn yes(&self, key: &str, problems: &mut Vec<Problem>) -> Option<bool> {
        let value = self.get(key)?;
        let yes = value.get_ref().as_bool();
        if yes.is_none() {
            problems.push(wrong_type(&ticked(key), "true or false", value));
        }
        yes
    }

    /// A whole number of at least `least`.
    pub(crate) fn count(&self, key: &str, least: u64, problems: &mut Vec<Problem>) -> Option<u64> {
        let value = self.get(key)?;
        let count = value.get_ref().as_integer().and_then(|integer| {
            u64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
        });
        match count {
            Some(count) if least <= count && i64::try_from(count).is_ok() => Some(count),
            _ if value.get_ref().is_integer() => {
                let message = format!("`{key}` is a whole number from {least} up");
                problems.push(Problem::error(value.span(), message));
                None
            }
            _ => {
                problems.push(wrong_type(&ticked(key), "a whole number", value));
                None
            }
        }
    }

    /// A number that is not infinite.
    pub(crate) fn number(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Spanned<f64>> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            _ => {
                problems.push(wrong_type(&ticked(key), "a number", value));
                return None;
            }
        };
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            problems.push(Problem::error(value.span(), format!("`{key}` is a finite number")));
        }
        number.map(|number| Spanned::new(value.span(), number))
    }

    /// A day that a run or an extract can describe, as a TOML date or in quotes.
    pub(crate) fn date(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Date> {
        let value = self.get(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(when) if when.time.is_none() => when.date.and_then(|date| {
                let year = i16::try_from(date.year).ok()?;
                let month = i8::try_from(date.month).ok()?;
                Date::new(year, month, i8::try_from(date.day).ok()?).ok()
            }),
            DeValue::String(text) if text.len() == 10 => text.parse().ok(),
            DeValue::Datetime(_) | DeValue::String(_) => None,
            _ => {
                problems.push(wrong_type(&ticked(key), "a date", value));
                return None;
            }
        };
        let problem = match date {
            Some(date) if YEARS.contains(&date.year()) => return Some(date),
            Some(_) => {
                let (first, last) = (YEARS.start(), YEARS.end());
                let message = format!("`{key}` is not a day from {first} to {last}");
                Problem::error(value.span(), message).help("is the year mistyped?")
            }
            None => Problem::error(value.span(), format!("`{key}` is not a date"))
                .help("a date is written `2026-03-31`, without quotes or time"),
        };
        problems.push(problem);
        None
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let text = self.text(key, problems)?;
        let word = words.iter().find(|(word, _)| word == text.get_ref());
        if word.is_none() {
            problems.push(unknown_word(key, &text, words.iter().map(|(word, _)| *word)));
        }
        word.map(|(_, meaning)| *meaning)
    }
}

/// The entries of a table, in the order in which they are written.
pub(crate) fn entries<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> =
        table.iter().map(|(key, value)| Entry { key, value }).collect();
    entries.sort_by_key(|entry| entry.key.span().start);
    entries
}

/// A text that is not blank.
pub(crate) fn text(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<Spanned<String>> {
    match value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => Some(Spanned::new(value.span(), text.to_owned())),
        Some(_) => {
            problems.push(Problem::error(value.span(), format!("`{key}` is empty")));
            None
        }
        None => {
            problems.push(wrong_type(&ticked(key), "a text", value));
            None
        }
    }
}

/// One text or a list of them, at least one, none blank.
pub(crate) fn texts(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Vec<Spanned<String>> {
    match value.get_ref() {
        DeValue::String(_) => text(key, value, problems).into_iter().collect(),
        DeValue::Array(list) => {
            if list.is_empty() {
                problems.push(Problem::error(value.span(), format!("`{key}` is empty")));
            }
            list.iter().filter_map(|value| text(key, value, problems)).collect()
        }
        _ => {
            problems.push(wrong_type(&ticked(key), "a text or a list of texts", value));
            Vec::new()
        }
    }
}

/// A value of the wrong type.
pub(crate) fn wrong_type(what: &str, expected: &str, value: &Spanned<DeValue<'_>>) -> Problem {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Problem::error(value.span(), format!("{what} is {expected}, not {found}"))
}

/// A word that is none of those known.
pub(crate) fn unknown_word<'k>(
    key: &str,
    word: &Spanned<String>,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Problem {
    let list = known.clone().collect::<Vec<_>>().join(", ");
    let help = match nearest(word.get_ref(), known) {
        Some(near) => format!("did you mean `{near}`? known: {list}"),
        None => format!("known: {list}"),
    };
    Problem::error(word.span(), format!("`{key}` cannot be `{}`", word.get_ref())).help(help)
}

pub(crate) fn ticked(key: &str) -> String {
    format!("`{key}`")
}
