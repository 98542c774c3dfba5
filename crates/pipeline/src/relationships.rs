//! What persons are to each other: as sources declare it, and what follows from that.
//!
//! What is declared is published as declared, even where sources contradict one another or it
//! cannot be; then a code says so. What is worked out is always marked as inferred: those who are
//! declared parents of one child are its co-parents, and an adult of whom nothing is declared to
//! a child of the same household, but who is old enough to be its parent, is an adult of its
//! household and no more.

use std::cmp::Reverse;

use rayon::prelude::*;
use record::{Date, Lists, NONE, PartialDate, Period, Records, RelationType, Values};
use snapshot::{Basis, RelationshipRow};

use crate::best::best;
use crate::ids::{Id, Ids};
use crate::link::Linked;
use crate::publish::in_batches;

/// The least years between the births of a parent and a child.
const PARENT_YEARS_MIN: i16 = 12;
/// The years between the births of an adult and a child who may be parent and child.
const PARENT_YEARS: std::ops::RangeInclusive<i16> = 15..=50;
/// Those who are at least so old are adults.
const ADULT_YEARS: i16 = 18;

/// What the one is to the other who is declared a parent of the same child.
const CO_PARENT: &str = "co_parent";
/// What an adult is to a child of the same household, when nothing is declared.
pub(crate) const HOUSEHOLD_ADULT: &str = "household_adult";

/// One person is something to another, according to a source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Declared {
    /// The person of whom it is said.
    subject: u32,
    /// The other person.
    other: u32,
    /// What the other is to the subject.
    is: RelationType,
    source: u16,
    period: Period,
}

/// All rows of relationships, in the order of what they say.
pub(crate) fn rows<'a>(
    records: &'a Records,
    linked: &Linked,
    ids: &'a Ids,
    run_date: Date,
) -> impl Iterator<Item = RelationshipRow<&'a str>> + use<'a> {
    let person_of = linked.resolved.persons.person_of();
    let mut declared: Vec<Declared> = records
        .declared
        .par_iter()
        .map(|declared| Declared {
            subject: person_of[declared.subject.index()],
            other: person_of[declared.other.index()],
            is: declared.is,
            source: records.source[declared.subject.index()].0,
            period: declared.period,
        })
        .filter(|declared| declared.subject != declared.other)
        .collect();
    declared.par_sort_unstable();
    declared.dedup();
    let born = births(records, linked);
    // The same as far as it has not ended, looked at from both sides.
    let mut both: Vec<(u32, u32, RelationType)> = declared
        .iter()
        .filter(|d| d.period.to.is_none_or(|to| run_date < to))
        .flat_map(|d| [(d.subject, d.other, d.is), (d.other, d.subject, d.is.inverse())])
        .collect();
    both.par_sort_unstable();
    both.dedup();
    let both = by_person(linked.resolved.persons.len(), &both);

    let id = |person: u32| ids.persons[person as usize];
    let mut inferred: Vec<Inferred> = co_parents(&both)
        .into_iter()
        .map(|(one, other)| {
            let (one, other) = if id(one) < id(other) { (one, other) } else { (other, one) };
            Inferred { person: one, other, is: CO_PARENT, period: Period::default() }
        })
        .collect();
    let adults = household_adults(linked, &both, &born, run_date).into_iter();
    inferred.extend(adults.map(|(adult, child, period)| Inferred {
        person: adult,
        other: child,
        is: HOUSEHOLD_ADULT,
        period,
    }));
    let known = Known { records, ids, declared, both, born, inferred };
    let n = known.declared.len() + known.inferred.len();
    let mut order: Vec<u32> =
        (0..u32::try_from(n).expect("fewer relationships than 2^32")).collect();
    order.par_sort_unstable_by(|&a, &b| {
        let rows = || known.plain_row(a).cmp(&known.plain_row(b));
        known.ids(a).cmp(&known.ids(b)).then_with(rows)
    });
    in_batches(order, move |places| places.par_iter().map(|&at| known.row(at)).collect())
}

