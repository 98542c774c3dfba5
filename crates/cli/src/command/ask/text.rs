//! Answers as text.

use plan::counted;
use query::{
    AlsoStated, Changes, Connected, Family, Holds, HouseholdOf, LastKnown, Leads, NOT_KNOWN, Place,
    Reason, Relative, Relatives, Residents, Said, Served, Services, Status, Unled, Who,
    WhoLivesHere, titled,
};

use crate::table::table;

const REASONS: [&str; 6] = ["what is said", "basis", "according to", "since", "until", "last seen"];

pub(crate) fn residents(answer: &WhoLivesHere) -> String {
    let mut text = format!("On {}\n", answer.as_of);
    if answer.households.is_empty() {
        text += "\nNobody is known to live there.\n";
    }
    for home in &answer.households {
        text += &household(home);
    }
    text + &also_stated(&answer.also_stated)
}

pub(crate) fn household_of(answer: &HouseholdOf) -> String {
    let mut text = format!("{}\nOn {}\n", line(&answer.who), answer.as_of);
    for home in &answer.homes {
        text +=
            &format!("\n{}\n\n{}", place(&home.household), table(&REASONS, [reason(&home.why)]));
    }
    let Some(otherwise) = &answer.otherwise else { return text };
    text += &format!("\nNo household: {} ({})\n", otherwise.because, otherwise.no_household);
    match &otherwise.last_known {
        LastKnown::NoKnownAddress => text += "Last address known: no known address\n",
        LastKnown::NotToBeTold => text += "Last address known: not to be told\n",
        LastKnown::Address { address_id, address, why } => {
            text += &format!("Last address known: {address} ({address_id})\n\n");
            text += &table(&REASONS, [reason(why)]);
        }
    }
    text
}

pub(crate) fn relatives(answer: &Relatives, what: &str) -> String {
    let mut text = format!("{}\nOn {}\n", line(&answer.who), answer.as_of);
    if answer.relatives.is_empty() {
        text += &format!("\nNo {what} is known. That is no statement that there is none.\n");
        return text;
    }
    text += "\n";
    text + &related(&answer.relatives)
}

pub(crate) fn connected(answer: &Connected) -> String {
    let mut text = format!("Connected on {} with\n", answer.as_of);
    for who in &answer.of {
        text += &format!("  {}\n", line(who));
    }
    text += "\n";
    if answer.connected.is_empty() {
        text += "Nobody else is known. That is no statement that there is nobody.\n";
    } else {
        text += &related(&answer.connected);
    }
    text + &left_out(&answer.left_out)
}

pub(crate) fn services(answer: &Services) -> String {
    let mut text = format!("On {}\n\n{}", answer.as_of, lead(&answer.lead));
    for served in &answer.members {
        text += "\n";
        text += &known_to(served);
    }
    text
}

pub(crate) fn changes(answer: &Changes) -> String {
    let mut text = format!("From {} to {}\n\n", answer.since, answer.as_of);
    if answer.changes.is_empty() {
        text += "No change is known.\n";
    } else {
        text += &table(
            &["day", "who", "name", "what", "detail", "basis", "according to"],
            answer.changes.iter().map(|change| {
                vec![
                    change.day.to_string(),
                    change.who.person_id.clone(),
                    name(&change.who.name),
                    change.what.as_str().to_owned(),
                    or_not_known(&change.detail, "-"),
                    change.basis.as_str().to_owned(),
                    sources(&change.according_to),
                ]
            }),
        );
    }
    let undated = answer.undated;
    let all = [
        (undated.memberships, "membership"),
        (undated.relationships, "relationship"),
        (undated.services, "service's dealing"),
    ];
    let said: Vec<String> =
        all.into_iter().filter(|(n, _)| *n > 0).map(|(n, one)| counted(n as u64, one)).collect();
    if !said.is_empty() {
        text += &format!(
            "\nSince when is not known of {}; whether they changed in this time cannot be told.\n",
            said.join(", ")
        );
    }
    text
}

