//! Divides the residents of a dwelling into households.

use std::cmp::Reverse;

use record::Date;

use crate::{
    Config, HouseholdKind, NoHousehold, TiedTo,
    homes::Stay,
    people::Stage,
    places::Place,
    statements::{Standing, age, at},
    ties::Ties,
};

/// Somebody with a home in a dwelling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resident {
    pub(crate) person: u32,
    pub(crate) stay: Stay,
}

/// What becomes of the residents of one dwelling.
#[derive(Debug, Default)]
pub(crate) struct Dwelling {
    /// By lowest member.
    pub(crate) households: Vec<Draft>,
    /// Those who are in none of them, and why.
    pub(crate) unhoused: Vec<(u32, NoHousehold)>,
    /// Where it is.
    pub(crate) place: Option<Place>,
    /// How many live there, and how many groups they are with nothing between them, if that was
    /// looked at.
    pub(crate) residents: usize,
    pub(crate) groups: usize,
}

/// A household before it has a number.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) kind: HouseholdKind,
    /// By person.
    pub(crate) members: Vec<(Resident, Option<TiedTo>)>,
}

/// Above this many times `over_large` residents nobody looks for ties between all pairs of them.
const CROWD: usize = 4;

/// What else is known of a dwelling.
#[derive(Clone, Copy)]
pub(crate) struct About {
    /// How many persons are known to have lived there at any time.
    pub(crate) known: usize,
    /// Whether it is a hostel.
    pub(crate) is_hostel: bool,
}

/// The households of one dwelling, whose residents come by person.
pub(crate) fn households(
    residents: &[Resident],
    About { known, is_hostel }: About,
    ties: Ties<'_>,
    config: &Config,
) -> Dwelling {
    let over_large = config.over_large as usize;
    let set_apart = |residents: &[Resident], mut dwelling: Dwelling| {
        let reason = NoHousehold::OverLarge;
        dwelling.unhoused.extend(residents.iter().map(|resident| (resident.person, reason)));
        dwelling
    };
    if CROWD * over_large < residents.len() {
        return set_apart(
            residents,
            Dwelling { residents: residents.len(), ..Dwelling::default() },
        );
    }
    let bonds = Bonds::of(residents, ties);
    let group = bonds.groups();
    let gone = gone(residents, &group, ties, config);
    let mut dwelling = Dwelling::default();
    let mut stay = Vec::with_capacity(residents.len());
    for (at, resident) in residents.iter().enumerate() {
        if gone[group[at]] {
            dwelling.unhoused.push((resident.person, NoHousehold::Succeeded));
        } else {
            stay.push(at);
        }
    }
    dwelling.residents = stay.len();
    dwelling.groups = distinct(&stay, &group);
    let stage = |at: usize| ties.people.stage[residents[at].person as usize];
    if is_hostel {
        return in_hostel(residents, &stay, &group, &bonds, dwelling);
    }
    if over_large < stay.len() {
        let staying: Vec<Resident> = stay.iter().map(|&at| residents[at]).collect();
        return set_apart(&staying, dwelling);
    }

    if is_communal(&stay, &group, stage, known, config) {
        let reason = NoHousehold::Communal;
        dwelling.unhoused.extend(stay.iter().map(|&at| (residents[at].person, reason)));
        return dwelling;
    }
    let household = divide(&stay, &group, stage);
    let kind = |members: &[usize]| kind(members, &group, stage);
    write(&mut dwelling, residents, household.iter().copied().zip(stay), &bonds, kind);
    dwelling
}

/// Writes down the households, given the label of each resident's.
fn write(
    dwelling: &mut Dwelling,
    residents: &[Resident],
    seats: impl Iterator<Item = (usize, usize)>,
    bonds: &Bonds,
    kind: impl Fn(&[usize]) -> HouseholdKind,
) {
    let mut seats: Vec<(usize, usize)> = seats.collect();
    seats.sort_unstable();
    for members in seats.chunk_by(|a, b| a.0 == b.0) {
        let members: Vec<usize> = members.iter().map(|&(_, at)| at).collect();
        let seated = |&at: &usize| (residents[at], bonds.strongest(at, &members));
        dwelling
            .households
            .push(Draft { kind: kind(&members), members: members.iter().map(seated).collect() });
    }
    dwelling.households.sort_unstable_by_key(|draft| draft.members[0].0.person);
}

/// In a hostel those are a household who are tied; whoever is alone there is in none.
fn in_hostel(
    residents: &[Resident],
    stay: &[usize],
    group: &[usize],
    bonds: &Bonds,
    mut dwelling: Dwelling,
) -> Dwelling {
    let is_alone = |at: usize| stay.iter().filter(|&&other| group[other] == group[at]).count() < 2;
    let (alone, tied): (Vec<usize>, Vec<usize>) = stay.iter().partition(|&&at| is_alone(at));
    let reason = NoHousehold::Hostel;
    dwelling.unhoused.extend(alone.iter().map(|&at| (residents[at].person, reason)));
    let seats = tied.into_iter().map(|at| (group[at], at));
    write(&mut dwelling, residents, seats, bonds, |_| HouseholdKind::Hostel);
    dwelling
}

