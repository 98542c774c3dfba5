//! Turns what linking found into the rows of a snapshot.

use std::borrow::Cow;

use household::{NoHousehold, SpellBasis};
use rayon::prelude::*;
use record::{Column, Kind, Records, Values};
use snapshot::{
    AddressRow, Best, Event, EventRow, HouseholdRow, LinkRow, MembershipRow, PersonRow, RecordRow,
    RejectRow, ResidencyRow, Shielded, WITHHELD, Writer,
};

use crate::best::{self, best};
use crate::contradictions::Contradictions;
use crate::ids::{Ids, address_text};
use crate::link::Linked;
use crate::shield::{Shield, Why};
use crate::shielding::{Nearness, Withheld};
use crate::{involvements, relationships, shielding};

/// What was found, and what of it is told.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) records: &'a Records,
    pub(crate) linked: &'a Linked,
    pub(crate) ids: &'a Ids,
    pub(crate) shield: &'a Shield,
}

/// Writes every file of the snapshot. The files are independent, so they are written at once.
pub(crate) fn write(
    writer: &Writer,
    told: Told<'_>,
    rejects: &[extract::Reject],
    run_date: snapshot::Date,
) -> Result<(), snapshot::Error> {
    type Job<'a> = Box<dyn Fn() -> Result<(), snapshot::Error> + Sync + 'a>;
    let Told { records, linked, ids, shield } = told;
    // Nothing of what is shielded has a file where nothing is.
    let shielded = shield.is_any().then(|| writer.shielded()).transpose()?;
    let jobs: [Job<'_>; 10] = [
        Box::new(|| write_links(writer, told)),
        Box::new(|| write_persons(writer, shielded, told)),
        Box::new(|| write_records(writer, shielded, told)),
        Box::new(|| write_households(writer, shielded, told)),
        Box::new(|| write_addresses(writer, shielded, told)),
        Box::new(|| write_residencies(writer, shielded, told)),
        Box::new(|| {
            let rows = relationships::rows(records, linked, ids, run_date);
            shielding::write_relationships(writer, shielded, told, rows)
        }),
        Box::new(|| {
            let rows = involvements::rows(records, linked, ids);
            shielding::write_involvements(writer, shielded, told, rows)
        }),
        Box::new(|| write_rejects(writer, records, rejects, linked)),
        Box::new(|| write_events(writer, told, &run_date.to_string())),
    ];
    jobs.par_iter().with_max_len(1).map(|job| job()).collect()
}

fn write_records(
    writer: &Writer,
    shielded: Option<Shielded<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let homes = linked.households.by_person();
    let person_of = linked.resolved.persons.person_of();
    let is_shielded = |record: usize| shield.persons[person_of[record] as usize].is_some();
    let row = |record: usize, open: bool| {
        let person = person_of[record] as usize;
        let withheld = open && shield.persons[person].is_some();
        let membership = homes
            .get(person)
            .first()
            .filter(|_| !withheld)
            .map(|&at| linked.households.memberships[at as usize]);
        let why = if withheld {
            Some(NoHousehold::Protected)
        } else {
            linked.households.unhoused[person]
        };
        let why = why.map(NoHousehold::as_str);
        RecordRow {
            source: Cow::Borrowed(source_name(records, record)),
            key: records.key[record].as_str().into(),
            person_id: ids.persons[person].as_str().into(),
            household_id: membership.map(|m| ids.households[m.household as usize].as_str().into()),
            no_household: why.map(Cow::from),
            fields: filled(linked, record).into(),
        }
    };
    writer.write_records((0..records.len()).map(|record| row(record, true)))?;
    shielded.map_or(Ok(()), |shielded| {
        let rows = (0..records.len()).filter(|&record| is_shielded(record));
        shielded.records(rows.map(|record| row(record, false)))
    })
}

/// The names of the fields that a record fills, a blank between each two.
fn filled(linked: &Linked, record: usize) -> String {
    let columns = linked.normalised.columns.iter();
    let filled = columns.filter(|column| !column.lists.get(record).is_empty());
    filled.map(|column| column.field.name.as_str()).collect::<Vec<_>>().join(" ")
}

fn source_name(records: &Records, record: usize) -> &str {
    &records.sources[records.source[record].index()].name
}

/// The fields of which a person has a best value.
pub(crate) fn best_fields(linked: &Linked) -> Vec<usize> {
    let shown = |column: &Column| column.field.kind != Kind::Address;
    (0..linked.normalised.columns.len())
        .filter(|&at| shown(&linked.normalised.columns[at]))
        .collect()
}

