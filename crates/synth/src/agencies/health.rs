//! General practice, the hospital, adult social care and treatment services.

use super::sex;
use crate::address;
use crate::clerk::{Habits, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, Codes, One};
use crate::extract::{DateStyle, Extract, Other, Paper, Shape, Staff};
use crate::settings::Agency;
use crate::town::{HomeKind, plus_days};

const GENERAL_PRACTICE: Paper = Paper {
    agency: "General practice",
    system: "patient register",
    side: "both",
    file: "general_practice.parquet",
    shape: Shape::Parquet { dates: &["date_of_birth", "address_from", "address_to", "seen"] },
    key: "patient",
    days_old: 5,
    unique: true,
    merge: true,
    dates: DateStyle::Iso,
    header: &[
        "patient",
        "nhs_number",
        "family_name",
        "given_name",
        "other_given_names",
        "previous_family_name",
        "gender",
        "date_of_birth",
        "address",
        "postcode",
        "address_from",
        "address_to",
        "telephone",
        "seen",
    ],
    columns: &[
        ("nhs_number", One("nhs_number")),
        ("forename", One("given_name")),
        ("middle_name", One("other_given_names")),
        ("surname", One("family_name")),
        ("former_surname", One("previous_family_name")),
        ("sex", One("gender")),
        ("date_of_birth", One("date_of_birth")),
        ("address", One("address")),
        ("postcode", One("postcode")),
        ("address_from", One("address_from")),
        ("address_to", One("address_to")),
        ("phone", One("telephone")),
        ("seen", One("seen")),
    ],
    persons: &[],
    staff: None,
};

/// The patients, a row for each address they were known at; those who moved away stay for long.
pub(super) fn general_practice(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 2.6,
        ghosts: 0.25,
        slips: 0.5,
        formal: 0.96,
        middle: 0.8,
        no_birth: 0.0,
        default_birth: 0.0005,
        plain: false,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::GeneralPractice, GENERAL_PRACTICE, habits);
    for patient in desk.persons() {
        let mut random = desk.random(patient);
        if !random.chance(0.97) {
            continue;
        }
        let Some(day) = desk.clerk.news(patient, &mut random) else { continue };
        let seen = desk.clerk.see(patient, day, &mut random);
        let key = format!("G{:07}", desk.number(patient));
        let town = office.view.town;
        let stays: Vec<_> = town
            .residencies_of(patient)
            .iter()
            .filter(|r| r.main && r.from <= seen.day && office.view.kind(r) != HomeKind::Elsewhere)
            .collect();
        let former = if random.chance(0.7) { seen.former.as_str() } else { "" };
        let from = stays.last().map_or(String::new(), |r| r.from.to_string());
        let gender = sex(seen.sex, "female", "male");
        let cells = |address: &str, code: &str, from: &str, to: &str, phone: &str, day: &str| {
            [
                &key,
                &seen.nhs,
                &seen.surname,
                &seen.forename,
                &seen.middle,
                former,
                gender,
                &seen.born,
                address,
                code,
                from,
                to,
                phone,
                day,
            ]
            .map(str::to_owned)
        };
        let row = cells(
            &seen.address.line(),
            &seen.address.postcode,
            &from,
            "",
            &seen.phone,
            &seen.day_text,
        );
        desk.row(&key, patient, &row.each_ref().map(String::as_str));
        // Two addresses before at most, and not always.
        for pair in stays.windows(2).rev().take(2) {
            if !random.chance(0.6) {
                break;
            }
            let slips = address::Slips { rate: desk.clerk.rate(1.0), uprn: 0.0 };
            let before = address::write(town, pair[0].dwelling, &slips, &mut random);
            let (from, to) = (pair[0].from.to_string(), pair[1].from);
            let last = plus_days(to, -1).to_string();
            let row = cells(&before.line(), &before.postcode, &from, &to.to_string(), "", &last);
            desk.more(&row.each_ref().map(String::as_str));
        }
    }
    desk.close()
}

