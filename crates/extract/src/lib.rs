//! Reads extracts: one source's rows as delivered, mapped to records or to rejects.

mod spec;

pub use spec::{DateOrder, Delivery, FieldSpec, FileKind, Format, PersonSpec, Repeat, SourceSpec};
