//! How common values are: among other persons of these records, and as believed beforehand.

use std::collections::BTreeMap;

use compare::{Comparer, Comparison};
use rustc_hash::FxHashSet;

use crate::{Frequencies, Model};

impl Frequencies {
    /// From how many persons have each value, or from which share of them does.
    ///
    /// They count for as many persons as they are of, at most for [`Frequencies::PERSONS_MAX`],
    /// and no value for less than one person of those. A value not listed is taken to be as rare
    /// as the rarest that is.
    #[must_use]
    pub fn of_table(counts: &BTreeMap<String, f64>, persons: f64) -> Frequencies {
        let counted = persons.clamp(1.0, Frequencies::PERSONS_MAX);
        let share = |count: f64| (count / persons.max(f64::MIN_POSITIVE)).max(1.0 / counted);
        let shares: BTreeMap<String, f64> =
            counts.iter().map(|(value, count)| (value.clone(), share(*count).min(1.0))).collect();
        let other = shares.values().copied().min_by(f64::total_cmp).unwrap_or(1.0 / counted);
        Frequencies { persons: counted, shares, other }
    }

    /// Enough to say what is rare where the records are of a few hundred persons; too few to be
    /// heard over a town of a hundred thousand with customs of its own.
    pub const PERSONS_MAX: f64 = 10_000.0;
    /// A value is carried in a model if so many persons have it.
    pub const HOLDERS_MIN: f64 = 10.0;

    /// What is believed of a value: its share, and for how many persons that counts.
    fn belief(&self, value: &str) -> (f64, f64) {
        match self.shares.get(value) {
            Some(share) => (*share, self.persons),
            None => (self.other, 1.0 / self.other),
        }
    }
}

/// How many records a person has, in the mean.
///
/// Persons of r records each have r - 1 other records of theirs for every record.
#[expect(clippy::cast_precision_loss, reason = "a count of records")]
pub(crate) fn per_person(model: &Model, comparer: &Comparer<'_>) -> f64 {
    1.0 + model.matched * comparer.n_records().saturating_sub(1) as f64
}

/// How many other persons have a value that so many records have.
///
/// A person's records repeat it: with `per_person` records of each, so many less are of others,
/// and two less at least, which are those of the pair at hand.
pub(crate) fn others(count: u32, per_person: f64) -> f64 {
    (f64::from(count) - per_person.max(2.0)).max(0.0) / per_person
}

/// How often another person than the one at hand has each value of a column.
///
/// What so few others say is held against what is believed beforehand: what is known of the value
/// from elsewhere, or else that a value two persons may share has the frequency `u` (a gamma prior
/// of shape one): a file of a dozen records cannot make a birthday common, nor a large one a rare
/// surname unheard of.
pub(crate) fn frequencies(
    comparer: &Comparer<'_>,
    place: usize,
    per_person: f64,
    u: f64,
    known: Option<&Frequencies>,
) -> Vec<f64> {
    let values = &comparer.column(place).values;
    let (counts, persons) = counts(comparer, place, per_person);
    let counts = (0..).zip(counts);
    let frequency = |(id, count): (u32, u32)| {
        let (share, weight) = known.map_or((u, 1.0 / u), |known| known.belief(&values.display(id)));
        (others(count, per_person) + share * weight) / (persons + weight)
    };
    counts.map(frequency).collect()
}

/// How many records have each value, and how many persons have any.
#[expect(clippy::cast_precision_loss, reason = "a count of records")]
fn counts(comparer: &Comparer<'_>, place: usize, per_person: f64) -> (Vec<u32>, f64) {
    let mut counts = vec![0_u32; comparer.column(place).values.len()];
    for &id in comparer.lists(place).flatten() {
        counts[id as usize] += 1;
    }
    let filled = comparer.lists(place).filter(|list| !list.is_empty()).count() as f64;
    (counts, filled / per_person)
}

/// The frequencies of values in these records, for a model to carry to others.
///
/// Only a value that many persons have is named, so that no one can be found by it: it is in so
/// many records that [`Frequencies::HOLDERS_MIN`] persons have it in the mean, and those records
/// differ as much in some other field that lasts. Of the rest it is told how often another person has
/// the value that one has. A field of which no value is named is left out.
#[must_use]
pub fn carried(
    model: &Model,
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
) -> BTreeMap<String, Frequencies> {
    let per_person = per_person(model, comparer);
    let carried = comparisons.iter().enumerate().filter_map(|(place, comparison)| {
        let known = &model.comparisons[place];
        let exact = comparison.exact().filter(|_| known.term_frequency)?;
        let u = known.levels[exact.index() - 1].u;
        let (counts, persons) = counts(comparer, place, per_person);
        let many = |count: u32| Frequencies::HOLDERS_MIN <= f64::from(count) / per_person;
        let differing = differing(comparer, comparisons, place, &|id| many(counts[id as usize]));
        let is_named = |id: u32| {
            many(counts[id as usize]) && Frequencies::HOLDERS_MIN <= differing[id as usize]
        };
        let share = |count: u32| f64::from(count) / per_person / persons;
        let values = &comparer.column(place).values;
        let (mut shares, mut again, mut unnamed) = (BTreeMap::new(), 0.0, 0.0);
        for (id, &count) in (0..).zip(&counts) {
            if is_named(id) {
                shares.insert(values.display(id), share(count));
            } else {
                again += f64::from(count) * others(count, per_person);
                unnamed += f64::from(count);
            }
        }
        // Fewer others than one say no more than that there are few.
        let others = (again / unnamed.max(1.0)).max(1.0);
        let other = (others / persons).min(u);
        let named = !shares.is_empty();
        named.then(|| (comparison.field.clone(), Frequencies { persons, shares, other }))
    });
    carried.collect()
}

/// For each value that is asked for, how many values of another lasting field the records with it
/// have: of the field of which they have most.
fn differing(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    place: usize,
    asked: &dyn Fn(u32) -> bool,
) -> Vec<f64> {
    let own = comparer.column(place);
    let mut most = vec![0.0_f64; own.values.len()];
    for (other, comparison) in comparisons.iter().enumerate() {
        if other == place || comparison.changes {
            continue;
        }
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        let mut here = vec![0.0; own.values.len()];
        for (ids, others) in comparer.lists(place).zip(comparer.lists(other)) {
            for &id in ids.iter().filter(|id| asked(**id)) {
                for &value in others {
                    here[id as usize] += f64::from(u8::from(seen.insert((id, value))));
                }
            }
        }
        for (most, here) in most.iter_mut().zip(here) {
            *most = most.max(here);
        }
    }
    most
}
