//! The columns of every file, and how its rows fill them and are read back.
//!
//! For each kind of row there are the columns, then `push` and `pull`, which go through
//! them from left to right. The three agree, or the round trip of the tests fails.

use crate::cells::{Cells, Unknown};
use crate::rows::{
    AddressRow, Basis, Best, Decision, Event, EventRow, HouseholdRow, InvolvementRow, Lead,
    LinkRow, MembershipRow, PersonRow, RecordRow, RejectRow, RelationshipRow, ResidencyRow,
};
use crate::sheet::{Column, Kind, Sheet};

/// In place of a source that is withheld.
pub const WITHHELD: &str = "withheld";

/// A row that goes into a file.
pub(crate) trait Row {
    /// The name of the file.
    const FILE: &'static str;
    /// Its columns; those of `persons.parquet` go on with two for each field.
    const COLUMNS: &'static [(&'static str, Kind)];
    /// The columns that hold ids of persons, households and addresses.
    const IDS: &'static [usize] = &[];
    /// The column and the code in it, or any code at all, of a row that stands in the open file for
    /// one that is shielded.
    const STAND_IN: Option<(usize, Option<&'static str>)> = None;
    /// Gives a cell to each column.
    fn push(&self, sheet: &mut Sheet);

    /// The columns, with names of their own.
    fn columns() -> Vec<Column> {
        let column = |&(name, kind): &(&str, Kind)| Column { name: name.to_owned(), kind };
        Self::COLUMNS.iter().map(column).collect()
    }
}

/// A row that comes out of a file.
pub(crate) trait Pull<'a>: Sized {
    /// Takes a cell from each column; fails if one cannot be read.
    fn pull(cells: &mut Cells<'a>) -> Result<Self, Unknown>;
}

/// Every file with a fixed name and columns, in the order people expect them.
pub(crate) const FILES: [&str; 11] = [
    <RecordRow<&str> as Row>::FILE,
    <PersonRow<&str> as Row>::FILE,
    <AddressRow<&str> as Row>::FILE,
    <HouseholdRow<&str> as Row>::FILE,
    <MembershipRow<&str> as Row>::FILE,
    <RelationshipRow<&str> as Row>::FILE,
    <ResidencyRow<&str> as Row>::FILE,
    <InvolvementRow<&str> as Row>::FILE,
    <LinkRow<&str> as Row>::FILE,
    <RejectRow<&str> as Row>::FILE,
    <EventRow<&str> as Row>::FILE,
];

/// The columns of `persons.parquet` with these fields.
pub(crate) fn person_columns(fields: &[impl AsRef<str>]) -> Vec<Column> {
    let mut columns = PersonRow::<&str>::columns();
    for field in fields {
        let field = field.as_ref();
        columns.push(Column { name: field.to_owned(), kind: Kind::MaybeWord });
        columns.push(Column { name: format!("{field}_source"), kind: Kind::MaybeWord });
    }
    columns
}

impl<S: AsRef<str>> Row for RecordRow<S> {
    const FILE: &'static str = "records.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("source", Kind::Word),
        ("key", Kind::Id),
        ("person_id", Kind::Id),
        ("household_id", Kind::MaybeId),
        ("no_household", Kind::MaybeWord),
        ("fields", Kind::Word),
    ];
    const IDS: &'static [usize] = &[2];

    fn push(&self, sheet: &mut Sheet) {
        assert!(
            self.household_id.is_some() != self.no_household.is_some(),
            "a record has either a household or a reason for none"
        );
        sheet.text(self.source.as_ref());
        sheet.text(self.key.as_ref());
        sheet.text(self.person_id.as_ref());
        sheet.maybe_text(self.household_id.as_ref().map(S::as_ref));
        sheet.maybe_text(self.no_household.as_ref().map(S::as_ref));
        sheet.text(self.fields.as_ref());
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for RecordRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<RecordRow<S>, Unknown> {
        Ok(RecordRow {
            source: cells.text().into(),
            key: cells.text().into(),
            person_id: cells.text().into(),
            household_id: cells.maybe_text().map(S::from),
            no_household: cells.maybe_text().map(S::from),
            fields: cells.text().into(),
        })
    }
}

