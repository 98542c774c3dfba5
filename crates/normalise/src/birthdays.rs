//! Finds the days of birth that stand for "not known", and those that only say the year or month.
//!
//! A day is compared with the mean of the other days within a year of it, of those on which
//! anybody was born. Where many birthdays are not known, 1 January stands for the year in every
//! year alike, or the first for the month in every month alike: then the rest of the date is
//! believed.

use record::PartialDate;

use crate::Config;
use crate::columns::small;
use crate::defaults::{TakenAs, Verdict, threshold, verdicts};

/// The days of birth of a source that are defaults, or known to the month or year only.
pub(crate) fn judge(dates: &[PartialDate], counts: &[u32], config: &Config) -> Vec<Verdict> {
    let days = || dates.iter().zip(counts).filter(|(date, count)| date.day() > 0 && **count > 0);
    let total: u64 = days().map(|(_, &count)| u64::from(count)).sum();
    if let Some(verdicts) = judge_precision(dates, counts, total) {
        return verdicts;
    }
    if total < u64::from(config.default_source_min) || days().count() < config.default_values_min {
        return Vec::new();
    }
    // A default makes the days near it look rare, and so hides others: set aside what is found and
    // look again.
    let mut aside = vec![false; dates.len()];
    loop {
        let calendar = Calendar::of(dates, counts, &aside);
        let verdicts = verdicts(counts, config, |at| {
            calendar.expect(dates[at], counts[at], aside[at], config)
        });
        let known = aside.iter().filter(|aside| **aside).count();
        if verdicts.len() <= known {
            return verdicts;
        }
        for verdict in &verdicts {
            aside[verdict.id as usize] = true;
        }
    }
}

/// If nearly all dates of a source are the first of a month, it has cut off the days.
fn judge_precision(dates: &[PartialDate], counts: &[u32], total: u64) -> Option<Vec<Verdict>> {
    const DATES_MIN: u64 = 100;
    if total < DATES_MIN {
        return None;
    }
    let share = |keep: fn(PartialDate) -> bool| {
        let kept = dates.iter().zip(counts).filter(|(date, _)| keep(**date));
        let kept: u64 = kept.map(|(_, &count)| u64::from(count)).sum();
        kept * 10 >= total * 9
    };
    let new_year: fn(PartialDate) -> bool = |date| date.month() == 1 && date.day() == 1;
    let first: fn(PartialDate) -> bool = |date| date.day() == 1;
    let (keep, taken_as, chance) = if share(new_year) {
        (new_year, TakenAs::Year, 365.25)
    } else if share(first) {
        (first, TakenAs::Month, 30.4)
    } else {
        return None;
    };
    let verdict = |(at, (date, &records)): (usize, (&PartialDate, &u32))| {
        (keep(*date) && records > 0).then(|| Verdict {
            id: small(at),
            records,
            expected: f64::from(records) / chance,
            taken_as,
        })
    };
    Some(dates.iter().zip(counts).enumerate().filter_map(verdict).collect())
}

/// How often dates near another occur.
struct Calendar {
    /// A number for each day-exact date, ascending, with the records and the days up to and
    /// including it; what is set aside counts for neither.
    days: Vec<(i32, u64, u32)>,
    /// Each first of a month, and its count.
    firsts: Vec<(PartialDate, u32)>,
}

impl Calendar {
    /// Months are taken as 31 days long, which keeps the order and is near enough.
    const MONTH: i32 = 31;
    const YEAR: i32 = 12 * Self::MONTH;
    /// Fewer days than this give no mean: then that of all days does.
    const DAYS_MIN: u32 = 30;

    fn of(dates: &[PartialDate], counts: &[u32], aside: &[bool]) -> Calendar {
        let mut calendar = Calendar { days: Vec::new(), firsts: Vec::new() };
        let (mut records, mut days) = (0, 0);
        for ((&date, &count), &aside) in dates.iter().zip(counts).zip(aside) {
            if date.day() == 0 || count == 0 {
                continue;
            }
            if !aside {
                records += u64::from(count);
                days += 1;
            }
            calendar.days.push((Self::number(date), records, days));
            if date.day() == 1 {
                calendar.firsts.push((date, count));
            }
        }
        calendar
    }

    /// How often a date should occur, and what is made of it if it occurs far more often.
    fn expect(
        &self,
        date: PartialDate,
        count: u32,
        aside: bool,
        config: &Config,
    ) -> (f64, TakenAs) {
        if date.day() == 0 {
            return (f64::INFINITY, TakenAs::Missing);
        }
        let expected = self.mean_around(date, if aside { 0 } else { count });
        let alike = |mean: f64| f64::from(count) <= threshold(mean, config);
        let new_year = |other: PartialDate| other.month() == 1;
        let taken_as = if date.day() > 1 {
            TakenAs::Missing
        } else if alike(self.mean_of_firsts(date, 1, |other| !new_year(other))) {
            TakenAs::Month
        } else if new_year(date) && alike(self.mean_of_firsts(date, 10, new_year)) {
            TakenAs::Year
        } else {
            TakenAs::Missing
        };
        (expected, taken_as)
    }

    fn number(date: PartialDate) -> i32 {
        i32::from(date.year()) * Self::YEAR
            + i32::from(date.month()) * Self::MONTH
            + i32::from(date.day())
    }

