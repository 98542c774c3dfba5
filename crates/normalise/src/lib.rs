//! Puts every value into one form, once per distinct value.
//!
//! Records hold the ids of values, so a value is normalised once however many records have it;
//! then ids are renamed. What cannot be a person's value (a placeholder name, a number that
//! fails its check, a date that hundreds share) is refused with a reason and counts as missing.
//!
//! Normalising twice changes nothing: a value in its form is its own form.

mod address;
mod birthdays;
mod columns;
mod contact;
mod dates;
mod declared;
mod defaults;
mod derive;
mod identifiers;
mod names;
mod nickname;
mod persons;
mod postcode;
mod residences;
mod step;
mod text;

pub use defaults::{FoundDefault, TakenAs};
pub use derive::{Derived, derive};
pub use nickname::{nickname_groups, phonetic, share_nickname};
pub use step::{Pattern, Step, TimeFormat};

use rayon::prelude::*;
use record::{Column, Date, Kind, Lists, Normalised, Records, Refused, Residence};

use columns::Outcome;
use dates::Lifetime;

/// What normalisation has to be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The day of the run.
    pub run_date: Date,
    /// How many times as frequent as expected a value must be to count as a default.
    pub default_excess: f64,
    /// The most records of a source that can share a value without it being looked at: families
    /// share telephones, and one person can be in a source more than once.
    pub default_count_min: u32,
    /// The fewest values a source must have of a field for defaults to be looked for.
    pub default_source_min: u32,
    /// The fewest distinct values likewise: a few codes are all frequent.
    pub default_values_min: usize,
}

impl Config {
    /// The usual settings.
    #[must_use]
    pub fn new(run_date: Date) -> Config {
        Config {
            run_date,
            default_excess: 20.0,
            default_count_min: 20,
            default_source_min: 500,
            default_values_min: 100,
        }
    }
}

/// Puts every value of every record into one form; and says which values were found to be
/// defaults.
///
/// The values as extracted are taken out of `records`, and let go as soon as they are in their
/// form: most of both would else be there at once.
#[must_use]
pub fn normalise(records: &mut Records, config: &Config) -> (Normalised, Vec<FoundDefault>) {
    let (n_records, raw) = (records.len(), std::mem::take(&mut records.columns));
    let (homes, columns) =
        rayon::join(|| homes(records, config), || columns(raw, n_records, config));
    joined(records, columns, homes, config)
}

/// Columns of values in their form.
#[derive(Debug, Default)]
pub struct Columns {
    /// The columns.
    pub columns: Vec<Column>,
    refused: Vec<Refused>,
}

/// The statements of residences in their form, and the columns that come from them.
#[derive(Debug, Default)]
pub struct Homes {
    /// Those columns: of address, postcode and property reference number.
    pub columns: Vec<Column>,
    /// Each record's statements.
    pub residences: Lists<Residence>,
    refused: Vec<Refused>,
}

/// The first step of [`normalise`]: the residences, which are taken out of `records`.
#[must_use]
pub fn homes(records: &mut Records, config: &Config) -> Homes {
    let mut refused = Vec::new();
    let found = residences::residences(records, config.run_date, &mut refused);
    Homes { columns: found.columns, residences: found.lists, refused }
}

/// The second step of [`normalise`], which does not need the first: the columns of so many records.
#[must_use]
pub fn columns(raw: Vec<Column>, n_records: usize, config: &Config) -> Columns {
    let lifetime = Lifetime::around(config.run_date);
    let mut refused = Vec::new();
    let (names, plain): (Vec<Column>, Vec<Column>) =
        raw.into_iter().partition(|column| persons::is_name(&column.field));
    let mut columns = persons::name_columns(&names, n_records, &mut refused);
    drop(names);
    let plain: Vec<(Column, Vec<Refused>)> = plain
        .into_par_iter()
        .map(|column| persons::plain_column(&column, n_records, lifetime))
        .collect();
    for (column, reasons) in plain {
        columns.push(column);
        refused.extend(reasons);
    }
    Columns { columns, refused }
}

/// The last step of [`normalise`]: what the others gave, together, and without what was found to be
/// defaults.
#[must_use]
pub fn joined(
    records: &Records,
    Columns { mut columns, mut refused }: Columns,
    homes: Homes,
    config: &Config,
) -> (Normalised, Vec<FoundDefault>) {
    refused.extend(homes.refused);
    // An address belongs to a residence; a column of that name beside them adds nothing.
    columns
        .retain(|column| homes.columns.iter().all(|other| other.field.name != column.field.name));
    columns.extend(homes.columns);
    columns.sort_by(|a, b| a.field.cmp(&b.field));
    let mut normalised = Normalised {
        n_records: records.len(),
        sources: records.sources.iter().map(|source| source.name.clone()).collect(),
        source: records.source.clone(),
        columns,
        residences: homes.residences,
        refused,
    };
    let defaults = defaults::take_out(&mut normalised, &records.source, config);
    normalised.refused.par_sort_unstable();
    (normalised, defaults)
}

/// The forms of a single value, none if it says nothing, or why it is refused.
///
/// Given names are kept whole here; in records those after the first become middle names.
///
/// # Errors
///
/// The reason for which a record's value would be refused, in words that do not quote it.
pub fn normalise_value(kind: Kind, text: &str) -> Result<Vec<String>, &'static str> {
    match persons::text_outcome(kind, text) {
        Outcome::Missing => Ok(Vec::new()),
        Outcome::One(form) => Ok(vec![form]),
        Outcome::Many(forms) => Ok(forms),
        Outcome::Refused(reason) => Err(reason),
    }
}
