//! New households, as they stand on the day they are first seen: the founders of the town and
//! those who move to it later.

use jiff::civil::Date;
use record::RelationType;

use crate::naming;
use crate::random::{Random, whole};
use crate::town::{Community, Sex, Tenure, days_between, plus_days, plus_years};
use crate::world::{Birth, World};

/// A kind of household, and how common it is among founders and among newcomers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    ElderAlone,
    Alone,
    Couple,
    ElderCouple,
    Family,
    LoneParent,
    GrownChildren,
    LoneGrownChildren,
    ThreeGenerations,
}

const SHAPES: [(Shape, f64, f64); 9] = [
    (Shape::ElderAlone, 11.0, 3.0),
    (Shape::Alone, 10.0, 22.0),
    (Shape::Couple, 15.0, 26.0),
    (Shape::ElderCouple, 17.0, 6.0),
    (Shape::Family, 19.0, 32.0),
    (Shape::LoneParent, 8.0, 7.0),
    (Shape::GrownChildren, 9.0, 3.0),
    (Shape::LoneGrownChildren, 3.5, 1.0),
    (Shape::ThreeGenerations, 3.0, 2.0),
];

/// What a household's people have in common.
#[derive(Clone, Copy)]
struct Origin {
    community: Community,
    need: f64,
    today: Date,
}

/// Brings a household into the town; a founding one came some years before `day`.
pub(crate) fn found(world: &mut World<'_>, founding: bool, day: Date) {
    let weights =
        SHAPES.map(|(_, founders, newcomers)| if founding { founders } else { newcomers });
    let shape = SHAPES[world.random.weighted(&weights)].0;
    let shares = Community::SHARES.map(|(_, share)| share);
    let community = Community::SHARES[world.random.weighted(&shares)].0;
    let need = need(shape, &mut world.random);
    let origin = Origin { community, need, today: day };
    let members = people(world, shape, origin);
    let tenure = tenure(world, members[0], need, day);
    let arrived = if founding { arrival(world, &members, tenure, day) } else { day };
    let dwelling = world.ground.take_home(world.words);
    let household = world.household(dwelling, tenure, arrived);
    for &member in &members {
        earlier_home(world, member, arrived);
        let born = world.persons[member as usize].born;
        world.join(member, household, arrived.max(born));
    }
    let rooms = members.len() < 5 && world.age(members[0], day) > 27;
    world.households[household as usize].fosters = rooms && world.random.chance(0.012);
}

/// A single person of student age or somewhat older, for a shared house, a bedsit or a hall.
pub(crate) fn single(world: &mut World<'_>, low: i32, high: i32, day: Date) -> u32 {
    let shares = Community::SHARES.map(|(_, share)| share);
    let community = Community::SHARES[world.random.weighted(&shares)].0;
    let need = need(Shape::Alone, &mut world.random);
    let origin = Origin { community, need, today: day };
    let sex = any_sex(&mut world.random);
    let years = world.random.between(low, high);
    let person = adult(world, origin, sex, years, None);
    earlier_home(world, person, day);
    person
}

/// How much the services have to do with such a household.
fn need(shape: Shape, random: &mut Random) -> f64 {
    let high = match shape {
        Shape::LoneParent => 0.35,
        Shape::Family | Shape::Alone | Shape::LoneGrownChildren => 0.14,
        _ => 0.06,
    };
    if random.chance(high) { 0.4 + 0.6 * random.unit() } else { 0.3 * random.unit() }
}

fn tenure(world: &mut World<'_>, elder: u32, need: f64, day: Date) -> Tenure {
    let age = world.age(elder, day);
    let social = 0.08 + 0.5 * need;
    let rented = if age < 35 { 0.45 } else { 0.13 };
    match world.random.weighted(&[(1.0 - social - rented).max(0.05), rented, social]) {
        0 => Tenure::Owned,
        1 => Tenure::Rented,
        _ => Tenure::Social,
    }
}

