//! `kinfold ask`: questions to a published snapshot, answered with the reason for each statement.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use query::{Ask as Asked, Part, Reached, Store, Tell};
use snapshot::Date;

use super::authority::{Authority, Noted};
use crate::table::table;
use crate::{Global, print};

/// Ask a snapshot who lives where, who is what to whom, and which services know them.
///
/// Every statement says how it is known (declared, stated or inferred), who says so and of which
/// days; what is not known is said as such. Nothing is judged.
///
/// An id is that of a person (P…) or household (H…), or names a record as `source:key`.
#[derive(clap::Args)]
pub(crate) struct Ask {
    #[command(flatten)]
    authority: Authority,
    #[command(subcommand)]
    question: Question,
}

#[derive(clap::Subcommand)]
enum Question {
    /// Who lives in a household, at an address (A…), or with a person
    Residents(About),
    /// Where a person lives, or the last that is known of it
    Household(About),
    /// Who is connected with a household without living there
    Connected(About),
    /// The children of an adult, by relationship
    Children(About),
    /// The adults of a child, by relationship
    Adults(About),
    /// The children whom something that happened to an adult concerns: of the household, elsewhere
    /// and expected
    Concerned(About),
    /// The services that know a person or the members of a household, and who leads
    Services(About),
    /// The indicators of a family, as the plan defines them: yes, no or not known, and who says so
    Indicators(About),
    /// What has changed since a day
    Changes {
        #[command(flatten)]
        about: About,
        /// The first day to look at
        #[arg(long, value_name = "DATE")]
        since: Date,
    },
    /// A basket of indicators, counted as [least, most] for every family with a child
    Basket {
        #[command(flatten)]
        of_all: OfAll,
        /// The basket's name in the plan
        name: String,
        /// Only families that reach the basket's line for certain, possibly, or not
        #[arg(long, value_name = "HOW", value_parser = reached)]
        reached: Option<Reached>,
    },
    /// The adults of whom an indicator is so, and the children whom that concerns
    Triggered {
        #[command(flatten)]
        of_all: OfAll,
        /// The indicator's name in the plan
        name: String,
    },
    /// The persons known to so many agencies for whom nobody leads
    Unled {
        #[command(flatten)]
        of_all: OfAll,
        /// The least number of agencies
        #[arg(long, value_name = "N", default_value_t = 3)]
        agencies: usize,
    },
    /// A family: its households, who is connected, what they are to each other, services, addresses
    Family {
        #[command(flatten)]
        about: About,
        /// How many steps of relationship to go from the household
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=6))]
        steps: u32,
        /// Write a page of HTML to this file as well: a genogram, a timeline and all the tables. It
        /// opens offline, and is as personal as the answer
        #[arg(long, value_name = "FILE")]
        page: Option<PathBuf>,
    },
}

impl Question {
    /// The words that ask it.
    fn name(&self) -> &'static str {
        match self {
            Question::Residents(_) => "ask residents",
            Question::Household(_) => "ask household",
            Question::Connected(_) => "ask connected",
            Question::Children(_) => "ask children",
            Question::Adults(_) => "ask adults",
            Question::Concerned(_) => "ask concerned",
            Question::Services(_) => "ask services",
            Question::Indicators(_) => "ask indicators",
            Question::Changes { .. } => "ask changes",
            Question::Basket { .. } => "ask basket",
            Question::Triggered { .. } => "ask triggered",
            Question::Unled { .. } => "ask unled",
            Question::Family { .. } => "ask family",
        }
    }
}

