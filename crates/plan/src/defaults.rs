//! What a plan that says little means: comparisons from the kinds of the fields.

use compare::{Comparison, Condition, Test};
use record::{Field, Kind};

use crate::fits::{changes, rarity_tells};
use crate::plan::Plan;

/// The fields that records have after normalisation, by name: those that rules and comparisons
/// may name.
///
/// Whole names have been split, `known_as` and `former_surname` have joined the names they
/// vary, and the dates of a stay have become part of its residence.
#[must_use]
pub fn effective_fields(plan: &Plan) -> Vec<Field> {
    let persons = plan.sources.iter().flat_map(|source| &source.persons);
    let mapped = persons.flat_map(|person| &person.fields).map(|spec| spec.field.clone());
    let mut fields = effective(&mapped.collect::<Vec<_>>());
    fields.extend(plan.derived.iter().map(|derived| derived.field.clone()));
    fields.sort();
    fields
}

/// The same, of the fields that sources map.
pub(crate) fn effective(mapped: &[Field]) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for field in mapped {
        if becomes(&field.name).is_none() && field.kind != Kind::Statement {
            fields.push(field.clone());
        }
        fields.extend(gives(&field.name).iter().filter_map(|name| Field::standard(name)));
    }
    fields.sort();
    fields.dedup();
    fields
}

/// The fields that normalisation makes of this one.
fn gives(name: &str) -> &'static [&'static str] {
    match name {
        "name" => &["forename", "middle_name", "surname"],
        // What follows a first given name are middle names.
        "forename" | "known_as" => &["forename", "middle_name"],
        "former_surname" => &["surname"],
        // Words may end in a postcode, and a property is a dwelling.
        "address" => &["address", "postcode"],
        "uprn" => &["address", "uprn"],
        _ => &[],
    }
}

/// What has become of a field that is none after normalisation.
pub(crate) fn becomes(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "name" | "known_as" | "former_surname" | "address_from" | "address_to" | "seen"
        | "worker" | "team" | "lead" | "involved_from" | "involved_to" | "related_from"
        | "related_to" => Some(gives(name)),
        _ => None,
    }
}

/// The comparisons of these fields when the plan names none, in the order of the fields.
///
/// `fields` are those after normalisation, see [`effective_fields`]. What an address already
/// says (its postcode, its UPRN) is not compared again.
#[must_use]
pub fn default_comparisons(fields: &[Field]) -> Vec<Comparison> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let mut comparisons: Vec<Comparison> = fields
        .iter()
        .filter(|field| becomes(&field.name).is_none())
        .filter(|field| field.kind != Kind::Uprn)
        .filter(|field| field.name != "postcode" || !has("address"))
        .filter_map(|field| {
            let partner = default_partner(&field.name).filter(|partner| has(partner));
            default_comparison(field, partner)
        })
        .collect();
    comparisons.sort_by_key(|comparison| place(&comparison.field));
    comparisons.dedup_by(|a, b| a.field == b.field);
    comparisons
}

/// Standard fields in the order people expect them, then the others by name.
fn place(name: &str) -> (usize, String) {
    let standard = Field::standard_names().position(|known| known == name);
    (standard.unwrap_or(usize::MAX), name.to_owned())
}

/// The field whose value a value of this one is most often swapped with.
pub(crate) fn default_partner(name: &str) -> Option<&'static str> {
    match name {
        "forename" => Some("surname"),
        "surname" => Some("forename"),
        _ => None,
    }
}

/// The comparison of a field when the plan does not say how, if it is compared at all.
pub(crate) fn default_comparison(field: &Field, partner: Option<&str>) -> Option<Comparison> {
    let mut tests = default_tests(field.kind);
    if partner.is_none() {
        tests.retain(|test| *test != Test::Crossed);
    }
    let mut levels: Vec<Condition> = tests.iter().copied().map(Condition::from).collect();
    // Many are called by their second name; what is no slip of the pen may be that.
    if field.name == "forename"
        && let Some(place) = tests.iter().position(|test| *test == Test::OtherName)
    {
        let second = Condition::Passes(Some("middle_name".to_owned()), Test::Holds);
        levels.insert(place, second);
    }
    (!tests.is_empty()).then(|| Comparison {
        field: field.name.clone(),
        partner: partner.filter(|_| tests.contains(&Test::Crossed)).map(str::to_owned),
        term_frequency: rarity_tells(field.kind),
        changes: changes(field.kind),
        levels,
    })
}

