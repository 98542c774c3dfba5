//! Of whom in a family an indicator speaks.

/// Of whom in a family an indicator speaks, and whether of one of them or of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// Every parent of the family's children, those who live elsewhere among them.
    AllParents,
    /// At least one of these.
    AnyParent,
    /// A mother of the family's children, wherever she lives.
    Mother,
    /// A father of the family's children, wherever he lives.
    Father,
    /// Every adult of the family who lives in the household.
    AllAdults,
    /// At least one of these.
    AnyAdult,
    /// Every child of the family who lives in the household.
    AllChildren,
    /// At least one of these.
    AnyChild,
    /// At least one of those who live in the household.
    AnyMember,
    /// The household: what is stated of any member is stated of it.
    Household,
}

impl Whom {
    /// All of them, in the order people expect them.
    pub const ALL: [Whom; 10] = [
        Whom::AllParents,
        Whom::AnyParent,
        Whom::Mother,
        Whom::Father,
        Whom::AllAdults,
        Whom::AnyAdult,
        Whom::AllChildren,
        Whom::AnyChild,
        Whom::AnyMember,
        Whom::Household,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Whom::AllParents => "all_parents",
            Whom::AnyParent => "any_parent",
            Whom::Mother => "mother",
            Whom::Father => "father",
            Whom::AllAdults => "all_adults",
            Whom::AnyAdult => "any_adult",
            Whom::AllChildren => "all_children",
            Whom::AnyChild => "any_child",
            Whom::AnyMember => "any_member",
            Whom::Household => "household",
        }
    }

    /// Those meant by a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Whom> {
        Whom::ALL.into_iter().find(|whom| whom.as_str() == word)
    }

    /// Whether it must be so of each.
    #[must_use]
    pub fn is_all(self) -> bool {
        matches!(self, Whom::AllParents | Whom::AllAdults | Whom::AllChildren)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_what_it_is_written_for() {
        for whom in Whom::ALL {
            assert_eq!(Whom::parse(whom.as_str()), Some(whom));
            assert_eq!(whom.is_all(), whom.as_str().starts_with("all_"));
        }
        assert_eq!(Whom::parse("step_mother"), None);
    }
}
