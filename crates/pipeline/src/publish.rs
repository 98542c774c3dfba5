//! Turns what linking found into the rows of a snapshot.

use std::borrow::Cow;
use std::collections::BTreeSet;

use household::{NoHousehold, SpellBasis};
use rayon::prelude::*;
use record::{Column, Kind, Period, Records};
use score::ScoredPair;
use snapshot::{
    AddressRow, Best, Event, EventRow, HouseholdRow, LinkRow, MembershipRow, PersonRow, RecordRow,
    RejectRow, ResidencyRow, Tables, WITHHELD, Writer,
};

use crate::best::{self, best};
use crate::best_name::Names;
use crate::contradictions::Contradictions;
use crate::ids::{Id, Ids, address_text, in_order};
use crate::link::Linked;
use crate::seen::Seen;
use crate::shield::{Shield, Why};
use crate::shielding::Withheld;
use crate::{involvements, relationships, shielding};

/// What was found, and what of it is told.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) records: &'a Records,
    pub(crate) linked: &'a Linked,
    pub(crate) ids: &'a Ids,
    pub(crate) shield: &'a Shield,
}

/// Writes the files of persons and households. They are independent, so they are written at once.
pub(crate) fn write(
    writer: &Writer,
    told: Told<'_>,
    rejects: &[extract::Reject],
    run_date: snapshot::Date,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    // Nothing of what is shielded has a file where nothing is.
    let shielded = shield.is_any().then(|| writer.shielded()).transpose()?;
    at_once(&[
        Box::new(|| write_persons(writer, shielded, told)),
        Box::new(|| write_records(writer, shielded, told)),
        Box::new(|| write_households(writer, shielded, told)),
        Box::new(|| write_addresses(writer, shielded, told)),
        Box::new(|| write_residencies(writer, shielded, told)),
        Box::new(|| {
            let rows = relationships::rows(records, linked, ids, run_date);
            shielding::write_relationships(writer, shielded, told, rows)
        }),
        Box::new(|| write_rejects(writer, records, rejects, linked)),
        Box::new(|| write_events(writer, told, &run_date.to_string())),
    ])
}

/// Writes the files of links and involvements, which are of many more rows.
pub(crate) fn write_pairs(writer: &Writer, told: Told<'_>) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let shielded = shield.is_any().then(|| writer.shielded()).transpose()?;
    at_once(&[
        Box::new(|| write_links(writer, shielded, told)),
        Box::new(|| {
            let rows = || involvements::rows(records, linked, ids);
            shielding::write_involvements(writer, shielded, told, rows)
        }),
    ])
}

/// The writing of a file.
type Job<'a> = Box<dyn Fn() -> Result<(), snapshot::Error> + Sync + 'a>;