/// One person is something to another, as was worked out.
#[derive(Clone, Copy)]
struct Inferred {
    person: u32,
    other: u32,
    is: &'static str,
    period: Period,
}

/// All that is known of what persons are to each other.
struct Known<'a> {
    records: &'a Records,
    ids: &'a Ids,
    declared: Vec<Declared>,
    /// The same from both sides, sorted.
    both: Said,
    born: Vec<Option<PartialDate>>,
    /// What comes after what is declared.
    inferred: Vec<Inferred>,
}

impl<'a> Known<'a> {
    fn row(&self, at: u32) -> RelationshipRow<&'a str> {
        let contradictions = self
            .declared
            .get(at as usize)
            .map_or_else(Vec::new, |declared| contradictions(declared, &self.both, &self.born));
        RelationshipRow { contradictions, ..self.plain_row(at) }
    }

    /// Who is something to whom, which a row begins with.
    fn ids(&self, at: u32) -> (Id, Id) {
        let at = at as usize;
        let (person, other) = if let Some(declared) = self.declared.get(at) {
            (declared.other, declared.subject)
        } else {
            let inferred = self.inferred[at - self.declared.len()];
            (inferred.person, inferred.other)
        };
        (self.ids.persons[person as usize], self.ids.persons[other as usize])
    }

    /// The row without what speaks against it, which no two share.
    fn plain_row(&self, at: u32) -> RelationshipRow<&'a str> {
        let id = |person: u32| self.ids.persons[person as usize].as_str();
        let at = at as usize;
        if at < self.declared.len() {
            let Declared { subject, other, is, source, period } = self.declared[at];
            return RelationshipRow {
                person_id: id(other),
                other_person_id: id(subject),
                relation: is.as_str(),
                basis: Basis::Declared,
                source: Some(&self.records.sources[usize::from(source)].name),
                from: period.from,
                to: period.to,
                contradictions: Vec::new(),
            };
        }
        let Inferred { person, other, is, period } = self.inferred[at - self.declared.len()];
        RelationshipRow {
            person_id: id(person),
            other_person_id: id(other),
            relation: is,
            basis: Basis::Inferred,
            source: None,
            from: period.from,
            to: period.to,
            contradictions: Vec::new(),
        }
    }
}

/// What is declared of each of `n` persons, given sorted rows of person, other and what that is to it.
fn by_person(n: usize, rows: &[(u32, u32, RelationType)]) -> Said {
    let mut said = Lists::with_room(n, rows.len());
    let mut rest = rows;
    for person in (0..).take(n) {
        let own = rest.iter().take_while(|row| row.0 == person).count();
        said.push(rest[..own].iter().map(|&(_, other, is)| (other, is)));
        rest = &rest[own..];
    }
    said
}

/// Each person's best date of birth.
fn births(records: &Records, linked: &Linked) -> Vec<Option<PartialDate>> {
    let (normalised, persons) = (&linked.normalised, &linked.resolved.persons);
    let columns = &normalised.columns;
    let place = columns.iter().position(|column| column.field.name == "date_of_birth");
    let Some((place, Values::Dates(dates))) = place.map(|place| (place, &columns[place].values))
    else {
        return vec![None; persons.len()];
    };
    let born = |person| {
        let best = best(records, normalised, persons, place, person)?;
        Some(dates[best.value as usize])
    };
    (0..persons.len()).into_par_iter().map(born).collect()
}

/// What speaks against a declared relationship, by code.
fn contradictions(
    declared: &Declared,
    both: &Said,
    born: &[Option<PartialDate>],
) -> Vec<&'static str> {
    use RelationType as R;
    let Declared { subject, other, is, .. } = *declared;
    let mut found = Vec::new();
    let (elder, younger, generations) = match is {
        R::Mother | R::Father | R::Parent => (other, subject, 1),
        R::Child => (subject, other, 1),
        R::Grandparent => (other, subject, 2),
        R::Grandchild => (subject, other, 2),
        _ => (NONE, NONE, 0),
    };
    if generations > 0
        && let (Some(elder), Some(younger)) = (born[elder as usize], born[younger as usize])
        && years_at_most(elder, younger) < PARENT_YEARS_MIN * generations
    {
        found.push("too_young");
    }
    let said = between(both, subject, other);
    if said.iter().any(|&(_, said)| !agree(is, said)) {
        found.push("declared_otherwise");
    }
    let code = match is {
        R::Mother => Some("another_mother"),
        R::Father => Some("another_father"),
        _ => None,
    };
    found.extend(code.filter(|_| {
        let mut of_subject = both.get(subject as usize).iter();
        of_subject.any(|&(another, said)| said == is && another != other)
    }));
    found
}

