//! Reads people from text, and writes their households as text.

use record::{
    Address, AddressKind, Column, Date, Declared, Dictionary, Field, Lists, NONE, Normalised,
    Origin, PartialDate, Period, RecordId, Records, RelationType, Residence, Side, Source,
    SourceId, Values,
};
use resolve::Persons;

use crate::{Basis, Birth, Config, HouseholdKind, Households, households};

pub(super) const RUN_DATE: Date = Date::constant(2024, 6, 15);

const SOURCES: [(&str, Side); 5] = [
    ("gp", Side::Both),
    ("housing", Side::Adult),
    ("school", Side::Child),
    ("social", Side::Child),
    ("tax", Side::Adult),
];

/// People of a town, one record a line, or one relationship a line:
///
/// ```text
/// ann  1985-02-03  smith  12  2024-05-01  tax  from=2019-09-01
/// max: mother ann
/// ```
///
/// A record is name, birth, surname, address, last sighting and source, `-` where not known,
/// then perhaps `from=`, `to=`, `phone=`, `named=` in the row of another, `line=` of the extract, and
/// `birth=expected` or `birth=told`. Records of one name are one person. An address is `12` (a house), `12/3` (flat 3 of it), `12/?` (flat missing), `@1` (only
/// the postcode, which has houses 10 to 19), or a word and perhaps a building: `care:30`.
pub(super) struct Town {
    pub(super) names: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) records: Records,
    pub(super) normalised: Normalised,
    pub(super) persons: Persons,
    births: Vec<Birth>,
}

struct Line<'a> {
    source: u16,
    words: Vec<&'a str>,
    origin: Origin,
}

impl<'a> Line<'a> {
    fn option(&self, name: &str) -> Option<&'a str> {
        self.words[6..].iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}

impl Town {
    pub(super) fn parse(text: &str) -> Town {
        let text: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let (said, written): (Vec<&str>, Vec<&str>) =
            text.iter().copied().partition(|line| line.contains(": "));
        let mut lines: Vec<Line<'_>> =
            (1..).zip(written).map(|(n, line)| read_line(n, line)).collect();
        lines.sort_by_key(|line| line.source);

        let word =
            |at: usize| lines.iter().map(|line| line.words[at].to_owned()).collect::<Vec<_>>();
        let (name, born, surname, address) = (word(0), word(1), word(2), word(3));
        let phone = |line: &Line<'_>| line.option("phone").unwrap_or("-").to_owned();
        let phone: Vec<String> = lines.iter().map(phone).collect();
        let names = Dictionary::of(name.clone());
        let labels: Vec<u32> = name.iter().map(|name| names.find(name).unwrap()).collect();
        let persons = Persons::from_labels(&labels);
        let record_of = |name: &str| {
            let at = lines.iter().position(|line| line.words[0] == name).unwrap();
            RecordId(u32::try_from(at).unwrap())
        };
        let mut declared: Vec<Declared> = said
            .iter()
            .map(|line| {
                let words: Vec<&str> = line.split([':', ' ']).filter(|w| !w.is_empty()).collect();
                let is = RelationType::parse(words[1]).unwrap();
                {
                    let (subject, other) = (record_of(words[0]), record_of(words[2]));
                    Declared { subject, is, other, period: Period::default() }
                }
            })
            .collect();
        declared.sort_unstable();

        let addresses = text_column("address", &address);
        let Values::Text(address_words) = &addresses.values else { unreachable!() };
        let parsed = address_words.iter().map(parse_address).collect();
        let date = |word: Option<&str>| word.and_then(PartialDate::parse);
        let residences = lines.iter().zip(addresses.lists.iter()).map(|(line, ids)| {
            let residence = |&address: &u32| Residence {
                address,
                from: date(line.option("from")),
                to: date(line.option("to")),
                seen: date(Some(line.words[4])),
            };
            ids.iter().map(residence).collect::<Vec<_>>()
        });
        let residences = residences.collect();
        let births = text_column("date_of_birth", &born);
        let Values::Text(birth_words) = &births.values else { unreachable!() };
        let births = Column {
            values: Values::Dates(birth_words.iter().map(|w| date(Some(w)).unwrap()).collect()),
            ..births
        };
        let mut person_names = vec![String::new(); persons.len()];
        for (record, &person) in persons.person_of().iter().enumerate() {
            person_names[person as usize].clone_from(&name[record]);
        }
        let records = Records {
            roster: Vec::new(),
            sources: SOURCES.iter().map(|&(name, side)| source(name, side)).collect(),
            source: lines.iter().map(|line| SourceId(line.source)).collect(),
            key: (0..lines.len()).map(|n| format!("{n:04}")).collect(),
            origin: lines.iter().map(|line| line.origin).collect(),
            is_subject: lines.iter().map(|line| line.option("named").is_none()).collect(),
            declared,
            ..Records::default()
        };
        Town {
            names: person_names,
            addresses: address_words.iter().map(str::to_owned).collect(),
            normalised: Normalised {
                n_records: records.len(),
                sources: vec![],
                source: vec![],
                columns: vec![
                    Column {
                        values: Values::Addresses(parsed, address_words.clone()),
                        ..addresses
                    },
                    births,
                    text_column("phone", &phone),
                    text_column("surname", &surname),
                ],
                residences,
                refused: vec![],
            },
            births: lines.iter().map(|line| birth(line.option("birth"))).collect(),
            records,
            persons,
        }
    }

    pub(super) fn households(&self) -> Households {
        households(
            &self.records,
            &self.normalised,
            &self.persons,
            &self.births,
            &Config::at(RUN_DATE),
        )
    }

