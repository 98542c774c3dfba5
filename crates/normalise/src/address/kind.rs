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
    says(line, &["refuge"]) || says(line, &["womens", "aid"])
}

fn is_hostel(line: &[&str]) -> bool {
    const WORDS: [&[&str]; 10] = [
        &["hostel"],
        &["ymca"],
        &["ywca"],
        &["night", "shelter"],
        &["bed", "and", "breakfast"],
        &["b", "and", "b"],
        &["foyer"],
        &["temporary", "accommodation"],
        &["guest", "house"],
        &["hotel"],
    ];
    WORDS.iter().any(|words| still_says(line, words))
}

fn is_communal(line: &[&str]) -> bool {
    const WORDS: [&[&str]; 19] = [
        &["care", "home"],
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
    const WORDS: [&[&str]; 11] = [
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
    ];
    WORDS.iter().any(|words| says(line, words))
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
            ("", AddressKind::Home),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(kind(&[words]), expected, "{line}");
        }
    }
}
