//! What a snapshot says of itself: what went into it, what came of it, and what to expect of that.

use evaluate::Weighed;
use extract::Extracted;
use plan::{Plan, counted};
use rayon::prelude::*;
use record::{Lists, NONE};
use score::ScoredPair;
use snapshot::{
    AddressTrust, Decision, ExpectedBlocking, ExpectedRule, Input, Limit, Manifest, RuleCount,
    SourceCounts, Totals,
};

use crate::candidates::{self, Bin};
use crate::evaluation::{Evaluation, rounded};
use crate::indicators;
use crate::link::{self, Linked};
use crate::weighed::below;

/// What the snapshot says of itself.
pub(crate) fn manifest(
    plan: &Plan,
    config: &link::Config,
    extracted: &Extracted,
    linked: &Linked,
    last_seen: &[Option<snapshot::Date>],
    evaluation: Option<&Evaluation>,
) -> Manifest {
    let records = &extracted.records;
    let name = |source: record::SourceId| records.sources[source.index()].name.clone();
    let further = |source: usize| extracted.counts[source].further;
    let mut refused = vec![0_u64; records.sources.len()];
    for value in &linked.normalised.refused {
        refused[records.source[value.record.index()].index()] += 1;
    }
    let learned = linked.households.reliability.sources.iter().zip(&records.sources);
    let addresses =
        learned.filter(|(learned, _)| 0 < learned.compared).map(|(learned, source)| AddressTrust {
            source: source.name.clone(),
            compared: learned.compared,
            right: rounded(learned.right),
            half_life_days: rounded(learned.half_life_days),
        });
    let sources = records.sources.iter().zip(&extracted.counts).enumerate();
    let sources = sources.map(|(at, (source, counts))| SourceCounts {
        source: source.name.clone(),
        rows: counts.rows,
        further_persons: further(at),
        rejected: counts.rejected,
        merged: counts.merged,
        records: counts.records + counts.further,
        rejected_values: counts.values_rejected + refused[at],
        as_at: source.as_at,
        last_seen: last_seen[at],
    });
    // A count for each decision; it takes a search to tell one.
    let all = [Decision::Link, Decision::PossibleLink, Decision::Many];
    let count = |mut counts: [u64; 3], link| {
        let decision = linked.decision(link);
        let of = counts.iter_mut().zip(all).filter(|(_, one)| *one == decision);
        of.for_each(|(count, _)| *count += 1);
        counts
    };
    let sum = |a: [u64; 3], b: [u64; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let counts = linked.links.par_iter().fold(|| [0; 3], count).reduce(|| [0; 3], sum);
    let [links, possible_links, many_pairs] = counts;
    let rejects = extracted.rejects.len() + linked.normalised.refused.len();
    let totals = Totals {
        rows: extracted.counts.iter().map(|counts| counts.rows).sum(),
        rejects: rejects as u64,
        records: records.len() as u64,
        persons: linked.resolved.persons.len() as u64,
        households: linked.households.households.len() as u64,
        housed_persons: linked.households.unhoused.iter().filter(|why| why.is_none()).count()
            as u64,
        candidates: linked.candidates,
        links,
        possible_links,
        vetoes: linked.resolved.vetoed,
        many: linked.resolved.many,
        joined_by_relatives: linked.joined_by_relatives,
        many_pairs,
    };
    Manifest {
        kinfold: env!("CARGO_PKG_VERSION").to_owned(),
        run_date: plan.run_date,
        plan: plan::print(plan),
        model: serde_json::to_value(&linked.model).unwrap_or_default(),
        sources: sources.collect(),
        addresses: addresses.collect(),
        inputs: contents(extracted, &name)
            .into_iter()
            .chain(tables(config))
            .chain(listed(extracted))
            .collect(),
        totals,
        rules: rule_counts(linked),
        // Of no rule, and of no pair, there is nothing to expect.
        expected_blocking: linked
            .expected
            .as_ref()
            .filter(|expected| !expected.rules.is_empty())
            .map(expected_blocking),
        limits: limits(plan, linked),
        thresholds: snapshot::Thresholds {
            link: plan.thresholds.link,
            possible_link: plan.thresholds.possible_link,
        },
        expected: (linked.candidates > 0).then(|| expected(linked)),
        weights: weights(&linked.histogram),
        defaults: linked
            .defaults
            .iter()
            .map(|found| snapshot::DefaultCount {
                source: name(found.source),
                field: found.field.clone(),
                records: u64::from(found.records),
            })
            .collect(),
        indicators: indicators::indicators(plan),
        baskets: indicators::baskets(plan),
        evaluation: evaluation.map(Evaluation::to_json),
        ..Manifest::default()
    }
}

/// What the model expects of its own links.
fn expected(linked: &Linked) -> snapshot::Expected {
    let person_of = linked.resolved.persons.person_of();
    let persons = |link: &ScoredPair| {
        let [a, b] = [link.lower, link.upper].map(|record| person_of[record.index()]);
        (a.min(b), a.max(b))
    };
    // The pairs of two persons come one after the other. There are several to a record, so that
    // they are put in order by their places.
    let links = &linked.links;
    let mut sizes = vec![0; linked.resolved.persons.len()];
    for link in links {
        sizes[persons(link).0 as usize] += 1;
    }
    let mut order = Lists::dealt(&sizes, |give| {
        (0..).zip(links).for_each(|(at, link)| give(persons(link).0 as usize, at));
    });
    order.iter_mut().for_each(|of| {
        of.sort_unstable_by_key(|&at: &u32| (persons(&links[at as usize]).1, at));
    });
    let (mut last, mut group) = (None, NONE);
    let weighed = order.items().iter().map(|&at| {
        let link = &links[at as usize];
        let persons = Some(persons(link));
        if last != persons {
            (last, group) = (persons, group.wrapping_add(1));
        }
        let (bits, probability) = (link.weight.bits(), link.weight.probability());
        Weighed { bits, probability, group, is_true: None, person: NONE }
    });
    let bins = &linked.histogram.bins;
    let sums = (bins.iter().map(Bin::expected).sum(), bins.iter().map(Bin::variance).sum());
    let below = below(sums, links.iter().map(|link| link.weight.probability()));
    let found = evaluate::expected_at(weighed, &below, linked.threshold.bits());
    let estimate = |found: evaluate::Estimate| snapshot::Estimate {
        value: rounded(found.value),
        low: rounded(found.range.low),
        high: rounded(found.range.high),
    };
    snapshot::Expected { precision: estimate(found.precision()), recall: estimate(found.recall()) }
}

/// The histogram, its empty ends left off.
fn weights(histogram: &candidates::Histogram) -> snapshot::WeightCounts {
    let bins = &histogram.bins;
    let filled = |bin: &Bin| bin.pairs > 0;
    let (Some(first), Some(last)) = (bins.iter().position(filled), bins.iter().rposition(filled))
    else {
        return snapshot::WeightCounts::default();
    };
    let first_bits = candidates::Histogram::LEAST + i32::try_from(first).unwrap_or(0);
    let bins = &bins[first..=last];
    snapshot::WeightCounts {
        first_bits,
        pairs: bins.iter().map(|bin| bin.pairs).collect(),
        expected: bins.iter().map(Bin::expected).collect(),
        variance: bins.iter().map(Bin::variance).collect(),
        counted_one_in: histogram.one_in,
    }
}

fn rule_counts(linked: &Linked) -> Vec<RuleCount> {
    let rules: Vec<block::Rule> = linked.rules.iter().map(|rule| rule.cost.rule.clone()).collect();
    let written = plan::rules_texts(&rules, &linked.conditions);
    let counts = linked.rules.iter().zip(written).map(|(rule, written)| RuleCount {
        rule: written,
        pairs: rule.cost.pairs,
        new_pairs: rule.new_pairs,
        largest_block: rule.cost.largest,
    });
    counts.collect()
}

fn expected_blocking(expected: &recall::Expected) -> ExpectedBlocking {
    // No more places than mean anything.
    let rounded = |share: f64| (share * 1e6).round() / 1e6;
    let rules = expected
        .rules
        .iter()
        .map(|rule| ExpectedRule { alone: rounded(rule.alone), gained: rounded(rule.gained) });
    ExpectedBlocking {
        pairs: expected.pairs.round(),
        recall: rounded(expected.recall),
        rules: rules.collect(),
    }
}

/// What each source's files hold together, whatever they are called and however they are divided.
fn contents(extracted: &Extracted, name: &dyn Fn(record::SourceId) -> String) -> Vec<Input> {
    let mut inputs = extracted.inputs.clone();
    inputs.sort_by_key(|input| input.source);
    let sources = inputs.chunk_by(|a, b| a.source == b.source);
    sources
        .map(|files| Input {
            source: name(files[0].source),
            rows: files.iter().map(|file| file.rows).sum(),
            content_hash: format!(
                "{:032x}",
                files.iter().fold(0_u128, |sum, file| sum.wrapping_add(file.content))
            ),
        })
        .collect()
}

/// The same of the files that tell how common values are: what of them counts.
fn tables(config: &link::Config) -> impl Iterator<Item = Input> {
    config.frequencies.iter().map(|(field, known)| {
        let content = serde_json::to_vec(known).expect("numbers by text are JSON");
        Input {
            source: format!("frequencies.{field}"),
            rows: known.shares.len() as u64,
            content_hash: format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&content)),
        }
    })
}

