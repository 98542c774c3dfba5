//! Leisure centres, libraries and a charity: lists that people sign themselves.

use super::sex;
use crate::clerk::{Habits, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::One;
use crate::extract::{DateStyle, Extract, Paper, Shape};
use crate::naming::called;
use crate::settings::Agency;

const LEISURE: Paper = Paper {
    agency: "Leisure and libraries",
    system: "members",
    side: "both",
    file: "leisure.csv",
    shape: Shape::Csv { windows: false },
    key: "member_no",
    days_old: 4,
    unique: false,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "member_no",
        "member_name",
        "gender",
        "date_of_birth",
        "address",
        "post_code",
        "email",
        "mobile",
        "last_visit",
    ],
    columns: &[
        ("name", One("member_name")),
        ("sex", One("gender")),
        ("date_of_birth", One("date_of_birth")),
        ("address", One("address")),
        ("postcode", One("post_code")),
        ("email", One("email")),
        ("phone", One("mobile")),
        ("seen", One("last_visit")),
    ],
    persons: &[],
    staff: None,
};

/// Members as they signed up, some of them twice.
pub(super) fn leisure(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 2.6,
        ghosts: 0.8,
        slips: 1.1,
        formal: 0.45,
        middle: 0.04,
        no_birth: 0.12,
        default_birth: 0.008,
        phone: 0.85,
        plain: false,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Leisure, LEISURE, habits);
    for member in desk.persons() {
        let mut random = desk.random(member);
        let who = &office.view.town.persons[member as usize];
        let share = match who.age(desk.as_at) {
            0..3 => 0.02,
            3..16 => 0.3,
            16..70 => 0.22,
            _ => 0.12,
        };
        let mut turn = 0;
        let mut again = desk.share(share);
        while turn < 2 && random.chance(again) {
            (turn, again) = (turn + 1, 0.07);
            let Some(day) = desk.clerk.news(member, &mut random) else { break };
            let seen = desk.clerk.see(member, day, &mut random);
            let key = format!("{}{turn}", 20_000_000 + desk.number(member));
            let name = match random.below(12) {
                0 => format!("{}, {}", seen.surname, seen.forename),
                1 => joined(&[&seen.forename.to_lowercase(), &seen.surname.to_lowercase()], " "),
                _ => joined(&[&seen.forename, &seen.surname], " "),
            };
            desk.row(
                &key,
                member,
                &[
                    &key,
                    &name,
                    sex(seen.sex, "Female", "Male"),
                    &seen.born,
                    &seen.address.line(),
                    &seen.address.postcode,
                    &seen.email,
                    &seen.phone,
                    &seen.day_text,
                ],
            );
        }
    }
    desk.close()
}

const CHARITY: Paper = Paper {
    agency: "Quexford Family Trust",
    system: "sign-in sheets",
    side: "both",
    file: "charity.csv",
    shape: Shape::Csv { windows: false },
    key: "No",
    days_old: 17,
    unique: false,
    merge: false,
    dates: DateStyle::Iso,
    header: &["No", "Name", "Year of birth", "Where from", "Phone", "E-mail", "Date"],
    columns: &[
        ("name", One("Name")),
        ("date_of_birth", One("Year of birth")),
        ("address", One("Where from")),
        ("phone", One("Phone")),
        ("email", One("E-mail")),
        ("seen", One("Date")),
    ],
    persons: &[],
    staff: None,
};

/// A charity's list: a name as called, a year of birth, a street at best.
pub(super) fn charity(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 1.0,
        ghosts: 1.0,
        slips: 1.4,
        formal: 0.25,
        middle: 0.0,
        phone: 0.7,
        plain: false,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Charity, CHARITY, habits);
    for guest in desk.persons() {
        let mut random = desk.random(guest);
        let who = &office.view.town.persons[guest as usize];
        if !random.chance(desk.share(0.01 + 0.09 * who.need)) {
            continue;
        }
        let Some(day) = desk.clerk.news(guest, &mut random) else { continue };
        let seen = desk.clerk.see(guest, day, &mut random);
        let key = format!("{}", 1 + desk.number(guest));
        // Some sign with one name only.
        let name = if random.chance(0.06) {
            called(who).to_owned()
        } else {
            joined(&[&seen.forename, &seen.surname], " ")
        };
        let told = random.chance(0.75) && !seen.born.is_empty();
        let year = if told { who.born.year().to_string() } else { String::new() };
        let place = if random.chance(0.7) { seen.address.street.as_str() } else { "" };
        desk.row(
            &key,
            guest,
            &[&key, &name, &year, place, &seen.phone, &seen.email, &seen.day_text],
        );
    }
    desk.close()
}
