//! The blocking keys of every record under a rule.

use std::ops::Range;

use normalise::phonetic;
use rayon::prelude::*;
use record::{Column, Kind, Lists, NONE, Normalised, Values};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Form, Key, Rule};

/// For each record its keys under `rule`, ascending and distinct; none if a field is missing.
///
/// A key stands for the values shared: equal forms of equal fields give equal keys, and unequal
/// ones differ but for one chance in 2^64.
#[must_use]
pub fn keys(normalised: &Normalised, rule: &Rule) -> Lists<u64> {
    keys_of_every(normalised, rule, 1)
}

/// The keys likewise of the first record and every `stride`-th after it.
pub(crate) fn keys_of_every(normalised: &Normalised, rule: &Rule, stride: usize) -> Lists<u64> {
    let n = normalised.n_records.div_ceil(stride);
    let parts: Vec<Option<Part<'_>>> =
        rule.keys.iter().map(|key| part(normalised, key, n)).collect();
    // A field that no source has gives no record a key.
    let Some(parts) = parts.into_iter().collect::<Option<Vec<Part<'_>>>>() else {
        let mut none = Lists::default();
        none.push_empty(n);
        return none;
    };
    lists(n, |records| {
        let mut lists = Lists::with_capacity(records.len());
        let (mut keys, mut longer, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            combine(&parts, record * stride, &mut keys, &mut longer, &mut made);
            lists.push(keys.drain(..));
        }
        lists
    })
}

/// The lists of so many owners, made of some of them at a time: owners are many and have few items
/// each, so that none has a list of its own.
fn lists(owners: usize, some: impl Fn(Range<usize>) -> Lists<u64> + Sync) -> Lists<u64> {
    let ranges = (0..owners.div_ceil(AT_ONCE)).into_par_iter();
    let parts: Vec<Lists<u64>> =
        ranges.map(|at| some(at * AT_ONCE..owners.min((at + 1) * AT_ONCE))).collect();
    let mut all = Lists::with_room(owners, parts.iter().map(|part| part.items().len()).sum());
    for part in parts {
        all.append(&part);
    }
    all
}

const AT_ONCE: usize = 4_096;

/// Whether two records share a form of a field, given the ids of each one's values in its column;
/// `None` if one of them lacks the field.
#[must_use]
pub fn shared(column: &Column, form: Form, ids: [&[u32]; 2]) -> Option<bool> {
    let of = |ids: &[u32]| -> Option<Vec<u64>> {
        let mut made = Vec::new();
        for &id in ids {
            forms(column, id, form, &mut made);
        }
        (!ids.is_empty()).then_some(made)
    };
    let (lower, upper) = of(ids[0]).zip(of(ids[1]))?;
    Some(lower.iter().any(|form| upper.contains(form)))
}

/// One field's column, and the keys of each of its distinct values.
struct Part<'a> {
    column: &'a Column,
    form: Form,
    /// The keys of each value, made beforehand where that is less work.
    forms: Option<Lists<u64>>,
}

/// The part that a key makes of rules, for so many records.
fn part<'a>(normalised: &'a Normalised, key: &Key, n_records: usize) -> Option<Part<'a>> {
    let column = normalised.column(&key.field)?;
    let form = key.form;
    let forms = (column.values.len() <= n_records).then(|| {
        lists(column.values.len(), |ids| {
            let (mut lists, mut made) = (Lists::with_capacity(ids.len()), Vec::new());
            for id in ids {
                let id = u32::try_from(id).expect("fewer than 2^32 distinct values");
                forms(column, id, form, &mut made);
                lists.push(made.drain(..));
            }
            lists
        })
    });
    Some(Part { column, form, forms })
}

/// Puts the keys of a record into `keys`; what is in the lists does not matter.
fn combine(
    parts: &[Part<'_>],
    record: usize,
    keys: &mut Vec<u64>,
    longer: &mut Vec<u64>,
    made: &mut Vec<u64>,
) {
    keys.clear();
    keys.push(0);
    for part in parts {
        longer.clear();
        for &id in part.column.lists.get(record) {
            let mut add = |of_value: &[u64]| {
                for &form in of_value {
                    longer.extend(keys.iter().map(|&key| mix(key, form)));
                }
            };
            if let Some(made) = &part.forms {
                add(made.get(id as usize));
            } else {
                made.clear();
                forms(part.column, id, part.form, made);
                add(made);
            }
        }
        std::mem::swap(keys, longer);
        if keys.is_empty() {
            return;
        }
    }
    keys.sort_unstable();
    keys.dedup();
}

// Order matters: the same word as a forename and as a surname must not give the same key.
fn mix(key: u64, form: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    bytes[8..].copy_from_slice(&form.to_le_bytes());
    xxh3_64(&bytes)
}

/// Adds the keys of one value in one form; none if it has no such form.
fn forms(column: &Column, id: u32, form: Form, made: &mut Vec<u64>) {
    let mut one = |text: &str| made.extend((!text.is_empty()).then(|| xxh3_64(text.as_bytes())));
    match (&column.values, form) {
        (Values::Addresses(addresses, _), form) => {
            let address = addresses[id as usize];
            let number = match form {
                Form::Building => address.building,
                Form::Postcode => address.postcode,
                Form::Sector => address.sector,
                Form::District => address.district,
                _ => address.dwelling,
            };
            made.extend((number != NONE).then(|| u64::from(number) + 1));
        }
        (Values::Dates(dates), form) => {
            let date = dates[id as usize];
            let (year, month, day) = (date.year(), date.month(), date.day());
            match form {
                Form::Year => one(&format!("{year}")),
                Form::Month if month > 0 => one(&format!("{year}-{month}")),
                Form::DayMonth if day > 0 => one(&format!("{}-{}", month.min(day), month.max(day))),
                Form::Month | Form::DayMonth => {}
                _ => one(&date.to_string()),
            }
        }
        (Values::Text(words), form) => {
            let text = words.get(id);
            match form {
                Form::Prefix(n) => one(text.get(..usize::from(n)).unwrap_or("")),
                Form::Suffix(n) => {
                    let start = text.len().checked_sub(usize::from(n));
                    one(start.and_then(|at| text.get(at..)).unwrap_or(""));
                }
                Form::Phonetic => one(&phonetic(text)),
                Form::Word => text.split(' ').for_each(one),
                Form::Sector if column.field.kind == Kind::Postcode => one(sector(text)),
                Form::District if column.field.kind == Kind::Postcode => {
                    one(text.split(' ').next().unwrap_or(""));
                }
                // Text of no letters is a value like any other, a list of nothing is none.
                _ if column.field.kind == Kind::Verbatim => made.push(xxh3_64(text.as_bytes())),
                _ => one(text),
            }
        }
        (values @ (Values::Numbers(_) | Values::Points(_)), _) => one(&values.display(id)),
    }
}

// "AB1 2CD" to "AB1 2"; an outward code alone has no sector.
fn sector(postcode: &str) -> &str {
    let Some(at) = postcode.find(' ') else { return "" };
    postcode.get(..at + 2).unwrap_or("")
}
