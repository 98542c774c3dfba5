//! Learns who of those whom records still list has died or gone away unnoticed.
//!
//! Lists are long, and those who go seldom say so. But a source that has nearly everyone of
//! somebody's age who is surely here tells something by not having them; so does how long ago
//! they were last seen, whether theirs were seen at their home since, and whether strangers have
//! moved in. How much each tells is learned from the records: two kinds of persons, those here
//! and those gone, of whom the first are known where a record saw them lately. Most of these have
//! sources that see people often, so each counts for those like it whom no source happened to see.

use rayon::prelude::*;
use record::{Date, Lists, Records, SourceId};
use resolve::Persons;

use crate::{
    Config,
    homes::Home,
    listed::listed,
    people::{People, Stage},
    residents::{CROWD, Inmate, residents},
    statements::{Standing, Statement, age, at},
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
    let Shown { unseen, masked, seen } = shown(records, persons, homes, ties, config);
    let n_sources = records.sources.len().min(SOURCES_MAX);
    let shares = learn(&patterns(&unseen), &patterns(&masked), &seen, n_sources)?;
    let mut present = vec![true; persons.len()];
    for (same, share) in unseen.chunk_by(|a, b| a.0 == b.0).zip(shares) {
        for &(_, person) in same {
            present[person as usize] = share >= 0.5;
        }
    }
    Some(present)
}

/// Those who were not seen lately, by what is known of them.
fn unseen(homes: &[Home], sign: impl Fn(usize) -> Option<Signs> + Sync) -> Vec<(Signs, u32)> {
    let persons = u32::try_from(homes.len()).expect("fewer persons than records");
    let sign = |person: u32| {
        let signs = sign(person as usize).filter(|signs| signs.unseen > 0);
        Some((signs?, person))
    };
    let mut sorted: Vec<(Signs, u32)> = (0..persons).into_par_iter().filter_map(sign).collect();
    sorted.par_sort_unstable();
    sorted
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer persons than 2^52")]
fn patterns(sorted: &[(Signs, u32)]) -> Vec<Pattern> {
    let same = sorted.chunk_by(|a, b| a.0 == b.0);
    same.map(|same| Pattern { signs: same[0].0, count: same.len() as f64 }).collect()
}

/// What tells of one person whether it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signs {
    band: u8,
    /// How long ago the person was last seen anywhere, as a place among [`DAYS`].
    unseen: u8,
    /// How lately those tied to the person were last seen at the same home: 0 if there is nobody,
    /// and else the more, the later.
    company: u8,
    /// Whether strangers have moved in since any of the person's people was seen there.
    succeeded: bool,
    /// The sources that have the person, a bit for each.
    sources: u128,
}

/// Persons of whom the same is known.
struct Pattern {
    signs: Signs,
    count: f64,
}

/// Persons of one age whom the same sources have, and the same of these saw lately.
struct Seen {
    band: u8,
    sources: u128,
    lately: u128,
    count: f64,
}

/// What those show who have a home behind one door.
struct Shown {
    /// Of those not seen lately, sorted.
    unseen: Vec<(Signs, u32)>,
    /// Of those seen lately, had the sources that saw them not had them at all; sorted.
    masked: Vec<(Signs, u32)>,
    /// Which sources have those seen lately.
    seen: Vec<Seen>,
}

/// Sources beyond this number tell nothing here.
const SOURCES_MAX: usize = 128;

/// Ages that sources differ in, in years.
const BANDS: [i32; 5] = [5, 16, 25, 65, i32::MAX];

/// The bounds of how long ago somebody was last seen, in days.
const DAYS: [i32; 8] = [91, 182, 365, 545, 730, 1095, 1825, i32::MAX];
/// No company, or company seen as lately as one of these.
const COMPANIES: u8 = 9;

