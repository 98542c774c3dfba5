//! The family view as a page of HTML.

use std::collections::BTreeMap;

use record::{Date, PartialDate, RelationType};
use report::{
    FamilyHousehold, FamilyPage, FamilyPart, FamilyPerson, FamilySex, FamilyStay, FamilyTie,
    TieKind, render_family,
};

use crate::ask::{Status, Who};
use crate::family::{Family, Link, Stay};
use crate::kin::AT_ONE_ADDRESS;
use crate::tell::{self, Part, Tell};

impl Family {
    /// One page of HTML that opens offline: a genogram, a timeline of addresses, and all that the
    /// answer says in words. It is as personal as the answer.
    #[must_use]
    pub fn page(&self) -> String {
        let people = self.people();
        let place: BTreeMap<&str, usize> =
            people.iter().zip(0..).map(|(who, at)| (who.person_id.as_str(), at)).collect();
        let mut ties: Vec<FamilyTie> = self
            .relationships
            .iter()
            .filter_map(|link| tie(link, &place))
            .filter(|tie| tie.one != tie.other)
            .collect();
        ties.sort_unstable();
        ties.dedup();
        let households = self.households.iter().map(|home| FamilyHousehold {
            id: home.household.household_id.clone(),
            address: home.household.address.clone(),
            members: home
                .members
                .iter()
                .filter_map(|member| place.get(member.who.person_id.as_str()).copied())
                .collect(),
        });
        let mut addresses: Vec<String> = Vec::new();
        let mut address_ids: Vec<&str> = Vec::new();
        let mut stays = Vec::new();
        for of_person in &self.stays {
            let Some(&person) = place.get(of_person.who.person_id.as_str()) else { continue };
            // What is withheld has no day to be drawn at; the table of addresses says so.
            for stay in of_person.stays.iter().filter(|stay| !stay.address_id.is_empty()) {
                let known = address_ids.iter().position(|id| *id == stay.address_id);
                let address = known.unwrap_or_else(|| {
                    address_ids.push(&stay.address_id);
                    addresses.push(stay.address.clone());
                    addresses.len() - 1
                });
                stays.push(self.stay(person, address, stay));
            }
        }
        let parts = self.tell();
        let begins = parts.iter().skip(1).position(|part| !matches!(part, Part::Line(_)));
        let (lines, parts) = parts.split_at(begins.map_or(parts.len(), |at| at + 1));
        let lines = lines[1..].iter().filter_map(|part| match part {
            Part::Line(line) => Some(line.clone()),
            _ => None,
        });
        let names: Vec<String> = self.of.iter().map(|who| tell::name(&who.name.value)).collect();
        render_family(&FamilyPage {
            title: format!("Family of {} on {}", names.join(", "), self.as_of),
            lines: lines.collect(),
            persons: people.iter().map(|who| self.person(who)).collect(),
            ties,
            households: households.collect(),
            addresses,
            stays,
            as_of: years(self.as_of),
            parts: parts.iter().map(part).collect(),
        })
    }

    /// Those whom the view draws: who lives in its households, and relatives elsewhere.
    fn people(&self) -> Vec<&Who> {
        let mut people: Vec<&Who> = self.of.iter().collect();
        let members = self.households.iter().flat_map(|home| &home.members);
        people.extend(members.map(|member| &member.who));
        people.extend(self.connected.iter().map(|relative| &relative.who));
        let mut drawn: Vec<&Who> = Vec::new();
        // Whom the mother has borne is drawn, and not once more as expected.
        for who in people.into_iter().filter(|who| who.status != Status::Delivered) {
            if !drawn.iter().any(|other| other.person_id == who.person_id) {
                drawn.push(who);
            }
        }
        drawn
    }

