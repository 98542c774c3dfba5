//! Tells what ties two residents of a dwelling.

use record::{Lists, RelationType};

use crate::{
    Tie,
    people::People,
    places::Place,
    statements::{Standing, Statement, at},
};

/// What ties can be known from.
#[derive(Clone, Copy)]
pub(crate) struct Ties<'a> {
    pub(crate) people: &'a People,
    pub(crate) statements: &'a Lists<Statement>,
}

impl Ties<'_> {
    /// The strongest tie of `person` to `other`, both residents of `place`.
    ///
    /// It is there for one exactly if it is for the other, but what is declared has a direction.
    pub(crate) fn strongest(self, person: u32, other: u32, place: Place) -> Option<Tie> {
        let (a, b) = (person as usize, other as usize);
        let declared = self.declared(person, other);
        if let Some(relation) = declared.clone().find(|&relation| ties(relation)) {
            return Some(Tie::Declared(relation));
        }
        let People { row_mates, contacts, surnames, .. } = self.people;
        // A row may well name somebody of another household, such as an absent father, but then
        // it says so.
        if declared.count() == 0 && row_mates.get(a).binary_search(&other).is_ok() {
            Some(Tie::SameRow)
        } else if self.moved_in_together(a, b, place) {
            Some(Tie::MovedInTogether)
        } else if contacts.iter().any(|values| share_any(values.get(a), values.get(b))) {
            Some(Tie::SharedContact)
        } else if share_any(surnames.get(a), surnames.get(b)) {
            Some(Tie::SharedSurname)
        } else {
            None
        }
    }

    /// Whether anything ties them: the same as whether there is a strongest tie, but what is soonest
    /// looked at comes first.
    pub(crate) fn are_tied(self, person: u32, other: u32, place: Place) -> bool {
        let (a, b) = (person as usize, other as usize);
        let mut declared = self.declared(person, other).peekable();
        let People { row_mates, contacts, surnames, .. } = self.people;
        let is_row_mate = || row_mates.get(a).binary_search(&other).is_ok();
        let share = |values: &Lists<u32>| share_any(values.get(a), values.get(b));
        declared.peek().is_none() && is_row_mate()
            || declared.any(ties)
            || share(surnames)
            || contacts.iter().any(share)
            || self.moved_in_together(a, b, place)
    }

    /// What `other` is declared to be to `person`.
    fn declared(self, person: u32, other: u32) -> impl Iterator<Item = RelationType> + Clone {
        let relations = self.people.relations.get(person as usize);
        let start = relations.partition_point(|relation| relation.0 < other);
        relations[start..].iter().take_while(move |r| r.0 == other).map(|r| r.1)
    }

    fn moved_in_together(self, a: usize, b: usize, place: Place) -> bool {
        let arrivals = |person| {
            at(self.statements.get(person), place).iter().filter_map(|s| {
                (s.from_is_exact && s.standing != Standing::Expected).then_some((s.source, s.from?))
            })
        };
        arrivals(a).any(|of_a| arrivals(b).any(|of_b| of_a == of_b))
    }
}

/// Whether those who are this to each other, and live behind one door, are one household.
///
/// Once partners may go on living in one house as two, and the friend who takes a family in is
/// whom they name for emergencies.
fn ties(relation: RelationType) -> bool {
    !matches!(relation, RelationType::FormerPartner | RelationType::Contact)
}

/// Whether two sorted lists have a value in common.
fn share_any(a: &[u32], b: &[u32]) -> bool {
    a.iter().any(|value| b.binary_search(value).is_ok())
}
