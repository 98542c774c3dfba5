//! A weight is the sum of the addends that explain it.

use compare::{Comparer, Comparison, SettledBeside, Tile};
use proptest::prelude::*;
use record::{RecordId, RecordPair, SourceId};
use score::{
    ComparisonModel, LevelModel, MatchWeight, Model, Rarity, Related, Scorer, Sieve, SourceLevels,
};
use tests::records;

fn comparisons() -> [Comparison; 2] {
    let comparison = |field: &str, tests: &str| Comparison {
        field: field.to_owned(),
        partner: None,
        levels: tests.split(' ').map(|test| test.parse().unwrap()).collect(),
        term_frequency: true,
        changes: false,
    };
    [comparison("forename", "exact osa(1)"), comparison("surname", "exact")]
}

fn model(household: f64) -> Model {
    let level = |test: &str, m: f64, u: f64| LevelModel {
        condition: test.to_owned(),
        m,
        u,
        matched_pairs: 0.0,
        rarity: None,
    };
    Model {
        matched: 0.01,
        household,
        sources: Vec::new(),
        comparisons: vec![
            ComparisonModel {
                field: "forename".to_owned(),
                shared_in_household: 0.02,
                term_frequency: true,
                levels: vec![
                    level("exact", 0.9, 0.1),
                    level("osa(1)", 0.08, 0.02),
                    level("else", 0.02, 0.88),
                ],
                sources: Vec::new(),
            },
            ComparisonModel {
                field: "surname".to_owned(),
                shared_in_household: 0.8,
                term_frequency: false,
                levels: vec![level("exact", 0.95, 0.05), level("else", 0.05, 0.95)],
                sources: Vec::new(),
            },
        ],
        frequencies: std::collections::BTreeMap::new(),
    }
}

fn bits(table: &str, household: f64) -> f64 {
    let normalised = records(table);
    let comparisons = comparisons();
    let comparer = Comparer::new(&normalised, &comparisons);
    let scorer = Scorer::new(&model(household), &comparer, &comparisons);
    scorer.score(&comparer, RecordId(0), RecordId(1)).weight.bits()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
}

#[test]
fn a_weight_is_worked_by_hand() {
    let prior = (0.01_f64 / 0.99).log2();
    // Each person has 1 + 0.01 × 2 records. Of three records called ann, one is not of the pair;
    // believed beforehand is one in ten.
    let others = (3.0 - 2.0) / 1.02;
    let frequency: f64 = (others + 1.0) / (3.0 / 1.02 + 10.0);
    near(bits("forename surname\n ann|-\n ann|-\n ann|-", 0.0), prior + (0.9 / frequency).log2());
    // Of eight records, two are called ann: nobody else is.
    let others = 0.0;
    let frequency: f64 = (others + 1.0) / (8.0 / 1.07 + 10.0);
    near(
        bits("forename surname\n ann|-\n ann|-\n b|-\n c|-\n d|-\n e|-\n f|-\n g|-", 0.0),
        prior + (0.9 / frequency).log2(),
    );
    near(
        bits("forename surname\n ann|lee\n bob|lee", 0.0),
        prior + (0.02_f64 / 0.88).log2() + 19_f64.log2(),
    );
    near(bits("forename surname\n -|-\n -|-", 0.0), prior);
}

#[test]
fn what_a_household_explains_is_no_evidence_of_one_person() {
    let brothers = "forename surname\n ann|lee\n bob|lee";
    let (u, h): (f64, f64) = (1.0 - 0.01 - 0.05, 0.05);
    let matched: f64 = 0.01 * 0.02 * 0.95;
    let others = h * (0.02 * 0.02 + 0.98 * 0.88) * (0.8 * 0.95 + 0.2 * 0.05) + u * 0.88 * 0.05;
    near(bits(brothers, 0.05), (matched / others).log2());
    assert!(bits(brothers, 0.05) < bits(brothers, 0.0));
}

proptest! {
    #[test]
    fn the_addends_sum_to_the_weight(rows in proptest::collection::vec(("[ab]{1,2}|-", "[ab]|-"), 2..6), household in 0.0_f64..0.3) {
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}|{b}")).collect();
        let normalised = records(&format!("forename surname\n{}", lines.join("\n")));
        let comparisons = comparisons();
        let comparer = Comparer::new(&normalised, &comparisons);
        let scorer = Scorer::new(&model(household), &comparer, &comparisons);
        for a in 0..u32::try_from(rows.len()).unwrap() {
            for b in a + 1..u32::try_from(rows.len()).unwrap() {
                let explained = scorer.explain(&comparer, RecordId(a), RecordId(b));
                let fields = explained.fields.iter().map(|field| field.weight + field.sources + field.term_frequency);
                let sum: MatchWeight = fields.sum::<MatchWeight>() + explained.prior + explained.household;
                let scored = scorer.score(&comparer, RecordId(a), RecordId(b));
                prop_assert_eq!(sum, scored.weight);
                prop_assert_eq!(explained.weight, scored.weight);
                prop_assert!(explained.household <= MatchWeight::default());
            }
        }
    }
}

