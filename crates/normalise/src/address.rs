//! Reads addresses in words and tells which of them are one place.
//!
//! Each distinct text is taken apart by itself; then all of them are looked at together to say
//! which are one dwelling or one building.

mod complete;
mod entries;
mod keys;
mod kind;
mod known;
mod lex;
mod listed;
mod order;
mod packed;
mod parse;
mod places;
mod postcodes;
mod references;
mod statement;
mod streets;
#[cfg(test)]
mod tests;
mod units;
mod words;

pub(crate) use listed::Listed;
pub(crate) use packed::Packed;
pub(crate) use parse::{NO_FIXED_ABODE, Parsed};
pub(crate) use places::places;
pub(crate) use statement::{Statement, Words};

/// What the words of an address say, and whether unit and number may be the other way round.
type Reading = (Parsed, bool);

/// What the words of an address say, to be kept.
pub(crate) fn packed(text: &str) -> Result<Option<Packed>, &'static str> {
    Ok(read(text)?.map(|(parsed, is_ambiguous)| Packed::of(&parsed, is_ambiguous)))
}

/// Reads an address so that its one-line form, read again, gives the same form.
fn read(text: &str) -> Result<Option<Reading>, &'static str> {
    let Some(mut reading) = parse::parse(text)? else { return Ok(None) };
    if reading.0.is_plain() {
        return Ok(Some(reading));
    }
    // What is put in order can show a unit or street that the disorder hid. Twice is rare and
    // more than that unheard of, but a limit makes it certain.
    for _ in 0..8 {
        let form = own_form(&reading.0);
        let Some(again) = parse::parse(&form)? else { return Ok(None) };
        if own_form(&again.0) == form {
            return Ok(Some(reading));
        }
        let kind = reading.0.kind;
        reading = again;
        if reading.0.kind == record::AddressKind::Home {
            reading.0.kind = kind;
        }
    }
    Err("not an address")
}

/// The one-line form of an address that has only its words.
pub(crate) fn stable_form(text: &str) -> Result<Option<String>, &'static str> {
    Ok(read(text)?.map(|(parsed, _)| own_form(&parsed)))
}

fn own_form(parsed: &Parsed) -> String {
    parsed.form(parsed.postcode.as_deref())
}
