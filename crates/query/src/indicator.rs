//! Indicators of a family: facts that sources state, state otherwise, or do not speak of.

use std::collections::BTreeSet;

use record::{Date, RelationType, Whom};
use serde::Serialize;
use snapshot::Basket;

use crate::Error;
use crate::answer::Answer;
use crate::ask::{Ask, Status, Subject};
use crate::hear::{Question, Reasons, nothing_said};
use crate::kin::{Is, Tie};
use crate::statement::{Named, Reason};

/// The indicators of a person's family, or of the families of a household.
#[derive(Clone, Debug, Serialize)]
pub struct Indicators {
    /// The day asked for.
    pub as_of: Date,
    /// Each family.
    pub families: Vec<FamilyIndicators>,
}

/// The indicators of a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyIndicators {
    /// Those of the family who live together.
    pub of: Vec<Named>,
    /// The indicators.
    pub indicators: Vec<Indicated>,
    /// The baskets of them.
    pub baskets: Vec<Counted>,
}

/// An indicator of a family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Indicated {
    /// Its name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Of whom, as a word such as `all_parents`.
    pub of: String,
    /// Whether it is so.
    pub answer: Answer,
    /// What was heard of each.
    pub why: Vec<Because>,
}

/// What was heard of somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Because {
    /// Of whom; of nobody, if no source can tell.
    pub who: Option<Named>,
    /// Whether it is so of that person.
    pub answer: Answer,
    /// Who says so.
    pub why: Vec<Reason>,
}

/// Indicators counted together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The basket's name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// How many indicators it has.
    pub of: usize,
    /// Of how many of them a source can tell.
    pub can_be_seen: usize,
    /// How many are so.
    pub least: usize,
    /// How many are so or may be.
    pub most: usize,
    /// The count that matters.
    pub line: usize,
    /// Whether it is reached.
    pub reached: Reached,
}

/// Whether a count reaches a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// It does, whatever is not known.
    Certain,
    /// It may.
    Possible,
    /// It does not, whatever is not known.
    No,
}

impl Reached {
    /// All of them.
    pub const ALL: [Reached; 3] = [Reached::Certain, Reached::Possible, Reached::No];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reached::Certain => "certain",
            Reached::Possible => "possible",
            Reached::No => "no",
        }
    }
}

/// A family as indicators see it.
pub(crate) struct Circle {
    members: Vec<u32>,
    /// The members who are children, those expected included, for whose parents it is asked.
    children: Vec<u32>,
    parents: Vec<Parent>,
}

struct Parent {
    person: u32,
    is: Is,
    /// Whether something speaks against it.
    is_doubtful: bool,
}

/// Some of a family, and whether there may be more.
#[derive(Default)]
struct Those {
    /// Each, and whether it is certain that the person is one of them.
    persons: Vec<(u32, bool)>,
    /// Children of whom a further one is not known.
    lacking: Vec<u32>,
}

