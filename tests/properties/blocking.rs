//! Blocking proposes exactly the pairs its rules describe, each once.

use std::collections::BTreeSet;

use block::{Index, Limits, Rule};
use proptest::prelude::*;
use record::{LANES, Normalised, RecordId, RecordPair};
use tests::records;

const LIMITS: Limits = Limits { block_size_max: 5_000, pairs_per_record_max: 60 };

fn rules(text: &str) -> Vec<Rule> {
    text.split(',').filter(|rule| !rule.is_empty()).map(|rule| rule.parse().unwrap()).collect()
}

/// Every pair with the rule it came by, in order; fails if one comes twice.
fn proposed(index: &Index, pairs_per_task: u64) -> Vec<(RecordPair, usize)> {
    let mut all = Vec::new();
    let mut pairs = Vec::new();
    for work in index.work(pairs_per_task) {
        for task in work.tasks() {
            work.pairs(task, |_| true, &mut pairs);
            assert!(pairs.len() as u64 <= task.pairs);
            all.extend(pairs.iter().map(|&pair| (pair, task.rule)));
        }
    }
    all.sort_unstable();
    assert!(all.windows(2).all(|two| two[0].0 != two[1].0), "a pair was proposed twice");
    all
}

/// The same, many at once, row by row.
fn by_rows(index: &Index, pairs_per_task: u64) -> Vec<(RecordPair, usize)> {
    let mut all = Vec::new();
    for work in index.work(pairs_per_task) {
        for task in work.tasks() {
            for block in work.blocks(task) {
                for stretch in block.stretches() {
                    for (row, record) in stretch.rows() {
                        for at in stretch.after(row) {
                            let own = stretch.own(row, at);
                            let others = (0..LANES).filter(|lane| own >> lane & 1 == 1);
                            let others = others.map(|lane| stretch.record(at * LANES + lane));
                            let pairs = others.map(|other| RecordPair::new(record, other));
                            all.extend(pairs.map(|pair| (pair, task.rule)));
                        }
                    }
                }
            }
        }
    }
    all.sort_unstable();
    all
}

#[track_caller]
fn check(table: &str, rule: &str, expected: &str) {
    let normalised = records(table);
    let index = Index::new(&normalised, &rules(rule), &[], &LIMITS);
    let found: Vec<String> = proposed(&index, 3)
        .iter()
        .map(|(pair, rule)| format!("{}~{}:{rule}", pair.lower().0, pair.upper().0))
        .collect();
    assert_eq!(found.join(" "), expected);
}

#[test]
fn a_rule_proposes_those_who_share_all_its_keys() {
    let table = "forename surname date_of_birth
        ann | lee   | 2001-02-03
        ann | lee   | 2002-02-03
        bob | lee   | 2001-03-02
        -   | stone | 2001";
    check(table, "forename + surname", "0~1:0");
    check(table, "surname", "0~1:0 0~2:0 1~2:0");
    check(table, "date_of_birth:year", "0~2:0 0~3:0 2~3:0");
    check(table, "date_of_birth:day_month", "0~1:0 0~2:0 1~2:0");
    check(table, "date_of_birth:month,surname", "0~1:1 0~2:1 1~2:1");
    check(table, "surname:prefix(4)", "");
    check(table, "all", "0~1:0 0~2:0 0~3:0 1~2:0 1~3:0 2~3:0");
    check(table, "no_such_field", "");
}

#[test]
fn any_of_several_values_may_be_shared() {
    let table = "surname
        lee/stone
        stone/lee
        park/stone";
    check(table, "surname", "0~1:0 0~2:0 1~2:0");
    check("surname\n lee stone\n stone park", "surname:word", "0~1:0");
}

#[test]
fn nobody_is_proposed_to_nobody() {
    check("surname", "surname,all", "");
    check("surname\n lee", "surname,all", "");
}

#[test]
fn a_block_over_the_limit_is_refined_and_reported() {
    let normalised = records(
        "forename surname
        ann | lee
        ann | lee
        bob | lee
        bob | lee
        bob | lee
        -   | lee",
    );
    let limits = Limits { block_size_max: 4, ..LIMITS };
    let index = Index::new(&normalised, &rules("surname"), &rules("forename"), &limits);
    assert_eq!(proposed(&index, 100).len(), 1 + 3);
    let [block] = index.oversized() else { panic!("one block is over the limit") };
    assert_eq!((block.records, block.pairs, block.pairs_kept), (6, 15, 4));
    // Without anything to refine by, the block is worked whole.
    let index = Index::new(&normalised, &rules("surname"), &[], &limits);
    assert_eq!(proposed(&index, 2).len(), 15);
    assert_eq!(index.oversized()[0].pairs_kept, 15);
}

