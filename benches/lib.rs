//! What the benchmarks share: the records of an invented town.

use plan::Plan;
use tempfile::TempDir;

// The allocator of the binary, so that what is measured is what users have.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An invented town on disk, gone when dropped.
pub struct Town {
    /// Where it is.
    pub folder: TempDir,
    /// The plan that reads it.
    pub plan: Plan,
}

/// The town of this many persons; always the same.
///
/// # Panics
///
/// Panics if it cannot be written to a temporary folder.
#[must_use]
pub fn town(persons: u32) -> Town {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = synth::Settings::new(1, persons, jiff::civil::date(2026, 3, 31));
    let town = synth::invent(&settings);
    let written = synth::write(&town, &settings, folder.path());
    let plan = plan::read(&written.expect("room for a town").plan).expect("a sound plan");
    Town { folder, plan }
}
