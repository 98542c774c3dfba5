//! Tests of two values, and how they are written in a plan.

use std::fmt;
use std::str::FromStr;

/// What a pair of values must pass to be at a level.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Test {
    /// The same value.
    Exact,
    /// Each record has the other's value in the partner field.
    Crossed,
    /// One record's value is a word of the other's in the field named before, such as a middle
    /// name that its bearer is called by.
    Holds,
    /// One name is a pet form of the other, or both of a third.
    Nickname,
    /// Both are given names in their own right, and not forms of one: known as such, or had by
    /// many records. A slip of the pen seldom makes another name.
    OtherName,
    /// The words of one are among the words of the other.
    Subset,
    /// One is the initial of the other.
    Initial,
    /// The same sound (double metaphone, primary code).
    Phonetic,
    /// At most this many letters inserted, deleted, changed or two neighbours swapped.
    Osa(u8),
    /// At most this many letters inserted, deleted or changed.
    Levenshtein(u8),
    /// At most this many letters inserted, deleted or changed, or two swapped, between which
    /// others may have been inserted.
    DamerauLevenshtein(u8),
    /// At most this many letters changed, and none inserted or deleted.
    Hamming(u8),
    /// Share of common letters, of all letters of either, at least this.
    Jaccard(f64),
    /// Jaro similarity at least this.
    Jaro(f64),
    /// Jaro–Winkler similarity at least this.
    JaroWinkler(f64),
    /// Share of common words, of all words of either, at least this.
    Words(f64),
    /// Dates with day and month swapped.
    DayMonthSwapped,
    /// Dates that may be the same, one of them known less exactly.
    Compatible,
    /// Dates of which one cannot be and is a slip from the other: one digit is another, or two
    /// neighbours are swapped.
    Slip,
    /// Dates whose digits differ in at most this many places.
    Digits(u8),
    /// Dates of which at least this many of year, month and day are the same.
    Parts(u8),
    /// Dates at most this many days apart.
    Days(f64),
    /// Dates at most this many months apart, each a twelfth of a year.
    Months(f64),
    /// Dates at most this many years of 365.25 days apart.
    Years(f64),
    /// The same year.
    SameYear,
    /// The same month and day of different years.
    SameDayMonth,
    /// The same home.
    SameDwelling,
    /// The same building; the flat is unknown on a side.
    SameBuilding,
    /// The same postcode, and one of the addresses is no more than that: a pupil's, say, where a
    /// school gives no street.
    PostcodeAlone,
    /// The same postcode.
    SamePostcode,
    /// The same postcode sector.
    SameSector,
    /// The same postcode district.
    SameDistrict,
    /// The same postcode area.
    SameArea,
    /// Places at most this many kilometres apart.
    Kilometres(f64),
    /// Numbers at most this far apart.
    Within(f64),
    /// Numbers at most this share of the larger apart.
    WithinShare(f64),
    /// At least this many common members.
    Common(u8),
    /// All members of one are members of the other.
    Contained,
    /// Vectors between which the cosine of the angle is at least this.
    Cosine(f64),
    /// The same part before the `@`.
    SameUser,
    /// A record lacks the value. Always met or failed, never unknown.
    Missing,
}

const PLAIN: [(&str, Test); 23] = [
    ("exact", Test::Exact),
    ("crossed", Test::Crossed),
    ("holds", Test::Holds),
    ("nickname", Test::Nickname),
    ("other_name", Test::OtherName),
    ("subset", Test::Subset),
    ("initial", Test::Initial),
    ("phonetic", Test::Phonetic),
    ("day_month_swapped", Test::DayMonthSwapped),
    ("compatible", Test::Compatible),
    ("slip", Test::Slip),
    ("same_year", Test::SameYear),
    ("same_day_month", Test::SameDayMonth),
    ("same_dwelling", Test::SameDwelling),
    ("same_building", Test::SameBuilding),
    ("postcode_alone", Test::PostcodeAlone),
    ("same_postcode", Test::SamePostcode),
    ("same_sector", Test::SameSector),
    ("same_district", Test::SameDistrict),
    ("same_area", Test::SameArea),
    ("same_user", Test::SameUser),
    ("contained", Test::Contained),
    ("missing", Test::Missing),
];

