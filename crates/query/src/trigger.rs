//! The children whom something that happened to an adult concerns.

use std::collections::{BTreeMap, BTreeSet};

use record::Date;
use serde::Serialize;

use crate::Error;
use crate::ask::{Ask, Status, Subject, Who};
use crate::kin::{Gathered, Lives};
use crate::statement::Reason;

/// The children whom something that happened to an adult concerns.
#[derive(Clone, Debug, Serialize)]
pub struct Concerned {
    /// The day asked for.
    pub as_of: Date,
    /// The adult.
    pub who: Who,
    /// The children: those who live with the adult, then the adult's own elsewhere, then those
    /// expected.
    pub children: Vec<ConcernedChild>,
}

/// A child whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ConcernedChild {
    /// In which way.
    pub how: How,
    /// The child.
    pub who: Who,
    /// What the child is to the adult, or why it is said to live with the adult.
    pub why: Vec<Reason>,
    /// Where the child lives.
    pub lives: Lives,
}

/// In which way something concerns a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It lives with the adult.
    Resident,
    /// It is the adult's, and lives elsewhere.
    Elsewhere,
    /// It is the adult's, and is not born, as far as anybody has heard.
    Expected,
}

impl How {
    /// The words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            How::Resident => "lives with the adult",
            How::Elsewhere => "the adult's, elsewhere",
            How::Expected => "expected",
        }
    }
}

impl Ask<'_> {
    /// The children whom something that happened to an adult concerns: those of the adult's
    /// household, the adult's own elsewhere, and those the adult expects. Never one who has grown
    /// up, and never one to whom what the adult was has ended, as by adoption.
    ///
    /// # Errors
    ///
    /// If the subject is no person.
    pub fn concerned(&self, subject: Subject) -> Result<Concerned, Error> {
        let adult = subject.person()?;
        let mut found = Gathered::default();
        for tie in self.ties(adult).filter(|tie| tie.is.is_child()) {
            // Whose age nobody knows may be a child.
            if self.is_child(tie.other) != Some(false) {
                found.push(tie.other, self.why_tied(adult, &tie));
            }
        }
        let with: BTreeSet<u32> = self.co_residents(adult);
        let tied: BTreeSet<u32> = found.0.keys().copied().collect();
        for &other in &with {
            if self.is_child(other) == Some(true) && !tied.contains(&other) {
                found.push(other, self.lives_with(other, adult));
            }
        }
        let adults: BTreeSet<u32> = [adult].into();
        let all: BTreeMap<u32, Vec<Reason>> = found.0;
        let mut children: Vec<ConcernedChild> = all
            .into_iter()
            .filter(|&(child, _)| !matches!(self.status(child), Status::Died | Status::Delivered))
            .map(|(child, why)| {
                let how = match self.status(child) {
                    Status::Expected | Status::NotHeardOf => How::Expected,
                    _ if with.contains(&child) => How::Resident,
                    _ => How::Elsewhere,
                };
                ConcernedChild { how, who: self.who(child), why, lives: self.lives(child, &adults) }
            })
            .collect();
        children.sort_by_key(|child| {
            (child.how, child.who.born.value.clone(), child.who.person_id.clone())
        });
        Ok(Concerned { as_of: self.as_of, who: self.who(adult), children })
    }
}
