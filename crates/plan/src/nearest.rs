//! Finds the word that was probably meant.

use strsim::damerau_levenshtein;

/// The known word nearest to `word`, if any is near enough to be meant.
///
/// Case, hyphens and spaces do not count. Of words equally near, the first is meant.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let plain = fold(word);
    known
        .map(|candidate| (damerau_levenshtein(&plain, &fold(candidate)), candidate))
        // A third of the letters may be wrong: enough for a slip, too little for another word.
        .filter(|(slips, candidate)| {
            3 * slips <= candidate.chars().count().max(plain.chars().count())
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        // Longer than any known word, and so never near one: no need to measure the rest.
        .take(64)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_one_that_may_be_meant() {
        let known = ["name", "surname", "forename", "date_of_birth"];
        for (word, expected) in [
            ("surnmae", Some("surname")),
            ("Fore-Name", Some("forename")),
            ("dateofbirth", Some("date_of_birth")),
            ("nam", Some("name")),
            ("postcode", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest("a", std::iter::empty()), None);
    }
}
