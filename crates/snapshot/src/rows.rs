//! The rows of every file.
//!
//! Text is generic: a writer takes rows that borrow (`LinkRow<&str>`), and a reader gives
//! rows of their own (`LinkRow`, which is `LinkRow<String>`). Dates are days; a period runs
//! from its first day up to but not including its last. A missing start means "since when is not
//! known", a missing end "until further notice".

use jiff::civil::Date;

/// One row of `records.parquet`: a source record and where it went.
///
/// Exactly one of `household_id` and `no_household` is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRow<S = String> {
    /// The source it came from.
    pub source: S,
    /// Its key within the source.
    pub key: S,
    /// The person it is about.
    pub person_id: S,
    /// That person's household at the run date; null if there is none.
    pub household_id: Option<S>,
    /// A coded reason why there is no household; null if there is one.
    pub no_household: Option<S>,
    /// The names of the fields it fills, a blank between each two; never a value.
    pub fields: S,
}

/// One row of `persons.parquet`: a person, with the best value of each field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonRow<S = String> {
    /// The person.
    pub person_id: S,
    /// Records about the person.
    pub record_count: u32,
    /// Sources that know the person.
    pub source_count: u32,
    /// The first day any record speaks of; null if none gives a day.
    pub first_seen: Option<Date>,
    /// The last such day.
    pub last_seen: Option<Date>,
    /// What its records cannot both be right in, such as `sex`, as codes; a list in the file.
    pub contradictions: Vec<S>,
    /// A coded reason why where the person lives is shielded; null if it is not. Of whom it is, only
    /// names, sex and the days of birth and death are in the open file, by no source's name.
    pub shielded: Option<S>,
    /// For each field of the file, in its order, the best value; null if no record has one.
    pub best: Vec<Option<Best<S>>>,
}

/// A person's best value of a field, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Best<S = String> {
    /// The value, as a person would read it: column `<field>`.
    pub value: S,
    /// The source that gave it: column `<field>_source`.
    pub source: S,
}

/// One row of `households.parquet`: a household, from when it formed until it was no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HouseholdRow<S = String> {
    /// The household.
    pub household_id: S,
    /// The address it lives at.
    pub address_id: S,
    /// That address on one line.
    pub address: S,
    /// A coded kind: `private`, `shared` or `hostel`.
    pub kind: S,
    /// The first day on which a member is known to have lived there; null if no day is known.
    pub from: Option<Date>,
    /// The first day after it; null if it goes on.
    pub to: Option<Date>,
    /// Persons in it; of one that is over, at the last.
    pub size: u32,
    /// The household that it followed: more than half of that one's members, and of its own, are of
    /// both; null if there is none.
    pub successor_of: Option<S>,
}

/// One row of `addresses.parquet`: an address at which somebody lives or lived, and what sort of
/// place it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRow<S = String> {
    /// The address.
    pub address_id: S,
    /// The address on one line.
    pub address: S,
    /// A coded sort of place, such as `home`, `shared` or `communal`; column `type`.
    pub sort: S,
    /// A coded reason why it is taken for one.
    pub reason: S,
    /// The persons who live there at the run date, whether or not they make a household.
    pub residents: u32,
    /// How many groups they are with nothing known between them; nought where that was not looked at.
    pub groups: u32,
    /// The persons of whom a record says that they live there or ever did.
    pub known: u32,
}

/// One row of `memberships.parquet`: a person's time in a household.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MembershipRow<S = String> {
    /// The household.
    pub household_id: S,
    /// The person.
    pub person_id: S,
    /// The first day; null if unknown.
    pub from: Option<Date>,
    /// The first day after it; null if it goes on.
    pub to: Option<Date>,
    /// A coded reason for the membership.
    pub basis: S,
}

/// One row of `relationships.parquet`: what one person is to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelationshipRow<S = String> {
    /// The person who is, say, the mother.
    pub person_id: S,
    /// The person whose mother that is.
    pub other_person_id: S,
    /// The coded type; column `type`.
    pub relation: S,
    /// Whether a source says so or it was worked out.
    pub basis: Basis,
    /// The source that says so; null if it was worked out from several.
    pub source: Option<S>,
    /// The first day; null if unknown.
    pub from: Option<Date>,
    /// The first day after it; null if it goes on.
    pub to: Option<Date>,
    /// What speaks against it, such as `too_young`, as codes; a list in the file.
    pub contradictions: Vec<S>,
}

