//! Reads extracts: one source's rows as delivered, mapped to records or to rejects.
//!
//! A file of any kind becomes batches of rows of text; each row is mapped, by what the plan says
//! of its source, to the persons in it; and the persons of all files become one table of
//! records, in an order that no order of rows or files can change. A row or a value that cannot
//! be taken is a [`Reject`], never an error; a file that cannot be read is an [`Error`], and all
//! errors of all files are gathered before any is told.
//!
//! What is read is kept in the source's own spelling. Only what the source alone can explain is
//! settled here: its columns, codes, lists and dates. All else is the work of `normalise`.

mod assemble;
mod columnar;
mod columns;
mod dates;
mod delimited;
mod error;
mod extracted;
mod gather;
mod gazetteer;
mod intern;
mod involvements;
mod json_lines;
mod mapping;
mod open;
mod part;
mod peek;
mod progress;
mod read;
mod rows;
mod spec;
mod text;
mod unify;
mod value;
mod workbook;

pub use assemble::{Ids, OfSource, Said, in_common};
pub use columns::{Columns, columns};
pub use error::Error;
pub use extracted::{AbsentColumn, Extracted, Input, Reject, SourceCounts};
pub use gazetteer::{Gazetteer, GazetteerFile, GazetteerSpec, gazetteer};
pub use peek::{Peek, peek};
pub use progress::{Progress, Silent};
pub use read::{read, read_each};
pub use rows::{LIST_LIMIT, VALUE_LIMIT};
pub use spec::{DateOrder, Delivery, FieldSpec, FileKind, Format, PersonSpec, Repeat, SourceSpec};
