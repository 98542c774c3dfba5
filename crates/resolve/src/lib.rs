//! Groups records into persons, given the weight of each pair.
//!
//! Links at or above the threshold make components. Within each, records are grouped by average
//! linkage (Sokal & Michener 1958) over all their pairs, under constraints: some pairs must be
//! one person, others cannot be. Components are independent, so they are worked in parallel,
//! and sums are of integers, so the answer is the same for any number of threads.

mod components;
mod constraints;
mod linkage;
mod persons;

pub use constraints::Constraints;
pub use persons::Persons;

use rayon::prelude::*;
use record::{RecordId, RecordPair};
use score::{MatchWeight, ScoredPair};

use crate::components::Sets;
use crate::linkage::Grouped;

/// How persons are formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Two groups of records are one person if their pairs' average weight is above this.
    pub threshold: MatchWeight,
    /// No pair counts for less, so that one bad field cannot part a person.
    pub least: MatchWeight,
    /// No pair counts for more, so that one lucky pair cannot join two.
    pub most: MatchWeight,
    /// A record that can be joined to either of two persons is joined to neither, unless the one
    /// is better by this.
    pub lead: MatchWeight,
    /// Records in a component, above which only its stronger links are used.
    pub component_max: usize,
}

impl Config {
    /// The usual bounds, at this threshold.
    #[must_use]
    pub fn new(threshold: MatchWeight) -> Config {
        Config {
            threshold,
            least: MatchWeight::from_bits(-6.0),
            most: MatchWeight::from_bits(12.0),
            lead: MatchWeight::from_bits(1.0),
            component_max: 2_000,
        }
    }
}

/// Persons, and what stood in their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The persons.
    pub persons: Persons,
    /// Joins that the weights spoke for and a constraint forbade.
    pub vetoed: u64,
    /// Joins not made because another was as good and both cannot be right.
    pub many: u64,
    /// Must-link pairs not granted, because another constraint forbids them.
    pub refused: Vec<RecordPair>,
    /// Components that were too large, and the weight above which their links were used.
    pub oversized: Vec<Oversized>,
}

/// A component that was too large to be worked whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oversized {
    /// Its lowest record.
    pub record: RecordId,
    /// Its records.
    pub records: usize,
    /// The least weight of a link that was used.
    pub least: MatchWeight,
}

/// Groups `n_records` records into persons.
///
/// `links` are the pairs found by blocking whose weight may exceed the threshold; `weigh` gives
/// the weight of any pair.
#[must_use]
pub fn resolve(
    n_records: usize,
    links: &[ScoredPair],
    weigh: &(dyn Fn(RecordId, RecordId) -> MatchWeight + Sync),
    constraints: &Constraints,
    config: &Config,
) -> Resolved {
    let vetoes = constraints.vetoes(n_records);
    let (leaders, refused) = vetoes.grant(n_records, &constraints.must_link);
    let mut edges: Vec<Edge> = links
        .iter()
        .filter(|link| config.threshold <= link.weight)
        .map(|link| Edge { a: link.lower.0, b: link.upper.0, weight: link.weight })
        .collect();
    edges.par_sort_unstable();
    edges.dedup();

    let mut oversized = Vec::new();
    let pieces = pieces(&leaders, edges, config, &mut oversized);
    let grouped: Vec<Grouped> = pieces
        .into_par_iter()
        .map(|piece| {
            let mut groups: Vec<Vec<u32>> = Vec::new();
            let mut place = std::collections::BTreeMap::new();
            for &record in &piece.records {
                let at = *place.entry(leaders[record as usize]).or_insert(groups.len());
                if at == groups.len() {
                    groups.push(Vec::new());
                }
                groups[at].push(record);
            }
            let at = |record: u32| place[&leaders[record as usize]];
            let links: Vec<(usize, usize)> =
                piece.edges.iter().map(|edge| (at(edge.a), at(edge.b))).collect();
            linkage::group(groups, &links, weigh, &vetoes, config)
        })
        .collect();

    let mut labels = leaders;
    let (mut vetoed, mut many) = (0, 0);
    for part in grouped {
        vetoed += part.vetoed;
        many += part.many;
        for group in part.groups {
            for &record in &group {
                labels[record as usize] = group[0];
            }
        }
    }
    Resolved { persons: Persons::from_labels(&labels), vetoed, many, refused, oversized }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    a: u32,
    b: u32,
    weight: MatchWeight,
}

/// Records to be worked together, ascending, and the links among them.
struct Piece {
    records: Vec<u32>,
    edges: Vec<Edge>,
}

/// The components of two records or more, the larger ones cut by using only stronger links.
fn pieces(
    leaders: &[u32],
    edges: Vec<Edge>,
    config: &Config,
    oversized: &mut Vec<Oversized>,
) -> Vec<Piece> {
    let mut done = Vec::new();
    let mut open = components(leaders, edges);
    let one = MatchWeight::from_bits(1.0);
    let mut bar = config.threshold;
    while !open.is_empty() {
        let (small, large): (Vec<Piece>, Vec<Piece>) =
            open.into_iter().partition(|piece| piece.records.len() <= config.component_max);
        done.extend(small);
        open = Vec::new();
        bar = bar + one;
        for piece in large {
            let first = RecordId(piece.records[0]);
            oversized.push(Oversized { record: first, records: piece.records.len(), least: bar });
            let stronger: Vec<Edge> =
                piece.edges.iter().copied().filter(|edge| bar <= edge.weight).collect();
            // Equal links throughout cannot be told apart by weight: worked whole, slowly.
            if bar > config.threshold + MatchWeight::from_bits(60.0) {
                done.push(piece);
            } else {
                open.extend(components(leaders, stronger));
            }
        }
    }
    done
}

fn components(leaders: &[u32], edges: Vec<Edge>) -> Vec<Piece> {
    let mut sets = Sets::new(leaders.len());
    for edge in &edges {
        sets.join(leaders[edge.a as usize], leaders[edge.b as usize]);
    }
    let mut touched: Vec<u32> = edges
        .iter()
        .flat_map(|edge| [edge.a, edge.b])
        .map(|record| leaders[record as usize])
        .collect();
    touched.sort_unstable();
    touched.dedup();
    // A group that must be one person comes with all its records, linked or not.
    let mut in_group: Vec<(u32, u32)> = (0..)
        .zip(leaders)
        .filter(|(_, leader)| touched.binary_search(leader).is_ok())
        .map(|(record, &leader)| (sets.find(leader), record))
        .collect();
    in_group.sort_unstable();
    let mut keyed: Vec<(u32, Edge)> =
        edges.into_iter().map(|edge| (sets.find(leaders[edge.a as usize]), edge)).collect();
    keyed.sort_unstable();
    let records = in_group.chunk_by(|a, b| a.0 == b.0);
    let edges = keyed.chunk_by(|a, b| a.0 == b.0);
    records
        .zip(edges)
        .map(|(records, edges)| Piece {
            records: records.iter().map(|&(_, record)| record).collect(),
            edges: edges.iter().map(|&(_, edge)| edge).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
