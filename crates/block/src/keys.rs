//! The blocking keys of every record under a rule.

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
        return (0..n).map(|_| Vec::new()).collect();
    };
    // Records are many and have few keys each: no list of its own for every one.
    let of_records: Vec<Lists<u64>> = (0..n.div_ceil(RECORDS_AT_ONCE))
        .into_par_iter()
        .map(|part| {
            let records = part * RECORDS_AT_ONCE..n.min((part + 1) * RECORDS_AT_ONCE);
            let mut lists = Lists::with_capacity(records.len());
            let (mut keys, mut longer) = (Vec::new(), Vec::new());
            for record in records {
                combine(&parts, record * stride, &mut keys, &mut longer);
                lists.push(keys.drain(..));
            }
            lists
        })
        .collect();
    let mut all = Lists::with_capacity(n);
    for lists in of_records {
        lists.iter().for_each(|keys| all.push(keys.iter().copied()));
    }
    all
}

const RECORDS_AT_ONCE: usize = 4_096;

/// Whether two records share a form of a field, given the ids of each one's values in its column;
/// `None` if one of them lacks the field.
#[must_use]
pub fn shared(column: &Column, form: Form, ids: [&[u32]; 2]) -> Option<bool> {
    let of = |ids: &[u32]| -> Option<Vec<u64>> {
        let forms = ids.iter().flat_map(|&id| forms(column, id, form));
        (!ids.is_empty()).then(|| forms.collect())
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
    let ids = u32::try_from(column.values.len()).expect("fewer than 2^32 distinct values");
    let form = key.form;
    let forms = (column.values.len() <= n_records).then(|| {
        let forms: Vec<Vec<u64>> =
            (0..ids).into_par_iter().with_min_len(256).map(|id| forms(column, id, form)).collect();
        forms.into_iter().collect()
    });
    Some(Part { column, form, forms })
}

/// Puts the keys of a record into `keys`; both lists are emptied first.
fn combine(parts: &[Part<'_>], record: usize, keys: &mut Vec<u64>, longer: &mut Vec<u64>) {
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
            match &part.forms {
                Some(made) => add(made.get(id as usize)),
                None => add(&forms(part.column, id, part.form)),
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

/// The keys of one value in one form; none if it has no such form.
fn forms(column: &Column, id: u32, form: Form) -> Vec<u64> {
    let one = |text: &str| if text.is_empty() { vec![] } else { vec![xxh3_64(text.as_bytes())] };
    let number = |n: u32| if n == NONE { vec![] } else { vec![u64::from(n) + 1] };
    match (&column.values, form) {
        (Values::Addresses(addresses, _), form) => {
            let address = addresses[id as usize];
            match form {
                Form::Building => number(address.building),
                Form::Postcode => number(address.postcode),
                Form::Sector => number(address.sector),
                Form::District => number(address.district),
                _ => number(address.dwelling),
            }
        }
        (Values::Dates(dates), form) => {
            let date = dates[id as usize];
            let (year, month, day) = (date.year(), date.month(), date.day());
            match form {
                Form::Year => one(&format!("{year}")),
                Form::Month if month > 0 => one(&format!("{year}-{month}")),
                Form::DayMonth if day > 0 => one(&format!("{}-{}", month.min(day), month.max(day))),
                Form::Month | Form::DayMonth => vec![],
                _ => one(&date.to_string()),
            }
        }
        (Values::Text(words), form) => {
            let text = words.get(id);
            match form {
                Form::Prefix(n) => one(text.get(..usize::from(n)).unwrap_or("")),
                Form::Suffix(n) => {
                    let start = text.len().checked_sub(usize::from(n));
                    one(start.and_then(|at| text.get(at..)).unwrap_or(""))
                }
                Form::Phonetic => one(&phonetic(text)),
                Form::Word => text.split(' ').flat_map(one).collect(),
                Form::Sector if column.field.kind == Kind::Postcode => one(sector(text)),
                Form::District if column.field.kind == Kind::Postcode => {
                    one(text.split(' ').next().unwrap_or(""))
                }
                // Text of no letters is a value like any other, a list of nothing is none.
                _ if column.field.kind == Kind::Verbatim => vec![xxh3_64(text.as_bytes())],
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
