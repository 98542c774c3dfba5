//! The town as agencies can ask about it: who lived with whom, and who is whose.

use jiff::civil::Date;
use record::{Lists, RelationType};

use crate::town::{HomeKind, Relationship, Residency, Town, plus_days};

/// The town, with what is needed to look things up in it.
pub(crate) struct View<'a> {
    pub(crate) town: &'a Town,
    /// For each household, the places of its residencies.
    stays: Lists<u32>,
    children: Lists<u32>,
    /// For each person, the relationships that are not by birth.
    ties: Lists<u32>,
}

/// From when to when somebody was in the town.
#[derive(Clone, Copy)]
pub(crate) struct Presence {
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
}

impl<'a> View<'a> {
    pub(crate) fn new(town: &'a Town) -> View<'a> {
        let stays = (0..).zip(&town.residencies).filter_map(|(at, r)| Some((r.household?, at)));
        let children = (0..).zip(&town.persons).flat_map(|(id, person)| {
            [person.mother, person.father].into_iter().flatten().map(move |parent| (parent, id))
        });
        let chosen = |tie: &Relationship| {
            matches!(
                tie.is,
                RelationType::Partner | RelationType::FosterCarer | RelationType::StepParent
            )
        };
        let ties = (0..).zip(&town.relationships).filter(|(_, tie)| chosen(tie));
        let ties = ties.flat_map(|(at, tie)| [(tie.person, at), (tie.other, at)]);
        let persons = town.persons.len();
        let (stays, children, ties) =
            (dealt(town.households.len(), stays), dealt(persons, children), dealt(persons, ties));
        View { town, stays, children, ties }
    }

    /// When somebody was in the town, if ever.
    pub(crate) fn presence(&self, person: u32) -> Option<Presence> {
        let stays = self.town.residencies_of(person);
        let here = |r: &&Residency| r.main && self.kind(r) != HomeKind::Elsewhere;
        let from = stays.iter().find(here)?.from;
        let last = stays.iter().rev().find(here)?;
        let who = &self.town.persons[person as usize];
        let left = stays.iter().any(|r| r.main && r.from > last.from) || who.became.is_some();
        let to = who.died.or(if left { last.to } else { None });
        Some(Presence { from, to })
    }

    /// What sort of home a residency is in.
    pub(crate) fn kind(&self, residency: &Residency) -> HomeKind {
        self.town.dwellings[residency.dwelling as usize].kind
    }

    /// The household somebody lived in on a day.
    pub(crate) fn household(&self, person: u32, day: Date) -> Option<u32> {
        self.town.home(person, day)?.household
    }

    /// Those who lived in a household on a day, eldest first.
    pub(crate) fn members(&self, household: u32, day: Date) -> Vec<u32> {
        let mut members: Vec<u32> = self
            .stays
            .get(household as usize)
            .iter()
            .map(|&at| &self.town.residencies[at as usize])
            .filter(|r| r.main && r.holds(day))
            .map(|r| r.person)
            .collect();
        members.sort_by_key(|&person| (self.town.persons[person as usize].born, person));
        members.dedup();
        members
    }

    /// The dwelling of a household on a day.
    pub(crate) fn dwelling(&self, household: u32, day: Date) -> Option<&'a Residency> {
        self.stays
            .get(household as usize)
            .iter()
            .map(|&at| &self.town.residencies[at as usize])
            .find(|r| r.main && r.holds(day))
    }

    /// The children of a person.
    pub(crate) fn children(&self, person: u32) -> &[u32] {
        self.children.get(person as usize)
    }

    /// The partner on a day.
    pub(crate) fn partner(&self, person: u32, day: Date) -> Option<u32> {
        self.tie(person, RelationType::Partner, day)
    }

    /// The other end of a tie of this type that holds on a day.
    fn tie(&self, person: u32, is: RelationType, day: Date) -> Option<u32> {
        self.ties
            .get(person as usize)
            .iter()
            .map(|&at| &self.town.relationships[at as usize])
            .find(|tie| tie.is == is && tie.from <= day && tie.to.is_none_or(|to| day < to))
            .map(|tie| if tie.person == person { tie.other } else { tie.person })
    }

    /// The foster carer of a child on a day.
    pub(crate) fn carer(&self, child: u32, day: Date) -> Option<u32> {
        self.tie(child, RelationType::FosterCarer, day)
    }

    /// Whether a person is alive and in the town on a day.
    pub(crate) fn is_here(&self, person: u32, day: Date) -> bool {
        self.presence(person)
            .is_some_and(|presence| presence.from <= day && presence.to.is_none_or(|to| day < to))
    }

    /// The day nearest to `day` on which a person had a home in the town.
    pub(crate) fn nearest(&self, person: u32, day: Date) -> Option<Date> {
        let Presence { from, to } = self.presence(person)?;
        let day = to.map_or(day, |to| day.min(plus_days(to, -1)));
        Some(day.max(from))
    }
}

/// What each of so many owners has, in the order in which it comes.
fn dealt(owners: usize, all: impl Iterator<Item = (u32, u32)> + Clone) -> Lists<u32> {
    let mut lengths = vec![0; owners];
    all.clone().for_each(|(owner, _)| lengths[owner as usize] += 1);
    Lists::dealt(&lengths, |give| all.for_each(|(owner, item)| give(owner as usize, item)))
}
