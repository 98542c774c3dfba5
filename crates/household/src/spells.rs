//! Joins what is said of each person and place into spells.

use std::ops::Range;

use record::{Date, Lists, Period, RecordId};

use crate::{
    Config, NoHousehold, ResidencySpell, SpellBasis,
    homes::{Home, usual_address, usual_kind, weight},
    listed::in_parts,
    people::People,
    places::Place,
    statements::{Standing, Statement, is_residential},
};

/// The spells of all persons.
#[derive(Default)]
pub(crate) struct Spells {
    /// Each person's.
    pub(crate) lists: Lists<ResidencySpell>,
    /// The records that speak of each spell.
    pub(crate) support: Lists<RecordId>,
    /// What else is known of each spell, in the order of [`Lists::items`].
    pub(crate) known: Vec<KnownSpell>,
}

/// What is known of a spell beside what is published of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownSpell {
    pub(crate) place: Place,
    /// Whether a record says since when.
    pub(crate) has_arrival: bool,
    /// The last day on which the person was seen there, rather than listed.
    pub(crate) sighted: Option<Date>,
}

/// Each person's spells, the earliest first.
pub(crate) fn spells(
    statements: &Lists<Statement>,
    homes: &[Home],
    people: &People,
    config: &Config,
) -> Spells {
    let of_persons = |persons: Range<usize>| {
        let mut some = Spells::default();
        for person in persons {
            let said = statements.get(person);
            let drafts = spells_of(said, &homes[person], people.born[person], config);
            for draft in &drafts {
                some.support.push(draft.support.iter().copied());
                let Draft { place, has_arrival, sighted, .. } = *draft;
                some.known.push(KnownSpell { place, has_arrival, sighted });
            }
            some.lists.push(drafts.into_iter().map(|draft| draft.spell));
        }
        some
    };
    let mut all = Spells::default();
    in_parts(statements.len(), of_persons, |some| {
        all.lists.append(&some.lists);
        all.support.append(&some.support);
        all.known.extend(some.known);
    });
    all.known.shrink_to_fit();
    Spells { lists: all.lists.fitted(), support: all.support.fitted(), known: all.known }
}

struct Draft {
    place: Place,
    spell: ResidencySpell,
    /// When it begins, or the first day of an extract that lists it if no record gives a day.
    since: Option<Date>,
    has_arrival: bool,
    /// The last day on which the person was seen there, rather than listed.
    sighted: Option<Date>,
    support: Vec<RecordId>,
}

fn spells_of(said: &[Statement], home: &Home, born: Option<Date>, config: &Config) -> Vec<Draft> {
    let total: u64 = said.chunk_by(|a, b| a.place == b.place).map(weight).sum();
    let mut spells: Vec<Draft> = Vec::new();
    for there in said.chunk_by(|a, b| a.place == b.place) {
        let stretches = stretches(there, config);
        let going_on = stretches.iter().rposition(Stretch::goes_on);
        for (at, stretch) in stretches.iter().enumerate() {
            let mut spell = spell(stretch, born, config);
            if Some(at) == going_on {
                settle(&mut spell, home, config);
                spell.spell.share = share(weight(there), total);
            }
            spells.push(spell);
        }
    }
    if matches!(home.door, Err(NoHousehold::Unborn | NoHousehold::Delivered)) {
        for draft in spells.iter_mut().filter(|draft| goes_on(draft.spell.basis)) {
            draft.spell.basis = SpellBasis::Expected;
        }
    }
    spells.sort_by_key(|spell| (spell.since, spell.place));
    end_the_superseded(&mut spells, config);
    spells
}

/// Whether a spell of this basis, of somebody without a home, is not over.
fn goes_on(basis: SpellBasis) -> bool {
    matches!(basis, SpellBasis::Outweighed | SpellBasis::Stale)
}

/// What is said of one stay.
struct Stretch {
    said: Vec<Statement>,
    to: Option<Date>,
}

impl Stretch {
    fn goes_on(&self) -> bool {
        self.said.iter().any(|s| matches!(s.standing, Standing::Open | Standing::Stale))
    }
}