/// Whether those who live behind one door are too many strangers, coming and going, for a home.
fn is_communal(
    stay: &[usize],
    group: &[usize],
    stage: impl Fn(usize) -> Stage,
    known: usize,
    config: &Config,
) -> bool {
    config.strangers < distinct(stay, group) as u64
        && 2 * stay.len() <= known
        && stay.iter().all(|&at| stage(at) != Stage::Child)
}

/// How many groups some are of.
fn distinct(some: &[usize], group: &[usize]) -> usize {
    let mut groups: Vec<usize> = some.iter().map(|&at| group[at]).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}

/// The tie of each resident to each other, row by row.
struct Bonds {
    n: usize,
    ties: Vec<Option<TiedTo>>,
}

impl Bonds {
    fn of(residents: &[Resident], ties: Ties<'_>) -> Bonds {
        let to = |a: &Resident, b: &Resident| {
            let tie = ties.strongest(a.person, b.person, a.stay.place);
            tie.map(|tie| TiedTo { tie, person: b.person })
        };
        let row = |a| residents.iter().map(move |b: &Resident| (a, b));
        let pairs = residents.iter().flat_map(row);
        let ties =
            pairs.map(|(a, b): (&Resident, _)| if a.person == b.person { None } else { to(a, b) });
        Bonds { n: residents.len(), ties: ties.collect() }
    }

    /// For each resident the lowest of those to whom it is tied, directly or through others.
    fn groups(&self) -> Vec<usize> {
        let mut group: Vec<usize> = (0..self.n).collect();
        for (at, _) in self.ties.iter().enumerate().filter(|(_, tie)| tie.is_some()) {
            let (a, b) = (group[at / self.n], group[at % self.n]);
            for label in group.iter_mut().filter(|label| **label == a.max(b)) {
                *label = a.min(b);
            }
        }
        group
    }

    /// The strongest tie of a resident to one of `members`.
    fn strongest(&self, at: usize, members: &[usize]) -> Option<TiedTo> {
        members.iter().filter_map(|&other| self.ties[at * self.n + other]).min()
    }
}

/// For each group, by its label, whether others have moved in since any of it was last seen.
///
/// Only who was not seen for long is taken for gone, and only if nothing ties them to those who
/// came after: a tenant who left without a word, not a mother whose son's wife moved in.
fn gone(residents: &[Resident], group: &[usize], ties: Ties<'_>, config: &Config) -> Vec<bool> {
    let mut last_seen: Vec<Option<Date>> = vec![None; residents.len()];
    let mut last_arrival = None;
    for (resident, &group) in residents.iter().zip(group) {
        let said = at(ties.statements.get(resident.person as usize), resident.stay.place);
        for s in said.iter().filter(|s| s.standing == Standing::Open) {
            last_seen[group] = last_seen[group].max(Some(s.seen));
            last_arrival = last_arrival.max(s.from);
        }
    }
    // Nobody is last seen before arriving, so an arrival after a group was last seen is another's.
    let is_gone = |seen| config.recent_days < age(seen, config) && Some(seen) < last_arrival;
    last_seen.into_iter().map(|seen| seen.is_some_and(is_gone)).collect()
}

/// For each of those who stay, the label of its household.
///
/// Whoever lives behind one door is one household, unless there are two families: two groups,
/// each with a child and an adult, and nothing known to tie them.
pub(crate) fn divide(
    stay: &[usize],
    group: &[usize],
    stage: impl Fn(usize) -> Stage,
) -> Vec<usize> {
    struct Group {
        label: usize,
        children: usize,
        adults: usize,
    }
    let mut members: Vec<(usize, bool)> =
        stay.iter().map(|&at| (group[at], stage(at) == Stage::Child)).collect();
    members.sort_unstable();
    let families: Vec<Group> = members
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of_group| {
            let children = of_group.iter().filter(|member| member.1).count();
            Group { label: of_group[0].0, children, adults: of_group.len() - children }
        })
        .filter(|group| group.children > 0 && group.adults > 0)
        .collect();
    if families.len() < 2 {
        return vec![0; stay.len()];
    }
    // A child with no known tie goes to the largest family. So does an adult, but rather to a
    // lone parent, whose partner an adult with no tie most often is.
    let largest = |group: &&Group| (group.children + group.adults, Reverse(group.label));
    let of_children = families.iter().max_by_key(largest).map_or(0, |group| group.label);
    let of_adults = families
        .iter()
        .max_by_key(|group| (Reverse(group.adults), largest(group)))
        .map_or(0, |group| group.label);
    stay.iter()
        .map(|&at| match stage(at) {
            _ if families.iter().any(|family| family.label == group[at]) => group[at],
            Stage::Child => of_children,
            Stage::Adult | Stage::Unborn => of_adults,
        })
        .collect()
}

/// Three adults with nothing between them and no child share a house.
pub(crate) fn kind(
    members: &[usize],
    group: &[usize],
    stage: impl Fn(usize) -> Stage,
) -> HouseholdKind {
    if distinct(members, group) >= 3 && members.iter().all(|&at| stage(at) == Stage::Adult) {
        HouseholdKind::Shared
    } else {
        HouseholdKind::Private
    }
}
