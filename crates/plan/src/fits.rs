//! Which forms and which tests suit which kinds of field.

use block::Form;
use compare::{Condition, Test};
use record::Kind;

/// Whether values of this kind have this form.
pub(crate) fn form_fits(form: Form, kind: Kind) -> bool {
    match form {
        Form::Equal => !matches!(kind, Kind::FullName | Kind::Vector),
        Form::Prefix(_) | Form::Suffix(_) => {
            is_written(kind) || matches!(kind, Kind::Category | Kind::List | Kind::Items)
        }
        Form::Phonetic | Form::Word => is_words(kind) || kind == Kind::List,
        Form::Year | Form::Month | Form::DayMonth => kind == Kind::Date,
        Form::Dwelling | Form::Building | Form::Postcode => kind == Kind::Address,
        Form::Sector | Form::District => matches!(kind, Kind::Address | Kind::Postcode),
    }
}

/// Whether two values of this kind can be put to this test.
pub(crate) fn test_fits(test: Test, kind: Kind) -> bool {
    match test {
        Test::Exact | Test::Missing => !matches!(kind, Kind::FullName | Kind::Statement),
        Test::Crossed | Test::Holds | Test::Initial | Test::Subset => is_words(kind),
        // Of lists, some member of each has to pass.
        Test::Phonetic | Test::Words(_) => is_words(kind) || kind == Kind::List,
        Test::Nickname | Test::OtherName => matches!(kind, Kind::Forename | Kind::MiddleName),
        Test::Osa(_) | Test::Levenshtein(_) | Test::DamerauLevenshtein(_) | Test::Hamming(_) => {
            is_written(kind)
                || matches!(kind, Kind::Category | Kind::Date | Kind::List | Kind::Items)
        }
        Test::Jaccard(_) | Test::Jaro(_) | Test::JaroWinkler(_) => {
            is_written(kind) || matches!(kind, Kind::Category | Kind::List | Kind::Items)
        }
        Test::DayMonthSwapped
        | Test::Compatible
        | Test::Slip
        | Test::Digits(_)
        | Test::Parts(_)
        | Test::Days(_)
        | Test::Months(_)
        | Test::Years(_)
        | Test::SameYear
        | Test::SameDayMonth => kind == Kind::Date,
        Test::SameDwelling | Test::SameBuilding | Test::PostcodeAlone | Test::SamePostcode => {
            kind == Kind::Address
        }
        Test::SameSector | Test::SameDistrict | Test::SameArea => {
            matches!(kind, Kind::Address | Kind::Postcode)
        }
        Test::Kilometres(_) => kind == Kind::Point,
        Test::Within(_) | Test::WithinShare(_) => kind == Kind::Number,
        Test::Common(_) | Test::Contained => matches!(kind, Kind::List | Kind::Items),
        Test::SameUser => kind == Kind::Email,
        Test::Cosine(_) => kind == Kind::Vector,
    }
}

/// Whether the rarity of a value of this kind says something.
pub(crate) fn rarity_tells(kind: Kind) -> bool {
    match kind {
        Kind::Forename
        | Kind::MiddleName
        | Kind::Surname
        | Kind::Date
        | Kind::Address
        | Kind::Postcode
        | Kind::Phone
        | Kind::Email
        | Kind::Text
        | Kind::Category
        | Kind::Code
        | Kind::Verbatim => true,
        // Two sexes are no rarity, an identifier is rare by design, and the rest is measured.
        Kind::FullName
        | Kind::Sex
        | Kind::Uprn
        | Kind::NhsNumber
        | Kind::Upn
        | Kind::Uln
        | Kind::Nino
        | Kind::Number
        | Kind::Point
        | Kind::List
        | Kind::Vector
        | Kind::Items
        | Kind::Statement => false,
    }
}

/// Whether a person's value of this kind changes in the course of a life.
pub(crate) fn changes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Surname
            | Kind::Address
            | Kind::Postcode
            | Kind::Uprn
            | Kind::Phone
            | Kind::Email
            | Kind::Point
    )
}

/// Whether the value is words that are spoken.
fn is_words(kind: Kind) -> bool {
    matches!(kind, Kind::Forename | Kind::MiddleName | Kind::Surname | Kind::Text)
}

/// Whether the value is letters or digits in which one can slip.
fn is_written(kind: Kind) -> bool {
    is_words(kind)
        || matches!(
            kind,
            Kind::Postcode
                | Kind::Uprn
                | Kind::Phone
                | Kind::Email
                | Kind::NhsNumber
                | Kind::Upn
                | Kind::Uln
                | Kind::Nino
                | Kind::Code
                | Kind::Verbatim
        )
}

/// Every form, with an example of those that take a number.
pub(crate) const FORMS: [Form; 13] = [
    Form::Equal,
    Form::Prefix(3),
    Form::Suffix(3),
    Form::Phonetic,
    Form::Word,
    Form::Year,
    Form::Month,
    Form::DayMonth,
    Form::Dwelling,
    Form::Building,
    Form::Postcode,
    Form::Sector,
    Form::District,
];