pub(crate) fn unled(answer: &Unled) -> String {
    let mut text = format!(
        "On {}: {} known to {} or more with no lead known, for themselves or whom they live with\n",
        answer.as_of,
        counted(answer.persons.len() as u64, "person"),
        counted(answer.agencies_min as u64, "agency").replace("agencys", "agencies"),
    );
    if answer.persons.is_empty() {
        return text;
    }
    text += "\n";
    text + &table(
        &["person", "name", "born", "household", ">agencies", "which"],
        answer.persons.iter().map(|person| {
            vec![
                person.who.person_id.clone(),
                name(&person.who.name.value),
                person.who.born.value.clone(),
                if person.households.is_empty() {
                    "none".to_owned()
                } else {
                    person.households.join(", ")
                },
                person.agencies.len().to_string(),
                person.agencies.join(", "),
            ]
        }),
    )
}

pub(crate) fn family(answer: &Family) -> String {
    let mut text = format!("Family on {} of\n", answer.as_of);
    for who in &answer.of {
        text += &format!("  {}\n", line(who));
    }
    text += "\n";
    text += &lead(&answer.lead);
    for home in &answer.households {
        text += &household(home);
    }
    if answer.households.is_empty() {
        text += "\nNo household is known.\n";
    }
    text += &also_stated(&answer.also_stated);
    text += "\nCONNECTED, NOT RESIDENT\n\n";
    if answer.connected.is_empty() {
        text += "Nobody else is known. That is no statement that there is nobody.\n";
    } else {
        text += &related(&answer.connected);
    }
    text += "\nWHAT THEY ARE TO EACH OTHER\n\n";
    if answer.relationships.is_empty() {
        text += "Nothing is known. That is no statement that they are nothing to each other.\n";
    } else {
        text += &table(
            &["person", "name", "what is said", "basis", "according to", "since", "until"],
            answer.relationships.iter().map(|link| {
                let mut row = vec![link.person.person_id.clone(), name(&link.person.name)];
                row.extend(reason(&link.why).into_iter().take(5));
                row
            }),
        );
    }
    text += "\nSERVICES\n\n";
    let known: Vec<String> = answer.services.iter().map(known_to).collect();
    text += &known.join("\n");
    text += "\nADDRESSES\n\n";
    let mut rows = Vec::new();
    for stays in &answer.stays {
        if stays.stays.is_empty() {
            let mut row = vec![stays.who.person_id.clone(), name(&stays.who.name.value)];
            row.push("no known address".to_owned());
            rows.push(row);
        }
        for (at, stay) in stays.stays.iter().enumerate() {
            let mut row = head(&stays.who, at == 0);
            let why = reason(&stay.why);
            row.push(stay.address.clone());
            row.push(why[0].trim_start_matches("at this address: ").to_owned());
            row.extend(why.into_iter().skip(1));
            rows.push(row);
        }
    }
    let headings = [
        "person",
        "name",
        "address",
        "now",
        "basis",
        "according to",
        "since",
        "until",
        "last seen",
    ];
    text += &table(&headings, rows);
    text + &left_out(&answer.left_out)
}

/// A household with its members and why each is one.
fn household(home: &Residents) -> String {
    let rows = home.members.iter().map(|member| {
        let mut row = vec![member.who.person_id.clone()];
        row.extend(traits(&member.who));
        row.extend(reason(&member.why));
        row
    });
    let headings = [&["member", "name", "born", "age", "sex"], &REASONS[..]].concat();
    let members = if home.members.is_empty() {
        "Nobody is known to live there.\n".to_owned()
    } else {
        table(&headings, rows)
    };
    format!("\n{}\n\n{members}", place(&home.household))
}

fn place(place: &Place) -> String {
    format!(
        "HOUSEHOLD {}: {} ({}), {}, since when: {}, until when: {}",
        place.household_id, place.address, place.address_id, place.kind, place.from, place.to
    )
}

fn also_stated(all: &[AlsoStated]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let headings =
        [&["also stated here", "name", "born", "age", "sex"], &REASONS[..], &["but"]].concat();
    let rows = all.iter().map(|stated| {
        let mut row = vec![stated.who.person_id.clone()];
        row.extend(traits(&stated.who));
        row.extend(reason(&stated.why));
        row.push(stated.but.clone());
        row
    });
    format!("\n{}", table(&headings, rows))
}

