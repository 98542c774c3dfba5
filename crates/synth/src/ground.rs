//! The ground the town stands on: streets, dwellings and establishments.

use crate::identifier::{UNITS_OF_AREA, postcode, uprn};
use crate::random::{Random, Stream, number, whole};
use crate::settings::Settings;
use crate::short::Short;
use crate::town::{Dwelling, HomeKind, Street};
use crate::words::Words;

/// The town's own name.
const TOWN: &str = "Quexford";
/// Where its postcodes lie, the next where the one before is full, and those of other places. There
/// are no such areas.
const AREAS: [&str; 10] = ["QX", "QY", "QZ", "QL", "QM", "QN", "QP", "QR", "QS", "QT"];
const AREAS_ELSEWHERE: [&str; 10] = ["QA", "QB", "QC", "QD", "QE", "QF", "QG", "QH", "QJ", "QK"];

/// Streets and dwellings, and which of them are free.
pub(crate) struct Ground {
    pub(crate) streets: Vec<Street>,
    pub(crate) dwellings: Vec<Dwelling>,
    /// Private homes in which nobody lives.
    pub(crate) free: Vec<u32>,
    /// Bedsits in which nobody lives.
    pub(crate) bedsits: Vec<u32>,
    /// Units for homeless families in which nobody lives.
    pub(crate) hostels: Vec<u32>,
    /// Refuge units in which nobody lives.
    pub(crate) refuges: Vec<u32>,
    /// Houses let to sharers, free or not.
    pub(crate) shared: Vec<u32>,
    /// Care homes.
    pub(crate) care_homes: Vec<u32>,
    /// Halls of residence.
    pub(crate) halls: Vec<u32>,
    /// The prison.
    pub(crate) prison: u32,
    /// Children's homes.
    pub(crate) childrens_homes: Vec<u32>,
    random: Random,
    // The names of streets not yet given, the next one last.
    names: Vec<String>,
    localities: Vec<String>,
    units: u32,
    units_elsewhere: u32,
    elsewhere: Vec<u32>,
}

impl Ground {
    /// Lays out a town for so many persons.
    pub(crate) fn lay(words: &Words, settings: &Settings) -> Ground {
        let mut random = Random::of(settings.seed, Stream::Ground, 0);
        let mut names = Vec::new();
        for name in words.places("street").words() {
            if name.starts_with("The ") {
                names.push(name.clone());
                continue;
            }
            names.extend(words.places("type").words().iter().map(|kind| format!("{name} {kind}")));
        }
        random.shuffle(&mut names);
        // What everybody's town has.
        names.push("High Street".to_owned());
        names.dedup();
        let mut ground = Ground {
            streets: Vec::new(),
            dwellings: Vec::new(),
            free: Vec::new(),
            bedsits: Vec::new(),
            hostels: Vec::new(),
            refuges: Vec::new(),
            shared: Vec::new(),
            care_homes: Vec::new(),
            halls: Vec::new(),
            prison: 0,
            childrens_homes: Vec::new(),
            random,
            names,
            localities: words.places("locality").words().to_vec(),
            units: 0,
            units_elsewhere: 0,
            elsewhere: Vec::new(),
        };
        let persons = f64::from(settings.persons);
        let homes = usize::try_from(whole(persons / 2.3 * 1.1) + 12).unwrap_or(12);
        while ground.free.len() < homes {
            ground.build_street(words);
        }
        ground.build_establishments(words, persons);
        for town in words.places("elsewhere").words() {
            ground.build_elsewhere(words, town, whole(persons / 90.0) + 2);
        }
        let Ground { random, free, bedsits, .. } = &mut ground;
        random.shuffle(free);
        random.shuffle(bedsits);
        ground
    }

    /// A private home in which nobody lives; a new street is built if there is none.
    pub(crate) fn take_home(&mut self, words: &Words) -> u32 {
        while self.free.is_empty() {
            self.build_street(words);
            self.random.shuffle(&mut self.free);
        }
        let at = self.random.place(self.free.len());
        self.free.swap_remove(at)
    }

    /// A home in another town.
    pub(crate) fn elsewhere(&mut self) -> u32 {
        *self.random.pick(&self.elsewhere)
    }

    /// Gives back a dwelling in which nobody lives any more.
    pub(crate) fn release(&mut self, dwelling: u32) {
        match self.dwellings[dwelling as usize].kind {
            HomeKind::Private => self.free.push(dwelling),
            HomeKind::Bedsit => self.bedsits.push(dwelling),
            HomeKind::Hostel => self.hostels.push(dwelling),
            HomeKind::Refuge => self.refuges.push(dwelling),
            HomeKind::Shared | HomeKind::Communal | HomeKind::Elsewhere => {}
        }
    }

