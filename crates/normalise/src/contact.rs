//! Puts telephone numbers and e-mail addresses into one form.

use crate::text::{ascii, undo_spreadsheet};

const DUMMY: &str = "dummy value";
const NOT_A_PHONE: &str = "not a phone number";
const NOT_AN_EMAIL: &str = "not an e-mail address";

/// The telephone numbers in a value: digits only, those of the United Kingdom with a leading 0.
pub(crate) fn phones(text: &str) -> Result<Vec<String>, &'static str> {
    if text.len() > 200 {
        return Err(NOT_A_PHONE);
    }
    let text =
        undo_spreadsheet(text).ok_or("digits lost to scientific notation in a spreadsheet")?;
    let text = ascii(text).to_ascii_lowercase();
    let parts: Vec<&str> = text.split(['/', ',', ';', '|', '&']).collect();
    let digits = |part: &&str| part.bytes().filter(u8::is_ascii_digit).count() >= 10;
    if parts.len() > 1 && parts.iter().all(digits) {
        let mut found: Vec<String> = Vec::new();
        let mut refused = None;
        for part in parts {
            match phone(part) {
                Ok(number) if number.as_ref().is_some_and(|number| found.contains(number)) => {}
                Ok(number) => found.extend(number),
                Err(reason) => refused = Some(reason),
            }
        }
        return refused.filter(|_| found.is_empty()).map_or(Ok(found), Err);
    }
    Ok(phone(&text)?.into_iter().collect())
}

fn phone(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.find("ext").or_else(|| text.find(['x', '#'])).map_or(text, |end| &text[..end]);
    let international = text.trim_start().trim_start_matches('(').starts_with('+');
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        let says_something = text.bytes().any(|b| b.is_ascii_alphanumeric());
        return if says_something { Err(NOT_A_PHONE) } else { Ok(None) };
    }
    if international {
        digits.insert_str(0, "00");
    }
    digits = national(&digits);
    if !(7..=15).contains(&digits.len()) {
        return Err(NOT_A_PHONE);
    }
    let significant = digits.trim_start_matches('0');
    let tail = &digits.as_bytes()[digits.len() - 7..];
    let counting = ["123456789", "987654321"].iter().any(|run| digits.contains(run));
    if significant.is_empty() || tail.iter().all(|&b| b == tail[0]) || counting {
        return Err(DUMMY);
    }
    Ok(Some(digits))
}

/// The number as dialled within the United Kingdom.
fn national(digits: &str) -> String {
    let home = digits.strip_prefix("0044").or_else(|| {
        // Without a plus, "44" is the country only if a whole number follows.
        digits.strip_prefix("44").filter(|rest| rest.trim_start_matches('0').len() == 10)
    });
    if let Some(rest) = home {
        return format!("0{}", rest.trim_start_matches('0'));
    }
    if digits.len() == 10 && digits.starts_with(['1', '2', '7']) {
        // A spreadsheet took the number for a quantity.
        return format!("0{digits}");
    }
    digits.to_owned()
}

/// An e-mail address in small letters.
pub(crate) fn email(text: &str) -> Result<Option<String>, &'static str> {
    if text.len() > 254 {
        return Err(NOT_AN_EMAIL);
    }
    let text = text.trim().to_lowercase();
    let wrapping = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "<>()[]\"'.,;:".contains(letter)
    };
    let mut text = text.trim_matches(wrapping);
    while let Some(rest) = text.strip_prefix("mailto:") {
        text = rest.trim_matches(wrapping);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Ok(None);
    }
    let (user, domain) = text.split_once('@').ok_or(NOT_AN_EMAIL)?;
    let sound = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    // A mistyped host is still evidence: it is compared letter by letter.
    let named = domain.contains('.') || domain.chars().filter(|c| c.is_alphanumeric()).count() > 3;
    if user.is_empty()
        || !named
        || !text.chars().all(|c| sound(c) || c == '@')
        || domain.contains('@')
    {
        return Err(NOT_AN_EMAIL);
    }
    let name: String = user.chars().filter(|c| c.is_alphabetic()).collect();
    let dummies = [
        "none",
        "noemail",
        "nomail",
        "noreply",
        "donotreply",
        "test",
        "na",
        "unknown",
        "null",
        "nobody",
        "noone",
        "dummy",
        "notknown",
        "notgiven",
        "nil",
        "x",
        "xx",
        "xxx",
        "noemailaddress",
        "emailtest",
    ];
    if dummies.contains(&name.as_str()) {
        return Err(DUMMY);
    }
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phone_numbers_have_one_form() {
        for (text, expected) in [
            ("07700 900123", "07700900123"),
            ("+44 7700 900123", "07700900123"),
            ("+44 (0)7700 900-123", "07700900123"),
            ("(+44) 7700900123", "07700900123"),
            ("0044 7700 900123", "07700900123"),
            ("447700900123", "07700900123"),
            ("7700900123", "07700900123"),
            ("1632960123", "01632960123"),
            ("01632 960123 ext 45", "01632960123"),
            ("01632 960123 x45", "01632960123"),
            ("7700900123.0", "07700900123"),
            ("07700 900123 / 01632 960123", "07700900123|01632960123"),
            ("+33 1 23 45 67 80", "0033123456780"),
            ("", ""),
            ("-", ""),
        ] {
            assert_eq!(phones(text).unwrap().join("|"), expected, "{text}");
        }
        for (text, reason) in [
            ("00000000000", DUMMY),
            ("07777777777", DUMMY),
            ("07000000000", DUMMY),
            ("0123456789", DUMMY),
            ("12345", NOT_A_PHONE),
            ("none", NOT_A_PHONE),
            ("0770090012307700900123", NOT_A_PHONE),
        ] {
            assert_eq!(phones(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn email_addresses_have_one_form() {
        for (text, expected) in [
            (" Ann.Smith@Example.ORG ", Ok("ann.smith@example.org")),
            ("<mailto:ann@b.uk>", Ok("ann@b.uk")),
            ("mailto:ann@b.uk.", Ok("ann@b.uk")),
            ("ann smith@b.uk", Err(NOT_AN_EMAIL)),
            ("ann@b", Err(NOT_AN_EMAIL)),
            ("ann@examplecom", Ok("ann@examplecom")),
            ("ann@exam#ple.org", Ok("ann@exam#ple.org")),
            ("ann@b@c.org", Err(NOT_AN_EMAIL)),
            ("ann", Err(NOT_AN_EMAIL)),
            ("@b.uk", Err(NOT_AN_EMAIL)),
            ("none@none.com", Err(DUMMY)),
            ("no-email@x.uk", Err(DUMMY)),
            ("noemail@x.uk", Err(DUMMY)),
            ("test123@x.uk", Err(DUMMY)),
        ] {
            assert_eq!(email(text), expected.map(|form| Some(form.to_owned())), "{text}");
        }
        assert_eq!(email(" . "), Ok(None));
    }

    proptest! {
        #[test]
        fn a_contact_in_its_form_stays(
            text in prop_oneof![
                any::<String>(),
                "\\+?(44|0044|0|7|1)?[0-9() ]{5,14}(ext [0-9])?",
                "[a-zA-Z.]{1,5}@[a-z.]{1,8}",
            ]
        ) {
            for form in phones(&text).unwrap_or_default() {
                prop_assert_eq!(phones(&form), Ok(vec![form]));
            }
            if let Ok(Some(form)) = email(&text) {
                prop_assert_eq!(email(&form), Ok(Some(form)));
            }
        }
    }
}
