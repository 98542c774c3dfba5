//! Persons from links, as text.

use compare::ComparisonVector;
use proptest::prelude::*;
use record::{NONE, RecordId, RecordPair};
use score::{MatchWeight, ScoredPair};

use crate::{Config, Constraints, Persons, Weigher, rejoin, resolve};

fn parse(link: &str) -> ScoredPair {
    let (pair, weight) = link.split_once(':').unwrap();
    let pair = parse_pair(pair);
    let weight = MatchWeight::from_bits(weight.parse().unwrap());
    ScoredPair {
        lower: pair.lower(),
        upper: pair.upper(),
        weight,
        vector: ComparisonVector::default(),
        rule: 0,
    }
}

fn parse_pair(pair: &str) -> RecordPair {
    let (a, b) = pair.split_once('~').unwrap();
    RecordPair::new(RecordId(a.parse().unwrap()), RecordId(b.parse().unwrap()))
}

fn weight_in(links: &[ScoredPair], a: RecordId, b: RecordId) -> MatchWeight {
    let found = links.iter().find(|link| (link.lower, link.upper) == (a, b));
    found.map_or(MatchWeight::from_bits(-8.0), |link| link.weight)
}

/// The plainest evidence: the average weight of the pairs, each between -6 and 12 bits.
struct Average<'a>(&'a [ScoredPair]);

impl Weigher for Average<'_> {
    type Evidence = (i64, i64);

    fn between(&self, lower: RecordId, upper: RecordId) -> (i64, i64) {
        let (least, most) = (MatchWeight::from_bits(-6.0), MatchWeight::from_bits(12.0));
        (weight_in(self.0, lower, upper).clamp(least, most).0.into(), 1)
    }

    fn gather(&self, evidence: &mut (i64, i64), more: &(i64, i64)) {
        *evidence = (evidence.0 + more.0, evidence.1 + more.1);
    }

    fn weight(&self, evidence: &(i64, i64)) -> MatchWeight {
        MatchWeight(i32::try_from(evidence.0.div_euclid(evidence.1)).unwrap())
    }
}

/// The links that may bring groups together.
fn joining(links: &[ScoredPair]) -> Vec<ScoredPair> {
    links.iter().copied().filter(|link| MatchWeight::default() <= link.weight).collect()
}

fn render(persons: &Persons) -> String {
    let groups = (0..persons.len()).map(|person| {
        let records: Vec<String> =
            persons.records(person).iter().map(|record| record.0.to_string()).collect();
        records.join(" ")
    });
    groups.collect::<Vec<_>>().join(" | ")
}

/// `links` reads `0~1:+8`, a pair and its weight in bits; other pairs weigh -8. `rules` reads
/// `0=1`, must be one, `0#1`, cannot be one, and `0%7`, record 0 is in exclusive group 7.
#[track_caller]
fn check(n: usize, links: &str, rules: &str, expected: &str) {
    let mut scored: Vec<ScoredPair> = links.split_whitespace().map(parse).collect();
    let mut constraints = Constraints { exclusive: vec![NONE; n], ..Constraints::default() };
    for rule in rules.split_whitespace() {
        if let Some((record, group)) = rule.split_once('%') {
            constraints.exclusive[record.parse::<usize>().unwrap()] = group.parse().unwrap();
        } else if rule.contains('=') {
            constraints.must_link.push(parse_pair(&rule.replace('=', "~")));
        } else {
            constraints.cannot_link.push(parse_pair(&rule.replace('#', "~")));
        }
    }
    let config = Config::new(MatchWeight::default());
    for _ in 0..2 {
        let resolved = resolve(n, &joining(&scored), &Average(&scored), &constraints, &config);
        assert_eq!(render(&resolved.persons), expected);
        // The order of links and constraints must not matter.
        scored.reverse();
        constraints.must_link.reverse();
        constraints.cannot_link.reverse();
    }
}

#[test]
fn nothing_linked_is_everyone_alone() {
    check(0, "", "", "");
    check(2, "0~1:-3", "", "0 | 1");
}

#[test]
fn a_full_triangle_is_one_person() {
    check(4, "2~1:9 1~0:9 0~2:9", "", "0 1 2 | 3");
}

#[test]
fn one_link_does_not_bridge_two_persons() {
    check(4, "0~1:12 2~3:12 1~2:3", "", "0 1 | 2 3");
}

