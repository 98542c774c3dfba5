//! How one result differs from another over the same records.

use std::collections::{BTreeMap, BTreeSet};

use record::NONE;

/// What became of the persons of an old result in a new one.
///
/// Only records of both results are looked at, beyond counting the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// Records of both results.
    pub records: u64,
    /// Records of the new result alone.
    pub records_new: u64,
    /// Records of the old result alone.
    pub records_gone: u64,
    /// Old persons whose records are a new person's, no more and no less.
    pub same: u64,
    /// Old persons whose records are of several new ones.
    pub split: u64,
    /// New persons whose records were of several old ones.
    pub merged: u64,
    /// New persons none of whose records was there.
    pub new: u64,
    /// Old persons none of whose records is there.
    pub gone: u64,
    /// Records that are not where most of their old person went, or not from where most of their
    /// new person came.
    pub moved: u64,
}

/// Compares two labels for each record: [`NONE`] where a result does not have it.
///
/// # Panics
///
/// Panics if the lists differ in length.
#[must_use]
pub fn person_change(old: &[u32], new: &[u32]) -> PersonChange {
    assert_eq!(old.len(), new.len(), "both are about the same records");
    let mut change = PersonChange::default();
    let mut cells = BTreeMap::<(u32, u32), u64>::new();
    let (mut of_new_alone, mut of_old_alone) = (BTreeSet::new(), BTreeSet::new());
    for (&old, &new) in old.iter().zip(new) {
        match (old == NONE, new == NONE) {
            (false, false) => {
                change.records += 1;
                *cells.entry((old, new)).or_default() += 1;
            }
            (true, false) => {
                change.records_new += 1;
                of_new_alone.insert(new);
            }
            (false, true) => {
                change.records_gone += 1;
                of_old_alone.insert(old);
            }
            (true, true) => {}
        }
    }
    let (of_old, of_new) = (
        parts(cells.iter().map(|(k, n)| (k.0, k.1, *n))),
        parts(cells.iter().map(|(k, n)| (k.1, k.0, *n))),
    );
    change.split = of_old.values().filter(|part| part.parts > 1).count() as u64;
    change.merged = of_new.values().filter(|part| part.parts > 1).count() as u64;
    let absent = |alone: &BTreeSet<u32>, known: &BTreeMap<u32, Part>| {
        alone.iter().filter(|label| !known.contains_key(label)).count() as u64
    };
    change.new = absent(&of_new_alone, &of_new);
    change.gone = absent(&of_old_alone, &of_old);
    for (&(old, new), &records) in &cells {
        let (from, to) = (&of_old[&old], &of_new[&new]);
        change.same += u64::from(from.parts == 1 && to.parts == 1);
        change.moved += if from.main == new && to.main == old { 0 } else { records };
    }
    change
}

/// How many parts a person is in on the other side, and which is the largest.
struct Part {
    parts: u64,
    main: u32,
    most: u64,
}

fn parts(cells: impl Iterator<Item = (u32, u32, u64)>) -> BTreeMap<u32, Part> {
    let mut found = BTreeMap::<u32, Part>::new();
    let mut cells: Vec<_> = cells.collect();
    cells.sort_unstable();
    for (one, other, records) in cells {
        let part = found.entry(one).or_insert(Part { parts: 0, main: other, most: 0 });
        part.parts += 1;
        // Of equals the first, so that the answer depends on nothing else.
        if part.most < records {
            (part.main, part.most) = (other, records);
        }
    }
    found
}

/// How the weights of the pairs that two results kept differ.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightChange {
    /// Pairs that both kept.
    pub both: u64,
    /// Pairs that the new result alone kept.
    pub new: u64,
    /// Pairs that the old result alone kept.
    pub gone: u64,
    /// Those of both whose weight changed by at least a tenth of a bit.
    pub changed: u64,
    /// The mean change of the weight of those of both, in bits, whichever way.
    pub mean: f64,
    /// The greatest such change.
    pub greatest: f64,
    /// Pairs that were a link and are none.
    pub links_lost: u64,
    /// Pairs that were none and are a link.
    pub links_gained: u64,
}

