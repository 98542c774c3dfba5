//! What parts say of two codes, or postcodes.

use record::each;

use super::{Asked, Levels, always, hash, of_levels, when};
use crate::Test;
use crate::values::{area, head};

/// A code, by what it begins and ends with: an edit of one of at least nine bytes leaves two, four
/// and six bytes of either end as they were, or as many of both as come to six.
///
/// From the lowest bit: 4 each of a hash of its first two, four and six bytes, and of its last; 7 of
/// one of all; 1 for whether it is too short.
pub(crate) struct CodeLook {
    always: Levels,
    edit: Levels,
}

pub(super) fn code_bits(code: &str) -> u64 {
    let bytes = code.as_bytes();
    let all = hash(bytes, 7) << 24;
    if !code.is_ascii() || bytes.len() < CODE_MIN {
        return all | 1 << 31;
    }
    let ends = [2, 4, 6].map(|n| [&bytes[..n], &bytes[bytes.len() - n..]]);
    let of = |side: usize| ends.iter().rev().fold(0, |bits, end| bits << 4 | hash(end[side], 4));
    all | of(0) | of(1) << 12
}

const CODE_MIN: usize = 9;

impl CodeLook {
    pub(super) fn tells(test: &Test) -> bool {
        matches!(
            test,
            Test::Exact
                | Test::Osa(1)
                | Test::Levenshtein(1)
                | Test::DamerauLevenshtein(1)
                | Test::Hamming(1)
        )
    }

    pub(super) fn new(levels: &[Asked<'_>]) -> CodeLook {
        CodeLook {
            always: always(levels, CodeLook::tells),
            edit: of_levels(levels, |test| *test != Test::Exact),
        }
    }

    /// The levels at which two codes may be whose bits differ.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u32, ys: &[u32; N]) -> [Levels; N] {
        let CodeLook { always, edit } = *self;
        // How many of two, four and six bytes are the same.
        let same = |apart: u32| {
            let is = |bytes: u32| u32::from(apart & bytes == 0);
            is(0xF) + is(0xFF) + is(0xFFF)
        };
        each(ys, |y| {
            let apart = x ^ y;
            let is_near = same(apart) + same(apart >> 12) >= 3 || (x | y) >> 31 == 1;
            always | when(is_near, edit)
        })
    }
}

/// A postcode, by 8 bits each of a hash of all of it, its sector, its district and its area.
pub(crate) struct PostcodeLook {
    always: Levels,
    parts: [Levels; 4],
}

pub(super) fn postcode_bits(postcode: &str) -> u64 {
    let part = |text: Option<&str>| text.map_or(0, |text| hash(text.as_bytes(), 8));
    let parts = [Some(postcode), head(postcode, 2), head(postcode, 0), Some(area(postcode))];
    parts.into_iter().rev().fold(0, |bits, text| bits << 8 | part(text))
}

impl PostcodeLook {
    const PARTS: [Test; 4] = [Test::Exact, Test::SameSector, Test::SameDistrict, Test::SameArea];

    pub(super) fn tells(test: &Test) -> bool {
        PostcodeLook::PARTS.contains(test)
    }

    pub(super) fn new(levels: &[Asked<'_>]) -> PostcodeLook {
        PostcodeLook {
            always: always(levels, PostcodeLook::tells),
            parts: PostcodeLook::PARTS.map(|part| of_levels(levels, |test| *test == part)),
        }
    }

    /// The levels at which two postcodes may be whose bits differ.
    #[inline(always)]
    pub(super) fn levels<const N: usize>(&self, x: u32, ys: &[u32; N]) -> [Levels; N] {
        let PostcodeLook { always, parts } = *self;
        each(ys, |y| {
            let apart = (0..4).map(|part| (x ^ y) >> (8 * part) & 0xFF).zip(parts);
            apart.fold(always, |levels, (apart, at)| levels | when(apart == 0, at))
        })
    }
}
