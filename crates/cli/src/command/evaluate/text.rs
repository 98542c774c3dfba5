//! What was measured, as tables for a terminal.

use evaluate::{CurvePoint, Fault, HouseholdMetrics, Interval, Proportion};
use pipeline::Evaluation;
use pipeline::measure::{
    Change, Curve, Finding, Group, Grouping, LoneRecords, SourcePair, Wrong, WrongPair,
};
use plan::{count, counted};

use crate::table::table;

/// Pairs of sources shown of those with errors.
const SOURCE_PAIRS: usize = 8;

fn share(share: f64) -> String {
    format!("{share:.4}")
}

fn range(interval: Interval) -> String {
    format!("{:.4} to {:.4}", interval.low, interval.high)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A difference of shares, in points of a hundred.
fn points(difference: f64) -> String {
    format!("{:+.1}", 100.0 * difference)
}

pub(super) fn evaluation(evaluation: &Evaluation) -> String {
    let line = |what: &str, precision: f64, recall: f64, f1: f64| {
        let none = String::new;
        vec![what.to_owned(), share(precision), none(), share(recall), none(), share(f1)]
    };
    let persons = &evaluation.persons;
    let (pairs, bcubed) = (&persons.pairs, &persons.bcubed);
    let mut rows = vec![
        vec![
            "persons, pairs".to_owned(),
            share(pairs.precision()),
            range(evaluation.spread.precision.interval()),
            share(pairs.recall()),
            range(evaluation.spread.recall.interval()),
            share(pairs.f1()),
        ],
        line("persons, B-cubed", bcubed.precision, bcubed.recall, bcubed.f1()),
    ];
    if let Some(households) = &evaluation.households {
        let (pairs, bcubed) = (&households.pairs, &households.bcubed);
        rows.push(line("households, pairs", pairs.precision(), pairs.recall(), pairs.f1()));
        rows.push(line("households, B-cubed", bcubed.precision, bcubed.recall, bcubed.f1()));
    }
    if let Some(before) = &evaluation.year_before {
        let pairs = &before.pairs;
        let name = "households, a year before";
        rows.push(line(name, pairs.precision(), pairs.recall(), pairs.f1()));
    }
    let mut text = table(&["", ">precision", "95 in 100", ">recall", "95 in 100", ">F1"], rows);
    let exact = |what: &str, exact: Proportion| {
        let (found, all, Interval { low, high }) =
            (count(exact.part), counted(exact.whole, what), exact.interval());
        let share = percent(exact.share());
        format!(
            "exactly right: {found} of {all} ({share}, {} to {})\n",
            percent(low),
            percent(high)
        )
    };
    text += "\n";
    text += &exact("true person", evaluation.exact());
    if let Some(households) = &evaluation.households {
        let (found, all) = (households.exact, households.true_households);
        text += &exact("true household", Proportion::of(found, all));
    }
    text += &format!(
        "{} together that should not be, and {} apart that should not be\n",
        counted(pairs.false_positive, "pair"),
        count(pairs.false_negative),
    );
    if let Some(households) = &evaluation.households {
        text += &self::households(households, &evaluation.homes);
    }
    text
}

/// What became of the true households, and how each sort of home does.
fn households(found: &HouseholdMetrics, homes: &[String]) -> String {
    let faults = Fault::ALL.iter().zip(found.faults).skip(1);
    let faults: Vec<String> =
        faults.map(|(fault, n)| format!("{} {}", fault.as_str(), count(n))).collect();
    let mut text = format!(
        "\nTrue households that were not found exactly: {}.\n{} of households would have to be of another size; {} of persons\nhave a household or a reason.\n\n",
        faults.join(", "),
        percent(found.size_gap),
        percent(found.accounted_share()),
    );
    let rows = homes.iter().zip(&found.by_home).map(|(name, home)| {
        let exact = Proportion::of(home.exact, home.true_households);
        vec![
            name.clone(),
            count(home.units),
            count(home.housed),
            count(home.true_households),
            if home.true_households == 0 { String::new() } else { percent(exact.share()) },
        ]
    });
    let two_homes = found.two_homes;
    if two_homes.children > 0 {
        text += &format!(
            "Of {} with two homes {} were found in both; of {} the parents, who live apart,\nwere put in one household.\n\n",
            if two_homes.children == 1 {
                "1 child".to_owned()
            } else {
                format!("{} children", count(two_homes.children))
            },
            count(two_homes.found),
            count(two_homes.merged),
        );
    }
    text +=
        &table(&["true home", ">persons", ">housed", ">true households", ">exactly right"], rows);
    text
}

/// The thresholds near the one in force, and every fifth bit beyond.
pub(super) fn curve(curve: &Curve, truth: bool) -> String {
    if curve.points.is_empty() {
        return "\nNo pair was kept, so no threshold can be looked at.\n".to_owned();
    }
    let near = |point: &&CurvePoint| {
        (point.bits - curve.in_force.bits).abs() <= 6.0
            || point.bits.rem_euclid(5.0) == 0.0
            || curve.best.is_some_and(|best| best.bits.to_bits() == point.bits.to_bits())
    };
    let mark = |point: &CurvePoint| {
        let in_force = point.bits.to_bits() == curve.in_force.bits.to_bits();
        let best = curve.best.is_some_and(|best| best.bits.to_bits() == point.bits.to_bits());
        let mark = match (in_force, best) {
            (true, true) => "in force, and the best",
            (true, false) => "in force",
            (false, true) => "the best F1",
            (false, false) => "",
        };
        mark.to_owned()
    };
    let expected = curve.points.iter().filter(near).map(|point| {
        let (precision, recall) = (point.expected.precision(), point.expected.recall());
        vec![
            format!("{:+.1}", point.bits),
            count(point.pairs),
            share(precision.value),
            range(precision.range),
            share(recall.value),
            range(recall.range),
            mark(point),
        ]
    });
    let mut text = String::from(
        "\nThresholds, pair by pair, before persons are formed, as the model expects them to do. The ranges say\n\
         how far chance alone would move them were the model right, with pairs of the same two persons right\n\
         or wrong together; they say nothing of how wrong the model may be. Recall is of what was weighed:\n",
    );
    text += &table(
        &[">bits", ">pairs", ">precision", "95 in 100", ">recall", "95 in 100", ""],
        expected,
    );
    if truth {
        let against = curve.points.iter().filter(near).map(|point| {
            let pairs = point.against();
            let (precision, recall) = (point.expected.precision(), point.expected.recall());
            vec![
                format!("{:+.1}", point.bits),
                share(pairs.precision()),
                range(point.precision.interval()),
                points(precision.value - pairs.precision()),
                share(pairs.recall()),
                range(point.recall.interval()),
                points(recall.value - pairs.recall()),
                share(pairs.f1()),
                mark(point),
            ]
        });
        text += "\nThe same against the truth, with by how many points the model expected more; recall is of all true pairs:\n";
        text += &table(
            &[
                ">bits",
                ">precision",
                "95 in 100",
                ">expected more",
                ">recall",
                "95 in 100",
                ">expected more",
                ">F1",
                "",
            ],
            against,
        );
    }
    if let Some(best) = curve.best {
        text += &format!(
            "the best F1 is {} at {:+.1} bits; the threshold in force, {:+.1} bits, gives {}\n",
            share(best.against().f1()),
            best.bits,
            curve.in_force.bits,
            share(curve.in_force.against().f1()),
        );
    }
    text
}

pub(super) fn groupings(groupings: &[Grouping], source_pairs: &[SourcePair]) -> String {
    let row = |by: &str, group: &Group| {
        let (own, rest) = (&group.own, &group.rest);
        vec![
            by.to_owned(),
            group.name.clone(),
            count(own.records),
            share(own.pairs.precision()),
            range(group.spread.precision.interval()),
            share(own.pairs.recall()),
            range(group.spread.recall.interval()),
            share(own.pairs.f1()),
            percent(own.exact_share()),
            points(own.pairs.precision() - rest.pairs.precision()),
            points(own.pairs.recall() - rest.pairs.recall()),
        ]
    };
    let rows = groupings.iter().flat_map(|grouping| {
        let by = |at: usize| if at == 0 { grouping.by.as_str() } else { "" };
        grouping.groups.iter().enumerate().map(move |(at, group)| row(by(at), group))
    });
    let mut text = String::from("\nGroups of records, and the gap to all others in points:\n");
    text += &table(
        &[
            "by",
            "group",
            ">records",
            ">precision",
            "95 in 100",
            ">recall",
            "95 in 100",
            ">F1",
            ">exact",
            ">precision gap",
            ">recall gap",
        ],
        rows,
    );
    let wrong = source_pairs
        .iter()
        .filter(|pair| pair.pairs.false_positive + pair.pairs.false_negative > 0)
        .take(SOURCE_PAIRS)
        .map(|pair| {
            let [a, b] = &pair.sources;
            vec![
                a.clone(),
                b.clone(),
                share(pair.pairs.precision()),
                share(pair.pairs.recall()),
                count(pair.pairs.false_positive),
                count(pair.pairs.false_negative),
            ]
        });
    text += "\nPairs of sources with most errors:\n";
    text + &table(&["source", "source", ">precision", ">recall", ">false", ">missed"], wrong)
}

pub(super) fn lone_records(lone: &LoneRecords) -> String {
    let row = |by: &str, one: &pipeline::measure::Trait| {
        let contrast = &one.contrast;
        let difference = contrast.standardised_difference();
        vec![
            by.to_owned(),
            one.name.clone(),
            percent(contrast.linked_share()),
            percent(contrast.alone_share()),
            difference.map_or("-".to_owned(), |difference| format!("{difference:+.2}")),
        ]
    };
    let by = |name: &str, at: usize| if at == 0 { name.to_owned() } else { String::new() };
    let mut rows: Vec<_> = lone
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| row(&by("field filled", at), field))
        .collect();
    for (kind, traits) in &lone.groups {
        rows.extend(traits.iter().enumerate().map(|(at, one)| row(&by(kind.as_str(), at), one)));
    }
    let contrast = lone.fields.first().map(|field| field.contrast).unwrap_or_default();
    let mut text = format!(
        "\nRecords linked to another ({}) against those alone ({}); a difference beyond 0.1 is worth a look:\n",
        count(contrast.linked),
        count(contrast.alone),
    );
    text += &table(&["", "", ">linked", ">alone", ">standardised difference"], rows);
    text
}

