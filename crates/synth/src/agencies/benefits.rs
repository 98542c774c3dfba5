//! Housing benefit: what is known by the claim.

use super::homes::{Tenancy, tenancy};
use super::sex;
use crate::clerk::{Habits, Seen, joined};
use crate::desk::{Desk, Office};
use crate::extract::From::One;
use crate::extract::{DateStyle, Extract, Other, Paper, Shape};
use crate::settings::Agency;
use crate::town::{HomeKind, Tenure, plus_days};

const BENEFITS: Paper = Paper {
    agency: "Benefits",
    system: "housing benefit",
    side: "both",
    file: "benefits.csv.zst",
    shape: Shape::Zstd,
    key: "claim",
    days_old: 6,
    unique: false,
    merge: false,
    dates: DateStyle::Dots,
    header: &[
        "claim",
        "claimant_surname",
        "claimant_forename",
        "claimant_dob",
        "claimant_sex",
        "claimant_nino",
        "partner_surname",
        "partner_forename",
        "partner_dob",
        "partner_nino",
        "dependant_1",
        "dependant_1_dob",
        "dependant_2",
        "dependant_2_dob",
        "address",
        "postcode",
        "uprn",
        "last_change",
    ],
    columns: &[
        ("surname", One("claimant_surname")),
        ("forename", One("claimant_forename")),
        ("date_of_birth", One("claimant_dob")),
        ("sex", One("claimant_sex")),
        ("nino", One("claimant_nino")),
        ("address", One("address")),
        ("postcode", One("postcode")),
        ("uprn", One("uprn")),
        ("seen", One("last_change")),
    ],
    persons: &[
        Other {
            role: "partner",
            relationship: "partner",
            key: "",
            columns: &[
                ("surname", One("partner_surname")),
                ("forename", One("partner_forename")),
                ("date_of_birth", One("partner_dob")),
                ("nino", One("partner_nino")),
            ],
        },
        Other {
            role: "dependant_1",
            relationship: "child",
            key: "",
            columns: &[("name", One("dependant_1")), ("date_of_birth", One("dependant_1_dob"))],
        },
        Other {
            role: "dependant_2",
            relationship: "child",
            key: "",
            columns: &[("name", One("dependant_2")), ("date_of_birth", One("dependant_2_dob"))],
        },
    ],
    staff: None,
};

/// Claims: claimant, partner and two dependants.
pub(super) fn benefits(office: &Office<'_>) -> Extract {
    let habits = Habits {
        staleness: 0.5,
        slips: 0.7,
        formal: 0.95,
        no_birth: 0.004,
        default_birth: 0.001,
        uprn: 0.85,
        ..Habits::USUAL
    };
    let mut desk = Desk::open(office, Agency::Benefits, BENEFITS, habits);
    for household in desk.households() {
        let mut random = desk.random(household);
        let kinds = [HomeKind::Private, HomeKind::Bedsit, HomeKind::Hostel];
        let Some(Tenancy { stay, members, day }) = tenancy(&desk, household, &kinds, &mut random)
        else {
            continue;
        };
        let town = office.view.town;
        let adult = |person: &u32| town.persons[*person as usize].age(day) >= 18;
        let Some(&claimant) = members.iter().find(|person| adult(person)) else { continue };
        let owned = town.households[household as usize].tenure == Tenure::Owned;
        let need = town.persons[claimant as usize].need;
        let share = if owned { 0.02 } else { 0.12 + 0.5 * need };
        if stay.to.is_some_and(|to| to < plus_days(desk.as_at, -120))
            || !random.chance(desk.share(share))
        {
            continue;
        }
        let first = desk.clerk.see(claimant, day, &mut random);
        let partner = office.view.partner(claimant, day).filter(|p| members.contains(p));
        let second = partner.map(|p| desk.clerk.see(p, day, &mut random)).unwrap_or_default();
        let is_child = |person: u32| {
            let who = &town.persons[person as usize];
            [who.mother, who.father].into_iter().flatten().any(|p| p == claimant)
                && who.age(day) < 19
        };
        let mut dependants: Vec<u32> = members.iter().copied().filter(|&m| is_child(m)).collect();
        dependants.truncate(2);
        let known: Vec<Seen> =
            dependants.iter().map(|&child| desk.clerk.see(child, day, &mut random)).collect();
        let name = |at: usize| {
            known
                .get(at)
                .map_or_else(String::new, |seen| joined(&[&seen.forename, &seen.surname], " "))
        };
        let born = |at: usize| known.get(at).map_or("", |seen| seen.born.as_str());
        let nino =
            |person: Option<u32>| person.map_or("", |person| &*town.persons[person as usize].nino);
        let key = format!("HB{:07}", desk.number(household));
        desk.row(
            &key,
            claimant,
            &[
                &key,
                &first.surname,
                &first.forename,
                &first.born,
                sex(first.sex, "F", "M"),
                nino(Some(claimant)),
                &second.surname,
                &second.forename,
                &second.born,
                nino(partner),
                &name(0),
                born(0),
                &name(1),
                born(1),
                &first.address.line(),
                &first.address.postcode,
                &first.address.uprn,
                &first.day_text,
            ],
        );
        if let Some(partner) = partner {
            desk.also(&key, "partner", partner);
        }
        for (child, role) in dependants.iter().zip(["dependant_1", "dependant_2"]) {
            desk.also(&key, role, *child);
        }
    }
    desk.close()
}