/// When a founding household came to its home.
fn arrival(world: &mut World<'_>, members: &[u32], tenure: Tenure, day: Date) -> Date {
    let mean = match tenure {
        Tenure::Owned => 11.0,
        Tenure::Rented => 2.5,
        Tenure::Social => 9.0,
    };
    let age = f64::from(world.age(members[0], day).max(17));
    let years = world.random.exponential(mean).min(age - 16.0).max(0.1);
    plus_days(day, -whole(years * 365.25))
}

/// Where somebody lived before coming here: mostly in another town.
fn earlier_home(world: &mut World<'_>, person: u32, arrived: Date) {
    let born = world.persons[person as usize].born;
    let from = plus_days(arrived, -whole(world.random.exponential(5.0) * 365.25) - 40).max(born);
    if from < arrived && world.random.chance(0.9) {
        let dwelling = world.ground.elsewhere();
        world.residencies.push(crate::town::Residency {
            person,
            dwelling,
            from,
            to: Some(arrived),
            household: None,
            main: true,
        });
    }
}

/// The members of a household, the eldest of its core first.
fn people(world: &mut World<'_>, shape: Shape, origin: Origin) -> Vec<u32> {
    match shape {
        Shape::ElderAlone => {
            let sex = if world.random.chance(0.66) { Sex::Female } else { Sex::Male };
            let years = 66 + world.random.between(0, 26).min(world.random.between(0, 30));
            let elder = adult(world, origin, sex, years, None);
            let parent = if sex == Sex::Female { (Some(elder), None) } else { (None, Some(elder)) };
            world.elders.push(parent);
            vec![elder]
        }
        Shape::Alone => {
            let sex = if world.random.chance(0.57) { Sex::Male } else { Sex::Female };
            let years = world.random.between(20, 64);
            vec![adult(world, origin, sex, years, None)]
        }
        Shape::Couple => {
            let years = if world.random.chance(0.45) { (21, 36) } else { (46, 66) };
            couple(world, origin, years, 18)
        }
        Shape::ElderCouple => {
            let years = 63 + world.random.between(0, 24).min(world.random.between(0, 24));
            let pair = couple(world, origin, (years, years), 18);
            world.elders.push((Some(pair[0]), Some(pair[1])));
            pair
        }
        Shape::Family => {
            let eldest = world.random.between(0, 17);
            let mother = mothers_age(world, eldest);
            let mut members = couple(world, origin, (mother, mother), eldest + 17);
            let father = Some(members[1]).filter(|_| !world.random.chance(0.1));
            raise(world, origin, &mut members, father, eldest);
            members
        }
        Shape::LoneParent => {
            let eldest = world.random.between(0, 17);
            let years = mothers_age(world, eldest);
            if world.random.chance(0.1) {
                let father = adult(world, origin, Sex::Male, years + 2, None);
                let mut members = vec![father];
                children(world, origin, &mut members, (None, Some(father)), eldest);
                return members;
            }
            let mother = adult(world, origin, Sex::Female, years, None);
            let mut members = vec![mother];
            children(world, origin, &mut members, (Some(mother), None), eldest);
            members
        }
        Shape::GrownChildren | Shape::LoneGrownChildren => {
            let eldest = world.random.between(18, 29);
            let years = mothers_age(world, eldest).max(eldest + 18);
            let mut members = if shape == Shape::GrownChildren {
                couple(world, origin, (years, years), eldest + 17)
            } else {
                vec![adult(world, origin, Sex::Female, years, None)]
            };
            let parents = (Some(members[0]), members.get(1).copied());
            children(world, origin, &mut members, parents, eldest);
            members
        }
        Shape::ThreeGenerations => {
            let eldest = world.random.between(0, 14);
            let years = mothers_age(world, eldest);
            let mut members = couple(world, origin, (years, years), eldest + 17);
            let father = Some(members[1]);
            raise(world, origin, &mut members, father, eldest);
            grandmother(world, origin, &mut members);
            members
        }
    }
}

