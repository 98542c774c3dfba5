//! Groups records into persons, given the evidence between them.
//!
//! Links and possible links make components. Within each, groups of records are joined, those
//! for which the evidence is best first (agglomeration), under constraints: some pairs must be
//! one person, others cannot be. Components are independent, so they are worked in parallel,
//! and evidence is of integers, so the answer is the same for any number of threads.

mod belief;
mod components;
mod constraints;
mod cut;
mod linkage;
mod persons;

pub use belief::beliefs;
pub use constraints::Constraints;
pub use persons::Persons;

use rayon::prelude::*;
use record::{RecordId, RecordPair};
use score::{MatchWeight, ScoredPair};

use crate::components::Components;
use crate::constraints::Vetoes;
use crate::cut::{Cut, Edge, Piece, cut};
use crate::linkage::{Grouped, Link};

/// Weighs the evidence that two groups of records are one person.
pub trait Weigher: Sync {
    /// What speaks for and against it.
    type Evidence;

    /// The evidence of two records, the lower first.
    fn between(&self, lower: RecordId, upper: RecordId) -> Self::Evidence;

    /// Adds to the evidence between a group and another that between it and what joins the other.
    /// The order in which evidence is gathered must not matter.
    fn gather(&self, evidence: &mut Self::Evidence, more: &Self::Evidence);

    /// The weight of the evidence.
    fn weight(&self, evidence: &Self::Evidence) -> MatchWeight;

    /// The weight of the evidence of two records alone, which have a link of this weight.
    fn alone(&self, lower: RecordId, upper: RecordId, _link: MatchWeight) -> MatchWeight {
        self.weight(&self.between(lower, upper))
    }
}

/// How persons are formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Two groups of records are one person if the weight of the evidence is above this.
    pub threshold: MatchWeight,
    /// Two groups are surely two persons if the weight of the evidence is at most this.
    pub apart: MatchWeight,
    /// A record that can be joined to either of two persons is joined to neither, unless the one
    /// is better by this.
    pub lead: MatchWeight,
    /// Records in a component, above which only its stronger links are used; and if all are as
    /// strong, only those that join no more records than these.
    pub component_max: usize,
}

