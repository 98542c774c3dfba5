//! Gathers what became of distinct values into columns: sorted values, and ids for each record.

use std::cmp::Ordering;

use rayon::prelude::*;
use record::{Column, Dictionary, Field, Lists, NONE, RecordId, Refused, Values};

/// What became of a distinct value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It says nothing.
    Missing,
    /// A value in its form.
    One(String),
    /// Several.
    Many(Vec<String>),
    /// It is not taken.
    Refused(&'static str),
}

impl Outcome {
    pub(crate) fn of(result: Result<Option<String>, &'static str>) -> Outcome {
        match result {
            Ok(Some(form)) => Outcome::One(form),
            Ok(None) => Outcome::Missing,
            Err(reason) => Outcome::Refused(reason),
        }
    }

    pub(crate) fn of_many(result: Result<Vec<String>, &'static str>) -> Outcome {
        match result {
            Ok(mut forms) => match (forms.len(), forms.pop()) {
                (1, Some(form)) => Outcome::One(form),
                (_, None) => Outcome::Missing,
                (_, Some(last)) => {
                    forms.push(last);
                    Outcome::Many(forms)
                }
            },
            Err(reason) => Outcome::Refused(reason),
        }
    }

    pub(crate) fn refusal(&self) -> Option<&'static str> {
        match self {
            Outcome::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    fn forms(&self) -> &[String] {
        match self {
            Outcome::One(form) => std::slice::from_ref(form),
            Outcome::Many(forms) => forms,
            Outcome::Missing | Outcome::Refused(_) => &[],
        }
    }
}

/// What every distinct value becomes, each worked out once.
pub(crate) fn map_values<T: Send>(words: &Dictionary, rule: impl Fn(&str) -> T + Sync) -> Vec<T> {
    let n = u32::try_from(words.len()).expect("a dictionary has fewer than 2^32 values");
    (0..n).into_par_iter().with_min_len(256).map(|id| rule(words.get(id))).collect()
}

/// Values from one place: for each record ids of old values, and what those became.
pub(crate) struct Part<'a> {
    /// The old values of each record.
    pub(crate) lists: &'a Lists<u32>,
    /// The outcome of each old value.
    pub(crate) outcomes: Vec<Outcome>,
}