    /// Households as `12: ann max(with mother) | 14: bob`, then reasons as `| no_address: cat`.
    pub(super) fn show(&self) -> String {
        let found = self.households();
        let mut lines: Vec<String> = Vec::new();
        for (number, household) in (0..).zip(&found.households) {
            let mut members: Vec<String> = found
                .memberships
                .iter()
                .filter(|m| m.household == number)
                .map(|m| match m.basis {
                    Basis::Stated => self.names[m.person as usize].clone(),
                    basis => format!("{}({})", self.names[m.person as usize], basis.as_str()),
                })
                .collect();
            members.sort();
            let kind = if household.kind == HouseholdKind::Shared { " shared" } else { "" };
            let address = &self.addresses[household.address as usize];
            lines.push(format!("{address}{kind}: {}", members.join(" ")));
        }
        lines.sort();
        let mut reasons: Vec<String> = found
            .unhoused
            .iter()
            .zip(&self.names)
            .filter_map(|(reason, name)| Some(format!("{}: {name}", reason.as_ref()?.as_str())))
            .collect();
        reasons.sort();
        lines.extend(reasons);
        lines.join(" | ")
    }

    /// Households of any time, as `12 2019-09-01..: ann 2019-09-01.. bob 2019-09-01..2020-01-01`.
    pub(super) fn show_past(&self) -> String {
        let found = self.households();
        let day = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let span = |period: Period| format!("{}..{}", day(period.from), day(period.to));
        let now = found.memberships.iter().map(|m| (m.household, m.person, m.period));
        let past = found.past_memberships.iter().map(|m| (m.household, m.person, m.period));
        let times: Vec<(u32, u32, Period)> = now.chain(past).collect();
        let households = found.households.iter().chain(&found.past_households);
        let mut lines: Vec<String> = (0..)
            .zip(households)
            .map(|(number, household)| {
                let times = times.iter().filter(|time| time.0 == number);
                let mut members: Vec<String> = times
                    .map(|(_, person, period)| {
                        format!("{} {}", self.names[*person as usize], span(*period))
                    })
                    .collect();
                members.sort();
                let address = &self.addresses[household.address as usize];
                format!("{address} {}: {}", span(household.period), members.join(" "))
            })
            .collect();
        lines.sort();
        lines.join(" | ")
    }

    /// A person's spells as `12 2019-09-01..2023-01-01 ended`.
    pub(super) fn show_spells(&self, name: &str) -> String {
        let found = self.households();
        let person = self.names.iter().position(|other| other == name).unwrap();
        let day = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let spells = found.spells.get(person).iter().map(|spell| {
            let address = &self.addresses[spell.address as usize];
            let (from, to) = (day(spell.period.from), day(spell.period.to));
            let basis = format!("{:?}", spell.basis).to_lowercase();
            format!("{address} {from}..{to} {basis} {}", spell.share)
        });
        spells.collect::<Vec<_>>().join(" | ")
    }
}

fn read_line(number: u32, line: &str) -> Line<'_> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let source = SOURCES.iter().position(|(name, _)| *name == words[5]).unwrap();
    let mut line = Line {
        source: u16::try_from(source).unwrap(),
        words,
        origin: Origin { file: u32::try_from(source).unwrap(), line: 1000 + number },
    };
    if let Some(row) = line.option("line") {
        line.origin.line = row.parse().unwrap();
    }
    line
}

fn birth(word: Option<&str>) -> Birth {
    match word {
        Some("expected") => Birth::Expected,
        Some("told") => Birth::Told,
        _ => Birth::Untold,
    }
}

fn source(name: &str, side: Side) -> Source {
    let text = || name.to_owned();
    Source {
        name: text(),
        agency: text(),
        system: text(),
        side,
        agreement: text(),
        as_at: None,
        unique: false,
    }
}

fn text_column(field: &str, words: &[String]) -> Column {
    let dictionary = Dictionary::of(words.iter().filter(|word| *word != "-").collect());
    let lists = words.iter().map(|word| dictionary.find(word).into_iter().collect::<Vec<_>>());
    Column {
        field: Field::standard(field).unwrap(),
        lists: lists.collect(),
        values: Values::Text(dictionary),
    }
}

fn parse_address(text: &str) -> Address {
    let (kind, rest) = match text.split_once(':').unwrap_or(("", text)) {
        ("care", rest) => (AddressKind::Communal, rest),
        ("hostel", rest) => (AddressKind::Hostel, rest),
        ("refuge", rest) => (AddressKind::Refuge, rest),
        ("office", rest) => (AddressKind::Office, rest),
        ("care-of", rest) => (AddressKind::CareOf, rest),
        (_, "box") => (AddressKind::PoBox, ""),
        (_, "nfa") => (AddressKind::NoFixedAbode, ""),
        (_, rest) => (AddressKind::Home, rest),
    };
    let known = Address { kind, ..Address::UNKNOWN };
    if let Some(postcode) = rest.strip_prefix('@') {
        return Address { postcode: postcode.parse().unwrap(), area: 0, ..known };
    }
    let (building, unit) = rest.split_once('/').unwrap_or((rest, ""));
    let Ok(building) = building.parse::<u32>() else { return known };
    let dwelling = match unit {
        "?" => NONE,
        "" => building * 100,
        unit => building * 100 + unit.parse::<u32>().unwrap(),
    };
    Address { dwelling, building, postcode: building / 10, district: 0, area: 0, ..known }
}

/// The empty town has neither columns nor records.
pub(super) fn nobody() -> Households {
    let normalised = Normalised {
        n_records: 0,
        sources: vec![],
        source: vec![],
        columns: vec![],
        residences: Lists::default(),
        refused: vec![],
    };
    households(
        &Records::default(),
        &normalised,
        &Persons::from_labels(&[]),
        &[],
        &Config::at(RUN_DATE),
    )
}