impl<S: AsRef<str>> Row for PersonRow<S> {
    const FILE: &'static str = "persons.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("person_id", Kind::Id),
        ("record_count", Kind::Count),
        ("source_count", Kind::Count),
        ("first_seen", Kind::Day),
        ("last_seen", Kind::Day),
        ("contradictions", Kind::Words),
        ("shielded", Kind::MaybeWord),
    ];
    const IDS: &'static [usize] = &[0];
    const STAND_IN: Option<(usize, Option<&'static str>)> = Some((6, None));

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.person_id.as_ref());
        sheet.count(self.record_count);
        sheet.count(self.source_count);
        sheet.day(self.first_seen);
        sheet.day(self.last_seen);
        sheet.words(self.contradictions.iter().map(S::as_ref));
        sheet.maybe_text(self.shielded.as_ref().map(S::as_ref));
        for best in &self.best {
            sheet.maybe_text(best.as_ref().map(|best| best.value.as_ref()));
            sheet.maybe_text(best.as_ref().map(|best| best.source.as_ref()));
        }
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for PersonRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<PersonRow<S>, Unknown> {
        let mut row = PersonRow {
            person_id: cells.text().into(),
            record_count: cells.count(),
            source_count: cells.count(),
            first_seen: cells.day()?,
            last_seen: cells.day()?,
            contradictions: cells.words(),
            shielded: cells.maybe_text().map(S::from),
            best: Vec::new(),
        };
        while cells.more() {
            let (value, source) = (cells.maybe_text(), cells.maybe_text());
            let best = value.zip(source);
            row.best.push(
                best.map(|(value, source)| Best { value: value.into(), source: source.into() }),
            );
        }
        Ok(row)
    }
}

impl<S: AsRef<str>> Row for HouseholdRow<S> {
    const FILE: &'static str = "households.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("household_id", Kind::Id),
        ("address_id", Kind::Id),
        ("address", Kind::Id),
        ("kind", Kind::Word),
        ("from", Kind::Day),
        ("to", Kind::Day),
        ("size", Kind::Count),
        ("successor_of", Kind::MaybeId),
    ];
    const IDS: &'static [usize] = &[0, 1];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.household_id.as_ref());
        sheet.text(self.address_id.as_ref());
        sheet.text(self.address.as_ref());
        sheet.text(self.kind.as_ref());
        sheet.day(self.from);
        sheet.day(self.to);
        sheet.count(self.size);
        sheet.maybe_text(self.successor_of.as_ref().map(S::as_ref));
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for HouseholdRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<HouseholdRow<S>, Unknown> {
        Ok(HouseholdRow {
            household_id: cells.text().into(),
            address_id: cells.text().into(),
            address: cells.text().into(),
            kind: cells.text().into(),
            from: cells.day()?,
            to: cells.day()?,
            size: cells.count(),
            successor_of: cells.maybe_text().map(S::from),
        })
    }
}

impl<S: AsRef<str>> Row for AddressRow<S> {
    const FILE: &'static str = "addresses.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("address_id", Kind::Id),
        ("address", Kind::Id),
        ("type", Kind::Word),
        ("reason", Kind::Word),
        ("residents", Kind::Count),
        ("groups", Kind::Count),
        ("known", Kind::Count),
    ];
    const IDS: &'static [usize] = &[0];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.address_id.as_ref());
        sheet.text(self.address.as_ref());
        sheet.text(self.sort.as_ref());
        sheet.text(self.reason.as_ref());
        sheet.count(self.residents);
        sheet.count(self.groups);
        sheet.count(self.known);
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for AddressRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<AddressRow<S>, Unknown> {
        Ok(AddressRow {
            address_id: cells.text().into(),
            address: cells.text().into(),
            sort: cells.text().into(),
            reason: cells.text().into(),
            residents: cells.count(),
            groups: cells.count(),
            known: cells.count(),
        })
    }
}

