//! Blocking rules, and how they are written in a plan.

use std::fmt;
use std::str::FromStr;

/// A rule proposes the pairs that share the value of every one of its keys.
///
/// Written `surname:phonetic + date_of_birth:year`; the rule without keys, which proposes every
/// pair, is written `all`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// What a pair must share.
    pub keys: Vec<Key>,
}

/// A field, and the form of its value that must be shared.
///
/// Of a record with several values, any one may be the shared one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The field's name.
    pub field: String,
    /// The form.
    pub form: Form,
}

/// A form of a value. A value without it (a date of a known year only has no month) has no key
/// and is not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The whole value.
    Equal,
    /// Its first letters, this many; shorter values have none.
    Prefix(u8),
    /// Its last letters, this many.
    Suffix(u8),
    /// Its sound (double metaphone, primary code).
    Phonetic,
    /// Any one of its words.
    Word,
    /// A date's year.
    Year,
    /// A date's year and month.
    Month,
    /// A date's month and day, in either order.
    DayMonth,
    /// An address's home.
    Dwelling,
    /// An address's building.
    Building,
    /// An address's postcode.
    Postcode,
    /// A postcode or address to the sector.
    Sector,
    /// A postcode or address to the district.
    District,
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Rule, String> {
        if text.trim() == "all" {
            return Ok(Rule { keys: Vec::new() });
        }
        let keys =
            text.split('+').map(|key| key.trim().parse()).collect::<Result<Vec<Key>, _>>()?;
        Ok(Rule { keys })
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Key, String> {
        let (field, form) = text.split_once(':').unwrap_or((text, "equal"));
        if field.trim().is_empty() {
            return Err("a key names a field".to_owned());
        }
        Ok(Key { field: field.trim().to_owned(), form: form.trim().parse()? })
    }
}

const PLAIN_FORMS: [(&str, Form); 11] = [
    ("equal", Form::Equal),
    ("phonetic", Form::Phonetic),
    ("word", Form::Word),
    ("year", Form::Year),
    ("month", Form::Month),
    ("day_month", Form::DayMonth),
    ("dwelling", Form::Dwelling),
    ("building", Form::Building),
    ("postcode", Form::Postcode),
    ("sector", Form::Sector),
    ("district", Form::District),
];

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Form, String> {
        if let Some((_, form)) = PLAIN_FORMS.iter().find(|(word, _)| *word == text) {
            return Ok(*form);
        }
        let length = |inside: &str| {
            let n: u8 = inside.strip_suffix(')')?.trim().parse().ok()?;
            (n > 0).then_some(n)
        };
        if let Some(n) = text.strip_prefix("prefix(").and_then(length) {
            return Ok(Form::Prefix(n));
        }
        if let Some(n) = text.strip_prefix("suffix(").and_then(length) {
            return Ok(Form::Suffix(n));
        }
        let known: Vec<&str> = PLAIN_FORMS.iter().map(|(word, _)| *word).collect();
        Err(format!(
            "`{text}` is no form of a value; known: {}, prefix(n), suffix(n)",
            known.join(", ")
        ))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.keys.is_empty() {
            return f.write_str("all");
        }
        for (at, key) in self.keys.iter().enumerate() {
            let joint = if at == 0 { "" } else { " + " };
            write!(f, "{joint}{key}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Equal => write!(f, "{}", self.field),
            form => write!(f, "{}:{form}", self.field),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Prefix(n) => write!(f, "prefix({n})"),
            Form::Suffix(n) => write!(f, "suffix({n})"),
            plain => {
                let word = PLAIN_FORMS.iter().find(|(_, form)| form == plain);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_as_it_is_read() {
        for text in [
            "all",
            "nhs_number",
            "surname:phonetic + date_of_birth:year",
            "forename:prefix(3) + postcode:sector",
        ] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
        for text in ["", "surname +", "surname:loud", "surname:prefix(0)", ":year"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }
}
