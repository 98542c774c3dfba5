//! What a record and each of many weigh at most, all at once.

use compare::{Lanes, Level, SettledBeside, Sketch, Sketches, Tile};
use multiversion::multiversion;
use record::{LANES, RecordId, bits_of, each};

use crate::Sieve;

/// The most that a field adds at each level to a pair with a record of one source, whatever the
/// other's; beyond what it adds where a record lacks the value.
#[derive(Clone, Debug)]
pub(crate) struct Utmost {
    /// Where the rarity of the shared value counts, the least of all.
    levels: [i32; Level::LIMIT],
    /// How many there are, that of a missing value among them.
    n_levels: usize,
    /// The level at which rarity counts, and the most without it.
    term: Option<(usize, i32)>,
    /// The most at any other level, or where a record lacks the value.
    top: i32,
}

impl Utmost {
    pub(crate) fn new(
        mut levels: [i32; Level::LIMIT],
        n_levels: usize,
        term: Option<usize>,
    ) -> Utmost {
        levels[n_levels..].fill(i32::MIN);
        let term = term.map(|term| (term, std::mem::replace(&mut levels[term], i32::MIN)));
        let top = levels.iter().copied().fold(0, i32::max);
        Utmost { levels, n_levels, term, top }
    }

    /// The most at any level to a pair with a record whose value is so rare at most.
    #[inline]
    fn top(&self, rarity: impl FnOnce() -> i32) -> i32 {
        self.term.map_or(self.top, |(_, weight)| self.top.max(weight + rarity()))
    }

    /// The most at any of the levels that each may be at, but for that at which rarity counts.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
    fn most(&self, levels: &[u32; LANES]) -> [i32; LANES] {
        let mut most = [i32::MIN; LANES];
        let (eights, _) = self.levels.as_chunks::<8>();
        for (eight, of) in eights[..self.n_levels.div_ceil(8)].iter().enumerate() {
            for (most, levels) in most.iter_mut().zip(levels) {
                let here = levels >> (8 * eight);
                for (level, &weight) in of.iter().enumerate() {
                    *most = (*most).max(if here >> level & 1 == 1 { weight } else { i32::MIN });
                }
            }
        }
        most
    }
}

impl Sieve {
    /// Lays what is known of records side by side, in place of what was.
    pub fn lay(&self, records: impl Iterator<Item = RecordId>, tile: &mut Tile) {
        self.sketches.lay(records, tile);
    }

    /// Of those of [`LANES`] records that are `asked` for a bit for each that may weigh enough to be
    /// kept with this one, and of which what is settled is told; and one for each whose values may be
    /// swapped with this one's, of which nothing is.
    #[must_use]
    pub fn may_weigh(
        &self,
        record: RecordId,
        (others, asked): (Lanes<'_>, u32),
        settled: &mut SettledBeside,
    ) -> [u32; 2] {
        may_weigh(self, self.sketches.of(record), (others, asked), settled)
    }
}

/// Less than any bound that another field's weight brings to nought.
const NOT_ASKED: i32 = i32::MIN / 2;

// The answer is the same whatever a processor can do: whole numbers are added.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx512vpopcntdq+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt",
))]
fn may_weigh(
    sieve: &Sieve,
    record: Sketch<'_>,
    (others, asked): (Lanes<'_>, u32),
    settled: &mut SettledBeside,
) -> [u32; 2] {
    let Sieve { sketches, terms, .. } = sieve;
    let starts = &sieve.starts[record.source() * sieve.n_sources..][..sieve.n_sources];
    let mut bounds = match starts {
        [start] => [*start; LANES],
        _ => each(&others.sources(), |source| starts[source as usize]),
    };
    for (lane, bound) in bounds.iter_mut().enumerate() {
        *bound = if asked >> lane & 1 == 1 { *bound } else { NOT_ASKED };
    }
    let both = sketches.both_beside(record, others);
    let utmost = &sieve.utmost[record.source() * terms.len()..][..terms.len()];
    let filled = sketches.both(record, record);
    let crossed = asked & bits_of(&sketches.may_be_crossed_beside(record, others));
    let top = |field: usize| utmost[field].top(|| sketches.rarity(field, record));
    let mut rest: i32 = (0..utmost.len()).filter(|field| filled >> field & 1 == 1).map(top).sum();
    for (field, utmost) in utmost.iter().enumerate() {
        let lacking = sketches.lacking(field).map_or(Sketches::ANY, |level| 1 << level.index());
        if filled >> field & 1 == 0 {
            *settled.told(sketches.place(field)) = [lacking; LANES];
            continue;
        }
        let levels = sketches.levels_beside(field, record, others);
        let mut most = utmost.most(&levels);
        if let Some((level, weight)) = utmost.term {
            let own = sketches.rarity(field, record);
            let rarity = sketches.rarity_beside(field, others);
            for ((most, levels), &rarity) in most.iter_mut().zip(&levels).zip(&rarity) {
                let here =
                    if levels >> level & 1 == 1 { weight + rarity.min(own) } else { i32::MIN };
                *most = here.max(*most);
            }
        }
        for ((bound, most), both) in bounds.iter_mut().zip(&most).zip(&both) {
            *bound += if both >> field & 1 == 1 { *most } else { 0 };
        }
        let told = settled.told(sketches.place(field));
        for ((told, levels), both) in told.iter_mut().zip(&levels).zip(&both) {
            *told = if both >> field & 1 == 1 { *levels } else { lacking };
        }
        rest -= top(field);
        if bounds.iter().fold(NOT_ASKED, |most, bound| most.max(*bound)) + rest < 0 {
            return [0, crossed];
        }
    }
    settled.settle(utmost.len());
    [asked & !crossed & bits_of(&each(&bounds, |bound| 0 <= bound)), crossed]
}
