//! SQL as a tree of calls, and patterns that find what a tree says.
//!
//! `sqlparser` reads the text; whatever it is, an operator, a function or a `case`, becomes a call
//! of a name with arguments, so that one way of matching does for all.

use std::fmt;

use sqlparser::ast::{
    AccessExpr, Array, CastKind, Expr, FunctionArg, FunctionArgExpr, FunctionArguments,
    LambdaFunction, OneOrManyWithParens, Subscript, UnaryOperator, Value,
};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sql {
    /// A column, and the table it is said to be of.
    Column(Option<String>, String),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A function, an operator, or a word.
    Call(String, Vec<Sql>),
}

impl Sql {
    /// Reads an expression, or says what of it is not understood.
    pub(crate) fn parse(text: &str) -> Result<Sql, String> {
        let dialect = DuckDbDialect {};
        let unread = |error: &dyn fmt::Display| format!("it cannot be read: {error}");
        let mut parser =
            Parser::new(&dialect).try_with_sql(text).map_err(|error| unread(&error))?;
        let expression = parser.parse_expr().map_err(|error| unread(&error))?;
        let next = parser.next_token();
        if next.token != Token::EOF {
            return Err(format!("`{next}` follows where it should end"));
        }
        lower(&expression)
    }

    /// The arguments of a call of this name with so many of them.
    pub(crate) fn call<const N: usize>(&self, name: &str) -> Option<&[Sql; N]> {
        match self {
            Sql::Call(own, arguments) if own == name => arguments.as_slice().try_into().ok(),
            _ => None,
        }
    }

    /// The parts that are joined by `and` or `or`, at any depth.
    pub(crate) fn joined<'s>(&'s self, word: &str, parts: &mut Vec<&'s Sql>) {
        match self.call::<2>(word) {
            Some([left, right]) => {
                left.joined(word, parts);
                right.joined(word, parts);
            }
            None => parts.push(self),
        }
    }

    /// The names of its columns.
    pub(crate) fn columns(&self) -> Vec<String> {
        match self {
            Sql::Column(_, name) => vec![name.clone()],
            Sql::Call(_, arguments) => arguments.iter().flat_map(Sql::columns).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it is what a pattern says, its columns `_a`, `_b` and so on standing for any
    /// expressions; if so, those, by name.
    pub(crate) fn matches(&self, pattern: &str) -> Option<Bound> {
        let pattern = Sql::parse(pattern).expect("a pattern of our own is SQL");
        let mut bound = Bound(Vec::new());
        bound.unify(&pattern, self).then_some(bound)
    }
}

/// What the columns of a pattern stand for.
pub(crate) struct Bound(Vec<(String, Sql)>);

impl Bound {
    /// What this one stands for.
    ///
    /// # Panics
    ///
    /// Panics if the pattern has no such column.
    pub(crate) fn get(&self, name: &str) -> &Sql {
        let found = self.0.iter().find(|(known, _)| known == name);
        &found.expect("the pattern has this column").1
    }

    fn unify(&mut self, pattern: &Sql, sql: &Sql) -> bool {
        match (pattern, sql) {
            (Sql::Column(None, name), _) if name.starts_with('_') => {
                if let Some((_, bound)) = self.0.iter().find(|(known, _)| known == name) {
                    return bound == sql;
                }
                self.0.push((name.clone(), sql.clone()));
                true
            }
            (Sql::Call(a, ours), Sql::Call(b, theirs)) => {
                a == b
                    && ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(ours, theirs)| self.unify(ours, theirs))
            }
            _ => pattern == sql,
        }
    }
}

