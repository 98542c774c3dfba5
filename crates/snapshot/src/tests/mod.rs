//! Tests of the whole: written, published, read back, damaged.

mod damage;
mod publishing;
mod round_trip;
mod shielding;

use crate::{
    Basis, Best, Date, Decision, Event, EventRow, HouseholdRow, Input, InvolvementRow, Lead,
    LinkRow, Manifest, MembershipRow, PersonRow, RecordRow, RejectRow, RelationshipRow,
    ResidencyRow, Run, SourceCounts, Thresholds, Timing, Writer,
};

const DAY: Date = Date::constant(2024, 2, 29);

/// Two persons of one household, from two sources.
fn records() -> [RecordRow<&'static str>; 3] {
    let row = |source, key, person_id, household_id, no_household| RecordRow {
        source,
        key,
        person_id,
        household_id,
        no_household,
        fields: "forename surname",
    };
    [
        row("school", "s1", "P1", Some("H1"), None),
        row("school", "s2", "P2", None, Some("no_address")),
        row("tax", "t1", "P1", Some("H1"), None),
    ]
}

const FIELDS: [&str; 2] = ["forename", "former_surname"];

fn persons() -> [PersonRow<&'static str>; 2] {
    let best = |value, source| Some(Best { value, source });
    [
        PersonRow {
            person_id: "P1",
            record_count: 2,
            source_count: 2,
            first_seen: Some(Date::constant(1969, 12, 31)),
            last_seen: Some(DAY),
            contradictions: vec!["date_of_birth", "sex"],
            shielded: Some("refuge"),
            best: vec![best("Zoë", "tax"), None],
        },
        PersonRow {
            person_id: "P2",
            record_count: 1,
            source_count: 1,
            first_seen: None,
            last_seen: None,
            contradictions: vec![],
            shielded: None,
            best: vec![best("", "school"), best("O'Neil, née \"Ek\"", "school")],
        },
    ]
}

fn households() -> [HouseholdRow<&'static str>; 1] {
    [HouseholdRow {
        household_id: "H1",
        address_id: "A1",
        address: "1 Mill Lane",
        kind: "household",
        from: Some(DAY),
        to: None,
        size: 1,
        successor_of: Some("H0"),
    }]
}

fn memberships() -> [MembershipRow<&'static str>; 1] {
    [MembershipRow {
        household_id: "H1",
        person_id: "P1",
        from: None,
        to: Some(DAY),
        basis: "residency",
    }]
}

fn relationships() -> [RelationshipRow<&'static str>; 2] {
    let row = |relation, basis, source| RelationshipRow {
        person_id: "P1",
        other_person_id: "P2",
        relation,
        basis,
        source,
        from: None,
        to: None,
        contradictions: if source.is_some() { vec!["too_young"] } else { vec![] },
    };
    [row("mother", Basis::Declared, Some("school")), row("co_resident", Basis::Inferred, None)]
}

fn residencies() -> [ResidencyRow<&'static str>; 2] {
    let row = |person_id, sources| ResidencyRow {
        person_id,
        address_id: "A1",
        address: "1 Mill Lane",
        from: Some(DAY),
        to: None,
        last_seen: Some(DAY),
        state: "current",
        sources,
        withheld: None,
    };
    [row("P1", vec!["school", "tax"]), row("P2", vec![])]
}

fn involvements() -> [InvolvementRow<&'static str>; 3] {
    let row = |key, role, worker, lead| InvolvementRow {
        person_id: "P1",
        source: "school",
        agency: "Education",
        side: "child",
        key,
        role,
        worker,
        team: None,
        lead,
        from: Some(DAY),
        to: None,
        last_contact: worker.map(|_| DAY),
        states: if worker.is_some() { vec!["in_work=no", "meals=free"] } else { vec![] },
    };
    [
        row("s1", "subject", Some("A. Worker"), Lead::Yes),
        row("s1", "subject", Some("B. Worker"), Lead::No),
        row("s2/mother", "mother", None, Lead::Unknown),
    ]
}

