//! Pairs that are told apart by a few bits are those that weigh too little to be kept, and no others.

use pipeline::link::{Linked, link};
use pipeline::{Silent, candidates::Bin};

use crate::kinfold::town;

/// Links the town, of which about so many pairs that are not kept are counted.
fn linked(pairs_counted: u64) -> Linked {
    let plan = plan::read(&town().join("plan.toml")).unwrap();
    let mut config = pipeline::config(&plan, None).unwrap();
    config.pairs_counted = pairs_counted;
    let mut records = pipeline::extract(&plan, &Silent).unwrap().records;
    let (constraints, _) = pipeline::constraints(&plan, &records).unwrap();
    link(&mut records, constraints, &config, &Silent)
}

#[test]
fn sifting_leaves_out_no_pair_that_is_kept() {
    let [all, few] = [u64::MAX, 20_000].map(linked);
    assert_eq!((all.histogram.one_in, all.candidates), (1, few.candidates));
    assert!(few.histogram.one_in >= 5, "so few pairs show nothing");
    assert!(all.links.len() > 1_000 && all.links == few.links);
    assert_eq!(all.rules, few.rules);
    // Of the others a sample tells how many they are, and what is expected of them.
    let sum = |linked: &Linked| linked.histogram.bins.iter().map(|bin| bin.pairs).sum::<u64>();
    let share = |few: f64, all: f64| few / all;
    let [all_pairs, few_pairs] = [&all, &few].map(|it| f64::from(u32::try_from(sum(it)).unwrap()));
    assert!((0.8..1.2).contains(&share(few_pairs, all_pairs)), "{few_pairs} for {all_pairs}");
    let expected = |linked: &Linked| linked.histogram.bins.iter().map(Bin::expected).sum::<f64>();
    assert!((0.99..1.01).contains(&share(expected(&few), expected(&all))));
}
