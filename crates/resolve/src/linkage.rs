//! Agglomeration within one component.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use record::RecordId;
use score::MatchWeight;

use crate::constraints::Vetoes;
use crate::{Config, Weigher};

/// The groups of a component, and what stood in their way.
pub(crate) struct Grouped {
    pub(crate) groups: Vec<Vec<u32>>,
    /// Joins that a constraint forbade.
    pub(crate) vetoed: u64,
    /// Joins not made because another was as good and both cannot be right.
    pub(crate) many: u64,
    /// A record of each of two groups that were set apart so.
    pub(crate) either: Vec<(u32, u32)>,
}

/// A link between records of two groups.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) weight: MatchWeight,
}

/// Groups the records of a component, given the groups they begin in and the links among them.
///
/// The two groups for which the evidence is best are joined, again and again, while its weight is
/// above the threshold and nothing forbids it. The evidence is of all pairs of their records,
/// linked or not, so one strong link cannot bridge two persons. Only groups with a link between
/// them are looked at.
pub(crate) fn group<W: Weigher>(
    groups: Vec<Vec<u32>>,
    links: &[Link],
    weigher: &W,
    vetoes: &Vetoes<'_>,
    config: &Config,
) -> Grouped {
    let neighbours = vec![BTreeMap::new(); groups.len()];
    let mut state = State { members: groups, neighbours, between: Vec::new(), weigher, config };
    let mut begin = Vec::new();
    for &Link { a, b, weight } in links {
        if a != b && !state.neighbours[a].contains_key(&b) {
            let between = state.at_first(a, b, weight);
            begin.extend(state.entry(a, b, between.weight));
            state.set(a, b, state.between.len());
            state.between.push(between);
        }
    }
    let mut heap = BinaryHeap::from(begin);
    let (mut vetoed, mut many, mut either) = (0, 0, Vec::new());
    while let Some(best) = heap.pop() {
        let (a, b) = (best.a, best.b);
        // An entry is stale if either group has since been joined to another.
        let sizes = (state.members[a].len(), state.members[b].len());
        if !state.are_linked(a, b) || best.sizes != sizes {
            continue;
        }
        if vetoes.forbid(&state.members[a], &state.members[b]) {
            vetoed += 1;
            state.part(a, b);
            continue;
        }
        if let Some((one, rivals)) = state.rivals(&best, vetoes) {
            many += 1;
            for rival in rivals {
                either.push((state.members[one][0], state.members[rival][0]));
                state.part(one, rival);
            }
            continue;
        }
        for (c, weight) in state.join(a, b) {
            heap.extend(state.entry(a, c, weight));
        }
    }
    let groups = state.members.into_iter().filter(|members| !members.is_empty()).collect();
    Grouped { groups, vetoed, many, either }
}

struct State<'a, W: Weigher> {
    /// The records of each group, ascending; a group that was joined to another is empty.
    members: Vec<Vec<u32>>,
    /// For each group, the groups of which something is known beside it, and its place.
    neighbours: Vec<BTreeMap<usize, usize>>,
    between: Vec<Between<W::Evidence>>,
    weigher: &'a W,
    config: &'a Config,
}

/// What is known between two groups.
struct Between<E> {
    weight: MatchWeight,
    /// The evidence, unless nobody has asked for it yet.
    evidence: Option<E>,
    /// Whether there is a link between them, so that they may be joined.
    linked: bool,
}

