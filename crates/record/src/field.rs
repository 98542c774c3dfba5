//! Fields and the kinds of value they hold.

/// A field of a record: its name and the kind of its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// The name the plan gives it; for a standard field, that of its kind.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

impl Field {
    /// A standard field, under its own name, if `name` is one.
    #[must_use]
    pub fn standard(name: &str) -> Option<Field> {
        let (_, kind) = STANDARD.iter().find(|(known, _)| *known == name)?;
        Some(Field { name: name.to_owned(), kind: *kind })
    }

    /// The names of all standard fields, in the order people expect them.
    pub fn standard_names() -> impl Iterator<Item = &'static str> {
        STANDARD.iter().map(|(name, _)| *name)
    }
}

/// What the values of a field are, and so how they are normalised and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A whole name; normalisation splits it into forename, middle name and surname.
    FullName,
    /// Given names, as called.
    Forename,
    /// Further given names.
    MiddleName,
    /// Family name, present or former.
    Surname,
    /// Male, female, or not known.
    Sex,
    /// A date, known to the day, month or year.
    Date,
    /// A postal address in words.
    Address,
    /// A postcode of the United Kingdom.
    Postcode,
    /// A unique property reference number.
    Uprn,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An NHS number of England and Wales.
    NhsNumber,
    /// A unique pupil number.
    Upn,
    /// A unique learner number.
    Uln,
    /// A National Insurance number.
    Nino,
    /// Words in which a slip of the pen is possible.
    Text,
    /// One of a few agreed values.
    Category,
    /// A reference that is right or wrong, though digits can be mistyped.
    Code,
    /// A quantity.
    Number,
    /// A place on the earth: latitude and longitude in degrees.
    Point,
    /// A set of values, of which two records may share some.
    List,
    /// Numbers in an order, such as an embedding, of which the direction tells.
    Vector,
    /// Text just as the source has it, to the last byte.
    Verbatim,
    /// Several such texts in an order.
    Items,
    /// What a source states of a person, such as being in work. It goes into the snapshot beside
    /// the records and makes nobody more or less alike.
    Statement,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Kind; 25] = [
        Kind::FullName,
        Kind::Forename,
        Kind::MiddleName,
        Kind::Surname,
        Kind::Sex,
        Kind::Date,
        Kind::Address,
        Kind::Postcode,
        Kind::Uprn,
        Kind::Phone,
        Kind::Email,
        Kind::NhsNumber,
        Kind::Upn,
        Kind::Uln,
        Kind::Nino,
        Kind::Text,
        Kind::Category,
        Kind::Code,
        Kind::Number,
        Kind::Point,
        Kind::List,
        Kind::Vector,
        Kind::Verbatim,
        Kind::Items,
        Kind::Statement,
    ];
}

const STANDARD: [(&str, Kind); 27] = [
    ("name", Kind::FullName),
    ("forename", Kind::Forename),
    ("known_as", Kind::Forename),
    ("middle_name", Kind::MiddleName),
    ("surname", Kind::Surname),
    ("former_surname", Kind::Surname),
    ("sex", Kind::Sex),
    ("date_of_birth", Kind::Date),
    ("address", Kind::Address),
    ("postcode", Kind::Postcode),
    ("uprn", Kind::Uprn),
    ("address_from", Kind::Date),
    ("address_to", Kind::Date),
    ("seen", Kind::Date),
    ("phone", Kind::Phone),
    ("email", Kind::Email),
    ("nhs_number", Kind::NhsNumber),
    ("upn", Kind::Upn),
    ("uln", Kind::Uln),
    ("nino", Kind::Nino),
    ("worker", Kind::Text),
    ("team", Kind::Text),
    ("lead", Kind::Category),
    ("involved_from", Kind::Date),
    ("involved_to", Kind::Date),
    ("related_from", Kind::Date),
    ("related_to", Kind::Date),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_field_is_known_by_name() {
        assert_eq!(Field::standard("known_as").unwrap().kind, Kind::Forename);
        assert_eq!(Field::standard("occupation"), None);
        assert_eq!(Field::standard_names().count(), STANDARD.len());
    }
}
