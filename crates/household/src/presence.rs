//! Learns who of those whom records still list has died or gone away unnoticed.
//!
//! Lists are long, and those who go seldom say so. But a source that has nearly everyone of
//! somebody's age who is surely here tells something by not having them; so does how long ago
//! they were last seen, whether theirs were seen at their home since, and whether strangers have
//! moved in. How much each tells is learned from the records: two kinds of persons, those here
//! and those gone, of whom the first are known where a record saw them lately.

use rayon::prelude::*;
use record::{Date, Records};
use resolve::Persons;

use crate::{
    Config,
    homes::Home,
    neighbours::Known,
    people::{People, Stage},
    places::Place,
    statements::age,
    ties::Ties,
};

/// Whether each person is likely still here; `None` if too few are known to learn it.
pub(crate) fn present(
    records: &Records,
    persons: &Persons,
    homes: &[Home],
    ties: Ties<'_>,
    config: &Config,
) -> Option<Vec<bool>> {
    let signs = signs(records, persons, homes, ties, config);
    let mut order: Vec<(Signs, u32)> =
        signs.into_iter().zip(0..).filter_map(|(signs, person)| Some((signs?, person))).collect();
    order.par_sort_unstable();
    let patterns: Vec<Pattern> = order
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| Pattern { signs: same[0].0, count: same.len() as f64 })
        .collect();
    let shares = learn(&patterns, records.sources.len())?;
    let mut present = vec![true; persons.len()];
    for (same, share) in order.chunk_by(|a, b| a.0 == b.0).zip(shares) {
        for &(_, person) in same {
            present[person as usize] = share >= 0.5;
        }
    }
    Some(present)
}

/// What tells of one person whether it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signs {
    band: u8,
    /// How long ago the person was last seen anywhere, as a place among [`DAYS`].
    unseen: u8,
    company: Company,
    /// Whether strangers have moved in since any of the person's people was seen there.
    succeeded: bool,
    /// The sources that have the person, a bit for each.
    sources: u128,
}

/// Those tied to a person who have the same home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Company {
    /// There is nobody.
    Alone,
    /// None of them was seen there lately.
    Unseen,
    /// One was.
    Seen,
}

/// Persons of whom the same is known.
struct Pattern {
    signs: Signs,
    count: f64,
}

/// Sources beyond this number tell nothing here.
const SOURCES_MAX: usize = 128;

/// Ages that sources differ in, in years.
const BANDS: [i32; 5] = [5, 16, 25, 65, i32::MAX];

/// The bounds of how long ago somebody was last seen, in days.
const DAYS: [i32; 8] = [91, 182, 365, 545, 730, 1095, 1825, i32::MAX];

/// What is known of each person who has a home behind one door.
fn signs(
    records: &Records,
    persons: &Persons,
    homes: &[Home],
    ties: Ties<'_>,
    config: &Config,
) -> Vec<Option<Signs>> {
    let company = company(homes, ties, config);
    let sign = |person: usize| {
        homes[person].door.ok()?;
        let seen = ties
            .statements
            .get(person)
            .iter()
            .flat_map(|s| [s.from.filter(|&from| from <= config.run_date), s.sighted.then_some(s.seen)])
            .flatten()
            .max();
        let unseen = seen.map_or(i32::MAX, |seen| age(seen, config));
        let sources = persons.records(person).iter().fold(0, |sources, record| {
            let source = records.source[record.index()].index();
            if source < SOURCES_MAX { sources | 1_u128 << source } else { sources }
        });
        let (company, succeeded) = company[person];
        Some(Signs {
            band: band(ties.people, person, config),
            unseen: bin(&DAYS, unseen),
            company,
            succeeded,
            sources,
        })
    };
    (0..homes.len()).into_par_iter().map(sign).collect()
}

fn band(people: &People, person: usize, config: &Config) -> u8 {
    match (people.born[person], people.stage[person]) {
        (Some(born), _) => bin(&BANDS, age(born, config) / 365 + 1),
        (None, Stage::Child) => 1,
        (None, _) => 5,
    }
}

/// The place of the first bound that is not below a number.
fn bin(bounds: &[i32], n: i32) -> u8 {
    let at = bounds.partition_point(|&bound| bound < n).min(bounds.len() - 1);
    u8::try_from(at).expect("there are few bounds")
}

/// Nobody looks for ties between more persons than this behind one door.
const CROWD: usize = 48;

