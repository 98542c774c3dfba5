//! The desk at which an agency's extract is put together, row by row.

use jiff::civil::Date;

use crate::clerk::{Clerk, Habits};
use crate::extract::{Extract, Mention, Paper, Rows, Staff};
use crate::random::{Random, Stream, number};
use crate::settings::{Agency, Settings};
use crate::town::{Town, plus_days};
use crate::view::View;
use crate::words::Words;

/// The names of those who work at agencies, of whom there are few.
const GIVEN: [&str; 4] = ["Amal", "Chris", "Jo", "Pat"];
const FAMILY: [&str; 5] = ["Adeyemi", "Brook", "Castle", "Doyle", "Evans"];

/// An agency at work on its extract.
pub(crate) struct Desk<'a> {
    pub(crate) clerk: Clerk<'a>,
    pub(crate) as_at: Date,
    agency: Agency,
    extract: Extract,
    // Own keys of further persons that are already in the truth.
    known: std::collections::BTreeSet<(u8, u32)>,
}

impl<'a> Desk<'a> {
    /// An empty extract.
    pub(crate) fn open(
        office: &Office<'a>,
        agency: Agency,
        paper: Paper,
        habits: Habits,
    ) -> Desk<'a> {
        let as_at = plus_days(office.settings.run_date, -paper.days_old);
        let habits = Habits { dates: paper.dates, ..habits };
        let Office { view, words, settings } = *office;
        Desk {
            clerk: Clerk { view, words, settings, habits, as_at },
            as_at,
            agency,
            extract: Extract {
                agency,
                header: paper.header,
                rows: Rows::new(paper.header.len()),
                mentions: Vec::new(),
                paper,
                as_at,
            },
            known: std::collections::BTreeSet::new(),
        }
    }

    /// All persons who ever were in the town, in the order of their keys here.
    pub(crate) fn persons(&self) -> Vec<u32> {
        self.order(self.clerk.view.town.persons.len())
    }

    /// All households there ever were, in the order of their keys here.
    pub(crate) fn households(&self) -> Vec<u32> {
        self.order(self.clerk.view.town.households.len())
    }

    fn order(&self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..number(n)).collect();
        order.sort_by_cached_key(|&id| self.number(id));
        order
    }

    /// The number that stands for a person or household in the keys here: no two have the same
    /// below a hundred millions, and neighbours' are far apart.
    pub(crate) fn number(&self, id: u32) -> u64 {
        let shift = (self.agency as u64 + 1) * 1_234_577;
        let Town { persons, households, .. } = self.clerk.view.town;
        let seven_digits = persons.len().max(households.len()) <= 10_000_000;
        let size = if seven_digits { 10_000_000 } else { 100_000_000 };
        (u64::from(id) * 61_803_399 + shift) % size
    }

    /// The throws for one person or household.
    pub(crate) fn random(&self, id: u32) -> Random {
        Random::of(self.clerk.settings.seed, Stream::Source(self.agency as u8), id)
    }

    /// The throws for a further person with a key of their own, wherever they are met.
    pub(crate) fn random_other(&self, id: u32) -> Random {
        Random::of(self.clerk.settings.seed, Stream::Source(self.agency as u8 + 100), id)
    }

    /// The share of people known, as dense as the settings want it.
    pub(crate) fn share(&self, share: f64) -> f64 {
        (share * self.clerk.settings.density).min(1.0)
    }

    /// Adds a row about somebody.
    pub(crate) fn row(&mut self, key: &str, person: u32, cells: &[&str]) {
        match self.extract.paper.staff {
            None => self.extract.rows.push(cells),
            Some(staff) => {
                let dealings = self.dealings(person, staff);
                let dealings = dealings.iter().map(String::as_str);
                self.extract.rows.push(&cells.iter().copied().chain(dealings).collect::<Vec<_>>());
            }
        }
        self.mention(key.to_owned(), person);
    }

    /// Who works with somebody, the team, whether that worker leads for the family, and since when.
    fn dealings(&self, person: u32, staff: Staff) -> [String; 4] {
        let settings = self.clerk.settings;
        let stream = Stream::Source(self.agency as u8 + 200);
        let who = &self.clerk.view.town.persons[person as usize];
        // Brothers and sisters have the same worker.
        let mut random = Random::of(settings.seed, stream, who.mother.unwrap_or(person));
        if random.chance(0.08) {
            // Not allocated to anybody.
            return Default::default();
        }
        let since = plus_days(self.as_at, -random.between(10, 800)).max(who.born);
        let worker = format!("{} {}", random.pick(&GIVEN), random.pick(&FAMILY));
        let team = (*random.pick(staff.teams)).to_owned();
        let lead = staff.yes_no[usize::from(!random.chance(staff.leads))].to_owned();
        let since = self.clerk.habits.dates.write((since.year(), since.month(), since.day()));
        [worker, team, lead, since]
    }

    /// Adds a further row about the record with this key.
    pub(crate) fn more(&mut self, cells: &[&str]) {
        self.extract.rows.push(cells);
    }

    /// Says that the row with this key mentions a further person in this role.
    pub(crate) fn also(&mut self, key: &str, role: &str, person: u32) {
        self.mention(format!("{key}/{role}"), person);
    }

    /// Says that a row mentions a further person in this role who has a key of their own.
    pub(crate) fn also_keyed(&mut self, role: (u8, &str), own_key: &str, person: u32) {
        if self.known.insert((role.0, person)) {
            self.mention(format!("{}/{own_key}", role.1), person);
        }
    }

    fn mention(&mut self, key: String, person: u32) {
        self.extract.mentions.push(Mention { key, person });
    }

    /// The extract, done.
    pub(crate) fn close(mut self) -> Extract {
        self.extract.mentions.sort_unstable();
        self.extract
    }
}

/// What all agencies share.
#[derive(Clone, Copy)]
pub(crate) struct Office<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) words: &'a Words,
    pub(crate) settings: &'a Settings,
}
