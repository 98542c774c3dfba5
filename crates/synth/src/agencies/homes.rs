//! Housing and council tax: what is known by the home.

use jiff::civil::Date;

use crate::clerk::{Habits, Seen, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, One};
use crate::extract::{DateStyle, Extract, Paper, Shape};
use crate::random::Random;
use crate::settings::Agency;
use crate::town::{HomeKind, Residency, Tenure, plus_days};

const HOUSING: Paper = Paper {
    agency: "Housing",
    system: "tenancies",
    side: "adult",
    file: "housing.csv",
    shape: Shape::Semicolons,
    key: "Occupant ref",
    days_old: 14,
    unique: false,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "Occupant ref",
        "Tenancy ref",
        "Flag",
        "Surname",
        "Forenames",
        "DOB",
        "NI number",
        "Address 1",
        "Address 2",
        "Address 3",
        "Postcode",
        "UPRN",
        "Phone",
        "Tenancy start",
        "Tenancy end",
        "Last contact",
    ],
    columns: &[
        ("forename", One("Forenames")),
        ("surname", One("Surname")),
        ("date_of_birth", One("DOB")),
        ("nino", One("NI number")),
        ("address", All(&["Address 1", "Address 2", "Address 3"])),
        ("postcode", One("Postcode")),
        ("uprn", One("UPRN")),
        ("address_from", One("Tenancy start")),
        ("address_to", One("Tenancy end")),
        ("phone", One("Phone")),
        ("seen", One("Last contact")),
    ],
    persons: &[],
    staff: None,
};

/// The stay of a household that a landlord knows of: where, and with whom, eldest first.
pub(super) struct Tenancy {
    pub(super) stay: Residency,
    pub(super) members: Vec<u32>,
    /// The day of the last news.
    pub(super) day: Date,
}

/// The household as known some time before the extract, if it was in a home of these kinds.
pub(super) fn tenancy(
    desk: &Desk<'_>,
    household: u32,
    kinds: &[HomeKind],
    random: &mut Random,
) -> Option<Tenancy> {
    let view = desk.clerk.view;
    let back = random.exponential(desk.clerk.habits.staleness * 365.25);
    let day = plus_days(desk.as_at, -crate::random::whole(back));
    let stay = view.dwelling(household, day).or_else(|| view.dwelling(household, desk.as_at))?;
    let day = day.max(stay.from);
    // Those who were let off the books long ago.
    if stay.to.is_some_and(|to| to < plus_days(desk.as_at, -700))
        || !kinds.contains(&view.kind(stay))
    {
        return None;
    }
    let members = view.members(household, day);
    (!members.is_empty()).then_some(Tenancy { stay: *stay, members, day })
}

/// Social tenancies and hostel units, a row for each occupant: tenant (T), joint tenant (J) or
/// other (O).
pub(super) fn housing(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 1.2,
        slips: 1.1,
        formal: 0.8,
        middle: 0.2,
        no_birth: 0.06,
        default_birth: 0.004,
        phone: 0.8,
        uprn: 0.93,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Housing, HOUSING, habits);
    for household in desk.households() {
        let mut random = desk.random(household);
        let kinds = [HomeKind::Private, HomeKind::Hostel];
        let Some(Tenancy { stay, members, day }) = tenancy(&desk, household, &kinds, &mut random)
        else {
            continue;
        };
        let hostel = office.view.kind(&stay) == HomeKind::Hostel;
        let social = office.view.town.households[household as usize].tenure == Tenure::Social;
        let adult = |person: &u32| office.view.town.persons[*person as usize].age(stay.from) >= 17;
        let Some(&tenant) = members.iter().find(|person| adult(person)) else { continue };
        if !(social || hostel) || !random.chance(0.97) {
            continue;
        }
        let joint = office
            .view
            .partner(tenant, day)
            .filter(|partner| members.contains(partner) && random.chance(0.8));
        let mut occupants = vec![(tenant, "T")];
        occupants.extend(joint.map(|joint| (joint, "J")));
        for other in members.into_iter().filter(|&m| m != tenant && Some(m) != joint) {
            if random.chance(0.75) {
                occupants.push((other, "O"));
            }
        }
        let write = |day: Date| desk.clerk.habits.dates.write((day.year(), day.month(), day.day()));
        let start = write(stay.from);
        let end = stay.to.filter(|&to| to <= desk.as_at).map_or_else(String::new, write);
        let tenancy = format!("{:07}", desk.number(household));
        let mut home = None;
        for (at, (occupant, flag)) in (1..).zip(occupants) {
            let seen = desk.clerk.see(occupant, day, &mut random);
            // The address is the tenancy's, whoever lives there.
            let address = home.get_or_insert_with(|| seen.address.clone());
            let (line1, line2) = address.lines();
            let who = &office.view.town.persons[occupant as usize];
            let known = flag != "O" && random.chance(0.8);
            let nino = if known { &*who.nino } else { "" };
            let key = format!("{tenancy}/{at}");
            desk.row(
                &key,
                occupant,
                &[
                    &key,
                    &tenancy,
                    flag,
                    &seen.surname,
                    &joined(&[&seen.forename, &seen.middle], " "),
                    &seen.born,
                    nino,
                    &line1,
                    &line2,
                    &address.town,
                    &address.postcode,
                    &address.uprn,
                    if flag == "O" { "" } else { &seen.phone },
                    &start,
                    &end,
                    &seen.day_text,
                ],
            );
        }
    }
    desk.close()
}

