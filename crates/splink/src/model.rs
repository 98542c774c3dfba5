//! Comparisons and their weights.

use compare::{Comparison, Condition, Test};
use record::Kind;
use score::{ComparisonModel, LevelModel, Rarity};

use crate::Refusal;
use crate::fields::Fields;
use crate::level::{condition, exact_column};
use crate::settings::{self, Settings};
use crate::sql::Sql;
use crate::value::{Made, Naming};

/// The levels of a vector but for two: a missing value, and the last.
const LEVELS_MAX: usize = compare::Level::LIMIT - 2;

/// Notes which columns hold lists and vectors, as far as the SQL tells.
pub(crate) fn note_kinds(settings: &Settings, fields: &mut Fields) {
    for level in settings.comparisons.iter().flat_map(|one| &one.comparison_levels) {
        if let Ok(sql) = Sql::parse(&level.sql_condition) {
            crate::level::note_kinds(&sql, Naming::Suffix, fields);
        }
    }
    for rule in &settings.blocking_rules_to_generate_predictions {
        fields.lists.extend(rule.exploded().iter().cloned());
        if let Ok(sql) = Sql::parse(rule.sql()) {
            crate::level::note_kinds(&sql, Naming::Table, fields);
        }
    }
}

/// The comparisons of a model, and what is known of each.
pub(crate) fn comparisons(
    settings: &Settings,
    fields: &mut Fields,
    refused: &mut Vec<Refusal>,
    notes: &mut Vec<String>,
) -> Vec<(Comparison, ComparisonModel)> {
    let limit = compare::ComparisonVector::LIMIT;
    if settings.comparisons.len() > limit {
        let n = settings.comparisons.len();
        let part = "`comparisons`".to_owned();
        let reason = format!("there are {n}, and {limit} can be made");
        refused.push(Refusal { part, reason, sql: None });
    }
    let mut made: Vec<(Comparison, ComparisonModel)> = Vec::new();
    for (at, one) in settings.comparisons.iter().enumerate() {
        let name = one.output_column_name.clone().unwrap_or_else(|| format!("number {}", at + 1));
        let before = refused.len();
        if settings.comparisons[..at].iter().any(|other| {
            other.output_column_name.is_some() && other.output_column_name == one.output_column_name
        }) {
            let reason = "another comparison has its name, and Splink takes the two for one";
            let part = format!("comparison `{name}`");
            refused.push(Refusal { part, reason: reason.to_owned(), sql: None });
        }
        let levels = levels(one, &name, fields, refused, notes);
        if refused.len() > before {
            continue;
        }
        let Some((mut conditions, known)) = levels else { continue };
        // Every comparison is of a field of its own.
        let taken = |field: &str| made.iter().any(|(comparison, _)| comparison.field == field);
        let used: Vec<String> = conditions
            .iter()
            .flat_map(Condition::leaves)
            .filter_map(|leaf| leaf.operand().map(str::to_owned))
            .collect();
        let free = used.iter().find(|field| !taken(field));
        let Some(field) = free.or(used.first()).cloned() else { continue };
        let own = if taken(&field) { fields.alias(&name, &field) } else { field.clone() };
        for condition in &mut conditions {
            make_own(condition, &field);
        }
        let known: Vec<LevelModel> = conditions
            .iter()
            .map(ToString::to_string)
            .chain(std::iter::once("else".to_owned()))
            .zip(known)
            .map(|(condition, known)| LevelModel { condition, ..known })
            .collect();
        let comparison = Comparison {
            field: own.clone(),
            partner: None,
            levels: conditions,
            term_frequency: false,
            changes: false,
        };
        let model = ComparisonModel {
            field: own,
            shared_in_household: 0.0,
            term_frequency: false,
            levels: known,
            sources: Vec::new(),
        };
        made.push((comparison, model));
    }
    made
}

/// Makes conditions of a field those of the comparison's own.
fn make_own(condition: &mut Condition, field: &str) {
    match condition {
        Condition::Passes(operand, _)
        | Condition::Is(operand, _)
        | Condition::Crossed(operand, ..) => {
            if operand.as_deref() == Some(field) {
                *operand = None;
            }
        }
        Condition::Not(inner) => make_own(inner, field),
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                make_own(part, field);
            }
        }
    }
}

/// The conditions of a comparison, and what is known of each level, the last among them.
fn levels(
    comparison: &settings::Comparison,
    name: &str,
    fields: &mut Fields,
    refused: &mut Vec<Refusal>,
    notes: &mut Vec<String>,
) -> Option<(Vec<Condition>, Vec<LevelModel>)> {
    let levels = &comparison.comparison_levels;
    let mut refuse = |part: String, reason: String, sql: Option<&str>| {
        refused.push(Refusal { part, reason, sql: sql.map(str::to_owned) });
    };
    let whole = format!("comparison `{name}`");
    let n = levels.iter().filter(|level| !level.is_null).count();
    let Some((last, others)) = levels.split_last().filter(|(last, _)| last.is_else() && n > 1)
    else {
        refuse(whole, "its last level is not ELSE, or its only one".to_owned(), None);
        return None;
    };
    let (mut conditions, mut known) = (Vec::new(), Vec::new());
    for (rank, level) in ranks(levels, n).zip(others) {
        let part = format!("level `{}` of comparison `{name}`", level.label());
        let read = Sql::parse(&level.sql_condition)
            .and_then(|sql| condition(&sql, Naming::Suffix, fields));
        match read {
            Ok(read) => conditions.push(read),
            Err(reason) => {
                refuse(part, reason, Some(&level.sql_condition));
                continue;
            }
        }
        match level_model(level, levels, rank, n, fields) {
            Ok(model) => known.push(model),
            Err(reason) => refuse(part, reason, Some(&level.sql_condition)),
        }
        note_weights(level, rank, n, name, notes);
    }
    let else_level = level_model(last, levels, Some(0), n, fields);
    note_weights(last, Some(0), n, name, notes);
    let mut else_level = else_level.unwrap_or_else(|_| level_model_of_nothing());
    else_level.rarity = None;
    let provides = |leaf: &Condition| matches!(leaf, Condition::Passes(_, Test::Missing));
    let own = conditions.iter().flat_map(Condition::leaves).find_map(Condition::operand);
    if !conditions.iter().flat_map(Condition::leaves).any(provides)
        && let Some(own) = own.map(str::to_owned)
    {
        // What is missing is at no level in a plan, and at the last in SQL.
        conditions.push(Condition::Passes(Some(own), Test::Missing));
        known.push(else_level.clone());
    }
    if conditions.len() > LEVELS_MAX {
        refuse(whole, format!("it has more than {LEVELS_MAX} levels"), None);
    }
    known.push(else_level);
    Some((conditions, known))
}

