//! Reads how records are linked: blocking rules and comparisons, against the fields there are.

use block::{Limits, Rule};
use compare::{Comparison, ComparisonVector, Condition, Level, Test};
use record::{Field, Kind};
use toml::Spanned;
use toml::de::DeValue;

use crate::defaults::{
    becomes, default_comparison, default_comparisons, default_partner, effective,
};
use crate::fits::{FORMS, TESTS, changes, covers, form_fits, rarity_tells, test_fits};
use crate::guess::field_of_header;
use crate::nearest::nearest;
use crate::plan::{Blocking, a_kind};
use crate::problems::{Problem, Span};
use crate::read::{small, sub, tables};
use crate::read_derived::ReadDerived;
use crate::read_source::ReadSource;
use crate::section::{Section, text, texts};

pub(crate) const BLOCKING_KEYS: [&str; 3] = ["rules", "block_size_max", "pairs_per_record_max"];
pub(crate) const COMPARISON_KEYS: [&str; 5] =
    ["field", "partner", "levels", "term_frequency", "changes"];
/// The word that leaves the rules to the data.
pub(crate) const AUTO: &str = "auto";
/// The levels of a vector but for two: a missing value, and the last.
const LEVELS_MAX: usize = Level::LIMIT - 2;

/// The fields that the plan's sources map.
pub(crate) struct Mapping<'t> {
    text: &'t str,
    declared: Vec<Field>,
    mapped: Vec<Field>,
    effective: Vec<Field>,
    /// The fields made of others.
    derived: Vec<Field>,
    /// Whether it is certain that no more fields were meant to be mapped.
    complete: bool,
}

impl<'t> Mapping<'t> {
    pub(crate) fn new(
        text: &'t str,
        declared: &[(Field, Span)],
        derived: &[ReadDerived],
        sources: &[ReadSource],
    ) -> Mapping<'t> {
        let persons = sources.iter().flat_map(|read| &read.spec.persons);
        let mapped = persons.flat_map(|person| &person.fields).map(|spec| spec.field.clone());
        let meant = sources.iter().flat_map(|read| read.meant.iter().cloned());
        let mapped: Vec<Field> = mapped.chain(meant).collect();
        Mapping {
            text,
            declared: declared.iter().map(|(field, _)| field.clone()).collect(),
            effective: effective(&mapped),
            derived: derived.iter().map(|read| read.derived.field.clone()).collect(),
            mapped,
            complete: !sources.is_empty() && sources.iter().all(|read| read.complete),
        }
    }

    /// Notes declared fields that no source has.
    pub(crate) fn warn_unmapped(&self, declared: &[(Field, Span)], problems: &mut Vec<Problem>) {
        for (field, span) in declared.iter().filter(|(field, _)| !self.mapped.contains(field)) {
            if self.complete {
                let message = format!("no source maps the declared field `{}`", field.name);
                let help = "map a column to it, or leave it out";
                problems.push(Problem::warning(span.clone(), message).help(help).absent());
            }
        }
    }

    /// The field of this name after normalisation, or a problem.
    pub(crate) fn field(
        &self,
        name: &str,
        span: &Span,
        problems: &mut Vec<Problem>,
    ) -> Option<Field> {
        let known = || self.effective.iter().chain(&self.derived);
        if let Some(field) = known().find(|field| field.name == name) {
            return Some(field.clone());
        }
        if let Some(becomes) = becomes(name) {
            let message = format!("`{name}` is not a field of normalised records");
            let help = match becomes {
                [] => "it becomes part of a residence, an involvement or a relationship".to_owned(),
                names => format!("it becomes part of `{}`", names.join("`, `")),
            };
            problems.push(Problem::error(span.clone(), message).help(help));
            return None;
        }
        let declared = self.declared.iter().find(|field| field.name == name).cloned();
        if declared.as_ref().is_some_and(|field| field.kind == Kind::Statement) {
            let message = format!("`{name}` is a statement, which goes into the snapshot as it is");
            let help = "to compare it, declare it as `category` or another kind";
            problems.push(Problem::error(span.clone(), message).help(help));
            return None;
        }
        if let Some(field) = Field::standard(name).or(declared) {
            if self.complete {
                let problem =
                    Problem::error(span.clone(), format!("no source maps the field `{name}`"));
                let names: Vec<&str> =
                    self.effective.iter().map(|field| field.name.as_str()).collect();
                problems.push(problem.help(format!("mapped: {}", names.join(", "))).absent());
                return None;
            }
            return Some(field);
        }
        let mapped = || known().map(|field| field.name.as_str());
        let near = nearest(name, mapped())
            .or_else(|| nearest(name, Field::standard_names()))
            .or_else(|| field_of_header(name));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("mapped: {}", mapped().collect::<Vec<_>>().join(", ")),
        };
        problems.push(Problem::error(span.clone(), format!("unknown field `{name}`")).help(help));
        None
    }

    /// Where in the text of a quoted value a part of it is.
    fn within(&self, span: &Span, part: &str) -> Span {
        let at =
            self.text.get(span.clone()).filter(|_| !part.is_empty()).and_then(|raw| raw.find(part));
        at.map_or(span.clone(), |at| span.start + at..span.start + at + part.len())
    }
}

