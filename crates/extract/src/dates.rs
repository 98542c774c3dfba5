//! Reads dates as agencies write them.

use jiff::ToSpan;
use record::{Date, PartialDate};

use crate::DateOrder;

/// The refusal of a text that is no date.
pub(crate) const NOT_A_DATE: &str = "not a date";
/// The refusal of a year that nobody alive was born in.
pub(crate) const YEAR_OUT_OF_RANGE: &str = "year before 1000 or after 2200";
/// The refusal of a year of which the century is a guess.
pub(crate) const SHORT_YEAR: &str = "year of two digits";

/// What is said of a day that no month has, or of a month that no year has.
pub(crate) const NO_SUCH_DAY: &str = "no such day; kept as written, for comparing only";

/// Reads a date, with a time after it or none. A bare number of five digits is a spreadsheet's
/// count of days if there are `serials`. A day that there is not is read as written.
pub(crate) fn parse(
    text: &str,
    order: DateOrder,
    serials: bool,
) -> Result<PartialDate, &'static str> {
    let text = without_time(text.trim()).ok_or(NOT_A_DATE)?;
    let text = without_fraction(text);
    let mut tokens = [""; 3];
    let mut n = 0;
    for token in text.split([' ', '/', '-', '.', ',']).filter(|token| !token.is_empty()) {
        *tokens.get_mut(n).ok_or(NOT_A_DATE)? = token;
        n += 1;
    }
    match &tokens[..n] {
        [one] => parse_one(one, serials),
        [year, month] if is_year(year) => build(year, month, "0"),
        [month, year] => build(year, month, "0"),
        [year, month, day] if is_year(year) => build(year, month, day),
        [month, day, year] if is_word(month) => build(year, month, day),
        [day, month, year] if is_word(month) => build(year, month, day),
        [first, second, year] => match order {
            DateOrder::DayFirst => build(year, second, first),
            DateOrder::MonthFirst => build(year, first, second),
            DateOrder::YearFirst => Err(NOT_A_DATE),
        },
        _ => Err(NOT_A_DATE),
    }
}

/// The date of a year, a month and a day that stand in columns of their own. What is blank is
/// unknown, and without a month so is the day. `None` if all are blank.
pub(crate) fn parse_parts(parts: [&str; 3]) -> Option<Result<PartialDate, &'static str>> {
    let [year, month, day] = parts.map(|part| without_fraction(part.trim()));
    if year.is_empty() {
        let blank = month.is_empty() && day.is_empty();
        return (!blank).then_some(Err(NOT_A_DATE));
    }
    Some(match (month, day) {
        ("", _) => build(year, "0", "0"),
        (month, "") => build(year, month, "0"),
        (month, day) => build(year, month, day),
    })
}

fn without_time(text: &str) -> Option<&str> {
    let Some(colon) = text.find(':') else {
        return Some(text);
    };
    let start = text[..colon].rfind(['T', ' '])?;
    let time = &text[start + 1..];
    let known = |c: char| c.is_ascii_digit() || ":.+- ZzAaPpMm".contains(c);
    time.chars().all(known).then(|| text[..start].trim_end())
}

/// A whole number without the fraction of zero that some programs add.
fn without_fraction(text: &str) -> &str {
    crate::value::whole_number(text).unwrap_or(text)
}

fn parse_one(text: &str, serials: bool) -> Result<PartialDate, &'static str> {
    if !is_number(text) {
        return Err(NOT_A_DATE);
    }
    match text.len() {
        8 => build(&text[..4], &text[4..6], &text[6..]),
        5 if serials => serial(text),
        4 => build(text, "0", "0"),
        _ => Err(NOT_A_DATE),
    }
}

