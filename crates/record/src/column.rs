//! A field's values for all records.

use crate::{Address, Dictionary, Field, Lists, PartialDate};

/// One field of all records: for each record the ids of its values, and the values.
///
/// The first value of a record is its present one; the others are alternatives, such as
/// former surnames.
#[derive(Clone, Debug)]
pub struct Column {
    /// The field.
    pub field: Field,
    /// The distinct values, in an order that depends on them alone.
    pub values: Values,
    /// For each record, the ids of its values; an empty list is a missing value.
    pub lists: Lists<u32>,
}

/// The distinct values of a column. An id is a place in it.
#[derive(Clone, Debug)]
pub enum Values {
    /// Words, codes and whatever else is compared as written.
    Text(Dictionary),
    /// Dates, ascending.
    Dates(Vec<PartialDate>),
    /// Quantities, ascending.
    Numbers(Vec<f64>),
    /// Places, ascending by latitude, then longitude.
    Points(Vec<Point>),
    /// Addresses, and beside each its one-line form.
    Addresses(Vec<Address>, Dictionary),
}

impl Values {
    /// The number of distinct values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Values::Text(words) => words.len(),
            Values::Dates(dates) => dates.len(),
            Values::Numbers(numbers) => numbers.len(),
            Values::Points(points) => points.len(),
            Values::Addresses(addresses, _) => addresses.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value with this id, as a person would read it.
    #[must_use]
    pub fn display(&self, id: u32) -> String {
        match self {
            Values::Text(words) | Values::Addresses(_, words) => words.get(id).to_owned(),
            Values::Dates(dates) => dates[id as usize].to_string(),
            Values::Numbers(numbers) => numbers[id as usize].to_string(),
            Values::Points(points) => {
                let Point { latitude, longitude } = points[id as usize];
                format!("{latitude},{longitude}")
            }
        }
    }
}

/// A place on the earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}
