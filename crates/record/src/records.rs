//! All records of a run, as extracted and as normalised.

use std::fmt;

use crate::{Column, Date, Dictionary, Lists, NONE, Period, Property, RecordId, Residence, Texts};

/// A source, by its place in the order of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u16);

impl SourceId {
    /// The place, to index with.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where records come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name the plan gives it, unique.
    pub name: String,
    /// The agency that holds it.
    pub agency: String,
    /// The system it was taken from.
    pub system: String,
    /// Whom the service is for.
    pub side: Side,
    /// The sharing agreement it comes under.
    pub agreement: String,
    /// The day it describes.
    pub as_at: Option<Date>,
    /// Whether each person is in it once at most.
    pub unique: bool,
}

impl Source {
    /// A source of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Source {
        Source {
            name: name.to_owned(),
            agency: name.to_owned(),
            system: String::new(),
            side: Side::Both,
            agreement: String::new(),
            as_at: None,
            unique: false,
        }
    }
}

/// Whom a service is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Children.
    Child,
    /// Adults.
    Adult,
    /// Both, or not said.
    #[default]
    Both,
}

/// Where in the extracts a record stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file, by its place in the list of files read.
    pub file: u32,
    /// The line it began on, or the row of a format without lines; from 1, headers included.
    pub line: u32,
}

/// All records, as extracted: values in each source's own spelling, but its dates, codes and
/// lists already told apart.
///
/// Records are in the order of (source, key), which no order of files or rows can change.
#[derive(Clone, Default)]
pub struct Records {
    /// The sources, by name.
    pub sources: Vec<Source>,
    /// The files read, for saying where a record stood.
    pub files: Vec<String>,
    /// Each record's source.
    pub source: Vec<SourceId>,
    /// Each record's key, unique in its source.
    pub key: Texts,
    /// Where each record stood.
    pub origin: Vec<Origin>,
    /// Whether each record is of the person whom its row is about, not of one the row also names.
    pub is_subject: Vec<bool>,
    /// The fields, by name; values are [`crate::Values::Text`].
    pub columns: Vec<Column>,
    /// For each record the list it stands on, on which each person stands once; [`crate::NONE`] is
    /// no list. Empty if no source has such lists.
    pub roster: Vec<u32>,
    /// Each record's statements of where its person lived.
    pub residences: Lists<RawResidence>,
    /// The strings that `residences` refers to.
    pub residence_text: Dictionary,
    /// What addresses there are, if a gazetteer says.
    pub gazetteer: Vec<Property>,
    /// What the sources say people are to each other, sorted.
    pub declared: Vec<Declared>,
    /// Each record's statements of who at its source deals with its person, the last seen first.
    /// They are carried to the snapshot; nothing is compared by them.
    pub involvements: Lists<RawInvolvement>,
    /// The strings that `involvements` refers to.
    pub involvement_text: Dictionary,
}

// Keys are people's: a panic or a log that debugs records must not show them.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Records({} of {} sources)", self.len(), self.sources.len())
    }
}

impl Records {
    /// The number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// The column of the field with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field.name == name)
    }

    /// The record with this key in this source.
    #[must_use]
    pub fn find(&self, source: SourceId, key: &str) -> Option<RecordId> {
        let start = self.source.partition_point(|&s| s < source);
        let end = self.source.partition_point(|&s| s <= source);
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.key[middle].cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(RecordId(u32::try_from(middle).ok()?)),
            }
        }
        None
    }
}

/// A statement of where a person lived, as extracted. Ids are of `Records::residence_text`;
/// [`crate::NONE`] is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawResidence {
    /// The address in words, its lines joined with ", ".
    pub text: u32,
    /// The postcode.
    pub postcode: u32,
    /// The unique property reference number.
    pub uprn: u32,
    /// Since when, as `YYYY[-MM[-DD]]`.
    pub from: u32,
    /// Until when, likewise.
    pub to: u32,
    /// When last believed, likewise.
    pub seen: u32,
}

/// A source's statement of its dealings with a person, as extracted. Ids are of
/// `Records::involvement_text`; [`crate::NONE`] is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawInvolvement {
    /// The person's role in the row, where the row is about another.
    pub role: u32,
    /// Who deals with the person.
    pub worker: u32,
    /// That worker's team.
    pub team: u32,
    /// Whether that worker leads for the family: `yes` or `no`.
    pub lead: u32,
    /// Since when, as `YYYY[-MM[-DD]]`.
    pub from: u32,
    /// Until when, likewise.
    pub to: u32,
    /// The last contact, likewise.
    pub seen: u32,
    /// What the row states of the person: `field=value`, sorted, a line each.
    pub states: u32,
}

impl RawInvolvement {
    /// One of which nothing is said.
    pub const UNSAID: RawInvolvement = RawInvolvement {
        role: NONE,
        worker: NONE,
        team: NONE,
        lead: NONE,
        from: NONE,
        to: NONE,
        seen: NONE,
        states: NONE,
    };
}

/// A source's statement of what one person is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Declared {
    /// Of whom it is said.
    pub subject: RecordId,
    /// What `other` is to the subject: `Mother` says that `other` is the subject's mother.
    pub is: RelationType,
    /// The other person.
    pub other: RecordId,
    /// From when to when, as far as the source says.
    pub period: Period,
}

