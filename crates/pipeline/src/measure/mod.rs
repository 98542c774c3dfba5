//! Measures a published snapshot: against the truth, by itself, and against another.

mod change;
mod facts;
mod groups;
mod pairs;
mod shape;
mod view;

use evaluate::{Beside, CurvePoint, Weighed};
use record::{NONE, Period};
use rustc_hash::FxHashMap;
use snapshot::{Manifest, Snapshot, Thresholds};

pub use change::{Cause, Change, HouseholdChange, IdChange, SourceChange, Turn};
pub use facts::Finding;
pub use groups::{Group, Grouping, Kind, LoneRecords, SourcePair, Trait};
pub use pairs::{PairField, Wrong, WrongPair};
pub use shape::{LargePerson, Persons};
use view::Labels;
pub(crate) use view::{Kept, View};

use crate::error::Error;
use crate::evaluation::{self, Evaluation, Found, Lived};
use crate::side::{self, KnownTruth};
use crate::weighed::{Groups, below};

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
        let place = view.people.places();
        let (facts, (addresses, lived)) = rayon::join(
            || facts::read(snapshot, &view, &place),
            || rayon::join(|| addresses(snapshot, &view, &place), || lived(snapshot, &place)),
        );
        let ((facts, household_ids), (addresses, withheld), lived) = (facts?, addresses?, lived?);
        drop(place);
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
        let mut groups = Groups::default();
        let weighed: Vec<Weighed> = self
            .view
            .pairs
            .iter()
            .map(|kept| {
                let pair = [kept.pair.0, kept.pair.1];
                let persons = pair.map(|record| self.view.person[record as usize]);
                let weighed = groups.weighed(persons, kept.bits(), kept.weight.probability());
                let truth = labels.map(|labels| pair.map(|record| labels[record as usize]));
                match truth {
                    Some([a, b]) if a != NONE && b != NONE => Weighed {
                        is_true: Some(a == b),
                        person: if a == b { a } else { NONE },
                        ..weighed
                    },
                    _ => weighed,
                }
            })
            .collect();
        let beside = Beside {
            below: below(self.weighed, weighed.iter().map(|pair| pair.probability)),
            true_pairs: &true_pairs,
        };
        let (points, in_force) =
            evaluate::curve_and_point(weighed, &beside, STEP_BITS, self.thresholds.link);
        Curve {
            in_force,
            best: labels.and_then(|_| evaluate::best_threshold(&points).copied()),
            points,
        }
    }
}

/// How many pairs of records each true person has.
fn true_pairs(labels: &[u32]) -> Vec<u64> {
    let known = || labels.iter().filter(|&&label| label != NONE);
    let mut records = vec![0_u64; known().max().map_or(0, |&highest| highest as usize + 1)];
    known().for_each(|&label| records[label as usize] += 1);
    records.iter().map(|&n| n * n.saturating_sub(1) / 2).collect()
}

/// Who lives and lived in which household.
fn lived(snapshot: &Snapshot, place: &FxHashMap<&str, u32>) -> Result<Lived, Error> {
    let mut labels = Labels::default();
    let mut rows: Vec<(u32, u32, Period)> = Vec::new();
    snapshot.each_membership(|row| {
        if let Some(&person) = place.get(row.person_id) {
            let period = Period { from: row.from, to: row.to };
            rows.push((person, labels.label(row.household_id), period));
        }
    })?;
    Ok(Lived::by_rows(place.len(), rows.into_iter(), snapshot.manifest().run_date))
}

/// How many addresses each person has lived at, and whether one is withheld.
fn addresses(
    snapshot: &Snapshot,
    view: &View,
    place: &FxHashMap<&str, u32>,
) -> Result<(Vec<u32>, Vec<bool>), Error> {
    let mut withheld = vec![false; view.people.len()];
    let mut labels = Labels::default();
    let mut rows: Vec<(u32, u32)> = Vec::new();
    snapshot.each_residency(|spell| {
        if let Some(&person) = place.get(spell.person_id) {
            rows.push((person, labels.label(spell.address_id)));
            withheld[person as usize] |= spell.withheld.is_some();
        }
    })?;
    rows.sort_unstable();
    rows.dedup();
    let mut addresses = vec![0; view.people.len()];
    for (person, _) in rows {
        addresses[person as usize] += 1;
    }
    Ok((addresses, withheld))
}
