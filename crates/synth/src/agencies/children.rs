//! Schools, health visitors and youth justice.

use super::sex;
use crate::clerk::{Habits, Seen, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, Codes, One};
use crate::extract::{DateStyle, Extract, Other, Paper, Shape, Staff};
use crate::settings::Agency;
use crate::town::plus_days;

const SCHOOLS: Paper = Paper {
    agency: "Education",
    system: "school census",
    side: "child",
    file: "schools.csv",
    shape: Shape::Csv { windows: true },
    key: "PupilRef",
    days_old: 75,
    unique: true,
    merge: false,
    dates: DateStyle::Iso,
    header: &[
        "PupilRef",
        "UPN",
        "ULN",
        "LegalSurname",
        "LegalForename",
        "MiddleNames",
        "PreferredForename",
        "PreferredSurname",
        "Sex",
        "DOB",
        "AddressLine1",
        "AddressLine2",
        "Town",
        "Postcode",
        "LastUpdated",
        "MotherRef",
        "MotherForename",
        "MotherSurname",
        "MotherPhone",
        "MotherEmail",
        "MotherPostcode",
        "FatherRef",
        "FatherForename",
        "FatherSurname",
        "FatherPhone",
        "FatherPostcode",
        "OtherContactName",
        "OtherContactPhone",
    ],
    columns: &[
        ("upn", One("UPN")),
        ("uln", One("ULN")),
        ("forename", One("LegalForename")),
        ("middle_name", One("MiddleNames")),
        ("known_as", One("PreferredForename")),
        ("surname", One("LegalSurname")),
        ("former_surname", One("PreferredSurname")),
        ("sex", One("Sex")),
        ("date_of_birth", One("DOB")),
        ("address", All(&["AddressLine1", "AddressLine2", "Town"])),
        ("postcode", One("Postcode")),
        ("seen", One("LastUpdated")),
    ],
    persons: &[
        Other {
            role: "mother",
            relationship: "mother",
            key: "MotherRef",
            columns: &[
                ("forename", One("MotherForename")),
                ("surname", One("MotherSurname")),
                ("phone", One("MotherPhone")),
                ("email", One("MotherEmail")),
                ("postcode", One("MotherPostcode")),
            ],
        },
        Other {
            role: "father",
            relationship: "father",
            key: "FatherRef",
            columns: &[
                ("forename", One("FatherForename")),
                ("surname", One("FatherSurname")),
                ("phone", One("FatherPhone")),
                ("postcode", One("FatherPostcode")),
            ],
        },
        Other {
            role: "carer",
            relationship: "contact",
            key: "",
            columns: &[("name", One("OtherContactName")), ("phone", One("OtherContactPhone"))],
        },
    ],
    staff: None,
};

/// The school census, with the schools' contacts beside each pupil.
pub(super) fn schools(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.7,
        ghosts: 0.02,
        slips: 0.6,
        formal: 0.97,
        middle: 0.85,
        no_birth: 0.0,
        default_birth: 0.0,
        phone: 0.9,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Schools, SCHOOLS, habits);
    for pupil in desk.persons() {
        let mut random = desk.random(pupil);
        let who = &office.view.town.persons[pupil as usize];
        let age = who.age(desk.as_at);
        let attends = match age {
            4..=15 => 0.93,
            3 | 16..=18 => 0.6,
            _ => 0.0,
        };
        if !random.chance(attends) {
            continue;
        }
        let Some(day) = desk.clerk.news(pupil, &mut random) else { continue };
        let seen = desk.clerk.see(pupil, day, &mut random);
        let key = format!("P{:07}", desk.number(pupil));
        // Some prefer the name of the other parent.
        let preferred = [who.mother, who.father]
            .into_iter()
            .flatten()
            .map(|parent| office.view.town.persons[parent as usize].surname(day))
            .find(|surname| *surname != who.surname(day));
        let preferred = preferred.filter(|_| random.chance(0.08)).unwrap_or("");
        let (mother, mother_ref) = parent(&desk, who.mother, &mut random);
        let (father, father_ref) = if random.chance(0.75) {
            parent(&desk, who.father, &mut random)
        } else {
            Default::default()
        };
        let other = other_contact(&desk, pupil, seen.day, &mut random);
        let (line1, line2) = seen.address.lines();
        let uln = if age >= 14 { &*who.uln } else { "" };
        desk.row(
            &key,
            pupil,
            &[
                &key,
                &who.upn,
                uln,
                &seen.surname,
                &seen.forename,
                &seen.middle,
                &seen.known_as,
                preferred,
                sex(seen.sex, "F", "M"),
                &seen.born,
                &line1,
                &line2,
                &seen.address.town,
                &seen.address.postcode,
                &seen.day_text,
                &mother_ref,
                &mother.forename,
                &mother.surname,
                &mother.phone,
                &mother.email,
                &mother.address.postcode,
                &father_ref,
                &father.forename,
                &father.surname,
                &father.phone,
                &father.address.postcode,
                &other.full(),
                &other.phone,
            ],
        );
        if let Some(mother) = who.mother.filter(|_| !mother_ref.is_empty()) {
            desk.also_keyed((0, "mother"), &mother_ref, mother);
        }
        if let Some(father) = who.father.filter(|_| !father_ref.is_empty()) {
            desk.also_keyed((1, "father"), &father_ref, father);
        }
        if let Some(contact) = other.person {
            desk.also(&key, "carer", contact);
        }
    }
    desk.close()
}