/// The most years that can lie between two births; fewer than none if the second came first.
fn years_at_most(elder: PartialDate, younger: PartialDate) -> i16 {
    let (elder, younger) = (elder.first_day(), younger.last_day());
    let birthday_to_come = (younger.month(), younger.day()) < (elder.month(), elder.day());
    younger.year() - elder.year() - i16::from(birthday_to_come)
}

/// Whether two statements of what one person is to another can both be right.
fn agree(one: RelationType, other: RelationType) -> bool {
    use RelationType as R;
    let loose = |is| matches!(is, R::Contact | R::OtherRelative | R::Guardian | R::Ward);
    let same = |a, b| (one == a && other == b) || (one == b && other == a);
    one == other
        || loose(one)
        || loose(other)
        || same(R::Parent, R::Mother)
        || same(R::Parent, R::Father)
        || same(R::Sibling, R::Twin)
        || same(R::Partner, R::FormerPartner)
}

/// What is declared of each person: others, ascending, and what they are to it.
type Said = Lists<(u32, RelationType)>;

/// All that is declared of what one person is to another.
fn between(both: &Said, subject: u32, other: u32) -> &[(u32, RelationType)] {
    let of = both.get(subject as usize);
    let start = of.partition_point(|row| row.0 < other);
    let rest = &of[start..];
    &rest[..rest.partition_point(|row| row.0 == other)]
}