/// Divides what is said of a place into stays with a gap between them.
fn stretches(there: &[Statement], config: &Config) -> Vec<Stretch> {
    let mut order: Vec<Statement> = there.to_vec();
    // A statement without a first day joins a stay that is known by then.
    order.sort_by_key(|s| (s.from.is_none(), s.from, s.seen));
    let mut stretches: Vec<Stretch> = Vec::new();
    for s in order {
        let joins = |stretch: &Stretch| match (s.from, s.to) {
            (Some(from), _) => stretch.to.is_none_or(|to| from <= to),
            (None, Some(to)) => {
                stretch.said[0].from.is_none_or(|from| from <= to.min(config.run_date))
            }
            (None, None) => {
                stretch.said[0].from.is_none_or(|from| from <= s.seen)
                    && (!s.sighted || stretch.to.is_none_or(|to| s.seen <= to))
            }
        };
        if let Some(stretch) = stretches.iter_mut().rev().find(|stretch| joins(stretch)) {
            if s.from.is_some() {
                stretch.to = stretch.to.zip(s.to).map(|(a, b)| a.max(b));
            } else {
                stretch.to = stretch.to.or(s.to);
            }
            stretch.said.push(s);
        } else {
            stretches.push(Stretch { to: s.to, said: vec![s] });
        }
    }
    stretches
}

fn spell(stretch: &Stretch, born: Option<Date>, config: &Config) -> Draft {
    let said = &stretch.said;
    let to = stretch.to;
    let since = said.iter().filter_map(|s| s.from).min().or(said.iter().map(|s| s.seen).min());
    // A baby has not lived there as long as its family's tenancy says.
    let since = since.map(|since| match born {
        Some(born) if since < born && to.is_none_or(|to| born < to) => born,
        _ => since,
    });
    // The day of an extract is not the day on which all whom it lists moved in.
    let is_dated = said.iter().any(|s| s.from.is_some() || s.sighted);
    let mut support: Vec<RecordId> = said.iter().map(|s| s.record).collect();
    support.sort_unstable();
    support.dedup();
    let basis = if !is_residential(said[0].place) {
        SpellBasis::NotResidential
    } else if to.is_some_and(|to| to <= config.run_date) {
        SpellBasis::Ended
    } else if since.max(born).is_some_and(|since| since > config.run_date) {
        SpellBasis::Expected
    } else if said.iter().all(|s| s.standing == Standing::Stale) {
        SpellBasis::Stale
    } else {
        SpellBasis::Outweighed
    };
    Draft {
        place: said[0].place,
        spell: ResidencySpell {
            address: usual_address(said),
            kind: usual_kind(said.iter().map(|s| s.kind)),
            period: Period { from: since.filter(|_| is_dated), to },
            last_seen: said.iter().map(|s| s.seen).max().unwrap_or(config.run_date),
            basis,
            share: 0,
        },
        since,
        has_arrival: said.iter().any(|s| s.from.is_some()),
        sighted: said.iter().filter(|s| s.sighted).map(|s| s.seen).max(),
        support,
    }
}

/// Marks a stay that goes on, if it is a home at the run date.
fn settle(spell: &mut Draft, home: &Home, config: &Config) {
    if home.place == Some(spell.place) && is_residential(spell.place) {
        spell.spell.basis = SpellBasis::Current;
    } else if home.second.is_some_and(|second| second.place == spell.place) {
        spell.spell.basis = SpellBasis::SecondHome;
    } else {
        return;
    }
    // More speaks for the person's being there still than for the end that a source has.
    spell.spell.period.to = spell.spell.period.to.filter(|&to| config.run_date < to);
}

fn share(part: u64, whole: u64) -> u16 {
    let thousandths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    u16::try_from(thousandths).unwrap_or(1000)
}

/// Ends a spell that nobody ends on the day the person is known to live elsewhere, if it was
/// not seen there after.
fn end_the_superseded(spells: &mut [Draft], config: &Config) {
    for at in (0..spells.len()).rev() {
        let Draft { place, spell, since, sighted, .. } = &spells[at];
        if !goes_on(spell.basis) {
            continue;
        }
        let next = spells[at + 1..]
            .iter()
            .filter(|later| {
                later.place != *place
                    && matches!(
                        later.spell.basis,
                        SpellBasis::Current
                            | SpellBasis::SecondHome
                            | SpellBasis::Ended
                            | SpellBasis::Superseded
                    )
            })
            .filter_map(|later| later.since)
            .find(|&start| {
                *since < Some(start)
                    && sighted.is_none_or(|sighted| sighted <= start)
                    && start <= config.run_date
            });
        if let Some(start) = next {
            spells[at].spell.period.to = Some(start);
            spells[at].spell.basis = SpellBasis::Superseded;
        }
    }
}
