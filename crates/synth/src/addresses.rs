//! Addresses alone, in all the ways that clerks write them, and which home each is of.
//!
//! Extracts hold far more slips of age than of the pen. Here every home is written several times,
//! and every kind of slip is common: enough of each to tell how well it is read.

use std::collections::BTreeMap;

use jiff::civil::date;

use crate::address::abbreviated;
use crate::ground::Ground;
use crate::misspell::slip;
use crate::random::{Random, Stream, number};
use crate::settings::Settings;
use crate::town::{Dwelling, HomeKind, Street};
use crate::words::Words;

/// An address as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenAddress {
    /// The words.
    pub text: String,
    /// The postcode, where it has a field of its own; may be empty, or a part of one.
    pub postcode: String,
    /// The home that is meant.
    pub home: u32,
    /// The building it is in; for a house, the house.
    pub building: u32,
    /// Whether the words tell which home it is: not if they leave out the flat, and not if the
    /// same was written for another home.
    pub tells_home: bool,
    /// How the words differ from the address in full, each once, sorted.
    pub slips: Vec<Slip>,
    /// How often it was written.
    pub count: u32,
}

/// A way in which an address is not as it would be in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// A letter of the street is wrong.
    Misspelt,
    /// The kind of street is cut short.
    Abbreviated,
    /// The postcode is left out.
    NoPostcode,
    /// A letter or digit of the postcode is wrong.
    WrongPostcode,
    /// The postcode breaks off after the sector.
    SectorOnly,
    /// The postcode stands at the end of the words.
    PostcodeInWords,
    /// The flat is left out.
    NoUnit,
    /// A house with a name has that for its number.
    NameForNumber,
    /// Of a range of numbers, the first stands alone.
    RangeCut,
    /// The flat is written with another word, a letter or a stroke.
    UnitWord,
    /// The flat stands after the street.
    Order,
    /// Neither the part of the town nor the town is given.
    NoLocality,
    /// Nothing but capitals.
    Capitals,
    /// Points, or no commas.
    Punctuation,
    /// A person or an organisation stands before the address.
    Addressee,
}

/// Some `n` addresses that differ in words or postcode, as written for the homes of a town.
#[must_use]
pub fn addresses(seed: u64, n: u32) -> Vec<WrittenAddress> {
    let words = Words::read();
    let settings = Settings::new(seed, n / 3, date(2026, 3, 31));
    let Ground { dwellings, streets, .. } = Ground::lay(&words, &settings);
    let mut random = Random::of(seed, Stream::Addresses, 0);
    let mut buildings: BTreeMap<Door<'_>, u32> = BTreeMap::new();
    for (at, home) in (0..).zip(&dwellings) {
        buildings.entry(door(home)).or_insert(at);
    }
    let mut written: BTreeMap<(String, String), WrittenAddress> = BTreeMap::new();
    let mut order: Vec<usize> = (0..dwellings.len()).collect();
    random.shuffle(&mut order);
    for at in order {
        let home = &dwellings[at];
        // A refuge is not written; and nobody lives in a hostel, but in a room of one.
        let is_shell = home.kind == HomeKind::Hostel && home.unit.is_empty();
        if home.kind == HomeKind::Refuge || is_shell {
            continue;
        }
        if written.len() >= n as usize {
            break;
        }
        for _ in 0..random.between(3, 12) {
            let street = &streets[home.street as usize];
            let (text, postcode, slips) = write(home, street, &mut random);
            let home = number(at);
            let one = written.entry((text, postcode)).or_insert_with_key(|(text, postcode)| {
                let tells_home = !slips.contains(&Slip::NoUnit);
                let building = buildings[&door(&dwellings[at])];
                let (text, postcode) = (text.clone(), postcode.clone());
                WrittenAddress { text, postcode, home, building, tells_home, slips, count: 0 }
            });
            one.count += 1;
            one.tells_home &= one.home == home;
        }
    }
    written.into_values().collect()
}

/// What the homes of one building share.
type Door<'a> = (u32, &'a str, &'a str, &'a str);

fn door(home: &Dwelling) -> Door<'_> {
    // A long block has several postcodes, and a house without flats is one however it is called.
    let code = if home.building.is_empty() { &*home.postcode } else { "" };
    (home.street, &home.number, &home.building, code)
}

