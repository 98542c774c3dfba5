//! What a statement carries: its basis, its sources, its days, and whether it is certain.

use std::fmt;

use record::Date;
use serde::{Serialize, Serializer};

/// The words for what nobody says.
pub const NOT_KNOWN: &str = "not known";
/// The words for an end that nobody says.
pub const NO_END_KNOWN: &str = "no end known";

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A source says what persons are to each other.
    Declared,
    /// A source says it of one person: where one lives, who works with one.
    Stated,
    /// It was worked out from what sources say, and no source says it.
    Inferred,
}

impl Basis {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Declared => "declared",
            Basis::Stated => "stated",
            Basis::Inferred => "inferred",
        }
    }
}

/// Whether something held on the day asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It did.
    Yes,
    /// It may not have begun by then: since when is not known, and the day is past.
    Perhaps,
}

/// A day, or that it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Option<Date>);

/// The first day after something, or that no end is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct End(pub Option<Date>);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(day) => day.fmt(f),
            None => f.pad(NOT_KNOWN),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(day) => day.fmt(f),
            None => f.pad(NO_END_KNOWN),
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value and the source that gave it, or that no source gives one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Said {
    /// The value, or [`NOT_KNOWN`].
    pub value: String,
    /// The sources.
    pub according_to: Vec<String>,
}

impl Said {
    /// What no source says.
    #[must_use]
    pub fn nothing() -> Said {
        Said { value: NOT_KNOWN.to_owned(), according_to: Vec::new() }
    }

    /// Whether a source gives a value.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.according_to.is_empty()
    }
}

/// A source, and the day that it is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cited {
    /// The source.
    pub source: String,
    /// The day its extract describes.
    pub as_at: Day,
}

/// A person by id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// The person's id.
    pub person_id: String,
    /// The name, or [`NOT_KNOWN`].
    pub name: String,
}

/// Why something is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// How it is known.
    pub basis: Basis,
    /// What is said, such as `mother of` or `lives here`.
    pub says: String,
    /// Of whom or with whom, if that is part of it.
    pub of: Option<Named>,
    /// Who says so; of what was worked out, who says what it was worked out from.
    pub according_to: Vec<Cited>,
    /// Since when.
    pub from: Day,
    /// Until when, the day itself not included.
    pub to: End,
    /// The last day that a source speaks of.
    pub last_seen: Day,
    /// Whether it held on the day asked for.
    pub holds: Holds,
    /// What speaks against it.
    pub contradictions: Vec<String>,
}

/// Whether what began and ended on these days held on the day asked for, if it may have.
pub(crate) fn holds(
    from: Option<Date>,
    to: Option<Date>,
    as_of: Date,
    run_date: Date,
) -> Option<Holds> {
    if from.is_some_and(|from| as_of < from) || to.is_some_and(|to| to <= as_of) {
        return None;
    }
    // What is so at the run date is so, whenever it began.
    Some(if from.is_some() || as_of == run_date { Holds::Yes } else { Holds::Perhaps })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn day(day: i8) -> Date {
        Date::constant(2026, 3, day)
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(Day(None).to_string(), "not known");
        assert_eq!(End(None).to_string(), "no end known");
        assert_eq!(serde_json::to_string(&Day(None)).unwrap(), "\"not known\"");
        assert_eq!(serde_json::to_string(&End(Some(day(2)))).unwrap(), "\"2026-03-02\"");
        assert!(!Said::nothing().is_known());
    }

    #[test]
    fn what_began_nobody_knows_when_may_not_have_begun() {
        let run_date = day(31);
        for (from, to, as_of, expected) in [
            (Some(day(1)), None, day(1), Some(Holds::Yes)),
            (Some(day(2)), None, day(1), None),
            (Some(day(1)), Some(day(2)), day(2), None),
            (None, None, day(31), Some(Holds::Yes)),
            (None, None, day(30), Some(Holds::Perhaps)),
            (None, Some(day(30)), day(30), None),
        ] {
            assert_eq!(holds(from, to, as_of, run_date), expected, "{from:?} {to:?} {as_of}");
        }
    }
}