fn lower(expression: &Expr) -> Result<Sql, String> {
    let call = |name: &str, arguments: &[&Expr]| -> Result<Sql, String> {
        let arguments: Result<Vec<Sql>, String> = arguments.iter().map(|one| lower(one)).collect();
        Ok(Sql::Call(name.to_owned(), arguments?))
    };
    match expression {
        Expr::Nested(inner) => lower(inner),
        Expr::Identifier(name) => Ok(Sql::Column(None, name.value.clone())),
        Expr::CompoundIdentifier(names) => match names.as_slice() {
            [table, name] => Ok(Sql::Column(Some(table.value.to_lowercase()), name.value.clone())),
            _ => Err(unknown(expression)),
        },
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => {
                number.parse().map(Sql::Number).map_err(|_| unknown(expression))
            }
            Value::SingleQuotedString(text) => Ok(Sql::Text(text.clone())),
            Value::Null => call("null", &[]),
            Value::Boolean(yes) => call(if *yes { "true" } else { "false" }, &[]),
            _ => Err(unknown(expression)),
        },
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => call("not", &[expr]),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match lower(expr)? {
            Sql::Number(number) => Ok(Sql::Number(-number)),
            other => Ok(Sql::Call("minus".to_owned(), vec![other])),
        },
        Expr::BinaryOp { left, op, right } => {
            let op = op.to_string().to_lowercase();
            call(if op == "!=" { "<>" } else { &op }, &[left, right])
        }
        Expr::IsNull(inner) => call("is null", &[inner]),
        Expr::IsNotNull(inner) => call("is not null", &[inner]),
        Expr::Cast { expr, data_type, kind: CastKind::Cast | CastKind::DoubleColon, .. } => {
            let to = data_type.to_string().to_lowercase();
            let to = match to.split('(').next().unwrap_or_default().trim() {
                "text" | "varchar" | "string" | "char" => "text",
                "float" | "real" | "float4" => "float",
                "double" | "double precision" | "float8" | "int" | "integer" | "bigint"
                | "smallint" | "numeric" | "decimal" => "number",
                "date" | "timestamp" | "datetime" => "time",
                _ => return Err(unknown(expression)),
            };
            call(&format!("cast to {to}"), &[expr])
        }
        Expr::TypedString(typed) => {
            let text = typed.value.value.clone().into_string();
            text.map(Sql::Text).ok_or_else(|| unknown(expression))
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let bounds = [substring_from, substring_for];
            let bounds = bounds.iter().filter_map(|bound| bound.as_deref());
            call("substr", &std::iter::once(&**expr).chain(bounds).collect::<Vec<_>>())
        }
        Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
            call("trim", &[expr])
        }
        Expr::Case { operand: None, conditions, else_result, .. } => {
            let mut parts: Vec<&Expr> = Vec::new();
            for when in conditions {
                parts.extend([&when.condition, &when.result]);
            }
            parts.extend(else_result.as_deref());
            call("case", &parts)
        }
        Expr::Array(Array { elem, .. }) => call("list", &elem.iter().collect::<Vec<_>>()),
        Expr::Lambda(LambdaFunction { params: OneOrManyWithParens::One(name), body, .. }) => {
            // What it calls its member does not matter; the place does.
            Ok(Sql::Call("lambda".to_owned(), vec![renamed(lower(body)?, &name.name.value)]))
        }
        Expr::CompoundFieldAccess { .. } | Expr::Function(_) => lower_call(expression),
        _ => Err(unknown(expression)),
    }
}

