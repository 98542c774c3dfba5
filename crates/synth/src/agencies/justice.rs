//! Police and probation.

use super::sex;
use crate::clerk::{Habits, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, One, Split};
use crate::extract::{DateStyle, Extract, Paper, Shape, Staff};
use crate::misspell::slip;
use crate::settings::Agency;

const POLICE: Paper = Paper {
    agency: "Police",
    system: "nominals",
    side: "both",
    file: "police_*.csv.gz",
    shape: Shape::Gzip { files: 2 },
    key: "NOMINAL_REF",
    days_old: 2,
    unique: false,
    merge: false,
    dates: DateStyle::Words,
    header: &[
        "NOMINAL_REF",
        "SURNAME",
        "FORENAME",
        "MIDDLE",
        "ALIAS_SURNAME",
        "NICKNAME",
        "SEX",
        "DOB",
        "DOB_APPROX",
        "ADDRESS",
        "POSTCODE",
        "PHONES",
        "ROLE",
        "INCIDENT_DATE",
    ],
    columns: &[
        ("surname", One("SURNAME")),
        ("forename", One("FORENAME")),
        ("middle_name", One("MIDDLE")),
        ("former_surname", One("ALIAS_SURNAME")),
        ("known_as", One("NICKNAME")),
        ("sex", One("SEX")),
        ("date_of_birth", One("DOB")),
        ("address", One("ADDRESS")),
        ("postcode", One("POSTCODE")),
        ("phone", Split("PHONES", "|")),
        ("seen", One("INCIDENT_DATE")),
    ],
    persons: &[],
    staff: None,
};

/// Everybody who was ever asked for a name, often anew: two or three references for one person
/// are usual. Dates of birth are what people said, or looked like.
pub(super) fn police(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 3.0,
        ghosts: 0.9,
        slips: 1.7,
        formal: 0.6,
        middle: 0.35,
        no_birth: 0.05,
        default_birth: 0.006,
        phone: 0.4,
        capitals: true,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Police, POLICE, habits);
    for nominal in desk.persons() {
        let mut random = desk.random(nominal);
        let who = &office.view.town.persons[nominal as usize];
        let share = match who.age(desk.as_at) {
            0..10 => 0.02 + 0.12 * who.need,
            10..18 => 0.06 + 0.3 * who.need,
            18..65 => 0.13 + 0.4 * who.need,
            _ => 0.05,
        };
        let mut turn = 0;
        let mut again = desk.share(share);
        while turn < 6 && random.chance(again) {
            turn += 1;
            again = 0.35 + 0.35 * who.need;
            let Some(day) = desk.clerk.news(nominal, &mut random) else { break };
            if who.age(day) < 0 {
                break;
            }
            let seen = desk.clerk.see(nominal, day, &mut random);
            let key = format!("N{:07}{turn}", desk.number(nominal));
            let mut born = seen.born.clone();
            let approximate = !born.is_empty() && random.chance(0.03);
            if approximate {
                let year = who.born.year() + i16::try_from(random.between(-3, 3)).unwrap_or(0);
                born = desk.clerk.habits.dates.write((year.min(seen.day.year()), 1, 1));
            }
            let alias = if random.chance(0.1) { seen.former.as_str() } else { "" };
            let nickname = if random.chance(0.4) { seen.known_as.as_str() } else { "" };
            let phones = if seen.phone.is_empty() || who.phones.is_empty() || random.chance(0.6) {
                seen.phone.clone()
            } else {
                let (since, before) = &who.phones[0];
                let before = if who.phones.len() > 1 && *since <= day { before } else { "" };
                joined(&[&seen.phone, before], "|")
            };
            let role = match who.age(day) {
                0..10 => "CHILD PRESENT",
                _ => *random.pick(&["VICTIM", "WITNESS", "SUSPECT", "VICTIM"]),
            };
            desk.row(
                &key,
                nominal,
                &[
                    &key,
                    &seen.surname,
                    &seen.forename,
                    &seen.middle,
                    alias,
                    nickname,
                    sex(seen.sex, "F", "M"),
                    &born,
                    if approximate { "Y" } else { "N" },
                    &seen.address.line().to_uppercase(),
                    &seen.address.postcode,
                    &phones,
                    role,
                    &seen.day_text,
                ],
            );
        }
    }
    desk.close()
}

const PROBATION: Paper = Paper {
    agency: "Probation",
    system: "case list",
    side: "adult",
    file: "probation.tsv",
    shape: Shape::Tabs,
    key: "CRN",
    days_old: 9,
    unique: false,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "CRN",
        "first_name",
        "middle_names",
        "last_name",
        "alias_last_name",
        "gender",
        "date_of_birth",
        "address",
        "town",
        "postcode",
        "last_appointment",
        "officer",
        "unit",
        "lead",
        "supervised_since",
    ],
    columns: &[
        ("forename", One("first_name")),
        ("middle_name", One("middle_names")),
        ("surname", One("last_name")),
        ("former_surname", One("alias_last_name")),
        ("sex", One("gender")),
        ("date_of_birth", One("date_of_birth")),
        ("address", All(&["address", "town"])),
        ("postcode", One("postcode")),
        ("seen", One("last_appointment")),
        ("worker", One("officer")),
        ("team", One("unit")),
        ("lead", One("lead")),
        ("involved_from", One("supervised_since")),
    ],
    persons: &[],
    staff: Some(Staff { teams: &["Unit 1", "Unit 2"], leads: 0.0, yes_no: ["Y", "N"] }),
};

/// People on probation: default dates of birth, and words that are no part of a name.
pub(super) fn probation(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.9,
        ghosts: 0.8,
        slips: 1.2,
        formal: 0.8,
        default_birth: 0.03,
        no_birth: 0.0,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Probation, PROBATION, habits);
    for client in desk.persons() {
        let mut random = desk.random(client);
        let who = &office.view.town.persons[client as usize];
        let known = (18..70).contains(&who.age(desk.as_at));
        if !known || !random.chance(desk.share(0.002 + 0.09 * who.need * who.need)) {
            continue;
        }
        let turns = if random.chance(0.08) { 2 } else { 1 };
        for turn in 1..=turns {
            let Some(day) = desk.clerk.news(client, &mut random) else { break };
            let mut seen = desk.clerk.see(client, day, &mut random);
            if random.chance(0.02 * desk.clerk.settings.noise) {
                let junk = *random.pick(&["MIG_ERROR_", "DUPLICATE_", "NO_SHOW_"]);
                seen.surname = format!("{junk}{}", seen.surname);
            }
            let key = format!("X{:07}{turn}", desk.number(client));
            let alias =
                if random.chance(0.08) { slip(&seen.surname, &mut random) } else { String::new() };
            let line = joined(&[&seen.address.above, &seen.address.street], ", ");
            desk.row(
                &key,
                client,
                &[
                    &key,
                    &seen.forename,
                    &seen.middle,
                    &seen.surname,
                    &alias,
                    sex(seen.sex, "Female", "Male"),
                    &seen.born,
                    &line,
                    &seen.address.town,
                    &seen.address.postcode,
                    &seen.day_text,
                ],
            );
        }
    }
    desk.close()
}
