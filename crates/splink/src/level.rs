//! Comparison levels: what a condition in SQL asks of a pair, as a condition of a plan.

use compare::{Condition, Literal, Test, Whose};
use record::Kind;

use crate::fields::Fields;
use crate::sql::Sql;
use crate::value::{Made, Naming, Side, both, column, made};

/// The condition that SQL states, its fields named; or why it is not known.
pub(crate) fn condition(
    sql: &Sql,
    naming: Naming,
    fields: &mut Fields,
) -> Result<Condition, String> {
    for word in ["and", "or"] {
        if sql.call::<2>(word).is_some() {
            let mut parts = Vec::new();
            sql.joined(word, &mut parts);
            return joined(word, &parts, naming, fields);
        }
    }
    if let Some([inner]) = sql.call::<1>("not") {
        return Ok(Condition::Not(Box::new(condition(inner, naming, fields)?)));
    }
    let Sql::Call(operator, arguments) = sql else {
        return Err("it is no condition".to_owned());
    };
    match (operator.as_str(), arguments.as_slice()) {
        ("=", [sum, Sql::Number(n)]) if sum.call::<2>("+").is_some() => {
            counted(sum, *n, naming, fields)
        }
        ("=", [a, b]) => equality(a, b, naming, fields),
        ("<>", [a, b]) => Ok(Condition::Not(Box::new(equality(a, b, naming, fields)?))),
        ("<=" | "<" | ">=" | ">", [measure, Sql::Number(threshold)]) => {
            threshold_of(operator, measure, *threshold, naming, fields)
        }
        ("<=" | "<" | ">=" | ">", [Sql::Number(threshold), measure]) => {
            let turned = match operator.as_str() {
                "<=" => ">=",
                "<" => ">",
                ">=" => "<=",
                _ => "<",
            };
            threshold_of(turned, measure, *threshold, naming, fields)
        }
        ("<=" | "<" | ">=" | ">", [a, b]) if made(a, naming).is_ok() && made(b, naming).is_ok() => {
            Err(format!("`{operator}` of two values: which is the less depends on their type"))
        }
        ("is null" | "is not null", _) => Err(DIRECTED.to_owned()),
        ("list_has_any" | "array_has_any", [a, b]) => {
            Ok(leaf(&lists(a, b, naming)?, Test::Common(1), fields))
        }
        _ => Err(format!("`{operator}` is not known as a condition")),
    }
}

const DIRECTED: &str = "it asks something of one record that it does not ask of the other, and \
                        records are compared without an order";

/// The condition that all of these are met.
pub(crate) fn all(
    parts: &[&Sql],
    naming: Naming,
    fields: &mut Fields,
) -> Result<Condition, String> {
    joined("and", parts, naming, fields)
}

/// Parts joined by `and` or `or`; what is asked of both records alike is one condition.
fn joined(
    word: &str,
    parts: &[&Sql],
    naming: Naming,
    fields: &mut Fields,
) -> Result<Condition, String> {
    let mut conditions: Vec<Condition> = Vec::new();
    let mut used = vec![false; parts.len()];
    for (at, part) in parts.iter().enumerate() {
        if used[at] {
            continue;
        }
        let partner = (at + 1..parts.len())
            .filter(|&other| !used[other])
            .find_map(|other| Some((other, pair(word, part, parts[other], naming, fields)?)));
        conditions.push(match partner {
            Some((other, condition)) => {
                used[other] = true;
                condition
            }
            None if word == "and" && subset(parts, at, naming).is_some() => {
                let (other, made) = subset(parts, at, naming).expect("just found");
                used[other] = true;
                let field = fields.of(&made);
                Condition::All(vec![
                    Condition::Passes(Some(field.clone()), Test::Common(1)),
                    Condition::Passes(Some(field), Test::Contained),
                ])
            }
            None => condition(part, naming, fields)?,
        });
    }
    Ok(match conditions.len() {
        1 => conditions.remove(0),
        _ if word == "and" => Condition::All(conditions),
        _ => Condition::Any(conditions),
    })
}

