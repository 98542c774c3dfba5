//! Says what became of each true household, and how sizes compare.

/// What became of a true household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It was found with exactly its members.
    None,
    /// None of its members is in any household.
    Unfound,
    /// Its members are in several households, which have no others.
    Split,
    /// It is in one household with the whole of another.
    Merged,
    /// Members are missing from the household that has most of them.
    Missing,
    /// That has others beside them.
    Extra,
    /// Both.
    MissingAndExtra,
}

impl Fault {
    /// Every fault, in order.
    pub const ALL: [Fault; 7] = [
        Fault::None,
        Fault::Unfound,
        Fault::Split,
        Fault::Merged,
        Fault::Missing,
        Fault::Extra,
        Fault::MissingAndExtra,
    ];

    /// The words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::None => "exact",
            Fault::Unfound => "nobody housed",
            Fault::Split => "split",
            Fault::Merged => "merged",
            Fault::Missing => "missing member",
            Fault::Extra => "extra member",
            Fault::MissingAndExtra => "missing and extra",
        }
    }
}

/// Sizes of households are told apart up to this.
const SIZES: usize = 8;

/// What became of a true household, and of one of its members.
pub(crate) struct Fate {
    pub(crate) fault: Fault,
    pub(crate) member: u32,
    /// Whether the result has a household of exactly its members, be it another than that which
    /// has most of them.
    pub(crate) is_there: bool,
}

/// What became of each household of `truth`, in its order; rows are (household, unit), sorted.
pub(crate) fn fates(predicted: &[(u32, u32)], truth: &[(u32, u32)]) -> Vec<Fate> {
    let (of_unit, true_of_unit) = (by_unit(predicted), by_unit(truth));
    let (of_unit, true_of_unit) = (Keyed::of(&of_unit), Keyed::of(&true_of_unit));
    let (found_in, true_in) = (Keyed::of(predicted), Keyed::of(truth));
    truth
        .chunk_by(|a, b| a.0 == b.0)
        .map(|own| {
            let mut found: Vec<u32> =
                own.iter().flat_map(|&(_, unit)| of_unit.rows(unit)).map(|row| row.1).collect();
            found.sort_unstable();
            let member = own[0].1;
            let best =
                found.chunk_by(u32::eq).max_by_key(|same| (same.len(), std::cmp::Reverse(same[0])));
            let Some(best) = best else {
                return Fate { fault: Fault::Unfound, member, is_there: false };
            };
            let there = found_in.rows(best[0]);
            let missing = best.len() < own.len();
            let extra = best.len() < there.len();
            let fault = match (missing, extra) {
                (false, false) => Fault::None,
                (true, false) => {
                    let all_housed = own.iter().all(|&(_, unit)| !of_unit.rows(unit).is_empty());
                    let no_others = found
                        .chunk_by(u32::eq)
                        .all(|same| found_in.rows(same[0]).len() == same.len());
                    if all_housed && no_others { Fault::Split } else { Fault::Missing }
                }
                (false, true) => {
                    let mut theirs: Vec<u32> = there
                        .iter()
                        .flat_map(|&(_, unit)| true_of_unit.rows(unit))
                        .map(|row| row.1)
                        .filter(|&household| household != own[0].0)
                        .collect();
                    theirs.sort_unstable();
                    let whole = theirs
                        .chunk_by(u32::eq)
                        .any(|same| true_in.rows(same[0]).len() == same.len());
                    if whole { Fault::Merged } else { Fault::Extra }
                }
                (true, true) => Fault::MissingAndExtra,
            };
            let has_all = |same: &[u32]| same.len() == own.len();
            let is_there = found
                .chunk_by(u32::eq)
                .any(|same| has_all(same) && found_in.rows(same[0]).len() == same.len());
            Fate { fault, member, is_there }
        })
        .collect()
}

/// Half the sum of what the shares of sizes differ by: the share of households that would have to
/// be of another size.
pub(crate) fn size_gap(predicted: &[(u32, u32)], truth: &[(u32, u32)]) -> f64 {
    let shares = |rows: &[(u32, u32)]| {
        let mut counts = [0.0_f64; SIZES];
        for household in rows.chunk_by(|a, b| a.0 == b.0) {
            counts[household.len().min(SIZES) - 1] += 1.0;
        }
        let all: f64 = counts.iter().sum();
        counts.map(|count| if all > 0.0 { count / all } else { 0.0 })
    };
    let (found, wanted) = (shares(predicted), shares(truth));
    found.iter().zip(wanted).map(|(found, wanted)| (found - wanted).abs()).sum::<f64>() / 2.0
}

/// Rows (unit, household) of rows (household, unit), sorted.
fn by_unit(rows: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut rows: Vec<(u32, u32)> =
        rows.iter().map(|&(household, unit)| (unit, household)).collect();
    rows.sort_unstable();
    rows
}

/// Sorted rows by the keys with which they begin, which are counted from nought.
struct Keyed<'a> {
    rows: &'a [(u32, u32)],
    /// Where the rows of each key begin.
    starts: Vec<u32>,
}

impl<'a> Keyed<'a> {
    fn of(rows: &'a [(u32, u32)]) -> Keyed<'a> {
        let keys = rows.last().map_or(0, |row| row.0 as usize + 1);
        let mut starts = vec![0; keys + 1];
        for &(key, _) in rows {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        Keyed { rows, starts }
    }

    fn rows(&self, key: u32) -> &'a [(u32, u32)] {
        match self.starts.get(key as usize..key as usize + 2) {
            Some(&[start, end]) => &self.rows[start as usize..end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, u32)> {
        let household = |(label, word): (u32, &str)| -> Vec<(u32, u32)> {
            word.bytes().map(|b| (label, u32::from(b - b'0'))).collect()
        };
        (0..).zip(text.split_whitespace()).flat_map(household).collect()
    }

    #[test]
    fn each_true_household_has_one_fault_or_none() {
        for (predicted, truth, expected) in [
            ("", "", ""),
            ("01 2", "01 2", "exact, exact"),
            ("", "01", "nobody housed"),
            ("01 23", "0123", "split"),
            ("01", "0123", "missing member"),
            ("0123", "01 23", "merged, merged"),
            ("012", "01 23", "extra member, missing and extra"),
            ("012", "01", "extra member"),
            ("02", "01", "missing and extra"),
        ] {
            let found = fates(&rows(predicted), &rows(truth));
            let found: Vec<&str> = found.iter().map(|fate| fate.fault.as_str()).collect();
            assert_eq!(found.join(", "), expected, "{predicted} / {truth}");
        }
    }

    #[test]
    fn sizes_differ_by_the_share_of_households_of_another_size() {
        assert!(size_gap(&[], &[]) < 1e-12);
        assert!(size_gap(&rows("01 2"), &rows("0 12")) < 1e-12);
        assert!((size_gap(&rows("012"), &rows("01 2")) - 1.0).abs() < 1e-12);
        assert!((size_gap(&rows("01 23"), &rows("01 2 3")) - 2.0 / 3.0).abs() < 1e-12);
    }
}
