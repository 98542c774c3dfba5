//! How much memory a run may use, how much it will need, and how much it has used.
//!
//! What is found never depends on it: a run that is allowed less than it would like puts away on disk
//! what no stage looks at for a while, and finds the same; one that is allowed too little for that
//! ends before the work, and says what would do.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use record::Records;

use crate::error::Error;

/// An amount of memory in bytes, written like `8GiB` or `500 MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// Why a text is no amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount of memory is a number and a unit, such as `8GiB` or `500MB`")]
pub struct NotBytes;

const UNITS: [(&str, u64); 9] = [
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

impl FromStr for Bytes {
    type Err = NotBytes;

    fn from_str(text: &str) -> Result<Bytes, NotBytes> {
        let end = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(NotBytes)?;
        let (number, unit) = text.split_at(end);
        let unit = unit.to_ascii_lowercase();
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(NotBytes)?;
        let number: f64 = number.trim().parse().map_err(|_| NotBytes)?;
        #[expect(clippy::cast_precision_loss, reason = "an amount of memory need not be exact")]
        let bytes = number * *size as f64;
        if !(1.0..1e18).contains(&bytes) {
            return Err(NotBytes);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is from 1 to 10^18"
        )]
        let bytes = bytes as u64;
        Ok(Bytes(bytes))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "two places are shown")]
        let mib = self.0 as f64 / f64::from(1 << 20);
        if mib < 1024.0 { write!(f, "{mib:.0} MiB") } else { write!(f, "{:.2} GiB", mib / 1024.0) }
    }
}

/// What a run may use unless it is told: three quarters of what the machine, or the control group
/// that it runs in, allows. `None` where the system does not tell.
#[must_use]
pub fn allowed() -> Option<Bytes> {
    machine(Path::new("/")).map(|all| Bytes(all / 4 * 3))
}

/// The least that anything sets for this process, given where the file systems of the machine are.
fn machine(root: &Path) -> Option<u64> {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let total = read("proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        kibibytes(line)
    });
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().flat_map(|line| {
        // A line is `number:controllers:path`; of version 2 there is one, without controllers.
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next().unwrap_or(""), parts.next().unwrap_or("/"));
        let (folder, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            of if of.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => return Vec::new(),
        };
        // Any group around a group may set less. In a container its own group may be the root.
        let groups = Path::new(path.trim_start_matches('/')).ancestors();
        let limits = groups.filter_map(|group| {
            let text = fs::read_to_string(root.join(folder).join(group).join(file)).ok()?;
            text.trim().parse::<u64>().ok()
        });
        limits.collect()
    });
    limits.chain(total).min()
}

/// The most memory this process has held at once, where the system tells.
pub(crate) fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    kibibytes(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?)
}

fn kibibytes(text: &str) -> Option<u64> {
    let kib: u64 = text.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// How a run over some records is to go, given the memory that it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reckoned {
    /// What it is reckoned to need at its peak.
    pub(crate) needed: Bytes,
    /// Whether it puts away on disk what no stage looks at for a while.
    pub(crate) spills: bool,
    /// Whether there is room for what only saves time: sketches of the records.
    pub(crate) sketches: bool,
}

/// What is counted of records to reckon with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) records: usize,
    pub(crate) fields: usize,
    pub(crate) values: usize,
    pub(crate) residences: usize,
    /// The records of the night before whose ids are kept, and the members of its households.
    pub(crate) earlier_records: usize,
    pub(crate) earlier_members: usize,
}

/// How a run over so many records is to go, held against a truth or not; what it needs at the least if
/// that is more than is allowed.
pub(crate) fn reckon(
    counted: &Counted,
    has_truth: bool,
    allowed: Option<Bytes>,
) -> Result<Reckoned, Bytes> {
    let fits = |needed: Bytes| allowed.is_none_or(|allowed| needed <= allowed);
    let [all, spilling, least] =
        [&IN_MEMORY, &SPILLING, &LEAST].map(|costs| costs.of(counted, has_truth));
    if fits(all) {
        Ok(Reckoned { needed: all, spills: false, sketches: true })
    } else if fits(spilling) {
        Ok(Reckoned { needed: spilling, spills: true, sketches: true })
    } else if fits(least) {
        Ok(Reckoned { needed: least, spills: true, sketches: false })
    } else {
        Err(least)
    }
}