const HOSPITAL: Paper = Paper {
    agency: "Hospital trust",
    system: "emergency department",
    side: "both",
    file: "hospital.csv.gz",
    shape: Shape::Gzip { files: 1 },
    key: "attendance",
    days_old: 1,
    unique: false,
    merge: false,
    dates: DateStyle::Compact,
    header: &[
        "attendance",
        "attended",
        "nhs_no",
        "surname",
        "first_name",
        "sex",
        "birth_date",
        "addr_1",
        "addr_2",
        "addr_3",
        "pcode",
        "contact_no",
        "nok_name",
        "nok_phone",
    ],
    columns: &[
        ("nhs_number", One("nhs_no")),
        ("surname", One("surname")),
        ("forename", One("first_name")),
        ("sex", Codes("sex", &[("1", "male"), ("2", "female")])),
        ("date_of_birth", One("birth_date")),
        ("address", All(&["addr_1", "addr_2", "addr_3"])),
        ("postcode", One("pcode")),
        ("phone", One("contact_no")),
        ("seen", One("attended")),
    ],
    persons: &[Other {
        role: "next_of_kin",
        relationship: "contact",
        key: "",
        columns: &[("name", One("nok_name")), ("phone", One("nok_phone"))],
    }],
    staff: None,
};

/// A row for each attendance of two years, with the next of kin by name.
pub(super) fn hospital(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 1.6,
        ghosts: 0.5,
        slips: 1.1,
        formal: 0.85,
        capitals: true,
        no_birth: 0.004,
        default_birth: 0.006,
        phone: 0.7,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Hospital, HOSPITAL, habits);
    for patient in desk.persons() {
        let mut random = desk.random(patient);
        let who = &office.view.town.persons[patient as usize];
        let age = who.age(desk.as_at);
        let often = if (5..70).contains(&age) { 0.2 + 0.3 * who.need } else { 0.42 };
        let mut turn = 0;
        while turn < 5 && random.chance(desk.share(often)) {
            turn += 1;
            let Some(news) = desk.clerk.news(patient, &mut random) else { break };
            let seen = desk.clerk.see(patient, news, &mut random);
            let key = format!("A{:07}{turn}", desk.number(patient));
            let day = seen.day;
            let kin = office
                .view
                .partner(patient, day)
                .or(who.mother)
                .filter(|&kin| office.view.is_here(kin, day) && random.chance(0.3));
            let other = kin.map(|kin| desk.clerk.see(kin, day, &mut random)).unwrap_or_default();
            let nhs = if random.chance(0.82) { seen.nhs.as_str() } else { "" };
            let (line1, line2) = seen.address.lines();
            let sex = sex(seen.sex, "2", "1");
            let kin_name = joined(&[&other.forename, &other.surname], " ");
            desk.row(
                &key,
                patient,
                &[
                    &key,
                    &seen.day_text,
                    nhs,
                    &seen.surname,
                    &seen.forename,
                    sex,
                    &seen.born,
                    &line1,
                    &line2,
                    &seen.address.town,
                    &seen.address.postcode,
                    &seen.phone,
                    &kin_name,
                    &other.phone,
                ],
            );
            if let Some(kin) = kin.filter(|_| !kin_name.is_empty() || !other.phone.is_empty()) {
                desk.also(&key, "next_of_kin", kin);
            }
        }
    }
    desk.close()
}

const ADULT_CARE: Paper = Paper {
    agency: "Adult social care",
    system: "client level data",
    side: "adult",
    file: "adult_care.csv",
    shape: Shape::Windows1252,
    key: "LA Person Identifier",
    days_old: 30,
    unique: true,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "LA Person Identifier",
        "Name",
        "Gender",
        "Date of Birth",
        "NHS Number",
        "Address",
        "Postcode",
        "UPRN",
        "Telephone",
        "Carer Name",
        "Carer Postcode",
        "Last Review",
    ],
    columns: &[
        ("name", One("Name")),
        ("sex", One("Gender")),
        ("date_of_birth", One("Date of Birth")),
        ("nhs_number", One("NHS Number")),
        ("address", One("Address")),
        ("postcode", One("Postcode")),
        ("uprn", One("UPRN")),
        ("phone", One("Telephone")),
        ("seen", One("Last Review")),
    ],
    persons: &[Other {
        role: "carer",
        relationship: "contact",
        key: "",
        columns: &[("name", One("Carer Name")), ("postcode", One("Carer Postcode"))],
    }],
    staff: None,
};

