//! Average linkage within one component.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use record::RecordId;
use score::MatchWeight;

use crate::Config;
use crate::constraints::Vetoes;

/// The groups of a component, and what stood in their way.
pub(crate) struct Grouped {
    pub(crate) groups: Vec<Vec<u32>>,
    /// Joins that a constraint forbade.
    pub(crate) vetoed: u64,
    /// Joins not made because another was as good and both cannot be right.
    pub(crate) many: u64,
}

/// Groups the records of a component, given the groups they begin in and the links among them.
///
/// The two groups whose records agree best on average are joined, again and again, while that
/// average is above the threshold and nothing forbids it. The average is over all pairs of
/// records, linked or not, so one strong link cannot bridge two persons. Only groups with a link
/// between them are looked at.
pub(crate) fn group(
    groups: Vec<Vec<u32>>,
    links: &[(usize, usize)],
    weigh: &(dyn Fn(RecordId, RecordId) -> MatchWeight + Sync),
    vetoes: &Vetoes<'_>,
    config: &Config,
) -> Grouped {
    let mut state = State { members: groups, neighbours: Vec::new(), weigh, config };
    state.neighbours = vec![BTreeMap::new(); state.members.len()];
    let mut heap = BinaryHeap::new();
    for &(a, b) in links {
        if a != b && !state.neighbours[a].contains_key(&b) {
            let sum = state.sum(a, b);
            state.set(a, b, sum);
            heap.push(state.entry(a, b, sum));
        }
    }
    let (mut vetoed, mut many) = (0, 0);
    while let Some(best) = heap.pop() {
        let (a, b) = (best.a, best.b);
        // An entry is stale if either group has since been joined to another.
        if state.neighbours[a].get(&b) != Some(&best.sum) || best.size != state.size(a, b) {
            continue;
        }
        if !best.above(config.threshold) {
            break;
        }
        if vetoes.forbid(&state.members[a], &state.members[b]) {
            vetoed += 1;
            state.neighbours[a].remove(&b);
            state.neighbours[b].remove(&a);
            continue;
        }
        if let Some((one, rivals)) = state.rivals(&best, vetoes) {
            many += 1;
            for rival in rivals {
                state.neighbours[one].remove(&rival);
                state.neighbours[rival].remove(&one);
            }
            continue;
        }
        for (c, sum) in state.join(a, b) {
            heap.push(state.entry(a, c, sum));
        }
    }
    let groups = state.members.into_iter().filter(|members| !members.is_empty()).collect();
    Grouped { groups, vetoed, many }
}

struct State<'a> {
    /// The records of each group, ascending; a group that was joined to another is empty.
    members: Vec<Vec<u32>>,
    /// For each group, the groups it has a link to, and the sum of all weights between them.
    neighbours: Vec<BTreeMap<usize, i64>>,
    weigh: &'a (dyn Fn(RecordId, RecordId) -> MatchWeight + Sync),
    config: &'a Config,
}

impl State<'_> {
    fn sum(&self, a: usize, b: usize) -> i64 {
        let pairs =
            self.members[a].iter().flat_map(|&x| self.members[b].iter().map(move |&y| (x, y)));
        let weights = pairs.map(|(x, y)| {
            let weight = (self.weigh)(RecordId(x.min(y)), RecordId(x.max(y)));
            i64::from(weight.clamp(self.config.least, self.config.most).0)
        });
        weights.sum()
    }

    fn set(&mut self, a: usize, b: usize, sum: i64) {
        self.neighbours[a].insert(b, sum);
        self.neighbours[b].insert(a, sum);
    }

    fn size(&self, a: usize, b: usize) -> i64 {
        let pairs = self.members[a].len() * self.members[b].len();
        i64::try_from(pairs).expect("pairs of a component fit in 63 bits")
    }

    fn entry(&self, a: usize, b: usize, sum: i64) -> Entry {
        let (lowest, next) = (self.members[a][0], self.members[b][0]);
        let tie = (lowest.min(next), lowest.max(next));
        Entry { sum, size: self.size(a, b), tie, a, b }
    }

    /// The group of the two that could as well be joined to another that is surely not the one
    /// it is about to be joined to, and all such others: an initial, say, that may be of either
    /// twin.
    fn rivals(&self, best: &Entry, vetoes: &Vetoes<'_>) -> Option<(usize, Vec<usize>)> {
        let pairs = [(best.a, best.b), (best.b, best.a)];
        pairs.into_iter().find_map(|(one, other)| {
            let rivals: Vec<usize> = self.neighbours[one]
                .iter()
                .filter(|&(&rival, &sum)| {
                    rival != other
                        && self.members[one].len() <= self.members[rival].len()
                        && self.members[one].len() <= self.members[other].len()
                        && self.entry(one, rival, sum).within(self.config.lead, best)
                        && self.apart(other, rival, vetoes)
                })
                .map(|(&rival, _)| rival)
                .collect();
            (!rivals.is_empty()).then(|| (one, [rivals, vec![other]].concat()))
        })
    }

    /// Whether two groups are surely two persons.
    fn apart(&self, a: usize, b: usize, vetoes: &Vetoes<'_>) -> bool {
        let average = |sum: i64| {
            i128::from(sum) * 2 <= i128::from(self.config.least.0) * i128::from(self.size(a, b))
        };
        let sum = self.neighbours[a].get(&b).copied().unwrap_or_else(|| self.sum(a, b));
        average(sum) || vetoes.forbid(&self.members[a], &self.members[b])
    }

    /// Joins `b` to `a` and gives the sums to the joined group's neighbours.
    fn join(&mut self, a: usize, b: usize) -> Vec<(usize, i64)> {
        let of_a = std::mem::take(&mut self.neighbours[a]);
        let of_b = std::mem::take(&mut self.neighbours[b]);
        let others: std::collections::BTreeSet<usize> =
            of_a.keys().chain(of_b.keys()).copied().filter(|&c| c != a && c != b).collect();
        let sums: Vec<(usize, i64)> = others
            .into_iter()
            .map(|c| {
                let sum = |known: Option<&i64>, group| {
                    known.copied().unwrap_or_else(|| self.sum(group, c))
                };
                (c, sum(of_a.get(&c), a) + sum(of_b.get(&c), b))
            })
            .collect();
        let moved = std::mem::take(&mut self.members[b]);
        self.members[a].extend(moved);
        self.members[a].sort_unstable();
        for &(c, sum) in &sums {
            self.neighbours[c].remove(&b);
            self.set(a, c, sum);
        }
        sums
    }
}

/// Two groups that might be joined.
#[derive(PartialEq, Eq)]
struct Entry {
    sum: i64,
    size: i64,
    tie: (u32, u32),
    a: usize,
    b: usize,
}

impl Entry {
    fn above(&self, threshold: MatchWeight) -> bool {
        i128::from(self.sum) > i128::from(threshold.0) * i128::from(self.size)
    }
}

impl Entry {
    /// Whether this is above zero and at most `lead` below `best`.
    fn within(&self, lead: MatchWeight, best: &Entry) -> bool {
        let short = i128::from(best.sum) * i128::from(self.size)
            - i128::from(self.sum) * i128::from(best.size);
        self.sum > 0 && short <= i128::from(lead.0) * i128::from(self.size) * i128::from(best.size)
    }
}

impl Ord for Entry {
    /// By average; of equal averages, the pair with the lowest records is the greater.
    fn cmp(&self, other: &Entry) -> Ordering {
        let left = i128::from(self.sum) * i128::from(other.size);
        let right = i128::from(other.sum) * i128::from(self.size);
        left.cmp(&right).then_with(|| other.tie.cmp(&self.tie))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