    fn new_street(&mut self) -> u32 {
        let locality = self.random.pick(&self.localities).clone();
        let name = self.names.pop().unwrap_or_else(|| {
            // The names are used up: another part of the town has one of the same name.
            self.random.pick(&self.streets).name.clone()
        });
        self.streets.push(Street { name, locality, town: TOWN.to_owned() });
        number(self.streets.len() - 1)
    }

    fn new_unit(&mut self) -> String {
        let unit = self.units;
        self.units += 1;
        postcode(AREAS[(unit / UNITS_OF_AREA) as usize % AREAS.len()], unit % UNITS_OF_AREA)
    }

    fn add(&mut self, dwelling: Dwelling) -> u32 {
        self.dwellings.push(dwelling);
        number(self.dwellings.len() - 1)
    }

    fn next_uprn(&self) -> u64 {
        uprn(self.dwellings.len() as u64 * 2)
    }

    fn building_uprn(&self) -> u64 {
        uprn(self.dwellings.len() as u64 * 2 + 1)
    }

    /// A street: houses on both sides, and among them blocks of flats and divided houses.
    fn build_street(&mut self, words: &Words) {
        let street = self.new_street();
        let length = self.random.between(14, 70);
        let mut code = self.new_unit();
        for side in [1, 2] {
            let mut doors = 0;
            for turn in 0..length / 2 {
                if doors >= 15 {
                    (code, doors) = (self.new_unit(), 0);
                }
                let house = turn * 2 + side;
                // There is no number 13, and some houses stand between two numbers.
                if house == 13 && self.random.chance(0.6) {
                    continue;
                }
                let kind = self.random.weighted(&[0.963, 0.02, 0.006, 0.011]);
                let label = house.to_string();
                match kind {
                    0 => {
                        let named = self.random.chance(0.015);
                        let building =
                            if named { words.places("house").pick(&mut self.random) } else { "" };
                        self.home(street, &label, building, "", &code, None);
                        doors += 1;
                        if self.random.chance(0.015) {
                            self.home(street, &format!("{label}A"), "", "", &code, None);
                            doors += 1;
                        }
                    }
                    1 => doors += self.build_divided(street, &label, &code, HomeKind::Private),
                    2 => {
                        doors += 1;
                        self.build_block(words, street, &label);
                    }
                    _ => {
                        let flat = format!("{}-{}", house, house + 2);
                        doors += self.build_divided(street, &flat, &code, HomeKind::Private);
                    }
                }
            }
            code = self.new_unit();
        }
    }

    /// A private home.
    fn home(
        &mut self,
        street: u32,
        label: &str,
        building: &str,
        unit: &str,
        code: &str,
        building_uprn: Option<u64>,
    ) -> u32 {
        let dwelling = Dwelling {
            street,
            number: Short::of(label),
            building: building.to_owned(),
            unit: unit.to_owned(),
            postcode: Short::of(code),
            uprn: self.next_uprn(),
            building_uprn,
            kind: HomeKind::Private,
        };
        let home = self.add(dwelling);
        self.free.push(home);
        home
    }

    /// A house divided into flats or bedsits. Says into how many.
    fn build_divided(&mut self, street: u32, label: &str, code: &str, kind: HomeKind) -> i32 {
        let parts = self.random.between(2, if kind == HomeKind::Bedsit { 8 } else { 4 });
        let style = if kind == HomeKind::Bedsit { 3 } else { self.random.below(3) };
        let whole_house = self.building_uprn();
        for part in 1..=parts {
            let letter = char::from(b"ABCDEFGH"[usize::try_from(part - 1).unwrap_or(0)]);
            let unit = match style {
                0 => format!("Flat {letter}"),
                1 => format!("Flat {part}"),
                2 => match part {
                    1 => "Ground Floor Flat".to_owned(),
                    2 => "First Floor Flat".to_owned(),
                    3 => "Second Floor Flat".to_owned(),
                    _ => "Top Floor Flat".to_owned(),
                },
                _ => format!("Room {part}"),
            };
            let home = self.home(street, label, "", &unit, code, Some(whole_house));
            if kind == HomeKind::Bedsit {
                self.free.pop();
                self.dwellings[home as usize].kind = kind;
                self.bedsits.push(home);
            }
        }
        parts
    }

