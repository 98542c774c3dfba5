//! What relatives say of who is who, once they have been found themselves.
//!
//! Two records whose persons are the mother of one and the same child are likelier to be of one
//! person than the records alone tell; two children of one mother are as likely brothers. How
//! much either says is learned from the persons found so far, and weighed as one more field.

use std::collections::BTreeMap;

use compare::Comparer;
use rayon::prelude::*;
use record::{Declared, Lists, RecordId, RelationType};
use resolve::{Constraints, Persons, Resolved, Weigher};
use score::{MatchWeight, Related, ScoredPair, Scorer};

use crate::candidates::Evidence;

/// One is something to another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tie {
    /// A person or a record.
    of: u32,
    /// The other person.
    other: u32,
    /// What the one is to the other.
    is: Role,
}

/// What one is to another, and whether it is the other who is said to be that: a child whose
/// contact somebody is, is no contact of theirs.
type Role = (RelationType, bool);

/// What two persons are, each to somebody: the lesser role first.
type Roles = (Role, Role);

/// What is known of the relatives of persons, and what it says of two of them.
pub(crate) struct Relatives<'a> {
    persons: &'a Persons,
    /// Of persons, sorted.
    ties: Lists<Tie>,
    /// What it says that two are this to one and the same other.
    shared: BTreeMap<Roles, Related>,
}

/// What relatives said of the persons first found.
pub(crate) struct Heard {
    /// The persons, joined where that was enough.
    pub(crate) resolved: Resolved,
    /// By the places of pairs, what was added to their weights.
    pub(crate) added: Vec<(usize, MatchWeight)>,
}

