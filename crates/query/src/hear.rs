//! What the sources that an indicator names say of a person.

use record::{Date, Whom};
use snapshot::Indicator;

use crate::Error;
use crate::answer::Answer;
use crate::ask::Ask;
use crate::statement::{Basis, Day, End, Holds, Reason};
use crate::store::{Involvement, Store, Word};

/// An indicator as it is asked of a snapshot.
pub(crate) struct Question<'a> {
    pub(crate) indicator: &'a Indicator,
    pub(crate) whom: Whom,
    /// The sources that can tell, and whether who is not in one is said not to be so.
    sources: Vec<(Word, bool)>,
    is: Vec<String>,
    is_not: Vec<String>,
}

/// What was heard of somebody: the answer, and whether any row speaks for it.
pub(crate) struct Heard {
    pub(crate) answer: Answer,
    pub(crate) is_said: bool,
}

/// What one source says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It is so.
    Yes,
    /// It may be so.
    Doubt,
    /// It is not.
    No,
    /// It is not, for it would be there.
    Silence,
    /// Neither.
    Nothing,
}

/// Reasons as they are found, if they are wanted.
pub(crate) struct Reasons {
    wanted: bool,
    pub(crate) all: Vec<Reason>,
}

impl Reasons {
    pub(crate) fn wanted(wanted: bool) -> Reasons {
        Reasons { wanted, all: Vec::new() }
    }

    fn push(&mut self, reason: impl FnOnce() -> Reason) {
        if self.wanted {
            self.all.push(reason());
        }
    }
}

impl Store {
    /// The indicator with this name.
    pub(crate) fn indicator(&self, name: &str) -> Result<&Indicator, Error> {
        let found = self.indicators.iter().find(|indicator| indicator.name == name);
        let known = || self.indicators.iter().map(|indicator| indicator.name.as_str());
        found.ok_or_else(|| Error::no_such("indicator", name, known()))
    }

    pub(crate) fn question<'a>(&self, indicator: &'a Indicator) -> Result<Question<'a>, Error> {
        let folded = |values: &[String]| values.iter().map(|value| value.to_lowercase()).collect();
        Ok(Question {
            whom: Whom::parse(&indicator.of)
                .ok_or_else(|| Error::NotUnderstood { name: indicator.name.clone() })?,
            sources: indicator
                .sources
                .iter()
                .filter_map(|source| {
                    Some((self.word(source)?, indicator.absence_is_no.contains(source)))
                })
                .collect(),
            is: folded(&indicator.is),
            is_not: folded(&indicator.is_not),
            indicator,
        })
    }
}

impl Question<'_> {
    /// The sources that are asked.
    pub(crate) fn asked(&self) -> Vec<Word> {
        self.sources.iter().map(|(source, _)| *source).collect()
    }

    fn is_lasting(&self) -> bool {
        self.indicator.field.is_some() && self.indicator.within_days.is_none()
    }
}

