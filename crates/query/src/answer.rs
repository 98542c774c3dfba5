//! Yes, no, or not known: that nobody says so is never no.

use serde::{Serialize, Serializer};

use crate::statement::NOT_KNOWN;

/// An answer to a question of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not.
    No,
    /// Nobody says, or those who do say different things.
    Unknown,
}

impl Answer {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown => NOT_KNOWN,
        }
    }

    /// Whether it is so of one of them at least.
    pub(crate) fn any(all: impl IntoIterator<Item = Answer>) -> Answer {
        let one = |sum: Answer, next: Answer| match (sum, next) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, Answer::No) => Answer::No,
            _ => Answer::Unknown,
        };
        all.into_iter().fold(Answer::No, one)
    }

    /// Whether it is so of each.
    pub(crate) fn all(all: impl IntoIterator<Item = Answer>) -> Answer {
        Answer::any(all.into_iter().map(Answer::not)).not()
    }

    fn not(self) -> Answer {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Unknown => Answer::Unknown,
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_of_one_is_known_of_many_only_if_another_settles_it() {
        use Answer::{No, Unknown, Yes};
        for (answers, any, all) in [
            (&[] as &[Answer], No, Yes),
            (&[Yes], Yes, Yes),
            (&[No], No, No),
            (&[Unknown], Unknown, Unknown),
            (&[Yes, No], Yes, No),
            (&[Yes, Unknown], Yes, Unknown),
            (&[No, Unknown], Unknown, No),
            (&[No, Unknown, Yes], Yes, No),
        ] {
            let mut answers = answers.to_vec();
            for _ in 0..2 {
                assert_eq!(Answer::any(answers.iter().copied()), any, "any of {answers:?}");
                assert_eq!(Answer::all(answers.iter().copied()), all, "all of {answers:?}");
                answers.reverse();
            }
        }
    }
}
