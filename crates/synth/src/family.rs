//! How families come together and apart.

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::RelationType;

use crate::founding::wed;
use crate::life::{monthly, some_day};
use crate::random::number;
use crate::town::{HomeKind, Sex, Tenure, plus_days};
use crate::world::{Birth, Place, World};

/// What the month brings one person's family.
pub(crate) fn pass(world: &mut World<'_>, person: u32, age: i16, first: Date) {
    if age < 18 {
        let need = world.persons[person as usize].need;
        if world.states[person as usize].carer.is_some() {
            if monthly(world, 0.3) {
                go_home(world, person, first);
            } else if age < 8 && monthly(world, 0.03) {
                adopt(world, person, first);
            }
        } else if need > 0.5 && monthly(world, 0.02 * need) && world.home(person).is_some() {
            let day = some_day(world, first);
            place(world, person, day);
        }
        return;
    }
    if world.states[person as usize].carer.is_some() && age >= 18 {
        end_care(world, person, first);
    }
    let Some((partner, _)) = world.states[person as usize].partner else { return };
    // Each couple once: by its lower id.
    if partner < person || !world.is_free(partner) {
        return;
    }
    if !world.states[person as usize].married && monthly(world, 0.07) {
        let day = some_day(world, first);
        for one in [person, partner] {
            world.states[one as usize].married = true;
            world.states[one as usize].changed = world.month;
        }
        let (bride, groom) = if world.persons[person as usize].sex == Sex::Female {
            (person, partner)
        } else {
            (partner, person)
        };
        wed(world, bride, groom, day);
    } else if age < 65 && monthly(world, 0.022) {
        separate(world, person, partner, first);
    }
}

/// A couple parts: one goes, and children may have two homes from then on.
fn separate(world: &mut World<'_>, person: u32, partner: u32, first: Date) {
    let Some(household) = world.home(person) else { return };
    if world.home(partner) != Some(household) {
        return;
    }
    let day = some_day(world, first);
    let married = world.states[person as usize].married;
    world.unpair(person, day);
    world.relate(person.min(partner), RelationType::FormerPartner, person.max(partner), day);
    let (woman, man) = if world.persons[person as usize].sex == Sex::Female {
        (person, partner)
    } else {
        (partner, person)
    };
    if married && world.random.chance(0.3) {
        let maiden = world.persons[woman as usize].surnames[0].1.clone();
        let since = plus_days(day, world.random.between(60, 300));
        world.rename(woman, maiden, since);
    }
    let members = world.households[household as usize].members.clone();
    let hers: Vec<u32> = minor_children(world, woman, &members, day);
    // Some flee: mother and children to the refuge, which nobody is told.
    let flees = world.persons[woman as usize].need > 0.4 && world.random.chance(0.45);
    if flees && let Some(unit) = world.ground.refuges.pop() {
        let refuge = world.household(unit, Tenure::Social, day);
        for one in std::iter::once(woman).chain(hers) {
            world.join(one, refuge, day);
        }
        world.states[woman as usize].until = Some(plus_days(day, world.random.between(60, 200)));
        return;
    }
    let leaver = if world.random.chance(0.78) { man } else { woman };
    match world.random.weighted(&[0.55, 0.25, 0.2]) {
        0 => {
            let dwelling = world.ground.take_home(world.words);
            let tenure = if world.random.chance(0.7) { Tenure::Rented } else { Tenure::Social };
            let new = world.household(dwelling, tenure, day);
            world.join(leaver, new, day);
        }
        1 => match parental_home(world, leaver) {
            Some(home) => world.join(leaver, home, day),
            None => nowhere(world, leaver, day),
        },
        _ => {
            let there = world.ground.elsewhere();
            world.depart(leaver, Some(there), day);
        }
    }
    let Some(theirs) = world.home(leaver) else { return };
    let stay = if leaver == man { woman } else { man };
    let shared = |world: &World<'_>, child: u32| {
        let child = &world.persons[child as usize];
        child.father == Some(man) || (leaver == woman && child.mother == Some(woman))
    };
    let with_leaver = leaver == woman && world.random.chance(0.7);
    for child in minor_children(world, stay, &members, day).into_iter().chain(hers) {
        if !world.is_free(child) || !shared(world, child) {
            continue;
        }
        let of_both = world.persons[child as usize].father == Some(man)
            && world.persons[child as usize].mother == Some(woman);
        if with_leaver {
            world.join(child, theirs, day);
        }
        let other = if with_leaver { household } else { theirs };
        if of_both && world.random.chance(0.4) {
            world.share(child, other, day);
        }
    }
}

