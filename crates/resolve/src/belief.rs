//! What is believed of pairs once all records are in persons.

use rayon::prelude::*;
use record::RecordId;
use score::{MatchWeight, ScoredPair};

use crate::{Persons, Weigher};

/// The weight of all evidence that the two records of each pair are one person: that of the one's
/// person against the other's; or where they are in one, that of each against the rest of it,
/// whichever is less.
///
/// Of large persons only the first records are heard.
///
/// # Panics
///
/// Panics if there are 2^32 records or more.
#[must_use]
pub fn beliefs<W: Weigher>(
    persons: &Persons,
    pairs: &[ScoredPair],
    weigher: &W,
) -> Vec<MatchWeight> {
    let of = |record: RecordId| persons.person_of()[record.index()] as usize;
    let kept: Vec<Option<MatchWeight>> = (0..persons.person_of().len())
        .into_par_iter()
        .map(|record| {
            let record = RecordId(u32::try_from(record).expect("a record number"));
            let rest = persons.records(of(record)).iter().copied().filter(|it| *it != record);
            let rest: Vec<RecordId> = rest.take(HEARD).collect();
            between(&[record], &rest, weigher)
        })
        .collect();
    let belief = |pair: &ScoredPair| {
        let [a, b] = [pair.lower, pair.upper];
        let weight = if of(a) == of(b) {
            kept[a.index()].min(kept[b.index()])
        } else {
            let [a, b] = [a, b].map(|record| {
                let records = persons.records(of(record));
                &records[..records.len().min(HEARD)]
            });
            between(a, b, weigher)
        };
        weight.unwrap_or_default()
    };
    pairs.par_iter().map(belief).collect()
}

/// The weight of the evidence between two groups; none if one is empty.
fn between<W: Weigher>(a: &[RecordId], b: &[RecordId], weigher: &W) -> Option<MatchWeight> {
    let mut pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a.min(b), a.max(b))));
    let (lower, upper) = pairs.next()?;
    let mut evidence = weigher.between(lower, upper);
    for (lower, upper) in pairs {
        weigher.gather(&mut evidence, &weigher.between(lower, upper));
    }
    Some(weigher.weight(&evidence))
}

const HEARD: usize = 8;
