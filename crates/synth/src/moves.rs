//! Who moves, within the town and out of it, and who goes where nobody keeps house.

use jiff::civil::Date;

use crate::family::{parental_home, rescue};
use crate::life::{monthly, some_day};
use crate::random::number;
use crate::town::{HomeKind, Sex, Tenure, plus_days};
use crate::world::{Place, World};

impl World<'_> {
    /// The household of the sharers of a house, a new one if the house stands empty.
    pub(crate) fn sharers(&mut self, dwelling: u32, day: Date) -> u32 {
        let living = self.sharing.get(&dwelling).copied();
        if let Some(living) = living.filter(|&h| !self.households[h as usize].members.is_empty()) {
            return living;
        }
        let household = self.household(dwelling, Tenure::Rented, day);
        self.sharing.insert(dwelling, household);
        household
    }
}

/// What the month brings one person, as to where they live.
pub(crate) fn pass(world: &mut World<'_>, person: u32, age: i16, first: Date) {
    let Place::Home(household) = world.states[person as usize].place else { return };
    let need = world.persons[person as usize].need;
    if age >= 78 && monthly(world, 0.006 * f64::from(age - 77)) {
        let at = world.random.place(world.ground.care_homes.len());
        return go(world, person, Stay::Communal(world.ground.care_homes[at], None), first);
    }
    let dwelling = world.households[household as usize].dwelling;
    let kind = world.ground.dwellings[dwelling as usize].kind;
    match kind {
        HomeKind::Shared | HomeKind::Bedsit if age >= 18 && monthly(world, 0.4) => {
            let stay = if world.random.chance(0.4) { Stay::Elsewhere } else { Stay::OwnHome };
            return go(world, person, stay, first);
        }
        HomeKind::Private => {}
        _ => return,
    }
    if (18..31).contains(&age) && lives_with_parent(world, person, household) {
        if monthly(world, 0.13) {
            let stay = match world.random.weighted(&[0.2, 0.26, 0.24, 0.22, 0.08]) {
                0 => Stay::OwnHome,
                1 => Stay::Elsewhere,
                2 => Stay::Shared,
                3 => Stay::Bedsit,
                _ => {
                    let hall = world.random.place(world.ground.halls.len());
                    let until = plus_days(first, world.random.between(250, 1000));
                    Stay::Communal(world.ground.halls[hall], Some(until))
                }
            };
            go(world, person, stay, first);
        }
        return;
    }
    let man = world.persons[person as usize].sex == Sex::Male;
    let prison = if man { 0.012 } else { 0.001 };
    if (18..55).contains(&age) && need > 0.45 && monthly(world, prison) {
        let until = plus_days(first, world.random.between(90, 600));
        return go(world, person, Stay::Communal(world.ground.prison, Some(until)), first);
    }
    if world.households[household as usize].members.first() == Some(&person) && age >= 18 {
        household_moves(world, household, need, first);
    }
}

/// What the month brings a household, thrown for its first member.
fn household_moves(world: &mut World<'_>, household: u32, need: f64, first: Date) {
    let members = world.households[household as usize].members.clone();
    if members.iter().any(|&member| !world.is_free(member)) {
        return;
    }
    let tenure = world.households[household as usize].tenure;
    let moving = match tenure {
        Tenure::Owned => 0.06,
        Tenure::Rented => 0.3,
        Tenure::Social => 0.075,
    };
    if monthly(world, moving) {
        let day = some_day(world, first);
        let dwelling = world.ground.take_home(world.words);
        world.move_household(household, dwelling, day);
        // Renters buy, or are housed.
        if tenure == Tenure::Rented && world.random.chance(0.25) {
            let owned = world.random.chance(0.7 - 0.6 * need);
            world.households[household as usize].tenure =
                if owned { Tenure::Owned } else { Tenure::Social };
        }
        return;
    }
    let leaving = if members.len() == 1 { 0.055 } else { 0.025 };
    if monthly(world, leaving) {
        let day = some_day(world, first);
        let there = world.ground.elsewhere();
        for member in members {
            crate::family::end_care(world, member, day);
            world.depart(member, Some(there), day);
        }
        return;
    }
    let (minors, _) = world.minors(household, first);
    if tenure != Tenure::Owned && need > 0.35 && monthly(world, 0.07) {
        let day = some_day(world, first);
        if minors.is_empty() {
            if members.len() == 1 {
                world.leave(members[0], day);
                let until = plus_days(day, world.random.between(20, 400));
                world.states[members[0] as usize].until = Some(until);
            }
        } else if let Some(unit) = world.ground.hostels.pop() {
            world.move_household(household, unit, day);
            let until = plus_days(day, world.random.between(60, 300));
            world.states[members[0] as usize].until = Some(until);
        }
    }
}

