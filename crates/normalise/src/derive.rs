//! Derived fields: columns made of other columns, step by step, once per distinct value.

use rayon::prelude::*;
use record::{Column, Dictionary, Field, Kind, Lists, NONE, Normalised, Point, Values};

use crate::Step;
use crate::columns::{Outcome, Part, rank, rename, small, text_column};

/// A field that is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The field.
    pub field: Field,
    /// The fields it is made of; of several, the first values are joined.
    pub from: Vec<String>,
    /// What stands between values that are joined.
    pub join: String,
    /// What is done with the text, in this order.
    pub apply: Vec<Step>,
}

impl Derived {
    /// The kinds that a derived field can be of.
    pub const KINDS: [Kind; 5] =
        [Kind::Verbatim, Kind::Items, Kind::Number, Kind::Point, Kind::Vector];
}

/// Adds the derived fields to the columns. A record has no value where a field that it is made
/// of is missing, or where a step gives nothing.
pub fn derive(normalised: &mut Normalised, derived: &[Derived]) {
    let made: Vec<Column> = derived.par_iter().map(|derived| column(normalised, derived)).collect();
    normalised.columns.extend(made);
    normalised.columns.sort_by(|a, b| a.field.cmp(&b.field));
}

fn column(normalised: &Normalised, derived: &Derived) -> Column {
    if let ([from], []) = (derived.from.as_slice(), derived.apply.as_slice())
        && let Some(same) = normalised.column(from)
        && matches!(same.values, Values::Text(_))
        && !matches!(derived.field.kind, Kind::Number | Kind::Point)
    {
        return Column { field: derived.field.clone(), ..same.clone() };
    }
    let (words, lists) = gathered(normalised, derived);
    let is_missing = |list: &[u32]| list.is_empty();
    // What is missing can become something: then it has an id of its own.
    let gives = derived.apply.iter().any(|step| matches!(step, Step::Coalesce(_)));
    let nothing = small(words.len());
    let lists: Lists<u32> = if gives {
        let some = lists.iter().map(|l| if is_missing(l) { vec![nothing] } else { l.to_vec() });
        some.collect()
    } else {
        lists
    };
    let ids = if gives { 0..=nothing } else { 0..=nothing.saturating_sub(1) };
    let made: Vec<Option<String>> = ids
        .into_par_iter()
        .filter(|id| gives || *id < nothing)
        .map(|id| {
            let text = (id < nothing).then(|| words.get(id).to_owned());
            derived.apply.iter().fold(text, |text, step| step.apply(text))
        })
        .collect();
    let field = derived.field.clone();
    match field.kind {
        Kind::Number => {
            let numbers = made.iter().map(|text| {
                let number: f64 = text.as_ref()?.trim().parse().ok()?;
                // Adding zero makes the two zeros one.
                number.is_finite().then_some(number + 0.0)
            });
            let (values, new) = rank(numbers, f64::total_cmp);
            Column { field, values: Values::Numbers(values), lists: rename(&lists, &new) }
        }
        Kind::Point => {
            let points = made.iter().map(|text| {
                let (latitude, longitude) = text.as_ref()?.split_once(' ')?;
                let point = Point {
                    latitude: latitude.trim().parse().ok()?,
                    longitude: longitude.trim().parse().ok()?,
                };
                (point.latitude.is_finite() && point.longitude.is_finite()).then_some(point)
            });
            let (values, new) = rank(points, |a, b| {
                a.latitude.total_cmp(&b.latitude).then(a.longitude.total_cmp(&b.longitude))
            });
            Column { field, values: Values::Points(values), lists: rename(&lists, &new) }
        }
        _ => {
            let outcomes =
                made.into_iter().map(|text| text.map_or(Outcome::Missing, Outcome::One)).collect();
            text_column(field, normalised.n_records, &[Part { lists: &lists, outcomes }])
        }
    }
}

/// The texts that the steps begin with, and each record's.
fn gathered(normalised: &Normalised, derived: &Derived) -> (Dictionary, Lists<u32>) {
    let columns: Vec<Option<&Column>> =
        derived.from.iter().map(|name| normalised.column(name)).collect();
    if let [Some(column)] = columns.as_slice()
        && let Values::Text(words) = &column.values
    {
        let lists = match derived.apply.first() {
            Some(Step::Item(at)) => column
                .lists
                .iter()
                .map(|list| item(words, list, *at).into_iter().collect())
                .collect(),
            _ => column.lists.clone(),
        };
        return (words.clone(), lists);
    }
    let joined: Vec<Option<String>> = (0..normalised.n_records)
        .into_par_iter()
        .map(|record| {
            let mut joined = String::new();
            for (at, column) in columns.iter().enumerate() {
                let column = (*column)?;
                let id = *column.lists.get(record).first()?;
                if at > 0 {
                    joined.push_str(&derived.join);
                }
                match &column.values {
                    Values::Text(words) => joined.push_str(words.get(id)),
                    values => joined.push_str(&values.display(id)),
                }
            }
            Some(joined)
        })
        .collect();
    let words = Dictionary::of(joined.iter().flatten().collect());
    let ids = joined.iter().map(|text| {
        let id = text.as_ref().and_then(|text| words.find(text));
        id.into_iter().collect::<Vec<u32>>()
    });
    let lists = ids.collect();
    (words, lists)
}