/// What is known of each person who has a home behind one door.
fn shown(
    records: &Records,
    persons: &Persons,
    homes: &[Home],
    ties: Ties<'_>,
    config: &Config,
) -> Shown {
    let lately = lately(ties.statements, config);
    let company = company(homes, ties, &lately, config);
    let sign = |person: usize, less: &[SourceId]| {
        homes[person].door.ok()?;
        let said = ties.statements.get(person).iter().filter(|s| !less.contains(&s.source));
        let seen = said.filter_map(|s| last_day(s, config)).max();
        let unseen = seen.map_or(i32::MAX, |seen| age(seen, config));
        let all = ties.statements.get(person);
        let sources = persons.records(person).iter().fold(0, |sources, record| {
            let source = records.source[record.index()];
            let counts = source.index() < SOURCES_MAX && !less.contains(&source);
            // A source that says the stay has ended does not have the person any more.
            let mut said = all.iter().filter(|s| s.source == source).peekable();
            let open = |s: &Statement| matches!(s.standing, Standing::Open | Standing::Stale);
            if counts && (said.peek().is_none() || said.any(open)) {
                sources | 1_u128 << source.index()
            } else {
                sources
            }
        });
        let (company, succeeded) = company[person];
        Some(Signs {
            band: band(ties.people, person, config),
            unseen: bin(&DAYS, unseen),
            company,
            succeeded: succeeded[usize::from(!less.is_empty())],
            sources,
        })
    };
    let masked = |person: usize| {
        let less = Some(lately.get(person)).filter(|less| !less.is_empty());
        sign(person, less?).filter(|signs| signs.sources != 0)
    };
    let seen = |person: usize| {
        let Signs { band, sources, .. } = sign(person, &[])?;
        let late = lately.get(person).iter().filter(|source| source.index() < SOURCES_MAX);
        let lately = late.fold(0, |bits, source| bits | 1_u128 << source.index()) & sources;
        (lately != 0).then_some((band, sources, lately))
    };
    let mut rows: Vec<(u8, u128, u128)> =
        (0..homes.len()).into_par_iter().filter_map(seen).collect();
    rows.par_sort_unstable();
    Shown {
        unseen: unseen(homes, |person| sign(person, &[])),
        masked: unseen(homes, masked),
        seen: rows.chunk_by(|a, b| a == b).map(Seen::of).collect(),
    }
}

impl Seen {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer persons than 2^52")]
    fn of(same: &[(u8, u128, u128)]) -> Seen {
        let (band, sources, lately) = same[0];
        Seen { band, sources, lately, count: same.len() as f64 }
    }
}

/// The last day on which a statement knows its person to have been anywhere.
fn last_day(s: &Statement, config: &Config) -> Option<Date> {
    let from = s.from.filter(|&from| from <= config.run_date);
    from.max(s.sighted.then_some(s.seen))
}

