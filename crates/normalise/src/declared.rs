//! Puts the values of the fields a plan declares, and of sex, into one form.

use record::Point;

use crate::text::{alphanumerics, ascii, fold, words};

const NOT_A_NUMBER: &str = "not a number";
const NOT_A_POINT: &str = "not a latitude and longitude";

/// `male`, `female`, or nothing where the source says that it does not know.
pub(crate) fn sex(text: &str) -> Result<Option<String>, &'static str> {
    let folded = fold(text);
    // Returns list their answers: "a) Male".
    let answer = match folded.trim().split_once(')') {
        Some((mark, answer)) if mark.trim_start_matches('(').trim().len() == 1 => answer,
        _ => &folded,
    };
    match words(answer).as_str() {
        "m" | "male" | "boy" | "man" | "1" | "01" => Ok(Some("male".to_owned())),
        "f" | "female" | "girl" | "woman" | "2" | "02" => Ok(Some("female".to_owned())),
        "" | "u" | "unknown" | "0" | "00" | "9" | "09" | "x" | "i" | "indeterminate"
        | "not specified" | "not stated" | "not known" | "not recorded" | "not disclosed"
        | "prefer not to say" | "undetermined" | "other" | "non binary" | "nonbinary" => Ok(None),
        _ => Err("not a sex"),
    }
}

/// Words in small plain letters, single blanks between them.
pub(crate) fn plain(text: &str) -> Option<String> {
    Some(words(text)).filter(|words| !words.is_empty())
}

/// A reference's letters and digits.
pub(crate) fn code(text: &str) -> Option<String> {
    Some(alphanumerics(text)).filter(|code| !code.is_empty())
}

/// A quantity; commas between thousands and a pound sign before are passed over.
pub(crate) fn number(text: &str) -> Result<Option<f64>, &'static str> {
    let text = ascii(text.trim_matches(|letter: char| letter.is_whitespace() || letter == '£'));
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first =
        groups.next().is_some_and(|group| (1..=3).contains(&group.trim_start_matches('-').len()));
    // "1.234,5" is written elsewhere for 1234.5, and could be meant for either here.
    let thousands = first && !fraction.contains(',') && groups.all(|group| group.len() == 3);
    if text.contains(',') && !thousands {
        return Err(NOT_A_NUMBER);
    }
    let number: f64 = text.replace(',', "").parse().map_err(|_| NOT_A_NUMBER)?;
    // Adding zero makes the two zeros one.
    if number.is_finite() { Ok(Some(number + 0.0)) } else { Err(NOT_A_NUMBER) }
}

/// Latitude and longitude in degrees, separated by a comma, semicolon or blank.
pub(crate) fn point(text: &str) -> Result<Option<Point>, &'static str> {
    let parts: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';')
        .filter(|part| !part.is_empty())
        .collect();
    let [latitude, longitude] = parts.as_slice() else {
        return if parts.is_empty() { Ok(None) } else { Err(NOT_A_POINT) };
    };
    let degrees = |part: &str, most: f64| {
        part.parse::<f64>()
            .ok()
            .filter(|degrees| degrees.abs() <= most)
            .map(|degrees| degrees + 0.0)
    };
    let latitude = degrees(latitude, 90.0).ok_or(NOT_A_POINT)?;
    let longitude = degrees(longitude, 180.0).ok_or(NOT_A_POINT)?;
    if latitude == 0.0 && longitude == 0.0 {
        return Err("dummy value");
    }
    Ok(Some(Point { latitude, longitude }))
}

/// Numbers, perhaps in brackets, separated by commas, semicolons or blanks; single blanks between
/// them afterwards.
pub(crate) fn vector(text: &str) -> Result<Option<String>, &'static str> {
    let inside = text.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let numbers: Option<Vec<String>> = inside
        .split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let number = part.parse::<f64>().ok().filter(|number| number.is_finite())?;
            Some((number + 0.0).to_string())
        })
        .collect();
    let numbers = numbers.ok_or("not a vector")?;
    Ok((!numbers.is_empty()).then(|| numbers.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sex_is_male_female_or_missing() {
        for (text, expected) in [
            ("M", Ok("male")),
            ("a) Male", Ok("male")),
            ("(b) FEMALE", Ok("female")),
            ("2", Ok("female")),
            ("boy", Ok("male")),
            ("", Ok("")),
            ("u", Ok("")),
            ("9", Ok("")),
            ("Not specified", Ok("")),
            ("Prefer not to say", Ok("")),
            ("yes", Err("not a sex")),
        ] {
            let expected = expected.map(|form: &str| (!form.is_empty()).then(|| form.to_owned()));
            assert_eq!(sex(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_and_points_are_read() {
        assert_eq!(number("1,234.50"), Ok(Some(1234.5)));
        assert_eq!(number("£12"), Ok(Some(12.0)));
        assert_eq!(number("-0").map(|n| n.map(f64::to_bits)), Ok(Some(0)));
        assert_eq!(number(""), Ok(None));
        for text in ["1,5", "1.234,5", "1,2.3,4", "ten", "NaN", "inf", "1e999"] {
            assert_eq!(number(text), Err(NOT_A_NUMBER), "{text}");
        }
        let place = Point { latitude: 51.5, longitude: -0.1 };
        assert_eq!(point("51.5,-0.1"), Ok(Some(place)));
        assert_eq!(point(" 51.5  -0.1 "), Ok(Some(place)));
        assert_eq!(point("0,0"), Err("dummy value"));
        assert_eq!(point("91,0"), Err(NOT_A_POINT));
        assert_eq!(point("51.5"), Err(NOT_A_POINT));
        assert_eq!(point(""), Ok(None));
    }

    #[test]
    fn vectors_are_read_in_every_notation() {
        for text in ["[0.10, -2,3e0]", "0.1 -2 3", "(0.1;-2;3)"] {
            assert_eq!(vector(text), Ok(Some("0.1 -2 3".to_owned())), "{text}");
        }
        assert_eq!(vector("[]"), Ok(None));
        for text in ["1,x", "NaN", "1e999"] {
            assert_eq!(vector(text), Err("not a vector"), "{text}");
        }
    }

    #[test]
    fn words_and_codes_have_one_form() {
        assert_eq!(plain("  Café-Owner (retired) "), Some("cafe owner retired".to_owned()));
        assert_eq!(plain(" -- "), None);
        assert_eq!(code("ab-12/3 x"), Some("AB123X".to_owned()));
        assert_eq!(code(""), None);
    }

    proptest! {
        #[test]
        fn a_declared_value_in_its_form_stays(text in any::<String>()) {
            if let Some(form) = plain(&text) {
                prop_assert_eq!(plain(&form), Some(form));
            }
            if let Some(form) = code(&text) {
                prop_assert_eq!(code(&form), Some(form));
            }
        }

        #[test]
        fn a_quantity_in_its_form_stays(value in any::<f64>(), latitude in -90.0..90.0_f64) {
            if let Ok(Some(form)) = number(&value.to_string()) {
                prop_assert_eq!(number(&form.to_string()), Ok(Some(form)));
            }
            let text = format!("{latitude},{latitude}");
            prop_assert_eq!(point(&text), Ok(Some(Point { latitude, longitude: latitude })));
        }
    }
}