fn minor_children(world: &World<'_>, parent: u32, members: &[u32], day: Date) -> Vec<u32> {
    let children = &world.states[parent as usize].children;
    let minor = |child: &&u32| members.contains(*child) && world.age(**child, day) < 18;
    children.iter().filter(minor).copied().collect()
}

/// The household of a parent, if it is another than the person's own.
pub(crate) fn parental_home(world: &World<'_>, person: u32) -> Option<u32> {
    let parents = &world.persons[person as usize];
    [parents.mother, parents.father]
        .into_iter()
        .flatten()
        .filter_map(|parent| world.home(parent))
        .find(|&home| {
            let dwelling = world.households[home as usize].dwelling;
            let kind = world.ground.dwellings[dwelling as usize].kind;
            kind == HomeKind::Private && world.home(person) != Some(home)
        })
}

/// Leaves somebody without a home.
fn nowhere(world: &mut World<'_>, person: u32, day: Date) {
    world.leave(person, day);
    world.states[person as usize].until = Some(plus_days(day, world.random.between(20, 200)));
}

/// Those who live alone meet: some form couples, and one moves in with the other.
pub(crate) fn meet(world: &mut World<'_>, first: Date) {
    let mut seekers = Vec::new();
    for person in 0..number(world.persons.len()) {
        let single = world.states[person as usize].partner.is_none()
            && world.home(person).is_some()
            && world.is_free(person);
        if single && (19..70).contains(&world.age(person, first)) && monthly(world, 0.12) {
            seekers.push(person);
        }
    }
    // Alike in age and custom, then alternately by sex.
    seekers.sort_by_key(|&person| {
        let who = &world.persons[person as usize];
        (who.community, who.born.year() / 6, person)
    });
    let mut waiting: Option<u32> = None;
    for person in seekers {
        match waiting {
            Some(other) if suits(world, other, person) => {
                unite(world, other, person, first);
                waiting = None;
            }
            _ => waiting = Some(person),
        }
    }
}

fn suits(world: &World<'_>, one: u32, other: u32) -> bool {
    let (first, second) = (&world.persons[one as usize], &world.persons[other as usize]);
    let kin = [first.mother, first.father, Some(one)];
    let alike = (first.born.year() - second.born.year()).abs() < 10;
    let related = (first.mother.is_some() && first.mother == second.mother)
        || (first.father.is_some() && first.father == second.father)
        || kin.contains(&second.mother)
        || kin.contains(&second.father)
        || first.mother == Some(other)
        || first.father == Some(other);
    let sexes = first.sex != second.sex || (one + other).is_multiple_of(25);
    alike && !related && sexes && world.home(one) != world.home(other)
}

/// Two become a couple; one moves to the other, with any children, or both to a new home.
fn unite(world: &mut World<'_>, one: u32, other: u32, first: Date) {
    let day = some_day(world, first);
    let (Some(mine), Some(yours)) = (world.home(one), world.home(other)) else { return };
    world.pair(one, other, false, day);
    let own = |world: &World<'_>, person: u32, home: u32| {
        // A home to stay in: private, and not the parents'.
        let household = &world.households[home as usize];
        let kind = world.ground.dwellings[household.dwelling as usize].kind;
        let elder = [world.persons[person as usize].mother, world.persons[person as usize].father];
        kind == HomeKind::Private
            && !household.members.iter().any(|member| elder.contains(&Some(*member)))
    };
    let with_children = |world: &World<'_>, person: u32, home: u32| {
        let members = &world.households[home as usize].members;
        let mut group = vec![person];
        group.extend(minor_children(world, person, members, day));
        group
    };
    let (host, guest) = match (own(world, one, mine), own(world, other, yours)) {
        (true, _) => (Some(mine), other),
        (false, true) => (Some(yours), one),
        (false, false) => (None, other),
    };
    let home = host.unwrap_or_else(|| {
        let dwelling = world.ground.take_home(world.words);
        let home = world.household(dwelling, Tenure::Rented, day);
        for mover in with_children(world, one, mine) {
            world.join(mover, home, day);
        }
        home
    });
    let left = if guest == one { mine } else { yours };
    for mover in with_children(world, guest, left) {
        world.join(mover, home, day);
    }
    for left in [mine, yours] {
        if left != home {
            rescue(world, left, day);
        }
    }
    for (parent, partner) in [(one, other), (other, one)] {
        let members = world.households[home as usize].members.clone();
        for child in minor_children(world, parent, &members, day) {
            let parents =
                [world.persons[child as usize].mother, world.persons[child as usize].father];
            if !parents.contains(&Some(partner)) {
                world.relate(child, RelationType::StepParent, partner, day);
                if world.random.chance(0.06) {
                    // Some take the name of the new family.
                    let surname = world.persons[partner as usize].surname(day).to_owned();
                    world.rename(child, surname, plus_days(day, 60));
                }
            }
        }
    }
}