impl<W: Weigher> State<'_, W> {
    /// What is known between two groups that begin with a link of this weight.
    fn at_first(&self, a: usize, b: usize, link: MatchWeight) -> Between<W::Evidence> {
        if let (&[x], &[y]) = (&self.members[a][..], &self.members[b][..]) {
            let weight = self.weigher.alone(RecordId(x.min(y)), RecordId(x.max(y)), link);
            return Between { weight, evidence: None, linked: true };
        }
        self.weighed(self.evidence(a, b), true)
    }

    /// The evidence of all pairs of two groups' records.
    fn evidence(&self, a: usize, b: usize) -> W::Evidence {
        let pairs =
            self.members[a].iter().flat_map(|&x| self.members[b].iter().map(move |&y| (x, y)));
        let mut all =
            pairs.map(|(x, y)| self.weigher.between(RecordId(x.min(y)), RecordId(x.max(y))));
        let mut evidence = all.next().expect("no group is empty");
        all.for_each(|more| self.weigher.gather(&mut evidence, &more));
        evidence
    }

    fn weighed(&self, evidence: W::Evidence, linked: bool) -> Between<W::Evidence> {
        Between { weight: self.weigher.weight(&evidence), evidence: Some(evidence), linked }
    }

    fn are_linked(&self, a: usize, b: usize) -> bool {
        self.neighbours[a].get(&b).is_some_and(|&place| self.between[place].linked)
    }

    fn set(&mut self, a: usize, b: usize, place: usize) {
        self.neighbours[a].insert(b, place);
        self.neighbours[b].insert(a, place);
    }

    /// Forgets the link of two groups. What is known between them stays: no two records are
    /// weighed twice, however often groups are joined and parted.
    fn part(&mut self, a: usize, b: usize) {
        if let Some(&place) = self.neighbours[a].get(&b) {
            self.between[place].linked = false;
        }
    }

    /// The two, if the weight between them is enough to join them.
    fn entry(&self, a: usize, b: usize, weight: MatchWeight) -> Option<Entry> {
        if weight <= self.config.threshold {
            return None;
        }
        let (lowest, next) = (self.members[a][0], self.members[b][0]);
        let tie = std::cmp::Reverse((lowest.min(next), lowest.max(next)));
        let sizes = (self.members[a].len(), self.members[b].len());
        Some(Entry { weight, tie, a, b, sizes })
    }

    /// The group of the two that could as well be joined to another that is surely not the one
    /// it is about to be joined to, and all such others: an initial, say, that may be of either
    /// twin.
    fn rivals(&mut self, best: &Entry, vetoes: &Vetoes<'_>) -> Option<(usize, Vec<usize>)> {
        let pairs = [(best.a, best.b), (best.b, best.a)];
        pairs.into_iter().find_map(|(one, other)| {
            let could_be = |(&rival, &place): (&usize, &usize)| {
                let Between { weight, linked, .. } = self.between[place];
                linked
                    && rival != other
                    && self.members[one].len() <= self.members[rival].len()
                    && self.members[one].len() <= self.members[other].len()
                    && weight > MatchWeight::default()
                    && best.weight - weight <= self.config.lead
            };
            let rivals = self.neighbours[one].iter().filter(|known| could_be(*known));
            let mut rivals: Vec<usize> = rivals.map(|(&rival, _)| rival).collect();
            rivals.retain(|&rival| self.apart(other, rival, vetoes));
            (!rivals.is_empty()).then(|| (one, [rivals, vec![other]].concat()))
        })
    }

    /// Whether two groups are surely two persons. What is found is kept: many may ask.
    fn apart(&mut self, a: usize, b: usize, vetoes: &Vetoes<'_>) -> bool {
        let place = self.neighbours[a].get(&b).copied().unwrap_or_else(|| {
            self.between.push(self.weighed(self.evidence(a, b), false));
            self.set(a, b, self.between.len() - 1);
            self.between.len() - 1
        });
        self.between[place].weight <= self.config.apart
            || vetoes.forbid(&self.members[a], &self.members[b])
    }

    /// Joins `b` to `a` and gives the weights between the joined group and those it has links to.
    fn join(&mut self, a: usize, b: usize) -> Vec<(usize, MatchWeight)> {
        let of_a = std::mem::take(&mut self.neighbours[a]);
        let of_b = std::mem::take(&mut self.neighbours[b]);
        let others: BTreeSet<usize> =
            of_a.keys().chain(of_b.keys()).copied().filter(|&c| c != a && c != b).collect();
        let mut weights = Vec::with_capacity(others.len());
        for c in others {
            let places = [of_a.get(&c), of_b.get(&c)];
            let mut taken = |place: Option<&usize>, group: usize| {
                let known = place.and_then(|&place| self.between[place].evidence.take());
                known.unwrap_or_else(|| self.evidence(group, c))
            };
            let (mut evidence, more) = (taken(places[0], a), taken(places[1], b));
            self.weigher.gather(&mut evidence, &more);
            let linked = places.into_iter().flatten().any(|&place| self.between[place].linked);
            let between = self.weighed(evidence, linked);
            if linked {
                weights.push((c, between.weight));
            }
            let place = *places.into_iter().flatten().next().expect("a neighbour of one of them");
            self.between[place] = between;
            self.neighbours[c].remove(&b);
            self.set(a, c, place);
        }
        let moved = std::mem::take(&mut self.members[b]);
        self.members[a].extend(moved);
        self.members[a].sort_unstable();
        weights
    }
}

/// Two groups that might be joined: of equal weights, those with the lowest records first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    weight: MatchWeight,
    tie: std::cmp::Reverse<(u32, u32)>,
    a: usize,
    b: usize,
    sizes: (usize, usize),
}