/// Every test, with an example of those that take a number.
pub(crate) const TESTS: [Test; 41] = [
    Test::Exact,
    Test::Missing,
    Test::Crossed,
    Test::Holds,
    Test::Nickname,
    Test::OtherName,
    Test::Subset,
    Test::Initial,
    Test::Phonetic,
    Test::Osa(1),
    Test::Levenshtein(1),
    Test::Jaro(0.9),
    Test::JaroWinkler(0.9),
    Test::Words(0.5),
    Test::DayMonthSwapped,
    Test::Compatible,
    Test::Slip,
    Test::Digits(1),
    Test::Parts(2),
    Test::Days(31.0),
    Test::Months(1.0),
    Test::Years(1.0),
    Test::SameYear,
    Test::SameDayMonth,
    Test::SameDwelling,
    Test::SameBuilding,
    Test::PostcodeAlone,
    Test::SamePostcode,
    Test::SameSector,
    Test::SameDistrict,
    Test::SameArea,
    Test::Kilometres(1.0),
    Test::Within(1.0),
    Test::WithinShare(0.1),
    Test::Common(1),
    Test::Contained,
    Test::DamerauLevenshtein(1),
    Test::Hamming(1),
    Test::Jaccard(0.8),
    Test::SameUser,
    Test::Cosine(0.9),
];

/// Whether every pair that meets `later` has met `earlier` already, as far as can be told from
/// what is written.
pub(crate) fn covers(earlier: &Condition, later: &Condition) -> bool {
    if earlier == later {
        return true;
    }
    match (earlier, later) {
        (Condition::Any(parts), later) if parts.iter().any(|part| covers(part, later)) => true,
        (Condition::All(parts), later) if parts.iter().all(|part| covers(part, later)) => true,
        (earlier, Condition::All(parts)) => parts.iter().any(|part| covers(earlier, part)),
        (earlier, Condition::Any(parts)) => parts.iter().all(|part| covers(earlier, part)),
        (Condition::Not(earlier), Condition::Not(later)) => covers(later, earlier),
        (Condition::Passes(a, earlier), Condition::Passes(b, later)) => {
            a == b && earlier.covers(*later)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_but_a_whole_name_can_be_blocked_on_and_compared() {
        for kind in Kind::ALL {
            let compared = kind != Kind::FullName;
            // Vectors that agree in every number are hardly ever two.
            let blocked = compared && kind != Kind::Vector;
            assert_eq!(FORMS.iter().any(|&form| form_fits(form, kind)), blocked, "{kind:?}");
            assert_eq!(TESTS.iter().any(|&test| test_fits(test, kind)), compared, "{kind:?}");
        }
    }

    #[test]
    fn every_form_and_every_test_is_described_for_users() {
        let page = include_str!("../../../docs/levels.md");
        let forms = FORMS.map(|form| form.to_string());
        for word in forms.into_iter().chain(TESTS.map(|test| test.to_string())) {
            let name = word.split('(').next().unwrap();
            let described = [format!("`{name}`"), format!("`{name}("), format!(":{name}`")];
            assert!(described.iter().any(|mark| page.contains(mark)), "{name}");
        }
        for (word, _) in crate::plan::DECLARABLE {
            assert!(page.contains(&format!("| `{word}` |")), "{word}");
        }
    }

    #[test]
    fn every_form_and_every_test_suits_some_kind() {
        for form in FORMS {
            assert!(Kind::ALL.iter().any(|&kind| form_fits(form, kind)), "{form}");
        }
        for test in TESTS {
            assert!(Kind::ALL.iter().any(|&kind| test_fits(test, kind)), "{test}");
        }
    }

    #[test]
    fn what_makes_no_sense_does_not_fit() {
        assert!(!form_fits(Form::Year, Kind::Surname));
        assert!(!form_fits(Form::Phonetic, Kind::NhsNumber));
        assert!(!test_fits(Test::JaroWinkler(0.9), Kind::Date));
        assert!(!test_fits(Test::Nickname, Kind::Surname));
    }

    #[test]
    fn a_looser_condition_covers_a_stricter_one() {
        for (earlier, later, expected) in [
            ("osa(1) or phonetic", "osa(1)", true),
            ("osa(1)", "osa(1) and phonetic", true),
            ("osa(1) and phonetic", "osa(1)", false),
            ("osa(1)", "exact or phonetic", false),
            ("osa(1) and phonetic", "exact and phonetic", true),
            ("not exact", "not osa(1)", true),
            ("not osa(1)", "not exact", false),
            ("surname:osa(1)", "osa(1)", false),
            ("surname:osa(1)", "surname:exact", true),
            ("is('a')", "is('a')", true),
            ("exact or phonetic", "phonetic or exact", true),
            ("exact and phonetic", "phonetic and exact", true),
        ] {
            let read = |text: &str| text.parse::<Condition>().unwrap();
            let (first, second) = (read(earlier), read(later));
            assert_eq!(covers(&first, &second), expected, "{earlier} before {later}");
        }
    }

    #[test]
    fn a_looser_test_covers_a_stricter_one() {
        for (earlier, later, expected) in [
            (Test::JaroWinkler(0.8), Test::JaroWinkler(0.9), true),
            (Test::JaroWinkler(0.9), Test::JaroWinkler(0.8), false),
            (Test::Osa(2), Test::Levenshtein(1), true),
            (Test::Levenshtein(1), Test::Osa(1), false),
            (Test::SameSector, Test::SameDwelling, true),
            (Test::SameDwelling, Test::SameSector, false),
            (Test::Osa(1), Test::Exact, true),
            (Test::Crossed, Test::Exact, false),
            (Test::Exact, Test::Osa(1), false),
            (Test::Common(1), Test::Common(2), true),
        ] {
            assert_eq!(
                covers(&earlier.into(), &later.into()),
                expected,
                "{earlier} before {later}"
            );
        }
    }
}