proptest! {
    #[test]
    fn no_pair_that_weighs_enough_is_sifted_out(
        rows in proptest::collection::vec(("[ab]{1,2}(/[ab])?|-", "[ab]{1,2}|-"), 2..8),
        household in 0.0_f64..0.3,
        least in -12.0_f64..12.0,
        apart in 0.1_f64..9.0,
        ruled in 0_usize..3,
        missing_is_a_level in any::<bool>(),
    ) {
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}|{b}")).collect();
        let mut normalised = records(&format!("forename surname\n{}", lines.join("\n")));
        normalised.sources.push("b".to_owned());
        normalised.source.iter_mut().step_by(2).for_each(|source| *source = SourceId(1));
        // Swapped names of one field account for the other's.
        let [mut forename, surname] = comparisons();
        forename.partner = Some("surname".to_owned());
        forename.levels.insert(1, "crossed".parse().unwrap());
        let mut model = model(household);
        let level = |condition: &str, m: f64, u: f64| LevelModel {
            condition: condition.to_owned(),
            m,
            u,
            matched_pairs: 0.0,
            rarity: None,
        };
        model.comparisons[0].levels.insert(1, level("crossed", 0.01, 0.001));
        let mut m = vec![apart, 1.0 / apart, 1.0, 2.0];
        let mut u = vec![1.0, apart, 0.5, 1.0 / apart];
        // And rarity may count by a rule of its own, at more than one level.
        for (level, of) in ["surname", "forename"].into_iter().enumerate().take(ruled) {
            let rule = Rarity { of: of.to_owned(), usual: 0.3, least: 0.1, weight: apart / 3.0 };
            model.comparisons[1].levels[level].rarity = Some(rule);
        }
        let mut comparisons = [forename, surname];
        if missing_is_a_level {
            // As another linker's model has it, and with a look at another field.
            for (comparison, known) in comparisons.iter_mut().zip(&mut model.comparisons) {
                comparison.levels.insert(0, "missing".parse().unwrap());
                known.levels.insert(0, level("missing", apart / 10.0, 0.2));
            }
            comparisons[1].levels.push("forename:levenshtein(1)".parse().unwrap());
            let last = model.comparisons[1].levels.len() - 1;
            model.comparisons[1].levels.insert(last, level("forename:levenshtein(1)", 0.2, 0.1));
            m.insert(0, 0.3);
            u.insert(0, apart);
        }
        model.comparisons[0].sources = vec![SourceLevels { of: "b".to_owned(), m, u }];
        let comparer = Comparer::new(&normalised, &comparisons);
        let scorer = Scorer::new(&model, &comparer, &comparisons);
        let least = MatchWeight::from_bits(least);
        let sieve = Sieve::new(&model, &scorer, &comparer, least).unwrap();
        let n = u32::try_from(rows.len()).unwrap();
        let all: Vec<RecordPair> = (0..n)
            .flat_map(|a| (a + 1..n).map(move |b| RecordPair::new(RecordId(a), RecordId(b))))
            .collect();
        let mut left = Vec::new();
        let mut settled = Vec::new();
        sieve.sift(&all, |_| false, |at, of| {
            left.push(at);
            settled.push(of);
        });
        // What is settled need not be looked at.
        let pairs: Vec<RecordPair> = left.iter().map(|at| all[*at]).collect();
        let vectors = pairs.iter().map(|pair| comparer.vector(pair.lower(), pair.upper()));
        let mut rest = Vec::new();
        comparer.batch().compare_rest(&pairs, &settled, |_, vector| rest.push(vector));
        prop_assert_eq!(rest, vectors.collect::<Vec<_>>());
        let mut tile = Tile::default();
        sieve.lay((0..n).map(RecordId), &mut tile);
        let [mut settled, mut settled_alone] = [(); 2].map(|()| SettledBeside::default());
        for row in all.chunk_by(|a, b| a.lower() == b.lower()) {
            let of_row = row.iter().fold(0, |bits, pair| bits | 1 << pair.upper().0);
            let asked = (tile.lanes(0), of_row);
            let [open, crossed] = sieve.may_weigh(row[0].lower(), asked, &mut settled);
            prop_assert_eq!((open & crossed, (open | crossed) & !of_row), (0, 0));
            for pair in row {
                let lane = 1 << pair.upper().0;
                // What is told of a pair hangs on no other.
                let alone = sieve.may_weigh(pair.lower(), (asked.0, lane), &mut settled_alone);
                prop_assert_eq!([open & lane, crossed & lane], alone);
                let scored = scorer.score(&comparer, pair.lower(), pair.upper());
                let weight = scored.weight;
                let is_left = (open | crossed) & lane != 0
                    && left.iter().any(|at| all[*at] == *pair);
                prop_assert!(weight < least || is_left, "{pair:?} weighs {weight}");
                let vector = scored.vector;
                let weighed = scorer.weigh_from(least, &comparer, *pair, vector);
                prop_assert_eq!(weighed, (least <= weight).then_some(scored));
                if open & lane != 0 {
                    let at = pair.upper().0 as usize;
                    prop_assert_eq!(settled.of(at), settled_alone.of(at));
                    comparer.batch().compare_rest(&[*pair], &[settled.of(at)], |_, rest| {
                        assert_eq!(rest, vector);
                    });
                }
            }
        }
    }
}