    /// A block of flats with a name and postcodes of its own.
    fn build_block(&mut self, words: &Words, street: u32, label: &str) {
        let name = words.places("building").pick(&mut self.random).to_owned();
        let building = format!("{name} {}", words.places("block").pick(&mut self.random));
        let numbered = self.random.chance(0.4);
        let flats = self.random.between(6, 40);
        let whole_block = self.building_uprn();
        let mut code = self.new_unit();
        for flat in 1..=flats {
            if flat % 20 == 0 {
                code = self.new_unit();
            }
            let label = if numbered { label } else { "" };
            let unit = format!("Flat {flat}");
            self.home(street, label, &building, &unit, &code, Some(whole_block));
        }
    }

    fn build_establishments(&mut self, words: &Words, persons: f64) {
        let count = |per: f64| whole(persons / per) + 1;
        for at in 0..count(2600.0) {
            let names = words.places("care").words();
            let name = &names[usize::try_from(at).unwrap_or(0) % names.len()];
            let home = self.establishment(&format!("{name} Care Home"), HomeKind::Communal);
            self.care_homes.push(home);
        }
        self.prison = self.establishment("HMP Quexmoor", HomeKind::Communal);
        for at in 0..count(12_000.0) {
            let hall = self.establishment(&format!("Founders Hall {}", at + 1), HomeKind::Communal);
            self.halls.push(hall);
        }
        for at in 0..count(40_000.0) {
            let name = format!("Quex Children's Home {}", at + 1);
            let home = self.establishment(&name, HomeKind::Communal);
            self.childrens_homes.push(home);
        }
        for at in 0..count(4000.0) {
            let name = if at == 0 { "Harbour House".to_owned() } else { format!("Haven {at}") };
            self.units(&format!("{name} Family Hostel"), 12, HomeKind::Hostel);
        }
        for at in 0..count(30_000.0) {
            let name = format!("Larkrise Refuge {}", at + 1);
            self.units(&name, 8, HomeKind::Refuge);
        }
        for _ in 0..count(700.0) {
            let street = self.random.below(number(self.streets.len()));
            let (label, code) = (self.random.between(80, 180).to_string(), self.new_unit());
            self.build_divided(street, &label, &code, HomeKind::Bedsit);
        }
        for _ in 0..count(260.0) {
            let at = self.random.place(self.free.len());
            let house = self.free.swap_remove(at);
            self.dwellings[house as usize].kind = HomeKind::Shared;
            self.shared.push(house);
        }
    }

    fn establishment(&mut self, name: &str, kind: HomeKind) -> u32 {
        let street = self.random.below(number(self.streets.len()));
        let (label, postcode) = (self.random.between(72, 190).to_string(), self.new_unit());
        let uprn = self.next_uprn();
        self.add(Dwelling {
            street,
            number: Short::of(&label),
            building: name.to_owned(),
            unit: String::new(),
            postcode: Short::of(&postcode),
            uprn,
            building_uprn: None,
            kind,
        })
    }

    /// An establishment of units with a door each.
    fn units(&mut self, name: &str, n: i32, kind: HomeKind) {
        let whole_house = self.establishment(name, kind);
        let house = self.dwellings[whole_house as usize].clone();
        for unit in 1..=n {
            let uprn = self.next_uprn();
            let unit = self.add(Dwelling {
                unit: format!("Unit {unit}"),
                uprn,
                building_uprn: Some(house.uprn),
                ..house.clone()
            });
            self.release(unit);
        }
    }

    fn build_elsewhere(&mut self, words: &Words, town: &str, streets: i32) {
        let area = AREAS_ELSEWHERE[self.elsewhere.len() % AREAS_ELSEWHERE.len()];
        for _ in 0..streets {
            let name = words.places("street").pick(&mut self.random);
            let name = format!("{name} {}", words.places("type").pick(&mut self.random));
            self.streets.push(Street { name, locality: String::new(), town: town.to_owned() });
            let street = number(self.streets.len() - 1);
            self.units_elsewhere += 1;
            let code = postcode(area, self.units_elsewhere);
            for house in 1..=15 {
                let dwelling = Dwelling {
                    street,
                    number: Short::of(&house.to_string()),
                    building: String::new(),
                    unit: String::new(),
                    postcode: Short::of(&code),
                    uprn: self.next_uprn(),
                    building_uprn: None,
                    kind: HomeKind::Elsewhere,
                };
                let home = self.add(dwelling);
                self.elsewhere.push(home);
            }
        }
    }
}
