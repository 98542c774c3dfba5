//! Writes the plan in force, every default written out.

use std::fmt::Write;
use std::path::Path;

use block::Rule;
use compare::{Comparison, Condition};
use extract::{FieldSpec, SourceSpec};
use normalise::Derived;
use record::{AddressKind, Field, Kind};

use crate::plan::{DECLARABLE, Gazetteer, Labels, Plan, Shield, Truth};
use crate::print_indicators::print_indicators;
use crate::read_linking::{AUTO, WHERE};
use crate::read_shield::TYPES;
use crate::read_source::{DATE_ORDERS, DELIVERIES, FILE_KINDS, REPEATS, SIDES};

/// The plan in force as TOML: parsed in the same folder, it gives the same plan.
///
/// Files stay as the plan names them, so that the text does not depend on the machine.
#[must_use]
pub fn print(plan: &Plan) -> String {
    let mut out = Toml::default();
    out.line("run_date", plan.run_date);
    out.text("output", &path(plan, &plan.output));
    if let Some(file) = &plan.constraints {
        out.text("constraints", &path(plan, file));
    }
    out.line("relatives", plan.relatives);
    if !plan.rosters.is_empty() {
        out.line("rosters", list(&plan.rosters));
    }
    if plan.labels != Labels::default() {
        out.line("labels", labels_table(plan, &plan.labels));
    }
    if let Some(truth) = &plan.truth {
        out.line("truth", truth_table(plan, truth));
    }
    let declared: Vec<&Field> =
        plan.fields.iter().filter(|field| Field::standard(&field.name).is_none()).collect();
    if !declared.is_empty() || !plan.derived.is_empty() {
        out.table("[fields]");
        for field in declared {
            out.text(&field.name, declared_kind(field.kind));
        }
        for derived in &plan.derived {
            out.line(&derived.field.name, derived_table(derived));
        }
    }
    for (source, patterns) in plan.sources.iter().zip(&plan.file_patterns) {
        print_source(source, patterns, &mut out);
    }
    if let Some(gazetteer) = &plan.gazetteer {
        print_gazetteer(gazetteer, &mut out);
    }
    out.table("[blocking]");
    let rules = plan.blocking.rules.as_ref();
    let conditions = &plan.blocking.conditions;
    let written = |rules: &Vec<Rule>| list(&rules_texts(rules, conditions));
    out.line("rules", rules.map_or_else(|| quoted(AUTO), written));
    out.line("block_size_max", plan.blocking.limits.block_size_max);
    out.line("pairs_per_record_max", plan.blocking.limits.pairs_per_record_max);
    for comparison in &plan.comparisons {
        print_comparison(comparison, &mut out);
    }
    if !plan.frequencies.is_empty() {
        out.table("[frequencies]");
        for known in &plan.frequencies {
            out.text(&known.field.name, &path(plan, &known.file));
        }
    }
    out.table("[thresholds]");
    out.line("link", format_args!("{:?}", plan.thresholds.link));
    out.line("possible_link", format_args!("{:?}", plan.thresholds.possible_link));
    out.table("[limits]");
    out.line("component_records_max", plan.limits.component_records_max);
    out.table("[household]");
    out.line("over_large", plan.household.over_large);
    print_shield(&plan.shield, &mut out);
    print_indicators(plan, &mut out);
    out.text
}

/// Rules as a plan writes them, with what each asks beside its keys.
#[must_use]
pub fn rules_texts(rules: &[Rule], conditions: &[Option<Condition>]) -> Vec<String> {
    let conditions = conditions.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    let rules = rules.iter().zip(conditions);
    rules
        .map(|(rule, asked)| match asked {
            Some(asked) => format!("{rule}{WHERE}{asked}"),
            None => rule.to_string(),
        })
        .collect()
}

fn texts(items: &[impl ToString]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn path(plan: &Plan, path: &Path) -> String {
    path.strip_prefix(&plan.base).unwrap_or(path).to_string_lossy().into_owned()
}

fn labels_table(plan: &Plan, labels: &Labels) -> String {
    let file = labels.file.as_ref().map(|file| format!("file = {}", quoted(&path(plan, file))));
    let field = labels.field.as_ref().map(|field| format!("field = {}", quoted(field)));
    let weight = labels.weight.map(|weight| format!("weight = {weight:?}"));
    let entries: Vec<String> = [file, field, weight].into_iter().flatten().collect();
    format!("{{ {} }}", entries.join(", "))
}

fn truth_table(plan: &Plan, truth: &Truth) -> String {
    let mut table = format!("{{ file = {}", quoted(&path(plan, &truth.file)));
    let optional = [("source", &truth.source), ("household", &truth.household)];
    let named = optional.into_iter().filter_map(|(key, column)| Some((key, column.as_ref()?)));
    for (key, column) in [("key", &truth.key), ("person", &truth.person)].into_iter().chain(named) {
        let _ = write!(table, ", {key} = {}", quoted(column));
    }
    table + " }"
}

/// The word under which a plan declares fields of this kind; empty for the standard kinds.
#[must_use]
pub fn declared_kind(kind: Kind) -> &'static str {
    word(&DECLARABLE, kind)
}

/// A field made of others, as a table of a plan.
#[must_use]
pub fn derived_table(derived: &Derived) -> String {
    let mut table = format!("{{ kind = {}", quoted(declared_kind(derived.field.kind)));
    match derived.from.as_slice() {
        [from] => {
            let _ = write!(table, ", from = {}", quoted(from));
        }
        from => {
            let _ = write!(table, ", from = {}, join = {}", list(from), quoted(&derived.join));
        }
    }
    if !derived.apply.is_empty() {
        let _ = write!(table, ", apply = {}", list(&texts(&derived.apply)));
    }
    table + " }"
}

