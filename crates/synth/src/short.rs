//! Short text where it stands.

use std::ops::Deref;

/// Text of at most `N` bytes, without room elsewhere: a town has many numbers of its persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Short<N> {
    /// This text.
    ///
    /// # Panics
    ///
    /// Panics if it is longer than `N` bytes.
    pub(crate) fn of(text: &str) -> Short<N> {
        assert!(text.len() <= N, "a short text is as long as it may be at most");
        let mut bytes = [0; N];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Short { len: u8::try_from(text.len()).expect("a short text has few bytes"), bytes }
    }
}

impl<const N: usize> Deref for Short<N> {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("it was text")
    }
}