/// The sources that saw each person lately.
fn lately(statements: &Lists<Statement>, config: &Config) -> Lists<SourceId> {
    let is_late =
        |s: &&Statement| last_day(s, config).is_some_and(|day| age(day, config) <= DAYS[0]);
    listed(statements.len(), statements.len(), |person, sources: &mut Vec<SourceId>| {
        sources.extend(statements.get(person).iter().filter(is_late).map(|s| s.source));
        sources.sort_unstable();
        sources.dedup();
    })
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

/// For each person the company at home, and whether strangers moved in after; the latter once more
/// without the sources that saw the person lately.
fn company(
    homes: &[Home],
    ties: Ties<'_>,
    lately: &Lists<SourceId>,
    config: &Config,
) -> Vec<(u8, [bool; 2])> {
    let residents = residents(homes, ties.statements);
    let by_door: Vec<&[Inmate]> = residents.chunk_by(|a, b| a.place == b.place).collect();
    let of_door = |door: &&[Inmate]| -> Vec<(u32, u8, [bool; 2])> {
        if door.len() < 2 || CROWD < door.len() {
            return door.iter().map(|inmate| (inmate.person, 0, [false; 2])).collect();
        }
        let one = |at: usize| {
            let Inmate { place, person, .. } = door[at];
            let mut company = 0;
            let mut last: Option<Date> = None;
            let mut arrival: Option<Date> = None;
            for Inmate { person: other, known, .. } in door.iter().filter(|o| o.person != person) {
                let seen = known.map(|known| known.last);
                if ties.are_tied(person, *other, place) {
                    let unseen = seen.map_or(i32::MAX, |seen| age(seen, config));
                    company = company.max(COMPANIES - 1 - bin(&DAYS, unseen));
                    last = last.max(seen);
                } else {
                    arrival = arrival.max(known.map(|known| known.first));
                }
            }
            let less = lately.get(person as usize);
            let own = |less: &[SourceId]| {
                let said = ties.statements.get(person as usize);
                let here = self::at(said, place).iter().filter(|s| !less.contains(&s.source));
                here.filter_map(|s| last_day(s, config)).max()
            };
            let succeeded = [&[][..], less].map(|less| {
                let last = last.max(own(less));
                last.is_some() && last < arrival
            });
            (person, company, succeeded)
        };
        (0..door.len()).map(one).collect()
    };
    let found: Vec<Vec<(u32, u8, [bool; 2])>> = by_door.par_iter().map(of_door).collect();
    let mut company = vec![(0, [false; 2]); homes.len()];
    for (person, with, succeeded) in found.into_iter().flatten() {
        let best = &mut company[person as usize];
        *best = (best.0.max(with), [best.1[0] || succeeded[0], best.1[1] || succeeded[1]]);
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
    by_band: [f64; N_BANDS],
    unseen: [f64; DAYS.len()],
    /// By company, then by whether strangers moved in.
    company: [f64; 2 * COMPANIES as usize],
    /// By band, then by source.
    sources: Vec<f64>,
}

const N_BANDS: usize = BANDS.len() + 1;

impl Kind {
    fn of(patterns: &[Pattern], share: impl Fn(usize) -> f64, n_sources: usize) -> Kind {
        let mut kind = Kind {
            by_band: [SMOOTHING; N_BANDS],
            unseen: [SMOOTHING; DAYS.len()],
            company: [SMOOTHING; 2 * COMPANIES as usize],
            sources: vec![0.0; N_BANDS * n_sources],
        };
        for (at, Pattern { signs, count }) in patterns.iter().enumerate() {
            let n = count * share(at);
            let band = usize::from(signs.band);
            kind.by_band[band] += n;
            kind.unseen[usize::from(signs.unseen)] += n;
            kind.company[signs.around()] += n;
            for source in each(signs.sources, n_sources) {
                kind.sources[band * n_sources + source] += n;
            }
        }
        kind
    }

    /// The logarithms of how likely somebody of this kind and age shows each sign.
    fn likelihoods(&self, n_sources: usize) -> Likelihoods {
        let shares = |counts: &[f64]| {
            let all = counts.iter().sum::<f64>();
            counts.iter().map(|count| (count / all).ln()).collect()
        };
        let has = self.sources.iter().enumerate().map(|(at, count)| {
            let has = (count + SMOOTHING) / (self.by_band[at / n_sources] + SMOOTHING);
            [(1.0 - has).ln(), has.ln()]
        });
        Likelihoods {
            unseen: shares(&self.unseen),
            company: shares(&self.company),
            sources: has.collect(),
        }
    }
}

/// See [`Kind::likelihoods`].
struct Likelihoods {
    unseen: Vec<f64>,
    company: Vec<f64>,
    /// By band, then by source: that it lacks the person, and that it has it.
    sources: Vec<[f64; 2]>,
}

impl Likelihoods {
    /// That of all these signs.
    fn of(&self, signs: &Signs, n_sources: usize) -> f64 {
        let sources = &self.sources[usize::from(signs.band) * n_sources..][..n_sources];
        let around = self.unseen[usize::from(signs.unseen)] + self.company[signs.around()];
        let each = sources.iter().enumerate();
        each.fold(around, |sum, (at, of)| sum + of[usize::from(signs.sources >> at & 1 == 1)])
    }
}

impl Signs {
    fn around(&self) -> usize {
        2 * usize::from(self.company) + usize::from(self.succeeded)
    }
}

/// The share of each pattern's persons who are here, given what those who surely are would show
/// had they not been seen lately, and which sources have these.
///
/// What those who are gone show, and how many they are, is what then explains the rest best.
fn learn(
    patterns: &[Pattern],
    sure: &[Pattern],
    seen: &[Seen],
    n_sources: usize,
) -> Option<Vec<f64>> {
    let count = |patterns: &[Pattern]| -> f64 { patterns.iter().map(|p| p.count).sum() };
    if n_sources < 2 || count(patterns) < FEWEST || count(sure) < FEWEST {
        return None;
    }
    let mut is_here = Kind::of(sure, |_| 1.0, n_sources);
    (is_here.by_band, is_here.sources) = had(seen, n_sources);
    let if_here = is_here.likelihoods(n_sources);
    // To begin with, the longer unseen the likelier gone.
    let longest = f64::from(bin(&DAYS, i32::MAX)) + 1.0;
    let mut here: Vec<f64> =
        patterns.iter().map(|p| 1.0 - f64::from(p.signs.unseen) / longest).collect();
    for _ in 0..ROUNDS {
        let is_gone = Kind::of(patterns, |at| 1.0 - here[at], n_sources);
        let if_gone = is_gone.likelihoods(n_sources);
        let mut still = [SMOOTHING; N_BANDS];
        for (share, pattern) in here.iter().zip(patterns) {
            still[usize::from(pattern.signs.band)] += pattern.count * share;
        }
        for (share, Pattern { signs, .. }) in here.iter_mut().zip(patterns) {
            let band = usize::from(signs.band);
            let gone = is_gone.by_band[band].ln() + if_gone.of(signs, n_sources);
            let here = still[band].ln() + if_here.of(signs, n_sources);
            *share = 1.0 / (1.0 + (gone - here).exp());
        }
    }
    Some(here)
}

/// How many of those who are here, and were not seen lately, there are by band, and how many of them
/// each source has, by band and source; in proportion.
///
/// Of those whom the same sources have, some were seen lately by chance. If none of these sources sees
/// somebody with the chance *u*, each who was seen stands for u/(1 − u) who were not.
fn had(seen: &[Seen], n_sources: usize) -> ([f64; N_BANDS], Vec<f64>) {
    let misses = misses(seen, n_sources);
    let mut by_band = [SMOOTHING; N_BANDS];
    let mut had = vec![0.0; N_BANDS * n_sources];
    for &Seen { band, sources, count, .. } in seen {
        let band = usize::from(band);
        let unseen: f64 =
            each(sources, n_sources).map(|source| misses[band * n_sources + source]).product();
        let n = count * (unseen / (1.0 - unseen)).min(STANDS_FOR);
        by_band[band] += n;
        for source in each(sources, n_sources) {
            had[band * n_sources + source] += n;
        }
    }
    (by_band, had)
}

/// Nobody who was seen stands for more who were not.
const STANDS_FOR: f64 = 50.0;
/// So many persons of all ages count among those of one age whom a source has.
const SHRINKAGE: f64 = 10.0;

/// How likely each source, by band, has not seen somebody lately whom it has and who is here: by those
/// whom another saw.
fn misses(seen: &[Seen], n_sources: usize) -> Vec<f64> {
    let mut has = vec![0.0; N_BANDS * n_sources];
    let mut missed = has.clone();
    for &Seen { band, sources, lately, count } in seen {
        for source in each(sources, n_sources).filter(|source| lately & !(1 << source) != 0) {
            let at = usize::from(band) * n_sources + source;
            has[at] += count;
            missed[at] += if lately >> source & 1 == 1 { 0.0 } else { count };
        }
    }
    let of_all = |counts: &[f64], source: usize| -> f64 {
        counts.iter().skip(source).step_by(n_sources).sum()
    };
    let miss = |at: usize| {
        let source = at % n_sources;
        let general =
            (of_all(&missed, source) + SMOOTHING) / (of_all(&has, source) + 2.0 * SMOOTHING);
        (missed[at] + SHRINKAGE * general) / (has[at] + SHRINKAGE)
    };
    (0..has.len()).map(miss).collect()
}

/// The sources of a set.
fn each(sources: u128, n_sources: usize) -> impl Iterator<Item = usize> {
    (0..n_sources).filter(move |source| sources >> source & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those seen lately among so many who are here and whom these sources have, of which each sees
    /// somebody with a chance of its own.
    fn seen(band: u8, sources: &[usize], chances: &[f64], here: f64) -> Vec<Seen> {
        let of = |chosen: u32| {
            let is_chosen = |at: &usize| chosen >> at & 1 == 1;
            let set = |among: &mut dyn Iterator<Item = usize>| {
                among.fold(0, |bits: u128, at| bits | 1 << sources[at])
            };
            let chance = |at: usize| {
                let chance = chances[sources[at]];
                if is_chosen(&at) { chance } else { 1.0 - chance }
            };
            Seen {
                band,
                sources: set(&mut (0..sources.len())),
                lately: set(&mut (0..sources.len()).filter(is_chosen)),
                count: here * (0..sources.len()).map(chance).product::<f64>(),
            }
        };
        (1..1 << sources.len()).map(of).collect()
    }

    #[test]
    fn those_seen_tell_which_sources_those_have_who_were_not() {
        // A doctor who sees six in ten, a club that sees two, and a list that sees one.
        let chances = [0.6, 0.2, 0.1];
        let sets: [(&[usize], f64); 4] =
            [(&[0, 1], 30e3), (&[0, 2], 20e3), (&[1, 2], 10e3), (&[2], 5e3)];
        let all: Vec<Seen> =
            sets.iter().flat_map(|&(sources, n)| seen(3, sources, &chances, n)).collect();
        let (by_band, had) = had(&all, 3);
        let unseen = |of: &dyn Fn(&[usize]) -> bool| -> f64 {
            let miss = |sources: &[usize]| -> f64 {
                sources.iter().map(|&source| 1.0 - chances[source]).product()
            };
            sets.iter().filter(|set| of(set.0)).map(|set| set.1 * miss(set.0)).sum()
        };
        for source in 0..3 {
            let share = had[3 * 3 + source] / by_band[3];
            let expected = unseen(&|set| set.contains(&source)) / unseen(&|_| true);
            assert!((share - expected).abs() < 0.01, "{source}: {share} {expected}");
        }
        assert!(by_band[2] < 1.0 && had[..9].iter().all(|&n| n == 0.0), "of no other age");
    }

    #[test]
    fn nobody_stands_for_too_many() {
        // Whom a source hardly ever sees, it saw by a rare chance.
        let mut all = seen(0, &[0, 1], &[0.5, 0.0005], 10e3);
        all.extend(seen(0, &[1], &[0.5, 0.0005], 20e3));
        let (_, had) = had(&all, 2);
        let lone = 20e3 * 0.0005;
        assert!((had[1] - 5e3 - STANDS_FOR * lone).abs() < 50.0, "{}", had[1]);
    }

    #[test]
    fn of_nobody_seen_nothing_is_known() {
        let (by_band, had) = had(&[], 2);
        assert!(by_band.iter().all(|&n| n <= 1.0) && had.iter().all(|&n| n == 0.0));
        assert!(learn(&[], &[], &[], 2).is_none());
    }
}
