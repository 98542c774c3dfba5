//! What addresses are one place.

use proptest::prelude::*;
use record::{Address, AddressKind, NONE};

use super::{Packed, Statement, Words, packed, places};
use crate::postcode;

/// Each of the addresses, written `words @ postcode # uprn`, in the same order.
fn addresses(texts: &[&str]) -> Vec<Address> {
    let readings: Vec<_> = texts.iter().map(|text| split(text)).collect();
    let statements = readings
        .iter()
        .zip(texts)
        .zip(0..)
        .map(|(((reading, postcode, uprn), text), at)| Statement {
            at,
            text: text.split(['@', '#']).next().unwrap(),
            words: reading.as_ref().map(Words::Read),
            ambiguous: reading.as_ref().is_some_and(Packed::is_ambiguous),
            postcode: postcode.as_deref().or_else(|| reading.as_ref()?.postcode()),
            uprn: *uprn,
            count: 1,
        })
        .collect();
    let places = places(statements);
    assert_eq!(places.addresses.len(), places.forms.len());
    let unknown = Address::UNKNOWN;
    places
        .of
        .iter()
        .map(|&id| if id == NONE { unknown } else { places.addresses[id as usize] })
        .collect()
}

fn split(text: &str) -> (Option<Packed>, Option<String>, Option<u64>) {
    let (text, uprn) =
        text.split_once('#').map_or((text, None), |(t, u)| (t, u.trim().parse().ok()));
    let (words, postcode) = text.split_once('@').unwrap_or((text, ""));
    (packed(words).unwrap(), postcode::postcode(postcode).unwrap(), uprn)
}

#[track_caller]
fn same_dwelling(texts: &[&str]) {
    let found = addresses(texts);
    for address in &found {
        assert_ne!(address.dwelling, NONE, "{texts:?}");
        assert_eq!(address.dwelling, found[0].dwelling, "{texts:?}");
        assert_eq!(address.building, found[0].building, "{texts:?}");
    }
}

#[test]
fn words_without_a_postcode_are_where_they_can_be() {
    let placed = ["16 High Street, Anytown @ AB1 2CD", "16 High St"];
    same_dwelling(&placed);
    same_dwelling(&["16 High Street @ AB1 2CD", "16 High St @ AB1"]);
    same_dwelling(&["Flat 2, 16 High Street @ AB1 2CD", "Flat 2, 16 High St, Anytown"]);
    // Of two that it can be it is neither, and no third.
    let two = addresses(&["16 High St @ AB1 2CD", "16 High St @ AB9 8YZ", "16 High St"]);
    assert!(two[2].building == NONE && two[2].dwelling == NONE && two[2].postcode == NONE);
    // What it says of its place must not speak against it.
    for other in ["16 High St, Othertown", "16 High St @ XY1", "17 High St", "16 Low St"] {
        let found = addresses(&["16 High Street, Anytown @ AB1 2CD", other]);
        assert_ne!(found[0].dwelling, found[1].dwelling, "{other}");
    }
}

#[test]
fn one_home_in_many_spellings() {
    same_dwelling(&[
        "Flat 2, 16 High St @ AB1 2CD",
        "16 High Street Flat 2 @ AB1 2CD",
        "FLAT 2 16 HIGH STREET., ANYTOWN, AB1 2CD",
        "2/16 High St @ AB1 2CD",
        "apt 2, 16 Hihg Street @ AB1 2CD",
        "2, 16 High Street, Anytown @ ab12cd",
    ]);
    same_dwelling(&["16 High St, Anytown", "16 HIGH STREET, ANYTOWN"]);
    same_dwelling(&["Rose Cottage, High St @ AB1 2CD", "Rose Cottage @ AB1 2CD"]);
    same_dwelling(&[
        "Rose Cottage, 5 High St @ AB1 2CD",
        "Rose Cottage @ AB1 2CD",
        "5 High St @ AB1 2CD",
    ]);
}

