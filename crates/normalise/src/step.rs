//! Steps from one text to another, by which a derived field is made of the field it comes from.

use std::fmt;
use std::str::FromStr;

use record::Date;
use regex::Regex;

/// A step. It gives a text, or nothing.
///
/// The steps are those of SQL's functions of the same names, which count letters from 1 and give
/// nothing for nothing.
#[derive(Clone, Debug)]
pub enum Step {
    /// In small letters.
    Lower,
    /// In capitals.
    Upper,
    /// Without blanks around it.
    Trim,
    /// From this letter on, so many of them, or all.
    Substr(usize, Option<usize>),
    /// The first stretch that fits a pattern, or one of its groups; no letters if none fits.
    RegexpExtract(Pattern, usize),
    /// Nothing if it is this text.
    Nullif(String),
    /// This text if there is nothing.
    Coalesce(String),
    /// Seconds since 1970 of a time written so; `None` for `YYYY-MM-DD` with or without a time.
    Seconds(Option<TimeFormat>),
    /// A member of a list, from 1; from -1 backwards. Only the first step can be this.
    Item(i32),
    /// The parts between this separator, in the order of their letters.
    Sorted(String),
}

/// A regular expression, and how it was written.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    compiled: Regex,
}

/// How a time is written, in the codes of `strptime`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFormat {
    written: String,
    parts: Vec<TimePart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimePart {
    Literal(char),
    Year,
    YearOfCentury,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Step {}

impl Step {
    /// What it makes of a text; of a list, [`Step::Item`] is left to the caller.
    #[must_use]
    pub fn apply(&self, text: Option<String>) -> Option<String> {
        if let Step::Coalesce(other) = self {
            return text.or_else(|| Some(other.clone()));
        }
        let text = text?;
        match self {
            Step::Lower => Some(text.chars().map(lower).collect()),
            Step::Upper => Some(text.chars().map(upper).collect()),
            Step::Trim => Some(text.trim_matches(' ').to_owned()),
            Step::Substr(start, length) => {
                let letters = text.chars().skip(start - 1);
                Some(letters.take(length.unwrap_or(usize::MAX)).collect())
            }
            Step::RegexpExtract(pattern, group) => {
                let found = pattern.compiled.captures(&text).and_then(|found| found.get(*group));
                Some(found.map_or(String::new(), |found| found.as_str().to_owned()))
            }
            Step::Nullif(nothing) => (text != *nothing).then_some(text),
            Step::Coalesce(_) | Step::Item(_) => Some(text),
            Step::Seconds(format) => seconds(format.as_ref(), &text).map(|seconds| {
                // Whole seconds are written without a fraction.
                seconds.to_string()
            }),
            Step::Sorted(separator) => {
                let mut parts: Vec<&str> = text.split(separator.as_str()).collect();
                parts.sort_unstable();
                Some(parts.join(separator))
            }
        }
    }
}

// A letter whose other case is several letters keeps its own, but for these.
fn lower(letter: char) -> char {
    let mut small = letter.to_lowercase();
    match (letter, small.next(), small.next()) {
        ('İ', ..) => 'i',
        (_, Some(small), None) => small,
        _ => letter,
    }
}

fn upper(letter: char) -> char {
    let mut capital = letter.to_uppercase();
    match (letter, capital.next(), capital.next()) {
        ('ß', ..) => 'ẞ',
        (_, Some(capital), None) => capital,
        _ => letter,
    }
}

/// Seconds since the beginning of 1970.
fn seconds(format: Option<&TimeFormat>, text: &str) -> Option<f64> {
    let Some(format) = format else {
        let text = text.trim();
        let time: jiff::civil::DateTime = match text.len() {
            10 => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
            _ => text.parse().ok()?,
        };
        return Some(since_1970(time));
    };
    let mut rest = text.trim_start();
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    for part in &format.parts {
        let mut number = |most: usize| {
            let end = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            let number: i16 = rest[..end].parse().ok()?;
            rest = &rest[end..];
            Some(number)
        };
        match part {
            TimePart::Year => year = number(4)?,
            TimePart::YearOfCentury => {
                let of_century = number(2)?;
                year = if of_century < 69 { 2000 } else { 1900 } + of_century;
            }
            TimePart::Month => month = number(2)?,
            TimePart::Day => day = number(2)?,
            TimePart::Hour => hour = number(2)?,
            TimePart::Minute => minute = number(2)?,
            TimePart::Second => second = number(2)?,
            TimePart::MonthName => {
                let start = rest.get(..3)?.to_ascii_lowercase();
                let at = MONTHS.iter().position(|name| name.starts_with(&start))?;
                month = i16::try_from(at).ok()? + 1;
                let whole = rest
                    .get(..MONTHS[at].len())
                    .is_some_and(|word| word.eq_ignore_ascii_case(MONTHS[at]));
                rest = &rest[if whole { MONTHS[at].len() } else { 3 }..];
            }
            TimePart::Literal(literal) => rest = rest.strip_prefix(*literal)?,
        }
    }
    if !rest.trim_end().is_empty() {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(since_1970(date.to_datetime(time)))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn since_1970(time: jiff::civil::DateTime) -> f64 {
    let days = time.date().duration_since(Date::constant(1970, 1, 1)).as_secs_f64();
    let midnight = jiff::civil::Time::midnight();
    days + time.time().duration_since(midnight).as_secs_f64()
}

impl TimeFormat {
    /// Reads a format, or says which code of it is not known.
    ///
    /// # Errors
    ///
    /// If a code is not known.
    pub fn new(written: &str) -> Result<TimeFormat, String> {
        let mut parts = Vec::new();
        let mut letters = written.chars();
        while let Some(letter) = letters.next() {
            parts.push(match letter {
                '%' => match letters.next() {
                    Some('Y') => TimePart::Year,
                    Some('y') => TimePart::YearOfCentury,
                    Some('m') => TimePart::Month,
                    Some('b' | 'B') => TimePart::MonthName,
                    Some('d') => TimePart::Day,
                    Some('H') => TimePart::Hour,
                    Some('M') => TimePart::Minute,
                    Some('S') => TimePart::Second,
                    Some('%') => TimePart::Literal('%'),
                    code => {
                        let code = code.map_or(String::new(), String::from);
                        return Err(format!(
                            "`%{code}` is not known in a time; known: %Y, %y, %m, %b, %B, %d, %H, %M, %S"
                        ));
                    }
                },
                literal => TimePart::Literal(literal),
            });
        }
        Ok(TimeFormat { written: written.to_owned(), parts })
    }
}

impl Pattern {
    /// Compiles a pattern, whose classes are of ASCII.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn new(written: &str) -> Result<Pattern, String> {
        let mut ascii = String::with_capacity(written.len());
        let mut letters = written.chars();
        while let Some(letter) = letters.next() {
            if letter != '\\' {
                ascii.push(letter);
                continue;
            }
            match letters.next() {
                Some('d') => ascii.push_str("[0-9]"),
                Some('D') => ascii.push_str("[^0-9]"),
                Some('w') => ascii.push_str("[0-9A-Za-z_]"),
                Some('W') => ascii.push_str("[^0-9A-Za-z_]"),
                Some('s') => ascii.push_str("[\\t\\n\\f\\r ]"),
                Some('S') => ascii.push_str("[^\\t\\n\\f\\r ]"),
                Some('b') => ascii.push_str("(?-u:\\b)"),
                Some(escaped) => ascii.extend(['\\', escaped]),
                None => ascii.push('\\'),
            }
        }
        let compiled = Regex::new(&ascii)
            .map_err(|_| format!("`{written}` is not a regular expression that is understood"))?;
        Ok(Pattern { written: written.to_owned(), compiled })
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Step, String> {
        let text = text.trim();
        let (name, inside) = match text.split_once('(') {
            Some((name, rest)) => {
                let inside = rest.strip_suffix(')').ok_or("a bracket is not closed")?;
                (name.trim(), Some(inside.trim()))
            }
            None => (text, None),
        };
        let arguments = inside.map(arguments).transpose()?.unwrap_or_default();
        let texts: Vec<Option<&str>> = arguments.iter().map(Argument::text).collect();
        let numbers: Vec<Option<i32>> = arguments.iter().map(Argument::number).collect();
        let place = |n: i32| usize::try_from(n).ok();
        let read = match (name, texts.as_slice(), numbers.as_slice()) {
            ("lower", [], _) => Some(Step::Lower),
            ("upper", [], _) => Some(Step::Upper),
            ("trim", [], _) => Some(Step::Trim),
            ("substr", _, [Some(start)]) if *start > 0 => {
                place(*start).map(|start| Step::Substr(start, None))
            }
            ("substr", _, [Some(start), Some(length)]) if *start > 0 && *length >= 0 => {
                place(*start).map(|start| Step::Substr(start, place(*length)))
            }
            ("regexp_extract", [Some(pattern)], _) => {
                Some(Step::RegexpExtract(Pattern::new(pattern)?, 0))
            }
            ("regexp_extract", [Some(pattern), None], [_, Some(group)]) => {
                let pattern = Pattern::new(pattern)?;
                let group = place(*group).filter(|group| *group < pattern.compiled.captures_len());
                group.map(|group| Step::RegexpExtract(pattern, group))
            }
            ("nullif", [Some(nothing)], _) => Some(Step::Nullif((*nothing).to_owned())),
            ("coalesce", [Some(other)], _) => Some(Step::Coalesce((*other).to_owned())),
            ("seconds", [], _) => Some(Step::Seconds(None)),
            ("seconds", [Some(format)], _) => Some(Step::Seconds(Some(TimeFormat::new(format)?))),
            ("item", _, [Some(at)]) if *at != 0 => Some(Step::Item(*at)),
            ("sorted", [Some(separator)], _) if !separator.is_empty() => {
                Some(Step::Sorted((*separator).to_owned()))
            }
            _ => None,
        };
        read.ok_or_else(|| {
            format!(
                "`{text}` is no step; known: lower, upper, trim, substr(start, length), \
                 regexp_extract('pattern', group), nullif('text'), coalesce('text'), seconds, \
                 seconds('%Y-%m-%d'), item(n), sorted('separator')"
            )
        })
    }
}

enum Argument {
    Text(String),
    Number(i32),
}

impl Argument {
    fn text(&self) -> Option<&str> {
        match self {
            Argument::Text(text) => Some(text),
            Argument::Number(_) => None,
        }
    }

    fn number(&self) -> Option<i32> {
        match self {
            Argument::Text(_) => None,
            Argument::Number(number) => Some(*number),
        }
    }
}

/// Texts in single quotes and whole numbers, with commas between them.
fn arguments(inside: &str) -> Result<Vec<Argument>, String> {
    let mut arguments = Vec::new();
    let mut rest = inside;
    while !rest.is_empty() {
        let argument;
        if let Some(quoted) = rest.strip_prefix('\'') {
            let mut text = String::new();
            let mut letters = quoted.char_indices().peekable();
            let end = loop {
                match letters.next() {
                    None => return Err("a quote is not closed".to_owned()),
                    Some((_, '\'')) if letters.next_if(|(_, next)| *next == '\'').is_some() => {
                        text.push('\'');
                    }
                    Some((at, '\'')) => break at,
                    Some((_, letter)) => text.push(letter),
                }
            };
            argument = Argument::Text(text);
            rest = quoted[end + 1..].trim_start();
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let number = rest[..end].trim().parse();
            let number = number.map_err(|_| format!("`{rest}` is neither text nor number"))?;
            argument = Argument::Number(number);
            rest = &rest[end..];
        }
        arguments.push(argument);
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(format!("`{rest}` follows where a comma should")),
        };
    }
    Ok(arguments)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match self {
            Step::Lower => f.write_str("lower"),
            Step::Upper => f.write_str("upper"),
            Step::Trim => f.write_str("trim"),
            Step::Substr(start, None) => write!(f, "substr({start})"),
            Step::Substr(start, Some(length)) => write!(f, "substr({start}, {length})"),
            Step::RegexpExtract(pattern, group) => {
                write!(f, "regexp_extract({}, {group})", quoted(&pattern.written))
            }
            Step::Nullif(nothing) => write!(f, "nullif({})", quoted(nothing)),
            Step::Coalesce(other) => write!(f, "coalesce({})", quoted(other)),
            Step::Seconds(None) => f.write_str("seconds"),
            Step::Seconds(Some(format)) => write!(f, "seconds({})", quoted(&format.written)),
            Step::Item(at) => write!(f, "item({at})"),
            Step::Sorted(separator) => write!(f, "sorted({})", quoted(separator)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(step: &str, text: &str) -> Option<String> {
        step.parse::<Step>().unwrap().apply(Some(text.to_owned()))
    }

    #[test]
    fn steps_do_what_their_names_say() {
        for (step, text, expected) in [
            ("lower", "ÉCOLE İ", Some("école i")),
            ("upper", "straße é", Some("STRAẞE É")),
            ("trim", "  a b ", Some("a b")),
            ("substr(2, 2)", "héllo", Some("él")),
            ("substr(2)", "héllo", Some("éllo")),
            ("substr(9, 2)", "abc", Some("")),
            ("regexp_extract('^[A-Z]+')", "AB1 2CD", Some("AB")),
            ("regexp_extract('([0-9])([A-Z])', 2)", "AB1 2CD", Some("C")),
            ("regexp_extract('\\d+')", "ab٣4", Some("4")),
            ("regexp_extract('x')", "abc", Some("")),
            ("nullif('')", "", None),
            ("nullif('o''neil')", "o'neil", None),
            ("coalesce('-')", "a", Some("a")),
            ("sorted('|')", "smith|jones", Some("jones|smith")),
            ("seconds", "2020-01-05", Some("1578182400")),
            ("seconds", "2020-01-05T00:00:01", Some("1578182401")),
            ("seconds('%Y-%m-%d')", "2020-1-5", Some("1578182400")),
            ("seconds('%Y%m%d')", "20200105", Some("1578182400")),
            ("seconds('%d %b %y')", " 05 Jan 20 ", Some("1578182400")),
            ("seconds('%Y-%m-%dT%H:%M:%SZ')", "1969-12-31T23:59:59Z", Some("-1")),
            ("seconds('%Y-%m-%d')", "2020-02-30", None),
            ("seconds('%Y-%m-%d')", "2020-01-05x", None),
            ("seconds('%Y-%m-%d')", "", None),
        ] {
            assert_eq!(after(step, text).as_deref(), expected, "{step} of {text}");
        }
        assert_eq!(Step::Coalesce("-".to_owned()).apply(None), Some("-".to_owned()));
        assert_eq!(Step::Lower.apply(None), None);
    }

    #[test]
    fn a_step_is_written_as_it_is_read() {
        for text in [
            "lower",
            "substr(1, 3)",
            "substr(2)",
            "regexp_extract('^[^@]+, (a)', 1)",
            "nullif('it''s')",
            "seconds",
            "seconds('%Y-%m-%d')",
            "item(-1)",
            "sorted('|')",
        ] {
            assert_eq!(text.parse::<Step>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "lower(1)",
            "substr(0)",
            "substr('a')",
            "regexp_extract('(')",
            "regexp_extract('a', 1)",
            "nullif(x)",
            "nullif('x",
            "seconds('%Q')",
            "item(0)",
            "sorted('')",
        ] {
            assert!(text.parse::<Step>().is_err(), "{text}");
        }
    }
}
