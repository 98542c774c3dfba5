//! Answers in words: headings, sentences and tables, to be laid out as text or as a page.

use snapshot::WITHHELD;

use crate::{
    AddressType, AlsoStated, Basis, Changes, Cited, Concerned, Connected, Family, FamilyLead,
    Holds, HouseholdOf, LastKnown, LeadWorker, Leads, NOT_KNOWN, Place, Reason, Relative,
    Relatives, Residents, Said, Served, Services, Shielded, Status, Unled, Who, WhoLivesHere,
    tell_indicators, titled,
};

/// A part of an answer in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the parts after it are about.
    Heading(String),
    /// A sentence, or the like.
    Line(String),
    /// A table. A cell is empty only where the row says no more of the one above it.
    Table {
        /// The heads of its columns.
        headings: Vec<&'static str>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
}

/// An answer that can be told in words.
pub trait Tell {
    /// The answer in words.
    fn tell(&self) -> Vec<Part>;
}

const PERSON: [&str; 5] = ["person", "name", "born", "age", "sex"];
pub(crate) const REASON: [&str; 6] =
    ["what is said", "basis", "according to", "since", "until", "last seen"];

impl Tell for WhoLivesHere {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![on(self.as_of)];
        if self.households.is_empty() {
            parts.push(match &self.shielded {
                Some(shielded) if shielded.withheld => {
                    withheld("Where, and who else lives there", shielded)
                }
                _ => line("No household is known there on that day."),
            });
        }
        parts.extend(self.households.iter().flat_map(household));
        parts.extend(types(&self.addresses));
        parts.extend(also_stated(&self.also_stated));
        parts
    }
}

impl Tell for HouseholdOf {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(who(&self.who)), on(self.as_of)];
        for home in &self.homes {
            parts.push(Part::Heading(place(&home.household)));
            parts.push(table(&[&REASON], vec![reason(&home.why)]));
        }
        let Some(otherwise) = &self.otherwise else { return parts };
        parts.push(Part::Line(format!(
            "No household: {} ({})",
            otherwise.because, otherwise.no_household
        )));
        match &otherwise.last_known {
            LastKnown::NoKnownAddress => {
                parts.push(line("Last address known: no known address"));
            }
            LastKnown::NotToBeTold => parts.push(match &self.who.shielded {
                Some(shielded) => withheld("Last address known", shielded),
                None => line("Last address known: not to be told"),
            }),
            LastKnown::Address { address_id, address, why } => {
                parts.push(Part::Line(format!("Last address known: {address} ({address_id})")));
                parts.push(table(&[&REASON], vec![reason(why)]));
            }
        }
        parts
    }
}

impl Tell for Relatives {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(who(&self.who)), on(self.as_of)];
        if self.relatives.is_empty() {
            parts.push(line("Nobody is known. That is no statement that there is nobody."));
        } else {
            parts.push(related(&self.relatives));
        }
        parts
    }
}

impl Tell for Concerned {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(who(&self.who)), on(self.as_of)];
        if self.children.is_empty() {
            parts.push(line("No child is known. That is no statement that there is none."));
            return parts;
        }
        let mut rows = Vec::new();
        for child in &self.children {
            for (at, why) in child.why.iter().enumerate() {
                let first = at == 0;
                let mut row = if first {
                    let mut row = vec![child.how.as_str().to_owned()];
                    row.extend(person(&child.who));
                    row
                } else {
                    vec![String::new(); PERSON.len() + 1]
                };
                row.extend(reason(why));
                rows.push(row);
            }
        }
        parts.push(table(&[&["child"], &PERSON, &REASON], rows));
        parts
    }
}

impl Tell for Connected {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(format!("Connected on {} with", self.as_of))];
        parts.extend(self.of.iter().map(|person| Part::Line(who(person))));
        parts.extend(connected(&self.connected));
        parts.extend(left_out(&self.left_out));
        parts
    }
}

impl Tell for Services {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![on(self.as_of)];
        parts.extend(self.leads.iter().flat_map(|of| lead(of, self.leads.len() > 1)));
        parts.extend(self.members.iter().flat_map(known_to));
        parts
    }
}

