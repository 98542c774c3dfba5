//! What an earlier night's snapshot gave its ids to, as far as it is there still.

use std::path::Path;

use record::{Date, NONE, Records};
use snapshot::{Event, EventRow, Follows, Snapshot};

use crate::carry::Shared;
use crate::error::Error;
use crate::ids::Id;
use crate::link::Linked;
use crate::memory::Counted;

/// The snapshot of an earlier night.
pub(crate) struct Earlier {
    /// With what is shielded, if that is there.
    whole: Snapshot,
    /// What anybody may read.
    open: Snapshot,
}

/// A household of the earlier night.
#[derive(Clone, Copy)]
struct Household {
    id: Id,
    address: Id,
    from: Option<Date>,
    to: Option<Date>,
}

/// A household of this night.
pub(crate) struct Now<'a> {
    /// For each household the id of its address.
    pub(crate) addresses: &'a [Id],
    /// The persons and the households they are or were in, sorted.
    pub(crate) members: &'a [(u32, u32)],
}

impl Earlier {
    /// The latest snapshot of an earlier day in this folder, if there is one that can be read; and
    /// what is to be said of it.
    ///
    /// # Errors
    ///
    /// If it is damaged: to go on without it would be to give everybody another id.
    pub(crate) fn find(
        parent: &Path,
        run_date: Date,
    ) -> Result<(Option<Earlier>, Option<String>), Error> {
        let find = || snapshot::earlier(parent, run_date);
        let failed = |source| Error::Earlier { source };
        let open = match find() {
            Err(snapshot::Error::OtherFormat { path, .. }) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let note = format!("`{name}` has another format, and no id was kept from it");
                return Ok((None, Some(note)));
            }
            found => found.map_err(failed)?,
        };
        let (Some(open), Some(again), Some(whole)) =
            (open, find().map_err(failed)?, find().map_err(failed)?)
        else {
            return Ok((None, None));
        };
        Ok(match whole.with_shielded() {
            Ok(whole) => (Some(Earlier { whole, open }), None),
            Err(_) => (
                Some(Earlier { whole: again, open }),
                Some(
                    "what is shielded of the night before is not there, and no id was kept from it"
                        .to_owned(),
                ),
            ),
        })
    }

    /// Which it is.
    pub(crate) fn named(&self) -> Follows {
        let name = self.open.folder().file_name().unwrap_or_default();
        Follows {
            snapshot: name.to_string_lossy().into_owned(),
            manifest_sha256: self.open.run().manifest_sha256.clone(),
        }
    }

    /// What there is of it to keep ids from.
    pub(crate) fn counted(&self) -> Counted {
        let rows = |file: &str| {
            let of_file = self
                .whole
                .manifest()
                .files
                .iter()
                .filter(|(path, _)| path.rsplit('/').next() == Some(file));
            of_file.map(|(_, entry)| usize::try_from(entry.rows).unwrap_or(usize::MAX)).sum()
        };
        Counted {
            earlier_records: rows("records.parquet"),
            earlier_members: rows("memberships.parquet"),
            ..Counted::default()
        }
    }

    /// How many records of each of its persons are in each of these, sorted.
    pub(crate) fn persons(&self, records: &Records, linked: &Linked) -> Result<Vec<Shared>, Error> {
        let person_of = linked.resolved.persons.person_of();
        let at = |record: usize| {
            let source = records.sources[records.source[record].index()].name.as_str();
            (source, &records.key[record])
        };
        let mut shared = Vec::with_capacity(self.counted().earlier_records);
        // Both are in the order of sources and keys, but for what is shielded, which comes after.
        let mut next = 0;
        let mut last: Option<(String, String)> = None;
        self.whole.each_record(|row| {
            let Some(old) = Id::parse(row.person_id) else { return };
            let wanted = (row.source, row.key);
            if last.as_ref().is_some_and(|(source, key)| wanted < (source, key)) {
                next = 0;
            }
            while next < records.len() && at(next) < wanted {
                next += 1;
            }
            let is_there = next < records.len() && at(next) == wanted;
            shared.push(Shared {
                old,
                new: if is_there { person_of[next] } else { NONE },
                much: 1,
            });
            let (source, key) = last.get_or_insert_default();
            row.source.clone_into(source);
            row.key.clone_into(key);
        })?;
        Ok(counted(shared))
    }

    /// How many members of each of its households are in each of these at the same address, sorted; of
    /// equals those from or until the same day share more. `persons` is where those of the earlier
    /// night went.
    pub(crate) fn households(
        &self,
        persons: &[Shared],
        now: &Now<'_>,
        period: impl Fn(u32) -> record::Period,
    ) -> Result<Vec<Shared>, Error> {
        let mut earlier: Vec<Household> = Vec::new();
        self.whole.each_household(|row| {
            let ids = Id::parse(row.household_id).zip(Id::parse(row.address_id));
            let (from, to) = (row.from, row.to);
            earlier.extend(ids.map(|(id, address)| Household { id, address, from, to }));
        })?;
        earlier.sort_unstable_by_key(|household| household.id);
        let most = most(persons);
        let mut members: Vec<(Id, u32, u32)> = Vec::new();
        self.whole.each_membership(|row| {
            let Some((household, person)) =
                Id::parse(row.household_id).zip(Id::parse(row.person_id))
            else {
                return;
            };
            let Ok(household) = earlier.binary_search_by_key(&household, |earlier| earlier.id)
            else {
                return;
            };
            let Ok(person) = most.binary_search_by_key(&person, |(old, _)| *old) else { return };
            let Household { id, address, .. } = earlier[household];
            let person = most[person].1;
            let start = now.members.partition_point(|member| member.0 < person);
            let theirs = now.members[start..].iter().take_while(|member| member.0 == person);
            let there = theirs.filter(|member| now.addresses[member.1 as usize] == address);
            members.extend(there.map(|member| (id, member.1, person)));
        })?;
        members.sort_unstable();
        members.dedup();
        let shared = members.into_iter().map(|(old, new, _)| Shared { old, new, much: 1 });
        let mut shared = counted(shared.collect());
        for shared in &mut shared {
            let at = earlier.binary_search_by_key(&shared.old, |earlier| earlier.id);
            let was = earlier[at.expect("it is one of them")];
            let is = period(shared.new);
            shared.much =
                4 * shared.much + 2 * u32::from(was.from == is.from) + u32::from(was.to == is.to);
        }
        // Of the others nothing is left, as far as anybody may read of them.
        self.open.each_household(|row| {
            let old = Id::parse(row.household_id);
            shared.extend(old.map(|old| Shared { old, new: NONE, much: 1 }));
        })?;
        shared.sort_unstable();
        Ok(shared)
    }

    /// What became of ids before: all but that they were new.
    pub(crate) fn events(&self) -> Result<Vec<EventRow>, Error> {
        let mut events = self.open.events()?;
        events.retain(|event| event.event != Event::Created);
        Ok(events)
    }
}

/// Equal ones as one, sorted.
fn counted(mut shared: Vec<Shared>) -> Vec<Shared> {
    shared.sort_unstable();
    shared.dedup_by(|other, one| {
        let same = (one.old, one.new) == (other.old, other.new);
        one.much += if same { other.much } else { 0 };
        same
    });
    shared.shrink_to_fit();
    shared
}

/// The person in whom most of each earlier one's records are, of equals the first; by the earlier id.
fn most(persons: &[Shared]) -> Vec<(Id, u32)> {
    let by_old = persons.chunk_by(|a, b| a.old == b.old);
    let most = by_old.filter_map(|of_old| {
        let there = of_old.iter().filter(|shared| shared.new != NONE);
        let most = there.max_by_key(|shared| (shared.much, std::cmp::Reverse(shared.new)))?;
        Some((most.old, most.new))
    });
    most.collect()
}
