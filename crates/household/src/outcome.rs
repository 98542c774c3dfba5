//! Where each person lived, and who lives with whom.

use rayon::prelude::*;
use record::{AddressKind, Date, Lists, Period, RecordId, RelationType};

use crate::{AddressType, people::by_owner, reliability::Reliabilities};

/// Spells, and households and memberships at the run date and before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Households {
    /// Each person's spells, the earliest first.
    pub spells: Lists<ResidencySpell>,
    /// For each spell, in the order of [`Lists::items`], the records that speak of it, ascending.
    pub support: Lists<RecordId>,
    /// The households of the run date, dwelling by dwelling, and in each by lowest member.
    pub households: Vec<Household>,
    /// Who belongs to each of them, in the order of (household, person).
    pub memberships: Vec<Membership>,
    /// The households that are no more, numbered on from those of the run date.
    pub past_households: Vec<Household>,
    /// Who belonged to a household before the run date and does not now, or not since then, in the
    /// order of (household, person, period).
    pub past_memberships: Vec<PastMembership>,
    /// For each person, why it has no household; `None` exactly if it has one.
    pub unhoused: Vec<Option<NoHousehold>>,
    /// What is learned of the sources' addresses.
    pub reliability: Reliabilities,
    /// For each household, by its number, the number of the one that it followed, if it did.
    pub predecessors: Vec<Option<u32>>,
    /// What sort of place each address is, by its id in the column of addresses.
    pub types: Vec<AddressType>,
}

impl Households {
    /// A household by its number, be it of the run date or before.
    ///
    /// # Panics
    ///
    /// Panics if there is none of that number.
    #[must_use]
    pub fn household(&self, number: usize) -> &Household {
        let now = self.households.len();
        self.households.get(number).unwrap_or_else(|| &self.past_households[number - now])
    }

    /// For each person, the places of its memberships in [`Households::memberships`], its main
    /// home first.
    #[must_use]
    pub fn by_person(&self) -> Lists<u32> {
        let mut rows: Vec<(u32, bool, u32)> = (0..)
            .zip(&self.memberships)
            .map(|(at, m)| (m.person, matches!(m.basis, Basis::SecondHome { .. }), at))
            .collect();
        rows.par_sort_unstable();
        let rows = rows.into_iter().map(|(person, _, at)| (person, at)).collect();
        by_owner(self.unhoused.len(), rows)
    }
}

/// A period in which a person lived at an address, as far as its records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResidencySpell {
    /// The address, by its id in the column of addresses, as most of the records put it.
    pub address: u32,
    /// What sort of place it is. The address of a refuge is never to be told.
    pub kind: AddressKind,
    /// From when to when. It begins with the first day of which a record speaks if none says since
    /// when; that it is in an extract is no such day, and then the beginning is not known.
    pub period: Period,
    /// The last day for which a record speaks of it.
    pub last_seen: Date,
    /// What became of it.
    pub basis: SpellBasis,
    /// Its share, in thousandths, of all that speaks for any address at the run date.
    pub share: u16,
}

/// What became of a spell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpellBasis {
    /// It is where the person lives at the run date.
    Current,
    /// It is a child's second home at the run date.
    SecondHome,
    /// A record says that it has ended.
    Ended,
    /// A later spell elsewhere ended it.
    Superseded,
    /// Nothing ends it, but more speaks for another address.
    Outweighed,
    /// It is too long since it was last seen.
    Stale,
    /// It begins after the run date.
    Expected,
    /// It is not a place to live: an office, a box, an address for letters.
    NotResidential,
}

/// The persons who live, or lived, behind one door as one group.
///
/// It remains what it is while an adult and at least half of its members go on living there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    /// The address, by its id in the column of addresses, as most members' records put it.
    pub address: u32,
    /// What sort of household it is.
    pub kind: HouseholdKind,
    /// From the first day on which a member is known to have lived there, if any day is.
    pub period: Period,
    /// The number of members; of one that is no more, at the last.
    pub size: u32,
}

/// What sort of household one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HouseholdKind {
    /// A person or a group in a private home.
    Private,
    /// Three or more adults with nothing between them, and no child: a shared house.
    Shared,
    /// A family in a hostel or other temporary place.
    Hostel,
}

impl HouseholdKind {
    /// The word for it in snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            HouseholdKind::Private => "private",
            HouseholdKind::Shared => "shared",
            HouseholdKind::Hostel => "hostel",
        }
    }
}

/// A person's place in a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The household, by its place in [`Households::households`].
    pub household: u32,
    /// The person.
    pub person: u32,
    /// Since when the person has lived there, if it is known.
    pub period: Period,
    /// Why the person is taken to live there.
    pub basis: Basis,
    /// What ties the person most to another member; nothing is known to tie lodgers, and
    /// nothing can tie one who lives alone.
    pub tie: Option<TiedTo>,
}

/// A person's time in a household that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastMembership {
    /// The household, by its place in [`Households::households`] and, beyond those, in
    /// [`Households::past_households`].
    pub household: u32,
    /// The person.
    pub person: u32,
    /// From when to when.
    pub period: Period,
    /// Why the person is taken to have lived there.
    pub basis: Basis,
}

