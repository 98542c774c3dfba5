//! Values of one record: what SQL makes of its columns, as a derived field would.

use normalise::{Pattern, Step, TimeFormat};
use record::Kind;

use crate::sql::Sql;

/// The record of a pair that a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Left,
    Right,
}

/// How SQL says which record a column is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `name_l` and `name_r`.
    Suffix,
    /// `l.name` and `r.name`.
    Table,
}

/// What is made of a record's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// The columns.
    pub(crate) from: Vec<String>,
    pub(crate) join: String,
    pub(crate) apply: Vec<Step>,
    /// What the result is.
    pub(crate) kind: Kind,
}

impl Made {
    pub(crate) fn of(column: &str, kind: Kind) -> Made {
        Made { from: vec![column.to_owned()], join: " ".to_owned(), apply: Vec::new(), kind }
    }

    fn then(mut self, step: Step) -> Made {
        self.apply.push(step);
        self
    }

    pub(crate) fn with_kind(mut self, kind: Kind) -> Made {
        self.kind = kind;
        self
    }
}

/// The column and the record that a name is of.
pub(crate) fn column(sql: &Sql, naming: Naming) -> Option<(Side, String)> {
    let Sql::Column(table, name) = sql else { return None };
    match (naming, table.as_deref()) {
        (Naming::Table, Some("l")) => Some((Side::Left, name.clone())),
        (Naming::Table, Some("r")) => Some((Side::Right, name.clone())),
        (Naming::Suffix, None) => {
            let (stem, suffix) = name.split_at_checked(name.len().checked_sub(2)?)?;
            match suffix {
                "_l" | "_L" => Some((Side::Left, stem.to_owned())),
                "_r" | "_R" => Some((Side::Right, stem.to_owned())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What an expression makes of one record, and which; or why that is not known.
pub(crate) fn made(sql: &Sql, naming: Naming) -> Result<(Side, Made), String> {
    if let Some((side, name)) = column(sql, naming) {
        return Ok((side, Made::of(&name, Kind::Verbatim)));
    }
    let Sql::Call(name, arguments) = sql else {
        return Err(match sql {
            Sql::Column(_, name) => format!("`{name}` is a column of neither record"),
            _ => "a fixed value stands where one of a record should".to_owned(),
        });
    };
    if name == "||" || name == "concat" {
        return joined(sql, naming);
    }
    let inner = arguments.first().ok_or_else(|| format!("`{name}` is not known"))?;
    let of = || made(inner, naming);
    let step = |step: Step| of().map(|(side, made)| (side, made.then(step)));
    let count = |sql: &Sql| match sql {
        #[expect(clippy::cast_possible_truncation, reason = "bounds are small")]
        Sql::Number(number) if number.fract() == 0.0 && number.abs() < 1e6 => Some(*number as i32),
        _ => None,
    };
    let place = |sql: &Sql| count(sql).and_then(|n| usize::try_from(n).ok());
    match (name.as_str(), &arguments[1..]) {
        ("lower", []) => step(Step::Lower),
        ("upper", []) => step(Step::Upper),
        ("trim", []) => step(Step::Trim),
        ("cast to text", []) => of(),
        ("cast to number" | "cast to float", []) => {
            of().map(|(side, made)| (side, made.with_kind(Kind::Number)))
        }
        ("cast to time", []) => seconds(inner, None, naming),
        ("substr", [start]) if place(start).is_some_and(|start| start > 0) => {
            step(Step::Substr(place(start).unwrap_or(1), None))
        }
        ("substr", [start, length])
            if place(start).is_some_and(|start| start > 0) && place(length).is_some() =>
        {
            step(Step::Substr(place(start).unwrap_or(1), place(length)))
        }
        ("left", [length]) if place(length).is_some() => step(Step::Substr(1, place(length))),
        ("regexp_extract", [Sql::Text(pattern)]) => {
            step(Step::RegexpExtract(Pattern::new(pattern)?, 0))
        }
        ("regexp_extract", [Sql::Text(pattern), group]) if place(group).is_some() => {
            let written = format!(
                "regexp_extract('{}', {})",
                pattern.replace('\'', "''"),
                place(group).unwrap_or(0)
            );
            step(written.parse()?)
        }
        ("nullif", [Sql::Text(nothing)]) => step(Step::Nullif(nothing.clone())),
        ("coalesce", [Sql::Text(other)]) => step(Step::Coalesce(other.clone())),
        ("try_strptime", [Sql::Text(format)]) => {
            seconds(inner, Some(TimeFormat::new(format)?), naming)
        }
        ("epoch", []) => match made(inner, naming)? {
            (side, made) if made.kind == Kind::Number => Ok((side, made)),
            _ => seconds(inner, None, naming),
        },
        ("item", [at]) if count(at).is_some_and(|at| at != 0) => {
            let (side, made) = of()?;
            if !made.apply.is_empty() || made.from.len() != 1 {
                return Err("a member is taken of what is not a column".to_owned());
            }
            Ok((side, made.then(Step::Item(count(at).unwrap_or(1)))))
        }
        _ => Err(format!("`{name}` is not known with these arguments")),
    }
}

/// A time as seconds.
fn seconds(
    inner: &Sql,
    format: Option<TimeFormat>,
    naming: Naming,
) -> Result<(Side, Made), String> {
    let (side, made) = made(inner, naming)?;
    Ok((side, made.then(Step::Seconds(format)).with_kind(Kind::Number)))
}

/// Columns joined with the same text between each two.
fn joined(sql: &Sql, naming: Naming) -> Result<(Side, Made), String> {
    let mut parts = Vec::new();
    sql.joined("||", &mut parts);
    let not_known = || Err("only columns with the same text between them can be joined".to_owned());
    let mut columns = Vec::new();
    let mut joints: Vec<&str> = Vec::new();
    let mut open = false;
    for part in parts {
        match (column(part, naming), part) {
            (Some(found), _) => {
                if open {
                    joints.push("");
                }
                columns.push(found);
                open = true;
            }
            (None, Sql::Text(joint)) if open => {
                joints.push(joint);
                open = false;
            }
            _ => return not_known(),
        }
    }
    let Some((side, _)) = columns.first().cloned() else { return not_known() };
    let same_joint = joints.windows(2).all(|two| two[0] == two[1]);
    let same_side = columns.iter().all(|(other, _)| *other == side);
    if !open || !same_joint || !same_side || columns.len() < 2 {
        return not_known();
    }
    let join = joints.first().copied().unwrap_or_default().to_owned();
    let from = columns.into_iter().map(|(_, name)| name).collect();
    Ok((side, Made { from, join, apply: Vec::new(), kind: Kind::Verbatim }))
}

/// What both records' values are made of, if the one expression is of the left record and the
/// other the same of the right, in either order.
pub(crate) fn both(a: &Sql, b: &Sql, naming: Naming) -> Result<Made, String> {
    let ((side, first), (other_side, second)) = (made(a, naming)?, made(b, naming)?);
    if side == other_side {
        return Err("both values are of one record".to_owned());
    }
    if first != second {
        return Err("the two records' values are not made in the same way".to_owned());
    }
    Ok(first)
}
