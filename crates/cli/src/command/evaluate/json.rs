//! What was measured, as JSON.

use evaluate::{Contrast, CurvePoint, Estimate, Interval, PairMetrics, Proportion, Subgroup};
use pipeline::measure::{
    Change, Curve, Finding, Grouping, IdChange, LoneRecords, SourcePair, Turn, Wrong, WrongPair,
};
use serde_json::{Value, json};

fn pairs(pairs: &PairMetrics) -> Value {
    json!({
        "true_positive": pairs.true_positive,
        "false_positive": pairs.false_positive,
        "false_negative": pairs.false_negative,
        "precision": pairs.precision(),
        "recall": pairs.recall(),
        "f1": pairs.f1(),
    })
}

fn interval(share: &Proportion) -> Value {
    let Interval { low, high } = share.interval();
    json!([low, high])
}

fn estimate(estimate: Estimate) -> Value {
    let Interval { low, high } = estimate.range;
    json!({ "value": estimate.value, "interval": [low, high] })
}

pub(super) fn curve(curve: &Curve, truth: bool) -> Value {
    let point = |point: &CurvePoint| {
        json!({
            "bits": point.bits,
            "pairs": point.pairs,
            "expected_precision": estimate(point.expected.precision()),
            "expected_recall": estimate(point.expected.recall()),
            "against_truth": truth.then(|| {
                let mut found = pairs(&point.against());
                found["precision_interval"] = interval(&point.precision);
                found["recall_interval"] = interval(&point.recall);
                found
            }),
        })
    };
    json!({
        "in_force": point(&curve.in_force),
        "best": curve.best.as_ref().map(point),
        "points": curve.points.iter().map(point).collect::<Vec<_>>(),
    })
}

pub(super) fn groupings(groupings: &[Grouping]) -> Value {
    let subgroup = |group: &Subgroup| {
        json!({
            "records": group.records, "persons": group.persons, "exact": group.exact,
            "exact_share": group.exact_share(), "pairs": pairs(&group.pairs),
        })
    };
    let groupings = groupings.iter().map(|grouping| {
        let groups = grouping.groups.iter().map(|group| {
            json!({
                "group": group.name,
                "own": subgroup(&group.own),
                "precision_interval": interval(&group.spread.precision),
                "recall_interval": interval(&group.spread.recall),
                "exact_interval": interval(&Proportion::of(group.own.exact, group.own.persons)),
                "rest": subgroup(&group.rest),
                "recall_gap": group.own.pairs.recall() - group.rest.pairs.recall(),
                "precision_gap": group.own.pairs.precision() - group.rest.pairs.precision(),
            })
        });
        json!({ "by": grouping.by.as_str(), "groups": groups.collect::<Vec<_>>() })
    });
    groupings.collect()
}

pub(super) fn source_pairs(found: &[SourcePair]) -> Value {
    let rows = found.iter();
    rows.map(|pair| json!({ "sources": pair.sources, "pairs": pairs(&pair.pairs) })).collect()
}

pub(super) fn lone_records(lone: &LoneRecords) -> Value {
    let contrast = |contrast: &Contrast| {
        json!({
            "linked": contrast.linked, "linked_with": contrast.linked_with,
            "alone": contrast.alone, "alone_with": contrast.alone_with,
            "standardised_difference": contrast.standardised_difference(),
        })
    };
    let traits = |traits: &[pipeline::measure::Trait]| -> Value {
        let rows = traits.iter();
        rows.map(|one| json!({ "name": one.name, "records": contrast(&one.contrast) })).collect()
    };
    let groups = lone.groups.iter();
    let groups = groups.map(|(by, found)| json!({ "by": by.as_str(), "groups": traits(found) }));
    json!({ "fields": traits(&lone.fields), "groups": groups.collect::<Vec<_>>() })
}

pub(super) fn implausible(findings: &[Finding]) -> Value {
    let findings = findings.iter().map(|finding| {
        json!({
            "name": finding.name, "of": finding.of, "among": finding.among,
            "count": finding.count, "examples": finding.examples,
        })
    });
    findings.collect()
}

pub(super) fn wrong(found: &[WrongPair]) -> Value {
    let found = found.iter().map(|pair| {
        let records =
            pair.records.iter().map(|(source, key)| json!({ "source": source, "key": key }));
        let fields = pair.fields.iter();
        let fields = fields.map(|f| json!({ "field": f.field, "level": f.level, "bits": f.bits }));
        json!({
            "wrong": match pair.wrong { Wrong::False => "false", Wrong::Missed => "missed" },
            "records": records.collect::<Vec<_>>(),
            "persons": pair.persons,
            "match_weight": pair.bits,
            "rule": pair.rule,
            "fields": fields.collect::<Vec<_>>(),
        })
    });
    found.collect()
}

fn ids(ids: &IdChange) -> Value {
    json!({ "kept": ids.kept, "created": ids.created, "retired": ids.retired })
}

fn turn(turn: &Turn) -> Value {
    let records = turn.records.iter();
    let records = records.map(|(source, key)| json!({ "source": source, "key": key }));
    let fields = turn.fields.iter();
    let fields = fields.map(|[field, was, is]| json!({ "field": field, "was": was, "is": is }));
    json!({
        "joined": turn.joined, "records": records.collect::<Vec<_>>(), "persons": turn.persons,
        "was": turn.was, "is": turn.is, "cause": turn.cause.as_str(),
        "fields": fields.collect::<Vec<_>>(),
    })
}

pub(super) fn change(change: &Change) -> Value {
    let (persons, weights) = (&change.persons, &change.weights);
    let households = &change.households;
    json!({
        "records": {
            "both": persons.records, "new": persons.records_new, "gone": persons.records_gone,
            "moved": persons.moved,
        },
        "persons": {
            "same": persons.same, "split": persons.split, "merged": persons.merged,
            "new": persons.new, "gone": persons.gone, "ids": ids(&change.person_ids),
        },
        "households": {
            "same": households.households.same, "split": households.households.split,
            "merged": households.households.merged, "ids": ids(&change.household_ids),
            "persons": households.persons, "persons_changed": households.changed(),
            "persons_lost": households.lost, "persons_gained": households.gained,
            "share_changed": households.share(),
        },
        "causes": change.causes.iter().map(|(cause, pairs)| {
            json!({ "cause": cause.as_str(), "pairs": pairs })
        }).collect::<Vec<_>>(),
        "turns": change.turns.iter().map(turn).collect::<Vec<_>>(),
        "sources": change.sources.iter().map(|source| {
            json!({
                "source": source.source, "was": source.was, "is": source.is,
                "new": source.new, "gone": source.gone,
            })
        }).collect::<Vec<_>>(),
        "settings": change.settings.iter().map(|[what, was, is]| {
            json!({ "what": what, "was": was, "is": is })
        }).collect::<Vec<_>>(),
        "pairs": {
            "both": weights.both, "new": weights.new, "gone": weights.gone,
            "changed": weights.changed, "mean_change_bits": weights.mean,
            "greatest_change_bits": weights.greatest,
            "links_lost": weights.links_lost, "links_gained": weights.links_gained,
        },
    })
}
