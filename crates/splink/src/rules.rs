//! Blocking rules.
//!
//! A rule is read as alternatives of parts that are all asked for. The parts that ask for equal
//! values are keys; what else is asked of a pair is the rule's condition. A pair is proposed if it
//! meets any rule, so that an alternative is as good as a rule of its own.

use block::{Form, Key, Rule};
use compare::{Condition, Literal, Whose};
use normalise::Step;
use record::Kind;

use crate::Refusal;
use crate::fields::Fields;
use crate::level;
use crate::settings::Settings;
use crate::sql::Sql;
use crate::value::{Made, Naming, both, made};

/// A rule, and what it asks beside its keys.
pub(crate) type Asked = (Rule, Option<Condition>);

/// The rules of a model, in order.
pub(crate) fn rules(
    settings: &Settings,
    fields: &mut Fields,
    refused: &mut Vec<Refusal>,
    notes: &mut Vec<String>,
) -> Vec<Asked> {
    let written = &settings.blocking_rules_to_generate_predictions;
    if written.is_empty() {
        return vec![(Rule { keys: Vec::new() }, None)];
    }
    let mut rules: Vec<Asked> = Vec::new();
    for (at, rule) in written.iter().enumerate() {
        let exploded = rule.exploded();
        let read = Sql::parse(rule.sql()).and_then(|sql| {
            let all = alternatives(&sql, false)?;
            let read = all.iter().map(|parts| asked(parts, exploded, fields));
            Ok(read.collect::<Result<Vec<Vec<Asked>>, String>>()?.concat())
        });
        match read {
            Ok(read) => {
                if read.iter().any(|(rule, asked)| rule.keys.is_empty() && asked.is_some()) {
                    notes.push(format!(
                        "blocking rule {} asks for no value that is equal, so that every pair is \
                         looked at",
                        at + 1
                    ));
                }
                for rule in read {
                    if !rules.contains(&rule) {
                        rules.push(rule);
                    }
                }
            }
            Err(reason) => refused.push(Refusal {
                part: format!("blocking rule {}", at + 1),
                reason,
                sql: Some(rule.sql().to_owned()),
            }),
        }
    }
    rules
}

/// One part of what a rule asks for, or that it be failed.
#[derive(Clone)]
struct Part {
    sql: Sql,
    failed: bool,
}

/// The alternatives that a rule is: each asks for all of its parts.
fn alternatives(sql: &Sql, failed: bool) -> Result<Vec<Vec<Part>>, String> {
    const ALTERNATIVES_MAX: usize = 16;
    if let Some([inner]) = sql.call::<1>("not") {
        return alternatives(inner, !failed);
    }
    let join = |word: &str| sql.call::<2>(word);
    let (any, all) = if failed { (join("and"), join("or")) } else { (join("or"), join("and")) };
    // Of two sides, `is null` of both is one condition, and not two of one record each.
    let is_pair = any.is_some_and(|[a, b]| [a, b].iter().all(|one| is_null(one)));
    if let Some([a, b]) = any.filter(|_| !is_pair) {
        let (mut one, other) = (alternatives(a, failed)?, alternatives(b, failed)?);
        one.extend(other);
        return Ok(one);
    }
    let Some([a, b]) = all else {
        return Ok(vec![vec![Part { sql: sql.clone(), failed }]]);
    };
    let (one, other) = (alternatives(a, failed)?, alternatives(b, failed)?);
    if ALTERNATIVES_MAX < one.len() * other.len() {
        return Err(format!("it has more than {ALTERNATIVES_MAX} alternatives"));
    }
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| [one, other]));
    Ok(pairs.map(|pair| pair.into_iter().flatten().cloned().collect()).collect())
}

fn is_null(sql: &Sql) -> bool {
    sql.call::<1>("is null").is_some() || sql.call::<1>("is not null").is_some()
}