/// An age for the mother of a child of this age.
fn mothers_age(world: &mut World<'_>, eldest: i32) -> i32 {
    eldest + whole(world.random.normal(28.5, 5.0)).clamp(17, 42)
}

/// A couple, the woman first; most are married.
fn couple(
    world: &mut World<'_>,
    origin: Origin,
    (low, high): (i32, i32),
    his_least: i32,
) -> Vec<u32> {
    let hers = world.random.between(low, high);
    let his = (hers + whole(world.random.normal(2.2, 3.5))).max(his_least.max(18));
    let mixed = world.random.chance(0.06);
    let partners = if mixed { Origin { community: Community::English, ..origin } } else { origin };
    let woman = adult(world, origin, Sex::Female, hers, None);
    // One couple in fifty is of one sex.
    let sex = if world.random.chance(0.02) { Sex::Female } else { Sex::Male };
    let man = adult(world, partners, sex, his, Some(woman));
    let ever = f64::from(hers - 20) / 18.0;
    let married = world.random.chance(ever.clamp(0.1, 0.88));
    let together = whole(world.random.normal(26.0, 4.0)).clamp(18, hers.min(his).max(18));
    let younger = world.persons[woman as usize].born.max(world.persons[man as usize].born);
    let since = plus_years(younger, i16::try_from(together).unwrap_or(18));
    let since = since.min(plus_days(origin.today, -30));
    world.pair(woman, man, married, since);
    if married {
        wed(world, woman, man, since);
    }
    vec![woman, man]
}

/// The bride takes a name, if she does.
pub(crate) fn wed(world: &mut World<'_>, bride: u32, groom: u32, day: Date) {
    if world.persons[groom as usize].sex == Sex::Female {
        return;
    }
    let (hers, his) = (&world.persons[bride as usize], &world.persons[groom as usize]);
    if let Some(surname) = naming::married(hers, his, day, &mut world.random) {
        world.rename(bride, surname, day);
    }
}

/// Children of a couple; if there is no father, they are the mother's of before.
fn raise(
    world: &mut World<'_>,
    origin: Origin,
    members: &mut Vec<u32>,
    father: Option<u32>,
    eldest: i32,
) {
    let (mother, partner) = (members[0], members[1]);
    let two_mothers = world.persons[partner as usize].sex == Sex::Female;
    let born =
        children(world, origin, members, (Some(mother), father.filter(|_| !two_mothers)), eldest);
    if father.is_none() || two_mothers {
        for child in born {
            let day = world.persons[child as usize].born.max(plus_days(origin.today, -900));
            world.relate(child, RelationType::StepParent, partner, day);
        }
    }
}

/// The children of these parents, the eldest of this age; they are added to `members`.
fn children(
    world: &mut World<'_>,
    origin: Origin,
    members: &mut Vec<u32>,
    parents: (Option<u32>, Option<u32>),
    eldest: i32,
) -> Vec<u32> {
    let large = matches!(origin.community, Community::Muslim | Community::Somali);
    let weights = if large { [0.15, 0.25, 0.25, 0.35] } else { [0.36, 0.43, 0.15, 0.06] };
    let wanted = 1 + world.random.weighted(&weights);
    let mut all = Vec::new();
    let mut years = eldest;
    while all.len() < wanted && years >= 0 {
        let born = birthday(world, origin.today, years);
        if parents.0.is_some_and(|mother| world.age(mother, born) > 46) {
            break;
        }
        let birth = birth(world, origin.community, origin.need, parents, born);
        // A family with grown children may have younger ones; the grown may have gone.
        for child in birth {
            all.push(child);
            members.push(child);
        }
        years -= world.random.between(2, 4);
    }
    all
}