/// What two parts together ask of both records alike.
fn pair(word: &str, a: &Sql, b: &Sql, naming: Naming, fields: &mut Fields) -> Option<Condition> {
    let nulls = |operator: &str| {
        let ([a], [b]) = (a.call::<1>(operator)?, b.call::<1>(operator)?);
        both(a, b, naming).ok()
    };
    if word == "or" {
        let made = nulls("is null")?;
        return Some(leaf(&made, Test::Missing, fields));
    }
    if let Some(made) = nulls("is not null") {
        return Some(Condition::Not(Box::new(leaf(&made, Test::Missing, fields))));
    }
    // The one has what the other has, and the other way about.
    let ([a, x], [b, y]) = (a.call::<2>("=")?, b.call::<2>("=")?);
    let sides = [a, x, b, y].map(|one| made(one, naming).ok());
    let [Some((s1, a)), Some((s2, x)), Some((s3, b)), Some((s4, y))] = sides else {
        return None;
    };
    if s1 == s2 || s3 == s4 || a == x {
        return None;
    }
    let (b, y) = if s1 == s3 { (b, y) } else { (y, b) };
    (a == y && x == b).then(|| Condition::Crossed(Some(fields.of(&a)), fields.of(&x), Whose::Both))
}

/// So many of several conditions being met, as a sum of ones and noughts has it.
fn counted(sum: &Sql, n: f64, naming: Naming, fields: &mut Fields) -> Result<Condition, String> {
    const PARTS_MAX: usize = 6;
    let mut parts = Vec::new();
    sum.joined("+", &mut parts);
    let mut tests = Vec::new();
    for part in &parts {
        let case = part.matches("case when _c then 1 else 0 end");
        let case = case.ok_or("a sum is of ones and noughts only")?;
        match condition(case.get("_c"), naming, fields)? {
            Condition::Passes(Some(field), test) => tests.push((field, test)),
            _ => return Err("a sum is of conditions of one test each".to_owned()),
        }
    }
    if tests.len() > PARTS_MAX {
        return Err(format!("a sum has more than {PARTS_MAX} parts"));
    }
    let wanted = usize::from(small(n).map_err(|_| "a sum is of small numbers".to_owned())?);
    let choices = (0_usize..1 << tests.len()).filter(|met| met.count_ones() as usize == wanted);
    let alternatives: Vec<Condition> = choices
        .map(|met| {
            let one = |(at, (field, test)): (usize, &(String, Test))| {
                let passes = |test| Condition::Passes(Some(field.clone()), test);
                if met >> at & 1 == 1 {
                    return passes(*test);
                }
                // What is not known adds nothing either.
                let failed = Condition::Not(Box::new(passes(*test)));
                Condition::Any(vec![failed, passes(Test::Missing)])
            };
            Condition::All(tests.iter().enumerate().map(one).collect())
        })
        .collect();
    match alternatives.len() {
        0 => Err("no pair can have that sum".to_owned()),
        1 => Ok(alternatives.into_iter().next().unwrap_or(Condition::All(Vec::new()))),
        _ => Ok(Condition::Any(alternatives)),
    }
}

/// Of the two halves of "one list, not empty, is in the other", the place of the second.
fn subset(parts: &[&Sql], at: usize, naming: Naming) -> Option<(usize, Made)> {
    let not_empty = parts[at].matches("least(array_length(_x), array_length(_y)) <> 0")?;
    let made = lists(not_empty.get("_x"), not_empty.get("_y"), naming).ok()?;
    let other = (at + 1..parts.len())
        .find(|&other| contained(parts[other], naming).is_some_and(|other| other == made))?;
    Some((other, made))
}

fn contained(sql: &Sql, naming: Naming) -> Option<Made> {
    let bound = sql.matches(
        "array_length(list_intersect(_x, _y)) = least(array_length(_x), array_length(_y))",
    )?;
    lists(bound.get("_x"), bound.get("_y"), naming).ok()
}

fn equality(a: &Sql, b: &Sql, naming: Naming, fields: &mut Fields) -> Result<Condition, String> {
    let whole = Sql::Call("=".to_owned(), vec![a.clone(), b.clone()]);
    if let Some(made) = contained(&whole, naming) {
        return Ok(leaf(&made, Test::Contained, fields));
    }
    let of_literal = literal(b).map(|value| (value, a));
    if let Some((value, of)) = of_literal.or_else(|| literal(a).map(|value| (value, b))) {
        let (side, made) = made(of, naming)?;
        let whose = if side == Side::Left { Whose::First } else { Whose::Second };
        return Ok(is(&made, &value, whose, fields));
    }
    let ((left, first), (right, second)) = (made(a, naming)?, made(b, naming)?);
    if left != right && first != second {
        let (first, second) = if left == Side::Left { (first, second) } else { (second, first) };
        let (first, second) = (fields.of(&first), fields.of(&second));
        return Ok(Condition::Crossed(Some(first), second, Whose::First));
    }
    Ok(leaf(&both(a, b, naming)?, Test::Exact, fields))
}