/// The column of all values from all parts; of a record, those of earlier parts come first.
pub(crate) fn text_column(field: Field, n_records: usize, parts: &[Part<'_>]) -> Column {
    // Every form has a slot, in the order of parts and old values; equal forms get equal ids.
    let mut starts: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
    let mut forms: Vec<(&str, u32)> = Vec::new();
    for part in parts {
        let mut start = Vec::with_capacity(part.outcomes.len() + 1);
        for outcome in &part.outcomes {
            start.push(small(forms.len()));
            for form in outcome.forms() {
                forms.push((form, small(forms.len())));
            }
        }
        start.push(small(forms.len()));
        starts.push(start);
    }
    forms.par_sort_unstable();
    let mut ids = vec![NONE; forms.len()];
    let mut distinct: Vec<&str> = Vec::new();
    for &(form, slot) in &forms {
        if distinct.last() != Some(&form) {
            distinct.push(form);
        }
        ids[slot as usize] = small(distinct.len() - 1);
    }
    let mut lists = Lists::with_capacity(n_records);
    let mut found: Vec<u32> = Vec::new();
    for record in 0..n_records {
        for (part, start) in parts.iter().zip(&starts) {
            for &old in part.lists.get(record) {
                for slot in start[old as usize]..start[old as usize + 1] {
                    add(&mut found, ids[slot as usize]);
                }
            }
        }
        lists.push(found.drain(..));
    }
    Column { field, values: Values::Text(Dictionary::of(distinct)), lists: lists.fitted() }
}

/// The sorted distinct values, and the new id of each old value; [`NONE`] if it has none.
pub(crate) fn rank<T: Copy>(
    old: impl Iterator<Item = Option<T>>,
    order: fn(&T, &T) -> Ordering,
) -> (Vec<T>, Vec<u32>) {
    let old: Vec<Option<T>> = old.collect();
    let mut distinct: Vec<T> = old.iter().flatten().copied().collect();
    distinct.sort_unstable_by(order);
    distinct.dedup_by(|a, b| order(a, b).is_eq());
    let id = |value: &T| distinct.binary_search_by(|other| order(other, value));
    let ids = old
        .iter()
        .map(|value| value.as_ref().map_or(NONE, |value| small(id(value).expect("it is there"))))
        .collect();
    (distinct, ids)
}

/// Each record's ids by their new names, those without one left out, each once.
pub(crate) fn rename(lists: &Lists<u32>, new: &[u32]) -> Lists<u32> {
    let mut renamed = Lists::with_capacity(lists.len());
    let mut found = Vec::new();
    for list in lists.iter() {
        for &old in list {
            add(&mut found, new[old as usize]);
        }
        renamed.push(found.drain(..));
    }
    renamed.fitted()
}

/// A refusal for each record and each refused value it has.
pub(crate) fn refuse(
    field: &str,
    lists: &Lists<u32>,
    reasons: &[Option<&'static str>],
    refused: &mut Vec<Refused>,
) {
    if reasons.iter().all(Option::is_none) {
        return;
    }
    for (record, list) in (0..).map(RecordId).zip(lists.iter()) {
        for &old in list {
            if let Some(reason) = reasons[old as usize] {
                refused.push(Refused { record, field: field.to_owned(), reason });
            }
        }
    }
}

/// Adds an id that is not there yet.
pub(crate) fn add(found: &mut Vec<u32>, id: u32) {
    if id != NONE && !found.contains(&id) {
        found.push(id);
    }
}

/// A place as an id.
pub(crate) fn small(place: usize) -> u32 {
    u32::try_from(place).expect("fewer than 2^32 values in a column")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_without_repeats() {
        let lists: Lists<u32> = [vec![0, 1], vec![], vec![1]].into_iter().collect();
        let part = |forms: [&str; 2]| Part {
            lists: &lists,
            outcomes: forms.iter().map(|form| Outcome::One((*form).to_owned())).collect(),
        };
        let field = Field::standard("forename").unwrap();
        let column = text_column(field, 3, &[part(["b", "a"]), part(["a", "c"])]);
        let Values::Text(words) = &column.values else { panic!("text gives text") };
        assert_eq!(words.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(column.lists.iter().collect::<Vec<_>>(), [&[1, 0, 2][..], &[], &[0, 2]]);
    }

    #[test]
    fn refused_and_missing_values_have_no_id() {
        let lists: Lists<u32> = [vec![0], vec![1], vec![2]].into_iter().collect();
        let outcomes = vec![
            Outcome::Missing,
            Outcome::Refused("odd"),
            Outcome::Many(vec!["x".into(), "y".into()]),
        ];
        let mut refused = Vec::new();
        let reasons: Vec<_> = outcomes.iter().map(Outcome::refusal).collect();
        refuse("code", &lists, &reasons, &mut refused);
        assert_eq!(refused.len(), 1);
        assert_eq!((refused[0].record, refused[0].reason), (RecordId(1), "odd"));
        let field = Field { name: "code".into(), kind: record::Kind::Code };
        let column = text_column(field, 3, &[Part { lists: &lists, outcomes }]);
        assert_eq!(column.lists.iter().collect::<Vec<_>>(), [&[][..], &[], &[0, 1]]);
    }

    #[test]
    fn values_are_ranked() {
        let old = [Some(3), None, Some(1), Some(3)];
        let (values, ids) = rank(old.into_iter(), |a: &i32, b| a.cmp(b));
        assert_eq!(values, [1, 3]);
        assert_eq!(ids, [1, NONE, 0, 1]);
    }
}
