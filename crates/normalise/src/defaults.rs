//! Finds values that stand for "not known" by their frequency, source by source and field by
//! field.
//!
//! A value is a default if its source has it far more often than chance explains. For a date of
//! birth chance is the mean of the days within a year of it. For references, telephone numbers
//! and places it is the count that all but one in a thousand of the source's values stay below:
//! families share telephones and records come twice, but not a hundredfold.

use std::ops::Range;

use rayon::prelude::*;
use record::{
    AddressKind, Column, Kind, Lists, NONE, Normalised, PartialDate, RecordId, Refused, Residence,
    SourceId, Values,
};

use crate::columns::{add, rank, small};
use crate::{Config, birthdays};

const FOUND: &str = "default value, found by its frequency";

/// A value that a source has too often to mean anything, without the value itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundDefault {
    /// The source.
    pub source: SourceId,
    /// The field.
    pub field: String,
    /// How many of its records have the value.
    pub records: u32,
    /// How many would, if the value were like others.
    pub expected: f64,
    /// What is made of it in that source.
    pub taken_as: TakenAs,
}

/// What is made of a value that its source has too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenAs {
    /// It counts as missing.
    Missing,
    /// Of a date only the year is believed.
    Year,
    /// Of a date only the year and month are believed.
    Month,
}

/// Takes out of each source's records the values that are defaults there.
pub(crate) fn take_out(
    normalised: &mut Normalised,
    source: &[SourceId],
    config: &Config,
) -> Vec<FoundDefault> {
    let sources = sources(source);
    let judged: Vec<Vec<(Range<usize>, Vec<Verdict>)>> = normalised
        .columns
        .par_iter()
        .map(|column| {
            let is_birth = column.field.name == "date_of_birth" && column.field.kind == Kind::Date;
            if !is_birth && !can_be_default(column.field.kind) {
                return Vec::new();
            }
            let judge = |range: &Range<usize>| judge_column(column, range.clone(), config);
            sources.iter().map(|(_, range)| (range.clone(), judge(range))).collect()
        })
        .collect();
    let mut found = Vec::new();
    for (column, verdicts) in normalised.columns.iter_mut().zip(judged) {
        for ((source, _), (_, verdicts)) in sources.iter().zip(&verdicts) {
            found.extend(verdicts.iter().map(|verdict| FoundDefault {
                source: *source,
                field: column.field.name.clone(),
                records: verdict.records,
                expected: verdict.expected,
                taken_as: verdict.taken_as,
            }));
        }
        if verdicts.iter().all(|(_, verdicts)| verdicts.is_empty()) {
            continue;
        }
        if let Values::Addresses(..) = column.values {
            leave_out_residences(&mut normalised.residences, &verdicts);
        }
        apply(column, &verdicts, &mut normalised.refused);
    }
    found
}

/// Whether a value of this kind that very many share says nothing: sexes, categories and names
/// are shared by nature.
fn can_be_default(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Phone
            | Kind::Email
            | Kind::Postcode
            | Kind::Address
            | Kind::Uprn
            | Kind::NhsNumber
            | Kind::Upn
            | Kind::Uln
            | Kind::Nino
            | Kind::Code
    )
}

/// Too frequent a value: its id, its count, what was expected, and what is made of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) id: u32,
    pub(crate) records: u32,
    pub(crate) expected: f64,
    pub(crate) taken_as: TakenAs,
}

fn judge_column(column: &Column, range: Range<usize>, config: &Config) -> Vec<Verdict> {
    let mut counts = count(&column.lists, range, column.values.len());
    match &column.values {
        Values::Dates(dates) => birthdays::judge(dates, &counts, config),
        Values::Addresses(addresses, _) => {
            // That many live in a prison is no mistake.
            for (count, address) in counts.iter_mut().zip(addresses) {
                if !matches!(
                    address.kind,
                    AddressKind::Home | AddressKind::Office | AddressKind::CareOf
                ) {
                    *count = 0;
                }
            }
            judge(&counts, config)
        }
        _ => judge(&counts, config),
    }
}

/// Replaces or removes the values judged, and refuses those removed.
fn apply(
    column: &mut Column,
    verdicts: &[(Range<usize>, Vec<Verdict>)],
    refused: &mut Vec<Refused>,
) {
    let mut dates = match &column.values {
        Values::Dates(dates) => dates.clone(),
        _ => Vec::new(),
    };
    let mut lists = Lists::with_capacity(column.lists.len());
    let mut kept = Vec::new();
    for (range, verdicts) in verdicts {
        // What each value becomes in this source.
        let mut becomes: Vec<u32> = (0..small(column.values.len())).collect();
        for verdict in verdicts {
            let id = verdict.id as usize;
            let shorter = match verdict.taken_as {
                TakenAs::Missing => None,
                TakenAs::Year => Some(PartialDate::as_written(dates[id].year(), 0, 0)),
                TakenAs::Month => {
                    Some(PartialDate::as_written(dates[id].year(), dates[id].month(), 0))
                }
            };
            becomes[id] = shorter.map_or(NONE, |shorter| {
                dates.push(shorter);
                small(dates.len() - 1)
            });
        }
        for record in range.clone() {
            for &id in column.lists.get(record) {
                let new = becomes[id as usize];
                if new == NONE {
                    let field = column.field.name.clone();
                    refused.push(Refused { record: RecordId(small(record)), field, reason: FOUND });
                }
                add(&mut kept, new);
            }
            lists.push(kept.drain(..));
        }
    }
    column.lists = lists.fitted();
    if let Values::Dates(values) = &mut column.values {
        let (sorted, ids) = rank(dates.into_iter().map(Some), Ord::cmp);
        *values = sorted;
        column.lists = crate::columns::rename(&column.lists, &ids);
    }
}

