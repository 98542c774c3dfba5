//! Gathers what the records say of where each person lived, and weighs it at the run date.

use rayon::prelude::*;
use record::{
    Address, AddressKind, Date, Lists, NONE, Normalised, PartialDate, RecordId, Records, Residence,
    SourceId,
};
use resolve::Persons;

use crate::{
    Config,
    arrivals::settle_arrivals,
    listed::listed,
    places::{Place, Places},
    reliability::Reliabilities,
};

/// A record's statement that a person lived at a place.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each tells something else of its days")]
pub(crate) struct Statement {
    pub(crate) place: Place,
    pub(crate) kind: AddressKind,
    pub(crate) address: u32,
    pub(crate) record: RecordId,
    pub(crate) source: SourceId,
    /// The first day the person can have lived there.
    pub(crate) from: Option<Date>,
    /// Whether `from` is known to the day.
    pub(crate) from_is_exact: bool,
    /// The first day after.
    pub(crate) to: Option<Date>,
    /// The last day it speaks for, never after the run date.
    pub(crate) seen: Date,
    /// Whether that is the day of a sighting, and not just of the extract that lists it.
    pub(crate) sighted: bool,
    /// Whether that is a day of its own, and not one that the source gives for most.
    pub(crate) seen_itself: bool,
    /// Whether its record is of the person whom its row is about, not of one the row also names.
    pub(crate) is_subject: bool,
    pub(crate) standing: Standing,
    /// What it adds to its place being the home at the run date; 0 unless it is open.
    pub(crate) weight: u64,
}

impl Statement {
    /// Whether somebody saw the person there: a bill is no sighting, nor is a child's school that of
    /// a father whom its row names, whose address may be of years ago.
    pub(crate) fn is_sighting(&self) -> bool {
        self.seen_itself && self.is_subject
    }
}

/// How a statement stands at the run date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing ends it.
    Open,
    /// It says itself that the stay has ended.
    Ended,
    /// Its own source has the person at another place since.
    Superseded,
    /// It is too long since.
    Stale,
    /// The stay begins after the run date.
    Expected,
}

/// The statements about each person, in the order of place, source, record.
pub(crate) fn statements(
    records: &Records,
    normalised: &Normalised,
    persons: &Persons,
    places: &Places<'_>,
    config: &Config,
) -> Lists<Statement> {
    let said_of = |person: usize, said: &mut Vec<Statement>| {
        for &record in persons.records(person) {
            let source = records.source[record.index()];
            let as_at = records.sources[source.index()].as_at.unwrap_or(config.run_date);
            for residence in normalised.residences.get(record.index()) {
                if !says_nothing(residence.address, places) {
                    let is_subject = records.is_subject[record.index()];
                    let s = read(residence, record, source, as_at, places, config.run_date);
                    said.push(Statement { is_subject, ..s });
                }
            }
        }
        place_the_vague(said, places);
    };
    // A residence is a statement, or says nothing.
    let mut all = listed(persons.len(), normalised.residences.items().len(), said_of);
    // There are as many as records: they are changed where they are.
    settle_arrivals(&mut all, places);
    let billing = billing_days(&all, records.sources.len());
    each(&mut all, |said| {
        for s in &mut *said {
            s.seen_itself &= billing[s.source.index()] != Some(s.seen);
        }
        in_order(said);
        weigh(said, &Reliabilities::default(), config);
    });
    all
}

/// Changes the statements about each person.
fn each(statements: &mut Lists<Statement>, change: impl Fn(&mut [Statement]) + Send + Sync) {
    statements.iter_mut().collect::<Vec<_>>().into_par_iter().for_each(change);
}

/// For each source the day on which it says that it saw most of those whom it saw, if there is one.
///
/// On the day on which all bills are written nobody is seen: that is the day of a list.
fn billing_days(statements: &Lists<Statement>, n_sources: usize) -> Vec<Option<Date>> {
    let mut days: Vec<(SourceId, Date)> = statements
        .items()
        .iter()
        .filter(|s| s.sighted && s.to.is_none())
        .map(|s| (s.source, s.seen))
        .collect();
    days.par_sort_unstable();
    let mut billing = vec![None; n_sources];
    for of_source in days.chunk_by(|a, b| a.0 == b.0) {
        let same = of_source.chunk_by(|a, b| a.1 == b.1).max_by_key(|same| same.len());
        let most = same.filter(|same| FEWEST <= same.len() && of_source.len() < 2 * same.len());
        billing[of_source[0].0.index()] = most.map(|same| same[0].1);
    }
    billing
}

/// So many must have been seen on one day before it is taken for that of a list.
const FEWEST: usize = 10;

/// Whether an address tells not even the postcode area, nor what sort of place it is.
fn says_nothing(address: u32, places: &Places<'_>) -> bool {
    let at = address as usize;
    let Address { area, kind, .. } = places.addresses[at];
    matches!(places.place[at], Place::Other(_)) && kind == AddressKind::Home && area == NONE
}