/// A parent as the schools know them, the same at every child, and the reference.
fn parent(
    desk: &Desk<'_>,
    parent: Option<u32>,
    random: &mut crate::random::Random,
) -> (Seen, String) {
    let Some(parent) = parent.filter(|_| random.chance(0.93)) else { return Default::default() };
    let mut own = desk.random_other(parent);
    let Some(day) = desk.clerk.news(parent, &mut own) else { return Default::default() };
    let seen = desk.clerk.see(parent, day, &mut own);
    (seen, format!("C{:07}", desk.number(parent)))
}

/// A further contact, of whom little is written.
#[derive(Default)]
struct Contact {
    person: Option<u32>,
    seen: Seen,
    phone: String,
}

impl Contact {
    fn full(&self) -> String {
        joined(&[&self.seen.forename, &self.seen.surname], " ")
    }
}

fn other_contact(
    desk: &Desk<'_>,
    pupil: u32,
    day: jiff::civil::Date,
    random: &mut crate::random::Random,
) -> Contact {
    let view = desk.clerk.view;
    let who = &view.town.persons[pupil as usize];
    let grandparent = who
        .mother
        .or(who.father)
        .and_then(|parent| view.town.persons[parent as usize].mother)
        .filter(|&elder| view.is_here(elder, day) && random.chance(0.25));
    let step = who
        .mother
        .and_then(|mother| view.partner(mother, day))
        .filter(|&partner| Some(partner) != who.father && random.chance(0.5));
    let Some(person) = view.carer(pupil, day).or(step).or(grandparent) else {
        return Contact::default();
    };
    let seen = desk.clerk.see(person, day, random);
    Contact { person: Some(person), phone: seen.phone.clone(), seen }
}

const HEALTH_VISITING: Paper = Paper {
    agency: "Community health",
    system: "birth notification and health visiting",
    side: "child",
    file: "health_visiting.csv",
    shape: Shape::Csv { windows: false },
    key: "local_patient_id",
    days_old: 12,
    unique: true,
    merge: false,
    dates: DateStyle::Compact,
    header: &[
        "local_patient_id",
        "child_nhs_number",
        "child_family_name",
        "child_given_name",
        "child_sex",
        "child_birth_date",
        "birth_order",
        "births_in_confinement",
        "mother_nhs_number",
        "mother_family_name",
        "mother_given_name",
        "mother_birth_date",
        "mother_mobile",
        "mother_address",
        "mother_postcode",
        "address",
        "postcode",
        "offer_level",
        "last_contact",
        "named_health_visitor",
        "hv_team",
        "hv_leads",
        "hv_since",
    ],
    columns: &[
        ("nhs_number", One("child_nhs_number")),
        ("forename", One("child_given_name")),
        ("surname", One("child_family_name")),
        ("sex", Codes("child_sex", &[("1", "male"), ("2", "female")])),
        ("date_of_birth", One("child_birth_date")),
        ("address", One("address")),
        ("postcode", One("postcode")),
        ("seen", One("last_contact")),
        ("worker", One("named_health_visitor")),
        ("team", One("hv_team")),
        ("lead", One("hv_leads")),
        ("involved_from", One("hv_since")),
    ],
    persons: &[Other {
        role: "mother",
        relationship: "mother",
        key: "mother_nhs_number",
        columns: &[
            ("nhs_number", One("mother_nhs_number")),
            ("forename", One("mother_given_name")),
            ("surname", One("mother_family_name")),
            ("date_of_birth", One("mother_birth_date")),
            ("address", One("mother_address")),
            ("postcode", One("mother_postcode")),
            ("phone", One("mother_mobile")),
        ],
    }],
    staff: Some(Staff { teams: &["Team A", "Team B", "Team C"], leads: 0.0, yes_no: ["1", "0"] }),
};

