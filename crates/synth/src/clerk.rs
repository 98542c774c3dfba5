//! An agency's clerk: what gets written down of a person, as known on a day.
//!
//! Most of what differs between agencies is not error but age: a clerk knows the name and the
//! address of the day of the last contact. Slips come on top, at the rate of the clerk's habits.

use jiff::civil::Date;

use crate::address;
use crate::extract::DateStyle;
use crate::misspell::{digit_slip, particle, plain, slip, variant};
use crate::naming::called;
use crate::random::{Random, whole};
use crate::settings::Settings;
use crate::town::{Community, Person, Sex, plus_days};
use crate::view::View;
use crate::words::Words;

/// How an agency keeps its records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// The mean years since the last news of a person.
    pub(crate) staleness: f64,
    /// The share of those who died or left who are still on the books.
    pub(crate) ghosts: f64,
    /// A factor on slips of every kind.
    pub(crate) slips: f64,
    /// How often the name of the birth certificate is used where people are called otherwise.
    pub(crate) formal: f64,
    /// How often middle names are written.
    pub(crate) middle: f64,
    /// How often the date of birth is missing, and how often it is a default.
    pub(crate) no_birth: f64,
    pub(crate) default_birth: f64,
    /// How often the telephone is known.
    pub(crate) phone: f64,
    /// How often the property reference number is known.
    pub(crate) uprn: f64,
    /// Whether names are in capitals.
    pub(crate) capitals: bool,
    /// Whether accents are lost.
    pub(crate) plain: bool,
    /// How dates are written.
    pub(crate) dates: DateStyle,
}

impl Habits {
    /// A middling agency.
    pub(crate) const USUAL: Habits = Habits {
        staleness: 1.6,
        ghosts: 0.4,
        slips: 1.0,
        formal: 0.75,
        middle: 0.5,
        no_birth: 0.01,
        default_birth: 0.004,
        phone: 0.6,
        uprn: 0.0,
        capitals: false,
        plain: true,
        dates: DateStyle::Iso,
    };
}

/// What is written down of a person. Anything may be empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) forename: String,
    pub(crate) middle: String,
    pub(crate) known_as: String,
    pub(crate) surname: String,
    pub(crate) former: String,
    /// `M`, `F` or nothing.
    pub(crate) sex: &'static str,
    pub(crate) born: String,
    pub(crate) address: address::Written,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) nhs: String,
    /// The day of the last news, and in the agency's style.
    pub(crate) day: Date,
    pub(crate) day_text: String,
}

impl Seen {
    /// Forename and surname in one.
    pub(crate) fn full(&self) -> String {
        joined(&[&self.forename, &self.middle, &self.surname], " ")
    }
}

/// The parts that are not empty, with something between them.
pub(crate) fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// One who writes records for an agency.
#[derive(Clone, Copy)]
pub(crate) struct Clerk<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) words: &'a Words,
    pub(crate) settings: &'a Settings,
    pub(crate) habits: Habits,
    pub(crate) as_at: Date,
}

