//! Puts postcodes of the United Kingdom into one form, in full or as far as they are known.

use crate::text::ascii;

pub(crate) const NO_FIXED_ABODE: &str = "no fixed abode";
pub(crate) const NOT_KNOWN: &str = "not known";
pub(crate) const DUMMY: &str = "dummy value";
const OVERSEAS: &str = "overseas";
const NOT_A_POSTCODE: &str = "not a postcode";

/// A postcode as "AB1 2CD", a sector as "AB1 2" or a district as "AB1"; nothing if the text is
/// blank.
///
/// The letters O and I and the digits 0 and 1 are put right where only the other can stand.
pub(crate) fn postcode(text: &str) -> Result<Option<String>, &'static str> {
    // No postcode is this long; a cell in the wrong column can be.
    if text.len() > 100 {
        return Err(NOT_A_POSTCODE);
    }
    if let Some(whole) = as_written(text) {
        return Ok(Some(whole));
    }
    let mut parts: Vec<String> = Vec::new();
    for part in ascii(text).split_whitespace() {
        let kept = crate::text::alphanumerics(part);
        if !kept.is_empty() {
            parts.push(kept);
        }
    }
    let compact = parts.concat();
    match compact.as_str() {
        "" => return Ok(None),
        "ZZ993VZ" | "NF11NF" | "NF11FA" | "NFA" | "NOFIXEDABODE" | "NOFIXEDADDRESS" => {
            return Err(NO_FIXED_ABODE);
        }
        "ZZ993WZ" | "ZZ993CZ" | "ZZ99" | "UNKNOWN" | "NOTKNOWN" | "NK" | "NONE" | "NA" => {
            return Err(NOT_KNOWN);
        }
        "XX11XX" | "ZZ11ZZ" | "XX1" | "ZZ1" => return Err(DUMMY),
        _ if compact.starts_with("ZZ99") => return Err(OVERSEAS),
        _ => {}
    }
    // The reading that changes least is meant; of two, the whole postcode.
    let readings = [full(&compact), partial(&parts)];
    let (_, found) =
        readings.into_iter().flatten().min_by_key(|(changes, _)| *changes).ok_or(NOT_A_POSTCODE)?;
    // Putting letters right can lead to a blocked value: judge the result as well.
    match found.as_str() {
        "NF1 1NF" | "NF1 1FA" => Err(NO_FIXED_ABODE),
        "XX1 1XX" | "XX1" | "XX1 1" => Err(DUMMY),
        _ => Ok(Some(found)),
    }
}