impl Test {
    /// Whether every pair of values that passes the closer test passes this one, as far as can be
    /// told from what is written.
    #[must_use]
    pub fn covers(self, closer: Test) -> bool {
        match (self, closer) {
            (Test::Osa(a), Test::Osa(b) | Test::Levenshtein(b) | Test::Hamming(b))
            | (Test::Levenshtein(a), Test::Levenshtein(b) | Test::Hamming(b))
            | (Test::Hamming(a), Test::Hamming(b))
            | (Test::Digits(a), Test::Digits(b)) => b <= a,
            (Test::Jaro(a), Test::Jaro(b) | Test::JaroWinkler(b)) if a == 0.0 => b >= a,
            (Test::Jaro(a), Test::Jaro(b))
            | (Test::JaroWinkler(a), Test::JaroWinkler(b) | Test::Jaro(b))
            | (Test::Words(a), Test::Words(b))
            | (Test::Cosine(a), Test::Cosine(b)) => a <= b,
            (Test::Days(a), Test::Days(b))
            | (Test::Months(a), Test::Months(b))
            | (Test::Years(a), Test::Years(b))
            | (Test::Kilometres(a), Test::Kilometres(b))
            | (Test::Within(a), Test::Within(b))
            | (Test::WithinShare(a), Test::WithinShare(b)) => b <= a,
            (Test::Months(a), Test::Days(b)) => b <= a * 30.0,
            (Test::Years(a), Test::Days(b)) => b <= a * 365.0,
            (Test::Years(a), Test::Months(b)) => b <= a * 12.0,
            (Test::Common(a), Test::Common(b)) | (Test::Parts(a), Test::Parts(b)) => a <= b,
            (Test::Parts(a), Test::SameDayMonth) => a <= 2,
            (
                Test::SameBuilding
                | Test::SamePostcode
                | Test::SameSector
                | Test::SameDistrict
                | Test::SameArea,
                Test::SameDwelling,
            )
            | (
                Test::SamePostcode | Test::SameSector | Test::SameDistrict | Test::SameArea,
                Test::SameBuilding | Test::PostcodeAlone,
            )
            | (Test::SameSector | Test::SameDistrict | Test::SameArea, Test::SamePostcode)
            | (Test::SameDistrict | Test::SameArea, Test::SameSector)
            | (Test::SameArea, Test::SameDistrict) => true,
            (looser, closer) => {
                // Whatever lets near values pass lets equal ones pass.
                let unlike = matches!(
                    looser,
                    Test::Crossed
                        | Test::Holds
                        | Test::Nickname
                        | Test::Subset
                        | Test::Initial
                        | Test::DayMonthSwapped
                        | Test::Slip
                        | Test::Missing
                );
                looser == closer || (closer == Test::Exact && !unlike)
            }
        }
    }
}

impl FromStr for Test {
    type Err = String;

