//! What a record and each of many weigh at most, all at once.

use compare::{Lanes, Level, Sketch, Tile};
use multiversion::multiversion;
use record::{LANES, RecordId, bits_of, each};

use crate::Sieve;

/// The most that a field adds at each level to a pair with a record of one source, whatever the
/// other's; beyond what it adds where a record lacks the value.
#[derive(Clone, Debug)]
pub(crate) struct Utmost {
    pub(crate) levels: [i32; Level::LIMIT],
    /// How many there are, that of a missing value among them.
    pub(crate) n_levels: usize,
}

impl Sieve {
    /// Lays what is known of records side by side, in place of what was.
    pub fn lay(&self, records: impl Iterator<Item = RecordId>, tile: &mut Tile) {
        self.sketches.lay(records, tile);
    }

    /// Of [`LANES`] records a bit for each that may weigh enough to be kept with this one.
    #[must_use]
    pub fn may_weigh(&self, record: RecordId, others: Lanes<'_>) -> u32 {
        may_weigh(self, self.sketches.of(record), others)
    }
}

// The answer is the same whatever a processor can do: whole numbers are added.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx512vpopcntdq+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt",
))]
fn may_weigh(sieve: &Sieve, record: Sketch<'_>, others: Lanes<'_>) -> u32 {
    let Sieve { sketches, terms, .. } = sieve;
    let starts = &sieve.starts[record.source() * sieve.n_sources..][..sieve.n_sources];
    let mut bounds = each(&others.sources(), |source| starts[source as usize]);
    let both = sketches.both_beside(record, others);
    let utmost = &sieve.utmost[record.source() * terms.len()..][..terms.len()];
    for (field, (utmost, term)) in utmost.iter().zip(terms).enumerate() {
        let levels = sketches.levels_beside(field, record, others);
        let mut most = [i32::MIN; LANES];
        for (level, &weight) in utmost.levels[..utmost.n_levels].iter().enumerate() {
            if *term == Some(level) {
                let own = sketches.rarity(field, record);
                let rarity = sketches.rarity_beside(field, others);
                for ((most, levels), &rarity) in most.iter_mut().zip(&levels).zip(&rarity) {
                    let here =
                        if levels >> level & 1 == 1 { weight + rarity.min(own) } else { i32::MIN };
                    *most = here.max(*most);
                }
                continue;
            }
            for (most, levels) in most.iter_mut().zip(&levels) {
                let here = if levels >> level & 1 == 1 { weight } else { i32::MIN };
                *most = here.max(*most);
            }
        }
        for ((bound, most), both) in bounds.iter_mut().zip(&most).zip(&both) {
            *bound += if both >> field & 1 == 1 { *most } else { 0 };
        }
    }
    let crossed = sketches.may_be_crossed_beside(record, others);
    let mut open = crossed;
    open.iter_mut().zip(&bounds).for_each(|(open, bound)| *open |= 0 <= *bound);
    bits_of(&open)
}