/// Places a child in care: with foster carers if there are any, otherwise in a children's home.
fn place(world: &mut World<'_>, child: u32, day: Date) {
    let siblings = match world.home(child) {
        Some(home) if world.random.chance(0.6) => world.minors(home, day).0,
        _ => vec![child],
    };
    let carers = find_carers(world);
    world.end_second(child, day);
    for one in siblings {
        if !world.is_free(one) || world.states[one as usize].carer.is_some() {
            continue;
        }
        world.end_second(one, day);
        match carers {
            Some((home, carer)) if world.age(child, day) < 15 || world.random.chance(0.6) => {
                world.join(one, home, day);
                let edge = world.relate(one, RelationType::FosterCarer, carer, day);
                world.states[one as usize].carer = Some(edge);
            }
            _ => {
                let at = world.random.place(world.ground.childrens_homes.len());
                let home = world.ground.childrens_homes[at];
                world.admit(one, home, day);
                let until = plus_days(day, world.random.between(100, 700));
                world.states[one as usize].until = Some(until);
            }
        }
    }
}

/// A household that fosters and has room, and its carer.
fn find_carers(world: &mut World<'_>) -> Option<(u32, u32)> {
    for _ in 0..400 {
        let at = world.random.place(world.households.len());
        let household = &world.households[at];
        let carer = household.members.first().copied().filter(|_| household.fosters);
        if let Some(carer) = carer
            && household.members.len() < 5
            && world.age(carer, world.settings.run_date) > 27
        {
            return Some((number(at), carer));
        }
    }
    None
}

/// Ends a stay with foster carers, on paper.
pub(crate) fn end_care(world: &mut World<'_>, child: u32, day: Date) {
    if let Some(edge) = world.states[child as usize].carer.take() {
        world.relationships[edge as usize].to = Some(day);
    }
}

/// A child in care goes back to a parent.
fn go_home(world: &mut World<'_>, child: u32, first: Date) {
    let Some(home) = parental_home(world, child) else { return };
    let day = some_day(world, first);
    end_care(world, child, day);
    world.join(child, home, day);
}

/// A child in care is adopted: another family, another name, another number. Nothing connects
/// the two identities, and they count as two persons.
fn adopt(world: &mut World<'_>, child: u32, first: Date) {
    let day = some_day(world, first);
    for _ in 0..100 {
        let at = world.random.place(world.households.len());
        let members = world.households[at].members.clone();
        let [one, other] = members[..] else { continue };
        let couple = world.states[one as usize].partner.is_some_and(|(p, _)| p == other);
        let of_age = members.iter().all(|&p| (28..50).contains(&world.age(p, day)));
        if !couple || !of_age || !world.is_free(one) {
            continue;
        }
        let of = |sex| members.iter().copied().find(|&p| world.persons[p as usize].sex == sex);
        let (Some(mother), Some(father)) = (of(Sex::Female), of(Sex::Male)) else { continue };
        let (sex, born) = (world.persons[child as usize].sex, world.persons[child as usize].born);
        let community = world.persons[father as usize].community;
        let new = world.newcomer(Birth {
            community,
            sex,
            born,
            parents: (Some(mother), Some(father)),
            need: 0.1,
        });
        if world.random.chance(0.6) {
            let kept = world.persons[child as usize].forename.clone();
            world.persons[new as usize].forename = kept;
        }
        world.persons[new as usize].formerly = Some(child);
        world.persons[child as usize].became = Some(new);
        end_care(world, child, day);
        world.depart(child, None, day);
        world.join(new, number(at), day);
        return;
    }
}

