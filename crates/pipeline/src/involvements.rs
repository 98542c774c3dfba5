//! Which services know each person, since when, and who deals with them there.

use rayon::prelude::*;
use record::{NONE, PartialDate, RawInvolvement, Records, Side};
use snapshot::{InvolvementRow, Lead};

use crate::ids::Ids;
use crate::link::Linked;
use crate::publish::in_batches;

/// All rows of involvements, by person: every record has one at least.
pub(crate) fn rows<'a>(
    records: &'a Records,
    linked: &'a Linked,
    ids: &'a Ids,
) -> impl Iterator<Item = InvolvementRow<&'a str>> {
    in_batches(&ids.in_order, |persons| of_persons(records, linked, ids, persons))
}

/// The rows of these persons, by person.
fn of_persons<'a>(
    records: &'a Records,
    linked: &Linked,
    ids: &'a Ids,
    persons: &[u32],
) -> Vec<InvolvementRow<&'a str>> {
    let of_record = |person: u32, record: usize| {
        let stated = match records.involvements.get(record) {
            [] => &[RawInvolvement::UNSAID],
            stated => stated,
        };
        let id = ids.persons[person as usize].as_str();
        stated.iter().map(move |stated| row(records, record, id, *stated))
    };
    let of_person = |&person: &u32| {
        let of = linked.resolved.persons.records(person as usize).iter();
        let rows = of.flat_map(|record| of_record(person, record.index()));
        let mut rows: Vec<InvolvementRow<&str>> = rows.collect();
        rows.sort_unstable();
        rows
    };
    persons.par_iter().flat_map_iter(of_person).collect()
}

fn row<'a>(
    records: &'a Records,
    record: usize,
    person_id: &'a str,
    stated: RawInvolvement,
) -> InvolvementRow<&'a str> {
    let source = &records.sources[records.source[record].index()];
    let text = |id: u32| (id != NONE).then(|| records.involvement_text.get(id));
    let date = |id: u32| text(id).and_then(PartialDate::parse).filter(|date| date.is_possible());
    let first = |id: u32| date(id).map(PartialDate::first_day);
    InvolvementRow {
        person_id,
        source: &source.name,
        agency: &source.agency,
        side: match source.side {
            Side::Child => "child",
            Side::Adult => "adult",
            Side::Both => "both",
        },
        key: &records.key[record],
        role: text(stated.role).unwrap_or("subject"),
        worker: text(stated.worker),
        team: text(stated.team),
        lead: match text(stated.lead) {
            Some("yes") => Lead::Yes,
            Some("no") => Lead::No,
            _ => Lead::Unknown,
        },
        from: first(stated.from),
        to: date(stated.to).map(PartialDate::last_day),
        last_contact: first(stated.seen),
        states: text(stated.states).map_or_else(Vec::new, |states| states.lines().collect()),
    }
}
