//! An address as written down: one of its usual forms, with what is forgotten or mistaken.

use crate::misspell::slip;
use crate::random::Random;
use crate::town::{Dwelling, HomeKind, Town};

/// An address as written. Anything may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The flat and the building, if they stand apart.
    pub(crate) above: String,
    /// The number and the street.
    pub(crate) street: String,
    /// The part of the town.
    pub(crate) locality: String,
    /// The town.
    pub(crate) town: String,
    /// The postcode.
    pub(crate) postcode: String,
    /// The property reference number.
    pub(crate) uprn: String,
}

impl Written {
    /// What is written for those without a home.
    pub(crate) fn no_fixed_abode() -> Written {
        Written {
            street: "No fixed abode".to_owned(),
            postcode: "ZZ99 3VZ".to_owned(),
            ..Written::default()
        }
    }

    /// All of it but the postcode, in one line.
    pub(crate) fn line(&self) -> String {
        crate::clerk::joined(&[&self.above, &self.street, &self.locality, &self.town], ", ")
    }

    /// The lines above the town.
    pub(crate) fn lines(&self) -> (String, String) {
        if self.above.is_empty() {
            (self.street.clone(), self.locality.clone())
        } else {
            (self.above.clone(), crate::clerk::joined(&[&self.street, &self.locality], ", "))
        }
    }
}

/// How often addresses go wrong.
pub(crate) struct Slips {
    /// A factor on every slip; 1 is usual.
    pub(crate) rate: f64,
    /// How often the property reference number is known.
    pub(crate) uprn: f64,
}

/// Writes down the address of a dwelling.
pub(crate) fn write(town: &Town, dwelling: u32, slips: &Slips, random: &mut Random) -> Written {
    let home = &town.dwellings[dwelling as usize];
    if home.kind == HomeKind::Refuge {
        return civic_centre();
    }
    let street = &town.streets[home.street as usize];
    let mut written = Written {
        street: thoroughfare(home, &street.name, slips, random),
        locality: if random.chance(0.25) { street.locality.clone() } else { String::new() },
        town: if random.chance(0.04) { String::new() } else { street.town.clone() },
        postcode: code(&home.postcode, slips, random),
        ..Written::default()
    };
    let unit = if random.chance(0.05 * slips.rate) { String::new() } else { unit(home, random) };
    let building = if random.chance(0.1 * slips.rate) && !home.number.is_empty() {
        ""
    } else {
        home.building.as_str()
    };
    match (unit.as_str(), &*home.number, building) {
        // Flat 3, 12 High Street; 12 High Street Flat 3; 3/12 High Street.
        (unit, number, "") if !unit.is_empty() && !number.is_empty() => match random.below(6) {
            0 => written.street = format!("{} {unit}", written.street),
            1 if unit.starts_with("Flat ") => {
                written.street = format!("{}/{}", &unit[5..], written.street);
            }
            2 | 3 => unit.clone_into(&mut written.above),
            _ => written.street = format!("{unit}, {}", written.street),
        },
        (unit, _, building) => {
            let between = if random.chance(0.3) { " " } else { ", " };
            written.above = crate::clerk::joined(&[unit, building], between);
        }
    }
    let drawn = random.unit();
    if drawn < slips.uprn {
        // Some were matched to the house and not to the flat.
        let number = match home.building_uprn {
            Some(house) if random.chance(0.08 * slips.rate) => house,
            _ => home.uprn,
        };
        written.uprn = number.to_string();
    }
    written
}

/// The council's own address, given where the true one must not be.
fn civic_centre() -> Written {
    Written {
        above: "c/o Civic Centre".to_owned(),
        street: "1 Market Square".to_owned(),
        town: "Quexford".to_owned(),
        postcode: "QX1 9ZZ".to_owned(),
        ..Written::default()
    }
}

/// The number and the street, each with the slips it is prone to.
fn thoroughfare(home: &Dwelling, street: &str, slips: &Slips, random: &mut Random) -> String {
    let mut name = street.to_owned();
    if random.chance(0.012 * slips.rate) {
        name = slip(&name, random);
    }
    if random.chance(0.22) {
        name = abbreviated(&name);
    }
    let mut number = home.number.to_string();
    if random.chance(0.004 * slips.rate)
        && let Ok(house) = number.parse::<u32>()
    {
        number = if random.chance(0.5) { house + 2 } else { house * 10 }.to_string();
    }
    // Letters and ranges are written apart, or in part.
    if random.chance(0.15) {
        if let Some(house) = number.strip_suffix('A') {
            number = if random.chance(0.6) { format!("{house}a") } else { format!("{house} A") };
        } else if let Some((first, _)) = number.split_once('-') {
            number = first.to_owned();
        }
    }
    crate::clerk::joined(&[&number, &name], if random.chance(0.05) { ", " } else { " " })
}

/// The flat or room, in one of the ways it is written.
fn unit(home: &Dwelling, random: &mut Random) -> String {
    let unit = home.unit.as_str();
    if !random.chance(0.14) {
        return unit.to_owned();
    }
    if let Some(label) = unit.strip_prefix("Flat ") {
        let word = *random.pick(&["Apartment", "Apt", "Fl", "FLAT", "Flat No."]);
        return format!("{word} {label}");
    }
    match unit {
        "Ground Floor Flat" => "GFF".to_owned(),
        "First Floor Flat" => "FFF".to_owned(),
        _ => unit.replace("Room", "Rm"),
    }
}

pub(crate) fn abbreviated(street: &str) -> String {
    const SHORT: [(&str, &str); 9] = [
        (" Road", " Rd"),
        (" Street", " St"),
        (" Avenue", " Ave"),
        (" Close", " Cl"),
        (" Drive", " Dr"),
        (" Lane", " Ln"),
        (" Gardens", " Gdns"),
        (" Crescent", " Cres"),
        (" Court", " Ct"),
    ];
    for (long, short) in SHORT {
        if let Some(stem) = street.strip_suffix(long) {
            return format!("{stem}{short}");
        }
    }
    street.to_owned()
}

/// The postcode: missing, misread, without its space, or right.
fn code(postcode: &str, slips: &Slips, random: &mut Random) -> String {
    if random.chance(0.015 * slips.rate) {
        return String::new();
    }
    let mut code = postcode.to_owned();
    if random.chance(0.016 * slips.rate) {
        code = miscoded(&code, random);
    }
    if random.chance(0.12) { code.replace(' ', "") } else { code }
}

/// One of the last two letters exchanged for another, or the two for each other, or a letter O
/// for a nought.
pub(crate) fn miscoded(code: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = code.chars().collect();
    let last = letters.len() - 1;
    match random.below(4) {
        0 => letters.swap(last, last - 1),
        1 => {
            if let Some(digit) = letters.iter().position(|&c| c == '0' || c == '1') {
                letters[digit] = if letters[digit] == '0' { 'O' } else { 'I' };
            }
        }
        _ => {
            let at = last - random.place(2);
            let others: Vec<char> =
                "ABDEFGHJLNPQRSTUWXYZ".chars().filter(|&c| c != letters[at]).collect();
            letters[at] = *random.pick(&others);
        }
    }
    letters.into_iter().collect()
}
