//! Cuts a component that has too many records, by using only its stronger links.
//!
//! A bar begins at the weakest link and is raised bit by bit; what the links above it leave together of
//! no more records than there may be is a piece. It is found from above, the strongest links first, so
//! that each link is looked at once, however high the bar has to be.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::RecordId;
use score::{MatchWeight, ScoredPair};

use crate::components::Sets;
use crate::{Config, Oversized};

/// A link between two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: MatchWeight,
}

impl Edge {
    pub(crate) fn of(link: &ScoredPair) -> Edge {
        Edge { a: link.lower.0, b: link.upper.0, weight: link.weight }
    }
}

/// Records to be worked together, ascending, and the links among them, ascending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    pub(crate) records: Vec<u32>,
    pub(crate) edges: Vec<Edge>,
}

/// The pieces of a component.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Those that have links, in the order of their lowest records.
    pub(crate) pieces: Vec<Piece>,
    /// What was too large at each bar but the highest, by that bar.
    pub(crate) oversized: Vec<Oversized>,
}

/// Cuts a component, of which `leaders` are to be one person each, at bars from `lowest` up.
///
/// If even the strongest links join too many, they join records the strongest first, unless that
/// would be too many. Those of one leader stay together.
pub(crate) fn cut(
    Piece { records, edges }: &Piece,
    leaders: &[u32],
    lowest: MatchWeight,
    config: &Config,
) -> Cut {
    let place = |record: u32| places(records.partition_point(|&other| other < record));
    let local = |edge: &Edge| Edge { a: place(edge.a), b: place(edge.b), ..*edge };
    let mut edges: Vec<Edge> = edges.par_iter().map(local).collect();
    edges.par_sort_unstable_by_key(|edge| (Reverse(edge.weight), edge.a, edge.b));
    let bars = Bars::new(lowest, config.threshold);

    let most = config.component_max;
    let mut state = State::new(records.len(), most);
    for (at, &record) in (0..).zip(records) {
        state.lead(place(leaders[record as usize]), at);
    }
    let mut oversized = Vec::new();
    let mut start = 0;
    for bar in (0..=bars.highest).rev() {
        let end = start + edges[start..].partition_point(|edge| bar <= bars.under(edge.weight));
        if bar == bars.highest {
            state.join_some(&edges[..end]);
        }
        let cut_off = if bar == bars.highest { bar } else { bar + 1 };
        state.add(&edges[start..end], cut_off);
        start = end;
        oversized.extend(state.too_large().map(|(first, n)| Oversized {
            record: RecordId(records[first as usize]),
            records: n,
            least: bars.weight(bar + 1),
        }));
    }
    oversized.sort_unstable_by_key(|found| (found.least, found.record));
    let kept = edges.into_iter().filter_map(|edge| {
        let piece = state.piece_with(&edge, bars.under(edge.weight))?;
        let [a, b] = [edge.a, edge.b].map(|at| records[at as usize]);
        Some((piece, Edge { a, b, ..edge }))
    });
    let mut kept: Vec<(u32, Edge)> = kept.collect();
    kept.par_sort_unstable();
    let mut members: Vec<(u32, u32)> =
        (0..).zip(records).map(|(at, &record)| (state.pieces.find(at), record)).collect();
    members.par_sort_unstable();
    let mut members = members.chunk_by(|a, b| a.0 == b.0);
    let piece = |edges: &[(u32, Edge)]| {
        let own = members.find(|members| members[0].0 == edges[0].0).expect("links have records");
        Piece {
            records: own.iter().map(|member| member.1).collect(),
            edges: edges.iter().map(|edge| edge.1).collect(),
        }
    };
    Cut { pieces: kept.chunk_by(|a, b| a.0 == b.0).map(piece).collect(), oversized }
}

fn places(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 2^32 records")
}

/// The bars, a bit apart and numbered from the lowest.
struct Bars {
    lowest: MatchWeight,
    highest: u32,
}

impl Bars {
    /// No link that is stronger than the threshold by so many bits is told from another by weight.
    const BITS: f64 = 60.0;

    fn new(lowest: MatchWeight, threshold: MatchWeight) -> Bars {
        let all = Bars { lowest, highest: u32::MAX };
        Bars { highest: all.under(threshold + MatchWeight::from_bits(Bars::BITS)), lowest }
    }

