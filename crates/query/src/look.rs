//! Answers a question about one person, household or address from what the answer looks at alone.
//!
//! A little is read and the question asked. If that looked at what was not read, that is read too and
//! the question asked again, until it has all that it looks at. So no question need say beforehand how
//! far it will look, and an answer is what it would be of the whole snapshot.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use snapshot::{Event, EventRow, Snapshot};

use crate::{Error, Store, Subject};

/// What of a snapshot was read: all rows in which these ids stand.
#[derive(Debug, Default)]
pub(crate) struct Read {
    ids: BTreeSet<String>,
    /// What was looked at and not read.
    missed: Mutex<BTreeSet<String>>,
}

impl Read {
    fn of(ids: BTreeSet<String>) -> Read {
        Read { ids, missed: Mutex::default() }
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(crate) fn look_at(&self, id: &str) {
        if !self.has(id) {
            let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
            missed.insert(id.to_owned());
        }
    }

    /// What is to be read next, if nothing may be left out.
    fn next(self) -> Option<BTreeSet<String>> {
        let missed = self.missed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut ids = self.ids;
        let n = ids.len();
        ids.extend(missed);
        (n < ids.len()).then_some(ids)
    }
}

/// Answers a question about what an id is of, or about the person of a record named as `source:key`,
/// and gives the id. The question is asked several times.
///
/// # Errors
///
/// If the snapshot cannot be read or has no such thing, or the question has no answer.
///
/// # Panics
///
/// Never: what is read in part is noted.
pub fn look<T>(
    snapshot: &mut Snapshot,
    id: &str,
    question: impl Fn(&Store, Subject) -> Result<T, Error>,
) -> Result<(String, T), Error> {
    let id = match id.split_once(':') {
        None => id.to_owned(),
        Some((source, key)) => {
            let found = snapshot.find_record(source, key)?;
            let withheld = snapshot.n_withheld_records() > 0;
            found.ok_or_else(|| Error::no_record(withheld))?.person_id
        }
    };
    let mut ids = BTreeSet::from([id.clone()]);
    loop {
        snapshot.narrow(&ids)?;
        let mut store = Store::read_but(snapshot, Some(Read::of(ids)))?;
        let subject = store.find(&id).or_else(|error| Err(no_more(snapshot, error)?))?;
        // Where homes are not read yet, there is nothing to ask.
        let answer = if store.looks_at_homes() { None } else { Some(question(&store, subject)) };
        match (store.read.take().expect("it was read in part").next(), answer) {
            (Some(more), _) => ids = more,
            (None, Some(answer)) => return Ok((id, answer?)),
            (None, None) => unreachable!("homes that are not read are read next"),
        }
    }
}

/// The error of an id that is none, but for one that was: of that it is told what became of it.
fn no_more(snapshot: &Snapshot, error: Error) -> Result<Error, Error> {
    let Error::NoSuchId { id, .. } = &error else { return Ok(error) };
    let events = snapshot.events()?;
    let last = |id: &str| -> Option<&EventRow> {
        let of_id = events.iter().filter(|event| event.id == id);
        of_id.max_by_key(|event| event.run.as_str())
    };
    let mut became = None;
    let mut now = id.as_str();
    // Nothing is merged into what was merged before it.
    for _ in 0..events.len() {
        match last(now) {
            Some(EventRow { event: Event::Merged, other_id: Some(other), run, .. }) => {
                became = Some(format!("merged into `{other}` on {run}"));
                now = other;
            }
            Some(EventRow { event: Event::Retired, run, .. }) => {
                became = Some(format!("retired on {run}, when nothing of it was left"));
                break;
            }
            _ => break,
        }
    }
    Ok(match became {
        Some(became) => Error::NoMore { id: id.clone(), became },
        None => error,
    })
}