fn at_once(jobs: &[Job<'_>]) -> Result<(), snapshot::Error> {
    jobs.par_iter().with_max_len(1).map(|job| job()).collect()
}

fn write_records(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let homes = linked.households.by_person();
    let person_of = linked.resolved.persons.person_of();
    let row = |record: usize| {
        let person = person_of[record] as usize;
        let home = homes.get(person).first();
        let membership = home.map(|&at| linked.households.memberships[at as usize]);
        let why = linked.households.unhoused[person].map(NoHousehold::as_str);
        RecordRow {
            source: Cow::Borrowed(source_name(records, record)),
            key: Cow::Borrowed(&records.key[record]),
            person_id: ids.persons[person].as_str().into(),
            household_id: membership.map(|m| ids.households[m.household as usize].as_str().into()),
            no_household: why.map(Cow::from),
            fields: filled(linked, record).into(),
        }
    };
    let rows = |open: bool| {
        let wanted =
            (0..records.len()).filter(move |&record| shield.is_open(linked, record) == open);
        wanted.map(row)
    };
    writer.open().records(rows(true))?;
    shielded.map_or(Ok(()), |shielded| shielded.records(rows(false)))
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
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let fields = best_fields(linked);
    let columns = &linked.normalised.columns;
    let names: Vec<&str> = fields.iter().map(|&at| columns[at].field.name.as_str()).collect();
    let persons = &linked.resolved.persons;
    let seen = Seen { records, linked, extract: true };
    let judge = Contradictions::of(linked);
    let name_parts = Names::of(records, &linked.normalised, persons);
    let spoken_of = Seen { records, linked, extract: false };
    let row = |person: usize, open: bool| {
        let withheld = Withheld::of(told, person).filter(|_| open);
        let all_withheld = open && shield.persons[person].is_some();
        let of_person = persons.records(person);
        let mut sources: Vec<u16> = of_person.iter().map(|r| records.source[r.index()].0).collect();
        sources.sort_unstable();
        sources.dedup();
        let days = of_person.iter().filter_map(|record| seen.of(record.index()));
        let name = name_parts.best(person, |record| Some(spoken_of.of(record.index())?.1));
        let values = fields.iter().map(|&column| {
            let best::Best { value, source } = match name_parts.part(column) {
                Some(part) => name[part]?,
                None => best(records, &linked.normalised, persons, column, person)?,
            };
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
            // Two who came somewhere on one day came together.
            first_seen: days.clone().map(|(first, _)| first).filter(|_| !all_withheld).min(),
            contradictions: contradictions.into_iter().map(Cow::Owned).collect(),
            shielded: shield.persons[person].map(|why| why.as_str().into()),
            last_seen: days.map(|(_, last)| last).filter(|_| !all_withheld).max(),
            best: values.collect(),
        }
    };
    let n = u32::try_from(persons.len()).expect("fewer persons than records");
    let rows = in_batches((0..n).collect::<Vec<u32>>(), |persons| {
        let persons = persons.par_iter().with_min_len(256);
        persons.map(|&person| row(person as usize, true)).collect()
    });
    writer.open().persons(&names, rows)?;
    shielded.map_or(Ok(()), |shielded| {
        let rows = (0..persons.len()).filter(|&person| shield.persons[person].is_some());
        shielded.persons(&names, rows.map(|person| row(person, false)))
    })
}

/// The rows of those in this order, some at a time: all at once would take more room than all that
/// they are made of.
pub(crate) fn in_batches<R>(
    order: impl AsRef<[u32]>,
    rows: impl Fn(&[u32]) -> Vec<R>,
) -> impl Iterator<Item = R> {
    (0..order.as_ref().len()).step_by(ROWS_AT_ONCE).flat_map(move |start| {
        let order = &order.as_ref()[start..];
        rows(&order[..order.len().min(ROWS_AT_ONCE)])
    })
}

/// Of how many the rows are made at once.
const ROWS_AT_ONCE: usize = 16_384;

fn write_households(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let found = &linked.households;
    let is_open = |number: usize| shield.address(found.household(number).address).is_none();
    let household_row = |number: usize, open: bool| {
        let household = found.household(number);
        let earlier = found.predecessors[number].map(|earlier| earlier as usize);
        HouseholdRow {
            household_id: Cow::Borrowed(ids.households[number].as_str()),
            address_id: Cow::Owned(ids.address(linked, household.address).as_str().to_owned()),
            address: Cow::Owned(address_text(linked, household.address)),
            kind: Cow::Borrowed(household.kind.as_str()),
            from: household.period.from,
            to: household.period.to,
            size: household.size,
            successor_of: earlier
                .filter(|&earlier| !open || is_open(earlier))
                .map(|earlier| Cow::Borrowed(ids.households[earlier].as_str())),
        }
    };
    let households = in_order(&ids.households);
    let rows = |open: bool| {
        let numbers = households.iter().map(|&number| number as usize);
        numbers
            .filter(move |number| is_open(*number) == open)
            .map(move |number| household_row(number, open))
    };
    let member = |at: u32| {
        let at = at as usize;
        if at < found.memberships.len() {
            let m = &found.memberships[at];
            (m.household, m.person, m.period, m.basis)
        } else {
            let m = &found.past_memberships[at - found.memberships.len()];
            (m.household, m.person, m.period, m.basis)
        }
    };
    let row =
        |(household, person, period, basis): (u32, u32, Period, household::Basis)| MembershipRow {
            household_id: ids.households[household as usize].as_str(),
            person_id: ids.persons[person as usize].as_str(),
            from: period.from,
            to: period.to,
            basis: basis.as_str(),
        };
    let n = found.memberships.len() + found.past_memberships.len();
    let mut order: Vec<u32> = (0..u32::try_from(n).expect("fewer than 2^32 memberships")).collect();
    order.par_sort_unstable_by_key(|&at| {
        let (household, person, period, basis) = member(at);
        let ids = (ids.households[household as usize], ids.persons[person as usize]);
        (ids, period.from, period.to, basis.as_str())
    });
    let members = |open: bool| {
        let members = order.iter().map(|&at| member(at));
        members.filter(move |member| is_open(member.0 as usize) == open).map(row)
    };
    writer.open().households(rows(true))?;
    writer.open().memberships(members(true))?;
    shielded.map_or(Ok(()), |shielded| {
        shielded.households(rows(false))?;
        shielded.memberships(members(false))
    })
}

/// Each address by its most usual form, and what sort of place it is.
fn write_addresses(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let usual = (0..).zip(&ids.usual).filter(|(at, usual)| at == *usual).map(|(at, _)| at);
    let mut order: Vec<(Id, u32)> = usual.map(|at| (ids.address(linked, at), at)).collect();
    order.par_sort_unstable();
    let rows = |open: bool| {
        let wanted = order.iter().filter(move |(_, at)| shield.address(*at).is_none() == open);
        wanted.map(|(id, at)| {
            let found = linked.households.types[*at as usize];
            AddressRow {
                address_id: Cow::Borrowed(id.as_str()),
                address: address_text(linked, *at).into(),
                sort: found.sort.as_str().into(),
                reason: found.because.as_str().into(),
                residents: found.residents,
                groups: found.groups,
                known: found.known,
            }
        })
    };
    writer.open().addresses(rows(true))?;
    shielded.map_or(Ok(()), |shielded| shielded.addresses(rows(false)))
}

fn write_residencies(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, ids, shield } = told;
    let spells = &linked.households.spells;
    let why = |at: usize| shield.address(spells.items()[at].address);
    let row = |person: u32, at: usize| {
        let spell = spells.items()[at];
        let supporters = linked.households.support.get(at).iter();
        let mut sources: Vec<Cow<'_, str>> =
            supporters.map(|record| source_name(records, record.index()).into()).collect();
        sources.sort_unstable();
        sources.dedup();
        let text = address_text(linked, spell.address);
        let address_id = (!text.is_empty()).then(|| ids.address(linked, spell.address));
        ResidencyRow {
            person_id: Cow::Borrowed(ids.persons[person as usize].as_str()),
            address_id: address_id.map_or(Cow::Borrowed(""), |id| id.as_str().to_owned().into()),
            address: text.into(),
            from: spell.period.from,
            to: spell.period.to,
            last_seen: Some(spell.last_seen),
            state: state(spell.basis).into(),
            sources,
            withheld: why(at).map(|why| why.as_str().into()),
        }
    };
    // Of a shielded spell only that there is one.
    let stand_in = |person: u32, why: Why| ResidencyRow {
        person_id: Cow::Borrowed(ids.persons[person as usize].as_str()),
        address_id: Cow::default(),
        address: Cow::default(),
        from: None,
        to: None,
        last_seen: None,
        state: WITHHELD.into(),
        sources: Vec::new(),
        withheld: Some(why.as_str().into()),
    };
    writer.open().residencies(in_batches(&ids.in_order, |persons| {
        let of = |&person: &u32| {
            spells.range(person as usize).map(move |at| match why(at) {
                Some(why) => stand_in(person, why),
                None => row(person, at),
            })
        };
        persons.par_iter().flat_map_iter(of).collect()
    }))?;
    shielded.map_or(Ok(()), |shielded| {
        let rows = ids.in_order.iter().flat_map(|&person| {
            let shielded = spells.range(person as usize).filter(|at| why(*at).is_some());
            shielded.map(move |at| (person, at)).collect::<Vec<_>>()
        });
        shielded.residencies(rows.map(|(person, at)| row(person, at)))
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

fn write_links(
    writer: &Writer,
    shielded: Option<Tables<'_>>,
    told: Told<'_>,
) -> Result<(), snapshot::Error> {
    let Told { records, linked, shield, .. } = told;
    let rules: Vec<block::Rule> = linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
    let rules = plan::rules_texts(&rules, &linked.conditions);
    let n = linked.comparisons.len();
    let row = |(at, link): (usize, &ScoredPair)| {
        let (lower, upper) = (link.lower.index(), link.upper.index());
        LinkRow {
            source: Cow::Borrowed(source_name(records, lower)),
            key: Cow::Borrowed(&records.key[lower]),
            other_source: source_name(records, upper).into(),
            other_key: Cow::Borrowed(&records.key[upper]),
            rule: rules[usize::from(link.rule)].as_str().into(),
            vector: vector_text(link.vector, n).into(),
            relatives: linked.by_relatives(at).bits(),
            match_weight: link.weight.bits(),
            probability: link.weight.probability(),
            decision: linked.decision(link),
        }
    };
    let rows = |open: bool| {
        let is_open = |link: &ScoredPair| {
            let both = [link.lower, link.upper];
            both.iter().all(|record| shield.is_open(linked, record.index()))
        };
        let links = linked.links.iter().enumerate();
        links.filter(move |(_, link)| is_open(link) == open).map(row)
    };
    writer.open().links(rows(true))?;
    shielded.map_or(Ok(()), |shielded| shielded.links(rows(false)))
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
    writer.open().rejects(rows)
}

// That of a shielded household is made of its address as well, and is not told.
fn write_events(writer: &Writer, told: Told<'_>, run: &str) -> Result<(), snapshot::Error> {
    let Told { linked, ids, shield, .. } = told;
    let is_open =
        |number: usize| shield.address(linked.households.household(number).address).is_none();
    let open = (0..ids.households.len()).filter(|&number| is_open(number));
    let Some(since) = &ids.since else {
        // The first night makes every id.
        let households = open.map(|number| ids.households[number]);
        let mut all: Vec<Id> = ids.persons.iter().copied().chain(households).collect();
        all.par_sort_unstable();
        let created = |id| EventRow { id, event: Event::Created, other_id: None, run };
        return writer.open().events(all.iter().map(|id| created(id.as_str())));
    };
    let shielded: BTreeSet<&str> = (0..ids.households.len())
        .filter(|&number| !is_open(number))
        .map(|number| ids.households[number].as_str())
        .collect();
    let before = since.before.iter().map(|event| EventRow {
        id: event.id.as_str(),
        event: event.event,
        other_id: event.other_id.as_deref(),
        run: event.run.as_str(),
    });
    let since = since.persons.iter().chain(&since.households).map(|happened| EventRow {
        id: happened.id.as_str(),
        event: happened.event,
        other_id: happened.other.as_ref().map(Id::as_str),
        run,
    });
    let mut all: Vec<EventRow<&str>> = before.chain(since).collect();
    all.retain(|event| {
        !shielded.contains(event.id) && event.other_id.is_none_or(|id| !shielded.contains(id))
    });
    all.par_sort_unstable();
    writer.open().events(all)
}
