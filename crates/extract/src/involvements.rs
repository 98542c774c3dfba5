//! Keeps together what a row says of a source's dealings with a person: who, since when, and what
//! else it states.

use std::cmp::Reverse;

use record::{Lists, NONE, RawInvolvement};

use crate::part::{MappedPerson, Part};

/// The names of the fields that together make an involvement, beside the day last seen.
pub(crate) const INVOLVEMENT_FIELDS: [&str; 5] =
    ["worker", "team", "lead", "involved_from", "involved_to"];

const LEAD: usize = 2;
/// The refusal of what does not tell whether a worker leads.
const NOT_YES_OR_NO: &str = "not yes or no";

/// The form of a value of the field with this place.
pub(crate) fn form(slot: usize, text: &str) -> Result<&str, &'static str> {
    if slot != LEAD {
        return Ok(text);
    }
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" => Ok("yes"),
        "no" | "n" | "false" | "f" | "0" => Ok("no"),
        _ => Err(NOT_YES_OR_NO),
    }
}

/// The first worker goes with the first team, the second with the second, and so on. Who stands
/// in another's row is at least known to the source by that role; so is whoever was seen.
pub(crate) fn push(
    slots: &[Vec<u32>; INVOLVEMENT_FIELDS.len()],
    states: &mut Vec<String>,
    role: &str,
    seen: u32,
    part: &mut Part,
) {
    let stated = |slot: &Vec<u32>| slot.iter().any(|id| *id != NONE);
    let n = slots.iter().filter(|slot| stated(slot)).map(Vec::len).max().unwrap_or(0);
    let role = if role.is_empty() { NONE } else { part.dealings.insert(role) };
    let seen = if seen == NONE { NONE } else { part.dealings.insert(part.places.get(seen)) };
    states.sort_unstable();
    states.dedup();
    let states = if states.is_empty() { NONE } else { part.dealings.insert(&states.join("\n")) };
    if n == 0 && [role, seen, states] == [NONE; 3] {
        return;
    }
    for at in 0..n.max(1) {
        let said = |slot: usize| slots[slot].get(at).copied().unwrap_or(NONE);
        let [worker, team, lead, from, to] = [0, 1, 2, 3, 4].map(said);
        if at == 0 || [worker, team, lead, from, to] != [NONE; 5] {
            let dealing = RawInvolvement { role, worker, team, lead, from, to, seen, states };
            part.involvements.push(dealing);
        }
    }
}

/// What a person's involvements say, by the names of the fields.
pub(crate) fn said<'a>(
    part: &'a Part,
    person: &MappedPerson,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    part.involvements(person).iter().flat_map(|involvement| {
        let RawInvolvement { worker, team, lead, from, to, states, .. } = *involvement;
        let names = INVOLVEMENT_FIELDS.into_iter().chain(["states"]);
        let said = names.zip([worker, team, lead, from, to, states]);
        said.filter(|(_, id)| *id != NONE).map(|(name, id)| (name, part.dealings.get(id)))
    })
}

/// Adds the involvements of a record, given those of the rows that it is made of: of those that differ
/// only in when the person was seen, the last; and the last seen first.
pub(crate) fn push_record(
    lists: &mut Lists<RawInvolvement>,
    stated: impl Iterator<Item = RawInvolvement>,
) {
    let mut list: Vec<RawInvolvement> = stated.collect();
    // No day comes before every day.
    let seen = |involvement: &RawInvolvement| Reverse(involvement.seen.wrapping_add(1));
    let unseen = |involvement: &RawInvolvement| RawInvolvement { seen: NONE, ..*involvement };
    list.sort_unstable_by_key(|involvement| (unseen(involvement), seen(involvement)));
    list.dedup_by_key(|involvement| unseen(involvement));
    list.sort_unstable_by_key(|involvement| (seen(involvement), *involvement));
    lists.push(list);
}
