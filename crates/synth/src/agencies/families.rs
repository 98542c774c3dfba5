//! Children's social care and early help.

use super::sex;
use crate::clerk::{Habits, Seen, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, Codes, One, Split};
use crate::extract::{DateStyle, Extract, Other, Paper, Shape, Staff};
use crate::naming::called;
use crate::settings::Agency;

const CHILDRENS_CARE: Paper = Paper {
    agency: "Children's social care",
    system: "case management",
    side: "child",
    file: "childrens_care.csv",
    shape: Shape::Csv { windows: true },
    key: "Child ID",
    days_old: 3,
    unique: true,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "Child ID",
        "Forename",
        "Surname",
        "Also known as (surname)",
        "Gender",
        "Date of Birth",
        "NHS Number",
        "UPN",
        "Address",
        "Town",
        "Postcode",
        "UPRN",
        "Date last seen",
        "Mother ID",
        "Mother Forename",
        "Mother Surname",
        "Mother DOB",
        "Mother Phone",
        "Father ID",
        "Father Forename",
        "Father Surname",
        "Father DOB",
        "Father Address",
        "Father Postcode",
        "Foster Carer",
        "Placement Address",
        "Placement Postcode",
        "Allocated worker",
        "Team",
        "Lead professional",
        "Allocated since",
    ],
    columns: &[
        ("forename", One("Forename")),
        ("surname", One("Surname")),
        ("former_surname", One("Also known as (surname)")),
        ("sex", Codes("Gender", &[("a) Male", "male"), ("b) Female", "female")])),
        ("date_of_birth", One("Date of Birth")),
        ("nhs_number", One("NHS Number")),
        ("upn", One("UPN")),
        ("address", All(&["Address", "Town"])),
        ("postcode", One("Postcode")),
        ("uprn", One("UPRN")),
        ("seen", One("Date last seen")),
        ("worker", One("Allocated worker")),
        ("team", One("Team")),
        ("lead", One("Lead professional")),
        ("involved_from", One("Allocated since")),
    ],
    persons: &[
        Other {
            role: "mother",
            relationship: "mother",
            key: "Mother ID",
            columns: &[
                ("forename", One("Mother Forename")),
                ("surname", One("Mother Surname")),
                ("date_of_birth", One("Mother DOB")),
                ("phone", One("Mother Phone")),
            ],
        },
        Other {
            role: "father",
            relationship: "father",
            key: "Father ID",
            columns: &[
                ("forename", One("Father Forename")),
                ("surname", One("Father Surname")),
                ("date_of_birth", One("Father DOB")),
                ("address", One("Father Address")),
                ("postcode", One("Father Postcode")),
            ],
        },
        Other {
            role: "foster_carer",
            relationship: "foster_carer",
            key: "",
            columns: &[
                ("name", One("Foster Carer")),
                ("address", One("Placement Address")),
                ("postcode", One("Placement Postcode")),
            ],
        },
    ],
    staff: Some(Staff {
        teams: &["North", "South", "Children in care"],
        leads: 0.6,
        yes_no: ["Y", "N"],
    }),
};

/// Children in need or in care, with mother, father and foster carer beside them.
pub(super) fn childrens_care(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.6,
        ghosts: 0.7,
        slips: 0.9,
        no_birth: 0.01,
        uprn: 0.6,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::ChildrensCare, CHILDRENS_CARE, habits);
    for child in desk.persons() {
        let mut random = desk.random(child);
        let who = &office.view.town.persons[child as usize];
        let carer = office.view.carer(child, desk.as_at);
        let in_care = carer.is_some();
        let known = (0..18).contains(&who.age(desk.as_at));
        let share = desk.share(0.01 + 0.3 * who.need * who.need);
        if !known || !(in_care || random.chance(share)) {
            continue;
        }
        let Some(day) = desk.clerk.news(child, &mut random) else { continue };
        let day = if in_care { desk.as_at } else { day };
        let seen = desk.clerk.see(child, day, &mut random);
        let key = format!("{}", 1_000_000 + desk.number(child));
        let also = if random.chance(0.1) {
            who.mother.map_or("", |m| office.view.town.persons[m as usize].surname(day))
        } else {
            ""
        };
        let (mother, mother_id) = adult(&desk, who.mother, 0.95);
        let (father, father_id) = adult(&desk, who.father, 0.55);
        let carer = carer.map(|carer| (carer, desk.clerk.see(carer, day, &mut random)));
        let blank = Seen::default();
        let home = carer.as_ref().map_or(&blank, |(_, seen)| seen);
        let carer_name = joined(&[&home.forename, &home.surname], " ");
        let nhs = if random.chance(0.7) { seen.nhs.as_str() } else { "" };
        let upn = if who.age(day) >= 5 && random.chance(0.7) { &*who.upn } else { "" };
        desk.row(
            &key,
            child,
            &[
                &key,
                &seen.forename,
                &seen.surname,
                also,
                sex(seen.sex, "b) Female", "a) Male"),
                &seen.born,
                nhs,
                upn,
                &joined(&[&seen.address.above, &seen.address.street], ", "),
                &seen.address.town,
                &seen.address.postcode,
                &seen.address.uprn,
                &seen.day_text,
                &mother_id,
                &mother.forename,
                &mother.surname,
                &mother.born,
                &mother.phone,
                &father_id,
                &father.forename,
                &father.surname,
                &father.born,
                &father.address.line(),
                &father.address.postcode,
                &carer_name,
                &home.address.line(),
                &home.address.postcode,
            ],
        );
        if let Some(mother) = who.mother.filter(|_| !mother_id.is_empty()) {
            desk.also_keyed((0, "mother"), &mother_id, mother);
        }
        if let Some(father) = who.father.filter(|_| !father_id.is_empty()) {
            desk.also_keyed((1, "father"), &father_id, father);
        }
        if let Some((carer, _)) = carer {
            desk.also(&key, "foster_carer", carer);
        }
    }
    desk.close()
}