/// A birth: one child, or twins, who get alike names now and then.
pub(crate) fn birth(
    world: &mut World<'_>,
    community: Community,
    need: f64,
    parents: (Option<u32>, Option<u32>),
    born: Date,
) -> Vec<u32> {
    let sex = any_sex(&mut world.random);
    let first = world.newcomer(Birth { community, sex, born, parents, need });
    if !world.random.chance(world.settings.twin_birth_share) {
        return vec![first];
    }
    // A third of twins are identical, and half of the others are of one sex.
    let sex = if world.random.chance(2.0 / 3.0) { sex } else { sex.other() };
    let second = world.newcomer(Birth { community, sex, born, parents, need });
    let initial = world.persons[first as usize].forename.chars().next();
    if world.random.chance(0.3) {
        // Alike names: the same initial, found by trying.
        for _ in 0..150 {
            let twin = &world.persons[first as usize];
            let other = world.words.forename(
                community.as_str(),
                letter(sex),
                born.year(),
                &mut world.random,
            );
            if other.chars().next() == initial && other != twin.forename {
                let name = other.to_owned();
                let second = &mut world.persons[second as usize];
                (second.forename, second.known_as) = (name, String::new());
                second.named_after = None;
                break;
            }
        }
    }
    world.persons[second as usize].surnames = world.persons[first as usize].surnames.clone();
    world.persons[second as usize].twin_of = Some(first);
    vec![first, second]
}

/// A grandmother who lives with the family: the mother of one of the couple.
fn grandmother(world: &mut World<'_>, origin: Origin, members: &mut Vec<u32>) {
    let child = members[usize::from(world.random.chance(0.5))];
    if world.persons[child as usize].mother.is_some() {
        return;
    }
    let years = i32::from(world.age(child, origin.today)) + world.random.between(20, 35);
    let elder = adult(world, origin, Sex::Female, years.min(95), None);
    let born = world.persons[child as usize].born;
    let name = world.persons[child as usize].surnames[0].1.clone();
    if !matches!(origin.community, Community::Muslim | Community::Somali | Community::Iberian) {
        world.rename(elder, name, plus_days(born, -300));
    }
    world.persons[child as usize].mother = Some(elder);
    world.states[elder as usize].children.push(child);
    members.push(elder);
}

/// An adult of this age, to be the partner of another perhaps; if elder couples of the community
/// have children yet to appear, perhaps one of theirs.
fn adult(world: &mut World<'_>, origin: Origin, sex: Sex, years: i32, partner: Option<u32>) -> u32 {
    let born = birthday(world, origin.today, years.min(103));
    let mut parents = (None, None);
    if years < 60 && world.random.chance(0.6) {
        let start = world.elders.len().saturating_sub(60);
        let found = (start..world.elders.len()).find(|&at| {
            let (mother, father) = world.elders[at];
            let fits = |parent: Option<u32>, span: std::ops::RangeInclusive<i16>| {
                parent.is_none_or(|parent| {
                    let parent = &world.persons[parent as usize];
                    parent.community == origin.community && span.contains(&parent.age(born))
                })
            };
            // Another of theirs is no partner, and is not born within the same year.
            let children =
                mother.or(father).map_or(&[][..], |parent| &world.states[parent as usize].children);
            let room = children.len() < 6
                && children.iter().all(|&other| {
                    let apart = days_between(world.persons[other as usize].born, born);
                    partner != Some(other) && apart.abs() > 365
                });
            room && fits(mother, 18..=42) && fits(father, 18..=55)
        });
        if let Some(at) = found {
            parents = world.elders[at];
            if world.random.chance(0.5) {
                world.elders.remove(at);
            }
        }
    }
    world.newcomer(Birth { community: origin.community, sex, born, parents, need: origin.need })
}

/// A day of birth of somebody of this age today.
fn birthday(world: &mut World<'_>, today: Date, years: i32) -> Date {
    let day = plus_days(today, -world.random.between(1, 364));
    plus_years(day, -i16::try_from(years).unwrap_or(0))
}

pub(crate) fn any_sex(random: &mut Random) -> Sex {
    if random.chance(0.51) { Sex::Male } else { Sex::Female }
}

fn letter(sex: Sex) -> char {
    match sex {
        Sex::Female => 'f',
        Sex::Male => 'm',
    }
}
