//! Blocking rules.

use block::{Form, Key, Rule};
use normalise::Step;
use record::Kind;

use crate::Refusal;
use crate::fields::Fields;
use crate::settings::Settings;
use crate::sql::Sql;
use crate::value::{Made, Naming, both, made};

/// The rules of a model, in order.
pub(crate) fn rules(
    settings: &Settings,
    fields: &mut Fields,
    refused: &mut Vec<Refusal>,
) -> Vec<Rule> {
    let written = &settings.blocking_rules_to_generate_predictions;
    if written.is_empty() {
        return vec![Rule { keys: Vec::new() }];
    }
    let mut read: Vec<(Keys, &str)> = Vec::new();
    for (at, rule) in written.iter().enumerate() {
        let exploded = rule.exploded();
        match Sql::parse(rule.sql()).and_then(|sql| keys(&sql, exploded)) {
            Ok(keys) => read.push((keys, rule.sql())),
            Err(reason) => {
                refused.push(refusal(at, reason, rule.sql()));
            }
        }
    }
    // Pairs whose values are crossed are found with those whose values are equal; that does no
    // harm where another rule finds the latter anyway.
    for (at, (keys, sql)) in read.iter().enumerate() {
        let covered = keys.crossed.iter().all(|(a, b)| {
            let equal: Vec<&Made> = keys.equal.iter().chain([a, b]).collect();
            read.iter().any(|(other, _)| {
                other.crossed.is_empty() && other.equal.iter().all(|made| equal.contains(&made))
            })
        });
        if !covered {
            let reason = "it crosses two columns, which is understood only beside a rule of both \
                          columns being equal";
            refused.push(refusal(at, reason.to_owned(), sql));
        }
    }
    let mut rules: Vec<Rule> = Vec::new();
    for (keys, _) in read {
        let crossed = keys.crossed.into_iter().map(|(a, b)| {
            let mut from = vec![a.from[0].clone(), b.from[0].clone()];
            from.sort();
            let join = "\u{1f}".to_owned();
            Made { from, apply: vec![Step::Sorted(join.clone())], join, kind: Kind::Verbatim }
        });
        let mut keys: Vec<Key> = keys
            .equal
            .into_iter()
            .chain(crossed)
            .map(|made| Key { field: fields.of(&made), form: Form::Equal })
            .collect();
        keys.sort();
        keys.dedup();
        let rule = Rule { keys };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

fn refusal(at: usize, reason: String, sql: &str) -> Refusal {
    Refusal { part: format!("blocking rule {}", at + 1), reason, sql: Some(sql.to_owned()) }
}

/// What a rule asks to be equal, and what to be equal crosswise.
struct Keys {
    equal: Vec<Made>,
    crossed: Vec<(Made, Made)>,
}

fn keys(sql: &Sql, exploded: &[String]) -> Result<Keys, String> {
    let mut parts = Vec::new();
    sql.joined("and", &mut parts);
    let mut keys = Keys { equal: Vec::new(), crossed: Vec::new() };
    let mut crossing: Vec<(Made, Made)> = Vec::new();
    for part in parts {
        if is_true(part) {
            continue;
        }
        let [a, b] = part
            .call::<2>("=")
            .ok_or("only values of the two records that are equal can be asked for")?;
        match both(a, b, Naming::Table) {
            Ok(made) => {
                let is_exploded = made.from.iter().all(|column| exploded.contains(column));
                if is_exploded && !made.apply.is_empty() {
                    return Err("what is made of the members of a list cannot be asked for".into());
                }
                keys.equal.push(made);
            }
            Err(reason) => {
                let ((one, a), (other, b)) = (made(a, Naming::Table)?, made(b, Naming::Table)?);
                let plain = |made: &Made| made.apply.is_empty() && made.from.len() == 1;
                if one == other || !plain(&a) || !plain(&b) {
                    return Err(reason);
                }
                let pair = if one < other { (a, b) } else { (b, a) };
                let turned = (pair.1.clone(), pair.0.clone());
                if let Some(at) = crossing.iter().position(|other| *other == turned) {
                    keys.crossed.push(crossing.swap_remove(at));
                } else {
                    crossing.push(pair);
                }
            }
        }
    }
    if !crossing.is_empty() {
        return Err("it asks something of one record that it does not ask of the other".to_owned());
    }
    Ok(keys)
}

fn is_true(sql: &Sql) -> bool {
    match sql.call::<2>("=") {
        Some([Sql::Number(a), Sql::Number(b)]) => a.to_bits() == b.to_bits(),
        _ => sql.call::<0>("true").is_some(),
    }
}