impl Clerk<'_> {
    /// The day of the last news of a person; none if the agency has no record of them any more.
    pub(crate) fn news(&self, person: u32, random: &mut Random) -> Option<Date> {
        let presence = self.view.presence(person)?;
        if self.as_at < presence.from {
            return None;
        }
        let back = whole(random.exponential(self.habits.staleness * 365.25));
        if let Some(to) = presence.to.filter(|&to| to <= self.as_at) {
            let kept = random.chance(self.habits.ghosts);
            return kept.then(|| plus_days(to, -1 - back / 4).max(presence.from));
        }
        let day = plus_days(self.as_at, -back);
        if day >= presence.from {
            return Some(day);
        }
        // Somebody newer than that: some day since they came.
        let since = crate::town::days_between(presence.from, self.as_at);
        Some(plus_days(presence.from, random.between(0, since)))
    }

    /// What is written down of a person on a day.
    pub(crate) fn see(&self, person: u32, day: Date, random: &mut Random) -> Seen {
        let day = self.view.nearest(person, day).unwrap_or(day);
        let who = &self.view.town.persons[person as usize];
        let Habits { dates, middle, .. } = self.habits;
        let mut seen = Seen { day, sex: self.sex(who, random), ..Seen::default() };
        seen.day_text = dates.write((day.year(), day.month(), day.day()));
        self.forename(who, &mut seen, random);
        seen.surname = self.surname(person, day, random);
        if random.chance(middle) {
            seen.middle.clone_from(&who.middle_name);
            if random.chance(0.3) {
                seen.middle = seen.middle.chars().take(1).collect();
            }
            seen.middle = self.slipped(&seen.middle, 0.01, random);
        }
        if who.surnames.len() > 1 && who.surnames[0].1 != seen.surname {
            seen.former.clone_from(&who.surnames[0].1);
        }
        seen.born = self.born(person, who, random);
        seen.address = self.address(person, day, random);
        self.contact(person, &mut seen, random);
        seen.nhs = self.nhs_number(who, random);
        self.swap(who, &mut seen, random);
        for name in [
            &mut seen.forename,
            &mut seen.middle,
            &mut seen.known_as,
            &mut seen.surname,
            &mut seen.former,
        ] {
            if self.habits.plain && !name.is_ascii() {
                *name = plain(name);
            }
            if self.habits.capitals {
                *name = name.to_uppercase();
            }
        }
        seen
    }

    /// How often something goes wrong here that goes wrong so often on the whole.
    pub(crate) fn rate(&self, rate: f64) -> f64 {
        (rate * self.settings.noise * self.habits.slips).min(0.9)
    }

    fn slipped(&self, word: &str, rate: f64, random: &mut Random) -> String {
        if random.chance(self.rate(rate)) { slip(word, random) } else { word.to_owned() }
    }

    fn forename(&self, who: &Person, seen: &mut Seen, random: &mut Random) {
        let formal = who.known_as.is_empty() || random.chance(self.habits.formal);
        let name = if formal { who.forename.as_str() } else { called(who) };
        let nickname = !formal || !who.known_as.is_empty() || random.chance(0.94);
        seen.forename = if nickname {
            name.to_owned()
        } else {
            // Somebody here calls them what others do not.
            self.words.nicknames(name).first().map_or(name, String::as_str).to_owned()
        };
        if formal {
            seen.known_as.clone_from(&who.known_as);
        }
        let spelling = if seen.forename.starts_with("Moham") || seen.forename.starts_with("Muham") {
            0.25
        } else {
            0.02
        };
        if random.chance(self.rate(spelling))
            && let Some(other) = variant(self.words, &seen.forename, random)
        {
            seen.forename = other;
        }
        seen.forename = self.slipped(&seen.forename, 0.016, random);
        if random.chance(self.rate(0.006)) {
            seen.forename = seen.forename.chars().take(1).collect();
        } else if random.chance(self.rate(0.001)) {
            seen.forename.clear();
        }
    }

    fn surname(&self, person: u32, day: Date, random: &mut Random) -> String {
        let who = &self.view.town.persons[person as usize];
        let mut name = who.surname(day).to_owned();
        // Some are known here by the name before or after.
        if who.surnames.len() > 1 && random.chance(0.05) {
            name.clone_from(&random.pick(&who.surnames).1);
        }
        // A child is given the name of the parent who brings it.
        if who.age(day) < 16
            && let Some(mother) = who.mother
            && random.chance(0.04 * self.settings.noise)
        {
            self.view.town.persons[mother as usize].surname(day).clone_into(&mut name);
        }
        if let Some((first, second)) = name.split_once(['-', ' ']) {
            match random.weighted(&[0.66, 0.12, 0.1, 0.12]) {
                1 => name = first.to_owned(),
                2 => name = second.to_owned(),
                3 => name = format!("{first} {second}"),
                _ => {}
            }
        }
        if random.chance(self.rate(0.3)) {
            name = particle(&name, random);
        }
        if random.chance(self.rate(0.015))
            && let Some(other) = variant(self.words, &name, random)
        {
            name = other;
        }
        self.slipped(&name, 0.02, random)
    }

    fn sex(&self, who: &Person, random: &mut Random) -> &'static str {
        let wrong = random.chance(self.rate(0.004));
        if random.chance(self.rate(0.01)) {
            return "";
        }
        if (who.sex == Sex::Male) == wrong { "F" } else { "M" }
    }

    /// The date of birth in the agency's style.
    fn born(&self, person: u32, who: &Person, random: &mut Random) -> String {
        let Habits { no_birth, default_birth, dates, .. } = self.habits;
        let noise = self.settings.noise;
        if random.chance(self.settings.missing_birth_share.unwrap_or(no_birth * noise)) {
            return String::new();
        }
        if random.chance(default_birth * noise) {
            return dates.write((1900, 1, 1));
        }
        let (mut year, mut month, mut day) = (who.born.year(), who.born.month(), who.born.day());
        // Those who came as refugees were all given the first of January.
        let refugee = matches!(who.community, Community::Somali | Community::Muslim);
        if refugee
            && year < 1995
            && person.is_multiple_of(if who.community == Community::Somali { 2 } else { 11 })
        {
            (month, day) = (1, 1);
        }
        if random.chance(self.rate(0.022)) {
            match random.weighted(&[30.0, 25.0, 13.0, 17.0, 5.0, 10.0]) {
                0 if day <= 12 => (month, day) = (day, month),
                0 | 1 => {
                    let digit = if random.chance(0.5) { 1 } else { 10 };
                    day = if day + digit > 28 { day - digit.min(day - 1) } else { day + digit };
                }
                2 => month = month % 12 + 1,
                3 => year += if random.chance(0.5) { 1 } else { -1 },
                4 => year += if random.chance(0.5) { 10 } else { -10 },
                _ => (month, day) = (1, 1),
            }
            // Only a day that there is, and that is not to come.
            day = day.min(28);
            if year > self.as_at.year() || (year == self.as_at.year() && month > self.as_at.month())
            {
                year = who.born.year();
                (month, day) = (who.born.month(), who.born.day());
            }
        }
        dates.write((year, month, day))
    }

    fn address(&self, person: u32, day: Date, random: &mut Random) -> address::Written {
        let town = self.view.town;
        let stays = town.residencies_of(person);
        // A child with two homes is known here at the one or the other.
        let other = stays.iter().find(|r| !r.main && r.holds(day));
        let home = other.filter(|_| random.chance(0.3)).or_else(|| town.home(person, day));
        let Some(home) = home else { return address::Written::no_fixed_abode() };
        let slips = address::Slips { rate: self.rate(1.0), uprn: self.habits.uprn };
        address::write(town, home.dwelling, &slips, random)
    }

    fn contact(&self, person: u32, seen: &mut Seen, random: &mut Random) {
        let town = self.view.town;
        let who = &town.persons[person as usize];
        let day = seen.day;
        let wanted = random.chance(self.habits.phone);
        // A child's telephone is the mother's or the father's.
        let parent = who.mother.filter(|_| random.chance(0.8)).or(who.father);
        let owner = if who.age(day) < 16 { parent.unwrap_or(person) } else { person };
        let owner = &town.persons[owner as usize];
        let mobile = owner.phones.iter().rev().find(|(since, _)| *since <= day);
        let household = self.view.household(person, day);
        let landline = household.map_or("", |h| &*town.households[h as usize].landline);
        let phone = match mobile {
            Some((_, mobile)) if landline.is_empty() || random.chance(0.75) => mobile,
            _ => landline,
        };
        if wanted {
            let phone = if random.chance(self.rate(0.006)) {
                "00000000000".to_owned()
            } else if random.chance(self.rate(0.008)) {
                digit_slip(phone, random)
            } else {
                phone.to_owned()
            };
            seen.phone = telephone(&phone, random);
            if random.chance(0.5) && who.age(day) >= 16 {
                seen.email.clone_from(&who.email);
            }
        }
    }

    fn nhs_number(&self, who: &Person, random: &mut Random) -> String {
        if random.chance(self.rate(0.002)) {
            return (*random.pick(&["0000000000", "9999999999", "1111111111"])).to_owned();
        }
        if random.chance(self.rate(0.003)) {
            return digit_slip(&who.nhs_number, random);
        }
        who.nhs_number.to_string()
    }

    /// Names in each other's boxes.
    fn swap(&self, who: &Person, seen: &mut Seen, random: &mut Random) {
        let usual = if who.community == Community::Chinese { 0.08 } else { 0.004 };
        if random.chance(self.rate(usual)) {
            std::mem::swap(&mut seen.forename, &mut seen.surname);
        }
    }
}

/// A telephone number as one clerk or another writes it.
fn telephone(number: &str, random: &mut Random) -> String {
    let Some((code, rest)) = number.split_once(' ') else { return number.to_owned() };
    match random.weighted(&[40.0, 40.0, 8.0, 8.0, 4.0]) {
        0 => format!("{code}{rest}"),
        1 => number.to_owned(),
        2 => format!("+44{}{rest}", &code[1..]),
        3 => format!("({code}) {rest}"),
        _ => format!("{code} {} {}", &rest[..3], &rest[3..]),
    }
}