fn related(all: &[Relative]) -> String {
    let headings =
        [&["person", "name", "born", "age", "sex"], &REASONS[..], &["lives in"]].concat();
    let mut rows = Vec::new();
    for relative in all {
        for (at, why) in relative.why.iter().enumerate() {
            let mut row = if at == 0 {
                let mut row = vec![relative.who.person_id.clone()];
                row.extend(traits(&relative.who));
                row
            } else {
                vec![String::new(); 5]
            };
            row.extend(reason(why));
            if at == 0 {
                let lives = &relative.lives;
                let mut home = lives.households.join(", ");
                if lives.in_the_same_household {
                    home += " (with them)";
                }
                row.push(lives.otherwise.clone().unwrap_or(home));
            }
            rows.push(row);
        }
    }
    table(&headings, rows)
}

fn known_to(served: &Served) -> String {
    let headings = [
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
            "stated".to_owned(),
        ]
    });
    let known = if served.services.is_empty() {
        "  known to no service on that day\n".to_owned()
    } else {
        table(&headings, rows)
    };
    format!("{}\n{known}", line(&served.who))
}

fn lead(lead: &Leads) -> String {
    let one = |worker: &query::LeadWorker| {
        format!(
            "{} of {}, {} (stated by {}, since when: {}, for {})",
            worker.worker,
            worker.agency,
            team(&worker.team),
            worker.source,
            worker.from,
            worker.of.join(", ")
        )
    };
    match lead {
        Leads::NoneKnown => "Lead: none known\n".to_owned(),
        Leads::One { worker } => format!("Lead: {}\n", one(worker)),
        Leads::Conflict { workers } => {
            let each: Vec<String> =
                workers.iter().map(|worker| format!("  {}\n", one(worker))).collect();
            format!("Lead: in conflict, {} are said to lead\n{}", workers.len(), each.concat())
        }
    }
}

fn team(team: &str) -> String {
    if team == NOT_KNOWN { "team not known".to_owned() } else { format!("team {team}") }
}

fn left_out(left_out: &[String]) -> String {
    let lines: Vec<String> = left_out.iter().map(|line| format!("\nLeft out: {line}\n")).collect();
    lines.concat()
}

/// Who somebody is, in a line.
fn line(who: &Who) -> String {
    format!("{} {}, {}", who.person_id, name(&who.name.value), traits(who)[1..].join(", "))
}

/// Name, date of birth, age and sex.
fn traits(who: &Who) -> [String; 4] {
    let born = match who.status {
        Status::Expected if who.born.is_known() => format!("expected {}", who.born.value),
        Status::Expected => "expected".to_owned(),
        Status::Died => format!("{}, died {}", born(&who.born), who.died.value),
        Status::Present => born(&who.born),
    };
    let shown = if who.unresolved {
        format!("{} (unresolved)", name(&who.name.value))
    } else {
        name(&who.name.value)
    };
    let sex = if who.sex.is_known() { who.sex.value.clone() } else { format!("sex {NOT_KNOWN}") };
    let age = if who.status == Status::Expected {
        "not born".to_owned()
    } else if who.age.0.is_none() {
        format!("age {NOT_KNOWN}")
    } else {
        who.age.to_string()
    };
    [shown, born, age, sex]
}

fn born(said: &Said) -> String {
    if said.is_known() { said.value.clone() } else { format!("birth {NOT_KNOWN}") }
}

fn head(who: &Who, first: bool) -> Vec<String> {
    if first { vec![who.person_id.clone(), name(&who.name.value)] } else { vec![String::new(); 2] }
}

/// A name as it is written, or that it is not known.
fn name(name: &str) -> String {
    if name == NOT_KNOWN { format!("name {NOT_KNOWN}") } else { titled(name) }
}

/// What is said, how it is known, who says so, and of which days.
fn reason(why: &Reason) -> Vec<String> {
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

fn sources(cited: &[query::Cited]) -> String {
    let each: Vec<String> =
        cited.iter().map(|cited| format!("{} {}", cited.source, cited.as_at)).collect();
    or_not_known(&each.join(", "), "worked out")
}

fn or_not_known(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}