/// Why a person is taken to live at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Its own records say so.
    Stated,
    /// Its own records say so, but give no day: since when is not known.
    StatedUndated,
    /// A child of whom no record says where it lives; one who is this to the child lives here.
    With {
        /// What the other is to the child.
        relation: RelationType,
        /// The other person.
        person: u32,
    },
    /// The child was lately seen here, with its foster carer.
    Placed {
        /// The foster carer.
        carer: u32,
    },
    /// Those with whom the person lived have moved here since it was last seen.
    Moved {
        /// One who moved.
        person: u32,
    },
    /// Its own records tell the building or the postcode, and somebody tied to it lives there.
    Among {
        /// The other person.
        person: u32,
    },
    /// The child lives elsewhere as well; it was lately seen here too, with its other parent.
    SecondHome {
        /// The parent who lives here.
        parent: u32,
    },
}

impl Basis {
    /// The words for it in snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::StatedUndated => "stated without a date",
            Basis::With { relation: RelationType::Mother, .. } => "with mother",
            Basis::With { relation: RelationType::Father, .. } => "with father",
            Basis::With { relation: RelationType::FosterCarer, .. } => "with foster carer",
            Basis::With { relation: RelationType::Guardian, .. } => "with guardian",
            Basis::With { .. } => "with parent",
            Basis::Placed { .. } => "placed with foster carer",
            Basis::Moved { .. } => "moved with others",
            Basis::Among { .. } => "door of others",
            Basis::SecondHome { .. } => "second home",
        }
    }
}

/// A tie, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TiedTo {
    /// What the tie is.
    pub tie: Tie,
    /// The other person.
    pub person: u32,
}

/// What ties two residents of a dwelling, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// A source says what the other is to the person.
    Declared(RelationType),
    /// An adult and a child stood in one row of an extract.
    SameRow,
    /// One source has both moving in on one day.
    MovedInTogether,
    /// They share a telephone number or an e-mail address.
    SharedContact,
    /// They share a surname, present or former.
    SharedSurname,
}

impl Tie {
    /// Whether it is one of a family or of people who moved together.
    pub(crate) fn is_close(self) -> bool {
        matches!(self, Tie::Declared(_) | Tie::SameRow | Tie::MovedInTogether)
    }

    /// The words for it in explanations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Tie::Declared(relation) => relation.as_str(),
            Tie::SameRow => "same row",
            Tie::MovedInTogether => "moved in together",
            Tie::SharedContact => "shared phone or e-mail",
            Tie::SharedSurname => "shared surname",
        }
    }
}

/// Why a person has no household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoHousehold {
    /// No record says where the person lives.
    NoAddress,
    /// The person has no fixed abode.
    NoFixedAbode,
    /// The address does not tell the door: the flat is missing, or there is only a postcode.
    AddressUncertain,
    /// The person lives in a communal establishment.
    Communal,
    /// The person lives in a hostel or other temporary place, and no family of the person's does.
    Hostel,
    /// The address is not to be told.
    Protected,
    /// The only address is an office, a box, or one for letters.
    NotResidential,
    /// More persons are said to live there than a home can hold.
    OverLarge,
    /// The last stay known of has ended, and none is known to follow.
    MovedAway,
    /// Others have moved in since the person was last seen there.
    Succeeded,
    /// The last address known was seen too long ago.
    Stale,
    /// Others of that age who are here are in sources that do not have the person, who was not
    /// seen for some time.
    LikelyGone,
    /// The person is not born yet, or nobody has heard of the birth.
    Unborn,
    /// The person was expected, and the mother has had a child since that was born about then.
    Delivered,
}

/// What a record tells of whether its person is born.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Birth {
    /// Nothing.
    #[default]
    Untold,
    /// That it was expected when last heard of: nobody had given it a name, and the day of birth was
    /// still to come.
    Expected,
    /// That it is born: it has a name, or was seen since.
    Told,
}

impl NoHousehold {
    /// Every reason, in order.
    pub const ALL: [NoHousehold; 14] = [
        NoHousehold::NoAddress,
        NoHousehold::NoFixedAbode,
        NoHousehold::AddressUncertain,
        NoHousehold::Communal,
        NoHousehold::Hostel,
        NoHousehold::Protected,
        NoHousehold::NotResidential,
        NoHousehold::OverLarge,
        NoHousehold::MovedAway,
        NoHousehold::Succeeded,
        NoHousehold::Stale,
        NoHousehold::LikelyGone,
        NoHousehold::Unborn,
        NoHousehold::Delivered,
    ];

    /// The code for it in snapshots.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NoHousehold::NoAddress => "no_address",
            NoHousehold::NoFixedAbode => "no_fixed_abode",
            NoHousehold::AddressUncertain => "address_uncertain",
            NoHousehold::Communal => "communal",
            NoHousehold::Hostel => "hostel",
            NoHousehold::Protected => "protected",
            NoHousehold::NotResidential => "not_residential",
            NoHousehold::OverLarge => "over_large",
            NoHousehold::MovedAway => "moved_away",
            NoHousehold::Succeeded => "succeeded",
            NoHousehold::Stale => "stale",
            NoHousehold::LikelyGone => "likely_gone",
            NoHousehold::Unborn => "unborn",
            NoHousehold::Delivered => "delivered",
        }
    }
}
