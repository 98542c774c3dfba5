//! Takes the words of one address apart: unit, number, name, street, locality, postcode.
//!
//! Reading is from the street outwards. The street is the first run of words on a line that
//! ends with a kind of street; the number stands before it, the name of the house on the lines
//! before, the locality after. A number before the name of a block of flats is a flat's.

use record::AddressKind;

use crate::postcode;

use super::kind::kind;
use super::lex::{Token, clean, is_number, tokens};
use super::streets::is_one_street;
use super::units::take_units;
use super::words::{
    Meaning, ends_country, ends_house_name, is_block, is_country, is_plain, is_strong_street,
};

/// The longest text taken for an address.
const LENGTH_MAX: usize = 500;

/// How no fixed abode is shown.
pub(crate) const NO_FIXED_ABODE: &str = "no fixed abode";

/// The parts of an address; those it does not say are empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Parsed {
    pub(crate) kind: AddressKind,
    /// Which home in the building: "flat 2", "ground flat".
    pub(crate) unit: String,
    /// The number of the house, or the range of numbers.
    pub(crate) number: String,
    /// The name of the house or building.
    pub(crate) name: String,
    pub(crate) street: String,
    /// What follows the street, line by line.
    pub(crate) locality: Vec<String>,
    /// The postcode at the end of the words.
    pub(crate) postcode: Option<String>,
}

impl Parsed {
    pub(crate) fn of_kind(kind: AddressKind) -> Parsed {
        Parsed {
            kind,
            unit: String::new(),
            number: String::new(),
            name: String::new(),
            street: String::new(),
            locality: Vec::new(),
            postcode: None,
        }
    }

    /// The address on one line. With a whole postcode the locality says nothing more.
    pub(crate) fn form(&self, postcode: Option<&str>) -> String {
        let mut form = String::with_capacity(48);
        let parts = [&self.unit, &self.number, &self.name, &self.street].map(String::as_str);
        let locality = self.locality.iter().map(String::as_str);
        add_form(self.kind, parts, locality, postcode, &mut form);
        form
    }

    /// Whether its one-line form can be read in no other way: a number and a street, or a house's
    /// name and a street, before them a flat or nothing, and no word that means anything else.
    pub(super) fn is_plain(&self) -> bool {
        let all_plain = |words: &str| words.split(' ').all(is_plain);
        let lone_letter = |text: &str| text.len() == 1 && text != "f";
        let number = |text: &str| is_number(text) && !text.contains('/');
        let unit = |text: &str| lone_letter(text) || is_number(text) && !text.contains(['/', '-']);
        // Where there is a number, the form has no name.
        let door = if self.number.is_empty() {
            self.name
                .rsplit_once(' ')
                .is_some_and(|(name, last)| ends_house_name(last) && all_plain(name))
        } else {
            number(&self.number)
        };
        self.kind == AddressKind::Home
            && door
            && (self.unit.is_empty() || self.unit.strip_prefix("flat ").is_some_and(unit))
            && self.street.rsplit_once(' ').is_some_and(|(name, kind)| {
                is_strong_street(kind) && !is_block(kind) && all_plain(name)
            })
            && self.locality.iter().all(|line| all_plain(line))
            && self.postcode.as_deref().is_none_or(postcode::is_full)
    }

    /// With "16/2" for number, the other reading: unit 16 of number 2.
    pub(crate) fn other_way_round(&self) -> Option<Parsed> {
        let unit = self.unit.strip_prefix("flat ")?;
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        (plain(unit) && plain(&self.number)).then(|| Parsed {
            unit: format!("flat {}", self.number),
            number: unit.to_owned(),
            ..self.clone()
        })
    }
}