fn print_source(spec: &SourceSpec, patterns: &[String], out: &mut Toml) {
    let source = &spec.source;
    out.table("[[source]]");
    out.text("name", &source.name);
    out.text("agency", &source.agency);
    out.text("system", &source.system);
    out.text("side", word(&SIDES, source.side));
    out.text("agreement", &source.agreement);
    out.line("files", list(patterns));
    out.text("delivery", word(&DELIVERIES, spec.delivery));
    if let Some(key) = &spec.key {
        out.text("key", key);
    }
    if let Some(as_at) = source.as_at {
        out.line("as_at", as_at);
    }
    out.line("unique", source.unique);
    out.text("dates", word(&DATE_ORDERS, spec.dates));
    out.text("repeat", word(&REPEATS, spec.repeat));
    if let Some(kind) = spec.format.kind {
        out.text("kind", word(&FILE_KINDS, kind));
    }
    if let Some(delimiter) = spec.format.delimiter {
        let sign = char::from(delimiter).to_string();
        out.text("delimiter", if delimiter == b'\t' { "tab" } else { &sign });
    }
    if let Some(encoding) = &spec.format.encoding {
        out.text("encoding", encoding);
    }
    if let Some(sheet) = &spec.format.sheet {
        out.text("sheet", sheet);
    }
    out.line("skip", spec.format.skip);
    for (at, person) in spec.persons.iter().enumerate() {
        if at == 0 {
            out.table("[source.columns]");
        } else {
            out.table("[[source.person]]");
            out.text("role", &person.role);
            if let Some(relationship) = person.relationship {
                out.text("relationship", relationship.as_str());
            }
            if let Some(key) = &person.key {
                out.text("key", key);
            }
            out.table("[source.person.columns]");
        }
        for specs in person.fields.chunk_by(|a, b| a.field == b.field) {
            out.line(&specs[0].field.name, columns(specs));
        }
    }
}

/// The columns of a field, which may have alternatives.
fn columns(specs: &[FieldSpec]) -> String {
    match specs {
        [spec] if spec.split.is_none() && spec.codes.is_empty() => match &spec.columns[..] {
            [column] => quoted(column),
            columns => list(columns),
        },
        [spec] => column_table(spec),
        specs => format!("[{}]", specs.iter().map(column_table).collect::<Vec<_>>().join(", ")),
    }
}

fn column_table(spec: &FieldSpec) -> String {
    let mut table = match &spec.columns[..] {
        [column] => format!("{{ column = {}", quoted(column)),
        columns => format!("{{ columns = {}", list(columns)),
    };
    if let Some(split) = &spec.split {
        let _ = write!(table, ", split = {}", quoted(split));
    }
    if !spec.codes.is_empty() {
        let codes = spec
            .codes
            .iter()
            .map(|(code, meaning)| format!("{} = {}", quoted(code), quoted(meaning)));
        let _ = write!(table, ", codes = {{ {} }}", codes.collect::<Vec<_>>().join(", "));
    }
    table + " }"
}

fn print_shield(shield: &Shield, out: &mut Toml) {
    out.table("[shield]");
    let word = |kind: &AddressKind| TYPES.iter().find(|(_, known)| known == kind);
    let types = shield.types.iter().filter_map(word).map(|(word, _)| (*word).to_owned());
    out.line("types", list(&types.collect::<Vec<_>>()));
    if !shield.sources.is_empty() {
        out.line("sources", list(&shield.sources));
    }
    if let Some(field) = &shield.field {
        out.text("field", field);
        out.line("is", list(&shield.is));
    }
}

fn print_gazetteer(gazetteer: &Gazetteer, out: &mut Toml) {
    let spec = &gazetteer.spec;
    out.table("[gazetteer]");
    out.line("files", list(&gazetteer.patterns));
    out.text("uprn", &spec.uprn);
    // Columns that are named one by one need no layout.
    if spec.address.is_empty() {
        out.text("layout", "open_uprn");
    } else {
        out.line("address", list(&spec.address));
    }
    for (key, column) in [
        ("postcode", &spec.postcode),
        ("parent_uprn", &spec.parent),
        ("classification", &spec.classification),
    ] {
        if let Some(column) = column {
            out.text(key, column);
        }
    }
}

fn print_comparison(comparison: &Comparison, out: &mut Toml) {
    out.table("[[comparison]]");
    out.text("field", &comparison.field);
    if let Some(partner) = &comparison.partner {
        out.text("partner", partner);
    }
    out.line("levels", list(&texts(&comparison.levels)));
    out.line("term_frequency", comparison.term_frequency);
    out.line("changes", comparison.changes);
}

/// The word for a meaning.
fn word<T: Copy + PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meaning).map_or("", |(word, _)| word)
}

/// TOML as it grows.
#[derive(Default)]
pub(crate) struct Toml {
    pub(crate) text: String,
}

impl Toml {
    /// The head of a table, after an empty line.
    pub(crate) fn table(&mut self, head: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(head);
        self.text.push('\n');
    }

    /// A key and a value that is already TOML.
    pub(crate) fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    /// A key and a text.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.line(key, quoted(text));
    }

    /// A remark for the reader.
    pub(crate) fn comment(&mut self, text: &str) {
        // A column's name may have any sign in it, but a comment ends with its line.
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(self.text, "# {plain}");
    }
}

/// A text as TOML writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list of texts as TOML writes it.
#[must_use]
pub fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}
