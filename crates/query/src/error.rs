//! Why a question has no answer.

use record::Date;

/// Why a question has no answer. No message quotes a personal value: ids are made up, and the key
/// of a record is not named.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] snapshot::Error),
    /// The id is not one of the snapshot's.
    #[error("the snapshot has no {what} `{id}`")]
    NoSuchId {
        /// What the id is of, going by its first letter.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// The id was one, and is none any more.
    #[error("`{id}` is no id any more: {became}")]
    NoMore {
        /// The id.
        id: String,
        /// What became of it.
        became: String,
    },
    /// The snapshot has no such record.
    #[error("the snapshot has no record of that source and key")]
    NoSuchRecord,
    /// The same, where some records are not told of.
    #[error(
        "the snapshot tells of no record of that source and key; those of persons who are shielded it tells on an authority alone"
    )]
    NoRecordTold,
    /// It is the form of no id.
    #[error(
        "an id is that of a person (`P…`), a household (`H…`) or an address (`A…`), or names a record as `source:key`"
    )]
    NotAnId,
    /// The question is not about such a thing.
    #[error("the question is about {wanted}, and the id is that of {given}")]
    NotAbout {
        /// What it is about.
        wanted: &'static str,
        /// What the id is of.
        given: &'static str,
    },
    /// No indicator or basket has that name.
    #[error("the snapshot has no {what} `{name}`; {known}")]
    NoSuchName {
        /// What the name is of.
        what: &'static str,
        /// The name.
        name: String,
        /// Those that there are, in words.
        known: String,
    },
    /// An indicator that this version does not understand.
    #[error("the indicator `{name}` is not understood by this version")]
    NotUnderstood {
        /// Its name.
        name: String,
    },
    /// The day has not come.
    #[error("the snapshot is of {run_date} and knows nothing of {as_of}")]
    NotYet {
        /// The day asked for.
        as_of: Date,
        /// The day that the snapshot is of.
        run_date: Date,
    },
    /// A stretch of days that ends before it begins.
    #[error("{since} is after {as_of}")]
    Backwards {
        /// The first day.
        since: Date,
        /// The last.
        as_of: Date,
    },
}

impl Error {
    /// That a record is not found, where some may be withheld.
    pub(crate) fn no_record(some_are_withheld: bool) -> Error {
        if some_are_withheld { Error::NoRecordTold } else { Error::NoSuchRecord }
    }

    /// A name that is not among those known.
    pub(crate) fn no_such<'a>(
        what: &'static str,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Error {
        let known: Vec<&str> = known.collect();
        let known = if known.is_empty() {
            format!("its plan defines no {what}")
        } else {
            format!("known: {}", known.join(", "))
        };
        Error::NoSuchName { what, name: name.to_owned(), known }
    }
}
