//! How alike two words are, and a quick bound on it.
//!
//! `strsim` says what the measures are; a property test holds the faster ones here to it.

/// What is known of a word before it is compared: enough to tell most unlike words apart
/// without looking at their letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// One bit for each letter and digit in it, and one for each letter that comes twice.
    bag: u64,
    length: u32,
    /// Letters not counted in `bag`: third occurrences and what is neither letter nor digit.
    extra: u32,
    /// Its first four bytes, as far as it has them.
    head: [u8; 4],
}

/// The bits of a bag that say which letters and digits there are, however often.
const ONCE: u64 = (1 << 36) - 1;

impl Signature {
    pub(crate) fn of(word: &str) -> Signature {
        let (mut bag, mut length, mut extra) = (0_u64, 0, 0);
        for letter in word.chars() {
            length += 1;
            let first = match letter {
                'a'..='z' => 1 << (letter as u32 - 'a' as u32),
                'A'..='Z' => 1 << (letter as u32 - 'A' as u32),
                '0'..='9' => 1 << (26 + letter as u32 - '0' as u32),
                _ => 0,
            };
            let second = if first < 1 << 26 { first << 36 } else { 0 };
            if first != 0 && bag & first == 0 {
                bag |= first;
            } else if second != 0 && bag & second == 0 {
                bag |= second;
            } else {
                extra += 1;
            }
        }
        let mut head = [0; 4];
        head.iter_mut().zip(word.bytes()).for_each(|(place, byte)| *place = byte);
        Signature { bag, length, extra, head }
    }

    /// How many letters it has.
    pub(crate) fn length(self) -> u32 {
        self.length
    }

    /// Whether each of its letters may be one of the other's.
    pub(crate) fn may_be_within(self, other: Signature) -> bool {
        (self.bag & !other.bag & ONCE).count_ones() <= other.extra
    }

    /// No edit distance (with or without swaps) is less.
    pub(crate) fn distance_at_least(self, other: Signature) -> u32 {
        let only =
            |a: Signature, b: Signature| (a.bag & !b.bag).count_ones().saturating_sub(b.extra);
        only(self, other).max(only(other, self)).max(self.length.abs_diff(other.length))
    }

    /// No Jaro–Winkler similarity is more.
    pub(crate) fn jaro_winkler_at_most(self, other: Signature) -> f64 {
        if self.length == 0 && other.length == 0 {
            return 1.0;
        }
        let common = (self.bag & other.bag).count_ones() + self.extra.max(other.extra);
        let common = f64::from(common.min(self.length).min(other.length));
        let (a, b) = (f64::from(self.length.max(1)), f64::from(other.length.max(1)));
        let jaro = (common / a + common / b + 1.0) / 3.0;
        // So many first bytes are the same, and no more letters; with room for rounding.
        let apart = u32::from_le_bytes(self.head) ^ u32::from_le_bytes(other.head);
        let prefix = f64::from(apart.trailing_zeros() / 8);
        jaro + 0.1 * prefix * (1.0 - jaro) + 1e-9
    }
}

/// Jaro similarity, from 0 to 1.
pub(crate) fn jaro(a: &str, b: &str) -> f64 {
    if !(a.is_ascii() && b.is_ascii()) || a.len() > 64 || b.len() > 64 {
        return strsim::jaro(a, b);
    }
    jaro_ascii(a.as_bytes(), b.as_bytes())
}

/// Jaro–Winkler similarity, from 0 to 1: a common prefix of up to four letters counts, each a
/// tenth, where the Jaro similarity is above 0.7.
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f64 {
    if !(a.is_ascii() && b.is_ascii()) || a.len() > 64 || b.len() > 64 {
        return strsim::jaro_winkler(a, b);
    }
    let similarity = jaro_ascii(a.as_bytes(), b.as_bytes());
    if similarity <= 0.7 {
        return similarity;
    }
    let prefix = a.bytes().zip(b.bytes()).take(4).take_while(|(a, b)| a == b).count();
    #[expect(clippy::cast_precision_loss, reason = "at most four")]
    let prefix = prefix as f64;
    similarity + 0.1 * prefix * (1.0 - similarity)
}