impl Ask<'_> {
    /// The indicators of a person's family, or of each family of a household.
    ///
    /// # Errors
    ///
    /// If the subject is an address.
    pub fn indicators(&self, subject: Subject) -> Result<Indicators, Error> {
        let families = match subject {
            Subject::Person(person) => vec![self.family_of(person)],
            _ => self.families(&self.group(subject)?),
        };
        let families: Result<Vec<FamilyIndicators>, Error> =
            families.iter().map(|family| self.indicators_of(family)).collect();
        Ok(Indicators { as_of: self.as_of, families: families? })
    }

    /// The indicators of a family.
    pub(crate) fn indicators_of(&self, family: &BTreeSet<u32>) -> Result<FamilyIndicators, Error> {
        let circle = self.circle(family);
        let mut indicators = Vec::new();
        for indicator in &self.store.indicators {
            let question = self.store.question(indicator)?;
            let mut why = Vec::new();
            let answer = self.answer(&question, &circle, Some(&mut why));
            indicators.push(Indicated {
                name: indicator.name.clone(),
                says: indicator.says.clone(),
                of: indicator.of.clone(),
                answer,
                why,
            });
        }
        let answer_of = |name: &str| {
            let found = indicators.iter().find(|indicated| indicated.name == name);
            found.map_or(Answer::Unknown, |indicated| indicated.answer)
        };
        let count = |basket: &Basket| {
            let answers: Vec<Answer> =
                basket.indicators.iter().map(|name| answer_of(name)).collect();
            self.counted(basket, &answers)
        };
        Ok(FamilyIndicators {
            of: family.iter().map(|&person| self.named(person)).collect(),
            baskets: self.store.baskets.iter().map(count).collect(),
            indicators,
        })
    }

    /// The answers to a basket's indicators, counted.
    pub(crate) fn counted(&self, basket: &Basket, answers: &[Answer]) -> Counted {
        let (least, most, reached) = reach(answers, basket.line as usize);
        let indicators =
            basket.indicators.iter().filter_map(|name| self.store.indicator(name).ok());
        Counted {
            name: basket.name.clone(),
            says: basket.says.clone(),
            of: answers.len(),
            can_be_seen: indicators.filter(|indicator| !indicator.sources.is_empty()).count(),
            least,
            most,
            line: basket.line as usize,
            reached,
        }
    }

    pub(crate) fn circle(&self, family: &BTreeSet<u32>) -> Circle {
        let members: Vec<u32> =
            family.iter().copied().filter(|&person| self.status(person) != Status::Died).collect();
        let mut children: Vec<u32> =
            members.iter().copied().filter(|&person| self.is_child(person) == Some(true)).collect();
        // Whoever is expected has parents as well.
        for &member in &members {
            let ties = self.ties(member).filter(|tie| tie.is.is_child());
            let expected = ties.map(|tie| tie.other);
            children.extend(expected.filter(|&child| self.is_awaited(child)));
        }
        children.sort_unstable();
        children.dedup();
        let mut parents: Vec<Parent> = Vec::new();
        for tie in children.iter().flat_map(|&child| self.ties(child)) {
            if !tie.is.is_parent() || self.status(tie.other) == Status::Died {
                continue;
            }
            let is_doubtful = !tie.row.contradictions.is_empty();
            match parents.iter_mut().find(|known| (known.person, known.is) == (tie.other, tie.is)) {
                Some(known) => known.is_doubtful &= is_doubtful,
                None => parents.push(Parent { person: tie.other, is: tie.is, is_doubtful }),
            }
        }
        Circle { members, children, parents }
    }

    /// Whether it is so of a family; and if they are wanted, the reasons.
    pub(crate) fn answer(
        &self,
        question: &Question<'_>,
        circle: &Circle,
        mut why: Option<&mut Vec<Because>>,
    ) -> Answer {
        if question.indicator.sources.is_empty() {
            if let Some(why) = why {
                why.push(because(None, "no source can tell"));
            }
            return Answer::Unknown;
        }
        if question.whom == Whom::Household {
            let mut reasons = Reasons::wanted(why.is_some());
            let heard = self.hear(question, &circle.members, &mut reasons);
            if let Some(why) = why {
                let said = self.or_nobody(question, reasons);
                why.push(Because { who: None, answer: heard.answer, why: said });
            }
            return heard.answer;
        }
        let Those { persons, lacking } = self.those(question.whom, circle);
        let mut answers = Vec::new();
        for (person, is_certain) in persons {
            let mut reasons = Reasons::wanted(why.is_some());
            let heard = self.hear(question, &[person], &mut reasons);
            if let Some(why) = why.as_deref_mut() {
                let mut said = self.or_nobody(question, reasons);
                if !is_certain {
                    let reason = "may not be one of those asked about".to_owned();
                    said.push(Reason { says: reason, ..nothing_said() });
                }
                why.push(Because {
                    who: Some(self.named(person)),
                    answer: heard.answer,
                    why: said,
                });
            }
            // Of who may not be one of them, only what changes nothing is certain.
            let settles = if question.whom.is_all() { Answer::No } else { Answer::Yes };
            let is_open = !is_certain && heard.answer == settles;
            answers.push(if is_open { Answer::Unknown } else { heard.answer });
        }
        let is_nobody = answers.is_empty();
        for &child in &lacking {
            answers.push(Answer::Unknown);
            if let Some(why) = why.as_deref_mut() {
                let who = Some(self.named(child));
                why.push(because(who, lacks(question.whom)));
            }
        }
        if is_nobody {
            if let Some(why) = why.filter(|_| lacking.is_empty()) {
                why.push(because(None, "nobody is known of whom it could be said"));
            }
            return Answer::Unknown;
        }
        if question.whom.is_all() { Answer::all(answers) } else { Answer::any(answers) }
    }

    /// The reasons, or that none of those who could tell says anything.
    fn or_nobody(&self, question: &Question<'_>, reasons: Reasons) -> Vec<Reason> {
        if !reasons.all.is_empty() {
            return reasons.all;
        }
        let says = "nobody who could tell says".to_owned();
        vec![Reason { says, according_to: self.cite(&question.asked()), ..nothing_said() }]
    }

    /// Those of a family of whom an indicator speaks.
    fn those(&self, whom: Whom, circle: &Circle) -> Those {
        let wanted_age = |is_child: bool| {
            let all = circle.members.iter().filter_map(|&person| match self.is_child(person) {
                None => Some((person, false)),
                Some(child) => (child == is_child).then_some((person, true)),
            });
            Those { persons: all.collect(), lacking: Vec::new() }
        };
        match whom {
            Whom::AllAdults | Whom::AnyAdult => wanted_age(false),
            Whom::AllChildren | Whom::AnyChild => wanted_age(true),
            Whom::AnyMember | Whom::Household => Those {
                persons: circle.members.iter().map(|&person| (person, true)).collect(),
                lacking: Vec::new(),
            },
            Whom::AllParents | Whom::AnyParent | Whom::Mother | Whom::Father => {
                self.parents(whom, circle)
            }
        }
    }

    fn parents(&self, whom: Whom, circle: &Circle) -> Those {
        let is_wanted = |is: Is, person: u32| match whom {
            Whom::Mother => self.is_mother_or(is, person, RelationType::Mother, "female"),
            Whom::Father => self.is_mother_or(is, person, RelationType::Father, "male"),
            _ => true,
        };
        let mut found = Those::default();
        for parent in circle.parents.iter().filter(|parent| is_wanted(parent.is, parent.person)) {
            match found.persons.iter_mut().find(|(person, _)| *person == parent.person) {
                Some(known) => known.1 |= !parent.is_doubtful,
                None => found.persons.push((parent.person, !parent.is_doubtful)),
            }
        }
        found.persons.sort_unstable();
        for &child in &circle.children {
            let is_known = |tie: &Tie<'_>| tie.is.is_parent() && is_wanted(tie.is, tie.other);
            let known: BTreeSet<u32> =
                self.ties(child).filter(is_known).map(|tie| tie.other).collect();
            // Everybody has two parents, of whom one is the mother.
            let wanted = if matches!(whom, Whom::Mother | Whom::Father) { 1 } else { 2 };
            if known.len() < wanted {
                found.lacking.push(child);
            }
        }
        found
    }

    fn is_mother_or(&self, is: Is, person: u32, wanted: RelationType, sex: &str) -> bool {
        let of_sex = || {
            let given = self.store.person(person).sex;
            given.is_some_and(|given| self.text(given.value) == sex)
        };
        is == Is::Declared(wanted) || is == Is::Declared(RelationType::Parent) && of_sex()
    }
}

impl Circle {
    /// Whether it has a child, or expects one.
    pub(crate) fn has_child(&self) -> bool {
        !self.children.is_empty()
    }
}

/// How many are so, how many may be, and whether that reaches the line.
pub(crate) fn reach(answers: &[Answer], line: usize) -> (usize, usize, Reached) {
    let n = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count();
    let least = n(Answer::Yes);
    let most = least + n(Answer::Unknown);
    let reached = if line <= least {
        Reached::Certain
    } else if line <= most {
        Reached::Possible
    } else {
        Reached::No
    };
    (least, most, reached)
}

fn because(who: Option<Named>, says: &str) -> Because {
    let why = vec![Reason { says: says.to_owned(), ..nothing_said() }];
    Because { who, answer: Answer::Unknown, why }
}

fn lacks(whom: Whom) -> &'static str {
    match whom {
        Whom::Mother => "no source says who the mother is",
        Whom::Father => "no source says who the father is",
        _ => "no source says who both parents are",
    }
}