/// The date that spreadsheets count as this many days: 1 is the first of 1900, which they take
/// for a leap year, so that after February the count starts a day earlier.
fn serial(text: &str) -> Result<PartialDate, &'static str> {
    const EPOCH: Date = Date::constant(1899, 12, 30);
    let days: i64 = text.parse().map_err(|_| NOT_A_DATE)?;
    if !(61..=60_000).contains(&days) {
        return Err(NOT_A_DATE);
    }
    let date = EPOCH.checked_add(days.days()).map_err(|_| NOT_A_DATE)?;
    checked(date.year(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

fn build(year: &str, month: &str, day: &str) -> Result<PartialDate, &'static str> {
    if !is_number(year) {
        return Err(NOT_A_DATE);
    }
    match year.len() {
        4 => {}
        2 => return Err(SHORT_YEAR),
        _ => return Err(NOT_A_DATE),
    }
    let year = year.parse().map_err(|_| NOT_A_DATE)?;
    let month = if is_word(month) { named_month(month) } else { part(month) };
    checked(year, month.ok_or(NOT_A_DATE)?, part(ordinal(day)).ok_or(NOT_A_DATE)?)
}

fn checked(year: i16, month: u8, day: u8) -> Result<PartialDate, &'static str> {
    if month == 0 && day > 0 {
        return Err(NOT_A_DATE);
    }
    // Of a day that there is not, only a digit may be wrong: the others still tell.
    let date = PartialDate::as_written(year, month, day);
    if (1000..=2200).contains(&year) { Ok(date) } else { Err(YEAR_OUT_OF_RANGE) }
}

fn part(text: &str) -> Option<u8> {
    (is_number(text) && text.len() <= 2).then(|| text.parse().ok()).flatten()
}

/// `3` of `3rd`.
fn ordinal(day: &str) -> &str {
    let digits = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    match day.get(digits.len()..) {
        Some("st" | "nd" | "rd" | "th") => digits,
        _ => day,
    }
}