/// Words, postcode, and what is amiss with them.
fn write(home: &Dwelling, street: &Street, random: &mut Random) -> (String, String, Vec<Slip>) {
    let mut slips = Vec::new();
    let mut happens = |slip: Slip, chance: f64, random: &mut Random| {
        let happens = random.chance(chance);
        if happens {
            slips.push(slip);
        }
        happens
    };
    let mut name = street.name.clone();
    if happens(Slip::Misspelt, 0.05, random) {
        name = slip(&name, random);
    }
    if happens(Slip::Abbreviated, 0.25, random) {
        name = abbreviated(&name);
    }
    let mut house = home.number.to_string();
    if house.contains('-') && happens(Slip::RangeCut, 0.2, random) {
        house.truncate(house.find('-').unwrap_or(house.len()));
    }
    let mut building = home.building.as_str();
    if !building.is_empty() && !house.is_empty() {
        if happens(Slip::NameForNumber, 0.2, random) {
            house.clear();
        } else if random.chance(0.3) {
            building = "";
        }
    }
    let mut unit = home.unit.clone();
    if !unit.is_empty() {
        if happens(Slip::NoUnit, 0.06, random) {
            unit.clear();
        } else if happens(Slip::UnitWord, 0.3, random) {
            unit = other_unit(&unit, random);
        }
    }
    let after = !unit.is_empty() && building.is_empty() && happens(Slip::Order, 0.15, random);
    let thoroughfare = joined(&[&house, &name], " ");
    let mut lines: Vec<String> = Vec::new();
    if happens(Slip::Addressee, 0.03, random) {
        let addressees = ["The Occupier", "Mrs Example", "Example and Daughters Ltd", "Acme Homes"];
        lines.push((*random.pick(&addressees)).to_owned());
    }
    if after {
        lines.extend([thoroughfare, unit]);
    } else if is_number(&unit) && building.is_empty() {
        // 2/16 High Street.
        lines.push(format!("{unit}/{thoroughfare}"));
    } else {
        let above = joined(&[&unit, building], if random.chance(0.3) { " " } else { ", " });
        lines.extend([above, thoroughfare]);
    }
    if !happens(Slip::NoLocality, 0.3, random) {
        if random.chance(0.4) {
            lines.push(street.locality.clone());
        }
        lines.push(street.town.clone());
    }
    let mut code = home.postcode.to_string();
    if happens(Slip::NoPostcode, 0.04, random) {
        code.clear();
    } else if happens(Slip::SectorOnly, 0.02, random) {
        code.truncate(code.len() - 2);
    } else if happens(Slip::WrongPostcode, 0.03, random) {
        code = crate::address::miscoded(&code, random);
    }
    if random.chance(0.12) {
        code = code.replace(' ', "");
    }
    if !code.is_empty() && happens(Slip::PostcodeInWords, 0.3, random) {
        lines.push(std::mem::take(&mut code));
    }
    lines.retain(|line| !line.is_empty());
    let mut text = lines.join(", ");
    if happens(Slip::Punctuation, 0.2, random) {
        text = match random.below(3) {
            0 => text.replace(", ", " "),
            1 => text.replace(", ", ".\n") + ".",
            _ => text.replace(", ", " , ").replace("Flat ", "Flat: "),
        };
    }
    if happens(Slip::Capitals, 0.25, random) {
        text = text.to_uppercase();
    }
    slips.sort_unstable();
    (text, code, slips)
}

/// The flat or room, in another of the ways it is written.
fn other_unit(unit: &str, random: &mut Random) -> String {
    if let Some(label) = unit.strip_prefix("Flat ") {
        let stands_alone = label.bytes().all(|b| b.is_ascii_digit());
        return match random.below(if stands_alone { 6 } else { 4 }) {
            0 => format!("Apartment {label}"),
            1 => format!("Apt. {label}"),
            2 => format!("Flt {label}"),
            3 => format!("Flat No. {label}"),
            4 => format!("F{label}"),
            _ => label.to_owned(),
        };
    }
    match unit {
        "Ground Floor Flat" => "GFF".to_owned(),
        "First Floor Flat" => (*random.pick(&["FFF", "1st Floor Flat"])).to_owned(),
        "Second Floor Flat" => "2nd Floor Flat".to_owned(),
        "Top Floor Flat" => "Top Flat".to_owned(),
        _ => unit.replace("Room ", "Rm "),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn joined(parts: &[&str], glue: &str) -> String {
    crate::clerk::joined(parts, glue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slip_is_made_and_every_address_is_another() {
        let all = addresses(5, 2000);
        assert!((2000..2200).contains(&all.len()), "{}", all.len());
        assert_eq!(all, addresses(5, 2000));
        let mut slips: Vec<Slip> = all.iter().flat_map(|one| one.slips.clone()).collect();
        slips.sort_unstable();
        slips.dedup();
        assert_eq!(slips.len(), 15);
        assert!(all.iter().any(|one| one.slips.is_empty()));
        assert!(
            all.windows(2)
                .all(|two| { (&two[0].text, &two[0].postcode) < (&two[1].text, &two[1].postcode) })
        );
        assert!(all.iter().all(|one| !(one.tells_home && one.slips.contains(&Slip::NoUnit))));
    }
}
