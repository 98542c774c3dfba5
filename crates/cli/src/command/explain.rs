//! `kinfold explain`: why.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use pipeline::{Explainer, PairExplanation};
use plan::{Plan, counted};
use record::{RecordPair, Records};
use serde_json::{Value, json};
use snapshot::{Decision, LinkRow, ResidencyRow, Snapshot, Thresholds};

use super::authority::{Authority, Noted, withhold};
use super::show::no_record;
use crate::table::{since, table, until};
use crate::{Global, print};

/// Say why two records are one person, what holds a person together, or how a household is known.
///
/// The model, the thresholds and the ids are those of the plan's current snapshot.
#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The plan
    plan: PathBuf,
    /// The snapshot; without it, the plan's current one
    #[arg(long, global = true, value_name = "FOLDER")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    authority: Authority,
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The levels of two records' fields, and the bits that add up to their weight
    Pair {
        /// The source of the one record
        source: String,
        /// Its key
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// The source of the other
        other_source: String,
        /// Its key
        #[arg(allow_hyphen_values = true)]
        other_key: String,
    },
    /// The links that hold a person together, the weakest first
    Person {
        /// The person's id
        id: String,
    },
    /// Who belongs to a household, and which spells say so
    Household {
        /// The household's id
        id: String,
    },
}