/// Adds an address on one line, given its unit, number, name and street.
pub(super) fn add_form<'a>(
    kind: AddressKind,
    [unit, number, name, street]: [&str; 4],
    locality: impl Iterator<Item = &'a str>,
    postcode: Option<&str>,
    form: &mut String,
) {
    if kind == AddressKind::NoFixedAbode {
        form.push_str(NO_FIXED_ABODE);
        return;
    }
    let start = form.len();
    let mut add = |glue: &str, part: &str| {
        if !part.is_empty() {
            if start < form.len() {
                form.push_str(glue);
            }
            form.push_str(part);
        }
    };
    if kind == AddressKind::CareOf {
        add("", "c/o");
    }
    add(", ", unit);
    if number.is_empty() {
        add(", ", name);
        add(", ", street);
    } else {
        add(", ", number);
        add(" ", street);
    }
    let placed = !(number.is_empty() && name.is_empty() && street.is_empty());
    if !(placed && postcode.is_some_and(postcode::is_full)) {
        for line in locality {
            add(", ", line);
        }
    }
    add(", ", postcode.unwrap_or(""));
}

/// The parts of an address in words, and whether unit and number may be the other way round.
pub(crate) fn parse(text: &str) -> Result<Option<(Parsed, bool)>, &'static str> {
    if text.len() > LENGTH_MAX {
        return Err("too long for an address");
    }
    let clean = clean(text);
    let (tokens, mut parsed) = match begin(&clean)? {
        Begun::Whole(parsed) => return Ok(parsed.map(|parsed| (parsed, false))),
        Begun::Lines { tokens, parsed } => (tokens, parsed),
    };
    let lines = lines(&tokens);
    match find_street(&lines, !parsed.unit.is_empty()) {
        Some(street) => read_lines(&lines, &street, &mut parsed),
        None => read_without_street(&lines, &mut parsed),
    }
    let ambiguous = split_stroke(&mut parsed);
    Ok(Some((parsed, ambiguous)))
}

/// The same of an address that is known to be on the first of these streets that stands in the
/// words, however it is spelt there; nothing if none does.
pub(crate) fn parse_on<'s>(
    text: &str,
    streets: impl Iterator<Item = &'s str>,
) -> Option<(Parsed, bool)> {
    if text.len() > LENGTH_MAX {
        return None;
    }
    let clean = clean(text);
    let Begun::Lines { tokens, parsed } = begin(&clean).ok()? else { return None };
    let lines = lines(&tokens);
    for street in streets {
        let Some(found) = find_known(&lines, street) else { continue };
        let mut parsed = parsed.clone();
        read_lines(&lines, &found, &mut parsed);
        let ambiguous = split_stroke(&mut parsed);
        let is_there = !parsed.street.is_empty() && is_one_street(&parsed.street, street);
        let has_door =
            !(parsed.number.is_empty() && parsed.unit.is_empty() && parsed.name.is_empty());
        street.clone_into(&mut parsed.street);
        if is_there && has_door {
            return Some((parsed, ambiguous));
        }
    }
    None
}

/// What is known of an address before its street is.
enum Begun<'a> {
    /// All that it says.
    Whole(Option<Parsed>),
    /// The words that are left, and what those say that were taken.
    Lines { tokens: Vec<Token<'a>>, parsed: Parsed },
}

/// Takes out of clean words all but those of where the home is.
fn begin(clean: &str) -> Result<Begun<'_>, &'static str> {
    let mut tokens = tokens(clean);
    let postcode = take_postcode(&mut tokens);
    if tokens.is_empty() {
        let parsed = Parsed { postcode, ..Parsed::of_kind(AddressKind::Home) };
        return Ok(Begun::Whole(parsed.postcode.is_some().then_some(parsed)));
    }
    // Few addresses say more than where they are.
    let any = tokens.iter().fold(Meaning::default(), |any, token| any.or(token.means));
    if any.is_nowhere() && says_no_fixed_abode(&tokens) {
        return Ok(Begun::Whole(Some(Parsed::of_kind(AddressKind::NoFixedAbode))));
    }
    if tokens.iter().all(|token| token.means.is_no_address()) {
        let withheld =
            |token: &Token<'_>| matches!(&*token.text, "withheld" | "confidential" | "restricted");
        return Err(if tokens.iter().any(withheld) {
            "address withheld"
        } else {
            "not an address"
        });
    }
    let care_of = any.is_care() && take_care_of(&mut tokens);
    let lines = if any.can_tell_kind() { texts(&tokens) } else { Vec::new() };
    let kind = if care_of { AddressKind::CareOf } else { kind(&lines) };
    let mut parsed = Parsed { postcode, ..Parsed::of_kind(kind) };
    if let Some(number) = post_office_box(&lines) {
        parsed.name = format!("po box {number}");
        if !care_of {
            parsed.kind = AddressKind::PoBox;
        }
        parsed.locality = lines
            .last()
            .filter(|_| lines.len() > 1)
            .map(|line| line.join(" "))
            .into_iter()
            .collect();
        return Ok(Begun::Whole(Some(parsed)));
    }
    parsed.unit = take_units(&mut tokens);
    Ok(Begun::Lines { tokens, parsed })
}