    /// The highest bar that is not above this weight; the lowest if all are.
    fn under(&self, weight: MatchWeight) -> u32 {
        let above = i64::from(weight.0) - i64::from(self.lowest.0);
        let bar = above.max(0) / i64::from(MatchWeight::from_bits(1.0).0);
        u32::try_from(bar).expect("weights are 32 bits").min(self.highest)
    }

    /// What a link weighs at least that is not below this bar.
    fn weight(&self, bar: u32) -> MatchWeight {
        let bits = i64::from(bar) * i64::from(MatchWeight::from_bits(1.0).0);
        let weight = (i64::from(self.lowest.0) + bits).min(i32::MAX.into());
        MatchWeight(i32::try_from(weight).expect("the lowest weight and more"))
    }
}

/// What the links so far join, each record by its place in the component.
struct State {
    most: usize,
    /// All that is joined.
    all: Sets,
    /// What is joined and not too large.
    pieces: Sets,
    /// By the leader of each of either, how many records it has.
    sizes: Vec<usize>,
    piece_sizes: Vec<usize>,
    /// By its leader, whether what is joined is too large.
    is_too_large: Vec<bool>,
    /// By its leader, the lowest bar at which a piece is one: what else it has is cut off.
    bar: Vec<u32>,
    /// The leaders of what is too large.
    large: Vec<u32>,
}

impl State {
    fn new(n: usize, most: usize) -> State {
        State {
            most,
            all: Sets::new(n),
            pieces: Sets::new(n),
            sizes: vec![1; n],
            piece_sizes: vec![1; n],
            is_too_large: vec![false; n],
            bar: vec![0; n],
            large: Vec::new(),
        }
    }

    /// Joins a record to its leader, which is no higher.
    fn lead(&mut self, leader: u32, record: u32) {
        if leader != record {
            self.all.join(leader, record);
            self.pieces.join(leader, record);
            self.sizes[leader as usize] += 1;
            self.piece_sizes[leader as usize] += 1;
        }
    }

    /// Joins pieces by links, the first first, that do not become too large by it.
    fn join_some(&mut self, edges: &[Edge]) {
        for edge in edges {
            let [a, b] = [edge.a, edge.b].map(|end| self.pieces.find(end));
            let size = self.piece_sizes[a as usize] + self.piece_sizes[b as usize];
            if a != b && size <= self.most {
                self.pieces.join(a, b);
                self.piece_sizes[a.min(b) as usize] = size;
            }
        }
    }

    /// Adds the links between a bar and the next. What becomes too large by them is cut into what was
    /// joined before, by links not below the bar `cut_off`.
    fn add(&mut self, edges: &[Edge], cut_off: u32) {
        // What they join of what was joined before.
        let mut met: Vec<(u32, u32)> = Vec::new();
        for edge in edges {
            let [a, b] = [edge.a, edge.b].map(|end| self.all.find(end));
            if a != b {
                met.extend([(0, a), (0, b)]);
            }
        }
        met.sort_unstable();
        met.dedup();
        for edge in edges {
            self.all.join(edge.a, edge.b);
        }
        for (now, end) in &mut met {
            *now = self.all.find(*end);
        }
        met.sort_unstable();
        for joined in met.chunk_by(|a, b| a.0 == b.0) {
            let now = joined[0].0;
            let ends = || joined.iter().map(|&(_, end)| end as usize);
            let n = ends().map(|end| self.sizes[end]).sum();
            if ends().any(|end| self.is_too_large[end]) || self.most < n {
                for end in ends().filter(|&end| !self.is_too_large[end]) {
                    let piece = self.pieces.find(places(end));
                    self.bar[piece as usize] = cut_off;
                }
                self.is_too_large[now as usize] = true;
                self.large.push(now);
            } else {
                ends().for_each(|end| self.pieces.join(now, places(end)));
                self.piece_sizes[now as usize] = n;
            }
            self.sizes[now as usize] = n;
        }
        self.large.iter_mut().for_each(|large| *large = self.all.find(*large));
        self.large.sort_unstable();
        self.large.dedup();
    }

    /// What is too large: its first record, and how many it has.
    fn too_large(&self) -> impl Iterator<Item = (u32, usize)> {
        self.large.iter().map(|&large| (large, self.sizes[large as usize]))
    }

