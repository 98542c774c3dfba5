//! Which services know each person, since when, and who deals with them there.

use rayon::prelude::*;
use record::{NONE, PartialDate, RawInvolvement, Records, Side};
use snapshot::{InvolvementRow, Lead};

use crate::ids::Ids;
use crate::link::Linked;

/// All rows of involvements, by person: every record has one at least.
pub(crate) fn rows<'a>(
    records: &'a Records,
    linked: &Linked,
    ids: &'a Ids,
) -> Vec<InvolvementRow<&'a str>> {
    let person_of = linked.resolved.persons.person_of();
    let nothing = RawInvolvement {
        role: NONE,
        worker: NONE,
        team: NONE,
        lead: NONE,
        from: NONE,
        to: NONE,
        seen: NONE,
        states: NONE,
    };
    let mut rows: Vec<InvolvementRow<&str>> = (0..records.len())
        .into_par_iter()
        .flat_map_iter(|record| {
            let stated = match records.involvements.get(record) {
                [] => std::slice::from_ref(&nothing),
                stated => stated,
            };
            let person = ids.persons[person_of[record] as usize].as_str();
            stated.iter().map(move |stated| row(records, record, person, *stated))
        })
        .collect();
    rows.par_sort_unstable();
    rows
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
