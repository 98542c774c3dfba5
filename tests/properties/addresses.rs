//! How well addresses that clerks wrote are told apart.

use std::time::Instant;

use record::{
    Date, Dictionary, Lists, NONE, Origin, RawResidence, Records, Source, SourceId, Values,
};

/// Pairs of texts of one home that have one dwelling, pairs that have one wrongly, and pairs of
/// one home of which both tell the door and which have two.
fn measure(written: &[(u32, [String; 3])]) -> [u64; 3] {
    let words: Vec<&str> =
        written.iter().flat_map(|(_, parts)| parts.iter().map(String::as_str)).collect();
    let text = Dictionary::of(words);
    let id = |word: &str| if word.is_empty() { NONE } else { text.find(word).unwrap() };
    let residences: Lists<RawResidence> = written
        .iter()
        .map(|(_, [words, postcode, uprn])| {
            let [from, to, seen] = [NONE; 3];
            let (text, postcode, uprn) = (id(words), id(postcode), id(uprn));
            vec![RawResidence { text, postcode, uprn, from, to, seen }]
        })
        .collect();
    let records = Records {
        sources: vec![Source::named("clerks")],
        source: vec![SourceId(0); written.len()],
        key: (0..written.len()).map(|n| n.to_string()).collect(),
        origin: (1..).take(written.len()).map(|line| Origin { file: 0, line }).collect(),
        is_subject: vec![true; written.len()],
        residences,
        residence_text: text,
        ..Records::default()
    };
    let began = Instant::now();
    let config = normalise::Config::new(Date::constant(2026, 3, 31));
    let (normalised, _) = normalise::normalise(&records, &config);
    println!("{} texts in {:.2?}", written.len(), began.elapsed());
    let column = normalised.column("address").unwrap();
    let Values::Addresses(addresses, _) = &column.values else { unreachable!() };
    let dwelling = |at: usize| {
        let address = normalised.residences.get(at).first()?.address;
        Some(addresses[address as usize].dwelling).filter(|&dwelling| dwelling != NONE)
    };
    let mut told: Vec<(u32, u32)> = written
        .iter()
        .enumerate()
        .filter_map(|(at, (home, _))| Some((dwelling(at)?, *home)))
        .collect();
    told.sort_unstable();
    let pairs = |n: usize| (n * (n - 1) / 2) as u64;
    let together: u64 = told.chunk_by(|a, b| a.0 == b.0).map(|same| pairs(same.len())).sum();
    let right: u64 = told.chunk_by(|a, b| a == b).map(|same| pairs(same.len())).sum();
    told.sort_unstable_by_key(|row| row.1);
    let all: u64 = told.chunk_by(|a, b| a.1 == b.1).map(|same| pairs(same.len())).sum();
    [right, together - right, all - right]
}

#[test]
fn addresses_that_clerks_wrote_are_told_apart() {
    let settings = synth::Settings::new(3, 3000, Date::constant(2026, 3, 31));
    let town = synth::invent(&settings);
    let [right, wrong, missed] = measure(&synth::addresses(&town, 6, 5));
    let share = |part: u64, rest: u64| part as f64 / (part + rest) as f64;
    let (precision, recall) = (share(right, wrong), share(right, missed));
    println!("precision {precision:.4}, recall {recall:.4}");
    assert!(precision >= 0.99, "precision {precision}");
    assert!(recall >= 0.93, "recall {recall}");
}