const COUNCIL_TAX: Paper = Paper {
    agency: "Revenues",
    system: "council tax",
    side: "adult",
    file: "council_tax.arrow",
    shape: Shape::Arrow,
    key: "liability",
    days_old: 10,
    unique: false,
    merge: false,
    dates: DateStyle::Iso,
    header: &[
        "liability",
        "account",
        "liable_person",
        "property",
        "property_postcode",
        "uprn",
        "liable_from",
        "discount",
        "billed_on",
    ],
    columns: &[
        ("name", One("liable_person")),
        ("address", One("property")),
        ("postcode", One("property_postcode")),
        ("uprn", One("uprn")),
        ("address_from", One("liable_from")),
        ("seen", One("billed_on")),
    ],
    persons: &[],
    staff: None,
};

/// Those liable for each home, a row for each, by name and title alone: no dates of birth, and
/// no children.
pub(super) fn council_tax(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.35,
        slips: 0.8,
        formal: 0.85,
        middle: 0.25,
        uprn: 0.99,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::CouncilTax, COUNCIL_TAX, habits);
    for household in desk.households() {
        let mut random = desk.random(household);
        let kinds = [HomeKind::Private, HomeKind::Shared, HomeKind::Bedsit];
        let Some(Tenancy { stay, members, day }) = tenancy(&desk, household, &kinds, &mut random)
        else {
            continue;
        };
        let adult = |person: &u32| office.view.town.persons[*person as usize].age(desk.as_at) >= 18;
        let adults: Vec<u32> = members.into_iter().filter(adult).collect();
        let Some(&first) = adults.first() else { continue };
        let gone = stay.to.is_some_and(|to| to < plus_days(desk.as_at, -60));
        if gone || !random.chance(0.96) {
            continue;
        }
        // The couple, or the sharers; grown children and grandmothers are not asked.
        let couple = office.view.partner(first, day);
        let shared = office.view.kind(&stay) == HomeKind::Shared;
        let mut liable: Vec<u32> = adults
            .iter()
            .copied()
            .filter(|&one| one == first || shared || Some(one) == couple)
            .filter(|&one| one == first || random.chance(0.9))
            .collect();
        liable.truncate(3);
        let account = format!("{:08}", 70_000_000 + desk.number(household));
        let discount = if adults.len() == 1 { "SPD" } else { "" };
        let (from, billed) = (stay.from.to_string(), desk.as_at.to_string());
        let mut home = None;
        for (at, one) in (1..).zip(liable) {
            let seen = desk.clerk.see(one, day, &mut random);
            let address = home.get_or_insert_with(|| seen.address.clone());
            let key = format!("{account}-{at}");
            desk.row(
                &key,
                one,
                &[
                    &key,
                    &account,
                    &titled(&seen, &mut random),
                    &address.line(),
                    &address.postcode,
                    &address.uprn,
                    &from,
                    discount,
                    &billed,
                ],
            );
        }
    }
    desk.close()
}

/// A name with its title, in one of the ways a bill is addressed.
fn titled(seen: &Seen, random: &mut Random) -> String {
    let title = match (seen.sex, random.below(10)) {
        ("M", 0) => "Dr",
        ("M", _) => "Mr",
        ("F", 0 | 1) => "Miss",
        ("F", 2..5) => "Ms",
        ("F", _) => "Mrs",
        _ => "",
    };
    let initial: String = seen.forename.chars().take(1).collect();
    let initials = random.chance(0.12) && !initial.is_empty();
    let forename = if initials { initial.as_str() } else { seen.forename.as_str() };
    joined(&[title, forename, &seen.middle, &seen.surname], " ")
}