impl Tell for Changes {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Line(format!("From {} to {}", self.since, self.as_of))];
        if self.changes.is_empty() {
            parts.push(line("No change is known."));
        } else {
            let rows = self.changes.iter().map(|change| {
                let detail = if change.detail.is_empty() { "-" } else { &change.detail };
                vec![
                    change.day.to_string(),
                    change.who.person_id.clone(),
                    name(&change.who.name),
                    change.what.as_str().to_owned(),
                    detail.to_owned(),
                    change.basis.as_str().to_owned(),
                    sources(&change.according_to),
                ]
            });
            let headings: [&'static str; 7] =
                ["day", "person", "name", "what", "detail", "basis", "according to"];
            parts.push(table(&[&headings], rows.collect()));
        }
        let undated = [
            (self.undated.memberships, "membership", "memberships"),
            (self.undated.relationships, "relationship", "relationships"),
            (self.undated.services, "service's dealings", "services' dealings"),
        ];
        let said: Vec<String> = undated
            .into_iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }))
            .collect();
        parts.extend(self.withheld.iter().filter_map(|who| {
            let what = format!("Moves and services of {} {}", who.person_id, name(&who.name.value));
            Some(withheld(&what, who.shielded.as_ref()?))
        }));
        if !said.is_empty() {
            parts.push(Part::Line(format!(
                "Since when is not known of {}; whether they changed in this time cannot be told.",
                said.join(", ")
            )));
        }
        parts
    }
}

impl Tell for Unled {
    fn tell(&self) -> Vec<Part> {
        let persons = match self.persons.len() {
            1 => "1 person".to_owned(),
            n => format!("{n} persons"),
        };
        let mut parts = vec![Part::Line(format!(
            "On {}: {persons} known to {} agencies or more with no lead known, for themselves or whom they live with",
            self.as_of, self.agencies_min
        ))];
        parts.extend(left_out_as_shielded(self.withheld));
        if self.persons.is_empty() {
            return parts;
        }
        let rows = self.persons.iter().map(|person| {
            let households = &person.households;
            vec![
                person.who.person_id.clone(),
                name(&person.who.name.value),
                born(&person.who.born),
                if households.is_empty() { "none".to_owned() } else { households.join(", ") },
                person.agencies.len().to_string(),
                person.agencies.join(", "),
            ]
        });
        let headings: [&'static str; 6] =
            ["person", "name", "born", "household", ">agencies", "which"];
        parts.push(table(&[&headings], rows.collect()));
        parts
    }
}

impl Tell for Family {
    fn tell(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(format!("Family on {} of", self.as_of))];
        parts.extend(self.of.iter().map(|person| Part::Line(who(person))));
        parts.extend(self.leads.iter().flat_map(|of| lead(of, self.leads.len() > 1)));
        parts.extend(self.households.iter().flat_map(household));
        if self.households.is_empty() {
            parts.push(line("No household is known."));
        }
        parts.extend(types(&self.addresses));
        parts.extend(also_stated(&self.also_stated));
        parts.push(heading("Connected, not resident"));
        parts.extend(connected(&self.connected));
        parts.push(heading("What they are to each other"));
        if self.relationships.is_empty() {
            parts.push(line(
                "Nothing is known. That is no statement that they are nothing to each other.",
            ));
        } else {
            let rows = self.relationships.iter().map(|link| {
                let mut row = vec![link.person.person_id.clone(), name(&link.person.name)];
                row.extend(reason(&link.why).into_iter().take(5));
                row
            });
            parts.push(table(&[&PERSON[..2], &REASON[..5]], rows.collect()));
        }
        parts.extend(tell_indicators::section(&self.indicators));
        parts.extend(self.services.iter().flat_map(known_to));
        parts.push(heading("Addresses"));
        let mut rows = Vec::new();
        for stays in &self.stays {
            let head = [stays.who.person_id.clone(), name(&stays.who.name.value)];
            if stays.stays.is_empty() {
                let mut row = head.to_vec();
                row.extend(["no known address".to_owned(), "not known".to_owned()]);
                row.push(Basis::Inferred.as_str().to_owned());
                row.push("no record gives one".to_owned());
                row.extend([(); 3].map(|()| NOT_KNOWN.to_owned()));
                rows.push(row);
            }
            for (at, stay) in stays.stays.iter().enumerate() {
                let mut row = if at == 0 { head.to_vec() } else { vec![String::new(); head.len()] };
                if let Some(shielded) = stay.shielded.as_ref().filter(|shielded| shielded.withheld)
                {
                    row.push(format!("withheld ({}: {})", shielded.reason, shielded.because));
                    row.extend([(); 6].map(|()| WITHHELD.to_owned()));
                    rows.push(row);
                    continue;
                }
                let why = reason(&stay.why);
                row.push(stay.address.clone());
                row.push(why[0].trim_start_matches("at this address: ").to_owned());
                row.extend(why.into_iter().skip(1));
                rows.push(row);
            }
        }
        parts.push(table(&[&PERSON[..2], &["address", "now"], &REASON[1..]], rows));
        parts.extend(left_out(&self.left_out));
        parts
    }
}

