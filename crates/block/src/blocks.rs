//! The blocks of one rule: records that share a key.

use std::ops::Range;

use rayon::prelude::*;
use record::Lists;
use xxhash_rust::xxh3::xxh3_64;

/// The blocks of a rule that hold two records or more.
pub(crate) struct Blocks {
    /// Of each the key, ascending.
    pub(crate) keys: Vec<u64>,
    pub(crate) records: Lists<u32>,
}

/// Records whose keys are listed by one thread.
const RECORDS: usize = 1 << 14;

impl Blocks {
    /// Those of records with these keys. What is in `entries` is written over: it takes so much room
    /// that it is better had once for many rules.
    pub(crate) fn of(keys: &Lists<u64>, entries: &mut Vec<(u64, u32)>) -> Blocks {
        entries.clear();
        entries.resize(keys.items().len(), (0, 0));
        let mut rest = entries.as_mut_slice();
        let of_some = (0..keys.len()).step_by(RECORDS).map(|first| {
            let records = first..keys.len().min(first + RECORDS);
            let n = keys.range(records.end - 1).end - keys.range(first).start;
            let (own, others) = std::mem::take(&mut rest).split_at_mut(n);
            rest = others;
            (records, own)
        });
        let of_some: Vec<(Range<usize>, &mut [_])> = of_some.collect();
        of_some.into_par_iter().for_each(|(records, entries)| {
            let all = records.flat_map(|record| {
                let number = u32::try_from(record).expect("fewer than 2^32 records");
                keys.get(record).iter().map(move |&key| (key, number))
            });
            entries.iter_mut().zip(all).for_each(|(entry, made)| *entry = made);
        });
        entries.par_sort_unstable();
        let parts: Vec<Blocks> =
            stretches(entries).into_par_iter().map(Blocks::of_sorted).collect();
        let n_blocks = parts.iter().map(|part| part.keys.len()).sum();
        let n_records = parts.iter().map(|part| part.records.items().len()).sum();
        let mut blocks = Blocks {
            keys: Vec::with_capacity(n_blocks),
            records: Lists::with_room(n_blocks, n_records),
        };
        for part in parts {
            blocks.keys.extend(part.keys);
            blocks.records.append(&part.records);
        }
        blocks
    }

    /// Those of sorted keys of records.
    pub(crate) fn of_sorted(entries: &[(u64, u32)]) -> Blocks {
        let shared = || entries.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1);
        let (n_blocks, n_records) =
            shared().fold((0, 0), |(blocks, records), block| (blocks + 1, records + block.len()));
        let mut blocks = Blocks {
            keys: Vec::with_capacity(n_blocks),
            records: Lists::with_room(n_blocks, n_records),
        };
        for block in shared() {
            blocks.keys.push(block[0].0);
            blocks.records.push(block.iter().map(|&(_, record)| record));
        }
        blocks
    }

    /// Leaves out the blocks above a size.
    pub(crate) fn leave_out(&mut self, size: u64) {
        if self.records.iter().all(|records| records.len() as u64 <= size) {
            return;
        }
        let mut kept = Blocks { keys: Vec::new(), records: Lists::default() };
        let blocks = self.keys.iter().zip(self.records.iter());
        for (&key, records) in blocks.filter(|(_, records)| records.len() as u64 <= size) {
            kept.keys.push(key);
            kept.records.push(records.iter().copied());
        }
        *self = kept;
    }

    /// The key and the number of records of each block above a size, by key.
    pub(crate) fn above(&self, size: u32) -> impl Iterator<Item = (u64, u64)> {
        let sizes = self.records.iter().map(|records| records.len() as u64);
        self.keys.iter().copied().zip(sizes).filter(move |&(_, n)| n > u64::from(size))
    }
}

/// Sorted keys of records, cut into stretches where one key ends and another begins.
fn stretches(mut entries: &[(u64, u32)]) -> Vec<&[(u64, u32)]> {
    let mut stretches = Vec::new();
    while !entries.is_empty() {
        let mut n = entries.len().min(RECORDS);
        while n < entries.len() && entries[n].0 == entries[n - 1].0 {
            n += 1;
        }
        let (stretch, rest) = entries.split_at(n);
        stretches.push(stretch);
        entries = rest;
    }
    stretches
}

/// Replaces each key that is in `large` (sorted) by its combinations with the record's finer
/// keys; a record without a finer key keeps a key for those like it.
pub(crate) fn refine(keys: &Lists<u64>, large: &[u64], finer: &Lists<u64>) -> Lists<u64> {
    let mut refined = Lists::with_capacity(keys.len());
    for (keys, finer) in keys.iter().zip(finer.iter()) {
        let mut list = Vec::with_capacity(keys.len());
        for &key in keys {
            if large.binary_search(&key).is_err() {
                list.push(key);
            } else if finer.is_empty() {
                list.push(mix(key, 0));
            } else {
                list.extend(finer.iter().map(|&finer| mix(key, finer)));
            }
        }
        list.sort_unstable();
        list.dedup();
        refined.push(list);
    }
    refined
}

fn mix(key: u64, finer: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&key.to_le_bytes());
    bytes[8..].copy_from_slice(&finer.to_le_bytes());
    xxh3_64(&bytes)
}