#[test]
fn the_first_number_of_a_range_is_the_range() {
    same_dwelling(&["12-14 High St @ AB1 2CD", "12 High St @ AB1 2CD"]);
    same_dwelling(&["Flat 2, 12-14 High St @ AB1 2CD", "2/12-14 High St @ AB1 2CD"]);
    // Not where the last of its numbers is a house of its own.
    let texts = ["12-14 High St @ AB1 2CD", "12 High St @ AB1 2CD", "14 High St @ AB1 2CD"];
    let found = addresses(&texts);
    assert_ne!(found[0].dwelling, found[1].dwelling);
}

#[test]
fn a_postcode_that_a_clerk_got_wrong_is_put_right() {
    let often = "16 High St @ AB1 2CD";
    for slip in ["AB1 2DC", "AB1 2CB", "AB1 2ED", "AB1 3CD"] {
        same_dwelling(&[often, often, &format!("16 High St @ {slip}")]);
    }
    let flat = "Flat 3, Elm Court @ AB1 2CD";
    same_dwelling(&[flat, flat, "Flat 3, Elm Court @ AB1 2DC"]);
    // Not where it is another district's, or two letters are others.
    for other in ["AB2 2CD", "AB1 2EF"] {
        let found = addresses(&[often, often, &format!("16 High St @ {other}")]);
        assert_ne!(found[0].dwelling, found[2].dwelling, "{other}");
    }
    // A street that runs through two postcodes keeps them.
    let street = ["16 High St @ AB1 2CD", "18 High St @ AB1 2CD", "20 High St @ AB1 2CE"];
    let found = addresses(&street);
    assert_ne!(found[0].postcode, found[2].postcode);
    // And so do two streets of one name.
    let two: Vec<String> = ["AB1 2CD", "AB1 2CE"]
        .iter()
        .flat_map(|postcode| (1..9).map(move |n| format!("{n} High St @ {postcode}")))
        .collect();
    let two: Vec<&str> = two.iter().map(String::as_str).chain(["1 High St @ AB1 2CD"]).collect();
    let found = addresses(&two);
    assert_ne!(found[0].dwelling, found[8].dwelling);
}

#[test]
fn a_block_is_one_for_those_too_who_take_it_for_a_street() {
    let flat = "Flat 22, Kestrel Place @ AB1 2CD";
    same_dwelling(&[flat, flat, "22 Kestrel Place @ AB1 2CD"]);
    same_dwelling(&["5 Elm Court @ AB1 2CD", "Flat 5 Elm Court @ AB1 2CD"]);
    same_dwelling(&["Flat 5, Elm Court @ AB1 2CD", "5 Elm Cuort @ AB1 2CD"]);
    // And a street is one for those who take it for a block.
    let house = "5 Barn Avenue @ AB1 2CD";
    same_dwelling(&[house, house, "Flat 5, Barn Aevnue @ AB1 2CD"]);
}

#[test]
fn a_number_got_wrong_once_does_not_hide_that_of_a_house_with_a_name() {
    let texts = ["Flat 3, Elm House, 25 High St @ AB1 2CD"; 5];
    let texts = [&texts[..], &["Flat 3, Elm House, 27 High St @ AB1 2CD"]].concat();
    let found = addresses(&[&texts[..], &["Flat 3, Elm House @ AB1 2CD"]].concat());
    assert_eq!(found[6].dwelling, found[0].dwelling);
}

#[test]
fn names_that_differ_by_a_slip_are_one_where_one_is_far_oftener() {
    let often = ["Flat 3, Harbour House @ AB1 2CD"; 3];
    for slip in ["Flat 3, Harbuor House @ AB1 2CD", "Flat 3, Harbour House Mill Lane @ AB1 2CD"] {
        same_dwelling(&[&often[..], &[slip]].concat());
    }
    for other in ["Flat 3, Arbour House @ AB1 2CE", "Flat 3, Block B @ AB1 2CD"] {
        let found = addresses(&[&often[..], &[other]].concat());
        assert_ne!(found[0].dwelling, found[3].dwelling, "{other}");
    }
    let blocks = ["Flat 3, Block A @ AB1 2CD"; 3];
    let found = addresses(&[&blocks[..], &["Flat 3, Block B @ AB1 2CD"]].concat());
    assert_ne!(found[0].dwelling, found[3].dwelling);
}

