//! The tables of a snapshot, each written once: those that anybody may read, and those that are shielded.

use crate::rows::{
    AddressRow, EventRow, HouseholdRow, InvolvementRow, LinkRow, MembershipRow, PersonRow,
    RecordRow, RejectRow, RelationshipRow, ResidencyRow,
};
use crate::sheet::Column;
use crate::tables::{Row, person_columns};
use crate::{Error, Writer};

/// The tables of a snapshot that anybody may read, or those of what is shielded.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    pub(crate) writer: &'a Writer,
    /// The place of a file within the snapshot.
    pub(crate) place: fn(&str) -> String,
}

impl Tables<'_> {
    /// Writes `records.parquet`, ascending by (source, key).
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    ///
    /// # Panics
    ///
    /// If a row has both a household and a reason for none, or neither.
    pub fn records<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = RecordRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `persons.parquet` with two columns for each of `fields`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written or two columns would have one name.
    ///
    /// # Panics
    ///
    /// If a row has not one `best` for each field.
    pub fn persons<F: AsRef<str>, S: AsRef<str>>(
        self,
        fields: &[F],
        rows: impl IntoIterator<Item = PersonRow<S>>,
    ) -> Result<(), Error> {
        let columns = person_columns(fields);
        let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Column { column: twice[0].to_owned() });
        }
        let checked = rows.into_iter().inspect(|row| {
            assert_eq!(row.best.len(), fields.len(), "a person has one best value for each field");
        });
        self.of_columns(&columns, checked)
    }

    /// Writes `addresses.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn addresses<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = AddressRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `households.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn households<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = HouseholdRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `memberships.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn memberships<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = MembershipRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `relationships.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn relationships<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = RelationshipRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `residencies.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn residencies<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = ResidencyRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `involvements.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn involvements<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = InvolvementRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `links.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn links<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = LinkRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `rejects.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn rejects<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = RejectRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    /// Writes `events.parquet`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn events<S: AsRef<str>>(
        self,
        rows: impl IntoIterator<Item = EventRow<S>>,
    ) -> Result<(), Error> {
        self.table(rows)
    }

    fn table<R: Row>(self, rows: impl IntoIterator<Item = R>) -> Result<(), Error> {
        self.of_columns(&R::columns(), rows)
    }

    fn of_columns<R: Row>(
        self,
        columns: &[Column],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), Error> {
        self.writer.write_at(&(self.place)(R::FILE), columns, rows)
    }
}