impl Explain {
    pub(crate) fn execute(&self, global: &Global) -> anyhow::Result<ExitCode> {
        let plan = plan::read(&self.plan)?;
        let authority = &self.authority;
        let snapshot = authority.open(self.snapshot.as_deref().unwrap_or(&plan.output))?;
        match &self.what {
            What::Pair { source, key, other_source, other_key } => {
                let explainer = explainer(&plan, &snapshot, global)?;
                let a = find(&explainer.records, source, key)?;
                let b = find(&explainer.records, other_source, other_key)?;
                if a == b {
                    bail!("a pair has two different records");
                }
                let pair = RecordPair::new(a, b);
                let kept = snapshot.find_link((source, key), (other_source, other_key))?;
                let heard = kept.as_ref().map_or(0.0, |kept| kept.relatives);
                let mut explained = explainer.pair(pair).hearing(heard);
                let records = [pair.lower(), pair.upper()];
                let names = records.map(|record| name(&explainer.records, record));
                let mut of = [false; 2];
                let mut about = Vec::new();
                for (record, withheld) in records.into_iter().zip(&mut of) {
                    let (source, key) = source_and_key(&explainer.records, record);
                    let Some(row) = snapshot.find_record(source, key)? else {
                        bail!(no_record(&snapshot));
                    };
                    *withheld = authority.withholds(&snapshot, &row.person_id)?;
                    about.push(row.person_id);
                }
                about.dedup();
                withhold(&mut explained, of);
                let noted = authority.noted(&snapshot, "explain pair", &about)?;
                let decision = kept.map_or(Decision::NonLink, |kept| kept.decision);
                let mut value = pair_json(&names, &explained);
                value["decision"] = json!(decision.code());
                let thresholds = snapshot.manifest().thresholds;
                let text = pair_text(&names, &explained, decision, thresholds);
                print(&told(&noted, global, value, text))?;
            }
            What::Person { id } => {
                let explainer = explainer(&plan, &snapshot, global)?;
                let (value, text) = person(&explainer, &snapshot, id, authority)?;
                let noted =
                    authority.noted(&snapshot, "explain person", std::slice::from_ref(id))?;
                print(&told(&noted, global, value, text))?;
            }
            What::Household { id } => {
                let (value, text) = household(&snapshot, id)?;
                let noted =
                    authority.noted(&snapshot, "explain household", std::slice::from_ref(id))?;
                print(&told(&noted, global, value, text))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// An answer as JSON or as text.
fn told(noted: &Noted<'_>, global: &Global, value: Value, text: String) -> String {
    if global.json { format!("{}\n", noted.within(value)) } else { noted.before(text) }
}

/// Reads a plan's records again, to explain pairs under the model of a snapshot.
pub(super) fn explainer(
    plan: &Plan,
    snapshot: &Snapshot,
    global: &Global,
) -> anyhow::Result<Explainer> {
    let model = serde_json::from_value(snapshot.manifest().model.clone())
        .context("the snapshot's manifest holds no model that this version understands")?;
    let progress = global.progress.teller();
    let records = pipeline::extract(plan, progress.as_ref())?.records;
    let mut config = pipeline::config(plan, Some(model))?;
    let rules = snapshot.manifest().rules.iter().map(|rule| rule.rule.parse());
    config.rules = Some(rules.collect::<Result<_, String>>().map_err(anyhow::Error::msg)?);
    Ok(Explainer::new(records, &config))
}

fn find(records: &Records, source: &str, key: &str) -> anyhow::Result<record::RecordId> {
    let place = records.sources.iter().position(|known| known.name == source);
    let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else {
        let known: Vec<&str> = records.sources.iter().map(|source| source.name.as_str()).collect();
        bail!("the plan has no source `{source}`; it has {}", known.join(", "));
    };
    records
        .find(record::SourceId(place), key)
        .with_context(|| format!("`{source}` has no record of that key"))
}

fn name(records: &Records, record: record::RecordId) -> String {
    let (source, key) = source_and_key(records, record);
    format!("{source} {key}")
}

fn source_and_key(records: &Records, record: record::RecordId) -> (&str, &str) {
    let source = &records.sources[records.source[record.index()].index()].name;
    (source, &records.key[record.index()])
}

fn pair_text(
    names: &[String; 2],
    explained: &PairExplanation,
    decision: Decision,
    thresholds: Thresholds,
) -> String {
    let line = |what: &str, a: &str, b: &str, level: &str, bits: String| {
        vec![what.to_owned(), a.to_owned(), b.to_owned(), level.to_owned(), bits]
    };
    let mut rows = vec![line("prior", "", "", "", explained.prior.to_string())];
    for field in &explained.fields {
        let [a, b] = &field.values;
        rows.push(line(&field.field, a, b, &field.level, field.weight.to_string()));
        if field.sources.0 != 0 {
            rows.push(line("", "", "", "of these two sources", field.sources.to_string()));
        }
        if field.term_frequency.0 != 0 {
            rows.push(line("", "", "", "rarity of the value", field.term_frequency.to_string()));
        }
    }
    if explained.household.0 != 0 {
        rows.push(line(
            "household",
            "",
            "",
            "may be two of one household",
            explained.household.to_string(),
        ));
    }
    if explained.relatives.0 != 0 {
        rows.push(line(
            "relatives",
            "",
            "",
            "of one and the same",
            explained.relatives.to_string(),
        ));
    }
    rows.push(line("match weight", "", "", "", explained.weight.to_string()));
    let decision = match decision {
        Decision::Link => "a link",
        Decision::PossibleLink => "a possible link",
        Decision::Many => "many: another person would do as well, and it cannot be both",
        // It weighs enough and a rule proposes it, and yet it was not kept.
        Decision::NonLink
            if explained.rule.is_some() && thresholds.possible_link <= explained.weight.bits() =>
        {
            "no link: a constraint forbids it, or it is a forename and no more"
        }
        Decision::NonLink => "no link",
    };
    let rule = explained
        .rule
        .as_deref()
        .map_or("no blocking rule proposes it".to_owned(), |rule| format!("proposed by `{rule}`"));
    format!(
        "{}\n{decision}: probability {:.4}; {rule}\n",
        table(&["", &names[0], &names[1], "level", ">bits"], rows),
        explained.weight.probability(),
    )
}

fn pair_json(names: &[String; 2], explained: &PairExplanation) -> Value {
    let fields = explained.fields.iter().map(|field| {
        json!({
            "field": field.field, "values": field.values, "level": field.level,
            "bits": field.weight.bits(),
            "sources_bits": field.sources.bits(), "term_frequency_bits": field.term_frequency.bits(),
        })
    });
    json!({
        "records": names, "rule": explained.rule, "prior_bits": explained.prior.bits(),
        "fields": fields.collect::<Vec<_>>(), "household_bits": explained.household.bits(),
        "relatives_bits": explained.relatives.bits(),
        "match_weight": explained.weight.bits(), "probability": explained.weight.probability(),
    })
}

fn person(
    explainer: &Explainer,
    snapshot: &Snapshot,
    id: &str,
    authority: &Authority,
) -> anyhow::Result<(Value, String)> {
    let Some((_, row)) = snapshot.find_person(id)? else {
        bail!("the snapshot has no person `{id}`");
    };
    if let Some(why) = row.shielded.filter(|_| !snapshot.tells_shielded()) {
        bail!("the records of `{id}` are withheld (shielded: {why}); `--authority` tells them");
    }
    let withheld = authority.withholds(snapshot, id)?;
    let rows = snapshot.records_of(id)?;
    let mut records = Vec::new();
    for row in &rows {
        records.push(find(&explainer.records, &row.source, &row.key)?);
    }
    let mut pairs = Vec::new();
    for (at, &a) in records.iter().enumerate() {
        pairs.extend(records[at + 1..].iter().map(|&b| RecordPair::new(a, b)));
    }
    let names = |pair: RecordPair| {
        [pair.lower(), pair.upper()].map(|record| name(&explainer.records, record))
    };
    let mut either = snapshot.links_of(id)?;
    let heard: BTreeMap<[String; 2], f64> =
        either.iter().map(|link| (ends(link), link.relatives)).collect();
    let hearing = |(pair, explained): (&RecordPair, PairExplanation)| {
        let bits = heard.get(&names(*pair)).copied().unwrap_or_default();
        let mut explained = explained.hearing(bits);
        withhold(&mut explained, [withheld; 2]);
        (*pair, explained)
    };
    let mut explained: Vec<(RecordPair, PairExplanation)> =
        pairs.iter().zip(explainer.pairs(&pairs)).map(hearing).collect();
    explained.sort_by_key(|(pair, explained)| (explained.weight, *pair));
    either.retain(|link| link.decision == Decision::Many);
    let links = explained.iter().map(|(pair, explained)| pair_json(&names(*pair), explained));
    let all: Vec<String> = records.iter().map(|&record| name(&explainer.records, record)).collect();
    let others = either.iter().map(|link| {
        let [a, b] = ends(link);
        json!({ "records": [a, b], "match_weight": link.match_weight })
    });
    let value = json!({
        "person_id": id, "records": all, "links": links.collect::<Vec<_>>(),
        "many": others.collect::<Vec<_>>(),
    });
    let mut text = format!("{id}: {}\n", counted(records.len() as u64, "record"));
    for &record in &records {
        text += &format!("  {}\n", name(&explainer.records, record));
    }
    if explained.is_empty() {
        text += "\nOne record alone: nothing to hold together.\n";
        return Ok((value, text + &undecided(&either)));
    }
    let lines = explained.iter().map(|(pair, explained)| {
        let [a, b] = names(*pair);
        let agreeing: Vec<String> = explained
            .fields
            .iter()
            .filter(|field| field.weight.0 + field.sources.0 + field.term_frequency.0 > 0)
            .map(|field| format!("{} {}", field.field, field.level))
            .collect();
        let against: Vec<String> = explained
            .fields
            .iter()
            .filter(|field| field.weight.0 + field.sources.0 + field.term_frequency.0 < 0)
            .map(|field| field.field.clone())
            .collect();
        vec![explained.weight.to_string(), a, b, agreeing.join(", "), against.join(", ")]
    });
    text += "\nIts pairs, the weakest first:\n";
    text += &table(&[">bits", "record", "record", "for", "against"], lines);
    Ok((value, text + &undecided(&either)))
}

/// The two records of a pair that was kept.
fn ends(link: &LinkRow) -> [String; 2] {
    [format!("{} {}", link.source, link.key), format!("{} {}", link.other_source, link.other_key)]
}

/// The pairs with other persons that could not be chosen between.
fn undecided(either: &[LinkRow]) -> String {
    if either.is_empty() {
        return String::new();
    }
    let lines = either.iter().map(|link| {
        let [a, b] = ends(link);
        vec![format!("{:+.2}", link.match_weight), a, b]
    });
    let mut text = String::from(
        "\nSet apart, since another person would do as well and it cannot be both (many):\n",
    );
    text += &table(&[">bits", "record", "record"], lines);
    text
}

fn household(snapshot: &Snapshot, id: &str) -> anyhow::Result<(Value, String)> {
    let Some(household) = snapshot.find_household(id)?.into_iter().next() else {
        bail!("the snapshot has no household `{id}`");
    };
    let mut members = Vec::new();
    for membership in snapshot.members_of(id)? {
        let spells: Vec<ResidencyRow> = snapshot
            .residencies_of(&membership.person_id)?
            .into_iter()
            .filter(|spell| spell.address_id == household.address_id)
            .collect();
        members.push((membership, spells));
    }
    let told = members.iter().map(|(membership, spells)| {
        let spells = spells.iter().map(|spell| {
            json!({ "from": spell.from, "to": spell.to, "last_seen": spell.last_seen, "sources": spell.sources })
        });
        json!({
            "person_id": membership.person_id, "from": membership.from, "to": membership.to,
            "basis": membership.basis, "spells": spells.collect::<Vec<_>>(),
        })
    });
    let value = json!({
        "household_id": id, "address_id": household.address_id, "address": household.address,
        "kind": household.kind, "members": told.collect::<Vec<_>>(),
    });
    let lines = members.iter().flat_map(|(membership, spells)| {
        let mut lines = vec![vec![
            membership.person_id.clone(),
            membership.basis.clone(),
            since(membership.from),
            until(membership.to),
            String::new(),
            String::new(),
        ]];
        lines.extend(spells.iter().map(|spell| {
            vec![
                "  spell".to_owned(),
                String::new(),
                since(spell.from),
                until(spell.to),
                until(spell.last_seen),
                spell.sources.join(", "),
            ]
        }));
        lines
    });
    let text = format!(
        "{id}: {}, {}, {}\n\n{}",
        household.address,
        household.kind,
        counted(household.size.into(), "member"),
        table(&["member", "basis", "from", "to", "last seen", "according to"], lines),
    );
    Ok((value, text))
}