/// The same of members of lists and of functions.
fn lower_call(expression: &Expr) -> Result<Sql, String> {
    let call = |name: &str, arguments: &[&Expr]| -> Result<Sql, String> {
        let arguments: Result<Vec<Sql>, String> = arguments.iter().map(|one| lower(one)).collect();
        Ok(Sql::Call(name.to_owned(), arguments?))
    };
    match expression {
        Expr::CompoundFieldAccess { root, access_chain } => match access_chain.as_slice() {
            [AccessExpr::Subscript(Subscript::Index { index })] => call("item", &[root, index]),
            [AccessExpr::Dot(Expr::Identifier(name))] => match lower(root)? {
                Sql::Column(None, table) => {
                    Ok(Sql::Column(Some(table.to_lowercase()), name.value.clone()))
                }
                _ => Err(unknown(expression)),
            },
            [
                AccessExpr::Dot(Expr::Identifier(name)),
                AccessExpr::Subscript(Subscript::Index { index }),
            ] => match lower(root)? {
                Sql::Column(None, table) => {
                    let column = Sql::Column(Some(table.to_lowercase()), name.value.clone());
                    Ok(Sql::Call("item".to_owned(), vec![column, lower(index)?]))
                }
                _ => Err(unknown(expression)),
            },
            _ => Err(unknown(expression)),
        },
        Expr::Function(function) => {
            let FunctionArguments::List(list) = &function.args else {
                return Err(unknown(expression));
            };
            let arguments: Option<Vec<&Expr>> = list
                .args
                .iter()
                .map(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => Some(inner),
                    _ => None,
                })
                .collect();
            let arguments = arguments.ok_or_else(|| unknown(expression))?;
            let plain = function.over.is_none() && function.filter.is_none();
            if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return Err(unknown(expression));
            }
            let name = function.name.to_string().to_lowercase();
            call(canonical(&name), &arguments)
        }
        _ => Err(unknown(expression)),
    }
}

/// One name for functions that have several.
fn canonical(name: &str) -> &str {
    match name {
        "substring" => "substr",
        "lcase" => "lower",
        "ucase" => "upper",
        "len" | "list_length" => "array_length",
        "array_intersect" => "list_intersect",
        "list_cosine_similarity" => "array_cosine_similarity",
        "mismatches" => "hamming",
        "editdist3" => "levenshtein",
        "array_transform" | "apply" | "list_apply" => "list_transform",
        "strptime" => "try_strptime",
        "ifnull" => "coalesce",
        other => other,
    }
}

/// The body of a lambda, its member called by the depth of the lambda.
fn renamed(body: Sql, member: &str) -> Sql {
    match body {
        Sql::Column(None, name) if name == member => Sql::Call(format!("member {}", 0), Vec::new()),
        Sql::Call(name, arguments) => {
            let name = match name.strip_prefix("member ").and_then(|n| n.parse::<u32>().ok()) {
                Some(depth) => format!("member {}", depth + 1),
                None => name,
            };
            let arguments = arguments.into_iter().map(|one| renamed(one, member));
            Sql::Call(name, arguments.collect())
        }
        other => other,
    }
}

fn unknown(expression: &Expr) -> String {
    format!("`{expression}` is not understood")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_differently_is_read_alike() {
        for (one, other) in [
            ("a = b", "(\"a\" = (b))"),
            ("substr(a, 1, 2)", "SUBSTRING(a, 1, 2)"),
            ("substr(a, 1, 2)", "SUBSTRING(a FROM 1 FOR 2)"),
            ("a <> b", "a != b"),
            ("cast(a as text)", "a::varchar"),
            ("len(a)", "array_length(a)"),
            ("list_transform(a, x -> lower(x))", "list_transform(a, y -> lower(y))"),
            ("l.a[1]", "l.\"a\"[1]"),
        ] {
            assert_eq!(Sql::parse(one).unwrap(), Sql::parse(other).unwrap(), "{one}");
        }
        let nested = |inner: &str| Sql::parse(&format!("f(a, x -> f(b, y -> {inner}))")).unwrap();
        assert_ne!(nested("[x, y]"), nested("[y, x]"));
    }

    #[test]
    fn a_pattern_binds_what_stands_in_its_place() {
        let sql = Sql::parse("abs(epoch(f(a)) - epoch(f(b)))").unwrap();
        let bound = sql.matches("abs(epoch(_x) - epoch(_y))").unwrap();
        assert_eq!(bound.get("_x"), &Sql::parse("f(a)").unwrap());
        assert!(sql.matches("abs(epoch(_x) - epoch(_x))").is_none());
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for text in ["", "a =", "a b c", "select 1", "a in (select b from c)"] {
            assert!(Sql::parse(text).is_err(), "{text}");
        }
    }
}