/// The rank of each level from the last one up; none for those of missing values.
fn ranks(levels: &[settings::Level], n: usize) -> impl Iterator<Item = Option<usize>> {
    levels.iter().scan(n, |left, level| {
        Some(if level.is_null {
            None
        } else {
            *left -= 1;
            Some(*left)
        })
    })
}

/// Evidence for neither.
fn level_model_of_nothing() -> LevelModel {
    LevelModel { condition: String::new(), m: 1.0, u: 1.0, matched_pairs: 0.0, rarity: None }
}

fn level_model(
    level: &settings::Level,
    levels: &[settings::Level],
    rank: Option<usize>,
    n: usize,
    fields: &mut Fields,
) -> Result<LevelModel, String> {
    let Some(rank) = rank else { return Ok(level_model_of_nothing()) };
    let m = level.m_probability.unwrap_or_else(|| default_m(rank, n));
    let u = level.u_probability.unwrap_or_else(|| default_u(rank, n));
    if !(m > 0.0 && u > 0.0 && m.is_finite() && u.is_finite()) {
        return Err("its m or u is not above 0, and the weight would be infinite".to_owned());
    }
    let mut known = LevelModel { m, u, ..level_model_of_nothing() };
    let weight = level.tf_adjustment_weight.unwrap_or(1.0);
    if let Some(column) = &level.tf_adjustment_column
        && weight != 0.0
        && !level.is_else()
    {
        let column = column.trim_matches('"');
        let usual = if level.disable_tf_exact_match_detection {
            u
        } else {
            usual(levels, n, column).ok_or_else(|| {
                format!("no level is of equal `{column}`, against which its term frequencies are weighed")
            })?
        };
        let of = fields.of(&Made::of(column, Kind::Verbatim));
        let least = level.tf_minimum_u_value.unwrap_or(0.0);
        known.rarity = Some(Rarity { of, usual, weight, least });
    }
    Ok(known)
}

/// The u of the level of equal values of a column.
fn usual(levels: &[settings::Level], n: usize, column: &str) -> Option<f64> {
    let mut ranked = ranks(levels, n).zip(levels);
    ranked.find_map(|(rank, level)| {
        let exact = exact_column(&Sql::parse(&level.sql_condition).ok()?)?;
        exact
            .eq_ignore_ascii_case(column)
            .then(|| level.u_probability.unwrap_or_else(|| default_u(rank.unwrap_or(0), n)))
    })
}

/// What Splink takes for an m that was not learned, by the level's rank from the last up.
#[expect(clippy::cast_precision_loss, reason = "a comparison has few levels")]
fn default_m(rank: usize, n: usize) -> f64 {
    if rank + 1 == n { 0.95 } else { (1.0 - 0.95) / (n - 1) as f64 }
}

/// The same of u: such that the weights rise from -5 to 3, and are 10 at the top.
#[expect(clippy::cast_precision_loss, reason = "a comparison has few levels")]
fn default_u(rank: usize, n: usize) -> f64 {
    let weight = match (rank, n) {
        _ if rank + 1 == n => 10.0,
        (_, 2) => -5.0,
        _ => -5.0 + rank as f64 * (8.0 / (n - 2) as f64),
    };
    default_m(rank, n) / 2.0_f64.powf(weight)
}

fn note_weights(
    level: &settings::Level,
    rank: Option<usize>,
    n: usize,
    name: &str,
    notes: &mut Vec<String>,
) {
    const BITS_MAX: f64 = 1_000.0;
    let Some(rank) = rank else { return };
    let label = level.label();
    let missing = match (level.m_probability, level.u_probability) {
        (Some(_), Some(_)) => None,
        (None, Some(_)) => Some("m"),
        (Some(_), None) => Some("u"),
        (None, None) => Some("m and u"),
    };
    if let Some(missing) = missing {
        notes.push(format!(
            "`{label}` of `{name}` has no {missing}: Splink's default stands in for what was not learned"
        ));
    }
    let m = level.m_probability.unwrap_or_else(|| default_m(rank, n));
    let u = level.u_probability.unwrap_or_else(|| default_u(rank, n));
    if (m / u).log2().abs() > BITS_MAX {
        notes
            .push(format!("`{label}` of `{name}` weighs more than 1000 bits, and is held to that"));
    }
}