/// Adults who are cared for, most of them old, and who cares for them.
pub(super) fn adult_care(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.9,
        ghosts: 0.5,
        slips: 0.9,
        middle: 0.3,
        uprn: 0.5,
        plain: false,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::AdultCare, ADULT_CARE, habits);
    for client in desk.persons() {
        let mut random = desk.random(client);
        let who = &office.view.town.persons[client as usize];
        let share = match who.age(desk.as_at) {
            18..65 => 0.012 + 0.05 * who.need * who.need,
            65..80 => 0.09,
            80.. => 0.38,
            _ => 0.0,
        };
        if !random.chance(desk.share(share)) {
            continue;
        }
        let Some(day) = desk.clerk.news(client, &mut random) else { continue };
        let seen = desk.clerk.see(client, day, &mut random);
        let key = format!("AS{:07}", desk.number(client));
        let given = joined(&[&seen.forename, &seen.middle], " ");
        let name = format!("{}, {given}", seen.surname.to_uppercase());
        let partner = office.view.partner(client, seen.day);
        let daughter = office.view.children(client).first().copied();
        let carer = partner
            .or(daughter)
            .filter(|&carer| office.view.is_here(carer, seen.day) && random.chance(0.5));
        let other = carer.map(|carer| desk.clerk.see(carer, seen.day, &mut random));
        let other = other.unwrap_or_default();
        let carer_name = match carer {
            Some(_) => format!("{}, {}", other.surname.to_uppercase(), other.forename),
            None => String::new(),
        };
        let nhs = if random.chance(0.75) { seen.nhs.as_str() } else { "" };
        desk.row(
            &key,
            client,
            &[
                &key,
                &name,
                sex(seen.sex, "Female", "Male"),
                &seen.born,
                nhs,
                &seen.address.line(),
                &seen.address.postcode,
                &seen.address.uprn,
                &seen.phone,
                &carer_name,
                &other.address.postcode,
                &seen.day_text,
            ],
        );
        if let Some(carer) = carer {
            desk.also(&key, "carer", carer);
        }
    }
    desk.close()
}

const TREATMENT: Paper = Paper {
    agency: "Drug and alcohol treatment",
    system: "treatment monitoring",
    side: "adult",
    file: "treatment.tsv",
    shape: Shape::Tabs,
    key: "client",
    days_old: 40,
    unique: true,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "client",
        "first_initial",
        "surname_initial",
        "sex",
        "dob",
        "postcode_sector",
        "parental_status",
        "children",
        "last_seen",
        "keyworker",
        "service",
        "lead",
        "treated_since",
    ],
    columns: &[
        ("forename", One("first_initial")),
        ("surname", One("surname_initial")),
        ("sex", One("sex")),
        ("date_of_birth", One("dob")),
        ("postcode", One("postcode_sector")),
        ("seen", One("last_seen")),
        ("worker", One("keyworker")),
        ("team", One("service")),
        ("lead", One("lead")),
        ("involved_from", One("treated_since")),
    ],
    persons: &[],
    staff: Some(Staff { teams: &["Recovery"], leads: 0.05, yes_no: ["Y", "N"] }),
};

/// Clients by initials, date of birth and part of the postcode: enough to count, not to name.
pub(super) fn treatment(office: &Office<'_>) -> Extract {
    let habits =
        Habits { staleness: 0.7, slips: 0.6, no_birth: 0.0, default_birth: 0.0, ..Habits::USUAL };
    let mut desk = Desk::open(office, Agency::Treatment, TREATMENT, habits);
    for client in desk.persons() {
        let mut random = desk.random(client);
        let who = &office.view.town.persons[client as usize];
        let known = (18..70).contains(&who.age(desk.as_at));
        if !known || !random.chance(desk.share(0.002 + 0.05 * who.need * who.need)) {
            continue;
        }
        let Some(day) = desk.clerk.news(client, &mut random) else { continue };
        let seen = desk.clerk.see(client, day, &mut random);
        let key = format!("T{:07}", desk.number(client));
        let initial = |name: &str| name.chars().take(1).collect::<String>().to_uppercase();
        let code = &seen.address.postcode;
        let sector: String = code.chars().take(code.chars().count().saturating_sub(2)).collect();
        let children = office.view.children(client).len();
        let status = if children > 0 { "parent" } else { "not a parent" };
        desk.row(
            &key,
            client,
            &[
                &key,
                &initial(&seen.forename),
                &initial(&seen.surname),
                seen.sex,
                &seen.born,
                &sector,
                status,
                &children.to_string(),
                &seen.day_text,
            ],
        );
    }
    desk.close()
}
