//! Files beside the extracts: constraints, labels, and the truth.

use std::collections::BTreeMap;
use std::path::Path;

use evaluate::Truth;
use extract::Columns;
use rayon::prelude::*;
use record::{Kind, NONE, RecordId, RecordPair, Records, SourceId};
use resolve::Constraints;
use score::Frequencies;

use crate::error::SideError;

/// The columns asked for of a file beside the extracts.
struct Table(Columns);

fn table(path: &Path, columns: &[&str]) -> Result<Table, SideError> {
    Ok(Table(extract::columns(path, &extract::Format::default(), columns)?))
}

impl Table {
    /// Fails if it lacks one of the columns asked for that `is_needed`, by their places.
    fn needs(&self, asked: &[&str], is_needed: impl Fn(usize) -> bool) -> Result<(), SideError> {
        let lacks = |at: &usize| is_needed(*at) && !self.has(*at);
        let Some(missing) = (0..asked.len()).find(lacks) else { return Ok(()) };
        let (column, columns) = (asked[missing].to_owned(), self.0.names.clone());
        Err(SideError::MissingColumn { column, columns })
    }

    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn has(&self, column: usize) -> bool {
        self.0.has(column)
    }

    fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.0.cell(row, column)
    }
}

/// What a file of constraints says, and how many of its rows name a record that is not there.
pub(crate) fn constraints(path: &Path, records: &Records) -> Result<(Constraints, u64), SideError> {
    let columns = ["source", "key", "other_source", "other_key", "kind"];
    let table = table(path, &columns)?;
    table.needs(&columns, |_| true)?;
    let mut constraints = Constraints::default();
    let mut unknown = 0;
    for row in 0..table.rows() {
        let record = |source: usize, key: usize| -> Result<Option<RecordId>, SideError> {
            let name = table.cell(row, source).unwrap_or("");
            let source = source_named(records, name).ok_or(SideError::Source { row: row + 1 })?;
            Ok(records.find(source, table.cell(row, key).unwrap_or("")))
        };
        let list = match table.cell(row, 4) {
            Some("must_link") => &mut constraints.must_link,
            Some("cannot_link") => &mut constraints.cannot_link,
            _ => return Err(SideError::Kind { row: row + 1 }),
        };
        match (record(0, 1)?, record(2, 3)?) {
            (Some(a), Some(b)) if a != b => list.push(RecordPair::new(a, b)),
            _ => unknown += 1,
        }
    }
    Ok((constraints, unknown))
}

/// The pairs that a file labels, with how likely each is of one person; and how many of its rows
/// name a record that is not there.
pub(crate) fn labels(
    path: &Path,
    records: &Records,
) -> Result<(Vec<(RecordPair, f64)>, u64), SideError> {
    let columns = ["source", "key", "other_source", "other_key", "matched"];
    let table = table(path, &columns)?;
    // A plan with one source need not name it.
    let one = records.sources.len() == 1;
    table.needs(&columns, |at| !(one && (at == 0 || at == 2)))?;
    let (mut labels, mut unknown) = (Vec::new(), 0);
    for row in 0..table.rows() {
        let record = |source: usize, key: usize| -> Result<Option<RecordId>, SideError> {
            let source = match table.cell(row, source) {
                None if one => SourceId(0),
                name => source_named(records, name.unwrap_or(""))
                    .ok_or(SideError::Source { row: row + 1 })?,
            };
            Ok(records.find(source, table.cell(row, key).unwrap_or("")))
        };
        let matched = table.cell(row, 4).and_then(|cell| cell.parse().ok());
        let matched = matched
            .filter(|matched: &f64| (0.0..=1.0).contains(matched))
            .ok_or(SideError::Matched { row: row + 1 })?;
        match (record(0, 1)?, record(2, 3)?) {
            (Some(a), Some(b)) if a != b => labels.push((RecordPair::new(a, b), matched)),
            _ => unknown += 1,
        }
    }
    Ok((labels, unknown))
}

/// How common the values of a kind are, as a file tells; values are normalised as those of records.
pub(crate) fn frequencies(path: &Path, kind: Kind) -> Result<Frequencies, SideError> {
    let columns = ["value", "count", "share"];
    let table = table(path, &columns)?;
    let of_shares = !table.has(1) && table.has(2);
    table.needs(&columns, |at| at < 2 && !(at == 1 && of_shares))?;
    let amount = if of_shares { 2 } else { 1 };
    let (mut counts, mut all) = (BTreeMap::new(), 0.0);
    for row in 0..table.rows() {
        let written = table.cell(row, amount).and_then(|cell| cell.parse::<f64>().ok());
        let most = if of_shares { 1.0 } else { f64::MAX };
        let Some(count) = written.filter(|count| (0.0..=most).contains(count)) else {
            return Err(SideError::Amount { row: row + 1, column: columns[amount].to_owned() });
        };
        all += count;
        // What no record's value could be is that of persons all the same.
        for form in
            normalise::normalise_value(kind, table.cell(row, 0).unwrap_or("")).unwrap_or_default()
        {
            *counts.entry(form).or_insert(0.0) += count;
        }
    }
    if of_shares && SHARES_MAX < all {
        return Err(SideError::Shares);
    }
    if of_shares {
        // Shares do not say of how many persons.
        for count in counts.values_mut() {
            *count *= Frequencies::PERSONS_MAX;
        }
        all = Frequencies::PERSONS_MAX;
    }
    Ok(Frequencies::of_table(&counts, all))
}