/// A parent as social care knows them, the same at every child, and the id.
fn adult(desk: &Desk<'_>, parent: Option<u32>, share: f64) -> (Seen, String) {
    let Some(parent) = parent else { return Default::default() };
    let mut own = desk.random_other(parent);
    if !own.chance(share) {
        return Default::default();
    }
    let Some(day) = desk.clerk.news(parent, &mut own) else { return Default::default() };
    let mut seen = desk.clerk.see(parent, day, &mut own);
    // Of many adults the date of birth was never asked.
    if own.chance(0.2) {
        seen.born.clear();
    }
    (seen, format!("{}", 1_000_000 + desk.number(parent)))
}

const EARLY_HELP: Paper = Paper {
    agency: "Early help",
    system: "family assessments",
    side: "child",
    file: "early_help.jsonl",
    shape: Shape::JsonLines { split: ";" },
    key: "assessment_id",
    days_old: 8,
    unique: false,
    merge: false,
    dates: DateStyle::Iso,
    header: &[
        "assessment_id",
        "assessed_on",
        "child_name",
        "child_gender",
        "child_dob",
        "family_address",
        "family_postcode",
        "phones",
        "parent_name",
        "parent_dob",
        "parent_address",
        "parent_postcode",
        "sibling_name",
        "sibling_dob",
        "partner_of_parent",
        "family_worker",
        "hub",
        "lead_worker",
        "open_since",
    ],
    columns: &[
        ("name", One("child_name")),
        ("sex", One("child_gender")),
        ("date_of_birth", One("child_dob")),
        ("address", One("family_address")),
        ("postcode", One("family_postcode")),
        ("phone", Split("phones", ";")),
        ("seen", One("assessed_on")),
        ("worker", One("family_worker")),
        ("team", One("hub")),
        ("lead", One("lead_worker")),
        ("involved_from", One("open_since")),
    ],
    persons: &[
        Other {
            role: "parent",
            relationship: "parent",
            key: "",
            columns: &[
                ("name", One("parent_name")),
                ("date_of_birth", One("parent_dob")),
                ("address", One("parent_address")),
                ("postcode", One("parent_postcode")),
            ],
        },
        Other {
            role: "sibling",
            relationship: "sibling",
            key: "",
            columns: &[("name", One("sibling_name")), ("date_of_birth", One("sibling_dob"))],
        },
        Other {
            role: "partner",
            relationship: "step_parent",
            key: "",
            columns: &[("forename", One("partner_of_parent"))],
        },
    ],
    staff: Some(Staff { teams: &["East hub", "West hub"], leads: 0.4, yes_no: ["yes", "no"] }),
};

/// Assessments of families: a child, a parent, a brother or sister, and now and then a partner
/// of whom only the forename is known.
pub(super) fn early_help(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.9,
        ghosts: 0.8,
        slips: 1.2,
        formal: 0.5,
        middle: 0.05,
        no_birth: 0.05,
        phone: 0.9,
        plain: false,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::EarlyHelp, EARLY_HELP, habits);
    for child in desk.persons() {
        let mut random = desk.random(child);
        let view = office.view;
        let who = &view.town.persons[child as usize];
        let known = (0..18).contains(&who.age(desk.as_at));
        if !known || !random.chance(desk.share(0.03 + 0.2 * who.need)) {
            continue;
        }
        let Some(day) = desk.clerk.news(child, &mut random) else { continue };
        let seen = desk.clerk.see(child, day, &mut random);
        let key = format!("EHA-{:07}", desk.number(child));
        let here = |person: &u32| view.is_here(*person, seen.day);
        let parent = who.mother.or(who.father).filter(here);
        let sibling = view
            .household(child, seen.day)
            .and_then(|home| {
                let of = |other: &u32| {
                    let other = &view.town.persons[*other as usize];
                    who.mother.is_some() && other.mother == who.mother
                };
                let members = view.members(home, seen.day);
                members.into_iter().find(|other| *other != child && of(other))
            })
            .filter(|_| random.chance(0.6));
        let partner = parent
            .and_then(|parent| view.partner(parent, seen.day))
            .filter(|&partner| who.father != Some(partner) && who.mother != Some(partner));
        let look = |desk: &Desk<'_>, other: Option<u32>, random: &mut crate::random::Random| {
            other.map_or_else(Seen::default, |other| desk.clerk.see(other, seen.day, random))
        };
        let adult = look(&desk, parent, &mut random);
        let brother = look(&desk, sibling, &mut random);
        let partner_name =
            partner.map_or("", |partner| called(&view.town.persons[partner as usize]));
        let phones = if adult.phone == seen.phone {
            adult.phone.clone()
        } else {
            joined(&[&adult.phone, &seen.phone], ";")
        };
        desk.row(
            &key,
            child,
            &[
                &key,
                &seen.day_text,
                &seen.full(),
                sex(seen.sex, "female", "male"),
                &seen.born,
                &seen.address.line(),
                &seen.address.postcode,
                &phones,
                &adult.full(),
                &adult.born,
                &adult.address.line(),
                &adult.address.postcode,
                &brother.full(),
                &brother.born,
                partner_name,
            ],
        );
        for (role, other) in [("parent", parent), ("sibling", sibling), ("partner", partner)] {
            if let Some(other) = other {
                desk.also(&key, role, other);
            }
        }
    }
    desk.close()
}