#[test]
fn that_it_is_a_flat_does_not_say_which() {
    let found = addresses(&["Flat 2, 16 High St @ AB1 2CD", "Flat, 16 High St @ AB1 2CD"]);
    assert_eq!(found[0].building, found[1].building);
    assert_eq!(found[1].dwelling, NONE);
}

#[test]
fn other_homes_are_other_dwellings() {
    for (a, b, one_building) in [
        ("Flat 2, 16 High St @ AB1 2CD", "Flat 3, 16 High St @ AB1 2CD", true),
        ("12-14 High St @ AB1 2CD", "14 High St @ AB1 2CD", false),
        ("16 High St @ AB1 2CD", "16a High St @ AB1 2CD", false),
        ("16 High St @ AB1 2CD", "16 High St @ AB1 2CE", false),
        ("16 High St @ AB1 2CD", "16 Mill Lane @ AB1 2CD", false),
        ("16 High St, Anytown", "16 High St, Othertown", false),
        ("Ground Floor Flat, 16 High St @ AB1 2CD", "Top Flat, 16 High St @ AB1 2CD", true),
    ] {
        let found = addresses(&[a, b]);
        assert_ne!(found[0].dwelling, found[1].dwelling, "{a} / {b}");
        assert_eq!(found[0].building == found[1].building, one_building, "{a} / {b}");
    }
}

#[test]
fn a_missing_flat_leaves_the_home_unknown() {
    let found = addresses(&["Flat 2, 16 High St @ AB1 2CD", "16 High St @ AB1 2CD"]);
    assert_eq!(found[0].building, found[1].building);
    assert_eq!(found[1].dwelling, NONE);
    assert_ne!(addresses(&["16 High St @ AB1 2CD"])[0].dwelling, NONE);
}

#[test]
fn a_reference_number_outweighs_words() {
    same_dwelling(&[
        "16 High St @ AB1 2CD # 7",
        "The Gables @ AB1 2CD # 7",
        "# 7",
        "16 High St @ AB1 2CD",
    ]);
    // Known with one flat: the words without a flat mean that one.
    same_dwelling(&["Flat 2, 16 High St @ AB1 2CD # 7", "16 High St @ AB1 2CD # 7"]);
    assert_ne!(addresses(&["# 7"])[0].dwelling, NONE);
}

#[test]
fn the_number_of_a_whole_building_joins_no_homes() {
    let found = addresses(&[
        "Flat 1, 16 High St @ AB1 2CD # 7",
        "Flat 2, 16 High St @ AB1 2CD # 7",
        "16 High St @ AB1 2CD # 7",
        "# 7",
    ]);
    assert_ne!(found[0].dwelling, found[1].dwelling);
    assert!(found.iter().all(|address| address.uprn.is_none()));
    assert!(found.iter().all(|address| address.building == found[0].building));
    assert_eq!((found[2].dwelling, found[3].dwelling), (NONE, NONE));
}

#[test]
fn a_number_given_to_another_door_by_mistake_joins_no_homes() {
    let often = ["Flat 2, 16 High St @ AB1 2CD # 7"; 9];
    let found = addresses(&[&often[..], &["Flat 1, 16 High St @ AB1 2CD # 7", "# 7"]].concat());
    assert_eq!((found[0].uprn, found[9].uprn), (Some(7), None));
    assert_ne!(found[0].dwelling, found[9].dwelling);
    assert_eq!(found[0].dwelling, found[10].dwelling);
    // A slip in the number of a house.
    let houses = ["16 High St @ AB1 2CD # 7"; 4];
    same_dwelling(&[&houses[..], &["160 High St @ AB1 2CD # 7"]].concat());
    // Of two houses as often as each other it is neither's.
    let found = addresses(&["16 High St @ AB1 2CD # 7", "18 High St @ AB1 2CD # 7"]);
    assert!(found.iter().all(|address| address.uprn.is_none()));
    assert_ne!(found[0].dwelling, found[1].dwelling);
    // What is said once with a number and once without is one, and has it.
    let found = addresses(&["16 High St @ AB1 2CD # 7", "16 HIGH ST, ab12cd"]);
    assert_eq!(found[1].uprn, Some(7));
}

