//! The years before the run date, month by month: births, deaths, and what moves people.

use jiff::civil::Date;

use crate::family;
use crate::founding;
use crate::moves;
use crate::random::number;
use crate::settings::Settings;
use crate::town::{HomeKind, Sex, Tenure, Town, plus_days, plus_years};
use crate::words::Words;
use crate::world::{Place, World};

/// Years that pass before the history, in which the founders' lives come apart as lives do.
const SETTLING_YEARS: i16 = 4;

/// Invents a town: founds it, and lets it live until the run date.
pub(crate) fn live(settings: &Settings) -> Town {
    let words = Words::read();
    let mut world = World::new(&words, settings);
    let months = (i16::from(settings.years) + SETTLING_YEARS) * 12;
    let start = plus_years(settings.run_date, -(months / 12)).first_of_month();
    while world.residents < settings.persons {
        founding::found(&mut world, true, start);
    }
    family::absent_fathers(&mut world, start);
    let mut first = start;
    for _ in 0..months {
        month(&mut world, first);
        first = plus_days(first, 31).first_of_month();
    }
    family::kinship(&mut world);
    world.finish()
}

/// One month, which begins on `first`.
fn month(world: &mut World<'_>, first: Date) {
    world.month += 1;
    for person in 0..number(world.persons.len()) {
        if world.is_free(person) {
            pass(world, person, first);
        }
    }
    family::meet(world, first);
    moves::rehouse(world, first);
    fill(world, first);
}

/// A day of the month, and in it: no two things happen to one person in one month.
pub(crate) fn some_day(world: &mut World<'_>, first: Date) -> Date {
    plus_days(first, world.random.between(0, 27))
}

/// What the month brings one person: a throw for each thing that can happen at that age.
fn pass(world: &mut World<'_>, person: u32, first: Date) {
    let age = world.age(person, first);
    if age < 0 {
        return;
    }
    if monthly(world, mortality(age)) {
        return die(world, person, first);
    }
    if age >= 18 && world.states[person as usize].second.is_some() {
        world.end_second(person, first);
    }
    let woman = world.persons[person as usize].sex == Sex::Female;
    if woman && (16..=45).contains(&age) && monthly(world, fertility(world, person, age)) {
        bear(world, person, first);
        return;
    }
    family::pass(world, person, age, first);
    if world.is_free(person) {
        moves::pass(world, person, age, first);
    }
}

/// Whether something of this yearly rate happens this month.
pub(crate) fn monthly(world: &mut World<'_>, rate: f64) -> bool {
    rate > 0.0 && world.random.chance(rate / 12.0)
}

/// Deaths a year, by age: a table, so that every machine has the same.
fn mortality(age: i16) -> f64 {
    const BY_TENS: [f64; 11] =
        [0.0002, 0.0002, 0.0005, 0.0009, 0.002, 0.004, 0.010, 0.025, 0.075, 0.22, 0.45];
    let ten = usize::try_from(age / 10).unwrap_or(0).min(10);
    let next = BY_TENS[(ten + 1).min(10)];
    let infant = if age == 0 { 0.003 } else { 0.0 };
    infant + BY_TENS[ten] + (next - BY_TENS[ten]) * f64::from(age % 10) / 10.0
}

/// Births a year to a woman of this age.
fn fertility(world: &World<'_>, woman: u32, age: i16) -> f64 {
    let state = &world.states[woman as usize];
    let Some(partner) = state.partner else {
        return if world.home(woman).is_some() && age < 38 { 0.016 } else { 0.0 };
    };
    let together = world.home(woman).is_some() && world.home(woman) == world.home(partner.0);
    // One born within the year is too near.
    let youngest = state.children.last().map(|&child| world.persons[child as usize].born);
    let recent = youngest.is_some_and(|born| world.persons[woman as usize].age(born) + 1 >= age);
    if !together || recent || state.children.len() > 4 {
        return 0.0;
    }
    let wish = match state.children.len() {
        0 => 1.3,
        1 => 1.4,
        2 => 0.5,
        _ => 0.25,
    };
    let peak = 1.0 - f64::from((age - 30).abs()) / 17.0;
    0.15 * wish * peak.max(0.0)
}

/// A birth into the mother's household.
fn bear(world: &mut World<'_>, mother: u32, first: Date) {
    let day = some_day(world, first);
    let partner = world.states[mother as usize].partner.map(|(partner, _)| partner);
    let father = partner.filter(|&p| world.persons[p as usize].sex == Sex::Male);
    let (community, need) = {
        let who = &world.persons[father.unwrap_or(mother) as usize];
        (who.community, world.persons[mother as usize].need)
    };
    let born = founding::birth(world, community, need, (Some(mother), father), day);
    world.states[mother as usize].changed = world.month;
    for child in born {
        match world.home(mother) {
            Some(household) => world.join(child, household, day),
            None => world.states[child as usize].place = Place::Nowhere,
        }
    }
}

fn die(world: &mut World<'_>, person: u32, first: Date) {
    let day = some_day(world, first);
    let home = world.home(person);
    world.persons[person as usize].died = Some(day);
    world.unpair(person, day);
    family::end_care(world, person, day);
    world.depart(person, None, day);
    if let Some(household) = home {
        family::rescue(world, household, day);
    }
}

/// Newcomers, until the town is as large as it should be: first into what stands empty of
/// shared houses, bedsits and halls, then into homes.
fn fill(world: &mut World<'_>, first: Date) {
    let target = world.settings.persons;
    let mut turn = 0;
    while world.residents < target {
        turn += 1;
        let day = some_day(world, first);
        match turn % 4 {
            1 if share_house(world, day) => {}
            2 if take_bedsit(world, day) => {}
            3 if world.random.chance(0.15) => {
                let hall = world.ground.halls[world.random.place(world.ground.halls.len())];
                let student = founding::single(world, 18, 20, day);
                world.admit(student, hall, day);
                let until = plus_days(day, world.random.between(250, 1000));
                world.states[student as usize].until = Some(until);
            }
            _ => founding::found(world, false, day),
        }
    }
}

/// A stranger joins a shared house with a room to spare. Says whether there was one.
fn share_house(world: &mut World<'_>, day: Date) -> bool {
    if world.ground.shared.is_empty() {
        return false;
    }
    let at = world.random.place(world.ground.shared.len());
    let dwelling = world.ground.shared[at];
    let rooms = 3 + dwelling as usize % 4;
    let household = world.sharers(dwelling, day);
    if world.households[household as usize].members.len() >= rooms {
        return false;
    }
    let person = founding::single(world, 18, 29, day);
    world.join(person, household, day);
    true
}

fn take_bedsit(world: &mut World<'_>, day: Date) -> bool {
    let Some(room) = world.ground.bedsits.pop() else { return false };
    debug_assert_eq!(world.ground.dwellings[room as usize].kind, HomeKind::Bedsit);
    let person = founding::single(world, 19, 55, day);
    let household = world.household(room, Tenure::Rented, day);
    world.join(person, household, day);
    true
}
