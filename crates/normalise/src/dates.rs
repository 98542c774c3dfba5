//! Judges dates: those no living person was born on, and those that say less than they seem to.

use jiff::Span;
use record::{Date, PartialDate};

pub(crate) const NOT_A_DATE: &str = "not a date";

/// A date as written by extraction.
pub(crate) fn date(text: &str) -> Result<Option<PartialDate>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    PartialDate::parse(text).map(Some).ok_or(NOT_A_DATE)
}

/// What a value is taken for, and why it is refused, if it is.
#[derive(Clone, Copy)]
pub(crate) struct Judged<T> {
    pub(crate) value: Option<T>,
    pub(crate) refused: Option<&'static str>,
}

impl<T> Default for Judged<T> {
    fn default() -> Judged<T> {
        Judged { value: None, refused: None }
    }
}

impl<T> Judged<T> {
    fn refused(reason: &'static str) -> Judged<T> {
        Judged { value: None, refused: Some(reason) }
    }
}

impl<T> From<Result<Option<T>, &'static str>> for Judged<T> {
    fn from(result: Result<Option<T>, &'static str>) -> Judged<T> {
        result.map_or_else(Judged::refused, |value| Judged { value, refused: None })
    }
}

/// The days a date of birth can lie between, given the day of the run.
#[derive(Clone, Copy)]
pub(crate) struct Lifetime {
    earliest: Date,
    latest: Date,
}

impl Lifetime {
    /// From the oldest who can be alive to those expected.
    pub(crate) fn around(run_date: Date) -> Lifetime {
        Lifetime {
            earliest: run_date.saturating_sub(Span::new().years(120)),
            latest: run_date.saturating_add(Span::new().months(9)),
        }
    }

    /// A date of birth. One to the day that nobody can have is refused and yet kept as written,
    /// to be compared digit by digit.
    pub(crate) fn date_of_birth(self, text: &str) -> Judged<PartialDate> {
        let date = match date(text) {
            Ok(Some(date)) => date,
            Ok(None) => return Judged::default(),
            Err(reason) => return Judged::refused(reason),
        };
        if date.day() == 1 && date.month() == 1 && matches!(date.year(), 1900 | 1901) {
            return Judged::refused("default date");
        }
        let reason = if date.first_day() > self.latest {
            "date of birth in the future"
        } else if date.last_day() < self.earliest {
            "date of birth more than 120 years ago"
        } else {
            return Judged { value: Some(date), refused: None };
        };
        let value = (date.day() > 0).then(|| date.doubted());
        Judged { value, refused: Some(reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_of_birth_are_of_people_who_can_live() {
        let lifetime = Lifetime::around(Date::constant(2026, 3, 15));
        for text in
            ["2026-03-15", "2026-12-15", "2026", "1906-03-15", "1906", "1970-01-01", "1985-07"]
        {
            let judged = lifetime.date_of_birth(text);
            assert_eq!((judged.value, judged.refused), (PartialDate::parse(text), None), "{text}");
        }
        for (text, reason, kept) in [
            ("2026-12-16", "date of birth in the future", true),
            ("2027-01", "date of birth in the future", false),
            ("1906-03-14", "date of birth more than 120 years ago", true),
            ("1905", "date of birth more than 120 years ago", false),
            ("1900-01-01", "default date", false),
            ("15/03/2026", NOT_A_DATE, false),
        ] {
            let judged = lifetime.date_of_birth(text);
            assert_eq!(judged.refused, Some(reason), "{text}");
            assert_eq!(judged.value.map(|date| date.to_string()), kept.then(|| text.to_owned()));
            assert!(judged.value.is_none_or(|date| !date.is_possible()), "{text}");
        }
        let nothing = lifetime.date_of_birth(" ");
        assert_eq!((nothing.value, nothing.refused), (None, None));
    }

    proptest! {
        #[test]
        fn a_date_in_its_form_stays(text in prop_oneof![any::<String>(), "[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?"]) {
            if let Ok(Some(form)) = date(&text) {
                prop_assert_eq!(date(&form.to_string()), Ok(Some(form)));
            }
        }
    }
}