#[test]
fn a_place_is_what_a_quarter_of_its_statements_call_it() {
    let home = "16 High St @ AB1 2CD";
    let kind = |called: &str, others: usize| {
        let mut texts = vec![home; others];
        texts.push(called);
        let found = addresses(&texts);
        assert!(found.iter().all(|address| address.kind == found[0].kind), "one form: {called}");
        found[0].kind
    };
    for (called, others, expected) in [
        ("Sunny Care Home, 16 High St @ AB1 2CD", 1, AddressKind::Communal),
        ("Sunny Care Home, 16 High St @ AB1 2CD", 3, AddressKind::Communal),
        ("Sunny Care Home, 16 High St @ AB1 2CD", 4, AddressKind::Home),
        ("Hope Hostel, 16 High St @ AB1 2CD", 1, AddressKind::Hostel),
        ("Hope Hostel, 16 High St @ AB1 2CD", 9, AddressKind::Home),
        ("Civic Centre, 16 High St @ AB1 2CD", 9, AddressKind::Home),
        // What must not be told is heeded from one.
        ("Lark Refuge, 16 High St @ AB1 2CD", 9, AddressKind::Refuge),
        (home, 9, AddressKind::Home),
    ] {
        assert_eq!(kind(called, others), expected, "{called} among {others}");
    }
    let found = addresses(&["c/o Example, 16 High St @ AB1 2CD", "16 High St @ AB1 2CD"]);
    assert_eq!(found[0].kind, AddressKind::CareOf);
    assert_eq!(found[1].kind, AddressKind::Home);
}

#[test]
fn the_word_of_one_flat_says_nothing_of_the_others() {
    let found = addresses(&[
        "Flat 1, Hope Hostel, 16 High St @ AB1 2CD",
        "Flat 2, 16 High St @ AB1 2CD",
        "Flat 3, 16 High St @ AB1 2CD",
    ]);
    let kinds: Vec<AddressKind> = found.iter().map(|address| address.kind).collect();
    assert_eq!(kinds, [AddressKind::Hostel, AddressKind::Home, AddressKind::Home]);
}

#[test]
fn a_town_or_nothing_is_no_home() {
    for texts in [
        &["Anytown @ AB1 2CD"][..],
        &["Anytown, Anyshire @ AB1 2CD", "16 High St, Anytown @ AB1 2CD"],
        &["High Street @ AB1 2CD"],
        &["@ AB1 2CD"],
        &["No fixed abode"],
        &["Rose Cottage"],
    ] {
        assert_eq!(addresses(texts)[0].dwelling, NONE, "{texts:?}");
    }
    assert!(addresses(&[]).is_empty());
}

proptest! {
    #[test]
    fn a_smaller_place_lies_in_one_larger(
        picks in proptest::collection::vec((0..6_usize, 0..5_usize, 0..4_usize, 0..6_usize), 0..40)
    ) {
        let units = ["", "Flat 1, ", "Flat 2, ", "Ground floor flat, ", "c/o A, ", "1/"];
        let streets = ["16 High St", "16 Hihg Street", "2 Mill Lane", "Rose Cottage", ""];
        let postcodes = ["", "@ AB1 2CD", "@ AB1 2CE", "@ AB1 2"];
        let uprns = ["", "", "", "# 1", "# 2", "# 3"];
        let texts: Vec<String> = picks
            .iter()
            .map(|&(u, s, p, n)| format!("{}{} {} {}", units[u], streets[s], postcodes[p], uprns[n]))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = addresses(&texts);
        for a in &found {
            for b in &found {
                let nest = |x: &Address| [x.dwelling, x.building, x.postcode, x.sector, x.district, x.area];
                for (inner, outer) in nest(a).iter().zip(nest(b)).zip(nest(a).iter().skip(1).zip(nest(b).into_iter().skip(1))) {
                    prop_assert!(*inner.0 == NONE || *inner.0 != inner.1 || *outer.0 == outer.1);
                }
            }
        }
        // The order of statements means nothing.
        let mut turned: Vec<&str> = texts.clone();
        turned.reverse();
        let mut again = addresses(&turned);
        again.reverse();
        prop_assert_eq!(found, again);
    }
}