/// What a run over these records is reckoned to need that puts nothing away.
pub(crate) fn needed(records: &Records) -> Bytes {
    let values = records.columns.iter().map(|column| column.lists.items().len());
    let counted = Counted {
        records: records.len(),
        fields: records.columns.len(),
        values: values.sum(),
        residences: records.residences.items().len(),
        ..Counted::default()
    };
    IN_MEMORY.of(&counted, false)
}

impl Reckoned {
    /// The same once the links are counted: of persons who are in very many rows there are more than of
    /// others, and then the report, which goes through all links, takes most. What a run needs for
    /// them if that is more than is allowed.
    pub(crate) fn with_links(
        self,
        n_records: usize,
        n_links: usize,
        allowed: Option<Bytes>,
    ) -> Result<Reckoned, Bytes> {
        let sum = OF_LINKS.record * n_records + OF_LINKS.link * n_links;
        let needed = self.needed.max(Bytes(A_RUN + sum as u64));
        let fits = allowed.is_none_or(|allowed| needed <= allowed);
        if fits { Ok(Reckoned { needed, ..self }) } else { Err(needed) }
    }
}

/// The error of a run that may use too little.
pub(crate) fn too_little(records: u64, needed: Bytes, allowed: Option<Bytes>) -> Error {
    Error::Memory { records, needed, allowed: allowed.unwrap_or(needed) }
}

/// What there is to count takes, in bytes: the most that any stage takes, its own temporary tables and
/// what the allocator keeps among them.
struct Costs {
    /// A record's key, blocks, links and place in persons and households.
    record: usize,
    /// What it takes more to hold a record's persons and households against the true ones.
    true_record: usize,
    /// What a field takes of every record, filled or not.
    cell: usize,
    /// A value that a record has, its share of the distinct values included.
    value: usize,
    /// A statement of where somebody lived.
    residence: usize,
}

impl Costs {
    fn of(&self, counted: &Counted, has_truth: bool) -> Bytes {
        let truth = if has_truth { self.true_record } else { 0 };
        let sum = (self.record + truth + self.cell * counted.fields) * counted.records
            + self.value * counted.values
            + self.residence * counted.residences
            + EARLIER_RECORD * counted.earlier_records
            + EARLIER_MEMBER * counted.earlier_members;
        Bytes(A_RUN + sum as u64)
    }
}

// Measured on invented towns of 125,000 and a million records with the rules and comparisons that are
// chosen when a plan names none; docs/performance.md says how.

/// What every run takes: the program itself, its threads, and tables of bounded size.
const A_RUN: u64 = 148 << 20;
/// Where there is memory enough.
const IN_MEMORY: Costs = Costs { record: 360, true_record: 120, cell: 4, value: 24, residence: 40 };
/// Where what no stage looks at is put away.
const SPILLING: Costs = Costs { record: 230, true_record: 120, cell: 4, value: 16, residence: 40 };
/// Where records have no sketches either.
const LEAST: Costs = Costs { record: 114, ..SPILLING };

/// What keeping ids takes: of each record of the night before, to whom it went.
const EARLIER_RECORD: usize = 28;
/// Of each member of its households, with the ids of both and what became of them.
const EARLIER_MEMBER: usize = 60;

/// What is there to count takes where the links take most.
struct LinkCosts {
    record: usize,
    link: usize,
}