/// A household with its members and why each is one.
fn household(home: &Residents) -> Vec<Part> {
    let heading = Part::Heading(place(&home.household));
    if home.members.is_empty() {
        return vec![heading, line("Nobody is known to live there.")];
    }
    let rows = home.members.iter().map(|member| {
        let mut row = person(&member.who);
        row.extend(reason(&member.why));
        row
    });
    vec![heading, table(&[&PERSON, &REASON], rows.collect())]
}

pub(crate) fn place(place: &Place) -> String {
    let mut told = format!(
        "Household {}: {} ({}), {}, since when: {}, until when: {}",
        place.household_id, place.address, place.address_id, place.kind, place.from, place.to
    );
    if let Some(earlier) = &place.successor_of {
        told += &format!(", was household {} until {}", earlier.household_id, earlier.to);
    }
    told
}

fn also_stated(all: &[AlsoStated]) -> Vec<Part> {
    if all.is_empty() {
        return Vec::new();
    }
    let rows = all.iter().map(|stated| {
        let mut row = person(&stated.who);
        row.extend(reason(&stated.why));
        row.push(stated.but.clone());
        row
    });
    let heading = heading("Also stated to be there, and not taken to live there");
    vec![heading, table(&[&PERSON, &REASON, &["but"]], rows.collect())]
}

fn connected(all: &[Relative]) -> Vec<Part> {
    if all.is_empty() {
        return vec![line("Nobody else is known. That is no statement that there is nobody.")];
    }
    vec![related(all)]
}

fn related(all: &[Relative]) -> Part {
    let mut rows = Vec::new();
    for relative in all {
        for (at, why) in relative.why.iter().enumerate() {
            let first = at == 0;
            let mut row =
                if first { person(&relative.who) } else { vec![String::new(); PERSON.len()] };
            row.extend(reason(why));
            let lives = &relative.lives;
            let with = if lives.in_the_same_household { " (with them)" } else { "" };
            let home = format!("{}{with}", lives.households.join(", "));
            let home = lives.otherwise.clone().unwrap_or(home);
            row.push(if first { home } else { String::new() });
            rows.push(row);
        }
    }
    table(&[&PERSON, &REASON, &["lives in"]], rows)
}

fn known_to(served: &Served) -> Vec<Part> {
    let heading = Part::Heading(format!("Services that know {}", who(&served.who)));
    if let Some(shielded) = served.who.shielded.as_ref().filter(|shielded| shielded.withheld) {
        return vec![heading, withheld("Services", shielded)];
    }
    if served.services.is_empty() {
        return vec![heading, line("None is known on that day.")];
    }
    let rows = served.services.iter().map(|service| {
        vec![
            service.agency.clone(),
            service.source.clone(),
            service.role.clone(),
            perhaps(service.from.to_string(), service.holds),
            service.to.to_string(),
            service.last_contact.to_string(),
            service.worker.clone(),
            service.team.clone(),
            service.lead.clone(),
            service.as_at.to_string(),
            Basis::Stated.as_str().to_owned(),
        ]
    });
    let headings: [&'static str; 11] = [
        "agency",
        "source",
        "role",
        "since",
        "until",
        "last contact",
        "worker",
        "team",
        "lead",
        "as at",
        "basis",
    ];
    vec![heading, table(&[&headings], rows.collect())]
}

/// Who leads for a family, which is named where there are several.
fn lead(family: &FamilyLead, several: bool) -> Vec<Part> {
    let names: Vec<String> = family.of.iter().map(|of| name(&of.name)).collect();
    let what = if several { format!("Lead for {}", names.join(", ")) } else { "Lead".to_owned() };
    let one = |worker: &LeadWorker| {
        let team = if worker.team == NOT_KNOWN {
            "team not known".to_owned()
        } else {
            format!("team {}", worker.team)
        };
        format!(
            "{} of {}, {team} (stated by {}, since when: {}, for {})",
            worker.worker,
            worker.agency,
            worker.source,
            worker.from,
            worker.of.join(", ")
        )
    };
    match &family.lead {
        Leads::NoneKnown => vec![Part::Line(format!("{what}: none known"))],
        Leads::Withheld => vec![Part::Line(format!("{what}: withheld"))],
        Leads::One { worker } => vec![Part::Line(format!("{what}: {}", one(worker)))],
        Leads::Conflict { workers } => {
            let said = format!("{what}: in conflict, {} are said to lead", workers.len());
            let mut parts = vec![Part::Line(said)];
            parts.extend(workers.iter().map(|worker| Part::Line(format!("- {}", one(worker)))));
            parts
        }
    }
}