impl Ask<'_> {
    /// Whether it is so of a person, or of several taken as one.
    pub(crate) fn hear(
        &self,
        question: &Question<'_>,
        persons: &[u32],
        reasons: &mut Reasons,
    ) -> Heard {
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(question.sources.len());
        for &source in &question.sources {
            let each: Vec<Verdict> = persons
                .iter()
                .map(|&person| self.verdict(question, source, person, reasons))
                .collect();
            verdicts.push(merge(question, &each));
        }
        let all = merge(question, &verdicts);
        // A source of which the snapshot knows nothing might say that it is so.
        let is_whole = verdicts.len() == question.indicator.sources.len();
        let answer = match all {
            Verdict::Yes => Answer::Yes,
            Verdict::No if is_whole || question.is_lasting() => Answer::No,
            Verdict::Silence if is_whole => Answer::No,
            _ => Answer::Unknown,
        };
        Heard { answer, is_said: matches!(all, Verdict::Yes | Verdict::Doubt) }
    }

    fn verdict(
        &self,
        question: &Question<'_>,
        (source, speaks_by_silence): (Word, bool),
        person: u32,
        reasons: &mut Reasons,
    ) -> Verdict {
        let all = self.store.involvements(person).iter();
        let rows: Vec<&Involvement> = all.filter(|row| row.source == source).collect();
        let verdict = match (&question.indicator.field, question.indicator.within_days) {
            (None, None) => self.known(&rows, reasons),
            (None, Some(days)) => self.happened(question, None, days, &rows, reasons),
            (Some(field), Some(days)) => self.happened(question, Some(field), days, &rows, reasons),
            (Some(field), None) => self.stated(question, field, &rows, reasons),
        };
        let is_silent = verdict == Verdict::Nothing
            && (rows.is_empty() || !question.is_lasting())
            && speaks_by_silence
            && self.is_covered(question, source, person);
        if !is_silent {
            return verdict;
        }
        reasons.push(|| Reason {
            basis: Basis::Inferred,
            says: "not among those whom the source holds, which are all".to_owned(),
            according_to: self.cite(&[source]),
            ..nothing_said()
        });
        Verdict::Silence
    }

    /// Whether a source would have the person, were it so: a resident who can be told from others,
    /// and days of which the source still speaks.
    fn is_covered(&self, question: &Question<'_>, source: Word, person: u32) -> bool {
        let Some(as_at) = self.store.as_at(source) else { return false };
        let days = (self.as_of - as_at).get_days();
        (0..=i64::from(question.indicator.absence_days_max)).contains(&i64::from(days))
            && !self.is_unresolved(person)
            && !self.is_withheld(person)
            && !self.homes(person).is_empty()
    }

    /// Whether a service knows the person on the day.
    fn known(&self, rows: &[&Involvement], reasons: &mut Reasons) -> Verdict {
        let mut verdict = Verdict::Nothing;
        for row in rows.iter().filter(|row| self.text(row.role) == "subject") {
            let (says, of_row, holds) = match self.holds(row.from, row.to) {
                Some(Holds::Yes) => ("known to the service", Verdict::Yes, Holds::Yes),
                Some(Holds::Perhaps) => ("known to the service", Verdict::Doubt, Holds::Perhaps),
                None if row.to.is_some_and(|to| to <= self.as_of) => {
                    ("no longer known to the service", Verdict::No, Holds::Yes)
                }
                None => continue,
            };
            reasons.push(|| self.why_heard(row, says.to_owned(), holds));
            verdict = verdict.min(of_row);
        }
        verdict
    }

    /// Whether something happened to the person within so many days.
    fn happened(
        &self,
        question: &Question<'_>,
        field: Option<&str>,
        days: u32,
        rows: &[&Involvement],
        reasons: &mut Reasons,
    ) -> Verdict {
        let mut verdict = Verdict::Nothing;
        for row in rows.iter().filter(|row| self.text(row.role) == "subject") {
            let day = row.from.or(row.last_contact);
            if day.is_some_and(|day| self.as_of < day || !within(day, self.as_of, days)) {
                continue;
            }
            let of_row = if day.is_some() { Verdict::Yes } else { Verdict::Doubt };
            let holds = if day.is_some() { Holds::Yes } else { Holds::Perhaps };
            let Some(field) = field else {
                reasons.push(|| self.why_heard(row, "on record".to_owned(), holds));
                verdict = verdict.min(of_row);
                continue;
            };
            let values = self.values(row, field);
            for value in &values {
                if question.is.contains(&value.to_lowercase()) {
                    reasons.push(|| self.why_heard(row, said(field, value), holds));
                    verdict = verdict.min(of_row);
                }
            }
            // What it was is not said, so that it may have been this.
            if values.is_empty() {
                reasons.push(|| self.why_heard(row, format!("{}: not said", spaced(field)), holds));
                verdict = verdict.min(Verdict::Doubt);
            }
        }
        verdict
    }

    /// What a source last said of the person.
    fn stated(
        &self,
        question: &Question<'_>,
        field: &str,
        rows: &[&Involvement],
        reasons: &mut Reasons,
    ) -> Verdict {
        let held = rows.iter().filter_map(|row| {
            let values = self.values(row, field);
            Some((*row, values, self.holds(row.from, row.to)?)).filter(|held| !held.1.is_empty())
        });
        let held: Vec<(&Involvement, Vec<&str>, Holds)> = held.collect();
        let recency = |row: &Involvement| (row.last_contact, row.from);
        let last = held.iter().map(|held| recency(held.0)).max();
        let mut verdicts = Vec::new();
        for (row, values, holds) in held.iter().filter(|held| Some(recency(held.0)) == last) {
            // What was said later need not have been so on the day.
            let said_on = row.last_contact.or_else(|| self.store.as_at(row.source));
            let is_past = said_on.is_some_and(|day| day <= self.as_of) || self.is_run_date();
            let holds = if is_past { *holds } else { Holds::Perhaps };
            for value in values {
                reasons.push(|| self.why_heard(row, said(field, value), holds));
                let value = value.to_lowercase();
                verdicts.push(match holds {
                    _ if !question.is.contains(&value) && !question.is_not.contains(&value) => {
                        Verdict::Nothing
                    }
                    Holds::Perhaps => Verdict::Doubt,
                    Holds::Yes if question.is.contains(&value) => Verdict::Yes,
                    Holds::Yes => Verdict::No,
                });
            }
        }
        merge(question, &verdicts)
    }

    fn is_run_date(&self) -> bool {
        self.as_of == self.store.run_date
    }

    /// The values that a row states of a field.
    fn values(&self, row: &Involvement, field: &str) -> Vec<&str> {
        let states = row.states.map_or("", |states| self.text(states)).lines();
        let said = states.filter_map(|state| state.split_once('='));
        said.filter(|(name, _)| *name == field).map(|(_, value)| value).collect()
    }

    fn why_heard(&self, row: &Involvement, says: String, holds: Holds) -> Reason {
        Reason {
            basis: Basis::Stated,
            says,
            according_to: self.cite(&[row.source]),
            from: Day(row.from),
            to: End(row.to),
            // What came after the day asked for was not known then.
            last_seen: Day(row.last_contact.filter(|day| *day <= self.as_of)),
            holds,
            ..nothing_said()
        }
    }
}