impl<S: AsRef<str>> Row for MembershipRow<S> {
    const FILE: &'static str = "memberships.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("household_id", Kind::Id),
        ("person_id", Kind::Id),
        ("from", Kind::Day),
        ("to", Kind::Day),
        ("basis", Kind::Word),
    ];
    const IDS: &'static [usize] = &[0, 1];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.household_id.as_ref());
        sheet.text(self.person_id.as_ref());
        sheet.day(self.from);
        sheet.day(self.to);
        sheet.text(self.basis.as_ref());
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for MembershipRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<MembershipRow<S>, Unknown> {
        Ok(MembershipRow {
            household_id: cells.text().into(),
            person_id: cells.text().into(),
            from: cells.day()?,
            to: cells.day()?,
            basis: cells.text().into(),
        })
    }
}

impl<S: AsRef<str>> Row for RelationshipRow<S> {
    const FILE: &'static str = "relationships.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("person_id", Kind::Id),
        ("other_person_id", Kind::Id),
        ("type", Kind::Word),
        ("basis", Kind::Word),
        ("source", Kind::MaybeWord),
        ("from", Kind::Day),
        ("to", Kind::Day),
        ("contradictions", Kind::Words),
    ];
    const IDS: &'static [usize] = &[0, 1];
    const STAND_IN: Option<(usize, Option<&'static str>)> = Some((4, Some(WITHHELD)));

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.person_id.as_ref());
        sheet.text(self.other_person_id.as_ref());
        sheet.text(self.relation.as_ref());
        sheet.text(self.basis.code());
        sheet.maybe_text(self.source.as_ref().map(S::as_ref));
        sheet.day(self.from);
        sheet.day(self.to);
        sheet.words(self.contradictions.iter().map(S::as_ref));
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for RelationshipRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<RelationshipRow<S>, Unknown> {
        Ok(RelationshipRow {
            person_id: cells.text().into(),
            other_person_id: cells.text().into(),
            relation: cells.text().into(),
            basis: coded(cells.text(), &Basis::ALL, Basis::code)?,
            source: cells.maybe_text().map(S::from),
            from: cells.day()?,
            to: cells.day()?,
            contradictions: cells.words(),
        })
    }
}

impl<S: AsRef<str>> Row for LinkRow<S> {
    const FILE: &'static str = "links.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("source", Kind::Word),
        ("key", Kind::Id),
        ("other_source", Kind::Word),
        ("other_key", Kind::Id),
        ("rule", Kind::Word),
        ("vector", Kind::Word),
        ("relatives", Kind::Number),
        ("match_weight", Kind::Number),
        ("probability", Kind::Number),
        ("decision", Kind::Word),
    ];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.source.as_ref());
        sheet.text(self.key.as_ref());
        sheet.text(self.other_source.as_ref());
        sheet.text(self.other_key.as_ref());
        sheet.text(self.rule.as_ref());
        sheet.text(self.vector.as_ref());
        sheet.number(self.relatives);
        sheet.number(self.match_weight);
        sheet.number(self.probability);
        sheet.text(self.decision.code());
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for LinkRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<LinkRow<S>, Unknown> {
        Ok(LinkRow {
            source: cells.text().into(),
            key: cells.text().into(),
            other_source: cells.text().into(),
            other_key: cells.text().into(),
            rule: cells.text().into(),
            vector: cells.text().into(),
            relatives: cells.number(),
            match_weight: cells.number(),
            probability: cells.number(),
            decision: coded(cells.text(), &Decision::ALL, Decision::code)?,
        })
    }
}

impl<S: AsRef<str>> Row for ResidencyRow<S> {
    const FILE: &'static str = "residencies.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("person_id", Kind::Id),
        ("address_id", Kind::Id),
        ("address", Kind::Word),
        ("from", Kind::Day),
        ("to", Kind::Day),
        ("last_seen", Kind::Day),
        ("state", Kind::Word),
        ("sources", Kind::Words),
        ("withheld", Kind::MaybeWord),
    ];
    const IDS: &'static [usize] = &[0, 1];
    const STAND_IN: Option<(usize, Option<&'static str>)> = Some((8, None));

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.person_id.as_ref());
        sheet.text(self.address_id.as_ref());
        sheet.text(self.address.as_ref());
        sheet.day(self.from);
        sheet.day(self.to);
        sheet.day(self.last_seen);
        sheet.text(self.state.as_ref());
        sheet.words(self.sources.iter().map(S::as_ref));
        sheet.maybe_text(self.withheld.as_ref().map(S::as_ref));
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for ResidencyRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<ResidencyRow<S>, Unknown> {
        Ok(ResidencyRow {
            person_id: cells.text().into(),
            address_id: cells.text().into(),
            address: cells.text().into(),
            from: cells.day()?,
            to: cells.day()?,
            last_seen: cells.day()?,
            state: cells.text().into(),
            sources: cells.words(),
            withheld: cells.maybe_text().map(S::from),
        })
    }
}

