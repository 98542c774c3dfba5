//! Reads addresses in words and tells which of them are one place.
//!
//! Each distinct text is taken apart by itself; then all of them are looked at together to say
//! which are one dwelling or one building.

mod complete;
mod kind;
mod known;
mod lex;
mod listed;
mod order;
mod parse;
mod places;
mod postcodes;
mod streets;
mod units;
mod words;

pub(crate) use listed::Listed;
pub(crate) use parse::{NO_FIXED_ABODE, Parsed};
pub(crate) use places::{Statement, Words, places};

/// What the words of an address say, and whether unit and number may be the other way round.
pub(crate) type Reading = (Parsed, bool);

/// Reads an address so that its one-line form, read again, gives the same form.
pub(crate) fn read(text: &str) -> Result<Option<Reading>, &'static str> {
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