/// The keys of an alternative, and what is asked beside them: once, or again for empty lists.
fn asked(parts: &[Part], exploded: &[String], fields: &mut Fields) -> Result<Vec<Asked>, String> {
    let mut keys: Vec<Made> = Vec::new();
    let mut whole: Option<Made> = None;
    let mut crossing: Vec<(Made, Made)> = Vec::new();
    let (mut met, mut failed): (Vec<&Sql>, Vec<&Sql>) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part { sql, failed: false } if is_true(sql) => {}
            Part { sql, failed: false } => {
                let Some(made) = key(sql, exploded)? else {
                    crossing.extend(crossed(sql));
                    met.push(sql);
                    continue;
                };
                let is_whole = |name: &String| fields.holds_lists(name) && !exploded.contains(name);
                if !(made.apply.is_empty() && made.from.iter().any(is_whole)) {
                    keys.push(made);
                    continue;
                }
                // Equal lists share a member, if they have any.
                whole.get_or_insert(made);
                met.push(sql);
            }
            Part { sql, .. } => failed.push(sql),
        }
    }
    let of_members = |sql: &&Sql| sql.columns().iter().any(|name| exploded.contains(name));
    if met.iter().chain(&failed).any(of_members) {
        return Err("a member of an exploded list can be asked for only by its being equal".into());
    }
    let exploding = keys.iter().filter(|made| made.from.iter().any(|name| exploded.contains(name)));
    if exploding.count() > 1 {
        return Err("lists that are exploded together go member by member, the first with the \
                    first, and not each with each"
            .to_owned());
    }
    // What is crossed both ways is shared as a set.
    for (at, (a, b)) in crossing.iter().enumerate() {
        if crossing[at + 1..].iter().any(|(x, y)| (a, b) == (y, x)) {
            let mut from = vec![a.from[0].clone(), b.from[0].clone()];
            from.sort();
            let join = "\u{1f}".to_owned();
            let apply = vec![Step::Sorted(join.clone())];
            keys.push(Made { from, apply, join, kind: Kind::Verbatim });
        }
    }
    let mut conditions = Vec::new();
    if !met.is_empty() {
        conditions.push(level::all(&met, Naming::Table, fields)?);
    }
    for sql in failed {
        let condition = level::condition(sql, Naming::Table, fields)?;
        conditions.push(Condition::Not(Box::new(condition)));
    }
    let condition = match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(Condition::All(conditions)),
    };
    let mut keys: Vec<Key> =
        keys.iter().map(|made| Key { field: fields.of(made), form: Form::Equal }).collect();
    keys.sort();
    keys.dedup();
    let Some(whole) = whole else { return Ok(vec![(Rule { keys }, condition)]) };
    let literal = Literal { value: String::new(), whose: Whose::Both };
    let empty = Condition::Is(Some(fields.of(&whole)), literal);
    let of_empty = Condition::All(std::iter::once(empty).chain(condition.clone()).collect());
    let member = Key { field: fields.of(&whole), form: Form::Equal };
    let of_members = Rule { keys: keys.iter().cloned().chain([member]).collect() };
    Ok(vec![(of_members, condition), (Rule { keys }, Some(of_empty))])
}

/// What a part asks to be equal of both records, if it asks that.
fn key(sql: &Sql, exploded: &[String]) -> Result<Option<Made>, String> {
    let Some([a, b]) = sql.call::<2>("=") else { return Ok(None) };
    let Ok(made) = both(a, b, Naming::Table) else { return Ok(None) };
    let is_exploded = made.from.iter().any(|column| exploded.contains(column));
    if is_exploded && !(made.apply.is_empty() && made.from.len() == 1) {
        return Err("what is made of the members of a list cannot be asked for".to_owned());
    }
    Ok(Some(made))
}

/// The two columns that a part crosses, that of the left record first.
fn crossed(sql: &Sql) -> Option<(Made, Made)> {
    let [a, b] = sql.call::<2>("=")?;
    let ((one, a), (other, b)) = (made(a, Naming::Table).ok()?, made(b, Naming::Table).ok()?);
    let plain = |made: &Made| made.apply.is_empty() && made.from.len() == 1;
    let differ = one != other && a != b && plain(&a) && plain(&b);
    differ.then_some(if one < other { (a, b) } else { (b, a) })
}

fn is_true(sql: &Sql) -> bool {
    match sql.call::<2>("=") {
        Some([Sql::Number(a), Sql::Number(b)]) => a.to_bits() == b.to_bits(),
        _ => sql.call::<0>("true").is_some(),
    }
}
