//! The days of which records speak.

use record::{Date, PartialDate, Records};

use crate::link::Linked;
use crate::shield::Shield;

/// The days of which records speak.
pub(crate) struct Seen<'a> {
    pub(crate) records: &'a Records,
    pub(crate) linked: &'a Linked,
    /// Whether the day that its extract is of is one of them.
    pub(crate) extract: bool,
}

impl Seen<'_> {
    /// The first and the last day of which a record speaks.
    pub(crate) fn of(&self, record: usize) -> Option<(Date, Date)> {
        let source = &self.records.sources[self.records.source[record].index()];
        let as_at = source.as_at.filter(|_| self.extract);
        let homes = self.linked.normalised.residences.get(record).iter();
        let homes = homes.flat_map(|home| [home.from, home.seen].into_iter().flatten());
        let days = homes.map(PartialDate::first_day).chain(as_at);
        days.clone().min().zip(days.max())
    }
}

/// The last day up to `until` of which any record of each source speaks that may be told: that on which
/// somebody came to a refuge may not.
pub(crate) fn last_seen(
    records: &Records,
    linked: &Linked,
    shield: &Shield,
    until: Date,
) -> Vec<Option<Date>> {
    let mut last = vec![None; records.sources.len()];
    let seen = Seen { records, linked, extract: false };
    let sources = records.source.iter().enumerate();
    for (record, source) in sources.filter(|&(record, _)| shield.is_open(linked, record)) {
        let day = seen.of(record).map(|(_, day)| day).filter(|&day| day <= until);
        let last: &mut Option<Date> = &mut last[source.index()];
        *last = (*last).max(day);
    }
    last
}