/// A whole postcode that needs nothing put right, as nearly all are, and is no dummy.
fn as_written(text: &str) -> Option<String> {
    let mut letters = [0; 7];
    let mut n = 0;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            *letters.get_mut(n)? = byte.to_ascii_uppercase();
            n += 1;
        } else if byte != b' ' {
            return None;
        }
    }
    let (outward, inward) = letters[..n].split_at_checked(n.checked_sub(3)?)?;
    let is_inward = matches!(inward, [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z']);
    // Without the letters that are taken for digits, and the districts that there are not.
    let is_outward = match outward {
        [b'A'..=b'Z', b'1'..=b'9'] | [b'A'..=b'Z', b'1'..=b'9', b'0'..=b'9'] => true,
        [b'A'..=b'Z', b'1'..=b'9', last] => matches!(last, b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z'),
        [b'A'..=b'Z', second, b'1'..=b'9', rest @ ..] => {
            matches!(second, b'A'..=b'H' | b'J'..=b'Y')
                && matches!(rest, [] | [b'0'..=b'9' | b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z'])
        }
        _ => false,
    };
    let is_dummy = matches!((outward, inward), (b"NF1" | b"XX1", _));
    let text = |bytes| std::str::from_utf8(bytes).ok();
    if !is_inward || !is_outward || is_dummy {
        return None;
    }
    Some([text(outward)?, " ", text(inward)?].concat())
}

/// Whether a postcode in its form is a whole one.
pub(crate) fn is_full(postcode: &str) -> bool {
    postcode.split_once(' ').is_some_and(|(_, inward)| inward.len() == 3)
}

/// The sector of a postcode in its form, if it says one.
pub(crate) fn sector(postcode: &str) -> Option<&str> {
    let blank = postcode.find(' ')?;
    Some(&postcode[..blank + 2])
}

/// The district of a postcode in its form.
pub(crate) fn district(postcode: &str) -> &str {
    postcode.split(' ').next().unwrap_or(postcode)
}

/// The area of a postcode in its form.
pub(crate) fn area(postcode: &str) -> &str {
    let end = postcode.bytes().take_while(u8::is_ascii_alphabetic).count();
    &postcode[..end]
}

/// A whole postcode from upper-case letters and digits that say it exactly.
pub(crate) fn exact(compact: &str) -> Option<String> {
    as_written(compact).or_else(|| {
        let (changes, found) = full(compact)?;
        (changes == 0 && postcode(compact).is_ok()).then_some(found)
    })
}

/// A whole postcode of which a digit may have been read for a letter, or the other way round.
pub(crate) fn misread(out: &str, inward: &str) -> Option<String> {
    let is_digit = |b: u8| b.is_ascii_digit();
    let compact = [out, inward].concat();
    let (changes, found) = full(&compact).filter(|_| compact.bytes().any(is_digit))?;
    (changes <= 1 && postcode(&compact).is_ok()).then_some(found)
}

/// A sector said in two words, exactly.
pub(crate) fn sector_of(out: &str, digit: &str) -> Option<String> {
    let (changes, found) = join(outward(out)?, fit(digit, "9")?);
    (changes == 0).then_some(found)
}

/// A district, or a sector run together, exactly.
pub(crate) fn district_of(text: &str) -> Option<String> {
    let (changes, found) = outward(text)?;
    (changes == 0).then_some(found)
}

/// A reading, and how many letters had to be put right for it.
type Reading = (usize, String);

fn full(compact: &str) -> Option<Reading> {
    if compact == "GIR0AA" {
        return Some((0, "GIR 0AA".to_owned()));
    }
    if !(5..=7).contains(&compact.len()) {
        return None;
    }
    let (out, inward) = compact.split_at(compact.len() - 3);
    Some(join(outward(out)?, fit(inward, "9AA")?))
}

/// A sector or district. Of letters and digits run together the longest district wins.
fn partial(parts: &[String]) -> Option<Reading> {
    match parts {
        [out, rest] if rest.len() == 1 => Some(join(outward(out)?, fit(rest, "9")?)),
        [out, rest] if rest.len() == 2 => {
            // A letter more is the beginning of an inward part that was cut off.
            fit(&rest[1..], "A")?;
            let (changes, sector) = join(outward(out)?, fit(&rest[..1], "9")?);
            Some((changes + 1, sector))
        }
        [one] => outward(one).or_else(|| {
            let (out, digit) = one.split_at_checked(one.len() - 1)?;
            Some(join(outward(out)?, fit(digit, "9")?))
        }),
        _ => None,
    }
}

fn join((outward_changes, outward): Reading, (changes, inward): Reading) -> Reading {
    (outward_changes + changes, format!("{outward} {inward}"))
}

/// The outward part, put right by the pattern that needs the fewest changes.
fn outward(text: &str) -> Option<Reading> {
    const PATTERNS: [&str; 6] = ["A9", "A99", "AA9", "A9A", "AA99", "AA9A"];
    let readings = PATTERNS.iter().filter_map(|pattern| {
        let reading = fit(text, pattern)?;
        let bytes = reading.1.as_bytes();
        // No second letter is I or Z, no district of two digits begins with 0, and no district
        // ends with the letters that look like digits.
        let second_letter = pattern.starts_with("AA") && matches!(bytes[1], b'I' | b'Z');
        let leading_zero = pattern.ends_with("99") && bytes[bytes.len() - 2] == b'0';
        let last_letter = pattern.ends_with("9A") && matches!(bytes[bytes.len() - 1], b'I' | b'O');
        (!second_letter && !leading_zero && !last_letter).then_some(reading)
    });
    readings.min()
}

/// The text with O and I for 0 and 1, or the reverse, wherever the pattern needs it.
fn fit(text: &str, pattern: &str) -> Option<Reading> {
    if text.len() != pattern.len() {
        return None;
    }
    let mut changes = 0;
    let mut fitted = String::with_capacity(text.len());
    for (letter, place) in text.chars().zip(pattern.chars()) {
        let right = match (place, letter) {
            ('A', 'A'..='Z') | ('9', '0'..='9') => letter,
            ('A', '0') => 'O',
            ('A', '1') => 'I',
            ('9', 'O') => '0',
            ('9', 'I') => '1',
            _ => return None,
        };
        changes += usize::from(right != letter);
        fitted.push(right);
    }
    Some((changes, fitted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_needs_nothing_put_right_is_read_as_all_else_is(
            text in "[A-PX-Zo-z]{1,2}[0-9]{1,2}[A-Z]?[ ]?[0-9][A-Zi]{2}"
        ) {
            let upper = text.replace(' ', "").to_uppercase();
            if let Some(found) = as_written(&text) {
                prop_assert_eq!(full(&upper), Some((0, found.clone())));
                prop_assert_eq!(postcode(&found), Ok(Some(found)));
            }
        }
    }

    #[test]
    fn postcodes_have_one_form() {
        for (text, expected) in [
            ("AB1 2CD", "AB1 2CD"),
            ("ab12cd", "AB1 2CD"),
            (" a b1-2 cd. ", "AB1 2CD"),
            ("SW1A1AA", "SW1A 1AA"),
            ("ec1a 1bb", "EC1A 1BB"),
            ("M1 1AE", "M1 1AE"),
            ("W1A 0AX", "W1A 0AX"),
            ("GIR 0AA", "GIR 0AA"),
            ("S01 2CD", "SO1 2CD"),
            ("AB1 2C0", "AB1 2CO"),
            ("ABI OCD", "AB1 0CD"),
            ("W1O 1AA", "W10 1AA"),
            ("BS0 1AA", "BS0 1AA"),
            ("AB1 2", "AB1 2"),
            ("AB12", "AB12"),
            ("AB123", "AB12 3"),
            ("SW1A 1", "SW1A 1"),
            ("AB1", "AB1"),
            ("AB1 2C", "AB1 2"),
        ] {
            assert_eq!(postcode(text), Ok(Some(expected.to_owned())), "{text}");
        }
        assert_eq!(postcode(" "), Ok(None));
    }

    #[test]
    fn dummies_are_refused_for_what_they_mean() {
        for (text, reason) in [
            ("ZZ99 3VZ", NO_FIXED_ABODE),
            ("NF1 1NF", NO_FIXED_ABODE),
            ("NF1 1FA", NO_FIXED_ABODE),
            ("NFI INF", NO_FIXED_ABODE),
            ("zz993wz", NOT_KNOWN),
            ("ZZ99 9ZZ", OVERSEAS),
            ("XX1 1XX", DUMMY),
            ("XXI IXX", DUMMY),
            ("ZZ1 1ZZ", DUMMY),
            ("12345", NOT_A_POSTCODE),
            ("hello", NOT_A_POSTCODE),
            ("AB1 2CD3", NOT_A_POSTCODE),
        ] {
            assert_eq!(postcode(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_postcode_is_a_nest_of_places() {
        assert_eq!(sector("SW1A 1AA"), Some("SW1A 1"));
        assert_eq!(sector("AB1 2"), Some("AB1 2"));
        assert_eq!(sector("AB1"), None);
        assert_eq!(district("SW1A 1AA"), "SW1A");
        assert_eq!(area("SW1A 1AA"), "SW");
        assert_eq!(area("M1"), "M");
        assert!(is_full("M1 1AA") && !is_full("M1 1") && !is_full("M1"));
    }

    proptest! {
        #[test]
        fn a_postcode_in_its_form_stays(
            text in prop_oneof![any::<String>(), "[A-Z01IO]{1,2}[0-9IOA]{1,2}[A-Z]? ?[0-9IO]?[A-Z01]{0,2}"]
        ) {
            if let Ok(Some(form)) = postcode(&text) {
                prop_assert_eq!(postcode(&form), Ok(Some(form)));
            }
        }
    }
}