/// Hears the relatives of the persons found, and joins those of whom enough is said.
pub(crate) fn hear(
    declared: &[Declared],
    found: &Resolved,
    links: &[ScoredPair],
    (scorer, comparer): (&Scorer, &Comparer<'_>),
    constraints: &Constraints,
    config: &resolve::Config,
) -> Heard {
    let weigher = Evidence::new(scorer, comparer, links);
    let relatives = Relatives::learned(declared, &found.persons, links, scorer, &weigher);
    let weigher = weigher.hearing(&relatives);
    let added = |(at, link): (usize, &ScoredPair)| {
        relatives.of(link.lower, link.upper)?;
        let weight = weigher.weight(&weigher.between(link.lower, link.upper));
        (weight != link.weight).then(|| (at, weight - link.weight))
    };
    let added: Vec<(usize, MatchWeight)> = links.par_iter().enumerate().filter_map(added).collect();
    // Only where there is something to gain is anything decided anew.
    let person_of = found.persons.person_of();
    let mut gains = vec![false; found.persons.len()];
    for &(at, _) in added.iter().filter(|(_, added)| *added > MatchWeight::default()) {
        for record in [links[at].lower, links[at].upper] {
            gains[person_of[record.index()] as usize] = true;
        }
    }
    let is_open = |link: &&ScoredPair| {
        let [a, b] = [link.lower, link.upper].map(|record| person_of[record.index()] as usize);
        a != b && (gains[a] || gains[b])
    };
    let open: Vec<ScoredPair> = links.par_iter().filter(is_open).copied().collect();
    let resolved = resolve::rejoin(found, &open, &weigher, constraints, config);
    Heard { resolved, added }
}

impl<'a> Relatives<'a> {
    /// What is declared of the relatives of `persons`, and what that says, learned from them and
    /// from the pairs of them that are linked.
    pub(crate) fn learned(
        declared: &[Declared],
        persons: &'a Persons,
        links: &[ScoredPair],
        scorer: &Scorer,
        weigher: &Evidence<'_>,
    ) -> Relatives<'a> {
        let of_records = of_records(declared, persons);
        let ties = of_persons(&of_records, persons);
        let mut relatives = Relatives { persons, ties, shared: BTreeMap::new() };
        let mut seen = relatives.within(&of_records);
        let of_two = relatives.between_two(links, scorer, weigher);
        for (roles, shared, chances) in of_two {
            let seen = seen.entry(roles).or_default();
            for (seen, chance) in seen.iter_mut().zip(chances) {
                seen.pairs += chance;
                seen.shared += f64::from(u8::from(shared)) * chance;
            }
        }
        let known = |(roles, seen)| (roles, Related::from_shares(shares(seen)));
        relatives.shared = seen.into_iter().map(known).collect();
        relatives
    }

    /// What the relatives of two records' persons say, if they share any.
    pub(crate) fn of(&self, a: RecordId, b: RecordId) -> Option<Related> {
        let [a, b] = [a, b].map(|record| self.persons.person_of()[record.index()]);
        if a == b {
            return None;
        }
        // Ties are in the order of whom they are to.
        let of_b = self.ties_of(b);
        let met = self.ties_of(a).iter().filter(|one| ![a, b].contains(&one.other));
        let shared = met.flat_map(|one| {
            let same = &of_b[of_b.partition_point(|tie| tie.other < one.other)..];
            let same = same.iter().take_while(|tie| tie.other == one.other);
            same.map(|other| both(one, other))
        });
        let said = shared.filter_map(|roles| Some((self.shared.get(&roles)?, roles)));
        said.min_by_key(|&(said, roles)| (said.least(), roles)).map(|(said, _)| *said)
    }

    fn ties_of(&self, person: u32) -> &[Tie] {
        self.ties.get(person as usize)
    }

    /// In each person, each record against the rest of it.
    fn within(&self, of_records: &[Tie]) -> BTreeMap<Roles, [Seen; 3]> {
        let of_records = by_owner(self.persons.person_of().len(), of_records);
        let add = |mut seen: BTreeMap<Roles, [Seen; 3]>, person: u32| {
            let records = self.persons.records(person as usize).iter();
            let known: Vec<&[Tie]> = records
                .map(|record| of_records.get(record.index()))
                .filter(|ties| !ties.is_empty())
                .collect();
            for (at, own) in known.iter().enumerate().filter(|_| known.len() > 1) {
                let mut rest: Vec<Tie> = Vec::new();
                for (_, ties) in known.iter().enumerate().filter(|(other, _)| *other != at) {
                    rest.extend_from_slice(ties);
                }
                rest.sort_unstable_by_key(|tie| (tie.other, tie.is));
                for (roles, shared) in roles(own, &rest, [person; 2]) {
                    let [matched, ..] = seen.entry(roles).or_default();
                    matched.pairs += 1.0;
                    matched.shared += f64::from(u8::from(shared));
                }
            }
            seen
        };
        // What is summed are whole numbers, so that the order does not matter.
        let sum = |mut seen: BTreeMap<Roles, [Seen; 3]>, more: BTreeMap<Roles, [Seen; 3]>| {
            for (roles, more) in more {
                let seen = seen.entry(roles).or_default();
                for (seen, more) in seen.iter_mut().zip(more) {
                    seen.pairs += more.pairs;
                    seen.shared += more.shared;
                }
            }
            seen
        };
        let persons = 0..u32::try_from(self.persons.len()).expect("fewer than 2^32 persons");
        persons.into_par_iter().fold(BTreeMap::new, add).reduce(BTreeMap::new, sum)
    }

    /// For each two linked persons of whom relatives are known: what the two are, whether to one
    /// and the same, and the chances of what they are to each other by all else.
    fn between_two(
        &self,
        links: &[ScoredPair],
        scorer: &Scorer,
        weigher: &Evidence<'_>,
    ) -> Vec<(Roles, bool, [f64; 3])> {
        let person_of = self.persons.person_of();
        let mut two: Vec<[u32; 2]> = links
            .par_iter()
            .map(|link| [link.lower, link.upper].map(|record| person_of[record.index()]))
            .filter(|[a, b]| {
                a != b && ![a, b].map(|it| self.ties_of(*it).is_empty()).contains(&true)
            })
            .map(|[a, b]| [a.min(b), a.max(b)])
            .collect();
        two.par_sort_unstable();
        two.dedup();
        let one_in = two.len().div_ceil(LEARNED_FROM).max(1);
        two.into_par_iter()
            .step_by(one_in)
            .flat_map_iter(|[a, b]| {
                let roles = roles(self.ties_of(a), self.ties_of(b), [a, b]);
                let chances = scorer.chances(&self.evidence(a, b, weigher));
                roles.into_iter().map(move |(roles, shared)| (roles, shared, chances))
            })
            .collect()
    }

    /// The evidence of two persons by their first records.
    fn evidence(&self, a: u32, b: u32, weigher: &Evidence<'_>) -> score::Evidence {
        let heard = |person: u32| self.persons.records(person as usize).iter().take(HEARD);
        let mut pairs = heard(a).flat_map(|&x| heard(b).map(move |&y| (x.min(y), x.max(y))));
        let (lower, upper) = pairs.next().expect("no person is empty");
        let mut evidence = weigher.between(lower, upper);
        for (lower, upper) in pairs {
            weigher.gather(&mut evidence, &weigher.between(lower, upper));
        }
        evidence
    }
}

