//! Conditions: what a pair must meet to be at a level, and how that is written in a plan.

use std::fmt;
use std::str::FromStr;

use crate::Test;

/// What a pair must meet to be at a level: a test, or several joined.
///
/// Written `jaro_winkler(0.9) and not (phonetic or surname:exact)`; a test after a field's name
/// and a colon is of that field's values. A test of a missing value is neither met nor failed, and
/// so are the conditions that depend on it (Kleene 1952).
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Two values pass a test.
    Passes(Operand, Test),
    /// Values are this one, as normalised, whatever they are in common beside it.
    Is(Operand, Literal),
    /// Each record has in the one field what the other has in the field of this name; or only the
    /// first record has what the second has there.
    Crossed(Operand, String, Whose),
    /// The other is failed.
    Not(Box<Condition>),
    /// All are met.
    All(Vec<Condition>),
    /// One is met at least.
    Any(Vec<Condition>),
}

/// The field whose values are looked at: the comparison's own, or the one of this name.
pub type Operand = Option<String>;

/// Which record of a pair a condition asks something of.
///
/// The first is the one that comes first by its source and its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Each of the two.
    Both,
    /// One at least.
    Either,
    /// The first.
    First,
    /// The second.
    Second,
}

/// A value, and which record must have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The value.
    pub value: String,
    /// Who must have it.
    pub whose: Whose,
}

impl From<Test> for Condition {
    fn from(test: Test) -> Condition {
        Condition::Passes(None, test)
    }
}

impl PartialEq<Test> for Condition {
    /// Whether it is this test of the comparison's own field and no more.
    fn eq(&self, test: &Test) -> bool {
        matches!(self, Condition::Passes(None, own) if own == test)
    }
}

impl Condition {
    /// What it is made of: every test and literal in it, from left to right.
    pub fn leaves(&self) -> impl Iterator<Item = &Condition> {
        let mut leaves = Vec::new();
        self.gather(&mut leaves);
        leaves.into_iter()
    }

    /// The field that a test or literal is of; `None` for the comparison's own.
    #[must_use]
    pub fn operand(&self) -> Option<&str> {
        match self {
            Condition::Passes(operand, _)
            | Condition::Is(operand, _)
            | Condition::Crossed(operand, ..) => operand.as_deref(),
            _ => None,
        }
    }

    fn gather<'a>(&'a self, leaves: &mut Vec<&'a Condition>) {
        match self {
            Condition::Passes(..) | Condition::Is(..) | Condition::Crossed(..) => {
                leaves.push(self);
            }
            Condition::Not(inner) => inner.gather(leaves),
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    part.gather(leaves);
                }
            }
        }
    }
}

/// So deep may brackets be nested.
const DEPTH_MAX: usize = 32;

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Condition, String> {
        let mut reader = Reader { rest: text.trim(), depth: 0 };
        let condition = reader.any()?;
        if reader.rest.is_empty() {
            Ok(condition)
        } else {
            Err(format!("`{}` follows where `and` or `or` should", reader.rest))
        }
    }
}

/// What is still to be read; never begins with a blank.
struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Result<Condition, String> {
        self.joined("or", Reader::all, Condition::Any)
    }

    fn all(&mut self) -> Result<Condition, String> {
        self.joined("and", Reader::one, Condition::All)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Condition, String>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Result<Condition, String> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
    }

    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if DEPTH_MAX < self.depth {
            return Err(format!("more than {DEPTH_MAX} conditions are nested"));
        }
        let condition = if self.take_word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.take_sign('(') {
            let inner = self.any()?;
            if !self.take_sign(')') {
                return Err("a bracket is not closed".to_owned());
            }
            inner
        } else {
            self.leaf()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn leaf(&mut self) -> Result<Condition, String> {
        let word = self.word();
        let operand = self.take_sign(':').then(|| word.to_owned());
        let name = if operand.is_some() { self.word() } else { word };
        if name.is_empty() {
            return Err(match self.rest.chars().next() {
                Some(sign) => format!("`{sign}` stands where a level should"),
                None => "a level is missing".to_owned(),
            });
        }
        let argument = self.argument()?;
        let whose = match name {
            "is" => Whose::Both,
            "either_is" => Whose::Either,
            "first_is" => Whose::First,
            "second_is" => Whose::Second,
            "crossed" | "first_crossed" if argument.is_some() => {
                let other = argument.unwrap_or_default();
                if other.is_empty() || !other.chars().all(is_of_word) {
                    return Err(format!("`{name}` takes the name of a field"));
                }
                let whose = if name == "crossed" { Whose::Both } else { Whose::First };
                return Ok(Condition::Crossed(operand, other.to_owned(), whose));
            }
            _ => {
                let text = match argument {
                    Some(argument) => format!("{name}({argument})"),
                    None => name.to_owned(),
                };
                return Ok(Condition::Passes(operand, text.parse()?));
            }
        };
        let value =
            argument
                .and_then(|argument| argument.strip_prefix('\'')?.strip_suffix('\''))
                .ok_or_else(|| format!("`{name}` takes a value in single quotes: {name}('…')"))?;
        Ok(Condition::Is(operand, Literal { value: value.replace("''", "'"), whose }))
    }

    /// What stands in the brackets that follow, if some do.
    fn argument(&mut self) -> Result<Option<&'a str>, String> {
        let Some(inside) = self.rest.strip_prefix('(') else { return Ok(None) };
        let mut quoted = false;
        let end = inside.find(|sign| {
            quoted ^= sign == '\'';
            sign == ')' && !quoted
        });
        let end = end.ok_or("a bracket is not closed")?;
        self.rest = inside[end + 1..].trim_start();
        Ok(Some(inside[..end].trim()))
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|sign: char| !is_of_word(sign)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn take_word(&mut self, word: &str) -> bool {
        let rest = self.rest.strip_prefix(word).filter(|rest| !rest.starts_with(is_of_word));
        self.rest = rest.map_or(self.rest, str::trim_start);
        rest.is_some()
    }

    fn take_sign(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.map_or(self.rest, str::trim_start);
        rest.is_some()
    }
}

fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == '-'
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.operand() {
            write!(f, "{field}:")?;
        }
        match self {
            Condition::Passes(_, test) => write!(f, "{test}"),
            Condition::Is(_, Literal { value, whose }) => {
                let name = match whose {
                    Whose::Both => "is",
                    Whose::Either => "either_is",
                    Whose::First => "first_is",
                    Whose::Second => "second_is",
                };
                write!(f, "{name}('{}')", value.replace('\'', "''"))
            }
            Condition::Crossed(_, other, Whose::First) => write!(f, "first_crossed({other})"),
            Condition::Crossed(_, other, _) => write!(f, "crossed({other})"),
            Condition::Not(inner) => {
                f.write_str("not ")?;
                bracketed(inner, matches!(**inner, Condition::All(_) | Condition::Any(_)), f)
            }
            Condition::All(parts) => joined(parts, " and ", f),
            Condition::Any(parts) => joined(parts, " or ", f),
        }
    }
}

fn joined(parts: &[Condition], joint: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(joint)?;
        }
        bracketed(part, matches!(part, Condition::All(_) | Condition::Any(_)), f)?;
    }
    Ok(())
}

fn bracketed(part: &Condition, brackets: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if brackets { write!(f, "({part})") } else { write!(f, "{part}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_condition_is_written_as_it_is_read() {
        for text in [
            "exact",
            "jaro_winkler(0.92)",
            "surname:exact",
            "exact and surname:osa(1)",
            "not exact",
            "not (exact or phonetic)",
            "(exact and phonetic) or osa(1)",
            "(exact or phonetic) and not not osa(1)",
            "is('o''neil (senior)') or sex:either_is('male')",
            "missing or forename:crossed(surname)",
            "(first_is('a') and not second_is('b')) or first_crossed(surname)",
        ] {
            assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn and_binds_closer_than_or_and_blanks_do_not_count() {
        let read = |text: &str| text.parse::<Condition>().unwrap();
        assert_eq!(read("exact or phonetic and osa( 1 )"), read("exact or (phonetic and osa(1))"));
        assert_eq!(read(" surname : exact "), read("surname:exact"));
        assert_eq!(read("(exact)"), Condition::from(Test::Exact));
        assert_eq!(read("exact"), Test::Exact);
        assert_ne!(read("surname:exact"), Test::Exact);
    }

    #[test]
    fn what_is_no_condition_is_told() {
        for (text, expected) in [
            ("", "a level is missing"),
            ("exact and", "a level is missing"),
            ("exact phonetic", "`phonetic` follows where `and` or `or` should"),
            ("(exact", "a bracket is not closed"),
            ("osa(1", "a bracket is not closed"),
            (")", "`)` stands where a level should"),
            ("surname:", "a level is missing"),
            ("is(x)", "`is` takes a value in single quotes: is('…')"),
            ("is", "`is` takes a value in single quotes: is('…')"),
            ("osa(x)", "`osa` takes a small whole number"),
            ("crossed()", "`crossed` takes the name of a field"),
        ] {
            assert_eq!(text.parse::<Condition>().unwrap_err(), expected, "{text}");
        }
        assert!("exact and exactly".parse::<Condition>().unwrap_err().contains("is no level"));
        let deep = format!("{}exact", "not ".repeat(1_000_000));
        assert!(deep.parse::<Condition>().is_err());
    }

    fn conditions() -> impl Strategy<Value = Condition> {
        let operand = proptest::option::of("[a-z_]{1,6}");
        let leaf = prop_oneof![
            operand.clone().prop_map(|operand| Condition::Passes(operand, Test::Exact)),
            operand.clone().prop_map(|operand| Condition::Passes(operand, Test::Osa(2))),
            (operand, "[a-z'() é]{0,6}", any::<bool>()).prop_map(|(operand, value, both)| {
                let whose = if both { Whose::Both } else { Whose::Second };
                Condition::Is(operand, Literal { value, whose })
            }),
        ];
        leaf.prop_recursive(4, 16, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
                proptest::collection::vec(inner, 2..4).prop_map(Condition::Any),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_condition_is_written_as_it_is_read(condition in conditions()) {
            prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a-z(): ',01é]{0,30}") {
            let _ = text.parse::<Condition>();
        }
    }
}
