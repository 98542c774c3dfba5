//! The blocking keys of every record under a rule.

use normalise::phonetic;
use rayon::prelude::*;
use record::{Column, Kind, Lists, NONE, Normalised, RecordId, RecordPair, Values};
use xxhash_rust::xxh3::xxh3_64;

use crate::{Form, Key, Rule};

/// For each record its keys under `rule`, ascending and distinct; none if a field is missing.
///
/// A key stands for the values shared: equal forms of equal fields give equal keys, and unequal
/// ones differ but for one chance in 2^64.
#[must_use]
pub fn keys(normalised: &Normalised, rule: &Rule) -> Lists<u64> {
    let parts: Vec<Option<Part<'_>>> = rule.keys.iter().map(|key| part(normalised, key)).collect();
    // A field that no source has gives no record a key.
    let Some(parts) = parts.into_iter().collect::<Option<Vec<Part<'_>>>>() else {
        return (0..normalised.n_records).map(|_| Vec::new()).collect();
    };
    let of_record: Vec<Vec<u64>> = (0..normalised.n_records)
        .into_par_iter()
        .with_min_len(1024)
        .map(|record| combine(&parts, record))
        .collect();
    of_record.into_iter().collect()
}

/// Whether two records share a form of a field; `None` if one of them lacks the field.
#[must_use]
pub fn shared(normalised: &Normalised, key: &Key, pair: RecordPair) -> Option<bool> {
    let column = normalised.column(&key.field)?;
    let of = |record: RecordId| -> Option<Vec<u64>> {
        let ids = column.lists.get(record.index());
        let forms = ids.iter().flat_map(|&id| forms(column, id, key.form));
        (!ids.is_empty()).then(|| forms.collect())
    };
    let (lower, upper) = of(pair.lower()).zip(of(pair.upper()))?;
    Some(lower.iter().any(|form| upper.contains(form)))
}

/// One field's column, and the keys of each of its distinct values.
struct Part<'a> {
    column: &'a Column,
    forms: Lists<u64>,
}

fn part<'a>(normalised: &'a Normalised, key: &Key) -> Option<Part<'a>> {
    let column = normalised.column(&key.field)?;
    let ids = u32::try_from(column.values.len()).expect("fewer than 2^32 distinct values");
    let forms: Vec<Vec<u64>> =
        (0..ids).into_par_iter().with_min_len(256).map(|id| forms(column, id, key.form)).collect();
    Some(Part { column, forms: forms.into_iter().collect() })
}

fn combine(parts: &[Part<'_>], record: usize) -> Vec<u64> {
    let mut keys = vec![0_u64];
    for part in parts {
        let mut longer = Vec::with_capacity(keys.len());
        for &id in part.column.lists.get(record) {
            for &form in part.forms.get(id as usize) {
                longer.extend(keys.iter().map(|&key| mix(key, form)));
            }
        }
        if longer.is_empty() {
            return longer;
        }
        keys = longer;
    }
    keys.sort_unstable();
    keys.dedup();
    keys
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