/// Pairs of persons declared parents of one child, of whom nothing else is declared.
fn co_parents(both: &Said) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for of_child in both.iter() {
        let is_parent =
            |is| matches!(is, RelationType::Mother | RelationType::Father | RelationType::Parent);
        let mut parents: Vec<u32> =
            of_child.iter().filter(|row| is_parent(row.1)).map(|row| row.0).collect();
        parents.dedup();
        for (at, &one) in parents.iter().enumerate() {
            let others = parents[at + 1..].iter().map(|&other| (one, other));
            pairs.extend(others.filter(|&(one, other)| between(both, one, other).is_empty()));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Adults who live with a child to whom they are not declared to be anything, with the time.
fn household_adults(
    linked: &Linked,
    both: &Said,
    born: &[Option<PartialDate>],
    run_date: Date,
) -> Vec<(u32, u32, Period)> {
    let memberships = &linked.households.memberships;
    let households: Vec<_> = memberships.chunk_by(|a, b| a.household == b.household).collect();
    let mut found: Vec<(u32, u32, Period)> = households
        .par_iter()
        .flat_map_iter(|members| {
            members.iter().flat_map(|adult| members.iter().map(move |child| (adult, child)))
        })
        .filter_map(|(adult, child)| {
            let (elder, younger) = (born[adult.person as usize]?, born[child.person as usize]?);
            let years = years_at_most(elder, younger);
            if !PARENT_YEARS.contains(&years)
                || !between(both, child.person, adult.person).is_empty()
            {
                return None;
            }
            let from = adult.period.from.max(child.period.from);
            let ends = [adult.period.to, child.period.to].into_iter().flatten();
            let to = ends.min();
            if from.zip(to).is_some_and(|(from, to)| to <= from) {
                return None;
            }
            let day = to.unwrap_or(run_date).min(run_date);
            let is_adult = |born: PartialDate| ADULT_YEARS <= age(born, day);
            let apart = is_adult(elder) && !is_adult(younger);
            // A beginning that is not known for one of them is not known for both together.
            let known = adult.period.from.is_some() && child.period.from.is_some();
            let period = Period { from: from.filter(|_| known), to };
            apart.then_some((adult.person, child.person, period))
        })
        .collect();
    found.sort_unstable_by_key(|&(adult, child, period)| (adult, child, Reverse(period)));
    found.dedup();
    found
}

/// The years that a person has lived on a day, at the least.
fn age(born: PartialDate, day: Date) -> i16 {
    let born = born.last_day();
    let birthday_to_come = (day.month(), day.day()) < (born.month(), born.day());
    day.year() - born.year() - i16::from(birthday_to_come)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_cannot_both_be_right_are_told() {
        use RelationType as R;
        for (one, other, expected) in [
            (R::Mother, R::Mother, true),
            (R::Mother, R::Parent, true),
            (R::Mother, R::Father, false),
            (R::Father, R::StepParent, false),
            (R::Mother, R::Grandparent, false),
            (R::Parent, R::FosterCarer, false),
            (R::Sibling, R::Twin, true),
            (R::Sibling, R::Parent, false),
            (R::Contact, R::Grandparent, true),
            (R::OtherRelative, R::Partner, true),
        ] {
            assert_eq!(agree(one, other), expected, "{one:?} {other:?}");
            assert_eq!(agree(other, one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn years_between_births_are_the_most_there_can_be() {
        let date = |text| PartialDate::parse(text).unwrap();
        for (elder, younger, expected) in [
            ("1990-06-01", "2010-06-01", 20),
            ("1990-06-02", "2010-06-01", 19),
            ("1990", "2002", 12),
            ("2010-01-01", "2000-01-01", -10),
        ] {
            assert_eq!(years_at_most(date(elder), date(younger)), expected, "{elder} {younger}");
        }
        assert_eq!(age(date("2008-04-01"), Date::constant(2026, 3, 31)), 17);
        assert_eq!(age(date("2008-03"), Date::constant(2026, 3, 31)), 18);
    }

    #[test]
    fn parents_of_one_child_are_paired_once_unless_more_is_known() {
        use RelationType as R;
        // 1 and 2 are parents of 0 and of 5; 3 is a step-parent of 0; 6 and 7, of 8, are partners.
        let mut both = Vec::new();
        for (subject, other, is) in [
            (0, 1, R::Mother),
            (0, 2, R::Father),
            (0, 3, R::StepParent),
            (5, 1, R::Parent),
            (5, 1, R::Mother),
            (5, 2, R::Father),
            (8, 6, R::Mother),
            (8, 7, R::Father),
            (6, 7, R::Partner),
        ] {
            both.extend([(subject, other, is), (other, subject, is.inverse())]);
        }
        both.sort_unstable();
        both.dedup();
        let both = by_person(10, &both);
        assert_eq!(co_parents(&both), [(1, 2)]);
        assert_eq!(co_parents(&by_person(0, &[])), []);
        assert_eq!([0, 4, 9].map(|person| both.get(person).len()), [3, 0, 0]);
    }

    #[test]
    fn a_parent_who_is_too_young_and_a_second_mother_are_flagged() {
        use RelationType as R;
        let date = |text| PartialDate::parse(text);
        let born = [date("2010-01-01"), date("1999-01-01"), date("1980-01-01"), None];
        let rows = [(0, 1, R::Mother), (0, 2, R::Mother), (0, 3, R::Father), (0, 1, R::Sibling)];
        let mut both: Vec<_> = rows.to_vec();
        both.extend(rows.map(|(subject, other, is)| (other, subject, is.inverse())));
        both.sort_unstable();
        let both = by_person(4, &both);
        let check = |at: usize, expected: &[&str]| {
            let (subject, other, is) = rows[at];
            let declared = Declared { subject, other, is, source: 0, period: Period::default() };
            assert_eq!(contradictions(&declared, &both, &born), expected, "{at}");
        };
        check(0, &["too_young", "declared_otherwise", "another_mother"]);
        check(1, &["another_mother"]);
        check(2, &[]);
        check(3, &["declared_otherwise"]);
    }
}