/// Sees to the children of a household that has lost its last adult.
pub(crate) fn rescue(world: &mut World<'_>, household: u32, day: Date) {
    let (minors, adult) = world.minors(household, day);
    if adult {
        return;
    }
    for child in minors {
        world.states[child as usize].changed = 0;
        end_care(world, child, day);
        match parental_home(world, child) {
            Some(home) => world.join(child, home, day),
            None => place(world, child, day),
        }
    }
}

/// Gives the founders' lone mothers' children fathers who live in the town, where there are
/// men to be them; some children live with both.
pub(crate) fn absent_fathers(world: &mut World<'_>, day: Date) {
    let mut men: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for person in 0..number(world.persons.len()) {
        let (who, state) = (&world.persons[person as usize], &world.states[person as usize]);
        let lone = state.partner.is_none()
            && state.children.is_empty()
            && world.home(person).is_some_and(|h| world.households[h as usize].members.len() == 1);
        if who.sex == Sex::Male && lone && (20..60).contains(&who.age(day)) {
            men.entry(who.community).or_default().push(person);
        }
    }
    for mother in 0..number(world.persons.len()) {
        let children: Vec<u32> = world.states[mother as usize]
            .children
            .iter()
            .copied()
            .filter(|&child| world.persons[child as usize].father.is_none())
            .filter(|&child| world.age(child, day) < 18 && world.home(child) == world.home(mother))
            .collect();
        if children.is_empty() || !world.random.chance(0.6) {
            continue;
        }
        let who = &world.persons[mother as usize];
        let Some(men) = men.get_mut(&who.community) else { continue };
        let eldest = world.persons[children[0] as usize].born;
        let near = |&man: &u32| {
            let man = &world.persons[man as usize];
            (man.born.year() - who.born.year()).abs() < 9 && man.age(eldest) > 16
        };
        let Some(at) = men.iter().position(near) else { continue };
        let father = men.swap_remove(at);
        let surname = world.persons[father as usize].surname(day).to_owned();
        let named = world.random.chance(0.6);
        let both = world.random.chance(0.4);
        let since = world.persons[children[0] as usize].born;
        let edge = world.relate(
            mother.min(father),
            RelationType::Partner,
            mother.max(father),
            plus_days(since, -400),
        );
        let parted = plus_days(day, -400).max(plus_days(since, 20));
        world.relationships[edge as usize].to = Some(parted);
        world.relate(mother.min(father), RelationType::FormerPartner, mother.max(father), parted);
        for child in children {
            world.persons[child as usize].father = Some(father);
            world.states[father as usize].children.push(child);
            if named {
                world.persons[child as usize].surnames[0].1.clone_from(&surname);
            }
            if let Some(home) = world.home(father).filter(|_| both) {
                world.share(child, home, day);
            }
        }
    }
}

/// Writes down, at the end, what follows from who bore whom: parents, grandparents, brothers
/// and sisters, twins. An adopted child's former kin is that of the former identity alone.
pub(crate) fn kinship(world: &mut World<'_>) {
    for id in 0..number(world.persons.len()) {
        let (person, born) = (&world.persons[id as usize], world.persons[id as usize].born);
        let parents =
            [(RelationType::Mother, person.mother), (RelationType::Father, person.father)];
        let twin_of = person.twin_of;
        let mut siblings = Vec::new();
        for (is, parent) in parents {
            let Some(parent) = parent else { continue };
            world.relate(id, is, parent, born);
            let elder = &world.persons[parent as usize];
            for grandparent in [elder.mother, elder.father].into_iter().flatten() {
                world.relate(id, RelationType::Grandparent, grandparent, born);
            }
            let older = world.states[parent as usize].children.iter();
            siblings.extend(older.copied().filter(|&other| other < id));
        }
        siblings.sort_unstable();
        siblings.dedup();
        for sibling in siblings {
            let twin = twin_of == Some(sibling);
            let is = if twin { RelationType::Twin } else { RelationType::Sibling };
            world.relate(sibling, is, id, born.max(world.persons[sibling as usize].born));
        }
    }
    debug_assert!(
        world.states.iter().all(|state| state.place != Place::Gone || state.second.is_none())
    );
}
