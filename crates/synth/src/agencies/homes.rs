//! Housing and council tax: what is known by the home.

use jiff::civil::Date;

use crate::clerk::{Habits, Seen, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::{All, One};
use crate::extract::{DateStyle, Extract, Other, Paper, Shape};
use crate::random::Random;
use crate::settings::Agency;
use crate::town::{HomeKind, Residency, Tenure, plus_days};

const HOUSING: Paper = Paper {
    agency: "Housing",
    system: "tenancies",
    side: "adult",
    file: "housing.csv",
    shape: Shape::Semicolons,
    key: "Tenancy ref",
    days_old: 14,
    unique: false,
    merge: false,
    dates: DateStyle::Slashes,
    header: &[
        "Tenancy ref",
        "Tenant surname",
        "Tenant forenames",
        "Tenant DOB",
        "NI number",
        "Joint surname",
        "Joint forenames",
        "Joint DOB",
        "Address 1",
        "Address 2",
        "Address 3",
        "Postcode",
        "UPRN",
        "Phone",
        "Tenancy start",
        "Tenancy end",
        "Member 1",
        "Member 1 DOB",
        "Member 2",
        "Member 2 DOB",
        "Member 3",
        "Member 3 DOB",
        "Last contact",
    ],
    columns: &[
        ("forename", One("Tenant forenames")),
        ("surname", One("Tenant surname")),
        ("date_of_birth", One("Tenant DOB")),
        ("nino", One("NI number")),
        ("address", All(&["Address 1", "Address 2", "Address 3"])),
        ("postcode", One("Postcode")),
        ("uprn", One("UPRN")),
        ("address_from", One("Tenancy start")),
        ("address_to", One("Tenancy end")),
        ("phone", One("Phone")),
        ("seen", One("Last contact")),
    ],
    persons: &[
        Other {
            role: "joint_tenant",
            relationship: "partner",
            key: "",
            columns: &[
                ("forename", One("Joint forenames")),
                ("surname", One("Joint surname")),
                ("date_of_birth", One("Joint DOB")),
                ("address", All(&["Address 1", "Address 2", "Address 3"])),
                ("postcode", One("Postcode")),
                ("uprn", One("UPRN")),
            ],
        },
        member("member_1", &MEMBER_1),
        member("member_2", &MEMBER_2),
        member("member_3", &MEMBER_3),
    ],
};

const fn member(
    role: &'static str,
    columns: &'static [(&'static str, crate::extract::From)],
) -> Other {
    Other { role, relationship: "", key: "", columns }
}

/// The columns of one further member of a tenancy's household.
macro_rules! member_columns {
    ($name:literal, $born:literal) => {
        [
            ("name", One($name)),
            ("date_of_birth", One($born)),
            ("address", All(&["Address 1", "Address 2", "Address 3"])),
            ("postcode", One("Postcode")),
            ("uprn", One("UPRN")),
        ]
    };
}

type Columns = [(&'static str, crate::extract::From); 5];
const MEMBER_1: Columns = member_columns!("Member 1", "Member 1 DOB");
const MEMBER_2: Columns = member_columns!("Member 2", "Member 2 DOB");
const MEMBER_3: Columns = member_columns!("Member 3", "Member 3 DOB");

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

/// Social tenancies and hostel units: the tenant, a joint tenant and members of the household.
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
        let see = |person: u32, random: &mut Random| desk.clerk.see(person, day, random);
        let first = see(tenant, &mut random);
        let key = format!("{:07}/{:02}", desk.number(household), random.below(99));
        let joint = office
            .view
            .partner(tenant, day)
            .filter(|partner| members.contains(partner) && random.chance(0.8));
        let second = joint.map(|joint| see(joint, &mut random)).unwrap_or_default();
        let mut others: Vec<u32> =
            members.iter().copied().filter(|&m| m != tenant && Some(m) != joint).collect();
        others.truncate(3);
        others.retain(|_| random.chance(0.8));
        let known: Vec<Seen> = others.iter().map(|&other| see(other, &mut random)).collect();
        let name = |at: usize| {
            known
                .get(at)
                .map_or_else(String::new, |seen| joined(&[&seen.forename, &seen.surname], " "))
        };
        let born = |at: usize| known.get(at).map_or("", |seen| seen.born.as_str());
        let write = |day: Date| desk.clerk.habits.dates.write((day.year(), day.month(), day.day()));
        let end = stay.to.filter(|&to| to <= desk.as_at).map_or_else(String::new, write);
        let nino = office.view.town.persons[tenant as usize].nino.as_str();
        let nino = if random.chance(0.8) { nino } else { "" };
        let (line1, line2) = first.address.lines();
        desk.row(
            &key,
            tenant,
            &[
                &key,
                &first.surname,
                &joined(&[&first.forename, &first.middle], " "),
                &first.born,
                nino,
                &second.surname,
                &second.forename,
                &second.born,
                &line1,
                &line2,
                &first.address.town,
                &first.address.postcode,
                &first.address.uprn,
                &first.phone,
                &write(stay.from),
                &end,
                &name(0),
                born(0),
                &name(1),
                born(1),
                &name(2),
                born(2),
                &first.day_text,
            ],
        );
        if let Some(joint) = joint {
            desk.also(&key, "joint_tenant", joint);
        }
        for (other, role) in others.iter().zip(["member_1", "member_2", "member_3"]) {
            desk.also(&key, role, *other);
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
    key: "account",
    days_old: 10,
    unique: false,
    merge: false,
    dates: DateStyle::Iso,
    header: &[
        "account",
        "liable_1",
        "liable_2",
        "liable_3",
        "property",
        "property_postcode",
        "uprn",
        "liable_from",
        "discount",
        "billed_on",
    ],
    columns: &[
        ("name", One("liable_1")),
        ("address", One("property")),
        ("postcode", One("property_postcode")),
        ("uprn", One("uprn")),
        ("address_from", One("liable_from")),
        ("seen", One("billed_on")),
    ],
    persons: &[
        Other {
            role: "liable_2",
            relationship: "",
            key: "",
            columns: &[
                ("name", One("liable_2")),
                ("address", One("property")),
                ("postcode", One("property_postcode")),
                ("uprn", One("uprn")),
            ],
        },
        Other {
            role: "liable_3",
            relationship: "",
            key: "",
            columns: &[
                ("name", One("liable_3")),
                ("address", One("property")),
                ("postcode", One("property_postcode")),
                ("uprn", One("uprn")),
            ],
        },
    ],
};

/// Those liable for each home, by name and title alone: no dates of birth, and no children.
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
        let known: Vec<Seen> =
            liable.iter().map(|&one| desk.clerk.see(one, day, &mut random)).collect();
        let name = |at: usize, random: &mut Random| {
            known.get(at).map_or_else(String::new, |seen| titled(seen, random))
        };
        let names = [name(0, &mut random), name(1, &mut random), name(2, &mut random)];
        let key = format!("{:08}", 70_000_000 + desk.number(household));
        let address = &known[0].address;
        let discount = if adults.len() == 1 { "SPD" } else { "" };
        let (from, billed) = (stay.from.to_string(), desk.as_at.to_string());
        desk.row(
            &key,
            first,
            &[
                &key,
                &names[0],
                &names[1],
                &names[2],
                &address.line(),
                &address.postcode,
                &address.uprn,
                &from,
                discount,
                &billed,
            ],
        );
        for (one, role) in liable.iter().skip(1).zip(["liable_2", "liable_3"]) {
            desk.also(&key, role, *one);
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
