//! Looks for parents who live apart and were put in one household for the child they share.

/// Children with two homes, and how often their parents became one household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TwoHomes {
    /// Children who truly have two homes, and whose two parents truly live apart.
    pub children: u64,
    /// Those among them whom the result has living with each of the two.
    pub found: u64,
    /// Those among them of whom the result puts the two parents in one household.
    pub merged: u64,
}

/// What became of children with two homes, given rows of (unit, household): those found, those of
/// which the truth calls a unit's main home, and those it calls a child's other home; and rows
/// (child, parent).
#[must_use]
pub fn two_homes(
    predicted: &[(u32, u32)],
    main: &[(u32, u32)],
    other: &[(u32, u32)],
    parents: &[(u32, u32)],
) -> TwoHomes {
    let [predicted, main, other, parents] = [predicted, main, other, parents].map(sorted);
    let mut metrics = TwoHomes::default();
    for child in other.chunk_by(|a, b| a.0 == b.0).map(|rows| rows[0].0) {
        let [one, two] = of(&parents, child) else { continue };
        let [(_, one), (_, two)] = [*one, *two];
        let true_homes = [one, two].map(|parent| of(&main, parent).first().map(|row| row.1));
        if !matches!(true_homes, [Some(a), Some(b)] if a != b) {
            continue;
        }
        let meet = |a: u32, b: u32| {
            of(&predicted, a).iter().any(|x| of(&predicted, b).iter().any(|y| x.1 == y.1))
        };
        metrics.children += 1;
        metrics.found += u64::from(meet(child, one) && meet(child, two));
        metrics.merged += u64::from(meet(one, two));
    }
    metrics
}

/// The rows of a unit.
fn of(rows: &[(u32, u32)], unit: u32) -> &[(u32, u32)] {
    let start = rows.partition_point(|row| row.0 < unit);
    let end = start + rows[start..].partition_point(|row| row.0 == unit);
    &rows[start..end]
}

fn sorted(rows: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_may_have_two_homes_but_its_parents_have_not_one() {
        // A mother, 1, and a father, 2, each with the child, 0; the father has a new partner, 3.
        let (main, other) = ([(0, 7), (1, 7), (2, 8), (3, 8)], [(0, 8)]);
        let parents = [(0, 1), (0, 2)];
        let check = |predicted: &[(u32, u32)], expected: [u64; 3]| {
            let TwoHomes { children, found, merged } =
                two_homes(predicted, &main, &other, &parents);
            assert_eq!([children, found, merged], expected, "{predicted:?}");
        };
        check(&[(0, 1), (1, 1), (0, 2), (2, 2), (3, 2)], [1, 1, 0]);
        check(&[(0, 1), (1, 1), (2, 2), (3, 2)], [1, 0, 0]);
        check(&[(0, 1), (1, 1), (2, 1), (3, 2)], [1, 1, 1]);
        check(&[(0, 1), (1, 1), (3, 1)], [1, 0, 0]);
        check(&[], [1, 0, 0]);
        assert_eq!(two_homes(&[], &[], &[], &[]), TwoHomes::default());
        // Parents who live together, and one parent alone, cannot be merged.
        assert_eq!(two_homes(&[], &[(0, 7), (1, 7), (2, 7)], &other, &parents).children, 0);
        assert_eq!(two_homes(&[], &main, &other, &parents[..1]).children, 0);
    }
}
