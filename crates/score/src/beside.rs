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
}

impl Utmost {
    pub(crate) fn new(
        mut levels: [i32; Level::LIMIT],
        n_levels: usize,
        term: Option<usize>,
    ) -> Utmost {
        levels[n_levels..].fill(i32::MIN);
        let term = term.map(|term| (term, std::mem::replace(&mut levels[term], i32::MIN)));
        Utmost { levels, n_levels, term }
    }

    /// The most at any of the levels that each may be at, but for that at which rarity counts; there
    /// are at most `N`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
    fn most<const N: usize>(&self, levels: &[u32; LANES]) -> [i32; LANES] {
        let of: [i32; N] = std::array::from_fn(|level| self.levels[level]);
        each(levels, |levels| {
            let here = |level: usize| if levels >> level & 1 == 1 { of[level] } else { i32::MIN };
            (0..N).fold(i32::MIN, |most, level| most.max(here(level)))
        })
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
    *settled = SettledBeside::default();
    let Sieve { sketches, terms, .. } = sieve;
    let starts = &sieve.starts[record.source() * sieve.n_sources..][..sieve.n_sources];
    let mut bounds = match starts {
        [start] => [*start; LANES],
        _ => each(&others.sources(), |source| starts[source as usize]),
    };
    let both = sketches.both_beside(record, others);
    let utmost = &sieve.utmost[record.source() * terms.len()..][..terms.len()];
    let filled = sketches.both(record, record);
    for (field, utmost) in utmost.iter().enumerate() {
        let lacking = sketches.lacking(field).map_or(Sketches::ANY, |level| 1 << level.index());
        if filled >> field & 1 == 0 {
            settled.settle(sketches.place(field), &[lacking; LANES]);
            continue;
        }
        let mut levels = sketches.levels_beside(field, record, others);
        let mut most = match utmost.n_levels {
            0..=8 => utmost.most::<8>(&levels),
            _ => utmost.most::<{ Level::LIMIT }>(&levels),
        };
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
        for (levels, both) in levels.iter_mut().zip(&both) {
            *levels = if both >> field & 1 == 1 { *levels } else { lacking };
        }
        settled.settle(sketches.place(field), &levels);
    }
    let crossed = asked & bits_of(&sketches.may_be_crossed_beside(record, others));
    [asked & !crossed & bits_of(&each(&bounds, |bound| 0 <= bound)), crossed]
}