/// Reads `[blocking]`.
pub(crate) fn read_blocking(
    root: &Section<'_>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Blocking {
    let section = sub("blocking", "[blocking]", &BLOCKING_KEYS, root, problems);
    let chosen = |limits| Blocking { rules: None, conditions: Vec::new(), limits };
    let Some(section) = section else { return chosen(Limits::default()) };
    let default = Limits::default();
    let limits = Limits {
        block_size_max: small(&section, "block_size_max", 2, problems)
            .unwrap_or(default.block_size_max),
        pairs_per_record_max: small(&section, "pairs_per_record_max", 1, problems)
            .unwrap_or(default.pairs_per_record_max),
    };
    let Some(value) = section.get("rules") else { return chosen(limits) };
    if value.get_ref().as_str() == Some(AUTO) {
        return chosen(limits);
    }
    let mut rules: Vec<(Rule, Option<Condition>, Span)> = Vec::new();
    for text in texts("rules", value, problems) {
        let (keys, asked) = match text.get_ref().split_once(WHERE) {
            Some((keys, asked)) => (Spanned::new(text.span(), keys.to_owned()), Some(asked)),
            None => (text.clone(), None),
        };
        let Some(rule) = read_rule(&keys, mapping, problems) else { continue };
        let asked = asked.map(|asked| read_asked(asked, &text, mapping, problems));
        let Some(asked) = asked.map_or(Some(None), |asked| asked.map(Some)) else { continue };
        // The order of keys does not change which pairs a rule proposes.
        let sorted = |rule: &Rule| {
            let mut keys = rule.keys.clone();
            keys.sort();
            keys
        };
        let same = |(other, also, _): &&(Rule, Option<Condition>, Span)| {
            sorted(other) == sorted(&rule) && *also == asked
        };
        if let Some((.., first)) = rules.iter().find(same) {
            let written = text.get_ref();
            let problem = Problem::error(text.span(), format!("the rule `{written}` comes twice"));
            problems.push(problem.also(first.clone(), "the first"));
        }
        rules.push((rule, asked, text.span()));
    }
    let (rules, conditions) = rules.into_iter().map(|(rule, asked, _)| (rule, asked)).unzip();
    Blocking { rules: Some(rules), conditions, limits }
}

/// What divides a rule's keys from what a pair must meet beside sharing them.
pub(crate) const WHERE: &str = " where ";