    /// The piece that has a link, if it is not below the piece's bar.
    fn piece_with(&mut self, edge: &Edge, bar: u32) -> Option<u32> {
        let piece = self.pieces.find(edge.a);
        (piece == self.pieces.find(edge.b) && self.bar[piece as usize] <= bar).then_some(piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::components::Components;

    /// The slow way: the bar is raised for what is still too large, from the lowest up.
    fn slow(whole: &Piece, leaders: &[u32], lowest: MatchWeight, config: &Config) -> Cut {
        let mut found = Cut::default();
        let mut open = vec![whole.clone()];
        let mut bar = lowest;
        while !open.is_empty() {
            bar = bar + MatchWeight::from_bits(1.0);
            for mut piece in std::mem::take(&mut open) {
                let n = piece.records.len();
                if n <= config.component_max {
                    found.pieces.push(piece);
                    continue;
                }
                let record = RecordId(piece.records[0]);
                found.oversized.push(Oversized { record, records: n, least: bar });
                if bar <= config.threshold + MatchWeight::from_bits(60.0) {
                    piece.edges.retain(|edge| bar <= edge.weight);
                    open.extend(components(leaders, &piece.edges));
                } else {
                    found.pieces.extend(divided(piece, leaders, config.component_max));
                }
            }
        }
        found.pieces.sort();
        found.oversized.sort_by_key(|found| (found.least, found.record));
        found
    }

    fn divided(mut piece: Piece, leaders: &[u32], most: usize) -> Vec<Piece> {
        let mut group = leaders.to_vec();
        piece.edges.sort_by_key(|edge| (Reverse(edge.weight), edge.a, edge.b));
        for edge in &piece.edges {
            let ends = [edge.a, edge.b].map(|end| group[end as usize]);
            let of = |record: &&u32| ends.contains(&group[**record as usize]);
            let joined: Vec<u32> = piece.records.iter().filter(of).copied().collect();
            if joined.len() <= most {
                for &record in &joined {
                    group[record as usize] = joined[0];
                }
            }
        }
        piece.edges.retain(|edge| group[edge.a as usize] == group[edge.b as usize]);
        components(leaders, &piece.edges)
    }

    fn components(leaders: &[u32], edges: &[Edge]) -> Vec<Piece> {
        let all = Components::of(leaders, edges, |edge| (edge.a, edge.b));
        let piece = |(records, own): (&[u32], &[u32])| {
            let mut edges: Vec<Edge> = own.iter().map(|&at| edges[at as usize]).collect();
            edges.sort();
            Piece { records: records.to_vec(), edges }
        };
        all.records.iter().zip(all.links.iter()).map(piece).collect()
    }

    fn edges(n: u32) -> impl Strategy<Value = Vec<Edge>> {
        let edge = (0..n, 0..n, -3..75_i32, 0..3_i32).prop_map(|(a, b, bits, parts)| {
            let (a, b, part) = (a.min(b), a.max(b), parts << 18);
            Edge { a, b, weight: MatchWeight(MatchWeight::from_bits(f64::from(bits)).0 + part) }
        });
        proptest::collection::vec(edge, 1..40).prop_map(|mut edges| {
            edges.retain(|edge| edge.a < edge.b);
            edges.sort_by_key(|edge| (edge.a, edge.b));
            edges.dedup_by_key(|edge| (edge.a, edge.b));
            edges
        })
    }

    proptest! {
        #[test]
        fn pieces_are_those_of_the_slow_way(
            edges in edges(14),
            must in proptest::collection::vec((0..14_u32, 0..14_u32), 0..2),
            component_max in 3..7_usize,
            threshold in -2..12_i32,
        ) {
            let sets = Sets::new(14);
            for (a, b) in must {
                sets.join(a, b);
            }
            let leaders = sets.leaders();
            let threshold = MatchWeight::from_bits(f64::from(threshold));
            let config = Config { component_max, ..Config::new(threshold) };
            let Some(lowest) = edges.iter().map(|edge| edge.weight).min() else { return Ok(()) };
            for whole in components(&leaders, &edges) {
                if component_max < whole.records.len() {
                    let cut = cut(&whole, &leaders, lowest, &config);
                    prop_assert!(cut.pieces.iter().all(|it| it.records.len() <= component_max));
                    prop_assert_eq!(cut, slow(&whole, &leaders, lowest, &config));
                }
            }
        }
    }
}