/// A reason without a source or a day.
pub(crate) fn nothing_said() -> Reason {
    Reason {
        basis: Basis::Inferred,
        says: String::new(),
        of: None,
        according_to: Vec::new(),
        from: Day(None),
        to: End(None),
        last_seen: Day(None),
        holds: Holds::Yes,
        contradictions: Vec::new(),
    }
}

/// What several say together. One is enough for what happened, or to be known; of what lasts, those
/// who say different things say nothing together.
fn merge(question: &Question<'_>, all: &[Verdict]) -> Verdict {
    let says = |verdict: Verdict| all.contains(&verdict);
    let none_else = |these: [Verdict; 2]| all.iter().all(|verdict| these.contains(verdict));
    if question.is_lasting() {
        return match (says(Verdict::Yes), says(Verdict::No)) {
            (true, true) => Verdict::Doubt,
            _ if says(Verdict::Doubt) => Verdict::Doubt,
            (true, false) => Verdict::Yes,
            (false, true) => Verdict::No,
            _ if !all.is_empty() && none_else([Verdict::Silence; 2]) => Verdict::Silence,
            _ => Verdict::Nothing,
        };
    }
    if says(Verdict::Yes) {
        Verdict::Yes
    } else if says(Verdict::Doubt) {
        Verdict::Doubt
    } else if !all.is_empty() && none_else([Verdict::No, Verdict::Silence]) {
        Verdict::No
    } else {
        Verdict::Nothing
    }
}

fn within(day: Date, as_of: Date, days: u32) -> bool {
    i64::from((as_of - day).get_days()) < i64::from(days)
}

fn spaced(field: &str) -> String {
    field.replace('_', " ")
}

fn said(field: &str, value: &str) -> String {
    format!("{}: {value}", spaced(field))
}
