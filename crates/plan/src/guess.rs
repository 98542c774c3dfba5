//! Guesses what a column holds from what it is called.

use std::sync::LazyLock;

use record::{Field, RelationType};

/// What a column called this probably holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A standard field.
    Field(&'static str),
    /// A part of an address, from the door outwards.
    AddressPart(u8),
    /// The year (1), month (2) or day (3) of birth.
    BirthPart(u8),
    /// A fact about a person that is worth a field of its own.
    Declare,
}

/// The first part of an address that a whole town shares.
pub(crate) const LOCALITY: u8 = 10;

/// A word for another person than the row's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// The role in the plan.
    pub(crate) name: String,
    /// What that person is to the first.
    pub(crate) relationship: RelationType,
}

/// The standard field that a column of this name would be, if that is known.
pub(crate) fn field_of_header(header: &str) -> Option<&'static str> {
    match meaning(&words(header))? {
        Meaning::Field(name) => Some(name),
        Meaning::AddressPart(_) => Some("address"),
        Meaning::BirthPart(_) => Some("date_of_birth"),
        Meaning::Declare => None,
    }
}

/// What a column whose name has these words probably holds.
pub(crate) fn meaning(words: &[String]) -> Option<Meaning> {
    let known = |words: &[&str]| {
        let phrase = words.join(" ");
        let at = PHRASES.binary_search_by(|(known, _)| (*known).cmp(&phrase)).ok()?;
        Some(PHRASES[at].1)
    };
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    // Whose it is says nothing as long as it is the first person's.
    let bare: Vec<&str> = all.iter().copied().filter(|word| !OWNERS.contains(word)).collect();
    known(&all).or_else(|| known(&bare))
}

/// Which further person a column is about, and the words of its name that are left.
///
/// `mother_forename` is the forename of a mother, `Parent 2 DOB` the date of birth of a second
/// parent.
pub(crate) fn role(words: &[String]) -> Option<(Role, Vec<String>)> {
    ROLES.iter().find_map(|(phrase, name, relationship)| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        if words.len() <= phrase.len() || !phrase.iter().zip(words).all(|(a, b)| a == b) {
            return None;
        }
        let mut rest = &words[phrase.len()..];
        let mut name = (*name).to_owned();
        if rest.len() > 1 && rest[0].bytes().all(|byte| byte.is_ascii_digit()) {
            name = format!("{name}_{}", rest[0]);
            rest = &rest[1..];
        }
        Some((Role { name, relationship: *relationship }, rest.to_vec()))
    })
}