#[test]
fn a_block_far_over_the_limit_is_left_out_and_reported() {
    let limits = Limits { block_size_max: 2, ..LIMITS };
    let of = |n: usize| {
        let rows: Vec<String> = (0..n).map(|at| format!("ann{} | lee", at / 2)).collect();
        let normalised = records(&format!("forename surname\n{}", rows.join("\n")));
        Index::new(&normalised, &rules("surname,forename"), &[], &limits)
    };
    let most = usize::try_from(2 * block::WHOLE_MAX).unwrap();
    assert_eq!(proposed(&of(most), 100).len(), most * (most - 1) / 2);
    // What another rule finds in it is proposed by that.
    let index = of(most + 2);
    assert_eq!(proposed(&index, 100).len(), most / 2 + 1);
    let [block] = index.oversized() else { panic!("one block is over the limit") };
    let records = block::WHOLE_MAX * 2 + 2;
    assert_eq!((block.records, block.pairs_kept), (records, 0));
    assert_eq!(block.pairs, records * (records - 1) / 2);
}

#[test]
fn a_large_block_is_worked_off_in_stretches() {
    let rows: Vec<String> =
        (0..1_100).map(|n| format!("{}|lee", if n % 3 == 0 { "a" } else { "b" })).collect();
    let normalised = records(&format!("forename surname\n{}", rows.join("\n")));
    let index = Index::new(&normalised, &rules("forename,surname"), &[], &LIMITS);
    assert_eq!(by_rows(&index, 1_000), proposed(&index, 1_000));
}

fn slow(normalised: &Normalised, rules: &[Rule]) -> Vec<(RecordPair, usize)> {
    let n = u32::try_from(normalised.n_records).unwrap();
    let keys: Vec<_> = rules.iter().map(|rule| block::keys(normalised, rule)).collect();
    let mut pairs = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            let shares = |keys: &record::Lists<u64>| {
                let left: BTreeSet<u64> = keys.get(a as usize).iter().copied().collect();
                keys.get(b as usize).iter().any(|key| left.contains(key))
            };
            if let Some(rule) = keys.iter().position(shares) {
                pairs.push((RecordPair::new(RecordId(a), RecordId(b)), rule));
            }
        }
    }
    pairs
}

proptest! {
    #[test]
    fn the_pairs_are_those_of_the_slow_way(
        rows in proptest::collection::vec(("[ab]{1,2}|-", "[ab]/[ab]|[abc]/[abc]/[abc]|[abc]|-", "200[12]-0[12]-0[12]|2001"), 0..25),
        pairs_per_task in 1_u64..40,
    ) {
        let lines: Vec<String> = rows.iter().map(|(a, b, c)| format!("{a}|{b}|{c}")).collect();
        let normalised = records(&format!("forename surname date_of_birth\n{}", lines.join("\n")));
        let rules = rules("forename + surname,date_of_birth,surname,forename:prefix(1) + date_of_birth:year");
        let index = Index::new(&normalised, &rules, &[], &LIMITS);
        let found = proposed(&index, pairs_per_task);
        prop_assert_eq!(&found, &slow(&normalised, &rules));
        for &(pair, rule) in &found {
            prop_assert_eq!(index.rule_of(pair), Some(rule));
        }
        prop_assert_eq!(&by_rows(&index, pairs_per_task), &found);
        // To ask for some is to leave the others out.
        let taken = |pair: RecordPair| (pair.lower().0 + pair.upper().0).is_multiple_of(3);
        let mut some = Vec::new();
        for work in index.work(pairs_per_task) {
            for task in work.tasks() {
                let mut pairs = Vec::new();
                work.pairs(task, taken, &mut pairs);
                some.extend(pairs.into_iter().map(|pair| (pair, task.rule)));
            }
        }
        some.sort_unstable();
        let expected: Vec<_> = found.into_iter().filter(|(pair, _)| taken(*pair)).collect();
        prop_assert_eq!(some, expected);
    }
}

#[test]
fn rules_are_chosen_for_what_the_records_hold() {
    let rows: Vec<String> = (0..4_000)
        .map(|n| {
            format!(
                "{}|n{}|{:04}-{:02}-{:02}",
                n % 90,
                n % 700,
                1950 + n % 60,
                1 + n % 12,
                1 + n % 28
            )
        })
        .collect();
    let normalised = records(&format!("forename surname date_of_birth\n{}", rows.join("\n")));
    let chosen = block::propose(&normalised, &LIMITS);
    assert_eq!(chosen, block::propose(&normalised, &LIMITS), "chosen the same each time");
    assert!(chosen.len() > 3, "{chosen:?}");
    let index = Index::new(&normalised, &chosen, &[], &LIMITS);
    let pairs: u64 = index.costs().iter().map(|cost| cost.pairs).sum();
    assert!(pairs <= 2_500_000, "{pairs}");
    // So few records can all be compared.
    let few = records("forename surname\n a|b\n c|d\n e|f");
    assert!(block::propose(&few, &LIMITS).iter().all(|rule| rule.to_string() != "surname"));
}