    /// The mean count of the other days within a year.
    fn mean_around(&self, date: PartialDate, own: u32) -> f64 {
        let before = |number: i32| {
            let at = self.days.partition_point(|(other, ..)| *other < number);
            at.checked_sub(1).map_or((0, 0), |at| (self.days[at].1, self.days[at].2))
        };
        let own_days = u32::from(own > 0);
        let (low, high) =
            (before(Self::number(date) - Self::YEAR), before(Self::number(date) + Self::YEAR + 1));
        let near = (high.0 - low.0 - u64::from(own), high.1 - low.1 - own_days);
        let all = before(i32::MAX);
        let (records, days) = if near.1 >= Self::DAYS_MIN {
            near
        } else {
            (all.0 - u64::from(own), (all.1 - own_days).max(1))
        };
        #[expect(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
        let records = records as f64;
        records / f64::from(days)
    }

    /// The mean count of the other firsts of a month, of those wanted, within some years.
    fn mean_of_firsts(
        &self,
        date: PartialDate,
        years: i16,
        want: impl Fn(PartialDate) -> bool,
    ) -> f64 {
        let near = |other: PartialDate| {
            other != date && (other.year() - date.year()).abs() <= years && want(other)
        };
        let (mut sum, mut n) = (0.0, 0_u32);
        for (_, count) in self.firsts.iter().filter(|(other, _)| near(*other)) {
            sum += f64::from(*count);
            n += 1;
        }
        sum / f64::from(n.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Date;
    use std::ops::Range;

    fn config() -> Config {
        Config::new(Date::constant(2026, 3, 15))
    }

    /// Every day of the years, `each` times, and some days more often.
    fn births(years: Range<i16>, each: u32, more: &[(&str, u32)]) -> (Vec<PartialDate>, Vec<u32>) {
        let mut counts: Vec<(PartialDate, u32)> = Vec::new();
        for year in years {
            for month in 1..=12 {
                counts.extend(
                    (1..=28).map(|day| (PartialDate::new(year, month, day).unwrap(), each)),
                );
            }
        }
        for (date, count) in more {
            let date = PartialDate::parse(date).unwrap();
            match counts.binary_search_by(|(other, _)| other.cmp(&date)) {
                Ok(at) => counts[at].1 = *count,
                Err(at) => counts.insert(at, (date, *count)),
            }
        }
        counts.into_iter().unzip()
    }

    fn judged(dates: &[PartialDate], counts: &[u32]) -> Vec<(String, TakenAs)> {
        let verdicts = judge(dates, counts, &config());
        verdicts.iter().map(|v| (dates[v.id as usize].to_string(), v.taken_as)).collect()
    }

    #[test]
    fn a_day_with_too_many_births_is_a_default() {
        let (dates, counts) = births(1940..2020, 1, &[("1985-07-07", 500), ("1990-03-03", 18)]);
        assert_eq!(judged(&dates, &counts), [("1985-07-07".to_owned(), TakenAs::Missing)]);
        let (dates, counts) = births(2000..2001, 0, &[("2000-07-07", 450)]);
        assert_eq!(judged(&dates, &counts), [], "a small source keeps all it has");
        assert_eq!(judged(&[], &[]), []);
    }

    #[test]
    fn new_years_day_in_every_year_stands_for_the_year() {
        let all: Vec<String> = (1960..2000).map(|year| format!("{year}-01-01")).collect();
        let mut more: Vec<(&str, u32)> = all.iter().map(|date| (date.as_str(), 60)).collect();
        more[10] = ("1970-01-01", 5_000);
        let (dates, counts) = births(1950..2010, 1, &more);
        let judged = judged(&dates, &counts);
        assert_eq!(judged.len(), 40);
        for (date, taken_as) in judged {
            let expected = if date == "1970-01-01" { TakenAs::Missing } else { TakenAs::Year };
            assert_eq!(taken_as, expected, "{date}");
        }
    }

    #[test]
    fn a_source_that_cut_off_the_days_is_known_to_the_month() {
        let months: Vec<String> = (1..=12).map(|month| format!("2010-{month:02}-01")).collect();
        let more: Vec<(&str, u32)> = months.iter().map(|date| (date.as_str(), 10)).collect();
        let (dates, counts) = births(2010..2011, 0, &more);
        let judged = judged(&dates, &counts);
        assert_eq!(judged.len(), 12);
        assert!(judged.iter().all(|(_, taken_as)| *taken_as == TakenAs::Month));
    }

    #[test]
    fn firsts_of_many_months_alike_are_known_to_the_month() {
        let firsts: Vec<String> = (2005..2015)
            .flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}-01")))
            .collect();
        let more: Vec<(&str, u32)> = firsts.iter().map(|date| (date.as_str(), 90)).collect();
        let (dates, counts) = births(2000..2018, 2, &more);
        let judged = judged(&dates, &counts);
        assert_eq!(judged.len(), 120);
        assert!(judged.iter().all(|(_, taken_as)| *taken_as == TakenAs::Month));
    }

    #[test]
    fn days_that_are_all_frequent_are_no_defaults() {
        let (dates, counts) = births(1990..2000, 80, &[]);
        assert_eq!(judged(&dates, &counts), []);
    }
}