fn lives_with_parent(world: &World<'_>, person: u32, household: u32) -> bool {
    let members = &world.households[household as usize].members;
    let who = &world.persons[person as usize];
    [who.mother, who.father].into_iter().flatten().any(|parent| members.contains(&parent))
}

/// Where one goes.
#[derive(Clone, Copy)]
enum Stay {
    OwnHome,
    Shared,
    Bedsit,
    Elsewhere,
    Communal(u32, Option<Date>),
}

/// One person leaves a household for another place.
fn go(world: &mut World<'_>, person: u32, stay: Stay, first: Date) {
    let day = some_day(world, first);
    let left = world.home(person);
    let followers = match stay {
        Stay::Communal(..) => Vec::new(),
        _ => own_children(world, person, day),
    };
    match stay {
        Stay::Elsewhere => {
            world.unpair(person, day);
            let there = world.ground.elsewhere();
            for one in std::iter::once(person).chain(followers.iter().copied()) {
                crate::family::end_care(world, one, day);
                world.depart(one, Some(there), day);
            }
        }
        Stay::Communal(establishment, until) => {
            world.end_second(person, day);
            world.admit(person, establishment, day);
            world.states[person as usize].until = until;
        }
        Stay::Bedsit if !world.ground.bedsits.is_empty() => {
            let room = world.ground.bedsits.pop().unwrap_or_default();
            let household = world.household(room, Tenure::Rented, day);
            world.join(person, household, day);
        }
        Stay::Shared if !world.ground.shared.is_empty() => {
            let at = world.random.place(world.ground.shared.len());
            let dwelling = world.ground.shared[at];
            let household = world.sharers(dwelling, day);
            if world.home(person) != Some(household) {
                world.join(person, household, day);
            }
        }
        _ => {
            let dwelling = world.ground.take_home(world.words);
            let household = world.household(dwelling, Tenure::Rented, day);
            world.join(person, household, day);
        }
    }
    if let Some(home) = world.home(person).filter(|&home| left != Some(home)) {
        for child in followers {
            world.join(child, home, day);
        }
    }
    if let Some(household) = left {
        rescue(world, household, day);
    }
}

/// The children who go where this parent goes: those at home whose other parent is not there.
fn own_children(world: &World<'_>, parent: u32, day: Date) -> Vec<u32> {
    let home = world.home(parent);
    let follows = |child: &u32| {
        let who = &world.persons[*child as usize];
        let mut others = [who.mother, who.father].into_iter().flatten().filter(|&p| p != parent);
        home.is_some()
            && world.home(*child) == home
            && who.age(day) < 18
            && !others.any(|other| world.home(other) == home)
    };
    world.states[parent as usize].children.iter().copied().filter(follows).collect()
}

/// Brings those whose stay is over to a home: out of prison, out of the hostel, off the sofa.
pub(crate) fn rehouse(world: &mut World<'_>, first: Date) {
    for person in 0..number(world.persons.len()) {
        let over = world.states[person as usize].until.is_some_and(|until| until < first);
        let busy = |world: &World<'_>, household: u32| {
            let members = &world.households[household as usize].members;
            members.iter().any(|&member| !world.is_free(member))
        };
        let settled = world.home(person).is_none_or(|household| !busy(world, household));
        if !over || !settled || !world.is_free(person) {
            continue;
        }
        world.states[person as usize].until = None;
        let day = some_day(world, first);
        match world.states[person as usize].place {
            Place::Home(household) => {
                let dwelling = world.households[household as usize].dwelling;
                let kind = world.ground.dwellings[dwelling as usize].kind;
                if matches!(kind, HomeKind::Hostel | HomeKind::Refuge) {
                    let home = world.ground.take_home(world.words);
                    world.move_household(household, home, day);
                    world.households[household as usize].tenure = Tenure::Social;
                }
            }
            Place::Gone => {}
            Place::Communal | Place::Nowhere => {
                let partner = world.states[person as usize].partner.map(|(partner, _)| partner);
                let with = partner.and_then(|partner| world.home(partner));
                match with.or_else(|| parental_home(world, person)) {
                    Some(home) => world.join(person, home, day),
                    None if world.age(person, first) < 18 => {
                        world.states[person as usize].until = Some(plus_days(first, 200));
                    }
                    None => go(world, person, Stay::Bedsit, first),
                }
            }
        }
    }
}