/// The words of a column's name in small letters: `PersonBirthDate`, `person_birth-date` and
/// `Person Birth Date` have the same.
pub(crate) fn words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last = ' ';
    let letters: Vec<char> = header.chars().filter(|c| !matches!(c, '\'' | '’' | '.')).collect();
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        // `birthDate`, `NHSNumber` and `line1` are two words each.
        let begins = (letter.is_uppercase()
            && (last.is_lowercase() || (last.is_uppercase() && next.is_lowercase())))
            || (letter.is_ascii_digit() && last.is_alphabetic())
            || (letter.is_alphabetic() && last.is_ascii_digit());
        if (!letter.is_alphanumeric() || begins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        last = letter;
    }
    if !word.is_empty() {
        words.push(word);
    }
    // `c1` is one word in the names of columns that come in numbers.
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(before) if before == "c" && word.bytes().all(|byte| byte.is_ascii_digit()) => {
                before.push_str(&word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// How much a column's name says that it holds the key of a record: 0 is not at all.
pub(crate) fn key_score(words: &[String]) -> u8 {
    let phrase = words.join(" ");
    if matches!(phrase.as_str(), "record id" | "rec id" | "unique id" | "uid" | "unique reference")
    {
        return 4;
    }
    if matches!(phrase.as_str(), "id" | "key" | "ref" | "reference" | "identifier") {
        return 3;
    }
    match words.last().map(String::as_str) {
        Some("id" | "ref" | "reference" | "key" | "urn" | "identifier") => 2,
        Some("number" | "no" | "num") => 1,
        _ => 0,
    }
}

/// Whether a column's name says that its value names a person, however often it comes.
pub(crate) fn names_a_person(words: &[String]) -> bool {
    words.iter().any(|word| OWNERS.contains(&word.as_str()) || word == "nominal")
}

/// Whether a column's name says that it tells where a row came from.
pub(crate) fn names_a_source(words: &[String]) -> bool {
    let source = ["source", "dataset", "agency", "system", "feed", "origin"];
    words.iter().any(|word| source.contains(&word.as_str()))
}

static PHRASES: LazyLock<Vec<(&str, Meaning)>> = LazyLock::new(|| {
    let lines = include_str!("../data/headers.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut phrases: Vec<(&str, Meaning)> = lines
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(name, phrases)| Some((meaning_of(name)?, phrases)))
        .flat_map(|(meaning, phrases)| phrases.split('|').map(move |phrase| (phrase, meaning)))
        .collect();
    phrases.sort_unstable_by_key(|(phrase, _)| *phrase);
    phrases
});

fn meaning_of(name: &str) -> Option<Meaning> {
    if name == "declare" {
        return Some(Meaning::Declare);
    }
    if let Some(part) = name.strip_prefix("address:") {
        return part.parse().ok().map(Meaning::AddressPart);
    }
    if let Some(part) = name.strip_prefix("birth:") {
        return part.parse().ok().map(Meaning::BirthPart);
    }
    Field::standard_names().find(|known| *known == name).map(Meaning::Field)
}

/// Words for the person whom the row is about.
const OWNERS: [&str; 21] = [
    "person",
    "pers",
    "child",
    "childs",
    "pupil",
    "pupils",
    "student",
    "learner",
    "client",
    "clients",
    "customer",
    "claimant",
    "tenant",
    "patient",
    "patients",
    "applicant",
    "resident",
    "user",
    "current",
    "legal",
    "subject",
];

const ROLES: [(&str, &str, RelationType); 19] = [
    ("mother", "mother", RelationType::Mother),
    ("mothers", "mother", RelationType::Mother),
    ("mum", "mother", RelationType::Mother),
    ("mums", "mother", RelationType::Mother),
    ("father", "father", RelationType::Father),
    ("fathers", "father", RelationType::Father),
    ("dad", "father", RelationType::Father),
    ("dads", "father", RelationType::Father),
    ("parent carer", "carer", RelationType::Contact),
    ("parent", "parent", RelationType::Parent),
    ("guardian", "guardian", RelationType::Guardian),
    ("foster carer", "foster_carer", RelationType::FosterCarer),
    ("carer", "carer", RelationType::Contact),
    ("partner", "partner", RelationType::Partner),
    ("spouse", "partner", RelationType::Partner),
    ("next of kin", "next_of_kin", RelationType::Contact),
    ("nok", "next_of_kin", RelationType::Contact),
    ("emergency contact", "contact", RelationType::Contact),
    ("contact", "contact", RelationType::Contact),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_the_table_is_known_once() {
        assert!(PHRASES.len() > 200);
        for pair in PHRASES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "`{}` comes twice", pair[1].0);
        }
        for line in
            include_str!("../data/headers.tsv").lines().filter(|line| !line.starts_with('#'))
        {
            let (name, phrases) = line.split_once('\t').unwrap();
            assert!(meaning_of(name).is_some(), "{name}");
            for phrase in phrases.split('|') {
                assert_eq!(meaning(&words(phrase)), meaning_of(name), "{phrase}");
            }
        }
    }

    #[test]
    fn names_of_columns_are_words_however_written() {
        for (header, expected) in [
            ("PersonBirthDate", "person birth date"),
            ("NHS_NO", "nhs no"),
            ("NHSNumber", "nhs number"),
            ("Addr1", "addr 1"),
            ("Mother's D.O.B.", "mothers dob"),
            ("  Post-Code ", "post code"),
            ("fname_c1", "fname c1"),
            ("", ""),
        ] {
            assert_eq!(words(header).join(" "), expected, "{header}");
        }
    }

    #[test]
    fn a_field_is_known_by_what_columns_call_it() {
        for (header, expected) in [
            ("DOB", Some("date_of_birth")),
            ("PersonBirthDate", Some("date_of_birth")),
            ("GIVEN_NAME", Some("forename")),
            ("OTHER_GIVEN_NAME", Some("middle_name")),
            ("Legal Surname", Some("surname")),
            ("child_forename", Some("forename")),
            ("HOME_POST", Some("postcode")),
            ("AddressLine3", Some("address")),
            ("NI no.", Some("nino")),
            ("Ethnicity", None),
            ("colour", None),
        ] {
            assert_eq!(field_of_header(header), expected, "{header}");
        }
    }

    #[test]
    fn a_further_person_is_known_by_role() {
        let of = |header: &str| {
            role(&words(header)).map(|(role, rest)| format!("{}: {}", role.name, rest.join(" ")))
        };
        assert_eq!(of("MotherForename").as_deref(), Some("mother: forename"));
        assert_eq!(of("Parent 2 DOB").as_deref(), Some("parent_2: dob"));
        assert_eq!(of("next_of_kin_surname").as_deref(), Some("next_of_kin: surname"));
        assert_eq!(of("Mother"), None);
        assert_eq!(of("surname"), None);
    }
}