/// Children under five and their mothers; of the fathers nothing is known. What the child is
/// called is often not known yet.
pub(super) fn health_visiting(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.8,
        ghosts: 0.15,
        slips: 0.7,
        formal: 0.95,
        no_birth: 0.0,
        default_birth: 0.0,
        phone: 0.8,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::HealthVisiting, HEALTH_VISITING, habits);
    for child in desk.persons() {
        let mut random = desk.random(child);
        let who = &office.view.town.persons[child as usize];
        if who.age(desk.as_at) > 4 || !random.chance(0.95) {
            continue;
        }
        let Some(day) = desk.clerk.news(child, &mut random) else { continue };
        let mut seen = desk.clerk.see(child, day, &mut random);
        let key = format!("HV{:07}", desk.number(child));
        let twin = who.twin_of.is_some();
        let siblings = who.mother.map_or(&[][..], |mother| office.view.children(mother));
        let twins =
            siblings.iter().filter(|&&s| office.view.town.persons[s as usize].born == who.born);
        let births = twins.count().max(1);
        // Notified at birth: the name is the mother's, and the forename a word.
        let newborn = seen.day < plus_days(who.born, 50) || random.chance(0.03);
        if newborn && random.chance(0.7) {
            let words: [&str; 4] = match (births > 1, twin) {
                (true, false) => ["Twin 1", "Twin One", "Baby", "Twin 1"],
                (true, true) => ["Twin 2", "Twin Two", "Baby", "Twin 2"],
                _ => ["Baby", "Baby Boy", "Infant", "Baby Girl"],
            };
            let at = match random.below(3) {
                0 if births == 1 => {
                    if seen.sex == "F" {
                        3
                    } else {
                        1
                    }
                }
                _ => 0,
            };
            words[at].clone_into(&mut seen.forename);
            if let Some(mother) = who.mother {
                office.view.town.persons[mother as usize]
                    .surname(seen.day)
                    .clone_into(&mut seen.surname);
            }
        }
        let mother = who.mother.map(|mother| {
            let mut own = desk.random_other(mother);
            let seen = desk.clerk.see(mother, desk.as_at.min(plus_days(day, 30)), &mut own);
            (mother, seen)
        });
        let blank = Seen::default();
        let (mother, known) = match &mother {
            Some((mother, seen)) => (Some(*mother), seen),
            None => (None, &blank),
        };
        let mother_nhs = mother.map_or("", |m| &office.view.town.persons[m as usize].nhs_number);
        let level = *random.pick(&["U", "U", "U", "UP", "UPP"]);
        desk.row(
            &key,
            child,
            &[
                &key,
                &seen.nhs,
                &seen.surname,
                &seen.forename,
                sex(seen.sex, "2", "1"),
                &seen.born,
                if twin { "2" } else { "1" },
                &births.to_string(),
                mother_nhs,
                &known.surname,
                &known.forename,
                &known.born,
                &known.phone,
                &known.address.line(),
                &known.address.postcode,
                &seen.address.line(),
                &seen.address.postcode,
                level,
                &seen.day_text,
            ],
        );
        if let Some(mother) = mother {
            desk.also_keyed((0, "mother"), mother_nhs, mother);
        }
    }
    desk.close()
}

const YOUTH_JUSTICE: Paper = Paper {
    agency: "Youth justice service",
    system: "case system",
    side: "child",
    file: "youth_justice.csv",
    shape: Shape::Semicolons,
    key: "Case ID",
    days_old: 20,
    unique: true,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "Case ID",
        "Young person",
        "Gender",
        "D.O.B.",
        "Address",
        "Postcode",
        "Telephone",
        "Parent",
        "Parent telephone",
        "Last contact",
    ],
    columns: &[
        ("name", One("Young person")),
        ("sex", One("Gender")),
        ("date_of_birth", One("D.O.B.")),
        ("address", One("Address")),
        ("postcode", One("Postcode")),
        ("phone", One("Telephone")),
        ("seen", One("Last contact")),
    ],
    persons: &[Other {
        role: "parent",
        relationship: "parent",
        key: "",
        columns: &[("name", One("Parent")), ("phone", One("Parent telephone"))],
    }],
    staff: None,
};

/// Young people who offended, and a parent by name.
pub(super) fn youth_justice(office: &Office<'_>) -> Extract {
    let habits = Habits { staleness: 1.2, ghosts: 0.6, slips: 1.2, formal: 0.6, ..Habits::USUAL };
    let mut desk = Desk::open(office, Agency::YouthJustice, YOUTH_JUSTICE, habits);
    for young in desk.persons() {
        let mut random = desk.random(young);
        let who = &office.view.town.persons[young as usize];
        let known = (11..=18).contains(&who.age(desk.as_at));
        if !known || !random.chance(desk.share(0.01 + 0.12 * who.need * who.need)) {
            continue;
        }
        let Some(day) = desk.clerk.news(young, &mut random) else { continue };
        let seen = desk.clerk.see(young, day, &mut random);
        let key = format!("YJ-{:07}", desk.number(young));
        let parent = who.mother.or(who.father).filter(|_| random.chance(0.8));
        let adult = parent.map(|parent| desk.clerk.see(parent, day, &mut random));
        let adult_name = adult
            .as_ref()
            .map_or_else(String::new, |adult| joined(&[&adult.forename, &adult.surname], " "));
        let adult_phone = adult.as_ref().map_or("", |adult| adult.phone.as_str());
        let name = joined(&[&seen.forename, &seen.surname], " ");
        desk.row(
            &key,
            young,
            &[
                &key,
                &name,
                sex(seen.sex, "Female", "Male"),
                &seen.born,
                &seen.address.line(),
                &seen.address.postcode,
                &seen.phone,
                &adult_name,
                adult_phone,
                &seen.day_text,
            ],
        );
        if let Some(parent) = parent.filter(|_| !adult_name.is_empty()) {
            desk.also(&key, "parent", parent);
        }
    }
    desk.close()
}