/// So many pairs, and of them so many that share somebody.
#[derive(Clone, Copy, Default)]
struct Seen {
    pairs: f64,
    shared: f64,
}

impl Seen {
    fn all(seen: &[Seen; 2]) -> f64 {
        let pairs: f64 = seen.iter().map(|seen| seen.pairs).sum();
        let shared: f64 = seen.iter().map(|seen| seen.shared).sum();
        (shared + 0.5) / (pairs + 1.0)
    }

    /// The share of those that share somebody, held against that of all.
    fn share(self, all: f64) -> f64 {
        (self.shared + all * LIKE_ALL) / (self.pairs + LIKE_ALL)
    }
}

/// The shares of pairs of one person, of two of one household and of strangers that share somebody.
/// As little as is seen of a class, so much is it held to be like the others; one person, like
/// those who share the least.
fn shares([matched, others @ ..]: [Seen; 3]) -> [f64; 3] {
    let all = Seen::all(&others);
    let [household, unrelated] = others.map(|seen| seen.share(all));
    [matched.share(household.min(unrelated)), household, unrelated]
}

/// So many pairs weigh as much as what holds for all.
const LIKE_ALL: f64 = 20.0;
/// So many pairs of persons are enough to learn from.
const LEARNED_FROM: usize = 100_000;
/// Of large persons only the first records are heard.
const HEARD: usize = 4;
/// Who is something to more people than this is no relative of theirs: a school's secretary.
const TIES_MAX: usize = 30;

/// The ties of records to persons, sorted, other than to those who have too many.
fn of_records(declared: &[Declared], persons: &Persons) -> Vec<Tie> {
    let person_of = |record: RecordId| persons.person_of()[record.index()];
    let both = |said: &Declared| {
        let Declared { subject, is, other, .. } = *said;
        [
            Tie { of: other.0, other: person_of(subject), is: (is, false) },
            Tie { of: subject.0, other: person_of(other), is: (is.inverse(), is.is_loose()) },
        ]
    };
    let mut ties: Vec<Tie> = declared.par_iter().flat_map_iter(both).collect();
    ties.par_sort_unstable();
    ties.dedup();
    let mut many = vec![0_usize; persons.len()];
    for tie in &ties {
        many[tie.other as usize] += 1;
    }
    ties.retain(|tie| many[tie.other as usize] <= TIES_MAX);
    ties
}

/// The ties of persons, sorted, from those of their records.
fn of_persons(of_records: &[Tie], persons: &Persons) -> Lists<Tie> {
    let mut ties: Vec<Tie> = of_records
        .iter()
        .map(|tie| Tie { of: persons.person_of()[tie.of as usize], ..*tie })
        .filter(|tie| tie.of != tie.other)
        .collect();
    ties.par_sort_unstable();
    ties.dedup();
    by_owner(persons.len(), &ties)
}

/// Sorted ties, by those whose they are, of `n`.
fn by_owner(n: usize, ties: &[Tie]) -> Lists<Tie> {
    let mut lists = Lists::with_room(n, ties.len());
    let mut rest = ties;
    for owner in (0..).take(n) {
        let own = rest.iter().take_while(|tie| tie.of == owner).count();
        lists.push(rest[..own].iter().copied());
        rest = &rest[own..];
    }
    lists
}

/// What two are, each to somebody.
fn both(one: &Tie, other: &Tie) -> Roles {
    (one.is.min(other.is), one.is.max(other.is))
}

