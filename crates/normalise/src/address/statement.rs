//! What is said of an address.

use std::cmp::Ordering;
use std::ops::Deref;

use crate::postcode;

use super::{Packed, Parsed};

/// What a source says of an address: words, postcode, reference number; and how often.
#[derive(Clone, Debug)]
pub(crate) struct Statement<'a> {
    /// Its place among all.
    pub(crate) at: u32,
    /// The words as they were written.
    pub(crate) text: &'a str,
    pub(crate) words: Option<Words<'a>>,
    /// Whether the words' unit and number may be the other way round.
    pub(crate) ambiguous: bool,
    pub(crate) postcode: Option<&'a str>,
    pub(crate) uprn: Option<u64>,
    pub(crate) count: u32,
}

impl Statement<'_> {
    pub(super) fn has_full_postcode(&self) -> bool {
        self.postcode.is_some_and(postcode::is_full)
    }

    /// Takes it to say these words.
    pub(super) fn say(&mut self, words: &Parsed) {
        self.words = Some(Words::Again(Box::new(Packed::of(words, false))));
    }
}

/// What the words of an address say.
#[derive(Clone, Debug)]
pub(crate) enum Words<'a> {
    /// As all who write them are read.
    Read(&'a Packed),
    /// Read once more for this statement: few are.
    Again(Box<Packed>),
}

impl Deref for Words<'_> {
    type Target = Packed;

    fn deref(&self) -> &Packed {
        match self {
            Words::Read(words) => words,
            Words::Again(words) => words,
        }
    }
}

impl PartialEq for Words<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Words<'_> {}

impl PartialOrd for Words<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Words<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}
