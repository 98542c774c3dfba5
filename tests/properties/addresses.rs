//! Addresses that clerks wrote in all their ways, told apart with no list of what addresses there
//! are.

use record::{
    Address, Date, Dictionary, Lists, NONE, Origin, RawResidence, Records, Source, SourceId, Values,
};
use synth::{Slip, WrittenAddress};

/// The place that each address is read as.
fn places(written: &[WrittenAddress]) -> Vec<Address> {
    let words = written.iter().flat_map(|one| [one.text.as_str(), one.postcode.as_str()]);
    let text = Dictionary::of(words.collect::<Vec<_>>());
    let id = |word: &str| if word.is_empty() { NONE } else { text.find(word).unwrap() };
    let residences: Lists<RawResidence> = written
        .iter()
        .map(|one| {
            let [uprn, from, to, seen] = [NONE; 4];
            let (words, postcode) = (id(&one.text), id(&one.postcode));
            vec![RawResidence { text: words, postcode, uprn, from, to, seen }; one.count as usize]
        })
        .collect();
    let n = written.len();
    let mut records = Records {
        sources: vec![Source::named("clerks")],
        source: vec![SourceId(0); n],
        key: (0..n).map(|at| at.to_string()).collect(),
        origin: (1..).take(n).map(|line| Origin { file: 0, line }).collect(),
        is_subject: vec![true; n],
        residences,
        residence_text: text,
        ..Records::default()
    };
    let config = normalise::Config::new(Date::constant(2026, 3, 31));
    let (normalised, _) = normalise::normalise(&mut records, &config);
    let Values::Addresses(addresses, _) = &normalised.column("address").unwrap().values else {
        unreachable!("addresses are addresses")
    };
    let place = |at| {
        let said = normalised.residences.get(at).first();
        said.map_or(Address::UNKNOWN, |said| addresses[said.address as usize])
    };
    (0..n).map(place).collect()
}

/// Pairs put together that are of one home, pairs put together that are not, and all that are.
///
/// Words that leave the flat out tell no home: put with the right one they count for nothing, put
/// with another they count as wrong, and they are not looked for.
fn pairs(written: &[WrittenAddress], place: &[Address]) -> [usize; 3] {
    let (mut right, mut wrong, mut all) = (0, 0, 0);
    let choose = |n: usize| n * n.saturating_sub(1) / 2;
    let mut told: Vec<(u32, u32, bool)> = written
        .iter()
        .zip(place)
        .map(|(one, place)| (place.dwelling, one.home, one.tells_home))
        .collect();
    told.sort_unstable();
    for of_dwelling in told.chunk_by(|a, b| a.0 == b.0).filter(|of| of[0].0 != NONE) {
        let mut same = 0;
        for of_home in of_dwelling.chunk_by(|a, b| a.1 == b.1) {
            same += choose(of_home.len());
            right += choose(of_home.iter().filter(|one| one.2).count());
        }
        wrong += choose(of_dwelling.len()) - same;
    }
    told.retain(|one| one.2);
    told.sort_unstable_by_key(|one| one.1);
    for of_home in told.chunk_by(|a, b| a.1 == b.1) {
        all += choose(of_home.len());
    }
    [right, wrong, all]
}

/// A share as a number; of thousands of pairs, so that nothing is lost.
fn share(part: usize, whole: usize) -> f64 {
    let number = |n: usize| f64::from(u32::try_from(n).unwrap());
    number(part) / number(whole)
}

#[test]
fn addresses_that_clerks_wrote_are_told_apart() {
    let written = synth::addresses(5, 12_000);
    let [right, wrong, all] = pairs(&written, &places(&written));
    let (precision, recall) = (share(right, right + wrong), share(right, all));
    assert!(20_000 < all, "{all} pairs are too few to tell");
    assert!(0.998 <= precision, "precision {precision:.4}");
    assert!(0.98 <= recall, "recall {recall:.4}");
}

#[test]
fn no_kind_of_slip_is_beyond_reading() {
    let written = synth::addresses(6, 12_000);
    let place = places(&written);
    // The dwelling that most of what was written of a home is read as.
    let mut told: Vec<(u32, u32)> = written
        .iter()
        .zip(&place)
        .filter(|(one, place)| one.tells_home && place.dwelling != NONE)
        .map(|(one, place)| (one.home, place.dwelling))
        .collect();
    told.sort_unstable();
    let usual = |home: u32| {
        let start = told.partition_point(|one| one.0 < home);
        let end = told.partition_point(|one| one.0 <= home);
        let by_dwelling = told[start..end].chunk_by(|a, b| a.1 == b.1);
        by_dwelling.max_by_key(|same| same.len()).map_or(NONE, |same| same[0].1)
    };
    let read = |slip: Slip| {
        let of: Vec<bool> = written
            .iter()
            .zip(&place)
            .filter(|(one, _)| one.tells_home && one.slips.contains(&slip))
            .map(|(one, place)| place.dwelling != NONE && place.dwelling == usual(one.home))
            .collect();
        share(of.iter().filter(|read| **read).count(), of.len())
    };
    for (slip, least) in [
        (Slip::Misspelt, 0.9),
        (Slip::Abbreviated, 0.98),
        // Of a street that several towns have, nobody can tell.
        (Slip::NoPostcode, 0.7),
        (Slip::WrongPostcode, 0.85),
        (Slip::SectorOnly, 0.9),
        (Slip::PostcodeInWords, 0.98),
        (Slip::NameForNumber, 0.8),
        (Slip::RangeCut, 0.8),
        (Slip::UnitWord, 0.95),
        (Slip::Order, 0.95),
        (Slip::NoLocality, 0.97),
        (Slip::Capitals, 0.98),
        (Slip::Punctuation, 0.97),
        (Slip::Addressee, 0.95),
    ] {
        let share = read(slip);
        assert!(least <= share, "{slip:?}: {share:.3} of {least}");
    }
}

#[test]
fn words_without_a_flat_are_of_the_building_and_of_no_flat() {
    let written = synth::addresses(7, 12_000);
    let place = places(&written);
    let without: Vec<_> =
        (written.iter().zip(&place)).filter(|(one, _)| one.slips.contains(&Slip::NoUnit)).collect();
    let of_a_home = without.iter().filter(|(_, place)| place.dwelling != NONE).count();
    assert!(20 < without.len(), "{}", without.len());
    assert!(share(of_a_home, without.len()) < 0.1, "{of_a_home} of {}", without.len());
}