    fn from_str(text: &str) -> Result<Test, String> {
        let text = text.trim();
        if let Some((_, test)) = PLAIN.iter().find(|(word, _)| *word == text) {
            return Ok(*test);
        }
        let (name, argument) = text
            .split_once('(')
            .and_then(|(name, rest)| Some((name.trim(), rest.trim_end().strip_suffix(')')?.trim())))
            .ok_or_else(|| unknown(text))?;
        let count = || argument.parse().map_err(|_| format!("`{name}` takes a small whole number"));
        let similarity = || match argument.parse::<f64>() {
            Ok(s) if (0.0..=1.0).contains(&s) => Ok(s),
            _ => Err(format!("`{name}` takes a number from 0 to 1")),
        };
        let distance = || match argument.parse::<f64>() {
            Ok(d) if d >= 0.0 && d.is_finite() => Ok(d),
            _ => Err(format!("`{name}` takes a number that is not negative")),
        };
        match name {
            "osa" => Ok(Test::Osa(count()?)),
            "levenshtein" => Ok(Test::Levenshtein(count()?)),
            "damerau_levenshtein" => Ok(Test::DamerauLevenshtein(count()?)),
            "hamming" => Ok(Test::Hamming(count()?)),
            "jaccard" => Ok(Test::Jaccard(similarity()?)),
            "jaro" => Ok(Test::Jaro(similarity()?)),
            "jaro_winkler" => Ok(Test::JaroWinkler(similarity()?)),
            "words" => Ok(Test::Words(similarity()?)),
            "digits" => Ok(Test::Digits(count()?)),
            "parts" => Ok(Test::Parts(count()?)),
            "days" => Ok(Test::Days(distance()?)),
            "months" => Ok(Test::Months(distance()?)),
            "years" => Ok(Test::Years(distance()?)),
            "cosine" => Ok(Test::Cosine(similarity()?)),
            "km" => Ok(Test::Kilometres(distance()?)),
            "within" => Ok(Test::Within(distance()?)),
            "within_share" => Ok(Test::WithinShare(similarity()?)),
            "common" => Ok(Test::Common(count()?)),
            _ => Err(unknown(text)),
        }
    }
}

fn unknown(text: &str) -> String {
    let known: Vec<&str> = PLAIN.iter().map(|(word, _)| *word).collect();
    format!(
        "`{text}` is no level; known: {}, osa(n), levenshtein(n), damerau_levenshtein(n), hamming(n), \
         jaccard(s), jaro(s), jaro_winkler(s), words(s), digits(n), parts(n), days(n), months(n), years(n), \
         km(d), within(d), within_share(s), common(n), cosine(s), is('value'), either_is('value')",
        known.join(", ")
    )
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Osa(n) => write!(f, "osa({n})"),
            Test::Levenshtein(n) => write!(f, "levenshtein({n})"),
            Test::DamerauLevenshtein(n) => write!(f, "damerau_levenshtein({n})"),
            Test::Hamming(n) => write!(f, "hamming({n})"),
            Test::Jaccard(s) => write!(f, "jaccard({s})"),
            Test::Jaro(s) => write!(f, "jaro({s})"),
            Test::JaroWinkler(s) => write!(f, "jaro_winkler({s})"),
            Test::Words(s) => write!(f, "words({s})"),
            Test::Digits(n) => write!(f, "digits({n})"),
            Test::Parts(n) => write!(f, "parts({n})"),
            Test::Days(n) => write!(f, "days({n})"),
            Test::Months(n) => write!(f, "months({n})"),
            Test::Years(n) => write!(f, "years({n})"),
            Test::Cosine(s) => write!(f, "cosine({s})"),
            Test::Kilometres(d) => write!(f, "km({d})"),
            Test::Within(d) => write!(f, "within({d})"),
            Test::WithinShare(s) => write!(f, "within_share({s})"),
            Test::Common(n) => write!(f, "common({n})"),
            plain => {
                let word = PLAIN.iter().find(|(_, test)| test == plain);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_written_as_it_is_read() {
        for (word, test) in PLAIN {
            assert_eq!(word.parse::<Test>().unwrap(), test);
            assert_eq!(test.to_string(), word);
        }
        for text in [
            "osa(1)",
            "hamming(2)",
            "jaro_winkler(0.92)",
            "days(31)",
            "months(0.5)",
            "years(10)",
            "km(1.5)",
            "within_share(0.1)",
            "cosine(0.95)",
        ] {
            assert_eq!(text.parse::<Test>().unwrap().to_string(), text);
        }
        for text in ["", "osa", "osa(x)", "jaro(1.2)", "km(-1)", "exactly"] {
            assert!(text.parse::<Test>().is_err(), "{text}");
        }
    }
}