/// For each person the company at home, and whether strangers moved in after.
fn company(homes: &[Home], ties: Ties<'_>, config: &Config) -> Vec<(Company, bool)> {
    let mut residents: Vec<(Place, u32)> = (0..)
        .zip(homes)
        .flat_map(|(person, home)| {
            home.door.ok().into_iter().chain(home.second).map(move |stay| (stay.place, person))
        })
        .collect();
    residents.par_sort_unstable();
    let by_door: Vec<&[(Place, u32)]> = residents.chunk_by(|a, b| a.0 == b.0).collect();
    let of_door = |door: &&[(Place, u32)]| -> Vec<(u32, Company, bool)> {
        if door.len() < 2 || CROWD < door.len() {
            return door.iter().map(|&(_, person)| (person, Company::Alone, false)).collect();
        }
        let known: Vec<Option<Known>> = door
            .iter()
            .map(|&(place, person)| Known::of(ties.statements.get(person as usize), place))
            .collect();
        let one = |at: usize| {
            let (place, person) = door[at];
            let mut company = Company::Alone;
            let mut last: Option<Date> = known[at].map(|known| known.last);
            let mut arrival: Option<Date> = None;
            for (other, known) in known.iter().enumerate().filter(|&(other, _)| other != at) {
                let seen = known.map(|known| known.last);
                if ties.strongest(person, door[other].1, place).is_some() {
                    let lately = seen.is_some_and(|seen| age(seen, config) <= config.recent_days);
                    company = company.max(if lately { Company::Seen } else { Company::Unseen });
                    last = last.max(seen);
                } else {
                    arrival = arrival.max(known.map(|known| known.first));
                }
            }
            (person, company, last.is_some() && last < arrival)
        };
        (0..door.len()).map(one).collect()
    };
    let found: Vec<Vec<(u32, Company, bool)>> = by_door.par_iter().map(of_door).collect();
    let mut company = vec![(Company::Alone, false); homes.len()];
    for (person, with, succeeded) in found.into_iter().flatten() {
        let best = &mut company[person as usize];
        *best = (best.0.max(with), best.1 || succeeded);
    }
    company
}

/// So many persons must have been seen lately, and so many not, before any is taken for gone.
const FEWEST: f64 = 200.0;
/// Rounds of learning; more change nothing that matters.
const ROUNDS: usize = 40;
/// What is added to each count, so that nothing is impossible.
const SMOOTHING: f64 = 0.5;

/// How often each sign is seen of one kind of person.
struct Kind {
    all: f64,
    by_band: Vec<f64>,
    unseen: Vec<f64>,
    company: Vec<f64>,
    succeeded: f64,
    /// By band, then by source.
    sources: Vec<f64>,
}

const N_BANDS: usize = BANDS.len() + 1;

impl Kind {
    fn of(patterns: &[Pattern], share: impl Fn(usize) -> f64, n_sources: usize) -> Kind {
        let mut kind = Kind {
            all: 0.0,
            by_band: vec![0.0; N_BANDS],
            unseen: vec![SMOOTHING; DAYS.len()],
            company: vec![SMOOTHING; 3],
            succeeded: SMOOTHING,
            sources: vec![0.0; N_BANDS * n_sources],
        };
        for (at, Pattern { signs, count }) in patterns.iter().enumerate() {
            let n = count * share(at);
            let band = usize::from(signs.band);
            kind.all += n;
            kind.by_band[band] += n;
            kind.unseen[usize::from(signs.unseen)] += n;
            kind.company[signs.company as usize] += n;
            kind.succeeded += if signs.succeeded { n } else { 0.0 };
            for source in (0..n_sources).filter(|source| signs.sources >> source & 1 == 1) {
                kind.sources[band * n_sources + source] += n;
            }
        }
        kind
    }

    /// The logarithm of how likely somebody of this kind and age shows these signs.
    fn likelihood(&self, signs: &Signs, n_sources: usize) -> f64 {
        let band = usize::from(signs.band);
        let of = |part: f64, all: f64| (part / all).ln();
        let succeeded = self.succeeded / (self.all + 2.0 * SMOOTHING);
        let mut sum = of(self.unseen[usize::from(signs.unseen)], self.unseen.iter().sum())
            + of(self.company[signs.company as usize], self.company.iter().sum())
            + if signs.succeeded { succeeded.ln() } else { (1.0 - succeeded).ln() };
        let all = self.by_band[band] + 2.0 * SMOOTHING;
        for source in 0..n_sources {
            let has = (self.sources[band * n_sources + source] + SMOOTHING) / all;
            sum += if signs.sources >> source & 1 == 1 { has.ln() } else { (1.0 - has).ln() };
        }
        sum
    }
}

/// The share of each pattern's persons who are here.
fn learn(patterns: &[Pattern], n_sources: usize) -> Option<Vec<f64>> {
    let n_sources = n_sources.min(SOURCES_MAX);
    let is_sure = |pattern: &Pattern| pattern.signs.unseen == 0;
    let count = |sure: bool| -> f64 {
        patterns.iter().filter(|p| is_sure(p) == sure).map(|p| p.count).sum()
    };
    if n_sources < 2 || count(true) < FEWEST || count(false) < FEWEST {
        return None;
    }
    // To begin with, the longer unseen the likelier gone.
    let last = DAYS.len() as f64;
    let mut here: Vec<f64> = patterns
        .iter()
        .map(|p| if is_sure(p) { 1.0 } else { 1.0 - f64::from(p.signs.unseen) / last })
        .collect();
    for _ in 0..ROUNDS {
        let kinds = [
            Kind::of(patterns, |at| here[at], n_sources),
            Kind::of(patterns, |at| 1.0 - here[at], n_sources),
        ];
        for (share, pattern) in here.iter_mut().zip(patterns).filter(|(_, p)| !is_sure(p)) {
            let band = usize::from(pattern.signs.band);
            let [is_here, is_gone] = kinds.each_ref().map(|kind| {
                (kind.by_band[band] + SMOOTHING).ln()
                    + kind.likelihood(&pattern.signs, n_sources)
            });
            *share = 1.0 / (1.0 + (is_gone - is_here).exp());
        }
    }
    Some(here)
}
