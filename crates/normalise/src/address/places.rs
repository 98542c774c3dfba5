//! Tells which addresses are one dwelling, one building, one postcode.
//!
//! Words without a postcode have that of the only place they can be, if there is but one. Number
//! and unit must agree exactly; streets of one postcode and number may differ by a slip of
//! the pen. A property reference number outweighs words, unless it is seen with several units:
//! then it is that of the whole building.

use rayon::prelude::*;
use record::{Address, Dictionary};
use rustc_hash::FxHashSet;

use crate::columns::small;

use super::Statement;
use super::complete::complete;
use super::entries::{Entries, entries};
use super::keys::{Keys, assign};
use super::known::read_again;
use super::postcodes::settle_postcodes;
use super::references::follow_references;
use super::streets::{alike_names, alike_streets};

/// The distinct addresses of all statements.
pub(crate) struct Places {
    /// One address for each form.
    pub(crate) addresses: Vec<Address>,
    /// The one-line forms, sorted.
    pub(crate) forms: Dictionary,
    /// For each statement its address, or [`NONE`] if it says nothing.
    ///
    /// [`NONE`]: record::NONE
    pub(crate) of: Vec<u32>,
}

/// The places that the statements speak of.
pub(crate) fn places(mut statements: Vec<Statement<'_>>) -> Places {
    // Those of one postcode stand together, and are looked at by themselves.
    statements.par_sort_unstable_by(|a, b| (a.postcode, a.at).cmp(&(b.postcode, b.at)));
    statements.par_chunk_by_mut(|a, b| a.postcode == b.postcode).for_each(|of_postcode| {
        if of_postcode[0].has_full_postcode() {
            read_again(of_postcode);
        }
        complete(of_postcode);
    });
    let Entries { all: mut entries, forms, of } = entries(&statements);
    settle_postcodes(&mut entries);
    let localities = || -> FxHashSet<&str> {
        let words = statements.iter().filter_map(|statement| statement.words.as_ref());
        words.flat_map(|words| words.locality()).collect()
    };
    let ((streets, names), localities) = rayon::join(
        || rayon::join(|| alike_streets(&entries), || alike_names(&entries)),
        localities,
    );
    let keys: Vec<Keys<'_>> = entries
        .par_iter()
        .with_min_len(256)
        .enumerate()
        .map(|(at, entry)| {
            let known_by = [streets.get(&small(at)).copied(), names.get(&small(at)).copied()];
            Keys::of(entry, known_by, &localities)
        })
        .collect();
    let mut addresses = assign(&entries, &keys);
    follow_references(&entries, &keys, &mut addresses);
    Places { addresses, forms, of }
}