/// A text or number, cast or not.
fn literal(sql: &Sql) -> Option<Sql> {
    match sql {
        Sql::Text(_) | Sql::Number(_) => Some(sql.clone()),
        Sql::Call(name, arguments) if name.starts_with("cast to ") => match arguments.as_slice() {
            [inner] => literal(inner),
            _ => None,
        },
        _ => None,
    }
}

/// A value that one record or both have.
fn is(made: &Made, value: &Sql, whose: Whose, fields: &mut Fields) -> Condition {
    let (made, value) = match value {
        Sql::Number(number) => (made.clone().with_kind(Kind::Number), number.to_string()),
        Sql::Text(text) if made.kind == Kind::Number => (made.clone(), text.clone()),
        Sql::Text(text) => (made.clone(), text.clone()),
        _ => (made.clone(), String::new()),
    };
    Condition::Is(Some(fields.of(&made)), Literal { value, whose })
}

fn leaf(made: &Made, test: Test, fields: &mut Fields) -> Condition {
    Condition::Passes(Some(fields.of(made)), test)
}

/// Columns that hold lists.
fn lists(a: &Sql, b: &Sql, naming: Naming) -> Result<Made, String> {
    if column(a, naming).is_none() || column(b, naming).is_none() {
        return Err("a list is not a column".to_owned());
    }
    both(a, b, naming)
}

/// The great circle between two places.
const KILOMETRES: &str = "cast(acos(case when (sin(radians(_a)) * sin(radians(_b)) + \
    cos(radians(_a)) * cos(radians(_b)) * cos(radians(_d - _c))) > 1 then 1 when \
    (sin(radians(_a)) * sin(radians(_b)) + cos(radians(_a)) * cos(radians(_b)) * \
    cos(radians(_d - _c))) < -1 then -1 else (sin(radians(_a)) * sin(radians(_b)) + \
    cos(radians(_a)) * cos(radians(_b)) * cos(radians(_d - _c))) end) * 6371 as float)";

const SHARE: &str = "abs(_x - _y) / (case when _y > _x then _y else _x end)";

/// The least or the most that a function gives for a member of each list.
fn of_members(best: &str, function: &str) -> String {
    format!(
        "{best}(list_transform(flatten(list_transform(_x, x -> list_transform(_y, y -> [x, y]))), \
         pair -> {function}(pair[1], pair[2])))"
    )
}

/// How a measure is put as a test: by what it is at least (a likeness, what is shared), or at most
/// (a distance, edits).
enum Measure {
    Likeness(fn(f64) -> Test),
    Distance(fn(f64) -> Test),
    Shared(fn(u8) -> Test),
    Edits(fn(u8) -> Test),
}

fn threshold_of(
    operator: &str,
    measure: &Sql,
    threshold: f64,
    naming: Naming,
    fields: &mut Fields,
) -> Result<Condition, String> {
    let (made, measure) = measured(measure, naming)?;
    let strict = operator.len() == 1;
    let asks_for_more = operator.starts_with('>');
    // Asking for more of a distance is asking that it be not less.
    let (turned, test) = match measure {
        Measure::Likeness(test) => {
            let turned = !asks_for_more;
            let least = if strict == turned { threshold } else { threshold.next_up() };
            (turned, test(least.clamp(0.0, 1.0)))
        }
        Measure::Distance(test) => {
            let turned = asks_for_more;
            let most = if strict == turned { threshold } else { threshold.next_down() };
            (turned, test(most.max(0.0)))
        }
        Measure::Shared(test) => {
            let turned = !asks_for_more;
            let above = strict != turned;
            let least = if above { threshold.floor() + 1.0 } else { threshold.ceil() };
            (turned, test(small(least)?))
        }
        Measure::Edits(test) => {
            let turned = asks_for_more;
            let below = strict != turned;
            let most = if below { threshold.ceil() - 1.0 } else { threshold.floor() };
            (turned, test(small(most)?))
        }
    };
    let field = fields.of(&made);
    let mut condition = Condition::Passes(Some(field.clone()), test);
    if let Test::WithinShare(_) = test {
        // Nought by nought is no share.
        let value = "0".to_owned();
        let nought = Condition::Is(Some(field), Literal { value, whose: Whose::Both });
        condition = Condition::All(vec![condition, Condition::Not(Box::new(nought))]);
    }
    Ok(if turned { Condition::Not(Box::new(condition)) } else { condition })
}