/// A question about everybody.
#[derive(clap::Args)]
struct OfAll {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    /// The day to ask about; without it, the run date of the snapshot
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[derive(clap::Args)]
struct About {
    /// The snapshot's folder, or the folder of snapshots for the current one
    snapshot: PathBuf,
    /// A person, a household, or a record as `source:key`
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// The day to ask about; without it, the run date of the snapshot
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method is of one lifetime, and a question is asked of any"
)]
impl Ask {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let to = To { global, authority: &self.authority, question: self.question.name() };
        let told = match &self.question {
            Question::Residents(about) => about.answer(to, |ask, id| Ok(ask.residents(id)))?,
            Question::Household(about) => about.answer(to, |ask, id| ask.household_of(id))?,
            Question::Connected(about) => about.answer(to, |ask, id| ask.connected(id))?,
            Question::Children(about) => about.answer(to, |ask, id| ask.children_of(id))?,
            Question::Adults(about) => about.answer(to, |ask, id| ask.adults_of(id))?,
            Question::Concerned(about) => about.answer(to, |ask, id| ask.concerned(id))?,
            Question::Services(about) => about.answer(to, |ask, id| ask.services(id))?,
            Question::Changes { about, since } => {
                about.answer(to, |ask, id| ask.changes(id, *since))?
            }
            Question::Indicators(about) => about.answer(to, |ask, id| ask.indicators(id))?,
            Question::Basket { of_all, name, reached } => {
                of_all.answer(to, |ask| ask.basket(name, *reached))?
            }
            Question::Triggered { of_all, name } => of_all.answer(to, |ask| ask.triggered(name))?,
            Question::Unled { of_all, agencies } => {
                of_all.answer(to, |ask| Ok(ask.unled(*agencies)))?
            }
            Question::Family { about, steps, page } => about.answer_then(
                to,
                |ask, id| ask.family(id, *steps),
                |family| match page {
                    None => Ok(()),
                    Some(path) => std::fs::write(path, family.page())
                        .with_context(|| format!("cannot write `{}`", path.display())),
                },
            )?,
        };
        print(&told)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// To whom an answer is told.
#[derive(Clone, Copy)]
struct To<'a> {
    global: &'a Global,
    authority: &'a Authority,
    /// What the question is called in the log.
    question: &'static str,
}

impl About {
    fn answer<T: Tell + serde::Serialize>(
        &self,
        to: To<'_>,
        question: impl Fn(&Asked<'_>, query::Subject) -> Result<T, query::Error>,
    ) -> anyhow::Result<String> {
        self.answer_then(to, question, |_| Ok(()))
    }

    /// The same, after something else was done with the answer.
    fn answer_then<T: Tell + serde::Serialize>(
        &self,
        to: To<'_>,
        question: impl Fn(&Asked<'_>, query::Subject) -> Result<T, query::Error>,
        then: impl Fn(&T) -> anyhow::Result<()>,
    ) -> anyhow::Result<String> {
        let mut snapshot = to.authority.open(&self.snapshot)?;
        let (id, answer) = query::look(&mut snapshot, &self.id, |store, subject| {
            question(&store.ask(self.as_of)?, subject)
        })?;
        let noted = to.authority.noted(&snapshot, to.question, &[id])?;
        then(&answer)?;
        told(to, &noted, &answer)
    }
}

impl OfAll {
    fn answer<T: Tell + serde::Serialize>(
        &self,
        to: To<'_>,
        question: impl Fn(&Asked<'_>) -> Result<T, query::Error>,
    ) -> anyhow::Result<String> {
        let snapshot = to.authority.open(&self.snapshot)?;
        let store = Store::read(&snapshot)?;
        let answer = question(&store.ask(self.as_of)?)?;
        told(to, &to.authority.noted(&snapshot, to.question, &[])?, &answer)
    }
}

/// How far families reach a basket's line.
fn reached(word: &str) -> Result<Reached, String> {
    let found = Reached::ALL.into_iter().find(|reached| reached.as_str() == word);
    found.ok_or_else(|| format!("one of {}", Reached::ALL.map(Reached::as_str).join(", ")))
}

/// An answer as JSON or as text.
fn told<T: Tell + serde::Serialize>(
    to: To<'_>,
    noted: &Noted<'_>,
    answer: &T,
) -> anyhow::Result<String> {
    if to.global.json {
        let answer = noted.within(serde_json::to_value(answer)?);
        return Ok(serde_json::to_string(&answer)? + "\n");
    }
    Ok(noted.before(laid_out(&answer.tell())))
}

/// Headings, sentences and tables as text.
fn laid_out(parts: &[Part]) -> String {
    let mut text = String::new();
    let mut after_line = false;
    for part in parts {
        // Sentences stand together; all else stands apart.
        let is_line = matches!(part, Part::Line(_));
        if !(text.is_empty() || is_line && after_line) {
            text.push('\n');
        }
        match part {
            Part::Heading(heading) => text += &format!("{}\n", heading.trim_end()),
            Part::Line(line) => text += &format!("{line}\n"),
            Part::Table { headings, rows } => text += &table(headings, rows.iter().cloned()),
        }
        after_line = is_line || matches!(part, Part::Heading(_));
    }
    text
}
