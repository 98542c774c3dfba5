//! Addresses that a gazetteer knows.

use normalise::{Config, normalise};
use record::{
    Address, AddressKind, Column, Date, DictionaryBuilder, NONE, Normalised, Origin, Property,
    RawResidence, Records, Source, SourceId, Values,
};

fn property(uprn: u64, address: &str, parent: Option<u64>, kind: AddressKind) -> Property {
    let postcode = if address.is_empty() { "" } else { "AB1 2CD" }.to_owned();
    Property { uprn, address: address.to_owned(), postcode, parent, kind: Some(kind) }
}

fn gazetteer() -> Vec<Property> {
    use AddressKind::{Communal, Home};
    vec![
        property(10, "16 High Street, Anytown", None, Home),
        property(11, "Flat 1, 16 High Street, Anytown", Some(10), Home),
        property(12, "Flat 2, 16 High Street, Anytown", Some(10), Home),
        property(20, "18 High Street, Anytown", None, Home),
        property(30, "Sunny Bank, 20 High Street, Anytown", None, Communal),
    ]
}

/// One record for each address, written `words @ postcode # uprn`.
fn normalised(texts: &[&str], gazetteer: Vec<Property>) -> Normalised {
    let mut text = DictionaryBuilder::default();
    let mut parts: Vec<[u32; 3]> = Vec::new();
    for one in texts {
        let (rest, uprn) = one.split_once('#').unwrap_or((one, ""));
        let (words, postcode) = rest.split_once('@').unwrap_or((rest, ""));
        parts.push([words, postcode, uprn].map(|part| match part.trim() {
            "" => NONE,
            part => text.insert(part),
        }));
    }
    let (residence_text, renamed) = text.finish();
    let id = |id: u32| if id == NONE { NONE } else { renamed[id as usize] };
    let residence = |[text, postcode, uprn]: [u32; 3]| {
        let [from, to, seen] = [NONE; 3];
        vec![RawResidence {
            text: id(text),
            postcode: id(postcode),
            uprn: id(uprn),
            from,
            to,
            seen,
        }]
    };
    let mut records = Records {
        sources: vec![Source::named("a")],
        source: vec![SourceId(0); texts.len()],
        key: (0..texts.len()).map(|at| at.to_string()).collect(),
        origin: (1..).take(texts.len()).map(|line| Origin { file: 0, line }).collect(),
        is_subject: vec![true; texts.len()],
        residences: parts.into_iter().map(residence).collect(),
        residence_text,
        gazetteer,
        ..Records::default()
    };
    normalise(&mut records, &Config::new(Date::constant(2026, 3, 31))).0
}

fn addresses(normalised: &Normalised) -> Vec<Address> {
    let column: &Column = normalised.column("address").unwrap();
    let Values::Addresses(addresses, forms) = &column.values else { panic!("addresses") };
    assert_eq!(addresses.len(), forms.len());
    let of = |record| addresses[normalised.residences.get(record)[0].address as usize];
    (0..normalised.n_records).map(of).collect()
}

/// The values of a field of each record.
fn values(normalised: &Normalised, field: &str) -> Vec<String> {
    let column = normalised.column(field).unwrap();
    let shown = |record| {
        let ids = column.lists.get(record).iter();
        ids.map(|id| column.values.display(*id)).collect::<Vec<_>>().join(" ")
    };
    (0..normalised.n_records).map(shown).collect()
}

#[test]
fn what_is_stated_is_known_by_number_postcode_and_kind() {
    for (text, uprn, postcode, kind) in [
        ("18 High St @ AB1 2CD", 20, "AB1 2CD", AddressKind::Home),
        // Misspelt, with a postcode got wrong or left out, or with a sector of it.
        ("18 Hihg Street @ AB1 2CD", 20, "AB1 2CD", AddressKind::Home),
        ("18 High Street, Anytown @ AB1 2DC", 20, "AB1 2CD", AddressKind::Home),
        ("18 High Street, Anytown", 20, "AB1 2CD", AddressKind::Home),
        ("18 Hihg Street, Anytown @ AB1 2", 20, "AB1 2CD", AddressKind::Home),
        ("F2, 16 High St @ AB1 2CD", 12, "AB1 2CD", AddressKind::Home),
        // By its number alone.
        ("# 12", 12, "AB1 2CD", AddressKind::Home),
        ("20 High St @ AB1 2CD", 30, "AB1 2CD", AddressKind::Communal),
        ("Sunny Bank @ AB1 2CD", 30, "AB1 2CD", AddressKind::Communal),
    ] {
        let found = normalised(&[text], gazetteer());
        let address = addresses(&found)[0];
        assert_eq!((address.uprn, address.kind), (Some(uprn), kind), "{text}");
        assert_ne!(address.dwelling, NONE, "{text}");
        assert_eq!(values(&found, "postcode"), [postcode], "{text}");
        assert_eq!(values(&found, "uprn"), [uprn.to_string()], "{text}");
    }
}

#[test]
fn flats_stay_apart_whatever_number_is_stated_with_them() {
    // The number of the house for a flat, and that of another flat.
    let texts = [
        "Flat 1, 16 High St @ AB1 2CD # 10",
        "Flat 2, 16 High St @ AB1 2CD # 10",
        "Flat 1, 16 High St @ AB1 2CD # 12",
        "16 High St @ AB1 2CD",
        "16 High St @ AB1 2CD # 10",
        "Flat 9, 16 High St @ AB1 2CD",
    ];
    let found = addresses(&normalised(&texts, gazetteer()));
    assert_eq!(found[0].dwelling, found[2].dwelling);
    assert_ne!(found[0].dwelling, found[1].dwelling);
    assert_eq!([found[0].uprn, found[1].uprn, found[2].uprn], [Some(11), Some(12), Some(11)]);
    // Without a flat, or with one that there is not, nobody knows.
    assert_eq!((found[3].dwelling, found[3].uprn), (NONE, None));
    assert_eq!((found[4].dwelling, found[4].uprn), (NONE, None));
    assert_ne!(found[5].dwelling, found[0].dwelling);
    assert!(found.iter().all(|address| address.building == found[0].building));
}

#[test]
fn only_addresses_that_are_stated_are_there() {
    let found = normalised(&["18 High St @ AB1 2CD"], gazetteer());
    let Values::Addresses(addresses, _) = &found.column("address").unwrap().values else {
        panic!("addresses")
    };
    assert_eq!(addresses.len(), 1);
    let without = normalised(&["18 High St @ AB1 2CD", "# 10"], Vec::new());
    assert_eq!(without.column("address").unwrap().values.len(), 2);
}

#[test]
fn a_list_of_numbers_tells_which_there_are() {
    let numbers = || vec![property(20, "", None, AddressKind::Home)];
    let found = normalised(&["18 High St @ AB1 2CD # 20", "1 Low St @ AB9 8YZ # 21"], numbers());
    let found = addresses(&found);
    assert_eq!((found[0].uprn, found[1].uprn), (Some(20), None));
}
