//! Measures a published snapshot: against the truth, by itself, and against another.

mod facts;
mod groups;
mod pairs;
mod view;

use evaluate::{CurvePoint, PersonChange, Weighed, WeightChange};
use record::NONE;
use snapshot::{ResidencyRow, Snapshot, Thresholds};

pub use facts::Finding;
pub use groups::{Group, Grouping, Kind, LoneRecords, SourcePair, Trait};
pub use pairs::{PairField, Wrong, WrongPair};
pub(crate) use view::{Kept, View};

use crate::error::Error;
use crate::evaluation::{self, Evaluation, Found};
use crate::side::{self, KnownTruth};

/// The step of a curve, in bits.
const STEP_BITS: f64 = 0.5;

/// A snapshot read whole, with the truth if there is one.
pub struct Measure {
    pub(crate) view: View,
    pub(crate) truth: Option<KnownTruth>,
    pub(crate) thresholds: Thresholds,
    pub(crate) model: Option<score::Model>,
    pub(crate) run_date: record::Date,
    /// How many addresses each person has lived at.
    addresses: Vec<u32>,
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

/// What differs between two snapshots.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Of persons and records.
    pub persons: PersonChange,
    /// Of the weights of pairs.
    pub weights: WeightChange,
}

impl Measure {
    /// Reads a snapshot, and the truth about it if there is any.
    ///
    /// # Errors
    ///
    /// If either cannot be read.
    pub fn read(snapshot: &Snapshot, truth: Option<&plan::Truth>) -> Result<Measure, Error> {
        let view = View::read(snapshot)?;
        let truth = match truth {
            None => None,
            Some(spec) => Some(
                side::truth(spec, &view.records)
                    .map_err(|source| Error::Side { path: spec.file.clone(), source })?,
            ),
        };
        let manifest = snapshot.manifest();
        let (facts, household_ids) = facts::read(snapshot, &view)?;
        Ok(Measure {
            addresses: addresses(&snapshot.residencies()?, &view),
            truth,
            thresholds: manifest.thresholds,
            model: serde_json::from_value(manifest.model.clone()).ok(),
            run_date: manifest.run_date,
            facts,
            household_ids,
            view,
        })
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
        Some(evaluation::compare(&found.collect::<Vec<_>>(), truth))
    }

    /// What every threshold would give, pair by pair, before persons are formed of them.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let labels = self.truth.as_ref().map(|truth| truth.labels.person.as_slice());
        let true_pairs = labels
            .map_or(0, |labels| evaluate::blocking(labels, None, std::iter::empty()).true_pairs);
        let weighed: Vec<Weighed> = self
            .view
            .pairs
            .iter()
            .map(|kept| Weighed {
                bits: kept.bits,
                probability: kept.probability,
                is_true: labels.and_then(|labels| {
                    let (a, b) = (labels[kept.pair.0 as usize], labels[kept.pair.1 as usize]);
                    (a != NONE && b != NONE).then_some(a == b)
                }),
            })
            .collect();
        let points = evaluate::curve(&weighed, true_pairs, STEP_BITS);
        Curve {
            in_force: evaluate::at_threshold(&weighed, true_pairs, self.thresholds.link),
            best: labels.and_then(|_| evaluate::best_threshold(&points).copied()),
            points,
        }
    }

    /// What differs from an older snapshot.
    #[must_use]
    pub fn against(&self, old: &Measure) -> Change {
        let both = pairs::Both::of(&old.view, &self.view);
        Change {
            persons: evaluate::person_change(
                &pairs::labels(&both.old, &old.view.person),
                &pairs::labels(&both.new, &self.view.person),
            ),
            weights: evaluate::weight_change(
                both.weights(&old.view, &self.view),
                (old.thresholds.link, self.thresholds.link),
            ),
        }
    }
}

/// How many addresses each person has lived at.
fn addresses(spells: &[ResidencyRow], view: &View) -> Vec<u32> {
    let place = facts::places(view);
    let mut rows: Vec<(u32, &str)> = spells
        .iter()
        .filter_map(|spell| {
            Some((*place.get(spell.person_id.as_str())?, spell.address_id.as_str()))
        })
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let mut addresses = vec![0; view.persons.rows.len()];
    for (person, _) in rows {
        addresses[person as usize] += 1;
    }
    addresses
}