// Both at most 64 bytes: which letters are taken fits in a word.
#[expect(clippy::cast_precision_loss, reason = "lengths are at most 64")]
fn jaro_ascii(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (common, moved) = if b.len() <= 16 { common_in_short(a, b) } else { common_in(a, b) };
    if common == 0 {
        return 0.0;
    }
    let m = f64::from(common);
    (m / a.len() as f64 + m / b.len() as f64 + (m - f64::from(moved / 2)) / m) / 3.0
}

/// How far apart letters of two words may be that count as common.
fn window(a: &[u8], b: &[u8]) -> usize {
    (a.len().max(b.len()) / 2).saturating_sub(1)
}

/// How many letters are common, and how many of them stand elsewhere among these: of ASCII text.
fn common_in(a: &[u8], b: &[u8]) -> (u32, u32) {
    let mut places = [0_u64; 128];
    for (j, letter) in b.iter().enumerate() {
        places[usize::from(letter & 127)] |= 1 << j;
    }
    let window = window(a, b);
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    for (i, letter) in a.iter().enumerate() {
        let (start, end) = (i.saturating_sub(window), (i + window + 1).min(b.len()));
        if end <= start {
            break;
        }
        let near = (u64::MAX >> (64 - end)) & (u64::MAX << start);
        let free = places[usize::from(letter & 127)] & near & !taken_b;
        taken_a |= u64::from(free != 0) << i;
        taken_b |= free & free.wrapping_neg();
    }
    let common = taken_a.count_ones();
    let mut moved = 0_u32;
    while taken_a != 0 {
        let (i, j) = (taken_a.trailing_zeros(), taken_b.trailing_zeros());
        moved += u32::from(a[i as usize] != b[j as usize]);
        taken_a &= taken_a - 1;
        taken_b &= taken_b - 1;
    }
    (common, moved)
}

/// The same if the second has at most sixteen letters: all are looked at in one wide word, a byte
/// each, of which the highest bit stands for the letter.
fn common_in_short(a: &[u8], b: &[u8]) -> (u32, u32) {
    const LOW: u128 = u128::MAX / 255;
    const REST: u128 = LOW * 0x7F;
    let mut bytes = [0xFF; 16];
    bytes[..b.len()].copy_from_slice(b);
    let letters = u128::from_le_bytes(bytes);
    let window = window(a, b);
    let (mut taken, mut common) = (0_u128, 0_usize);
    let mut of_a = [0_u8; 64];
    for (i, &letter) in a.iter().enumerate() {
        let (start, end) = (i.saturating_sub(window), (i + window + 1).min(b.len()));
        if end <= start {
            break;
        }
        let apart = letters ^ (LOW * u128::from(letter));
        let same = !(((apart & REST) + REST) | apart | REST);
        let near = (u128::MAX >> (128 - 8 * end)) & (u128::MAX << (8 * start));
        let free = same & near & !taken;
        if free != 0 {
            taken |= free & free.wrapping_neg();
            of_a[common] = letter;
            common += 1;
        }
    }
    let mut moved = 0;
    for letter in &of_a[..common] {
        moved += u32::from(*letter != b[(taken.trailing_zeros() / 8) as usize]);
        taken &= taken - 1;
    }
    (u32::try_from(common).unwrap_or(u32::MAX), moved)
}

/// Whether at most `most` letters were inserted, deleted, changed or swapped with a neighbour.
pub(crate) fn within_osa(a: &str, b: &str, most: u32) -> bool {
    let few = |a: &str, b: &str| strsim::osa_distance(a, b) <= most as usize;
    within(a, b, most, true).unwrap_or_else(|| few(a, b))
}

