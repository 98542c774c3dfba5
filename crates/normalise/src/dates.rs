//! Judges dates: those no living person was born on, and those that say less than they seem to.

use jiff::Span;
use record::{Column, Date, PartialDate, Values};

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

    /// The same, but from any day on if so many of these dates of birth are older that the records
    /// are not of the living: where all should live, one in a hundred is mistyped, not one in twenty.
    pub(crate) fn of(self, dates: &Column) -> Lifetime {
        let Values::Text(texts) = &dates.values else { return self };
        let (mut known, mut older) = (0_usize, 0_usize);
        let is_older: Vec<Option<bool>> =
            texts.iter().map(|text| Some(date(text).ok()??.last_day() < self.earliest)).collect();
        for is_older in dates.lists.items().iter().filter_map(|&id| is_older[id as usize]) {
            known += 1;
            older += usize::from(is_older);
        }
        if DEAD_ONE_IN * older > known { Lifetime { earliest: Date::MIN, ..self } } else { self }
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

const DEAD_ONE_IN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use record::{Dictionary, Field};

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

    #[test]
    fn records_of_the_dead_have_dates_of_any_age() {
        let column = |texts: &[&str]| Column {
            field: Field::standard("date_of_birth").unwrap(),
            values: Values::Text(Dictionary::of(
                texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(),
            )),
            lists: (0..u32::try_from(texts.len()).unwrap()).map(|id| vec![id]).collect(),
        };
        let living = Lifetime::around(Date::constant(2026, 3, 15));
        let judged = |texts: &[&str], text| living.of(&column(texts)).date_of_birth(text).refused;
        assert_eq!(judged(&["1797-03-02", "1861", "1970-01-01"], "1797-03-02"), None);
        let years: Vec<String> = (1940..2000).map(|year| year.to_string()).collect();
        let mut texts: Vec<&str> = years.iter().map(String::as_str).collect();
        texts.insert(0, "1085-07-07");
        assert!(judged(&texts, "1085-07-07").is_some(), "one is mistyped");
        assert!(judged(&[], "1797-03-02").is_some());
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