fn small(number: f64) -> Result<u8, String> {
    if (0.0..=255.0).contains(&number) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just tested")]
        let small = number as u8;
        return Ok(small);
    }
    Err(format!("the threshold {number} is none that a pair could be told by"))
}

/// What is measured of both records, and how.
fn measured(sql: &Sql, naming: Naming) -> Result<(Made, Measure), String> {
    let functions: [(&str, Measure); 7] = [
        ("levenshtein", Measure::Edits(Test::Levenshtein)),
        ("damerau_levenshtein", Measure::Edits(Test::DamerauLevenshtein)),
        ("hamming", Measure::Edits(Test::Hamming)),
        ("jaro_winkler_similarity", Measure::Likeness(Test::JaroWinkler)),
        ("jaro_similarity", Measure::Likeness(Test::Jaro)),
        ("jaccard", Measure::Likeness(Test::Jaccard)),
        ("array_cosine_similarity", Measure::Likeness(Test::Cosine)),
    ];
    for (name, measure) in functions {
        if let Some([a, b]) = sql.call::<2>(name) {
            return Ok((both(a, b, naming)?, measure));
        }
        let best = match &measure {
            Measure::Likeness(_) => "list_max",
            _ => "list_min",
        };
        if let Some(bound) = sql.matches(&of_members(best, name)) {
            return Ok((lists(bound.get("_x"), bound.get("_y"), naming)?, measure));
        }
    }
    if let Some(bound) = sql.matches("array_length(list_intersect(_x, _y))") {
        let made = lists(bound.get("_x"), bound.get("_y"), naming)?;
        return Ok((made, Measure::Shared(Test::Common)));
    }
    if let Some(bound) = sql.matches(SHARE) {
        let made = both(bound.get("_x"), bound.get("_y"), naming)?;
        return Ok((made.with_kind(Kind::Number), Measure::Distance(Test::WithinShare)));
    }
    if let Some(bound) = sql.matches("abs(_x - _y)") {
        let made = both(bound.get("_x"), bound.get("_y"), naming)?;
        return Ok((made.with_kind(Kind::Number), Measure::Distance(Test::Within)));
    }
    if let Some(bound) = sql.matches(KILOMETRES) {
        let latitude = both(bound.get("_a"), bound.get("_b"), naming)?;
        let longitude = both(bound.get("_c"), bound.get("_d"), naming)?;
        if let ([latitude], [longitude]) = (latitude.from.as_slice(), longitude.from.as_slice()) {
            let from = vec![latitude.clone(), longitude.clone()];
            let join = " ".to_owned();
            let made = Made { from, join, apply: Vec::new(), kind: Kind::Point };
            return Ok((made, Measure::Distance(Test::Kilometres)));
        }
    }
    Err(match sql {
        Sql::Call(name, _) => format!("`{name}` is not known as a measure of two values"),
        _ => "what is measured is not known".to_owned(),
    })
}

/// The columns that SQL treats as lists, and those it treats as vectors.
pub(crate) fn note_kinds(sql: &Sql, naming: Naming, fields: &mut Fields) {
    let Sql::Call(name, arguments) = sql else { return };
    let names = |arguments: &[Sql]| -> Vec<String> {
        arguments.iter().filter_map(|one| Some(column(one, naming)?.1)).collect()
    };
    match name.as_str() {
        "list_intersect" | "array_length" | "item" | "list_transform" | "list_has_any"
        | "array_has_any" => fields.lists.extend(names(arguments)),
        "array_cosine_similarity" => fields.vectors.extend(names(arguments)),
        _ => {}
    }
    for one in arguments {
        note_kinds(one, naming, fields);
    }
}

/// Whether it is `column = column` of the two records and no more; if so, the column.
pub(crate) fn exact_column(sql: &Sql) -> Option<String> {
    let [a, b] = sql.call::<2>("=")?;
    let ((one, a), (other, b)) = (column(a, Naming::Suffix)?, column(b, Naming::Suffix)?);
    (a.eq_ignore_ascii_case(&b) && (one, other) != (Side::Left, Side::Left) && one != other)
        .then_some(a)
}