/// A line of words.
type Line<'a, 't> = &'a [Token<'t>];

/// The words, line by line, without empty lines.
fn lines<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<Line<'a, 't>> {
    let mut lines = Vec::with_capacity(8);
    lines.extend(tokens.chunk_by(|a, b| a.line == b.line));
    lines
}

/// The same as texts.
fn texts<'a>(tokens: &'a [Token<'_>]) -> Vec<Vec<&'a str>> {
    let texts = |line: Line<'a, '_>| line.iter().map(|token| &*token.text).collect();
    lines(tokens).into_iter().map(texts).collect()
}

/// Words with a blank between each two.
fn joined(words: &[Token<'_>]) -> String {
    let mut joined =
        String::with_capacity(words.iter().map(|word| word.text.len() + 1).sum::<usize>());
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&word.text);
    }
    joined
}

/// Takes the postcode from the end, and the country after it.
fn take_postcode(tokens: &mut Vec<Token<'_>>) -> Option<String> {
    take_country(tokens);
    let has_digit = |token: &Token<'_>| token.text.bytes().any(|b| b.is_ascii_digit());
    if !tokens.iter().rev().take(2).any(has_digit) {
        return None;
    }
    let word = |back: usize| {
        let at = tokens.len().checked_sub(back)?;
        Some(tokens[at].text.to_ascii_uppercase())
    };
    let last = word(1)?;
    let before = word(2);
    let alone = |back: usize| {
        let first = &tokens[tokens.len() - back];
        let others = &tokens[..tokens.len() - back];
        others.last().is_some_and(|other| other.line != first.line)
    };
    let pair = before.as_deref().and_then(|out| match last.len() {
        3 => postcode::exact(&[out, &last].concat())
            .or_else(|| postcode::misread(out, &last).filter(|_| alone(2))),
        1 if 4 < tokens.len() || alone(2) => postcode::sector_of(out, &last),
        _ => None,
    });
    let (taken, found) = match pair {
        Some(found) => (2, found),
        None => (
            1,
            postcode::exact(&last)
                .or_else(|| {
                    let (out, inward) = last.split_at_checked(last.len().checked_sub(3)?)?;
                    postcode::misread(out, inward).filter(|_| alone(1))
                })
                .or_else(|| postcode::district_of(&last).filter(|_| alone(1)))?,
        ),
    };
    tokens.truncate(tokens.len() - taken);
    take_country(tokens);
    Some(found)
}

fn take_country(tokens: &mut Vec<Token<'_>>) {
    while let Some(last) = tokens.last().filter(|token| ends_country(&token.text)) {
        let last = last.line;
        let start = tokens.partition_point(|token| token.line < last);
        let line: Vec<&str> = tokens[start..].iter().map(|token| &*token.text).collect();
        if !is_country(&line) {
            return;
        }
        tokens.truncate(start);
    }
}