/// Whether at most `most` letters were inserted, deleted or changed.
pub(crate) fn within_levenshtein(a: &str, b: &str, most: u32) -> bool {
    let few = |a: &str, b: &str| strsim::levenshtein(a, b) <= most as usize;
    within(a, b, most, false).unwrap_or_else(|| few(a, b))
}

/// Whether at most `most` letters were inserted, deleted, changed or swapped, others perhaps
/// coming between the swapped.
pub(crate) fn within_damerau_levenshtein(a: &str, b: &str, most: u32) -> bool {
    match within(a, b, most, true) {
        Some(true) => true,
        // With one change, nothing can come between.
        Some(false) if most < 2 => false,
        _ => strsim::damerau_levenshtein(a, b) <= most as usize,
    }
}

/// Whether at most `most` letters were inserted, deleted, changed or, if `swaps`, swapped with a
/// neighbour; `None` of words that are not short and plain.
fn within(a: &str, b: &str, most: u32, swaps: bool) -> Option<bool> {
    if !(a.is_ascii() && b.is_ascii()) {
        return None;
    }
    // What begins and ends the same costs nothing.
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let (least, longer) = (a.len().abs_diff(b.len()), a.len().max(b.len()));
    if a.is_empty() || b.is_empty() || (most as usize) < least {
        return Some(longer <= most as usize);
    }
    if most < 2 {
        // Neither the first letters nor the last are the same.
        let swapped = || swaps && matches!((a, b), ([a, b], [c, d]) if a == d && b == c);
        return Some(most == 1 && (longer == 1 || swapped()));
    }
    (longer <= 64).then(|| distance(a, b, swaps) <= most)
}

/// The distance of two short words, all rows of a column at once (Myers 1999, Hyyrö 2003): in
/// each of `up` and `down`, whether the distance rises or falls from the row above.
fn distance(a: &[u8], b: &[u8], swaps: bool) -> u32 {
    let mut places = [0_u64; 128];
    for (at, letter) in a.iter().enumerate() {
        places[usize::from(letter & 127)] |= 1 << at;
    }
    let last = a.len() - 1;
    let (mut up, mut down, mut diagonal, mut before) = (!0_u64, 0_u64, 0_u64, 0_u64);
    let mut distance = a.len() as u64;
    for letter in b {
        let here = places[usize::from(letter & 127)];
        let swapped = if swaps { ((!diagonal & here) << 1) & before } else { 0 };
        diagonal = ((here & up).wrapping_add(up) ^ up) | here | down | swapped;
        let (right, left) = (down | !(diagonal | up), diagonal & up);
        distance = distance + (right >> last & 1) - (left >> last & 1);
        let (right, left) = (right << 1 | 1, left << 1);
        up = left | !(diagonal | right);
        down = right & diagonal;
        before = here;
    }
    u32::try_from(distance).unwrap_or(u32::MAX)
}

