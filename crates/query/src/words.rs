//! The codes of a snapshot in words.

/// The code for who is not born yet, as far as is known.
pub(crate) const UNBORN: &str = "unborn";

/// The code for an expected child whose mother has had one since.
pub(crate) const DELIVERED: &str = "delivered";

/// The code for a person of whom it is not told where the home is.
pub(crate) const PROTECTED: &str = "protected";

/// Why somebody has no household.
pub(crate) fn no_household(code: &str) -> &str {
    match code {
        "no_address" => "no record says where",
        "no_fixed_abode" => "no fixed abode",
        "address_uncertain" => "the address does not tell the door",
        "communal" => "in a communal establishment",
        "hostel" => "in a hostel or other temporary place",
        PROTECTED => "at an address that is not to be told",
        "not_residential" => "the only address is not one to live at",
        "over_large" => "more persons are said to live there than a home can hold",
        "moved_away" => "the last stay known of has ended, and none is known to follow",
        "succeeded" => "others have moved in since the person was last seen there",
        "stale" => "the last address known was seen too long ago",
        "likely_gone" => "likely gone: not seen for some time where others of that age are",
        UNBORN => "not born, as far as anybody has heard",
        DELIVERED => "expected, and the mother has had a child since",
        other => other,
    }
}

/// Why where somebody lives is shielded.
pub(crate) fn shielded(code: &str) -> &str {
    match code {
        "refuge" => "it is a refuge",
        "hostel" => "it is a hostel, and hostels are shielded here",
        "communal" => "it is a communal establishment, and they are shielded here",
        "source" => "known to a source of whose persons all are shielded",
        "statement" => "a source's row says that the person is shielded",
        "same_door" => "somebody else lives there who is shielded",
        other => other,
    }
}

/// A sort of place.
pub(crate) fn sort(code: &str) -> &str {
    match code {
        "home" => "a private home",
        "shared" => "a house in multiple occupation",
        "hostel" => "a hostel or other temporary place",
        "communal" => "a communal establishment",
        "refuge" => "a refuge",
        "over_large" => "an address of more persons than a home can hold",
        "office" => "an office",
        "care_of" => "somebody else's address, for letters",
        "po_box" => "a post-office box",
        "no_fixed_abode" => "no fixed abode",
        "no_door" => "an address that does not tell the door",
        other => other,
    }
}

/// Why an address is taken for a sort of place.
pub(crate) fn sort_reason(code: &str) -> &str {
    match code {
        "words" => "its own words say so",
        "words_of_others" => "what others state of the same door or building says so",
        "gazetteer" => "the gazetteer says so",
        "unrelated_adults" => {
            "three adults or more live there with nothing known between them, and no child"
        }
        "number_of_residents" => "so many live there",
        "turnover" => "several groups of adults live there, and as many have gone",
        "door_not_told" => "the flat or the number is missing",
        "nothing_else_said" => "nothing says otherwise",
        other => other,
    }
}

/// What became of a spell at an address, beside the person's household.
pub(crate) fn state(code: &str) -> &str {
    match code {
        "current" => "the home that records tell",
        "second_home" => "the second home that records tell",
        "ended" => "a record says that it has ended",
        "superseded" => "a later stay elsewhere ended it",
        "outweighed" => "more speaks for another address",
        "stale" => "seen too long ago to say",
        "expected" => "yet to begin, as far as is known",
        "not_residential" => "not a place to live",
        other => other,
    }
}

/// A type of relationship as people say it.
#[must_use]
pub fn relation(code: &str) -> String {
    match code {
        "step_parent" => "step-parent".to_owned(),
        "step_child" => "step-child".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What one person is said to be to another, such as `mother of`.
pub(crate) fn said(code: &str) -> String {
    match code {
        "co_parent" => "parent of the same child as".to_owned(),
        "household_adult" => "adult in one household with the child".to_owned(),
        other => format!("{} of", relation(other)),
    }
}

/// What speaks against a relationship.
#[must_use]
pub fn contradiction(code: &str) -> String {
    match code {
        "too_young" => "too young to be".to_owned(),
        "declared_otherwise" => "a source declares something else".to_owned(),
        "another_mother" => "a source declares another mother".to_owned(),
        "another_father" => "a source declares another father".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A name as it is written, as far as small letters tell.
#[must_use]
pub fn titled(name: &str) -> String {
    let mut begins = true;
    let letters = name.chars().flat_map(|letter| {
        let written: Vec<char> =
            if begins { letter.to_uppercase().collect() } else { vec![letter] };
        begins = !letter.is_alphanumeric();
        written
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_capitals() {
        assert_eq!(titled("mary ann o'neil-smith"), "Mary Ann O'Neil-Smith");
        assert_eq!(titled(""), "");
    }
}
