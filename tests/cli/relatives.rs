//! What relatives say is heard: more is found, and every bit of it is told.

use std::fs;

use serde_json::Value;
use snapshot::{LinkRow, Snapshot};

use crate::kinfold::kinfold;

#[test]
fn hearing_relatives_finds_more_and_explains_each_bit() {
    let place = tempfile::tempdir().unwrap();
    kinfold(place.path(), &["synth", "town", "--persons", "3000", "--seed", "7"]).good();
    let town = place.path().join("town");
    let plan = fs::read_to_string(town.join("plan.toml")).unwrap();
    let unheard = format!("relatives = false\n{}", plan.replace("snapshots", "unheard"));
    fs::write(town.join("unheard.toml"), unheard).unwrap();
    let run = |plan: &str, threads: &str, output: &str| {
        let flags = ["run", plan, "--threads", threads, "--progress", "none"];
        let told = kinfold(&town, &flags).good().stdout;
        (told, Snapshot::open(&town.join(output)).unwrap())
    };
    let (told, heard) = run("plan.toml", "2", "snapshots");
    let (untold, unheard) = run("unheard.toml", "1", "unheard");

    let joined = heard.manifest().totals.joined_by_relatives;
    assert!(joined > 0 && told.contains("by what relatives say"), "{told}");
    assert_eq!(unheard.manifest().totals.joined_by_relatives, 0);
    assert!(!untold.contains("by what relatives say"), "{untold}");
    let persons = |snapshot: &Snapshot| snapshot.manifest().totals.persons;
    assert_eq!(persons(&unheard), persons(&heard) + joined);
    let measured = |snapshot: &Snapshot, of: &str| {
        let evaluation = snapshot.manifest().evaluation.as_ref().unwrap();
        evaluation["persons"]["pairs"][of].as_f64().unwrap()
    };
    let more = |of| measured(&heard, of) - measured(&unheard, of);
    assert!(more("recall") > 0.001 && more("precision") > -0.001);

    let links = heard.links().unwrap();
    let changed: Vec<&LinkRow> = links.iter().filter(|link| link.relatives != 0.0).collect();
    assert!(changed.iter().any(|link| link.relatives > 0.0));
    assert!(changed.iter().all(|link| link.relatives.abs() <= score::Related::BITS_MAX));
    assert!(unheard.links().unwrap().iter().all(|link| link.relatives == 0.0));
    for link in changed.iter().take(3) {
        let pair = [&link.source, &link.key, &link.other_source, &link.other_key];
        let pair = pair.map(String::as_str);
        let flags = [&["explain", "--json", "--progress", "none", "plan.toml", "pair"][..], &pair];
        let told = kinfold(&town, &flags.concat()).good().json();
        let bits = |value: &Value| value.as_f64().unwrap();
        assert!((bits(&told["match_weight"]) - link.match_weight).abs() < 1e-6);
        assert!((bits(&told["relatives_bits"]) - link.relatives).abs() < 1e-6);
        let fields = told["fields"].as_array().unwrap().iter().map(|field| {
            bits(&field["bits"])
                + bits(&field["sources_bits"])
                + bits(&field["term_frequency_bits"])
        });
        let others = ["prior_bits", "household_bits", "relatives_bits"].map(|of| bits(&told[of]));
        let sum = fields.sum::<f64>() + others.iter().sum::<f64>();
        assert!((sum - link.match_weight).abs() < 1e-6, "{told}");
    }
}