/// A change smaller than this is not worth a line.
const NOTABLE_BITS: f64 = 0.1;

/// Compares the weights of pairs, old and new; `None` where a result did not keep the pair. The
/// thresholds are those for a link, old and new.
#[must_use]
pub fn weight_change(
    pairs: impl IntoIterator<Item = (Option<f64>, Option<f64>)>,
    thresholds: (f64, f64),
) -> WeightChange {
    let mut change = WeightChange::default();
    let mut sum = 0.0;
    for (old, new) in pairs {
        let was = old.is_some_and(|bits| thresholds.0 <= bits);
        let is = new.is_some_and(|bits| thresholds.1 <= bits);
        change.links_lost += u64::from(was && !is);
        change.links_gained += u64::from(is && !was);
        match (old, new) {
            (Some(old), Some(new)) => {
                let by = (new - old).abs();
                change.both += 1;
                change.changed += u64::from(NOTABLE_BITS <= by);
                change.greatest = change.greatest.max(by);
                sum += by;
            }
            (None, Some(_)) => change.new += 1,
            (Some(_), None) => change.gone += 1,
            (None, None) => {}
        }
    }
    if change.both > 0 {
        change.mean = sum / crate::metrics::share(change.both, 1);
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Labels as `aab.c`: a letter per record, a dot for not there.
    fn labels(text: &str) -> Vec<u32> {
        text.bytes().map(|b| if b == b'.' { NONE } else { b.into() }).collect()
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let c = person_change(&labels(old), &labels(new));
        let found = format!(
            "{} same, {} split, {} merged, {} moved, {} new, {} gone",
            c.same, c.split, c.merged, c.moved, c.records_new, c.records_gone
        );
        assert_eq!(found, expected, "{old} {new}");
    }

    #[test]
    fn persons_stay_split_and_merge() {
        check("", "", "0 same, 0 split, 0 merged, 0 moved, 0 new, 0 gone");
        check("aab", "xxy", "2 same, 0 split, 0 merged, 0 moved, 0 new, 0 gone");
        check("aaa", "xxy", "0 same, 1 split, 0 merged, 1 moved, 0 new, 0 gone");
        check("aab", "xxx", "0 same, 0 split, 1 merged, 1 moved, 0 new, 0 gone");
        check("aabb", "xxxy", "0 same, 1 split, 1 merged, 2 moved, 0 new, 0 gone");
        check("aa.b", "xxx.", "1 same, 0 split, 0 merged, 0 moved, 1 new, 1 gone");
        let of = |old, new| {
            let change = person_change(&labels(old), &labels(new));
            (change.new, change.gone)
        };
        assert_eq!(of("aa.b", "xxx."), (0, 1));
        assert_eq!(of("a..b", "xyy."), (1, 1));
    }

    #[test]
    fn weights_are_compared_pair_by_pair() {
        let pairs = [
            (Some(1.0), Some(3.0)),
            (Some(2.0), None),
            (None, Some(-1.0)),
            (Some(5.0), Some(5.05)),
        ];
        let change = weight_change(pairs, (0.0, 4.0));
        assert_eq!((change.both, change.new, change.gone, change.changed), (2, 1, 1, 1));
        assert_eq!((change.links_lost, change.links_gained), (2, 0));
        assert!((change.mean - 1.025).abs() < 1e-9 && (change.greatest - 2.0).abs() < 1e-9);
        assert_eq!(weight_change([], (0.0, 0.0)), WeightChange::default());
    }

    proptest! {
        #[test]
        fn nothing_changes_against_itself_and_changing_back_mirrors(
            rows in proptest::collection::vec((0_u32..5, 0_u32..5), 0..30),
        ) {
            let old: Vec<u32> = rows.iter().map(|row| row.0).collect();
            let new: Vec<u32> = rows.iter().map(|row| row.1).collect();
            let still = person_change(&old, &old);
            prop_assert_eq!((still.split, still.merged, still.moved), (0, 0, 0));
            let (there, back) = (person_change(&old, &new), person_change(&new, &old));
            prop_assert_eq!((there.split, there.merged), (back.merged, back.split));
            prop_assert_eq!((there.same, there.moved), (back.same, back.moved));
        }
    }
}