/// A member of a list, from 1; from -1 backwards.
fn item(words: &Dictionary, list: &[u32], at: i32) -> Option<u32> {
    let place = usize::try_from(at.unsigned_abs()).ok()?.checked_sub(1)?;
    let id = if at > 0 { list.get(place) } else { list.iter().rev().nth(place) };
    // A list of nothing has no members.
    id.copied().filter(|id| *id != NONE && !(list.len() == 1 && words.get(*id).is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::SourceId;

    fn texts(name: &str, kind: Kind, rows: &[&[&str]]) -> Column {
        let words = Dictionary::of(rows.iter().flat_map(|row| row.iter().copied()).collect());
        let ids = |row: &&[&str]| row.iter().map(|w| words.find(w).unwrap()).collect();
        let lists = rows.iter().map(ids).collect();
        Column { field: Field { name: name.into(), kind }, values: Values::Text(words), lists }
    }

    fn made(columns: Vec<Column>, kind: Kind, from: &[&str], apply: &[&str]) -> Vec<String> {
        let n_records = columns[0].lists.len();
        let mut normalised = Normalised {
            n_records,
            sources: vec!["a".to_owned()],
            source: vec![SourceId(0); n_records],
            columns,
            residences: Lists::default(),
            refused: Vec::new(),
        };
        let derived = Derived {
            field: Field { name: "made".to_owned(), kind },
            from: from.iter().map(|name| (*name).to_owned()).collect(),
            join: " ".to_owned(),
            apply: apply.iter().map(|step| step.parse().unwrap()).collect(),
        };
        derive(&mut normalised, &[derived]);
        let column = normalised.column("made").unwrap();
        let shown = |list: &[u32]| {
            list.iter().map(|&id| column.values.display(id)).collect::<Vec<_>>().join(";")
        };
        column.lists.iter().map(shown).collect()
    }

    #[test]
    fn a_field_is_made_of_another() {
        let names = || vec![texts("name", Kind::Verbatim, &[&["Ann"], &[], &["aB"], &["ann"]])];
        assert_eq!(
            made(names(), Kind::Verbatim, &["name"], &["lower", "substr(1, 2)"]),
            ["an", "", "ab", "an"]
        );
        assert_eq!(
            made(names(), Kind::Verbatim, &["name"], &["coalesce('-')"]),
            ["Ann", "-", "aB", "ann"]
        );
        assert_eq!(made(names(), Kind::Verbatim, &["absent"], &["lower"]), ["", "", "", ""]);
    }

    #[test]
    fn several_fields_are_joined_if_all_are_there() {
        let columns = vec![
            texts("a", Kind::Verbatim, &[&["51.5"], &["1"], &[]]),
            texts("b", Kind::Verbatim, &[&["-0.1"], &[], &["2"]]),
        ];
        assert_eq!(made(columns.clone(), Kind::Point, &["a", "b"], &[]), ["51.5,-0.1", "", ""]);
        assert_eq!(made(columns, Kind::Verbatim, &["b", "a"], &[]), ["-0.1 51.5", "", ""]);
    }

    #[test]
    fn a_member_of_a_list_is_taken_by_its_place() {
        let lists = || vec![texts("l", Kind::Items, &[&["b", "a", "b"], &[], &[""], &["c"]])];
        assert_eq!(made(lists(), Kind::Verbatim, &["l"], &["item(2)"]), ["a", "", "", ""]);
        assert_eq!(made(lists(), Kind::Verbatim, &["l"], &["item(-1)"]), ["b", "", "", "c"]);
    }

    #[test]
    fn nothing_is_made_of_no_records() {
        let columns = vec![texts("a", Kind::Verbatim, &[])];
        assert_eq!(made(columns.clone(), Kind::Number, &["a"], &["seconds"]), [""; 0]);
        assert_eq!(made(columns, Kind::Verbatim, &["a"], &["coalesce('x')"]), [""; 0]);
    }
}