fn read(
    residence: &Residence,
    record: RecordId,
    source: SourceId,
    as_at: Date,
    places: &Places<'_>,
    run_date: Date,
) -> Statement {
    let from = residence.from.map(PartialDate::first_day);
    // A stay that ended in a year had not surely ended before the year had.
    let to = residence.to.map(PartialDate::last_day);
    let seen = residence.seen.map_or(as_at, PartialDate::first_day);
    let sighted = residence.seen.is_some();
    // Whoever moved in after the last sighting was there then; whoever left was not seen since.
    let seen = if sighted { from.map_or(seen, |from| seen.max(from)) } else { seen };
    let seen = to.map_or(seen, |to| seen.min(to)).min(run_date);
    Statement {
        place: places.place[residence.address as usize],
        kind: places.kind[residence.address as usize],
        address: residence.address,
        record,
        source,
        // Of a stay that ends before it begins, the end is worth keeping: it is news.
        from: from.filter(|&from| to.is_none_or(|to| from <= to)),
        from_is_exact: residence.from.is_some_and(|from| from.day() > 0),
        to,
        seen,
        sighted,
        seen_itself: sighted,
        is_subject: true,
        standing: Standing::Open,
        weight: 0,
    }
}

/// Takes an address that does not tell the door to mean the one door in that building, or in
/// that postcode, at which the person is known.
fn place_the_vague(statements: &mut [Statement], places: &Places<'_>) {
    for at in 0..statements.len() {
        let Statement { place: Place::InBuilding(_) | Place::InPostcode(_), address, .. } =
            statements[at]
        else {
            continue;
        };
        let mut doors = statements
            .iter()
            .map(|s| (places.place[s.address as usize], s.kind, s.address))
            .filter(|&(place, _, exact)| place.is_one_door() && places.may_be(address, exact));
        if let Some((place, kind, exact)) = doors.next()
            && doors.all(|other| other.0 == place)
        {
            // The household is to be known by the address that names the door.
            let s = &mut statements[at];
            (s.place, s.kind, s.address) = (place, kind, exact);
        }
    }
}

/// Puts one person's statements in the order of place, source and record.
pub(crate) fn in_order(statements: &mut [Statement]) {
    statements
        .sort_unstable_by_key(|s| (s.place, s.source, s.record, s.address, s.from, s.to, s.seen));
}

/// Weighs all anew, by what is learned of the sources.
pub(crate) fn weigh_anew(
    statements: &mut Lists<Statement>,
    learned: &Reliabilities,
    config: &Config,
) {
    each(statements, |said| weigh(said, learned, config));
}

/// Sets the standing and the weight of one person's statements.
pub(crate) fn weigh(statements: &mut [Statement], learned: &Reliabilities, config: &Config) {
    for at in 0..statements.len() {
        let s = statements[at];
        let standing = if s.to.is_some_and(|to| to <= config.run_date) {
            Standing::Ended
        } else if s.from.is_some_and(|from| from > config.run_date) {
            Standing::Expected
        } else if config.stale_days < age(s.seen, config) {
            Standing::Stale
        } else if statements.iter().any(|o| o.source == s.source && is_later(o, &s, config)) {
            Standing::Superseded
        } else {
            Standing::Open
        };
        statements[at].standing = standing;
        if standing == Standing::Open {
            let contradicts =
                |other: &Statement| ends(other, &s, config) || is_later(other, &s, config);
            let contradicted = statements.iter().any(contradicts);
            let trust = if contradicted { config.trust_when_contradicted } else { 1.0 };
            statements[at].weight = fixed_point(trust * trust_in(&s, learned, config));
        }
    }
}

/// Whether `other` has the person somewhere else since.
fn is_later(other: &Statement, s: &Statement, config: &Config) -> bool {
    // Whoever was only seen there was there by then.
    let known = s.from.or_else(|| s.sighted.then_some(s.seen));
    let (Some(later), Some(earlier)) = (other.from, known) else { return false };
    other.place != s.place
        && is_residential(other.place)
        && earlier < later
        && later <= config.run_date
        && !(s.is_sighting() && later < s.seen)
}

/// Whether `other` says that the stay which `s` takes to go on has ended.
fn ends(other: &Statement, s: &Statement, config: &Config) -> bool {
    other.place == s.place
        && other.to.is_some_and(|to| {
            to <= config.run_date
                && !(s.is_sighting() && to < s.seen)
                && s.from.is_none_or(|from| from < to)
        })
}

/// How likely a statement is to be true still.
///
/// A dated arrival is a sighting of its own day, so an old one adds nothing to a listing but a
/// fresh one does.
fn trust_in(s: &Statement, learned: &Reliabilities, config: &Config) -> f64 {
    let (lasts, right) = learned.relative(s.source);
    let fresh = |date| right * decay(age(date, config), lasts * config.half_life_days);
    let arrival = s.from.map_or(0.0, |from| config.trust_in_sighting * fresh(from));
    let is_seen = s.sighted && s.is_subject;
    let trust = if is_seen { config.trust_in_sighting } else { config.trust_in_listing };
    arrival.max(trust * fresh(s.seen))
}

/// The share of trust left after so many days.
fn decay(days: i32, half_life_days: f64) -> f64 {
    (-f64::from(days.max(0)) / half_life_days).exp2()
}

/// A weight as a whole number, so that a sum does not depend on its order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a product of shares between 0 and 1 stays below 2^32"
)]
fn fixed_point(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * f64::from(1_u32 << 31)) as u64
}

/// The days from `date` to the run date.
pub(crate) fn age(date: Date, config: &Config) -> i32 {
    let days = config.run_date.duration_since(date).as_hours() / 24;
    i32::try_from(days).expect("all dates lie within ten thousand years")
}

/// Whether one can live there.
pub(crate) fn is_residential(place: Place) -> bool {
    !matches!(place, Place::Other(_))
}

/// What one person's statements say of a place.
pub(crate) fn at(said: &[Statement], place: Place) -> &[Statement] {
    let start = said.partition_point(|s| s.place < place);
    let end = said.partition_point(|s| s.place <= place);
    &said[start..end]
}