/// The same of the gazetteer.
fn listed(extracted: &Extracted) -> Option<Input> {
    extracted.gazetteer.as_ref().map(|gazetteer| Input {
        source: GAZETTEER.to_owned(),
        rows: gazetteer.files.iter().map(|file| file.rows).sum(),
        content_hash: format!("{:032x}", gazetteer.content),
    })
}

/// What the gazetteer is called among the inputs.
pub(crate) const GAZETTEER: &str = "gazetteer";

fn limits(plan: &Plan, linked: &Linked) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (at, rule) in linked.rules.iter().enumerate() {
        let blocks = linked.oversized.iter().filter(|block| block.rule == at);
        let (mut times, mut left_out) = (0, 0);
        for block in blocks {
            times += 1;
            left_out += block.pairs - block.pairs_kept;
        }
        if times > 0 {
            limits.push(Limit {
                limit: "blocking.block_size_max".to_owned(),
                value: u64::from(plan.blocking.limits.block_size_max),
                at: rule.cost.rule.to_string(),
                times,
                effect: format!(
                    "refined, with {} not proposed by this rule",
                    counted(left_out, "pair")
                ),
            });
        }
    }
    if !linked.resolved.oversized.is_empty() {
        limits.push(Limit {
            limit: "limits.component_records_max".to_owned(),
            value: u64::from(plan.limits.component_records_max),
            at: "components of links".to_owned(),
            times: linked.resolved.oversized.len() as u64,
            effect: "formed from their stronger links only".to_owned(),
        });
    }
    limits
}