impl Config {
    /// The usual bounds, at this threshold.
    #[must_use]
    pub fn new(threshold: MatchWeight) -> Config {
        Config {
            threshold,
            apart: MatchWeight::from_bits(-3.0),
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
    /// The persons between whom such joins would have been, by their numbers, lower first,
    /// ascending: records of the one may well be of the other.
    pub either: Vec<(u32, u32)>,
    /// Must-link pairs not granted, because another constraint forbids them.
    pub refused: Vec<RecordPair>,
    /// Components that were too large, and the weight above which their links were used.
    pub oversized: Vec<Oversized>,
}

impl Resolved {
    /// Whether two persons are two only because another join was as good and both cannot be right.
    #[must_use]
    pub fn is_either(&self, a: u32, b: u32) -> bool {
        self.either.binary_search(&(a.min(b), a.max(b))).is_ok()
    }
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
/// `links` are the pairs found by blocking that are to bring groups together: only groups with a
/// link between them can be joined.
#[must_use]
pub fn resolve<W: Weigher>(
    n_records: usize,
    links: &[ScoredPair],
    weigher: &W,
    constraints: &Constraints,
    config: &Config,
) -> Resolved {
    let vetoes = constraints.vetoes(n_records);
    let (leaders, refused) = vetoes.grant(n_records, &constraints.must_link);
    let found = agglomerate(&leaders, links, weigher, &vetoes, config);
    let either = between(&found.persons, found.apart);
    let Agglomerated { persons, vetoed, many, oversized, .. } = found;
    Resolved { persons, vetoed, many, either, refused, oversized }
}

/// Groups persons that were found before once more, by evidence that only they could give. No
/// person comes apart, and only those are joined that a link is between.
#[must_use]
pub fn rejoin<W: Weigher>(
    found: &Resolved,
    links: &[ScoredPair],
    weigher: &W,
    constraints: &Constraints,
    config: &Config,
) -> Resolved {
    let before = &found.persons;
    let n_records = before.person_of().len();
    let first = |person: u32| before.records(person as usize)[0].0;
    let leaders: Vec<u32> = before.person_of().iter().map(|&person| first(person)).collect();
    let again = agglomerate(&leaders, links, weigher, &constraints.vetoes(n_records), config);
    let known = found.either.iter().map(|&(a, b)| (first(a), first(b)));
    let either = between(&again.persons, known.chain(again.apart));
    Resolved {
        persons: again.persons,
        either,
        refused: found.refused.clone(),
        oversized: found.oversized.clone(),
        ..*found
    }
}

/// What came of joining groups that begin as those of equal leaders.
struct Agglomerated {
    persons: Persons,
    vetoed: u64,
    many: u64,
    /// Records of persons that could as well be joined otherwise.
    apart: Vec<(u32, u32)>,
    oversized: Vec<Oversized>,
}

fn agglomerate<W: Weigher>(
    leaders: &[u32],
    links: &[ScoredPair],
    weigher: &W,
    vetoes: &Vetoes<'_>,
    config: &Config,
) -> Agglomerated {
    let group = |piece: &Piece| {
        let leader = |record: u32| leaders[record as usize];
        let mut led: Vec<u32> = piece.records.iter().map(|&record| leader(record)).collect();
        led.sort_unstable();
        led.dedup();
        let at = |record: u32| led.partition_point(|&other| other < leader(record));
        let mut groups = vec![Vec::new(); led.len()];
        for &record in &piece.records {
            groups[at(record)].push(record);
        }
        let link = |edge: &Edge| Link { a: at(edge.a), b: at(edge.b), weight: edge.weight };
        let links: Vec<Link> = piece.edges.iter().map(link).collect();
        linkage::group(groups, &links, weigher, vetoes, config)
    };
    let components = Components::of(leaders, links, |link| (link.lower.0, link.upper.0));
    let is_large = |at: &usize| config.component_max < components.records.get(*at).len();
    let piece = |at: usize| Piece {
        records: components.records.get(at).to_vec(),
        edges: components.links.get(at).iter().map(|&at| Edge::of(&links[at as usize])).collect(),
    };
    let n = components.records.len();
    let mut labels = leaders.to_vec();
    let (mut vetoed, mut many, mut apart) = (0, 0, Vec::new());
    let mut take = |grouped: Vec<Grouped>| {
        for part in grouped {
            vetoed += part.vetoed;
            many += part.many;
            apart.extend(part.either);
            for group in part.groups {
                for &record in &group {
                    labels[record as usize] = group[0];
                }
            }
        }
    };
    // All groups at once, each a list of its own, would take more room than the links.
    for start in (0..n).step_by(COMPONENTS_AT_ONCE) {
        let some = start..n.min(start + COMPONENTS_AT_ONCE);
        let small = some.into_par_iter().with_max_len(SHARE).filter(|at| !is_large(at));
        take(small.map(|at| group(&piece(at))).collect());
    }
    let large: Vec<Piece> = (0..n).filter(is_large).map(piece).collect();
    drop(components);
    let lowest = links.iter().map(|link| link.weight).min().unwrap_or_default();
    let cuts = large.into_par_iter().map(|piece| cut(&piece, leaders, lowest, config));
    let mut oversized = Vec::new();
    let pieces = cuts.collect::<Vec<Cut>>().into_iter().flat_map(|cut| {
        oversized.extend(cut.oversized);
        cut.pieces
    });
    let pieces: Vec<Piece> = pieces.collect();
    take(pieces.par_iter().with_max_len(1).map(group).collect());
    Agglomerated { persons: Persons::from_labels(&labels), vetoed, many, apart, oversized }
}

/// Components whose records are grouped at once.
const COMPONENTS_AT_ONCE: usize = 16_384;

/// Components that a thread takes at once: one of the largest is worked for seconds.
const SHARE: usize = 64;

/// The persons of these records, where they are two: what was set apart may have come together
/// by another way.
fn between(persons: &Persons, apart: impl IntoIterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let of = persons.person_of();
    let mut between: Vec<(u32, u32)> = apart
        .into_iter()
        .map(|(a, b)| (of[a as usize], of[b as usize]))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .filter(|(a, b)| a != b)
        .collect();
    between.sort_unstable();
    between.dedup();
    between
}

#[cfg(test)]
mod tests;