#[test]
fn a_record_that_agrees_with_most_joins() {
    check(4, "0~1:12 0~2:12 1~2:12 2~3:10 1~3:10 0~3:-2", "", "0 1 2 3");
}

#[test]
fn a_cannot_link_pair_is_parted_at_its_weakest() {
    check(3, "0~1:12 1~2:6 0~2:12", "0#1", "0 2 | 1");
    check(3, "0~1:12 1~2:10 0~2:5", "0%1 2%1", "0 1 | 2");
}

#[test]
fn a_record_that_may_be_of_either_of_two_is_of_neither() {
    // Two twins and an initial that both could be.
    check(5, "0~1:12 2~3:12 4~0:8 4~1:8 4~2:8 4~3:8", "0#2", "0 1 | 2 3 | 4");
    check(5, "0~1:12 2~3:12 4~0:11 4~1:11 4~2:8 4~3:8", "0#2", "0 1 4 | 2 3");
}

#[test]
fn the_persons_that_could_not_be_chosen_between_are_told() {
    let find = |links: &str, rules: &[(u32, u32)]| {
        let scored: Vec<ScoredPair> = links.split_whitespace().map(parse).collect();
        let cannot_link = rules.iter().map(|&(a, b)| RecordPair::new(RecordId(a), RecordId(b)));
        let constraints = Constraints {
            exclusive: vec![NONE; 5],
            cannot_link: cannot_link.collect(),
            ..Constraints::default()
        };
        let config = Config::new(MatchWeight::default());
        resolve(5, &joining(&scored), &Average(&scored), &constraints, &config)
    };
    let twins = find("0~1:12 2~3:12 4~0:8 4~1:8 4~2:8 4~3:8", &[(0, 2)]);
    assert_eq!((twins.either.as_slice(), twins.many), ([(0, 2), (1, 2)].as_slice(), 1));
    assert!(twins.is_either(2, 0) && !twins.is_either(0, 1));
    let clear = find("0~1:12 2~3:12 4~0:11 4~1:11 4~2:8 4~3:8", &[(0, 2)]);
    assert_eq!((clear.either.as_slice(), clear.many), ([].as_slice(), 0));
}

#[test]
fn a_must_link_pair_is_one_person_without_a_link() {
    check(3, "", "0=2", "0 2 | 1");
    check(4, "1~2:12 1~0:12 3~2:12 3~0:12 1~3:12", "0=2", "0 1 2 3");
}

#[test]
fn what_must_and_cannot_be_one_person_stays_apart() {
    check(3, "", "0=1 1=2 0#2", "0 1 | 2");
}

#[test]
fn equal_links_without_end_join_no_more_records_than_a_component_may_have() {
    let all = (0..10).flat_map(|a| (a + 1..10).map(move |b| format!("{a}~{b}:+90")));
    let mut links: Vec<ScoredPair> = all.map(|link| parse(&link)).collect();
    // A heavier link comes first, and who must be one person is.
    links.iter_mut().find(|link| (link.lower.0, link.upper.0) == (3, 7)).unwrap().weight =
        MatchWeight::from_bits(95.0);
    let constraints = Constraints { must_link: vec![parse_pair("1~9")], ..Default::default() };
    let config = Config { component_max: 4, ..Config::new(MatchWeight::from_bits(2.0)) };
    let resolved = resolve(10, &links, &Average(&links), &constraints, &config);
    assert_eq!(render(&resolved.persons), "0 1 2 9 | 3 4 5 7 | 6 8");
    assert_eq!(resolved.oversized.last().map(|found| found.records), Some(10));
    links.reverse();
    assert_eq!(resolve(10, &links, &Average(&links), &constraints, &config), resolved);
}

fn links_of(n: u32) -> impl Strategy<Value = Vec<ScoredPair>> {
    let all: Vec<(u32, u32)> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    proptest::collection::vec(-15_i32..15, all.len()).prop_map(move |weights| {
        let pairs = all.iter().zip(weights).map(|(&(a, b), bits)| ScoredPair {
            lower: RecordId(a),
            upper: RecordId(b),
            weight: MatchWeight::from_bits(f64::from(bits)),
            vector: ComparisonVector::default(),
            rule: 0,
        });
        pairs.collect()
    })
}

