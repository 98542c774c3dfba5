//! A basket of indicators, counted for every family.

use std::collections::BTreeSet;

use record::Date;
use serde::Serialize;

use crate::Error;
use crate::answer::Answer;
use crate::ask::{Ask, Status};
use crate::hear::Question;
use crate::indicator::{Reached, reach};

/// A basket, counted for every family that has a child or expects one.
#[derive(Clone, Debug, Serialize)]
pub struct Baskets {
    /// The day asked for.
    pub as_of: Date,
    /// The basket's name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Its indicators.
    pub indicators: Vec<String>,
    /// Those of which a source can tell.
    pub can_be_seen: Vec<String>,
    /// The count that matters.
    pub line: usize,
    /// How many families reach it.
    pub counts: Counts,
    /// The families wanted, by household.
    pub families: Vec<FamilyCount>,
    /// How many persons are shielded, so that what services say of them is withheld and not known here.
    pub withheld: usize,
}

/// How many families reach a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// For certain.
    pub certain: usize,
    /// Possibly.
    pub possible: usize,
    /// Not.
    pub no: usize,
}

/// A family's count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCount {
    /// The household; none for a child who has none.
    pub household_id: Option<String>,
    /// Those of the family who live together, by id.
    pub of: Vec<String>,
    /// How many indicators are so.
    pub least: usize,
    /// How many are so or may be.
    pub most: usize,
    /// Whether the line is reached.
    pub reached: Reached,
    /// The answer to each indicator, in their order.
    pub answers: Vec<Answer>,
}

impl Ask<'_> {
    /// A basket's count for every family that has a child or expects one, in the order of
    /// households; with a second household, a child's family is told of for both. `wanted` leaves
    /// out those that reach the line otherwise.
    ///
    /// # Errors
    ///
    /// If there is no such basket.
    pub fn basket(&self, name: &str, wanted: Option<Reached>) -> Result<Baskets, Error> {
        let store = self.store;
        let known = || store.baskets.iter().map(|basket| basket.name.as_str());
        let basket = store.baskets.iter().find(|basket| basket.name == name);
        let basket = basket.ok_or_else(|| Error::no_such("basket", name, known()))?;
        let mut questions: Vec<Question<'_>> = Vec::new();
        for name in &basket.indicators {
            questions.push(store.question(store.indicator(name)?)?);
        }
        let line = basket.line as usize;
        let seen = questions.iter().filter(|question| !question.indicator.sources.is_empty());
        let mut told = Baskets {
            as_of: self.as_of,
            name: basket.name.clone(),
            says: basket.says.clone(),
            indicators: basket.indicators.clone(),
            can_be_seen: seen.map(|question| question.indicator.name.clone()).collect(),
            line,
            counts: Counts::default(),
            families: Vec::new(),
            withheld: store.n_withheld(),
        };
        let mut count = |household: Option<u32>, family: &BTreeSet<u32>| {
            let circle = self.circle(family);
            if !circle.has_child() {
                return;
            }
            let answers: Vec<Answer> =
                questions.iter().map(|question| self.answer(question, &circle, None)).collect();
            let (least, most, reached) = reach(&answers, line);
            *match reached {
                Reached::Certain => &mut told.counts.certain,
                Reached::Possible => &mut told.counts.possible,
                Reached::No => &mut told.counts.no,
            } += 1;
            if wanted.is_none_or(|wanted| wanted == reached) {
                let id = |household: u32| store.household_ids.get(household).to_owned();
                told.families.push(FamilyCount {
                    household_id: household.map(id),
                    of: family.iter().map(|&of| store.person_ids.get(of).to_owned()).collect(),
                    least,
                    most,
                    reached,
                    answers,
                });
            }
        };
        for household in store.all_households() {
            let members = self.members(household);
            let group: BTreeSet<u32> = members.iter().map(|member| member.person).collect();
            self.families(&group).iter().for_each(|family| count(Some(household), family));
        }
        for person in store.all_persons() {
            let is_child = self.is_child(person) == Some(true);
            if is_child && self.status(person) == Status::Present && self.homes(person).is_empty() {
                count(None, &[person].into());
            }
        }
        told.families.sort_by(|a, b| (&a.household_id, &a.of).cmp(&(&b.household_id, &b.of)));
        Ok(told)
    }
}