/// What one person is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationType {
    /// A woman who bore or adopted.
    Mother,
    /// A man who begot or adopted.
    Father,
    /// Mother or father.
    Parent,
    /// Son or daughter.
    Child,
    /// A parent's later husband, wife or partner.
    StepParent,
    /// The child of one's partner.
    StepChild,
    /// A parent's parent.
    Grandparent,
    /// A child's child.
    Grandchild,
    /// Brother or sister.
    Sibling,
    /// Born together.
    Twin,
    /// Husband, wife, civil partner or partner.
    Partner,
    /// Once a partner.
    FormerPartner,
    /// One who fosters.
    FosterCarer,
    /// One who is fostered.
    FosterChild,
    /// One with responsibility by law, other than a parent.
    Guardian,
    /// One under guardianship.
    Ward,
    /// Family of another degree.
    OtherRelative,
    /// To be told in an emergency; perhaps no relative.
    Contact,
}

impl RelationType {
    /// Every type, in order.
    pub const ALL: [RelationType; 18] = [
        RelationType::Mother,
        RelationType::Father,
        RelationType::Parent,
        RelationType::Child,
        RelationType::StepParent,
        RelationType::StepChild,
        RelationType::Grandparent,
        RelationType::Grandchild,
        RelationType::Sibling,
        RelationType::Twin,
        RelationType::Partner,
        RelationType::FormerPartner,
        RelationType::FosterCarer,
        RelationType::FosterChild,
        RelationType::Guardian,
        RelationType::Ward,
        RelationType::OtherRelative,
        RelationType::Contact,
    ];

    /// Whether those who are this to one person are listed each once: children are, and of two
    /// contacts or mothers the one may be the other again.
    #[must_use]
    pub fn lists_each_once(self) -> bool {
        use RelationType as R;
        matches!(self, R::Child | R::StepChild | R::Grandchild | R::Sibling | R::FosterChild)
    }

    /// Whether those who are this and that to one person are surely two: a mother and a father, a
    /// parent and a brother.
    #[must_use]
    pub fn excludes(self, other: RelationType) -> bool {
        use RelationType as R;
        let line = |is| match is {
            R::Mother | R::Father | R::Parent | R::StepParent => Some(0),
            R::Sibling | R::Twin => Some(1),
            R::Child | R::StepChild | R::Grandchild | R::FosterChild => Some(2),
            R::Partner => Some(3),
            _ => None,
        };
        let of_two_lines = line(self).zip(line(other)).is_some_and(|(one, other)| one != other);
        of_two_lines || matches!((self, other), (R::Mother, R::Father) | (R::Father, R::Mother))
    }

    /// Whether this says little of what the two are, and nothing of what the one is to the other
    /// when the other is this to it.
    #[must_use]
    pub fn is_loose(self) -> bool {
        matches!(self, RelationType::Contact | RelationType::OtherRelative)
    }

    /// What the subject is to the other, when the other is this to the subject.
    #[must_use]
    pub fn inverse(self) -> RelationType {
        use RelationType as R;
        match self {
            R::Mother | R::Father | R::Parent => R::Child,
            R::Child => R::Parent,
            R::StepParent => R::StepChild,
            R::StepChild => R::StepParent,
            R::Grandparent => R::Grandchild,
            R::Grandchild => R::Grandparent,
            R::FosterCarer => R::FosterChild,
            R::FosterChild => R::FosterCarer,
            R::Guardian => R::Ward,
            R::Ward => R::Guardian,
            R::Sibling
            | R::Twin
            | R::Partner
            | R::FormerPartner
            | R::OtherRelative
            | R::Contact => self,
        }
    }

    /// The word for it in plans and snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        use RelationType as R;
        match self {
            R::Mother => "mother",
            R::Father => "father",
            R::Parent => "parent",
            R::Child => "child",
            R::StepParent => "step_parent",
            R::StepChild => "step_child",
            R::Grandparent => "grandparent",
            R::Grandchild => "grandchild",
            R::Sibling => "sibling",
            R::Twin => "twin",
            R::Partner => "partner",
            R::FormerPartner => "former_partner",
            R::FosterCarer => "foster_carer",
            R::FosterChild => "foster_child",
            R::Guardian => "guardian",
            R::Ward => "ward",
            R::OtherRelative => "other_relative",
            R::Contact => "contact",
        }
    }

    /// The type with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<RelationType> {
        RelationType::ALL.into_iter().find(|relation| relation.as_str() == word)
    }
}

/// All records, normalised: the same records in the same order, every value in one form.
#[derive(Clone, Debug, Default)]
pub struct Normalised {
    /// The number of records.
    pub n_records: usize,
    /// The names of the sources.
    pub sources: Vec<String>,
    /// Each record's source.
    pub source: Vec<SourceId>,
    /// The fields, by name. Whole names are split, and joined fields (`known_as`,
    /// `former_surname`) have become further values of the field they belong to.
    pub columns: Vec<Column>,
    /// Each record's statements of where its person lived, in terms of the `address` column.
    pub residences: Lists<Residence>,
    /// The values that were not taken.
    pub refused: Vec<Refused>,
}

impl Normalised {
    /// The column of the field with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field.name == name)
    }
}

/// A value that was not taken: the record is kept, the value counts as missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Whose value.
    pub record: RecordId,
    /// Of which field.
    pub field: String,
    /// Why, in words that do not quote the value.
    pub reason: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_has_a_word_and_an_inverse() {
        for relation in RelationType::ALL {
            assert_eq!(RelationType::parse(relation.as_str()), Some(relation));
            let back = relation.inverse().inverse();
            let parent = matches!(relation, RelationType::Mother | RelationType::Father);
            assert!(back == relation || (parent && back == RelationType::Parent));
        }
    }
}