fn write_persons(
    writer: &Writer,
    shielded: Option<Shielded<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let fields = best_fields(linked);
    let columns = &linked.normalised.columns;
    let names: Vec<&str> = fields.iter().map(|&at| columns[at].field.name.as_str()).collect();
    let persons = &linked.resolved.persons;
    let seen = Seen::of(records, linked);
    let judge = Contradictions::of(linked);
    let row = |person: usize, open: bool| {
        let withheld = Withheld::of(told, person).filter(|_| open);
        let of_person = persons.records(person);
        let mut sources: Vec<u16> = of_person.iter().map(|r| records.source[r.index()].0).collect();
        sources.sort_unstable();
        sources.dedup();
        let days = of_person.iter().filter_map(|record| seen.of[record.index()]);
        let values = fields.iter().map(|&column| {
            let best::Best { value, source } =
                best(records, &linked.normalised, persons, column, person)?;
            let best = Best {
                value: Cow::Owned(columns[column].values.display(value)),
                source: records.sources[usize::from(source)].name.as_str().into(),
            };
            match &withheld {
                Some(withheld) => withheld.told(&columns[column].field, best),
                None => Some(best),
            }
        });
        let contradictions = judge.between(of_person, days.clone().map(|(_, last)| last).max());
        PersonRow {
            person_id: Cow::Borrowed(ids.persons[person].as_str()),
            record_count: u32::try_from(of_person.len()).unwrap_or(u32::MAX),
            source_count: u32::try_from(sources.len()).unwrap_or(u32::MAX),
            first_seen: days.clone().map(|(first, _)| first).min(),
            contradictions: contradictions.into_iter().map(Cow::Owned).collect(),
            shielded: shield.persons[person].map(|why| why.as_str().into()),
            last_seen: days.map(|(_, last)| last).max(),
            best: values.collect(),
        }
    };
    // All rows at once would take more room than all that they are made of.
    let rows = (0..persons.len()).step_by(ROWS_AT_ONCE).flat_map(|start| {
        let end = persons.len().min(start + ROWS_AT_ONCE);
        let rows: Vec<PersonRow<Cow<'_, str>>> = (start..end)
            .into_par_iter()
            .with_min_len(256)
            .map(|person| row(person, true))
            .collect();
        rows
    });
    writer.write_persons(&names, rows)?;
    shielded.map_or(Ok(()), |shielded| {
        let rows = (0..persons.len()).filter(|&person| shield.persons[person].is_some());
        shielded.persons(&names, rows.map(|person| row(person, false)))
    })
}

/// Persons whose rows are made at once.
const ROWS_AT_ONCE: usize = 16_384;

/// The last day up to `until` of which any record of each source speaks.
pub(crate) fn last_seen(
    records: &Records,
    linked: &Linked,
    until: snapshot::Date,
) -> Vec<Option<snapshot::Date>> {
    let mut last = vec![None; records.sources.len()];
    for (source, days) in records.source.iter().zip(Seen::stated(records, linked, false).of) {
        let day = days.map(|(_, day)| day).filter(|&day| day <= until);
        let last: &mut Option<snapshot::Date> = &mut last[source.index()];
        *last = (*last).max(day);
    }
    last
}

/// The first and last day of which each record speaks.
struct Seen {
    of: Vec<Option<(snapshot::Date, snapshot::Date)>>,
}

impl Seen {
    fn of(records: &Records, linked: &Linked) -> Seen {
        Seen::stated(records, linked, true)
    }

    /// With or without the day that the extract is of.
    fn stated(records: &Records, linked: &Linked, extract: bool) -> Seen {
        let column = linked.normalised.column("seen");
        let of = (0..records.len()).into_par_iter().map(|record| {
            let as_at = records.sources[records.source[record].index()].as_at.filter(|_| extract);
            let stated = column.and_then(|column| {
                let Values::Dates(dates) = &column.values else { return None };
                let id = column.lists.get(record).first()?;
                Some(dates[*id as usize].first_day())
            });
            let homes = linked.normalised.residences.get(record).iter();
            let homes = homes.flat_map(|home| [home.from, home.seen].into_iter().flatten());
            let days = homes.map(record::PartialDate::first_day).chain(as_at).chain(stated);
            days.clone().min().zip(days.max())
        });
        Seen { of: of.collect() }
    }
}

