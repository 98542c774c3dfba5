//! Finds what is known of one person, household or record.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::cells::{each_row_at, each_row_of};
use crate::rows::{
    HouseholdRow, LinkRow, MembershipRow, PersonRow, RecordRow, RelationshipRow, ResidencyRow,
};
use crate::tables::{Pull, Row};
use crate::{Error, Snapshot};

impl Snapshot {
    /// Where a source record went, if it is known.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn find_record(&self, source: &str, key: &str) -> Result<Option<RecordRow>, Error> {
        let mut files = vec![self.checked(RecordRow::<&str>::FILE)?];
        files.extend(self.shielded(RecordRow::<&str>::FILE)?);
        for path in files {
            // Its place first, from as little as tells it.
            let (columns, mut place, mut is_there) = (RecordRow::<&str>::columns(), 0, false);
            each_row_of(
                &path,
                &columns,
                |column| column < 2,
                |cells| {
                    is_there = cells.text() == source && cells.text() == key;
                    place += usize::from(!is_there);
                    Ok(if is_there { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
                },
            )?;
            if !is_there {
                continue;
            }
            let mut found = None;
            each_row_at(
                &path,
                &columns,
                |_| true,
                &[place],
                |cells| {
                    found = Some(RecordRow::pull(cells)?);
                    Ok(ControlFlow::Continue(()))
                },
            )?;
            return Ok(found);
        }
        Ok(None)
    }

    /// The source records about a person.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn records_of(&self, person_id: &str) -> Result<Vec<RecordRow>, Error> {
        self.select(|row: &RecordRow| row.person_id == person_id)
    }

    /// A person, with the fields of its best values, if it is known.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn find_person(&self, person_id: &str) -> Result<Option<(Vec<String>, PersonRow)>, Error> {
        let fields = self.person_fields()?;
        let mut found = None;
        self.each_person(&fields, |cells| {
            let row: PersonRow = PersonRow::pull(cells)?;
            if row.person_id != person_id {
                return Ok(ControlFlow::Continue(()));
            }
            found = Some(row);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found.map(|row| (fields, row)))
    }

    /// The evidence for every pair of which one or both records are about a person.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or is damaged.
    pub fn links_of(&self, person_id: &str) -> Result<Vec<LinkRow>, Error> {
        let records = self.records_of(person_id)?;
        let records: BTreeSet<(&str, &str)> =
            records.iter().map(|row| (row.source.as_str(), row.key.as_str())).collect();
        self.select(|row: &LinkRow| {
            records.contains(&(row.source.as_str(), row.key.as_str()))
                || records.contains(&(row.other_source.as_str(), row.other_key.as_str()))
        })
    }

    /// The evidence for a pair of source records, each a source and a key, if it was kept.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn find_link(&self, a: (&str, &str), b: (&str, &str)) -> Result<Option<LinkRow>, Error> {
        let is = |row: &LinkRow, a: (&str, &str), b: (&str, &str)| {
            (row.source.as_str(), row.key.as_str()) == a
                && (row.other_source.as_str(), row.other_key.as_str()) == b
        };
        let found = self.select(|row: &LinkRow| is(row, a, b) || is(row, b, a))?;
        Ok(found.into_iter().next())
    }

    /// The residency spells of a person.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn residencies_of(&self, person_id: &str) -> Result<Vec<ResidencyRow>, Error> {
        self.select(|row: &ResidencyRow| row.person_id == person_id)
    }

    /// The relationships of a person, on either side.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn relationships_of(&self, person_id: &str) -> Result<Vec<RelationshipRow>, Error> {
        self.select(|row: &RelationshipRow| {
            row.person_id == person_id || row.other_person_id == person_id
        })
    }

    /// A person's memberships of households.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn memberships_of(&self, person_id: &str) -> Result<Vec<MembershipRow>, Error> {
        self.select(|row: &MembershipRow| row.person_id == person_id)
    }

    /// The episodes of a household.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn find_household(&self, household_id: &str) -> Result<Vec<HouseholdRow>, Error> {
        self.select(|row: &HouseholdRow| row.household_id == household_id)
    }

    /// The memberships of a household.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged.
    pub fn members_of(&self, household_id: &str) -> Result<Vec<MembershipRow>, Error> {
        self.select(|row: &MembershipRow| row.household_id == household_id)
    }
}
