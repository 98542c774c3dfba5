//! What a plan says is known of pairs before the model is learned.

use plan::{Plan, counted};
use record::{NONE, Records};
use train::Labels;

use crate::error::Error;
use crate::side;

/// What a plan says is known beforehand of pairs.
///
/// # Errors
///
/// If the file cannot be read or understood.
pub(crate) fn labels(
    plan: &Plan,
    records: &Records,
    notes: &mut Vec<String>,
) -> Result<Labels, Error> {
    let (mut pairs, mut unknown) = (Vec::new(), 0);
    if let Some(path) = &plan.labels.file {
        let read = side::labels(path, records);
        (pairs, unknown) = read.map_err(|source| Error::Side { path: path.clone(), source })?;
    }
    if unknown > 0 {
        let rows = counted(unknown, "label");
        notes.push(format!("records that are not there, or one record twice, are named in {rows}"));
    }
    let column = plan.labels.field.as_ref().and_then(|field| records.column(field));
    let persons = column.map_or_else(Vec::new, |column| {
        column.lists.iter().map(|list| list.first().copied().unwrap_or(NONE)).collect()
    });
    let known = persons.iter().filter(|person| **person != NONE).count();
    let n_pairs = pairs.len();
    let labels = Labels::new(pairs, persons);
    if plan.labels != plan::Labels::default() {
        let (pairs, records) = (counted(n_pairs as u64, "pair"), counted(known as u64, "record"));
        notes.push(format!("labels were used of {pairs}, and the persons known of {records}"));
    }
    let marks = known - labels.known_records();
    if marks > 0 {
        notes.push(format!(
            "{} said to be of a person with more than {} are not believed to be",
            counted(marks as u64, "record"),
            counted(Labels::RECORDS_MAX as u64, "record"),
        ));
    }
    Ok(labels)
}
