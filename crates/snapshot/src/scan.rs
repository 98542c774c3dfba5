//! Goes through the rows of a snapshot without keeping them.

use std::ops::ControlFlow;

use crate::cells::{Cells, Unknown, each_part};
use crate::rows::{
    AddressRow, HouseholdRow, InvolvementRow, LinkRow, MembershipRow, PersonRow, RecordRow,
    RelationshipRow, ResidencyRow,
};
use crate::tables::{Pull, Row, person_columns};
use crate::{Error, Snapshot};

impl Snapshot {
    /// Gives each source record to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_record(&self, mut see: impl FnMut(RecordRow<&str>)) -> Result<(), Error> {
        self.scan::<RecordRow<&str>>(|cells| {
            see(RecordRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each source record to `see`, with what is gathered of the part of the file that it
    /// is in. Parts are read at once; what was gathered comes in their order.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn gather_records<T: Default + Send>(
        &self,
        see: impl Fn(&mut T, RecordRow<&str>) + Sync,
    ) -> Result<Vec<T>, Error> {
        self.gather::<RecordRow<&str>, T>(|gathered, cells| {
            see(gathered, RecordRow::pull(cells)?);
            Ok(())
        })
    }

    /// Gives the evidence for each pair to `see`, part by part likewise.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn gather_links<T: Default + Send>(
        &self,
        see: impl Fn(&mut T, LinkRow<&str>) + Sync,
    ) -> Result<Vec<T>, Error> {
        self.gather::<LinkRow<&str>, T>(|gathered, cells| {
            see(gathered, LinkRow::pull(cells)?);
            Ok(())
        })
    }

    /// Gives each person to `see`, with its best values of only those `fields`, which are among
    /// the fields that there are.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_person_of(
        &self,
        fields: &[&str],
        mut see: impl FnMut(PersonRow<&str>),
    ) -> Result<(), Error> {
        let known = self.person_fields()?;
        let fixed = PersonRow::<&str>::COLUMNS.len();
        let wanted = |place: usize| {
            let field = place.checked_sub(fixed).map(|place| known[place / 2].as_str());
            field.is_none_or(|field| fields.contains(&field))
        };
        self.each::<PersonRow<&str>>(&person_columns(&known), wanted, |cells| {
            see(PersonRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each address to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_address(&self, mut see: impl FnMut(AddressRow<&str>)) -> Result<(), Error> {
        self.scan::<AddressRow<&str>>(|cells| {
            see(AddressRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each household episode to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_household(&self, mut see: impl FnMut(HouseholdRow<&str>)) -> Result<(), Error> {
        self.scan::<HouseholdRow<&str>>(|cells| {
            see(HouseholdRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each involvement to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_involvement(&self, mut see: impl FnMut(InvolvementRow<&str>)) -> Result<(), Error> {
        self.scan::<InvolvementRow<&str>>(|cells| {
            see(InvolvementRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each membership to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_membership(&self, mut see: impl FnMut(MembershipRow<&str>)) -> Result<(), Error> {
        self.scan::<MembershipRow<&str>>(|cells| {
            see(MembershipRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each relationship to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_relationship(
        &self,
        mut see: impl FnMut(RelationshipRow<&str>),
    ) -> Result<(), Error> {
        self.scan::<RelationshipRow<&str>>(|cells| {
            see(RelationshipRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives each residency spell to `see`, without keeping any.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn each_residency(&self, mut see: impl FnMut(ResidencyRow<&str>)) -> Result<(), Error> {
        self.scan::<ResidencyRow<&str>>(|cells| {
            see(ResidencyRow::pull(cells)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    fn gather<R: Row, T: Default + Send>(
        &self,
        row: impl Fn(&mut T, &mut Cells<'_>) -> Result<(), Unknown> + Sync,
    ) -> Result<Vec<T>, Error> {
        const { assert!(R::STAND_IN.is_none(), "whatever is not in the open file is in the other") };
        let mut parts = each_part(&self.checked(R::FILE)?, &R::columns(), &row)?;
        if let Some(shielded) = self.shielded(R::FILE)? {
            parts.extend(each_part(&shielded, &R::columns(), row)?);
        }
        Ok(parts)
    }
}
