//! Takes out of the open rows what would give a shielded address away.

use std::borrow::Cow;

use record::{Field, Kind, Values};
use rustc_hash::FxHashSet;
use snapshot::{Basis, Best, InvolvementRow, RelationshipRow, Tables, WITHHELD, Writer};

use crate::ids::address_text;
use crate::publish::Told;

/// What of a person's best values is withheld.
pub(crate) struct Withheld {
    /// Whether where the person lives is shielded: all is withheld but who it is.
    all: bool,
    /// Of one who lives elsewhere now, the shielded addresses and their numbers.
    addresses: Vec<(String, Option<u64>)>,
}

impl Withheld {
    /// Nothing, if no address of the person is shielded.
    pub(crate) fn of(told: Told<'_>, person: usize) -> Option<Withheld> {
        let all = told.shield.persons[person].is_some();
        let spells = told.linked.households.spells.get(person).iter();
        let shielded = spells.filter(|spell| told.shield.address(spell.address).is_some());
        let column = told.linked.normalised.column("address");
        let number = |address: u32| match column.map(|column| &column.values) {
            Some(Values::Addresses(addresses, _)) => addresses.get(address as usize)?.uprn,
            _ => None,
        };
        let addresses: Vec<(String, Option<u64>)> = shielded
            .map(|spell| (address_text(told.linked, spell.address), number(spell.address)))
            .collect();
        (all || !addresses.is_empty()).then_some(Withheld { all, addresses })
    }

    /// A best value as far as it may be told.
    pub(crate) fn told<'a>(
        &self,
        field: &Field,
        best: Best<Cow<'a, str>>,
    ) -> Option<Best<Cow<'a, str>>> {
        if self.all {
            let tells_who = match field.kind {
                Kind::Forename | Kind::MiddleName | Kind::Surname | Kind::Sex => true,
                Kind::Date => matches!(field.name.as_str(), "date_of_birth" | "date_of_death"),
                _ => false,
            };
            return tells_who.then(|| Best { source: WITHHELD.into(), ..best });
        }
        let is_of_address = match field.kind {
            Kind::Postcode => self.addresses.iter().any(|(text, _)| text.ends_with(&*best.value)),
            Kind::Uprn => self
                .addresses
                .iter()
                .any(|(_, number)| number.is_some_and(|number| *best.value == number.to_string())),
            Kind::Point => true,
            _ => false,
        };
        (!is_of_address).then_some(best)
    }
}

/// The ids of those who are shielded.
fn persons(told: Told<'_>) -> FxHashSet<&str> {
    let all = told.ids.persons.iter().zip(&told.shield.persons);
    all.filter(|(_, why)| why.is_some()).map(|(id, _)| id.as_str()).collect()
}

/// Writes relationships: of a shielded person, who says so is withheld, and what follows from living
/// together is not told.
pub(crate) fn write_relationships<'a>(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
    rows: impl Iterator<Item = RelationshipRow<&'a str>>,
) -> Result<(), snapshot::Error> {
    let Some(shielded) = shielded else { return writer.open().relationships(rows) };
    let rows: Vec<RelationshipRow<&str>> = rows.collect();
    let persons = persons(told);
    let concerns = |row: &RelationshipRow<&str>| {
        let one_is = persons.contains(row.person_id) || persons.contains(row.other_person_id);
        one_is && (row.source.is_some() || row.relation == crate::relationships::HOUSEHOLD_ADULT)
    };
    let mut open: Vec<RelationshipRow<&str>> = rows
        .iter()
        .filter(|row| !concerns(row) || row.basis == Basis::Declared)
        .map(|row| {
            let source = if concerns(row) { Some(WITHHELD) } else { row.source };
            RelationshipRow { source, ..row.clone() }
        })
        .collect();
    open.sort_unstable();
    open.dedup();
    writer.open().relationships(open)?;
    shielded.relationships(rows.into_iter().filter(concerns))
}

/// Writes involvements: those of shielded persons tell where their services are.
pub(crate) fn write_involvements<'a, I: Iterator<Item = InvolvementRow<&'a str>>>(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
    rows: impl Fn() -> I,
) -> Result<(), snapshot::Error> {
    let Some(shielded) = shielded else { return writer.open().involvements(rows()) };
    let persons = persons(told);
    let is_withheld = |row: &InvolvementRow<&str>| persons.contains(row.person_id);
    writer.open().involvements(rows().filter(|row| !is_withheld(row)))?;
    shielded.involvements(rows().filter(is_withheld))
}
