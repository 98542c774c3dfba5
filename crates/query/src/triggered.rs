//! The adults of whom an indicator is so, each with the children whom that concerns.

use record::Date;
use serde::Serialize;

use crate::Error;
use crate::answer::Answer;
use crate::ask::{Ask, Subject};
use crate::hear::Reasons;
use crate::statement::Reason;
use crate::trigger::Concerned;

/// The adults of whom an indicator is so.
#[derive(Clone, Debug, Serialize)]
pub struct Triggered {
    /// The day asked for.
    pub as_of: Date,
    /// The indicator's name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// The adults.
    pub adults: Vec<TriggeredAdult>,
    /// The adults of whom a row says that it may be so, by id; their children are not told of.
    pub not_known: Vec<String>,
    /// How many persons are shielded, so that what services say of them is withheld.
    pub withheld: usize,
}

/// An adult of whom it is so.
#[derive(Clone, Debug, Serialize)]
pub struct TriggeredAdult {
    /// Who says so.
    pub why: Vec<Reason>,
    /// The children whom it concerns.
    pub concerned: Concerned,
}

impl Ask<'_> {
    /// The adults of whom an indicator is so, in the order of their ids, and the children whom that
    /// concerns. Of whom the indicator speaks in a family makes no difference: each adult is asked
    /// about alone.
    ///
    /// # Errors
    ///
    /// If there is no such indicator.
    pub fn triggered(&self, name: &str) -> Result<Triggered, Error> {
        let indicator = self.store.indicator(name)?;
        let question = self.store.question(indicator)?;
        let mut told = Triggered {
            as_of: self.as_of,
            name: indicator.name.clone(),
            says: indicator.says.clone(),
            adults: Vec::new(),
            not_known: Vec::new(),
            withheld: self.store.n_withheld(),
        };
        for person in self.store.all_persons() {
            if self.is_child(person) == Some(true) {
                continue;
            }
            let heard = self.hear(&question, &[person], &mut Reasons::wanted(false));
            match heard.answer {
                Answer::Yes => {
                    let mut reasons = Reasons::wanted(true);
                    self.hear(&question, &[person], &mut reasons);
                    let concerned = self.concerned(Subject::Person(person))?;
                    told.adults.push(TriggeredAdult { why: reasons.all, concerned });
                }
                _ if heard.is_said => {
                    told.not_known.push(self.store.person_ids.get(person).to_owned());
                }
                _ => {}
            }
        }
        told.adults.sort_by(|a, b| a.concerned.who.person_id.cmp(&b.concerned.who.person_id));
        told.not_known.sort_unstable();
        Ok(told)
    }
}