/// Reads what a rule asks of a pair beside its keys.
fn read_asked(
    asked: &str,
    written: &Spanned<String>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Condition> {
    let condition: Condition = match asked.trim().parse() {
        Ok(condition) => condition,
        Err(reason) => {
            let message = format!("`{}` is not a condition", asked.trim());
            problems.push(Problem::error(written.span(), message).help(reason));
            return None;
        }
    };
    if condition.leaves().any(|leaf| leaf.operand().is_none()) {
        let message = "a condition of a rule is of named fields";
        let help = "write the field and a colon before each test: `forename:jaro_winkler(0.8)`";
        problems.push(Problem::error(written.span(), message).help(help));
        return None;
    }
    let holds = |leaf: &Condition| matches!(leaf, Condition::Passes(_, Test::Holds));
    if condition.leaves().any(holds) {
        let message = "`holds` is of a comparison, not of a rule";
        problems.push(Problem::error(written.span(), message));
        return None;
    }
    fits(&condition, None, written, mapping, problems).then_some(condition)
}

fn read_rule(
    text: &Spanned<String>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Rule> {
    let rule: Rule = match text.get_ref().parse() {
        Ok(rule) => rule,
        Err(reason) => {
            let problem =
                Problem::error(text.span(), format!("`{}` is not a rule", text.get_ref()));
            problems.push(problem.help(reason));
            return None;
        }
    };
    for (at, key) in rule.keys.iter().enumerate() {
        let span = mapping.within(&text.span(), &key.field);
        if rule.keys[..at].contains(key) {
            let message = format!("the rule asks for `{key}` twice");
            problems.push(Problem::error(text.span(), message));
            continue;
        }
        let Some(field) = mapping.field(&key.field, &span, problems) else { continue };
        if !form_fits(key.form, field.kind) {
            let fitting: Vec<String> = FORMS
                .into_iter()
                .filter(|&form| form_fits(form, field.kind))
                .map(|form| form.to_string().replace("(3)", "(n)"))
                .collect();
            let span = mapping.within(&text.span(), &key.to_string());
            let kind = a_kind(field.kind);
            let message = format!("`{}` is {kind}, which has no `{}`", key.field, key.form);
            let help = format!("forms of {kind}: {}", fitting.join(", "));
            problems.push(Problem::error(span, message).help(help));
        }
    }
    Some(rule)
}

/// Reads the `[[comparison]]`s; without any, they come from the fields.
pub(crate) fn read_comparisons(
    root: &Section<'_>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Comparison> {
    let limit = ComparisonVector::LIMIT;
    if root.get("comparison").is_none() {
        let comparisons = default_comparisons(&mapping.effective);
        if limit < comparisons.len() {
            let n = comparisons.len();
            let message =
                format!("the sources map {n} fields to compare, and {limit} can be compared");
            let help = "write a `[[comparison]]` for each field that is to be compared";
            problems.push(Problem::error(0..0, message).help(help).absent());
        }
        return comparisons;
    }
    let mut comparisons: Vec<(Comparison, Span)> = Vec::new();
    for table in tables("comparison", "[[comparison]]", &COMPARISON_KEYS, root, problems) {
        let Some((comparison, span)) = read_comparison(&table, mapping, problems) else { continue };
        if let Some((_, first)) =
            comparisons.iter().find(|(other, _)| other.field == comparison.field)
        {
            let message = format!("`{}` is compared twice", comparison.field);
            let problem = Problem::error(span.clone(), message).also(first.clone(), "the first");
            problems.push(problem.help("write all levels in one `[[comparison]]`"));
        }
        comparisons.push((comparison, span));
    }
    if let Some((_, span)) = comparisons.get(limit) {
        problems
            .push(Problem::error(span.clone(), format!("a plan has at most {limit} comparisons")));
    }
    comparisons.into_iter().map(|(comparison, _)| comparison).collect()
}

fn read_comparison(
    section: &Section<'_>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(Comparison, Span)> {
    if section.get("field").is_none() {
        section.missing("field", "name the field to compare", problems);
    }
    let name = section.text("field", problems);
    let field =
        name.as_ref().and_then(|name| mapping.field(name.get_ref(), &name.span(), problems));
    let partner = section.text("partner", problems);
    let partner_field = partner.as_ref().and_then(|partner| {
        if name.as_ref().is_some_and(|name| name.get_ref() == partner.get_ref()) {
            problems.push(Problem::error(partner.span(), "a field is not its own `partner`"));
            return None;
        }
        mapping.field(partner.get_ref(), &partner.span(), problems)
    });
    let levels = read_levels(section, field.as_ref(), mapping, problems);
    let term_frequency = section.yes("term_frequency", problems);
    let changing = section.yes("changes", problems);
    let field = field?;
    if let (Some(partner), Some(partner_field)) = (&partner, &partner_field)
        && !test_fits(Test::Crossed, partner_field.kind)
    {
        let message = format!(
            "`{}` is {}, which nothing is swapped with",
            partner_field.name,
            a_kind(partner_field.kind)
        );
        problems.push(Problem::error(partner.span(), message));
    }
    let crossed = levels
        .iter()
        .flatten()
        .find(|(level, _)| level.leaves().any(|leaf| *leaf == Test::Crossed));
    if let Some((_, span)) = crossed.filter(|_| partner.is_none()) {
        let mut problem = Problem::error(span.clone(), "`crossed` needs a `partner`");
        if let Some(partner) = default_partner(&field.name) {
            problem = problem.help(format!("add `partner = \"{partner}\"`"));
        } else {
            problem = problem.help("name the field whose values may be swapped with these");
        }
        problems.push(problem);
    }
    if let (Some(partner), Some(_), None) = (&partner, &levels, crossed) {
        let problem = Problem::warning(partner.span(), "no level uses the `partner`");
        problems.push(problem.help("add the level `crossed`, or leave `partner` out"));
    }
    let partner = partner.map(Spanned::into_inner);
    let span = name.map_or_else(|| section.span(), |name| name.span());
    if let Some(levels) = levels {
        let comparison = Comparison {
            field: field.name.clone(),
            partner,
            levels: levels.into_iter().map(|(level, _)| level).collect(),
            term_frequency: term_frequency.unwrap_or_else(|| rarity_tells(field.kind)),
            changes: changing.unwrap_or_else(|| changes(field.kind)),
        };
        return Some((comparison, span));
    }
    let partner = partner.as_deref().or_else(|| {
        let usual = default_partner(&field.name)?;
        mapping.effective.iter().any(|field| field.name == usual).then_some(usual)
    });
    let default = default_comparison(&field, partner)?;
    let term_frequency = term_frequency.unwrap_or(default.term_frequency);
    let changes = changing.unwrap_or(default.changes);
    Some((Comparison { term_frequency, changes, ..default }, span))
}

/// The levels of a comparison with their places, `None` if the plan leaves them to the kind.
fn read_levels(
    section: &Section<'_>,
    field: Option<&Field>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<(Condition, Span)>> {
    let value = section.get("levels")?;
    let mut levels: Vec<(Condition, Span)> = Vec::new();
    let list: Vec<Spanned<String>> = match value.get_ref() {
        DeValue::String(_) => text("levels", value, problems).into_iter().collect(),
        _ => texts("levels", value, problems),
    };
    for written in list {
        let level: Condition = match written.get_ref().parse() {
            Ok(level) => level,
            Err(reason) => {
                let message = format!("`{}` is not a level", written.get_ref());
                let help = nearest_level(written.get_ref())
                    .map_or(reason, |near| format!("did you mean `{near}`?"));
                problems.push(Problem::error(written.span(), message).help(help));
                continue;
            }
        };
        if !fits(&level, field, &written, mapping, problems) {
            continue;
        }
        if let Some((earlier, first)) = levels.iter().find(|(earlier, _)| covers(earlier, &level)) {
            let message = format!("no pair can reach the level `{level}`");
            // In a comparison taken over from elsewhere, such a level does no harm.
            let taken_over = field.is_some_and(|field| {
                matches!(field.kind, Kind::Verbatim | Kind::Items)
                    || mapping.derived.contains(field)
            });
            let problem = if taken_over {
                Problem::warning(written.span(), message)
            } else {
                Problem::error(written.span(), message)
            };
            let help = format!(
                "whatever passes it has passed `{earlier}`: write the closest agreement first"
            );
            problems.push(problem.also(first.clone(), "passed before").help(help));
        }
        levels.push((level, written.span()));
    }
    if let Some((_, span)) = levels.get(LEVELS_MAX) {
        problems.push(Problem::error(
            span.clone(),
            format!("a comparison has at most {LEVELS_MAX} levels"),
        ));
    }
    Some(levels)
}

/// The test that a misspelt word of a level may be meant for.
fn nearest_level(written: &str) -> Option<String> {
    let known = TESTS.map(|test| test.to_string());
    let names = || known.iter().filter_map(|test| test.split('(').next());
    let words = written.split(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
    let mut unknown = words
        .filter(|word| word.chars().any(char::is_alphabetic) && !JOINTS.contains(word))
        .filter(|word| names().all(|name| name != *word));
    let near = nearest(unknown.next()?, names());
    near.map(str::to_owned)
}

const JOINTS: [&str; 5] = ["and", "or", "not", "is", "either_is"];

/// Whether the values that a level looks at can be put to its tests; notes where they cannot.
fn fits(
    level: &Condition,
    field: Option<&Field>,
    written: &Spanned<String>,
    mapping: &Mapping<'_>,
    problems: &mut Vec<Problem>,
) -> bool {
    let before = problems.len();
    for leaf in level.leaves() {
        let other = leaf.operand().map(|name| {
            let span = mapping.within(&written.span(), name);
            mapping.field(name, &span, problems)
        });
        let Some(field) = other.as_ref().map_or(field, Option::as_ref) else { continue };
        match leaf {
            Condition::Passes(operand, Test::Crossed) if operand.is_some() => {
                let message = "`crossed` is of the comparison's own field";
                let help = "name the field it may be swapped with as `partner`";
                problems.push(Problem::error(written.span(), message).help(help));
            }
            Condition::Passes(None, Test::Holds) => {
                let message = "`holds` is of another field";
                let help = "name it: `middle_name:holds`";
                problems.push(Problem::error(written.span(), message).help(help));
            }
            Condition::Passes(_, test) if !test_fits(*test, field.kind) => {
                note_misfit(*test, field, written, problems);
            }
            Condition::Crossed(_, name, _) => {
                let span = mapping.within(&written.span(), name);
                let other = mapping.field(name, &span, problems);
                for field in [Some(field), other.as_ref()].into_iter().flatten() {
                    if !test_fits(Test::JaroWinkler(0.9), field.kind) {
                        let kind = a_kind(field.kind);
                        let message =
                            format!("`{}` is {kind}, which nothing is swapped with", field.name);
                        problems.push(Problem::error(written.span(), message));
                    }
                }
            }
            Condition::Is(..) if field.kind == Kind::FullName => {
                let message = format!("`{}` is a whole name, which is not compared", field.name);
                problems.push(Problem::error(written.span(), message));
            }
            _ => {}
        }
    }
    problems.len() == before
}

fn note_misfit(test: Test, field: &Field, level: &Spanned<String>, problems: &mut Vec<Problem>) {
    let fitting: Vec<String> = TESTS
        .into_iter()
        .filter(|&test| test_fits(test, field.kind))
        .map(|test| test.to_string())
        .collect();
    let kind = a_kind(field.kind);
    let message = format!("`{}` is {kind}, which has no level `{test}`", field.name);
    let help = format!("levels of {kind}: {}", fitting.join(", "));
    problems.push(Problem::error(level.span(), message).help(help));
}