/// Whether at most `most` letters were changed and none inserted or deleted.
pub(crate) fn within_hamming(a: &str, b: &str, most: u32) -> bool {
    strsim::hamming(a, b).is_ok_and(|changed| changed <= most as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_measures_are_those_of_strsim(a in "[a-dé ]{0,12}", b in "[a-dé ]{0,12}") {
            prop_assert!((jaro(&a, &b) - strsim::jaro(&a, &b)).abs() < 1e-12);
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-12);
        }

        #[test]
        fn the_bounds_hold(a in "[a-e1-3é-]{0,14}", b in "[a-e1-3é-]{0,14}") {
            let (left, right) = (Signature::of(&a), Signature::of(&b));
            prop_assert!(jaro_winkler(&a, &b) <= left.jaro_winkler_at_most(right));
            prop_assert!(left.distance_at_least(right) as usize <= strsim::osa_distance(&a, &b));
            prop_assert!(left.distance_at_least(right) as usize <= strsim::levenshtein(&a, &b));
            prop_assert!(
                left.distance_at_least(right) as usize <= strsim::damerau_levenshtein(&a, &b)
            );
            if a.split(' ').all(|word| b.split(' ').any(|other| other == word)) {
                prop_assert!(left.may_be_within(right));
            }
        }

        #[test]
        fn common_letters_are_the_same_in_one_word(a in "[a-d]{1,24}", b in "[a-d]{1,16}") {
            let [a, b] = [a.as_bytes(), b.as_bytes()];
            prop_assert_eq!(common_in_short(a, b), common_in(a, b));
        }

        #[test]
        fn edits_are_those_of_strsim(
            a in "[a-cé]{0,3}[abc]{0,9}", b in "[a-c]{0,3}[abc]{0,9}", most in 0_u32..5
        ) {
            edits_are_those_of_strsim_of(&a, &b, most);
        }

        #[test]
        fn edits_of_one_word_are_those_of_strsim(
            mut word in "[abcd]{1,70}", edits in prop::collection::vec((0_usize..70, 0..4), 0..4),
            most in 0_u32..5
        ) {
            let whole = word.clone();
            for (at, edit) in edits {
                let at = at % word.len();
                match edit {
                    0 => word.insert(at, 'a'),
                    1 if word.len() > 1 => drop(word.remove(at)),
                    2 => word.replace_range(at..=at, "e"),
                    _ => {
                        let letter = word.remove(at);
                        word.insert((at + 1).min(word.len()), letter);
                    }
                }
            }
            edits_are_those_of_strsim_of(&whole, &word, most);
        }
    }

    #[track_caller]
    fn edits_are_those_of_strsim_of(a: &str, b: &str, most: u32) {
        let few = |distance: usize| distance <= most as usize;
        assert_eq!(within_osa(a, b, most), few(strsim::osa_distance(a, b)), "osa {a} {b}");
        assert_eq!(within_levenshtein(a, b, most), few(strsim::levenshtein(a, b)), "{a} {b}");
        let damerau = few(strsim::damerau_levenshtein(a, b));
        assert_eq!(within_damerau_levenshtein(a, b, most), damerau, "damerau {a} {b}");
    }

    #[test]
    fn verbatim_measures_are_those_of_duckdb_to_the_last_bit() {
        let table = include_str!("../../../fixtures/splink/similarities.tsv");
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [a, b] = [cells[0], cells[1]].map(crate::side::bytes);
            let distances = [strsim::levenshtein(&a, &b), strsim::damerau_levenshtein(&a, &b)];
            assert_eq!(distances.map(|n| n.to_string()), [cells[2], cells[3]], "{line}");
            let likenesses = [jaro, jaro_winkler, crate::values::shared_letters];
            for (measure, cell) in likenesses.iter().zip(&cells[4..]) {
                let expected: f64 = cell.parse().unwrap();
                assert_eq!(measure(&a, &b).to_bits(), expected.to_bits(), "{line}");
            }
        }
    }

    #[test]
    fn changed_letters_are_counted_as_duckdb_does() {
        for (a, b, changed) in
            [("abc", "axc", 1), ("éa", "èa", 1), ("AB", "ab", 2), ("aé", "ae1", 2), ("a", "a", 0)]
        {
            let [a, b] = [a, b].map(crate::side::bytes);
            assert!(within_hamming(&a, &b, changed), "{a} {b}");
            assert!(changed == 0 || !within_hamming(&a, &b, changed - 1), "{a} {b}");
        }
        // There it is an error.
        assert!(!within_hamming("abc", "ab", 3));
    }

    #[test]
    fn known_similarities() {
        assert!((jaro_winkler("martha", "marhta") - 0.961_111).abs() < 1e-6);
        assert!((jaro("", "") - 1.0).abs() < 1e-12);
        assert!(jaro("a", "").abs() < 1e-12);
    }
}
