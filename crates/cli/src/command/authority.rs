//! On whose authority what is shielded is told, and what of a pair is withheld without one.

use std::path::Path;

use pipeline::PairExplanation;
use serde_json::Value;
use snapshot::{Snapshot, WITHHELD};

use crate::disclosure;

/// Whether what is shielded is told.
#[derive(clap::Args)]
pub(crate) struct Authority {
    /// Tell what is shielded too: on whose authority and what for. The answer begins with it, and it
    /// is written to the log of disclosures beside the snapshots, with who asked. Without it the
    /// answer says what is withheld, and why
    #[arg(long, global = true, value_name = "REASON", value_parser = reason)]
    authority: Option<String>,
}

fn reason(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    // It stands on a line of its own before the answer, which nothing in it may pretend to be.
    if text.chars().any(char::is_control) {
        return Err("say it on one line");
    }
    if text.is_empty() { Err("say on whose authority, and what for") } else { Ok(text.to_owned()) }
}

/// The fields that tell who somebody is, and not where.
const WHO: [&str; 7] =
    ["name", "forename", "middle_name", "surname", "sex", "date_of_birth", "date_of_death"];

impl Authority {
    /// Opens a snapshot, with what is shielded if there is an authority.
    pub(crate) fn open(&self, path: &Path) -> anyhow::Result<Snapshot> {
        let snapshot = Snapshot::open(path)?;
        Ok(if self.authority.is_some() { snapshot.with_shielded()? } else { snapshot })
    }

    /// Writes down that something is told of these, by id; of everybody if there are none. Without an
    /// authority nothing is written, since nothing that is shielded is told.
    pub(crate) fn noted(
        &self,
        snapshot: &Snapshot,
        question: &str,
        about: &[String],
    ) -> anyhow::Result<Noted<'_>> {
        let authority = self.authority.as_deref();
        if let Some(reason) = authority {
            disclosure::write_down(snapshot, question, about, reason)?;
        }
        Ok(Noted { authority })
    }

    /// Whether what a person's records say of anything but who it is must not be shown.
    pub(crate) fn withholds(&self, snapshot: &Snapshot, person_id: &str) -> anyhow::Result<bool> {
        if self.authority.is_some() {
            return Ok(false);
        }
        let person = snapshot.find_person(person_id)?;
        let is_shielded = person.is_some_and(|(_, row)| row.shielded.is_some());
        let homes = snapshot.residencies_of(person_id)?;
        Ok(is_shielded || homes.iter().any(|home| home.withheld.is_some()))
    }
}

/// That an answer was written down if it had to be: the way for one to get out.
pub(crate) struct Noted<'a> {
    authority: Option<&'a str>,
}

impl Noted<'_> {
    /// An answer in words, with the authority before it.
    pub(crate) fn before(&self, text: String) -> String {
        match self.authority {
            Some(reason) => format!("Told with what is shielded, on authority: {reason}\n\n{text}"),
            None => text,
        }
    }

    /// An answer as JSON, with the authority in it.
    pub(crate) fn within(&self, mut answer: Value) -> Value {
        if let (Some(reason), Some(answer)) = (self.authority, answer.as_object_mut()) {
            answer.insert("authority".to_owned(), reason.into());
        }
        answer
    }
}

/// Takes out of a pair's explanation what tells where somebody lives, given of which of the two records
/// that is withheld. The bits stay, or they would not add up.
pub(crate) fn withhold(explained: &mut PairExplanation, of: [bool; 2]) {
    if of == [false; 2] {
        return;
    }
    for field in explained.fields.iter_mut().filter(|line| !WHO.contains(&line.field.as_str())) {
        WITHHELD.clone_into(&mut field.level);
        for (value, _) in field.values.iter_mut().zip(of).filter(|(_, withheld)| *withheld) {
            WITHHELD.clone_into(value);
        }
    }
    explained.rule = explained.rule.take().map(|_| WITHHELD.to_owned());
}