/// The obvious way: look at every two groups each time.
fn slow(n: u32, links: &[ScoredPair], constraints: &Constraints, config: &Config) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = (0..n).map(|record| vec![record]).collect();
    let average = Average(links);
    loop {
        let mut best: Option<(MatchWeight, (u32, u32), usize, usize)> = None;
        for i in 0..groups.len() {
            for j in i + 1..groups.len() {
                let pairs: Vec<(u32, u32)> = groups[i]
                    .iter()
                    .flat_map(|&a| groups[j].iter().map(move |&b| (a, b)))
                    .collect();
                let forbidden = pairs.iter().any(|&(a, b)| {
                    constraints.cannot_link.contains(&RecordPair::new(RecordId(a), RecordId(b)))
                });
                let linked = pairs.iter().any(|&(a, b)| {
                    weight_in(links, RecordId(a.min(b)), RecordId(a.max(b))) >= config.threshold
                });
                let between =
                    |&(a, b): &(u32, u32)| average.between(RecordId(a.min(b)), RecordId(a.max(b)));
                let sum = pairs.iter().map(between).fold((0, 0), |mut sum, more| {
                    average.gather(&mut sum, &more);
                    sum
                });
                let weight = average.weight(&sum);
                let tie = (groups[i][0].min(groups[j][0]), groups[i][0].max(groups[j][0]));
                let better = best.is_none_or(|(most, lowest, ..)| {
                    most < weight || (most == weight && tie < lowest)
                });
                if linked && !forbidden && config.threshold < weight && better {
                    best = Some((weight, tie, i, j));
                }
            }
        }
        let Some((.., i, j)) = best else { return groups };
        let joined = groups.remove(j);
        groups[i].extend(joined);
        groups[i].sort_unstable();
    }
}

proptest! {
    #[test]
    fn persons_are_those_of_the_slow_way(
        links in links_of(7),
        apart in proptest::collection::vec((0_u32..7, 0_u32..7), 0..3),
    ) {
        let constraints = Constraints {
            cannot_link: apart
                .into_iter()
                .filter(|(a, b)| a != b)
                .map(|(a, b)| RecordPair::new(RecordId(a), RecordId(b)))
                .collect(),
            ..Constraints::default()
        };
        // The slow way knows nothing of rivals.
        let config = Config { lead: MatchWeight::from_bits(-60.0), ..Config::new(MatchWeight::default()) };
        let resolved = resolve(7, &joining(&links), &Average(&links), &constraints, &config);
        let mut expected = slow(7, &links, &constraints, &config);
        expected.sort();
        let found: Vec<Vec<u32>> = (0..resolved.persons.len())
            .map(|person| resolved.persons.records(person).iter().map(|r| r.0).collect())
            .collect();
        prop_assert_eq!(found, expected);
        for pair in &constraints.cannot_link {
            let of = resolved.persons.person_of();
            prop_assert_ne!(of[pair.lower().index()], of[pair.upper().index()]);
        }
    }
}

proptest! {
    #[test]
    fn hearing_more_parts_nobody_and_joins_nobody_who_is_two(
        links in links_of(7),
        more in 0_i32..8,
        apart in proptest::collection::vec((0_u32..7, 0_u32..7), 0..3),
    ) {
        let apart = apart.into_iter().filter(|(a, b)| a != b);
        let cannot_link = apart.map(|(a, b)| RecordPair::new(RecordId(a), RecordId(b)));
        let constraints = Constraints { cannot_link: cannot_link.collect(), ..Constraints::default() };
        let config = Config::new(MatchWeight::default());
        let found = resolve(7, &joining(&links), &Average(&links), &constraints, &config);
        let more = MatchWeight::from_bits(more.into());
        let stronger: Vec<ScoredPair> =
            links.iter().map(|link| ScoredPair { weight: link.weight + more, ..*link }).collect();
        let hear = |links: &[ScoredPair]| rejoin(&found, links, &Average(&stronger), &constraints, &config);
        let again = hear(&joining(&stronger));
        let of = again.persons.person_of();
        for person in 0..found.persons.len() {
            let records = found.persons.records(person);
            prop_assert!(records.iter().all(|it| of[it.index()] == of[records[0].index()]));
        }
        for pair in &constraints.cannot_link {
            prop_assert_ne!(of[pair.lower().index()], of[pair.upper().index()]);
        }
        prop_assert!(again.either.iter().all(|(a, b)| a < b));
        let mut reversed = joining(&stronger);
        reversed.reverse();
        prop_assert_eq!(&hear(&reversed), &again);
        prop_assert_eq!(&hear(&[]).persons, &found.persons);
    }
}
