//! Measures a published snapshot: against the truth, by itself, and against another.

mod change;
mod facts;
mod groups;
mod pairs;
mod shape;
mod view;

use std::cmp::Reverse;

use evaluate::{Beside, CurvePoint, Weighed};
use rayon::prelude::*;
use record::{Dictionary, DictionaryBuilder, NONE, Period};
use score::MatchWeight;
use snapshot::{Manifest, Snapshot, Thresholds};

pub use change::{Cause, Change, HouseholdChange, IdChange, SourceChange, Turn};
pub use facts::Finding;
pub use groups::{Group, Grouping, Kind, LoneRecords, SourcePair, Trait};
pub use pairs::{PairField, Wrong, WrongPair};
pub use shape::{LargePerson, Persons};
pub(crate) use view::{Kept, View};

use crate::error::Error;
use crate::evaluation::{self, Evaluation, Found, Lived};
use crate::side::{self, KnownTruth};
use crate::weighed::below;

/// The step of a curve, in bits.
const STEP_BITS: f64 = 0.5;

/// A snapshot read whole, with the truth if there is one.
pub struct Measure {
    pub(crate) view: View,
    pub(crate) truth: Option<KnownTruth>,
    pub(crate) thresholds: Thresholds,
    pub(crate) model: Option<score::Model>,
    pub(crate) manifest: Manifest,
    pub(crate) run_date: record::Date,
    /// How many addresses each person has lived at.
    addresses: Vec<u32>,
    /// The persons of whom an address is withheld.
    withheld: Vec<bool>,
    /// True pairs that no blocking rule proposed, ascending; only the run itself knows them.
    pub(crate) unproposed: Option<Vec<(u32, u32)>>,
    /// How many of all the pairs weighed the model expects to be true, and the variance.
    weighed: (f64, f64),
    /// Who lives and lived in which household.
    lived: Lived,
    facts: evaluate::Facts,
    /// The ids of the households of the facts.
    household_ids: Vec<String>,
}

/// What every threshold would give.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The thresholds, ascending, half a bit apart.
    pub points: Vec<CurvePoint>,
    /// What the threshold in force gives.
    pub in_force: CurvePoint,
    /// The one with the highest F1, where the truth is known.
    pub best: Option<CurvePoint>,
}

impl Measure {
    /// Reads a snapshot, and the truth about it if there is any.
    ///
    /// # Errors
    ///
    /// If either cannot be read.
    pub fn read(snapshot: &Snapshot, truth: Option<&plan::Truth>) -> Result<Measure, Error> {
        let mut measure = Measure::knowing(snapshot, None)?;
        if let Some(spec) = truth {
            let read = side::truth(spec, &measure.view.records)
                .map_err(|source| Error::Side { path: spec.file.clone(), source })?;
            measure.truth = Some(read);
        }
        Ok(measure)
    }

    /// Reads a snapshot, given the truth about its records if there is any.
    pub(crate) fn knowing(
        snapshot: &Snapshot,
        truth: Option<KnownTruth>,
    ) -> Result<Measure, Error> {
        let view = View::read(snapshot)?;
        let manifest = snapshot.manifest();
        let (pairs, (members, addresses)) = rayon::join(
            || view.pairs(snapshot),
            || {
                let members = || {
                    let members = Members::read(snapshot, &view.people.ids)?;
                    let rows = members.rows.iter().copied();
                    let lived = || Lived::by_rows(view.people.len(), rows, manifest.run_date);
                    let both = rayon::join(|| facts::read(snapshot, &view, &members), lived);
                    Ok::<_, Error>((both.0?, both.1))
                };
                rayon::join(members, || addresses(snapshot, &view))
            },
        );
        let (((facts, household_ids), lived), (addresses, withheld)) = (members?, addresses?);
        let view = view.with_pairs(pairs?);
        Ok(Measure {
            unproposed: None,
            weighed: (
                manifest.weights.expected.iter().sum(),
                manifest.weights.variance.iter().sum(),
            ),
            addresses,
            withheld,
            lived,
            truth,
            thresholds: manifest.thresholds,
            model: serde_json::from_value(manifest.model.clone()).ok(),
            run_date: manifest.run_date,
            manifest: manifest.clone(),
            facts,
            household_ids,
            view,
        })
    }

    /// Whether of a record's person an address is withheld, so that no value of it is to be shown.
    pub(crate) fn is_withheld(&self, record: u32) -> bool {
        self.withheld[self.view.person[record as usize] as usize]
    }

