//! Which given names are forms of one name, and how a name sounds.

use std::sync::LazyLock;

use fst::Map;
use rphonetic::{DoubleMetaphone, Encoder};

static TABLE: LazyLock<Map<&'static [u8]>> = LazyLock::new(|| {
    let bytes: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/nicknames.fst"));
    Map::new(bytes).expect("the build wrote a sound map")
});

/// The groups of names, such as Robert, Bob and Bobby, that a normalised given name is in.
///
/// A name nobody listed is in none; a pet name's last sound may be spelt in any of its ways.
pub fn nickname_groups(name: &str) -> impl Iterator<Item = u16> {
    // Ten bits hold a group's number plus one, so that nothing is zero; six groups fit.
    let packed = TABLE.get(name).or_else(|| spelt_otherwise(name)).unwrap_or(0);
    (0..6).map_while(move |place| {
        let [low, high, ..] = ((packed >> (10 * place)) & 0x3FF).to_le_bytes();
        u16::from_le_bytes([low, high]).checked_sub(1)
    })
}

/// The entry of a name that ends in the same sound, such as Davie for Davey.
fn spelt_otherwise(name: &str) -> Option<u64> {
    let endings = ["ey", "ie", "y", "i"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending))?;
    endings.iter().find_map(|ending| TABLE.get(format!("{stem}{ending}")))
}

/// Whether two normalised given names can be one name: one group has both.
#[must_use]
pub fn share_nickname(a: &str, b: &str) -> bool {
    nickname_groups(a).any(|group| nickname_groups(b).any(|other| group == other))
}

/// How normalised words sound: the primary double metaphone code of each, joined by a blank.
///
/// Words without letters have no sound and are passed over.
#[must_use]
pub fn phonetic(words: &str) -> String {
    let encoder = DoubleMetaphone::default();
    let mut sound = String::new();
    for word in words.split_whitespace() {
        // The encoder is at home with plain letters only.
        let letters: String = word.chars().filter(char::is_ascii_alphabetic).collect();
        let code = encoder.encode(&letters);
        if !code.is_empty() {
            if !sound.is_empty() {
                sound.push(' ');
            }
            sound.push_str(&code);
        }
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pet_forms_share_a_group() {
        for (a, b) in [
            ("robert", "bob"),
            ("david", "davey"),
            ("bobby", "rob"),
            ("mohammed", "muhammad"),
            ("elizabeth", "libby"),
            ("william", "bill"),
            ("fatima", "fatema"),
        ] {
            assert!(share_nickname(a, b) && share_nickname(b, a), "{a} {b}");
        }
        for (a, b) in [("robert", "william"), ("zzz", "zzz"), ("", ""), ("bob", "bo")] {
            assert!(!share_nickname(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_name_can_be_in_several_groups() {
        assert!(nickname_groups("alex").count() >= 2);
        assert_eq!(nickname_groups("nobody").count(), 0);
    }

    #[test]
    fn words_sound_one_by_one() {
        assert_eq!(phonetic("smith"), phonetic("smyth"));
        assert_eq!(phonetic("smith jones"), format!("{} {}", phonetic("smith"), phonetic("jones")));
        assert_eq!(phonetic(""), "");
        assert_eq!(phonetic("12 3"), "");
    }

    proptest! {
        #[test]
        fn anything_can_be_sounded(text in any::<String>()) {
            prop_assert!(phonetic(&text).is_ascii());
        }

        #[test]
        fn any_letters_can_be_sounded(text in "[a-z]{0,12}( [a-z]{0,12}){0,2}") {
            prop_assert!(phonetic(&text).is_ascii());
        }
    }
}