/// Removes what is said of living at addresses that are defaults.
fn leave_out_residences(
    residences: &mut Lists<Residence>,
    verdicts: &[(Range<usize>, Vec<Verdict>)],
) {
    let mut left = Lists::with_capacity(residences.len());
    for (range, verdicts) in verdicts {
        let out = |address: u32| verdicts.binary_search_by_key(&address, |v| v.id).is_ok();
        for record in range.clone() {
            let list = residences.get(record).iter().copied();
            left.push(list.filter(|residence| !out(residence.address)));
        }
    }
    *residences = left.fitted();
}

/// Each source with its records, which stand together.
fn sources(source: &[SourceId]) -> Vec<(SourceId, Range<usize>)> {
    let mut ranges: Vec<(SourceId, Range<usize>)> = Vec::new();
    for (at, &id) in source.iter().enumerate() {
        match ranges.last_mut() {
            Some((last, range)) if *last == id => range.end = at + 1,
            _ => ranges.push((id, at..at + 1)),
        }
    }
    ranges
}

/// How many records of a range have each value.
fn count(lists: &Lists<u32>, range: Range<usize>, n_values: usize) -> Vec<u32> {
    let mut counts = vec![0; n_values];
    for &id in &lists.items()[lists.range(range.start).start..lists.range(range.end - 1).end] {
        counts[id as usize] += 1;
    }
    counts
}

/// The values of references, telephone numbers or places that are defaults.
fn judge(counts: &[u32], config: &Config) -> Vec<Verdict> {
    let mut seen: Vec<u32> = counts.iter().copied().filter(|&count| count > 0).collect();
    let total: u64 = seen.iter().copied().map(u64::from).sum();
    if total < u64::from(config.default_source_min) || seen.len() < config.default_values_min.max(1)
    {
        return Vec::new();
    }
    // The few most frequent values may be the very ones in question.
    let leave = (seen.len() / 1000).max(3) + 1;
    let at = seen.len().saturating_sub(leave);
    let expected = f64::from(*seen.select_nth_unstable(at).1);
    verdicts(counts, config, |_| (expected, TakenAs::Missing))
}

/// The count that is still explained by chance.
pub(crate) fn threshold(expected: f64, config: &Config) -> f64 {
    (config.default_excess * expected).max(f64::from(config.default_count_min))
}

/// The values above the threshold, given what is expected of each and what it is taken as.
pub(crate) fn verdicts(
    counts: &[u32],
    config: &Config,
    expect: impl Fn(usize) -> (f64, TakenAs),
) -> Vec<Verdict> {
    let judge = |(at, &records): (usize, &u32)| {
        // Most values are rare: spare them the reckoning.
        if records <= config.default_count_min {
            return None;
        }
        let (expected, taken_as) = expect(at);
        (f64::from(records) > threshold(expected, config)).then(|| Verdict {
            id: small(at),
            records,
            expected,
            taken_as,
        })
    };
    counts.iter().enumerate().filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Date;

    fn config() -> Config {
        Config::new(Date::constant(2026, 3, 15))
    }

    #[test]
    fn a_value_far_beyond_all_others_is_a_default() {
        let mut counts = vec![1; 15_000];
        counts[..2000].fill(3);
        counts[7] = 500;
        counts[8] = 19;
        let found = judge(&counts, &config());
        assert_eq!(found.iter().map(|verdict| verdict.id).collect::<Vec<_>>(), [7]);
        assert_eq!(judge(&[], &config()), []);
        assert_eq!(judge(&[400, 30, 30], &config()), [], "few values tell nothing of chance");
        let eager = Config { default_source_min: 0, default_values_min: 0, ..config() };
        assert_eq!(judge(&[], &eager), []);
        assert_eq!(judge(&[500, 1], &eager).len(), 1, "however few the settings ask for");
    }

    #[test]
    fn sources_stand_together() {
        let ids = [0, 0, 2, 2, 2].map(SourceId);
        assert_eq!(sources(&ids), [(SourceId(0), 0..2), (SourceId(2), 2..5)]);
        assert_eq!(sources(&[]), []);
    }
}
