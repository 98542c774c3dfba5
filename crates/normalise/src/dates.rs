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

    /// A date of birth, unless nobody can have it.
    pub(crate) fn date_of_birth(self, text: &str) -> Result<Option<PartialDate>, &'static str> {
        let Some(date) = date(text)? else { return Ok(None) };
        if date.day() == 1 && date.month() == 1 && matches!(date.year(), 1900 | 1901) {
            return Err("default date");
        }
        if date.first_day() > self.latest {
            return Err("date of birth in the future");
        }
        if date.last_day() < self.earliest {
            return Err("date of birth more than 120 years ago");
        }
        Ok(Some(date))
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
            assert_eq!(lifetime.date_of_birth(text), Ok(PartialDate::parse(text)), "{text}");
        }
        for (text, reason) in [
            ("2026-12-16", "date of birth in the future"),
            ("2027-01", "date of birth in the future"),
            ("1906-03-14", "date of birth more than 120 years ago"),
            ("1905", "date of birth more than 120 years ago"),
            ("1900-01-01", "default date"),
            ("15/03/2026", NOT_A_DATE),
        ] {
            assert_eq!(lifetime.date_of_birth(text), Err(reason), "{text}");
        }
        assert_eq!(lifetime.date_of_birth(" "), Ok(None));
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
