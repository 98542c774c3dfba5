//! Finds both homes of a child whose parents live apart.

use record::{Date, Lists, RelationType};

use crate::{
    Basis,
    homes::{Home, Stay, usual_address},
    neighbours::Known,
    people::carer_rank,
    statements::{Standing, Statement, at},
};

/// The homes of two parents who live apart, if the child was at both since they do; first that of the
/// nearer, its mother before its father.
///
/// Who has two homes did not move by being seen at the one after the other, so that neither the
/// number of records nor which is newer tells the main one.
pub(crate) fn two_homes(
    home: &Home,
    said: &[Statement],
    relations: &[(u32, RelationType)],
    homes: &[Home],
    statements: &Lists<Statement>,
) -> Option<(Stay, Stay)> {
    if relations.iter().any(|&(_, is)| is == RelationType::FosterCarer) {
        return None;
    }
    let mut parents: Vec<(u8, u32, Stay)> = relations
        .iter()
        .filter(|(_, is)| is_parent(*is))
        .filter_map(|&(parent, is)| {
            Some((carer_rank(is)?, parent, homes[parent as usize].door.ok()?))
        })
        .collect();
    parents.sort_unstable_by_key(|&(rank, parent, _)| (rank, parent));
    parents.dedup_by_key(|&mut (_, _, stay)| stay.place);
    let [(_, _, main), (_, parent, second)] = parents[..] else { return None };
    // Who is with a grandmother now is with neither.
    let is_at = |stay: Stay| home.place == Some(stay.place);
    if !is_at(main) && !is_at(second) {
        return None;
    }
    let since = |parent: u32, stay: Stay| {
        Known::of(statements.get(parent as usize), stay.place).map(|known| known.first)
    };
    // They live apart since the later of the two came to where that parent lives.
    let apart = since(parents[0].1, main)?.max(since(parent, second)?);
    let there = |stay: Stay, basis| {
        let there = at(said, stay.place);
        let was_there = there.iter().any(|s| is_since(s, apart));
        was_there.then(|| Stay { address: usual_address(there), basis, ..stay })
    };
    Some((there(main, Basis::Stated)?, there(second, Basis::SecondHome { parent })?))
}

/// Whether a record has the child there since a day, though another may have it elsewhere later.
fn is_since(s: &Statement, day: Date) -> bool {
    matches!(s.standing, Standing::Open | Standing::Superseded) && day <= s.seen
}

/// Whether this is a parent, by birth or adoption.
pub(crate) fn is_parent(is: RelationType) -> bool {
    matches!(is, RelationType::Mother | RelationType::Father | RelationType::Parent)
}