impl<S: AsRef<str>> Row for InvolvementRow<S> {
    const FILE: &'static str = "involvements.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("person_id", Kind::Id),
        ("source", Kind::Word),
        ("agency", Kind::Word),
        ("side", Kind::Word),
        ("key", Kind::Id),
        ("role", Kind::Word),
        ("worker", Kind::MaybeWord),
        ("team", Kind::MaybeWord),
        ("lead", Kind::Word),
        ("from", Kind::Day),
        ("to", Kind::Day),
        ("last_contact", Kind::Day),
        ("states", Kind::Words),
    ];
    const IDS: &'static [usize] = &[0];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.person_id.as_ref());
        sheet.text(self.source.as_ref());
        sheet.text(self.agency.as_ref());
        sheet.text(self.side.as_ref());
        sheet.text(self.key.as_ref());
        sheet.text(self.role.as_ref());
        sheet.maybe_text(self.worker.as_ref().map(S::as_ref));
        sheet.maybe_text(self.team.as_ref().map(S::as_ref));
        sheet.text(self.lead.code());
        sheet.day(self.from);
        sheet.day(self.to);
        sheet.day(self.last_contact);
        sheet.words(self.states.iter().map(S::as_ref));
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for InvolvementRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<InvolvementRow<S>, Unknown> {
        Ok(InvolvementRow {
            person_id: cells.text().into(),
            source: cells.text().into(),
            agency: cells.text().into(),
            side: cells.text().into(),
            key: cells.text().into(),
            role: cells.text().into(),
            worker: cells.maybe_text().map(S::from),
            team: cells.maybe_text().map(S::from),
            lead: coded(cells.text(), &Lead::ALL, Lead::code)?,
            from: cells.day()?,
            to: cells.day()?,
            last_contact: cells.day()?,
            states: cells.words(),
        })
    }
}

impl<S: AsRef<str>> Row for RejectRow<S> {
    const FILE: &'static str = "rejects.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("source", Kind::Word),
        ("file", Kind::Word),
        ("line", Kind::Count),
        ("field", Kind::MaybeWord),
        ("reason", Kind::Word),
    ];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.source.as_ref());
        sheet.text(self.file.as_ref());
        sheet.count(self.line);
        sheet.maybe_text(self.field.as_ref().map(S::as_ref));
        sheet.text(self.reason.as_ref());
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for RejectRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<RejectRow<S>, Unknown> {
        Ok(RejectRow {
            source: cells.text().into(),
            file: cells.text().into(),
            line: cells.count(),
            field: cells.maybe_text().map(S::from),
            reason: cells.text().into(),
        })
    }
}

impl<S: AsRef<str>> Row for EventRow<S> {
    const FILE: &'static str = "events.parquet";
    const COLUMNS: &'static [(&'static str, Kind)] = &[
        ("id", Kind::Id),
        ("event", Kind::Word),
        ("other_id", Kind::MaybeId),
        ("run", Kind::Word),
    ];

    fn push(&self, sheet: &mut Sheet) {
        sheet.text(self.id.as_ref());
        sheet.text(self.event.code());
        sheet.maybe_text(self.other_id.as_ref().map(S::as_ref));
        sheet.text(self.run.as_ref());
    }
}

impl<'a, S: From<&'a str>> Pull<'a> for EventRow<S> {
    fn pull(cells: &mut Cells<'a>) -> Result<EventRow<S>, Unknown> {
        Ok(EventRow {
            id: cells.text().into(),
            event: coded(cells.text(), &Event::ALL, Event::code)?,
            other_id: cells.maybe_text().map(S::from),
            run: cells.text().into(),
        })
    }
}

/// The one of `all` that has this code.
fn coded<T: Copy>(text: &str, all: &[T], code: fn(T) -> &'static str) -> Result<T, Unknown> {
    all.iter().copied().find(|&value| code(value) == text).ok_or(Unknown)
}
