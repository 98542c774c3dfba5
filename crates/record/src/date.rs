//! Dates as agencies know them: to the day, the month or the year.

use std::fmt;

pub use jiff::civil::Date;

/// A date known to the day, the month or only the year.
///
/// Ordered by year, month and day, an unknown part before every known one. What was written as
/// a date but is none (the 31st of April, month 13), or cannot be what it is said to be (a birth
/// in the year 1764), is kept as written: a slip of one digit should not cost all the others when
/// two records are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    // Invariant: year is 0 to 9999; month and day are 0 (unknown) to 99; an unknown month has an
    // unknown day.
    year: i16,
    month: u8,
    day: u8,
    doubted: bool,
}

impl PartialDate {
    /// A date with this year, month (0 if unknown) and day (0 if unknown), if there is one.
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<PartialDate> {
        if !(0..=9999).contains(&year) || month > 12 || (month == 0 && day > 0) {
            return None;
        }
        if day > 0 {
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        }
        Some(PartialDate { year, month, day, doubted: false })
    }

    /// What was written as this year, month and day, whether there is such a date or not.
    ///
    /// # Panics
    ///
    /// Panics if the year is not 0 to 9999, or the month or day above 99.
    #[must_use]
    pub fn as_written(year: i16, month: u8, day: u8) -> PartialDate {
        assert!((0..=9999).contains(&year) && month < 100 && day < 100, "a date has eight digits");
        PartialDate { year, month, day: if month == 0 { 0 } else { day }, doubted: false }
    }

    /// The same as written, but held to be none.
    #[must_use]
    pub fn doubted(self) -> PartialDate {
        PartialDate { doubted: true, ..self }
    }

    /// Whether it is held to be none.
    #[must_use]
    pub fn is_doubted(self) -> bool {
        self.doubted
    }

    /// Whether there is such a date, and it is not doubted.
    #[must_use]
    pub fn is_possible(self) -> bool {
        !self.doubted && PartialDate::new(self.year, self.month, self.day).is_some()
    }

    /// Reads `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, the form in which all extracts' dates are kept;
    /// impossible ones as written.
    #[must_use]
    pub fn parse(text: &str) -> Option<PartialDate> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(0), |part| number(part, 2).filter(|&m| m > 0))?;
        let day = parts.next().map_or(Some(0), |part| number(part, 2).filter(|&d| d > 0))?;
        if parts.next().is_some() {
            return None;
        }
        Some(PartialDate::as_written(
            i16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        ))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, or 0 if unknown.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, or 0 if unknown.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// The first day it can mean; of an impossible date, the first of its year.
    ///
    /// # Panics
    ///
    /// Never: every possible date begins on a real day, and every year has a first.
    #[must_use]
    pub fn first_day(self) -> Date {
        let (month, day) =
            if self.is_possible() { (self.month.max(1), self.day.max(1)) } else { (1, 1) };
        let month = i8::try_from(month).expect("a month is at most 12");
        let day = i8::try_from(day).expect("a day is at most 31");
        Date::new(self.year, month, day).expect("a possible date begins on a real day")
    }

    /// The last day it can mean; of an impossible date, the last of its year.
    ///
    /// # Panics
    ///
    /// Never: every year has a last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        match (self.month, self.day) {
            _ if !self.is_possible() => {
                Date::new(self.year, 12, 31).expect("every year has a last day")
            }
            (0, _) => Date::new(self.year, 12, 31).expect("every year has a last day"),
            (_, 0) => self.first_day().last_of_month(),
            _ => self.first_day(),
        }
    }
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

// A date of birth is personal: a panic or a log that debugs one must not show it.
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.month, self.day) {
            (0, _) => "PartialDate(year)",
            (_, 0) => "PartialDate(month)",
            _ => "PartialDate(day)",
        })
    }
}

/// A stretch of days: from the first, up to but not including the second.
///
/// `None` is open: since always, or until further notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day in it.
    pub from: Option<Date>,
    /// The first day after it.
    pub to: Option<Date>,
}

impl Period {
    /// Whether `day` lies in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_to_the_precision_they_have() {
        for text in ["2010-02-28", "2010-02", "2010", "0999-12-31"] {
            assert_eq!(PartialDate::parse(text).unwrap().to_string(), text);
        }
        for text in ["2010-13", "2010-02-30"] {
            let written = PartialDate::parse(text).unwrap();
            assert!(!written.is_possible());
            assert_eq!(written.to_string(), text);
            assert_eq!(written.first_day().to_string(), "2010-01-01");
            assert_eq!(written.last_day().to_string(), "2010-12-31");
        }
        for text in ["", "2010-00-01", "10-02-28", "2010-02-28-1", "2010-2"] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_partial_date_spans_the_days_it_can_mean() {
        let month = PartialDate::parse("2012-02").unwrap();
        assert_eq!(month.first_day().to_string(), "2012-02-01");
        assert_eq!(month.last_day().to_string(), "2012-02-29");
        assert_eq!(PartialDate::parse("2012").unwrap().last_day().to_string(), "2012-12-31");
    }

    #[test]
    fn a_period_is_half_open() {
        let period = Period { from: Date::new(2020, 1, 1).ok(), to: Date::new(2021, 1, 1).ok() };
        assert!(period.contains(Date::constant(2020, 1, 1)));
        assert!(!period.contains(Date::constant(2021, 1, 1)));
        assert!(Period::default().contains(Date::constant(1, 1, 1)));
    }

    #[test]
    fn a_debugged_date_does_not_show_itself() {
        assert!(!format!("{:?}", PartialDate::parse("1980-05-06")).contains("1980"));
    }
}