    fn person(&self, who: &Who) -> FamilyPerson {
        let [_, _, age, _] = tell::traits(who);
        let is_expected = matches!(who.status, Status::Expected | Status::NotHeardOf);
        let has_died = who.status == Status::Died;
        let year = who.born.value.get(..4).filter(|_| who.born.is_known());
        let relative =
            self.connected.iter().find(|relative| relative.who.person_id == who.person_id);
        let together = relative.into_iter().flat_map(|relative| &relative.why);
        let left = together.filter(|why| why.says == AT_ONE_ADDRESS).map(|why| why.to).max();
        FamilyPerson {
            id: who.person_id.clone(),
            name: tell::name(&who.name.value),
            sex: match who.sex.value.as_str() {
                "male" => Some(FamilySex::Male),
                "female" => Some(FamilySex::Female),
                _ => None,
            },
            born: match year {
                Some(_) if is_expected => format!("due {}", who.born.value),
                None if is_expected => "expected".to_owned(),
                Some(year) => format!("b. {year} ({age})"),
                None => "birth not known".to_owned(),
            },
            birth: PartialDate::parse(&who.born.value).map(|born| years(born.first_day())),
            note: match left.map(|left| left.0) {
                _ if has_died => format!("d. {}", who.died.value),
                Some(Some(left)) => format!("apart {}-{:02}", left.year(), left.month()),
                Some(None) => "apart".to_owned(),
                None if who.shielded.as_ref().is_some_and(|shielded| shielded.withheld) => {
                    "home withheld".to_owned()
                }
                None => String::new(),
            },
            is_subject: self.of.iter().any(|of| of.person_id == who.person_id),
            is_expected,
            has_died,
            is_unresolved: who.unresolved,
            lives_elsewhere: relative.is_some_and(|relative| relative.lives.otherwise.is_none()),
            has_left: left.is_some(),
        }
    }

    fn stay(&self, person: usize, address: usize, stay: &Stay) -> FamilyStay {
        let day = |day: Option<Date>| day.filter(|day| *day <= self.as_of).map(years);
        let why = &stay.why;
        let sources: Vec<&str> =
            why.according_to.iter().map(|cited| cited.source.as_str()).collect();
        FamilyStay {
            person,
            address,
            from: day(why.from.0),
            to: day(why.to.0),
            last_seen: day(why.last_seen.0),
            is_current: matches!(stay.state.as_str(), "current" | "second_home")
                && why.to.0.is_none_or(|to| self.as_of < to),
            said: format!(
                "{}; since when: {}; until when: {}; last seen: {}; stated by {}",
                stay.address,
                why.from,
                why.to,
                why.last_seen,
                sources.join(", ")
            ),
        }
    }
}

/// A tie that is drawn.
fn tie(link: &Link, place: &BTreeMap<&str, usize>) -> Option<FamilyTie> {
    use RelationType as R;
    let is = RelationType::parse(&link.relation);
    let (kind, turned) = match (is, link.relation.as_str()) {
        (Some(R::Mother | R::Father | R::Parent), _) => (TieKind::Parent, false),
        (Some(R::Child), _) => (TieKind::Parent, true),
        (Some(R::StepParent | R::FosterCarer | R::Guardian), _) => (TieKind::Carer, false),
        (Some(R::StepChild | R::FosterChild | R::Ward), _) => (TieKind::Carer, true),
        (Some(R::Grandparent), _) => (TieKind::Grandparent, false),
        (Some(R::Grandchild), _) => (TieKind::Grandparent, true),
        (Some(R::Sibling | R::Twin), _) => (TieKind::Sibling, false),
        (Some(R::Partner), _) => (TieKind::Partner, false),
        (Some(R::FormerPartner), _) => (TieKind::FormerPartner, false),
        (None, "co_parent") => (TieKind::CoParent, false),
        (None, "household_adult") => (TieKind::HouseholdAdult, false),
        _ => return None,
    };
    let one = *place.get(link.person.person_id.as_str())?;
    let other = *place.get(link.why.of.as_ref()?.person_id.as_str())?;
    let (one, other) = if turned { (other, one) } else { (one, other) };
    Some(FamilyTie { kind, one, other })
}

fn part(part: &Part) -> FamilyPart {
    match part {
        Part::Heading(text) => FamilyPart::Heading { text: text.clone() },
        Part::Line(text) => FamilyPart::Line { text: text.clone() },
        Part::Table { headings, rows } => FamilyPart::Table {
            headings: headings
                .iter()
                .map(|heading| heading.trim_start_matches('>').to_owned())
                .collect(),
            rows: rows.clone(),
        },
    }
}

/// A day in years, with a fraction.
fn years(day: Date) -> f64 {
    f64::from(day.year()) + f64::from(day.day_of_year() - 1) / f64::from(day.days_in_year())
}