/// One row of `involvements.parquet`: that a source knows a person, and who deals with them there.
///
/// Every source record has one at least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InvolvementRow<S = String> {
    /// The person.
    pub person_id: S,
    /// The source.
    pub source: S,
    /// The agency that holds it.
    pub agency: S,
    /// Whom the service is for: `child`, `adult` or `both`.
    pub side: S,
    /// The key of the source's record.
    pub key: S,
    /// The person's role in the row, such as `mother`; `subject` if the row is about the person.
    pub role: S,
    /// Who deals with the person; null if the source does not say.
    pub worker: Option<S>,
    /// That worker's team; null if the source does not say.
    pub team: Option<S>,
    /// Whether that worker leads for the family.
    pub lead: Lead,
    /// The first day; null if unknown.
    pub from: Option<Date>,
    /// The first day after it; null if no end is known.
    pub to: Option<Date>,
    /// The last day on which the source had to do with the person; null if it gives none.
    pub last_contact: Option<Date>,
    /// What else the source's row states of the person: `field=value`, ascending; a list in the
    /// file.
    pub states: Vec<S>,
}

/// One row of `links.parquet`: the evidence for a pair of records.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub struct LinkRow<S = String> {
    /// The source of the one record.
    pub source: S,
    /// Its key.
    pub key: S,
    /// The source of the other.
    pub other_source: S,
    /// Its key.
    pub other_key: S,
    /// The first blocking rule that proposed the pair.
    pub rule: S,
    /// The level of each comparison, in the plan's order, such as `4.2.0.-.1`; `-` is a
    /// comparison that could not be made.
    pub vector: S,
    /// What relatives who were found before add to the match weight, in bits.
    pub relatives: f64,
    /// The match weight, in bits.
    pub match_weight: f64,
    /// The match probability, 0 to 1.
    pub probability: f64,
    /// What was decided.
    pub decision: Decision,
}

/// One row of `residencies.parquet`: a person's period at an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResidencyRow<S = String> {
    /// The person.
    pub person_id: S,
    /// The address.
    pub address_id: S,
    /// That address on one line.
    pub address: S,
    /// The first day; null if unknown.
    pub from: Option<Date>,
    /// The first day after it; null if it goes on.
    pub to: Option<Date>,
    /// The last day a source saw the person there; null if none gives a day.
    pub last_seen: Option<Date>,
    /// What became of it, as a code: `current` if it is where the person lives at the run date.
    pub state: S,
    /// The sources that say so, ascending; a list in the file.
    pub sources: Vec<S>,
    /// A coded reason why the address is shielded; null if it is not. Of a row that is, the open file
    /// tells the person and this alone.
    pub withheld: Option<S>,
}

/// One row of `rejects.parquet`: a row or value that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectRow<S = String> {
    /// The source.
    pub source: S,
    /// The file as the source named it.
    pub file: S,
    /// The line (or row of the sheet) in it, from 1; 0 is the file as a whole.
    pub line: u32,
    /// The field whose value was not taken; null if the whole row was not.
    pub field: Option<S>,
    /// A coded reason.
    pub reason: S,
}

/// One row of `events.parquet`: something that happened to an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventRow<S = String> {
    /// The id of a person or a household.
    pub id: S,
    /// What happened to it.
    pub event: Event,
    /// The id it was merged into or split from; null otherwise.
    pub other_id: Option<S>,
    /// The run in which it happened.
    pub run: S,
}

/// What was decided about a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// One person.
    Link,
    /// Perhaps one person: for a human to look at.
    PossibleLink,
    /// Either this pair or another of the same record, which are too close to choose between:
    /// two persons, for a human to look at.
    Many,
    /// Two persons.
    NonLink,
}

/// How a relationship is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// A source says so.
    Declared,
    /// It was worked out.
    Inferred,
}

/// Whether a worker leads for a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lead {
    /// The source says so.
    Yes,
    /// The source says that another does, or none.
    No,
    /// The source does not say.
    Unknown,
}

/// What happened to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It is new.
    Created,
    /// It now answers to another id.
    Merged,
    /// It came out of another id.
    Split,
    /// It answers to nothing any more.
    Retired,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 4] =
        [Decision::Link, Decision::PossibleLink, Decision::Many, Decision::NonLink];

    /// The code in the file.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Decision::Link => "link",
            Decision::PossibleLink => "possible_link",
            Decision::Many => "many",
            Decision::NonLink => "non_link",
        }
    }
}

impl Basis {
    /// Every basis.
    pub const ALL: [Basis; 2] = [Basis::Declared, Basis::Inferred];

    /// The code in the file.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Basis::Declared => "declared",
            Basis::Inferred => "inferred",
        }
    }
}

impl Lead {
    /// Every answer.
    pub const ALL: [Lead; 3] = [Lead::Yes, Lead::No, Lead::Unknown];

    /// The code in the file.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lead::Yes => "yes",
            Lead::No => "no",
            Lead::Unknown => "unknown",
        }
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 4] = [Event::Created, Event::Merged, Event::Split, Event::Retired];

    /// The code in the file.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Event::Created => "created",
            Event::Merged => "merged",
            Event::Split => "split",
            Event::Retired => "retired",
        }
    }
}