const OF_LINKS: LinkCosts = LinkCosts { record: 30, link: 64 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_number_and_a_unit() {
        let cases = [
            ("8GiB", Some(8 << 30)),
            ("500 MB", Some(500_000_000)),
            ("1.5gib", Some(3 << 29)),
            ("4096B", Some(4096)),
            ("2 TiB", Some(2 << 40)),
            ("8", None),
            ("GiB", None),
            ("", None),
            ("-1GiB", None),
            ("0MB", None),
            ("nanGiB", None),
            ("8GiBs", None),
            ("9999999TiB", None),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse().ok(), expected.map(Bytes), "{text}");
        }
        assert_eq!(Bytes(800 << 20).to_string(), "800 MiB");
        assert_eq!(Bytes(3 << 29).to_string(), "1.50 GiB");
    }

    #[test]
    fn the_least_that_is_set_is_what_the_machine_allows() {
        let check = |files: &[(&str, &str)], expected: Option<u64>| {
            let root = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            assert_eq!(machine(root.path()), expected, "{files:?}");
        };
        check(&[], None);
        let total = ("proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\n");
        check(&[total], Some(1000 * 1024));
        let second = ("proc/self/cgroup", "0::/a/b\n");
        check(&[total, second], Some(1000 * 1024));
        check(&[total, second, ("sys/fs/cgroup/a/b/memory.max", "max\n")], Some(1000 * 1024));
        check(&[total, second, ("sys/fs/cgroup/a/memory.max", "4096\n")], Some(4096));
        check(&[second, ("sys/fs/cgroup/memory.max", "5000\n")], Some(5000));
        let first = ("proc/self/cgroup", "5:cpu,memory:/job\n3:cpuset:/job\n");
        let none = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        check(&[total, first, none], Some(1000 * 1024));
        let some = ("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "8192\n");
        check(&[total, first, none, some], Some(8192));
    }

    #[test]
    fn links_count_where_there_are_very_many() {
        let reckoned = Reckoned { needed: Bytes(A_RUN + 1000), spills: false, sketches: true };
        assert_eq!(reckoned.with_links(10, 3, Some(reckoned.needed)), Ok(reckoned));
        let more = reckoned.with_links(10, 1000, None).unwrap();
        assert!(reckoned.needed < more.needed);
        assert_eq!(reckoned.with_links(10, 1000, Some(more.needed)), Ok(more));
        let less = Bytes(more.needed.0 - 1);
        assert_eq!(reckoned.with_links(10, 1000, Some(less)), Err(more.needed));
    }

    #[test]
    fn what_keeps_ids_from_the_night_before_counts() {
        let needed = |earlier_records, earlier_members| {
            let counted = Counted { earlier_records, earlier_members, ..Counted::default() };
            reckon(&counted, false, None).unwrap().needed
        };
        assert!(needed(0, 0) < needed(1, 0) && needed(1, 0) < needed(1, 1));
    }

    #[test]
    fn a_run_spills_only_where_it_must_and_is_not_begun_where_that_is_not_enough() {
        let records = |records| Counted { records, ..Counted::default() };
        let none = reckon(&records(0), true, None).unwrap();
        assert_eq!(none, Reckoned { needed: Bytes(A_RUN), spills: false, sketches: true });
        let some = records(1000);
        let all = reckon(&some, false, None).unwrap();
        assert!(!all.spills && none.needed < all.needed);
        assert!(all.needed < reckon(&some, true, None).unwrap().needed);
        assert_eq!(reckon(&some, false, Some(all.needed)), Ok(all));
        let less = reckon(&some, false, Some(Bytes(all.needed.0 - 1))).unwrap();
        assert!(less.spills && less.sketches && less.needed < all.needed);
        assert_eq!(reckon(&some, false, Some(less.needed)), Ok(less));
        let least = reckon(&some, false, Some(Bytes(less.needed.0 - 1))).unwrap();
        assert!(least.spills && !least.sketches && least.needed < less.needed);
        assert_eq!(reckon(&some, false, Some(least.needed)), Ok(least));
        let too_little = Some(Bytes(least.needed.0 - 1));
        assert_eq!(reckon(&some, false, too_little), Err(least.needed));
    }
}
