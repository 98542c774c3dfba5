//! The words that are not names, though they stand where names do.

/// Words that say that there is no name.
pub(super) const PLACEHOLDERS: [&str; 24] = [
    "unknown",
    "unk",
    "unnamed",
    "nfn",
    "nln",
    "nmn",
    "nfa",
    "null",
    "none",
    "nil",
    "testing",
    "tba",
    "tbc",
    "anonymous",
    "dummy",
    "nk",
    "notknown",
    "notgiven",
    "notentered",
    "noname",
    "forename",
    "surname",
    "firstname",
    "lastname",
];

/// Words that say so in place of a given name, or beside each other, though they are surnames.
pub(super) const GIVEN_PLACEHOLDERS: [&str; 9] =
    ["boy", "girl", "male", "female", "patient", "deceased", "test", "tester", "anon"];

/// Words that go with those.
pub(super) const PLACEHOLDER_FILLERS: [&str; 31] = [
    "not",
    "no",
    "known",
    "given",
    "stated",
    "entered",
    "available",
    "applicable",
    "provided",
    "recorded",
    "disclosed",
    "supplied",
    "name",
    "first",
    "last",
    "middle",
    "family",
    "one",
    "two",
    "three",
    "four",
    "i",
    "ii",
    "iii",
    "a",
    "b",
    "c",
    "of",
    "child",
    "person",
    "data",
];

/// Words for a child not yet named; whatever follows is the mother's name or a number.
pub(super) const INFANT_WORDS: [&str; 11] = [
    "baby", "infant", "newborn", "unborn", "twin", "triplet", "foetus", "fetus", "babyboy",
    "babygirl", "neonate",
];

/// Words after which another name follows.
pub(super) const LATER_NAME_WORDS: [&str; 5] = ["nee", "formerly", "aka", "previously", "alias"];

/// Words in brackets that make what is there a note and no name.
pub(super) const NOTE_WORDS: [&str; 34] = [
    "twin",
    "triplet",
    "deceased",
    "dec",
    "temp",
    "temporary",
    "mother",
    "father",
    "mum",
    "dad",
    "foster",
    "carer",
    "guardian",
    "adopted",
    "adoptive",
    "do",
    "not",
    "unborn",
    "baby",
    "male",
    "female",
    "child",
    "confirmed",
    "unconfirmed",
    "see",
    "legal",
    "birth",
    "step",
    "parent",
    "name",
    "unknown",
    "surname",
    "forename",
    "old",
];

/// Whether a word is a title.
pub(super) fn is_title(word: &str) -> bool {
    matches!(
        word,
        "mr" | "mrs"
            | "ms"
            | "miss"
            | "mx"
            | "mstr"
            | "dr"
            | "rev"
            | "revd"
            | "reverend"
            | "sir"
            | "dame"
            | "prof"
            | "professor"
            | "cllr"
            | "capt"
            | "sgt"
            | "hon"
    )
}

/// Whether a word after a name only says which of a family is meant, or what they have earned.
pub(super) fn is_suffix(word: &str) -> bool {
    matches!(
        word,
        "jr" | "jnr"
            | "junior"
            | "sr"
            | "snr"
            | "senior"
            | "ii"
            | "iii"
            | "iv"
            | "esq"
            | "obe"
            | "mbe"
            | "phd"
            | "dr"
    )
}

/// Whether a word of a surname leads the next.
pub(super) fn is_surname_particle(word: &str) -> bool {
    matches!(
        word,
        "van"
            | "von"
            | "vom"
            | "vander"
            | "der"
            | "den"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "das"
            | "dos"
            | "do"
            | "du"
            | "des"
            | "la"
            | "le"
            | "les"
            | "el"
            | "al"
            | "ul"
            | "ur"
            | "bin"
            | "bint"
            | "ibn"
            | "abu"
            | "mac"
            | "mc"
            | "fitz"
            | "o"
            | "d"
            | "st"
            | "ter"
            | "ten"
            | "zu"
            | "zur"
            | "ap"
    )
}

/// Whether a word of a given name leads the next.
pub(super) fn is_given_particle(word: &str) -> bool {
    matches!(word, "de" | "la" | "le" | "mc" | "st" | "abu" | "el")
}