fn named_month(word: &str) -> Option<u8> {
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
    if word.len() < 3 {
        return None;
    }
    let begins = |month: &&str| {
        month.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if word.eq_ignore_ascii_case("sept") {
        return Some(9);
    }
    MONTHS.iter().zip(1..).find(|(month, _)| begins(month)).map(|(_, number)| number)
}

fn is_year(token: &str) -> bool {
    token.len() == 4 && is_number(token)
}

fn is_number(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(order: DateOrder, text: &str, expected: &str) {
        let found = parse(text, order, true).map_or_else(str::to_owned, |date| date.to_string());
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn british_dates_are_read_however_they_are_divided() {
        for (text, expected) in [
            ("04/03/2010", "2010-03-04"),
            ("4/3/2010", "2010-03-04"),
            ("04-03-2010", "2010-03-04"),
            ("4.3.2010", "2010-03-04"),
            (" 04/03/2010 00:00 ", "2010-03-04"),
            ("04/03/2010 12:30:59 PM", "2010-03-04"),
            ("3 Mar 2010", "2010-03-03"),
            ("3-MAR-2010", "2010-03-03"),
            ("3rd March 2010", "2010-03-03"),
            ("March 3, 2010", "2010-03-03"),
            ("1 Sept 2010", "2010-09-01"),
            ("29/02/2012", "2012-02-29"),
        ] {
            check(DateOrder::DayFirst, text, expected);
        }
    }

    #[test]
    fn dates_that_begin_with_the_year_are_read_in_every_order() {
        for order in [DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst] {
            for (text, expected) in [
                ("2010-03-04", "2010-03-04"),
                ("2010/3/4", "2010-03-04"),
                ("1949-7-2", "1949-07-02"),
                ("20100304", "2010-03-04"),
                ("20100304.0", "2010-03-04"),
                ("2010-03-04T00:00:00", "2010-03-04"),
                ("2010-03-04T23:59:59.999Z", "2010-03-04"),
                ("2010-03-04 00:00:00+00:00", "2010-03-04"),
            ] {
                check(order, text, expected);
            }
        }
        check(DateOrder::MonthFirst, "04/03/2010", "2010-04-03");
        check(DateOrder::MonthFirst, "13/03/2010", "2010-13-03");
        check(DateOrder::YearFirst, "04/03/2010", NOT_A_DATE);
    }

    #[test]
    fn what_is_unknown_of_a_date_stays_unknown() {
        for (text, expected) in [
            ("2010", "2010"),
            ("2010.0", "2010"),
            ("2010-03", "2010-03"),
            ("03/2010", "2010-03"),
            ("Mar 2010", "2010-03"),
            ("20100300", "2010-03"),
            ("20100000", "2010"),
            ("00/03/2010", "2010-03"),
            ("00/00/2010", "2010"),
        ] {
            check(DateOrder::DayFirst, text, expected);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (text, expected) in [
            ("", NOT_A_DATE),
            ("soon", NOT_A_DATE),
            ("31/02/2010", "2010-02-31"),
            ("29/02/2011", "2011-02-29"),
            ("32/01/2010", "2010-01-32"),
            ("01/13/2010", "2010-13-01"),
            ("20100015", NOT_A_DATE),
            ("1/2/3/2010", NOT_A_DATE),
            ("04/03/10", SHORT_YEAR),
            ("3 Mar 10", SHORT_YEAR),
            ("201003", NOT_A_DATE),
            ("3 Ma 2010", NOT_A_DATE),
            ("2010-03-04 at 12:00", NOT_A_DATE),
            ("12:00", NOT_A_DATE),
            ("04/03/0849", YEAR_OUT_OF_RANGE),
            ("0001-01-01", YEAR_OUT_OF_RANGE),
            ("9999-12-31", YEAR_OUT_OF_RANGE),
            ("４/3/2010", NOT_A_DATE),
        ] {
            check(DateOrder::DayFirst, text, expected);
        }
    }

    #[test]
    fn a_number_of_five_digits_is_a_spreadsheets_count_of_days() {
        check(DateOrder::DayFirst, "40241", "2010-03-04");
        check(DateOrder::DayFirst, "40241.0", "2010-03-04");
        check(DateOrder::DayFirst, "60001", NOT_A_DATE);
        assert_eq!(parse("40241", DateOrder::DayFirst, false), Err(NOT_A_DATE));
    }

    #[test]
    fn a_date_in_three_columns_is_as_precise_as_they_are() {
        for (parts, expected) in [
            (["1949", "7", "2"], Some("1949-07-02")),
            (["1949.0", "07", "2.0"], Some("1949-07-02")),
            (["1949", "Jul", "2"], Some("1949-07-02")),
            (["1949", "7", ""], Some("1949-07")),
            (["1949", "", "2"], Some("1949")),
            (["", "7", "2"], Some(NOT_A_DATE)),
            (["49", "7", "2"], Some(SHORT_YEAR)),
            (["1949", "2", "30"], Some("1949-02-30")),
            (["", "", " "], None),
        ] {
            let found = parse_parts(parts)
                .map(|result| result.map_or_else(str::to_owned, |date| date.to_string()));
            assert_eq!(found.as_deref(), expected, "{parts:?}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_as_itself(days in 0_i64..438_000) {
            let day = Date::constant(1000, 1, 1).checked_add(days.days()).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            for (text, order) in [
                (format!("{d}/{m}/{y}"), DateOrder::DayFirst),
                (format!("{m:02}-{d:02}-{y}"), DateOrder::MonthFirst),
                (format!("{y}{m:02}{d:02}"), DateOrder::YearFirst),
                (day.to_string(), DateOrder::DayFirst),
            ] {
                let read = parse(&text, order, true).map(|date| date.to_string());
                prop_assert_eq!(read, Ok(day.to_string()));
            }
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in "\\PC{0,12}|[0-9/. T:-]{0,20}") {
            if let Ok(date) = parse(&text, DateOrder::DayFirst, true) {
                prop_assert_eq!(PartialDate::parse(&date.to_string()), Some(date));
            }
        }
    }
}