/// What two are, each to somebody who is neither, and whether to one and the same. Ties are in
/// the order of whom they are to.
fn roles(a: &[Tie], b: &[Tie], neither: [u32; 2]) -> Vec<(Roles, bool)> {
    let mut found: Vec<(Roles, bool)> = Vec::new();
    for one in a.iter().filter(|tie| !neither.contains(&tie.other)) {
        for other in b.iter().filter(|tie| !neither.contains(&tie.other)) {
            found.push((both(one, other), one.other == other.other));
        }
    }
    // The last of equal roles is one that shares somebody, if any does.
    found.sort_unstable();
    found.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        earlier.1 |= same && later.1;
        same
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use RelationType as R;
    use record::Period;

    fn said(subject: u32, is: R, other: u32) -> Declared {
        let [subject, other] = [subject, other].map(RecordId);
        Declared { subject, is, other, period: Period::default() }
    }

    /// Relatives of records that have these persons.
    fn relatives<'a>(declared: &[Declared], persons: &'a Persons) -> (Vec<Tie>, Relatives<'a>) {
        let of_records = of_records(declared, persons);
        let ties = of_persons(&of_records, persons);
        (of_records, Relatives { persons, ties, shared: BTreeMap::new() })
    }

    #[test]
    fn each_is_what_the_other_says() {
        let persons = Persons::from_labels(&[0, 1, 2]);
        assert!(of_records(&[], &persons).is_empty());
        let ties = of_records(&[said(0, R::Mother, 1), said(0, R::Contact, 2)], &persons);
        let told: Vec<(u32, Role, u32)> =
            ties.iter().map(|tie| (tie.of, tie.is, tie.other)).collect();
        let expected = [
            (0, (R::Child, false), 1),
            (0, (R::Contact, true), 2),
            (1, (R::Mother, false), 0),
            (2, (R::Contact, false), 0),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn whom_too_many_have_is_nobodys_relative() {
        let persons = Persons::from_labels(&(0..40).collect::<Vec<u32>>());
        let of = |n: u32| (1..=n).map(|child| said(child, R::Contact, 0)).collect::<Vec<_>>();
        let most = u32::try_from(TIES_MAX).unwrap();
        assert_eq!(of_records(&of(most), &persons).len(), 2 * TIES_MAX);
        // Of more, only what the children are to their contact is gone.
        let kept = of_records(&of(most + 1), &persons);
        assert!(kept.iter().all(|tie| tie.of == 0), "{}", kept.len());
    }

    #[test]
    fn two_share_only_somebody_who_is_neither() {
        // 0 is a child; 1 its mother as one source has her, 2 as another; 3 another child of 1.
        let declared = [said(0, R::Mother, 1), said(0, R::Mother, 2), said(3, R::Mother, 1)];
        let persons = Persons::from_labels(&[0, 1, 2, 3]);
        let (_, relatives) = relatives(&declared, &persons);
        let between = |a: u32, b: u32| roles(relatives.ties_of(a), relatives.ties_of(b), [a, b]);
        let mothers = ((R::Mother, false), (R::Mother, false));
        let children = ((R::Child, false), (R::Child, false));
        assert_eq!(between(1, 2), [(mothers, true)]);
        assert_eq!(between(2, 1), between(1, 2));
        assert_eq!(between(0, 3), [(children, true)]);
        assert_eq!(between(0, 1), [(((R::Mother, false), (R::Child, false)), false)]);
    }

    #[test]
    fn each_record_is_held_against_the_rest_of_its_person() {
        // A mother whom two sources have as the mother of one child, and a third as that of another.
        let declared = [said(0, R::Mother, 2), said(1, R::Mother, 3), said(5, R::Mother, 4)];
        let persons = Persons::from_labels(&[0, 0, 1, 1, 1, 2]);
        let (of_records, relatives) = relatives(&declared, &persons);
        let seen = relatives.within(&of_records);
        let mothers = seen[&((R::Mother, false), (R::Mother, false))];
        assert!((mothers[0].pairs - 3.0).abs() < 1e-9 && (mothers[0].shared - 2.0).abs() < 1e-9);
        // The two records of the child share their mother.
        let children = seen[&((R::Child, false), (R::Child, false))];
        assert!((children[0].shared - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_was_hardly_seen_says_little() {
        let seen = |shared: f64, pairs: f64| Seen { pairs, shared };
        let found = |matched, household, unrelated| {
            let shares = shares([matched, household, unrelated]);
            shares.map(|share| (share * 1_000.0).round() / 1_000.0)
        };
        let none = seen(0.0, 0.0);
        assert!(found(none, none, none).iter().all(|share| (share - 0.5).abs() < 1e-9));
        // Nobody of one person was seen: no more is believed of one than of the least of others.
        let [matched, household, unrelated] = found(none, seen(95.0, 100.0), seen(5.0, 900.0));
        assert!(unrelated < household && matched <= unrelated);
        let [matched, household, unrelated] =
            found(seen(900.0, 1_000.0), seen(5.0, 100.0), seen(9.0, 900.0));
        assert!(household < 0.06 && unrelated < 0.02 && 0.88 < matched);
    }
}
