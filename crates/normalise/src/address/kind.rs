//! Tells from its words what sort of place an address is.

use record::AddressKind;

use super::words::{is_direction, is_street};

/// What the words, line by line, say the place is.
pub(super) fn kind(lines: &[Vec<&str>]) -> AddressKind {
    let any = |test: fn(&[&str]) -> bool| lines.iter().any(|line| test(line));
    // A refuge comes first: whatever else is said, it must not be told.
    if any(is_refuge) {
        AddressKind::Refuge
    } else if any(is_hostel) {
        AddressKind::Hostel
    } else if any(is_communal) {
        AddressKind::Communal
    } else if any(is_office) {
        AddressKind::Office
    } else {
        AddressKind::Home
    }
}

/// Whether a line has the words, in this order, and not as the name of a street ("Hospital Road",
/// "Old School Lane").
fn says(line: &[&str], words: &[&str]) -> bool {
    places(line, words).next().is_some()
}

/// Whether it has them likewise, and not of what is no such place any more ("The Old School").
fn still_says(line: &[&str], words: &[&str]) -> bool {
    places(line, words).any(|at| !at.checked_sub(1).is_some_and(|before| is_past(line[before])))
}

/// Where a line has the words, unless they name a street.
fn places(line: &[&str], words: &[&str]) -> impl Iterator<Item = usize> {
    line.windows(words.len())
        .enumerate()
        .filter(move |&(at, window)| window == words && !names_street(&line[at + words.len()..]))
        .map(|(at, _)| at)
}

/// Whether what follows has become homes.
fn is_past(word: &str) -> bool {
    matches!(word, "old" | "former")
}

/// Whether what follows makes the words before it the name of a street.
fn names_street(rest: &[&str]) -> bool {
    match rest {
        [next, ..] if is_street(next) => true,
        // "School House Lane", "Hall Farm Close".
        [_, next, ..] if is_street(next) && !is_direction(next) => true,
        [house, ..] => matches!(
            *house,
            "house"
                | "cottage"
                | "cottages"
                | "farm"
                | "lodge"
                | "bungalow"
                | "flats"
                | "apartments"
                | "mansions"
        ),
        [] => false,
    }
}

fn is_refuge(line: &[&str]) -> bool {
    says(line, &["refuge"]) || says(line, &["womens", "aid"]) || says(line, &["safe", "house"])
}

fn is_hostel(line: &[&str]) -> bool {
    const WORDS: [&[&str]; 14] = [
        &["hostel"],
        &["supported", "housing"],
        &["supported", "accommodation"],
        &["emergency", "accommodation"],
        &["homeless", "unit"],
        &["foyer"],
        &["ymca"],
        &["ywca"],
        &["night", "shelter"],
        &["bed", "and", "breakfast"],
        &["b", "and", "b"],
        &["temporary", "accommodation"],
        &["guest", "house"],
        &["hotel"],
    ];
    WORDS.iter().any(|words| still_says(line, words))
}

fn is_communal(line: &[&str]) -> bool {
    const WORDS: [&[&str]; 25] = [
        &["care", "home"],
        &["young", "offender", "institution"],
        &["secure", "unit"],
        &["training", "centre"],
        &["removal", "centre"],
        &["convent"],
        &["monastery"],
        &["nursing", "home"],
        &["residential", "home"],
        &["rest", "home"],
        &["childrens", "home"],
        &["care", "centre"],
        &["hall", "of", "residence"],
        &["halls", "of", "residence"],
        &["student", "accommodation"],
        &["student", "village"],
        &["hmp"],
        &["hmyoi"],
        &["yoi"],
        &["prison"],
        &["barracks"],
        &["hospital"],
        &["hospice"],
        &["school"],
        &["infirmary"],
    ];
    WORDS.iter().any(|words| still_says(line, words))
}

fn is_office(line: &[&str]) -> bool {
    const WORDS: [&[&str]; 19] = [
        &["council", "offices"],
        &["council", "office"],
        &["civic", "centre"],
        &["civic", "offices"],
        &["town", "hall"],
        &["county", "hall"],
        &["city", "hall"],
        &["solicitors"],
        &["solicitor"],
        &["social", "services"],
        &["probation", "office"],
        &["police", "station"],
        &["health", "centre"],
        &["medical", "centre"],
        &["job", "centre"],
        &["jobcentre"],
        &["surgery"],
        &["library"],
        &["law", "centre"],
    ];
    WORDS.iter().any(|words| still_says(line, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_the_kind() {
        for (line, expected) in [
            ("sunny bank care home", AddressKind::Communal),
            ("hmp anytown", AddressKind::Communal),
            ("16 hospital road", AddressKind::Home),
            ("16 school lane", AddressKind::Home),
            ("school house lane", AddressKind::Home),
            ("the old school house", AddressKind::Home),
            ("flat 2 the old school", AddressKind::Home),
            ("former hospital", AddressKind::Home),
            ("school apartments", AddressKind::Home),
            ("old park school", AddressKind::Communal),
            ("16 refuge street", AddressKind::Home),
            ("anytown womens refuge", AddressKind::Refuge),
            ("room 4 hope hostel", AddressKind::Hostel),
            ("ymca", AddressKind::Hostel),
            ("civic centre", AddressKind::Office),
            ("town hall square", AddressKind::Home),
            ("smith and jones solicitors", AddressKind::Office),
            ("hall road", AddressKind::Home),
            ("emergency accommodation", AddressKind::Hostel),
            ("harbour supported housing", AddressKind::Hostel),
            ("hotel road", AddressKind::Home),
            ("the old hotel", AddressKind::Home),
            ("anytown young offender institution", AddressKind::Communal),
            ("secure unit", AddressKind::Communal),
            ("unit 4", AddressKind::Home),
            ("the convent", AddressKind::Communal),
            ("convent close", AddressKind::Home),
            ("the safe house", AddressKind::Refuge),
            ("safe house cottages", AddressKind::Home),
            ("police station", AddressKind::Office),
            ("the old police station", AddressKind::Home),
            ("station road", AddressKind::Home),
            ("the surgery", AddressKind::Office),
            ("the old surgery", AddressKind::Home),
            ("anytown library", AddressKind::Office),
            ("library flats", AddressKind::Home),
            ("health centre", AddressKind::Office),
            ("", AddressKind::Home),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(kind(&[words]), expected, "{line}");
        }
    }
}