/// The tests of a kind, from the closest agreement down.
fn default_tests(kind: Kind) -> Vec<Test> {
    match kind {
        Kind::FullName | Kind::Statement => vec![],
        Kind::Forename => vec![
            Test::Exact,
            Test::Crossed,
            Test::Nickname,
            Test::Initial,
            Test::OtherName,
            Test::Osa(1),
            Test::JaroWinkler(0.9),
            Test::Phonetic,
            Test::JaroWinkler(0.8),
        ],
        Kind::Surname => vec![
            Test::Exact,
            Test::Crossed,
            Test::Subset,
            Test::Osa(1),
            Test::JaroWinkler(0.9),
            Test::Phonetic,
            Test::JaroWinkler(0.8),
        ],
        Kind::MiddleName => vec![Test::Exact, Test::Initial, Test::Subset, Test::JaroWinkler(0.9)],
        Kind::Sex | Kind::Category | Kind::Verbatim => vec![Test::Exact],
        Kind::Date => vec![
            Test::Exact,
            Test::Compatible,
            Test::Slip,
            Test::DayMonthSwapped,
            Test::Digits(1),
            Test::Parts(2),
            Test::Digits(2),
            Test::SameYear,
        ],
        Kind::Address => vec![
            Test::SameDwelling,
            Test::SameBuilding,
            Test::PostcodeAlone,
            Test::SamePostcode,
            Test::SameSector,
            Test::SameDistrict,
        ],
        Kind::Postcode => {
            vec![Test::Exact, Test::SameSector, Test::SameDistrict, Test::SameArea]
        }
        Kind::Email => vec![Test::Exact, Test::SameUser, Test::JaroWinkler(0.88)],
        Kind::Phone
        | Kind::Uprn
        | Kind::NhsNumber
        | Kind::Upn
        | Kind::Uln
        | Kind::Nino
        | Kind::Code => vec![Test::Exact, Test::Osa(1)],
        Kind::Text => {
            vec![
                Test::Exact,
                Test::Osa(1),
                Test::JaroWinkler(0.92),
                Test::JaroWinkler(0.8),
                Test::Words(0.5),
            ]
        }
        Kind::Number => vec![Test::Exact, Test::WithinShare(0.01), Test::WithinShare(0.1)],
        Kind::Point => {
            vec![
                Test::Exact,
                Test::Kilometres(1.0),
                Test::Kilometres(10.0),
                Test::Kilometres(100.0),
            ]
        }
        Kind::List | Kind::Items => vec![Test::Common(1)],
        Kind::Vector => vec![Test::Exact, Test::Cosine(0.95), Test::Cosine(0.85)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::{covers, test_fits};

    fn standard(names: &[&str]) -> Vec<Field> {
        names.iter().map(|name| Field::standard(name).unwrap()).collect()
    }

    fn names(fields: &[Field]) -> Vec<&str> {
        fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn fields_that_feed_others_are_gone_after_normalisation() {
        assert_eq!(names(&effective(&[])), [""; 0]);
        assert_eq!(names(&effective(&standard(&["name"]))), ["forename", "middle_name", "surname"]);
        let fields =
            standard(&["known_as", "surname", "former_surname", "seen", "address_to", "sex"]);
        assert_eq!(names(&effective(&fields)), ["forename", "middle_name", "sex", "surname"]);
        assert_eq!(names(&effective(&standard(&["address"]))), ["address", "postcode"]);
        assert_eq!(names(&effective(&standard(&["uprn"]))), ["address", "uprn"]);
        assert_eq!(names(&effective(&standard(&["postcode"]))), ["postcode"]);
    }

    #[test]
    fn comparisons_come_from_the_fields_there_are() {
        let text = |fields: &[&str]| -> Vec<String> {
            let comparisons = default_comparisons(&effective(&standard(fields)));
            comparisons
                .iter()
                .map(|c| {
                    format!(
                        "{} {}",
                        c.field,
                        c.levels.iter().map(Condition::to_string).collect::<Vec<_>>().join(" ")
                    )
                })
                .collect()
        };
        assert_eq!(text(&[]), [""; 0]);
        assert_eq!(
            text(&["surname", "sex"]),
            [
                "surname exact subset osa(1) jaro_winkler(0.9) phonetic jaro_winkler(0.8)",
                "sex exact",
            ]
        );
        assert_eq!(text(&["postcode"]), ["postcode exact same_sector same_district same_area"]);
        assert_eq!(
            text(&["postcode", "uprn", "address"]),
            [
                "address same_dwelling same_building postcode_alone same_postcode same_sector same_district"
            ]
        );
        assert!(text(&["name"])[0].contains("crossed"));
    }

    #[test]
    fn every_default_test_fits_its_kind_and_can_be_reached() {
        let declared = crate::plan::DECLARABLE
            .iter()
            .map(|(word, kind)| Field { name: (*word).to_owned(), kind: *kind });
        let all: Vec<Field> =
            Field::standard_names().filter_map(Field::standard).chain(declared).collect();
        for field in &all {
            let tests = default_tests(field.kind);
            for (at, &test) in tests.iter().enumerate() {
                assert!(test_fits(test, field.kind), "{test} of {}", field.name);
                let reached =
                    tests[..at].iter().all(|&earlier| !covers(&earlier.into(), &test.into()));
                assert!(reached, "{test} of {}", field.name);
            }
        }
    }
}
