//! What happens to a word between a mouth and a record.

use crate::random::Random;
use crate::words::Words;

/// Rows of the keyboard; neighbours are beside each other.
const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// Shapes that are read for one another from paper.
const SHAPES: [(&str, &str); 8] = [
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("vv", "w"),
    ("l", "i"),
    ("e", "c"),
    ("h", "b"),
    ("u", "n"),
];
/// Sounds that are written for one another.
const SOUNDS: [(&str, &str); 14] = [
    ("ph", "f"),
    ("f", "ph"),
    ("ck", "k"),
    ("c", "k"),
    ("k", "c"),
    ("y", "ie"),
    ("ie", "y"),
    ("ee", "ea"),
    ("ou", "u"),
    ("s", "z"),
    ("z", "s"),
    ("gh", "g"),
    ("tt", "t"),
    ("ll", "l"),
];

/// The word with one slip in it: of the finger, the eye or the ear.
pub(crate) fn slip(word: &str, random: &mut Random) -> String {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 {
        return word.to_owned();
    }
    // First letters are mostly got right.
    let at = if random.chance(0.08) { 0 } else { 1 + random.place(letters.len() - 1) };
    let mut slipped = letters.clone();
    match random.weighted(&[22.0, 18.0, 14.0, 18.0, 12.0, 16.0]) {
        0 => slipped[at] = neighbour(letters[at], random),
        1 => drop(slipped.remove(at)),
        2 => slipped.insert(at, letters[at]),
        3 if at + 1 < letters.len() => slipped.swap(at, at + 1),
        3 => slipped.swap(at - 1, at),
        4 => return exchange(word, &SHAPES, random),
        _ => return exchange(word, &SOUNDS, random),
    }
    cased(&slipped, &letters)
}

/// The word with one of its digits wrong.
pub(crate) fn digit_slip(number: &str, random: &mut Random) -> String {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if digits < 2 {
        return number.to_owned();
    }
    let at = random.place(digits);
    let add = 1 + random.below(8);
    let mut seen = 0;
    number
        .chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => {
                seen += 1;
                if seen - 1 == at {
                    char::from_digit((digit + add) % 10, 10).unwrap_or(c)
                } else {
                    c
                }
            }
            None => c,
        })
        .collect()
}

/// Another spelling of a name that is heard alike, if there is one.
pub(crate) fn variant(words: &Words, name: &str, random: &mut Random) -> Option<String> {
    let variants = words.variants(name);
    (!variants.is_empty()).then(|| random.pick(variants).clone())
}

/// The word in the letters of English.
pub(crate) fn plain(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'ą' | 'á' | 'â' | 'ã' | 'à' => 'a',
            'ć' | 'ç' => 'c',
            'ę' | 'é' | 'ê' | 'è' => 'e',
            'í' => 'i',
            'ł' => 'l',
            'ń' | 'ñ' => 'n',
            'ó' | 'ô' | 'õ' => 'o',
            'ś' => 's',
            'ú' | 'ü' => 'u',
            'ź' | 'ż' => 'z',
            'Ą' | 'Á' | 'Â' | 'Ã' => 'A',
            'Ć' | 'Ç' => 'C',
            'Ę' | 'É' | 'Ê' => 'E',
            'Í' => 'I',
            'Ł' => 'L',
            'Ń' | 'Ñ' => 'N',
            'Ó' | 'Ô' | 'Õ' => 'O',
            'Ś' => 'S',
            'Ú' | 'Ü' => 'U',
            'Ź' | 'Ż' => 'Z',
            '\u{2019}' => '\'',
            other => other,
        })
        .collect()
}

/// The ways in which O' and Mc are written.
pub(crate) fn particle(surname: &str, random: &mut Random) -> String {
    if let Some(rest) = surname.strip_prefix("O'") {
        return match random.below(3) {
            0 => format!("O {rest}"),
            1 => format!("O{}", rest.to_lowercase()),
            _ => format!("O\u{2019}{rest}"),
        };
    }
    if let Some(rest) = surname.strip_prefix("Mac").filter(|r| r.starts_with(char::is_uppercase)) {
        return if random.chance(0.5) { format!("Mc{rest}") } else { format!("Mac {rest}") };
    }
    if let Some(rest) = surname.strip_prefix("Mc") {
        return match random.below(3) {
            0 => format!("Mc {rest}"),
            1 => format!("Mac{rest}"),
            _ => format!("Mc{}", rest.to_lowercase()),
        };
    }
    surname.to_owned()
}

fn neighbour(letter: char, random: &mut Random) -> char {
    let small = letter.to_ascii_lowercase();
    for row in KEYS {
        if let Some(at) = row.find(small) {
            let beside: Vec<char> = [at.checked_sub(1), Some(at + 1)]
                .into_iter()
                .flatten()
                .filter_map(|place| row.as_bytes().get(place).copied().map(char::from))
                .collect();
            return *random.pick(&beside);
        }
    }
    letter
}

fn exchange(word: &str, pairs: &[(&str, &str)], random: &mut Random) -> String {
    let small = word.to_lowercase();
    let fitting: Vec<&(&str, &str)> =
        pairs.iter().filter(|(from, _)| small.get(1..).is_some_and(|w| w.contains(from))).collect();
    if fitting.is_empty() || !word.is_ascii() {
        return word.to_owned();
    }
    let (from, to) = random.pick(&fitting);
    let at = small[1..].find(from).map_or(0, |at| at + 1);
    format!("{}{to}{}", &word[..at], &word[at + from.len()..])
}

/// Keeps the capital where it was: at the front alone, unless all letters were capitals.
fn cased(slipped: &[char], letters: &[char]) -> String {
    let capital = letters[0].is_uppercase();
    let name = capital && letters[1].is_lowercase();
    let mut word = String::with_capacity(slipped.len());
    for (at, &c) in slipped.iter().enumerate() {
        match at {
            0 if capital => word.extend(c.to_uppercase()),
            1 if name => word.extend(c.to_lowercase()),
            _ => word.push(c),
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_slip_is_small() {
        let mut random = Random::of(3, Stream::History, 0);
        for word in ["Catherine", "Smith", "Łukasz", "Al", "", "O'Neill", "Begum"] {
            for _ in 0..200 {
                let slipped = slip(word, &mut random);
                let (before, after) = (word.chars().count(), slipped.chars().count());
                assert!(before.abs_diff(after) <= 1, "{word} {slipped}");
            }
        }
    }

    #[test]
    fn a_digit_slip_changes_one_digit() {
        let mut random = Random::of(3, Stream::History, 0);
        for _ in 0..100 {
            let slipped = digit_slip("2014-03-05", &mut random);
            let wrong = slipped.chars().zip("2014-03-05".chars()).filter(|(a, b)| a != b).count();
            assert_eq!(wrong, 1);
        }
        assert_eq!(digit_slip("", &mut random), "");
    }

    #[test]
    fn letters_become_plain() {
        assert_eq!(plain("Wójcik Gonçalves ŁŚ"), "Wojcik Goncalves LS");
    }
}