fn write_households(
    writer: &Writer,
    shielded: Option<Shielded<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let found = &linked.households;
    let all = || found.households.iter().chain(&found.past_households);
    let texts: Vec<String> =
        all().map(|household| address_text(linked, household.address)).collect();
    let is_open = |number: usize| shield.address(found.household(number).address).is_none();
    let row = |number: usize, household: &household::Household, open: bool| {
        let earlier = found.predecessors[number].map(|earlier| earlier as usize);
        HouseholdRow {
            household_id: ids.households[number].as_str(),
            address_id: ids.address(household.address),
            address: texts[number].as_str(),
            kind: household.kind.as_str(),
            from: household.period.from,
            to: household.period.to,
            size: household.size,
            successor_of: earlier
                .filter(|&earlier| !open || is_open(earlier))
                .map(|earlier| ids.households[earlier].as_str()),
        }
    };
    let rows = |open: bool| {
        let wanted = all().enumerate().filter(|(number, _)| is_open(*number) == open);
        let mut rows: Vec<HouseholdRow<&str>> =
            wanted.map(|(number, household)| row(number, household, open)).collect();
        rows.par_sort_unstable();
        rows
    };
    let members = |open: bool| {
        let now = found.memberships.iter().map(|m| (m.household, m.person, m.period, m.basis));
        let past =
            found.past_memberships.iter().map(|m| (m.household, m.person, m.period, m.basis));
        let mut rows: Vec<MembershipRow<&str>> = now
            .chain(past)
            .filter(|(household, ..)| is_open(*household as usize) == open)
            .map(|(household, person, period, basis)| MembershipRow {
                household_id: ids.households[household as usize].as_str(),
                person_id: ids.persons[person as usize].as_str(),
                from: period.from,
                to: period.to,
                basis: basis.as_str(),
            })
            .collect();
        rows.par_sort_unstable();
        rows
    };
    writer.write_households(rows(true))?;
    writer.write_memberships(members(true))?;
    shielded.map_or(Ok(()), |shielded| {
        shielded.households(rows(false))?;
        shielded.memberships(members(false))
    })
}

/// Each address by its most usual form, and what sort of place it is.
fn write_addresses(
    writer: &Writer,
    shielded: Option<Shielded<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let usual = || (0..).zip(&ids.usual).filter(|(at, usual)| at == *usual).map(|(at, _)| at);
    let rows = |open: bool| {
        let wanted = usual().filter(|&at| shield.address(at).is_none() == open);
        let mut rows: Vec<AddressRow<Cow<'_, str>>> = wanted
            .map(|at| {
                let found = linked.households.types[at as usize];
                AddressRow {
                    address_id: ids.address(at).into(),
                    address: address_text(linked, at).into(),
                    sort: found.sort.as_str().into(),
                    reason: found.because.as_str().into(),
                    residents: found.residents,
                    groups: found.groups,
                    known: found.known,
                }
            })
            .collect();
        rows.par_sort_unstable();
        rows
    };
    writer.write_addresses(rows(true))?;
    shielded.map_or(Ok(()), |shielded| shielded.addresses(rows(false)))
}

fn write_residencies(
    writer: &Writer,
    shielded: Option<Shielded<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let found = &linked.households;
    let mut order: Vec<(&str, usize)> =
        (0..).zip(&ids.persons).map(|(person, id)| (id.as_str(), person)).collect();
    order.par_sort_unstable();
    let spells: Vec<(&str, usize)> = order
        .into_iter()
        .flat_map(|(id, person)| found.spells.range(person).map(move |at| (id, at)))
        .collect();
    let why = |at: usize| shield.address(found.spells.items()[at].address);
    let row = |person_id, at: usize| {
        let spell = found.spells.items()[at];
        let supporters = found.support.get(at).iter();
        let mut sources: Vec<Cow<'_, str>> =
            supporters.map(|record| source_name(records, record.index()).into()).collect();
        sources.sort_unstable();
        sources.dedup();
        ResidencyRow {
            person_id: Cow::Borrowed(person_id),
            address_id: ids.address(spell.address).into(),
            address: address_text(linked, spell.address).into(),
            from: spell.period.from,
            to: spell.period.to,
            last_seen: Some(spell.last_seen),
            state: state(spell.basis).into(),
            sources,
            withheld: why(at).map(|why| why.as_str().into()),
        }
    };
    // Of a shielded spell only that there is one.
    let stand_in = |person_id, why: Why| ResidencyRow {
        person_id: Cow::Borrowed(person_id),
        address_id: Cow::default(),
        address: Cow::default(),
        from: None,
        to: None,
        last_seen: None,
        state: WITHHELD.into(),
        sources: Vec::new(),
        withheld: Some(why.as_str().into()),
    };
    writer.write_residencies(spells.iter().map(|&(person, at)| match why(at) {
        Some(why) => stand_in(person, why),
        None => row(person, at),
    }))?;
    shielded.map_or(Ok(()), |shielded| {
        let rows = spells.iter().filter(|(_, at)| why(*at).is_some());
        shielded.residencies(rows.map(|&(person, at)| row(person, at)))
    })
}