fn links() -> [LinkRow<&'static str>; 3] {
    let row = |key, other_key, match_weight, decision| LinkRow {
        source: "school",
        key,
        other_source: "tax",
        other_key,
        rule: "surname and year",
        vector: "4.2.0.-.1",
        relatives: 0.25,
        match_weight,
        probability: 0.1 + 0.2,
        decision,
    };
    [
        row("s1", "t1", 14.25, Decision::Link),
        row("s2", "t1", -1.0 / 1024.0, Decision::PossibleLink),
        row("s2", "t9", f64::MIN_POSITIVE, Decision::NonLink),
    ]
}

fn rejects() -> [RejectRow<&'static str>; 2] {
    let row = |line, field, reason| RejectRow {
        source: "school",
        file: "pupils.csv",
        line,
        field,
        reason,
    };
    [row(2, None, "ragged"), row(u32::MAX, Some("date_of_birth"), "no_such_day")]
}

fn events() -> [EventRow<&'static str>; 4] {
    let row = |id, event, other_id| EventRow { id, event, other_id, run: "2024-02-29" };
    [
        row("P1", Event::Created, None),
        row("P8", Event::Merged, Some("P1")),
        row("P2", Event::Split, Some("P1")),
        row("P9", Event::Retired, None),
    ]
}

fn manifest() -> Manifest {
    let counts = |source: &str, rows, rejected, records| SourceCounts {
        source: source.to_owned(),
        rows,
        rejected,
        records,
        ..SourceCounts::default()
    };
    Manifest {
        kinfold: "0.1.0".to_owned(),
        run_date: DAY,
        plan: "run_date = \"2024-02-29\"\n".to_owned(),
        model: serde_json::json!({ "prior": -12.5 }),
        sources: vec![counts("tax", 1, 0, 1), counts("school", 3, 1, 2)],
        inputs: vec![Input { source: "tax".to_owned(), rows: 1, content_hash: "ab".to_owned() }],
        thresholds: Thresholds { link: 0.1, possible_link: -4.0 },
        ..Manifest::default()
    }
}

/// An occasion unlike any other.
fn run(seconds: f64) -> Run {
    let timings = vec![Timing { stage: "read".to_owned(), seconds }];
    Run { threads: 2, timings, ..Run::default() }
}

/// Writes every file.
fn fill(writer: &Writer) {
    writer.open().records(records()).unwrap();
    writer.open().persons(&FIELDS, persons()).unwrap();
    writer.open().households(households()).unwrap();
    writer.open().memberships(memberships()).unwrap();
    writer.open().relationships(relationships()).unwrap();
    writer.open().residencies(residencies()).unwrap();
    writer.open().involvements(involvements()).unwrap();
    writer.open().links(links()).unwrap();
    writer.open().rejects(rejects()).unwrap();
    writer.open().events(events()).unwrap();
}

/// Publishes a snapshot of everything above.
fn publish(parent: &std::path::Path, name: &str) -> std::path::PathBuf {
    let writer = Writer::create(parent, name).unwrap();
    fill(&writer);
    writer.finish(manifest(), run(1.5)).unwrap()
}

type ManifestChange = fn(&mut Manifest);

#[test]
fn counts_reconcile_or_nothing_is_published() {
    let lost = |manifest: &mut Manifest| manifest.sources[1].rejected = 0;
    let uncounted = |manifest: &mut Manifest| manifest.sources.truncate(1);
    let changes: [(ManifestChange, &str); 2] = [
        (lost, "the counts of `school` do not reconcile: expected 3, found 2"),
        (uncounted, "the counts of `records.parquet` do not reconcile: expected 1, found 3"),
    ];
    for (change, expected) in changes {
        let parent = tempfile::tempdir().unwrap();
        let writer = Writer::create(parent.path(), "night").unwrap();
        fill(&writer);
        let mut manifest = manifest();
        change(&mut manifest);
        assert_eq!(writer.finish(manifest, run(1.0)).unwrap_err().to_string(), expected);
        assert!(!parent.path().join("night").exists());
    }
}

#[test]
fn a_further_person_of_a_row_is_counted_beside_the_rows() {
    let counts = SourceCounts {
        rows: 10,
        further_persons: 4,
        rejected: 1,
        merged: 2,
        records: 11,
        ..SourceCounts::default()
    };
    assert_eq!(counts.read(), counts.accounted_for());
}