fn says_no_fixed_abode(tokens: &[Token<'_>]) -> bool {
    let says = |one: &Token<'_>, words: &[&str]| words.contains(&&*one.text);
    let whole = match tokens {
        [one] => says(one, &["nfa", "homeless"]),
        [one, two] => {
            says(one, &["rough", "sofa"]) && says(two, &["sleeper", "sleeping", "surfing"])
        }
        _ => false,
    };
    whole
        || tokens.windows(3).any(|words| {
            says(&words[0], &["no"])
                && says(&words[1], &["fixed", "fix", "permanent"])
                && says(&words[2], &["abode", "address", "residence"])
        })
}

/// Takes "c/o" and the name after it, up to a number or the end of the line.
fn take_care_of(tokens: &mut Vec<Token<'_>>) -> bool {
    let mut found = false;
    while let Some(at) = tokens.windows(2).position(|pair| {
        pair[0].line == pair[1].line
            && matches!((&*pair[0].text, &*pair[1].text), ("c", "o") | ("care", "of"))
    }) {
        found = true;
        let line = tokens[at].line;
        let end = at + tokens[at..].iter().take_while(|token| token.line == line).count();
        let number = tokens[at + 2..end].iter().position(|token| is_number(&token.text));
        // Without a number the whole line is a name, unless there is nothing else.
        let stop = number.map_or(end, |number| at + 2 + number);
        let stop = if at == 0 && stop == tokens.len() { at + 2 } else { stop };
        tokens.drain(at..stop);
    }
    found
}

/// The number in "PO Box 123".
fn post_office_box<'a>(lines: &[Vec<&'a str>]) -> Option<&'a str> {
    lines.iter().find_map(|line| {
        let at = line
            .windows(2)
            .position(|pair| matches!(pair, ["po", "box"]))
            .or_else(|| line.windows(2).position(|pair| matches!(pair, ["o", "box"])))?;
        line.get(at + 2).copied().filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Reads number, name, street and locality from the lines that are left.
fn read_lines(lines: &[Line<'_, '_>], street: &Street, parsed: &mut Parsed) {
    let line = lines[street.line];
    parsed.street = joined(&line[street.start..=street.end]);
    let mut before = &line[..street.start];
    let mut earlier = &lines[..street.line];
    if let Some((number, rest)) = before.split_last().filter(|(last, _)| is_number(&last.text)) {
        number.text.as_ref().clone_into(&mut parsed.number);
        before = rest;
    } else if let Some((last, rest)) = earlier.split_last()
        && let [number] = *last
        && before.is_empty()
        && is_number(&number.text)
    {
        number.text.as_ref().clone_into(&mut parsed.number);
        earlier = rest;
    }
    let mut after = &line[street.end + 1..];
    if let Some((number, rest)) = after.split_first().filter(|(first, _)| is_number(&first.text))
        && parsed.number.is_empty()
    {
        number.text.as_ref().clone_into(&mut parsed.number);
        after = rest;
    }
    for &words in earlier.iter().chain([&before]) {
        read_name(words, parsed);
    }
    add_locality(after, parsed);
    for line in &lines[street.line + 1..] {
        add_locality(line, parsed);
    }
}

/// Where a street is: its line, and the first and last of its words.
struct Street {
    line: usize,
    start: usize,
    end: usize,
}

/// The street with a number before it, or else the first; but a line such as "Mill View" before
/// one such as "High Street" names a house.
///
/// With a flat said already, a number before "Elm Court" is of a house on a street of that name.
fn find_street(lines: &[Line<'_, '_>], has_unit: bool) -> Option<Street> {
    let mut first: Option<Street> = None;
    for (at, line) in lines.iter().enumerate() {
        let Some((street, numbered)) = street_on(at, line, has_unit) else { continue };
        let number_above = || {
            let above = at.checked_sub(1).map(|above| lines[above]);
            matches!(above, Some([number]) if is_number(&number.text)) && street.start == 0
        };
        if numbered || number_above() {
            return Some(street);
        }
        let is_name = first.as_ref().is_some_and(|first| {
            first.line == 0
                && at == 1
                && !lines[0][first.end].means.is_strong_street()
                && line[street.end].means.is_strong_street()
        });
        if first.is_none() || is_name {
            first = Some(street);
        }
    }
    first
}

/// The street on a line, and whether it has a number.
fn street_on(at: usize, line: Line<'_, '_>, has_unit: bool) -> Option<(Street, bool)> {
    let is_kind = |place: &usize| line[*place].means.is_street();
    let last_kind = (1..line.len()).rev().find(is_kind)?;
    let is_number = |place: usize| is_number(&line[place].text);
    let number = (0..last_kind.saturating_sub(1)).rev().find(|&place| is_number(place));
    // A number at the front is no part of the street's name: "12 Cross Sqaure" has none.
    let leads = usize::from(is_number(0));
    let mut start = number.map_or(leads, |number| number + 1);
    let mut end = (start + 1..line.len()).find(is_kind)?;
    while line.get(end + 1).is_some_and(|next| next.means.is_street()) {
        end += 1;
    }
    // The name of a house before the street, on one line with it.
    let name_end =
        (start + 1..end.saturating_sub(1)).rev().find(|&place| line[place].means.ends_house_name());
    if let Some(name_end) = name_end {
        start = name_end + 1;
    }
    let numbered_house = has_unit && start > 0 && is_number(start - 1);
    if line[end].means.is_block() && !numbered_house {
        return None;
    }
    if line.get(end + 1).is_some_and(|next| next.means.is_direction()) {
        end += 1;
    }
    // "The Mill House, Lane End": one word of a street's kind is no street.
    let numbered = (number.is_some() && name_end.is_none()) || (start > 0 && is_number(start - 1));
    Some((Street { line: at, start, end }, numbered))
}

/// Where a street that is known by its name stands, well spelt or not.
fn find_known(lines: &[Line<'_, '_>], street: &str) -> Option<Street> {
    let n_words = street.split(' ').count();
    let mut best: Option<(usize, Street)> = None;
    for (at, line) in lines.iter().enumerate() {
        for start in 0..line.len() {
            let ends = start + n_words.saturating_sub(2)..(start + n_words + 1).min(line.len());
            for end in ends {
                let mut words = joined(&line[start..=end]);
                // "Park St Market Strand": no saint.
                if let Some(before) = words.strip_suffix(" saint") {
                    words = format!("{before} street");
                }
                let worse = best.as_ref().is_some_and(|(least, _)| *least == 0);
                if worse || !is_one_street(&words, street) {
                    continue;
                }
                let distance = strsim::osa_distance(&words, street);
                if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                    best = Some((distance, Street { line: at, start, end }));
                }
            }
        }
    }
    best.map(|(_, street)| street)
}

/// Reads a line, or part of one, before the street: a flat's number, a building's name.
fn read_name(words: &[Token<'_>], parsed: &mut Parsed) {
    let (number, name) = match words.split_first() {
        Some((first, rest)) if is_number(&first.text) && parsed.unit.is_empty() => {
            (Some(first), rest)
        }
        _ => (None, words),
    };
    if let Some(number) = number {
        parsed.unit = ["flat ", &number.text].concat();
    }
    if let Some(last) = name.last() {
        let is_house = |name: &str| name.rsplit(' ').next().is_some_and(ends_house_name);
        if last.means.ends_house_name() && !is_house(&parsed.name) {
            // Whoever stands before the house is not its name.
            parsed.name.clear();
        }
        if !parsed.name.is_empty() {
            parsed.name.push(' ');
        }
        parsed.name.push_str(&joined(name));
    }
}

/// Reads lines on which no street is recognised.
fn read_without_street(lines: &[Line<'_, '_>], parsed: &mut Parsed) {
    let Some((first, mut rest)) = lines.split_first() else { return };
    let number_at = first.iter().position(|word| is_number(&word.text));
    let block_end = (1..first.len()).rev().find(|&at| first[at].means.is_block());
    match (number_at, block_end) {
        // "5 Elm Court": a flat of a block.
        (Some(0), Some(end)) if end > 1 => {
            read_name(&first[..=end], parsed);
            add_locality(&first[end + 1..], parsed);
        }
        (_, Some(end)) if number_at.is_none() => {
            parsed.name = joined(&first[..=end]);
            add_locality(&first[end + 1..], parsed);
        }
        (Some(at), _) => {
            first[at].text.as_ref().clone_into(&mut parsed.number);
            parsed.name = joined(&first[..at]);
            parsed.street = joined(&first[at + 1..]);
            if let Some((next, others)) = rest.split_first().filter(|_| parsed.street.is_empty()) {
                parsed.street = joined(next);
                rest = others;
            }
        }
        _ if lines.len() == 1 && first.len() == 1 => add_locality(first, parsed),
        _ => {
            parsed.name = joined(first);
            if let Some((next, others)) = rest.split_first()
                && next.len() > 1
                && is_number(&next[0].text)
            {
                next[0].text.as_ref().clone_into(&mut parsed.number);
                parsed.street = joined(&next[1..]);
                rest = others;
            }
        }
    }
    for line in rest {
        add_locality(line, parsed);
    }
}

fn add_locality(words: &[Token<'_>], parsed: &mut Parsed) {
    if !words.is_empty() {
        parsed.locality.push(joined(words));
    }
}

/// Splits "16/2" into number and flat, as in Edinburgh; whether that was done.
fn split_stroke(parsed: &mut Parsed) -> bool {
    let Some((number, unit)) = parsed.number.split_once('/').filter(|_| parsed.unit.is_empty())
    else {
        return false;
    };
    // A range is of houses.
    let (number, unit) = if unit.contains('-') { (unit, number) } else { (number, unit) };
    let (number, unit) = (number.to_owned(), format!("flat {unit}"));
    (parsed.number, parsed.unit) = (number, unit);
    !parsed.number.contains('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(text: &str) -> Option<String> {
        let (parsed, _) = parse(text).ok()??;
        Some(parsed.form(parsed.postcode.as_deref()))
    }

    #[test]
    fn addresses_have_one_form() {
        for (text, expected) in [
            ("Flat 2, 16 High St, AB1 2CD", "flat 2, 16 high street, AB1 2CD"),
            ("16 High Street Flat 2, ab12cd", "flat 2, 16 high street, AB1 2CD"),
            ("FLAT 2 16 HIGH STREET, ANYTOWN, AB1 2CD, UK", "flat 2, 16 high street, AB1 2CD"),
            ("Apartment 2, 16, High St., AB1 2CD", "flat 2, 16 high street, AB1 2CD"),
            ("2, 16 High Street, AB1 2CD", "flat 2, 16 high street, AB1 2CD"),
            ("16/2 High Street, AB1 2CD", "flat 2, 16 high street, AB1 2CD"),
            ("2/12-14 High St, AB1 2CD", "flat 2, 12-14 high street, AB1 2CD"),
            ("Fl 3 Regency House, AB1 2CD", "flat 3, regency house, AB1 2CD"),
            ("12 a High St", "12a high street"),
            ("12-14 High Street, Anytown", "12-14 high street, anytown"),
            ("Rose Cottage, High Street, Anytown, AB1 2CD", "rose cottage, high street, AB1 2CD"),
            ("Rose Cottage High Street", "rose cottage, high street"),
            ("Rose Cottage, 5 High Street", "5 high street"),
            ("Flat 3 Regency House, 12 High St", "flat 3, 12 high street"),
            ("3 Regency House, High St", "flat 3, regency house, high street"),
            ("5 Elm Court, Anytown, AB1 2CD", "flat 5, elm court, AB1 2CD"),
            ("Flat 5 Elm Court, AB1 2CD", "flat 5, elm court, AB1 2CD"),
            ("Ground Floor Flat, 16 High St", "ground flat, 16 high street"),
            ("GFF, 16 High St", "ground flat, 16 high street"),
            ("Ground floor flat 16 High St", "ground flat, 16 high street"),
            ("First Floor Flat 2 16 High St", "flat 2, 16 high street"),
            ("Flat 2, First Floor, 16 High St", "flat 2, 16 high street"),
            ("Basement, 16 High St", "basement flat, 16 high street"),
            ("Room 3, Flat 2, 16 High St", "flat 2, 16 high street"),
            ("Room 3, 16 High St", "room 3, 16 high street"),
            ("Mill View, High Street, AB1 2CD", "mill view, high street, AB1 2CD"),
            ("16 Broadway, AB1 2CD", "16 broadway, AB1 2CD"),
            ("16 Park Road North, Anytown", "16 park road north, anytown"),
            ("16 Studio Road", "16 studio road"),
            ("Sunny Bank, 20, High Street", "20 high street"),
            ("c/o Mrs Example, 16 High St", "c/o, 16 high street"),
            ("℅ Mrs Example, 16 High St", "c/o, 16 high street"),
            ("🏠 16 High St ☎", "16 high street"),
            ("PO Box 123, Anytown, AB1 2CD", "po box 123, AB1 2CD"),
            ("of no fixed abode", "no fixed abode"),
            ("NFA", "no fixed abode"),
            ("Anytown, AB1 2CD", "anytown, AB1 2CD"),
            ("AB1 2CD", "AB1 2CD"),
            ("High Street, Anytown", "high street, anytown"),
        ] {
            assert_eq!(form(text).as_deref(), Some(expected), "{text}");
            assert_eq!(form(expected).as_deref(), Some(expected), "again: {text}");
        }
        assert_eq!(parse(" , ").unwrap(), None);
        assert_eq!(parse("Address withheld"), Err("address withheld"));
        assert_eq!(parse("Not known"), Err("not an address"));
        assert_eq!(parse(&"a ".repeat(300)), Err("too long for an address"));
    }

    #[test]
    fn a_stroke_may_be_read_both_ways() {
        let (parsed, ambiguous) = parse("2/16 High St").unwrap().unwrap();
        assert!(ambiguous);
        let other = parsed.other_way_round().unwrap();
        assert_eq!(other.form(None), "flat 2, 16 high street");
        assert!(!parse("Flat 2, 16 High St").unwrap().unwrap().1);
    }

    fn realistic() -> impl Strategy<Value = String> {
        const WORDS: [&str; 52] = [
            "Flat", "2", "16", "12a", "a", "12-14", "16/2", "High", "St", "Street", "Rd", "Elm",
            "Court", "House", "Regency", "Rose", "Cottage", "Mill", "View", "Lane", "The",
            "Ground", "Floor", "First", "1st", "Basement", "Room", "Unit", "Anytown", "AB1", "2CD",
            "AB1 2CD", "UK", "c/o", "PO", "Box", "Care", "Home", "Hill", "North", "Green", "no",
            "fixed", "abode", "Annexe", "GFF", "flat2", "&", "-", "/", "1f2", "Apts",
        ];
        let part = (
            proptest::sample::select(&WORDS[..]),
            proptest::sample::select(&[" ", ", ", " ", ""][..]),
        );
        proptest::collection::vec(part, 0..10)
            .prop_map(|parts| parts.into_iter().flat_map(|(word, glue)| [word, glue]).collect())
    }

    proptest! {
        #[test]
        fn what_is_plain_is_read_in_one_way(
            unit in "(flat ([0-9]{1,2}[a-z]?|[a-z]), )?",
            name in "([a-z]{2,6} (house|court|lodge|cottage|towers), |)",
            number in "([0-9]{1,3}[a-z]?|[0-9]{1,2}-[0-9]{2}|) ?",
            street in "(north|[a-z]{2,7}) (road|street|court|lane|way|close|drive)",
            locality in "(, [a-z]{2,9}){0,2}"
        ) {
            let text = [unit, name, number, street, locality].concat();
            if let Ok(Some((parsed, _))) = parse(&text)
                && parsed.is_plain()
            {
                let form_of = |parsed: &Parsed| parsed.form(parsed.postcode.as_deref());
                let again = parse(&form_of(&parsed)).unwrap().unwrap().0;
                prop_assert_eq!(form_of(&again), form_of(&parsed), "{}", text);
                prop_assert_eq!(again.kind, parsed.kind);
            }
        }
        #[test]
        fn an_address_in_its_form_stays(text in prop_oneof![any::<String>(), realistic()]) {
            if let Ok(Some(form)) = crate::address::stable_form(&text) {
                prop_assert_eq!(crate::address::stable_form(&form), Ok(Some(form)));
            }
        }
    }
}
