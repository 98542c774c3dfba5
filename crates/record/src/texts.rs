//! Many short strings end to end.

use std::fmt;
use std::ops::Index;

/// Strings in the order in which they came, stored end to end.
///
/// Of most strings no more than a few letters are kept, so the places where they end are kept short:
/// each is counted from the first string of its group.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    /// Where each group begins in `text`.
    groups: Vec<usize>,
    // Invariant: the end of each string, never falling within a group, counted from its start.
    ends: Vec<u32>,
}

/// Strings in a group.
const GROUP: usize = 1 << 12;

impl Texts {
    /// None yet, with room for so many of so many bytes in all.
    #[must_use]
    pub fn with_room(strings: usize, bytes: usize) -> Texts {
        Texts {
            text: String::with_capacity(bytes),
            groups: Vec::with_capacity(strings.div_ceil(GROUP)),
            ends: Vec::with_capacity(strings),
        }
    }

    /// Makes room for so many strings more of so many bytes in all, and for none beyond.
    pub fn reserve(&mut self, strings: usize, bytes: usize) {
        self.text.reserve_exact(bytes);
        self.ends.reserve_exact(strings);
    }

    /// These strings without the room that was kept for more.
    #[must_use]
    pub fn fitted(mut self) -> Texts {
        self.text.shrink_to_fit();
        self.groups.shrink_to_fit();
        self.ends.shrink_to_fit();
        self
    }

    /// The number of strings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of all of them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a string.
    ///
    /// # Panics
    ///
    /// Panics if some thousands of strings in a row have more than 4 GiB.
    pub fn push(&mut self, string: &str) {
        if self.ends.len().is_multiple_of(GROUP) {
            self.groups.push(self.text.len());
        }
        self.text.push_str(string);
        let start = self.groups[self.groups.len() - 1];
        let end = u32::try_from(self.text.len() - start).expect("a group is below 4 GiB");
        self.ends.push(end);
    }

    /// The strings in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| &self[at])
    }
}

impl Index<usize> for Texts {
    type Output = str;

    #[inline]
    fn index(&self, at: usize) -> &str {
        let group = self.groups[at / GROUP];
        let start = if at.is_multiple_of(GROUP) { 0 } else { self.ends[at - 1] as usize };
        &self.text[group + start..group + self.ends[at] as usize]
    }
}

impl<S: AsRef<str>> Extend<S> for Texts {
    fn extend<I: IntoIterator<Item = S>>(&mut self, strings: I) {
        strings.into_iter().for_each(|string| self.push(string.as_ref()));
    }
}

impl<S: AsRef<str>> FromIterator<S> for Texts {
    fn from_iter<I: IntoIterator<Item = S>>(strings: I) -> Texts {
        let mut texts = Texts::default();
        texts.extend(strings);
        texts
    }
}

// They may be people's: a panic or a log that debugs them must not show them.
impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({} strings)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_kept_apart_and_in_order() {
        for n in [0, 1, GROUP - 1, GROUP, 2 * GROUP + 1] {
            let strings: Vec<String> = (0..n)
                .map(|at| if at % 7 == 0 { String::new() } else { format!("é{at}") })
                .collect();
            let texts: Texts = strings.iter().collect();
            assert_eq!((texts.len(), texts.is_empty()), (n, n == 0));
            assert!(texts.iter().eq(strings.iter().map(String::as_str)), "{n}");
            assert_eq!(texts.bytes(), strings.iter().map(String::len).sum::<usize>());
        }
    }
}