/// That an answer about all is without some, if it is.
pub(crate) fn left_out_as_shielded(n: usize) -> Option<Part> {
    let persons = if n == 1 { "1 person".to_owned() } else { format!("{n} persons") };
    let said = format!("Withheld: what services say of {persons}, where they live being shielded");
    (n > 0).then_some(Part::Line(said))
}

/// What is withheld, and why.
fn withheld(what: &str, shielded: &Shielded) -> Part {
    Part::Line(format!("{what}: withheld ({}: {})", shielded.reason, shielded.because))
}

/// The addresses that are no private homes.
fn types(all: &[AddressType]) -> Vec<Part> {
    let told = all.iter().filter(|address| !address.is_home());
    let told = told.map(|address| {
        let AddressType { address_id, sort, reason, in_words, residents, groups, known } = address;
        let counts = match (residents, groups) {
            (0, _) => format!("known to have been there: {known}"),
            (_, 0) => format!("residents: {residents}; known to have been there: {known}"),
            _ => format!(
                "residents: {residents}, in groups: {groups}; known to have been there: {known}"
            ),
        };
        Part::Line(format!("{address_id} is {in_words} ({sort}, {reason}; {counts})"))
    });
    told.collect()
}

fn left_out(left_out: &[String]) -> Vec<Part> {
    left_out.iter().map(|said| Part::Line(format!("Left out: {said}"))).collect()
}

pub(crate) fn on(as_of: record::Date) -> Part {
    Part::Line(format!("On {as_of}"))
}

pub(crate) fn heading(text: &str) -> Part {
    Part::Heading(text.to_owned())
}

pub(crate) fn line(text: &str) -> Part {
    Part::Line(text.to_owned())
}

pub(crate) fn table(headings: &[&[&'static str]], rows: Vec<Vec<String>>) -> Part {
    Part::Table { headings: headings.concat(), rows }
}

/// Who somebody is, in a line.
pub(crate) fn who(who: &Who) -> String {
    let [name, born, age, sex] = traits(who);
    format!("{} {name}, {born}, {age}, {sex}", who.person_id)
}

fn person(who: &Who) -> Vec<String> {
    let mut row = vec![who.person_id.clone()];
    row.extend(traits(who));
    row
}

/// Name, date of birth, age and sex.
pub(crate) fn traits(who: &Who) -> [String; 4] {
    let born = match who.status {
        Status::Expected | Status::NotHeardOf | Status::Delivered => {
            if who.born.is_known() {
                format!("expected {}", who.born.value)
            } else {
                "expected".to_owned()
            }
        }
        Status::Died => format!("{}, died {}", born(&who.born), who.died.value),
        Status::Present => born(&who.born),
    };
    let unresolved = if who.unresolved { " (unresolved)" } else { "" };
    let sex = if who.sex.is_known() { who.sex.value.clone() } else { "sex not known".to_owned() };
    let age = match (who.status, who.age.0) {
        (Status::Expected, _) => "not born".to_owned(),
        (Status::NotHeardOf, _) => "no birth heard of".to_owned(),
        (Status::Delivered, _) => "no further child: the mother has had one since".to_owned(),
        (_, None) => "age not known".to_owned(),
        (_, Some(age)) => age.to_string(),
    };
    [name(&who.name.value) + unresolved, born, age, sex]
}

fn born(said: &Said) -> String {
    if said.is_known() { said.value.clone() } else { "birth not known".to_owned() }
}

/// A name as it is written, or that it is not known.
pub(crate) fn name(name: &str) -> String {
    if name == NOT_KNOWN { "name not known".to_owned() } else { titled(name) }
}

/// What is said, how it is known, who says so, and of which days.
pub(crate) fn reason(why: &Reason) -> Vec<String> {
    let mut says = why.says.clone();
    if let Some(of) = &why.of {
        says += &format!(" {} ({})", name(&of.name), of.person_id);
    }
    let mut says = perhaps(says, why.holds);
    if !why.contradictions.is_empty() {
        says += &format!("; against it: {}", why.contradictions.join(", "));
    }
    vec![
        says,
        why.basis.as_str().to_owned(),
        sources(&why.according_to),
        why.from.to_string(),
        why.to.to_string(),
        why.last_seen.to_string(),
    ]
}

fn perhaps(text: String, holds: Holds) -> String {
    match holds {
        Holds::Yes => text,
        Holds::Perhaps => format!("{text} (perhaps not yet)"),
    }
}

fn sources(cited: &[Cited]) -> String {
    if cited.is_empty() {
        return "worked out".to_owned();
    }
    let each: Vec<String> = cited
        .iter()
        .map(|cited| match cited.source.as_str() {
            WITHHELD => WITHHELD.to_owned(),
            source => format!("{source} {}", cited.as_at),
        })
        .collect();
    each.join(", ")
}