#[test]
fn most_pairs_of_two_persons_are_sifted_out() {
    let normalised = records("forename surname\n ann|lee\n ann|lee\n bob|kay\n cat|kay");
    let comparisons = comparisons();
    let model = model(0.0);
    let comparer = Comparer::new(&normalised, &comparisons);
    let scorer = Scorer::new(&model, &comparer, &comparisons);
    let least = MatchWeight::from_bits(0.0);
    let sieve = Sieve::new(&model, &scorer, &comparer, least).unwrap();
    let pairs = [(0, 1), (0, 2), (2, 3), (1, 3)];
    // More than go at a time.
    let pairs = pairs.map(|(a, b)| RecordPair::new(RecordId(a), RecordId(b))).repeat(300);
    let mut left = Vec::new();
    sieve.sift(&pairs, |_| false, |at, _| left.push(at));
    assert_eq!(left, (0..pairs.len()).step_by(4).collect::<Vec<_>>());
    left.clear();
    sieve.sift(&pairs, |pair| pair.lower() == RecordId(2), |at, _| left.push(at));
    assert_eq!(left, (0..pairs.len()).step_by(2).collect::<Vec<_>>());
    // Many at once.
    let mut tile = Tile::default();
    sieve.lay((0..70).map(|at| RecordId(at % 4)), &mut tile);
    let beside = |record: u32, lanes: usize| {
        let others = (tile.lanes(lanes), u32::MAX);
        let [open, crossed] =
            sieve.may_weigh(RecordId(record), others, &mut SettledBeside::default());
        open | crossed
    };
    let of_four = |word: u32| (0..8).fold(0, |all, at| all | word << (4 * at));
    assert_eq!([0, 1, 2, 3].map(|it| beside(it, 0)), [0b11, 0b11, 0b100, 0b1000].map(of_four));
    assert_eq!(beside(0, 2) & 0b11_1111, 0b11_0011);
    // Whoever keeps all pairs sifts none.
    let every = MatchWeight::threshold(-1000.0);
    assert!(Sieve::new(&model, &scorer, &comparer, every).is_none());
}

/// The weight of the evidence between records 0 and 1 on the one side and 2 and 3 on the other.
fn bits_of_groups(table: &str, changes: bool) -> f64 {
    let normalised = records(table);
    let comparisons = comparisons().map(|comparison| Comparison { changes, ..comparison });
    let comparer = Comparer::new(&normalised, &comparisons);
    let scorer = Scorer::new(&model(0.0), &comparer, &comparisons);
    let between = |a, b| scorer.evidence(&comparer, RecordId(a), RecordId(b));
    let mut evidence = between(0, 2);
    for (a, b) in [(0, 3), (1, 2), (1, 3)] {
        scorer.gather(&mut evidence, &between(a, b));
    }
    scorer.weight(&evidence).bits()
}