/// The column that names a child's other household.
const OTHER_HOUSEHOLD: &str = "other_household";

/// The column that names the household a year before the run date.
const YEAR_BEFORE: &str = "household_year_before";

/// Shares are rounded, so that their sum may be a little above the whole.
const SHARES_MAX: f64 = 1.01;

/// What a home is called of which the file does not say what it is.
const NO_KIND: &str = "not said";

/// What the file calls an establishment where nobody keeps house.
pub(crate) const COMMUNAL: &str = "communal";

/// The truth as far as a file tells it.
pub(crate) struct KnownTruth {
    pub(crate) labels: Truth,
    /// Of each record, what sort of home the file says it truly has, as a place in `homes`.
    pub(crate) home: Vec<u32>,
    /// The sorts of homes, as the file calls them.
    pub(crate) homes: Vec<String>,
    /// Each record's person's other household, by the labels of households, if the file tells any.
    pub(crate) other: Vec<u32>,
    /// The parents of each record's person, by the labels of persons; [`NONE`] if not known.
    pub(crate) parents: Vec<[u32; 2]>,
    /// Each record's person's household a year before the run date, by labels of its own; empty if
    /// the file does not tell.
    pub(crate) year_before: Vec<u32>,
    /// Whether the file speaks of households at all.
    pub(crate) households: bool,
    /// Rows that name no record of this run.
    pub(crate) unknown: u64,
}

impl KnownTruth {
    /// The same of only some of the records.
    pub(crate) fn of(self, wanted: &[bool]) -> KnownTruth {
        fn only<T: Copy>(all: &[T], wanted: &[bool]) -> Vec<T> {
            all.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(one, _)| *one).collect()
        }
        if wanted.iter().all(|&wanted| wanted) {
            return self;
        }
        let labels = Truth {
            person: only(&self.labels.person, wanted),
            household: only(&self.labels.household, wanted),
        };
        KnownTruth {
            labels,
            home: only(&self.home, wanted),
            other: only(&self.other, wanted),
            parents: only(&self.parents, wanted),
            year_before: only(&self.year_before, wanted),
            ..self
        }
    }
}

/// Reads the truth about these records.
pub(crate) fn truth(spec: &plan::Truth, records: &Records) -> Result<KnownTruth, SideError> {
    let source = spec.source.as_deref().unwrap_or("source");
    let household = spec.household.as_deref().unwrap_or("household");
    let columns = [
        source,
        &spec.key,
        &spec.person,
        household,
        "home_kind",
        OTHER_HOUSEHOLD,
        YEAR_BEFORE,
        "mother",
        "father",
    ];
    let table = table(&spec.file, &columns)?;
    table.needs(&columns, |at| match at {
        0 => spec.source.is_some(),
        3 => spec.household.is_some(),
        _ => at < 3,
    })?;
    // A plan with one source need not name it.
    let lone = (records.sources.len() == 1).then_some(SourceId(0));
    let record = |row: usize| {
        let source = match table.cell(row, 0) {
            Some(name) => source_named(records, name),
            None => lone,
        };
        records.find(source?, table.cell(row, 1)?)
    };
    let found: Vec<Option<RecordId>> = (0..table.rows()).into_par_iter().map(record).collect();
    let unknown = found.iter().filter(|record| record.is_none()).count() as u64;
    // Of several rows about one record the last is believed.
    let mut row_of: Vec<Option<usize>> = vec![None; records.len()];
    for (row, record) in found.into_iter().enumerate() {
        if let Some(record) = record {
            row_of[record.index()] = Some(row);
        }
    }
    let told = |column: usize| -> Vec<Option<&str>> {
        row_of.iter().map(|row| table.cell((*row)?, column)).collect()
    };
    let ((persons, homes), ((home, kinds), before)) = rayon::join(
        || {
            let (person, named) = evaluate::labels_and_names(&told(2));
            let parent =
                |name: Option<&str>| name.and_then(|name| named.find(name)).unwrap_or(NONE);
            let parents = row_of.par_iter().map(|row| {
                [7, 8].map(|column| row.map_or(NONE, |row| parent(table.cell(row, column))))
            });
            let parents: Vec<[u32; 2]> = parents.collect();
            // A child's two homes are named alike.
            let mut both = told(3);
            both.extend(told(5));
            ((person, parents), evaluate::labels(&both))
        },
        || {
            let mut kinds = told(4);
            for kind in &mut kinds {
                kind.get_or_insert(NO_KIND);
            }
            let before = if table.has(6) { evaluate::labels(&told(6)) } else { Vec::new() };
            (evaluate::labels_and_names(&kinds), before)
        },
    );
    let (person, parents) = persons;
    let mut household = homes;
    let other = household.split_off(records.len());
    Ok(KnownTruth {
        parents,
        labels: Truth { person, household },
        other,
        year_before: before,
        home,
        homes: kinds.iter().map(str::to_owned).collect(),
        households: table.has(3),
        unknown,
    })
}

fn source_named(records: &Records, name: &str) -> Option<SourceId> {
    let at = records.sources.iter().position(|source| source.name == name)?;
    u16::try_from(at).ok().map(SourceId)
}