pub(super) fn implausible(findings: &[Finding]) -> String {
    let rows = findings.iter().map(|finding| {
        vec![
            finding.name.clone(),
            count(finding.count),
            counted(finding.among, finding.of),
            finding.examples.join(" "),
        ]
    });
    let mut text = String::from("\nWhat cannot well be true:\n");
    text += &table(&["", ">found", "among", "such as"], rows);
    text
}

/// Pairs that are wrong, with the command that tells more.
pub(super) fn wrong(found: &[WrongPair], plan: &str, snapshot: &str) -> String {
    let mut text = String::new();
    for pair in found {
        let [a, b] = &pair.records;
        let names = format!("{} {} and {} {}", a.0, a.1, b.0, b.1);
        let weight = pair.bits.map_or_else(
            || "not kept: never proposed, or of little weight".to_owned(),
            |bits| format!("{bits:+.2} bits"),
        );
        let what = match pair.wrong {
            Wrong::False => format!("wrongly together in {}", pair.persons[0]),
            Wrong::Missed => {
                format!("wrongly apart in {} and {}", pair.persons[0], pair.persons[1])
            }
        };
        text += &format!("\n{names}\n  {what}; {weight}\n");
        let fields = |for_it: bool| {
            let fields = pair.fields.iter().filter_map(|field| {
                let level = field.level.as_ref()?;
                let fits = if for_it { field.bits > 0.0 } else { field.bits < 0.0 };
                fits.then(|| format!("{} {level} ({:+.1})", field.field, field.bits))
            });
            fields.collect::<Vec<_>>().join(", ")
        };
        for (what, listed) in [("for", fields(true)), ("against", fields(false))] {
            if !listed.is_empty() {
                text += &format!("  {what}: {listed}\n");
            }
        }
        text += &format!(
            "  kinfold explain {plan} --snapshot {snapshot} pair {} {} {} {}\n",
            quoted(&a.0),
            quoted(&a.1),
            quoted(&b.0),
            quoted(&b.1),
        );
    }
    text
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

pub(super) fn change(change: &Change) -> String {
    let (persons, weights) = (&change.persons, &change.weights);
    let households = &change.households;
    let mut text = format!(
        "\nAgainst the older snapshot:\n\
         {} in both, {} new, {} gone; {} moved\n\
         {} the same, {} split, {} merged, {} new, {} gone; ids: {} kept, {} created, {} retired\n\
         {} the same, {} split, {} merged; ids: {} kept, {} created, {} retired\n\
         {} of both are in another household, {} lost theirs and {} gained one: {} of them changed\n\
         {} in both, {} new, {} gone; the weight of {} changed by a tenth of a bit or more, by {:.2} bits on average over all and {:.2} at most\n\
         {} lost and {} gained\n",
        counted(persons.records, "record"),
        count(persons.records_new),
        count(persons.records_gone),
        count(persons.moved),
        counted(persons.same, "person"),
        count(persons.split),
        count(persons.merged),
        count(persons.new),
        count(persons.gone),
        count(change.person_ids.kept),
        count(change.person_ids.created),
        count(change.person_ids.retired),
        counted(households.households.same, "household"),
        count(households.households.split),
        count(households.households.merged),
        count(change.household_ids.kept),
        count(change.household_ids.created),
        count(change.household_ids.retired),
        counted(households.households.moved, "person"),
        count(households.lost),
        count(households.gained),
        percent(households.share()),
        counted(weights.both, "kept pair"),
        count(weights.new),
        count(weights.gone),
        count(weights.changed),
        weights.mean,
        weights.greatest,
        counted(weights.links_lost, "link"),
        count(weights.links_gained),
    );
    text += &why(change);
    text
}

/// Why persons split and merged, and what differs of what went in.
fn why(change: &Change) -> String {
    let mut text = String::new();
    if !change.causes.is_empty() {
        text += "\nKept pairs that were one person and are two, or the other way round, by why:\n";
        let rows = change.causes.iter();
        let rows = rows.map(|(cause, pairs)| vec![cause.as_str().to_owned(), count(*pairs)]);
        text += &table(&["", ">pairs"], rows);
    }
    if !change.turns.is_empty() {
        text += "\nSome of them:\n";
        let bits = |bits: Option<f64>| bits.map_or("-".to_owned(), |bits| format!("{bits:+.1}"));
        let rows = change.turns.iter().map(|turn| {
            let [a, b] = turn.records.each_ref().map(|(source, key)| format!("{source} {key}"));
            let now = if turn.joined { "one now" } else { "two now" };
            let fields = turn.fields.iter();
            let fields = fields.map(|[field, was, is]| format!("{field}: {was}, now {is}"));
            let why = std::iter::once(turn.cause.as_str().to_owned()).chain(fields);
            let why = why.collect::<Vec<_>>().join("; ");
            vec![a, b, now.to_owned(), bits(turn.was), bits(turn.is), why]
        });
        text += &table(&["record", "record", "", ">was", ">is", "why"], rows);
    }
    if !change.sources.is_empty() {
        let records = |n: Option<u64>| n.map_or("-".to_owned(), count);
        text += "\nSources that differ, in records:\n";
        let rows = change.sources.iter().map(|source| {
            vec![
                source.source.clone(),
                records(source.was),
                records(source.is),
                count(source.new),
                count(source.gone),
            ]
        });
        text += &table(&["", ">were", ">are", ">new", ">gone"], rows);
    }
    if !change.settings.is_empty() {
        text += "\nWhat else differs:\n";
        let rows = change.settings.iter().map(|setting| setting.to_vec());
        text += &table(&["", "was", "is"], rows);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_keys_are_quoted_for_a_shell() {
        for (word, expected) in [
            ("a-1/b", "a-1/b"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$x", "'$x'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