#[test]
fn what_changes_is_compared_with_the_best_of_a_person_and_what_lasts_on_average() {
    let prior = (0.01_f64 / 0.99).log2();
    let (same, other) = (19_f64.log2(), (0.05_f64 / 0.95).log2());
    let married = "forename surname\n -|lee\n -|may\n -|may\n -|may";
    near(bits_of_groups(married, true), prior + same);
    near(bits_of_groups(married, false), prior + f64::midpoint(same, other));
    // A record without the value takes nothing off the others.
    let unsaid = "forename surname\n -|lee\n -|-\n -|-\n -|lee";
    near(bits_of_groups(unsaid, true), prior + same);
    near(bits_of_groups(unsaid, false), prior + same);
    near(bits_of_groups("forename surname\n -|-\n -|-\n -|lee\n -|lee", true), prior);
}

proptest! {
    #[test]
    fn evidence_does_not_hang_on_the_order_it_is_gathered_in(
        rows in proptest::collection::vec(("[ab]{1,2}|-", "[ab]|-"), 5),
        household in 0.0_f64..0.3,
        changes in any::<bool>(),
    ) {
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}|{b}")).collect();
        let normalised = records(&format!("forename surname\n{}", lines.join("\n")));
        let comparisons = comparisons().map(|comparison| Comparison { changes, ..comparison });
        let comparer = Comparer::new(&normalised, &comparisons);
        let scorer = Scorer::new(&model(household), &comparer, &comparisons);
        let between = |b| scorer.evidence(&comparer, RecordId(0), RecordId(b));
        for b in 1..5 {
            let scored = scorer.score(&comparer, RecordId(0), RecordId(b));
            prop_assert_eq!(scorer.weight(&between(b)), scored.weight);
        }
        let gathered = |order: [u32; 4]| {
            let mut evidence = between(order[0]);
            order[1..].iter().for_each(|&b| scorer.gather(&mut evidence, &between(b)));
            evidence
        };
        let first = gathered([1, 2, 3, 4]);
        prop_assert_eq!(&gathered([4, 3, 2, 1]), &first);
        let mut halves = between(3);
        scorer.gather(&mut halves, &between(1));
        let mut others = between(2);
        scorer.gather(&mut others, &between(4));
        scorer.gather(&mut halves, &others);
        prop_assert_eq!(&halves, &first);
    }
}

/// What relatives of these shares add to the weight of the first two records.
fn added(table: &str, shares: [f64; 3]) -> f64 {
    let normalised = records(table);
    let comparisons = comparisons();
    let comparer = Comparer::new(&normalised, &comparisons);
    let scorer = Scorer::new(&model(0.05), &comparer, &comparisons);
    let evidence = scorer.evidence(&comparer, RecordId(0), RecordId(1));
    let heard = evidence.clone().with(Related::from_shares(shares));
    (scorer.weight(&heard) - scorer.weight(&evidence)).bits()
}

#[test]
fn relatives_add_what_one_person_shares_more_often_than_others() {
    // Nothing is known of the two, so nearly all such pairs are strangers.
    let unknown = "forename surname\n -|-\n -|-";
    let (u, h): (f64, f64) = (1.0 - 0.01 - 0.05, 0.05);
    let others = (h * 0.2 + u * 0.1) / (h + u);
    near(added(unknown, [0.4, 0.2, 0.1]), (0.4 / others).log2());
    near(added(unknown, [0.1, 0.1, 0.1]), 0.0);
    near(added(unknown, [0.9, 0.01, 0.000_1]), Related::BITS_MAX);
    near(added(unknown, [0.000_1, 0.01, 0.9]), -Related::BITS_MAX);
    // Brothers share a mother as often as one person does.
    near(added(unknown, [0.9, 0.9, 0.01]), 0.0);
    // Twins share her too; so would one child with two forenames.
    near(added("forename surname\n ann|lee\n bob|lee", [0.9, 0.2, 0.01]), 0.0);
}

proptest! {
    #[test]
    fn what_relatives_say_is_bounded_and_overrules_no_field_that_lasts(
        rows in proptest::collection::vec(("[ab]{1,2}|-", "[ab]|-"), 2),
        shares in proptest::array::uniform3(0.001_f64..1.0),
    ) {
        let lines: Vec<String> = rows.iter().map(|(a, b)| format!("{a}|{b}")).collect();
        let table = format!("forename surname\n{}", lines.join("\n"));
        let added = added(&table, shares);
        prop_assert!(added.abs() <= Related::BITS_MAX);
        let differs = |a: &str, b: &str| a != "-" && b != "-" && a != b;
        let [one, other] = [&rows[0], &rows[1]];
        if differs(&one.1, &other.1) || shares[0] <= shares[1] {
            prop_assert!(added <= 0.0);
        }
    }
}