    /// Rows of the truth that name no record of the snapshot.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.truth.as_ref().map_or(0, |truth| truth.unknown)
    }

    /// How right the snapshot is, if the truth is known.
    #[must_use]
    pub fn evaluation(&self) -> Option<Evaluation> {
        let truth = self.truth.as_ref()?;
        let view = &self.view;
        let found = view.person.iter().zip(&view.household).map(|(&person, &home)| Found {
            person,
            household: (home != NONE).then_some(home),
            reason: home == NONE,
        });
        Some(evaluation::compare(&found.collect::<Vec<_>>(), &self.lived, truth))
    }

    /// What every threshold would give, pair by pair, before persons are formed of them.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let labels = self.truth.as_ref().map(|truth| truth.labels.person.as_slice());
        let true_pairs = labels.map_or(Vec::new(), true_pairs);
        let (order, groups) = rayon::join(|| self.heaviest_first(), || self.groups());
        let sorted = order.iter().map(|&at| {
            let kept = &self.view.pairs[at as usize];
            let truth =
                labels.map(|labels| [kept.pair.0, kept.pair.1].map(|it| labels[it as usize]));
            let (is_true, person) = match truth {
                Some([a, b]) if a != NONE && b != NONE => {
                    (Some(a == b), if a == b { a } else { NONE })
                }
                _ => (None, NONE),
            };
            Weighed {
                bits: kept.bits(),
                probability: kept.weight.probability(),
                group: groups[at as usize],
                is_true,
                person,
            }
        });
        let pairs = self.view.pairs.iter();
        let below = below(self.weighed, pairs.map(|kept| kept.weight.probability()));
        let beside = Beside { below, true_pairs: &true_pairs };
        let (points, in_force) =
            evaluate::curve_and_point(sorted, &beside, STEP_BITS, self.thresholds.link);
        Curve {
            in_force,
            best: labels.and_then(|_| evaluate::best_threshold(&points).copied()),
            points,
        }
    }

    /// The places of the pairs kept, the heaviest first; of equals, those of the lower records.
    fn heaviest_first(&self) -> Vec<u32> {
        // What they are sorted by lies beside their places, not all over memory.
        let weights = self.view.pairs.par_iter().map(|kept| Reverse(kept.weight));
        let mut order: Vec<(Reverse<MatchWeight>, u32)> = weights.zip(self.places()).collect();
        order.par_sort_unstable();
        order.into_par_iter().map(|(_, at)| at).collect()
    }

    /// For each pair kept a label of the two persons of its records.
    fn groups(&self) -> Vec<u32> {
        let persons = self.view.pairs.par_iter().map(|kept| {
            let [a, b] = [kept.pair.0, kept.pair.1].map(|record| self.view.person[record as usize]);
            (a.min(b), a.max(b))
        });
        let mut order: Vec<((u32, u32), u32)> = persons.zip(self.places()).collect();
        order.par_sort_unstable();
        let mut groups = vec![0; order.len()];
        for (group, same) in (0..).zip(order.chunk_by(|a, b| a.0 == b.0)) {
            for &(_, at) in same {
                groups[at as usize] = group;
            }
        }
        groups
    }

    /// The places of the pairs kept.
    fn places(&self) -> rayon::range::Iter<u32> {
        (0..u32::try_from(self.view.pairs.len()).expect("fewer than 2^32 pairs")).into_par_iter()
    }
}

/// How many pairs of records each true person has.
fn true_pairs(labels: &[u32]) -> Vec<u64> {
    let known = || labels.iter().filter(|&&label| label != NONE);
    let mut records = vec![0_u64; known().max().map_or(0, |&highest| highest as usize + 1)];
    known().for_each(|&label| records[label as usize] += 1);
    records.iter().map(|&n| n * n.saturating_sub(1) / 2).collect()
}

/// Who is and was of which household.
struct Members {
    /// Persons, the labels of their households, and when.
    rows: Vec<(u32, u32, Period)>,
    /// The ids of the households, sorted.
    households: Dictionary,
}

impl Members {
    fn read(snapshot: &Snapshot, persons: &DictionaryBuilder) -> Result<Members, Error> {
        let mut labels = DictionaryBuilder::default();
        let mut rows: Vec<(u32, u32, Period)> = Vec::new();
        snapshot.each_membership(|row| {
            if let Some(person) = persons.find(row.person_id) {
                let period = Period { from: row.from, to: row.to };
                rows.push((person, labels.insert(row.household_id), period));
            }
        })?;
        let (households, ranks) = labels.finish();
        for (_, household, _) in &mut rows {
            *household = ranks[*household as usize];
        }
        Ok(Members { rows, households })
    }
}

/// How many addresses each person has lived at, and whether one is withheld.
fn addresses(snapshot: &Snapshot, view: &View) -> Result<(Vec<u32>, Vec<bool>), Error> {
    let mut withheld = vec![false; view.people.len()];
    let mut labels = DictionaryBuilder::default();
    let mut rows: Vec<(u32, u32)> = Vec::new();
    snapshot.each_residency(|spell| {
        if let Some(person) = view.people.ids.find(spell.person_id) {
            rows.push((person, labels.insert(spell.address_id)));
            withheld[person as usize] |= spell.withheld.is_some();
        }
    })?;
    rows.par_sort_unstable();
    rows.dedup();
    let mut addresses = vec![0; view.people.len()];
    for (person, _) in rows {
        addresses[person as usize] += 1;
    }
    Ok((addresses, withheld))
}