/// The code for what became of a spell.
fn state(basis: SpellBasis) -> &'static str {
    match basis {
        SpellBasis::Current => "current",
        SpellBasis::SecondHome => "second_home",
        SpellBasis::Ended => "ended",
        SpellBasis::Superseded => "superseded",
        SpellBasis::Outweighed => "outweighed",
        SpellBasis::Stale => "stale",
        SpellBasis::Expected => "expected",
        SpellBasis::NotResidential => "not_residential",
    }
}

fn write_links(writer: &Writer, told: Told<'_>) -> Result<(), snapshot::Error> {
    let Told { records, linked, .. } = told;
    let rules: Vec<block::Rule> = linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
    let rules = plan::rules_texts(&rules, &linked.conditions);
    let n = linked.comparisons.len();
    let nearness = Nearness::of(told);
    writer.write_links(linked.links.iter().enumerate().map(|(at, link)| {
        let (lower, upper) = (link.lower.index(), link.upper.index());
        LinkRow {
            source: Cow::Borrowed(source_name(records, lower)),
            key: records.key[lower].as_str().into(),
            other_source: source_name(records, upper).into(),
            other_key: records.key[upper].as_str().into(),
            rule: if nearness.is_withheld(link) {
                WITHHELD.into()
            } else {
                rules[usize::from(link.rule)].as_str().into()
            },
            vector: vector_text(nearness.told(link), n).into(),
            relatives: linked.by_relatives(at).bits(),
            match_weight: link.weight.bits(),
            probability: link.weight.probability(),
            decision: linked.decision(link),
        }
    }))
}

/// The levels of a vector between dots, `-` for a missing one.
fn vector_text(vector: compare::ComparisonVector, n: usize) -> String {
    let mut text = String::with_capacity(3 * n);
    for place in 0..n {
        if place > 0 {
            text.push('.');
        }
        text.push_str(LEVELS[vector.level(place).index()]);
    }
    text
}

const LEVELS: [&str; compare::Level::LIMIT] =
    ["-", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"];

/// All rows and values not taken, by source, file and line.
fn write_rejects(
    writer: &Writer,
    records: &Records,
    rejects: &[extract::Reject],
    linked: &Linked,
) -> Result<(), snapshot::Error> {
    let file = |place: u32| records.files.get(place as usize).map_or("", String::as_str);
    let mut rows: Vec<RejectRow<&str>> = rejects
        .iter()
        .map(|reject| RejectRow {
            source: records.sources[reject.source.index()].name.as_str(),
            file: file(reject.file),
            line: reject.line,
            field: Some(reject.field.as_ref()).filter(|field| !field.is_empty()),
            reason: reject.reason.as_ref(),
        })
        .collect();
    rows.extend(linked.normalised.refused.iter().map(|refused| {
        let record = refused.record.index();
        let origin = records.origin[record];
        RejectRow {
            source: source_name(records, record),
            file: file(origin.file),
            line: origin.line,
            field: Some(refused.field.as_str()),
            reason: refused.reason,
        }
    }));
    rows.par_sort_unstable();
    writer.write_rejects(rows)
}

// The first run of a plan makes every id.
// That of a shielded household is made of its address as well, and is not told.
fn write_events(writer: &Writer, told: Told<'_>, run: &str) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let households = ids.households.iter().enumerate().filter(|&(number, _)| {
        shield.address(linked.households.household(number).address).is_none()
    });
    let households = households.map(|(_, id)| id);
    let mut all: Vec<&str> = ids.persons.iter().chain(households).map(String::as_str).collect();
    all.par_sort_unstable();
    writer.write_events(all.into_iter().map(|id| EventRow {
        id,
        event: Event::Created,
        other_id: None,
        run,
    }))
}
